//! Cut, write, decode, analyse: one frame after the other, so that the analysis sees what the file holds.

use super::clock;
use super::inbox::{Inbox, Next};
use super::moment::Counters;
use super::queue::Queue;
use meetscope::Trim;
use meetscope::engine::Traffic;
use meetscope::exposure::Observed;
use meetscope::model::{Capture, Frame, LinkType, Problems, Timestamp};
use meetscope::sink::{Sink, Statistics};
use meetscope::{Decoder, Engine};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Frames between two looks at the clock.
const FRAMES_PER_LOOK: u32 = 256;
/// Longest wait for a frame.
const WAIT: Duration = Duration::from_millis(100);
/// Packets reach the file within this time.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Shortest time between two copies of the engine.
const COPY_EVERY: Duration = Duration::from_secs(1);
/// A copy may take this part of the time, so that a flood of flows does not stop the packets.
const COPY_SHARE: u32 = 20;
/// An assessment may take this part of the time of one core.
const ASSESSMENT_SHARE: u32 = 4;

/// The engine's state at a time, to be assessed elsewhere.
pub(crate) struct Snapshot {
    engine: Engine,
    captures: Vec<Capture>,
    duplicates: Vec<u64>,
    problems: Problems,
    /// Everything that was captured before this time is in it.
    pub(crate) taken: Timestamp,
}

impl Snapshot {
    /// As [`assess`](meetscope::assess) takes it.
    pub(crate) fn observed(self) -> Observed {
        observed(self.engine.finish(), self.captures, self.duplicates, self.problems)
    }
}

fn observed(traffic: Traffic, captures: Vec<Capture>, duplicates: Vec<u64>, problems: Problems) -> Observed {
    Observed { traffic, captures, duplicates, problems }
}

/// What others may ask the worker for.
#[derive(Default)]
pub(crate) struct Progress {
    told: Mutex<(Counters, Option<String>)>,
    /// Whether a snapshot is being assessed.
    pub(crate) assessing: AtomicBool,
    /// How long the last assessment took, in microseconds.
    assessed_micros: AtomicU64,
}

impl Progress {
    /// Counters, and the file that is written.
    pub(crate) fn read(&self) -> (Counters, Option<String>) {
        self.told().clone()
    }

    /// A snapshot was assessed, and it took this long.
    pub(crate) fn assessed(&self, took: Duration) {
        self.assessed_micros.store(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.assessing.store(false, Ordering::Release);
    }

    fn assessment(&self) -> Duration {
        Duration::from_micros(self.assessed_micros.load(Ordering::Relaxed))
    }

    fn told(&self) -> MutexGuard<'_, (Counters, Option<String>)> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The worker with all that it works on.
pub(crate) struct Worker<'w> {
    queue: Arc<Queue>,
    links: Vec<LinkType>,
    /// Cuts packets to what the dissectors need, where headers only are kept.
    trim: Option<Trim>,
    sink: Sink,
    decoder: Decoder,
    engine: Engine,
    counters: Counters,
    progress: &'w Progress,
    snapshots: SyncSender<Snapshot>,
    flushed: Instant,
    copied: Instant,
    copy_after: Duration,
    told_file: bool,
}

impl<'w> Worker<'w> {
    pub(crate) fn new(
        queue: Arc<Queue>,
        links: Vec<LinkType>,
        trim: Option<Trim>,
        sink: Sink,
        (progress, snapshots): (&'w Progress, SyncSender<Snapshot>),
        writes: bool,
    ) -> Worker<'w> {
        Worker {
            queue,
            links,
            trim,
            sink,
            decoder: Decoder::new(),
            engine: Engine::default(),
            counters: Counters::default(),
            progress,
            snapshots,
            flushed: clock::instant(),
            copied: clock::instant(),
            copy_after: COPY_EVERY,
            told_file: writes,
        }
    }

