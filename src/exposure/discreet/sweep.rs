//! Addresses inside texts: found by their form, so that none escapes because of the sentence it stands in.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// What stands in a text in the place of an address.
pub(super) trait Replace {
    /// For an address; `None` leaves it.
    fn ip(&mut self, address: IpAddr) -> Option<IpAddr>;
    /// For a network of so many prefix bits; `None` leaves it.
    fn network(&mut self, address: IpAddr, bits: u8) -> Option<IpAddr>;
    /// For a hardware address.
    fn link(&mut self, address: [u8; 6]) -> [u8; 6];
}

/// `text` with every address replaced.
pub(super) fn sweep(text: &str, with: &mut impl Replace) -> String {
    let mut swept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(belongs) {
        let (before, from) = rest.split_at(start);
        swept.push_str(before);
        let end = from.find(|character| !belongs(character)).unwrap_or(from.len());
        let (token, behind) = from.split_at(end);
        let (word, token) = after_word(&swept, token);
        swept.push_str(word);
        let goes_on =
            !token.ends_with(['.', ':']) && behind.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        match goes_on || is_version(&swept, token) {
            true => swept.push_str(token),
            false => rest_of(token, behind, &mut swept, with),
        }
        rest = behind;
    }
    swept + rest
}

/// Characters that addresses are made of.
fn belongs(character: char) -> bool {
    character.is_ascii_hexdigit() || matches!(character, '.' | ':')
}

/// What of `token` is the end of a word that began before it, as in `via:10.1.2.3`, and what follows that word.
fn after_word<'t>(before: &str, token: &'t str) -> (&'t str, &'t str) {
    match before.ends_with(|last: char| last.is_alphanumeric() || last == '_') {
        true => token.split_at(token.find(':').map_or(token.len(), |colon| colon + 1)),
        false => ("", token),
    }
}

/// Whether this is the version of a product: `Chrome/120.0.0.0`.
fn is_version(before: &str, token: &str) -> bool {
    let product = before.strip_suffix('/').is_some_and(|name| name.ends_with(|last: char| last.is_alphabetic()));
    product && token.ends_with(".0.0")
}

fn rest_of(token: &str, behind: &str, swept: &mut String, with: &mut impl Replace) {
    let core = token.trim_start_matches('.').trim_end_matches('.');
    let core = if core.ends_with("::") { core } else { core.strip_suffix(':').unwrap_or(core) };
    let start = token.find(core).unwrap_or_default();
    let (lead, from) = token.split_at(start);
    let tail = from.get(core.len()..).unwrap_or_default();
    swept.push_str(lead);
    swept.push_str(&whole(core, tail, behind, with).unwrap_or_else(|| pieces(core, with)));
    swept.push_str(tail);
}

/// The token as one address of any kind.
fn whole(core: &str, tail: &str, behind: &str, with: &mut impl Replace) -> Option<String> {
    if let Some(link) = link_of(core) {
        return Some(link_text(with.link(link)));
    }
    if let Ok(socket) = core.parse::<SocketAddr>() {
        return with.ip(socket.ip()).map(|address| SocketAddr::new(address, socket.port()).to_string());
    }
    let address: IpAddr = core.parse().ok()?;
    let bits = behind.strip_prefix('/').filter(|_| tail.is_empty()).and_then(number);
    let new = match bits {
        Some(bits) => with.network(address, bits),
        None => with.ip(address),
    };
    Some(new.map_or_else(|| core.to_owned(), |address| in_form(address, address_is_v6(core))))
}

/// An address of four numbers between colons: `sip:10.1.2.3:5060` without its letters.
fn pieces(core: &str, with: &mut impl Replace) -> String {
    let piece = |piece: &str| match piece.parse::<std::net::Ipv4Addr>() {
        Ok(address) => with.ip(address.into()).map_or_else(|| piece.to_owned(), |new| new.to_string()),
        Err(_) => piece.to_owned(),
    };
    core.split(':').map(piece).collect::<Vec<_>>().join(":")
}

fn address_is_v6(core: &str) -> bool {
    core.parse::<Ipv6Addr>().is_ok()
}

fn in_form(address: IpAddr, v6: bool) -> String {
    match address {
        IpAddr::V4(address) if v6 => address.to_ipv6_mapped().to_string(),
        address => address.to_string(),
    }
}

/// A number that no further numbers follow, as they do in a path or an address.
fn number(text: &str) -> Option<u8> {
    let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, behind) = text.split_at(digits);
    let goes_on =
        behind.strip_prefix(['.', ':']).is_some_and(|next| next.starts_with(|next: char| next.is_ascii_hexdigit()));
    number.parse().ok().filter(|_| !goes_on)
}

