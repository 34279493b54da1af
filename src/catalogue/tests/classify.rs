//! Flows with known providers, and flows that must not be named.

use super::super::{Catalogue, Confidence, Observation, SeenName, Verdict, Weight};
use crate::model::{Direction, Evidence, Facts, Key, KeyInfo, Question, Timestamp};
use jiff::civil::{Date, date};
use std::net::IpAddr;

const fn key(name: &'static str) -> KeyInfo {
    KeyInfo { name, question: Question::Provider, observers: &[], doc: "", source: "", wireshark: "", sentence: None }
}
static ATTRIBUTE: Key<String> = Key::new(key("stun.attribute"));
static REALM: Key<String> = Key::new(key("stun.realm"));
static DIALECT: Key<String> = Key::new(key("stun.dialect"));
static MESSAGE: Key<String> = Key::new(key("stun.message"));
static SNI: Key<String> = Key::new(key("tls.sni"));
static QUERY: Key<String> = Key::new(key("dns.query"));
static SFU: Key<bool> = Key::new(key("zoom.sfu"));
static UIN: Key<u64> = Key::new(key("wechat.uin"));

const AT: Evidence = Evidence { capture: 0, frame: 7, time: Timestamp::new(0, 0), direction: Direction::Forward };

/// A flow under construction; UDP to a documentation address in 2026 unless said otherwise.
struct Flow {
    remote: IpAddr,
    port: u16,
    udp: bool,
    names: Vec<(&'static str, &'static str)>,
    facts: Facts,
    asn: Option<u32>,
    day: Date,
    media: bool,
}

fn flow(remote: &str, port: u16) -> Flow {
    let (remote, day) = (remote.parse().unwrap(), date(2026, 11, 1));
    Flow { remote, port, udp: true, names: Vec::new(), facts: Facts::default(), asn: None, day, media: false }
}

impl Flow {
    fn tcp(mut self) -> Self {
        self.udp = false;
        self
    }
    fn name(mut self, source: &'static str, name: &'static str) -> Self {
        self.names.push((source, name));
        self
    }
    fn fact(mut self, key: &'static Key<String>, value: &str) -> Self {
        self.facts.state(key, value.to_owned(), AT);
        self
    }
    fn asn(mut self, asn: u32) -> Self {
        self.asn = Some(asn);
        self
    }
    fn on(mut self, year: i16, month: i8, day: i8) -> Self {
        self.day = date(year, month, day);
        self
    }
    fn media(mut self) -> Self {
        self.media = true;
        self
    }
    fn classify<'a>(&self, catalogue: &'a Catalogue) -> Verdict<'a> {
        let names: Vec<SeenName<'_>> =
            self.names.iter().map(|(source, name)| SeenName { name, source, evidence: AT }).collect();
        catalogue.classify(&Observation {
            remote: self.remote,
            remote_port: self.port,
            udp: self.udp,
            names: &names,
            near_names: &[],
            facts: &self.facts,
            asn: self.asn,
            day: self.day,
            media: self.media,
        })
    }
}

fn said(flow: &Flow) -> String {
    let catalogue = Catalogue::builtin().unwrap();
    let verdict = flow.classify(&catalogue);
    match verdict.provider {
        Some(provider) => format!("{} {}", provider.id(), verdict.confidence.name()),
        None => verdict.candidates.iter().map(|one| one.provider.id()).collect::<Vec<_>>().join("|"),
    }
}

const ELSEWHERE: &str = "192.0.2.7";
const ZOOM: &str = "134.224.1.1";
const MICROSOFT: &str = "52.113.5.6";

#[test]
fn names_on_the_flow_are_certain_and_learnt_ones_strong() {
    let cases = [
        (flow(ELSEWHERE, 443).tcp().name("tls.sni", "us02web.zoom.us"), "zoom certain"),
        (flow(ELSEWHERE, 443).name("quic.sni", "US02WEB.ZOOM.US."), "zoom certain"),
        (flow(ELSEWHERE, 443).tcp().name("tls.certificate-name", "*.webex.com"), "webex certain"),
        (flow(ELSEWHERE, 443).tcp().fact(&SNI, "meet.jit.si"), "jitsi certain"),
        (flow(ELSEWHERE, 443).tcp().name("dns", "meet.google.com"), "google-meet strong"),
        (flow(ELSEWHERE, 443).tcp().name("tls.sni", "zoom.us.evil.com"), ""),
        (flow(ELSEWHERE, 443).tcp().name("tls.sni", "notzoom.us"), ""),
        (flow(ELSEWHERE, 443).tcp().name("tls.sni", "evil.com"), ""),
        (flow(ELSEWHERE, 443).tcp().name("tls.sni", "xn--zoom-9qa.us"), ""),
    ];
    for (flow, expected) in cases {
        assert_eq!(said(&flow), expected, "{:?}", flow.names);
    }
}

