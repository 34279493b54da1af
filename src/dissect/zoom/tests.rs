//! Made packets in the layouts that captures show; ids, clocks and addresses are made up.

use super::*;

const RTP: [u8; 16] = [0x80, 0x74, 0, 1, 0, 0, 2, 0x80, 1, 0, 4, 2, 9, 9, 9, 9];
const CONNECTION: [u8; 4] = [0, 0x11, 0x22, 0x33];

fn hello(id: u8) -> Vec<u8> {
    let mut bytes = vec![1, 0, 3];
    bytes.extend([id; 16]);
    bytes.extend([0; 4]);
    bytes.extend([0, 0, 0, 2, 0, 1, 2, 3, 0, 1, 2, 3, 0, 0, 0, 64]);
    bytes.extend([7; 64]);
    bytes
}

fn reply(id: u8) -> Vec<u8> {
    let mut bytes = vec![2, 0, 3];
    bytes.extend([id; 16]);
    bytes.extend(CONNECTION);
    bytes.extend([0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

fn ping(kind: u8, counter: u8) -> Vec<u8> {
    let mut bytes = vec![kind, 0, 0, 0, counter, 1, 2, 3, 9];
    bytes.extend(CONNECTION);
    bytes.extend([1, 5, 64]);
    bytes.extend([kind; 64]);
    bytes.push(0);
    bytes
}

/// The client's echo since 2023: it reports what it measured.
fn pong(counter: u8, millis: u32) -> Vec<u8> {
    let mut bytes = vec![4, 0, 0, 0, counter, 1, 2, 3, 9];
    bytes.extend(CONNECTION);
    bytes.extend([1, 1, 26, 0, 0, 0, counter, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff]);
    bytes.extend(millis.to_be_bytes());
    bytes.extend([0; 8]);
    bytes.push(0);
    bytes
}

fn bye(reason: u16, blocks: bool) -> Vec<u8> {
    let mut bytes = vec![7, 0, 0];
    bytes.extend(reason.to_be_bytes());
    bytes.extend(CONNECTION);
    if blocks {
        bytes.extend([1, 5, 64]);
        bytes.extend([9; 64]);
    }
    bytes.push(0);
    bytes
}

/// A control message that binds audio, with what the repeating channel puts before it.
fn binding(before: &[u8]) -> Vec<u8> {
    let mut bytes = vec![5, 0, 0];
    bytes.extend(CONNECTION);
    bytes.push(0);
    bytes.extend(before);
    bytes.extend([0x0c, 1, 0xaa, 0xbb, 0xcc, 0xdd, 1, 2, 0x43, 4, 0x85, 6, 1, 2, 3, 4, 5, 6]);
    bytes.extend([1, 0, 0x0c, 2, 1, 0, 0, 0, 0, 0, 0, 0, 3]);
    bytes
}

fn report(timestamp: u32) -> Vec<u8> {
    let mut bytes = vec![5, 0, 0x6e];
    bytes.extend(CONNECTION);
    bytes.push(0);
    bytes.extend([0x22, 1, 0, 0xfb, 0x90, 0x10, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([0x80, 200, 0, 6, 1, 0, 4, 2, 1, 2, 3, 4, 5, 6, 7, 8]);
    bytes.extend(timestamp.to_be_bytes());
    bytes.extend([0; 8]);
    bytes
}

fn audio(flags: u8) -> Vec<u8> {
    let mut bytes = vec![5, 0, 0x6e];
    bytes.extend(CONNECTION);
    bytes.push(flags);
    if flags & 1 != 0 {
        bytes.extend([7, 4, 1, 2, 3, 4, 0]);
    }
    if flags & 2 != 0 {
        bytes.extend([1, 0]);
    }
    bytes.extend([0x0f, 1, 0, 0xfb, 0x90, 0x15, 0x11, 4, 3, 0, 1, 0, 4, 5, 6, 0, 1, 0, RTP.len() as u8]);
    bytes.extend(RTP);
    bytes
}

fn peer_probe() -> Vec<u8> {
    let mut bytes = vec![0x1f, 2];
    bytes.extend([0; 20]);
    bytes.extend(8576u16.to_be_bytes());
    for text in ["192.0.2.7", "00000000-1111-2222-3333-444444444444"] {
        bytes.extend((text.len() as u32).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

fn offer<'p>(zoom: &mut Zoom, bytes: &'p [u8], direction: Direction, millis: i64, out: &mut Output) -> Step<'p> {
    let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(millis * 1_000_000), direction };
    let (client, server) = ("10.0.0.1:50000".parse().unwrap(), "192.0.2.1:8801".parse().unwrap());
    let (source, destination) = if direction == Direction::Forward { (client, server) } else { (server, client) };
    let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
    if recognise(&input) { zoom.read(&input, out) } else { Step::Foreign }
}

#[test]
fn hello_and_keep_alive_of_the_client_measure_the_path() {
    let (mut zoom, mut out) = (Zoom::default(), Output::default());
    offer(&mut zoom, &hello(5), Direction::Forward, 0, &mut out);
    offer(&mut zoom, &reply(5), Direction::Backward, 40, &mut out);
    offer(&mut zoom, &ping(3, 1), Direction::Forward, 100, &mut out);
    offer(&mut zoom, &ping(4, 1), Direction::Backward, 130, &mut out);
    offer(&mut zoom, &ping(3, 9), Direction::Backward, 200, &mut out);
    offer(&mut zoom, &ping(4, 9), Direction::Forward, 201, &mut out);
    assert_eq!((out.round_trips.min, out.round_trips.samples), (Some(30_000_000), 2));
    assert!(out.facts.has("zoom.sfu") && out.facts.has("zoom.connection-id"));
}

#[test]
fn a_hello_sent_twice_measures_nothing() {
    let (mut zoom, mut out) = (Zoom::default(), Output::default());
    offer(&mut zoom, &hello(5), Direction::Forward, 0, &mut out);
    offer(&mut zoom, &hello(5), Direction::Forward, 90, &mut out);
    offer(&mut zoom, &reply(5), Direction::Backward, 100, &mut out);
    assert_eq!(out.round_trips.samples, 0);
}

#[test]
fn audio_is_unwrapped_in_both_framings() {
    for (flags, year) in [(0, "2022"), (5, "2023"), (2, "2023")] {
        let (mut zoom, mut out) = (Zoom::default(), Output::default());
        let packet = audio(flags);
        let step = offer(&mut zoom, &packet, Direction::Forward, 0, &mut out);
        assert!(matches!(step, Step::Inner(inner, Tunnel::Framing("zoom-audio")) if inner == RTP));
        zoom.finish(&mut out);
        assert_eq!(out.facts.text("zoom.framing"), Some(year));
        assert_eq!(out.facts.text("zoom.media-type"), Some("audio"));
        let participant = out.facts.of("zoom.participant").next().map(|fact| fact.value.clone());
        assert_eq!(participant, Some(crate::model::Value::Number(0x0100_0400)));
        assert_eq!(out.media.spans().len(), 1);
    }
}

#[test]
fn media_between_peers_have_no_server_framing() {
    let (mut zoom, mut out) = (Zoom::default(), Output::default());
    let packet = audio(0);
    let step = offer(&mut zoom, &packet[8..], Direction::Forward, 0, &mut out);
    assert!(matches!(step, Step::Inner(inner, _) if inner == RTP));
    assert!(out.facts.has("zoom.p2p") && !out.facts.has("zoom.sfu"));
}

#[test]
fn a_peer_probe_names_the_other_side() {
    let (mut zoom, mut out) = (Zoom::default(), Output::default());
    offer(&mut zoom, &peer_probe(), Direction::Forward, 0, &mut out);
    let address = out.facts.of("zoom.p2p-address").next().map(|fact| fact.value.to_string());
    assert_eq!(address.as_deref(), Some("192.0.2.7:8576"));
    assert_eq!(out.facts.text("zoom.meeting-id"), Some("00000000-1111-2222-3333-444444444444"));
}

fn values(out: &Output, key: &str) -> Vec<String> {
    out.facts.of(key).map(|fact| fact.value.to_string()).collect()
}

#[test]
fn a_binding_names_the_meeting_and_the_own_number() {
    let lengths = [0usize, 4, 7, 9, 15];
    for before in lengths.map(|length| [&[0x0d][..], &[0; 14]].concat()[..length].to_vec()) {
        let (mut zoom, mut out) = (Zoom::default(), Output::default());
        for way in [Direction::Forward, Direction::Backward] {
            assert!(matches!(offer(&mut zoom, &binding(&before), way, 0, &mut out), Step::Taken));
        }
        assert_eq!(values(&out, "zoom.meeting-id"), ["AABBCCDD-0102-4304-8506-010203040506"]);
        assert_eq!(values(&out, "zoom.own-number"), ["3"]);
        assert!(out.media.is_empty());
    }
}

#[test]
fn a_control_message_alone_claims_no_flow() {
    let mut bytes = binding(&[]);
    bytes[16] = 0x13;
    let (mut zoom, mut out) = (Zoom::default(), Output::default());
    assert!(matches!(offer(&mut zoom, &bytes, Direction::Forward, 0, &mut out), Step::Foreign));
    let bytes = [&[5, 0x0d][..], &[7; 40]].concat();
    assert_eq!(Packet::read(&bytes, 0), None);
}

#[test]
fn counters_and_clocks_tell_how_long_already() {
    let (mut zoom, mut out) = (Zoom::default(), Output::default());
    offer(&mut zoom, &ping(3, 80), Direction::Forward, 20_000_000, &mut out);
    offer(&mut zoom, &ping(3, 81), Direction::Forward, 20_003_750, &mut out);
    for second in 0..3u32 {
        let way = Direction::Forward;
        offer(&mut zoom, &report((100 + second) * 48_000), way, 20_010_000 + i64::from(second) * 1_000, &mut out);
    }
    zoom.finish(&mut out);
    assert_eq!(values(&out, "zoom.running"), ["300"]);
    assert_eq!(values(&out, "zoom.voice-running"), ["1: 100 s"]);
    assert_eq!(values(&out, "zoom.participants"), ["1: audio"]);
    assert_eq!(values(&out, "zoom.own-number"), ["1"]);
    assert_eq!(values(&out, "zoom.client-clock-zero"), ["1970-01-01T00:51:30.000000Z"]);
}

#[test]
fn a_connection_seen_opening_has_not_run_before() {
    let (mut zoom, mut out) = (Zoom::default(), Output::default());
    offer(&mut zoom, &hello(5), Direction::Forward, 0, &mut out);
    offer(&mut zoom, &reply(5), Direction::Backward, 40, &mut out);
    offer(&mut zoom, &ping(3, 80), Direction::Forward, 100, &mut out);
    assert!(!out.facts.has("zoom.running"));
}

#[test]
fn the_client_reports_its_round_trip_and_hangs_up() {
    let (mut zoom, mut out) = (Zoom::default(), Output::default());
    for (counter, millis) in [(1, 90), (2, u32::MAX), (3, 80), (4, 100)] {
        offer(&mut zoom, &pong(counter, millis), Direction::Forward, 0, &mut out);
    }
    offer(&mut zoom, &bye(0, true), Direction::Forward, 1, &mut out);
    offer(&mut zoom, &bye(509, false), Direction::Backward, 2, &mut out);
    zoom.finish(&mut out);
    assert_eq!(values(&out, "zoom.reported-round-trip"), ["80"]);
    assert_eq!(values(&out, "zoom.closed"), ["client", "server 509"]);
    assert_eq!(out.round_trips.samples, 0);
}

#[test]
fn ten_bytes_like_a_farewell_claim_no_flow() {
    let (mut zoom, mut out) = (Zoom::default(), Output::default());
    assert!(matches!(offer(&mut zoom, &bye(509, false), Direction::Backward, 0, &mut out), Step::Foreign));
}

#[test]
fn payload_types_show_what_tells_speech() {
    for (number, name) in
        [(112, "payload-type"), (0x80 | 99, "payload-type"), (113, "packet-size"), (116, "packet-size")]
    {
        let (mut zoom, mut out) = (Zoom::default(), Output::default());
        let mut packet = audio(0);
        packet[28] = number;
        offer(&mut zoom, &packet, Direction::Forward, 0, &mut out);
        assert_eq!(values(&out, "zoom.speech-shown-by"), [name]);
    }
}

#[test]
fn stun_and_wireguard_are_foreign() {
    let (mut zoom, mut out) = (Zoom::default(), Output::default());
    let mut stun = hello(5);
    stun[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
    let wireguard = [&[4, 0, 0, 0, 9, 9, 9, 9, 1, 0, 0, 0, 0, 0, 0, 0][..], &[0xe5; 32]].concat();
    for packet in [&stun, &wireguard] {
        assert!(matches!(offer(&mut zoom, packet, Direction::Forward, 0, &mut out), Step::Foreign));
    }
    assert!(out.facts.is_empty());
}

#[test]
fn every_prefix_and_every_flipped_byte_is_survived() {
    let (mut zoom, mut out) = (Zoom::default(), Output::default());
    let direct = audio(0)[8..].to_vec();
    let calls = [hello(1), reply(1), ping(3, 1), pong(1, 90), audio(0), audio(3), direct, peer_probe()];
    for whole in calls.into_iter().chain([bye(0, true), bye(509, false), binding(&[0x0d; 7]), report(48_000)]) {
        for index in 0..whole.len() {
            offer(&mut zoom, &whole[..index], Direction::Forward, 0, &mut out);
            for bit in [0x01, 0x80, 0xff] {
                let mut flipped = whole.clone();
                flipped[index] ^= bit;
                offer(&mut zoom, &flipped, Direction::Backward, 0, &mut out);
            }
        }
    }
    zoom.finish(&mut out);
}
