//! Runs flows and dissectors over packets: the only module that knows both. Rank 2.
//!
//! Memory is bounded by live flows. What a finished flow leaves behind is a [`FlowRecord`]; past a limit, records of
//! flows between the same hosts and service are folded into one.

mod echo;
mod quality;
mod reading;
mod record;
mod segments;

pub use echo::{ECHO_PAIRS_MAX, Echoes};
pub use quality::{CLOCK_BACK_NANOS_MIN, CLOCKS_MAX, Quality, Sightings, WIRE_PACKET_BYTES_MAX};
pub use record::{FlowRecord, MEDIA_RECORDS_MAX, PLAIN_RECORDS_MAX, Records, TOLD_RECORDS_MAX};

use crate::flow::{FLOWS_MAX, Flow, FlowTable, Found};
use crate::model::{Evidence, NameBinding, Packet, Problems, Timestamp, Transport};
use echo::Pings;
use reading::Reading;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Most addresses whose names are remembered.
pub const NAMED_ADDRESSES_MAX: usize = 1 << 16;
/// Most names remembered of one address.
pub const NAMES_PER_ADDRESS_MAX: usize = 24;
/// Most names remembered of all addresses, canonical names on the way included.
pub const NAMES_MAX: usize = 1 << 17;
/// A name that is told again this long after it was noted is noted again, in nanoseconds: it is still in use.
pub const NAME_RENEWED_NANOS: i64 = 3600 * 1_000_000_000;

/// A time without any packet, or a step back, that parts recordings which were merged, in nanoseconds.
pub const RECORDING_GAP_NANOS: i64 = 3_600_000_000_000;
/// Most recordings told apart; past it the last one is stretched.
pub const RECORDINGS_MAX: usize = 1_024;

/// Everything that the packets said, flow by flow.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Finished flows in order of their first packet.
    pub flows: Vec<FlowRecord>,
    /// Names that addresses answered to, by address.
    pub names: BTreeMap<IpAddr, Vec<NameBinding>>,
    /// Link addresses by IP address, as senders on this link.
    pub macs: BTreeMap<IpAddr, [u8; 6]>,
    /// Round trips of ICMP echo, which is no flow.
    pub echoes: Echoes,
    /// Packets that were read to their IP header, duplicates left out.
    pub packets: u64,
    /// Duplicates, left out of all counters.
    pub duplicates: u64,
    /// First and last time stamp of a packet.
    pub span: Option<(Timestamp, Timestamp)>,
    /// First and last packet of each recording: a file may be merged of several, made at other times.
    pub recordings: Vec<(Timestamp, Timestamp)>,
    /// What the packets tell of how well they were captured.
    pub quality: Quality,
    /// What could not be read, and which limits were met.
    pub problems: Problems,
}

/// Takes packets, gives [`Traffic`].
#[derive(Clone)]
pub struct Engine {
    table: FlowTable<Reading>,
    keep: Keep,
    pings: Pings,
    traffic: Traffic,
}

/// What outlives its flow.
#[derive(Clone, Default)]
struct Keep {
    records: Records,
    names: BTreeMap<IpAddr, Vec<NameBinding>>,
    names_noted: usize,
    problems: Problems,
    held_bytes: usize,
}

impl Default for Engine {
    fn default() -> Self {
        Engine::new(FLOWS_MAX)
    }
}

impl Engine {
    /// An engine for at most `flows` live flows.
    pub fn new(flows: usize) -> Self {
        Engine {
            table: FlowTable::new(flows),
            keep: Keep::default(),
            pings: Pings::default(),
            traffic: Traffic::default(),
        }
    }

