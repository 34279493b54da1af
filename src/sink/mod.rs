//! Frames to pcapng files, whole or in turns. Opens no file itself: a [`Store`] of the caller does.
//!
//! What a [`Sink`] says of the files that it wrote is what [`crate::source`] says of them when they are read again, and
//! the numbers that it gives to frames are the numbers that they have there. So an analysis of what passes is the
//! analysis of what was kept.

mod block;
mod file;
mod rotation;
#[cfg(test)]
mod tests;

pub use block::Interface;
pub use rotation::Rotation;

use crate::model::{Capture, Frame, Tally, Timestamp};
use file::Pcapng;
use ipnet::IpNet;
use std::io::{self, Write};
use std::net::IpAddr;

/// Most files that are told of one by one: as many captures as can be read at once. The last of them stands for all
/// that follow.
pub const FILES_TOLD_MAX: usize = 4096;

/// Where files come from and go.
pub trait Store: Send {
    /// Makes an empty file.
    ///
    /// # Errors
    /// The system's.
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>>;

    /// Deletes a file that [`Store::create`] made, to keep no more than was asked for.
    ///
    /// # Errors
    /// The system's.
    fn remove(&mut self, path: &str) -> io::Result<()>;
}

/// What the files say of how they were made.
#[derive(Clone, Debug, Default)]
pub struct Description {
    /// Program with its version.
    pub application: String,
    /// Processor; empty when it is not known.
    pub hardware: String,
    /// Operating system; empty when it is not known.
    pub system: String,
    /// What the user says of the capture.
    pub comment: Option<String>,
    /// The interfaces, in the order of their numbers.
    pub interfaces: Vec<Interface>,
}

/// Counters of one interface since the capture began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Packets that passed the filter, dropped ones included.
    pub received: u64,
    /// Packets that the interface lost.
    pub dropped_interface: u64,
    /// Packets for which the system, or this program, had no room.
    pub dropped_system: u64,
}

impl Statistics {
    fn since(self, earlier: Statistics) -> Statistics {
        Statistics {
            received: self.received.saturating_sub(earlier.received),
            dropped_interface: self.dropped_interface.saturating_sub(earlier.dropped_interface),
            dropped_system: self.dropped_system.saturating_sub(earlier.dropped_system),
        }
    }
}

/// Where a frame is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the file among the captures of this run.
    pub capture: u16,
    /// Number in the file, from 1.
    pub number: u64,
}

/// Takes frames, writes them where that is wanted, and can always say what it took.
pub struct Sink {
    description: Description,
    path: String,
    output: Option<Output>,
    finished: Vec<Capture>,
    tally: Tally,
    begun: Timestamp,
    earlier: Vec<Statistics>,
    written_before: u64,
    failure: Option<String>,
    /// Of the file that writing failed on.
    failed_sha256: String,
}

/// Files that are written.
struct Output {
    base: String,
    rotation: Rotation,
    store: Box<dyn Store>,
    /// `None` once writing failed.
    file: Option<Pcapng>,
    files: u32,
    kept: std::collections::VecDeque<String>,
}

impl Sink {
    /// A sink that counts and numbers frames and keeps none; `name` stands for the file.
    pub fn nowhere(name: &str, description: Description) -> Sink {
        Sink::with(name.to_owned(), description, None, Timestamp::default())
    }

    /// A sink that writes to `path`, or to files named after it where `rotation` asks for several. The first file is
    /// made at once; `now` is the time in its name.
    ///
    /// # Errors
    /// When the first file cannot be made.
    pub fn new(
        path: &str,
        rotation: Rotation,
        description: Description,
        store: Box<dyn Store>,
        now: Timestamp,
    ) -> io::Result<Sink> {
        let kept = std::collections::VecDeque::new();
        let mut output = Output { base: path.to_owned(), rotation, store, file: None, files: 0, kept };
        let (name, mut file) = output.next_file(&description, now)?;
        file.flush()?;
        output.file = Some(file);
        Ok(Sink::with(name, description, Some(output), now))
    }

    fn with(path: String, description: Description, output: Option<Output>, begun: Timestamp) -> Sink {
        Sink {
            earlier: vec![Statistics::default(); description.interfaces.len()],
            description,
            path,
            output,
            finished: Vec::new(),
            tally: Tally::default(),
            begun,
            written_before: 0,
            failure: None,
            failed_sha256: String::new(),
        }
    }

    /// Whether a frame of `bytes` at `time` belongs into the next file: then [`Sink::rotate`] comes first.
    #[inline]
    pub fn is_full(&self, time: Timestamp, bytes: usize) -> bool {
        let Some(output) = self.output.as_ref().filter(|output| output.rotation.is_asked_for()) else { return false };
        let Some(file) = &output.file else { return false };
        self.tally.packets() > 0
            && output.rotation.is_full(file.written() + block::packet_bytes(bytes), time.since(self.begun))
    }

    /// Ends the file with the counters of its interfaces and begins the next.
    #[cold]
    pub fn rotate(&mut self, time: Timestamp, statistics: &[Statistics]) {
        let path = self.path.clone();
        let capture = self.close(statistics, time);
        if self.finished.len() + 1 < FILES_TOLD_MAX {
            self.finished.push(capture);
            self.tally = Tally::default();
            self.earlier = statistics.to_vec();
        }
        if self.failure.is_some() {
            return;
        }
        self.begun = time;
        let Some(output) = &mut self.output else { return };
        match output.next_file(&self.description, time) {
            Ok((name, file)) => {
                output.keep_few(path);
                output.file = Some(file);
                self.path = name;
            }
            Err(cause) => self.fail(&cause),
        }
    }

