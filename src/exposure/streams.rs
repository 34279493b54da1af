//! The media streams of a call, the parts of each joined.

use super::findings::{Interval, Stream};
use super::meeting::{Call, way};
use super::stretch::is_media;
use super::view::View;
use crate::model::activity::Span;
use crate::model::{MediaKind, MediaStream, Timestamp};
use std::collections::BTreeMap;

/// A time without packets that counts as a pause, in nanoseconds.
pub(super) const PAUSE_NANOS: i64 = 1_000_000_000;
/// Most streams listed of one call.
const STREAMS_MAX: usize = 512;
/// Packets from which on a stream is judged by what it looks like.
const JUDGED_PACKETS_MIN: u64 = 4;

/// A stream of a call with the flow that carried most of it.
pub(super) struct Part<'v> {
    pub(super) view: &'v View<'v>,
    pub(super) stream: MediaStream,
}

impl Part<'_> {
    /// `sent` or `received`.
    pub(super) fn way(&self) -> &'static str {
        way(self.stream.direction, self.view.sides.sent)
    }

    /// What it carries; streams that are no call's media are data.
    pub(super) fn kind(&self) -> MediaKind {
        let judged = self.stream.packets >= JUDGED_PACKETS_MIN && !is_media(&self.stream);
        if judged { MediaKind::Data } else { self.stream.kind }
    }

    /// Whether it carries somebody's voice or picture itself.
    pub(super) fn is_own_media(&self) -> bool {
        self.stream.repair_of.is_none()
            && self.stream.packets >= JUDGED_PACKETS_MIN
            && matches!(self.kind(), MediaKind::Audio | MediaKind::Video | MediaKind::Screen)
    }

    /// Times with a voice or picture: those with packets, less those that carried nothing.
    pub(super) fn filled(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for active in self.stream.activity.spans() {
            let mut from = active.from;
            for silent in self.stream.silent.iter().filter(|silent| silent.to > active.from && silent.from < active.to)
            {
                if silent.from > from {
                    spans.push(Span { from, to: silent.from, packets: 0 });
                }
                from = from.max(silent.to);
            }
            if from < active.to {
                spans.push(Span { from, to: active.to, packets: active.packets });
            }
        }
        spans
    }
}

/// The streams of a call in order of their first packets.
pub(super) fn parts<'v>(call: &Call, views: &'v [View<'v>]) -> Vec<Part<'v>> {
    let mut all: Vec<Part<'v>> = Vec::new();
    for view in call.media.iter().filter_map(|index| views.get(*index)) {
        let within = |stream: &&MediaStream| stream.first.time <= call.to && stream.last >= call.from;
        for stream in view.flow.streams.iter().filter(within) {
            add(&mut all, view, stream);
        }
    }
    all.sort_by_key(|part| (part.stream.first.time, part.view.flow.id, part.stream.ssrc, part.stream.direction));
    all.truncate(STREAMS_MAX);
    all
}

/// The streams as the report shows them, `s1`, `s2`, ...
pub(super) fn entries(parts: &[Part<'_>]) -> Vec<Stream> {
    let mut ids: BTreeMap<(u32, &'static str), String> = BTreeMap::new();
    for (index, part) in parts.iter().enumerate() {
        ids.entry((part.stream.ssrc, part.way())).or_insert_with(|| format!("s{}", index + 1));
    }
    let repaired = |part: &Part<'_>| part.stream.repair_of.and_then(|ssrc| ids.get(&(ssrc, part.way())).cloned());
    parts.iter().enumerate().map(|(index, part)| entry(index, part, repaired(part))).collect()
}

/// Adds a stream, or joins it to its other part: when ICE changes the path, a stream goes on in another flow with the
/// same source, direction and payload types. Its entry names the flow that carried more of it.
fn add<'v>(all: &mut Vec<Part<'v>>, view: &'v View<'v>, stream: &MediaStream) {
    let direction = way(stream.direction, view.sides.sent);
    let same = |part: &&mut Part<'_>| {
        let shares = part.stream.payload_types.keys().any(|number| stream.payload_types.contains_key(number));
        let moved = part.view.flow.id != view.flow.id;
        moved && shares && part.stream.ssrc == stream.ssrc && part.way() == direction
    };
    match all.iter_mut().find(same) {
        None => all.push(Part { view, stream: stream.clone() }),
        Some(Part { view: known_view, stream: known }) => {
            if stream.packets > known.packets {
                (*known_view, known.direction, known.kind) = (view, stream.direction, stream.kind);
            }
            for (number, count) in &stream.payload_types {
                *known.payload_types.entry(*number).or_default() += count;
            }
            if stream.first.time < known.first.time {
                known.first = stream.first;
            }
            known.last = known.last.max(stream.last);
            known.packets += stream.packets;
            known.bytes += stream.bytes;
            known.lost += stream.lost;
            known.activity.merge(&stream.activity);
            known.join_talk(stream);
            known.repair_of = known.repair_of.or(stream.repair_of);
        }
    }
}

fn entry(index: usize, part: &Part<'_>, repair_of: Option<String>) -> Stream {
    let stream = &part.stream;
    let seconds = stream.last.seconds_since(stream.first.time).max(0.02);
    Stream {
        id: format!("s{}", index + 1),
        ssrc: stream.ssrc,
        kind: part.kind().name().into(),
        direction: part.way().into(),
        payload_types: stream.payload_types.keys().copied().collect(),
        codec: stream.codec.clone(),
        start: stream.first.time.to_string(),
        end: stream.last.to_string(),
        packets: stream.packets,
        bytes: stream.bytes,
        mean_bitrate_bps: (stream.bytes as f64 * 8.0 / seconds).round(),
        lost_packets: stream.lost,
        flow: part.view.id.clone(),
        participant: None,
        repair_of,
        talk: stream.talk.as_ref().map(|talk| talk.spans.iter().map(|span| interval(span.from, span.to)).collect()),
        talk_basis: stream.talk.as_ref().map(|talk| talk.basis.name().to_owned()),
        silent_or_muted: stream.silent.iter().map(|span| interval(span.from, span.to)).collect(),
        paused: paused(stream),
    }
}

/// Pauses of a stream: what lies between its intervals of activity. Repairs come when they are needed.
fn paused(stream: &MediaStream) -> Vec<Interval> {
    let spans = stream.activity.spans();
    let pauses = spans.iter().zip(spans.iter().skip(1)).filter(|(one, next)| next.from.since(one.to) > PAUSE_NANOS);
    let listed = pauses.filter(|_| stream.repair_of.is_none() && stream.kind != MediaKind::Data);
    listed.map(|(one, next)| interval(one.to, next.from)).collect()
}

fn interval(from: Timestamp, to: Timestamp) -> Interval {
    Interval { from: from.to_string(), to: to.to_string() }
}
