//! The report's content: one definition for the JSON report, its schema, and every other format.
//!
//! Names of fields are a contract (report version 1). Times are RFC 3339 in UTC with microseconds, durations end in
//! `_s`, countries are ISO 3166 alpha-2. What is not known is `null`, never a guess. Text that came from packets is
//! untrusted: each format makes it safe in its own way.

use schemars::JsonSchema;
use serde::Serialize;

/// Version of the JSON report.
pub const SCHEMA_VERSION: u32 = 1;

macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, Serialize, JsonSchema, PartialEq)]
        #[schemars(deny_unknown_fields)]
        pub struct $name { $($(#[$field_meta])* pub $field: $kind,)* }
    };
}

record! {
    /// Who learnt what from the captured traffic.
    Findings {
        /// Version of this structure.
        schema_version: u32,
        /// What made the report.
        tool: Tool,
        /// The captures read, in the order given.
        captures: Vec<CaptureFile>,
        /// The side that was captured.
        local: Local,
        /// Calls found, in order of their start.
        meetings: Vec<Meeting>,
        /// Flows in order of their first packet.
        flows: Vec<FlowEntry>,
        /// Remote hosts, most bytes first.
        endpoints: Vec<Endpoint>,
        /// What became visible, by question.
        exposures: Vec<ExposureEntry>,
        /// Bytes and endpoints by country.
        transfers: Vec<TransferTotal>,
        /// What to do about it.
        recommendations: Vec<Recommendation>,
        /// What this capture cannot show.
        not_determinable: Vec<NotDeterminable>,
        /// What could not be read.
        problems: Vec<ProblemEntry>,
    }
}

record! {
    /// Program and knowledge that made the report.
    Tool {
        /// Program name.
        name: String,
        /// Program version.
        version: String,
        /// Signatures in force.
        signatures: SignatureSet,
        /// Law table in force.
        law: LawTable,
        /// Databases of place, in order of precedence.
        geo: Vec<GeoDatabase>,
    }
}

record! {
    /// The set of signatures.
    SignatureSet {
        /// Its version.
        version: String,
        /// SHA-256 over all files.
        sha256: String,
    }
}

record! {
    /// The law table.
    LawTable {
        /// Day up to which changes are known.
        as_of: String,
    }
}

record! {
    /// A database of countries and operators.
    GeoDatabase {
        /// Its name.
        name: String,
        /// Day or time it was built.
        built: Option<String>,
        /// Licence and attribution.
        licence: Option<String>,
        /// SHA-256 of the file.
        sha256: String,
    }
}

record! {
    /// A capture file.
    CaptureFile {
        /// As given on the command line.
        path: String,
        /// SHA-256 of the stored bytes.
        sha256: String,
        /// `pcap`, `pcapng`, with compression.
        format: String,
        /// Link-layer types by name, in order of first use.
        link_types: Vec<String>,
        /// Frames.
        packets: u64,
        /// Bytes on the wire.
        bytes: u64,
        /// Earliest time stamp.
        first: Option<String>,
        /// Latest time stamp.
        last: Option<String>,
        /// Frames stored shorter than on the wire.
        cut_packets: u64,
        /// Packets that were seen twice and counted once.
        duplicates: u64,
        /// Packets dropped, as the capturing program states.
        dropped: Option<u64>,
        /// Why reading ended early.
        damage: Option<String>,
        /// Comments stored in the file.
        comments: Vec<String>,
    }
}

record! {
    /// The side that was captured.
    Local {
        /// Its addresses, the busiest first.
        addresses: Vec<String>,
        /// How they were told from the remote ones.
        basis: String,
        /// Devices on this side.
        devices: Vec<Device>,
        /// Public addresses of this side, as servers saw them.
        public_addresses: Vec<String>,
        /// Where this side is.
        location: Location,
    }
}

record! {
    /// A device on the captured side.
    Device {
        /// Its addresses.
        addresses: Vec<String>,
        /// Link address.
        mac: Option<String>,
        /// Maker, by the link address.
        vendor: Option<String>,
        /// Names that it gave itself.
        names: Vec<String>,
        /// Operating-system family, inferred.
        system: Option<String>,
        /// Programs that showed themselves.
        software: Vec<String>,
    }
}

record! {
    /// The place of the captured side.
    Location {
        /// Country.
        country: Option<String>,
        /// Latitude in degrees.
        lat: Option<f64>,
        /// Longitude in degrees.
        lon: Option<f64>,
        /// How it is known.
        basis: Option<String>,
    }
}

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
        /// Intervals in which the stream ran but carried nothing.
        silent_or_muted: Vec<Interval>,
        /// Intervals without packets.
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
    }
}

record! {
    /// A flow.
    FlowEntry {
        /// `f1`, `f2`, ...
        id: String,
        /// `udp`, `tcp` or `ip-N`.
        transport: String,
        /// Local address and port.
        local: String,
        /// Remote address and port.
        remote: String,
        /// First packet.
        start: String,
        /// Last packet.
        end: String,
        /// Packets sent by the local side.
        packets_sent: u64,
        /// Packets received.
        packets_received: u64,
        /// IP bytes sent.
        bytes_sent: u64,
        /// IP bytes received.
        bytes_received: u64,
        /// Protocols read.
        protocols: Vec<String>,
        /// Signature id.
        provider: Option<String>,
        /// What it was for, in the first place.
        purpose: Option<String>,
        /// Names seen on it or learnt for its remote address.
        names: Vec<Name>,
        /// Smallest round trip in milliseconds.
        rtt_min_ms: Option<f64>,
        /// Number of round trips measured.
        rtt_samples: u64,
        /// What the dissectors stated.
        facts: Vec<FactEntry>,
    }
}

