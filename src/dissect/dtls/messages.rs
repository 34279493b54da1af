//! Handshake messages of one direction, put together from their fragments.

use super::record::Fragment;
use crate::dissect::tls::{Assembly, Inserted};
use tls_parser::TlsHandshakeType;

/// Most messages of one direction that are under way at once.
const MESSAGES_MAX: usize = 4;

/// A message of which pieces are missing.
#[derive(Clone, Debug)]
struct Partial {
    sequence: u16,
    kind: TlsHandshakeType,
    length: usize,
    bytes: Assembly,
}

/// What a fragment led to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A message is complete.
    Complete(TlsHandshakeType, Vec<u8>),
    /// More is needed, or the message is of no interest.
    Waiting,
    /// It did not fit into the limits.
    Refused,
}

/// The messages under way in one direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Messages(Vec<Partial>);

impl Messages {
    /// Adds a fragment. Only hellos and certificates are kept.
    pub(super) fn insert(&mut self, fragment: &Fragment<'_>) -> Outcome {
        if !is_wanted(fragment.kind) {
            return Outcome::Waiting;
        }
        if fragment.bytes.len() == fragment.length {
            self.0.retain(|partial| partial.sequence != fragment.sequence);
            return Outcome::Complete(fragment.kind, fragment.bytes.to_vec());
        }
        let index = self.index_of(fragment);
        let Some(partial) = self.0.get_mut(index) else { return Outcome::Refused };
        if partial.bytes.insert(fragment.offset, fragment.bytes) == Inserted::Refused {
            return Outcome::Refused;
        }
        if partial.bytes.prefix().len() < partial.length {
            return Outcome::Waiting;
        }
        let done = self.0.remove(index);
        Outcome::Complete(done.kind, done.bytes.prefix().to_vec())
    }

    /// What came of a ClientHello that never became complete.
    pub(super) fn cut_client_hello(&self) -> Option<&[u8]> {
        let hello = self.0.iter().find(|partial| partial.kind == TlsHandshakeType::ClientHello)?;
        Some(hello.bytes.prefix()).filter(|bytes| !bytes.is_empty())
    }

    /// Place of the message that a fragment belongs to; a new one takes the place of the oldest where it must.
    fn index_of(&mut self, fragment: &Fragment<'_>) -> usize {
        let same = |partial: &Partial| {
            (partial.sequence, partial.kind, partial.length) == (fragment.sequence, fragment.kind, fragment.length)
        };
        if let Some(index) = self.0.iter().position(same) {
            return index;
        }
        if self.0.len() >= MESSAGES_MAX {
            self.0.remove(0);
        }
        let bytes = Assembly::default();
        self.0.push(Partial { sequence: fragment.sequence, kind: fragment.kind, length: fragment.length, bytes });
        self.0.len().saturating_sub(1)
    }
}

const fn is_wanted(kind: TlsHandshakeType) -> bool {
    matches!(kind, TlsHandshakeType::ClientHello | TlsHandshakeType::ServerHello | TlsHandshakeType::Certificate)
}
