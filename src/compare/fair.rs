//! How far the columns can be compared: what differs between them that is no difference between the services.

use super::cell::both;
use super::contract::{Capture, Meeting};
use super::subject::Subject;
use super::table::Remark;
use crate::exposure::Bilingual;
use crate::model::text::duration;
use std::collections::BTreeSet;

/// Longest call over shortest call from which on a remark is made.
const DURATION_FACTOR_MAX: f64 = 2.0;

/// A column as the remarks see it.
struct Of<'a> {
    subject: &'a Subject<'a>,
    label: &'a Bilingual,
}

/// All remarks, the weightiest first.
pub(super) fn remarks(subjects: &[Subject<'_>], labels: &[Bilingual]) -> Vec<Remark> {
    let all: Vec<Of<'_>> = subjects.iter().zip(labels).map(|(subject, label)| Of { subject, label }).collect();
    let about = |holds: fn(&Subject<'_>) -> bool| all.iter().filter(|of| holds(of.subject)).collect::<Vec<_>>();
    let list: [(&'static str, Option<Bilingual>); 12] = [
        ("same-capture", same_capture(&all)),
        ("no-call", said(&about(no_call), NO_CALL)),
        ("durations", durations(&all)),
        ("began-before", said(&about(began_before), BEGAN_BEFORE)),
        ("ended-after", said(&about(ended_after), ENDED_AFTER)),
        ("one-sided", said(&about(one_sided), ONE_SIDED)),
        ("damaged", said(&about(damaged), DAMAGED)),
        ("several-calls", said(&about(several), SEVERAL)),
        ("participants", participants(&all)),
        ("minimised", said(&about(|subject| subject.is_minimised()), MINIMISED)),
        ("pseudonymised", said(&about(|subject| subject.is_pseudonymised()), PSEUDONYMISED)),
        ("days", days(&all)),
    ];
    let mut remarks: Vec<Remark> =
        list.into_iter().filter_map(|(key, text)| text.map(|text| Remark { key, text })).collect();
    remarks.extend(versions(&all).map(|text| Remark { key: "versions", text }));
    remarks
}

type Words = (&'static str, &'static str);

const NO_CALL: Words = (
    "Keine Konferenz erkannt in: {}. Zeilen zur Konferenz bleiben dort ohne Angabe.",
    "No call found in: {}. Rows about the call state nothing there.",
);
const BEGAN_BEFORE: Words = (
    "Die Aufzeichnung begann mitten in der Konferenz: {}. Anmeldung und Wegesuche fehlen dort.",
    "The capture began in the middle of the call: {}. Sign-in and search for paths are missing there.",
);
const ENDED_AFTER: Words =
    ("Die Aufzeichnung endete vor oder mit der Konferenz: {}.", "The capture ended before or with the call: {}.");
const ONE_SIDED: Words = (
    "Nur eine Richtung der Medien ist aufgezeichnet: {}. Angaben über die andere Seite fehlen.",
    "Only one direction of the media was captured: {}. What concerns the other side is missing.",
);
const DAMAGED: Words = (
    "Aufzeichnung beschädigt, gekürzt oder mit verlorenen Paketen: {}.",
    "Capture damaged, cut, or with lost packets: {}.",
);
const SEVERAL: Words = (
    "Mehrere Konferenzen im Mitschnitt: {}. Empfänger, Länder und Telemetrie gelten für die ganze Aufzeichnung.",
    "Several calls in the capture: {}. Recipients, countries and telemetry hold for the whole capture.",
);
const MINIMISED: Words =
    ("Ohne Verhalten Einzelner (--minimise): {}.", "Without the behaviour of single people (--minimise): {}.");
const PSEUDONYMISED: Words = ("Mit Pseudonymen: {}.", "With pseudonyms: {}.");

fn no_call(subject: &Subject<'_>) -> bool {
    subject.meeting.is_none()
}

fn began_before(subject: &Subject<'_>) -> bool {
    subject.meeting.is_some_and(|meeting| meeting.began_before_capture.is_some())
}

fn ended_after(subject: &Subject<'_>) -> bool {
    subject.meeting.is_some_and(|meeting| meeting.ended_after_capture)
}

fn several(subject: &Subject<'_>) -> bool {
    subject.report.meetings.len() > 1
}

fn one_sided(subject: &Subject<'_>) -> bool {
    let total = |count: fn(&super::contract::Flow) -> u64| subject.flows().map(count).fold(0, u64::saturating_add);
    let (sent, received) = (total(|flow| flow.packets_sent), total(|flow| flow.packets_received));
    (sent == 0) != (received == 0)
}

fn damaged(subject: &Subject<'_>) -> bool {
    let bad = |capture: &Capture| {
        capture.damage.is_some() || capture.cut_packets > 0 || capture.dropped.unwrap_or_default() > 0
    };
    subject.report.captures.iter().any(bad)
}

/// A sentence with the labels of the columns that it is about.
fn said(columns: &[&Of<'_>], words: Words) -> Option<Bilingual> {
    let names = |german: bool| {
        let label = |of: &&Of<'_>| if german { of.label.de.clone() } else { of.label.en.clone() };
        columns.iter().map(label).collect::<Vec<_>>().join("; ")
    };
    let filled = || both(words.0.replace("{}", &names(true)), words.1.replace("{}", &names(false)));
    (!columns.is_empty()).then(filled)
}

fn durations(all: &[Of<'_>]) -> Option<Bilingual> {
    let lengths = || all.iter().filter_map(|of| of.subject.meeting).map(|meeting| meeting.duration_s);
    let (shortest, longest) = (lengths().fold(f64::INFINITY, f64::min), lengths().fold(0.0, f64::max));
    let each = |german: bool| {
        let with = |of: &Of<'_>| {
            let label = if german { &of.label.de } else { &of.label.en };
            of.subject.meeting.map(|meeting| format!("{label} {}", duration(meeting.duration_s, german)))
        };
        all.iter().filter_map(with).collect::<Vec<_>>().join("; ")
    };
    (lengths().count() > 1 && longest > shortest * DURATION_FACTOR_MAX).then(|| {
        both(
            format!("Die Konferenzen dauerten sehr verschieden lang: {}. Mengen und Zahlen sind nicht unmittelbar vergleichbar.", each(true)),
            format!("The calls lasted very different times: {}. Amounts and numbers cannot be compared directly.", each(false)),
        )
    })
}

fn participants(all: &[Of<'_>]) -> Option<Bilingual> {
    let counts = |of: &Of<'_>| of.subject.meeting.map(|meeting: &Meeting| meeting.participants.at_least);
    let counts: BTreeSet<u32> = all.iter().filter_map(counts).filter(|count| *count > 0).collect();
    let list = || counts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    (counts.len() > 1).then(|| {
        both(
            format!("Die Zahl der erkennbaren Beteiligten ist verschieden (mindestens {}).", list()),
            format!("The number of participants that can be told differs (at least {}).", list()),
        )
    })
}

/// Days of the captures, by which the law is judged.
fn days(all: &[Of<'_>]) -> Option<Bilingual> {
    let day = |time: &str| time.get(..10).map(str::to_owned);
    let of_capture =
        |of: &Of<'_>| of.subject.report.captures.first().and_then(|capture| day(capture.first.as_deref()?));
    let days: BTreeSet<String> = all.iter().filter_map(of_capture).collect();
    let german = |iso: &String| iso.split('-').rev().collect::<Vec<_>>().join(".");
    (days.len() > 1).then(|| {
        let (de, en): (Vec<_>, Vec<_>) = days.iter().map(|iso| (german(iso), iso.clone())).unzip();
        both(
            format!(
                "Aufgezeichnet an verschiedenen Tagen ({}); das Recht ist das des jeweiligen Tages.",
                de.join(", ")
            ),
            format!("Captured on different days ({}); the law is that of each day.", en.join(", ")),
        )
    })
}

fn versions(all: &[Of<'_>]) -> Option<Bilingual> {
    let differs =
        |of: fn(&Subject<'_>) -> String| all.iter().map(|one| of(one.subject)).collect::<BTreeSet<_>>().len() > 1;
    let geo = |subject: &Subject<'_>| {
        subject.report.tool.geo.iter().map(|geo| format!("{} {}", geo.name, geo.sha256)).collect::<Vec<_>>().join(", ")
    };
    let parts = [
        (differs(|subject| subject.report.tool.version.clone()), "Programm", "program"),
        (differs(|subject| subject.report.tool.signatures.sha256.clone()), "Erkennungsregeln", "signatures"),
        (differs(|subject| subject.report.tool.law.as_of.clone()), "Rechtsstand", "table of law"),
        (differs(geo), "Ortsdatenbanken", "databases of places"),
    ];
    let named = |german: bool| {
        let differing = parts.iter().filter(|(differs, ..)| *differs);
        differing.map(|(_, de, en)| if german { *de } else { *en }).collect::<Vec<_>>().join(", ")
    };
    (!named(true).is_empty()).then(|| {
        both(
            format!("Mit verschiedenen Ständen ausgewertet: {}. Unterschiede können daher rühren.", named(true)),
            format!("Analysed with different versions of: {}. Differences may come from that.", named(false)),
        )
    })
}

fn same_capture(all: &[Of<'_>]) -> Option<Bilingual> {
    let hashes =
        |of: &Of<'_>| of.subject.report.captures.iter().map(|capture| capture.sha256.clone()).collect::<Vec<_>>();
    let twice = all.iter().enumerate().filter(|(index, of)| {
        let own = hashes(of);
        let again = |(other, them): (usize, &Of<'_>)| other != *index && hashes(them) == own;
        own.iter().all(|hash| !hash.is_empty()) && !own.is_empty() && all.iter().enumerate().any(again)
    });
    let twice: Vec<&Of<'_>> = twice.map(|(_, of)| of).collect();
    said(
        &twice,
        ("Derselbe Mitschnitt steht in mehreren Spalten: {}.", "The same capture stands in several columns: {}."),
    )
}
