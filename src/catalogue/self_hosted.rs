//! Software that anybody runs under names of their own is recognised by what it does: the client loads a page from a
//! host, and exchanges media with the same host, or one in the same network, at ports that the software is known for.

use super::classify::{Observation, SeenName};
use super::condition::{facts_meet, texts_meet};
use super::file::{CatalogueError, at};
use super::provider::{Certainty, Provider};
use super::rule::{Condition, Confidence, PortTransport, Rule};
use super::tenant::glob;
use crate::model::{Evidence, Fact};
use serde::Deserialize;

/// `[[self_hosted]]`: media at telling ports of the host that served the page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelfHostedRule {
    /// Labels that names of such hosts often hold. `*` stands for any characters, `#` for a run of digits.
    pub labels: Vec<String>,
    /// Whether one of the labels is needed. Without need and without label the rule is weak.
    pub label_needed: bool,
    /// Transport of the media.
    pub transport: PortTransport,
    /// First port.
    pub from: u16,
    /// Last port; absent for a single one.
    #[serde(default)]
    pub to: Option<u16>,
    /// Conditions on the facts of the media flow; all must hold.
    pub when: Vec<Condition>,
    /// What such a flow is for.
    pub purposes: Vec<String>,
    /// See [`Rule::supports`].
    #[serde(default)]
    pub supports: Vec<String>,
    /// See [`Rule::why`].
    pub why: String,
    /// See [`Rule::source`].
    pub source: String,
    /// See [`Rule::certainty`].
    #[serde(default)]
    pub certainty: Certainty,
    /// Sets of `host=name`, `port=number` and facts that the rule must match.
    #[serde(default)]
    pub examples: Vec<Vec<String>>,
    /// Sets that it must not match.
    #[serde(default)]
    pub near_misses: Vec<Vec<String>>,
}

/// A flow that a rule matches.
pub(super) struct SelfHostedHit<'s> {
    /// The host's name.
    pub(super) name: SeenName<'s>,
    /// How much it counts.
    pub(super) confidence: Confidence,
    /// The last of the facts that it rests on.
    pub(super) evidence: Option<Evidence>,
}

impl SelfHostedRule {
    /// How the rule matches a flow: strong with a telling name of the host itself, weak with one in its network or
    /// without a telling name.
    pub(super) fn hit<'s>(&self, seen: &Observation<'s>) -> Option<SelfHostedHit<'s>> {
        let transport = seen.udp == (self.transport == PortTransport::Udp);
        if !transport || !self.covers(seen.remote_port) {
            return None;
        }
        let facts: Vec<&Fact> = facts_meet(&self.when, seen.facts)?;
        let telling = |names: &[SeenName<'s>]| names.iter().copied().find(|name| self.has_label(name.name));
        let first = || seen.names.first().copied().filter(|_| !self.label_needed);
        let (name, confidence) = telling(seen.names)
            .map(|name| (name, Confidence::Strong))
            .or_else(|| telling(seen.near_names).map(|name| (name, Confidence::Weak)))
            .or_else(|| first().map(|name| (name, Confidence::Weak)))?;
        let evidence = facts.iter().map(|fact| fact.first).chain([name.evidence]).max();
        Some(SelfHostedHit { name, confidence, evidence })
    }

    /// The same for a case in a signature file.
    pub(super) fn met_by_texts(&self, case: &[String]) -> bool {
        let of = |key: &str| case.iter().find_map(|fact| fact.strip_prefix(key)?.strip_prefix('='));
        let port = of("port").and_then(|port| port.parse().ok()).is_some_and(|port| self.covers(port));
        let host = of("host").is_some_and(|host| !self.label_needed || self.has_label(host));
        port && host && texts_meet(&self.when, case)
    }

    fn covers(&self, port: u16) -> bool {
        (self.from..=self.to.unwrap_or(self.from)).contains(&port)
    }

    /// Whether a label of a host name, but not its last one, is telling.
    fn has_label(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let Some((labels, _)) = host.rsplit_once('.') else { return false };
        labels.split('.').any(|label| self.labels.iter().any(|pattern| glob(pattern, label)))
    }

    /// What is wrong with the rule by itself.
    pub(super) fn check(&self, provider: &Provider, text: &str) -> Result<(), CatalogueError> {
        let refuse = |message: &str| Err(at(&provider.file, text, &self.why, message.to_owned()));
        if self.when.is_empty() {
            return refuse(
                "a [[self_hosted]] without conditions rests on a port alone: say which facts the flow shows",
            );
        }
        if self.label_needed && self.labels.is_empty() {
            return refuse("label_needed without labels matches nothing: write labels such as \"meet*\"");
        }
        Ok(())
    }
}

impl Rule for SelfHostedRule {
    fn supports(&self) -> &[String] {
        &self.supports
    }
    fn why(&self) -> &str {
        &self.why
    }
    fn source(&self) -> &str {
        &self.source
    }
    fn purposes(&self) -> &[String] {
        &self.purposes
    }
    fn certainty(&self) -> Certainty {
        self.certainty
    }
}
