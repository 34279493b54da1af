//! QUIC (RFC 9000, 9001, 9369), its drafts from 21 on, mvfst, and Google's QUIC: the hellos in Initial packets.
//!
//! Initial packets are encrypted under keys that follow from a connection identifier in clear. The hello may be
//! spread over packets and datagrams in any order; one 5-tuple may carry several connections.

mod connection;
mod frames;
mod google;
mod initial;
pub mod keys;
mod packet;
mod parameters;
mod version;

use super::needs::{Needs, WHOLE};
use super::tls::{ClientKeys, Variant, chosen_protocol, client, client_hello, name_text, server_hello};
use super::{Carrier, Dissector, Protocol};
use crate::model::{Evidence, Input, Output, Step};
use connection::{Connection, Progress};
use packet::{Kind, LongPacket, has_fixed_bit, is_long, long_packet};
use tls_parser::TlsHandshakeType;

/// QUIC.
pub static PROTOCOL: Protocol = Protocol {
    name: "quic",
    summary: "QUIC: version, server name, protocols offered, fingerprints, Google's user agent",
    source: "RFC 9000, RFC 9001, RFC 9369, RFC 9849",
    carrier: Carrier::Datagram,
    recognise,
    needs,
    create: || Box::<Quic>::default(),
    keys: &[
        &keys::VERSION.info,
        &keys::SNI.info,
        &keys::ALPN.info,
        &keys::ALPN_CHOSEN.info,
        &keys::JA4.info,
        &keys::JA3.info,
        &keys::ECH.info,
        &keys::USER_AGENT.info,
        &keys::GQUIC_SNI.info,
    ],
};

/// Most connections kept of one flow; the oldest makes room.
const CONNECTIONS_PER_FLOW_MAX: usize = 4;
/// Most packets of one datagram that are looked at.
const PACKETS_PER_DATAGRAM_MAX: usize = 8;
/// Most versions stated of one flow.
const VERSIONS_STATED_MAX: usize = 8;
/// Initial packets of one flow that may resist every key before no more are tried.
const UNOPENED_PACKETS_MAX: u32 = 64;

const CLIENT_KEYS: ClientKeys = ClientKeys {
    name: &keys::SNI,
    protocol: &keys::ALPN,
    encrypted: Some(&keys::ECH),
    ja3: &keys::JA3,
    ja4: &keys::JA4,
};

fn recognise(input: &Input<'_>) -> bool {
    let is_whole_enough = |packet: LongPacket<'_>| packet.missing == 0 || input.cut > 0;
    if is_long(input.bytes) {
        long_packet(input.bytes).is_some_and(is_whole_enough) && (has_fixed_bit(input.bytes) || is_negotiation(input))
            || google::long_header_version(input.bytes).is_some()
    } else {
        google::public_header_version(input.bytes).is_some()
    }
}

/// Initial packets hold the hellos and are sealed to their last byte; of other long packets, and of what follows them,
/// the header is all that is read.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    let (mut needed, mut start, mut next) = (0, 0, long_packet(input.bytes));
    if next.is_none() {
        return Needs::First(WHOLE);
    }
    for _ in 0..PACKETS_PER_DATAGRAM_MAX {
        let Some(packet) = next else { break };
        needed = match packet.kind {
            Kind::Initial => start + packet.bytes.len() + packet.missing,
            Kind::Negotiation | Kind::Retry => WHOLE,
            Kind::ZeroRtt | Kind::Handshake => needed.max(start + packet.number_at),
        };
        start += packet.bytes.len();
        next = long_packet(packet.rest);
    }
    Needs::First(needed)
}

fn is_negotiation(input: &Input<'_>) -> bool {
    input.bytes.get(1..5) == Some(&[0; 4])
}

/// All QUIC connections of one flow.
#[derive(Clone, Default)]
struct Quic {
    connections: Vec<Connection>,
    versions: Vec<u32>,
    is_seen: bool,
    is_google: bool,
    unopened: u32,
    last: Option<Evidence>,
}

