//! What follows from a call as a whole: who, with whom, when, how often, how long, where, with what, over whom.

use super::{EVIDENCE_MAX, Exposed, Index, Material, inferred, observed};
use crate::exposure::device;
use crate::exposure::entries::evidence;
use crate::exposure::findings::{EvidenceEntry, ExposureEntry, Meeting, Peer};
use crate::exposure::is_private;
use crate::exposure::meeting::{Call, way};
use crate::exposure::people::{during, is_public};
use crate::exposure::traits::System;
use crate::exposure::view::View;
use crate::exposure::words::{self, time_de, time_en};
use crate::flow::Protocol;
use crate::model::{Activity, Evidence, Observer, Question, Timestamp, text};
use std::collections::BTreeMap;

/// Most addresses stated of other participants that were only named or tried.
const PEERS_TOLD_MAX: usize = 8;
/// Most calls whose beginnings are listed.
const BEGINNINGS_MAX: usize = 8;
/// Most public addresses stated of one call.
const PUBLIC_MAX: usize = 4;

/// Adds what `call` exposes; who sees what every packet of it shows.
pub(super) fn tell(
    call: &Call,
    meeting: &Meeting,
    material: &Material<'_>,
    index: &Index,
    exposed: &mut Exposed,
) -> Vec<Observer> {
    let story = Story { call, meeting, material, index };
    let mut add = |question: Question, entry: ExposureEntry, evidence: Vec<EvidenceEntry>| {
        exposed.list.push((question, ExposureEntry { meeting: Some(meeting.id.clone()), evidence, ..entry }));
    };
    let (entry, proof) = story.who();
    add(Question::Who, entry, proof);
    for (entry, proof) in story.with_whom() {
        add(Question::WithWhom, entry, proof);
    }
    add(Question::When, story.when(), story.first_and_all());
    add(Question::HowOften, story.how_often(), story.first());
    add(Question::HowLong, story.how_long(), story.first_and_all());
    if let Some(entry) = story.how_long_already() {
        add(Question::HowLong, entry, story.first());
    }
    for (entry, proof) in story.place() {
        add(Question::Where, entry, proof);
    }
    for (entry, proof) in story.device() {
        add(Question::Device, entry, proof);
    }
    add(Question::Provider, story.provider(), story.provider_evidence());
    add(Question::Software, story.software(), story.first());
    if let Some(entry) = story.activity() {
        add(Question::Activity, entry, story.first_and_all());
    }
    story.along_the_path()
}

/// The other participants' addresses of which the call says that they were named or tried.
pub(super) fn told_peers(meeting: &Meeting) -> impl Iterator<Item = &Peer> {
    meeting.peers.iter().filter(|peer| peer.via != "media").take(PEERS_TOLD_MAX)
}

/// A call and what belongs to it.
struct Story<'a> {
    call: &'a Call,
    meeting: &'a Meeting,
    material: &'a Material<'a>,
    index: &'a Index,
}

type Proven = (ExposureEntry, Vec<EvidenceEntry>);

