//! QUIC transport parameters (RFC 9000 section 18), as far as they speak of the user.

use crate::model::wire::Reader;

/// Google's user agent parameter.
const GOOGLE_USER_AGENT: u64 = 0x3129;

/// The user agent that Google's clients send, if any.
pub(super) fn user_agent(parameters: &[u8]) -> Option<String> {
    let mut reader = Reader::new(parameters);
    loop {
        let id = reader.varint()?;
        let length = usize::try_from(reader.varint()?).ok()?;
        let value = reader.take(length)?;
        if id == GOOGLE_USER_AGENT {
            return printable(value);
        }
    }
}

/// Text of visible ASCII characters and spaces; `None` for anything else.
pub(super) fn printable(value: &[u8]) -> Option<String> {
    let is_text = !value.is_empty() && value.iter().all(|byte| matches!(byte, b' '..=b'~'));
    std::str::from_utf8(value).ok().filter(|_| is_text).map(str::to_owned)
}
