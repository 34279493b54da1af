//! Addresses in attributes, plain and masked.

use crate::model::wire::Reader;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// An address as MAPPED-ADDRESS writes it (RFC 8489 section 14.1).
pub(super) fn plain(value: &[u8]) -> Option<SocketAddr> {
    decode(value, 0, [0; 16])
}

/// An address as XOR-MAPPED-ADDRESS writes it: masked by header bytes 4 to 20 (RFC 8489 section 14.2).
pub(super) fn masked(value: &[u8], id: &[u8; 16]) -> Option<SocketAddr> {
    let [high, low, ..] = *id;
    decode(value, u16::from_be_bytes([high, low]), *id)
}

/// The same in Zoom's dialect, which hides the port and, over IPv6, turns the first four bytes of the mask around;
/// `None` where the port is not hidden.
pub(super) fn zoom(value: &[u8], id: &[u8; 16]) -> Option<SocketAddr> {
    let [_, family, 0, 0, ..] = *value else { return None };
    let mut mask = *id;
    if family == 2 {
        let [a, b, c, d, ..] = *id;
        mask = std::array::from_fn(|at| match at {
            0 => d,
            1 => c,
            2 => b,
            3 => a,
            _ => id.get(at).copied().unwrap_or_default(),
        });
    }
    decode(value, 0, mask)
}

fn decode(value: &[u8], port_mask: u16, mask: [u8; 16]) -> Option<SocketAddr> {
    let mut reader = Reader::new(value);
    let family = reader.u16()? & 0xff;
    let port = reader.u16()? ^ port_mask;
    let address: IpAddr = match family {
        1 => Ipv4Addr::from(unmask(reader.array()?, &mask)).into(),
        2 => Ipv6Addr::from(unmask(reader.array()?, &mask)).into(),
        _ => return None,
    };
    reader.is_empty().then(|| SocketAddr::new(address, port))
}

fn unmask<const N: usize>(mut bytes: [u8; N], mask: &[u8; 16]) -> [u8; N] {
    bytes.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    bytes
}

/// Whether an address names a host at all.
pub(super) fn is_meant(address: &SocketAddr) -> bool {
    !address.ip().is_unspecified()
}

/// Whether an address belongs to an inner network (RFC 1918, RFC 6598, RFC 4193, link-local, loopback).
pub(super) fn is_inner(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private() || v4.is_link_local() || v4.is_loopback() || a == 100 && b & 0xc0 == 64
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: [u8; 16] = *b"\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae";

    #[test]
    fn addresses_of_rfc_5769() {
        let v4 = masked(b"\0\x01\xa1\x47\xe1\x12\xa6\x43", &ID);
        assert_eq!(v4, "192.0.2.1:32853".parse().ok());
        let v6 = masked(b"\0\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9", &ID);
        assert_eq!(v6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().ok());
    }

    #[test]
    fn zoom_hides_the_port_and_turns_the_mask_around_over_ipv6() {
        assert_eq!(zoom(b"\0\x01\0\0\xe1\x12\xa6\x43", &ID), "192.0.2.1:0".parse().ok());
        assert_eq!(zoom(b"\0\x01\0\x01\xe1\x12\xa6\x43", &ID), None);
        let v6 = b"\0\x02\0\0\x62\xa5\x1f\x99\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9";
        assert_eq!(zoom(v6, &ID), "[2001:db8:1234:5678:11:2233:4455:6677]:0".parse().ok());
    }

    #[test]
    fn wrong_lengths_and_families_are_no_address() {
        assert_eq!(plain(b"\0\x01\0\x50\xc0\0\x02"), None);
        assert_eq!(plain(b"\0\x01\0\x50\xc0\0\x02\x01\0"), None);
        assert_eq!(plain(b"\0\x03\0\x50\xc0\0\x02\x01"), None);
        assert_eq!(plain(b"\x10\x01\0\x50\xc0\0\x02\x01"), "192.0.2.1:80".parse().ok());
    }
}
