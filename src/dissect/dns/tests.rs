use super::*;
use crate::model::Evidence;

const CLIENT: &str = "192.0.2.1:40000";

/// Two-byte pointer to the first question's name.
const QUESTION: &[u8] = b"\xc0\x0c";

fn name(text: &str) -> Vec<u8> {
    let labels = text
        .split('.')
        .flat_map(|label| std::iter::once(u8::try_from(label.len()).unwrap()).chain(label.bytes()).collect::<Vec<_>>());
    labels.chain([0]).collect()
}

fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    [owner, &kind.to_be_bytes(), &[0, 1, 0, 0, 0, 60], &length, data].concat()
}

fn message(flags: u16, question: Option<(&str, u16)>, answers: &[Vec<u8>]) -> Vec<u8> {
    let counts = [u8::from(question.is_some()), 0, u8::try_from(answers.len()).unwrap(), 0, 0, 0, 0];
    let mut bytes = [&[7, 7][..], &flags.to_be_bytes(), &[0], &counts].concat();
    if let Some((asked, kind)) = question {
        bytes.extend(name(asked));
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0, 1]);
    }
    bytes.extend(answers.concat());
    bytes
}

fn read(dns: &mut Dns, out: &mut Output, bytes: &[u8], server: &str, direction: Direction, piece: Piece, millis: i64) {
    let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(millis * 1_000_000), direction };
    let (client, server) = (CLIENT.parse().unwrap(), server.parse().unwrap());
    let (source, destination) = if direction == Direction::Forward { (client, server) } else { (server, client) };
    let input = Input { bytes, piece, direction, at, source, destination, cut: 0, tunnel: None };
    recognise(&input);
    dns.read(&input, out);
}

fn answer(bytes: &[u8], server: &str) -> Output {
    let mut out = Output::default();
    read(&mut Dns::default(), &mut out, bytes, server, Direction::Backward, Piece::Datagram, 0);
    out
}

fn bindings(out: &Output) -> Vec<String> {
    let show =
        |bound: &NameBinding| format!("{} {} {} {}", bound.source, bound.name, bound.address, bound.aliases.join(","));
    out.bindings.iter().map(show).collect()
}

fn values(out: &Output, key: &str) -> Vec<String> {
    out.facts.of(key).map(|fact| fact.value.to_string()).collect()
}

