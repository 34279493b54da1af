//! DTLS (RFC 6347, RFC 9147): the handshake that agrees on the keys of calls, and data that pass inside it.
//!
//! Of DTLS 1.3 only the hellos can be read. Application data are counted: some programs send sound and picture in
//! data channels, where no RTP header can be seen.

pub mod keys;
mod messages;
mod record;

use super::tls::{ClientKeys, Variant, client, client_hello, leaf, server_hello, version_text};
use super::{Carrier, Dissector, Protocol};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::wire::Reader;
use crate::model::{Direction, Evidence, Input, Output, Step};
use messages::{Messages, Outcome};
use record::{Record, fragment, is_unified, is_unified_data, record};
use tls_parser::{TlsHandshakeType, TlsRecordType};

/// DTLS.
pub static PROTOCOL: Protocol = Protocol {
    name: "dtls",
    summary: "DTLS: version, server name, protocols and SRTP profiles offered, fingerprints, certificates in clear",
    source: "RFC 6347, RFC 9147, RFC 5764, RFC 8827",
    carrier: Carrier::Datagram,
    recognise,
    create: || Box::<Dtls>::default(),
    keys: &[
        &keys::VERSION.info,
        &keys::SNI.info,
        &keys::ALPN.info,
        &keys::JA3.info,
        &keys::JA4.info,
        &keys::CERTIFICATE_NAME.info,
        &keys::FINGERPRINT.info,
        &keys::CERTIFICATE_NOT_BEFORE.info,
        &keys::SRTP_PROFILE.info,
        &keys::SRTP_PROFILE_CHOSEN.info,
        &keys::DATA.info,
    ],
};

/// Application data records of this length on can be media; shorter ones are heartbeats and acknowledgements.
const MEDIA_RECORD_BYTES_MIN: usize = 60;
/// Such records that must have passed before they count as media.
const MEDIA_RECORDS_MIN: u64 = 20;
/// Pause that ends an interval with media, in nanoseconds.
const MEDIA_PAUSE_NANOS: i64 = 10 * NANOS_PER_SECOND;

const CLIENT_KEYS: ClientKeys =
    ClientKeys { name: &keys::SNI, protocol: &keys::ALPN, encrypted: None, ja3: &keys::JA3, ja4: &keys::JA4 };

fn recognise(input: &Input<'_>) -> bool {
    record(&mut Reader::new(input.bytes), cut(input)).is_some()
}

fn cut(input: &Input<'_>) -> usize {
    usize::try_from(input.cut).unwrap_or(usize::MAX)
}

/// Both directions of a flow.
#[derive(Debug, Default)]
struct Dtls {
    messages: [Messages; 2],
    data_records: [u64; 2],
    carried_data: [bool; 2],
    is_seen: bool,
    last: Option<Evidence>,
    hellos: Hellos,
}

/// The client's hello that waits for its answer. The first copy counts: what is measured can be too long, never too
/// short.
#[derive(Debug, Default)]
struct Hellos {
    asked: Option<Evidence>,
    is_verified: bool,
    is_answered: bool,
}

impl Dissector for Dtls {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let mut reader = Reader::new(input.bytes);
        let mut is_read = false;
        while let Some(record) = record(&mut reader, cut(input)) {
            is_read = true;
            self.record(&record, input.at, out);
        }
        self.is_seen |= is_read;
        match reader.rest().first() {
            Some(first) if self.is_seen && is_unified(*first) => {
                if is_unified_data(*first) {
                    self.data(reader.left(), input.at, out);
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
                state_client_hello(body, Evidence { direction, ..last }, out);
            }
        }
    }
}

impl Dtls {
    fn record(&mut self, record: &Record<'_>, at: Evidence, out: &mut Output) {
        match record.kind {
            TlsRecordType::Handshake if record.epoch == 0 => self.handshake(record.body, at, out),
            TlsRecordType::ApplicationData => self.data(record.length, at, out),
            _ => {}
        }
    }

