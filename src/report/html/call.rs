//! The picture of a call: who sent what when, to which recipients, with what happened in between.

use super::both::{Both, say};
use super::digest::{Digest, NAME_CHARS_MAX, operator, seconds};
use super::lane::{Bars, Scale, Span, axis, clock, grid, lane, percent, span, spans, without};
use super::words::{DIRECTION, KIND, word};
use super::{chapter, table};
use crate::exposure::{Endpoint, FlowEntry, Meeting, Stream};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Most calls with a picture; page one lists all.
const CALLS_MAX: usize = 4;
/// Most participants with a lane of their own.
const PEOPLE_MAX: usize = 24;
/// Most recipients with a lane of their own, by bytes.
const RECIPIENTS_MAX: usize = 12;
/// Most streams and most events in a table; the JSON report has all.
const ROWS_MAX: usize = 60;
/// Most people of whom every silence is an event; of more, only those of the captured side are, and the lanes show all.
const MUTES_PEOPLE_MAX: usize = 6;
/// Part of the width, in percent, within which events share one sign.
const SIGN_PERCENT: f64 = 2.5;
/// Most time before and after the call that the picture shows, in seconds, and the least.
const AROUND_S: (f64, f64) = (3.0, 30.0);

pub(super) fn section(digest: &Digest<'_>) -> Markup {
    let meetings = &digest.findings.meetings;
    let lead = say(
        "Was ohne Entschlüsselung über den Ablauf zu erkennen ist: eine Zeile je Person und je Empfänger. Zeiten in UTC.",
        "What shows of its course without decryption: a lane for each person and each recipient. Times in UTC.",
    );
    chapter(
        "call",
        say("Verlauf der Konferenz", "The course of the call"),
        lead,
        html! {
            @if meetings.is_empty() {
                p.empty { (say("Im Mitschnitt ist keine Konferenz zu erkennen.", "No call is found in the capture.")) }
            }
            @for meeting in meetings.iter().take(CALLS_MAX) {
                @if meetings.len() > 1 { h3 { (meeting.provider_name.as_deref().unwrap_or("?")) " · " (Both::moment(&meeting.start)) } }
                (picture(digest, meeting))
            }
            (super::transfers::left_out(meetings.len(), CALLS_MAX))
        },
    )
}

fn picture(digest: &Digest<'_>, meeting: &Meeting) -> Markup {
    let Some(scale) = scale(digest, meeting) else { return html! {} };
    let people = people(meeting);
    let recipients = recipients(digest, meeting, scale);
    let events = events(meeting, &people);
    let rows = Rows::of(meeting);
    html! {
        figure.lanes aria-labelledby={ "lanes-" (meeting.id) } {
            figcaption.unseen id={ "lanes-" (meeting.id) } { (say("Zeitlicher Verlauf; die Werte stehen in den Tabellen darunter.", "Course over time; the values are in the tables below.")) }
            (axis(scale, &say("Uhrzeit (UTC)", "Time of day (UTC)")))
            (marks(scale, &events))
            p.group { (say("Personen", "People")) }
            @for person in people.iter().take(PEOPLE_MAX) { (person_lane(scale, person, rows)) }
            @if people.len() > PEOPLE_MAX { (others_lane(scale, people.get(PEOPLE_MAX..).unwrap_or_default(), rows)) }
            @if !recipients.is_empty() { p.group { (say("Empfänger", "Recipients")) } }
            @for recipient in &recipients { (recipient_lane(scale, recipient)) }
            (axis(scale, &Both::default()))
        }
        (legend(scale))
        @if people.len() > MUTES_PEOPLE_MAX {
            p.fine { (say(
                "Bei mehr als sechs Personen stehen als Ereignis nur die Stummschaltungen der erfassten Seite; die Zeilen zeigen alle.",
                "With more than six people only the captured side’s silences are events; the lanes show all.",
            )) }
        }
        details.data {
            summary { (say("Werte als Tabelle: Ereignisse und Medienströme", "Values as tables: events and media streams")) }
            (events_table(meeting, &events))
            (streams_table(meeting, &people))
        }
    }
}

