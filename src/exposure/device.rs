//! The captured side: its addresses and devices.

use super::findings::{Device, Local, Location};
use super::local::LocalSide;
use super::meeting::Call;
use super::people::is_public;
use super::traits::{self, Owner, System, link_text};
use super::view::View;
use super::{is_host, is_private};
use crate::model::{Evidence, Fact, Value};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Most local addresses listed.
const ADDRESSES_MAX: usize = 64;
/// Most devices listed.
const DEVICES_MAX: usize = 32;

/// An address under which this side is seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PublicAddress {
    pub(super) address: IpAddr,
    /// The packet that shows it first.
    pub(super) seen: Option<Evidence>,
}

/// What is known of the captured side.
pub(super) fn local(
    side: &LocalSide,
    active: &[IpAddr],
    public: &[PublicAddress],
    views: &[View<'_>],
    location: Location,
) -> Local {
    Local {
        addresses: active.iter().map(ToString::to_string).collect(),
        basis: side.basis.into(),
        devices: devices(active, views, side),
        location,
        public_addresses: public.iter().map(|public| public.address.to_string()).collect(),
    }
}

/// Local ends of flows to other hosts: those of calls first, then by how busy they are. Neighbours that only call out
/// to everybody on the link are no captured side, unless there is nobody else.
pub(super) fn active_addresses(side: &LocalSide, views: &[View<'_>], calls: &[Call]) -> Vec<IpAddr> {
    let mut active: BTreeSet<IpAddr> = BTreeSet::new();
    let mut calling: BTreeSet<IpAddr> = BTreeSet::new();
    for view in views {
        let local = view.sides.local.ip();
        let found = if is_host(view.sides.remote.ip()) { &mut active } else { &mut calling };
        if is_host(local) && (side.contains(local) || is_private(local)) {
            found.insert(local);
        }
    }
    let ends = if active.is_empty() { calling } else { active };
    let in_calls = calls.iter().map(|call| call.local).filter(|address| is_host(*address));
    let chosen = side.addresses.iter().copied().filter(|address| ends.contains(address));
    let mut listed = BTreeSet::new();
    let all = in_calls.chain(chosen).chain(ends.iter().copied());
    all.filter(|address| listed.insert(*address)).take(ADDRESSES_MAX).collect()
}

/// Addresses under which servers saw this side: told by STUN in packets that came in, or its own public ones. The one
/// that was told most often comes first.
pub(super) fn public_addresses(views: &[View<'_>], active: &[IpAddr]) -> Vec<PublicAddress> {
    let mut public: BTreeMap<IpAddr, (u64, Evidence)> = BTreeMap::new();
    let mut note = |address: IpAddr, count: u64, at: Evidence| {
        let (total, first) = public.entry(address).or_insert((0, at));
        *total += count;
        *first = if at.time < first.time { at } else { *first };
    };
    // Test networks and large organisations have private addresses on both sides of their border.
    let others = views.iter().flat_map(mapped).any(|(address, _)| is_public(address));
    let own: BTreeSet<_> = active.iter().copied().filter(|address| is_public(*address)).collect();
    let outside = |address: IpAddr| is_public(address) || !others && is_translated(address, active);
    for view in views {
        for (address, fact) in mapped(view).filter(|(address, _)| outside(*address)) {
            note(address, fact.count, fact.first);
        }
        if own.contains(&view.sides.local.ip()) {
            note(view.sides.local.ip(), 1, view.flow.first);
        }
    }
    let mut ordered: Vec<_> = public.into_iter().collect();
    ordered.sort_by_key(|(address, (count, _))| (Reverse(*count), *address));
    ordered.into_iter().map(|(address, (_, at))| PublicAddress { address, seen: Some(at) }).collect()
}

/// Addresses under which others say that they see this side.
fn mapped<'v>(view: &'v View<'_>) -> impl Iterator<Item = (IpAddr, &'v Fact)> + use<'v> {
    const KEYS: [&str; 4] =
        ["stun.mapped-address", "discord.public-address", "viber.public-address", "telegram.public-address"];
    let sent = view.sides.sent;
    let facts = KEYS.into_iter().flat_map(|key| view.flow.facts.of(key));
    facts.filter(move |fact| fact.first.direction != sent).filter_map(|fact| match fact.value {
        Value::Socket(address) => Some((address.ip(), fact)),
        _ => None,
    })
}

/// Whether an address is a private one that the device does not have itself.
fn is_translated(address: IpAddr, active: &[IpAddr]) -> bool {
    is_host(address) && is_private(address) && !active.contains(&address)
}

/// One device for each link address, or for each IP address where the link shows none.
fn devices(active: &[IpAddr], views: &[View<'_>], side: &LocalSide) -> Vec<Device> {
    let mut owners: Vec<(Option<[u8; 6]>, Vec<IpAddr>)> = Vec::new();
    for address in active {
        let link = side.link_address(*address);
        let room = owners.len() < DEVICES_MAX;
        match owners.iter_mut().find(|(known, _)| link.is_some() && *known == link) {
            Some((_, addresses)) => addresses.push(*address),
            None if room => owners.push((link, vec![*address])),
            None => {}
        }
    }
    owners.iter().map(|(link, addresses)| device(Owner { addresses, link: *link }, views)).collect()
}

fn device(owner: Owner<'_>, views: &[View<'_>]) -> Device {
    Device {
        addresses: owner.addresses.iter().map(ToString::to_string).collect(),
        mac: owner.link.map(|link| link_text(&link)),
        vendor: owner.link.and_then(traits::vendor).map(str::to_owned),
        names: traits::names(owner, views),
        system: traits::system(owner, views).map(|system| system.name),
        software: traits::software(owner, views),
    }
}

/// The system of a device of the captured side, and from what it follows.
pub(super) fn system(device: &Device, views: &[View<'_>]) -> Option<System> {
    let addresses: Vec<IpAddr> = device.addresses.iter().filter_map(|address| address.parse().ok()).collect();
    let link = device.mac.as_deref().and_then(link_of);
    traits::system(Owner { addresses: &addresses, link }, views)
}

/// A link address from its text.
fn link_of(text: &str) -> Option<[u8; 6]> {
    let bytes: Vec<u8> = text.split(':').map_while(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    bytes.try_into().ok()
}

/// Whether a link address as text was assigned by the device itself, not by its maker (IEEE 802, U/L bit).
pub(super) fn is_self_assigned(mac: &str) -> bool {
    mac.get(..2).and_then(|first| u8::from_str_radix(first, 16).ok()).is_some_and(|first| first & 2 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::samples::Scene;

    #[test]
    fn addresses_with_one_link_address_are_one_device() {
        let mut scene = Scene::default().host("192.168.1.5", 1, 128).host("2001:db8:1::5", 1, 128);
        scene = scene.host("192.168.1.6", 2, 64).host("198.51.100.7", 9, 52).host("2001:db8:9::1", 9, 52);
        scene.talk("192.168.1.5:1", "198.51.100.7:443");
        scene.talk("192.168.1.5:2", "198.51.100.7:444");
        scene.talk("[2001:db8:1::5]:1", "[2001:db8:9::1]:443");
        scene.talk("192.168.1.6:1", "198.51.100.7:443");
        let local = scene.findings().local;
        let devices: Vec<_> = local.devices.iter().map(|d| (d.addresses.join(" "), d.system.as_deref())).collect();
        assert_eq!(
            devices,
            [
                ("192.168.1.5 2001:db8:1::5".to_owned(), Some("Windows")),
                ("192.168.1.6".to_owned(), Some("Linux, Android, macOS or iOS"))
            ]
        );
        assert_eq!(local.devices[0].mac.as_deref(), Some("02:00:00:00:00:01"));
        assert_eq!(local.public_addresses, ["2001:db8:1::5"]);
    }

    #[test]
    fn neighbours_that_only_call_out_are_no_captured_side() {
        let mut scene = Scene::default();
        scene.udp("192.168.1.9:5353", "224.0.0.251:5353", b"x");
        scene.talk("192.168.1.5:1", "198.51.100.7:443");
        assert_eq!(scene.findings().local.addresses, ["192.168.1.5"]);
        let mut alone = Scene::default();
        alone.udp("192.168.1.9:5353", "224.0.0.251:5353", b"x");
        assert_eq!(alone.findings().local.addresses, ["192.168.1.9"], "unless there is nobody else");
    }

    #[test]
    fn the_initial_hop_limit_is_not_read_from_group_traffic_or_from_afar() {
        let mut scene = Scene::default().host("192.168.1.5", 1, 255).host("192.168.1.6", 2, 63);
        scene.udp("192.168.1.5:5353", "224.0.0.251:5353", b"x");
        scene.talk("192.168.1.5:1", "198.51.100.7:443");
        scene.talk("192.168.1.6:1", "198.51.100.7:443");
        assert!(scene.findings().local.devices.iter().all(|device| device.system.is_none()));
    }

    #[test]
    fn the_second_bit_of_a_link_address_tells_who_assigned_it() {
        assert!(is_self_assigned("02:77:00:00:00:0b") && is_self_assigned("da:00:00:00:00:00"));
        assert!(!is_self_assigned("00:1b:21:00:00:01") && !is_self_assigned(""));
    }
}
