//! STUN (RFC 3489, 5389, 8489), TURN (RFC 8656), ICE checks (RFC 8445) and the dialects of MS-TURN, Zoom and Meta.
//!
//! A flow may wrap several layers: a ChannelData message holds a check of the far side, multiplexed TURN holds a
//! message. The reader walks inwards as long as it understands, and hands on what is no STUN.

mod address;
mod framing;
mod keys;
mod meaning;
mod message;
mod paths;
mod reading;
mod transactions;
mod vendor;

use super::needs::{Needs, WHOLE};
use super::{Carrier, Dissector, Protocol};
use crate::model::input::INNER_PAYLOADS_MAX;
use crate::model::{InnerPayload, Input, Output, Piece, Step, Tunnel};
use message::{Class, Message};
use paths::Paths;
use reading::{Place, Teller};
use transactions::{Asked, Transactions};

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "stun",
    summary: "STUN, TURN and ICE checks: public addresses, relays, peers, access networks",
    source: "RFC 8489, RFC 8656, RFC 8445, RFC 3489, MS-TURN",
    carrier: Carrier::Both,
    recognise,
    needs,
    create: || Box::new(Stun::default()),
    keys: keys::ALL,
};

/// Attribute by which the controlling side chooses a path (RFC 8445 section 16.1).
const USE_CANDIDATE: u16 = 0x0025;
/// Attribute in which libwebrtc sends the first DTLS flights along with connectivity checks.
const DTLS_IN_STUN: u16 = 0xc070;
/// Layers read inside each other.
const NESTING_MAX: usize = 4;
/// ChannelData in a row, of one channel, that a flow without any STUN message must show to be believed.
const CHANNEL_FITS_MIN: u8 = 4;

fn recognise(input: &Input<'_>) -> bool {
    let wire = wire_bytes(input);
    match (input.piece, input.bytes.first()) {
        (Piece::Datagram, Some(0x00..0x40)) => {
            Message::read(input.bytes, wire, [input.source.port(), input.destination.port()]).is_some()
        }
        (Piece::Datagram, Some(0x40..0x80)) => framing::channel_data(input.bytes, wire).is_some(),
        (Piece::Datagram, Some(0xff)) => framing::multiplexed(input.bytes, wire).is_some(),
        (Piece::Stream { .. }, Some(_)) => framing::detect(input.bytes).is_some(),
        _ => false,
    }
}

fn wire_bytes(input: &Input<'_>) -> usize {
    input.bytes.len().saturating_add(usize::try_from(input.cut).unwrap_or(usize::MAX))
}

/// All of a message but relayed data, of which as much as what is inside needs. A stream is kept whole: its frames are
/// told apart only where each is read to its end.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    let wire = wire_bytes(input);
    let ports = [input.source.port(), input.destination.port()];
    let inner = match (input.piece, input.bytes.first()) {
        (Piece::Stream { .. }, _) => return Needs::Message { needed: WHOLE, length: WHOLE },
        (_, Some(0x00..0x40)) => Message::read(input.bytes, wire, ports)
            .and_then(|message| message.value(message::DATA))
            .map(|data| (data, Tunnel::Framing("turn-data"))),
        (_, Some(0x40..0x80)) => {
            framing::channel_data(input.bytes, wire).map(|(number, data)| (data, Tunnel::Channel(number)))
        }
        _ => framing::multiplexed(input.bytes, wire).map(|(_, data)| (data, Tunnel::Framing("ms-turn"))),
    };
    inner.map_or(Needs::First(WHOLE), |(data, tunnel)| Needs::Inner(data, tunnel))
}

/// What one layer of a payload is.
enum Layer<'p> {
    Foreign,
    Taken,
    Inner(&'p [u8], Tunnel),
}

#[derive(Clone, Debug, Default)]
struct Stun {
    core: Core,
    streams: [framing::Stream; 2],
}

/// All of the state but the stream buffers, so that a frame inside such a buffer can be read in place.
#[derive(Clone, Debug, Default)]
struct Core {
    teller: Teller,
    transactions: Transactions,
    paths: Paths,
    /// A message was seen, so ChannelData is believed.
    met: bool,
    /// Last channel that fitted without any message seen, and how often in a row.
    guess: (u16, u8),
}

impl Dissector for Stun {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        match input.piece {
            Piece::Datagram => self.core.datagram(input.bytes, wire_bytes(input), input, out),
            Piece::Stream { .. } => self.stream(input, out),
            Piece::Gap { .. } => {
                self.streams.get_mut(input.direction.index()).map(framing::Stream::lose);
                Step::Taken
            }
        }
    }

    fn finish(&mut self, out: &mut Output) {
        out.round_trips.absorb(&self.core.transactions.round_trips());
    }
}

impl Stun {
    fn stream<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let Some(stream) = self.streams.get_mut(input.direction.index()) else { return Step::Foreign };
        let core = &mut self.core;
        let followed = stream.feed(input.bytes, |frame| core.frame(frame, input, out));
        if !followed && !core.met {
            return Step::Foreign;
        }
        if !followed {
            out.problems.count("stun.stream-without-framing", input.at.capture, input.at.frame);
        }
        Step::Taken
    }
}

