//! The report for a terminal: readable without colour, on narrow and wide screens.

mod calls;
mod place;
mod sections;

pub use place::write_places;

use super::{Format, Language, Layout, words};
use crate::exposure::{Bilingual, EvidenceEntry, Findings};
use crate::model::text::wrap;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// `--format text`, `-o report.txt`.
pub(super) static FORMAT: Format =
    Format { name: "text", extension: "txt", about: "readable report for a terminal", write };

/// Narrowest column of text in characters, whatever the terminal.
const TEXT_COLUMNS_MIN: usize = 20;

fn write(findings: &Findings, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, layout, captures: findings.captures.len() };
    page.head(findings)?;
    page.meetings(findings)?;
    page.exposures(findings)?;
    page.endpoints(findings)?;
    page.transfers(findings)?;
    page.recommendations(findings)?;
    page.not_determinable(findings)?;
    page.self_test(findings)?;
    page.method(findings)?;
    page.handling(findings)
}

struct Page<'o> {
    out: &'o mut dyn Write,
    layout: Layout,
    captures: usize,
}

impl Page<'_> {
    fn german(&self) -> bool {
        self.layout.language == Language::German
    }

    /// Picks the text of the report's language.
    fn say<'t>(&self, de: &'t str, en: &'t str) -> &'t str {
        if self.german() { de } else { en }
    }

    fn words<'t>(&self, text: &'t Bilingual) -> &'t str {
        self.say(&text.de, &text.en)
    }

    /// A word of the report's vocabulary; a name that it lacks stays as it is.
    fn word<'t>(&self, vocabulary: words::Vocabulary, name: &'t str) -> &'t str {
        words::word(vocabulary, name, self.layout.language)
    }

    fn title(&mut self, de: &str, en: &str) -> io::Result<()> {
        let title = self.say(de, en);
        writeln!(self.out, "\n{title}\n{}", "─".repeat(title.chars().count()))
    }

    /// Writes text wrapped to the page, the first line behind `mark`, the others indented as far.
    fn paragraph(&mut self, mark: &str, text: &str) -> io::Result<()> {
        let indent = mark.chars().count();
        let width = self.layout.columns.saturating_sub(indent).max(TEXT_COLUMNS_MIN);
        for (index, line) in wrap(text, width).iter().enumerate() {
            let lead = if index == 0 { mark.to_owned() } else { " ".repeat(indent) };
            writeln!(self.out, "{lead}{line}")?;
        }
        Ok(())
    }

    /// Says how many entries are not shown.
    fn more(&mut self, mark: &str, count: usize) -> io::Result<()> {
        let line = format!("{count} {}", self.say("weitere im JSON-Bericht", "more in the JSON report"));
        self.paragraph(mark, &line)
    }

    /// `Paket 12, 14` in their order; with several captures each number says in which.
    fn frames<'e>(&self, evidence: impl IntoIterator<Item = &'e EvidenceEntry>) -> String {
        let places: BTreeSet<_> = evidence.into_iter().map(|entry| (entry.capture, entry.frame)).collect();
        let number = |(capture, frame): (u16, u64)| match self.captures {
            0 | 1 => frame.to_string(),
            _ => format!("{frame} ({} {})", self.say("Datei", "file"), u32::from(capture) + 1),
        };
        let numbers: Vec<_> = places.into_iter().map(number).collect();
        match numbers.is_empty() {
            true => String::new(),
            false => format!("{} {}", self.say("Paket", "frame"), numbers.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests;
