//! The self-test of the capture as a small table.

use super::both::{Both, say};
use super::table;
use crate::exposure::SelfCheck;
use crate::report::Language::{English, German};
use crate::report::words::{self, Vocabulary};
use maud::{Markup, html};

pub(super) fn checks(checks: &[SelfCheck]) -> Markup {
    html! {
        @if !checks.is_empty() {
            h3 { (say("Selbsttest des Mitschnitts", "Self-test of the capture")) }
            (table("self-test", say("Was die Aussagekraft mindern würde", "What would make the evidence weak"), html! {
                thead { tr {
                    th scope="col" { (say("Prüfung", "Check")) }
                    th scope="col" { (say("Ergebnis", "Outcome")) }
                    th scope="col" { (say("Befund", "Finding")) }
                    th.number scope="col" { (say("zuerst in Paket", "first in frame")) }
                } }
                tbody { @for check in checks {
                    tr {
                        th scope="row" { (word(words::CHECK, &check.check)) }
                        td { (word(words::OUTCOME, &check.outcome)) }
                        td { (Both::from(&check.says)) }
                        td.number { @if let Some(frame) = check.first_frame { (Both::number(frame)) } @else { "–" } }
                    }
                } }
            }))
        }
    }
}

fn word(vocabulary: Vocabulary, name: &str) -> Both {
    Both::new(words::word(vocabulary, name, German), words::word(vocabulary, name, English))
}
