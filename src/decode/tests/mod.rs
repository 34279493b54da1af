use super::*;
use crate::model::{LinkType, TcpHeader, Timestamp};
use std::net::IpAddr;

mod duplicates;
mod fragments;

const PAYLOAD: &[u8] = b"what was said, in forty bytes and no more";
const MAC_A: [u8; 6] = [2, 0, 0, 0, 0, 0xa];
const MAC_B: [u8; 6] = [2, 0, 0, 0, 0, 0xb];

fn frame(link: LinkType, data: &[u8]) -> Frame<'_> {
    Frame {
        capture: 0,
        number: 1,
        time: Timestamp::new(1, 0),
        link,
        interface: 0,
        wire_length: data.len() as u32,
        data,
    }
}

fn n16(number: usize) -> [u8; 2] {
    (number as u16).to_be_bytes()
}

fn n16_little(number: usize) -> [u8; 2] {
    (number as u16).to_le_bytes()
}

fn udp(payload: &[u8]) -> Vec<u8> {
    udp_to(4000, payload)
}

fn udp_to(port: usize, payload: &[u8]) -> Vec<u8> {
    [&n16(3000), &n16(port), &n16(payload.len() + 8), &[0xab, 0xcd], payload].concat()
}

fn tcp(flags: u8, payload: &[u8]) -> Vec<u8> {
    let options = [1; 12];
    let start = [&n16(3000)[..], &n16(443), &7_u32.to_be_bytes(), &9_u32.to_be_bytes()].concat();
    [&start[..], &[0x80, flags], &[0xff, 0xff, 0xab, 0xcd, 0, 0], &options, payload].concat()
}

/// An IPv4 packet with `fragment` as its flags and offset, and a right checksum.
fn ipv4_part(identification: usize, fragment: usize, protocol: u8, ttl: u8, payload: &[u8]) -> Vec<u8> {
    let mut header = [&[0x45, 0][..], &n16(20 + payload.len()), &n16(identification), &n16(fragment)].concat();
    header.extend([ttl, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
    let sum: u32 = header.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum();
    let sum = (sum & 0xffff) + (sum >> 16);
    header[10..12].copy_from_slice(&(!((sum & 0xffff) + (sum >> 16)) as u16).to_be_bytes());
    [header, payload.to_vec()].concat()
}

fn ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    ipv4_part(77, 0x4000, protocol, 64, payload)
}

fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    let mut address = [0; 16];
    address[..2].copy_from_slice(&[0x20, 1]);
    address[15] = 1;
    let mut packet = [&[0x60, 0, 0, 0][..], &n16(payload.len()), &[next, 63], &address].concat();
    address[15] = 2;
    packet.extend_from_slice(&address);
    packet.extend_from_slice(payload);
    packet
}

fn ethernet(kind: usize, payload: &[u8]) -> Vec<u8> {
    [&MAC_B[..], &MAC_A, &n16(kind), payload].concat()
}

/// All that the tests look at, free of the decoder.
#[derive(Debug, PartialEq)]
struct Got {
    source: IpAddr,
    transport: Transport,
    payload: Vec<u8>,
    payload_length: u32,
    ip_length: u32,
    outgoing: Option<bool>,
    source_mac: Option<[u8; 6]>,
    tunnels: u8,
}

fn got(packet: Packet<'_>) -> Got {
    Got {
        source: packet.source,
        transport: packet.transport,
        payload: packet.payload.to_vec(),
        payload_length: packet.payload_length,
        ip_length: packet.ip_length,
        outgoing: packet.outgoing,
        source_mac: packet.source_mac,
        tunnels: packet.tunnels,
    }
}

fn decode(link: LinkType, data: &[u8]) -> Option<Got> {
    Decoder::new().decode(&frame(link, data)).map(got)
}

fn problems(decoder: &Decoder) -> Vec<&'static str> {
    decoder.problems().iter().map(|(what, _)| what).collect()
}

