use super::*;
use crate::model::{Direction, Timestamp};

fn encoded(name: &str, kind: u8) -> Vec<u8> {
    let mut bytes = [b' '; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes[15] = kind;
    let letters = bytes.iter().flat_map(|byte| [b'A' + (byte >> 4), b'A' + (byte & 15)]);
    [32].into_iter().chain(letters).chain([0]).collect()
}

fn header(flags: u16, counts: [u8; 4]) -> Vec<u8> {
    let [questions, answers, authority, additional] = counts;
    [&[7, 7][..], &flags.to_be_bytes(), &[0, questions, 0, answers, 0, authority, 0, additional]].concat()
}

fn query() -> Vec<u8> {
    [header(0x0110, [1, 0, 0, 0]), encoded("FILESERVER", 0x20), vec![0, 0x20, 0, 1]].concat()
}

fn registration(name: &str, kind: u8, flags: u16) -> Vec<u8> {
    let record =
        [&[0xc0, 12, 0, 0x20, 0, 1, 0, 4, 0x93, 0xe0, 0, 6][..], &flags.to_be_bytes(), &[192, 0, 2, 7]].concat();
    [header(0x2910, [1, 0, 0, 1]), encoded(name, kind), vec![0, 0x20, 0, 1], record].concat()
}

fn node_state() -> Vec<u8> {
    let entry = |name: &str, kind: u8, flags: u16| {
        let mut bytes = [b' '; 15];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        [&bytes[..], &[kind], &flags.to_be_bytes()].concat()
    };
    let entries = [
        entry("ANNAS-PC", 0x00, 0x0400),
        entry("HOME", 0x00, 0x8400),
        entry("ANNAS-PC", 0x03, 0x0400),
        entry("ANNA", 0x03, 0x0400),
    ];
    let data = [&[4][..], &entries.concat(), &[2, 0x77, 0, 0, 0, 0xb], &[0; 40]].concat();
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    let kind = [0, 0x21, 0, 1, 0, 0, 0, 0];
    [&header(0x8400, [0, 1, 0, 0])[..], &encoded("*", 0), &kind, &length, &data].concat()
}

fn announcement() -> Vec<u8> {
    let mut data = vec![1, 0, 0x80, 0xfc, 0x0a, 0];
    data.extend(b"ANNAS-PC\0\0\0\0\0\0\0\0");
    data.extend([10, 0, 3, 0x10, 0, 0, 15, 1, 0x55, 0xaa]);
    data.extend(b"Annas Arbeitsplatz\0");
    let offset = 32 + 1 + 34 + 2 + 17;
    let mut words = vec![0; 22];
    words.extend(u16::try_from(data.len()).unwrap().to_le_bytes());
    words.extend(u16::try_from(offset).unwrap().to_le_bytes());
    words.extend([3, 0, 1, 0, 1, 0, 2, 0]);
    let smb = [&b"\xffSMB\x25"[..], &[0; 27], &[17], &words, &[0, 0], b"\\MAILSLOT\\BROWSE\0", &data].concat();
    let head = [0x11, 2, 7, 7, 192, 0, 2, 7, 0, 138, 0, 0, 0, 0];
    [&head[..], &encoded("ANNAS-PC", 0), &encoded("HOME", 0x1d), &smb].concat()
}

fn read(bytes: &[u8], port: u16) -> Output {
    let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
    let (source, destination) = (([192, 0, 2, 7], port).into(), ([192, 0, 2, 255], port).into());
    let direction = Direction::Forward;
    let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
    let mut out = Output::default();
    for protocol in [&PROTOCOL, &datagram::PROTOCOL] {
        if (protocol.recognise)(&input) {
            (protocol.create)().read(&input, &mut out);
        }
    }
    out
}

fn stated(bytes: &[u8], port: u16) -> Vec<String> {
    read(bytes, port).facts.iter().map(|fact| format!("{} {}", fact.key.name, fact.value)).collect()
}

#[test]
fn what_is_sought_is_not_what_one_is() {
    assert_eq!(stated(&query(), 137), ["nbns.name FILESERVER<20>"]);
    assert_eq!(stated(&registration("ANNAS-PC", 0x20, 0), 137), ["nbns.host ANNAS-PC"]);
    assert_eq!(stated(&registration("HOME", 0, 0x8000), 137), ["nbns.group HOME<00>"]);
    assert_eq!(stated(&registration("ANNA", 3, 0), 137), ["nbns.user ANNA"]);
}

#[test]
fn the_state_of_a_node_names_computer_group_and_user() {
    let expected = ["nbns.host ANNAS-PC", "nbns.group HOME<00>", "nbns.user ANNA", "nbns.unit 02:77:00:00:00:0b"];
    assert_eq!(stated(&node_state(), 137), expected);
}

#[test]
fn a_computer_announces_itself() {
    let expected = [
        "netbios.sender ANNAS-PC<00>",
        "browser.host ANNAS-PC",
        "browser.comment Annas Arbeitsplatz",
        "browser.system 10.0",
    ];
    assert_eq!(stated(&announcement(), 138), expected);
}

#[test]
fn no_prefix_and_no_flipped_byte_panics() {
    for (sample, port) in
        [(query(), 137), (registration("ANNAS-PC", 0, 0), 137), (node_state(), 137), (announcement(), 138)]
    {
        assert!(read(&sample, port).problems.is_empty());
        for length in 0..=sample.len() {
            read(&sample[..length], port);
        }
        for at in 0..sample.len() {
            let mut bytes = sample.clone();
            for value in [bytes[at] ^ 0xff, 0, 0xff, 0xc0] {
                bytes[at] = value;
                read(&bytes, port);
            }
        }
    }
}
