//! What the capture cannot show, and how to repeat the report.

use super::both::{Both, say};
use super::digest::{Digest, EVIDENCE_SHOWN_MAX, distinct};
use super::words::{QUESTION, word};
use super::{chapter, selftest, table};
use crate::exposure::{CaptureFile, ExposureEntry};
use maud::{Markup, html};

/// Most statements in the table of frames; the JSON report has all.
const PROOFS_MAX: usize = 400;

pub(super) fn section(digest: &Digest<'_>) -> Markup {
    let lead = say(
        "Grenzen, Verfahren und alles, was nötig ist, um diesen Bericht zu wiederholen.",
        "Limits, method, and everything needed to repeat this report.",
    );
    chapter(
        "method",
        say("Grenzen und Grundlagen", "Limits and method"),
        lead,
        html! {
            div.limits { (open(digest)) (how()) }
            h3 { (say("Mitschnitte", "Captures")) }
            (captures(&digest.findings.captures))
            (selftest::checks(&digest.findings.self_test))
            h3 { (say("Programm und Wissensstand", "Program and knowledge")) }
            (tool(digest))
            h3 { (say("Wiederholen", "Repeat")) }
            (repeat(digest))
            (problems(digest))
            (proofs(digest))
        },
    )
}

fn open(digest: &Digest<'_>) -> Markup {
    html! {
        @if !digest.findings.not_determinable.is_empty() {
            div {
                h3 { (say("Was dieser Mitschnitt nicht zeigen kann", "What this capture cannot show")) }
                ul.ruled { @for open in &digest.findings.not_determinable { li { (Both::from(&open.why)) } } }
            }
        }
    }
}

const METHOD: [(&str, &str); 4] = [
    (
        "Gelesen werden nur Pakete, die an der Messstelle vorbeikamen. Nichts wird entschlüsselt, keine Gegenstelle wird angesprochen, keine Anfrage verlässt den Rechner.",
        "Only packets that passed the point of capture are read. Nothing is decrypted, no endpoint is contacted, no request leaves the computer.",
    ),
    (
        "Drei Arten von Aussagen werden nie vermischt: in den Paketen gesehen, daraus gefolgert, nicht feststellbar.",
        "Three kinds of statement are never mixed: seen in the packets, inferred from them, not determinable.",
    ),
    (
        "Eine kurze Antwortzeit beweist Nähe; eine lange beweist nichts. Eine Datenbank allein macht einen Standort höchstens plausibel.",
        "A short round trip proves nearness; a long one proves nothing. A database alone makes a place plausible at most.",
    ),
    (
        "Bilder fassen zusammen: Abschnitte, die im Bild weniger als einen Bildpunkt auseinanderliegen, erscheinen als einer; kleine Empfänger teilen sich eine Zeile. Der JSON-Bericht enthält alles.",
        "Pictures sum up: intervals less than a pixel apart appear as one; small recipients share a lane. The JSON report holds everything.",
    ),
];

fn how() -> Markup {
    html! {
        div {
            h3 { (say("Verfahren", "Method")) }
            ul.ruled { @for words in METHOD { li { (Both::from(words)) } } }
        }
    }
}

fn captures(captures: &[CaptureFile]) -> Markup {
    table(
        "captures",
        say("Ausgewertete Dateien", "Files read"),
        html! {
            thead { tr {
                th scope="col" { (say("Datei", "File")) }
                th scope="col" { (say("Zeitraum", "Period")) }
                th.number scope="col" { (say("Pakete", "Packets")) }
                th.number scope="col" { (say("Umfang", "Size")) }
                th scope="col" { "SHA-256" }
            } }
            tbody { @for capture in captures {
                tr {
                    th scope="row" {
                        span.host { (capture.path) } br;
                        span.fine { (capture.format) @for link in &capture.link_types { ", " (link) } }
                        @if let Some(damage) = &capture.damage { p.fine { (say("Beschädigt: ", "Damaged: ")) (damage) } }
                    }
                    td { (period(capture)) }
                    td.number { (Both::number(capture.packets)) }
                    td.number { (Both::bytes(capture.bytes)) }
                    td { code.hash { (capture.sha256) } }
                }
            } }
        },
    )
}

fn period(capture: &CaptureFile) -> Both {
    match (&capture.first, &capture.last) {
        (Some(first), Some(last)) => Both::join(&[Both::moment(first), Both::moment(last)], " – "),
        _ => Both::same("–"),
    }
}

