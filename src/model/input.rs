//! What a dissector is given and what it gives back.

use super::activity::Activity;
use super::fact::{Evidence, Facts};
use super::problem::Problems;
use super::stream::MediaStream;
use std::net::{IpAddr, SocketAddr};

/// Which way a packet of a flow went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From the side that opened the flow (sent SYN, or the first packet seen).
    Forward,
    /// To the side that opened the flow.
    Backward,
}

impl Direction {
    /// The other way.
    pub const fn reversed(self) -> Direction {
        match self {
            Direction::Forward => Direction::Backward,
            Direction::Backward => Direction::Forward,
        }
    }

    /// 0 for forward, 1 for backward: index into pairs.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// How the bytes of an input came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A whole datagram (or a message that a framing protocol delimited).
    Datagram,
    /// Bytes of a stream in order, the first at this offset from the stream's start.
    Stream {
        /// Bytes of this direction before these.
        offset: u64,
        /// Whether the stream's true start was seen (SYN); otherwise offset 0 is where the capture begins.
        from_start: bool,
    },
    /// This many bytes of the stream are missing (lost by the capture); the next piece goes on behind them.
    Gap {
        /// How many.
        length: u64,
    },
}

/// What an inner payload travelled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tunnel {
    /// TURN ChannelData with its channel number (RFC 8656 section 12.4).
    Channel(u16),
    /// TURN Send or Data indication with the peer it names.
    Indication(SocketAddr),
    /// Another protocol's framing, named.
    Framing(&'static str),
}

/// One piece of payload offered to a dissector.
#[derive(Clone, Copy, Debug)]
pub struct Input<'p> {
    /// The bytes; empty for a gap.
    pub bytes: &'p [u8],
    /// How they came.
    pub piece: Piece,
    /// Which way they went.
    pub direction: Direction,
    /// Frame and time.
    pub at: Evidence,
    /// Sender of the outer packet.
    pub source: SocketAddr,
    /// Receiver of the outer packet.
    pub destination: SocketAddr,
    /// Bytes of this datagram that were on the wire but are not stored.
    pub cut: u32,
    /// What wrapped it, when another dissector handed it back.
    pub tunnel: Option<Tunnel>,
}

/// What a dissector says of an input.
#[derive(Clone, Copy, Debug)]
pub enum Step<'p> {
    /// Not of this protocol; offer it to the next.
    Foreign,
    /// Read; for a stream: give me more.
    Taken,
    /// Read; for a stream: I need no more of this flow in either direction.
    Finished,
    /// Read, and inside was this payload: offer it again, to all but me.
    Inner(&'p [u8], Tunnel),
}

/// A name that an address answered to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameBinding {
    /// The address.
    pub address: IpAddr,
    /// The name asked for, lower case, no final dot.
    pub name: String,
    /// Canonical names on the way, in order; location codes hide here.
    pub aliases: Vec<String>,
    /// Where it was learnt: `dns`, `mdns`, ...
    pub source: &'static str,
    /// The frame that says it.
    pub at: Evidence,
}

/// A payload that no single input holds: its message came in several pieces of a stream, or a piece held several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InnerPayload {
    /// The payload.
    pub bytes: Vec<u8>,
    /// What it travelled in.
    pub tunnel: Tunnel,
}

/// Most payloads kept of one input of a stream.
pub const INNER_PAYLOADS_MAX: usize = 256;

/// Where a dissector writes.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// Facts of this flow.
    pub facts: Facts,
    /// Media streams, stated when the flow ends.
    pub streams: Vec<MediaStream>,
    /// Names for other flows' addresses; the engine takes them after every input.
    pub bindings: Vec<NameBinding>,
    /// Payloads put together from a stream, at most [`INNER_PAYLOADS_MAX`]; the engine takes them after every input
    /// and offers each as a datagram to all but the dissector that put it here.
    pub inner: Vec<InnerPayload>,
    /// Round trips measured by the protocol, client side.
    pub round_trips: RoundTrips,
    /// Round trips of DTLS hellos, which share flows with other protocols. The server's computing time is in them.
    pub hellos: RoundTrips,
    /// Round trips that reports tell (RFC 3550 section 6.4.1), by the way that the report goes: from the place of the
    /// capture to whoever sends it.
    pub report_trips: [RoundTrips; 2],
    /// Times in which this flow carried media in a framing without readable RTP, stated when the flow ends.
    pub media: Activity,
    /// Times in which reports about an RTP session ran on this flow, forward and backward: where they run both ways it
    /// is open even where everybody is muted.
    pub reports: [Activity; 2],
    /// What could not be read.
    pub problems: Problems,
}

/// Smallest round trips and number of samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoundTrips {
    /// Smallest in nanoseconds.
    pub min: Option<i64>,
    /// Smallest but one: it tells whether the smallest stands alone.
    pub second: Option<i64>,
    /// How many were measured.
    pub samples: u64,
    /// Which side asked: the times hold for the way from the capture to the other one. `None`: none was measured, or both
    /// sides asked and the larger times were taken, which hold for either.
    pub asked: Option<Direction>,
}

impl RoundTrips {
    /// Adds one of `nanos` that the opener of the flow asked for; negative and zero ones are clock errors and do not count.
    pub fn add(&mut self, nanos: i64) {
        self.add_asked(nanos, Direction::Forward);
    }

    /// Adds one of `nanos` that began with a question in this direction.
    pub fn add_asked(&mut self, nanos: i64, asked: Direction) {
        if nanos > 0 {
            self.absorb(&RoundTrips { min: Some(nanos), second: None, samples: 1, asked: Some(asked) });
        }
    }

    /// Adds those of another flow, or of the same flow measured otherwise. Where the other side asked, the smaller times
    /// are those between the capture and the near side: the larger ones are kept.
    pub fn absorb(&mut self, other: &RoundTrips) {
        if other.min.is_none() {
            return;
        }
        if self.min.is_none() {
            *self = *other;
            return;
        }
        if self.asked != other.asked {
            let samples = self.samples + other.samples;
            let larger = if other.min > self.min { *other } else { *self };
            *self = RoundTrips { samples, asked: None, ..larger };
            return;
        }
        let mut all: Vec<i64> = [self.min, self.second, other.min, other.second].into_iter().flatten().collect();
        all.sort_unstable();
        (self.min, self.second) = (all.first().copied(), all.get(1).copied());
        self.samples += other.samples;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_smallest_times_are_kept() {
        let mut trips = RoundTrips::default();
        for nanos in [50, 20, -3, 0, 40, 30] {
            trips.add(nanos);
        }
        let forward = Some(Direction::Forward);
        assert_eq!(trips, RoundTrips { min: Some(20), second: Some(30), samples: 4, asked: forward });
        let mut other = RoundTrips::default();
        other.add(25);
        trips.absorb(&other);
        trips.absorb(&RoundTrips::default());
        assert_eq!(trips, RoundTrips { min: Some(20), second: Some(25), samples: 5, asked: forward });
    }

    #[test]
    fn of_times_to_both_sides_the_larger_are_kept() {
        let (mut there, mut here) = (RoundTrips::default(), RoundTrips::default());
        there.add(20_000);
        here.add_asked(7, Direction::Backward);
        let mut one = there;
        one.absorb(&here);
        here.absorb(&there);
        assert_eq!(one, RoundTrips { min: Some(20_000), second: None, samples: 2, asked: None });
        assert_eq!(here, one);
    }
}
