//! RTCP (RFC 3550 section 6) and SRTCP (RFC 3711), on the flow of its media or its own.

mod index;
mod keys;
mod packet;

use crate::dissect::{Carrier, Dissector, Protocol};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::wire::Reader;
use crate::model::{Evidence, Input, Key, Output, Piece, Step};
use index::Index;
use packet::{Datagram, Packet};

/// RTCP and SRTCP.
pub static PROTOCOL: Protocol = Protocol {
    name: "rtcp",
    summary: "Reports about media: names of senders, programs and counts, in clear with plain RTP; only its kind and sender with SRTCP",
    source: "RFC 3550 section 6, RFC 3711 section 3.4, RFC 4585",
    carrier: Carrier::Datagram,
    recognise,
    create: || Box::new(Rtcp::default()),
    keys: keys::ALL,
};

/// Senders followed in one flow.
const SENDERS_MAX: usize = 64;
/// Descriptions read of one flow; senders repeat them every few seconds.
const DESCRIPTIONS_MAX: u32 = 256;
/// Encrypted packets of one sender from which on they count as RTCP.
const SEALED_PACKETS_MIN: u32 = 2;
/// Reports closer than this belong together: RFC 3550 section 6.2 sends them about every five seconds.
const PAUSE_NANOS: i64 = 20 * NANOS_PER_SECOND;

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram && Datagram::read(input.bytes, input.cut).is_some()
}

/// Both directions of one flow.
#[derive(Default)]
struct Rtcp {
    /// Bit n: type 192 + n was stated.
    types: u32,
    descriptions: u32,
    protected_stated: bool,
    senders: Vec<Sender>,
}

/// One source in one direction.
struct Sender {
    source: (u32, usize),
    sealed: u32,
    reported: bool,
    index: Index,
}

impl Dissector for Rtcp {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        match Datagram::read(input.bytes, input.cut) {
            _ if input.piece != Piece::Datagram => Step::Foreign,
            Some(Datagram::Clear(bytes)) => self.read_clear(bytes, input, out),
            Some(Datagram::Sealed { kind, sender, bytes }) => self.read_sealed(kind, sender, bytes, input, out),
            None => Step::Foreign,
        }
    }
}

impl Rtcp {
    fn read_clear<'p>(&mut self, bytes: &[u8], input: &Input<'p>, out: &mut Output) -> Step<'p> {
        note_report(input, out);
        for packet in packet::packets(bytes) {
            self.note_type(packet.kind, input.at, out);
            match packet.kind {
                packet::SENDER_REPORT => self.read_report(&packet, input, out),
                packet::DESCRIPTION => self.read_description(&packet, input.at, out),
                _ => {}
            }
        }
        Step::Taken
    }

    /// Random bytes look like SRTCP once, but not twice from the same source.
    fn read_sealed<'p>(
        &mut self,
        kind: u8,
        source: u32,
        bytes: &[u8],
        input: &Input<'p>,
        out: &mut Output,
    ) -> Step<'p> {
        let Some(sender) = self.sender(source, input) else { return Step::Foreign };
        sender.sealed = sender.sealed.saturating_add(1);
        let (known, found) = (sender.sealed >= SEALED_PACKETS_MIN, sender.index.note(bytes, input.at));
        if let Some((index, at)) = found.filter(|_| input.cut == 0) {
            out.facts.state(&keys::INDEX, index, at);
        }
        if !known {
            return Step::Foreign;
        }
        note_report(input, out);
        self.note_type(kind, input.at, out);
        if !self.protected_stated && input.cut == 0 {
            self.protected_stated = true;
            out.facts.state(&keys::PROTECTED, true, input.at);
        }
        Step::Taken
    }

    fn sender(&mut self, source: u32, input: &Input<'_>) -> Option<&mut Sender> {
        let source = (source, input.direction.index());
        if let Some(index) = self.senders.iter().position(|sender| sender.source == source) {
            return self.senders.get_mut(index);
        }
        if self.senders.len() >= SENDERS_MAX {
            return None;
        }
        self.senders.push(Sender { source, sealed: 0, reported: false, index: Index::default() });
        self.senders.last_mut()
    }

    fn note_type(&mut self, kind: u8, at: Evidence, out: &mut Output) {
        let bit = 1u32.checked_shl(u32::from(kind.saturating_sub(192))).unwrap_or(0);
        if self.types & bit == 0 {
            self.types |= bit;
            out.facts.state(&keys::TYPE, packet::type_name(kind).to_owned(), at);
        }
    }

    /// Packet count of a sender's first report: source, NTP time, RTP time, then the count.
    fn read_report(&mut self, packet: &Packet<'_>, input: &Input<'_>, out: &mut Output) {
        let count = packet.body.get(16..).and_then(|rest| Reader::new(rest).u32());
        let sender = packet.sender().and_then(|source| self.sender(source, input));
        if let (Some(count), Some(sender)) = (count, sender.filter(|sender| !sender.reported)) {
            sender.reported = true;
            out.facts.state(&keys::SENDER_PACKETS, u64::from(count), input.at);
        }
    }

    fn read_description(&mut self, packet: &Packet<'_>, at: Evidence, out: &mut Output) {
        if self.descriptions >= DESCRIPTIONS_MAX {
            return;
        }
        self.descriptions += 1;
        for (kind, text) in packet::items(packet) {
            if let (Some(key), Some(text)) = (item_key(kind), readable(text)) {
                out.facts.state(key, text, at);
            }
        }
    }
}

fn note_report(input: &Input<'_>, out: &mut Output) {
    if let Some(reports) = out.reports.get_mut(input.direction.index()) {
        reports.note(input.at.time, PAUSE_NANOS);
    }
}

/// The key of a source description item (RFC 3550 section 12.2).
fn item_key(kind: u8) -> Option<&'static Key<String>> {
    match kind {
        1 => Some(&keys::CNAME),
        2 => Some(&keys::NAME),
        3 => Some(&keys::EMAIL),
        4 => Some(&keys::PHONE),
        5 => Some(&keys::LOCATION),
        6 => Some(&keys::TOOL),
        _ => None,
    }
}

/// Text that means something to a reader: UTF-8, not empty, without control characters.
fn readable(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end_matches('\0');
    (!text.trim().is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
