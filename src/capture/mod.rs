//! `meetscope capture`: the only part of the program that knows a clock, and devices.
//!
//! A thread for each device copies what the kernel has into a queue. One worker cuts, writes, decodes and analyses, so
//! that the analysis sees what the file holds. A third thread assesses copies of the engine's state; the main thread
//! shows them and waits for the end.

mod arguments;
mod assessor;
mod clock;
mod devices;
mod ending;
mod inbox;
mod jsonl;
mod lines;
mod link;
mod moment;
mod queue;
mod screen;
mod storage;
mod worker;

pub(crate) use arguments::CaptureArguments;
pub(crate) use jsonl::schema;

use crate::cli::Target;
use crate::guard::{self, Guard, Needs};
use crate::{DONE, Expert, PARTIAL, discretion, tell, write};
use anyhow::Result;
use assessor::{Assessor, Newest};
use ending::Signals;
use jsonl::JsonLines;
use lines::Lines;
use link::{Link, Settings};
use meetscope::Trim;
use meetscope::exposure::Observed;
use meetscope::report::Language;
use meetscope::sink::{Description, Rotation, Sink};
use moment::{Display, Moment};
use queue::Queue;
use screen::Screen;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use worker::{Progress, Worker};

/// Between two looks for a reason to end.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Between two pictures.
const SHOW_EVERY: Duration = Duration::from_millis(250);
/// The kernel keeps the newest packets for up to a batch's time: those that came before the end are waited for.
const LAST_BATCH: Duration = Duration::from_millis(link::BATCH_MILLIS.unsigned_abs() as u64 + 20);
/// Most files that are named at the end.
const FILES_NAMED_MAX: usize = 8;
/// How long a device may take to let go. Older versions of libpcap wait on an idle one for ever.
const LET_GO: Duration = Duration::from_millis(120);

/// Devices are opened before the reports, so that a capture that may not begin leaves no empty files behind.
pub(crate) fn run(typed: &CaptureArguments, mut stdout: impl Write) -> Result<u8> {
    if typed.list {
        devices::list(&mut stdout)?;
        stdout.flush()?;
        return Ok(DONE);
    }
    let targets = targets(typed)?;
    let (expert, discretion) = (Expert::new(&typed.analysis)?, discretion(&typed.people)?);
    let assessor = Assessor { expert: &expert, discretion: &discretion };

    let links = open_links(typed)?;
    // What is made belongs to the user who called, also where `sudo` lent the rights for the devices.
    let sink = guard::as_invoking_user(|| open_sink(typed, &links))?;
    let mut writers = guard::as_invoking_user(|| crate::open(&targets, stdout))?;
    let signals = Signals::listen()?;
    let folders_written = match &typed.write {
        Some(path) if rotation(typed).is_asked_for() => vec![storage::folder_of(path)],
        _ => Vec::new(),
    };
    let (mut display, on_screen) = display(typed)?;
    let devices = links.iter().filter_map(Link::descriptor).collect();
    let guards = guard::confine(&Needs { folders_written, devices, terminal: on_screen, sandbox: !typed.no_sandbox });
    if !on_screen {
        guards.iter().for_each(|guard| tell(&line(guard, typed.outputs.lang.into())));
    }
    let (observed, mut last, reason) = capture(typed, links, sink, &assessor, (&signals, display.as_mut()), guards)?;

    let damaged: Vec<_> = observed.captures.iter().filter_map(|capture| capture.damage.as_deref()).collect();
    damaged.iter().for_each(|damage| tell(damage));
    let findings = Arc::new(expert.findings(&observed, &discretion));
    (last.findings, last.edition) = (Some(Arc::clone(&findings)), last.edition + 1);
    shown(display.end(&last, reason));
    for (target, writer) in targets.iter().zip(&mut writers) {
        write(target, &findings, typed.outputs.lang.into(), writer.as_mut())?;
    }
    let packets = observed.captures.iter().filter(|_| typed.write.is_some()).map(|capture| capture.path.as_str());
    let files: Vec<_> = packets.chain(targets.iter().filter_map(|target| target.path.as_deref())).collect();
    tell_files(&files, typed.outputs.lang.into());
    Ok(if damaged.is_empty() { DONE } else { PARTIAL })
}

