//! The table: columns, remarks on how far they can be compared, and lines of cells.

use super::cell::{Cell, both};
use super::contract::{Meeting, Report, ReportError};
use super::fair;
use super::label;
use super::rows;
use super::subject::Subject;
use crate::exposure::Bilingual;
use serde::Serialize;

/// Fewest columns.
pub const COLUMNS_MIN: usize = 2;
/// Most columns: more fit on no page.
pub const COLUMNS_MAX: usize = 12;
/// Version of the structure of a comparison in JSON.
const COMPARISON_VERSION: u32 = 1;

/// What a column is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A capture, analysed for this table.
    Capture,
    /// A JSON report that was there.
    Report,
}

/// One column to be.
pub struct Input {
    /// As the user named it.
    pub path: String,
    /// What it was.
    pub kind: SourceKind,
    /// The JSON report.
    pub json: Vec<u8>,
    /// The meeting that is wanted; the longest without it.
    pub meeting: Option<String>,
    /// Name of the column; made from provider and file without it.
    pub label: Option<String>,
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Too few or too many.
    #[error("{found} inputs cannot be compared: name {COLUMNS_MIN} to {COLUMNS_MAX} captures or JSON reports")]
    Count {
        /// How many were given.
        found: usize,
    },
    /// One is no report.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A report lacks the meeting that was asked for.
    #[error("{path} has no meeting {wanted}; it has {there}")]
    Meeting {
        /// As the user gave it.
        path: String,
        /// The meeting asked for.
        wanted: String,
        /// Those that are there.
        there: String,
    },
}

/// The whole comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Version of this structure.
    pub comparison_version: u32,
    /// Program that compared.
    pub program: String,
    /// Its version.
    pub program_version: String,
    /// What is compared, in the order given.
    pub columns: Vec<Column>,
    /// What to know before comparing.
    pub remarks: Vec<Remark>,
    /// The rows.
    pub lines: Vec<Line>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// Its name, unlike those of the others.
    pub label: Bilingual,
    /// File, as the user named it.
    pub source: String,
    /// What the file was.
    pub kind: SourceKind,
    /// The meeting that is compared.
    pub meeting: Option<String>,
    /// How it was chosen.
    pub choice: Bilingual,
    /// SHA-256 of the captures.
    pub captures: Vec<String>,
    /// Version of the program that analysed them.
    pub analysed_by: String,
    /// Version of the signatures.
    pub signatures: String,
    /// Day up to which the table of law was known.
    pub law_as_of: String,
}

/// Something that makes columns less comparable.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Remark {
    /// Stable name.
    pub key: &'static str,
    /// In words.
    pub text: Bilingual,
}

/// One row, or one part of a question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Key of the row, with that of the part behind a point.
    pub key: String,
    /// Key of the group.
    pub group: &'static str,
    /// Name of the group.
    pub group_name: Bilingual,
    /// What is asked.
    pub question: Bilingual,
    /// Whom the part is about.
    pub part: Option<Bilingual>,
    /// One cell for each column.
    pub cells: Vec<Cell>,
}

/// Puts reports side by side.
///
/// # Errors
/// Too few or too many inputs, one that is no report of version 1, or a meeting that is not there.
pub fn compare(inputs: &[Input]) -> Result<Comparison, CompareError> {
    if !(COLUMNS_MIN..=COLUMNS_MAX).contains(&inputs.len()) {
        return Err(CompareError::Count { found: inputs.len() });
    }
    let read = |input: &Input| Report::read(&input.path, &input.json);
    let reports: Vec<Report> = inputs.iter().map(read).collect::<Result<_, _>>()?;
    let chosen = |(input, report)| chosen(input, report);
    let meetings: Vec<Option<&Meeting>> = inputs.iter().zip(&reports).map(chosen).collect::<Result<_, _>>()?;
    let subjects: Vec<Subject<'_>> =
        reports.iter().zip(&meetings).map(|(report, meeting)| Subject::new(report, *meeting)).collect();
    let labels = label::labels(inputs, &subjects);
    Ok(Comparison {
        comparison_version: COMPARISON_VERSION,
        program: env!("CARGO_PKG_NAME").to_owned(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        remarks: fair::remarks(&subjects, &labels),
        lines: rows::ALL.iter().flat_map(|row| lines(row, &subjects)).collect(),
        columns: inputs
            .iter()
            .zip(&subjects)
            .zip(labels)
            .map(|((input, of), label)| column(input, of, label))
            .collect(),
    })
}

/// The meeting asked for, else the longest; the first of several that are equally long.
fn chosen<'r>(input: &Input, report: &'r Report) -> Result<Option<&'r Meeting>, CompareError> {
    let Some(wanted) = &input.meeting else {
        let longest = |best: Option<&'r Meeting>, next: &'r Meeting| match best {
            Some(best) if best.duration_s >= next.duration_s => Some(best),
            _ => Some(next),
        };
        return Ok(report.meetings.iter().fold(None, longest));
    };
    let found = report.meetings.iter().find(|meeting| meeting.id == *wanted);
    found.map(Some).ok_or_else(|| {
        let ids: Vec<&str> = report.meetings.iter().map(|meeting| meeting.id.as_str()).collect();
        let there = if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
        CompareError::Meeting { path: input.path.clone(), wanted: wanted.clone(), there }
    })
}

fn column(input: &Input, subject: &Subject<'_>, label: Bilingual) -> Column {
    let tool = &subject.report.tool;
    Column {
        label,
        source: input.path.clone(),
        kind: input.kind,
        meeting: subject.meeting.map(|meeting| meeting.id.clone()),
        choice: choice(input, subject),
        captures: subject.report.captures.iter().map(|capture| capture.sha256.clone()).collect(),
        analysed_by: format!("{} {}", tool.name, tool.version).trim().to_owned(),
        signatures: tool.signatures.version.clone(),
        law_as_of: tool.law.as_of.clone(),
    }
}

fn choice(input: &Input, subject: &Subject<'_>) -> Bilingual {
    let count = subject.report.meetings.len();
    match (subject.meeting, &input.meeting) {
        (None, _) => both("keine Konferenz erkannt", "no call found"),
        (Some(meeting), Some(_)) => {
            both(format!("{}, so verlangt", meeting.id), format!("{}, as asked for", meeting.id))
        }
        (Some(_), None) if count == 1 => both("die einzige Konferenz", "the only call"),
        (Some(meeting), None) => both(
            format!("{}, die längste von {count} Konferenzen", meeting.id),
            format!("{}, the longest of {count} calls", meeting.id),
        ),
    }
}

/// The lines of a row: as many as its first column has cells, which is the same for all.
fn lines(row: &rows::Row, subjects: &[Subject<'_>]) -> Vec<Line> {
    let columns: Vec<_> = subjects.iter().map(|subject| row.cells(subject)).collect();
    let parts: Vec<_> = columns.first().map(|cells| cells.iter().map(|(part, _)| *part).collect()).unwrap_or_default();
    let line = |(index, part): (usize, &Option<rows::Part>)| Line {
        key: part.map_or_else(|| row.key.to_owned(), |(key, ..)| format!("{}.{key}", row.key)),
        group: row.group.key,
        group_name: both(row.group.name.0, row.group.name.1),
        question: both(row.question.0, row.question.1),
        part: part.map(|(_, de, en)| both(de, en)),
        cells: columns.iter().filter_map(|cells| cells.get(index).map(|(_, cell)| cell.clone())).collect(),
    };
    parts.iter().enumerate().map(line).collect()
}