/// The call with a little time around it, as far as the capture reaches.
fn scale(digest: &Digest<'_>, meeting: &Meeting) -> Option<Scale> {
    let (start, end) = span(&meeting.start, &meeting.end)?;
    let around = ((end - start) * 0.05).clamp(AROUND_S.0, AROUND_S.1);
    let captures = &digest.findings.captures;
    let first = captures.iter().filter_map(|capture| seconds(capture.first.as_deref()?)).fold(f64::INFINITY, f64::min);
    let last = captures.iter().filter_map(|capture| seconds(capture.last.as_deref()?)).fold(0.0, f64::max);
    let from = if first.is_finite() { (start - around).max(first.min(start)) } else { start };
    Some(Scale::new(from, if last > end { (end + around).min(last) } else { end }))
}

/// Someone with the streams that are theirs.
struct Person<'f> {
    id: Option<&'f str>,
    name: Both,
    streams: Vec<&'f Stream>,
}

/// The captured side first, then the others in the order of the report, then streams that belong to nobody known.
fn people(meeting: &Meeting) -> Vec<Person<'_>> {
    let mut people: Vec<Person<'_>> = Vec::new();
    for seen in &meeting.participants_seen {
        let is_theirs = |stream: &&Stream| stream.participant.as_deref() == Some(seen.id.as_str());
        let streams: Vec<_> =
            meeting.streams.iter().filter(is_theirs).filter(|stream| stream.repair_of.is_none()).collect();
        let name = match seen.basis.as_str() {
            "captured-side" => say("Erfasste Seite", "Captured side"),
            _ => Both::same(format!("Person {}", seen.id.trim_start_matches('p'))),
        };
        people.push(Person { id: Some(&seen.id), name, streams });
    }
    people.sort_by_key(|person| !person.is_captured_side());
    let nobodys = |stream: &&Stream| stream.participant.is_none() && stream.repair_of.is_none();
    let rest: Vec<_> = meeting.streams.iter().filter(nobodys).collect();
    if !rest.is_empty() {
        people.push(Person { id: None, name: say("Ohne Zuordnung", "Not attributed"), streams: rest });
    }
    people
}

impl Person<'_> {
    fn running(&self, kind: &str) -> Vec<Span> {
        let of_kind = self.streams.iter().filter(|stream| stream.kind == kind);
        let running = |stream: &&Stream| Some(without(span(&stream.start, &stream.end)?, &spans(&stream.paused)));
        of_kind.filter_map(running).flatten().collect()
    }

    fn is_captured_side(&self) -> bool {
        self.streams.iter().any(|stream| stream.direction == "sent")
    }

    fn talking(&self) -> Vec<Span> {
        self.streams.iter().filter_map(|stream| stream.talk.as_deref()).flat_map(spans).collect()
    }

    fn muted(&self) -> Vec<Span> {
        let audio = self.streams.iter().filter(|stream| stream.kind == "audio");
        audio.flat_map(|stream| spans(&stream.silent_or_muted)).collect()
    }

    fn present(&self) -> Option<Span> {
        let all: Vec<Span> = self.streams.iter().filter_map(|stream| span(&stream.start, &stream.end)).collect();
        let from = all.iter().map(|span| span.0).reduce(f64::min)?;
        Some((from, all.iter().map(|span| span.1).fold(from, f64::max)))
    }
}

/// What the lanes of people have room for: a camera and a screen only where the call has one.
#[derive(Clone, Copy)]
struct Rows {
    video: bool,
    screen: bool,
}

impl Rows {
    fn of(meeting: &Meeting) -> Rows {
        let has = |kind: &str| meeting.streams.iter().any(|stream| stream.kind == kind);
        Rows { video: has("video"), screen: has("screen") }
    }

