//! The scales on which the evidence of one flow is weighed.

use super::classify::{Candidate, Observation, Reason, RuleKind, RuleRef, SeenName, Verdict, Weight};
use super::name::NameHit;
use super::provider::{Certainty, Kind, Provider};
use super::rule::{Confidence, Rule};
use super::{Catalogue, condition};
use crate::model::{Evidence, Fact, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Fact keys whose value is the name of the very server that the flow goes to.
const OWN_NAME_KEYS: [&str; 6] = ["tls.sni", "quic.sni", "dtls.sni", "dtls.inner-sni", CERTIFICATE_KEY, "http.host"];
/// The one of them that lists every name that a server may answer to, whichever was asked for.
const CERTIFICATE_KEY: &str = "tls.certificate-name";
/// Beginnings of fact keys that only real-time traffic states.
const REAL_TIME_KEYS: [&str; 12] = [
    "stun.",
    "rtp.",
    "rtcp.",
    "zoom.",
    "tencent.",
    "wechat.voice",
    "discord.",
    "viber.",
    "imo.",
    "telegram.",
    "goto.",
    "webex.",
];

/// What the names of a flow say about its address.
struct NameFindings {
    any_shared: bool,
    any_named: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Score {
    any: Option<Confidence>,
    specific: Option<Confidence>,
    network: bool,
    port: bool,
}

/// From the most to the least specific statement of what a flow is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PurposeRank {
    OwnName,
    Trait,
    LearntName,
    Port,
    Address,
}

/// Everything found about one flow so far.
pub(super) struct Tally<'a, 's> {
    catalogue: &'a Catalogue,
    seen: &'s Observation<'s>,
    real_time: bool,
    scores: BTreeMap<usize, Score>,
    purposes: Vec<(PurposeRank, Vec<usize>, &'a [String])>,
    reasons: Vec<Reason<'a>>,
}

impl<'a, 's> Tally<'a, 's> {
    pub(super) fn new(catalogue: &'a Catalogue, seen: &'s Observation<'s>) -> Self {
        let stated = |key: &str| REAL_TIME_KEYS.iter().any(|start| key.starts_with(start));
        let real_time = seen.media || seen.facts.iter().any(|fact| stated(fact.key.name));
        Tally { catalogue, seen, real_time, scores: BTreeMap::new(), purposes: Vec::new(), reasons: Vec::new() }
    }

    fn names(&mut self) -> NameFindings {
        let catalogue = self.catalogue;
        let seen = all_names(self.seen);
        let own: BTreeSet<&str> = seen.iter().filter(|name| is_own(name)).map(|name| name.name).collect();
        let hits: Vec<(&SeenName<'_>, NameHit<'a>)> =
            seen.iter().filter_map(|name| catalogue.name(name.name).map(|hit| (name, hit))).collect();
        let doubtful = catalogue.serves_many(self.seen) || self.differ(&hits);
        for (name, hit) in &hits {
            let weight = match (hit.shared(), is_own(name)) {
                (true, _) => Weight::Context,
                (false, true) if doubtful && name.source == CERTIFICATE_KEY => Weight::Counts(Confidence::Weak),
                (false, true) => Weight::Counts(Confidence::Certain),
                (false, false) if !own.is_empty() && !own.contains(name.name) => Weight::Context,
                (false, false) if doubtful => Weight::Counts(Confidence::Weak),
                (false, false) => Weight::Counts(Confidence::Strong),
            };
            let rank = if is_own(name) { PurposeRank::OwnName } else { PurposeRank::LearntName };
            let place = Place { provider: hit.provider, kind: RuleKind::Name, index: hit.index, rank };
            self.note(place, hit.rule, weight, format!("{} {}", name.source, hit.matched), Some(name.evidence));
        }
        NameFindings {
            any_shared: hits.iter().any(|(_, hit)| hit.shared()),
            any_named: hits.iter().any(|(_, hit)| !hit.shared()),
        }
    }

    /// Whether the names of one address belong to providers that have nothing in common, or to one product and to
    /// many.
    fn differ(&self, hits: &[(&SeenName<'_>, NameHit<'a>)]) -> bool {
        let fits = |hit: &NameHit<'_>| -> BTreeSet<usize> {
            let supports = self.speaks_for(hit.provider, &hit.rule.supports);
            let also = self.also(hit.provider, hit.rule, &supports);
            supports.into_iter().chain(also).collect()
        };
        hits.windows(2).any(|pair| match pair {
            [(_, one), (_, other)] => one.shared() != other.shared() || fits(one).is_disjoint(&fits(other)),
            _ => false,
        })
    }

    /// A range in which a shared name lives serves more than the provider: then it only supports.
    fn address(&mut self, names: &NameFindings) {
        let Some(hit) = self.catalogue.address(self.seen.remote, self.seen.day) else { return };
        let plain = !hit.shared() && (names.any_named || !names.any_shared);
        let weight = if plain { Weight::Counts(Confidence::Strong) } else { Weight::Supporting };
        let place =
            Place { provider: hit.provider, kind: RuleKind::Prefix, index: hit.index, rank: PurposeRank::Address };
        self.note(place, hit.rule, weight, hit.net.to_string(), None);
    }

    fn traits(&mut self) {
        if self.seen.facts.is_empty() {
            return;
        }
        for provider in &self.catalogue.providers {
            for (index, rule) in provider.traits.iter().enumerate() {
                let Some(facts) = rule.met_by(self.seen.facts) else { continue };
                let mark = |fact: &&Fact| (fact.key.name, condition::text(&fact.value).into_owned());
                let marks: Vec<(&'static str, String)> = facts.iter().map(mark).collect();
                let texts = marks.iter().map(|(key, value)| format!("{key}={value}"));
                let matched = texts.collect::<Vec<_>>().join(" ");
                let evidence = facts.iter().map(|fact| fact.first).max();
                let place = Place { provider, kind: RuleKind::Trait, index, rank: PurposeRank::Trait };
                self.note(place, rule, Weight::Counts(rule.weight), matched, evidence);
                if let Some(reason) = self.reasons.last_mut() {
                    reason.marks = marks;
                }
            }
        }
    }

    /// Software under names of its operators' own: only where no provider's name is known of the host.
    fn self_hosted(&mut self, names: &NameFindings) {
        if names.any_named || self.seen.facts.is_empty() {
            return;
        }
        for provider in &self.catalogue.providers {
            for (index, rule) in provider.self_hosted.iter().enumerate() {
                let Some(hit) = rule.hit(self.seen) else { continue };
                let protocol = if self.seen.udp { "udp" } else { "tcp" };
                let matched = format!("{} {}, {protocol}/{}", hit.name.source, hit.name.name, self.seen.remote_port);
                let place = Place { provider, kind: RuleKind::SelfHosted, index, rank: PurposeRank::Trait };
                self.note(place, rule, Weight::Counts(hit.confidence), matched, hit.evidence);
            }
        }
    }

    fn ports(&mut self) {
        let (udp, port) = (self.seen.udp, self.seen.remote_port);
        for provider in &self.catalogue.providers {
            for (index, rule) in provider.ports.iter().enumerate().filter(|(_, rule)| rule.covers(udp, port)) {
                let matched = format!("{}/{port}", if udp { "udp" } else { "tcp" });
                let place = Place { provider, kind: RuleKind::Port, index, rank: PurposeRank::Port };
                self.note(place, rule, Weight::Supporting, matched, None);
            }
        }
    }

    fn systems(&mut self) {
        for provider in &self.catalogue.providers {
            for (index, rule) in provider.asns.iter().enumerate().filter(|(_, rule)| Some(rule.asn) == self.seen.asn) {
                let strong = rule.exclusive && self.real_time;
                let weight = if strong { Weight::Counts(Confidence::Strong) } else { Weight::Supporting };
                let place = Place { provider, kind: RuleKind::Asn, index, rank: PurposeRank::Address };
                self.note(place, rule, weight, format!("AS{}", rule.asn), None);
            }
        }
    }

    fn note(&mut self, at: Place<'a>, rule: &'a dyn Rule, weight: Weight, matched: String, evidence: Option<Evidence>) {
        let weight = if rule.certainty() == Certainty::Unverified { weight.min(WEAK) } else { weight };
        let supports = self.speaks_for(at.provider, rule.supports());
        let specific = supports.len() == 1;
        for number in &supports {
            self.scores.entry(*number).or_default().add(at.kind, weight, specific);
        }
        for number in self.also(at.provider, rule, &supports) {
            self.scores.entry(number).or_default().add(at.kind, weight, false);
        }
        self.purposes.push((at.rank, supports.clone(), rule.purposes()));
        let source = at.provider.source(rule.source());
        let supports = supports.iter().filter_map(|number| self.catalogue.providers.get(*number)).collect();
        let rule = RuleRef { provider: at.provider, kind: at.kind, index: at.index, why: rule.why(), source, supports };
        self.reasons.push(Reason { rule, matched, marks: Vec::new(), weight, evidence });
    }

    /// The providers, by index, that ids stand for on the day: the file's own without any, successors for services
    /// that had ended, nobody for third parties.
    fn speaks_for(&self, provider: &Provider, ids: &[String]) -> Vec<usize> {
        if provider.identity.kind == Kind::ThirdParties {
            return Vec::new();
        }
        let own = std::slice::from_ref(&provider.identity.id);
        let ids = if ids.is_empty() { own } else { ids };
        let numbers: BTreeSet<usize> = ids.iter().filter_map(|id| self.living(id)).collect();
        numbers.into_iter().collect()
    }

    fn also(&self, provider: &Provider, rule: &dyn Rule, supports: &[usize]) -> Vec<usize> {
        let ids = rule.also();
        let numbers = if ids.is_empty() { Vec::new() } else { self.speaks_for(provider, ids) };
        numbers.into_iter().filter(|number| !supports.contains(number)).collect()
    }

    fn living(&self, id: &str) -> Option<usize> {
        let number = *self.catalogue.by_id.get(id)?;
        let identity = &self.catalogue.providers.get(number)?.identity;
        let ended = identity.ended.is_some_and(|last| last < self.seen.day);
        let successor = identity.successor.as_ref().filter(|_| ended);
        successor.map_or(Some(number), |id| self.catalogue.by_id.get(id).copied())
    }

    pub(super) fn verdict(mut self) -> Verdict<'a> {
        let names = self.names();
        self.address(&names);
        self.traits();
        self.self_hosted(&names);
        self.ports();
        self.systems();
        let candidates = self.candidates();
        let (provider, confidence) = decide(&candidates);
        let purposes = self.chosen_purposes(provider);
        self.reasons.retain(|reason| reason.weight != Weight::Supporting || supports_any(reason, &candidates));
        Verdict { provider, candidates, confidence, purposes, because: self.reasons }
    }

    fn candidates(&self) -> Vec<Candidate<'a>> {
        let mut candidates: Vec<Candidate<'a>> = self
            .scores
            .iter()
            .filter_map(|(number, score)| {
                let confidence = score.confidence(self.real_time)?;
                let provider = self.catalogue.providers.get(*number)?;
                Some(Candidate { provider, confidence, specific: score.specific })
            })
            .collect();
        candidates.sort_by(|one, other| {
            let key = |candidate: &Candidate<'_>| (candidate.confidence, candidate.specific);
            key(other).cmp(&key(one)).then_with(|| one.provider.id().cmp(other.provider.id()))
        });
        candidates
    }

    /// The purposes of the most specific rank that says any; what speaks for other providers does not count.
    fn chosen_purposes(&self, provider: Option<&Provider>) -> Vec<&'a str> {
        let number = provider.and_then(|provider| self.catalogue.by_id.get(provider.id()));
        let named = |rank: &PurposeRank| matches!(rank, PurposeRank::OwnName | PurposeRank::LearntName);
        let fits = |(rank, supports, purposes): &&(PurposeRank, Vec<usize>, &'a [String])| {
            let speaks = number.is_some_and(|number| supports.contains(number));
            let anonymous = number.is_none() && (named(rank) || *rank == PurposeRank::Trait);
            !purposes.is_empty()
                && (speaks || anonymous || (named(rank) && supports.is_empty()) || *rank == PurposeRank::OwnName)
        };
        let best = self.purposes.iter().filter(fits).map(|(rank, ..)| *rank).min();
        let chosen = self.purposes.iter().filter(fits).filter(|(rank, ..)| Some(*rank) == best);
        let mut purposes: Vec<&str> = Vec::new();
        for purpose in chosen.flat_map(|(.., purposes)| *purposes) {
            if !purposes.contains(&purpose.as_str()) {
                purposes.push(purpose);
            }
        }
        purposes
    }
}

