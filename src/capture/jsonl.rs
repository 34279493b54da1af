//! One JSON object a line on standard output, for programs. `docs/live.md` describes them.

mod event;

pub(crate) use event::schema;

use super::moment::{Display, Moment};
use super::screen::view::{CallNumbers, Clock, IDENTITIES_MAX, StreamNumbers, Watch, identities, people, runs, time};
use event::{Confinement, Drops, Event, LIVE_SCHEMA_VERSION, Statement};
use meetscope::Findings;
use meetscope::exposure::{Bilingual, Endpoint, ExposureEntry, Meeting, Stream};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::time::Duration;

/// Time between two lines of status.
const STATUS_EVERY: Duration = Duration::from_secs(1);
/// What grows all the time, such as a duration, is sent again no sooner.
const AGAIN_AFTER: Duration = Duration::from_secs(10);
/// Most things of which is remembered what was sent.
const SENT_MAX: usize = 65_536;

/// JSON lines.
pub(crate) struct JsonLines<W> {
    out: W,
    begun: bool,
    next_status: Duration,
    drops: Drops,
    clock: Clock,
    watch: Watch,
    calls: CallNumbers,
    streams: StreamNumbers,
    exposures: BTreeMap<String, u32>,
    sent: BTreeMap<String, Sent>,
    live: Vec<String>,
    meetings: usize,
}

/// What was sent of something: a digest, and when.
#[derive(Clone, Copy)]
struct Sent {
    digest: u64,
    at: Duration,
}

impl<W: Write> JsonLines<W> {
    /// JSON lines to `out`.
    pub(crate) fn new(out: W) -> JsonLines<W> {
        JsonLines {
            out,
            begun: false,
            next_status: Duration::ZERO,
            drops: Drops::default(),
            clock: Clock::default(),
            watch: Watch::default(),
            calls: CallNumbers::default(),
            streams: StreamNumbers::default(),
            exposures: BTreeMap::new(),
            sent: BTreeMap::new(),
            live: Vec::new(),
            meetings: 0,
        }
    }

    fn send(&mut self, event: &Event<'_>) -> io::Result<()> {
        let mut line = plain(&serde_json::to_string(event)?);
        line.push('\n');
        self.out.write_all(line.as_bytes())?;
        self.out.flush()
    }

    /// Whether a thing has changed since it was sent: `digest` of what makes a change. With `pace`, what has changed
    /// waits until so long after it was sent last.
    fn is_news(&mut self, key: String, digest: u64, now: Duration, pace: Duration) -> bool {
        let due = match self.sent.get(&key) {
            Some(sent) => sent.digest != digest && now.saturating_sub(sent.at) >= pace,
            None => self.sent.len() < SENT_MAX,
        };
        if due {
            self.sent.insert(key, Sent { digest, at: now });
        }
        due
    }

    fn findings(&mut self, findings: &Findings, now: Duration, pace: Duration) -> io::Result<()> {
        let numbers = self.calls.assign(&findings.meetings);
        self.live.clear();
        self.meetings = findings.meetings.len();
        let mut ids = BTreeMap::new();
        for (number, meeting) in numbers.into_iter().zip(&findings.meetings) {
            let id = format!("m{number}");
            let live = time(&meeting.end).is_some_and(|end| self.clock.is_live(end));
            if live {
                self.live.push(id.clone());
            }
            self.meeting(&id, meeting, live, now)?;
            // What is over costs nothing more.
            let whole = digest(&(&meeting.end, meeting.streams.len(), live, self.clock.quiet));
            if live || self.is_news(format!("whole {id}"), whole, now, Duration::ZERO) {
                self.parts(&id, number, meeting, now)?;
            }
            ids.insert(meeting.id.as_str(), id);
        }
        findings.endpoints.iter().try_for_each(|endpoint| self.endpoint(endpoint, now))?;
        for (identity, exposure) in identities(&findings.exposures).into_iter().zip(&findings.exposures) {
            let meeting = exposure.meeting.as_deref().and_then(|meeting| ids.get(meeting)).cloned();
            self.exposure(identity, exposure, meeting, now, pace)?;
        }
        Ok(())
    }

