//! Outlines of countries, and how far apart two of them are at least.
//!
//! `signatures/geo/outlines.bin` holds them: the line `outlines 1`, a line with the source, a line with the number of
//! countries, then for each its code (2 letters), a 16-bit count of rings, and for each ring a 16-bit count of corners
//! and the corners: longitude, latitude, each a signed 16-bit number in 32767ths of 180 degrees, all big-endian. Edges
//! are great circles. A point is inside where a line to the north pole crosses an odd number of edges.

use super::country::Country;
use super::region::{EmbeddedError, line};
use super::sphere::{ANGLE_ERROR_MAX, Arc, Cap, EARTH_KM, LEAST_PART, Vector, angle_of_cosine, vector};
use crate::model::wire::Reader;

static OUTLINES: &[u8] = include_bytes!("../../signatures/geo/outlines.bin");

/// Farthest that a point of a country can lie outside its outline, in kilometres: the outlines were drawn with fewer
/// corners to within 10 km (their maker measures it), and the source, a map of 1:10 million, may be wrong by as much as
/// half of that.
pub const OUTLINE_KM_MAX: f64 = 15.0;
/// Arcs that share a cap.
const ARCS_OF_GROUP_MAX: usize = 16;
/// Quanta of a degree.
const QUANTA_PER_DEGREE: f64 = 32767.0 / 180.0;

/// The outlines of all countries of ISO 3166-1 and of Kosovo (`XK`), in order of codes.
///
/// Islands far away that have a code of their own are not part of their state: Réunion is `RE`. What two countries claim
/// and people live in is part of both.
#[derive(Debug)]
pub struct Outlines {
    source: String,
    countries: Vec<(Country, Vec<Ring>)>,
}

/// Corners of a ring as they are stored.
type Ring = Vec<[i16; 2]>;

impl Outlines {
    /// The outlines that are built in.
    ///
    /// # Errors
    /// When the program was built from damaged files.
    pub fn embedded() -> Result<Self, EmbeddedError> {
        let reason = || "outlines.bin is cut or of another form".to_owned();
        Outlines::read(OUTLINES).ok_or_else(|| EmbeddedError { what: "outlines of countries", reason: reason() })
    }

    /// Where the outlines are from: the package and its version.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// All countries.
    pub fn countries(&self) -> impl Iterator<Item = Country> {
        self.countries.iter().map(|(country, _)| *country)
    }

    /// The rings of a country: longitude and latitude of each corner in degrees, not closed.
    pub fn rings(&self, country: Country) -> impl Iterator<Item = Vec<(f64, f64)>> {
        let rings = self.countries.iter().filter(move |(known, _)| *known == country).flat_map(|(_, rings)| rings);
        rings.map(|ring| ring.iter().map(|[lon, lat]| (degrees(*lon), degrees(*lat))).collect())
    }

    /// The area of a country.
    pub(super) fn shape(&self, country: Country) -> Option<Shape> {
        let index = self.countries.binary_search_by_key(&country, |(known, _)| *known).ok()?;
        self.countries.get(index).map(|(_, rings)| Shape::of(rings))
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        if line(&mut rest)? != "outlines 1" {
            return None;
        }
        let source = line(&mut rest)?.to_owned();
        let count: u16 = line(&mut rest)?.parse().ok()?;
        let mut reader = Reader::new(rest);
        let mut countries = Vec::new();
        for _ in 0..count {
            let code: [u8; 2] = reader.array()?;
            let rings = reader.u16()?;
            let rings = (0..rings).map(|_| read_ring(&mut reader)).collect::<Option<Vec<_>>>()?;
            countries.push((Country::parse(std::str::from_utf8(&code).ok()?)?, rings));
        }
        let ordered = countries.windows(2).all(|pair| matches!(pair, [one, next] if one.0 < next.0));
        (ordered && reader.is_empty()).then_some(Outlines { source, countries })
    }
}

fn read_ring(reader: &mut Reader<'_>) -> Option<Ring> {
    let corners = usize::from(reader.u16()?);
    let bytes = reader.take(corners.checked_mul(4)?)?;
    let number = |bytes: &[u8]| Some(i16::from_be_bytes(bytes.try_into().ok()?));
    let corner = |bytes: &[u8]| Some([number(bytes.get(..2)?)?, number(bytes.get(2..)?)?]);
    bytes.chunks_exact(4).map(corner).collect::<Option<Ring>>().filter(|ring| !ring.is_empty())
}

