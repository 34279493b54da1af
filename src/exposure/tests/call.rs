use crate::catalogue::{Catalogue, Law};
use crate::engine::Engine;
use crate::exposure::meeting::*;
use crate::exposure::view::views;
use crate::exposure::{Knowledge, LocalSide};
use crate::model::{Packet, Timestamp, Transport};
use crate::place::{Atlas, Databases};
use std::collections::BTreeMap;
use std::net::SocketAddr;

const MILLI: i64 = 1_000_000;
const SECOND: i64 = 1_000 * MILLI;
const HOME: &str = "192.168.7.2:50000";
const OTHER_PORT: &str = "192.168.7.2:50002";
const PEER: &str = "203.0.113.9:40000";
const SERVER: &str = "198.51.100.7:50001";
/// In the ranges that Telegram publishes, which is why it names the provider.
const RELAY: &str = "149.154.167.99:1400";
/// In the ranges that Google publishes for Meet.
const MEET: &str = "142.250.82.1:3478";

/// Packets of a capture that begins with a packet at second 0 and ends with one at second 300.
struct Scene(Vec<(i64, String, String, Vec<u8>)>);

impl Scene {
    fn new() -> Self {
        let mut scene = Scene(Vec::new());
        for time in [0, 300 * SECOND] {
            scene.add(time, "192.168.7.2:40404", "192.168.7.1:40405", vec![1]);
        }
        scene
    }

    fn add(&mut self, time: i64, from: &str, to: &str, bytes: Vec<u8>) {
        self.0.push((time, from.into(), to.into(), bytes));
    }

    /// RTP every 20 ms from `at` (ms) for `lasting` (ms), in one direction.
    fn voice(&mut self, at: i64, lasting: i64, from: &str, to: &str, source: u32) {
        for number in 0..lasting / 20 {
            self.add((at + number * 20) * MILLI, from, to, rtp(number, source));
        }
    }

    fn talk(&mut self, at: i64, lasting: i64, local: &str, remote: &str, source: u32) {
        self.voice(at, lasting, local, remote, source);
        self.voice(at + 7, lasting, remote, local, source + 1);
    }

    /// Receiver reports once a second.
    fn reports(&mut self, at: i64, count: i64, from: &str, to: &str) {
        for number in 0..count {
            let mut bytes = vec![0x80, 201, 0, 1];
            bytes.extend_from_slice(&[0, 0, 3, 0xeb]);
            self.add((at + number * 1000) * MILLI, from, to, bytes);
        }
    }

    /// A check and its answer.
    fn check(&mut self, at: i64, from: &str, to: &str, id: u8) {
        let user = [&[0, 6, 0, 9][..], b"abcd:efgh\0\0\0", &[0x80, 0x2a, 0, 8], &[5; 8]].concat();
        self.add(at * MILLI, from, to, stun(0x0001, id, &user));
        self.add((at + 30) * MILLI, to, from, stun(0x0101, id, &[]));
    }

