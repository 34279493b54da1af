//! Exit codes, and messages that say what is wrong and what to do.

use super::program::{CALL, Folder, Ran, SMALL, bytes, run};
use std::process::{Command, Stdio};

fn analyse(arguments: &[&str]) -> Ran {
    run(&[&["analyse"], arguments].concat())
}

#[test]
fn whole_captures_are_analysed_in_silence() {
    let ran = analyse(&[CALL]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("10.77.2.12"), "{}", ran.out);
}

#[test]
fn a_capture_without_meeting_is_analysed_too() {
    let folder = Folder::new();
    let header_only = folder.write("no-packets.pcap", &bytes(CALL)[..24]);
    let report = analyse(&[&header_only, "--format", "json"]).done().json();
    assert_eq!(report["captures"][0]["packets"], 0);
    assert_eq!(report["meetings"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_capture_cut_within_a_packet_gives_a_partial_report() {
    let folder = Folder::new();
    let cut = folder.write("cut.pcap", &bytes(CALL)[..2_000_001]);
    let ran = analyse(&[&cut, "-o", &folder.path("a.json")]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
    assert!(ran.err.contains("cut.pcap") && ran.err.contains("at byte ") && ran.err.contains("frame"), "{}", ran.err);
    let report: serde_json::Value = serde_json::from_str(&folder.read("a.json")).expect("JSON");
    assert!(report["captures"][0]["packets"].as_u64().expect("packets") > 5_000);
    assert_eq!(report["meetings"].as_array().map(Vec::len), Some(1));
    assert!(report["captures"][0]["damage"].as_str().expect("damage").contains("at byte "));
}

#[test]
fn what_is_no_capture_is_refused_with_a_remedy() {
    let folder = Folder::new();
    let text = folder.write("notes.txt", "Only notes.\n");
    analyse(&[&text]).failed(&["notes.txt", "it is text", "give the capture"]);
    let empty = folder.write("empty.pcap", "");
    analyse(&[&empty]).failed(&["empty.pcap", "is empty", "stopped before"]);
    analyse(&[&folder.path("missing.pcap")]).failed(&["missing.pcap", "check that the path is right"]);
    analyse(&[&folder.path(".")]).failed(&["is a directory", "name the capture files"]);
    analyse(&[CALL, &text]).failed(&["notes.txt"]);
}

#[test]
fn arguments_that_are_missing_or_wrong_are_told() {
    run(&[]).failed(&["Usage: meetscope", "analyse"]);
    analyse(&[]).failed(&["<FILE>", "--help"]);
    run(&["analyze-this"]).failed(&["analyze-this", "--help"]);
    analyse(&[CALL, "--format", "docx"]).failed(&["docx", "json", "text"]);
    analyse(&[CALL, "--lang", "fr"]).failed(&["fr", "de", "en"]);
    analyse(&[CALL, "--local", "here"]).failed(&["here", "192.168.1.0/24"]);
    analyse(&[CALL, "--from", "Berlin"]).failed(&["Berlin", "53.79,12.17"]);
    analyse(&[CALL, "--from", "91,0"]).failed(&["91,0", "53.79,12.17"]);
}

#[test]
fn outputs_that_cannot_be_written_are_told() {
    analyse(&[SMALL, "-o", "x.xyz"]).failed(&["x.xyz", "extension", ".txt", ".json"]);
    analyse(&[SMALL, "-o", "report"]).failed(&["report", "extension"]);
    let folder = Folder::new();
    let nowhere = folder.path("missing/a.json");
    analyse(&[SMALL, "-o", &nowhere]).failed(&["cannot write the report", "a.json", "may write"]);
}

#[test]
fn a_report_does_not_overwrite_its_capture() {
    let folder = Folder::new();
    let capture = folder.write("call.json", bytes(SMALL));
    analyse(&[&capture, "-o", &capture]).failed(&["call.json", "overwrite", "another name"]);
    assert_eq!(bytes(&capture), bytes(SMALL));
}

#[test]
fn an_unknown_extension_writes_none_of_the_outputs() {
    let folder = Folder::new();
    analyse(&[SMALL, "-o", &folder.path("a.json"), "-o", &folder.path("b.xyz")]).failed(&["b.xyz"]);
    assert!(!std::path::Path::new(&folder.path("a.json")).exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = Folder::new();
    let full = folder.path("full.json");
    std::os::unix::fs::symlink("/dev/full", &full).expect("a link");
    analyse(&[SMALL, "-o", &full]).failed(&["cannot write the report", "full.json"]);
}

#[test]
fn several_outputs_are_all_written_and_nothing_else() {
    let folder = Folder::new();
    let (json, text) = (folder.path("a.json"), folder.path("b.txt"));
    let ran = analyse(&[CALL, "-o", &json, "-o", &text]).done();
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
    assert_eq!(folder.read("a.json"), analyse(&[CALL, "--format", "json"]).out);
    assert_eq!(folder.read("b.txt"), analyse(&[CALL]).out);
}

#[test]
fn a_format_that_is_named_goes_to_standard_output_besides_files() {
    let folder = Folder::new();
    let ran = analyse(&[SMALL, "-o", &folder.path("b.txt"), "--format", "json"]).done();
    assert_eq!(ran.json()["schema_version"], 1);
    assert_eq!(folder.read("b.txt"), analyse(&[SMALL]).out);
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    for arguments in [&["analyse", CALL, "--format", "json"][..], &["schema"], &["facts"], &["completions", "bash"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_meetscope"))
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
}
