//! What the packets themselves tell of how well they were captured: packets larger than a wire carries, TCP data that the
//! receiver has and the capture lacks, and a clock that steps back.

use crate::model::{Packet, TcpHeader, Timestamp, Transport};

/// Longest IP packet of an Ethernet in bytes (IEEE 802.3); what is longer was put together or is yet to be cut.
pub const WIRE_PACKET_BYTES_MAX: u32 = 1_500;
/// A step back of the clock between two packets from which on it was set, in nanoseconds. Smaller ones are packets that
/// several queues of a network card handed over out of order.
pub const CLOCK_BACK_NANOS_MIN: i64 = 100_000_000;
/// Most captures whose clocks are watched one by one.
pub const CLOCKS_MAX: usize = 1_024;
/// Acknowledged bytes ahead of the capture that are believed; more is a number that lies or another connection.
const AHEAD_BYTES_MAX: i64 = 1 << 28;

/// How often something was seen, where first, and how large it was at most or all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sightings {
    /// How often.
    pub count: u64,
    /// Frame number of the first sighting, 1-based; 0 before there is one.
    pub first_frame: u64,
    /// Its measure: see where it is used.
    pub measure: u64,
}

impl Sightings {
    fn note(&mut self, frame: u64) {
        if self.count == 0 {
            self.first_frame = frame;
        }
        self.count += 1;
    }
}

/// What was seen of the quality of the capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quality {
    /// Datagrams larger than an Ethernet carries, put together by the capture or the system; bytes of the largest.
    pub large_datagrams: Sightings,
    /// TCP packets likewise.
    pub large_segments: Sightings,
    /// TCP data that its receiver acknowledged and the capture lacks; bytes in all.
    pub unseen: Sightings,
    /// TCP packets with data.
    pub segments: u64,
    /// Steps back of the clock; nanoseconds of the largest.
    pub clock_back: Sightings,
    clocks: Vec<Option<Timestamp>>,
}

impl Quality {
    /// Looks at the time of a packet, duplicates too.
    pub(super) fn time(&mut self, packet: &Packet<'_>) {
        let index = usize::from(packet.capture);
        if index >= self.clocks.len() && index < CLOCKS_MAX {
            self.clocks.resize(index + 1, None);
        }
        let Some(clock) = self.clocks.get_mut(index) else { return };
        let back = clock.replace(packet.time).map_or(0, |before| before.since(packet.time));
        if back >= CLOCK_BACK_NANOS_MIN {
            self.clock_back.note(packet.frame);
            self.clock_back.measure = self.clock_back.measure.max(back.unsigned_abs());
        }
    }

    /// Looks at the size of a packet. Loopback devices have no wire.
    pub(super) fn size(&mut self, packet: &Packet<'_>) {
        if packet.ip_length <= WIRE_PACKET_BYTES_MAX || packet.reassembled || packet.source.is_loopback() {
            return;
        }
        let large = match packet.transport {
            Transport::Udp(..) => &mut self.large_datagrams,
            Transport::Tcp(_) => &mut self.large_segments,
            Transport::Icmp(..) | Transport::Other(_) => return,
        };
        large.note(packet.frame);
        large.measure = large.measure.max(u64::from(packet.ip_length));
    }

    /// Looks at a segment of which `mine` is the way that it went and `other` the way back.
    pub(super) fn segment(&mut self, packet: &Packet<'_>, header: &TcpHeader, mine: &mut Edge, other: &mut Edge) {
        self.segments += u64::from(packet.payload_length > 0);
        if header.rst() {
            return;
        }
        if let Some(length) = mine.advance(header, packet.payload_length) {
            self.unseen.count = self.unseen.count.saturating_sub(1);
            self.unseen.measure = self.unseen.measure.saturating_sub(length);
        }
        if let Some(length) = other.acknowledged(header) {
            self.unseen.note(packet.frame);
            self.unseen.measure += length;
        }
    }
}

/// How far one direction of a TCP connection is known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Edge {
    next: Option<u32>,
    /// The latest bytes that were acknowledged unseen: a capture that is out of order may bring them yet.
    hole: Option<(u32, u32)>,
}

impl Edge {
    /// Takes a segment; the length of the hole that it fills, if it does.
    fn advance(&mut self, header: &TcpHeader, length: u32) -> Option<u64> {
        let control = u32::from(header.syn()) + u32::from(header.fin());
        let (begin, length) = (header.sequence, length.saturating_add(control));
        let end = begin.wrapping_add(length);
        self.next = match self.next {
            Some(next) if distance(end, next) < 0 && !header.syn() => Some(next),
            _ => Some(end),
        };
        let (from, to) = self.hole.filter(|_| length > 0)?;
        let fills = distance(begin, from) >= 0 && distance(begin, to) < 0;
        fills.then(|| {
            self.hole = None;
            u64::from(to.wrapping_sub(from))
        })
    }

