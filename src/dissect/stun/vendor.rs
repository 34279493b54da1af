//! What vendors put into attributes: names of numbers, shapes of user names.

use crate::model::wire::Reader;

/// Access network by libwebrtc's cost: the classes of `rtc_base/network_constants.h`, one more inside a VPN.
pub(super) fn network_class(cost: u16) -> String {
    let class = match cost {
        0 | 1 => "ethernet",
        10 | 11 => "wifi",
        50 | 51 => "unknown",
        250 | 251 => "cellular-5g",
        500 | 501 => "cellular-4g",
        900 | 901 => "cellular",
        910 | 911 => "cellular-3g",
        980 | 981 => "cellular-2g",
        999 => "maximum",
        _ => return format!("cost-{cost}"),
    };
    let tunnelled = cost % 10 == 1;
    format!("{class}{}", if tunnelled { "+vpn" } else { "" })
}

/// Stream type of MS-SERVICE-QUALITY (MS-TURN section 2.2.2.21).
pub(super) fn stream_type(number: u16) -> String {
    match number {
        1 => "audio".into(),
        2 => "video".into(),
        3 => "supplemental-video".into(),
        4 => "data".into(),
        _ => format!("0x{number:04x}"),
    }
}

/// Name of the IP protocol in REQUESTED-TRANSPORT (RFC 8656 section 18.8).
pub(super) fn transport(number: u8) -> String {
    match number {
        6 => "tcp".into(),
        17 => "udp".into(),
        _ => number.to_string(),
    }
}

/// Text of an attribute: without trailing zero bytes; `0x` and digits when it is no readable text.
pub(super) fn text(value: &[u8]) -> String {
    match std::str::from_utf8(without_final_zeros(value)) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => hexadecimal("0x", value),
    }
}

/// Longest binary value shown in bytes.
const BINARY_BYTES_MAX: usize = 64;

/// Bytes as hexadecimal digits behind a prefix, at most [`BINARY_BYTES_MAX`] of them.
pub(super) fn hexadecimal(prefix: &str, value: &[u8]) -> String {
    value.iter().take(BINARY_BYTES_MAX).fold(prefix.to_owned(), |digits, byte| format!("{digits}{byte:02x}"))
}

fn without_final_zeros(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    value.get(..end).unwrap_or_default()
}

/// Two upper-case GUIDs with a colon between: the user name of Zoom's dialect.
pub(super) fn is_guid_pair(value: &[u8]) -> bool {
    let mut halves = value.split(|byte| *byte == b':');
    halves.next().is_some_and(is_guid) && halves.next().is_some_and(is_guid) && halves.next().is_none()
}

fn is_guid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_digit() || (b'A'..=b'F').contains(byte),
        })
}

/// The time in a relay's user name `time:identifier`, in seconds since 1970 (2001 to 2100).
pub(super) fn user_time(name: &str) -> Option<u64> {
    let (time, rest) = name.split_once(':')?;
    let seconds = time.parse::<u64>().ok().filter(|_| time.len() == 10 && !rest.is_empty())?;
    TIMES.contains(&seconds).then_some(seconds)
}

/// The end of validity in Microsoft's relay token, in seconds since 1970: behind version and length a FILETIME (100 ns
/// since 1601) as two big-endian halves, the lower first. Observed a week behind the token's first use. Native clients
/// send the token as it is, those on WebRTC in base 64.
pub(super) fn token_time(value: &[u8]) -> Option<u64> {
    let decoded = if value.len() == TOKEN_BASE64_BYTES { base64(value)? } else { value.to_vec() };
    let mut reader = Reader::new(&decoded);
    reader.u32().filter(|head| *head == 0x0200_0024 && decoded.len() == TOKEN_BYTES)?;
    let (low, high) = (u64::from(reader.u32()?), u64::from(reader.u32()?));
    let seconds = ((high << 32 | low) / 10_000_000).checked_sub(SECONDS_1601_TO_1970)?;
    TIMES.contains(&seconds).then_some(seconds)
}

