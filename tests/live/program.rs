//! The program as it captures: what it says while it runs, how it ends, and what it leaves.

use super::lab::{Lab, signal, wait_for};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The program that is tested.
pub const MEETSCOPE: &str = env!("CARGO_BIN_EXE_meetscope");
/// Within this time a capture begins and ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// One line of `--jsonl`, and when it was read.
#[derive(Clone)]
pub struct Event {
    pub at: Instant,
    pub value: Value,
}

impl Event {
    pub fn is(&self, name: &str) -> bool {
        self.value["event"] == name
    }
}

/// A capture that runs.
pub struct Capture {
    child: Child,
    events: Arc<Mutex<Vec<Event>>>,
    readers: Vec<JoinHandle<String>>,
}

/// A capture that ended.
pub struct Ended {
    pub code: Option<i32>,
    pub at: Instant,
    pub events: Vec<Event>,
    pub err: String,
}

impl Capture {
    /// Starts a capture from `eth0` of a host that tells JSON lines, and waits until it has begun.
    pub fn start(lab: &Lab, host: &str, arguments: &[&str]) -> Capture {
        let capture = Capture::of(lab.command(host, MEETSCOPE), arguments);
        capture.wait(|event| event.is("start"));
        capture
    }

    /// Lets a command capture from `eth0`, with JSON lines.
    pub fn of(mut command: Command, arguments: &[&str]) -> Capture {
        command.args(["capture", "-i", "eth0", "--jsonl"]).args(arguments);
        command.env("XDG_DATA_HOME", "/nonexistent").env_remove("SUDO_UID").env_remove("SUDO_GID");
        Capture::spawn(command)
    }

    /// Runs a command whose standard output are JSON lines.
    pub fn spawn(mut command: Command) -> Capture {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program");
        let events = Arc::default();
        let lines = BufReader::new(child.stdout.take().expect("standard output"));
        let mut err = child.stderr.take().expect("standard error");
        let told = Arc::clone(&events);
        let out = std::thread::spawn(move || read_events(lines, &told));
        let err = std::thread::spawn(move || {
            let mut text = Vec::new();
            err.read_to_end(&mut text).expect("standard error");
            String::from_utf8_lossy(&text).into_owned()
        });
        Capture { child, events, readers: vec![out, err] }
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// What was said until now.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().expect("a lock").clone()
    }

    /// Waits for a line, and gives it.
    pub fn wait(&self, is_it: impl Fn(&Event) -> bool) -> Event {
        self.wait_at_most(PATIENCE, is_it)
    }

    pub fn wait_at_most(&self, at_most: Duration, is_it: impl Fn(&Event) -> bool) -> Event {
        let mut found = None;
        wait_for(
            || "line".to_owned(),
            at_most,
            || {
                found = self.events().into_iter().find(|event| is_it(event));
                found.is_some() || self.readers.iter().all(JoinHandle::is_finished)
            },
        );
        found.unwrap_or_else(|| panic!("the capture ended without that line"))
    }

    pub fn signal(&self, which: Signal) {
        signal(&self.child, which);
    }

    /// Waits for the end.
    pub fn end(self) -> Ended {
        self.end_at_most(PATIENCE)
    }

    pub fn end_at_most(mut self, at_most: Duration) -> Ended {
        let mut status = None;
        wait_for(
            || "end of a capture".to_owned(),
            at_most,
            || {
                status = self.child.try_wait().expect("a child");
                status.is_some()
            },
        );
        let at = Instant::now();
        let readers: Vec<_> = self.readers.drain(..).map(|reader| reader.join().expect("a reader")).collect();
        let err = readers.concat();
        Ended { code: status.and_then(|status| status.code()), at, events: self.events(), err }
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// The first line with a name.
    pub fn event(&self, name: &str) -> &Event {
        let found = self.events.iter().find(|event| event.is(name));
        found.unwrap_or_else(|| panic!("no line {name}: {}", self.err))
    }

    /// The end, if all went well.
    pub fn well(self) -> Ended {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self
    }
}

/// Keeps each line with its time; what is no JSON is told as it stands.
fn read_events(lines: impl BufRead, events: &Mutex<Vec<Event>>) -> String {
    let mut strange = String::new();
    for line in lines.lines() {
        let line = line.expect("UTF-8");
        match serde_json::from_str(&line) {
            Ok(value) => events.lock().expect("a lock").push(Event { at: Instant::now(), value }),
            Err(error) => strange += &format!("no JSON: {error}: {line}\n"),
        }
    }
    strange
}

/// The JSON report in a file.
pub fn report(path: &Path) -> Value {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the analysis of a file says.
pub fn analyse(path: &Path) -> Value {
    let mut command = Command::new(MEETSCOPE);
    command.args(["analyse", "--format", "json"]).arg(path).env("XDG_DATA_HOME", "/nonexistent");
    let output = command.output().expect("the program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a JSON report")
}

/// Seconds since 1970 of a time in a report.
pub fn seconds(time: &Value) -> f64 {
    let text = time.as_str().unwrap_or_else(|| panic!("no time: {time}"));
    let time: jiff::Timestamp = text.parse().expect("a time");
    time.as_nanosecond() as f64 / 1e9
}

/// Text of a path that is UTF-8.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}
