//! What a finished flow leaves behind, and how many of them are kept.

use super::reading::Reading;
use crate::dissect::tcp;
use crate::flow::{Counters, Flow, Handshake, OpenedBy, Protocol};
use crate::model::input::RoundTrips;
use crate::model::{Activity, Evidence, Fact, Facts, MediaStream, Output, Problems, Timestamp, Value};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

/// Most records of flows that carried media.
pub const MEDIA_RECORDS_MAX: usize = 2_048;
/// Most records of other flows that stated facts; the rest is folded by hosts and service.
pub const TOLD_RECORDS_MAX: usize = 8_000;
/// Most records of flows of which nothing is known but their size; the rest is folded likewise.
pub const PLAIN_RECORDS_MAX: usize = 2_000;
/// Most records that others are folded into.
pub const FOLDED_RECORDS_MAX: usize = 4_000;

/// Most bytes of the records of each class of flows without media, and of the facts of those that were folded, as far
/// as they are estimated.
pub const RECORDS_BYTES_MAX: usize = 64 << 20;
/// Most bytes of all records of flows with media, as far as they are estimated.
pub const MEDIA_RECORDS_BYTES_MAX: usize = 96 << 20;

/// A finished flow.
#[derive(Clone, Debug)]
pub struct FlowRecord {
    /// Number in order of the first packet.
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
    /// Time of the last packet.
    pub last: Timestamp,
    /// Packets and bytes, forward and backward.
    pub counters: [Counters; 2],
    /// Hop limits first seen of opener and responder; 0 = none seen.
    pub hop_limits: [u8; 2],
    /// Link addresses of opener and responder.
    pub macs: [Option<[u8; 6]>; 2],
    /// Whether the capturing host sent the forward and the backward packets itself, where the link says so.
    pub outgoing: [Option<bool>; 2],
    /// Protocols read, in the order of the list of all.
    pub protocols: Vec<&'static str>,
    /// What they stated.
    pub facts: Facts,
    /// Media streams.
    pub streams: Vec<MediaStream>,
    /// TCP handshake times.
    pub handshake: Handshake,
    /// Round trips that protocols measured.
    pub round_trips: RoundTrips,
    /// Round trips of DTLS hellos.
    pub hellos: RoundTrips,
    /// Round trips that reports tell, by the way that the report goes.
    pub report_trips: [RoundTrips; 2],
    /// Media in a framing without readable RTP.
    pub media: Activity,
    /// Intervals with packets as dense as media.
    pub busy: Activity,
    /// Reports about an RTP session, forward and backward.
    pub reports: [Activity; 2],
    /// Intervals in which a datagram flow was in use at all, whatever it carried; empty for other flows.
    pub used: Activity,
    /// Flows that this record stands for: 1, or more when others were folded into it.
    pub flows: u64,
}

impl FlowRecord {
    pub(super) fn new(mut flow: Flow<Reading>, mut output: Output) -> Self {
        if let Some(opening) = &flow.opening {
            tcp::state(opening, flow.first, &mut output.facts);
        }
        FlowRecord {
            id: flow.id,
            protocol: flow.protocol,
            opener: flow.opener,
            responder: flow.responder,
            opened_by: flow.opened_by,
            first: flow.first,
            last: flow.last,
            counters: flow.counters,
            hop_limits: flow.hop_limits,
            macs: flow.macs,
            outgoing: flow.outgoing,
            protocols: flow.state.protocols(),
            facts: output.facts,
            streams: output.streams,
            handshake: flow.handshake,
            round_trips: output.round_trips,
            hellos: output.hellos,
            report_trips: output.report_trips,
            media: output.media,
            busy: flow.state.take_busy(),
            reports: output.reports,
            used: flow.state.take_used(),
            flows: 1,
        }
    }

    /// Packets of both directions.
    pub fn packets(&self) -> u64 {
        self.counters.iter().map(|counters| counters.packets).sum()
    }

    /// Whether the flow carried media that a dissector recognised.
    fn is_media(&self) -> bool {
        let [forward, backward] = &self.reports;
        !self.streams.is_empty() || [&self.media, forward, backward].iter().any(|seen| !seen.is_empty())
    }

