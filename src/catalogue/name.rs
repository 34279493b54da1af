//! Host names to rules: a walk over the labels, from the whole name to its last one.

use super::file::{CatalogueError, at};
use super::provider::Provider;
use super::rule::NameRule;
use std::borrow::Cow;
use std::collections::HashMap;

/// Longest host name in bytes (RFC 1035 section 2.3.4); longer text is no name.
pub const HOST_BYTES_MAX: usize = 253;

/// A rule that matches a host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameHit<'a> {
    /// Whose rule.
    pub provider: &'a Provider,
    /// The rule.
    pub rule: &'a NameRule,
    /// Which of the provider's name rules, from 0.
    pub index: usize,
    /// The domain or pattern in the rule that matched.
    pub matched: &'a str,
}

impl NameHit<'_> {
    /// Whether other products use the name as well, so that it names no provider.
    pub fn shared(&self) -> bool {
        self.rule.shared
    }
}

/// Where a rule stands: provider and rule, by index, and the entry as the file spells it.
#[derive(Clone, Debug)]
struct Entry {
    provider: usize,
    rule: usize,
    text: String,
}

/// What is claimed at one domain.
#[derive(Clone, Debug, Default)]
struct Node {
    exact: Option<Entry>,
    suffix: Option<Entry>,
    first_label: Vec<(String, String, Entry)>,
}

/// All names of all providers, by domain.
#[derive(Clone, Debug, Default)]
pub(super) struct NameIndex {
    nodes: HashMap<String, Node>,
}

impl NameIndex {
    /// Adds the names of a provider. A name claimed twice is an error, unless both claims are shared ones: then the
    /// first keeps it.
    pub(super) fn add(&mut self, number: usize, providers: &[Provider], text: &str) -> Result<(), CatalogueError> {
        let Some(provider) = providers.get(number) else { return Ok(()) };
        for (rule_number, rule) in provider.names.iter().enumerate() {
            if rule.suffix.len() + rule.exact.len() + rule.first_label.len() == 0 {
                return Err(at(&provider.file, text, &rule.why, "a [[name]] without names".to_owned()));
            }
            for (form, names) in
                [(Form::Suffix, &rule.suffix), (Form::Exact, &rule.exact), (Form::FirstLabel, &rule.first_label)]
            {
                for name in names {
                    let entry = Entry { provider: number, rule: rule_number, text: name.clone() };
                    self.claim(form, entry, providers).map_err(|problem| at(&provider.file, text, name, problem))?;
                }
            }
        }
        Ok(())
    }

    fn claim(&mut self, form: Form, entry: Entry, providers: &[Provider]) -> Result<(), String> {
        let (pattern, domain) = match form {
            Form::FirstLabel => split_pattern(&entry.text)?,
            Form::Suffix | Form::Exact => (None, entry.text.as_str()),
        };
        check_domain(domain)?;
        let node = self.nodes.entry(domain.to_owned()).or_default();
        let holder = match (&form, &pattern) {
            (Form::FirstLabel, Some((before, after))) => node
                .first_label
                .iter()
                .find(|(known_before, known_after, _)| known_before == before && known_after == after)
                .map(|(_, _, entry)| entry),
            (Form::Exact, _) => node.exact.as_ref(),
            _ => node.suffix.as_ref(),
        };
        if let Some(holder) = holder {
            let both_shared = shared(holder, providers) && shared(&entry, providers);
            let file = providers.get(holder.provider).map_or("", |provider| provider.file.as_str());
            let advice = "keep it in one file, or say `shared = true` in both";
            return if both_shared {
                Ok(())
            } else {
                Err(format!("{:?} is claimed already by {file}: {advice}", entry.text))
            };
        }
        match (form, pattern.map(|(before, after)| (before.to_owned(), after.to_owned()))) {
            (Form::FirstLabel, Some((before, after))) => node.first_label.push((before, after, entry)),
            (Form::Exact, _) => node.exact = Some(entry),
            _ => node.suffix = Some(entry),
        }
        Ok(())
    }

    /// The most specific rule for a host: an exact name, else the longest domain; at one domain a first-label
    /// pattern goes before the domain itself.
    pub(super) fn find<'a>(&'a self, host: &str, providers: &'a [Provider]) -> Option<NameHit<'a>> {
        let host = plain(host)?;
        let mut rest: &str = &host;
        let first = host.split('.').next().unwrap_or_default();
        loop {
            let whole = rest.len() == host.len();
            if let Some(node) = self.nodes.get(rest)
                && let Some(entry) = node.best(whole, first)
            {
                return hit(entry, providers);
            }
            rest = rest.split_once('.')?.1;
        }
    }
}

impl Node {
    fn best(&self, whole: bool, first: &str) -> Option<&Entry> {
        let exact = self.exact.as_ref().filter(|_| whole);
        let pattern = || {
            let fits = |before: &str, after: &str| {
                first.strip_prefix(before).is_some_and(|rest| rest.ends_with(after)) && !whole
            };
            self.first_label.iter().find(|(before, after, _)| fits(before, after)).map(|(_, _, entry)| entry)
        };
        exact.or_else(pattern).or(self.suffix.as_ref())
    }
}

/// The forms of a name in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Suffix,
    Exact,
    FirstLabel,
}

fn hit<'a>(entry: &'a Entry, providers: &'a [Provider]) -> Option<NameHit<'a>> {
    let provider = providers.get(entry.provider)?;
    let rule = provider.names.get(entry.rule)?;
    Some(NameHit { provider, rule, index: entry.rule, matched: &entry.text })
}

fn shared(entry: &Entry, providers: &[Provider]) -> bool {
    providers.get(entry.provider).and_then(|provider| provider.names.get(entry.rule)).is_some_and(|rule| rule.shared)
}

type Pattern<'a> = Option<(&'a str, &'a str)>;

/// `pre*post.domain` into what is around the star, and the domain.
fn split_pattern(text: &str) -> Result<(Pattern<'_>, &str), String> {
    let (label, domain) = text.split_once('.').ok_or_else(|| format!("{text:?} has no domain behind its label"))?;
    let (before, after) = label.split_once('*').ok_or_else(|| format!("{text:?} has no * in its first label"))?;
    if before.is_empty() && after.is_empty() {
        return Err(format!("{text:?} matches every label: write a suffix"));
    }
    Ok((Some((before, after)), domain))
}

/// A domain must be written as it is looked up, and must not claim a whole top level.
pub(super) fn check_domain(domain: &str) -> Result<(), String> {
    let label_fits = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
    };
    let fits = domain.len() <= HOST_BYTES_MAX && domain.contains('.') && domain.split('.').all(label_fits);
    if fits { Ok(()) } else { Err(format!("{domain:?} is no domain in lower case of at least two labels")) }
}

/// A host name as the index spells it: lower case, without final dot, wildcard label of a certificate, and port of an
/// HTTP request.
pub(super) fn plain(host: &str) -> Option<Cow<'_, str>> {
    let host = without_port(host);
    let host = host.strip_suffix('.').unwrap_or(host);
    let host = host.strip_prefix("*.").unwrap_or(host);
    if host.is_empty() || host.len() > HOST_BYTES_MAX {
        return None;
    }
    let upper = host.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(if upper { Cow::Owned(host.to_ascii_lowercase()) } else { Cow::Borrowed(host) })
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
