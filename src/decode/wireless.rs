//! IEEE 802.11 as a monitor sees it: only data frames that nobody encrypted.

use super::bytes::Bytes;
use super::link::{Inside, Link, llc};

/// Most words of flags in a radiotap header.
const PRESENT_WORDS_MAX: usize = 16;

/// Radiotap header (radiotap.org): version, length, words of flags that say which fields follow; little endian. Only
/// one field matters: whether the frame's header is padded to four bytes.
pub(super) fn radiotap<'a>(bytes: Bytes<'a>, told: &mut Link) -> Option<Inside<'a>> {
    let length = usize::from(bytes.u16_at(2)?.swap_bytes());
    let present = bytes.u32_at(4)?.swap_bytes();
    let padded = present & 2 != 0 && flags(bytes, present)? & 0x20 != 0;
    data_frame(bytes.skip(length.max(8))?, if padded { 4 } else { 1 }, told)
}

/// The flags field: behind the words of flags, and behind the eight aligned bytes of a time stamp if there is one.
fn flags(bytes: Bytes<'_>, present: u32) -> Option<u8> {
    let mut at = 4;
    for _ in 0..PRESENT_WORDS_MAX {
        let more = bytes.u32_at(at)?.swap_bytes() >> 31 == 1;
        at += 4;
        if !more {
            break;
        }
    }
    let at = if present & 1 != 0 { at.next_multiple_of(8) + 8 } else { at };
    bytes.u8_at(at)
}

/// A frame of which the header's length is a multiple of `alignment`. Frame control, duration, three addresses,
/// sequence; a fourth address between access points, and two bytes of service quality (IEEE 802.11 section 9.3.2).
pub(super) fn data_frame<'a>(bytes: Bytes<'a>, alignment: usize, told: &mut Link) -> Option<Inside<'a>> {
    let (kind, flags) = (bytes.u8_at(0)?, bytes.u8_at(1)?);
    let (is_data, without_data, with_quality) = (kind & 0x0f == 8, kind & 0x40 != 0, kind & 0x80 != 0);
    if !is_data || without_data {
        return Some(Inside::NoIp);
    }
    if flags & 0x40 != 0 {
        return Some(Inside::Unreadable("decode.wireless-encrypted"));
    }
    let four_addresses = flags & 3 == 3;
    let quality_at = if four_addresses { 30 } else { 24 };
    let mut length = quality_at;
    if with_quality {
        length += if flags & 0x80 != 0 { 6 } else { 2 };
        if bytes.u8_at(quality_at)? & 0x80 != 0 {
            return Some(Inside::Unreadable("decode.wireless-aggregate"));
        }
    }
    let (source, destination) = addresses(flags & 3);
    (told.source, told.destination) = (bytes.mac_at(source), bytes.mac_at(destination));
    // Later fragments (section 10.4) have no header of their own.
    if bytes.u8_at(22)? & 0x0f != 0 {
        return Some(Inside::Unreadable("decode.wireless-fragment"));
    }
    llc(bytes.skip(length.next_multiple_of(alignment))?)
}

/// Where sender and receiver stand, by the bits "to" and "from the distribution system" (table 9-30).
const fn addresses(direction: u8) -> (usize, usize) {
    match direction {
        0 => (10, 4),
        1 => (10, 16),
        2 => (16, 4),
        _ => (24, 16),
    }
}
