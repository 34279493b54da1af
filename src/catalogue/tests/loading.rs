//! What a signature file must be like.

use super::super::{BUILT_IN, Catalogue, CatalogueError, PURPOSES};
use std::collections::BTreeSet;

/// A small valid file with an id and a body.
fn file(id: &str, body: &str) -> String {
    format!(
        "schema = 1\n[provider]\nid = \"{id}\"\nname = \"Example\"\nkind = \"service\"\n\
         [sources.page]\nwhat = \"page\"\ndate = 2026-01-01\n{body}"
    )
}

fn name_rule(more: &str) -> String {
    format!("[[name]]\npurposes = [\"media\"]\nwhy = \"w\"\nsource = \"page\"\n{more}\n")
}

fn prefix_rule(nets: &str, more: &str) -> String {
    format!(
        "[[prefix]]\nnets = [{nets}]\npurposes = [\"media\"]\nlist_date = 2026-01-01\nwhy = \"w\"\nsource = \"page\"\n{more}\n"
    )
}

fn load(files: &[(&str, String)]) -> Result<Catalogue, CatalogueError> {
    Catalogue::from_files(false, files.iter().map(|(name, text)| (*name, text.as_str())))
}

fn refused(text: String) -> String {
    load(&[("one.toml", text)]).unwrap_err().to_string()
}

#[test]
fn every_built_in_file_loads_and_keeps_its_promises() {
    let catalogue = Catalogue::builtin().unwrap();
    let failures: Vec<String> = catalogue.check().iter().map(ToString::to_string).collect();
    assert_eq!(failures, Vec::<String>::new());
    assert_eq!(catalogue.providers().count(), BUILT_IN.len());
    for id in ["zoom", "teams", "skype", "google-meet", "wechat", "tencent-meeting", "webex", "jitsi", "third-parties"]
    {
        assert!(catalogue.provider(id).is_some(), "{id}");
    }
}

#[test]
fn built_in_files_stand_in_order_of_names_and_say_their_version() {
    assert!(BUILT_IN.windows(2).all(|pair| pair[0].0 < pair[1].0));
    let catalogue = Catalogue::builtin().unwrap();
    let version: jiff::civil::Date = catalogue.version().parse().unwrap();
    assert!(version >= jiff::civil::date(2026, 10, 1));
    assert_eq!(catalogue.sha256().len(), 64);
    assert_eq!(catalogue.sha256(), Catalogue::builtin().unwrap().sha256());
}

#[test]
fn every_name_rule_holds_for_each_of_its_own_names() {
    let catalogue = Catalogue::builtin().unwrap();
    for provider in catalogue.providers() {
        for (index, rule) in provider.names.iter().enumerate() {
            let starless = rule.first_label.iter().map(|pattern| pattern.replacen('*', "7", 1));
            for name in rule.suffix.iter().chain(&rule.exact).cloned().chain(starless) {
                let hit = catalogue.name(&name).unwrap_or_else(|| panic!("{name} matches nothing"));
                let same = hit.provider.id() == provider.id() && hit.index == index;
                assert!(same || hit.rule.exact.contains(&name), "{name} is answered by {}", hit.provider.id());
            }
        }
    }
}

#[test]
fn every_address_rule_has_a_list_date_and_every_service_an_operator() {
    for provider in Catalogue::builtin().unwrap().providers() {
        let dates = provider.prefixes.iter().map(|rule| rule.list_date);
        assert!(dates.into_iter().all(|date| date.year() >= 2019), "{}", provider.id());
        let runs_itself = matches!(provider.identity.kind, super::super::Kind::Service | super::super::Kind::Messenger);
        assert!(!runs_itself || provider.operator.is_some(), "{}", provider.id());
    }
}

#[test]
fn purposes_are_distinct() {
    let ids: BTreeSet<&str> = PURPOSES.iter().map(|purpose| purpose.id).collect();
    assert_eq!(ids.len(), PURPOSES.len());
}

#[test]
fn an_unknown_field_is_refused_with_file_and_line() {
    let text = file("x", "[[name]]\nsuffix = [\"example.org\"]\nwhatever = 1\n");
    let error = load(&[("one.toml", text)]).unwrap_err();
    assert_eq!((error.file.as_str(), error.line), ("one.toml", 11));
    assert!(error.to_string().starts_with("one.toml:11: "), "{error}");
    assert!(error.message.contains("whatever"), "{error}");
}