impl<'a> Story<'a> {
    fn media(&self) -> impl Iterator<Item = &'a View<'a>> + use<'a> {
        let views = self.material.views;
        self.call.media.iter().filter_map(move |index| views.get(*index))
    }

    /// Who sees what every packet of the call shows: the network, the operator of its servers, and those at the other
    /// end of a direct path.
    fn along_the_path(&self) -> Vec<Observer> {
        let mut observers = vec![Observer::Network];
        if self.meeting.provider.is_some() || self.meeting.topology != "peer-to-peer" {
            observers.push(Observer::Provider);
        }
        if self.meeting.topology != "relayed" {
            observers.push(Observer::Peer);
        }
        observers
    }

    /// Who sees an address that ends at the border of its network: those in it, also at the other end of a direct path
    /// that does not leave it.
    fn within_the_network(&self) -> Vec<Observer> {
        let mut observers = vec![Observer::Network];
        if self.direct_peers().any(|peer| peer.address.parse().is_ok_and(is_private)) {
            observers.push(Observer::Peer);
        }
        observers
    }

    fn direct_peers(&self) -> impl Iterator<Item = &'a Peer> + use<'a> {
        self.meeting.peers.iter().filter(|peer| peer.direct && peer.via == "media")
    }

    /// Who knows when the call was: also those who took part.
    fn taking_part(&self) -> Vec<Observer> {
        let mut observers = self.along_the_path();
        if !observers.contains(&Observer::Peer) {
            observers.push(Observer::Peer);
        }
        observers
    }

    fn first_media(&self) -> Option<Evidence> {
        let streams = self.media().flat_map(|view| view.flow.streams.iter().map(|stream| stream.first));
        let first = streams.filter(|at| at.time >= self.call.from).min_by_key(|at| (at.time, at.frame));
        first.or_else(|| self.media().next().map(|view| view.flow.first))
    }

    fn first(&self) -> Vec<EvidenceEntry> {
        self.first_media().map(evidence).into_iter().collect()
    }

    /// The first packet that the device itself sent in the call.
    fn sent(&self) -> Vec<EvidenceEntry> {
        let streams = self.media().flat_map(|view| {
            let own = view.flow.streams.iter().filter(|stream| stream.direction == view.sides.sent);
            own.map(|stream| stream.first)
        });
        let first = streams.filter(|at| at.time >= self.call.from).min_by_key(|at| (at.time, at.frame));
        first.map_or_else(|| self.first(), |at| vec![evidence(at)])
    }

    /// The first media packet, and a filter that lists the call's main flow to its end.
    fn first_and_all(&self) -> Vec<EvidenceEntry> {
        let mut list = self.first();
        let filter = self.media().max_by_key(|view| view.flow.packets()).and_then(flow_filter);
        if let (Some(first), Some(filter)) = (list.first().cloned(), filter) {
            list.push(EvidenceEntry { filter, ..first });
        }
        list
    }

    /// The address that the other side sees, with its evidence.
    fn public(&self) -> Option<(String, Vec<EvidenceEntry>)> {
        if is_public(self.call.local) {
            return Some((self.meeting.local.clone(), self.sent()));
        }
        let public = self.material.public.first()?;
        Some((public.address.to_string(), public.seen.map(evidence).into_iter().collect()))
    }

    fn who(&self) -> Proven {
        match self.public() {
            Some((address, proof)) => {
                let statement = words::WHO.both(&[&address]);
                (observed("address", address, &self.along_the_path(), statement), proof)
            }
            None => {
                let address = self.meeting.local.clone();
                let statement = words::WHO_PRIVATE.both(&[&address]);
                (observed("address", address, &self.within_the_network(), statement), self.sent())
            }
        }
    }

    fn with_whom(&self) -> Vec<Proven> {
        let mut list: Vec<_> = self.direct_peers().map(|peer| self.with_peer(peer)).collect();
        list.extend(told_peers(self.meeting).map(|peer| self.told_peer(peer)));
        if self.meeting.participants.basis == "server-voice-only" {
            let statement = words::WITH_WHOM_SERVER.both(&[&self.provider_text()]);
            list.push((inferred("server-voice", "true".into(), &[Observer::Provider], statement), self.first()));
        } else if list.is_empty() {
            list.push(self.behind_server());
        }
        list
    }

    fn behind_server(&self) -> Proven {
        let least = self.meeting.participants.at_least.to_string();
        let words = if least == "1" { &words::WITH_WHOM_NOBODY } else { &words::WITH_WHOM_RELAY };
        let statement = words.both(&[&self.provider_text(), &least]);
        (inferred("participants", least, &[Observer::Provider], statement), self.first())
    }

    /// An address of another participant that was named or tried.
    fn told_peer(&self, peer: &Peer) -> Proven {
        let address = &peer.address;
        let view = self.tried(address);
        let proof = view.map(|view| evidence(view.flow.first)).or_else(|| self.first().into_iter().next());
        let words = match (peer.relation.as_deref(), view.is_some()) {
            (Some("same-network"), _) => &words::PEER_IN_NETWORK,
            (Some(_), _) => &words::PEER_ON_LINE,
            (None, true) => &words::PEER_TRIED,
            (None, false) => &words::PEER_NAMED,
        };
        let observers = [Observer::Network, Observer::Relay, Observer::Provider];
        (observed("peer-candidate", address.clone(), &observers, words.both(&[address])), proof.into_iter().collect())
    }

    /// A flow in which packets went to an address while the call ran.
    fn tried(&self, address: &str) -> Option<&'a View<'a>> {
        let flows = self.index.remotes.get(&address.parse().ok()?)?;
        let views = flows.iter().filter_map(|index| self.material.views.get(*index));
        views.into_iter().find(|view| during(view, self.call) && view.sent_received()[0].packets > 0)
    }

    /// Nothing shows that an address is a server's, from which follows that it is a participant's.
    fn with_peer(&self, peer: &Peer) -> Proven {
        let address = peer.address.parse().ok();
        let view = self.media().find(|view| Some(view.sides.remote.ip()) == address);
        let proof = view.map(|view| evidence(view.flow.first)).into_iter().collect();
        let words = match peer.relation.as_deref() {
            Some("same-network") => &words::PEER_IN_NETWORK,
            Some(_) => &words::PEER_ON_LINE,
            None => &words::WITH_WHOM_PEER,
        };
        let statement = words.both(&[&peer.address]);
        let make = if peer.relation.is_some() { observed } else { inferred };
        (make("peer-address", peer.address.clone(), &[Observer::Network, Observer::Peer], statement), proof)
    }

    fn when(&self) -> ExposureEntry {
        let (from, to) = (self.call.from, self.call.to);
        let cut = self.meeting.began_before_capture.is_some() || self.meeting.ended_after_capture;
        let words = if cut { &words::WHEN_CUT } else { &words::WHEN };
        let statement = words.fill(&[&time_de(from), &time_de(to)], &[&time_en(from), &time_en(to)]);
        observed("call-time", format!("{from}/{to}"), &self.taking_part(), statement)
    }

    fn how_long(&self) -> ExposureEntry {
        let duration = |german| text::duration(self.meeting.duration_s, german);
        let cut = self.meeting.began_before_capture.is_some() || self.meeting.ended_after_capture;
        let words = if cut { &words::HOW_LONG_CUT } else { &words::HOW_LONG };
        let statement = words.fill(&[&duration(true)], &[&duration(false)]);
        observed("call-duration", format!("{:.3}", self.meeting.duration_s), &self.taking_part(), statement)
    }

    fn how_long_already(&self) -> Option<ExposureEntry> {
        let before = self.meeting.began_before_capture.as_ref()?.seconds?;
        let statement =
            words::HOW_LONG_ALREADY.fill(&[&text::duration(before, true)], &[&text::duration(before, false)]);
        Some(inferred("call-age", format!("{before}"), &self.along_the_path(), statement))
    }

    /// Number and beginnings of the calls of this provider, and whether they recur.
    fn how_often(&self) -> ExposureEntry {
        let meetings = self.material.meetings;
        let calls = meetings.iter().zip(self.material.calls);
        let same: Vec<Timestamp> =
            calls.filter(|(other, _)| other.provider == self.meeting.provider).map(|(_, call)| call.from).collect();
        let (de, en) = match same.len() {
            1 => ("eine Konferenz".to_owned(), "one call".to_owned()),
            count => (format!("{count} Konferenzen"), format!("{count} calls")),
        };
        let (more_de, more_en) = (beginnings(&same, true), beginnings(&same, false));
        let words = if self.meeting.provider.is_some() { &words::HOW_OFTEN } else { &words::HOW_OFTEN_UNKNOWN };
        let statement = words.fill(&[&de, &more_de], &[&en, &more_en]);
        observed("call-count", same.len().to_string(), &self.along_the_path(), statement)
    }

    fn place(&self) -> Vec<Proven> {
        let public = self.material.public.iter().take(PUBLIC_MAX).map(|public| {
            let statement = words::WHERE_PUBLIC.both(&[&public.address.to_string()]);
            let proof = public.seen.map(evidence).into_iter().collect();
            (observed("public-address", public.address.to_string(), &self.along_the_path(), statement), proof)
        });
        let list: Vec<_> = public.collect();
        if !list.is_empty() {
            return list;
        }
        let statement = words::WHERE_LOCAL.both(&[&self.meeting.local]);
        let observers = self.within_the_network();
        vec![(observed("local-address", self.meeting.local.clone(), &observers, statement), self.sent())]
    }

    /// The link address and the initial hop limit, or where neither shows the address.
    fn device(&self) -> Vec<Proven> {
        let mut list = Vec::new();
        let devices = &self.material.local.devices;
        let number = devices.iter().position(|device| device.addresses.contains(&self.meeting.local));
        let device = number.and_then(|number| devices.get(number));
        if let Some((mac, device)) = device.and_then(|device| Some((device.mac.clone()?, device))) {
            let statement = match &device.vendor {
                Some(vendor) => words::DEVICE_MAC_OF_VENDOR.both(&[&mac, vendor]),
                None if device::is_self_assigned(&mac) => words::DEVICE_MAC_SELF_ASSIGNED.both(&[&mac]),
                None => words::DEVICE_MAC.both(&[&mac]),
            };
            list.push((observed("link-address", mac, &[Observer::Network], statement), self.sent()));
        }
        if let Some(system) = number.and_then(|number| self.index.systems.get(number).cloned().flatten()) {
            let proof = system.seen.map_or_else(|| self.sent(), |at| vec![evidence(at)]);
            list.push((self.system(system), proof));
        }
        if list.is_empty() {
            let statement = words::DEVICE_ADDRESS.both(&[&self.meeting.local]);
            let entry = observed("device-address", self.meeting.local.clone(), &[Observer::Network], statement);
            list.push((entry, self.sent()));
        }
        list
    }

    fn system(&self, system: System) -> ExposureEntry {
        let (words, observers) = match system.key {
            "hop-limit" => (&words::DEVICE_SYSTEM, self.along_the_path()),
            "tcp.opening" => (&words::DEVICE_OPENING, vec![Observer::Network, Observer::Provider]),
            _ => (&words::DEVICE_SAYS, vec![Observer::Network]),
        };
        let statement = words.fill(&[&system.value, &system.german], &[&system.value, &system.name]);
        inferred(system.key, system.value, &observers, statement)
    }

    fn provider(&self) -> ExposureEntry {
        let text = self.provider_text();
        let Some(provider) = self.meeting.provider.clone() else {
            let statement = words::PROVIDER_UNKNOWN.both(&[&text]);
            return inferred("provider", text, &[Observer::Network], statement);
        };
        let make = if self.meeting.confidence == "certain" { observed } else { inferred };
        make("provider", provider, &[Observer::Network], words::PROVIDER.both(&[&text]))
    }

    fn provider_evidence(&self) -> Vec<EvidenceEntry> {
        let named: Vec<_> = self.meeting.because.iter().map(|reason| reason.evidence()).take(EVIDENCE_MAX).collect();
        if named.is_empty() { self.first() } else { named }
    }

    /// The provider's name, or the address of the other side.
    fn provider_text(&self) -> String {
        let server = || self.media().next().map(|view| view.sides.remote.ip().to_string());
        self.meeting.provider_name.clone().or_else(server).unwrap_or_default()
    }

    fn software(&self) -> ExposureEntry {
        let mut protocols: Vec<&str> = Vec::new();
        for protocol in self.media().flat_map(|view| &view.flow.protocols) {
            if !protocols.contains(protocol) {
                protocols.push(protocol);
            }
        }
        let order = if protocols.is_empty() { "udp".to_owned() } else { protocols.join(", ") };
        match kind_of_program(&protocols) {
            Some((de, en)) => {
                let statement = words::SOFTWARE_STACK.fill(&[&order, de], &[&order, en]);
                inferred("media-stack", order, &self.along_the_path(), statement)
            }
            None => {
                let statement = words::SOFTWARE_OPEN.both(&[&order]);
                observed("media-stack", order, &self.along_the_path(), statement)
            }
        }
    }

    fn activity(&self) -> Option<ExposureEntry> {
        let sent = self.media_sent();
        let list = |german: bool| {
            let part = |(kind, (active, packets)): (&&str, &(Activity, u64))| {
                let name = if german { kind_de(kind) } else { kind };
                let unit = if german { "Pakete" } else { "packets" };
                let length = text::duration(seconds_within(active, self.call.from, self.call.to), german);
                format!("{name} {length} ({} {unit})", text::grouped(*packets, german))
            };
            sent.iter().map(part).collect::<Vec<_>>().join(", ")
        };
        let statement = words::ACTIVITY.fill(&[&list(true)], &[&list(false)]);
        (!sent.is_empty()).then(|| observed("media-sent", list(false), &self.along_the_path(), statement))
    }

    /// When each kind of media was sent in the call, whatever number of streams carried it at once (simulcast), and in
    /// how many packets.
    fn media_sent(&self) -> BTreeMap<&'static str, (Activity, u64)> {
        let mut sent: BTreeMap<&'static str, (Activity, u64)> = BTreeMap::new();
        for view in self.media() {
            let own = view.flow.streams.iter().filter(|stream| way(stream.direction, view.sides.sent) == "sent");
            let within = own.filter(|stream| stream.first.time <= self.call.to && stream.last >= self.call.from);
            let shown = within.filter(|stream| stream.repair_of.is_none() && stream.packets >= 4);
            for stream in shown.filter(|stream| matches!(stream.kind.name(), "audio" | "video" | "screen")) {
                let (active, packets) = sent.entry(stream.kind.name()).or_default();
                active.merge(&stream.activity);
                *packets += stream.packets;
            }
        }
        sent.retain(|_, (active, _)| seconds_within(active, self.call.from, self.call.to) > 0.0);
        sent
    }
}

