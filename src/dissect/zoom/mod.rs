//! Zoom's own framing of media over UDP, through a media server or between peers. Recognised by structure, on any port.

mod keys;
mod packet;

use super::{Carrier, Dissector, Protocol};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::wire::Reader;
use crate::model::{Direction, Evidence, Input, Output, Piece, Step, Timestamp, Tunnel};
use packet::{Frame, Generation, Media, Packet};
use std::net::SocketAddr;

/// Zoom's media framing.
pub static PROTOCOL: Protocol = Protocol {
    name: "zoom",
    summary: "Zoom's framing of media: kind of medium, connection, participant numbers and peers' addresses in clear",
    source: "Michel et al., IMC 2022, doi 10.1145/3517745.3561414; captures of 2019 to 2025",
    carrier: Carrier::Datagram,
    recognise,
    create: || Box::new(Zoom::default()),
    keys: keys::ALL,
};

/// Packets closer than this belong to one stay in a meeting.
const PAUSE_NANOS: i64 = 30 * NANOS_PER_SECOND;
/// Slowest answer that still counts as a round trip.
const ROUND_TRIP_NANOS_MAX: i64 = 10 * NANOS_PER_SECOND;
/// Participants told apart in one flow.
const PARTICIPANTS_MAX: usize = 64;
/// Peer probes read in one flow; they repeat every few milliseconds.
const PEER_PROBES_MAX: u32 = 32;
/// Bits of a media source that tell the medium, not the participant.
const MEDIUM_BITS: u32 = 0x3ff;
/// Largest number of a medium seen: 1 video, 2 audio.
const MEDIUM_MAX: u32 = 3;
/// Ports of the media servers.
const SERVER_PORTS: std::ops::RangeInclusive<u16> = 8801..=8810;

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram && Packet::read(input.bytes, input.cut).is_some()
}

/// Both directions of one flow.
#[derive(Default)]
struct Zoom {
    /// A packet was seen that nothing else sends.
    certain: bool,
    connection: Option<u32>,
    client: Option<Direction>,
    /// Id, direction and time of a hello not answered yet; no time when it was sent again.
    hello: Option<([u8; 16], Direction, Option<Timestamp>)>,
    ping: Option<([u8; 12], Direction, Timestamp)>,
    media_stated: u32,
    generations_stated: u32,
    peer_stated: bool,
    peer_probes: u32,
    participants: Vec<u32>,
}

impl Dissector for Zoom {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let packet = Some(input).filter(|input| input.piece == Piece::Datagram);
        let Some(packet) = packet.and_then(|input| Packet::read(input.bytes, input.cut)) else { return Step::Foreign };
        if !self.certain && !is_certain(&packet) {
            return Step::Foreign;
        }
        self.certain = true;
        match packet {
            Packet::Hello { id } => self.read_hello(id, input),
            Packet::Reply { id, connection } => self.read_reply(id, connection, input, out),
            Packet::Ping { token, connection, echo, generation } => {
                self.note_server(Some(connection), generation, input.at, out);
                self.read_ping(token, echo, input, out);
            }
            Packet::Relayed { connection, from_server, generation, frame } => {
                self.learn_client(from_server, input.direction);
                self.note_server(connection, generation, input.at, out);
                return self.read_frame(frame, input, out);
            }
            Packet::Direct(frame) => {
                self.note_peer(input.at, out);
                return self.read_frame(frame, input, out);
            }
            Packet::PeerProbe { address, port, id } => {
                out.media.note(input.at.time, PAUSE_NANOS);
                self.read_peer_probe(address, port, id, input.at, out);
            }
        }
        Step::Taken
    }
}

/// Whether a single packet suffices: its structure fixes more than four bytes.
fn is_certain(packet: &Packet<'_>) -> bool {
    !matches!(
        packet,
        Packet::Ping { generation: Generation::Y2019, .. }
            | Packet::Relayed { frame: Frame { media: Media::Control, .. }, .. }
    )
}

impl Zoom {
    fn read_hello(&mut self, id: [u8; 16], input: &Input<'_>) {
        self.client = Some(input.direction);
        let again = self.hello.is_some_and(|(known, ..)| known == id);
        self.hello = Some((id, input.direction, Some(input.at.time).filter(|_| !again)));
    }

    fn read_reply(&mut self, id: [u8; 16], connection: u32, input: &Input<'_>, out: &mut Output) {
        let hello = self.hello.take_if(|(known, way, _)| *known == id && *way != input.direction);
        if let Some((_, way, Some(sent))) = hello {
            add_round_trip(sent, input.at.time, way, out);
        }
        self.note_connection(connection, input.at, out);
    }

