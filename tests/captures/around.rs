//! What surrounds a call, read from all captures under the folder in `MEETSCOPE_CAPTURES` and compared with what
//! another program read: names and programs of devices, names asked for, hop limits.

use super::corpus::{in_parallel, root, with_truth};
use meetscope::engine::{FlowRecord, Traffic};
use meetscope::model::Value as FactValue;
use meetscope::{Decoder, Engine, Merged};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

/// Share of the values of each kind that must be read.
const FOUND_MIN: f64 = 0.98;
/// Type numbers of DNS that stand behind a name in the truth are split off at this.
const TYPE_MARK: char = ' ';

/// One kind of value: the block of the truth, what a correct reader finds in it, and what is read here.
struct Kind {
    block: &'static str,
    wanted: fn(&Value) -> BTreeSet<String>,
    read: fn(&Traffic) -> BTreeSet<String>,
}

const KINDS: &[Kind] = &[
    Kind {
        block: "dhcp",
        wanted: |block| keys(block).into_iter().collect(),
        read: |traffic| {
            let names = facts(traffic, &["dhcp.host-name"]).into_iter().map(|name| format!("hostname={name}"));
            let classes = facts(traffic, &["dhcp.vendor-class"]).into_iter().map(|class| format!("vendor={class}"));
            names.chain(classes).collect()
        },
    },
    Kind {
        block: "nbns_names",
        wanted: |block| keys(block).iter().map(|name| unfilled(name)).collect(),
        read: |traffic| {
            facts(traffic, &["nbns.name", "nbns.host", "nbns.group", "nbns.user"]).iter().map(|n| kindless(n)).collect()
        },
    },
    Kind {
        block: "mdns_names",
        wanted: |block| keys(block).iter().map(|name| folded(name)).collect(),
        read: |traffic| facts(traffic, &["mdns.name"]).iter().map(|name| folded(name)).collect(),
    },
    Kind {
        block: "llmnr_names",
        wanted: |block| keys(block).iter().map(|name| folded(name)).collect(),
        read: |traffic| facts(traffic, &["llmnr.name"]).iter().map(|name| folded(name)).collect(),
    },
    Kind {
        block: "ssdp",
        wanted: |block| keys(block).iter().map(|value| value.trim_start_matches("SERVER: ").to_owned()).collect(),
        read: |traffic| facts(traffic, &["ssdp.server", "ssdp.user-agent"]),
    },
    Kind {
        block: "http_user_agents",
        wanted: |block| keys(block).into_iter().collect(),
        read: |traffic| facts(traffic, &["http.user-agent"]),
    },
    Kind {
        block: "http_hosts",
        wanted: |block| keys(block).iter().map(|host| host_of(host)).collect(),
        read: |traffic| facts(traffic, &["http.host"]),
    },
    Kind {
        block: "dns_queries",
        wanted: |block| {
            keys(block).iter().map(|asked| folded(asked.split(TYPE_MARK).next().unwrap_or_default())).collect()
        },
        read: |traffic| {
            facts(traffic, &["dns.query", "mdns.name", "llmnr.name"]).iter().map(|name| folded(name)).collect()
        },
    },
];

#[test]
fn what_devices_say_of_themselves_is_read() {
    let Some(root) = root() else { return };
    let tally: Mutex<BTreeMap<&str, (usize, usize)>> = Mutex::default();
    let missed = in_parallel(&with_truth(&root), |(path, truth)| {
        let (traffic, has_secrets) = traffic(path);
        let mut complaints = Vec::new();
        // With the secrets that the file brings, others decrypt what an observer cannot read.
        for kind in KINDS.iter().filter(|kind| !(has_secrets && kind.block.starts_with("http"))) {
            let (wanted, read) = ((kind.wanted)(&truth[kind.block]), (kind.read)(&traffic));
            let missed: Vec<_> = wanted.difference(&read).collect();
            let mut tally = tally.lock().expect("no thread failed");
            let (found, total) = tally.entry(kind.block).or_default();
            (*found, *total) = (*found + wanted.len() - missed.len(), *total + wanted.len());
            complaints.extend(missed.iter().map(|value| format!("{}: {}: {value}", path.display(), kind.block)));
        }
        complaints
    });
    let tally = tally.into_inner().expect("no thread failed");
    for (block, (found, total)) in &tally {
        println!("{block}: {found} of {total} read");
    }
    let enough = |(found, total): &(usize, usize)| *total > 0 && *found as f64 >= FOUND_MIN * *total as f64;
    assert!(tally.values().all(enough), "{tally:?}\n{}", missed.join("\n"));
}

