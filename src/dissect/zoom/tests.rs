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

fn audio(flags: u8) -> Vec<u8> {
    let mut bytes = vec![5, 0, 0x6e];
    bytes.extend(CONNECTION);
    bytes.push(flags);
    if flags & 1 != 0 {
        bytes.extend([7, 4, 1, 2, 3, 4, 0]);
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
    for (flags, year) in [(0, "2022"), (5, "2025")] {
        let (mut zoom, mut out) = (Zoom::default(), Output::default());
        let packet = audio(flags);
        let step = offer(&mut zoom, &packet, Direction::Forward, 0, &mut out);
        assert!(matches!(step, Step::Inner(inner, Tunnel::Framing("zoom-audio")) if inner == RTP));
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
    assert_eq!(out.facts.text("zoom.p2p-id"), Some("00000000-1111-2222-3333-444444444444"));
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
    for whole in [hello(1), reply(1), ping(3, 1), audio(0), audio(1), audio(0)[8..].to_vec(), peer_probe()] {
        for index in 0..whole.len() {
            offer(&mut zoom, &whole[..index], Direction::Forward, 0, &mut out);
            for bit in [0x01, 0x80, 0xff] {
                let mut flipped = whole.clone();
                flipped[index] ^= bit;
                offer(&mut zoom, &flipped, Direction::Backward, 0, &mut out);
            }
        }
    }
}
