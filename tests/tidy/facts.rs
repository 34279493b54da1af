//! Keys of facts: unique, described, and named rightly by signatures.

use super::paths::module_of;
use super::source::{code_only, rust_files, text};
use meetscope::catalogue::Catalogue;
use meetscope::dissect;
use meetscope::model::KeyInfo;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_key_is_described_and_unique() {
    let keys: Vec<_> = keys().collect();
    assert!(keys.len() > 50, "{}", keys.len());
    assert_eq!(badly_described(&keys), [""; 0]);
}

#[test]
fn every_key_that_is_defined_is_on_its_list() {
    let mut protocols: BTreeMap<String, String> = BTreeMap::new();
    for file in rust_files("src/dissect") {
        let protocol = module_of(&file).get(1).cloned().unwrap_or_default();
        *protocols.entry(protocol).or_default() += program(&code_only(&text(&file)));
    }
    let forgotten: Vec<_> = protocols.keys().flat_map(|protocol| unlisted_keys(protocol, &protocols)).collect();
    assert_eq!(forgotten, [""; 0]);
    let defined: usize = protocols.values().map(|code| defined_keys(code).len()).sum();
    assert_eq!(defined, keys().count());
}

#[test]
fn signatures_name_keys_that_exist() {
    let catalogue = Catalogue::builtin().expect("the signatures");
    let keys: BTreeSet<_> = keys().map(|key| key.name).collect();
    let unknown: Vec<_> = catalogue.fact_keys().into_iter().filter(|key| !keys.contains(key)).collect();
    assert_eq!(unknown, [""; 0]);
}

/// Keys of exposures that follow from a call as a whole.
const KEYS_OF_CALLS: &[&str] = &[
    "address",
    "call-count",
    "call-duration",
    "call-time",
    "device-address",
    "hop-limit",
    "link-address",
    "local-address",
    "media-sent",
    "media-stack",
    "participants",
    "peer-address",
    "peer-candidate",
    "provider",
    "public-address",
    "tenant-name",
];

#[test]
fn advice_names_keys_that_exist() {
    let catalogue = Catalogue::builtin().expect("the signatures");
    let keys: BTreeSet<_> = keys().map(|key| key.name).chain(KEYS_OF_CALLS.iter().copied()).collect();
    let asked = catalogue.advice().iter().flat_map(|advice| &advice.when).flat_map(|when| &when.keys);
    let unknown: BTreeSet<_> = asked.filter(|key| !keys.contains(key.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

fn keys() -> impl Iterator<Item = &'static KeyInfo> {
    dissect::ALL.iter().flat_map(|protocol| protocol.keys.iter().copied())
}

/// What is wrong with keys.
fn badly_described(keys: &[&KeyInfo]) -> Vec<String> {
    let mut seen = BTreeMap::new();
    let mut wrong = Vec::new();
    for key in keys {
        let mut complain = |what: &str| wrong.push(format!("{}: {what}", key.name));
        if seen.insert(key.name, ()).is_some() {
            complain("is there twice");
        }
        if !is_name(key.name) {
            complain("is not `protocol.thing` in lower case");
        }
        if key.doc.trim().is_empty() || key.doc.contains('\n') {
            complain("needs one line of documentation");
        }
        if key.source.trim().is_empty() {
            complain("names no source");
        }
        if key.observers.is_empty() {
            complain("can be seen by nobody");
        }
        let empty = |sentence: meetscope::model::Sentence| sentence.de.is_empty() || sentence.en.is_empty();
        if key.sentence.is_some_and(empty) {
            complain("lacks a language");
        }
    }
    wrong
}

fn is_name(name: &str) -> bool {
    let good = |part: &str| {
        let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        part.bytes().next().is_some_and(|first| first.is_ascii_lowercase()) && part.bytes().all(inside)
    };
    name.contains('.') && name.split('.').all(good)
}

/// Code up to its tests.
fn program(code: &str) -> &str {
    code.split("#[cfg(test)]").next().unwrap_or_default()
}

/// The names of the constants that are keys.
fn defined_keys(code: &str) -> Vec<&str> {
    let statics = code.split("static ").skip(1).filter_map(|rest| rest.split_once(':'));
    statics.filter(|(_, rest)| rest.trim_start().starts_with("Key<")).map(|(name, _)| name.trim()).collect()
}

/// Keys of a protocol that neither its own code lists as `&KEY.info`, nor another's as `&protocol::KEY.info`.
fn unlisted_keys<'c>(protocol: &str, protocols: &'c BTreeMap<String, String>) -> Vec<&'c str> {
    let is_listed = |key: &str| {
        let (own, foreign) = (format!("{key}.info"), format!("{protocol}::{key}.info"));
        protocols.iter().any(|(other, code)| has_path(code, if other == protocol { &own } else { &foreign }))
    };
    let defined = protocols.get(protocol).map_or_else(Vec::new, |code| defined_keys(code));
    defined.into_iter().filter(|key| !is_listed(key)).collect()
}

/// Whether `path` stands in the code, followed by no longer word and being the end of none.
fn has_path(code: &str, path: &str) -> bool {
    let word = |character: char| character.is_alphanumeric() || "_.".contains(character);
    let bounded = |at: usize| !code[..at].ends_with(word) && !code[at + path.len()..].starts_with(word);
    code.match_indices(path).any(|(at, _)| bounded(at))
}

#[test]
fn a_badly_described_key_is_found() {
    let good = keys().next().expect("a key");
    let with = |name, doc, source| KeyInfo {
        name,
        doc,
        source,
        question: good.question,
        observers: good.observers,
        wireshark: "",
        sentence: None,
    };
    assert_eq!(badly_described(&[&with("a.b", "c", "d")]), [""; 0]);
    assert_eq!(badly_described(&[&with("a.b", "c", "d"), &with("a.b", "c", "d")]), ["a.b: is there twice"]);
    for (name, doc, source) in [("ab", "c", "d"), ("a.B", "c", "d"), ("a.b", " ", "d"), ("a.b", "c", "")] {
        assert_eq!(badly_described(&[&with(name, doc, source)]).len(), 1, "{name} {doc} {source}");
    }
}

#[test]
fn a_key_that_is_not_on_the_list_is_found() {
    let code = "
        pub static A: Key<u64> = Key::new(INFO);
        pub(super) static B: Key<String> = text(INFO);
        static OTHER: u8 = 0;
        static C: Key<bool> = Key::new(INFO);
        static D: Key<bool> = Key::new(INFO);
        keys: &[&keys::A.info, &AB.info, &C.info.name],
    ";
    let other = "keys: &[&B.info, &http::C.info, &one::D.info]";
    let protocols = BTreeMap::from([("one".to_owned(), code.to_owned()), ("other".to_owned(), other.to_owned())]);
    assert_eq!(defined_keys(code), ["A", "B", "C", "D"]);
    assert_eq!(unlisted_keys("one", &protocols), ["B", "C"]);
}
