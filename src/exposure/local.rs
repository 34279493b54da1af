//! Which addresses are the captured side.

use crate::engine::{FlowRecord, Traffic};
use crate::model::Direction;
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

/// Most IP addresses that one device has on a link; more behind one link address means that it is a router's.
pub(super) const ADDRESSES_PER_DEVICE_MAX: usize = 6;

/// The captured side and how it is known.
#[derive(Clone, Debug, Default)]
pub struct LocalSide {
    weights: BTreeMap<IpAddr, u64>,
    /// Senders whose packets arrive with a hop limit that no router has lowered.
    unrouted: BTreeSet<IpAddr>,
    nets: Vec<IpNet>,
    /// Addresses, the busiest first.
    pub addresses: Vec<IpAddr>,
    /// `given`, `capturing-host`, `private-range`, `most-flows`.
    pub basis: &'static str,
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
    /// Decides from the user's word (`nets`), else from link headers that mark the capturing host's own packets, else
    /// from private ranges, and among equals by who takes part in most of the traffic.
    pub fn decide(traffic: &Traffic, nets: &[IpNet]) -> LocalSide {
        let own = own_addresses(&traffic.flows);
        let unrouted = unrouted(&traffic.flows);
        let mut side = LocalSide { nets: nets.to_vec(), unrouted, ..LocalSide::default() };
        for flow in &traffic.flows {
            for address in [flow.opener.ip(), flow.responder.ip()] {
                *side.weights.entry(address).or_default() += weight(flow);
            }
        }
        let candidates: Vec<_> = side.weights.keys().copied().filter(|address| is_host(*address)).collect();
        let given = |address: &IpAddr| nets.iter().any(|net| net.contains(address));
        let choices: [(&'static str, Vec<IpAddr>); 3] = [
            ("given", candidates.iter().copied().filter(given).collect()),
            ("capturing-host", candidates.iter().copied().filter(|address| own.contains_key(address)).collect()),
            ("private-range", candidates.iter().copied().filter(|address| is_private(*address)).collect()),
        ];
        let (basis, mut chosen) = choices
            .into_iter()
            .find(|(_, chosen)| !chosen.is_empty())
            .unwrap_or_else(|| ("most-flows", side.busiest(&candidates)));
        chosen.sort_by_key(|address| (std::cmp::Reverse(side.weights.get(address).copied()), *address));
        (side.basis, side.addresses) = (basis, chosen);
        // What the user gave is meant as it stands.
        if basis != "given" {
            side.add_same_devices(traffic);
        }
        side
    }

    /// Adds the other addresses of the chosen devices: a host with a private IPv4 address often has public IPv6
    /// addresses beside it. The busiest device comes first, so that the far end of its flows, seen behind the link
    /// address of a neighbour or of a router with few hosts behind it, is not taken for a local address as well.
    fn add_same_devices(&mut self, traffic: &Traffic) {
        let links = Links::new(traffic);
        for mac in links.by_weight(&self.weights) {
            let addresses = links.addresses(&mac);
            let known = addresses.iter().any(|address| self.contains(*address));
            if !known || self.is_router(addresses) {
                continue;
            }
            let speaks_out = |address: &&IpAddr| {
                let mut others = links.counterparts(**address);
                is_host(**address) && others.any(|other| !self.contains(*other) && !addresses.contains(other))
            };
            let more: Vec<IpAddr> =
                addresses.iter().filter(|address| !self.contains(**address)).filter(speaks_out).copied().collect();
            self.addresses.extend(more);
        }
    }

    /// Whether these addresses behind one link address are too many for a device, or hold a public IPv4 address that
    /// is not local: then they are those of hosts that a router leads to.
    fn is_router(&self, addresses: &BTreeSet<IpAddr>) -> bool {
        let foreign = |address: &IpAddr| address.is_ipv4() && !is_private(*address) && !self.contains(*address);
        addresses.len() > ADDRESSES_PER_DEVICE_MAX || addresses.iter().any(foreign)
    }

    /// Which end of a flow is local: a chosen address against one that is not, else the one whose packets crossed no
    /// router, else the one with more traffic in all (the capturing host takes part in everything that is seen), else
    /// the opener.
    pub fn orient(&self, flow: &FlowRecord) -> Sides {
        let opener_is_local = self.is_local_end(flow.opener.ip(), flow.responder.ip());
        match opener_is_local {
            true => Sides { local: flow.opener, remote: flow.responder, sent: Direction::Forward },
            false => Sides { local: flow.responder, remote: flow.opener, sent: Direction::Backward },
        }
    }

    fn is_local_end(&self, opener: IpAddr, responder: IpAddr) -> bool {
        let rank = |address: IpAddr| {
            let given = self.nets.iter().any(|net| net.contains(&address));
            let chosen = self.addresses.contains(&address);
            let near = is_host(address) && (is_private(address) || chosen);
            let unrouted = self.unrouted.contains(&address);
            let weight = self.weights.get(&address).copied().unwrap_or_default();
            (is_host(address), given, chosen, near, unrouted, weight)
        };
        rank(opener) >= rank(responder)
    }

    /// Whether `address` is on the captured side.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address)
    }

