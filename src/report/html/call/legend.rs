//! What the signs and colours of the lanes mean.

use super::events::{Event, sign};
use super::people::Person;
use super::recipients::Recipient;
use crate::report::html::both::{Both, say};
use maud::{Markup, html};

/// What occurs in the lanes, and nothing else.
pub(super) fn legend(people: &[Person<'_>], recipients: &[Recipient<'_>], events: &[Event]) -> Markup {
    let of_people = bars(&PEOPLE, |class| people.iter().any(|person| person.shows(class)));
    let looks = |class: &str| recipients.iter().flat_map(|recipient| &recipient.flows).any(|(look, _)| *look == class);
    let of_recipients = bars(&RECIPIENTS, looks);
    let kinds: Vec<_> = SIGNS.iter().filter(|(kind, ..)| events.iter().any(|event| event.kind == *kind)).collect();
    html! {
        div.legends {
            (row(say("Personen", "People"), !people.is_empty(), of_people))
            (row(say("Empfänger", "Recipients"), !recipients.is_empty(), of_recipients))
            (row(say("Ereignisse", "Events"), !events.is_empty(), html! {
                @for (kind, de, en) in kinds { (mark(kind, say(de, en))) }
                (mark("several", say("mehrere, mit Anzahl", "several, with their number")))
            }))
        }
    }
}

/// Class, German, English.
type Keys = [(&'static str, &'static str, &'static str); 5];

const PEOPLE: Keys = [
    ("talk", "spricht", "speaks"),
    ("audio", "Ton", "audio"),
    ("muted", "stumm oder still", "muted or silent"),
    ("video", "Kamera", "camera"),
    ("screen", "Bildschirm", "screen"),
];
const RECIPIENTS: Keys = [
    ("signalling", "Steuerung", "signalling"),
    ("media", "Medien", "media"),
    ("peer", "direkt zu Teilnehmenden", "direct to participants"),
    ("telemetry", "Telemetrie", "telemetry"),
    ("other", "Sonstiges", "other"),
];
const SIGNS: [(&str, &str, &str); 6] = [
    ("join", "kommt", "joins"),
    ("leave", "geht", "leaves"),
    ("mute", "stumm", "muted"),
    ("unmute", "wieder zu hören", "heard again"),
    ("share", "teilt", "shares"),
    ("unshare", "Ende des Teilens", "sharing ends"),
];

fn row(name: Both, has: bool, keys: Markup) -> Markup {
    html! { @if has { ul.legend { li.what { (name) } (keys) } } }
}

fn bars(keys: &'static Keys, has: impl Fn(&str) -> bool) -> Markup {
    html! { @for (class, de, en) in keys { @if has(class) { (bar(class, say(de, en))) } } }
}

fn bar(class: &'static str, words: Both) -> Markup {
    html! {
        li {
            svg.key width="22" height="12" aria-hidden="true" focusable="false" {
                rect class=(class) x="0" y="1" width="22" height="10" rx="1.5" {}
            }
            (words)
        }
    }
}

fn mark(kind: &'static str, words: Both) -> Markup {
    html! {
        li {
            svg.key width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true" focusable="false" { (sign(kind)) }
            (words)
        }
    }
}