fn problems_of(link: LinkType, data: &[u8]) -> Vec<&'static str> {
    let mut decoder = Decoder::new();
    decoder.decode(&frame(link, data));
    problems(&decoder)
}

#[test]
fn ethernet_with_ipv4_and_udp_without_the_padding() {
    let data = [ethernet(0x0800, &ipv4(17, &udp(b"hi"))), vec![0; 16]].concat();
    let mut decoder = Decoder::new();
    let packet = decoder.decode(&frame(LinkType::ETHERNET, &data)).expect("a packet");
    assert_eq!(packet.endpoints(), ("192.0.2.1:3000".parse().expect("a"), "192.0.2.2:4000".parse().expect("b")));
    assert_eq!((packet.payload, packet.payload_length, packet.ip_length), (b"hi".as_slice(), 2, 30));
    assert_eq!((packet.hop_limit, packet.tunnels, packet.outgoing), (64, 0, None));
    assert_eq!((packet.source_mac, packet.destination_mac), (Some(MAC_A), Some(MAC_B)));
    assert!(!packet.duplicate);
    assert!(decoder.problems().is_empty());
}

#[test]
fn tcp_header_with_options() {
    let got = decode(LinkType::RAW, &ipv6(6, &tcp(0x12, PAYLOAD))).expect("a packet");
    let Transport::Tcp(header) = got.transport else { panic!("{:?}", got.transport) };
    let numbers = (header.source, header.destination, header.sequence, header.acknowledgement, header.flags);
    assert_eq!((numbers, got.payload.as_slice()), ((3000, 443, 7, 9, 0x12), PAYLOAD));
    assert_eq!(
        header.opening.map(|opening| opening.to_string()).as_deref(),
        Some("65535 - - nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop")
    );
    assert!(header.syn() && header.ack() && !header.fin());
}

#[test]
fn icmp_and_other_protocols() {
    let got = decode(LinkType::RAW, &ipv4(1, &[3, 3, 0, 0, 9, 9, 9, 9])).expect("a packet");
    assert_eq!((got.transport, got.payload), (Transport::Icmp(3, 3), vec![9; 4]));
    let got = decode(LinkType::RAW, &ipv6(58, &[128, 0, 0, 0, 1])).expect("a packet");
    assert_eq!(got.transport, Transport::Icmp(128, 0));
    let got = decode(LinkType::RAW, &ipv4(132, &[1, 2, 3])).expect("a packet");
    assert_eq!((got.transport, got.payload), (Transport::Other(132), vec![1, 2, 3]));
}

#[test]
fn lengths_that_are_zero_or_lie() {
    let offloaded = |mut packet: Vec<u8>, at: usize| {
        packet[at..at + 2].fill(0);
        packet
    };
    // Segmentation offload: the length comes from the frame.
    let got = decode(LinkType::RAW, &offloaded(ipv4(17, &udp(PAYLOAD)), 2)).expect("a packet");
    assert_eq!((got.payload.as_slice(), got.ip_length), (PAYLOAD, 28 + PAYLOAD.len() as u32));
    let got = decode(LinkType::RAW, &offloaded(ipv6(6, &tcp(16, PAYLOAD)), 4)).expect("a packet");
    assert_eq!(got.payload, PAYLOAD);
    let got = decode(LinkType::RAW, &offloaded(ipv4(17, &udp(PAYLOAD)), 24)).expect("a packet");
    assert_eq!(got.payload, PAYLOAD);
    // UDP may be shorter than IP says.
    let mut datagram = udp(PAYLOAD);
    datagram[4..6].copy_from_slice(&n16(8 + 4));
    let got = decode(LinkType::RAW, &ipv4(17, &datagram)).expect("a packet");
    assert_eq!((got.payload.as_slice(), got.payload_length), (b"what".as_slice(), 4));
    // And not longer.
    datagram[4..6].copy_from_slice(&n16(999));
    let packet = ipv4(17, &datagram);
    assert_eq!(decode(LinkType::RAW, &packet).expect("a packet").payload, PAYLOAD);
    assert_eq!(problems_of(LinkType::RAW, &packet), ["decode.udp-length-impossible"]);
}

