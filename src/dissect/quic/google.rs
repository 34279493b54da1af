//! Google's QUIC before it became TLS: Q039 to Q050. The CHLO message is a list of tags, in clear up to Q046.

use super::version;
use crate::model::wire::Reader;

/// Most tags of a CHLO.
const TAGS_MAX: u16 = 128;
/// Flags of the public header: a version follows; an 8-byte connection identifier follows.
const VERSION_AND_ID: u8 = 0x09;
/// Bytes of the connection identifier of the public header.
const CONNECTION_ID_BYTES: usize = 8;

/// The values of a CHLO that speak of the user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chlo<'a> {
    /// Server name.
    pub(super) name: Option<&'a [u8]>,
    /// User agent identifier.
    pub(super) user_agent: Option<&'a [u8]>,
}

/// The version in a public header of Q043 and before; `None` for anything else.
pub(super) fn public_header_version(bytes: &[u8]) -> Option<u32> {
    let mut reader = Reader::new(bytes);
    let flags = reader.u8()?;
    if flags & VERSION_AND_ID != VERSION_AND_ID || flags & 0xc0 != 0 {
        return None;
    }
    reader.take(CONNECTION_ID_BYTES)?;
    reader.u32().filter(|version| version::is_google(*version))
}

/// The version of a Q046 packet: long header of RFC 8999 with the two lengths in one byte.
pub(super) fn long_header_version(bytes: &[u8]) -> Option<u32> {
    let mut reader = Reader::new(bytes);
    reader.u8().filter(|first| first & 0xc0 == 0xc0)?;
    let version = reader.u32()?;
    matches!(version, 0x5130_3434..=0x5130_3439).then_some(version)
}

/// Finds a CHLO anywhere in a payload and reads its tags.
pub(super) fn chlo(payload: &[u8]) -> Option<Chlo<'_>> {
    let at = payload.windows(4).position(|tag| tag == b"CHLO")?;
    let mut reader = Reader::new(payload.get(at..)?);
    reader.take(4)?;
    let count = reader.array().map(u16::from_le_bytes).filter(|count| *count <= TAGS_MAX)?;
    reader.u16()?;
    let mut index = Reader::new(reader.take(usize::from(count).checked_mul(8)?)?);
    let (mut chlo, mut start) = (Chlo::default(), 0);
    while let (Some(tag), Some(end)) = (index.array::<4>(), index.array().map(u32::from_le_bytes)) {
        let end = usize::try_from(end).ok()?;
        let value = reader.take(end.checked_sub(start)?)?;
        match &tag {
            b"SNI\0" => chlo.name = Some(value),
            b"UAID" => chlo.user_agent = Some(value),
            _ => {}
        }
        start = end;
    }
    Some(chlo)
}
