//! Calls from flows: media of one device, joined while it goes on, split where it pauses, with the provider that its
//! evidence names.
//!
//! A call runs from the first packet of the flows that came to carry it, when its paths are set up and it rings, to
//! their last, when even keep-alives end: somebody muted is still in it. Whether it was one at all is decided by its
//! media alone.

use super::kin::Kin;
use super::local::{LocalSide, is_host};
use super::naming::{Naming, allows_any, names_of};
use super::stretch::{Basis, Stretch, media_of};
use super::view::View;
use crate::catalogue::{Confidence, RuleKind};
use crate::engine::Traffic;
use crate::flow::Protocol;
use crate::model::{Direction, Fact, MediaKind, MediaStream, Timestamp, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

/// Media of different flows further apart than this belongs to different calls, in nanoseconds.
pub const MEETING_GAP_NANOS: i64 = 20_000_000_000;
/// Media of the same source with the same server further apart than this belongs to different calls, in nanoseconds:
/// a client that changes its port goes on with its numbers.
pub const SOURCE_GAP_NANOS: i64 = 120_000_000_000;
/// Least media packets of a call.
pub const MEDIA_PACKETS_MIN: u64 = 20;
/// Shortest call in nanoseconds: a burst of media while it rings or a path is tried is none. RTP that runs when the
/// capture begins or ends is a call, however short the time in which it was seen.
pub const MEETING_NANOS_MIN: i64 = 1_000_000_000;
/// Media this soon after the first packet was running before, and this late goes on behind the last, in nanoseconds.
pub const RUNNING_NANOS_MAX: i64 = 500_000_000;
/// Least reports about an RTP session, both ways together, that show a call without media.
pub const REPORTS_MIN: u64 = 8;
/// Longest time before the first media in which a call is set up and rings, in nanoseconds.
pub const SETUP_NANOS_MAX: i64 = 60_000_000_000;
/// Longest time behind the last media in which other flows than the media's end a call, in nanoseconds.
pub const HANGUP_NANOS_MAX: i64 = 2_000_000_000;
/// Most flows beside the media that are listed of a call.
const PATHS_MAX: usize = 64;

/// A call, by indices into the views.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) local: IpAddr,
    /// First packet of the flows that carry it: see the module.
    pub(super) from: Timestamp,
    /// Last packet of them.
    pub(super) to: Timestamp,
    /// First and last packet of media.
    pub(super) heard: (Timestamp, Timestamp),
    /// Flows that carried its media.
    pub(super) media: Vec<usize>,
    /// Flows that served it otherwise: checks, relays, reports, signalling with media servers.
    pub(super) paths: Vec<usize>,
    /// Provider's signature id.
    pub(super) provider: Option<String>,
    pub(super) confidence: Confidence,
    /// Views whose verdict or names speak for the provider, best first.
    pub(super) witnesses: Vec<usize>,
    /// Providers that could not be told apart.
    pub(super) candidates: BTreeSet<String>,
}

