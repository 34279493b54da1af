//! Reports that may be passed on: pseudonyms in every format, behaviour left out, the purpose stated.

use super::program::{Folder, fixture, run};
use serde_json::Value;

const FORMATS: [&str; 4] = ["text", "json", "markdown", "csv"];
const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

/// The report of a fixture in a format, with options.
fn report(name: &str, format: &str, options: &[&str]) -> String {
    run(&[&["analyse", &fixture(name), "--format", format], options].concat()).done().out
}

#[test]
fn pseudonyms_leave_nobody_in_any_format() {
    let folder = Folder::new();
    let key = folder.write("key", SECRET);
    let options = ["--pseudonymise", "--pseudonym-key", &key];
    for (name, people) in [
        ("sip-call", &["10.77.", "02:77:00", "alice", "Alice", "bob", "Bob", "example.test", "0x562383180bd0"][..]),
        ("p2p-call", &["10.77.", "02:77:00", "BTwx"]),
        ("turn-call", &["10.77.", "02:77:00"]),
        ("lan-call-ipv6", &["fd77", "02:77:00", "10.77."]),
        ("nat-failed", &["10.77.", "02:77:00"]),
        ("rtt-40ms", &["10.77.", "02:77:00"]),
    ] {
        for format in FORMATS {
            let text = report(name, format, &options);
            assert!(text.contains("10.") || text.contains("fd"), "private addresses stay private");
            for person in people {
                let line = text.lines().find(|line| line.contains(person));
                assert_eq!(line, None, "{person} in {name} as {format}");
            }
        }
    }
}

#[test]
fn the_same_key_gives_the_same_bytes_and_no_key_others_each_time() {
    let folder = Folder::new();
    let (key, other) = (folder.write("key", SECRET), folder.write("other", b"another secret of 16 bytes"));
    let with = |key: &str| report("sip-call", "json", &["--pseudonymise", "--pseudonym-key", key]);
    assert_eq!(with(&key), with(&key));
    assert_ne!(with(&key), with(&other));
    let random = || report("sip-call", "json", &["--pseudonymise"]);
    let (one, two) = (random(), random());
    assert_ne!(one, two);
    let origin =
        |text: &str| serde_json::from_str::<Value>(text).expect("JSON")["handling"]["pseudonyms"]["key"].clone();
    assert_eq!((origin(&one), origin(&with(&key))), ("random".into(), "given".into()));
}

#[test]
fn the_facts_besides_people_stay() {
    let (before, after) = (report("p2p-call", "json", &[]), report("p2p-call", "json", &["--pseudonymise"]));
    let [before, after]: [Value; 2] = [before, after].map(|text| serde_json::from_str(&text).expect("JSON"));
    for pointer in ["/meetings/0/start", "/meetings/0/streams", "/transfers", "/recommendations", "/problems", "/tool"]
    {
        assert_eq!(before.pointer(pointer), after.pointer(pointer), "{pointer}");
    }
    let count = |report: &Value, list: &str| report[list].as_array().map(Vec::len);
    for list in ["flows", "endpoints", "exposures", "captures"] {
        assert_eq!(count(&before, list), count(&after, list), "{list}");
    }
    assert_eq!(before["captures"][0]["sha256"], after["captures"][0]["sha256"]);
}

#[test]
fn minimised_reports_have_no_behaviour_and_say_so() {
    let text = report("p2p-call", "json", &["--minimise"]);
    let json: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["meetings"][0]["streams"], Value::Array(Vec::new()));
    assert_eq!(json["meetings"][0]["participants_seen"], Value::Array(Vec::new()));
    assert!(json["meetings"][0]["participants"]["at_least"].is_number());
    let exposures = json["exposures"].as_array().expect("a list");
    let talk: Vec<_> = exposures.iter().filter(|exposure| exposure["key"] == "talk").collect();
    assert_eq!(talk.len(), 1, "that it can be read is said once");
    assert_eq!((&talk[0]["value"], &talk[0]["evidence"]), (&Value::from(""), &Value::Array(Vec::new())));
    for format in FORMATS.into_iter().filter(|format| *format != "csv") {
        let text = report("p2p-call", format, &["--minimise"]);
        assert!(text.contains("--minimise") && text.contains("silent-or-muted"), "{format}");
    }
    for format in FORMATS {
        // The first talk interval, the camera's and the screen's times.
        for time in ["05:34:00.350828", "05:34:34–05:34:39", "05:34:17–05:34:26", "05:34:28"] {
            assert!(!report("p2p-call", format, &["--minimise"]).contains(time), "{time} as {format}");
        }
    }
}

#[test]
fn the_purpose_stands_in_every_report_for_readers() {
    for format in ["text", "json", "markdown"] {
        let text = report("sip-call", format, &["--purpose", "Prüfung <b> | 1"]);
        let stated =
            if format == "markdown" { "Zweck: Prüfung &lt;b&gt; &#124; 1" } else { "Zweck: Prüfung <b> | 1" };
        assert!(text.contains(stated), "{format}: {text}");
        assert!(report("sip-call", format, &[]).contains("Ein Zweck wurde nicht angegeben"));
    }
}

#[test]
fn keys_that_are_none_are_refused_with_a_remedy() {
    let folder = Folder::new();
    let short = folder.write("short", b"secret");
    let analyse = |options: &[&str]| run(&[&["analyse", &fixture("sip-call")], options].concat());
    analyse(&["--pseudonymise", "--pseudonym-key", &short]).failed(&["short", "16", "/dev/urandom"]);
    analyse(&["--pseudonymise", "--pseudonym-key", &folder.path("none")]).failed(&["none", "cannot read the key"]);
    analyse(&["--pseudonym-key", &short]).failed(&["--pseudonymise"]);
    analyse(&["--purpose", ""]).failed(&["--purpose"]);
}