    fn busiest(&self, candidates: &[IpAddr]) -> Vec<IpAddr> {
        let best = candidates.iter().max_by_key(|address| (self.weights.get(address), std::cmp::Reverse(**address)));
        best.copied().into_iter().collect()
    }
}

/// Who stands behind each link address, and who speaks with whom.
#[derive(Default)]
struct Links {
    addresses: BTreeMap<[u8; 6], BTreeSet<IpAddr>>,
    counterparts: BTreeMap<IpAddr, BTreeSet<IpAddr>>,
}

impl Links {
    fn new(traffic: &Traffic) -> Links {
        let mut links = Links::default();
        // Interfaces without link addresses show zeros.
        for (address, mac) in traffic.macs.iter().filter(|(_, mac)| **mac != [0; 6]) {
            links.addresses.entry(*mac).or_default().insert(*address);
        }
        for flow in &traffic.flows {
            let (opener, responder) = (flow.opener.ip(), flow.responder.ip());
            for (one, other) in [(opener, responder), (responder, opener)] {
                links.counterparts.entry(one).or_default().insert(other);
            }
        }
        links
    }

    /// Link addresses, those that take part in most first.
    fn by_weight(&self, weights: &BTreeMap<IpAddr, u64>) -> Vec<[u8; 6]> {
        let weight = |addresses: &BTreeSet<IpAddr>| -> u64 { addresses.iter().filter_map(|ip| weights.get(ip)).sum() };
        let mut macs: Vec<_> = self.addresses.iter().map(|(mac, addresses)| (weight(addresses), *mac)).collect();
        macs.sort_by_key(|(weight, mac)| (std::cmp::Reverse(*weight), *mac));
        macs.into_iter().map(|(_, mac)| mac).collect()
    }

    fn addresses<'l>(&'l self, mac: &[u8; 6]) -> &'l BTreeSet<IpAddr> {
        static NONE: BTreeSet<IpAddr> = BTreeSet::new();
        self.addresses.get(mac).unwrap_or(&NONE)
    }

    fn counterparts(&self, address: IpAddr) -> impl Iterator<Item = &IpAddr> {
        self.counterparts.get(&address).into_iter().flatten()
    }
}

/// Private, unique-local, link-local or shared address space: RFC 1918, 4193, 3927, 6598.
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let shared = address.octets()[0] == 100 && address.octets()[1] & 0xc0 == 64;
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

/// Packets count, but a flow that goes on for long must not outweigh that a host takes part in many.
fn weight(flow: &FlowRecord) -> u64 {
    let packets: u64 = flow.counters.iter().map(|counters| counters.packets).sum();
    packets.min(1000) + 20 * flow.flows.min(50)
}

/// Senders of which every flow starts with a hop limit that systems begin with: no router lies between them and the
/// place of the capture. Multicast and other packets that must not leave the link start with 1 or 255 and tell nothing.
fn unrouted(flows: &[FlowRecord]) -> BTreeSet<IpAddr> {
    let mut fresh: BTreeMap<IpAddr, bool> = BTreeMap::new();
    for flow in flows {
        for (address, limit) in [(flow.opener.ip(), flow.hop_limits[0]), (flow.responder.ip(), flow.hop_limits[1])] {
            if limit > 1 && limit < 255 {
                *fresh.entry(address).or_insert(true) &= matches!(limit, 64 | 128);
            }
        }
    }
    fresh.into_iter().filter(|(_, fresh)| *fresh).map(|(address, _)| address).collect()
}

/// Addresses whose packets the capturing host marked as its own.
fn own_addresses(flows: &[FlowRecord]) -> BTreeMap<IpAddr, u64> {
    let mut own = BTreeMap::new();
    for flow in flows {
        for (address, outgoing) in [(flow.opener.ip(), flow.outgoing[0]), (flow.responder.ip(), flow.outgoing[1])] {
            if outgoing == Some(true) {
                *own.entry(address).or_default() += 1;
            }
        }
    }
    own
}
