//! What a capture can no longer do once it has begun: by what the kernel says of it, by what it tried itself, and by
//! calls put into each of its threads from outside.

use super::lab::{Lab, Test, run_well, wait_for};
use super::program::{Capture, MEETSCOPE, text};
use nix::sys::signal::Signal;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

pub const TESTS: &[Test] = &[
    ("confined::a_capture_has_no_right_left", a_capture_has_no_right_left),
    ("confined::nothing_opens_once_the_filter_is_there", nothing_opens_once_the_filter_is_there),
    ("confined::no_thread_can_be_made_to_open_anything", no_thread_can_be_made_to_open_anything),
];

/// The user who called sudo. There need be none of this number.
const USER: u32 = 4242;
const NO_CAPABILITY: &str = "0000000000000000";
/// What must fail in each thread, in the words of a debugger.
const CALLS: [(&str, &str); 6] = [
    ("reads a file", r#"((int(*)(const char*,int))open)("/etc/passwd",0)"#),
    ("makes a file", r#"((int(*)(const char*,int,int))open)("/tmp/meetscope-was-here",65,384)"#),
    ("makes a socket of the network", "((int(*)(int,int,int))socket)(2,1,0)"),
    ("makes a socket of packets", "((int(*)(int,int,int))socket)(17,3,768)"),
    ("becomes root", "((int(*)(int))setuid)(0)"),
    ("runs a program", r#"((int(*)(const char*,char**,char**))execve)("/bin/true",0,0)"#),
];

fn a_capture_has_no_right_left(lab: &mut Lab) {
    lab.two_hosts();
    let folder = lab.folder_of(USER);
    let (file, json) = (folder.join("call.pcapng"), folder.join("report.json"));
    let mut command = lab.command("there", MEETSCOPE);
    sudo(&mut command);
    command.args(capture(&["-w", text(&file), "-o", text(&json)]));
    let capture = Capture::spawn(command);
    let start = capture.wait(|event| event.is("start")).value;
    let guards = start["guards"].as_array().expect("what confines the capture");
    assert!(!guards.is_empty(), "{start}");
    for guard in guards {
        println!("  {guard}");
        assert_eq!(guard["in_force"], true, "{guard}");
    }

    capture.wait(|event| event.is("status"));
    let threads = threads(capture.process());
    println!("  {} threads", threads.len());
    assert!(threads.len() > 1, "the capture has threads of its own");
    for status in &threads {
        for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            assert_eq!(status[set], NO_CAPABILITY, "{set} of {}", status["Name"]);
        }
        assert_eq!((status["NoNewPrivs"].as_str(), status["Seccomp"].as_str()), ("1", "2"), "{}", status["Name"]);
        for ids in ["Uid", "Gid"] {
            assert!(status[ids].split_whitespace().all(|id| id == USER.to_string()), "{ids} {}", status[ids]);
        }
        assert_eq!(status["Groups"].split_whitespace().filter(|id| **id != *USER.to_string()).count(), 0);
    }

    capture.signal(Signal::SIGINT);
    capture.end().well();
    for made in [file, json] {
        assert_eq!(fs::metadata(&made).expect("a file").uid(), USER, "{} is the user's", made.display());
    }
}

/// The program tries what it must not be able to do, and the kernel refuses: seen by strace, which sees every call.
fn nothing_opens_once_the_filter_is_there(lab: &mut Lab) {
    lab.two_hosts();
    let trace = lab.path("trace");
    let mut command = lab.command("there", "strace");
    sudo(&mut command);
    let calls = "trace=seccomp,prctl,open,openat,openat2,creat,socket,socketpair,connect,bind,execve,execveat";
    command.args(["-f", "-o", text(&trace), "-e", calls, MEETSCOPE]);
    let file = lab.folder_of(USER).join("call.pcapng");
    Capture::spawn({
        command.args(capture(&["-w", text(&file), "--for", "2s"]));
        command
    })
    .end()
    .well();
    let trace = fs::read_to_string(&trace).expect("a trace");
    let lines: Vec<_> = trace.lines().collect();
    let confined =
        lines.iter().rposition(|line| line.contains("SECCOMP_SET_MODE_FILTER") || line.contains("PR_SET_SECCOMP"));
    let (_, after) = lines.split_at(confined.expect("a filter of calls") + 1);
    let tried = |name: &str| after.iter().filter(|line| line.contains(&format!(" {name}("))).count();
    println!("  tried: {} opens, {} sockets", tried("openat"), tried("socket"));
    assert!(tried("openat") > 0 && tried("socket") > 1, "{after:#?}");
    let opens = ["open", "openat", "openat2", "creat", "socket", "socketpair", "connect", "bind", "execve", "execveat"];
    for line in after.iter().filter(|line| opens.iter().any(|name| line.contains(&format!(" {name}(")))) {
        assert!(line.contains("= -1 EPERM") || line.contains("= -1 EACCES"), "{line}");
    }
}

/// Calls put into every thread fail, and the capture goes on.
fn no_thread_can_be_made_to_open_anything(lab: &mut Lab) {
    lab.two_hosts();
    let mut command = lab.command("there", MEETSCOPE);
    sudo(&mut command);
    command.args(capture(&[]));
    let capture = Capture::spawn(command);
    capture.wait(|event| event.is("status"));
    let threads = threads(capture.process()).len();
    let mut gdb = Command::new("gdb");
    gdb.args(["-nx", "-q", "-batch", "-p", &capture.process().to_string()]);
    for (_, call) in CALLS {
        gdb.args(["-ex", &format!("thread apply all -q print {call}")]);
    }
    let said = run_well(&mut gdb);
    let results: Vec<_> = said.lines().filter_map(|line| line.strip_prefix('$')?.split_once(" = ")).collect();
    assert_eq!(results.len(), CALLS.len() * threads, "{said}");
    for ((_, result), (what, _)) in results.iter().zip(CALLS.iter().flat_map(|call| vec![call; threads])) {
        assert_eq!(*result, "-1", "a thread {what}");
    }
    assert!(!Path::new("/tmp/meetscope-was-here").exists());
    let seen = capture.events().len();
    wait_for(|| "capture that goes on".to_owned(), Duration::from_secs(5), || capture.events().len() > seen);
    capture.signal(Signal::SIGINT);
    capture.end().well();
}

/// As sudo calls a program.
fn sudo(command: &mut Command) {
    command.envs([("SUDO_UID", USER.to_string()), ("SUDO_GID", USER.to_string())]).env("SUDO_USER", "somebody");
}

fn capture<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["capture", "-i", "eth0", "--jsonl"], more].concat()
}

/// What the kernel says of each thread of a process.
fn threads(process: u32) -> Vec<BTreeMap<String, String>> {
    let folder = fs::read_dir(format!("/proc/{process}/task")).expect("threads");
    let statuses = folder.map(|thread| fs::read_to_string(thread.expect("a thread").path().join("status")));
    statuses.filter_map(Result::ok).map(|status| fields(&status)).collect()
}

fn fields(status: &str) -> BTreeMap<String, String> {
    let fields = status.lines().filter_map(|line| line.split_once(':'));
    fields.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}
