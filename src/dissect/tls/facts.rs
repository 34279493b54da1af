//! From hellos and certificates to facts, for TLS, QUIC and DTLS alike: each names its own keys.

use super::certificate::{self, Leaf};
use super::fingerprint;
use super::hello::{ClientHello, ServerHello, Variant, is_grease};
use crate::model::{Evidence, Key, Output};
use std::net::IpAddr;

/// The keys that a protocol states of a ClientHello.
pub(crate) struct ClientKeys {
    /// Server name.
    pub(crate) name: &'static Key<String>,
    /// Application protocols offered.
    pub(crate) protocol: &'static Key<String>,
    /// Encrypted ClientHello offered.
    pub(crate) encrypted: Option<&'static Key<bool>>,
    /// JA3.
    pub(crate) ja3: &'static Key<String>,
    /// JA4.
    pub(crate) ja4: &'static Key<String>,
}

/// Text of a name from the wire: lower case, without the final dot. Bytes that are no UTF-8 become replacement
/// characters.
pub(crate) fn name_text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    text.strip_suffix('.').map(str::to_owned).unwrap_or(text)
}

/// States what a ClientHello shows.
pub(crate) fn client(hello: &ClientHello<'_>, variant: Variant, keys: &ClientKeys, at: Evidence, out: &mut Output) {
    // Media clients put the server's address there, which is no host name (RFC 6066 section 3) and tells nothing new.
    let is_name = |name: &String| variant != Variant::Dtls || name.parse::<IpAddr>().is_err();
    for name in hello.names.iter().map(|name| name_text(name)).filter(|name| !name.is_empty() && is_name(name)) {
        out.facts.state(keys.name, name, at);
    }
    for protocol in hello.protocols.iter().filter(|protocol| !is_grease_protocol(protocol)) {
        out.facts.state(keys.protocol, protocol_text(protocol), at);
    }
    if let Some(key) = keys.encrypted.filter(|_| hello.encrypted) {
        out.facts.state(key, true, at);
    }
    if let Some(digest) = fingerprint::ja3(hello) {
        out.facts.state(keys.ja3, digest, at);
    }
    if let Some(digest) = fingerprint::ja4(hello, variant) {
        out.facts.state(keys.ja4, digest, at);
    }
}

/// States the application protocol that a server chose in clear.
pub(crate) fn chosen_protocol(hello: &ServerHello<'_>, key: &'static Key<String>, at: Evidence, out: &mut Output) {
    if let Some(protocol) = hello.protocol.filter(|protocol| !protocol.is_empty()) {
        out.facts.state(key, protocol_text(protocol), at);
    }
}

/// Reads the end-entity certificate of a Certificate message; what is there but unreadable counts as `problem`.
pub(crate) fn leaf(body: &[u8], problem: &'static str, at: Evidence, out: &mut Output) -> Option<Leaf> {
    let leaf = certificate::leaf(certificate::first_of_chain(body)?);
    if leaf.is_none() {
        out.problems.count(problem, at.capture, at.frame);
    }
    leaf
}

/// The name of a protocol version: `TLS 1.3`, `DTLS 1.2`.
pub(crate) fn version_text(version: u16) -> String {
    match version {
        0x0300 => "SSL 3.0".to_owned(),
        0x0301..=0x0304 => format!("TLS 1.{}", version - 0x0301),
        0x7f00..=0x7fff => format!("TLS 1.3 draft {}", version & 0xff),
        0xfeff => "DTLS 1.0".to_owned(),
        0xfefd => "DTLS 1.2".to_owned(),
        0xfefc => "DTLS 1.3".to_owned(),
        0x0100 => "DTLS before 1.0".to_owned(),
        _ => format!("{version:#06x}"),
    }
}

fn is_grease_protocol(protocol: &[u8]) -> bool {
    protocol.is_empty() || protocol.try_into().is_ok_and(|pair| is_grease(u16::from_be_bytes(pair)))
}

fn protocol_text(protocol: &[u8]) -> String {
    String::from_utf8_lossy(protocol).into_owned()
}
