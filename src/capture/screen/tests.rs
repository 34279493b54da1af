//! Frames of the screen over fixtures, as text; and what hostile names leave on it.

use super::super::moment::{Counters, Moment};
use super::keys::Key;
use super::terminal::Look;
use super::{Keys, Scene};
use meetscope::exposure::{self, Caller, Findings, Knowledge, Observed};
use meetscope::model::Timestamp;
use meetscope::place::Databases;
use meetscope::{Atlas, Catalogue, Decoder, Engine, Law, Merged};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

const SECOND: i64 = 1_000_000_000;
const COLOURED: Look = Look { colour: true, unicode: true };
const PLAIN: Look = Look { colour: false, unicode: false };

struct Known {
    catalogue: Catalogue,
    law: Law,
    atlas: Atlas,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| Known {
        catalogue: Catalogue::builtin().unwrap(),
        law: Law::builtin().unwrap(),
        atlas: Atlas::new(Databases::with_files(&[], &[]).unwrap().0).unwrap(),
    })
}

/// What a capture of this fixture would have told its displays, once a second of its time.
pub(crate) fn replay(fixture: &str) -> Vec<Moment> {
    let path = format!("{}/fixtures/{fixture}/capture.pcap", env!("CARGO_MANIFEST_DIR"));
    let mut source = Merged::open(&[path]).unwrap();
    let (mut decoder, mut engine) = (Decoder::new(), Engine::default());
    let (mut counters, mut moments) = (Counters::default(), Vec::new());
    let mut first: Option<Timestamp> = None;
    let mut due = Timestamp::MIN;
    while let Some(frame) = source.next() {
        let time = frame.time;
        counters.packets += 1;
        counters.bytes += u64::from(frame.wire_length);
        if let Some(packet) = decoder.decode(&frame) {
            engine.packet(&packet);
        }
        let begun = *first.get_or_insert(time);
        if time >= due {
            due = time.plus(SECOND);
            let mut captures = source.captures();
            captures.iter_mut().for_each(|capture| capture.last = Some(time));
            let problems = decoder.problems().clone();
            let observed = Observed { traffic: engine.snapshot(), captures, duplicates: vec![0], problems };
            moments.push(moment(assessed(&observed), moments.len() as u64 + 1, counters, begun, time));
        }
    }
    moments
}

fn assessed(observed: &Observed) -> Findings {
    let Known { catalogue, law, atlas } = known();
    exposure::assess(observed, &Knowledge { catalogue, law, atlas }, &Caller::default())
}

fn moment(findings: Findings, edition: u64, counters: Counters, begun: Timestamp, now: Timestamp) -> Moment {
    Moment {
        findings: Some(Arc::new(findings)),
        edition,
        counters,
        elapsed: Duration::from_nanos(now.since(begun) as u64),
        now,
        interfaces: vec!["eth0".into()],
        file: Some("call.pcapng".into()),
        guards: Vec::new(),
    }
}

/// A call in which everything that packets can name is written by an attacker.
pub(crate) fn hostile() -> Vec<Moment> {
    const NAME: &str = "a\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}31m\u{202e}b\r\n\u{200b}\u{feff}\0 会议室\u{301}\u{1b}";
    let mut moments = replay("turn-call");
    for moment in &mut moments {
        let mut findings = Findings::clone(moment.findings.as_ref().unwrap());
        let name = || Some(NAME.to_owned());
        for meeting in &mut findings.meetings {
            (meeting.provider, meeting.provider_name) = (name(), name());
            (meeting.confidence, meeting.topology) = (NAME.into(), NAME.into());
            meeting.participants_seen.iter_mut().for_each(|seen| seen.label = NAME.into());
            for stream in &mut meeting.streams {
                (stream.codec, stream.kind) = (name(), NAME.into());
            }
        }
        for endpoint in &mut findings.endpoints {
            (endpoint.operator.name, endpoint.provider, endpoint.place.country) = (name(), name(), name());
            endpoint.names.iter_mut().for_each(|entry| entry.name = NAME.into());
            (endpoint.purpose, endpoint.place.verdict) = (vec![NAME.into()], NAME.into());
            endpoint.transfer.status = "third-country".into();
        }
        for exposure in &mut findings.exposures {
            (exposure.statement.de, exposure.statement.en) = (NAME.into(), NAME.into());
            exposure.value = NAME.into();
        }
        moment.findings = Some(Arc::new(findings));
        moment.interfaces = vec![NAME.into()];
        moment.file = name();
    }
    moments
}

