//! One synchronisation source in one direction: a candidate until its packets follow each other, then a stream.

use super::clear::Lengths;
use super::extension::Extensions;
use super::header::Header;
use super::jitter::Jitter;
use super::sequence::{Arrival, Sequence};
use super::series::Series;
use super::timing::Timing;
use super::voice;
use crate::model::time::NANOS_PER_SECOND;
use crate::model::{Activity, Evidence, Input, MediaStream, TalkBasis, Timestamp, Tunnel};
use std::collections::BTreeMap;

/// Packets in a row that make a stream.
const CONFIRMING_PACKETS: u32 = 4;
/// Fitting packets from which on a candidate claims its packets.
const CLAIMING_PACKETS: u32 = 3;
/// Most sequence numbers that a candidate may skip.
const CANDIDATE_STEP_PACKETS_MAX: u16 = 100;
/// Fastest clock that a time stamp may follow, in Hz: 192 kHz audio.
const CLOCK_HERTZ_MAX: i64 = 192_000;
/// Time by which a candidate's time stamp may run ahead of or behind its capture time.
const CLOCK_SLACK_NANOS: i64 = 10 * NANOS_PER_SECOND;
/// Payload types counted one by one in a stream.
const PAYLOAD_TYPES_MAX: usize = 16;
/// Contributing sources kept of a stream.
const CONTRIBUTORS_MAX: usize = 32;
/// Payload type of silence (RFC 3389).
const COMFORT_NOISE: u8 = 13;
/// A pause that splits activity.
const PAUSE_NANOS: i64 = NANOS_PER_SECOND;

/// What one synchronisation source sent.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) ssrc: u32,
    pub(super) first: Evidence,
    pub(super) last: Timestamp,
    pub(super) tunnel: Option<Tunnel>,
    pub(super) sequence: Sequence,
    pub(super) timing: Timing,
    pub(super) extensions: Extensions,
    pub(super) sizes: Sizes,
    pub(super) series: Series,
    /// What the loudness in `series` was read from.
    pub(super) loudness_from: Option<TalkBasis>,
    pub(super) jitter: Jitter,
    pub(super) lengths: Lengths,
    /// Number of the stream's latest packet in its flow: tells which candidate waited longest.
    pub(super) used: u64,
    fitting: u32,
    last_timestamp: u32,
    bytes: u64,
    payload_types: Vec<(u8, u64)>,
    contributors: Vec<u32>,
    activity: Activity,
}

/// Sizes and flags of a stream's packets.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sizes {
    /// Largest payload in bytes.
    pub(super) largest: usize,
    /// Packets with the marker bit.
    pub(super) markers: u64,
    /// Packets with the padding bit.
    pub(super) padded: u64,
}

impl Track {
    /// A candidate from its first packet.
    pub(super) fn new(header: &Header<'_>, input: &Input<'_>) -> Track {
        let mut track = Track {
            ssrc: header.ssrc,
            first: input.at,
            last: input.at.time,
            tunnel: input.tunnel,
            sequence: Sequence::default(),
            timing: Timing::default(),
            extensions: Extensions::default(),
            sizes: Sizes::default(),
            series: Series::default(),
            loudness_from: None,
            jitter: Jitter::default(),
            lengths: Lengths::default(),
            used: 0,
            fitting: 0,
            last_timestamp: header.timestamp,
            bytes: 0,
            payload_types: Vec::new(),
            contributors: Vec::new(),
            activity: Activity::default(),
        };
        track.note(header, input);
        track
    }

    /// Whether it is a stream.
    pub(super) fn confirmed(&self) -> bool {
        self.fitting >= CONFIRMING_PACKETS
    }

    /// Packets that followed each other lately, as long as it is no stream.
    pub(super) fn in_a_row(&self) -> u32 {
        self.fitting
    }

    /// Whether its packets are surely RTP.
    pub(super) fn claims(&self) -> bool {
        self.fitting >= CLAIMING_PACKETS
    }

    /// Counts a packet; true when it was not seen before.
    pub(super) fn note(&mut self, header: &Header<'_>, input: &Input<'_>) -> bool {
        let arrival = self.sequence.note(header.sequence);
        if arrival == Arrival::Repeated {
            return false;
        }
        self.judge(arrival, self.follows_clock(header.timestamp, input.at.time));
        self.timing.note(header.timestamp, arrival, input.at.time);
        self.jitter.note(header.timestamp, input.at.time);
        let ticks = header.timestamp.wrapping_sub(self.last_timestamp);
        self.lengths.note(header.payload_type, arrival, ticks, header.payload_bytes + input.cut as usize);
        self.count(header, input);
        if self.claims() {
            self.note_loudness(header, input);
        }
        self.last_timestamp = header.timestamp;
        self.last = self.last.max(input.at.time);
        self.tunnel = input.tunnel.or(self.tunnel);
        self.activity.note(input.at.time, PAUSE_NANOS);
        true
    }

