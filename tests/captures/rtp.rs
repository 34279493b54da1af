//! RTP streams of all captures under the folder in `MEETSCOPE_CAPTURES`: those of recorded calls against what was sent,
//! and the others against the counts of another program. Where the two differ, the packets decide: [`Witness`] knows
//! no protocol but the fixed RTP header, and counts what the wire holds of a stream, whatever is wrapped around it.

use super::corpus::{files, in_parallel, read_json, root, with_truth};
use super::program::{items, text};
use meetscope::model::{Direction, MediaStream, Transport};
use meetscope::{Decoder, Engine, Merged};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

/// Share of the streams in which the packets bear out what was found, and share in which the other program agrees.
const STREAMS_RIGHT_MIN: f64 = 0.98;
const STREAMS_AGREED_MIN: f64 = 0.88;
/// Part by which counts of packets may differ, and the packets by which those of small streams may.
const COUNT_TOLERANCE: f64 = 0.01;
const COUNT_SLACK_PACKETS: u64 = 3;
/// Bytes of framing in front of RTP among which the witness looks.
const FRAMING_BYTES_MAX: usize = 96;
/// Bytes of a fixed RTP header.
const HEADER_BYTES: usize = 12;

/// Sender, receiver, source.
type Name = (String, String, u64);
/// Packets by payload type.
type Counts = BTreeMap<u64, u64>;

/// What is on the wire of one stream: packets, and those that are not the same packet again.
#[derive(Default)]
struct Witness {
    packets: u64,
    distinct: BTreeSet<(u16, u32)>,
}

/// Streams that were found, and the witness to those that are asked for.
#[derive(Default)]
struct Reading {
    found: BTreeMap<Name, Counts>,
    witness: BTreeMap<Name, Witness>,
}

#[test]
fn streams_are_those_that_others_find_or_the_packets_say_why_not() {
    let Some(root) = root() else { return };
    let tally: Mutex<BTreeMap<&str, usize>> = Mutex::default();
    let bad = in_parallel(&with_truth(&root), |(path, truth)| {
        let wanted: Vec<(Name, Counts)> = items(&truth["rtp"], "streams").iter().map(wanted).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let reading = read(path, &wanted);
        let mut bad = Vec::new();
        for (name, theirs) in &wanted {
            let verdict = verdict(&reading, name, theirs);
            if let Ok(mut tally) = tally.lock() {
                *tally.entry(verdict).or_default() += 1;
            }
            if verdict == WRONG {
                bad.push(format!("{}: {name:x?}: {theirs:?}, found {:?}", path.display(), reading.found.get(name)));
            }
        }
        bad
    });
    let tally = tally.into_inner().expect("no thread failed");
    let all: usize = tally.values().sum();
    println!("{all} streams: {tally:?}\n{}", bad.join("\n"));
    let share = |count: usize| count as f64 / all.max(1) as f64;
    let (wrong, agreed) = (tally.get(WRONG).copied().unwrap_or(0), tally.get(AGREED).copied().unwrap_or(0));
    assert!(all > 0 && 1.0 - share(wrong) >= STREAMS_RIGHT_MIN, "{wrong} wrong\n{}", bad.join("\n"));
    assert!(share(agreed) >= STREAMS_AGREED_MIN, "only {agreed} agreed");
}

#[test]
fn streams_of_recorded_calls_are_found_to_the_packet() {
    let Some(root) = root() else { return };
    let (mut bad, mut count) = (Vec::new(), 0);
    for path in files(&root.join("lab")).into_iter().filter(|path| path.to_string_lossy().ends_with(".truth.json")) {
        let truth = read_json(&path);
        let reading = read(&root.join("lab").join(text(&truth["capture"], "file")), &[]);
        for stream in items(&truth, "ssrcs") {
            let packets = stream["wire"]["packets"].as_u64().or(stream["packets"].as_u64()).unwrap_or_default();
            let ssrc = stream["ssrc"].as_u64().unwrap_or_default();
            let found: u64 =
                reading.found.iter().filter(|(name, _)| name.2 == ssrc).flat_map(|(_, counts)| counts.values()).sum();
            count += usize::from(packets > 0);
            if found.abs_diff(packets) as f64 > packets as f64 * COUNT_TOLERANCE {
                bad.push(format!("{}: {ssrc:#x}: {packets} packets sent, {found} found", path.display()));
            }
        }
        let sent: Vec<u64> = items(&truth, "ssrcs").iter().filter_map(|stream| stream["ssrc"].as_u64()).collect();
        let extra = reading.found.keys().filter(|name| !sent.contains(&name.2));
        bad.extend(extra.map(|name| format!("{}: nobody sent {name:x?}", path.display())));
    }
    println!("{count} streams of recorded calls");
    assert!(count > 0 && bad.is_empty(), "{}", bad.join("\n"));
}

