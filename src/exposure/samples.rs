//! Traffic for tests, made of packets that run through the real engine.

use super::{Caller, Findings, Knowledge, Observed, assess};
use crate::catalogue::{Catalogue, Law};
use crate::engine::{Engine, Traffic};
use crate::model::opening::TcpOpening;
use crate::model::{NameBinding, Packet, Problems, TcpHeader, Timestamp, Transport};
use crate::place::{Atlas, Databases};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::sync::OnceLock;

/// Second at which hand-made captures begin: 2026-11-23T05:33:20Z, a day that the law table knows.
const BEGIN: i64 = 1_795_412_000;
/// Milliseconds between packets.
const STEP_MILLIS: i64 = 20;

/// A place on the link and the packets seen there, in any order; those without a time of their own come 20 ms apart.
#[derive(Default)]
pub(super) struct Scene {
    pub(super) packets: Vec<Sent>,
    /// Names of addresses, as a name server told them.
    pub(super) names: Vec<(IpAddr, &'static str)>,
    hosts: BTreeMap<IpAddr, ([u8; 6], u8)>,
    own: Option<IpAddr>,
    millis: i64,
}

/// A packet as it will be fed.
pub(super) struct Sent {
    pub(super) millis: i64,
    pub(super) from: SocketAddr,
    to: SocketAddr,
    transport: Transport,
    pub(super) mac: Option<[u8; 6]>,
    hop_limit: u8,
    pub(super) outgoing: Option<bool>,
    pub(super) payload: Vec<u8>,
}

impl Scene {
    /// Packets of `address` come from this link address (its last byte) with this hop limit.
    pub(super) fn host(mut self, address: &str, mac: u8, hop_limit: u8) -> Self {
        self.hosts.insert(ip(address), ([2, 0, 0, 0, 0, mac], hop_limit));
        self
    }

    /// The capture marks packets as sent or received by the host with `address`.
    pub(super) fn captured_on(mut self, address: &str) -> Self {
        self.own = Some(ip(address));
        self
    }

    /// Lets time pass.
    pub(super) fn wait(&mut self, seconds: i64) {
        self.millis += seconds * 1000;
    }

    /// A datagram between `address:port` and `address:port`.
    pub(super) fn udp(&mut self, from: &str, to: &str, payload: &[u8]) {
        self.millis += STEP_MILLIS;
        self.plain(self.millis, from, to).payload = payload.to_vec();
    }

    /// A TCP segment.
    pub(super) fn tcp(&mut self, from: &str, to: &str, sequence: u32, flags: u8, payload: &[u8]) {
        self.millis += STEP_MILLIS;
        let (source, destination) = (socket(from).port(), socket(to).port());
        let header = TcpHeader { source, destination, sequence, acknowledgement: 0, flags, opening: None };
        let sent = self.plain(self.millis, from, to);
        (sent.transport, sent.payload) = (Transport::Tcp(header), payload.to_vec());
    }

    /// The opening of a TCP connection.
    pub(super) fn syn(&mut self, from: &str, to: &str, opening: TcpOpening) {
        self.tcp(from, to, 0, 2, b"");
        if let Some(Transport::Tcp(header)) = self.packets.last_mut().map(|sent| &mut sent.transport) {
            header.opening = Some(opening);
        }
    }

    /// A question and its answer on the same ports.
    pub(super) fn talk(&mut self, from: &str, to: &str) {
        self.udp(from, to, b"?");
        self.udp(to, from, b"!");
    }

    /// The handshake of a connection; each answer comes after 20 ms.
    pub(super) fn handshake(&mut self, from: &str, to: &str) {
        self.tcp(from, to, 0, 2, b"");
        self.tcp(to, from, 0, 18, b"");
        self.tcp(from, to, 1, 16, b"");
    }

    /// An echo request and its answer after `millis`.
    pub(super) fn ping(&mut self, from: &str, to: &str, number: u8, millis: i64) {
        for (kind, from, to) in [(8, from, to), (0, to, from)] {
            let sent = self.plain(self.millis, &format!("{from}:0"), &format!("{to}:0"));
            (sent.transport, sent.payload) = (Transport::Icmp(kind, 0), vec![0, 1, 0, number]);
            self.millis += millis;
        }
    }

