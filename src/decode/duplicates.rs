//! The same packet seen twice: by the "any" device on two interfaces, by two taps, by a mirror port in both directions.
//!
//! A duplicate is not a repetition. Senders number IPv4 packets, so two with the same number are one packet. Where
//! there is no number (IPv6, and IPv4 with 0 as systems write it on packets that must not be fragmented), the same TCP
//! segment again carries nothing new either way; but the same datagram may well have been sent twice, and is a duplicate
//! only if something of the place where it was seen differs: capture, interface, link addresses, direction, hops left.
//! Bare acknowledgements without a number are repeated on purpose and never judged.

use super::ip::Ip;
use super::says_something;
use crate::model::{Frame, Packet, Timestamp, Transport};
use foldhash::fast::FixedState;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher};

/// Longest time between the two sightings in nanoseconds: more than a queue between two interfaces of a host, less
/// than a retransmission timer.
const DUPLICATE_NANOS_MAX: i64 = 20_000_000;
/// Packets remembered; a power of two. Of 20 ms at 1.6 Gbit/s in packets of 1,000 bytes.
const SEEN_MAX: usize = 4096;
/// Bytes compared at the start of the transport header, with options and the first 32 or more bytes of payload.
const START_BYTES: usize = 96;
/// Bytes compared at the end.
const END_BYTES: usize = 32;

/// Recent packets.
#[derive(Debug)]
pub(super) struct Duplicates {
    seen: Vec<Seen>,
    state: FixedState,
    counts: BTreeMap<u16, u64>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    packet: u64,
    place: u64,
    time: Timestamp,
}

/// What makes a second sighting a duplicate.
enum Evidence {
    /// The packet itself.
    Packet,
    /// The packet, if the place differs.
    Place,
}

impl Default for Duplicates {
    fn default() -> Self {
        let nothing = Seen { packet: 0, place: 0, time: Timestamp::MIN };
        // The seed is fixed so that the same capture gives the same answer.
        Duplicates { seen: vec![nothing; SEEN_MAX], state: FixedState::with_seed(0), counts: BTreeMap::new() }
    }
}

impl Duplicates {
    /// Whether the packet was seen just before.
    #[inline]
    pub(super) fn judge(&mut self, packet: &Packet<'_>, ip: &Ip<'_>, frame: &Frame<'_>) -> bool {
        let Some(evidence) = Evidence::of(packet, ip) else { return false };
        let fingerprint = self.packet(packet, ip);
        let place = self.place(packet, frame);
        let index = usize::try_from(fingerprint).unwrap_or(0) % SEEN_MAX;
        let Some(slot) = self.seen.get_mut(index) else { return false };
        let again = slot.packet == fingerprint
            && packet.time.since(slot.time).saturating_abs() <= DUPLICATE_NANOS_MAX
            && (matches!(evidence, Evidence::Packet) || slot.place != place);
        if again {
            *self.counts.entry(packet.capture).or_default() += 1;
        } else {
            *slot = Seen { packet: fingerprint, place, time: packet.time };
        }
        again
    }

    /// Duplicates counted in a capture.
    pub(super) fn of_capture(&self, capture: u16) -> u64 {
        self.counts.get(&capture).copied().unwrap_or(0)
    }

    /// What two sightings share. Not among it: hops left, IPv4 header checksum, tags and link header.
    #[inline]
    fn packet(&self, packet: &Packet<'_>, ip: &Ip<'_>) -> u64 {
        let mut hasher = self.state.build_hasher();
        match (packet.source, packet.destination) {
            (std::net::IpAddr::V4(source), std::net::IpAddr::V4(destination)) => {
                hasher.write_u64(u64::from(source.to_bits()) << 32 | u64::from(destination.to_bits()));
            }
            (source, destination) => {
                hasher.write_u128(bits(source));
                hasher.write_u128(bits(destination));
            }
        }
        let length = u64::try_from(ip.payload.wire).unwrap_or(u64::MAX);
        hasher.write_u64(length << 24 | u64::from(ip.identification) << 8 | u64::from(ip.protocol));
        let bytes = ip.payload.stored;
        match (bytes.get(..START_BYTES), bytes.len().checked_sub(END_BYTES).and_then(|at| bytes.get(at..))) {
            (Some(start), Some(end)) => {
                hasher.write(start);
                hasher.write(end);
            }
            _ => hasher.write(bytes),
        }
        hasher.finish()
    }

    #[inline]
    fn place(&self, packet: &Packet<'_>, frame: &Frame<'_>) -> u64 {
        let mac = |address: Option<[u8; 6]>| {
            let [a, b, c, d, e, f] = address.unwrap_or_default();
            u64::from_be_bytes([0, 0, a, b, c, d, e, f])
        };
        let outgoing = packet.outgoing.map_or(2, u64::from);
        let mut hasher = self.state.build_hasher();
        hasher.write_u64(u64::from(frame.interface) << 16 | u64::from(frame.capture));
        hasher.write_u64(mac(packet.source_mac) << 8 | u64::from(packet.hop_limit));
        hasher.write_u64(mac(packet.destination_mac) << 8 | outgoing);
        hasher.write_u64(cooked_interface(frame) << 8 | u64::from(packet.tunnels));
        hasher.finish()
    }
}

impl Evidence {
    /// `None` when nothing can be told.
    #[inline]
    fn of(packet: &Packet<'_>, ip: &Ip<'_>) -> Option<Evidence> {
        if ip.identification != 0 {
            return Some(Evidence::Packet);
        }
        match packet.transport {
            Transport::Tcp(_) if says_something(packet) => Some(Evidence::Packet),
            Transport::Tcp(header) if !header.rst() => None,
            _ => Some(Evidence::Place),
        }
    }
}

/// The second version of the cooked header names the interface.
fn cooked_interface(frame: &Frame<'_>) -> u64 {
    if frame.link != crate::model::LinkType::LINUX_SLL2 {
        return 0;
    }
    frame.data.get(4..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u64::from(u32::from_be_bytes(*bytes)))
}

fn bits(address: std::net::IpAddr) -> u128 {
    match address {
        std::net::IpAddr::V4(address) => u128::from(address.to_bits()),
        std::net::IpAddr::V6(address) => address.to_bits(),
    }
}
