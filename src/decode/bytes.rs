//! Bytes of which the end may not be stored.

/// What is stored of a structure, and its length on the wire.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    /// As far as it was stored.
    pub(super) stored: &'a [u8],
    /// On the wire; may be more than is stored.
    pub(super) wire: usize,
}

impl<'a> Bytes<'a> {
    pub(super) const fn new(stored: &'a [u8], wire: usize) -> Bytes<'a> {
        Bytes { stored, wire }
    }

    /// Without the first `count` bytes; `None` when fewer are stored.
    #[inline]
    pub(super) fn skip(self, count: usize) -> Option<Bytes<'a>> {
        Some(Bytes { stored: self.stored.get(count..)?, wire: self.wire.saturating_sub(count) })
    }

    /// Without the first `count` bytes, empty where fewer are stored.
    #[inline]
    pub(super) fn skip_or_end(self, count: usize) -> Bytes<'a> {
        let stored = self.stored.get(count..).unwrap_or_default();
        Bytes { stored, wire: self.wire.saturating_sub(count) }
    }

    /// Of this length on the wire, as a header tells it.
    #[inline]
    pub(super) fn of_length(self, wire: usize) -> Bytes<'a> {
        Bytes { stored: self.stored.get(..wire).unwrap_or(self.stored), wire }
    }

    /// The number in two bytes at `at`, big endian.
    #[inline]
    pub(super) fn u16_at(self, at: usize) -> Option<u16> {
        self.stored.get(at..)?.first_chunk().copied().map(u16::from_be_bytes)
    }

    /// The number in four bytes at `at`, big endian.
    #[inline]
    pub(super) fn u32_at(self, at: usize) -> Option<u32> {
        self.stored.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
    }

    /// The byte at `at`.
    #[inline]
    pub(super) fn u8_at(self, at: usize) -> Option<u8> {
        self.stored.get(at).copied()
    }

    /// The six bytes of a link address at `at`.
    #[inline]
    pub(super) fn mac_at(self, at: usize) -> Option<[u8; 6]> {
        self.stored.get(at..)?.first_chunk().copied()
    }

    /// First four bits: the version of an IP packet.
    #[inline]
    pub(super) fn nibble(self) -> Option<u8> {
        self.stored.first().map(|byte| byte >> 4)
    }
}
