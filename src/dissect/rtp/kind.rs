//! Tells what a stream carries from headers and timing alone.

use super::extension::FrameFlag;
use super::track::Track;
use crate::model::time::NANOS_PER_SECOND;
use crate::model::{MediaKind, Tunnel};

/// Fewest neighbouring packets from which timing speaks.
const NEIGHBOURS_MIN: u64 = 6;
/// A payload that only video reaches, in bytes.
const VIDEO_PAYLOAD_BYTES: usize = 700;
/// Packets rarer than this carry nobody's picture or voice.
const RARE_NANOS: i64 = 4 * NANOS_PER_SECOND / 5;

/// Static payload types with their codec and clock rate in Hz (RFC 3551 section 6).
const STATIC_TYPES: [(u8, &str, u32, MediaKind); 20] = [
    (0, "PCMU", 8_000, MediaKind::Audio),
    (3, "GSM", 8_000, MediaKind::Audio),
    (4, "G723", 8_000, MediaKind::Audio),
    (5, "DVI4", 8_000, MediaKind::Audio),
    (6, "DVI4", 16_000, MediaKind::Audio),
    (7, "LPC", 8_000, MediaKind::Audio),
    (8, "PCMA", 8_000, MediaKind::Audio),
    (9, "G722", 8_000, MediaKind::Audio),
    (10, "L16", 44_100, MediaKind::Audio),
    (11, "L16", 44_100, MediaKind::Audio),
    (12, "QCELP", 8_000, MediaKind::Audio),
    (13, "CN", 8_000, MediaKind::Audio),
    (14, "MPA", 90_000, MediaKind::Audio),
    (15, "G728", 8_000, MediaKind::Audio),
    (18, "G729", 8_000, MediaKind::Audio),
    (26, "JPEG", 90_000, MediaKind::Video),
    (31, "H261", 90_000, MediaKind::Video),
    (32, "MPV", 90_000, MediaKind::Video),
    (33, "MP2T", 90_000, MediaKind::Video),
    (34, "H263", 90_000, MediaKind::Video),
];

/// Codec, clock rate in Hz and kind of a static payload type.
pub(super) fn static_type(number: u8) -> Option<(&'static str, u32, MediaKind)> {
    STATIC_TYPES.iter().find(|entry| entry.0 == number).map(|entry| (entry.1, entry.2, entry.3))
}

/// What a stream carries.
pub(super) fn kind(track: &Track) -> MediaKind {
    if let Some(kind) = told_by_framing(track.tunnel) {
        return kind;
    }
    if is_data(track) {
        return MediaKind::Data;
    }
    let packets = track.sequence.packets();
    if track.extensions.frame_flag(packets) == Some(FrameFlag::Screen) {
        return MediaKind::Screen;
    }
    if track.extensions.has_audio_level(packets) {
        return MediaKind::Audio;
    }
    match track.codec_type().and_then(static_type) {
        Some((_, _, kind)) => kind,
        None => told_by_timing(track),
    }
}

/// Whether a framing of its own stands around the stream, whose payload types and extensions have their own meaning.
pub(super) fn is_framed(track: &Track) -> bool {
    matches!(track.tunnel, Some(Tunnel::Framing(_)))
}

/// Framings that name the medium in their own header.
fn told_by_framing(tunnel: Option<Tunnel>) -> Option<MediaKind> {
    match tunnel {
        Some(Tunnel::Framing("zoom-audio")) => Some(MediaKind::Audio),
        Some(Tunnel::Framing("zoom-video")) => Some(MediaKind::Video),
        Some(Tunnel::Framing("zoom-screen")) => Some(MediaKind::Screen),
        _ => None,
    }
}

/// Probes and control: no source, nothing but padding, a clock that stands still, or about a packet a second.
fn is_data(track: &Track) -> bool {
    let packets = track.sequence.packets();
    let only_padding = track.sizes.padded == packets && track.sizes.largest < 300;
    let rare = track.mean_interval() >= RARE_NANOS && track.sizes.largest < VIDEO_PAYLOAD_BYTES;
    track.ssrc == 0 || only_padding || track.timing.stands_still() || rare
}

fn told_by_timing(track: &Track) -> MediaKind {
    let (timing, small) = (&track.timing, track.sizes.largest < VIDEO_PAYLOAD_BYTES);
    if timing.neighbours < NEIGHBOURS_MIN {
        return if small { MediaKind::Unknown } else { MediaKind::Video };
    }
    let several_packets_a_frame = timing.same * 20 >= timing.neighbours;
    let frame_in_each_packet = track.sizes.markers * 2 > track.sequence.packets();
    let one_step = timing.steady * 2 >= timing.neighbours || timing.divisor >= 80 && timing.divisor % 90 != 0;
    match timing.clock_rate() {
        Some(90_000) => MediaKind::Video,
        Some(_) if !several_packets_a_frame && track.mean_bytes() < VIDEO_PAYLOAD_BYTES as u64 => MediaKind::Audio,
        _ if !several_packets_a_frame && !frame_in_each_packet && one_step => MediaKind::Audio,
        _ if several_packets_a_frame && !small => MediaKind::Video,
        _ if frame_in_each_packet && !one_step => MediaKind::Video,
        _ if !small => MediaKind::Video,
        _ => MediaKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_types_of_rfc_3551() {
        assert_eq!(static_type(0), Some(("PCMU", 8_000, MediaKind::Audio)));
        assert_eq!(static_type(34).map(|entry| entry.2), Some(MediaKind::Video));
        assert_eq!(static_type(111), None);
    }
}
