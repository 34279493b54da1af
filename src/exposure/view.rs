//! A flow seen from the captured side, with its names and the catalogue's verdict.

use super::Knowledge;
use super::local::{LocalSide, Sides};
use super::stretch::{is_media, is_reported};
use crate::catalogue::{Observation, SeenName, Verdict};
use crate::engine::{FlowRecord, Traffic};
use crate::flow::Protocol;
use crate::model::input::RoundTrips;
use crate::model::{Direction, Evidence, Value};
use crate::place::RoundTripKind;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Fact keys whose values are names that a client asked the server for.
const ASKED_KEYS: [&str; 4] = ["tls.sni", "quic.sni", "dtls.sni", "http.host"];
/// Fact key of the names that a server says are its own. They often cover many services, so they count only where the
/// client named none.
pub(super) const CERTIFICATE_KEY: &str = "tls.certificate-name";
/// Longest time in nanoseconds that a name learnt elsewhere is carried to its address.
pub const NAME_LIFE_NANOS: i64 = 24 * 3600 * 1_000_000_000;
/// Most names of one flow, own and learnt.
pub const NAMES_PER_FLOW_MAX: usize = 48;
/// Most names that flows tell of one address.
const NAMES_TOLD_MAX: usize = 16;

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
        // Reports that come in answer those of this side. They say themselves how long they were held, so that they are
        // shown, but prove no place.
        let reports = self.flow.report_trips[self.sides.sent.reversed().index()];
        let trips = || self.round_trips().into_iter().map(|(_, trips)| trips).chain([reports]);
        (trips().filter_map(|trips| trips.min).min(), trips().map(|trips| trips.samples).sum())
    }

    /// Round trips to the remote side by what was asked. What the remote side asked measures the near end of the path.
    pub(super) fn round_trips(&self) -> Vec<(RoundTripKind, RoundTrips)> {
        let handshake = self.flow.handshake;
        let min = if self.sides.sent == Direction::Forward { handshake.to_responder } else { handshake.to_opener };
        let tcp = RoundTrips { min, samples: u64::from(min.is_some()), ..RoundTrips::default() };
        let all = [
            (RoundTripKind::TcpHandshake, tcp),
            (protocol_kind(&self.flow.protocols), self.flow.round_trips),
            (RoundTripKind::Dtls, self.flow.hellos),
        ];
        let is_ours = |trips: &RoundTrips| trips.asked.is_none_or(|asked| asked == self.sides.sent);
        all.into_iter().filter(|(_, trips)| trips.min.is_some() && is_ours(trips)).collect()
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

/// Which of the protocols of a flow measured its round trips.
fn protocol_kind(protocols: &[&str]) -> RoundTripKind {
    let kinds = [
        ("stun", RoundTripKind::Stun),
        ("quic", RoundTripKind::Quic),
        ("zoom", RoundTripKind::Zoom),
        ("dns", RoundTripKind::Dns),
    ];
    let mut measuring = kinds.into_iter().filter(|(name, _)| protocols.contains(name)).map(|(_, kind)| kind);
    match (measuring.next(), measuring.next()) {
        (Some(kind), None) => kind,
        _ => RoundTripKind::Mixed,
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
        let near_names = names_nearby(sides.remote.ip(), &told);
        let seen = Observation {
            remote: sides.remote.ip(),
            remote_port: sides.remote.port(),
            udp: flow.protocol == Protocol::Udp,
            names: &names,
            near_names: &near_names,
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
        for (name, _, evidence) in asked(flow) {
            let names = told.entry(local.orient(flow).remote.ip()).or_default();
            if names.len() < NAMES_TOLD_MAX && !names.iter().any(|known| known.name == name) {
                names.push(SeenName { name, source: "other-flow", evidence });
            }
        }
    }
    told
}

/// Names that flows told of other addresses in the network (IPv4: /24, IPv6: /64) of `remote`.
fn names_nearby<'t>(remote: IpAddr, told: &BTreeMap<IpAddr, Vec<SeenName<'t>>>) -> Vec<SeenName<'t>> {
    let (first, last): (IpAddr, IpAddr) = match remote {
        IpAddr::V4(address) => {
            let network = u32::from(address) & !0xff;
            (Ipv4Addr::from(network).into(), Ipv4Addr::from(network | 0xff).into())
        }
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            (Ipv6Addr::from(network).into(), Ipv6Addr::from(network | u128::from(u64::MAX)).into())
        }
    };
    let nearby = told.range(first..=last).filter(|(address, _)| **address != remote);
    nearby.flat_map(|(_, names)| names.iter().copied()).take(NAMES_TOLD_MAX).collect()
}

/// Names on the flow itself, then those learnt for its remote address: from answers that were there before it ended,
/// and from other flows.
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
    let remote = sides.remote.ip();
    let known = |at: Evidence| at.time <= flow.last && flow.first.time.since(at.time) <= NAME_LIFE_NANOS;
    for binding in traffic.names.get(&remote).into_iter().flatten().filter(|binding| known(binding.at)) {
        push(&mut names, SeenName { name: &binding.name, source: binding.source, evidence: binding.at });
        for alias in &binding.aliases {
            push(&mut names, SeenName { name: alias, source: "dns.cname", evidence: binding.at });
        }
    }
    let near = |at: Evidence| flow.first.time.since(at.time).max(at.time.since(flow.last)) <= NAME_LIFE_NANOS;
    for name in told.get(&remote).into_iter().flatten().filter(|name| near(name.evidence)) {
        push(&mut names, *name);
    }
    names
}

