//! STUN messages: header, types and the walk over attributes (RFC 8489 section 5 and 14, RFC 3489, MS-TURN).

use crate::model::wire::Reader;

/// Bytes of a header.
pub(super) const HEADER_BYTES: usize = 20;
/// Magic cookie (RFC 8489 section 5).
pub(super) const COOKIE: u32 = 0x2112_a442;
/// Value of the MAGIC-COOKIE attribute (MS-TURN section 2.2.2.7).
const MICROSOFT_COOKIE: [u8; 4] = [0x72, 0xc6, 0x4b, 0xc6];
/// Ports on which an empty Binding request without cookie is believed.
const CLASSIC_PORTS: [u16; 3] = [3478, 3479, 19302];
/// Most attributes read of one message.
const ATTRIBUTES_MAX: usize = 64;

/// Attribute of relayed data (RFC 8656 section 18.4).
pub(super) const DATA: u16 = 0x0013;

/// Class of a message (RFC 8489 section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Wants an answer.
    Request,
    /// Wants none.
    Indication,
    /// Answer: done.
    Success,
    /// Answer: refused.
    Error,
}

/// The 16-bit message type as on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MessageType(pub(super) u16);

impl MessageType {
    /// The class bits.
    pub(super) const fn class(self) -> Class {
        match (self.0 >> 7 & 2) | (self.0 >> 4 & 1) {
            0 => Class::Request,
            1 => Class::Indication,
            2 => Class::Success,
            _ => Class::Error,
        }
    }

    /// The method bits.
    pub(super) const fn method(self) -> u16 {
        self.0 & 0xf | self.0 >> 1 & 0x70 | self.0 >> 2 & 0xf80
    }

    fn microsoft_name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0004 => "send-request",
            0x0104 => "send-success",
            0x0115 => "data-indication",
            0x0006 => "set-active-destination-request",
            0x0106 => "set-active-destination-success",
            0x0116 => "set-active-destination-error",
            _ => return None,
        })
    }

    fn standard_name(self) -> String {
        let method = match self.method() {
            0x001 => "binding",
            0x002 => "shared-secret",
            0x003 => "allocate",
            0x004 => "refresh",
            0x006 => "send",
            0x007 => "data",
            0x008 => "create-permission",
            0x009 => "channel-bind",
            0x00a => "connect",
            0x00b => "connection-bind",
            0x00c => "connection-attempt",
            0x080 => "goog-ping",
            _ => return format!("0x{:04x}", self.0),
        };
        let class = match self.class() {
            Class::Request => "request",
            Class::Indication => "indication",
            Class::Success => "success",
            Class::Error => "error",
        };
        format!("{method}-{class}")
    }

    /// Types that exist without a magic cookie: RFC 3489, and draft-08 TURN with the MS-TURN additions.
    const fn is_classic(self) -> bool {
        matches!(
            self.0,
            0x0001
                | 0x0101
                | 0x0111
                | 0x0002
                | 0x0102
                | 0x0112
                | 0x0003
                | 0x0103
                | 0x0113
                | 0x0004
                | 0x0104
                | 0x0114
                | 0x0115
                | 0x0006
                | 0x0106
                | 0x0116
        )
    }
}

/// One attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attribute<'p> {
    /// Type.
    pub(super) kind: u16,
    /// Value without padding.
    pub(super) value: &'p [u8],
}

/// One message, possibly cut by the capture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'p> {
    /// Type.
    pub(super) kind: MessageType,
    /// Whether it has the magic cookie.
    pub(super) cookie: bool,
    /// Header bytes 4 to 20: cookie and transaction id, or the 128-bit id of RFC 3489. Addresses are masked by it.
    pub(super) id: [u8; 16],
    /// Whether MS-TURN's own attributes are in it.
    pub(super) microsoft: bool,
    padded: bool,
    body: &'p [u8],
    /// Bytes of the body that are not stored.
    missing: usize,
}

