//! From pieces of evidence to a verdict about the EU and the EEA.
//!
//! The rules of honesty: a database alone makes a place plausible, never proven. A region list or a host name that
//! names the place proves it while nothing contradicts. An anycast address answers at many places, so nothing that
//! names one place decides. A round trip bounds the distance and names no country.

use super::country::Country;
use std::fmt;

/// What a piece of evidence rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// The provider's own list of prefixes and regions.
    Region,
    /// A place code in a name that the address was reached by.
    HostName,
    /// A list of addresses that answer at many places.
    Anycast,
    /// The shortest round trip measured.
    RoundTrip,
    /// A country database.
    Database,
}

impl EvidenceKind {
    /// Name in the JSON report.
    pub const fn name(self) -> &'static str {
        match self {
            EvidenceKind::Region => "region",
            EvidenceKind::HostName => "host-name",
            EvidenceKind::Anycast => "anycast",
            EvidenceKind::RoundTrip => "round-trip",
            EvidenceKind::Database => "database",
        }
    }
}

/// What a piece of evidence says of the place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Says {
    /// The machine stands in this country.
    Country(Country),
    /// The machine is at most this far from the capturing host, in kilometres.
    WithinKm(f64),
    /// The address answers at many places: it cannot be located.
    ManyPlaces,
    /// The source knows the address and names no country.
    NoCountry,
}

/// As the JSON report shows it: `DE`, `at most 1230 km`, `many places`, `no country`.
impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Says::Country(country) => country.fmt(f),
            Says::WithinKm(kilometres) => write!(f, "at most {kilometres:.0} km"),
            Says::ManyPlaces => f.write_str("many places"),
            Says::NoCountry => f.write_str("no country"),
        }
    }
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceEvidence {
    /// What it rests on.
    pub kind: EvidenceKind,
    /// What it says.
    pub says: Says,
    /// From what: the name and date of the list, the prefix, region, city, host name or time. Parts of it come from
    /// packets and from files of the user, so reports make it safe like any other text.
    pub detail: String,
}

/// Whether the machine stands in the EU or EEA, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceVerdict {
    /// Inside: a list or name says so and nothing contradicts.
    ProvenInside,
    /// Inside by databases only, or by better evidence that a database contradicts.
    PlausibleInside,
    /// Nothing is known, or the evidence contradicts itself.
    Undecidable,
    /// Outside by databases only, or by better evidence that a database contradicts.
    PlausibleOutside,
    /// Outside: a list or name says so and nothing contradicts.
    ProvenOutside,
}

impl PlaceVerdict {
    /// Name in the JSON report.
    pub const fn name(self) -> &'static str {
        match self {
            PlaceVerdict::ProvenInside => "proven-inside",
            PlaceVerdict::PlausibleInside => "plausible-inside",
            PlaceVerdict::Undecidable => "undecidable",
            PlaceVerdict::PlausibleOutside => "plausible-outside",
            PlaceVerdict::ProvenOutside => "proven-outside",
        }
    }

    const fn proven(inside: bool) -> Self {
        if inside { PlaceVerdict::ProvenInside } else { PlaceVerdict::ProvenOutside }
    }

    const fn plausible(inside: bool) -> Self {
        if inside { PlaceVerdict::PlausibleInside } else { PlaceVerdict::PlausibleOutside }
    }
}

/// Where an address is.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The country, unless it is unknown or the evidence contradicts itself.
    pub country: Option<Country>,
    /// Whether that is in the EU or EEA.
    pub verdict: PlaceVerdict,
    /// Everything that speaks for or against, the strongest kind first, databases in order of precedence.
    pub evidence: Vec<PlaceEvidence>,
    /// Greatest possible distance from the capturing host in kilometres.
    pub max_distance_km: Option<f64>,
}

/// Combines the evidence. `is_eea` tells whether a country (ISO 3166-1 alpha-2) is in the EU or EEA on the day that
/// counts; `None` means that the law table does not know.
pub fn judge(evidence: Vec<PlaceEvidence>, is_eea: &dyn Fn(&str) -> Option<bool>) -> Place {
    let strong = countries(&evidence, |kind| matches!(kind, EvidenceKind::Region | EvidenceKind::HostName));
    let weak = countries(&evidence, |kind| kind == EvidenceKind::Database);
    let (country, verdict) = if evidence.iter().any(|piece| piece.says == Says::ManyPlaces) {
        (None, PlaceVerdict::Undecidable)
    } else if strong.is_empty() {
        by_databases(&weak, is_eea)
    } else {
        by_lists(&strong, &weak, is_eea)
    };
    let max_distance_km = evidence.iter().filter_map(distance).min_by(f64::total_cmp);
    let mut evidence = evidence;
    evidence.sort_by_key(|piece| piece.kind);
    Place { country, verdict, evidence, max_distance_km }
}