    /// Memory that the record holds, roughly.
    fn held_bytes(&self) -> usize {
        let text = |fact: &Fact| if let Value::Text(text) = &fact.value { text.len() } else { 0 };
        let facts: usize = self.facts.iter().map(|fact| size_of::<Fact>() + text(fact)).sum();
        let streams: usize = self.streams.iter().map(|stream| size_of::<MediaStream>() + spans(&stream.activity)).sum();
        let [forward, backward] = &self.reports;
        let activities = [&self.media, &self.busy, &self.used, forward, backward];
        size_of::<FlowRecord>() + facts + streams + activities.into_iter().map(spans).sum::<usize>()
    }

    /// Adds another flow of the same hosts and service: sizes, facts and times add up, its media streams are lost.
    fn absorb(&mut self, other: FlowRecord) {
        self.last = self.last.max(other.last);
        for (mine, theirs) in self.counters.iter_mut().zip(other.counters) {
            mine.packets += theirs.packets;
            mine.bytes += theirs.bytes;
        }
        for protocol in other.protocols {
            if !self.protocols.contains(&protocol) {
                self.protocols.push(protocol);
            }
        }
        self.handshake.absorb(&other.handshake);
        self.round_trips.absorb(&other.round_trips);
        self.hellos.absorb(&other.hellos);
        for (mine, theirs) in self.report_trips.iter_mut().zip(&other.report_trips) {
            mine.absorb(theirs);
        }
        self.facts.absorb(&other.facts);
        self.flows += other.flows;
    }
}

fn spans(activity: &Activity) -> usize {
    std::mem::size_of_val(activity.spans())
}

/// Records within their limits.
#[derive(Clone, Debug, Default)]
pub struct Records {
    kept: Vec<FlowRecord>,
    folded: BTreeMap<(IpAddr, SocketAddr, Protocol), FlowRecord>,
    folded_bytes: usize,
    media: Share,
    told: Share,
    plain: Share,
}

/// How much of its limit a class of records uses.
#[derive(Clone, Debug, Default)]
struct Share {
    records: usize,
    bytes: usize,
}

impl Share {
    /// Takes room for a record of `bytes`, if there is any.
    fn take(&mut self, bytes: usize, records_max: usize, bytes_max: usize) -> bool {
        let fits = self.records < records_max && self.bytes + bytes <= bytes_max;
        if fits {
            self.records += 1;
            self.bytes += bytes;
        }
        fits
    }
}

impl Records {
    /// Keeps `record`, or folds it into another of the same hosts and service.
    pub fn add(&mut self, record: FlowRecord, problems: &mut Problems) {
        let bytes = record.held_bytes();
        let (fits, folded) = match (record.is_media(), tcp::only_opening(&record.facts)) {
            (true, _) => {
                (self.media.take(bytes, MEDIA_RECORDS_MAX, MEDIA_RECORDS_BYTES_MAX), "engine.media-records-folded")
            }
            (false, false) => {
                (self.told.take(bytes, TOLD_RECORDS_MAX, RECORDS_BYTES_MAX), "engine.flow-records-folded")
            }
            (false, true) => {
                (self.plain.take(bytes, PLAIN_RECORDS_MAX, RECORDS_BYTES_MAX), "engine.flow-records-folded")
            }
        };
        if fits {
            self.kept.push(record);
        } else {
            problems.count(folded, record.first.capture, record.first.frame);
            self.fold(record, problems);
        }
    }

    fn fold(&mut self, mut record: FlowRecord, problems: &mut Problems) {
        let key = (record.opener.ip(), record.responder, record.protocol);
        if self.folded_bytes > RECORDS_BYTES_MAX && !record.facts.is_empty() {
            problems.count("engine.folded-facts-lost", record.first.capture, record.first.frame);
            record.facts = Facts::default();
        }
        let full = self.folded.len() >= FOLDED_RECORDS_MAX;
        match self.folded.get_mut(&key) {
            Some(known) => {
                let before = known.held_bytes();
                known.absorb(record);
                self.folded_bytes += known.held_bytes().saturating_sub(before);
            }
            None if full => {
                problems.count("engine.flow-records-lost", record.first.capture, record.first.frame);
            }
            None => {
                (record.streams, record.media, record.reports) = Default::default();
                (record.busy, record.used) = Default::default();
                self.folded_bytes += record.held_bytes();
                self.folded.insert(key, record);
            }
        }
    }

    /// All records in order of their first packet.
    pub(super) fn into_sorted(self) -> Vec<FlowRecord> {
        let mut all = self.kept;
        all.extend(self.folded.into_values());
        all.sort_by_key(|record| record.id);
        all
    }
}
