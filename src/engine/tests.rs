use super::*;
use crate::model::{Direction, TcpHeader, Transport, Tunnel};
use std::net::Ipv4Addr;

const CLIENT: (u8, u16) = (1, 40_000);
const SERVER: (u8, u16) = (2, 80);
/// A STUN Binding request with SOFTWARE "unit" (RFC 8489 sections 5 and 14.14).
const BINDING: &[u8] = b"\x00\x01\x00\x08\x21\x12\xa4\x42unit-test-01\x80\x22\x00\x04unit";
const HELLO: &[u8] = include_bytes!("../dissect/tls/samples/client_hello.bin");

/// Packets that come one by one, each in a frame and a millisecond of its own.
#[derive(Default)]
struct Wire {
    engine: Engine,
    frame: u64,
}

impl Wire {
    fn send(&mut self, from: (u8, u16), to: (u8, u16), transport: Transport, payload: &[u8]) {
        self.frame += 1;
        self.engine.packet(&packet(self.frame, from, to, transport, payload));
    }

    fn udp(&mut self, from: (u8, u16), to: (u8, u16), payload: &[u8]) {
        self.send(from, to, Transport::Udp(from.1, to.1), payload);
    }

    fn tcp(&mut self, from: (u8, u16), to: (u8, u16), sequence: u32, flags: u8, payload: &[u8]) {
        let header =
            TcpHeader { source: from.1, destination: to.1, sequence, acknowledgement: 0, flags, opening: None };
        self.send(from, to, Transport::Tcp(header), payload);
    }

    /// From the client: SYN with sequence number 0, then these (offset, bytes).
    fn stream(&mut self, pieces: &[(usize, &[u8])]) {
        self.tcp(CLIENT, SERVER, 0, 2, b"");
        for (offset, bytes) in pieces {
            self.tcp(CLIENT, SERVER, *offset as u32 + 1, 16, bytes);
        }
    }

    fn flow(self) -> FlowRecord {
        self.engine.finish().flows.remove(0)
    }
}

fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
}

fn packet(frame: u64, from: (u8, u16), to: (u8, u16), transport: Transport, payload: &[u8]) -> Packet<'_> {
    Packet {
        capture: 0,
        frame,
        time: Timestamp::from_nanos(frame as i64 * 1_000_000),
        source: address(from.0),
        destination: address(to.0),
        transport,
        payload,
        payload_length: payload.len() as u32,
        ip_length: payload.len() as u32 + 40,
        hop_limit: 64,
        source_mac: Some([2, 0, 0, 0, 0, from.0]),
        destination_mac: Some([2, 0, 0, 0, 0, to.0]),
        outgoing: None,
        tunnels: 0,
        duplicate: false,
        reassembled: false,
    }
}

fn values(flow: &FlowRecord, key: &str) -> Vec<String> {
    flow.facts.of(key).map(|fact| fact.value.to_string()).collect()
}

/// A DNS query for `name`.test.
fn query(name: &str) -> Vec<u8> {
    let mut bytes = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, name.len() as u8];
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(b"\x04test\x00\x00\x01\x00\x01");
    bytes
}

#[test]
fn a_message_that_goes_on_in_the_next_segment_is_read_whole() {
    for cut in [1, 5, 6, 43, HELLO.len() / 2, HELLO.len() - 1] {
        let mut wire = Wire::default();
        wire.stream(&[(0, &HELLO[..cut]), (cut, &HELLO[cut..])]);
        let flow = wire.flow();
        assert_eq!(flow.protocols, ["tls"], "cut at {cut}");
        assert_eq!(values(&flow, "tls.sni").len(), 1, "cut at {cut}");
        assert_eq!(values(&flow, "tls.ja3").len(), 1, "cut at {cut}: the whole hello was there");
    }
}

#[test]
fn segments_out_of_order_are_held_and_their_memory_is_given_back() {
    let mut wire = Wire::default();
    let (a, b) = HELLO.split_at(100);
    wire.stream(&[(100, b)]);
    assert_eq!(wire.engine.keep.held_bytes, b.len());
    wire.tcp(CLIENT, SERVER, 1, 16, a);
    assert_eq!(wire.engine.keep.held_bytes, 0);
    assert_eq!(values(&wire.flow(), "tls.ja3").len(), 1);
}

#[test]
fn memory_held_back_is_given_back_when_the_flow_ends() {
    let mut wire = Wire::default();
    wire.stream(&[(0, b"GET / HTTP/1.1\r\nHo"), (500, b"rest")]);
    assert_eq!(wire.engine.keep.held_bytes, 4);
    // A new connection on the same ports ends the flow.
    wire.tcp(CLIENT, SERVER, 77, 2, b"");
    assert_eq!(wire.engine.keep.held_bytes, 0);
}

