//! Where it went: from the device over providers and operators to the countries, as wide as the bytes.

mod sankey;

use super::both::{Both, say};
use super::digest::{Digest, known_status, operator, weight};
use super::{chapter, map};
use crate::exposure::Endpoint;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Most providers and operators drawn by themselves; the others share one band.
const OPERATORS_MAX: usize = 8;
/// Most countries drawn by themselves.
const COUNTRIES_MAX: usize = 8;

/// A provider or operator, a country and its status, with what went there.
#[derive(Clone, Debug, PartialEq)]
struct Band {
    operator: Both,
    country: Both,
    status: &'static str,
    bytes: u64,
    packets: u64,
}

pub(super) fn section(digest: &Digest<'_>) -> Markup {
    let bands = bands(digest);
    let lead = say(
        "Vom Gerät über Anbieter oder Netzbetreiber in das Land, in dem die Gegenstellen stehen, in beide Richtungen zusammengezählt.",
        "From the device over providers or network operators to the country where the endpoints stand, both directions added up.",
    );
    chapter(
        "flow",
        say("Wohin die Daten gingen", "Where the data went"),
        lead,
        html! {
            @if bands.is_empty() {
                p.empty { (say(
                    "Alle Gegenstellen liegen im eigenen oder einem benachbarten Netz; eine Übermittlung in andere Länder lässt sich daraus nicht ableiten.",
                    "All endpoints are in the own or a neighbouring network; no transfer to other countries can be derived.",
                )) }
            } @else {
                (sankey::figure(&bands, digest))
                (summed_up(digest))
                (table(&bands))
                h3 { (say("Standorte und ihre Belege", "Places and their evidence")) }
                (map::maps(digest))
            }
        },
    )
}

/// Says what the picture sums up.
fn summed_up(digest: &Digest<'_>) -> Markup {
    let far = digest.far();
    let count = |names: Vec<String>| names.iter().collect::<std::collections::BTreeSet<_>>().len();
    let operators = count(far.iter().map(|endpoint| run_by(digest, endpoint).en).collect());
    let countries = count(far.iter().map(|endpoint| code(endpoint)).collect());
    html! {
        @if operators > OPERATORS_MAX || countries > COUNTRIES_MAX {
            p.fine { (Both::new(
                format!("Einzeln gezeichnet sind die {OPERATORS_MAX} größten von {operators} Betreibern und die {COUNTRIES_MAX} größten von {countries} Ländern; die übrigen sind zusammengefasst."),
                format!("Drawn singly are the {OPERATORS_MAX} largest of {operators} operators and the {COUNTRIES_MAX} largest of {countries} countries; the others are summed up."),
            )) }
        }
    }
}

/// Whose an endpoint is: another participant, the provider, or the operator of its network.
fn run_by(digest: &Digest<'_>, endpoint: &Endpoint) -> Both {
    let run_by = operator(endpoint);
    let is_peer =
        digest.findings.meetings.iter().flat_map(|meeting| &meeting.peers).any(|peer| peer.address == endpoint.address);
    match &endpoint.provider {
        _ if is_peer => Both::new(format!("Teilnehmende über {run_by}"), format!("Participants over {run_by}")),
        Some(id) => Both::same(digest.provider_name(id)),
        None => Both::same(run_by),
    }
}

/// Each provider or operator with its countries and bytes, the largest first.
pub(super) fn recipients(digest: &Digest<'_>) -> Vec<(Both, Both, u64)> {
    let mut recipients: BTreeMap<Both, (Vec<Both>, u64)> = BTreeMap::new();
    for endpoint in digest.far() {
        let (countries, bytes) = recipients.entry(run_by(digest, endpoint)).or_default();
        let country = country(&code(endpoint));
        if !countries.contains(&country) {
            countries.push(country);
        }
        *bytes = bytes.saturating_add(weight(endpoint));
    }
    let listed = |(name, (countries, bytes)): (Both, (Vec<Both>, u64))| (name, Both::join(&countries, ", "), bytes);
    let mut recipients: Vec<_> = recipients.into_iter().map(listed).collect();
    recipients.sort_by_key(|(_, _, bytes)| std::cmp::Reverse(*bytes));
    recipients
}

