//! The map: countries that data went to, how much, and how sure the place is; with the evidence in a table.

mod labels;
pub(super) mod land;
mod marks;
mod places;

use super::both::{Both, say};
use super::digest::{Digest, round};
use crate::report::html::map::labels::{Placed, names};
use land::{WORLD_WIDTH, circle, middle, project};
use marks::{Mark, Sure, marks};
use maud::{Markup, html};
pub(super) use places::place;
use std::fmt::Write;

/// Most circles of round trips drawn, the narrowest first.
const CIRCLES_MAX: usize = 4;
/// Widest circle worth drawing, in kilometres: a wider one leaves no country out that matters.
const CIRCLE_KM_MAX: f64 = 4000.0;

/// A part of the world: west, south, east, north in degrees.
struct View {
    id: &'static str,
    degrees: [f64; 4],
    name: (&'static str, &'static str),
    /// Sizes of letters in units of the picture: where it stands alone, where it stands beside the other, on phones.
    letters: [f64; 3],
}

const WORLD: View =
    View { id: "world", degrees: [-160.0, -50.0, 178.0, 76.0], name: ("Welt", "World"), letters: [24.0, 36.0, 62.0] };
const EUROPE: View =
    View { id: "europe", degrees: [-14.0, 35.0, 36.0, 69.0], name: ("Europa", "Europe"), letters: [6.2, 9.6, 11.0] };

pub(super) fn maps(digest: &Digest<'_>) -> Markup {
    let marks = marks(digest);
    let home = home(digest);
    let inside = |mark: &&Mark<'_>| EUROPE.shows(mark.at);
    let in_europe = marks.iter().filter(inside).count();
    let views: Vec<&View> = match (in_europe, marks.len()) {
        (_, 0) => Vec::new(),
        (0, _) => vec![&WORLD],
        (some, all) if some == all => vec![&EUROPE],
        _ => vec![&WORLD, &EUROPE],
    };
    let count = views.len();
    html! {
        @if count > 0 {
            div class={ "maps views-" (count) } {
                @for view in views { (picture(digest, view, &marks, home, count)) }
            }
            (legend(&marks, home.is_some() && !circles(digest).is_empty()))
        }
        (places::table(digest))
    }
}

/// Where the captured side is, and how far its country reaches when only that is known.
fn home(digest: &Digest<'_>) -> Option<((f64, f64), f64)> {
    let location = &digest.findings.local.location;
    let point = location.lat.zip(location.lon).map(|point| (point, 0.0));
    point.or_else(|| middle(location.country.as_deref()?))
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

fn picture(
    digest: &Digest<'_>,
    view: &View,
    marks: &[Mark<'_>],
    home: Option<((f64, f64), f64)>,
    count: usize,
) -> Markup {
    let frame = view.frame();
    let [left, top, width, height] = frame;
    // Sizes are in thousandths of the width, so that both views look alike.
    let unit = width / 1000.0;
    let heaviest = marks.first().map_or(1, |mark| mark.bytes.max(1)) as f64;
    let seen: Vec<Placed<'_>> = placed(marks, view, heaviest, unit, count);
    let [alone, beside, phone] = view.letters;
    html! {
        figure class={ "map " (view.id) } {
            svg viewBox={ (left) " " (top) " " (width) " " (height) } role="img" aria-labelledby={ "map-" (view.id) } {
                g.ground transform="scale(.5)" { use href="#land" {} }
                @if let Some(((lat, lon), reach)) = home {
                    @for km in circles(digest) { path.bound d=(ring((lat, lon), km + reach)) {} }
                    @let from = project(lat, lon);
                    @for it in seen.iter().filter(|it| it.mark.sure != Sure::Against) {
                        path class={ "way s-" (it.mark.status) } d=(way(from, it.at)) {}
                    }
                    circle.home cx=(round(from.0)) cy=(round(from.1)) r=(round(5.0 * unit)) {}
                }
                @for it in &seen { (sign(it)) }
                (names(&seen, frame, if count == 1 { alone } else { beside }, "broad"))
                (names(&seen, frame, phone, "slim"))
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

/// The marks of a view. What is only claimed of a country stands below what is known of it. In the picture of the
/// world, countries of Europe go without a name where they have a picture of their own.
fn placed<'m>(marks: &'m [Mark<'m>], view: &View, heaviest: f64, unit: f64, count: usize) -> Vec<Placed<'m>> {
    let radius = |mark: &Mark<'_>| match mark.sure {
        Sure::Against => 9.0 * unit,
        _ => (6.0 + 16.0 * (mark.bytes as f64 / heaviest).sqrt()) * unit,
    };
    let all = marks.iter().filter(|mark| view.id == WORLD.id || view.shows(mark.at));
    let place = |mark: &'m Mark<'m>| {
        let known =
            marks.iter().find(|other| !mark.sure.is_known() && other.sure < mark.sure && other.code == mark.code);
        let down = known.map_or(0.0, |known| radius(known) + radius(mark) + 8.0 * unit);
        let (x, y) = project(mark.at.0, mark.at.1);
        let named = count == 1 || view.id != WORLD.id || !EUROPE.shows(mark.at);
        Placed { mark, at: (x, y + down), radius: radius(mark), named }
    };
    all.map(place).collect()
}

/// A disc for a place, hollow where only a database claims it, a cross where other evidence contradicts.
fn sign(placed: &Placed<'_>) -> Markup {
    let (mark, (x, y), r) = (placed.mark, placed.at, placed.radius);
    let class = format!("mark {} s-{}", mark.sure.class(), mark.status);
    html! {
        @if mark.sure == Sure::Against {
            path class=(class) d={ "M" (round(x - r * 0.7)) " " (round(y - r * 0.7)) "l" (round(r * 1.4)) " " (round(r * 1.4)) "m0 " (round(-r * 1.4)) "l" (round(-r * 1.4)) " " (round(r * 1.4)) } {}
        } @else {
            circle class=(class) cx=(round(x)) cy=(round(y)) r=(round(r)) {}
        }
    }
}

fn legend(marks: &[Mark<'_>], bound: bool) -> Markup {
    let has = |sure: Sure| marks.iter().any(|mark| mark.sure == sure);
    html! {
        ul.legend {
            li { span.key.land-eea aria-hidden="true" {} (say("EU und EWR", "EU and EEA")) }
            @if has(Sure::Proven) { li { span.key.proven aria-hidden="true" {} (say("Standort nachgewiesen", "place proven")) } }
            @if has(Sure::Plausible) { li { span.key.plausible aria-hidden="true" {} (say("Standort vermutet", "place plausible")) } }
            @if has(Sure::Claimed) { li { span.key.claimed aria-hidden="true" {} (say("nur Angabe einer Datenbank, nicht entscheidbar (?)", "claimed by a database only, undecidable (?)")) } }
            @if has(Sure::Against) { li { span.cross aria-hidden="true" { "✕" } (say("Widerspruch: Eine Quelle nennt dieses Land, andere Belege schließen es aus oder nennen ein anderes", "contradiction: a source names this country, other evidence rules it out or names another")) } }
            @if bound { li { span.key.bound aria-hidden="true" {} (say("Grenze nach Antwortzeit: Weiter entfernt kann die Gegenstelle nicht stehen", "bound by round trip: the endpoint cannot stand farther away")) } }
            li { (say("Fläche der Marke: Datenmenge; sie steht in der Mitte des Landes", "area of a mark: bytes; it stands in the middle of the country")) }
        }
    }
}
