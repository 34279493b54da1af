//! The program: arguments, source, engine, exposure, reports, exit code. The only place that prints.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[cfg(feature = "live")]
mod capture;
mod cli;
#[cfg(feature = "live")]
mod guard;
mod knowledge;
mod side_by_side;

use anyhow::{Context, Result};
use clap::Parser;
use cli::{
    Analyse, AnalysisOptions, Command, DiscretionOptions, PlaceArguments, PlaceFormat, SignatureAction, Target, Typed,
};
use meetscope::catalogue::{Catalogue, Law};
use meetscope::decode::Decoder;
use meetscope::engine::Engine;
use meetscope::exposure::{self, Caller, Discretion, Findings, KeyOrigin, Knowledge, Observed, Pseudonyms};
use meetscope::model::text::for_terminal;
use meetscope::place::{Atlas, Databases};
use meetscope::report::{Language, Layout};
use meetscope::source::Merged;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Everything was analysed.
const DONE: u8 = 0;
/// An input was damaged or cut; the report holds what was read.
const PARTIAL: u8 = 1;
/// Nothing could be analysed, or the arguments are wrong.
const FAILED: u8 = 2;
/// Longest line of a message on standard error, in characters.
const MESSAGE_CHARS_MAX: usize = 8192;
/// Most bytes read of a key file.
const SECRET_BYTES_MAX: u64 = 65_536;
/// Columns of what is no terminal.
const PAGE_COLUMNS: usize = 100;

/// What a build without libpcap can do instead.
#[cfg(not(feature = "live"))]
const NOT_LIVE: &str = "live capture was left out of this build (feature `live`): capture with another program and read \
    its file, or its output while it runs, as in `tcpdump -U -w - | meetscope analyse -`";

fn main() -> ExitCode {
    let typed = Typed::parse();
    match run(typed.command) {
        Ok(code) => ExitCode::from(code),
        Err(error) if is_broken_pipe(&error) => ExitCode::from(DONE),
        Err(error) => {
            tell(&format!("{error:#}"));
            ExitCode::from(FAILED)
        }
    }
}

fn run(command: Command) -> Result<u8> {
    let mut out = BufWriter::new(io::stdout().lock());
    let code = match command {
        Command::Analyse(analyse) => return self::analyse(&analyse, out),
        Command::Compare(typed) => return side_by_side::compare(&typed, out),
        #[cfg(feature = "live")]
        Command::Capture(typed) => return capture::run(&typed, out),
        #[cfg(not(feature = "live"))]
        Command::Capture { .. } => anyhow::bail!(NOT_LIVE),
        Command::Place(typed) => place(&typed, &mut out)?,
        Command::Signatures { action } => {
            let well = knowledge::signatures(&action.unwrap_or(SignatureAction::List), &mut out)?;
            if well { DONE } else { FAILED }
        }
        Command::Facts => knowledge::facts(&mut out).map(|()| DONE)?,
        Command::Law { on, format, lang } => knowledge::law(on, format, lang.into(), &mut out).map(|()| DONE)?,
        #[cfg(feature = "live")]
        Command::Schema { live: true } => writeln!(out, "{:#}", capture::schema()).map(|()| DONE)?,
        Command::Schema { .. } => writeln!(out, "{:#}", meetscope::report::schema()).map(|()| DONE)?,
        Command::Completions { shell } => completions(shell, &mut out)?,
        Command::Man => clap_mangen::Man::new(cli::command()).render(&mut out).map(|()| DONE)?,
    };
    out.flush()?;
    Ok(code)
}

/// Outputs are opened before the work begins, so that a path that cannot be written costs nobody an hour.
fn analyse(typed: &Analyse, stdout: impl Write) -> Result<u8> {
    let targets = typed.outputs.targets().map_err(anyhow::Error::msg)?;
    spare_inputs(&typed.files, targets.iter().filter_map(|target| target.path.as_deref()))?;
    let expert = Expert::new(&typed.analysis)?;
    let discretion = discretion(&typed.people)?;
    let mut source = Merged::open(&typed.files)?;
    let mut writers = open(&targets, stdout)?;

    let observed = read(&mut source);
    let findings = expert.findings(&observed, &discretion);
    for (target, writer) in targets.iter().zip(&mut writers) {
        write(target, &findings, typed.outputs.lang.into(), writer.as_mut())?;
    }
    Ok(tell_damage(&observed))
}

