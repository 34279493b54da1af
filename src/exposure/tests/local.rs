use crate::engine::Traffic;
use crate::exposure::samples::{Scene, ip};
use crate::exposure::{LocalSide, is_host, is_private};
use ipnet::IpNet;
use std::net::SocketAddr;

const OWN4: &str = "192.168.1.5";
const OWN6: &str = "2001:db8:1:1::5";
const FAR6: &str = "2001:db8:9:9::1";

/// Basis, the addresses, and for each flow its local address.
fn decided(scene: Scene, nets: &[&str]) -> (&'static str, Vec<String>, Vec<String>) {
    let traffic = scene.traffic();
    let nets: Vec<IpNet> = nets.iter().map(|net| net.parse().unwrap()).collect();
    let side = LocalSide::decide(&traffic, &nets);
    let locals = traffic.flows.iter().map(|flow| side.orient(flow).local.ip().to_string()).collect();
    (side.basis, side.addresses.iter().map(ToString::to_string).collect(), locals)
}

/// A client behind a home router: its own addresses, the router's and two servers'.
fn home() -> Scene {
    Scene::default()
        .host(OWN4, 1, 64)
        .host(OWN6, 1, 64)
        .host("fe80::5", 1, 255)
        .host("192.168.1.1", 9, 64)
        .host("fe80::1", 9, 255)
        .host("198.51.100.7", 9, 52)
        .host(FAR6, 9, 55)
}

#[test]
fn the_public_address_of_a_host_with_a_private_one_is_local() {
    let mut scene = home();
    scene.talk("192.168.1.5:5353", "192.168.1.1:53");
    scene.talk("192.168.1.5:40000", "198.51.100.7:443");
    scene.talk(&format!("[{FAR6}]:5000"), &format!("[{OWN6}]:6000"));
    let (basis, addresses, locals) = decided(scene, &[]);
    assert_eq!(basis, "private-range");
    assert!(addresses.contains(&OWN6.to_owned()), "{addresses:?}");
    assert!(!addresses.contains(&FAR6.to_owned()), "it came through the router: {addresses:?}");
    assert_eq!(locals, [OWN4, OWN4, OWN6], "even where the far side sends first");
}

#[test]
fn of_two_private_hosts_the_one_is_local_whose_packets_no_router_touched() {
    for (from, to) in [("10.1.0.1:5060", "10.2.0.2:5060"), ("10.2.0.2:5060", "10.1.0.1:5060")] {
        let mut scene = Scene::default().host("10.1.0.1", 1, 64).host("10.2.0.2", 9, 62);
        scene.talk(from, to);
        assert_eq!(decided(scene, &[]).2, ["10.1.0.1"], "{from} to {to}");
    }
}

#[test]
fn of_two_public_hosts_the_nearer_is_local_even_where_the_capture_begins_in_the_middle() {
    let mut scene = Scene::default().host("203.0.113.5", 1, 127).host("198.51.100.7", 9, 54);
    scene.talk("198.51.100.7:50001", "203.0.113.5:40000");
    assert_eq!(decided(scene, &[]).2, ["203.0.113.5"]);
    for (hop_limit, local) in [(63, "203.0.113.5"), (50, "198.51.100.7")] {
        let mut one_way = Scene::default().host("203.0.113.5", 1, hop_limit);
        one_way.udp("203.0.113.5:40000", "198.51.100.7:50001", b"x");
        assert_eq!(decided(one_way, &[]).2, [local], "hop limit {hop_limit}");
    }
}

#[test]
fn without_hop_limits_the_host_that_takes_part_in_more_is_local_in_all_flows() {
    let mut scene = Scene::default();
    scene.talk("10.0.0.7:1000", "10.0.0.5:80");
    scene.talk("10.0.0.5:1001", "10.0.0.8:53");
    scene.talk("10.0.0.5:1002", "10.0.0.9:445");
    assert_eq!(decided(scene, &[]).2, ["10.0.0.5"; 3]);
    let mut equal = Scene::default();
    equal.talk("10.0.0.9:1000", "10.0.0.5:2000");
    equal.talk("10.0.0.5:1001", "10.0.0.9:2001");
    let locals = decided(equal, &[]).2;
    assert_eq!(locals[0], locals[1], "one side for all flows");
}

