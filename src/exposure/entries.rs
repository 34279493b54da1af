//! Findings from what was computed: one function for each kind of entry.

use super::age;
use super::device::PublicAddress;
use super::findings::*;
use super::meeting::{Call, recording_of};
use super::participant;
use super::people;
use super::reason;
use super::streams::{self, Part};
use super::view::View;
use super::{Knowledge, Observed};
use crate::model::{Capture, Evidence, Fact, LinkType, Problem};

/// Evidence with a filter that shows exactly its frame. The filter names no field: whether a program dissects a frame
/// as the protocol that it is depends on its settings, and on what it reassembles where.
pub(super) fn evidence(at: Evidence) -> EvidenceEntry {
    EvidenceEntry {
        capture: at.capture,
        frame: at.frame,
        time: at.time.to_string(),
        filter: format!("frame.number == {}", at.frame),
    }
}

/// First sighting of a fact, and the last if it is another.
pub(super) fn fact_evidence(fact: &Fact) -> Vec<EvidenceEntry> {
    let mut list = vec![evidence(fact.first)];
    if fact.last.frame != fact.first.frame {
        list.push(evidence(fact.last));
    }
    list
}

pub(super) fn tool(knowledge: &Knowledge<'_>) -> Tool {
    let database = |info: crate::place::DatabaseInfo| GeoDatabase {
        name: info.name,
        built: Some(info.built),
        licence: Some(format!("{} {}", info.licence, info.attribution).trim().to_owned()),
        sha256: info.sha256,
    };
    Tool {
        name: env!("CARGO_PKG_NAME").into(),
        version: env!("CARGO_PKG_VERSION").into(),
        signatures: SignatureSet {
            version: knowledge.catalogue.version().into(),
            sha256: knowledge.catalogue.sha256().into(),
        },
        law: LawTable { as_of: knowledge.law.as_of().to_string() },
        geo: knowledge.atlas.databases().sources().into_iter().map(database).collect(),
    }
}

pub(super) fn captures(observed: &Observed) -> Vec<CaptureFile> {
    let entry = |(index, capture): (usize, &Capture)| CaptureFile {
        path: capture.path.clone(),
        sha256: capture.sha256.clone(),
        format: capture.format.clone(),
        link_types: capture.link_types.iter().map(|link| link_name(*link)).collect(),
        packets: capture.packets,
        bytes: capture.bytes,
        first: capture.first.map(|time| time.to_string()),
        last: capture.last.map(|time| time.to_string()),
        cut_packets: capture.cut_packets,
        duplicates: observed.duplicates.get(index).copied().unwrap_or_default(),
        dropped: capture.dropped,
        damage: capture.damage.clone(),
        comments: capture.comments.clone(),
    };
    observed.captures.iter().enumerate().map(entry).collect()
}

fn link_name(link: LinkType) -> String {
    let name = match link {
        LinkType::NULL => "null",
        LinkType::ETHERNET => "ethernet",
        LinkType::PPP | LinkType::PPP_HDLC => "ppp",
        LinkType::PPP_ETHER => "pppoe",
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD => "raw-ip",
        LinkType::IEEE802_11 => "ieee802.11",
        LinkType::IEEE802_11_RADIOTAP => "radiotap",
        LinkType::LOOP => "loop",
        LinkType::LINUX_SLL => "linux-sll",
        LinkType::LINUX_SLL2 => "linux-sll2",
        LinkType::IPV4 => "ipv4",
        LinkType::IPV6 => "ipv6",
        LinkType(number) => return format!("linktype-{number}"),
    };
    name.to_owned()
}

/// What could not be read or found no room; `left_out` facts are stated with their flows only.
pub(super) fn problems(observed: &Observed, left_out: u64) -> Vec<ProblemEntry> {
    let left_out = Problem { count: left_out, capture: 0, first_frame: 0 };
    let left_out = Some(("exposure.facts-left-out", left_out)).filter(|(_, problem)| problem.count > 0);
    let mut all = observed.problems.clone();
    all.merge(&observed.traffic.problems);
    all.iter()
        .chain(left_out)
        .map(|(what, problem)| ProblemEntry {
            what: what.into(),
            count: problem.count,
            first_frame: Some(problem.first_frame).filter(|frame| *frame > 0),
        })
        .collect()
}

pub(super) fn flow(view: &View<'_>) -> FlowEntry {
    let [sent, received] = view.sent_received();
    let (round_trip, samples) = view.round_trip();
    FlowEntry {
        id: view.id.clone(),
        transport: view.transport(),
        local: view.sides.local.to_string(),
        remote: view.sides.remote.to_string(),
        start: view.flow.first.time.to_string(),
        end: view.flow.last.to_string(),
        packets_sent: sent.packets,
        packets_received: received.packets,
        bytes_sent: sent.bytes,
        bytes_received: received.bytes,
        protocols: view.flow.protocols.iter().map(|name| (*name).to_owned()).collect(),
        provider: view.verdict.provider.map(|provider| provider.id().to_owned()),
        purpose: view.verdict.purposes.first().map(|purpose| (*purpose).to_owned()),
        names: view.names.iter().map(|name| Name { name: name.name.into(), source: name.source.into() }).collect(),
        rtt_min_ms: round_trip.map(|nanos| (nanos as f64 / 1e3).round() / 1e3),
        rtt_samples: samples,
        facts: view
            .flow
            .facts
            .iter()
            .map(|fact| FactEntry {
                key: fact.key.name.into(),
                value: fact.value.to_string(),
                evidence: fact_evidence(fact),
            })
            .collect(),
    }
}

/// The calls as the report shows them.
pub(super) fn meetings(
    calls: &[Call],
    parts: &[Vec<Part<'_>>],
    views: &[View<'_>],
    endpoints: &[Endpoint],
    public: &[PublicAddress],
    observed: &Observed,
    knowledge: &Knowledge<'_>,
) -> Vec<Meeting> {
    let known = people::Known::new(views, endpoints, public);
    let entry = |(index, (call, parts)): (usize, (&Call, &Vec<Part<'_>>))| {
        meeting(index, call, parts, views, &known, observed, knowledge)
    };
    calls.iter().zip(parts).enumerate().map(entry).collect()
}

fn meeting(
    index: usize,
    call: &Call,
    parts: &[Part<'_>],
    views: &[View<'_>],
    known: &people::Known<'_>,
    observed: &Observed,
    knowledge: &Knowledge<'_>,
) -> Meeting {
    let provider = call.provider.as_deref().and_then(|id| knowledge.catalogue.provider(id));
    let mut streams = streams::entries(parts, &known.offers);
    let peers = people::peers(call, views, known);
    let topology = people::topology(call, views);
    let (first, last) = recording_of(&observed.traffic, call.heard.0);
    Meeting {
        id: format!("m{}", index + 1),
        provider: call.provider.clone(),
        provider_name: provider.map(|provider| provider.name().to_owned()),
        confidence: call.confidence.name().into(),
        because: reason::because(call, views),
        start: call.from.to_string(),
        end: call.to.to_string(),
        duration_s: (call.to.seconds_since(call.from) * 1e3).round() / 1e3,
        began_before_capture: age::began_before(call, views, first),
        ended_after_capture: age::ended_after(call, last),
        topology: topology.into(),
        local: call.local.to_string(),
        participants: participant::at_least(parts, &peers, topology, provider),
        participants_seen: participant::seen(parts, &mut streams, provider),
        streams,
        peers,
        flows: call.media.iter().chain(&call.paths).map(|index| views[*index].id.clone()).collect(),
    }
}
