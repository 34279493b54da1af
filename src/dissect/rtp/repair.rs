//! Which stream repairs which: retransmission (RFC 4588) and error correction copy the time stamps of what they repair.

use super::header::Header;
use super::track::Track;
use crate::model::{MediaKind, MediaStream};

/// Packets at a source's start that are compared with the other sources' frames.
const EARLY_PACKETS: u64 = 64;
/// Pairs of sources counted in one direction of a flow.
const PAIRS_MAX: usize = 128;
/// Copied time stamps that make a pair; 32 bits seldom meet by chance.
const COPIES_MIN: u32 = 2;
/// Packets in a row that make a stream where they copy another's time stamps.
const COPYING_PACKETS_MIN: u32 = 2;

/// How often sources carried each other's time stamps.
#[derive(Clone, Debug, Default)]
pub(super) struct Copies {
    pairs: Vec<Pair>,
}

#[derive(Clone, Copy, Debug)]
struct Pair {
    /// Lower and higher source.
    sources: (u32, u32),
    copies: u32,
}

/// Whether a source's packets are still compared: later ones are not, so that a packet stays cheap.
pub(super) fn is_early(track: &Track) -> bool {
    track.sequence.packets() <= EARLY_PACKETS
}

impl Copies {
    /// Counts which other sources had this packet's time stamp.
    pub(super) fn note(&mut self, tracks: &[Track], header: &Header<'_>) {
        let others = tracks.iter().filter(|track| track.ssrc != header.ssrc && track.timing.had(header.timestamp));
        for other in others {
            self.count((other.ssrc.min(header.ssrc), other.ssrc.max(header.ssrc)));
        }
    }

    fn count(&mut self, sources: (u32, u32)) {
        if let Some(pair) = self.pairs.iter_mut().find(|pair| pair.sources == sources) {
            pair.copies = pair.copies.saturating_add(1);
        } else if self.pairs.len() < PAIRS_MAX {
            self.pairs.push(Pair { sources, copies: 1 });
        }
    }

    fn between(&self, a: u32, b: u32) -> u32 {
        let sources = (a.min(b), a.max(b));
        self.pairs.iter().find(|pair| pair.sources == sources).map_or(0, |pair| pair.copies)
    }
}

/// Whether a candidate with too few packets to be a stream is one all the same: it repairs little, and copies the time
/// stamps of a stream whose header extension has the same profile.
pub(super) fn is_small_repair(track: &Track, tracks: &[Track], copies: &Copies) -> bool {
    let copied = |other: &Track| {
        other.confirmed()
            && other.payload_type() != track.payload_type()
            && other.extensions.profile() == track.extensions.profile()
            && copies.between(track.ssrc, other.ssrc) >= COPIES_MIN
    };
    !track.confirmed() && track.in_a_row() >= COPYING_PACKETS_MIN && tracks.iter().any(copied)
}

/// Ties each repairing stream to the video stream whose time stamps it copies.
pub(super) fn pair(streams: &mut [(&Track, MediaStream)], copies: &Copies) {
    let repaired: Vec<Option<(u32, MediaKind)>> =
        streams.iter().map(|(track, stream)| repaired_by(track, stream, streams, copies)).collect();
    for ((_, stream), found) in streams.iter_mut().zip(repaired) {
        if let Some((ssrc, kind)) = found {
            (stream.repair_of, stream.kind) = (Some(ssrc), kind);
        }
    }
}

/// The larger video stream of another payload type, and of the same name where both have one, that this one copies most.
fn repaired_by(
    track: &Track,
    stream: &MediaStream,
    streams: &[(&Track, MediaStream)],
    copies: &Copies,
) -> Option<(u32, MediaKind)> {
    if stream.kind == MediaKind::Audio || stream.ssrc == 0 {
        return None;
    }
    streams
        .iter()
        .filter(|(other, media)| {
            is_picture(media.kind)
                && media.packets > stream.packets
                && other.payload_type() != track.payload_type()
                && may_share_name(track, other)
        })
        .map(|(_, media)| (copies.between(stream.ssrc, media.ssrc), media))
        .filter(|(count, _)| *count >= COPIES_MIN)
        .max_by_key(|(count, media)| (*count, media.packets))
        .map(|(_, media)| (media.ssrc, media.kind))
}

/// Retransmissions carry the media name of what they repair (RFC 9143 section 15).
fn may_share_name(one: &Track, other: &Track) -> bool {
    let name = |track: &Track| track.extensions.names(track.sequence.packets())[0].map(str::to_owned);
    name(one).zip(name(other)).is_none_or(|(one, other)| one == other)
}

fn is_picture(kind: MediaKind) -> bool {
    matches!(kind, MediaKind::Video | MediaKind::Screen)
}
