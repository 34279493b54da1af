//! UDP (RFC 768), TCP (RFC 9293), ICMP (RFC 792, RFC 4443).

use super::bytes::Bytes;
use super::ip::{Ip, protocol};
use crate::model::opening::TcpOpening;
use crate::model::{TcpHeader, Transport};

/// Bytes of a UDP header.
pub(super) const UDP_HEADER_BYTES: usize = 8;
/// Fewest bytes of a TCP header.
const TCP_HEADER_BYTES_MIN: usize = 20;
/// Offset of the window in a TCP header.
const TCP_WINDOW_AT: usize = 14;
/// Control bit of a segment that opens a connection.
const SYN: u8 = 2;
/// Bytes of ICMP that stand before the body: type, code, checksum.
const ICMP_HEADER_BYTES: usize = 4;

/// A transport header and what follows it.
pub(super) struct Read<'a> {
    pub(super) transport: Transport,
    pub(super) payload: Bytes<'a>,
    pub(super) complaint: Option<&'static str>,
}

/// Reads the transport of a packet. One that cannot be read stays a packet of its protocol.
#[inline]
pub(super) fn read<'a>(ip: &Ip<'a>) -> Read<'a> {
    let read = match ip.protocol {
        protocol::UDP => udp(ip.payload),
        protocol::TCP => tcp(ip.payload),
        protocol::ICMP if ip.source.is_ipv4() => icmp(ip.payload),
        protocol::ICMPV6 if ip.source.is_ipv6() => icmp(ip.payload),
        _ => Ok(unread(ip, None)),
    };
    read.unwrap_or_else(|what| unread(ip, Some(what)))
}

pub(super) fn unread<'a>(ip: &Ip<'a>, complaint: Option<&'static str>) -> Read<'a> {
    Read { transport: Transport::Other(ip.protocol), payload: ip.payload, complaint }
}

/// Source, destination, length, checksum.
#[inline]
fn udp(bytes: Bytes<'_>) -> Result<Read<'_>, &'static str> {
    let [s0, s1, d0, d1, l0, l1, _, _] = *bytes.stored.first_chunk().ok_or("decode.udp-header-cut")?;
    let told = usize::from(u16::from_be_bytes([l0, l1]));
    let whole = match told {
        UDP_HEADER_BYTES.. if told <= bytes.wire => bytes.of_length(told),
        // 0 stands for "to the end": a jumbo packet (RFC 2675) or one that the network card has yet to cut.
        _ => bytes,
    };
    Ok(Read {
        transport: Transport::Udp(u16::from_be_bytes([s0, s1]), u16::from_be_bytes([d0, d1])),
        payload: whole.skip_or_end(UDP_HEADER_BYTES),
        complaint: (told != 0 && told != whole.wire).then_some("decode.udp-length-impossible"),
    })
}

/// The first 14 of the header's bytes tell all that is wanted; a capture may end there.
#[inline]
fn tcp(bytes: Bytes<'_>) -> Result<Read<'_>, &'static str> {
    let [s0, s1, d0, d1, q0, q1, q2, q3, a0, a1, a2, a3, offset, flags] =
        *bytes.stored.first_chunk().ok_or("decode.tcp-header-cut")?;
    let header_length = usize::from(offset >> 4) * 4;
    if header_length < TCP_HEADER_BYTES_MIN || header_length > bytes.wire {
        return Err("decode.tcp-header-impossible");
    }
    let header = TcpHeader {
        source: u16::from_be_bytes([s0, s1]),
        destination: u16::from_be_bytes([d0, d1]),
        sequence: u32::from_be_bytes([q0, q1, q2, q3]),
        acknowledgement: u32::from_be_bytes([a0, a1, a2, a3]),
        flags,
        opening: if flags & SYN == 0 { None } else { opening(bytes.stored, header_length) },
    };
    Ok(Read { transport: Transport::Tcp(header), payload: bytes.skip_or_end(header_length), complaint: None })
}

/// Window and options, as far as they are stored.
fn opening(stored: &[u8], header_length: usize) -> Option<TcpOpening> {
    let window = stored.get(TCP_WINDOW_AT..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))?;
    let options = stored.get(TCP_HEADER_BYTES_MIN..)?;
    let count = header_length.saturating_sub(TCP_HEADER_BYTES_MIN);
    Some(TcpOpening::new(window, options.get(..count).unwrap_or(options)))
}

/// The payload is what follows the checksum.
fn icmp(bytes: Bytes<'_>) -> Result<Read<'_>, &'static str> {
    let [kind, code, ..] = *bytes.stored else { return Err("decode.icmp-header-cut") };
    Ok(Read { transport: Transport::Icmp(kind, code), payload: bytes.skip_or_end(ICMP_HEADER_BYTES), complaint: None })
}
