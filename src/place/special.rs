//! Addresses that stand for no place, and IPv4 addresses inside IPv6 ones.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address has no place (IANA special-purpose address registries, RFC 6890).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Special {
    /// Private networks (RFC 1918), unique local addresses (RFC 4193), local-use translation (RFC 8215).
    Private,
    /// The host itself (RFC 1122, RFC 4291).
    Loopback,
    /// One link only (RFC 3927, RFC 4291).
    LinkLocal,
    /// Groups (RFC 5771, RFC 4291).
    Multicast,
    /// Between an access provider and its customers (RFC 6598).
    SharedCgn,
    /// Examples in texts (RFC 5737, RFC 3849, RFC 9637).
    Documentation,
    /// Everybody on the link (RFC 919).
    Broadcast,
    /// No address (RFC 1122, RFC 4291).
    Unspecified,
    /// Measurements in laboratories (RFC 2544, RFC 5180).
    Benchmark,
    /// Reserved, not allocated, or not routed for other reasons.
    NotGlobal,
}

impl Special {
    /// Name in reports: `private`, `link-local`.
    pub const fn name(self) -> &'static str {
        match self {
            Special::Private => "private",
            Special::Loopback => "loopback",
            Special::LinkLocal => "link-local",
            Special::Multicast => "multicast",
            Special::SharedCgn => "shared-cgn",
            Special::Documentation => "documentation",
            Special::Broadcast => "broadcast",
            Special::Unspecified => "unspecified",
            Special::Benchmark => "benchmark",
            Special::NotGlobal => "not-global",
        }
    }
}

/// Why `address` has no place, or `None` for an address of the public Internet. Translated and tunnelled addresses
/// ([`carried`]) are as special as the IPv4 address inside.
pub fn special(address: IpAddr) -> Option<Special> {
    match carried(address) {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => special_v6(address),
    }
}

/// The address whose place matters: the IPv4 address inside an IPv4-mapped (RFC 4291), NAT64 (RFC 6052),
/// 6to4 (RFC 3056) or Teredo (RFC 4380: the client's) address, otherwise the address itself.
pub fn carried(address: IpAddr) -> IpAddr {
    let IpAddr::V6(outer) = address else { return address };
    let [a, b, c, d, e, f, g, h] = outer.segments();
    let inner = match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xffff) | (0x64, 0xff9b, 0, 0, 0, 0) => Some((g, h)),
        (0x2002, ..) => Some((b, c)),
        (0x2001, 0, ..) => Some((!g, !h)),
        _ => None,
    };
    inner.map_or(address, |(high, low)| IpAddr::V4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))))
}

fn special_v4(address: Ipv4Addr) -> Option<Special> {
    match address.octets() {
        [0, 0, 0, 0] => Some(Special::Unspecified),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some(Special::Private),
        [127, ..] => Some(Special::Loopback),
        [169, 254, ..] => Some(Special::LinkLocal),
        [100, 64..=127, ..] => Some(Special::SharedCgn),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Some(Special::Documentation),
        [198, 18..=19, ..] => Some(Special::Benchmark),
        [224..=239, ..] => Some(Special::Multicast),
        [255, 255, 255, 255] => Some(Special::Broadcast),
        // The anycast addresses for port control (RFC 7723) and TURN (RFC 8155) are routed.
        [192, 0, 0, 9 | 10] => None,
        [0 | 240..=255, ..] | [192, 0, 0, _] | [192, 88, 99, _] => Some(Special::NotGlobal),
        _ => None,
    }
}

