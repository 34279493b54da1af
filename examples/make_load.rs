//! Makes a large capture out of small ones, for measuring: `make_load --packets 1500000 LOAD.pcap FILE...`.
//!
//! The captures are played one after another, again and again, as Ethernet frames in one classic pcap. Each time the
//! hosts on the captured side have other addresses, so that the flows are new ones with the same servers, and time
//! goes on. Checksums stay right. The same arguments give the same bytes.
//!
//! `--at-once N` plays N captures side by side, so that more flows live at a time. `--media 0.8` chooses among the
//! captures so that about this share of the packets belongs to media streams. `--loss 0.01` leaves packets out at
//! random. `--flood N` strews in N datagrams that are flows of their own.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use anyhow::{Context, Result, ensure};
use clap::Parser;
use meetscope::model::{Frame, LinkType};
use meetscope::{Decoder, Engine, Merged};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::IpAddr;

/// First time stamp of a load, in nanoseconds: 14 November 2023.
const START_NANOS: i64 = 1_700_000_000_000_000_000;
/// Longest pause that is kept between two packets of a capture, in nanoseconds.
const PAUSE_NANOS_MAX: i64 = 2_000_000_000;
/// Pause between two captures, in nanoseconds.
const BETWEEN_NANOS: i64 = 300_000_000;
/// Most bytes of a frame: longer ones are left out.
const FRAME_BYTES_MAX: usize = 65_535;
/// Length of an Ethernet header.
const ETHERNET: usize = 14;

#[derive(Parser)]
#[command(about = "Makes a large capture out of small ones, for measuring")]
struct Typed {
    /// Packets of the load
    #[arg(long, default_value_t = 1_500_000)]
    packets: u64,
    /// Captures that are played side by side
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    at_once: u16,
    /// Share of the packets that belong to media streams, 0 to 1; without it as the captures have it
    #[arg(long)]
    media: Option<f64>,
    /// Share of the packets that are left out at random, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    loss: f64,
    /// Datagrams strewn in, each a flow of its own
    #[arg(long, default_value_t = 0)]
    flood: u64,
    /// The load
    load: String,
    /// Captures to make it from; those that cannot be read are named and left out
    #[arg(required = true)]
    files: Vec<String>,
}

fn main() -> Result<()> {
    let typed = Typed::parse();
    let share = |share: f64| (0.0..=1.0).contains(&share);
    ensure!(share(typed.loss) && typed.loss < 1.0 && typed.media.is_none_or(share), "a share is from 0 to 1");
    let pieces: Vec<_> = typed.files.iter().filter_map(|path| read(path)).collect();
    ensure!(!pieces.is_empty(), "none of the captures holds IP packets");
    let file = File::create(&typed.load).with_context(|| format!("cannot write {:?}", typed.load))?;
    let mut load = Load::new(BufWriter::new(file))?;
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut choice = Choice::new(&pieces, typed.media);
    let mut players: Vec<Player<'_>> = (0..typed.at_once).map(|_| choice.next(START_NANOS)).collect();
    let mut due: BinaryHeap<_> = players.iter().enumerate().map(|(at, player)| Reverse((player.now, at))).collect();
    let flood_every = typed.packets.checked_div(typed.flood).unwrap_or(u64::MAX).max(1);
    let flood_each = typed.flood.div_ceil(typed.packets.max(1));
    while load.packets < typed.packets {
        let Some(Reverse((now, at))) = due.pop() else { break };
        let player = &mut players[at];
        if !chance.happens(typed.loss) {
            player.renumbered(&mut load.frame);
            load.write(now)?;
        }
        if load.flooded < typed.flood && load.packets.is_multiple_of(flood_every) {
            (0..flood_each).try_for_each(|_| load.flood(now))?;
        }
        if !player.step() {
            *player = choice.next(player.now + BETWEEN_NANOS);
        }
        due.push(Reverse((player.now, at)));
    }
    load.out.flush()?;
    println!("{} packets, {} bytes, {} plays of {} captures", load.packets, load.bytes, choice.plays, pieces.len());
    Ok(())
}

/// A capture in memory.
struct Piece {
    frames: Vec<Stored>,
    /// The captured side: addresses that change with each play.
    own: Vec<IpAddr>,
    /// Packets of flows with media.
    media: u64,
}

struct Stored {
    /// Since the frame before, in nanoseconds.
    pause: i64,
    /// Length on the wire.
    wire: u32,
    /// An Ethernet frame.
    data: Vec<u8>,
}

