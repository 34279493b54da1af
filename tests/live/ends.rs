//! How captures end: by a signal or a time on a silent line, without their interface, on a full disk.

use super::lab::{Lab, Test, run_well};
use super::program::{Capture, Ended, MEETSCOPE, analyse, report, text};
use super::records;
use nix::sys::signal::Signal;
use std::time::{Duration, Instant};

pub const TESTS: &[Test] = &[
    ("ends::a_silent_line_holds_up_no_end_by_signal", a_silent_line_holds_up_no_end_by_signal),
    ("ends::a_silent_line_holds_up_no_end_by_time", a_silent_line_holds_up_no_end_by_time),
    ("ends::packets_before_the_end_are_all_there", packets_before_the_end_are_all_there),
    ("ends::an_interface_that_goes_leaves_what_was_seen", an_interface_that_goes_leaves_what_was_seen),
    ("ends::a_full_disk_ends_the_writing_and_not_the_analysis", a_full_disk_ends_the_writing_and_not_the_analysis),
];

/// A capture ends within this long of its time.
const LATE_AT_MOST: Duration = Duration::from_millis(300);
/// Packets of a burst of pings, both ways.
const PINGS: u64 = 50;

fn a_silent_line_holds_up_no_end_by_signal(lab: &mut Lab) {
    lab.two_hosts();
    for which in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let (file, json) = (lab.path("silent.pcapng"), lab.path("silent.json"));
        let capture = Capture::start(lab, "there", &["-w", text(&file), "-o", text(&json)]);
        std::thread::sleep(Duration::from_millis(1200));
        let asked = Instant::now();
        capture.signal(which);
        let ended = capture.end().well();
        in_time(which.as_str(), asked, &ended);
        assert_eq!(records::packets(&file), 0);
        assert_eq!(report(&json)["captures"][0]["packets"], 0);
    }
}

fn a_silent_line_holds_up_no_end_by_time(lab: &mut Lab) {
    lab.two_hosts();
    let json = lab.path("silent.json");
    let capture = Capture::start(lab, "there", &["--for", "2s", "-o", text(&json)]);
    let begun = capture.wait(|event| event.is("start")).at;
    let ended = capture.end().well();
    in_time("--for 2s", begun + Duration::from_secs(2), &ended);
    assert_eq!(report(&json)["captures"][0]["packets"], 0);
}

fn packets_before_the_end_are_all_there(lab: &mut Lab) {
    lab.two_hosts();
    let (file, json) = (lab.path("pings.pcapng"), lab.path("pings.json"));
    let capture = Capture::start(lab, "there", &["-w", text(&file), "-o", text(&json), "--filter", "icmp"]);
    ping(lab);
    capture.signal(Signal::SIGINT);
    capture.end().well();
    assert_eq!(records::packets(&file), 2 * PINGS, "those that came last as well");
    assert_eq!(report(&json), analyse(&file));
}

fn an_interface_that_goes_leaves_what_was_seen(lab: &mut Lab) {
    lab.two_hosts();
    let (file, json) = (lab.path("gone.pcapng"), lab.path("gone.json"));
    let capture = Capture::start(lab, "there", &["-w", text(&file), "-o", text(&json), "--filter", "icmp"]);
    ping(lab);
    std::thread::sleep(Duration::from_millis(500));
    let gone = Instant::now();
    lab.ip("there", &["link", "delete", "dev", "eth0"]);
    let ended = capture.end();
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("eth0"), "{}", ended.err);
    in_time("an interface that is gone", gone, &ended);
    assert_eq!(records::packets(&file), 2 * PINGS);
    assert_eq!(report(&json)["captures"][0]["packets"], 2 * PINGS);
}

/// The disk is a file system of its own that goes with the process; what it held is copied out at the end.
fn a_full_disk_ends_the_writing_and_not_the_analysis(lab: &mut Lab) {
    lab.two_hosts();
    let (json, copied) = (lab.path("full.json"), lab.path("full.pcapng"));
    let disk = lab.path("disk");
    std::fs::create_dir(&disk).expect("a folder");
    let mut command = lab.command("there", "sh");
    let script = format!(
        "mount -t tmpfs -o size=128k,mode=0777 tmpfs {disk} && {{ {MEETSCOPE} \"$@\"; code=$?; cp {disk}/small.pcapng {copied}; exit $code; }}",
        disk = disk.display(),
        copied = copied.display(),
    );
    command.args(["-c", &script, "sh"]);
    let small = disk.join("small.pcapng");
    let capture = Capture::of(command, &["-w", text(&small), "-o", text(&json), "--for", "5s", "--filter", "icmp"]);
    capture.wait(|event| event.is("start"));
    let sent = 400;
    run_well(lab.command("here", "ping").args(["-q", "-c", "400", "-i", "0.005", "-s", "1400", "10.77.1.12"]));
    let ended = capture.end();
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("small.pcapng") && !ended.err.contains("panicked"), "{}", ended.err);
    println!("  full disk: {}", ended.err.trim());
    assert_eq!(report(&json)["captures"][0]["packets"], 2 * sent, "the analysis goes on");
    let kept = records::packets(&copied);
    assert!(kept > 50 && kept < 2 * sent, "{kept} packets were kept");
}

/// Sends pings from here to there, of which each is answered.
fn ping(lab: &Lab) {
    let count = PINGS.to_string();
    run_well(lab.command("here", "ping").args(["-q", "-c", &count, "-i", "0.005", "10.77.1.12"]));
}

fn in_time(what: &str, due: Instant, ended: &Ended) {
    let early = due.saturating_duration_since(ended.at);
    let late = ended.at.saturating_duration_since(due);
    println!("  {what}: ended {:.0} ms after its time", late.as_secs_f64() * 1000.0);
    assert!(early < LATE_AT_MOST && late < LATE_AT_MOST, "{what}: {early:?} early, {late:?} late");
}
