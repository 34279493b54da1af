//! Frame to packet. Never fails: what could not be read is a counted problem, and what is known until then is kept.
//!
//! A frame is walked from the outside in: link header, tags and labels, IP, tunnels and the IP inside them, transport.
//! The innermost packet is handed out, because that is what two parties said to each other; a tunnel whose inside is
//! not IP stays a packet of its own. Each layer knows the bytes that are stored and the length on the wire, so a
//! capture with a snapshot length loses payload and no numbers.

mod bytes;
mod duplicates;
mod fragments;
mod ip;
mod link;
mod outline;
mod transport;
mod tunnel;
mod wireless;

use crate::model::{Frame, Packet, Problems, Transport};
pub use outline::{Fragment, Outline, outline};

use bytes::Bytes;
use duplicates::Duplicates;
use fragments::{Fragments, Taken};
use ip::Ip;
use link::{Inside, Link};

/// Most tunnels around a packet that are taken off.
pub const TUNNELS_MAX: u8 = 4;
/// Most reassemblies in one frame: a fragmented tunnel packet may complete a fragmented packet inside.
const REASSEMBLIES_PER_FRAME_MAX: usize = 2;

/// Makes packets of frames. Holds fragments that wait for others, and a short memory to tell duplicates.
#[derive(Debug, Default)]
pub struct Decoder {
    fragments: Fragments,
    assembled: [Vec<u8>; REASSEMBLIES_PER_FRAME_MAX],
    duplicates: Duplicates,
    problems: Problems,
    without_ip: u64,
}

impl Decoder {
    /// A decoder that has seen nothing.
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// The IP packet in a frame; `None` when there is none (ARP, or nothing readable) or when it is a fragment that
    /// waits for others.
    #[inline]
    pub fn decode<'a>(&'a mut self, frame: &Frame<'a>) -> Option<Packet<'a>> {
        let wire = usize::try_from(frame.wire_length).unwrap_or(usize::MAX);
        let bytes = Bytes::new(frame.data, wire);
        let (inside, link) = link::read(frame.link, bytes);
        let at = At { capture: frame.capture, frame: frame.number };
        let outer = match inside {
            Inside::Ip(outer) => outer,
            Inside::NoIp => {
                self.without_ip += 1;
                return None;
            }
            Inside::Unreadable(what) => {
                self.problems.count(what, at.capture, at.frame);
                return None;
            }
        };
        let Decoder { fragments, assembled, duplicates, problems, .. } = self;
        let mut walk = Walk { frame: *frame, link, fragments, problems, assembled: assembled.iter_mut() };
        let (ip, tunnels) = match walk.packet(outer, 0) {
            Reading::Packet(ip, tunnels) => (ip, tunnels),
            Reading::Waiting | Reading::NoIp => return None,
        };
        let mut packet = walk.finish(&ip, tunnels);
        packet.duplicate = duplicates.judge(&packet, &ip, frame);
        Some(packet)
    }

    /// Counts the datagrams whose fragments never came all. Call it behind the last frame.
    pub fn finish(&mut self) {
        self.fragments.abandon_all(&mut self.problems);
    }

    /// What could not be read.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Packets of capture number `capture` that were seen just before.
    pub fn duplicates(&self, capture: u16) -> u64 {
        self.duplicates.of_capture(capture)
    }

    /// Frames that carry something else than IP, such as ARP: no trouble, only nothing to tell.
    pub fn frames_without_ip(&self) -> u64 {
        self.without_ip
    }
}

/// Where a problem was seen.
#[derive(Clone, Copy, Debug)]
struct At {
    capture: u16,
    frame: u64,
}

/// What the bytes of an IP packet gave.
#[derive(Clone)]
enum Reading<'a> {
    /// The innermost packet and the number of tunnels around it.
    Packet(Ip<'a>, u8),
    /// A fragment that waits for others, or repeats one.
    Waiting,
    /// Not IP after all.
    NoIp,
}

/// One frame on its way through the layers.
struct Walk<'a, 'd> {
    frame: Frame<'a>,
    link: Link,
    fragments: &'d mut Fragments,
    problems: &'d mut Problems,
    assembled: std::slice::IterMut<'a, Vec<u8>>,
}

impl<'a> Walk<'a, '_> {
    fn packet(&mut self, bytes: Bytes<'a>, tunnels: u8) -> Reading<'a> {
        let mut ip = match ip::read(bytes) {
            Ok(ip) => ip,
            Err(what) => return self.no_ip(what),
        };
        if let Some(what) = ip.complaint {
            self.problem(what);
        }
        if ip.fragment.is_some() {
            match self.reassemble(ip) {
                Some(whole) => ip = whole,
                None => return Reading::Waiting,
            }
        }
        match tunnel::inside(&ip) {
            None => Reading::Packet(ip, tunnels),
            Some(inner) => self.inside_tunnel(ip, inner, tunnels),
        }
    }

    /// The outer packet stays the answer where its inside cannot be read.
    #[cold]
    fn inside_tunnel(&mut self, outer: Ip<'a>, inner: Bytes<'a>, tunnels: u8) -> Reading<'a> {
        if tunnels >= TUNNELS_MAX {
            self.problem("decode.tunnels-too-deep");
            return Reading::Packet(outer, tunnels);
        }
        match self.packet(inner, tunnels + 1) {
            Reading::NoIp => Reading::Packet(outer, tunnels),
            reading => reading,
        }
    }

    #[cold]
    fn reassemble(&mut self, ip: Ip<'a>) -> Option<Ip<'a>> {
        let at = self.at();
        match self.fragments.take(&ip, self.frame.time, at, self.problems) {
            Taken::AsItIs => Some(ip),
            Taken::Waiting => None,
            Taken::Complete(done) => {
                let Some(buffer) = self.assembled.next() else {
                    self.problem("decode.fragments-too-deep");
                    return None;
                };
                *buffer = done.data;
                let whole = ip::reassembled(&ip, done.protocol, buffer);
                whole.map_err(|what| self.problem(what)).ok()
            }
        }
    }

    fn finish(&mut self, ip: &Ip<'a>, tunnels: u8) -> Packet<'a> {
        let read = transport::read(ip);
        if let Some(what) = read.complaint {
            self.problem(what);
        }
        Packet {
            capture: self.frame.capture,
            frame: self.frame.number,
            time: self.frame.time,
            source: ip.source,
            destination: ip.destination,
            transport: read.transport,
            payload: read.payload.stored,
            payload_length: u32::try_from(read.payload.wire).unwrap_or(u32::MAX),
            ip_length: u32::try_from(ip.length).unwrap_or(u32::MAX),
            hop_limit: ip.hop_limit,
            source_mac: self.link.source,
            destination_mac: self.link.destination,
            outgoing: self.link.outgoing,
            tunnels,
            duplicate: false,
            reassembled: ip.reassembled,
        }
    }

    #[cold]
    fn no_ip(&mut self, what: &'static str) -> Reading<'a> {
        self.problem(what);
        Reading::NoIp
    }

    #[cold]
    fn problem(&mut self, what: &'static str) {
        self.problems.count(what, self.frame.capture, self.frame.number);
    }

    fn at(&self) -> At {
        At { capture: self.frame.capture, frame: self.frame.number }
    }
}

/// Whether a packet opens or closes something or carries data; the others only acknowledge.
fn says_something(packet: &Packet<'_>) -> bool {
    match packet.transport {
        Transport::Tcp(header) => packet.payload_length > 0 || header.syn() || header.fin(),
        _ => packet.payload_length > 0,
    }
}

#[cfg(test)]
mod tests;
