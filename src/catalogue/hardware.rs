//! Who a link address was given out to.
//!
//! `signatures/hardware/vendors.txt.zst`, unpacked at build time, holds one block a line: its prefix in six, seven or
//! nine upper-case hexadecimal digits (MA-L, MA-M, MA-S), a tab, the holder. Lines are in order of their bytes, so a
//! look-up is a binary search over the text.

use std::cmp::Ordering;

static VENDORS: &str = include_str!(concat!(env!("OUT_DIR"), "/vendors.txt"));

/// Digits of the prefixes, the longest first: a smaller block lies within a larger one that names no maker.
const PREFIX_DIGITS: [usize; 3] = [9, 7, 6];

/// How a link address came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkAddress {
    /// From a block of this holder: the maker of the network part, which is not always that of the device.
    Assigned(&'static str),
    /// From a block of which no holder is listed.
    Unlisted,
    /// Chosen by the device or a program (IEEE 802-2014 clause 8.4): a random address, a virtual machine, a container.
    SelfAssigned,
    /// A group of receivers, or no address at all.
    NoDevice,
}

/// How `address` came to be.
pub fn link_address(address: [u8; 6]) -> LinkAddress {
    let [first, ..] = address;
    if first & 1 != 0 || address == [0; 6] {
        return LinkAddress::NoDevice;
    }
    if first & 2 != 0 {
        return LinkAddress::SelfAssigned;
    }
    let digits = address.map(|byte| format!("{byte:02X}")).concat();
    let holder = PREFIX_DIGITS.iter().find_map(|count| look_up(VENDORS, digits.get(..*count)?));
    holder.map_or(LinkAddress::Unlisted, LinkAddress::Assigned)
}

/// The holder of exactly this prefix.
fn look_up<'l>(list: &'l str, prefix: &str) -> Option<&'l str> {
    let (mut low, mut high) = (0, list.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = list.get(low..middle).and_then(|before| before.rfind('\n')).map_or(low, |at| low + at + 1);
        let line = list.get(start..high)?.lines().next()?;
        let (known, holder) = line.split_once('\t')?;
        match known.cmp(prefix) {
            Ordering::Equal => return Some(holder),
            Ordering::Less => low = start + line.len() + 1,
            Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_list_is_found_and_nothing_else() {
        let list = "000000\tOne\n0050C2\tTwo\n0050C21\tThree\n70B3D5001\tVier, größer\nFCFFFF\tLast\n";
        for line in list.lines() {
            let (prefix, holder) = line.split_once('\t').unwrap();
            assert_eq!(look_up(list, prefix), Some(holder));
        }
        for absent in ["", "0", "000001", "0050C20", "FFFFFF", "70B3D5"] {
            assert_eq!(look_up(list, absent), None);
        }
        assert_eq!(look_up("", "000000"), None);
        assert_eq!(look_up("no tab", "000000"), None);
    }

    #[test]
    fn the_list_built_in_is_in_order_and_whole() {
        let prefixes: Vec<_> =
            VENDORS.lines().filter_map(|line| line.split_once('\t')).map(|(known, _)| known).collect();
        assert!(prefixes.len() > 50_000, "{}", prefixes.len());
        assert_eq!(prefixes.len(), VENDORS.lines().count());
        assert!(prefixes.is_sorted() && prefixes.iter().all(|prefix| PREFIX_DIGITS.contains(&prefix.len())));
    }

    #[test]
    fn blocks_of_all_three_sizes() {
        assert_eq!(link_address([0x00, 0x00, 0x0c, 1, 2, 3]), LinkAddress::Assigned("Cisco Systems, Inc"));
        assert_eq!(link_address([0x00, 0x55, 0xda, 0x3f, 2, 3]), LinkAddress::Assigned("Novexx Solutions GmbH"));
        let smallest = VENDORS.lines().find(|line| line.find('\t') == Some(9)).unwrap().split_once('\t').unwrap();
        let byte = |at: usize| u8::from_str_radix(&format!("{}000", smallest.0)[at..at + 2], 16).unwrap();
        assert_eq!(link_address([0, 2, 4, 6, 8, 10].map(byte)), LinkAddress::Assigned(smallest.1));
    }

    #[test]
    fn random_group_and_empty_addresses_have_no_holder() {
        assert_eq!(link_address([0x02, 0, 0, 0, 0, 1]), LinkAddress::SelfAssigned);
        assert_eq!(link_address([0xda, 0xa1, 0x19, 0, 0, 1]), LinkAddress::SelfAssigned);
        assert_eq!(link_address([0x01, 0, 0x5e, 0, 0, 0xfb]), LinkAddress::NoDevice);
        assert_eq!(link_address([0xff; 6]), LinkAddress::NoDevice);
        assert_eq!(link_address([0; 6]), LinkAddress::NoDevice);
    }
}
