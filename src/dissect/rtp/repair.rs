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

/// Whether a candidate with too few packets to be a stream is one all the same: it copies the time stamps of a stream
/// whose header extension has the same profile, or it probes with padding alone under a payload type that another
/// stream has.
pub(super) fn is_small_repair(track: &Track, tracks: &[Track], copies: &Copies) -> bool {
    let kin = |other: &Track| {
        let same_type = other.payload_type() == track.payload_type();
        let copied = copies.between(track.ssrc, other.ssrc) > 0;
        let like = other.confirmed() && other.extensions.profile() == track.extensions.profile();
        like && if same_type { is_padding(track) } else { copied }
    };
    !track.confirmed() && track.in_a_row() >= COPYING_PACKETS_MIN && tracks.iter().any(kin)
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

/// The larger video stream of another payload type that this one copies most. Probes copy nothing, but are told by the
/// name of what they belong to.
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
                && shares_name(track, other) != Some(false)
        })
        .map(|(other, media)| (copies.between(stream.ssrc, media.ssrc), other, media))
        .filter(|(count, other, _)| {
            let named = shares_name(track, other) == Some(true);
            *count >= COPIES_MIN || named && (*count > 0 || is_padding(track))
        })
        .max_by_key(|(count, _, media)| (*count, media.packets))
        .map(|(_, _, media)| (media.ssrc, media.kind))
}

/// Nothing but padding, as probes are.
fn is_padding(track: &Track) -> bool {
    track.sizes.padded == track.sequence.packets()
}

/// Retransmissions carry the media name of what they repair (RFC 9143 section 15); `None` where one has no name.
fn shares_name(one: &Track, media: &Track) -> Option<bool> {
    let (id, name) = media.extensions.media_name(media.sequence.packets())?;
    one.extensions.text_under(id).map(|text| text == name)
}

fn is_picture(kind: MediaKind) -> bool {
    matches!(kind, MediaKind::Video | MediaKind::Screen)
}
