//! What is being read of a live flow: its dissectors, and the order of its TCP bytes.

use super::Keep;
use crate::dissect::{self, Carrier, Dissector};
use crate::flow::{Delivery, Flow, StreamStart};
use crate::model::activity::Span;
use crate::model::{Activity, Direction, Evidence, Input, Output, Packet, Piece, Step, Timestamp, Transport};

/// Deepest nesting of payload in payload (TURN in multiplexing in a vendor framing).
pub const NESTING_MAX: usize = 4;
/// Inputs in a row that a protocol may call foreign before it is not asked again in this flow.
pub const FOREIGN_IN_A_ROW_MAX: u16 = 400;
/// Bytes of a stream direction that are offered around while no protocol has claimed it.
pub const UNCLAIMED_STREAM_BYTES_MAX: u64 = 128 * 1024;
/// Bytes held back in all live flows while earlier segments are awaited.
pub const HELD_BYTES_MAX: usize = 64 << 20;
/// Packets in a second, both directions together, from which on a datagram flow counts as busy.
pub const BUSY_PACKETS_PER_SECOND: u32 = 8;
/// Busy seconds closer than this belong together, in nanoseconds.
pub const BUSY_GAP_NANOS: i64 = 10_000_000_000;
/// Packets of a datagram flow closer than this belong to one use of it, in nanoseconds.
pub const USE_GAP_NANOS: i64 = 15_000_000_000;

/// State of the dissection of one flow.
#[derive(Default)]
pub struct Reading {
    readers: Vec<Reader>,
    output: Option<Box<Output>>,
    streams: Option<Box<[StreamStart; 2]>>,
    /// No protocol wants more of this flow.
    done: bool,
    /// Pace of a datagram flow.
    pace: Pace,
}

/// Packets in the second at hand; what was busy is kept as intervals.
#[derive(Default)]
struct Pace {
    second: i64,
    packets: [u32; 2],
    busy: Option<Box<Activity>>,
    /// The use at hand, and those before it: most flows have one, which costs no allocation while they live.
    used: Option<Span>,
    used_before: Option<Box<Activity>>,
}

struct Reader {
    protocol: usize,
    dissector: Box<dyn Dissector>,
    foreign_in_a_row: u16,
    claimed: bool,
}

/// Reads one packet of `flow`.
pub(super) fn read(flow: &mut Flow<Reading>, packet: &Packet<'_>, at: Evidence, keep: &mut Keep) {
    match packet.transport {
        Transport::Udp(..) => datagram(flow, packet, at, keep),
        Transport::Tcp(_) => segment(flow, packet, at, keep),
        Transport::Icmp(..) | Transport::Other(_) => {}
    }
}

/// Ends the dissection: what its dissectors counted is stated now.
pub(super) fn finish(flow: &mut Flow<Reading>, keep: &mut Keep) -> Output {
    flush_streams(flow, keep);
    let reading = &mut flow.state;
    reading.pace.close();
    let mut output = reading.output.take().map(|output| *output).unwrap_or_default();
    for reader in &mut reading.readers {
        reader.dissector.finish(&mut output);
    }
    for binding in output.bindings.drain(..) {
        keep.bind(binding);
    }
    output.facts.shrink();
    output
}

