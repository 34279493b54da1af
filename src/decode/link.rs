//! Link layers down to the IP packet: Ethernet and its tags, cooked Linux captures, raw IP, loopback, PPP, MPLS.

use super::bytes::Bytes;
use super::wireless;
use crate::model::LinkType;

/// Most VLAN tags and service tags of one frame.
const TAGS_MAX: usize = 8;
/// Most MPLS labels of one frame.
const LABELS_MAX: usize = 16;
/// Most capture headers around a link header (Apple's and the per-packet ones name the link type inside).
const WRAPPERS_MAX: usize = 2;

/// Most fields of a netfilter log header.
const NETFILTER_FIELDS_MAX: usize = 32;

/// Cisco HDLC; PPI; Linux netfilter log; Apple's packet tap as registered and as it numbers itself.
const CISCO_HDLC: u32 = 104;
const PPI: u32 = 192;
const NETFILTER_LOG: u32 = 239;
const PKTAP: u32 = 258;
const PKTAP_APPLE: u32 = 149;

/// EtherTypes (IEEE 802 numbers at IANA).
mod ether_type {
    pub(super) const IPV4: u16 = 0x0800;
    pub(super) const IPV6: u16 = 0x86dd;
    pub(super) const VLAN: u16 = 0x8100;
    pub(super) const QINQ: u16 = 0x88a8;
    pub(super) const QINQ_OLD: u16 = 0x9100;
    pub(super) const QINQ_OLDER: u16 = 0x9200;
    pub(super) const E_TAG: u16 = 0x893f;
    pub(super) const MPLS: u16 = 0x8847;
    pub(super) const MPLS_MULTICAST: u16 = 0x8848;
    pub(super) const PPPOE_SESSION: u16 = 0x8864;
    pub(super) const ETHERNET: u16 = 0x6558;
    pub(super) const PPP: u16 = 0x880b;
    /// Smaller numbers are lengths (IEEE 802.3).
    pub(super) const MIN: u16 = 0x0600;
}

/// What was found behind the link header.
#[derive(Clone, Copy, Debug)]
pub(super) enum Inside<'a> {
    /// Bytes that should be an IP packet.
    Ip(Bytes<'a>),
    /// Something else, of no interest here.
    NoIp,
    /// Why it could not be read.
    Unreadable(&'static str),
}

/// What a link header tells of who sent a frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Link {
    /// Sender's address on the link.
    pub(super) source: Option<[u8; 6]>,
    /// Receiver's address on the link.
    pub(super) destination: Option<[u8; 6]>,
    /// Whether the capturing host sent it.
    pub(super) outgoing: Option<bool>,
}

const CUT: Inside<'static> = Inside::Unreadable("decode.link-header-cut");

/// Reads the link header.
#[inline]
pub(super) fn read<'a>(link: LinkType, bytes: Bytes<'a>) -> (Inside<'a>, Link) {
    let mut told = Link::default();
    let inside = if link == LinkType::ETHERNET { ethernet(bytes, &mut told) } else { any(link, bytes, &mut told, 0) };
    (inside.unwrap_or(CUT), told)
}

/// `None` where the header is cut.
fn any<'a>(link: LinkType, bytes: Bytes<'a>, told: &mut Link, wrappers: usize) -> Option<Inside<'a>> {
    match link {
        LinkType::ETHERNET => ethernet(bytes, told),
        LinkType::LINUX_SLL => cooked(bytes, told),
        LinkType::LINUX_SLL2 => cooked2(bytes, told),
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD | LinkType::IPV4 | LinkType::IPV6 => {
            by_version(bytes)
        }
        LinkType::NULL | LinkType::LOOP => loopback(bytes),
        LinkType::PPP | LinkType::PPP_HDLC => ppp(bytes),
        LinkType::PPP_ETHER => pppoe(bytes),
        LinkType::IEEE802_11 => wireless::data_frame(bytes, 1, told),
        LinkType::IEEE802_11_RADIOTAP => wireless::radiotap(bytes, told),
        LinkType(CISCO_HDLC) => by_ether_type(bytes.u16_at(2)?, bytes.skip(4)?),
        LinkType(NETFILTER_LOG) => netfilter_log(bytes),
        LinkType(PPI) if wrappers < WRAPPERS_MAX => ppi(bytes, told, wrappers + 1),
        LinkType(PKTAP | PKTAP_APPLE) if wrappers < WRAPPERS_MAX => pktap(bytes, told, wrappers + 1),
        _ => Some(Inside::Unreadable("decode.link-type-not-read")),
    }
}