/// Says what is damaged, and gives the exit code that follows.
fn tell_damage(observed: &Observed) -> u8 {
    let damaged: Vec<_> = observed.captures.iter().filter_map(|capture| capture.damage.as_deref()).collect();
    damaged.iter().for_each(|damage| tell(damage));
    let frames: u64 = observed.captures.iter().map(|capture| capture.packets).sum();
    match damaged.is_empty() {
        true => DONE,
        false if frames == 0 => FAILED,
        false => PARTIAL,
    }
}

/// What is known before any capture is read, and who asks.
struct Expert {
    catalogue: Catalogue,
    law: Law,
    atlas: Atlas,
    caller: Caller,
}

impl Expert {
    fn new(options: &AnalysisOptions) -> Result<Expert> {
        let catalogue = knowledge::catalogue(options.signatures.as_deref())?;
        let law = Law::builtin()?;
        Ok(Expert { catalogue, law, atlas: Atlas::new(databases(&options.geo_db)?)?, caller: options.caller() })
    }

    fn assess(&self, observed: &Observed) -> Findings {
        let knowledge = Knowledge { catalogue: &self.catalogue, law: &self.law, atlas: &self.atlas };
        exposure::assess(observed, &knowledge, &self.caller)
    }

    /// What may be told of it.
    fn findings(&self, observed: &Observed, discretion: &Discretion) -> Findings {
        exposure::discreet(self.assess(observed), discretion, &self.catalogue)
    }
}

/// What the user wants for the people that the report tells of.
fn discretion(typed: &DiscretionOptions) -> Result<Discretion> {
    let pseudonyms = match &typed.pseudonym_key {
        _ if !typed.pseudonymise => None,
        Some(path) => {
            let made = Pseudonyms::new(&secret(path)?);
            let advice = format!("cannot use {path:?}: make one with `head -c 32 /dev/urandom > FILE`");
            Some((made.context(advice)?, KeyOrigin::Given))
        }
        None => {
            let mut secret = [0; 32];
            getrandom::fill(&mut secret).context("the system gives no random numbers for pseudonyms")?;
            Some((Pseudonyms::new(&secret)?, KeyOrigin::Random))
        }
    };
    Ok(Discretion { purpose: typed.purpose.clone(), minimise: typed.minimise, pseudonyms })
}

/// The bytes of the key file. More than a key needs is cut, so that a file given by mistake is not read whole.
fn secret(path: &Path) -> Result<Vec<u8>> {
    let mut secret = Vec::new();
    let file = File::open(path).and_then(|file| file.take(SECRET_BYTES_MAX).read_to_end(&mut secret));
    file.with_context(|| format!("cannot read the key for pseudonyms {path:?}"))?;
    Ok(secret)
}

fn read(source: &mut Merged) -> Observed {
    let progress = progress(source.bytes_total());
    let (mut decoder, mut engine) = (Decoder::new(), Engine::default());
    let mut frames = 0u64;
    while let Some(frame) = source.next() {
        if let Some(packet) = decoder.decode(&frame) {
            engine.packet(&packet);
        }
        frames += 1;
        if frames.is_multiple_of(65_536) {
            progress.set_position(source.bytes_read());
        }
    }
    progress.finish_and_clear();
    decoder.finish();
    let mut problems = source.problems();
    problems.merge(decoder.problems());
    let captures = source.captures();
    let duplicates = (0..captures.len()).map(|index| decoder.duplicates(index as u16)).collect();
    Observed { traffic: engine.finish(), captures, duplicates, problems }
}

