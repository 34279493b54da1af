//! When somebody speaks, by the sizes of encrypted packets: codecs of variable rate spend more bytes on speech than on
//! the room around it (White et al., IEEE S&P 2011, went much further). Nothing is said where sizes do not part clearly.

use super::super::series::{Series, Slot};
use super::{SILENT_NANOS_MIN, intervals, is_long_enough};
use crate::model::activity::Span;
use crate::model::{Talk, TalkBasis};

/// Time over which sizes are averaged, in nanoseconds.
const WINDOW_NANOS: i64 = 200_000_000;
/// Shortest sound that is taken for speech, in nanoseconds: single large packets are not.
const SOUND_NANOS_MIN: i64 = 200_000_000;
/// Pauses within a sentence, in nanoseconds.
const SENTENCE_PAUSE_NANOS: i64 = 300_000_000;
/// Part of the variance that two classes must explain. One class of normal distribution reaches 0.64.
const PARTED_MIN: f64 = 0.75;
/// The same for the louder class, when the quieter one is digital silence: room and speech are above it.
const PARTED_AGAIN_MIN: f64 = 0.80;
/// Largest distance of the quartiles of sizes of digital silence, in bytes: it is coded the same all the time.
const SILENCE_SPREAD_MAX: f64 = 1.0;
/// Part of the slots that the louder class needs before it is parted again.
const LOUDER_SHARE_MIN: f64 = 0.2;
/// Least difference of the classes' mean sizes, in bytes and as a part of the quieter one.
const STEP_BYTES_MIN: f64 = 6.0;
const STEP_SHARE_MIN: f64 = 0.12;
/// Part of the slots, in hundredths, that is left out at both ends as outliers.
const OUTLIER_PERCENT: usize = 1;
/// Thresholds tried between the smallest and the largest size.
const THRESHOLDS: u32 = 64;

/// When somebody speaks; `None` where sizes tell nothing, as with a codec of constant rate.
pub(super) fn talk(series: &Series) -> Option<Talk> {
    if !is_long_enough(series) {
        return None;
    }
    let sizes = averages(series);
    let threshold = threshold(&sizes)?;
    let mut averages = sizes.iter();
    let loud: Vec<bool> = series.slots().map(|_| averages.next().is_some_and(|size| *size > threshold)).collect();
    let mut flags = loud.iter();
    let fits = |_: &Slot| flags.next().copied().unwrap_or_default();
    Some(Talk { basis: TalkBasis::PacketSize, spans: intervals(series, SOUND_NANOS_MIN, SENTENCE_PAUSE_NANOS, fits) })
}

/// When the packets of a codec whose sizes vary are all of one size: digital silence is coded the same all the time,
/// and no microphone's noise is. To be asked only where [`talk`] tells something.
pub(super) fn silent(series: &Series) -> Vec<Span> {
    let mut same: Vec<bool> = Vec::new();
    for (_, slots) in series.runs() {
        let like_next = |index: usize| slots.get(index).zip(slots.get(index + 1)).is_some_and(|(a, b)| is_like(a, b));
        same.extend((0..slots.len()).map(|index| like_next(index) || index.checked_sub(1).is_some_and(like_next)));
    }
    let mut same = same.into_iter();
    intervals(series, SILENT_NANOS_MIN, 0, |_| same.next().unwrap_or_default())
}

/// Whether the packets of two slots have the same mean size.
fn is_like(one: &Slot, other: &Slot) -> bool {
    let product = |bytes: u32, packets: u16| u64::from(bytes) * u64::from(packets);
    one.packets > 0 && other.packets > 0 && product(one.bytes, other.packets) == product(other.bytes, one.packets)
}

/// Mean payload bytes of the packets around each slot; 0 where there were none.
fn averages(series: &Series) -> Vec<f64> {
    let reach = (WINDOW_NANOS / series.slot_nanos() / 2).max(0) as usize;
    let mut averages = Vec::new();
    for (_, slots) in series.runs() {
        for index in 0..slots.len() {
            let around =
                slots.get(index.saturating_sub(reach)..(index + reach + 1).min(slots.len())).unwrap_or_default();
            let bytes: u64 = around.iter().map(|slot| u64::from(slot.bytes)).sum();
            let packets: u64 = around.iter().map(|slot| u64::from(slot.packets)).sum();
            averages.push(if packets > 0 { bytes as f64 / packets as f64 } else { 0.0 });
        }
    }
    averages
}

