use super::*;

fn call() -> Findings {
    let mut scene = Scene::default();
    scene.talk(0..5_000, "192.168.1.5:40000", "198.51.100.1:9000");
    for datagram in scene.datagrams.iter_mut().filter(|datagram| datagram.from == socket("192.168.1.5:40000")) {
        datagram.mac = Some([2, 0x77, 0, 0, 0, 0x0b]);
    }
    scene.findings()
}

#[test]
fn each_call_answers_every_question_with_evidence_in_both_languages() {
    let findings = call();
    let questions = ["who", "with-whom", "when", "how-often", "how-long", "where", "device", "provider", "software"];
    for question in questions {
        let answers: Vec<_> = findings.exposures.iter().filter(|entry| entry.question == question).collect();
        assert!(!answers.is_empty(), "{question}");
        for entry in answers {
            assert!(!entry.evidence.is_empty() && !entry.observers.is_empty(), "{}", entry.statement.en);
            assert!(entry.evidence.iter().all(|proof| proof.frame > 0 && !proof.filter.is_empty()));
            assert!(entry.statement.de.ends_with('.') && entry.statement.en.ends_with('.'));
            assert_ne!(entry.statement.de, entry.statement.en);
            assert!(!entry.statement.de.contains('{'), "{}", entry.statement.de);
        }
    }
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
    scene.talk(0..5_000, "192.168.1.5:40000", "192.168.1.7:9000");
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
