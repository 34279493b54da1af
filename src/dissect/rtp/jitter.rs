//! Interarrival jitter (RFC 3550 section 6.4.1 and appendix A.8).

use super::timing::CLOCK_RATES_HERTZ;
use crate::model::Timestamp;
use crate::model::time::NANOS_PER_SECOND;

/// Part of each new difference that goes into the estimate (RFC 3550 section 6.4.1).
const GAIN: i64 = 16;
/// Largest difference that the network made; behind it the sender paused or set its clock anew.
const DIFFERENCE_NANOS_MAX: i64 = 2 * NANOS_PER_SECOND;

/// The estimate for every clock rate in use: which one holds is known only when the stream ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Jitter {
    previous: Option<(Timestamp, u32)>,
    rates: [Estimate; CLOCK_RATES_HERTZ.len()],
}

#[derive(Clone, Copy, Debug, Default)]
struct Estimate {
    nanos: i64,
    greatest: i64,
}

impl Jitter {
    /// Takes in a packet in the order of arrival.
    pub(super) fn note(&mut self, timestamp: u32, time: Timestamp) {
        if let Some((before, earlier)) = self.previous.replace((time, timestamp)) {
            let ticks = i64::from(timestamp.wrapping_sub(earlier) as i32);
            let passed = time.since(before);
            for (estimate, rate) in self.rates.iter_mut().zip(CLOCK_RATES_HERTZ) {
                estimate.note(passed.saturating_sub(ticks.saturating_mul(NANOS_PER_SECOND) / i64::from(rate)));
            }
        }
    }

    /// Nanoseconds at the end and at most, for a stream whose clock has this rate in Hz.
    pub(super) fn at(&self, rate: u32) -> Option<(i64, i64)> {
        let index = CLOCK_RATES_HERTZ.iter().position(|known| *known == rate)?;
        self.rates.get(index).map(|estimate| (estimate.nanos, estimate.greatest))
    }
}

impl Estimate {
    fn note(&mut self, difference: i64) {
        let difference = difference.saturating_abs();
        if difference <= DIFFERENCE_NANOS_MAX {
            self.nanos += (difference - self.nanos) / GAIN;
            self.greatest = self.greatest.max(self.nanos);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jitter(late_nanos: i64) -> Option<(i64, i64)> {
        let mut jitter = Jitter::default();
        for number in 0..400u32 {
            let late = if number % 2 == 1 { late_nanos } else { 0 };
            let time = Timestamp::from_nanos(i64::from(number) * 20_000_000 + late);
            jitter.note((u32::MAX - 1000).wrapping_add(number * 160), time);
        }
        jitter.at(8_000)
    }

    #[test]
    fn an_even_stream_has_none_and_alternate_lateness_is_it() {
        assert_eq!(jitter(0), Some((0, 0)));
        let (end, greatest) = jitter(3_000_000).unwrap();
        assert!((2_900_000..=3_000_000).contains(&end) && greatest >= end, "{end} {greatest}");
        assert_eq!(Jitter::default().at(44_100), None);
    }

    #[test]
    fn a_pause_and_wild_clocks_are_no_jitter() {
        let mut jitter = Jitter::default();
        for (timestamp, nanos) in [(0, 0), (160, 20_000_000), (320, i64::MAX), (u32::MAX / 2, i64::MIN), (7, 9)] {
            jitter.note(timestamp, Timestamp::from_nanos(nanos));
        }
        assert_eq!(jitter.at(8_000), Some((0, 0)));
    }
}