fn chained() -> Vec<u8> {
    let answers = [
        record(QUESTION, 5, &name("geo.example.net")),
        record(&name("geo.example.net"), 5, &name("northeurope.example.net")),
        record(&name("northeurope.example.net"), 1, &[198, 51, 100, 9]),
        record(&name("Unasked.example"), 28, &[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
    ];
    message(0x8180, Some(("Meet.Example.TEST", 1)), &answers)
}

#[test]
fn an_address_belongs_to_the_name_asked_for_through_its_aliases() {
    let out = answer(&chained(), "192.0.2.53:53");
    assert_eq!(values(&out, "dns.query"), ["meet.example.test"]);
    let expected = [
        "dns meet.example.test 198.51.100.9 geo.example.net,northeurope.example.net",
        "dns unasked.example 2001:db8::1 ",
    ];
    assert_eq!(bindings(&out), expected);
}

#[test]
fn aliases_in_a_circle_end() {
    let answers = [
        record(QUESTION, 5, &name("b.test")),
        record(&name("b.test"), 5, &name("a.test")),
        record(&name("b.test"), 1, &[198, 51, 100, 9]),
    ];
    let out = answer(&message(0x8180, Some(("a.test", 1)), &answers), "192.0.2.53:53");
    assert_eq!(bindings(&out), ["dns a.test 198.51.100.9 b.test"]);
}

#[test]
fn hints_and_encrypted_client_hello_of_https_records() {
    let data = [&[0, 1, 0][..], &[0, 4, 0, 4, 198, 51, 100, 1], &[0, 5, 0, 2, 1, 2]].concat();
    let out = answer(&message(0x8180, Some(("a.test", 65)), &[record(QUESTION, 65, &data)]), "192.0.2.53:53");
    assert_eq!(bindings(&out), ["dns a.test 198.51.100.1 "]);
    assert_eq!(values(&out, "dns.https-ech"), ["true"]);
}

#[test]
fn the_local_network_announces_names() {
    let owner = name("Jürgens Gerät.local");
    let out = answer(&message(0x8400, None, &[record(&owner, 1, &[10, 0, 0, 7])]), "192.0.2.9:5353");
    assert_eq!(values(&out, "mdns.name"), ["jürgens gerät.local"]);
    assert_eq!(bindings(&out), ["mdns jürgens gerät.local 10.0.0.7 "]);
    let out = answer(&message(0, Some(("printer", 1)), &[]), "192.0.2.9:5355");
    assert_eq!(values(&out, "llmnr.name"), ["printer"]);
}

#[test]
fn unprintable_bytes_are_escaped() {
    let mut bytes = message(0x0100, Some(("abcd.test", 1)), &[]);
    bytes.splice(13..17, [b'a', 0x07, b'.', 0xff]);
    let out = answer(&bytes, "192.0.2.53:53");
    assert_eq!(values(&out, "dns.query"), ["a\\007\\.\\255.test"]);
}

#[test]
fn a_query_asked_once_measures_the_way_to_the_resolver() {
    let (mut dns, mut out) = (Dns::default(), Output::default());
    let query = message(0x0100, Some(("meet.example.test", 1)), &[]);
    let mut send = |bytes: &[u8], direction, millis| {
        read(&mut dns, &mut out, bytes, "192.0.2.53:53", direction, Piece::Datagram, millis);
    };
    send(&query, Direction::Forward, 0);
    send(&chained(), Direction::Backward, 12);
    send(&query, Direction::Forward, 20);
    send(&query, Direction::Forward, 25);
    send(&chained(), Direction::Backward, 26);
    assert_eq!((out.round_trips.min, out.round_trips.samples), (Some(12_000_000), 1));
}

#[test]
fn a_stream_in_one_byte_pieces() {
    let (mut dns, mut out) = (Dns::default(), Output::default());
    let message = chained();
    let framed = [&u16::try_from(message.len()).unwrap().to_be_bytes()[..], &message].concat();
    for byte in framed.chunks(1).chain(framed.chunks(1)) {
        let piece = Piece::Stream { offset: 0, from_start: true };
        read(&mut dns, &mut out, byte, "192.0.2.53:53", Direction::Backward, piece, 0);
    }
    assert_eq!(out.bindings.len(), 4);
    assert!(out.problems.is_empty());
}

#[test]
fn other_ports_and_odd_headers_are_not_dns() {
    assert!(is_plausible(&chained()));
    assert!(!is_plausible(b"\x07\x07\x01\0\0\0\0\0\0\0\0\0"), "asks and answers nothing");
    assert!(!is_plausible(b"\x07\x07\x79\0\0\x01\0\0\0\0\0\0"), "unknown operation");
}

#[test]
fn no_prefix_no_flipped_byte_and_no_pointer_loop_panics() {
    let sample = chained();
    for length in 0..=sample.len() {
        answer(&sample[..length], "192.0.2.53:53");
    }
    for at in 0..sample.len() {
        let mut bytes = sample.clone();
        for value in [bytes[at] ^ 0xff, 0xc0, 0x0c, 0x3f] {
            bytes[at] = value;
            answer(&bytes, "192.0.2.53:53");
            answer(&bytes, "192.0.2.9:5353");
        }
    }
    let itself = [&b"\x07\x07\x81\x80\0\x01\0\0\0\0\0\0"[..], b"\xc0\x0c\0\x01\0\x01"].concat();
    assert!(!answer(&itself, "192.0.2.53:53").problems.is_empty());
}

#[test]
fn a_device_says_who_it_is() {
    let host = name("Annas-MacBook.local");
    let answers = [
        record(&host, 1, &[192, 0, 2, 9]),
        record(&name("Another.local"), 1, &[192, 0, 2, 10]),
        record(&name("_airplay._tcp.local"), 12, &name("Annas Zimmer._airplay._tcp.local")),
        record(&name("Annas Zimmer._device-info._tcp.local"), 16, b"\x0cmodel=Mac1,2\x0aosxvers=21\x05empty"),
        record(&name("_services._dns-sd._udp.local"), 12, &name("_ipp._tcp.local")),
    ];
    let out = answer(&message(0x8400, None, &answers), "192.0.2.9:5353");
    assert_eq!(values(&out, "mdns.host"), ["Annas-MacBook"]);
    assert_eq!(values(&out, "mdns.display-name"), ["Annas Zimmer"]);
    assert_eq!(values(&out, "mdns.service"), ["_airplay._tcp", "_ipp._tcp"]);
    assert_eq!(
        (values(&out, "mdns.model"), values(&out, "mdns.system")),
        (vec!["Mac1,2".into()], vec!["osxvers 21".into()])
    );
    let asked = answer(&message(0, Some(("_airplay._tcp.local", 12)), &answers), "192.0.2.9:5353");
    assert!(values(&asked, "mdns.host").is_empty(), "answers within a question are others' that it knows");
    let out = answer(&message(0x8000, None, &[record(&name("ANNAS-PC"), 1, &[192, 0, 2, 9])]), "192.0.2.9:5355");
    assert_eq!(values(&out, "llmnr.host"), ["ANNAS-PC"]);
}

#[test]
fn names_in_place_of_addresses_are_told_apart() {
    let random = "0b1c2d3e-1111-4222-8333-0123456789ab";
    let full = format!("{random}.local");
    for (bytes, expected) in [
        (message(0, Some((&full, 1)), &[]), vec![random]),
        (message(0x8400, None, &[record(&name(&full), 1, &[192, 0, 2, 9])]), vec![random]),
        (message(0, Some(("0b1c2d3e-1111-4222-8333-0123456789ag.local", 1)), &[]), vec![]),
    ] {
        let out = answer(&bytes, "192.0.2.9:5353");
        assert_eq!(values(&out, "mdns.ice-name"), expected);
        assert!(values(&out, "mdns.host").is_empty());
    }
}

#[test]
fn a_claim_in_the_authority_section_names_the_device() {
    let mut bytes = message(0, Some(("annas-pc.local", 255)), &[record(QUESTION, 1, &[192, 0, 2, 9])]);
    bytes.swap(7, 9);
    let out = answer(&bytes, "192.0.2.9:5353");
    assert_eq!(
        (values(&out, "mdns.host"), values(&out, "mdns.name")),
        (vec!["annas-pc".into()], vec!["annas-pc.local".into()])
    );
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0xff;
        answer(&flipped, "192.0.2.9:5353");
        answer(&bytes[..at], "192.0.2.9:5355");
    }
}
