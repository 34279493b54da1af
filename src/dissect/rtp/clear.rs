//! Whether speech is encrypted, told by its length: codecs of a fixed rate fill so many bytes, and SRTP adds a tag of
//! four or more behind them (RFC 3711 section 5.2, RFC 7714 section 9.2).

use super::sequence::Arrival;

/// Packets from which on the length speaks.
const PACKETS_MIN: u32 = 8;
/// Longest authentication tag in bytes.
const TAG_BYTES_MAX: usize = 16;

/// Payload types of fixed rate with ticks for each byte (RFC 3551 section 4.5).
const FIXED_RATES: [(u8, usize); 4] = [(0, 1), (8, 1), (9, 1), (18, 8)];

/// Packets that are exactly as long as their speech, and those that are longer by a tag.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lengths {
    exact: u32,
    tagged: u32,
}

impl Lengths {
    /// Takes in a packet so many ticks after its predecessor.
    pub(super) fn note(&mut self, payload_type: u8, arrival: Arrival, ticks: u32, bytes: usize) {
        let rate = FIXED_RATES.iter().find(|(number, _)| *number == payload_type);
        let (Arrival::Ahead(1), Some((_, ticks_a_byte))) = (arrival, rate) else { return };
        let Some(expected) = usize::try_from(ticks).ok().map(|ticks| ticks / ticks_a_byte).filter(|bytes| *bytes > 0)
        else {
            return;
        };
        self.exact = self.exact.saturating_add(u32::from(bytes == expected));
        let tag = bytes.checked_sub(expected).is_some_and(|tag| (4..=TAG_BYTES_MAX).contains(&tag));
        self.tagged = self.tagged.saturating_add(u32::from(tag));
    }

    /// Whether speech stands in the packets as it was spoken.
    pub(super) fn are_exact(&self) -> bool {
        self.exact >= PACKETS_MIN && self.exact > self.tagged.saturating_mul(9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(payload_type: u8, bytes: usize) -> bool {
        let mut lengths = Lengths::default();
        (0..30).for_each(|_| lengths.note(payload_type, Arrival::Ahead(1), 160, bytes));
        lengths.are_exact()
    }

    #[test]
    fn a_tag_makes_speech_longer() {
        assert!(exact(0, 160) && exact(8, 160) && exact(9, 160) && exact(18, 20));
        assert!(!exact(0, 170) && !exact(0, 164) && !exact(0, 176) && !exact(18, 30) && !exact(111, 160));
    }
}
