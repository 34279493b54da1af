mod dialects;

use super::*;
use crate::model::{Direction, Evidence, Timestamp, Value};
use std::net::SocketAddr;

const CLIENT: &str = "192.0.2.1:5000";
const SERVER: &str = "198.51.100.7:3478";

/// Sample request of RFC 5769 section 2.1.
const REQUEST: &[u8] = b"\x00\x01\x00\x58\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
    \x80\x22\x00\x10STUN test client\x00\x24\x00\x04\x6e\x00\x01\xff\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36\
    \x00\x06\x00\x09evtj:h6vY   \x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\
    \xc1\xb5\x71\xa2\x80\x28\x00\x04\xe5\x7a\x3b\xcf";
/// Sample IPv4 response of RFC 5769 section 2.2.
const RESPONSE: &[u8] = b"\x01\x01\x00\x3c\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
    \x80\x22\x00\x0btest vector \x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43\x00\x08\x00\x14\x2b\x91\xf5\x99\
    \xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53\xf0\x6b\xe7\xd7\x80\x28\x00\x04\xc0\x7d\x4c\x96";

struct Talk {
    stun: Stun,
    out: Output,
    frame: u64,
}

impl Talk {
    fn new() -> Talk {
        Talk { stun: Stun::default(), out: Output::default(), frame: 0 }
    }

    fn input<'p>(&mut self, bytes: &'p [u8], direction: Direction, millis: i64) -> Input<'p> {
        self.frame += 1;
        let (client, server): (SocketAddr, SocketAddr) = (CLIENT.parse().unwrap(), SERVER.parse().unwrap());
        let forward = direction == Direction::Forward;
        let at = Evidence { capture: 0, frame: self.frame, time: Timestamp::from_nanos(millis * 1_000_000), direction };
        Input {
            bytes,
            piece: Piece::Datagram,
            direction,
            at,
            source: if forward { client } else { server },
            destination: if forward { server } else { client },
            cut: 0,
            tunnel: None,
        }
    }

    fn send<'p>(&mut self, bytes: &'p [u8], direction: Direction, millis: i64) -> Step<'p> {
        let input = self.input(bytes, direction, millis);
        self.stun.read(&input, &mut self.out)
    }

    fn stream(&mut self, bytes: &[u8], offset: u64) -> bool {
        let mut input = self.input(bytes, Direction::Forward, 0);
        input.piece = Piece::Stream { offset, from_start: true };
        matches!(self.stun.read(&input, &mut self.out), Step::Taken)
    }

    fn values(&self, key: &str) -> Vec<String> {
        self.out.facts.of(key).map(|fact| fact.value.to_string()).collect()
    }
}