impl Reading {
    /// Names of the protocols that were really read, in the order of the list of all.
    pub(super) fn protocols(&self) -> Vec<&'static str> {
        let mut claimed: Vec<_> = self.readers.iter().filter(|reader| reader.claimed).map(|r| r.protocol).collect();
        claimed.sort_unstable();
        claimed.iter().filter_map(|index| dissect::ALL.get(*index)).map(|protocol| protocol.name).collect()
    }

    /// Intervals in which packets came as densely as media does.
    pub(super) fn take_busy(&mut self) -> Activity {
        self.pace.busy.take().map(|busy| *busy).unwrap_or_default()
    }

    /// Intervals in which packets came at all.
    pub(super) fn take_used(&mut self) -> Activity {
        let mut used = self.pace.used_before.take().map(|used| *used).unwrap_or_default();
        if let Some(last) = self.pace.used.take() {
            used.push(last);
        }
        used
    }

    fn reader(&mut self, protocol: usize) -> Option<&mut Reader> {
        let known = self.readers.iter().position(|reader| reader.protocol == protocol);
        let index = match known {
            Some(index) => index,
            None => {
                let create = dissect::ALL.get(protocol)?.create;
                self.readers.push(Reader { protocol, dissector: create(), foreign_in_a_row: 0, claimed: false });
                self.readers.len() - 1
            }
        };
        self.readers.get_mut(index)
    }

    /// Offers `input` to the protocols of its carrier in order, and what is inside to the others.
    fn offer(&mut self, input: &Input<'_>, carrier: Carrier) -> Offered {
        let mut output = self.output.take().unwrap_or_default();
        let offered = self.offer_nested(*input, carrier, &mut output);
        if !output.inner.is_empty() {
            self.offer_inner(input, &mut output);
        }
        self.output = Some(output);
        offered
    }

    /// Payloads that a stream's framing put together: each is a datagram of its own.
    fn offer_inner(&mut self, input: &Input<'_>, output: &mut Output) {
        for inner in std::mem::take(&mut output.inner) {
            let datagram =
                Input { bytes: &inner.bytes, piece: Piece::Datagram, tunnel: Some(inner.tunnel), cut: 0, ..*input };
            self.offer_nested(datagram, Carrier::Datagram, output);
        }
        output.inner.clear();
    }

    fn offer_nested(&mut self, mut input: Input<'_>, mut carrier: Carrier, output: &mut Output) -> Offered {
        let mut asked = 0u64;
        for depth in 0..NESTING_MAX {
            match self.offer_once(&input, carrier, asked, output) {
                Some((protocol, Step::Inner(bytes, tunnel))) => {
                    asked |= 1 << protocol;
                    input = Input { bytes, tunnel: Some(tunnel), piece: Piece::Datagram, ..input };
                    carrier = Carrier::Datagram;
                }
                Some((_, Step::Finished)) => return Offered::Finished,
                Some(_) => return Offered::Taken,
                None if depth == 0 => return Offered::Foreign,
                None => return Offered::Taken,
            }
        }
        output.problems.count("engine.nesting-too-deep", input.at.capture, input.at.frame);
        Offered::Taken
    }

    /// Whether a stream is being read by this protocol: what follows need not look like its beginning.
    fn goes_on(&self, protocol: usize, input: &Input<'_>) -> bool {
        let reads = |reader: &Reader| reader.protocol == protocol && reader.claimed;
        matches!(input.piece, Piece::Stream { .. }) && self.readers.iter().any(reads)
    }

    fn offer_once<'p>(
        &mut self,
        input: &Input<'p>,
        carrier: Carrier,
        asked: u64,
        output: &mut Output,
    ) -> Option<(usize, Step<'p>)> {
        for (index, protocol) in dissect::ALL.iter().enumerate() {
            let fits = protocol.carrier == Carrier::Both || protocol.carrier == carrier;
            if !fits || asked & (1 << index) != 0 || !(self.goes_on(index, input) || (protocol.recognise)(input)) {
                continue;
            }
            let Some(reader) = self.reader(index) else { continue };
            if reader.foreign_in_a_row >= FOREIGN_IN_A_ROW_MAX {
                continue;
            }
            match reader.dissector.read(input, output) {
                Step::Foreign => reader.foreign_in_a_row += 1,
                step => {
                    (reader.foreign_in_a_row, reader.claimed) = (0, true);
                    return Some((index, step));
                }
            }
        }
        None
    }
}

/// What became of an input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offered {
    Foreign,
    Taken,
    Finished,
}

fn datagram(flow: &mut Flow<Reading>, packet: &Packet<'_>, at: Evidence, keep: &mut Keep) {
    let (source, destination) = packet.endpoints();
    flow.state.pace.note(packet, at.direction);
    if packet.payload.is_empty() {
        return;
    }
    let input = Input {
        bytes: packet.payload,
        piece: Piece::Datagram,
        direction: at.direction,
        at,
        source,
        destination,
        cut: packet.payload_length.saturating_sub(packet.payload.len() as u32),
        tunnel: None,
    };
    flow.state.offer(&input, Carrier::Datagram);
    take_bindings(&mut flow.state, keep);
}

fn segment(flow: &mut Flow<Reading>, packet: &Packet<'_>, at: Evidence, keep: &mut Keep) {
    let Transport::Tcp(header) = packet.transport else { return };
    let empty = packet.payload_length == 0 && !header.syn();
    if flow.state.done || (empty && flow.state.streams.is_none()) {
        return;
    }
    let (source, destination) = packet.endpoints();
    let template = Input {
        bytes: &[],
        piece: Piece::Gap { length: 0 },
        direction: at.direction,
        at,
        source,
        destination,
        cut: 0,
        tunnel: None,
    };
    let mut streams = flow.state.streams.take().unwrap_or_default();
    let [forward, backward] = &mut *streams;
    let (mine, other) = match at.direction {
        Direction::Forward => (forward, backward),
        Direction::Backward => (backward, forward),
    };
    let before = mine.held_bytes() + other.held_bytes();
    let may_hold = keep.held_bytes < HELD_BYTES_MAX;
    if header.ack() {
        // What the receiver acknowledges and this capture lacks belongs to the other direction.
        let other_from_start = other.from_start();
        let turned = Input { direction: at.direction.reversed(), source: destination, destination: source, ..template };
        other.acknowledged(header.acknowledgement, &mut |piece| {
            deliver(&mut flow.state, &turned, piece, other_from_start)
        });
    }
    let from_start = mine.from_start() || header.syn();
    mine.segment(&header, packet.payload, packet.payload_length, may_hold, &mut |piece| {
        deliver(&mut flow.state, &template, piece, from_start);
    });
    if flow.state.done {
        mine.forget();
        other.forget();
    }
    keep.held_bytes = (keep.held_bytes + mine.held_bytes() + other.held_bytes()).saturating_sub(before);
    flow.state.streams = Some(streams).filter(|_| !flow.state.done);
    take_bindings(&mut flow.state, keep);
}

