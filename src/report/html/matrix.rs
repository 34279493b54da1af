//! Who could see what: questions by observers.

use super::both::{Both, say};
use super::digest::Digest;
use super::words::{OBSERVER, QUESTION, QUESTIONS, word};
use super::{chapter, table};
use crate::exposure::ExposureEntry;
use maud::{Markup, html};

pub(super) fn section(digest: &Digest<'_>) -> Markup {
    let lead = say(
        "Welche Rahmendaten wer sehen konnte. Die Zahl nennt die einzelnen Angaben; sie führt zu ihnen.",
        "Which metadata could be seen by whom. The number counts the single statements and leads to them.",
    );
    let caption = say("Rahmendaten nach Beobachtenden", "Metadata by observer");
    chapter(
        "matrix",
        say("Wer was sehen konnte", "Who could see what"),
        lead,
        html! {
            (table("observers", caption, html! {
                thead { tr {
                    th scope="col" { (say("Frage", "Question")) }
                    @for (observer, ..) in OBSERVER { th scope="col" { (word(OBSERVER, observer).capitalised()) } }
                } }
                tbody { @for question in QUESTIONS {
                    tr {
                        th scope="row" { (word(QUESTION, question.id)) }
                        @for (observer, ..) in OBSERVER { (cell(&digest.findings.exposures, question.id, observer)) }
                    }
                } }
            }))
            ul.legend {
                li { span.dot.observed aria-hidden="true" {} (say("in den Paketen gesehen", "seen in the packets")) }
                li { span.dot.inferred aria-hidden="true" {} (say("aus den Paketen gefolgert", "inferred from the packets")) }
                li { span.dot.none aria-hidden="true" {} (say("in diesem Mitschnitt kein Anhaltspunkt", "nothing in this capture points to it")) }
            }
        },
    )
}

fn cell(exposures: &[ExposureEntry], question: &str, observer: &str) -> Markup {
    let seen = |exposure: &&ExposureEntry| {
        exposure.question == question && exposure.observers.iter().any(|name| name == observer)
    };
    let (count, observed) = exposures.iter().filter(seen).fold((0usize, 0usize), |(count, observed), exposure| {
        (count + 1, observed + usize::from(exposure.certainty == "observed"))
    });
    let level = match count {
        0 => "",
        1..=2 => " few",
        3..=7 => " some",
        _ => " many",
    };
    html! {
        td class={ "cell" (level) } {
            @if count == 0 {
                span.dot.none aria-hidden="true" {}
                span.unseen { (say("nichts", "nothing")) }
            } @else {
                a href={ "#q-" (question) } {
                    span class={ "dot " (if observed > 0 { "observed" } else { "inferred" }) } aria-hidden="true" {}
                    (Both::number(count as u64))
                    span.unseen { @if observed > 0 { (say(" gesehen", " seen")) } @else { (say(" gefolgert", " inferred")) } }
                }
            }
        }
    }
}
