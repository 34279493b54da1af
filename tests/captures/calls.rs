//! Calls of the captures under the folder in `MEETSCOPE_CAPTURES` against the opinion of somebody who read them: which
//! flows carried a call's media, and when they did.

use super::corpus::{analyse, in_parallel, root, with_truth};
use super::program::{items, seconds, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;

/// Share of the media flows of calls that must be given to them.
const FLOWS_FOUND_MIN: f64 = 0.95;
/// Share of the calls of which start and end must be right.
const WINDOWS_RIGHT_MIN: f64 = 0.90;
/// Tolerance of start and end, in seconds.
const EDGE_SECONDS: f64 = 2.0;
/// A capture longer than this holds unrelated recordings, and its window is none of a call, in seconds.
const CAPTURE_SECONDS_MAX: f64 = 86_400.0;

/// What was right, and of how many.
#[derive(Default)]
struct Tally {
    flows: [usize; 2],
    windows: [usize; 2],
}

#[test]
fn media_flows_and_times_are_those_of_the_call() {
    let Some(root) = root() else { return };
    let tally = Mutex::new(Tally::default());
    let bad = in_parallel(&with_truth(&root), |(path, truth)| {
        let analyst = &truth["analyst"];
        if analyst["call"].as_bool() != Some(true) {
            return Vec::new();
        }
        let report = analyse(path).report();
        let (wanted, missed) = missed_flows(analyst, &report);
        let merged = truth["end"]
            .as_f64()
            .zip(truth["start"].as_f64())
            .is_some_and(|(end, start)| end - start > CAPTURE_SECONDS_MAX);
        let window = if merged { Window::LeftOut } else { window_mistake(analyst, &report) };
        if let Ok(mut tally) = tally.lock() {
            tally.flows[0] += wanted - missed.len();
            tally.flows[1] += wanted;
            tally.windows[0] += usize::from(window == Window::Right);
            tally.windows[1] += usize::from(window != Window::LeftOut);
        }
        let mut bad = missed;
        if let Window::Wrong(why) = window {
            bad.push(why);
        }
        bad.into_iter().map(|line| format!("{}: {line}", path.display())).collect()
    });
    let Tally { flows, windows } = tally.into_inner().expect("no thread failed");
    println!("media flows {} of {}, windows {} of {}", flows[0], flows[1], windows[0], windows[1]);
    println!("{}", bad.join("\n"));
    let share = |[right, all]: [usize; 2]| right as f64 / all.max(1) as f64;
    assert!(share(flows) >= FLOWS_FOUND_MIN && share(windows) >= WINDOWS_RIGHT_MIN, "{}", bad.join("\n"));
}

/// How many media flows there are, and those that no meeting lists.
fn missed_flows(analyst: &Value, report: &Value) -> (usize, Vec<String>) {
    let listed: BTreeSet<&str> = items(report, "meetings")
        .iter()
        .flat_map(|meeting| items(meeting, "flows"))
        .filter_map(Value::as_str)
        .collect();
    let flows = items(report, "flows").iter().filter(|flow| listed.contains(text(flow, "id")));
    let found: BTreeSet<_> = flows.map(ends).collect();
    let wanted = items(analyst, "media_flows");
    let is_found = |flow: &&Value| {
        let (local, remote) = ends(flow);
        found.contains(&(local, remote)) || found.contains(&(remote, local))
    };
    let missed = wanted.iter().filter(|flow| !is_found(flow));
    (wanted.len(), missed.map(|flow| format!("flow {:?} of {} packets", ends(flow), flow["packets"])).collect())
}

/// Both ends of a flow as addresses, however they are written.
fn ends(flow: &Value) -> (SocketAddr, SocketAddr) {
    (socket(text(flow, "local")), socket(text(flow, "remote")))
}

fn socket(written: &str) -> SocketAddr {
    let parts = written.rsplit_once(':').and_then(|(address, port)| {
        let address: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
        Some(SocketAddr::new(address, port.parse().ok()?))
    });
    parts.unwrap_or_else(|| panic!("{written:?} is no address with a port"))
}

/// Whether start and end of a call are right.
#[derive(PartialEq)]
enum Window {
    Right,
    Wrong(String),
    LeftOut,
}

/// Compares the times of one meeting, or of all of the provider's together where there are several.
fn window_mistake(analyst: &Value, report: &Value) -> Window {
    let Some(start) = analyst["media_start_utc"].as_str().map(seconds) else { return Window::LeftOut };
    let end = seconds(text(analyst, "media_end_utc"));
    let provider: BTreeSet<&str> = text(analyst, "provider").split('+').collect();
    let all = items(report, "meetings");
    let of_provider: Vec<_> = all.iter().filter(|meeting| provider.contains(text(meeting, "provider"))).collect();
    let meetings = if of_provider.is_empty() { all.iter().collect() } else { of_provider };
    let times: Vec<_> =
        meetings.iter().map(|meeting| (seconds(text(meeting, "start")), seconds(text(meeting, "end")))).collect();
    let union = times.iter().copied().reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
    let near = |(from, to): &(f64, f64)| (from - start).abs() <= EDGE_SECONDS && (to - end).abs() <= EDGE_SECONDS;
    if times.iter().chain(&union).any(near) {
        return Window::Right;
    }
    let apart: Vec<String> =
        times.iter().map(|(from, to)| format!("start {:+.2} s, end {:+.2} s", from - start, to - end)).collect();
    Window::Wrong(format!("of a window of {:.2} s: {}", end - start, apart.join("; ")))
}
