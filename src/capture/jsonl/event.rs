//! The events, whose fields are a contract with other programs.

use super::super::moment::Moment;
use schemars::JsonSchema;
use serde::Serialize;

/// Version of the lines. Fields and events may be added without a new one.
pub(super) const LIVE_SCHEMA_VERSION: u32 = 1;

/// What happens, one object a line.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum Event<'e> {
    /// The capture has begun.
    Start {
        /// Version of these lines.
        schema_version: u32,
        /// Program version.
        version: &'static str,
        /// Time now.
        time: String,
        /// Interfaces that are captured from.
        interfaces: &'e [String],
        /// File that packets are written to.
        file: Option<&'e str>,
        /// What confines the program.
        guards: Vec<Confinement>,
    },
    /// Every second.
    Status {
        /// Time now.
        time: String,
        /// Seconds since the capture began.
        elapsed_s: f64,
        /// Packets.
        packets: u64,
        /// Their bytes.
        bytes: u64,
        /// Bytes written to the file.
        written_bytes: u64,
        /// Packets that were lost on the way to the analysis.
        drops: Drops,
        /// Ids of the meetings that go on.
        live: Vec<String>,
    },
    /// A meeting was found, or more of it.
    Meeting {
        /// `m1`, `m2`, ... in the order in which they were found.
        id: String,
        /// Signature id of the provider; `null` for an unrecognised real-time call.
        provider: Option<&'e str>,
        /// The provider's name.
        provider_name: Option<&'e str>,
        /// `certain`, `strong` or `weak`.
        confidence: &'e str,
        /// First media packet.
        start: &'e str,
        /// Last media packet until now.
        end: &'e str,
        /// At least this many people, the captured side included.
        participants: u32,
        /// `relayed`, `peer-to-peer` or `mixed`.
        topology: &'e str,
        /// Whether it goes on.
        live: bool,
    },
    /// A media stream has begun, is another than it seemed, or has ended.
    Stream {
        /// `s1`, `s2`, ... in the order in which they were found, over all meetings.
        id: String,
        /// Id of the meeting.
        meeting: String,
        /// Synchronisation source.
        ssrc: u32,
        /// `audio`, `video`, `screen`, `data` or `unknown`.
        kind: &'e str,
        /// `sent` or `received`.
        direction: &'e str,
        /// Codec, where it can be known.
        codec: Option<&'e str>,
        /// Participant id within the meeting.
        participant: Option<&'e str>,
        /// First packet.
        start: &'e str,
        /// Last packet until now.
        end: &'e str,
        /// Packets until now.
        packets: u64,
        /// Payload bytes until now.
        bytes: u64,
        /// Missing sequence numbers until now.
        lost_packets: u64,
        /// Whether packets still come.
        live: bool,
    },
    /// Somebody has begun to speak, or has ended.
    Talk {
        /// Id of the meeting.
        meeting: String,
        /// Id of the stream.
        stream: String,
        /// Participant id within the meeting.
        who: Option<&'e str>,
        /// Beginning; with the stream it names the interval.
        from: &'e str,
        /// End; `null` while it goes on.
        to: Option<&'e str>,
    },
    /// A microphone, a camera or a shared screen was switched.
    State {
        /// Time of the newest packet that it was read from.
        time: String,
        /// Id of the meeting.
        meeting: String,
        /// Participant id within the meeting.
        who: String,
        /// Whether this is the captured side.
        own: bool,
        /// `on`, `silent` (sends, but no sound), `off` or `unseen`.
        microphone: &'static str,
        /// `on`, `silent` (sends, but no picture), `off` or `unseen`.
        camera: &'static str,
        /// `on`, `off` or `unseen`.
        screen: &'static str,
    },
    /// A remote host was found, or more of it.
    Endpoint {
        /// Address.
        address: &'e str,
        /// Untrusted names.
        names: Vec<&'e str>,
        /// Signature id.
        provider: Option<&'e str>,
        /// What it is for.
        purpose: &'e [String],
        /// Country.
        country: Option<&'e str>,
        /// Who announces the address.
        operator: Option<&'e str>,
        /// `proven-inside`, `plausible-inside`, `undecidable`, `plausible-outside` or `proven-outside`.
        verdict: &'e str,
        /// `eu`, `eea`, `adequate`, `third-country` or `unknown`.
        transfer: &'e str,
    },
    /// Something became visible, or more of it.
    Exposure {
        /// `x1`, `x2`, ... in the order in which they were found.
        id: String,
        /// Fact key or the name of the inference.
        key: &'e str,
        /// Value as text.
        value: &'e str,
        /// `who`, `with-whom`, `when`, ...
        question: &'e str,
        /// `observed` or `inferred`.
        certainty: &'e str,
        /// Id of the meeting.
        meeting: Option<String>,
        /// Who can see it.
        observers: &'e [String],
        /// In words.
        statement: Statement<'e>,
    },
    /// Packets were lost on the way to the analysis.
    Problem {
        /// `packets-dropped`.
        what: &'static str,
        /// Time now.
        time: String,
        /// How many until now.
        drops: Drops,
    },
    /// The capture has ended.
    End {
        /// Time now.
        time: String,
        /// Why, in one word.
        reason: &'e str,
        /// Seconds since the capture began.
        elapsed_s: f64,
        /// Packets.
        packets: u64,
        /// Their bytes.
        bytes: u64,
        /// Bytes written to the file.
        written_bytes: u64,
        /// Packets that were lost on the way to the analysis.
        drops: Drops,
        /// Number of meetings found.
        meetings: usize,
    },
}

/// What confines the program.
#[derive(Serialize, JsonSchema)]
pub(super) struct Confinement {
    /// Its name.
    pub(super) name: &'static str,
    /// Whether it is in force.
    pub(super) in_force: bool,
}

/// Packets lost on the way to the analysis.
#[derive(Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
pub(super) struct Drops {
    /// By the kernel's buffer.
    pub(super) kernel: u64,
    /// By the interface.
    pub(super) interface: u64,
    /// By the program's queue.
    pub(super) queue: u64,
}

/// German and English.
#[derive(Serialize, JsonSchema)]
pub(super) struct Statement<'e> {
    /// German.
    pub(super) de: &'e str,
    /// English.
    pub(super) en: &'e str,
}

/// The JSON schema of a line.
pub(crate) fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Event<'static>).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), format!("meetscope live events, version {LIVE_SCHEMA_VERSION}").into());
    }
    schema
}

impl Drops {
    pub(super) fn of(moment: &Moment) -> Drops {
        let counters = &moment.counters;
        Drops { kernel: counters.dropped_kernel, interface: counters.dropped_interface, queue: counters.dropped_queue }
    }
}