/// Adds a name; one that another flow told only if no other source has it.
fn push<'t>(names: &mut Vec<SeenName<'t>>, name: SeenName<'t>) {
    let weak = name.source == "other-flow";
    let same = |known: &SeenName<'_>| known.name == name.name && (weak || known.source == name.source);
    if names.len() < NAMES_PER_FLOW_MAX && !names.iter().any(same) {
        names.push(name);
    }
}

/// Names on the flow itself with their fact keys.
fn own_names(flow: &FlowRecord) -> impl Iterator<Item = (&str, &'static str, Evidence)> {
    let certificate = asked(flow).next().is_none().then(|| texts(flow, CERTIFICATE_KEY));
    asked(flow).chain(certificate.into_iter().flatten())
}

fn asked(flow: &FlowRecord) -> impl Iterator<Item = (&str, &'static str, Evidence)> {
    ASKED_KEYS.into_iter().flat_map(move |key| texts(flow, key))
}

fn texts<'f>(flow: &'f FlowRecord, key: &'static str) -> impl Iterator<Item = (&'f str, &'static str, Evidence)> {
    flow.facts.of(key).filter_map(move |fact| match &fact.value {
        Value::Text(text) => Some((text.as_ref(), key, fact.first)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::samples::{Scene, knowledge};

    const CLIENT: &str = "192.168.1.5:40000";
    const RESOLVER: &str = "192.168.1.1:53";
    const SERVER: &str = "198.51.100.7:443";
    const HELLO: &[u8] = include_bytes!("../dissect/tls/samples/client_hello.bin");

    /// (name, source) of the flows to the server, in order of the flows.
    fn names_of(scene: Scene) -> Vec<Vec<(String, String)>> {
        let traffic = scene.traffic();
        let local = LocalSide::decide(&traffic, &[]);
        let views = views(&traffic, &local, knowledge(), &BTreeMap::new());
        let to_server = views.iter().filter(|view| view.sides.remote.to_string() == SERVER);
        let own = |name: &SeenName<'_>| (name.name.to_owned(), name.source.to_owned());
        to_server.map(|view| view.names.iter().map(own).collect()).collect()
    }

    fn dns(name: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), "dns".to_owned())]
    }

    #[test]
    fn a_name_holds_from_its_answer_on_for_a_day_and_longer_for_a_flow_that_lives() {
        let mut scene = Scene::default();
        scene.talk("192.168.1.5:40001", SERVER);
        scene.wait(200);
        scene.name(RESOLVER, "192.168.1.5:5300", "a.test", [198, 51, 100, 7]);
        scene.talk("192.168.1.5:40002", SERVER);
        scene.wait(25 * 3600);
        scene.talk("192.168.1.5:40003", SERVER);
        assert_eq!(names_of(scene), [Vec::new(), dns("a.test"), Vec::new()]);
        let mut long = Scene::default();
        long.name(RESOLVER, "192.168.1.5:5300", "a.test", [198, 51, 100, 7]);
        for _ in 0..30 * 60 {
            long.talk(CLIENT, SERVER);
            long.wait(60);
        }
        assert_eq!(names_of(long), [dns("a.test")], "a flow of 30 hours");
    }

    #[test]
    fn a_name_that_comes_while_the_flow_runs_is_its_name_too() {
        let mut scene = Scene::default();
        scene.talk(CLIENT, SERVER);
        scene.name(RESOLVER, "192.168.1.5:5300", "late.test", [198, 51, 100, 7]);
        scene.talk(CLIENT, SERVER);
        assert_eq!(names_of(scene), [dns("late.test")]);
    }

    #[test]
    fn what_one_flow_asks_for_names_the_address_for_others() {
        let mut scene = Scene::default();
        scene.udp(CLIENT, SERVER, b"x");
        scene.tcp(CLIENT, SERVER, 0, 2, b"");
        scene.tcp(CLIENT, SERVER, 1, 16, HELLO);
        let names = names_of(scene);
        let sources: Vec<Vec<&str>> =
            names.iter().map(|names| names.iter().map(|(_, source)| source.as_str()).collect()).collect();
        assert_eq!(sources, [vec!["other-flow"], vec!["tls.sni"]]);
        assert_eq!(names[0][0].0, names[1][0].0);
    }

    #[test]
    fn the_names_of_one_flow_are_limited() {
        let mut scene = Scene::default();
        for number in 0..24 {
            scene.name(RESOLVER, "192.168.1.5:5300", &format!("n{number}.test"), [198, 51, 100, 7]);
        }
        scene.talk(CLIENT, SERVER);
        let count = names_of(scene)[0].len();
        assert!(count > 16 && count <= NAMES_PER_FLOW_MAX, "{count} names");
    }
}