#[test]
fn a_gap_is_told_to_the_protocol_that_reads_the_stream() {
    let mut wire = Wire::default();
    wire.stream(&[(0, b"GET /a HTTP/1.1\r\nHost: one.exam"), (400, b"GET /b HTTP/1.1\r\nHost: two.example\r\n\r\n")]);
    let flow = wire.flow();
    assert_eq!(values(&flow, "http.host"), ["two.example"]);
    let evidence = flow.facts.of("http.host").next().unwrap().first;
    assert_eq!((evidence.frame, evidence.time), (3, Timestamp::from_nanos(3_000_000)), "the last segment's");
}

#[test]
fn a_stream_that_nobody_claims_is_offered_up_to_a_limit() {
    let request = b"GET / HTTP/1.1\r\nHost: late.example\r\n\r\n";
    let unknown = [0xeeu8; 1024];
    for (kibibytes, read) in [(128, true), (130, false)] {
        let mut wire = Wire::default();
        wire.stream(&[]);
        for index in 0..kibibytes {
            wire.tcp(CLIENT, SERVER, index * 1024 + 1, 16, &unknown);
        }
        wire.tcp(CLIENT, SERVER, kibibytes * 1024 + 1, 16, request);
        assert_eq!(values(&wire.flow(), "http.host").len(), usize::from(read), "behind {kibibytes} KiB");
    }
}

#[test]
fn payloads_inside_a_stream_are_datagrams_for_the_other_protocols() {
    let mut stream = b"\x00\x03\x00\x00\x21\x12\xa4\x42twelve bytes".to_vec();
    for number in 0..60u16 {
        let mut packet = vec![0x80, 111];
        packet.extend_from_slice(&number.to_be_bytes());
        packet.extend_from_slice(&(u32::from(number) * 960).to_be_bytes());
        packet.extend_from_slice(&[0, 0, 0, 9]);
        packet.resize(60, 0xaa);
        stream.extend_from_slice(&[0x40, 0x01, 0, packet.len() as u8]);
        stream.extend_from_slice(&packet);
    }
    let mut wire = Wire::default();
    wire.tcp(CLIENT, (2, 3478), 0, 2, b"");
    for (index, piece) in stream.chunks(150).enumerate() {
        wire.tcp(CLIENT, (2, 3478), 1 + index as u32 * 150, 16, piece);
    }
    let flow = wire.flow();
    assert_eq!(flow.protocols, ["stun", "rtp"]);
    let streams: Vec<_> = flow.streams.iter().map(|stream| (stream.ssrc, stream.packets, stream.tunnel)).collect();
    assert_eq!(streams, [(9, 60, Some(Tunnel::Channel(0x4001)))]);
}

#[test]
fn flows_of_the_same_hosts_and_service_are_folded_past_the_limit() {
    let mut wire = Wire::default();
    for port in 0..PLAIN_RECORDS_MAX as u16 + 10 {
        wire.udp((1, 10_000 + port), (2, 9), b"");
    }
    wire.udp((3, 5), (2, 9), b"");
    let traffic = wire.engine.finish();
    assert_eq!(traffic.flows.len(), PLAIN_RECORDS_MAX + 2);
    let folded: Vec<_> = traffic.flows[PLAIN_RECORDS_MAX..].iter().map(|flow| (flow.flows, flow.opener.ip())).collect();
    assert_eq!(folded, [(10, address(1)), (1, address(3))]);
    assert_eq!(traffic.flows[PLAIN_RECORDS_MAX].counters[0].packets, 10);
    assert!(traffic.flows.is_sorted_by_key(|flow| flow.id));
    let problems: Vec<_> = traffic.problems.iter().map(|(what, problem)| (what, problem.count)).collect();
    assert_eq!(problems, [("engine.flow-records-folded", 11)]);
}

#[test]
fn folded_records_keep_facts_within_the_limits_of_one_flow() {
    let mut wire = Wire::default();
    for index in 0..TOLD_RECORDS_MAX + 100 {
        let name = if index < TOLD_RECORDS_MAX { "kept".to_owned() } else { format!("n{}", index % 50) };
        wire.udp(((index % 250) as u8, 1024 + (index / 250) as u16), (254, 53), &query(&name));
    }
    let traffic = wire.engine.finish();
    assert_eq!(traffic.flows.iter().map(|flow| flow.flows).sum::<u64>(), TOLD_RECORDS_MAX as u64 + 100);
    assert!(traffic.flows.len() <= TOLD_RECORDS_MAX + 100);
    let last = traffic.flows.last().unwrap();
    assert!(last.protocols == ["dns"] && last.facts.has("dns.query"));
}

