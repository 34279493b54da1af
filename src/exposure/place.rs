//! Country and operator of remote addresses, and what the law of the day says of that country.

use super::device::PublicAddress;
use super::endpoint::jurisdiction;
use super::findings::{AddressAnswer, Bilingual, Location, Operator, PlaceEntry, PlaceProof, TransferEntry};
use super::local::{LocalSide, is_host, is_private};
use super::view::View;
use super::{Caller, GivenPlace, Knowledge, traits, words};
use crate::catalogue::{Observation, SeenName, Status};
use crate::engine::{Echoes, Traffic};
use crate::model::input::RoundTrips;
use crate::model::{Direction, Evidence, Facts, Timestamp};
use crate::place::{Country, EvidenceKind, Origin, RoundTrip, RoundTripKind, Seen, Vantage, Whereabouts};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Where the captured side is, and what is measured from there.
pub(super) struct Here<'t> {
    pub(super) location: Location,
    vantage: Option<Vantage>,
    /// Why round trips leave no countries out although a public address is known.
    doubt: Option<(&'static str, &'static str)>,
    echoes: &'t Echoes,
}

impl Here<'_> {
    /// What holds for all addresses.
    pub(super) fn seen(&self) -> Seen<'_> {
        Seen { vantage: self.vantage.as_ref(), doubt: self.doubt, ..Seen::default() }
    }

    /// Round trips to an address by what was asked, in order of kinds.
    pub(super) fn round_trips(&self, address: IpAddr, views: &[&View<'_>]) -> Vec<RoundTrip> {
        let mut kinds: BTreeMap<RoundTripKind, RoundTrips> = BTreeMap::new();
        for (kind, trips) in views.iter().flat_map(|view| view.round_trips()) {
            // Each view has left out what the other side asked, so the sides need no second look.
            kinds.entry(kind).or_default().absorb(&RoundTrips { asked: None, ..trips });
        }
        let is_local = |asker: IpAddr| views.iter().any(|view| view.sides.local.ip() == asker);
        let echoes = self.echoes.iter().filter(|((asker, answerer), _)| *answerer == address && is_local(*asker));
        for (_, trips) in echoes {
            kinds.entry(RoundTripKind::Echo).or_default().absorb(trips);
        }
        let ms = |nanos: i64| nanos as f64 / 1e6;
        let trip = |(kind, trips): (RoundTripKind, RoundTrips)| {
            let (min_ms, next_ms) = (ms(trips.min?), trips.second.map(ms));
            Some(RoundTrip { kind, min_ms, next_ms, samples: trips.samples })
        };
        kinds.into_iter().filter_map(trip).collect()
    }
}

/// Where this side is: as the user says, else the countries of its public addresses.
pub(super) fn here<'t>(
    public: &[PublicAddress],
    views: &[View<'_>],
    traffic: &'t Traffic,
    knowledge: &Knowledge<'_>,
    caller: &Caller,
) -> Here<'t> {
    let echoes = &traffic.echoes;
    if let Some(given) = &caller.from {
        let vantage = given_origin(given).and_then(|origin| knowledge.atlas.vantage(origin));
        return Here { location: given_location(given), vantage, doubt: None, echoes };
    }
    let day = traffic.span.map(|(first, _)| first.date()).unwrap_or_default();
    let places: Vec<Whereabouts> =
        public.iter().map(|public| locate(public.address, Seen::default(), day, knowledge)).collect();
    let mut countries: Vec<Country> = Vec::new();
    for country in places.iter().filter_map(|found| found.place.country) {
        if !countries.contains(&country) {
            countries.push(country);
        }
    }
    let doubt = doubt(&places, views);
    let basis = match (doubt, countries.len()) {
        (_, 0) => None,
        (None, 1) => Some("database-of-public-address"),
        (None, _) => Some("public-addresses-disagree"),
        (Some(BEHIND_VPN), _) => Some("public-address-behind-vpn"),
        (Some(_), _) => Some("public-address-of-data-centre"),
    };
    let country = Some(&countries).filter(|all| all.len() == 1).and_then(|all| all.first());
    let location =
        Location { country: country.map(ToString::to_string), basis: basis.map(str::to_owned), ..Location::default() };
    let origin = Origin::PublicAddresses(countries);
    let vantage = if doubt.is_none() { knowledge.atlas.vantage(origin) } else { None };
    Here { location, vantage, doubt, echoes }
}