/// The size above which somebody speaks.
fn threshold(averages: &[f64]) -> Option<f64> {
    let mut sorted: Vec<f64> = averages.iter().copied().filter(|size| *size > 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let outliers = sorted.len() * OUTLIER_PERCENT / 100;
    let sizes = sorted.get(outliers..sorted.len().checked_sub(outliers)?)?;
    let first = part(sizes)?;
    let (quiet, loud) = sizes.split_at_checked(first.quieter)?;
    let is_large = loud.len() as f64 >= LOUDER_SHARE_MIN * sizes.len() as f64;
    if is_large && spread(quiet) <= SILENCE_SPREAD_MAX {
        let again = part(loud).filter(|again| again.explained >= PARTED_AGAIN_MIN);
        let is_step =
            |again: &Parted| loud.split_at_checked(again.quieter).is_some_and(|(room, voice)| is_step(room, voice));
        if let Some(again) = again.filter(is_step) {
            return Some(again.threshold);
        }
    }
    (first.explained >= PARTED_MIN && is_step(quiet, loud)).then_some(first.threshold)
}

fn is_step(quiet: &[f64], loud: &[f64]) -> bool {
    let (below, above) = (mean(quiet), mean(loud));
    above - below >= STEP_BYTES_MIN.max(STEP_SHARE_MIN * below)
}

/// Two classes of sorted sizes.
struct Parted {
    threshold: f64,
    /// Number of sizes in the quieter class.
    quieter: usize,
    /// Part of the variance that the classes explain.
    explained: f64,
}

/// The threshold that explains most of the variance (Otsu, IEEE Trans. SMC 9, 1979).
fn part(sorted: &[f64]) -> Option<Parted> {
    let (least, most) = (*sorted.first()?, *sorted.last()?);
    let spread = deviation(sorted);
    if spread <= f64::EPSILON {
        return None;
    }
    let tried = (1..THRESHOLDS).map(|number| least + (most - least) * f64::from(number) / f64::from(THRESHOLDS));
    let parted = tried.filter_map(|threshold| {
        let quieter = sorted.partition_point(|size| *size <= threshold);
        let (quiet, loud) = sorted.split_at_checked(quieter)?;
        let weight = (quiet.len() as f64) * (loud.len() as f64) / (sorted.len() as f64).powi(2);
        let explained = weight * (mean(loud) - mean(quiet)).powi(2) / spread.powi(2);
        Some(Parted { threshold, quieter, explained })
    });
    parted.filter(|parted| parted.explained.is_finite()).max_by(|a, b| a.explained.total_cmp(&b.explained))
}

fn mean(sizes: &[f64]) -> f64 {
    sizes.iter().sum::<f64>() / sizes.len() as f64
}

/// Distance of the quartiles of sorted sizes.
fn spread(sorted: &[f64]) -> f64 {
    let at = |quarters: usize| sorted.get(sorted.len() * quarters / 4).copied().unwrap_or_default();
    at(3) - at(1)
}

fn deviation(sizes: &[f64]) -> f64 {
    let mean = mean(sizes);
    (sizes.iter().map(|size| (size - mean).powi(2)).sum::<f64>() / sizes.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    const MILLI: i64 = 1_000_000;

    /// A packet every 20 ms; `size` by number.
    fn series(packets: i64, size: impl Fn(i64) -> i64) -> Series {
        let mut series = Series::default();
        for number in 0..packets {
            let time = Timestamp::from_nanos(number * 20 * MILLI);
            series.note(time, size(number).max(0) as u32, None);
        }
        series
    }

    /// Changes that look like chance, from -3 to 3.
    fn chance(number: i64) -> i64 {
        number.wrapping_mul(2_654_435_761).rem_euclid(7) - 3
    }

    fn seconds(talk: &Talk) -> Vec<(i64, i64)> {
        let rounded = |time: Timestamp| (time.nanos() + 250 * MILLI) / (500 * MILLI);
        talk.spans.iter().map(|span| (rounded(span.from), rounded(span.to))).collect()
    }

    #[test]
    fn speech_is_larger_than_the_room() {
        let speaks = |number: i64| (200..400).contains(&number) || (600..700).contains(&number);
        let talk = talk(&series(1000, |n| if speaks(n) { 92 } else { 76 } + chance(n))).unwrap();
        // In half seconds.
        assert_eq!(seconds(&talk), [(8, 16), (24, 28)]);
        assert_eq!(talk.basis, TalkBasis::PacketSize);
    }

    #[test]
    fn a_muted_stretch_does_not_make_the_room_a_voice() {
        let size = |n: i64| match n {
            ..300 => 42,
            500..700 => 95 + chance(n),
            _ => 76 + chance(n),
        };
        let series = series(1000, size);
        assert_eq!(seconds(&talk(&series).unwrap()), [(20, 28)]);
        let silent: Vec<_> =
            silent(&series).iter().map(|span| (span.from.nanos() / MILLI, span.to.nanos() / MILLI)).collect();
        assert_eq!(silent, [(0, 6_000)], "a room changes from packet to packet");
    }

    #[test]
    fn constant_and_evenly_spread_sizes_tell_nothing() {
        assert_eq!(talk(&series(1000, |_| 116)), None);
        assert_eq!(talk(&series(1000, |n| 80 + chance(n))), None);
        assert_eq!(talk(&series(3, |n| n * 50)), None);
        assert_eq!(talk(&Series::default()), None);
    }
}
