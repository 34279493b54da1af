//! A TCP direction in order, as far as the capture has it: what is missing is delivered as a gap.

use crate::model::TcpHeader;
use std::collections::BTreeMap;

/// Most bytes held back of one direction while an earlier segment is awaited.
pub const STREAM_PENDING_BYTES_MAX: usize = 96 * 1024;
/// Most segments held back of one direction.
pub const STREAM_PENDING_SEGMENTS_MAX: usize = 96;

/// What came in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery<'a> {
    /// The next bytes, the first at this offset.
    Bytes(u64, &'a [u8]),
    /// This many bytes are missing.
    Gap(u64),
}

/// Puts the segments of one direction in order (RFC 9293 section 3.4), within bounds.
#[derive(Clone, Debug, Default)]
pub struct StreamStart {
    next: Option<u32>,
    offset: u64,
    from_start: bool,
    pending: BTreeMap<u64, Held>,
    held_bytes: usize,
}

/// A segment that came too early.
#[derive(Clone, Debug)]
struct Held {
    bytes: Box<[u8]>,
    /// Length on the wire; more than `bytes` when the capture cut the packet.
    length: u64,
}

impl StreamStart {
    /// Whether the connection's first byte is the stream's first.
    pub fn from_start(&self) -> bool {
        self.from_start
    }

