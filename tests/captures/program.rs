//! Runs the program.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Longest time that one capture may take.
const RUN_SECONDS_MAX: u64 = 60;

/// What a run left behind.
pub struct Run {
    /// Exit code; `None` after a signal or when it took too long.
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Run {
    /// The JSON report, `Null` when there is none.
    pub fn report(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or(Value::Null)
    }
}

/// Runs `meetscope` with `arguments` in `folder`.
pub fn meetscope(folder: &Path, arguments: &[&str]) -> Run {
    let child = Command::new(env!("CARGO_BIN_EXE_meetscope"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let id = child.id();
    let (done, finished) = std::sync::mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    match finished.recv_timeout(Duration::from_secs(RUN_SECONDS_MAX)) {
        Ok(Ok(output)) => Run {
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        },
        _ => {
            let _ = Command::new("kill").arg("-9").arg(id.to_string()).status();
            Run { code: None, stdout: Vec::new(), stderr: format!("took longer than {RUN_SECONDS_MAX} s") }
        }
    }
}

/// Seconds since the epoch of an RFC 3339 time.
pub fn seconds(time: &str) -> f64 {
    let time: jiff::Timestamp = time.parse().unwrap_or_else(|error| panic!("{time:?} is no time: {error}"));
    time.as_nanosecond() as f64 / 1e9
}

/// The items of an array field, none when it is absent.
pub fn items<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A text field, empty when it is absent.
pub fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}