/// IEEE 802.3: receiver, sender, type.
#[inline]
fn ethernet<'a>(bytes: Bytes<'a>, told: &mut Link) -> Option<Inside<'a>> {
    let header: &[u8; 14] = bytes.stored.first_chunk()?;
    let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1] = *header;
    told.destination = Some([d0, d1, d2, d3, d4, d5]);
    told.source = Some([s0, s1, s2, s3, s4, s5]);
    by_ether_type(u16::from_be_bytes([t0, t1]), bytes.skip(14)?)
}

/// What an EtherType announces.
#[inline]
pub(super) fn by_ether_type(kind: u16, bytes: Bytes<'_>) -> Option<Inside<'_>> {
    match kind {
        ether_type::IPV4 | ether_type::IPV6 => Some(Inside::Ip(bytes)),
        _ => by_rarer_type(kind, bytes),
    }
}

fn by_rarer_type(mut kind: u16, mut bytes: Bytes<'_>) -> Option<Inside<'_>> {
    for _ in 0..=TAGS_MAX {
        match kind {
            ether_type::IPV4 | ether_type::IPV6 => return Some(Inside::Ip(bytes)),
            // IEEE 802.1Q: tag control, then the type of what follows.
            ether_type::VLAN | ether_type::QINQ | ether_type::QINQ_OLD | ether_type::QINQ_OLDER => {
                kind = bytes.u16_at(2)?;
                bytes = bytes.skip(4)?;
            }
            // IEEE 802.1BR: six bytes of tag, then the type.
            ether_type::E_TAG => {
                kind = bytes.u16_at(6)?;
                bytes = bytes.skip(8)?;
            }
            ether_type::MPLS | ether_type::MPLS_MULTICAST => return mpls(bytes),
            ether_type::PPPOE_SESSION => return pppoe(bytes),
            ether_type::PPP => return ppp(bytes),
            ether_type::ETHERNET => {
                kind = bytes.u16_at(12)?;
                bytes = bytes.skip(14)?;
            }
            0..ether_type::MIN => return llc(bytes.of_length(usize::from(kind).min(bytes.wire))),
            _ => return Some(Inside::NoIp),
        }
    }
    Some(Inside::Unreadable("decode.tags-too-many"))
}

/// IEEE 802.2 with the Subnetwork Access Protocol (RFC 1042), or IP by its own service access point.
pub(super) fn llc(bytes: Bytes<'_>) -> Option<Inside<'_>> {
    match bytes.stored {
        [0xaa, 0xaa, 3, 0, 0, 0 | 0xf8, ..] => by_ether_type(bytes.u16_at(6)?, bytes.skip(8)?),
        [6, 6, 3, ..] => by_version(bytes.skip(3)?),
        _ => Some(Inside::NoIp),
    }
}

/// Raw IP: the version tells which.
pub(super) fn by_version(bytes: Bytes<'_>) -> Option<Inside<'_>> {
    Some(match bytes.nibble()? {
        4 | 6 => Inside::Ip(bytes),
        _ => Inside::NoIp,
    })
}

/// Linux cooked capture: packet type, device type, address length, address, protocol.
fn cooked<'a>(bytes: Bytes<'a>, told: &mut Link) -> Option<Inside<'a>> {
    told.outgoing = is_outgoing(bytes.u16_at(0)?);
    if bytes.u16_at(4)? == 6 {
        told.source = bytes.mac_at(6);
    }
    by_ether_type(bytes.u16_at(14)?, bytes.skip(16)?)
}

/// The second version: protocol, reserved, interface, device type, packet type, address length, address.
fn cooked2<'a>(bytes: Bytes<'a>, told: &mut Link) -> Option<Inside<'a>> {
    told.outgoing = is_outgoing(u16::from(bytes.u8_at(10)?));
    if bytes.u8_at(11)? == 6 {
        told.source = bytes.mac_at(12);
    }
    by_ether_type(bytes.u16_at(0)?, bytes.skip(20)?)
}

/// Packet types of Linux: to us, broadcast, multicast, to somebody else (seen in passing), from us.
const fn is_outgoing(packet_type: u16) -> Option<bool> {
    match packet_type {
        0..=2 => Some(false),
        4 => Some(true),
        _ => None,
    }
}

