//! The addresses at the other end of a call: servers, peers, and whom a relay was told of.

use super::findings::{Endpoint, Peer};
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

/// Whether an address is a public one.
pub(super) fn is_public(address: IpAddr) -> bool {
    is_host(address) && !is_private(address)
}
