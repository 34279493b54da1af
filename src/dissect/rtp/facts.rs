//! What a finished stream tells, as facts.

use super::extension::FrameFlag;
use super::track::Track;
use super::{keys, kind};
use crate::model::{Facts, MediaKind, MediaStream, Output};

/// Packets from which on jitter speaks of the path and not of how the first packets were put on it.
const JITTER_PACKETS_MIN: u64 = 50;

/// States what is readable of one stream.
pub(super) fn state(track: &Track, stream: &MediaStream, facts: &mut Facts) {
    let payload_type = track.payload_type().unwrap_or_default();
    let name = format!("{} ssrc 0x{:08x} pt {payload_type}", stream.kind.name(), stream.ssrc);
    facts.state(&keys::STREAM, name, stream.first);
    if let Some(media) = stream.repair_of {
        facts.state(&keys::REPAIR, format!("0x{:08x} repairs 0x{media:08x}", stream.ssrc), stream.first);
    }
    state_path(track, stream, facts);
    state_content(track, stream, facts);
    state_extensions(track, stream, facts);
    for source in &stream.contributors {
        facts.state(&keys::CONTRIBUTOR, u64::from(*source), stream.first);
    }
}

/// RTP and RTCP on one pair of ports tell each other's flow.
pub(super) fn state_mux(out: &mut Output) {
    let reports = out.reports.iter().any(|seen| !seen.is_empty());
    if let Some(first) = out.streams.first().filter(|_| reports) {
        out.facts.state(&keys::RTCP_MUX, true, first.first);
    }
}

/// How the stream fared on its way to where it was captured.
fn state_path(track: &Track, stream: &MediaStream, facts: &mut Facts) {
    let jitter = stream.clock_rate.and_then(|rate| track.jitter.at(rate));
    if let Some((end, greatest)) = jitter.filter(|_| stream.packets >= JITTER_PACKETS_MIN) {
        let text = format!("0x{:08x}: {} ms, at most {} ms", stream.ssrc, millis(end), millis(greatest));
        facts.state(&keys::JITTER, text, stream.first);
    }
    let (late, repeated) = (track.sequence.late(), track.sequence.repeated());
    if stream.lost + late + repeated > 0 {
        let all = stream.packets.saturating_add(stream.lost);
        let text = format!("0x{:08x}: {} of {all} lost, {late} late, {repeated} repeated", stream.ssrc, stream.lost);
        facts.state(&keys::LOSS, text, stream.first);
    }
}

fn state_content(track: &Track, stream: &MediaStream, facts: &mut Facts) {
    if stream.kind == MediaKind::Screen {
        facts.state(&keys::SCREEN, true, stream.first);
    }
    if track.lengths.are_exact() && !kind::is_framed(track) {
        facts.state(&keys::CLEAR_SPEECH, true, stream.first);
    }
}

fn state_extensions(track: &Track, stream: &MediaStream, facts: &mut Facts) {
    let (extensions, at) = (&track.extensions, stream.first);
    if let Some(profile) = extensions.profile() {
        facts.state(&keys::EXTENSION_PROFILE, format!("0x{profile:04x}"), at);
    }
    if kind::is_framed(track) {
        return;
    }
    for shape in extensions.shapes(stream.packets) {
        facts.state(&keys::EXTENSION, shape.to_owned(), at);
    }
    if stream.kind == MediaKind::Audio && extensions.has_audio_level(stream.packets) {
        facts.state(&keys::AUDIO_LEVEL, true, at);
    }
    if let Some(offset) = extensions.clock_offset(stream.packets) {
        facts.state(&keys::CLOCK_OFFSET, format!("{} ms", millis(offset)), at);
    }
    if let Some(FrameFlag::Orientation(held)) = extensions.frame_flag(stream.packets)
        && held != 0
    {
        facts.state(&keys::ORIENTATION, orientation(held), at);
    }
    state_name(extensions.names(stream.packets), stream, facts);
}

fn state_name(names: [Option<&str>; 2], stream: &MediaStream, facts: &mut Facts) {
    let [Some(name), layer] = names else { return };
    let layer = layer.map(|layer| format!(" layer {layer}")).unwrap_or_default();
    facts.state(&keys::MEDIA_ID, format!("0x{:08x}: {name}{layer}", stream.ssrc), stream.first);
}

/// Camera on the back or the front, mirrored, and clockwise turns (3GPP TS 26.114 section 7.4.5).
fn orientation(held: u8) -> String {
    let camera = if held & 0x08 != 0 { "back camera" } else { "front camera" };
    let mirrored = if held & 0x04 != 0 { ", mirrored" } else { "" };
    format!("{camera}{mirrored}, turned {} degrees", u16::from(held & 0x03) * 90)
}

/// Nanoseconds as milliseconds with two places.
pub(super) fn millis(nanos: i64) -> String {
    let hundredths = (nanos.unsigned_abs() + 5_000) / 10_000;
    let sign = if nanos < 0 && hundredths > 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_and_orientation_are_words() {
        assert_eq!(millis(1_254_999), "1.25");
        assert_eq!(millis(-30_000), "-0.03");
        assert_eq!(millis(-1), "0.00");
        assert_eq!(millis(i64::MIN), "-9223372036854.78");
        assert_eq!(orientation(0x0b), "back camera, turned 270 degrees");
        assert_eq!(orientation(4), "front camera, mirrored, turned 0 degrees");
    }
}
