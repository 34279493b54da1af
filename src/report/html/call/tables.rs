//! The values behind the lanes.

use super::events::Event;
use super::lane::{Scale, span, spans};
use super::people::Person;
use super::recipients::Recipient;
use crate::exposure::{Meeting, Stream};
use crate::report::html::both::{Both, say};
use crate::report::html::words::{DIRECTION, KIND, word};
use crate::report::html::{table, transfers};
use maud::{Markup, html};

/// Most streams and most events in a table; the JSON report has all.
const ROWS_MAX: usize = 60;
/// Most addresses of a recipient in a table.
const HOSTS_MAX: usize = 3;

pub(super) fn events_table(scale: Scale, meeting: &Meeting, events: &[Event]) -> Markup {
    html! {
        (table(&format!("events-{}", meeting.id), say("Ereignisse", "Events"), html! {
            thead { tr {
                th scope="col" { (say("Zeit (UTC)", "Time (UTC)")) }
                th scope="col" { (say("Wer", "Who")) }
                th scope="col" { (say("Was", "What")) }
            } }
            tbody { @for event in events.iter().take(ROWS_MAX) {
                tr { th.number scope="row" { (scale.clock(event.time)) } td { (event.who) } td { (event.says) } }
            } }
        }))
        (transfers::left_out(events.len(), ROWS_MAX))
    }
}

pub(super) fn streams_table(scale: Scale, meeting: &Meeting, people: &[Person<'_>]) -> Markup {
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
            tbody { @for (person, stream) in streams.iter().take(ROWS_MAX) { (stream_row(scale, person, stream)) } }
        }))
        (transfers::left_out(streams.len(), ROWS_MAX))
    }
}

fn stream_row(scale: Scale, person: &Person<'_>, stream: &Stream) -> Markup {
    let times =
        span(&stream.start, &stream.end).map(|(from, to)| Both::join(&[scale.clock(from), scale.clock(to)], " – "));
    let talk = stream.talk.as_deref().map(spans);
    html! {
        tr {
            th scope="row" { (person.name) }
            td { (word(KIND, &stream.kind).capitalised()) ", " (word(DIRECTION, &stream.direction)) }
            td.times { (times.unwrap_or_default()) }
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

/// Each recipient of the lanes with its addresses, from when to when it got or sent data, and how much.
pub(super) fn recipients_table(scale: Scale, meeting: &Meeting, recipients: &[Recipient<'_>]) -> Markup {
    table(
        &format!("recipients-{}", meeting.id),
        say("Empfänger", "Recipients"),
        html! {
            thead { tr {
                th scope="col" { (say("Empfänger", "Recipient")) }
                th scope="col" { (say("Adressen", "Addresses")) }
                th scope="col" { (say("Von – bis (UTC)", "From – to (UTC)")) }
                th.number scope="col" { (say("Verbindungen", "Flows")) }
                th.number scope="col" { (say("Daten", "Bytes")) }
            } }
            tbody { @for recipient in recipients { (recipient_row(scale, recipient)) } }
        },
    )
}

fn recipient_row(scale: Scale, recipient: &Recipient<'_>) -> Markup {
    let times = recipient.flows.iter().map(|(_, times)| *times);
    let whole = times.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)));
    let hosts = recipient.hosts.len();
    html! {
        tr {
            th scope="row" { (recipient.name) }
            td { @for host in recipient.hosts.iter().take(HOSTS_MAX) { span.host { (host) } br; }
                @if hosts > HOSTS_MAX { (Both::count(hosts - HOSTS_MAX, ["weitere", "weitere", "more", "more"])) } }
            td.times { @if let Some((from, to)) = whole { (Both::join(&[scale.clock(from), scale.clock(to)], " – ")) } }
            td.number { (Both::number(recipient.flows.len() as u64)) }
            td.number { (Both::bytes(recipient.bytes)) }
        }
    }
}
