//! When somebody speaks in an audio stream, and when it carries silence only: from how loud its packets say they are,
//! else from how large they are. Nothing is decrypted.

pub(super) mod g711;
mod size;

use super::series::{NO_LOUDNESS, Series, Slot};
use super::track::Track;
use crate::model::activity::Span;
use crate::model::time::NANOS_PER_SECOND;
use crate::model::{MediaKind, MediaStream, Talk, TalkBasis};

/// Zoom's payload types while somebody speaks and while nobody does.
const ZOOM_SPEECH: u8 = 112;
const ZOOM_SILENCE: u8 = 99;
/// Shortest stream of which is told when somebody speaks, in nanoseconds.
const STREAM_NANOS_MIN: i64 = 2 * NANOS_PER_SECOND;
/// Pauses within a sentence, in nanoseconds.
const SENTENCE_PAUSE_NANOS: i64 = 300_000_000;
/// Shortest sound that is taken for speech, in nanoseconds: a click is shorter.
const SOUND_NANOS_MIN: i64 = 100_000_000;
/// Silence from which on a stream counts as silent or muted, in nanoseconds.
const SILENT_NANOS_MIN: i64 = NANOS_PER_SECOND;
/// Loudness of digital silence (RFC 6464 section 3).
const DIGITAL_SILENCE: u8 = 127;
/// Quietest floor that is told apart from silence, in -dBov: below it lies no microphone's noise.
const FLOOR: u8 = 90;
/// Least difference between the loud and the quiet parts of speech, in dB; what varies less is a steady sound.
const CONTRAST_MIN: u8 = 12;
/// Quietest voice, in -dBov.
const VOICE_QUIETEST: u8 = 55;
/// Part of the slots, in hundredths, at the loud and at the quiet end from which both levels are read.
const TAIL_PERCENT: u64 = 5;

/// States of a stream when somebody speaks, and when it is silent.
pub(super) fn describe(track: &Track, stream: &mut MediaStream) {
    if stream.kind != MediaKind::Audio || stream.repair_of.is_some() {
        return;
    }
    if let Some(basis) = loudness_basis(track) {
        stream.talk = by_loudness(&track.series, basis);
        stream.silent = silent(&track.series);
    }
    if stream.talk.is_none() {
        stream.talk = size::talk(&track.series);
        if stream.talk.is_some() && stream.silent.is_empty() {
            stream.silent = size::silent(&track.series);
        }
    }
}

/// Zoom's clients of 2022 change the payload type when somebody speaks (Michel et al., IMC 2022, section 4): the loudness
/// that stands for it in -dBov.
pub(super) fn by_type(payload_type: u8) -> Option<u8> {
    match payload_type {
        ZOOM_SPEECH => Some(0),
        ZOOM_SILENCE => Some(FLOOR),
        _ => None,
    }
}

/// What the loudness in the series was read from; `None` when what was read is no loudness.
fn loudness_basis(track: &Track) -> Option<TalkBasis> {
    let packets = track.sequence.packets();
    track.loudness_from.filter(|basis| *basis != TalkBasis::Loudness || track.extensions.has_audio_level(packets))
}

/// When somebody speaks, by loudness against the stream's own floor; `None` when the sound is too short or too steady.
///
/// The voice-activity flag beside the level is no help: senders set it on every packet or on none.
fn by_loudness(series: &Series, basis: TalkBasis) -> Option<Talk> {
    if !is_long_enough(series) {
        return None;
    }
    let (loud, quiet) = tails(series)?;
    if loud > VOICE_QUIETEST {
        return Some(Talk { basis, spans: Vec::new() });
    }
    // Types do not grade: a stream of voice alone has no quiet part.
    if basis != TalkBasis::PayloadType && quiet.saturating_sub(loud) < CONTRAST_MIN {
        return None;
    }
    let threshold = loud.midpoint(quiet.max(loud.saturating_add(CONTRAST_MIN))).min(VOICE_QUIETEST);
    let spans = intervals(series, SOUND_NANOS_MIN, SENTENCE_PAUSE_NANOS, |slot| slot.loudness <= threshold);
    Some(Talk { basis, spans })
}

/// When the packets say that they carry nothing audible: muted, or a microphone without signal.
fn silent(series: &Series) -> Vec<Span> {
    intervals(series, SILENT_NANOS_MIN, 0, |slot| slot.loudness == DIGITAL_SILENCE)
}

