//! How the value of a fact reads in a sentence: moments as dates, words in the reader's language, decimals as they are
//! written there. The value itself stays as it was read.

use crate::exposure::findings::Bilingual;
use crate::model::{Fact, Timestamp, Value, text};

/// Keys of moments in seconds since 1970.
const SECOND_KEYS: [&str; 2] = ["dtls.certificate-not-before", "stun.turn-user-time"];
/// Keys of moments as text (RFC 3339).
const MOMENT_KEYS: [&str; 3] = ["zoom.client-clock-zero", "zoom.server-clock-zero", "wechat.last-answer"];
/// Keys of words that have their own in German.
const WORD_KEYS: [&str; 4] = ["zoom.media-type", "zoom.participants", "stun.ms-stream-type", "stun.network-cost"];
/// Such words; a longer one stands before those that it begins with.
const GERMAN: [(&str, &str); 17] = [
    ("supplemental-video", "weiteres Bild"),
    ("audio", "Ton"),
    ("video", "Bild"),
    ("screen", "Bildschirm"),
    ("report", "Empfangsberichte"),
    ("probe", "Messpakete"),
    ("control", "Steuerung"),
    ("data", "Daten"),
    ("ethernet", "Kabel (Ethernet)"),
    ("wifi", "WLAN"),
    ("cellular-5g", "Mobilfunk (5G)"),
    ("cellular-4g", "Mobilfunk (4G)"),
    ("cellular-3g", "Mobilfunk (3G)"),
    ("cellular-2g", "Mobilfunk (2G)"),
    ("cellular", "Mobilfunk"),
    ("unknown", "unbekannt"),
    ("+vpn", " in einem VPN"),
];

/// The value of `fact` in both languages.
pub(super) fn of(fact: &Fact) -> Bilingual {
    let (key, plain) = (fact.key.name, fact.value.to_string());
    match fact.value {
        Value::Number(seconds) if SECOND_KEYS.contains(&key) => {
            moment(&Timestamp::new(i64::try_from(seconds).unwrap_or(i64::MAX), 0).to_string())
        }
        Value::Text(_) if MOMENT_KEYS.contains(&key) => moment(&plain),
        Value::Text(_) if WORD_KEYS.contains(&key) => Bilingual { de: in_german(&plain), en: plain },
        Value::Text(_) => Bilingual { de: with_comma(&plain), en: plain },
        _ => Bilingual { de: plain.clone(), en: plain },
    }
}

fn moment(time: &str) -> Bilingual {
    Bilingual { de: text::moment(time, true), en: text::moment(time, false) }
}

fn in_german(words: &str) -> String {
    GERMAN.iter().fold(words.to_owned(), |text, (word, german)| text.replace(word, german))
}

/// A number with its unit, whose point German writes as a comma; all else stays.
fn with_comma(value: &str) -> String {
    let (number, unit) = value.split_once(' ').unwrap_or((value, ""));
    let digits = number.strip_prefix(['-', '+']).unwrap_or(number).split('.');
    let decimal = digits.clone().count() == 2
        && digits.clone().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let measured = unit.is_empty() && number.starts_with(['-', '+']) || matches!(unit, "ms" | "s");
    if decimal && measured { value.replacen('.', ",", 1) } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_decimals_are_german() {
        assert_eq!(in_german("1: audio, 3: audio+video"), "1: Ton, 3: Ton+Bild");
        assert_eq!(in_german("supplemental-video"), "weiteres Bild");
        assert_eq!(in_german("cellular-4g+vpn"), "Mobilfunk (4G) in einem VPN");
        assert_eq!(with_comma("-15.15 ms"), "-15,15 ms");
        assert_eq!(with_comma("+0.898"), "+0,898");
        for other in ["10.0", "192.0.2.1", "1.2.3 ms", "a.b ms", "", "5 ms", ".5 s"] {
            assert_eq!(with_comma(other), other);
        }
    }

    #[test]
    fn moments_are_dates() {
        let Bilingual { de, en } = moment("2025-01-30T06:32:50.000000Z");
        assert_eq!((de.as_str(), en.as_str()), ("30.01.2025, 06:32:50 UTC", "2025-01-30 06:32:50 UTC"));
    }
}
