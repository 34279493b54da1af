//! The rows of the table. A row is one constant: its key, its group, the question, and the rule that answers it from a
//! report. Add a row: a constant in the file of its group and its line in [`ALL`].

mod asked;
mod behaviour;
mod call;
mod names;
mod outside;
mod peers;
mod protection;
mod recipients;

use super::cell::{Cell, both};
use super::contract::Meeting;
use super::subject::Subject;
use crate::exposure::Bilingual;

/// A row, or the rows of one question.
pub struct Row {
    /// Stable name, for data and for the description of the test call.
    pub key: &'static str,
    /// The group that it stands in.
    pub group: &'static Group,
    /// What is asked, German and English.
    pub question: (&'static str, &'static str),
    /// What answers it.
    pub(super) rule: Rule,
}

/// Rows that belong together.
pub struct Group {
    /// Stable name.
    pub key: &'static str,
    /// German and English.
    pub name: (&'static str, &'static str),
}

/// Answers a row.
pub(super) enum Rule {
    /// From the call; without one, nothing is stated.
    Call(fn(&Subject<'_>, &Meeting) -> Cell),
    /// From the capture as a whole, whether there is a call or not.
    Capture(fn(&Subject<'_>) -> Cell),
    /// Who can see the answer to this question of the report: one cell for each of [`asked::OBSERVERS`].
    Asked(&'static str),
}

/// Whom a part of a row is about: key, German, English.
pub(super) type Part = (&'static str, &'static str, &'static str);

pub(super) static CALL: Group = Group { key: "call", name: ("Die Konferenz", "The call") };
pub(super) static ASKED: Group = Group { key: "visible", name: ("Wer was sehen kann", "Who can see what") };
pub(super) static RECIPIENTS: Group =
    Group { key: "recipients", name: ("Empfänger und Übermittlung", "Recipients and transfers") };
pub(super) static OUTSIDE: Group =
    Group { key: "third-parties", name: ("Dritte und Telemetrie", "Third parties and telemetry") };
pub(super) static BEHAVIOUR: Group =
    Group { key: "behaviour", name: ("Teilnehmende und ihr Verhalten", "Participants and their behaviour") };
pub(super) static PROTECTION: Group =
    Group { key: "protection", name: ("Verschlüsselung und Kennungen", "Encryption and identifiers") };

/// All rows, in their order.
pub static ALL: &[&Row] = &[
    &call::SERVICE,
    &call::START,
    &call::DURATION,
    &call::PARTICIPANTS,
    &call::TOPOLOGY,
    &call::MEDIA,
    &asked::WHO,
    &asked::WITH_WHOM,
    &asked::WHEN,
    &asked::HOW_OFTEN,
    &asked::HOW_LONG,
    &asked::WHERE,
    &asked::DEVICE,
    &asked::PROVIDER,
    &asked::SOFTWARE,
    &asked::ACTIVITY,
    &asked::CONTENT,
    &recipients::OPERATORS,
    &recipients::HOSTS,
    &recipients::COUNTRIES,
    &recipients::THIRD_COUNTRY,
    &recipients::ADEQUATE,
    &recipients::LAW,
    &outside::COMPANIES,
    &outside::ADVERTISING_ROW,
    &outside::TELEMETRY_ROW,
    &outside::TELEMETRY_BYTES,
    &outside::NAME_RESOLVER,
    &peers::ADDRESSES,
    &behaviour::TALK,
    &behaviour::MUTE,
    &behaviour::CAMERA,
    &behaviour::SCREEN,
    &behaviour::PRESENCE,
    &behaviour::FILES,
    &behaviour::CHAT,
    &behaviour::RECORDING,
    &protection::SIGNALLING,
    &protection::MEDIA,
    &protection::END_TO_END,
    &protection::PERSONS,
    &protection::MEETING,
    &protection::ORGANISATION,
    &protection::HOST_NAME,
    &protection::SYSTEM,
    &protection::PROGRAM,
];

impl Row {
    /// The cells of a column: one, or one for each observer of a question.
    pub(super) fn cells(&self, subject: &Subject<'_>) -> Vec<(Option<Part>, Cell)> {
        match self.rule {
            Rule::Call(rule) => vec![(None, subject.meeting.map_or_else(no_call, |meeting| rule(subject, meeting)))],
            Rule::Capture(rule) => vec![(None, rule(subject))],
            Rule::Asked(question) => {
                asked::OBSERVERS.iter().map(|part| (Some(*part), asked::cell(subject, question, part.0))).collect()
            }
        }
    }
}

fn no_call() -> Cell {
    Cell::not_stated(both(
        "In diesem Mitschnitt sind keine Medien einer Konferenz zu erkennen.",
        "No media of a call are found in this capture.",
    ))
}

/// Said where `--minimise` took what a rule would look at.
fn left_out() -> Cell {
    Cell::not_stated(both(
        "Der Bericht lässt das Verhalten Einzelner auf Wunsch weg (--minimise).",
        "The report leaves out the behaviour of single people on demand (--minimise).",
    ))
}

/// `A, B, C und 2 weitere`; what comes first stays.
fn listed(items: &[Bilingual], most: usize) -> Bilingual {
    let list = |german: bool| {
        let shown = items.iter().take(most).map(|item| if german { item.de.as_str() } else { item.en.as_str() });
        let mut text = shown.collect::<Vec<_>>().join(", ");
        if let Some(more) = items.len().checked_sub(most).filter(|more| *more > 0) {
            text.push_str(&if german { format!(" und {more} weitere") } else { format!(" and {more} more") });
        }
        text
    };
    both(list(true), list(false))
}
