//! The framing of Viber's calls, as seen in a capture of 2018 in November 2026; no public document describes it.
//!
//! Two bytes that stay the same in a flow, a type, a zero, and the rest. Types 1 and 12 set a call up and answer with
//! the client's public address, 9 and 11 measure the round trip, 5 hangs up. Numbers and addresses have their least
//! byte first. Media are not readable, and setting up alone is no call: nobody may have answered.

use super::{Carrier, Dissector, Protocol, needs};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::wire::Reader;
use crate::model::{
    Direction, Evidence, Input, Key, KeyInfo, Observer, Output, Piece, Question, Sentence, Step, Timestamp,
};
use std::net::{Ipv4Addr, SocketAddr};

/// Viber's calls.
pub static PROTOCOL: Protocol = Protocol {
    name: "viber",
    summary: "Framing of Viber's calls: set-up, round trip, hanging up",
    source: SEEN_IN,
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(Viber::default()),
    keys: &[&MESSAGE.info, &PUBLIC_ADDRESS.info, &LOCAL_ADDRESS.info],
};

const SEEN_IN: &str = "seen in a capture of 2018, read in November 2026";

static MESSAGE: Key<String> = Key::new(KeyInfo {
    name: "viber.message",
    question: Question::Provider,
    observers: &[Observer::Network, Observer::Provider],
    doc: "Kind of message, once each: set-up, set-up-answer, ping, pong, bye, reach, reach-answer",
    source: SEEN_IN,
    wireshark: "udp.payload",
    sentence: None,
});

static PUBLIC_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "viber.public-address",
    question: Question::Where,
    observers: &[Observer::Network, Observer::Provider],
    doc: "Address under which the relay sees the client",
    source: SEEN_IN,
    wireshark: "udp.payload[2:2] == 0c:00",
    sentence: Some(Sentence {
        de: "Die öffentliche Adresse {value} steht unverschlüsselt in den Antworten des Servers; sie verrät den Anschluss und den ungefähren Ort.",
        en: "The public address {value} is readable in the server's answers; it gives away the access line and roughly the place.",
    }),
});

static LOCAL_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "viber.local-address",
    question: Question::Device,
    observers: &[Observer::Network, Observer::Provider],
    doc: "Address of the client in its own network, as it tells the relay",
    source: SEEN_IN,
    wireshark: "udp.payload[2:2] == 01:00",
    sentence: Some(Sentence {
        de: "Das Programm sendet die Adresse des Geräts im eigenen Netz unverschlüsselt mit: {value}.",
        en: "The program sends the device's address in its own network along in clear: {value}.",
    }),
});

/// Slowest answer that still counts as a round trip.
const ROUND_TRIP_NANOS_MAX: i64 = 10 * NANOS_PER_SECOND;
/// Offset of the client's own address in a set-up, and of its public one in the answer.
const LOCAL_ADDRESS_AT: usize = 18;
const PUBLIC_ADDRESS_AT: usize = 14;
/// Datagrams that fit, of two kinds at least, from which on a flow is Viber's.
const CERTAIN_PACKETS: u32 = 3;
/// Time within which they come: other programs' packets of such a length fit now and then, as their numbers run on.
const CERTAIN_NANOS: i64 = 20 * NANOS_PER_SECOND;
/// Datagrams without fit after which a flow that was never certain is let go.
const FOREIGN_PACKETS_MAX: u32 = 32;
/// Type, length of the datagram in bytes, and name.
const KINDS: [(u8, usize, &str); 7] = [
    (0x01, 257, "set-up"),
    (0x0c, 76, "set-up-answer"),
    (0x09, 20, "ping"),
    (0x0b, 34, "pong"),
    (0x05, 12, "bye"),
    (0x19, 34, "reach"),
    (0x1a, 20, "reach-answer"),
];

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram && input.cut == 0 && input.tunnel.is_none() && read(input.bytes).is_some()
}

/// The flow's mark and the kind of message.
fn read(bytes: &[u8]) -> Option<(u16, &'static str)> {
    let [high, low, kind, 0, ..] = *bytes else { return None };
    let (.., name) = KINDS.iter().find(|(number, length, _)| *number == kind && *length == bytes.len())?;
    Some((u16::from_be_bytes([high, low]), *name))
}

/// Both directions of one flow.
#[derive(Clone, Default)]
struct Viber {
    mark: Option<u16>,
    fitting: u32,
    /// The first of those that fit.
    since: Timestamp,
    foreign: u32,
    kinds: Vec<&'static str>,
    stated: usize,
    /// Token, direction and time of a ping not answered yet.
    ping: Option<(u64, Direction, Timestamp)>,
    /// Addresses stated: the client's own and its public one.
    addresses: [Option<SocketAddr>; 2],
}

impl Dissector for Viber {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let message = Some(input).filter(|input| input.piece == Piece::Datagram && self.foreign < FOREIGN_PACKETS_MAX);
        let message = message.and_then(|input| read(input.bytes));
        let Some((mark, kind)) = message.filter(|(mark, _)| self.mark.is_none_or(|known| known == *mark)) else {
            self.foreign = self.foreign.saturating_add(1);
            return Step::Foreign;
        };
        self.mark = Some(mark);
        if !self.is_certain() && input.at.time.since(self.since) > CERTAIN_NANOS {
            (self.fitting, self.since) = (0, input.at.time);
            self.kinds.clear();
        }
        self.fitting = self.fitting.saturating_add(1);
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
        if !self.is_certain() {
            return Step::Foreign;
        }
        for kind in self.kinds.iter().skip(self.stated) {
            out.facts.state(&MESSAGE, (*kind).to_owned(), input.at);
        }
        self.stated = self.kinds.len();
        match kind {
            "ping" | "pong" => self.time(kind, input, out),
            "set-up" => self.state_address(0, LOCAL_ADDRESS_AT, input, out),
            "set-up-answer" => self.state_address(1, PUBLIC_ADDRESS_AT, input, out),
            _ => {}
        }
        Step::Taken
    }
}

