//! DHCP for IPv6 (RFC 8415): the identifier that a device keeps in every network, and what it says of itself.

mod keys;

pub use keys::*;

use super::dhcp::{hardware_text, labels};
use super::{Carrier, Dissector, Protocol, needs};
use crate::model::wire::Reader;
use crate::model::{Evidence, Input, Output, Piece, Step, Timestamp};
use std::net::IpAddr;

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "dhcpv6",
    summary: "DHCP for IPv6: lasting identifiers, names and programs of devices, and what the network says of itself",
    source: "RFC 8415, RFC 3646, RFC 4704",
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(Dhcpv6),
    keys: &[
        &DUID.info,
        &LINK_ADDRESS.info,
        &DUID_DAY.info,
        &FQDN.info,
        &VENDOR_CLASS.info,
        &OPTIONS.info,
        &ADDRESS.info,
        &NAME_SERVER.info,
        &DOMAIN.info,
    ],
};

/// Ports of client and server.
const PORTS: [u16; 2] = [546, 547];
/// Options read of one message, those within others counted as well.
const OPTIONS_MAX: usize = 96;
/// Addresses read of one option.
const ADDRESSES_MAX: usize = 8;
/// Relays around a message (RFC 8415 section 7.6: HOP_COUNT_LIMIT is 8).
const RELAYS_MAX: usize = 8;
/// Message types of relays.
const RELAYED: [u8; 2] = [12, 13];
/// Seconds from 1970 to 2000, where the time of a DUID begins.
const DUID_EPOCH_SECONDS: i64 = 946_684_800;

/// Numbers of options.
mod option {
    pub(super) const CLIENT_ID: u16 = 1;
    pub(super) const NON_TEMPORARY: u16 = 3;
    pub(super) const TEMPORARY: u16 = 4;
    pub(super) const ADDRESS: u16 = 5;
    pub(super) const REQUESTED: u16 = 6;
    pub(super) const RELAYED_MESSAGE: u16 = 9;
    pub(super) const VENDOR_CLASS: u16 = 16;
    pub(super) const NAME_SERVER: u16 = 23;
    pub(super) const DOMAIN: u16 = 24;
    pub(super) const FQDN: u16 = 39;
}

fn recognise(input: &Input<'_>) -> bool {
    let on_port = |port: u16| PORTS.contains(&port);
    input.piece == Piece::Datagram
        && matches!(input.bytes.first(), Some(1..=13))
        && (on_port(input.source.port()) || on_port(input.destination.port()))
        && input.bytes.len() >= 4
}

/// Every message stands for itself.
#[derive(Clone)]
struct Dhcpv6;

impl Dissector for Dhcpv6 {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        if message(input.bytes, input.at, out).is_none() {
            out.problems.count("dhcpv6.message-cut", input.at.capture, input.at.frame);
        }
        Step::Taken
    }
}

/// Reads a message, through the relays around it; `None` when it is cut.
fn message(bytes: &[u8], at: Evidence, out: &mut Output) -> Option<()> {
    let mut bytes = bytes;
    for _ in 0..RELAYS_MAX {
        let mut reader = Reader::new(bytes);
        if !RELAYED.contains(&reader.u8()?) {
            reader.take(3)?;
            return options(reader, |number, value| state(number, value, at, out));
        }
        // Hop count, link address, peer address.
        reader.take(33)?;
        let mut inner = None;
        options(reader, |number, value| {
            if number == option::RELAYED_MESSAGE {
                inner = Some(value);
            }
        })?;
        bytes = inner?;
    }
    None
}

/// Hands each option to `each`; `None` when one is cut.
fn options<'b>(mut reader: Reader<'b>, mut each: impl FnMut(u16, &'b [u8])) -> Option<()> {
    for _ in 0..OPTIONS_MAX {
        if reader.is_empty() {
            return Some(());
        }
        let number = reader.u16()?;
        each(number, reader.vector16()?);
    }
    Some(())
}

fn state(number: u16, value: &[u8], at: Evidence, out: &mut Output) {
    match number {
        option::CLIENT_ID => state_identifier(value, at, out),
        // Behind the identifier and two times (not there for temporary addresses) stand options of their own.
        option::NON_TEMPORARY => state_addresses(value.get(12..), at, out),
        option::TEMPORARY => state_addresses(value.get(4..), at, out),
        option::REQUESTED => out.facts.state(&OPTIONS, numbers(value), at),
        option::VENDOR_CLASS => state_class(value, at, out),
        option::NAME_SERVER => addresses(value).for_each(|server| out.facts.state(&NAME_SERVER, server, at)),
        option::DOMAIN => state_name(labels(value), &DOMAIN, at, out),
        option::FQDN => state_name(labels(value.get(1..).unwrap_or_default()), &FQDN, at, out),
        _ => {}
    }
}

fn state_name(name: String, key: &'static crate::model::Key<String>, at: Evidence, out: &mut Output) {
    if !name.is_empty() {
        out.facts.state(key, name, at);
    }
}

/// The identifier; its first two types hold a link address of Ethernet (hardware type 1).
fn state_identifier(identifier: &[u8], at: Evidence, out: &mut Output) {
    if identifier.is_empty() {
        return;
    }
    out.facts.state(&DUID, identifier.iter().map(|byte| format!("{byte:02x}")).collect(), at);
    let mut reader = Reader::new(identifier);
    let (kind, hardware) = (reader.u16(), reader.u16());
    if kind == Some(1)
        && let Some(seconds) = reader.u32()
    {
        let made = Timestamp::new(DUID_EPOCH_SECONDS + i64::from(seconds), 0);
        out.facts.state(&DUID_DAY, made.date().to_string(), at);
    }
    if matches!(kind, Some(1 | 3))
        && hardware == Some(1)
        && let Some(address) = reader.array::<6>()
    {
        out.facts.state(&LINK_ADDRESS, hardware_text(address), at);
    }
}

fn state_addresses(inner: Option<&[u8]>, at: Evidence, out: &mut Output) {
    let inner = Reader::new(inner.unwrap_or_default());
    let read = options(inner, |number, value| {
        if number == option::ADDRESS
            && let Some(address) = addresses(value).next()
        {
            out.facts.state(&ADDRESS, address, at);
        }
    });
    if read.is_none() {
        out.problems.count("dhcpv6.option-cut", at.capture, at.frame);
    }
}

fn state_class(value: &[u8], at: Evidence, out: &mut Output) {
    let mut reader = Reader::new(value);
    let Some(enterprise) = reader.u32() else { return };
    for _ in 0..OPTIONS_MAX {
        let Some(class) = reader.vector16() else { return };
        out.facts.state(&VENDOR_CLASS, format!("{enterprise} {}", String::from_utf8_lossy(class)), at);
    }
}

fn addresses(value: &[u8]) -> impl Iterator<Item = IpAddr> + use<'_> {
    let (chunks, _) = value.as_chunks::<16>();
    chunks.iter().take(ADDRESSES_MAX).map(|octets| IpAddr::from(*octets))
}

fn numbers(value: &[u8]) -> String {
    let (pairs, _) = value.as_chunks::<2>();
    pairs.iter().map(|pair| u16::from_be_bytes(*pair).to_string()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests;
