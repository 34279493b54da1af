//! Formats of the report. Rank 3: sees only the findings; no format knows another.
//!
//! Add a format: one file and its two lines below. The command line takes names, extensions and help from the list.

mod csv;
mod html;
mod json;
mod markdown;
mod text;
mod verdict;
mod words;

pub(crate) use html::Shell;
pub use text::write_places;

use crate::exposure::Findings;
use std::io;

/// Language of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// German.
    #[default]
    German,
    /// English.
    English,
}

/// What a format may know of where its output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Language of the prose; data keeps its own form.
    pub language: Language,
    /// Columns of the terminal or page.
    pub columns: usize,
}

/// A report format.
pub struct Format {
    /// Name for `--format`.
    pub name: &'static str,
    /// File extension that chooses it for `-o`.
    pub extension: &'static str,
    /// One line for the help.
    pub about: &'static str,
    /// Writes the report.
    pub write: WriteReport,
}

/// Writes a report or a part of it.
pub type WriteReport = fn(&Findings, Layout, &mut dyn io::Write) -> io::Result<()>;

/// A table of a format that has a file for each.
pub struct Table {
    /// Stands before the extension: `report.NAME.csv`.
    pub name: &'static str,
    /// Writes the table.
    pub write: WriteReport,
}

/// All formats; the first is the default on standard output.
pub static ALL: &[&Format] = &[&text::FORMAT, &json::FORMAT, &html::FORMAT, &markdown::FORMAT, &csv::FORMAT];

/// The format of this name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    ALL.iter().copied().find(|format| format.name == name)
}

/// The format that a path's extension chooses.
pub fn by_path(path: &str) -> Option<&'static Format> {
    let (_, extension) = path.rsplit_once('.')?;
    ALL.iter().copied().find(|format| format.extension.eq_ignore_ascii_case(extension))
}

/// The tables of a format that writes each to a file of its own; none of the others.
pub fn tables(format: &Format) -> &'static [Table] {
    if format.name == csv::FORMAT.name { csv::TABLES } else { &[] }
}

/// The JSON schema of the JSON report, as `meetscope schema` prints it.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Findings).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), "meetscope report, version 1".into());
    }
    schema
}
