//! The framing of imo's calls, as seen in a capture of 2022 in November 2026; no public document describes it.
//!
//! A message is its length in seven-bit groups (most significant first, the highest bit of a byte says that another
//! follows), a type, and the rest, mostly encrypted. A datagram holds one or more of them; from a relay a zero byte
//! stands before them. Datagrams of this framing run during calls only: chat goes over TCP.

use super::needs::{Needs, WHOLE};
use super::{Carrier, Dissector, Protocol};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::{Input, Key, KeyInfo, Observer, Output, Piece, Question, Step};

/// imo's calls.
pub static PROTOCOL: Protocol = Protocol {
    name: "imo",
    summary: "Framing of imo's calls: that one runs",
    source: SEEN_IN,
    carrier: Carrier::Datagram,
    recognise,
    needs,
    create: || Box::new(Imo::default()),
    keys: &[&MESSAGE.info],
};

const SEEN_IN: &str = "seen in a capture of 2022, read in November 2026";

static MESSAGE: Key<String> = Key::new(KeyInfo {
    name: "imo.message",
    question: Question::Provider,
    observers: &[Observer::Network, Observer::Provider],
    doc: "Kind of message, once each: ping, pong, data, relay, probe",
    source: SEEN_IN,
    wireshark: "udp.payload",
    sentence: None,
});

/// Messages closer than this belong to one call.
const PAUSE_NANOS: i64 = 20 * NANOS_PER_SECOND;
/// Datagrams that fit, the echo of a token among them, from which on a flow is imo's.
const CERTAIN_PACKETS: u32 = 4;
/// Messages read of one datagram.
const MESSAGES_MAX: usize = 4;
/// Tokens remembered of pings that were not answered yet.
const TOKENS_MAX: usize = 8;

/// First bytes of a datagram, in which the length and the type of its first message stand.
const OPENING_BYTES: usize = 5;

/// A message of the framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message {
    /// Asks for an echo of the token.
    Ping([u8; 8]),
    /// The echo.
    Pong([u8; 8]),
    /// A counter, then encrypted data.
    Data,
    /// A message to the relay itself.
    Relay,
    /// Large datagrams that measure the path.
    Probe,
}

impl Message {
    fn name(self) -> &'static str {
        match self {
            Message::Ping(_) => "ping",
            Message::Pong(_) => "pong",
            Message::Data => "data",
            Message::Relay => "relay",
            Message::Probe => "probe",
        }
    }

    fn read(bytes: &[u8]) -> Option<Message> {
        match *bytes {
            [2, ref token @ ..] => (*token).try_into().ok().map(Message::Ping),
            [3, ref token @ ..] => (*token).try_into().ok().map(Message::Pong),
            [0x0d, _, _, ref sealed @ ..] if sealed.len() >= 16 => Some(Message::Data),
            [0x0e, ref sealed @ ..] if sealed.len() >= 16 => Some(Message::Relay),
            [0x1a, ref rest @ ..] if rest.len() >= 6 => Some(Message::Probe),
            _ => None,
        }
    }

    /// A long message of which the end is not stored.
    fn of_cut(bytes: &[u8], length: usize) -> Option<Message> {
        match *bytes.first()? {
            0x0d if length >= 19 => Some(Message::Data),
            0x0e if length >= 17 => Some(Message::Relay),
            0x1a if length >= 7 => Some(Message::Probe),
            _ => None,
        }
    }
}

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram && input.tunnel.is_none() && read(input.bytes, input.cut as usize).is_some()
}

/// Length and type of a message that fills the datagram; several are few and small.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    match read(input.bytes.get(..OPENING_BYTES).unwrap_or_default(), input.bytes.len().saturating_sub(OPENING_BYTES)) {
        Some(_) => Needs::First(OPENING_BYTES),
        None => Needs::First(WHOLE),
    }
}

/// The last message of a datagram in which messages follow each other to the last byte, of which `cut` are not stored.
fn read(bytes: &[u8], cut: usize) -> Option<Message> {
    let mut rest = match bytes {
        [0, rest @ ..] => rest,
        own => own,
    };
    for _ in 0..MESSAGES_MAX {
        let (length, message) = front(rest)?;
        if cut > 0 && length > message.len() {
            return (length == message.len() + cut).then(|| Message::of_cut(message, length)).flatten();
        }
        let (message, behind) = message.split_at_checked(length)?;
        let message = Message::read(message)?;
        if behind.is_empty() && cut == 0 {
            return Some(message);
        }
        rest = behind;
    }
    None
}

/// The length of the first message, and what stands behind that.
fn front(bytes: &[u8]) -> Option<(usize, &[u8])> {
    Some(match *bytes {
        [low @ 1..=0x7f, ref rest @ ..] => (usize::from(low), rest),
        [high @ 0x81..=0xff, low @ 0..=0x7f, ref rest @ ..] => (usize::from(high & 0x7f) << 7 | usize::from(low), rest),
        _ => return None,
    })
}

