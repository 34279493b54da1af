//! One capture file from its first byte to its last.

use super::Source;
use super::error::{OpenError, describe};
use super::notes::Notes;
use super::pcap::Pcap;
use super::pcapng::Pcapng;
use super::stored::Stored;
use super::unpack::unpack;
use super::window::Window;
use crate::model::{Capture, Frame, LinkType, Problems, Tally, Timestamp};
use std::ops::Range;

/// Bytes read from a file at once; more was measured to be slower, for it leaves the processor's cache.
pub(super) const READ_BYTES: usize = 1 << 20;

/// A capture file or standard input.
pub struct FileSource {
    path: String,
    index: u16,
    stored: Stored,
    suffix: String,
    format: Format,
    window: Window,
    current: Option<Found>,
    tally: Tally,
    notes: Notes,
    end: Option<End>,
}

enum Format {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

/// A frame in the window.
pub(super) struct Found {
    /// `None` where the block tells no time.
    pub(super) time: Option<Timestamp>,
    pub(super) link: LinkType,
    pub(super) interface: u32,
    pub(super) wire_length: u32,
    /// Where the frame's bytes are, from the window's start.
    pub(super) data: Range<usize>,
    /// Bytes of the whole block or record.
    pub(super) block: usize,
}

/// Why reading cannot go on.
pub(super) enum Damage {
    /// The file ends within a block.
    Cut,
    /// A block that cannot be: what was found.
    Impossible(String),
}

/// Known when reading has ended.
struct End {
    damage: Option<String>,
    sha256: String,
}

impl FileSource {
    /// Opens `path` (`-` is standard input) as capture number `index`.
    ///
    /// # Errors
    /// When the file cannot be read or does not begin as a capture does.
    pub fn open(path: &str, index: u16) -> Result<FileSource, OpenError> {
        FileSource::with_buffer(path, index, READ_BYTES)
    }

    /// The same with a buffer of `capacity` bytes, for many files at once.
    pub(super) fn with_buffer(path: &str, index: u16, capacity: usize) -> Result<FileSource, OpenError> {
        FileSource::of(path, Stored::open(path)?, index, capacity)
    }

    /// The same of bytes that are open already.
    pub(super) fn of(path: &str, stored: Stored, index: u16, capacity: usize) -> Result<FileSource, OpenError> {
        let opened = unpack(path, stored.clone())?;
        let mut window = Window::new(opened.reader, capacity);
        let format = Format::of(path, &opened.magic, &mut window)?;
        Ok(FileSource {
            path: path.to_owned(),
            index,
            stored,
            suffix: opened.suffix,
            format,
            window,
            current: None,
            tally: Tally::default(),
            notes: Notes::new(index),
            end: None,
        })
    }

    /// Bytes of the stored file read until now, for a progress bar.
    pub fn bytes_read(&self) -> u64 {
        self.stored.bytes_read()
    }

    /// Size of the stored file, where it is known: not of a pipe.
    pub fn bytes_total(&self) -> Option<u64> {
        self.stored.bytes_total()
    }

    /// Moves on to the next frame; `false` at the end.
    #[inline]
    pub(super) fn advance(&mut self) -> bool {
        if self.end.is_some() {
            return false;
        }
        if let Some(found) = self.current.take() {
            self.window.consume(found.block);
        }
        let number = self.tally.packets() + 1;
        let next = match &mut self.format {
            Format::Pcap(pcap) => pcap.next(&mut self.window),
            Format::Pcapng(pcapng) => pcapng.next(&mut self.window, &mut self.notes, number),
        };
        match next {
            Ok(Some(mut found)) => {
                let (wire_length, time) = self.tally.add(found.link, found.data.len(), found.wire_length, found.time);
                (found.wire_length, found.time) = (wire_length, Some(time));
                self.current = Some(found);
                true
            }
            Ok(None) => self.finish(None),
            Err(damage) => self.finish(Some(damage)),
        }
    }

    /// The frame that [`FileSource::advance`] moved to.
    #[inline]
    pub(super) fn current(&self) -> Option<Frame<'_>> {
        let found = self.current.as_ref()?;
        Some(Frame {
            capture: self.index,
            number: self.tally.packets(),
            time: found.time.unwrap_or_default(),
            link: found.link,
            interface: found.interface,
            wire_length: found.wire_length,
            data: self.window.data().get(found.data.clone()).unwrap_or_default(),
        })
    }

    #[cold]
    fn finish(&mut self, damage: Option<Damage>) -> bool {
        let mut sentence = self.damage(damage);
        if let Err(error) = self.stored.drain() {
            sentence.get_or_insert_with(|| self.sentence(&format!("reading failed ({error})"), REPAIR_COPY));
        }
        self.end = Some(End { damage: sentence, sha256: self.stored.sha256() });
        false
    }

    /// A failing read explains the cut that it causes.
    fn damage(&self, damage: Option<Damage>) -> Option<String> {
        if let Some(error) = self.window.failure() {
            return Some(self.sentence(&format!("reading failed ({error})"), REPAIR_COPY));
        }
        match damage? {
            Damage::Cut => Some(self.sentence("the file ends within a block", REPAIR_CUT)),
            Damage::Impossible(what) => Some(self.sentence(&format!("there is {what}"), REPAIR_BLOCK)),
        }
    }

    /// What, in which file, where, and what to do.
    fn sentence(&self, what: &str, advice: &str) -> String {
        let stream = if self.suffix.is_empty() { "" } else { " of the unpacked data" };
        format!(
            "{}: {what} at byte {}{stream} (behind frame {}); {advice}",
            self.path,
            self.window.offset(),
            self.tally.packets()
        )
    }
}

const REPAIR_CUT: &str =
    "all frames before it were read; copy the file again, or let the capture end before copying it";
const REPAIR_COPY: &str = "all frames before it were read; copy the file again from where it was captured";
const REPAIR_BLOCK: &str = "all frames before it were read; `editcap` or `pcapfix` may save the rest";

impl Source for FileSource {
    #[inline]
    fn next(&mut self) -> Option<Frame<'_>> {
        if self.advance() { self.current() } else { None }
    }

    fn capture(&self) -> Capture {
        Capture {
            sha256: self.end.as_ref().map(|end| end.sha256.clone()).unwrap_or_default(),
            dropped: self.notes.dropped(),
            comments: self.notes.comments.clone(),
            names: self.notes.names.clone(),
            own_addresses: self.notes.own_addresses.clone(),
            has_secrets: self.notes.has_secrets,
            damage: self.end.as_ref().and_then(|end| end.damage.clone()),
            ..self.tally.capture(self.path.clone(), format!("{}{}", self.format.name(), self.suffix))
        }
    }

    fn problems(&self) -> &Problems {
        &self.notes.problems
    }
}

impl Format {
    fn of(path: &str, magic: &[u8], window: &mut Window) -> Result<Format, OpenError> {
        let header = |format| move |what| OpenError::Header { path: path.to_owned(), format, what };
        if magic.is_empty() {
            Err(OpenError::Empty { path: path.to_owned() })
        } else if Pcap::recognise(magic) {
            Pcap::open(window).map(Format::Pcap).map_err(header("pcap"))
        } else if Pcapng::recognise(magic) {
            Pcapng::open(window).map(Format::Pcapng).map_err(header("pcapng"))
        } else {
            Err(OpenError::Foreign { path: path.to_owned(), found: describe(magic) })
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Format::Pcap(_) => "pcap",
            Format::Pcapng(_) => "pcapng",
        }
    }
}