    fn meeting(&mut self, id: &str, meeting: &Meeting, live: bool, now: Duration) -> io::Result<()> {
        let Meeting { provider, confidence, start, topology, participants, .. } = meeting;
        let digest = digest(&(provider, confidence, start, topology, participants.at_least, live));
        if !self.is_news(format!("meeting {id}"), digest, now, Duration::ZERO) {
            return Ok(());
        }
        self.send(&Event::Meeting {
            id: id.to_owned(),
            provider: meeting.provider.as_deref(),
            provider_name: meeting.provider_name.as_deref(),
            confidence,
            start,
            end: &meeting.end,
            participants: participants.at_least,
            topology,
            live,
        })
    }

    fn parts(&mut self, id: &str, number: u32, meeting: &Meeting, now: Duration) -> io::Result<()> {
        self.people(id, meeting, now)?;
        let streams = self.streams.assign(number, &meeting.streams);
        meeting.streams.iter().zip(streams).try_for_each(|(stream, number)| self.stream(id, number, stream, now))
    }

    fn people(&mut self, id: &str, meeting: &Meeting, now: Duration) -> io::Result<()> {
        for person in people(meeting, self.clock) {
            let event = Event::State {
                time: self.clock.newest.to_string(),
                meeting: id.to_owned(),
                own: person.own,
                microphone: person.microphone.name(),
                camera: person.camera.name(),
                screen: person.screen.name(),
                who: person.id.clone(),
            };
            let digest = digest(&[person.microphone, person.camera, person.screen].map(|device| device.name()));
            if self.is_news(format!("state {id} {}", person.id), digest, now, Duration::ZERO) {
                self.send(&event)?;
            }
        }
        Ok(())
    }

    fn stream(&mut self, meeting: &str, number: u32, stream: &Stream, now: Duration) -> io::Result<()> {
        let live = runs(stream, self.clock);
        let id = format!("s{number}");
        let digest = digest(&(&stream.kind, &stream.codec, &stream.participant, live));
        if self.is_news(format!("stream {id}"), digest, now, Duration::ZERO) {
            self.send(&Event::Stream {
                id: id.clone(),
                meeting: meeting.to_owned(),
                ssrc: stream.ssrc,
                kind: &stream.kind,
                direction: &stream.direction,
                codec: stream.codec.as_deref(),
                participant: stream.participant.as_deref(),
                start: &stream.start,
                end: &stream.end,
                packets: stream.packets,
                bytes: stream.bytes,
                lost_packets: stream.lost_packets,
                live,
            })?;
        }
        self.talk(meeting, &id, stream, now)
    }

    /// Intervals may still grow at their end while the newest packets speak.
    fn talk(&mut self, meeting: &str, id: &str, stream: &Stream, now: Duration) -> io::Result<()> {
        for interval in stream.talk.iter().flatten() {
            let goes_on = time(&interval.to).is_some_and(|to| self.clock.speaks(to));
            let to = Some(interval.to.as_str()).filter(|_| !goes_on);
            if self.is_news(format!("talk {id} {}", interval.from), digest(&to), now, Duration::ZERO) {
                self.send(&Event::Talk {
                    meeting: meeting.to_owned(),
                    stream: id.to_owned(),
                    who: stream.participant.as_deref(),
                    from: &interval.from,
                    to,
                })?;
            }
        }
        Ok(())
    }

    fn endpoint(&mut self, endpoint: &Endpoint, now: Duration) -> io::Result<()> {
        let names: Vec<_> = endpoint.names.iter().map(|name| name.name.as_str()).collect();
        let event = Event::Endpoint {
            address: &endpoint.address,
            names,
            provider: endpoint.provider.as_deref(),
            purpose: &endpoint.purpose,
            country: endpoint.place.country.as_deref(),
            operator: endpoint.operator.name.as_deref(),
            verdict: &endpoint.place.verdict,
            transfer: &endpoint.transfer.status,
        };
        let digest = digest(&serde_json::to_string(&event)?);
        match self.is_news(format!("endpoint {}", endpoint.address), digest, now, Duration::ZERO) {
            true => self.send(&event),
            false => Ok(()),
        }
    }

