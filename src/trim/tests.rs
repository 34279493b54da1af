use super::*;
use crate::model::{LinkType, Timestamp};

const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 50_000);
const SERVER: ([u8; 4], u16) = ([192, 0, 2, 1], 443);
const ETHERNET_AND_IP: usize = 34;

/// An IPv4 packet in Ethernet.
fn ethernet(protocol: u8, from: ([u8; 4], u16), to: ([u8; 4], u16), transport: &[u8]) -> Vec<u8> {
    let length = (20 + transport.len()) as u16;
    let mut bytes = vec![2; 12];
    bytes.extend([8, 0, 0x45, 0]);
    bytes.extend(length.to_be_bytes());
    bytes.extend([0, 1, 0x40, 0, 64, protocol, 0, 0]);
    bytes.extend(from.0);
    bytes.extend(to.0);
    bytes.extend(transport);
    bytes
}

fn udp(from: ([u8; 4], u16), to: ([u8; 4], u16), payload: &[u8]) -> Vec<u8> {
    let mut bytes = [from.1.to_be_bytes(), to.1.to_be_bytes(), (8 + payload.len() as u16).to_be_bytes()].concat();
    bytes.extend([0, 0]);
    bytes.extend(payload);
    ethernet(17, from, to, &bytes)
}

fn tcp(from: ([u8; 4], u16), to: ([u8; 4], u16), sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = [from.1.to_be_bytes(), to.1.to_be_bytes()].concat();
    bytes.extend(sequence.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.extend(payload);
    ethernet(6, from, to, &bytes)
}

fn frame(data: &[u8], number: u64) -> Frame<'_> {
    Frame {
        capture: 0,
        number,
        time: Timestamp::from_nanos(number as i64 * 1_000_000),
        link: LinkType::ETHERNET,
        interface: 0,
        wire_length: data.len() as u32,
        data,
    }
}

/// Bytes of UDP payload that are kept of each datagram from the client.
fn of_datagrams(payloads: &[&[u8]]) -> Vec<usize> {
    let mut trim = Trim::new();
    let sizes = (1..).zip(payloads).map(|(number, payload)| {
        let bytes = udp(CLIENT, (SERVER.0, 9_000), payload);
        trim.keep(&frame(&bytes, number)) - ETHERNET_AND_IP - 8
    });
    sizes.collect()
}

