//! Calls from flows: media of one device, joined while it goes on, split where it pauses, with the provider that its
//! evidence names.
//!
//! What counts as media: RTP streams that carry audio or video, and framings of which a dissector says that they
//! carry media. Signalling, connectivity checks, chat and login are none, however many packets they have.

use super::local::{ADDRESSES_PER_DEVICE_MAX, LocalSide};
use super::view::View;
use crate::catalogue::{Candidate, Confidence, Verdict};
use crate::engine::Traffic;
use crate::model::{Activity, Direction, MediaKind, MediaStream, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Media of different flows further apart than this belongs to different calls, in nanoseconds.
pub const MEETING_GAP_NANOS: i64 = 20_000_000_000;
/// Media of the same flow further apart than this belongs to different calls, in nanoseconds: connectivity checks
/// keep a flow alive while everybody is muted.
pub const FLOW_GAP_NANOS: i64 = 600_000_000_000;
/// Least media packets of a call.
pub const MEDIA_PACKETS_MIN: u64 = 20;
/// Shortest call in nanoseconds: a burst of media while it rings or a path is tried is none. RTP that runs when the
/// capture begins is a call already, however soon the capture ends.
pub const MEETING_NANOS_MIN: i64 = 1_000_000_000;
/// Media this soon after the first packet was running before, in nanoseconds.
pub const RUNNING_NANOS_MAX: i64 = 500_000_000;
/// Signalling this long before the first or after the last media packet still speaks for a provider, in nanoseconds.
const CONTEXT_NANOS: i64 = 120_000_000_000;

/// A call, by indices into the views.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) local: IpAddr,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// Flows that carried its media.
    pub(super) media: Vec<usize>,
    /// Provider's signature id.
    pub(super) provider: Option<String>,
    pub(super) confidence: Confidence,
    /// Views whose verdict or names speak for the provider, best first.
    pub(super) witnesses: Vec<usize>,
    /// Providers that could not be told apart.
    pub(super) candidates: BTreeSet<String>,
}

/// A stretch of media in one flow.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    view: usize,
    device: usize,
    from: Timestamp,
    to: Timestamp,
    packets: u64,
    basis: Basis,
}

/// What shows that a stretch is media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Basis {
    /// A framing whose dissector calls it media, keep-alives included.
    Framing,
    /// RTP with readable headers.
    Rtp,
    /// A data channel in use with servers of a provider that carries media inside.
    Channel,
}

/// Finds the calls, in order of their start.
pub(super) fn calls(views: &[View<'_>], traffic: &Traffic, local: &LocalSide) -> Vec<Call> {
    let devices = devices(views, traffic);
    let began = traffic.span.map_or(Timestamp::MIN, |(first, _)| first);
    let mut stretches = Vec::new();
    for (index, view) in views.iter().enumerate() {
        let device = devices.get(&view.sides.local.ip()).copied().unwrap_or_default();
        stretches.extend(media_of(view, index, device));
    }
    stretches.sort_by_key(|stretch| (stretch.from, stretch.view));
    let mut calls: Vec<_> =
        clusters(&stretches, views).into_iter().filter_map(|cluster| call(&cluster, views, local, began)).collect();
    calls.sort_by(|a, b| (a.from, &a.provider, a.local).cmp(&(b.from, &b.provider, b.local)));
    calls
}

/// Whether a stream is somebody's voice or picture.
pub(super) fn is_media(stream: &MediaStream) -> bool {
    stream.kind != MediaKind::Data && stream.packets >= 4
}

/// Stretches of media in a flow: by its RTP, or where there is none by its framing or its data channel.
fn media_of(view: &View<'_>, index: usize, device: usize) -> Vec<Stretch> {
    let rtp: Vec<&MediaStream> = view.flow.streams.iter().filter(|stream| is_media(stream)).collect();
    let (basis, activities): (Basis, Vec<&Activity>) = match rtp.is_empty() {
        false => (Basis::Rtp, rtp.iter().map(|stream| &stream.activity).collect()),
        true => (Basis::Framing, vec![&view.flow.media]),
    };
    let spans = activities.into_iter().flat_map(Activity::spans);
    let stretch = |from, to, packets, basis| Stretch { view: index, device, from, to, packets, basis };
    let mut stretches: Vec<Stretch> = spans.map(|span| stretch(span.from, span.to, span.packets, basis)).collect();
    if let Some(opened) = view.flow.facts.of("dtls.data").next().filter(|_| carries_media_in_channel(view)) {
        stretches.push(stretch(opened.first.time, view.flow.last, 0, Basis::Channel));
    }
    join(stretches)
}

/// Whether the other side is a media server of a provider whose client sends media through data channels.
fn carries_media_in_channel(view: &View<'_>) -> bool {
    let named = view.verdict.provider.filter(|_| view.verdict.confidence > Confidence::Weak);
    named.is_some_and(|provider| provider.identity.media_in_dtls) && view.verdict.purposes.contains(&"media")
}

/// Joins the stretches of one flow that are not far apart.
fn join(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_by_key(|stretch| (stretch.from, stretch.to));
    let mut joined: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        match joined.last_mut() {
            Some(last) if stretch.from.since(last.to) <= FLOW_GAP_NANOS => {
                last.to = last.to.max(stretch.to);
                last.packets += stretch.packets;
                last.basis = last.basis.max(stretch.basis);
            }
            _ => joined.push(stretch),
        }
    }
    joined
}

