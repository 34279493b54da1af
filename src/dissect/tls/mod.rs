//! TLS over TCP (RFC 8446, RFC 5246): the handshake as everybody on the path reads it.
//!
//! A stream may begin with something else (a proxy's CONNECT, STARTTLS), the capture may begin in its middle, and
//! pieces may be missing: any piece that begins like a record is a place to start.

mod assembly;
mod certificate;
mod facts;
mod fingerprint;
mod hello;
pub mod keys;
mod records;

pub(crate) use assembly::{Assembly, Inserted};
pub(crate) use facts::{ClientKeys, chosen_protocol, client, leaf, name_text, version_text};
pub(crate) use hello::{Variant, client_hello, server_hello};

use super::needs::Needs;
use super::{Carrier, Dissector, Protocol};
use crate::model::{Direction, Evidence, Input, Output, Piece, Step};
use records::{Message, Records, begins_record};
use tls_parser::TlsHandshakeType;

/// TLS over TCP.
pub static PROTOCOL: Protocol = Protocol {
    name: "tls",
    summary: "TLS over TCP: server name, protocols offered, fingerprints, certificates in clear",
    source: "RFC 8446, RFC 5246, RFC 6066, RFC 7301, RFC 9849",
    carrier: Carrier::Stream,
    recognise,
    needs,
    create: || Box::<Tls>::default(),
    keys: &[
        &keys::SNI.info,
        &keys::ALPN.info,
        &keys::ALPN_CHOSEN.info,
        &keys::VERSION.info,
        &keys::ECH.info,
        &keys::JA3.info,
        &keys::JA3S.info,
        &keys::JA4.info,
        &keys::CERTIFICATE_NAME.info,
        &keys::CERTIFICATE_ISSUER.info,
        &keys::CLIENT_CERTIFICATE_NAME.info,
        &keys::SESSION_RESUMED.info,
    ],
};

/// Bytes of one direction after which no handshake in clear is expected any more.
const STREAM_BYTES_MAX: usize = 64 * 1024;
/// Fewest bytes by which a piece in the middle of a stream is taken for TLS: a record header and one more.
const RECOGNISED_BYTES_MIN: usize = 6;

const CLIENT_KEYS: ClientKeys = ClientKeys {
    name: &keys::SNI,
    protocol: &keys::ALPN,
    encrypted: Some(&keys::ECH),
    ja3: &keys::JA3,
    ja4: &keys::JA4,
};

fn recognise(input: &Input<'_>) -> bool {
    let is_start = matches!(input.piece, Piece::Stream { offset: 0, .. });
    begins_record(input.bytes) && (is_start || input.bytes.len() >= RECOGNISED_BYTES_MIN)
}

/// Every record but those of application data, of which the first in each direction tells that nothing readable follows.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    match records::front(input.bytes) {
        _ if !begins_record(input.bytes) => Needs::First(0),
        _ if input.bytes.len() < RECOGNISED_BYTES_MIN => Needs::More,
        None => Needs::More,
        Some((header, length, true)) => Needs::Content { header, length },
        Some((_, length, false)) => Needs::Message { needed: length, length },
    }
}

/// Both directions of a stream.
#[derive(Clone, Debug, Default)]
struct Tls {
    sides: [Records; 2],
    client: Option<Direction>,
    session: Vec<u8>,
    last: Option<Evidence>,
}

impl Dissector for Tls {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let mut messages = Vec::new();
        let [forward, backward] = &mut self.sides;
        let side = if input.direction == Direction::Forward { forward } else { backward };
        if let Piece::Gap { length } = input.piece {
            side.skip(length, &mut messages);
        } else if !side.accepts(input.bytes) {
            return Step::Foreign;
        } else if !side.push(input.bytes, &mut messages) {
            out.problems.count("tls.record-implausible", input.at.capture, input.at.frame);
        }
        self.last = Some(input.at);
        self.state(&messages, input.at, out);
        if self.is_over() { Step::Finished } else { Step::Taken }
    }

    fn finish(&mut self, out: &mut Output) {
        for direction in [Direction::Forward, Direction::Backward] {
            let mut messages = Vec::new();
            let [forward, backward] = &mut self.sides;
            let side = if direction == Direction::Forward { forward } else { backward };
            side.cut(&mut messages);
            if let Some(last) = self.last {
                self.state(&messages, Evidence { direction, ..last }, out);
            }
        }
    }
}

impl Tls {
    /// Nothing in clear follows once application data went both ways.
    fn is_over(&self) -> bool {
        self.sides.iter().all(Records::has_data) || self.sides.iter().any(|side| side.bytes() > STREAM_BYTES_MAX)
    }

    fn state(&mut self, messages: &[Message], at: Evidence, out: &mut Output) {
        for message in messages {
            match message.kind {
                TlsHandshakeType::ClientHello => self.client_hello(&message.body, at, out),
                TlsHandshakeType::ServerHello => self.server_hello(&message.body, at, out),
                TlsHandshakeType::Certificate => self.certificate(&message.body, at, out),
                _ => {}
            }
        }
    }

    fn client_hello(&mut self, body: &[u8], at: Evidence, out: &mut Output) {
        let Some(hello) = client_hello(body, Variant::Tls) else {
            out.problems.count("tls.client-hello-unreadable", at.capture, at.frame);
            return;
        };
        self.client = Some(at.direction);
        self.session = hello.session.to_vec();
        client(&hello, Variant::Tls, &CLIENT_KEYS, at, out);
        if !hello.whole {
            out.problems.count("tls.client-hello-cut", at.capture, at.frame);
        }
    }

    fn server_hello(&mut self, body: &[u8], at: Evidence, out: &mut Output) {
        let Some(hello) = server_hello(body, Variant::Tls) else {
            out.problems.count("tls.server-hello-unreadable", at.capture, at.frame);
            return;
        };
        self.client = Some(at.direction.reversed());
        if hello.whole || hello.selected.is_some() {
            out.facts.state(&keys::VERSION, version_text(hello.negotiated()), at);
        }
        chosen_protocol(&hello, &keys::ALPN_CHOSEN, at, out);
        if let Some(digest) = fingerprint::ja3s(&hello) {
            out.facts.state(&keys::JA3S, digest, at);
        }
        if hello.whole && hello.resumes(&self.session) {
            out.facts.state(&keys::SESSION_RESUMED, true, at);
        }
    }

    /// Whose certificate it is, the hellos tell; without any it stays unsaid.
    fn certificate(&self, body: &[u8], at: Evidence, out: &mut Output) {
        let Some(client) = self.client else { return };
        let Some(leaf) = leaf(body, "tls.certificate-unreadable", at, out) else { return };
        if client == at.direction {
            out.facts.state(&keys::CLIENT_CERTIFICATE_NAME, leaf.subject, at);
            return;
        }
        for name in leaf.names {
            out.facts.state(&keys::CERTIFICATE_NAME, name, at);
        }
        out.facts.state(&keys::CERTIFICATE_ISSUER, leaf.issuer, at);
        if leaf.names_left_out > 0 {
            out.problems.count("tls.certificate-names-left-out", at.capture, at.frame);
        }
    }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
