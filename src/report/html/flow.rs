//! Where it went: from the device over the operators to the countries, as wide as the bytes.

use super::both::{Both, say};
use super::digest::{Digest, known_status, operator, round, weight};
use super::{chapter, map};
use crate::exposure::Endpoint;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Most operators drawn by themselves; the others share one band.
const OPERATORS_MAX: usize = 8;
/// Most countries drawn by themselves.
const COUNTRIES_MAX: usize = 8;
/// Height of all bands together, and of the gap between two, in units of the picture.
const BANDS_HEIGHT: f64 = 300.0;
const GAP_HEIGHT: f64 = 30.0;
/// Least height of a band, so that a small one is still seen.
const BAND_HEIGHT_MIN: f64 = 3.0;
/// Width of the bar at which bands meet.
const BAR_WIDTH: f64 = 9.0;

/// An operator, a country and its status, with what went there.
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
        "Vom Gerät über die Netzbetreiber der Gegenstellen in das Land, in dem sie stehen. Die Breite der Bänder entspricht der Datenmenge in beide Richtungen.",
        "From the device over the operators of the endpoints to the country where those stand. The width of the bands is the amount of data in both directions.",
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
                figure.sankey {
                    @for (name, width, margin) in [("wide", 960.0, 210.0), ("narrow", 360.0, 96.0)] {
                        (picture(&bands, name, width, margin, digest))
                    }
                    figcaption.unseen id="sankey" { (say("Flussdiagramm vom Gerät über Betreiber zu Ländern; die Werte stehen in der Tabelle darunter.", "Flow diagram from the device over operators to countries; the values are in the table below.")) }
                }
                (table(&bands))
                h3 { (say("Karte mit Belegen des Standorts", "Map with evidence of place")) }
                (map::maps(digest))
            }
        },
    )
}

