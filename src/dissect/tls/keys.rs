//! What TLS over TCP shows in clear.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};

/// Everybody on the path reads a handshake.
const ON_THE_PATH: &[Observer] = &[Observer::Network];

/// Server name of the ClientHello.
pub static SNI: Key<String> = Key::new(KeyInfo {
    name: "tls.sni",
    question: Question::Provider,
    observers: ON_THE_PATH,
    doc: "Server name that the client asks for, lower case; the outer name where Encrypted ClientHello is in use",
    source: "RFC 6066 section 3",
    wireshark: "tls.handshake.extensions_server_name",
    sentence: Some(Sentence {
        de: "Wer auf dem Übertragungsweg mitliest, erfährt den Namen des aufgerufenen Dienstes: {value}.",
        en: "Anyone on the network path can read the name of the service contacted: {value}.",
    }),
});

/// Application protocols that the client offers.
pub static ALPN: Key<String> = Key::new(KeyInfo {
    name: "tls.alpn",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Application protocol that the client offers, one fact a protocol, in the client's order",
    source: "RFC 7301 section 3.1",
    wireshark: "tls.handshake.extensions_alpn_str",
    sentence: Some(Sentence {
        de: "Das Programm nennt vor der Verschlüsselung ein Anwendungsprotokoll: {value}.",
        en: "Before encryption starts, the program names an application protocol: {value}.",
    }),
});

/// Application protocol that the server chose.
pub static ALPN_CHOSEN: Key<String> = Key::new(KeyInfo {
    name: "tls.alpn-chosen",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Application protocol that the server chose; in clear up to TLS 1.2 only",
    source: "RFC 7301 section 3.2",
    wireshark: "tls.handshake.extensions_alpn_str",
    sentence: None,
});

/// Negotiated version.
pub static VERSION: Key<String> = Key::new(KeyInfo {
    name: "tls.version",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Version that the server chose, for example TLS 1.3",
    source: "RFC 8446 section 4.2.1",
    wireshark: "tls.handshake.extensions.supported_version",
    sentence: None,
});

/// Encrypted ClientHello offered.
pub static ECH: Key<bool> = Key::new(KeyInfo {
    name: "tls.ech",
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

/// JA3 of the client.
pub static JA3: Key<String> = Key::new(KeyInfo {
    name: "tls.ja3",
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

/// JA3S of the server.
pub static JA3S: Key<String> = Key::new(KeyInfo {
    name: "tls.ja3s",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "JA3S digest of the ServerHello: MD5 in hexadecimal digits",
    source: "https://github.com/salesforce/ja3",
    wireshark: "tls.handshake.ja3s",
    sentence: None,
});

/// JA4 of the client.
pub static JA4: Key<String> = Key::new(KeyInfo {
    name: "tls.ja4",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "JA4 fingerprint of the ClientHello",
    source: "https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md",
    wireshark: "tls.handshake.ciphersuites",
    sentence: Some(Sentence {
        de: "Der Verbindungsaufbau trägt einen Fingerabdruck, an dem sich das Programm wiedererkennen lässt \
             (JA4): {value}.",
        en: "The handshake carries a fingerprint by which the program can be recognised (JA4): {value}.",
    }),
});

/// Names in the server's certificate.
pub static CERTIFICATE_NAME: Key<String> = Key::new(KeyInfo {
    name: "tls.certificate-name",
    question: Question::Provider,
    observers: ON_THE_PATH,
    doc: "Common name and DNS names of the server's certificate, the first 16; in clear up to TLS 1.2 only",
    source: "RFC 5280 section 4.2.1.6",
    wireshark: "x509ce.dNSName",
    sentence: Some(Sentence {
        de: "Das unverschlüsselt übertragene Zertifikat des Servers nennt: {value}.",
        en: "The server's certificate, sent unencrypted, names: {value}.",
    }),
});

/// Who issued the server's certificate.
pub static CERTIFICATE_ISSUER: Key<String> = Key::new(KeyInfo {
    name: "tls.certificate-issuer",
    question: Question::Provider,
    observers: ON_THE_PATH,
    doc: "Issuer of the server's certificate as a distinguished name; in clear up to TLS 1.2 only",
    source: "RFC 5280 section 4.1.2.4",
    wireshark: "x509af.issuer",
    sentence: None,
});

/// Subject of the client's certificate.
pub static CLIENT_CERTIFICATE_NAME: Key<String> = Key::new(KeyInfo {
    name: "tls.client-certificate-name",
    question: Question::Who,
    observers: ON_THE_PATH,
    doc: "Subject of the client's certificate as a distinguished name; in clear up to TLS 1.2 only",
    source: "RFC 5246 section 7.4.6",
    wireshark: "x509af.subject",
    sentence: Some(Sentence {
        de: "Ein unverschlüsselt übertragenes Client-Zertifikat weist die Person oder das Gerät aus: {value}.",
        en: "A client certificate, sent unencrypted, identifies the person or the device: {value}.",
    }),
});

/// An earlier session was resumed.
pub static SESSION_RESUMED: Key<bool> = Key::new(KeyInfo {
    name: "tls.session-resumed",
    question: Question::HowOften,
    observers: ON_THE_PATH,
    doc: "The server accepted a session or key of an earlier connection: client and server have met before",
    source: "RFC 8446 section 2.2",
    wireshark: "tls.resumed",
    sentence: Some(Sentence {
        de: "Die Verbindung setzt eine frühere fort; beide Seiten hatten also schon zuvor Kontakt.",
        en: "The connection resumes an earlier one, so both sides have been in contact before.",
    }),
});