/// A bar on standard error when that is a terminal; hidden otherwise.
fn progress(total: Option<u64>) -> indicatif::ProgressBar {
    let bar = match total {
        Some(total) => indicatif::ProgressBar::new(total),
        None => indicatif::ProgressBar::new_spinner(),
    };
    let style = indicatif::ProgressStyle::with_template("{bar:40} {bytes} / {total_bytes}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// A report must not overwrite what it is made from.
fn spare_inputs<'t>(files: &[String], mut targets: impl Iterator<Item = &'t str>) -> Result<()> {
    let inputs: Vec<PathBuf> = files.iter().filter_map(|file| Path::new(file).canonicalize().ok()).collect();
    match targets.find(|path| Path::new(path).canonicalize().is_ok_and(|path| inputs.contains(&path))) {
        Some(path) => {
            anyhow::bail!("the report {path:?} would overwrite a capture that it is made from: choose another name")
        }
        None => Ok(()),
    }
}

fn open<'w>(targets: &[Target], stdout: impl Write + 'w) -> Result<Vec<Box<dyn Write + 'w>>> {
    let mut stdout = Some(stdout);
    let mut writers: Vec<Box<dyn Write + 'w>> = Vec::new();
    for target in targets {
        match (&target.path, stdout.take()) {
            (Some(path), before) => {
                stdout = before;
                writers.push(Box::new(BufWriter::new(create(path)?)));
            }
            (None, Some(stdout)) => writers.push(Box::new(stdout)),
            (None, None) => {}
        }
    }
    Ok(writers)
}

fn create(path: &str) -> Result<File> {
    let advice = "name a file in a folder that exists and that you may write to";
    File::create(path).map_err(|cause| anyhow::anyhow!("cannot write the report {path:?}: {cause}; {advice}"))
}

fn write(target: &Target, findings: &Findings, language: Language, writer: &mut dyn Write) -> Result<()> {
    let columns = if target.path.is_none() { output_columns() } else { PAGE_COLUMNS };
    let written = (target.write)(findings, Layout { language, columns }, writer).and_then(|()| writer.flush());
    written.with_context(|| {
        format!("cannot write the report {:?} ({})", target.path.as_deref().unwrap_or("-"), target.format.name)
    })
}

/// Columns of standard output.
fn output_columns() -> usize {
    if !io::stdout().is_terminal() {
        return PAGE_COLUMNS;
    }
    let (_, columns) = console::Term::stdout().size();
    usize::from(columns).clamp(40, 200)
}

fn place(typed: &PlaceArguments, out: &mut dyn Write) -> Result<u8> {
    let (catalogue, law) = (knowledge::catalogue(typed.signatures.as_deref())?, Law::builtin()?);
    let databases = databases(&typed.geo_db)?;
    let atlas = Atlas::new(databases)?;
    let knowledge = Knowledge { catalogue: &catalogue, law: &law, atlas: &atlas };
    let queries = typed.queries(law.as_of());
    let answers: Vec<_> = queries.iter().map(|query| exposure::answer(query, &knowledge)).collect();
    if typed.format == PlaceFormat::Json {
        serde_json::to_writer_pretty(&mut *out, &answers)?;
        writeln!(out)?;
    } else {
        let layout = Layout { language: typed.lang.into(), columns: output_columns() };
        meetscope::report::write_places(&answers, layout, out)?;
    }
    Ok(DONE)
}

/// The user's databases before the built-in ones.
fn databases(files: &[PathBuf]) -> Result<Databases> {
    let (databases, warnings) = Databases::with_files(files, &database_folders())?;
    warnings.iter().for_each(|warning| tell(&warning.to_string()));
    Ok(databases)
}

/// Where systems keep MaxMind DB files.
fn database_folders() -> Vec<PathBuf> {
    let home = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")));
    let mut folders: Vec<_> = home.map(|home| home.join("meetscope")).into_iter().collect();
    folders.extend(["/usr/share/GeoIP", "/var/lib/GeoIP", "/usr/local/share/GeoIP"].map(PathBuf::from));
    folders
}

fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> Result<u8> {
    // The generator panics when its writer fails, as a pipe does whose reader went away; memory does not fail.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), "meetscope", &mut script);
    out.write_all(&script)?;
    Ok(DONE)
}

/// Prints a message on standard error. It may quote names of files that came with a capture, so it is made safe first.
fn tell(message: &str) {
    for line in message.lines() {
        // When the terminal is gone there is nobody to tell, and the report is still to be written.
        let _ = writeln!(io::stderr(), "meetscope: {}", for_terminal(line, MESSAGE_CHARS_MAX));
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(broken))
}
