use super::*;
use crate::model::{Direction, Timestamp};

fn message(operation: u8, your: [u8; 4], options: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![operation, 1, 6, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes.extend(your);
    bytes.extend([0; 8]);
    bytes.extend([2, 0x77, 0, 0, 0, 0xb]);
    bytes.resize(FIXED_BYTES, 0);
    bytes.extend(MAGIC_COOKIE);
    for (number, value) in options {
        bytes.extend([*number, u8::try_from(value.len()).unwrap()]);
        bytes.extend(*value);
    }
    bytes.push(option::END);
    bytes
}

fn read(bytes: &[u8]) -> Output {
    let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
    let (source, destination) = ("0.0.0.0:68".parse().unwrap(), "255.255.255.255:67".parse().unwrap());
    let direction = Direction::Forward;
    let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
    let mut out = Output::default();
    if recognise(&input) {
        Dhcp.read(&input, &mut out);
    }
    out
}

fn stated(out: &Output) -> Vec<String> {
    out.facts.iter().map(|fact| format!("{} {}", fact.key.name, fact.value)).collect()
}

fn request() -> Vec<u8> {
    let options: [(u8, &[u8]); 7] = [
        (53, &[3]),
        (61, &[1, 2, 0x77, 0, 0, 0, 0xb]),
        (50, &[192, 0, 2, 7]),
        (12, b"Annas-Laptop\0"),
        (81, b"\x00\x00\x00Annas-Laptop.example.test"),
        (60, b"MSFT 5.0"),
        (55, &[1, 3, 6, 15]),
    ];
    message(1, [0; 4], &options)
}

#[test]
fn a_request_tells_of_the_device() {
    let expected = [
        "dhcp.link-address 02:77:00:00:00:0b",
        "dhcp.vendor-class MSFT 5.0",
        "dhcp.host-name Annas-Laptop",
        "dhcp.fqdn Annas-Laptop.example.test",
        "dhcp.parameters 1,3,6,15",
        "dhcp.client-id 0102770000000b",
        "dhcp.requested-address 192.0.2.7",
        "dhcp.client 02:77:00:00:00:0b name Annas-Laptop",
        "dhcp.client 02:77:00:00:00:0b class MSFT 5.0",
        "dhcp.client 02:77:00:00:00:0b parameters 1,3,6,15",
    ];
    assert_eq!(stated(&read(&request())), expected);
}

#[test]
fn an_acknowledgement_tells_of_the_network_and_an_offer_assigns_nothing() {
    let network: [(u8, &[u8]); 3] =
        [(3, &[192, 0, 2, 1]), (6, &[192, 0, 2, 1, 198, 51, 100, 53, 9]), (15, b"home.example")];
    let answer = |kind: &'static [u8]| {
        let options: Vec<(u8, &[u8])> = [(53, kind)].into_iter().chain(network).collect();
        stated(&read(&message(2, [192, 0, 2, 7], &options)))
    };
    let expected = [
        "dhcp.link-address 02:77:00:00:00:0b",
        "dhcp.assigned-address 192.0.2.7",
        "dhcp.domain home.example",
        "dhcp.router 192.0.2.1",
        "dhcp.name-server 192.0.2.1",
        "dhcp.name-server 198.51.100.53",
        "dhcp.client 02:77:00:00:00:0b address 192.0.2.7",
    ];
    assert_eq!(answer(&[5]), expected);
    let offer = answer(&[2]);
    assert!(!offer.iter().any(|fact| fact.contains("192.0.2.7")), "{offer:?}");
}

#[test]
fn a_long_option_goes_on_and_a_name_may_come_in_labels() {
    let out = read(&message(1, [0; 4], &[(12, b"Annas-"), (12, b"Laptop"), (81, b"\x05\0\0\x05annas\x04test\0")]));
    assert_eq!(out.facts.text("dhcp.host-name"), Some("Annas-Laptop"));
    assert_eq!(out.facts.text("dhcp.fqdn"), Some("annas.test"));
}

#[test]
fn options_without_end_are_counted() {
    let mut bytes = request();
    bytes.pop();
    assert_eq!(read(&bytes).problems.iter().map(|(what, _)| what).collect::<Vec<_>>(), ["dhcp.options-cut"]);
    assert!(read(&request()).problems.is_empty());
}

#[test]
fn no_prefix_and_no_flipped_byte_panics() {
    let sample = request();
    for length in 0..=sample.len() {
        read(&sample[..length]);
        Message::read(&sample[..length]);
    }
    for at in 0..sample.len() {
        let mut bytes = sample.clone();
        for value in [bytes[at] ^ 0xff, 0, 0xff] {
            bytes[at] = value;
            read(&bytes);
        }
    }
}
