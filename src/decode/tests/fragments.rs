use super::*;

/// Offset and bytes of each of three fragments, the second and third overlapping by eight bytes.
fn pieces(datagram: &[u8]) -> [(usize, bool, Vec<u8>); 3] {
    let last = datagram.len();
    [
        (0, true, datagram[..16].to_vec()),
        (16, true, datagram[16..40].to_vec()),
        (32, false, datagram[32..last].to_vec()),
    ]
}

fn fragments4(datagram: &[u8]) -> Vec<Vec<u8>> {
    let part =
        |(at, more, bytes): &(usize, bool, Vec<u8>)| ipv4_part(5, (at / 8) | (usize::from(*more) << 13), 17, 64, bytes);
    pieces(datagram).iter().map(part).collect()
}

pub(super) fn fragments6(datagram: &[u8]) -> Vec<Vec<u8>> {
    let part = |(at, more, bytes): &(usize, bool, Vec<u8>)| {
        // Only the first fragment's next header counts.
        let next = if *at == 0 { 17 } else { 6 };
        ipv6(44, &[&[next, 0][..], &n16(at | usize::from(*more)), &[0, 0, 0, 5], bytes].concat())
    };
    pieces(datagram).iter().map(part).collect()
}

#[test]
fn fragments_in_every_order_and_repeated() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for fragments in [fragments4(&udp(PAYLOAD)), fragments6(&udp(PAYLOAD))] {
        for order in orders {
            let mut decoder = Decoder::new();
            let mut found = Vec::new();
            // Each fragment is seen twice, as on the "any" device.
            for (number, index) in (1..).zip(order.iter().flat_map(|index| [index, index])) {
                let frame = Frame { number, ..frame(LinkType::RAW, &fragments[*index]) };
                found.extend(decoder.decode(&frame).map(|packet| (packet.frame, got(packet))));
            }
            decoder.finish();
            assert!(decoder.problems().is_empty(), "{:?}", problems(&decoder));
            let [(number, got)] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!((*number, got.transport, got.payload.as_slice()), (5, Transport::Udp(3000, 4000), PAYLOAD));
            assert_eq!(got.payload_length as usize, PAYLOAD.len());
        }
    }
}

#[test]
fn extension_headers_may_be_in_the_fragmented_part() {
    let whole = [extension(17), udp(PAYLOAD)].concat();
    let fragment = |offset: usize, more: usize, bytes: &[u8]| {
        ipv6(44, &[&[60, 0][..], &n16(offset | more), &[0, 0, 0, 5], bytes].concat())
    };
    let mut decoder = Decoder::new();
    assert!(decoder.decode(&frame(LinkType::RAW, &fragment(0, 1, &whole[..24]))).is_none());
    let last = fragment(24, 0, &whole[24..]);
    let packet = decoder.decode(&frame(LinkType::RAW, &last)).expect("a packet");
    assert_eq!((packet.transport, packet.payload), (Transport::Udp(3000, 4000), PAYLOAD));
}

#[test]
fn fragments_are_bounded_in_number_and_time() {
    let mut decoder = Decoder::new();
    for identification in 0..1_000 {
        let fragment = ipv4_part(identification, 0x2000, 17, 64, &[0; 1400]);
        assert!(decoder.decode(&frame(LinkType::RAW, &fragment)).is_none());
    }
    let left_out = |decoder: &Decoder| decoder.problems().iter().next().map(|(what, problem)| (what, problem.count));
    assert_eq!(left_out(&decoder), Some(("decode.fragments-incomplete", 1_000 - 128)));
    let late = fragments4(&udp(PAYLOAD)).remove(2);
    decoder.decode(&Frame { time: Timestamp::new(32, 0), ..frame(LinkType::RAW, &late) });
    assert_eq!(left_out(&decoder), Some(("decode.fragments-incomplete", 1_000)));
    decoder.finish();
    assert_eq!(left_out(&decoder), Some(("decode.fragments-incomplete", 1_001)));
}

#[test]
fn a_fragment_that_was_cut_shows_its_ports_if_it_is_the_first() {
    let [first, second, _] = fragments4(&udp(PAYLOAD)).try_into().expect("three");
    let cut = |bytes: &'static [u8]| Frame { wire_length: 99, ..frame(LinkType::RAW, bytes) };
    let mut decoder = Decoder::new();
    let packet = decoder.decode(&cut(first[..30].to_vec().leak())).expect("a packet");
    assert_eq!((packet.transport, packet.payload), (Transport::Udp(3000, 4000), &PAYLOAD[..2]));
    assert!(decoder.decode(&cut(second[..30].to_vec().leak())).is_none());
    assert!(problems(&decoder).contains(&"decode.fragment-cut"));
}

#[test]
fn a_fragmented_tunnel_with_a_fragmented_packet_inside() {
    let inner = fragments4(&udp(PAYLOAD));
    let mut decoder = Decoder::new();
    let mut found = Vec::new();
    for (index, packet) in inner.iter().enumerate() {
        let (head, tail) = packet.split_at(24);
        for (offset, part) in [(0x2000, head), (3, tail)] {
            let data = ipv4_part(100 + index, offset, 4, 64, part);
            found.extend(decoder.decode(&frame(LinkType::RAW, &data)).map(got));
        }
    }
    let [got] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((got.payload.as_slice(), got.tunnels), (PAYLOAD, 1));
}
