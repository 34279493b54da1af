//! Where round trips are measured from, and which countries lie within their bound.
//!
//! The caller's country is an area: the bound reaches from any of its points, so what counts is the least distance
//! between two areas, and it is rounded towards "possible" throughout (see [`OUTLINE_KM_MAX`]). The true country of a
//! machine is never excluded by a true round trip.

use super::country::Country;
use super::evidence::Told;
use super::outline::{Outlines, Shape};
use std::collections::BTreeMap;

/// How far a point that the user gave may be off, in kilometres: two decimals of a degree.
const POINT_OFF_KM: f64 = 1.5;

/// Islands and outlying areas with a code of their own that sources often count to their state.
const OUTLYING: &[(&str, &[&str])] = &[
    ("AU", &["CC", "CX", "HM", "NF"]),
    ("CN", &["HK", "MO"]),
    ("DK", &["FO", "GL"]),
    ("FI", &["AX"]),
    ("FR", &["BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"]),
    ("GB", &["AI", "BM", "FK", "GG", "GI", "GS", "IM", "IO", "JE", "KY", "MS", "PN", "SH", "TC", "VG"]),
    ("NL", &["AW", "BQ", "CW", "SX"]),
    ("NO", &["BV", "SJ"]),
    ("NZ", &["CK", "NU", "TK"]),
    ("US", &["AS", "GU", "MP", "PR", "UM", "VI"]),
];

/// Where the caller is.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// The user gave a country, by its own code: outlying areas with another code are not meant.
    Country(Country),
    /// The user gave a point: latitude and longitude in degrees.
    Point(f64, f64),
    /// Databases count the caller's public addresses to these countries. That is as weak as any word of a database, and
    /// outlying areas may be meant.
    PublicAddresses(Vec<Country>),
}

/// The place that round trips are measured from, with the least distance of every country.
#[derive(Clone, Debug)]
pub struct Vantage {
    origin: Origin,
    least_km: BTreeMap<Country, f64>,
}

impl Vantage {
    /// Measures the distances; `None` when the origin names a country that has no outline, or none at all.
    pub fn new(outlines: &Outlines, origin: Origin) -> Option<Vantage> {
        let area = match &origin {
            Origin::Country(country) => outlines.shape(*country)?,
            Origin::Point(lat, lon) => Shape::point(*lat, *lon, POINT_OFF_KM),
            Origin::PublicAddresses(countries) => {
                let all = countries.iter().flat_map(|country| std::iter::once(*country).chain(outlying(*country)));
                let shapes: Vec<Shape> = all.map(|country| outlines.shape(country)).collect::<Option<_>>()?;
                Some(shapes).filter(|shapes| !shapes.is_empty()).map(Shape::union)?
            }
        };
        let distance = |country| Some((country, outlines.shape(country)?.least_km(&area)));
        let least_km = outlines.countries().filter_map(distance).collect();
        Some(Vantage { origin, least_km })
    }

    /// The countries of which some point may lie within `km` of the caller, in order of codes. An outlying area with a
    /// code of its own stands for itself.
    pub fn within(&self, km: f64) -> Vec<Country> {
        self.least_km.iter().filter(|(_, least)| **least <= km).map(|(country, _)| *country).collect()
    }

    /// The least distance of a country in kilometres, its outlying areas included, for sources that count them to it;
    /// `None` for a code without an outline.
    pub fn least_km(&self, country: Country) -> Option<f64> {
        let all = std::iter::once(country).chain(outlying(country));
        all.filter_map(|country| self.least_km.get(&country).copied()).min_by(f64::total_cmp)
    }

    /// Whether the user gave the place. Otherwise it rests on a database, and so does what follows from it.
    pub fn is_given(&self) -> bool {
        !matches!(self.origin, Origin::PublicAddresses(_))
    }

    /// In words: `DE as given`.
    pub fn words(&self) -> Told {
        match &self.origin {
            Origin::Country(country) => Told::new(format!("{country} (angegeben)"), format!("{country} as given")),
            Origin::Point(lat, lon) => {
                Told::new(format!("{lat};{lon} (angegeben)").replace('.', ","), format!("{lat},{lon} as given"))
            }
            Origin::PublicAddresses(countries) => {
                let codes: Vec<_> = countries.iter().map(Country::as_str).collect();
                Told::new(
                    format!("{} (öffentliche Adresse laut Datenbank)", codes.join(" oder ")),
                    format!("{} by the public address in a database", codes.join(" or ")),
                )
            }
        }
    }
}

