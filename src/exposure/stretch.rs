//! What counts as media, and when it ran: RTP streams that carry audio or video, framings of which a dissector says
//! that they carry media, reports about an open RTP session, data channels of providers that send media inside, and
//! paths in use of providers whose media nobody can read. Signalling, connectivity checks, chat and login are none,
//! however many packets they have.

use super::kin::Kin;
use super::view::View;
use crate::catalogue::{Confidence, Verdict};
use crate::engine::FlowRecord;
use crate::flow::Protocol;
use crate::model::activity::Span;
use crate::model::{Activity, MediaKind, MediaStream, Timestamp};
use std::collections::BTreeSet;

/// Media of the same flow further apart than this belongs to different calls, in nanoseconds: connectivity checks
/// keep a flow alive while everybody is muted.
pub const FLOW_GAP_NANOS: i64 = 600_000_000_000;
/// Least packets each way on a path whose media nobody can read.
const PATH_PACKETS_MIN: u64 = 20;

/// A stretch of media in one flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) view: usize,
    pub(super) device: usize,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) packets: u64,
    pub(super) basis: Basis,
}

/// What shows that a stretch is media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Basis {
    /// A path in use both ways of a provider whose media are not readable.
    Path,
    /// Reports about an RTP session both ways: somebody is there, perhaps muted.
    Reports,
    /// A framing whose dissector calls it media, keep-alives included.
    Framing,
    /// RTP with readable headers.
    Rtp,
    /// A data channel in use with servers of a provider that carries media inside.
    Channel,
}

/// Whether a stream is somebody's voice or picture.
pub(super) fn is_media(stream: &MediaStream) -> bool {
    stream.kind != MediaKind::Data && stream.packets >= 4
}

/// Whether reports about an RTP session ran both ways.
pub(super) fn is_reported(flow: &FlowRecord) -> bool {
    flow.reports.iter().all(|way| !way.is_empty())
}

/// Stretches of media in a flow, each basis for itself.
pub(super) fn media_of(index: usize, device: usize, views: &[View<'_>], kin: &Kin<'_>) -> Vec<Stretch> {
    let view = &views[index];
    let rtp = view.flow.streams.iter().filter(|stream| is_media(stream)).flat_map(|stream| stream.activity.spans());
    let mut stretches = Vec::new();
    for (basis, spans) in [
        (Basis::Rtp, rtp.copied().collect()),
        (Basis::Framing, view.flow.media.spans().to_vec()),
        (Basis::Reports, reports(view.flow)),
        (Basis::Path, path(index, views, kin)),
        (Basis::Channel, channel(view).into_iter().collect()),
    ] {
        let stretch = |Span { from, to, packets }| Stretch { view: index, device, from, to, packets, basis };
        stretches.extend(joined(spans).into_iter().map(stretch));
    }
    stretches
}

fn reports(flow: &FlowRecord) -> Vec<Span> {
    let both = flow.reports.iter().filter(|_| is_reported(flow));
    both.flat_map(Activity::spans).copied().collect()
}

/// Joins spans that are not far apart.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.from, span.to));
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from.since(last.to) <= FLOW_GAP_NANOS => {
                last.to = last.to.max(span.to);
                last.packets += span.packets;
            }
            _ => joined.push(span),
        }
    }
    joined
}

/// From the first data in a channel with media servers of a provider whose client sends media through channels.
fn channel(view: &View<'_>) -> Option<Span> {
    let named = view.verdict.provider.filter(|_| view.verdict.confidence > Confidence::Weak)?;
    let media = named.identity.media_in_dtls && view.verdict.purposes.contains(&"media");
    let opened = view.flow.facts.of("dtls.data").next().filter(|_| media)?;
    Some(Span { from: opened.first.time, to: view.flow.last, packets: 0 })
}

/// Times in which a datagram flow was as dense as media both ways, where no packet of it can be told from another:
/// with media servers or relays of a provider whose media nobody can read, or with a peer whom such a provider's
/// relays or checks on the same socket speak of.
fn path(index: usize, views: &[View<'_>], kin: &Kin<'_>) -> Vec<Span> {
    let view = &views[index];
    let readable = ["dtls", "quic", "dns", "rtp", "tls"].iter().any(|name| view.flow.protocols.contains(name));
    let dense = view.flow.counters.iter().all(|counters| counters.packets >= PATH_PACKETS_MIN);
    if view.flow.protocol != Protocol::Udp || view.flow.busy.is_empty() || readable || !dense {
        return Vec::new();
    }
    let has_opaque_peer = || view.flow.facts.has("stun.connected") && has_opaque_kin(index, views, kin);
    if !(is_opaque(&view.verdict) || has_opaque_peer()) {
        return Vec::new();
    }
    let (first, last) = (view.flow.first.time, view.flow.last);
    let clipped = |span: &Span| {
        // Busy seconds are noted by their beginning.
        Span { from: span.from.max(first), to: span.to.plus(1_000_000_000).min(last), packets: span.packets }
    };
    view.flow.busy.spans().iter().map(clipped).collect()
}

/// Whether a flow is for the media of a provider whose media nobody can read.
fn is_opaque(verdict: &Verdict<'_>) -> bool {
    let named = verdict.provider.filter(|_| verdict.confidence > Confidence::Weak);
    let media = ["media", "turn"].iter().any(|purpose| verdict.purposes.contains(purpose));
    media && named.is_some_and(|provider| provider.identity.opaque_media)
}

fn has_opaque_kin(index: usize, views: &[View<'_>], kin: &Kin<'_>) -> bool {
    let flow = views[index].flow;
    let tied = kin.around(&BTreeSet::from([index]), flow.first.time, flow.last);
    tied.into_iter().any(|index| is_opaque(&views[index].verdict))
}
