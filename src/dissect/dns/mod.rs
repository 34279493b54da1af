//! DNS over UDP and TCP (RFC 1035), multicast DNS (RFC 6762) and LLMNR (RFC 4795).
//!
//! Names that addresses answered to are handed to the other flows; the canonical names on the way (RFC 1034 section
//! 3.6.2) stay with them, because providers write locations into those.

pub mod local;

use super::needs::{Needs, WHOLE};
use super::{Carrier, Dissector, Protocol};
use crate::model::wire::Reader;
use crate::model::{
    Direction, Input, Key, KeyInfo, NameBinding, Observer, Output, Piece, Question, Sentence, Step, Timestamp,
};
use domain::base::iana::Opcode;
use domain::base::{Message, ParsedName};
use domain::rdata::{A, Aaaa, Cname, Https, Ptr, Svcb};
use std::net::IpAddr;

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "dns",
    summary: "DNS, multicast DNS and LLMNR in clear: names asked for and the addresses that they have",
    source: "RFC 1035, RFC 6762, RFC 4795, RFC 9460",
    carrier: Carrier::Both,
    recognise,
    needs,
    create: || Box::new(Dns::default()),
    keys: &[
        &QUERY.info,
        &HTTPS_ECH.info,
        &MDNS_NAME.info,
        &local::MDNS_HOST.info,
        &local::MDNS_DISPLAY_NAME.info,
        &local::MDNS_SERVICE.info,
        &local::MDNS_MODEL.info,
        &local::MDNS_SYSTEM.info,
        &local::MDNS_ICE_NAME.info,
        &LLMNR_NAME.info,
        &local::LLMNR_HOST.info,
    ],
};

/// Names asked for.
pub static QUERY: Key<String> = Key::new(KeyInfo {
    name: "dns.query",
    question: Question::Provider,
    observers: &[Observer::Network, Observer::NameResolver],
    doc: "Name asked for, lower case, without final dot, unprintable bytes as `\\DDD`",
    source: "RFC 1035 section 4.1.2",
    wireshark: "dns.qry.name",
    sentence: Some(Sentence {
        de: "Der Betreiber der Namensauflösung und jeder auf dem Weg dorthin sieht, dass nach {value} gefragt wurde.",
        en: "The operator of the name resolver, and everybody on the way to it, sees that {value} was asked for.",
    }),
});

/// Encrypted ClientHello offered.
pub static HTTPS_ECH: Key<bool> = Key::new(KeyInfo {
    name: "dns.https-ech",
    question: Question::Provider,
    observers: &[Observer::Network, Observer::NameResolver],
    doc: "An HTTPS record in the answer offers Encrypted ClientHello",
    source: "RFC 9460 section 14.3.2, RFC 9848",
    wireshark: "dns.svcb.svcparam.key == 5",
    sentence: None,
});

/// Names on the local network.
pub static MDNS_NAME: Key<String> = Key::new(KeyInfo {
    name: "mdns.name",
    question: Question::Device,
    observers: &[Observer::Network],
    doc: "Name asked for or announced on the local network, without final dot",
    source: "RFC 6762 section 3, RFC 6763 section 4",
    wireshark: "mdns && (dns.qry.name || dns.resp.name)",
    sentence: Some(Sentence {
        de: "Im lokalen Netz werden Namen für alle Geräte lesbar bekannt gegeben oder gesucht: {value}.",
        en: "On the local network names are announced or sought, readable by every device: {value}.",
    }),
});

/// Names asked for by LLMNR.
pub static LLMNR_NAME: Key<String> = Key::new(KeyInfo {
    name: "llmnr.name",
    question: Question::Device,
    observers: &[Observer::Network],
    doc: "Name asked for on the local link, lower case, without final dot",
    source: "RFC 4795 section 2",
    wireshark: "llmnr && dns.qry.name",
    sentence: Some(Sentence {
        de: "Im lokalen Netz wird der Name {value} für alle Geräte lesbar gesucht.",
        en: "On the local network the name {value} is sought, readable by every device.",
    }),
});