/// Both directions of one flow.
#[derive(Clone, Default)]
struct Imo {
    fitting: u32,
    tokens: Vec<[u8; 8]>,
    echoed: bool,
    stated: Vec<&'static str>,
}

impl Dissector for Imo {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let message = Some(input).filter(|input| input.piece == Piece::Datagram);
        let Some(message) = message.and_then(|input| read(input.bytes, input.cut as usize)) else {
            return Step::Foreign;
        };
        self.weigh(message);
        if !self.certain() {
            return Step::Foreign;
        }
        out.media.note(input.at.time, PAUSE_NANOS);
        if !self.stated.contains(&message.name()) {
            self.stated.push(message.name());
            out.facts.state(&MESSAGE, message.name().to_owned(), input.at);
        }
        Step::Taken
    }
}

impl Imo {
    /// Lengths that fit are common by chance in short datagrams: a token that comes back is not.
    fn weigh(&mut self, message: Message) {
        self.fitting = self.fitting.saturating_add(1);
        match message {
            Message::Ping(token) if self.tokens.len() < TOKENS_MAX => self.tokens.push(token),
            Message::Pong(token) => self.echoed |= self.tokens.contains(&token),
            Message::Ping(_) | Message::Data | Message::Relay | Message::Probe => {}
        }
    }

    fn certain(&self) -> bool {
        self.echoed && self.fitting >= CERTAIN_PACKETS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Evidence, Timestamp};

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = body.len() + 1;
        let mut bytes = match length {
            0..0x80 => vec![length as u8],
            _ => vec![0x80 | (length >> 7) as u8, length as u8 & 0x7f],
        };
        bytes.push(kind);
        bytes.extend_from_slice(body);
        bytes
    }

    fn offer(imo: &mut Imo, bytes: &[u8], out: &mut Output) -> bool {
        let direction = Direction::Forward;
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(0), direction };
        let (source, destination) = ("10.0.0.1:50000".parse().unwrap(), "192.0.2.1:57604".parse().unwrap());
        let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
        recognise(&input) && matches!(imo.read(&input, out), Step::Taken)
    }

    #[test]
    fn lengths_in_groups_of_seven_bits_fill_the_datagram() {
        assert_eq!(
            read(&message(2, &[0xdc, 0x9a, 2, 0, 0, 0, 0, 0]), 0),
            Some(Message::Ping([0xdc, 0x9a, 2, 0, 0, 0, 0, 0]))
        );
        assert_eq!(read(&message(0x1a, &[7; 1221]), 0), Some(Message::Probe));
        assert_eq!(read(&[&[0][..], &message(0x0d, &[7; 220])].concat(), 0), Some(Message::Data));
        let two = [message(0x0e, &[7; 187]), message(2, &[7; 8])].concat();
        assert_eq!(read(&two, 0), Some(Message::Ping([7; 8])));
        assert_eq!(read(&[&message(0x0d, &[7; 220])[..], &[0]].concat(), 0), None);
        assert_eq!(read(&message(0x0c, &[7; 220]), 0), None);
    }

    #[test]
    fn a_flow_is_imos_when_a_token_comes_back() {
        let (mut imo, mut out) = (Imo::default(), Output::default());
        let token = [0xdc, 0x9a, 2, 0, 0, 0, 0, 0];
        for bytes in [message(0x0d, &[9; 60]), message(2, &token), message(2, &token)] {
            assert!(!offer(&mut imo, &bytes, &mut out));
        }
        assert!(offer(&mut imo, &message(3, &token), &mut out));
        assert!(offer(&mut imo, &message(0x1a, &[1; 900]), &mut out));
        assert_eq!(out.media.spans().first().map(|span| span.packets), Some(2));
        assert_eq!(out.facts.of("imo.message").count(), 2);
    }

    #[test]
    fn fitting_lengths_without_an_echo_are_foreign() {
        let (mut imo, mut out) = (Imo::default(), Output::default());
        for seed in 0..40 {
            assert!(!offer(&mut imo, &message(2, &[seed; 8]), &mut out));
            assert!(!offer(&mut imo, &message(3, &[seed + 100; 8]), &mut out));
        }
        assert!(out.facts.is_empty() && out.media.is_empty());
    }

    #[test]
    fn every_prefix_and_every_flipped_byte_is_survived() {
        let (mut imo, mut out) = (Imo::default(), Output::default());
        for whole in [message(2, &[1; 8]), message(3, &[1; 8]), message(0x0d, &[3; 200]), message(0x1a, &[3; 20])] {
            for index in 0..whole.len() {
                offer(&mut imo, &whole[..index], &mut out);
                let mut flipped = whole.clone();
                flipped[index] ^= 0xff;
                offer(&mut imo, &flipped, &mut out);
            }
        }
    }
}
