//! What devices tell of themselves, mostly in their own network: names, system, programs, maker of the network part.

use super::view::View;
use super::{is_host, is_private};
use crate::catalogue::{
    LinkAddress, SystemFamily, initial_hop_limit, link_address, system_by_announcement, system_by_dhcp_class,
    system_by_dhcp_parameters, system_by_opening,
};
use crate::model::{Evidence, Fact, Question, Value};
use std::net::IpAddr;

/// Most programs listed of one device.
const SOFTWARE_MAX: usize = 16;
/// Most names listed of one device.
const NAMES_MAX: usize = 8;

/// Keys under which a device says its name, the plainest first.
const NAME_KEYS: [&str; 5] = ["mdns.host", "llmnr.host", "nbns.host", "browser.host", "dhcpv6.fqdn"];
/// Keys under which a device says its programs, beside those that end in `agent`.
const SOFTWARE_KEYS: [&str; 4] = ["stun.software", "ssdp.server", "mdns.system", "dhcpv6.vendor-class"];
/// Key of DHCP statements with the link address of whom they are about.
const DHCP_CLIENT: &str = "dhcp.client";
/// Key of the opening of a TCP connection.
const OPENING: &str = "tcp.opening";

/// A device by which its packets are found.
#[derive(Clone, Copy)]
pub(super) struct Owner<'d> {
    /// Its IP addresses.
    pub(super) addresses: &'d [IpAddr],
    /// Its link address, where that is its own.
    pub(super) link: Option<[u8; 6]>,
}

impl Owner<'_> {
    /// Whether it sent what the local side of a flow sent: by its address, or to everybody on the link from its link
    /// address with another address that is valid there only.
    fn is_sender(&self, view: &View<'_>) -> bool {
        let local = view.sides.local.ip();
        let from_link = || view.flow.macs.get(view.sides.sent.index()).copied().flatten();
        self.addresses.contains(&local)
            || (is_private(local)
                && !is_host(view.sides.remote.ip())
                && self.link.is_some()
                && from_link() == self.link)
    }

    /// Facts that the device itself stated, in order.
    fn facts<'v>(&self, views: &'v [View<'_>]) -> impl Iterator<Item = (&'v View<'v>, &'v Fact)> {
        let own = views.iter().filter(move |view| self.is_sender(view));
        own.flat_map(|view| {
            view.flow.facts.iter().filter(|fact| fact.first.direction == view.sides.sent).map(move |fact| (view, fact))
        })
    }

    /// What was said of the device by DHCP under this word, with where.
    fn dhcp<'v>(&self, what: &'v str, views: &'v [View<'_>]) -> impl Iterator<Item = (String, Evidence)> + use<'v> {
        let link = self.link.map(|link| format!("{} {what} ", link_text(&link)));
        let asked = if link.is_some() { views } else { &[] };
        let facts = asked.iter().flat_map(|view| view.flow.facts.of(DHCP_CLIENT));
        facts.filter_map(move |fact| {
            let text = fact.value.to_string();
            Some((text.strip_prefix(link.as_deref()?)?.to_owned(), fact.first))
        })
    }
}

/// `02:77:00:00:00:0b`.
pub(super) fn link_text(link: &[u8; 6]) -> String {
    link.map(|byte| format!("{byte:02x}")).join(":")
}

/// Maker of the network part; none where the device chose its address itself.
pub(super) fn vendor(link: [u8; 6]) -> Option<&'static str> {
    match link_address(link) {
        LinkAddress::Assigned(holder) => Some(holder),
        LinkAddress::Unlisted | LinkAddress::SelfAssigned | LinkAddress::NoDevice => None,
    }
}

/// Names that the device gave itself, letter case left aside.
pub(super) fn names(owner: Owner<'_>, views: &[View<'_>]) -> Vec<String> {
    let stated = owner.facts(views).map(|(_, fact)| fact).filter(|fact| NAME_KEYS.contains(&fact.key.name));
    let stated: Vec<&Fact> = stated.collect();
    let by_key = NAME_KEYS
        .iter()
        .flat_map(|key| stated.iter().filter(|fact| fact.key.name == *key).map(|fact| fact.value.to_string()));
    let mut names: Vec<String> = Vec::new();
    for name in owner.dhcp("name", views).map(|(name, _)| name).chain(by_key) {
        if names.len() < NAMES_MAX && !names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            names.push(name);
        }
    }
    names
}

