//! What the displays are told, and what they have to be.

use crate::guard::Guard;
use meetscope::Findings;
use meetscope::model::Timestamp;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// What the displays are told, several times a second.
pub(crate) struct Moment {
    /// The newest assessment, after pseudonyms and minimising; `None` before the first.
    pub(crate) findings: Option<Arc<Findings>>,
    /// Rises with each new assessment.
    pub(crate) edition: u64,
    pub(crate) counters: Counters,
    /// Since the capture began, by the monotonic clock.
    pub(crate) elapsed: Duration,
    /// Wall-clock time now.
    pub(crate) now: Timestamp,
    /// Interfaces that are captured from.
    pub(crate) interfaces: Vec<String>,
    /// File that packets are written to.
    pub(crate) file: Option<String>,
    /// What confines this process, one short sentence each, and whether it is in force.
    pub(crate) guards: Vec<Guard>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counters {
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
    /// By the kernel's buffer; by the interface; by this program's queue.
    pub(crate) dropped_kernel: u64,
    pub(crate) dropped_interface: u64,
    pub(crate) dropped_queue: u64,
    pub(crate) written_bytes: u64,
}

/// Shows a capture while it runs.
pub(crate) trait Display {
    /// Called about four times a second; must not block.
    fn show(&mut self, moment: &Moment) -> io::Result<()>;
    /// Whether the user asked to end (key `q`, or Ctrl-C where the terminal is in raw mode). Must not block.
    fn wants_end(&mut self) -> bool {
        false
    }
    /// Told once when the capture has ended, with the last moment and the reason in one stable word.
    fn end(&mut self, _moment: &Moment, _reason: &str) -> io::Result<()> {
        Ok(())
    }
    /// Puts the terminal back. Also happens on drop, on panic and on a signal.
    fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}