fn is_long_enough(series: &Series) -> bool {
    let slots = i64::try_from(series.slots().count()).unwrap_or(i64::MAX);
    slots.saturating_mul(series.slot_nanos()) >= STREAM_NANOS_MIN
}

/// Levels of the loud and the quiet end.
fn tails(series: &Series) -> Option<(u8, u8)> {
    let mut counts = [0u64; 128];
    for slot in series.slots().filter(|slot| slot.loudness != NO_LOUDNESS) {
        if let Some(count) = counts.get_mut(usize::from(slot.loudness.min(FLOOR))) {
            *count += 1;
        }
    }
    let total: u64 = counts.iter().sum();
    let level_at = |rank: u64| {
        let mut seen = 0;
        counts.iter().position(|count| {
            seen += count;
            seen > rank
        })
    };
    let loud = level_at(total * TAIL_PERCENT / 100)?;
    let quiet = level_at(total.checked_sub(1)? - total * TAIL_PERCENT / 100)?;
    Some((u8::try_from(loud).ok()?, u8::try_from(quiet).ok()?))
}

/// Intervals of slots that `fits`, joined across `pause` nanoseconds of others, and at least `least` nanoseconds long.
pub(super) fn intervals(series: &Series, least: i64, pause: i64, mut fits: impl FnMut(&Slot) -> bool) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (first, slots) in series.runs() {
        for (number, slot) in (first..).zip(slots) {
            if !fits(slot) || slot.packets == 0 {
                continue;
            }
            let (from, to) = (series.time(number), series.time(number.saturating_add(1)));
            match spans.last_mut() {
                Some(last) if from.since(last.to) <= pause => {
                    (last.to, last.packets) = (to, last.packets + u64::from(slot.packets));
                }
                _ => spans.push(Span { from, to, packets: u64::from(slot.packets) }),
            }
        }
    }
    spans.retain(|span| span.to.since(span.from) >= least);
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    /// A packet every 20 ms with the loudness that `level` gives for its number.
    fn series(packets: i64, level: impl Fn(i64) -> u8) -> Series {
        let mut series = Series::default();
        for number in 0..packets {
            series.note(Timestamp::from_nanos(number * 20_000_000), 80, Some(level(number)));
        }
        series
    }

    fn tenths(spans: &[Span]) -> Vec<(i64, i64)> {
        let tenth = |time: Timestamp| time.nanos() / 100_000_000;
        spans.iter().map(|span| (tenth(span.from), tenth(span.to))).collect()
    }

    #[test]
    fn speech_stands_out_from_a_noisy_and_from_a_silent_room() {
        for room in [127, 70, 52] {
            let series = series(500, |n| if (100..200).contains(&n) || (210..300).contains(&n) { 28 } else { room });
            let talk = by_loudness(&series, TalkBasis::Loudness).unwrap();
            assert_eq!(tenths(&talk.spans), [(20, 60)], "a pause of 0.2 s belongs to the sentence; room {room}");
        }
    }

    #[test]
    fn clicks_are_no_speech_and_a_quiet_stream_has_none() {
        let talk = |series: &Series| by_loudness(series, TalkBasis::Loudness).map(|talk| tenths(&talk.spans));
        assert_eq!(talk(&series(500, |n| if n % 100 == 0 { 20 } else { 90 })), Some(vec![]));
        assert_eq!(talk(&series(500, |_| 127)), Some(vec![]));
        assert_eq!(talk(&series(500, |_| 30)), None, "a steady sound is no speech");
        assert_eq!(talk(&series(50, |n| n as u8)), None, "too short");
    }

    #[test]
    fn types_do_not_grade() {
        let series = series(500, |_| by_type(ZOOM_SPEECH).unwrap());
        assert_eq!(by_loudness(&series, TalkBasis::PayloadType).map(|talk| tenths(&talk.spans)), Some(vec![(0, 100)]));
        assert_eq!((by_type(ZOOM_SILENCE), by_type(98)), (Some(FLOOR), None));
    }

    #[test]
    fn a_muted_microphone_is_silent_for_a_second_or_more() {
        let muted = |n: i64| if (100..200).contains(&n) || (250..260).contains(&n) { 127 } else { 70 };
        assert_eq!(tenths(&silent(&series(500, muted))), [(20, 40)]);
    }
}
