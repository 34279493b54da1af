//! The exposures: what became visible, to whom, in plain sentences with evidence.
//!
//! Two sources: facts whose key carries a sentence, and what follows from a call as a whole. Names in statements come
//! from packets; the formats make them safe.

use super::device::{self, NEAR_OBSERVERS};
use super::entries::{evidence, fact_evidence};
use super::findings::{Bilingual, EvidenceEntry, ExposureEntry, Local, Meeting};
use super::meeting::{Call, way};
use super::people::{self, during};
use super::view::View;
use super::words::{self, time_de, time_en};
use crate::model::{Evidence, Fact, Observer, Question, text};
use std::collections::BTreeMap;

/// Most exposures from facts; the rest stands with its flow.
pub const FACT_EXPOSURES_MAX: usize = 2_000;
/// Most pieces of evidence listed of one exposure.
const EVIDENCE_MAX: usize = 4;

/// All exposures, by question, then in order of first sighting.
pub(super) fn exposures(views: &[View<'_>], calls: &[Call], meetings: &[Meeting], local: &Local) -> Vec<ExposureEntry> {
    let mut list = Vec::new();
    for (call, meeting) in calls.iter().zip(meetings) {
        let story = Story { call, meeting, views, local };
        story.tell(&mut list, meetings);
    }
    from_facts(views, calls, meetings, &mut list);
    list.sort_by_key(|(question, _)| *question);
    list.into_iter()
        .enumerate()
        .map(|(index, (question, entry))| ExposureEntry {
            id: format!("x{}", index + 1),
            question: question.name().into(),
            ..entry
        })
        .collect()
}

type Listed = Vec<(Question, ExposureEntry)>;

fn observed(key: &str, value: String, observers: &[Observer], statement: Bilingual) -> ExposureEntry {
    ExposureEntry {
        key: key.into(),
        value,
        observers: observers.iter().map(|observer| observer.name().to_owned()).collect(),
        certainty: "observed".into(),
        statement,
        ..ExposureEntry::default()
    }
}

/// A call and what belongs to it.
struct Story<'a> {
    call: &'a Call,
    meeting: &'a Meeting,
    views: &'a [View<'a>],
    local: &'a Local,
}

const ON_PATH: [Observer; 2] = [Observer::Network, Observer::Provider];
const ON_PATH_AND_PEERS: [Observer; 3] = [Observer::Network, Observer::Provider, Observer::Peer];

