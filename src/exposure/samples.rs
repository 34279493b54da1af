//! Traffic for tests, made of packets that run through the real engine.

use super::{Caller, Findings, Knowledge, Observed, assess};
use crate::catalogue::{Catalogue, Law};
use crate::engine::{Engine, Traffic};
use crate::model::{Packet, Problems, TcpHeader, Timestamp, Transport};
use crate::place::{Atlas, Databases};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;

/// 2026-03-02, 10:00:00 UTC: a day that the law table knows.
pub(super) const START: i64 = 1_772_445_600;

/// A place on the link and the packets seen there, 20 ms apart.
#[derive(Default)]
pub(super) struct Scene {
    engine: Engine,
    hosts: BTreeMap<IpAddr, ([u8; 6], u8)>,
    outgoing: Option<IpAddr>,
    frame: u64,
    millis: i64,
}

impl Scene {
    /// Packets of `address` come from this link address (its last byte) with this hop limit.
    pub(super) fn host(mut self, address: &str, mac: u8, hop_limit: u8) -> Self {
        self.hosts.insert(ip(address), ([2, 0, 0, 0, 0, mac], hop_limit));
        self
    }

    /// The capture marks packets as sent or received by the host with `address`.
    pub(super) fn captured_on(mut self, address: &str) -> Self {
        self.outgoing = Some(ip(address));
        self
    }

    /// Lets time pass.
    pub(super) fn wait(&mut self, seconds: i64) {
        self.millis += seconds * 1000;
    }

    /// A datagram between `address:port` and `address:port`.
    pub(super) fn udp(&mut self, from: &str, to: &str, payload: &[u8]) {
        let (from, to) = (socket(from), socket(to));
        self.send(from, to, Transport::Udp(from.port(), to.port()), payload);
    }

    /// A TCP segment.
    pub(super) fn tcp(&mut self, from: &str, to: &str, sequence: u32, flags: u8, payload: &[u8]) {
        let (from, to) = (socket(from), socket(to));
        let header = TcpHeader { source: from.port(), destination: to.port(), sequence, acknowledgement: 0, flags };
        self.send(from, to, Transport::Tcp(header), payload);
    }

    /// A question and its answer on the same ports.
    pub(super) fn talk(&mut self, from: &str, to: &str) {
        self.udp(from, to, b"?");
        self.udp(to, from, b"!");
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

    /// `seconds` of speech both ways between two sockets, PCMU with 50 packets a second.
    pub(super) fn call(&mut self, one: &str, other: &str, seconds: u16) {
        for number in 0..seconds * 50 {
            self.udp(one, other, &rtp(number, 1));
            self.millis -= 20;
            self.udp(other, one, &rtp(number, 2));
        }
    }

    fn send(&mut self, from: SocketAddr, to: SocketAddr, transport: Transport, payload: &[u8]) {
        self.frame += 1;
        self.millis += 20;
        let (mac, hop_limit) = self.hosts.get(&from.ip()).map_or((None, 64), |(mac, hop)| (Some(*mac), *hop));
        self.engine.packet(&Packet {
            capture: 0,
            frame: self.frame,
            time: Timestamp::from_nanos(START * 1_000_000_000 + self.millis * 1_000_000),
            source: from.ip(),
            destination: to.ip(),
            transport,
            payload,
            payload_length: payload.len() as u32,
            ip_length: payload.len() as u32 + 28,
            hop_limit,
            source_mac: mac,
            destination_mac: None,
            outgoing: self.outgoing.map(|own| own == from.ip()),
            tunnels: 0,
            duplicate: false,
        });
    }

    /// What the engine learnt.
    pub(super) fn traffic(self) -> Traffic {
        self.engine.finish()
    }

    /// The whole report.
    pub(super) fn findings(self) -> Findings {
        let observed = Observed {
            traffic: self.traffic(),
            captures: Vec::new(),
            duplicates: Vec::new(),
            problems: Problems::default(),
        };
        assess(&observed, knowledge(), &Caller::default())
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

fn socket(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn rtp(number: u16, ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 0];
    packet.extend_from_slice(&number.to_be_bytes());
    packet.extend_from_slice(&(u32::from(number) * 160).to_be_bytes());
    packet.extend_from_slice(&ssrc.to_be_bytes());
    packet.resize(172, 0x55);
    packet
}
