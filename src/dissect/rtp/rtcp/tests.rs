//! Compounds in clear, encrypted ones, and what is neither.

use super::*;
use crate::model::{Direction, Timestamp, Value};

/// When the made packets begin.
const START_SECONDS: i64 = 1_795_412_036;

/// Sender report with the count 37, then a description with CNAME and TOOL.
fn compound() -> Vec<u8> {
    let mut bytes = vec![0x80, 200, 0, 6, 0, 0, 0, 9];
    bytes.extend([0xe7, 1, 2, 3, 4, 5, 6, 7, 0, 0, 1, 0, 0, 0, 0, 37, 0, 0, 9, 9]);
    let mut chunk = vec![0, 0, 0, 9, 1, 21];
    chunk.extend(b"sip:alice@example.org");
    chunk.extend([6, 8]);
    chunk.extend(b"phone 10");
    chunk.push(0);
    chunk.resize(chunk.len().next_multiple_of(4), 0);
    bytes.extend([0x81, 202, 0, (chunk.len() / 4) as u8]);
    bytes.extend(chunk);
    bytes
}

fn sealed(number: u32) -> Vec<u8> {
    let mut bytes = vec![0x80, 200, 0, 6, 1, 2, 3, 4];
    bytes.extend((0..20).map(|index| (number.wrapping_mul(2_654_435_761) >> (index % 24)) as u8));
    bytes.extend((0x8000_0000 | number).to_be_bytes());
    bytes.extend([0xaa; 10]);
    bytes
}

fn offer(rtcp: &mut Rtcp, bytes: &[u8], out: &mut Output) -> bool {
    offer_at(rtcp, bytes, Direction::Forward, 0, out)
}

fn offer_at(rtcp: &mut Rtcp, bytes: &[u8], direction: Direction, millis: i64, out: &mut Output) -> bool {
    let at = Evidence { capture: 0, frame: 1, time: Timestamp::new(START_SECONDS, millis * 1_000_000), direction };
    let (source, destination) = ("10.0.0.1:5005".parse().unwrap(), "10.0.0.2:5005".parse().unwrap());
    let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
    recognise(&input) && matches!(rtcp.read(&input, out), Step::Taken)
}

#[test]
fn the_first_encrypted_packet_of_a_session_is_known_by_its_index() {
    for (number, known) in [(0, true), (1, true), (2, false), (0x4000_0001, false)] {
        assert_eq!(offer(&mut Rtcp::default(), &sealed(number), &mut Output::default()), known, "{number:#x}");
    }
}

#[test]
fn names_programs_and_counts_in_clear() {
    let (mut rtcp, mut out) = (Rtcp::default(), Output::default());
    assert!(offer(&mut rtcp, &compound(), &mut out));
    assert_eq!(out.facts.text("rtcp.cname"), Some("sip:alice@example.org"));
    assert_eq!(out.facts.text("rtcp.tool"), Some("phone 10"));
    assert_eq!(out.facts.of("rtcp.sender-packets").next().map(|fact| &fact.value), Some(&Value::Number(37)));
    assert_eq!(out.facts.of("rtcp.type").count(), 2);
    assert!(!out.facts.has("rtcp.protected"));
}

