//! The framing of WeChat's calls. No document of the vendor and no capture at hand: first bytes and lengths after Lai et
//! al., IWQoS 2015, and libprotoident's table of 2022. Recognised only where both sides keep to it without exception.
//!
//! `d1` and a message of a length that fits are heart-beats; the voice has packets of one size to a first byte: `a1 08`
//! of 75 and 92 bytes, `a3` of 95 and 96, `d5` of 89 to 91 and 103 to 104, `d6` of 200. A size and a first byte that
//! stay the same are those of many programs, so two of these kinds must be there.

use crate::dissect::needs::Needs;
use crate::dissect::{Carrier, Dissector, Protocol};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::{Input, Key, KeyInfo, Observer, Output, Piece, Question, Sentence, Step};

/// Calls of WeChat.
pub static PROTOCOL: Protocol = Protocol {
    name: "wechat-voice",
    summary: "Framing of WeChat's calls: that one runs, nothing of who speaks",
    source: SOURCE,
    carrier: Carrier::Datagram,
    recognise,
    needs,
    create: || Box::new(Voice::default()),
    keys: &[&SEEN.info],
};

const SOURCE: &str = "Lai et al., IWQoS 2015; libprotoident, table of 2022; not seen in a capture";

static SEEN: Key<bool> = Key::new(KeyInfo {
    name: "wechat.voice",
    question: Question::Activity,
    observers: &[Observer::Network, Observer::Provider, Observer::Peer],
    doc: "Datagrams of the first bytes and sizes of WeChat's calls ran both ways",
    source: SOURCE,
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "An Größe und Anfang der Pakete ist ein Gespräch über WeChat zu erkennen, obwohl sein Inhalt verschlüsselt ist.",
        en: "Size and beginning of the packets show a call over WeChat although its content is encrypted.",
    }),
});

/// Packets closer than this belong to one call.
const PAUSE_NANOS: i64 = 20 * NANOS_PER_SECOND;
/// Packets that fit, each way, from which on a flow is a call.
const CERTAIN_PACKETS: u32 = 8;
/// Range of lengths of a heart-beat's message in bytes.
const BEAT_BYTES: std::ops::RangeInclusive<u8> = 0x1d..=0x2e;

/// First bytes, as bits of [`Voice::kinds`].
const KINDS: [u8; 5] = [0xd1, 0xa1, 0xa3, 0xd5, 0xd6];
/// Least kinds from which on a flow is a call.
const KINDS_MIN: u32 = 2;

/// First bytes that are read.
const OPENING_BYTES: usize = 4;

/// Whether a payload of `length` bytes on the wire has a first byte and a length that belong together.
fn fits(bytes: &[u8], length: usize) -> bool {
    match *bytes {
        [0xd1, 0x0a, beat, 0x0a, ..] => BEAT_BYTES.contains(&beat) && length >= usize::from(beat) + 3,
        [0xa1, 0x08, ..] => matches!(length, 75 | 92),
        [0xa3, ..] => matches!(length, 95 | 96),
        [0xd5, ..] => matches!(length, 89..=91 | 103 | 104),
        [0xd6, ..] => length == 200,
        _ => false,
    }
}

fn recognise(input: &Input<'_>) -> bool {
    let opens = matches!(input.bytes, [0xd1, 0x0a, ..] | [0xa1, 0x08, ..] | [0xa3 | 0xd5 | 0xd6, ..]);
    opens && input.piece == Piece::Datagram && input.tunnel.is_none()
}

/// First bytes and length are all that is read.
fn needs<'p>(_input: &Input<'p>) -> Needs<'p> {
    Needs::First(OPENING_BYTES)
}

/// Both directions of one flow.
#[derive(Clone, Debug, Default)]
struct Voice {
    fitting: [u32; 2],
    /// Which of [`KINDS`] fitted.
    kinds: u8,
    /// A packet of such a first byte had another length: QUIC and RTP have these first bytes too.
    broken: bool,
    certain: bool,
}

