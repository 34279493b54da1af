//! The values behind the lanes.

use super::events::Event;
use super::lane::{clock, span, spans};
use super::people::Person;
use crate::exposure::{Meeting, Stream};
use crate::report::html::both::{Both, say};
use crate::report::html::words::{DIRECTION, KIND, word};
use crate::report::html::{table, transfers};
use maud::{Markup, html};

/// Most streams and most events in a table; the JSON report has all.
const ROWS_MAX: usize = 60;

pub(super) fn events_table(meeting: &Meeting, events: &[Event]) -> Markup {
    html! {
        (table(&format!("events-{}", meeting.id), say("Ereignisse", "Events"), html! {
            thead { tr {
                th scope="col" { (say("Zeit (UTC)", "Time (UTC)")) }
                th scope="col" { (say("Wer", "Who")) }
                th scope="col" { (say("Was", "What")) }
            } }
            tbody { @for event in events.iter().take(ROWS_MAX) {
                tr { th.number scope="row" { (clock(event.time)) } td { (event.who) } td { (event.says) } }
            } }
        }))
        (transfers::left_out(events.len(), ROWS_MAX))
    }
}

pub(super) fn streams_table(meeting: &Meeting, people: &[Person<'_>]) -> Markup {
    let streams: Vec<_> =
        people.iter().flat_map(|person| person.streams.iter().map(move |stream| (person, *stream))).collect();
    html! {
        (table(&format!("streams-{}", meeting.id), say("Medienströme", "Media streams"), html! {
            thead { tr {
                th scope="col" { (say("Wer", "Who")) }
                th scope="col" { (say("Was", "What")) }
                th scope="col" { (say("Von – bis (UTC)", "From – to (UTC)")) }
                th scope="col" { (say("Verfahren", "Codec")) }
                th.number scope="col" { (say("Pakete", "Packets")) }
                th.number scope="col" { (say("Daten", "Bytes")) }
                th.number scope="col" { (say("spricht", "speaks")) }
            } }
            tbody { @for (person, stream) in streams.iter().take(ROWS_MAX) { (stream_row(person, stream)) } }
        }))
        (transfers::left_out(streams.len(), ROWS_MAX))
    }
}

fn stream_row(person: &Person<'_>, stream: &Stream) -> Markup {
    let times = span(&stream.start, &stream.end).map(|(from, to)| format!("{} – {}", clock(from), clock(to)));
    let talk = stream.talk.as_deref().map(spans);
    html! {
        tr {
            th scope="row" { (person.name) }
            td { (word(KIND, &stream.kind).capitalised()) ", " (word(DIRECTION, &stream.direction)) }
            td.number { (times.unwrap_or_default()) }
            td { (stream.codec.as_deref().unwrap_or("–")) }
            td.number { (Both::number(stream.packets)) }
            td.number { (Both::bytes(stream.bytes)) }
            td.number {
                @if let Some(talk) = &talk {
                    (talk.len()) "× · " (Both::duration(talk.iter().map(|(from, to)| to - from).sum()))
                } @else { "–" }
            }
        }
    }
}
