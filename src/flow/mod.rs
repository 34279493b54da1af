//! Flows: both directions of a 5-tuple, counted by capture time and expired by capture time. Rank 1: knows `model`
//! only; what else is remembered of a flow is the type parameter's business.

mod stream;

pub use stream::{Delivery, STREAM_PENDING_BYTES_MAX, STREAM_PENDING_SEGMENTS_MAX, StreamStart};

use crate::model::opening::TcpOpening;
use crate::model::{Direction, Evidence, Packet, Timestamp, Transport};
use foldhash::fast::RandomState;
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

/// Most live flows; at the limit the oldest flow of a single packet makes room, else the new one is refused.
pub const FLOWS_MAX: usize = 1 << 20;
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
#[derive(Debug)]
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
    syn_repeated: bool,
    syn_ack: Option<Timestamp>,
    /// SYN to SYN-ACK in nanoseconds: the way from the capture point to the responder and back.
    pub to_responder: Option<i64>,
    /// SYN-ACK to ACK in nanoseconds: the way from the capture point to the opener and back.
    pub to_opener: Option<i64>,
}

impl Handshake {
    fn note(&mut self, packet: &Packet<'_>, direction: Direction) {
        let Transport::Tcp(header) = packet.transport else { return };
        match (header.syn(), header.ack(), direction) {
            (true, false, Direction::Forward) => {
                self.syn_repeated |= self.syn.is_some();
                self.syn = Some(packet.time);
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

/// The live flows.
#[derive(Debug)]
pub struct FlowTable<S> {
    index: HashMap<FlowKey, u32, RandomState>,
    slots: Vec<Option<Flow<S>>>,
    free: Vec<u32>,
    // One entry for each live flow, by idle limit, so that each queue stays in order of its deadlines. An entry that
    // comes due while its flow lived on is put back with the new deadline.
    due: [VecDeque<(Timestamp, u32, u64)>; 4],
    limit: usize,
    born: u64,
    now: Timestamp,
}

/// What happened to the flow of a packet.
#[derive(Debug)]
pub enum Found<'t, S> {
    /// The flow, and which way the packet went.
    Flow(&'t mut Flow<S>, Direction),
    /// The table is full of live flows.
    Refused,
    /// No flow is kept for this kind of packet (ICMP).
    NoFlow,
}

impl<S: Default> FlowTable<S> {
    /// An empty table for at most `limit` live flows.
    pub fn new(limit: usize) -> Self {
        FlowTable {
            index: HashMap::default(),
            slots: Vec::new(),
            free: Vec::new(),
            due: Default::default(),
            limit: limit.min(FLOWS_MAX),
            born: 0,
            now: Timestamp::MIN,
        }
    }

    /// Counts a packet into its flow. Flows that ended before its time go to `ended` first, as does one that must
    /// make room.
    pub fn packet(&mut self, packet: &Packet<'_>, ended: &mut dyn FnMut(Flow<S>)) -> Found<'_, S> {
        let protocol = match packet.transport {
            Transport::Udp(..) => Protocol::Udp,
            Transport::Tcp(_) => Protocol::Tcp,
            Transport::Other(number) => Protocol::Other(number),
            Transport::Icmp(..) => return Found::NoFlow,
        };
        self.expire(packet.time, ended);
        let (from, to) = packet.endpoints();
        let key = FlowKey::new(from, to, protocol);
        if let Some(stale) = self.index.get(&key).copied().filter(|slot| self.is_over(*slot, packet)) {
            self.end(stale, ended);
        }
        let slot = match self.index.get(&key) {
            Some(slot) => *slot,
            None => {
                if self.index.len() >= self.limit && !self.make_room(ended) {
                    return Found::Refused;
                }
                self.open(key, packet, protocol)
            }
        };
        if self.count(slot, packet, from) {
            self.enqueue(slot);
        }
        match self.slots.get_mut(slot as usize).and_then(Option::as_mut) {
            Some(flow) => {
                let direction = flow.direction_from(from);
                Found::Flow(flow, direction)
            }
            None => Found::Refused,
        }
    }

    /// Counts the packet; whether it closed the flow, whose deadline is then much nearer.
    fn count(&mut self, slot: u32, packet: &Packet<'_>, from: SocketAddr) -> bool {
        let Some(flow) = self.slots.get_mut(slot as usize).and_then(Option::as_mut) else { return false };
        let was_closed = flow.closed;
        count(flow, packet, flow.direction_from(from));
        flow.closed && !was_closed
    }

    /// Ends all flows, in order of their first packet.
    pub fn finish(self, ended: &mut dyn FnMut(Flow<S>)) {
        let mut rest: Vec<_> = self.slots.into_iter().flatten().collect();
        rest.sort_by_key(|flow| flow.id);
        rest.into_iter().for_each(ended);
    }

    /// Number of live flows.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether no flow lives.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Whether the flow in `slot` ended long ago (time may have jumped while another queue waited), or this packet
    /// opens a new connection on the ports of a closed one.
    fn is_over(&self, slot: u32, packet: &Packet<'_>) -> bool {
        let Some(flow) = self.slots.get(slot as usize).and_then(Option::as_ref) else { return false };
        let opens = matches!(packet.transport, Transport::Tcp(header) if header.syn() && !header.ack());
        packet.time.since(flow.last) > flow.idle_limit() || (opens && flow.closed)
    }

    fn open(&mut self, key: FlowKey, packet: &Packet<'_>, protocol: Protocol) -> u32 {
        let (from, to) = packet.endpoints();
        let (opened_by, reversed) = opener(packet);
        let (opener, responder) = if reversed { (to, from) } else { (from, to) };
        let direction = if reversed { Direction::Backward } else { Direction::Forward };
        let first = Evidence { capture: packet.capture, frame: packet.frame, time: packet.time, direction };
        let flow = Flow {
            id: self.born,
            protocol,
            opener,
            responder,
            opened_by,
            first,
            last: packet.time,
            counters: Default::default(),
            hop_limits: [0; 2],
            macs: [None; 2],
            outgoing: [None; 2],
            handshake: Handshake::default(),
            opening: None,
            closed: false,
            state: S::default(),
            key,
        };
        self.born += 1;
        let slot = self.place(flow);
        self.index.insert(key, slot);
        self.enqueue(slot);
        slot
    }

    fn place(&mut self, flow: Flow<S>) -> u32 {
        match self.free.pop() {
            Some(slot) => {
                if let Some(place) = self.slots.get_mut(slot as usize) {
                    *place = Some(flow);
                }
                slot
            }
            None => {
                self.slots.push(Some(flow));
                (self.slots.len() - 1) as u32
            }
        }
    }

    fn enqueue(&mut self, slot: u32) {
        let Some(flow) = self.slots.get(slot as usize).and_then(Option::as_ref) else { return };
        let limit = flow.idle_limit();
        let entry = (flow.last.plus(limit), slot, flow.id);
        if let Some(queue) = self.due.get_mut(queue_of(limit)) {
            queue.push_back(entry);
        }
    }

    /// Ends what was idle too long at `now`. Time that runs backwards expires nothing.
    fn expire(&mut self, now: Timestamp, ended: &mut dyn FnMut(Flow<S>)) {
        if now <= self.now {
            return;
        }
        self.now = now;
        for queue in 0..self.due.len() {
            while let Some((_, slot, id)) = self.pop_due(queue, now) {
                let Some(flow) = self.slots.get(slot as usize).and_then(Option::as_ref) else { continue };
                if flow.id != id {
                    continue;
                }
                if now.since(flow.last) > flow.idle_limit() { self.end(slot, ended) } else { self.enqueue(slot) }
            }
        }
    }

    fn pop_due(&mut self, queue: usize, now: Timestamp) -> Option<(Timestamp, u32, u64)> {
        let queue = self.due.get_mut(queue)?;
        if queue.front()?.0 < now { queue.pop_front() } else { None }
    }

    /// Ends the oldest flow of a single packet.
    fn make_room(&mut self, ended: &mut dyn FnMut(Flow<S>)) -> bool {
        while let Some((_, slot, id)) = self.due.first_mut().and_then(VecDeque::pop_front) {
            let Some(flow) = self.slots.get(slot as usize).and_then(Option::as_ref) else { continue };
            if flow.id != id {
                continue;
            }
            if flow.packets() <= 1 {
                self.end(slot, ended);
                return true;
            }
            self.enqueue(slot);
        }
        false
    }

    fn end(&mut self, slot: u32, ended: &mut dyn FnMut(Flow<S>)) {
        if let Some(flow) = self.slots.get_mut(slot as usize).and_then(Option::take) {
            self.index.remove(&flow.key);
            self.free.push(slot);
            ended(flow);
        }
    }
}

fn queue_of(idle_limit: i64) -> usize {
    match idle_limit {
        IDLE_SINGLE_NANOS => 0,
        IDLE_CLOSED_NANOS => 1,
        IDLE_DATAGRAM_NANOS => 2,
        _ => 3,
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