/// The other program counts the same.
const AGREED: &str = "agreed";
/// Neither the other program nor the packets bear it out.
const WRONG: &str = "wrong";

/// Who is right about one stream, and why the other is not.
fn verdict(reading: &Reading, name: &Name, theirs: &Counts) -> &'static str {
    let Some(ours) = reading.found.get(name).filter(|ours| ours.keys().eq(theirs.keys())) else { return WRONG };
    if ours.values().zip(theirs.values()).all(|(ours, theirs)| near(*ours, *theirs)) {
        return AGREED;
    }
    let Some(witness) = reading.witness.get(name) else { return WRONG };
    let (ours, theirs, distinct) = (total(ours), total(theirs), witness.distinct.len() as u64);
    match () {
        () if !near(ours, distinct) => WRONG,
        () if near(theirs, witness.packets) => "captured more than once, which the other program counts",
        () if theirs < ours => "the other program missed packets that are there",
        () => WRONG,
    }
}

fn near(one: u64, other: u64) -> bool {
    one.abs_diff(other) <= ((other as f64 * COUNT_TOLERANCE) as u64).max(COUNT_SLACK_PACKETS)
}

fn total(counts: &Counts) -> u64 {
    counts.values().sum()
}

fn wanted(stream: &Value) -> (Name, Counts) {
    let ssrc = u64::from_str_radix(text(stream, "ssrc").trim_start_matches("0x"), 16).unwrap_or(u64::MAX);
    let types = stream["payload_types"].as_object().into_iter().flatten();
    let counts = types.filter_map(|(number, count)| Some((number.parse().ok()?, count.as_u64()?))).collect();
    ((text(stream, "src").to_owned(), text(stream, "dst").to_owned(), ssrc), counts)
}

/// Every stream in the capture, inside a meeting or not; the parts of one that stand in several flows together.
fn read(path: &Path, wanted: &[(Name, Counts)]) -> Reading {
    let mut reading = Reading::default();
    let Ok(mut source) = Merged::open(&[path.to_string_lossy().into_owned()]) else { return reading };
    let (mut decoder, mut engine) = (Decoder::new(), Engine::default());
    while let Some(frame) = source.next() {
        let Some(packet) = decoder.decode(&frame) else { continue };
        if let Transport::Udp(..) = packet.transport {
            let (from, to) = packet.endpoints();
            let of_flow = wanted.iter().filter(|(name, _)| name.0 == plain(from) && name.1 == plain(to));
            of_flow.for_each(|(name, types)| witness(packet.payload, name, types, &mut reading.witness));
        }
        engine.packet(&packet);
    }
    for flow in engine.finish().flows {
        for stream in &flow.streams {
            let (from, to) = match stream.direction {
                Direction::Forward => (flow.opener, flow.responder),
                Direction::Backward => (flow.responder, flow.opener),
            };
            let name = (plain(from), plain(to), u64::from(stream.ssrc));
            add(reading.found.entry(name).or_default(), stream);
        }
    }
    reading
}

/// Counts a payload in which, somewhere near its front, an RTP header of this source with one of these types stands.
fn witness(payload: &[u8], name: &Name, types: &Counts, seen: &mut BTreeMap<Name, Witness>) {
    let header = payload.windows(HEADER_BYTES).take(FRAMING_BYTES_MAX).find(|bytes| {
        let source = u32::from_be_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
        bytes[0] >> 6 == 2 && types.contains_key(&u64::from(bytes[1] & 0x7f)) && u64::from(source) == name.2
    });
    if let Some(bytes) = header {
        let witness = seen.entry(name.clone()).or_default();
        witness.packets += 1;
        let timestamp = u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
        witness.distinct.insert((u16::from_be_bytes([bytes[2], bytes[3]]), timestamp));
    }
}

fn plain(address: std::net::SocketAddr) -> String {
    format!("{}:{}", address.ip(), address.port())
}

fn add(counts: &mut Counts, stream: &MediaStream) {
    for (number, count) in &stream.payload_types {
        *counts.entry(u64::from(*number)).or_default() += count;
    }
}