/// The host of a text that is an address, with a port or without.
pub(super) fn host_of(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// Six bytes in hexadecimal between colons.
pub(super) fn link_of(text: &str) -> Option<[u8; 6]> {
    let bytes: Vec<u8> =
        text.split(':').filter(|byte| byte.len() == 2).filter_map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    bytes.try_into().ok().filter(|_| text.len() == 17)
}

fn link_text(link: [u8; 6]) -> String {
    link.map(|byte| format!("{byte:02x}")).join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds one to the last byte of hosts of 10.0.0.0/8 and fd00::/8 and of hardware addresses.
    struct Next;

    impl Replace for Next {
        fn ip(&mut self, address: IpAddr) -> Option<IpAddr> {
            match address {
                IpAddr::V4(v4) if v4.octets()[0] == 10 => Some(IpAddr::V4((u32::from(v4) + 1).into())),
                IpAddr::V6(v6) if v6.octets()[0] == 0xfd => Some(IpAddr::V6((u128::from(v6) + 1).into())),
                _ => None,
            }
        }

        fn network(&mut self, address: IpAddr, bits: u8) -> Option<IpAddr> {
            (bits == 24).then_some(()).and_then(|()| self.ip(address))
        }

        fn link(&mut self, [a, b, c, d, e, f]: [u8; 6]) -> [u8; 6] {
            [a, b, c, d, e, f + 1]
        }
    }

    #[test]
    fn addresses_are_found_in_every_sentence() {
        for (text, expected) in [
            ("10.0.0.1", "10.0.0.2"),
            ("10.0.0.1:5060", "10.0.0.2:5060"),
            ("[fd00::1]:443", "[fd00::2]:443"),
            ("an 10.0.0.1.", "an 10.0.0.2."),
            ("an fd00::1: ja", "an fd00::2: ja"),
            ("<sip:bob-0x5@10.0.0.1:5060>", "<sip:bob-0x5@10.0.0.2:5060>"),
            ("sip:10.0.0.1;x", "sip:10.0.0.2;x"),
            ("ip.addr == 10.0.0.1 && udp.port == 9", "ip.addr == 10.0.0.2 && udp.port == 9"),
            ("10.0.0.1->10.0.0.3", "10.0.0.2->10.0.0.4"),
            ("via:10.0.0.1, received:fd00::1", "via:10.0.0.2, received:fd00::2"),
            ("10.0.0.1-10.0.0.3", "10.0.0.2-10.0.0.4"),
            ("host/10.0.0.1/10.0.0.3", "host/10.0.0.2/10.0.0.4"),
            ("10.0.0.1.nip.example", "10.0.0.2.nip.example"),
            ("10.0.0.0/24", "10.0.0.1/24"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("02:77:00:00:00:0b", "02:77:00:00:00:0c"),
            ("http://10.0.0.1/", "http://10.0.0.2/"),
            ("fe80::1%eth0 fd00::%eth0", "fe80::1%eth0 fd00::1%eth0"),
            ("(10.0.0.1)", "(10.0.0.2)"),
        ] {
            assert_eq!(sweep(text, &mut Next), expected);
        }
    }

    #[test]
    fn what_is_no_address_stays() {
        for text in [
            "",
            "05:34:34–05:34:40 UTC",
            "Chrome/10.0.0.0 Safari",
            "2026-11-23T05:33:56.791273Z",
            "0x8a0943fc",
            "udp.payload[8:4] == 8a:09:43:fc",
            "a.b.c.d cafe: bad. :: 1.2.3",
            "10.0.22621.1",
            "v10.0.0.1",
            "Grüße: 10,5 kB …",
        ] {
            assert_eq!(sweep(text, &mut Next), text);
        }
    }

    #[test]
    fn any_text_can_be_searched() {
        let text = "Ä:10.0.0.1:ß[fd00::1%]:::..10.0.0.1/33 02:77:00:00:00:0b:02 x/10.0.0.0\u{202e}:10.0.0.9.";
        for (start, _) in text.char_indices() {
            for (end, _) in text.char_indices().filter(|(end, _)| *end >= start) {
                let part = &text[start..end];
                let swept = sweep(part, &mut Next);
                // Of the addresses only `fd00::` becomes longer.
                let more = swept.chars().count() - part.chars().count();
                assert!(more <= 1, "{part:?} became {swept:?}");
            }
        }
    }
}