/// Finds the calls, in order of their start.
pub(super) fn calls(views: &[View<'_>], traffic: &Traffic, local: &LocalSide) -> Vec<Call> {
    let (devices, kin) = (devices(views, local), Kin::of(views));
    let mut stretches = Vec::new();
    for (index, view) in views.iter().enumerate() {
        let device = devices.get(&view.sides.local.ip()).copied().unwrap_or_default();
        stretches.extend(media_of(index, device, views, &kin));
    }
    stretches.sort_by_key(|stretch| (stretch.from, stretch.view, stretch.basis));
    let mut calls: Vec<_> = clusters(&stretches, views)
        .into_iter()
        .filter_map(|cluster| call(&cluster, views, &kin, local, traffic))
        .collect();
    add_paths(&mut calls, views, &kin);
    widen(&mut calls, views);
    calls.sort_by(|a, b| (a.from, &a.provider, a.local).cmp(&(b.from, &b.provider, b.local)));
    calls
}

/// Local addresses of one device share its link address, unless that is a router's.
fn devices(views: &[View<'_>], local: &LocalSide) -> BTreeMap<IpAddr, usize> {
    let mut devices = BTreeMap::new();
    let mut numbers: BTreeMap<[u8; 6], usize> = BTreeMap::new();
    let mut next = 0;
    for view in views {
        let address = view.sides.local.ip();
        if devices.contains_key(&address) {
            continue;
        }
        let mac = local.link_address(address);
        let number = mac.and_then(|mac| numbers.get(&mac).copied()).unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        if let Some(mac) = mac {
            numbers.insert(mac, number);
        }
        devices.insert(address, number);
    }
    devices
}

/// Joins stretches of one device that go on together, keeping apart what different providers carry.
fn clusters<'v>(stretches: &[Stretch], views: &'v [View<'v>]) -> Vec<Vec<Stretch>> {
    let mut clusters: Vec<Vec<Stretch>> = Vec::new();
    // Named media first: an unnamed peer-to-peer flow joins the call that it overlaps, never founds one beside it.
    let (named, unnamed): (Vec<&Stretch>, Vec<&Stretch>) =
        stretches.iter().partition(|stretch| !names_of(&views[stretch.view]).is_empty());
    for stretch in named.into_iter().chain(unnamed) {
        let fitting = clusters.iter_mut().filter(|cluster| fits(cluster, stretch, views)).min_by_key(|cluster| {
            let shares_port =
                cluster.iter().any(|other| views[other.view].sides.local == views[stretch.view].sides.local);
            (!shares_port, distance(cluster, stretch))
        });
        match fitting {
            Some(cluster) => cluster.push(*stretch),
            None => clusters.push(vec![*stretch]),
        }
    }
    clusters
}

fn fits(cluster: &[Stretch], stretch: &Stretch, views: &[View<'_>]) -> bool {
    // Times first: they are cheap to compare, and tell most clusters apart.
    let apart = distance(cluster, stretch);
    if apart > SOURCE_GAP_NANOS.max(MEETING_GAP_NANOS) {
        return false;
    }
    // Where both ends of a call are on the captured side, what its other end carries besides belongs to it.
    let ends_at =
        |one: &Stretch, other: &Stretch| views[one.view].sides.remote.ip() == views[other.view].sides.local.ip();
    let same_device = cluster
        .iter()
        .any(|other| other.device == stretch.device || ends_at(other, stretch) || ends_at(stretch, other));
    if !same_device {
        return false;
    }
    let names = names_of(&views[stretch.view]);
    let compatible = || names.is_empty() || cluster.iter().all(|other| allows_any(&views[other.view], &names));
    let goes_on = || apart <= SOURCE_GAP_NANOS && cluster.iter().any(|other| shares_source(other, stretch, views));
    (apart <= MEETING_GAP_NANOS || goes_on()) && compatible()
}

/// Whether two stretches carry a source that goes on with the same server: the same number in the same direction.
fn shares_source(one: &Stretch, other: &Stretch, views: &[View<'_>]) -> bool {
    let (one, other) = (&views[one.view], &views[other.view]);
    let source = |view: &View<'_>, stream: &MediaStream| (stream.ssrc, stream.direction == view.sides.sent);
    one.sides.remote == other.sides.remote
        && one
            .flow
            .streams
            .iter()
            .filter(|stream| stream.ssrc != 0)
            .any(|stream| other.flow.streams.iter().any(|known| source(other, known) == source(one, stream)))
}

/// Nanoseconds between a stretch and the nearest of a cluster; 0 when they overlap.
fn distance(cluster: &[Stretch], stretch: &Stretch) -> i64 {
    let apart = |other: &Stretch| stretch.from.since(other.to).max(other.from.since(stretch.to)).max(0);
    cluster.iter().map(apart).min().unwrap_or(i64::MAX)
}

fn call(cluster: &[Stretch], views: &[View<'_>], kin: &Kin<'_>, local: &LocalSide, traffic: &Traffic) -> Option<Call> {
    let (from, to) = bounds(cluster.iter())?;
    let media: BTreeSet<usize> = cluster.iter().map(|stretch| stretch.view).collect();
    if !is_enough(cluster, recording_of(traffic, from)) || !is_live(&media, views) {
        return None;
    }
    let busiest = media.iter().max_by_key(|index| {
        let view = &views[**index];
        (local.contains(view.sides.local.ip()), view.flow.counters.iter().map(|c| c.packets).sum::<u64>())
    })?;
    let naming = Naming::of(&media, kin, views, from, to);
    Some(Call {
        local: views[*busiest].sides.local.ip(),
        from,
        to,
        heard: (from, to),
        media: media.into_iter().collect(),
        paths: Vec::new(),
        provider: naming.provider,
        confidence: naming.confidence,
        witnesses: naming.witnesses,
        candidates: naming.candidates,
    })
}

/// First and last moment of stretches.
fn bounds<'s>(stretches: impl Iterator<Item = &'s Stretch> + Clone) -> Option<(Timestamp, Timestamp)> {
    let from = stretches.clone().map(|stretch| stretch.from).min()?;
    Some((from, stretches.map(|stretch| stretch.to).max()?))
}

/// First and last packet of the recording that `time` is in.
pub(super) fn recording_of(traffic: &Traffic, time: Timestamp) -> (Timestamp, Timestamp) {
    let holds = |(first, last): &&(Timestamp, Timestamp)| (*first..=*last).contains(&time);
    let found = traffic.recordings.iter().find(holds).copied().or(traffic.span);
    found.unwrap_or((Timestamp::MIN, Timestamp::MIN))
}

/// Whether there is enough media for a call in a recording from and to `span`.
fn is_enough(cluster: &[Stretch], span: (Timestamp, Timestamp)) -> bool {
    let of = |wanted: &'static [Basis]| cluster.iter().filter(move |stretch| wanted.contains(&stretch.basis));
    let packets = |wanted| of(wanted).map(|stretch| stretch.packets).sum::<u64>();
    let lasted = |wanted| bounds(of(wanted)).map_or(0, |(from, to)| to.since(from));
    let running = bounds(of(&[Basis::Rtp]))
        .is_some_and(|(from, to)| from.since(span.0) <= RUNNING_NANOS_MAX || span.1.since(to) <= RUNNING_NANOS_MAX);
    let media: &[Basis] = &[Basis::Rtp, Basis::Framing];
    // Reports before and behind the media tell how long the session was open.
    let session: &[Basis] = &[Basis::Rtp, Basis::Framing, Basis::Reports];
    (running && packets(&[Basis::Rtp]) >= MEDIA_PACKETS_MIN)
        || (packets(media) >= MEDIA_PACKETS_MIN && lasted(session) >= MEETING_NANOS_MIN)
        || (packets(&[Basis::Reports]) >= REPORTS_MIN && lasted(&[Basis::Reports]) >= MEETING_NANOS_MIN)
        || lasted(&[Basis::Path]) >= MEETING_NANOS_MIN
        || of(&[Basis::Channel]).next().is_some()
}

/// Whether somebody is at the other end: packets both ways, in all flows of the call together. Where the capture saw
/// one way only, a voice is enough that goes to or comes from one host.
fn is_live(media: &BTreeSet<usize>, views: &[View<'_>]) -> bool {
    let way = |direction: usize| media.iter().any(|index| views[*index].sent_received()[direction].packets > 0);
    (way(0) && way(1)) || media.iter().any(|index| is_half_a_talk(&views[*index]))
}

fn is_half_a_talk(view: &View<'_>) -> bool {
    let hosts = is_host(view.sides.local.ip()) && is_host(view.sides.remote.ip());
    // Sound of other static types than speech is a broadcast.
    let broadcast = |stream: &MediaStream| stream.payload_types.keys().any(|number| [10, 11, 14].contains(number));
    let voice = |stream: &&MediaStream| {
        stream.kind == MediaKind::Audio && stream.packets >= MEDIA_PACKETS_MIN && !broadcast(stream)
    };
    hosts && view.flow.streams.iter().any(|stream| voice(&stream))
}

/// Lists the flows that served the calls beside their media: those tied to it, those between the same two hosts, and
/// those with the provider's relays and media servers.
fn add_paths(calls: &mut [Call], views: &[View<'_>], kin: &Kin<'_>) {
    let carried: BTreeSet<usize> = calls.iter().flat_map(|call| call.media.iter().copied()).collect();
    let named = named_relays(views);
    let is_answered_elsewhere = |view: &View<'_>| named.contains(&(view.sides.local, view.sides.remote.ip()));
    for call in calls {
        let media: BTreeSet<usize> = call.media.iter().copied().collect();
        let hosts: BTreeSet<_> = call.media.iter().map(|index| hosts(&views[*index])).collect();
        let locals: BTreeSet<_> = hosts.iter().map(|(local, _)| *local).collect();
        let tied = kin.around(&media, call.from, call.to);
        let serves = |index: &usize| {
            let view = &views[*index];
            let beside = || locals.contains(&view.sides.local.ip()) && relays_for(view, call);
            let of_hosts = || hosts.contains(&self::hosts(view)) || beside();
            runs_during(view, call)
                && !carried.contains(index)
                && (view.answered() || is_answered_elsewhere(view))
                && (tied.contains(index) || view.flow.protocol == Protocol::Udp && of_hosts())
        };
        let near = kin.timeline.around(call.from.plus(-SETUP_NANOS_MAX), call.to.plus(HANGUP_NANOS_MAX));
        call.paths = near.filter(serves).take(PATHS_MAX).collect();
    }
}

/// Relays that another one named to a local socket: they may answer from an address that nothing was sent to.
fn named_relays(views: &[View<'_>]) -> BTreeSet<(SocketAddr, IpAddr)> {
    const NAMED: [&str; 2] = ["stun.alternate-server", "stun.relayed-address"];
    let named = |fact: &Fact| if let Value::Socket(named) = fact.value { Some(named.ip()) } else { None };
    let facts = |view: &View<'_>| NAMED.into_iter().flat_map(|key| view.flow.facts.of(key).filter_map(named)).collect();
    let of_view = |view: &View<'_>| {
        let relays: Vec<_> = facts(view);
        let local = view.sides.local;
        relays.into_iter().map(move |relay| (local, relay))
    };
    views.iter().filter(|view| view.answered()).flat_map(of_view).collect()
}

fn hosts(view: &View<'_>) -> (IpAddr, IpAddr) {
    (view.sides.local.ip(), view.sides.remote.ip())
}

/// Whether a flow goes to a relay or media server of the call's provider, or of those among whom it stands.
fn relays_for(view: &View<'_>, call: &Call) -> bool {
    // A range that several products share names no provider, so that no purpose is chosen; the range still has one.
    let ranges = view.verdict.because.iter().filter(|reason| reason.rule.kind == RuleKind::Prefix);
    let purposes = ranges.filter_map(|reason| reason.rule.provider.prefixes.get(reason.rule.index));
    let media = |purpose: &str| purpose == "media" || purpose == "turn";
    let fits = view.verdict.purposes.iter().any(|purpose| media(purpose))
        || purposes.flat_map(|rule| &rule.purposes).any(|purpose| media(purpose));
    let named = names_of(view);
    fits && named.iter().any(|name| call.provider.as_deref() == Some(name) || call.candidates.contains(*name))
}

fn runs_during(view: &View<'_>, call: &Call) -> bool {
    view.flow.last.plus(SETUP_NANOS_MAX) >= call.from && view.flow.first.time <= call.to.plus(HANGUP_NANOS_MAX)
}

/// Widens the calls from their media to the use of their flows, each up to its neighbours' media.
fn widen(calls: &mut [Call], views: &[View<'_>]) {
    let heard: Vec<_> = calls.iter().map(|call| (call.local, call.heard)).collect();
    for call in calls {
        let (first, last) = call.heard;
        for index in call.media.iter().chain(call.paths.iter().filter(|index| is_in_use(&views[**index]))) {
            let hangup = if call.media.contains(index) { i64::MAX } else { HANGUP_NANOS_MAX };
            let spans = views[*index].flow.used.spans().iter();
            for span in spans.filter(|span| span.from <= last && span.to >= first) {
                call.from = call.from.min(span.from.max(first.plus(-SETUP_NANOS_MAX)));
                call.to = call.to.max(span.to.min(last.plus(hangup)));
            }
        }
        for (_, (from, to)) in heard.iter().filter(|(local, _)| *local == call.local) {
            call.from = if *to <= first { call.from.max(*to) } else { call.from };
            call.to = if *from >= last { call.to.min(*from) } else { call.to };
        }
    }
}

/// Whether a flow beside the media has as many packets as media need: a server asked once for an address is no part
/// of the time that a call takes.
fn is_in_use(view: &View<'_>) -> bool {
    view.flow.counters.iter().map(|counters| counters.packets).sum::<u64>() >= MEDIA_PACKETS_MIN
}

/// Direction in the report's words.
pub(super) fn way(direction: Direction, sent: Direction) -> &'static str {
    if direction == sent { "sent" } else { "received" }
}