/// Bytes of TCP payload that are kept of each segment (from the client?, sequence number, payload) behind both SYN.
fn of_segments(segments: &[(bool, u32, &[u8])]) -> Vec<usize> {
    let mut trim = Trim::new();
    for (data, number) in [(tcp(CLIENT, SERVER, 0, 2, b""), 1), (tcp(SERVER, CLIENT, 0, 18, b""), 2)] {
        assert_eq!(trim.keep(&frame(&data, number)), data.len());
    }
    let sizes = (3..).zip(segments).map(|(number, (client, sequence, payload))| {
        let (from, to) = if *client { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
        let bytes = tcp(from, to, *sequence, 16, payload);
        trim.keep(&frame(&bytes, number)) - ETHERNET_AND_IP - 20
    });
    sizes.collect()
}

fn record(kind: u8, length: u16) -> Vec<u8> {
    let mut bytes = vec![kind, 3, 3];
    bytes.extend(length.to_be_bytes());
    bytes.resize(5 + usize::from(length), 0x5a);
    if kind == 22 {
        // A ServerHello as far as its first bytes go.
        bytes[5..9].copy_from_slice(&[2, 0, (length >> 8) as u8, length as u8 - 4]);
    }
    bytes
}

fn rtp(first: u8, behind: &[u8]) -> Vec<u8> {
    [&[first, 111, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4][..], behind, &[0x77; 160]].concat()
}

#[test]
fn of_media_the_header_stays() {
    let plain = rtp(0x80, &[]);
    let mixed = rtp(0x82, &[0; 8]);
    let extended = rtp(0x90, &[0xbe, 0xde, 0, 1, 0x10, 0x85, 0, 0]);
    let encrypted = rtp(0x90, &[0x9d; 8]);
    assert_eq!(of_datagrams(&[&plain, &mixed, &extended, &encrypted]), [12, 20, 20, 12]);
}

#[test]
fn media_in_a_channel_is_cut_as_elsewhere() {
    let inner = rtp(0x80, &[]);
    let mut channel = vec![0x40, 0, 0, inner.len() as u8];
    channel.extend(&inner);
    let mut indication = vec![0, 0x16, 0, inner.len() as u8 + 4, 0x21, 0x12, 0xa4, 0x42];
    indication.extend([7; 12]);
    indication.extend([0, 0x13, 0, inner.len() as u8]);
    indication.extend(&inner);
    assert_eq!(of_datagrams(&[&channel, &indication]), [16, 36]);
}

#[test]
fn of_what_nobody_reads_next_to_nothing_stays() {
    assert_eq!(of_datagrams(&[&[0x33; 700], &[0x33; 3]]), [FOREIGN, 3]);
    let other = [&[2; 12][..], &[0x88, 0xb5], &[0x41; 300]].concat();
    assert_eq!(Trim::new().keep(&frame(&other, 1)), OTHER_FRAME_BYTES);
    let error = ethernet(1, CLIENT, SERVER, &[&[3, 3, 0, 0, 0, 0, 0, 0][..], &[0x41; 200]].concat());
    assert_eq!(Trim::new().keep(&frame(&error, 1)), ETHERNET_AND_IP + 4 + ICMP_BYTES);
}

const FOREIGN: usize = needs::FOREIGN_BYTES;

#[test]
fn application_data_goes_and_handshakes_stay() {
    let (hello, data) = (record(22, 90), record(23, 300));
    let both = [hello.clone(), data.clone()].concat();
    let behind = [data.clone(), hello.clone()].concat();
    assert_eq!(of_segments(&[(false, 1, &hello), (false, 96, &data), (false, 401, &data)]), [95, 5, 0]);
    assert_eq!(of_segments(&[(false, 1, &both), (false, 401, &data)]), [100, 0]);
    assert_eq!(
        of_segments(&[(false, 1, &behind)]),
        [behind.len()],
        "what is in front of a needed record stays with it"
    );
}

#[test]
fn records_go_on_over_segments() {
    let stream = [record(22, 90), record(23, 300), record(22, 50)].concat();
    let mut needed: Vec<bool> = vec![false; stream.len()];
    needed[..100].fill(true);
    needed[400..455].fill(true);
    for size in [1, 3, 4, 7, 50, 99, 128] {
        let pieces: Vec<(bool, u32, &[u8])> =
            stream.chunks(size).enumerate().map(|(index, piece)| (false, (index * size) as u32 + 1, piece)).collect();
        for ((_, sequence, piece), kept) in pieces.iter().zip(of_segments(&pieces)) {
            let at = *sequence as usize - 1;
            let wanted = needed[at..at + piece.len()].iter().rposition(|needed| *needed).map_or(0, |last| last + 1);
            assert!(kept >= wanted, "{size} {at}: {kept} of {wanted}");
            assert!(kept <= wanted.max(5), "{size} {at}: {kept} of {wanted}");
        }
    }
}

#[test]
fn segments_out_of_order_and_again() {
    let hello = record(22, 300);
    let (first, second) = hello.split_at(100);
    let data = record(23, 300);
    let late = of_segments(&[(false, 101, second), (false, 1, first), (false, 306, &data), (false, 1, first)]);
    assert_eq!(late, [205, 100, 5, 100], "the beginning comes after the end, and once more");
    let lost = of_segments(&[(false, 1, first), (false, 306, &data), (false, 611, &data)]);
    assert_eq!(lost, [100, 5, 0], "the record's length tells where the next begins");
}

#[test]
fn of_requests_the_heads_stay() {
    let head: &[u8] = b"POST /form HTTP/1.1\r\nHost: one.test\r\nContent-Length: 400\r\n\r\n";
    let whole = [head, &[b'x'; 400]].concat();
    let answer = [&b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"[..], &[b'y'; 900]].concat();
    let kept = of_segments(&[(true, 1, &whole), (false, 1, &answer), (false, 2000, &[b'y'; 500])]);
    assert_eq!(kept, [head.len(), 0, 0]);
    let (one, two) = whole.split_at(20);
    assert_eq!(of_segments(&[(true, 1, one), (true, 21, two)]), [20, head.len() - 20]);
}

#[test]
fn a_tunnel_of_a_proxy_is_read_as_what_it_carries() {
    let connect = b"CONNECT two.test:443 HTTP/1.1\r\nHost: two.test\r\n\r\n";
    let hello = record(22, 90);
    let next = 1 + connect.len() as u32;
    let kept = of_segments(&[(true, 1, connect), (false, 1, b"HTTP/1.1 200 OK\r\n\r\n"), (true, next, &hello)]);
    assert_eq!(kept, [connect.len(), 0, hello.len()]);
}

#[test]
fn what_somebody_wrote_goes_and_sessions_stay() {
    let message: &[u8] =
        b"MESSAGE sip:bob@example.test SIP/2.0\r\nCall-ID: 1\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n";
    let invite: &[u8] = b"INVITE sip:bob@example.test SIP/2.0\r\nCall-ID: 1\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\n";
    let with = |head: &[u8], body: &[u8]| [head, body].concat();
    let (written, session) = (with(message, b"hello"), with(invite, b"v=0\r\n"));
    assert_eq!(of_datagrams(&[&written, &session]), [message.len(), session.len()]);
    let both = [session.clone(), written].concat();
    assert_eq!(of_segments(&[(true, 1, &both)]), [session.len() + message.len()]);
}

#[test]
fn of_a_fragmented_datagram_the_rest_goes_with_the_first() {
    let fragment = |offset: u16, more: bool, payload: &[u8]| {
        let mut bytes = ethernet(17, CLIENT, SERVER, payload);
        let flags = (offset / 8) | if more { 0x2000 } else { 0 };
        bytes[20..22].copy_from_slice(&flags.to_be_bytes());
        bytes
    };
    let datagram =
        |port: u16, payload: &[u8]| [&CLIENT.1.to_be_bytes()[..], &port.to_be_bytes(), &[0, 0, 0, 0], payload].concat();
    let media = datagram(9_000, &rtp(0x80, &[]));
    let session =
        datagram(5060, b"INVITE sip:bob@example.test SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n");
    for (first, whole) in [(media, false), (session, true)] {
        let mut trim = Trim::new();
        let (one, two) = (fragment(0, true, &first), fragment(1480, false, &[0x41; 300]));
        assert_eq!(trim.keep(&frame(&one, 1)) == one.len(), whole);
        assert_eq!(trim.keep(&frame(&two, 2)), if whole { two.len() } else { ETHERNET_AND_IP });
    }
}

#[test]
fn no_more_than_there_is_whatever_comes() {
    let frames = [
        udp(CLIENT, SERVER, &rtp(0x9f, &[0xbe, 0xde, 0xff, 0xff])),
        udp(
            CLIENT,
            (SERVER.0, 3478),
            &[0, 1, 0xff, 0xff, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        ),
        tcp(CLIENT, SERVER, 9, 16, &[record(22, 40), record(23, 9)].concat()),
        tcp(CLIENT, SERVER, 1, 16, b"INVITE sip:a SIP/2.0\r\nl: 99999999999\r\n\r\nv=0"),
    ];
    let mut trim = Trim::new();
    for bytes in frames {
        for length in 0..=bytes.len() {
            assert!(trim.keep(&Frame { wire_length: bytes.len() as u32, ..frame(&bytes[..length], 1) }) <= length);
        }
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0xff;
            assert!(trim.keep(&frame(&bytes, 1)) <= bytes.len());
        }
    }
}
