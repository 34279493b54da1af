//! RTP (RFC 3550) and SRTP (RFC 3711), whose header stays in clear. Recognised by continuity, never by shape alone:
//! a quarter of all random datagrams opens like RTP.

mod clear;
mod element;
mod extension;
mod facts;
mod header;
mod jitter;
mod keys;
mod kind;
mod picture;
mod repair;
pub mod rtcp;
mod sequence;
mod series;
mod sources;
mod timing;
mod track;
mod voice;

use super::needs::Needs;
use super::{Carrier, Dissector, Protocol};
use crate::model::{Direction, Input, Output, Piece, Step};
use header::Header;
use sources::Sources;

/// RTP and SRTP.
pub static PROTOCOL: Protocol = Protocol {
    name: "rtp",
    summary: "Media packets: source, payload type, numbering, timing and loudness in clear even where the media are encrypted",
    source: "RFC 3550, RFC 3711, RFC 8285, RFC 6464",
    carrier: Carrier::Datagram,
    recognise,
    needs,
    create: || Box::new(Rtp::default()),
    keys: keys::ALL,
};

/// Problem: streams beyond the limit of one flow were not followed.
const TOO_MANY_STREAMS: &str = "rtp.too-many-streams";

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram && header::opens_rtp(input.bytes)
}

/// The header with contributors and extension; the payload is sound or picture, which nobody needs.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    Needs::First(header::needed_bytes(input.bytes, input.cut as usize))
}

/// Both directions of one flow.
#[derive(Clone, Default)]
struct Rtp {
    ways: [Sources; 2],
}

impl Dissector for Rtp {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let Some(sources) = self.ways.get_mut(input.direction.index()) else { return Step::Foreign };
        if input.piece != Piece::Datagram || sources.gave_up() {
            return Step::Foreign;
        }
        let Some(header) = Header::read(input.bytes, input.cut > 0) else { return Step::Foreign };
        match sources.note(&header, input) {
            sources::Verdict::Stream => Step::Taken,
            sources::Verdict::Unknown => Step::Foreign,
            sources::Verdict::TooMany => {
                out.problems.count(TOO_MANY_STREAMS, input.at.capture, input.at.frame);
                Step::Foreign
            }
        }
    }

    fn finish(&mut self, out: &mut Output) {
        for (sources, direction) in self.ways.iter().zip([Direction::Forward, Direction::Backward]) {
            for (track, stream) in sources.streams(direction) {
                facts::state(track, &stream, &mut out.facts);
                out.streams.push(stream);
            }
        }
        facts::state_mux(out);
    }
}

#[cfg(test)]
mod tests;
