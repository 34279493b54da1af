//! pcapng (draft-ietf-opsawg-pcapng): several sections in either byte order, several interfaces with link types and
//! clocks of their own. The frame of a block, its type and two lengths, is read here; pcap-parser reads what is inside.

use super::file::{Damage, Found};
use super::notes::Notes;
use super::window::{BLOCK_BYTES_MAX, Window};
use crate::model::{LinkType, Timestamp};
use pcap_parser::{
    Block, EnhancedPacketBlock, InterfaceDescriptionBlock, InterfaceStatisticsBlock, NameRecordType,
    NameResolutionBlock, OptionCode, PcapNGOption,
};
use std::net::IpAddr;

/// Most interfaces of one section.
const INTERFACES_MAX: usize = 65_536;
/// Fewest bytes of a block: type, length, length.
const BLOCK_BYTES_MIN: u32 = 12;
/// Bytes of type and length before the body, and of the length behind it.
const HEAD_BYTES: usize = 8;
const TAIL_BYTES: usize = 4;
/// Block types (section 10.1 of the draft).
const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;
/// Options (sections 3.5 and 4 of the draft).
const OPTION_COMMENT: u16 = 1;
const OPTION_INTERFACE_IPV4: u16 = 4;
const OPTION_INTERFACE_IPV6: u16 = 5;
const OPTION_PACKET_DROPS: u16 = 4;
const OPTION_STATISTICS_IF_DROPS: u16 = 5;
const OPTION_STATISTICS_OS_DROPS: u16 = 7;

/// Reads the blocks of one file.
#[derive(Default)]
pub(super) struct Pcapng {
    big_endian: bool,
    interfaces: Vec<Interface>,
    earlier_interfaces: u32,
}

/// What a packet block needs of its interface.
#[derive(Clone, Copy)]
struct Interface {
    link: LinkType,
    snapshot_length: u32,
    clock: Clock,
}

/// Type and length of a block.
#[derive(Clone, Copy)]
struct Head {
    kind: u32,
    length: u32,
}