/// A sender report of `source` at a wall clock `millis` after the start, with one block.
fn report(source: u8, millis: u64, packets: u32, about: u8, last_report: u32, delay: u32) -> Vec<u8> {
    let mut bytes = vec![0x81, 200, 0, 12, 0, 0, 0, source];
    bytes.extend(ntp(millis).to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(packets.to_be_bytes());
    bytes.extend((packets * 160).to_be_bytes());
    bytes.extend([0, 0, 0, about, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend(last_report.to_be_bytes());
    bytes.extend(delay.to_be_bytes());
    bytes
}

fn ntp(millis: u64) -> u64 {
    ((START_SECONDS as u64 + 2_208_988_800) << 32) + (millis << 32) / 1000
}

#[test]
fn reports_tell_who_hears_whom_how_far_and_since_when() {
    let (mut rtcp, mut out) = (Rtcp::default(), Output::default());
    let first = report(1, 500, 5_000, 2, 0, 0);
    offer_at(&mut rtcp, &first, Direction::Forward, 0, &mut out);
    let middle = (ntp(500) >> 16) as u32;
    let answer = report(2, 1_050, 60, 1, middle, 65_536);
    offer_at(&mut rtcp, &answer, Direction::Backward, 1_030, &mut out);
    offer_at(&mut rtcp, &report(1, 4_500, 5_200, 2, 0, 0), Direction::Forward, 4_000, &mut out);
    rtcp.finish(&mut out);
    let values = |key: &str| out.facts.of(key).map(|fact| fact.value.to_string()).collect::<Vec<_>>();
    assert_eq!(values("rtcp.report"), ["0x00000001 receives 0x00000002", "0x00000002 receives 0x00000001"]);
    assert_eq!(values("rtcp.round-trip"), ["0x00000002: 30.00 ms"]);
    assert_eq!(values("rtcp.clock-offset"), ["500.00 ms", "20.00 ms"]);
    assert_eq!(values("rtcp.sender-bytes"), ["800000", "9600"]);
    assert_eq!(values("rtcp.age"), ["100"]);
}

#[test]
fn goodbyes_feedback_and_extended_reports_in_clear() {
    let (mut rtcp, mut out) = (Rtcp::default(), Output::default());
    let compounds: [&[u8]; 4] = [
        b"\x82\xcb\0\x04\0\0\0\x01\0\0\0\x02\x05bored\0\0",
        b"\x8f\xce\0\x03\0\0\0\x01\0\0\0\0REMB",
        b"\x81\xcd\0\x03\0\0\0\x01\0\0\0\x02\0\0\0\0\x80\xcc\0\x02\0\0\0\x01qual",
        b"\x80\xcf\0\x04\0\0\0\x01\x07\0\0\x01\0\0\0\0\x04\0\0\0",
    ];
    for compound in compounds {
        assert!(offer(&mut rtcp, compound, &mut out), "{compound:?}");
        for length in 0..compound.len() {
            offer(&mut Rtcp::default(), &compound[..length], &mut Output::default());
        }
    }
    let values = |key: &str| out.facts.of(key).map(|fact| fact.value.to_string()).collect::<Vec<_>>();
    assert_eq!(values("rtcp.bye"), ["0x00000001 (bored)", "0x00000002 (bored)"]);
    assert_eq!(values("rtcp.feedback"), ["REMB", "NACK"]);
    assert_eq!(values("rtcp.app"), ["qual"]);
    assert_eq!(values("rtcp.extended-report"), ["VoIP metrics", "reference time"]);
}

/// Teams sends the index before a key identifier of one byte and a tag of ten (seen in captures).
#[test]
fn an_index_before_a_key_identifier_tells_how_long_the_call_had_run() {
    let (mut rtcp, mut out) = (Rtcp::default(), Output::default());
    for number in 0..16u32 {
        let mut bytes = sealed(41_310 + number);
        bytes.splice(bytes.len() - 10..bytes.len() - 10, [1]);
        offer_at(&mut rtcp, &bytes, Direction::Forward, i64::from(number) * 250, &mut out);
    }
    rtcp.finish(&mut out);
    assert_eq!(out.facts.of("rtcp.index").next().map(|fact| &fact.value), Some(&Value::Number(41_310)));
    assert_eq!(out.facts.of("rtcp.age").next().map(|fact| &fact.value), Some(&Value::Number(10_327)));
}

#[test]
fn encrypted_reports_show_their_type_and_first_index() {
    let (mut rtcp, mut out) = (Rtcp::default(), Output::default());
    let taken = (0..12).filter(|number| offer(&mut rtcp, &sealed(41_310 + number * 2), &mut out)).count();
    assert_eq!(taken, 11);
    assert!(out.facts.has("rtcp.protected"));
    let indexes: Vec<_> = out.facts.of("rtcp.index").map(|fact| fact.value.clone()).collect();
    assert_eq!(indexes, [Value::Number(41_310)]);
}

#[test]
fn what_looks_like_rtcp_once_states_nothing() {
    let (mut rtcp, mut out) = (Rtcp::default(), Output::default());
    assert!(!offer(&mut rtcp, &sealed(5), &mut out));
    assert!(!offer(&mut rtcp, &[0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], &mut out));
    assert!(!offer(&mut rtcp, &[0x80, 200, 0xff, 0xff, 0, 0, 0, 0], &mut out));
    assert!(out.facts.is_empty());
}

#[test]
fn every_prefix_and_every_flipped_byte_is_survived() {
    let (mut rtcp, mut out) = (Rtcp::default(), Output::default());
    for whole in [compound(), sealed(7)] {
        for index in 0..whole.len() {
            offer(&mut rtcp, &whole[..index], &mut out);
            for bit in [0x01, 0x80, 0xff] {
                let mut flipped = whole.clone();
                flipped[index] ^= bit;
                offer(&mut rtcp, &flipped, &mut out);
            }
        }
    }
}

/// Reports of both sides of a recorded telephone call with a round trip of 30 ms: nanoseconds since its start,
/// whether the captured side sent it, and the packet in hexadecimal.
const CALL: [(i64, bool, &str); 4] = [
    (
        2_757_708_075,
        false,
        "81c8000cf8d10031eeae50f6be18266700012ff3000000fa00009c408a0943fc00000000000045260000000c000000000000000081ca000bf8d1003101227369703a626f62406578616d706c652e746573743b7472616e73706f72743d75647000000000",
    ),
    (
        2_761_982_089,
        true,
        "81c8000c8a0943fceeae50f6c30ed3d80000edb9000000fa00009c40f8d1003100000000000045310000000750f6be180000010681ca00088a0943fc01167369703a616c696365406578616d706c652e7465737400000000",
    ),
    (
        7_757_783_938,
        false,
        "81c8000cf8d10031eeae50fbbe1a1db80001cc3b000001f4000138808a0943fc00000000000046200000000b50f6c30e0004f70a81ca000bf8d1003101227369703a626f62406578616d706c652e746573743b7472616e73706f72743d75647000000000",
    ),
    (
        29_692_099_973,
        true,
        "81cb00038a0943fc0441646a6f00000081ca00088a0943fc01167369703a616c696365406578616d706c652e7465737400000000",
    ),
];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

#[test]
fn a_recorded_call_tells_its_people_their_clocks_and_their_distance() {
    let (mut rtcp, mut out) = (Rtcp::default(), Output::default());
    for (nanos, sent, text) in CALL {
        let direction = if sent { Direction::Forward } else { Direction::Backward };
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::new(1_795_412_596, nanos), direction };
        let (source, destination) = ("10.77.1.11:16421".parse().unwrap(), "10.77.2.12:16403".parse().unwrap());
        let (bytes, piece) = (&unhex(text)[..], Piece::Datagram);
        rtcp.read(&Input { bytes, piece, direction, at, source, destination, cut: 0, tunnel: None }, &mut out);
    }
    rtcp.finish(&mut out);
    let values = |key: &str| out.facts.of(key).map(|fact| fact.value.to_string()).collect::<Vec<_>>();
    assert_eq!(values("rtcp.cname"), ["sip:bob@example.test;transport=udp", "sip:alice@example.test"]);
    assert_eq!(values("rtcp.sender-packets"), ["250"]);
    assert_eq!(values("rtcp.clock-offset"), ["-15.15 ms", "-0.04 ms"]);
    assert_eq!(values("rtcp.round-trip"), ["0x8a0943fc: 0.28 ms", "0xf8d10031: 30.81 ms"]);
    let trips = out.report_trips.map(|trips| (trips.samples, trips.min.map(|nanos| nanos / 10_000)));
    assert_eq!(trips, [(1, Some(27)), (1, Some(3_080))], "out: how fast this side is; in: how far the other");
    assert_eq!(values("rtcp.bye"), ["0x8a0943fc (Adjo)"]);
}

#[test]
fn recorded_reports_cut_or_changed_anywhere_are_survived() {
    for (_, _, text) in CALL {
        let whole = unhex(text);
        for at in 0..whole.len() {
            let (mut rtcp, mut out) = (Rtcp::default(), Output::default());
            offer(&mut rtcp, &whole[..at], &mut out);
            for bits in [0x01, 0x10, 0x80, 0xff] {
                let mut changed = whole.clone();
                changed[at] ^= bits;
                offer(&mut rtcp, &changed, &mut out);
            }
            rtcp.finish(&mut out);
        }
    }
}
