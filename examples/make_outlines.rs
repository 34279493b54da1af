//! Makes the embedded outlines of countries: `signatures/geo/make-outlines.sh` calls it.
//!
//! `make_outlines COUNTRIES-10M.json VERSION OUT_FILE`. The input is the TopoJSON of the npm package `world-atlas`
//! (Natural Earth, admin 0, 1:10m). The output is described in `src/place/outline.rs`: the rings of each country, drawn
//! anew with fewer corners. The program measures how far a true corner lies from what is drawn, and fails when that is
//! further than `OFF_KM_MAX`, or when a country of ISO 3166-1 is missing.
#![allow(clippy::print_stdout, reason = "the measured distance is the program's message")]

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeMap;

/// Mean radius of the Earth in kilometres (IUGG).
const EARTH_KM: f64 = 6371.0088;
/// Farthest that a redrawn edge may lie from the corners that it replaces, in kilometres.
const REDRAWN_KM_MAX: f64 = 5.0;
/// An island of which every corner is nearer than this to what is drawn of its country is left out, in kilometres.
const LEFT_OUT_KM_MAX: f64 = 10.0;
/// Farthest that a true corner may lie from what is drawn, in kilometres: `OUTLINE_KM_MAX` of `src/place/outline.rs`.
const OFF_KM_MAX: f64 = 10.0;
/// Longest edge of the source that is taken as it is, in degrees; longer ones get corners between, along the straight
/// line of the map, which on the sphere is another line than the great circle.
const EDGE_DEGREES_MAX: f64 = 0.25;
/// Quanta of a degree: 16 bits hold the circle.
const QUANTA_PER_DEGREE: f64 = 32767.0 / 180.0;

/// ISO 3166-1: number and letters of each country.
const ISO: &str = "004AF008AL010AQ012DZ016AS020AD024AO028AG031AZ032AR036AU040AT044BS048BH050BD051AM052BB056BE060BM064BT\
068BO070BA072BW074BV076BR084BZ086IO090SB092VG096BN100BG104MM108BI112BY116KH120CM124CA132CV136KY140CF\
144LK148TD152CL156CN158TW162CX166CC170CO174KM175YT178CG180CD184CK188CR191HR192CU196CY203CZ204BJ208DK\
212DM214DO218EC222SV226GQ231ET232ER233EE234FO238FK239GS242FJ246FI248AX250FR254GF258PF260TF262DJ266GA\
268GE270GM275PS276DE288GH292GI296KI300GR304GL308GD312GP316GU320GT324GN328GY332HT334HM336VA340HN344HK\
348HU352IS356IN360ID364IR368IQ372IE376IL380IT384CI388JM392JP398KZ400JO404KE408KP410KR414KW417KG418LA\
422LB426LS428LV430LR434LY438LI440LT442LU446MO450MG454MW458MY462MV466ML470MT474MQ478MR480MU484MX492MC\
496MN498MD499ME500MS504MA508MZ512OM516NA520NR524NP528NL531CW533AW534SX535BQ540NC548VU554NZ558NI562NE\
566NG570NU574NF578NO580MP581UM583FM584MH585PW586PK591PA598PG600PY604PE608PH612PN616PL620PT624GW626TL\
630PR634QA638RE642RO643RU646RW652BL654SH659KN660AI662LC663MF666PM670VC674SM678ST682SA686SN688RS690SC\
694SL702SG703SK704VN705SI706SO710ZA716ZW724ES728SS729SD732EH740SR744SJ748SZ752SE756CH760SY762TJ764TH\
768TG772TK776TO780TT784AE788TN792TR795TM796TC798TV800UG804UA807MK818EG826GB831GG832JE833IM834TZ840US\
850VI854BF858UY860UZ862VE876WF882WS887YE894ZM";