    /// Datagrams without any visible structure, 40 a second each way.
    fn noise(&mut self, at: i64, lasting: i64, local: &str, remote: &str) {
        let mut state = 0x2545_f491_4f6c_dd1du64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        };
        for number in 0..lasting / 25 {
            let bytes = |random: &mut dyn FnMut() -> u8| (0..61).map(|_| random()).collect::<Vec<u8>>();
            self.add((at + number * 25) * MILLI, local, remote, bytes(&mut random));
            self.add((at + number * 25 + 9) * MILLI, remote, local, bytes(&mut random));
        }
    }

    /// What Discord's client and voice server say first.
    fn discovery(&mut self, at: i64, local: &str, remote: &str) {
        let message = |kind: u8, text: &[u8]| {
            let mut bytes = vec![0, kind, 0, 70, 0, 0, 0, 9];
            bytes.extend_from_slice(text);
            bytes.resize(74, 0);
            bytes
        };
        self.add(at * MILLI, local, remote, message(1, b""));
        self.add((at + 30) * MILLI, remote, local, message(2, b"203.0.113.77"));
    }

    /// Start and end in ms, provider, number of media flows and of other flows of each call.
    fn calls(mut self) -> Vec<(i64, i64, Option<String>, usize, usize)> {
        self.0.sort_by_key(|packet| packet.0);
        let mut engine = Engine::default();
        for (number, (time, from, to, bytes)) in self.0.iter().enumerate() {
            engine.packet(&packet(number as u64 + 1, *time, from.parse().unwrap(), to.parse().unwrap(), bytes));
        }
        let traffic = engine.finish();
        let local = LocalSide::decide(&traffic, &[]);
        let (catalogue, law) = (Catalogue::builtin().unwrap(), Law::builtin().unwrap());
        let atlas = Atlas::new(Databases::embedded().unwrap()).unwrap();
        let knowledge = Knowledge { catalogue: &catalogue, law: &law, atlas: &atlas };
        let views = views(&traffic, &local, &knowledge, &BTreeMap::new());
        let millis = |time: Timestamp| time.nanos() / MILLI;
        let found = calls(&views, &traffic, &local).into_iter();
        found
            .map(|call| (millis(call.from), millis(call.to), call.provider, call.media.len(), call.paths.len()))
            .collect()
    }

    fn providers(self) -> Vec<Option<String>> {
        self.calls().into_iter().map(|call| call.2).collect()
    }
}

fn packet<'p>(frame: u64, time: i64, from: SocketAddr, to: SocketAddr, payload: &'p [u8]) -> Packet<'p> {
    Packet {
        capture: 0,
        frame,
        time: Timestamp::from_nanos(time),
        source: from.ip(),
        destination: to.ip(),
        transport: Transport::Udp(from.port(), to.port()),
        payload,
        payload_length: payload.len() as u32,
        ip_length: payload.len() as u32 + 28,
        hop_limit: 64,
        source_mac: None,
        destination_mac: None,
        outgoing: None,
        tunnels: 0,
        duplicate: false,
        reassembled: false,
    }
}

fn rtp(number: i64, source: u32) -> Vec<u8> {
    let mut bytes = vec![0x80, 111];
    bytes.extend_from_slice(&(number as u16).to_be_bytes());
    bytes.extend_from_slice(&(number as u32 * 960).to_be_bytes());
    bytes.extend_from_slice(&source.to_be_bytes());
    bytes.extend((0..60).map(|at| (at * 7 + number) as u8));
    bytes
}

fn stun(kind: u16, id: u8, attributes: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_be_bytes().to_vec();
    bytes.extend_from_slice(&(attributes.len() as u16).to_be_bytes());
    bytes.extend_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
    bytes.extend_from_slice(&[id; 12]);
    bytes.extend_from_slice(attributes);
    bytes
}

fn some(name: &str) -> Option<String> {
    Some(name.into())
}

#[test]
fn media_both_ways_are_a_call_of_nobody_known() {
    let mut scene = Scene::new();
    scene.talk(10_000, 5_000, HOME, PEER, 0x1111);
    assert_eq!(scene.calls(), [(10_000, 14_987, None, 1, 0)]);
}

#[test]
fn a_burst_is_a_call_only_where_the_capture_begins_or_ends() {
    let burst = |at: i64| {
        let mut scene = Scene::new();
        scene.talk(at, 700, HOME, PEER, 0x1111);
        scene.calls().len()
    };
    assert_eq!([burst(50), burst(100_000), burst(299_300)], [1, 0, 1]);
}

#[test]
fn checks_and_signalling_are_no_media() {
    let mut scene = Scene::new();
    for number in 0..100 {
        scene.check(10_000 + number * 50, HOME, PEER, number as u8);
    }
    assert!(scene.calls().is_empty());
}

#[test]
fn half_a_talk_is_a_call_and_a_ring_without_answer_is_none() {
    let mut scene = Scene::new();
    scene.voice(10_000, 5_000, PEER, HOME, 0x1111);
    assert_eq!(scene.calls().len(), 1);
    let mut scene = Scene::new();
    scene.voice(10_000, 300, PEER, HOME, 0x1111);
    assert!(scene.calls().is_empty());
    let mut scene = Scene::new();
    scene.voice(10_000, 5_000, HOME, "239.1.1.1:5004", 0x1111);
    assert!(scene.calls().is_empty());
}