/// Program names that the device's own packets state.
pub(super) fn software(owner: Owner<'_>, views: &[View<'_>]) -> Vec<String> {
    let states = |fact: &Fact| {
        let agent = fact.key.question == Question::Software && fact.key.name.ends_with("agent");
        matches!(fact.value, Value::Text(_)) && (agent || SOFTWARE_KEYS.contains(&fact.key.name))
    };
    let stated = owner.facts(views).filter(|(_, fact)| states(fact)).map(|(_, fact)| fact.value.to_string());
    let mut programs: Vec<String> = Vec::new();
    for program in stated.chain(owner.dhcp("class", views).map(|(class, _)| class)) {
        if programs.len() < SOFTWARE_MAX && !programs.contains(&program) {
            programs.push(program);
        }
    }
    programs
}

/// A family of systems that a device seems to have, and from what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct System {
    pub(super) name: String,
    pub(super) german: String,
    /// `hop-limit`, or the key of the fact.
    pub(super) key: &'static str,
    /// What was seen.
    pub(super) value: String,
    /// Where, if not in every packet.
    pub(super) seen: Option<Evidence>,
}

impl System {
    fn new(family: &SystemFamily, key: &'static str, value: String, seen: Evidence) -> System {
        System { name: family.name.clone(), german: family.german.clone(), key, value, seen: Some(seen) }
    }
}

/// The system: by how it opens connections, else by what it says of itself, else by the hop limit alone.
pub(super) fn system(owner: Owner<'_>, views: &[View<'_>]) -> Option<System> {
    by_opening(owner, views).or_else(|| by_words(owner, views)).or_else(|| by_hop_limit(owner, views))
}

fn by_opening(owner: Owner<'_>, views: &[View<'_>]) -> Option<System> {
    owner.facts(views).filter(|(_, fact)| fact.key.name == OPENING).find_map(|(view, fact)| {
        let value = fact.value.to_string();
        let seen = view.flow.hop_limits.get(view.sides.sent.index()).copied();
        let limit = seen.filter(|limit| *limit > 0 && view.sides.local.ip().to_canonical().is_ipv4());
        Some(System::new(system_by_opening(&value, limit)?, OPENING, value, fact.first))
    })
}

fn by_words(owner: Owner<'_>, views: &[View<'_>]) -> Option<System> {
    let class = |(class, at): (String, Evidence)| {
        Some(System::new(system_by_dhcp_class(&class)?, "dhcp.vendor-class", class, at))
    };
    let parameters = |(list, at): (String, Evidence)| {
        Some(System::new(system_by_dhcp_parameters(&list)?, "dhcp.parameters", list, at))
    };
    let announced = |(_, fact): (&View<'_>, &Fact)| {
        let value = fact.value.to_string();
        Some(System::new(system_by_announcement(&value)?, "browser.system", value, fact.first))
    };
    let mut announcements = owner.facts(views).filter(|(_, fact)| fact.key.name == "browser.system");
    // Boxes on the power line call themselves what Windows does, so the order of the options asked for goes first.
    let by_parameters = owner.dhcp("parameters", views).find_map(parameters);
    by_parameters.or_else(|| owner.dhcp("class", views).find_map(class)).or_else(|| announcements.find_map(announced))
}

/// By the initial hop limit: Windows starts at 128, the others at 64. Only for packets of the device itself, where no
/// router has lowered it, and not under IPv6, where routers tell hosts which to use (RFC 4861 section 6.3.4).
fn by_hop_limit(owner: Owner<'_>, views: &[View<'_>]) -> Option<System> {
    let own = views.iter().filter(|view| owner.addresses.contains(&view.sides.local.ip()));
    let mut outward = own.filter(|view| is_host(view.sides.remote.ip()) && view.sides.local.is_ipv4());
    outward.find_map(|view| {
        let (name, german) = match view.flow.hop_limits.get(view.sides.sent.index())? {
            128 => ("Windows", "Windows"),
            64 => ("Linux, Android, macOS or iOS", "Linux, Android, macOS oder iOS"),
            _ => return None,
        };
        let value = if name == german { "128" } else { "64" };
        Some(System { name: name.into(), german: german.into(), key: "hop-limit", value: value.into(), seen: None })
    })
}

