//! Prefixes of cloud providers and the region that each provider states for them.
//!
//! `signatures/geo/regions.bin` holds the prefixes, cut into segments that do not overlap, so that a look-up is one
//! binary search in the bytes as they lie in the program. Its form: the line `regions 1`, a line with the date of the
//! lists, a line with the number N of names, N lines `provider region` (the first is empty: a gap; `*` as region: many
//! places; no region: only the provider is known), then for IPv4 and for IPv6 a 32-bit count C, C first addresses of 4
//! or 16 bytes in rising order, and C 16-bit indices of names, all big-endian. `regions.toml` tells where regions are.

use super::country::Country;
use crate::model::wire::Reader;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

static PREFIXES: &[u8] = include_bytes!("../../signatures/geo/regions.bin");
static PLACES: &str = include_str!("../../signatures/geo/regions.toml");

/// Data that are built in cannot be read: the program was built from damaged files.
#[derive(Debug, thiserror::Error)]
#[error("the built-in {what} cannot be read ({reason}). Build or download the program again")]
pub struct EmbeddedError {
    /// Which data.
    pub what: &'static str,
    /// What is wrong with them.
    pub reason: String,
}

/// What a provider states of one of its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region<'a> {
    /// The provider's name: `Microsoft Azure`.
    pub provider: &'a str,
    /// Name of the region as listed: `northeurope`; `None` when the list names only the provider.
    pub region: Option<&'a str>,
    /// Whether the list says that the address answers at many places.
    pub anycast: bool,
    /// Country of the region; `None` when it is not announced.
    pub country: Option<Country>,
    /// City or area of the region.
    pub place: Option<&'a str>,
    /// First and last address of the segment.
    pub range: (IpAddr, IpAddr),
    /// Date of the list, `YYYY-MM-DD`.
    pub list_date: &'a str,
}

/// The lists of all providers.
#[derive(Debug)]
pub struct Regions {
    date: String,
    names: Vec<Named>,
    v4: Segments<4>,
    v6: Segments<16>,
    providers: BTreeMap<String, Provider>,
}

impl Regions {
    /// The lists that are built in.
    ///
    /// # Errors
    /// When the program was built from damaged files.
    pub fn embedded() -> Result<Self, EmbeddedError> {
        let damaged = |reason: String| EmbeddedError { what: "list of cloud regions", reason };
        let places: Places = toml::from_str(PLACES).map_err(|error| damaged(error.to_string()))?;
        Regions::read(PREFIXES, places.provider).ok_or_else(|| damaged("regions.bin is cut or of another form".into()))
    }

    /// Date of the lists, `YYYY-MM-DD`.
    pub fn date(&self) -> &str {
        &self.date
    }