#[test]
fn a_router_port_shows_all_hosts_of_the_network_as_local() {
    let mut scene = Scene::default().host("203.0.113.1", 9, 60).host("203.0.113.2", 9, 61);
    for host in 1..40 {
        let address = format!("192.168.7.{host}");
        scene = scene.host(&address, host, 64);
        scene.talk(&format!("{address}:4000"), "203.0.113.1:443");
    }
    scene.talk("203.0.113.2:9000", "192.168.7.3:5000");
    let (basis, addresses, locals) = decided(scene, &[]);
    assert_eq!((basis, addresses.len()), ("private-range", 39));
    assert!(locals.iter().all(|local| local.starts_with("192.168.7.")));
}

#[test]
fn behind_the_router_its_link_address_makes_nobody_local() {
    // Captured beyond the router of the private hosts: one link address for all of them.
    let mut scene = Scene::default().host("10.0.0.1", 9, 63).host("10.0.0.2", 9, 63).host("198.51.100.9", 9, 63);
    scene = scene.host("203.0.113.1", 8, 50);
    scene.talk("10.0.0.1:1", "203.0.113.1:443");
    scene.talk("10.0.0.2:1", "203.0.113.1:443");
    scene.talk("198.51.100.9:1", "203.0.113.1:443");
    let (_, addresses, _) = decided(scene, &[]);
    assert_eq!(addresses, ["10.0.0.1", "10.0.0.2"]);
}

#[test]
fn a_host_with_public_addresses_only_is_local_though_its_resolver_is_private() {
    let mut scene = Scene::default().host("192.0.2.44", 1, 64).host(OWN6, 1, 64).host("10.1.1.1", 9, 61);
    scene.talk("192.0.2.44:5000", "10.1.1.1:53");
    for port in 1..6 {
        scene.talk(&format!("192.0.2.44:600{port}"), &format!("203.0.113.{port}:443"));
    }
    scene.talk(&format!("[{OWN6}]:1"), &format!("[{FAR6}]:443"));
    let (basis, addresses, locals) = decided(scene, &[]);
    assert_eq!((basis, addresses), ("most-flows", vec!["192.0.2.44".to_owned(), OWN6.to_owned()]));
    assert!(!locals.contains(&"10.1.1.1".to_owned()));
}

#[test]
fn the_capturing_hosts_own_packets_decide() {
    let mut scene = Scene::default().captured_on("203.0.113.77");
    scene.talk("10.0.0.3:40000", "203.0.113.77:443");
    assert_eq!(
        decided(scene, &[]),
        ("capturing-host", vec!["203.0.113.77".to_owned()], vec!["203.0.113.77".to_owned()])
    );
}

#[test]
fn addresses_of_the_interface_are_the_local_side_unless_others_talk() {
    let mut scene = Scene::default();
    scene.talk("192.168.1.5:5353", "224.0.0.251:5353");
    scene.talk("192.168.1.9:5353", "224.0.0.251:5353");
    scene.talk("203.0.113.7:40000", "198.51.100.7:443");
    scene.talk("203.0.113.7:40001", "192.168.1.5:445");
    let traffic = scene.traffic();
    let decided = |own: &str| {
        let side = LocalSide::decide_with(&traffic, &[], &[ip(own)]);
        (side.basis, side.addresses)
    };
    assert_eq!(decided("203.0.113.7"), ("capturing-host", vec![ip("203.0.113.7")]));
    let router = decided("192.168.1.9");
    assert_eq!((router.0, router.1.len()), ("private-range", 2), "its own address takes part in little");
    assert_eq!(decided("192.0.2.200"), router, "its own address takes no part");
}

#[test]
fn the_users_word_is_final() {
    let mut scene = home().captured_on(OWN4);
    scene.talk("192.168.1.5:5353", "192.168.1.1:53");
    scene.talk("192.168.1.5:40000", "198.51.100.7:443");
    let (basis, addresses, locals) = decided(scene, &["198.51.100.0/24", "192.168.1.1/32"]);
    assert_eq!((basis, addresses.len()), ("given", 2));
    assert_eq!(locals, ["192.168.1.1", "198.51.100.7"]);
    let mut scene = home();
    scene.talk("192.168.1.5:5353", "192.168.1.1:53");
    assert_eq!(decided(scene, &["198.18.0.0/15"]).0, "private-range", "a word that fits nothing is no word");
}

