use super::*;
use crate::exposure::findings::{
    CaptureFile, Device, Endpoint, EvidenceEntry, ExposureEntry, FactEntry, FlowEntry, Interval, Meeting, Name, Peer,
    Recommendation, Stream,
};

fn both_are(text: &str) -> Bilingual {
    Bilingual { de: text.into(), en: text.into() }
}

fn fact(key: &str, value: &str) -> FactEntry {
    FactEntry { key: key.into(), value: value.into(), evidence: Vec::new() }
}

fn exposure(id: &str, key: &str, value: &str) -> ExposureEntry {
    let filter = "ip.addr == 192.168.7.10 && udp.port == 9 && eth.addr == 00:1b:21:aa:bb:cc".to_owned();
    ExposureEntry {
        id: id.into(),
        key: key.into(),
        value: value.into(),
        meeting: Some("m1".into()),
        statement: both_are(&format!("Gesagt wird {value}.")),
        evidence: vec![EvidenceEntry { filter, ..EvidenceEntry::default() }],
        ..ExposureEntry::default()
    }
}

/// A call from 192.168.7.10 (public 93.184.216.34) with 85.10.20.30 over the server 203.0.113.7.
fn sample() -> Findings {
    let mut findings = Findings::default();
    findings.captures.push(CaptureFile { path: "anna.pcap".into(), ..CaptureFile::default() });
    findings.local.addresses = vec!["192.168.7.10".into()];
    findings.local.public_addresses = vec!["93.184.216.34".into()];
    findings.local.location.lat = Some(53.5);
    findings.local.devices.push(Device {
        addresses: vec!["192.168.7.10".into()],
        mac: Some("00:1b:21:aa:bb:cc".into()),
        vendor: Some("Intel".into()),
        names: vec!["Annas-Laptop".into()],
        ..Device::default()
    });
    let interval = Interval { from: "a".into(), to: "b".into() };
    findings.meetings.push(Meeting {
        id: "m1".into(),
        provider_name: Some("Zoom".into()),
        local: "192.168.7.10".into(),
        streams: vec![Stream { talk: Some(vec![interval]), ..Stream::default() }],
        peers: vec![Peer { address: "85.10.20.30".into(), ..Peer::default() }],
        ..Meeting::default()
    });
    findings.flows.push(FlowEntry {
        local: "192.168.7.10:6000".into(),
        remote: "8.8.4.4:443".into(),
        names: vec![Name { name: "media.example.test".into(), source: "dns".into() }],
        facts: vec![
            fact("mdns.host", "Annas-Laptop"),
            fact("mdns.name", "annas-laptop._smb._tcp"),
            fact("stun.mapped-address", "93.184.216.34:6000"),
            fact("stun.software", "Chrome/120.0.0.0"),
            fact("dns.query", "media.example.test"),
            fact("dns.query", "akten.amt.example"),
            fact("dns.query", "stadt-beispiel.webex.com"),
            fact("sip.from", "\"Anna\" <sip:anna@amt.example>"),
            fact("rtp.stream", "audio"),
        ],
        ..FlowEntry::default()
    });
    let named = Name { name: "media.example.test".into(), source: "dns".into() };
    findings.endpoints.push(Endpoint { address: "8.8.4.4".into(), names: vec![named], ..Endpoint::default() });
    findings.endpoints.push(Endpoint {
        address: "85.10.20.30".into(),
        provider: Some("zoom".into()),
        ..Endpoint::default()
    });
    findings.exposures = vec![
        exposure("x1", "mdns.host", "Annas-Laptop"),
        exposure("x2", "talk", "3 s"),
        exposure("x3", "talk", "4 s"),
        exposure("x4", "tenant-name", "stadt-beispiel"),
        exposure("x5", "chat", "x 1 2"),
    ];
    let because = ["x2", "x3", "x5", "e1"].map(str::to_owned).to_vec();
    findings.recommendations.push(Recommendation { because, ..Recommendation::default() });
    findings
}

