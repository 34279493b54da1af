//! The comparison for a terminal: a grid where the columns fit, else a block for each row; reasons below as notes.

use super::cell::ANSWERS;
use super::notes::{Note, Notes, place};
use super::{Cell, Comparison, Format, Line};
use crate::exposure::Bilingual;
use crate::model::text::{for_terminal, wrap};
use crate::report::{Language, Layout};
use std::io::{self, Write};

/// `--format text`, `-o table.txt`.
pub(super) static FORMAT: Format = Format { name: "text", extension: "txt", about: "readable in a terminal", write };

/// Characters of the column of questions in the grid.
const QUESTION_COLUMNS: usize = 34;
/// Narrowest column of the grid in characters.
const COLUMN_COLUMNS_MIN: usize = 26;
/// Characters between columns.
const GAP_COLUMNS: usize = 2;
/// Narrowest text of a block in characters.
const TEXT_COLUMNS_MIN: usize = 20;
/// Longest text of a report shown in one place, in characters.
const TEXT_CHARS_MAX: usize = 600;

fn write(comparison: &Comparison, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let notes = Notes::new(comparison);
    let mut page = Page { out, layout, comparison, notes: &notes };
    page.head()?;
    page.table()?;
    page.reasons()
}

struct Page<'o> {
    out: &'o mut dyn Write,
    layout: Layout,
    comparison: &'o Comparison,
    notes: &'o Notes<'o>,
}

