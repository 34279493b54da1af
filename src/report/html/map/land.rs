//! Outlines of countries for the map, and the projection they are drawn in.
//!
//! Equal Earth (Šavrič, Patterson, Jenny 2018, doi:10.1080/13658816.2018.1504949): areas keep their proportions. The
//! middle is 11° east, so that the edge runs through the Bering Strait.

use crate::report::html::digest::{Digest, known_status};
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Made by `examples/make_map.rs`, which describes its form.
static OUTLINES: &str = include_str!("../assets/map.txt");

/// Width of the world in units of the picture.
pub(super) const WORLD_WIDTH: f64 = 2000.0;
/// Longitude of the middle.
const MIDDLE_DEGREES: f64 = 11.0;
/// Half of the world's width in the projection's own unit.
const HALF_WIDTH: f64 = 2.706_63;
/// Coefficients of the projection.
const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];

/// Where a point of the Earth is in the picture: to the right, and down from the equator.
pub(super) fn project(lat: f64, lon: f64) -> (f64, f64) {
    let mut east = lon - MIDDLE_DEGREES;
    if east < -180.0 {
        east += 360.0;
    } else if east > 180.0 {
        east -= 360.0;
    }
    let theta = (3f64.sqrt() / 2.0 * lat.clamp(-90.0, 90.0).to_radians().sin()).asin();
    let [a1, a2, a3, a4] = A;
    let slope = 9.0 * a4 * theta.powi(8) + 7.0 * a3 * theta.powi(6) + 3.0 * a2 * theta.powi(2) + a1;
    let x = 2.0 * 3f64.sqrt() * east.to_radians() * theta.cos() / (3.0 * slope);
    let y = a4 * theta.powi(9) + a3 * theta.powi(7) + a2 * theta.powi(3) + a1 * theta;
    let scale = WORLD_WIDTH / 2.0 / HALF_WIDTH;
    ((x + HALF_WIDTH) * scale, -y * scale)
}

/// A ring of a country: latitude and longitude of each corner in degrees.
type Ring = Vec<(f64, f64)>;

/// The rings of all countries, the largest ring of a country first.
fn rings() -> BTreeMap<&'static str, Vec<Ring>> {
    let mut countries: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for line in OUTLINES.lines().filter(|line| !line.starts_with('#')) {
        let (code, numbers) = line.split_once(' ').unwrap_or_default();
        countries.entry(code).or_default().push(ring(numbers));
    }
    countries
}

fn ring(numbers: &str) -> Ring {
    let numbers: Vec<i32> = numbers.split(' ').filter_map(|number| number.parse().ok()).collect();
    let mut at = (0, 0);
    let mut corners = Vec::with_capacity(numbers.len() / 2);
    for step in numbers.chunks_exact(2) {
        if let [lon, lat] = step {
            at = (at.0 + lon, at.1 + lat);
            corners.push((f64::from(at.1) / 10.0, f64::from(at.0) / 10.0));
        }
    }
    unwrapped(corners)
}

/// A ring at the edge of the map in one piece: its corners beyond the edge move to the side where most of it is.
fn unwrapped(mut ring: Ring) -> Ring {
    let edge = MIDDLE_DEGREES - 180.0;
    let mean = ring.iter().map(|(_, lon)| *lon).sum::<f64>() / ring.len().max(1) as f64;
    for (_, lon) in ring.iter_mut().filter(|(_, lon)| *lon < edge) {
        *lon = if mean < edge || mean > 0.0 { *lon + 360.0 } else { edge };
    }
    ring
}

/// The middle of a country's largest part, latitude and longitude, and how far its corners lie from there in km.
pub(super) fn middle(code: &str) -> Option<((f64, f64), f64)> {
    let rings = rings();
    let rings = rings.get(code)?;
    let first = rings.first()?;
    let (mut twice, mut lat, mut lon) = (0.0, 0.0, 0.0);
    for (one, two) in first.iter().zip(first.iter().cycle().skip(1)) {
        let part = one.1 * two.0 - two.1 * one.0;
        twice += part;
        lat += (one.0 + two.0) * part;
        lon += (one.1 + two.1) * part;
    }
    let middle = if twice == 0.0 { *first.first()? } else { (lat / (3.0 * twice), lon / (3.0 * twice)) };
    let far = first.iter().map(|corner| distance_km(middle, *corner)).fold(0.0, f64::max);
    Some((middle, far))
}

