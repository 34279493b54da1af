use super::*;
use crate::model::Direction;

fn encode(options: &[(u16, &[u8])]) -> Vec<u8> {
    let each = |(number, value): &(u16, &[u8])| {
        [&number.to_be_bytes()[..], &u16::try_from(value.len()).unwrap().to_be_bytes(), value].concat()
    };
    options.iter().flat_map(each).collect()
}

fn solicit() -> Vec<u8> {
    let duid = [0, 1, 0, 1, 0x2d, 0x0a, 0xb1, 0x80, 2, 0x77, 0, 0, 0, 0xb];
    let address = [&[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7][..], &[0; 8]].concat();
    let association = [&[0; 12][..], &encode(&[(5, &address)])].concat();
    let class = [&311u32.to_be_bytes()[..], &[0, 8], b"MSFT 5.0"].concat();
    let options: [(u16, &[u8]); 5] = [
        (1, &duid),
        (3, &association),
        (39, b"\x00\x0cAnnas-Laptop\x04test"),
        (16, &class),
        (6, &[0, 17, 0, 23, 0, 24, 0, 39]),
    ];
    [&[1, 9, 9, 9][..], &encode(&options)].concat()
}

fn read(bytes: &[u8]) -> Output {
    let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
    let (source, destination) = ("[fe80::1]:546".parse().unwrap(), "[ff02::1:2]:547".parse().unwrap());
    let direction = Direction::Forward;
    let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
    let mut out = Output::default();
    if recognise(&input) {
        Dhcpv6.read(&input, &mut out);
    }
    out
}

fn stated(out: &Output) -> Vec<String> {
    out.facts.iter().map(|fact| format!("{} {}", fact.key.name, fact.value)).collect()
}

#[test]
fn a_request_tells_of_the_device() {
    let expected = [
        "dhcpv6.duid 000100012d0ab18002770000000b",
        "dhcpv6.duid-day 2023-12-12",
        "dhcpv6.link-address 02:77:00:00:00:0b",
        "dhcpv6.address 2001:db8::7",
        "dhcpv6.fqdn Annas-Laptop.test",
        "dhcpv6.vendor-class 311 MSFT 5.0",
        "dhcpv6.options 17,23,24,39",
    ];
    assert_eq!(stated(&read(&solicit())), expected);
}

#[test]
fn an_answer_tells_of_the_network_and_relays_are_looked_through() {
    let server = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53];
    let reply = [&[7, 9, 9, 9][..], &encode(&[(23, &server), (24, b"\x04home\x07example\0")])].concat();
    let expected = ["dhcpv6.name-server 2001:db8::53", "dhcpv6.domain home.example"];
    assert_eq!(stated(&read(&reply)), expected);
    let mut relayed = reply;
    for _ in 0..3 {
        relayed = [&[13][..], &[0; 33], &encode(&[(9, &relayed)])].concat();
    }
    assert_eq!(stated(&read(&relayed)), expected);
}

#[test]
fn a_cut_message_is_counted() {
    let sample = solicit();
    assert!(read(&sample).problems.is_empty());
    assert!(!read(&sample[..sample.len() - 1]).problems.is_empty());
}

#[test]
fn no_prefix_and_no_flipped_byte_panics() {
    let sample = solicit();
    for length in 0..=sample.len() {
        read(&sample[..length]);
    }
    for at in 0..sample.len() {
        let mut bytes = sample.clone();
        for value in [bytes[at] ^ 0xff, 0, 0xff] {
            bytes[at] = value;
            read(&bytes);
        }
    }
}
