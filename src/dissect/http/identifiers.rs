//! Parameters of a query that name a person, a device or a meeting. Only names that mean this wherever they are used.

use crate::dissect::wechat::query::unescaped;
use crate::model::{Evidence, Key, KeyInfo, Observer, Output, Question, Sentence};

const ON_THE_WAY: &[Observer] = &[Observer::Network, Observer::Provider];

/// Person.
pub(super) static PERSON: Key<String> = Key::new(KeyInfo {
    name: "http.person",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "Parameter of a query that names an account or a person, with its value: `uin=...`",
    source: "RFC 3986 section 3.4",
    wireshark: "http.request.uri.query",
    sentence: Some(Sentence {
        de: "Eine Abfrage nennt unverschlüsselt ein Konto oder eine Person: {value}.",
        en: "A request names an account or a person in clear: {value}.",
    }),
});

/// Device.
pub(super) static DEVICE: Key<String> = Key::new(KeyInfo {
    name: "http.device",
    question: Question::Device,
    observers: ON_THE_WAY,
    doc: "Parameter of a query that names a device, with its value: `imei=...`",
    source: "RFC 3986 section 3.4",
    wireshark: "http.request.uri.query",
    sentence: Some(Sentence {
        de: "Eine Abfrage nennt unverschlüsselt eine Kennung des Geräts: {value}.",
        en: "A request names an identifier of the device in clear: {value}.",
    }),
});

/// Meeting.
pub(super) static MEETING: Key<String> = Key::new(KeyInfo {
    name: "http.meeting",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Parameter of a query that names a meeting or a room, with its value: `room=...`",
    source: "RFC 3986 section 3.4",
    wireshark: "http.request.uri.query",
    sentence: Some(Sentence {
        de: "Eine Abfrage nennt unverschlüsselt die Besprechung oder den Raum: {value}.",
        en: "A request names the meeting or room in clear: {value}.",
    }),
});

/// Secret.
pub(super) static SECRET: Key<String> = Key::new(KeyInfo {
    name: "http.secret",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "Name of a parameter that carries a password or token; its value is not kept",
    source: "RFC 3986 section 3.4",
    wireshark: "http.request.uri.query",
    sentence: Some(Sentence {
        de: "Eine Abfrage überträgt ein Geheimnis unverschlüsselt (Parameter {value}): Wer mitliest, kann sich damit anmelden.",
        en: "A request sends a secret in clear (parameter {value}): who reads along can sign in with it.",
    }),
});

/// Names of parameters, lower case, without dashes and underscores.
const PERSONS: [&str; 15] = [
    "uin",
    "uid",
    "userid",
    "user",
    "username",
    "login",
    "loginname",
    "account",
    "accountid",
    "email",
    "mail",
    "phone",
    "phonenumber",
    "msisdn",
    "displayname",
];
const DEVICES: [&str; 13] = [
    "imei",
    "imsi",
    "meid",
    "androidid",
    "idfa",
    "idfv",
    "gaid",
    "adid",
    "deviceid",
    "devid",
    "openudid",
    "udid",
    "mac",
];
const MEETINGS: [&str; 8] =
    ["room", "roomid", "roomname", "meetingid", "meetingnumber", "conferenceid", "confno", "confid"];
const SECRETS: [&str; 8] = ["password", "passwd", "pwd", "token", "accesstoken", "authtoken", "sessionkey", "apikey"];
/// Most parameters read of one query.
const PARAMETERS_MAX: usize = 64;
/// Longest value that is an identifier, in bytes.
const VALUE_BYTES_MAX: usize = 128;

/// States what the parameters of a query name.
pub(super) fn state(query: &str, at: Evidence, out: &mut Output) {
    for (name, value) in query.split('&').take(PARAMETERS_MAX).filter_map(|pair| pair.split_once('=')) {
        if matches!(value, "" | "0" | "null" | "undefined") || value.len() > VALUE_BYTES_MAX {
            continue;
        }
        let plain = plain(name);
        let named = [(&PERSONS[..], &PERSON), (&DEVICES, &DEVICE), (&MEETINGS, &MEETING)];
        if let Some((_, key)) = named.into_iter().find(|(names, _)| names.contains(&plain.as_str())) {
            out.facts.state(key, format!("{name}={}", unescaped(value)), at);
        } else if SECRETS.contains(&plain.as_str()) {
            out.facts.state(&SECRET, name.to_owned(), at);
        }
    }
}

/// A name as the lists have it.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, '_' | '-')).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Timestamp};

    fn stated(query: &str) -> Vec<(&'static str, String)> {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
        let mut out = Output::default();
        state(query, at, &mut out);
        out.facts.iter().map(|fact| (fact.key.name, fact.value.to_string())).collect()
    }

    #[test]
    fn parameters_that_name_somebody() {
        let expected = [
            ("http.person", "user_id=7".to_owned()),
            ("http.person", "Email=a@example.test".to_owned()),
            ("http.device", "android-id=0f".to_owned()),
            ("http.meeting", "room=Board meeting".to_owned()),
            ("http.secret", "access_token".to_owned()),
        ];
        let query = "user_id=7&Email=a%40example.test&android-id=0f&room=Board%20meeting&access_token=abc&x=y";
        assert_eq!(stated(query), expected);
    }

    #[test]
    fn others_name_nobody() {
        assert!(stated("").is_empty());
        assert!(stated("uin=0&imei=&users=3&useragent=x&q=user&token=").is_empty());
        assert!(stated(&format!("uid={}", "9".repeat(200))).is_empty());
    }
}