const BEHIND_VPN: (&str, &str) = (
    "kein Land wird ausgeschlossen: Nach den Paketen führt der Anschluss durch ein VPN, die erfasste Seite kann also \
     anderswo sein als die öffentliche Adresse",
    "no countries are left out: packets say that the line goes through a VPN, so the caller may be elsewhere than the \
     public address",
);
const IN_DATA_CENTRE: (&str, &str) = (
    "kein Land wird ausgeschlossen: Die öffentliche Adresse des Anschlusses liegt in einem Rechenzentrum (VPN, Proxy \
     oder virtuelle Maschine), die erfasste Seite kann also anderswo sein",
    "no countries are left out: the public address of the line is in a data centre (VPN, proxy or virtual machine), so \
     the caller may be elsewhere",
);

/// Why the caller may be elsewhere than the public address: a VPN that not all traffic takes.
fn doubt(places: &[Whereabouts], views: &[View<'_>]) -> Option<(&'static str, &'static str)> {
    let of_vpn = |view: &View<'_>| {
        let costs = view.flow.facts.of("stun.network-cost");
        costs
            .filter(|cost| cost.first.direction == view.sides.sent)
            .any(|cost| cost.value.to_string().ends_with("+vpn"))
    };
    let is_cloud = |found: &Whereabouts| {
        found.anycast || found.place.evidence.iter().any(|piece| piece.kind == EvidenceKind::Region)
    };
    match (views.iter().any(of_vpn), places.iter().any(is_cloud)) {
        (true, _) => Some(BEHIND_VPN),
        (false, true) => Some(IN_DATA_CENTRE),
        (false, false) => None,
    }
}

fn given_origin(given: &GivenPlace) -> Option<Origin> {
    match given {
        GivenPlace::Country(country) => Country::parse(country).map(Origin::Country),
        GivenPlace::Point(lat, lon) => Some(Origin::Point(*lat, *lon)),
    }
}

fn given_location(given: &GivenPlace) -> Location {
    let basis = Some("given".to_owned());
    match given {
        GivenPlace::Country(country) => Location { country: Some(country.clone()), basis, ..Location::default() },
        GivenPlace::Point(lat, lon) => Location { lat: Some(*lat), lon: Some(*lon), basis, country: None },
    }
}

/// A question about one address, without a capture.
#[derive(Clone, Debug)]
pub struct AddressQuery {
    /// The address.
    pub address: IpAddr,
    /// A name that it was reached by.
    pub name: Option<String>,
    /// The day that counts.
    pub day: Date,
    /// Shortest round trip measured by the user, in milliseconds.
    pub rtt_ms: Option<f64>,
    /// Where the user measured it.
    pub from: Option<GivenPlace>,
}

/// Answers for one address as a report does for an endpoint.
pub fn answer(query: &AddressQuery, knowledge: &Knowledge<'_>) -> AddressAnswer {
    let vantage = query.from.as_ref().and_then(given_origin).and_then(|origin| knowledge.atlas.vantage(origin));
    let given = |min_ms| RoundTrip { kind: RoundTripKind::Given, min_ms, next_ms: None, samples: 1 };
    let round_trips: Vec<RoundTrip> = query.rtt_ms.map(given).into_iter().collect();
    let names: Vec<&str> = query.name.as_deref().into_iter().collect();
    let seen = Seen { names: &names, round_trips: &round_trips, vantage: vantage.as_ref(), ..Seen::default() };
    let whereabouts = locate(query.address, seen, query.day, knowledge);
    let place = entry(&whereabouts);
    let provider = provider(query, &whereabouts, knowledge);
    AddressAnswer {
        address: query.address.to_string(),
        name: query.name.clone(),
        jurisdiction: jurisdiction(provider.as_deref(), knowledge),
        provider,
        operator: operator(&whereabouts),
        anycast: whereabouts.anycast,
        transfer: transfer(query.address, &place, query.day, knowledge),
        place,
    }
}