/// The bytes that base 64 (RFC 4648 section 4) stands for; `None` when it is none.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let mut bytes = Vec::with_capacity(text.len());
    for group in text.as_chunks::<4>().0 {
        let digits = group.iter().try_fold(0u32, |digits, byte| Some(digits << 6 | base64_digit(*byte)?))?;
        bytes.extend(digits.to_be_bytes().into_iter().skip(1));
    }
    bytes.truncate(bytes.len().saturating_sub(padding));
    (text.len().is_multiple_of(4) && padding <= 2).then_some(bytes)
}

fn base64_digit(byte: u8) -> Option<u32> {
    let digit = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        b'=' => 0,
        _ => return None,
    };
    Some(u32::from(digit))
}

/// Length of Microsoft's relay token in bytes.
const TOKEN_BYTES: usize = 56;
/// Length of the same in base 64.
const TOKEN_BASE64_BYTES: usize = 76;
/// Seconds from the epoch of FILETIME to 1970.
const SECONDS_1601_TO_1970: u64 = 11_644_473_600;
/// Times believed, in seconds since 1970: 2001 to 2100.
const TIMES: std::ops::Range<u64> = 1_000_000_000..4_102_444_800;

/// Whether the standards define an attribute (IANA STUN Parameters; RFC 3489's withdrawn ones included). 0x8004 is
/// left out although RFC 8656 took it: vendors used it before.
pub(super) const fn is_standard(kind: u16) -> bool {
    matches!(
        kind,
        0x0001..=0x000d | 0x0012..=0x001e | 0x0020 | 0x0022 | 0x0024..=0x0027 | 0x002a
            | 0x8000..=0x8003 | 0x8022 | 0x8023 | 0x8025 | 0x8027..=0x802e | 0x8030
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_name_the_access_network() {
        assert_eq!(network_class(10), "wifi");
        assert_eq!(network_class(1), "ethernet+vpn");
        assert_eq!(network_class(500), "cellular-4g");
        assert_eq!(network_class(910), "cellular-3g");
        assert_eq!(network_class(911), "cellular-3g+vpn");
        assert_eq!(network_class(77), "cost-77");
    }

    #[test]
    fn user_names_by_shape() {
        assert!(is_guid_pair(b"01234567-89AB-CDEF-0123-456789ABCDEF:01234567-89AB-CDEF-0123-456789ABCDEF"));
        assert!(!is_guid_pair(b"01234567-89ab-cdef-0123-456789abcdef:01234567-89AB-CDEF-0123-456789ABCDEF"));
        assert!(!is_guid_pair(b"abcd:efgh"));
        assert_eq!(user_time("1700000000:alice"), Some(1_700_000_000));
        assert_eq!(user_time("1700000000:"), None);
        assert_eq!(user_time("17000:alice"), None);
        assert_eq!(user_time("+170000000:alice"), None);
    }

    #[test]
    fn tokens_of_microsoft_tell_when_they_end() {
        let mut token = [0; TOKEN_BYTES];
        token.get_mut(..12).unwrap().copy_from_slice(&[2, 0, 0, 0x24, 0x2a, 0x2b, 0x40, 0, 1, 0xdc, 0x5e, 0xe4]);
        assert_eq!(token_time(&token), Some(1_764_168_696));
        assert_eq!(token_time(token.get(..55).unwrap()), None);
        let text = format!("AgAAJCorQAAB3F7k{}=", "A".repeat(59));
        assert_eq!(token_time(text.as_bytes()), Some(1_764_168_696));
        assert_eq!(token_time(text.replace('C', "-").as_bytes()), None);
    }

    #[test]
    fn binary_names_become_digits() {
        assert_eq!(text(b"alice\0\0"), "alice");
        assert_eq!(text(b"\0\x24\xff"), "0x0024ff");
        assert_eq!(text(b"a\nb"), "0x610a62");
    }
}