/// One band for each operator and country, the widest first; what does not fit is summed up.
fn bands(digest: &Digest<'_>) -> Vec<Band> {
    let far = digest.far();
    let operators = largest(far.iter().map(|endpoint| (run_by(digest, endpoint), weight(endpoint))), OPERATORS_MAX);
    let countries = largest(far.iter().map(|endpoint| (code(endpoint), weight(endpoint))), COUNTRIES_MAX);
    let mut bands: BTreeMap<(Both, String, &str), Band> = BTreeMap::new();
    for endpoint in far {
        let kept_operator = Some(run_by(digest, endpoint)).filter(|name| operators.contains(name));
        let kept_country = Some(code(endpoint)).filter(|code| countries.contains(code));
        let status = known_status(&endpoint.transfer.status);
        let band = Band {
            operator: kept_operator.clone().unwrap_or_else(|| say("Weitere Betreiber", "Other operators")),
            country: kept_country.as_deref().map_or(say("Weitere Länder", "Other countries"), country),
            status,
            bytes: 0,
            packets: 0,
        };
        let key = (kept_operator.unwrap_or_default(), kept_country.unwrap_or_default(), status);
        let band = bands.entry(key).or_insert(band);
        band.bytes = band.bytes.saturating_add(weight(endpoint));
        band.packets = band.packets.saturating_add(endpoint.packets_sent).saturating_add(endpoint.packets_received);
    }
    sorted(bands.into_values().collect())
}

/// Countries by their bytes, and within a country the operators by theirs, so that few bands cross.
fn sorted(mut bands: Vec<Band>) -> Vec<Band> {
    let mut countries: BTreeMap<Both, u64> = BTreeMap::new();
    for band in &bands {
        let sum = countries.entry(band.country.clone()).or_default();
        *sum = sum.saturating_add(band.bytes);
    }
    let sum = |band: &Band| countries.get(&band.country).copied().unwrap_or_default();
    bands.sort_by(|one, two| {
        let by_country = sum(two).cmp(&sum(one)).then_with(|| one.country.cmp(&two.country));
        by_country.then_with(|| two.bytes.cmp(&one.bytes))
    });
    bands
}

fn code(endpoint: &Endpoint) -> String {
    endpoint.place.country.clone().unwrap_or_else(|| "?".to_owned())
}

fn country(code: &str) -> Both {
    if code == "?" { say("Standort offen", "Place open") } else { Both::country(code) }
}

/// The names with the greatest sums.
fn largest<N: Ord>(parts: impl Iterator<Item = (N, u64)>, most: usize) -> Vec<N> {
    let mut sums: BTreeMap<N, u64> = BTreeMap::new();
    for (name, bytes) in parts {
        let sum = sums.entry(name).or_default();
        *sum = sum.saturating_add(bytes);
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    sums.into_iter().take(most).map(|(name, _)| name).collect()
}

fn table(bands: &[Band]) -> Markup {
    super::table(
        "bands",
        say("Datenmengen nach Betreiber und Land", "Amounts by operator and country"),
        html! {
            thead { tr {
                th scope="col" { (say("Anbieter oder Netzbetreiber", "Provider or network operator")) }
                th scope="col" { (say("Land", "Country")) }
                th scope="col" { (say("Rechtsstatus", "Legal status")) }
                th.number scope="col" { (say("Daten", "Bytes")) }
                th.number scope="col" { (say("Pakete", "Packets")) }
            } }
            tbody { @for band in bands {
                tr {
                    th scope="row" { (band.operator) }
                    td { (band.country) }
                    td { (super::digest::status(band.status)) }
                    td.number { (Both::bytes(band.bytes)) }
                    td.number { (Both::number(band.packets)) }
                }
            } }
        },
    )
}
