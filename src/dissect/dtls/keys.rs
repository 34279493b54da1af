//! What DTLS shows in clear. Up to version 1.2 that includes the certificates of both sides.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};

/// Everybody on the path reads a handshake.
const ON_THE_PATH: &[Observer] = &[Observer::Network];

/// Negotiated version.
pub static VERSION: Key<String> = Key::new(KeyInfo {
    name: "dtls.version",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Version that the server chose, for example DTLS 1.2",
    source: "RFC 9147 section 5.3",
    wireshark: "dtls.handshake.version",
    sentence: None,
});

/// Server name.
pub static SNI: Key<String> = Key::new(KeyInfo {
    name: "dtls.sni",
    question: Question::Provider,
    observers: ON_THE_PATH,
    doc: "Server name that the client asks for, lower case",
    source: "RFC 6066 section 3",
    wireshark: "dtls.handshake.extensions_server_name",
    sentence: Some(Sentence {
        de: "Wer auf dem Übertragungsweg mitliest, erfährt den Namen des aufgerufenen Dienstes: {value}.",
        en: "Anyone on the network path can read the name of the service contacted: {value}.",
    }),
});

/// Server name inside another framing.
pub static INNER_SNI: Key<String> = Key::new(KeyInfo {
    name: "dtls.inner-sni",
    question: Question::Provider,
    observers: ON_THE_PATH,
    doc: "Server name in a handshake inside another framing or a relay: that of the server behind it",
    source: "RFC 6066 section 3",
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "Hinter der Gegenstelle wird ein weiterer Server angesprochen, dessen Name lesbar ist: {value}.",
        en: "Behind the other side another server is addressed whose name can be read: {value}.",
    }),
});

/// Application protocols that the client offers.
pub static ALPN: Key<String> = Key::new(KeyInfo {
    name: "dtls.alpn",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Application protocol that the client offers, one fact a protocol; webrtc and c-webrtc are those of calls",
    source: "RFC 7301 section 3.1, RFC 8833",
    wireshark: "dtls.handshake.extensions_alpn_str",
    sentence: Some(Sentence {
        de: "Das Programm nennt vor der Verschlüsselung ein Anwendungsprotokoll: {value}.",
        en: "Before encryption starts, the program names an application protocol: {value}.",
    }),
});

/// JA3 of the client.
pub static JA3: Key<String> = Key::new(KeyInfo {
    name: "dtls.ja3",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "JA3 digest of the ClientHello: MD5 in hexadecimal digits",
    source: "https://github.com/salesforce/ja3",
    wireshark: "dtls.handshake.ja3",
    sentence: Some(Sentence {
        de: "Der Verbindungsaufbau trägt einen Fingerabdruck, an dem sich das Programm wiedererkennen lässt \
             (JA3): {value}.",
        en: "The handshake carries a fingerprint by which the program can be recognised (JA3): {value}.",
    }),
});

/// JA4 of the client.
pub static JA4: Key<String> = Key::new(KeyInfo {
    name: "dtls.ja4",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "JA4 fingerprint of the ClientHello, first letter d",
    source: "https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md",
    wireshark: "dtls.handshake.ciphersuites",
    sentence: Some(Sentence {
        de: "Der Verbindungsaufbau trägt einen Fingerabdruck, an dem sich das Programm wiedererkennen lässt \
             (JA4): {value}.",
        en: "The handshake carries a fingerprint by which the program can be recognised (JA4): {value}.",
    }),
});

/// Names in a certificate of either side.
pub static CERTIFICATE_NAME: Key<String> = Key::new(KeyInfo {
    name: "dtls.certificate-name",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Common name and DNS names of a certificate, the first 16; the direction of the evidence tells whose; in \
          clear up to DTLS 1.2 only",
    source: "RFC 5280 section 4.1.2.6",
    wireshark: "x509sat.uTF8String",
    sentence: Some(Sentence {
        de: "Das unverschlüsselt übertragene Zertifikat verrät Software oder Betreiber: {value}.",
        en: "The certificate, sent unencrypted, gives away software or operator: {value}.",
    }),
});

/// Digest of a certificate of either side.
pub static FINGERPRINT: Key<String> = Key::new(KeyInfo {
    name: "dtls.fingerprint",
    question: Question::WithWhom,
    observers: ON_THE_PATH,
    doc: "SHA-256 of a certificate in hexadecimal digits, the a=fingerprint of SDP; in clear up to DTLS 1.2 only",
    source: "RFC 8122 section 5",
    wireshark: "dtls.handshake.certificate",
    sentence: Some(Sentence {
        de: "An ihrem Zertifikat ist jede Seite wiederzuerkennen, solange sie es behält (Fingerabdruck {value}).",
        en: "Each side can be recognised by its certificate for as long as it keeps it (fingerprint {value}).",
    }),
});