/// Records read of the answer section of one message.
const RECORDS_MAX: usize = 128;
/// Questions read of one message.
const QUESTIONS_MAX: usize = 32;
/// Canonical names followed.
const CHAIN_MAX: usize = 16;
/// Bindings made from one message.
const BINDINGS_MAX: usize = 64;
/// Queries remembered of one flow to measure round trips.
const OUTSTANDING_MAX: usize = 16;
/// Bytes of a header.
const HEADER_BYTES: usize = 12;

/// Which of the three protocols, by port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variant {
    Unicast,
    Multicast,
    LinkLocal,
}

impl Variant {
    fn of(input: &Input<'_>) -> Option<Variant> {
        let either = |port: u16| input.source.port() == port || input.destination.port() == port;
        match () {
            () if either(5353) => Some(Variant::Multicast),
            () if either(5355) => Some(Variant::LinkLocal),
            () if either(53) => Some(Variant::Unicast),
            () => None,
        }
    }

    const fn key(self) -> &'static Key<String> {
        match self {
            Variant::Unicast => &QUERY,
            Variant::Multicast => &MDNS_NAME,
            Variant::LinkLocal => &LLMNR_NAME,
        }
    }

    const fn source(self) -> &'static str {
        match self {
            Variant::Unicast => "dns",
            Variant::Multicast => "mdns",
            Variant::LinkLocal => "llmnr",
        }
    }
}

fn recognise(input: &Input<'_>) -> bool {
    Variant::of(input).is_some()
        && match input.piece {
            Piece::Datagram => is_plausible(input.bytes),
            Piece::Stream { .. } => input.bytes.get(2..).is_some_and(is_plausible),
            Piece::Gap { .. } => false,
        }
}

fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    match (input.piece, input.bytes) {
        (Piece::Stream { .. }, [high, low, ..]) => {
            let length = 2 + usize::from(u16::from_be_bytes([*high, *low]));
            Needs::Message { needed: length, length }
        }
        (Piece::Stream { .. }, _) => Needs::More,
        _ => Needs::First(WHOLE),
    }
}

/// A header with a known operation, no reserved bit, and counts that a message can have.
fn is_plausible(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    let (Some(_id), Some(flags)) = (reader.u16(), reader.u16()) else { return false };
    let mut count = || reader.u16();
    let (Some(questions), Some(answers), Some(authority), Some(additional)) = (count(), count(), count(), count())
    else {
        return false;
    };
    let known = matches!(flags >> 11 & 0xf, 0 | 4 | 5) && flags & 0x40 == 0;
    let total = [questions, answers, authority, additional].iter().map(|count| u32::from(*count)).sum::<u32>();
    known && usize::from(questions) <= 4 * QUESTIONS_MAX && (1..=4096).contains(&total)
}

#[derive(Clone, Debug, Default)]
struct Dns {
    streams: [Vec<u8>; 2],
    asked: Vec<Asked>,
}

/// A query that waits; asked more than once it measures nothing.
#[derive(Clone, Debug)]
struct Asked {
    id: u16,
    at: Timestamp,
    once: bool,
}

impl Dissector for Dns {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        match input.piece {
            Piece::Datagram => self.message(input.bytes, input, out),
            Piece::Stream { .. } => self.stream(input, out),
            Piece::Gap { .. } => {
                self.streams.get_mut(input.direction.index()).map(Vec::clear);
            }
        }
        Step::Taken
    }
}

impl Dns {
    /// Messages behind two-byte lengths (RFC 1035 section 4.2.2). What is carried is less than one message of 65,537
    /// bytes and one piece.
    fn stream(&mut self, input: &Input<'_>, out: &mut Output) {
        let Some(carry) = self.streams.get_mut(input.direction.index()) else { return };
        let mut bytes = std::mem::take(carry);
        bytes.extend_from_slice(input.bytes);
        let mut reader = Reader::new(&bytes);
        let mut done = 0;
        while let Some(message) = reader.vector16() {
            done = reader.offset();
            self.message(message, input, out);
        }
        bytes.drain(..done);
        if let Some(carry) = self.streams.get_mut(input.direction.index()) {
            *carry = bytes;
        }
    }

