//! Families of operating systems by what their packets begin with: `signatures/hardware/systems.toml`.

use serde::Deserialize;
use std::sync::OnceLock;

static TEXT: &str = include_str!("../../signatures/hardware/systems.toml");

/// Hop limits that systems start with, the smallest first.
const INITIAL_HOP_LIMITS: [u8; 3] = [64, 128, 255];
/// Options of TCP that programs switch on, whatever the system.
const OPTIONAL: [&str; 2] = ["mptcp", "tfo"];

/// A family.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SystemFamily {
    /// Its name in English and in data.
    pub name: String,
    /// Its name in German.
    pub german: String,
    /// Where the traits are written down.
    pub source: String,
    hop_limit: u8,
    tcp_options: Vec<String>,
    dhcp_classes: Vec<String>,
    dhcp_parameters: Vec<String>,
    browser_systems: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    family: Vec<SystemFamily>,
}

fn families() -> &'static [SystemFamily] {
    static FAMILIES: OnceLock<Vec<SystemFamily>> = OnceLock::new();
    FAMILIES.get_or_init(|| toml::from_str(TEXT).map(|file: File| file.family).unwrap_or_default())
}

/// The one family that `fits`; none when several do.
fn only(fits: impl Fn(&SystemFamily) -> bool) -> Option<&'static SystemFamily> {
    let mut fitting = families().iter().filter(|family| fits(family));
    fitting.next().filter(|_| fitting.next().is_none())
}

/// By the opening of a TCP connection as the fact `tcp.opening` writes it, and the hop limit with which it was seen
/// under IPv4.
pub fn system_by_opening(opening: &str, hop_limit: Option<u8>) -> Option<&'static SystemFamily> {
    let options = opening.split(' ').nth(3)?;
    let kept: Vec<_> = options.split(',').filter(|option| !OPTIONAL.contains(option)).collect();
    let options = kept.join(",");
    only(|family| {
        let starts_alike = hop_limit.is_none_or(|limit| initial_hop_limit(limit) == family.hop_limit);
        starts_alike && family.tcp_options.contains(&options)
    })
}

/// By the vendor class of a DHCP client.
pub fn system_by_dhcp_class(class: &str) -> Option<&'static SystemFamily> {
    only(|family| family.dhcp_classes.iter().any(|start| class.starts_with(start)))
}

/// By what a DHCP client asks for.
pub fn system_by_dhcp_parameters(parameters: &str) -> Option<&'static SystemFamily> {
    only(|family| family.dhcp_parameters.iter().any(|known| known == parameters))
}

/// By the version that a computer announces: others than Windows announce older ones.
pub fn system_by_announcement(version: &str) -> Option<&'static SystemFamily> {
    only(|family| family.browser_systems.iter().any(|known| known == version))
}

/// The hop limit with which a packet most likely began that is seen with this one.
pub fn initial_hop_limit(seen: u8) -> u8 {
    INITIAL_HOP_LIMITS.into_iter().find(|initial| seen <= *initial).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(family: Option<&SystemFamily>) -> Option<&str> {
        family.map(|family| family.name.as_str())
    }

    #[test]
    fn the_file_is_whole() {
        assert!(families().len() >= 5);
        assert!(families().iter().all(|family| !family.source.is_empty() && !family.german.is_empty()));
    }

    #[test]
    fn openings_tell_families_apart() {
        let by = |options: &str, limit| name(system_by_opening(&format!("64240 1460 8 {options}"), limit));
        assert_eq!(by("mss,nop,ws,nop,nop,sack", Some(128)), Some("Windows"));
        assert_eq!(by("mss,nop,ws,nop,nop,sack", Some(117)), Some("Windows"), "eleven routers away");
        assert_eq!(by("mss,nop,ws,nop,nop,sack", None), Some("Windows"), "under IPv6 routers choose the limit");
        assert_eq!(by("mss,nop,ws,nop,nop,sack", Some(64)), None, "what contradicts itself is nobody");
        assert_eq!(by("mss,sack,ts,nop,ws,mptcp", Some(63)), Some("Linux or Android"));
        assert_eq!(by("mss,nop,ws,nop,nop,ts,sack,end", Some(64)), Some("macOS or iOS"));
        assert_eq!(by("mss,nop,ws,sack,ts", Some(64)), Some("FreeBSD"));
        assert_eq!(by("mss,nop,ws,sack,ts", Some(128)), Some("Windows"));
        assert_eq!(by("mss,nop,ws,sack,ts", None), None, "two families");
        assert_eq!(by("-", Some(64)), None);
        assert_eq!(name(system_by_opening("", None)), None);
    }

    #[test]
    fn what_devices_say_of_themselves() {
        assert_eq!(name(system_by_dhcp_class("android-dhcp-14")), Some("Linux or Android"));
        assert_eq!(name(system_by_dhcp_class("MSFT 5.0")), Some("Windows"));
        assert_eq!(name(system_by_dhcp_class("")), None);
        assert_eq!(name(system_by_dhcp_parameters("1,121,3,6,15,108,114,119,252")), Some("macOS or iOS"));
        assert_eq!(name(system_by_announcement("10.0")), Some("Windows"));
        assert_eq!(name(system_by_announcement("6.1")), None, "so do others");
    }

    #[test]
    fn hop_limits_begin_at_the_next_usual_one() {
        assert_eq!([1, 64, 65, 128, 243, 255].map(initial_hop_limit), [64, 64, 128, 128, 255, 255]);
    }
}
