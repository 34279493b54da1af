use super::*;
use crate::exposure::samples::{Scene, ip};

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