/// The provider whose name or published prefix fits, if there is one alone.
fn provider(query: &AddressQuery, found: &Whereabouts, knowledge: &Knowledge<'_>) -> Option<String> {
    let evidence = Evidence { capture: 0, frame: 0, time: Timestamp::MIN, direction: Direction::Forward };
    let name = query.name.as_deref().map(|name| SeenName { name, source: "dns", evidence });
    let seen = Observation {
        remote: query.address,
        remote_port: 0,
        udp: false,
        names: name.as_slice(),
        near_names: &[],
        facts: &Facts::default(),
        asn: found.operator.as_ref().map(|operator| operator.asn),
        day: query.day,
        media: false,
    };
    knowledge.catalogue.classify(&seen).provider.map(|provider| provider.id().to_owned())
}

/// Who announces the address: whose it is, not where it is.
pub(super) fn operator(found: &Whereabouts) -> Operator {
    let operator = found.operator.as_ref();
    Operator {
        asn: operator.map(|operator| operator.asn),
        name: operator.map(|operator| operator.name.clone()).filter(|name| !name.is_empty()),
        country: None,
    }
}

/// Systems that announce the remote addresses.
pub(super) fn systems(traffic: &Traffic, local: &LocalSide, knowledge: &Knowledge<'_>) -> BTreeMap<IpAddr, u32> {
    let mut systems: BTreeMap<IpAddr, Option<u32>> = BTreeMap::new();
    for flow in &traffic.flows {
        let address = local.orient(flow).remote.ip();
        let asn = || knowledge.atlas.databases().look_up(address).operator().map(|operator| operator.asn);
        systems.entry(address).or_insert_with(asn);
    }
    systems.into_iter().filter_map(|(address, asn)| Some((address, asn?))).collect()
}

/// Where `address` was on `day`, from everything that is known of it.
pub(super) fn locate(address: IpAddr, seen: Seen<'_>, day: Date, knowledge: &Knowledge<'_>) -> Whereabouts {
    let is_eea = |country: &str| match knowledge.law.status(country, day).status {
        Status::Eu | Status::Eea => Some(true),
        Status::Adequate | Status::ThirdCountry => Some(false),
        Status::Unknown => None,
    };
    knowledge.atlas.locate(address, Seen { day: Some(day), ..seen }, &is_eea)
}

/// A place as the report shows it.
pub(super) fn entry(whereabouts: &Whereabouts) -> PlaceEntry {
    let mut evidence: Vec<PlaceProof> = Vec::new();
    for piece in &whereabouts.place.evidence {
        evidence.push(proof(piece.kind.name(), piece.says.to_string(), &piece.detail.de, &piece.detail.en));
    }
    if let Some(special) = whereabouts.special {
        let (de, en) = ("Verzeichnis der IANA für besondere Adressen", "IANA special-purpose address registry");
        evidence.push(proof("database", special.name().into(), de, en));
    }
    PlaceEntry {
        country: whereabouts.place.country.map(|country| country.to_string()),
        verdict: whereabouts.place.verdict.name().into(),
        evidence,
        max_distance_km: whereabouts.place.max_distance_km,
    }
}

/// How many routers packets of the remote side have passed: a hint at how far away it is, and no proof of a place.
pub(super) fn distance(view: &View<'_>) -> Option<PlaceProof> {
    let seen = *view.flow.hop_limits.get(view.sides.sent.reversed().index())?;
    let (passed, initial) = traits::routers_passed(seen)?;
    Some(proof(
        "hop-limit",
        format!("about {passed} routers away"),
        &format!("Lebensdauer {seen}, wahrscheinlich von {initial}"),
        &format!("hop limit {seen}, most likely of {initial}"),
    ))
}