    /// Works until all devices have ended, and gives all that was learnt.
    pub(crate) fn run(mut self) -> Observed {
        let mut inbox = Inbox::new(Arc::clone(&self.queue), self.links.len());
        let mut until_look = FRAMES_PER_LOOK;
        loop {
            match inbox.advance(WAIT) {
                Next::Frame(lane) => self.frame(&inbox, lane),
                Next::Nothing => until_look = 1,
                Next::End => break,
            }
            until_look -= 1;
            if until_look == 0 {
                self.look();
                until_look = FRAMES_PER_LOOK;
            }
        }
        self.finish()
    }

    #[inline]
    fn frame(&mut self, inbox: &Inbox, lane: usize) {
        let Some(held) = inbox.frame(lane) else { return };
        let mut frame = Frame {
            capture: 0,
            number: 0,
            time: held.time,
            link: self.links.get(lane).copied().unwrap_or(LinkType::ETHERNET),
            // Lanes are as few as the interfaces that a user names.
            interface: lane as u32,
            wire_length: held.wire_length,
            data: held.data,
        };
        if let Some(trim) = &mut self.trim {
            let length = trim.keep(&frame);
            frame.data = frame.data.get(..length).unwrap_or(frame.data);
        }
        if self.sink.is_full(frame.time, frame.data.len()) {
            self.sink.rotate(frame.time, &self.queue.statistics());
        }
        let place = self.sink.frame(&frame);
        (frame.capture, frame.number) = (place.capture, place.number);
        self.counters.packets += 1;
        self.counters.bytes += u64::from(frame.wire_length);
        if let Some(packet) = self.decoder.decode(&frame) {
            self.engine.packet(&packet);
        }
    }

    /// What is not done for each frame.
    fn look(&mut self) {
        let now = clock::instant();
        if now.duration_since(self.flushed) >= FLUSH_EVERY {
            self.sink.flush();
            self.flushed = now;
        }
        self.tell();
        if now.duration_since(self.copied) >= self.copy_after && !self.progress.assessing.load(Ordering::Acquire) {
            self.copy(now);
        }
    }

    fn tell(&mut self) {
        let statistics = self.queue.statistics();
        let sum = |count: fn(&Statistics) -> u64| statistics.iter().map(count).sum();
        self.counters.dropped_kernel = sum(|statistics| statistics.dropped_system);
        self.counters.dropped_interface = sum(|statistics| statistics.dropped_interface);
        self.counters.written_bytes = self.sink.written_bytes();
        let mut told = self.progress.told();
        told.0 = self.counters;
        if self.told_file && told.1.as_deref() != Some(self.sink.path()) {
            told.1 = Some(self.sink.path().to_owned());
        }
    }

    /// Copies the engine for the one who assesses. The next copy has to wait in proportion to what this one took, and to
    /// what the assessment before it did: neither may take a large share of the machine from the packets.
    fn copy(&mut self, now: Instant) {
        let captures = self.sink.captures(&self.queue.statistics());
        let snapshot = Snapshot {
            engine: self.engine.clone(),
            duplicates: self.duplicates(captures.len()),
            captures,
            problems: self.decoder.problems().clone(),
            taken: clock::now(),
        };
        self.progress.assessing.store(true, Ordering::Release);
        if self.snapshots.try_send(snapshot).is_err() {
            self.progress.assessing.store(false, Ordering::Release);
        }
        let after = clock::instant();
        self.copied = after;
        let assessment = self.progress.assessment().saturating_mul(ASSESSMENT_SHARE);
        self.copy_after = COPY_EVERY.max(after.duration_since(now) * COPY_SHARE).max(assessment);
    }

    fn duplicates(&self, captures: usize) -> Vec<u64> {
        (0..captures).map(|index| self.decoder.duplicates(index as u16)).collect()
    }

    fn finish(mut self) -> Observed {
        self.tell();
        self.decoder.finish();
        let statistics = self.queue.statistics();
        let captures = self.sink.captures(&statistics).len();
        let duplicates = self.duplicates(captures);
        let captures = self.sink.finish(&statistics, clock::now());
        observed(self.engine.finish(), captures, duplicates, self.decoder.problems().clone())
    }
}
