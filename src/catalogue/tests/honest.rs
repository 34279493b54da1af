//! What no rule may do: name a provider by what others share, or know a server's operator by its software.

use super::super::provider::Kind;
use super::super::{Catalogue, Confidence, Observation, RuleKind, SeenName, Verdict};
use crate::model::{Direction, Evidence, Facts, Key, KeyInfo, Question, Timestamp};
use ipnet::IpNet;
use jiff::civil::{Date, date};
use std::net::IpAddr;

const fn key(name: &'static str) -> KeyInfo {
    KeyInfo { name, question: Question::Provider, observers: &[], doc: "", source: "", wireshark: "", sentence: None }
}
static ROLE: Key<String> = Key::new(key("stun.ice-role"));
static PROFILE: Key<String> = Key::new(key("dtls.srtp-profile"));

const AT: Evidence = Evidence { capture: 0, frame: 7, time: Timestamp::new(0, 0), direction: Direction::Forward };
const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));
const TODAY: Date = date(2026, 11, 1);

fn name<'n>(source: &'n str, name: &'n str) -> SeenName<'n> {
    SeenName { name, source, evidence: AT }
}

/// A flow with media to an address, of which nothing else is known.
fn media_to(remote: IpAddr, day: Date, facts: &Facts) -> Observation<'_> {
    Observation { remote, remote_port: 443, udp: true, names: &[], near_names: &[], facts, asn: None, day, media: true }
}

fn first(net: &IpNet) -> IpAddr {
    net.hosts().next().unwrap_or_else(|| net.addr())
}

#[test]
fn a_shared_range_alone_names_nobody() {
    let catalogue = Catalogue::builtin().unwrap();
    let mut seen = 0;
    for provider in catalogue.providers() {
        for rule in provider.prefixes.iter().filter(|rule| rule.shared) {
            for net in &rule.nets.0 {
                let (address, day) = (first(net), rule.valid_to.unwrap_or(rule.list_date));
                if catalogue.address(address, day).is_some_and(|hit| hit.shared()) {
                    let facts = Facts::default();
                    let verdict = catalogue.classify(&media_to(address, day, &facts));
                    assert!(verdict.provider.is_none() && verdict.candidates.is_empty(), "{net} {}", provider.id());
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_shared_name_alone_names_nobody() {
    let catalogue = Catalogue::builtin().unwrap();
    let mut seen = 0;
    for provider in catalogue.providers() {
        for rule in provider.names.iter().filter(|rule| rule.shared || provider.identity.kind == Kind::ThirdParties) {
            for host in rule.suffix.iter().chain(&rule.exact) {
                for source in ["tls.sni", "dns"] {
                    let (facts, names) = (Facts::default(), [name(source, host)]);
                    let verdict =
                        catalogue.classify(&Observation { names: &names, ..media_to(ELSEWHERE, TODAY, &facts) });
                    assert!(verdict.provider.is_none() && verdict.candidates.is_empty(), "{host} {}", provider.id());
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn a_port_or_a_network_with_others_in_it_alone_names_nobody() {
    let catalogue = Catalogue::builtin().unwrap();
    let facts = Facts::default();
    let quiet = |seen: Observation<'_>| {
        let verdict = catalogue.classify(&seen);
        verdict.provider.is_none() && verdict.candidates.is_empty()
    };
    for provider in catalogue.providers() {
        for rule in &provider.ports {
            let udp = rule.covers(true, rule.from);
            assert!(
                quiet(Observation { remote_port: rule.from, udp, ..media_to(ELSEWHERE, TODAY, &facts) }),
                "{}",
                rule.from
            );
        }
        for rule in provider.asns.iter().filter(|rule| !rule.exclusive) {
            let seen = Observation { asn: Some(rule.asn), remote_port: 9, ..media_to(ELSEWHERE, TODAY, &facts) };
            assert!(quiet(seen), "AS{}", rule.asn);
        }
    }
}

#[test]
fn every_own_range_names_its_provider_and_no_other() {
    let catalogue = Catalogue::builtin().unwrap();
    let facts = Facts::default();
    for provider in catalogue.providers() {
        for rule in provider.prefixes.iter().filter(|rule| !rule.shared && rule.supports.is_empty()) {
            let (address, day) = (first(&rule.nets.0[0]), rule.valid_to.unwrap_or(rule.list_date));
            let own = catalogue.address(address, day).is_some_and(|hit| hit.provider.id() == provider.id());
            let verdict = catalogue.classify(&media_to(address, day, &facts));
            let named = verdict.provider.map(|named| named.id());
            assert!(
                !own || named == Some(provider.id()) || named == provider.identity.successor.as_deref(),
                "{named:?}"
            );
        }
    }
}

/// Media by WebRTC to a port of a host with names.
fn server<'a>(
    catalogue: &'a Catalogue,
    port: u16,
    names: &[SeenName<'_>],
    near_names: &[SeenName<'_>],
    webrtc: bool,
) -> Verdict<'a> {
    let mut facts = Facts::default();
    if webrtc {
        facts.state(&ROLE, "controlling".to_owned(), AT);
        facts.state(&PROFILE, "SRTP_AES128_CM_HMAC_SHA1_80".to_owned(), AT);
    }
    catalogue.classify(&Observation { remote_port: port, names, near_names, ..media_to(ELSEWHERE, TODAY, &facts) })
}

#[test]
fn software_on_servers_of_ones_own_is_told_by_what_it_does() {
    let catalogue = Catalogue::builtin().unwrap();
    let said = |port: u16, own: &[SeenName<'_>], near: &[SeenName<'_>], webrtc: bool| {
        let verdict = server(&catalogue, port, own, near, webrtc);
        verdict.provider.map(|provider| (provider.id().to_owned(), verdict.confidence))
    };
    let is = |id: &str, confidence| Some((id.to_owned(), confidence));
    let page = |host| [name("other-flow", host)];
    assert_eq!(said(16_400, &page("bbb.uni-beispiel.de"), &[], true), is("bigbluebutton", Confidence::Strong));
    assert_eq!(said(10_000, &page("meet.uni-beispiel.de"), &[], true), is("jitsi", Confidence::Strong));
    assert_eq!(said(10_000, &page("konferenz.beispiel.de"), &[], true), is("jitsi", Confidence::Weak));
    assert_eq!(said(10_000, &[], &page("meet.uni-beispiel.de"), true), is("jitsi", Confidence::Weak), "a sibling");
    assert_eq!(said(20_500, &page("nextcloud.beispiel.de"), &[], true), is("nextcloud-talk", Confidence::Weak));
    assert_eq!(said(16_400, &page("www.beispiel.de"), &[], true), None, "no telling name");
    assert_eq!(said(16_400, &page("bbb.uni-beispiel.de"), &[], false), None, "no checks and no keys");
    assert_eq!(said(10_000, &[], &[], true), None, "no page");
    assert_eq!(said(10_000, &page("us02web.zoom.us"), &[], true), is("zoom", Confidence::Strong), "a known name");
}

#[test]
fn the_operator_of_a_server_does_not_follow_from_its_software() {
    let catalogue = Catalogue::builtin().unwrap();
    let own = server(&catalogue, 10_000, &[name("other-flow", "meet.uni-beispiel.de")], &[], true);
    assert!(!own.names_operator() && own.because.iter().any(|reason| reason.rule.kind == RuleKind::SelfHosted));
    let hosted = server(&catalogue, 10_000, &[name("tls.sni", "meet.jit.si")], &[], true);
    assert!(hosted.names_operator() && hosted.provider.is_some_and(|provider| provider.id() == "jitsi"));
}