/// An area: a point, or whatever lies within rings.
#[derive(Debug)]
pub(super) struct Shape {
    groups: Vec<Group>,
    /// How far a point of the area can lie outside, in kilometres.
    off_km: f64,
}

/// Neighbouring arcs and a cap around them.
#[derive(Debug)]
struct Group {
    arcs: Vec<Arc>,
    cap: Cap,
}

impl Shape {
    /// A point and what lies within `off_km` of it.
    pub(super) fn point(lat: f64, lon: f64, off_km: f64) -> Shape {
        let at = vector(lat, lon);
        Shape { groups: vec![Group::of(&[Arc::new(at, at)])], off_km }
    }

    /// The area of several shapes together.
    pub(super) fn union(shapes: Vec<Shape>) -> Shape {
        let off_km = shapes.iter().map(|shape| shape.off_km).fold(0.0, f64::max);
        Shape { groups: shapes.into_iter().flat_map(|shape| shape.groups).collect(), off_km }
    }

    fn of(rings: &[Ring]) -> Shape {
        let mut groups = Vec::new();
        for ring in rings {
            let corners: Vec<Vector> = ring.iter().map(|[lon, lat]| vector(degrees(*lat), degrees(*lon))).collect();
            let next = corners.iter().cycle().skip(1);
            let arcs: Vec<Arc> = corners.iter().zip(next).map(|(start, end)| Arc::new(*start, *end)).collect();
            groups.extend(arcs.chunks(ARCS_OF_GROUP_MAX).map(Group::of));
        }
        Shape { groups, off_km: OUTLINE_KM_MAX }
    }

    /// A distance in kilometres that no point of this area and no point of the other come nearer than.
    pub(super) fn least_km(&self, other: &Shape) -> f64 {
        if self.holds_start_of(other) || other.holds_start_of(self) {
            return 0.0;
        }
        let off_km = self.off_km + other.off_km;
        let km = |angle: f64| ((angle - ANGLE_ERROR_MAX) * EARTH_KM * LEAST_PART - off_km).max(0.0);
        let mut least = f64::INFINITY;
        for (bound, one, two) in self.pairs(other) {
            if bound < least && km(least) > 0.0 {
                least = least.min(one.least_angle(two));
            }
        }
        km(least)
    }

    /// Whether a point is inside the rings.
    pub(super) fn holds(&self, point: Vector) -> bool {
        let arcs = self.groups.iter().flat_map(|group| &group.arcs);
        arcs.filter(|arc| arc.is_north_of(point)).count() % 2 == 1
    }

    fn holds_start_of(&self, other: &Shape) -> bool {
        let start = other.groups.first().and_then(|group| group.arcs.first());
        start.is_some_and(|arc| self.holds(arc.start))
    }

    /// Pairs of groups and the least angle that their caps allow, the nearest pair first: behind it few are left to be
    /// compared corner by corner.
    fn pairs<'s>(&'s self, other: &'s Shape) -> Vec<(f64, &'s Group, &'s Group)> {
        let pairs = self.groups.iter().flat_map(|one| other.groups.iter().map(move |two| (one, two)));
        let mut pairs: Vec<_> = pairs.map(|(one, two)| (one.cap.least_angle(&two.cap), one, two)).collect();
        let nearest = (0..pairs.len()).min_by(|one, two| pairs[*one].0.total_cmp(&pairs[*two].0));
        if let Some(nearest) = nearest {
            pairs.swap(0, nearest);
        }
        pairs
    }

    #[cfg(test)]
    pub(super) fn corners(&self) -> Vec<Vector> {
        self.groups.iter().flat_map(|group| &group.arcs).map(|arc| arc.start).collect()
    }
}

impl Group {
    fn of(arcs: &[Arc]) -> Group {
        Group { arcs: arcs.to_vec(), cap: Cap::around(arcs) }
    }

    /// Where two arcs do not cross, an end of one of them is nearest to the other. Where they cross, the areas overlap
    /// and an end is near all the same: outlines are drawn anew within [`OUTLINE_KM_MAX`].
    fn least_angle(&self, other: &Group) -> f64 {
        let mut nearest = self.nearness_of_end(other).max(other.nearness_of_end(self));
        for one in &self.arcs {
            for two in &other.arcs {
                nearest = nearest.max(one.nearness(two.start)).max(two.nearness(one.start));
            }
        }
        angle_of_cosine(nearest)
    }

    /// How near the last corner of another group is.
    fn nearness_of_end(&self, other: &Group) -> f64 {
        let Some(last) = other.arcs.last() else { return -1.0 };
        self.arcs.iter().map(|arc| arc.nearness(last.end)).fold(-1.0, f64::max)
    }
}

