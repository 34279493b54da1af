//! Calls: who takes part, who speaks, what is switched on, and how much each stream carries.

use super::{Clock, NAME_CHARS_MAX, time};
use meetscope::exposure::{Interval, Meeting, ParticipantSeen, Stream};
use meetscope::model::Timestamp;
use meetscope::model::text::for_terminal;
use std::collections::{BTreeMap, VecDeque};

/// Most people shown of one call.
const PEOPLE_MAX: usize = 64;
/// Most streams shown of one call.
const STREAMS_MAX: usize = 64;
/// Longest word of the report's vocabulary shown, in characters.
const WORD_CHARS_MAX: usize = 40;
/// Points of the history of a stream's bitrate.
const HISTORY_POINTS_MAX: usize = 240;
/// Shortest time between two points of it, in seconds.
const POINT_SECONDS_MIN: f64 = 0.2;
/// Longest time that a stream in use is without packets, in nanoseconds.
const STREAM_GAP_NANOS: i64 = 3_000_000_000;
/// How near its end a silence must end to go on now, in nanoseconds.
const SILENCE_GAP_NANOS: i64 = 1_000_000_000;

/// A call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) number: u32,
    /// The provider's name.
    pub(crate) provider: Option<String>,
    /// `certain`, `strong` or `weak`.
    pub(crate) confidence: String,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) live: bool,
    /// `relayed`, `peer-to-peer` or `mixed`.
    pub(crate) topology: String,
    /// At least so many people, the captured side included.
    pub(crate) at_least: u32,
    pub(crate) people: Vec<Person>,
    /// Those that run first.
    pub(crate) streams: Vec<StreamRow>,
    /// Received pictures that run and that nobody can be named for.
    pub(crate) pictures: usize,
}

/// Somebody told apart by identifiers, never named.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    /// `p1`, `p2`, ... of the report.
    pub(crate) id: String,
    /// The number that the label ends in.
    pub(crate) number: u32,
    /// Whether this is the captured side.
    pub(crate) own: bool,
    /// Whether it is the provider's server.
    pub(crate) server: bool,
    pub(crate) speaking: bool,
    pub(crate) microphone: Device,
    pub(crate) camera: Device,
    pub(crate) screen: Device,
    /// Seconds of speech.
    pub(crate) talk_s: f64,
}

/// What can be told of a microphone, a camera or a shared screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Device {
    /// Nothing was seen of it.
    Unseen,
    /// It sends.
    On,
    /// It sends, but neither sound nor picture.
    Silent,
    /// It has sent and does no longer.
    Off,
}

impl Device {
    /// Name in the JSON lines.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Device::Unseen => "unseen",
            Device::On => "on",
            Device::Silent => "silent",
            Device::Off => "off",
        }
    }
}

/// A stream with what it carried lately.
#[derive(Clone, Debug)]
pub(crate) struct StreamRow {
    pub(crate) kind: String,
    pub(crate) sent: bool,
    pub(crate) codec: Option<String>,
    /// Index into the people of the call.
    pub(crate) who: Option<usize>,
    pub(crate) live: bool,
    pub(crate) repair: bool,
    /// Bits per second of the newest stretch.
    pub(crate) bitrate: u64,
    /// Bits per second by edition, the oldest first.
    pub(crate) history: Vec<u64>,
    pub(crate) lost: u64,
}

impl Call {
    pub(super) fn new(number: u32, meeting: &Meeting, ids: &[u32], clock: Clock, rates: &mut Rates) -> Call {
        let (start, end) = (time(&meeting.start).unwrap_or_default(), time(&meeting.end).unwrap_or_default());
        let live = clock.is_live(end);
        let people = people(meeting, clock);
        let who = |stream: &Stream| people.iter().position(|person| Some(&person.id) == stream.participant.as_ref());
        let row =
            |(stream, id): (&Stream, &u32)| StreamRow::new(stream, who(stream), clock, rates.add(*id, stream, clock));
        let mut streams: Vec<_> = meeting.streams.iter().zip(ids).map(row).collect();
        let picture = |row: &&StreamRow| row.live && !row.sent && !row.repair && row.kind == "video";
        let pictures = streams.iter().filter(picture).filter(|row| row.who.is_none()).count();
        streams.sort_by_key(|row| (!row.live, row.repair));
        streams.truncate(STREAMS_MAX);
        Call {
            number,
            provider: meeting.provider_name.as_deref().map(|name| for_terminal(name, NAME_CHARS_MAX)),
            confidence: for_terminal(&meeting.confidence, WORD_CHARS_MAX),
            start,
            end,
            live,
            topology: for_terminal(&meeting.topology, WORD_CHARS_MAX),
            at_least: meeting.participants.at_least,
            people,
            streams,
            pictures,
        }
    }

    /// How long it lasts at `now`, in seconds.
    pub(crate) fn seconds(&self, now: Timestamp) -> f64 {
        let until = if self.live { now.max(self.end) } else { self.end };
        until.seconds_since(self.start).max(0.0)
    }

