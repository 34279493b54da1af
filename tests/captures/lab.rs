//! Recorded calls under `lab` of the folder in `MEETSCOPE_CAPTURES` against what their programs did: streams, talk,
//! mute and camera, screens, round trips, and the addresses of everybody.

use super::corpus::{analyse, files, read_json, root};
use super::program::{items, seconds, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Streams with fewer packets need not be found.
const STREAM_PACKETS_MIN: u64 = 10;
/// Part by which a count of packets may differ.
const COUNT_TOLERANCE: f64 = 0.01;
/// Least recall and precision of talk where the loudness is in clear, and where it is not.
const LOUDNESS_MIN: (f64, f64) = (0.95, 0.97);
const GUESSED_MIN: (f64, f64) = (0.93, 0.97);
/// Frames of talk a second.
const FRAMES_A_SECOND: f64 = 50.0;
/// What counts as talk may be this far from it, in seconds: the end of a word, and the way to the capture.
const TALK_SECONDS: f64 = 0.35;
/// Tolerance of mute, camera and screen, in seconds.
const EDGE_SECONDS: f64 = 1.0;
/// Tolerance of round trips, in milliseconds.
const ROUND_TRIP_MS: f64 = 1.0;

/// A stretch of time in seconds since the epoch.
type Span = (f64, f64);

/// A recorded call: what is true of it, and what was reported.
struct Call {
    name: String,
    truth: Value,
    report: Value,
}

#[test]
fn streams_have_direction_kind_count_and_what_they_repair() {
    check("streams", |call, bad| {
        let mut count = 0;
        for truth in items(&call.truth, "ssrcs") {
            let packets = truth["wire"]["packets"].as_u64().or(truth["packets"].as_u64()).unwrap_or_default();
            if packets >= STREAM_PACKETS_MIN {
                count += 1;
                bad.extend(stream_mistakes(call, truth, packets));
            }
        }
        count
    });
}

#[test]
fn talk_is_heard_when_somebody_talks() {
    let mut figures = Vec::new();
    check("voices", |call, bad| {
        let voices = items(&call.truth, "ssrcs").iter().filter(|truth| text(truth, "kind") == "audio");
        let measured: Vec<_> = voices.filter_map(|truth| Some((truth, talk(call, truth)?))).collect();
        for (truth, (basis, recall, precision)) in &measured {
            let least = if basis == "audio-level" { LOUDNESS_MIN } else { GUESSED_MIN };
            let line = format!(
                "{} {}: {basis}, recall {recall:.3}, precision {precision:.3}",
                call.name,
                text(truth, "owner")
            );
            if *recall < least.0 || *precision < least.1 {
                bad.push(line.clone());
            }
            figures.push(line);
        }
        measured.len()
    });
    println!("{}", figures.join("\n"));
}

#[test]
fn mute_camera_and_screen_are_seen_when_they_change() {
    check("changes", |call, bad| {
        let mut count = 0;
        for (owner, person) in call.truth["participants"].as_object().into_iter().flatten() {
            let muted = person["muted"].as_array().or(call.truth["muted"][owner].as_array());
            for (what, kind, spans) in
                [("mute", "audio", muted), ("camera off", "video", person["camera_off"].as_array())]
            {
                for truth in spans.into_iter().flatten() {
                    count += usize::from(!call.meetings().is_empty());
                    bad.extend(
                        quiet_mistake(call, owner, kind, truth)
                            .map(|why| format!("{} {owner}: {what}: {why}", call.name)),
                    );
                }
            }
            for truth in items(person, "screen_share") {
                count += usize::from(!call.meetings().is_empty());
                bad.extend(
                    screen_mistake(call, owner, truth).map(|why| format!("{} {owner}: screen: {why}", call.name)),
                );
            }
        }
        count
    });
}

#[test]
fn round_trips_are_those_of_the_links() {
    check("round trips", |call, bad| {
        let wanted = round_trips(&call.truth);
        for (remote, expected) in &wanted {
            let flows =
                items(&call.report, "flows").iter().filter(|flow| text(flow, "remote").contains(remote.as_str()));
            let found = flows.filter_map(|flow| flow["rtt_min_ms"].as_f64()).reduce(f64::min);
            if found.is_none_or(|found| (found - expected).abs() > ROUND_TRIP_MS) {
                bad.push(format!("{}: {remote} is {expected} ms away, found {found:?}", call.name));
            }
        }
        wanted.len()
    });
}

#[test]
fn peers_relays_and_public_addresses_are_exact() {
    check("address sets", |call, bad| {
        let listed = |list: &[Value]| list.iter().filter_map(Value::as_str).map(str::to_owned).collect::<BTreeSet<_>>();
        let peers = call.meetings().iter().flat_map(|meeting| items(meeting, "peers"));
        let relays = items(&call.report, "flows").iter().flat_map(|flow| items(flow, "facts"));
        let relays = relays.filter(|fact| text(fact, "key") == "stun.relayed-address");
        for (what, found, wanted) in [
            ("peers", peers.map(|peer| text(peer, "address").to_owned()).collect(), peers_of(&call.truth)),
            ("relayed", relays.map(|fact| text(fact, "value").to_owned()).collect(), relayed_of(&call.truth)),
            ("public", listed(items(&call.report["local"], "public_addresses")), public_of(&call.truth)),
        ] {
            if found != wanted {
                bad.push(format!("{}: {what}: {found:?} instead of {wanted:?}", call.name));
            }
        }
        let meetings = call.truth["meeting_count"].as_u64().unwrap_or_default();
        if call.meetings().len() as u64 != meetings {
            bad.push(format!("{}: {} meetings instead of {meetings}", call.name, call.meetings().len()));
        }
        3
    });
}

/// Runs `inspect` over all recorded calls; it says how much it looked at and notes what is wrong.
fn check(what: &str, mut inspect: impl FnMut(&Call, &mut Vec<String>) -> usize) {
    let Some(root) = root() else { return };
    let (mut bad, mut count) = (Vec::new(), 0);
    for path in files(&root.join("lab")).iter().filter(|path| path.to_string_lossy().ends_with(".truth.json")) {
        count += inspect(&Call::read(path), &mut bad);
    }
    println!("{count} {what} of recorded calls looked at, {} mistakes", bad.len());
    assert!(count > 0 && bad.is_empty(), "{}", bad.join("\n"));
}

impl Call {
    fn read(path: &Path) -> Call {
        let truth = read_json(path);
        let report = analyse(&path.with_file_name(text(&truth["capture"], "file"))).report();
        Call { name: text(&truth, "name").to_owned(), truth, report }
    }

    fn meetings(&self) -> &[Value] {
        items(&self.report, "meetings")
    }

    fn streams(&self) -> impl Iterator<Item = &Value> {
        self.meetings().iter().flat_map(|meeting| items(meeting, "streams"))
    }

    /// The stream with the source of a true one.
    fn stream(&self, truth: &Value) -> Option<&Value> {
        self.streams().find(|stream| stream["ssrc"] == truth["ssrc"])
    }

    /// The reported streams of what somebody sends of this kind, repairs left out.
    fn streams_of(&self, owner: &str, kind: &str, source: Option<&str>) -> Vec<&Value> {
        let of_owner = items(&self.truth, "ssrcs").iter().filter(|truth| {
            let source_fits = source.is_none_or(|source| text(truth, "source") == source);
            text(truth, "owner") == owner && text(truth, "kind") == kind && source_fits
        });
        of_owner.filter_map(|truth| self.stream(truth)).collect()
    }
}

fn stream_mistakes(call: &Call, truth: &Value, packets: u64) -> Vec<String> {
    let ssrc = truth["ssrc"].as_u64().unwrap_or_default();
    let name = format!("{}: stream {ssrc:#x}", call.name);
    let Some(stream) = call.stream(truth) else { return vec![format!("{name} not found")] };
    let sent = truth["dir_at_A"].as_str().map_or(text(truth, "owner") == "A", |way| way == "out");
    let found = stream["packets"].as_u64().unwrap_or_default();
    let repaired = call.streams().find(|other| other["id"] == stream["repair_of"]).map(|other| &other["ssrc"]);
    let truly = (text(truth, "kind"), text(truth, "source"));
    let kind = match truly {
        ("video", "screen") => "screen",
        ("video-rtx", _) => text(stream, "kind"),
        (kind, _) => kind,
    };
    let checks = [
        (text(stream, "direction") == if sent { "sent" } else { "received" }, "direction"),
        (text(stream, "kind") == kind, "kind"),
        (found.abs_diff(packets) as f64 <= packets as f64 * COUNT_TOLERANCE, "packets"),
        (repaired.and_then(Value::as_u64) == truth["rtx_of"].as_u64(), "repaired stream"),
    ];
    let wrong = checks.iter().filter(|(right, _)| !right).map(|(_, what)| format!("{name}: {what}: {stream}"));
    wrong.collect()
}

/// Basis, recall and precision of somebody's talk; `None` where nobody spoke or nothing was sent.
fn talk(call: &Call, truth: &Value) -> Option<(String, f64, f64)> {
    let spoken = &call.truth["talk"][text(truth, "owner")];
    let spans =
        spoken["audible_voice"].as_array().or(spoken["voice_active"].as_array()).filter(|spans| !spans.is_empty());
    let (spans, stream) = (spans?, call.stream(truth)?);
    let (from, to) = (seconds(text(stream, "start")), seconds(text(stream, "end")));
    let frames = |spans: &[Span], around: f64| -> BTreeSet<i64> {
        let frame = |time: f64| ((time.clamp(from, to) - from) * FRAMES_A_SECOND) as i64;
        spans.iter().flat_map(|span| frame(span.0 - around)..frame(span.1 + around)).collect()
    };
    let spoken: Vec<Span> = spans.iter().map(true_span).collect();
    let (wanted, near, heard) =
        (frames(&spoken, 0.0), frames(&spoken, TALK_SECONDS), frames(&intervals(stream, "talk"), 0.0));
    let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
    let (recall, precision) = (wanted.intersection(&heard).count(), heard.intersection(&near).count());
    Some((text(stream, "talk_basis").to_owned(), share(recall, wanted.len()), share(precision, heard.len())))
}

/// Why a mute or a camera that is off is not in the report as it was.
fn quiet_mistake(call: &Call, owner: &str, kind: &str, truth: &Value) -> Option<String> {
    let streams = call.streams_of(owner, kind, (kind == "video").then_some("camera"));
    let stopped = truth[2].as_str().is_some_and(|how| how.starts_with("replace"));
    let field = if stopped { "paused" } else { "silent_or_muted" };
    let wanted = true_span(truth);
    let found: Vec<Span> = streams.iter().flat_map(|stream| intervals(stream, field)).collect();
    let right = call.meetings().is_empty() || found.iter().any(|span| is_near(*span, wanted));
    (!right).then(|| format!("{field} {wanted:?}, found {found:?}"))
}

/// Why a shared screen is not in the report as it was.
fn screen_mistake(call: &Call, owner: &str, truth: &Value) -> Option<String> {
    let wanted = true_span(truth);
    let streams = call.streams_of(owner, "video", Some("screen"));
    let shown = |stream: &&Value| text(stream, "kind") == "screen";
    let found: Vec<Span> = streams
        .into_iter()
        .filter(shown)
        .map(|stream| (seconds(text(stream, "start")), seconds(text(stream, "end"))))
        .collect();
    let right = call.meetings().is_empty() || found.iter().any(|span| is_near(*span, wanted));
    (!right).then(|| format!("{wanted:?}, found {found:?}"))
}

fn is_near(found: Span, wanted: Span) -> bool {
    (found.0 - wanted.0).abs() <= EDGE_SECONDS && (found.1 - wanted.1).abs() <= EDGE_SECONDS
}

fn true_span(pair: &Value) -> Span {
    (pair[0].as_f64().unwrap_or_default(), pair[1].as_f64().unwrap_or_default())
}

fn intervals(stream: &Value, field: &str) -> Vec<Span> {
    items(stream, field).iter().map(|span| (seconds(text(span, "from")), seconds(text(span, "to")))).collect()
}

/// Address and least round trip of everybody that this side asked, where nothing relayed the question: measured, else
/// what the link was set to.
fn round_trips(truth: &Value) -> Vec<(String, f64)> {
    let mut wanted = Vec::new();
    for (way, measured) in truth["rtt"]["stun"].as_object().into_iter().flatten() {
        let asked = way.strip_prefix("local-started udp ").filter(|way| !way.contains("(peer"));
        if let Some(remote) = asked.and_then(|way| way.split_once("<->")).map(|(_, remote)| remote.to_owned()) {
            wanted.extend(measured["min"].as_f64().map(|least| (remote, least)));
        }
    }
    let link = |name: &str, host: &str| {
        let least = truth["network"]["expected_rtt_ms"][name].as_f64()?;
        Some((text(&truth["network"]["hosts"][host], "ip4").to_owned(), least + 0.3))
    };
    wanted.extend(link("A-S", "S").filter(|_| truth["sni"].is_array()));
    wanted.extend(link("A-B", "B").filter(|_| text(truth, "kind").contains("SIP")));
    let set = |name: &str| truth["delay"][name].as_f64();
    wanted.extend(set("expected_rtt_ms_A_S").map(|least| (text(&truth["hosts"]["S"], "ip4").to_owned(), least + 0.3)));
    wanted.extend(set("expected_rtt_ms_A_T").map(|least| (text(&truth["hosts"]["T"], "ip4").to_owned(), least + 0.3)));
    wanted
}

/// Addresses of the others that the captured side learnt: of hosts that are not the relay or the server.
fn peers_of(truth: &Value) -> BTreeSet<String> {
    let none = truth["meeting_count"] == 0 || truth["ice"]["policy"]["B"] == "relay" || truth["sfu"].is_object();
    let hosts = truth["network"]["hosts"].as_object().into_iter().flatten();
    let others = hosts.filter(|(name, _)| *name == "B" && !none);
    others
        .flat_map(|(_, host)| ["ip4", "ip6"].map(|field| text(host, field).to_owned()))
        .filter(|address| !address.is_empty())
        .collect()
}

/// Ports that a relay lent to the captured side.
fn relayed_of(truth: &Value) -> BTreeSet<String> {
    let candidates =
        items(&truth["ice"], "candidates_at_A").iter().filter(|candidate| text(candidate, "side") == "local");
    let words = candidates.map(|candidate| text(candidate, "candidate").split(' ').collect::<Vec<_>>());
    words
        .filter(|words| words.contains(&"relay"))
        .filter_map(|words| Some(format!("{}:{}", words.get(4)?, words.get(5)?)))
        .collect()
}

/// Addresses under which a translator shows the captured side.
fn public_of(truth: &Value) -> BTreeSet<String> {
    truth["network"]["hosts"]["A"]["public_ip4"].as_str().map(str::to_owned).into_iter().collect()
}
