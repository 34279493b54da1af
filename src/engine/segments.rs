//! The TCP bytes of a live flow: put in order, with gaps where the capture has none, and handed to its dissectors.

use super::Keep;
use super::reading::{CUT_SHORT, Reading, take_bindings};
use crate::flow::{Flow, StreamStart};
use crate::model::{Direction, Evidence, Input, Packet, Piece, TcpHeader};
use std::net::SocketAddr;

/// Bytes held back in all live flows while earlier segments are awaited.
pub const HELD_BYTES_MAX: usize = 64 << 20;

/// Both directions, forward and backward.
#[derive(Clone, Default)]
pub(super) struct Streams {
    sides: [StreamStart; 2],
    /// The latest segment: what is still held back when the flow ends is stated with it.
    latest: Option<Evidence>,
}

impl Streams {
    fn held_bytes(&self) -> usize {
        self.sides.iter().map(StreamStart::held_bytes).sum()
    }

    fn forget(&mut self) {
        self.sides.iter_mut().for_each(StreamStart::forget);
    }
}

/// Reads one segment.
pub(super) fn read(flow: &mut Flow<Reading>, packet: &Packet<'_>, header: &TcpHeader, at: Evidence, keep: &mut Keep) {
    let carries = packet.payload_length > 0 || header.syn();
    if flow.state.done || (!carries && flow.state.streams.is_none()) {
        return;
    }
    let mut streams = flow.state.streams.take().unwrap_or_default();
    let before = streams.held_bytes();
    take(&mut flow.state, &mut streams, packet, header, at, keep.held_bytes < HELD_BYTES_MAX);
    if flow.state.is_too_short(packet.payload.len(), packet.payload_length) {
        keep.problems.count(CUT_SHORT, at.capture, at.frame);
    }
    if flow.state.done {
        streams.forget();
    }
    keep.held_bytes = (keep.held_bytes + streams.held_bytes()).saturating_sub(before);
    flow.state.streams = Some(streams).filter(|_| !flow.state.done);
    take_bindings(&mut flow.state, keep);
}

fn take(
    reading: &mut Reading,
    streams: &mut Streams,
    packet: &Packet<'_>,
    header: &TcpHeader,
    at: Evidence,
    may_hold: bool,
) {
    streams.latest = Some(at);
    let (source, destination) = packet.endpoints();
    let [forward, backward] = &mut streams.sides;
    let (mine, other) = match at.direction {
        Direction::Forward => (forward, backward),
        Direction::Backward => (backward, forward),
    };
    if header.ack() {
        // What the receiver acknowledges and this capture lacks belongs to the other direction.
        let from_start = other.from_start();
        let direction = at.direction.reversed();
        let turned = template(Evidence { direction, ..at }, destination, source);
        other.acknowledged(header.acknowledgement, &mut |piece| reading.deliver(&turned, piece, from_start));
    }
    let from_start = mine.from_start() || header.syn();
    let straight = template(at, source, destination);
    mine.segment(header, packet.payload, packet.payload_length, may_hold, &mut |piece| {
        reading.deliver(&straight, piece, from_start);
    });
}

/// At the end of a flow, what was held back goes out with its gaps.
pub(super) fn flush(flow: &mut Flow<Reading>, keep: &mut Keep) {
    let Some(mut streams) = flow.state.streams.take() else { return };
    keep.held_bytes = keep.held_bytes.saturating_sub(streams.held_bytes());
    let latest = streams.latest.unwrap_or(flow.first);
    for (stream, direction) in streams.sides.iter_mut().zip([Direction::Forward, Direction::Backward]) {
        let forward = direction == Direction::Forward;
        let (source, destination) = if forward { (flow.opener, flow.responder) } else { (flow.responder, flow.opener) };
        let input = template(Evidence { direction, ..latest }, source, destination);
        let from_start = stream.from_start();
        stream.flush(&mut |piece| flow.state.deliver(&input, piece, from_start));
    }
}

/// An input of a stream without its bytes.
fn template(at: Evidence, source: SocketAddr, destination: SocketAddr) -> Input<'static> {
    Input {
        bytes: &[],
        piece: Piece::Gap { length: 0 },
        direction: at.direction,
        at,
        source,
        destination,
        cut: 0,
        tunnel: None,
    }
}