#[test]
fn what_a_file_may_not_say() {
    let named = |more: &str| file("x", &name_rule(more));
    let cases = [
        (file("X y", ""), "lower case"),
        (file("x", "").replace("schema = 1", "schema = 2"), "schema 2"),
        (named("suffix = [\"org\"]"), "at least two labels"),
        (named("suffix = [\"Example.org\"]"), "lower case"),
        (named("suffix = [\"example.org.\"]"), "no domain"),
        (named("suffix = [\"grüße.example.org\"]"), "no domain"),
        (named("first_label = [\"*.example.org\"]"), "every label"),
        (named("first_label = [\"a.example.org\"]"), "no *"),
        (named(""), "without names"),
        (named("suffix = [\"example.org\"]\nsupports = [\"nobody\"]"), "no provider has the id \"nobody\""),
        (named("suffix = [\"example.org\"]").replace("\"media\"", "\"fun\""), "purpose \"fun\" is not known"),
        (named("suffix = [\"example.org\"]").replace("source = \"page\"", "source = \"x\""), "not among [sources]"),
        (file("x", &prefix_rule("\"192.0.2.1/24\"", "")), "192.0.2.0/24 is meant"),
        (file("x", &prefix_rule("\"192.0.2.0\"", "")), "no address prefix"),
        (file("x", &prefix_rule("\"192.0.2.0/24\"", "valid_to = 2026-02-30")), ""),
        (file("x", "[[trait]]\nwhen = []\nweight = \"weak\"\nwhy = \"w\"\nsource = \"page\"\n"), "every flow"),
        (file("x", "[provider]\n"), "duplicate"),
    ];
    for (text, expected) in cases {
        let error = refused(text.clone());
        assert!(error.starts_with("one.toml"), "{error}");
        assert!(error.contains(expected), "{error:?} does not say {expected:?}");
    }
}

#[test]
fn nothing_is_claimed_twice() {
    let names = |id: &str, more: &str| file(id, &name_rule(&format!("suffix = [\"example.org\"]\n{more}")));
    let error = load(&[("a.toml", names("a", "")), ("b.toml", names("b", ""))]).unwrap_err();
    let claimed = "b.toml:13: \"example.org\" is claimed already by a.toml: keep it in one file, ";
    assert!(error.to_string().starts_with(claimed), "{error}");
    assert!(load(&[("a.toml", names("a", "shared = true")), ("b.toml", names("b", ""))]).is_err());
    let both = load(&[("a.toml", names("a", "shared = true")), ("b.toml", names("b", "shared = true"))]).unwrap();
    assert_eq!(both.name("example.org").unwrap().provider.id(), "a");

    let nets = |id: &str, more: &str| file(id, &prefix_rule("\"192.0.2.0/24\"", more));
    assert!(load(&[("a.toml", nets("a", "")), ("b.toml", nets("b", ""))]).is_err());
    let moved = [("a.toml", nets("a", "valid_to = 2020-12-31")), ("b.toml", nets("b", "valid_from = 2021-01-01"))];
    assert!(load(&moved).is_ok());

    let error = load(&[("a.toml", file("a", "")), ("b.toml", file("a", ""))]).unwrap_err();
    assert_eq!(error.to_string(), "b.toml:3: another file has the id \"a\" already: choose another");
}

#[test]
fn a_users_file_takes_the_place_of_a_built_in_one() {
    let text = file("zoom", &name_rule("suffix = [\"zoom.example\"]\nexamples = [\"zoom.example\"]"));
    let catalogue = Catalogue::from_files(true, [("mine.toml", text.as_str())]).unwrap();
    assert_eq!(catalogue.providers().count(), BUILT_IN.len());
    assert_eq!(catalogue.provider("zoom").unwrap().file, "mine.toml");
    assert!(catalogue.name("zoom.example").is_some());
    assert!(catalogue.name("zoom.us").is_none());
    assert_ne!(catalogue.sha256(), Catalogue::builtin().unwrap().sha256());
}

