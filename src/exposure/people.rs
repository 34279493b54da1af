//! Who else is in a call, as far as addresses and streams show. Never a name: a label and what tells people apart.

use super::findings::{Endpoint, ParticipantSeen, Participants, Peer, Stream};
use super::meeting::Call;
use super::view::View;
use super::{is_host, is_private};
use crate::catalogue::RuleKind;
use crate::model::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Most peers listed of one call.
const PEERS_MAX: usize = 64;

/// Whether the other side of a flow is a server: it has a name, or it stands in a provider's address range or network.
pub(super) fn is_server(view: &View<'_>) -> bool {
    let known = |kind: RuleKind| matches!(kind, RuleKind::Name | RuleKind::Prefix | RuleKind::Asn);
    !view.names.is_empty() || view.verdict.because.iter().any(|reason| known(reason.rule.kind))
}

/// `relayed`, `peer-to-peer` or `mixed`, by where the media went.
pub(super) fn topology(call: &Call, views: &[View<'_>]) -> &'static str {
    let servers = call.media.iter().filter(|index| is_server(&views[**index])).count();
    match (servers, call.media.len() - servers) {
        (_, 0) => "relayed",
        (0, _) => "peer-to-peer",
        _ => "mixed",
    }
}

/// Addresses of other participants: those that media went to directly, and those that relays were told.
pub(super) fn peers(call: &Call, views: &[View<'_>], known: &Known<'_>) -> Vec<Peer> {
    let (relays, endpoints) = (&known.relays, &known.endpoints);
    let mut peers: BTreeMap<IpAddr, Peer> = BTreeMap::new();
    for index in &call.media {
        let view = &views[*index];
        if !is_server(view) {
            add(&mut peers, view.sides.remote.ip(), "media", true, endpoints);
        }
    }
    for view in views.iter().filter(|view| during(view, call)) {
        for fact in view.flow.facts.of("stun.peer-address") {
            if let Value::Socket(peer) = fact.value
                && !relays.contains(&peer.ip())
            {
                add(&mut peers, peer.ip(), "turn-peer", false, endpoints);
            }
        }
        let checked = view.flow.facts.has("stun.username") && view.flow.facts.has("stun.ice-role");
        if checked && !is_server(view) && !relays.contains(&view.sides.remote.ip()) {
            add(&mut peers, view.sides.remote.ip(), "candidate", view.answered(), endpoints);
        }
    }
    peers.into_values().take(PEERS_MAX).collect()
}

/// What is known of addresses in all calls.
pub(super) struct Known<'e> {
    relays: BTreeSet<IpAddr>,
    endpoints: BTreeMap<&'e str, &'e str>,
}

impl<'e> Known<'e> {
    /// Gathers it once for all calls.
    pub(super) fn new(views: &[View<'_>], endpoints: &'e [Endpoint]) -> Known<'e> {
        let ids = endpoints.iter().map(|endpoint| (endpoint.address.as_str(), endpoint.id.as_str()));
        Known { relays: relays(views), endpoints: ids.collect() }
    }
}

/// Addresses of servers and of the ports that relays lent: no participant's own.
fn relays(views: &[View<'_>]) -> BTreeSet<IpAddr> {
    let mut relays = BTreeSet::new();
    for view in views {
        if is_server(view) || view.flow.facts.has("stun.relayed-address") {
            relays.insert(view.sides.remote.ip());
        }
        relays.insert(view.sides.local.ip());
        for key in ["stun.relayed-address", "stun.mapped-address"] {
            for fact in view.flow.facts.of(key) {
                if let Value::Socket(relay) = fact.value
                    && (key == "stun.relayed-address" || fact.first.direction != view.sides.sent)
                {
                    relays.insert(relay.ip());
                }
            }
        }
    }
    relays
}

fn add(peers: &mut BTreeMap<IpAddr, Peer>, address: IpAddr, via: &str, direct: bool, endpoints: &BTreeMap<&str, &str>) {
    if !is_host(address) {
        return;
    }
    let text = address.to_string();
    peers.entry(address).or_insert_with(|| Peer {
        via: via.into(),
        direct,
        endpoint: endpoints.get(text.as_str()).map(|id| (*id).to_owned()),
        address: text,
    });
}

/// Whether a flow of the call's device ran while the call did.
pub(super) fn during(view: &View<'_>, call: &Call) -> bool {
    let margin = 30_000_000_000;
    view.flow.last.plus(margin) >= call.from && view.flow.first.time <= call.to
}

/// Least number of people: the captured side, and one for each voice or picture received that repairs no other.
pub(super) fn participants(streams: &[Stream], peers: &[Peer], topology: &str) -> Participants {
    let senders = |kind: &str| {
        let heard =
            |stream: &&Stream| stream.direction == "received" && stream.kind == kind && stream.repair_of.is_none();
        streams.iter().filter(heard).count() as u32
    };
    let received = senders("audio").max(senders("video").min(1));
    let direct = peers.iter().filter(|peer| peer.direct && peer.via == "media").count() as u32;
    match (received, direct) {
        (0, 0) if topology == "relayed" => Participants { at_least: 1, basis: "no-media-received".into() },
        (_, 1..) => Participants { at_least: 2, basis: "direct-peer".into() },
        (received, _) => Participants { at_least: 1 + received.max(1), basis: "received-streams".into() },
    }
}

/// One entry for the captured side and one for each received voice.
pub(super) fn seen(streams: &mut [Stream]) -> Vec<ParticipantSeen> {
    let mut people: Vec<ParticipantSeen> = Vec::new();
    let sent: Vec<usize> = (0..streams.len()).filter(|index| streams[*index].direction == "sent").collect();
    add_person(&mut people, streams, &sent, "captured side");
    let voices: Vec<usize> = (0..streams.len())
        .filter(|index| streams[*index].direction == "received" && streams[*index].kind == "audio")
        .collect();
    for voice in voices {
        add_person(&mut people, streams, &[voice], "audio stream");
    }
    people
}

fn add_person(people: &mut Vec<ParticipantSeen>, streams: &mut [Stream], indices: &[usize], basis: &str) {
    let first = indices.iter().map(|index| streams[*index].start.clone()).min();
    let last = indices.iter().map(|index| streams[*index].end.clone()).max();
    let (Some(first), Some(last)) = (first, last) else { return };
    let number = people.len() + 1;
    let id = format!("p{number}");
    let mut ids = Vec::new();
    for index in indices {
        streams[*index].participant = Some(id.clone());
        ids.push(streams[*index].id.clone());
    }
    let label = format!("participant {number}");
    people.push(ParticipantSeen { id, label, streams: ids, first, last, basis: basis.into() });
}

/// Whether an address is a public one.
pub(super) fn is_public(address: IpAddr) -> bool {
    is_host(address) && !is_private(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(id: &str, direction: &str, kind: &str, repair_of: Option<&str>) -> Stream {
        Stream {
            id: id.into(),
            direction: direction.into(),
            kind: kind.into(),
            repair_of: repair_of.map(Into::into),
            ..Stream::default()
        }
    }

    #[test]
    fn the_least_number_of_people_counts_voices_not_repairs_nor_pictures() {
        let streams = [
            stream("s1", "sent", "audio", None),
            stream("s2", "received", "audio", None),
            stream("s3", "received", "audio", None),
            stream("s4", "received", "video", None),
            stream("s5", "received", "video", None),
            stream("s6", "received", "audio", Some("s2")),
        ];
        let least =
            |streams: &[Stream], peers: &[Peer], topology: &str| participants(streams, peers, topology).at_least;
        assert_eq!(least(&streams, &[], "relayed"), 3);
        assert_eq!(least(&streams[3..], &[], "relayed"), 2, "one camera may have several streams");
        assert_eq!(least(&streams[..1], &[], "relayed"), 1, "nobody was heard");
        let peer = Peer { via: "media".into(), direct: true, ..Peer::default() };
        assert_eq!(least(&streams[..1], &[peer], "peer-to-peer"), 2);
    }

    #[test]
    fn people_are_the_captured_side_and_each_voice() {
        let mut streams = vec![
            stream("s1", "sent", "audio", None),
            stream("s2", "sent", "video", None),
            stream("s3", "received", "audio", None),
            stream("s4", "received", "video", None),
        ];
        let people = seen(&mut streams);
        let listed: Vec<_> = people.iter().map(|person| (person.id.as_str(), person.streams.join(" "))).collect();
        assert_eq!(listed, [("p1", "s1 s2".to_owned()), ("p2", "s3".to_owned())]);
        let of: Vec<_> = streams.iter().map(|stream| stream.participant.as_deref()).collect();
        assert_eq!(of, [Some("p1"), Some("p1"), Some("p2"), None]);
    }
}
