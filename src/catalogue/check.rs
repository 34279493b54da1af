//! Every rule carries its own tests: examples that it must match and near misses that it must not. No two providers
//! may rest on the same fact unless their rules say so.

use super::provider::Provider;
use super::rule::{NameRule, PrefixRule, TraitRule};
use super::self_hosted::SelfHostedRule;
use super::tenant::TenantRule;
use super::{Catalogue, ambiguity};
use jiff::civil::Date;
use std::fmt;
use std::net::IpAddr;

const NOT_MATCHED: &str = "is an example, but the rule does not match it, or another rule matches it more closely: \
    mend the rule or the example";
const WRONGLY_MATCHED: &str = "is a near miss, but the rule matches it: narrow the rule, or list it as an example";

/// An example that a rule does not match, a near miss that it does, or rules of two providers that one fact meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckFailure {
    /// The file.
    pub file: String,
    /// Kind and number of the rule in the file, from 1: `[[name]] 3`.
    pub rule: String,
    /// The host, address or facts.
    pub case: String,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for CheckFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}: {}", self.file, self.rule, self.case, self.problem)
    }
}

impl Catalogue {
    /// Runs examples and near misses of every rule; empty when all hold.
    pub fn check(&self) -> Vec<CheckFailure> {
        let mut checker = Checker { catalogue: self, failures: Vec::new() };
        for provider in &self.providers {
            for (index, rule) in provider.names.iter().enumerate() {
                checker.name_rule(provider, index, rule);
            }
            for (index, rule) in provider.prefixes.iter().enumerate() {
                checker.prefix_rule(provider, index, rule);
            }
            for (index, rule) in provider.traits.iter().enumerate() {
                checker.trait_rule(provider, index, rule);
            }
            for (index, rule) in provider.tenants.iter().enumerate() {
                checker.tenant_rule(provider, index, rule);
            }
        }
        for provider in &self.providers {
            for (index, rule) in provider.self_hosted.iter().enumerate() {
                checker.self_hosted_rule(provider, index, rule);
            }
        }
        checker.failures.extend(ambiguity::unlisted(self));
        checker.failures
    }
}

struct Checker<'a> {
    catalogue: &'a Catalogue,
    failures: Vec<CheckFailure>,
}

impl Checker<'_> {
    fn name_rule(&mut self, provider: &Provider, index: usize, rule: &NameRule) {
        let place = Place { provider, kind: "name", index };
        let hits = |host: &str| {
            let hit = self.catalogue.name(host);
            hit.is_some_and(|hit| hit.provider.id() == provider.id() && hit.index == index)
        };
        let cases = cases(&rule.examples, &rule.near_misses, |host| hits(host));
        self.judge(&place, [rule.examples.is_empty(), rule.near_misses.is_empty()], cases);
    }

    fn prefix_rule(&mut self, provider: &Provider, index: usize, rule: &PrefixRule) {
        let place = Place { provider, kind: "prefix", index };
        let day = rule.valid_to.unwrap_or(rule.list_date);
        let hits = |address: &str| self.covers(provider, index, address, day);
        let cases = cases(&rule.examples, &rule.near_misses, |address| hits(address));
        self.judge(&place, [rule.examples.is_empty(), rule.near_misses.is_empty()], cases);
    }

    fn trait_rule(&mut self, provider: &Provider, index: usize, rule: &TraitRule) {
        let place = Place { provider, kind: "trait", index };
        let cases = cases(&rule.examples, &rule.near_misses, |facts| rule.met_by_texts(facts));
        self.judge(&place, [rule.examples.is_empty(), rule.near_misses.is_empty()], cases);
    }

    fn self_hosted_rule(&mut self, provider: &Provider, index: usize, rule: &SelfHostedRule) {
        let place = Place { provider, kind: "self_hosted", index };
        let cases = cases(&rule.examples, &rule.near_misses, |case| rule.met_by_texts(case));
        self.judge(&place, [rule.examples.is_empty(), rule.near_misses.is_empty()], cases);
    }

    fn tenant_rule(&mut self, provider: &Provider, index: usize, rule: &TenantRule) {
        let place = Place { provider, kind: "tenant", index };
        let hits = |case: &str| {
            let (host, tenant) = case.split_once('=').unwrap_or((case, ""));
            let hit =
                self.catalogue.tenant(host).filter(|hit| hit.index == index && hit.provider.id() == provider.id());
            hit.is_some_and(|hit| tenant.is_empty() || hit.tenant == tenant)
        };
        let cases = cases(&rule.examples, &rule.near_misses, |host| hits(host));
        self.judge(&place, [&rule.examples, &rule.near_misses].map(Vec::is_empty), cases);
    }

    fn covers(&self, provider: &Provider, index: usize, address: &str, day: Date) -> bool {
        let address: Option<IpAddr> = address.parse().ok();
        let hit = address.and_then(|address| self.catalogue.address(address, day));
        hit.is_some_and(|hit| hit.provider.id() == provider.id() && hit.index == index)
    }

    /// `without`: whether the rule has no examples, and no near misses.
    fn judge(&mut self, place: &Place<'_>, without: [bool; 2], cases: Vec<(String, bool, bool)>) {
        for (field, missing) in [("examples", "no example"), ("near_misses", "no near miss")].iter().zip(without) {
            if missing {
                self.fail(place, field.0, &format!("there is {}: add one, it is run as a test", field.1));
            }
        }
        for (case, wanted, got) in cases {
            match (wanted, got) {
                (true, false) => self.fail(place, &case, NOT_MATCHED),
                (false, true) => self.fail(place, &case, WRONGLY_MATCHED),
                _ => {}
            }
        }
    }

    fn fail(&mut self, place: &Place<'_>, case: &str, problem: &str) {
        let rule = format!("[[{}]] {}", place.kind, place.index + 1);
        let (file, problem) = (place.provider.file.clone(), problem.to_owned());
        self.failures.push(CheckFailure { file, rule, case: case.to_owned(), problem });
    }
}

/// Which rule is being checked.
struct Place<'a> {
    provider: &'a Provider,
    kind: &'static str,
    index: usize,
}

/// Each case as text, whether it should match, and whether it does.
fn cases<C: fmt::Debug>(examples: &[C], near_misses: &[C], hits: impl Fn(&C) -> bool) -> Vec<(String, bool, bool)> {
    let wanted = examples.iter().map(|case| (case, true)).chain(near_misses.iter().map(|case| (case, false)));
    wanted.map(|(case, wanted)| (format!("{case:?}"), wanted, hits(case))).collect()
}
