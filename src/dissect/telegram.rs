//! What Telegram's clients say in clear to its relays (reflectors) over UDP, as the published client (libtgvoip) reads
//! and writes it: 16 bytes that name the call's path, twelve bytes `ff`, a type, and the rest with the least byte first.
//! Both participants' addresses can stand in an answer. The media themselves are opaque.

use super::{Carrier, Dissector, Protocol, needs};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::wire::Reader;
use crate::model::{
    Direction, Evidence, Input, Key, KeyInfo, Observer, Output, Piece, Question, Sentence, Step, Timestamp,
};
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Telegram's questions to its relays.
pub static PROTOCOL: Protocol = Protocol {
    name: "telegram",
    summary: "Telegram's questions to its relays: both participants' addresses and the path's name in clear",
    source: SOURCE,
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(Telegram::default()),
    keys: &[&MESSAGE.info, &PATH.info, &PUBLIC_ADDRESS.info, &PEER_ADDRESS.info],
};

const SOURCE: &str = "published source of Telegram's client library libtgvoip, 2017 to 2021; no capture at hand";
const ON_THE_PATH: &[Observer] = &[Observer::Network, Observer::Provider];
const MARK: &str = "udp.payload[16:12] == ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff";

static MESSAGE: Key<String> = Key::new(KeyInfo {
    name: "telegram.message",
    question: Question::Provider,
    observers: ON_THE_PATH,
    doc: "Kind of message, once each: ping, pong, peer-request, peer-answer",
    source: SOURCE,
    wireshark: MARK,
    sentence: None,
});

static PATH: Key<String> = Key::new(KeyInfo {
    name: "telegram.path",
    question: Question::WithWhom,
    observers: ON_THE_PATH,
    doc: "Sixteen bytes in hexadecimal by which the relay tells a call's path; every packet of it opens with them",
    source: SOURCE,
    wireshark: MARK,
    sentence: None,
});

static PUBLIC_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "telegram.public-address",
    question: Question::Where,
    observers: ON_THE_PATH,
    doc: "Address under which the relay sees the client",
    source: SOURCE,
    wireshark: MARK,
    sentence: Some(Sentence {
        de: "Die öffentliche Adresse {value} steht unverschlüsselt in der Antwort des Relays; sie verrät den Anschluss und den ungefähren Ort.",
        en: "The public address {value} is readable in the relay's answer; it gives away the access line and roughly the place.",
    }),
});

static PEER_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "telegram.peer-address",
    question: Question::WithWhom,
    observers: &[Observer::Network, Observer::Provider, Observer::Peer],
    doc: "Address of the other side, as the relay tells it",
    source: SOURCE,
    wireshark: MARK,
    sentence: Some(Sentence {
        de: "Das Relay nennt unverschlüsselt die Adresse der Gegenseite: {value}.",
        en: "The relay tells the other side's address in clear: {value}.",
    }),
});

/// Bytes that name the path.
const PATH_BYTES: usize = 16;
/// Behind the path's name stands what no encrypted packet has.
const MARKED: [u8; 12] = [0xff; 12];
/// Slowest answer that still counts as a round trip.
const ROUND_TRIP_NANOS_MAX: i64 = 10 * NANOS_PER_SECOND;
/// Messages read in one flow.
const MESSAGES_MAX: u32 = 256;

/// A message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message {
    Ping { token: [u8; 8] },
    Pong { token: [u8; 8], client: Option<SocketAddr> },
    PeerRequest,
    PeerAnswer { client: Option<SocketAddr>, peer: Option<SocketAddr> },
}

impl Message {
    const fn name(self) -> &'static str {
        match self {
            Message::Ping { .. } => "ping",
            Message::Pong { .. } => "pong",
            Message::PeerRequest => "peer-request",
            Message::PeerAnswer { .. } => "peer-answer",
        }
    }

    fn read(bytes: &[u8]) -> Option<([u8; PATH_BYTES], Message)> {
        if bytes.get(PATH_BYTES..PATH_BYTES + MARKED.len()) != Some(&MARKED) {
            return None;
        }
        let mut reader = Reader::new(bytes);
        let path: [u8; PATH_BYTES] = reader.array()?;
        // A short packet of sound whose silence is written so has them before its mark, too: no drawn name does.
        let drawn = !path.ends_with(&[0xff; 4]);
        reader.take(MARKED.len())?;
        let kind = u32::from_le_bytes(reader.array()?);
        let message = match kind {
            0xffff_ffff if reader.is_empty() => Message::PeerRequest,
            0xffff_fffe => Message::Ping { token: reader.array()? },
            0xc015_72c7 => {
                let _date: [u8; 4] = reader.array()?;
                Message::Pong { token: reader.array()?, client: socket16(&mut reader) }
            }
            0x27d9_371c => Message::PeerAnswer { client: socket4(&mut reader), peer: socket4(&mut reader) },
            // Digital silence of other programs is full of such bytes.
            _ => return None,
        };
        drawn.then_some((path, message))
    }
}

/// An address of four bytes as on the wire, and a port in four.
fn socket4(reader: &mut Reader<'_>) -> Option<SocketAddr> {
    let address = Ipv4Addr::from(reader.u32()?);
    socket(IpAddr::V4(address), reader)
}

/// An address of sixteen bytes, and a port in four.
fn socket16(reader: &mut Reader<'_>) -> Option<SocketAddr> {
    let address = Ipv6Addr::from(reader.array::<16>()?);
    socket(address.to_canonical(), reader)
}