#[test]
fn a_packet_cut_by_the_snapshot_length_keeps_its_numbers() {
    for (packet, header) in [(ipv4(17, &udp(PAYLOAD)), 28), (ipv4(6, &tcp(24, PAYLOAD)), 52)] {
        for stored in header..packet.len() {
            let cut = Frame { wire_length: packet.len() as u32, ..frame(LinkType::RAW, &packet[..stored]) };
            let mut decoder = Decoder::new();
            let got = got(decoder.decode(&cut).expect("a packet"));
            assert_eq!(got.payload, &PAYLOAD[..stored - header]);
            assert_eq!((got.payload_length, got.ip_length), (PAYLOAD.len() as u32, packet.len() as u32));
            assert!(decoder.problems().is_empty());
        }
    }
    // A TCP header cut in its options still tells ports and flags.
    let packet = ipv4(6, &tcp(2, PAYLOAD));
    let cut = Frame { wire_length: packet.len() as u32, ..frame(LinkType::RAW, &packet[..40]) };
    let got = got(Decoder::new().decode(&cut).expect("a packet"));
    assert!(matches!(got.transport, Transport::Tcp(header) if header.syn()));
    assert_eq!((got.payload.len(), got.payload_length), (0, PAYLOAD.len() as u32));
}

/// The same datagram in every link layer, and whether the capturing host sent it.
fn link_layers() -> Vec<(LinkType, Vec<u8>, Option<bool>)> {
    let packet = ipv4(17, &udp(PAYLOAD));
    let with = |header: &[u8]| [header, &packet].concat();
    let ether = |kind: usize, header: &[u8]| ethernet(kind, &with(header));
    let snap = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0];
    let session = |rest: &[u8]| [&[0x11, 0, 0, 9][..], &n16(2 + packet.len()), rest].concat();
    let cooked = |kind: u8| [&[0, kind, 0, 1, 0, 6][..], &MAC_A, &[0, 0, 8, 0]].concat();
    let cooked2 = |kind: u8| [&[8, 0, 0, 0, 0, 0, 0, 3, 0, 1, kind, 6][..], &MAC_A, &[0, 0]].concat();
    let wireless = [&[0x88, 2, 0, 0][..], &MAC_B, &[2, 0, 0, 0, 0, 0xcc], &MAC_A, &[0x10, 0], &[0, 0], &snap].concat();
    let padded = [&wireless[..26], &[0, 0], &snap].concat();
    let radiotap = [&[0, 0, 17, 0, 3, 0, 0, 0][..], &[0; 8], &[0x20]].concat();
    let tap =
        [&40_u32.to_le_bytes()[..], &[1, 0, 0, 0], &12_u32.to_le_bytes(), &[0; 24], &2_u32.to_le_bytes()].concat();
    vec![
        (LinkType::ETHERNET, ether(0x0800, &[]), None),
        (LinkType::ETHERNET, ether(0x8100, &[0, 5, 8, 0]), None),
        (LinkType::ETHERNET, ether(0x88a8, &[0, 5, 0x81, 0, 0, 6, 8, 0]), None),
        (LinkType::ETHERNET, ether(0x8864, &session(&[0, 0x21])), None),
        (LinkType::ETHERNET, ether(0x8847, &[0, 1, 0, 64, 0, 2, 1, 64]), None),
        (LinkType::ETHERNET, ether(packet.len() + 8, &snap), None),
        (LinkType::RAW, packet.clone(), None),
        (LinkType::RAW_BSD, packet.clone(), None),
        (LinkType::RAW_OPENBSD, packet.clone(), None),
        (LinkType::IPV4, packet.clone(), None),
        (LinkType::NULL, with(&[2, 0, 0, 0]), None),
        (LinkType::NULL, with(&[0, 0, 0, 2]), None),
        (LinkType::LOOP, with(&[0, 0, 0, 2]), None),
        (LinkType::PPP, with(&[0, 0x21]), None),
        (LinkType::PPP, with(&[0xff, 3, 0, 0x21]), None),
        (LinkType::PPP, with(&[0x21]), None),
        (LinkType::PPP_HDLC, with(&[0xff, 3, 0, 0x21]), None),
        (LinkType::PPP_HDLC, with(&[0x0f, 0, 8, 0]), None),
        (LinkType::PPP_ETHER, with(&session(&[0, 0x21])), None),
        (LinkType(104), with(&[0x0f, 0, 8, 0]), None),
        (LinkType::LINUX_SLL, with(&cooked(4)), Some(true)),
        (LinkType::LINUX_SLL, with(&cooked(0)), Some(false)),
        (LinkType::LINUX_SLL, with(&cooked(3)), None),
        (LinkType::LINUX_SLL2, with(&cooked2(4)), Some(true)),
        (LinkType::LINUX_SLL2, with(&cooked2(1)), Some(false)),
        (LinkType::IEEE802_11, with(&wireless), None),
        (LinkType::IEEE802_11_RADIOTAP, with(&[radiotap, padded].concat()), None),
        (LinkType(192), with(&[0, 0, 8, 0, 101, 0, 0, 0]), None),
        (LinkType(258), with(&tap), Some(true)),
        (
            LinkType(239),
            [&[2, 0, 0, 0, 5, 0, 10, 0, 9, 0, 0, 0][..], &n16_little(4 + packet.len()), &[9, 0], &packet].concat(),
            None,
        ),
        (LinkType::ETHERNET, ether(0x893f, &[0, 0, 0, 1, 0, 0, 8, 0]), None),
    ]
}

