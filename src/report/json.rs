//! The JSON report, version 1.

use super::{Format, Layout};
use crate::exposure::Findings;
use std::io::{self, Write};

/// `--format json`, `-o report.json`.
pub(super) static FORMAT: Format =
    Format { name: "json", extension: "json", about: "machine-readable, described by `meetscope schema`", write };

fn write(findings: &Findings, _layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, findings)?;
    out.write_all(b"\n")
}
