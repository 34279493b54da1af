//! Names, addresses and countries.

use super::super::{COUNTRIES, Catalogue, HOST_BYTES_MAX, country_name};
use jiff::civil::{Date, date};

fn owner(host: &str) -> Option<String> {
    let catalogue = Catalogue::builtin().unwrap();
    catalogue.name(host).map(|hit| hit.provider.id().to_owned())
}

#[test]
fn names_and_near_misses() {
    let cases = [
        ("zoom.us", Some("zoom")),
        ("US04WEB.Zoom.US.", Some("zoom")),
        ("*.zoom.us", Some("zoom")),
        ("dns.weixin.qq.com:8080", Some("wechat")),
        ("zoom.us:", None),
        ("zoom.us:443.evil.com", None),
        ("evil.com", None),
        ("zoom.us.evil.com", None),
        ("notzoom.us", None),
        ("xn--zoom-9qa.us", None),
        ("zооm.us", None), // Cyrillic letters
        ("us", None),
        ("", None),
        (".", None),
        ("..", None),
        (".zoom.us", Some("zoom")),
        ("zoom.us..", None),
        ("teams.microsoft.com", Some("teams")),
        ("teams.microsoft.com\0.evil.com", None),
        ("api.cc.skype.com", Some("skype")),
        ("teams.live.com", Some("teams")),
        ("meet.google.com", Some("google-meet")),
        ("www.google.com", None),
        ("long.weixin.qq.com", Some("wechat")),
        ("api.meeting.qq.com", Some("tencent-meeting")),
        ("company.webex.com", Some("webex")),
        ("meet.jit.si", Some("jitsi")),
        ("api.amplitude.com", Some("third-parties")),
        ("chat.signal.org", Some("signal")),
        ("mmg.whatsapp.net", Some("whatsapp")),
        ("www.messenger.com", Some("messenger")),
        ("frankfurt1.discord.media", Some("discord")),
        ("wss-primary.slack.com", Some("slack")),
    ];
    for (host, expected) in cases {
        assert_eq!(owner(host).as_deref(), expected, "{host}");
    }
}

#[test]
fn the_longest_claim_answers() {
    let catalogue = Catalogue::builtin().unwrap();
    let purposes = |host: &str| catalogue.name(host).unwrap().rule.purposes.join(" ");
    assert_eq!(purposes("zoomfr12mmr.fr.zoom.us"), "media");
    assert_eq!(purposes("fr.zoom.us"), "signalling web-client api auth");
    assert_eq!(purposes("log.zoom.us"), "telemetry");
    assert_eq!(purposes("x.log.zoom.us"), "signalling web-client api auth");
    assert_eq!(purposes("emea.ng.msg.teams.microsoft.com"), "messaging");
    assert!(catalogue.name("login.microsoftonline.com").unwrap().shared());
    let third = catalogue.name("api.amplitude.com").unwrap();
    assert_eq!(third.provider.operator_of(third.rule), Some(("Amplitude", Some("US"))));
}

#[test]
fn names_that_are_too_long_or_too_deep_are_no_names() {
    let deep = "a.".repeat(120) + "zoom.us";
    assert!(deep.len() <= HOST_BYTES_MAX);
    assert_eq!(owner(&deep).as_deref(), Some("zoom"));
    assert_eq!(owner(&("a.".repeat(126) + "zoom.us")), None);
    assert_eq!(owner(&"a".repeat(1 << 20)), None);
}

fn range(address: &str, day: Date) -> Option<(String, bool, bool)> {
    let catalogue = Catalogue::builtin().unwrap();
    let hit = catalogue.address(address.parse().unwrap(), day)?;
    Some((format!("{} {}", hit.provider.id(), hit.net), hit.shared(), hit.newer_than_capture))
}

#[test]
fn addresses_with_their_days() {
    let today = date(2026, 11, 1);
    let old = date(2020, 8, 1);
    let cases = [
        ("134.224.7.7", today, Some(("zoom 134.224.0.0/16", false, false))),
        ("134.224.7.7", old, Some(("zoom 134.224.0.0/16", false, true))),
        ("::ffff:134.224.7.7", today, Some(("zoom 134.224.0.0/16", false, false))),
        ("170.114.45.6", today, Some(("zoom 170.114.45.0/24", false, false))),
        ("170.114.47.6", today, Some(("zoom 170.114.0.0/16", false, false))),
        ("134.225.0.0", today, None),
        ("134.223.255.255", today, None),
        ("52.120.0.1", old, Some(("teams 52.120.0.0/14", false, true))),
        ("52.120.0.1", today, None),
        ("52.122.0.1", old, Some(("teams 52.122.0.0/15", false, true))),
        ("66.114.160.1", old, Some(("webex 66.114.160.0/20", false, true))),
        ("66.114.160.1", today, None),
        ("74.125.250.1", today, Some(("google-meet 74.125.250.0/24", false, false))),
        ("74.125.250.129", today, Some(("google-meet 74.125.250.129/32", true, false))),
        ("2603:1063::1", today, Some(("teams 2603:1063::/38", false, false))),
        ("2603:1067::1", today, None),
        ("0.0.0.0", today, None),
        ("255.255.255.255", today, None),
        ("::", today, None),
        ("192.0.2.1", today, None),
    ];
    for (address, day, expected) in cases {
        let expected = expected.map(|(text, shared, newer)| (text.to_owned(), shared, newer));
        assert_eq!(range(address, day), expected, "{address} on {day}");
    }
}

#[test]
fn countries_have_names_in_both_languages() {
    assert_eq!(COUNTRIES.len(), 250);
    assert!(COUNTRIES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!(country_name("de", true), Some("Deutschland"));
    assert_eq!(country_name("GB", true), Some("Vereinigtes Königreich"));
    assert_eq!(country_name("GB", false), Some("United Kingdom"));
    assert_eq!(country_name("ZW", false), Some("Zimbabwe"));
    assert_eq!(country_name("EU", false), None);
    assert_eq!(country_name("", false), None);
}
