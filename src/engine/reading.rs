//! What is being read of a live flow: its dissectors, and the order in which a payload is offered to them.

use super::Keep;
use super::quality::Edge;
use super::segments::{self, Streams};
use crate::dissect::needs::{FOREIGN_BYTES, of_datagram};
use crate::dissect::{self, Carrier, Dissector};
use crate::flow::{Delivery, Flow};
use crate::model::activity::Span;
use crate::model::{Activity, Direction, Evidence, Input, Output, Packet, Piece, Step, Timestamp, Transport};

/// Deepest nesting of payload in payload (TURN in multiplexing in a vendor framing).
pub const NESTING_MAX: usize = 4;
/// Inputs in a row that a protocol may call foreign before it is not asked again in this flow.
pub const FOREIGN_IN_A_ROW_MAX: u16 = 400;
/// Bytes of a stream direction that are offered around while no protocol has claimed it.
pub const UNCLAIMED_STREAM_BYTES_MAX: u64 = 128 * 1024;
/// Packets in a second, both directions together, from which on a datagram flow counts as busy.
pub const BUSY_PACKETS_PER_SECOND: u32 = 8;
/// Busy seconds closer than this belong together, in nanoseconds.
pub const BUSY_GAP_NANOS: i64 = 10_000_000_000;
/// Packets of a datagram flow closer than this belong to one use of it, in nanoseconds.
pub const USE_GAP_NANOS: i64 = 15_000_000_000;

/// Problem: of a packet less is stored than is read of its kind.
pub const CUT_SHORT: &str = "engine.packet-cut-short";

/// State of the dissection of one flow.
#[derive(Clone, Default)]
pub struct Reading {
    readers: Vec<Reader>,
    output: Option<Box<Output>>,
    /// The TCP bytes that are awaited, while anybody wants them.
    pub(super) streams: Option<Box<Streams>>,
    /// No protocol wants more of this flow.
    pub(super) done: bool,
    /// How far each direction of a TCP flow is known.
    edges: [Edge; 2],
    /// Pace of a datagram flow.
    pace: Pace,
}

/// Packets in the second at hand; what was busy is kept as intervals.
#[derive(Clone, Default)]
struct Pace {
    second: i64,
    packets: [u32; 2],
    busy: Option<Box<Activity>>,
    /// The use at hand, and those before it: most flows have one, which costs no allocation while they live.
    used: Option<Span>,
    used_before: Option<Box<Activity>>,
}

#[derive(Clone)]
struct Reader {
    protocol: usize,
    dissector: Box<dyn Dissector>,
    foreign_in_a_row: u16,
    /// It read something of this flow.
    claimed: bool,
    /// It read a piece of the stream itself, not of what was inside.
    claims_stream: bool,
}

/// Reads one packet of `flow`.
pub(super) fn read(flow: &mut Flow<Reading>, packet: &Packet<'_>, at: Evidence, keep: &mut Keep) {
    match packet.transport {
        Transport::Udp(..) => datagram(flow, packet, at, keep),
        Transport::Tcp(header) => segments::read(flow, packet, &header, at, keep),
        Transport::Icmp(..) | Transport::Other(_) => {}
    }
}

