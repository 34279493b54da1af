//! Messages of MS-TURN, Meta, Zoom and classic STUN, made by hand.

use super::*;

#[test]
fn microsoft_turns_meanings_around() {
    let mut talk = Talk::new();
    let cookie: (u16, &[u8]) = (0x000f, &[0x72, 0xc6, 0x4b, 0xc6]);
    let plain: &[u8] = &[0, 1, 0x13, 0x88, 203, 0, 113, 9];
    let hidden: &[u8] = &[0, 1, 0x13 ^ 0x21, 0x88 ^ 0x12, 192 ^ 0x21, 0x12, 2 ^ 0xa4, 1 ^ 0x42];
    talk.send(&message(0x0103, 1, &[cookie, (0x0001, plain), (0x8020, hidden)]), Direction::Backward, 0);
    talk.send(&message(0x0115, 2, &[cookie, (0x0012, plain), (0x0013, b"\x80abc")]), Direction::Backward, 0);
    talk.send(
        &message(0x0003, 3, &[cookie, (0x0014, b"nonce"), (0x0015, b"\"realm\""), (0x8055, &[0, 2, 0, 0])]),
        Direction::Forward,
        0,
    );
    assert_eq!(talk.values("stun.relayed-address"), ["203.0.113.9:5000"]);
    assert_eq!(talk.values("stun.mapped-address"), ["192.0.2.1:5000"]);
    assert_eq!(talk.values("stun.peer-address"), ["203.0.113.9:5000"]);
    assert_eq!(talk.values("stun.realm"), ["realm"]);
    assert_eq!(talk.values("stun.ms-stream-type"), ["video"]);
    assert_eq!(talk.values("stun.dialect"), ["ms-turn"]);
    assert_eq!(talk.values("stun.message"), ["allocate-success", "data-indication", "allocate-request"]);
    let framed = [b"\xff\x10\x00\x0cSESSION!".as_slice(), b"\x80abc"].concat();
    assert!(matches!(talk.send(&framed, Direction::Forward, 0), Step::Inner(b"\x80abc", Tunnel::Framing("ms-turn"))));
    assert_eq!(talk.values("stun.ms-session-id"), ["53455353494f4e21"]);
}

#[test]
fn relays_of_meta_are_asked_by_name_and_tell_the_time() {
    let mut talk = Talk::new();
    talk.send(
        &message(0x0804, 1, &[(0x4007, &[1, 0xf4]), (0x0016, &masked("203.0.113.9:3478"))]),
        Direction::Forward,
        0,
    );
    talk.send(&message(0x0805, 1, &[(0x4002, &1_700_000_000_123u64.to_be_bytes())]), Direction::Backward, 9);
    talk.stun.finish(&mut talk.out);
    assert_eq!(talk.values("stun.relay-asked"), ["203.0.113.9:3478"]);
    assert_eq!(talk.values("stun.server-time-ms"), ["1700000000123"]);
    assert_eq!(talk.values("stun.dialect"), ["meta"]);
    assert_eq!(talk.out.round_trips.min, Some(9_000_000));
}

#[test]
fn zoom_answers_without_a_cookie() {
    let mut talk = Talk::new();
    let id = *b"0123456789abcdef";
    let ask = [b"\0\x01\0\x18".as_slice(), &id, b"\x01\x01\0\x1412345678901234567890".as_slice()].concat();
    let tell = [b"\0\x02\0\x0c".as_slice(), &id, &[1, 3, 0, 8, 0, 1, 0x13, 0x88, 192, 0, 2, 1]].concat();
    talk.send(&ask, Direction::Forward, 0);
    talk.send(&tell, Direction::Backward, 30);
    talk.stun.finish(&mut talk.out);
    assert_eq!(talk.values("stun.message"), ["binding-request", "zoom-binding-answer"]);
    assert_eq!(talk.values("stun.mapped-address"), ["192.0.2.1:5000"]);
    assert_eq!(talk.values("stun.dialect"), ["zoom"]);
    assert_eq!(talk.out.round_trips.min, Some(30_000_000));
}

#[test]
fn classic_servers_name_their_second_address() {
    let mut talk = Talk::new();
    let address = |kind: u8, host: u8| [0, kind, 0, 8, 0, 1, 0x0d, 0x96, 198, 51, 100, host];
    let body = [address(1, 1), address(4, 7), address(5, 8)].concat();
    talk.send(&[b"\x01\x01\0\x24................".as_slice(), &body].concat(), Direction::Backward, 0);
    assert_eq!(talk.values("stun.mapped-address"), ["198.51.100.1:3478"]);
    assert_eq!(talk.values("stun.response-origin"), ["198.51.100.7:3478"]);
    assert_eq!(talk.values("stun.other-address"), ["198.51.100.8:3478"]);
    assert_eq!(talk.values("stun.dialect"), ["classic"]);
}
