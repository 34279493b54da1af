//! What happened in a call, as signs on a lane.

use super::lane::{Scale, grid, percent, span};
use super::people::Person;
use crate::exposure::Meeting;
use crate::report::html::both::{Both, say};
use crate::report::html::digest::seconds;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Most people of whom every silence is an event; of more, only those of the captured side are, and the lanes show all.
pub(super) const MUTES_PEOPLE_MAX: usize = 6;
/// Part of the width, in percent, within which events share one sign.
const SIGN_PERCENT: f64 = 2.5;

/// Something that happened in the call.
pub(super) struct Event {
    pub(super) time: f64,
    /// Class of its sign, a word of this program.
    pub(super) kind: &'static str,
    pub(super) says: Both,
    pub(super) who: Both,
}

pub(super) fn events(meeting: &Meeting, people: &[Person<'_>]) -> Vec<Event> {
    let mut events = Vec::new();
    for person in people.iter().filter(|person| person.id.is_some()) {
        let mut note = |time: f64, kind, says: Both| events.push(Event { time, kind, says, who: person.name.clone() });
        if let Some((from, to)) = person.present() {
            note(from, "join", say("dabei", "joins"));
            note(to, "leave", say("nicht mehr dabei", "leaves"));
        }
        let is_heard_of = people.len() <= MUTES_PEOPLE_MAX || person.is_captured_side();
        for (from, to) in person.muted().into_iter().filter(|_| is_heard_of) {
            note(from, "mute", say("stumm", "muted"));
            note(to, "unmute", say("wieder zu hören", "heard again"));
        }
        for stream in person.streams.iter().filter(|stream| stream.kind == "screen") {
            if let Some((from, to)) = span(&stream.start, &stream.end) {
                note(from, "share", say("teilt den Bildschirm", "shares the screen"));
                note(to, "unshare", say("beendet das Teilen", "ends sharing"));
            }
        }
    }
    events.sort_by(|one, two| one.time.total_cmp(&two.time));
    // A person who leaves when the call ends stops being heard at that moment too.
    let end = seconds(&meeting.end).unwrap_or(f64::INFINITY);
    events.retain(|event| event.kind != "unmute" || event.time < end - 0.5);
    events
}

/// Signs of the events on one lane, a row for each sort; those that would cover each other share one sign with their
/// number, a dot where they are of several kinds.
pub(super) fn marks(scale: Scale, events: &[Event]) -> Markup {
    let mut groups: BTreeMap<(u32, u32), Vec<&Event>> = BTreeMap::new();
    for event in events {
        let bin = (scale.percent(event.time) / SIGN_PERCENT) as u32;
        groups.entry((row_of(event.kind), bin)).or_default().push(event);
    }
    html! {
        div.lane.events {
            div.who { b { (say("Ereignisse", "Events")) } }
            svg.track width="100%" height="40" aria-hidden="true" focusable="false" {
                (grid(scale, 40.0))
                @for ((row, _), group) in &groups { (group_sign(scale, *row, group)) }
            }
        }
    }
}

fn group_sign(scale: Scale, row: u32, group: &[&Event]) -> Markup {
    let Some(first) = group.first() else { return html! {} };
    let same = group.iter().all(|event| event.kind == first.kind);
    html! {
        svg.sign x=(percent(scale.percent(first.time).clamp(0.8, 98.6))) y=(row) width="16" height="16" overflow="visible" {
            (sign(if same { first.kind } else { "several" }))
            @if group.len() > 1 { text.times x="7" y="4" { (group.len()) } }
        }
    }
}

fn row_of(kind: &str) -> u32 {
    match kind {
        "join" | "leave" => 9,
        "mute" | "unmute" => 21,
        _ => 33,
    }
}

/// A small sign around the point 0, 0.
pub(super) fn sign(kind: &'static str) -> Markup {
    let shape = match kind {
        "join" => "M-4 -5 5 0 -4 5z",
        "leave" => "M4 -5 -5 0 4 5z",
        "mute" => "M-4 -4 4 4M4 -4 -4 4",
        "unmute" => "M-5 0 -1 4 5 -4",
        "share" => "M-5 -4H5V4H-5z",
        "several" => "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
        _ => "M-5 -4H5V4H-5zM-5 -4 5 4",
    };
    html! { path class={ "event " (kind) } d=(shape) {} }
}
