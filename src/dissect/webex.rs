//! The keep-alive of Webex's media on its own port: eight bytes that open with a little-endian 1 from one side and 2
//! from the other, after libprotoident's table. Eight bytes prove little: the port and both ways are asked for.

use super::{Carrier, Dissector, Protocol, needs};
use crate::model::{Direction, Input, Key, KeyInfo, Observer, Output, Piece, Question, Step};

/// Webex's keep-alive.
pub static PROTOCOL: Protocol = Protocol {
    name: "webex",
    summary: "Webex's keep-alive with its media servers",
    source: SOURCE,
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(Webex::default()),
    keys: &[&KEEP_ALIVE.info],
};

const SOURCE: &str = "libprotoident's table of payloads, of the classic program; no capture at hand";

static KEEP_ALIVE: Key<bool> = Key::new(KeyInfo {
    name: "webex.keep-alive",
    question: Question::Provider,
    observers: &[Observer::Network, Observer::Provider],
    doc: "Messages of eight bytes, 1 one way and 2 the other, on UDP port 9000 or 5004",
    source: SOURCE,
    wireshark: "udp.port in {9000, 5004} && udp.length == 16",
    sentence: None,
});

/// Length of a keep-alive in bytes.
const MESSAGE_BYTES: usize = 8;
/// Ports of the media servers.
const SERVER_PORTS: [u16; 2] = [9000, 5004];
/// Keep-alives from which on a flow is Webex's.
const CERTAIN_PACKETS: u32 = 4;

/// 1 or 2.
fn read(input: &Input<'_>) -> Option<u8> {
    let on_port = || [input.source, input.destination].iter().any(|side| SERVER_PORTS.contains(&side.port()));
    match *input.bytes {
        [kind @ (1 | 2), 0, 0, 0, ..] if input.bytes.len() == MESSAGE_BYTES && on_port() => Some(kind),
        _ => None,
    }
}

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram && input.cut == 0 && input.tunnel.is_none() && read(input).is_some()
}

/// Both directions of one flow.
#[derive(Clone, Debug, Default)]
struct Webex {
    /// Who sends the 1.
    first: Option<Direction>,
    /// Messages of each kind.
    seen: [u32; 2],
    broken: bool,
    stated: bool,
}

impl Dissector for Webex {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let message = Some(input).filter(|input| input.piece == Piece::Datagram && !self.broken);
        let Some(kind) = message.and_then(read) else { return Step::Foreign };
        let side = if kind == 1 { input.direction } else { input.direction.reversed() };
        if *self.first.get_or_insert(side) != side {
            self.broken = true;
            return Step::Foreign;
        }
        if let Some(count) = self.seen.get_mut(usize::from(kind - 1)) {
            *count = count.saturating_add(1);
        }
        let certain = self.seen.iter().all(|count| *count > 0) && self.seen.iter().sum::<u32>() >= CERTAIN_PACKETS;
        if certain && !self.stated {
            self.stated = true;
            out.facts.state(&KEEP_ALIVE, true, input.at);
        }
        if self.stated { Step::Taken } else { Step::Foreign }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Evidence, Timestamp};

    fn offer(webex: &mut Webex, bytes: &[u8], direction: Direction, port: u16, out: &mut Output) -> bool {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(0), direction };
        let (client, server) = ("10.0.0.1:50000".parse().unwrap(), format!("192.0.2.1:{port}").parse().unwrap());
        let (source, destination) = if direction == Direction::Forward { (client, server) } else { (server, client) };
        let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
        recognise(&input) && matches!(webex.read(&input, out), Step::Taken)
    }

    const ASK: [u8; 8] = [1, 0, 0, 0, 9, 9, 9, 9];
    const ANSWER: [u8; 8] = [2, 0, 0, 0, 9, 9, 9, 9];

    #[test]
    fn one_and_two_both_ways_on_the_port() {
        let (mut webex, mut out) = (Webex::default(), Output::default());
        for _ in 0..2 {
            offer(&mut webex, &ASK, Direction::Forward, 9000, &mut out);
            offer(&mut webex, &ANSWER, Direction::Backward, 9000, &mut out);
        }
        assert!(out.facts.has("webex.keep-alive"));
    }

    #[test]
    fn other_ports_one_way_and_mixed_ways_are_foreign() {
        for (back, port) in [(ANSWER, 9001), (ASK, 9000)] {
            let (mut webex, mut out) = (Webex::default(), Output::default());
            for _ in 0..9 {
                offer(&mut webex, &ASK, Direction::Forward, port, &mut out);
                offer(&mut webex, &back, Direction::Backward, port, &mut out);
            }
            assert!(out.facts.is_empty());
        }
    }

    #[test]
    fn every_prefix_and_every_flipped_byte_is_survived() {
        let (mut webex, mut out) = (Webex::default(), Output::default());
        for whole in [ASK, ANSWER] {
            for index in 0..whole.len() {
                offer(&mut webex, &whole[..index], Direction::Forward, 9000, &mut out);
                let mut flipped = whole;
                flipped[index] ^= 0xff;
                offer(&mut webex, &flipped, Direction::Backward, 9000, &mut out);
            }
        }
    }
}
