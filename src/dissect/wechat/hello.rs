//! The message that opens MMTLS, alone on a stream (longlink) or in the body of an HTTP request (shortlink).
//!
//! A record of type 16, or 19 where data go along at once; a length; `01`, the version with its bytes turned around,
//! cipher suites, 32 random bytes, the client's clock, extensions. One of them is the ticket of an earlier session.

use crate::model::wire::Reader;
use crate::model::{Evidence, Key, KeyInfo, Observer, Output, Question, Sentence, Timestamp};
use std::fmt::Write;

/// Longest opening message read in bytes; those described have 166 and 371.
pub(in crate::dissect) const BYTES_MAX: usize = 1_024;
/// Most cipher suites of one message.
const CIPHERS_MAX: u8 = 16;
/// Most extensions of one message.
const EXTENSIONS_MAX: u8 = 8;
/// Number of the extension that brings a ticket.
const TICKET_EXTENSION: u16 = 0x000f;
/// Record type of an opening message with which data go along.
const EARLY: u8 = 0x19;

/// Every key of MMTLS.
pub(super) static ALL: &[&KeyInfo] =
    &[&SEEN.info, &VERSION.info, &CIPHER.info, &HANDSHAKE.info, &CLIENT_TIME.info, &TICKET.info, &LIFETIME.info];

const ON_THE_PATH: &[Observer] = &[Observer::Network, Observer::Provider];
const REPORT: &str = "Citizen Lab, mmtls description of 2024";
const RECORD: &str = "tcp.payload[1:2] == f1:03 || tcp.payload[1:2] == f1:04";

/// MMTLS is spoken.
pub(super) static SEEN: Key<bool> = Key::new(KeyInfo {
    name: "mmtls.seen",
    question: Question::Software,
    observers: &[Observer::Network],
    doc: "Two MMTLS records in a row, or one that fills its piece, stand in the stream",
    source: REPORT,
    wireshark: RECORD,
    sentence: None,
});

static VERSION: Key<String> = Key::new(KeyInfo {
    name: "mmtls.version",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Version in the opening message: 0xf103 or 0xf104",
    source: REPORT,
    wireshark: RECORD,
    sentence: None,
});

static CIPHER: Key<String> = Key::new(KeyInfo {
    name: "mmtls.cipher",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Cipher suite offered: 0xc02b a new key exchange, 0x00a8 by the ticket",
    source: REPORT,
    wireshark: RECORD,
    sentence: None,
});

static HANDSHAKE: Key<String> = Key::new(KeyInfo {
    name: "mmtls.handshake",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "full, ticket (one is offered), or early-data (data go along under the ticket's key)",
    source: REPORT,
    wireshark: RECORD,
    sentence: None,
});

static CLIENT_TIME: Key<String> = Key::new(KeyInfo {
    name: "mmtls.client-time",
    question: Question::Device,
    observers: ON_THE_PATH,
    doc: "The device's clock as its opening message tells it, to the second; how far it is off the capture's clock marks \
          the device",
    source: REPORT,
    wireshark: RECORD,
    sentence: None,
});

static TICKET: Key<String> = Key::new(KeyInfo {
    name: "mmtls.ticket",
    question: Question::Who,
    observers: ON_THE_PATH,
    doc: "Nonce of the session ticket in hexadecimal; the same ticket goes along with every request until it is replaced",
    source: REPORT,
    wireshark: RECORD,
    sentence: Some(Sentence {
        de: "WeChat sendet eine wiederverwendete Sitzungskennung unverschlüsselt mit ({value}): Daran ist dasselbe Gerät in verschiedenen Netzen wiederzuerkennen, solange sie gilt.",
        en: "WeChat sends a reused session identifier along in clear ({value}): by it the same device can be recognised in different networks for as long as it is valid.",
    }),
});

