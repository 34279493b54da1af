//! ICMP echo (RFC 792, RFC 4443 section 4): how long a host takes to answer. It has no ports, so it is no flow.

use crate::model::input::RoundTrips;
use crate::model::{Direction, Packet, Problems, Timestamp, Transport};
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

/// Requests remembered that wait for their answers.
const OUTSTANDING_MAX: usize = 256;
/// Most pairs of hosts of which round trips are kept.
pub const ECHO_PAIRS_MAX: usize = 4096;

/// Round trips by who asked and who answered.
pub type Echoes = BTreeMap<(IpAddr, IpAddr), RoundTrips>;

/// Requests and what their answers measured.
#[derive(Clone, Debug, Default)]
pub(super) struct Pings {
    waiting: VecDeque<Request>,
    pub(super) echoes: Echoes,
}

#[derive(Clone, Debug)]
struct Request {
    asker: IpAddr,
    answerer: IpAddr,
    /// Identifier and sequence number.
    id: [u8; 4],
    at: Timestamp,
    /// Sent once and not answered yet.
    measures: bool,
}

impl Pings {
    /// Reads an echo request or its answer; other messages are passed over.
    pub(super) fn packet(&mut self, packet: &Packet<'_>, problems: &mut Problems) {
        let Transport::Icmp(kind, _) = packet.transport else { return };
        let Some(id) = packet.payload.first_chunk::<4>() else { return };
        match (packet.source.is_ipv4(), kind) {
            (true, 8) | (false, 128) => self.ask(packet, *id),
            (true, 0) | (false, 129) => self.answer(packet, *id, problems),
            _ => {}
        }
    }

    /// A repeated request measures nothing: its answer could belong to either copy.
    fn ask(&mut self, packet: &Packet<'_>, id: [u8; 4]) {
        let (asker, answerer) = (packet.source, packet.destination);
        if let Some(known) = self.find(asker, answerer, id) {
            known.measures = false;
            return;
        }
        if self.waiting.len() >= OUTSTANDING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Request { asker, answerer, id, at: packet.time, measures: true });
    }

    fn answer(&mut self, packet: &Packet<'_>, id: [u8; 4], problems: &mut Problems) {
        let (asker, answerer) = (packet.destination, packet.source);
        let Some(request) = self.find(asker, answerer, id) else { return };
        if !std::mem::replace(&mut request.measures, false) {
            return;
        }
        let nanos = packet.time.since(request.at);
        if self.echoes.len() < ECHO_PAIRS_MAX || self.echoes.contains_key(&(asker, answerer)) {
            self.echoes.entry((asker, answerer)).or_default().add_asked(nanos, Direction::Forward);
        } else {
            problems.count("engine.echo-pairs-full", packet.capture, packet.frame);
        }
    }

    fn find(&mut self, asker: IpAddr, answerer: IpAddr, id: [u8; 4]) -> Option<&mut Request> {
        let same = |request: &&mut Request| (request.asker, request.answerer, request.id) == (asker, answerer, id);
        self.waiting.iter_mut().rev().find(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const B: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const A6: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

    fn packet(kind: u8, source: IpAddr, destination: IpAddr, millis: i64, payload: &[u8]) -> Packet<'_> {
        Packet {
            capture: 0,
            frame: 1,
            time: Timestamp::from_nanos(millis * 1_000_000),
            source,
            destination,
            transport: Transport::Icmp(kind, 0),
            payload,
            payload_length: payload.len() as u32,
            ip_length: 28,
            hop_limit: 64,
            source_mac: None,
            destination_mac: None,
            outgoing: None,
            tunnels: 0,
            duplicate: false,
            reassembled: false,
        }
    }

    fn run(packets: &[(u8, IpAddr, IpAddr, i64, &[u8])]) -> Vec<(Option<i64>, u64)> {
        let (mut pings, mut problems) = (Pings::default(), Problems::default());
        for (kind, source, destination, millis, payload) in packets {
            pings.packet(&packet(*kind, *source, *destination, *millis, payload), &mut problems);
        }
        pings.echoes.values().map(|trips| (trips.min, trips.samples)).collect()
    }

    #[test]
    fn an_answer_measures_its_request() {
        let (one, two): (&[u8], &[u8]) = (&[0, 7, 0, 1, 9], &[0, 7, 0, 2]);
        let found =
            run(&[(8, A, B, 0, one), (8, A, B, 10, two), (0, B, A, 40, one), (0, B, A, 51, two), (0, B, A, 60, one)]);
        assert_eq!(found, [(Some(40_000_000), 2)]);
        assert_eq!(run(&[(128, A6, A6, 0, one), (129, A6, A6, 3, one)]), [(Some(3_000_000), 1)]);
    }

    #[test]
    fn repeated_requests_other_messages_and_cut_ones_measure_nothing() {
        let one: &[u8] = &[0, 7, 0, 1];
        assert!(run(&[(8, A, B, 0, one), (8, A, B, 30, one), (0, B, A, 40, one)]).is_empty());
        assert!(run(&[(8, A, B, 0, one), (0, B, A, 40, &[0, 7, 0])]).is_empty());
        assert!(run(&[(8, A, B, 0, one), (3, B, A, 40, one), (0, B, A, 41, &[0, 8, 0, 1])]).is_empty());
        assert!(run(&[(128, A, B, 0, one), (129, B, A, 40, one)]).is_empty(), "numbers of the other family");
    }

    #[test]
    fn the_tables_do_not_grow() {
        let (mut pings, mut problems) = (Pings::default(), Problems::default());
        for number in 0..2 * ECHO_PAIRS_MAX as u32 {
            let (other, id) = (IpAddr::V4(number.into()), [0, 1, 0, 1]);
            pings.packet(&packet(8, A, other, 0, &id), &mut problems);
            if number % 2 == 0 || number > ECHO_PAIRS_MAX as u32 {
                pings.packet(&packet(0, other, A, 9, &id), &mut problems);
            }
        }
        assert_eq!((pings.echoes.len(), pings.waiting.len()), (ECHO_PAIRS_MAX, OUTSTANDING_MAX));
        assert!(problems.iter().any(|(what, _)| what == "engine.echo-pairs-full"));
    }
}