/// ` (Beginn: 23.11.2026, 05:33:56 UTC, ...)` of more than one call, and how regular they are.
fn beginnings(calls: &[Timestamp], german: bool) -> String {
    if calls.len() < 2 {
        return String::new();
    }
    let list: Vec<String> =
        calls.iter().take(BEGINNINGS_MAX).map(|time| if german { time_de(*time) } else { time_en(*time) }).collect();
    let rest = if calls.len() > BEGINNINGS_MAX { " …" } else { "" };
    let regular = match rhythm(calls) {
        None => "",
        Some(_) if german => "; sie beginnen regelmäßig um dieselbe Zeit",
        Some(_) => "; they begin regularly at the same time",
    };
    let word = if german { "Beginn" } else { "beginning" };
    format!(" ({word}: {}{rest}{regular})", list.join("; "))
}

/// Days from one call to the next, where at least three begin at about the same time of day so many days apart.
fn rhythm(calls: &[Timestamp]) -> Option<i64> {
    const DAY_NANOS: i64 = 86_400_000_000_000;
    const SLACK_NANOS: i64 = 30 * 60_000_000_000;
    let steps: Vec<i64> = calls.windows(2).map(|pair| pair[1].since(pair[0])).collect();
    let days = |step: i64| (step + DAY_NANOS / 2) / DAY_NANOS;
    let first = days(*steps.first()?);
    let even = |step: &i64| days(*step) == first && (step - first * DAY_NANOS).abs() <= SLACK_NANOS;
    (steps.len() >= 2 && first > 0 && steps.iter().all(even)).then_some(first)
}

