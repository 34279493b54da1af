use super::*;

/// Whether the second of two frames is called a duplicate, the second `micros` later on interface `interface`.
fn repeated(first: &[u8], second: &[u8], micros: i64, interface: u32) -> bool {
    let mut decoder = Decoder::new();
    let one = frame(LinkType::ETHERNET, first);
    assert!(!decoder.decode(&one).expect("a packet").duplicate);
    let two = Frame { interface, number: 2, time: one.time.plus(micros * 1_000), ..frame(LinkType::ETHERNET, second) };
    let duplicate = decoder.decode(&two).expect("a packet").duplicate;
    assert_eq!(decoder.duplicates(0), u64::from(duplicate));
    duplicate
}

#[test]
fn a_numbered_packet_seen_again_is_a_duplicate_whatever_is_around_it() {
    let plain = |identification, ttl, payload: &[u8]| ethernet(0x0800, &ipv4_part(identification, 0, 17, ttl, payload));
    let first = plain(7, 64, &udp(PAYLOAD));
    assert!(repeated(&first, &first, 50, 0));
    assert!(repeated(&first, &plain(7, 63, &udp(PAYLOAD)), 20_000, 1));
    let tagged = ethernet(0x8100, &[&[0, 1, 8, 0][..], &ipv4_part(7, 0, 17, 64, &udp(PAYLOAD))].concat());
    assert!(repeated(&first, &tagged, 50, 0));
    assert!(!repeated(&first, &first, 20_001, 1));
    assert!(!repeated(&first, &plain(8, 64, &udp(PAYLOAD)), 50, 1));
    let mut other = udp(PAYLOAD);
    *other.last_mut().expect("bytes") ^= 1;
    assert!(!repeated(&first, &plain(7, 64, &other), 50, 1));
}

#[test]
fn without_a_number_a_datagram_is_a_duplicate_only_from_another_place() {
    for data in [ethernet(0x86dd, &ipv6(17, &udp(PAYLOAD))), ethernet(0x0800, &ipv4_part(0, 0, 17, 64, &udp(PAYLOAD)))]
    {
        assert!(!repeated(&data, &data, 50, 0), "sent twice");
        assert!(repeated(&data, &data, 50, 1), "seen on two interfaces");
    }
}

#[test]
fn segments_with_data_are_judged_and_bare_acknowledgements_are_not() {
    let segment = |flags, payload: &[u8]| ethernet(0x86dd, &ipv6(6, &tcp(flags, payload)));
    assert!(repeated(&segment(24, PAYLOAD), &segment(24, PAYLOAD), 50, 0));
    assert!(repeated(&segment(2, b""), &segment(2, b""), 50, 0));
    assert!(!repeated(&segment(16, b""), &segment(16, b""), 50, 1));
    let numbered = ethernet(0x0800, &ipv4(6, &tcp(16, b"")));
    assert!(repeated(&numbered, &numbered, 50, 0));
}

#[test]
fn of_a_datagram_sent_twice_and_seen_twice_each_one_is_a_duplicate() {
    let data = ethernet(0x86dd, &ipv6(17, &udp(PAYLOAD)));
    let mut decoder = Decoder::new();
    let duplicates: Vec<bool> = [0, 1, 0, 1]
        .map(|interface| decoder.decode(&Frame { interface, ..frame(LinkType::ETHERNET, &data) }).map(|p| p.duplicate))
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(duplicates, [false, true, false, true]);
}
