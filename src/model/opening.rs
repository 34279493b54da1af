//! What the first segment of a TCP connection tells of the system that sent it (RFC 9293 section 3.2, RFC 7323).

use super::wire::Reader;
use std::fmt;

/// Most options whose order is kept.
pub const OPTIONS_KEPT_MAX: usize = 16;

/// Window and options of a SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpOpening {
    /// Window in bytes, not scaled.
    pub window: u16,
    /// Largest segment that the sender takes, in bytes.
    pub segment_bytes: Option<u16>,
    /// Shift of the windows that follow (RFC 7323 section 2).
    pub scale: Option<u8>,
    kinds: [u8; OPTIONS_KEPT_MAX],
    count: u8,
}

impl TcpOpening {
    /// From the window and the bytes of the options; reading stops where they are cut.
    pub fn new(window: u16, options: &[u8]) -> TcpOpening {
        let mut opening =
            TcpOpening { window, segment_bytes: None, scale: None, kinds: [0; OPTIONS_KEPT_MAX], count: 0 };
        let mut reader = Reader::new(options);
        while let Some(kind) = reader.u8() {
            let value = match kind {
                kind::END | kind::NOTHING => Some(&[][..]),
                _ => reader.u8().and_then(|length| reader.take(usize::from(length.checked_sub(2)?))),
            };
            let Some(value) = value else { break };
            opening.note(kind, value);
            if kind == kind::END {
                break;
            }
        }
        opening
    }

    /// Kinds of the options in order.
    pub fn kinds(&self) -> &[u8] {
        self.kinds.get(..usize::from(self.count)).unwrap_or_default()
    }

    fn note(&mut self, kind: u8, value: &[u8]) {
        match (kind, value) {
            (kind::SEGMENT, [high, low]) => self.segment_bytes = Some(u16::from_be_bytes([*high, *low])),
            (kind::SCALE, [scale]) => self.scale = Some(*scale),
            _ => {}
        }
        if let Some(place) = self.kinds.get_mut(usize::from(self.count)) {
            *place = kind;
            self.count += 1;
        }
    }
}

/// Numbers of options (IANA, TCP Option Kind Numbers).
mod kind {
    pub(super) const END: u8 = 0;
    pub(super) const NOTHING: u8 = 1;
    pub(super) const SEGMENT: u8 = 2;
    pub(super) const SCALE: u8 = 3;
    pub(super) const SELECTIVE: u8 = 4;
    pub(super) const TIMES: u8 = 8;
    pub(super) const SEVERAL_PATHS: u8 = 30;
    pub(super) const FAST_OPEN: u8 = 34;
}

/// `64240 1460 8 mss,nop,ws,nop,nop,sack`: window, segment, shift (`-` where absent) and the options in order.
impl fmt::Display for TcpOpening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |number: Option<u16>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
        write!(f, "{} {} {} ", self.window, number(self.segment_bytes), number(self.scale.map(u16::from)))?;
        let names: Vec<String> = self.kinds().iter().map(|kind| name(*kind)).collect();
        f.write_str(if names.is_empty() { "-" } else { "" })?;
        f.write_str(&names.join(","))
    }
}

fn name(kind: u8) -> String {
    let known = match kind {
        kind::END => "end",
        kind::NOTHING => "nop",
        kind::SEGMENT => "mss",
        kind::SCALE => "ws",
        kind::SELECTIVE => "sack",
        kind::TIMES => "ts",
        kind::SEVERAL_PATHS => "mptcp",
        kind::FAST_OPEN => "tfo",
        other => return other.to_string(),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: [u8; 24] = [2, 4, 5, 0xb4, 1, 3, 3, 6, 1, 1, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 4, 2, 0, 0];

    #[test]
    fn options_in_their_order() {
        let opening = TcpOpening::new(65_535, &OPTIONS);
        assert_eq!(opening.to_string(), "65535 1460 6 mss,nop,ws,nop,nop,ts,sack,end");
        assert_eq!(opening.kinds(), [2, 1, 3, 1, 1, 8, 4, 0]);
        assert_eq!(TcpOpening::new(8192, &[]).to_string(), "8192 - - -");
        assert_eq!(TcpOpening::new(8192, &[253, 2, 34, 2]).to_string(), "8192 - - 253,tfo");
    }

    #[test]
    fn lengths_that_lie_end_the_reading() {
        assert_eq!(TcpOpening::new(1, &[2, 0, 4, 2]).kinds(), [0; 0]);
        assert_eq!(TcpOpening::new(1, &[4, 2, 2, 40]).kinds(), [4]);
        assert_eq!(TcpOpening::new(1, &[1; 40]).kinds().len(), OPTIONS_KEPT_MAX);
        for length in 0..=OPTIONS.len() {
            TcpOpening::new(1, &OPTIONS[..length]);
        }
        for at in 0..OPTIONS.len() {
            let mut bytes = OPTIONS;
            bytes[at] ^= 0xff;
            TcpOpening::new(1, &bytes);
        }
    }
}