    /// Takes what the other side has received; how many bytes of it were not seen.
    fn acknowledged(&mut self, header: &TcpHeader) -> Option<u64> {
        let next = self.next.filter(|_| header.ack())?;
        let ahead = distance(header.acknowledgement, next);
        if !(1..=AHEAD_BYTES_MAX).contains(&ahead) {
            return None;
        }
        // Probes that keep a connection alive repeat a byte that was acknowledged before the capture began.
        if ahead == 1 {
            self.next = Some(header.acknowledgement);
            return None;
        }
        (self.next, self.hole) = (Some(header.acknowledgement), Some((next, header.acknowledgement)));
        u64::try_from(ahead).ok()
    }
}

/// How far `one` lies behind `other` in numbers that wrap (RFC 9293 section 3.4).
fn distance(one: u32, other: u32) -> i64 {
    i64::from(one.wrapping_sub(other) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    fn packet(frame: u64, transport: Transport, length: u32) -> Packet<'static> {
        Packet {
            capture: 0,
            frame,
            time: Timestamp::from_nanos(frame as i64 * 1_000_000),
            source: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            destination: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)),
            transport,
            payload: &[],
            payload_length: length,
            ip_length: length + 40,
            hop_limit: 64,
            source_mac: None,
            destination_mac: None,
            outgoing: None,
            tunnels: 0,
            duplicate: false,
            reassembled: false,
        }
    }

    /// Runs segments (forward?, sequence, length, acknowledgement).
    fn run(segments: &[(bool, u32, u32, u32)]) -> Sightings {
        let (mut quality, mut forward, mut backward) = (Quality::default(), Edge::default(), Edge::default());
        for (frame, (ahead, sequence, length, acknowledgement)) in (1..).zip(segments) {
            let (sequence, acknowledgement) = (*sequence, *acknowledgement);
            let header = TcpHeader { source: 1, destination: 2, sequence, acknowledgement, flags: 16, opening: None };
            let packet = packet(frame, Transport::Tcp(header), *length);
            let (mine, other) = if *ahead { (&mut forward, &mut backward) } else { (&mut backward, &mut forward) };
            quality.segment(&packet, &header, mine, other);
        }
        quality.unseen
    }

    #[test]
    fn what_was_acknowledged_and_not_seen_is_lost() {
        let whole = [(true, 100, 10, 1), (false, 1, 0, 110), (true, 110, 10, 1), (false, 1, 0, 120)];
        assert_eq!(run(&whole), Sightings::default());
        let lossy = [(true, 100, 10, 1), (false, 1, 0, 110), (false, 1, 0, 120), (true, 120, 5, 1), (false, 1, 0, 125)];
        assert_eq!(run(&lossy), Sightings { count: 1, first_frame: 3, measure: 10 });
        let late = [(true, 100, 10, 1), (false, 1, 0, 120), (true, 110, 10, 1), (false, 1, 0, 120)];
        assert_eq!(run(&late).count, 0, "an acknowledgement that was captured before its data");
        let wrapped = [(true, u32::MAX - 4, 10, 1), (false, 1, 0, 5), (false, 1, 0, 25)];
        assert_eq!(run(&wrapped), Sightings { count: 1, first_frame: 3, measure: 20 });
        assert_eq!(run(&[(true, 100, 10, 1), (false, 1, 0, 100 + (1 << 30))]).count, 0, "no loss is that large");
        assert_eq!(run(&[(false, 1, 0, 110), (false, 1, 0, 900)]).count, 0, "of one direction nothing can be told");
    }

    #[test]
    fn packets_that_no_wire_carries() {
        let mut quality = Quality::default();
        let udp = Transport::Udp(1, 2);
        quality.size(&packet(1, udp, 1_460));
        quality.size(&packet(2, udp, 1_461));
        quality.size(&packet(3, udp, 9_000));
        quality.size(&Packet { reassembled: true, ..packet(4, udp, 9_000) });
        quality.size(&Packet { source: Ipv4Addr::LOCALHOST.into(), ..packet(5, udp, 9_000) });
        assert_eq!(quality.large_datagrams, Sightings { count: 2, first_frame: 2, measure: 9_040 });
        assert_eq!(quality.large_segments, Sightings::default());
    }

    #[test]
    fn a_clock_that_steps_back() {
        let mut quality = Quality::default();
        let at = |frame, millis: i64| Packet {
            time: Timestamp::from_nanos(millis * 1_000_000),
            ..packet(frame, Transport::Udp(1, 2), 1)
        };
        for (frame, millis) in (1..).zip([1_000, 1_050, 1_020, 900, 950, 5_000]) {
            quality.time(&at(frame, millis));
        }
        quality.time(&Packet { capture: 1, ..at(1, 10) });
        assert_eq!(quality.clock_back, Sightings { count: 1, first_frame: 4, measure: 120_000_000 });
        quality.time(&Packet { capture: u16::MAX, ..at(1, 10) });
    }
}
