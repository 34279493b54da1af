//! DHCP for IPv4 (RFC 2131): what a device says of itself when it asks for an address, and what the network says of
//! itself in the answer.

mod keys;

pub use keys::*;

use super::{Carrier, Dissector, Protocol, needs};
use crate::model::wire::Reader;
use crate::model::{Evidence, Input, Output, Piece, Step};
use std::net::{IpAddr, Ipv4Addr};

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "dhcp",
    summary: "DHCP for IPv4: names, programs and addresses of devices, and what the network says of itself",
    source: "RFC 2131, RFC 2132, RFC 4702",
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(Dhcp),
    keys: &[
        &HOST_NAME.info,
        &FQDN.info,
        &VENDOR_CLASS.info,
        &PARAMETERS.info,
        &CLIENT_ID.info,
        &LINK_ADDRESS.info,
        &CLIENT.info,
        &REQUESTED_ADDRESS.info,
        &ASSIGNED_ADDRESS.info,
        &ROUTER.info,
        &DOMAIN.info,
        &NAME_SERVER.info,
    ],
};

/// Ports of server and client.
const PORTS: [u16; 2] = [67, 68];
/// Bytes before the options, the magic cookie left out.
const FIXED_BYTES: usize = 236;
/// First bytes of the options (RFC 2132 section 2).
const MAGIC_COOKIE: [u8; 4] = [99, 130, 83, 99];
/// Options read of one message.
const OPTIONS_MAX: usize = 128;
/// Addresses read of one option.
const ADDRESSES_MAX: usize = 8;
/// Bytes kept of one option, in all its parts (RFC 3396).
const OPTION_BYTES_MAX: usize = 1_024;

/// Numbers of options (RFC 2132; 81 is RFC 4702).
mod option {
    pub(super) const PAD: u8 = 0;
    pub(super) const ROUTER: u8 = 3;
    pub(super) const NAME_SERVER: u8 = 6;
    pub(super) const HOST_NAME: u8 = 12;
    pub(super) const DOMAIN: u8 = 15;
    pub(super) const REQUESTED_ADDRESS: u8 = 50;
    pub(super) const MESSAGE_TYPE: u8 = 53;
    pub(super) const PARAMETERS: u8 = 55;
    pub(super) const VENDOR_CLASS: u8 = 60;
    pub(super) const CLIENT_ID: u8 = 61;
    pub(super) const FQDN: u8 = 81;
    pub(super) const END: u8 = 255;
}

/// Message type of an acknowledgement (RFC 2132 section 9.6).
const ACKNOWLEDGED: u8 = 5;

fn recognise(input: &Input<'_>) -> bool {
    let on_port = |port: u16| PORTS.contains(&port);
    input.piece == Piece::Datagram
        && matches!(input.bytes.first(), Some(1 | 2))
        && (on_port(input.source.port()) || on_port(input.destination.port()))
        && input.bytes.get(FIXED_BYTES..FIXED_BYTES + 4) == Some(&MAGIC_COOKIE)
}

/// Every message stands for itself.
#[derive(Clone)]
struct Dhcp;

impl Dissector for Dhcp {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        match Message::read(input.bytes) {
            Some(message) => {
                if message.cut {
                    out.problems.count("dhcp.options-cut", input.at.capture, input.at.frame);
                }
                message.state(input.at, out);
            }
            None => out.problems.count("dhcp.header-cut", input.at.capture, input.at.frame),
        }
        Step::Taken
    }
}

/// A message with the parts of each option joined.
struct Message {
    from_client: bool,
    your_address: Ipv4Addr,
    link_address: Option<[u8; 6]>,
    options: Vec<(u8, Vec<u8>)>,
    cut: bool,
}

impl Message {
    fn read(bytes: &[u8]) -> Option<Message> {
        let mut reader = Reader::new(bytes);
        let [operation, hardware, hardware_bytes, _hops] = reader.array()?;
        reader.take(12)?;
        let your_address = Ipv4Addr::from(reader.array::<4>()?);
        reader.take(8)?;
        let link_address = reader.array::<6>().filter(|_| hardware == 1 && hardware_bytes == 6);
        reader.take(FIXED_BYTES + MAGIC_COOKIE.len() - reader.offset())?;
        let (options, cut) = options(reader);
        Some(Message { from_client: operation == 1, your_address, link_address, options, cut })
    }

    fn option(&self, number: u8) -> Option<&[u8]> {
        self.options.iter().find(|(known, _)| *known == number).map(|(_, value)| value.as_slice())
    }

    fn text(&self, number: u8) -> Option<String> {
        self.option(number).map(text).filter(|text| !text.is_empty())
    }

