//! DTLS (RFC 6347, RFC 9147): the handshake that agrees on the keys of calls, and data that pass inside it.
//!
//! Of DTLS 1.3 only the hellos can be read. Application data are counted: some programs send sound and picture in
//! data channels, where no RTP header can be seen.

mod data;
pub mod keys;
mod messages;
mod names;
mod record;

use super::needs::Needs;
use super::tls::{ClientKeys, Variant, client, client_hello, leaf, server_hello, version_text};
use super::{Carrier, Dissector, Protocol};
use crate::model::wire::Reader;
use crate::model::{Direction, Evidence, Input, Output, Step};
use data::Data;
use messages::{Messages, Outcome};
use names::{cipher_text, profile_text};
use record::{RECORD_HEADER_BYTES, Record, fragment, is_unified, is_unified_data, record};
use tls_parser::{TlsHandshakeType, TlsRecordType};

/// DTLS.
pub static PROTOCOL: Protocol = Protocol {
    name: "dtls",
    summary: "DTLS: version, server name, protocols and SRTP profiles offered, fingerprints, certificates in clear",
    source: "RFC 6347, RFC 9147, RFC 5764, RFC 8827",
    carrier: Carrier::Datagram,
    recognise,
    needs,
    create: || Box::<Dtls>::default(),
    keys: &[
        &keys::VERSION.info,
        &keys::SNI.info,
        &keys::INNER_SNI.info,
        &keys::ALPN.info,
        &keys::JA3.info,
        &keys::JA4.info,
        &keys::CERTIFICATE_NAME.info,
        &keys::FINGERPRINT.info,
        &keys::CERTIFICATE_NOT_BEFORE.info,
        &keys::SRTP_PROFILE.info,
        &keys::SRTP_PROFILE_CHOSEN.info,
        &keys::CIPHER.info,
        &keys::CERTIFICATE_SUBJECT.info,
        &keys::CERTIFICATE_ISSUER.info,
        &keys::ALERT.info,
        &keys::CLOSED.info,
        &keys::DATA.info,
        &keys::DATA_CHANNEL.info,
        &keys::MEDIA_INSIDE.info,
    ],
};

static CLIENT_KEYS: ClientKeys =
    ClientKeys { name: &keys::SNI, protocol: &keys::ALPN, encrypted: None, ja3: &keys::JA3, ja4: &keys::JA4 };
/// The keys of a handshake inside another framing: the name is not that of the flow's own server.
static INNER_KEYS: ClientKeys =
    ClientKeys { name: &keys::INNER_SNI, protocol: &keys::ALPN, encrypted: None, ja3: &keys::JA3, ja4: &keys::JA4 };

fn recognise(input: &Input<'_>) -> bool {
    record(&mut Reader::new(input.bytes), cut(input)).is_some()
}

/// Handshakes and alerts in clear, and of application data that they are there and how long.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    let mut reader = Reader::new(input.bytes);
    let (mut needed, mut has_data) = (0, false);
    loop {
        let start = reader.offset();
        let Some(record) = record(&mut reader, cut(input)) else { return Needs::First(needed) };
        let is_data = record.kind == TlsRecordType::ApplicationData;
        needed = match record.kind {
            // What stands before a later header would be kept with it.
            TlsRecordType::ApplicationData if has_data => needed,
            TlsRecordType::ApplicationData => start + RECORD_HEADER_BYTES,
            _ if record.epoch > 0 => start + RECORD_HEADER_BYTES,
            _ => start + RECORD_HEADER_BYTES + record.length,
        };
        has_data |= is_data;
    }
}

fn cut(input: &Input<'_>) -> usize {
    usize::try_from(input.cut).unwrap_or(usize::MAX)
}

/// Both directions of a flow.
#[derive(Clone, Debug, Default)]
struct Dtls {
    messages: [Messages; 2],
    data: Data,
    /// The server agreed on an SRTP profile.
    srtp: bool,
    is_seen: bool,
    /// It runs inside another framing or through a relay.
    inner: bool,
    last: Option<Evidence>,
    hellos: Hellos,
}

/// The client's hello that waits for its answer. The first copy counts: what is measured can be too long, never too
/// short.
#[derive(Clone, Debug, Default)]
struct Hellos {
    asked: Option<Evidence>,
    is_verified: bool,
    is_answered: bool,
}

impl Dissector for Dtls {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let mut reader = Reader::new(input.bytes);
        let mut is_read = false;
        self.inner = input.tunnel.is_some();
        while let Some(record) = record(&mut reader, cut(input)) {
            is_read = true;
            self.record(&record, input.at, out);
        }
        self.is_seen |= is_read;
        match reader.rest().first() {
            Some(first) if self.is_seen && is_unified(*first) => {
                if is_unified_data(*first) {
                    let length = reader.left().saturating_add(cut(input));
                    self.data.note(length, self.srtp, input.at, out);
                }
                Step::Taken
            }
            _ if is_read => Step::Taken,
            _ => Step::Foreign,
        }
    }

    /// States what came of hellos that never became complete.
    fn finish(&mut self, out: &mut Output) {
        let Some(last) = self.last else { return };
        for (messages, direction) in self.messages.iter().zip([Direction::Forward, Direction::Backward]) {
            if let Some(body) = messages.cut_client_hello() {
                state_client_hello(body, self.client_keys(), Evidence { direction, ..last }, out);
            }
        }
    }
}

