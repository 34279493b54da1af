//! One RTP stream as an observer can describe it.

use super::activity::{Activity, Span};
use super::fact::Evidence;
use super::input::{Direction, Tunnel};
use super::time::Timestamp;
use std::collections::BTreeMap;

/// What a stream carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaKind {
    /// Speech or sound.
    Audio,
    /// Camera.
    Video,
    /// Shared screen.
    Screen,
    /// Data, control or probes: nobody's picture or voice.
    Data,
    /// Cannot be told.
    #[default]
    Unknown,
}

impl MediaKind {
    /// Name in the JSON report.
    pub const fn name(self) -> &'static str {
        match self {
            MediaKind::Audio => "audio",
            MediaKind::Video => "video",
            MediaKind::Screen => "screen",
            MediaKind::Data => "data",
            MediaKind::Unknown => "unknown",
        }
    }
}

/// An RTP stream (RFC 3550): one SSRC in one direction of one flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaStream {
    /// Synchronisation source.
    pub ssrc: u32,
    /// Which way.
    pub direction: Direction,
    /// What wrapped it.
    pub tunnel: Option<Tunnel>,
    /// Packets by payload type as on the wire.
    pub payload_types: BTreeMap<u8, u64>,
    /// First packet.
    pub first: Evidence,
    /// Time of the last packet.
    pub last: Timestamp,
    /// Packets, retransmitted sequence numbers not counted twice.
    pub packets: u64,
    /// RTP payload bytes (packet less RTP header), as on the wire.
    pub bytes: u64,
    /// Packets that the sequence numbers say are missing.
    pub lost: u64,
    /// What it carries, as far as headers and timing tell.
    pub kind: MediaKind,
    /// Codec, where the payload type is a static one (RFC 3551) or signalling told it.
    pub codec: Option<String>,
    /// RTP clock rate in Hz estimated from time stamps against capture time.
    pub clock_rate: Option<u32>,
    /// The stream that this one repairs (retransmission, FEC, probing).
    pub repair_of: Option<u32>,
    /// Contributing sources seen.
    pub contributors: Vec<u32>,
    /// Intervals with packets, split at pauses of more than a second.
    pub activity: Activity,
    /// When somebody speaks; `None` where that cannot be told.
    pub talk: Option<Talk>,
    /// Intervals in which packets go on but carry no sound or no picture.
    pub silent: Vec<Span>,
}

impl MediaStream {
    /// Adds when somebody spoke and when it was silent in another part of the same stream.
    pub fn join_talk(&mut self, other: &MediaStream) {
        match (&mut self.talk, &other.talk) {
            (Some(talk), Some(more)) => {
                talk.basis = talk.basis.max(more.basis);
                join(&mut talk.spans, &more.spans);
            }
            (talk @ None, Some(more)) => *talk = Some(more.clone()),
            (_, None) => {}
        }
        join(&mut self.silent, &other.silent);
    }
}

fn join(spans: &mut Vec<Span>, more: &[Span]) {
    spans.extend_from_slice(more);
    spans.sort_by_key(|span| (span.from, span.to));
}

/// When somebody speaks in an audio stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    /// What it is read from.
    pub basis: TalkBasis,
    /// Intervals in time order, pauses within a sentence included.
    pub spans: Vec<Span>,
}

/// What tells that somebody speaks, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TalkBasis {
    /// The sound itself, which is not encrypted.
    Payload,
    /// The loudness that every packet states in clear (RFC 6464).
    Loudness,
    /// Payload types that the sender changes when somebody speaks.
    PayloadType,
    /// Sizes and rate of the packets.
    PacketSize,
}

impl TalkBasis {
    /// Name in the JSON report.
    pub const fn name(self) -> &'static str {
        match self {
            TalkBasis::Payload => "payload",
            TalkBasis::Loudness => "audio-level",
            TalkBasis::PayloadType => "payload-type",
            TalkBasis::PacketSize => "packet-size",
        }
    }
}
