//! The report as one page: a single file that opens without a network, in both languages, for screen and paper.
//!
//! Every value is escaped where it is put in (`maud` does so unless told otherwise), and control and bidirectional
//! characters become visible in the whole page at the end. The page allows itself nothing but its own style sheet and
//! script, by their hashes, so that even a slip could load and run nothing.

mod both;
mod call;
mod decide;
mod digest;
mod exposures;
mod flow;
mod map;
mod matrix;
mod method;
mod selftest;
mod transfers;
mod words;

use super::{Format, Language, Layout};
use crate::exposure::Findings;
use crate::model::text::for_terminal;
use both::{Both, say};
use data_encoding::BASE64;
use digest::Digest;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};
use std::io::{self, Write};

/// `--format html`, `-o report.html`.
pub(super) static FORMAT: Format =
    Format { name: "html", extension: "html", about: "one page for reading, printing and handing on", write };

const STYLE: &str = include_str!("assets/report.css");
const SCRIPT: &str = include_str!("assets/report.js");

/// Sections: anchor, German, English.
const SECTIONS: &[(&str, &str, &str)] = &[
    ("decide", "Auf einen Blick", "At a glance"),
    ("call", "Verlauf", "The call"),
    ("matrix", "Wer sieht was", "Who sees what"),
    ("flow", "Wohin es ging", "Where it went"),
    ("exposures", "Rahmendaten", "Metadata"),
    ("transfers", "Übermittlungen", "Transfers"),
    ("advice", "Empfehlungen", "Advice"),
    ("method", "Grundlagen", "Method"),
];

fn write(findings: &Findings, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let page = page(findings, layout.language).into_string();
    for line in page.lines() {
        writeln!(out, "{}", for_terminal(line, usize::MAX))?;
    }
    Ok(())
}

fn page(findings: &Findings, language: Language) -> Markup {
    let digest = Digest::new(findings);
    let title = title(&digest);
    let lang = if language == Language::German { "de" } else { "en" };
    let shown = if language == Language::German { &title.de } else { &title.en };
    html! {
        (DOCTYPE)
        html lang=(lang) data-title-de=(title.de) data-title-en=(title.en) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (shown) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (head(lang))
                main id="top" tabindex="-1" {
                    (decide::section(&digest))
                    (call::section(&digest))
                    (matrix::section(&digest))
                    (flow::section(&digest))
                    (exposures::section(&digest))
                    (transfers::section(&digest))
                    (transfers::advice(&digest))
                    (method::section(&digest))
                }
                (foot(&digest))
                (map::land::shapes(&digest))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// What the page may do: nothing but its own style sheet and script.
fn policy() -> String {
    let hash = |text: &str| BASE64.encode(&Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn title(digest: &Digest<'_>) -> Both {
    let name = digest.main().and_then(|meeting| meeting.provider_name.clone());
    let name = name.map(|name| format!(" {name}")).unwrap_or_default();
    Both::new(format!("Rahmendaten-Bericht{name}"), format!("Metadata report{name}"))
}

/// The bar at the top: the way to each section, and the language.
fn head(lang: &str) -> Markup {
    html! {
        a.skip href="#top" { (say("Zum Inhalt", "Skip to content")) }
        header.bar {
            p.brand { "meetscope" }
            nav aria-labelledby="contents" {
                span.unseen id="contents" { (say("Abschnitte", "Sections")) }
                ul { @for (id, de, en) in SECTIONS { li { a href={ "#" (id) } { (say(de, en)) } } } }
            }
            div.language role="group" aria-labelledby="language" {
                span.unseen id="language" { "Sprache / Language" }
                button type="button" data-lang="de" aria-pressed=(lang == "de") { "Deutsch" }
                button type="button" data-lang="en" aria-pressed=(lang == "en") { "English" }
            }
            p.unseen id="spoken" role="status" {}
        }
    }
}

/// A section with its heading, and a line below that says what it is for.
fn chapter(id: &str, title: Both, lead: Both, body: Markup) -> Markup {
    let heading = format!("{id}-title");
    html! {
        section id=(id) aria-labelledby=(heading) {
            div.opening {
                h2 id=(heading) { (title) }
                @if !lead.is_empty() { p.lead { (lead) } }
            }
            (body)
        }
    }
}

/// A table that scrolls by itself where the page is narrow. `name` is the id of its caption.
fn table(name: &str, caption: Both, body: Markup) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby=(name) {
            table { caption id=(name) { (caption) } (body) }
        }
    }
}

fn foot(digest: &Digest<'_>) -> Markup {
    let tool = &digest.findings.tool;
    html! {
        footer {
            @for note in &digest.findings.handling.notes { p { (Both::from(note)) } }
            p { (tool.name) " " (tool.version) }
        }
    }
}

#[cfg(test)]
mod tests;
