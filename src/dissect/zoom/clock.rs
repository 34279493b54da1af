//! How long already: counters and clocks that run since a connection, a microphone, a device began.

use crate::model::time::NANOS_PER_SECOND;
use crate::model::{Evidence, Timestamp};

/// Time between two keep-alives of one side in milliseconds; the same in captures of 2023 and 2025.
const KEEP_ALIVE_MILLIS: u64 = 3_750;
/// Clock rates of voices seen: 32 kHz in 2021, 48 kHz since 2023; in Hz.
const RATES_HERTZ: [u32; 4] = [16_000, 24_000, 32_000, 48_000];
/// Part by which a measured rate may differ.
const RATE_TOLERANCE: f64 = 0.05;
/// Shortest time over which a rate is measured.
const RATE_NANOS_MIN: i64 = NANOS_PER_SECOND;
/// Voices whose clocks are followed in one flow.
const VOICES_MAX: usize = 16;
/// Longest time that a voice can have run: where a clock did not start at zero it would tell longer ones.
const VOICE_SECONDS_MAX: u64 = 12 * 3600;
/// Unit to which the moment is rounded at which a clock stood at zero, so that packets late by some milliseconds agree.
const ZERO_STEP_NANOS: i64 = 10 * NANOS_PER_SECOND;
/// Nanoseconds in a millisecond.
const NANOS_PER_MILLI: i64 = 1_000_000;

/// Seconds for which a connection has run when a side sends its keep-alive number `counter`. The server sends its
/// first when the connection opens, the client one pause later.
pub(super) fn connection_seconds(counter: u32, of_client: bool) -> u64 {
    let pauses = u64::from(counter).saturating_sub(u64::from(!of_client));
    pauses * KEEP_ALIVE_MILLIS / 1_000
}

/// The moment at which a clock of milliseconds stood at zero, to ten seconds.
pub(super) fn zero(clock: u32, time: Timestamp) -> Timestamp {
    let exact = time.plus(-i64::from(clock) * NANOS_PER_MILLI).nanos();
    let steps = exact.saturating_add(ZERO_STEP_NANOS / 2).div_euclid(ZERO_STEP_NANOS);
    Timestamp::from_nanos(steps.saturating_mul(ZERO_STEP_NANOS))
}

/// Clocks of the voices of one flow. Each starts at zero when its microphone joins.
#[derive(Clone, Debug, Default)]
pub(super) struct Voices {
    clocks: Vec<Voice>,
}

#[derive(Clone, Debug)]
struct Voice {
    participant: u32,
    first: Evidence,
    start: u32,
    last: Timestamp,
    newest: u32,
}

/// A voice that ran before its first packet was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Running {
    /// Whose.
    pub(super) participant: u32,
    /// For how many seconds at its first packet.
    pub(super) seconds: u64,
    /// That packet.
    pub(super) first: Evidence,
}

impl Voices {
    /// Takes in a time stamp of a participant's voice.
    pub(super) fn note(&mut self, participant: u32, timestamp: u32, at: Evidence) {
        if let Some(voice) = self.clocks.iter_mut().find(|voice| voice.participant == participant) {
            if timestamp.wrapping_sub(voice.newest) < u32::MAX / 2 {
                (voice.newest, voice.last) = (timestamp, at.time);
            }
        } else if self.clocks.len() < VOICES_MAX {
            let voice = Voice { participant, first: at, start: timestamp, last: at.time, newest: timestamp };
            self.clocks.push(voice);
        }
    }

    /// For how long each voice had run, where its rate can be told.
    pub(super) fn running(&self) -> impl Iterator<Item = Running> + '_ {
        self.clocks.iter().filter_map(Voice::running)
    }
}

impl Voice {
    fn running(&self) -> Option<Running> {
        let seconds = u64::from(self.start) / u64::from(self.rate()?);
        (seconds <= VOICE_SECONDS_MAX).then_some(Running { participant: self.participant, seconds, first: self.first })
    }

    fn rate(&self) -> Option<u32> {
        let nanos = self.last.since(self.first.time);
        if nanos < RATE_NANOS_MIN {
            return None;
        }
        let ticks = f64::from(self.newest.wrapping_sub(self.start));
        let measured = ticks * NANOS_PER_SECOND as f64 / nanos as f64;
        RATES_HERTZ.into_iter().find(|rate| (measured / f64::from(*rate) - 1.0).abs() < RATE_TOLERANCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Direction;

    fn at(millis: i64) -> Evidence {
        let time = Timestamp::from_nanos(millis * NANOS_PER_MILLI);
        Evidence { capture: 0, frame: 1, time, direction: Direction::Forward }
    }

    #[test]
    fn keep_alives_are_three_and_three_quarter_seconds_apart() {
        assert_eq!(connection_seconds(1, false), 0);
        assert_eq!(connection_seconds(1, true), 3);
        assert_eq!(connection_seconds(80, true), 300);
        assert_eq!(connection_seconds(u32::MAX, true), 16_106_127_356);
    }

    #[test]
    fn packets_that_are_late_agree_on_the_zero_of_a_clock() {
        let time = Timestamp::new(1_700_000_000, 0);
        let expected = Timestamp::new(1_699_999_000, 0);
        for late in [0, 90_000_000, 2_000_000_000] {
            assert_eq!(zero(1_000_000, time.plus(late)), expected);
        }
    }

    #[test]
    fn a_voice_tells_how_long_it_has_run() {
        let mut voices = Voices::default();
        for packet in 0..100u32 {
            voices.note(0x400, 48_000 * 60 + packet * 960, at(i64::from(packet) * 20));
            voices.note(0x800, packet * 1234, at(i64::from(packet) * 20));
        }
        voices.note(0x400, 48_000, at(2_001));
        voices.note(0xc00, 480_000, at(2_000));
        let running: Vec<_> = voices.running().collect();
        assert_eq!(running, [Running { participant: 0x400, seconds: 60, first: at(0) }]);
    }
}
