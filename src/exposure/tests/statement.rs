use crate::exposure::findings::{ExposureEntry, Findings};
use crate::exposure::samples::{Scene, socket};
use std::collections::BTreeSet;

const QUESTIONS: [&str; 9] =
    ["who", "with-whom", "when", "how-often", "how-long", "where", "device", "provider", "software"];

fn of<'f>(findings: &'f Findings, key: &str) -> Vec<&'f ExposureEntry> {
    findings.exposures.iter().filter(|exposure| exposure.key == key).collect()
}

fn only<'f>(findings: &'f Findings, key: &str) -> &'f ExposureEntry {
    let found = of(findings, key);
    assert_eq!(found.len(), 1, "{key} in {:?}", findings.exposures.iter().map(|x| &x.key).collect::<Vec<_>>());
    found[0]
}

/// A STUN binding success response that tells the asker's address.
fn mapped(address: [u8; 4]) -> Vec<u8> {
    let mut bytes = b"\x01\x01\x00\x0c\x21\x12\xa4\x42twelve bytes\x00\x20\x00\x08\x00\x01\x32\xb1".to_vec();
    bytes.extend(address.iter().zip([0x21, 0x12, 0xa4, 0x42]).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// A direct call between two private hosts, captured at the first.
fn direct() -> Findings {
    let mut scene = Scene::default().host("10.1.0.1", 1, 64).host("10.2.0.2", 9, 62);
    scene.call("10.1.0.1:6000", "10.2.0.2:7000", 30);
    scene.wait(60);
    scene.talk("10.1.0.1:6001", "10.2.0.2:7001");
    scene.findings()
}

#[test]
fn every_call_answers_all_questions_with_evidence_in_both_languages() {
    let findings = direct();
    assert_eq!(findings.meetings.len(), 1);
    let asked: BTreeSet<_> = findings.exposures.iter().map(|exposure| exposure.question.as_str()).collect();
    assert!(QUESTIONS.iter().all(|question| asked.contains(question)), "{asked:?}");
    for exposure in &findings.exposures {
        let statement = &exposure.statement;
        assert!(statement.de.ends_with('.') && statement.en.ends_with('.') && statement.de != statement.en);
        assert!(!statement.de.contains('{') && !statement.en.contains('{'), "{}", statement.de);
        assert!(!exposure.evidence.is_empty() && !exposure.observers.is_empty(), "{}", exposure.key);
        assert!(exposure.evidence.iter().all(|proof| proof.frame > 0 && !proof.filter.is_empty()));
        assert_eq!(exposure.meeting.as_deref(), Some("m1"), "{}", exposure.key);
    }
    let ids: Vec<_> = (1..=findings.exposures.len()).map(|number| format!("x{number}")).collect();
    assert_eq!(findings.exposures.iter().map(|exposure| exposure.id.clone()).collect::<Vec<_>>(), ids);
}

#[test]
fn a_direct_call_is_seen_by_the_network_and_the_peer_and_by_no_provider() {
    let findings = direct();
    assert_eq!(findings.meetings[0].topology, "peer-to-peer");
    for key in ["peer-address", "call-time", "call-duration", "media-stack", "media-sent"] {
        assert_eq!(only(&findings, key).observers, ["network", "peer"], "{key}");
    }
    for key in ["address", "local-address"] {
        assert_eq!(only(&findings, key).observers, ["network", "peer"], "{key}: it reached the peer as it is");
    }
    assert_eq!(only(&findings, "link-address").observers, ["network"]);
    assert_eq!(only(&findings, "peer-address").value, "10.2.0.2");
    assert!(only(&findings, "address").statement.de.contains("kennzeichnet das Gerät im eigenen Netz"));
}

#[test]
fn times_and_amounts_are_those_of_the_call() {
    let findings = direct();
    let duration = only(&findings, "call-duration");
    assert_eq!(
        (duration.value.as_str(), duration.statement.en.as_str()),
        ("29.980", "Participation lasted at least 30 s.")
    );
    assert!(duration.statement.de.contains("mindestens 30 Sekunden"), "it ran when the capture began");
    let sent = only(&findings, "media-sent");
    assert_eq!(sent.value, "audio 30 s (1,500 packets)");
    assert!(sent.statement.de.contains("Ton 30 Sekunden (1.500 Pakete)"));
    let whole = &sent.evidence[1].filter;
    assert_eq!(whole, "ip.addr == 10.1.0.1 && udp.port == 6000 && ip.addr == 10.2.0.2 && udp.port == 7000");
    assert_eq!(only(&findings, "call-count").value, "1");
}

#[test]
fn what_is_inferred_says_so() {
    let findings = direct();
    for (key, certainty) in [("hop-limit", "inferred"), ("media-stack", "inferred"), ("provider", "inferred")] {
        assert_eq!(only(&findings, key).certainty, certainty, "{key}");
    }
    assert_eq!(only(&findings, "call-time").certainty, "observed");
    assert!(only(&findings, "hop-limit").statement.en.contains("64"));
    assert!(only(&findings, "link-address").statement.en.contains("self-assigned"));
}

#[test]
fn the_public_address_is_stated_once_with_the_packet_that_tells_it() {
    let mut scene = Scene::default().host("192.168.1.5", 1, 64).host("198.51.100.7", 9, 52);
    scene.udp("192.168.1.5:6000", "198.51.100.7:3478", b"\x00\x01\x00\x00\x21\x12\xa4\x42twelve bytes");
    scene.udp("198.51.100.7:3478", "192.168.1.5:6000", &mapped([203, 0, 113, 9]));
    scene.call("192.168.1.5:6000", "198.51.100.7:7000", 30);
    let findings = scene.findings();
    assert_eq!(findings.local.public_addresses, ["203.0.113.9"]);
    let public = only(&findings, "public-address");
    assert_eq!((public.value.as_str(), public.evidence[0].frame), ("203.0.113.9", 2));
    assert!(of(&findings, "stun.mapped-address").is_empty(), "stated for the call already");
    let who = only(&findings, "address");
    assert_eq!((who.value.as_str(), who.evidence[0].frame), ("203.0.113.9", 2));
}

#[test]
fn the_address_that_a_peer_is_told_is_the_peers() {
    let mut scene = Scene::default().host("192.168.1.5", 1, 64).host("203.0.113.9", 9, 52);
    scene.udp("203.0.113.9:7000", "192.168.1.5:6000", b"\x00\x01\x00\x00\x21\x12\xa4\x42twelve bytes");
    scene.udp("192.168.1.5:6000", "203.0.113.9:7000", &mapped([203, 0, 113, 9]));
    scene.call("192.168.1.5:6000", "203.0.113.9:7000", 30);
    let findings = scene.findings();
    assert!(findings.local.public_addresses.is_empty());
    let told = only(&findings, "stun.mapped-address");
    assert_eq!(told.question, "with-whom");
    assert!(told.statement.en.contains("its public address 203.0.113.9"));
}

#[test]
fn without_a_call_facts_are_stated_for_no_meeting() {
    let mut scene = Scene::default();
    scene.name("192.168.1.1:53", "192.168.1.5:5300", "a.test", [198, 51, 100, 7]);
    let findings = scene.findings();
    assert!(findings.meetings.is_empty());
    assert_eq!(only(&findings, "dns.query").meeting, None);
}

fn call() -> Findings {
    let mut scene = Scene::default();
    scene.speech(0..5_000, "192.168.1.5:40000", "198.51.100.1:9000");
    for packet in scene.packets.iter_mut().filter(|packet| packet.from == socket("192.168.1.5:40000")) {
        packet.mac = Some([2, 0x77, 0, 0, 0, 0x0b]);
    }
    scene.findings()
}

#[test]
fn a_private_address_is_said_to_tell_apart_in_its_own_network_only() {
    let findings = call();
    let who = findings.exposures.iter().find(|entry| entry.question == "who").unwrap();
    assert_eq!(who.value, "192.168.1.5");
    assert!(who.statement.en.contains("private"), "{}", who.statement.en);
    assert_eq!(who.observers, ["network"]);
}

#[test]
fn a_neighbour_is_no_transfer() {
    let mut scene = Scene::default();
    scene.speech(0..5_000, "192.168.1.5:40000", "192.168.1.7:9000");
    let findings = scene.findings();
    assert_eq!(findings.endpoints[0].transfer.status, "unknown");
    assert!(findings.endpoints[0].transfer.basis.en.contains("no transfer"));
    assert!(findings.transfers.is_empty());
}

/// A STUN message of `kind` with USERNAME (RFC 8489 sections 5 and 14.3).
fn stun(kind: u16, username: &str) -> Vec<u8> {
    let padded = username.len().next_multiple_of(4);
    let mut packet = kind.to_be_bytes().to_vec();
    packet.extend((padded as u16 + 4).to_be_bytes());
    packet.extend(b"\x21\x12\xa4\x42unit-test-01\x00\x06");
    packet.extend((username.len() as u16).to_be_bytes());
    packet.extend(username.as_bytes());
    packet.resize(24 + padded, 0);
    packet
}

#[test]
fn both_orders_of_an_ice_pair_are_one_statement() {
    let mut scene = Scene::default();
    let (local, remote) = ("192.168.1.5:40000", "198.51.100.1:9000");
    scene.plain(0, local, remote).payload = stun(1, "BTwx:z4gY");
    scene.plain(1, remote, local).payload = stun(1, "z4gY:BTwx");
    let findings = scene.findings();
    let told: Vec<_> = findings.exposures.iter().filter(|entry| entry.key == "stun.username").collect();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].value.as_str(), told[0].evidence.len()), ("BTwx:z4gY", 2));
}

#[test]
fn an_account_at_a_relay_is_told_once() {
    let mut scene = Scene::default();
    scene.plain(0, "192.168.1.5:40000", "198.51.100.1:3478").payload = stun(3, "alice");
    let findings = scene.findings();
    let keys: Vec<_> = findings.exposures.iter().filter(|e| e.value == "alice").map(|e| e.key.as_str()).collect();
    assert_eq!(keys, ["stun.turn-username"]);
}

#[test]
fn a_link_address_set_by_software_is_not_called_permanent() {
    let findings = call();
    let device = findings.exposures.iter().find(|entry| entry.key == "link-address").unwrap();
    assert!(device.statement.en.contains("software") && !device.statement.en.contains("permanently"));
}