impl Viber {
    fn is_certain(&self) -> bool {
        self.fitting >= CERTAIN_PACKETS && self.kinds.len() >= 2
    }

    fn time(&mut self, kind: &str, input: &Input<'_>, out: &mut Output) {
        let Some(token) = input.bytes.get(4..).and_then(|rest| Reader::new(rest).u64()) else { return };
        if kind == "ping" {
            self.ping = Some((token, input.direction, input.at.time));
        } else if let Some((_, _, sent)) =
            self.ping.take_if(|(known, way, _)| *known == token && *way != input.direction)
        {
            let nanos = input.at.time.since(sent);
            if nanos <= ROUND_TRIP_NANOS_MAX {
                out.round_trips.add(nanos);
            }
        }
    }

    fn state_address(&mut self, which: usize, offset: usize, input: &Input<'_>, out: &mut Output) {
        let address = input.bytes.get(offset..).and_then(socket);
        let Some(known) = self.addresses.get_mut(which).filter(|known| **known != address) else { return };
        *known = address;
        if let Some(address) = address {
            state(if which == 0 { &LOCAL_ADDRESS } else { &PUBLIC_ADDRESS }, address, input.at, out);
        }
    }
}

fn state(key: &'static Key<SocketAddr>, address: SocketAddr, at: Evidence, out: &mut Output) {
    out.facts.state(key, address, at);
}

/// An address and a port, least byte first.
fn socket(bytes: &[u8]) -> Option<SocketAddr> {
    let mut reader = Reader::new(bytes);
    let address = Ipv4Addr::from(u32::from_le_bytes(reader.array()?));
    let port = u16::from_le_bytes(reader.array()?);
    (!address.is_unspecified() && port != 0).then(|| SocketAddr::new(address.into(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(mark: u8, kind: u8, length: usize) -> Vec<u8> {
        let mut bytes = vec![0xed, mark, kind, 0];
        bytes.resize(length, 0x35);
        bytes
    }

    fn offer(viber: &mut Viber, bytes: &[u8], out: &mut Output) -> bool {
        offer_at(viber, bytes, Direction::Forward, 0, out)
    }

    fn offer_at(viber: &mut Viber, bytes: &[u8], direction: Direction, nanos: i64, out: &mut Output) -> bool {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(nanos), direction };
        let (source, destination) = ("10.0.0.1:50000".parse().unwrap(), "192.0.2.1:7985".parse().unwrap());
        let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
        recognise(&input) && matches!(viber.read(&input, out), Step::Taken)
    }

    #[test]
    fn a_mark_that_stays_and_two_kinds_are_viber() {
        let (mut viber, mut out) = (Viber::default(), Output::default());
        assert!(!offer(&mut viber, &message(0xf6, 1, 257), &mut out));
        assert!(!offer(&mut viber, &message(0xf6, 9, 20), &mut out));
        assert!(offer(&mut viber, &message(0xf6, 12, 76), &mut out));
        assert_eq!(out.facts.of("viber.message").count(), 3);
        assert!(out.media.is_empty());
    }

    #[test]
    fn addresses_and_round_trips_are_read() {
        let (mut viber, mut out) = (Viber::default(), Output::default());
        let (mut setup, mut answer) = (message(0xf6, 1, 257), message(0xf6, 12, 76));
        setup[18..24].copy_from_slice(&[9, 2, 0, 192, 0x43, 0xb8]);
        answer[14..20].copy_from_slice(&[7, 113, 0, 203, 0x43, 0xb8]);
        for _ in 0..3 {
            offer_at(&mut viber, &setup, Direction::Forward, 0, &mut out);
            offer_at(&mut viber, &answer, Direction::Backward, 1, &mut out);
        }
        offer_at(&mut viber, &message(0xf6, 9, 20), Direction::Forward, 100, &mut out);
        offer_at(&mut viber, &message(0xf6, 11, 34), Direction::Backward, 130, &mut out);
        let value = |key: &str| out.facts.of(key).next().map(|fact| fact.value.to_string());
        assert_eq!(value("viber.local-address").as_deref(), Some("192.0.2.9:47171"));
        assert_eq!(value("viber.public-address").as_deref(), Some("203.0.113.7:47171"));
        assert_eq!((out.round_trips.min, out.round_trips.samples), (Some(30), 1));
    }

    #[test]
    fn changing_marks_and_other_lengths_are_foreign() {
        let (mut viber, mut out) = (Viber::default(), Output::default());
        for mark in 0..50 {
            assert!(!offer(&mut viber, &message(mark, 9, 20), &mut out));
            assert!(!offer(&mut viber, &message(mark + 100, 12, 76), &mut out));
            assert!(!offer(&mut viber, &message(0, 9, 21), &mut out));
        }
        assert!(out.facts.is_empty());
    }

    #[test]
    fn every_prefix_and_every_flipped_byte_is_survived() {
        let (mut viber, mut out) = (Viber::default(), Output::default());
        for (kind, length, _) in KINDS {
            let whole = message(1, kind, length);
            for index in 0..whole.len() {
                offer(&mut viber, &whole[..index], &mut out);
                let mut flipped = whole.clone();
                flipped[index] ^= 0xff;
                offer(&mut viber, &flipped, &mut out);
            }
        }
    }
}
