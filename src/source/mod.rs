//! Capture files as frames in order. The only place that opens one.
//!
//! A file is told by its first bytes, never by its name: pcap in both byte orders, pcapng, either of them inside
//! gzip, zstd or lz4. Frames before damage are always handed out; the damage itself is a sentence in the
//! [`Capture`], because a capture that was cut is the usual case and no reason to say nothing.

mod error;
mod file;
mod merged;
mod notes;
mod pcap;
mod pcapng;
mod stored;
mod unpack;
mod window;

pub use error::OpenError;
pub use file::FileSource;
pub use merged::Merged;

use crate::model::{Capture, Frame, Problems};

/// One capture's frames in file order.
pub trait Source {
    /// The next frame, or `None` at the end. It borrows the source's buffer until the next call.
    fn next(&mut self) -> Option<Frame<'_>>;

    /// What is known of the capture: counts so far, and after the last frame also the file's hash and damage.
    fn capture(&self) -> Capture;

    /// What was left out of the capture's description.
    fn problems(&self) -> &Problems;
}

/// Opens the capture at `path` (`-` is standard input) as number `index` of those given.
///
/// # Errors
/// When the file cannot be read or does not begin as a capture does.
pub fn open(path: &str, index: u16) -> Result<FileSource, OpenError> {
    FileSource::open(path, index)
}

#[cfg(test)]
mod tests;
