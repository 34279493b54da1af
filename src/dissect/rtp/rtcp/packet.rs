//! RTCP compound packets (RFC 3550 section 6.1) and what SRTCP leaves of them in clear (RFC 3711 section 3.4).

use crate::model::wire::Reader;

/// Bytes of an RTCP header with the sender's source: all that SRTCP leaves in clear.
const CLEAR_BYTES: usize = 8;
/// Packets read of one compound.
const COMPOUND_PACKETS_MAX: usize = 32;

/// Sender report (RFC 3550 section 6.4.1).
pub(super) const SENDER_REPORT: u8 = 200;
/// Source description (RFC 3550 section 6.5).
pub(super) const DESCRIPTION: u8 = 202;

/// One packet of a compound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet<'p> {
    /// Packet type, 192 to 223.
    pub(super) kind: u8,
    /// Count of reports or sources, or the feedback format.
    pub(super) count: u8,
    /// Everything behind the length.
    pub(super) body: &'p [u8],
}

impl<'p> Packet<'p> {
    /// Reads the next packet of a compound.
    pub(super) fn read(reader: &mut Reader<'p>) -> Option<Packet<'p>> {
        let (first, kind, words) = (reader.u8()?, reader.u8()?, reader.u16()?);
        if first >> 6 != 2 || !(192..=223).contains(&kind) {
            return None;
        }
        Some(Packet { kind, count: first & 0x1f, body: reader.take(usize::from(words) * 4)? })
    }

    /// The source that sent it.
    pub(super) fn sender(&self) -> Option<u32> {
        Reader::new(self.body).u32()
    }
}

/// A datagram of RTCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Datagram<'p> {
    /// Every packet of the compound fits: all in clear.
    Clear(&'p [u8]),
    /// Only the first header makes sense: the rest is encrypted, or the capture cut it.
    Sealed {
        /// Type of the first packet.
        kind: u8,
        /// Its sender.
        sender: u32,
        /// The whole datagram.
        bytes: &'p [u8],
    },
}

impl<'p> Datagram<'p> {
    /// Reads a datagram; `None` when it cannot be RTCP.
    pub(super) fn read(bytes: &'p [u8], cut: u32) -> Option<Datagram<'p>> {
        let [first, kind @ 192..=223, high, low, ..] = *bytes else { return None };
        let length = (usize::from(u16::from_be_bytes([high, low])) + 1) * 4;
        if first >> 6 != 2 || length < CLEAR_BYTES || length > bytes.len() + cut as usize {
            return None;
        }
        if is_compound(bytes) {
            return Some(Datagram::Clear(bytes));
        }
        let sender = Reader::new(bytes.get(4..)?).u32()?;
        Some(Datagram::Sealed { kind, sender, bytes })
    }
}

/// The packets of a compound in clear.
pub(super) fn packets(bytes: &[u8]) -> impl Iterator<Item = Packet<'_>> {
    let mut reader = Reader::new(bytes);
    std::iter::from_fn(move || Packet::read(&mut reader)).take(COMPOUND_PACKETS_MAX)
}

/// Whether packets follow each other to the last byte.
fn is_compound(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    while !reader.is_empty() {
        if Packet::read(&mut reader).is_none() {
            return false;
        }
    }
    true
}

/// Name of a packet type (IANA registry of RTCP control packet types).
pub(super) const fn type_name(kind: u8) -> &'static str {
    match kind {
        192 => "FIR",
        193 => "NACK",
        200 => "SR",
        201 => "RR",
        202 => "SDES",
        203 => "BYE",
        204 => "APP",
        205 => "RTPFB",
        206 => "PSFB",
        207 => "XR",
        208 => "AVB",
        209 => "RSI",
        210 => "TOKEN",
        211 => "IDMS",
        _ => "other",
    }
}

/// Text items of one source (RFC 3550 section 6.5): type and text, in order.
pub(super) fn items<'p>(description: &Packet<'p>) -> Vec<(u8, &'p [u8])> {
    let mut items = Vec::new();
    let mut reader = Reader::new(description.body);
    for _ in 0..description.count {
        if reader.u32().is_none() || read_chunk(&mut reader, &mut items).is_none() {
            break;
        }
    }
    items
}

/// Items up to the zero that ends a chunk, and its fill to four bytes.
fn read_chunk<'p>(reader: &mut Reader<'p>, items: &mut Vec<(u8, &'p [u8])>) -> Option<()> {
    loop {
        match reader.u8()? {
            0 => break,
            kind => items.push((kind, reader.vector8()?)),
        }
    }
    let fill = reader.offset().next_multiple_of(4) - reader.offset();
    reader.take(fill).map(|_| ())
}
