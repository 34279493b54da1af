//! NTP (RFC 5905): which time server a device asks, and how wrong its clock is. Servers' names come from DNS.

use super::{Carrier, Dissector, Protocol, needs};
use crate::model::wire::Reader;
use crate::model::{Direction, Evidence, Input, Key, KeyInfo, Observer, Output, Piece, Question, Sentence, Step};
use std::net::Ipv4Addr;

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "ntp",
    summary: "NTP: time servers asked, and how far the clock of the device is off",
    source: "RFC 5905, RFC 9109",
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(Ntp::default()),
    keys: &[&VERSION.info, &STRATUM.info, &REFERENCE.info, &CLOCK_OFFSET.info],
};

const ON_THE_WAY: &[Observer] = &[Observer::Network, Observer::ThirdParty];

/// Version asked with.
pub static VERSION: Key<u64> = Key::new(KeyInfo {
    name: "ntp.version",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Version of the protocol that the client uses: systems differ in it",
    source: "RFC 5905 section 7.3",
    wireshark: "ntp.flags.vn",
    sentence: None,
});

/// Distance of the server from a reference clock.
pub static STRATUM: Key<u64> = Key::new(KeyInfo {
    name: "ntp.stratum",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Servers between the answering server and a reference clock, itself counted",
    source: "RFC 5905 section 7.3",
    wireshark: "ntp.stratum",
    sentence: None,
});

/// What the server follows.
pub static REFERENCE: Key<String> = Key::new(KeyInfo {
    name: "ntp.reference",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "What the server takes its time from: four letters (a reference clock or a refusal), else its reference in the \
          form of an IPv4 address",
    source: "RFC 5905 section 7.3",
    wireshark: "ntp.refid",
    sentence: None,
});

/// Error of the client's clock.
pub static CLOCK_OFFSET: Key<String> = Key::new(KeyInfo {
    name: "ntp.clock-offset",
    question: Question::Device,
    observers: ON_THE_WAY,
    doc: "Seconds by which the client's clock is behind the server's, the way to the server included, at the first \
          answer; clients that send random times (RFC 9109) show none",
    source: "RFC 5905 section 8",
    wireshark: "ntp.org && ntp.rec",
    sentence: Some(Sentence {
        de: "Die Abfrage der Uhrzeit zeigt, wie falsch die Uhr des Geräts geht ({value} s); das unterscheidet Geräte.",
        en: "The request for the time shows how wrong the device's clock is ({value} s); this tells devices apart.",
    }),
});

/// Port of the protocol.
const PORT: u16 = 123;
/// Bytes of a message without extensions.
const MESSAGE_BYTES: usize = 48;
/// Modes of client and server (RFC 5905 figure 10).
const CLIENT: u8 = 3;
const SERVER: u8 = 4;
/// A clock that seems further off than this, in seconds, was never told: the client sent a random time.
const OFFSET_SECONDS_MAX: f64 = 86_400.0;
/// Units of a time stamp in a second.
const UNITS_PER_SECOND: f64 = 4_294_967_296.0;

fn recognise(input: &Input<'_>) -> bool {
    let first = input.bytes.first().copied().unwrap_or_default();
    input.piece == Piece::Datagram
        && (input.source.port() == PORT || input.destination.port() == PORT)
        && input.bytes.len() >= MESSAGE_BYTES
        && (1..=4).contains(&(first >> 3 & 7))
        && (1..=5).contains(&(first & 7))
}

/// The last time that the client sent, and whether the offset was stated.
#[derive(Clone, Debug, Default)]
struct Ntp {
    asked: Option<u64>,
    stated: bool,
}

/// The fields that are read of a message.
struct Message {
    version: u8,
    mode: u8,
    stratum: u8,
    reference: [u8; 4],
    origin: u64,
    received: u64,
    transmitted: u64,
}

impl Message {
    fn read(bytes: &[u8]) -> Option<Message> {
        let mut reader = Reader::new(bytes);
        let [flags, stratum, _poll, _precision] = reader.array()?;
        reader.take(8)?;
        let reference = reader.array()?;
        reader.take(8)?;
        let (origin, received, transmitted) = (reader.u64()?, reader.u64()?, reader.u64()?);
        Some(Message { version: flags >> 3 & 7, mode: flags & 7, stratum, reference, origin, received, transmitted })
    }
}

impl Dissector for Ntp {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let Some(message) = Message::read(input.bytes) else { return Step::Foreign };
        match message.mode {
            CLIENT => {
                out.facts.state(&VERSION, u64::from(message.version), input.at);
                self.asked = Some(message.transmitted);
            }
            SERVER => {
                state_server(&message, input.at, out);
                self.state_offset(&message, input.at, out);
            }
            _ => {}
        }
        Step::Taken
    }
}

