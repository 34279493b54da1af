//! JA3 and JA4 of every handshake in the captures of `MEETSCOPE_CAPTURES` against those that another program read.

use super::corpus::{analyse, in_parallel, plain, root, with_truth};
use super::program::{items, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// Share of the fingerprints that must be the same.
const SAME_MIN: f64 = 0.99;
/// Kinds of fingerprints.
const KINDS: [&str; 2] = ["ja3", "ja4"];

/// A protocol's fingerprint of one kind with the server that it was shown to; of DTLS the server stays empty, since
/// other programs list them by capture.
type Shown = BTreeSet<(String, String)>;

/// Fingerprints by key, such as `tls.ja4`.
type ByKey = BTreeMap<String, Shown>;

#[derive(Default)]
struct Tally {
    same: usize,
    missed: usize,
    extra: usize,
}

#[test]
fn fingerprints_are_those_of_the_reference() {
    let Some(root) = root() else { return };
    let tally: Mutex<BTreeMap<String, Tally>> = Mutex::default();
    let bad = in_parallel(&with_truth(&root), |(path, truth)| {
        let wanted = wanted(truth);
        let read = read(&analyse(path).report(), &wanted);
        let mut bad = Vec::new();
        for (key, wanted) in &wanted {
            let read = read.get(key).cloned().unwrap_or_default();
            let missed: Vec<_> = wanted.difference(&read).collect();
            let extra: Vec<_> = read.difference(wanted).collect();
            if let Ok(mut tally) = tally.lock() {
                let tally = tally.entry(key.clone()).or_default();
                tally.same += wanted.len() - missed.len();
                tally.missed += missed.len();
                tally.extra += extra.len();
            }
            bad.extend(missed.iter().map(|one| format!("{}: {key} not read: {one:?}", path.display())));
            bad.extend(extra.iter().map(|one| format!("{}: {key} only ours: {one:?}", path.display())));
        }
        bad
    });
    let tally = tally.into_inner().expect("no thread failed");
    for (key, Tally { same, missed, extra }) in &tally {
        println!("{key}: {same} same, {missed} missed, {extra} that nobody else read");
    }
    bad.iter().for_each(|line| println!("{line}"));
    let enough = |tally: &Tally| tally.same as f64 >= SAME_MIN * (tally.same + tally.missed) as f64;
    assert_eq!(tally.len(), 6, "TLS, QUIC and DTLS have both kinds");
    assert!(tally.values().all(|tally| tally.same > 0 && enough(tally)), "{}", bad.join("\n"));
}

/// What the other program read.
fn wanted(truth: &Value) -> ByKey {
    let mut wanted = ByKey::new();
    for entry in items(truth, "sni") {
        let protocol = match text(entry, "transport") {
            "TLS" => "tls",
            "QUIC" => "quic",
            _ => continue,
        };
        for kind in KINDS {
            for value in items(entry, kind).iter().filter_map(Value::as_str) {
                let shown = wanted.entry(format!("{protocol}.{kind}")).or_default();
                shown.insert((value.to_owned(), plain(text(entry, "dst"))));
            }
        }
    }
    for kind in KINDS {
        for value in truth["dtls"][kind].as_object().into_iter().flat_map(|counts| counts.keys()) {
            wanted.entry(format!("dtls.{kind}")).or_default().insert((value.clone(), String::new()));
        }
    }
    wanted
}

/// What we read, at the servers that the other program lists.
fn read(report: &Value, wanted: &ByKey) -> ByKey {
    let servers: BTreeSet<&String> = wanted.values().flatten().map(|(_, server)| server).collect();
    let mut read = ByKey::new();
    for flow in items(report, "flows") {
        let ends = [plain(text(flow, "remote")), plain(text(flow, "local"))];
        for fact in items(flow, "facts") {
            let key = text(fact, "key");
            let server = ends.iter().find(|end| servers.contains(end)).filter(|_| !key.starts_with("dtls."));
            let is_listed = wanted.contains_key(key) && (server.is_some() || key.starts_with("dtls."));
            if is_listed {
                let shown = (text(fact, "value").to_owned(), server.cloned().unwrap_or_default());
                read.entry(key.to_owned()).or_default().insert(shown);
            }
        }
    }
    read
}
