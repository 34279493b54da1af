//! Each folder of `fixtures/`: the truth, and the reports accepted last.

use super::lab::{intervals, is_near, least, recall_and_precision};
use super::program::{Run, items, meetscope, seconds, text};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Tolerance of the start and end of a call, in seconds.
const EDGE_SECONDS: f64 = 1.0;
/// Tolerance of a round trip, in milliseconds.
const ROUND_TRIP_MS: f64 = 1.0;
/// Streams with fewer packets need not be found.
const STREAM_PACKETS_MIN: u64 = 10;

/// `about.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    title: String,
    origin: String,
    licence: String,
    how_made: String,
}

/// `truth.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    pub packets: u64,
    local: String,
    meeting_count: usize,
    round_trip_ms: Option<f64>,
    #[serde(default)]
    server_name: Vec<ServerName>,
    #[serde(default)]
    meeting: Vec<Meeting>,
}

impl Truth {
    /// The streams of all meetings.
    pub fn streams(&self) -> impl Iterator<Item = &Stream> {
        self.meeting.iter().flat_map(|meeting| &meeting.stream)
    }

    /// The same, to be changed.
    pub fn streams_mut(&mut self) -> impl Iterator<Item = &mut Stream> {
        self.meeting.iter_mut().flat_map(|meeting| &mut meeting.stream)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServerName {
    name: String,
    server: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meeting {
    start: String,
    end: String,
    topology: String,
    provider: String,
    participants: u64,
    peers: Vec<String>,
    #[serde(default)]
    stream: Vec<Stream>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    pub ssrc: u64,
    pub direction: String,
    kind: String,
    pub packets: u64,
    repair_of: Option<u64>,
    #[serde(default)]
    screen: bool,
    /// Who sends it.
    owner: Option<String>,
    /// When its voice speaks, when it runs without sound or picture, and when it stops.
    #[serde(default)]
    talk: Vec<[String; 2]>,
    #[serde(default)]
    silent: Vec<[String; 2]>,
    #[serde(default)]
    paused: Vec<[String; 2]>,
}

#[test]
fn reports_say_what_is_true() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let truth: Truth = read(&folder.join("truth.toml"));
        let run = analyse(&folder, &["--format", "json"]);
        assert_eq!(run.code, Some(0), "{}: {}", folder.display(), run.stderr);
        for mistake in mistakes(&truth, &run.report()) {
            wrong.push(format!("{}: {mistake}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn reports_are_the_accepted_ones_byte_for_byte() {
    let bless = std::env::var_os("MEETSCOPE_BLESS").is_some();
    for folder in folders() {
        for (file, arguments) in [
            ("report.json", &["--format", "json"][..]),
            ("report.de.txt", &["--lang", "de"]),
            ("report.en.txt", &["--lang", "en"]),
        ] {
            let path = folder.join(file);
            let made = analyse(&folder, arguments).stdout;
            assert_eq!(made, analyse(&folder, arguments).stdout, "two runs differ: {}", path.display());
            if bless {
                fs::write(&path, &made).expect("the report can be written");
            }
            let accepted = fs::read(&path).unwrap_or_default();
            let difference = first_difference(&String::from_utf8_lossy(&accepted), &String::from_utf8_lossy(&made));
            assert!(accepted == made, "{} is another than accepted: {difference}", path.display());
        }
    }
}

#[test]
fn every_fixture_says_where_it_is_from() {
    for folder in folders() {
        let about: About = read(&folder.join("about.toml"));
        for text in [about.title, about.origin, about.licence, about.how_made] {
            assert!(!text.trim().is_empty(), "{}", folder.display());
        }
    }
}

#[test]
fn a_wrong_report_is_found_wrong() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/p2p-call");
    let truth: Truth = read(&folder.join("truth.toml"));
    assert!(mistakes(&truth, &Value::Null).len() > 3, "an empty report cannot pass");
}

/// What is true of a fixture.
pub fn truth_of(name: &str) -> Truth {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).join("truth.toml"))
}

pub fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = fs::read_dir(root).expect("there are fixtures").filter_map(Result::ok).map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(folders.len() >= 5, "only {} fixtures", folders.len());
    folders
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The capture is named without its folder, so that a report is the same in every checkout.
fn analyse(folder: &Path, arguments: &[&str]) -> Run {
    meetscope(folder, &[&["analyse", "capture.pcap"], arguments].concat())
}

pub fn mistakes(truth: &Truth, report: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |right: bool, what: String| {
        if !right {
            wrong.push(what);
        }
    };
    let packets = items(report, "captures").first().and_then(|capture| capture["packets"].as_u64());
    check(packets == Some(truth.packets), format!("packets {packets:?}"));
    let local: Vec<&str> = items(&report["local"], "addresses").iter().filter_map(Value::as_str).collect();
    check(local.contains(&truth.local.as_str()), format!("local {local:?}"));
    for name in &truth.server_name {
        check(names_server(report, name), format!("{} at {} not read", name.name, name.server));
    }
    if let Some(expected) = truth.round_trip_ms {
        let smallest = items(report, "flows").iter().filter_map(|flow| flow["rtt_min_ms"].as_f64());
        let smallest: Vec<f64> = smallest.filter(|ms| (ms - expected).abs() <= ROUND_TRIP_MS).collect();
        check(!smallest.is_empty(), format!("no round trip of {expected} ms"));
    }
    let meetings = items(report, "meetings");
    check(meetings.len() == truth.meeting_count, format!("{} meetings", meetings.len()));
    for (meeting, expected) in meetings.iter().zip(&truth.meeting) {
        wrong.extend(meeting_mistakes(expected, meeting));
    }
    wrong
}

fn names_server(report: &Value, wanted: &ServerName) -> bool {
    items(report, "flows").iter().any(|flow| {
        let named = items(flow, "names").iter().any(|name| text(name, "name") == wanted.name);
        named && text(flow, "remote").starts_with(&format!("{}:", wanted.server))
    })
}

fn meeting_mistakes(truth: &Meeting, meeting: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |right: bool, what: String| {
        if !right {
            wrong.push(what);
        }
    };
    for (field, expected) in [("start", &truth.start), ("end", &truth.end)] {
        let apart = (seconds(text(meeting, field)) - seconds(expected)).abs();
        check(apart < EDGE_SECONDS, format!("{field} is {apart:.3} s off"));
    }
    check(text(meeting, "topology") == truth.topology, format!("topology {}", meeting["topology"]));
    let provider = meeting["provider"].as_str().unwrap_or("none");
    check(provider == truth.provider, format!("provider {provider}"));
    let least = meeting["participants"]["at_least"].as_u64();
    check(least == Some(truth.participants), format!("participants {least:?}"));
    let mut peers: Vec<&str> = items(meeting, "peers").iter().map(|peer| text(peer, "address")).collect();
    peers.sort_unstable();
    check(peers == truth.peers, format!("peers {peers:?}"));
    for stream in truth.stream.iter().filter(|stream| stream.packets >= STREAM_PACKETS_MIN) {
        wrong.extend(stream_mistakes(stream, items(meeting, "streams")));
    }
    wrong.extend(participant_mistakes(truth, meeting));
    wrong
}

/// Streams of one person that the report gives to two, and people that it takes for one.
fn participant_mistakes(truth: &Meeting, meeting: &Value) -> Vec<String> {
    let mut people: BTreeSet<(&str, &str)> = BTreeSet::new();
    for stream in &truth.stream {
        let found = items(meeting, "streams").iter().find(|found| found["ssrc"] == stream.ssrc);
        let participant = found.and_then(|found| found["participant"].as_str());
        people.extend(stream.owner.as_deref().zip(participant));
    }
    let count = |names: BTreeSet<&str>| names.len();
    let (owners, found) =
        (count(people.iter().map(|pair| pair.0).collect()), count(people.iter().map(|pair| pair.1).collect()));
    let seen = items(meeting, "participants_seen").len();
    let right = people.len() == owners && owners == found && found == seen && seen as u64 == truth.participants;
    if right { Vec::new() } else { vec![format!("streams of people: {people:?}, {seen} participants seen")] }
}

fn stream_mistakes(truth: &Stream, streams: &[Value]) -> Vec<String> {
    let same =
        |stream: &&Value| stream["ssrc"].as_u64() == Some(truth.ssrc) && text(stream, "direction") == truth.direction;
    let Some(stream) = streams.iter().find(same) else {
        return vec![format!("stream {:#x} {} not found", truth.ssrc, truth.direction)];
    };
    let mut wrong = Vec::new();
    let (packets, kind) = (stream["packets"].as_u64().unwrap_or_default(), text(stream, "kind"));
    if packets.abs_diff(truth.packets) > (truth.packets / 100).max(3) {
        wrong.push(format!("stream {:#x} has {packets} packets", truth.ssrc));
    }
    if kind != truth.kind && !(truth.screen && kind == "screen") {
        wrong.push(format!("stream {:#x} is {kind}", truth.ssrc));
    }
    wrong.extend(quiet_mistakes(truth, stream));
    let repaired = stream["repair_of"].as_str().and_then(|id| streams.iter().find(|other| text(other, "id") == id));
    if repaired.and_then(|other| other["ssrc"].as_u64()) != truth.repair_of {
        wrong.push(format!("stream {:#x} repairs {}", truth.ssrc, stream["repair_of"]));
    }
    wrong
}

/// Talk, silence and pauses that are not in the report as they were.
fn quiet_mistakes(truth: &Stream, stream: &Value) -> Vec<String> {
    let spans = |pairs: &[[String; 2]]| pairs.iter().map(|[from, to]| (seconds(from), seconds(to))).collect::<Vec<_>>();
    let mut wrong = Vec::new();
    if !truth.talk.is_empty() {
        let (figures, least) = (recall_and_precision(&spans(&truth.talk), stream), least(text(stream, "talk_basis")));
        if figures.0 < least.0 || figures.1 < least.1 {
            wrong.push(format!("stream {:#x}: recall and precision of talk {figures:?}", truth.ssrc));
        }
    }
    for (field, wanted) in [("silent_or_muted", &truth.silent), ("paused", &truth.paused)] {
        let found = intervals(stream, field);
        for span in spans(wanted).into_iter().filter(|span| !found.iter().any(|found| is_near(*found, *span))) {
            wrong.push(format!("stream {:#x}: {field} {span:?}, found {found:?}", truth.ssrc));
        }
    }
    wrong
}

fn first_difference(accepted: &str, made: &str) -> String {
    let mut lines = accepted.lines().zip(made.lines()).enumerate();
    match lines.find(|(_, (one, other))| one != other) {
        Some((index, (one, other))) => format!("line {}:\n  accepted {one}\n  made     {other}", index + 1),
        None => format!("{} lines accepted, {} made", accepted.lines().count(), made.lines().count()),
    }
}
