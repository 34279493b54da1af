//! Remote hosts, each once, and what went to which country.

use super::findings::{Endpoint, Jurisdiction, Name, TransferTotal};
use super::place::{self, Here, transfer};
use super::view::{CERTIFICATE_KEY, View};
use super::{Knowledge, is_host};
use crate::catalogue::Confidence;
use crate::place::{HOST_NAMES_MAX, Seen};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Most names listed of one endpoint.
const NAMES_MAX: usize = 12;
/// Most ports listed of one endpoint.
const PORTS_MAX: usize = 24;

/// All remote hosts, most bytes first.
pub(super) fn endpoints(views: &[View<'_>], here: &Here<'_>, knowledge: &Knowledge<'_>) -> Vec<Endpoint> {
    let mut by_address: BTreeMap<IpAddr, Vec<&View<'_>>> = BTreeMap::new();
    for view in views.iter().filter(|view| is_host(view.sides.remote.ip())) {
        by_address.entry(view.sides.remote.ip()).or_default().push(view);
    }
    let mut endpoints: Vec<_> =
        by_address.into_iter().map(|(address, views)| endpoint(address, &views, here, knowledge)).collect();
    endpoints.sort_by_key(|endpoint| std::cmp::Reverse(endpoint.bytes_sent + endpoint.bytes_received));
    for (index, endpoint) in endpoints.iter_mut().enumerate() {
        endpoint.id = format!("e{}", index + 1);
    }
    endpoints
}

fn endpoint(address: IpAddr, views: &[&View<'_>], here: &Here<'_>, knowledge: &Knowledge<'_>) -> Endpoint {
    let day = views.iter().map(|view| view.flow.first.time).min().unwrap_or_default().date();
    let names = place_names(views);
    let round_trips = here.round_trips(address, views);
    let seen = Seen { names: &names, round_trips: &round_trips, ..here.seen() };
    let whereabouts = place::locate(address, seen, day, knowledge);
    let mut place = place::entry(&whereabouts);
    place.evidence.extend(views.iter().find_map(|view| place::distance(view)));
    let mut entry = Endpoint {
        address: address.to_string(),
        operator: place::operator(&whereabouts),
        anycast: whereabouts.anycast,
        transfer: transfer(address, &place, day, knowledge),
        place,
        ..Endpoint::default()
    };
    for view in views {
        add_counters(&mut entry, view);
        add_names(&mut entry, view);
        push_new(&mut entry.ports, view.sides.remote.port(), PORTS_MAX);
        for purpose in &view.verdict.purposes {
            push_new(&mut entry.purpose, (*purpose).to_owned(), NAMES_MAX);
        }
    }
    entry.ports.sort_unstable();
    let provider = best_provider(views);
    entry.provider = provider.map(str::to_owned);
    let named = views.iter().filter(|view| view.verdict.provider.map(|provider| provider.id()) == provider);
    let known = named.into_iter().any(|view| view.verdict.names_operator());
    entry.jurisdiction = jurisdiction(provider.filter(|_| known), knowledge);
    entry
}

/// The provider that the surest of the flows names; among equals the first.
fn best_provider<'v>(views: &[&'v View<'_>]) -> Option<&'v str> {
    let mut best: Option<(Confidence, &str)> = None;
    for view in views {
        let confidence = view.verdict.confidence;
        if let Some(provider) = view.verdict.provider
            && best.is_none_or(|(known, _)| confidence > known)
        {
            best = Some((confidence, provider.id()));
        }
    }
    best.map(|(_, id)| id)
}

/// Names that may hold a place code: all but those of certificates, which often cover many places.
fn place_names<'v>(views: &[&'v View<'_>]) -> Vec<&'v str> {
    let mut names: Vec<&str> = Vec::new();
    for name in views.iter().flat_map(|view| &view.names).filter(|name| name.source != CERTIFICATE_KEY) {
        push_new(&mut names, name.name, HOST_NAMES_MAX);
    }
    names
}

fn add_counters(entry: &mut Endpoint, view: &View<'_>) {
    let [sent, received] = view.sent_received();
    entry.bytes_sent += sent.bytes;
    entry.bytes_received += received.bytes;
    entry.packets_sent += sent.packets;
    entry.packets_received += received.packets;
}

fn add_names(entry: &mut Endpoint, view: &View<'_>) {
    for name in view.names.iter().filter(|name| name.source != "other-flow") {
        let known = entry.names.iter().any(|known| known.name == name.name);
        if !known && entry.names.len() < NAMES_MAX {
            entry.names.push(Name { name: name.name.to_owned(), source: name.source.to_owned() });
        }
    }
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, value: T, most: usize) {
    if list.len() < most && !list.contains(&value) {
        list.push(value);
    }
}

pub(super) fn jurisdiction(provider: Option<&str>, knowledge: &Knowledge<'_>) -> Option<Jurisdiction> {
    let operator = knowledge.catalogue.provider(provider?)?.operator.as_ref()?;
    Some(Jurisdiction {
        entity: Some(operator.entity.clone()),
        country: operator.country.clone(),
        parent_country: operator.parent_country.clone(),
    })
}

/// Totals by country and status, most bytes first; addresses nearby are left out.
pub(super) fn transfers(endpoints: &[Endpoint]) -> Vec<TransferTotal> {
    let mut totals: BTreeMap<(Option<String>, String), TransferTotal> = BTreeMap::new();
    for endpoint in endpoints.iter().filter(|endpoint| is_remote(endpoint)) {
        let key = (endpoint.place.country.clone(), endpoint.transfer.status.clone());
        let total = totals.entry(key.clone()).or_insert_with(|| TransferTotal {
            country: key.0,
            status: key.1,
            ..TransferTotal::default()
        });
        total.endpoints.push(endpoint.id.clone());
        total.bytes_sent += endpoint.bytes_sent;
        total.bytes_received += endpoint.bytes_received;
        for purpose in &endpoint.purpose {
            push_new(&mut total.purposes, purpose.clone(), usize::MAX);
        }
    }
    let mut totals: Vec<_> = totals.into_values().collect();
    totals.sort_by_key(|total| std::cmp::Reverse(total.bytes_sent + total.bytes_received));
    totals
}

/// Whether an endpoint is beyond the local network.
pub(super) fn is_remote(endpoint: &Endpoint) -> bool {
    endpoint.address.parse::<IpAddr>().is_ok_and(|address| !super::is_private(address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::samples::Scene;

    #[test]
    fn hosts_are_listed_once_with_their_totals_the_most_bytes_first() {
        let mut scene = Scene::default();
        scene.name("192.168.1.1:53", "192.168.1.5:5300", "a.test", [198, 51, 100, 7]);
        scene.talk("192.168.1.5:1", "198.51.100.7:443");
        scene.talk("192.168.1.5:2", "198.51.100.7:80");
        scene.udp("192.168.1.5:3", "198.51.100.8:9", &[0; 1000]);
        scene.udp("192.168.1.5:5353", "224.0.0.251:5353", b"x");
        let findings = scene.findings();
        let listed: Vec<_> = findings.endpoints.iter().map(|e| (e.id.as_str(), e.address.as_str())).collect();
        assert_eq!(listed, [("e1", "198.51.100.8"), ("e2", "198.51.100.7"), ("e3", "192.168.1.1")]);
        let server = &findings.endpoints[1];
        assert_eq!((server.ports.as_slice(), server.packets_sent, server.packets_received), (&[80, 443][..], 2, 2));
        assert_eq!((server.bytes_sent, server.bytes_received), (58, 58));
        assert_eq!(server.names.iter().map(|name| name.name.as_str()).collect::<Vec<_>>(), ["a.test"]);
    }

    #[test]
    fn totals_by_country_leave_out_the_neighbourhood() {
        let endpoint = |address: &str, country: Option<&str>, status: &str| Endpoint {
            id: address.into(),
            address: address.into(),
            place: crate::exposure::PlaceEntry { country: country.map(Into::into), ..Default::default() },
            transfer: crate::exposure::TransferEntry { status: status.into(), ..Default::default() },
            purpose: vec!["media".into()],
            bytes_sent: 10,
            ..Endpoint::default()
        };
        let endpoints = [
            endpoint("192.168.1.1", None, "unknown"),
            endpoint("198.51.100.1", Some("CN"), "third-country"),
            endpoint("198.51.100.2", Some("DE"), "eu"),
            endpoint("198.51.100.3", Some("DE"), "eu"),
            endpoint("198.51.100.4", None, "unknown"),
        ];
        let totals = transfers(&endpoints);
        let listed: Vec<_> = totals.iter().map(|t| (t.country.as_deref(), t.endpoints.len(), t.bytes_sent)).collect();
        assert_eq!(listed, [(Some("DE"), 2, 20), (None, 1, 10), (Some("CN"), 1, 10)]);
        assert_eq!(totals[0].purposes, ["media"]);
    }
}
