//! Front doors: addresses that answer at many places, besides those that the region lists name.

use super::region::EmbeddedError;
use ipnet::IpNet;
use serde::Deserialize;
use std::net::IpAddr;

static FRONT_DOORS: &str = include_str!("../../signatures/geo/anycast.toml");

/// Known front doors.
#[derive(Debug, Deserialize)]
pub struct FrontDoors {
    date: toml::value::Datetime,
    front_door: Vec<FrontDoor>,
}

/// Prefixes of one operator for one purpose.
#[derive(Debug, Deserialize)]
pub struct FrontDoor {
    /// Who operates it.
    pub operator: String,
    /// What it serves.
    pub what: String,
    /// The same in German.
    pub what_de: String,
    /// Who says that these prefixes are it.
    pub source: String,
    prefixes: Vec<IpNet>,
}

impl FrontDoors {
    /// The list that is built in.
    ///
    /// # Errors
    /// When the program was built from damaged files.
    pub fn embedded() -> Result<Self, EmbeddedError> {
        let damaged = |error: toml::de::Error| EmbeddedError { what: "list of front doors", reason: error.to_string() };
        toml::from_str(FRONT_DOORS).map_err(damaged)
    }

    /// Date of the list, `YYYY-MM-DD`.
    pub fn date(&self) -> String {
        self.date.to_string()
    }

    /// The front door that this address belongs to.
    pub fn look_up(&self, address: IpAddr) -> Option<&FrontDoor> {
        self.front_door.iter().find(|door| door.prefixes.iter().any(|prefix| prefix.contains(&address)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn famous_front_doors_are_known() {
        let doors = FrontDoors::embedded().expect("embedded");
        let of = |address: &str| doors.look_up(address.parse().expect("an address")).map(|door| door.operator.as_str());
        assert_eq!(of("52.113.194.1"), Some("Microsoft"));
        assert_eq!(of("142.250.82.255"), Some("Google"));
        assert_eq!(of("2606:4700:4700::1111"), Some("Cloudflare"));
        assert_eq!(of("192.0.0.10"), Some("IETF"));
        assert_eq!(of("52.113.195.1"), None);
        assert_eq!(doors.date().len(), 10);
        for door in &doors.front_door {
            assert!(!door.source.is_empty() && !door.what.is_empty() && !door.prefixes.is_empty());
            assert!(door.prefixes.iter().all(|prefix| prefix.trunc() == *prefix), "host bits in {door:?}");
        }
    }
}