fn read(path: &str) -> Option<Piece> {
    let mut source = match Merged::open(&[path.to_owned()]) {
        Ok(source) => source,
        Err(error) => {
            eprintln!("left out: {error}");
            return None;
        }
    };
    let (mut decoder, mut engine) = (Decoder::new(), Engine::default());
    let (mut frames, mut seen, mut before) = (Vec::new(), BTreeMap::<IpAddr, u64>::new(), None);
    while let Some(frame) = source.next() {
        if let Some(packet) = decoder.decode(&frame) {
            engine.packet(&packet);
            for address in [packet.source, packet.destination] {
                *seen.entry(address).or_default() += 1;
            }
        }
        if let Some((data, wire)) = ethernet(&frame) {
            let time = frame.time.nanos();
            let pause = before.map_or(0, |before: i64| time.saturating_sub(before)).clamp(0, PAUSE_NANOS_MAX);
            before = Some(time);
            frames.push(Stored { pause, wire, data });
        }
    }
    let busiest = seen.iter().max_by_key(|(_, packets)| **packets).map(|(address, _)| *address);
    let own = seen.into_keys().filter(|address| is_private(*address) || Some(*address) == busiest).collect();
    let flows = engine.finish().flows;
    let media = flows.iter().filter(|flow| !flow.streams.is_empty()).map(|flow| flow.packets()).sum();
    (!frames.is_empty()).then_some(Piece { frames, own, media })
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    }
}

/// The frame as an Ethernet frame, and its length on the wire. `None` when it holds no IP, or too much of it.
fn ethernet(frame: &Frame<'_>) -> Option<(Vec<u8>, u32)> {
    let header = match frame.link {
        LinkType::ETHERNET => 0,
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD | LinkType::IPV4 | LinkType::IPV6 => 0,
        LinkType::LINUX_SLL => 16,
        LinkType::LINUX_SLL2 => 20,
        LinkType::NULL | LinkType::LOOP => 4,
        _ => return None,
    };
    let packet = frame.data.get(header..)?;
    let data = if frame.link == LinkType::ETHERNET {
        packet.to_vec()
    } else {
        let kind: [u8; 2] = match packet.first()? >> 4 {
            4 => [0x08, 0x00],
            6 => [0x86, 0xdd],
            _ => return None,
        };
        [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1], &kind[..], packet].concat()
    };
    let wire = frame.wire_length as usize - frame.data.len() + data.len();
    (ip_at(&data).is_some() && data.len() <= FRAME_BYTES_MAX).then_some((data, u32::try_from(wire).ok()?))
}

/// Where the IP header of an Ethernet frame begins.
fn ip_at(data: &[u8]) -> Option<usize> {
    let kind = |at: usize| Some([*data.get(at)?, *data.get(at + 1)?]);
    let mut at = ETHERNET;
    while kind(at - 2)? == [0x81, 0x00] {
        at += 4;
    }
    matches!(kind(at - 2)?, [0x08, 0x00] | [0x86, 0xdd]).then_some(at)
}

/// A capture while it is played.
struct Player<'p> {
    piece: &'p Piece,
    next: usize,
    /// Which play this is: changes the addresses.
    play: u64,
    now: i64,
}

impl Player<'_> {
    /// Goes to the next frame; `false` behind the last.
    fn step(&mut self) -> bool {
        self.next += 1;
        self.piece.frames.get(self.next).inspect(|frame| self.now += frame.pause).is_some()
    }

    /// The frame at hand with the addresses of this play.
    fn renumbered(&self, out: &mut Stored) {
        let frame = &self.piece.frames[self.next];
        out.wire = frame.wire;
        out.data.clear();
        out.data.extend_from_slice(&frame.data);
        if let Some(ip) = ip_at(&out.data) {
            renumber(&mut out.data[ip..], &self.piece.own, self.play);
        }
    }
}

/// Gives the captured side of an IP packet the addresses of play number `play`.
fn renumber(packet: &mut [u8], own: &[IpAddr], play: u64) {
    let is_v4 = packet.first().is_some_and(|first| first >> 4 == 4);
    let (first, length, header) = if is_v4 { (12, 4, 20) } else { (8, 16, 40) };
    if packet.len() < header {
        return;
    }
    let mut change = 0u32;
    for at in [first, first + length] {
        let Some(field) = packet.get_mut(at..at + length) else { return };
        let address = match <[u8; 4]>::try_from(&*field) {
            Ok(four) => IpAddr::from(four),
            Err(_) => <[u8; 16]>::try_from(&*field).map_or(IpAddr::from([0; 4]), IpAddr::from),
        };
        if own.contains(&address) {
            let before = sum(field);
            // The last octet tells broadcasts from hosts and stays; a private range is left for a larger one.
            if is_v4 {
                let middle = u16::from_be_bytes([field[1], field[2]]).wrapping_add(play as u16).to_be_bytes();
                field[..3].copy_from_slice(&[10, middle[0], middle[1]]);
            } else {
                let net = u16::from_be_bytes([field[4], field[5]]).wrapping_add(play as u16).to_be_bytes();
                field[4..6].copy_from_slice(&net);
            }
            change += sum(field) + u32::from(!(before as u16));
        }
    }
    if change != 0 {
        mend_checksums(packet, is_v4, change);
    }
}

/// The 16-bit words of an address, summed as checksums do.
fn sum(bytes: &[u8]) -> u32 {
    fold(bytes.chunks(2).map(|word| u32::from(u16::from_be_bytes([word[0], word[1]]))).sum())
}