    fn message(&mut self, bytes: &[u8], input: &Input<'_>, out: &mut Output) {
        let (Some(variant), Ok(message)) = (Variant::of(input), Message::from_slice(bytes)) else {
            out.problems.count("dns.header-cut", input.at.capture, input.at.frame);
            return;
        };
        if bytes.len() < HEADER_BYTES || message.header().opcode() != Opcode::QUERY {
            return;
        }
        let questions = state_questions(message, variant, input, out);
        if variant == Variant::Unicast {
            self.measure(message.header().id(), message.header().qr(), input, out);
        }
        if variant != Variant::Unicast {
            local::state(message, variant, input, out);
        }
        let answers_from = match variant {
            Variant::Unicast => input.source.port() == 53,
            Variant::Multicast | Variant::LinkLocal => true,
        };
        if message.header().qr() && answers_from {
            let answers = Answers::read(message, variant, input, out);
            answers.bind(&questions, variant, input, out);
        }
    }

    /// Pairs a query to port 53 with its answer. The resolver may have had to ask others first, so only the smallest
    /// of several says something, and only as an upper bound.
    fn measure(&mut self, id: u16, answer: bool, input: &Input<'_>, out: &mut Output) {
        let known = self.asked.iter().position(|asked| asked.id == id);
        match (answer, input.direction, known) {
            (false, Direction::Forward, Some(known)) => {
                if let Some(asked) = self.asked.get_mut(known) {
                    asked.once = false;
                }
            }
            (false, Direction::Forward, None) => {
                if self.asked.len() >= OUTSTANDING_MAX {
                    self.asked.remove(0);
                }
                self.asked.push(Asked { id, at: input.at.time, once: true });
            }
            (true, Direction::Backward, Some(known)) => {
                let asked = self.asked.remove(known);
                if asked.once {
                    out.round_trips.add(input.at.time.since(asked.at));
                }
            }
            _ => {}
        }
    }
}

/// States the names asked for and returns them.
fn state_questions(message: &Message<[u8]>, variant: Variant, input: &Input<'_>, out: &mut Output) -> Vec<String> {
    let mut names = Vec::new();
    for question in message.question().take(QUESTIONS_MAX) {
        let Ok(question) = question else {
            out.problems.count("dns.question-cut", input.at.capture, input.at.frame);
            break;
        };
        let name = text(question.qname(), variant);
        if !name.is_empty() {
            out.facts.state(variant.key(), name.clone(), input.at);
        }
        names.push(name);
    }
    names
}

/// The part of an answer section that ties names to addresses.
#[derive(Debug, Default)]
struct Answers {
    canonical: Vec<(String, String)>,
    addresses: Vec<(String, IpAddr)>,
}

impl Answers {
    fn read(message: &Message<[u8]>, variant: Variant, input: &Input<'_>, out: &mut Output) -> Answers {
        let mut answers = Answers::default();
        let Ok(records) = message.answer() else { return answers };
        for record in records.take(RECORDS_MAX) {
            let Ok(record) = record else {
                out.problems.count("dns.answer-cut", input.at.capture, input.at.frame);
                break;
            };
            let owner = text(&record.owner(), variant);
            if variant == Variant::Multicast {
                out.facts.state(&MDNS_NAME, owner.clone(), input.at);
            }
            answers.record(owner, &record, variant, input, out);
        }
        answers
    }