fn socket(address: IpAddr, reader: &mut Reader<'_>) -> Option<SocketAddr> {
    let port = u16::try_from(u32::from_le_bytes(reader.array()?)).ok()?;
    (!address.is_unspecified() && port != 0).then(|| SocketAddr::new(address, port))
}

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram && input.tunnel.is_none() && Message::read(input.bytes).is_some()
}

/// Both directions of one flow.
#[derive(Clone, Debug, Default)]
struct Telegram {
    read: u32,
    ping: Option<([u8; 8], Direction, Timestamp)>,
}

impl Dissector for Telegram {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let message = Some(input).filter(|input| input.piece == Piece::Datagram);
        let Some((path, message)) = message.and_then(|input| Message::read(input.bytes)) else { return Step::Foreign };
        self.time(message, input, out);
        if self.read < MESSAGES_MAX {
            self.read += 1;
            state(&path, message, input.at, out);
        }
        Step::Taken
    }
}

impl Telegram {
    fn time(&mut self, message: Message, input: &Input<'_>, out: &mut Output) {
        match message {
            Message::Ping { token } => self.ping = Some((token, input.direction, input.at.time)),
            Message::Pong { token, .. } => {
                let sent = self.ping.take_if(|(asked, way, _)| *asked == token && *way != input.direction);
                let nanos = sent.map(|(_, _, sent)| input.at.time.since(sent));
                if let Some(nanos) = nanos.filter(|nanos| *nanos <= ROUND_TRIP_NANOS_MAX) {
                    out.round_trips.add(nanos);
                }
            }
            Message::PeerRequest | Message::PeerAnswer { .. } => {}
        }
    }
}

fn state(path: &[u8], message: Message, at: Evidence, out: &mut Output) {
    out.facts.state(&MESSAGE, message.name().to_owned(), at);
    let text = path.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    out.facts.state(&PATH, text, at);
    let (client, peer) = match message {
        Message::Pong { client, .. } => (client, None),
        Message::PeerAnswer { client, peer } => (client, peer),
        Message::Ping { .. } | Message::PeerRequest => (None, None),
    };
    if let Some(client) = client {
        out.facts.state(&PUBLIC_ADDRESS, client, at);
    }
    if let Some(peer) = peer {
        out.facts.state(&PEER_ADDRESS, peer, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u32, rest: &[u8]) -> Vec<u8> {
        [&[7; 16][..], &[0xff; 12], &kind.to_le_bytes(), rest].concat()
    }

    fn ping() -> Vec<u8> {
        message(0xffff_fffe, &[1, 2, 3, 4, 5, 6, 7, 8])
    }

    fn pong() -> Vec<u8> {
        let address = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 9];
        message(0xc015_72c7, &[&[0; 4][..], &[1, 2, 3, 4, 5, 6, 7, 8], &address, &[0x31, 0xd4, 0, 0]].concat())
    }

    fn peers() -> Vec<u8> {
        message(0x27d9_371c, &[203, 0, 113, 9, 0x31, 0xd4, 0, 0, 198, 51, 100, 4, 0x39, 0x30, 0, 0])
    }

    fn offer(telegram: &mut Telegram, bytes: &[u8], direction: Direction, nanos: i64, out: &mut Output) -> bool {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(nanos), direction };
        let (source, destination) = ("10.0.0.1:50000".parse().unwrap(), "192.0.2.1:533".parse().unwrap());
        let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
        recognise(&input) && matches!(telegram.read(&input, out), Step::Taken)
    }

    #[test]
    fn the_relay_tells_both_addresses() {
        let (mut telegram, mut out) = (Telegram::default(), Output::default());
        assert!(offer(&mut telegram, &ping(), Direction::Forward, 10, &mut out));
        assert!(offer(&mut telegram, &pong(), Direction::Backward, 50, &mut out));
        assert!(offer(&mut telegram, &message(0xffff_ffff, &[]), Direction::Forward, 60, &mut out));
        assert!(offer(&mut telegram, &peers(), Direction::Backward, 70, &mut out));
        let value = |key: &str| out.facts.of(key).next().map(|fact| fact.value.to_string());
        assert_eq!(value("telegram.public-address").as_deref(), Some("203.0.113.9:54321"));
        assert_eq!(value("telegram.peer-address").as_deref(), Some("198.51.100.4:12345"));
        assert_eq!(value("telegram.path"), Some("07".repeat(16)));
        assert_eq!((out.round_trips.min, out.round_trips.samples), (Some(40), 1));
        assert_eq!(out.facts.of("telegram.message").count(), 4);
    }

    #[test]
    fn other_datagrams_are_foreign() {
        let (mut telegram, mut out) = (Telegram::default(), Output::default());
        assert!(!offer(&mut telegram, &[0xff; 48], Direction::Forward, 0, &mut out));
        assert!(!offer(&mut telegram, &[7; 48], Direction::Forward, 0, &mut out));
        // RTP with twenty bytes of silence.
        let silence = [&[0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4][..], &[0xff; 20]].concat();
        assert!(!offer(&mut telegram, &silence, Direction::Forward, 0, &mut out));
        assert!(out.facts.is_empty());
    }

    #[test]
    fn every_prefix_and_every_flipped_byte_is_survived() {
        let (mut telegram, mut out) = (Telegram::default(), Output::default());
        for whole in [ping(), pong(), peers()] {
            for index in 0..whole.len() {
                offer(&mut telegram, &whole[..index], Direction::Forward, 0, &mut out);
                for bit in [0x01, 0x80, 0xff] {
                    let mut flipped = whole.clone();
                    flipped[index] ^= bit;
                    offer(&mut telegram, &flipped, Direction::Backward, 0, &mut out);
                }
            }
        }
    }
}
