//! What Discord's voice servers and clients say to each other beside the media: the question for one's own public
//! address, and the keep-alive of a voice connection. The media are plain RTP and RTCP on the same flow.

use super::{Carrier, Dissector, Protocol};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::wire::Reader;
use crate::model::{Evidence, Input, Key, KeyInfo, Observer, Output, Piece, Question, Sentence, Step};
use std::net::{IpAddr, SocketAddr};

/// Discord's voice connections.
pub static PROTOCOL: Protocol = Protocol {
    name: "discord",
    summary: "Discord's voice connections: the client's public address in clear, and how long the connection stood",
    source: "Discord developer documentation, Voice Connections: IP Discovery; captures of 2022 and 2023",
    carrier: Carrier::Datagram,
    recognise,
    create: || Box::new(Discord),
    keys: &[&MESSAGE.info, &PUBLIC_ADDRESS.info],
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
    DiscoveryRequest,
    DiscoveryAnswer(SocketAddr),
    KeepAlive,
}

impl Message {
    fn name(self) -> &'static str {
        match self {
            Message::DiscoveryRequest => "discovery-request",
            Message::DiscoveryAnswer(_) => "discovery-answer",
            Message::KeepAlive => "keep-alive",
        }
    }
}

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram && input.cut == 0 && read(input.bytes).is_some()
}

fn read(bytes: &[u8]) -> Option<Message> {
    if bytes.len() == 8 && bytes.starts_with(&KEEP_ALIVE) {
        return Some(Message::KeepAlive);
    }
    let mut reader = Reader::new(bytes);
    let (kind, length) = (reader.u16()?, reader.u16()?);
    if length != DISCOVERY_BYTES || reader.left() != usize::from(DISCOVERY_BYTES) {
        return None;
    }
    let _source = reader.u32()?;
    let (text, port) = (reader.take(ADDRESS_BYTES)?, reader.u16()?);
    match kind {
        1 if text.iter().all(|byte| *byte == 0) => Some(Message::DiscoveryRequest),
        2 => Some(Message::DiscoveryAnswer(SocketAddr::new(address(text)?, port))),
        _ => None,
    }
}

/// The address before the first zero.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = text.split(|byte| *byte == 0).next()?;
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Keeps nothing: every message is whole in its datagram.
struct Discord;

impl Dissector for Discord {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let Some(message) = read(input.bytes).filter(|_| input.piece == Piece::Datagram) else { return Step::Foreign };
        state(message, input.at, out);
        Step::Taken
    }
}

fn state(message: Message, at: Evidence, out: &mut Output) {
    let name = message.name();
    if out.facts.of(MESSAGE.info.name).all(|fact| fact.value.to_string() != name) {
        out.facts.state(&MESSAGE, name.to_owned(), at);
    }
    match message {
        Message::DiscoveryAnswer(address) => out.facts.state(&PUBLIC_ADDRESS, address, at),
        Message::KeepAlive => out.media.note(at.time, PAUSE_NANOS),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Timestamp};

    fn discovery(kind: u8, text: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, kind, 0, 70, 0, 1, 0xf2, 0xf8];
        bytes.extend_from_slice(text);
        bytes.resize(72, 0);
        bytes.extend_from_slice(&[0xd4, 0x31]);
        bytes
    }

    fn offer(bytes: &[u8], out: &mut Output) -> bool {
        let direction = Direction::Forward;
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(0), direction };
        let (source, destination) = ("10.0.0.1:50000".parse().unwrap(), "192.0.2.1:50001".parse().unwrap());
        let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
        recognise(&input) && matches!(Discord.read(&input, out), Step::Taken)
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