impl Pcapng {
    /// Whether a file that begins with `magic` is one.
    pub(super) fn recognise(magic: &[u8]) -> bool {
        magic.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a])
            && matches!(magic.get(8..12), None | Some([0x1a, 0x2b, 0x3c, 0x4d] | [0x4d, 0x3c, 0x2b, 0x1a]))
    }

    /// Checks that the first section header is whole.
    pub(super) fn open(window: &mut Window) -> Result<Pcapng, String> {
        let mut pcapng = Pcapng::default();
        match pcapng.head(window) {
            Ok(Some(head)) if window.want(head.length as usize) => Ok(pcapng),
            Err(Damage::Impossible(what)) => Err(format!("its section header has {what}")),
            _ => Err("its section header is cut".to_owned()),
        }
    }

    /// The next block with a frame, or `None` at the end of the file. `frame` is the number it will have.
    #[inline]
    pub(super) fn next(&mut self, window: &mut Window, notes: &mut Notes, frame: u64) -> Result<Option<Found>, Damage> {
        loop {
            let Some(head) = self.head(window)? else { return Ok(None) };
            let length = head.length as usize;
            if length > BLOCK_BYTES_MAX {
                skip_large(window, head, notes, frame)?;
                continue;
            }
            if !window.want(length) {
                return Err(Damage::Cut);
            }
            let block = window.data().get(..length).unwrap_or_default();
            if let Some(found) = self.block(head, block, notes, frame)? {
                return Ok(Some(found));
            }
            window.consume(length);
        }
    }

    #[inline]
    fn head(&mut self, window: &mut Window) -> Result<Option<Head>, Damage> {
        if !window.want(HEAD_BYTES) {
            return if window.data().is_empty() { Ok(None) } else { Err(Damage::Cut) };
        }
        if window.data().starts_with(&SECTION_HEADER.to_be_bytes()) {
            window.want(HEAD_BYTES + 4);
            self.big_endian = byte_order(window.data())?;
        }
        let kind = self.number(window.data(), 0).ok_or(Damage::Cut)?;
        let length = self.number(window.data(), 4).ok_or(Damage::Cut)?;
        if length < BLOCK_BYTES_MIN {
            return Err(Damage::Impossible(format!("a block of {length} bytes")));
        }
        Ok(Some(Head { kind, length }))
    }

    #[inline]
    fn block(&mut self, head: Head, block: &[u8], notes: &mut Notes, frame: u64) -> Result<Option<Found>, Damage> {
        if self.number(block, block.len() - TAIL_BYTES) != Some(head.length) {
            return Err(Damage::Impossible("a block whose two lengths differ".to_owned()));
        }
        match head.kind {
            OBSOLETE_PACKET => return self.obsolete_packet(block, notes).map(Some),
            SIMPLE_PACKET => return self.simple_packet(block).map(Some),
            _ => {}
        }
        let parse = if self.big_endian { pcap_parser::parse_block_be } else { pcap_parser::parse_block_le };
        match parse(block) {
            Ok((_, Block::EnhancedPacket(packet))) => self.enhanced_packet(&packet, notes, frame).map(Some),
            Ok((_, other)) => self.about(&other, notes, frame).map(|()| None),
            Err(_) if is_essential(head.kind) => {
                Err(Damage::Impossible(format!("a block of type {} that is not well formed", head.kind)))
            }
            Err(_) => {
                notes.problems.count("source.block-not-read", notes.capture, frame);
                Ok(None)
            }
        }
    }

    #[inline]
    fn enhanced_packet(
        &self,
        packet: &EnhancedPacketBlock<'_>,
        notes: &mut Notes,
        frame: u64,
    ) -> Result<Found, Damage> {
        for option in &packet.options {
            self.packet_option(option, notes, frame);
        }
        let stored = packet.caplen as usize;
        let ticks = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
        let body = HEAD_BYTES + 20;
        self.found(packet.if_id, Some(ticks), packet.origlen, body..body + stored, packet.block_len1)
    }

    fn packet_option(&self, option: &PcapNGOption<'_>, notes: &mut Notes, frame: u64) {
        match option.code.0 {
            OPTION_COMMENT => notes.comment(option.as_bytes().unwrap_or_default(), frame),
            OPTION_PACKET_DROPS => notes.dropped_before_frame(self.number64(option.value()).unwrap_or(0)),
            _ => {}
        }
    }

    /// Interface, drops, time, two lengths (appendix A of the draft); pcap-parser leaves this block unread.
    fn obsolete_packet(&self, block: &[u8], notes: &mut Notes) -> Result<Found, Damage> {
        let short = || Damage::Impossible("an obsolete packet block that is too short".to_owned());
        let field = |index: usize| self.number(block, HEAD_BYTES + 4 * index).ok_or_else(short);
        let both = field(0)?;
        let (interface, drops) =
            if self.big_endian { (both >> 16, both & 0xffff) } else { (both & 0xffff, both >> 16) };
        let ticks = u64::from(field(1)?) << 32 | u64::from(field(2)?);
        let (stored, wire) = (field(3)? as usize, field(4)?);
        let body = HEAD_BYTES + 20;
        if stored > block.len().saturating_sub(body + TAIL_BYTES) {
            return Err(short());
        }
        // All ones stand for "not known".
        if drops != 0xffff {
            notes.dropped_before_frame(u64::from(drops));
        }
        self.found(interface, Some(ticks), wire, body..body + stored, block.len() as u32)
    }

    /// Only the length on the wire: no time, and of the first interface (section 4.4 of the draft).
    fn simple_packet(&self, block: &[u8]) -> Result<Found, Damage> {
        let wire = self.number(block, HEAD_BYTES).ok_or(Damage::Cut)?;
        let limit = match self.interfaces.first().map_or(0, |interface| interface.snapshot_length) {
            0 => u32::MAX,
            limit => limit,
        };
        let room = block.len().saturating_sub(HEAD_BYTES + 4 + TAIL_BYTES);
        let stored = (wire.min(limit) as usize).min(room);
        let body = HEAD_BYTES + 4;
        self.found(0, None, wire, body..body + stored, block.len() as u32)
    }

    #[inline]
    fn found(
        &self,
        interface: u32,
        ticks: Option<u64>,
        wire_length: u32,
        data: std::ops::Range<usize>,
        block: u32,
    ) -> Result<Found, Damage> {
        let Some(described) = self.interfaces.get(interface as usize) else {
            return Err(Damage::Impossible(format!("a packet of interface {interface}, which is not described")));
        };
        Ok(Found {
            time: ticks.map(|ticks| described.clock.time(ticks)),
            link: described.link,
            interface: self.earlier_interfaces.saturating_add(interface),
            wire_length,
            data,
            block: block as usize,
        })
    }

    fn about(&mut self, block: &Block<'_>, notes: &mut Notes, frame: u64) -> Result<(), Damage> {
        match block {
            Block::SectionHeader(section) => {
                self.earlier_interfaces = self.earlier_interfaces.saturating_add(self.interfaces.len() as u32);
                self.interfaces.clear();
                keep_comments(&section.options, notes, frame);
            }
            Block::InterfaceDescription(interface) => self.interface(interface, notes, frame)?,
            Block::NameResolution(names) => keep_names(names, notes),
            Block::InterfaceStatistics(statistics) => self.statistics(statistics, notes),
            Block::DecryptionSecrets(_) => notes.has_secrets = true,
            _ => {}
        }
        Ok(())
    }

    fn interface(
        &mut self,
        block: &InterfaceDescriptionBlock<'_>,
        notes: &mut Notes,
        frame: u64,
    ) -> Result<(), Damage> {
        if self.interfaces.len() >= INTERFACES_MAX {
            return Err(Damage::Impossible(format!("more than {INTERFACES_MAX} interfaces")));
        }
        keep_comments(&block.options, notes, frame);
        block.options.iter().filter_map(address_of).for_each(|address| notes.own_address(address));
        // pcap-parser reads the offset as little endian in either case and knows decimal resolutions only.
        let offset = block.options.iter().find(|option| option.code == OptionCode::IfTsoffset);
        let seconds = offset.and_then(|option| self.number64(option.value())).unwrap_or(0).cast_signed();
        let clock = Clock { resolution: block.if_tsresol, offset_seconds: seconds };
        let link = LinkType(block.linktype.0.cast_unsigned());
        self.interfaces.push(Interface { link, snapshot_length: block.snaplen, clock });
        Ok(())
    }

    fn statistics(&self, block: &InterfaceStatisticsBlock<'_>, notes: &mut Notes) {
        let counter = |code: u16| {
            let option = block.options.iter().find(|option| option.code.0 == code)?;
            self.number64(option.value())
        };
        let drops = [counter(OPTION_STATISTICS_IF_DROPS), counter(OPTION_STATISTICS_OS_DROPS)];
        if drops.iter().any(Option::is_some) {
            let sum = drops.into_iter().flatten().fold(0, u64::saturating_add);
            notes.dropped_by_interface(self.earlier_interfaces.saturating_add(block.if_id), sum);
        }
    }

    #[inline]
    fn number(&self, bytes: &[u8], at: usize) -> Option<u32> {
        let field = *bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u32::from_be_bytes(field) } else { u32::from_le_bytes(field) })
    }

    fn number64(&self, bytes: &[u8]) -> Option<u64> {
        let field = *bytes.first_chunk()?;
        Some(if self.big_endian { u64::from_be_bytes(field) } else { u64::from_le_bytes(field) })
    }
}

