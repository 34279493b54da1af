//! RTCP (RFC 3550 section 6) and SRTCP (RFC 3711), on the flow of its media or its own.

mod index;
mod keys;
mod packet;
mod sender;

use super::element::ntp_offset;
use super::facts::millis;
use crate::dissect::{Carrier, Dissector, Protocol, needs};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::{Evidence, Input, Key, Output, Piece, Step};
use packet::{Datagram, Packet, SenderInfo};
use sender::Sender;

/// RTCP and SRTCP.
pub static PROTOCOL: Protocol = Protocol {
    name: "rtcp",
    summary: "Reports about media: names of senders, programs and counts, in clear with plain RTP; only its kind and sender with SRTCP",
    source: "RFC 3550 section 6, RFC 3711 section 3.4, RFC 4585",
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(Rtcp::default()),
    keys: keys::ALL,
};

/// Senders followed in one flow.
const SENDERS_MAX: usize = 64;
/// Pairs of receiver and source told apart in one flow.
const PAIRS_MAX: usize = 32;
/// Shortest time before the first report that is worth telling: a first report comes within seconds.
const AGE_SECONDS_MIN: u64 = 20;
/// Slowest round trip that a report measures.
const ROUND_TRIP_NANOS_MAX: i64 = 10 * NANOS_PER_SECOND;
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
#[derive(Clone, Default)]
struct Rtcp {
    /// Bit n: type 192 + n was stated.
    types: u32,
    descriptions: u32,
    protected_stated: bool,
    senders: Vec<Sender>,
    /// Receiver and source of reports that were stated.
    pairs: Vec<(u32, u32)>,
    /// Receiver, source and least round trip between the capture and the receiver, in nanoseconds.
    round_trips: Vec<(u32, u32, i64, Evidence)>,
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

    fn finish(&mut self, out: &mut Output) {
        for (receiver, _, nanos, at) in &self.round_trips {
            out.facts.state(&keys::ROUND_TRIP, format!("0x{receiver:08x}: {} ms", millis(*nanos)), *at);
        }
        let ages = self.senders.iter().filter_map(Sender::age_seconds).filter(|(age, _)| *age >= AGE_SECONDS_MIN);
        if let Some((age, at)) = ages.max_by_key(|(age, at)| (*age, std::cmp::Reverse(at.frame))) {
            out.facts.state(&keys::AGE, age, at);
        }
    }
}

