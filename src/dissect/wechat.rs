//! What WeChat sends on its own: MMTLS records, and the clear-text request by which it asks for its servers.

use super::{Carrier, Dissector, Protocol};
use crate::model::wire::Reader;
use crate::model::{Evidence, Input, Key, KeyInfo, Observer, Output, Piece, Question, Sentence, Step};

/// MMTLS, a derivative of a TLS 1.3 draft with records of its own.
pub static PROTOCOL: Protocol = Protocol {
    name: "mmtls",
    summary: "MMTLS records of WeChat: that they are there",
    source: "records as observed; Citizen Lab, mmtls description of 2024",
    carrier: Carrier::Stream,
    recognise,
    create: || Box::new(Mmtls),
    keys: &[&SEEN.info],
};

/// MMTLS is spoken.
pub static SEEN: Key<bool> = Key::new(KeyInfo {
    name: "mmtls.seen",
    question: Question::Software,
    observers: &[Observer::Network],
    doc: "Two MMTLS records in a row, or one that fills its piece, stand in the stream",
    source: "Citizen Lab, mmtls description of 2024",
    wireshark: "tcp.payload[1:2] == f1:03 || tcp.payload[1:2] == f1:04",
    sentence: None,
});

const ON_THE_WAY: &[Observer] = &[Observer::Network, Observer::Provider];
const NEWGETDNS: &str = "query of /cgi-bin/micromsg-bin/newgetdns as observed, no public document";

/// Account.
pub static UIN: Key<String> = Key::new(KeyInfo {
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
pub static CLIENT_VERSION: Key<String> = Key::new(KeyInfo {
    name: "wechat.client-version",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Version number of the program as sent",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"clientversion=\"",
    sentence: None,
});

/// Device.
pub static DEVICE_TYPE: Key<String> = Key::new(KeyInfo {
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
pub static LANGUAGE: Key<String> = Key::new(KeyInfo {
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
pub static NETWORK_TYPE: Key<String> = Key::new(KeyInfo {
    name: "wechat.network-type",
    question: Question::Where,
    observers: ON_THE_WAY,
    doc: "Kind of network as sent; 1 is Wi-Fi",
    source: NEWGETDNS,
    wireshark: "http.request.uri contains \"net=\"",
    sentence: None,
});

/// Network.
pub static NETWORK_ID: Key<String> = Key::new(KeyInfo {
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
pub static OPERATOR: Key<String> = Key::new(KeyInfo {
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

/// Most parameters read of one query.
const PARAMETERS_MAX: usize = 64;

/// States what the query of a `newgetdns` request tells.
pub(super) fn newgetdns(query: &str, at: Evidence, out: &mut Output) {
    for (name, value) in query.split('&').take(PARAMETERS_MAX).filter_map(|pair| pair.split_once('=')) {
        let key = match name {
            "uin" if value != "0" => &UIN,
            "clientversion" => &CLIENT_VERSION,
            "devicetype" => &DEVICE_TYPE,
            "lan" => &LANGUAGE,
            "net" => &NETWORK_TYPE,
            "networkid" => &NETWORK_ID,
            "mccmnc" => &OPERATOR,
            _ => continue,
        };
        if !value.is_empty() {
            out.facts.state(key, unescaped(value), at);
        }
    }
}

/// A value with its percent escapes resolved (RFC 3986 section 2.1).
fn unescaped(value: &str) -> String {
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

fn recognise(input: &Input<'_>) -> bool {
    matches!(input.piece, Piece::Stream { .. }) && holds_records(input.bytes)
}

/// Two records in a row, or one that ends with the bytes or goes beyond them.
fn holds_records(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    record(&mut reader).is_some() && (reader.is_empty() || record(&mut reader).is_some())
}

/// One record: type (alert 15, handshake 16, data 17, early handshake 19), version F103 or F104, length.
fn record(reader: &mut Reader<'_>) -> Option<()> {
    reader.u8().filter(|kind| matches!(kind, 0x15 | 0x16 | 0x17 | 0x19))?;
    reader.u16().filter(|version| matches!(version, 0xf103 | 0xf104))?;
    let length = usize::from(reader.u16().filter(|length| *length > 0)?);
    reader.take_up_to(length);
    Some(())
}

/// States the protocol once; nothing in it can be read.
#[derive(Debug)]
struct Mmtls;

impl Dissector for Mmtls {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        if !holds_records(input.bytes) {
            return Step::Foreign;
        }
        out.facts.state(&SEEN, true, input.at);
        Step::Finished
    }
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
    fn records_must_follow_each_other() {
        assert!(holds_records(b"\x16\xf1\x04\0\x02ab\x17\xf1\x04\0\x01c"));
        assert!(holds_records(b"\x19\xf1\x03\0\x20ab"));
        assert!(!holds_records(b"\x16\xf1\x04\0\x02ab\x16\x03\x03\0\x01c"));
        assert!(!holds_records(b"\x16\x03\x01\0\x02ab"));
        assert!(!holds_records(b"\x16\xf1\x04"));
    }
}