/// Routers that packets seen with this hop limit have most likely passed, and the limit they began with.
pub(super) fn routers_passed(hop_limit: u8) -> Option<(u8, u8)> {
    let initial = initial_hop_limit(hop_limit);
    (hop_limit > 0).then_some((initial - hop_limit, initial))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::findings::Device;
    use crate::exposure::samples::Scene;
    use crate::model::opening::TcpOpening;

    const WINDOWS: [u8; 12] = [2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2];
    const APPLE: [u8; 24] = [2, 4, 5, 0xb4, 1, 3, 3, 6, 1, 1, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 4, 2, 0, 0];

    fn device(mut scene: Scene) -> Device {
        scene.talk("192.168.1.5:1", "198.51.100.7:443");
        scene.findings().local.devices.remove(0)
    }

    fn opening(scene: &mut Scene, from: &str, to: &str, options: &[u8]) {
        scene.syn(from, to, TcpOpening::new(64_240, options));
    }

    #[test]
    fn the_opening_of_a_connection_says_more_than_the_hop_limit() {
        for (options, limit, expected) in [
            (&WINDOWS[..], 128, "Windows"),
            (&APPLE, 64, "macOS or iOS"),
            (&[], 64, "Linux, Android, macOS or iOS"),
            (&WINDOWS, 64, "Linux, Android, macOS or iOS"),
        ] {
            let mut scene = Scene::default().host("192.168.1.5", 1, limit);
            opening(&mut scene, "192.168.1.5:9", "198.51.100.7:443", options);
            assert_eq!(device(scene).system.as_deref(), Some(expected));
        }
    }

    #[test]
    fn under_ipv6_the_hop_limit_says_nothing() {
        let mut scene = Scene::default().host("2001:db8:1::5", 1, 64);
        scene.talk("[2001:db8:1::5]:1", "[2001:db8:9::1]:443");
        assert_eq!(scene.findings().local.devices[0].system, None);
        let mut scene = Scene::default().host("2001:db8:1::5", 1, 64);
        opening(&mut scene, "[2001:db8:1::5]:1", "[2001:db8:9::1]:443", &WINDOWS);
        assert_eq!(scene.findings().local.devices[0].system.as_deref(), Some("Windows"));
    }

    /// A DHCP request of the device with this last byte of its link address.
    fn dhcp(device: u8, options: &[u8]) -> Vec<u8> {
        let mut bytes = vec![1, 1, 6, 0];
        bytes.resize(28, 0);
        bytes.extend([2, 0, 0, 0, 0, device]);
        bytes.resize(236, 0);
        [&bytes[..], &[99, 130, 83, 99], options, &[255]].concat()
    }

    #[test]
    fn dhcp_speaks_of_the_device_that_asks_and_of_no_other() {
        let mut scene = Scene::default().host("192.168.1.5", 1, 64);
        scene.udp("0.0.0.0:68", "255.255.255.255:67", &dhcp(2, b"\x0c\x05Other\x3c\x08MSFT 5.0"));
        scene.udp("0.0.0.0:68", "255.255.255.255:67", &dhcp(1, b"\x0c\x05Annas\x3c\x0fandroid-dhcp-14"));
        let found = device(scene);
        assert_eq!((found.names, found.software), (vec!["Annas".to_owned()], vec!["android-dhcp-14".to_owned()]));
        assert_eq!((found.system.as_deref(), found.vendor), (Some("Linux or Android"), None));
    }

    #[test]
    fn announcements_from_another_address_of_the_device_count() {
        let answer = |address: [u8; 16]| {
            let mut bytes = b"\0\0\x84\0\0\0\0\x01\0\0\0\0\x05Annas\x05local\0\0\x1c\0\x01\0\0\0\x78\0\x10".to_vec();
            bytes.extend(address);
            bytes
        };
        let link_local = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5];
        let mut scene = Scene::default().host("192.168.1.5", 1, 64).host("fe80::5", 1, 255);
        scene.udp("[fe80::5]:5353", "[ff02::fb]:5353", &answer(link_local));
        assert_eq!(device(scene).names, ["Annas"]);
        let mut scene = Scene::default().host("192.168.1.5", 1, 64).host("fe80::5", 2, 255);
        scene.udp("[fe80::5]:5353", "[ff02::fb]:5353", &answer(link_local));
        assert!(device(scene).names.is_empty(), "another device");
    }

    #[test]
    fn makers_of_network_parts() {
        assert_eq!(vendor([0, 0, 0x0c, 1, 2, 3]), Some("Cisco Systems, Inc"));
        assert_eq!(vendor([2, 0, 0, 0, 0, 1]), None);
        assert_eq!(
            (routers_passed(52), routers_passed(117), routers_passed(0)),
            (Some((12, 64)), Some((11, 128)), None)
        );
    }
}