/// Mean radius of the Earth in kilometres (IUGG).
const EARTH_KM: f64 = 6371.0088;

fn distance_km(one: (f64, f64), two: (f64, f64)) -> f64 {
    let (lat, other) = (one.0.to_radians(), two.0.to_radians());
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let part = half(two.0 - one.0) + lat.cos() * other.cos() * half(two.1 - one.1);
    2.0 * EARTH_KM * part.sqrt().min(1.0).asin()
}

/// Points on a circle of `km` around a point, as latitude and longitude.
pub(super) fn circle((lat, lon): (f64, f64), km: f64) -> impl Iterator<Item = (f64, f64)> {
    let angle = km / EARTH_KM;
    let (lat, lon) = (lat.to_radians(), lon.to_radians());
    (0..72).map(move |step| {
        let course = f64::from(step) * std::f64::consts::TAU / 72.0;
        let sine = lat.sin() * angle.cos() + lat.cos() * angle.sin() * course.cos();
        let to = sine.clamp(-1.0, 1.0).asin();
        let east = (course.sin() * angle.sin() * lat.cos()).atan2(angle.cos() - lat.sin() * to.sin());
        let degrees = (lon + east).to_degrees();
        (to.to_degrees(), (degrees + 540.0).rem_euclid(360.0) - 180.0)
    })
}

/// Members of the EU and EEA since 2021.
const EEA: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// All countries, drawn once and used by each view; those that data went to carry their status as class, the others of
/// the EU and EEA a tint.
pub(in crate::report::html) fn shapes(digest: &Digest<'_>) -> Markup {
    let statuses: BTreeMap<_, _> = digest
        .findings
        .transfers
        .iter()
        .filter_map(|total| Some((total.country.as_deref()?, known_status(&total.status))))
        .collect();
    let class = |code: &str| match statuses.get(code) {
        Some(status) => Some(format!("land s-{status}")),
        None => EEA.contains(&code).then(|| "eea".to_owned()),
    };
    html! {
        @if !digest.findings.transfers.is_empty() {
            svg.shapes width="0" height="0" aria-hidden="true" focusable="false" {
                defs { g id="land" { @for (code, rings) in rings() { path class=[class(code)] d=(path(&rings)) {} } } }
            }
        }
    }
}

/// The rings in halves of a unit of the picture, each corner as the step from the one before.
fn path(rings: &[Ring]) -> String {
    let mut path = String::new();
    let mut start = (0, 0);
    for ring in rings {
        let mut at = start;
        for (index, (lat, lon)) in ring.iter().enumerate() {
            let (x, y) = project(*lat, *lon);
            let corner = ((x * 2.0).round() as i32, (y * 2.0).round() as i32);
            let word = match index {
                0 => "m",
                1 => "l",
                _ => " ",
            };
            let _ = write!(path, "{word}{} {}", corner.0 - at.0, corner.1 - at.1);
            at = corner;
            // A closed ring leaves the pen where it began.
            start = if index == 0 { corner } else { start };
        }
        path.push('z');
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projection_is_the_published_one() {
        let (x, y) = project(0.0, 11.0);
        assert!((x - WORLD_WIDTH / 2.0).abs() < 0.01 && y.abs() < 0.01);
        // The pole is as far from the equator as 1.3173627591574 / 2.7066299836960 of half the width.
        let (_, pole) = project(90.0, 0.0);
        assert!((pole + 1.317_362_76 / 2.706_63 * WORLD_WIDTH / 2.0).abs() < 0.1, "{pole}");
        let (left, _) = project(0.0, -168.9);
        assert!(left < 2.0, "{left}");
    }

    #[test]
    fn countries_have_their_middle_inside_them() {
        let ((lat, lon), far) = middle("DE").expect("Germany");
        assert!((50.0..52.5).contains(&lat) && (9.0..12.0).contains(&lon), "{lat} {lon}");
        assert!((350.0..600.0).contains(&far), "{far}");
        assert!(middle("EU").is_none());
        assert!(rings().len() > 240);
    }

    #[test]
    fn a_circle_keeps_its_distance() {
        for point in circle((51.0, 10.0), 2441.0) {
            assert!((distance_km((51.0, 10.0), point) - 2441.0).abs() < 1.0);
        }
    }
}
