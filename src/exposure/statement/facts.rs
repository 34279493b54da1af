//! Exposures from facts: one for each (key, value) whose key carries a sentence, with the meeting that it was seen in.

use super::{EVIDENCE_MAX, Exposed, Material, call, observed, shown};
use crate::exposure::entries::{evidence, fact_evidence};
use crate::exposure::findings::{Bilingual, ExposureEntry, Meeting};
use crate::exposure::meeting::Call;
use crate::exposure::people::{during, is_public, is_server};
use crate::exposure::view::View;
use crate::exposure::words::{self, Words};
use crate::model::{Fact, Question, Sentence, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Protocols of the device as a whole and of all its programs alike: no part of a call.
const AROUND: [&str; 7] = ["dns", "dhcp", "dhcpv6", "nbns", "netbios", "ssdp", "ntp"];

/// Most exposures from facts; the rest stands with its flow.
pub const FACT_EXPOSURES_MAX: usize = 2_000;

/// Keys of which one sentence lists the values of a call: the reader learns from them together.
const LISTED_KEYS: [&str; 20] = [
    "dtls.alpn",
    "dtls.certificate-name",
    "dtls.fingerprint",
    "dtls.ja3",
    "dtls.ja4",
    "dtls.srtp-profile",
    "mdns.name",
    "quic.alpn",
    "quic.ja3",
    "quic.ja4",
    "rtcp.clock-offset",
    "rtp.clock-offset",
    "stun.ms-stream-type",
    "tencent.client-number",
    "tls.alpn",
    "tls.certificate-name",
    "tls.ja3",
    "tls.ja4",
    "zoom.media-type",
    "zoom.participants",
];
/// Keys of the address under which a server sees this side.
const PUBLIC_KEYS: [&str; 3] = ["discord.public-address", "telegram.public-address", "viber.public-address"];
/// Most values that one sentence lists.
const LISTED_MAX: usize = 12;
/// Time in seconds between a certificate's start of validity and its use, up to which its start was the device's clock:
/// browsers write the day before.
const FRESH_CERTIFICATE_SECONDS: u64 = 3 * 86_400;
/// Number of a report, and of the packets that it counts, from which on it tells that others went before.
const RUNNING_INDEX_MIN: u64 = 100;

/// What was told already.
#[derive(Default)]
struct Told {
    /// Peers that the calls name already.
    peers: BTreeSet<IpAddr>,
    /// Where the exposure of a (key, question and value) stands in the list.
    values: BTreeMap<(&'static str, String), usize>,
    /// Sentences that list values, and those that name none, by key, meeting and question.
    lists: BTreeMap<(&'static str, Option<String>, Question), List>,
}

/// The values of one sentence.
struct List {
    index: usize,
    values: Vec<String>,
    shown: Vec<Bilingual>,
    more: usize,
}

/// Adds the exposures of all facts, those of the calls' flows first, so that they find room.
pub(super) fn tell(material: &Material<'_>, exposed: &mut Exposed) {
    let peers = material.meetings.iter().flat_map(call::told_peers).filter_map(|peer| peer.address.parse().ok());
    let mut told = Told { peers: peers.collect(), ..Told::default() };
    let homes: Vec<_> = (0..material.views.len()).map(|index| meeting_of(index, material)).collect();
    for in_call in [true, false] {
        for (view, meeting) in material.views.iter().zip(&homes).filter(|(_, home)| home.is_some() == in_call) {
            for fact in view.flow.facts.iter() {
                add(fact, view, meeting.as_deref(), material, &mut told, exposed);
            }
        }
    }
}

fn add(
    fact: &Fact,
    view: &View<'_>,
    meeting: Option<&str>,
    material: &Material<'_>,
    told: &mut Told,
    exposed: &mut Exposed,
) {
    let Some((question, sentence)) = say(fact, view, material, told) else { return };
    let value = fact.value.to_string();
    let same = (fact.key.name, format!("{question:?} {}", alike(fact, &value)));
    if let Some(index) = told.values.get(&same) {
        add_evidence(exposed, *index, fact);
        return;
    }
    if told.values.len() >= FACT_EXPOSURES_MAX {
        exposed.left_out += 1;
        return;
    }
    let shown = shown::of(fact);
    let group = (fact.key.name, meeting.map(str::to_owned), question);
    if let Some(list) = told.lists.get_mut(&group) {
        told.values.insert(same, list.index);
        list.add(value, shown, &sentence, exposed);
        add_evidence(exposed, list.index, fact);
        return;
    }
    let index = exposed.list.len();
    told.values.insert(same, index);
    let entry = ExposureEntry {
        meeting: meeting.map(str::to_owned),
        evidence: fact_evidence(fact),
        ..observed(fact.key.name, value.clone(), fact.key.observers, sentence.filled(&shown))
    };
    exposed.list.push((question, entry));
    if LISTED_KEYS.contains(&fact.key.name) || !sentence.names_value() {
        told.lists.insert(group, List { index, values: vec![value], shown: vec![shown], more: 0 });
    }
}

impl List {
    /// Takes another value into the sentence; past the limit it is only counted.
    fn add(&mut self, value: String, shown: Bilingual, sentence: &Said, exposed: &mut Exposed) {
        if self.values.len() < LISTED_MAX {
            self.values.push(value);
            self.shown.push(shown);
        } else {
            self.more += 1;
        }
        let Some((_, entry)) = exposed.list.get_mut(self.index) else { return };
        let join = |of: fn(&Bilingual) -> &str, more: &str| {
            let listed = self.shown.iter().map(of).collect::<Vec<_>>().join(", ");
            if self.more == 0 { listed } else { format!("{listed} {}", more.replace("{}", &self.more.to_string())) }
        };
        let shown = Bilingual { de: join(|one| &one.de, "und {} weitere"), en: join(|one| &one.en, "and {} more") };
        entry.value = self.values.join(", ");
        entry.statement = sentence.filled(&shown);
    }
}

/// A sentence with a place for a value.
enum Said {
    /// Of the key.
    OfKey(&'static Sentence),
    /// Of the report.
    OfReport(&'static Words),
}

impl Said {
    fn filled(&self, shown: &Bilingual) -> Bilingual {
        match self {
            Said::OfKey(sentence) => words::of_fact(sentence, shown),
            Said::OfReport(words) => words.fill(&[&shown.de], &[&shown.en]),
        }
    }

    fn names_value(&self) -> bool {
        match self {
            Said::OfKey(sentence) => sentence.de.contains("{value}"),
            Said::OfReport(_) => true,
        }
    }
}

/// The sentence of a fact and the question that it answers; `None` when it exposes nothing, or is told already.
fn say(fact: &Fact, view: &View<'_>, material: &Material<'_>, told: &Told) -> Option<(Question, Said)> {
    let sentence = fact.key.sentence.as_ref().filter(|_| !is_said_elsewhere(fact, view, material, told))?;
    let told = (fact.key.question, Said::OfKey(sentence));
    match fact.value {
        Value::Socket(mapped) if fact.key.name == "stun.mapped-address" => {
            let in_call = !material.meetings.is_empty();
            let own = in_call && material.public.iter().any(|public| public.address == mapped.ip());
            let of_peer = fact.first.direction == view.sides.sent;
            match is_public(mapped.ip()) && !own {
                true if of_peer => Some((Question::WithWhom, Said::OfReport(&words::MAPPED_OF_PEER))),
                true => Some(told),
                // A private address tells nothing beyond the network, and the own public one is stated for the call.
                false => None,
            }
        }
        Value::Number(start) if fact.key.name == "dtls.certificate-not-before" => {
            let seen = u64::try_from(fact.first.time.seconds()).unwrap_or_default();
            (seen.abs_diff(start) <= FRESH_CERTIFICATE_SECONDS).then_some(told)
        }
        Value::Number(index) if fact.key.name == "rtcp.index" => (index >= RUNNING_INDEX_MIN).then_some(told),
        Value::Number(packets) if fact.key.name == "rtcp.sender-packets" => {
            (packets >= RUNNING_INDEX_MIN).then_some(told)
        }
        // Neither class says what kind of network it is.
        Value::Text(ref class) if fact.key.name == "stun.network-cost" && says_nothing(class) => None,
        // Questions for the name of an address say no name.
        Value::Text(ref name) if fact.key.name == "mdns.name" && name.ends_with(".arpa") => None,
        _ if fact.key.name == "stun.network-cost" && fact.first.direction != view.sides.sent => {
            Some((Question::WithWhom, Said::OfReport(&words::NETWORK_OF_PEER)))
        }
        _ => Some(told),
    }
}

/// Whether the same value has a sentence of its own: the user name at a relay is its account, and no ICE pair; peers
/// that a relay was told are listed with the call; and what counters tell is said once, as a time.
fn is_said_elsewhere(fact: &Fact, view: &View<'_>, material: &Material<'_>, told: &Told) -> bool {
    match fact.key.name {
        "stun.username" => view.flow.facts.of("stun.turn-username").any(|account| account.value == fact.value),
        "stun.peer-address" => {
            matches!(fact.value, Value::Socket(peer) if told.peers.contains(&peer.ip()))
        }
        "rtcp.index" | "rtcp.sender-packets" => view.flow.facts.has("rtcp.age") || age_is_told(fact, material),
        "rtcp.age" | "zoom.running" | "discord.running" => age_is_told(fact, material),
        "zoom.speech-shown-by" => {
            meetings_around(fact, material).any(|meeting| meeting.streams.iter().any(|stream| stream.talk.is_some()))
        }
        key if PUBLIC_KEYS.contains(&key) => {
            let Value::Socket(seen) = fact.value else { return false };
            material.public.iter().any(|public| public.address == seen.ip()) && !material.meetings.is_empty()
        }
        _ => false,
    }
}

/// Whether the call says how long it had lasted, which its counters tell together.
fn age_is_told(fact: &Fact, material: &Material<'_>) -> bool {
    let told = |meeting: &Meeting| meeting.began_before_capture.as_ref().is_some_and(|before| before.seconds.is_some());
    meetings_around(fact, material).any(told)
}

/// Calls that ran when a fact was first seen.
fn meetings_around<'a>(fact: &Fact, material: &Material<'a>) -> impl Iterator<Item = &'a Meeting> {
    let time = fact.first.time;
    let runs = move |call: &Call| (call.from..=call.to).contains(&time);
    material.calls.iter().zip(material.meetings).filter(move |(call, _)| runs(call)).map(|(_, meeting)| meeting)
}

fn says_nothing(class: &str) -> bool {
    let class = class.strip_suffix("+vpn").unwrap_or(class);
    matches!(class, "unknown" | "maximum")
}

/// The value by which exposures are told apart: both ends of an ICE pair name it with the halves in their own order
/// (RFC 8445 section 7.2.2), and an address is the same behind each of its ports.
fn alike(fact: &Fact, value: &str) -> String {
    match (&fact.value, value.split_once(':')) {
        (Value::Socket(address), _) => address.ip().to_string(),
        (_, Some((one, other))) if fact.key.name == "stun.username" && other < one => format!("{other}:{one}"),
        _ => value.to_owned(),
    }
}

fn add_evidence(exposed: &mut Exposed, index: usize, fact: &Fact) {
    let entry = exposed.list.get_mut(index).map(|(_, entry)| entry);
    if let Some(entry) = entry.filter(|entry| entry.evidence.len() < EVIDENCE_MAX) {
        let more = evidence(fact.first);
        if !entry.evidence.contains(&more) {
            entry.evidence.push(more);
        }
    }
}

fn meeting_of(index: usize, material: &Material<'_>) -> Option<String> {
    let view = material.views.get(index)?;
    let provider = view.verdict.provider.map(|provider| provider.id());
    let direct = !is_server(view) && !AROUND.iter().any(|name| view.flow.protocols.contains(name));
    // A flow is a part of a call as its media, its provider's, or a direct one of the same device.
    let belongs = |call: &Call| {
        let of_provider = provider.is_some() && provider == call.provider.as_deref();
        call.media.contains(&index) || (view.sides.local.ip() == call.local && (of_provider || direct))
    };
    let position = material.calls.iter().position(|call| during(view, call) && belongs(call))?;
    material.meetings.get(position).map(|meeting| meeting.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::samples::{Scene, knowledge};
    use crate::exposure::{Caller, Observed, assess};
    use crate::model::{Key, KeyInfo, Observer, Problems, Value};

    const fn key(name: &'static str) -> KeyInfo {
        KeyInfo {
            name,
            question: Question::Device,
            observers: &[Observer::Network],
            doc: "For tests",
            source: "none",
            wireshark: "frame",
            sentence: Some(Sentence { de: "Gelesen: {value}.", en: "Read: {value}." }),
        }
    }

    static LISTED: Key<String> = Key::new(key("dtls.ja3"));
    static PLAIN: Key<String> = Key::new(key("dns.query"));
    static START: Key<u64> = Key::new(key("dtls.certificate-not-before"));
    static MARK: Key<String> = Key::new(KeyInfo {
        sentence: Some(Sentence { de: "Berichte sind lesbar.", en: "Reports are readable." }),
        ..key("rtcp.report")
    });

    /// (value, German) of the exposures of facts with a key, when a call of three seconds states them.
    fn told<T: crate::model::fact::FactValue>(key: &'static Key<T>, values: Vec<T>) -> Vec<(String, String)> {
        let mut scene = Scene::default();
        scene.call("192.168.1.5:6000", "198.51.100.7:7000", 3);
        let mut traffic = scene.traffic();
        let flow = &mut traffic.flows[0];
        for value in values {
            flow.facts.state(key, value, flow.first);
        }
        let (captures, duplicates, problems) = (Vec::new(), Vec::new(), Problems::default());
        let findings = assess(&Observed { traffic, captures, duplicates, problems }, knowledge(), &Caller::default());
        let of_key = findings.exposures.into_iter().filter(|entry| entry.key == key.info.name);
        of_key.map(|entry| (entry.value, entry.statement.de)).collect()
    }

    #[test]
    fn one_sentence_lists_what_belongs_together_up_to_a_limit() {
        let both = told(&LISTED, vec!["a".to_owned(), "b".to_owned(), "a".to_owned()]);
        assert_eq!(both, [("a, b".to_owned(), "Gelesen: a, b.".to_owned())]);
        let many = told(&LISTED, (0..LISTED_MAX + 3).map(|number| format!("v{number}")).collect());
        assert_eq!(many.len(), 1);
        assert!(many[0].1.ends_with("v11 und 3 weitere."), "{}", many[0].1);
        assert_eq!(told(&PLAIN, vec!["a".to_owned(), "b".to_owned()]).len(), 2);
    }

    #[test]
    fn a_sentence_without_a_value_is_said_once() {
        let told = told(&MARK, vec!["1 receives 2".to_owned(), "2 receives 1".to_owned()]);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].1, "Berichte sind lesbar.");
    }

    #[test]
    fn only_a_fresh_certificate_tells_the_clock() {
        let day = |days: u64| 1_795_412_000 - days * 86_400;
        assert_eq!(told(&START, vec![day(1)])[0].1, "Gelesen: 22.11.2026, 05:33:20 UTC.");
        assert_eq!(told(&START, vec![day(365)]), []);
    }

    #[test]
    fn an_address_is_the_same_behind_each_port() {
        let mut scene = Scene::default();
        scene.call("192.168.1.5:6000", "198.51.100.7:7000", 1);
        let at = scene.traffic().flows[0].first;
        let fact = |port: u16| {
            let value = Value::Socket(std::net::SocketAddr::from(([203, 0, 113, 9], port)));
            Fact { key: &PLAIN.info, value, first: at, last: at, count: 1 }
        };
        let (one, other) = (fact(1), fact(2));
        assert_eq!(alike(&one, &one.value.to_string()), alike(&other, &other.value.to_string()));
    }
}
