//! What became visible, by question, with what can be checked; and what follows from it.

use super::both::{Both, say};
use super::chapter;
use super::digest::Digest;
use super::words::{CERTAINTY, OBSERVER, QUESTION, QUESTIONS, Question, word};
use crate::exposure::ExposureEntry;
use maud::{Markup, html};

/// Most statements of a question; the JSON report has all.
const SHOWN_MAX: usize = 120;

pub(super) fn section(digest: &Digest<'_>) -> Markup {
    let lead = say(
        "Jede Aussage nennt, wie sicher sie ist, wer sie sehen konnte und wo sie sich nachprüfen lässt. Der Filter zeigt das Paket in Wireshark.",
        "Each statement says how sure it is, who could see it and where it can be checked. The filter shows the packet in Wireshark.",
    );
    chapter(
        "exposures",
        say("Rahmendaten nach Fragen", "Metadata by question"),
        lead,
        html! {
            @for question in QUESTIONS { (answers(digest, question)) }
            (unanswered(digest))
            (consequences(digest))
        },
    )
}

fn of<'f>(digest: &Digest<'f>, question: &Question) -> Vec<&'f ExposureEntry> {
    digest.findings.exposures.iter().filter(|exposure| exposure.question == question.id).collect()
}

fn answers(digest: &Digest<'_>, question: &Question) -> Markup {
    let all = of(digest, question);
    let shown = all.get(..all.len().min(SHOWN_MAX)).unwrap_or_default();
    html! {
        @if !all.is_empty() {
            div.question id={ "q-" (question.id) } {
                div.asked {
                    h3 { (word(QUESTION, question.id)) }
                    p { (Both::from(question.meaning)) }
                }
                div.answers {
                    ul.statements { @for kind in kinds(shown) { (statements(digest, &kind)) } }
                    (super::transfers::left_out(all.len(), SHOWN_MAX))
                }
            }
        }
    }
}

/// Statements of the same kind together, in the order in which each kind comes first.
fn kinds<'f>(list: &[&'f ExposureEntry]) -> Vec<Vec<&'f ExposureEntry>> {
    let mut kinds: Vec<Vec<&ExposureEntry>> = Vec::new();
    for exposure in list {
        match kinds.iter_mut().find(|kind| kind.first().is_some_and(|first| first.key == exposure.key)) {
            Some(kind) => kind.push(exposure),
            None => kinds.push(vec![exposure]),
        }
    }
    kinds
}

/// The first statement of a kind, and the others folded below it.
fn statements(digest: &Digest<'_>, kind: &[&ExposureEntry]) -> Markup {
    let Some((first, others)) = kind.split_first() else { return html! {} };
    html! {
        li id=(first.id) { (statement(digest, first)) }
        @match others {
            [] => {}
            [other] => li id=(other.id) { (statement(digest, other)) },
            others => {
                li.more {
                    details {
                        summary { (Both::count(others.len(), ["weitere Angabe dieser Art", "weitere Angaben dieser Art", "more statement of this kind", "more statements of this kind"])) }
                        ul.statements { @for exposure in others { li id=(exposure.id) { (statement(digest, exposure)) } } }
                    }
                }
            }
        }
    }
}

fn statement(digest: &Digest<'_>, exposure: &ExposureEntry) -> Markup {
    let certainty = if exposure.certainty == "observed" { "observed" } else { "inferred" };
    html! {
        p.says { (Both::from(&exposure.statement)) }
        div.tags {
            span class={ "tag " (certainty) } { (word(CERTAINTY, certainty)) }
            span { (say("sichtbar für ", "visible to ")) (seen_by(exposure)) }
            (digest.evidence(&exposure.evidence))
            span.number { (exposure.id) }
        }
    }
}

fn seen_by(exposure: &ExposureEntry) -> Both {
    let names: Vec<Both> = exposure.observers.iter().map(|name| word(OBSERVER, name)).collect();
    Both::join(&names, ", ")
}