    fn exposure(
        &mut self,
        identity: String,
        exposure: &ExposureEntry,
        meeting: Option<String>,
        now: Duration,
        pace: Duration,
    ) -> io::Result<()> {
        let next = u32::try_from(self.exposures.len()).unwrap_or(u32::MAX).saturating_add(1);
        let number = match self.exposures.get(&identity) {
            Some(number) => *number,
            None if self.exposures.len() >= IDENTITIES_MAX => return Ok(()),
            None => next,
        };
        self.exposures.insert(identity, number);
        let Bilingual { de, en } = &exposure.statement;
        let digest = digest(&(&exposure.value, de, &meeting));
        if !self.is_news(format!("exposure {number}"), digest, now, pace) {
            return Ok(());
        }
        self.send(&Event::Exposure {
            id: format!("x{number}"),
            key: &exposure.key,
            value: &exposure.value,
            question: &exposure.question,
            certainty: &exposure.certainty,
            meeting,
            observers: &exposure.observers,
            statement: Statement { de, en },
        })
    }

    fn start(&mut self, moment: &Moment) -> io::Result<()> {
        self.send(&Event::Start {
            schema_version: LIVE_SCHEMA_VERSION,
            version: env!("CARGO_PKG_VERSION"),
            time: moment.now.to_string(),
            interfaces: &moment.interfaces,
            file: moment.file.as_deref(),
            guards: moment
                .guards
                .iter()
                .map(|guard| Confinement { name: guard.name, in_force: guard.in_force })
                .collect(),
        })
    }

    fn drops(&mut self, moment: &Moment) -> io::Result<()> {
        let drops = Drops::of(moment);
        if drops == self.drops {
            return Ok(());
        }
        self.drops = drops;
        self.send(&Event::Problem { what: "packets-dropped", time: moment.now.to_string(), drops })
    }

    fn status(&mut self, moment: &Moment) -> io::Result<()> {
        let live = std::mem::take(&mut self.live);
        self.send(&Event::Status {
            time: moment.now.to_string(),
            elapsed_s: seconds(moment.elapsed),
            packets: moment.counters.packets,
            bytes: moment.counters.bytes,
            written_bytes: moment.counters.written_bytes,
            drops: Drops::of(moment),
            live: live.clone(),
        })?;
        self.live = live;
        Ok(())
    }

    fn update(&mut self, moment: &Moment, pace: Duration) -> io::Result<()> {
        if !std::mem::replace(&mut self.begun, true) {
            self.start(moment)?;
        }
        let (clock, changed) = self.watch.tick(moment, self.clock);
        self.clock = clock;
        match moment.findings.as_deref().filter(|_| changed || pace.is_zero()) {
            Some(findings) => self.findings(findings, moment.elapsed, pace),
            None => Ok(()),
        }
    }
}

impl<W: Write> Display for JsonLines<W> {
    fn show(&mut self, moment: &Moment) -> io::Result<()> {
        self.update(moment, AGAIN_AFTER)?;
        if moment.elapsed >= self.next_status {
            self.next_status = Duration::from_secs(moment.elapsed.as_secs()) + STATUS_EVERY;
            // Losses are told at most once a second, before the status that holds them.
            self.drops(moment)?;
            self.status(moment)?;
        }
        Ok(())
    }

    /// Everything that waited is told with its last value.
    fn end(&mut self, moment: &Moment, reason: &str) -> io::Result<()> {
        self.update(moment, Duration::ZERO)?;
        self.drops(moment)?;
        self.send(&Event::End {
            time: moment.now.to_string(),
            reason,
            elapsed_s: seconds(moment.elapsed),
            packets: moment.counters.packets,
            bytes: moment.counters.bytes,
            written_bytes: moment.counters.written_bytes,
            drops: Drops::of(moment),
            meetings: self.meetings,
        })
    }
}

/// Milliseconds are enough.
fn seconds(elapsed: Duration) -> f64 {
    elapsed.as_millis() as f64 / 1e3
}

fn digest(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The same JSON with every character that is invisible or turns the line as `\u` escapes: a terminal may show it.
fn plain(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    for character in json.chars() {
        if is_visible(character) {
            plain.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                plain += &format!("\\u{unit:04x}");
            }
        }
    }
    plain
}

fn is_visible(character: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    character.is_ascii_graphic() || character == ' ' || meetscope::model::text::for_terminal(text, 1) == text
}

