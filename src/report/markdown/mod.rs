//! The whole report as Markdown, with tables, to be put in a file, a wiki or a ticket.

mod escape;
mod sections;

use super::words::{self, Vocabulary};
use super::{Format, Language, Layout};
use crate::exposure::{Bilingual, EvidenceEntry, Findings, purpose_words};
use escape::{code, plain};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// `--format markdown`, `-o report.md`.
pub(super) static FORMAT: Format =
    Format { name: "markdown", extension: "md", about: "whole report with tables, for files and wikis", write };

fn write(findings: &Findings, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, language: layout.language, captures: findings.captures.len() };
    page.head(findings)?;
    page.meetings(findings)?;
    page.exposures(findings)?;
    page.endpoints(findings)?;
    page.transfers(findings)?;
    page.local(findings)?;
    page.recommendations(findings)?;
    page.not_determinable(findings)?;
    page.self_test(findings)?;
    page.method(findings)
}

/// The page that is written. All that comes from packets or from files goes through `plain` or `code`.
struct Page<'o> {
    out: &'o mut dyn Write,
    language: Language,
    captures: usize,
}

impl Page<'_> {
    fn german(&self) -> bool {
        self.language == Language::German
    }

    fn say<'t>(&self, de: &'t str, en: &'t str) -> &'t str {
        if self.german() { de } else { en }
    }

    fn words(&self, text: &Bilingual) -> String {
        plain(self.say(&text.de, &text.en))
    }

    /// A word of the report's vocabulary.
    fn word(&self, vocabulary: Vocabulary, name: &str) -> String {
        plain(words::word(vocabulary, name, self.language))
    }

    fn title(&mut self, de: &str, en: &str) -> io::Result<()> {
        let title = self.say(de, en);
        writeln!(self.out, "\n## {title}\n")
    }

    /// A table; nothing where it has no rows.
    fn table(&mut self, head: &[(&str, &str)], rows: impl Iterator<Item = Vec<String>>) -> io::Result<()> {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        let names: Vec<_> = head.iter().map(|(de, en)| self.say(de, en)).collect();
        writeln!(self.out, "| {} |\n|{}", names.join(" | "), " --- |".repeat(head.len()))?;
        rows.try_for_each(|row| writeln!(self.out, "| {} |", row.join(" | ")))?;
        writeln!(self.out)
    }

    fn purposes(&self, ids: &[String]) -> String {
        ids.iter().map(|id| plain(purpose_words(id, self.german()))).collect::<Vec<_>>().join(", ")
    }

    /// `12, 14` in their order; with several captures each number says in which.
    fn frames<'e>(&self, evidence: impl IntoIterator<Item = &'e EvidenceEntry>) -> String {
        let places: BTreeSet<_> = evidence.into_iter().map(|entry| (entry.capture, entry.frame)).collect();
        let number = |(capture, frame): (u16, u64)| match self.captures {
            0 | 1 => frame.to_string(),
            _ => format!("{frame} ({} {})", self.say("Datei", "file"), u32::from(capture) + 1),
        };
        places.into_iter().map(number).collect::<Vec<_>>().join(", ")
    }

    /// Display filters, each once.
    fn filters(&self, evidence: &[EvidenceEntry]) -> String {
        let mut filters: Vec<String> = Vec::new();
        for entry in evidence {
            let filter = code(&entry.filter);
            if !filters.contains(&filter) {
                filters.push(filter);
            }
        }
        filters.join("<br>")
    }
}

/// Names and addresses as code, each once, in their order.
fn codes<'t>(items: impl Iterator<Item = &'t str>) -> String {
    let mut list: Vec<String> = Vec::new();
    for item in items.map(code) {
        if !list.contains(&item) {
            list.push(item);
        }
    }
    list.join(", ")
}

/// A dash where there is nothing.
fn or_dash(text: Option<&str>) -> String {
    text.map_or_else(|| "–".to_owned(), plain)
}

#[cfg(test)]
mod tests;
