//! IPv4 (RFC 791) and IPv6 (RFC 8200) headers with all that stands before the transport.

use super::bytes::Bytes;
use etherparse::{IpAuthHeaderSlice, Ipv4HeaderSlice, Ipv6FragmentHeaderSlice, Ipv6HeaderSlice, Ipv6RawExtHeaderSlice};
use std::net::IpAddr;

/// Most extension headers of one packet.
const EXTENSIONS_MAX: usize = 16;
/// Bytes of an IPv6 header.
const IPV6_HEADER_BYTES: usize = 40;

/// Protocol numbers (IANA).
pub(super) mod protocol {
    pub(in crate::decode) const HOP_BY_HOP: u8 = 0;
    pub(in crate::decode) const ICMP: u8 = 1;
    pub(in crate::decode) const IPV4: u8 = 4;
    pub(in crate::decode) const TCP: u8 = 6;
    pub(in crate::decode) const UDP: u8 = 17;
    pub(in crate::decode) const IPV6: u8 = 41;
    pub(in crate::decode) const ROUTING: u8 = 43;
    pub(in crate::decode) const FRAGMENT: u8 = 44;
    pub(in crate::decode) const GRE: u8 = 47;
    pub(in crate::decode) const AUTHENTICATION: u8 = 51;
    pub(in crate::decode) const ICMPV6: u8 = 58;
    pub(in crate::decode) const DESTINATION_OPTIONS: u8 = 60;
    pub(in crate::decode) const ETHERNET_IN_IP: u8 = 97;
    pub(in crate::decode) const MOBILITY: u8 = 135;
    pub(in crate::decode) const MPLS_IN_IP: u8 = 137;
}

/// An IP packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ip<'a> {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    /// Of the payload.
    pub(super) protocol: u8,
    /// What the IP headers carry.
    pub(super) payload: Bytes<'a>,
    /// The whole packet on the wire, in bytes.
    pub(super) length: usize,
    pub(super) hop_limit: u8,
    /// IPv4 identification, or 0.
    pub(super) identification: u16,
    pub(super) fragment: Option<Piece>,
    /// Its payload was put together from fragments.
    pub(super) reassembled: bool,
    /// Read, but something was odd.
    pub(super) complaint: Option<&'static str>,
}

/// Which part of a datagram a fragment is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) identification: u32,
    /// In units of 8 bytes.
    pub(super) offset: u16,
    pub(super) more: bool,
}

/// Reads the headers of the packet that `bytes` begin with; the error names the problem.
#[inline]
pub(super) fn read(bytes: Bytes<'_>) -> Result<Ip<'_>, &'static str> {
    match bytes.nibble() {
        Some(4) => ipv4(bytes),
        Some(6) => ipv6(bytes),
        Some(_) => Err("decode.ip-version-unknown"),
        None => Err("decode.ip-header-cut"),
    }
}

#[inline]
fn ipv4(bytes: Bytes<'_>) -> Result<Ip<'_>, &'static str> {
    let header = Ipv4HeaderSlice::from_slice(bytes.stored).map_err(|_| ipv4_problem(bytes))?;
    let (header_length, told) = (header.slice().len(), usize::from(header.total_len()));
    // A sender that leaves cutting into segments to its network card writes 0; the frame's length is the answer.
    let length = if told < header_length { bytes.wire } else { told };
    let mut protocol = header.protocol().0;
    let mut payload = bytes.of_length(length).skip_or_end(header_length);
    let offset = header.fragments_offset().value();
    let piece = Piece { identification: u32::from(header.identification()), offset, more: header.more_fragments() };
    if protocol == protocol::AUTHENTICATION && offset == 0 {
        (protocol, payload) = authentication(payload).ok_or("decode.ip-extension-cut")?;
    }
    Ok(Ip {
        source: IpAddr::from(header.source()),
        destination: IpAddr::from(header.destination()),
        protocol,
        payload,
        length,
        hop_limit: header.ttl(),
        identification: header.identification(),
        fragment: (piece.more || offset > 0).then_some(piece),
        reassembled: false,
        complaint: (told != 0 && told < header_length).then_some("decode.ipv4-length-impossible"),
    })
}