    /// Keep-alives of the client measure the path; those of the server are answered on the spot.
    fn read_ping(&mut self, token: [u8; 12], echo: bool, input: &Input<'_>, out: &mut Output) {
        out.media.note(input.at.time, PAUSE_NANOS);
        if !echo && self.is_client(input) {
            self.ping = Some((token, input.direction, input.at.time));
        } else if echo
            && let Some((_, way, sent)) =
                self.ping.take_if(|(known, way, _)| *known == token && *way != input.direction)
        {
            add_round_trip(sent, input.at.time, way, out);
        }
    }

    fn read_frame<'p>(&mut self, frame: Frame<'p>, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let bit = 1 << frame.media as u32;
        if self.media_stated & bit == 0 {
            self.media_stated |= bit;
            out.facts.state(&keys::MEDIA_TYPE, frame.media.name().to_owned(), input.at);
        }
        if frame.media != Media::Control {
            out.media.note(input.at.time, PAUSE_NANOS);
        }
        let Some(inner) = frame.inner else { return Step::Taken };
        self.note_participant(frame.media, inner, input.at, out);
        Step::Inner(inner, Tunnel::Framing(tunnel_name(frame.media)))
    }

    fn read_peer_probe(&mut self, address: &[u8], port: u16, id: &[u8], at: Evidence, out: &mut Output) {
        self.note_peer(at, out);
        if self.peer_probes >= PEER_PROBES_MAX {
            return;
        }
        self.peer_probes += 1;
        if let Some(address) = std::str::from_utf8(address).ok().and_then(|text| text.parse().ok()) {
            out.facts.state(&keys::PEER_ADDRESS, SocketAddr::new(address, port), at);
        }
        out.facts.state(&keys::PEER_ID, String::from_utf8_lossy(id).into_owned(), at);
    }

    fn note_server(&mut self, connection: Option<u32>, generation: Generation, at: Evidence, out: &mut Output) {
        let bit = 1 << generation as u32;
        if self.generations_stated & bit == 0 {
            self.generations_stated |= bit;
            out.facts.state(&keys::SFU, true, at);
            out.facts.state(&keys::FRAMING, generation.name().to_owned(), at);
        }
        if let Some(connection) = connection {
            self.note_connection(connection, at, out);
        }
    }

    fn note_connection(&mut self, connection: u32, at: Evidence, out: &mut Output) {
        if self.connection != Some(connection) {
            self.connection = Some(connection);
            out.facts.state(&keys::CONNECTION, u64::from(connection), at);
        }
    }

    fn note_peer(&mut self, at: Evidence, out: &mut Output) {
        if !self.peer_stated {
            self.peer_stated = true;
            out.facts.state(&keys::P2P, true, at);
        }
    }

    fn note_participant(&mut self, media: Media, inner: &[u8], at: Evidence, out: &mut Output) {
        let offset = if media == Media::Report { 4 } else { 8 };
        let Some(source) = inner.get(offset..).and_then(|rest| Reader::new(rest).u32()) else { return };
        let (participant, medium) = (source & !MEDIUM_BITS, source & MEDIUM_BITS);
        let told = (1..=MEDIUM_MAX).contains(&medium) && participant != 0;
        if told && self.participants.len() < PARTICIPANTS_MAX && !self.participants.contains(&participant) {
            self.participants.push(participant);
            out.facts.state(&keys::PARTICIPANT, u64::from(participant), at);
        }
    }

    fn learn_client(&mut self, from_server: Option<bool>, way: Direction) {
        if let (None, Some(from_server)) = (self.client, from_server) {
            self.client = Some(if from_server { way.reversed() } else { way });
        }
    }

    fn is_client(&self, input: &Input<'_>) -> bool {
        match self.client {
            Some(client) => client == input.direction,
            None => SERVER_PORTS.contains(&input.destination.port()) && !SERVER_PORTS.contains(&input.source.port()),
        }
    }
}

fn add_round_trip(sent: Timestamp, answered: Timestamp, asked: Direction, out: &mut Output) {
    let nanos = answered.since(sent);
    if nanos <= ROUND_TRIP_NANOS_MAX {
        out.round_trips.add_asked(nanos, asked);
    }
}

/// The name under which a payload travels on; RTP takes the medium from it.
const fn tunnel_name(media: Media) -> &'static str {
    match media {
        Media::Audio => "zoom-audio",
        Media::Video => "zoom-video",
        Media::Screen => "zoom-screen",
        Media::Report | Media::Probe | Media::Control => "zoom",
    }
}

#[cfg(test)]
mod tests;
