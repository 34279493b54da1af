//! Every fact is looked at for the people that it may name.

use meetscope::dissect;
use meetscope::exposure::{Treatment, is_behaviour, treatment};
use meetscope::model::{KeyInfo, Question};

/// Questions whose facts tell of people first of all.
const PERSONAL: [Question; 5] =
    [Question::Who, Question::WithWhom, Question::Device, Question::Where, Question::Content];

/// Facts under those questions that name nobody: numbers, kinds, versions, clocks, and addresses, which are replaced
/// wherever they stand.
const NAMELESS: &[&str] = &[
    "dhcp.assigned-address",
    "dhcp.link-address",
    "dhcp.parameters",
    "dhcp.requested-address",
    "dhcp.router",
    "dhcpv6.address",
    "dhcpv6.duid-day",
    "dhcpv6.link-address",
    "dhcpv6.options",
    "discord.public-address",
    "dtls.certificate-not-before",
    "mdns.model",
    "mdns.service",
    "mmtls.client-time",
    "nbns.unit",
    "ntp.clock-offset",
    "rtcp.clock-offset",
    "rtcp.report",
    "rtcp.round-trip",
    "rtp.clear-speech",
    "rtp.clock-offset",
    "rtp.csrc",
    "rtp.orientation",
    "sip.message-bytes",
    "sip.sdp-address",
    "ssdp.target",
    "stun.channel",
    "stun.connected",
    "stun.ice-role",
    "stun.inner-mapped-address",
    "stun.inner-peer-address",
    "stun.mapped-address",
    "stun.network-cost",
    "stun.network-id",
    "stun.nominated",
    "stun.nominated-pair",
    "stun.peer-address",
    "stun.priority",
    "tcp.opening",
    "telegram.peer-address",
    "telegram.public-address",
    "viber.local-address",
    "viber.public-address",
    "wechat.device-type",
    "wechat.language",
    "wechat.network-type",
    "wechat.operator",
    "zoom.client-clock-zero",
    "zoom.own-number",
    "zoom.p2p",
    "zoom.p2p-address",
    "zoom.participant",
    "zoom.participants",
    "zoom.reported-round-trip",
];

#[test]
fn facts_about_people_are_replaced_or_name_nobody() {
    let open: Vec<_> = keys().filter(|key| is_open(key)).map(|key| key.name).collect();
    assert_eq!(open, [""; 0], "decide for each in src/exposure/discreet/keys.rs, or say above that it names nobody");
}

#[test]
fn the_list_of_nameless_facts_names_real_ones() {
    let known: Vec<_> = keys().map(|key| key.name).collect();
    for name in NAMELESS {
        assert!(known.contains(name), "{name} is no fact");
        assert_eq!(treatment(name), Treatment::Technical, "{name} is treated and nameless");
    }
}

#[test]
fn a_fact_that_nobody_looked_at_is_found() {
    let mut key = KeyInfo {
        name: "new.thing",
        question: Question::Who,
        observers: &[],
        doc: "",
        source: "",
        wireshark: "",
        sentence: None,
    };
    assert!(is_open(&key));
    key.question = Question::Software;
    assert!(!is_open(&key));
}

#[test]
fn behaviour_is_told_apart() {
    assert!(is_behaviour("talk") && is_behaviour("rtp.stream") && !is_behaviour("call-time"));
}

fn keys() -> impl Iterator<Item = &'static KeyInfo> {
    dissect::ALL.iter().flat_map(|protocol| protocol.keys.iter().copied())
}

fn is_open(key: &KeyInfo) -> bool {
    PERSONAL.contains(&key.question) && treatment(key.name) == Treatment::Technical && !NAMELESS.contains(&key.name)
}
