//! Which addresses are the captured side.

use super::links::Links;
use crate::engine::{FlowRecord, Traffic};
use crate::model::Direction;
use ipnet::IpNet;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

/// Hop limits up to this are chosen by programs, not left over by routers.
const LOW_HOP_LIMIT_MAX: u8 = 31;
/// Distance that a host is taken to have of which no packet was seen, in routers: a sender nearer than this is on the
/// captured side of a one-way capture, a sender further away is not.
const HOPS_UNSEEN: u8 = 5;

/// The captured side and how it is known.
#[derive(Clone, Debug, Default)]
pub struct LocalSide {
    hosts: BTreeMap<IpAddr, Host>,
    nets: Vec<IpNet>,
    links: Links,
    /// Addresses, the busiest first.
    pub addresses: Vec<IpAddr>,
    /// `given`, `capturing-host`, `private-range`, `most-flows`.
    pub basis: &'static str,
}

/// What the flows of an address tell of it.
#[derive(Clone, Copy, Debug, Default)]
struct Host {
    /// Part in the traffic.
    weight: u64,
    /// Flows that it opened.
    opened: u64,
    /// Most routers that its packets passed on their way to the place of the capture.
    hops: Option<u8>,
    chosen: bool,
}

impl Host {
    /// How far away it is, in routers: one of which no packet was seen stands between the near and the far.
    fn distance(&self) -> u8 {
        self.hops.unwrap_or(HOPS_UNSEEN)
    }
}

/// A flow seen from the captured side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// Local address and port.
    pub local: SocketAddr,
    /// Remote address and port.
    pub remote: SocketAddr,
    /// The direction of packets that the local side sent.
    pub sent: Direction,
}

impl LocalSide {
    /// As [`LocalSide::decide_with`] where no addresses of the capturing host are told.
    pub fn decide(traffic: &Traffic, nets: &[IpNet]) -> LocalSide {
        LocalSide::decide_with(traffic, nets, &[])
    }

    /// Decides from the user's word (`nets`), else from link headers that mark the capturing host's own packets, else
    /// from the addresses that the capture tells of its interfaces (`own`) where they take part in most of the traffic,
    /// as those of a router do not, else from private ranges, and where those take no part in most of the traffic from who does. Other addresses of a
    /// chosen host belong to it: a host with a private IPv4 address often has public IPv6 addresses beside it. What the
    /// user gave is meant as it stands.
    pub fn decide_with(traffic: &Traffic, nets: &[IpNet], own: &[IpAddr]) -> LocalSide {
        let links = Links::new(&traffic.flows);
        let mut side = LocalSide { nets: nets.to_vec(), links, hosts: hosts(&traffic.flows), ..LocalSide::default() };
        let (basis, chosen) = side.choose(&traffic.flows, own);
        side.basis = basis;
        side.addresses = if basis == "given" { chosen } else { side.with_siblings(chosen, &traffic.flows) };
        side.addresses.sort_by_key(|address| (Reverse(side.hosts.get(address).map(|host| host.weight)), *address));
        for address in &side.addresses {
            side.hosts.entry(*address).or_default().chosen = true;
        }
        side
    }

    fn choose(&self, flows: &[FlowRecord], told: &[IpAddr]) -> (&'static str, Vec<IpAddr>) {
        let candidates: Vec<_> = self.hosts.keys().copied().filter(|address| is_host(*address)).collect();
        let given: Vec<_> = candidates.iter().copied().filter(|address| self.is_given(*address)).collect();
        if !given.is_empty() {
            return ("given", given);
        }
        let own = own_addresses(flows);
        if !own.is_empty() {
            return ("capturing-host", own.into_iter().collect());
        }
        let of_interfaces: Vec<_> = candidates.iter().copied().filter(|address| told.contains(address)).collect();
        if !of_interfaces.is_empty() && takes_part(flows, |address| of_interfaces.contains(&address)) {
            return ("capturing-host", of_interfaces);
        }
        let private: Vec<_> = candidates.iter().copied().filter(|address| is_private(*address)).collect();
        if !private.is_empty() && takes_part(flows, is_private) {
            return ("private-range", private);
        }
        ("most-flows", self.busiest(&candidates).into_iter().collect())
    }

