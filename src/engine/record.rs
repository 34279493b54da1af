//! What a finished flow leaves behind, and how many of them are kept.

use super::reading::Reading;
use crate::dissect::tcp;
use crate::flow::{Counters, Flow, Handshake, OpenedBy, Protocol};
use crate::model::input::RoundTrips;
use crate::model::{Activity, Evidence, Facts, MediaStream, Output, Problems, Timestamp};
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
            media: output.media,
            busy: flow.state.take_busy(),
            reports: output.reports,
            used: flow.state.take_used(),
            flows: 1,
        }
    }

    /// Whether the flow carried media that a dissector recognised.
    fn is_media(&self) -> bool {
        let [forward, backward] = &self.reports;
        !self.streams.is_empty() || [&self.media, forward, backward].iter().any(|seen| !seen.is_empty())
    }

    fn absorb(&mut self, other: FlowRecord) {
        self.last = self.last.max(other.last);
        for (mine, theirs) in self.counters.iter_mut().zip(other.counters) {
            mine.packets += theirs.packets;
            mine.bytes += theirs.bytes;
        }
        self.facts.absorb(&other.facts);
        self.flows += other.flows;
    }
}

/// Records within their limits.
#[derive(Debug, Default)]
pub struct Records {
    kept: Vec<FlowRecord>,
    folded: BTreeMap<(IpAddr, SocketAddr, Protocol), FlowRecord>,
    media: usize,
    told: usize,
    plain: usize,
}

impl Records {
    /// Keeps `record`, or folds it into another of the same hosts and service.
    pub fn add(&mut self, record: FlowRecord, problems: &mut Problems) {
        let (count, most) = match (record.is_media(), tcp::only_opening(&record.facts)) {
            (true, _) => (&mut self.media, MEDIA_RECORDS_MAX),
            (false, false) => (&mut self.told, TOLD_RECORDS_MAX),
            (false, true) => (&mut self.plain, PLAIN_RECORDS_MAX),
        };
        if *count < most {
            *count += 1;
            self.kept.push(record);
        } else {
            let what = if record.is_media() { "engine.media-records-folded" } else { "engine.flow-records-folded" };
            problems.count(what, record.first.capture, record.first.frame);
            self.fold(record, problems);
        }
    }

    fn fold(&mut self, record: FlowRecord, problems: &mut Problems) {
        let key = (record.opener.ip(), record.responder, record.protocol);
        let full = self.folded.len() >= FOLDED_RECORDS_MAX;
        match self.folded.get_mut(&key) {
            Some(known) => known.absorb(record),
            None if full => problems.count("engine.flow-records-lost", record.first.capture, record.first.frame),
            None => drop(self.folded.insert(key, record)),
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