fn fold(mut sum: u32) -> u32 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum
}

/// Applies a change of addresses to the checksums over them.
fn mend_checksums(packet: &mut [u8], is_v4: bool, change: u32) {
    let (transport, header) = if is_v4 { (packet[9], usize::from(packet[0] & 15) * 4) } else { (packet[6], 40) };
    let is_first = !is_v4 || (packet[6] & 0x1f == 0 && packet[7] == 0);
    if is_v4 {
        mend(packet, 10, change);
    }
    match transport {
        6 if is_first => mend(packet, header + 16, change),
        // A datagram without checksum stays so.
        17 if is_first && packet.get(header + 6..header + 8) != Some(&[0, 0]) => mend(packet, header + 6, change),
        58 => mend(packet, header + 2, change),
        _ => {}
    }
}

/// Applies a change to one checksum (RFC 1624 section 3).
fn mend(packet: &mut [u8], at: usize, change: u32) {
    if let Some(field) = packet.get_mut(at..at + 2) {
        let old = u16::from_be_bytes([field[0], field[1]]);
        let new = !(fold(u32::from(!old) + change) as u16);
        field.copy_from_slice(&new.to_be_bytes());
    }
}

/// Which capture is played next.
struct Choice<'p> {
    /// Those with more media than wanted, and the others; all in one without a wish.
    groups: [Vec<&'p Piece>; 2],
    wanted: Option<f64>,
    packets: u64,
    media: u64,
    plays: u64,
}

impl<'p> Choice<'p> {
    fn new(pieces: &'p [Piece], wanted: Option<f64>) -> Choice<'p> {
        let is_rich =
            |piece: &&Piece| wanted.is_some_and(|wanted| share(piece.media, piece.frames.len() as u64) > wanted);
        let (rich, poor) = pieces.iter().partition(is_rich);
        Choice { groups: [rich, poor], wanted, packets: 0, media: 0, plays: 0 }
    }

    fn next(&mut self, now: i64) -> Player<'p> {
        let lacks = self.wanted.is_some_and(|wanted| share(self.media, self.packets) < wanted);
        let group = usize::from(!lacks);
        let group = if self.groups[group].is_empty() { &self.groups[1 - group] } else { &self.groups[group] };
        let piece = group[self.plays as usize % group.len()];
        let play = self.plays;
        self.plays += 1;
        self.packets += piece.frames.len() as u64;
        self.media += piece.media;
        Player { piece, next: 0, play, now }
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The file that is written.
struct Load<W> {
    out: W,
    frame: Stored,
    packets: u64,
    bytes: u64,
    flooded: u64,
}

impl<W: Write> Load<W> {
    fn new(mut out: W) -> Result<Load<W>> {
        // Nanosecond pcap, version 2.4, Ethernet.
        for word in [0xa1b2_3c4du32, 0x0004_0002, 0, 0, FRAME_BYTES_MAX as u32, LinkType::ETHERNET.0] {
            out.write_all(&word.to_le_bytes())?;
        }
        let frame = Stored { pause: 0, wire: 0, data: Vec::new() };
        Ok(Load { out, frame, packets: 0, bytes: 24, flooded: 0 })
    }

    /// Writes the frame at hand.
    fn write(&mut self, now: i64) -> Result<()> {
        let (seconds, nanos) = (now.div_euclid(1_000_000_000), now.rem_euclid(1_000_000_000));
        for word in [seconds as u32, nanos as u32, self.frame.data.len() as u32, self.frame.wire] {
            self.out.write_all(&word.to_le_bytes())?;
        }
        self.out.write_all(&self.frame.data)?;
        self.packets += 1;
        self.bytes += 16 + self.frame.data.len() as u64;
        Ok(())
    }

    /// Writes a datagram of a flow that no other packet belongs to.
    fn flood(&mut self, now: i64) -> Result<()> {
        let number = self.flooded as u32;
        self.flooded += 1;
        let [_, a, b, c] = number.to_be_bytes();
        let ports = (20_000 + (number >> 24) as u16).to_be_bytes();
        let header = [0x45, 0, 0, 36, 0, 0, 0, 0, 64, 17, 0, 0, 10, a, b, c, 192, 0, 2, 9];
        let mut ip = header;
        let checksum = !(sum(&header) as u16);
        ip[10..12].copy_from_slice(&checksum.to_be_bytes());
        let datagram = [ports[0], ports[1], 0x9c, 0x40, 0, 16, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        self.frame.data.clear();
        self.frame.data.extend([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]);
        self.frame.data.extend(ip);
        self.frame.data.extend(datagram);
        self.frame.wire = self.frame.data.len() as u32;
        self.write(now)
    }
}

/// Random numbers that are the same each time (xorshift).
struct Chance(u64);

impl Chance {
    fn happens(&mut self, share: f64) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) as f64 / (1u64 << 53) as f64) < share
    }
}