impl<'p> Message<'p> {
    /// Reads a message at the start of `bytes`, of which there were `wire_bytes` before the capture cut them; `ports`
    /// are the packet's. `None` when it is none.
    pub(super) fn read(bytes: &'p [u8], wire_bytes: usize, ports: [u16; 2]) -> Option<Message<'p>> {
        let (mut message, length) = Self::header(bytes)?;
        message.padded = message.walk(true).ends_at(length) || !message.walk(false).ends_at(length);
        message.microsoft = message.is_microsoft();
        let exact = HEADER_BYTES + length == wire_bytes;
        let fits = HEADER_BYTES + length <= wire_bytes;
        (fits && message.cookie || exact && message.is_plausible_classic(length, ports)).then_some(message)
    }

    fn header(bytes: &'p [u8]) -> Option<(Message<'p>, usize)> {
        let mut reader = Reader::new(bytes);
        let kind = MessageType(reader.u16().filter(|kind| kind >> 14 == 0)?);
        let length = usize::from(reader.u16()?);
        let id: [u8; 16] = reader.array()?;
        let cookie = id.starts_with(&COOKIE.to_be_bytes());
        if !cookie && !kind.is_classic() {
            return None;
        }
        let body = reader.take_up_to(length);
        let missing = length - body.len();
        Some((Message { kind, cookie, id, microsoft: false, padded: true, body, missing }, length))
    }

    /// MAGIC-COOKIE alone, or MS-VERSION with another attribute of MS-TURN (others use 0x8008 too).
    fn is_microsoft(&self) -> bool {
        let has = |kinds: &[u16]| self.attributes().any(|attribute| kinds.contains(&attribute.kind));
        self.attributes().any(|attribute| attribute.kind == 0x000f && attribute.value == MICROSOFT_COOKIE)
            || has(&[0x8008]) && has(&[0x8006, 0x8020, 0x8037, 0x8050, 0x8055, 0x8070, 0x8095])
    }

    /// Without a cookie only a message that is whole, and whose attributes are known and end where it ends, is
    /// believed.
    fn is_plausible_classic(&self, length: usize, ports: [u16; 2]) -> bool {
        if length == 0 {
            return self.kind.0 == 0x0001 && ports.iter().any(|port| CLASSIC_PORTS.contains(port));
        }
        self.walk(self.padded).ends_at(length)
            && (length.is_multiple_of(4) || self.microsoft)
            && self.attributes().all(|attribute| is_known_without_cookie(attribute.kind))
    }

    /// The attributes in order, as far as they are whole.
    pub(super) fn attributes(&self) -> Attributes<'p> {
        self.walk(self.padded)
    }

    /// Name as facts state it; MS-TURN and Zoom use some types differently.
    pub(super) fn name(&self) -> String {
        match self.kind.microsoft_name().filter(|_| self.microsoft) {
            Some(name) => name.to_owned(),
            None if self.is_zoom_answer() => "zoom-binding-answer".to_owned(),
            None => self.kind.standard_name(),
        }
    }

    /// Whether this answers a request: by its class, or as Zoom (0x0002) and Meta (0x0802, 0x0805) number answers.
    pub(super) fn is_answer(&self) -> bool {
        matches!(self.kind.class(), Class::Success | Class::Error) && self.kind.0 != 0x0115
            || matches!(self.kind.0, 0x0802 | 0x0805)
            || self.is_zoom_answer()
    }

    /// Zoom's answer without cookie: type 0x0002, the public address in attribute 0x0103.
    pub(super) fn is_zoom_answer(&self) -> bool {
        !self.cookie && self.kind.0 == 0x0002 && self.value(0x0103).is_some()
    }

    /// The value of the first attribute of `kind`.
    pub(super) fn value(&self, kind: u16) -> Option<&'p [u8]> {
        self.attributes().find(|attribute| attribute.kind == kind).map(|attribute| attribute.value)
    }

    fn walk(&self, padded: bool) -> Attributes<'p> {
        Attributes { reader: Reader::new(self.body), padded, left: ATTRIBUTES_MAX, missing: self.missing, beyond: 0 }
    }
}

