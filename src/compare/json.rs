//! The comparison as JSON, for other programs.

use super::{Comparison, Format};
use crate::report::Layout;
use std::io::{self, Write};

/// `--format json`, `-o table.json`.
pub(super) static FORMAT: Format =
    Format { name: "json", extension: "json", about: "everything in both languages, for other programs", write };

fn write(comparison: &Comparison, _layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, comparison)?;
    out.write_all(b"\n")
}