impl Dissector for Quic {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let is_read = if !is_long(input.bytes) {
            self.short(input, out)
        } else if let Some(packet) = long_packet(input.bytes) {
            self.datagram(packet, input, out);
            true
        } else if let Some(version) = google::long_header_version(input.bytes) {
            self.google(version, input, out);
            true
        } else {
            self.is_seen && has_fixed_bit(input.bytes)
        };
        self.is_seen |= is_read;
        if is_read { Step::Taken } else { Step::Foreign }
    }

    /// States what came of hellos that never became complete.
    fn finish(&mut self, out: &mut Output) {
        let Some(last) = self.last else { return };
        for connection in &self.connections {
            let at = Evidence { direction: connection.client, ..last };
            if let Some((kind, body)) = connection.cut_message() {
                message(kind, body, at, out);
            }
        }
    }
}

impl Quic {
    /// Short headers say nothing; on a flow of QUIC they belong to it. So do the small first bytes of Google's
    /// public header, unless they are STUN.
    fn short(&mut self, input: &Input<'_>, out: &mut Output) -> bool {
        if let Some(version) = google::public_header_version(input.bytes) {
            self.google(version, input, out);
            return true;
        }
        let has_stun_cookie = || input.bytes.get(4..8) == Some(&[0x21, 0x12, 0xa4, 0x42]);
        // Endpoints that grease the fixed bit (RFC 9287) are known by their connection identifiers.
        let is_addressed = || self.connections.iter().any(|one| one.is_addressed(input.bytes, input.direction));
        self.is_seen && (has_fixed_bit(input.bytes) || self.is_google && !has_stun_cookie() || is_addressed())
    }

    fn google(&mut self, version: u32, input: &Input<'_>, out: &mut Output) {
        self.is_google = true;
        self.version(version, input.at, out);
        state_chlo(input.bytes, input.at, out);
    }

    fn version(&mut self, version: u32, at: Evidence, out: &mut Output) {
        if !self.versions.contains(&version) && self.versions.len() < VERSIONS_STATED_MAX {
            self.versions.push(version);
            out.facts.state(&keys::VERSION, version::name(version), at);
        }
    }

    /// Reads the coalesced packets of a datagram (RFC 9000 section 12.2).
    fn datagram(&mut self, first: LongPacket<'_>, input: &Input<'_>, out: &mut Output) {
        self.last = Some(input.at);
        let mut next = Some(first);
        for _ in 0..PACKETS_PER_DATAGRAM_MAX {
            let Some(packet) = next else { return };
            if packet.kind != Kind::Negotiation {
                self.version(packet.version, input.at, out);
            }
            if packet.kind == Kind::Initial {
                self.initial(&packet, input, out);
            }
            next = long_packet(packet.rest);
        }
    }

    fn initial(&mut self, packet: &LongPacket<'_>, input: &Input<'_>, out: &mut Output) {
        let at = input.at;
        if self.connections.iter().any(|connection| connection.is_done_with(packet, at.direction)) {
            return;
        }
        if packet.missing > 0 {
            out.problems.count("quic.initial-cut", at.capture, at.frame);
            let is_new = || !self.connections.iter().any(|connection| connection.began_with(packet.destination));
            if input.cut > 0 && is_new() {
                self.unknown(packet, at, out);
            }
        } else if self.unopened >= UNOPENED_PACKETS_MAX {
            out.problems.count("quic.initial-not-tried", at.capture, at.frame);
        } else if !self.known(packet, at, out) && !self.unknown(packet, at, out) {
            self.unopened += 1;
            out.problems.count("quic.initial-unopened", at.capture, at.frame);
        }
    }