impl Page<'_> {
    fn german(&self) -> bool {
        self.layout.language == Language::German
    }

    fn say<'t>(&self, de: &'t str, en: &'t str) -> &'t str {
        if self.german() { de } else { en }
    }

    /// Text of the reader's language, safe for a terminal.
    fn safe(&self, text: &Bilingual) -> String {
        for_terminal(self.say(&text.de, &text.en), TEXT_CHARS_MAX)
    }

    fn title(&mut self, title: &str, rule: &str) -> io::Result<()> {
        writeln!(self.out, "{title}\n{}", rule.repeat(title.chars().count()))
    }

    fn paragraph(&mut self, mark: &str, text: &str) -> io::Result<()> {
        let indent = mark.chars().count();
        let width = self.layout.columns.saturating_sub(indent).max(TEXT_COLUMNS_MIN);
        for (index, line) in wrap(text, width).iter().enumerate() {
            let lead = if index == 0 { mark.to_owned() } else { " ".repeat(indent) };
            writeln!(self.out, "{lead}{line}")?;
        }
        Ok(())
    }

    fn head(&mut self) -> io::Result<()> {
        self.title(
            self.say("meetscope: Videokonferenzdienste im Vergleich", "meetscope: meeting services side by side"),
            "═",
        )?;
        for (index, column) in self.comparison.columns.iter().enumerate() {
            let choice = self.safe(&column.choice);
            let source = for_terminal(&column.source, TEXT_CHARS_MAX);
            let line = format!("{} – {source}; {choice}", self.safe(&column.label));
            self.paragraph(&format!("{}  ", letter(index)), &line)?;
        }
        writeln!(self.out)?;
        for answer in ANSWERS.iter().filter(|answer| !answer.sign().is_empty()) {
            let german = self.german();
            let line = format!("{}: {}", answer.word(german), answer.meaning(german));
            self.paragraph(&format!("{} ", answer.sign()), &line)?;
        }
        if !self.comparison.remarks.is_empty() {
            let title = self.say("Vor dem Vergleich zu beachten", "Before comparing");
            writeln!(self.out)?;
            self.title(title, "─")?;
            for remark in &self.comparison.remarks {
                let text = self.safe(&remark.text);
                self.paragraph("! ", &text)?;
            }
        }
        Ok(())
    }

    fn table(&mut self) -> io::Result<()> {
        let width = self.column_width();
        for group in self.comparison.lines.chunk_by(|one, next| one.group == next.group) {
            writeln!(self.out)?;
            let title = group.first().map(|line| self.safe(&line.group_name)).unwrap_or_default();
            self.title(&title, "─")?;
            if let Some(width) = width {
                self.labels(width)?;
            }
            for lines in group.chunk_by(|one, next| one.question == next.question) {
                match width {
                    Some(width) => self.grid(lines, width)?,
                    None => self.block(lines)?,
                }
            }
        }
        Ok(())
    }

    /// Width of a column of the grid, where all of them fit.
    fn column_width(&self) -> Option<usize> {
        let rest = self.layout.columns.checked_sub(QUESTION_COLUMNS)?;
        let width = (rest / self.comparison.columns.len().max(1)).checked_sub(GAP_COLUMNS)?;
        (width >= COLUMN_COLUMNS_MIN).then_some(width)
    }

    fn labels(&mut self, width: usize) -> io::Result<()> {
        let label = |(index, column): (usize, &super::Column)| {
            wrap(&format!("{} {}", letter(index), self.safe(&column.label)), width)
        };
        let columns: Vec<Vec<String>> = self.comparison.columns.iter().enumerate().map(label).collect();
        self.rows(&[String::new()], &columns, width)
    }

    /// The lines of one question beside each other; a line of its own for each observer.
    fn grid(&mut self, lines: &[Line], width: usize) -> io::Result<()> {
        for (index, line) in lines.iter().enumerate() {
            let question = wrap(&self.safe(&line.question), QUESTION_COLUMNS - GAP_COLUMNS);
            let columns: Vec<Vec<String>> = line.cells.iter().map(|cell| wrap(&self.cell(cell), width)).collect();
            match &line.part {
                None => self.rows(&question, &columns, width)?,
                Some(part) => {
                    if index == 0 {
                        self.rows(&question, &[], width)?;
                    }
                    let part = format!("  {}", self.safe(part));
                    self.rows(&[part], &columns, width)?;
                }
            }
        }
        Ok(())
    }

    /// Writes lines of columns beside each other.
    fn rows(&mut self, question: &[String], columns: &[Vec<String>], width: usize) -> io::Result<()> {
        let height = columns.iter().map(Vec::len).max().unwrap_or_default().max(question.len());
        for index in 0..height {
            let mut line = padded(question.get(index), QUESTION_COLUMNS);
            for column in columns {
                line.push_str(&padded(column.get(index), width + GAP_COLUMNS));
            }
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// The lines of one question below each other; all observers of a column in one paragraph.
    fn block(&mut self, lines: &[Line]) -> io::Result<()> {
        let question = lines.first().map(|line| self.safe(&line.question)).unwrap_or_default();
        self.paragraph("", &question)?;
        for index in 0..self.comparison.columns.len() {
            let cells = lines.iter().filter_map(|line| line.cells.get(index).map(|cell| (line, cell)));
            let shown = cells.map(|(line, cell)| match &line.part {
                None => self.cell(cell),
                Some(part) => format!("{} {}", self.safe(part), self.cell(cell)),
            });
            let shown = shown.collect::<Vec<_>>().join("; ");
            self.paragraph(&format!("  {} ", letter(index)), &shown)?;
        }
        Ok(())
    }

    /// `● ja: Irland (gefolgert) [12]`.
    fn cell(&self, cell: &Cell) -> String {
        let german = self.german();
        let shown = for_terminal(&cell.shown(german), TEXT_CHARS_MAX);
        let inferred = cell.certainty == Some(super::Certainty::Inferred) && cell.answer == super::Answer::Yes;
        let how = if inferred { self.say(" (gefolgert)", " (inferred)") } else { "" };
        let sign = cell.answer.sign();
        let gap = if sign.is_empty() { "" } else { " " };
        format!("{sign}{gap}{shown}{how} [{}]", self.notes.number(cell))
    }

    fn reasons(&mut self) -> io::Result<()> {
        writeln!(self.out)?;
        self.title(self.say("Begründungen", "Reasons"), "─")?;
        for note in &self.notes.list {
            let text = self.reason(note);
            self.paragraph(&format!("[{}] ", note.number), &text)?;
        }
        writeln!(self.out)?;
        let closing = closing();
        let closing = self.say(&closing.de, &closing.en).to_owned();
        self.paragraph("", &closing)
    }

    fn reason(&self, note: &Note<'_>) -> String {
        let german = self.german();
        let of_column = |(column, rests): &(usize, Vec<&super::Rest>)| {
            let places: Vec<String> = rests.iter().map(|rest| place(rest, german)).collect();
            (!places.is_empty()).then(|| format!("{}: {}", letter(*column), places.join(", ")))
        };
        let rests: Vec<String> = note.rests.iter().filter_map(of_column).collect();
        let reason = self.safe(note.reason);
        match rests.is_empty() {
            true => reason,
            false => format!("{reason} [{}]", for_terminal(&rests.join("; "), TEXT_CHARS_MAX)),
        }
    }
}

/// What stands at the end of every table for readers.
pub(super) fn closing() -> Bilingual {
    super::cell::both(
        "Die Tabelle gibt wieder, was diese Mitschnitte zeigen, nicht mehr; Kennungen wie x3 oder e1 und Paketnummern führen in Bericht und Mitschnitt. Namen, Konten und Adressen von Personen sind weggelassen. Keine Rechtsberatung.",
        "The table tells what these captures show and no more; marks such as x3 or e1 and frame numbers lead into report and capture. Names, accounts and addresses of people are left out. No legal advice.",
    )
}

/// `A`, `B`, ... for the columns.
pub(super) fn letter(index: usize) -> char {
    u8::try_from(index).ok().and_then(|index| b'A'.checked_add(index)).map_or('?', char::from)
}

fn padded(text: Option<&String>, width: usize) -> String {
    let text = text.map(String::as_str).unwrap_or_default();
    let length = text.chars().count();
    format!("{text}{}", " ".repeat(width.saturating_sub(length).max(usize::from(length >= width))))
}
