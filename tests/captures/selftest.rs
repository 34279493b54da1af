//! The self-test of a capture: each check of a fixture as it is, and with the fault that the check is for.

use super::pcap::{Pcap, Stored};
use super::program::{items, meetscope, text};
use serde_json::Value;
use std::path::Path;

const TCP: u8 = 6;
const UDP: u8 = 17;

#[test]
fn a_fixture_as_it_is_passes_every_check() {
    let names = ["lost-packets", "whole-packets", "both-directions", "wire-size", "duplicates", "clock", "whole-call"];
    for name in names.into_iter().chain(["whole-flows", "link-addresses"]) {
        assert_eq!(outcome("p2p-call", name, |_| {}), ("good".into(), 0, None), "{name}");
    }
    assert_eq!(outcome("rtt-40ms", "whole-call", |_| {}).0, "unknown");
    assert_eq!(outcome("p2p-call", "capture-drops", |_| {}).0, "unknown", "this format has no counter");
    assert_eq!(outcome("nat-failed", "both-directions", |_| {}).0, "good", "nobody answers checks of closed paths");
}

#[test]
fn every_check_is_told_in_both_languages() {
    let checks = self_test("p2p-call", |_| {});
    assert_eq!(checks.len(), 11);
    for check in &checks {
        assert!(["good", "weak", "unknown"].contains(&text(check, "outcome")), "{check}");
        for language in ["de", "en"] {
            let words = text(&check["says"], language);
            assert!(words.ends_with('.') && !words.contains('{') && !words.contains("  "), "{words}");
        }
    }
}

#[test]
fn dropped_packets_are_counted_by_the_capturing_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let pcap = Pcap::of_fixture("p2p-call");
    for (dropped, expected) in [(0, "good"), (7, "weak")] {
        pcap.write_counted(folder.path(), "counted.pcapng", dropped);
        let (outcome, count, _) = found(&analyse(folder.path(), "counted.pcapng"), "capture-drops");
        assert_eq!((outcome.as_str(), count), (expected, dropped));
    }
}

#[test]
fn packets_that_the_capture_missed() {
    let (outcome, count, first) = outcome("p2p-call", "lost-packets", |frames| {
        let mut number = 0;
        frames.retain(|frame| {
            let counted = frame.sender().is_some_and(|(protocol, _)| protocol == UDP);
            number += u32::from(counted);
            !counted || number % 20 != 19
        });
    });
    assert_eq!((outcome.as_str(), first), ("weak", None));
    assert!(count > 20, "{count}");
}

#[test]
fn tcp_data_that_the_capture_missed() {
    // Every tenth segment with data is dropped; its receiver acknowledges it all the same.
    let (outcome, count, first) = outcome("rtt-40ms", "lost-packets", |frames| {
        let mut number = 0;
        frames.retain(|frame| {
            let carries = frame.sender().is_some_and(|(protocol, _)| protocol == TCP) && tcp_payload(frame) > 0;
            number += u32::from(carries);
            !carries || number % 10 != 9
        });
    });
    assert_eq!(outcome, "weak");
    assert!(count > 0 && first.is_some());
}

#[test]
fn cut_packets() {
    let (outcome, count, _) = outcome("p2p-call", "whole-packets", |frames| {
        frames.iter_mut().for_each(|frame| frame.cut(50));
    });
    assert_eq!(outcome, "weak");
    assert!(count > 1000, "{count}");
}

#[test]
fn one_direction() {
    let own = Pcap::of_fixture("p2p-call").frames.iter().filter_map(Stored::sender).map(|(_, address)| address).next();
    let (outcome, count, first) = outcome("p2p-call", "both-directions", |frames| {
        frames.retain(|frame| frame.sender().map(|(_, address)| address) == own);
    });
    assert_eq!((outcome.as_str(), first.is_some()), ("weak", true));
    assert!(count >= 1);
}