impl Rtcp {
    fn read_clear<'p>(&mut self, bytes: &[u8], input: &Input<'p>, out: &mut Output) -> Step<'p> {
        note_report(input, out);
        for packet in packet::packets(bytes) {
            self.note_type(packet.kind, input.at, out);
            match packet.kind {
                packet::SENDER_REPORT => {
                    self.read_report(&packet, input, out);
                    self.read_blocks(&packet, input, out);
                }
                packet::RECEIVER_REPORT => self.read_blocks(&packet, input, out),
                packet::DESCRIPTION => self.read_description(&packet, input.at, out),
                _ => read_rare(&packet, input.at, out),
            }
        }
        Step::Taken
    }

    /// Who hears whom; and a receiver that answers a sender report seen before tells how far away it is.
    fn read_blocks(&mut self, packet: &Packet<'_>, input: &Input<'_>, out: &mut Output) {
        let Some(receiver) = packet.sender() else { return };
        for block in packet::blocks(packet) {
            self.note_pair(receiver, block.source, input.at, out);
            let other = (block.source, input.direction.reversed().index());
            let sender = self.senders.iter().find(|sender| sender.source == other && block.last_report != 0);
            let Some(passed) = sender.and_then(|sender| sender.passed(block.last_report)) else { continue };
            let held = i64::from(block.delay).saturating_mul(NANOS_PER_SECOND) >> 16;
            let nanos = input.at.time.since(passed).saturating_sub(held);
            if self.note_round_trip((receiver, block.source), nanos, input.at)
                && let Some(trips) = out.report_trips.get_mut(input.direction.index())
            {
                trips.add(nanos);
            }
        }
    }

    fn note_pair(&mut self, receiver: u32, source: u32, at: Evidence, out: &mut Output) {
        if self.pairs.contains(&(receiver, source)) || self.pairs.len() >= PAIRS_MAX {
            return;
        }
        self.pairs.push((receiver, source));
        out.facts.state(&keys::REPORT, format!("0x{receiver:08x} receives 0x{source:08x}"), at);
    }

    /// False for a time that cannot be one.
    fn note_round_trip(&mut self, (receiver, source): (u32, u32), nanos: i64, at: Evidence) -> bool {
        if !(0..=ROUND_TRIP_NANOS_MAX).contains(&nanos) {
            return false;
        }
        let known = self.round_trips.iter_mut().find(|known| (known.0, known.1) == (receiver, source));
        if let Some(known) = known {
            if nanos < known.2 {
                (known.2, known.3) = (nanos, at);
            }
        } else if self.round_trips.len() < PAIRS_MAX {
            self.round_trips.push((receiver, source, nanos, at));
        }
        true
    }

    /// Random bytes look like SRTCP once, but not twice from the same source, nor with the index that a session begins
    /// with.
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
        let known = sender.sealed >= SEALED_PACKETS_MIN || (input.cut == 0 && index::begins(bytes));
        let found = sender.index.note(bytes, input.at);
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
        self.senders.push(Sender::new(source));
        self.senders.last_mut()
    }

    fn note_type(&mut self, kind: u8, at: Evidence, out: &mut Output) {
        let bit = 1u32.checked_shl(u32::from(kind.saturating_sub(192))).unwrap_or(0);
        if self.types & bit == 0 {
            self.types |= bit;
            out.facts.state(&keys::TYPE, packet::type_name(kind).to_owned(), at);
        }
    }

    fn read_report(&mut self, packet: &Packet<'_>, input: &Input<'_>, out: &mut Output) {
        let (Some(info), Some(source)) = (SenderInfo::read(packet), packet.sender()) else { return };
        let first = self.sender(source, input).is_some_and(|sender| sender.note_report(&info, input.at));
        if !first {
            return;
        }
        out.facts.state(&keys::SENDER_PACKETS, u64::from(info.packets), input.at);
        out.facts.state(&keys::SENDER_BYTES, u64::from(info.bytes), input.at);
        if let Some(offset) = ntp_offset(info.ntp, input.at.time) {
            out.facts.state(&keys::CLOCK_OFFSET, format!("{} ms", millis(offset)), input.at);
        }
    }

    fn read_description(&mut self, packet: &Packet<'_>, at: Evidence, out: &mut Output) {
        if self.descriptions >= DESCRIPTIONS_MAX {
            return;
        }
        self.descriptions += 1;
        for (kind, text) in packet::items(packet) {
            if let (Some(key), Some(text)) = (item_key(kind), readable(text)) {
                out.facts.state_text(key, text, at);
            }
        }
    }
}

/// Packets that are rare or say the same again and again.
fn read_rare(packet: &Packet<'_>, at: Evidence, out: &mut Output) {
    match packet.kind {
        packet::GOODBYE => read_goodbye(packet, at, out),
        packet::APPLICATION => {
            if let Some(name) = packet::application_name(packet).and_then(readable) {
                out.facts.state_text(&keys::APPLICATION, name, at);
            }
        }
        kind if packet::FEEDBACK.contains(&kind) => {
            if let Some(name) = packet::feedback_name(packet) {
                out.facts.state_text(&keys::FEEDBACK, name, at);
            }
        }
        packet::EXTENDED => {
            for name in packet::extended_names(packet) {
                out.facts.state_text(&keys::EXTENDED, name, at);
            }
        }
        _ => {}
    }
}

fn read_goodbye(packet: &Packet<'_>, at: Evidence, out: &mut Output) {
    let (sources, reason) = packet::leaving(packet);
    let reason = reason.and_then(readable).map(|reason| format!(" ({reason})")).unwrap_or_default();
    for source in sources {
        out.facts.state(&keys::GOODBYE, format!("0x{source:08x}{reason}"), at);
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
fn readable(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end_matches('\0');
    (!text.trim().is_empty() && !text.chars().any(char::is_control)).then_some(text)
}

#[cfg(test)]
mod tests;
