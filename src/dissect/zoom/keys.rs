//! What Zoom's framing can state.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};
use std::net::SocketAddr;

/// Every key of Zoom's framing.
pub(super) static ALL: &[&KeyInfo] = &[
    &SFU.info,
    &P2P.info,
    &FRAMING.info,
    &MEDIA_TYPE.info,
    &CONNECTION.info,
    &CLOSED.info,
    &MEETING.info,
    &PEER_ADDRESS.info,
    &PARTICIPANT.info,
    &OWN_NUMBER.info,
    &ROSTER.info,
    &RUNNING.info,
    &VOICE_RUNNING.info,
    &SPEECH.info,
    &CLIENT_CLOCK.info,
    &SERVER_CLOCK.info,
    &REPORTED_ROUND_TRIP.info,
];

const ON_THE_PATH: &[Observer] = &[Observer::Network, Observer::Provider];
const STUDY: &str = "Michel et al., IMC 2022, doi 10.1145/3517745.3561414";
const SEEN: &str = "seen in captures of 2019 to 2025";

pub(super) static SFU: Key<bool> = Key::new(KeyInfo {
    name: "zoom.sfu",
    question: Question::Provider,
    observers: ON_THE_PATH,
    doc: "Media run through a media server: the framing of the server stands before the media header",
    source: STUDY,
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "Die Medien laufen über einen Server des Anbieters; er sieht alle Verbindungsdaten.",
        en: "Media run through a server of the provider, which sees all connection data.",
    }),
});

pub(super) static P2P: Key<bool> = Key::new(KeyInfo {
    name: "zoom.p2p",
    question: Question::WithWhom,
    observers: &[Observer::Network, Observer::Provider, Observer::Peer],
    doc: "Media or probes run straight between two participants, without the framing of a server",
    source: STUDY,
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "Die Endgeräte verbinden sich unmittelbar: Die Beteiligten erfahren gegenseitig ihre IP-Adressen.",
        en: "The devices connect directly: participants learn each other's IP addresses.",
    }),
});

pub(super) static FRAMING: Key<String> = Key::new(KeyInfo {
    name: "zoom.framing",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Generation of the server framing by the year of its first sighting: 2019 one byte, 2022 eight bytes, 2023 with blocks; the newest seen on the flow",
    source: SEEN,
    wireshark: "udp.payload",
    sentence: None,
});

pub(super) static MEDIA_TYPE: Key<String> = Key::new(KeyInfo {
    name: "zoom.media-type",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "What the media header announces in clear: audio, video, screen, report, probe, control",
    source: STUDY,
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "Jedes Paket nennt unverschlüsselt, was es enthält: {value}.",
        en: "Every packet names in clear what it contains: {value}.",
    }),
});

pub(super) static CONNECTION: Key<u64> = Key::new(KeyInfo {
    name: "zoom.connection-id",
    question: Question::WithWhom,
    observers: ON_THE_PATH,
    doc: "Number that the media server gave this connection; neighbours belong to the same client",
    source: SEEN,
    wireshark: "udp.payload",
    sentence: None,
});

pub(super) static PEER_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "zoom.p2p-address",
    question: Question::WithWhom,
    observers: &[Observer::Network, Observer::Peer],
    doc: "Address and port, in text, that a probe between participants names",
    source: SEEN,
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "Die Adresse {value} einer beteiligten Person steht unverschlüsselt in den Paketen.",
        en: "The address {value} of a participant is in clear in the packets.",
    }),
});

pub(super) static MEETING: Key<String> = Key::new(KeyInfo {
    name: "zoom.meeting-id",
    question: Question::WithWhom,
    observers: &[Observer::Network, Observer::Provider, Observer::Peer],
    doc: "GUID in clear when a medium is bound to a connection and in probes between peers; all flows of a meeting have the same",
    source: "seen in captures of 2019, 2021 and 2023",
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "Eine Kennung der Besprechung steht unverschlüsselt in den Paketen: {value}. Wer bei mehreren Beteiligten mitliest, erkennt daran, dass sie in derselben Besprechung sind.",
        en: "An identifier of the meeting is in clear in the packets: {value}. Who reads along at several participants can tell that they are in the same meeting.",
    }),
});

pub(super) static CLOSED: Key<String> = Key::new(KeyInfo {
    name: "zoom.closed",
    question: Question::When,
    observers: ON_THE_PATH,
    doc: "Who ended the connection: client, or server with the reason as a number (509: it knows no such connection any more)",
    source: "seen in a capture of 2023",
    wireshark: "udp.payload[0] == 07",
    sentence: None,
});

pub(super) static PARTICIPANT: Key<u64> = Key::new(KeyInfo {
    name: "zoom.participant",
    question: Question::WithWhom,
    observers: ON_THE_PATH,
    doc: "Inferred id of a participant within the meeting: media source without its lowest ten bits, which tell the medium",
    source: SEEN,
    wireshark: "rtp.ssrc",
    sentence: None,
});