/// Start of validity of a certificate of either side.
pub static CERTIFICATE_NOT_BEFORE: Key<u64> = Key::new(KeyInfo {
    name: "dtls.certificate-not-before",
    question: Question::Device,
    observers: ON_THE_PATH,
    doc: "Start of validity of a certificate in seconds since 1970; browsers write their own clock less a day; in \
          clear up to DTLS 1.2 only",
    source: "RFC 5280 section 4.1.2.5",
    wireshark: "x509af.notBefore",
    sentence: Some(Sentence {
        de: "Das Zertifikat wurde auf dem Endgerät erzeugt; sein Gültigkeitsbeginn ({value}) folgt dessen \
             Uhr auf die Sekunde. Geht die Uhr falsch, kann das Gerät daran erkannt werden.",
        en: "The certificate was made on the device; its start of validity ({value}) follows that \
             device's clock to the second. If the clock is off, the device can be recognised by it.",
    }),
});

/// SRTP profiles that the client offers.
pub static SRTP_PROFILE: Key<String> = Key::new(KeyInfo {
    name: "dtls.srtp-profile",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "SRTP protection profile that the client offers, one fact a profile: keys for audio or video are agreed on",
    source: "RFC 5764 section 4.1.2",
    wireshark: "dtls.use_srtp.protection_profile",
    sentence: Some(Sentence {
        de: "Der Verbindungsaufbau kündigt Ton- oder Bildübertragung an (SRTP-Profil {value}).",
        en: "The handshake announces audio or video (SRTP profile {value}).",
    }),
});

/// SRTP profile that the server chose.
pub static SRTP_PROFILE_CHOSEN: Key<String> = Key::new(KeyInfo {
    name: "dtls.srtp-profile-chosen",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "SRTP protection profile that the server chose; in clear up to DTLS 1.2 only",
    source: "RFC 5764 section 4.1.1",
    wireshark: "dtls.use_srtp.protection_profile",
    sentence: None,
});

/// Both sides sent application data.
pub static DATA: Key<bool> = Key::new(KeyInfo {
    name: "dtls.data",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "both sides sent application data: the association is in use, as a data channel or for media inside DTLS",
    source: "RFC 9147 section 4, RFC 8831",
    wireshark: "dtls.app_data",
    sentence: None,
});

/// Cipher suite.
pub static CIPHER: Key<String> = Key::new(KeyInfo {
    name: "dtls.cipher",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Cipher suite that the server chose, by its name in the IANA registry",
    source: "RFC 9147 section 5.3, RFC 6347 section 4.2",
    wireshark: "dtls.handshake.ciphersuite",
    sentence: None,
});

/// Subject of a certificate of either side.
pub static CERTIFICATE_SUBJECT: Key<String> = Key::new(KeyInfo {
    name: "dtls.certificate-subject",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Subject of a certificate, for example `CN=WebRTC`; the direction of the evidence tells whose; in clear up to DTLS 1.2 only",
    source: "RFC 5280 section 4.1.2.6",
    wireshark: "x509sat.uTF8String",
    sentence: None,
});

/// Issuer of a certificate of either side.
pub static CERTIFICATE_ISSUER: Key<String> = Key::new(KeyInfo {
    name: "dtls.certificate-issuer",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Issuer of a certificate; of a self-signed one it is the subject; in clear up to DTLS 1.2 only",
    source: "RFC 5280 section 4.1.2.4",
    wireshark: "x509af.issuer",
    sentence: None,
});

/// Alert in clear.
pub static ALERT: Key<String> = Key::new(KeyInfo {
    name: "dtls.alert",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "Alert before encryption, as `fatal handshake-failure`",
    source: "RFC 8446 section 6",
    wireshark: "dtls.alert_message",
    sentence: None,
});

/// The end of the association.
pub static CLOSED: Key<bool> = Key::new(KeyInfo {
    name: "dtls.closed",
    question: Question::When,
    observers: ON_THE_PATH,
    doc: "The sender of the packet sent an encrypted alert behind the handshake, as a rule close_notify: it ended the association; not to be seen in DTLS 1.3",
    source: "RFC 6347 section 4.1.1, RFC 5246 section 7.2.1",
    wireshark: "dtls.record.content_type == 21",
    sentence: Some(Sentence {
        de: "An der Art der Pakete ist trotz Verschlüsselung abzulesen, wann die Verbindung beendet wurde und welche Seite sie beendet hat.",
        en: "Although encrypted, the kind of packet shows when the connection was ended and which side hung up.",
    }),
});

/// Data besides media.
pub static DATA_CHANNEL: Key<bool> = Key::new(KeyInfo {
    name: "dtls.data-channel",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "SRTP keys were agreed on in clear and both sides sent application data besides: a data channel, for chat, reactions, files or control",
    source: "RFC 8831 section 6, RFC 8261",
    wireshark: "dtls.app_data",
    sentence: None,
});

/// Media without SRTP.
pub static MEDIA_INSIDE: Key<bool> = Key::new(KeyInfo {
    name: "dtls.media-inside",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "No SRTP profile was agreed on in clear and application data ran both ways as densely as media: sound or picture inside DTLS, of which amount and time can be seen, but neither sender nor loudness",
    source: "RFC 8831; as observed of a web client",
    wireshark: "dtls.app_data",
    sentence: None,
});
