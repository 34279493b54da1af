//! Country and operator of remote addresses, and what the law of the day says of that country.

use super::findings::{Bilingual, PlaceEntry, PlaceProof, TransferEntry};
use super::local::{LocalSide, is_host, is_private};
use super::view::View;
use super::{Knowledge, traits, words};
use crate::catalogue::Status;
use crate::engine::Traffic;
use crate::place::{Seen, Whereabouts};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Systems that announce the remote addresses.
pub(super) fn systems(traffic: &Traffic, local: &LocalSide, knowledge: &Knowledge<'_>) -> BTreeMap<IpAddr, u32> {
    let mut systems: BTreeMap<IpAddr, Option<u32>> = BTreeMap::new();
    for flow in &traffic.flows {
        let address = local.orient(flow).remote.ip();
        let asn = || knowledge.atlas.databases().look_up(address).operator().map(|operator| operator.asn);
        systems.entry(address).or_insert_with(asn);
    }
    systems.into_iter().filter_map(|(address, asn)| Some((address, asn?))).collect()
}

/// Where `address` was on `day`, from everything that is known of it.
pub(super) fn locate(address: IpAddr, seen: Seen<'_>, day: Date, knowledge: &Knowledge<'_>) -> Whereabouts {
    let is_eea = |country: &str| match knowledge.law.status(country, day).status {
        Status::Eu | Status::Eea => Some(true),
        Status::Adequate | Status::ThirdCountry => Some(false),
        Status::Unknown => None,
    };
    knowledge.atlas.locate(address, seen, &is_eea)
}

/// A place as the report shows it.
pub(super) fn entry(whereabouts: &Whereabouts) -> PlaceEntry {
    let mut evidence: Vec<PlaceProof> = Vec::new();
    for piece in &whereabouts.place.evidence {
        evidence.push(proof(piece.kind.name(), piece.says.to_string(), piece.detail.clone()));
    }
    if let Some(special) = whereabouts.special {
        evidence.push(proof("database", special.name().into(), "IANA special-purpose address registry".into()));
    }
    PlaceEntry {
        country: whereabouts.place.country.map(|country| country.to_string()),
        verdict: whereabouts.place.verdict.name().into(),
        evidence,
        max_distance_km: whereabouts.place.max_distance_km,
    }
}

/// How many routers packets of the remote side have passed: a hint at how far away it is, and no proof of a place.
pub(super) fn distance(view: &View<'_>) -> Option<PlaceProof> {
    let seen = *view.flow.hop_limits.get(view.sides.sent.reversed().index())?;
    let (passed, initial) = traits::routers_passed(seen)?;
    Some(proof(
        "hop-limit",
        format!("about {passed} routers away"),
        format!("hop limit {seen}, most likely of {initial}"),
    ))
}

fn proof(kind: &str, says: String, detail: String) -> PlaceProof {
    PlaceProof { kind: kind.into(), says, detail }
}

/// Status of a transfer to `address` on `day`.
pub(super) fn transfer(address: IpAddr, place: &PlaceEntry, day: Date, knowledge: &Knowledge<'_>) -> TransferEntry {
    let on = Some(day.to_string());
    if is_private(address) || !is_host(address) {
        return TransferEntry { status: "unknown".into(), basis: words::NEAR.both(&[]), on };
    }
    let Some(country) = place.country.as_deref() else {
        return TransferEntry { status: "unknown".into(), basis: words::NO_PLACE.both(&[]), on };
    };
    let standing = knowledge.law.status(country, day);
    let basis = Bilingual {
        de: with_condition(&standing.basis_de, standing.condition_de.as_deref()),
        en: with_condition(&standing.basis_en, standing.condition_en.as_deref()),
    };
    TransferEntry { status: standing.status.name().into(), basis, on }
}

/// The basis with what an address cannot show behind it.
fn with_condition(basis: &str, condition: Option<&str>) -> String {
    match condition {
        Some(condition) => format!("{basis}. {condition}"),
        None => basis.to_owned(),
    }
}
