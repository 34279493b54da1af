//! The synchronisation sources of one direction of a flow: few candidates, confirmed streams, and when to give up.

use super::header::Header;
use super::repair::Copies;
use super::track::Track;
use super::{kind, picture, repair, voice};
use crate::model::{Direction, Input, MediaStream};

/// Sources watched at once that are no streams yet.
const CANDIDATES_MAX: usize = 20;
/// Streams followed in one direction of a flow.
const STREAMS_MAX: usize = 64;
/// Candidates given up without a single stream after which the flow is no RTP: random or obfuscated payload.
const FAILED_CANDIDATES_MAX: u32 = 60;

/// What a packet turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Of a stream.
    Stream,
    /// Of a candidate, or not RTP.
    Unknown,
    /// Of a stream that there is no room for.
    TooMany,
}

/// The sources of one direction.
#[derive(Clone, Default)]
pub(super) struct Sources {
    tracks: Vec<Track>,
    latest: usize,
    packets: u64,
    failed: u32,
    gave_up: bool,
    copies: Copies,
}

impl Sources {
    /// Whether the flow has shown that it carries no RTP.
    pub(super) fn gave_up(&self) -> bool {
        self.gave_up
    }

    /// Takes in a packet.
    pub(super) fn note(&mut self, header: &Header<'_>, input: &Input<'_>) -> Verdict {
        self.packets += 1;
        match self.position(header.ssrc) {
            Some(index) => self.follow(index, header, input),
            None => self.watch(header, input),
        }
    }

    /// Confirmed streams in order of their first packets, with kind, codec, clock and what they repair.
    pub(super) fn streams(&self, direction: Direction) -> Vec<(&Track, MediaStream)> {
        let mut streams: Vec<_> = self
            .tracks
            .iter()
            .filter(|track| track.confirmed() || repair::is_small_repair(track, &self.tracks, &self.copies))
            .map(|track| (track, finished(track, direction)))
            .collect();
        streams.sort_by_key(|(track, stream)| (stream.first.capture, stream.first.frame, track.ssrc));
        repair::pair(&mut streams, &self.copies);
        for (track, stream) in &mut streams {
            voice::describe(track, stream);
            picture::describe(track, stream);
        }
        streams
    }

    fn position(&self, ssrc: u32) -> Option<usize> {
        match self.tracks.get(self.latest) {
            Some(track) if track.ssrc == ssrc => Some(self.latest),
            _ => self.tracks.iter().position(|track| track.ssrc == ssrc),
        }
    }

    fn follow(&mut self, index: usize, header: &Header<'_>, input: &Input<'_>) -> Verdict {
        let Some(track) = self.tracks.get_mut(index) else { return Verdict::Unknown };
        self.latest = index;
        track.used = self.packets;
        let (fresh, claims) = (track.note(header, input), track.claims());
        if fresh && repair::is_early(track) {
            self.copies.note(&self.tracks, header);
        }
        if claims { Verdict::Stream } else { Verdict::Unknown }
    }

    fn watch(&mut self, header: &Header<'_>, input: &Input<'_>) -> Verdict {
        let streams = self.tracks.iter().filter(|track| track.confirmed()).count();
        if streams >= STREAMS_MAX {
            return Verdict::TooMany;
        }
        if self.tracks.len() - streams >= CANDIDATES_MAX && !self.drop_oldest_candidate(streams) {
            return Verdict::Unknown;
        }
        let mut track = Track::new(header, input);
        track.used = self.packets;
        self.copies.note(&self.tracks, header);
        // Flows of other protocols fill up with candidates: no room is set aside for more.
        self.tracks.reserve_exact(1);
        self.tracks.push(track);
        Verdict::Unknown
    }

    /// Makes room; false when the flow is given up instead.
    fn drop_oldest_candidate(&mut self, streams: usize) -> bool {
        self.failed = self.failed.saturating_add(1);
        if streams == 0 && self.failed >= FAILED_CANDIDATES_MAX {
            self.gave_up = true;
            self.tracks = Vec::new();
            return false;
        }
        let candidates = self.tracks.iter().enumerate().filter(|(_, track)| !track.confirmed());
        if let Some((oldest, _)) = candidates.min_by_key(|(_, track)| track.used) {
            self.tracks.swap_remove(oldest);
        }
        true
    }
}

/// A stream with what headers and timing tell of it.
fn finished(track: &Track, direction: Direction) -> MediaStream {
    let mut stream = track.describe(direction);
    let known = track.codec_type().and_then(kind::static_type).filter(|_| !kind::is_framed(track));
    stream.kind = kind::kind(track);
    stream.codec = known.map(|(codec, ..)| codec.to_owned());
    stream.clock_rate = track.timing.clock_rate().or(known.map(|(_, rate, _)| rate));
    stream
}