/// Seconds of activity between two times.
fn seconds_within(activity: &Activity, from: Timestamp, to: Timestamp) -> f64 {
    activity.spans().iter().map(|span| span.to.min(to).seconds_since(span.from.max(from)).max(0.0)).sum()
}

/// A display filter that lists a flow, both directions; `None` for protocols without ports.
fn flow_filter(view: &View<'_>) -> Option<String> {
    let (local, remote) = (view.sides.local, view.sides.remote);
    let version = if remote.is_ipv4() { "ip" } else { "ipv6" };
    let transport = match view.flow.protocol {
        Protocol::Udp => "udp",
        Protocol::Tcp => "tcp",
        Protocol::Other(_) => return None,
    };
    let end = |address: std::net::SocketAddr| {
        format!("{version}.addr == {} && {transport}.port == {}", address.ip(), address.port())
    };
    Some(format!("{} && {}", end(local), end(remote)))
}

fn kind_de(kind: &str) -> &str {
    match kind {
        "audio" => "Ton",
        "video" => "Bild",
        "screen" => "Bildschirm",
        other => other,
    }
}

/// What kind of program speaks these protocols, German and English.
fn kind_of_program(protocols: &[&str]) -> Option<(&'static str, &'static str)> {
    let has = |name: &str| protocols.contains(&name);
    let kind = match () {
        () if has("zoom") => ("Zoom-Programm mit eigenem Medienformat", "Zoom client with its own media format"),
        () if has("tencent") => ("Programm mit eigenem Medienformat", "client with its own media format"),
        () if has("stun") && has("dtls") => {
            ("WebRTC (Browser oder darauf beruhendes Programm)", "WebRTC (a browser or a program built on it)")
        }
        () if has("stun") && has("rtp") => {
            ("Programm mit ICE und eigener Schlüsselvereinbarung", "client with ICE and its own key exchange")
        }
        () if has("rtp") => ("Telefonieprogramm mit RTP", "telephony client with RTP"),
        () => return None,
    };
    Some(kind)
}