    /// What the flow's end makes of it.
    pub(super) fn describe(&self, direction: crate::model::Direction) -> MediaStream {
        MediaStream {
            ssrc: self.ssrc,
            direction,
            tunnel: self.tunnel,
            payload_types: self.payload_types.iter().copied().collect::<BTreeMap<_, _>>(),
            first: self.first,
            last: self.last,
            packets: self.sequence.packets(),
            bytes: self.bytes,
            lost: self.sequence.lost(),
            kind: crate::model::MediaKind::Unknown,
            codec: None,
            clock_rate: None,
            repair_of: None,
            contributors: self.contributors.clone(),
            activity: self.activity.clone(),
            talk: None,
            silent: Vec::new(),
        }
    }

    /// The payload type of most packets.
    pub(super) fn payload_type(&self) -> Option<u8> {
        self.payload_types.iter().max_by_key(|(number, count)| (*count, u8::MAX - number)).map(|(number, _)| *number)
    }

    /// The payload type of most packets that carry what the codec made, not its silence or a dialled digit.
    pub(super) fn codec_type(&self) -> Option<u8> {
        let spoken = |(number, count): &(u8, u64)| (*number != COMFORT_NOISE).then_some((*count, u8::MAX - number));
        let most = self.payload_types.iter().filter_map(spoken).max();
        most.map(|(_, number)| u8::MAX - number).or(self.payload_type())
    }

    /// Mean payload in bytes.
    pub(super) fn mean_bytes(&self) -> u64 {
        self.bytes.checked_div(self.sequence.packets()).unwrap_or(0)
    }

    /// Mean nanoseconds between packets.
    pub(super) fn mean_interval(&self) -> i64 {
        let gaps = i64::try_from(self.sequence.packets().saturating_sub(1)).unwrap_or(i64::MAX);
        self.last.since(self.first.time).checked_div(gaps).unwrap_or(0)
    }

    /// A stream stays one. A candidate gains by every packet that follows its predecessor, loses by one near it, and
    /// starts again where numbers or clock break off.
    fn judge(&mut self, arrival: Arrival, on_time: bool) {
        if self.confirmed() {
            return;
        }
        self.fitting = match arrival {
            Arrival::Ahead(1) if on_time => self.fitting.saturating_add(1),
            Arrival::Ahead(2..=CANDIDATE_STEP_PACKETS_MAX) | Arrival::Late if on_time => {
                self.fitting.saturating_sub(1).max(1)
            }
            _ => 1,
        };
    }

    /// Random bytes put the time stamp anywhere; a clock cannot run faster than time passes.
    fn follows_clock(&self, timestamp: u32, time: Timestamp) -> bool {
        let ticks = i64::from(timestamp.wrapping_sub(self.last_timestamp) as i32).abs();
        let passed = time.since(self.last).saturating_abs().saturating_add(CLOCK_SLACK_NANOS);
        ticks <= passed.saturating_div(1000).saturating_mul(CLOCK_HERTZ_MAX) / 1_000_000
    }

    fn count(&mut self, header: &Header<'_>, input: &Input<'_>) {
        let payload = header.payload_bytes + input.cut as usize;
        self.bytes += payload as u64;
        self.sizes.largest = self.sizes.largest.max(payload);
        self.sizes.markers += u64::from(header.marker);
        self.sizes.padded += u64::from(header.padding);
        self.count_payload_type(header.payload_type);
        if header.extension.is_some() {
            self.extensions.note(header, input.at.time);
        }
        if !header.contributors.is_empty() {
            self.note_contributors(header.contributors);
        }
    }

    /// A packet without extension, as browsers send them to probe the path, says nothing of loudness.
    fn note_loudness(&mut self, header: &Header<'_>, input: &Input<'_>) {
        let stored = input.bytes.len().checked_sub(header.payload_bytes).and_then(|at| input.bytes.get(at..));
        let (loudness, from) = if matches!(input.tunnel, Some(Tunnel::Framing(_))) {
            (voice::by_type(header.payload_type), TalkBasis::PayloadType)
        } else if header.extension.is_some() {
            (self.extensions.level(), TalkBasis::Loudness)
        } else {
            (voice::g711::loudness(header.payload_type, stored.unwrap_or_default()), TalkBasis::Payload)
        };
        if loudness.is_some() {
            self.loudness_from = Some(from);
        }
        let bytes = u32::try_from(header.payload_bytes).unwrap_or(u32::MAX).saturating_add(input.cut);
        self.series.note(input.at.time, bytes, loudness);
    }

    fn count_payload_type(&mut self, number: u8) {
        if let Some((_, count)) = self.payload_types.iter_mut().find(|(known, _)| *known == number) {
            *count += 1;
        } else if self.payload_types.len() < PAYLOAD_TYPES_MAX {
            self.payload_types.reserve_exact(1);
            self.payload_types.push((number, 1));
        }
    }

    fn note_contributors(&mut self, bytes: &[u8]) {
        for word in bytes.chunks_exact(4) {
            let source = word.iter().fold(0, |source, byte| source << 8 | u32::from(*byte));
            if self.contributors.len() < CONTRIBUTORS_MAX && !self.contributors.contains(&source) {
                self.contributors.push(source);
            }
        }
    }
}