/// Ends the dissection: what its dissectors counted is stated now.
pub(super) fn finish(flow: &mut Flow<Reading>, keep: &mut Keep) -> Output {
    segments::flush(flow, keep);
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

    /// How far this direction of a TCP flow is known, and how far the other.
    pub(super) fn edges(&mut self, direction: Direction) -> [&mut Edge; 2] {
        let [forward, backward] = &mut self.edges;
        match direction {
            Direction::Forward => [forward, backward],
            Direction::Backward => [backward, forward],
        }
    }

    /// Whether so few bytes of a segment are stored that nobody could tell what they are, and nobody knows the flow.
    pub(super) fn is_too_short(&self, stored: usize, length: u32) -> bool {
        let least = FOREIGN_BYTES.min(length as usize);
        stored < least && !self.readers.iter().any(|reader| reader.claimed)
    }

    fn reader(&mut self, protocol: usize) -> Option<&mut Reader> {
        let known = self.readers.iter().position(|reader| reader.protocol == protocol);
        let index = match known {
            Some(index) => index,
            None => {
                let create = dissect::ALL.get(protocol)?.create;
                self.readers.push(Reader {
                    protocol,
                    dissector: create(),
                    foreign_in_a_row: 0,
                    claimed: false,
                    claims_stream: false,
                });
                self.readers.len() - 1
            }
        };
        self.readers.get_mut(index)
    }

    /// Hands one piece of a stream to the protocols; afterwards nobody may want more of the flow.
    pub(super) fn deliver(&mut self, template: &Input<'_>, piece: Delivery<'_>, from_start: bool) {
        if self.done {
            return;
        }
        let (finished, offset) = match piece {
            Delivery::Gap(length) => (self.tell_gap(&Input { piece: Piece::Gap { length }, ..*template }), 0),
            Delivery::Bytes(offset, bytes) => {
                let input = Input { bytes, piece: Piece::Stream { offset, from_start }, ..*template };
                (matches!(self.offer(&input, Carrier::Stream), Offered::Finished(_)), offset)
            }
        };
        let claimed = self.readers.iter().any(|reader| reader.claimed);
        self.done = finished || (!claimed && offset > UNCLAIMED_STREAM_BYTES_MAX);
    }

    /// A gap is told to every protocol that reads this flow; whether one that claimed it has enough.
    fn tell_gap(&mut self, input: &Input<'_>) -> bool {
        let mut output = self.output.take().unwrap_or_default();
        let mut finished = false;
        for reader in &mut self.readers {
            let step = reader.dissector.read(input, &mut output);
            finished |= reader.claimed && matches!(step, Step::Finished);
        }
        self.offer_inner(input, 0, &mut output);
        self.output = Some(output);
        finished
    }

    /// Offers `input` to the protocols of its carrier, and what is inside to the others.
    fn offer(&mut self, input: &Input<'_>, carrier: Carrier) -> Offered {
        let mut output = self.output.take().unwrap_or_default();
        let offered = self.offer_layers(*input, carrier, 0, &mut output);
        if let Offered::Taken(protocol) | Offered::Finished(protocol) = offered {
            self.offer_inner(input, 1 << protocol, &mut output);
        }
        self.output = Some(output);
        offered
    }

    /// Payloads that a framing put together are datagrams of their own, for all but the protocols `asked` already.
    fn offer_inner(&mut self, input: &Input<'_>, asked: u64, output: &mut Output) {
        for _ in 0..NESTING_MAX {
            if output.inner.is_empty() {
                return;
            }
            for inner in std::mem::take(&mut output.inner) {
                let tunnel = Some(inner.tunnel);
                let datagram = Input { bytes: &inner.bytes, piece: Piece::Datagram, tunnel, cut: 0, ..*input };
                self.offer_layers(datagram, Carrier::Datagram, asked, output);
            }
        }
        output.inner.clear();
        output.problems.count("engine.nesting-too-deep", input.at.capture, input.at.frame);
    }

    /// Offers a payload, then what the protocol that took it found inside, and so on.
    fn offer_layers(
        &mut self,
        mut input: Input<'_>,
        mut carrier: Carrier,
        mut asked: u64,
        output: &mut Output,
    ) -> Offered {
        let mut outermost = None;
        for _ in 0..NESTING_MAX {
            let Some((protocol, step)) = self.offer_once(&input, carrier, asked, output) else {
                return outermost.map_or(Offered::Foreign, Offered::Taken);
            };
            let first = *outermost.get_or_insert(protocol);
            match step {
                Step::Inner(bytes, tunnel) => {
                    asked |= 1 << protocol;
                    input = Input { bytes, tunnel: Some(tunnel), piece: Piece::Datagram, ..input };
                    carrier = Carrier::Datagram;
                }
                // What an inner protocol has enough of does not end the stream around it.
                Step::Finished if first == protocol => return Offered::Finished(first),
                _ => return Offered::Taken(first),
            }
        }
        output.problems.count("engine.nesting-too-deep", input.at.capture, input.at.frame);
        outermost.map_or(Offered::Foreign, Offered::Taken)
    }

    /// The first protocol that does not call the payload foreign. Pieces of a stream go to the protocols that claimed it
    /// before they go to others, whatever they begin with: a message goes on in the next segment.
    fn offer_once<'p>(
        &mut self,
        input: &Input<'p>,
        carrier: Carrier,
        mut asked: u64,
        output: &mut Output,
    ) -> Option<(usize, Step<'p>)> {
        if carrier == Carrier::Stream {
            for protocol in self.claimants() {
                asked |= 1 << protocol;
                if let Some(step) = self.ask(protocol, input, output) {
                    return Some((protocol, step));
                }
            }
        }
        for (index, protocol) in dissect::ALL.iter().enumerate() {
            let fits = protocol.carrier == Carrier::Both || protocol.carrier == carrier;
            if fits
                && asked & (1 << index) == 0
                && (protocol.recognise)(input)
                && let Some(step) = self.ask(index, input, output)
            {
                return Some((index, step));
            }
        }
        None
    }

    /// Protocols that read a piece of this stream before, in the order of the list of all.
    fn claimants(&self) -> impl Iterator<Item = usize> + use<> {
        let bits =
            self.readers.iter().filter(|reader| reader.claims_stream).fold(0u64, |bits, r| bits | 1 << r.protocol);
        (0..dissect::ALL.len()).filter(move |protocol| bits & (1 << protocol) != 0)
    }

    /// What `protocol` says of the payload; `None` when it is foreign to it.
    fn ask<'p>(&mut self, protocol: usize, input: &Input<'p>, output: &mut Output) -> Option<Step<'p>> {
        let reader = self.reader(protocol).filter(|reader| reader.foreign_in_a_row < FOREIGN_IN_A_ROW_MAX)?;
        let step = reader.dissector.read(input, output);
        if matches!(step, Step::Foreign) {
            reader.foreign_in_a_row += 1;
            return None;
        }
        (reader.foreign_in_a_row, reader.claimed) = (0, true);
        reader.claims_stream |= matches!(input.piece, Piece::Stream { .. });
        Some(step)
    }
}

