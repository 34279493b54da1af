//! The request `newgetdns`, by which WeChat asks over plain HTTP for its servers: account, device, language and network
//! stand in its query. Parameters seen: uin, clientversion, scene, net, md5, devicetype, lan, sigver, lasteffecttime,
//! xagreementid, networkid, networkidctx, mccmnc, regctx.

use crate::model::{Evidence, Key, KeyInfo, Observer, Output, Question, Sentence, Timestamp};

const ON_THE_WAY: &[Observer] = &[Observer::Network, Observer::Provider];
const NEWGETDNS: &str = "query of /cgi-bin/micromsg-bin/newgetdns as observed, no public document";

/// Account.
pub(in crate::dissect) static UIN: Key<String> = Key::new(KeyInfo {
    name: "wechat.uin",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "Account number of the person",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"uin=\"",
    sentence: Some(Sentence {
        de: "Die Kontonummer {value} geht unverschlüsselt über das Netz.",
        en: "The account number {value} crosses the network unencrypted.",
    }),
});

/// Version.
pub(in crate::dissect) static CLIENT_VERSION: Key<String> = Key::new(KeyInfo {
    name: "wechat.client-version",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Version number of the program as sent",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"clientversion=\"",
    sentence: None,
});

/// Version for readers.
pub(in crate::dissect) static VERSION: Key<String> = Key::new(KeyInfo {
    name: "wechat.version",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Version of the program, from the bytes of the number sent: `8.0.23`; from version 7 on",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"clientversion=\"",
    sentence: Some(Sentence {
        de: "Die Version des Programms geht unverschlüsselt über das Netz: {value}.",
        en: "The program's version crosses the network unencrypted: {value}.",
    }),
});

/// Device.
pub(in crate::dissect) static DEVICE_TYPE: Key<String> = Key::new(KeyInfo {
    name: "wechat.device-type",
    question: Question::Device,
    observers: ON_THE_WAY,
    doc: "Operating system and its version: `android-34`",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"devicetype=\"",
    sentence: Some(Sentence {
        de: "Das Betriebssystem des Geräts geht unverschlüsselt über das Netz: {value}.",
        en: "The device's operating system crosses the network unencrypted: {value}.",
    }),
});

/// Language.
pub(in crate::dissect) static LANGUAGE: Key<String> = Key::new(KeyInfo {
    name: "wechat.language",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "Language set in the program",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"lan=\"",
    sentence: Some(Sentence {
        de: "Die eingestellte Sprache geht unverschlüsselt über das Netz: {value}.",
        en: "The language set crosses the network unencrypted: {value}.",
    }),
});

/// Kind of network.
pub(in crate::dissect) static NETWORK_TYPE: Key<String> = Key::new(KeyInfo {
    name: "wechat.network-type",
    question: Question::Where,
    observers: ON_THE_WAY,
    doc: "Kind of network as sent; 1 is Wi-Fi",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"net=\"",
    sentence: None,
});

/// Network.
pub(in crate::dissect) static NETWORK_ID: Key<String> = Key::new(KeyInfo {
    name: "wechat.network-id",
    question: Question::Where,
    observers: ON_THE_WAY,
    doc: "Identifier of the network that the device is in",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"networkid=\"",
    sentence: Some(Sentence {
        de: "Eine Kennung des benutzten Netzes geht unverschlüsselt mit: {value}. Sie verrät, wann jemand im selben WLAN ist.",
        en: "An identifier of the network in use is sent along unencrypted: {value}. It shows when somebody is in the same WLAN.",
    }),
});

/// Mobile operator.
pub(in crate::dissect) static OPERATOR: Key<String> = Key::new(KeyInfo {
    name: "wechat.operator",
    question: Question::Where,
    observers: ON_THE_WAY,
    doc: "Country and network code of the mobile operator (MCC and MNC)",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"mccmnc=\"",
    sentence: Some(Sentence {
        de: "Land und Netz des Mobilfunkanbieters gehen unverschlüsselt mit: {value}.",
        en: "Country and network of the mobile operator are sent along unencrypted: {value}.",
    }),
});

/// Last use.
pub(in crate::dissect) static LAST_ANSWER: Key<String> = Key::new(KeyInfo {
    name: "wechat.last-answer",
    question: Question::HowOften,
    observers: ON_THE_WAY,
    doc: "When the program last got a list of servers, as it says itself",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"lasteffecttime=\"",
    sentence: Some(Sentence {
        de: "Das Programm nennt unverschlüsselt, wann es zuletzt seine Server erfragt hat: {value}.",
        en: "The program tells in clear when it last asked for its servers: {value}.",
    }),
});