    /// A DNS answer of `resolver` to `asker`: `name` has `address`.
    pub(super) fn name(&mut self, resolver: &str, asker: &str, name: &str, address: [u8; 4]) {
        let mut bytes = vec![0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
        for label in name.split('.') {
            bytes.push(label.len() as u8);
            bytes.extend_from_slice(label.as_bytes());
        }
        bytes.extend_from_slice(&[0, 0, 1, 0, 1, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        bytes.extend_from_slice(&address);
        self.udp(resolver, asker, &bytes);
    }

    /// `seconds` of speech both ways between two sockets from now on.
    pub(super) fn call(&mut self, one: &str, other: &str, seconds: i64) {
        let begin = self.millis + STEP_MILLIS;
        self.sound(begin..begin + seconds * 1000, one, other, 1);
        self.sound(begin..begin + seconds * 1000, other, one, 2);
        self.millis += seconds * 1000;
    }

    /// A datagram at `millis` whose content says nothing.
    pub(super) fn plain(&mut self, millis: i64, from: &str, to: &str) -> &mut Sent {
        let (from, to) = (socket(from), socket(to));
        let (mac, hop_limit) = self.hosts.get(&from.ip()).map_or((None, 64), |(mac, hop)| (Some(*mac), *hop));
        let transport = Transport::Udp(from.port(), to.port());
        let outgoing = self.own.map(|own| own == from.ip());
        self.packets.push(Sent { millis, from, to, transport, mac, hop_limit, outgoing, payload: vec![0xff; 40] });
        self.packets.last_mut().unwrap()
    }

    /// Sound one way for a span of milliseconds.
    pub(super) fn sound(&mut self, span: Range<i64>, from: &str, to: &str, ssrc: u32) {
        for (number, millis) in span.step_by(STEP_MILLIS as usize).enumerate() {
            self.plain(millis, from, to).payload = rtp(ssrc, number as u16);
        }
    }

    /// Sound both ways for a span of milliseconds.
    pub(super) fn speech(&mut self, span: Range<i64>, local: &str, remote: &str) {
        let ssrc = u32::from(socket(local).port()) << 16 | u32::from(socket(remote).port());
        self.sound(span.clone(), local, remote, ssrc);
        self.sound(span.start + 5..span.end, remote, local, !ssrc);
    }

    /// What the engine learnt.
    pub(super) fn traffic(mut self) -> Traffic {
        self.packets.sort_by_key(|packet| packet.millis);
        let mut engine = Engine::default();
        for (index, sent) in self.packets.iter().enumerate() {
            engine.packet(&sent.packet(index as u64 + 1));
        }
        let mut traffic = engine.finish();
        for (address, name) in self.names {
            let at = traffic.flows[0].first;
            let binding = NameBinding { address, name: name.into(), aliases: Vec::new(), source: "dns.answer", at };
            traffic.names.entry(address).or_default().push(binding);
        }
        traffic
    }

    /// The whole report.
    pub(super) fn findings(self) -> Findings {
        self.findings_for(&Caller::default())
    }

    /// The whole report for somebody who says where the capture was made.
    pub(super) fn findings_for(self, caller: &Caller) -> Findings {
        let observed = Observed {
            traffic: self.traffic(),
            captures: Vec::new(),
            duplicates: Vec::new(),
            problems: Problems::default(),
        };
        assess(&observed, knowledge(), caller)
    }
}

impl Sent {
    fn packet(&self, frame: u64) -> Packet<'_> {
        let length = self.payload.len() as u32;
        Packet {
            capture: 0,
            frame,
            time: Timestamp::new(BEGIN, 0).plus(self.millis * 1_000_000),
            source: self.from.ip(),
            destination: self.to.ip(),
            transport: self.transport,
            payload: &self.payload,
            payload_length: length,
            ip_length: length + 28,
            hop_limit: self.hop_limit,
            source_mac: self.mac,
            destination_mac: None,
            outgoing: self.outgoing,
            tunnels: 0,
            duplicate: false,
            reassembled: false,
        }
    }
}

/// The knowledge that is built in.
pub(super) fn knowledge() -> &'static Knowledge<'static> {
    static BUILTIN: OnceLock<(Catalogue, Law, Atlas)> = OnceLock::new();
    static KNOWLEDGE: OnceLock<Knowledge<'static>> = OnceLock::new();
    KNOWLEDGE.get_or_init(|| {
        let (catalogue, law, atlas) = BUILTIN.get_or_init(|| {
            let atlas = Atlas::new(Databases::embedded().unwrap()).unwrap();
            (Catalogue::builtin().unwrap(), Law::builtin().unwrap(), atlas)
        });
        Knowledge { catalogue, law, atlas }
    })
}

/// An address from its text.
pub(super) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// An address and a port from their text.
pub(super) fn socket(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// PCMU in RTP (RFC 3550, RFC 3551): 12 bytes of header and 20 ms of sound.
pub(super) fn rtp(ssrc: u32, number: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 0];
    packet.extend(number.wrapping_add(1000).to_be_bytes());
    packet.extend((u32::from(number) * 160 + 77).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend((0..160u32).map(|index| (index * 7 + u32::from(number)) as u8));
    packet
}