impl Story<'_> {
    fn tell(&self, list: &mut Listed, meetings: &[Meeting]) {
        let mut add = |question: Question, entry: ExposureEntry, evidence: Vec<EvidenceEntry>| {
            list.push((question, ExposureEntry { meeting: Some(self.meeting.id.clone()), evidence, ..entry }));
        };
        add(Question::Who, self.who(), self.first());
        for (entry, proof) in self.with_whom() {
            add(Question::WithWhom, entry, proof);
        }
        add(Question::When, self.when(), self.first_and_last());
        add(Question::HowOften, self.how_often(meetings), self.first());
        add(Question::HowLong, self.how_long(), self.first_and_last());
        for (entry, proof) in self.place() {
            add(Question::Where, entry, proof);
        }
        for entry in self.device() {
            add(Question::Device, entry, self.first());
        }
        add(Question::Provider, self.provider(), self.provider_evidence());
        add(Question::Software, self.software(), self.first());
        if let Some(entry) = self.activity() {
            add(Question::Activity, entry, self.first_and_last());
        }
    }

    fn first_evidence(&self) -> Option<Evidence> {
        let media = self.call.media.iter().map(|index| &self.views[*index]);
        let streams = media.flat_map(|view| view.flow.streams.iter().map(|stream| stream.first));
        let first = streams.filter(|at| at.time >= self.call.from).min_by_key(|at| (at.time, at.frame));
        first.or_else(|| self.call.media.first().map(|index| self.views[*index].flow.first))
    }

    fn first(&self) -> Vec<EvidenceEntry> {
        self.first_evidence().map(|at| evidence(at, "")).into_iter().collect()
    }

    /// The first media packet, and a filter that lists the call's main flow to its end.
    fn first_and_last(&self) -> Vec<EvidenceEntry> {
        let mut list = self.first();
        if let (Some(entry), Some(index)) = (list.first_mut(), self.call.media.first()) {
            let sides = self.views[*index].sides;
            let version = if sides.remote.is_ipv4() { "ip" } else { "ipv6" };
            let port = self.views[*index].transport();
            let all = format!(
                "{version}.addr == {} && {port}.port == {} && {port}.port == {}",
                sides.remote.ip(),
                sides.local.port(),
                sides.remote.port()
            );
            let whole = EvidenceEntry { filter: all, ..entry.clone() };
            list.push(whole);
        }
        list
    }

    fn who(&self) -> ExposureEntry {
        let address = self.local.public_addresses.first().cloned().unwrap_or_else(|| self.meeting.local.clone());
        let statement = words::WHO.both(&[&address]);
        observed("address", address, &ON_PATH, statement)
    }

    fn with_whom(&self) -> Vec<(ExposureEntry, Vec<EvidenceEntry>)> {
        let direct = self.meeting.peers.iter().filter(|peer| peer.direct && peer.via == "media");
        let entry = |peer: &super::Peer| {
            let statement = words::WITH_WHOM_PEER.both(&[&peer.address]);
            let proof = self.views.iter().find(|view| view.sides.remote.ip().to_string() == peer.address);
            let proof = proof.map(|view| evidence(view.flow.first, "")).into_iter().collect();
            (observed("peer-address", peer.address.clone(), &ON_PATH_AND_PEERS, statement), proof)
        };
        let mut list: Vec<_> = direct.map(entry).collect();
        if list.is_empty() {
            let least = self.meeting.participants.at_least.to_string();
            let relay = self.provider_text();
            let statement = words::WITH_WHOM_RELAY.both(&[&relay, &least]);
            list.push((observed("participants", least, &[Observer::Provider], statement), self.first()));
        }
        list
    }

    fn when(&self) -> ExposureEntry {
        let (from, to) = (self.call.from, self.call.to);
        let statement = words::WHEN.fill(&[&time_de(from), &time_de(to)], &[&time_en(from), &time_en(to)]);
        observed("call-time", format!("{from}/{to}"), &ON_PATH_AND_PEERS, statement)
    }

    fn how_long(&self) -> ExposureEntry {
        let duration = |german| text::duration(self.meeting.duration_s, german);
        let statement = words::HOW_LONG.fill(&[&duration(true)], &[&duration(false)]);
        observed("call-duration", format!("{:.3}", self.meeting.duration_s), &ON_PATH_AND_PEERS, statement)
    }

    fn how_often(&self, meetings: &[Meeting]) -> ExposureEntry {
        let same = meetings.iter().filter(|other| other.provider == self.meeting.provider).count();
        let (de, en) = match same {
            1 => ("liegt eine Konferenz".to_owned(), "There is one call".to_owned()),
            _ => (format!("liegen {same} Konferenzen"), format!("There are {same} calls")),
        };
        let statement = words::HOW_OFTEN.fill(&[&de], &[&en]);
        observed("call-count", same.to_string(), &ON_PATH, statement)
    }

    fn place(&self) -> Vec<(ExposureEntry, Vec<EvidenceEntry>)> {
        let mut list = Vec::new();
        for address in self.local.public_addresses.iter().take(4) {
            let statement = words::WHERE_PUBLIC.both(&[address]);
            list.push((observed("public-address", address.clone(), &ON_PATH_AND_PEERS, statement), self.first()));
        }
        if list.is_empty() {
            let statement = words::WHERE_LOCAL.both(&[&self.meeting.local]);
            list.push((
                observed("local-address", self.meeting.local.clone(), &NEAR_OBSERVERS, statement),
                self.first(),
            ));
        }
        list
    }

    fn device(&self) -> Vec<ExposureEntry> {
        let mut list = Vec::new();
        let device = self.local.devices.iter().find(|device| device.addresses.contains(&self.meeting.local));
        if let Some(mac) = device.and_then(|device| device.mac.clone()) {
            let statement = words::DEVICE_MAC.both(&[&mac]);
            list.push(observed("link-address", mac, &NEAR_OBSERVERS, statement));
        }
        if let Some((system, limit)) = device::system(self.call.local, self.views) {
            let statement =
                words::DEVICE_SYSTEM.fill(&[&limit.to_string(), system_de(system)], &[&limit.to_string(), system]);
            let certainty = "inferred".to_owned();
            list.push(ExposureEntry { certainty, ..observed("hop-limit", limit.to_string(), &ON_PATH, statement) });
        }
        if list.is_empty() {
            let statement = words::DEVICE_ADDRESS.both(&[&self.meeting.local]);
            list.push(observed("device-address", self.meeting.local.clone(), &NEAR_OBSERVERS, statement));
        }
        list
    }

    fn provider(&self) -> ExposureEntry {
        let text = self.provider_text();
        let words = if self.meeting.provider.is_some() { &words::PROVIDER } else { &words::PROVIDER_UNKNOWN };
        let certain = self.meeting.confidence == "certain" && self.meeting.provider.is_some();
        let certainty = if certain { "observed" } else { "inferred" };
        let value = self.meeting.provider.clone().unwrap_or_else(|| text.clone());
        ExposureEntry {
            certainty: certainty.into(),
            ..observed("provider", value, &[Observer::Network], words.both(&[&text]))
        }
    }

    fn provider_evidence(&self) -> Vec<EvidenceEntry> {
        let named: Vec<_> =
            self.meeting.because.iter().flat_map(|reason| reason.evidence.clone()).take(EVIDENCE_MAX).collect();
        if named.is_empty() { self.first() } else { named }
    }

    fn provider_text(&self) -> String {
        let server = || self.call.media.first().map(|index| self.views[*index].sides.remote.ip().to_string());
        self.meeting.provider_name.clone().or_else(server).unwrap_or_default()
    }

    fn software(&self) -> ExposureEntry {
        let mut protocols: Vec<&str> = Vec::new();
        for index in &self.call.media {
            for protocol in &self.views[*index].flow.protocols {
                if !protocols.contains(protocol) {
                    protocols.push(protocol);
                }
            }
        }
        let kind = kind_of_program(&protocols);
        let order = protocols.join(", ");
        let statement = words::SOFTWARE_STACK.fill(&[&order, kind.0], &[&order, kind.1]);
        ExposureEntry { certainty: "inferred".into(), ..observed("media-stack", order, &ON_PATH, statement) }
    }

    fn activity(&self) -> Option<ExposureEntry> {
        let mut sent: BTreeMap<&str, (f64, u64)> = BTreeMap::new();
        for stream in self.meeting.streams.iter().filter(|s| s.direction == "sent" && s.repair_of.is_none()) {
            if matches!(stream.kind.as_str(), "audio" | "video" | "screen") {
                sent.entry(stream.kind.as_str()).or_default().1 += stream.packets;
            }
        }
        for index in &self.call.media {
            let view = &self.views[*index];
            for stream in view.flow.streams.iter().filter(|s| way(s.direction, view.sides.sent) == "sent") {
                if let Some((seconds, _)) = sent.get_mut(stream.kind.name()).filter(|_| stream.repair_of.is_none()) {
                    *seconds +=
                        stream.activity.spans().iter().map(|span| span.to.seconds_since(span.from)).sum::<f64>();
                }
            }
        }
        let list = |german: bool| {
            let parts = sent.iter().map(|(kind, (seconds, packets))| {
                let name = if german { kind_de(kind) } else { kind };
                let unit = if german { "Pakete" } else { "packets" };
                format!("{name} {} ({} {unit})", text::duration(*seconds, german), text::grouped(*packets, german))
            });
            parts.collect::<Vec<_>>().join(", ")
        };
        let value = list(false);
        (!sent.is_empty())
            .then(|| observed("media-sent", value.clone(), &ON_PATH, words::ACTIVITY.fill(&[&list(true)], &[&value])))
    }
}

