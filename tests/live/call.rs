//! A real call between two browsers, captured beside one of them: named while it runs, told rightly at the end, and told
//! the same by an analysis of what was written.

use super::callers::{ALICE, BOB, BOB_MS, Hosts};
use super::lab::{Lab, Test};
use super::program::{Capture, Ended, analyse, report, seconds, text};
use serde_json::Value;
use std::fmt;
use std::time::Duration;

pub const TESTS: &[Test] =
    &[("call::a_call_is_told_as_it_happens_and_as_it_was", a_call_is_told_as_it_happens_and_as_it_was)];

/// Beginning and end of a meeting may be told this many seconds beside the truth.
const MEETING_S_OFF_MAX: f64 = 2.0;
/// Packets of a stream: a hundredth, or three.
const PACKETS_OFF_MAX: (f64, f64) = (0.01, 3.0);
/// The delay of the line, as ping finds it, is as set but for this.
const LINE_MS_OFF_MAX: f64 = 0.6;
const ROUND_TRIP_MS_OFF_MAX: f64 = 1.0;
/// Speech that is told this close to speech is no mistake.
const SPEECH_S_OFF_MAX: f64 = 0.35;
const RECALL_MIN: f64 = 0.9;
const PRECISION_MIN: f64 = 0.95;
/// Silence and pauses that are told this close to a switch are no mistake.
const SWITCH_S_OFF_MAX: f64 = 0.5;
const FRAMES_PER_S: f64 = 50.0;

fn a_call_is_told_as_it_happens_and_as_it_was(lab: &mut Lab) {
    let hosts = Hosts::of(lab);
    let ping_ms = hosts.ping_ms();
    let line_ms = 2.0 * BOB_MS;
    assert!((line_ms..line_ms + LINE_MS_OFF_MAX).contains(&ping_ms), "the line has {ping_ms} ms");

    let (file, json) = (hosts.lab.path("call.pcapng"), hosts.lab.path("report.json"));
    let mut alice = hosts.caller("alice", "-66", "offers=1&mute=6-9.5&camera=11-17.5&leave=20.5");
    let mut bob = hosts.caller("bob", "none", "leave=19.5");
    let until = ["--until-call-ends", "--call-end-wait", "5s"];
    let arguments = [&["-w", text(&file), "-o", text(&json)][..], &until].concat();
    let capture = Capture::start(hosts.lab, "alice", &arguments);
    alice.call(&hosts);
    std::thread::sleep(Duration::from_secs(2));
    bob.call(&hosts);
    let (alice, bob) = (alice.truth(), bob.truth());
    let ended = capture.end().well();

    let told = report(&json);
    let truth = Truth { alice, bob, ping_ms };
    truth.was_named_in_time(&ended);
    let meeting = truth.is_the_only_meeting(&told);
    truth.has_its_streams(meeting);
    truth.has_its_talk(meeting);
    truth.has_its_switches(&ended, meeting);
    truth.has_its_round_trip(&told, meeting);
    same_again(&told, &analyse(&file));
}

/// What the callers and the line say.
struct Truth {
    alice: Value,
    bob: Value,
    ping_ms: f64,
}

impl Truth {
    /// A line names the meeting before anybody has left.
    fn was_named_in_time(&self, ended: &Ended) {
        let meetings = ended.events.iter().filter(|event| event.is("meeting"));
        let live = meetings.filter(|event| event.value["live"] == true).collect::<Vec<_>>();
        let first = live.first().expect("a meeting that is live").at;
        let before = ended.at - first;
        println!("  the call was named {:.1} s before the capture ended", before.as_secs_f64());
        assert!(before.as_secs_f64() > 10.0, "named only {before:?} before the end");
        let after = |name: &str| ended.events.iter().any(|event| event.is(name) && event.at > first);
        assert!(after("status") && after("talk") && after("stream"), "nothing of the call as it goes on");
        assert_eq!(ended.event("end").value["reason"], "call-ended", "{}", ended.event("end").value);
    }

