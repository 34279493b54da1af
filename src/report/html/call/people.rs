//! Who takes part, with the lane of each.

use super::lane::{Bars, Scale, Span, lane, span, spans, without};
use crate::exposure::{Meeting, Stream};
use crate::report::html::both::{Both, say};
use maud::Markup;

/// Most participants with a lane of their own.
pub(super) const PEOPLE_MAX: usize = 24;

/// Someone with the streams that are theirs.
pub(super) struct Person<'f> {
    pub(super) id: Option<&'f str>,
    pub(super) name: Both,
    pub(super) streams: Vec<&'f Stream>,
}

/// The captured side first, then the others in the order of the report, then streams that belong to nobody known.
pub(super) fn people(meeting: &Meeting) -> Vec<Person<'_>> {
    let mut people: Vec<Person<'_>> = Vec::new();
    for seen in &meeting.participants_seen {
        let is_theirs = |stream: &&Stream| stream.participant.as_deref() == Some(seen.id.as_str());
        let streams: Vec<_> =
            meeting.streams.iter().filter(is_theirs).filter(|stream| stream.repair_of.is_none()).collect();
        let name = match seen.basis.as_str() {
            "captured-side" => say("Erfasste Seite", "Captured side"),
            _ => Both::same(format!("Person {}", seen.id.trim_start_matches('p'))),
        };
        people.push(Person { id: Some(&seen.id), name, streams });
    }
    people.sort_by_key(|person| !person.is_captured_side());
    let nobodys = |stream: &&Stream| stream.participant.is_none() && stream.repair_of.is_none();
    let rest: Vec<_> = meeting.streams.iter().filter(nobodys).collect();
    if !rest.is_empty() {
        people.push(Person { id: None, name: say("Ohne Zuordnung", "Not attributed"), streams: rest });
    }
    people
}

impl Person<'_> {
    /// Whether the lane has bars of this look.
    pub(super) fn shows(&self, class: &str) -> bool {
        match class {
            "talk" => !self.talking().is_empty(),
            "muted" => !self.muted().is_empty(),
            kind => !self.running(kind).is_empty(),
        }
    }

    fn running(&self, kind: &str) -> Vec<Span> {
        let of_kind = self.streams.iter().filter(|stream| stream.kind == kind);
        let running = |stream: &&Stream| Some(without(span(&stream.start, &stream.end)?, &spans(&stream.paused)));
        of_kind.filter_map(running).flatten().collect()
    }

    pub(super) fn is_captured_side(&self) -> bool {
        self.streams.iter().any(|stream| stream.direction == "sent")
    }

    fn talking(&self) -> Vec<Span> {
        self.streams.iter().filter_map(|stream| stream.talk.as_deref()).flat_map(spans).collect()
    }

    pub(super) fn muted(&self) -> Vec<Span> {
        let audio = self.streams.iter().filter(|stream| stream.kind == "audio");
        audio.flat_map(|stream| spans(&stream.silent_or_muted)).collect()
    }

    pub(super) fn present(&self) -> Option<Span> {
        let all: Vec<Span> = self.streams.iter().filter_map(|stream| span(&stream.start, &stream.end)).collect();
        let from = all.iter().map(|span| span.0).reduce(f64::min)?;
        Some((from, all.iter().map(|span| span.1).fold(from, f64::max)))
    }
}

/// What the lanes of people have room for: a camera and a screen only where the call has one.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    video: bool,
    screen: bool,
}

impl Rows {
    pub(super) fn of(meeting: &Meeting) -> Rows {
        let has = |kind: &str| meeting.streams.iter().any(|stream| stream.kind == kind);
        Rows { video: has("video"), screen: has("screen") }
    }

    fn height(self) -> f64 {
        22.0 + if self.video { 8.0 } else { 0.0 } + if self.screen { 8.0 } else { 0.0 }
    }

    fn bars(self, people: &[&Person<'_>]) -> Vec<Bars> {
        let of = |spans: &dyn Fn(&Person<'_>) -> Vec<Span>| people.iter().flat_map(|person| spans(person)).collect();
        let bars = |class, top, height, spans| Bars { class, top, height, spans };
        let mut all = vec![
            bars("audio", 5.0, 12.0, of(&|person| person.running("audio"))),
            bars("muted", 5.0, 12.0, of(&|person| person.muted())),
            bars("talk", 5.0, 12.0, of(&|person| person.talking())),
        ];
        if self.video {
            all.push(bars("video", 19.0, 6.0, of(&|person| person.running("video"))));
        }
        if self.screen {
            all.push(bars("screen", if self.video { 27.0 } else { 19.0 }, 6.0, of(&|person| person.running("screen"))));
        }
        all
    }
}

pub(super) fn person_lane(scale: Scale, person: &Person<'_>, rows: Rows) -> Markup {
    let talk: f64 = person.talking().iter().map(|(from, to)| to - from).sum();
    let spoke = Both::duration(talk);
    let note = match talk > 0.0 {
        true => Both::new(format!("spricht {}", spoke.de), format!("speaks {}", spoke.en)),
        false => Both::default(),
    };
    lane(scale, &person.name, &note, rows.height(), &rows.bars(&[person]))
}

/// One lane for all people who have none of their own.
pub(super) fn others_lane(scale: Scale, people: &[Person<'_>], rows: Rows) -> Markup {
    let name = Both::count(people.len(), ["weitere Person", "weitere Personen", "more person", "more people"]);
    let people: Vec<_> = people.iter().collect();
    lane(scale, &name, &Both::default(), rows.height(), &rows.bars(&people))
}
