//! Link addresses: which stand for a host, and which for a router with everything behind it.

use super::local::{hops, is_host, is_private};
use crate::engine::FlowRecord;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Most networks (IPv6: /64, public IPv4: /24) in which one host has addresses.
const NETWORKS_OF_HOST_MAX: usize = 4;
/// Most IPv4 addresses of one host.
const IPV4_OF_HOST_MAX: usize = 4;
/// Most addresses of one host on a link; more behind one link address means that it is a router's.
const ADDRESSES_OF_HOST_MAX: usize = 6;

/// The link address of each sender on this link.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    macs: BTreeMap<IpAddr, [u8; 6]>,
    hosts: BTreeMap<[u8; 6], BTreeSet<IpAddr>>,
}

/// What was sent from one link address.
#[derive(Default)]
struct Sent {
    /// A packet that another router had touched already.
    passed_on: bool,
    addresses: BTreeSet<IpAddr>,
    networks: BTreeSet<(bool, u64)>,
}

impl Links {
    /// Reads the senders of all flows.
    pub(super) fn new(flows: &[FlowRecord]) -> Links {
        let mut links = Links::default();
        let mut sent: BTreeMap<[u8; 6], Sent> = BTreeMap::new();
        for flow in flows {
            let ends = [flow.opener.ip(), flow.responder.ip()];
            for ((address, mac), hop_limit) in ends.into_iter().zip(flow.macs).zip(flow.hop_limits) {
                let Some(mac) = mac.filter(|mac| *mac != [0; 6] && is_host(address)) else { continue };
                links.macs.entry(address).or_insert(mac);
                sent.entry(mac).or_default().note(address, hop_limit);
            }
        }
        let hosts = sent.into_iter().filter(|(_, sent)| !sent.is_router());
        links.hosts = hosts.map(|(mac, sent)| (mac, sent.addresses)).collect();
        links
    }

    /// The link address of `address`, if it is a host's own.
    pub(super) fn of_host(&self, address: IpAddr) -> Option<[u8; 6]> {
        self.macs.get(&address).copied().filter(|mac| self.hosts.contains_key(mac))
    }

    /// The addresses of each host.
    pub(super) fn hosts(&self) -> impl Iterator<Item = &BTreeSet<IpAddr>> {
        self.hosts.values()
    }
}

impl Sent {
    fn note(&mut self, address: IpAddr, hop_limit: u8) {
        self.passed_on |= hops(hop_limit).is_some_and(|hops| hops > 0);
        self.addresses.insert(address);
        match address {
            IpAddr::V4(_) if is_private(address) => {}
            IpAddr::V4(v4) => {
                self.networks.insert((false, u64::from(u32::from(v4) >> 8)));
            }
            IpAddr::V6(v6) => {
                self.networks.insert((true, (u128::from(v6) >> 64) as u64));
            }
        }
    }

    fn is_router(&self) -> bool {
        let ipv4 = self.addresses.iter().filter(|address| address.is_ipv4()).count();
        self.passed_on
            || self.addresses.len() > ADDRESSES_OF_HOST_MAX
            || ipv4 > IPV4_OF_HOST_MAX
            || self.networks.len() > NETWORKS_OF_HOST_MAX
    }
}
