//! The comparison as one page in the look of the report: a single file in both languages, for screen and paper. It has
//! the report's style sheet and script, with a sheet for the table behind it, and allows itself nothing else.

use super::cell::{ANSWERS, Answer, Certainty, both, each};
use super::notes::{Notes, place};
use super::text::{closing, letter};
use super::{Cell, Column, Comparison, Format, Line};
use crate::exposure::Bilingual;
use crate::report::{Layout, Shell};
use maud::{Markup, Render, html};
use std::io::{self, Write};

/// `--format html`, `-o table.html`.
pub(super) static FORMAT: Format =
    Format { name: "html", extension: "html", about: "one page for reading, printing and handing on", write };

const STYLE: &str = concat!(include_str!("../report/html/assets/report.css"), include_str!("assets/compare.css"));
/// What the bar leads to: anchor, German, English.
const LINKS: &[(&str, &str, &str)] =
    &[("table", "Tabelle", "Table"), ("notes", "Begründungen", "Reasons"), ("sources", "Grundlagen", "Sources")];
/// Sections of the page, as its body names them for whoever checks it.
const SECTIONS: &str = "head table notes sources";
/// Most columns that fit beside each other on a usual screen.
const COLUMNS_BESIDE_MAX: usize = 4;

/// Text of both languages, of which the style sheet shows one.
struct Say<'t>(&'t Bilingual);

impl Render for Say<'_> {
    fn render(&self) -> Markup {
        let Bilingual { de, en } = self.0;
        html! { @if de == en { (de) } @else { span lang="de" { (de) } span lang="en" { (en) } } }
    }
}

fn say(de: &str, en: &str) -> Markup {
    Say(&both(de, en)).render()
}

fn write(comparison: &Comparison, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let notes = Notes::new(comparison);
    let shell = Shell {
        language: layout.language,
        title: ("Videokonferenzdienste im Vergleich", "Meeting services side by side"),
        style: STYLE,
        links: LINKS,
        sections: Some(SECTIONS),
        class: Some("compare"),
    };
    let content = html! {
        (head(comparison))
        (table(comparison, &notes))
        (reasons(comparison, &notes))
        (sources(comparison))
    };
    let behind = html! {
        footer {
            p { (Say(&closing())) }
            p { (comparison.program) " " (comparison.program_version) }
        }
    };
    shell.write(&content, &behind, out)
}

fn head(comparison: &Comparison) -> Markup {
    html! {
        section.summary id="head" aria-labelledby="title" {
            h1 id="title" { (say("Videokonferenzdienste im Vergleich", "Meeting services side by side")) }
            p.lead {
                (say(
                    "Was bei einem Testgespräch sichtbar wurde, für wen, und wohin Daten gingen. Jede Zelle nennt ihren Grund; die Nummer führt zum Beleg.",
                    "What became visible in a test call, to whom, and where data went. Each cell states its reason; the number leads to the evidence.",
                ))
            }
            dl.answers {
                @for answer in ANSWERS.iter().filter(|answer| !answer.sign().is_empty()) {
                    div {
                        dt { (mark(*answer)) (Say(&each(|german| answer.word(german).to_owned()))) }
                        dd { (Say(&each(|german| answer.meaning(german).to_owned()))) }
                    }
                }
            }
            @if !comparison.remarks.is_empty() {
                div.remarks {
                    h2 { (say("Vor dem Vergleich zu beachten", "Before comparing")) }
                    ul { @for remark in &comparison.remarks { li { (Say(&remark.text)) } } }
                }
            }
        }
    }
}

/// The sign of an answer, for eyes only: the word beside it says the same.
fn mark(answer: Answer) -> Markup {
    html! { @if !answer.sign().is_empty() { span.mark-of aria-hidden="true" { (answer.sign()) } } }
}

/// Lines of one question after another.
fn questions(lines: &[Line]) -> Vec<&[Line]> {
    lines.chunk_by(|one, next| one.group == next.group && one.question == next.question).collect()
}

fn table(comparison: &Comparison, notes: &Notes<'_>) -> Markup {
    let columns = comparison.columns.len();
    let wide = if columns > COLUMNS_BESIDE_MAX { "many" } else { "few" };
    let questions = questions(&comparison.lines);
    html! {
        section id="table" {
            h2.unseen id="table-title" { (say("Tabelle", "Table")) }
            div class={ "grid " (wide) " of-" (columns) } role="region" tabindex="0" aria-labelledby="table-title" {
                table role="table" {
                    thead role="rowgroup" {
                        tr role="row" {
                            th.asked-for role="columnheader" scope="col" { (say("Frage", "Question")) }
                            @for (index, column) in comparison.columns.iter().enumerate() {
                                th role="columnheader" scope="col" { span.letter { (letter(index)) } " " (Say(&column.label)) }
                            }
                        }
                    }
                    @for group in questions.chunk_by(|one, next| one.first().map(|line| line.group) == next.first().map(|line| line.group)) {
                        (body(group, comparison, notes))
                    }
                }
            }
        }
    }
}

