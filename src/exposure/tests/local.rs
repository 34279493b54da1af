use super::*;

const DEVICE: u8 = 1;
const ROUTER: u8 = 9;

/// Packets as (sender, last byte of its link address, receiver), each twice; port 5000 on both ends.
fn traffic(packets: &[(&str, u8, &str)]) -> Traffic {
    let mut scene = Scene::default();
    for (index, (from, mac, to)) in packets.iter().enumerate() {
        let ends = [from, to].map(|address| SocketAddr::new(ip(address), 5000).to_string());
        for repeat in 0..2 {
            scene.plain(index as i64 * 10 + repeat, &ends[0], &ends[1]).mac = Some([2, 0, 0, 0, 0, *mac]);
        }
    }
    scene.traffic()
}

fn decided(packets: &[(&str, u8, &str)], given: &[&str]) -> (Vec<String>, &'static str) {
    let nets: Vec<IpNet> = given.iter().map(|net| net.parse().unwrap()).collect();
    let side = LocalSide::decide(&traffic(packets), &nets);
    (side.addresses.iter().map(ToString::to_string).collect(), side.basis)
}

#[test]
fn the_other_addresses_of_a_chosen_device_are_local_too() {
    type Case = (&'static str, &'static [(&'static str, u8, &'static str)], &'static [&'static str]);
    let cases: [Case; 5] = [
        (
            "a public IPv6 address beside a private IPv4 address",
            &[
                ("192.168.1.5", DEVICE, "198.51.100.1"),
                ("198.51.100.1", ROUTER, "192.168.1.5"),
                ("2001:db8::5", DEVICE, "2001:db8:ff::1"),
                ("2001:db8:ff::1", ROUTER, "2001:db8::5"),
            ],
            &["192.168.1.5", "2001:db8::5"],
        ),
        (
            "a router that answers itself leads to one IPv6 host",
            &[
                ("192.168.1.5", DEVICE, "192.168.1.1"),
                ("192.168.1.1", ROUTER, "192.168.1.5"),
                ("2001:db8::5", DEVICE, "2001:db8:ff::1"),
                ("2001:db8:ff::1", ROUTER, "2001:db8::5"),
                ("192.168.1.5", DEVICE, "192.168.1.7"),
            ],
            &["192.168.1.5", "192.168.1.1", "192.168.1.7", "2001:db8::5"],
        ),
        (
            "a router that also carries a public IPv4 address",
            &[
                ("192.168.1.1", ROUTER, "192.168.1.5"),
                ("198.51.100.1", ROUTER, "192.168.1.5"),
                ("2001:db8:ff::1", ROUTER, "2001:db8:ff::2"),
            ],
            &["192.168.1.5", "192.168.1.1"],
        ),
        (
            "more addresses than a device has",
            &[
                ("192.168.1.1", ROUTER, "192.168.1.5"),
                ("2001:db8:ff::1", ROUTER, "2001:db8::5"),
                ("2001:db8:ff::2", ROUTER, "2001:db8::5"),
                ("2001:db8:ff::3", ROUTER, "2001:db8::5"),
                ("2001:db8:ff::4", ROUTER, "2001:db8::5"),
                ("2001:db8:ff::5", ROUTER, "2001:db8::5"),
                ("2001:db8:ff::6", ROUTER, "2001:db8::5"),
            ],
            &["192.168.1.1", "192.168.1.5"],
        ),
        (
            "no link addresses",
            &[("192.168.1.5", 0, "198.51.100.1"), ("2001:db8::5", 3, "2001:db8:ff::1")],
            &["192.168.1.5"],
        ),
    ];
    for (what, packets, expected) in cases {
        let (mut addresses, basis) = decided(packets, &[]);
        let mut expected = expected.to_vec();
        addresses.sort();
        expected.sort_unstable();
        assert_eq!((addresses, basis), (expected.iter().map(ToString::to_string).collect(), "private-range"), "{what}");
    }
}

#[test]
fn the_users_word_stands_before_private_ranges() {
    let packets = [("192.168.1.5", DEVICE, "203.0.113.7"), ("203.0.113.7", ROUTER, "192.168.1.5")];
    assert_eq!(decided(&packets, &["203.0.113.0/24"]), (vec!["203.0.113.7".into()], "given"));
    assert_eq!(decided(&packets, &["198.51.100.0/24"]).1, "private-range", "nothing of that network was seen");
}

#[test]
fn a_host_that_marks_its_own_packets_is_the_captured_one() {
    let mut scene = Scene::default();
    scene.plain(0, "198.51.100.1:1", "192.168.1.5:1").outgoing = Some(true);
    scene.plain(1, "192.168.1.5:1", "198.51.100.1:1").outgoing = Some(false);
    let side = LocalSide::decide(&scene.traffic(), &[]);
    assert_eq!((side.addresses, side.basis), (vec![ip("198.51.100.1")], "capturing-host"));
}

#[test]
fn public_addresses_alone_leave_the_busiest() {
    let packets = [("198.51.100.1", 1, "203.0.113.1"), ("198.51.100.1", 1, "203.0.113.2")];
    assert_eq!(decided(&packets, &[]), (vec!["198.51.100.1".into()], "most-flows"));
}

#[test]
fn a_flow_is_seen_from_its_local_end() {
    // (opener, responder, given, local end); 10.0.0.1 takes part in most.
    let cases = [
        ("10.0.0.1", "198.51.100.1", "", "10.0.0.1"),
        ("198.51.100.1", "10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.2", "10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2/32", "10.0.0.2"),
        ("10.0.0.2", "224.0.0.251", "", "10.0.0.2"),
        ("10.0.0.2", "255.255.255.255", "", "10.0.0.2"),
        ("fe80::2", "ff02::fb", "", "fe80::2"),
        ("10.0.0.2", "192.168.7.255", "192.168.7.0/24", "10.0.0.2"),
        ("198.51.100.1", "203.0.113.9", "203.0.113.0/24", "203.0.113.9"),
        ("198.51.100.1", "203.0.113.9", "", "198.51.100.1"),
    ];
    let busy = [("10.0.0.1", 1, "198.51.100.7"), ("10.0.0.1", 1, "198.51.100.8"), ("10.0.0.1", 1, "198.51.100.9")];
    for (opener, responder, given, expected) in cases {
        let mut packets = vec![(opener, 0, responder)];
        packets.extend(busy);
        let nets: Vec<IpNet> = given.parse().into_iter().collect();
        let traffic = traffic(&packets);
        let sides = LocalSide::decide(&traffic, &nets).orient(&traffic.flows[0]);
        assert_eq!(sides.local.ip(), ip(expected), "{opener} to {responder}, given {given:?}");
        let sent = if sides.local == traffic.flows[0].opener { "Forward" } else { "Backward" };
        assert_eq!(format!("{:?}", sides.sent), sent);
    }
}