#[test]
fn the_same_packet_in_every_link_layer() {
    for (link, data, outgoing) in link_layers() {
        let got = decode(link, &data).unwrap_or_else(|| panic!("{link:?}: {:?}", problems_of(link, &data)));
        assert_eq!((got.transport, got.payload.as_slice()), (Transport::Udp(3000, 4000), PAYLOAD), "{link:?}");
        assert_eq!((got.outgoing, got.tunnels), (outgoing, 0), "{link:?}");
        assert!(got.source_mac.is_none_or(|mac| mac == MAC_A), "{link:?}");
    }
}

#[test]
fn what_is_not_ip_is_no_problem_and_what_cannot_be_read_is_one() {
    let mut decoder = Decoder::new();
    let data = ethernet(0x0806, &[0; 28]);
    assert!(decoder.decode(&frame(LinkType::ETHERNET, &data)).is_none());
    assert!(decoder.problems().is_empty());
    assert_eq!(decoder.frames_without_ip(), 1);
    assert_eq!(problems_of(LinkType(147), &data), ["decode.link-type-not-read"]);
    assert_eq!(problems_of(LinkType::ETHERNET, &data[..13]), ["decode.link-header-cut"]);
    assert_eq!(problems_of(LinkType::ETHERNET, &ethernet(0x0800, &[0x45; 12])), ["decode.ipv4-header-cut"]);
    assert_eq!(problems_of(LinkType::ETHERNET, &ethernet(0x0800, &[0x05])), ["decode.ip-version-unknown"]);
    assert_eq!(problems_of(LinkType::IEEE802_11, &[&[8, 0x42][..], &[0; 40]].concat()), ["decode.wireless-encrypted"]);
    let tags = [&[0, 1, 0x81, 0][..]].concat().repeat(20);
    assert_eq!(problems_of(LinkType::ETHERNET, &ethernet(0x8100, &tags)), ["decode.tags-too-many"]);
    assert_eq!(problems_of(LinkType::RAW, &ipv4(6, &[0; 20])), ["decode.tcp-header-impossible"]);
    assert_eq!(problems_of(LinkType::RAW, &ipv4(17, &[0; 7])), ["decode.udp-header-cut"]);
}