fn kind_de(kind: &str) -> &str {
    match kind {
        "audio" => "Ton",
        "video" => "Bild",
        "screen" => "Bildschirm",
        other => other,
    }
}

fn system_de(system: &str) -> &str {
    if system == "Windows" { system } else { "Linux, Android, macOS oder iOS" }
}

/// What kind of program speaks these protocols, German and English.
fn kind_of_program(protocols: &[&str]) -> (&'static str, &'static str) {
    let has = |name: &str| protocols.contains(&name);
    match () {
        () if has("zoom") => ("Zoom-Programm mit eigenem Medienformat", "Zoom client with its own media format"),
        () if has("tencent") => ("Programm mit eigenem Medienformat", "client with its own media format"),
        () if has("stun") && has("dtls") => {
            ("WebRTC (Browser oder darauf beruhendes Programm)", "WebRTC (a browser or a program built on it)")
        }
        () if has("stun") && has("rtp") => {
            ("Programm mit ICE und eigener Schlüsselvereinbarung", "client with ICE and its own key exchange")
        }
        () if has("rtp") => ("Telefonieprogramm mit RTP", "telephony client with RTP"),
        () => ("nicht näher bestimmbar", "cannot be told more closely"),
    }
}

/// One exposure for each (key, value) with a sentence, with the meeting that it was seen in.
fn from_facts(views: &[View<'_>], calls: &[Call], meetings: &[Meeting], list: &mut Listed) {
    let mut known: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for view in views {
        for fact in view.flow.facts.iter() {
            let Some(sentence) = fact.key.sentence.as_ref() else { continue };
            let value = fact.value.to_string();
            if let Some(index) = known.get(&(fact.key.name, value.clone())) {
                add_evidence(list, *index, fact);
            } else if known.len() < FACT_EXPOSURES_MAX {
                known.insert((fact.key.name, value.clone()), list.len());
                let statement = words::of_fact(sentence, &value);
                let entry = ExposureEntry {
                    meeting: meeting_of(view, calls, meetings),
                    evidence: fact_evidence(fact),
                    ..observed(fact.key.name, value, fact.key.observers, statement)
                };
                list.push((fact.key.question, entry));
            }
        }
    }
}

fn add_evidence(list: &mut Listed, index: usize, fact: &Fact) {
    if let Some((_, entry)) = list.get_mut(index).filter(|(_, entry)| entry.evidence.len() < EVIDENCE_MAX) {
        entry.evidence.push(evidence(fact.first, fact.key.wireshark));
    }
}

fn meeting_of(view: &View<'_>, calls: &[Call], meetings: &[Meeting]) -> Option<String> {
    let position = calls.iter().position(|call| during(view, call) && belongs(view, call));
    position.and_then(|index| meetings.get(index)).map(|meeting| meeting.id.clone())
}

fn belongs(view: &View<'_>, call: &Call) -> bool {
    let provider = view.verdict.provider.map(|provider| provider.id());
    view.sides.local.ip() == call.local && (provider == call.provider.as_deref() || !people::is_server(view))
}