fn body(group: &[&[Line]], comparison: &Comparison, notes: &Notes<'_>) -> Markup {
    let name = group.first().and_then(|lines| lines.first()).map(|line| line.group_name.clone()).unwrap_or_default();
    html! {
        tbody role="rowgroup" {
            tr.group-name role="row" {
                th role="rowheader" scope="rowgroup" colspan=(comparison.columns.len() + 1) { (Say(&name)) }
            }
            @for lines in group {
                tr role="row" {
                    th.asked-for role="rowheader" scope="row" {
                        @if let Some(line) = lines.first() { (Say(&line.question)) }
                    }
                    @for (index, column) in comparison.columns.iter().enumerate() {
                        td role="cell" {
                            span.of { (letter(index)) " " (Say(&column.label)) }
                            (cell_of(lines, index, notes))
                        }
                    }
                }
            }
        }
    }
}

/// One answer, or one for each observer of a question.
fn cell_of(lines: &[Line], column: usize, notes: &Notes<'_>) -> Markup {
    let cells: Vec<(&Line, &Cell)> =
        lines.iter().filter_map(|line| line.cells.get(column).map(|cell| (line, cell))).collect();
    html! {
        @if let [(Line { part: None, .. }, cell)] = cells.as_slice() {
            div class={ "a-" (cell.answer.name()) } {
                p.answer { (answer(cell, notes)) }
                p.why { (Say(&cell.reason)) }
            }
        } @else {
            ul.parts {
                @for (line, cell) in &cells {
                    li class={ "a-" (cell.answer.name()) } {
                        span.part-of { @if let Some(part) = &line.part { (Say(part)) } }
                        span.answer { (answer(cell, notes)) }
                    }
                }
            }
            details.grounds {
                summary { (say("Gründe", "Reasons")) }
                ul {
                    @for (line, cell) in &cells {
                        li.why { @if let Some(part) = &line.part { b { (Say(part)) ": " } } (Say(&cell.reason)) }
                    }
                }
            }
        }
    }
}

fn answer(cell: &Cell, notes: &Notes<'_>) -> Markup {
    let number = notes.number(cell);
    let shown = both(cell.shown(true), cell.shown(false));
    let inferred = cell.answer == Answer::Yes && cell.certainty == Some(Certainty::Inferred);
    html! {
        (mark(cell.answer))
        span.says-so { (Say(&shown)) }
        @if inferred { span.how { " (" (say("gefolgert", "inferred")) ")" } }
        "\u{a0}"
        a.ref href={ "#note-" (number) } { span.unseen { (say("Begründung ", "Reason ")) } (number) }
    }
}

fn reasons(comparison: &Comparison, notes: &Notes<'_>) -> Markup {
    html! {
        section id="notes" aria-labelledby="notes-title" {
            h2 id="notes-title" { (say("Begründungen und Belege", "Reasons and evidence")) }
            p.lead {
                (say(
                    "Kennungen wie x3 (Feststellung) und e1 (Gegenstelle) stehen im Bericht zur Spalte; Pakete zeigt Wireshark mit dem Filter frame.number == Nummer.",
                    "Marks such as x3 (statement) and e1 (endpoint) stand in the column's report; Wireshark shows frames with the filter frame.number == number.",
                ))
            }
            ol.reasons {
                @for note in &notes.list {
                    li id={ "note-" (note.number) } value=(note.number) {
                        span { (Say(note.reason)) }
                        @for (column, rests) in note.rests.iter().filter(|(_, rests)| !rests.is_empty()) {
                            " " span.rests {
                                b { (letter(*column)) } " "
                                @for (index, rest) in rests.iter().enumerate() {
                                    @if index > 0 { ", " }
                                    (Say(&each(|german| place(rest, german))))
                                }
                            }
                        }
                    }
                }
            }
            @if comparison.lines.is_empty() { p.empty { (say("Keine Zeilen.", "No rows.")) } }
        }
    }
}

fn sources(comparison: &Comparison) -> Markup {
    html! {
        section id="sources" aria-labelledby="sources-title" {
            h2 id="sources-title" { (say("Grundlagen", "Sources")) }
            ul.ruled {
                @for (index, column) in comparison.columns.iter().enumerate() { (source(index, column)) }
            }
        }
    }
}

fn source(index: usize, column: &Column) -> Markup {
    html! {
        li {
            b { (letter(index)) " " (Say(&column.label)) } ": " (column.source) "; " (Say(&column.choice)) "; "
            (say("ausgewertet mit ", "analysed by ")) (column.analysed_by) ", "
            (say("Erkennungsregeln ", "signatures ")) (column.signatures) ", "
            (say("Rechtsstand ", "law as of ")) (column.law_as_of)
            @for hash in &column.captures { " " span.hash { "SHA-256 " (hash) } }
        }
    }
}