    /// What a provider states of this address; `None` when no list has it. Expects the address that
    /// [`carried`](super::special::carried) returns.
    pub fn look_up(&self, address: IpAddr) -> Option<Region<'_>> {
        let (index, range) = match address {
            IpAddr::V4(address) => {
                let (index, first, next) = self.v4.find(address.octets())?;
                (index, (IpAddr::V4(Ipv4Addr::from(first)), IpAddr::V4(before_v4(next))))
            }
            IpAddr::V6(address) => {
                let (index, first, next) = self.v6.find(address.octets())?;
                (index, (IpAddr::V6(Ipv6Addr::from(first)), IpAddr::V6(before_v6(next))))
            }
        };
        let named = self.names.get(usize::from(index)).filter(|named| !named.provider.is_empty())?;
        let provider = self.providers.get(&named.provider);
        let at = provider.and_then(|provider| provider.region.get(&named.region));
        Some(Region {
            provider: provider.map_or(named.provider.as_str(), |provider| provider.name.as_str()),
            region: Some(named.region.as_str()).filter(|region| !region.is_empty() && *region != ANYCAST),
            anycast: named.region == ANYCAST,
            country: at.and_then(|at| Country::parse(&at.country)),
            place: at.map(|at| at.place.as_str()).filter(|place| !place.is_empty()),
            range,
            list_date: &self.date,
        })
    }

    /// Country and place of a provider's region (`azure`, `francecentral`), by the name in the list or in host names.
    pub(super) fn named(&self, provider: &str, region: &str) -> Option<(Country, &str)> {
        let regions = &self.providers.get(provider)?.region;
        let by_arm_name = || regions.values().find(|at| !at.arm_name.is_empty() && at.arm_name == region);
        let at = regions.get(region).or_else(by_arm_name)?;
        Some((Country::parse(&at.country)?, at.place.as_str()))
    }

    /// The first address of every segment that some provider has.
    #[cfg(test)]
    pub(super) fn firsts(&self) -> Vec<IpAddr> {
        let v4 = self.v4.firsts.iter().map(|first| IpAddr::from(*first));
        let all = v4.chain(self.v6.firsts.iter().map(|first| IpAddr::from(*first)));
        all.filter(|address| self.look_up(*address).is_some()).collect()
    }

    /// A list without any prefix.
    #[cfg(test)]
    pub(super) fn empty() -> Self {
        let (v4, v6) =
            (Segments { firsts: Vec::new(), names: Vec::new() }, Segments { firsts: Vec::new(), names: Vec::new() });
        Regions { date: String::new(), names: Vec::new(), v4, v6, providers: BTreeMap::new() }
    }

    fn read(bytes: &[u8], providers: BTreeMap<String, Provider>) -> Option<Self> {
        let mut rest = bytes;
        if line(&mut rest)? != "regions 1" {
            return None;
        }
        let date = line(&mut rest)?.to_owned();
        let count: u16 = line(&mut rest)?.parse().ok()?;
        let names = (0..count).map(|_| line(&mut rest).map(Named::of)).collect::<Option<Vec<_>>>()?;
        let mut reader = Reader::new(rest);
        let (v4, v6) = (Segments::read(&mut reader)?, Segments::read(&mut reader)?);
        Some(Regions { date, names, v4, v6, providers })
    }
}

/// Region name of addresses that answer at many places.
const ANYCAST: &str = "*";

/// A name of the list.
#[derive(Debug)]
struct Named {
    provider: String,
    region: String,
}

impl Named {
    fn of(line: &str) -> Self {
        let (provider, region) = line.split_once(' ').unwrap_or((line, ""));
        Named { provider: provider.to_owned(), region: region.to_owned() }
    }
}

#[derive(Debug, Deserialize)]
struct Places {
    provider: BTreeMap<String, Provider>,
}

#[derive(Debug, Deserialize)]
struct Provider {
    name: String,
    #[serde(default)]
    region: BTreeMap<String, At>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct At {
    country: String,
    place: String,
    arm_name: String,
}

/// Segments of one address family, as they lie in the file.
#[derive(Debug)]
struct Segments<const WIDTH: usize> {
    firsts: Vec<[u8; WIDTH]>,
    names: Vec<u16>,
}

impl<const WIDTH: usize> Segments<WIDTH> {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let count = usize::try_from(reader.u32()?).ok()?;
        let firsts = reader.take(count.checked_mul(WIDTH)?)?;
        let names = reader.take(count.checked_mul(2)?)?;
        let firsts = firsts.chunks_exact(WIDTH).filter_map(|bytes| bytes.try_into().ok()).collect();
        let names =
            names.chunks_exact(2).filter_map(|bytes| Some(u16::from_be_bytes(bytes.try_into().ok()?))).collect();
        Some(Segments { firsts, names })
    }

    /// The name of the segment that holds `address`, its first address, and the first of the next segment (all zeros
    /// when there is none).
    fn find(&self, address: [u8; WIDTH]) -> Option<(u16, [u8; WIDTH], [u8; WIDTH])> {
        let next = self.firsts.partition_point(|first| *first <= address);
        let index = next.checked_sub(1)?;
        let after = self.firsts.get(next).copied().unwrap_or([0; WIDTH]);
        Some((*self.names.get(index)?, *self.firsts.get(index)?, after))
    }
}

fn before_v4(next: [u8; 4]) -> Ipv4Addr {
    Ipv4Addr::from(u32::from_be_bytes(next).wrapping_sub(1))
}

fn before_v6(next: [u8; 16]) -> Ipv6Addr {
    Ipv6Addr::from(u128::from_be_bytes(next).wrapping_sub(1))
}