#[test]
fn a_learnt_name_is_weak_where_one_address_serves_many() {
    assert_eq!(said(&flow("104.16.0.1", 443).tcp().name("dns", "zoom.us").asn(13335)), "zoom weak");
    assert_eq!(said(&flow("52.84.151.60", 443).tcp().name("dns", "zoom.us")), "zoom weak");
    let two = flow(ELSEWHERE, 443).tcp().name("dns", "zoom.us").name("dns", "meet.jit.si");
    assert_eq!(said(&two), "jitsi|zoom");
    let related = flow(MICROSOFT, 443).tcp().name("dns", "api.cc.skype.com").name("dns", "teams.microsoft.com");
    assert_eq!(said(&related.on(2020, 8, 1)), "skype|teams");
    let later = flow(MICROSOFT, 443).tcp().name("dns", "api.cc.skype.com").name("dns", "teams.microsoft.com");
    assert_eq!(said(&later), "teams strong");
    let mixed = flow(ELSEWHERE, 443).tcp().name("dns", "zoom.us").name("dns", "api.amplitude.com");
    assert_eq!(said(&mixed), "zoom weak");
    let other = flow(ELSEWHERE, 443).tcp().name("dns", "zoom.us").name("tls.sni", "shop.example.org");
    assert_eq!(said(&other), "", "the flow itself asked for another name");
    let same = flow(ELSEWHERE, 443).tcp().name("dns", "zoom.us").name("tls.sni", "zoom.us").asn(13335);
    assert_eq!(said(&same), "zoom certain");
}

#[test]
fn what_a_resolver_is_asked_does_not_name_the_resolver() {
    assert_eq!(said(&flow("192.0.2.53", 53).fact(&QUERY, "zoom.us")), "");
}

#[test]
fn own_ranges_are_strong_and_nothing_shared_names_anybody() {
    let cases = [
        (flow(ZOOM, 8801), "zoom strong"),
        (flow(ZOOM, 443).tcp(), "zoom strong"),
        (flow("62.109.192.9", 5004).media(), "webex strong"),
        (flow("74.125.250.1", 3478).media(), "google-meet strong"),
        // A public STUN server is asked by every WebRTC program.
        (flow("74.125.250.129", 19302).media().fact(&MESSAGE, "binding-request"), ""),
        (flow("74.125.250.44", 19302).media().name("dns", "stun.l.google.com"), ""),
        (flow(ELSEWHERE, 443).tcp().name("tls.sni", "login.microsoftonline.com").asn(8075), ""),
        (flow(ELSEWHERE, 443).tcp().name("tls.sni", "api.amplitude.com"), ""),
        (flow("213.244.140.9", 443).tcp().on(2020, 4, 1), ""),
        (flow("213.244.140.9", 8801).media().on(2020, 4, 1), "zoom weak"),
        (flow("213.244.140.9", 8801).media(), ""),
    ];
    for (flow, expected) in cases {
        assert_eq!(said(&flow), expected, "{} {}", flow.remote, flow.port);
    }
}

#[test]
fn ports_and_networks_only_support() {
    let cases = [
        (flow(ELSEWHERE, 8801).media(), ""),
        (flow(ELSEWHERE, 10000).media(), ""),
        (flow(ELSEWHERE, 8801).media().asn(16509), "zoom weak"),
        (flow(ELSEWHERE, 8801).asn(16509), ""),
        (flow(ELSEWHERE, 40000).media().asn(16509), ""),
        (flow(ELSEWHERE, 443).tcp().asn(30103), ""),
        (flow(ELSEWHERE, 8801).media().asn(30103), "zoom strong"),
        (flow(ELSEWHERE, 3478).media().asn(8075), ""),
        (flow(ELSEWHERE, 3480).media().asn(8075), "teams weak"),
        (flow(ELSEWHERE, 3480).media().asn(8075).on(2020, 4, 1), "skype|teams"),
        (flow(ELSEWHERE, 8000).media().asn(132_203), "tencent-meeting weak"),
    ];
    for (flow, expected) in cases {
        assert_eq!(said(&flow), expected, "port {} AS {:?}", flow.port, flow.asn);
    }
}

