//! How much of a payload the dissectors read, told by each protocol of its own messages. What is content and read by
//! nobody need not be stored at all: a capture of headers only keeps what is asked for here.
//!
//! A capture can be cut at the end of a packet only, so that what stands before a needed byte stays as well.

use super::{ALL, Carrier, Protocol};
use crate::model::{Input, Piece, Tunnel};

/// Deepest nesting of payload in payload that is looked into.
const NESTING_MAX: usize = 4;
/// All of a datagram.
pub const WHOLE: usize = usize::MAX;
/// Fewer bytes than this at the end of a segment may be the start of a message that nobody recognises by them alone.
const SHORT_BYTES: usize = 6;
/// Bytes kept of a payload that no protocol recognises: they show that it was there and was looked at, and are too few
/// to hold anything that somebody said.
pub const FOREIGN_BYTES: usize = 4;

/// What a protocol needs of a payload that it recognises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs<'p> {
    /// Of a datagram: so many bytes from its start; more than there are is all of it.
    First(usize),
    /// Of a datagram: what stands before this payload inside, and what that one needs itself.
    Inner(&'p [u8], Tunnel),
    /// Of a datagram: all of it while a flow is young, for its last bytes tell what it is; later so many bytes.
    Young(usize),
    /// Of a stream: a message begins that is `length` bytes long, of which the first `needed` are read.
    Message {
        /// Bytes that are read.
        needed: usize,
        /// Bytes up to the next message.
        length: usize,
    },
    /// Of a stream: content begins. That it does is worth `header` bytes the first time in each direction.
    Content {
        /// Bytes that tell it.
        header: usize,
        /// Bytes up to the next message.
        length: usize,
    },
    /// Of a stream: these bytes are read, and too few to tell more.
    More,
}

/// What is needed of a datagram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Bytes from the start, whatever the flow.
    pub always: usize,
    /// Bytes from the start while the flow is young.
    pub young: usize,
}

impl Wanted {
    fn absorb(&mut self, other: Wanted) {
        (self.always, self.young) = (self.always.max(other.always), self.young.max(other.young));
    }

    fn behind(self, bytes: usize) -> Wanted {
        Wanted { always: self.always.saturating_add(bytes), young: self.young.saturating_add(bytes) }
    }
}

/// For protocols whose datagrams are read to the end and carry nothing that people say.
pub fn whole<'p>(_input: &Input<'p>) -> Needs<'p> {
    Needs::First(WHOLE)
}

/// What the protocols that recognise a datagram, and what is inside, need of it: as much as the most demanding.
pub fn of_datagram(input: &Input<'_>) -> Wanted {
    let least = Wanted { always: FOREIGN_BYTES, young: FOREIGN_BYTES };
    let mut wanted = walk(input, 0);
    wanted.absorb(least);
    wanted
}

/// The protocol that recognises bytes of a stream, and what it needs of them. `first` is asked before all others.
pub fn of_stream<'p>(input: &Input<'p>, first: Option<usize>) -> Option<(usize, Needs<'p>)> {
    let recognises = |protocol: &Protocol| protocol.carrier != Carrier::Datagram && (protocol.recognise)(input);
    // What goes on in a connection is known by fewer bytes than what begins one.
    let goes_on = |protocol: &Protocol| input.bytes.len() < SHORT_BYTES && (protocol.needs)(input) == Needs::More;
    let known = first.filter(|index| ALL.get(*index).is_some_and(|protocol| recognises(protocol) || goes_on(protocol)));
    let index = known.or_else(|| ALL.iter().position(|protocol| recognises(protocol)))?;
    ALL.get(index).map(|protocol| (index, (protocol.needs)(input)))
}

/// Every protocol may be inside another, itself too: checks of a path go through relays.
fn walk(input: &Input<'_>, depth: usize) -> Wanted {
    let mut wanted = Wanted::default();
    if depth >= NESTING_MAX {
        return wanted;
    }
    for protocol in ALL {
        if protocol.carrier == Carrier::Stream || !(protocol.recognise)(input) {
            continue;
        }
        wanted.absorb(match (protocol.needs)(input) {
            Needs::First(bytes) => Wanted { always: bytes, young: bytes },
            Needs::Young(bytes) => Wanted { always: bytes, young: WHOLE },
            Needs::Inner(bytes, tunnel) => {
                let inner = Input { bytes, tunnel: Some(tunnel), piece: Piece::Datagram, ..*input };
                walk(&inner, depth + 1).behind(offset_of(input.bytes, bytes))
            }
            Needs::Message { .. } | Needs::Content { .. } | Needs::More => Wanted { always: WHOLE, young: WHOLE },
        });
    }
    wanted
}

/// Where `inner` begins in `outer`, of which it is a part; all of `outer` where it is not.
pub fn offset_of(outer: &[u8], inner: &[u8]) -> usize {
    let offset = (inner.as_ptr() as usize).wrapping_sub(outer.as_ptr() as usize);
    offset.min(outer.len())
}
