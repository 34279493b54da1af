//! All sources of places together: one address in, one place out, with each piece of evidence.

use super::anycast::FrontDoors;
use super::country::Country;
use super::database::{Databases, Finding, Located, Operator};
use super::evidence::{EvidenceKind, PlaceEvidence, Says, Told};
use super::hostname::{HostCodes, NamedPlace};
use super::outline::Outlines;
use super::reach::Reach;
use super::region::{EmbeddedError, Region, Regions};
use super::roundtrip::{RoundTrip, measure};
use super::special::Special;
use super::vantage::{Origin, Vantage};
use super::verdict::{IsEea, Place, judge};
use crate::model::text::day;
use jiff::civil::Date;
use std::net::IpAddr;

/// Most host names of one address that are read for place codes.
pub const HOST_NAMES_MAX: usize = 64;
/// A list and the day that counts are said to be apart when it is by more days than this.
pub const LIST_AGE_DAYS_MAX: i32 = 90;

/// Databases, region lists, front doors and host codes.
#[derive(Debug)]
pub struct Atlas {
    databases: Databases,
    regions: Regions,
    front_doors: FrontDoors,
    host_codes: HostCodes,
    outlines: Outlines,
}

/// What a capture adds to an address.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// Names that the address was reached by: from DNS answers, TLS and certificates. At most [`HOST_NAMES_MAX`] count.
    pub names: &'a [&'a str],
    /// Round trips from the caller, at most one of each kind.
    pub round_trips: &'a [RoundTrip],
    /// Where the caller is, if that is known.
    pub vantage: Option<&'a Vantage>,
    /// Why there is no vantage although the caller's public address is known; joins the shortest round trip.
    pub doubt: Option<(&'a str, &'a str)>,
    /// The day of the capture.
    pub day: Option<Date>,
}

/// Where an address is, and who operates its network.
#[derive(Clone, Debug, PartialEq)]
pub struct Whereabouts {
    /// Why the address has no place; then there is no evidence and no operator.
    pub special: Option<Special>,
    /// The place with its evidence.
    pub place: Place,
    /// The operator of the network.
    pub operator: Option<Operator>,
    /// Whether the address answers at many places.
    pub anycast: bool,
}

impl Atlas {
    /// An atlas of these databases and of the lists that are built in.
    ///
    /// # Errors
    /// When the program was built from damaged files.
    pub fn new(databases: Databases) -> Result<Self, EmbeddedError> {
        Ok(Atlas {
            databases,
            regions: Regions::embedded()?,
            front_doors: FrontDoors::embedded()?,
            host_codes: HostCodes::embedded()?,
            outlines: Outlines::embedded()?,
        })
    }

    /// The databases in use.
    pub fn databases(&self) -> &Databases {
        &self.databases
    }

    /// The region lists in use.
    pub fn regions(&self) -> &Regions {
        &self.regions
    }

    /// The outlines in use.
    pub fn outlines(&self) -> &Outlines {
        &self.outlines
    }

    /// The distances of all countries from the caller; `None` when the origin names no country that is known.
    pub fn vantage(&self, origin: Origin) -> Option<Vantage> {
        Vantage::new(&self.outlines, origin)
    }

    /// Where `address` is. Of an address that has no place only the distance is told: what answers from a private
    /// network may still stand far away.
    pub fn locate(&self, address: IpAddr, seen: Seen<'_>, is_eea: IsEea<'_>) -> Whereabouts {
        let located = self.databases.look_up(address);
        let measured = measure(seen.round_trips);
        let reach = seen.vantage.zip(measured.km()).filter(|_| located.special.is_none());
        let reach = reach.map(|(vantage, km)| Reach { vantage, km, may_be_box: measured.may_be_box() });
        let mut evidence = if located.special.is_some() { Vec::new() } else { self.evidence(&located, seen) };
        let anycast = evidence.iter().any(|piece| piece.says == Says::ManyPlaces);
        let (mut measured, doubt) = (measured.evidence, seen.doubt.filter(|_| located.special.is_none()));
        if let Some((shortest, (de, en))) = measured.first_mut().zip(doubt) {
            shortest.detail.add(&format!("; {de}"), &format!("; {en}"));
        }
        evidence.extend(measured);
        let operator = located.operator();
        Whereabouts { special: located.special, place: judge(evidence, reach, is_eea), operator, anycast }
    }

    fn evidence(&self, located: &Located, seen: Seen<'_>) -> Vec<PlaceEvidence> {
        let mut evidence = Vec::new();
        evidence.extend(self.regions.look_up(located.address).map(|region| region_says(&region, seen.day)));
        for name in seen.names.iter().take(HOST_NAMES_MAX) {
            add_names(&mut evidence, name, self.host_codes.look_up(name, &self.regions));
        }
        evidence.extend(self.front_door(located.address));
        for finding in &located.findings {
            evidence.extend(self.database_says(finding));
        }
        evidence
    }

