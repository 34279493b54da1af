//! What participants learn of each other's addresses.

use super::super::cell::{Cell, Rest, both};
use super::super::contract::{Meeting, Peer};
use super::super::subject::{Subject, address_in};
use super::{BEHAVIOUR, Row, Rule};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Exposures of another participant's address.
const KEYS: [&str; 5] =
    ["peer-address", "peer-candidate", "zoom.p2p-address", "telegram.peer-address", "sip.sdp-address"];
/// Facts of addresses that a relay was told.
const TOLD_TO_RELAY: [&str; 2] = ["stun.peer-address", "stun.inner-peer-address"];

pub(super) static ADDRESSES: Row = Row {
    key: "peer-addresses",
    group: &BEHAVIOUR,
    question: ("Adressen anderer Teilnehmender sichtbar", "Addresses of other participants visible"),
    rule: Rule::Call(addresses),
};

fn addresses(subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    let rests = || subject.of_keys(&KEYS).into_iter().map(Rest::exposure).collect::<Vec<_>>();
    if !meeting.peers.is_empty() {
        return of_peers(&meeting.peers).on(rests());
    }
    let named = open_addresses(subject);
    if named > 0 {
        return Cell::unclear(both(
            "Dem Relay wurde eine Adresse der Gegenseite genannt; ob es die einer Person ist, ist nicht zu entscheiden.",
            "The relay was told an address of the other side; whether it is a person's cannot be decided.",
        ))
        .on(subject.of_keys(&TOLD_TO_RELAY).into_iter().map(Rest::exposure));
    }
    if subject.is_pseudonymised() && subject.has("stun.peer-address") {
        return Cell::not_stated(both(
            "Dem Relay wurde eine Adresse genannt; unter Pseudonymen ist sie nicht zu vergleichen.",
            "The relay was told an address; under pseudonyms it cannot be compared.",
        ));
    }
    let search = subject.flows().flat_map(|flow| &flow.facts).find(|fact| fact.key == "stun.message");
    if let Some(search) = search.filter(|_| subject.is_whole()) {
        return Cell::no(both(
            "Die Suche nach Wegen (STUN) war von Anfang an lesbar und ging nur an Server oder Relays.",
            "The search for paths (STUN) was readable from its beginning and went to servers or relays only.",
        ))
        .on([Rest::of(search.evidence.first())]);
    }
    Cell::not_stated(both(
        "Kein unmittelbarer Weg im Mitschnitt; Adressen können verschlüsselt mitgeteilt worden sein.",
        "No direct path in the capture; addresses may have been told in encrypted form.",
    ))
}

fn of_peers(peers: &[Peer]) -> Cell {
    let near = peers.iter().all(|peer| peer.relation.is_some());
    match (near, peers.iter().any(|peer| peer.direct)) {
        (true, _) => Cell::seen(both(
            "Unmittelbarer Weg innerhalb desselben Netzes oder Anschlusses, wo die Adressen ohnehin bekannt sind.",
            "Direct path within the same network or line, where the addresses are known anyway.",
        ))
        .with(both("nur im selben Netz", "in the same network only")),
        (false, true) => Cell::seen(both(
            "Medien liefen unmittelbar; beide Seiten kennen die Adresse der anderen.",
            "Media ran directly; each side knows the other's address.",
        )),
        (false, false) => Cell::seen(both(
            "Adressen wurden lesbar genannt oder geprüft, Medien liefen dort nicht.",
            "Addresses were named or tried in clear; no media ran there.",
        )),
    }
}

/// Addresses that a relay was told and that are no relay's own.
fn open_addresses(subject: &Subject<'_>) -> usize {
    let hosts: BTreeSet<IpAddr> = subject.flows().filter_map(|flow| address_in(&flow.remote)).collect();
    let facts = || subject.flows().flat_map(|flow| &flow.facts);
    let relays: BTreeSet<IpAddr> =
        facts().filter(|fact| fact.key == "stun.relayed-address").filter_map(|fact| address_in(&fact.value)).collect();
    let told = facts().filter(|fact| TOLD_TO_RELAY.contains(&fact.key.as_str()));
    told.filter_map(|fact| address_in(&fact.value))
        .filter(|address| !hosts.contains(address) && !relays.contains(address))
        .collect::<BTreeSet<_>>()
        .len()
}