    fn height(self) -> f64 {
        22.0 + if self.video { 8.0 } else { 0.0 } + if self.screen { 8.0 } else { 0.0 }
    }

    fn bars(self, people: &[&Person<'_>]) -> Vec<Bars> {
        let of = |spans: &dyn Fn(&Person<'_>) -> Vec<Span>| people.iter().flat_map(|person| spans(person)).collect();
        let bars = |class, top, height, spans| Bars { class, top, height, spans };
        let mut all = vec![
            bars("audio", 5.0, 12.0, of(&|person| person.running("audio"))),
            bars("muted", 5.0, 12.0, of(&|person| person.muted())),
            bars("talk", 5.0, 12.0, of(&|person| person.talking())),
        ];
        if self.video {
            all.push(bars("video", 19.0, 6.0, of(&|person| person.running("video"))));
        }
        if self.screen {
            all.push(bars("screen", if self.video { 27.0 } else { 19.0 }, 6.0, of(&|person| person.running("screen"))));
        }
        all
    }
}

fn person_lane(scale: Scale, person: &Person<'_>, rows: Rows) -> Markup {
    let talk: f64 = person.talking().iter().map(|(from, to)| to - from).sum();
    let spoke = Both::duration(talk);
    let note = match talk > 0.0 {
        true => Both::new(format!("spricht {}", spoke.de), format!("speaks {}", spoke.en)),
        false => Both::default(),
    };
    lane(scale, &person.name, &note, rows.height(), &rows.bars(&[person]))
}

/// One lane for all people who have none of their own.
fn others_lane(scale: Scale, people: &[Person<'_>], rows: Rows) -> Markup {
    let name = Both::count(people.len(), ["weitere Person", "weitere Personen", "more person", "more people"]);
    let people: Vec<_> = people.iter().collect();
    lane(scale, &name, &Both::default(), rows.height(), &rows.bars(&people))
}

/// Who got data: a provider or an operator with all its addresses, or another participant.
struct Recipient<'f> {
    name: Both,
    hosts: Vec<&'f str>,
    flows: Vec<(&'static str, Span)>,
    bytes: u64,
}

/// Looks of flows, from the top of a lane to the bottom.
const LOOKS: [&str; 5] = ["signalling", "media", "peer", "telemetry", "other"];

/// How to draw a flow by its purpose.
fn look(flow: &FlowEntry, is_peer: bool) -> &'static str {
    match flow.purpose.as_deref() {
        _ if is_peer => "peer",
        Some("telemetry" | "analytics" | "crash" | "advertising" | "experimentation") => "telemetry",
        Some("media" | "turn") => "media",
        Some("signalling" | "web-client" | "api" | "auth" | "messaging" | "presence" | "push") => "signalling",
        _ => "other",
    }
}

fn recipients<'f>(digest: &Digest<'f>, meeting: &Meeting, scale: Scale) -> Vec<Recipient<'f>> {
    let endpoints: BTreeMap<&str, &Endpoint> =
        digest.findings.endpoints.iter().map(|endpoint| (endpoint.address.as_str(), endpoint)).collect();
    let mut by_name: BTreeMap<(Both, Option<&str>), Recipient<'f>> = BTreeMap::new();
    for flow in &digest.findings.flows {
        let address = host_of(&flow.remote);
        let is_peer = meeting.peers.iter().any(|peer| peer.address == address);
        let of_call = meeting.flows.contains(&flow.id) || flow.provider.is_some() || flow.purpose.is_some() || is_peer;
        let times = span(&flow.start, &flow.end).filter(|(from, to)| *to >= scale.from && *from <= scale.to);
        let Some(times) = times.filter(|_| of_call) else { continue };
        let name = recipient_name(digest, flow, endpoints.get(address).copied(), is_peer);
        let new = || Recipient { name: name.clone(), hosts: Vec::new(), flows: Vec::new(), bytes: 0 };
        let recipient = by_name.entry((name.clone(), is_peer.then_some(address))).or_insert_with(new);
        if !recipient.hosts.contains(&address) {
            recipient.hosts.push(address);
        }
        recipient.flows.push((look(flow, is_peer), times));
        recipient.bytes = recipient.bytes.saturating_add(flow.bytes_sent).saturating_add(flow.bytes_received);
    }
    let mut all: Vec<_> = by_name.into_values().collect();
    all.sort_by_key(|recipient| std::cmp::Reverse(recipient.bytes));
    summed_up(all)
}

