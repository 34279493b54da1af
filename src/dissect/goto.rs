//! The keep-alive of GoTo Meeting's classic program: `PING` and `PONG` in datagrams of 16 bytes, after libprotoident's
//! table. The words are common, so a flow counts only where both ways keep to them.

use super::{Carrier, Dissector, Protocol, needs};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::{Direction, Input, Key, KeyInfo, Observer, Output, Piece, Question, Step, Timestamp};

/// GoTo Meeting's keep-alive.
pub static PROTOCOL: Protocol = Protocol {
    name: "goto",
    summary: "GoTo Meeting's keep-alive with its media servers",
    source: SOURCE,
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(GoTo::default()),
    keys: &[&KEEP_ALIVE.info],
};

const SOURCE: &str = "libprotoident's table of payloads; no capture at hand";

static KEEP_ALIVE: Key<bool> = Key::new(KeyInfo {
    name: "goto.keep-alive",
    question: Question::Provider,
    observers: &[Observer::Network, Observer::Provider],
    doc: "PING and PONG of 16 bytes went both ways",
    source: SOURCE,
    wireshark: "udp.payload[0:4] == 50:49:4e:47 && udp.length == 24",
    sentence: None,
});

/// Length of a keep-alive in bytes.
const MESSAGE_BYTES: usize = 16;
/// Port of the media servers: only a question to them measures the way, not one that they ask.
const SERVER_PORT: u16 = 8200;
/// Slowest answer that still counts as a round trip.
const ROUND_TRIP_NANOS_MAX: i64 = 10 * NANOS_PER_SECOND;

/// Whether a payload asks, and what stands behind the word.
fn read(bytes: &[u8]) -> Option<(bool, [u8; 12])> {
    let (word, rest) = bytes.split_at_checked(4).filter(|_| bytes.len() == MESSAGE_BYTES)?;
    let asks = word == b"PING";
    (asks || word == b"PONG").then_some(asks).zip(rest.try_into().ok())
}

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram && input.cut == 0 && input.tunnel.is_none() && read(input.bytes).is_some()
}

/// Both directions of one flow.
#[derive(Clone, Debug, Default)]
struct GoTo {
    /// Rest, direction and time of the last question.
    asked: Option<([u8; 12], Direction, Timestamp)>,
    stated: bool,
}

impl Dissector for GoTo {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let message = Some(input).filter(|input| input.piece == Piece::Datagram);
        match message.and_then(|input| read(input.bytes)) {
            Some((true, rest)) => self.asked = Some((rest, input.direction, input.at.time)),
            Some((false, rest)) => self.answer(rest, input, out),
            None => return Step::Foreign,
        }
        if self.stated { Step::Taken } else { Step::Foreign }
    }
}

impl GoTo {
    /// Only an answer that repeats the question measures the way.
    fn answer(&mut self, rest: [u8; 12], input: &Input<'_>, out: &mut Output) {
        let Some((asked, _, sent)) = self.asked.take_if(|(_, way, _)| *way != input.direction) else { return };
        if !self.stated {
            self.stated = true;
            out.facts.state(&KEEP_ALIVE, true, input.at);
        }
        let nanos = input.at.time.since(sent);
        if asked == rest && input.source.port() == SERVER_PORT && nanos <= ROUND_TRIP_NANOS_MAX {
            out.round_trips.add(nanos);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Evidence;

    fn message(word: &[u8; 4], rest: u8) -> Vec<u8> {
        [&word[..], &[rest; 12]].concat()
    }

    fn offer(goto: &mut GoTo, bytes: &[u8], direction: Direction, nanos: i64, out: &mut Output) -> bool {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(nanos), direction };
        let (client, server) = ("10.0.0.1:50000".parse().unwrap(), "192.0.2.1:8200".parse().unwrap());
        let (source, destination) = if direction == Direction::Forward { (client, server) } else { (server, client) };
        let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
        recognise(&input) && matches!(goto.read(&input, out), Step::Taken)
    }

    #[test]
    fn a_question_and_its_answer() {
        let (mut goto, mut out) = (GoTo::default(), Output::default());
        assert!(!offer(&mut goto, &message(b"PING", 1), Direction::Forward, 10, &mut out));
        assert!(!offer(&mut goto, &message(b"PONG", 1), Direction::Forward, 20, &mut out));
        assert!(offer(&mut goto, &message(b"PONG", 1), Direction::Backward, 40, &mut out));
        assert!(out.facts.has("goto.keep-alive"));
        assert_eq!(out.round_trips.min, Some(30));
        assert!(offer(&mut goto, &message(b"PING", 2), Direction::Forward, 50, &mut out));
        assert!(offer(&mut goto, &message(b"PONG", 3), Direction::Backward, 60, &mut out));
        assert_eq!(out.round_trips.samples, 1);
    }

    #[test]
    fn every_prefix_and_every_flipped_byte_is_survived() {
        let (mut goto, mut out) = (GoTo::default(), Output::default());
        for whole in [message(b"PING", 1), message(b"PONG", 1)] {
            for index in 0..whole.len() {
                assert!(!offer(&mut goto, &whole[..index], Direction::Forward, 0, &mut out));
                let mut flipped = whole.clone();
                flipped[index] ^= 0xff;
                offer(&mut goto, &flipped, Direction::Backward, 0, &mut out);
            }
        }
    }
}
