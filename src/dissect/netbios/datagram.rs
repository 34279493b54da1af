//! NetBIOS datagrams (RFC 1002 section 4.4) and the browser announcements in them (MS-BRWS): computers tell all others
//! their name, a description and the version of their system.

use super::keys::{BROWSER_COMMENT, BROWSER_HOST, BROWSER_SYSTEM, SENDER};
use super::name::{NAME_BYTES, Name};
use crate::dissect::{Carrier, Dissector, Protocol, needs};
use crate::model::wire::Reader;
use crate::model::{Evidence, Input, Output, Piece, Step};

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "netbios",
    summary: "NetBIOS datagrams: names of computers, and what they announce of themselves to all others",
    source: "RFC 1002, MS-BRWS",
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(Datagram),
    keys: &[&SENDER.info, &BROWSER_HOST.info, &BROWSER_COMMENT.info, &BROWSER_SYSTEM.info],
};

/// Port of the datagram service.
const PORT: u16 = 138;
/// Types that carry data: direct to one, direct to a group, to all.
const WITH_DATA: [u8; 3] = [0x10, 0x11, 0x12];
/// Start of a message of SMB (MS-CIFS section 2.2.3.1).
const SMB_MAGIC: [u8; 4] = *b"\xffSMB";
/// Command of a transaction.
const TRANSACTION: u8 = 0x25;
/// Bytes of the SMB header behind magic and command.
const SMB_REST_BYTES: usize = 27;
/// Name of the transaction that announcements use.
const MAILSLOT: &[u8] = b"\\MAILSLOT\\BROWSE";
/// Announcements of a computer: as one of many, and as the one that keeps the list.
const HOST_ANNOUNCEMENTS: [u8; 2] = [0x01, 0x0f];
/// Last two bytes before the description (MS-BRWS section 2.2.1).
const SIGNATURE: u16 = 0xaa55;

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram
        && (input.source.port() == PORT || input.destination.port() == PORT)
        && input.bytes.first().is_some_and(|kind| WITH_DATA.contains(kind))
}

/// Every datagram stands for itself.
#[derive(Clone)]
struct Datagram;

impl Dissector for Datagram {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        if read(input.bytes, input.at, out).is_none() {
            out.problems.count("netbios.datagram-cut", input.at.capture, input.at.frame);
        }
        Step::Taken
    }
}

/// Sender, receiver, data; `None` when the header is cut.
fn read(bytes: &[u8], at: Evidence, out: &mut Output) -> Option<()> {
    let mut reader = Reader::new(bytes);
    // Type, flags, number, address, port, length, offset.
    reader.take(14)?;
    let sender = Name::read(&mut reader)?;
    Name::read(&mut reader)?;
    if sender.is_proper() {
        out.facts.state(&SENDER, sender.with_kind(), at);
    }
    if let Some(announcement) = browser_data(reader.rest()).and_then(Announcement::read) {
        announcement.state(at, out);
    }
    Some(())
}

/// Data of a transaction to the browser's mailslot. All numbers of SMB are little endian.
fn browser_data(message: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(message);
    if reader.array()? != SMB_MAGIC || reader.u8()? != TRANSACTION {
        return None;
    }
    reader.take(SMB_REST_BYTES)?;
    let words = usize::from(reader.u8()?);
    let mut parameters = Reader::new(reader.take(2 * words)?);
    parameters.take(22)?;
    let (count, offset) = (parameters.u16()?.swap_bytes(), parameters.u16()?.swap_bytes());
    reader.u16()?;
    if !reader.rest().starts_with(MAILSLOT) {
        return None;
    }
    let rest = message.get(usize::from(offset)..)?;
    Some(rest.get(..usize::from(count)).unwrap_or(rest))
}

/// What a computer announces.
struct Announcement {
    host: String,
    system: [u8; 2],
    comment: String,
}

impl Announcement {
    fn read(data: &[u8]) -> Option<Announcement> {
        let mut reader = Reader::new(data);
        if !HOST_ANNOUNCEMENTS.contains(&reader.u8()?) {
            return None;
        }
        // How often, and after how many milliseconds again.
        reader.take(5)?;
        let host = text(&reader.array::<NAME_BYTES>()?);
        let system = reader.array()?;
        // Roles, version of the protocol.
        reader.take(6)?;
        let comment = if reader.u16()?.swap_bytes() == SIGNATURE { text(reader.rest()) } else { String::new() };
        Some(Announcement { host, system, comment })
    }

    fn state(&self, at: Evidence, out: &mut Output) {
        if !self.host.is_empty() {
            out.facts.state(&BROWSER_HOST, self.host.clone(), at);
        }
        if !self.comment.is_empty() {
            out.facts.state(&BROWSER_COMMENT, self.comment.clone(), at);
        }
        let [major, minor] = self.system;
        out.facts.state(&BROWSER_SYSTEM, format!("{major}.{minor}"), at);
    }
}

/// Text up to its first zero.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).trim_end().to_owned()
}