/// Without these blocks the numbers of the frames behind them would be wrong.
const fn is_essential(kind: u32) -> bool {
    matches!(kind, SECTION_HEADER | INTERFACE_DESCRIPTION | OBSOLETE_PACKET | SIMPLE_PACKET | ENHANCED_PACKET)
}

fn byte_order(section_header: &[u8]) -> Result<bool, Damage> {
    match section_header.get(8..12) {
        Some([0x1a, 0x2b, 0x3c, 0x4d]) => Ok(true),
        Some([0x4d, 0x3c, 0x2b, 0x1a]) => Ok(false),
        Some(_) => Err(Damage::Impossible("a section without byte order".to_owned())),
        None => Err(Damage::Cut),
    }
}

fn skip_large(window: &mut Window, head: Head, notes: &mut Notes, frame: u64) -> Result<(), Damage> {
    if is_essential(head.kind) {
        return Err(Damage::Impossible(format!("a packet block of {} bytes", head.length)));
    }
    notes.problems.count("source.block-not-read", notes.capture, frame);
    if window.skip(u64::from(head.length)) { Ok(()) } else { Err(Damage::Cut) }
}

fn keep_comments(options: &[PcapNGOption<'_>], notes: &mut Notes, frame: u64) {
    for option in options.iter().filter(|option| option.code.0 == OPTION_COMMENT) {
        notes.comment(option.as_bytes().unwrap_or_default(), frame);
    }
}

/// An address with its mask or prefix length (options if_IPv4addr and if_IPv6addr).
fn address_of(option: &PcapNGOption<'_>) -> Option<IpAddr> {
    match option.code.0 {
        OPTION_INTERFACE_IPV4 => option.value().first_chunk::<4>().map(|address| IpAddr::from(*address)),
        OPTION_INTERFACE_IPV6 => option.value().first_chunk::<16>().map(|address| IpAddr::from(*address)),
        _ => None,
    }
}

/// A record is an address and names that end with zero bytes (section 4.5 of the draft).
fn keep_names(block: &NameResolutionBlock<'_>, notes: &mut Notes) {
    for record in &block.nr {
        let (address, names) = match record.record_type {
            NameRecordType::Ipv4 => match record.record_value.split_first_chunk::<4>() {
                Some((address, names)) => (IpAddr::from(*address), names),
                None => continue,
            },
            NameRecordType::Ipv6 => match record.record_value.split_first_chunk::<16>() {
                Some((address, names)) => (IpAddr::from(*address), names),
                None => continue,
            },
            _ => continue,
        };
        for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            notes.name(address, name);
        }
    }
}