fn special_v6(address: Ipv6Addr) -> Option<Special> {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some(Special::Unspecified),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some(Special::Loopback),
        [0xff00..=0xffff, ..] => Some(Special::Multicast),
        [0xfe80..=0xfebf, ..] => Some(Special::LinkLocal),
        [0xfc00..=0xfdff, ..] | [0x64, 0xff9b, 1, ..] => Some(Special::Private),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Some(Special::Documentation),
        [0x2001, 2, 0, ..] => Some(Special::Benchmark),
        // IETF protocol assignments that are routed: port control, TURN, AMT, AS112 (RFC 7723, 8155, 7450, 7535).
        [0x2001, 1, 0, 0, 0, 0, 0, 1..=3] | [0x2001, 3, ..] | [0x2001, 4, 0x112, ..] => None,
        [0x2001, 0..=0x1ff, ..] => Some(Special::NotGlobal),
        // Only 2000::/3 is allocated as global unicast (RFC 4291, section 2.4 and the IANA registry).
        [0x2000..=0x3fff, ..] => None,
        _ => Some(Special::NotGlobal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Option<Special> {
        special(address.parse().expect("an address"))
    }

    #[test]
    fn ipv4_ranges_begin_and_end_where_the_registry_says() {
        let table: &[(&str, &str, Special)] = &[
            ("10.0.0.0", "10.255.255.255", Special::Private),
            ("172.16.0.0", "172.31.255.255", Special::Private),
            ("192.168.0.0", "192.168.255.255", Special::Private),
            ("127.0.0.0", "127.255.255.255", Special::Loopback),
            ("169.254.0.0", "169.254.255.255", Special::LinkLocal),
            ("100.64.0.0", "100.127.255.255", Special::SharedCgn),
            ("192.0.2.0", "192.0.2.255", Special::Documentation),
            ("198.51.100.0", "198.51.100.255", Special::Documentation),
            ("203.0.113.0", "203.0.113.255", Special::Documentation),
            ("198.18.0.0", "198.19.255.255", Special::Benchmark),
        ];
        for (first, last, why) in table {
            let (first, last): (Ipv4Addr, Ipv4Addr) = (first.parse().expect("first"), last.parse().expect("last"));
            for inside in [first, last] {
                assert_eq!(special(IpAddr::V4(inside)), Some(*why), "{inside}");
            }
            for outside in [u32::from(first) - 1, u32::from(last) + 1] {
                assert_eq!(special(IpAddr::V4(outside.into())), None, "{}", Ipv4Addr::from(outside));
            }
        }
    }

    #[test]
    fn ipv4_addresses_without_a_place() {
        let table = [
            ("0.0.0.0", Special::Unspecified),
            ("0.1.2.3", Special::NotGlobal),
            ("192.0.0.1", Special::NotGlobal),
            ("192.88.99.1", Special::NotGlobal),
            ("224.0.0.251", Special::Multicast),
            ("239.255.255.250", Special::Multicast),
            ("240.0.0.1", Special::NotGlobal),
            ("255.255.255.254", Special::NotGlobal),
            ("255.255.255.255", Special::Broadcast),
        ];
        for (address, why) in table {
            assert_eq!(of(address), Some(why), "{address}");
        }
        for public in ["8.8.8.8", "1.1.1.1", "192.0.0.10", "223.255.255.255", "192.0.1.1"] {
            assert_eq!(of(public), None, "{public}");
        }
    }

    #[test]
    fn ipv6_addresses_without_a_place() {
        let table = [
            ("::", Special::Unspecified),
            ("::1", Special::Loopback),
            ("::2", Special::NotGlobal),
            ("100::1", Special::NotGlobal),
            ("64:ff9b:1::1", Special::Private),
            ("2001:2::1", Special::Benchmark),
            ("2001:20::1", Special::NotGlobal),
            ("2001:db8::1", Special::Documentation),
            ("3fff:fff::1", Special::Documentation),
            ("5f00::1", Special::NotGlobal),
            ("fc00::1", Special::Private),
            ("fdff:ffff::1", Special::Private),
            ("fe80::1", Special::LinkLocal),
            ("fec0::1", Special::NotGlobal),
            ("ff02::fb", Special::Multicast),
        ];
        for (address, why) in table {
            assert_eq!(of(address), Some(why), "{address}");
        }
        for public in ["2001:200::1", "2001:4860:4860::8888", "2a00::1", "2600::1", "2001:1::2", "3fff:1000::1"] {
            assert_eq!(of(public), None, "{public}");
        }
    }

    #[test]
    fn the_ipv4_address_inside_counts() {
        let table = [
            ("::ffff:8.8.8.8", "8.8.8.8", None),
            ("::ffff:192.168.1.1", "192.168.1.1", Some(Special::Private)),
            ("64:ff9b::9.9.9.9", "9.9.9.9", None),
            ("64:ff9b::127.0.0.1", "127.0.0.1", Some(Special::Loopback)),
            ("2002:c000:0204::1", "192.0.2.4", Some(Special::Documentation)),
            // RFC 4380, section 4: the client's address is stored with all bits inverted.
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "192.0.2.45", Some(Special::Documentation)),
            ("2001:4860::1", "2001:4860::1", None),
        ];
        for (outer, inner, why) in table {
            assert_eq!(carried(outer.parse().expect("outer")).to_string(), inner);
            assert_eq!(of(outer), why, "{outer}");
        }
    }
}