/// Attributes that classic STUN, draft TURN, MS-TURN and Zoom's dialect send without a cookie.
const fn is_known_without_cookie(kind: u16) -> bool {
    matches!(kind, 0x0001..=0x0016 | 0x0020 | 0x0101 | 0x0103 | 0x8000..=0x80ff)
}

/// Walk over attributes; ends at the first that is not whole, unless the capture cut relayed data: of them, what is
/// stored.
#[derive(Clone, Debug)]
pub(super) struct Attributes<'p> {
    reader: Reader<'p>,
    padded: bool,
    left: usize,
    missing: usize,
    /// Bytes of the last attribute that are not stored.
    beyond: usize,
}

impl Attributes<'_> {
    /// Whether the walk ends exactly behind `length` bytes, with padding or without; where relayed data are cut, it must
    /// only not go beyond.
    fn ends_at(mut self, length: usize) -> bool {
        while self.next().is_some() {}
        let end = self.reader.offset() + self.beyond;
        self.reader.is_empty() && (end == length || self.beyond > 0 && end < length)
    }
}

impl<'p> Iterator for Attributes<'p> {
    type Item = Attribute<'p>;

    fn next(&mut self) -> Option<Attribute<'p>> {
        self.left = self.left.checked_sub(1)?;
        let mut reader = self.reader;
        let kind = reader.u16()?;
        let length = usize::from(reader.u16()?);
        let value = match reader.take(length) {
            Some(value) => value,
            None if kind == DATA && length - reader.left() <= self.missing => {
                self.beyond = length - reader.left();
                reader.take_up_to(length)
            }
            None => return None,
        };
        if self.padded {
            reader.take_up_to(value.len().wrapping_neg() % 4);
        }
        self.reader = reader;
        Some(Attribute { kind, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_split_into_method_and_class() {
        let name = |kind: u16| MessageType(kind).standard_name();
        assert_eq!(name(0x0001), "binding-request");
        assert_eq!(name(0x0113), "allocate-error");
        assert_eq!(name(0x0017), "data-indication");
        assert_eq!(name(0x0300), "goog-ping-success");
        assert_eq!(name(0x0801), "0x0801");
        assert_eq!(MessageType(0x0115).microsoft_name(), Some("data-indication"));
        assert_eq!(MessageType(0x3fff).method(), 0xfff);
    }

    #[test]
    fn microsoft_does_not_pad_and_others_do() {
        let unpadded = b"\x01\x03\0\x19\x21\x12\xa4\x42............\0\x0f\0\x04\x72\xc6\x4b\xc6\x80\x22\0\x05\
                         2.0.1\x80\x08\0\x04\0\0\0\x06";
        let message = Message::read(unpadded, unpadded.len(), [3478, 5]).unwrap();
        assert!(message.microsoft);
        assert_eq!(message.value(0x8022), Some(b"2.0.1".as_slice()));
        assert_eq!(message.value(0x8008), Some([0, 0, 0, 6].as_slice()));
        let padded = b"\x01\x01\0\x14\x21\x12\xa4\x42............\x80\x22\0\x05vovid\0\0\0\0\x25\0\0\0\0\0\0";
        let message = Message::read(padded, padded.len(), [1, 2]).unwrap();
        assert_eq!(message.value(0x8022), Some(b"vovid".as_slice()));
        assert_eq!(message.value(0x0025), Some([].as_slice()));
    }

    #[test]
    fn without_a_cookie_every_byte_must_fit() {
        let classic = b"\0\x01\0\x08................\0\x03\0\x04\0\0\0\0";
        assert!(Message::read(classic, classic.len(), [9, 9]).is_some());
        assert!(Message::read(classic, classic.len() + 1, [9, 9]).is_none());
        let empty = b"\0\x01\0\0................";
        assert!(Message::read(empty, 20, [9, 9]).is_none());
        assert!(Message::read(empty, 20, [9, 3478]).is_some());
        let unknown = b"\0\x01\0\x08................\x30\x03\0\x04\0\0\0\0";
        assert!(Message::read(unknown, unknown.len(), [9, 3478]).is_none());
    }
}