impl Ntp {
    /// From the first answer that belongs to a request of the same flow.
    fn state_offset(&mut self, answer: &Message, at: Evidence, out: &mut Output) {
        let Some(asked) = self.asked.filter(|asked| *asked == answer.origin && *asked != 0) else { return };
        if self.stated || at.direction == Direction::Forward || answer.stratum == 0 {
            return;
        }
        // Both count seconds and fractions in 64 bits that wrap in 2036, so the difference is right across it.
        let offset = answer.received.wrapping_sub(asked).cast_signed() as f64 / UNITS_PER_SECOND;
        if offset.abs() <= OFFSET_SECONDS_MAX {
            out.facts.state(&CLOCK_OFFSET, format!("{offset:+.3}"), at);
            self.stated = true;
        }
    }
}

fn state_server(message: &Message, at: Evidence, out: &mut Output) {
    out.facts.state(&STRATUM, u64::from(message.stratum), at);
    let letters = message.reference.iter().take_while(|byte| byte.is_ascii_graphic()).count();
    let rest_is_zero = message.reference.iter().skip(letters).all(|byte| *byte == 0);
    let reference = if message.stratum <= 1 && letters > 0 && rest_is_zero {
        message.reference.iter().take(letters).copied().map(char::from).collect()
    } else {
        Ipv4Addr::from(message.reference).to_string()
    };
    out.facts.state(&REFERENCE, reference, at);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    const SECOND: u64 = 1 << 32;

    fn message(flags: u8, stratum: u8, reference: [u8; 4], times: [u64; 3]) -> Vec<u8> {
        let mut bytes = vec![flags, stratum, 6, 0xec];
        bytes.extend([0; 8]);
        bytes.extend(reference);
        bytes.extend([0; 8]);
        times.iter().for_each(|time| bytes.extend(time.to_be_bytes()));
        bytes
    }

    fn read(ntp: &mut Ntp, out: &mut Output, bytes: &[u8], direction: Direction) {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction };
        let (source, destination) = ("192.0.2.7:40000".parse().unwrap(), "198.51.100.1:123".parse().unwrap());
        let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
        if recognise(&input) {
            ntp.read(&input, out);
        }
    }

    fn asked(sent: u64, received: u64) -> Vec<String> {
        let (mut ntp, mut out) = (Ntp::default(), Output::default());
        read(&mut ntp, &mut out, &message(0x23, 0, [0; 4], [0, 0, sent]), Direction::Forward);
        let answer = message(0x24, 1, *b"GPS\0", [sent, received, received]);
        read(&mut ntp, &mut out, &answer, Direction::Backward);
        out.facts.iter().map(|fact| format!("{} {}", fact.key.name, fact.value)).collect()
    }

    #[test]
    fn the_clock_of_the_client_is_compared_with_the_servers() {
        let expected = ["ntp.version 4", "ntp.stratum 1", "ntp.reference GPS", "ntp.clock-offset +1.250"];
        assert_eq!(asked(9 * SECOND, 10 * SECOND + SECOND / 4), expected);
        assert_eq!(asked(u64::MAX - SECOND + 1, SECOND).last().unwrap(), "ntp.clock-offset +2.000", "across 2036");
        assert_eq!(asked(9 * SECOND, 8 * SECOND).last().unwrap(), "ntp.clock-offset -1.000");
    }

    #[test]
    fn a_random_time_tells_nothing() {
        assert_eq!(asked(0x1234_5678_9abc_def0, 0xe800_0000_0000_0000).len(), 3);
        assert_eq!(asked(0, 0).len(), 3);
    }

    #[test]
    fn a_reference_further_away_is_an_address() {
        let mut out = Output::default();
        let answer = message(0x1c, 2, [192, 0, 2, 99], [0; 3]);
        read(&mut Ntp::default(), &mut out, &answer, Direction::Backward);
        assert_eq!(out.facts.text("ntp.reference"), Some("192.0.2.99"));
    }

    #[test]
    fn no_prefix_and_no_flipped_byte_panics() {
        let sample = message(0x24, 1, *b"GPS\0", [7, 8, 9]);
        let at_once = |bytes: &[u8]| {
            let mut ntp = Ntp { asked: Some(7), stated: false };
            read(&mut ntp, &mut Output::default(), bytes, Direction::Backward);
            Message::read(bytes);
        };
        (0..=sample.len()).for_each(|length| at_once(&sample[..length]));
        for at in 0..sample.len() {
            let mut bytes = sample.clone();
            bytes[at] ^= 0xff;
            at_once(&bytes);
        }
    }
}
