//! Each rule of the verdict.

use super::super::evidence::Told;
use super::super::outline::Outlines;
use super::super::vantage::{Origin, Vantage};
use super::*;
use std::sync::LazyLock;

/// Germany and the Netherlands inside, Kosovo unknown, all others outside.
fn is_eea(country: &str) -> Option<bool> {
    (country != "XK").then_some(matches!(country, "DE" | "NL"))
}

fn piece(kind: EvidenceKind, country: &str) -> PlaceEvidence {
    let says = Country::parse(country).map_or(Says::ManyPlaces, Says::Country);
    PlaceEvidence { kind, says, detail: Told::default() }
}

fn verdict(pieces: &[(EvidenceKind, &str)]) -> (String, &'static str) {
    let place = judge(pieces.iter().map(|(kind, country)| piece(*kind, country)).collect(), None, &is_eea);
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

static OUTLINES: LazyLock<Outlines> = LazyLock::new(|| Outlines::embedded().expect("embedded"));

fn from(origin: Origin) -> Vantage {
    Vantage::new(&OUTLINES, origin).expect("a vantage")
}

fn country(code: &str) -> Country {
    Country::parse(code).expect("a code")
}

/// Inside are the countries of the EU and EEA around Germany and the far Réunion; of Kosovo nothing is known.
fn is_near_eea(country: &str) -> Option<bool> {
    let inside = "AT BE BG CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RE RO SE SI SK";
    (country != "XK").then_some(inside.contains(country))
}

fn within(pieces: &[(EvidenceKind, &str)], vantage: &Vantage, km: f64, may_be_box: bool) -> Place {
    let mut pieces: Vec<_> = pieces.iter().map(|(kind, country)| piece(*kind, country)).collect();
    let says = Says::WithinKm(km);
    pieces.push(PlaceEvidence { kind: EvidenceKind::RoundTrip, says, detail: Told::same("STUN") });
    judge(pieces, Some(Reach { vantage, km, may_be_box }), &is_near_eea)
}

fn told(place: &Place) -> (String, &'static str) {
    (place.country.map(|country| country.to_string()).unwrap_or_default(), place.verdict.name())
}

#[test]
fn what_a_round_trip_leaves_possible() {
    use EvidenceKind::{Anycast, Database, HostName, Region};
    type Case = (&'static [(EvidenceKind, &'static str)], f64, &'static str, &'static str);
    // From Hanover: 100 km are Germany, 250 km are Germany and its EU neighbours, 5000 km are everything around.
    let table: &[Case] = &[
        (&[], 100.0, "DE", "proven-inside"),
        (&[], 250.0, "", "proven-inside"),
        (&[], 5000.0, "", "undecidable"),
        (&[(Database, "NL")], 250.0, "NL", "proven-inside"),
        (&[(Database, "US")], 100.0, "DE", "proven-inside"),
        (&[(Database, "US")], 5000.0, "", "undecidable"),
        (&[(Database, "US")], 9000.0, "US", "plausible-outside"),
        (&[(Database, "CH")], 5000.0, "CH", "plausible-outside"),
        (&[(Database, "DE"), (Database, "US")], 5000.0, "DE", "plausible-inside"),
        (&[(Region, "US")], 1740.0, "", "undecidable"),
        (&[(Region, "US")], 100.0, "", "undecidable"),
        (&[(Region, "SE")], 100.0, "", "proven-inside"),
        (&[(Region, "GB")], 5000.0, "GB", "proven-outside"),
        (&[(Region, "GB"), (HostName, "US")], 1740.0, "GB", "plausible-outside"),
        (&[(Region, "NL"), (Database, "US")], 1740.0, "NL", "proven-inside"),
        (&[(Region, "NL"), (Database, "GB")], 1740.0, "NL", "plausible-inside"),
        (&[(Region, "NL"), (Database, "GB")], 250.0, "NL", "proven-inside"),
        (&[(Anycast, ""), (Database, "US")], 100.0, "DE", "proven-inside"),
        (&[(Anycast, ""), (Database, "US")], 1740.0, "", "undecidable"),
    ];
    let hanover = from(Origin::Point(52.37, 9.73));
    for (pieces, km, country, name) in table {
        let place = within(pieces, &hanover, *km, false);
        assert_eq!(told(&place), ((*country).to_owned(), *name), "{pieces:?} {km}");
        assert_eq!(place.max_distance_km, Some(*km));
    }
}

