//! What RTP time stamps tell: the step of one frame, the clock rate, and whose time stamps a stream repeats.

use super::sequence::Arrival;
use crate::model::Timestamp;
use crate::model::time::NANOS_PER_SECOND;

/// Frames whose time stamps are remembered: two seconds of video, longer than any retransmission takes.
const RECENT_FRAMES: usize = 64;
/// Clock rates in use (RFC 3551 section 6, RFC 7587, and 32 kHz as wide-band speech codecs have it), in Hz. 44.1 kHz
/// is left out: it is too near to 48 kHz, and calls do not use it.
pub(super) const CLOCK_RATES_HERTZ: [u32; 6] = [8_000, 16_000, 24_000, 32_000, 48_000, 90_000];
/// Shortest stream of which a clock rate is told.
const RATE_NANOS_MIN: i64 = NANOS_PER_SECOND;
/// Longest pause across which a clock is measured: some senders stop theirs while they pause.
const PAUSE_NANOS: i64 = NANOS_PER_SECOND;
/// Fewest packets of which a clock rate is told.
const RATE_PACKETS_MIN: u64 = 10;
/// Part by which a measured rate may differ.
const RATE_TOLERANCE: f64 = 0.08;
/// Largest jump between neighbours that a clock made, in ticks: half a minute at 90 kHz.
const STEP_TICKS_MAX: i32 = 2_700_000;

/// Time stamps of one stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Timing {
    /// At most [`RECENT_FRAMES`], the newest in the place of the oldest.
    recent: Vec<u32>,
    recent_count: usize,
    newest: u32,
    /// Neighbouring packets, none missing between them.
    pub(super) neighbours: u64,
    /// Neighbours with the same time stamp.
    pub(super) same: u64,
    /// The step that most neighbours have (majority vote) with its votes and its sightings.
    step: i32,
    votes: u32,
    /// Neighbours that had the step which led the vote at the time.
    pub(super) steady: u64,
    /// Greatest common divisor of all steps.
    pub(super) divisor: u32,
    ticks: i64,
    nanos: i64,
    previous: Option<Timestamp>,
    packets: u64,
}

impl Timing {
    /// Takes in the time stamp of a packet that was not seen before.
    pub(super) fn note(&mut self, timestamp: u32, arrival: Arrival, time: Timestamp) {
        self.packets += 1;
        match (self.previous, arrival) {
            (_, Arrival::Late | Arrival::Repeated) => return,
            (Some(previous), Arrival::Ahead(step)) => self.follow(timestamp, step, time.since(previous)),
            _ => self.remember(timestamp),
        }
        self.newest = timestamp;
        self.previous = Some(time);
    }

    /// Whether a frame with this time stamp went by lately.
    pub(super) fn had(&self, timestamp: u32) -> bool {
        self.recent.contains(&timestamp)
    }

    /// The clock rate in Hz, when time stamps and capture time agree with one in use.
    pub(super) fn clock_rate(&self) -> Option<u32> {
        if self.nanos < RATE_NANOS_MIN || self.packets < RATE_PACKETS_MIN {
            return None;
        }
        let measured = self.ticks as f64 * NANOS_PER_SECOND as f64 / self.nanos as f64;
        CLOCK_RATES_HERTZ.into_iter().find(|rate| (measured / f64::from(*rate) - 1.0).abs() < RATE_TOLERANCE)
    }

    /// Whether time stamps stand still although time passes.
    pub(super) fn stands_still(&self) -> bool {
        self.ticks == 0 && self.nanos > RATE_NANOS_MIN && self.packets >= RATE_PACKETS_MIN
    }

    fn follow(&mut self, timestamp: u32, step: u16, nanos: i64) {
        let ticks = timestamp.wrapping_sub(self.newest) as i32;
        if ticks.unsigned_abs() > STEP_TICKS_MAX.unsigned_abs() {
            return self.remember(timestamp);
        }
        if nanos <= PAUSE_NANOS {
            self.ticks += i64::from(ticks);
            self.nanos = self.nanos.saturating_add(nanos);
        }
        if ticks != 0 {
            self.divisor = greatest_common_divisor(self.divisor, ticks.unsigned_abs());
            self.remember(timestamp);
        }
        if step == 1 {
            self.note_neighbour(ticks);
        }
    }

    fn note_neighbour(&mut self, ticks: i32) {
        self.neighbours += 1;
        self.same += u64::from(ticks == 0);
        if self.votes == 0 {
            self.step = ticks;
        }
        if self.step == ticks {
            self.steady += u64::from(ticks != 0);
            self.votes = self.votes.saturating_add(1);
        } else {
            self.votes -= 1;
        }
    }

    fn remember(&mut self, timestamp: u32) {
        match self.recent.get_mut(self.recent_count % RECENT_FRAMES) {
            Some(place) => *place = timestamp,
            None => self.recent.push(timestamp),
        }
        self.recent_count = self.recent_count.wrapping_add(1);
    }
}

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(packets: u32, ticks: u32, millis: i64) -> Timing {
        let mut timing = Timing::default();
        for number in 0..packets {
            let time = Timestamp::from_nanos(i64::from(number) * millis * 1_000_000);
            let arrival = if number == 0 { Arrival::New } else { Arrival::Ahead(1) };
            timing.note(u32::MAX.wrapping_sub(5_000).wrapping_add(number * ticks), arrival, time);
        }
        timing
    }

    #[test]
    fn opus_runs_at_48_kilohertz_across_the_wrap() {
        let timing = timing(100, 960, 20);
        assert_eq!(timing.clock_rate(), Some(48_000));
        assert_eq!((timing.steady, timing.same, timing.divisor), (99, 0, 960));
    }

    #[test]
    fn short_streams_and_odd_clocks_tell_no_rate() {
        assert_eq!(timing(5, 960, 20).clock_rate(), None);
        assert_eq!(timing(100, 1234, 20).clock_rate(), None);
        assert!(timing(100, 0, 20).stands_still());
    }

    #[test]
    fn remembers_the_latest_frames_only() {
        let timing = timing(100, 960, 20);
        let start = u32::MAX.wrapping_sub(5_000);
        assert!(timing.had(start.wrapping_add(99 * 960)));
        assert!(!timing.had(start));
    }
}
