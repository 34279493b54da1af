//! NetBIOS names: sixteen bytes, the last of which is a kind, in half-ASCII (RFC 1001 section 14.1).

use crate::model::wire::Reader;

/// Bytes of a name with its kind.
pub(super) const NAME_BYTES: usize = 16;
/// Labels behind a name that are skipped: its scope.
const SCOPE_LABELS_MAX: usize = 16;

/// A name and its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// Without the filling at its end; other bytes than printable ASCII as `<xx>`.
    pub(super) text: String,
    /// What it stands for: 00 computer, 03 messages, 20 files, 1b to 1e roles of a group.
    pub(super) kind: u8,
}

impl Name {
    /// From sixteen bytes: the name, filled with spaces or zeros, and the kind.
    pub(super) fn new(bytes: [u8; NAME_BYTES]) -> Name {
        let [name @ .., kind] = bytes;
        let end = name.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |at| at + 1);
        let text = name.get(..end).unwrap_or_default().iter().map(|byte| shown(*byte)).collect();
        Name { text, kind }
    }

    /// An encoded name with its scope, as RFC 1002 section 4.1 writes it; a pointer gives `None`.
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Name> {
        let encoded: [u8; 2 * NAME_BYTES] = reader.vector8()?.try_into().ok()?;
        for _ in 0..SCOPE_LABELS_MAX {
            match reader.u8()? {
                0 => break,
                length if length < 64 => drop(reader.take(usize::from(length))?),
                _ => drop(reader.u8()?),
            }
        }
        let mut bytes = [0; NAME_BYTES];
        let (pairs, _) = encoded.as_chunks::<2>();
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = nibble(*high)? << 4 | nibble(*low)?;
        }
        Some(Name::new(bytes))
    }

    /// `NAME<20>`.
    pub(super) fn with_kind(&self) -> String {
        format!("{}<{:02x}>", self.text, self.kind)
    }

    /// Whether the name can be a computer's or a person's: empty and wildcard names are nobody's.
    pub(super) fn is_proper(&self) -> bool {
        !self.text.is_empty() && self.text != "*"
    }
}

fn nibble(letter: u8) -> Option<u8> {
    letter.checked_sub(b'A').filter(|nibble| *nibble < 16)
}

fn shown(byte: u8) -> String {
    match byte {
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("<{byte:02x}>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_1001() {
        let encoded = b"\x20EGFCEFEECACACACACACACACACACACACA\x06NETBIO\0rest";
        let mut reader = Reader::new(encoded);
        let name = Name::read(&mut reader).unwrap();
        assert_eq!((name.with_kind().as_str(), reader.rest()), ("FRED<20>", b"rest".as_slice()));
    }

    #[test]
    fn filling_goes_and_odd_bytes_are_told() {
        assert_eq!(Name::new(*b"*\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0").with_kind(), "*<00>");
        assert_eq!(Name::new(*b"\x01\x02__MSBROWSE__\x02\x01").with_kind(), "<01><02>__MSBROWSE__<02><01>");
        assert!(!Name::new(*b"*\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0").is_proper());
        let wrong = b"\x20EGFCEFEECACACACACACACACACACACAC@\0";
        assert_eq!(Name::read(&mut Reader::new(wrong)), None);
    }
}
