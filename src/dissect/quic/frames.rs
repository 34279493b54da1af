//! The frames that may stand in Initial packets (RFC 9000 section 12.4).

use crate::model::wire::Reader;

/// A CRYPTO frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crypto<'a> {
    /// Offset of its first byte in the handshake stream.
    pub(super) offset: u64,
    /// Its bytes.
    pub(super) bytes: &'a [u8],
}

/// The CRYPTO frames of a payload, up to the first frame that cannot be read. Of a CRYPTO frame that the capture cut
/// what is there counts.
pub(super) fn crypto_frames(payload: &[u8]) -> Vec<Crypto<'_>> {
    let mut reader = Reader::new(payload);
    let mut found = Vec::new();
    while frame(&mut reader, &mut found).is_some() {}
    found
}

fn frame<'a>(reader: &mut Reader<'a>, found: &mut Vec<Crypto<'a>>) -> Option<()> {
    match reader.varint()? {
        0 | 1 => Some(()),
        kind @ (2 | 3) => acknowledgement(reader, kind == 3),
        // Google's versions with TLS numbered the frame differently.
        6 | 8 => {
            let offset = reader.varint()?;
            let length = usize::try_from(reader.varint()?).ok()?;
            found.push(Crypto { offset, bytes: reader.take_up_to(length) });
            Some(())
        }
        kind @ (0x1c | 0x1d) => closing(reader, kind == 0x1c),
        _ => None,
    }
}

fn acknowledgement(reader: &mut Reader<'_>, has_congestion_counts: bool) -> Option<()> {
    reader.varint()?;
    reader.varint()?;
    let ranges = reader.varint()?;
    reader.varint()?;
    for _ in 0..ranges {
        reader.varint()?;
        reader.varint()?;
    }
    for _ in 0..if has_congestion_counts { 3 } else { 0 } {
        reader.varint()?;
    }
    Some(())
}

fn closing(reader: &mut Reader<'_>, names_frame: bool) -> Option<()> {
    reader.varint()?;
    if names_frame {
        reader.varint()?;
    }
    let length = usize::try_from(reader.varint()?).ok()?;
    reader.take(length).map(|_| ())
}