#[test]
fn hop_limits_are_those_of_the_senders() {
    let Some(root) = root() else { return };
    let tally = Mutex::new((0usize, 0usize));
    let bad = in_parallel(&with_truth(&root), |(path, truth)| {
        let known = &truth["ttl_by_source"];
        let mut wrong = Vec::new();
        for flow in &traffic(path).0.flows {
            for (address, limit) in senders(flow) {
                let Some(limits) = known.get(&address) else { continue };
                let right = limits.get(limit.to_string()).is_some();
                let mut tally = tally.lock().expect("no thread failed");
                (tally.0, tally.1) = (tally.0 + usize::from(right), tally.1 + 1);
                if !right {
                    wrong.push(format!("{}: {address} with {limit}, truth {limits}", path.display()));
                }
            }
        }
        wrong
    });
    let (right, total) = tally.into_inner().expect("no thread failed");
    println!("hop limits: {right} of {total} right");
    assert!(total > 0 && right as f64 >= FOUND_MIN * total as f64, "{}", bad.join("\n"));
}

/// Senders of a flow with the hop limit that was seen first.
fn senders(flow: &FlowRecord) -> Vec<(String, u8)> {
    let ends = [flow.opener, flow.responder];
    let seen = ends.iter().zip(flow.hop_limits).zip(&flow.counters).filter(|(_, counters)| counters.packets > 0);
    seen.map(|((end, limit), _)| (end.ip().to_string(), limit)).collect()
}

/// What the engine learnt of a capture, and whether the file brings decryption secrets.
fn traffic(path: &Path) -> (Traffic, bool) {
    let mut source = Merged::open(&[path.to_string_lossy().into_owned()]).expect("a capture");
    let (mut decoder, mut engine) = (Decoder::new(), Engine::default());
    while let Some(frame) = source.next() {
        if let Some(packet) = decoder.decode(&frame) {
            engine.packet(&packet);
        }
    }
    (engine.finish(), source.captures().iter().any(|capture| capture.has_secrets))
}

fn facts(traffic: &Traffic, names: &[&str]) -> BTreeSet<String> {
    let all = traffic.flows.iter().flat_map(|flow| flow.facts.iter());
    let chosen = all.filter(|fact| names.contains(&fact.key.name));
    let text = |value: &FactValue| value.to_string();
    chosen.map(|fact| text(&fact.value)).collect()
}

/// The values that a block lists, each with a count that is of no interest here.
fn keys(block: &Value) -> Vec<String> {
    block.as_object().into_iter().flat_map(|values| values.keys().cloned()).collect()
}

/// A name whose letter case and escapes do not count.
fn folded(name: &str) -> String {
    name.to_lowercase().replace('\\', "")
}

/// A NetBIOS name without its kind and the zeros that fill it.
fn unfilled(name: &str) -> String {
    let mut name = kindless(name);
    while let Some(shorter) = name.strip_suffix("<00>") {
        name = shorter.to_owned();
    }
    name
}

/// A NetBIOS name without the kind behind it: a name that a device has for itself is told without.
fn kindless(name: &str) -> String {
    let plain = name.len().checked_sub(4).filter(|_| name.ends_with('>')).and_then(|at| name.get(..at));
    plain.unwrap_or(name).to_owned()
}

/// `host:port @ address:port` without ports and address.
fn host_of(text: &str) -> String {
    let host = text.split(" @ ").next().unwrap_or_default().to_lowercase();
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name.to_owned(),
        _ => host,
    }
}
