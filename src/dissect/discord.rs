//! What Discord's voice servers and clients say to each other beside the media: the question for one's own public
//! address, and the keep-alive of a voice connection. The media are plain RTP and RTCP on the same flow.

use super::{Carrier, Dissector, Protocol, needs};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::wire::Reader;
use crate::model::{
    Direction, Evidence, Input, Key, KeyInfo, Observer, Output, Piece, Question, Sentence, Step, Timestamp,
};
use std::net::{IpAddr, SocketAddr};

/// Discord's voice connections.
pub static PROTOCOL: Protocol = Protocol {
    name: "discord",
    summary: "Discord's voice connections: the client's public address in clear, and how long the connection stood",
    source: "Discord developer documentation, Voice Connections: IP Discovery; captures of 2022 and 2023",
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(Discord::default()),
    keys: &[&MESSAGE.info, &PUBLIC_ADDRESS.info, &OWN_SOURCE.info, &RUNNING.info],
};

/// Kinds of messages.
static MESSAGE: Key<String> = Key::new(KeyInfo {
    name: "discord.message",
    question: Question::Provider,
    observers: &[Observer::Network, Observer::Provider],
    doc: "Kind of message, once each: discovery-request, discovery-answer, keep-alive",
    source: "Discord developer documentation, Voice Connections: IP Discovery",
    wireshark: "udp.payload",
    sentence: None,
});

/// Public address.
static PUBLIC_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "discord.public-address",
    question: Question::Where,
    observers: &[Observer::Network, Observer::Provider],
    doc: "Address under which the voice server sees the client",
    source: "Discord developer documentation, Voice Connections: IP Discovery",
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "Die öffentliche Adresse {value} steht unverschlüsselt in der Antwort des Sprachservers; sie verrät den Anschluss und den ungefähren Ort.",
        en: "The public address {value} is readable in the voice server's answer; it gives away the access line and roughly the place.",
    }),
});

/// Own source.
static OWN_SOURCE: Key<u64> = Key::new(KeyInfo {
    name: "discord.own-source",
    question: Question::Activity,
    observers: &[Observer::Network, Observer::Provider],
    doc: "Synchronisation source that the client sends its voice with: it is the captured side's own",
    source: "Discord developer documentation, Voice Connections: IP Discovery",
    wireshark: "udp.payload[4:4]",
    sentence: None,
});

/// How long already.
static RUNNING: Key<u64> = Key::new(KeyInfo {
    name: "discord.running",
    question: Question::HowLong,
    observers: &[Observer::Network, Observer::Provider],
    doc: "Seconds for which the voice connection had stood when the packet went by, from the counter of its keep-alives; \
          only where its beginning was not captured",
    source: "captures of 2022 and 2023",
    wireshark: "udp.payload[0:4] == 13:37:ca:fe",
    sentence: Some(Sentence {
        de: "Ein Zähler in den Paketen verrät, dass die Verbindung schon rund {value} Sekunden bestand, bevor sie hier zu sehen war.",
        en: "A counter in the packets shows that the connection had stood for about {value} seconds before it was seen here.",
    }),
});

/// Time between two keep-alives in seconds; the first goes when the connection opens.
const KEEP_ALIVE_SECONDS: u64 = 5;
/// Least seconds that tell that the beginning was not captured.
const RUNNING_SECONDS_MIN: u64 = 10;
/// Slowest answer that still counts as a round trip.
const ROUND_TRIP_NANOS_MAX: i64 = 10 * NANOS_PER_SECOND;
/// Keep-alives come every five seconds; a connection that misses some of them still stands.
const PAUSE_NANOS: i64 = 30 * NANOS_PER_SECOND;
/// Bytes of a discovery message behind its type and length.
const DISCOVERY_BYTES: u16 = 70;
/// Bytes of the address text, padded with zeros.
const ADDRESS_BYTES: usize = 64;
/// First bytes of a keep-alive; a counter of four bytes follows.
const KEEP_ALIVE: [u8; 4] = [0x13, 0x37, 0xca, 0xfe];

/// A message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message {
    DiscoveryRequest { source: u32 },
    DiscoveryAnswer { source: u32, address: SocketAddr },
    KeepAlive { counter: u32 },
}

