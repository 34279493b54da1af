//! Where the payload of a frame is, without any memory of other frames: what a capture asks of a packet before it
//! stores it.

use super::bytes::Bytes;
use super::ip::{self, Ip};
use super::link::{self, Inside, Link};
use super::{TUNNELS_MAX, transport, tunnel};
use crate::model::{Frame, Packet};

/// A packet as far as one frame tells it.
#[derive(Clone, Copy, Debug)]
pub struct Outline<'a> {
    /// The innermost packet. Of a fragment that is not the first, all that the IP header carries is payload.
    pub packet: Packet<'a>,
    /// Which part of a datagram it is, where it is a fragment.
    pub fragment: Option<Fragment>,
}

/// A part of a fragmented datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The number that all parts share.
    pub identification: u32,
    /// Whether it holds the transport header.
    pub is_first: bool,
}

/// The packet in a frame; `None` where there is none, or none that can be read.
pub fn outline<'a>(frame: &Frame<'a>) -> Option<Outline<'a>> {
    let wire = usize::try_from(frame.wire_length).unwrap_or(usize::MAX);
    let (inside, link) = link::read(frame.link, Bytes::new(frame.data, wire));
    let Inside::Ip(bytes) = inside else { return None };
    let (mut ip, mut tunnels) = (ip::read(bytes).ok()?, 0);
    while ip.fragment.is_none()
        && tunnels < TUNNELS_MAX
        && let Some(inner) = tunnel::inside(&ip).and_then(|inner| ip::read(inner).ok())
    {
        (ip, tunnels) = (inner, tunnels + 1);
    }
    let fragment =
        ip.fragment.map(|piece| Fragment { identification: piece.identification, is_first: piece.offset == 0 });
    Some(Outline { packet: packet(frame, &ip, link, tunnels, fragment), fragment })
}

fn packet<'a>(frame: &Frame<'a>, ip: &Ip<'a>, link: Link, tunnels: u8, fragment: Option<Fragment>) -> Packet<'a> {
    let read = match fragment {
        Some(Fragment { is_first: false, .. }) => transport::unread(ip, None),
        _ => transport::read(ip),
    };
    Packet {
        capture: frame.capture,
        frame: frame.number,
        time: frame.time,
        source: ip.source,
        destination: ip.destination,
        transport: read.transport,
        payload: read.payload.stored,
        payload_length: u32::try_from(read.payload.wire).unwrap_or(u32::MAX),
        ip_length: u32::try_from(ip.length).unwrap_or(u32::MAX),
        hop_limit: ip.hop_limit,
        source_mac: link.source,
        destination_mac: link.destination,
        outgoing: link.outgoing,
        tunnels,
        duplicate: false,
        reassembled: false,
    }
}