#[test]
fn packets_that_were_joined() {
    let joined = |protocol: u8| {
        outcome("rtt-40ms", "wire-size", move |frames| {
            let of = |frame: &&mut Stored| frame.sender().is_some_and(|(p, _)| p == protocol) && frame.data.len() > 300;
            let frame = frames.iter_mut().find(of).expect("a packet with data");
            frame.data.resize(4000, 0);
            frame.wire = 4000;
            frame.data[16..18].copy_from_slice(&(4000u16 - 14).to_be_bytes());
        })
    };
    for protocol in [TCP, UDP] {
        let (outcome, count, first) = joined(protocol);
        assert_eq!((outcome.as_str(), count, first.is_some()), ("weak", 1, true));
    }
}

#[test]
fn packets_captured_twice() {
    let (outcome, count, _) = outcome("p2p-call", "duplicates", |frames| {
        *frames = frames.iter().flat_map(|frame| [frame.clone(), frame.clone()]).collect();
    });
    assert_eq!(outcome, "weak");
    assert!(count > 1000, "{count}");
}

#[test]
fn a_clock_that_was_set() {
    let back = outcome("p2p-call", "clock", |frames| {
        let half = frames.len() / 2;
        frames[half..].iter_mut().for_each(|frame| frame.shift(-30));
    });
    assert_eq!((back.0.as_str(), back.1, back.2.is_some()), ("weak", 1, true));
    let ahead = outcome("p2p-call", "clock", |frames| {
        let half = frames.len() / 2;
        frames[half..].iter_mut().for_each(|frame| frame.shift(7200));
    });
    assert_eq!((ahead.0.as_str(), ahead.1, ahead.2), ("weak", 1, None));
}

#[test]
fn a_call_of_which_the_middle_was_captured() {
    let (outcome, count, _) = outcome("p2p-call", "whole-call", |frames| {
        let (tenth, all) = (frames.len() / 10, frames.len());
        *frames = frames[2 * tenth..all - 2 * tenth].to_vec();
    });
    assert_eq!((outcome.as_str(), count), ("weak", 1));
}

#[test]
fn only_the_first_packets_of_each_connection() {
    let (outcome, count, _) = outcome("rtt-40ms", "whole-flows", |frames| {
        let mut seen = std::collections::BTreeMap::new();
        frames.retain(|frame| {
            let ports = frame.ipv4().get(20..24).map(|ports| (ports[..2].to_vec(), ports[2..].to_vec()));
            let Some((from, to)) = ports else { return false };
            let count = seen.entry((from.clone().min(to.clone()), from.max(to))).or_insert(0);
            *count += 1;
            *count <= 8
        });
    });
    assert_eq!(outcome, "weak");
    assert!(count >= 4, "{count}");
}

fn tcp_payload(frame: &Stored) -> usize {
    let ip = frame.ipv4();
    let total = usize::from(u16::from_be_bytes([ip[2], ip[3]]));
    let offset = usize::from(ip[32] >> 4) * 4;
    total.saturating_sub(20 + offset)
}

/// Outcome, count and first frame of a check on a fixture to which something was done.
fn outcome(fixture: &str, check: &str, change: impl FnOnce(&mut Vec<Stored>)) -> (String, u64, Option<u64>) {
    found(&self_test(fixture, change), check)
}

fn self_test(fixture: &str, change: impl FnOnce(&mut Vec<Stored>)) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pcap = Pcap::of_fixture(fixture);
    change(&mut pcap.frames);
    pcap.write(folder.path(), "made.pcap");
    analyse(folder.path(), "made.pcap")
}

fn analyse(folder: &Path, name: &str) -> Vec<Value> {
    let run = meetscope(folder, &["analyse", name, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    items(&run.report(), "self_test").to_vec()
}

fn found(checks: &[Value], name: &str) -> (String, u64, Option<u64>) {
    let check = checks.iter().find(|check| text(check, "check") == name).expect("the check");
    (text(check, "outcome").into(), check["count"].as_u64().expect("a count"), check["first_frame"].as_u64())
}
