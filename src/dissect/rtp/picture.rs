//! When a picture stream goes on without a picture: a camera that was switched off in the program, so that black frames
//! are sent, or one that shows a wall. Its packets become few and tiny at once.

use super::series::Series;
use super::track::Track;
use super::voice::intervals;
use crate::model::activity::Span;
use crate::model::time::NANOS_PER_SECOND;
use crate::model::{MediaKind, MediaStream};

/// Time over which rates are counted, in nanoseconds.
const WINDOW_NANOS: i64 = 500_000_000;
/// Shortest time without a picture that is told, in nanoseconds.
const DARK_NANOS_MIN: i64 = 2 * NANOS_PER_SECOND;
/// Single larger packets within, in nanoseconds: a frame that stands alone.
const FRAME_NANOS_MAX: i64 = 300_000_000;
/// How many times less than usual a stream sends without a picture.
const USUAL_PARTS: u64 = 6;
/// Largest mean payload without a picture, in bytes.
const DARK_PACKET_BYTES_MAX: u64 = 200;
/// Rate below which a stream has no usual picture, in bytes a second.
const USUAL_BYTES_PER_SECOND_MIN: u64 = 4_000;
/// Part of the windows, in hundredths, that send less than usual.
const USUAL_PERCENT: usize = 75;

/// States of a video stream when it had no picture.
pub(super) fn describe(track: &Track, stream: &mut MediaStream) {
    if stream.kind == MediaKind::Video && stream.repair_of.is_none() {
        stream.silent = dark(&track.series);
    }
}

fn dark(series: &Series) -> Vec<Span> {
    let sums = sums(series);
    let mut sent: Vec<u64> = sums.iter().filter(|(_, packets)| *packets > 0).map(|(bytes, _)| *bytes).collect();
    sent.sort_unstable();
    let usual = sent.get(sent.len() * USUAL_PERCENT / 100).copied().unwrap_or_default();
    let window = u64::try_from(WINDOW_NANOS.max(series.slot_nanos())).unwrap_or(u64::MAX);
    if usual.saturating_mul(NANOS_PER_SECOND as u64) / window < USUAL_BYTES_PER_SECOND_MIN {
        return Vec::new();
    }
    let mut sums = sums.iter();
    intervals(series, DARK_NANOS_MIN, FRAME_NANOS_MAX, |_| {
        let (bytes, packets) = sums.next().copied().unwrap_or_default();
        bytes * USUAL_PARTS < usual && bytes <= packets * DARK_PACKET_BYTES_MAX
    })
}

/// Bytes and packets in the window around each slot.
fn sums(series: &Series) -> Vec<(u64, u64)> {
    let reach = (WINDOW_NANOS / series.slot_nanos() / 2).max(0) as usize;
    let mut sums = Vec::new();
    for (_, slots) in series.runs() {
        for index in 0..slots.len() {
            let around = index.saturating_sub(reach)..(index + reach + 1).min(slots.len());
            let add = |(bytes, packets): (u64, u64), slot: &super::series::Slot| {
                (bytes + u64::from(slot.bytes), packets + u64::from(slot.packets))
            };
            sums.push(slots.get(around).unwrap_or_default().iter().fold((0, 0), add));
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    /// Frames of a camera at 20 a second, and from 10 s to 15 s of black at 12 a second.
    fn camera(black_bytes: u32) -> Series {
        let mut series = Series::default();
        let mut millis = 0i64;
        while millis < 30_000 {
            let black = (10_000..15_000).contains(&millis);
            series.note(Timestamp::from_nanos(millis * 1_000_000), if black { black_bytes } else { 800 }, None);
            millis += if black { 83 } else { 50 };
        }
        series
    }

    #[test]
    fn black_frames_are_found_within_half_a_second() {
        let dark = dark(&camera(90));
        assert_eq!(dark.len(), 1);
        let millis = |time: Timestamp| time.nanos() / 1_000_000;
        assert!((9_500..10_500).contains(&millis(dark[0].from)), "{:?}", dark[0]);
        assert!((14_500..15_500).contains(&millis(dark[0].to)), "{:?}", dark[0]);
    }

    #[test]
    fn a_lower_rate_with_full_packets_is_still_a_picture() {
        assert_eq!(dark(&camera(700)), []);
        assert_eq!(dark(&Series::default()), []);
    }
}
