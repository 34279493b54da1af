//! Captures made by hand: packets through the engine, then the assessment.

mod call;
mod local;
mod meeting;
mod statement;

use super::*;
use crate::model::{NameBinding, Packet, Timestamp, Transport};
use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;

/// Second at which hand-made captures begin: 2026-11-23T05:33:20Z.
const BEGIN: i64 = 1_795_412_000;
/// Milliseconds between packets of sound.
const STEP_MILLIS: i64 = 20;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::builtin().unwrap());
static LAW: LazyLock<Law> = LazyLock::new(|| Law::builtin().unwrap());
static ATLAS: LazyLock<Atlas> =
    LazyLock::new(|| Atlas::new(crate::place::Databases::with_files(&[], &[]).unwrap().0).unwrap());

fn knowledge() -> Knowledge<'static> {
    Knowledge { catalogue: &CATALOGUE, law: &LAW, atlas: &ATLAS }
}

/// One datagram as it will be fed.
struct Datagram {
    millis: i64,
    from: SocketAddr,
    to: SocketAddr,
    mac: Option<[u8; 6]>,
    outgoing: Option<bool>,
    payload: Vec<u8>,
}

/// A capture in the making.
#[derive(Default)]
struct Scene {
    datagrams: Vec<Datagram>,
    names: Vec<(IpAddr, &'static str)>,
}

fn socket(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// PCMU in RTP (RFC 3550, RFC 3551): 12 bytes of header and 20 ms of sound.
fn rtp(ssrc: u32, number: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 0];
    packet.extend(number.wrapping_add(1000).to_be_bytes());
    packet.extend((u32::from(number) * 160 + 77).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend((0..160u32).map(|index| (index * 7 + u32::from(number)) as u8));
    packet
}

impl Scene {
    /// A datagram whose content says nothing.
    fn plain(&mut self, millis: i64, from: &str, to: &str) -> &mut Datagram {
        let (from, to) = (socket(from), socket(to));
        self.datagrams.push(Datagram { millis, from, to, mac: None, outgoing: None, payload: vec![0xff; 40] });
        self.datagrams.last_mut().unwrap()
    }

    /// Sound one way for `span` milliseconds.
    fn sound(&mut self, span: std::ops::Range<i64>, from: &str, to: &str, ssrc: u32) {
        for (number, millis) in span.step_by(STEP_MILLIS as usize).enumerate() {
            self.plain(millis, from, to).payload = rtp(ssrc, number as u16);
        }
    }

    /// Sound both ways.
    fn talk(&mut self, span: std::ops::Range<i64>, local: &str, remote: &str) {
        let ssrc = u32::from(socket(local).port()) << 16 | u32::from(socket(remote).port());
        self.sound(span.clone(), local, remote, ssrc);
        self.sound(span.start + 5..span.end, remote, local, !ssrc);
    }

    fn traffic(&self) -> Traffic {
        let mut order: Vec<&Datagram> = self.datagrams.iter().collect();
        order.sort_by_key(|datagram| datagram.millis);
        let mut engine = crate::engine::Engine::new(64);
        for (index, datagram) in order.into_iter().enumerate() {
            engine.packet(&packet(index as u64 + 1, datagram));
        }
        let mut traffic = engine.finish();
        for (address, name) in &self.names {
            let at = traffic.flows[0].first;
            let binding =
                NameBinding { address: *address, name: (*name).into(), aliases: Vec::new(), source: "dns.answer", at };
            traffic.names.entry(*address).or_default().push(binding);
        }
        traffic
    }

    fn findings(&self) -> Findings {
        let traffic = self.traffic();
        let observed =
            Observed { traffic, captures: Vec::new(), duplicates: Vec::new(), problems: Problems::default() };
        assess(&observed, &knowledge(), &Caller::default())
    }
}

fn packet(frame: u64, datagram: &Datagram) -> Packet<'_> {
    let length = datagram.payload.len() as u32;
    Packet {
        capture: 0,
        frame,
        time: Timestamp::new(BEGIN, 0).plus(datagram.millis * 1_000_000),
        source: datagram.from.ip(),
        destination: datagram.to.ip(),
        transport: Transport::Udp(datagram.from.port(), datagram.to.port()),
        payload: &datagram.payload,
        payload_length: length,
        ip_length: length + 28,
        hop_limit: 64,
        source_mac: datagram.mac,
        destination_mac: None,
        outgoing: datagram.outgoing,
        tunnels: 0,
        duplicate: false,
    }
}

#[test]
fn places_are_countries_or_points() {
    assert_eq!(GivenPlace::parse("de"), Some(GivenPlace::Country("DE".into())));
    assert_eq!(GivenPlace::parse("-33.9, 18.4"), Some(GivenPlace::Point(-33.9, 18.4)));
    assert_eq!(GivenPlace::parse("91,0"), None);
    assert_eq!(GivenPlace::parse("Berlin"), None);
}