static LIFETIME: Key<u64> = Key::new(KeyInfo {
    name: "mmtls.ticket-lifetime",
    question: Question::HowLong,
    observers: ON_THE_PATH,
    doc: "Seconds for which the ticket is valid, as the message says",
    source: REPORT,
    wireshark: RECORD,
    sentence: None,
});

/// An opening message.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hello<'a> {
    version: u16,
    ciphers: Vec<u16>,
    /// The client's clock in seconds since 1970.
    time: u32,
    /// Validity in seconds and nonce of each ticket.
    tickets: Vec<(u32, &'a [u8])>,
}

/// The first record of `bytes` with its type, once it is whole.
pub(in crate::dissect) fn whole(bytes: &[u8]) -> Option<&[u8]> {
    let length = Reader::new(bytes.get(3..)?).u16()?;
    bytes.get(..5 + usize::from(length))
}

/// States what an opening message tells; nothing for other records.
pub(in crate::dissect) fn state(record: &[u8], at: Evidence, out: &mut Output) {
    let Some((kind, hello)) = record.first().zip(Hello::read(record)) else { return };
    out.facts.state(&VERSION, format!("0x{:04x}", hello.version), at);
    for cipher in &hello.ciphers {
        out.facts.state(&CIPHER, format!("0x{cipher:04x}"), at);
    }
    let handshake = match (*kind == EARLY, hello.tickets.is_empty()) {
        (true, _) => "early-data",
        (false, false) => "ticket",
        (false, true) => "full",
    };
    out.facts.state(&HANDSHAKE, handshake.to_owned(), at);
    out.facts.state(&CLIENT_TIME, Timestamp::new(i64::from(hello.time), 0).to_string(), at);
    for (lifetime, nonce) in hello.tickets {
        out.facts.state(&TICKET, hexadecimal(nonce), at);
        out.facts.state(&LIFETIME, u64::from(lifetime), at);
    }
}

impl<'a> Hello<'a> {
    fn read(record: &'a [u8]) -> Option<Hello<'a>> {
        let mut reader = Reader::new(record);
        reader.u8().filter(|kind| matches!(*kind, 0x16 | EARLY))?;
        reader.u16().filter(|version| matches!(version, 0xf103 | 0xf104))?;
        let mut body = Reader::new(reader.vector16()?);
        let length = usize::try_from(body.u32()?).ok()?;
        let mut body = Reader::new(body.take(length)?);
        body.u8().filter(|kind| *kind == 1)?;
        let version = u16::from_le_bytes(body.array()?);
        let ciphers = body.u8().filter(|count| (1..=CIPHERS_MAX).contains(count))?;
        let ciphers = (0..ciphers).map(|_| body.u16()).collect::<Option<Vec<_>>>()?;
        let (_random, time) = (body.take(32)?, body.u32()?);
        let tickets = read_extensions(&mut body).unwrap_or_default();
        matches!(version, 0xf103 | 0xf104).then_some(Hello { version, ciphers, time, tickets })
    }
}

/// Tickets in the extensions: a length, their number, and each behind a length of its own.
fn read_extensions<'a>(reader: &mut Reader<'a>) -> Option<Vec<(u32, &'a [u8])>> {
    let length = usize::try_from(reader.u32()?).ok()?;
    let mut reader = Reader::new(reader.take(length)?);
    let count = reader.u8()?.min(EXTENSIONS_MAX);
    let mut tickets = Vec::new();
    for _ in 0..count {
        let length = usize::try_from(reader.u32()?).ok()?;
        let mut extension = Reader::new(reader.take(length)?);
        if extension.u16()? == TICKET_EXTENSION {
            let count = extension.u8()?.min(EXTENSIONS_MAX);
            tickets.extend((0..count).map_while(|_| read_ticket(&mut extension)));
        }
    }
    Some(tickets)
}

