//! Putting a message together from pieces that carry offsets: QUIC CRYPTO frames and DTLS handshake fragments.
//! They come in any order, twice, or overlapping.

use std::collections::BTreeMap;

/// Most bytes of one assembly, those waiting included.
pub(crate) const ASSEMBLY_BYTES_MAX: usize = 64 * 1024;
/// Most pieces that wait for the ones before them.
pub(crate) const ASSEMBLY_FRAGMENTS_MAX: usize = 64;

/// What a piece did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inserted {
    /// It brought bytes not held before.
    New,
    /// All its bytes were known.
    Known,
    /// It did not fit into the limits.
    Refused,
}

/// Bytes from offset 0 on without a hole, and pieces beyond the first hole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Assembly {
    prefix: Vec<u8>,
    waiting: BTreeMap<usize, Vec<u8>>,
    waiting_bytes: usize,
}

impl Assembly {
    /// Adds a piece. Where pieces overlap, the first one counts.
    pub(crate) fn insert(&mut self, offset: u64, bytes: &[u8]) -> Inserted {
        let Some((offset, end)) = range(offset, bytes.len()) else {
            return Inserted::Refused;
        };
        if self.holds(offset, end) {
            Inserted::Known
        } else if offset <= self.prefix.len() {
            self.extend(offset, bytes);
            self.take_waiting();
            Inserted::New
        } else {
            self.wait(offset, bytes)
        }
    }

    /// All bytes from the start to the first hole.
    pub(crate) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    fn holds(&self, offset: usize, end: usize) -> bool {
        let in_waiting = || {
            let before = self.waiting.range(..=offset).next_back();
            before.is_some_and(|(start, bytes)| end <= start.saturating_add(bytes.len()))
        };
        end <= self.prefix.len() || in_waiting()
    }

    fn extend(&mut self, offset: usize, bytes: &[u8]) {
        let known = self.prefix.len().saturating_sub(offset);
        self.prefix.extend_from_slice(bytes.get(known..).unwrap_or_default());
    }

    fn take_waiting(&mut self) {
        while let Some(first) = self.waiting.first_entry() {
            if *first.key() > self.prefix.len() {
                return;
            }
            let (offset, bytes) = first.remove_entry();
            self.waiting_bytes = self.waiting_bytes.saturating_sub(bytes.len());
            self.extend(offset, &bytes);
        }
    }

    fn wait(&mut self, offset: usize, bytes: &[u8]) -> Inserted {
        let total = self.waiting_bytes.saturating_add(bytes.len());
        let is_longer = self.waiting.get(&offset).is_none_or(|known| known.len() < bytes.len());
        if self.waiting.len() >= ASSEMBLY_FRAGMENTS_MAX || total > ASSEMBLY_BYTES_MAX || !is_longer {
            return Inserted::Refused;
        }
        let replaced = self.waiting.insert(offset, bytes.to_vec());
        self.waiting_bytes = total.saturating_sub(replaced.map_or(0, |bytes| bytes.len()));
        Inserted::New
    }
}

/// Start and end of a piece, if both are within the limit.
fn range(offset: u64, length: usize) -> Option<(usize, usize)> {
    let offset = usize::try_from(offset).ok()?;
    let end = offset.checked_add(length).filter(|end| *end <= ASSEMBLY_BYTES_MAX)?;
    Some((offset, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_in_any_order_twice_and_overlapping_give_the_message() {
        let mut assembly = Assembly::default();
        assert_eq!(assembly.insert(6, b"ghij"), Inserted::New);
        assert_eq!(assembly.insert(7, b"hi"), Inserted::Known);
        assert_eq!(assembly.insert(2, b"cdefg"), Inserted::New);
        assert_eq!(assembly.prefix(), b"");
        assert_eq!(assembly.insert(0, b"abc"), Inserted::New);
        assert_eq!(assembly.prefix(), b"abcdefghij");
        assert_eq!(assembly.insert(3, b"def"), Inserted::Known);
        assert_eq!(assembly.waiting_bytes, 0);
    }

    #[test]
    fn where_pieces_disagree_the_first_counts() {
        let mut assembly = Assembly::default();
        assembly.insert(0, b"abcd");
        assembly.insert(2, b"XXef");
        assert_eq!(assembly.prefix(), b"abcdef");
    }

    #[test]
    fn limits_hold() {
        let mut assembly = Assembly::default();
        assert_eq!(assembly.insert(u64::MAX, b"a"), Inserted::Refused);
        assert_eq!(assembly.insert(ASSEMBLY_BYTES_MAX as u64, b"a"), Inserted::Refused);
        let refused = (1..200u64).filter(|n| assembly.insert(n * 2, b"a") == Inserted::Refused).count();
        assert_eq!(refused, 199 - ASSEMBLY_FRAGMENTS_MAX);
    }
}
