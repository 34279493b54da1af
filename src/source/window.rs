//! A window over a stream that always holds the whole of the block that is being read.
//!
//! Why not the reader of pcap-parser: it reports a failing disk, a damaged gzip stream and a short read of a pipe with
//! the same word and without the place, and it cannot tell a block that is cut from one that lies about its length.

use super::unpack::Unpacked;
use std::io::{self, Read};

/// Largest block that is held in memory.
pub(super) const BLOCK_BYTES_MAX: usize = 64 << 20;

/// Bytes of the stream from `offset` on.
pub(super) struct Window {
    reader: Unpacked,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    ended: bool,
    failure: Option<io::Error>,
}

impl Window {
    /// A window that reads `capacity` bytes at once.
    pub(super) fn new(reader: Unpacked, capacity: usize) -> Window {
        let buffer = vec![0; capacity];
        Window { reader, buffer, start: 0, end: 0, offset: 0, ended: false, failure: None }
    }

    /// What is in the window.
    #[inline]
    pub(super) fn data(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Offset of the window's first byte in the stream.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Why reading failed, if it did.
    pub(super) fn failure(&self) -> Option<&io::Error> {
        self.failure.as_ref()
    }

    /// Makes the window hold at least `count` bytes; `false` when the stream ends before or `count` is more than
    /// [`BLOCK_BYTES_MAX`].
    #[inline]
    pub(super) fn want(&mut self, count: usize) -> bool {
        self.end - self.start >= count || self.fill(count)
    }

    /// Moves the window on by `count` bytes, at most all it holds.
    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// Moves on by `count` bytes, more than a window may hold; `false` when the stream ends before.
    pub(super) fn skip(&mut self, count: u64) -> bool {
        let mut left = count;
        while left > 0 {
            let held = left.min((self.end - self.start) as u64);
            self.consume(usize::try_from(held).unwrap_or(0));
            left -= held;
            if left > 0 && !self.want(1) {
                return false;
            }
        }
        true
    }

    #[cold]
    fn fill(&mut self, count: usize) -> bool {
        if count > BLOCK_BYTES_MAX {
            return false;
        }
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        while self.end < count && !self.ended {
            self.grow(count);
            self.read_once();
        }
        self.end >= count
    }

    /// A length field may lie, so the buffer at most doubles for bytes that have not come yet.
    fn grow(&mut self, count: usize) {
        if self.end == self.buffer.len() && count > self.buffer.len() {
            self.buffer.resize(count.min(self.buffer.len().saturating_mul(2).max(64)), 0);
        }
    }

    fn read_once(&mut self) {
        match self.reader.read(self.buffer.get_mut(self.end..).unwrap_or_default()) {
            Ok(0) => self.ended = true,
            Ok(count) => self.end = (self.end + count).min(self.buffer.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                self.ended = true;
                self.failure = Some(error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte a call, as a slow pipe does.
    struct Drip(Vec<u8>);

    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match (self.0.is_empty(), buffer.first_mut()) {
                (false, Some(slot)) => {
                    *slot = self.0.remove(0);
                    Ok(1)
                }
                _ => Ok(0),
            }
        }
    }

    #[test]
    fn grows_for_a_block_larger_than_the_window_and_keeps_its_place() {
        let mut window = Window::new(Box::new(Drip((0..200).collect())), 16);
        assert!(window.want(10));
        window.consume(10);
        assert!(window.want(150));
        assert_eq!(window.data().first(), Some(&10));
        assert!(window.skip(160));
        assert_eq!(window.offset(), 170);
        assert!(window.want(30));
        assert!(!window.want(31));
        assert_eq!(window.data().first(), Some(&170));
        assert!(!window.skip(31));
    }
}