    /// Bytes held back at the moment.
    pub fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    /// Takes a segment with `payload` of `length` bytes on the wire. `may_hold` tells whether there is memory left to
    /// hold it back; if not, a gap is declared at once.
    pub fn segment(
        &mut self,
        header: &TcpHeader,
        payload: &[u8],
        length: u32,
        may_hold: bool,
        deliver: &mut dyn FnMut(Delivery<'_>),
    ) {
        if header.syn() && !self.begins_at(header.sequence.wrapping_add(1)) {
            self.next = Some(header.sequence.wrapping_add(1));
            (self.offset, self.from_start) = (0, true);
            self.forget();
        }
        if length == 0 || header.rst() {
            return;
        }
        let sequence = if header.syn() { header.sequence.wrapping_add(1) } else { header.sequence };
        let next = *self.next.get_or_insert(sequence);
        // Sequence numbers wrap: the signed distance tells early from late within 2 GiB.
        let distance = i64::from(sequence.wrapping_sub(next) as i32);
        match u64::try_from(distance) {
            Ok(0) => self.advance(payload, u64::from(length), deliver),
            Ok(ahead) => self.hold(self.offset + ahead, payload, u64::from(length), may_hold, deliver),
            Err(_) => {
                let seen = distance.unsigned_abs();
                if u64::from(length) > seen {
                    let fresh = payload.get(seen as usize..).unwrap_or_default();
                    self.advance(fresh, u64::from(length) - seen, deliver);
                }
            }
        }
        self.release(deliver);
    }

    /// The other side acknowledged up to `acknowledgement`: what it has and this capture lacks will not come.
    pub fn acknowledged(&mut self, acknowledgement: u32, deliver: &mut dyn FnMut(Delivery<'_>)) {
        let Some(next) = self.next.filter(|_| !self.pending.is_empty()) else { return };
        let ahead = i64::from(acknowledgement.wrapping_sub(next) as i32);
        let Some((first, _)) = self.pending.first_key_value() else { return };
        if u64::try_from(ahead).is_ok_and(|ahead| self.offset + ahead >= *first) {
            self.skip_to_held(deliver);
        }
    }

    /// The stream ends: delivers what was held back, with its gaps.
    pub fn flush(&mut self, deliver: &mut dyn FnMut(Delivery<'_>)) {
        while !self.pending.is_empty() {
            self.skip_to_held(deliver);
        }
    }

    /// Drops what is held back: nobody wants the rest.
    pub fn forget(&mut self) {
        self.pending.clear();
        self.held_bytes = 0;
    }

    /// Whether the stream already counts from `first`: a SYN that says so is a repeated one.
    fn begins_at(&self, first: u32) -> bool {
        self.from_start && self.next.map(|next| next.wrapping_sub(self.offset as u32)) == Some(first)
    }

    fn advance(&mut self, bytes: &[u8], length: u64, deliver: &mut dyn FnMut(Delivery<'_>)) {
        let stored = bytes.get(..length.min(bytes.len() as u64) as usize).unwrap_or_default();
        if !stored.is_empty() {
            deliver(Delivery::Bytes(self.offset, stored));
        }
        let cut = length - stored.len() as u64;
        if cut > 0 {
            deliver(Delivery::Gap(cut));
        }
        self.offset += length;
        self.next = self.next.map(|next| next.wrapping_add(length as u32));
    }

    fn hold(&mut self, at: u64, bytes: &[u8], length: u64, may_hold: bool, deliver: &mut dyn FnMut(Delivery<'_>)) {
        let known = self.pending.get(&at).map_or(0, |held| held.length);
        if known < length {
            self.held_bytes += bytes.len();
            let before = self.pending.insert(at, Held { bytes: bytes.into(), length });
            self.held_bytes -= before.map_or(0, |held| held.bytes.len());
        }
        let full = self.held_bytes > STREAM_PENDING_BYTES_MAX || self.pending.len() > STREAM_PENDING_SEGMENTS_MAX;
        if full || !may_hold {
            self.skip_to_held(deliver);
        }
    }

    fn skip_to_held(&mut self, deliver: &mut dyn FnMut(Delivery<'_>)) {
        let Some((at, _)) = self.pending.first_key_value() else { return };
        let missing = at.saturating_sub(self.offset);
        if missing > 0 {
            deliver(Delivery::Gap(missing));
            self.offset += missing;
            self.next = self.next.map(|next| next.wrapping_add(missing as u32));
        }
        self.release(deliver);
    }

    fn release(&mut self, deliver: &mut dyn FnMut(Delivery<'_>)) {
        while let Some(entry) = self.pending.first_entry().filter(|entry| *entry.key() <= self.offset) {
            let (at, held) = entry.remove_entry();
            self.held_bytes -= held.bytes.len();
            let seen = self.offset - at;
            if held.length > seen {
                self.advance(held.bytes.get(seen as usize..).unwrap_or_default(), held.length - seen, deliver);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(sequence: u32, flags: u8) -> TcpHeader {
        TcpHeader { source: 1, destination: 2, sequence, acknowledgement: 0, flags, opening: None }
    }

    /// Runs segments (sequence, bytes) through a fresh stream; gaps show as `<n>`.
    fn run(segments: &[(u32, &str)]) -> String {
        let mut stream = StreamStart::default();
        let mut text = String::new();
        let mut note = |delivery: Delivery<'_>| match delivery {
            Delivery::Bytes(_, bytes) => text.push_str(&String::from_utf8_lossy(bytes)),
            Delivery::Gap(length) => text.push_str(&format!("<{length}>")),
        };
        for (sequence, bytes) in segments {
            stream.segment(&header(*sequence, 16), bytes.as_bytes(), bytes.len() as u32, true, &mut note);
        }
        stream.flush(&mut note);
        text
    }

    #[test]
    fn orders_overlaps_and_wraps() {
        assert_eq!(run(&[(10, "ab"), (14, "ef"), (12, "cd"), (12, "cd"), (15, "fgh")]), "abcdefgh");
        assert_eq!(run(&[(u32::MAX, "ab"), (1, "cd"), (u32::MAX, "ab")]), "abcd");
        assert_eq!(run(&[(10, "ab"), (11, "bcd"), (20, "x")]), "abcd<6>x");
    }

    #[test]
    fn an_acknowledged_hole_becomes_a_gap() {
        let mut stream = StreamStart::default();
        let mut gaps = 0;
        let mut note = |delivery: Delivery<'_>| {
            if let Delivery::Gap(length) = delivery {
                gaps += length;
            }
        };
        stream.segment(&header(9, 2), b"", 0, true, &mut note);
        stream.segment(&header(15, 16), b"xyz", 3, true, &mut note);
        stream.acknowledged(12, &mut note);
        stream.acknowledged(18, &mut note);
        assert!(stream.from_start());
        assert_eq!((gaps, stream.held_bytes()), (5, 0));
    }

    #[test]
    fn a_repeated_syn_does_not_begin_anew() {
        let mut stream = StreamStart::default();
        let mut seen = Vec::new();
        let mut note = |delivery: Delivery<'_>| {
            if let Delivery::Bytes(offset, bytes) = delivery {
                seen.push((offset, bytes.to_vec()));
            }
        };
        for (sequence, flags, bytes) in [(9, 2, &b""[..]), (10, 16, b"ab"), (9, 2, b""), (12, 16, b"cd"), (99, 2, b"")]
        {
            stream.segment(&header(sequence, flags), bytes, bytes.len() as u32, true, &mut note);
        }
        stream.segment(&header(100, 16), b"new", 3, true, &mut note);
        assert_eq!(seen, [(0, b"ab".to_vec()), (2, b"cd".to_vec()), (0, b"new".to_vec())]);
    }

    #[test]
    fn without_memory_to_hold_a_gap_is_told_at_once() {
        let mut stream = StreamStart::default();
        let mut gaps = Vec::new();
        stream.segment(&header(0, 2), b"", 0, true, &mut |_| {});
        stream.segment(&header(11, 16), b"abc", 3, false, &mut |delivery| {
            gaps.push(matches!(delivery, Delivery::Gap(10)))
        });
        assert_eq!((gaps, stream.held_bytes()), (vec![true, false], 0));
    }

    #[test]
    fn holds_no_more_than_its_limit() {
        let mut stream = StreamStart::default();
        stream.segment(&header(0, 2), b"", 0, true, &mut |_| {});
        for step in 0..1000u32 {
            stream.segment(&header(10 + step * 2000, 16), &[7; 1400], 1400, true, &mut |_| {});
            assert!(stream.held_bytes() <= STREAM_PENDING_BYTES_MAX + 1400);
        }
    }

    #[test]
    fn a_packet_cut_by_the_capture_leaves_a_gap() {
        let mut stream = StreamStart::default();
        let mut seen = Vec::new();
        stream.segment(&header(0, 16), b"abc", 10, true, &mut |delivery| {
            seen.push(match delivery {
                Delivery::Bytes(offset, bytes) => (offset, bytes.len() as u64),
                Delivery::Gap(length) => (u64::MAX, length),
            });
        });
        assert_eq!(seen, [(0, 3), (u64::MAX, 7)]);
    }
}
