//! A flow seen from the captured side, with its names and the catalogue's verdict.

use super::Knowledge;
use super::local::{LocalSide, Sides};
use super::stretch::{is_media, is_reported};
use crate::catalogue::{Observation, SeenName, Verdict};
use crate::engine::{FlowRecord, Traffic};
use crate::flow::Protocol;
use crate::model::{Direction, Evidence, Value};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Fact keys whose values are names of the server, in order of weight.
pub(super) const NAME_KEYS: [&str; 5] = ["tls.sni", "quic.sni", "dtls.sni", "http.host", "tls.certificate-name"];
/// Longest time in nanoseconds that a name learnt from DNS is carried to its address.
const NAME_LIFE_NANOS: i64 = 24 * 3600 * 1_000_000_000;

/// One flow with everything that other parts of the assessment need of it.
pub(super) struct View<'t> {
    pub(super) id: String,
    pub(super) flow: &'t FlowRecord,
    pub(super) sides: Sides,
    pub(super) names: Vec<SeenName<'t>>,
    pub(super) verdict: Verdict<'t>,
}

impl View<'_> {
    /// Packets and bytes sent by the local side, then received.
    pub(super) fn sent_received(&self) -> [crate::flow::Counters; 2] {
        let [forward, backward] = self.flow.counters;
        if self.sides.sent == Direction::Forward { [forward, backward] } else { [backward, forward] }
    }

    /// Whether packets went both ways.
    pub(super) fn answered(&self) -> bool {
        self.flow.counters.iter().all(|counters| counters.packets > 0)
    }

    /// Smallest round trip to the remote side in nanoseconds, and how many were measured.
    pub(super) fn round_trip(&self) -> (Option<i64>, u64) {
        let handshake = self.flow.handshake;
        let tcp = if self.sides.sent == Direction::Forward { handshake.to_responder } else { handshake.to_opener };
        let protocol = self.flow.round_trips;
        let min = [tcp, protocol.min].into_iter().flatten().min();
        (min, protocol.samples + u64::from(tcp.is_some()))
    }

    /// `udp`, `tcp`, `ip-50`.
    pub(super) fn transport(&self) -> String {
        match self.flow.protocol {
            Protocol::Udp => "udp".into(),
            Protocol::Tcp => "tcp".into(),
            Protocol::Other(number) => format!("ip-{number}"),
        }
    }
}

/// All flows as views, in order.
pub(super) fn views<'t>(
    traffic: &'t Traffic,
    local: &LocalSide,
    knowledge: &Knowledge<'t>,
    systems: &BTreeMap<IpAddr, u32>,
) -> Vec<View<'t>> {
    let told = names_told_by_flows(traffic, local);
    let view = |(index, flow): (usize, &'t FlowRecord)| {
        let sides = local.orient(flow);
        let names = names(flow, sides, traffic, &told);
        let seen = Observation {
            remote: sides.remote.ip(),
            remote_port: sides.remote.port(),
            udp: flow.protocol == Protocol::Udp,
            names: &names,
            facts: &flow.facts,
            asn: systems.get(&sides.remote.ip()).copied(),
            day: flow.first.time.date(),
            media: flow.streams.iter().any(is_media) || !flow.media.is_empty() || is_reported(flow),
        };
        let verdict = knowledge.catalogue.classify(&seen);
        View { id: format!("f{}", index + 1), flow, sides, names, verdict }
    };
    traffic.flows.iter().enumerate().map(view).collect()
}

/// Names that flows told of their remote address: they hold for other flows to the same address as well, as DNS does.
fn names_told_by_flows<'t>(traffic: &'t Traffic, local: &LocalSide) -> BTreeMap<IpAddr, Vec<SeenName<'t>>> {
    let mut told: BTreeMap<IpAddr, Vec<SeenName<'t>>> = BTreeMap::new();
    for flow in &traffic.flows {
        let remote = local.orient(flow).remote.ip();
        for (name, _, evidence) in own_names(flow).filter(|(_, key, _)| *key != "tls.certificate-name") {
            let names = told.entry(remote).or_default();
            if names.len() < 16 && !names.iter().any(|known| known.name == name) {
                names.push(SeenName { name, source: "other-flow", evidence });
            }
        }
    }
    told
}

/// Names on the flow itself, then those learnt for its remote address.
fn names<'t>(
    flow: &'t FlowRecord,
    sides: Sides,
    traffic: &'t Traffic,
    told: &BTreeMap<IpAddr, Vec<SeenName<'t>>>,
) -> Vec<SeenName<'t>> {
    let mut names: Vec<SeenName<'t>> = Vec::new();
    for (name, source, evidence) in own_names(flow) {
        push(&mut names, SeenName { name, source, evidence });
    }
    let learnt = traffic.names.get(&sides.remote.ip()).into_iter().flatten();
    for binding in learnt.filter(|binding| {
        let age = flow.last.since(binding.at.time);
        (0..=NAME_LIFE_NANOS).contains(&age)
    }) {
        push(&mut names, SeenName { name: &binding.name, source: binding.source, evidence: binding.at });
        for alias in &binding.aliases {
            push(&mut names, SeenName { name: alias, source: "dns.cname", evidence: binding.at });
        }
    }
    for name in told.get(&sides.remote.ip()).into_iter().flatten() {
        push(&mut names, *name);
    }
    names
}

fn push<'t>(names: &mut Vec<SeenName<'t>>, name: SeenName<'t>) {
    if !names.iter().any(|known| known.name == name.name && known.source == name.source)
        && (name.source != "other-flow" || !names.iter().any(|known| known.name == name.name))
    {
        names.push(name);
    }
}

fn own_names(flow: &FlowRecord) -> impl Iterator<Item = (&str, &'static str, Evidence)> {
    NAME_KEYS.into_iter().flat_map(move |key| {
        flow.facts.of(key).filter_map(move |fact| match &fact.value {
            Value::Text(text) => Some((text.as_ref(), key, fact.first)),
            _ => None,
        })
    })
}
