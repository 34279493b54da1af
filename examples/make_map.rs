//! Makes the map of the HTML report from the embedded outlines of countries.
//!
//! `make_map OUT_FILE`, with `src/report/html/assets/map.txt` as the file. A line a ring: the country's code, then
//! longitude and latitude of each corner in tenths of a degree, the first as it is, each other one as the step from the
//! corner before. Corners where three lines meet stay, so that neighbours still share their border; between those the
//! lines are drawn anew (Douglas and Peucker), finer in Europe. Islands too small to see are left out; a
//! country that has nothing larger is a small square on its tip. Antarctica is left out.

use anyhow::{Context, Result};
use meetscope::place::Outlines;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Degrees that a line may be off in Europe, and elsewhere.
const OFF_DEGREES: [f64; 2] = [0.09, 0.34];
/// Square degrees of the smallest island drawn in Europe, and elsewhere.
const ISLAND_SQUARE_DEGREES: [f64; 2] = [0.12, 0.9];
/// West, south, east and north of Europe in degrees.
const EUROPE: [f64; 4] = [-25.0, 34.0, 45.0, 72.0];

/// A corner in tenths of a degree.
type Corner = (i32, i32);
type Ring = Vec<Corner>;

fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("usage: make_map OUT_FILE")?;
    let outlines = Outlines::embedded()?;
    let mut countries: BTreeMap<String, Vec<Vec<(f64, f64)>>> = BTreeMap::new();
    for country in outlines.countries().filter(|country| country.as_str() != "AQ") {
        countries.insert(country.to_string(), seen(outlines.rings(country).collect()));
    }
    let joints = joints(countries.values().flatten());
    let mut text = format!("# {}, Natural Earth, public domain\n", outlines.source());
    for (code, rings) in &countries {
        let mut drawn: Vec<Ring> =
            rings.iter().map(|ring| redrawn(ring, &joints)).filter(|ring| ring.len() > 2).collect();
        if drawn.is_empty() {
            drawn.extend(rings.first().map(|ring| speck(ring)));
        }
        for ring in &drawn {
            write_ring(&mut text, code, ring)?;
        }
    }
    std::fs::write(path, text)?;
    Ok(())
}

/// The rings that are large enough to be seen; at least the largest.
fn seen(mut rings: Vec<Vec<(f64, f64)>>) -> Vec<Vec<(f64, f64)>> {
    rings.sort_by(|one, two| area(two).total_cmp(&area(one)));
    let mut index = 0;
    rings.retain(|ring| {
        index += 1;
        index == 1 || area(ring) >= ISLAND_SQUARE_DEGREES[elsewhere(ring.first())]
    });
    rings
}

fn area(ring: &[(f64, f64)]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    let twice: f64 = ring.iter().zip(next).map(|(one, two)| one.0 * two.1 - two.0 * one.1).sum();
    twice.abs() / 2.0
}

fn elsewhere(corner: Option<&(f64, f64)>) -> usize {
    let [west, south, east, north] = EUROPE;
    let inside = |(lon, lat): &(f64, f64)| (west..east).contains(lon) && (south..north).contains(lat);
    usize::from(!corner.is_some_and(inside))
}

fn key((lon, lat): (f64, f64)) -> Corner {
    ((lon * 10_000.0).round() as i32, (lat * 10_000.0).round() as i32)
}

/// Corners where more than two lines meet.
fn joints<'r>(rings: impl Iterator<Item = &'r Vec<(f64, f64)>>) -> BTreeSet<Corner> {
    let mut neighbours: BTreeMap<Corner, BTreeSet<Corner>> = BTreeMap::new();
    for ring in rings {
        for (one, two) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            neighbours.entry(key(*one)).or_default().insert(key(*two));
            neighbours.entry(key(*two)).or_default().insert(key(*one));
        }
    }
    neighbours.into_iter().filter(|(_, near)| near.len() > 2).map(|(corner, _)| corner).collect()
}

/// A ring with fewer corners, in tenths of a degree.
fn redrawn(ring: &[(f64, f64)], joints: &BTreeSet<Corner>) -> Ring {
    let first_joint = ring.iter().position(|corner| joints.contains(&key(*corner)));
    let start = first_joint.unwrap_or_else(|| lowest(ring));
    let mut turned: Vec<(f64, f64)> = ring[start..].iter().chain(&ring[..start]).copied().collect();
    turned.push(turned[0]);
    let far = farthest(&turned);
    let mut kept = vec![turned[0]];
    let mut from = 0;
    for index in 1..turned.len() {
        let fixed = joints.contains(&key(turned[index])) || (first_joint.is_none() && index == far);
        if fixed || index + 1 == turned.len() {
            line(&turned[from..=index], &mut kept);
            from = index;
        }
    }
    let mut corners: Ring =
        kept.iter().map(|(lon, lat)| ((lon * 10.0).round() as i32, (lat * 10.0).round() as i32)).collect();
    corners.dedup();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    corners
}

/// A square on its tip for a country that is too small for an outline.
fn speck(ring: &[(f64, f64)]) -> Ring {
    let count = ring.len().max(1) as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| (ring.iter().map(of).sum::<f64>() / count * 10.0).round() as i32;
    let (lon, lat) = (mean(|corner| corner.0), mean(|corner| corner.1));
    vec![(lon - 1, lat), (lon, lat + 1), (lon + 1, lat), (lon, lat - 1)]
}

fn lowest(ring: &[(f64, f64)]) -> usize {
    (0..ring.len()).min_by(|one, two| ring[*one].0.total_cmp(&ring[*two].0)).unwrap_or_default()
}

fn farthest(ring: &[(f64, f64)]) -> usize {
    let off = |corner: &(f64, f64)| (corner.0 - ring[0].0).hypot(corner.1 - ring[0].1);
    (0..ring.len()).max_by(|one, two| off(&ring[*one]).total_cmp(&off(&ring[*two]))).unwrap_or_default()
}

/// Adds the corners of a line behind its first one that are needed.
fn line(corners: &[(f64, f64)], kept: &mut Vec<(f64, f64)>) {
    let (Some(first), Some(last)) = (corners.first(), corners.last()) else { return };
    let off = |index: &usize| distance(corners[*index], *first, *last);
    let worst = (1..corners.len().saturating_sub(1)).max_by(|one, two| off(one).total_cmp(&off(two)));
    match worst.filter(|index| off(index) > OFF_DEGREES[elsewhere(Some(&corners[*index]))]) {
        Some(index) => {
            line(&corners[..=index], kept);
            line(&corners[index..], kept);
        }
        None => kept.push(*last),
    }
}

fn distance(point: (f64, f64), one: (f64, f64), two: (f64, f64)) -> f64 {
    let (dx, dy) = (two.0 - one.0, two.1 - one.1);
    let square = dx * dx + dy * dy;
    let part = if square == 0.0 { 0.0 } else { ((point.0 - one.0) * dx + (point.1 - one.1) * dy) / square };
    let part = part.clamp(0.0, 1.0);
    (point.0 - one.0 - part * dx).hypot(point.1 - one.1 - part * dy)
}

fn write_ring(text: &mut String, code: &str, ring: &[Corner]) -> Result<()> {
    write!(text, "{code}")?;
    let mut before = (0, 0);
    for corner in ring {
        write!(text, " {} {}", corner.0 - before.0, corner.1 - before.1)?;
        before = *corner;
    }
    text.push('\n');
    Ok(())
}