#[test]
fn groups_and_broadcasts_are_never_local() {
    let mut scene = Scene::default();
    scene.udp("192.168.1.5:5353", "224.0.0.251:5353", b"x");
    scene.udp("192.168.1.5:1900", "192.168.1.255:1900", b"x");
    scene.udp("0.0.0.0:68", "255.255.255.255:67", b"x");
    scene.udp("[fe80::5]:5353", "[ff02::fb]:5353", b"x");
    let (_, addresses, locals) = decided(scene, &[]);
    assert_eq!(addresses, ["192.168.1.5", "fe80::5"]);
    assert_eq!(locals, ["192.168.1.5", "192.168.1.5", "0.0.0.0", "fe80::5"]);
}

#[test]
fn special_ranges() {
    for private in ["10.0.0.1", "172.31.255.1", "169.254.3.4", "100.64.0.1", "127.0.0.1", "fd00::1", "fe80::1", "::1"] {
        assert!(is_private(ip(private)), "{private}");
    }
    for public in ["172.32.0.1", "100.128.0.1", "192.0.2.1", "2001:db8::1"] {
        assert!(!is_private(ip(public)) && is_host(ip(public)), "{public}");
    }
    for group in ["239.1.1.1", "ff02::1", "0.0.0.0", "255.255.255.255", "10.0.0.255"] {
        assert!(!is_host(ip(group)), "{group}");
    }
}

#[test]
fn a_routers_link_address_is_no_hosts() {
    let mut scene = home();
    scene.talk("192.168.1.5:40000", "198.51.100.7:443");
    let side = LocalSide::decide(&scene.traffic(), &[]);
    assert_eq!(side.link_address(ip(OWN4)), Some([2, 0, 0, 0, 0, 1]));
    assert_eq!(side.link_address(ip("198.51.100.7")), None);
}

const DEVICE: u8 = 1;
const ROUTER: u8 = 9;

/// Packets as (sender, last byte of its link address, receiver), each twice; port 5000 on both ends.
fn linked(packets: &[(&str, u8, &str)]) -> Traffic {
    let mut scene = Scene::default();
    for (index, (from, mac, to)) in packets.iter().enumerate() {
        let ends = [from, to].map(|address| SocketAddr::new(ip(address), 5000).to_string());
        for repeat in 0..2 {
            scene.plain(index as i64 * 10 + repeat, &ends[0], &ends[1]).mac = Some([2, 0, 0, 0, 0, *mac]);
        }
    }
    scene.traffic()
}

/// Addresses and basis.
fn chosen(packets: &[(&str, u8, &str)], given: &[&str]) -> (Vec<String>, &'static str) {
    let nets: Vec<IpNet> = given.iter().map(|net| net.parse().unwrap()).collect();
    let side = LocalSide::decide(&linked(packets), &nets);
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
                ("192.168.1.5", DEVICE, "198.51.100.1"),
                ("192.168.1.5", DEVICE, "198.51.100.2"),
                ("192.168.1.5", DEVICE, "198.51.100.3"),
                ("192.168.1.5", DEVICE, "198.51.100.4"),
                ("192.168.1.5", DEVICE, "198.51.100.5"),
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
        let (mut addresses, basis) = chosen(packets, &[]);
        let mut expected = expected.to_vec();
        addresses.sort();
        expected.sort_unstable();
        assert_eq!((addresses, basis), (expected.iter().map(ToString::to_string).collect(), "private-range"), "{what}");
    }
}

#[test]
fn the_users_word_stands_before_private_ranges() {
    let packets = [("192.168.1.5", DEVICE, "203.0.113.7"), ("203.0.113.7", ROUTER, "192.168.1.5")];
    assert_eq!(chosen(&packets, &["203.0.113.0/24"]), (vec!["203.0.113.7".into()], "given"));
    assert_eq!(chosen(&packets, &["198.51.100.0/24"]).1, "private-range", "nothing of that network was seen");
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
    assert_eq!(chosen(&packets, &[]), (vec!["198.51.100.1".into()], "most-flows"));
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
        let traffic = linked(&packets);
        let sides = LocalSide::decide(&traffic, &nets).orient(&traffic.flows[0]);
        assert_eq!(sides.local.ip(), ip(expected), "{opener} to {responder}, given {given:?}");
        let sent = if sides.local == traffic.flows[0].opener { "Forward" } else { "Backward" };
        assert_eq!(format!("{:?}", sides.sent), sent);
    }
}
