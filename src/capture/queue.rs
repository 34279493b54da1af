//! Frames between the threads of the devices and the worker, in batches that are used again.
//!
//! A device thread whose lane is full waits, and the kernel's buffer fills behind it: what then finds no room is counted
//! by the kernel, in the same place as all other drops.

use super::clock;
use meetscope::model::Timestamp;
use meetscope::sink::Statistics;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Bytes of frames that may wait for the worker, all lanes together.
pub(crate) const QUEUE_BYTES_MAX: usize = 256 << 20;
/// Bytes of frames in a batch; one frame at least fits.
const BATCH_BYTES: usize = 512 << 10;
/// Frames in a batch.
const BATCH_FRAMES_MAX: usize = 8192;
/// Empty batches that are kept for use; more memory than in quiet times is needed is given back.
const SPARE_BATCHES_MAX: usize = 64;

/// Frames of one device, one behind the other.
pub(crate) struct Batch {
    bytes: Vec<u8>,
    heads: Vec<Head>,
    /// When the worker could have it.
    pub(crate) arrived: Instant,
}

#[derive(Clone, Copy)]
struct Head {
    time: Timestamp,
    wire_length: u32,
    /// Where its bytes end, from the batch's start.
    end: u32,
}

/// A frame in a batch.
pub(crate) struct Held<'b> {
    pub(crate) time: Timestamp,
    pub(crate) wire_length: u32,
    pub(crate) data: &'b [u8],
}

impl Batch {
    pub(crate) fn new() -> Batch {
        Batch { bytes: Vec::new(), heads: Vec::new(), arrived: clock::instant() }
    }

    /// Whether a frame of `length` bytes fits; into an empty batch each does.
    #[inline]
    pub(crate) fn has_room(&self, length: usize) -> bool {
        self.heads.is_empty() || (self.bytes.len() + length <= BATCH_BYTES && self.heads.len() < BATCH_FRAMES_MAX)
    }

    #[inline]
    pub(crate) fn push(&mut self, time: Timestamp, wire_length: u32, data: &[u8]) {
        self.bytes.extend_from_slice(data);
        let end = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.heads.push(Head { time, wire_length, end });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The frame at `index`, from 0.
    #[inline]
    pub(crate) fn frame(&self, index: usize) -> Option<Held<'_>> {
        let head = self.heads.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.heads.get(before)).map_or(0, |before| before.end);
        let data = self.bytes.get(start as usize..head.end as usize).unwrap_or_default();
        Some(Held { time: head.time, wire_length: head.wire_length, data })
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.heads.clear();
    }
}

/// Why a device gives no more frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The capture ends.
    Asked,
    /// The device does, in the system's words.
    Failed(String),
}

/// Lanes from devices to the worker.
pub(crate) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    emptied: Condvar,
    batches_max: usize,
}

struct State {
    lanes: Vec<Lane>,
    spare: Vec<Batch>,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Batch>,
    statistics: Statistics,
    ended: Option<Ending>,
    /// Its device has a batch in its hand.
    pushing: bool,
}

impl Queue {
    pub(crate) fn new(lanes: usize) -> Queue {
        Queue::with_room(lanes, QUEUE_BYTES_MAX)
    }

    fn with_room(lanes: usize, bytes: usize) -> Queue {
        let state = State { lanes: (0..lanes).map(|_| Lane::default()).collect(), spare: Vec::new() };
        let batches_max = (bytes / BATCH_BYTES / lanes.max(1)).max(1);
        Queue { state: Mutex::new(state), filled: Condvar::new(), emptied: Condvar::new(), batches_max }
    }

    /// Hands a batch over and gives an empty one. Waits while the lane is full.
    pub(crate) fn push(&self, lane: usize, mut batch: Batch, statistics: Option<Statistics>) -> Batch {
        let full = |state: &mut State| state.lane(lane).is_some_and(|lane| lane.waiting.len() >= self.batches_max);
        let mut state = self.state();
        if let Some(lane) = state.lane(lane) {
            lane.pushing = true;
        }
        let mut state = self.emptied.wait_while(state, full).unwrap_or_else(PoisonError::into_inner);
        batch.arrived = clock::instant();
        if let Some(lane) = state.lane(lane) {
            lane.statistics = statistics.unwrap_or(lane.statistics);
            lane.waiting.push_back(batch);
            lane.pushing = false;
        }
        let empty = state.spare.pop();
        drop(state);
        self.filled.notify_one();
        empty.unwrap_or_else(Batch::new)
    }

    /// The counters of a lane's device.
    pub(crate) fn tell(&self, lane: usize, statistics: Statistics) {
        if let Some(lane) = self.state().lane(lane) {
            lane.statistics = statistics;
        }
    }

