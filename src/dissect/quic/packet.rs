//! Long header packets (RFC 8999 section 5.1, RFC 9000 section 17.2, RFC 9369 section 3.2).

use super::version;
use crate::model::wire::Reader;

/// Longest connection identifier (RFC 9000 section 17.2).
const CONNECTION_ID_BYTES_MAX: usize = 20;
/// First bit: long header.
const LONG_HEADER: u8 = 0x80;
/// Second bit: set in all packets of these versions but for those that grease it (RFC 9287).
const FIXED_BIT: u8 = 0x40;

/// Types of long packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Carries the hellos, under keys that everybody can compute.
    Initial,
    /// Early data.
    ZeroRtt,
    /// The rest of the handshake.
    Handshake,
    /// Asks the client to come back with a token.
    Retry,
    /// Lists what the server speaks.
    Negotiation,
}

/// One long packet of a datagram.
#[derive(Clone, Copy, Debug)]
pub(super) struct LongPacket<'a> {
    pub(super) kind: Kind,
    pub(super) version: u32,
    /// Destination connection identifier.
    pub(super) destination: &'a [u8],
    /// Source connection identifier.
    pub(super) source: &'a [u8],
    /// The whole packet as far as it is there, from its first byte.
    pub(super) bytes: &'a [u8],
    /// Offset of the packet number in it; 0 for packets without one.
    pub(super) number_at: usize,
    /// Bytes that its length announces but that are not there.
    pub(super) missing: usize,
    /// What follows it in the datagram.
    pub(super) rest: &'a [u8],
}

/// Whether the first byte is that of a long header.
pub(super) fn is_long(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| first & LONG_HEADER != 0)
}

/// Whether the first byte has the fixed bit.
pub(super) fn has_fixed_bit(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| first & FIXED_BIT != 0)
}

/// The long packet at the start of `bytes`; `None` when its header cannot be read or its version is not known.
pub(super) fn long_packet(bytes: &[u8]) -> Option<LongPacket<'_>> {
    let mut reader = Reader::new(bytes);
    let first = reader.u8().filter(|first| first & LONG_HEADER != 0)?;
    let version = reader.u32()?;
    let kind = kind_of(first, version)?;
    let destination = connection_id(&mut reader)?;
    let source = connection_id(&mut reader)?;
    let packet = LongPacket { kind, version, destination, source, bytes, number_at: 0, missing: 0, rest: &[] };
    match kind {
        Kind::Negotiation => is_version_list(reader.rest()).then_some(packet),
        Kind::Retry => Some(packet),
        Kind::Initial => {
            let token = usize::try_from(reader.varint()?).ok()?;
            reader.take(token)?;
            bounded(packet, reader)
        }
        Kind::ZeroRtt | Kind::Handshake => bounded(packet, reader),
    }
}

/// Cuts the packet at the length that its header states.
fn bounded<'a>(packet: LongPacket<'a>, mut reader: Reader<'a>) -> Option<LongPacket<'a>> {
    let length = usize::try_from(reader.varint()?).ok().filter(|length| *length > 0)?;
    let number_at = reader.offset();
    let missing = length.saturating_sub(reader.left());
    reader.take_up_to(length);
    let bytes = packet.bytes.get(..reader.offset()).unwrap_or_default();
    Some(LongPacket { bytes, number_at, missing, rest: reader.rest(), ..packet })
}

fn kind_of(first: u8, version: u32) -> Option<Kind> {
    if version == 0 {
        return Some(Kind::Negotiation);
    }
    let bits = first >> 4 & 3;
    let kind = if version::has_shifted_types(version) { bits.wrapping_sub(1) & 3 } else { bits };
    let kinds = [Kind::Initial, Kind::ZeroRtt, Kind::Handshake, Kind::Retry];
    kinds.get(usize::from(kind)).copied().filter(|_| version::is_known(version))
}

fn connection_id<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    reader.vector8().filter(|id| id.len() <= CONNECTION_ID_BYTES_MAX)
}

/// Whole versions, one of which at least is in use: other traffic can have five zero bits, too.
fn is_version_list(bytes: &[u8]) -> bool {
    let (versions, rest) = bytes.as_chunks();
    rest.is_empty() && versions.iter().any(|bytes| version::is_known(u32::from_be_bytes(*bytes)))
}