fn degrees(quanta: i16) -> f64 {
    f64::from(quanta) / QUANTA_PER_DEGREE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outlines() -> Outlines {
        Outlines::embedded().expect("embedded")
    }

    fn shape(code: &str) -> Shape {
        outlines().shape(Country::parse(code).expect("a code")).expect(code)
    }

    fn km(one: &str, other: &str) -> f64 {
        shape(one).least_km(&shape(other))
    }

    #[test]
    fn every_country_has_an_outline() {
        let outlines = outlines();
        assert_eq!((outlines.countries().count(), outlines.source()), (250, "world-atlas 2.0.2"));
        for (country, rings) in &outlines.countries {
            assert!(!rings.is_empty(), "{country}");
        }
    }

    #[test]
    fn places_are_in_their_countries() {
        let table = [
            ("DE", 52.52, 13.405),
            ("FR", 48.85, 2.35),
            ("RU", 55.75, 37.62),
            ("RU", 66.0, -172.0),
            ("US", 64.8, -147.7),
            ("US", 21.45, -158.0),
            ("AQ", -85.0, 10.0),
            ("AQ", -89.9, -100.0),
            ("FJ", -17.8, 178.0),
            ("LS", -29.5, 28.2),
            ("IT", 41.9, 12.6),
            ("ES", 28.3, -16.5),
            ("RE", -21.1, 55.5),
            ("SJ", 78.9, 17.0),
            ("UA", 45.2, 34.3),
            ("RU", 45.2, 34.3),
            ("AU", -25.0, 135.0),
            ("CL", -33.45, -70.66),
            ("LU", 49.7, 6.1),
            ("LI", 47.16, 9.55),
            ("MT", 35.89, 14.44),
            ("SG", 1.35, 103.8),
            ("HK", 22.42, 114.13),
            ("XK", 42.6, 20.9),
        ];
        for (code, lat, lon) in table {
            assert!(shape(code).holds(vector(lat, lon)), "{code} {lat},{lon}");
        }
        let outside =
            [("ZA", -29.5, 28.2), ("FR", -21.1, 55.5), ("DE", 48.2, 16.37), ("AQ", 52.0, 13.0), ("CH", 47.16, 9.55)];
        for (code, lat, lon) in outside {
            assert!(!shape(code).holds(vector(lat, lon)), "{code} {lat},{lon}");
        }
    }

    #[test]
    fn distances_between_countries_are_a_little_too_small() {
        // Narrowest known distances in kilometres.
        let table = [
            ("ES", "MA", 0.0),
            ("GB", "FR", 33.0),
            ("MT", "IT", 84.0),
            ("IS", "GL", 288.0),
            ("CU", "US", 0.0),
            ("JP", "KR", 49.5),
        ];
        for (one, other, true_km) in table {
            let found = km(one, other);
            assert!(found <= true_km && found > true_km * 0.994 - 60.0, "{one} {other}: {found}");
            assert!((found - km(other, one)).abs() < 1e-6);
        }
        for (one, other) in [("DE", "FR"), ("IT", "VA"), ("ZA", "LS"), ("RU", "US"), ("DE", "DE"), ("SG", "MY")] {
            assert_eq!(km(one, other), 0.0, "{one} {other}");
        }
        let far = km("IT", "US");
        assert!(far > 5300.0 && far < 5600.0, "{far}");
    }

    #[test]
    fn cut_or_changed_outlines_do_not_panic() {
        for length in (0..OUTLINES.len()).step_by(997) {
            assert!(Outlines::read(&OUTLINES[..length]).is_none());
        }
        let small = b"outlines 1\nx\n1\nDE\0\x02\0\x01\0\0\0\0\0\x03\0\0\0\x07\x10\0\0\0\0\0\x70\0";
        let read = Outlines::read(small).expect("a small one");
        assert_eq!(read.countries[0].1.len(), 2);
        for index in 0..small.len() {
            assert!(Outlines::read(&small[..index]).is_none());
            for flip in [0x01, 0x80, 0xff] {
                let mut bad = small.to_vec();
                bad[index] ^= flip;
                if let Some(read) = Outlines::read(&bad) {
                    let shapes: Vec<_> = read.countries.iter().map(|(_, rings)| Shape::of(rings)).collect();
                    assert!(shapes.iter().all(|shape| shape.least_km(shape).is_finite()));
                }
            }
        }
    }
}