record! {
    /// A name with its source.
    Name {
        /// Untrusted text.
        name: String,
        /// Fact key or protocol that told it.
        source: String,
    }
}

record! {
    /// A fact.
    FactEntry {
        /// Key, as `meetscope facts` lists it.
        key: String,
        /// Value as text.
        value: String,
        /// First and last sighting.
        evidence: Vec<EvidenceEntry>,
    }
}

record! {
    /// A remote host.
    Endpoint {
        /// `e1`, `e2`, ...
        id: String,
        /// Address.
        address: String,
        /// Remote ports used.
        ports: Vec<u16>,
        /// Names.
        names: Vec<Name>,
        /// Signature id.
        provider: Option<String>,
        /// What it was for.
        purpose: Vec<String>,
        /// Who announces the address.
        operator: Operator,
        /// Whose law the provider obeys.
        jurisdiction: Option<Jurisdiction>,
        /// Whether the address is known to be served from many places.
        anycast: bool,
        /// Where it stands.
        place: PlaceEntry,
        /// What the law of the day says of that place.
        transfer: TransferEntry,
        /// IP bytes sent to it.
        bytes_sent: u64,
        /// IP bytes received from it.
        bytes_received: u64,
        /// Packets sent to it.
        packets_sent: u64,
        /// Packets received from it.
        packets_received: u64,
    }
}

record! {
    /// Network operator.
    Operator {
        /// Autonomous system number.
        asn: Option<u32>,
        /// Its name.
        name: Option<String>,
        /// Country that the number is registered in.
        country: Option<String>,
    }
}

record! {
    /// The provider's legal seat.
    Jurisdiction {
        /// Contracting entity.
        entity: Option<String>,
        /// Its country.
        country: Option<String>,
        /// Country of the parent company.
        parent_country: Option<String>,
    }
}

record! {
    /// Where an endpoint stands, seen from the EU/EEA.
    PlaceEntry {
        /// Country.
        country: Option<String>,
        /// `proven-inside`, `plausible-inside`, `undecidable`, `plausible-outside` or `proven-outside`.
        verdict: String,
        /// What speaks for it.
        evidence: Vec<PlaceProof>,
        /// Bound from the smallest round trip.
        max_distance_km: Option<f64>,
    }
}

record! {
    /// A piece of evidence of place.
    PlaceProof {
        /// `database`, `region`, `host-name`, `round-trip` or `anycast`.
        kind: String,
        /// Country or statement.
        says: String,
        /// Source and detail.
        detail: String,
    }
}

record! {
    /// Status under Chapter V GDPR on the day of the capture.
    TransferEntry {
        /// `eu`, `eea`, `adequate`, `third-country` or `unknown`.
        status: String,
        /// Act and condition.
        basis: Bilingual,
        /// The day.
        on: Option<String>,
    }
}

record! {
    /// Something that became visible.
    ExposureEntry {
        /// `x1`, `x2`, ...
        id: String,
        /// `who`, `with-whom`, `when`, ...
        question: String,
        /// Fact key or the name of the inference.
        key: String,
        /// Value as text.
        value: String,
        /// Meeting id.
        meeting: Option<String>,
        /// Who can see it.
        observers: Vec<String>,
        /// `observed` or `inferred`.
        certainty: String,
        /// In words.
        statement: Bilingual,
        /// Where it can be checked.
        evidence: Vec<EvidenceEntry>,
    }
}

record! {
    /// German and English.
    Bilingual {
        /// German.
        de: String,
        /// English.
        en: String,
    }
}

record! {
    /// What went to a country.
    TransferTotal {
        /// Country; `null` when the place is not known.
        country: Option<String>,
        /// As in `transfer.status`.
        status: String,
        /// Endpoint ids.
        endpoints: Vec<String>,
        /// Purposes.
        purposes: Vec<String>,
        /// IP bytes sent.
        bytes_sent: u64,
        /// IP bytes received.
        bytes_received: u64,
    }
}

record! {
    /// Advice.
    Recommendation {
        /// Stable name.
        id: String,
        /// `controller` or `participant`.
        audience: String,
        /// Ids of exposures or endpoints.
        because: Vec<String>,
        /// In words.
        text: Bilingual,
        /// Whose advice.
        source: String,
    }
}

record! {
    /// A question that stays open.
    NotDeterminable {
        /// Which.
        what: String,
        /// Why.
        why: Bilingual,
    }
}

record! {
    /// What could not be read.
    ProblemEntry {
        /// Name.
        what: String,
        /// How often.
        count: u64,
        /// Frame of the first sighting; `null` when no frame is at fault.
        first_frame: Option<u64>,
    }
}

record! {
    /// Where a statement can be checked.
    EvidenceEntry {
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