pub(super) static OWN_NUMBER: Key<u64> = Key::new(KeyInfo {
    name: "zoom.own-number",
    question: Question::WithWhom,
    observers: ON_THE_PATH,
    doc: "Number of the client's own media source; participants are numbered in the order of coming in, from 1",
    source: SEEN,
    wireshark: "rtp.ssrc",
    sentence: Some(Sentence {
        de: "Die eigene Medienquelle trägt unverschlüsselt eine laufende Nummer ({value}): Sie zeigt, an wievielter Stelle dieses Gerät in die Besprechung kam.",
        en: "The device's own media source carries a running number in clear ({value}): it shows in which place this device came into the meeting.",
    }),
});

pub(super) static ROSTER: Key<String> = Key::new(KeyInfo {
    name: "zoom.participants",
    question: Question::WithWhom,
    observers: ON_THE_PATH,
    doc: "Numbers of the participants seen on the flow and what each sends: `1: audio, 3: audio+video`; numbers left out \
          belong to those who came in and sent nothing here",
    source: SEEN,
    wireshark: "rtp.ssrc",
    sentence: Some(Sentence {
        de: "Die Medienquellen nennen unverschlüsselt eine laufende Nummer je teilnehmender Person und was sie sendet: {value}. Die höchste Nummer zeigt, wie oft mindestens jemand beigetreten ist.",
        en: "Media sources name in clear a running number for each participant and what they send: {value}. The highest number shows how often somebody joined at least.",
    }),
});

pub(super) static RUNNING: Key<u64> = Key::new(KeyInfo {
    name: "zoom.running",
    question: Question::HowLong,
    observers: ON_THE_PATH,
    doc: "Seconds for which the connection had run when the packet went by, from the counter of its keep-alives; only \
          where its beginning was not captured",
    source: SEEN,
    wireshark: "udp.payload[0] == 03",
    sentence: Some(Sentence {
        de: "Ein Zähler in den Paketen verrät, dass die Verbindung schon rund {value} Sekunden bestand, bevor sie hier zu sehen war.",
        en: "A counter in the packets shows that the connection had stood for about {value} seconds before it was seen here.",
    }),
});

pub(super) static VOICE_RUNNING: Key<String> = Key::new(KeyInfo {
    name: "zoom.voice-running",
    question: Question::HowLong,
    observers: ON_THE_PATH,
    doc: "Participant's number and the seconds for which their sound had been connected at its first packet, from its \
          clock, which starts at zero: `3: 315 s`; only from ten seconds on",
    source: SEEN,
    wireshark: "rtp.timestamp",
    sentence: Some(Sentence {
        de: "Die Zeitstempel im Ton beginnen bei null: Sie verraten, wie lange der Ton einer teilnehmenden Person (Nummer: Sekunden) schon verbunden war: {value}.",
        en: "Time stamps of sound start at zero: they show for how long a participant's sound (number: seconds) had been connected: {value}.",
    }),
});

pub(super) static SPEECH: Key<String> = Key::new(KeyInfo {
    name: "zoom.speech-shown-by",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "What shows without a key when somebody speaks: payload-type (112 speech, 99 silence; 2021 and 2022), or \
          packet-size (small packets ten times a second are silence; 2023 and 2025)",
    source: "Michel et al., IMC 2022; captures of 2021 to 2025",
    wireshark: "rtp.p_type",
    sentence: Some(Sentence {
        de: "Wann jemand spricht oder schweigt, ist trotz Verschlüsselung an den Tonpaketen abzulesen.",
        en: "When somebody speaks or is silent can be read from the audio packets in spite of encryption.",
    }),
});

pub(super) static CLIENT_CLOCK: Key<String> = Key::new(KeyInfo {
    name: "zoom.client-clock-zero",
    question: Question::Device,
    observers: ON_THE_PATH,
    doc: "Moment (to ten seconds) at which the client's clock of milliseconds, sent in clear, stood at zero: when its \
          device or program was started, and the same in all meetings until it is started again",
    source: SEEN,
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "Eine Uhr in den Paketen verrät, wann Gerät oder Programm gestartet wurde: {value}. Daran sind auch andere Besprechungen desselben Geräts zu erkennen.",
        en: "A clock in the packets shows when device or program was started: {value}. Other meetings of the same device can be recognised by it.",
    }),
});

pub(super) static SERVER_CLOCK: Key<String> = Key::new(KeyInfo {
    name: "zoom.server-clock-zero",
    question: Question::Provider,
    observers: ON_THE_PATH,
    doc: "Moment (to ten seconds) at which the server's clock of milliseconds stood at zero; tells servers apart",
    source: SEEN,
    wireshark: "udp.payload",
    sentence: None,
});

pub(super) static REPORTED_ROUND_TRIP: Key<u64> = Key::new(KeyInfo {
    name: "zoom.reported-round-trip",
    question: Question::Where,
    observers: ON_THE_PATH,
    doc: "Smallest round trip to the server in milliseconds as the client tells it; some clients round to ten, so it \
          bounds no distance",
    source: "seen in captures of 2023 and 2025",
    wireshark: "udp.payload[0] == 04",
    sentence: None,
});
