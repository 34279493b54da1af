//! Calls with their streams and participants.

use super::Bilingual;
use schemars::JsonSchema;
use serde::Serialize;

record! {
    /// A call.
    Meeting {
        /// `m1`, `m2`, ...
        id: String,
        /// Signature id of the provider; `null` for an unrecognised real-time call.
        provider: Option<String>,
        /// The provider's name.
        provider_name: Option<String>,
        /// `certain`, `strong` or `weak`.
        confidence: String,
        /// What names the provider.
        because: Vec<Because>,
        /// First media packet.
        start: String,
        /// Last media packet.
        end: String,
        /// From start to end.
        duration_s: f64,
        /// Set when the call was already running when the capture began.
        began_before_capture: Option<BeganBefore>,
        /// Whether it was still running when the capture ended.
        ended_after_capture: bool,
        /// `relayed`, `peer-to-peer` or `mixed`.
        topology: String,
        /// The local address that took part.
        local: String,
        /// How many people at least.
        participants: Participants,
        /// Participants told apart.
        participants_seen: Vec<ParticipantSeen>,
        /// Media streams.
        streams: Vec<Stream>,
        /// Addresses of other participants.
        peers: Vec<Peer>,
        /// Flows of the call.
        flows: Vec<String>,
    }
}

record! {
    /// A piece of evidence, and what it says.
    Because {
        /// In words.
        says: Bilingual,
        /// Why the rule behind it holds, in English, from the signature file; `null` where no rule matched.
        why: Option<String>,
        /// Index into `captures`.
        capture: u16,
        /// Frame number, 1-based.
        frame: u64,
        /// Time of the frame.
        time: String,
        /// Wireshark display filter.
        filter: String,
    }
}

record! {
    /// How long a call had been running.
    BeganBefore {
        /// At least this long, if known.
        seconds: Option<f64>,
        /// How that is known.
        basis: String,
    }
}

record! {
    /// Number of participants.
    Participants {
        /// At least this many, the captured side included.
        at_least: u32,
        /// How that is known.
        basis: String,
    }
}

record! {
    /// A participant told apart by identifiers, never named.
    ParticipantSeen {
        /// `p1`, `p2`, ...
        id: String,
        /// Stable label.
        label: String,
        /// Stream ids.
        streams: Vec<String>,
        /// First packet.
        first: String,
        /// Last packet.
        last: String,
        /// What tells this participant apart.
        basis: String,
    }
}

record! {
    /// An RTP stream.
    Stream {
        /// `s1`, `s2`, ...
        id: String,
        /// Synchronisation source.
        ssrc: u32,
        /// `audio`, `video`, `screen`, `data` or `unknown`.
        kind: String,
        /// `sent` or `received`.
        direction: String,
        /// Payload types on the wire.
        payload_types: Vec<u8>,
        /// Codec, where it can be known.
        codec: Option<String>,
        /// First packet.
        start: String,
        /// Last packet.
        end: String,
        /// Packets.
        packets: u64,
        /// Payload bytes.
        bytes: u64,
        /// Bytes over time.
        mean_bitrate_bps: f64,
        /// Missing sequence numbers.
        lost_packets: u64,
        /// Flow id.
        flow: String,
        /// Participant id.
        participant: Option<String>,
        /// Stream id that this one repairs.
        repair_of: Option<String>,
        /// Intervals of speech; `null` where it cannot be told.
        talk: Option<Vec<Interval>>,
        /// What the intervals of speech were read from: `payload`, `audio-level`, `payload-type` or `packet-size`.
        talk_basis: Option<String>,
        /// Intervals in which the stream ran but carried no sound or no picture.
        silent_or_muted: Vec<Interval>,
        /// Intervals of more than a second without packets.
        paused: Vec<Interval>,
    }
}

record! {
    /// An interval.
    Interval {
        /// Start.
        from: String,
        /// End.
        to: String,
    }
}

record! {
    /// An address of another participant.
    Peer {
        /// The address.
        address: String,
        /// `stun-peer`, `turn-peer`, `media` or `candidate`.
        via: String,
        /// Whether packets went there directly.
        direct: bool,
        /// Endpoint id.
        endpoint: Option<String>,
        /// `same-network` for one in the same local network, `same-line` for one behind the same public address.
        relation: Option<String>,
        /// Kind of network that the peer says it has: `ethernet`, `wifi`, `cellular-4g`, ..., with `+vpn`.
        access_network: Option<String>,
    }
}
