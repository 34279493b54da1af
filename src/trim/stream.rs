//! The messages of a TCP connection: which part of each segment belongs to one that is read.

use crate::dissect::needs::{FOREIGN_BYTES, Needs, of_stream};
use crate::model::{Direction, Input, Piece, TcpHeader};

/// Longest start of a message that is remembered until the rest of it tells how long it is.
const CARRY_BYTES_MAX: usize = 16_384;
/// Bytes of a connection that nobody recognises yet which are kept where segments come out of order.
const UNORDERED_BYTES_MAX: u32 = 16_384;

/// Segments of a direction remembered to cut a copy alike.
const RECENT_SEGMENTS: usize = 8;

/// Both directions of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Streams {
    sides: [Side; 2],
    /// The protocol that read something of it last.
    protocol: Option<usize>,
}

/// One direction.
#[derive(Clone, Debug, Default)]
struct Side {
    /// Sequence number of the next byte.
    next: Option<u32>,
    /// Bytes before it.
    offset: u64,
    from_start: bool,
    /// Of the message under way: bytes that are needed, and bytes until the next message.
    needed: usize,
    left: usize,
    /// Start of a message that is too short to tell more.
    carry: Vec<u8>,
    /// The latest segments: sequence number, length on the wire, bytes kept.
    recent: [(u32, u32, usize); RECENT_SEGMENTS],
    latest: usize,
    /// Content was announced once.
    has_content: bool,
    /// Bytes that were missing when later ones came, and whether they are needed when they come.
    hole: Option<(u32, u32, bool)>,
}

impl Streams {
    /// Bytes of the payload to keep; `length` is its length on the wire.
    pub(super) fn keep(&mut self, input: &Input<'_>, header: &TcpHeader, length: u32) -> usize {
        let Streams { sides: [forward, backward], protocol } = self;
        let side = if input.direction == Direction::Forward { forward } else { backward };
        let sequence = if header.syn() { header.sequence.wrapping_add(1) } else { header.sequence };
        if header.syn() {
            *side = Side { next: Some(sequence), from_start: true, ..Side::default() };
        }
        let next = *side.next.get_or_insert(sequence);
        // Sequence numbers wrap: the signed distance tells early from late (RFC 9293 section 3.4).
        let distance = i64::from(sequence.wrapping_sub(next) as i32);
        let kept = match u32::try_from(distance) {
            Ok(0) => side.read(input, input.bytes, length, protocol),
            Ok(missing) => {
                let filled = side.miss(sequence, missing, protocol.is_some());
                let kept = side.read(input, input.bytes, length, protocol);
                if filled { kept.max(input.bytes.len()) } else { kept }
            }
            // One that is seen twice is cut alike, so that it can be told for the same.
            Err(_) => match side.recent.iter().find(|(known, size, _)| (*known, *size) == (sequence, length)) {
                Some((_, _, kept)) => *kept,
                None => side.repeat(input, sequence, next, length, protocol),
            },
        };
        let kept = if protocol.is_none() { kept.max(FOREIGN_BYTES) } else { kept };
        side.remember(sequence, length, kept);
        kept.min(input.bytes.len())
    }
}

impl Side {
    fn remember(&mut self, sequence: u32, length: u32, kept: usize) {
        self.latest = (self.latest + 1) % RECENT_SEGMENTS;
        if let Some(place) = self.recent.get_mut(self.latest) {
            *place = (sequence, length, kept);
        }
    }

    /// Notes that `missing` bytes before `sequence` did not come; whether what follows must stay whole, because what
    /// begins in the gap is not known.
    fn miss(&mut self, sequence: u32, missing: u32, claimed: bool) -> bool {
        let inside = usize::try_from(missing).unwrap_or(usize::MAX) <= self.left;
        let unordered = !claimed && self.offset < u64::from(UNORDERED_BYTES_MAX);
        let needed = self.needed > 0 || !self.carry.is_empty() || unordered;
        self.hole = Some((sequence.wrapping_sub(missing), sequence, needed));
        self.skip(missing);
        self.carry.clear();
        if !inside {
            (self.needed, self.left) = (0, 0);
        }
        needed && !inside
    }

