//! Options of an analysis: sides, place, knowledge of the user's own, language; and that nothing depends on the run.

use super::program::{CALL, FIXTURES, Folder, SMALL, fixture, report, run};
use mmdb_writer::{Value as Record, Writer};
use serde_json::{Value, json};

const SIGNATURE: &str = r#"schema = 1

[provider]
id = "example-meet"
name = "Example Meet"
kind = "service"

[sources.own]
what = "the example itself"
date = 2026-11-01

[[name]]
exact = ["meet.example.test"]
purposes = ["signalling"]
why = "The web server of the example"
source = "own"
examples = ["meet.example.test"]
near_misses = ["notmeet.example.test"]
"#;

#[test]
fn the_local_side_can_be_given() {
    let (guessed, given) = (report(&[CALL]), report(&[CALL, "--local", "10.77.2.12"]));
    let sides = |report: &Value| {
        let meeting = &report["meetings"][0];
        (meeting["local"].clone(), meeting["peers"][0]["address"].clone(), report["local"]["basis"].clone())
    };
    assert_eq!(sides(&guessed), (json!("10.77.1.11"), json!("10.77.2.12"), json!("private-range")));
    assert_eq!(sides(&given), (json!("10.77.2.12"), json!("10.77.1.11"), json!("given")));
    assert_eq!(directions(&given, "sent"), directions(&guessed, "received"));
    assert_eq!(directions(&given, "received"), directions(&guessed, "sent"));
    assert!(directions(&given, "sent").contains(&json!("audio")));
    let net = report(&[CALL, "--local", "10.77.2.0/24"]);
    assert_eq!(net["meetings"], given["meetings"]);
}

/// Kinds of the streams in one direction.
fn directions(report: &Value, direction: &str) -> Vec<Value> {
    let streams = report["meetings"][0]["streams"].as_array().expect("streams");
    let mut found: Vec<_> = streams.iter().filter(|stream| stream["direction"] == direction).collect();
    found.sort_by_key(|stream| stream["ssrc"].to_string());
    found.into_iter().map(|stream| stream["kind"].clone()).collect()
}

#[test]
fn the_place_of_the_device_can_be_given() {
    let location = |place: &str| report(&[SMALL, "--from", place])["local"]["location"].clone();
    let country = location("DE");
    assert_eq!((&country["country"], &country["lat"], &country["lon"]), (&json!("DE"), &Value::Null, &Value::Null));
    assert!(country["basis"].is_string());
    let point = location("53.79,12.17");
    assert_eq!((&point["lat"], &point["lon"]), (&json!(53.79), &json!(12.17)));
    assert_eq!(location("-33.9,18.4")["lat"], json!(-33.9));
    let unknown = &report(&[SMALL])["local"]["location"];
    assert_eq!(unknown, &json!({"country": null, "lat": null, "lon": null, "basis": null}));
}

#[test]
fn signatures_of_the_users_own_name_providers() {
    let folder = Folder::new();
    folder.write("example.toml", SIGNATURE);
    folder.write("read-me.txt", "files that are no TOML are left alone");
    let with = report(&[CALL, "--signatures", &folder.path(".")]);
    let flows = with["flows"].as_array().expect("flows");
    let named: Vec<_> = flows.iter().filter(|flow| flow["provider"] == "example-meet").collect();
    assert!(named.iter().any(|flow| flow["remote"] == "10.77.9.2:443"), "{named:?}");
    assert!(named.iter().all(|flow| flow["names"].to_string().contains("meet.example.test")));
    assert!(!report(&[CALL])["flows"].to_string().contains("example-meet"));
    assert_ne!(with["tool"]["signatures"]["sha256"], report(&[CALL])["tool"]["signatures"]["sha256"]);
}

#[test]
fn signatures_that_are_broken_are_told_with_file_and_line() {
    let refused = |text: &str, words: &[&str]| {
        let folder = Folder::new();
        folder.write("example.toml", text);
        run(&["analyse", SMALL, "--signatures", &folder.path(".")]).failed(words);
        run(&["signatures", "check", &folder.path(".")]).failed(words);
    };
    let line = |word: &str| SIGNATURE.lines().position(|line| line.contains(word)).expect("a line") + 1;
    let at = |word: &str| format!("example.toml:{}:", line(word));
    refused(&SIGNATURE.replace("exact =", "exakt ="), &[&at("exact ="), "exakt"]);
    refused(&SIGNATURE.replace("\"signalling\"", "\"mood\""), &[&at("why ="), "mood", "signalling"]);
    refused(&SIGNATURE.replace("[[name]]", "[[name"), &[&at("[[name]]")]);
    let missing = Folder::new().path("missing");
    run(&["analyse", SMALL, "--signatures", &missing]).failed(&["missing", "cannot read the folder of signatures"]);
}

#[test]
fn databases_of_the_users_own_come_first() {
    let folder = Folder::new();
    let country = Record::map([("country", Record::map([("iso_code", Record::from("AQ"))]))]);
    let path = folder.write("own.mmdb", database("Own-Country", "10.77.9.0/24", country));
    let with = report(&[CALL, "--geo-db", &path]);
    let names = |report: &Value| -> Vec<String> {
        let geo = report["tool"]["geo"].as_array().expect("databases");
        geo.iter().map(|database| database["name"].to_string()).collect()
    };
    assert_eq!(names(&with)[0], "\"Own-Country\"");
    assert_eq!(names(&with)[1..], names(&report(&[CALL]))[..]);
    assert_eq!(with["tool"]["geo"][0]["built"], "2023-11-14");
}

fn database(name: &str, net: &str, record: Record) -> Vec<u8> {
    let built = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    let mut writer = Writer::builder(name).build_epoch(built).build();
    writer.insert_value(net.parse::<ipnet::IpNet>().expect("a net"), record).expect("inserted");
    writer.to_bytes().expect("a database")
}

#[test]
fn databases_that_are_none_are_refused_with_a_remedy() {
    let folder = Folder::new();
    let text = folder.write("own.mmdb", "network,country\n10.0.0.0/8,DE\n");
    run(&["analyse", SMALL, "--geo-db", &text]).failed(&["own.mmdb", "it is text", ".mmdb edition"]);
    run(&["analyse", SMALL, "--geo-db", &folder.path("none.mmdb")])
        .failed(&["none.mmdb", "Check that the file exists"]);
}

#[test]
fn the_language_changes_the_words_and_not_the_data() {
    let text = |lang: &str| run(&["analyse", CALL, "--lang", lang]).done().out;
    let (german, english) = (text("de"), text("en"));
    assert_eq!(german, run(&["analyse", CALL]).out);
    assert!(german.contains("Teilnehmende") && !english.contains("Teilnehmende"), "{english}");
    assert!(english.contains("10.77.2.12"));
    assert_eq!(report(&[CALL, "--lang", "de"]), report(&[CALL, "--lang", "en"]));
}

#[test]
fn two_runs_give_the_same_bytes() {
    for name in FIXTURES {
        for format in ["text", "json", "markdown", "csv"] {
            let path = fixture(name);
            let once = || run(&["analyse", &path, "--format", format]).done().out;
            assert!(once() == once(), "{name} as {format}");
        }
    }
}

#[test]
fn no_report_holds_the_day_of_the_run_or_an_absolute_path() {
    let text = run(&["analyse", CALL, "--format", "json"]).done().out;
    assert!(!text.contains(env!("CARGO_MANIFEST_DIR")));
}
