//! What is built in, readable: signatures, facts, law, and what shells and readers of manuals expect.

use super::program::{CALL, Folder, report, run};

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
    let all = run(&["signatures", "check"]).done().out;
    assert!(all.starts_with("no failure: ") && all.contains(" near misses, ") && all.ends_with(" rules of advice\n"));
    let folder = Folder::new();
    folder.write("own.toml", run(&["signatures", "show", "whereby"]).done().out);
    assert_eq!(run(&["signatures", "check", &folder.path(".")]).done().out, all);
}

#[test]
fn an_example_that_is_not_met_is_a_failure() {
    let folder = Folder::new();
    let text = run(&["signatures", "show", "whereby"]).done().out;
    folder.write("own.toml", text.replace("any.sfu.whereby.com", "any.sfu.example.org"));
    let ran = run(&["signatures", "check", &folder.path(".")]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.out.contains("any.sfu.example.org") && ran.out.ends_with("\n1 failure\n"), "{}", ran.out);
}

#[test]
fn every_wrong_file_is_told_with_place_and_what_to_do() {
    let folder = Folder::new();
    let text = |id: &str, more: &str| {
        let head = format!("schema = 1\n[provider]\nid = \"{id}\"\nname = \"Own\"\nkind = \"service\"\n");
        format!("{head}[sources.page]\nwhat = \"page\"\ndate = 2026-01-01\n{more}")
    };
    let rule = "[[name]]\nsuffix = [\"zoom.us\"]\npurposes = [\"media\"]\nwhy = \"own service\"\nsource = \"page\"\n";
    folder.write("a.toml", text("a", "colour = \"red\"\n"));
    folder.write("b.toml", text("b", rule));
    folder.write("c.toml", text("c", &rule.replace("zoom.us", "example.org").replace("\"page\"", "\"pages\"")));
    let ran = run(&["signatures", "check", &folder.path(".")]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    for words in [
        "a.toml:9: unknown field `colour`",
        "b.toml:10: \"zoom.us\" is claimed already by zoom.toml: keep it in one file",
        "c.toml:12: source \"pages\" is not among [sources]: add it there",
        "3 failures\n",
    ] {
        assert!(ran.err.contains(words), "{words} is not in {}", ran.err);
    }
    let empty = Folder::new();
    run(&["signatures", "check", &empty.path(".")]).failed(&["no file in", "ends in .toml"]);
    run(&["signatures", "check", "nowhere"]).failed(&["nowhere", "cannot read the folder"]);
}

#[test]
fn a_folder_can_bring_advice() {
    let folder = Folder::new();
    let advice = "schema = 1\n[sources.own]\nwhat = \"own rules\"\ndate = 2026-01-01\n[[advice]]\nid = \"own\"\n\
        audience = \"controller\"\nwhen = [{ keys = [\"peer-address\"] }]\nde = \"Eigener Rat.\"\nen = \"Own advice.\"\n\
        law = \"Art. 5\"\nsource = \"own\"\n";
    std::fs::create_dir(folder.path("advice")).expect("a folder");
    folder.write("advice/own.toml", advice);
    assert!(run(&["signatures", "check", &folder.path(".")]).done().out.starts_with("no failure"));
    let list = report(&[CALL, "--signatures", &folder.path(".")])["recommendations"].clone();
    let own = list.as_array().and_then(|list| list.iter().find(|advice| advice["id"] == "own").cloned());
    assert_eq!(own.expect("own advice")["source"], "Art. 5; own rules (2026-01-01)");
    folder.write("advice/own.toml", advice.replace("peer-address", "x").replace("keys", "transfers"));
    run(&["signatures", "check", &folder.path(".")]).failed(&["transfer \"x\" is not one of"]);
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
fn law_of_a_day_names_conditions_instruments_access_and_what_is_not_verified() {
    let page = |day: &str, lang: &str| run(&["law", "--on", day, "--lang", lang]).done().out;
    let old = page("2020-12-08", "en");
    for words in [
        "the law of 2020-12-08 (tables as of 2026-11-23)",
        "condition: only for recipients subject to PIPEDA",
        "2010/87/EU",
        "US  FISA section 702 (50 USC 1881a) (since 2008-07-10)",
        "CN  National Intelligence Law",
        "RU  Federal Law 144-FZ and the SORM system",
        "GB  Investigatory Powers Act 2016",
        "[not verified]",
        "2020-10-23 Datenschutzkonferenz (DSK)",
    ] {
        assert!(old.contains(words), "{words}");
    }
    assert!(!old.contains("2021/914") && !old.contains("Data Privacy Framework") && !old.contains("Data Security Law"));
    let new = page("2024-08-10", "de");
    for words in
        ["2021/914", "Bedingung: angemessen nur, wenn der Empfänger auf der DPF-Liste steht", "[nicht geprüft]"]
    {
        assert!(new.contains(words), "{words}");
    }
    assert!(page("2026-10-01", "en").contains("European Patent Organisation"));
}

#[test]
fn law_is_there_for_programs() {
    let table = run(&["law", "--on", "2020-12-08", "--format", "json"]).done().json();
    let countries = table["countries"].as_array().expect("countries");
    let of = |code: &str| countries.iter().find(|entry| entry["country"] == code).expect("the country");
    assert_eq!((&of("GB")["status"], &of("US")["status"]), (&"eu".into(), &"third-country".into()));
    assert!(of("RE")["certainty"] == "unverified" && of("CA")["condition"]["de"].is_string());
    assert!(of("DE")["source"].is_string() && table["access"].as_array().is_some_and(|laws| laws.len() > 12));
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