#[test]
fn folded_records_are_one_for_hosts_and_service_with_all_facts() {
    let mut wire = Wire::default();
    for port in 0..TOLD_RECORDS_MAX as u16 + 3 {
        wire.udp((1, 10_000 + port), (2, 3478), BINDING);
    }
    let traffic = wire.engine.finish();
    let folded = traffic.flows.last().map(|flow| (flow.flows, flow.facts.has("stun.software")));
    assert_eq!((traffic.flows.len(), folded), (TOLD_RECORDS_MAX + 1, Some((3, true))));
}

#[test]
fn facts_of_a_flow_survive_its_end() {
    let mut wire = Wire::default();
    wire.udp(CLIENT, (2, 3478), BINDING);
    // The next packet comes when the flow has been idle for long.
    wire.frame += 400_000;
    wire.udp(CLIENT, (2, 3478), BINDING);
    let traffic = wire.engine.finish();
    assert_eq!(traffic.flows.len(), 2);
    for flow in &traffic.flows {
        assert_eq!(
            (values(flow, "stun.software"), flow.protocols.as_slice()),
            (vec!["unit".to_owned()], &["stun"][..])
        );
    }
    assert_eq!(traffic.macs.get(&address(1)), Some(&[2, 0, 0, 0, 0, 1]));
}

#[test]
fn a_full_table_refuses_and_counts() {
    let mut wire = Wire { engine: Engine::new(2), ..Wire::default() };
    for host in [1, 1, 3, 3, 4] {
        wire.udp((host, 5000), (2, 3478), BINDING);
    }
    let traffic = wire.engine.finish();
    assert_eq!((traffic.packets, traffic.flows.len()), (5, 2));
    let problems: Vec<_> = traffic.problems.iter().map(|(what, problem)| (what, problem.count)).collect();
    assert_eq!(problems, [("engine.flow-table-full", 1)]);
}

#[test]
fn duplicates_are_counted_and_not_read() {
    let mut wire = Wire::default();
    wire.udp(CLIENT, SERVER, BINDING);
    let again = packet(2, CLIENT, SERVER, Transport::Udp(CLIENT.1, SERVER.1), BINDING);
    wire.engine.packet(&Packet { duplicate: true, ..again });
    let traffic = wire.engine.finish();
    assert_eq!((traffic.packets, traffic.duplicates), (1, 1));
    assert_eq!(traffic.flows[0].packets(), 1);
}

#[test]
fn a_protocol_wrapped_in_itself_is_not_asked_twice() {
    let mut payload = vec![0xff; 40];
    for _ in 0..3 * super::reading::NESTING_MAX {
        // ChannelData (RFC 8656 section 12.4) around what was there.
        payload = [&[0x40, 0x00], &(payload.len() as u16).to_be_bytes()[..], &payload].concat();
        let mut wire = Wire::default();
        wire.udp(CLIENT, (2, 3478), BINDING);
        wire.udp(CLIENT, (2, 3478), &payload);
        assert_eq!(wire.flow().protocols, ["stun"]);
    }
}

#[test]
fn icmp_is_no_flow_and_times_span_all_packets() {
    let mut wire = Wire::default();
    wire.send((1, 0), (2, 0), Transport::Icmp(3, 3), b"quoted");
    wire.udp(SERVER, CLIENT, b"y");
    wire.udp(CLIENT, SERVER, b"x");
    let traffic = wire.engine.finish();
    assert_eq!((traffic.flows.len(), traffic.packets), (1, 3));
    assert_eq!(traffic.span, Some((Timestamp::from_nanos(1_000_000), Timestamp::from_nanos(3_000_000))));
    let flow = &traffic.flows[0];
    assert_eq!(flow.first.direction, Direction::Backward, "port 80 is the server's");
    assert_eq!(traffic.macs.len(), 2);
}

#[test]
fn a_name_is_noted_once_and_again_when_it_is_renewed() {
    let mut keep = Keep::default();
    let binding = |name: &str, second: i64| NameBinding {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        name: name.to_owned(),
        aliases: Vec::new(),
        source: "dns",
        at: Evidence { capture: 0, frame: 1, time: Timestamp::new(second, 0), direction: Direction::Backward },
    };
    for (name, second) in [("a", 0), ("b", 1), ("a", 3599), ("a", 3600), ("a", 3700)] {
        keep.bind(binding(name, second));
    }
    let noted: Vec<_> =
        keep.names.values().flatten().map(|name| (name.name.as_str(), name.at.time.seconds())).collect();
    assert_eq!(noted, [("a", 0), ("b", 1), ("a", 3600)]);
    (0..100).for_each(|index| keep.bind(binding(&format!("n{index}"), 4000)));
    assert_eq!(keep.names.values().flatten().count(), NAMES_PER_ADDRESS_MAX);
    assert_eq!(
        keep.problems.iter().map(|(what, problem)| (what, problem.count)).collect::<Vec<_>>(),
        [("engine.too-many-names", 100 - (NAMES_PER_ADDRESS_MAX as u64 - 3))]
    );
}
