//! Who takes part in a call, as far as streams tell people apart. Never a name: a label and what it rests on.

use super::findings::{ParticipantSeen, Participants, Peer, Stream};
use super::people::is_server;
use super::streams::Part;
use crate::catalogue::Provider;
use crate::model::{MediaKind, Timestamp, Tunnel};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Most participants listed of one call.
const PARTICIPANTS_MAX: usize = 256;
/// Bits of Zoom's RTP source that tell the medium, not the participant (seen in captures of 2019 to 2025).
const ZOOM_MEDIUM_BITS: u32 = 0x3ff;

/// Whose stream one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// The captured side's.
    Own,
    /// A participant at the other end of a direct path.
    Peer(IpAddr),
    /// A participant by Zoom's number of the source.
    Zoom(u32),
    /// A participant whose voice a server passes on.
    Voice(u32),
    /// The provider's own server.
    Server,
}

impl Source {
    fn basis(self) -> &'static str {
        match self {
            Source::Own => "captured-side",
            Source::Peer(_) => "direct-path",
            Source::Zoom(_) => "zoom-source",
            Source::Voice(_) => "audio-source",
            Source::Server => "server-source",
        }
    }
}

/// Whose streams `parts` are; `None` where that cannot be told: a picture that a server passes on.
pub(super) fn sources(parts: &[Part<'_>], provider: Option<&Provider>) -> Vec<Option<Source>> {
    let direct_voices: BTreeSet<IpAddr> = parts
        .iter()
        .filter(|part| part.way() == "received" && !is_server(part.view) && part.stream.kind == MediaKind::Audio)
        .map(|part| part.view.sides.remote.ip())
        .collect();
    // One voice over two addresses is one person with IPv4 and IPv6.
    let single = direct_voices.first().copied().filter(|_| direct_voices.len() == 1);
    let source = |part: &Part<'_>| {
        let (ssrc, remote) = (part.stream.ssrc, part.view.sides.remote.ip());
        let zoom = matches!(part.stream.tunnel, Some(Tunnel::Framing(name)) if name.starts_with("zoom"));
        let range = provider.and_then(|provider| provider.identity.server_sources);
        let of_server = range.is_some_and(|[first, last]| (first..=last).contains(&ssrc));
        match part.way() {
            "sent" => Some(Source::Own),
            _ if zoom => Some(Source::Zoom(ssrc & !ZOOM_MEDIUM_BITS)),
            _ if of_server => Some(Source::Server),
            _ if !is_server(part.view) && !is_relayed(part) => Some(Source::Peer(single.unwrap_or(remote))),
            _ if part.kind() == MediaKind::Audio && part.stream.repair_of.is_none() => Some(Source::Voice(ssrc)),
            _ => None,
        }
    };
    parts.iter().map(source).collect()
}

fn is_relayed(part: &Part<'_>) -> bool {
    part.view.flow.facts.has("stun.relayed-address")
        || matches!(part.stream.tunnel, Some(Tunnel::Channel(_) | Tunnel::Indication(_)))
}

/// Least number of people, the captured side included.
pub(super) fn at_least(
    parts: &[Part<'_>],
    peers: &[Peer],
    topology: &str,
    provider: Option<&Provider>,
) -> Participants {
    let found = |others: usize, basis: &str| Participants {
        at_least: u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1),
        basis: basis.into(),
    };
    let sources = sources(parts, provider);
    let people = |wanted: fn(&Source) -> bool| {
        let told: BTreeSet<Source> = sources.iter().flatten().copied().filter(wanted).collect();
        told.len()
    };
    let direct = people(|source| matches!(source, Source::Peer(_)));
    let zoom = people(|source| matches!(source, Source::Zoom(_)));
    let voices = at_once(parts, &sources).max(contributors(parts));
    let pictures = pictures_at_once(parts, &sources).div_ceil(2);
    let media_peers = peers.iter().filter(|peer| peer.direct && peer.via == "media").count();
    if zoom > 0 {
        found(zoom.max(direct), "zoom-sources")
    } else if voices + direct > 0 {
        found((voices + direct).max(pictures), if voices > 0 { "received-voices" } else { "direct-path" })
    } else if pictures > 0 {
        found(pictures, "received-pictures")
    } else if media_peers > 0 || topology == "peer-to-peer" {
        found(1, "direct-path")
    } else if people(|source| *source == Source::Server) > 0 {
        found(0, "server-voice-only")
    } else if parts.is_empty() {
        found(0, "streams-not-readable")
    } else {
        found(0, "no-media-received")
    }
}

