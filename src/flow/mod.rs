//! Flows: both directions of a 5-tuple, counted by capture time and expired by capture time. Rank 1: knows `model`
//! only; what else is remembered of a flow is the type parameter's business.

mod stream;
mod table;

pub use stream::{Delivery, STREAM_PENDING_BYTES_MAX, STREAM_PENDING_SEGMENTS_MAX, StreamStart};
pub use table::{FLOWS_MAX, FlowTable, Found};

use crate::model::opening::TcpOpening;
use crate::model::{Direction, Evidence, Packet, Timestamp, Transport};
use std::net::{IpAddr, SocketAddr};

/// Idle time after which a flow of which one packet was seen has ended, in nanoseconds.
pub const IDLE_SINGLE_NANOS: i64 = 60_000_000_000;
/// Idle time after which a datagram flow has ended, in nanoseconds: longer than every known keep-alive of a call.
pub const IDLE_DATAGRAM_NANOS: i64 = 180_000_000_000;
/// Idle time after which a TCP connection without a seen end has ended, in nanoseconds.
pub const IDLE_STREAM_NANOS: i64 = 900_000_000_000;
/// Time for stragglers after FIN or RST, in nanoseconds.
pub const IDLE_CLOSED_NANOS: i64 = 15_000_000_000;

/// How it is known which side opened a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenedBy {
    /// A TCP SYN (or its answer) was seen.
    Handshake,
    /// The lower, well-known port is the server's.
    Port,
    /// The first packet seen went this way.
    FirstPacket,
}

/// Packets and bytes of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// IP packets, duplicates left out.
    pub packets: u64,
    /// IP bytes on the wire.
    pub bytes: u64,
}

/// The IP protocol of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// Another, by number; its ports are 0.
    Other(u8),
}

/// A flow as it lives in the table.
#[derive(Clone, Debug)]
pub struct Flow<S> {
    /// Number in order of the first packet, from 0.
    pub id: u64,
    /// IP protocol.
    pub protocol: Protocol,
    /// The side that opened the flow.
    pub opener: SocketAddr,
    /// The other side.
    pub responder: SocketAddr,
    /// How that is known.
    pub opened_by: OpenedBy,
    /// First packet.
    pub first: Evidence,
    /// Time of the latest packet.
    pub last: Timestamp,
    /// Forward and backward counters.
    pub counters: [Counters; 2],
    /// Hop limits first seen, forward and backward; 0 = none seen.
    pub hop_limits: [u8; 2],
    /// Link address of each side as seen on this link.
    pub macs: [Option<[u8; 6]>; 2],
    /// Packets that the capturing host itself sent, and that it received, where the link says so.
    pub outgoing: [Option<bool>; 2],
    /// Round trip of the TCP handshake in nanoseconds, by whose SYN began it.
    pub handshake: Handshake,
    /// Window and options of the SYN that opened it, where that is the first packet seen.
    pub opening: Option<TcpOpening>,
    /// A FIN or RST was seen.
    pub closed: bool,
    /// What the engine remembers.
    pub state: S,
    key: FlowKey,
}

impl<S> Flow<S> {
    /// The direction of a packet with this sender.
    pub fn direction_from(&self, sender: SocketAddr) -> Direction {
        if sender == self.opener { Direction::Forward } else { Direction::Backward }
    }

    /// Packets of both directions.
    pub fn packets(&self) -> u64 {
        self.counters.iter().map(|counters| counters.packets).sum()
    }

    /// A new flow from its first packet, which is not counted yet.
    fn new(id: u64, key: FlowKey, packet: &Packet<'_>, protocol: Protocol, state: S) -> Self {
        let (from, to) = packet.endpoints();
        let (opened_by, reversed) = opener(packet);
        let (opener, responder) = if reversed { (to, from) } else { (from, to) };
        let direction = if reversed { Direction::Backward } else { Direction::Forward };
        Flow {
            id,
            protocol,
            opener,
            responder,
            opened_by,
            first: Evidence { capture: packet.capture, frame: packet.frame, time: packet.time, direction },
            last: packet.time,
            counters: Default::default(),
            hop_limits: [0; 2],
            macs: [None; 2],
            outgoing: [None; 2],
            handshake: Handshake::default(),
            opening: None,
            closed: false,
            state,
            key,
        }
    }

    /// Whether `packet` opens another connection on the same ports: a SYN behind the end of this one, or with another
    /// initial sequence number than its own.
    fn is_reopened_by(&self, packet: &Packet<'_>) -> bool {
        let Transport::Tcp(header) = packet.transport else { return false };
        let other = match self.handshake.syn_sequence {
            Some(sequence) => sequence != header.sequence,
            None => self.opened_by != OpenedBy::Handshake,
        };
        header.syn() && !header.ack() && (self.closed || other)
    }