fn countries(evidence: &[PlaceEvidence], of: impl Fn(EvidenceKind) -> bool) -> Vec<Country> {
    let country = |piece: &PlaceEvidence| match piece.says {
        Says::Country(country) => Some(country),
        _ => None,
    };
    evidence.iter().filter(|piece| of(piece.kind)).filter_map(country).collect()
}

fn distance(piece: &PlaceEvidence) -> Option<f64> {
    match piece.says {
        Says::WithinKm(kilometres) => Some(kilometres),
        _ => None,
    }
}

/// Databases agree on the side or nothing is decided. The country is the one of the first, which is the user's own.
fn by_databases(weak: &[Country], is_eea: &dyn Fn(&str) -> Option<bool>) -> (Option<Country>, PlaceVerdict) {
    match side(weak, is_eea) {
        Some(inside) => (weak.first().copied(), PlaceVerdict::plausible(inside)),
        None => (the_only(weak), PlaceVerdict::Undecidable),
    }
}

/// A database cannot overrule a list, but while it says the other side, nothing is proven.
fn by_lists(
    strong: &[Country],
    weak: &[Country],
    is_eea: &dyn Fn(&str) -> Option<bool>,
) -> (Option<Country>, PlaceVerdict) {
    let country = the_only(strong);
    let Some(inside) = side(strong, is_eea) else { return (country, PlaceVerdict::Undecidable) };
    let contradicted = weak.iter().any(|country| is_eea(country.as_str()) == Some(!inside));
    (country, if contradicted { PlaceVerdict::plausible(inside) } else { PlaceVerdict::proven(inside) })
}

/// Whether all countries lie inside (`true`) or all outside; `None` when they differ, one is unknown, or none is there.
fn side(countries: &[Country], is_eea: &dyn Fn(&str) -> Option<bool>) -> Option<bool> {
    let first = is_eea(countries.first()?.as_str())?;
    countries.iter().all(|country| is_eea(country.as_str()) == Some(first)).then_some(first)
}

fn the_only(countries: &[Country]) -> Option<Country> {
    let first = *countries.first()?;
    countries.iter().all(|country| *country == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Germany and the Netherlands inside, Kosovo unknown, all others outside.
    fn is_eea(country: &str) -> Option<bool> {
        (country != "XK").then_some(matches!(country, "DE" | "NL"))
    }

    fn piece(kind: EvidenceKind, country: &str) -> PlaceEvidence {
        let says = Country::parse(country).map_or(Says::ManyPlaces, Says::Country);
        PlaceEvidence { kind, says, detail: String::new() }
    }

    fn verdict(pieces: &[(EvidenceKind, &str)]) -> (String, &'static str) {
        let place = judge(pieces.iter().map(|(kind, country)| piece(*kind, country)).collect(), &is_eea);
        (place.country.map(|country| country.to_string()).unwrap_or_default(), place.verdict.name())
    }

    #[test]
    fn each_rule_of_honesty() {
        use EvidenceKind::{Anycast, Database, HostName, Region};
        type Case = (&'static [(EvidenceKind, &'static str)], &'static str, &'static str);
        let table: &[Case] = &[
            (&[], "", "undecidable"),
            (&[(Database, "DE")], "DE", "plausible-inside"),
            (&[(Database, "US"), (Database, "CA")], "US", "plausible-outside"),
            (&[(Database, "DE"), (Database, "US")], "", "undecidable"),
            (&[(Database, "XK")], "XK", "undecidable"),
            (&[(Database, "XK"), (Database, "DE")], "", "undecidable"),
            (&[(Region, "NL")], "NL", "proven-inside"),
            (&[(Database, "DE"), (Region, "NL")], "NL", "proven-inside"),
            (&[(Database, "US"), (Region, "NL")], "NL", "plausible-inside"),
            (&[(HostName, "SG"), (Database, "US")], "SG", "proven-outside"),
            (&[(HostName, "SG"), (Database, "DE"), (Database, "SG")], "SG", "plausible-outside"),
            (&[(HostName, "SG"), (Region, "DE")], "", "undecidable"),
            (&[(HostName, "NL"), (Region, "DE")], "", "proven-inside"),
            (&[(Anycast, ""), (Database, "US")], "", "undecidable"),
            (&[(Anycast, ""), (Region, "DE")], "", "undecidable"),
        ];
        for (pieces, country, name) in table {
            assert_eq!(verdict(pieces), ((*country).to_owned(), *name), "{pieces:?}");
        }
    }

    #[test]
    fn the_tightest_bound_counts_and_names_no_country() {
        let bound =
            |km| PlaceEvidence { kind: EvidenceKind::RoundTrip, says: Says::WithinKm(km), detail: String::new() };
        let place = judge(vec![piece(EvidenceKind::Database, "DE"), bound(1230.4), bound(950.0)], &is_eea);
        assert_eq!((place.max_distance_km, place.verdict), (Some(950.0), PlaceVerdict::PlausibleInside));
        assert_eq!(place.evidence[0].says.to_string(), "at most 1230 km");
        assert_eq!(place.evidence[2].kind, EvidenceKind::Database);
    }
}