fn outlying(country: Country) -> impl Iterator<Item = Country> {
    let known = OUTLYING.iter().find(|(state, _)| *state == country.as_str());
    known.into_iter().flat_map(|(_, areas)| areas.iter().filter_map(|code| Country::parse(code)))
}

#[cfg(test)]
mod tests {
    use super::super::roundtrip::KM_PER_MS_MAX;
    use super::super::sphere::{EARTH_KM, Vector, angle, vector};
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static OUTLINES: LazyLock<Outlines> = LazyLock::new(|| Outlines::embedded().expect("embedded"));
    /// From every country. Most of the time of the tests is spent here.
    static FROM: LazyLock<Vec<(Country, Shape, Vantage)>> = LazyLock::new(|| {
        let from = |country: Country| {
            let shape = OUTLINES.shape(country).expect("an outline");
            (country, shape, Vantage::new(&OUTLINES, Origin::Country(country)).expect("a vantage"))
        };
        // Every fifth country, and those with long or broken outlines.
        let chosen = |country: &Country| ["AQ", "DE", "FJ", "FR", "IT", "LU", "RU", "US"].contains(&country.as_str());
        let fifth = OUTLINES.countries().step_by(5);
        let mut all: Vec<_> = fifth.chain(OUTLINES.countries().filter(chosen)).collect();
        all.sort();
        all.dedup();
        all.into_iter().map(from).collect()
    });

    fn country(code: &str) -> Country {
        Country::parse(code).expect("a code")
    }

    fn from(code: &str) -> Vantage {
        Vantage::new(&OUTLINES, Origin::Country(country(code))).expect("a vantage")
    }

    /// Distance on WGS 84 in kilometres by the formula of Andoyer and Lambert (error far below 0.1 %).
    fn true_km(one: Vector, other: Vector) -> f64 {
        let reduced = |at: Vector| {
            let lat = at[2].clamp(-1.0, 1.0).asin();
            let flat = (lat.tan() * (1.0 - 1.0 / 298.257_223_563)).atan();
            (flat, vector(flat.to_degrees(), at[1].atan2(at[0]).to_degrees()))
        };
        let ((lat_one, one), (lat_other, other)) = (reduced(one), reduced(other));
        let sigma = angle(one, other);
        if !(1e-9..3.0).contains(&sigma) {
            return sigma * EARTH_KM;
        }
        let (p, q) = ((lat_one + lat_other) / 2.0, (lat_other - lat_one) / 2.0);
        let x = (sigma - sigma.sin()) * (p.sin() * q.cos()).powi(2) / (sigma / 2.0).cos().powi(2);
        let y = (sigma + sigma.sin()) * (p.cos() * q.sin()).powi(2) / (sigma / 2.0).sin().powi(2);
        6378.137 * (sigma - (x + y) / (2.0 * 298.257_223_563))
    }