#[cold]
fn ipv4_problem(bytes: Bytes<'_>) -> &'static str {
    match bytes.u8_at(0).map(|byte| byte & 0x0f) {
        Some(0..5) => "decode.ipv4-header-impossible",
        _ => "decode.ipv4-header-cut",
    }
}

#[inline]
fn ipv6(bytes: Bytes<'_>) -> Result<Ip<'_>, &'static str> {
    let header = Ipv6HeaderSlice::from_slice(bytes.stored).map_err(|_| "decode.ipv6-header-cut")?;
    // 0 stands for a jumbo packet (RFC 2675) or for one that the network card has yet to cut.
    let length = match header.payload_length() {
        0 => bytes.wire,
        told => usize::from(told) + IPV6_HEADER_BYTES,
    };
    let payload = bytes.of_length(length).skip_or_end(IPV6_HEADER_BYTES);
    let (protocol, payload, fragment) = extensions(header.next_header().0, payload)?;
    Ok(Ip {
        source: IpAddr::from(header.source()),
        destination: IpAddr::from(header.destination()),
        protocol,
        payload,
        length,
        hop_limit: header.hop_limit(),
        identification: 0,
        fragment,
        reassembled: false,
        complaint: None,
    })
}

/// Goes over extension headers to the transport, or to a fragment header that makes what follows a fragment.
#[inline]
fn extensions(first: u8, payload: Bytes<'_>) -> Result<(u8, Bytes<'_>, Option<Piece>), &'static str> {
    if matches!(first, protocol::UDP | protocol::TCP | protocol::ICMPV6) {
        return Ok((first, payload, None));
    }
    let (mut protocol, mut payload) = (first, payload);
    for _ in 0..EXTENSIONS_MAX {
        let next = match protocol {
            protocol::HOP_BY_HOP | protocol::ROUTING | protocol::DESTINATION_OPTIONS | protocol::MOBILITY => {
                extension(payload)
            }
            protocol::AUTHENTICATION => authentication(payload),
            protocol::FRAGMENT => match fragment(payload) {
                Some((next, rest, Some(piece))) => return Ok((next, rest, Some(piece))),
                Some((next, rest, None)) => Some((next, rest)),
                None => None,
            },
            _ => return Ok((protocol, payload, None)),
        };
        (protocol, payload) = next.ok_or("decode.ip-extension-cut")?;
    }
    Err("decode.ipv6-extensions-too-many")
}

fn extension(payload: Bytes<'_>) -> Option<(u8, Bytes<'_>)> {
    let header = Ipv6RawExtHeaderSlice::from_slice(payload.stored).ok()?;
    Some((header.next_header().0, payload.skip(header.slice().len())?))
}

fn authentication(payload: Bytes<'_>) -> Option<(u8, Bytes<'_>)> {
    let header = IpAuthHeaderSlice::from_slice(payload.stored).ok()?;
    Some((header.next_header().0, payload.skip(header.slice().len())?))
}

/// No piece when the header says that there is only one (RFC 6946).
fn fragment(payload: Bytes<'_>) -> Option<(u8, Bytes<'_>, Option<Piece>)> {
    let header = Ipv6FragmentHeaderSlice::from_slice(payload.stored).ok()?;
    let rest = payload.skip(header.slice().len())?;
    let offset = header.fragment_offset().value();
    let piece = Piece { identification: header.identification(), offset, more: header.more_fragments() };
    Some((header.next_header().0, rest, header.is_fragmenting_payload().then_some(piece)))
}

/// The datagram of which `last` was the fragment that completed it; `data` is its payload.
pub(super) fn reassembled<'a>(last: &Ip<'_>, protocol: u8, data: &'a [u8]) -> Result<Ip<'a>, &'static str> {
    let headers = last.length.saturating_sub(last.payload.wire);
    let payload = Bytes::new(data, data.len());
    let whole = Ip {
        source: last.source,
        destination: last.destination,
        protocol,
        payload,
        length: headers.saturating_add(data.len()),
        hop_limit: last.hop_limit,
        identification: last.identification,
        fragment: None,
        reassembled: true,
        complaint: None,
    };
    if last.source.is_ipv4() {
        return Ok(whole);
    }
    match extensions(protocol, payload)? {
        (protocol, payload, None) => Ok(Ip { protocol, payload, ..whole }),
        _ => Err("decode.fragments-too-deep"),
    }
}
