//! The recorded call between two peers once more, as programs with other habits would have sent it: other numbers of
//! header extensions and payload types, another voice flag, padding that probes the way on the voice's own source.

use super::fixtures;
use super::program::meetscope;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Bytes of the headers of a capture and of each packet in it (libpcap), and of Ethernet, IPv4 without options, UDP.
const FILE_BYTES: usize = 24;
const RECORD_BYTES: usize = 16;
const HEADERS_BYTES: usize = 14 + 20 + 8;
/// Bytes of a fixed RTP header.
const RTP_BYTES: usize = 12;
/// Packets of a voice between two probes, and packets of each.
const PROBE_EVERY: usize = 60;
const PROBE_PACKETS: u16 = 3;

/// Numbers of header extensions and of payload types: the old one, the new one.
type Numbers = &'static [(u8, u8)];

/// How another program numbers what the recorded one numbers its way.
const NUMBERINGS: [(&str, Numbers, Numbers); 2] = [
    (
        "firefox",
        &[(2, 4), (3, 7), (4, 3), (6, 12), (7, 8), (8, 9), (14, 5)],
        &[(111, 109), (118, 122), (96, 120), (97, 124), (119, 123)],
    ),
    (
        "other",
        &[(1, 9), (2, 12), (3, 1), (4, 14), (6, 2), (7, 3), (8, 4), (10, 6), (11, 7), (13, 8), (14, 10)],
        &[(111, 96), (118, 101), (96, 98), (97, 99), (119, 102)],
    ),
];

#[test]
fn extensions_and_payload_types_may_have_any_numbers() {
    for (name, extensions, types) in NUMBERINGS {
        let (bytes, packets) = changed(|rtp, _| {
            renumber(rtp, extensions, types);
            Vec::new()
        });
        assert_eq!(mistakes(name, &bytes, packets, &BTreeMap::new()), [""; 0], "{name}");
    }
}

#[test]
fn without_the_loudness_sizes_tell_who_speaks() {
    let (bytes, packets) = changed(|rtp, _| {
        elements(rtp, |id, element| {
            if id == 1 {
                element.fill(0);
            }
        });
        Vec::new()
    });
    assert_eq!(mistakes("silent", &bytes, packets, &BTreeMap::new()), [""; 0]);
}

#[test]
fn padding_on_the_source_of_a_voice_is_no_voice() {
    let mut added: BTreeMap<u32, u64> = BTreeMap::new();
    let (bytes, packets) = changed(|rtp, number| {
        let source = u32::from_be_bytes([rtp[8], rtp[9], rtp[10], rtp[11]]);
        if rtp[1] & 0x7f != 111 {
            return Vec::new();
        }
        // Probes take sequence numbers, and all that follows moves up.
        let shift = added.get(&source).copied().unwrap_or_default() as u16;
        let sequence = u16::from_be_bytes([rtp[2], rtp[3]]).wrapping_add(shift);
        rtp[2..4].copy_from_slice(&sequence.to_be_bytes());
        if number % PROBE_EVERY != 0 {
            return Vec::new();
        }
        *added.entry(source).or_default() += u64::from(PROBE_PACKETS);
        (1..=PROBE_PACKETS).map(|step| probe(rtp, sequence.wrapping_add(step))).collect()
    });
    assert!(added.values().all(|packets| *packets > 40) && added.len() == 2, "{added:?}");
    assert_eq!(mistakes("padding", &bytes, packets, &added), [""; 0]);
}

/// What the report of a changed capture gets wrong, with this many packets more in some streams.
fn mistakes(name: &str, bytes: &[u8], packets: u64, added: &BTreeMap<u32, u64>) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = format!("dialect-{name}.pcap");
    fs::write(folder.join(&file), bytes).expect("the folder for tests can be written");
    let mut truth = fixtures::truth_of("p2p-call");
    truth.packets = packets;
    for stream in truth.streams_mut() {
        stream.packets +=
            added.iter().filter(|(source, _)| u64::from(**source) == stream.ssrc).map(|(_, count)| count).sum::<u64>();
    }
    fixtures::mistakes(&truth, &meetscope(folder, &["analyse", &file, "--format", "json"]).report())
}