    /// A point of the area near one of its corners, or between two, moved by as much as outlines may be wrong.
    fn point_of(shape: &Shape, pick: (usize, usize, f64), off: (f64, f64)) -> Vector {
        let corners = shape.corners();
        let (one, two) = (corners[pick.0 % corners.len()], corners[pick.1 % corners.len()]);
        let between = [0, 1, 2].map(|axis| one[axis] * (1.0 - pick.2) + two[axis] * pick.2);
        let length = between.iter().map(|part| part * part).sum::<f64>().sqrt();
        let between = between.map(|part| part / length.max(1e-9));
        let inside = if length > 0.1 && shape.holds(between) { between } else { one };
        let (lat, lon) = (inside[2].clamp(-1.0, 1.0).asin().to_degrees(), inside[1].atan2(inside[0]).to_degrees());
        // 0.06 degrees of latitude are 6.7 km; 15 km are allowed for.
        vector((lat + off.0).clamp(-90.0, 90.0), lon + off.1)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn the_true_country_is_never_excluded(
            caller in any::<prop::sample::Index>(),
            machine in any::<prop::sample::Index>(),
            picks in prop::array::uniform2((any::<usize>(), any::<usize>(), 0.0..1.0)),
            offs in prop::array::uniform2((-0.06..0.06, -0.06..0.06)),
            detour in prop_oneof![Just(1.0), 1.0..1.2, 1.0..10.0],
        ) {
            let (_, area, vantage) = &FROM[caller.index(FROM.len())];
            let countries: Vec<Country> = OUTLINES.countries().collect();
            let there = countries[machine.index(countries.len())];
            let here = point_of(area, picks[0], offs[0]);
            let at = point_of(&OUTLINES.shape(there).expect("an outline"), picks[1], offs[1]);
            let rtt_ms = true_km(here, at) / KM_PER_MS_MAX * detour;
            prop_assert!(vantage.within(rtt_ms * KM_PER_MS_MAX).contains(&there), "{there} at {rtt_ms} ms");
            prop_assert!(vantage.least_km(there).is_some_and(|least| least <= rtt_ms * KM_PER_MS_MAX));
        }

        #[test]
        fn the_true_country_is_never_excluded_from_a_point(
            lat in -89.0..89.0, lon in -180.0..180.0,
            machine in any::<prop::sample::Index>(),
            pick in (any::<usize>(), any::<usize>(), 0.0..1.0),
            off in (-0.06..0.06, -0.06..0.06),
        ) {
            let countries: Vec<Country> = OUTLINES.countries().collect();
            let there = countries[machine.index(countries.len())];
            let shape = OUTLINES.shape(there).expect("an outline");
            let at = point_of(&shape, pick, off);
            let least = shape.least_km(&Shape::point(lat, lon, POINT_OFF_KM));
            prop_assert!(least <= true_km(vector(lat, lon), at), "{there} {least}");
        }
    }

    #[test]
    fn the_caller_is_always_within_the_own_country_and_neighbours() {
        for (country, _, vantage) in FROM.iter() {
            assert!(vantage.within(0.0).contains(country), "{country}");
        }
        let germany = from("DE").within(0.0);
        for neighbour in ["DK", "PL", "CZ", "AT", "CH", "FR", "LU", "BE", "NL"] {
            assert!(germany.contains(&country(neighbour)), "{neighbour}");
        }
        assert!(germany.len() <= 11, "{germany:?}");
    }

    #[test]
    fn border_towns_are_near_the_other_side() {
        let towns = [
            ("Kehl", 48.5728, 7.8158, "FR"),
            ("Konstanz", 47.6603, 9.1758, "CH"),
            ("Tornio", 65.8481, 24.1466, "SE"),
            ("Gorizia", 45.9402, 13.6209, "SI"),
            ("Ceuta", 35.8894, -5.3213, "MA"),
            ("Valga", 57.7769, 26.0473, "LV"),
            ("Buesingen", 47.6967, 8.6892, "CH"),
            ("Tijuana", 32.5149, -117.0382, "US"),
            ("Kaliningrad", 54.7104, 20.4522, "PL"),
        ];
        for (town, lat, lon, other) in towns {
            let vantage = Vantage::new(&OUTLINES, Origin::Point(lat, lon)).expect("a vantage");
            let least = vantage.least_km(country(other)).expect(other);
            assert!(least < 40.0, "{town} {other} {least}");
        }
        let hanover = Vantage::new(&OUTLINES, Origin::Point(52.37, 9.73)).expect("a vantage");
        assert_eq!(hanover.within(100.0), [country("DE")]);
        assert_eq!(hanover.words().en, "52.37,9.73 as given");
    }

    #[test]
    fn a_country_of_a_database_may_be_one_of_its_islands() {
        let by_database = Origin::PublicAddresses(vec![country("FR")]);
        let vantage = Vantage::new(&OUTLINES, by_database).expect("a vantage");
        assert!(vantage.within(0.0).contains(&country("RE")) && !vantage.is_given());
        assert!(!from("FR").within(0.0).contains(&country("RE")) && from("FR").is_given());
        assert_eq!(from("MU").least_km(country("FR")), from("MU").least_km(country("RE")), "France as a source has it");
        assert!(Vantage::new(&OUTLINES, Origin::PublicAddresses(Vec::new())).is_none());
        assert!(Vantage::new(&OUTLINES, Origin::Country(country("QQ"))).is_none());
    }

    #[test]
    fn every_outlying_area_has_an_outline() {
        for (state, areas) in OUTLYING {
            for code in areas.iter().chain([state]) {
                assert!(OUTLINES.shape(country(code)).is_some(), "{code}");
            }
        }
    }
}