    /// Who takes part in most of the traffic; among those that come near, the one with the fewest routers between.
    fn busiest(&self, candidates: &[IpAddr]) -> Option<IpAddr> {
        let host = |address: &IpAddr| self.hosts.get(address).copied().unwrap_or_default();
        let most = candidates.iter().map(|address| host(address).weight).max()?;
        let near = candidates.iter().copied().filter(|address| 2 * host(address).weight >= most);
        near.max_by_key(|address| {
            let host = host(address);
            (Reverse(host.distance()), host.weight, host.opened, Reverse(*address))
        })
    }

    /// The chosen addresses and those that share a host's link address with them and speak with others than the hosts
    /// that are local already. The busiest host comes first, so that the far end of its flows, seen behind the link
    /// address of a neighbour or of a router with few hosts behind it, is not taken for a local address as well.
    fn with_siblings(&self, chosen: Vec<IpAddr>, flows: &[FlowRecord]) -> Vec<IpAddr> {
        let counterparts = counterparts(flows);
        let mut local: BTreeSet<IpAddr> = chosen.into_iter().collect();
        for addresses in self.hosts_by_weight() {
            if local.is_disjoint(addresses) || leads_on(addresses, &local) {
                continue;
            }
            let speaks_out = |address: &&IpAddr| {
                let mut others = counterparts.get(address).into_iter().flatten();
                is_host(**address) && others.any(|other| !local.contains(other) && !addresses.contains(other))
            };
            let more: Vec<IpAddr> = addresses.difference(&local).filter(speaks_out).copied().collect();
            local.extend(more);
        }
        local.into_iter().collect()
    }

    /// The addresses of each host on this link, the busiest first.
    fn hosts_by_weight(&self) -> Vec<&BTreeSet<IpAddr>> {
        let weight = |addresses: &BTreeSet<IpAddr>| -> u64 {
            addresses.iter().filter_map(|address| self.hosts.get(address)).map(|host| host.weight).sum()
        };
        let mut hosts: Vec<_> = self.links.hosts().collect();
        hosts.sort_by_key(|addresses| (Reverse(weight(addresses)), *addresses));
        hosts
    }

    /// Which end of a flow is local: one that the user named, one that was chosen, the one with fewer routers between
    /// it and the place of the capture, the one that takes part in more of the traffic, the one that opens more flows; at last the lower.
    pub fn orient(&self, flow: &FlowRecord) -> Sides {
        match self.rank(flow.opener.ip()) >= self.rank(flow.responder.ip()) {
            true => Sides { local: flow.opener, remote: flow.responder, sent: Direction::Forward },
            false => Sides { local: flow.responder, remote: flow.opener, sent: Direction::Backward },
        }
    }

    fn rank(&self, address: IpAddr) -> impl Ord + use<> {
        let host = self.hosts.get(&address).copied().unwrap_or_default();
        let near = is_host(address) && (is_private(address) || host.chosen);
        let place = (is_host(address), self.is_given(address), host.chosen, near);
        (place, Reverse(host.distance()), host.weight, host.opened, Reverse(address))
    }

    fn is_given(&self, address: IpAddr) -> bool {
        self.nets.iter().any(|net| net.contains(&address))
    }

    /// Whether `address` is on the captured side.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.hosts.get(&address).is_some_and(|host| host.chosen)
    }

    /// The link address of a host on this link; none of a host behind a router.
    pub fn link_address(&self, address: IpAddr) -> Option<[u8; 6]> {
        self.links.of_host(address)
    }
}

