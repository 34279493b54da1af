//! What is built in, readable: signatures, facts, law, and what shells and readers of manuals expect.

use super::program::{Folder, run};

#[test]
fn every_service_that_is_listed_can_be_shown() {
    let list = run(&["signatures", "list"]).done().out;
    assert_eq!(list, run(&["signatures"]).done().out);
    let ids: Vec<_> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for id in ["zoom", "teams", "google-meet", "webex", "jitsi", "wechat"] {
        assert!(ids.contains(&id), "{id}");
    }
    for id in ids {
        let shown = run(&["signatures", "show", id]).done().out;
        assert!(shown.contains(&format!("id = \"{id}\"")), "{id}");
    }
}

#[test]
fn a_service_that_is_not_known_is_told() {
    run(&["signatures", "show", "nonsense"]).failed(&["nonsense", "meetscope signatures list"]);
}

#[test]
fn signatures_are_checked() {
    assert_eq!(run(&["signatures", "check"]).done().out, "0 failures\n");
    let folder = Folder::new();
    folder.write("own.toml", run(&["signatures", "show", "whereby"]).done().out);
    assert_eq!(run(&["signatures", "check", &folder.path(".")]).done().out, "0 failures\n");
}

#[test]
fn an_example_that_is_not_met_is_a_failure() {
    let folder = Folder::new();
    let text = run(&["signatures", "show", "whereby"]).done().out;
    folder.write("own.toml", text.replace("any.sfu.whereby.com", "any.sfu.example.org"));
    let ran = run(&["signatures", "check", &folder.path(".")]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.out.contains("any.sfu.example.org") && ran.out.ends_with("1 failures\n"), "{}", ran.out);
}

#[test]
fn facts_have_question_and_source() {
    let facts = run(&["facts"]).done().out;
    for words in ["tls.sni  [", "dns.query  [provider; seen by network", "RFC 1035", "http.user-agent  ["] {
        assert!(facts.contains(words), "{words}");
    }
}

#[test]
fn law_is_that_of_the_day() {
    let line = |day: &str, country: &str| {
        let table = run(&["law", "--on", day, "--lang", "en"]).done().out;
        let line = table.lines().find(|line| line.starts_with(country)).expect("the country");
        line.split_once(':').map(|(start, basis)| (start.to_owned(), basis.to_owned())).expect("a basis")
    };
    let (kingdom, basis) = line("2020-12-08", "GB ");
    assert!(kingdom.contains(" eu ") && basis.contains("transition period"), "{kingdom}:{basis}");
    let (states, basis) = line("2020-12-08", "US ");
    assert!(states.contains(" third-country ") && basis.contains("Schrems II"), "{states}:{basis}");
    assert!(line("2019-01-31", "GB ").0.contains(" eu "));
    assert!(line("2022-01-01", "GB ").0.contains(" adequate "));
    assert!(line("2020-12-08", "NO ").0.contains(" eea "));
}

#[test]
fn law_speaks_the_language_asked_for_and_refuses_days_that_are_none() {
    let table = |arguments: &[&str]| run(&[&["law", "--on", "2020-12-08"], arguments].concat()).done().out;
    assert_eq!(table(&[]), table(&["--lang", "de"]));
    assert!(table(&[]).contains("Vereinigtes Königreich") && table(&["--lang", "en"]).contains("United Kingdom"));
    assert!(run(&["law"]).done().out.lines().count() > 30);
    run(&["law", "--on", "2020-13-08"]).failed(&["2020-13-08", "month"]);
    run(&["law", "--on", "yesterday"]).failed(&["yesterday", "--on"]);
}

#[test]
fn shells_get_completions() {
    for (shell, word) in [("bash", "complete -F"), ("zsh", "#compdef meetscope"), ("fish", "complete -c meetscope")] {
        let script = run(&["completions", shell]).done().out;
        assert!(script.contains(word) && script.contains("analyse") && script.contains("geo-db"), "{shell}");
    }
    run(&["completions", "cobol"]).failed(&["cobol", "bash", "fish"]);
}

#[test]
fn the_manual_page_names_the_commands() {
    let page = run(&["man"]).done().out;
    for word in [".TH meetscope 1", ".SH SYNOPSIS", "analyse", "signatures", "schema"] {
        assert!(page.contains(word), "{word}");
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(run(&["--version"]).done().out, format!("meetscope {}\n", env!("CARGO_PKG_VERSION")));
}
