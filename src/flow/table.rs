//! The live flows: found by address pair, counted, and ended when capture time has passed their idle limit.

use super::{
    Flow, FlowKey, IDLE_CLOSED_NANOS, IDLE_DATAGRAM_NANOS, IDLE_SINGLE_NANOS, IDLE_STREAM_NANOS, Protocol, count,
};
use crate::model::{Direction, Packet, Timestamp, Transport};
use foldhash::fast::RandomState;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

/// Most live flows; at the limit the oldest flow of a single packet makes room, else the new one is refused.
pub const FLOWS_MAX: usize = 1 << 17;
/// Time stamps that run back further than this mean that the clock was set, in nanoseconds.
pub const CLOCK_STEP_NANOS: i64 = 3_600_000_000_000;
/// Entries that a queue of deadlines may hold beyond twice the number of live flows.
const DUE_SLACK: usize = 1024;

/// The live flows.
#[derive(Clone, Debug)]
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
        rest.sort_unstable_by_key(|flow| flow.id);
        rest.into_iter().for_each(ended);
    }

    /// Number of live flows.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Entries in the queues of deadlines.
    #[cfg(test)]
    pub(super) fn deadlines(&self) -> usize {
        self.due.iter().map(VecDeque::len).sum()
    }

    /// Whether no flow lives.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Whether the flow in `slot` ended long ago (time may have jumped while another queue waited), or this packet
    /// opens a new connection on the ports of a closed one.
    fn is_over(&self, slot: u32, packet: &Packet<'_>) -> bool {
        let Some(flow) = self.slots.get(slot as usize).and_then(Option::as_ref) else { return false };
        packet.time.since(flow.last) > flow.idle_limit() || flow.is_reopened_by(packet)
    }

    fn open(&mut self, key: FlowKey, packet: &Packet<'_>, protocol: Protocol) -> u32 {
        let flow = Flow::new(self.born, key, packet, protocol, S::default());
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
        let Some(queue) = self.due.get_mut(queue_of(limit)) else { return };
        queue.push_back(entry);
        // Entries of flows that ended early wait for their deadline: they must not outnumber the live ones.
        if queue.len() > 2 * self.index.len() + DUE_SLACK {
            let slots = &self.slots;
            queue.retain(|(_, slot, id)| is_live(slots, *slot, *id));
        }
    }

    /// Ends what was idle too long at `now`. Time that runs backwards expires nothing; after a jump back of more than
    /// [`CLOCK_STEP_NANOS`] the clock was set, and expiry goes on from there.
    fn expire(&mut self, now: Timestamp, ended: &mut dyn FnMut(Flow<S>)) {
        if now <= self.now {
            if self.now.since(now) > CLOCK_STEP_NANOS {
                self.now = now;
            }
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
        let (deadline, ..) = *queue.front()?;
        if deadline < now {
            return queue.pop_front();
        }
        // A time stamp astray put this entry where those behind it would wait for it.
        if deadline.since(now) > IDLE_STREAM_NANOS + CLOCK_STEP_NANOS {
            queue.rotate_left(1);
        }
        None
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

fn is_live<S>(slots: &[Option<Flow<S>>], slot: u32, id: u64) -> bool {
    slots.get(slot as usize).and_then(Option::as_ref).is_some_and(|flow| flow.id == id)
}

fn queue_of(idle_limit: i64) -> usize {
    match idle_limit {
        IDLE_SINGLE_NANOS => 0,
        IDLE_CLOSED_NANOS => 1,
        IDLE_DATAGRAM_NANOS => 2,
        _ => 3,
    }
}