/// Agreement.
pub(in crate::dissect) static AGREEMENT: Key<String> = Key::new(KeyInfo {
    name: "wechat.agreement",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "Identifier of the terms that the account agreed to, which differ by country, or the context of its registration",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"xagreementid=\"",
    sentence: None,
});

/// First version whose number is known to have its parts in its bytes.
const VERSION_BYTES_SINCE: u32 = 7;
/// Earliest time in seconds that a program can mean: 2011, when it came out.
const LAST_ANSWER_SECONDS_MIN: i64 = 1_293_840_000;
/// Most parameters read of one query.
const PARAMETERS_MAX: usize = 64;

/// States what the query of a `newgetdns` request tells.
pub(in crate::dissect) fn newgetdns(query: &str, at: Evidence, out: &mut Output) {
    for (name, value) in query.split('&').take(PARAMETERS_MAX).filter_map(|pair| pair.split_once('=')) {
        if value.is_empty() {
            continue;
        }
        let key = match name {
            "uin" if value != "0" => &UIN,
            "clientversion" => &CLIENT_VERSION,
            "devicetype" => &DEVICE_TYPE,
            "lan" => &LANGUAGE,
            "net" => &NETWORK_TYPE,
            "networkid" | "networkidctx" => &NETWORK_ID,
            "mccmnc" => &OPERATOR,
            "xagreementid" | "regctx" => &AGREEMENT,
            "lasteffecttime" => {
                if let Some(time) = moment(value) {
                    out.facts.state(&LAST_ANSWER, time.to_string(), at);
                }
                continue;
            }
            _ => continue,
        };
        out.facts.state(key, unescaped(value), at);
        if let Some(version) = Some(value).filter(|_| name == "clientversion").and_then(version) {
            out.facts.state(&VERSION, version, at);
        }
    }
}

/// The version in the bytes of a number: platform and major, minor, patch, build.
fn version(value: &str) -> Option<String> {
    let number: u32 = value.parse().ok()?;
    let [first, minor, patch, _] = number.to_be_bytes();
    let major = first & 0x0f;
    (u32::from(major) >= VERSION_BYTES_SINCE).then(|| format!("{major}.{minor}.{patch}"))
}

/// A time in seconds since 1970.
fn moment(value: &str) -> Option<Timestamp> {
    let seconds: i64 = value.parse().ok()?;
    (seconds >= LAST_ANSWER_SECONDS_MIN && seconds <= i64::from(u32::MAX)).then(|| Timestamp::new(seconds, 0))
}

/// A value with its percent escapes resolved (RFC 3986 section 2.1).
pub(in crate::dissect) fn unescaped(value: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(value.len()), value.as_bytes());
    while let [first, behind @ ..] = rest {
        let digit = |at: usize| behind.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = behind.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Timestamp};

    #[test]
    fn the_request_for_servers_tells_account_and_device() {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
        let mut out = Output::default();
        newgetdns("uin=123&devicetype=android-34&lan=en&net=1&networkid=a%3Ab%zz%4&mccmnc=&x", at, &mut out);
        let stated: Vec<_> = out.facts.iter().map(|fact| (fact.key.name, fact.value.to_string())).collect();
        let expected = [
            ("wechat.uin", "123"),
            ("wechat.device-type", "android-34"),
            ("wechat.language", "en"),
            ("wechat.network-type", "1"),
            ("wechat.network-id", "a:b%zz%4"),
        ];
        assert_eq!(stated, expected.map(|(key, value)| (key, value.to_owned())));
    }

    #[test]
    fn versions_and_moments_are_made_readable() {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
        let mut out = Output::default();
        newgetdns("clientversion=671094583&lasteffecttime=1700000000&lasteffecttime=0&xagreementid=EEA", at, &mut out);
        assert_eq!(out.facts.text("wechat.version"), Some("8.0.23"));
        assert_eq!(out.facts.text("wechat.last-answer"), Some("2023-11-14T22:13:20.000000Z"));
        assert_eq!(out.facts.of("wechat.last-answer").count(), 1);
        assert_eq!(version("637863988"), None);
        assert_eq!(version("x"), None);
    }
}