    /// Reads one packet.
    pub fn packet(&mut self, packet: &Packet<'_>) {
        self.traffic.quality.time(packet);
        if packet.duplicate {
            self.traffic.duplicates += 1;
            return;
        }
        self.traffic.packets += 1;
        self.note_span(packet.time);
        let Engine { table, keep, pings, traffic } = self;
        traffic.quality.size(packet);
        match table.packet(packet, &mut |flow| keep.end(flow)) {
            Found::Flow(flow, direction) => {
                let at = Evidence { capture: packet.capture, frame: packet.frame, time: packet.time, direction };
                if let Transport::Tcp(header) = packet.transport {
                    let [mine, other] = flow.state.edges(direction);
                    traffic.quality.segment(packet, &header, mine, other);
                }
                reading::read(flow, packet, at, keep);
            }
            Found::Refused => keep.problems.count("engine.flow-table-full", packet.capture, packet.frame),
            Found::NoFlow => pings.packet(packet, &mut keep.problems),
        }
    }

    /// What was learnt until now, as [`Engine::finish`] would say it if this packet were the last. Takes time and memory
    /// in proportion to the live flows and to what is told of finished ones.
    pub fn snapshot(&self) -> Traffic {
        self.clone().finish()
    }

    /// Ends all flows and hands out what was learnt.
    pub fn finish(self) -> Traffic {
        let Engine { table, mut keep, pings, mut traffic } = self;
        table.finish(&mut |flow| keep.end(flow));
        traffic.flows = keep.records.into_sorted();
        traffic.macs = link_addresses(&traffic.flows);
        traffic.names = keep.names;
        traffic.echoes = pings.echoes;
        traffic.problems = keep.problems;
        traffic
    }

    fn note_span(&mut self, time: Timestamp) {
        let (first, last) = self.traffic.span.get_or_insert((time, time));
        (*first, *last) = ((*first).min(time), (*last).max(time));
        let near = |(first, last): &&mut (Timestamp, Timestamp)| {
            time.since(*last) <= RECORDING_GAP_NANOS && first.since(time) <= RECORDING_GAP_NANOS
        };
        let full = self.traffic.recordings.len() >= RECORDINGS_MAX;
        match self.traffic.recordings.last_mut().filter(|last| full || near(last)) {
            Some((first, last)) => (*first, *last) = ((*first).min(time), (*last).max(time)),
            None => self.traffic.recordings.push((time, time)),
        }
    }
}

impl Keep {
    fn end(&mut self, mut flow: Flow<Reading>) {
        let output = reading::finish(&mut flow, self);
        self.problems.merge(&output.problems);
        self.records.add(FlowRecord::new(flow, output), &mut self.problems);
    }

    /// Remembers names for other flows: each (address, name) at its first sighting, and again when it is renewed.
    fn bind(&mut self, binding: NameBinding) {
        let is_same = |known: &&NameBinding| {
            known.name == binding.name && binding.at.time.since(known.at.time) < NAME_RENEWED_NANOS
        };
        let known = self.names.get(&binding.address);
        if known.is_some_and(|names| names.iter().rev().any(|known| is_same(&known))) {
            return;
        }
        let of_address = known.map_or(0, Vec::len);
        let room = known.is_some() || self.names.len() < NAMED_ADDRESSES_MAX;
        if room && of_address < NAMES_PER_ADDRESS_MAX && self.names_noted < NAMES_MAX {
            self.names_noted += 1 + binding.aliases.len();
            self.names.entry(binding.address).or_default().push(binding);
        } else {
            self.problems.count("engine.too-many-names", binding.at.capture, binding.at.frame);
        }
    }
}

/// The link address of every sender, as far as one link address stands for one host: an address whose frames come
/// from a router shares the router's, and the report tells them apart by how many addresses share one.
fn link_addresses(flows: &[FlowRecord]) -> BTreeMap<IpAddr, [u8; 6]> {
    let mut macs = BTreeMap::new();
    for flow in flows {
        for (address, mac) in [(flow.opener.ip(), flow.macs[0]), (flow.responder.ip(), flow.macs[1])] {
            if let Some(mac) = mac {
                macs.entry(address).or_insert(mac);
            }
        }
    }
    macs
}

#[cfg(test)]
mod tests;
