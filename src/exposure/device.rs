//! The captured side: its addresses and devices.

use super::findings::{Device, Local, Location};
use super::local::LocalSide;
use super::meeting::Call;
use super::people::is_public;
use super::view::View;
use super::{is_host, is_private};
use crate::model::{Evidence, Question, Value};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Most local addresses listed.
const ADDRESSES_MAX: usize = 64;
/// Most devices listed.
const DEVICES_MAX: usize = 32;
/// Most programs listed of one device.
const SOFTWARE_MAX: usize = 16;

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
    let own: BTreeSet<_> = active.iter().copied().filter(|address| is_public(*address)).collect();
    for view in views {
        for fact in view.flow.facts.of("stun.mapped-address") {
            if let Value::Socket(mapped) = fact.value
                && fact.first.direction != view.sides.sent
                && is_public(mapped.ip())
            {
                note(mapped.ip(), fact.count, fact.first);
            }
        }
        if own.contains(&view.sides.local.ip()) {
            note(view.sides.local.ip(), 1, view.flow.first);
        }
    }
    let mut ordered: Vec<_> = public.into_iter().collect();
    ordered.sort_by_key(|(address, (count, _))| (Reverse(*count), *address));
    ordered.into_iter().map(|(address, (_, at))| PublicAddress { address, seen: Some(at) }).collect()
}

/// One device for each link address, or for each IP address where the link shows none.
fn devices(active: &[IpAddr], views: &[View<'_>], side: &LocalSide) -> Vec<Device> {
    let mut devices: Vec<Device> = Vec::new();
    for address in active {
        let mac = side.link_address(*address).map(|mac| mac_text(&mac));
        let same = devices.iter().position(|device| mac.is_some() && device.mac == mac);
        let room = devices.len() < DEVICES_MAX;
        match same.and_then(|index| devices.get_mut(index)) {
            Some(device) => device.add(*address, views),
            None if room => {
                let mut device = Device { mac, ..Device::default() };
                device.add(*address, views);
                devices.push(device);
            }
            None => {}
        }
    }
    devices
}

impl Device {
    fn add(&mut self, address: IpAddr, views: &[View<'_>]) {
        self.addresses.push(address.to_string());
        let system = || system(address, views).map(|(system, _)| system.to_owned());
        self.system = self.system.take().or_else(system);
        for program in software(address, views) {
            if self.software.len() < SOFTWARE_MAX && !self.software.contains(&program) {
                self.software.push(program);
            }
        }
    }
}

/// `02:77:00:00:00:0b`.
fn mac_text(mac: &[u8; 6]) -> String {
    mac.map(|byte| format!("{byte:02x}")).join(":")
}

/// Whether a link address as text was assigned by the device itself, not by its maker (IEEE 802, U/L bit).
pub(super) fn is_self_assigned(mac: &str) -> bool {
    mac.get(..2).and_then(|first| u8::from_str_radix(first, 16).ok()).is_some_and(|first| first & 2 != 0)
}

/// Operating-system family by the initial hop limit (Windows starts at 128, the others at 64), with the hop limit.
/// Only for packets of the device itself: seen elsewhere, routers have lowered it.
pub(super) fn system(address: IpAddr, views: &[View<'_>]) -> Option<(&'static str, u8)> {
    let own = views.iter().filter(|view| view.sides.local.ip() == address && is_host(view.sides.remote.ip()));
    own.filter_map(|view| view.flow.hop_limits.get(view.sides.sent.index())).find_map(|limit| match limit {
        128 => Some(("Windows", 128)),
        64 => Some(("Linux, Android, macOS or iOS", 64)),
        _ => None,
    })
}

/// The family in German.
pub(super) fn system_de(system: &str) -> &str {
    if system == "Windows" { system } else { "Linux, Android, macOS oder iOS" }
}

/// Program names that the device's own packets state.
fn software(address: IpAddr, views: &[View<'_>]) -> Vec<String> {
    let mut programs: Vec<String> = Vec::new();
    for view in views.iter().filter(|view| view.sides.local.ip() == address) {
        for fact in view.flow.facts.iter() {
            let own = fact.first.direction == view.sides.sent && fact.key.question == Question::Software;
            let names_itself = matches!(fact.value, Value::Text(_)) && fact.key.name.ends_with("agent")
                || fact.key.name == "stun.software";
            let text = fact.value.to_string();
            if own && names_itself && programs.len() < SOFTWARE_MAX && !programs.contains(&text) {
                programs.push(text);
            }
        }
    }
    programs
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