/// Features of the source without a number: the codes whose area they belong to, by law or by claim.
const UNNUMBERED: &[(&str, &[&str])] = &[
    ("Akrotiri", &["CY", "GB"]),
    ("Baikonur", &["KZ"]),
    ("Clipperton I.", &["FR"]),
    ("Coral Sea Is.", &["AU"]),
    ("Cyprus U.N. Buffer Zone", &["CY"]),
    ("Dhekelia", &["CY", "GB"]),
    ("Indian Ocean Ter.", &["AU"]),
    ("Kosovo", &["XK", "RS"]),
    ("N. Cyprus", &["CY"]),
    ("Siachen Glacier", &["IN", "PK"]),
    ("Somaliland", &["SO"]),
    ("USNB Guantanamo Bay", &["CU", "US"]),
    // Reefs without inhabitants.
    ("Bajo Nuevo Bank", &[]),
    ("Scarborough Reef", &[]),
    ("Serranilla Bank", &[]),
    ("Spratly Is.", &[]),
];

/// Areas that several countries claim and the source counts to one: they belong to both here.
const CLAIMED: &[(&str, &str)] = &[("EH", "MA"), ("PS", "IL")];

/// Parts of a country that have a code of their own: the country, south, west, north, east in degrees, and the codes.
const PARTS: &[(&str, [f64; 4], &[&str])] = &[
    ("AU", [-13.0, 96.0, -12.0, 98.0], &["CC"]),
    ("AU", [-11.0, 105.0, -10.0, 106.0], &["CX"]),
    ("FR", [2.0, -55.0, 6.0, -51.0], &["GF"]),
    ("FR", [15.7, -62.0, 16.6, -60.9], &["GP"]),
    ("FR", [14.3, -61.3, 15.0, -60.7], &["MQ"]),
    ("FR", [-22.0, 55.0, -20.0, 56.0], &["RE"]),
    ("FR", [-13.2, 44.9, -12.4, 45.5], &["YT"]),
    ("NL", [11.0, -70.0, 18.0, -62.0], &["BQ"]),
    ("NO", [70.5, -10.0, 71.5, -7.0], &["SJ"]),
    ("NO", [74.0, 10.0, 81.0, 34.0], &["SJ"]),
    ("NO", [-55.0, 3.0, -54.0, 4.0], &["BV"]),
    ("NZ", [-10.0, -173.0, -8.0, -171.0], &["TK"]),
    // Crimea.
    ("RU", [44.0, 32.0, 46.3, 37.0], &["RU", "UA"]),
];

/// Longitude and latitude in degrees.
type Point = [f64; 2];
/// The same as a unit vector.
type Vector = [f64; 3];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, version, output] = arguments.as_slice() else {
        bail!("usage: make_outlines COUNTRIES-10M.json VERSION OUT_FILE")
    };
    let atlas: Value = serde_json::from_slice(&std::fs::read(input)?)?;
    let countries = countries(&atlas)?;
    for number in 0..ISO.len() / 5 {
        let code = &ISO[number * 5 + 3..number * 5 + 5];
        ensure!(countries.contains_key(code), "{code} is missing");
    }
    let mut out = format!("outlines 1\nworld-atlas {version}\n{}\n", countries.len()).into_bytes();
    let (mut corners, mut off): (usize, f64) = (0, 0.0);
    for (code, rings) in &countries {
        let drawn = drawn(rings);
        off = off.max(rings.iter().flatten().map(|corner| distance_to(&drawn, *corner)).fold(0.0, f64::max));
        corners += drawn.iter().map(Vec::len).sum::<usize>();
        write_country(&mut out, code, &drawn)?;
    }
    println!("{} countries, {corners} corners; a true corner is at most {off:.2} km from the drawn", countries.len());
    ensure!(off <= OFF_KM_MAX, "further than {OFF_KM_MAX} km");
    std::fs::write(output, out)?;
    Ok(())
}

/// The rings of each country by its code.
fn countries(atlas: &Value) -> Result<BTreeMap<String, Vec<Vec<Point>>>> {
    let arcs = arcs(atlas)?;
    let mut countries: BTreeMap<String, Vec<Vec<Point>>> = BTreeMap::new();
    let features = atlas["objects"]["countries"]["geometries"].as_array().context("no countries")?;
    for feature in features {
        let codes = codes(feature)?;
        for polygon in polygons(feature) {
            for indices in polygon.as_array().context("no rings")? {
                let ring = ring(indices, &arcs)?;
                for code in codes.iter().flat_map(|code| of_part(code, &ring)) {
                    countries.entry(code).or_default().push(ring.clone());
                }
            }
        }
    }
    Ok(countries)
}

