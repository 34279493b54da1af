//! One RTP stream as an observer can describe it.

use super::activity::Activity;
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
}