#[test]
fn far_from_the_eea_a_round_trip_excludes_it_and_proves_nothing() {
    use EvidenceKind::{Anycast, Database, Region};
    let sydney = from(Origin::Point(-33.87, 151.21));
    type Case = (&'static [(EvidenceKind, &'static str)], &'static str, &'static str);
    let table: [Case; 5] = [
        (&[], "AU", "plausible-outside"),
        (&[(Database, "DE")], "AU", "plausible-outside"),
        (&[(Anycast, "")], "AU", "plausible-outside"),
        (&[(Region, "AU"), (Database, "DE")], "AU", "proven-outside"),
        (&[(Region, "DE")], "", "undecidable"),
    ];
    for (pieces, country, name) in table {
        let place = within(pieces, &sydney, 300.0, false);
        assert_eq!(told(&place), (country.to_owned(), name), "{pieces:?}");
        let text = &place.evidence.iter().find(|piece| piece.kind == EvidenceKind::RoundTrip).expect("it").detail.en;
        assert!(text.contains("possible: AU, the EU and EEA are excluded"), "{text}");
    }
}

#[test]
fn a_place_of_the_caller_by_a_database_is_as_weak_as_one() {
    use EvidenceKind::{Database, Region};
    let austria = from(Origin::PublicAddresses(vec![country("DE")]));
    assert_eq!(told(&within(&[(Region, "US")], &austria, 1740.0, false)), (String::new(), "undecidable"));
    assert_eq!(told(&within(&[(Database, "US")], &austria, 1740.0, false)), (String::new(), "undecidable"));
    assert_eq!(told(&within(&[(Database, "FR")], &austria, 1740.0, false)), ("FR".into(), "plausible-inside"));
    let reunion = from(Origin::PublicAddresses(vec![country("RE")]));
    assert_eq!(told(&within(&[], &reunion, 50.0, false)), ("RE".into(), "plausible-inside"));
    assert_eq!(told(&within(&[], &from(Origin::Country(country("RE"))), 50.0, false)).1, "proven-inside");
}

#[test]
fn a_box_in_the_house_is_recognised_where_everything_else_is_far() {
    use EvidenceKind::{Database, Region};
    let hanover = from(Origin::Point(52.37, 9.73));
    let place = within(&[(Region, "US"), (Database, "US")], &hanover, 40.0, true);
    assert_eq!((told(&place), place.max_distance_km), (("US".into(), "plausible-outside"), None));
    let trip = place.evidence.iter().find(|piece| piece.kind == EvidenceKind::RoundTrip).expect("it");
    assert_eq!(trip.says, Says::NotCounted);
    assert!(
        trip.detail.en.contains("at least 5")
            && trip.detail.en.ends_with("a box on the way (proxy, NAT, VPN) answered")
    );
    let place = within(&[(Database, "DE")], &hanover, 40.0, true);
    assert_eq!(told(&place), ("DE".into(), "plausible-inside"), "it may be near, or a box answered");
    assert_eq!(told(&within(&[(Region, "DE")], &hanover, 40.0, true)), ("DE".into(), "proven-inside"));
}

#[test]
fn contradictions_are_told_where_they_are() {
    use EvidenceKind::{Database, HostName, Region};
    let place = within(
        &[(Database, "US"), (HostName, "NL"), (Region, "US")],
        &from(Origin::Country(country("IT"))),
        1740.0,
        false,
    );
    let details: Vec<_> = place.evidence.iter().map(|piece| piece.detail.en.as_str()).collect();
    assert_eq!(told(&place), ("NL".into(), "plausible-inside"));
    assert_eq!((details[0], details[1], details[3]), ("", "; contradicts US (region)", ""));
    assert!(
        details[2].starts_with("STUN; from IT as given, possible: ")
            && details[2].contains("contradicts US, which is at least 5")
    );
}

#[test]
fn the_tightest_bound_counts_and_names_no_country() {
    let bound = |km| PlaceEvidence { kind: EvidenceKind::RoundTrip, says: Says::WithinKm(km), detail: Told::default() };
    let place = judge(vec![piece(EvidenceKind::Database, "DE"), bound(1230.4), bound(950.0)], None, &is_eea);
    assert_eq!((place.max_distance_km, place.verdict), (Some(950.0), PlaceVerdict::PlausibleInside));
    assert_eq!(place.evidence[0].says.to_string(), "at most 1230 km");
    assert_eq!(place.evidence[2].kind, EvidenceKind::Database);
}