fn hidden(key: &[u8]) -> Findings {
    let wish =
        Discretion { pseudonyms: Some((Pseudonyms::new(key).unwrap(), KeyOrigin::Given)), ..Discretion::default() };
    discreet(sample(), &wish, &Catalogue::builtin().unwrap())
}

#[test]
fn nothing_of_the_people_is_left() {
    let text = serde_json::to_string(&hidden(&[7; 32])).unwrap();
    for person in ["192.168.7.10", "93.184.216.34", "85.10.20.30", "00:1b:21", "nna", "amt.example", "stadt", "53.5"] {
        assert!(!text.contains(person), "{person} is in {text}");
    }
    for server in ["8.8.4.4:443", "media.example.test", "Chrome/120.0.0.0", "Zoom", "Intel", ".webex.com", "192.168."] {
        assert!(text.contains(server), "{server} is not in {text}");
    }
}

#[test]
fn the_same_is_the_same_everywhere() {
    let findings = hidden(&[7; 32]);
    let local = &findings.local.addresses[0];
    assert_eq!(findings.meetings[0].local, *local);
    assert_eq!(findings.flows[0].local, format!("{local}:6000"));
    assert_eq!(findings.flows[0].facts[2].value, format!("{}:6000", findings.local.public_addresses[0]));
    assert_eq!(findings.meetings[0].peers[0].address, findings.endpoints[1].address);
    let mac = findings.local.devices[0].mac.as_deref().unwrap();
    let filter = &findings.exposures[0].evidence[0].filter;
    assert_eq!(*filter, format!("ip.addr == {local} && udp.port == 9 && eth.addr == {mac}"));
    let name = &findings.local.devices[0].names[0];
    assert!(name.starts_with("name-"));
    assert_eq!((&findings.exposures[0].value, &findings.flows[0].facts[0].value), (name, name));
    assert_eq!(findings.exposures[0].statement.de, format!("Gesagt wird {name}."));
}

#[test]
fn the_key_decides() {
    assert_eq!(hidden(&[7; 32]), hidden(&[7; 32]));
    assert_ne!(hidden(&[7; 32]).local.addresses, hidden(&[8; 32]).local.addresses);
    let note = hidden(&[7; 32]).handling.pseudonyms.unwrap();
    assert_eq!((note.key.as_str(), note.scheme.as_str(), note.addresses), ("given", "ipcrypt-pfx", 4));
    assert!(note.names >= 4);
}

#[test]
fn behaviour_of_single_people_is_left_out_and_said_to_be() {
    let wish = Discretion { minimise: true, ..Discretion::default() };
    let findings = discreet(sample(), &wish, &Catalogue::builtin().unwrap());
    let ids: Vec<_> = findings.exposures.iter().map(|exposure| exposure.id.as_str()).collect();
    assert_eq!(ids, ["x1", "x2", "x4"], "once a call, and what has no general sentence not at all");
    let talk = &findings.exposures[1];
    assert!(talk.value.is_empty() && talk.evidence.is_empty() && talk.statement.de.contains("--minimise"));
    assert_eq!(findings.recommendations[0].because, ["x2", "e1"]);
    assert!(findings.meetings[0].streams.is_empty());
    assert!(findings.flows[0].facts.iter().all(|fact| fact.key != "rtp.stream"));
    assert_eq!(
        findings.handling.left_out,
        ["chat", "meetings.participants_seen", "meetings.streams", "rtp.stream", "talk"]
    );
    assert!(findings.handling.notes.iter().any(|note| note.en.contains("talk")));
}

#[test]
fn the_purpose_and_its_absence_are_stated() {
    let purpose = |text: Option<&str>| {
        let wish = Discretion { purpose: text.map(str::to_owned), ..Discretion::default() };
        discreet(sample(), &wish, &Catalogue::builtin().unwrap()).handling
    };
    let stated = purpose(Some("Prüfung nach Art. 35"));
    assert_eq!(stated.purpose.as_deref(), Some("Prüfung nach Art. 35"));
    assert!(stated.notes.iter().any(|note| note.de == "Zweck: Prüfung nach Art. 35"));
    assert_eq!(purpose(None), plain());
    assert!(plain().notes[0].de.contains("personenbezogene Daten"));
}
