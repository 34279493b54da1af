//! Names of people, devices and home networks become `name-1`, `name-2`, ... in the order in which the report shows
//! them; the same name, in whatever letter case, is the same pseudonym everywhere.

use super::sweep::{host_of, link_of};
use aho_corasick::{AhoCorasick, Match};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Shortest name that is also replaced inside longer texts, in characters: shorter ones stand in too many words.
const INNER_CHARS_MIN: usize = 4;

/// The names replaced so far.
#[derive(Default)]
pub(super) struct Names {
    /// Pseudonyms by name in lower case.
    known: BTreeMap<String, String>,
    /// Names that are searched for inside texts, in lower case.
    inner: BTreeSet<String>,
    /// Words of the report itself: names of providers and operators, which a person's device may be called too.
    spoken: BTreeSet<String>,
}

impl Names {
    /// Keeps `words` out of the search inside texts.
    pub(super) fn speak(&mut self, text: &str) {
        let lower = text.to_lowercase();
        self.spoken.extend(lower.split(|character: char| !character.is_alphanumeric()).map(str::to_owned));
        self.spoken.insert(lower);
    }

    /// The pseudonym of one name; an address is none.
    pub(super) fn of(&mut self, name: &str) -> String {
        if name.is_empty() || host_of(name).is_some() || link_of(name).is_some() {
            return name.to_owned();
        }
        let lower = name.trim().to_lowercase();
        let number = self.known.len() + 1;
        let pseudonym = self.known.entry(lower.clone()).or_insert_with(|| format!("name-{number}")).clone();
        let telling = lower.chars().any(char::is_alphabetic) || lower.len() > INNER_CHARS_MIN + 1;
        if telling && lower.chars().count() >= INNER_CHARS_MIN && !self.spoken.contains(&lower) {
            self.inner.insert(lower);
        }
        pseudonym
    }

    /// A value with its names replaced: of `"Alice" <sip:alice@example.test;tag=1>` the quoted name and the account
    /// are two names, so that the account is the same wherever it stands; any other value is one name.
    pub(super) fn of_value(&mut self, value: &str) -> String {
        if value.trim().is_empty() || is_pseudonym(value) {
            return value.to_owned();
        }
        let Some((lead, account)) = account(value) else { return self.of(value) };
        let shown: String = lead.chars().filter(|character| *character != '"').collect();
        let shown = shown.trim();
        if shown.is_empty() {
            return format!("sip:{}", self.of(account));
        }
        let shown = self.of(shown);
        format!("\"{shown}\" <sip:{}>", self.of(account))
    }

    /// How many names were replaced.
    pub(super) fn count(&self) -> usize {
        self.known.len()
    }

    /// A search for the names known by now.
    pub(super) fn search(&self) -> Search {
        let pseudonym = |name: &String| self.known.get(name).cloned().unwrap_or_default();
        Search {
            // Names too many or too long for the automaton could only be left, and must not be.
            names: AhoCorasick::new(&self.inner).ok(),
            pseudonyms: self.inner.iter().map(pseudonym).collect(),
        }
    }
}

/// Finds names inside texts.
pub(super) struct Search {
    names: Option<AhoCorasick>,
    /// In the order of the names.
    pseudonyms: Vec<String>,
}

impl Search {
    /// A text with all names replaced that stand in it as words of their own; `None` where there are none.
    pub(super) fn within(&self, text: &str) -> Option<String> {
        let Some(names) = &self.names else { return Some(String::new()) };
        let lower = text.to_lowercase();
        let mut found: Vec<_> = names.find_overlapping_iter(&lower).filter(|hit| is_word(&lower, hit)).collect();
        found.sort_by_key(|hit| (Reverse(hit.len()), hit.start()));
        let mut chosen: Vec<Match> = Vec::new();
        for hit in found {
            if chosen.iter().all(|other| hit.end() <= other.start() || other.end() <= hit.start()) {
                chosen.push(hit);
            }
        }
        chosen.sort_by_key(Match::start);
        // Where lower case has another length, places in it are none in the text.
        let from = if lower.len() == text.len() { text } else { lower.as_str() };
        (!chosen.is_empty()).then(|| self.rewritten(from, &chosen))
    }

    fn rewritten(&self, text: &str, hits: &[Match]) -> String {
        let mut new = String::with_capacity(text.len());
        let mut at = 0;
        for hit in hits {
            new.push_str(text.get(at..hit.start()).unwrap_or_default());
            new.push_str(self.pseudonyms.get(hit.pattern().as_usize()).map(String::as_str).unwrap_or_default());
            at = hit.end();
        }
        new + text.get(at..).unwrap_or_default()
    }
}

/// Whether no letter or digit goes on before or behind.
fn is_word(text: &str, hit: &Match) -> bool {
    let (before, behind) = (text.get(..hit.start()), text.get(hit.end()..));
    !before.is_some_and(|before| before.ends_with(char::is_alphanumeric))
        && !behind.is_some_and(|behind| behind.starts_with(char::is_alphanumeric))
}

/// Whether a text is a pseudonym already.
fn is_pseudonym(text: &str) -> bool {
    text.strip_prefix("name-").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What stands before the address in a SIP or similar header, and `user@host` of it.
fn account(value: &str) -> Option<(&str, &str)> {
    let at = ["sips:", "sip:", "mailto:"].iter().find_map(|scheme| value.find(scheme).map(|at| (at, scheme.len())))?;
    let (lead, rest) = (value.get(..at.0)?, value.get(at.0 + at.1..)?);
    let end = rest.find([';', '>', '?', ' ', ',']).unwrap_or(rest.len());
    let account = rest.get(..end).filter(|account| !account.is_empty())?;
    Some((lead.trim_end_matches('<').trim(), account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_in_order_and_stay_the_same() {
        let mut names = Names::default();
        assert_eq!(
            (names.of("Anna-Laptop"), names.of("bert"), names.of("anna-laptop")),
            three("name-1", "name-2", "name-1")
        );
        let said = names.search().within("Der Rechner ANNA-Laptop.local, Berta und bert.");
        assert_eq!(said.as_deref(), Some("Der Rechner name-1.local, Berta und name-2."));
        assert_eq!(names.search().within("nichts davon"), None);
        names.of("anna-l");
        let longest = names.search().within("anna-laptop anna-l anna-lap");
        assert_eq!(longest.as_deref(), Some("name-1 name-3 anna-lap"));
    }

    fn three(a: &str, b: &str, c: &str) -> (String, String, String) {
        (a.into(), b.into(), c.into())
    }

    #[test]
    fn an_account_is_the_same_in_every_header() {
        let mut names = Names::default();
        assert_eq!(names.of_value("\"Alice\" <sip:alice@example.test>;tag=1"), "\"name-1\" <sip:name-2>");
        assert_eq!(names.of_value("sip:alice@example.test;transport=udp"), "sip:name-2");
        assert_eq!(names.of_value("name-2"), "name-2");
        assert_eq!(names.of_value(" "), " ");
    }

    #[test]
    fn short_names_and_words_of_the_report_stay_inside_texts() {
        let mut names = Names::default();
        names.speak("Zoom Communications");
        assert_eq!((names.of("PC"), names.of("zoom")), ("name-1".into(), "name-2".into()));
        assert_eq!(names.search().within("PC und Zoom"), None);
    }

    #[test]
    fn letters_that_change_their_length_break_nothing() {
        let mut names = Names::default();
        names.of("straße-İ");
        assert!(names.search().within("Die straße-İ und STRASSE").is_some());
        assert_eq!(names.search().within("İİİİ"), None);
    }
}
