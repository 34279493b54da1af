//! Pseudonyms for addresses: keyed, the same for the same address, and with a common beginning where the addresses have
//! one (ipcrypt-pfx, draft-denis-ipcrypt), so that one can still see which are of one network.
//!
//! A private address becomes one of the same private range. A public one of a person becomes one of a range that
//! belongs to nobody, so that no pseudonym points at a stranger: 240.0.0.0/4 (RFC 1112 section 4) or 3fff::/20
//! (RFC 9637). The bits behind the range still depend on all bits of the address, so that two addresses meet in one
//! pseudonym only by a chance of one in 2^28 or less.

use hkdf::Hkdf;
use ipcrypt_rs::IpcryptPfx;
use sha2::Sha256;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use thiserror::Error;

/// Least bytes that a key is made from.
pub const KEY_BYTES_MIN: usize = 16;
/// What the key is for, so that a file used elsewhere too gives another key here.
const PURPOSE: &[u8] = b"meetscope pseudonyms, version 1";
const LINK: &[u8] = b"meetscope hardware addresses, version 1";
/// Name of the scheme in the report.
pub(super) const SCHEME: &str = "ipcrypt-pfx";

/// Ranges whose addresses stay in them: (range, prefix bits), RFC 1918, 3927, 6598, 5737.
const RANGES_V4: [([u8; 4], u32); 8] = [
    ([10, 0, 0, 0], 8),
    ([172, 16, 0, 0], 12),
    ([192, 168, 0, 0], 16),
    ([169, 254, 0, 0], 16),
    ([100, 64, 0, 0], 10),
    ([192, 0, 2, 0], 24),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
];
/// The same, RFC 4193, 4291, 3849; first sixteen bits.
const RANGES_V6: [(u128, u32); 3] = [(0xfc00 << 112, 7), (0xfe80 << 112, 10), (0x2001_0db8 << 96, 32)];
/// Where public addresses of people go.
const NOWHERE_V4: ([u8; 4], u32) = ([240, 0, 0, 0], 4);
const NOWHERE_V6: (u128, u32) = (0x3fff << 112, 20);

/// Hardware addresses of groups: IPv4, IPv6 (RFC 1112, RFC 2464), bridges (IEEE 802.1D).
const GROUPS: [&[u8]; 3] = [&[0x01, 0x00, 0x5e], &[0x33, 0x33], &[0x01, 0x80, 0xc2]];

/// A secret is too short to make a key from it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the key for pseudonyms has {0} bytes; it needs at least {KEY_BYTES_MIN}")]
pub struct KeyTooShort(usize);

/// Makes pseudonyms from a key.
pub struct Pseudonyms {
    cipher: IpcryptPfx,
    secret: Hkdf<Sha256>,
}

impl Pseudonyms {
    /// From secret bytes of any length from [`KEY_BYTES_MIN`] on; the same bytes give the same pseudonyms.
    ///
    /// # Errors
    /// [`KeyTooShort`].
    pub fn new(secret: &[u8]) -> Result<Pseudonyms, KeyTooShort> {
        let mut key = [0; IpcryptPfx::KEY_BYTES];
        let extracted = Hkdf::<Sha256>::new(None, secret);
        let expanded = extracted.expand(PURPOSE, &mut key);
        if secret.len() < KEY_BYTES_MIN || expanded.is_err() {
            return Err(KeyTooShort(secret.len()));
        }
        let (one, other) = key.split_at_mut(IpcryptPfx::KEY_BYTES / 2);
        if one == other {
            // The cipher refuses equal halves, and chance alone does not forbid them.
            one.iter_mut().for_each(|byte| *byte ^= 0xff);
        }
        Ok(Pseudonyms { cipher: IpcryptPfx::new(key), secret: extracted })
    }