/// Lines that rings are put together from, in degrees, with corners between those of long edges.
fn arcs(atlas: &Value) -> Result<Vec<Vec<Point>>> {
    let pair = |value: &Value| Some([value[0].as_f64()?, value[1].as_f64()?]);
    let transform = &atlas["transform"];
    let scale = pair(&transform["scale"]).context("no scale")?;
    let shift = pair(&transform["translate"]).context("no shift")?;
    let mut arcs = Vec::new();
    for arc in atlas["arcs"].as_array().context("no arcs")? {
        let mut at = [0.0, 0.0];
        let mut line: Vec<Point> = Vec::new();
        for step in arc.as_array().context("no arc")? {
            let step = pair(step).context("no step")?;
            at = [at[0] + step[0], at[1] + step[1]];
            push_dense(&mut line, [at[0] * scale[0] + shift[0], at[1] * scale[1] + shift[1]]);
        }
        arcs.push(line);
    }
    Ok(arcs)
}

fn push_dense(line: &mut Vec<Point>, to: Point) {
    if let Some(from) = line.last().copied() {
        let (wide, high) = (to[0] - from[0], to[1] - from[1]);
        // A step around the world is the seam of the map, not an edge.
        let pieces = if wide.abs() > 180.0 { 1.0 } else { (wide.abs().max(high.abs()) / EDGE_DEGREES_MAX).ceil() };
        for piece in 1..pieces as usize {
            let part = piece as f64 / pieces;
            line.push([from[0] + wide * part, from[1] + high * part]);
        }
    }
    line.push(to);
}

fn codes(feature: &Value) -> Result<Vec<String>> {
    let name = feature["properties"]["name"].as_str().unwrap_or_default();
    let Some(number) = feature["id"].as_str() else {
        let known = UNNUMBERED.iter().find(|(known, _)| *known == name);
        let (_, codes) = known.with_context(|| format!("whose is {name}?"))?;
        return Ok(codes.iter().map(|code| (*code).to_owned()).collect());
    };
    let at = (0..ISO.len() / 5).find(|at| &ISO[at * 5..at * 5 + 3] == number).context("an unknown number")?;
    let code = &ISO[at * 5 + 3..at * 5 + 5];
    let claimed = CLAIMED.iter().filter(|(area, _)| *area == code).map(|(_, by)| (*by).to_owned());
    Ok(std::iter::once(code.to_owned()).chain(claimed).collect())
}

fn polygons(feature: &Value) -> Vec<&Value> {
    match feature["type"].as_str() {
        Some("MultiPolygon") => feature["arcs"].as_array().into_iter().flatten().collect(),
        Some("Polygon") => vec![&feature["arcs"]],
        _ => Vec::new(),
    }
}

fn ring(indices: &Value, arcs: &[Vec<Point>]) -> Result<Vec<Point>> {
    let mut ring: Vec<Point> = Vec::new();
    for index in indices.as_array().context("no ring")? {
        let index = index.as_i64().context("no index")?;
        let arc = arcs.get(usize::try_from(if index < 0 { !index } else { index })?).context("no such arc")?;
        ring.pop();
        if index < 0 { ring.extend(arc.iter().rev()) } else { ring.extend(arc) }
    }
    ring.pop();
    ensure!(!ring.is_empty(), "an empty ring");
    Ok(ring)
}

/// The codes of a ring of the country `code`.
fn of_part(code: &str, ring: &[Point]) -> Vec<String> {
    let lies_in = |[south, west, north, east]: [f64; 4]| {
        ring.iter().all(|[lon, lat]| (west..=east).contains(lon) && (south..=north).contains(lat))
    };
    let part = PARTS.iter().find(|(country, area, _)| *country == code && lies_in(*area));
    part.map_or_else(|| vec![code.to_owned()], |(.., codes)| codes.iter().map(|code| (*code).to_owned()).collect())
}

