//! The map: countries that data went to, how much, and how sure the place is.

use super::both::{Both, say};
use super::digest::{Digest, known_status, round, weight};
use super::land::{WORLD_WIDTH, circle, middle, project};
use super::words::{EVIDENCE, PLACE, proof_words, word};
use crate::exposure::Endpoint;
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Most rows of the table of places; the JSON report has all.
pub(super) const ROWS_MAX: usize = 60;
/// Most circles of round trips drawn, the narrowest first.
const CIRCLES_MAX: usize = 4;
/// Widest circle worth drawing, in kilometres: a wider one leaves no country out that matters.
const CIRCLE_KM_MAX: f64 = 4000.0;
/// Most countries with a name beside their mark, by bytes.
const NAMES_MAX: usize = 10;

/// A part of the world: west, south, east, north in degrees.
struct View {
    id: &'static str,
    degrees: [f64; 4],
    name: (&'static str, &'static str),
}

const WORLD: View = View { id: "world", degrees: [-160.0, -50.0, 178.0, 76.0], name: ("Welt", "World") };
const EUROPE: View = View { id: "europe", degrees: [-14.0, 35.0, 36.0, 69.0], name: ("Europa", "Europe") };

/// A country with what went there.
struct Mark<'f> {
    code: &'f str,
    status: &'static str,
    bytes: u64,
    /// Whether a place there is proven by more than a database.
    proven: bool,
    /// Whether only evidence that did not decide names the country.
    claimed: bool,
    at: (f64, f64),
}

pub(super) fn maps(digest: &Digest<'_>) -> Markup {
    let marks = marks(digest);
    if marks.is_empty() {
        return html! {};
    }
    let home = home(digest);
    let inside = |mark: &&Mark<'_>| EUROPE.shows(mark.at);
    let in_europe = marks.iter().filter(inside).count();
    let views: Vec<&View> = match (in_europe, marks.len()) {
        (0, _) => vec![&WORLD],
        (some, all) if some == all => vec![&EUROPE],
        _ => vec![&WORLD, &EUROPE],
    };
    html! {
        div class={ "maps views-" (views.len()) } {
            @for view in views { (picture(digest, view, &marks, home)) }
        }
        (legend())
        (table(digest))
    }
}

/// Where the captured side is, and how far its country reaches when only that is known.
fn home(digest: &Digest<'_>) -> Option<((f64, f64), f64)> {
    let location = &digest.findings.local.location;
    let point = location.lat.zip(location.lon).map(|point| (point, 0.0));
    point.or_else(|| middle(location.country.as_deref()?))
}

fn marks<'f>(digest: &Digest<'f>) -> Vec<Mark<'f>> {
    let mut marks: BTreeMap<(&str, bool), Mark<'f>> = BTreeMap::new();
    for endpoint in digest.far() {
        let claimed = endpoint.place.country.is_none();
        let claim = || endpoint.place.evidence.iter().find(|proof| proof.kind == "database" && proof.says.len() == 2);
        let code = endpoint.place.country.as_deref().or_else(|| claim().map(|proof| proof.says.as_str()));
        let Some((code, at)) = code.and_then(|code| Some((code, middle(code)?.0))) else { continue };
        let status = if claimed { "unknown" } else { known_status(&endpoint.transfer.status) };
        let mark = marks.entry((code, claimed)).or_insert(Mark { code, status, bytes: 0, proven: false, claimed, at });
        mark.bytes = mark.bytes.saturating_add(weight(endpoint));
        mark.proven |= endpoint.place.verdict.starts_with("proven");
    }
    let mut marks: Vec<_> = marks.into_values().collect();
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.bytes));
    marks
}

impl View {
    fn shows(&self, (lat, lon): (f64, f64)) -> bool {
        let [west, south, east, north] = self.degrees;
        (west..=east).contains(&lon) && (south..=north).contains(&lat)
    }