/// Says where everything is now that the screen is gone; of the many files of a rotation, only the first and the number.
fn tell_files(files: &[&str], language: Language) {
    if files.is_empty() {
        return;
    }
    let written = if language == Language::German { "geschrieben" } else { "written" };
    let shown = files.get(..FILES_NAMED_MAX).unwrap_or(files).join(", ");
    let rest = files.len().saturating_sub(FILES_NAMED_MAX);
    tell(&format!("{written}: {shown}{}", if rest > 0 { format!(" (+ {rest})") } else { String::new() }));
}

/// What confines this process.
fn line(guard: &Guard, language: Language) -> String {
    let mark = if guard.in_force { "" } else { "(!) " };
    format!("{mark}{}: {}", guard.name, guard.says(language))
}

/// The screen where there is a terminal, lines where there is none, JSON lines where they are asked for; and whether it
/// is the screen.
fn display(typed: &CaptureArguments) -> Result<(Box<dyn Display>, bool)> {
    let german = Language::from(typed.outputs.lang) == Language::German;
    Ok(match () {
        () if typed.jsonl => (Box::new(JsonLines::new(io::stdout())), false),
        () if typed.no_screen || !screen::is_possible() => (Box::new(Lines::new(io::stderr(), german)), false),
        () => (Box::new(Screen::open(german)?), true),
    })
}

/// A display that fails, as a pipe does whose reader went away, ends the capture but not the report.
fn shown(shown: io::Result<()>) {
    if let Err(cause) = shown {
        tell(&format!("nothing more can be shown: {cause}"));
    }
}

/// With JSON lines, standard output is theirs.
fn targets(typed: &CaptureArguments) -> Result<Vec<Target>> {
    let mut targets = typed.outputs.targets().map_err(anyhow::Error::msg)?;
    targets.retain(|target| target.path.is_some() || !typed.jsonl);
    if let Some(packets) = &typed.write {
        let reports: Vec<_> = targets.iter().filter_map(|target| target.path.as_deref()).collect();
        storage::spare(packets, &reports)?;
    }
    Ok(targets)
}

fn open_links(typed: &CaptureArguments) -> Result<Vec<Link>> {
    let settings = Settings {
        snapshot_length: u32::try_from(typed.snaplen).unwrap_or(u32::MAX),
        buffer_bytes: typed.buffer,
        promiscuous: typed.promiscuous,
        filter: typed.filter.as_deref(),
    };
    devices::chosen(&typed.interface)?.iter().map(|device| Link::open(device, &settings)).collect()
}

fn open_sink(typed: &CaptureArguments, links: &[Link]) -> Result<Sink> {
    let description = Description {
        application: format!("meetscope {}", env!("CARGO_PKG_VERSION")),
        hardware: std::env::consts::ARCH.to_owned(),
        system: std::env::consts::OS.to_owned(),
        comment: None,
        interfaces: links.iter().map(|link| link.interface.clone()).collect(),
    };
    let Some(path) = &typed.write else { return Ok(Sink::nowhere(&names(links).join(", "), description)) };
    Sink::new(path, rotation(typed), description, Box::new(storage::Folder), clock::now())
        .map_err(|cause| storage::refused(path, &cause))
}

fn names(links: &[Link]) -> Vec<String> {
    links.iter().map(|link| link.interface.name.clone()).collect()
}

fn rotation(typed: &CaptureArguments) -> Rotation {
    Rotation {
        bytes: typed.rotate_size,
        nanos: typed.rotate_time.map(|time| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)),
        keep: typed.rotate_keep.map(|files| files as usize),
    }
}