impl Message {
    fn name(self) -> &'static str {
        match self {
            Message::DiscoveryRequest { .. } => "discovery-request",
            Message::DiscoveryAnswer { .. } => "discovery-answer",
            Message::KeepAlive { .. } => "keep-alive",
        }
    }
}

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram && input.cut == 0 && read(input.bytes).is_some()
}

fn read(bytes: &[u8]) -> Option<Message> {
    if let Some(counter) = bytes.strip_prefix(&KEEP_ALIVE).and_then(|counter| counter.try_into().ok()) {
        return Some(Message::KeepAlive { counter: u32::from_le_bytes(counter) });
    }
    let mut reader = Reader::new(bytes);
    let (kind, length) = (reader.u16()?, reader.u16()?);
    if length != DISCOVERY_BYTES || reader.left() != usize::from(DISCOVERY_BYTES) {
        return None;
    }
    let (source, text, port) = (reader.u32()?, reader.take(ADDRESS_BYTES)?, reader.u16()?);
    match kind {
        1 if text.iter().all(|byte| *byte == 0) => Some(Message::DiscoveryRequest { source }),
        2 => Some(Message::DiscoveryAnswer { source, address: SocketAddr::new(address(text)?, port) }),
        _ => None,
    }
}

/// The address before the first zero.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = text.split(|byte| *byte == 0).next()?;
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// What was asked, told apart by source or counter.
type Asked = (bool, u32);

/// Both directions of one flow.
#[derive(Clone, Debug, Default)]
struct Discord {
    /// The last question: a keep-alive or not, its number, direction and time.
    asked: Option<(Asked, Direction, Timestamp)>,
    /// The opening was seen, or the time of running was stated.
    settled: bool,
    source: Option<u32>,
}

impl Dissector for Discord {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let Some(message) = read(input.bytes).filter(|_| input.piece == Piece::Datagram) else { return Step::Foreign };
        match message {
            Message::DiscoveryRequest { source } => self.ask((false, source), input, out),
            Message::DiscoveryAnswer { source, .. } => {
                self.ask((false, source), input, out);
                self.note_source(source, input.at, out);
            }
            Message::KeepAlive { counter } => {
                self.note_running(counter, input.at, out);
                self.ask((true, counter), input, out);
            }
        }
        state(message, input.at, out);
        Step::Taken
    }
}

impl Discord {
    /// The server repeats the number of what it answers.
    fn ask(&mut self, asked: Asked, input: &Input<'_>, out: &mut Output) {
        match self.asked.take_if(|(known, way, _)| *known == asked && *way != input.direction) {
            Some((_, _, sent)) => {
                let nanos = input.at.time.since(sent);
                if nanos <= ROUND_TRIP_NANOS_MAX {
                    out.round_trips.add(nanos);
                }
            }
            None => self.asked = Some((asked, input.direction, input.at.time)),
        }
    }

    fn note_source(&mut self, source: u32, at: Evidence, out: &mut Output) {
        self.settled = true;
        if self.source != Some(source) {
            self.source = Some(source);
            out.facts.state(&OWN_SOURCE, u64::from(source), at);
        }
    }

    fn note_running(&mut self, counter: u32, at: Evidence, out: &mut Output) {
        let seconds = u64::from(counter).saturating_sub(1) * KEEP_ALIVE_SECONDS;
        if !std::mem::replace(&mut self.settled, true) && seconds >= RUNNING_SECONDS_MIN {
            out.facts.state(&RUNNING, seconds, at);
        }
    }
}

