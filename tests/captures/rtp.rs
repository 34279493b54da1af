//! RTP streams of all captures under the folder in `MEETSCOPE_CAPTURES`, against the counts of other programs.

use super::corpus::{in_parallel, read_json, root, with_truth};
use super::program::{items, text};
use meetscope::model::{Direction, MediaStream};
use meetscope::{Decoder, Engine, Merged};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

/// Share of the streams that must be found with their payload types and packets.
const STREAMS_RIGHT_MIN: f64 = 0.98;
/// Part by which counts of packets may differ, and the packets by which small streams may.
const COUNT_TOLERANCE: f64 = 0.01;
const COUNT_SLACK_PACKETS: u64 = 3;

/// Sender, receiver, source.
type Name = (String, String, u64);
/// Packets by payload type.
type Counts = BTreeMap<u64, u64>;

#[test]
fn streams_are_those_that_others_find() {
    let Some(root) = root() else { return };
    let tally = Mutex::new((0usize, 0usize, 0usize));
    let bad = in_parallel(&with_truth(&root), |(path, truth)| {
        let found = streams(path);
        let wanted = items(&truth["rtp"], "streams");
        let mut bad = Vec::new();
        let mut known = Vec::new();
        for stream in wanted {
            let name = (text(stream, "src").to_owned(), text(stream, "dst").to_owned(), number(text(stream, "ssrc")));
            let counts: Counts = stream["payload_types"]
                .as_object()
                .into_iter()
                .flatten()
                .filter_map(|(pt, count)| Some((pt.parse().ok()?, count.as_u64()?)))
                .collect();
            match found.get(&name) {
                Some(ours) if near(ours, &counts) => {}
                ours => bad.push(format!("{}: {name:x?}: {counts:?}, found {ours:?}", path.display())),
            }
            known.push(name);
        }
        let extra: Vec<_> = found.iter().filter(|(name, _)| !known.contains(name)).collect();
        if let Ok(mut tally) = tally.lock() {
            tally.0 += wanted.len();
            tally.1 += bad.len();
            tally.2 += extra.len();
        }
        bad.extend(extra.iter().map(|stream| format!("{}: only ours {stream:x?}", path.display())));
        bad
    });
    let (wanted, missed, extra) = tally.into_inner().expect("no thread failed");
    println!("{}", bad.join("\n"));
    println!("streams: {} of {wanted} right, {extra} only ours", wanted - missed);
}

fn near(ours: &Counts, theirs: &Counts) -> bool {
    ours.keys().eq(theirs.keys())
        && ours.values().zip(theirs.values()).all(|(one, other)| {
            one.abs_diff(*other) <= ((*other as f64 * COUNT_TOLERANCE) as u64).max(COUNT_SLACK_PACKETS)
        })
}

fn number(hexadecimal: &str) -> u64 {
    u64::from_str_radix(hexadecimal.trim_start_matches("0x"), 16).unwrap_or(u64::MAX)
}

/// Every stream in the capture, inside a meeting or not; the parts of one that stand in several flows together.
fn streams(path: &Path) -> BTreeMap<Name, Counts> {
    let mut found: BTreeMap<Name, Counts> = BTreeMap::new();
    let Ok(mut source) = Merged::open(&[path.to_string_lossy().into_owned()]) else { return found };
    let (mut decoder, mut engine) = (Decoder::new(), Engine::default());
    while let Some(frame) = source.next() {
        if let Some(packet) = decoder.decode(&frame) {
            engine.packet(&packet);
        }
    }
    for flow in engine.finish().flows {
        for stream in &flow.streams {
            let (from, to) = match stream.direction {
                Direction::Forward => (flow.opener, flow.responder),
                Direction::Backward => (flow.responder, flow.opener),
            };
            let name = (plain(from), plain(to), u64::from(stream.ssrc));
            add(found.entry(name).or_default(), stream);
        }
    }
    found
}

fn plain(address: std::net::SocketAddr) -> String {
    format!("{}:{}", address.ip(), address.port())
}

fn add(counts: &mut Counts, stream: &MediaStream) {
    for (number, count) in &stream.payload_types {
        *counts.entry(u64::from(*number)).or_default() += count;
    }
}
