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
    &REPORT.info,
    &GOODBYE.info,
    &SENDER_PACKETS.info,
    &SENDER_BYTES.info,
    &CLOCK_OFFSET.info,
    &ROUND_TRIP.info,
    &AGE.info,
    &FEEDBACK.info,
    &EXTENDED.info,
    &APPLICATION.info,
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
        de: "Ein Sendebericht zählt unverschlüsselt die bis dahin gesendeten Pakete ({value}); daraus folgt, wie lange schon gesendet wurde.",
        en: "A sender report counts in clear the packets sent so far ({value}), and so how long the call had lasted.",
    }),
});

pub(super) static REPORT: Key<String> = Key::new(KeyInfo {
    name: "rtcp.report",
    question: Question::WithWhom,
    observers: ON_THE_PATH,
    doc: "Which source reports on which other: who receives whose sound or picture",
    source: "RFC 3550 sections 6.4.1 and 6.4.2",
    wireshark: "rtcp.ssrc.identifier",
    sentence: Some(Sentence {
        de: "Unverschlüsselte Berichte zeigen, wer wen empfängt.",
        en: "Reports in clear show who receives whom.",
    }),
});

pub(super) static GOODBYE: Key<String> = Key::new(KeyInfo {
    name: "rtcp.bye",
    question: Question::When,
    observers: ON_THE_PATH,
    doc: "A source that left, with the reason that it gave",
    source: "RFC 3550 section 6.6",
    wireshark: "rtcp.pt == 203",
    sentence: Some(Sentence {
        de: "Das Verlassen des Gesprächs wird unverschlüsselt mitgeteilt: {value}.",
        en: "Leaving the call is told in clear: {value}.",
    }),
});

pub(super) static SENDER_BYTES: Key<u64> = Key::new(KeyInfo {
    name: "rtcp.sender-bytes",
    question: Question::HowLong,
    observers: ON_THE_PATH,
    doc: "Payload bytes that a source had sent when its first readable sender report was seen",
    source: "RFC 3550 section 6.4.1",
    wireshark: "rtcp.sender.octetcount",
    sentence: None,
});

pub(super) static CLOCK_OFFSET: Key<String> = Key::new(KeyInfo {
    name: "rtcp.clock-offset",
    question: Question::Device,
    observers: ON_THE_PATH,
    doc: "How far the wall clock in a source's first sender report is ahead of the clock of this capture, less the \
          packet's way, in milliseconds",
    source: "RFC 3550 section 6.4.1",
    wireshark: "rtcp.timestamp.ntp",
    sentence: Some(Sentence {
        de: "Die Uhrzeit des sendenden Geräts steht unverschlüsselt in seinen Berichten (Abweichung {value}); eine gleichbleibende Abweichung verbindet Gespräche desselben Geräts.",
        en: "The wall clock of the sending device is in clear in its reports (off by {value}); an offset that stays the same links calls of one device.",
    }),
});

pub(super) static ROUND_TRIP: Key<String> = Key::new(KeyInfo {
    name: "rtcp.round-trip",
    question: Question::Where,
    observers: ON_THE_PATH,
    doc: "Least time from the place of the capture to a receiver and back, in milliseconds, from its answers to sender \
          reports",
    source: "RFC 3550 section 6.4.1 (LSR, DLSR)",
    wireshark: "rtcp.roundtrip-delay",
    sentence: None,
});

pub(super) static AGE: Key<u64> = Key::new(KeyInfo {
    name: "rtcp.age",
    question: Question::HowLong,
    observers: ON_THE_PATH,
    doc: "Estimated seconds for which the longest source had been sending when it was first heard here: what it had \
          sent by then over how fast it went on",
    source: "RFC 3550 section 6.4.1; RFC 3711 section 3.4",
    wireshark: "rtcp.sender.packetcount || srtcp.index",
    sentence: Some(Sentence {
        de: "Aus den Zählern der Berichte folgt, dass schon vor dem ersten hier gesehenen Bericht etwa {value} Sekunden lang gesendet wurde.",
        en: "Counters in the reports show that sending had gone on for about {value} seconds before the first report seen here.",
    }),
});

pub(super) static FEEDBACK: Key<String> = Key::new(KeyInfo {
    name: "rtcp.feedback",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "A kind of feedback seen in clear: NACK, PLI, FIR, REMB, transport-cc, ...",
    source: "RFC 4585 section 6; IANA RTP parameters",
    wireshark: "rtcp.rtpfb.fmt || rtcp.psfb.fmt",
    sentence: None,
});

pub(super) static EXTENDED: Key<String> = Key::new(KeyInfo {
    name: "rtcp.extended-report",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "A kind of block in an extended report: VoIP metrics, receipt times, ...",
    source: "RFC 3611 section 4",
    wireshark: "rtcp.xr.bt",
    sentence: None,
});

pub(super) static APPLICATION: Key<String> = Key::new(KeyInfo {
    name: "rtcp.app",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Name of a control packet that an application defines for itself",
    source: "RFC 3550 section 6.7",
    wireshark: "rtcp.app.name",
    sentence: None,
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
