//! Country and operator of every remote address, and what the law of the day says of that country.

use super::findings::{Bilingual, PlaceEntry, PlaceProof, TransferEntry};
use super::local::{LocalSide, is_host, is_private};
use super::{Knowledge, words};
use crate::catalogue::Status;
use crate::engine::Traffic;
use crate::place::Located;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What is known of the place of an address.
#[derive(Clone, Debug)]
pub struct Place {
    /// Autonomous system number.
    pub asn: Option<u32>,
    /// Name of the autonomous system.
    pub as_name: Option<String>,
    /// Where it stands and what speaks for it.
    pub entry: PlaceEntry,
    /// Whether a database calls the address anycast.
    pub anycast: bool,
}

/// Places of all remote addresses.
pub(super) fn places(traffic: &Traffic, local: &LocalSide, knowledge: &Knowledge<'_>) -> BTreeMap<IpAddr, Place> {
    let mut places = BTreeMap::new();
    for flow in &traffic.flows {
        let address = local.orient(flow).remote.ip();
        places.entry(address).or_insert_with(|| place(address, flow.first.time.date(), knowledge));
    }
    places
}

/// Databases alone are at most plausible: they tell where a prefix is registered or was measured once, not where a
/// packet was answered.
pub(super) fn place(address: IpAddr, day: Date, knowledge: &Knowledge<'_>) -> Place {
    let located = knowledge.databases.look_up(address);
    let operator = located.operator();
    let (verdict, country, mut evidence) = judge(&located, day, knowledge);
    if let Some(special) = located.special {
        evidence.push(proof("address", special.name(), "IANA special-purpose address registry"));
    }
    Place {
        asn: operator.as_ref().map(|operator| operator.asn),
        as_name: operator.map(|operator| operator.name).filter(|name| !name.is_empty()),
        anycast: located.findings.iter().any(|finding| finding.anycast),
        entry: PlaceEntry { country, verdict: verdict.into(), evidence, max_distance_km: None },
    }
}

fn judge(located: &Located, day: Date, knowledge: &Knowledge<'_>) -> (&'static str, Option<String>, Vec<PlaceProof>) {
    let mut inside = Vec::new();
    let mut evidence = Vec::new();
    for finding in &located.findings {
        let (Some(country), Some(source)) = (finding.country, knowledge.databases.source(finding.database)) else {
            continue;
        };
        let standing = knowledge.law.status(country.as_str(), day);
        inside.push(matches!(standing.status, Status::Eu | Status::Eea));
        evidence.push(proof("database", country.as_str(), &format!("{}, {}", source.name, source.built)));
    }
    let country = located.country().and_then(|finding| finding.country).map(|country| country.as_str().to_owned());
    let anycast = located.findings.iter().any(|finding| finding.anycast);
    let verdict = match (inside.first(), anycast) {
        (Some(first), false) if inside.iter().all(|other| other == first) => {
            if *first {
                "plausible-inside"
            } else {
                "plausible-outside"
            }
        }
        _ => "undecidable",
    };
    (verdict, country, evidence)
}

fn proof(kind: &str, says: &str, detail: &str) -> PlaceProof {
    PlaceProof { kind: kind.into(), says: says.into(), detail: detail.into() }
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
