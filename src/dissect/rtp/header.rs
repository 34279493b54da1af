//! The fixed RTP header and its header extension (RFC 3550 sections 5.1 and 5.3.1), which SRTP leaves in clear.

use crate::model::wire::Reader;

/// Bytes of an RTP header without contributors and extension.
pub(super) const FIXED_HEADER_BYTES: usize = 12;
/// Bytes of an extension before its elements.
const EXTENSION_HEADER_BYTES: usize = 4;
/// Longest extension that is stored where payload is not: longer ones are chance.
const EXTENSION_BYTES_MAX: usize = 512;
/// Second bytes that mean RTCP where both share a port (RFC 5761 section 4).
const RTCP_SECOND_BYTES: std::ops::RangeInclusive<u8> = 192..=223;

/// An RTP header in clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header<'p> {
    /// Whether padding follows the payload.
    pub(super) padding: bool,
    /// Marker bit: for video the last packet of a frame, for audio the first after silence.
    pub(super) marker: bool,
    /// Payload type.
    pub(super) payload_type: u8,
    /// Sequence number.
    pub(super) sequence: u16,
    /// Time stamp in units of the clock rate.
    pub(super) timestamp: u32,
    /// Synchronisation source.
    pub(super) ssrc: u32,
    /// Contributing sources, four bytes each.
    pub(super) contributors: &'p [u8],
    /// Profile and elements of the header extension.
    pub(super) extension: Option<(u16, &'p [u8])>,
    /// Stored bytes behind the header.
    pub(super) payload_bytes: usize,
}

/// Whether the first two bytes can open an RTP packet that shares its port with RTCP.
pub(super) fn opens_rtp(bytes: &[u8]) -> bool {
    bytes.len() >= FIXED_HEADER_BYTES
        && matches!(bytes, [first, second, ..] if first >> 6 == 2 && !RTCP_SECOND_BYTES.contains(second))
}

/// Bytes of the whole header that begins here, as its own lengths tell; `cut` bytes of the datagram are not stored. An
/// extension that does not fit the datagram is none.
pub(super) fn needed_bytes(bytes: &[u8], cut: usize) -> usize {
    let first = bytes.first().copied().unwrap_or_default();
    let fixed = FIXED_HEADER_BYTES + usize::from(first & 0x0f) * 4;
    if first & 0x10 == 0 {
        return fixed;
    }
    let mut reader = Reader::new(bytes.get(fixed..).unwrap_or_default());
    let (Some(_profile), Some(words)) = (reader.u16(), reader.u16()) else { return fixed + EXTENSION_HEADER_BYTES };
    match usize::from(words) * 4 {
        elements if elements > EXTENSION_BYTES_MAX.min(reader.left() + cut) => fixed,
        elements => fixed + EXTENSION_HEADER_BYTES + elements,
    }
}

impl<'p> Header<'p> {
    /// Reads a header; `None` when the bytes cannot be RTP. A packet that the capture `cut` may lack its contributors.
    ///
    /// An extension that does not fit is left in the payload: some clients encrypt all that stands behind the source
    /// and keep the bit. What follows each other by number and clock is told by others.
    pub(super) fn read(bytes: &'p [u8], cut: bool) -> Option<Header<'p>> {
        if !opens_rtp(bytes) {
            return None;
        }
        let mut reader = Reader::new(bytes);
        let (first, second) = (reader.u8()?, reader.u8()?);
        let (sequence, timestamp, ssrc) = (reader.u16()?, reader.u32()?, reader.u32()?);
        let contributors = reader.take(usize::from(first & 0x0f) * 4);
        if !cut && contributors.is_none() {
            return None;
        }
        let extended = contributors.is_some() && first & 0x10 != 0;
        let extension = if extended { read_extension(&mut reader) } else { None };
        Some(Header {
            padding: first & 0x20 != 0,
            marker: second & 0x80 != 0,
            payload_type: second & 0x7f,
            sequence,
            timestamp,
            ssrc,
            contributors: contributors.unwrap_or_default(),
            extension,
            payload_bytes: reader.left(),
        })
    }
}

/// The profile and the bytes of a header extension; nothing is read when it does not fit.
fn read_extension<'p>(reader: &mut Reader<'p>) -> Option<(u16, &'p [u8])> {
    let mut ahead = *reader;
    let (profile, words) = (ahead.u16()?, ahead.u16()?);
    let elements = ahead.take(usize::from(words) * 4)?;
    *reader = ahead;
    Some((profile, elements))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPUS: [u8; 24] =
        [0x90, 0xef, 0x12, 0x34, 0, 0, 3, 0xc0, 0xde, 0xad, 0xbe, 0xef, 0xbe, 0xde, 0, 1, 0x10, 0x85, 0, 0, 1, 2, 3, 4];

    #[test]
    fn reads_every_field_that_srtp_leaves_in_clear() {
        let header = Header::read(&OPUS, false).unwrap();
        assert_eq!((header.payload_type, header.marker, header.padding), (111, true, false));
        assert_eq!((header.sequence, header.timestamp, header.ssrc), (0x1234, 960, 0xdead_beef));
        assert_eq!(header.extension, Some((0xbede, &[0x10, 0x85, 0, 0][..])));
        assert_eq!(header.payload_bytes, 4);
    }

    #[test]
    fn rtcp_and_other_versions_are_no_rtp() {
        let mut packet = OPUS;
        packet[1] = 200;
        assert_eq!(Header::read(&packet, false), None);
        packet = OPUS;
        packet[0] = 0x50;
        assert_eq!(Header::read(&packet, false), None);
    }

    #[test]
    fn an_encrypted_extension_stays_in_the_payload() {
        let mut sealed = OPUS;
        sealed[14..16].copy_from_slice(&[0x9c, 0x41]);
        let header = Header::read(&sealed, false).unwrap();
        assert_eq!((header.extension, header.payload_bytes), (None, 12));
        assert_eq!(Header::read(&OPUS[..14], true).and_then(|header| header.extension), None);
    }

    #[test]
    fn contributors_must_fit_and_every_length_is_survived() {
        let mut many = OPUS;
        many[0] |= 15;
        assert_eq!(Header::read(&many, false), None);
        for end in 0..OPUS.len() {
            let _ = Header::read(&OPUS[..end], end % 2 == 0);
        }
    }
}