/// Routers that have lowered a hop limit: systems start with 32, 64, 128 or 255 (RFC 1700, and what is usual). Low ones
/// are chosen by programs (path tracing, multicast) and tell nothing.
pub(super) fn hops(hop_limit: u8) -> Option<u8> {
    let initial = [32, 64, 128, 255].into_iter().find(|initial| *initial >= hop_limit);
    initial.filter(|_| hop_limit > LOW_HOP_LIMIT_MAX).map(|initial| initial - hop_limit)
}

/// Whether the addresses behind one link address hold a public IPv4 address that is not local: then they are those of
/// hosts that a router leads to.
fn leads_on(addresses: &BTreeSet<IpAddr>, local: &BTreeSet<IpAddr>) -> bool {
    let foreign = |address: &IpAddr| address.is_ipv4() && !is_private(*address) && !local.contains(address);
    addresses.iter().any(foreign)
}

/// Who speaks with whom.
fn counterparts(flows: &[FlowRecord]) -> BTreeMap<IpAddr, BTreeSet<IpAddr>> {
    let mut counterparts: BTreeMap<IpAddr, BTreeSet<IpAddr>> = BTreeMap::new();
    for flow in flows {
        let (opener, responder) = (flow.opener.ip(), flow.responder.ip());
        counterparts.entry(opener).or_default().insert(responder);
        counterparts.entry(responder).or_default().insert(opener);
    }
    counterparts
}

/// Private, unique-local, link-local or shared address space: RFC 1918, 4193, 3927, 6598.
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let shared = first == 100 && second & 0xc0 == 64;
            address.is_private() || address.is_link_local() || address.is_loopback() || shared
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local() || address.is_loopback(),
    }
}

/// Whether an address can belong to one host.
pub fn is_host(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast() || v4.octets()[3] == 255 && v4.is_private());
    !address.is_multicast() && !address.is_unspecified() && !broadcast
}

fn hosts(flows: &[FlowRecord]) -> BTreeMap<IpAddr, Host> {
    let mut hosts: BTreeMap<IpAddr, Host> = BTreeMap::new();
    for flow in flows {
        let [forward, backward] = flow.hop_limits;
        for (address, hop_limit, opened) in [(flow.opener.ip(), forward, 1), (flow.responder.ip(), backward, 0)] {
            let host = hosts.entry(address).or_default();
            host.weight += weight(flow);
            host.opened += opened;
            host.hops = host.hops.max(hops(hop_limit));
        }
    }
    hosts
}

/// Packets count, but a flow that goes on for long must not outweigh that a host takes part in many.
fn weight(flow: &FlowRecord) -> u64 {
    flow.packets().min(1000) + 20 * flow.flows.min(50)
}

/// Whether such addresses take part in at least half of the traffic: where hosts have public addresses, a private one is
/// some server's, and where a router captures, its own addresses are nobody's in the call.
fn takes_part(flows: &[FlowRecord], is_such: impl Fn(IpAddr) -> bool) -> bool {
    let is_one = |address: IpAddr| is_host(address) && is_such(address);
    let parts = |flow: &&FlowRecord| is_one(flow.opener.ip()) || is_one(flow.responder.ip());
    let all: u64 = flows.iter().map(weight).sum();
    let such: u64 = flows.iter().filter(parts).map(weight).sum();
    2 * such >= all
}

/// Addresses whose packets the capturing host marked as its own. A flow with both directions marked is one that the
/// host passed on, or its own to itself, and says nothing.
fn own_addresses(flows: &[FlowRecord]) -> BTreeSet<IpAddr> {
    let mut own = BTreeSet::new();
    for flow in flows {
        let address = match flow.outgoing {
            [Some(true), Some(false) | None] => flow.opener.ip(),
            [Some(false) | None, Some(true)] => flow.responder.ip(),
            _ => continue,
        };
        if is_host(address) {
            own.insert(address);
        }
    }
    own
}
