//! No two providers may rest on the same fact at the same weight, unless a rule lists both (`supports`, `also`): then
//! neither is named by it alone. Names and ranges cannot be claimed twice at all; here are traits and systems.

use super::Catalogue;
use super::check::CheckFailure;
use super::provider::Provider;
use super::rule::{Condition, Rule, TraitRule};

/// Pairs of rules of different providers that one fact meets at the same weight, without either naming the other.
pub(super) fn unlisted(catalogue: &Catalogue) -> Vec<CheckFailure> {
    let mut failures = Vec::new();
    for (number, one) in catalogue.providers.iter().enumerate() {
        for other in catalogue.providers.iter().skip(number + 1) {
            traits(one, other, &mut failures);
            systems(one, other, &mut failures);
        }
    }
    failures
}

fn traits(one: &Provider, other: &Provider, failures: &mut Vec<CheckFailure>) {
    for (index, rule) in one.traits.iter().enumerate() {
        let same_weight = |rival: &&TraitRule| rival.weight == rule.weight && !listed(one, rule, other, *rival);
        for rival in other.traits.iter().filter(same_weight) {
            if let Some(key) = common_fact(rule, rival) {
                failures.push(failure(one, "trait", index, key, other));
            }
        }
    }
}

fn systems(one: &Provider, other: &Provider, failures: &mut Vec<CheckFailure>) {
    for (index, rule) in one.asns.iter().enumerate().filter(|(_, rule)| rule.exclusive) {
        let rivals = other.asns.iter().filter(|rival| rival.exclusive && rival.asn == rule.asn);
        if rivals.into_iter().any(|rival| !listed(one, rule, other, rival)) {
            failures.push(failure(one, "asn", index, &format!("AS{}", rule.asn), other));
        }
    }
}

fn failure(one: &Provider, kind: &str, index: usize, case: &str, other: &Provider) -> CheckFailure {
    let rule = format!("[[{kind}]] {}", index + 1);
    let problem = format!(
        "is met by a rule of {} at the same weight: list both in `supports` or `also`, or tell them apart",
        other.file
    );
    CheckFailure { file: one.file.clone(), rule, case: case.to_owned(), problem }
}

/// Whether one of two rules names a provider that the other speaks for.
fn listed(one: &Provider, rule: &dyn Rule, other: &Provider, rival: &dyn Rule) -> bool {
    names(one, rule).iter().any(|id| names(other, rival).contains(id))
}

fn names<'r>(own: &'r Provider, rule: &'r dyn Rule) -> Vec<&'r str> {
    let supported = if rule.supports().is_empty() { std::slice::from_ref(&own.identity.id) } else { rule.supports() };
    supported.iter().chain(rule.also()).map(String::as_str).collect()
}

/// A key of which one value could meet both rules.
fn common_fact<'r>(rule: &'r TraitRule, rival: &TraitRule) -> Option<&'r str> {
    let meets = |condition: &&Condition| rival.when.iter().any(|other| overlap(condition, other));
    rule.when.iter().find(meets).map(|condition| condition.key.as_str())
}

/// Whether some value meets both conditions. Beginnings, ends and parts can always be combined into one value, unless
/// two beginnings or two ends contradict each other.
fn overlap(one: &Condition, other: &Condition) -> bool {
    if one.key != other.key {
        return false;
    }
    if is_open(one) || is_open(other) {
        return true;
    }
    let whole = one.equals.iter().any(|value| other.accepts(value)) || other.equals.iter().any(|v| one.accepts(v));
    whole || (has_parts(one) && has_parts(other) && !apart(one, other))
}

fn is_open(condition: &Condition) -> bool {
    condition.equals.is_empty() && !has_parts(condition)
}

fn has_parts(condition: &Condition) -> bool {
    [&condition.prefix, &condition.suffix, &condition.contains].iter().any(|values| !values.is_empty())
}

/// Whether both ask only for beginnings, or only for ends, that no value has at once.
fn apart(one: &Condition, other: &Condition) -> bool {
    let only = |values: fn(&Condition) -> [usize; 3], place: usize| {
        let asks = |condition| values(condition).iter().enumerate().all(|(at, count)| (*count > 0) == (at == place));
        asks(one) && asks(other)
    };
    let counts = |condition: &Condition| [condition.prefix.len(), condition.suffix.len(), condition.contains.len()];
    let disjoint = |mine: &[String], theirs: &[String], related: fn(&str, &str) -> bool| {
        mine.iter().all(|a| theirs.iter().all(|b| !related(&a.to_ascii_lowercase(), &b.to_ascii_lowercase())))
    };
    let begins = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
    let ends = |a: &str, b: &str| a.ends_with(b) || b.ends_with(a);
    (only(counts, 0) && disjoint(&one.prefix, &other.prefix, begins))
        || (only(counts, 1) && disjoint(&one.suffix, &other.suffix, ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(text: &str) -> Condition {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn which_conditions_one_value_can_meet() {
        let both = |one: &str, other: &str| {
            let (one, other) = (condition(&format!("key=\"k\"\n{one}")), condition(&format!("key=\"k\"\n{other}")));
            assert_eq!(overlap(&one, &other), overlap(&other, &one));
            overlap(&one, &other)
        };
        assert!(both("", "equals=[\"a\"]") && both("equals=[\"A\",\"b\"]", "equals=[\"a\"]"));
        assert!(both("equals=[\"abc\"]", "prefix=[\"ab\"]") && both("prefix=[\"a\"]", "suffix=[\"z\"]"));
        assert!(both("prefix=[\"ab\"]", "prefix=[\"a\"]") && both("contains=[\"x\"]", "prefix=[\"q\"]"));
        assert!(!both("equals=[\"a\"]", "equals=[\"b\"]") && !both("prefix=[\"ab\"]", "prefix=[\"ac\"]"));
        assert!(
            !both("suffix=[\".signal.org\"]", "suffix=[\".facebook\"]") && !both("equals=[\"b\"]", "prefix=[\"a\"]")
        );
        assert!(!overlap(&condition("key=\"a\""), &condition("key=\"b\"")));
    }
}
