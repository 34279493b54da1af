//! Pieces of evidence of a place.

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

impl EvidenceKind {
    /// In German words inside a sentence.
    pub(super) const fn name_de(self) -> &'static str {
        match self {
            EvidenceKind::Region => "Regionsliste",
            EvidenceKind::HostName => "Rechnername",
            EvidenceKind::Anycast => "viele Standorte",
            EvidenceKind::RoundTrip => "Antwortzeit",
            EvidenceKind::Database => "Datenbank",
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
    /// A measurement that is no word about the server; the detail says why.
    NotCounted,
}

/// As the JSON report shows it: `DE`, `at most 1230 km`, `many places`, `no country`, `not counted`.
impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Says::Country(country) => country.fmt(f),
            Says::WithinKm(kilometres) => write!(f, "at most {kilometres:.0} km"),
            Says::ManyPlaces => f.write_str("many places"),
            Says::NoCountry => f.write_str("no country"),
            Says::NotCounted => f.write_str("not counted"),
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
    pub detail: Told,
}

/// Text in German and English.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// German.
    pub de: String,
    /// English.
    pub en: String,
}

impl Told {
    pub(super) fn new(de: impl Into<String>, en: impl Into<String>) -> Told {
        Told { de: de.into(), en: en.into() }
    }

    /// Text that reads the same in both languages.
    pub(super) fn same(text: impl Into<String>) -> Told {
        let text = text.into();
        Told { de: text.clone(), en: text }
    }

    /// Puts more behind it.
    pub(super) fn add(&mut self, de: &str, en: &str) {
        self.de += de;
        self.en += en;
    }

    pub(super) fn add_same(&mut self, text: &str) {
        self.add(text, text);
    }
}

/// Milliseconds for readers of each language: `9,100 ms` and `9.100 ms`.
pub(super) fn milliseconds(ms: f64) -> Told {
    let en = format!("{ms:.3} ms");
    Told::new(en.replace('.', ","), en)
}