fn message(kind: u16, id: u8, attributes: &[(u16, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, value) in attributes {
        body.extend(kind.to_be_bytes());
        body.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        body.extend(*value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [&kind.to_be_bytes()[..], &length, &message::COOKIE.to_be_bytes(), &[id; 12], &body].concat()
}

/// A relayed call of the laboratory (Chromium 156, coturn 4.6.1): each datagram behind a byte for its direction and two
/// for its length.
const RELAYED_CALL: &[u8] = include_bytes!("../samples/turn_udp.bin");

/// The datagrams of [`RELAYED_CALL`] in order.
fn relayed_call() -> Vec<(Direction, &'static [u8])> {
    let mut reader = crate::model::wire::Reader::new(RELAYED_CALL);
    let mut datagrams = Vec::new();
    while let Some(direction) = reader.u8() {
        let direction = if direction == 0 { Direction::Forward } else { Direction::Backward };
        datagrams.push((direction, reader.vector16().unwrap()));
    }
    datagrams
}

#[test]
fn a_relayed_call_tells_account_relay_peer_and_path() {
    let mut talk = Talk::new();
    for (millis, (direction, datagram)) in (0i64..).zip(relayed_call()) {
        assert!(!matches!(talk.send(datagram, direction, 20 * millis), Step::Foreign));
    }
    talk.stun.finish(&mut talk.out);
    let expected: &[(&str, &[&str])] = &[
        ("stun.mapped-address", &["10.77.1.11:58913"]),
        ("stun.response-origin", &["10.77.8.8:3478"]),
        ("stun.software", &["Coturn-4.6.1 'Gorst'"]),
        ("stun.error", &["401"]),
        ("stun.error-reason", &["Unauthorized"]),
        ("stun.realm", &["turn.example.test"]),
        ("stun.turn-username", &["alice@example.test"]),
        ("stun.requested-transport", &["udp"]),
        ("stun.relayed-address", &["10.77.8.8:50099"]),
        ("stun.lifetime", &["600"]),
        ("stun.peer-address", &["10.77.8.8:50167"]),
        ("stun.channel", &["0x4000 10.77.8.8:50167"]),
        ("stun.network-cost", &["ethernet"]),
        ("stun.inner-mapped-address", &["10.77.8.8:50099", "10.77.8.8:50167"]),
        ("stun.dialect", &["rfc8489"]),
    ];
    for (key, values) in expected {
        assert_eq!(talk.values(key), *values, "{key}");
    }
    assert_eq!(talk.values("stun.username"), ["alice@example.test", "tpYl:aKe2", "aKe2:tpYl"]);
    assert_eq!(talk.values("stun.ice-role").len(), 2);
    assert_eq!(talk.values("stun.nonce").len(), 1);
}

#[test]
fn a_check_and_its_answer() {
    let mut talk = Talk::new();
    assert!(matches!(talk.send(REQUEST, Direction::Forward, 0), Step::Taken));
    assert!(matches!(talk.send(RESPONSE, Direction::Backward, 24), Step::Taken));
    talk.stun.finish(&mut talk.out);
    assert_eq!(talk.values("stun.message"), ["binding-request", "binding-success"]);
    assert_eq!(talk.values("stun.username"), ["evtj:h6vY"]);
    assert_eq!(talk.values("stun.software"), ["STUN test client", "test vector"]);
    assert_eq!(talk.values("stun.ice-role"), ["controlled"]);
    assert_eq!(talk.values("stun.mapped-address"), ["192.0.2.1:32853"]);
    assert_eq!(talk.values("stun.connected"), ["true"]);
    assert_eq!(talk.values("stun.dialect"), ["rfc8489"]);
    assert!(talk.values("stun.turn-username").is_empty());
    assert_eq!(talk.out.round_trips.min, Some(24_000_000));
}

#[test]
fn both_sides_networks_show_with_their_directions() {
    let mut talk = Talk::new();
    let wifi = message(0x0001, 1, &[(0x0006, b"a:b"), (0xc057, &[0, 3, 0, 10])]);
    let mobile = message(0x0001, 2, &[(0x0006, b"b:a"), (0xc057, &[0, 3, 3, 0x84])]);
    for _ in 0..3 {
        talk.send(&wifi, Direction::Forward, 0);
        talk.send(&mobile, Direction::Backward, 1);
    }
    let costs: Vec<_> =
        talk.out.facts.of("stun.network-cost").map(|fact| (fact.value.to_string(), fact.first.direction)).collect();
    assert_eq!(costs, [("wifi".into(), Direction::Forward), ("cellular".into(), Direction::Backward)]);
    let id = talk.out.facts.of("stun.network-id").next().unwrap();
    assert_eq!(
        (&id.value, id.first.direction, id.last.direction),
        (&Value::Number(3), Direction::Forward, Direction::Backward)
    );
    assert_eq!(talk.values("stun.attribute"), ["0xc057"]);
}

#[test]
fn relays_tell_accounts_peers_and_channels() {
    let mut talk = Talk::new();
    let peer = [0, 1, 0x13 ^ 0x21, 0x88 ^ 0x12, 203 ^ 0x21, 0x12, 113 ^ 0xa4, 9 ^ 0x42];
    talk.send(
        &message(0x0003, 1, &[(0x0006, b"1700000000:alice"), (0x0014, b"\"relay.example\"")]),
        Direction::Forward,
        0,
    );
    talk.send(&message(0x0103, 1, &[(0x0016, &peer), (0x0020, &peer)]), Direction::Backward, 9);
    talk.send(&message(0x0009, 2, &[(0x000c, &[0x40, 1, 0, 0]), (0x0012, &peer)]), Direction::Forward, 10);
    assert_eq!(talk.values("stun.turn-user-time"), ["1700000000"]);
    assert_eq!(talk.values("stun.turn-username"), ["1700000000:alice"]);
    assert_eq!(talk.values("stun.realm"), ["relay.example"]);
    assert_eq!(talk.values("stun.relayed-address"), ["203.0.113.9:5000"]);
    assert_eq!(talk.values("stun.peer-address"), ["203.0.113.9:5000"]);
    assert_eq!(talk.values("stun.channel"), ["0x4001 203.0.113.9:5000"]);
    let data = talk.send(b"\x40\x01\x00\x05\x80abc", Direction::Forward, 11);
    assert!(matches!(data, Step::Foreign), "its length does not fit");
    let data = talk.send(b"\x40\x01\x00\x04\x80abc", Direction::Forward, 11);
    assert!(matches!(data, Step::Inner(b"\x80abc", Tunnel::Channel(0x4001))));
}

#[test]
fn a_message_inside_a_relay_is_read_and_measures_nothing() {
    let mut talk = Talk::new();
    let wrap = |inner: &[u8]| message(0x0016, 7, &[(0x0012, &[0, 1, 0, 0, 1, 2, 3, 4]), (0x0013, inner)]);
    assert!(matches!(talk.send(&wrap(REQUEST), Direction::Forward, 0), Step::Taken));
    assert!(matches!(talk.send(&wrap(RESPONSE), Direction::Backward, 5), Step::Taken));
    talk.stun.finish(&mut talk.out);
    assert_eq!(talk.out.round_trips.samples, 0);
    assert_eq!(talk.values("stun.inner-mapped-address"), ["192.0.2.1:32853"]);
    assert!(talk.values("stun.mapped-address").is_empty());
    assert_eq!(talk.values("stun.connected"), ["true"]);
    assert!(matches!(
        talk.send(&wrap(b"\x90rtp"), Direction::Forward, 6),
        Step::Inner(b"\x90rtp", Tunnel::Indication(_))
    ));
}

/// An address as XOR-MAPPED-ADDRESS writes it, of a message with the magic cookie.
fn masked(address: &str) -> Vec<u8> {
    let address: std::net::SocketAddrV4 = address.parse().unwrap();
    let plain = [&address.port().to_be_bytes()[..], &address.ip().octets()].concat();
    let mask = [0x21, 0x12, 0x21, 0x12, 0xa4, 0x42];
    [0, 1].into_iter().chain(plain.iter().zip(mask).map(|(byte, mask)| byte ^ mask)).collect()
}

#[test]
fn the_nominated_pair_is_the_one_that_was_confirmed() {
    let mut talk = Talk::new();
    let check = |id, choose: bool| {
        let choice: &[(u16, &[u8])] = &[(0x0006, b"a:b"), (0x0024, &[0x6e, 0, 1, 0xff]), (0x0025, b"")];
        message(0x0001, id, if choose { choice } else { &choice[..2] })
    };
    let answer = |id| message(0x0101, id, &[(0x0020, &masked("192.0.2.1:5000"))]);
    talk.send(&check(1, false), Direction::Backward, 0);
    talk.send(&answer(1), Direction::Forward, 1);
    talk.send(&check(2, true), Direction::Backward, 2);
    assert!(talk.values("stun.nominated-pair").is_empty(), "not confirmed yet");
    for millis in [3, 4] {
        talk.send(&answer(2), Direction::Forward, millis);
    }
    assert_eq!(talk.values("stun.nominated-pair"), ["198.51.100.7:3478 -> 192.0.2.1:5000"]);
    assert_eq!(talk.values("stun.nominated"), ["true"]);
    assert_eq!(talk.values("stun.priority"), ["1845494271"]);
}

#[test]
fn the_nominated_pair_of_a_relayed_path_has_three_ends() {
    let mut talk = Talk::new();
    let bind: &[(u16, &[u8])] = &[(0x000c, &[0x40, 1, 0, 0]), (0x0012, &masked("203.0.113.9:6000"))];
    talk.send(&message(0x0009, 1, bind), Direction::Forward, 0);
    let channel = |inner: &[u8]| [&[0x40, 1][..], &u16::try_from(inner.len()).unwrap().to_be_bytes(), inner].concat();
    let check = channel(&message(0x0001, 2, &[(0x0006, b"a:b"), (0x0025, b"")]));
    talk.send(&check, Direction::Backward, 1);
    talk.send(&channel(&message(0x0101, 2, &[])), Direction::Forward, 2);
    assert_eq!(talk.values("stun.nominated-pair"), ["203.0.113.9:6000 -> 198.51.100.7:3478 -> 192.0.2.1:5000"]);
}

#[test]
fn relays_learn_inner_addresses_of_peers() {
    let mut talk = Talk::new();
    let peers: &[(u16, &[u8])] = &[(0x0012, &masked("192.168.7.9:0")), (0x0012, &masked("203.0.113.9:0"))];
    talk.send(&message(0x0008, 1, peers), Direction::Forward, 0);
    assert_eq!(talk.values("stun.peer-address"), ["192.168.7.9:0", "203.0.113.9:0"]);
    assert_eq!(talk.values("stun.inner-peer-address"), ["192.168.7.9:0"]);
}

#[test]
fn what_else_servers_and_their_clients_say() {
    let mut talk = Talk::new();
    let ask: &[(u16, &[u8])] =
        &[(0x0019, &[17, 0, 0, 0]), (0x000d, &[0, 0, 2, 0x58]), (0x802f, b"https://meet.example")];
    talk.send(&message(0x0003, 1, ask), Direction::Forward, 0);
    let refuse: &[(u16, &[u8])] = &[
        (0x0009, b"\0\0\x03\x00Try Alternate"),
        (0x0015, b"obMatJos2AAAA"),
        (0x8003, b"other.example"),
        (0x802e, b"auth.example"),
    ];
    talk.send(&message(0x0113, 1, refuse), Direction::Backward, 1);
    let origin: &[(u16, &[u8])] =
        &[(0x802b, &[0, 1, 0x0d, 0x96, 198, 51, 100, 7]), (0x802c, &[0, 1, 5, 0x79, 10, 67, 66, 99])];
    talk.send(&message(0x0101, 2, origin), Direction::Backward, 2);
    let expected = [
        ("stun.requested-transport", "udp"),
        ("stun.lifetime", "600"),
        ("stun.origin", "https://meet.example"),
        ("stun.error", "300"),
        ("stun.error-reason", "Try Alternate"),
        ("stun.nonce", "obMatJos2AAAA"),
        ("stun.alternate-domain", "other.example"),
        ("stun.third-party-authorization", "auth.example"),
        ("stun.response-origin", "198.51.100.7:3478"),
        ("stun.other-address", "10.67.66.99:1401"),
    ];
    for (key, value) in expected {
        assert_eq!(talk.values(key), [value], "{key}");
    }
}

#[test]
fn handshakes_inside_checks_are_handed_on() {
    let mut talk = Talk::new();
    let hello = message(0x0001, 1, &[(0x0006, b"a:b"), (0xc070, b"\x16\xfe\xfd")]);
    assert!(matches!(
        talk.send(&hello, Direction::Forward, 0),
        Step::Inner(b"\x16\xfe\xfd", Tunnel::Framing("dtls-in-stun"))
    ));
    assert!(matches!(talk.send(&message(0x0101, 1, &[(0xc070, b"")]), Direction::Backward, 0), Step::Taken));
}

#[test]
fn channel_data_alone_is_believed_when_it_fits_repeatedly() {
    let mut talk = Talk::new();
    for _ in 1..CHANNEL_FITS_MIN {
        assert!(matches!(talk.send(b"\x40\x01\x00\x04\x80abc", Direction::Forward, 0), Step::Foreign));
    }
    assert!(matches!(talk.send(b"\x40\x01\x00\x04\x80abc", Direction::Forward, 0), Step::Inner(..)));
    assert!(matches!(talk.send(b"\x40\x01\x00\x05\x80abc", Direction::Forward, 0), Step::Foreign));
    assert!(matches!(talk.send(b"\x40\x01\x00\x04\x80abc", Direction::Forward, 0), Step::Foreign));
}

#[test]
fn streams_hand_on_what_they_framed() {
    let mut talk = Talk::new();
    let bytes = [REQUEST, b"\x40\0\0\x05\x80\x01\x02\x03\x04\0\0\0"].concat();
    assert!(talk.stream(&bytes[..50], 0));
    assert!(talk.stream(&bytes[50..], 50));
    assert_eq!(talk.values("stun.username"), ["evtj:h6vY"]);
    assert_eq!(talk.out.inner, [InnerPayload { bytes: vec![0x80, 1, 2, 3, 4], tunnel: Tunnel::Channel(0x4000) }]);
    assert!(!Talk::new().stream(b"GET / HTTP/1.1\r\n\r\n......", 0));
}

#[test]
fn a_cut_message_states_what_was_stored() {
    let mut talk = Talk::new();
    let mut input = talk.input(&REQUEST[..60], Direction::Forward, 0);
    input.cut = u32::try_from(REQUEST.len() - 60).unwrap();
    assert!(recognise(&input));
    assert!(matches!(talk.stun.read(&input, &mut talk.out), Step::Taken));
    assert_eq!(talk.values("stun.software"), ["STUN test client"]);
    assert!(talk.values("stun.username").is_empty());
}

#[test]
fn no_prefix_and_no_flipped_byte_panics() {
    let wrapped = message(0x0017, 7, &[(0x0012, &[0, 1, 0, 0, 1, 2, 3, 4]), (0x0013, REQUEST)]);
    let microsoft = [b"\xff\x10\x00\x74SESSION!".as_slice(), REQUEST].concat();
    let recorded: Vec<&[u8]> = relayed_call().into_iter().map(|(_, datagram)| datagram).collect();
    let made = [REQUEST, RESPONSE, &wrapped, &microsoft, b"\x40\x01\x00\x04\x80abc"];
    for sample in made.iter().chain(&recorded).copied() {
        for length in 0..=sample.len() {
            try_all_ways(&sample[..length]);
        }
        for at in 0..sample.len() {
            let mut bytes = sample.to_vec();
            for value in [bytes[at] ^ 0xff, bytes[at] ^ 1, 0, 0x7f] {
                bytes[at] = value;
                try_all_ways(&bytes);
            }
        }
    }
}

fn try_all_ways(bytes: &[u8]) {
    let mut talk = Talk::new();
    let mut input = talk.input(bytes, Direction::Forward, 0);
    recognise(&input);
    talk.stun.read(&input, &mut talk.out);
    input.cut = 40;
    talk.stun.read(&input, &mut talk.out);
    input.piece = Piece::Stream { offset: 0, from_start: true };
    recognise(&input);
    talk.stun.read(&input, &mut talk.out);
    talk.stun.read(&input, &mut talk.out);
    talk.stun.finish(&mut talk.out);
}
