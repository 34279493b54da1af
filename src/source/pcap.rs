//! Classic pcap (draft-ietf-opsawg-pcap) in both byte orders, with micro- and nanoseconds, and the variant of an old
//! Linux patch with longer record headers.
//!
//! Why not pcap-parser, which reads the blocks of pcapng: it knows the patched variant in one byte order only and
//! takes the stored length of old files, which tell their two lengths the other way round, from the wrong field.

use super::file::{Damage, Found};
use super::window::{BLOCK_BYTES_MAX, Window};
use crate::model::{LinkType, Timestamp};

/// Bytes of the file header.
const HEADER_BYTES: usize = 24;
/// Bytes of a record header, and of the longer one of the patched variant.
const RECORD_BYTES: usize = 16;
const PATCHED_RECORD_BYTES: usize = 24;
/// Longest frame believed where the header promises less: the snapshot length that tcpdump and Wireshark use.
const FRAME_BYTES_MAX: u32 = 262_144;
/// The bits of the link-type field that tell the link type; the others tell of a frame check sequence.
const LINK_TYPE_MASK: u32 = 0x03ff_ffff;

/// Reads the records of one file.
pub(super) struct Pcap {
    big_endian: bool,
    record_bytes: usize,
    length_max: u32,
    nanos_per_tick: i64,
    link: LinkType,
    lengths: Lengths,
}

/// In which order a record tells its two lengths.
#[derive(Clone, Copy)]
enum Lengths {
    StoredFirst,
    WireFirst,
    SmallerIsStored,
}

/// What the magic number tells.
struct Magic {
    big_endian: bool,
    nanos_per_tick: i64,
    record_bytes: usize,
}

impl Magic {
    fn of(magic: &[u8]) -> Option<Magic> {
        let (big_endian, nanos_per_tick, record_bytes) = match magic.first_chunk()? {
            [0xd4, 0xc3, 0xb2, 0xa1] => (false, 1_000, RECORD_BYTES),
            [0xa1, 0xb2, 0xc3, 0xd4] => (true, 1_000, RECORD_BYTES),
            [0x4d, 0x3c, 0xb2, 0xa1] => (false, 1, RECORD_BYTES),
            [0xa1, 0xb2, 0x3c, 0x4d] => (true, 1, RECORD_BYTES),
            [0x34, 0xcd, 0xb2, 0xa1] => (false, 1_000, PATCHED_RECORD_BYTES),
            [0xa1, 0xb2, 0xcd, 0x34] => (true, 1_000, PATCHED_RECORD_BYTES),
            _ => return None,
        };
        Some(Magic { big_endian, nanos_per_tick, record_bytes })
    }
}

impl Pcap {
    /// Whether a file that begins with `magic` is one.
    pub(super) fn recognise(magic: &[u8]) -> bool {
        Magic::of(magic).is_some()
    }

    /// Reads the file header and moves the window behind it; the error says what is wrong with it.
    pub(super) fn open(window: &mut Window) -> Result<Pcap, String> {
        window.want(HEADER_BYTES);
        let header: Option<&[u8; HEADER_BYTES]> = window.data().first_chunk();
        let cut = || format!("its header of {HEADER_BYTES} bytes is cut");
        let (header, magic) = header.zip(Magic::of(window.data())).ok_or_else(cut)?;
        let pcap = Pcap::with_header(header, &magic)?;
        window.consume(HEADER_BYTES);
        Ok(pcap)
    }

    fn with_header(header: &[u8; HEADER_BYTES], magic: &Magic) -> Result<Pcap, String> {
        let [_, _, _, _, v0, v1, w0, w1, _, _, _, _, _, _, _, _, s0, s1, s2, s3, l0, l1, l2, l3] = *header;
        let (major, minor) = (number16([v0, v1], magic.big_endian), number16([w0, w1], magic.big_endian));
        if major != 2 {
            return Err(format!("it has the unknown version {major}.{minor}"));
        }
        let longest = u32::try_from(BLOCK_BYTES_MAX - PATCHED_RECORD_BYTES).unwrap_or(FRAME_BYTES_MAX);
        Ok(Pcap {
            big_endian: magic.big_endian,
            record_bytes: magic.record_bytes,
            length_max: number32([s0, s1, s2, s3], magic.big_endian).clamp(FRAME_BYTES_MAX, longest),
            nanos_per_tick: magic.nanos_per_tick,
            link: LinkType(number32([l0, l1, l2, l3], magic.big_endian) & LINK_TYPE_MASK),
            // Version 2.3 swapped the lengths, and files that say 2.3 are of either order.
            lengths: match minor {
                0..=2 => Lengths::WireFirst,
                3 => Lengths::SmallerIsStored,
                _ => Lengths::StoredFirst,
            },
        })
    }

    /// The record at the window's start, or `None` at the end of the file.
    #[inline]
    pub(super) fn next(&self, window: &mut Window) -> Result<Option<Found>, Damage> {
        if !window.want(self.record_bytes) {
            return if window.data().is_empty() { Ok(None) } else { Err(Damage::Cut) };
        }
        let Some(header) = window.data().first_chunk() else { return Err(Damage::Cut) };
        let (time, stored, wire_length) = self.record(header);
        if stored > self.length_max {
            return Err(Damage::Impossible(format!("a frame of {stored} bytes, more than captures store")));
        }
        let block = self.record_bytes + stored as usize;
        if !window.want(block) {
            return Err(Damage::Cut);
        }
        let data = self.record_bytes..block;
        Ok(Some(Found { time: Some(time), link: self.link, interface: 0, wire_length, data, block }))
    }

    /// Time, bytes stored and bytes on the wire.
    #[inline]
    fn record(&self, header: &[u8; RECORD_BYTES]) -> (Timestamp, u32, u32) {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *header;
        let number = |bytes| number32(bytes, self.big_endian);
        let (seconds, ticks) = (number([a, b, c, d]), number([e, f, g, h]));
        let time = Timestamp::new(i64::from(seconds), i64::from(ticks) * self.nanos_per_tick);
        let (first, second) = (number([i, j, k, l]), number([m, n, o, p]));
        match self.lengths {
            Lengths::StoredFirst => (time, first, second),
            Lengths::WireFirst => (time, second, first),
            Lengths::SmallerIsStored => (time, first.min(second), first.max(second)),
        }
    }
}

#[inline]
fn number32(bytes: [u8; 4], big_endian: bool) -> u32 {
    if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
}

#[inline]
fn number16(bytes: [u8; 2], big_endian: bool) -> u16 {
    if big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
}