impl Dissector for Voice {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        if self.broken {
            return Step::Foreign;
        }
        if input.piece != Piece::Datagram || !fits(input.bytes, input.bytes.len().saturating_add(input.cut as usize)) {
            self.broken = !self.certain;
            return Step::Foreign;
        }
        if let Some(count) = self.fitting.get_mut(input.direction.index()) {
            *count = count.saturating_add(1);
        }
        if !self.certain {
            let kind = KINDS.iter().position(|first| input.bytes.first() == Some(first));
            self.kinds |= kind.map_or(0, |kind| 1 << kind);
            let dense = self.fitting.iter().all(|count| *count >= CERTAIN_PACKETS);
            self.certain = dense && self.kinds.count_ones() >= KINDS_MIN;
            if !self.certain {
                return Step::Foreign;
            }
            out.facts.state(&SEEN, true, input.at);
        }
        out.media.note(input.at.time, PAUSE_NANOS);
        Step::Taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Evidence, Timestamp};

    fn packet(first: u8, length: usize) -> Vec<u8> {
        let mut bytes = vec![first, 8];
        bytes.resize(length, 0x5a);
        bytes
    }

    fn beat() -> Vec<u8> {
        let mut bytes = vec![0xd1, 0x0a, 0x2d, 0x0a];
        bytes.resize(48, 1);
        bytes
    }

    fn offer(voice: &mut Voice, bytes: &[u8], direction: Direction, out: &mut Output) -> bool {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(0), direction };
        let (source, destination) = ("10.0.0.1:50000".parse().unwrap(), "192.0.2.1:8000".parse().unwrap());
        let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
        recognise(&input);
        matches!(voice.read(&input, out), Step::Taken)
    }

    #[test]
    fn packets_of_these_sizes_both_ways_are_a_call() {
        let (mut voice, mut out) = (Voice::default(), Output::default());
        offer(&mut voice, &beat(), Direction::Forward, &mut out);
        for _ in 0..8 {
            offer(&mut voice, &packet(0xd5, 90), Direction::Forward, &mut out);
            offer(&mut voice, &packet(0xd5, 104), Direction::Backward, &mut out);
        }
        assert!(out.facts.has("wechat.voice"));
        assert_eq!(out.media.spans().len(), 1);
    }

    #[test]
    fn one_size_and_first_byte_is_none() {
        let (mut voice, mut out) = (Voice::default(), Output::default());
        for _ in 0..40 {
            assert!(!offer(&mut voice, &packet(0xd6, 200), Direction::Forward, &mut out));
            assert!(!offer(&mut voice, &packet(0xd6, 200), Direction::Backward, &mut out));
        }
        assert!(out.facts.is_empty() && out.media.is_empty());
    }

    #[test]
    fn one_way_or_one_other_packet_is_none() {
        let (mut voice, mut out) = (Voice::default(), Output::default());
        for _ in 0..40 {
            assert!(!offer(&mut voice, &packet(0xa3, 96), Direction::Forward, &mut out));
        }
        assert!(!offer(&mut voice, &packet(0xa3, 97), Direction::Backward, &mut out));
        for _ in 0..40 {
            assert!(!offer(&mut voice, &packet(0xa3, 96), Direction::Backward, &mut out));
        }
        assert!(out.facts.is_empty() && out.media.is_empty());
    }

    #[test]
    fn every_prefix_and_every_flipped_byte_is_survived() {
        let (mut voice, mut out) = (Voice::default(), Output::default());
        for whole in [beat(), packet(0xa1, 92), packet(0xd6, 200)] {
            for index in 0..whole.len() {
                offer(&mut voice, &whole[..index], Direction::Forward, &mut out);
                let mut flipped = whole.clone();
                flipped[index] ^= 0xff;
                offer(&mut voice, &flipped, Direction::Backward, &mut out);
            }
        }
    }
}