#[test]
fn marks_in_packets() {
    let mut zoom = flow(ELSEWHERE, 40_000);
    zoom.facts.state(&SFU, true, AT);
    assert_eq!(said(&zoom), "zoom certain");
    let mut wechat = flow(ELSEWHERE, 8080).tcp();
    wechat.facts.state(&UIN, 12, AT);
    assert_eq!(said(&wechat), "wechat certain");
    assert_eq!(said(&flow(ELSEWHERE, 3478).fact(&ATTRIBUTE, "0x8070")), "teams strong");
    assert_eq!(said(&flow(ELSEWHERE, 3478).fact(&ATTRIBUTE, "0x8008")), "");
    assert_eq!(said(&flow(ELSEWHERE, 3478).fact(&ATTRIBUTE, "0x8008").fact(&ATTRIBUTE, "0x8020")), "teams strong");
    assert_eq!(said(&flow(ELSEWHERE, 3478).fact(&REALM, "\"rtcmedia\"")), "teams strong");
    assert_eq!(said(&flow(ELSEWHERE, 3478).fact(&REALM, "rtcmedia.evil.com")), "");
    assert_eq!(said(&flow(ELSEWHERE, 3478).fact(&ATTRIBUTE, "0xc003")), "webex strong");
    assert_eq!(said(&flow(ELSEWHERE, 3478).fact(&ATTRIBUTE, "0xC057")), "");
}

#[test]
fn relays_of_one_company_speak_for_its_products_and_names_decide() {
    let relay = || flow(MICROSOFT, 3478).media().fact(&DIALECT, "ms-turn").on(2020, 8, 1);
    assert_eq!(said(&relay()), "skype|teams");
    assert_eq!(said(&relay().on(2025, 5, 5)), "skype|teams");
    assert_eq!(said(&relay().on(2025, 5, 6)), "teams strong", "Skype had ended");
    assert_eq!(said(&relay().name("dns", "worldaz.tr.teams.microsoft.com")), "teams strong");
    assert_eq!(said(&relay().name("dns", "api.flightproxy.skype.com")), "skype strong");
    assert_eq!(said(&flow(MICROSOFT, 443).tcp().name("tls.sni", "api.cc.skype.com").on(2020, 8, 1)), "skype certain");
    assert_eq!(said(&flow(MICROSOFT, 443).tcp().name("tls.sni", "config.edge.skype.com")), "teams certain");
}

#[test]
fn the_relays_of_meta_speak_for_both_messengers() {
    let relay = || flow("157.240.0.9", 3478).media();
    assert_eq!(said(&relay()), "");
    assert_eq!(said(&relay().fact(&DIALECT, "meta")), "messenger|whatsapp");
    assert_eq!(said(&relay().fact(&MESSAGE, "0x0801")), "messenger|whatsapp");
    assert_eq!(said(&relay().fact(&MESSAGE, "0x0801").fact(&REALM, "turner.facebook")), "messenger strong");
    assert_eq!(said(&relay().fact(&MESSAGE, "0x0801").name("dns", "e1.whatsapp.net")), "whatsapp strong");
    assert_eq!(said(&flow("157.240.0.9", 443).tcp().asn(32934)), "");
}

#[test]
fn platforms_behind_many_products_name_none() {
    assert_eq!(said(&flow("99.77.129.1", 3478).media()), "");
    assert_eq!(said(&flow("99.77.129.1", 443).tcp().name("tls.sni", "x.chime.aws")), "");
    assert_eq!(said(&flow(ELSEWHERE, 443).tcp().name("tls.sni", "project.livekit.cloud")), "");
    assert_eq!(said(&flow(ELSEWHERE, 443).tcp().name("tls.sni", "app.slack.com")), "slack certain");
}

