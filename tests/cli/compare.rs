//! `meetscope compare`: captures and reports to a table.

use super::program::{CALL, Folder, SMALL, bytes, fixture, run, run_with};
use serde_json::Value;

fn table(arguments: &[&str]) -> Value {
    run(&[&["compare", "--format", "json"], arguments].concat()).done().json()
}

fn cells(table: &Value, column: usize) -> Vec<Value> {
    let lines = table["lines"].as_array().expect("lines");
    lines.iter().map(|line| line["cells"][column].clone()).collect()
}

#[test]
fn a_capture_and_its_report_give_the_same_cells() {
    let folder = Folder::new();
    for name in ["p2p-call", "turn-call", "sip-call", "nat-failed"] {
        let (capture, report) = (fixture(name), folder.path("report.json"));
        run(&["analyse", &capture, "-o", &report]).done();
        let table = table(&[&capture, &report]);
        assert_eq!(cells(&table, 0), cells(&table, 1), "{name}");
        assert_eq!((&table["columns"][0]["kind"], &table["columns"][1]["kind"]), (&"capture".into(), &"report".into()));
        assert_eq!(table["remarks"][0]["key"], "same-capture");
    }
}

#[test]
fn reports_are_told_by_their_content_and_may_come_from_standard_input() {
    let folder = Folder::new();
    let report = run(&["analyse", SMALL, "--format", "json"]).done().out;
    let misnamed = folder.write("report.pcap", &report);
    let capture = folder.write("capture.json", bytes(SMALL));
    let table = table(&[&misnamed, &capture]);
    assert_eq!((&table["columns"][0]["kind"], &table["columns"][1]["kind"]), (&"report".into(), &"capture".into()));
    for input in [report.as_bytes().to_vec(), bytes(SMALL)] {
        let piped = run_with(&["compare", "-", CALL, "--format", "json"], &input).done().json();
        assert_eq!(piped["columns"][0]["source"], "-");
    }
}

#[test]
fn tables_go_to_files_of_every_format_in_both_languages() {
    let folder = Folder::new();
    let files = ["t.html", "t.csv", "t.txt", "t.json"].map(|name| folder.path(name));
    let outputs: Vec<&str> = files.iter().flat_map(|file| ["-o", file.as_str()]).collect();
    let ran = run(&[&["compare", CALL, SMALL, "--lang", "en", "--label", "One"], outputs.as_slice()].concat()).done();
    assert_eq!(ran.out, "");
    assert!(folder.read("t.html").contains("lang=\"en\"") && folder.read("t.csv").starts_with("row,group,"));
    assert!(folder.read("t.txt").contains("A  One – fixtures/p2p-call") && folder.read("t.json").contains("\"One\""));
    assert!(run(&["compare", CALL, SMALL]).done().out.contains("Videokonferenzdienste im Vergleich"));
}

#[test]
fn a_meeting_can_be_chosen() {
    let chosen = table(&[&format!("{CALL}#m1"), SMALL]);
    assert_eq!(chosen["columns"][0]["meeting"], "m1");
    run(&["compare", &format!("{CALL}#m9"), SMALL]).failed(&["has no meeting m9", "m1"]);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let folder = Folder::new();
    run(&["compare", CALL]).failed(&["at least two"]);
    run(&["compare", "-", "-"]).failed(&["once only"]);
    run(&["compare", CALL, SMALL, "-o", "t.doc"]).failed(&["t.doc", ".html", ".csv"]);
    run(&["compare", CALL, "none.pcap"]).failed(&["none.pcap"]);
    run(&["compare", CALL, SMALL, "--label", "a", "--label", "b", "--label", "c"]).failed(&["3 labels for 2 files"]);
    for (text, words) in [
        ("{\"schema_version\": 2, \"meetings\": [], \"exposures\": []}", ["`schema_version` is 2", "reads version 1"]),
        ("{\"a\": 1}", ["no report of meetscope", "`schema_version`"]),
        ("{\n\"schema_version\": 1,", ["line 2 column", "analyse"]),
        ("[1, 2]", ["no report of meetscope", "`schema_version`"]),
    ] {
        let path = folder.write("wrong.json", text);
        run(&["compare", CALL, &path]).failed(&words);
        run(&["compare", CALL, &path]).failed(&["wrong.json"]);
    }
    let capture = folder.write("c.csv", bytes(SMALL));
    run(&["compare", &capture, CALL, "-o", &capture]).failed(&["would overwrite"]);
}

#[test]
fn treated_reports_are_compared_too() {
    let folder = Folder::new();
    let report = folder.path("treated.json");
    run(&["analyse", CALL, "--pseudonymise", "--minimise", "-o", &report]).done();
    let table = table(&[CALL, &report]);
    let keys: Vec<_> = table["remarks"].as_array().expect("remarks").iter().map(|remark| &remark["key"]).collect();
    assert!(keys.contains(&&"minimised".into()) && keys.contains(&&"pseudonymised".into()));
    let lines = table["lines"].as_array().expect("lines");
    let talk = lines.iter().find(|line| line["key"] == "talk").expect("the row");
    assert_eq!((&talk["cells"][0]["answer"], &talk["cells"][1]["answer"]), (&"yes".into(), &"yes".into()));
}