/// An extension header of eight bytes, and an authentication header.
fn extension(next: u8) -> Vec<u8> {
    vec![next, 0, 1, 4, 0, 0, 0, 0]
}

fn authentication(next: u8) -> Vec<u8> {
    [&[next, 4][..], &[0; 22]].concat()
}

#[test]
fn extension_headers() {
    let chain = [extension(43), extension(60), extension(44), vec![51, 0, 0, 0, 0, 0, 0, 1], authentication(135)];
    let packet = ipv6(0, &[chain.concat(), extension(17), udp(PAYLOAD)].concat());
    let got = decode(LinkType::RAW, &packet).expect("a packet");
    assert_eq!((got.transport, got.payload.as_slice()), (Transport::Udp(3000, 4000), PAYLOAD));
    let got = decode(LinkType::RAW, &ipv4(51, &[authentication(17), udp(PAYLOAD)].concat())).expect("a packet");
    assert_eq!(got.payload, PAYLOAD);
    let endless = ipv6(0, &extension(0).repeat(40));
    assert_eq!(problems_of(LinkType::RAW, &endless), ["decode.ipv6-extensions-too-many"]);
    assert_eq!(problems_of(LinkType::RAW, &ipv6(43, &[17, 9, 0, 0])), ["decode.ip-extension-cut"]);
    let got = decode(LinkType::RAW, &ipv6(59, &[])).expect("a packet");
    assert_eq!(got.transport, Transport::Other(59));
}

fn gtp(flags: u8, header: &[u8], packet: &[u8]) -> Vec<u8> {
    let length = header.len() + packet.len();
    udp_to(2152, &[&[flags, 255][..], &n16(length), &[0, 0, 0, 1], header, packet].concat())
}

/// A packet in every tunnel.
fn tunnels() -> Vec<Vec<u8>> {
    let packet = ipv4(17, &udp(PAYLOAD));
    let inner = ethernet(0x0800, &packet);
    let gre = |header: &[u8], inside: &[u8]| ipv4(47, &[header, inside].concat());
    let six = ipv6(6, &tcp(24, PAYLOAD));
    vec![
        ipv4(4, &packet),
        ipv4(41, &six),
        ipv6(4, &packet),
        ipv6(41, &six),
        gre(&[0, 0, 8, 0], &packet),
        gre(&[0, 0, 0x86, 0xdd], &six),
        gre(&[0xb0, 0, 0x65, 0x58, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], &inner),
        gre(&[0, 0, 0x88, 0xbe], &inner),
        gre(&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 0, 0, 0, 0, 0], &inner),
        gre(&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &inner),
        gre(&[0x30, 0x81, 0x88, 0x0b, 0, 9, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 3, 0, 0x21], &packet),
        gre(&[0, 0, 0x88, 0x47, 0, 1, 1, 64], &packet),
        ipv4(137, &[&[0, 1, 1, 64][..], &packet].concat()),
        ipv4(97, &[&[0x30, 0][..], &inner].concat()),
        ipv4(17, &udp_to(4789, &[&[8, 0, 0, 0, 0, 0, 7, 0][..], &inner].concat())),
        ipv4(17, &udp_to(6081, &[&[1, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 1, 1, 1][..], &inner].concat())),
        ipv4(17, &udp_to(6081, &[&[0, 0, 8, 0, 0, 0, 7, 0][..], &packet].concat())),
        ipv4(17, &gtp(0x30, &[], &packet)),
        ipv4(17, &gtp(0x32, &[0, 1, 0, 0], &six)),
        ipv4(17, &gtp(0x34, &[0, 0, 0, 0x85, 1, 0, 9, 0], &packet)),
    ]
}

