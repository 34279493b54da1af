//! The captured side: its addresses and devices.

use super::findings::{Device, Local, Location};
use super::local::LocalSide;
use super::meeting::Call;
use super::view::View;
use super::{Caller, GivenPlace, Knowledge, is_host, people, place};
use crate::engine::Traffic;
use crate::model::{Observer, Question, Value};
use crate::place::Seen;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Most local addresses listed.
const ADDRESSES_MAX: usize = 64;
/// Most devices listed.
const DEVICES_MAX: usize = 32;

/// What is known of the captured side.
pub(super) fn local(
    side: &LocalSide,
    views: &[View<'_>],
    calls: &[Call],
    traffic: &Traffic,
    knowledge: &Knowledge<'_>,
    caller: &Caller,
) -> Local {
    let active = active_addresses(side, views, calls);
    let public = public_addresses(views, &active);
    Local {
        addresses: active.iter().map(ToString::to_string).collect(),
        basis: side.basis.into(),
        devices: devices(&active, views, traffic),
        location: location(&public, traffic, knowledge, caller),
        public_addresses: public.iter().map(ToString::to_string).collect(),
    }
}

/// Local ends of flows: those of calls first, then by how busy they are.
fn active_addresses(side: &LocalSide, views: &[View<'_>], calls: &[Call]) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = calls.iter().map(|call| call.local).collect();
    addresses.extend(
        side.addresses.iter().copied().filter(|address| views.iter().any(|view| view.sides.local.ip() == *address)),
    );
    let mut unique = Vec::new();
    for address in addresses.into_iter().filter(|address| is_host(*address)) {
        if !unique.contains(&address) && unique.len() < ADDRESSES_MAX {
            unique.push(address);
        }
    }
    unique
}

/// Addresses under which servers saw this side: told by STUN in packets that came in, or its own public ones.
fn public_addresses(views: &[View<'_>], active: &[IpAddr]) -> Vec<IpAddr> {
    let mut public: BTreeMap<IpAddr, u64> = BTreeMap::new();
    for view in views {
        for fact in view.flow.facts.of("stun.mapped-address") {
            if let Value::Socket(mapped) = fact.value
                && fact.first.direction != view.sides.sent
                && people::is_public(mapped.ip())
            {
                *public.entry(mapped.ip()).or_default() += fact.count;
            }
        }
    }
    for address in active.iter().filter(|address| people::is_public(**address)) {
        *public.entry(*address).or_default() += 1;
    }
    let mut ordered: Vec<_> = public.into_iter().collect();
    ordered.sort_by_key(|(address, count)| (std::cmp::Reverse(*count), *address));
    ordered.into_iter().map(|(address, _)| address).collect()
}

fn location(public: &[IpAddr], traffic: &Traffic, knowledge: &Knowledge<'_>, caller: &Caller) -> Location {
    match &caller.from {
        Some(GivenPlace::Country(country)) => {
            Location { country: Some(country.clone()), basis: Some("given".into()), ..Location::default() }
        }
        Some(GivenPlace::Point(lat, lon)) => {
            Location { lat: Some(*lat), lon: Some(*lon), basis: Some("given".into()), country: None }
        }
        None => {
            let day = traffic.span.map(|(first, _)| first.date()).unwrap_or_default();
            let country = public
                .iter()
                .find_map(|address| place::locate(*address, Seen::default(), day, knowledge).place.country);
            let country = country.map(|country| country.to_string());
            let basis = country.as_ref().map(|_| "database-of-public-address".to_owned());
            Location { country, basis, ..Location::default() }
        }
    }
}

/// One device for each link address, or for each IP address where the link shows none.
fn devices(active: &[IpAddr], views: &[View<'_>], traffic: &Traffic) -> Vec<Device> {
    let mut devices: Vec<Device> = Vec::new();
    for address in active {
        let mac = traffic.macs.get(address).filter(|mac| **mac != [0; 6]).map(mac_text);
        let same = devices.iter().position(|device| mac.is_some() && device.mac == mac);
        let room = devices.len() < DEVICES_MAX;
        match same.and_then(|index| devices.get_mut(index)) {
            Some(device) => device.addresses.push(address.to_string()),
            None if room => devices.push(Device {
                addresses: vec![address.to_string()],
                system: system(*address, views).map(|(system, _)| system.to_owned()),
                software: software(*address, views),
                mac,
                ..Device::default()
            }),
            None => {}
        }
    }
    devices
}

/// `02:77:00:00:00:0b`.
pub(super) fn mac_text(mac: &[u8; 6]) -> String {
    mac.map(|byte| format!("{byte:02x}")).join(":")
}

/// Operating-system family by the initial hop limit (Windows starts at 128, the others at 64), with the hop limit.
/// Only for packets of the device itself: seen elsewhere, routers have lowered it.
pub(super) fn system(address: IpAddr, views: &[View<'_>]) -> Option<(&'static str, u8)> {
    let own = views.iter().filter(|view| view.sides.local.ip() == address);
    let limit = own.filter_map(|view| view.flow.hop_limits.get(view.sides.sent.index())).find(|limit| **limit > 0)?;
    match limit {
        128 => Some(("Windows", 128)),
        64 => Some(("Linux, Android, macOS or iOS", 64)),
        _ => None,
    }
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
            if own && names_itself && programs.len() < 16 && !programs.contains(&text) {
                programs.push(text);
            }
        }
    }
    programs
}

/// Who sees what a local address or link address tells.
pub(super) static NEAR_OBSERVERS: [Observer; 1] = [Observer::Network];
