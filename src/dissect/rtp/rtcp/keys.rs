//! What RTCP can state.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};

/// Every key of RTCP.
pub(super) static ALL: &[&KeyInfo] = &[
    &TYPE.info,
    &PROTECTED.info,
    &CNAME.info,
    &NAME.info,
    &EMAIL.info,
    &PHONE.info,
    &LOCATION.info,
    &TOOL.info,
    &SENDER_PACKETS.info,
    &INDEX.info,
];

const ON_THE_PATH: &[Observer] = &[Observer::Network, Observer::Relay, Observer::Provider, Observer::Peer];

pub(super) static TYPE: Key<String> = Key::new(KeyInfo {
    name: "rtcp.type",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "A type of control packet seen: SR, RR, SDES, BYE, APP, RTPFB, PSFB, XR",
    source: "RFC 3550 section 12.1; IANA RTP parameters",
    wireshark: "rtcp.pt",
    sentence: None,
});

pub(super) static PROTECTED: Key<bool> = Key::new(KeyInfo {
    name: "rtcp.protected",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Whether control packets are encrypted behind their first eight bytes (SRTCP)",
    source: "RFC 3711 section 3.4",
    wireshark: "srtcp.e",
    sentence: None,
});

pub(super) static CNAME: Key<String> = text(
    "rtcp.cname",
    Question::Who,
    "Canonical name of a media source, in clear: often user@host, the same in all streams of a person",
    "RFC 3550 section 6.5.1",
    Sentence {
        de: "Die Steuerpakete nennen den Absender unverschlüsselt: {value}.",
        en: "Control packets name the sender in clear: {value}.",
    },
);

pub(super) static NAME: Key<String> = text(
    "rtcp.name",
    Question::Who,
    "Name of a person in a source description",
    "RFC 3550 section 6.5.2",
    Sentence {
        de: "Die Steuerpakete enthalten unverschlüsselt den Namen {value}.",
        en: "Control packets contain the name {value} in clear.",
    },
);

pub(super) static EMAIL: Key<String> = text(
    "rtcp.email",
    Question::Who,
    "E-mail address in a source description",
    "RFC 3550 section 6.5.3",
    Sentence {
        de: "Die Steuerpakete enthalten unverschlüsselt die E-Mail-Adresse {value}.",
        en: "Control packets contain the e-mail address {value} in clear.",
    },
);

pub(super) static PHONE: Key<String> = text(
    "rtcp.phone",
    Question::Who,
    "Telephone number in a source description",
    "RFC 3550 section 6.5.4",
    Sentence {
        de: "Die Steuerpakete enthalten unverschlüsselt die Telefonnummer {value}.",
        en: "Control packets contain the telephone number {value} in clear.",
    },
);

pub(super) static LOCATION: Key<String> = text(
    "rtcp.location",
    Question::Where,
    "Place of a person in a source description",
    "RFC 3550 section 6.5.5",
    Sentence {
        de: "Die Steuerpakete enthalten unverschlüsselt den Ort {value}.",
        en: "Control packets contain the place {value} in clear.",
    },
);

pub(super) static TOOL: Key<String> = text(
    "rtcp.tool",
    Question::Software,
    "Program and version in a source description",
    "RFC 3550 section 6.5.6",
    Sentence {
        de: "Die Steuerpakete nennen unverschlüsselt das verwendete Programm: {value}.",
        en: "Control packets name the program in clear: {value}.",
    },
);

pub(super) static SENDER_PACKETS: Key<u64> = Key::new(KeyInfo {
    name: "rtcp.sender-packets",
    question: Question::HowLong,
    observers: ON_THE_PATH,
    doc: "Packets that a source had sent when its first readable sender report was seen",
    source: "RFC 3550 section 6.4.1",
    wireshark: "rtcp.sender.packetcount",
    sentence: Some(Sentence {
        de: "Ein Sendebericht zählt unverschlüsselt die bis dahin gesendeten Pakete ({value}); daraus folgt, wie lange schon gesprochen wurde.",
        en: "A sender report counts in clear the packets sent so far ({value}), and so how long the call had lasted.",
    }),
});

pub(super) static INDEX: Key<u64> = Key::new(KeyInfo {
    name: "rtcp.index",
    question: Question::HowLong,
    observers: ON_THE_PATH,
    doc: "Number of encrypted control packets that the sender had sent when the first one was seen",
    source: "RFC 3711 section 3.4 (SRTCP index)",
    wireshark: "srtcp.index",
    sentence: Some(Sentence {
        de: "Die Steuerpakete sind fortlaufend nummeriert (zuerst gesehen: {value}); daraus folgt, wie lange das Gespräch schon lief.",
        en: "Control packets are numbered (first seen: {value}), and so show how long the call had already lasted.",
    }),
});

const fn text(
    name: &'static str,
    question: Question,
    doc: &'static str,
    source: &'static str,
    sentence: Sentence,
) -> Key<String> {
    let observers = ON_THE_PATH;
    Key::new(KeyInfo { name, question, observers, doc, source, wireshark: "rtcp.sdes.text", sentence: Some(sentence) })
}
