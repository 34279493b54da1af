//! The blocks of pcapng (draft-ietf-opsawg-pcapng), little endian, times in nanoseconds.

use super::{Description, Statistics};
use crate::model::{Frame, LinkType, Timestamp};
use ipnet::IpNet;

/// An interface that frames are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// The system's name of it.
    pub name: String,
    /// What the system says of it.
    pub description: Option<String>,
    /// Link-layer header type of its frames.
    pub link: LinkType,
    /// Most bytes kept of a frame.
    pub snapshot_length: u32,
    /// Filter that its frames passed, in the language of libpcap.
    pub filter: Option<String>,
    /// Its addresses with their networks.
    pub addresses: Vec<IpNet>,
    /// Its address on the link.
    pub mac: Option<[u8; 6]>,
}

/// Block types (section 10.1 of the draft).
const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const INTERFACE_STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const BYTE_ORDER: u32 = 0x1a2b_3c4d;
/// The length of a section that is not known before it ends.
const LENGTH_NOT_KNOWN: u64 = u64::MAX;
/// Longest text of an option in bytes; its length has 16 bits.
const TEXT_BYTES_MAX: usize = 4096;
/// Decimal digits of a second in time stamps.
const RESOLUTION: u8 = 9;
/// Bytes of a packet block around the packet.
const PACKET_BYTES: u64 = 32;

/// Length of a packet block.
#[inline]
pub(super) const fn packet_bytes(data: usize) -> u64 {
    PACKET_BYTES + data.next_multiple_of(4) as u64
}

/// Section header (section 4.1), then one interface description after the other (section 4.2).
pub(super) fn head(out: &mut Vec<u8>, description: &Description) {
    block(out, SECTION_HEADER, |out| {
        word(out, BYTE_ORDER);
        out.extend([1, 0, 0, 0]);
        out.extend(LENGTH_NOT_KNOWN.to_le_bytes());
        text(out, 1, description.comment.as_deref().unwrap_or_default());
        text(out, 2, &description.hardware);
        text(out, 3, &description.system);
        text(out, 4, &description.application);
        option(out, 0, &[]);
    });
    for interface in &description.interfaces {
        block(out, INTERFACE_DESCRIPTION, |out| describe(out, interface, &description.system));
    }
}

fn describe(out: &mut Vec<u8>, interface: &Interface, system: &str) {
    let link = u16::try_from(interface.link.0).unwrap_or_default();
    out.extend(link.to_le_bytes());
    out.extend([0, 0]);
    word(out, interface.snapshot_length);
    text(out, 2, &interface.name);
    text(out, 3, interface.description.as_deref().unwrap_or_default());
    for address in &interface.addresses {
        match address {
            IpNet::V4(net) => option(out, 4, &[net.addr().octets(), net.netmask().octets()].concat()),
            IpNet::V6(net) => option(out, 5, &[net.addr().octets().as_slice(), &[net.prefix_len()]].concat()),
        }
    }
    if let Some(mac) = interface.mac {
        option(out, 6, &mac);
    }
    option(out, 9, &[RESOLUTION]);
    if let Some(filter) = &interface.filter {
        // The first byte says that a text follows, no program.
        option(out, 11, &[&[0], bounded(filter).as_bytes()].concat());
    }
    text(out, 12, system);
    option(out, 0, &[]);
}

/// Enhanced packet (section 4.3). The frame's length in the file must fit into 32 bits, as every frame's does.
#[inline]
pub(super) fn packet(out: &mut Vec<u8>, frame: &Frame<'_>) {
    let stored = u32::try_from(frame.data.len()).unwrap_or(u32::MAX);
    let total = u32::try_from(packet_bytes(frame.data.len())).unwrap_or(u32::MAX);
    let [high, low] = halves(frame.time);
    let head = [ENHANCED_PACKET, total, frame.interface, high, low, stored, frame.wire_length];
    for number in head {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(frame.data);
    pad(out, frame.data.len());
    out.extend_from_slice(&total.to_le_bytes());
}

/// Packets that are whole in `bytes`, which begin with a block.
pub(super) fn packets_in(mut bytes: &[u8]) -> u64 {
    let mut packets = 0;
    while let Some((head, _)) = bytes.split_first_chunk::<8>() {
        let [a, b, c, d, e, f, g, h] = *head;
        let length = u32::from_le_bytes([e, f, g, h]) as usize;
        let Some(rest) = bytes.get(length.max(8)..) else { break };
        packets += u64::from(u32::from_le_bytes([a, b, c, d]) == ENHANCED_PACKET);
        bytes = rest;
    }
    packets
}

/// Interface statistics (section 4.6), of what happened between two times.
pub(super) fn statistics(out: &mut Vec<u8>, interface: u32, counted: Statistics, from: Timestamp, to: Timestamp) {
    block(out, INTERFACE_STATISTICS, |out| {
        word(out, interface);
        halves(to).into_iter().for_each(|half| word(out, half));
        for (code, time) in [(2, from), (3, to)] {
            option(out, code, &halves(time).map(u32::to_le_bytes).concat());
        }
        let delivered = counted.received.saturating_sub(counted.dropped_system);
        let counters = [
            (4, counted.received.saturating_add(counted.dropped_interface)),
            (5, counted.dropped_interface),
            (6, counted.received),
            (7, counted.dropped_system),
            (8, delivered),
        ];
        for (code, count) in counters {
            option(out, code, &count.to_le_bytes());
        }
        option(out, 0, &[]);
    });
}

/// A block with its type and, before and behind the body, its length.
fn block(out: &mut Vec<u8>, kind: u32, body: impl FnOnce(&mut Vec<u8>)) {
    let mut inside = Vec::new();
    body(&mut inside);
    let length = u32::try_from(inside.len() + 12).unwrap_or(u32::MAX);
    word(out, kind);
    word(out, length);
    out.extend(inside);
    word(out, length);
}

/// A text option; an empty one is left out.
fn text(out: &mut Vec<u8>, code: u16, text: &str) {
    if !text.is_empty() {
        option(out, code, bounded(text).as_bytes());
    }
}

/// The start of a text, cut between two characters.
fn bounded(text: &str) -> &str {
    let end = (0..=text.len().min(TEXT_BYTES_MAX)).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// An option of at most [`TEXT_BYTES_MAX`] bytes and one; the others have a few.
fn option(out: &mut Vec<u8>, code: u16, value: &[u8]) {
    out.extend(code.to_le_bytes());
    out.extend(u16::try_from(value.len()).unwrap_or_default().to_le_bytes());
    out.extend(value);
    pad(out, value.len());
}

#[inline]
fn pad(out: &mut Vec<u8>, length: usize) {
    out.extend_from_slice([0; 3].get(..length.next_multiple_of(4) - length).unwrap_or_default());
}

fn word(out: &mut Vec<u8>, number: u32) {
    out.extend(number.to_le_bytes());
}

/// Upper and lower half of a time. Times before 1970 cannot be said.
#[inline]
fn halves(time: Timestamp) -> [u32; 2] {
    let ticks = u64::try_from(time.nanos()).unwrap_or_default();
    [(ticks >> 32) as u32, ticks as u32]
}