    /// The lane gets no more; the first reason stays.
    pub(crate) fn end(&self, lane: usize, ending: Ending) {
        if let Some(lane) = self.state().lane(lane) {
            lane.ended.get_or_insert(ending);
        }
        self.filled.notify_one();
    }

    /// Ends all lanes, whatever their devices do.
    pub(crate) fn end_all(&self) {
        for lane in &mut self.state().lanes {
            lane.ended.get_or_insert(Ending::Asked);
        }
        self.filled.notify_one();
    }

    /// Takes the next batch of a lane; the other answer is whether there will never be one.
    pub(crate) fn take(&self, lane: usize) -> Result<Batch, bool> {
        let mut state = self.state();
        let Some(lane) = state.lane(lane) else { return Err(true) };
        let ended = lane.ended.is_some() && !lane.pushing;
        let taken = lane.waiting.pop_front().ok_or(ended);
        drop(state);
        self.emptied.notify_all();
        taken
    }

    /// Gives an emptied batch back.
    pub(crate) fn give_back(&self, mut batch: Batch) {
        batch.clear();
        let mut state = self.state();
        if state.spare.len() < SPARE_BATCHES_MAX {
            state.spare.push(batch);
        }
    }

    /// Waits for a batch in any of `lanes`, for an end of one of them, or for the time.
    pub(crate) fn wait(&self, lanes: &[usize], most: Duration) {
        let nothing = |state: &mut State| {
            let mut of_interest = lanes.iter().filter_map(|lane| state.lanes.get(*lane));
            of_interest.all(|lane| lane.waiting.is_empty() && lane.ended.is_none())
        };
        drop(self.filled.wait_timeout_while(self.state(), most, nothing));
    }

    /// The counters of all devices as last told.
    pub(crate) fn statistics(&self) -> Vec<Statistics> {
        self.state().lanes.iter().map(|lane| lane.statistics).collect()
    }

    /// Devices that failed, by lane, with the reason.
    pub(crate) fn failures(&self) -> Vec<(usize, String)> {
        let state = self.state();
        let failed = state.lanes.iter().enumerate().filter_map(|(index, lane)| match &lane.ended {
            Some(Ending::Failed(why)) => Some((index, why.clone())),
            _ => None,
        });
        failed.collect()
    }

    /// No invariant spans a panic of another thread.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lane(&mut self, lane: usize) -> Option<&mut Lane> {
        self.lanes.get_mut(lane)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn batch(times: &[i64]) -> Batch {
        let mut batch = Batch::new();
        times.iter().for_each(|time| batch.push(Timestamp::from_nanos(*time), 100, &time.to_le_bytes()));
        batch
    }

    #[test]
    fn frames_come_out_as_they_went_in() {
        let batch = batch(&[1, 2, 3]);
        for (index, time) in [1i64, 2, 3].into_iter().enumerate() {
            let held = batch.frame(index).expect("a frame");
            assert_eq!((held.time.nanos(), held.wire_length, held.data), (time, 100, time.to_le_bytes().as_slice()));
        }
        assert!(batch.frame(3).is_none());
        assert!(batch.has_room(BATCH_BYTES - 24) && !batch.has_room(BATCH_BYTES));
        assert!(Batch::new().has_room(usize::MAX));
    }

    #[test]
    fn a_full_lane_waits_for_the_worker() {
        let queue = Arc::new(Queue::with_room(1, 2 * BATCH_BYTES));
        let device = Arc::clone(&queue);
        let device = std::thread::spawn(move || {
            (0..20).for_each(|time| drop(device.push(0, batch(&[time]), None)));
            device.end(0, Ending::Asked);
        });
        let mut seen = Vec::new();
        loop {
            queue.wait(&[0], Duration::from_secs(10));
            assert!(queue.state().lanes[0].waiting.len() <= 2);
            match queue.take(0) {
                Ok(batch) => {
                    seen.push(batch.frame(0).expect("a frame").time.nanos());
                    queue.give_back(batch);
                }
                Err(true) => break,
                Err(false) => {}
            }
        }
        device.join().expect("it ended");
        assert_eq!(seen, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_reason_for_an_end_stays() {
        let queue = Queue::new(2);
        queue.end(0, Ending::Failed("gone".into()));
        queue.end_all();
        drop(queue.push(0, batch(&[1]), Some(Statistics { received: 7, ..Statistics::default() })));
        assert!(queue.take(0).is_ok(), "what a device had in its hand is not lost");
        assert_eq!(queue.take(0).err(), Some(true));
        assert_eq!(queue.take(1).err(), Some(true));
        assert_eq!(queue.failures(), [(0, "gone".to_owned())]);
        assert_eq!(queue.statistics()[0].received, 7);
    }
}