/// A length, then number, validity, age, more, and the nonce behind its length.
fn read_ticket<'a>(reader: &mut Reader<'a>) -> Option<(u32, &'a [u8])> {
    let length = usize::try_from(reader.u32()?).ok()?;
    let mut ticket = Reader::new(reader.take(length)?);
    let (_number, lifetime) = (ticket.u8()?, ticket.u32()?);
    ticket.take(6)?;
    Some((lifetime, ticket.vector16().filter(|nonce| !nonce.is_empty() && nonce.len() <= 32)?))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
pub(in crate::dissect) mod tests {
    use super::*;
    use crate::model::Direction;

    fn behind_length(bytes: &[u8]) -> Vec<u8> {
        [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat()
    }

    fn ticket(number: u8, lifetime: u32) -> Vec<u8> {
        let nonce = [&[0, 12][..], &[0xab; 12]].concat();
        let secret = [&[0, 72][..], &[7; 72]].concat();
        let head = [&[number][..], &lifetime.to_be_bytes(), &[0, 0, 0, 0, 0, 61]].concat();
        behind_length(&[head, nonce, secret].concat())
    }

    fn record(kind: u8, ciphers: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
        let list = extensions.iter().flat_map(|extension| behind_length(extension)).collect::<Vec<_>>();
        let list = behind_length(&[&[extensions.len() as u8][..], &list].concat());
        let mut body = vec![1, 4, 0xf1, (ciphers.len() / 2) as u8];
        body.extend_from_slice(ciphers);
        body.extend([9; 32]);
        body.extend(1_700_000_000u32.to_be_bytes());
        body.extend(list);
        let body = behind_length(&body);
        [&[kind, 0xf1, 4][..], &(body.len() as u16).to_be_bytes(), &body].concat()
    }

    /// An opening message with which data go along.
    pub(in crate::dissect) fn early() -> Vec<u8> {
        record(0x19, &[0, 0xa8], &[[&[0, 15, 1][..], &ticket(1, 604_800)].concat()])
    }

    /// One that also offers keys.
    pub(in crate::dissect::wechat) fn full() -> Vec<u8> {
        let keys = [&[0, 16, 1][..], &behind_length(&[5; 71])].concat();
        record(0x16, &[0xc0, 0x2b, 0, 0xa8], &[[&[0, 15, 1][..], &ticket(2, 2_592_000)].concat(), keys])
    }

    fn values(record: &[u8], key: &str) -> Vec<String> {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
        let mut out = Output::default();
        state(record, at, &mut out);
        out.facts.of(key).map(|fact| fact.value.to_string()).collect()
    }

    #[test]
    fn lengths_are_those_described() {
        assert_eq!(early().len(), 166);
        assert_eq!(whole(&early()).map(<[u8]>::len), Some(166));
        assert_eq!(whole(&early()[..165]), None);
    }

    #[test]
    fn an_early_message_reuses_a_ticket() {
        assert_eq!(values(&early(), "mmtls.handshake"), ["early-data"]);
        assert_eq!(values(&early(), "mmtls.version"), ["0xf104"]);
        assert_eq!(values(&early(), "mmtls.ticket"), ["ab".repeat(12)]);
        assert_eq!(values(&early(), "mmtls.ticket-lifetime"), ["604800"]);
        assert_eq!(values(&early(), "mmtls.client-time"), ["2023-11-14T22:13:20.000000Z"]);
    }

    #[test]
    fn a_full_message_offers_both_suites() {
        assert_eq!(values(&full(), "mmtls.cipher"), ["0xc02b", "0x00a8"]);
        assert_eq!(values(&full(), "mmtls.handshake"), ["ticket"]);
        assert_eq!(values(&full(), "mmtls.ticket-lifetime"), ["2592000"]);
        let bare = record(0x16, &[0xc0, 0x2b], &[]);
        assert_eq!(values(&bare, "mmtls.handshake"), ["full"]);
    }

    #[test]
    fn other_records_state_nothing() {
        let mut answer = early();
        answer[9] = 2;
        assert!(values(&answer, "mmtls.version").is_empty());
        assert!(values(b"\x17\xf1\x04\0\x04abcd", "mmtls.version").is_empty());
    }
}
