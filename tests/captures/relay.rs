//! The recorded call through a relay once more, as it would be if the client reached the relay over TCP: the same
//! messages, each ChannelData padded to four bytes (RFC 8656 section 12.5), in segments that follow no message.

use super::fixtures;
use super::program::{items, meetscope, text};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Bytes of the headers of a capture and of each packet in it (libpcap), and of Ethernet, IPv4 without options, UDP.
const FILE_BYTES: usize = 24;
const RECORD_BYTES: usize = 16;
const ETHERNET_BYTES: usize = 14;
const IP_BYTES: usize = 20;
const UDP_BYTES: usize = 8;
/// The relay's port.
const RELAY_PORT: u16 = 3478;
/// TCP flags.
const SYN: u8 = 0x02;
const ACK: u8 = 0x10;

/// A capture under the pen: the packets, and how far each direction of the connection has come.
struct Pen {
    bytes: Vec<u8>,
    sent: [u32; 2],
    packets: u64,
}

#[test]
fn a_relay_over_tcp_shows_the_same_call() {
    for (name, segment_bytes) in [("whole", 1400), ("cut", 333)] {
        let (report, packets) = analysed(name, segment_bytes, None);
        let mut truth = fixtures::truth_of("turn-call");
        truth.packets = packets;
        assert_eq!(fixtures::mistakes(&truth, &report), [""; 0], "{name}");
        let carrier = items(&report, "flows").iter().find(|flow| text(flow, "remote").ends_with(":3478"));
        let carrier = carrier.expect("the relay's flow is listed");
        assert_eq!(text(carrier, "transport"), "tcp", "{name}");
    }
}

#[test]
fn segments_that_the_capture_missed_cost_little() {
    let (report, _) = analysed("holes", 1400, Some(500));
    let streams: Vec<&Value> =
        items(&report, "meetings").iter().flat_map(|meeting| items(meeting, "streams")).collect();
    for truth in fixtures::truth_of("turn-call").streams() {
        let found =
            streams.iter().find(|stream| stream["ssrc"] == truth.ssrc && text(stream, "direction") == truth.direction);
        let found = found.and_then(|stream| stream["packets"].as_u64()).unwrap_or_default();
        assert!(
            found.abs_diff(truth.packets) <= truth.packets / 100 + 3,
            "{:#x}: {found} of {}",
            truth.ssrc,
            truth.packets
        );
    }
}

/// The report of the changed capture, and how many packets that has.
fn analysed(name: &str, segment_bytes: usize, lost: Option<usize>) -> (Value, u64) {
    let (bytes, packets) = over_tcp(segment_bytes, lost);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = format!("relay-over-tcp-{name}.pcap");
    fs::write(folder.join(&file), bytes).expect("the folder for tests can be written");
    (meetscope(folder, &["analyse", &file, "--format", "json"]).report(), packets)
}

/// The capture with the relay's datagrams in a connection of segments up to this size, every so many left out.
fn over_tcp(segment_bytes: usize, lost: Option<usize>) -> (Vec<u8>, u64) {
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/turn-call/capture.pcap");
    let bytes = fs::read(capture).expect("the fixture is there");
    let mut pen = Pen { bytes: bytes[..FILE_BYTES].to_vec(), sent: [0, 0], packets: 0 };
    let (mut rest, mut carried) = (&bytes[FILE_BYTES..], 0usize);
    while rest.len() > RECORD_BYTES {
        let (record, behind) = rest.split_at(RECORD_BYTES);
        let length = u32::from_le_bytes([record[8], record[9], record[10], record[11]]) as usize;
        let (packet, next) = behind.split_at(length);
        rest = next;
        let Some(message) = relayed(packet) else {
            pen.write(record, packet);
            continue;
        };
        if carried == 0 {
            let back = turned(packet);
            pen.segment(record, packet, SYN, &[]);
            pen.segment(record, &back, SYN | ACK, &[]);
            pen.segment(record, packet, ACK, &[]);
        }
        let mut padded = message.to_vec();
        padded.resize(message.len().next_multiple_of(4), 0);
        for piece in padded.chunks(segment_bytes) {
            carried += 1;
            let is_lost = lost.is_some_and(|every| carried.is_multiple_of(every));
            pen.segment_or_hole(record, packet, piece, is_lost);
        }
    }
    (pen.bytes, pen.packets)
}

/// The payload of a datagram to or from the relay.
fn relayed(packet: &[u8]) -> Option<&[u8]> {
    let udp = packet.get(ETHERNET_BYTES + IP_BYTES..)?;
    let port = |at: usize| u16::from_be_bytes([udp[at], udp[at + 1]]);
    let is_udp = packet[12..14] == [8, 0] && packet[ETHERNET_BYTES] == 0x45 && packet[ETHERNET_BYTES + 9] == 17;
    let length = is_udp.then(|| usize::from(port(4)))?;
    (port(0) == RELAY_PORT || port(2) == RELAY_PORT).then(|| udp.get(UDP_BYTES..length)).flatten()
}

/// The packet with its ends exchanged.
fn turned(packet: &[u8]) -> Vec<u8> {
    let mut turned = packet.to_vec();
    for (one, other, length) in [(0, 6, 6), (26, 30, 4), (34, 36, 2)] {
        turned[one..one + length].copy_from_slice(&packet[other..other + length]);
        turned[other..other + length].copy_from_slice(&packet[one..one + length]);
    }
    turned
}

impl Pen {
    fn write(&mut self, record: &[u8], packet: &[u8]) {
        self.bytes.extend_from_slice(&record[..8]);
        let length = (packet.len() as u32).to_le_bytes();
        self.bytes.extend([length, length].concat());
        self.bytes.extend_from_slice(packet);
        self.packets += 1;
    }

    fn segment_or_hole(&mut self, record: &[u8], like: &[u8], payload: &[u8], is_lost: bool) {
        let before = (self.bytes.len(), self.packets);
        self.segment(record, like, ACK, payload);
        if is_lost {
            self.bytes.truncate(before.0);
            self.packets = before.1;
        }
    }

    /// A segment with the addresses and ports of a datagram.
    fn segment(&mut self, record: &[u8], like: &[u8], flags: u8, payload: &[u8]) {
        let ports = &like[ETHERNET_BYTES + IP_BYTES..ETHERNET_BYTES + IP_BYTES + 4];
        let way = usize::from(ports[..2] == RELAY_PORT.to_be_bytes());
        let mut packet = like[..ETHERNET_BYTES + IP_BYTES].to_vec();
        let length = (IP_BYTES + 20 + payload.len()) as u16;
        packet[ETHERNET_BYTES + 2..ETHERNET_BYTES + 4].copy_from_slice(&length.to_be_bytes());
        packet[ETHERNET_BYTES + 9] = 6;
        packet.extend_from_slice(ports);
        packet.extend(self.sent[way].to_be_bytes());
        packet.extend(self.sent[1 - way].to_be_bytes());
        packet.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        packet.extend_from_slice(payload);
        self.sent[way] += payload.len() as u32 + u32::from(flags & SYN != 0);
        self.write(record, &packet);
    }
}
