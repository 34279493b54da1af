//! NetBIOS over UDP (RFC 1001, RFC 1002): names that computers claim and seek, and what they announce of themselves.

pub mod datagram;
mod keys;
mod name;

pub use keys::*;

use super::dhcp::hardware_text;
use super::{Carrier, Dissector, Protocol, needs};
use crate::model::wire::Reader;
use crate::model::{Evidence, Input, Output, Piece, Step};
use name::Name;

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "nbns",
    summary: "NetBIOS name service: names of computers, groups and users on the local network",
    source: "RFC 1001, RFC 1002",
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(NameService),
    keys: &[&NAME.info, &HOST.info, &USER.info, &GROUP.info, &UNIT.info],
};

/// Port of the name service.
const PORT: u16 = 137;
/// Bytes of a header.
const HEADER_BYTES: usize = 12;
/// Types of records (RFC 1002 section 4.2.1.3).
const TYPE_NAME: u16 = 0x20;
const TYPE_STATE: u16 = 0x21;
/// Operations (RFC 1002 section 4.2.1.1): registration, release, refreshes, and registration of several addresses.
const CLAIMS: [u16; 5] = [5, 6, 8, 9, 15];
/// Names read of an answer about a node's state.
const STATE_NAMES_MAX: usize = 64;
/// Kinds of names that computers have for themselves: workstation and file service.
const COMPUTER_KINDS: [u8; 2] = [0x00, 0x20];
/// Kind of the messenger service.
const MESSENGER_KIND: u8 = 0x03;
/// Flag of a name that a group shares.
const GROUP_FLAG: u16 = 0x8000;

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram
        && (input.source.port() == PORT || input.destination.port() == PORT)
        && input.bytes.len() > HEADER_BYTES
        && input.bytes.get(HEADER_BYTES) == Some(&32)
}

/// Every message stands for itself.
#[derive(Clone)]
struct NameService;

impl Dissector for NameService {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        if message(input.bytes, input.at, out).is_none() {
            out.problems.count("nbns.message-cut", input.at.capture, input.at.frame);
        }
        Step::Taken
    }
}

/// Reads a message; `None` when it is cut or no name is in it.
fn message(bytes: &[u8], at: Evidence, out: &mut Output) -> Option<()> {
    let mut reader = Reader::new(bytes);
    let [_id, flags, questions, answers, _, additional] = header(&mut reader)?;
    let (answer, operation) = (flags & 0x8000 != 0, flags >> 11 & 0xf);
    let name = Name::read(&mut reader)?;
    let kind = reader.u16()?;
    reader.u16()?;
    if !answer && !CLAIMS.contains(&operation) {
        out.facts.state(&NAME, name.with_kind(), at);
        return Some(());
    }
    if questions > 0 && additional > 0 && !answer {
        // The claim stands in the additional record; its name is a pointer to the question's.
        let flags = claim_flags(&mut reader)?;
        claim(&name, flags & GROUP_FLAG != 0, at, out);
    } else if answer && answers > 0 {
        reader.u32()?;
        let data = reader.vector16()?;
        state_answer(&name, kind, data, at, out);
    }
    Some(())
}

fn header(reader: &mut Reader<'_>) -> Option<[u16; HEADER_BYTES / 2]> {
    let bytes = reader.array::<HEADER_BYTES>()?;
    let (pairs, _) = bytes.as_chunks::<2>();
    let mut fields = [0; HEADER_BYTES / 2];
    fields.iter_mut().zip(pairs).for_each(|(field, pair)| *field = u16::from_be_bytes(*pair));
    Some(fields)
}

/// Flags of the name in the record behind the question: pointer, type, class, time to live, length, flags.
fn claim_flags(reader: &mut Reader<'_>) -> Option<u16> {
    if reader.u8()? & 0xc0 == 0xc0 {
        reader.u8()?;
    } else {
        return None;
    }
    reader.take(8)?;
    Reader::new(reader.vector16()?).u16()
}

/// An answer about a name, or about the state of the node that sends it.
fn state_answer(name: &Name, kind: u16, data: &[u8], at: Evidence, out: &mut Output) {
    let mut reader = Reader::new(data);
    match kind {
        TYPE_STATE => {
            let state = node_state(&mut reader);
            let computer =
                state.iter().find(|(name, group)| name.kind == 0 && !group).map(|(name, _)| name.text.clone());
            for (name, group) in &state {
                if computer.as_ref() != Some(&name.text) || name.kind != MESSENGER_KIND {
                    claim(name, *group, at, out);
                }
            }
            if let Some(unit) = reader.array::<6>().filter(|unit| *unit != [0; 6]) {
                out.facts.state(&UNIT, hardware_text(unit), at);
            }
        }
        TYPE_NAME => out.facts.state(&NAME, name.with_kind(), at),
        _ => {}
    }
}

/// Names of a node with their group flag (RFC 1002 section 4.2.18).
fn node_state(reader: &mut Reader<'_>) -> Vec<(Name, bool)> {
    let count = usize::from(reader.u8().unwrap_or_default()).min(STATE_NAMES_MAX);
    let mut entry = |_| Some((Name::new(reader.array()?), reader.u16()? & GROUP_FLAG != 0));
    (0..count).map_while(&mut entry).collect()
}

/// A name that the sender has for itself.
fn claim(name: &Name, group: bool, at: Evidence, out: &mut Output) {
    if !name.is_proper() {
        return;
    }
    match name.kind {
        _ if group => out.facts.state(&GROUP, name.with_kind(), at),
        MESSENGER_KIND if !out.facts.of(HOST.info.name).any(|host| host.value.to_string() == name.text) => {
            out.facts.state(&USER, name.text.clone(), at);
        }
        kind if COMPUTER_KINDS.contains(&kind) => out.facts.state(&HOST, name.text.clone(), at),
        _ => out.facts.state(&NAME, name.with_kind(), at),
    }
}

#[cfg(test)]
mod tests;
