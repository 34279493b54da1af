//! What is refused before a capture begins, and what one right alone is enough for.

use super::lab::{Lab, Test, run_well};
use super::program::{Capture, MEETSCOPE, report, text};
use super::records;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

pub const TESTS: &[Test] = &[
    ("rights::a_file_that_cannot_be_written_is_refused_at_once", a_file_that_cannot_be_written_is_refused_at_once),
    (
        "rights::an_unknown_interface_is_refused_with_those_that_are_there",
        an_unknown_interface_is_refused_with_those_that_are_there,
    ),
    ("rights::a_bad_filter_is_refused", a_bad_filter_is_refused),
    ("rights::who_has_no_right_is_told_what_to_run", who_has_no_right_is_told_what_to_run),
    ("rights::one_right_is_enough_for_an_ordinary_user", one_right_is_enough_for_an_ordinary_user),
    ("rights::interfaces_are_listed_without_rights", interfaces_are_listed_without_rights),
];

/// An ordinary user.
const NOBODY: u32 = 65_534;
/// Somebody may wait this long for a refusal; a capture of `--for 20s` that has begun takes longer.
const REFUSED_WITHIN: Duration = Duration::from_secs(5);

fn a_file_that_cannot_be_written_is_refused_at_once(lab: &mut Lab) {
    lab.two_hosts();
    let nowhere = lab.path("nowhere").join("file");
    for option in ["-w", "-o"] {
        let output = refused(lab.command("there", MEETSCOPE).args(capture(&[option, text(&nowhere)])));
        assert!(said(&output).contains(text(&nowhere)), "{}", said(&output));
    }
}

fn an_unknown_interface_is_refused_with_those_that_are_there(lab: &mut Lab) {
    lab.two_hosts();
    let output = refused(lab.command("there", MEETSCOPE).args(["capture", "-i", "eth7", "--jsonl", "--for", "20s"]));
    assert!(said(&output).contains("eth7") && said(&output).contains("eth0"), "{}", said(&output));
}

fn a_bad_filter_is_refused(lab: &mut Lab) {
    lab.two_hosts();
    let output = refused(lab.command("there", MEETSCOPE).args(capture(&["--filter", "port fourty-two"])));
    assert!(said(&output).contains("port fourty-two"), "{}", said(&output));
}

fn who_has_no_right_is_told_what_to_run(lab: &mut Lab) {
    lab.two_hosts();
    let program = copy(lab);
    let output = refused(as_nobody(lab).arg(&program).args(capture(&[])));
    println!("  without rights: {}", said(&output).trim());
    assert!(said(&output).contains("setcap cap_net_raw"), "{}", said(&output));
}

fn one_right_is_enough_for_an_ordinary_user(lab: &mut Lab) {
    lab.two_hosts();
    let program = copy(lab);
    run_well(Command::new("setcap").arg("cap_net_raw=ep").arg(&program));
    let folder = lab.folder_of(NOBODY);
    let (file, json) = (folder.join("call.pcapng"), folder.join("report.json"));
    let mut command = as_nobody(lab);
    command.arg(&program);
    let capture = Capture::of(command, &["-w", text(&file), "-o", text(&json), "--for", "2s", "--filter", "icmp"]);
    capture.wait(|event| event.is("start"));
    run_well(lab.command("here", "ping").args(["-q", "-c", "20", "-i", "0.01", "10.77.1.12"]));
    capture.end().well();
    assert_eq!(records::packets(&file), 40);
    assert_eq!(report(&json)["captures"][0]["packets"], 40);
}

fn interfaces_are_listed_without_rights(lab: &mut Lab) {
    lab.two_hosts();
    let program = copy(lab);
    let listed = run_well(as_nobody(lab).arg(&program).args(["capture", "--list"]));
    assert!(listed.contains("eth0") && listed.contains("10.77.1.12"), "{listed}");
}

/// Arguments of a capture that would take long.
fn capture<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["capture", "-i", "eth0", "--jsonl", "--for", "20s"], more].concat()
}

/// Runs a command that must be refused soon, before anything is captured.
fn refused(command: &mut Command) -> Output {
    let began = Instant::now();
    let output = command.output().expect("the program");
    assert!(began.elapsed() < REFUSED_WITHIN, "refused after {:?}", began.elapsed());
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(!said(&output).contains("panicked"), "{}", said(&output));
    output
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A copy of the program that everybody may run.
fn copy(lab: &Lab) -> PathBuf {
    let program = lab.path("meetscope");
    fs::copy(MEETSCOPE, &program).expect("a copy of the program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
    program
}

/// A command of an ordinary user on a host.
fn as_nobody(lab: &Lab) -> Command {
    let mut command = lab.command("there", "setpriv");
    command.args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")]).arg("--clear-groups");
    command.env("XDG_DATA_HOME", "/nonexistent");
    command
}