    /// A segment that begins before what is known: what is new in it is read, what fills a hole is needed as the hole is.
    fn repeat(
        &mut self,
        input: &Input<'_>,
        sequence: u32,
        next: u32,
        length: u32,
        protocol: &mut Option<usize>,
    ) -> usize {
        let old = next.wrapping_sub(sequence);
        let fills = |(from, to, _): &(u32, u32, bool)| {
            (sequence.wrapping_sub(*from) as i32) >= 0 && (sequence.wrapping_sub(*to) as i32) < 0
        };
        let kept = if self.hole.filter(fills).is_some_and(|(_, _, needed)| needed) { input.bytes.len() } else { 0 };
        let at = usize::try_from(old).unwrap_or(usize::MAX);
        match (length.checked_sub(old).filter(|fresh| *fresh > 0), input.bytes.get(at..)) {
            (Some(fresh), Some(bytes)) => match self.read(input, bytes, fresh, protocol) {
                0 => kept,
                more => kept.max(at.saturating_add(more)),
            },
            _ => kept,
        }
    }

    /// Reads the next bytes, `length` on the wire; how many of them are needed.
    fn read(&mut self, input: &Input<'_>, bytes: &[u8], length: u32, protocol: &mut Option<usize>) -> usize {
        let kept = self.walk(input, bytes, protocol);
        let unstored = length.saturating_sub(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        self.offset += u64::from(length);
        self.next = self.next.map(|next| next.wrapping_add(length));
        let unstored = usize::try_from(unstored).unwrap_or(usize::MAX);
        if unstored > 0 && unstored > self.left {
            (self.needed, self.left) = (0, 0);
            self.carry.clear();
        } else {
            (self.needed, self.left) = (self.needed.saturating_sub(unstored), self.left - unstored);
        }
        kept
    }

    /// Goes from message to message.
    fn walk(&mut self, input: &Input<'_>, bytes: &[u8], protocol: &mut Option<usize>) -> usize {
        let (mut at, mut kept) = (0, 0);
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if self.left > 0 {
                let step = self.left.min(rest.len());
                if self.needed > 0 {
                    kept = at + self.needed.min(step);
                }
                (self.needed, self.left) = (self.needed.saturating_sub(step), self.left - step);
                at += step;
                continue;
            }
            if !self.begin(input, rest, at, protocol) {
                return kept;
            }
            if !self.carry.is_empty() {
                // All of it belongs to a start that is too short.
                return bytes.len();
            }
        }
        kept
    }

    /// Looks at the start of a message; `false` when nobody reads what is here.
    fn begin(&mut self, input: &Input<'_>, rest: &[u8], at: usize, protocol: &mut Option<usize>) -> bool {
        let carried = self.carry.len();
        let mut joined = std::mem::take(&mut self.carry);
        if carried > 0 {
            joined.extend_from_slice(rest.get(..CARRY_BYTES_MAX.saturating_sub(carried)).unwrap_or(rest));
        }
        let start = if carried > 0 { joined.as_slice() } else { rest };
        let offset = self.offset.saturating_add(at as u64).saturating_sub(carried as u64);
        let piece = Piece::Stream { offset, from_start: self.from_start };
        let Some((index, needs)) = of_stream(&Input { bytes: start, piece, ..*input }, *protocol) else {
            return false;
        };
        *protocol = Some(index);
        let (needed, length) = match needs {
            Needs::Message { needed, length } => (needed, length),
            Needs::Content { header, length } => (if self.has_content { 0 } else { header }, length),
            Needs::More if start.len() < CARRY_BYTES_MAX => {
                self.carry = start.to_vec();
                return true;
            }
            Needs::More | Needs::First(_) | Needs::Young(_) | Needs::Inner(..) => (start.len(), start.len()),
        };
        self.has_content |= matches!(needs, Needs::Content { .. });
        self.needed = needed.saturating_sub(carried);
        self.left = length.saturating_sub(carried);
        self.left > 0
    }

    /// Passes over bytes that are not there.
    fn skip(&mut self, missing: u32) {
        self.next = self.next.map(|next| next.wrapping_add(missing));
        self.offset += u64::from(missing);
        let missing = usize::try_from(missing).unwrap_or(usize::MAX);
        (self.needed, self.left) = (self.needed.saturating_sub(missing), self.left.saturating_sub(missing));
    }
}