#[test]
fn the_packet_inside_every_tunnel() {
    for (index, data) in tunnels().iter().enumerate() {
        let got = decode(LinkType::RAW, data).unwrap_or_else(|| panic!("tunnel {index}"));
        let ports =
            matches!(got.transport, Transport::Udp(3000, 4000) | Transport::Tcp(TcpHeader { source: 3000, .. }));
        assert!(ports && got.payload == PAYLOAD && got.tunnels == 1, "tunnel {index}: {got:?}");
        assert!(problems_of(LinkType::RAW, data).is_empty(), "tunnel {index}");
    }
}

#[test]
fn tunnels_in_tunnels_up_to_the_limit() {
    let mut data = ipv4(17, &udp(PAYLOAD));
    for depth in 1..=6 {
        data = ipv4(4, &data);
        let got = decode(LinkType::RAW, &data).expect("a packet");
        assert_eq!(got.tunnels, depth.min(TUNNELS_MAX));
        assert_eq!(matches!(got.transport, Transport::Udp(..)), depth <= TUNNELS_MAX);
    }
    assert_eq!(problems_of(LinkType::RAW, &data), ["decode.tunnels-too-deep"]);
}

#[test]
fn ordinary_datagrams_on_tunnel_ports_stay_what_they_are() {
    let mut wrong_checksum = ipv4(17, &udp(PAYLOAD));
    wrong_checksum[10] ^= 1;
    let inner = ethernet(0x0800, &wrong_checksum);
    let lookalikes = [
        udp_to(4789, &[&[8, 0, 0, 0, 0, 0, 7, 0][..], &inner].concat()),
        udp_to(4789, &[&[0, 0, 0, 0, 0, 0, 7, 0][..], &ethernet(0x0800, &ipv4(17, &udp(b"a")))].concat()),
        udp_to(4789, &[&[8, 0, 0, 0, 0, 0, 7, 0][..], &ethernet(0x0806, &[0; 28])].concat()),
        udp_to(2152, &[0x32, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0]),
        udp_to(2152, &[&[0x30, 255, 0, 9, 0, 0, 0, 1][..], &ipv4(17, &udp(b"a"))].concat()),
        udp_to(6081, PAYLOAD),
        udp_to(4789, b""),
    ];
    for datagram in lookalikes {
        let data = ipv4(17, &datagram);
        let got = decode(LinkType::RAW, &data).expect("a packet");
        assert!(matches!(got.transport, Transport::Udp(3000, _)) && got.tunnels == 0, "{got:?}");
        assert_eq!(got.payload, &datagram[8..]);
    }
    // GRE without IP inside is a packet of its own.
    let got = decode(LinkType::RAW, &ipv4(47, &[0, 0, 0x12, 0x34, 1])).expect("a packet");
    assert_eq!((got.transport, got.tunnels), (Transport::Other(47), 0));
}

#[test]
fn no_prefix_and_no_flipped_byte_panics() {
    let mut frames: Vec<_> = link_layers().into_iter().map(|(link, data, _)| (link, data)).collect();
    frames.extend(tunnels().into_iter().map(|data| (LinkType::RAW, data)));
    frames.extend(fragments::fragments6(&udp(PAYLOAD)).into_iter().map(|data| (LinkType::RAW, data)));
    let mut decoder = Decoder::new();
    let mut check = |link, data: &[u8], wire| {
        if let Some(packet) = decoder.decode(&Frame { wire_length: wire, ..frame(link, data) }) {
            assert!(packet.payload.len() <= packet.payload_length as usize, "{packet:?}");
        }
    };
    for (link, data) in frames {
        for length in 0..=data.len() {
            check(link, &data[..length], length as u32);
            check(link, &data[..length], data.len() as u32);
        }
        for at in 0..data.len() {
            for value in [0, 0xff, data[at] ^ 1, data[at] ^ 0x80] {
                let mut data = data.clone();
                data[at] = value;
                check(link, &data, data.len() as u32);
            }
        }
        for kind in [0, 1, 9, 12, 51, 104, 105, 113, 127, 192, 258, 276] {
            check(LinkType(kind), &data, data.len() as u32);
        }
    }
}
