use super::*;
use crate::model::{TcpHeader, Timestamp};
use std::net::{IpAddr, Ipv4Addr};

fn udp(from: (u8, u16), to: (u8, u16), seconds: i64) -> Packet<'static> {
    Packet {
        capture: 0,
        frame: 1,
        time: Timestamp::new(seconds, 0),
        source: IpAddr::V4(Ipv4Addr::new(10, 0, 0, from.0)),
        destination: IpAddr::V4(Ipv4Addr::new(10, 0, 0, to.0)),
        transport: Transport::Udp(from.1, to.1),
        payload: &[],
        payload_length: 0,
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

fn tcp(from: (u8, u16), to: (u8, u16), millis: i64, flags: u8) -> Packet<'static> {
    let header = TcpHeader { source: from.1, destination: to.1, sequence: 0, acknowledgement: 0, flags, opening: None };
    Packet { transport: Transport::Tcp(header), time: Timestamp::from_nanos(millis * 1_000_000), ..udp(from, to, 0) }
}

/// Feeds packets; returns (flow id, direction) of each and the packets of each ended flow.
fn feed(table: &mut FlowTable<()>, packets: &[Packet<'_>]) -> (Vec<(u64, Direction)>, Vec<u64>) {
    let (mut found, mut ended) = (Vec::new(), Vec::new());
    for packet in packets {
        match table.packet(packet, &mut |flow| ended.push(flow.packets())) {
            Found::Flow(flow, direction) => found.push((flow.id, direction)),
            Found::Refused => found.push((u64::MAX, Direction::Forward)),
            Found::NoFlow => {}
        }
    }
    (found, ended)
}

#[test]
fn both_directions_meet_and_idle_flows_end() {
    let mut table = FlowTable::new(10);
    let packets = [
        udp((1, 5000), (2, 6000), 0),
        udp((2, 6000), (1, 5000), 1),
        udp((3, 1), (4, 2), 100),
        udp((1, 5000), (2, 6000), 190),
    ];
    let (found, ended) = feed(&mut table, &packets);
    assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [0, 0, 1, 2]);
    assert_eq!(found[1].1, Direction::Backward);
    assert_eq!(ended, [1, 2], "the single packet after 60 s, the datagram flow after 180 s");
}

#[test]
fn a_full_table_gives_up_single_packets_before_it_refuses() {
    let mut table = FlowTable::new(2);
    let packets = [
        udp((1, 1), (2, 2), 0),
        udp((1, 1), (2, 2), 0),
        udp((1, 3), (2, 2), 0),
        udp((1, 4), (2, 2), 0),
        udp((1, 4), (2, 2), 0),
        udp((1, 5), (2, 2), 0),
    ];
    let (found, ended) = feed(&mut table, &packets);
    assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [0, 0, 1, 2, 2, u64::MAX]);
    assert_eq!(ended, [1]);
}

#[test]
fn the_sender_of_syn_opens_and_its_round_trip_is_measured() {
    let mut table: FlowTable<()> = FlowTable::new(4);
    let (client, server) = ((1, 40000), (2, 8443));
    for packet in [tcp(server, client, 40, 0x12), tcp(client, server, 41, 0x10)] {
        table.packet(&packet, &mut |_| {});
    }
    let mut flows = Vec::new();
    table.finish(&mut |flow| flows.push(flow));
    assert_eq!(flows[0].opener.port(), 40000);
    assert_eq!(flows[0].handshake.to_responder, None, "the SYN was not captured");
    assert_eq!(flows[0].handshake.to_opener, Some(1_000_000));
}

#[test]
fn a_new_syn_on_the_ports_of_a_closed_connection_is_a_new_flow() {
    let mut table = FlowTable::new(4);
    let (client, server) = ((1, 40000), (2, 443));
    let packets = [
        tcp(client, server, 0, 0x02),
        tcp(server, client, 30, 0x12),
        tcp(client, server, 31, 0x11),
        tcp(client, server, 900, 0x02),
    ];
    let (found, ended) = feed(&mut table, &packets);
    assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [0, 0, 0, 1]);
    assert_eq!(ended, [3]);
}

#[test]
fn time_that_runs_backwards_ends_nothing() {
    let mut table = FlowTable::new(4);
    let (found, ended) = feed(&mut table, &[udp((1, 1), (2, 2), 1000), udp((1, 1), (2, 2), -1000)]);
    assert_eq!(found, [(0, Direction::Forward), (0, Direction::Forward)]);
    assert!(ended.is_empty());
}

#[test]
fn a_syn_with_another_sequence_number_is_a_new_flow_and_a_repeated_one_is_not() {
    let mut table = FlowTable::new(4);
    let (client, server) = ((1, 40000), (2, 443));
    let syn = |sequence, millis| {
        let header =
            TcpHeader { source: 40000, destination: 443, sequence, acknowledgement: 0, flags: 2, opening: None };
        Packet { transport: Transport::Tcp(header), ..tcp(client, server, millis, 2) }
    };
    let (found, _) = feed(&mut table, &[syn(7, 0), syn(7, 100), tcp(server, client, 101, 0x12), syn(8, 5000)]);
    assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [0, 0, 0, 1]);
}

#[test]
fn an_idle_limit_that_changes_moves_the_deadline() {
    let mut table = FlowTable::new(9);
    let (client, server) = ((1, 40000), (2, 443));
    // One packet would end after 60 s; with an answer the connection lives 900 s, and after FIN 15 s.
    let open = [tcp(client, server, 0, 2), tcp(server, client, 1, 0x12), udp((5, 5), (6, 6), 70)];
    assert!(feed(&mut table, &open).1.is_empty());
    assert!(feed(&mut table, &[udp((5, 5), (6, 6), 800)]).1.len() == 1, "only the datagram flow");
    assert!(feed(&mut table, &[tcp(client, server, 810_000, 0x11)]).1.is_empty());
    assert_eq!(feed(&mut table, &[udp((7, 7), (8, 8), 826)]).1, [3], "15 s after FIN");
}

#[test]
fn deadlines_of_ended_flows_do_not_pile_up() {
    let mut table: FlowTable<()> = FlowTable::new(9);
    let (client, server) = ((1, 40000), (2, 443));
    for _ in 0..20_000 {
        for flags in [0x02, 0x04] {
            table.packet(&tcp(client, server, 0, flags), &mut |_| {});
        }
    }
    assert_eq!(table.len(), 1);
    assert!(table.deadlines() < 8 * 1024, "{} deadlines", table.deadlines());
}

#[test]
fn one_time_stamp_from_the_far_future_does_not_stop_expiry() {
    let mut table = FlowTable::new(9);
    let packets = [udp((1, 1), (2, 2), 0), udp((3, 3), (4, 4), 4_000_000_000), udp((1, 1), (2, 2), 10)];
    assert_eq!(feed(&mut table, &packets).1.len(), 1, "the flow before the jump");
    let later: Vec<_> = (500..510).map(|second| udp((1, 6), (2, 2), second)).collect();
    assert_eq!(feed(&mut table, &later).1.len(), 1, "the flow after it, idle for long");
    assert_eq!(table.len(), 2);
}
