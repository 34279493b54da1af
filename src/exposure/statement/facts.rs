//! Exposures from facts: one for each (key, value) whose key carries a sentence, with the meeting that it was seen in.

use super::{EVIDENCE_MAX, Exposed, Material, observed};
use crate::exposure::entries::{evidence, fact_evidence};
use crate::exposure::findings::{Bilingual, ExposureEntry};
use crate::exposure::meeting::Call;
use crate::exposure::people::{during, is_public, is_server};
use crate::exposure::view::View;
use crate::exposure::words;
use crate::model::{Fact, Question, Value};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Protocols of the device as a whole and of all its programs alike: no part of a call.
const AROUND: [&str; 7] = ["dns", "dhcp", "dhcpv6", "nbns", "netbios", "ssdp", "ntp"];

/// Most exposures from facts; the rest stands with its flow.
pub const FACT_EXPOSURES_MAX: usize = 2_000;

/// Where the exposure of a (key, value) stands in the list.
type Known = BTreeMap<(&'static str, String), usize>;

/// Adds the exposures of all facts, those of the calls' flows first, so that they find room.
pub(super) fn tell(material: &Material<'_>, exposed: &mut Exposed) {
    let mut known = Known::new();
    let homes: Vec<_> = (0..material.views.len()).map(|index| meeting_of(index, material)).collect();
    for in_call in [true, false] {
        for (view, meeting) in material.views.iter().zip(&homes).filter(|(_, home)| home.is_some() == in_call) {
            for fact in view.flow.facts.iter() {
                add(fact, view, meeting.as_deref(), material, &mut known, exposed);
            }
        }
    }
}

fn add(
    fact: &Fact,
    view: &View<'_>,
    meeting: Option<&str>,
    material: &Material<'_>,
    known: &mut Known,
    exposed: &mut Exposed,
) {
    let Some((question, statement)) = say(fact, view, material) else { return };
    let value = fact.value.to_string();
    let same = (fact.key.name, format!("{question:?} {}", unordered(fact.key.name, &value)));
    if let Some(index) = known.get(&same) {
        add_evidence(exposed, *index, fact);
        return;
    }
    if known.len() >= FACT_EXPOSURES_MAX {
        exposed.left_out += 1;
        return;
    }
    known.insert(same, exposed.list.len());
    let entry = ExposureEntry {
        meeting: meeting.map(str::to_owned),
        evidence: fact_evidence(fact),
        ..observed(fact.key.name, value, fact.key.observers, statement)
    };
    exposed.list.push((question, entry));
}

/// The sentence of a fact and the question that it answers; `None` when it exposes nothing, or is told already.
fn say(fact: &Fact, view: &View<'_>, material: &Material<'_>) -> Option<(Question, Bilingual)> {
    let sentence = fact.key.sentence.as_ref().filter(|_| !is_said_elsewhere(view, fact))?;
    let told = (fact.key.question, words::of_fact(sentence, &fact.value.to_string()));
    match fact.value {
        Value::Socket(mapped) if fact.key.name == "stun.mapped-address" => {
            let in_call = !material.meetings.is_empty();
            let own = in_call && material.public.iter().any(|public| public.address == mapped.ip());
            let of_peer = fact.first.direction == view.sides.sent;
            match is_public(mapped.ip()) && !own {
                true if of_peer => Some((Question::WithWhom, words::MAPPED_OF_PEER.both(&[&mapped.ip().to_string()]))),
                true => Some(told),
                // A private address tells nothing beyond the network, and the own public one is stated for the call.
                false => None,
            }
        }
        _ if fact.key.name == "stun.network-cost" && fact.first.direction != view.sides.sent => {
            let network = fact.value.to_string();
            Some((Question::WithWhom, words::NETWORK_OF_PEER.both(&[&network])))
        }
        _ => Some(told),
    }
}

/// Whether the same value has a sentence of its own: the user name at a relay is its account, and no ICE pair.
fn is_said_elsewhere(view: &View<'_>, fact: &Fact) -> bool {
    let mut accounts = view.flow.facts.of("stun.turn-username");
    fact.key.name == "stun.username" && accounts.any(|account| account.value == fact.value)
}

/// The value by which exposures are told apart: both ends of an ICE pair name it with the halves in their own order
/// (RFC 8445 section 7.2.2).
fn unordered(key: &str, value: &str) -> String {
    match value.split_once(':') {
        Some((one, other)) if key == "stun.username" && other < one => format!("{other}:{one}"),
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
    let belongs = |call: &Call| during(view, call) && belongs(index, view, call);
    let position = material.calls.iter().position(belongs)?;
    material.meetings.get(position).map(|meeting| meeting.id.clone())
}

/// Whether a flow is a part of a call: its media, its provider's, or a direct one of the same device.
fn belongs(index: usize, view: &View<'_>, call: &Call) -> bool {
    let local: IpAddr = view.sides.local.ip();
    let provider = view.verdict.provider.map(|provider| provider.id());
    let of_provider = provider.is_some() && provider == call.provider.as_deref();
    let resolves = AROUND.iter().any(|name| view.flow.protocols.contains(name));
    call.media.contains(&index) || (local == call.local && (of_provider || (!is_server(view) && !resolves)))
}