/// Local addresses of one device share its link address, unless so many addresses do that it must be a router's.
fn devices(views: &[View<'_>], traffic: &Traffic) -> BTreeMap<IpAddr, usize> {
    let mut by_mac: BTreeMap<[u8; 6], BTreeSet<IpAddr>> = BTreeMap::new();
    for (address, mac) in &traffic.macs {
        by_mac.entry(*mac).or_default().insert(*address);
    }
    let mut devices = BTreeMap::new();
    let mut numbers: BTreeMap<[u8; 6], usize> = BTreeMap::new();
    let mut next = 0;
    for view in views {
        let address = view.sides.local.ip();
        if devices.contains_key(&address) {
            continue;
        }
        let mac = traffic.macs.get(&address);
        let own =
            mac.filter(|mac| by_mac.get(*mac).is_some_and(|addresses| addresses.len() <= ADDRESSES_PER_DEVICE_MAX));
        let number = own.and_then(|mac| numbers.get(mac).copied()).unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        if let Some(mac) = own {
            numbers.insert(*mac, number);
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
    let same_device = cluster.iter().any(|other| other.device == stretch.device);
    let names = names_of(&views[stretch.view]);
    let compatible = cluster.iter().all(|other| {
        let others = names_of(&views[other.view]);
        names.is_empty() || others.is_empty() || names.iter().any(|name| others.contains(name))
    });
    same_device && compatible && distance(cluster, stretch) <= MEETING_GAP_NANOS
}

/// Nanoseconds between a stretch and the nearest of a cluster; 0 when they overlap.
fn distance(cluster: &[Stretch], stretch: &Stretch) -> i64 {
    let apart = |other: &Stretch| stretch.from.since(other.to).max(other.from.since(stretch.to)).max(0);
    cluster.iter().map(apart).min().unwrap_or(i64::MAX)
}

/// Providers that a flow's own verdict allows.
fn names_of<'v>(view: &'v View<'_>) -> Vec<&'v str> {
    match view.verdict.provider {
        Some(provider) => vec![provider.id()],
        None => strongest(&view.verdict),
    }
}

/// The candidates at the verdict's own weight; a weak verdict allows anything.
fn strongest<'v>(verdict: &'v Verdict<'_>) -> Vec<&'v str> {
    let top = |candidate: &&Candidate<'_>| candidate.confidence == verdict.confidence;
    let strong = verdict.confidence > Confidence::Weak;
    verdict.candidates.iter().filter(|_| strong).filter(top).map(|candidate| candidate.provider.id()).collect()
}

fn call(cluster: &[Stretch], views: &[View<'_>], local: &LocalSide, began: Timestamp) -> Option<Call> {
    let from = cluster.iter().map(|stretch| stretch.from).min()?;
    let to = cluster.iter().map(|stretch| stretch.to).max()?;
    let media: BTreeSet<usize> = cluster.iter().map(|stretch| stretch.view).collect();
    if !is_enough(cluster, to.since(from), from.since(began)) || !is_live(&media, views) {
        return None;
    }
    let busiest = media.iter().max_by_key(|index| {
        let view = &views[**index];
        (local.contains(view.sides.local.ip()), view.flow.counters.iter().map(|c| c.packets).sum::<u64>())
    })?;
    let naming = Naming::of(&media, views, from, to);
    Some(Call {
        local: views[*busiest].sides.local.ip(),
        from,
        to,
        media: media.into_iter().collect(),
        provider: naming.provider,
        confidence: naming.confidence,
        witnesses: naming.witnesses,
        candidates: naming.candidates,
    })
}

/// Whether there is enough media for a call: `lasted` and `after` the capture began, in nanoseconds.
fn is_enough(cluster: &[Stretch], lasted: i64, after: i64) -> bool {
    let packets = |least: Basis| -> u64 {
        cluster.iter().filter(|stretch| stretch.basis >= least).map(|stretch| stretch.packets).sum()
    };
    let running = after <= RUNNING_NANOS_MAX && packets(Basis::Rtp) >= MEDIA_PACKETS_MIN;
    let lasting = lasted >= MEETING_NANOS_MIN && packets(Basis::Framing) >= MEDIA_PACKETS_MIN;
    running || lasting || cluster.iter().any(|stretch| stretch.basis == Basis::Channel)
}

/// Whether somebody is at the other end: packets both ways, in all flows of the call together.
fn is_live(media: &BTreeSet<usize>, views: &[View<'_>]) -> bool {
    let way = |direction: usize| media.iter().any(|index| views[*index].sent_received()[direction].packets > 0);
    way(0) && way(1)
}

/// Whose call it is.
struct Naming {
    provider: Option<String>,
    confidence: Confidence,
    witnesses: Vec<usize>,
    candidates: BTreeSet<String>,
}

impl Naming {
    /// The media flows' own verdicts first; where they leave it open, the signalling of the same device at that time
    /// decides, among the candidates if there are any.
    fn of(media: &BTreeSet<usize>, views: &[View<'_>], from: Timestamp, to: Timestamp) -> Naming {
        let mut votes: BTreeMap<&str, (Confidence, Vec<usize>)> = BTreeMap::new();
        let mut candidates: BTreeSet<String> = BTreeSet::new();
        for index in media {
            let verdict = &views[*index].verdict;
            candidates.extend(names_of(&views[*index]).into_iter().map(str::to_owned));
            if let Some(provider) = verdict.provider {
                vote(&mut votes, provider.id(), verdict.confidence, *index);
            }
        }
        if let Some(naming) = Naming::best(&votes, &candidates) {
            return naming;
        }
        let companions = companions(media, views, from, to);
        if let Some(naming) = Naming::settled(media, views, &companions) {
            return naming;
        }
        let context = context(&companions, media, views);
        let naming = if candidates.is_empty() { Naming::best(&context, &candidates) } else { None };
        naming.unwrap_or_else(|| Naming {
            provider: None,
            confidence: Confidence::Weak,
            witnesses: Vec::new(),
            candidates,
        })
    }

    /// A flow that fits several services of one company is settled by the names that its companions use.
    fn settled(media: &BTreeSet<usize>, views: &[View<'_>], companions: &[usize]) -> Option<Naming> {
        let open = media.iter().find(|index| !strongest(&views[**index].verdict).is_empty())?;
        let settled = views[*open].verdict.settled_by(companions.iter().map(|index| &views[*index].verdict));
        let provider = settled.provider?;
        let names = |index: &&usize| names_of(&views[**index]).contains(&provider.id());
        let mut witnesses = vec![*open];
        witnesses.extend(companions.iter().filter(names));
        Some(Naming {
            provider: Some(provider.id().to_owned()),
            confidence: settled.confidence,
            witnesses,
            candidates: settled.candidates.iter().map(|candidate| candidate.provider.id().to_owned()).collect(),
        })
    }

    /// The provider with the strongest vote, unless two share it.
    fn best(votes: &BTreeMap<&str, (Confidence, Vec<usize>)>, candidates: &BTreeSet<String>) -> Option<Naming> {
        let top = votes.values().map(|(confidence, _)| *confidence).max()?;
        let mut leaders = votes.iter().filter(|(_, (confidence, _))| *confidence == top);
        let (name, (confidence, witnesses)) = leaders.next()?;
        if leaders.next().is_some() {
            return None;
        }
        Some(Naming {
            provider: Some((*name).to_owned()),
            confidence: *confidence,
            witnesses: witnesses.clone(),
            candidates: candidates.clone(),
        })
    }
}

fn vote<'v>(
    votes: &mut BTreeMap<&'v str, (Confidence, Vec<usize>)>,
    name: &'v str,
    confidence: Confidence,
    index: usize,
) {
    let entry = votes.entry(name).or_insert((confidence, Vec::new()));
    entry.0 = entry.0.max(confidence);
    entry.1.push(index);
}

/// Other flows of the same local addresses around that time.
fn companions(media: &BTreeSet<usize>, views: &[View<'_>], from: Timestamp, to: Timestamp) -> Vec<usize> {
    let locals: BTreeSet<IpAddr> = media.iter().map(|index| views[*index].sides.local.ip()).collect();
    let beside = |(index, view): &(usize, &View<'_>)| {
        let near = view.flow.last.plus(CONTEXT_NANOS) >= from && view.flow.first.time <= to.plus(CONTEXT_NANOS);
        near && !media.contains(index) && locals.contains(&view.sides.local.ip())
    };
    views.iter().enumerate().filter(beside).map(|(index, _)| index).collect()
}

/// Providers of companions that used the same local socket as the media: connectivity checks and relays of one call do,
/// other programs cannot. That some service was in use at the same time would say nothing.
fn context<'v>(
    companions: &[usize],
    media: &BTreeSet<usize>,
    views: &'v [View<'v>],
) -> BTreeMap<&'v str, (Confidence, Vec<usize>)> {
    let sockets: BTreeSet<_> =
        media.iter().map(|index| (views[*index].sides.local, views[*index].flow.protocol)).collect();
    let mut votes = BTreeMap::new();
    for index in companions {
        let view = &views[*index];
        let shares = sockets.contains(&(view.sides.local, view.flow.protocol));
        if let Some(provider) = view.verdict.provider.filter(|_| shares && view.verdict.confidence > Confidence::Weak) {
            vote(&mut votes, provider.id(), Confidence::Strong, *index);
        }
    }
    votes
}

/// Direction in the report's words.
pub(super) fn way(direction: Direction, sent: Direction) -> &'static str {
    if direction == sent { "sent" } else { "received" }
}
