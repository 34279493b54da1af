//! RTCP compound packets (RFC 3550 section 6.1) and what SRTCP leaves of them in clear (RFC 3711 section 3.4).

use crate::model::wire::Reader;

/// Bytes of an RTCP header with the sender's source: all that SRTCP leaves in clear.
const CLEAR_BYTES: usize = 8;
/// Packets read of one compound.
const COMPOUND_PACKETS_MAX: usize = 32;

/// Sender report (RFC 3550 section 6.4.1).
pub(super) const SENDER_REPORT: u8 = 200;
/// Receiver report (RFC 3550 section 6.4.2).
pub(super) const RECEIVER_REPORT: u8 = 201;
/// Source description (RFC 3550 section 6.5).
pub(super) const DESCRIPTION: u8 = 202;
/// Goodbye (RFC 3550 section 6.6).
pub(super) const GOODBYE: u8 = 203;
/// Defined by an application (RFC 3550 section 6.7).
pub(super) const APPLICATION: u8 = 204;
/// Feedback about the transport and about the payload (RFC 4585 section 6.1).
pub(super) const FEEDBACK: [u8; 2] = [205, 206];
/// Extended report (RFC 3611 section 2).
pub(super) const EXTENDED: u8 = 207;

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

/// What a sender report says of its sender (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SenderInfo {
    /// Wall clock: seconds since 1900 and their fraction, 32 bits each.
    pub(super) ntp: u64,
    /// RTP packets sent since the source began.
    pub(super) packets: u32,
    /// Payload bytes sent since the source began.
    pub(super) bytes: u32,
}

impl SenderInfo {
    /// Reads a sender report: source, NTP time, RTP time, packets, bytes.
    pub(super) fn read(packet: &Packet<'_>) -> Option<SenderInfo> {
        let mut reader = Reader::new(packet.body);
        reader.u32()?;
        let ntp = reader.u64()?;
        reader.u32()?;
        Some(SenderInfo { ntp, packets: reader.u32()?, bytes: reader.u32()? })
    }
}

/// What a receiver says of one source (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The source reported on.
    pub(super) source: u32,
    /// Middle 32 bits of the wall clock in its last sender report; 0 = none came.
    pub(super) last_report: u32,
    /// Time since that came, in 1/65536 s.
    pub(super) delay: u32,
}

/// The blocks of a sender or receiver report.
pub(super) fn blocks<'p>(packet: &Packet<'p>) -> impl Iterator<Item = Block> + use<'p> {
    let mut reader = Reader::new(packet.body);
    let opened = reader.take(if packet.kind == SENDER_REPORT { 24 } else { 4 }).is_some();
    let count = if opened { packet.count } else { 0 };
    (0..count).map_while(move |_| {
        let source = reader.u32()?;
        reader.take(12)?;
        Some(Block { source, last_report: reader.u32()?, delay: reader.u32()? })
    })
}

/// The sources that leave, and why, if that is said.
pub(super) fn leaving<'p>(packet: &Packet<'p>) -> (Vec<u32>, Option<&'p [u8]>) {
    let mut reader = Reader::new(packet.body);
    let sources = (0..packet.count).map_while(|_| reader.u32()).collect();
    (sources, reader.vector8())
}

/// The four letters of an application's packet.
pub(super) fn application_name<'p>(packet: &Packet<'p>) -> Option<&'p [u8]> {
    packet.body.get(4..8)
}

/// Name of a feedback message (IANA registry of FMT values).
pub(super) fn feedback_name(packet: &Packet<'_>) -> Option<&'static str> {
    Some(match (packet.kind, packet.count) {
        (205, 1) => "NACK",
        (205, 3) => "TMMBR",
        (205, 4) => "TMMBN",
        (205, 11) => "CCFB",
        (205, 15) => "transport-cc",
        (206, 1) => "PLI",
        (206, 2) => "SLI",
        (206, 3) => "RPSI",
        (206, 4) => "FIR",
        (206, 15) if packet.body.get(8..12) == Some(b"REMB") => "REMB",
        (206, 15) => "AFB",
        _ => return None,
    })
}

/// Names of the blocks of an extended report (IANA registry of RTCP XR block types).
pub(super) fn extended_names(packet: &Packet<'_>) -> Vec<&'static str> {
    let mut reader = Reader::new(packet.body);
    let mut names = Vec::new();
    reader.take(4);
    while let (Some(kind), Some(_), Some(words)) = (reader.u8(), reader.u8(), reader.u16()) {
        names.push(extended_name(kind));
        if reader.take(usize::from(words) * 4).is_none() {
            break;
        }
    }
    names
}

const fn extended_name(kind: u8) -> &'static str {
    match kind {
        1 => "loss",
        2 => "duplicates",
        3 => "receipt times",
        4 => "reference time",
        5 => "DLRR",
        6 => "statistics",
        7 => "VoIP metrics",
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
