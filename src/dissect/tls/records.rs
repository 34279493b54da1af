//! One direction of a TLS stream: records, and in them the handshake messages that stand in clear.

use crate::model::wire::Reader;
use tls_parser::{TlsHandshakeType, TlsRecordHeader, TlsRecordType, parse_tls_record_header};

/// Bytes of a record header (RFC 8446 section 5.1).
const RECORD_HEADER_BYTES: usize = 5;
/// Longest record body: 2^14 and what encryption may add (RFC 5246 section 6.2.3).
const RECORD_BODY_BYTES_MAX: u16 = 0x4000 + 2048;
/// Bytes of a handshake header: type and length.
const HANDSHAKE_HEADER_BYTES: usize = 4;
/// Longest handshake message that is put together; certificate chains stay well below.
const HANDSHAKE_BYTES_MAX: usize = 64 * 1024;

/// A handshake message, its body without the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// What it is.
    pub(crate) kind: TlsHandshakeType,
    /// Its body, shorter than announced when the stream broke off within.
    pub(crate) body: Vec<u8>,
}

/// Where in the stream the next byte belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Not known; a piece that begins like a record will tell.
    Lost,
    /// At or within a record header.
    Header,
    /// Within a record body of which this many bytes are to come.
    Body { kind: TlsRecordType, left: usize },
}

/// The record layer of one direction.
#[derive(Clone, Debug)]
pub(crate) struct Records {
    place: Place,
    header: Vec<u8>,
    handshake: Vec<u8>,
    bytes: usize,
    is_encrypted: bool,
    has_data: bool,
}

/// Whether these bytes begin like a TLS record: type, version, and a length that fits the type. A header that is
/// cut short must fit as far as it goes; a second header, if there, must fit too.
pub(crate) fn begins_record(bytes: &[u8]) -> bool {
    let Some(header) = header_of(bytes) else {
        let fits = |(index, byte): (usize, &u8)| match index {
            0 => is_kind(*byte),
            1 => *byte == 3,
            2 => *byte <= 4,
            _ => true,
        };
        return !bytes.is_empty() && bytes.len() < RECORD_HEADER_BYTES && bytes.iter().enumerate().all(fits);
    };
    let body = bytes.get(RECORD_HEADER_BYTES..).unwrap_or_default();
    let next = body.get(usize::from(header.len)..).unwrap_or_default();
    let is_whole = next.len() >= RECORD_HEADER_BYTES;
    is_plausible(&header) && (!is_whole || header_of(next).is_some_and(|next| is_plausible(&next)))
}

/// Whether these bytes begin with a record that holds a ClientHello, as far as they go (at least ten bytes).
pub(crate) fn begins_client_hello(bytes: &[u8]) -> bool {
    let is_hello = |body: &[u8]| is_hello(body) && body.first() == Some(&TlsHandshakeType::ClientHello.0);
    bytes.first() == Some(&TlsRecordType::Handshake.0)
        && begins_record(bytes)
        && bytes.get(RECORD_HEADER_BYTES..).is_some_and(is_hello)
}

/// Bytes of the record header at the front, of the whole record, and whether it is application data; `None` while the
/// header is not there.
pub(super) fn front(bytes: &[u8]) -> Option<(usize, usize, bool)> {
    let header = header_of(bytes)?;
    let is_data = header.record_type == TlsRecordType::ApplicationData;
    Some((RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + usize::from(header.len), is_data))
}

impl Default for Records {
    fn default() -> Self {
        Records {
            place: Place::Lost,
            header: Vec::new(),
            handshake: Vec::new(),
            bytes: 0,
            is_encrypted: false,
            has_data: false,
        }
    }
}

impl Records {
    /// Whether a piece can be read: it goes on within a record or begins like one. Some programs send a hello for
    /// show and speak another protocol behind it.
    pub(crate) fn accepts(&self, bytes: &[u8]) -> bool {
        let is_within = matches!(self.place, Place::Body { .. }) || !self.header.is_empty();
        is_within || begins_record(bytes)
    }

    /// Reads the next bytes and appends the messages that they complete. `false` when the bytes stopped being TLS.
    pub(crate) fn push(&mut self, bytes: &[u8], messages: &mut Vec<Message>) -> bool {
        self.bytes = self.bytes.saturating_add(bytes.len());
        if begins_client_hello(bytes) && (self.place == Place::Lost || !self.handshake.is_empty()) {
            self.restart(messages);
        } else if self.place == Place::Lost {
            self.place = Place::Header;
        }
        let mut reader = Reader::new(bytes);
        while !reader.is_empty() && self.place != Place::Lost {
            self.step(&mut reader, messages);
        }
        self.place != Place::Lost
    }

    /// Skips bytes that the capture lost; a message that they cut is appended as far as it came.
    pub(crate) fn skip(&mut self, length: u64, messages: &mut Vec<Message>) {
        self.cut(messages);
        self.has_data |= matches!(self.place, Place::Body { kind: TlsRecordType::ApplicationData, .. });
        self.place = match self.place {
            Place::Body { kind, left } if u64_of(left) > length => {
                Place::Body { kind, left: left.saturating_sub(usize::try_from(length).unwrap_or(usize::MAX)) }
            }
            Place::Body { left, .. } if u64_of(left) == length => Place::Header,
            _ => Place::Lost,
        };
        self.header.clear();
        if matches!(self.place, Place::Body { kind: TlsRecordType::Handshake, .. }) {
            // The rest of a message without its beginning says nothing.
            self.is_encrypted = true;
        }
    }

