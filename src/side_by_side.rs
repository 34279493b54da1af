//! `meetscope compare`: captures and JSON reports to one table.

use crate::cli::{AnalysisOptions, Lang};
use crate::{DONE, Expert, FAILED, PAGE_COLUMNS, PARTIAL, create, output_columns, read, spare_inputs, tell_damage};
use anyhow::{Context, Result, bail};
use clap::Args;
use meetscope::compare::{
    Comparison, FORMATS, Format, Input, REPORT_BYTES_MAX, ReportError, SourceKind, compare as put_side_by_side,
    is_report,
};
use meetscope::exposure::Discretion;
use meetscope::report::Layout;
use meetscope::source::Merged;
use std::fs::File;
use std::io::{self, BufRead, BufWriter, Read, Write};
use std::path::Path;

/// Bytes of a file by which a report is told from a capture.
const START_BYTES: u64 = 4_096;

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// Captures or JSON reports, told by their content; at least two. `FILE#m2` compares meeting m2 of the file, else
    /// its longest
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Name of a column, in the order of the files. Repeat for several
    #[arg(long = "label", value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    labels: Vec<String>,
    /// Write the table here; the extension chooses the format. Repeat for several
    #[arg(short, long = "output", value_name = "OUT")]
    output: Vec<String>,
    /// Format on standard output
    #[arg(long, value_name = "NAME", value_parser = format_names())]
    format: Option<String>,
    /// Language of the table
    #[arg(long, value_enum, default_value_t)]
    lang: Lang,
    #[command(flatten)]
    analysis: AnalysisOptions,
}

/// Where one table goes.
struct Target<'t> {
    /// File, or `None` for standard output.
    path: Option<&'t str>,
    format: &'static Format,
    /// The file, once it is open.
    file: Option<BufWriter<File>>,
}

/// A file with the meeting that is wanted of it.
struct Wanted {
    path: String,
    meeting: Option<String>,
}

/// Reads all inputs, compares them and writes the tables; the exit code is that of the worst capture.
pub(crate) fn compare(typed: &CompareArguments, stdout: impl Write) -> Result<u8> {
    let mut targets = targets(typed)?;
    let files: Vec<Wanted> = typed.files.iter().map(|file| wanted(file)).collect();
    check(typed, &files)?;
    let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    spare_inputs(&paths, targets.iter().filter_map(|target| target.path))?;

    // Outputs are opened before the work begins, so that a path that cannot be written costs nobody an hour.
    for target in &mut targets {
        target.file = target.path.map(create).transpose()?.map(BufWriter::new);
    }
    let (mut inputs, mut code, mut expert) = (Vec::new(), DONE, None);
    for (index, file) in files.into_iter().enumerate() {
        let (kind, json, worse) = material(&file.path, typed, &mut expert)?;
        code = code.max(worse);
        inputs.push(Input {
            path: file.path,
            kind,
            json,
            meeting: file.meeting,
            label: typed.labels.get(index).cloned(),
        });
    }
    let comparison = put_side_by_side(&inputs)?;
    write(targets, &comparison, typed, stdout)?;
    Ok(if code == FAILED { PARTIAL } else { code })
}

/// `FILE#m2` names a meeting, unless there is a file of that whole name.
fn wanted(file: &str) -> Wanted {
    let whole = || Wanted { path: file.to_owned(), meeting: None };
    let Some((path, meeting)) = file.rsplit_once('#') else { return whole() };
    let number = meeting.strip_prefix('m').unwrap_or_default();
    let names_meeting = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    match names_meeting && !path.is_empty() && !Path::new(file).exists() {
        true => Wanted { path: path.to_owned(), meeting: Some(meeting.to_owned()) },
        false => whole(),
    }
}

fn check(typed: &CompareArguments, files: &[Wanted]) -> Result<()> {
    if files.len() < 2 {
        bail!("one file cannot be compared: name at least two captures or JSON reports of the same test call");
    }
    if files.iter().filter(|file| file.path == "-").count() > 1 {
        bail!("standard input (-) can be read once only: write the second input to a file");
    }
    if typed.labels.len() > files.len() {
        bail!("{} labels for {} files: give each file one at most", typed.labels.len(), files.len());
    }
    Ok(())
}

fn targets(typed: &CompareArguments) -> Result<Vec<Target<'_>>> {
    let mut targets = Vec::new();
    for path in &typed.output {
        let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
        let format = FORMATS.iter().copied().find(|format| format.extension == extension);
        let known: Vec<_> = FORMATS.iter().map(|format| format!(".{}", format.extension)).collect();
        let advice = || {
            format!("cannot tell the format of the table {path:?} from its extension: use one of {}", known.join(", "))
        };
        targets.push(Target { path: Some(path), format: format.with_context(advice)?, file: None });
    }
    let named = typed.format.as_deref().and_then(|name| FORMATS.iter().copied().find(|format| format.name == name));
    if let Some(format) = named.or(FORMATS.first().copied().filter(|_| targets.is_empty())) {
        targets.push(Target { path: None, format, file: None });
    }
    Ok(targets)
}

/// The JSON report of a file: what it holds, or what an analysis makes of it.
fn material(path: &str, typed: &CompareArguments, expert: &mut Option<Expert>) -> Result<(SourceKind, Vec<u8>, u8)> {
    if begins_as_report(path) {
        return Ok((SourceKind::Report, report_of(path)?, DONE));
    }
    let mut source = Merged::open(&[path.to_owned()])?;
    let expert = match expert {
        Some(expert) => expert,
        None => expert.insert(Expert::new(&typed.analysis)?),
    };
    let observed = read(&mut source);
    let code = tell_damage(&observed);
    let findings = expert.findings(&observed, &Discretion::default());
    Ok((SourceKind::Capture, serde_json::to_vec(&findings)?, code))
}

/// A file that cannot be read is taken for a capture, whose reader says what is wrong with it.
fn begins_as_report(path: &str) -> bool {
    if path == "-" {
        return io::stdin().lock().fill_buf().is_ok_and(is_report);
    }
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(START_BYTES).read_to_end(&mut start));
    read.is_ok() && is_report(&start)
}

fn report_of(path: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = match path {
        "-" => io::stdin().lock().take(REPORT_BYTES_MAX + 1).read_to_end(&mut bytes),
        _ => File::open(path).and_then(|file| file.take(REPORT_BYTES_MAX + 1).read_to_end(&mut bytes)),
    };
    let read = read.with_context(|| format!("cannot read {path:?}"))?;
    if read as u64 > REPORT_BYTES_MAX {
        return Err(ReportError::TooLong { path: path.to_owned() }.into());
    }
    Ok(bytes)
}

fn write(
    targets: Vec<Target<'_>>,
    comparison: &Comparison,
    typed: &CompareArguments,
    mut stdout: impl Write,
) -> Result<()> {
    for mut target in targets {
        let columns = if target.path.is_none() { output_columns() } else { PAGE_COLUMNS };
        let layout = Layout { language: typed.lang.into(), columns };
        let out: &mut dyn Write = match &mut target.file {
            Some(file) => file,
            None => &mut stdout,
        };
        let written = (target.format.write)(comparison, layout, out).and_then(|()| out.flush());
        written.with_context(|| {
            format!("cannot write the table {:?} ({})", target.path.unwrap_or("-"), target.format.name)
        })?;
    }
    Ok(())
}

fn format_names() -> clap::builder::PossibleValuesParser {
    let values = FORMATS.iter().map(|format| clap::builder::PossibleValue::new(format.name).help(format.about));
    clap::builder::PossibleValuesParser::new(values)
}