    fn is_the_only_meeting<'r>(&self, told: &'r Value) -> &'r Value {
        let meetings = list(&told["meetings"]);
        assert_eq!(meetings.len(), 1, "meetings");
        let meeting = &meetings[0];
        let times = [("start", &self.alice["connected"]), ("end", &self.bob["left"])];
        for (which, truth) in times {
            let off = seconds(&meeting[which]) - number(truth);
            println!("  {which} of the meeting: {off:+.2} s");
            assert!(off.abs() < MEETING_S_OFF_MAX, "{which} of the meeting is told {off} s beside");
        }
        assert_eq!(meeting["topology"], "peer-to-peer");
        assert_eq!(meeting["local"], ALICE);
        assert_eq!(meeting["participants"]["at_least"], 2);
        assert_eq!(list(&meeting["participants_seen"]).len(), 2);
        let peers: Vec<_> = list(&meeting["peers"]).iter().map(|peer| (&peer["address"], &peer["direct"])).collect();
        assert_eq!(peers, [(&Value::from(BOB), &Value::from(true))]);
        meeting
    }

    /// Each stream by its number, kind, way and count; repairs beside what they repair; no more than these.
    fn has_its_streams(&self, meeting: &Value) {
        let told = list(&meeting["streams"]);
        let main = told.iter().filter(|stream| stream["repair_of"].is_null()).count();
        assert_eq!(main, self.streams().count(), "streams that repair none: {told:#?}");
        for truth in self.streams() {
            let by_number = |number: &Value| told.iter().find(|stream| &stream["ssrc"] == number);
            let stream = by_number(&truth["ssrc"]).unwrap_or_else(|| panic!("{truth} is not told"));
            assert_eq!((&stream["kind"], &stream["direction"]), (&truth["kind"], &truth["direction"]));
            let repair = by_number(&truth["repair"]);
            if let Some(repair) = repair {
                assert_eq!(repair["repair_of"], stream["id"]);
            }
            // A browser counts a stream together with its repairs.
            let told = number(&stream["packets"]) + repair.map_or(0.0, |repair| number(&repair["packets"]));
            let wanted = number(&truth["packets"]);
            println!("  {} {}: {told} packets told, {wanted} true", stream["direction"], stream["kind"]);
            let most = f64::max(wanted * PACKETS_OFF_MAX.0, PACKETS_OFF_MAX.1);
            assert!((told - wanted).abs() <= most, "{told} packets, {wanted} true");
        }
    }

    /// The streams at Alice, as she counted them.
    fn streams(&self) -> impl Iterator<Item = &Value> {
        list(&self.alice["streams"]).iter()
    }

    fn has_its_talk(&self, meeting: &Value) {
        for (direction, speaker) in [("sent", &self.alice), ("received", &self.bob)] {
            let audio = |stream: &&Value| stream["kind"] == "audio" && stream["direction"] == direction;
            let stream = list(&meeting["streams"]).iter().find(audio).expect("an audio stream");
            let (truth, told) = (spans(&speaker["talk"]), intervals(&stream["talk"]));
            let hits = Hits::of(&truth, &told, stream, SPEECH_S_OFF_MAX);
            println!("  talk {direction}: {hits}");
            assert!(hits.are_good(), "{told:?} for {truth:?}");
        }
    }

    /// Alice's muted microphone and her camera that was off: told as it happened, and at the end with their times.
    fn has_its_switches(&self, ended: &Ended, meeting: &Value) {
        let states = ended.events.iter().filter(|event| event.is("state") && event.value["own"] == true);
        let states: Vec<_> = states.map(|event| (&event.value["microphone"], &event.value["camera"])).collect();
        let once = |microphone: &str, camera: &str| states.iter().any(|(a, b)| *a == microphone && *b == camera);
        assert!(once("silent", "on") && once("on", "off") && once("on", "on"), "{states:?}");
        for (kind, told, truth) in [("audio", "silent_or_muted", "muted"), ("video", "paused", "camera_off")] {
            let own = |stream: &&Value| {
                stream["kind"] == kind && stream["direction"] == "sent" && stream["repair_of"].is_null()
            };
            let stream = list(&meeting["streams"]).iter().find(own).expect("an own stream");
            let hits = Hits::of(&spans(&self.alice[truth]), &intervals(&stream[told]), stream, SWITCH_S_OFF_MAX);
            println!("  {truth}: {hits}");
            assert!(hits.are_good(), "{} for {}", stream[told], self.alice[truth]);
        }
    }

    /// The least round-trip time on the way of the media, against ping.
    fn has_its_round_trip(&self, told: &Value, meeting: &Value) {
        let media = |flow: &&Value| list(&meeting["flows"]).contains(&flow["id"]);
        let to_bob = |flow: &&Value| flow["remote"].as_str().is_some_and(|remote| remote.starts_with(BOB));
        let flow = list(&told["flows"]).iter().filter(media).find(to_bob).expect("the flow to the other");
        assert_eq!([&flow["local"], &flow["remote"]], [&self.alice["pair"]["local"], &self.alice["pair"]["remote"]]);
        let round_trip_ms = number(&flow["rtt_min_ms"]);
        println!("  round trip: {round_trip_ms:.2} ms told, {:.2} ms by ping", self.ping_ms);
        assert!((round_trip_ms - self.ping_ms).abs() < ROUND_TRIP_MS_OFF_MAX);
        assert!((round_trip_ms - 2.0 * BOB_MS).abs() < ROUND_TRIP_MS_OFF_MAX);
    }
}