    /// Who speaks now.
    pub(crate) fn speakers(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| person.speaking)
    }
}

impl StreamRow {
    fn new(stream: &Stream, who: Option<usize>, clock: Clock, history: Vec<u64>) -> StreamRow {
        let live = runs(stream, clock);
        StreamRow {
            kind: for_terminal(&stream.kind, WORD_CHARS_MAX),
            sent: stream.direction == "sent",
            codec: stream.codec.as_deref().map(|name| for_terminal(name, NAME_CHARS_MAX)),
            who,
            live,
            repair: stream.repair_of.is_some(),
            bitrate: history.last().copied().filter(|_| live).unwrap_or_default(),
            history,
            lost: stream.lost_packets,
        }
    }
}

/// Who was told apart in a call, and what each does at the newest packet.
pub(crate) fn people(meeting: &Meeting, clock: Clock) -> Vec<Person> {
    let live = time(&meeting.end).is_some_and(|end| clock.is_live(end));
    meeting.participants_seen.iter().take(PEOPLE_MAX).map(|seen| Person::new(seen, meeting, clock, live)).collect()
}

impl Person {
    fn new(seen: &ParticipantSeen, meeting: &Meeting, clock: Clock, live: bool) -> Person {
        let of_person = |stream: &&Stream| stream.participant.as_ref() == Some(&seen.id) && stream.repair_of.is_none();
        let own: Vec<_> = meeting.streams.iter().filter(of_person).collect();
        let device = |kind| device(own.iter().copied().filter(|stream| stream.kind == kind), clock, live);
        let talk = || own.iter().filter_map(|stream| stream.talk.as_deref());
        Person {
            number: seen.label.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default(),
            id: seen.id.clone(),
            own: seen.basis == "captured-side",
            server: seen.basis == "server-source",
            speaking: live && talk().any(|talk| speaks(talk, clock)),
            microphone: device("audio"),
            camera: device("video"),
            screen: device("screen"),
            talk_s: talk().flatten().map(seconds).sum(),
        }
    }
}

fn speaks(talk: &[Interval], clock: Clock) -> bool {
    let last = talk.last().and_then(|interval| time(&interval.to));
    last.is_some_and(|to| clock.speaks(to))
}

fn seconds(interval: &Interval) -> f64 {
    match (time(&interval.from), time(&interval.to)) {
        (Some(from), Some(to)) => to.seconds_since(from).max(0.0),
        _ => 0.0,
    }
}

/// Whether packets of a stream still come.
pub(crate) fn runs(stream: &Stream, clock: Clock) -> bool {
    let end = time(&stream.end);
    end.is_some_and(|end| clock.is_live(end) && clock.newest.since(end) <= STREAM_GAP_NANOS)
}

fn device<'s>(streams: impl Iterator<Item = &'s Stream>, clock: Clock, live: bool) -> Device {
    let one = |stream: &Stream| match runs(stream, clock) {
        false => Device::Off,
        true if is_silent(stream) => Device::Silent,
        true => Device::On,
    };
    let best = |device: &Device| match device {
        Device::On => 3,
        Device::Silent => 2,
        Device::Off => 1,
        Device::Unseen => 0,
    };
    let state = streams.map(one).max_by_key(best).unwrap_or(Device::Unseen);
    if live || state == Device::Unseen { state } else { Device::Off }
}

/// Whether the newest packets carry neither sound nor picture.
fn is_silent(stream: &Stream) -> bool {
    let last = stream.silent_or_muted.last().and_then(|interval| time(&interval.to));
    let end = time(&stream.end);
    last.zip(end).is_some_and(|(to, end)| end.since(to) <= SILENCE_GAP_NANOS)
}

/// What streams carried, from edition to edition.
#[derive(Default)]
pub(super) struct Rates {
    known: BTreeMap<u32, Rate>,
}

struct Rate {
    bytes: u64,
    at: Timestamp,
    history: VecDeque<u64>,
}

impl Rates {
    /// Adds what a stream has carried until now; gives its history.
    fn add(&mut self, id: u32, stream: &Stream, clock: Clock) -> Vec<u64> {
        let first = || Rate { bytes: 0, at: time(&stream.start).unwrap_or_default(), history: VecDeque::new() };
        let rate = self.known.entry(id).or_insert_with(first);
        let seconds = clock.newest.seconds_since(rate.at);
        if seconds >= POINT_SECONDS_MIN {
            let bits = stream.bytes.saturating_sub(rate.bytes).saturating_mul(8) as f64 / seconds;
            (rate.bytes, rate.at) = (stream.bytes, clock.newest);
            rate.history.push_back(bits as u64);
        }
        if rate.history.len() > HISTORY_POINTS_MAX {
            rate.history.pop_front();
        }
        rate.history.iter().copied().collect()
    }

    /// Forgets streams that the findings have no longer, once there are many of them.
    pub(super) fn forget(&mut self, current: usize) {
        while self.known.len() > current.saturating_mul(2).max(1024) {
            self.known.pop_first();
        }
    }
}
