//! Compounds in clear, encrypted ones, and what is neither.

use super::*;
use crate::model::{Direction, Timestamp, Value};

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
    let direction = Direction::Forward;
    let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(0), direction };
    let (source, destination) = ("10.0.0.1:5005".parse().unwrap(), "10.0.0.2:5005".parse().unwrap());
    let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
    recognise(&input) && matches!(rtcp.read(&input, out), Step::Taken)
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
    assert!(!offer(&mut rtcp, &sealed(1), &mut out));
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