/// The largest recipients, and the others as one.
fn summed_up(mut all: Vec<Recipient<'_>>) -> Vec<Recipient<'_>> {
    let rest = all.split_off(all.len().min(RECIPIENTS_MAX));
    if !rest.is_empty() {
        let words = ["weiterer Empfänger", "weitere Empfänger", "more recipient", "more recipients"];
        let flows = rest.iter().flat_map(|recipient| recipient.flows.iter().copied()).collect();
        let hosts = rest.iter().flat_map(|recipient| recipient.hosts.iter().copied()).collect();
        all.push(Recipient { name: Both::count(rest.len(), words), hosts, flows, bytes: 0 });
    }
    all
}

/// Another participant by the address; else the provider, the operator of the network, or the host.
fn recipient_name(digest: &Digest<'_>, flow: &FlowEntry, endpoint: Option<&Endpoint>, is_peer: bool) -> Both {
    let address = host_of(&flow.remote);
    if is_peer {
        return say("Teilnehmende Person", "Other participant");
    }
    let provider = flow.provider.as_deref().or_else(|| endpoint?.provider.as_deref());
    let run_by = || endpoint.map(operator).filter(|name| name != address);
    let host = || endpoint.and_then(|endpoint| endpoint.names.first()).map(|name| name.name.clone());
    let name = provider.map(|id| digest.provider_name(id)).or_else(run_by).or_else(host);
    Both::same(name.unwrap_or_else(|| address.to_owned())).cut(NAME_CHARS_MAX)
}

/// The host of `198.51.100.7:443` or `[2001:db8::7]:443`.
fn host_of(remote: &str) -> &str {
    let host = remote.rsplit_once(':').map_or(remote, |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']')
}

fn recipient_lane(scale: Scale, recipient: &Recipient<'_>) -> Markup {
    let mut bars: Vec<Bars> = Vec::new();
    for class in LOOKS {
        let of_class = recipient.flows.iter().filter(|(look, _)| *look == class);
        let spans: Vec<Span> = of_class.map(|(_, span)| *span).collect();
        if !spans.is_empty() {
            bars.push(Bars { class, top: 6.0 + 11.0 * bars.len() as f64, height: 9.0, spans });
        }
    }
    let note = match recipient.hosts.as_slice() {
        [host] if !recipient.name.de.contains(*host) => Both::same(*host),
        [] | [_] => Both::default(),
        hosts => Both::count(hosts.len(), ["Adresse", "Adressen", "address", "addresses"]),
    };
    lane(scale, &recipient.name, &note, 10.0 + 11.0 * bars.len() as f64, &bars)
}

/// Something that happened in the call.
struct Event {
    time: f64,
    /// Class of its sign, a word of this program.
    kind: &'static str,
    says: Both,
    who: Both,
}

fn events(meeting: &Meeting, people: &[Person<'_>]) -> Vec<Event> {
    let mut events = Vec::new();
    for person in people.iter().filter(|person| person.id.is_some()) {
        let mut note = |time: f64, kind, says: Both| events.push(Event { time, kind, says, who: person.name.clone() });
        if let Some((from, to)) = person.present() {
            note(from, "join", say("dabei", "joins"));
            note(to, "leave", say("nicht mehr dabei", "leaves"));
        }
        let is_heard_of = people.len() <= MUTES_PEOPLE_MAX || person.is_captured_side();
        for (from, to) in person.muted().into_iter().filter(|_| is_heard_of) {
            note(from, "mute", say("stumm", "muted"));
            note(to, "unmute", say("wieder zu hören", "heard again"));
        }
        for stream in person.streams.iter().filter(|stream| stream.kind == "screen") {
            if let Some((from, to)) = span(&stream.start, &stream.end) {
                note(from, "share", say("teilt den Bildschirm", "shares the screen"));
                note(to, "unshare", say("beendet das Teilen", "ends sharing"));
            }
        }
    }
    events.sort_by(|one, two| one.time.total_cmp(&two.time));
    // A person who leaves when the call ends stops being heard at that moment too.
    let end = seconds(&meeting.end).unwrap_or(f64::INFINITY);
    events.retain(|event| event.kind != "unmute" || event.time < end - 0.5);
    events
}

/// Signs of the events on one lane, a row for each sort; those that would cover each other share one sign with their
/// number, a dot where they are of several kinds.
fn marks(scale: Scale, events: &[Event]) -> Markup {
    let mut groups: BTreeMap<(u32, u32), Vec<&Event>> = BTreeMap::new();
    for event in events {
        let bin = (scale.percent(event.time) / SIGN_PERCENT) as u32;
        groups.entry((row_of(event.kind), bin)).or_default().push(event);
    }
    html! {
        div.lane.events {
            div.who { b { (say("Ereignisse", "Events")) } }
            svg.track width="100%" height="40" aria-hidden="true" focusable="false" {
                (grid(scale, 40.0))
                @for ((row, _), group) in &groups { (group_sign(scale, *row, group)) }
            }
        }
    }
}

fn group_sign(scale: Scale, row: u32, group: &[&Event]) -> Markup {
    let Some(first) = group.first() else { return html! {} };
    let same = group.iter().all(|event| event.kind == first.kind);
    html! {
        svg.sign x=(percent(scale.percent(first.time).clamp(0.8, 98.6))) y=(row) width="16" height="16" overflow="visible" {
            (sign(if same { first.kind } else { "several" }))
            @if group.len() > 1 { text.times x="7" y="4" { (group.len()) } }
        }
    }
}

fn row_of(kind: &str) -> u32 {
    match kind {
        "join" | "leave" => 9,
        "mute" | "unmute" => 21,
        _ => 33,
    }
}

/// A small sign around the point 0, 0.
fn sign(kind: &'static str) -> Markup {
    let shape = match kind {
        "join" => "M-4 -5 5 0 -4 5z",
        "leave" => "M4 -5 -5 0 4 5z",
        "mute" => "M-4 -4 4 4M4 -4 -4 4",
        "unmute" => "M-5 0 -1 4 5 -4",
        "share" => "M-5 -4H5V4H-5z",
        "several" => "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
        _ => "M-5 -4H5V4H-5zM-5 -4 5 4",
    };
    html! { path class={ "event " (kind) } d=(shape) {} }
}

fn legend(scale: Scale) -> Markup {
    let apart = scale.apart_s();
    let apart = Both::of(|german| {
        let text = if apart < 1.0 { format!("{apart:.2}") } else { format!("{apart:.0}") };
        if german { text.replace('.', ",") } else { text }
    });
    let key = |class: &'static str, words: Both| html! { li { svg.key width="22" height="12" aria-hidden="true" focusable="false" { rect class=(class) x="0" y="1" width="22" height="10" rx="1.5" {} } (words) } };
    let mark = |kind: &'static str, words: Both| html! { li { svg.key width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true" focusable="false" { (sign(kind)) } (words) } };
    html! {
        div.legends {
            ul.legend {
                li.what { (say("Personen", "People")) }
                (key("talk", say("spricht", "speaks")))
                (key("audio", say("Ton", "audio")))
                (key("muted", say("stumm oder still", "muted or silent")))
                (key("video", say("Kamera", "camera")))
                (key("screen", say("Bildschirm", "screen")))
            }
            ul.legend {
                li.what { (say("Empfänger", "Recipients")) }
                (key("signalling", say("Steuerung", "signalling")))
                (key("media", say("Medien", "media")))
                (key("peer", say("direkt zu Teilnehmenden", "direct to participants")))
                (key("telemetry", say("Telemetrie", "telemetry")))
                (key("other", say("Sonstiges", "other")))
            }
            ul.legend {
                li.what { (say("Ereignisse", "Events")) }
                (mark("join", say("kommt", "joins")))
                (mark("leave", say("geht", "leaves")))
                (mark("mute", say("stumm", "muted")))
                (mark("unmute", say("wieder zu hören", "heard again")))
                (mark("share", say("teilt", "shares")))
                (mark("unshare", say("Ende des Teilens", "sharing ends")))
                (mark("several", say("mehrere, mit Anzahl", "several, with their number")))
            }
        }
        p.fine {
            (Both::new(
                format!("Abschnitte, die weniger als {} Sekunden auseinanderliegen, sind im Bild zusammengezogen.", apart.de),
                format!("Intervals less than {} seconds apart are drawn as one.", apart.en),
            ))
        }
    }
}

fn events_table(meeting: &Meeting, events: &[Event]) -> Markup {
    html! {
        (table(&format!("events-{}", meeting.id), say("Ereignisse", "Events"), html! {
            thead { tr {
                th scope="col" { (say("Zeit (UTC)", "Time (UTC)")) }
                th scope="col" { (say("Wer", "Who")) }
                th scope="col" { (say("Was", "What")) }
            } }
            tbody { @for event in events.iter().take(ROWS_MAX) {
                tr { th.number scope="row" { (clock(event.time)) } td { (event.who) } td { (event.says) } }
            } }
        }))
        (super::transfers::left_out(events.len(), ROWS_MAX))
    }
}

fn streams_table(meeting: &Meeting, people: &[Person<'_>]) -> Markup {
    let streams: Vec<_> =
        people.iter().flat_map(|person| person.streams.iter().map(move |stream| (person, *stream))).collect();
    html! {
        (table(&format!("streams-{}", meeting.id), say("Medienströme", "Media streams"), html! {
            thead { tr {
                th scope="col" { (say("Wer", "Who")) }
                th scope="col" { (say("Was", "What")) }
                th scope="col" { (say("Von – bis (UTC)", "From – to (UTC)")) }
                th scope="col" { (say("Verfahren", "Codec")) }
                th.number scope="col" { (say("Pakete", "Packets")) }
                th.number scope="col" { (say("Daten", "Bytes")) }
                th.number scope="col" { (say("spricht", "speaks")) }
            } }
            tbody { @for (person, stream) in streams.iter().take(ROWS_MAX) { (stream_row(person, stream)) } }
        }))
        (super::transfers::left_out(streams.len(), ROWS_MAX))
    }
}

fn stream_row(person: &Person<'_>, stream: &Stream) -> Markup {
    let times = span(&stream.start, &stream.end).map(|(from, to)| format!("{} – {}", clock(from), clock(to)));
    let talk = stream.talk.as_deref().map(spans);
    html! {
        tr {
            th scope="row" { (person.name) }
            td { (word(KIND, &stream.kind)) ", " (word(DIRECTION, &stream.direction)) }
            td.number { (times.unwrap_or_default()) }
            td { (stream.codec.as_deref().unwrap_or("–")) }
            td.number { (Both::number(stream.packets)) }
            td.number { (Both::bytes(stream.bytes)) }
            td.number {
                @if let Some(talk) = &talk {
                    (talk.len()) "× · " (Both::duration(talk.iter().map(|(from, to)| to - from).sum()))
                } @else { "–" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_both_families() {
        assert_eq!(host_of("198.51.100.7:443"), "198.51.100.7");
        assert_eq!(host_of("[2001:db8::7]:443"), "2001:db8::7");
        assert_eq!(host_of("x"), "x");
    }
}