#[cfg(test)]
mod tests {
    use super::super::screen::tests::{hostile, replay};
    use super::*;
    use serde_json::Value;

    fn raw(moments: &[Moment]) -> String {
        let mut lines = JsonLines::new(Vec::new());
        for moment in moments {
            lines.show(moment).unwrap();
        }
        lines.end(moments.last().unwrap(), "stopped").unwrap();
        String::from_utf8(lines.out).unwrap()
    }

    fn events(moments: &[Moment]) -> Vec<Value> {
        raw(moments).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn of<'v>(events: &'v [Value], event: &str) -> Vec<&'v Value> {
        events.iter().filter(|value| value["event"] == event).collect()
    }

    #[test]
    fn a_call_is_told_while_it_runs() {
        let events = events(&replay("p2p-call"));
        assert_eq!((&events[0]["event"], &events[0]["schema_version"]), (&"start".into(), &1.into()));
        assert_eq!(
            (&events[events.len() - 1]["event"], &events[events.len() - 1]["reason"]),
            (&"end".into(), &"stopped".into())
        );
        let meetings = of(&events, "meeting");
        assert_eq!((&meetings[0]["id"], &meetings[0]["live"]), (&"m1".into(), &true.into()));
        assert!(of(&events, "status").iter().any(|status| status["live"][0] == "m1"));
        let own: Vec<_> = of(&events, "state").into_iter().filter(|state| state["own"] == true).collect();
        for (device, value) in
            [("camera", "on"), ("camera", "silent"), ("screen", "on"), ("screen", "off"), ("microphone", "silent")]
        {
            assert!(
                own.iter().any(|state| state[device] == value || value == "silent" && state[device] == "off"),
                "{device} {value} {own:?}"
            );
        }
        let peer = |value: &&&Value| value["key"] == "peer-address" && value["value"] == "10.77.2.12";
        assert_eq!(of(&events, "exposure").iter().filter(peer).count(), 1);
    }

    #[test]
    fn what_talks_begins_and_ends() {
        let events = events(&replay("sip-call"));
        let talk = of(&events, "talk");
        let open = talk.iter().find(|talk| talk["to"].is_null()).expect("a beginning");
        let same =
            |talk: &&&&Value| talk["stream"] == open["stream"] && talk["from"] == open["from"] && !talk["to"].is_null();
        assert!(talk.iter().any(|talk| same(&&talk)), "{talk:?}");
    }

    #[test]
    fn nothing_is_sent_again_unchanged() {
        let said = raw(&replay("turn-call"));
        let lines: Vec<_> = said.lines().filter(|line| !line.contains("\"status\"")).collect();
        let mut unique = lines.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(lines.len(), unique.len());
    }

    #[test]
    fn every_line_is_of_the_schema() {
        let schema = schema();
        let kinds = schema["oneOf"].as_array().unwrap();
        for event in events(&replay("p2p-call")) {
            let of_kind = |kind: &&Value| kind["properties"]["event"]["const"] == event["event"];
            let kind = kinds.iter().find(of_kind).unwrap_or_else(|| panic!("{event}"));
            let known = kind["properties"].as_object().unwrap();
            assert!(event.as_object().unwrap().keys().all(|field| known.contains_key(field)), "{event}");
        }
    }

    #[test]
    fn the_documentation_names_every_event_and_field() {
        let documentation = include_str!("../../docs/live.md");
        for kind in schema()["oneOf"].as_array().unwrap() {
            let event = kind["properties"]["event"]["const"].as_str().unwrap();
            let section = documentation.split(&format!("### `{event}`")).nth(1).unwrap_or_else(|| panic!("{event}"));
            let section = section.split("\n#").next().unwrap();
            for field in kind["properties"].as_object().unwrap().keys().filter(|field| *field != "event") {
                assert!(section.contains(&format!("`{field}`")), "{event}: {field}");
            }
        }
    }

    #[test]
    fn names_leave_no_trace() {
        let said = raw(&hostile());
        assert!(said.contains("\\u001b") && said.contains("\\u202e") && said.contains("\\u009b"), "{said}");
        assert!(said.chars().all(|character| character == '\n' || is_visible(character)));
        for line in said.lines() {
            serde_json::from_str::<Value>(line).unwrap();
        }
    }
}
