//! The addresses at the other end of a call: servers, peers, and whom a relay was told of.

use super::codec::Offers;
use super::device::PublicAddress;
use super::findings::{Endpoint, Peer};
use super::meeting::Call;
use super::view::View;
use super::{is_host, is_private};
use crate::catalogue::RuleKind;
use crate::model::{Fact, Timestamp, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Most peers listed of one call.
const PEERS_MAX: usize = 64;
/// A flow that ended this long before a call still belongs to its preparation, in nanoseconds.
const MARGIN_NANOS: i64 = 30_000_000_000;

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

/// Addresses of other participants: those that media went to directly, those that relays were told, and those that
/// were named or tried as ways to them.
pub(super) fn peers(call: &Call, views: &[View<'_>], known: &Known<'_>) -> Vec<Peer> {
    let mut peers: BTreeMap<IpAddr, Peer> = BTreeMap::new();
    for view in call.media.iter().filter_map(|index| views.get(*index)).filter(|view| !is_server(view)) {
        add(&mut peers, view.sides.remote.ip(), "media", true, view, known);
    }
    for view in known.tellers.iter().filter(|teller| teller.during(call)).filter_map(|teller| views.get(teller.view)) {
        for (address, via) in named(view) {
            if !known.relays.contains(&address) {
                add(&mut peers, address, via, false, view, known);
            }
        }
        if is_checked(view) && !is_server(view) && !known.relays.contains(&view.sides.remote.ip()) {
            add(&mut peers, view.sides.remote.ip(), "candidate", view.answered(), view, known);
        }
    }
    peers.into_values().take(PEERS_MAX).collect()
}

/// Addresses that a flow's packets give as those of another participant, and how.
fn named<'v>(view: &'v View<'_>) -> impl Iterator<Item = (IpAddr, &'static str)> + use<'v> {
    const NAMED: [(&str, &str); 5] = [
        ("stun.peer-address", "turn-peer"),
        ("stun.inner-peer-address", "turn-peer"),
        ("zoom.p2p-address", "candidate"),
        ("telegram.peer-address", "candidate"),
        ("sip.sdp-address", "candidate"),
    ];
    let sent = view.sides.sent;
    NAMED.into_iter().flat_map(move |(key, via)| {
        // Whoever describes a session or probes names its own address; only a relay is told another's.
        let of_other = move |fact: &&Fact| via == "turn-peer" || fact.first.direction != sent;
        view.flow.facts.of(key).filter(of_other).filter_map(move |fact| match fact.value {
            Value::Socket(address) => Some((address.ip(), via)),
            Value::Address(address) => Some((address, via)),
            _ => None,
        })
    })
}

/// Whether a flow carries connectivity checks with names and roles.
fn is_checked(view: &View<'_>) -> bool {
    view.flow.facts.has("stun.username") && view.flow.facts.has("stun.ice-role")
}

/// A flow that can tell of participants, with its time beside its index: each call asks all of these.
struct Teller {
    first: Timestamp,
    last: Timestamp,
    view: usize,
}

impl Teller {
    /// Whether it ran while the call did, or shortly before.
    fn during(&self, call: &Call) -> bool {
        self.last.plus(MARGIN_NANOS) >= call.from && self.first <= call.to
    }
}

/// The flows that can tell of participants, in order.
fn tellers(views: &[View<'_>]) -> Vec<Teller> {
    let telling = |view: &View<'_>| named(view).next().is_some() || is_checked(view);
    let teller =
        |(index, view): (usize, &View<'_>)| Teller { first: view.flow.first.time, last: view.flow.last, view: index };
    views.iter().enumerate().filter(|(_, view)| telling(view)).map(teller).collect()
}

/// What is known of addresses in all calls.
pub(super) struct Known<'e> {
    relays: BTreeSet<IpAddr>,
    tellers: Vec<Teller>,
    endpoints: BTreeMap<&'e str, &'e str>,
    /// Codecs that session descriptions name.
    pub(super) offers: Offers<'e>,
    /// Addresses under which this side is seen.
    public: BTreeSet<IpAddr>,
}

impl<'e> Known<'e> {
    /// Gathers it once for all calls.
    pub(super) fn new(views: &'e [View<'e>], endpoints: &'e [Endpoint], public: &[PublicAddress]) -> Known<'e> {
        let ids = endpoints.iter().map(|endpoint| (endpoint.address.as_str(), endpoint.id.as_str()));
        Known {
            relays: relays(views),
            tellers: tellers(views),
            endpoints: ids.collect(),
            offers: Offers::new(views),
            public: public.iter().map(|public| public.address).collect(),
        }
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

fn add(
    peers: &mut BTreeMap<IpAddr, Peer>,
    address: IpAddr,
    via: &str,
    direct: bool,
    view: &View<'_>,
    known: &Known<'_>,
) {
    let own = view.sides.local.ip();
    if !is_host(address) || address == own || (known.public.contains(&address) && !direct) {
        return;
    }
    let text = address.to_string();
    peers.entry(address).or_insert_with(|| Peer {
        via: via.into(),
        direct,
        endpoint: known.endpoints.get(text.as_str()).map(|id| (*id).to_owned()),
        relation: relation(address, own, known).map(str::to_owned),
        access_network: direct.then(|| access_network(view)).flatten(),
        address: text,
    });
}

/// How near a peer is: in the same local network, or behind the same line.
fn relation(address: IpAddr, own: IpAddr, known: &Known<'_>) -> Option<&'static str> {
    let same_network = match (address, own) {
        (IpAddr::V4(one), IpAddr::V4(other)) => is_private(address) && one.octets()[..3] == other.octets()[..3],
        (IpAddr::V6(one), IpAddr::V6(other)) => one.segments()[..4] == other.segments()[..4],
        _ => false,
    };
    if same_network { Some("same-network") } else { known.public.contains(&address).then_some("same-line") }
}

/// The kind of network that the other end says it has.
fn access_network(view: &View<'_>) -> Option<String> {
    let costs = view.flow.facts.of("stun.network-cost").filter(|fact| fact.first.direction != view.sides.sent);
    costs.map(|fact| fact.value.to_string()).next()
}

/// Whether a flow of the call's device ran while the call did.
pub(super) fn during(view: &View<'_>, call: &Call) -> bool {
    view.flow.last.plus(MARGIN_NANOS) >= call.from && view.flow.first.time <= call.to
}

/// Whether an address is a public one.
pub(super) fn is_public(address: IpAddr) -> bool {
    is_host(address) && !is_private(address)
}
