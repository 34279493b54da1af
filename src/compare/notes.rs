//! Reasons as numbered notes: the same reason in several cells is one note, so that the table fits on paper.

use super::cell::{Cell, Rest};
use super::table::Comparison;
use crate::exposure::Bilingual;
use std::collections::BTreeMap;

/// A reason, and where each column's cells rest that have it.
pub(super) struct Note<'c> {
    pub(super) number: usize,
    pub(super) reason: &'c Bilingual,
    /// Index of the column, and where it can be checked.
    pub(super) rests: Vec<(usize, Vec<&'c Rest>)>,
}

/// The notes in the order in which the table first names them.
pub(super) struct Notes<'c> {
    pub(super) list: Vec<Note<'c>>,
    numbers: BTreeMap<(&'c str, &'c str), usize>,
}

/// Most places listed of a column in one note.
const RESTS_MAX: usize = 4;

impl<'c> Notes<'c> {
    pub(super) fn new(comparison: &'c Comparison) -> Notes<'c> {
        let mut notes = Notes { list: Vec::new(), numbers: BTreeMap::new() };
        for line in &comparison.lines {
            for (column, cell) in line.cells.iter().enumerate() {
                notes.add(column, cell);
            }
        }
        notes
    }

    fn add(&mut self, column: usize, cell: &'c Cell) {
        let next = self.list.len() + 1;
        let key = (cell.reason.de.as_str(), cell.reason.en.as_str());
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.list.push(Note { number, reason: &cell.reason, rests: Vec::new() });
        }
        let Some(note) = self.list.get_mut(number - 1) else { return };
        let place = match note.rests.iter().position(|(of, _)| *of == column) {
            Some(place) => place,
            None => {
                note.rests.push((column, Vec::new()));
                note.rests.len() - 1
            }
        };
        if let Some((_, rests)) = note.rests.get_mut(place) {
            for rest in &cell.rests_on {
                if rests.len() < RESTS_MAX && !rests.contains(&rest) {
                    rests.push(rest);
                }
            }
        }
    }

    /// The number of a cell's reason.
    pub(super) fn number(&self, cell: &Cell) -> usize {
        self.numbers.get(&(cell.reason.de.as_str(), cell.reason.en.as_str())).copied().unwrap_or_default()
    }
}

/// `x12, Paket 116`: where to look in the report and in the capture.
pub(super) fn place(rest: &Rest, german: bool) -> String {
    let frame = rest.frame.map(|frame| {
        let word = if german { "Paket" } else { "frame" };
        match rest.capture {
            Some(capture) if capture > 0 => {
                let file = if german { "Datei" } else { "file" };
                format!("{word} {frame} ({file} {})", u32::from(capture) + 1)
            }
            _ => format!("{word} {frame}"),
        }
    });
    [rest.id.clone(), frame].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