impl Core {
    /// Reads one frame of a stream. What is inside outlives no buffer of ours, so it is copied for the engine.
    fn frame(&mut self, frame: &[u8], input: &Input<'_>, out: &mut Output) {
        let (bytes, tunnel) = match self.datagram(frame, frame.len(), input, out) {
            Step::Inner(bytes, tunnel) => (bytes, tunnel),
            Step::Foreign => (frame, Tunnel::Framing("rfc4571")),
            Step::Taken | Step::Finished => return,
        };
        if out.inner.len() < INNER_PAYLOADS_MAX {
            out.inner.push(InnerPayload { bytes: bytes.to_vec(), tunnel });
        } else {
            out.problems.count("stun.inner-payloads-dropped", input.at.capture, input.at.frame);
        }
    }

    fn datagram<'p>(&mut self, bytes: &'p [u8], wire: usize, input: &Input<'_>, out: &mut Output) -> Step<'p> {
        let (mut bytes, mut wire, mut tunnel) = (bytes, wire, None);
        for _ in 0..NESTING_MAX {
            match self.layer(bytes, wire, tunnel, input, out) {
                Layer::Foreign => break,
                Layer::Taken => return Step::Taken,
                Layer::Inner(inner, within) => {
                    // Only the innermost layer reaches the end of the datagram, so what is cut is missing there.
                    wire = wire.saturating_sub(bytes.len()).saturating_add(inner.len());
                    (bytes, tunnel) = (inner, Some(within));
                }
            }
        }
        tunnel.map_or(Step::Foreign, |tunnel| Step::Inner(bytes, tunnel))
    }

    fn layer<'p>(
        &mut self,
        bytes: &'p [u8],
        wire: usize,
        tunnel: Option<Tunnel>,
        input: &Input<'_>,
        out: &mut Output,
    ) -> Layer<'p> {
        let around = tunnel.or(input.tunnel);
        let place = Place {
            at: input.at,
            source: input.source,
            destination: input.destination,
            tunnelled: around.is_some_and(is_relayed),
            beyond: self.paths.beyond(around),
        };
        match bytes.first() {
            Some(0x00..0x40) => match Message::read(bytes, wire, place.ports()) {
                Some(message) => self.message(&message, &place, out),
                None => Layer::Foreign,
            },
            Some(0x40..0x80) if tunnel.is_none() => self.channel(bytes, wire),
            Some(0xff) => match framing::multiplexed(bytes, wire) {
                Some((session, inner)) => {
                    self.teller.session(&session, &place, out);
                    within(inner, Tunnel::Framing("ms-turn"))
                }
                None => Layer::Foreign,
            },
            _ => Layer::Foreign,
        }
    }

    /// ChannelData looks like nothing in particular: it is believed after a message, or when it fits repeatedly.
    fn channel<'p>(&mut self, bytes: &'p [u8], wire: usize) -> Layer<'p> {
        let Some((number, data)) = framing::channel_data(bytes, wire) else {
            self.guess = (0, 0);
            return Layer::Foreign;
        };
        if !self.met {
            let (before, fits) = self.guess;
            self.guess = (number, if before == number { fits.saturating_add(1) } else { 1 });
        }
        if self.met || self.guess.1 >= CHANNEL_FITS_MIN {
            within(data, Tunnel::Channel(number))
        } else {
            Layer::Foreign
        }
    }

    fn message<'p>(&mut self, message: &Message<'p>, place: &Place, out: &mut Output) -> Layer<'p> {
        self.met = true;
        self.teller.tell(message, place, out);
        self.paths.learn(message, place);
        self.pair(message, place, out);
        let microsoft = if message.microsoft { [0x0011, 0x0012] } else { [0x0012, 0x0012] };
        let peer = microsoft.iter().find_map(|kind| message.value(*kind)).and_then(|value| {
            if message.microsoft { address::plain(value) } else { address::masked(value, &message.id) }
        });
        match (message.value(message::DATA), message.value(DTLS_IN_STUN)) {
            (Some(data), _) => within(data, peer.map_or(Tunnel::Framing("turn-data"), Tunnel::Indication)),
            (None, Some(flight)) => within(flight, Tunnel::Framing("dtls-in-stun")),
            (None, None) => Layer::Taken,
        }
    }

    /// Puts requests and answers together.
    fn pair(&mut self, message: &Message<'_>, place: &Place, out: &mut Output) {
        let (at, direction, id) = (place.time(), place.at.direction, message.id);
        if message.is_answer() {
            let (answerer, asker) = (place.source.ip(), place.destination.ip());
            let answered = self.transactions.answer(id, direction, at, answerer, asker);
            let confirmed = answered.filter(|request| request.check && message.kind.class() == Class::Success);
            if let Some(request) = confirmed {
                self.teller.connected(place, out);
                let path = self.paths.ends(place).filter(|_| request.nominates);
                path.iter().for_each(|path| self.teller.nominated(path, place, out));
            }
        } else if message.kind.class() == Class::Request {
            let check = message.kind.method() == 1 && message.value(0x0006).is_some();
            let nominates = message.value(USE_CANDIDATE).is_some();
            self.transactions.ask(Asked { id, direction, at, tunnelled: place.tunnelled, check, nominates });
        }
    }
}

fn is_relayed(tunnel: Tunnel) -> bool {
    matches!(tunnel, Tunnel::Channel(_) | Tunnel::Indication(_) | Tunnel::Framing("ms-turn" | "turn-data"))
}

fn within(inner: &[u8], tunnel: Tunnel) -> Layer<'_> {
    if inner.is_empty() { Layer::Taken } else { Layer::Inner(inner, tunnel) }
}

#[cfg(test)]
mod tests;