fn tool(digest: &Digest<'_>) -> Markup {
    let tool = &digest.findings.tool;
    html! {
        dl.facts {
            div { dt { (say("Programm", "Program")) } dd { (tool.name) " " (tool.version) } }
            div { dt { (say("Signaturen", "Signatures")) } dd { (say("Stand ", "as of ")) (Both::day(&tool.signatures.version)) br; code.hash { (tool.signatures.sha256) } } }
            div { dt { (say("Rechtsstand", "Law as of")) } dd { (Both::day(&tool.law.as_of)) } }
            @for database in &tool.geo {
                div {
                    dt { (say("Standortdatenbank", "Database of places")) }
                    dd {
                        (database.name) @if let Some(built) = &database.built { ", " (Both::day(built)) }
                        @if let Some(licence) = &database.licence { p.fine { (licence) } }
                        code.hash { (database.sha256) }
                    }
                }
            }
            div { dt { (say("Karte", "Map")) } dd { (say("Umrisse: Natural Earth (gemeinfrei), Projektion Equal Earth", "Outlines: Natural Earth (public domain), Equal Earth projection")) } }
        }
    }
}

fn repeat(digest: &Digest<'_>) -> Markup {
    let files: Vec<_> = digest.findings.captures.iter().map(|capture| quoted(&capture.path)).collect();
    let files = files.join(" ");
    html! {
        p { (say(
            "Dieselbe Datei ergibt mit derselben Fassung des Programms denselben Bericht, Byte für Byte. Angaben wie --from oder --local sind zu wiederholen, wenn sie gemacht wurden.",
            "The same file gives the same report with the same version of the program, byte for byte. Options such as --from or --local must be repeated if they were given.",
        )) }
        pre.commands tabindex="0" { code { "sha256sum " (files) "\nmeetscope analyse " (files) " -o report.html" } }
    }
}

/// A word for a shell: in single quotes where it holds more than plain characters.
fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "/._-+:@".contains(character);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return word.to_owned();
    }
    let word = if word.starts_with('-') && word.len() > 1 { format!("./{word}") } else { word.to_owned() };
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn problems(digest: &Digest<'_>) -> Markup {
    html! {
        @if !digest.findings.problems.is_empty() {
            h3 { (say("Nicht gelesen", "Not read")) }
            (table("problems", say("Was sich nicht lesen ließ", "What could not be read"), html! {
                thead { tr {
                    th scope="col" { (say("Art", "Kind")) }
                    th.number scope="col" { (say("Anzahl", "Count")) }
                    th.number scope="col" { (say("zuerst in Paket", "first in frame")) }
                } }
                tbody { @for problem in &digest.findings.problems {
                    tr {
                        th scope="row" { (problem.what) }
                        td.number { (Both::number(problem.count)) }
                        td.number { @if let Some(frame) = problem.first_frame { (Both::number(frame)) } @else { "–" } }
                    }
                } }
            }))
        }
    }
}

/// All statements with their frames, for paper, where nothing unfolds.
fn proofs(digest: &Digest<'_>) -> Markup {
    let list: Vec<&ExposureEntry> =
        digest.findings.exposures.iter().filter(|exposure| !exposure.evidence.is_empty()).collect();
    html! {
        @if !list.is_empty() {
            h3 { (say("Fundstellen", "Where to check")) }
            details.data {
                summary { (Both::count(list.len(), ["Angabe mit ihren Paketen und Filtern", "Angaben mit ihren Paketen und Filtern", "statement with its frames and filters", "statements with their frames and filters"])) }
                (table("proofs", say("Jede Angabe mit ihren Paketen und einem Filter für Wireshark, der sie zeigt", "Each statement with its frames and a Wireshark filter that shows them"), html! {
                    thead { tr {
                        th scope="col" { (say("Nr.", "No.")) }
                        th scope="col" { (say("Frage", "Question")) }
                        th scope="col" { (say("Pakete", "Frames")) }
                        th scope="col" { (say("Zuerst", "First")) }
                        th scope="col" { (say("Filter", "Filter")) }
                    } }
                    tbody { @for exposure in list.iter().take(PROOFS_MAX) { (proof(digest, exposure)) } }
                }))
                (super::transfers::left_out(list.len(), PROOFS_MAX))
            }
        }
    }
}

fn proof(digest: &Digest<'_>, exposure: &ExposureEntry) -> Markup {
    let all = distinct(&exposure.evidence);
    let shown = all.get(..all.len().min(EVIDENCE_SHOWN_MAX)).unwrap_or_default();
    let mut frames: Vec<Both> = shown.iter().map(|entry| digest.frame(entry)).collect();
    frames.dedup();
    let filters: Vec<&str> =
        shown.iter().map(|entry| entry.filter.as_str()).filter(|filter| !filter.is_empty()).collect();
    html! {
        tr {
            th scope="row" { (exposure.id) }
            td { (word(QUESTION, &exposure.question)) }
            td { (Both::join(&frames, ", ")) @if all.len() > shown.len() { " …" } }
            td.number { @if let Some(first) = shown.first() { (Both::moment(&first.time)) } }
            td { code { (filters.join(" || ")) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_for_a_shell() {
        assert_eq!(quoted("calls/a.pcap"), "calls/a.pcap");
        assert_eq!(quoted("a b.pcap"), "'a b.pcap'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("-o"), "'./-o'");
        assert_eq!(quoted("$(x)"), "'$(x)'");
    }
}
