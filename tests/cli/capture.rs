//! Live capture, as far as it goes without rights: arguments, and refusals before anything begins. With
//! `MEETSCOPE_LIVE=1`, and rights, the loopback is captured from as well.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a live capture takes place in real time")]

use super::program::{Folder, run};
use serde_json::Value;
use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Tolerance of an end that was asked for.
const END_MILLIS: u128 = 300;

#[test]
fn interfaces_are_listed_without_rights() {
    let list = run(&["capture", "--list"]).done().out;
    assert!(list.contains("127.0.0.1"), "{list}");
}

#[test]
fn wrong_arguments_are_refused() {
    let refused = |arguments: &[&str], words: &[&str]| run(&[&["capture"], arguments].concat()).failed(words);
    refused(&["-i", "nosuch0"], &["nosuch0", "127.0.0.1"]);
    refused(&["--for", "soon"], &["--for", "10m"]);
    refused(&["--rotate-size", "100M"], &["--write"]);
    refused(&["-w", "x.pcapng", "--rotate-size", "5"], &["too small"]);
    refused(&["--jsonl", "--format", "json"], &["--format"]);
    refused(&["-o", "report.doc"], &[".json"]);
    refused(&["-w", "same.json", "-o", "./same.json"], &["same.json", "another name"]);
    refused(&["-w", "-"], &["standard output"]);
    refused(&["-i", "any", "-i", "lo"], &["any"]);
}

/// A capture of the loopback, where that is asked for and allowed.
struct Live {
    folder: Folder,
    arguments: Vec<String>,
}

impl Live {
    fn new(arguments: &[&str]) -> Option<Live> {
        if std::env::var_os("MEETSCOPE_LIVE").is_none() {
            println!("left out: MEETSCOPE_LIVE is not set");
            return None;
        }
        let folder = Folder::new();
        let mut all: Vec<String> = ["capture", "-i", "lo", "--no-screen"].map(str::to_owned).into();
        let place = |argument: &&str| match argument.strip_prefix("FOLDER/") {
            Some(name) => folder.path(name),
            None => argument.to_string(),
        };
        all.extend(arguments.iter().map(place));
        Some(Live { folder, arguments: all })
    }

    fn start(&self) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_meetscope"));
        let child = command.args(&self.arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let child = child.expect("the program runs");
        std::thread::sleep(Duration::from_millis(700));
        child
    }

    fn report(&self, name: &str) -> Value {
        serde_json::from_str(&self.folder.read(name)).expect("a report")
    }
}

fn talk(port: u16, packets: usize) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    for _ in 0..packets {
        let _nobody_listens = socket.send_to(&[7; 50], ("127.0.0.1", port));
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn interrupt(child: &Child) {
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill runs").success());
}

#[test]
fn the_report_of_a_capture_is_that_of_its_file() {
    let arguments = ["-w", "FOLDER/a.pcapng", "-o", "FOLDER/a.json", "--filter", "udp port 40321"];
    let Some(live) = Live::new(&arguments) else { return };
    let child = live.start();
    talk(40_321, 50);
    talk(40_322, 50);
    interrupt(&child);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty());
    assert_eq!(live.report("a.json")["captures"][0]["packets"], 50);
    assert_eq!(live.report("a.json")["captures"][0]["dropped"], 0);
    assert_eq!(live.report("a.json")["local"]["basis"], "capturing-host");
    run(&["analyse", &live.folder.path("a.pcapng"), "-o", &live.folder.path("b.json")]).done();
    assert!(live.folder.read("a.json") == live.folder.read("b.json"), "the reports differ");
}

#[test]
fn files_in_turns_are_analysed_as_they_were_captured() {
    let arguments = ["-w", "FOLDER/a.pcapng", "--rotate-time", "1s", "-o", "FOLDER/a.json", "--for", "4s"];
    let filter = ["--filter", "udp port 40323"];
    let Some(live) = Live::new(&[&arguments[..], &filter[..]].concat()) else { return };
    let child = live.start();
    (0..3).for_each(|_| {
        talk(40_323, 20);
        std::thread::sleep(Duration::from_millis(1000));
    });
    assert_eq!(child.wait_with_output().expect("it ends").status.code(), Some(0));
    let report = live.report("a.json");
    let captures = report["captures"].as_array().expect("captures");
    let files: Vec<_> = captures.iter().map(|capture| capture["path"].as_str().expect("a path")).collect();
    assert!(files.len() >= 3, "{files:?}");
    run(&[&["analyse", "-o", &live.folder.path("b.json")], files.as_slice()].concat()).done();
    assert!(live.folder.read("a.json") == live.folder.read("b.json"), "the reports differ");
}

#[test]
fn an_idle_capture_ends_when_it_should() {
    let quiet = ["--filter", "udp port 40324", "-o", "FOLDER/a.json"];
    let Some(live) = Live::new(&quiet) else { return };
    let child = live.start();
    interrupt(&child);
    let asked = Instant::now();
    assert_eq!(child.wait_with_output().expect("it ends").status.code(), Some(0));
    assert!(asked.elapsed().as_millis() < END_MILLIS, "{:?}", asked.elapsed());
    let Some(live) = Live::new(&[&quiet[..], &["--for", "2s"]].concat()) else { return };
    let begun = Instant::now();
    assert_eq!(live.start().wait_with_output().expect("it ends").status.code(), Some(0));
    let late = begun.elapsed().as_millis().saturating_sub(2000);
    assert!(late < END_MILLIS, "{late} ms late");
}
