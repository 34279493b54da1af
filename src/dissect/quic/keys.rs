//! What QUIC shows to everybody who can compute the keys of its Initial packets, which is everybody.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};

/// Everybody on the path reads a handshake.
const ON_THE_PATH: &[Observer] = &[Observer::Network];

/// Version in a long header.
pub static VERSION: Key<String> = Key::new(KeyInfo {
    name: "quic.version",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Version in the header of a packet: 1, 2, draft-29, Q050, mvfst with its number, ...",
    source: "RFC 9000 section 15",
    wireshark: "quic.version",
    sentence: None,
});

/// Server name.
pub static SNI: Key<String> = Key::new(KeyInfo {
    name: "quic.sni",
    question: Question::Provider,
    observers: ON_THE_PATH,
    doc: "Server name that the client asks for, lower case; the outer name where Encrypted ClientHello is in use",
    source: "RFC 9001 section 9.7, RFC 6066 section 3",
    wireshark: "tls.handshake.extensions_server_name",
    sentence: Some(Sentence {
        de: "Wer auf dem Übertragungsweg mitliest, erfährt den Namen des aufgerufenen Dienstes: {value}.",
        en: "Anyone on the network path can read the name of the service contacted: {value}.",
    }),
});

/// Application protocols that the client offers.
pub static ALPN: Key<String> = Key::new(KeyInfo {
    name: "quic.alpn",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Application protocol that the client offers, one fact a protocol, in the client's order",
    source: "RFC 9001 section 8.1",
    wireshark: "tls.handshake.extensions_alpn_str",
    sentence: Some(Sentence {
        de: "Das Programm nennt beim Verbindungsaufbau lesbar ein Anwendungsprotokoll: {value}.",
        en: "During the handshake the program readably names an application protocol: {value}.",
    }),
});

/// Application protocol that the server chose.
pub static ALPN_CHOSEN: Key<String> = Key::new(KeyInfo {
    name: "quic.alpn-chosen",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Application protocol that the server chose, where a draft version shows it in the ServerHello",
    source: "RFC 9001 section 8.1",
    wireshark: "tls.handshake.extensions_alpn_str",
    sentence: None,
});

/// JA4 of the client.
pub static JA4: Key<String> = Key::new(KeyInfo {
    name: "quic.ja4",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "JA4 fingerprint of the ClientHello, first letter q",
    source: "https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md",
    wireshark: "tls.handshake.ciphersuites",
    sentence: Some(Sentence {
        de: "Der Verbindungsaufbau trägt einen Fingerabdruck, an dem sich das Programm wiedererkennen lässt \
             (JA4): {value}.",
        en: "The handshake carries a fingerprint by which the program can be recognised (JA4): {value}.",
    }),
});

/// JA3 of the client.
pub static JA3: Key<String> = Key::new(KeyInfo {
    name: "quic.ja3",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "JA3 digest of the ClientHello: MD5 in hexadecimal digits",
    source: "https://github.com/salesforce/ja3",
    wireshark: "tls.handshake.ja3",
    sentence: Some(Sentence {
        de: "Der Verbindungsaufbau trägt einen Fingerabdruck, an dem sich das Programm wiedererkennen lässt \
             (JA3): {value}.",
        en: "The handshake carries a fingerprint by which the program can be recognised (JA3): {value}.",
    }),
});

/// Encrypted ClientHello offered.
pub static ECH: Key<bool> = Key::new(KeyInfo {
    name: "quic.ech",
    question: Question::Provider,
    observers: ON_THE_PATH,
    doc: "Encrypted ClientHello (or its draft ESNI) is offered, in earnest or as GREASE, which cannot be told apart; \
          the visible server name is then not necessarily the real one",
    source: "RFC 9849 section 5",
    wireshark: "tls.handshake.extension.type == 65037",
    sentence: Some(Sentence {
        de: "Der tatsächliche Dienstname ist möglicherweise verschlüsselt (ECH); lesbar ist nur der äußere Name.",
        en: "The real service name may be encrypted (ECH); only the outer name can be read.",
    }),
});

/// User agent that Google's clients put into the handshake.
pub static USER_AGENT: Key<String> = Key::new(KeyInfo {
    name: "quic.user-agent",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Program, version and system in Google's transport parameter 0x3129 or in the UAID tag of a CHLO",
    source: "QUICHE source, transport_parameters.cc and crypto_protocol.h",
    wireshark: "tls.quic.parameter.google.user_agent",
    sentence: Some(Sentence {
        de: "Der Verbindungsaufbau nennt lesbar Programm, Version und Betriebssystem: {value}.",
        en: "The handshake readably names program, version and operating system: {value}.",
    }),
});

/// Server name of Google's QUIC before TLS.
pub static GQUIC_SNI: Key<String> = Key::new(KeyInfo {
    name: "quic.gquic-sni",
    question: Question::Provider,
    observers: ON_THE_PATH,
    doc: "Server name in the CHLO of Google's QUIC (Q039 to Q050), lower case",
    source: "https://www.chromium.org/quic/ (QUIC Crypto, CHLO)",
    wireshark: "gquic.tag.sni",
    sentence: Some(Sentence {
        de: "Wer auf dem Übertragungsweg mitliest, erfährt den Namen des aufgerufenen Dienstes: {value}.",
        en: "Anyone on the network path can read the name of the service contacted: {value}.",
    }),
});