fn state(message: Message, at: Evidence, out: &mut Output) {
    let name = message.name();
    if out.facts.of(MESSAGE.info.name).all(|fact| fact.value.to_string() != name) {
        out.facts.state(&MESSAGE, name.to_owned(), at);
    }
    match message {
        Message::DiscoveryAnswer { address, .. } => out.facts.state(&PUBLIC_ADDRESS, address, at),
        Message::KeepAlive { .. } => out.media.note(at.time, PAUSE_NANOS),
        Message::DiscoveryRequest { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn discovery(kind: u8, text: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, kind, 0, 70, 0, 1, 0xf2, 0xf8];
        bytes.extend_from_slice(text);
        bytes.resize(72, 0);
        bytes.extend_from_slice(&[0xd4, 0x31]);
        bytes
    }

    fn offer(bytes: &[u8], out: &mut Output) -> bool {
        offer_at(&mut Discord::default(), bytes, Direction::Forward, 0, out)
    }

    fn offer_at(discord: &mut Discord, bytes: &[u8], direction: Direction, nanos: i64, out: &mut Output) -> bool {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(nanos), direction };
        let (source, destination) = ("10.0.0.1:50000".parse().unwrap(), "192.0.2.1:50001".parse().unwrap());
        let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
        recognise(&input) && matches!(discord.read(&input, out), Step::Taken)
    }

    #[test]
    fn the_answer_shows_the_public_address() {
        let mut out = Output::default();
        assert!(offer(&discovery(1, b""), &mut out));
        assert!(offer(&discovery(2, b"203.0.113.9"), &mut out));
        let address = out.facts.of("discord.public-address").next().map(|fact| fact.value.to_string());
        assert_eq!(address.as_deref(), Some("203.0.113.9:54321"));
        assert!(out.media.is_empty());
    }

    #[test]
    fn keep_alives_show_how_long_the_connection_stood() {
        let mut out = Output::default();
        for counter in 0..3 {
            assert!(offer(&[0x13, 0x37, 0xca, 0xfe, counter, 0, 0, 0], &mut out));
        }
        assert_eq!(out.media.spans().len(), 1);
        assert_eq!(out.facts.of("discord.message").count(), 1);
    }

    #[test]
    fn questions_that_come_back_measure_the_way() {
        let (mut discord, mut out) = (Discord::default(), Output::default());
        let keep_alive = [0x13, 0x37, 0xca, 0xfe, 61, 0, 0, 0];
        offer_at(&mut discord, &keep_alive, Direction::Forward, 10, &mut out);
        offer_at(&mut discord, &keep_alive, Direction::Backward, 40, &mut out);
        offer_at(&mut discord, &discovery(1, b""), Direction::Forward, 50, &mut out);
        offer_at(&mut discord, &discovery(2, b"203.0.113.9"), Direction::Backward, 60, &mut out);
        assert_eq!((out.round_trips.min, out.round_trips.samples), (Some(10), 2));
        let value = |key: &str| out.facts.of(key).next().map(|fact| fact.value.to_string());
        assert_eq!(value("discord.running").as_deref(), Some("300"));
        assert_eq!(value("discord.own-source").as_deref(), Some("127736"));
    }

    #[test]
    fn a_connection_seen_opening_has_not_run_before() {
        let (mut discord, mut out) = (Discord::default(), Output::default());
        offer_at(&mut discord, &discovery(2, b"203.0.113.9"), Direction::Backward, 0, &mut out);
        offer_at(&mut discord, &[0x13, 0x37, 0xca, 0xfe, 9, 0, 0, 0], Direction::Forward, 1, &mut out);
        assert!(!out.facts.has("discord.running"));
    }

    #[test]
    fn other_lengths_kinds_and_texts_are_foreign() {
        let mut out = Output::default();
        assert!(!offer(&discovery(2, b"no address"), &mut out));
        assert!(!offer(&discovery(1, b"203.0.113.9"), &mut out));
        assert!(!offer(&discovery(3, b""), &mut out));
        assert!(!offer(&[0x13, 0x37, 0xca, 0xfe, 1, 0, 0], &mut out));
        assert!(out.facts.is_empty() && out.media.is_empty());
    }

    #[test]
    fn every_prefix_and_every_flipped_byte_is_survived() {
        let mut out = Output::default();
        for whole in [discovery(1, b""), discovery(2, b"203.0.113.9"), vec![0x13, 0x37, 0xca, 0xfe, 1, 0, 0, 0]] {
            for index in 0..whole.len() {
                offer(&whole[..index], &mut out);
                let mut flipped = whole.clone();
                flipped[index] ^= 0xff;
                offer(&flipped, &mut out);
            }
        }
    }
}