#[test]
fn reports_both_ways_are_a_muted_call() {
    let mut scene = Scene::new();
    scene.reports(10_000, 12, HOME, PEER);
    assert!(scene.calls().is_empty());
    let mut scene = Scene::new();
    scene.reports(10_000, 12, HOME, PEER);
    scene.reports(10_500, 12, PEER, HOME);
    assert_eq!(scene.calls(), [(10_000, 21_500, None, 1, 0)]);
}

#[test]
fn a_call_lasts_from_its_checks_to_its_last_keep_alive() {
    let mut scene = Scene::new();
    scene.check(40_000, HOME, PEER, 1);
    scene.check(52_000, HOME, PEER, 2);
    scene.talk(60_000, 4_000, HOME, PEER, 0x1111);
    scene.check(72_000, HOME, PEER, 3);
    assert_eq!(scene.calls(), [(40_000, 72_030, None, 1, 0)]);
}

#[test]
fn what_a_flow_was_used_for_long_before_is_no_part_of_the_call() {
    let mut scene = Scene::new();
    for number in 0..20 {
        scene.check(number * 10_000, HOME, PEER, number as u8);
    }
    scene.talk(195_000, 4_000, HOME, PEER, 0x1111);
    let calls = scene.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].0, 135_000);
}

#[test]
fn two_calls_one_after_another_stay_two() {
    let mut scene = Scene::new();
    scene.talk(10_000, 5_000, HOME, PEER, 0x1111);
    scene.talk(60_000, 5_000, OTHER_PORT, PEER, 0x2222);
    let calls = scene.calls();
    assert_eq!(calls.iter().map(|call| (call.0, call.1)).collect::<Vec<_>>(), [(10_000, 14_987), (60_000, 64_987)]);
}

#[test]
fn a_source_that_goes_on_at_another_port_is_the_same_call_for_two_minutes() {
    let ports = |gap: i64| {
        let mut scene = Scene::new();
        scene.talk(10_000, 5_000, HOME, SERVER, 0x1111);
        scene.talk(15_000 + gap, 5_000, OTHER_PORT, SERVER, 0x1111);
        scene.calls().len()
    };
    assert_eq!([ports(60_000), ports(150_000)], [1, 2]);
}

#[test]
fn two_providers_at_once_are_two_calls() {
    let mut scene = Scene::new();
    scene.discovery(9_900, HOME, SERVER);
    scene.talk(10_000, 5_000, HOME, SERVER, 0x1111);
    scene.talk(11_000, 5_000, OTHER_PORT, MEET, 0x2222);
    assert_eq!(scene.providers(), [some("discord"), some("google-meet")]);
}

#[test]
fn keep_alives_of_a_voice_connection_are_a_call_in_which_nobody_speaks() {
    let mut scene = Scene::new();
    scene.discovery(9_900, HOME, SERVER);
    for number in 0..15 {
        let message = vec![0x13, 0x37, 0xca, 0xfe, number as u8, 0, 0, 0];
        scene.add((10_000 + number * 5_000) * MILLI, HOME, SERVER, message.clone());
        scene.add((10_030 + number * 5_000) * MILLI, SERVER, HOME, message);
    }
    assert_eq!(scene.calls(), [(9_900, 80_030, some("discord"), 1, 0)]);
}

#[test]
fn an_opaque_path_is_a_call_where_the_same_socket_asked_the_providers_relay() {
    let told_from = |relay_user: Option<&str>| {
        let mut scene = Scene::new();
        if let Some(local) = relay_user {
            scene.add(9_000 * MILLI, local, RELAY, stun(0x0001, 77, &[]));
            scene.add(9_030 * MILLI, RELAY, local, stun(0x0101, 77, &[]));
        }
        scene.check(9_900, HOME, PEER, 1);
        scene.noise(10_000, 6_000, HOME, PEER);
        scene.providers()
    };
    assert_eq!(told_from(Some(HOME)), [some("telegram")]);
    assert!(told_from(Some(OTHER_PORT)).is_empty());
    assert!(told_from(None).is_empty());
}

