use crate::exposure::MEETING_GAP_NANOS;
use crate::exposure::samples::{Scene, ip, rtp, socket};

const LOCAL: &str = "192.168.1.5:40000";
const OTHER_PORT: &str = "192.168.1.5:40002";
const ONE: &str = "198.51.100.1:9000";
const TWO: &str = "198.51.100.2:9000";

/// Milliseconds of sound between `LOCAL` or `OTHER_PORT` and the remote sides, with a packet at 0 that begins the capture.
fn scene(talks: &[(std::ops::Range<i64>, &str, &str)]) -> Scene {
    let mut scene = Scene::default();
    scene.plain(0, "192.168.1.5:53", "192.168.1.1:5353");
    for (span, local, remote) in talks {
        scene.speech(span.clone(), local, remote);
    }
    scene
}

#[test]
fn both_directions_are_one_call_with_its_times() {
    let findings = scene(&[(10_000..15_000, LOCAL, ONE)]).findings();
    let meeting = &findings.meetings[0];
    assert_eq!(meeting.start, "2026-11-23T05:33:30.000000Z");
    assert_eq!(meeting.end, "2026-11-23T05:33:34.985000Z");
    assert_eq!((meeting.local.as_str(), meeting.participants.at_least), ("192.168.1.5", 2));
    let mut ways: Vec<_> = meeting.streams.iter().map(|s| (s.direction.as_str(), s.kind.as_str(), s.packets)).collect();
    ways.sort_unstable();
    assert_eq!(ways, [("received", "audio", 250), ("sent", "audio", 250)]);
    assert_eq!(meeting.topology, "peer-to-peer");
    assert_eq!(meeting.peers[0].address, "198.51.100.1");
    assert!(meeting.began_before_capture.is_none() && meeting.ended_after_capture);
}

#[test]
fn a_pause_between_flows_parts_calls_and_within_a_flow_does_not() {
    let gap = MEETING_GAP_NANOS / 1_000_000;
    // (first local port, second, remote, milliseconds between, calls)
    let cases = [(OTHER_PORT, TWO, gap + 1_000, 2), (OTHER_PORT, TWO, gap - 1_000, 1), (LOCAL, ONE, gap + 1_000, 1)];
    for (local, remote, pause, calls) in cases {
        let second = 15_000 + pause;
        let findings = scene(&[(10_000..15_000, LOCAL, ONE), (second..second + 5_000, local, remote)]).findings();
        assert_eq!(findings.meetings.len(), calls, "{local} {remote} after {pause} ms");
    }
}

#[test]
fn a_stream_that_moves_to_another_flow_is_listed_once() {
    let mut scene = scene(&[]);
    for (from, to) in [(LOCAL, ONE), (ONE, LOCAL)] {
        scene.sound(10_000..15_000, from, to, u32::from(socket(from).port()));
    }
    for (number, millis) in (15_000..18_000).step_by(20).enumerate() {
        scene.plain(millis, LOCAL, TWO).payload = rtp(40_000, number as u16 + 250);
    }
    let findings = scene.findings();
    assert_eq!(findings.meetings.len(), 1);
    let sent: Vec<_> = findings.meetings[0].streams.iter().filter(|s| s.direction == "sent").collect();
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].packets, sent[0].end.as_str()), (400, "2026-11-23T05:33:37.980000Z"));
    assert_eq!(findings.meetings[0].flows.len(), 2);
}

#[test]
fn an_unnamed_flow_joins_the_named_one_that_it_overlaps() {
    let mut scene = scene(&[(10_000..20_000, LOCAL, ONE), (12_000..18_000, OTHER_PORT, TWO)]);
    scene.names.push((ip("198.51.100.1"), "meet.jit.si"));
    let findings = scene.findings();
    assert_eq!(findings.meetings.len(), 1);
    assert_eq!(findings.meetings[0].provider.as_deref(), Some("jitsi"));
    assert_eq!((findings.meetings[0].flows.len(), findings.meetings[0].topology.as_str()), (2, "mixed"));
}

#[test]
fn two_providers_at_once_are_two_calls() {
    let mut scene = scene(&[(10_000..20_000, LOCAL, ONE), (12_000..18_000, OTHER_PORT, TWO)]);
    scene.names.push((ip("198.51.100.1"), "meet.jit.si"));
    scene.names.push((ip("198.51.100.2"), "us04web.zoom.us"));
    let findings = scene.findings();
    let providers: Vec<_> = findings.meetings.iter().map(|meeting| meeting.provider.as_deref()).collect();
    assert_eq!(providers, [Some("jitsi"), Some("zoom")]);
}

#[test]
fn received_voices_count_as_people() {
    let mut scene = scene(&[(10_000..15_000, LOCAL, ONE)]);
    scene.sound(10_000..15_000, ONE, LOCAL, 0x1111);
    scene.names.push((ip("198.51.100.1"), "meet.jit.si"));
    let meeting = &scene.findings().meetings[0];
    assert_eq!((meeting.participants.at_least, meeting.participants.basis.as_str()), (3, "received-voices"));
    assert_eq!(meeting.participants_seen.len(), 3);
    assert!(meeting.peers.is_empty(), "a server is nobody's own address");
    assert_eq!(meeting.topology, "relayed");
}
