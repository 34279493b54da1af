//! The comparison as one table for spreadsheets in long form: a row a cell, so that each can be checked and filtered.

use super::cell::Rest;
use super::notes::place;
use super::{Column, Comparison, Format, Line};
use crate::model::text::for_spreadsheet;
use crate::report::Layout;
use std::io::{self, Write};

/// `--format csv`, `-o table.csv`.
pub(super) static FORMAT: Format =
    Format { name: "csv", extension: "csv", about: "one row a cell with reason and evidence, for spreadsheets", write };

/// Columns of the file, the same in both languages.
const HEAD: &str = "row,group,group_de,group_en,question_de,question_en,observer_de,observer_en,column_de,column_en,\
                    source,meeting,answer,shown_de,shown_en,certainty,reason_de,reason_en,rests_on,filters";

fn write(comparison: &Comparison, _layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{HEAD}\r\n")?;
    for line in &comparison.lines {
        for (index, column) in comparison.columns.iter().enumerate() {
            let cells = cells(line, column, index);
            let safe: Vec<String> = cells.iter().map(|cell| for_spreadsheet(cell)).collect();
            write!(out, "{}\r\n", safe.join(","))?;
        }
    }
    Ok(())
}

fn cells(line: &Line, column: &Column, index: usize) -> Vec<String> {
    let part = line.part.clone().unwrap_or_default();
    let head = [
        line.key.as_str(),
        line.group,
        &line.group_name.de,
        &line.group_name.en,
        &line.question.de,
        &line.question.en,
        &part.de,
        &part.en,
        &column.label.de,
        &column.label.en,
        &column.source,
        column.meeting.as_deref().unwrap_or_default(),
    ];
    let mut cells: Vec<String> = head.iter().map(|text| (*text).to_owned()).collect();
    if let Some(cell) = line.cells.get(index) {
        let join = |of: fn(&Rest) -> String| {
            cell.rests_on.iter().map(of).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
        };
        cells.extend([
            cell.answer.name().to_owned(),
            cell.shown(true),
            cell.shown(false),
            cell.certainty.map(|certainty| certainty.name().to_owned()).unwrap_or_default(),
            cell.reason.de.clone(),
            cell.reason.en.clone(),
            join(|rest| place(rest, false)),
            join(|rest| rest.filter.clone().unwrap_or_default()),
        ]);
    }
    cells
}
