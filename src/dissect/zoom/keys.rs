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
    &PEER_ADDRESS.info,
    &PEER_ID.info,
    &PARTICIPANT.info,
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
    doc: "Generation of the server framing by the year of its first sighting: 2019 one byte, 2022 eight bytes, 2025 with blocks",
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

pub(super) static PEER_ID: Key<String> = Key::new(KeyInfo {
    name: "zoom.p2p-id",
    question: Question::WithWhom,
    observers: &[Observer::Network, Observer::Peer],
    doc: "Id, in text, that a probe between participants carries",
    source: SEEN,
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "Eine Kennung der Verbindung beider Beteiligten steht unverschlüsselt in den Paketen: {value}.",
        en: "An identifier of the connection of both participants is in clear in the packets: {value}.",
    }),
});

pub(super) static PARTICIPANT: Key<u64> = Key::new(KeyInfo {
    name: "zoom.participant",
    question: Question::WithWhom,
    observers: ON_THE_PATH,
    doc: "Inferred id of a participant within the meeting: media source without its lowest ten bits, which tell video from audio",
    source: SEEN,
    wireshark: "rtp.ssrc",
    sentence: Some(Sentence {
        de: "Die Medienquellen verraten eine Nummer je teilnehmender Person (vermutlich die der Besprechung): {value}.",
        en: "Media sources show a number for each participant (presumably that of the meeting): {value}.",
    }),
});
