//! The head of a text message: a start line, then `Name: value` lines up to an empty one (RFC 5322 section 2.2, used
//! by RFC 9112 and RFC 3261). No protocol of its own.

/// Longest head read in bytes.
pub(super) const HEAD_BYTES_MAX: usize = 16_384;

/// A head whose end was found, or as much of one as there is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    /// The first line without its end.
    pub(super) start: &'a [u8],
    fields: &'a [u8],
}

/// Bytes of the head at the front of `bytes`, the empty line included; `None` when it is not there yet.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let bytes = bytes.get(..HEAD_BYTES_MAX).unwrap_or(bytes);
    let mut line_start = 0;
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        let line = bytes.get(line_start..at).unwrap_or_default();
        if line.is_empty() || line == b"\r" {
            return Some(at + 1);
        }
        line_start = at + 1;
    }
    None
}

impl<'a> Head<'a> {
    /// The head that `bytes` hold; behind its end they may hold anything that is not read.
    pub(super) fn new(bytes: &'a [u8]) -> Head<'a> {
        let head = length(bytes).and_then(|length| bytes.get(..length)).unwrap_or(bytes);
        let (start, fields) = split_line(head.get(..HEAD_BYTES_MAX).unwrap_or(head));
        Head { start, fields }
    }

    /// The fields in order: name and value as on the wire, folded lines still in the value.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let mut rest = self.fields;
        std::iter::from_fn(move || {
            while !rest.is_empty() {
                let (field, behind) = split_field(rest);
                rest = behind;
                if let Some(colon) = field.iter().position(|byte| *byte == b':') {
                    let (name, value) = field.split_at(colon);
                    return Some((name.trim_ascii(), value.get(1..).unwrap_or_default()));
                }
            }
            None
        })
    }

    /// The first value of a field that has one of these names, in any case.
    pub(super) fn value(&self, names: &[&str]) -> Option<String> {
        let is_named = |name: &[u8]| names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes()));
        self.fields().find(|(name, _)| is_named(name)).map(|(_, value)| text(value))
    }
}

/// Text of a value: folds and runs of white space become one space, what is no UTF-8 becomes the replacement sign.
pub(super) fn text(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first line without its end, and what is behind it.
pub(super) fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let line = bytes.get(..end).unwrap_or_default();
    (line.strip_suffix(b"\r").unwrap_or(line), bytes.get(end + 1..).unwrap_or_default())
}

/// A line and the lines that go on behind it with white space (obsolete folding).
fn split_field(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    loop {
        let rest = bytes.get(end..).unwrap_or_default();
        end += rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        if !matches!(bytes.get(end), Some(b' ' | b'\t')) {
            return bytes.split_at(end.min(bytes.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_fold_and_names_have_no_case() {
        let bytes = b"GET / HTTP/1.1\r\nhOsT: example.test\r\nNo colon here\r\nX-Long: one\r\n  two\r\n\r\nBody: no";
        let head = Head::new(bytes);
        assert_eq!(head.start, b"GET / HTTP/1.1");
        assert_eq!(head.value(&["host"]).as_deref(), Some("example.test"));
        assert_eq!(head.value(&["x-long"]).as_deref(), Some("one two"));
        assert_eq!(head.value(&["body"]), None);
        assert_eq!(length(bytes), Some(bytes.len() - 8));
        assert_eq!(length(b"GET / HTTP/1.1\r\nHost: a\r\n"), None);
    }

    #[test]
    fn every_prefix_is_a_head() {
        let bytes = b"A\r\nB: c\r\n d\n\ne";
        for length in 0..=bytes.len() {
            assert!(Head::new(&bytes[..length]).fields().count() <= 1);
        }
    }
}
