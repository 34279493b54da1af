//! Whose flow is this? Names, addresses, marks, ports and systems are weighed; what is not certain is not said so.
//!
//! A host name on the flow itself or an unmistakable framing is certain. The provider's own address range, a name
//! learnt for the address, or a vendor's own attribute is strong. Ports and operators of networks only support: two
//! of them together, on a flow with real-time traffic, are weak. A shared name or address never names a provider.

use super::Catalogue;
use super::provider::{Provider, Source};
use super::rule::Confidence;
use super::tally::Tally;
use crate::model::{Evidence, Facts};
use jiff::civil::Date;
use std::net::IpAddr;

/// What was seen of a flow.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// The other side's address.
    pub remote: IpAddr,
    /// The other side's port.
    pub remote_port: u16,
    /// UDP, else TCP.
    pub udp: bool,
    /// Names seen on the flow or learnt for the address.
    pub names: &'a [SeenName<'a>],
    /// Names that other flows told of hosts in the network of the address, in the order of their addresses.
    pub near_names: &'a [SeenName<'a>],
    /// Facts of the flow.
    pub facts: &'a Facts,
    /// The autonomous system of the address, where known.
    pub asn: Option<u32>,
    /// Day of the capture in UTC.
    pub day: Date,
    /// Whether the flow carried media or connectivity checks.
    pub media: bool,
}

/// A host name with where it was seen.
#[derive(Clone, Copy, Debug)]
pub struct SeenName<'a> {
    /// The name.
    pub name: &'a str,
    /// The fact key (`tls.sni`) for names on the flow itself; anything else (`dns`) is a name learnt for the address.
    pub source: &'a str,
    /// The frame that says it.
    pub evidence: Evidence,
}

/// Whose flow it is, as far as can be told.
#[derive(Clone, Debug, Default)]
pub struct Verdict<'a> {
    /// The provider, if one alone carries the greatest weight.
    pub provider: Option<&'a Provider>,
    /// All providers that something speaks for, the likeliest first.
    pub candidates: Vec<Candidate<'a>>,
    /// How sure: of the provider, or without one that it is among the candidates. Weak when there are none.
    pub confidence: Confidence,
    /// What the flow is for, from the most specific evidence.
    pub purposes: Vec<&'a str>,
    /// Everything that matched, in the order in which it was looked at.
    pub because: Vec<Reason<'a>>,
}

/// A provider that something speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The provider.
    pub provider: &'a Provider,
    /// The greatest weight of anything that fits it.
    pub confidence: Confidence,
    /// The greatest weight of what points to it alone.
    pub specific: Option<Confidence>,
}

/// A rule that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason<'a> {
    /// The rule.
    pub rule: RuleRef<'a>,
    /// What it matched: host, range, `key=value`, port or system.
    pub matched: String,
    /// Key and value of each fact that met a `[[trait]]`; empty for other rules.
    pub marks: Vec<(&'static str, String)>,
    /// How much it counted here.
    pub weight: Weight,
    /// Where it was seen; none for addresses, ports and systems, which every packet shows.
    pub evidence: Option<Evidence>,
}

/// How much a match counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Says what the flow is for, not whose it is.
    Context,
    /// Counts only together with something else.
    Supporting,
    /// See [`Confidence`].
    Counts(Confidence),
}

/// Points to a rule in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleRef<'a> {
    /// The file's provider.
    pub provider: &'a Provider,
    /// Kind of rule.
    pub kind: RuleKind,
    /// Which of its kind in the file, from 0.
    pub index: usize,
    /// Why it holds.
    pub why: &'a str,
    /// Where that is from.
    pub source: Option<&'a Source>,
    /// The providers that it points to on this day.
    pub supports: Vec<&'a Provider>,
}

/// Kinds of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleKind {
    /// `[[name]]`
    Name,
    /// `[[prefix]]`
    Prefix,
    /// `[[trait]]`
    Trait,
    /// `[[port]]`
    Port,
    /// `[[asn]]`
    Asn,
    /// `[[self_hosted]]`
    SelfHosted,
}

impl Verdict<'_> {
    /// Whether the provider's own hosts or marks speak for it, and not only that its software seems to run here: then
    /// what the catalogue knows of its operator holds.
    pub fn names_operator(&self) -> bool {
        let speaks = |reason: &&Reason<'_>| {
            let ids = reason.rule.supports.iter().map(|provider| provider.id());
            matches!(reason.weight, Weight::Counts(_))
                && ids.into_iter().any(|id| Some(id) == self.provider.map(Provider::id))
        };
        let mut reasons = self.because.iter().filter(speaks).peekable();
        reasons.peek().is_none() || reasons.any(|reason| reason.rule.kind != RuleKind::SelfHosted)
    }
}

impl Catalogue {
    /// Weighs everything that is known about a flow.
    pub fn classify<'a>(&'a self, seen: &Observation<'_>) -> Verdict<'a> {
        Tally::new(self, seen).verdict()
    }
}