    fn handshake(&mut self, body: &[u8], at: Evidence, out: &mut Output) {
        self.last = Some(at);
        let mut reader = Reader::new(body);
        while let Some(fragment) = fragment(&mut reader) {
            let [forward, backward] = &mut self.messages;
            let messages = if at.direction == Direction::Forward { forward } else { backward };
            self.hellos.note(fragment.kind, at, out);
            match messages.insert(&fragment) {
                Outcome::Complete(kind, body) => state(kind, &body, at, out),
                Outcome::Waiting => {}
                Outcome::Refused => out.problems.count("dtls.fragment-overflow", at.capture, at.frame),
            }
        }
    }

    /// Counts application data; many of them in both directions are media.
    fn data(&mut self, length: usize, at: Evidence, out: &mut Output) {
        self.note_first_data(at, out);
        if length < MEDIA_RECORD_BYTES_MIN {
            return;
        }
        let [forward, backward] = &mut self.data_records;
        let count = if at.direction == Direction::Forward { &mut *forward } else { &mut *backward };
        *count = count.saturating_add(1);
        let total = forward.saturating_add(*backward);
        if *forward > 0 && *backward > 0 && total >= MEDIA_RECORDS_MIN {
            out.media.note(at.time, MEDIA_PAUSE_NANOS);
        }
    }

    /// States once that both sides have sent application data.
    fn note_first_data(&mut self, at: Evidence, out: &mut Output) {
        let [forward, backward] = &mut self.carried_data;
        let mine = if at.direction == Direction::Forward { &mut *forward } else { &mut *backward };
        if !std::mem::replace(mine, true) && *forward && *backward {
            out.facts.state(&keys::DATA, true, at);
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

fn state(kind: TlsHandshakeType, body: &[u8], at: Evidence, out: &mut Output) {
    match kind {
        TlsHandshakeType::ClientHello => state_client_hello(body, at, out),
        TlsHandshakeType::ServerHello => state_server_hello(body, at, out),
        TlsHandshakeType::Certificate => state_certificate(body, at, out),
        _ => {}
    }
}

fn state_client_hello(body: &[u8], at: Evidence, out: &mut Output) {
    let Some(hello) = client_hello(body, Variant::Dtls) else {
        out.problems.count("dtls.client-hello-unreadable", at.capture, at.frame);
        return;
    };
    client(&hello, Variant::Dtls, &CLIENT_KEYS, at, out);
    for profile in &hello.srtp {
        out.facts.state(&keys::SRTP_PROFILE, profile_text(*profile), at);
    }
    if !hello.whole {
        out.problems.count("dtls.client-hello-cut", at.capture, at.frame);
    }
}

fn state_server_hello(body: &[u8], at: Evidence, out: &mut Output) {
    let Some(hello) = server_hello(body, Variant::Dtls).filter(|hello| hello.whole) else {
        out.problems.count("dtls.server-hello-unreadable", at.capture, at.frame);
        return;
    };
    out.facts.state(&keys::VERSION, version_text(hello.negotiated()), at);
    if let Some(profile) = hello.srtp {
        out.facts.state(&keys::SRTP_PROFILE_CHOSEN, profile_text(profile), at);
    }
}

fn state_certificate(body: &[u8], at: Evidence, out: &mut Output) {
    let Some(leaf) = leaf(body, "dtls.certificate-unreadable", at, out) else { return };
    for name in leaf.names {
        out.facts.state(&keys::CERTIFICATE_NAME, name, at);
    }
    out.facts.state(&keys::FINGERPRINT, leaf.fingerprint, at);
    if let Some(seconds) = leaf.not_before {
        out.facts.state(&keys::CERTIFICATE_NOT_BEFORE, seconds, at);
    }
    if leaf.names_left_out > 0 {
        out.problems.count("dtls.certificate-names-left-out", at.capture, at.frame);
    }
}

/// Names of the IANA registry of DTLS-SRTP protection profiles.
fn profile_text(profile: u16) -> String {
    let name = match profile {
        0x0001 => "SRTP_AES128_CM_HMAC_SHA1_80",
        0x0002 => "SRTP_AES128_CM_HMAC_SHA1_32",
        0x0005 => "SRTP_NULL_HMAC_SHA1_80",
        0x0006 => "SRTP_NULL_HMAC_SHA1_32",
        0x0007 => "SRTP_AEAD_AES_128_GCM",
        0x0008 => "SRTP_AEAD_AES_256_GCM",
        _ => return format!("{profile:#06x}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests;
