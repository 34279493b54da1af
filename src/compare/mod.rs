//! Reports side by side: the table to hand out, of the same test call in different services.
//!
//! There is one way in: the bytes of a JSON report of version 1 ([`Input`]), whether they come from a file or from an
//! analysis that has just been made. So a capture and its report give the same cells. Each row ([`ROWS`]) answers one
//! question for every column with a [`Cell`]: an answer, the reason in both languages, and where it can be checked.
//! The cells name services, companies and countries, and no address, account or name of a person.

mod cell;
mod contract;
mod csv;
mod fair;
mod html;
mod json;
mod label;
mod notes;
mod rows;
mod subject;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub use cell::{ANSWERS, Answer, Cell, Certainty, Rest};
pub use contract::{REPORT_BYTES_MAX, ReportError, is_report};
pub use rows::{ALL as ROWS, Group, Row};
pub use table::{COLUMNS_MAX, Column, CompareError, Comparison, Input, Line, Remark, SourceKind, compare};

use crate::report::Layout;
use std::io;

/// A format of the comparison.
pub struct Format {
    /// Name for `--format`.
    pub name: &'static str,
    /// File extension that chooses it for `-o`.
    pub extension: &'static str,
    /// One line for the help.
    pub about: &'static str,
    /// Writes the table.
    pub write: fn(&Comparison, Layout, &mut dyn io::Write) -> io::Result<()>,
}

/// All formats; the first is the default on standard output.
pub static FORMATS: &[&Format] = &[&text::FORMAT, &html::FORMAT, &csv::FORMAT, &json::FORMAT];