#[test]
fn companions_settle_what_a_relay_leaves_open() {
    let catalogue = Catalogue::builtin().unwrap();
    let on = |flow: Flow| flow.on(2020, 8, 1).classify(&catalogue);
    let call = on(flow(MICROSOFT, 3478).media().fact(&DIALECT, "ms-turn"));
    let teams = on(flow(MICROSOFT, 443).tcp().name("tls.sni", "teams.microsoft.com"));
    let skype = on(flow(MICROSOFT, 443).tcp().name("tls.sni", "config.edge.skype.com"));
    let zoom = on(flow(ZOOM, 443).tcp());
    let settled = |companions: &[&Verdict<'_>]| {
        let settled = call.settled_by(companions.to_vec());
        settled.provider.map(|provider| (provider.id().to_owned(), settled.confidence))
    };
    assert_eq!(settled(&[]), None);
    assert_eq!(settled(&[&zoom]), None);
    assert_eq!(settled(&[&skype]), Some(("skype".to_owned(), Confidence::Strong)));
    assert_eq!(settled(&[&teams, &zoom]), Some(("teams".to_owned(), Confidence::Strong)));
    assert_eq!(settled(&[&skype, &teams]), Some(("teams".to_owned(), Confidence::Strong)));
    assert_eq!(settled(&[&teams, &skype]), Some(("teams".to_owned(), Confidence::Strong)));
}

#[test]
fn purposes_come_from_the_most_specific_evidence() {
    let catalogue = Catalogue::builtin().unwrap();
    let purposes = |flow: Flow| flow.classify(&catalogue).purposes.join(" ");
    assert_eq!(purposes(flow(ZOOM, 443).tcp().name("tls.sni", "log.zoom.us")), "telemetry");
    assert_eq!(purposes(flow(ZOOM, 8801).media()), "media");
    assert_eq!(purposes(flow(ZOOM, 443).tcp()), "media signalling web-client");
    assert_eq!(purposes(flow(ZOOM, 8801).name("dns", "zoomfr1zc.fr.zoom.us")), "signalling");
    assert_eq!(purposes(flow(ELSEWHERE, 443).tcp().name("tls.sni", "api.amplitude.com")), "analytics");
    assert_eq!(purposes(flow(ELSEWHERE, 3478).name("dns", "stun.l.google.com")), "turn");
    assert_eq!(purposes(flow(ELSEWHERE, 8801)), "");
}

#[test]
fn reasons_name_rule_match_weight_and_frame() {
    let catalogue = Catalogue::builtin().unwrap();
    let verdict = flow(ZOOM, 8801).media().name("dns", "us04web.zoom.us").asn(30103).classify(&catalogue);
    let reasons: Vec<(String, Weight, bool)> =
        verdict.because.iter().map(|one| (one.matched.clone(), one.weight, one.evidence.is_some())).collect();
    let strong = Weight::Counts(Confidence::Strong);
    let expected = [
        ("dns zoom.us".to_owned(), strong, true),
        ("134.224.0.0/16".to_owned(), strong, false),
        ("udp/8801".to_owned(), Weight::Supporting, false),
        ("AS30103".to_owned(), strong, false),
    ];
    assert_eq!(reasons, expected);
    assert!(verdict.because.iter().all(|one| one.rule.source.is_some() && !one.rule.why.is_empty()));
    assert_eq!(verdict.because[0].rule.supports[0].id(), "zoom");
}

#[test]
fn what_is_unverified_counts_as_weak() {
    let text = "schema = 1\n[provider]\nid = \"x\"\nname = \"X\"\nkind = \"service\"\n\
        [sources.s]\nwhat = \"s\"\ndate = 2026-01-01\n\
        [[name]]\nsuffix = [\"x.example\"]\npurposes = [\"media\"]\nwhy = \"w\"\nsource = \"s\"\ncertainty = \"unverified\"\n";
    let catalogue = Catalogue::from_files(false, [("x.toml", text)]).unwrap();
    let verdict = flow(ELSEWHERE, 443).tcp().name("tls.sni", "a.x.example").classify(&catalogue);
    assert_eq!((verdict.provider.map(|x| x.id()), verdict.confidence), (Some("x"), Confidence::Weak));
}