    fn front_door(&self, address: IpAddr) -> Option<PlaceEvidence> {
        let door = self.front_doors.look_up(address)?;
        let mut detail = Told::same(format!("{}, ", door.operator));
        detail.add(&door.what_de, &door.what);
        add_list_date(&mut detail, &self.front_doors.date());
        Some(PlaceEvidence { kind: EvidenceKind::Anycast, says: Says::ManyPlaces, detail })
    }

    fn database_says(&self, finding: &Finding) -> Option<PlaceEvidence> {
        let source = self.databases.source(finding.database)?;
        let built = day(&source.built, true);
        let mut detail =
            Told::new(format!("{}, Stand {built}", source.name), format!("{} of {}", source.name, source.built));
        let network = finding.network.map(|network| network.to_string());
        for part in network.iter().chain(&finding.city) {
            detail.add_same(&format!(", {part}"));
        }
        if finding.registered {
            detail.add(", Land der Registrierung", ", country of registration");
        }
        if finding.anycast {
            return Some(PlaceEvidence { kind: EvidenceKind::Anycast, says: Says::ManyPlaces, detail });
        }
        let says = Says::Country(finding.country?);
        Some(PlaceEvidence { kind: EvidenceKind::Database, says, detail })
    }
}

fn region_says(region: &Region<'_>, on: Option<Date>) -> PlaceEvidence {
    let mut detail = Told::same(region.provider);
    detail.add_same(&region.region.map(|name| format!(" {name}")).unwrap_or_default());
    detail.add_same(&region.place.map(|place| format!(" ({place})")).unwrap_or_default());
    detail.add_same(&format!(", {}-{}", region.range.0, region.range.1));
    add_list_date(&mut detail, region.list_date);
    add_list_age(&mut detail, region.list_date, on);
    let (kind, says) = match (region.anycast, region.country) {
        (true, _) => (EvidenceKind::Anycast, Says::ManyPlaces),
        (false, Some(country)) => (EvidenceKind::Region, Says::Country(country)),
        (false, None) => (EvidenceKind::Region, Says::NoCountry),
    };
    PlaceEvidence { kind, says, detail }
}

/// `, 120 days younger than the day that counts`: prefixes move.
fn add_list_age(detail: &mut Told, list_date: &str, on: Option<Date>) {
    let dates = list_date.parse::<Date>().ok().zip(on);
    let days = dates.and_then(|(list, day)| Some(list.since(day).ok()?.get_days())).unwrap_or_default();
    if days.unsigned_abs() > LIST_AGE_DAYS_MAX.unsigned_abs() {
        let (apart, (de, en)) =
            (days.unsigned_abs(), if days > 0 { ("jünger", "younger") } else { ("älter", "older") });
        detail.add(
            &format!(", {apart} Tage {de} als der maßgebliche Tag"),
            &format!(", {apart} days {en} than the day that counts"),
        );
    }
}

fn add_list_date(detail: &mut Told, date: &str) {
    detail.add(&format!("; Liste vom {}", day(date, true)), &format!("; list of {date}"));
}

/// One piece of evidence for each country that names name: a hundred relays of one site are no hundred witnesses.
fn add_names(evidence: &mut Vec<PlaceEvidence>, name: &str, places: Vec<NamedPlace>) {
    for place in places {
        if !has_name_evidence(evidence, place.country) {
            let NamedPlace { rule, rule_de, code, country, place } = place;
            let at = if place.is_empty() { String::new() } else { format!(" ({place})") };
            let detail = Told::new(format!("{name}: {rule_de} {code}{at}"), format!("{name}: {rule} {code}{at}"));
            evidence.push(PlaceEvidence { kind: EvidenceKind::HostName, says: Says::Country(country), detail });
        }
    }
}

fn has_name_evidence(evidence: &[PlaceEvidence], country: Country) -> bool {
    evidence.iter().any(|piece| piece.kind == EvidenceKind::HostName && piece.says == Says::Country(country))
}

#[cfg(test)]
mod tests {
    use super::super::roundtrip::RoundTripKind;
    use super::super::verdict::PlaceVerdict;
    use super::*;

    fn is_eea(country: &str) -> Option<bool> {
        Some(matches!(country, "DE" | "FR" | "IE" | "NL" | "NO"))
    }

    fn located(address: &str, names: &[&str], rtt_min_ms: Option<f64>) -> Whereabouts {
        let atlas = Atlas::new(Databases::embedded().expect("embedded")).expect("embedded");
        let trip = |min_ms| RoundTrip { kind: RoundTripKind::Stun, min_ms, next_ms: None, samples: 1 };
        let round_trips: Vec<_> = rtt_min_ms.map(trip).into_iter().collect();
        let seen = Seen { names, round_trips: &round_trips, ..Seen::default() };
        atlas.locate(address.parse().expect("an address"), seen, &is_eea)
    }

    fn summary(found: &Whereabouts) -> (String, &'static str, bool) {
        let country = found.place.country.map(|country| country.to_string()).unwrap_or_default();
        (country, found.place.verdict.name(), found.anycast)
    }