/// How an interface counts time (options if_tsresol and if_tsoffset).
#[derive(Clone, Copy)]
struct Clock {
    resolution: u8,
    offset_seconds: i64,
}

impl Clock {
    #[inline]
    fn time(self, ticks: u64) -> Timestamp {
        let ticks = i128::from(ticks);
        let nanos = match self.resolution {
            6 => ticks * 1_000,
            9 => ticks,
            decimal @ 0..=9 => ticks * power_of_ten(9 - decimal),
            decimal @ 10..=37 => ticks / power_of_ten(decimal - 9),
            binary @ 0x80..=0xbf => (ticks * 1_000_000_000) >> (binary & 0x3f),
            // Finer than any clock: less than a nanosecond in all that fits into 64 bits.
            _ => 0,
        };
        let nanos = nanos + i128::from(self.offset_seconds) * 1_000_000_000;
        Timestamp::from_nanos(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
    }
}

/// 10 to the power of `exponent`, for exponents of at most 28.
fn power_of_ten(exponent: u8) -> i128 {
    10_i128.pow(u32::from(exponent.min(28)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_of_every_resolution() {
        let time = |resolution, ticks| Clock { resolution, offset_seconds: 0 }.time(ticks).nanos();
        // The example of section 4.6 of the draft.
        assert_eq!(time(6, 0x0004_c397_64ca_47aa), 1_340_954_905_298_858_000);
        assert_eq!(time(9, 5), 5);
        assert_eq!(time(3, 5), 5_000_000);
        assert_eq!(time(0, 5), 5_000_000_000);
        assert_eq!(time(12, 5_999), 5);
        assert_eq!(time(0x80 | 10, 1536), 1_500_000_000);
        assert_eq!(time(0x80 | 32, 1 << 31), 500_000_000);
        assert_eq!(time(0, u64::MAX), i64::MAX);
        for resolution in 0..=255 {
            time(resolution, u64::MAX);
        }
        assert_eq!(Clock { resolution: 6, offset_seconds: -2 }.time(0).nanos(), -2_000_000_000);
    }
}