/// Starts the threads, shows what happens, and joins them at the end.
fn capture(
    typed: &CaptureArguments,
    links: Vec<Link>,
    sink: Sink,
    assessor: &Assessor<'_>,
    (signals, display): (&Signals, &mut dyn Display),
    guards: Vec<Guard>,
) -> Result<(Observed, Moment, &'static str)> {
    let queue = Arc::new(Queue::new(links.len()));
    let (progress, newest) = (Progress::default(), Mutex::new(Newest::default()));
    let (sender, receiver) = sync_channel(1);
    let (interfaces, link_types) = (names(&links), links.iter().map(|link| link.interface.link).collect());
    let trim = typed.headers_only.then(Trim::new);
    let worker = Worker::new(Arc::clone(&queue), link_types, trim, sink, (&progress, sender), typed.write.is_some());
    let mut show =
        Show { interfaces: interfaces.clone(), guards, begun: clock::instant(), progress: &progress, newest: &newest };

    let (observed, reason) = thread::scope(|scope| -> Result<(Observed, &'static str)> {
        let (progress, newest) = (&progress, &newest);
        scope.spawn(move || assessor.run(&receiver, progress, newest));
        let worker = scope.spawn(|| worker.run());
        let stop = Arc::new(AtomicBool::new(false));
        let _released = Released { queue: &queue, stop: &stop };
        let mut handles = Vec::new();
        let mut failed = None;
        for (lane, link) in links.into_iter().enumerate() {
            match link.start(lane, Arc::clone(&queue), Arc::clone(&stop)) {
                Ok(handle) => handles.push(handle),
                Err(cause) => failed = Some(cause),
            }
        }
        let watched = match &failed {
            None => watch(typed, display, &mut show, signals, &|| worker.is_finished()),
            Some(_) => Ok("failed"),
        };
        let wait = |at_most: Duration| {
            let began = clock::instant();
            while !worker.is_finished() && clock::instant().duration_since(began) < at_most {
                thread::sleep(Duration::from_millis(2));
            }
        };
        wait(LAST_BATCH);
        stop.store(true, Ordering::Release);
        handles.iter().for_each(pcap::BreakLoop::breakloop);
        let closed = display.close();
        wait(LET_GO);
        queue.end_all();
        let observed = worker.join().map_err(|_| anyhow::anyhow!("the analysis failed"))?;
        failed.map_or(Ok(()), Err)?;
        let reason = *watched.as_ref().unwrap_or(&"display-failed");
        shown(watched.map(drop).and(closed));
        Ok((observed, reason))
    })?;
    Ok((with_failures(observed, &queue, &interfaces), show.moment(clock::instant()), reason))
}

/// Lets the other threads go when this one ends, in whichever way: a display that panics would wait for them for ever.
struct Released<'r> {
    queue: &'r Queue,
    stop: &'r AtomicBool,
}

impl Drop for Released<'_> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.queue.end_all();
    }
}

/// Shows the capture until there is a reason to end it.
fn watch(
    typed: &CaptureArguments,
    display: &mut dyn Display,
    show: &mut Show<'_>,
    signals: &Signals,
    is_finished: &dyn Fn() -> bool,
) -> io::Result<&'static str> {
    let mut shown: Option<Instant> = None;
    loop {
        let now = clock::instant();
        if shown.is_none_or(|shown| now.duration_since(shown) >= SHOW_EVERY) {
            display.show(&show.moment(now))?;
            shown = Some(now);
        }
        let elapsed = now.duration_since(show.begun);
        let over = typed.duration.is_some_and(|most| elapsed >= most);
        let call_over = typed.until_call_ends && show.newest().call_is_over(typed.call_end_wait);
        let reasons = [
            (signals.came(), "signal"),
            (over, "time-is-up"),
            (call_over, "call-ended"),
            (display.wants_end(), "user"),
            (is_finished(), "devices-gone"),
        ];
        if let Some((_, reason)) = reasons.into_iter().find(|(holds, _)| *holds) {
            // From here on another signal is the second one.
            signals.ask();
            display.show(&show.moment(clock::instant()))?;
            return Ok(reason);
        }
        let left = typed.duration.map_or(LOOK_EVERY, |most| most.saturating_sub(elapsed));
        thread::sleep(left.min(LOOK_EVERY));
    }
}

/// Where moments come from.
struct Show<'s> {
    interfaces: Vec<String>,
    guards: Vec<Guard>,
    begun: Instant,
    progress: &'s Progress,
    newest: &'s Mutex<Newest>,
}

impl Show<'_> {
    fn newest(&self) -> Newest {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn moment(&self, now: Instant) -> Moment {
        let newest = self.newest();
        let (counters, file) = self.progress.read();
        Moment {
            findings: newest.findings,
            edition: newest.edition,
            counters,
            elapsed: now.duration_since(self.begun),
            now: clock::now(),
            interfaces: self.interfaces.clone(),
            file,
            guards: self.guards.clone(),
        }
    }
}

/// A device that went away ends the capture before its time: the last file says so.
fn with_failures(mut observed: Observed, queue: &Queue, interfaces: &[String]) -> Observed {
    let failures = queue.failures().into_iter();
    let sentences: Vec<_> = failures
        .map(|(lane, why)| {
            let name = interfaces.get(lane).map_or("", String::as_str);
            format!("{name}: {why}; everything before was captured")
        })
        .collect();
    if let Some(last) = observed.captures.last_mut().filter(|_| !sentences.is_empty()) {
        let damage = last.damage.take().into_iter().chain(sentences);
        last.damage = Some(damage.collect::<Vec<_>>().join("\n"));
    }
    observed
}