    #[test]
    fn a_region_list_proves_what_a_database_cannot() {
        let inside = located("18.195.131.1", &[], Some(9.5));
        assert_eq!(summary(&inside), ("DE".into(), "proven-inside", false));
        assert_eq!(inside.place.max_distance_km, Some(950.0));
        let kinds: Vec<_> = inside.place.evidence.iter().map(|piece| piece.kind.name()).collect();
        assert_eq!(kinds, ["region", "round-trip", "database"]);
        assert!(inside.place.evidence[0].detail.en.starts_with("Amazon Web Services eu-central-1 (Frankfurt), 18.1"));
        assert_eq!(inside.operator.map(|operator| operator.asn), Some(16_509));
        assert_eq!(summary(&located("3.235.82.1", &[], None)), ("US".into(), "proven-outside", false));
        assert_eq!(summary(&located("193.0.6.139", &[], None)), ("NL".into(), "plausible-inside", false));
    }

    #[test]
    fn a_host_name_proves_unless_the_region_list_contradicts() {
        let found = located("193.0.6.139", &["zoomamq1mmr.zoom.us", "zoomamq2mmr.zoom.us", "x.example"], None);
        assert_eq!(summary(&found), ("NL".into(), "proven-inside", false));
        assert_eq!(found.place.evidence.iter().filter(|piece| piece.kind == EvidenceKind::HostName).count(), 1);
        let found = located("18.195.131.1", &["x.us-east-1.elb.amazonaws.com"], None);
        assert_eq!(summary(&found), (String::new(), "undecidable", false));
    }

    #[test]
    fn anycast_is_never_located() {
        for address in ["52.113.194.132", "8.8.8.8", "104.16.1.1", "99.77.146.9", "64:ff9b::8.8.8.8"] {
            assert_eq!(summary(&located(address, &[], Some(2.0))), (String::new(), "undecidable", true), "{address}");
        }
    }

    #[test]
    fn special_addresses_have_no_country() {
        let found = located("192.168.1.1", &["zoomfrq1mmr.zoom.us"], Some(1.0));
        assert_eq!((found.special, found.place.verdict), (Some(Special::Private), PlaceVerdict::Undecidable));
        let told: Vec<_> = found.place.evidence.iter().map(|piece| piece.says.to_string()).collect();
        assert_eq!((told, found.operator), (vec!["at most 100 km".to_owned()], None), "but a distance they have");
    }

    /// Whether the law table of tests knows the country as one of the EU or EEA.
    fn is_in_list(country: &str) -> Option<bool> {
        Some(
            "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
                .contains(country),
        )
    }

    #[test]
    fn every_listed_prefix_gets_its_country_by_the_list() {
        let atlas = Atlas::new(Databases::embedded().expect("embedded")).expect("embedded");
        let mut with_country = 0;
        for address in atlas.regions.firsts() {
            let region = atlas.regions.look_up(address).expect("a region");
            let Some(country) = region.country else { continue };
            with_country += 1;
            let found = atlas.locate(address, Seen::default(), &is_in_list);
            let piece = found.place.evidence.first().expect("evidence");
            assert_eq!((piece.kind, piece.says), (EvidenceKind::Region, Says::Country(country)), "{address}");
            // Front doors within a region, such as those of Teams, are at many places all the same.
            assert!(found.place.country == Some(country) || found.anycast, "{address} {:?}", found.place);
        }
        assert!(with_country > 20_000, "{with_country}");
    }

    #[test]
    fn without_the_lists_databases_are_right_as_often_as_measured_and_prove_nothing() {
        let atlas = Atlas::new(Databases::embedded().expect("embedded")).expect("embedded");
        let without =
            Atlas { regions: Regions::empty(), ..Atlas::new(Databases::embedded().expect("one")).expect("one") };
        let country = |address: &IpAddr| atlas.regions.look_up(*address).and_then(|region| region.country);
        let mut addresses: Vec<_> =
            atlas.regions.firsts().into_iter().filter(|address| country(address).is_some()).collect();
        // A shuffle that is the same on every machine (a linear congruential generator, Knuth's constants).
        let mut state = 1_u64;
        for index in (1..addresses.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            addresses.swap(index, (state >> 33) as usize % (index + 1));
        }
        addresses.truncate(5000);
        let mut right = 0;
        for address in &addresses {
            let found = without.locate(*address, Seen::default(), &is_in_list);
            let is_proven = matches!(found.place.verdict, PlaceVerdict::ProvenInside | PlaceVerdict::ProvenOutside);
            assert!(!is_proven, "{address} {:?}", found.place);
            let by_database =
                found.place.evidence.iter().any(|piece| Some(piece.says) == country(address).map(Says::Country));
            right += usize::from(by_database);
        }
        println!("by databases alone: {right} of {} segments have the right country", addresses.len());
        assert!(right >= 4550, "{right} of 5000");
    }
}