impl Dtls {
    fn record(&mut self, record: &Record<'_>, at: Evidence, out: &mut Output) {
        match record.kind {
            TlsRecordType::Handshake if record.epoch == 0 => self.handshake(record.body, at, out),
            TlsRecordType::ApplicationData => self.data.note(record.length, self.srtp, at, out),
            TlsRecordType::Alert if record.epoch == 0 => state_alert(record.body, at, out),
            TlsRecordType::Alert => out.facts.state(&keys::CLOSED, true, at),
            _ => {}
        }
    }

    fn client_keys(&self) -> &'static ClientKeys {
        if self.inner { &INNER_KEYS } else { &CLIENT_KEYS }
    }

    fn handshake(&mut self, body: &[u8], at: Evidence, out: &mut Output) {
        self.last = Some(at);
        let keys = self.client_keys();
        let mut reader = Reader::new(body);
        while let Some(fragment) = fragment(&mut reader) {
            let [forward, backward] = &mut self.messages;
            let messages = if at.direction == Direction::Forward { forward } else { backward };
            self.hellos.note(fragment.kind, at, out);
            match messages.insert(&fragment) {
                Outcome::Complete(kind, body) => self.srtp |= state(kind, &body, keys, at, out),
                Outcome::Waiting => {}
                Outcome::Refused => out.problems.count("dtls.fragment-overflow", at.capture, at.frame),
            }
        }
    }
}

impl Hellos {
    fn note(&mut self, kind: TlsHandshakeType, at: Evidence, out: &mut Output) {
        match kind {
            TlsHandshakeType::ClientHello if !self.is_answered => {
                self.asked.get_or_insert(at);
            }
            TlsHandshakeType::HelloVerifyRequest if !self.is_verified => {
                self.is_verified = true;
                self.answer(at, out);
            }
            TlsHandshakeType::ServerHello => {
                self.is_answered = true;
                self.answer(at, out);
            }
            _ => {}
        }
    }

    fn answer(&mut self, at: Evidence, out: &mut Output) {
        if let Some(asked) = self.asked.take_if(|asked| asked.direction != at.direction) {
            out.hellos.add_asked(at.time.since(asked.time), asked.direction);
        }
    }
}

/// States what a message says; whether it agrees on an SRTP profile.
fn state(kind: TlsHandshakeType, body: &[u8], keys: &ClientKeys, at: Evidence, out: &mut Output) -> bool {
    match kind {
        TlsHandshakeType::ClientHello => state_client_hello(body, keys, at, out),
        TlsHandshakeType::ServerHello => return state_server_hello(body, at, out),
        TlsHandshakeType::Certificate => state_certificate(body, at, out),
        _ => {}
    }
    false
}

fn state_client_hello(body: &[u8], client_keys: &ClientKeys, at: Evidence, out: &mut Output) {
    let Some(hello) = client_hello(body, Variant::Dtls) else {
        out.problems.count("dtls.client-hello-unreadable", at.capture, at.frame);
        return;
    };
    client(&hello, Variant::Dtls, client_keys, at, out);
    for profile in &hello.srtp {
        out.facts.state(&keys::SRTP_PROFILE, profile_text(*profile), at);
    }
    if !hello.whole {
        out.problems.count("dtls.client-hello-cut", at.capture, at.frame);
    }
}

fn state_server_hello(body: &[u8], at: Evidence, out: &mut Output) -> bool {
    let Some(hello) = server_hello(body, Variant::Dtls).filter(|hello| hello.whole) else {
        out.problems.count("dtls.server-hello-unreadable", at.capture, at.frame);
        return false;
    };
    out.facts.state(&keys::VERSION, version_text(hello.negotiated()), at);
    if let Some(profile) = hello.srtp {
        out.facts.state(&keys::SRTP_PROFILE_CHOSEN, profile_text(profile), at);
    }
    out.facts.state(&keys::CIPHER, cipher_text(hello.cipher), at);
    hello.srtp.is_some()
}

fn state_certificate(body: &[u8], at: Evidence, out: &mut Output) {
    let Some(leaf) = leaf(body, "dtls.certificate-unreadable", at, out) else { return };
    for name in leaf.names {
        out.facts.state(&keys::CERTIFICATE_NAME, name, at);
    }
    out.facts.state(&keys::CERTIFICATE_SUBJECT, leaf.subject, at);
    out.facts.state(&keys::CERTIFICATE_ISSUER, leaf.issuer, at);
    out.facts.state(&keys::FINGERPRINT, leaf.fingerprint, at);
    if let Some(seconds) = leaf.not_before {
        out.facts.state(&keys::CERTIFICATE_NOT_BEFORE, seconds, at);
    }
    if leaf.names_left_out > 0 {
        out.problems.count("dtls.certificate-names-left-out", at.capture, at.frame);
    }
}

fn state_alert(body: &[u8], at: Evidence, out: &mut Output) {
    if let Some(alert) = names::alert(body) {
        out.facts.state(&keys::ALERT, alert, at);
    }
}

#[cfg(test)]
mod tests;