/// What became of an input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offered {
    Foreign,
    /// Read; the protocol of its outermost layer.
    Taken(usize),
    /// Read, and that protocol needs no more of the flow.
    Finished(usize),
}

fn datagram(flow: &mut Flow<Reading>, packet: &Packet<'_>, at: Evidence, keep: &mut Keep) {
    let (source, destination) = packet.endpoints();
    flow.state.pace.note(packet, at.direction);
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
    if lacks_needed(&input) {
        keep.problems.count(CUT_SHORT, at.capture, at.frame);
    }
    if input.bytes.is_empty() {
        return;
    }
    flow.state.offer(&input, Carrier::Datagram);
    take_bindings(&mut flow.state, keep);
}

/// Whether the capture left out bytes that are read.
fn lacks_needed(input: &Input<'_>) -> bool {
    let (stored, cut) = (input.bytes.len(), input.cut as usize);
    cut > 0 && of_datagram(input).always.min(stored.saturating_add(cut)) > stored
}

/// Names go to all flows at once: the next packet may be of a flow to the address that was just told.
pub(super) fn take_bindings(reading: &mut Reading, keep: &mut Keep) {
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
    use crate::model::{Evidence, Timestamp};

    /// Calls everything foreign but its own first byte, and counts how often it was asked.
    #[derive(Clone)]
    struct Picky(u8);

    impl Dissector for Picky {
        fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
            out.round_trips.samples += 1;
            if input.bytes.first() == Some(&self.0) { Step::Taken } else { Step::Foreign }
        }
    }

    fn input(bytes: &[u8]) -> Input<'_> {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
        let socket = |last| std::net::SocketAddr::from(([192, 0, 2, last], 9));
        Input {
            bytes,
            piece: Piece::Datagram,
            direction: Direction::Forward,
            at,
            source: socket(1),
            destination: socket(2),
            cut: 0,
            tunnel: None,
        }
    }

    fn picky() -> Reading {
        let reader = Reader {
            protocol: 0,
            dissector: Box::new(Picky(7)),
            foreign_in_a_row: 0,
            claimed: false,
            claims_stream: false,
        };
        Reading { readers: vec![reader], ..Reading::default() }
    }

    #[test]
    fn a_protocol_is_not_asked_again_after_too_many_foreign_inputs() {
        let (mut reading, mut out) = (picky(), Output::default());
        for _ in 0..FOREIGN_IN_A_ROW_MAX - 1 {
            assert!(reading.ask(0, &input(&[1]), &mut out).is_none());
        }
        assert!(reading.ask(0, &input(&[7]), &mut out).is_some(), "at the limit it is still asked, and begins anew");
        for _ in 0..2 * FOREIGN_IN_A_ROW_MAX {
            assert!(reading.ask(0, &input(&[1]), &mut out).is_none());
        }
        assert!(reading.ask(0, &input(&[7]), &mut out).is_none(), "past the limit it is not");
        assert_eq!(out.round_trips.samples, 2 * u64::from(FOREIGN_IN_A_ROW_MAX));
    }

    #[test]
    fn only_what_was_read_counts_as_a_protocol_of_the_flow() {
        let (mut reading, mut out) = (picky(), Output::default());
        reading.ask(0, &input(&[1]), &mut out);
        assert!(reading.protocols().is_empty());
        reading.ask(0, &input(&[7]), &mut out);
        assert_eq!(reading.protocols(), [dissect::ALL[0].name]);
        assert_eq!(reading.claimants().count(), 0, "a datagram claims no stream");
        reading.ask(0, &Input { piece: Piece::Stream { offset: 0, from_start: true }, ..input(&[7]) }, &mut out);
        assert_eq!(reading.claimants().collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn a_message_in_two_pieces_goes_to_the_one_that_reads_it() {
        let mut reading = Reading::default();
        for (bytes, offset) in [(&b"GET / HTTP/1.1\r\nHo"[..], 0), (b"st: one.test\r\n\r\n", 18)] {
            let piece = Piece::Stream { offset, from_start: true };
            reading.offer(&Input { piece, ..input(bytes) }, Carrier::Stream);
        }
        let facts = reading.output.take().unwrap_or_default().facts;
        assert_eq!(facts.text("http.host"), Some("one.test"));
    }
}