/// Hands one piece of a stream to the protocols.
fn deliver(reading: &mut Reading, template: &Input<'_>, piece: Delivery<'_>, from_start: bool) {
    if reading.done {
        return;
    }
    let (input, offset) = match piece {
        Delivery::Bytes(offset, bytes) => {
            (Input { bytes, piece: Piece::Stream { offset, from_start }, ..*template }, offset)
        }
        Delivery::Gap(length) => (Input { piece: Piece::Gap { length }, ..*template }, 0),
    };
    let offered = match piece {
        Delivery::Gap(_) => reading.tell_gap(&input),
        Delivery::Bytes(..) => reading.offer(&input, Carrier::Stream),
    };
    let claimed = reading.readers.iter().any(|reader| reader.claimed);
    reading.done = offered == Offered::Finished || (!claimed && offset > UNCLAIMED_STREAM_BYTES_MAX);
}

impl Reading {
    /// A gap is told to every protocol that reads this flow.
    fn tell_gap(&mut self, input: &Input<'_>) -> Offered {
        let mut output = self.output.take().unwrap_or_default();
        for reader in &mut self.readers {
            reader.dissector.read(input, &mut output);
        }
        self.output = Some(output);
        Offered::Taken
    }
}

/// At the end of a flow, what was held back goes out with its gaps.
fn flush_streams(flow: &mut Flow<Reading>, keep: &mut Keep) {
    let Some(mut streams) = flow.state.streams.take() else { return };
    for (stream, direction) in streams.iter_mut().zip([Direction::Forward, Direction::Backward]) {
        keep.held_bytes = keep.held_bytes.saturating_sub(stream.held_bytes());
        let forward = direction == Direction::Forward;
        let (source, destination) = if forward { (flow.opener, flow.responder) } else { (flow.responder, flow.opener) };
        let at = Evidence { time: flow.last, direction, ..flow.first };
        let template = Input {
            bytes: &[],
            piece: Piece::Gap { length: 0 },
            direction,
            at,
            source,
            destination,
            cut: 0,
            tunnel: None,
        };
        let from_start = stream.from_start();
        stream.flush(&mut |piece| deliver(&mut flow.state, &template, piece, from_start));
    }
}

fn take_bindings(reading: &mut Reading, keep: &mut Keep) {
    if let Some(output) = reading.output.as_mut().filter(|output| !output.bindings.is_empty()) {
        for binding in output.bindings.drain(..) {
            keep.bind(binding);
        }
    }
}

impl Pace {
    fn note(&mut self, packet: &Packet<'_>, direction: Direction) {
        self.note_use(packet.time);
        let second = packet.time.seconds();
        if second != self.second {
            self.close();
            (self.second, self.packets) = (second, [0; 2]);
        }
        if let Some(count) = self.packets.get_mut(direction.index()) {
            *count += 1;
        }
    }

    fn note_use(&mut self, time: Timestamp) {
        match &mut self.used {
            Some(used) if time.since(used.to) <= USE_GAP_NANOS => {
                used.to = used.to.max(time);
                used.packets += 1;
            }
            used => {
                let begun = Span { from: time, to: time, packets: 1 };
                if let Some(ended) = used.replace(begun) {
                    self.used_before.get_or_insert_default().push(ended);
                }
            }
        }
    }

    /// Ends the second at hand.
    fn close(&mut self) {
        if self.packets.iter().sum::<u32>() >= BUSY_PACKETS_PER_SECOND {
            let time = Timestamp::new(self.second, 0);
            self.busy.get_or_insert_default().note(time, BUSY_GAP_NANOS);
        }
        self.packets = [0; 2];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_in_two_pieces_goes_to_the_one_that_reads_it() {
        let mut reading = Reading::default();
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
        let (source, destination) = ("192.0.2.1:9".parse().unwrap(), "192.0.2.2:80".parse().unwrap());
        let template = Input {
            bytes: &[],
            piece: Piece::Datagram,
            direction: at.direction,
            at,
            source,
            destination,
            cut: 0,
            tunnel: None,
        };
        let pieces: [&[u8]; 2] = [b"GET / HTTP/1.1\r\nHo", b"st: one.test\r\n\r\n"];
        for (bytes, offset) in pieces.into_iter().zip([0, 18]) {
            let piece = Piece::Stream { offset, from_start: true };
            reading.offer(&Input { bytes, piece, ..template }, Carrier::Stream);
        }
        let facts = reading.output.take().unwrap_or_default().facts;
        assert_eq!(facts.text("http.host"), Some("one.test"));
    }
}
