//! The framing of Viber's calls, as seen in a capture of 2018 in November 2026; no public document describes it.
//!
//! Two bytes that stay the same in a flow, a type, a zero, and the rest. Types 1 and 12 set a call up and answer with
//! the client's public address, 9 and 11 measure the round trip, 5 hangs up. Media are not readable.

use super::{Carrier, Dissector, Protocol};
use crate::model::wire::Reader;
use crate::model::{Input, Key, KeyInfo, Observer, Output, Piece, Question, Step};

/// Viber's calls.
pub static PROTOCOL: Protocol = Protocol {
    name: "viber",
    summary: "Framing of Viber's calls: set-up, round trip, hanging up",
    source: SEEN_IN,
    carrier: Carrier::Datagram,
    recognise,
    create: || Box::new(Viber::default()),
    keys: &[&MESSAGE.info],
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

/// Datagrams that fit, of two kinds at least, from which on a flow is Viber's.
const CERTAIN_PACKETS: u32 = 3;
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
    let mut reader = Reader::new(bytes);
    let (mark, kind, zero) = (reader.u16()?, reader.u8()?, reader.u8()?);
    let (.., name) = KINDS.iter().find(|(number, length, _)| *number == kind && *length == bytes.len())?;
    (zero == 0).then_some((mark, *name))
}

/// Both directions of one flow.
#[derive(Default)]
struct Viber {
    mark: Option<u16>,
    fitting: u32,
    foreign: u32,
    kinds: Vec<&'static str>,
    stated: usize,
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
        self.fitting = self.fitting.saturating_add(1);
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
        if self.fitting < CERTAIN_PACKETS || self.kinds.len() < 2 {
            return Step::Foreign;
        }
        for kind in self.kinds.iter().skip(self.stated) {
            out.facts.state(&MESSAGE, (*kind).to_owned(), input.at);
        }
        self.stated = self.kinds.len();
        Step::Taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Evidence, Timestamp};

    fn message(mark: u8, kind: u8, length: usize) -> Vec<u8> {
        let mut bytes = vec![0xed, mark, kind, 0];
        bytes.resize(length, 0x35);
        bytes
    }

    fn offer(viber: &mut Viber, bytes: &[u8], out: &mut Output) -> bool {
        let direction = Direction::Forward;
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(0), direction };
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