    /// The pseudonym of an address. Addresses of groups and of nobody stay as they are.
    pub(super) fn ip(&self, address: IpAddr) -> IpAddr {
        match address {
            _ if !is_of_host(address) => address,
            IpAddr::V4(address) => IpAddr::V4(self.v4(address)),
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(mapped) => IpAddr::V6(self.v4(mapped).to_ipv6_mapped()),
                None => IpAddr::V6(self.v6(address)),
            },
        }
    }

    fn v4(&self, address: Ipv4Addr) -> Ipv4Addr {
        let bits = u32::from(address);
        let is_in = |(range, length): &&([u8; 4], u32)| (bits ^ u32::from_be_bytes(*range)) >> (32 - length) == 0;
        let (range, length) = RANGES_V4.iter().find(is_in).copied().unwrap_or(NOWHERE_V4);
        let hidden = match self.cipher.encrypt_ipaddr(IpAddr::V4(address)) {
            IpAddr::V4(hidden) => u32::from(hidden),
            IpAddr::V6(_) => bits,
        };
        let rest = u32::MAX >> length;
        Ipv4Addr::from(u32::from_be_bytes(range) | hidden & rest)
    }

    fn v6(&self, address: Ipv6Addr) -> Ipv6Addr {
        let hidden = self.bits(u128::from(address));
        let is_in = |(range, length): &&(u128, u32)| (u128::from(address) ^ range) >> (128 - length) == 0;
        let (range, length) = RANGES_V6.iter().find(is_in).copied().unwrap_or(NOWHERE_V6);
        Ipv6Addr::from(range | hidden & (u128::MAX >> length))
    }

    /// The pseudonym of a hardware address. The maker's part is hidden as well: the maker's name stands beside it where
    /// it is known. The pseudonym is marked as assigned by software (IEEE 802, U/L bit). Groups stay.
    pub(super) fn link(&self, address: [u8; 6]) -> [u8; 6] {
        let group = GROUPS.iter().any(|group| address.starts_with(group));
        if group || address == [0; 6] || address == [0xff; 6] {
            return address;
        }
        let mut hidden = [0; 6];
        // Six bytes are less than the extractor gives at most, so this cannot fail; the zeros would hide as well.
        let _ = self.secret.expand_multi_info(&[LINK, &address], &mut hidden);
        hidden[0] = hidden[0] & 0xfc | 2;
        hidden
    }

    fn bits(&self, address: u128) -> u128 {
        match self.cipher.encrypt_ipaddr(IpAddr::V6(Ipv6Addr::from(address))) {
            IpAddr::V6(hidden) => u128::from(hidden),
            IpAddr::V4(hidden) => u128::from(u32::from(hidden)),
        }
    }
}

/// Whether an address belongs to one host, not to a group, nobody, or whoever asks.
pub(super) fn is_of_host(address: IpAddr) -> bool {
    let address = address.to_canonical();
    let everybody = matches!(address, IpAddr::V4(v4) if v4.is_broadcast() || v4.octets()[0] == 0);
    !(everybody || address.is_multicast() || address.is_unspecified() || address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms() -> Pseudonyms {
        Pseudonyms::new(b"a key of the tests, long enough").unwrap()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn private_addresses_stay_private_and_networks_stay_together() {
        let pseudonyms = pseudonyms();
        let of = |text: &str| pseudonyms.ip(ip(text));
        let [a, b, c] = ["192.168.7.10", "192.168.7.11", "192.168.9.1"].map(of);
        let octets = |address: IpAddr| match address {
            IpAddr::V4(v4) => v4.octets(),
            IpAddr::V6(_) => panic!("{address}"),
        };
        assert_eq!(octets(a)[..3], octets(b)[..3]);
        assert!(a != b && octets(a)[2] != octets(c)[2] && octets(c)[..2] == [192, 168]);
        assert!(a != ip("192.168.7.10"));
        assert!(matches!(of("fe80::1"), IpAddr::V6(v6) if v6.is_unicast_link_local()));
        assert_eq!(octets(of("10.1.2.3"))[0], 10);
    }

    #[test]
    fn public_addresses_go_where_nobody_is() {
        let pseudonyms = pseudonyms();
        let hidden = pseudonyms.ip(ip("93.184.216.34"));
        assert!(matches!(hidden, IpAddr::V4(v4) if v4.octets()[0] >= 240), "{hidden}");
        let hidden = pseudonyms.ip(ip("2a02:1:2:3::4")).to_string();
        assert!(hidden.starts_with("3fff:"), "{hidden}");
        let mapped = pseudonyms.ip(ip("::ffff:10.1.2.3"));
        assert_eq!(mapped.to_canonical(), pseudonyms.ip(ip("10.1.2.3")));
    }

    #[test]
    fn groups_and_nobody_stay() {
        for text in ["224.0.0.251", "255.255.255.255", "0.0.0.0", "::", "::1", "127.0.0.1", "ff02::fb"] {
            assert_eq!(pseudonyms().ip(ip(text)), ip(text));
        }
        assert_eq!(pseudonyms().link([0xff; 6]), [0xff; 6]);
        assert_eq!(pseudonyms().link([1, 0, 0x5e, 0, 0, 0xfb]), [1, 0, 0x5e, 0, 0, 0xfb]);
    }

    #[test]
    fn hardware_addresses_hide_the_maker_and_differ() {
        let pseudonyms = pseudonyms();
        let [a, b, c] = [[0, 0x1b, 0x21, 0, 0, 1], [0, 0x1b, 0x21, 0, 0, 2], [0, 0x1b, 0x22, 0, 0, 1]]
            .map(|at| pseudonyms.link(at));
        assert!(a != b && b != c && a != c);
        assert!(a[..3] != [0, 0x1b, 0x21] && a[0] & 3 == 2 && b[0] & 3 == 2);
        assert_eq!(a, pseudonyms.link([0, 0x1b, 0x21, 0, 0, 1]));
    }

    #[test]
    fn another_key_gives_other_pseudonyms_and_a_short_one_none() {
        let other = Pseudonyms::new(&[7; 32]).unwrap();
        assert_ne!(other.ip(ip("10.1.2.3")), pseudonyms().ip(ip("10.1.2.3")));
        assert_eq!(Pseudonyms::new(&[7; 15]).err(), Some(KeyTooShort(15)));
    }
}