    fn record(
        &mut self,
        owner: String,
        record: &domain::base::record::ParsedRecord<'_, [u8]>,
        variant: Variant,
        input: &Input<'_>,
        out: &mut Output,
    ) {
        if let Ok(Some(address)) = record.to_record::<A>() {
            self.addresses.push((owner, address.data().addr().into()));
        } else if let Ok(Some(address)) = record.to_record::<Aaaa>() {
            self.addresses.push((owner, address.data().addr().into()));
        } else if let Ok(Some(alias)) = record.to_record::<Cname<ParsedName<&[u8]>>>() {
            self.canonical.push((owner, text(alias.data().cname(), variant)));
        } else if let Ok(Some(https)) = record.to_record::<Https<&[u8], ParsedName<&[u8]>>>() {
            let params = https.data().params();
            if params.ech().is_some() {
                out.facts.state(&HTTPS_ECH, true, input.at);
            }
            self.hints(owner, params);
        } else if let Ok(Some(service)) = record.to_record::<Svcb<&[u8], ParsedName<&[u8]>>>() {
            self.hints(owner, service.data().params());
        } else if variant == Variant::Multicast
            && let Ok(Some(pointer)) = record.to_record::<Ptr<ParsedName<&[u8]>>>()
        {
            out.facts.state(&MDNS_NAME, text(pointer.data().ptrdname(), variant), input.at);
        }
    }

    fn hints(&mut self, owner: String, params: &domain::rdata::svcb::SvcParams<&[u8]>) {
        let v4 = params.ipv4hint().into_iter().flat_map(|hint| hint.iter().map(IpAddr::from).collect::<Vec<_>>());
        let v6 = params.ipv6hint().into_iter().flat_map(|hint| hint.iter().map(IpAddr::from).collect::<Vec<_>>());
        self.addresses.extend(v4.chain(v6).take(BINDINGS_MAX).map(|address| (owner.clone(), address)));
    }

    /// Ties each address to the name that was asked for, through the canonical names between them; to its own name
    /// when no question leads to it.
    fn bind(self, questions: &[String], variant: Variant, input: &Input<'_>, out: &mut Output) {
        let chains: Vec<Vec<&str>> = questions.iter().map(|name| self.chain(name)).collect();
        for (owner, address) in self.addresses.iter().take(BINDINGS_MAX) {
            if address.is_unspecified() || address.is_loopback() {
                continue;
            }
            let path = chains.iter().find_map(|chain| {
                let at = chain.iter().position(|name| name == owner)?;
                chain.get(..=at)
            });
            let own = [owner.as_str()];
            let [name, aliases @ ..] = path.unwrap_or(&own) else { continue };
            out.bindings.push(NameBinding {
                address: *address,
                name: (*name).to_owned(),
                aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
                source: variant.source(),
                at: input.at,
            });
        }
        if self.addresses.len() > BINDINGS_MAX {
            out.problems.count("dns.addresses-dropped", input.at.capture, input.at.frame);
        }
    }

    /// The name asked for and its canonical names in order; a name that comes again ends the chain.
    fn chain<'n>(&'n self, name: &'n str) -> Vec<&'n str> {
        let mut chain = vec![name];
        while chain.len() <= CHAIN_MAX
            && let Some(last) = chain.last()
            && let Some((_, next)) = self.canonical.iter().find(|(owner, _)| owner == last)
            && !chain.contains(&next.as_str())
        {
            chain.push(next);
        }
        chain
    }
}

/// A name in presentation format (RFC 4343 section 2.1): lower case, `\DDD` for unprintable bytes, no final dot. On
/// the local network names are UTF-8 (RFC 6762 section 16) and stay so.
fn text<Octs: AsRef<[u8]>>(name: &ParsedName<Octs>, variant: Variant) -> String {
    let mut shown = String::new();
    for label in name.iter().filter(|label| !label.is_root()) {
        if !shown.is_empty() {
            shown.push('.');
        }
        match std::str::from_utf8(label.as_slice()) {
            Ok(text) if variant != Variant::Unicast && !text.contains(|c: char| c.is_control() || c == '.') => {
                shown.push_str(&text.to_lowercase());
            }
            _ => label.as_slice().iter().for_each(|byte| push_escaped(&mut shown, *byte)),
        }
    }
    shown
}

fn push_escaped(shown: &mut String, byte: u8) {
    match byte {
        b'.' | b'\\' => shown.extend(['\\', char::from(byte)]),
        b'!'..=b'~' => shown.push(char::from(byte.to_ascii_lowercase())),
        _ => shown.push_str(&format!("\\{byte:03}")),
    }
}

#[cfg(test)]
mod tests;