/// A relayed call whose relay stands in a third country.
pub(crate) fn third_country() -> Vec<Moment> {
    let mut moments = replay("turn-call");
    for moment in &mut moments {
        let mut findings = Findings::clone(moment.findings.as_ref().unwrap());
        for endpoint in findings.endpoints.iter_mut().filter(|endpoint| endpoint.address == "10.77.8.8") {
            endpoint.place.country = Some("US".into());
            endpoint.place.verdict = "plausible-outside".into();
            endpoint.transfer.status = "third-country".into();
            endpoint.operator.name = Some("Example Networks".into());
        }
        moment.findings = Some(Arc::new(findings));
    }
    moments
}

fn scene(moments: &[Moment], german: bool, look: Look) -> Scene {
    let mut scene = Scene::new(german, look);
    moments.iter().for_each(|moment| scene.update(moment));
    scene
}

fn frame(scene: &mut Scene, columns: u16, rows: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| scene.draw(frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let rows = buffer.content().chunks(usize::from(columns));
    rows.map(|row| {
        let mut line = String::new();
        let mut covered = 0;
        for cell in row {
            if covered > 0 {
                covered -= 1;
                continue;
            }
            line.push_str(cell.symbol());
            covered = ratatui::text::Span::raw(cell.symbol()).width().saturating_sub(1);
        }
        line.trim_end().to_owned() + "\n"
    })
    .collect()
}

/// The frames of a fixture when so many seconds have passed, in three sizes.
fn frames(fixture: &str, seconds: &[usize]) -> String {
    let moments = replay(fixture);
    let mut all = String::new();
    for second in seconds {
        let mut scene = scene(&moments[..moments.len().min(second + 1)], true, COLOURED);
        scene.status.guards = vec![("privileges", true), ("landlock", true), ("seccomp", false)];
        for (columns, rows) in [(80, 24), (120, 40), (180, 50)] {
            all += &format!("{fixture}, {second} s, {columns}x{rows}\n{}\n", frame(&mut scene, columns, rows));
        }
    }
    all
}

#[test]
fn a_direct_call_is_shown() {
    insta::assert_snapshot!("p2p-call", frames("p2p-call", &[0, 12, 45]));
}

#[test]
fn a_relayed_call_is_shown() {
    insta::assert_snapshot!("turn-call", frames("turn-call", &[10, 25]));
}

#[test]
fn a_telephone_call_is_shown() {
    insta::assert_snapshot!("sip-call", frames("sip-call", &[5, 60]));
}

#[test]
fn english_and_plain_signs_are_shown() {
    let mut scene = scene(&replay("p2p-call")[..40], false, PLAIN);
    scene.status.counters.dropped_kernel = 12;
    let shown = frame(&mut scene, 80, 24);
    insta::assert_snapshot!("plain", shown);
    assert!(shown.contains("DROPPED: kernel 12"), "{shown}");
    scene.press(Key::Help);
    insta::assert_snapshot!("help", frame(&mut scene, 80, 24));
}

#[test]
fn nothing_is_coloured_where_colour_is_not_wanted() {
    let styled = |look| {
        let mut scene = scene(&replay("p2p-call")[..20], true, look);
        scene.status.counters.dropped_queue = 1;
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
        terminal.draw(|frame| scene.draw(frame)).unwrap();
        let reset = ratatui::style::Color::Reset;
        let cells = terminal.backend().buffer().content().to_vec();
        assert!(cells.iter().all(|cell| cell.bg == reset), "a background is set");
        cells.iter().any(|cell| cell.fg != reset)
    };
    assert!(styled(COLOURED) && !styled(PLAIN) && !styled(Look { colour: false, unicode: true }));
}

#[test]
fn every_size_can_be_drawn() {
    let mut scene = scene(&replay("turn-call"), true, COLOURED);
    for columns in (1..200).step_by(7) {
        for rows in [1, 2, 5, 11, 12, 13, 24, 30, 60] {
            for help in [false, true] {
                scene.controls.help = help;
                frame(&mut scene, columns, rows);
            }
        }
    }
}

#[test]
fn names_leave_no_trace() {
    let moments = hostile();
    for (columns, rows) in [(80, 24), (120, 40), (180, 50)] {
        let shown = frame(&mut scene(&moments, true, COLOURED), columns, rows);
        assert!(shown.contains("\\u{1b}"), "{shown}");
        assert!(shown.chars().all(|character| character == '\n' || !character.is_control()), "{shown}");
        let invisible = ['\u{202e}', '\u{200b}', '\u{feff}'];
        assert!(!shown.contains(invisible), "{shown}");
    }
}

#[test]
fn a_third_country_is_marked_by_sign_and_word() {
    let moments = third_country();
    let shown = frame(&mut scene(&moments, true, COLOURED), 120, 40);
    assert!(shown.contains("▲ US 10.77.8.8  DRITTLAND, vermutlich"), "{shown}");
    assert!(shown.contains("Example Networks · turn.example.test"), "{shown}");
    let shown = frame(&mut scene(&moments, false, PLAIN), 80, 24);
    assert!(shown.contains("! US 10.77.8.8  THIRD COUNTRY, plausible"), "{shown}");
}

#[test]
fn minimised_findings_are_shown() {
    let discretion = exposure::Discretion { minimise: true, ..exposure::Discretion::default() };
    let mut moments = replay("p2p-call");
    for moment in &mut moments {
        let findings = Findings::clone(moment.findings.as_ref().unwrap());
        moment.findings = Some(Arc::new(exposure::discreet(findings, &discretion, &known().catalogue)));
    }
    let shown = frame(&mut scene(&moments, true, COLOURED), 120, 40);
    assert!(shown.contains("Gespräch läuft") && shown.contains("mindestens 2"), "{shown}");
    assert!(!shown.contains("Person 2"), "{shown}");
}

#[test]
fn keys_change_what_is_shown() {
    let moments = replay("p2p-call");
    let mut scene = scene(&moments[..20], true, COLOURED);
    let keys = Keys::of(&[Key::English, Key::Down, Key::Down, Key::Pause, Key::Next, Key::Bottom]);
    while let Some(key) = keys.next() {
        scene.press(key);
    }
    moments[20..].iter().for_each(|moment| scene.update(moment));
    let shown = frame(&mut scene, 80, 24);
    assert!(shown.contains("PAUSED") && shown.contains("call in progress") && shown.contains("3–"), "{shown}");
    assert!(scene.controls.focus == 0 && !scene.ended);
    scene.press(Key::Pause);
    scene.update(moments.last().unwrap());
    assert!(frame(&mut scene, 80, 24).contains("  capture 0"));
    scene.press(Key::End);
    assert!(scene.ended);
}

#[test]
fn the_same_edition_is_read_once() {
    let moments = replay("sip-call");
    let mut scene = scene(&moments, true, COLOURED);
    let history = |scene: &Scene| scene.view.calls[0].streams[0].history.len();
    let before = history(&scene);
    (0..10).for_each(|_| scene.update(moments.last().unwrap()));
    assert_eq!(history(&scene), before);
    assert!(!scene.view.update(moments.last().unwrap()));
}