/// The rings with fewer corners, large ones first; without islands that lie beside what is drawn already.
fn drawn(rings: &[Vec<Point>]) -> Vec<Vec<Point>> {
    let mut order: Vec<&Vec<Point>> = rings.iter().collect();
    order.sort_by_key(|ring| std::cmp::Reverse(ring.len()));
    let mut drawn: Vec<Vec<Point>> = Vec::new();
    for ring in order {
        let is_beside = |corner: &Point| distance_to(&drawn, *corner) < LEFT_OUT_KM_MAX;
        if drawn.is_empty() || !ring.iter().all(is_beside) {
            drawn.push(redrawn(ring));
        }
    }
    drawn
}

/// Douglas and Peucker's way to leave out corners, on the sphere: once from the first corner to the one that is
/// furthest from it, and once from there back.
fn redrawn(ring: &[Point]) -> Vec<Point> {
    let vectors: Vec<Vector> = ring.iter().map(|corner| vector(quantised(*corner))).collect();
    let from_first = |index: &usize| dot(vectors[0], vectors[*index]);
    let far = (0..ring.len()).min_by(|one, two| from_first(one).total_cmp(&from_first(two))).unwrap_or(0);
    let mut kept = vec![false; ring.len()];
    (kept[0], kept[far]) = (true, true);
    let mut spans = vec![(0, far), (far, ring.len())];
    while let Some((from, to)) = spans.pop() {
        let (start, end) = (vectors[from], vectors[to % ring.len()]);
        let off = |index: &usize| arc_distance(start, end, vectors[*index]);
        let furthest = (from + 1..to).max_by(|one, two| off(one).total_cmp(&off(two)));
        if let Some(middle) = furthest.filter(|index| off(index) > REDRAWN_KM_MAX) {
            kept[middle] = true;
            spans.extend([(from, middle), (middle, to)]);
        }
    }
    ring.iter().zip(kept).filter(|(_, kept)| *kept).map(|(corner, _)| quantised(*corner)).collect()
}

fn quantised(corner: Point) -> Point {
    corner.map(|degrees| (degrees * QUANTA_PER_DEGREE).round() / QUANTA_PER_DEGREE)
}

fn vector([lon, lat]: Point) -> Vector {
    let (lon, lat) = (lon.to_radians(), lat.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn distance(a: Vector, b: Vector) -> f64 {
    let normal = cross(a, b);
    dot(normal, normal).sqrt().atan2(dot(a, b)) * EARTH_KM
}

/// Distance of a point from the shorter great-circle arc between two, in kilometres.
fn arc_distance(start: Vector, end: Vector, at: Vector) -> f64 {
    let normal = cross(start, end);
    let length = dot(normal, normal).sqrt();
    let beside = dot(cross(normal, start), at) >= 0.0 && dot(cross(end, normal), at) >= 0.0;
    if length > 1e-9 && beside {
        (dot(normal, at) / length).clamp(-1.0, 1.0).asin().abs() * EARTH_KM
    } else {
        distance(start, at).min(distance(end, at))
    }
}

fn distance_to(drawn: &[Vec<Point>], corner: Point) -> f64 {
    let at = vector(corner);
    let mut nearest = f64::INFINITY;
    for ring in drawn {
        let vectors: Vec<Vector> = ring.iter().map(|corner| vector(*corner)).collect();
        for (index, start) in vectors.iter().enumerate() {
            nearest = nearest.min(arc_distance(*start, vectors[(index + 1) % vectors.len()], at));
        }
    }
    nearest
}

fn write_country(out: &mut Vec<u8>, code: &str, rings: &[Vec<Point>]) -> Result<()> {
    out.extend(code.bytes());
    out.extend(u16::try_from(rings.len())?.to_be_bytes());
    for ring in rings {
        out.extend(u16::try_from(ring.len())?.to_be_bytes());
        for degrees in ring.iter().flatten() {
            out.extend(((degrees * QUANTA_PER_DEGREE).round() as i16).to_be_bytes());
        }
    }
    Ok(())
}
