//! One file: buffered, hashed on its way out.

use super::block;
use super::{Description, Statistics};
use crate::model::{Frame, Timestamp};
use sha2::{Digest, Sha256};
use std::io::{self, ErrorKind, Write};

/// Bytes gathered before they are handed to the system.
const BUFFER_BYTES: usize = 1 << 20;

/// A pcapng file that is being written.
pub(super) struct Pcapng {
    writer: Box<dyn Write + Send>,
    buffer: Vec<u8>,
    hash: Sha256,
    /// Bytes handed to the system.
    gone: u64,
    /// Packets of which the system has every byte.
    safe: u64,
}

impl Pcapng {
    /// A file that begins with a section and its interfaces.
    pub(super) fn new(writer: Box<dyn Write + Send>, description: &Description) -> Pcapng {
        let mut buffer = Vec::with_capacity(BUFFER_BYTES);
        block::head(&mut buffer, description);
        Pcapng { writer, buffer, hash: Sha256::new(), gone: 0, safe: 0 }
    }

    /// Adds a frame.
    #[inline]
    pub(super) fn packet(&mut self, frame: &Frame<'_>) -> io::Result<()> {
        block::packet(&mut self.buffer, frame);
        if self.buffer.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    /// Adds the counters of all interfaces.
    pub(super) fn statistics(&mut self, counted: &[Statistics], from: Timestamp, to: Timestamp) -> io::Result<()> {
        for (interface, counted) in (0..).zip(counted) {
            block::statistics(&mut self.buffer, interface, *counted, from, to);
        }
        Ok(())
    }

    /// Hands everything to the system. What the system did not take is lost, and not in the hash.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        let before = self.gone;
        let written = self.write(&buffer);
        let taken = usize::try_from(self.gone - before).unwrap_or(usize::MAX);
        self.safe += block::packets_in(buffer.get(..taken).unwrap_or(&buffer));
        self.buffer = buffer;
        self.buffer.clear();
        written
    }

    /// Packets of which the system has every byte.
    pub(super) const fn safe_packets(&self) -> u64 {
        self.safe
    }

    fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.writer.write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => {
                    let (written, rest) = bytes.split_at(count.min(bytes.len()));
                    self.hash.update(written);
                    self.gone += written.len() as u64;
                    bytes = rest;
                }
                Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                Err(cause) => return Err(cause),
            }
        }
        Ok(())
    }

    /// Bytes of the file, those in the buffer included.
    #[inline]
    pub(super) fn written(&self) -> u64 {
        self.gone + self.buffer.len() as u64
    }

    /// SHA-256 of what the system took, in lower-case hexadecimal.
    pub(super) fn sha256(&self) -> String {
        self.hash.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
