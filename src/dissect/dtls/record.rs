//! DTLS records and handshake fragments (RFC 6347 section 4, RFC 9147 section 4).

use crate::model::wire::Reader;
use tls_parser::{TlsHandshakeType, TlsRecordType, parse_dtls_record_header};

/// Bytes of a record header.
pub(super) const RECORD_HEADER_BYTES: usize = 13;
/// Longest record body: 2^14 and what encryption may add.
const RECORD_BODY_BYTES_MAX: usize = 0x4000 + 2048;
/// Records with a connection identifier of unknown length (RFC 9146).
const RECORD_WITH_ID: TlsRecordType = TlsRecordType(25);

/// One record of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub(super) kind: TlsRecordType,
    /// 0 as long as nothing is encrypted.
    pub(super) epoch: u16,
    /// Its body as far as it is there.
    pub(super) body: &'a [u8],
    /// Length of its body as stated.
    pub(super) length: usize,
}

/// A piece of a handshake message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fragment<'a> {
    pub(super) kind: TlsHandshakeType,
    /// Length of the whole message.
    pub(super) length: usize,
    /// Number of the message in its direction.
    pub(super) sequence: u16,
    /// Where the piece belongs.
    pub(super) offset: u64,
    pub(super) bytes: &'a [u8],
}

/// Reads a record; its body may be shorter than stated by at most `cut` bytes, those that the capture left out.
pub(super) fn record<'a>(reader: &mut Reader<'a>, cut: usize) -> Option<Record<'a>> {
    reader.rest().first().filter(|kind| matches!(kind, 20..=26))?;
    let (_, header) = parse_dtls_record_header(reader.rest()).ok()?;
    let length = usize::from(header.length);
    let is_version = matches!(header.version.0, 0xfefd | 0xfeff | 0x0100);
    let is_length = (1..=RECORD_BODY_BYTES_MAX).contains(&length);
    if !is_version || !is_length {
        return None;
    }
    let mut ahead = *reader;
    ahead.take(RECORD_HEADER_BYTES)?;
    let length = if header.content_type == RECORD_WITH_ID { ahead.left() } else { length };
    let body = ahead.take_up_to(length);
    if length.saturating_sub(body.len()) > cut {
        return None;
    }
    *reader = ahead;
    Some(Record { kind: header.content_type, epoch: header.epoch, body, length })
}

/// Whether an encrypted record of DTLS 1.3 can begin with this byte (RFC 9147 section 4, unified header).
pub(super) const fn is_unified(first: u8) -> bool {
    first >> 5 == 1
}

/// Whether a unified header is one of application data: epoch 2 is the handshake's, and only the two low bits of
/// the epoch are there (RFC 9147 section 6.1).
pub(super) const fn is_unified_data(first: u8) -> bool {
    is_unified(first) && first & 3 != 2
}

/// Reads a handshake fragment; one that the capture cut is as long as what is there.
pub(super) fn fragment<'a>(reader: &mut Reader<'a>) -> Option<Fragment<'a>> {
    let kind = TlsHandshakeType(reader.u8()?);
    let length = usize::try_from(reader.u24()?).ok()?;
    let sequence = reader.u16()?;
    let offset = reader.u24()?;
    let bytes = usize::try_from(reader.u24()?).ok()?;
    let end = usize::try_from(offset).ok()?.checked_add(bytes)?;
    let bytes = reader.take_up_to(bytes);
    (end <= length).then_some(Fragment { kind, length, sequence, offset: u64::from(offset), bytes })
}
