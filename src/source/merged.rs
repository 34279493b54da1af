//! Several captures as one in time order.

use super::Source;
use super::error::OpenError;
use super::file::{FileSource, READ_BYTES};
use crate::model::{Capture, Frame, Problems, Timestamp};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Most captures at once.
const CAPTURES_MAX: usize = 4096;
/// Bytes of all the captures' buffers together, and the least that one gets.
const BUFFERS_BYTES: usize = 64 << 20;
const BUFFER_BYTES_MIN: usize = 64 << 10;

/// All frames of several captures by time, those of the same time by capture. Within one capture the file's order
/// holds, even where its clock ran backwards. One capture passes through as it is.
pub struct Merged {
    files: Vec<FileSource>,
    /// Time and index of the captures' next frames; of one capture alone it is not kept.
    waiting: BinaryHeap<Reverse<(Timestamp, usize)>>,
    /// The capture whose frame was handed out last and has to move on.
    given: Option<usize>,
}

impl Merged {
    /// Opens all of `paths`.
    ///
    /// # Errors
    /// The first file that cannot be read or does not begin as a capture does.
    pub fn open(paths: &[String]) -> Result<Merged, OpenError> {
        if paths.len() > CAPTURES_MAX {
            return Err(OpenError::TooMany { count: paths.len(), most: CAPTURES_MAX });
        }
        let buffer = (BUFFERS_BYTES / paths.len().max(1)).clamp(BUFFER_BYTES_MIN, READ_BYTES);
        let open = |(index, path): (u16, &String)| FileSource::with_buffer(path, index, buffer);
        let files: Vec<FileSource> = (0..).zip(paths).map(open).collect::<Result<_, _>>()?;
        Ok(Merged::of(files))
    }

    /// The same of open files.
    pub(super) fn of(mut files: Vec<FileSource>) -> Merged {
        let mut waiting = BinaryHeap::new();
        if files.len() > 1 {
            for (index, file) in files.iter_mut().enumerate() {
                waiting.extend(next_time(file).map(|time| Reverse((time, index))));
            }
        }
        Merged { files, waiting, given: None }
    }

    /// The next frame of all, or `None` at the end. It borrows a buffer until the next call.
    #[inline]
    #[expect(clippy::should_implement_trait, reason = "a frame borrows the buffer, which no iterator's item can")]
    pub fn next(&mut self) -> Option<Frame<'_>> {
        if self.files.len() > 1 {
            return self.next_of_many();
        }
        self.files.first_mut()?.next()
    }

    fn next_of_many(&mut self) -> Option<Frame<'_>> {
        if let Some(index) = self.given.take() {
            let time = self.files.get_mut(index).and_then(next_time);
            self.waiting.extend(time.map(|time| Reverse((time, index))));
        }
        let Reverse((_, index)) = self.waiting.pop()?;
        self.given = Some(index);
        self.files.get(index)?.current()
    }

    /// What is known of the captures, in the order of the paths; whole after the last frame.
    pub fn captures(&self) -> Vec<Capture> {
        self.files.iter().map(Source::capture).collect()
    }

    /// What was left out of the captures' descriptions.
    pub fn problems(&self) -> Problems {
        let mut all = Problems::default();
        for file in &self.files {
            all.merge(file.problems());
        }
        all
    }

    /// Stored bytes read until now.
    pub fn bytes_read(&self) -> u64 {
        self.files.iter().map(FileSource::bytes_read).sum()
    }

    /// Stored bytes of all files, `None` when one is a pipe.
    pub fn bytes_total(&self) -> Option<u64> {
        self.files.iter().map(FileSource::bytes_total).sum()
    }
}

fn next_time(file: &mut FileSource) -> Option<Timestamp> {
    if file.advance() { file.current().map(|frame| frame.time) } else { None }
}
