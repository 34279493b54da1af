//! The frames of all devices as one in time order.

use super::clock;
use super::queue::{Batch, Held, Queue};
use std::sync::Arc;
use std::time::Duration;

/// How long a frame waits for earlier ones of other devices: longer than [`super::link::BATCH_MILLIS`], after which a
/// device hands over what it has.
const HOLD: Duration = Duration::from_millis(250);

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A frame of this lane; [`Inbox::frame`] gives it.
    Frame(usize),
    /// Nothing in the time given.
    Nothing,
    /// All devices have ended.
    End,
}

/// Takes batches of all lanes and gives single frames, the earliest first. Within a lane the device's order holds.
pub(crate) struct Inbox {
    queue: Arc<Queue>,
    lanes: Vec<Lane>,
    given: Option<usize>,
}

#[derive(Default)]
struct Lane {
    batch: Option<Batch>,
    next: usize,
    ended: bool,
}

impl Inbox {
    pub(crate) fn new(queue: Arc<Queue>, lanes: usize) -> Inbox {
        Inbox { queue, lanes: (0..lanes).map(|_| Lane::default()).collect(), given: None }
    }

    /// Moves on to the next frame, waiting at most about `most`.
    #[inline]
    pub(crate) fn advance(&mut self, most: Duration) -> Next {
        self.leave_given();
        if let [Lane { batch: Some(_), .. }] = self.lanes.as_slice() {
            return self.give(0);
        }
        self.advance_slowly(most)
    }

    /// The frame that [`Inbox::advance`] moved to.
    #[inline]
    pub(crate) fn frame(&self, lane: usize) -> Option<Held<'_>> {
        let lane = self.lanes.get(lane)?;
        lane.batch.as_ref()?.frame(lane.next)
    }

    #[inline]
    fn leave_given(&mut self) {
        let Some(lane) = self.given.take().and_then(|given| self.lanes.get_mut(given)) else { return };
        lane.next += 1;
        if lane.batch.as_ref().is_some_and(|batch| batch.frame(lane.next).is_none())
            && let Some(batch) = lane.batch.take()
        {
            self.queue.give_back(batch);
        }
    }

    fn give(&mut self, lane: usize) -> Next {
        self.given = Some(lane);
        Next::Frame(lane)
    }

    fn advance_slowly(&mut self, most: Duration) -> Next {
        self.fill();
        let empty: Vec<usize> = self.empty().collect();
        match self.earliest() {
            Some(lane) if empty.is_empty() => return self.give(lane),
            None if empty.is_empty() => return Next::End,
            Some(lane) => {
                let left = HOLD.saturating_sub(self.age(lane));
                if left.is_zero() {
                    return self.give(lane);
                }
                self.queue.wait(&empty, left.min(most));
            }
            None => self.queue.wait(&empty, most),
        }
        self.fill();
        let certain = self.empty().next().is_none();
        match self.earliest() {
            Some(lane) if certain || self.age(lane) >= HOLD => self.give(lane),
            None if certain => Next::End,
            _ => Next::Nothing,
        }
    }

    /// Takes a batch for each lane that has none.
    fn fill(&mut self) {
        for (index, lane) in self.lanes.iter_mut().enumerate().filter(|(_, lane)| lane.batch.is_none() && !lane.ended) {
            match self.queue.take(index) {
                Ok(batch) if batch.is_empty() => self.queue.give_back(batch),
                Ok(batch) => (lane.batch, lane.next) = (Some(batch), 0),
                Err(ended) => lane.ended = ended,
            }
        }
    }

    /// Lanes that may still bring an earlier frame.
    fn empty(&self) -> impl Iterator<Item = usize> + '_ {
        self.lanes.iter().enumerate().filter(|(_, lane)| lane.batch.is_none() && !lane.ended).map(|(index, _)| index)
    }

    fn earliest(&self) -> Option<usize> {
        let times = (0..self.lanes.len()).filter_map(|lane| Some((self.frame(lane)?.time, lane)));
        times.min().map(|(_, lane)| lane)
    }

    fn age(&self, lane: usize) -> Duration {
        let arrived = self.lanes.get(lane).and_then(|lane| lane.batch.as_ref()).map(|batch| batch.arrived);
        arrived.map_or(HOLD, |arrived| clock::instant().saturating_duration_since(arrived))
    }
}

#[cfg(test)]
mod tests {
    use super::super::queue::Ending;
    use super::*;
    use meetscope::model::Timestamp;

    fn send(queue: &Queue, lane: usize, times: &[i64]) {
        let mut batch = Batch::new();
        times.iter().for_each(|time| batch.push(Timestamp::from_nanos(*time), 1, &[0]));
        drop(queue.push(lane, batch, None));
    }

    fn read(inbox: &mut Inbox) -> Vec<(usize, i64)> {
        let mut seen = Vec::new();
        loop {
            match inbox.advance(Duration::from_millis(5)) {
                Next::Frame(lane) => seen.push((lane, inbox.frame(lane).expect("a frame").time.nanos())),
                Next::Nothing => {}
                Next::End => return seen,
            }
        }
    }

    #[test]
    fn two_devices_are_one_in_time_order() {
        let queue = Arc::new(Queue::new(2));
        send(&queue, 0, &[1, 4, 5]);
        send(&queue, 1, &[2, 3]);
        send(&queue, 1, &[4, 9]);
        send(&queue, 0, &[]);
        queue.end_all();
        let seen = read(&mut Inbox::new(queue, 2));
        assert_eq!(seen, [(0, 1), (1, 2), (1, 3), (0, 4), (1, 4), (0, 5), (1, 9)]);
    }

    #[test]
    fn a_quiet_device_holds_the_others_up_for_a_moment_only() {
        let queue = Arc::new(Queue::new(2));
        send(&queue, 0, &[7]);
        let mut inbox = Inbox::new(Arc::clone(&queue), 2);
        let begun = clock::instant();
        assert_eq!(inbox.advance(Duration::from_millis(1)), Next::Nothing);
        let mut next = Next::Nothing;
        while next == Next::Nothing {
            next = inbox.advance(Duration::from_millis(20));
        }
        assert_eq!(next, Next::Frame(0));
        let waited = clock::instant() - begun;
        assert!(waited >= HOLD && waited < HOLD * 8, "{waited:?}");
        queue.end(0, Ending::Asked);
        queue.end(1, Ending::Failed("gone".into()));
        assert_eq!(inbox.advance(Duration::ZERO), Next::End);
    }

    #[test]
    fn the_order_of_one_device_is_kept_even_where_its_clock_runs_back() {
        let queue = Arc::new(Queue::new(1));
        send(&queue, 0, &[5, 3]);
        send(&queue, 0, &[4]);
        queue.end_all();
        assert_eq!(read(&mut Inbox::new(queue, 1)), [(0, 5), (0, 3), (0, 4)]);
    }
}
