//! What one database says of an address, whatever its schema.
//!
//! Nested schemas: GeoLite2, GeoIP2 and DB-IP (<https://dev.maxmind.com/geoip/docs/databases/>). Flat schemas: IPinfo
//! and ip-location-db. The record itself tells which it is, so a database needs no name that is known here.

use super::country::Country;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// Longest name kept of an operator or a city, in characters.
pub const NAME_CHARS_MAX: usize = 128;

/// What a record says. A record that says nothing of place and operator is all `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) country: Option<Country>,
    pub(super) registered: bool,
    pub(super) city: Option<String>,
    pub(super) asn: Option<u32>,
    pub(super) as_name: Option<String>,
    pub(super) anycast: bool,
}

/// All fields that any schema uses; others are skipped without being read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    country: Field,
    country_code: Field,
    registered_country: Field,
    city: Field,
    traits: Field,
    asn: Field,
    autonomous_system_number: Field,
    as_name: Field,
    autonomous_system_organization: Field,
    name: Field,
    is_anycast: Field,
}

/// The same name is text in one schema and a map in another.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
enum Field {
    Flag(bool),
    Number(u32),
    Text(String),
    Map(Map),
    Other(IgnoredAny),
    #[default]
    Absent,
}

/// A map of a nested schema.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Map {
    iso_code: Option<String>,
    names: BTreeMap<String, String>,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<String>,
    is_anycast: bool,
}

impl Record {
    /// The record in one shape.
    pub(super) fn statement(&self) -> Statement {
        let named = self.country_code.country().or_else(|| self.country.country());
        let country = named.or_else(|| self.registered_country.country());
        let asn = self.number();
        Statement {
            country,
            registered: named.is_none() && country.is_some(),
            city: self.city.text(),
            asn,
            as_name: asn.and_then(|_| self.operator_name()),
            anycast: self.is_anycast.holds() || self.traits.holds(),
        }
    }

    fn number(&self) -> Option<u32> {
        let fields = [&self.autonomous_system_number, &self.asn, &self.traits];
        fields.into_iter().find_map(Field::as_number).filter(|number| *number != 0)
    }

    /// `name` stands last: only beside an AS number does it name an operator.
    fn operator_name(&self) -> Option<String> {
        let nested = match &self.traits {
            Field::Map(map) => map.autonomous_system_organization.as_deref().and_then(kept),
            _ => None,
        };
        let fields = [&self.autonomous_system_organization, &self.as_name, &self.name];
        fields.into_iter().find_map(Field::text).or(nested)
    }
}

impl Field {
    fn country(&self) -> Option<Country> {
        match self {
            Field::Text(code) => Country::parse(code),
            Field::Map(map) => map.iso_code.as_deref().and_then(Country::parse),
            _ => None,
        }
    }

    /// A number, or text with or without `AS` before it.
    fn as_number(&self) -> Option<u32> {
        match self {
            Field::Number(number) => Some(*number),
            Field::Text(text) => text.trim_start_matches(['A', 'S', 'a', 's']).parse().ok(),
            Field::Map(map) => map.autonomous_system_number,
            _ => None,
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Field::Text(text) => kept(text),
            Field::Map(map) => map.names.get("en").or_else(|| map.names.values().next()).and_then(|name| kept(name)),
            _ => None,
        }
    }

    fn holds(&self) -> bool {
        match self {
            Field::Flag(flag) => *flag,
            Field::Text(text) => text == "true",
            Field::Map(map) => map.is_anycast,
            _ => false,
        }
    }
}

/// A name without the space around it, not too long; `None` when nothing is left.
fn kept(name: &str) -> Option<String> {
    let name: String = name.trim().chars().take(NAME_CHARS_MAX).collect();
    (!name.is_empty()).then_some(name)
}