    /// Appends the message under way as far as it came.
    pub(crate) fn cut(&mut self, messages: &mut Vec<Message>) {
        if let Some((kind, _)) = message_header(&self.handshake) {
            let body = self.handshake.get(HANDSHAKE_HEADER_BYTES..).unwrap_or_default().to_vec();
            messages.push(Message { kind, body });
        }
        self.handshake = Vec::new();
    }

    /// Bytes seen in this direction.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether application data passed.
    pub(crate) const fn has_data(&self) -> bool {
        self.has_data
    }

    /// A ClientHello at the start of a piece begins anew, whatever was under way.
    fn restart(&mut self, messages: &mut Vec<Message>) {
        self.cut(messages);
        self.header.clear();
        self.place = Place::Header;
        self.is_encrypted = false;
    }

    fn step(&mut self, reader: &mut Reader<'_>, messages: &mut Vec<Message>) {
        match self.place {
            Place::Lost => {}
            Place::Header => self.read_header(reader),
            Place::Body { kind, left } => {
                let bytes = reader.take_up_to(left);
                let left = left.saturating_sub(bytes.len());
                self.place = if left == 0 { Place::Header } else { Place::Body { kind, left } };
                self.read_body(kind, bytes, messages);
            }
        }
    }

    fn read_header(&mut self, reader: &mut Reader<'_>) {
        let missing = RECORD_HEADER_BYTES.saturating_sub(self.header.len());
        self.header.extend_from_slice(reader.take_up_to(missing));
        if self.header.len() < RECORD_HEADER_BYTES {
            return;
        }
        self.place = match header_of(&self.header) {
            Some(header) if is_plausible(&header) => {
                Place::Body { kind: header.record_type, left: usize::from(header.len) }
            }
            _ => Place::Lost,
        };
        self.header.clear();
    }

    fn read_body(&mut self, kind: TlsRecordType, bytes: &[u8], messages: &mut Vec<Message>) {
        match kind {
            TlsRecordType::ApplicationData => self.has_data = true,
            TlsRecordType::ChangeCipherSpec => self.is_encrypted = true,
            TlsRecordType::Handshake => {
                self.handshake.extend_from_slice(bytes);
                self.take_messages(messages);
            }
            _ => {}
        }
    }

    fn take_messages(&mut self, messages: &mut Vec<Message>) {
        while self.is_readable() {
            let Some((kind, end)) = message_header(&self.handshake) else {
                return;
            };
            let Some(body) = self.handshake.get(HANDSHAKE_HEADER_BYTES..end) else {
                return;
            };
            messages.push(Message { kind, body: body.to_vec() });
            self.handshake.drain(..end);
        }
    }

    /// Drops bytes that are no message in clear. After a change of cipher only a hello can be one: the second
    /// ClientHello of TLS 1.3 follows a ChangeCipherSpec that is there for show (RFC 8446 appendix D.4).
    fn is_readable(&mut self) -> bool {
        let Some((kind, end)) = message_header(&self.handshake) else {
            return false;
        };
        let is_known = matches!(kind.0, 0..=26 | 67) && end <= HANDSHAKE_BYTES_MAX;
        if !is_known || self.is_encrypted && !is_hello(&self.handshake) {
            self.handshake = Vec::new();
            return false;
        }
        true
    }
}

fn u64_of(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn header_of(bytes: &[u8]) -> Option<TlsRecordHeader> {
    parse_tls_record_header(bytes).ok().map(|(_, header)| header)
}

const fn is_kind(kind: u8) -> bool {
    matches!(kind, 20..=24)
}

/// Alerts have two bytes and a ChangeCipherSpec has one, or more when encrypted; only application data may be empty
/// (RFC 5246 section 6.2.1).
fn is_plausible(header: &TlsRecordHeader) -> bool {
    let least = match header.record_type {
        TlsRecordType::ApplicationData => 0,
        TlsRecordType::Alert => 2,
        TlsRecordType::Handshake => 4,
        _ => 1,
    };
    is_kind(header.record_type.0)
        && matches!(header.version.0, 0x0300..=0x0304)
        && (least..=RECORD_BODY_BYTES_MAX).contains(&header.len)
}

/// Type of the message that begins here, and where it ends.
fn message_header(bytes: &[u8]) -> Option<(TlsHandshakeType, usize)> {
    let mut reader = Reader::new(bytes);
    let kind = TlsHandshakeType(reader.u8()?);
    let length = usize::try_from(reader.u24()?).ok()?;
    Some((kind, length.saturating_add(HANDSHAKE_HEADER_BYTES)))
}

/// Whether a handshake message begins like a hello in clear. Six bytes are needed: type, length, version.
fn is_hello(bytes: &[u8]) -> bool {
    let is_kind = matches!(bytes.first(), Some(1 | 2));
    let is_short = bytes.get(1) == Some(&0);
    is_kind && is_short && matches!((bytes.get(4), bytes.get(5)), (Some(3), Some(0..=4)) | (Some(0x7f), Some(_)))
}
