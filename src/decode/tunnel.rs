//! Packets in packets. IP protocols that carry packets are believed; UDP ports are not, for anybody may use them: there
//! the tunnel's header and the packet inside must both be without fault.

use super::bytes::Bytes;
use super::ip::{Ip, protocol};
use super::link::{Inside, by_ether_type, by_version, mpls};
use super::transport::UDP_HEADER_BYTES;

/// Most extension headers of a GTP-U packet.
const GTP_EXTENSIONS_MAX: usize = 8;

/// Destination ports (IANA). GTP-U answers from its port to any other.
const PORT_GTP_U: u16 = 2152;
const PORT_VXLAN: u16 = 4789;
const PORT_GENEVE: u16 = 6081;
/// Linux used this for VXLAN before a number was assigned, and some still do.
const PORT_VXLAN_LINUX: u16 = 8472;

/// EtherTypes that GRE uses for mirrored traffic (draft-foschiano-erspan).
const ERSPAN_2: u16 = 0x88be;
const ERSPAN_3: u16 = 0x22eb;

/// The IP packet that a packet carries.
#[inline]
pub(super) fn inside<'a>(ip: &Ip<'a>) -> Option<Bytes<'a>> {
    match ip.protocol {
        protocol::TCP => None,
        protocol::UDP => inside_udp(ip.payload),
        _ => inside_ip(ip),
    }
}

#[cold]
fn inside_ip<'a>(ip: &Ip<'a>) -> Option<Bytes<'a>> {
    let found = match ip.protocol {
        protocol::IPV4 | protocol::IPV6 => by_version(ip.payload),
        protocol::GRE => gre(ip.payload),
        protocol::MPLS_IN_IP => mpls(ip.payload),
        // RFC 3378: version 3 and twelve zero bits, then Ethernet.
        protocol::ETHERNET_IN_IP if ip.payload.u16_at(0)? == 0x3000 => ethernet(ip.payload.skip(2)?),
        _ => None,
    };
    as_ip(found?)
}