#[test]
fn a_relay_that_was_told_the_peer_names_the_call() {
    let mut scene = Scene::new();
    // XOR-PEER-ADDRESS of 203.0.113.9:40000.
    let peer = [0, 0x12, 0, 8, 0, 1, 0xbd, 0x52, 0xea, 0x12, 0xd5, 0x4b];
    scene.add(9_000 * MILLI, OTHER_PORT, RELAY, stun(0x0008, 77, &peer));
    scene.add(9_030 * MILLI, RELAY, OTHER_PORT, stun(0x0108, 77, &[]));
    scene.talk(10_000, 5_000, HOME, PEER, 0x1111);
    assert_eq!(scene.calls(), [(10_000, 14_987, some("telegram"), 1, 1)]);
}

#[test]
fn a_service_in_use_beside_a_call_names_nobody() {
    let mut scene = Scene::new();
    scene.add(9_000 * MILLI, OTHER_PORT, RELAY, stun(0x0001, 77, &[]));
    scene.add(9_030 * MILLI, RELAY, OTHER_PORT, stun(0x0101, 77, &[]));
    scene.talk(10_000, 5_000, HOME, PEER, 0x1111);
    assert_eq!(scene.calls(), [(10_000, 14_987, None, 1, 0)]);
}

#[test]
fn reports_on_the_next_port_belong_to_the_call() {
    let mut scene = Scene::new();
    scene.talk(10_000, 5_000, HOME, PEER, 0x1111);
    scene.reports(10_100, 3, OTHER_PORT, "203.0.113.9:40001");
    scene.reports(10_600, 3, "203.0.113.9:40001", OTHER_PORT);
    let calls = scene.calls();
    assert_eq!(calls.iter().map(|call| call.3 + call.4).collect::<Vec<_>>(), [2]);
}

#[test]
fn reports_around_a_burst_tell_how_long_its_session_was_open() {
    let burst = |reports: i64| {
        let mut scene = Scene::new();
        scene.talk(100_000, 800, HOME, PEER, 0x1111);
        scene.reports(99_700, reports, HOME, PEER);
        scene.reports(99_750, reports, PEER, HOME);
        scene.calls()
    };
    assert_eq!(burst(0), []);
    assert_eq!(burst(1), [(99_700, 100_787, None, 1, 0)]);
}

#[test]
fn what_the_other_end_carries_besides_is_part_of_the_call() {
    const NEIGHBOUR: &str = "192.168.7.3:50000";
    let calls = |other_end: &str| {
        let mut scene = Scene::new();
        scene.talk(10_000, 5_000, HOME, NEIGHBOUR, 0x1111);
        scene.voice(10_500, 4_000, other_end, "192.168.9.9:9400", 0x2222);
        scene.calls().iter().map(|call| call.3).collect::<Vec<_>>()
    };
    assert_eq!(calls("192.168.7.3:50002"), [2]);
    assert_eq!(calls("192.168.7.4:50002"), [1, 1]);
}

#[test]
fn a_relay_may_answer_from_another_address_than_the_one_that_it_named() {
    let paths = |named: u8| {
        let mut scene = Scene::new();
        let error = [0, 9, 0, 4, 0, 0, 3, 0];
        let alternate = [0x80, 0x23, 0, 8, 0, 1, 0x0d, 0x96, 198, 51, 100, named];
        scene.add(9_000 * MILLI, HOME, SERVER, stun(0x0003, 1, &[]));
        scene.add(9_030 * MILLI, SERVER, HOME, stun(0x0113, 1, &[error.as_slice(), &alternate].concat()));
        scene.talk(10_000, 5_000, HOME, SERVER, 0x1111);
        for second in 10..14 {
            scene.add(second * SECOND, HOME, "198.51.100.99:3478", stun(0x0003, 2, &[]));
        }
        scene.calls().iter().map(|call| (call.3, call.4)).collect::<Vec<_>>()
    };
    assert_eq!(paths(99), [(1, 1)]);
    assert_eq!(paths(98), [(1, 0)]);
}