/// One band for each operator and country, the widest first; what does not fit is summed up.
fn bands(digest: &Digest<'_>) -> Vec<Band> {
    let far = digest.far();
    let operators = largest(far.iter().map(|endpoint| (operator(endpoint), weight(endpoint))), OPERATORS_MAX);
    let countries = largest(far.iter().map(|endpoint| (code(endpoint), weight(endpoint))), COUNTRIES_MAX);
    let mut bands: BTreeMap<(String, String, &str), Band> = BTreeMap::new();
    for endpoint in far {
        let kept_operator = Some(operator(endpoint)).filter(|name| operators.contains(name));
        let kept_country = Some(code(endpoint)).filter(|code| countries.contains(code));
        let status = known_status(&endpoint.transfer.status);
        let band = Band {
            operator: kept_operator.clone().map_or(say("Weitere Betreiber", "Other operators"), Both::same),
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
fn largest(parts: impl Iterator<Item = (String, u64)>, most: usize) -> Vec<String> {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for (name, bytes) in parts {
        let sum = sums.entry(name).or_default();
        *sum = sum.saturating_add(bytes);
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    sums.into_iter().take(most).map(|(name, _)| name).collect()
}

/// A bar where bands meet.
struct Node {
    name: Both,
    bytes: u64,
    status: Option<&'static str>,
    top: f64,
    height: f64,
    /// Where the next band from the left ends.
    arrives: f64,
    /// Where the next band to the right begins.
    leaves: f64,
}

/// The bars of a column, one below the other, centred in `height`.
fn column<'b>(bands: &'b [Band], of: impl Fn(&'b Band) -> (&'b Both, Option<&'static str>), scale: f64) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for band in bands {
        let (name, status) = of(band);
        let height = (band.bytes as f64 * scale).max(BAND_HEIGHT_MIN);
        match nodes.iter_mut().find(|node| node.name == *name && node.status == status) {
            Some(node) => {
                node.bytes = node.bytes.saturating_add(band.bytes);
                node.height += height;
            }
            None => {
                let name = name.clone();
                nodes.push(Node { name, bytes: band.bytes, status, top: 0.0, height, arrives: 0.0, leaves: 0.0 });
            }
        }
    }
    nodes
}

/// Puts the bars of a column below each other.
fn stack(nodes: &mut [Node], gap: f64, height: f64) {
    let needed: f64 = nodes.iter().map(|node| node.height + gap).sum::<f64>() - gap;
    let mut top = ((height - needed) / 2.0).max(0.0);
    for node in nodes {
        node.top = top;
        node.arrives = top;
        node.leaves = top;
        top += node.height + gap;
    }
}

fn picture(bands: &[Band], name: &str, width: f64, margin: f64, digest: &Digest<'_>) -> Markup {
    let total: u64 = bands.iter().map(|band| band.bytes).fold(0, u64::saturating_add);
    let scale = BANDS_HEIGHT / (total.max(1) as f64);
    let mut operators = column(bands, |band| (&band.operator, None), scale);
    let mut countries = column(bands, |band| (&band.country, Some(band.status)), scale);
    let whole: f64 = operators.iter().map(|node| node.height).sum();
    let most = operators.len().max(countries.len()) as f64;
    let height = whole + GAP_HEIGHT * most;
    stack(&mut operators, GAP_HEIGHT, height);
    stack(&mut countries, GAP_HEIGHT, height);
    let narrow = name == "narrow";
    let left = if narrow { 0.0 } else { margin * 0.62 };
    let middle = if narrow { width * 0.36 } else { width * 0.44 };
    let right = width - margin - BAR_WIDTH;
    let device = (height - whole) / 2.0;
    let ribbons = ribbons(bands, scale, [left, middle, right], device, &mut operators, &mut countries);
    let local = digest.findings.local.addresses.first().cloned().unwrap_or_default();
    let top = 26.0;
    html! {
        svg class=(name) viewBox={ "0 " (-top) " " (width) " " (round(height + top + 10.0)) } role="img" aria-labelledby="sankey" {
            (say("Gerät", "Device").drawn(&round(left + if narrow { 0.0 } else { BAR_WIDTH }).to_string(), -10.0, if narrow { "title" } else { "title end" }))
            (say("Netzbetreiber", "Network operator").drawn(&middle.to_string(), -10.0, "title"))
            (say("Land", "Country").drawn(&right.to_string(), -10.0, "title"))
            @for (status, ribbon) in &ribbons { path class={ "band s-" (status) } d=(ribbon) {} }
            rect.bar x=(left) y=(round(device)) width=(BAR_WIDTH) height=(round(whole)) {}
            @if !narrow { (Both::same(local).drawn(&round(left - 10.0).to_string(), round(height / 2.0 + 4.0), "label end")) }
            @for node in operators.iter() { (bar(node, middle, narrow)) }
            @for node in countries.iter() { (bar(node, right, narrow)) }
        }
    }
}

/// The bands from the device at `xs[0]` over the operators to the countries, each with its status.
fn ribbons(
    bands: &[Band],
    scale: f64,
    xs: [f64; 3],
    mut device: f64,
    operators: &mut [Node],
    countries: &mut [Node],
) -> Vec<(&'static str, String)> {
    let [left, middle, right] = xs;
    let mut ribbons = Vec::new();
    for band in bands {
        let thick = (band.bytes as f64 * scale).max(BAND_HEIGHT_MIN);
        let ends = (find(operators, &band.operator, None), find(countries, &band.country, Some(band.status)));
        let (Some(operator), Some(country)) = ends else { continue };
        ribbons.push((band.status, ribbon(left + BAR_WIDTH, device, middle, operator.arrives, thick)));
        ribbons.push((band.status, ribbon(middle + BAR_WIDTH, operator.leaves, right, country.arrives, thick)));
        device += thick;
        operator.arrives += thick;
        operator.leaves += thick;
        country.arrives += thick;
    }
    ribbons
}

fn find<'n>(nodes: &'n mut [Node], name: &Both, status: Option<&'static str>) -> Option<&'n mut Node> {
    nodes.iter_mut().find(|node| node.name == *name && node.status == status)
}

/// A band between two heights.
fn ribbon(left: f64, from: f64, right: f64, to: f64, thick: f64) -> String {
    let half = (left + right) / 2.0;
    let [from_end, to_end] = [from + thick, to + thick];
    format!(
        "M{left:.1} {from:.1}C{half:.1} {from:.1} {half:.1} {to:.1} {right:.1} {to:.1}V{to_end:.1}\
         C{half:.1} {to_end:.1} {half:.1} {from_end:.1} {left:.1} {from_end:.1}z"
    )
}

/// A bar with its name and bytes to the right: in two lines, or in one where the bar is low.
fn bar(node: &Node, x: f64, narrow: bool) -> Markup {
    let at = round(x + BAR_WIDTH + 8.0).to_string();
    let middle = node.top + node.height / 2.0;
    let status = node.status.map(|status| format!(" s-{status}")).unwrap_or_default();
    let (name, amount) = (node.name.cut(if narrow { 14 } else { 26 }), Both::bytes(node.bytes));
    html! {
        rect class={ "bar" (status) } x=(round(x)) y=(round(node.top)) width=(BAR_WIDTH) height=(round(node.height)) {}
        @if node.height < 26.0 && !narrow {
            (Both::join(&[name, amount], " · ").drawn(&at, round(middle + 4.5), "label"))
        } @else {
            (name.drawn(&at, round(middle - 1.0), "label on"))
            (amount.drawn(&at, round(middle + 13.0), "amount on"))
        }
    }
}

fn table(bands: &[Band]) -> Markup {
    super::table(
        "bands",
        say("Datenmengen nach Betreiber und Land", "Amounts by operator and country"),
        html! {
            thead { tr {
                th scope="col" { (say("Netzbetreiber", "Network operator")) }
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