/// RFC 2784 and RFC 2890: flags and version, type, then checksum, key and sequence number where flags say so.
/// Version 1 (RFC 2637) carries PPP and may acknowledge.
fn gre(bytes: Bytes<'_>) -> Option<Inside<'_>> {
    const CHECKSUM: u16 = 0x8000;
    const ROUTING: u16 = 0x4000;
    const KEY: u16 = 0x2000;
    const SEQUENCE: u16 = 0x1000;
    const ACKNOWLEDGEMENT: u16 = 0x0080;
    let (flags, kind) = (bytes.u16_at(0)?, bytes.u16_at(2)?);
    let version = flags & 7;
    if flags & ROUTING != 0 || version > 1 {
        return None;
    }
    let optional = if version == 1 { KEY | SEQUENCE | ACKNOWLEDGEMENT } else { CHECKSUM | KEY | SEQUENCE };
    let inner = bytes.skip(4 + 4 * (flags & optional).count_ones() as usize)?;
    match kind {
        // Without a sequence number it is version 1, which has no header of its own.
        ERSPAN_2 => ethernet(inner.skip(if flags & SEQUENCE != 0 { 8 } else { 0 })?),
        ERSPAN_3 => ethernet(inner.skip(if inner.u8_at(11)? & 1 != 0 { 20 } else { 12 })?),
        _ => by_ether_type(kind, inner),
    }
}

/// Looks at the ports first: nearly every packet ends here.
#[inline]
fn inside_udp(datagram: Bytes<'_>) -> Option<Bytes<'_>> {
    let port = match (datagram.u16_at(0)?, datagram.u16_at(2)?) {
        (_, port @ (PORT_VXLAN | PORT_VXLAN_LINUX | PORT_GENEVE | PORT_GTP_U)) => port,
        (PORT_GTP_U, _) => PORT_GTP_U,
        _ => return None,
    };
    inside_udp_port(port, datagram.skip(UDP_HEADER_BYTES)?)
}

#[cold]
fn inside_udp_port(port: u16, payload: Bytes<'_>) -> Option<Bytes<'_>> {
    let found = match port {
        PORT_GENEVE => geneve(payload),
        PORT_GTP_U => gtp_u(payload),
        _ => vxlan(payload),
    };
    as_ip(found?).filter(|packet| is_plausible(*packet))
}

/// RFC 7348 section 5: the flag of a valid network identifier; the identifier; reserved bits that a receiver ignores,
/// for extensions use them. Then Ethernet.
fn vxlan(payload: Bytes<'_>) -> Option<Inside<'_>> {
    match payload.u8_at(0)? & 8 {
        0 => None,
        _ => ethernet(payload.skip(8)?),
    }
}

/// RFC 8926 section 3.4: version 0 and length of options, flags, type, network identifier, reserved.
fn geneve(payload: Bytes<'_>) -> Option<Inside<'_>> {
    let [lengths @ 0..=0x3f, flags, _, _, _, _, _, 0, ..] = payload.stored else { return None };
    if flags & 0x3f != 0 {
        return None;
    }
    by_ether_type(payload.u16_at(2)?, payload.skip(8 + usize::from(*lengths) * 4)?)
}

/// 3GPP TS 29.281 section 5.1: version 1, message type 255 for user data, length of what follows the first eight
/// bytes; four more bytes when any of three flags is set, and extension headers when the last of those says so.
fn gtp_u(payload: Bytes<'_>) -> Option<Inside<'_>> {
    let [flags @ 0x30..=0x37, 255, ..] = payload.stored else { return None };
    if usize::from(payload.u16_at(2)?) + 8 != payload.wire {
        return None;
    }
    if flags & 7 == 0 {
        return by_version(payload.skip(8)?);
    }
    let (mut next, mut rest) = (payload.u8_at(11)?, payload.skip(12)?);
    for _ in 0..GTP_EXTENSIONS_MAX {
        if next == 0 || flags & 4 == 0 {
            return by_version(rest);
        }
        let length = usize::from(rest.u8_at(0)?).max(1) * 4;
        next = rest.u8_at(length - 1)?;
        rest = rest.skip(length)?;
    }
    None
}

fn ethernet(bytes: Bytes<'_>) -> Option<Inside<'_>> {
    by_ether_type(bytes.u16_at(12)?, bytes.skip(14)?)
}

fn as_ip(inside: Inside<'_>) -> Option<Bytes<'_>> {
    match inside {
        Inside::Ip(bytes) => Some(bytes),
        Inside::NoIp | Inside::Unreadable(_) => None,
    }
}

/// Whether bytes are an IP packet that fits: for IPv4 also with a right checksum, which chance passes once in 65,536.
fn is_plausible(packet: Bytes<'_>) -> bool {
    match packet.nibble() {
        Some(4) => {
            let header_length = usize::from(packet.u8_at(0).unwrap_or(0) & 0x0f) * 4;
            let total = usize::from(packet.u16_at(2).unwrap_or(0));
            let header = packet.stored.get(..header_length).unwrap_or_default();
            header_length >= 20 && total >= header_length && total <= packet.wire && checksum_is_right(header)
        }
        Some(6) => {
            let length = usize::from(packet.u16_at(4).unwrap_or(0));
            packet.stored.len() >= 40 && length > 0 && length + 40 <= packet.wire
        }
        _ => false,
    }
}

/// RFC 1071: the ones' complement sum over a header with its checksum is all ones.
fn checksum_is_right(header: &[u8]) -> bool {
    let words = header.chunks_exact(2).filter_map(|pair| pair.first_chunk().copied());
    let sum: u32 = words.map(|word| u32::from(u16::from_be_bytes(word))).sum();
    !header.is_empty() && (sum & 0xffff) + (sum >> 16) == 0xffff
}
