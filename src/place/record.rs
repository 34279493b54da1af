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

#[cfg(test)]
mod tests {
    use super::*;
    use mmdb_writer::{Value, Writer};

    /// Writes the record into a database and reads it back.
    fn stated(record: Value) -> Statement {
        let mut writer = Writer::new("Test");
        writer.insert_value("8.8.8.0/24".parse::<ipnet::IpNet>().expect("a prefix"), record).expect("inserted");
        let reader = maxminddb::Reader::from_source(writer.to_bytes().expect("bytes")).expect("a database");
        let result = reader.lookup("8.8.8.8".parse().expect("an address")).expect("a result");
        result.decode::<Record>().expect("readable").expect("a record").statement()
    }

    fn text(fields: &[(&'static str, &str)]) -> Value {
        Value::map(fields.iter().map(|(key, value)| (*key, Value::from(*value))))
    }

    fn country(code: &str) -> Option<Country> {
        Some(Country::parse(code).expect("a country"))
    }

    #[test]
    fn nested_records_of_geolite2_and_geoip2() {
        let germany = Value::map([("iso_code", Value::from("DE")), ("geoname_id", Value::from(2_921_044_u32))]);
        let found = stated(Value::map([
            ("country", germany),
            ("registered_country", text(&[("iso_code", "US")])),
            ("city", Value::map([("names", text(&[("de", "Köln"), ("en", "Cologne")]))])),
            ("traits", Value::map([("is_anycast", Value::from(true))])),
            ("subdivisions", Value::array([text(&[("iso_code", "NW")])])),
        ]));
        let city = Some("Cologne".to_owned());
        assert_eq!(found, Statement { country: country("DE"), city, anycast: true, ..Statement::default() });
        let found = stated(Value::map([("registered_country", text(&[("iso_code", "US")]))]));
        assert_eq!(found, Statement { country: country("US"), registered: true, ..Statement::default() });
    }

    #[test]
    fn operators_of_nested_records() {
        let asn = Value::map([
            ("autonomous_system_number", Value::from(15_169_u32)),
            ("autonomous_system_organization", Value::from("GOOGLE")),
        ]);
        for record in [asn.clone(), Value::map([("traits", asn)])] {
            let found = stated(record);
            assert_eq!((found.asn, found.as_name.as_deref(), found.country), (Some(15_169), Some("GOOGLE"), None));
        }
    }

    #[test]
    fn flat_records_of_ipinfo_and_others() {
        let lite =
            [("country", "Germany"), ("country_code", "DE"), ("asn", "AS3320"), ("as_name", "Deutsche Telekom AG")];
        let found = stated(text(&lite));
        assert_eq!((found.country, found.asn), (country("DE"), Some(3320)));
        assert_eq!(found.as_name.as_deref(), Some("Deutsche Telekom AG"));
        let found = stated(text(&[("country", "NL"), ("asn", "AS3333"), ("name", "RIPE NCC"), ("city", "Amsterdam")]));
        assert_eq!((found.country, found.as_name.as_deref()), (country("NL"), Some("RIPE NCC")));
        assert_eq!(found.city.as_deref(), Some("Amsterdam"));
        let found = stated(text(&[("country", "US"), ("is_anycast", "true"), ("name", "not an operator")]));
        assert_eq!((found.anycast, found.as_name), (true, None));
        let found = stated(Value::map([("country_code", Value::from("FR")), ("asn", Value::from(64_512_u32))]));
        assert_eq!((found.country, found.asn, found.as_name), (country("FR"), Some(64_512), None));
    }

    #[test]
    fn fields_of_unexpected_types_say_nothing() {
        let odd = Value::map([
            ("country", Value::array([Value::from(1_u32)])),
            ("country_code", Value::from(7_u32)),
            ("asn", Value::from("AS none")),
            ("autonomous_system_number", Value::from(0_u32)),
            ("city", Value::from(1.5_f64)),
            ("as_name", text(&[("x", "y")])),
            ("traits", Value::from("none")),
        ]);
        assert_eq!(stated(odd), Statement::default());
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let name = "ä".repeat(NAME_CHARS_MAX + 1);
        let found = stated(text(&[("asn", "1"), ("as_name", &name)]));
        assert_eq!(found.as_name, Some("ä".repeat(NAME_CHARS_MAX)));
    }
}