    /// Offers a packet to the connections of the flow, the newest first.
    fn known(&mut self, packet: &LongPacket<'_>, at: Evidence, out: &mut Output) -> bool {
        let open = self.connections.iter_mut().rev().filter(|connection| !connection.is_closed());
        for connection in open {
            if let Some(payload) = connection.decrypt(packet, at.direction) {
                let progress = connection.take_in(packet, &payload, at.direction);
                round_trip(connection, progress, at, out);
                read_messages(connection, progress, at, out);
                return true;
            }
        }
        false
    }

    /// Takes a packet for the first of a client.
    fn unknown(&mut self, packet: &LongPacket<'_>, at: Evidence, out: &mut Output) -> bool {
        let open = if packet.missing == 0 { Connection::open } else { Connection::open_cut };
        let Some((mut connection, payload)) = open(packet, at.direction, at.time) else {
            return false;
        };
        let progress = connection.take_in(packet, &payload, at.direction);
        read_messages(&mut connection, progress, at, out);
        state_chlo(&payload, at, out);
        if self.connections.len() >= CONNECTIONS_PER_FLOW_MAX {
            self.connections.remove(0);
            out.problems.count("quic.connections-overflow", at.capture, at.frame);
        }
        self.connections.push(connection);
        true
    }
}

/// The server's first Initial packet answers the client's, unless the client had to repeat itself. The server's
/// computing time is in it.
fn round_trip(connection: &mut Connection, progress: Progress, at: Evidence, out: &mut Output) {
    if at.direction != connection.client {
        if let Some(asked) = connection.asked.take() {
            out.round_trips.add_asked(at.time.since(asked), connection.client);
        }
    } else if !progress.brought_bytes {
        connection.asked = None;
    }
}

fn read_messages(connection: &mut Connection, progress: Progress, at: Evidence, out: &mut Output) {
    if progress.overflowed {
        out.problems.count("quic.crypto-overflow", at.capture, at.frame);
    }
    let mut is_last = false;
    while let Some((kind, body)) = connection.next_message(at.direction) {
        is_last |= message(kind, body, at, out);
    }
    if is_last {
        connection.close();
    }
}

/// States what a message shows; `true` when nothing readable follows it.
fn message(kind: u8, body: &[u8], at: Evidence, out: &mut Output) -> bool {
    match TlsHandshakeType(kind) {
        TlsHandshakeType::ClientHello => {
            state_client_hello(body, at, out);
            false
        }
        TlsHandshakeType::ServerHello => state_server_hello(body, at, out),
        _ => false,
    }
}

fn state_client_hello(body: &[u8], at: Evidence, out: &mut Output) {
    let Some(hello) = client_hello(body, Variant::Quic) else {
        out.problems.count("quic.client-hello-unreadable", at.capture, at.frame);
        return;
    };
    client(&hello, Variant::Quic, &CLIENT_KEYS, at, out);
    if let Some(agent) = parameters::user_agent(hello.transport_parameters) {
        out.facts.state(&keys::USER_AGENT, agent, at);
    }
    if !hello.whole {
        out.problems.count("quic.client-hello-cut", at.capture, at.frame);
    }
}

/// A HelloRetryRequest is followed by another hello; after a ServerHello all is encrypted under secret keys.
fn state_server_hello(body: &[u8], at: Evidence, out: &mut Output) -> bool {
    let Some(hello) = server_hello(body, Variant::Quic) else {
        out.problems.count("quic.server-hello-unreadable", at.capture, at.frame);
        return false;
    };
    chosen_protocol(&hello, &keys::ALPN_CHOSEN, at, out);
    !hello.retry
}

fn state_chlo(payload: &[u8], at: Evidence, out: &mut Output) {
    let Some(chlo) = google::chlo(payload) else { return };
    if let Some(name) = chlo.name.filter(|name| !name.is_empty()) {
        out.facts.state(&keys::GQUIC_SNI, name_text(name), at);
    }
    if let Some(agent) = chlo.user_agent.and_then(parameters::printable) {
        out.facts.state(&keys::USER_AGENT, agent, at);
    }
}

#[cfg(test)]
mod tests;