#[test]
fn a_rule_that_breaks_its_promise_is_reported() {
    let rules =
        name_rule("suffix = [\"example.org\"]\nexamples = [\"example.com\"]\nnear_misses = [\"a.example.org\"]");
    let catalogue = load(&[("one.toml", file("x", &rules) + &name_rule("suffix = [\"example.net\"]"))]).unwrap();
    let failures: Vec<String> = catalogue.check().iter().map(ToString::to_string).collect();
    assert_eq!(failures.len(), 4, "{failures:?}");
    assert!(failures[0].starts_with("one.toml: [[name]] 1: \"example.com\": is an example, but the rule does not"));
    assert!(failures[1].contains("near miss, but the rule matches it: narrow the rule"));
    assert_eq!(failures[2], "one.toml: [[name]] 2: examples: there is no example: add one, it is run as a test");
    assert!(failures[3].contains("[[name]] 2: near_misses: there is no near miss"));
}

#[test]
fn two_providers_on_one_fact_are_reported_unless_both_are_listed() {
    let with = |id: &str, more: &str| {
        let body = format!(
            "[[trait]]\nwhen = [{{ key = \"stun.realm\", equals = [\"a\", \"{id}\"] }}]\nweight = \"strong\"\nwhy = \"w\"\n\
             source = \"page\"\nexamples = [[\"stun.realm=a\"]]\nnear_misses = [[\"stun.realm=b\"]]\n{more}\n"
        );
        (format!("{id}.toml"), file(id, &body))
    };
    let check = |files: [(String, String); 2]| {
        let catalogue = load(&[(&files[0].0, files[0].1.clone()), (&files[1].0, files[1].1.clone())]).unwrap();
        catalogue.check().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let found = check([with("one", ""), with("other", "")]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("one.toml: [[trait]] 1: stun.realm: is met by a rule of other.toml"), "{found:?}");
    assert_eq!(check([with("one", "supports = [\"one\", \"other\"]"), with("other", "")]), [""; 0]);
    assert_eq!(check([with("one", ""), with("other", "also = [\"one\"]")]), [""; 0]);
    assert_eq!(
        check([with("one", ""), (("other.toml").into(), with("other", "").1.replace("strong", "weak"))]),
        [""; 0]
    );
}

#[test]
fn all_wrong_files_are_told_at_once() {
    let wrong = [("a.toml", file("A", "")), ("b.toml", file("b", "wrong = 1")), ("c.toml", file("c", ""))];
    let errors = Catalogue::load(false, wrong.iter().map(|(name, text)| (*name, text.as_str()))).unwrap_err();
    let files: Vec<_> = errors.iter().map(|error| error.file.as_str()).collect();
    assert_eq!(files, ["a.toml", "b.toml"]);
}

#[test]
fn every_rule_has_source_and_day_and_every_tested_kind_its_cases() {
    let catalogue = Catalogue::builtin().unwrap();
    for provider in catalogue.providers() {
        assert!(!provider.sources.is_empty(), "{}", provider.id());
        for rule in super::super::file::rules(provider) {
            let source = provider.source(rule.source()).unwrap_or_else(|| panic!("{}", provider.id()));
            assert!(
                !rule.why().is_empty() && !source.what.is_empty() && source.date.year() >= 2010,
                "{}",
                provider.id()
            );
        }
        assert!(!provider.names.is_empty(), "{} has a name with examples and near misses", provider.id());
    }
    let size = catalogue.size();
    assert_eq!(size.files, BUILT_IN.len());
    assert!(size.files >= 45 && size.rules > 400 && size.examples > 500 && size.near_misses > 550, "{size:?}");
}

#[test]
fn cut_and_damaged_files_are_errors_or_catalogues_but_never_panics() {
    let (name, text) = BUILT_IN.iter().find(|(name, _)| *name == "skype.toml").unwrap();
    for end in (0..text.len()).step_by(3).filter(|end| text.is_char_boundary(*end)) {
        let _ = Catalogue::from_files(false, [(*name, &text[..end])]);
    }
    for at in (0..text.len()).step_by(2) {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] ^= 0x12;
        if let Ok(damaged) = String::from_utf8(bytes) {
            let _ = Catalogue::from_files(false, [(*name, damaged.as_str())]);
        }
    }
}