/// One line of text at the start of the file.
pub(super) fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (line, after) = (rest.get(..end)?, rest.get(end.checked_add(1)?..)?);
    *rest = after;
    std::str::from_utf8(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions() -> Regions {
        Regions::embedded().expect("embedded")
    }

    #[test]
    fn published_prefixes_have_their_region() {
        let regions = regions();
        let table = [
            ("52.114.248.1", "Microsoft Azure", "northeurope", "IE"),
            ("52.115.136.9", "Microsoft Azure", "centralfrance", "FR"),
            ("52.114.8.1", "Microsoft Azure", "southeastasia", "SG"),
            ("20.50.235.7", "Microsoft Azure", "westeurope", "NL"),
            ("18.195.131.1", "Amazon Web Services", "eu-central-1", "DE"),
            ("3.235.82.1", "Amazon Web Services", "us-east-1", "US"),
            ("3.7.35.1", "Amazon Web Services", "ap-south-1", "IN"),
            ("35.214.238.1", "Google Cloud", "europe-west4", "NL"),
            ("20.203.158.81", "Microsoft Azure", "switzerlandn", "CH"),
            ("2603:1020:5:1::1", "Microsoft Azure", "northeurope", "IE"),
        ];
        for (address, provider, region, country) in table {
            let found = regions.look_up(address.parse().expect("an address")).expect(address);
            assert_eq!((found.provider, found.region), (provider, Some(region)), "{address}");
            assert_eq!(found.country, Country::parse(country), "{address}");
            let (first, last) = found.range;
            let address: IpAddr = address.parse().expect("an address");
            assert!(first <= address && address <= last && !found.anycast);
        }
        assert_eq!(regions.date(), "2026-10-26");
    }

    #[test]
    fn addresses_of_many_places_and_of_nobody() {
        let regions = regions();
        let of = |address: &str| regions.look_up(address.parse().expect("an address"));
        for (address, provider) in [("99.77.146.1", "Amazon Web Services"), ("104.16.0.1", "Cloudflare")] {
            let found = of(address).expect(address);
            assert_eq!((found.provider, found.anycast, found.country, found.region), (provider, true, None, None));
        }
        assert!(of("13.107.246.1").expect("Front Door").anycast);
        for address in ["0.0.0.0", "192.168.1.1", "193.0.6.139", "255.255.255.255", "::", "2001:67c::1", "ffff::"] {
            assert_eq!(of(address), None, "{address}");
        }
    }

    #[test]
    fn every_listed_region_is_described() {
        let regions = regions();
        let undescribed = |named: &&Named| {
            let provider = regions.providers.get(&named.provider);
            let places = ["", ANYCAST].contains(&named.region.as_str());
            !provider.is_some_and(|provider| places || provider.region.contains_key(&named.region))
        };
        let missing: Vec<_> = regions.names.iter().skip(1).filter(undescribed).collect();
        assert!(missing.is_empty(), "{missing:?}");
        for at in regions.providers.values().flat_map(|provider| provider.region.values()) {
            assert!(at.country.is_empty() || Country::parse(&at.country).is_some(), "{at:?}");
        }
    }

    #[test]
    fn regions_by_the_names_in_host_names() {
        let regions = regions();
        assert_eq!(regions.named("azure", "francecentral"), Some((Country::parse("FR").expect("FR"), "Paris")));
        assert_eq!(regions.named("azure", ""), None);
        assert_eq!(regions.named("aws", "me-west-1"), None, "announced nowhere");
    }

    #[test]
    fn a_cut_or_changed_list_does_not_panic() {
        let header = PREFIXES.iter().take(8000).copied().collect::<Vec<u8>>();
        for length in 0..header.len() {
            assert!(Regions::read(&header[..length], BTreeMap::new()).is_none());
        }
        let small = b"regions 1\n2026-10-26\n2\n\naws x\n\0\0\0\x02\0\0\0\0\x01\0\0\0\0\0\0\x01\0\0\0\0";
        assert!(Regions::read(small, BTreeMap::new()).is_some());
        for index in 0..small.len() {
            let mut bad = small.to_vec();
            bad[index] ^= 0xff;
            if let Some(regions) = Regions::read(&bad, BTreeMap::new()) {
                regions.look_up(IpAddr::V4(Ipv4Addr::new(1, 2, 3, 4)));
                regions.look_up(IpAddr::V6(Ipv6Addr::LOCALHOST));
            }
        }
    }
}