    fn addresses(&self, number: u8) -> impl Iterator<Item = IpAddr> + use<'_> {
        let (chunks, _) = self.option(number).unwrap_or_default().as_chunks::<4>();
        chunks.iter().take(ADDRESSES_MAX).map(|octets| IpAddr::from(*octets))
    }

    fn state(&self, at: Evidence, out: &mut Output) {
        let client = self.link_address.filter(|address| *address != [0; 6]).map(hardware_text);
        if let Some(client) = &client {
            out.facts.state(&LINK_ADDRESS, client.clone(), at);
        }
        if let Some(class) = self.text(option::VENDOR_CLASS) {
            out.facts.state(&VENDOR_CLASS, class, at);
        }
        if self.from_client {
            self.state_request(at, out);
        } else {
            self.state_answer(at, out);
        }
        for (what, value) in client.iter().flat_map(|_| self.traits()) {
            out.facts.state(&CLIENT, format!("{} {what} {value}", client.as_deref().unwrap_or_default()), at);
        }
    }

    fn state_request(&self, at: Evidence, out: &mut Output) {
        if let Some(name) = self.text(option::HOST_NAME) {
            out.facts.state(&HOST_NAME, name, at);
        }
        if let Some(name) = self.option(option::FQDN).and_then(fqdn) {
            out.facts.state(&FQDN, name, at);
        }
        if let Some(parameters) = self.option(option::PARAMETERS) {
            out.facts.state(&PARAMETERS, numbers(parameters), at);
        }
        if let Some(identifier) = self.option(option::CLIENT_ID) {
            out.facts.state(&CLIENT_ID, identifier.iter().map(|byte| format!("{byte:02x}")).collect(), at);
        }
        if let Some(address) = self.addresses(option::REQUESTED_ADDRESS).next() {
            out.facts.state(&REQUESTED_ADDRESS, address, at);
        }
    }

    fn state_answer(&self, at: Evidence, out: &mut Output) {
        if let Some(name) = self.text(option::HOST_NAME) {
            out.facts.state(&HOST_NAME, name, at);
        }
        if let Some(address) = self.acknowledged() {
            out.facts.state(&ASSIGNED_ADDRESS, address, at);
        }
        if let Some(domain) = self.text(option::DOMAIN) {
            out.facts.state(&DOMAIN, domain, at);
        }
        self.addresses(option::ROUTER).for_each(|router| out.facts.state(&ROUTER, router, at));
        self.addresses(option::NAME_SERVER).for_each(|server| out.facts.state(&NAME_SERVER, server, at));
    }

    /// The address that the server acknowledges; one that it only offers may be another's in the end.
    fn acknowledged(&self) -> Option<IpAddr> {
        let acknowledges = self.option(option::MESSAGE_TYPE) == Some(&[ACKNOWLEDGED]);
        Some(IpAddr::from(self.your_address)).filter(|address| acknowledges && !address.is_unspecified())
    }

    /// What the message says of the client, by the words of [`CLIENT`].
    fn traits(&self) -> Vec<(&'static str, String)> {
        if !self.from_client {
            return self.acknowledged().map(|address| ("address", address.to_string())).into_iter().collect();
        }
        let name = self.text(option::HOST_NAME).or_else(|| self.option(option::FQDN).and_then(fqdn));
        let parameters = self.option(option::PARAMETERS).map(numbers);
        let traits = [("name", name), ("class", self.text(option::VENDOR_CLASS)), ("parameters", parameters)];
        traits.into_iter().filter_map(|(what, value)| Some((what, value?))).collect()
    }
}

/// Options up to the end mark, and whether the bytes ended before it.
fn options(mut reader: Reader<'_>) -> (Vec<(u8, Vec<u8>)>, bool) {
    let mut options: Vec<(u8, Vec<u8>)> = Vec::new();
    for _ in 0..OPTIONS_MAX {
        match reader.u8() {
            Some(option::PAD) => continue,
            Some(option::END) => return (options, false),
            None => return (options, true),
            Some(number) => {
                let Some(part) = reader.vector8() else { return (options, true) };
                add_part(&mut options, number, part);
            }
        }
    }
    (options, false)
}

/// An option that comes again goes on where it stopped (RFC 3396 section 7).
fn add_part(options: &mut Vec<(u8, Vec<u8>)>, number: u8, part: &[u8]) {
    match options.iter_mut().find(|(known, _)| *known == number) {
        Some((_, value)) if value.len() + part.len() <= OPTION_BYTES_MAX => value.extend_from_slice(part),
        Some(_) => {}
        None => options.push((number, part.to_vec())),
    }
}

/// Text without the zeros at its end that some clients send.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned()
}

/// The name of the FQDN option: in labels where its E flag is set, else as text (RFC 4702 sections 2.1 and 2.3.1).
fn fqdn(option: &[u8]) -> Option<String> {
    let [flags, _, _, name @ ..] = option else { return None };
    let name = if flags & 4 != 0 { labels(name) } else { text(name) };
    Some(name).filter(|name| !name.is_empty())
}

/// A name in labels (RFC 1035 section 3.1) without compression, joined with dots. It may end without its root.
pub(super) fn labels(bytes: &[u8]) -> String {
    let mut reader = Reader::new(bytes);
    let mut name = String::new();
    while let Some(label) = reader.vector8().filter(|label| !label.is_empty()) {
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&String::from_utf8_lossy(label));
    }
    name
}

fn numbers(bytes: &[u8]) -> String {
    bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
}

/// `02:77:00:00:00:0b`.
pub(super) fn hardware_text(address: [u8; 6]) -> String {
    address.map(|byte| format!("{byte:02x}")).join(":")
}

#[cfg(test)]
mod tests;
