//! How loud and how large one stream was over time: slots of a few packets each, in bounded memory.

use crate::model::Timestamp;

/// Length of a slot at first, in nanoseconds: two packets of the usual 20 ms.
const SLOT_NANOS: i64 = 40_000_000;
/// Most slots of one stream; past it their length doubles: 22 minutes at 40 ms, an hour and a half at 160 ms.
const SLOTS_MAX: usize = 32_768;
/// Empty slots in a row from which on a pause is not stored, in slots.
const PAUSE_SLOTS_MAX: u64 = 32;
/// Runs between pauses of one stream; later packets are not followed.
const RUNS_MAX: usize = 1_024;
/// Loudness of a slot of whose packets none told one.
pub(super) const NO_LOUDNESS: u8 = u8::MAX;

/// A stretch of time with what arrived in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// Payload bytes.
    pub(super) bytes: u32,
    /// Packets.
    pub(super) packets: u16,
    /// Loudest packet in -dBov, 0 loudest to 127 silence (RFC 6464), or [`NO_LOUDNESS`].
    pub(super) loudness: u8,
}

const EMPTY: Slot = Slot { bytes: 0, packets: 0, loudness: NO_LOUDNESS };

/// Slots of one stream in time order.
#[derive(Clone, Debug)]
pub(super) struct Series {
    origin: Option<Timestamp>,
    slot_nanos: i64,
    runs: Vec<Run>,
    slots: usize,
}

/// Slots without a long pause.
#[derive(Clone, Debug)]
struct Run {
    first: u64,
    slots: Vec<Slot>,
}

impl Default for Series {
    fn default() -> Self {
        Series { origin: None, slot_nanos: SLOT_NANOS, runs: Vec::new(), slots: 0 }
    }
}

impl Series {
    /// Takes in a packet of `bytes` of payload; one that lies before the last run is counted into that run's first slot.
    pub(super) fn note(&mut self, time: Timestamp, bytes: u32, loudness: Option<u8>) {
        let origin = *self.origin.get_or_insert(time);
        let number = (time.since(origin).max(0) / self.slot_nanos) as u64;
        let Some(slot) = self.slot(number) else { return };
        slot.bytes = slot.bytes.saturating_add(bytes);
        slot.packets = slot.packets.saturating_add(1);
        slot.loudness = slot.loudness.min(loudness.unwrap_or(NO_LOUDNESS));
        if self.slots >= SLOTS_MAX {
            self.coarsen();
        }
    }

    /// Length of a slot in nanoseconds.
    pub(super) fn slot_nanos(&self) -> i64 {
        self.slot_nanos
    }

    /// When slot `number` begins.
    pub(super) fn time(&self, number: u64) -> Timestamp {
        let nanos = i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(self.slot_nanos);
        self.origin.unwrap_or(Timestamp::MIN).plus(nanos)
    }

    /// Runs between pauses: the number of the first slot, and the slots.
    pub(super) fn runs(&self) -> impl Iterator<Item = (u64, &[Slot])> + Clone {
        self.runs.iter().map(|run| (run.first, run.slots.as_slice()))
    }

    /// All slots that were stored.
    pub(super) fn slots(&self) -> impl Iterator<Item = &Slot> + Clone {
        self.runs.iter().flat_map(|run| &run.slots)
    }

    fn slot(&mut self, number: u64) -> Option<&mut Slot> {
        let continues = |run: &Run| number < run.first + run.slots.len() as u64 + PAUSE_SLOTS_MAX;
        if !self.runs.last().is_some_and(continues) {
            if self.runs.len() >= RUNS_MAX {
                return None;
            }
            self.runs.push(Run { first: number, slots: Vec::new() });
        }
        let run = self.runs.last_mut()?;
        let index = usize::try_from(number.saturating_sub(run.first)).ok()?;
        if index >= run.slots.len() {
            self.slots += index + 1 - run.slots.len();
            run.slots.resize(index + 1, EMPTY);
        }
        run.slots.get_mut(index)
    }

    /// Doubles the length of a slot.
    fn coarsen(&mut self) {
        self.slot_nanos = self.slot_nanos.saturating_mul(2);
        let runs = std::mem::take(&mut self.runs);
        self.slots = 0;
        for run in runs {
            for (index, old) in run.slots.iter().enumerate().filter(|(_, slot)| slot.packets > 0) {
                let Some(slot) = self.slot((run.first + index as u64) / 2) else { return };
                slot.bytes = slot.bytes.saturating_add(old.bytes);
                slot.packets = slot.packets.saturating_add(old.packets);
                slot.loudness = slot.loudness.min(old.loudness);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_nanos(1_795_412_000_000_000_000 + millis * 1_000_000)
    }

    #[test]
    fn two_packets_a_slot_and_a_pause_is_not_stored() {
        let mut series = Series::default();
        for number in 0..100 {
            series.note(at(number * 20), 80, Some(if number < 50 { 30 } else { 127 }));
        }
        series.note(at(3_600_000), 90, None);
        let runs: Vec<_> = series.runs().map(|(first, slots)| (first, slots.len())).collect();
        assert_eq!(runs, [(0, 50), (90_000, 1)]);
        assert!(series.slots().take(50).all(|slot| (slot.packets, slot.bytes) == (2, 160)));
        assert_eq!(series.slots().filter(|slot| slot.loudness == 30).count(), 25);
        assert_eq!(series.time(90_000), at(3_600_000));
    }

    #[test]
    fn a_day_of_packets_keeps_its_sums_within_the_limit() {
        let mut series = Series::default();
        let packets = 24 * 3600 * 10;
        (0..packets).for_each(|number| series.note(at(number * 100), 10, Some(40)));
        assert!(series.slots().count() <= SLOTS_MAX);
        assert_eq!(series.slots().map(|slot| u64::from(slot.bytes)).sum::<u64>(), packets as u64 * 10);
        assert_eq!(series.slot_nanos(), SLOT_NANOS << 7);
    }

    #[test]
    fn time_that_runs_back_and_endless_pauses_do_no_harm() {
        let mut series = Series::default();
        series.note(at(1000), 1, None);
        series.note(at(0), 1, None);
        assert_eq!(series.slots().map(|slot| slot.packets).collect::<Vec<_>>(), [2]);
        (0..5_000).for_each(|number| series.note(at(number * 60_000), 1, None));
        assert_eq!(series.runs().count(), RUNS_MAX);
        series.note(Timestamp::from_nanos(i64::MAX), 1, None);
    }
}