/// How well intervals that are told meet those that are true.
struct Hits {
    /// Part of what is true that is told.
    recall: f64,
    /// Part of what is told that is true, or close to it.
    precision: f64,
}

impl Hits {
    /// Compares intervals while a stream lasts; what is told `near` seconds beside the truth is no mistake.
    fn of(truth: &[(f64, f64)], told: &[(f64, f64)], stream: &Value, near: f64) -> Hits {
        let (begin, end) = (seconds(&stream["start"]), seconds(&stream["end"]));
        let [exact, around, told] =
            [(truth, 0.0), (truth, near), (told, 0.0)].map(|(it, by)| frames(it, by, begin, end));
        let both = |one: &[bool]| count(&one.iter().zip(&told).map(|(one, told)| *one && *told).collect::<Vec<_>>());
        Hits { recall: both(&exact) / count(&exact), precision: both(&around) / count(&told) }
    }

    fn are_good(&self) -> bool {
        self.recall >= RECALL_MIN && self.precision >= PRECISION_MIN
    }
}

impl fmt::Display for Hits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "recall {:.3}, precision {:.3}", self.recall, self.precision)
    }
}

/// Intervals of a report, in seconds.
fn intervals(told: &Value) -> Vec<(f64, f64)> {
    list(told).iter().map(|it| (seconds(&it["from"]), seconds(&it["to"]))).collect()
}

/// Intervals of a caller, in seconds.
fn spans(truth: &Value) -> Vec<(f64, f64)> {
    list(truth).iter().map(|it| (number(&it[0]), number(&it[1]))).collect()
}

/// The report of the capture and that of its file are the same but for the header of the capture.
fn same_again(live: &Value, again: &Value) {
    let (Value::Object(live), Value::Object(again)) = (live, again) else { panic!("reports are objects") };
    assert_eq!(live.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
    for (key, value) in live.iter().filter(|(key, _)| *key != "captures") {
        assert_eq!(value, &again[key], "{key} differs between the capture and its file");
    }
    let (live, again) = (&live["captures"][0], &again["captures"][0]);
    for key in ["sha256", "format", "link_types", "packets", "bytes", "first", "last", "cut_packets", "dropped"] {
        assert_eq!(live[key], again[key], "{key} of the capture");
    }
}

/// For each fiftieth of a second from `begin` to `end`, whether a span, made longer by `around`, covers it.
fn frames(spans: &[(f64, f64)], around: f64, begin: f64, end: f64) -> Vec<bool> {
    let all = ((end - begin) * FRAMES_PER_S) as usize;
    let middle = |index: usize| begin + (index as f64 + 0.5) / FRAMES_PER_S;
    let covers = |at: f64| spans.iter().any(|(from, to)| (from - around..to + around).contains(&at));
    (0..all).map(|index| covers(middle(index))).collect()
}

fn count(frames: &[bool]) -> f64 {
    frames.iter().filter(|frame| **frame).count() as f64
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}
