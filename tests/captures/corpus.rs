//! All captures under the folder in `MEETSCOPE_CAPTURES`, with the truth of other programs beside them. Without that
//! folder these tests have nothing to read; the fixtures are tested all the same.

use super::program::{Run, items, meetscope, seconds, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Share of the server names that must be read, and of names that nobody else read that may be.
const NAMES_FOUND_MIN: f64 = 0.995;
const NAMES_EXTRA_MAX: f64 = 0.01;
/// Share of the calls of [`CORE`] whose provider must be right, and of the no-calls that must stay quiet.
const PROVIDER_RIGHT_MIN: f64 = 0.98;
const QUIET_MIN: f64 = 0.95;
/// Services that this version promises to recognise.
const CORE: [&str; 6] = ["zoom", "teams", "google-meet", "wechat", "tencent-meeting", "webex"];
/// Tolerance of the start and end of a recorded call, in seconds.
const EDGE_SECONDS: f64 = 1.0;

#[test]
fn every_capture_ends_well_and_twice_the_same() {
    let Some(root) = root() else { return };
    let files = captures(&root);
    println!("{} captures", files.len());
    let bad = in_parallel(&files, |path| {
        let relative = path.strip_prefix(&root).unwrap_or(path).to_string_lossy().into_owned();
        let arguments = ["analyse", &relative, "--format", "json"];
        let (first, second) = (meetscope(&root, &arguments), meetscope(&root, &arguments));
        let mut bad = Vec::new();
        if !matches!(first.code, Some(0..=2)) || first.stderr.contains("panicked") {
            bad.push(format!("{relative}: exit {:?}: {}", first.code, first.stderr));
        }
        if first.code != Some(2) && first.report().is_null() {
            bad.push(format!("{relative}: no report"));
        }
        if first.stdout != second.stdout {
            bad.push(format!("{relative}: two runs differ"));
        }
        bad
    });
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn packets_are_counted_as_others_count_them() {
    let Some(root) = root() else { return };
    let known = with_truth(&root);
    let bad = in_parallel(&known, |(path, truth)| {
        let run = analyse(path);
        let counted = items(&run.report(), "captures").first().and_then(|capture| capture["packets"].as_u64());
        let expected = truth["packets"].as_u64();
        if counted == expected {
            Vec::new()
        } else {
            vec![format!("{}: {counted:?}, truth {expected:?}", path.display())]
        }
    });
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn server_names_are_read_at_the_right_server() {
    let Some(root) = root() else { return };
    let tally = Mutex::new((0usize, 0usize, 0usize));
    let bad = in_parallel(&with_truth(&root), |(path, truth)| {
        let Some(wanted) = truth["sni"].as_array().map(|list| wanted_names(list)) else { return Vec::new() };
        let known: BTreeSet<String> =
            items(truth, "sni").iter().map(|entry| text(entry, "sni").to_lowercase()).collect();
        let read = read_names(&analyse(path).report());
        let extra: BTreeSet<&String> =
            read.iter().map(|(name, _)| name).filter(|name| !known.contains(*name)).collect();
        let missed: Vec<_> = wanted.difference(&read).collect();
        if let Ok(mut tally) = tally.lock() {
            tally.0 += wanted.len() - missed.len();
            tally.1 += missed.len();
            tally.2 += extra.len();
        }
        let missed = missed.iter().map(|name| format!("{}: not read: {name:?}", path.display()));
        missed.chain(extra.iter().map(|name| format!("{}: only ours: {name}", path.display()))).collect()
    });
    let (found, missed, extra) = tally.into_inner().expect("no thread failed");
    println!("server names: {found} read, {missed} missed, {extra} that nobody else read");
    let share = found as f64 / (found + missed).max(1) as f64;
    let fine = found > 0 && share >= NAMES_FOUND_MIN && extra as f64 <= NAMES_EXTRA_MAX * found as f64;
    assert!(fine, "{share:.4} found\n{}", bad.join("\n"));
}

#[test]
fn recorded_calls_are_found_with_start_and_end() {
    let Some(root) = root() else { return };
    let mut bad = Vec::new();
    let truths = files(&root.join("lab")).into_iter().filter(|path| path.to_string_lossy().ends_with(".truth.json"));
    let mut count = 0;
    for path in truths {
        let truth = read_json(&path);
        let capture = root.join("lab").join(text(&truth["capture"], "file"));
        let report = analyse(&capture).report();
        let meetings = items(&report, "meetings");
        let expected = truth["meeting_count"].as_u64().unwrap_or_default() as usize;
        if meetings.len() != expected {
            bad.push(format!("{}: {} meetings, truth {expected}", capture.display(), meetings.len()));
        }
        for (meeting, truth) in meetings.iter().zip(items(&truth, "meetings")) {
            for (field, known) in [("start", "first_rtp"), ("end", "last_rtp")] {
                let Some(at) = truth[known].as_f64() else { continue };
                let apart = (seconds(text(meeting, field)) - at).abs();
                if apart >= EDGE_SECONDS {
                    bad.push(format!("{}: {field} is {apart:.3} s off", capture.display()));
                }
            }
        }
        count += 1;
    }
    println!("{count} recorded calls");
    assert!(count > 0, "no truth of recorded calls under {}", root.display());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn calls_of_the_core_services_are_told_from_everything_else() {
    let Some(root) = root() else { return };
    let tally = Mutex::new([0usize; 4]);
    let bad = in_parallel(&with_truth(&root), |(path, truth)| {
        let analyst = &truth["analyst"];
        let providers: BTreeSet<&str> = text(analyst, "provider").split('+').collect();
        if !CORE.iter().any(|core| providers.contains(core)) {
            return Vec::new();
        }
        let report = analyse(path).report();
        let named: BTreeSet<&str> =
            items(&report, "meetings").iter().map(|meeting| text(meeting, "provider")).collect();
        let right = named.iter().any(|name| providers.contains(name));
        let quiet = named.is_empty();
        let mut bad: Vec<String> = named
            .iter()
            .filter(|name| !name.is_empty() && !providers.contains(*name))
            .map(|name| format!("{}: WRONG provider {name}", path.display()))
            .collect();
        if let Ok(mut tally) = tally.lock() {
            match analyst["call"].as_bool() {
                Some(true) => (tally[0], tally[1]) = (tally[0] + 1, tally[1] + usize::from(right)),
                Some(false) => (tally[2], tally[3]) = (tally[2] + 1, tally[3] + usize::from(quiet)),
                None => {}
            }
        }
        if analyst["call"].as_bool() != Some(!quiet) || (!quiet && !right) {
            bad.push(format!("{}: {providers:?}, said {named:?}", path.display()));
        }
        bad
    });
    let [calls, right, others, quiet] = tally.into_inner().expect("no thread failed");
    println!("provider right in {right} of {calls} calls, {quiet} of {others} no-calls quiet");
    let enough = right as f64 >= PROVIDER_RIGHT_MIN * calls as f64 && quiet as f64 >= QUIET_MIN * others as f64;
    assert!(calls > 0 && enough && !bad.iter().any(|line| line.contains("WRONG")), "{}", bad.join("\n"));
}

/// The folder of captures, if one is named; it must be there then.
pub fn root() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("MEETSCOPE_CAPTURES") else {
        println!("MEETSCOPE_CAPTURES names no folder: only the fixtures are tested");
        return None;
    };
    let given = PathBuf::from(folder);
    let root = if given.is_absolute() { given } else { Path::new(env!("CARGO_MANIFEST_DIR")).join(given) };
    let root = root.canonicalize().unwrap_or_else(|error| panic!("MEETSCOPE_CAPTURES {}: {error}", root.display()));
    assert!(!captures(&root).is_empty(), "no captures under {}", root.display());
    Some(root)
}

/// Every file that is not truth, index or note.
fn captures(root: &Path) -> Vec<PathBuf> {
    let notes = ["json", "tsv", "md", "log"];
    let mut captures = files(root);
    captures.retain(|path| {
        let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        !notes.contains(&extension.as_str()) || path.starts_with(root.join("public"))
    });
    captures
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Public captures with their truth: its name is the capture's path with `/` as `__`.
pub fn with_truth(root: &Path) -> Vec<(PathBuf, Value)> {
    let (public, truth) = (root.join("public"), root.join("public-truth"));
    let pair = |path: PathBuf| {
        let name = path.strip_prefix(&public).ok()?.to_string_lossy().replace('/', "__");
        let truth = truth.join(format!("{name}.json"));
        truth.exists().then(|| (path, read_json(&truth)))
    };
    let known: Vec<_> = files(&public).into_iter().filter_map(pair).collect();
    assert!(!known.is_empty(), "no truth under {}", root.display());
    known
}

pub fn read_json(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn analyse(path: &Path) -> Run {
    meetscope(Path::new("."), &["analyse", &path.to_string_lossy(), "--format", "json"])
}

fn wanted_names(list: &[Value]) -> BTreeSet<(String, String)> {
    let modern = list.iter().filter(|entry| text(entry, "transport") != "gQUIC" && !text(entry, "sni").is_empty());
    modern.map(|entry| (text(entry, "sni").to_lowercase(), plain(text(entry, "dst")))).collect()
}

/// Server names with the address that they were read at, whichever side of the flow that is.
fn read_names(report: &Value) -> BTreeSet<(String, String)> {
    let mut names = BTreeSet::new();
    for flow in items(report, "flows") {
        let own = |name: &&Value| ["tls.sni", "quic.sni", "dtls.sni"].contains(&text(name, "source"));
        for name in items(flow, "names").iter().filter(own) {
            for end in ["remote", "local"] {
                names.insert((text(name, "name").to_lowercase(), plain(text(flow, end))));
            }
        }
    }
    names
}

pub fn plain(address: &str) -> String {
    address.replace(['[', ']'], "")
}

/// Runs `check` over `list` on all cores; the complaints in order.
pub fn in_parallel<T: Sync>(list: &[T], check: impl Fn(&T) -> Vec<String> + Sync) -> Vec<String> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let part = list.len().div_ceil(workers).max(1);
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            list.chunks(part).map(|chunk| scope.spawn(|| chunk.iter().flat_map(&check).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no check panics")).collect()
    })
}