    /// Takes one frame. A frame that cannot be written is counted all the same; [`Sink::failure`] says why.
    #[inline]
    pub fn frame(&mut self, frame: &Frame<'_>) -> Place {
        let (wire_length, time) = self.tally.add(frame.link, frame.data.len(), frame.wire_length, Some(frame.time));
        if let Some(file) = self.output.as_mut().and_then(|output| output.file.as_mut()) {
            let frame = Frame { wire_length, time, ..*frame };
            if let Err(cause) = file.packet(&frame) {
                self.fail(&cause);
            }
        }
        // At most `FILES_TOLD_MAX`, which fits.
        Place { capture: self.finished.len() as u16, number: self.tally.packets() }
    }

    /// Hands what is buffered to the system.
    pub fn flush(&mut self) {
        if let Some(file) = self.output.as_mut().and_then(|output| output.file.as_mut())
            && let Err(cause) = file.flush()
        {
            self.fail(&cause);
        }
    }

    /// Why nothing is written any more, in one sentence.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Bytes written to files until now, buffered ones included.
    pub fn written_bytes(&self) -> u64 {
        let file = self.output.as_ref().and_then(|output| output.file.as_ref());
        self.written_before + file.map_or(0, Pcapng::written)
    }

    /// The file that is written, or what stands for it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is known of the captures while the last one runs: its hash is not.
    pub fn captures(&self, statistics: &[Statistics]) -> Vec<Capture> {
        let mut captures = self.finished.clone();
        captures.push(self.capture(statistics));
        captures
    }

    /// Ends the last file with the counters of its interfaces, and says what was written.
    pub fn finish(mut self, statistics: &[Statistics], now: Timestamp) -> Vec<Capture> {
        let last = self.close(statistics, now);
        self.finished.push(last);
        self.finished
    }

    fn capture(&self, statistics: &[Statistics]) -> Capture {
        let format = if self.output.is_some() { "pcapng" } else { "live" };
        Capture {
            dropped: Some(self.in_this_file(statistics).fold(0, |sum, one| sum + dropped(one))),
            comments: self.description.comment.iter().cloned().collect(),
            own_addresses: self.own_addresses(),
            damage: self.failure.clone(),
            ..self.tally.capture(self.path.clone(), format.to_owned())
        }
    }

    fn own_addresses(&self) -> Vec<IpAddr> {
        self.description.interfaces.iter().flat_map(|interface| &interface.addresses).map(IpNet::addr).collect()
    }

    fn in_this_file<'s>(&'s self, statistics: &'s [Statistics]) -> impl Iterator<Item = Statistics> + 's {
        statistics.iter().zip(&self.earlier).map(|(now, before)| now.since(*before))
    }

    /// Writes what stands at the end of a file.
    fn close(&mut self, statistics: &[Statistics], now: Timestamp) -> Capture {
        let of_file: Vec<_> = self.in_this_file(statistics).collect();
        let begun = self.begun;
        let file = self.output.as_mut().and_then(|output| output.file.as_mut());
        if let Some(file) = file
            && let Err(cause) = file.statistics(&of_file, begun, now).and_then(|()| file.flush())
        {
            self.fail(&cause);
        }
        let sha256 = match self.output.as_mut().and_then(|output| output.file.take()) {
            Some(file) => {
                self.written_before += file.written();
                file.sha256()
            }
            None => self.failed_sha256.clone(),
        };
        Capture { sha256, ..self.capture(statistics) }
    }

    /// Writing ends for good: a file with a hole would say what is not so.
    #[cold]
    fn fail(&mut self, cause: &io::Error) {
        let file = self.output.as_mut().and_then(|output| output.file.take());
        let safe = file.as_ref().map_or(0, Pcapng::safe_packets);
        let sentence = format!(
            "{}: writing failed ({cause}); the file holds the first {safe} frames, the report tells of all; make room or \
             name another place, and capture again",
            self.path
        );
        self.failure.get_or_insert(sentence);
        if let Some(file) = file {
            self.written_before += file.written();
            self.failed_sha256 = file.sha256();
        }
    }
}

impl Output {
    fn next_file(&mut self, description: &Description, time: Timestamp) -> io::Result<(String, Pcapng)> {
        self.files = self.files.saturating_add(1);
        let name = self.rotation.name(&self.base, self.files, time);
        Ok((name.clone(), Pcapng::new(self.store.create(&name)?, description)))
    }

    /// What cannot be deleted stays: a capture must not end for it.
    fn keep_few(&mut self, ended: String) {
        let Some(most) = self.rotation.keep else { return };
        self.kept.push_back(ended);
        while self.kept.len() + 1 > most.max(1) {
            if let Some(oldest) = self.kept.pop_front() {
                let _gone_already = self.store.remove(&oldest);
            }
        }
    }
}

fn dropped(statistics: Statistics) -> u64 {
    statistics.dropped_interface.saturating_add(statistics.dropped_system)
}