/// An address family in the byte order of the capturing host. BSDs number IPv6 24, 28 or 30, Linux 10.
fn loopback(bytes: Bytes<'_>) -> Option<Inside<'_>> {
    let family = bytes.u32_at(0)?;
    match family.min(family.swap_bytes()) {
        2 | 10 | 24 | 28 | 30 => by_version(bytes.skip(4)?),
        _ => Some(Inside::NoIp),
    }
}

/// PPP, also in HDLC framing (RFC 1661, RFC 1662): address and control may be left out, the protocol's first byte too.
fn ppp(bytes: Bytes<'_>) -> Option<Inside<'_>> {
    let bytes = match bytes.stored {
        [0xff, 3, ..] => bytes.skip(2)?,
        // Cisco's framing in the same link type.
        [0x0f | 0x8f, 0, ..] => return by_ether_type(bytes.u16_at(2)?, bytes.skip(4)?),
        _ => bytes,
    };
    let first = bytes.u8_at(0)?;
    let (protocol, rest) = match first & 1 {
        1 => (u16::from(first), bytes.skip(1)?),
        _ => (bytes.u16_at(0)?, bytes.skip(2)?),
    };
    match protocol {
        0x0021 | 0x0057 => by_version(rest),
        0x0281 | 0x0283 => mpls(rest),
        _ => Some(Inside::NoIp),
    }
}

/// PPP over Ethernet (RFC 2516 section 4): version and type, code 0 for a session, session, length.
fn pppoe(bytes: Bytes<'_>) -> Option<Inside<'_>> {
    if bytes.u16_at(0)? != 0x1100 {
        return Some(Inside::NoIp);
    }
    let length = usize::from(bytes.u16_at(4)?);
    ppp(bytes.skip(6)?.of_length(length))
}

/// Labels to the bottom of the stack (RFC 3032). Nothing says what is inside: the first bits do, where it is IP; a
/// control word (RFC 4385) stands before Ethernet.
pub(super) fn mpls(mut bytes: Bytes<'_>) -> Option<Inside<'_>> {
    for _ in 0..LABELS_MAX {
        let bottom = bytes.u8_at(2)? & 1 == 1;
        bytes = bytes.skip(4)?;
        if bottom {
            return match bytes.nibble()? {
                0 => by_ether_type(bytes.u16_at(16)?, bytes.skip(18)?),
                _ => by_version(bytes),
            };
        }
    }
    Some(Inside::Unreadable("decode.tags-too-many"))
}

/// Linux netfilter log: family, version, group; then fields of length and type in the order of the capturing host,
/// padded to four bytes. Type 9 is the packet.
fn netfilter_log(bytes: Bytes<'_>) -> Option<Inside<'_>> {
    let mut fields = bytes.skip(4)?;
    for _ in 0..NETFILTER_FIELDS_MAX {
        let (first, second) = (fields.u16_at(0)?, fields.u16_at(2)?);
        // Types are small, so the type's bytes tell the order.
        let little = second.swap_bytes() < second;
        let (length, kind) = if little { (first.swap_bytes(), second.swap_bytes()) } else { (first, second) };
        if kind == 9 {
            let wire = usize::from(length).saturating_sub(4);
            return by_version(fields.skip(4)?.of_length(wire));
        }
        fields = fields.skip(usize::from(length).max(4).next_multiple_of(4))?;
    }
    Some(Inside::NoIp)
}

/// Per-Packet Information: version, flags, length, link type; little endian.
fn ppi<'a>(bytes: Bytes<'a>, told: &mut Link, wrappers: usize) -> Option<Inside<'a>> {
    let length = usize::from(bytes.u16_at(2)?.swap_bytes());
    let link = bytes.u32_at(4)?.swap_bytes();
    any(LinkType(link), bytes.skip(length)?, told, wrappers)
}

/// Apple's packet tap: length, type, link type, interface name, flags; little endian.
fn pktap<'a>(bytes: Bytes<'a>, told: &mut Link, wrappers: usize) -> Option<Inside<'a>> {
    let length = usize::try_from(bytes.u32_at(0)?.swap_bytes()).ok()?;
    let link = LinkType(bytes.u32_at(8)?.swap_bytes());
    let direction = bytes.u32_at(36)?.swap_bytes() & 3;
    // Of the smallest header that has all these fields; a smaller length would read the header as a packet.
    if length < 40 {
        return Some(Inside::Unreadable("decode.link-type-not-read"));
    }
    let inside = any(link, bytes.skip(length)?, told, wrappers);
    told.outgoing = match direction {
        1 => Some(false),
        2 => Some(true),
        _ => told.outgoing,
    };
    inside
}