/// Voices through a server that were there at the same time: one after another can be one person that came back.
fn at_once(parts: &[Part<'_>], sources: &[Option<Source>]) -> usize {
    overlap(
        parts.iter().zip(sources).filter(|(_, source)| matches!(source, Some(Source::Voice(_)))).map(|(part, _)| part),
    )
}

/// Pictures through a server at the same time. A person may send two: camera and screen.
fn pictures_at_once(parts: &[Part<'_>], sources: &[Option<Source>]) -> usize {
    let shown = parts.iter().zip(sources).filter(|(part, source)| source.is_none() && part.is_own_media());
    overlap(shown.map(|(part, _)| part))
}

fn overlap<'p, 'v: 'p>(parts: impl Iterator<Item = &'p Part<'v>>) -> usize {
    let mut edges: Vec<(Timestamp, i32)> =
        parts.flat_map(|part| [(part.stream.first.time, 1), (part.stream.last.plus(1), -1)]).collect();
    edges.sort_unstable();
    let counts = edges.iter().scan(0i32, |count, (_, step)| {
        *count += step;
        Some(*count)
    });
    usize::try_from(counts.max().unwrap_or_default()).unwrap_or_default()
}

/// Speakers whose sound a server mixed, where it lists them (RFC 3550 section 7.1).
fn contributors(parts: &[Part<'_>]) -> usize {
    let own: BTreeSet<u32> = parts.iter().filter(|part| part.way() == "sent").map(|part| part.stream.ssrc).collect();
    let received = parts.iter().filter(|part| part.way() == "received" && part.stream.kind == MediaKind::Audio);
    let told: BTreeSet<u32> = received.flat_map(|part| part.stream.contributors.iter().copied()).collect();
    told.difference(&own).count()
}

/// One entry for the captured side and one for each participant told apart; `streams` learn whose they are.
pub(super) fn seen(parts: &[Part<'_>], streams: &mut [Stream], provider: Option<&Provider>) -> Vec<ParticipantSeen> {
    let mut groups: BTreeMap<Source, Vec<usize>> = BTreeMap::new();
    for (index, source) in sources(parts, provider).into_iter().enumerate() {
        if let Some(source) = source {
            groups.entry(source).or_default().push(index);
        }
    }
    let mut ordered: Vec<_> = groups.into_iter().collect();
    // The captured side first, then in order of joining.
    ordered.sort_by_key(|(source, members)| (*source != Source::Own, members.first().copied()));
    let mut people = Vec::new();
    for (number, (source, members)) in (1..).zip(ordered.into_iter().take(PARTICIPANTS_MAX)) {
        let of = || members.iter().filter_map(|index| parts.get(*index)).map(|part| &part.stream);
        let times = of().map(|stream| stream.first.time).min().zip(of().map(|stream| stream.last).max());
        let Some((first, last)) = times else { continue };
        let id = format!("p{number}");
        let mut ids = Vec::new();
        for index in &members {
            if let Some(stream) = streams.get_mut(*index) {
                stream.participant = Some(id.clone());
                ids.push(stream.id.clone());
            }
        }
        people.push(ParticipantSeen {
            id,
            label: if source == Source::Server { "server".into() } else { format!("participant {number}") },
            streams: ids,
            first: first.to_string(),
            last: last.to_string(),
            basis: source.basis().into(),
        });
    }
    people
}