const WEAK: Weight = Weight::Counts(Confidence::Weak);

/// Where a matching rule stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    provider: &'a Provider,
    kind: RuleKind,
    index: usize,
    rank: PurposeRank,
}

impl Score {
    fn add(&mut self, kind: RuleKind, weight: Weight, specific: bool) {
        match weight {
            Weight::Counts(confidence) => {
                self.any = self.any.max(Some(confidence));
                if specific {
                    self.specific = self.specific.max(Some(confidence));
                }
            }
            Weight::Supporting if kind == RuleKind::Port => self.port = true,
            Weight::Supporting => self.network = true,
            Weight::Context => {}
        }
    }

    /// A network and a port that fit make a weak candidate where there is real-time traffic.
    fn confidence(&self, real_time: bool) -> Option<Confidence> {
        self.any.or((self.network && self.port && real_time).then_some(Confidence::Weak))
    }
}

/// The provider that alone has the greatest weight, else the one that alone has the greatest weight of its own
/// among those, else none.
fn decide<'a>(candidates: &[Candidate<'a>]) -> (Option<&'a Provider>, Confidence) {
    let Some(first) = candidates.first() else { return (None, Confidence::Weak) };
    let top: Vec<_> = candidates.iter().filter(|other| other.confidence == first.confidence).collect();
    if top.len() == 1 {
        return (Some(first.provider), first.confidence);
    }
    let rivals = top.iter().filter(|other| other.specific == first.specific).count();
    match first.specific {
        Some(specific) if rivals == 1 => (Some(first.provider), specific),
        _ => (None, first.confidence),
    }
}

