//! `meetscope place`: where single addresses are.

use super::conforms::{resolve, schema};
use super::program::{report, run};
use serde_json::Value;

const RELAY: &str = "18.195.131.1";

fn answers(arguments: &[&str]) -> Vec<Value> {
    let answers = run(&[&["place", "--format", "json"], arguments].concat()).done().json();
    answers.as_array().cloned().expect("an array")
}

fn kinds(answer: &Value) -> Vec<&str> {
    let evidence = answer["place"]["evidence"].as_array().expect("evidence");
    evidence.iter().filter_map(|piece| piece["kind"].as_str()).collect()
}

#[test]
fn each_address_has_its_answer_in_the_order_asked() {
    let answers = answers(&["3.235.82.1", RELAY, "2001:67c:2e8:22::c100:68b", "192.168.1.1"]);
    let told: Vec<_> = answers
        .iter()
        .map(|one| (one["address"].as_str().unwrap_or_default(), one["place"]["verdict"].as_str().unwrap_or_default()))
        .collect();
    let expected = [
        ("3.235.82.1", "proven-outside"),
        (RELAY, "proven-inside"),
        ("2001:67c:2e8:22::c100:68b", "plausible-inside"),
        ("192.168.1.1", "undecidable"),
    ];
    assert_eq!(told, expected);
    assert_eq!(kinds(&answers[1]), ["region", "database"]);
    assert_eq!(answers[1]["operator"]["asn"], 16_509, "whose it is stands beside where it is");
}

#[test]
fn an_answer_has_the_place_operator_and_transfer_of_an_endpoint() {
    let schema = schema();
    let answer = &answers(&[RELAY, "--rtt", "20", "--from", "DE"])[0];
    for (name, record) in [("place", "PlaceEntry"), ("operator", "Operator"), ("transfer", "TransferEntry")] {
        let known = resolve(&schema, &format!("#/$defs/{record}").into())["properties"].as_object().cloned();
        let known: Vec<_> = known.expect(record).keys().cloned().collect();
        let object = answer[name].as_object().expect(name);
        assert_eq!(object.keys().cloned().collect::<Vec<_>>(), known, "{name}");
    }
}

#[test]
fn law_is_that_of_the_day() {
    let on = |day: &str| answers(&["3.235.82.1", "--on", day])[0]["transfer"].clone();
    let (before, after) = (on("2020-07-15"), on("2020-08-15"));
    assert_eq!((&before["on"], &after["on"]), (&"2020-07-15".into(), &"2020-08-15".into()));
    assert_ne!(before["basis"], after["basis"], "the Privacy Shield fell on 16 July 2020");
}

#[test]
fn a_round_trip_bounds_the_distance_and_a_place_makes_countries_of_it() {
    let only_far = &answers(&["142.250.82.76", "--rtt", "17.4"])[0]["place"];
    assert_eq!((&only_far["max_distance_km"], &only_far["verdict"]), (&1740.0.into(), &"undecidable".into()));
    let from_italy = &answers(&["3.235.82.1", "--rtt", "17.4", "--from", "IT"])[0]["place"];
    assert_eq!((&from_italy["country"], &from_italy["verdict"]), (&Value::Null, &"undecidable".into()));
    let details = from_italy["evidence"].to_string();
    assert!(details.contains("contradicts US, which is at least 5"), "{details}");
    let near = &answers(&["142.250.82.76", "--rtt", "1", "--from", "52.37,9.73"])[0];
    assert_eq!((&near["place"]["country"], &near["place"]["verdict"]), (&"DE".into(), &"proven-inside".into()));
    assert_eq!((&near["anycast"], &near["transfer"]["status"]), (&true.into(), &"eu".into()));
    // Sydney, 34 degrees south: the argument begins with a hyphen.
    let sydney = &answers(&["142.250.82.76", "--rtt", "3", "--from", "-33.87,151.21"])[0]["place"];
    assert_eq!((&sydney["country"], &sydney["verdict"]), (&"AU".into(), &"plausible-outside".into()));
}

#[test]
fn a_name_is_evidence_and_tells_the_provider() {
    let answer = &answers(&["192.0.43.8", "--name", "zoomfrq7mmr.zoom.us"])[0];
    assert_eq!((&answer["place"]["country"], &answer["provider"]), (&"DE".into(), &"zoom".into()));
    assert_eq!(kinds(answer)[0], "host-name");
    assert!(answer["jurisdiction"]["entity"].as_str().is_some_and(|entity| entity.contains("Zoom")));
}

#[test]
fn text_is_in_the_language_asked_for() {
    let text = |lang: &str| run(&["place", RELAY, "--lang", lang]).done().out;
    assert_eq!(run(&["place", RELAY]).done().out, text("de"));
    assert!(
        text("de").contains("Standort: DE, nachweislich im EWR")
            && text("de").contains("Regionsliste des Betreibers: DE")
    );
    assert!(
        text("en").contains("Place: DE, proven inside the EEA") && text("en").contains("operator’s region list: DE")
    );
}

/// Bounds of recorded round trips: 40 ms and 24 ms, which the links keep to within 0.6 ms.
#[test]
fn recorded_round_trips_bound_the_distance() {
    for (folder, address, ms) in
        [("rtt-40ms", "10.77.9.2", 40.0), ("rtt-40ms", "10.77.8.8", 40.0), ("p2p-call", "10.77.2.12", 24.0)]
    {
        let report = report(&[&format!("fixtures/{folder}/capture.pcap"), "--from", "DE"]);
        let endpoints = report["endpoints"].as_array().expect("endpoints");
        let endpoint = endpoints.iter().find(|one| one["address"] == address).expect(address);
        let km = endpoint["place"]["max_distance_km"].as_f64().expect("a bound");
        assert!((ms * 100.0..ms * 100.0 + 70.0).contains(&km), "{address} {km}");
    }
}

#[test]
fn what_is_wrong_is_told() {
    run(&["place"]).failed(&["ADDRESS"]);
    run(&["place", "example.org"]).failed(&["example.org"]);
    run(&["place", RELAY, "--rtt", "-3"]).failed(&["--rtt"]);
    run(&["place", RELAY, "--rtt", "x"]).failed(&["milliseconds"]);
    run(&["place", RELAY, "--from", "UK"]).failed(&["country code"]);
    run(&["place", RELAY, "--on", "2020-13-01"]).failed(&["--on"]);
}
