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
mod shell;
mod transfers;
mod words;

pub(crate) use shell::Shell;

use super::{Format, Layout};
use crate::exposure::Findings;
use both::Both;
use digest::Digest;
use maud::{Markup, html};
use std::io::{self, Write};

/// `--format html`, `-o report.html`.
pub(super) static FORMAT: Format =
    Format { name: "html", extension: "html", about: "one page for reading, printing and handing on", write };

const STYLE: &str = include_str!("assets/report.css");

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
    let digest = Digest::new(findings);
    let title = title(&digest);
    let shell = Shell {
        language: layout.language,
        title: (&title.de, &title.en),
        style: STYLE,
        links: SECTIONS,
        sections: None,
        class: None,
    };
    let behind = html! { (foot(&digest)) (map::land::shapes(&digest)) };
    shell.write(&content(&digest), &behind, out)
}

fn content(digest: &Digest<'_>) -> Markup {
    html! {
        (decide::section(digest))
        (call::section(digest))
        (matrix::section(digest))
        (flow::section(digest))
        (exposures::section(digest))
        (transfers::section(digest))
        (transfers::advice(digest))
        (method::section(digest))
    }
}

fn title(digest: &Digest<'_>) -> Both {
    let name = digest.main().and_then(|meeting| meeting.provider_name.clone());
    let name = name.map(|name| format!(" {name}")).unwrap_or_default();
    Both::new(format!("Rahmendaten-Bericht{name}"), format!("Metadata report{name}"))
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
