//! Where captures come from: standard input, compressed files, several files.

use super::program::{CALL, Folder, SMALL, bytes, report, run, run_with};
use serde_json::Value;
use std::io::Write;

#[test]
fn standard_input_and_compressed_files_give_the_same_report() {
    let (folder, plain) = (Folder::new(), bytes(CALL));
    let expected = without_captures(report(&[CALL]));
    for (name, packed) in [("call.gz", gzip(&plain)), ("call.zst", zstd(&plain)), ("call.lz4", lz4(&plain))] {
        assert!(packed != plain && packed.len() < plain.len() + 4096, "{name}");
        let path = folder.write(name, &packed);
        assert_eq!(without_captures(report(&[&path])), expected, "{name}");
        let piped = run_with(&["analyse", "-", "--format", "json"], &packed).done();
        assert_eq!(without_captures(piped.json()), expected, "{name} on standard input");
    }
    let piped = run_with(&["analyse", "-", "--format", "json"], &plain).done().json();
    assert_eq!(piped["captures"][0]["packets"], 9926);
    assert_eq!(without_captures(piped), expected);
}

#[test]
fn standard_input_that_is_empty_is_refused() {
    run_with(&["analyse", "-"], b"").failed(&["empty"]);
}

#[test]
fn compressed_files_that_are_cut_give_a_partial_report() {
    let (folder, packed) = (Folder::new(), gzip(&bytes(CALL)));
    let path = folder.write("cut.pcap.gz", &packed[..packed.len() / 2]);
    let ran = run(&["analyse", &path, "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("cut.pcap.gz"), "{}", ran.err);
    assert!(ran.json()["captures"][0]["packets"].as_u64().expect("packets") > 1000);
}

#[test]
fn two_captures_are_read_as_one() {
    let both = report(&[CALL, SMALL]);
    let paths: Vec<_> = both["captures"].as_array().expect("captures").iter().map(|file| &file["path"]).collect();
    assert_eq!(paths, [CALL, SMALL]);
    let packets = |report: &Value| -> u64 {
        let files = report["captures"].as_array().expect("captures");
        files.iter().map(|file| file["packets"].as_u64().expect("a number")).sum()
    };
    assert_eq!(packets(&both), 9926 + packets(&report(&[SMALL])));
    assert_eq!(both["meetings"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_capture_in_two_files_is_the_whole_in_either_order() {
    let (folder, whole) = (Folder::new(), bytes(CALL));
    let middle = record_after(&whole, whole.len() / 2);
    let first = folder.write("first.pcap", &whole[..middle]);
    let second = folder.write("second.pcap", [&whole[..24], &whole[middle..]].concat());
    let expected = without_evidence(&report(&[CALL])["meetings"]);
    assert!(expected.to_string().contains("10.77.2.12"));
    assert_eq!(without_evidence(&report(&[&first, &second])["meetings"]), expected);
    assert_eq!(without_evidence(&report(&[&second, &first])["meetings"]), expected);
    assert_ne!(without_evidence(&report(&[&first])["meetings"]), expected);
}

/// Offset of the first record of a little-endian pcap at or after `offset`.
fn record_after(pcap: &[u8], offset: usize) -> usize {
    let mut at = 24;
    while at < offset {
        let stored = pcap[at + 8..at + 12].try_into().expect("four bytes");
        at += 16 + u32::from_le_bytes(stored) as usize;
    }
    at
}

/// A report without what it says of the files themselves.
fn without_captures(mut report: Value) -> Value {
    report.as_object_mut().expect("a report").remove("captures").expect("captures");
    report
}

/// The same without what tells in which file and at which place of it something was seen.
fn without_evidence(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_evidence).collect(),
        Value::Object(members) => {
            let place = ["evidence", "capture", "frame", "filter"];
            let kept = members.iter().filter(|(key, _)| !place.contains(&key.as_str()));
            Value::Object(kept.map(|(key, member)| (key.clone(), without_evidence(member))).collect())
        }
        _ => value.clone(),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).expect("packed");
    writer.finish().expect("packed")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("packed")
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut writer = lz4_flex::frame::FrameEncoder::new(Vec::new());
    writer.write_all(bytes).expect("packed");
    writer.finish().expect("packed")
}
