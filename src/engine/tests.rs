use super::*;
use crate::model::{Packet, Transport};
use std::net::Ipv4Addr;

/// A STUN Binding request with SOFTWARE "unit" (RFC 8489 sections 5 and 14.14).
const BINDING: [u8; 28] = *b"\x00\x01\x00\x08\x21\x12\xa4\x42unit-test-01\x80\x22\x00\x04unit";

fn udp(host: u8, port: u16, millis: i64, payload: &[u8]) -> Packet<'_> {
    Packet {
        capture: 0,
        frame: millis as u64 + 1,
        time: Timestamp::from_nanos(millis * 1_000_000),
        source: IpAddr::V4(Ipv4Addr::new(10, 0, 0, host)),
        destination: IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)),
        transport: Transport::Udp(port, 3478),
        payload,
        payload_length: payload.len() as u32,
        ip_length: payload.len() as u32 + 28,
        hop_limit: 64,
        source_mac: Some([2, 0, 0, 0, 0, host]),
        destination_mac: None,
        outgoing: None,
        tunnels: 0,
        duplicate: false,
    }
}

fn run(flows: usize, packets: &[Packet<'_>]) -> Traffic {
    let mut engine = Engine::new(flows);
    packets.iter().for_each(|packet| engine.packet(packet));
    engine.finish()
}

fn count(traffic: &Traffic, what: &str) -> u64 {
    traffic.problems.iter().find(|(name, _)| *name == what).map_or(0, |(_, problem)| problem.count)
}

#[test]
fn facts_of_a_flow_survive_its_end() {
    // The second packet comes when the first flow has been idle for long.
    let traffic = run(8, &[udp(1, 5000, 0, &BINDING), udp(1, 5000, 400_000, &BINDING)]);
    assert_eq!(traffic.flows.len(), 2);
    for flow in &traffic.flows {
        let software: Vec<_> = flow.facts.of("stun.software").map(|fact| fact.value.to_string()).collect();
        assert_eq!((software, flow.protocols.as_slice()), (vec!["unit".to_owned()], ["stun"].as_slice()));
    }
    assert_eq!(traffic.macs.get(&IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1))), Some(&[2, 0, 0, 0, 0, 1]));
    assert_eq!(traffic.span, Some((Timestamp::from_nanos(0), Timestamp::from_nanos(400_000_000_000))));
}

#[test]
fn a_full_table_refuses_and_counts() {
    let packets = [1, 1, 2, 2, 3].map(|host| udp(host, 5000, i64::from(host), &BINDING));
    let traffic = run(2, &packets);
    assert_eq!((traffic.packets, traffic.flows.len()), (5, 2));
    assert_eq!(count(&traffic, "engine.flow-table-full"), 1);
}

#[test]
fn duplicates_are_counted_and_not_read() {
    let again = Packet { duplicate: true, ..udp(1, 5000, 1, &BINDING) };
    let traffic = run(2, &[udp(1, 5000, 0, &BINDING), again]);
    assert_eq!((traffic.packets, traffic.duplicates), (1, 1));
    assert_eq!(traffic.flows[0].counters[0].packets, 1);
}

#[test]
fn records_past_the_limit_are_folded_by_host_and_service() {
    let extra = 30;
    let ports: Vec<u16> = (0..(PLAIN_RECORDS_MAX + extra) as u16).map(|index| 10_000 + index).collect();
    let packets: Vec<_> = ports.iter().map(|port| udp(1, *port, 0, &[0xff; 9])).collect();
    let traffic = run(ports.len(), &packets);
    assert_eq!(traffic.flows.len(), PLAIN_RECORDS_MAX + 1);
    assert_eq!(count(&traffic, "engine.flow-records-folded"), extra as u64);
    let folded = traffic.flows.last().map(|flow| (flow.flows, flow.counters[0].packets));
    assert_eq!(folded, Some((extra as u64, extra as u64)));
    let all: u64 = traffic.flows.iter().map(|flow| flow.counters[0].packets).sum();
    assert_eq!(all, ports.len() as u64);
}

#[test]
fn folded_records_keep_their_facts() {
    let extra = 3;
    let ports = (0..(TOLD_RECORDS_MAX + extra) as u16).map(|index| 10_000 + index);
    let packets: Vec<_> = ports.map(|port| udp(1, port, 0, &BINDING)).collect();
    let traffic = run(packets.len(), &packets);
    let folded = traffic.flows.last().map(|flow| (flow.flows, flow.facts.has("stun.software")));
    assert_eq!((traffic.flows.len(), folded), (TOLD_RECORDS_MAX + 1, Some((extra as u64, true))));
}

/// ChannelData (RFC 8656 section 12.4) around `inner`.
fn channel(inner: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x40, 0x00];
    packet.extend((inner.len() as u16).to_be_bytes());
    packet.extend(inner);
    packet
}

#[test]
fn a_protocol_wrapped_in_itself_is_not_asked_twice() {
    let mut payload = vec![0xff; 40];
    for _ in 0..3 * super::reading::NESTING_MAX {
        payload = channel(&payload);
        let traffic = run(2, &[udp(1, 5000, 0, &BINDING), udp(1, 5000, 1, &payload)]);
        assert_eq!(traffic.flows[0].protocols, ["stun"]);
    }
}