fn proof(kind: &str, says: String, de: &str, en: &str) -> PlaceProof {
    PlaceProof { kind: kind.into(), says, detail: en.into(), detail_de: de.into() }
}

/// Status of a transfer to `address` on `day`.
pub(super) fn transfer(address: IpAddr, place: &PlaceEntry, day: Date, knowledge: &Knowledge<'_>) -> TransferEntry {
    let on = Some(day.to_string());
    if is_private(address) || !is_host(address) {
        return TransferEntry { status: "unknown".into(), basis: words::NEAR.both(&[]), on };
    }
    let Some(country) = place.country.as_deref() else {
        let (status, basis) = match place.verdict.as_str() {
            "proven-inside" => ("eea", words::WITHIN_EEA.both(&[])),
            _ => ("unknown", words::NO_PLACE.both(&[])),
        };
        return TransferEntry { status: status.into(), basis, on };
    };
    let standing = knowledge.law.status(country, day);
    let basis = Bilingual {
        de: with_condition(&standing.basis_de, standing.condition_de.as_deref()),
        en: with_condition(&standing.basis_en, standing.condition_en.as_deref()),
    };
    TransferEntry { status: standing.status.name().into(), basis, on }
}

/// The basis with what an address cannot show behind it.
fn with_condition(basis: &str, condition: Option<&str>) -> String {
    match condition {
        Some(condition) => format!("{basis}. {condition}"),
        None => basis.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::samples::{Scene, knowledge};
    use crate::exposure::{Endpoint, Findings};

    /// Of a university in Germany.
    const HERE: &str = "130.83.1.1";
    /// Of Amazon in Frankfurt, and of Amazon in Virginia.
    const NEAR: &str = "18.195.131.1";
    const FAR: &str = "3.235.82.1";

    fn endpoint<'f>(findings: &'f Findings, address: &str) -> &'f Endpoint {
        findings.endpoints.iter().find(|endpoint| endpoint.address == address).expect("the endpoint")
    }

    fn trips(findings: &Findings, address: &str) -> Vec<String> {
        let evidence = &endpoint(findings, address).place.evidence;
        evidence.iter().filter(|piece| piece.kind == "round-trip").map(|piece| piece.detail.clone()).collect()
    }

    fn talk(local: &str) -> Scene {
        let mut scene = Scene::default().captured_on(local);
        for server in [NEAR, FAR] {
            scene.handshake(&format!("{local}:4000"), &format!("{server}:443"));
        }
        scene
    }

    fn from(place: &str) -> Caller {
        Caller { from: GivenPlace::parse(place), ..Caller::default() }
    }

    #[test]
    fn the_bound_is_taken_from_the_place_given() {
        let findings = talk(HERE).findings_for(&from("52.37,9.73"));
        assert_eq!(findings.local.location.basis.as_deref(), Some("given"));
        let (near, far) = (endpoint(&findings, NEAR), endpoint(&findings, FAR));
        assert_eq!((near.place.max_distance_km, near.place.verdict.as_str()), (Some(2000.0), "proven-inside"));
        assert_eq!((far.place.country.as_deref(), far.place.verdict.as_str()), (None, "undecidable"));
        let told = trips(&findings, FAR);
        assert!(told[0].starts_with("TCP handshake 20.000 ms; from 52.37,9.73 as given, possible: "), "{told:?}");
        assert!(told[0].contains("contradicts US, which is at least 5"), "{told:?}");
        assert_eq!(far.transfer.status, "unknown");
    }

    #[test]
    fn without_it_from_the_country_of_the_public_address() {
        let findings = talk(HERE).findings();
        let location = &findings.local.location;
        let found = (location.country.as_deref(), location.basis.as_deref());
        assert_eq!(found, (Some("DE"), Some("database-of-public-address")));
        let told = trips(&findings, FAR);
        assert!(told[0].contains("from DE by the public address in a database, possible: "), "{told:?}");
    }

    #[test]
    fn from_a_data_centre_or_through_a_vpn_no_country_is_left_out() {
        let findings = talk("20.50.235.7").findings();
        let location = &findings.local.location;
        let found = (location.country.as_deref(), location.basis.as_deref());
        assert_eq!(found, (Some("NL"), Some("public-address-of-data-centre")));
        let (told, far) = (trips(&findings, FAR), endpoint(&findings, FAR));
        assert!(told[0].contains("data centre") && !told[0].contains("possible"), "{told:?}");
        assert_eq!((far.place.max_distance_km, far.place.verdict.as_str()), (Some(2000.0), "proven-outside"));

        let mut scene = talk(HERE);
        // A STUN request with the network cost of a wire inside a VPN (attribute 0xc057).
        let mut request = vec![0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42];
        request.extend([7; 12]);
        request.extend([0xc0, 0x57, 0, 4, 0, 1, 0, 1]);
        scene.udp(&format!("{HERE}:5000"), &format!("{NEAR}:3478"), &request);
        let findings = scene.findings();
        assert_eq!(findings.local.location.basis.as_deref(), Some("public-address-behind-vpn"));
        assert!(trips(&findings, FAR)[0].contains("goes through a VPN"));
    }

    #[test]
    fn public_addresses_that_disagree_are_told_and_all_count() {
        let mut scene = talk(HERE);
        scene.handshake("193.0.6.139:1", &format!("{NEAR}:443"));
        let local = [HERE, "193.0.6.139"].map(|address| address.parse::<IpAddr>().expect("an address").into()).to_vec();
        let findings = scene.findings_for(&Caller { local, from: None });
        let location = &findings.local.location;
        assert_eq!((location.country.as_deref(), location.basis.as_deref()), (None, Some("public-addresses-disagree")));
        let told = trips(&findings, NEAR);
        assert!(
            told[0].contains("from DE or NL by the public") || told[0].contains("from NL or DE by the"),
            "{told:?}"
        );
    }

    #[test]
    fn an_echo_counts_beside_other_round_trips() {
        let mut scene = talk(HERE);
        scene.ping(HERE, NEAR, 1, 18);
        scene.ping(HERE, NEAR, 2, 17);
        scene.ping(NEAR, HERE, 3, 1);
        let findings = scene.findings_for(&from("DE"));
        let told = trips(&findings, NEAR);
        assert!(told[0].starts_with("ICMP echo 17.000 ms, shortest of 2; from DE as given"), "{told:?}");
        assert_eq!((told.len(), told[1].as_str()), (2, "TCP handshake 20.000 ms"));
        assert_eq!(endpoint(&findings, NEAR).place.max_distance_km, Some(1700.0));
    }

    #[test]
    fn what_the_other_side_asks_measures_nothing() {
        let mut scene = Scene::default().captured_on(HERE);
        let (client, server) = (format!("{NEAR}:5300"), format!("{HERE}:53"));
        // A question and the answer of the name server that is captured.
        let question = b"\0\x01\x01\0\0\x01\0\0\0\0\0\0\x01a\x04test\0\0\x01\0\x01";
        let answer = b"\0\x01\x81\x80\0\x01\0\0\0\0\0\0\x01a\x04test\0\0\x01\0\x01";
        scene.udp(&client, &server, question);
        scene.udp(&server, &client, answer);
        assert!(trips(&scene.findings(), NEAR).is_empty());
        let mut scene = Scene::default().captured_on(NEAR);
        scene.udp(&client, &server, question);
        scene.udp(&server, &client, answer);
        assert_eq!(trips(&scene.findings(), HERE).len(), 1);
    }

    #[test]
    fn only_inside_without_a_country_is_no_transfer() {
        let place = PlaceEntry { verdict: "proven-inside".into(), ..PlaceEntry::default() };
        let day = jiff::civil::date(2026, 11, 1);
        let address = NEAR.parse().expect("an address");
        assert_eq!(transfer(address, &place, day, knowledge()).status, "eea");
        let place = PlaceEntry { verdict: "plausible-inside".into(), ..PlaceEntry::default() };
        assert_eq!(transfer(address, &place, day, knowledge()).status, "unknown");
    }
}
