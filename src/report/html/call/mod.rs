//! The picture of a call: who sent what when, to which recipients, with what happened in between.

mod events;
mod lane;
mod legend;
mod people;
mod recipients;
mod tables;

use super::both::{Both, say};
use super::chapter;
use super::digest::{Digest, seconds};
use crate::exposure::Meeting;
use events::{MUTES_PEOPLE_MAX, events, marks};
use lane::{Scale, axis, span};
use maud::{Markup, html};
use people::{PEOPLE_MAX, Rows, others_lane, people, person_lane};
use recipients::{RECIPIENTS_MAX, recipient_lane, recipients};

/// Most calls with a picture; page one lists all.
const CALLS_MAX: usize = 4;
/// Most time before and after the call that the picture shows, in seconds, and the least.
const AROUND_S: (f64, f64) = (3.0, 30.0);

pub(super) fn section(digest: &Digest<'_>) -> Markup {
    let meetings = &digest.findings.meetings;
    let lead = say(
        "Was ohne Entschlüsselung über den Ablauf zu erkennen ist: eine Zeile je Person und je Empfänger. Zeiten in UTC.",
        "What shows of its course without decryption: a lane for each person and each recipient. Times in UTC.",
    );
    chapter(
        "call",
        say("Verlauf der Konferenz", "The course of the call"),
        lead,
        html! {
            @if meetings.is_empty() {
                p.empty { (say("Im Mitschnitt ist keine Konferenz zu erkennen.", "No call is found in the capture.")) }
            }
            @for meeting in meetings.iter().take(CALLS_MAX) {
                @if meetings.len() > 1 { h3 { (title(meeting)) " · " (Both::moment(&meeting.start)) } }
                (picture(digest, meeting))
            }
            (super::transfers::left_out(meetings.len(), CALLS_MAX))
        },
    )
}

fn title(meeting: &Meeting) -> Both {
    let name = meeting.provider_name.as_deref();
    name.map_or_else(|| say("Nicht erkannter Anbieter", "Unrecognised provider"), Both::same)
}

fn picture(digest: &Digest<'_>, meeting: &Meeting) -> Markup {
    let Some(scale) = scale(digest, meeting) else { return html! {} };
    let people = people(meeting);
    let recipients = recipients(digest, meeting, scale);
    let events = events(meeting, &people);
    let rows = Rows::of(meeting);
    html! {
        @if !digest.findings.handling.left_out.is_empty() {
            p.empty { (say(
                "Zeilen einzelner Personen, Ereignisse und Medienströme sind auf Wunsch weggelassen (--minimise).",
                "Lanes of single people, events and media streams are left out on demand (--minimise).",
            )) }
        }
        figure.lanes aria-labelledby={ "lanes-" (meeting.id) } {
            figcaption.unseen id={ "lanes-" (meeting.id) } { (say("Zeitlicher Verlauf; die Werte stehen in den Tabellen darunter.", "Course over time; the values are in the tables below.")) }
            (axis(scale, &say("Uhrzeit (UTC)", "Time of day (UTC)")))
            @if !events.is_empty() { (marks(scale, &events)) }
            @if !people.is_empty() { p.group { (say("Personen", "People")) } }
            @for person in people.iter().take(PEOPLE_MAX) { (person_lane(scale, person, rows)) }
            @if people.len() > PEOPLE_MAX { (others_lane(scale, people.get(PEOPLE_MAX..).unwrap_or_default(), rows)) }
            @if !recipients.is_empty() { p.group { (say("Empfänger", "Recipients")) } }
            @for recipient in &recipients { (recipient_lane(scale, recipient)) }
            (axis(scale, &Both::default()))
        }
        (legend::legend(&people, &recipients, &events))
        p.fine { (Both::join(&thinned(scale, people.len(), recipients.len()), " ")) }
        (reasons(digest, meeting))
        details.data {
            summary { (say("Werte als Tabelle: Ereignisse, Medienströme, Empfänger", "Values as tables: events, media streams, recipients")) }
            @if !events.is_empty() { (tables::events_table(scale, meeting, &events)) }
            @if !people.is_empty() { (tables::streams_table(scale, meeting, &people)) }
            @if !recipients.is_empty() { (tables::recipients_table(scale, meeting, &recipients)) }
        }
    }
}

/// Everything that names the provider.
fn reasons(digest: &Digest<'_>, meeting: &Meeting) -> Markup {
    let reasons = &meeting.because;
    html! {
        @if !reasons.is_empty() {
            details.data {
                summary { (say("Woran der Anbieter zu erkennen ist: ", "What names the provider: ")) (Both::count(reasons.len(), ["Merkmal", "Merkmale", "mark", "marks"])) }
                ul.ruled { @for reason in reasons {
                    li { (Both::from(&reason.says)) div.tags { (digest.evidence(&[reason.evidence()])) } }
                } }
            }
        }
    }
}

/// What the picture leaves out or draws together.
fn thinned(scale: Scale, people: usize, recipients: usize) -> Vec<Both> {
    let apart = scale.apart_s();
    let apart = if apart < 1.0 { format!("{apart:.2}") } else { format!("{apart:.0}") };
    let mut said = vec![Both::new(
        format!(
            "Abschnitte, die weniger als {} Sekunden auseinanderliegen, sind im Bild zusammengezogen, ebenso Ereignisse, deren Zeichen einander verdecken würden.",
            apart.replace('.', ",")
        ),
        format!(
            "Intervals less than {apart} seconds apart are drawn as one, and so are events whose signs would cover each other."
        ),
    )];
    if people > MUTES_PEOPLE_MAX {
        said.push(say(
            "Bei mehr als sechs Personen stehen als Ereignis nur die Stummschaltungen der erfassten Seite; die Zeilen zeigen alle.",
            "With more than six people only the captured side’s silences are events; the lanes show all.",
        ));
    }
    if people > PEOPLE_MAX {
        said.push(Both::new(
            format!("{} der {people} Personen teilen sich die letzte Zeile.", people - PEOPLE_MAX),
            format!("{} of the {people} people share the last lane.", people - PEOPLE_MAX),
        ));
    }
    if recipients > RECIPIENTS_MAX {
        said.push(Both::new(
            format!("Einzeln gezeichnet sind die {RECIPIENTS_MAX} größten Empfänger, die übrigen gemeinsam."),
            format!("The {RECIPIENTS_MAX} largest recipients have a lane each, the others share one."),
        ));
    }
    said
}

/// The call with a little time around it, as far as the capture reaches.
fn scale(digest: &Digest<'_>, meeting: &Meeting) -> Option<Scale> {
    let (start, end) = span(&meeting.start, &meeting.end)?;
    let around = ((end - start) * 0.05).clamp(AROUND_S.0, AROUND_S.1);
    let captures = &digest.findings.captures;
    let first = captures.iter().filter_map(|capture| seconds(capture.first.as_deref()?)).fold(f64::INFINITY, f64::min);
    let last = captures.iter().filter_map(|capture| seconds(capture.last.as_deref()?)).fold(0.0, f64::max);
    let from = if first.is_finite() { (start - around).max(first.min(start)) } else { start };
    Some(Scale::new(from, if last > end { (end + around).min(last) } else { end }))
}
