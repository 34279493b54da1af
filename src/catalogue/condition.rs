//! Whether facts meet the conditions of a trait.

use super::rule::{Condition, TraitRule};
use crate::model::{Fact, Facts, Value};
use std::borrow::Cow;

impl TraitRule {
    /// The facts that meet the conditions, one for each, or `None` if one is not met.
    pub fn met_by<'f>(&self, facts: &'f Facts) -> Option<Vec<&'f Fact>> {
        facts_meet(&self.when, facts)
    }

    /// The same for facts written as `key=value` in a signature file.
    pub(super) fn met_by_texts(&self, facts: &[String]) -> bool {
        texts_meet(&self.when, facts)
    }
}

/// The facts that meet conditions, one for each, or `None` if one is not met.
pub(super) fn facts_meet<'f>(when: &[Condition], facts: &'f Facts) -> Option<Vec<&'f Fact>> {
    when.iter().map(|condition| condition.met_by(facts)).collect()
}

/// The same for facts written as `key=value` in a signature file.
pub(super) fn texts_meet(when: &[Condition], facts: &[String]) -> bool {
    let pairs: Vec<(&str, &str)> = facts.iter().filter_map(|fact| fact.split_once('=')).collect();
    let met =
        |condition: &Condition| pairs.iter().any(|(key, value)| *key == condition.key && condition.accepts(value));
    when.iter().all(met)
}

impl Condition {
    fn met_by<'f>(&self, facts: &'f Facts) -> Option<&'f Fact> {
        facts.of(&self.key).find(|fact| self.accepts(&text(&fact.value)))
    }

    /// Whether a value will do.
    pub fn accepts(&self, value: &str) -> bool {
        let value = value.to_ascii_lowercase();
        let lower = |wanted: &String| wanted.to_ascii_lowercase();
        let open = [&self.equals, &self.prefix, &self.suffix, &self.contains].iter().all(|values| values.is_empty());
        open || self.equals.iter().map(lower).any(|wanted| value == wanted)
            || self.prefix.iter().map(lower).any(|wanted| value.starts_with(&wanted))
            || self.suffix.iter().map(lower).any(|wanted| value.ends_with(&wanted))
            || self.contains.iter().map(lower).any(|wanted| value.contains(&wanted))
    }
}

/// A value as a signature file spells it.
pub(super) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
