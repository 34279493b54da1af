//! Captures cut as `--headers-only` cuts them: what is said of them stays, and content is gone.

use super::corpus::{files, root};
use super::pcap::{Pcap, Stored};
use super::program::{items, meetscope, text};
use meetscope::Trim;
use meetscope::model::{Frame, LinkType, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Fixtures, with the facts and exposures that need the content: the sound of unencrypted G.711.
const FIXTURES: &[(&str, &[&str])] = &[
    ("lan-call-ipv6", &[]),
    ("nat-failed", &[]),
    ("p2p-call", &[]),
    ("rtt-40ms", &[]),
    ("sip-call", &["talk", "silent-or-muted"]),
    ("turn-call", &[]),
];
/// Largest share of the bytes of a fixture that stays.
const KEPT_SHARE_MAX: f64 = 0.5;
/// Longest RTP header of these calls: twelve bytes, and an extension of a few elements.
const RTP_HEADER_BYTES_MAX: usize = 64;

#[test]
fn what_is_said_of_a_capture_stays() {
    for (name, lost) in FIXTURES {
        let (whole, cut) = (Pcap::of_fixture(name), trimmed(name));
        let (before, after) = (report(&whole), report(&cut));
        for aspect in ["meetings", "streams", "endpoints", "facts"] {
            assert_eq!(said(&after, aspect, &[]), said(&before, aspect, &[]), "{name} {aspect}");
        }
        assert_eq!(said(&after, "exposures", lost), said(&before, "exposures", lost), "{name}");
        assert!(share(&whole, &cut) < KEPT_SHARE_MAX, "{name}");
        let checked = items(&after, "self_test").iter().find(|check| text(check, "check") == "whole-packets");
        assert_eq!(
            checked.map(|check| text(check, "outcome")),
            Some("good"),
            "{name}: nothing that is read is missing"
        );
    }
}

#[test]
fn nothing_of_the_media_is_left() {
    for name in ["p2p-call", "turn-call", "sip-call", "lan-call-ipv6"] {
        let mut media = 0;
        for frame in trimmed(name).frames.iter().filter(|frame| frame.data.len() < frame.wire as usize) {
            let Some(datagram) = datagram(frame) else { continue };
            let inner = if datagram.first().is_some_and(|first| first >> 6 == 1) { 4 } else { 0 };
            if let [first, kind, ..] = datagram.get(inner..).unwrap_or_default()
                && first >> 6 == 2
                && !(192..=223).contains(kind)
            {
                media += 1;
                assert_eq!(datagram.len() - inner, rtp_header(&datagram[inner..]), "{name}");
            }
        }
        assert!(media > 500, "{name}: {media}");
    }
}

#[test]
fn of_application_data_only_a_header_is_left() {
    let (whole, cut) = (Pcap::of_fixture("rtt-40ms"), trimmed("rtt-40ms"));
    let mut records = 0;
    for (before, after) in whole.frames.iter().zip(&cut.frames) {
        let Some([0x17, 3, 3, ..]) = segment(before) else { continue };
        records += 1;
        assert!(segment(after).unwrap_or_default().len() <= 5);
    }
    assert!(records > 5, "{records}");
}

#[test]
fn cutting_again_cuts_nothing_more() {
    for (name, _) in FIXTURES {
        let once = trimmed(name);
        let twice = cut(&once);
        let differ = once.frames.iter().zip(&twice.frames).position(|(one, other)| one != other);
        assert_eq!(differ.map(|at| (at + 1, &once.frames[at], &twice.frames[at])), None, "{name}");
    }
}

#[test]
fn recorded_calls_say_the_same_without_their_content() {
    let Some(root) = root() else { return };
    for path in files(&root.join("lab")).into_iter().filter(|path| path.extension().is_some_and(|end| end == "pcap")) {
        let Some(whole) = Pcap::of_file(&path) else { continue };
        let cut = cut(&whole);
        let (before, after) = (report(&whole), report(&cut));
        for aspect in ["meetings", "streams", "endpoints", "facts"] {
            assert_eq!(said(&after, aspect, &[]), said(&before, aspect, &[]), "{} {aspect}", path.display());
        }
        println!("{}: {:.1} % of the bytes stay", path.display(), share(&whole, &cut) * 100.0);
    }
}

fn trimmed(name: &str) -> Pcap {
    cut(&Pcap::of_fixture(name))
}

fn cut(pcap: &Pcap) -> Pcap {
    let (mut cut, mut trim) = (pcap.clone(), Trim::new());
    for (number, frame) in (1..).zip(&mut cut.frames) {
        let time = Timestamp::new(i64::from(frame.seconds), i64::from(frame.fraction));
        let (link, data) = (LinkType(pcap.link()), frame.data.as_slice());
        let shown = Frame { capture: 0, number, time, link, interface: 0, wire_length: frame.wire, data };
        let kept = trim.keep(&shown);
        frame.cut(kept);
    }
    cut
}

fn share(whole: &Pcap, cut: &Pcap) -> f64 {
    let bytes = |pcap: &Pcap| pcap.frames.iter().map(|frame| frame.data.len()).sum::<usize>() as f64;
    bytes(cut) / bytes(whole)
}

fn report(pcap: &Pcap) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    pcap.write(folder.path(), "made.pcap");
    let run = meetscope(Path::new(folder.path()), &["analyse", "made.pcap", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.report()
}

/// An aspect of a report as a set of lines, without exposures of the keys in `lost`.
fn said(report: &Value, aspect: &str, lost: &[&str]) -> BTreeSet<String> {
    let fields = |value: &Value, names: &[&str]| names.iter().map(|name| format!("{} ", value[*name])).collect();
    let meetings = || items(report, "meetings").iter();
    match aspect {
        "meetings" => meetings()
            .map(|meeting| {
                fields(meeting, &["provider", "confidence", "start", "end", "topology", "participants", "peers"])
            })
            .collect(),
        "streams" => meetings()
            .flat_map(|meeting| items(meeting, "streams"))
            .map(|stream| fields(stream, &["ssrc", "kind", "direction", "codec", "packets", "bytes", "lost_packets"]))
            .collect(),
        "endpoints" => items(report, "endpoints")
            .iter()
            .map(|endpoint| fields(endpoint, &["address", "names", "provider", "purpose", "place"]))
            .collect(),
        "facts" => items(report, "flows")
            .iter()
            .flat_map(|flow| {
                items(flow, "facts").iter().map(|fact| fields(flow, &["id"]) + &fields(fact, &["key", "value"]))
            })
            .collect(),
        _ => items(report, "exposures")
            .iter()
            .filter(|exposure| !lost.contains(&text(exposure, "key")))
            .map(|exposure| fields(exposure, &["key", "value", "meeting", "observers"]))
            .collect(),
    }
}

/// The UDP payload of a frame in Ethernet, without tags.
fn datagram(frame: &Stored) -> Option<&[u8]> {
    match frame.data.get(12..14)? {
        [8, 0] if frame.data.get(23) == Some(&17) => frame.data.get(42..),
        [0x86, 0xdd] if frame.data.get(20) == Some(&17) => frame.data.get(62..),
        _ => None,
    }
}

/// The TCP payload of a frame with IPv4 in Ethernet.
fn segment(frame: &Stored) -> Option<&[u8]> {
    let ip = frame.ipv4();
    let header = usize::from(*ip.get(32)? >> 4) * 4;
    (ip.get(9) == Some(&6)).then(|| ip.get(20 + header..)).flatten()
}

/// Bytes of an RTP header with contributors and extension (RFC 3550 section 5).
fn rtp_header(bytes: &[u8]) -> usize {
    let fixed = 12 + usize::from(bytes[0] & 0x0f) * 4;
    let words = bytes.get(fixed + 2..fixed + 4).filter(|_| bytes[0] & 0x10 != 0);
    let length = fixed + words.map_or(0, |words| 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]])));
    assert!(length <= RTP_HEADER_BYTES_MAX, "{length}");
    length
}