    /// Left, top, width and height in units of the picture.
    fn frame(&self) -> [f64; 4] {
        let [west, south, east, north] = self.degrees;
        let (_, top) = project(north, 0.0);
        let (_, bottom) = project(south, 0.0);
        let (left, right) = match self.id {
            "world" => (0.0, WORLD_WIDTH),
            _ => (project(north, west).0.min(project(south, west).0), project(south, east).0),
        };
        [left, top, right - left, bottom - top].map(round)
    }
}

fn picture(digest: &Digest<'_>, view: &View, marks: &[Mark<'_>], home: Option<((f64, f64), f64)>) -> Markup {
    let [left, top, width, height] = view.frame();
    // Sizes are in thousandths of the width, so that both views look alike.
    let unit = width / 1000.0;
    let heaviest = marks.first().map_or(1, |mark| mark.bytes.max(1)) as f64;
    let seen: Vec<Placed<'_>> = placed(marks, view, heaviest, unit);
    html! {
        figure class={ "map " (view.id) } {
            svg viewBox={ (left) " " (top) " " (width) " " (height) } role="img" aria-labelledby={ "map-" (view.id) } {
                g.ground transform="scale(.5)" { use href="#land" {} }
                @if let Some(((lat, lon), reach)) = home {
                    @for km in circles(digest) { path.bound d=(ring((lat, lon), km + reach)) {} }
                    @let from = project(lat, lon);
                    @for it in &seen { path class={ "way s-" (it.mark.status) } d=(way(from, it.at)) {} }
                    circle.home cx=(round(from.0)) cy=(round(from.1)) r=(round(5.0 * unit)) {}
                }
                @for it in &seen { (sign(it)) }
                g.names { @for it in seen.iter().filter(|it| it.named).take(NAMES_MAX) { (name(it, [left, top, width, height])) } }
            }
            figcaption id={ "map-" (view.id) } { (Both::from(view.name)) }
        }
    }
}

fn circles(digest: &Digest<'_>) -> Vec<f64> {
    let mut km: Vec<f64> = digest.far().iter().filter_map(|endpoint| endpoint.place.max_distance_km).collect();
    km.retain(|km| *km < CIRCLE_KM_MAX);
    km.sort_by(f64::total_cmp);
    km.dedup_by(|one, two| (*one - *two).abs() < 100.0);
    km.truncate(CIRCLES_MAX);
    km
}

/// A circle on the Earth as it looks on the map.
fn ring(middle: (f64, f64), km: f64) -> String {
    let mut path = String::new();
    for (index, (lat, lon)) in circle(middle, km).enumerate() {
        let (x, y) = project(lat, lon);
        let _ = write!(path, "{}{:.0} {:.0}", if index == 0 { "M" } else { "L" }, x, y);
    }
    path + "z"
}

/// A bent line between two points.
fn way(from: (f64, f64), to: (f64, f64)) -> String {
    let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
    let lift = (to.0 - from.0).hypot(to.1 - from.1) * 0.18;
    format!("M{:.0} {:.0}Q{:.0} {:.0} {:.0} {:.0}", from.0, from.1, middle.0, middle.1 - lift, to.0, to.1)
}

/// A mark with its place in the picture.
struct Placed<'m> {
    mark: &'m Mark<'m>,
    at: (f64, f64),
    radius: f64,
    named: bool,
}