/// A port or network that supports nobody is no reason for anything.
fn supports_any(reason: &Reason<'_>, candidates: &[Candidate<'_>]) -> bool {
    let mut ids = reason.rule.supports.iter().map(|provider| provider.id());
    ids.any(|id| candidates.iter().any(|candidate| candidate.provider.id() == id))
}

fn is_own(name: &SeenName<'_>) -> bool {
    OWN_NAME_KEYS.contains(&name.source)
}

/// The names given and those in the facts, each once. A certificate often names all services of a company: it counts
/// only where the client asked for no name.
fn all_names<'s>(seen: &'s Observation<'s>) -> Vec<SeenName<'s>> {
    let mut names: Vec<SeenName<'s>> = Vec::new();
    let asked = OWN_NAME_KEYS.iter().any(|key| *key != CERTIFICATE_KEY && seen.facts.has(key));
    let stated = seen.facts.iter().filter_map(|fact| match &fact.value {
        Value::Text(name) if OWN_NAME_KEYS.contains(&fact.key.name) && !(asked && fact.key.name == CERTIFICATE_KEY) => {
            Some(SeenName { name, source: fact.key.name, evidence: fact.first })
        }
        _ => None,
    });
    for name in seen.names.iter().copied().chain(stated) {
        if !names.iter().any(|known| known.name == name.name && known.source == name.source) {
            names.push(name);
        }
    }
    names
}

impl Catalogue {
    /// Whether an address serves many customers' names: in a content delivery network.
    fn serves_many(&self, seen: &Observation<'_>) -> bool {
        let range = self.address(seen.remote, seen.day).is_some_and(|hit| hit.rule.many_names);
        let systems = self.providers.iter().flat_map(|provider| &provider.asns);
        range || systems.filter(|rule| rule.many_names).any(|rule| Some(rule.asn) == seen.asn)
    }
}