    fn idle_limit(&self) -> i64 {
        match self.protocol {
            _ if self.closed => IDLE_CLOSED_NANOS,
            _ if self.packets() <= 1 => IDLE_SINGLE_NANOS,
            Protocol::Tcp => IDLE_STREAM_NANOS,
            Protocol::Udp | Protocol::Other(_) => IDLE_DATAGRAM_NANOS,
        }
    }
}

/// Times of the TCP three-way handshake (RFC 9293 section 3.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handshake {
    syn: Option<Timestamp>,
    syn_sequence: Option<u32>,
    syn_repeated: bool,
    syn_ack: Option<Timestamp>,
    /// SYN to SYN-ACK in nanoseconds: the way from the capture point to the responder and back.
    pub to_responder: Option<i64>,
    /// SYN-ACK to ACK in nanoseconds: the way from the capture point to the opener and back.
    pub to_opener: Option<i64>,
}

impl Handshake {
    /// Keeps the smaller times of two connections between the same hosts.
    pub fn absorb(&mut self, other: &Handshake) {
        let smaller = |one: Option<i64>, two: Option<i64>| [one, two].into_iter().flatten().min();
        self.to_responder = smaller(self.to_responder, other.to_responder);
        self.to_opener = smaller(self.to_opener, other.to_opener);
    }

    fn note(&mut self, packet: &Packet<'_>, direction: Direction) {
        let Transport::Tcp(header) = packet.transport else { return };
        match (header.syn(), header.ack(), direction) {
            (true, false, Direction::Forward) => {
                self.syn_repeated |= self.syn.is_some();
                self.syn = Some(packet.time);
                self.syn_sequence = Some(header.sequence);
            }
            (true, true, Direction::Backward) if self.syn_ack.is_none() => {
                self.syn_ack = Some(packet.time);
                // A repeated SYN leaves open which one was answered.
                self.to_responder = self
                    .syn
                    .filter(|_| !self.syn_repeated)
                    .map(|syn| packet.time.since(syn))
                    .filter(|nanos| *nanos > 0);
            }
            (false, true, Direction::Forward) if self.to_opener.is_none() => {
                self.to_opener = self.syn_ack.map(|answer| packet.time.since(answer)).filter(|nanos| *nanos > 0);
            }
            _ => {}
        }
    }
}

/// Address pair in a fixed order, so that both directions meet in one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct FlowKey {
    low: (u128, u16),
    high: (u128, u16),
    protocol: u16,
}

impl FlowKey {
    fn new(from: SocketAddr, to: SocketAddr, protocol: Protocol) -> Self {
        let number = |address: IpAddr| match address {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => u128::from(address),
        };
        let (a, b) = ((number(from.ip()), from.port()), (number(to.ip()), to.port()));
        let family = if from.is_ipv4() { 0 } else { 0x8000 };
        let protocol = match protocol {
            Protocol::Udp => 17,
            Protocol::Tcp => 6,
            Protocol::Other(number) => 0x100 | u16::from(number),
        };
        FlowKey { low: a.min(b), high: a.max(b), protocol: protocol | family }
    }
}

/// How the opener is known, and whether it is the receiver of this first packet.
fn opener(packet: &Packet<'_>) -> (OpenedBy, bool) {
    if let Transport::Tcp(header) = packet.transport
        && header.syn()
    {
        return (OpenedBy::Handshake, header.ack());
    }
    let (from, to) = packet.endpoints();
    let well_known = |port: u16| port != 0 && port < 1024;
    match (well_known(from.port()), well_known(to.port())) {
        (true, false) => (OpenedBy::Port, true),
        (false, true) => (OpenedBy::Port, false),
        _ => (OpenedBy::FirstPacket, false),
    }
}

fn count<S>(flow: &mut Flow<S>, packet: &Packet<'_>, direction: Direction) {
    flow.last = flow.last.max(packet.time);
    let index = direction.index();
    if let Some(counters) = flow.counters.get_mut(index) {
        counters.packets += 1;
        counters.bytes += u64::from(packet.ip_length);
        if counters.packets == 1 {
            note_traits(flow, packet, index);
        }
    }
    if let Transport::Tcp(header) = packet.transport {
        if header.flags & 0b111 != 0 || flow.handshake.to_opener.is_none() {
            flow.handshake.note(packet, direction);
        }
        flow.closed |= header.fin() || header.rst();
    }
}

/// What the first packet of a direction tells of its sender.
fn note_traits<S>(flow: &mut Flow<S>, packet: &Packet<'_>, index: usize) {
    if let Some(hop_limit) = flow.hop_limits.get_mut(index) {
        *hop_limit = packet.hop_limit;
    }
    if let Some(mac) = flow.macs.get_mut(index) {
        *mac = packet.source_mac;
    }
    if let Some(outgoing) = flow.outgoing.get_mut(index) {
        *outgoing = packet.outgoing;
    }
    if let Transport::Tcp(header) = packet.transport
        && header.syn()
        && !header.ack()
        && flow.first.frame == packet.frame
    {
        flow.opening = header.opening;
    }
}

#[cfg(test)]
mod tests;