/// The marks of a view. What is only claimed of a country stands below what is known of it. In the picture of the
/// world, countries of Europe go without a name: they have a picture of their own.
fn placed<'m>(marks: &'m [Mark<'m>], view: &View, heaviest: f64, unit: f64) -> Vec<Placed<'m>> {
    let radius = |mark: &Mark<'_>| (5.0 + 17.0 * (mark.bytes as f64 / heaviest).sqrt()) * unit;
    let all = marks.iter().filter(|mark| view.id == WORLD.id || view.shows(mark.at));
    let place = |mark: &'m Mark<'m>| {
        let known = marks.iter().find(|other| mark.claimed && !other.claimed && other.code == mark.code);
        let down = known.map_or(0.0, |known| radius(known) + radius(mark) + 8.0 * unit);
        let (x, y) = project(mark.at.0, mark.at.1);
        let named = view.id != WORLD.id || !EUROPE.shows(mark.at);
        Placed { mark, at: (x, y + down), radius: radius(mark), named }
    };
    all.map(place).collect()
}

/// A disc for a place, hollow where only a database claims it.
fn sign(placed: &Placed<'_>) -> Markup {
    let mark = placed.mark;
    let sure = match (mark.claimed, mark.proven) {
        (true, _) => "claimed",
        (_, true) => "proven",
        _ => "plausible",
    };
    html! {
        circle class={ "mark " (sure) " s-" (mark.status) } cx=(round(placed.at.0)) cy=(round(placed.at.1))
            r=(round(placed.radius)) {}
    }
}

/// The country's name and bytes beside its mark, with a question mark where only a database claims it; to the left of
/// marks that are near the right edge.
fn name(placed: &Placed<'_>, [left, top, width, _]: [f64; 4]) -> Markup {
    let unit = width / 1000.0;
    let ends = placed.at.0 > left + 0.62 * width;
    let away = placed.radius + 7.0 * unit;
    let country = Both::country(placed.mark.code);
    let claim = if placed.mark.claimed { "?" } else { "" };
    let bytes = Both::bytes(placed.mark.bytes);
    let words =
        Both::new(format!("{}{claim} · {}", country.de, bytes.de), format!("{}{claim} · {}", country.en, bytes.en));
    let x = if ends { placed.at.0 - away } else { placed.at.0 + away };
    let y = (placed.at.1 + 9.0 * unit).max(top + 40.0 * unit);
    words.drawn(&round(x).to_string(), round(y), if ends { "name end" } else { "name" })
}

fn legend() -> Markup {
    html! {
        ul.legend {
            li { span.key.proven {} (say("Ort nachgewiesen", "Place proven")) }
            li { span.key.plausible {} (say("Ort vermutet", "Place plausible")) }
            li { span.key.claimed {} (say("nur Angabe einer Datenbank, nicht entscheidbar", "claimed by a database only, undecidable")) }
            li { span.key.bound {} (say("Grenze nach Antwortzeit: weiter entfernt kann die Gegenstelle nicht sein", "bound by round trip: the endpoint cannot be farther away")) }
            li { (say("Fläche der Marke: Datenmenge", "Area of a mark: bytes")) }
        }
    }
}

fn table(digest: &Digest<'_>) -> Markup {
    let far = digest.far();
    html! {
        (super::table("places", say("Belege für den Standort jeder Gegenstelle", "Evidence of the place of each endpoint"), html! {
            thead { tr {
                th scope="col" { (say("Gegenstelle", "Endpoint")) }
                th scope="col" { (say("Standort", "Place")) }
                th scope="col" { (say("Höchste Entfernung", "Farthest away")) }
                th scope="col" { (say("Belege", "Evidence")) }
            } }
            tbody { @for endpoint in far.iter().take(ROWS_MAX) { (row(endpoint)) } }
        }))
        (super::transfers::left_out(far.len(), ROWS_MAX))
    }
}

fn row(endpoint: &Endpoint) -> Markup {
    html! {
        tr {
            th scope="row" { (super::transfers::host(endpoint)) }
            td { (place(endpoint)) }
            td.number { @if let Some(km) = endpoint.place.max_distance_km { (Both::number(km as u64)) " km" } @else { "–" } }
            td { ul.plain { @for proof in &endpoint.place.evidence {
                @let (says, detail) = proof_words(proof);
                li {
                    @if proof.detail.contains("contradicts ") { span.tag.against { (say("Widerspruch", "Contradiction")) } }
                    (word(EVIDENCE, &proof.kind).capitalised()) ": " b { (says) } @if !detail.is_empty() { span.fine { " (" (detail) ")" } }
                }
            } } }
        }
    }
}

/// Country and how sure it is.
pub(super) fn place(endpoint: &Endpoint) -> Markup {
    html! {
        @if let Some(code) = &endpoint.place.country { b { (Both::country(code)) } br; }
        span.fine { (word(PLACE, &endpoint.place.verdict)) }
    }
}