/// The capture with each RTP packet changed, and those behind it that `change` gives; it is told how many RTP packets
/// of the source came before.
fn changed(mut change: impl FnMut(&mut [u8], usize) -> Vec<Vec<u8>>) -> (Vec<u8>, u64) {
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/p2p-call/capture.pcap");
    let bytes = fs::read(capture).expect("the fixture is there");
    let (mut written, mut rest, mut packets) = (bytes[..FILE_BYTES].to_vec(), &bytes[FILE_BYTES..], 0);
    let mut before: BTreeMap<[u8; 4], usize> = BTreeMap::new();
    while rest.len() > RECORD_BYTES {
        let (record, behind) = rest.split_at(RECORD_BYTES);
        let length = u32::from_le_bytes([record[8], record[9], record[10], record[11]]) as usize;
        let (packet, next) = behind.split_at(length);
        rest = next;
        let mut all = vec![packet.to_vec()];
        if let Some(rtp) = all[0].get_mut(HEADERS_BYTES..).filter(|_| is_rtp(packet)) {
            let number = before.entry([rtp[8], rtp[9], rtp[10], rtp[11]]).or_default();
            let more = change(rtp, *number);
            *number += 1;
            all.extend(more.iter().map(|payload| like(packet, payload)));
        }
        packets += all.len() as u64;
        for packet in all {
            let length = (packet.len() as u32).to_le_bytes();
            written.extend([&record[..8], &length, &length, &packet].concat());
        }
    }
    (written, packets)
}

/// Whether a packet is RTP in UDP in IPv4; types 64 to 95 are those of RTCP (RFC 5761 section 4).
fn is_rtp(packet: &[u8]) -> bool {
    let udp = packet.get(12..24).is_some_and(|bytes| bytes[..3] == [8, 0, 0x45] && bytes[11] == 17);
    let rtp = packet.get(HEADERS_BYTES..).filter(|rtp| udp && rtp.len() > RTP_BYTES);
    rtp.is_some_and(|rtp| rtp[0] >> 6 == 2 && !(64..96).contains(&(rtp[1] & 0x7f)))
}

/// A datagram with the addresses of another one.
fn like(packet: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut made = packet[..HEADERS_BYTES].to_vec();
    made[16..18].copy_from_slice(&((20 + 8 + payload.len()) as u16).to_be_bytes());
    made[38..40].copy_from_slice(&((8 + payload.len()) as u16).to_be_bytes());
    made.extend_from_slice(payload);
    made
}

/// Gives payload type and one-byte header extensions (RFC 8285 section 4.2) other numbers, and levels the other flag.
fn renumber(rtp: &mut [u8], extensions: Numbers, types: Numbers) {
    let new = |numbers: Numbers, old: u8| numbers.iter().find(|(known, _)| *known == old).map_or(old, |(_, new)| *new);
    rtp[1] = rtp[1] & 0x80 | new(types, rtp[1] & 0x7f);
    elements(rtp, |id, element| {
        element[0] = new(extensions, id) << 4 | element[0] & 15;
        if id == 1 {
            element[1] &= 0x7f;
        }
    });
}

/// Hands each header extension of the one-byte form to `change`, with its number.
fn elements(rtp: &mut [u8], mut change: impl FnMut(u8, &mut [u8])) {
    if rtp[0] & 0x10 == 0 || rtp[RTP_BYTES..RTP_BYTES + 2] != [0xbe, 0xde] {
        return;
    }
    let end = RTP_BYTES + 4 + 4 * usize::from(u16::from_be_bytes([rtp[RTP_BYTES + 2], rtp[RTP_BYTES + 3]]));
    let mut at = RTP_BYTES + 4;
    while at < end {
        let (id, length) = (rtp[at] >> 4, usize::from(rtp[at] & 15) + 2);
        if id == 0 {
            at += 1;
            continue;
        }
        change(id, &mut rtp[at..at + length]);
        at += length;
    }
}

/// A packet of padding on the source of `rtp`: its time stamp, no loudness, bytes that are encrypted.
fn probe(rtp: &[u8], sequence: u16) -> Vec<u8> {
    let mut probe = [&[0xb0, rtp[1] & 0x7f], &sequence.to_be_bytes()[..], &rtp[4..12]].concat();
    let [high, low] = sequence.to_be_bytes();
    probe.extend([0xbe, 0xde, 0, 2, 0x22, high, low, 0, 0x31, high, low, 0]);
    probe.extend((0..234u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 13) as u8 ^ low));
    probe
}
