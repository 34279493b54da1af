//! How many bytes of a frame the dissectors need, so that a capture of headers only (`--headers-only`) stores no more.
//! Rank 2.
//!
//! What people said, showed, wrote or sent is cut; each fact that a dissector reads stays. What is needed of a payload,
//! its protocol says on the lines that define it ([`crate::dissect::needs`]); here are the walk to the payload, the
//! messages of TCP streams, and what must be remembered for it.
//!
//! A capture can be cut at the end of a packet only. So:
//! - of RTP, the header with contributors and extension stays, nothing of the payload. That somebody speaks is then
//!   told by stated loudness or by sizes, for unencrypted G.711 no longer by the sound;
//! - of TLS, DTLS and QUIC, handshakes stay, of application data at most the header of a record;
//! - of HTTP the heads of requests, of SIP the heads and descriptions of sessions stay;
//! - what stands in the same segment before something that is needed stays with it. Relays over TCP (TURN) are kept
//!   whole, because their frames are told apart only when each is read to its end; what they carry is encrypted by the
//!   programs that use them;
//! - the first [`YOUNG_PACKETS_MAX`] obfuscated datagrams of a flow stay whole where their last byte tells whose they
//!   are.

mod fragments;
mod stream;

use crate::decode::{Outline, outline};
use crate::dissect::needs;
use crate::flow::{FlowTable, Found};
use crate::model::{Direction, Evidence, Frame, Input, Packet, Piece, TcpHeader, Transport};
use foldhash::fast::FixedState;
use fragments::Fragments;
use std::hash::{BuildHasher, Hasher};
use stream::Streams;

/// Most TCP connections whose messages are followed at once; of others no payload is kept.
pub const STREAMS_MAX: usize = 1 << 15;
/// Bytes kept of a frame without an IP packet: the shortest that Ethernet sends, which holds ARP whole.
pub const OTHER_FRAME_BYTES: usize = 60;
/// Bytes kept of an ICMP message behind its checksum: identifier and number of an echo. What an error quotes is content.
pub const ICMP_BYTES: usize = 4;
/// Datagrams of a flow that are kept whole where their last byte tells what they are.
pub const YOUNG_PACKETS_MAX: u8 = 16;
/// Flows in which such datagrams are counted, in a table that forgets on collision; a power of two.
const YOUNG_FLOWS_MAX: usize = 1 << 10;

/// Says how much of each frame is needed. Frames must be shown in their order, each once.
pub struct Trim {
    streams: FlowTable<Streams>,
    fragments: Fragments,
    young: Vec<(u64, u8)>,
    state: FixedState,
}

impl Default for Trim {
    fn default() -> Self {
        Trim::new()
    }
}

impl Trim {
    /// One that has seen nothing.
    pub fn new() -> Trim {
        Trim {
            streams: FlowTable::new(STREAMS_MAX),
            fragments: Fragments::default(),
            young: vec![(0, 0); YOUNG_FLOWS_MAX],
            state: FixedState::with_seed(0),
        }
    }

    /// Number of bytes of `frame.data` to keep, from its start.
    pub fn keep(&mut self, frame: &Frame<'_>) -> usize {
        let stored = frame.data.len();
        let Some(outline) = outline(frame) else { return stored.min(OTHER_FRAME_BYTES) };
        let payload = outline.packet.payload;
        // Without payload there is nothing to cut but the filling of a short frame.
        if payload.is_empty() {
            if let Transport::Tcp(header) = outline.packet.transport
                && header.syn()
            {
                self.segment(&outline.packet, &header);
            }
            return stored;
        }
        match self.needed(&outline) {
            needed if needed >= payload.len() => stored,
            needed => needs::offset_of(frame.data, payload) + needed,
        }
    }

    /// Bytes of the packet's payload that are needed; more than there are is all of them.
    fn needed(&mut self, outline: &Outline<'_>) -> usize {
        let packet = &outline.packet;
        match outline.fragment {
            Some(fragment) if !fragment.is_first => return self.fragments.rest(packet, fragment),
            _ => {}
        }
        let needed = match packet.transport {
            Transport::Udp(..) => self.datagram(packet),
            Transport::Tcp(header) => self.segment(packet, &header),
            Transport::Icmp(..) => ICMP_BYTES,
            // The transport header itself was cut in pieces.
            Transport::Other(6 | 17) if outline.fragment.is_some() => usize::MAX,
            Transport::Other(_) => 0,
        };
        if let Some(fragment) = outline.fragment {
            self.fragments.first(packet, fragment, needed >= packet.payload.len());
        }
        needed
    }

    fn datagram(&mut self, packet: &Packet<'_>) -> usize {
        let wanted = needs::of_datagram(&input(packet, Direction::Forward, packet.payload));
        if wanted.young <= wanted.always || !self.is_young(packet) {
            return wanted.always;
        }
        wanted.young
    }

    /// Counts a datagram of a flow of which only the first are kept whole.
    fn is_young(&mut self, packet: &Packet<'_>) -> bool {
        let (from, to) = packet.endpoints();
        let mut hasher = self.state.build_hasher();
        for side in [from.min(to), from.max(to)] {
            hasher.write_u16(side.port());
            match side.ip() {
                std::net::IpAddr::V4(address) => hasher.write_u32(address.to_bits()),
                std::net::IpAddr::V6(address) => hasher.write_u128(address.to_bits()),
            }
        }
        let flow = hasher.finish();
        let index = usize::try_from(flow).unwrap_or_default() % YOUNG_FLOWS_MAX;
        let Some(slot) = self.young.get_mut(index) else { return false };
        if slot.0 != flow {
            *slot = (flow, 0);
        }
        slot.1 = slot.1.saturating_add(1);
        slot.1 <= YOUNG_PACKETS_MAX
    }

    fn segment(&mut self, packet: &Packet<'_>, header: &TcpHeader) -> usize {
        match self.streams.packet(packet, &mut drop) {
            Found::Flow(flow, direction) => {
                let input = input(packet, direction, packet.payload);
                flow.state.keep(&input, header, packet.payload_length)
            }
            Found::Refused | Found::NoFlow => 0,
        }
    }
}

/// A payload as dissectors are shown it.
fn input<'p>(packet: &Packet<'_>, direction: Direction, bytes: &'p [u8]) -> Input<'p> {
    let (source, destination) = packet.endpoints();
    Input {
        bytes,
        piece: Piece::Datagram,
        direction,
        at: Evidence { capture: packet.capture, frame: packet.frame, time: packet.time, direction },
        source,
        destination,
        cut: packet.payload_length.saturating_sub(u32::try_from(bytes.len()).unwrap_or(u32::MAX)),
        tunnel: None,
    }
}

#[cfg(test)]
mod tests;