/// The questions that nothing answers, and why that may be.
fn unanswered(digest: &Digest<'_>) -> Markup {
    let open = QUESTIONS.iter().filter(|question| of(digest, question).is_empty());
    let open: Vec<Both> = open.map(|question| word(QUESTION, question.id)).collect();
    html! {
        @if !open.is_empty() {
            div.question.open {
                div.asked { h3 { (say("Ohne Angabe", "Not answered")) } }
                p.answers { (say("Dieser Mitschnitt enthält nichts zu: ", "This capture holds nothing on: ")) (Both::join(&open, ", ")) "." }
            }
        }
        @if !digest.findings.handling.left_out.is_empty() {
            p.fine { (say(
                "Zeiten und Einzelheiten zum Verhalten einzelner Teilnehmender sind auf Wunsch weggelassen (--minimise).",
                "Times and details of what single participants did are left out on demand (--minimise).",
            )) }
        }
    }
}

/// What may be concluded on people: a title, the questions it rests on, and the words.
struct Consequence {
    title: (&'static str, &'static str),
    questions: &'static [&'static str],
    words: (&'static str, &'static str),
}

const CONSEQUENCES: &[Consequence] = &[
    Consequence {
        title: ("Arbeitszeiten", "Working hours"),
        questions: &["when", "how-long", "how-often", "where"],
        words: (
            "Beginn, Ende, Dauer und Ort der Teilnahme ergeben über mehrere Konferenzen ein Bild der Arbeits- und Anwesenheitszeiten, auch außerhalb der Dienstzeit.",
            "Start, end, duration and place of participation add up, over several calls, to a picture of working and attendance times, outside office hours too.",
        ),
    },
    Consequence {
        title: ("Arbeitsleistung und Verhalten", "Work performance and conduct"),
        questions: &["activity", "software", "device"],
        words: (
            "Wer spricht, schweigt, Kamera oder Bildschirm teilt, lässt sich messen, ohne Inhalte zu entschlüsseln. Das eignet sich zur Überwachung von Leistung und Verhalten (§ 87 Abs. 1 Nr. 6 BetrVG; Personalvertretungsrecht).",
            "Who speaks, is silent, shares camera or screen can be measured without decrypting content. That is suited to monitoring performance and conduct (section 87 (1) no. 6 of the German Works Constitution Act; law of staff representation).",
        ),
    },
    Consequence {
        title: ("Berufliche Kontakte", "Professional contacts"),
        questions: &["who", "with-whom", "how-often", "provider"],
        words: (
            "Adressen, Kennungen und Zeitpunkte verknüpfen Menschen miteinander. Daraus entstehen Kontaktnetze, die auch vertrauliche Beziehungen zeigen.",
            "Addresses, identifiers and times link people to each other. Networks of contacts emerge that show confidential relations too.",
        ),
    },
];

fn consequences(digest: &Digest<'_>) -> Markup {
    let count = |questions: &[&str]| {
        let of = |exposure: &&ExposureEntry| questions.contains(&exposure.question.as_str());
        digest.findings.exposures.iter().filter(of).count()
    };
    html! {
        div.consequences {
            h3 { (say("Was daraus folgt", "What follows from it")) }
            p.lead { (say(
                "Rahmendaten im Sinne der Orientierungshilfe Videokonferenzsysteme der Datenschutzkonferenz (2020) sind personenbezogen. Zusammengeführt erlauben sie Rückschlüsse, die kein einzelnes Datum zulässt.",
                "Metadata of a video conference (Rahmendaten in the guidance of the German Data Protection Conference, 2020) are personal data. Put together they allow conclusions that no single item allows.",
            )) }
            ul.cards { @for consequence in CONSEQUENCES {
                @let rests = count(consequence.questions);
                @if rests > 0 {
                    li {
                        h4 { (Both::from(consequence.title)) }
                        p { (Both::from(consequence.words)) }
                        p.fine { (Both::count(rests, ["Angabe in diesem Mitschnitt", "Angaben in diesem Mitschnitt", "statement in this capture", "statements in this capture"])) }
                    }
                }
            } }
        }
    }
}
