//! Zoom's own framing of media over UDP, through a media server or between peers. Recognised by structure, on any port.

mod binding;
mod clock;
mod keys;
mod packet;
mod roster;

use super::needs::{Needs, WHOLE};
use super::{Carrier, Dissector, Protocol};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::wire::Reader;
use crate::model::{Direction, Evidence, Input, Output, Piece, Step, Timestamp, Tunnel};
use binding::Binding;
use packet::{Frame, Generation, Media, Packet, Ping};
use roster::{Roster, Source};
use std::net::SocketAddr;

/// Zoom's media framing.
pub static PROTOCOL: Protocol = Protocol {
    name: "zoom",
    summary: "Zoom's framing of media: kind of medium, meeting, participants, how long already, peers' addresses in clear",
    source: "Michel et al., IMC 2022, doi 10.1145/3517745.3561414; captures of 2019 to 2025",
    carrier: Carrier::Datagram,
    recognise,
    needs,
    create: || Box::new(Zoom::default()),
    keys: keys::ALL,
};

/// Packets closer than this belong to one stay in a meeting.
const PAUSE_NANOS: i64 = 30 * NANOS_PER_SECOND;
/// Longest pause between packets that look like media between peers and confirm each other.
const DIRECT_PAUSE_NANOS: i64 = NANOS_PER_SECOND;
/// Slowest answer that still counts as a round trip.
const ROUND_TRIP_NANOS_MAX: i64 = 10 * NANOS_PER_SECOND;
/// Peer probes read in one flow; they repeat every few milliseconds.
const PEER_PROBES_MAX: u32 = 32;
/// Ports of the media servers.
const SERVER_PORTS: std::ops::RangeInclusive<u16> = 8801..=8810;
/// Least seconds of a connection or voice that tell that its beginning was not captured.
const RUNNING_SECONDS_MIN: u64 = 10;
/// Payload types of voices by what shows that somebody speaks (IMC 2022; captures of 2023 and 2025).
const SPOKEN_BY_TYPE: [u8; 2] = [112, 99];
const SPOKEN_BY_SIZE: [u8; 2] = [113, 116];

/// RTCP's packet type of a sender report (RFC 3550 section 6.4.1).
const SENDER_REPORT: u32 = 200;

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram && Packet::read(input.bytes, input.cut).is_some()
}

/// Bytes of a bandwidth probe behind which is only filling, and of a control message in which a binding stands.
const PROBE_BYTES: usize = 32;
const CONTROL_BYTES: usize = 512;

/// The framing and what is inside needs; of probes the header.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    match Packet::read(input.bytes, input.cut) {
        Some(Packet::Relayed { frame, .. } | Packet::Direct(frame)) => match (frame.inner, frame.media) {
            (Some(inner), media) => Needs::Inner(inner, Tunnel::Framing(tunnel_name(media))),
            (None, Media::Probe) => Needs::First(PROBE_BYTES),
            (None, _) => Needs::First(CONTROL_BYTES),
        },
        _ => Needs::First(WHOLE),
    }
}

/// Both directions of one flow.
#[derive(Clone, Default)]
struct Zoom {
    /// A packet was seen that nothing else sends.
    certain: bool,
    connection: Option<u32>,
    client: Option<Direction>,
    /// Id, direction and time of a hello not answered yet; no time when it was sent again.
    hello: Option<([u8; 16], Direction, Option<Timestamp>)>,
    /// The connection was seen opening.
    opened: bool,
    ping: Option<([u8; 12], Direction, Timestamp)>,
    /// While not certain: the last keep-alive, whether it was an echo, and its direction.
    asked: Option<([u8; 12], bool, Direction)>,
    /// While not certain: when the last packet came that looks like media between peers.
    direct: Option<Timestamp>,
    media_stated: u32,
    server_stated: bool,
    framing: Option<(Generation, Evidence)>,
    peer_stated: bool,
    peer_probes: u32,
    running_stated: bool,
    binding: Option<Binding>,
    own: Option<u32>,
    roster: Roster,
    voices: clock::Voices,
    speech_stated: [bool; 2],
    /// Clocks of milliseconds stated, the client's and the server's.
    clocks_stated: [bool; 2],
    reported: Option<(u32, Evidence)>,
    closed_stated: [bool; 2],
}

impl Dissector for Zoom {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let packet = Some(input).filter(|input| input.piece == Piece::Datagram);
        let Some(packet) = packet.and_then(|input| Packet::read(input.bytes, input.cut)) else { return Step::Foreign };
        if !self.certain && !is_certain(&packet) && !self.is_confirmed(&packet, input) {
            return Step::Foreign;
        }
        self.certain = true;
        match packet {
            Packet::Hello { id, clock } => self.read_hello(id, clock, input, out),
            Packet::Reply { id, connection } => self.read_reply(id, connection, input, out),
            Packet::Ping(ping) => {
                self.note_server(Some(ping.connection), ping.generation, input.at, out);
                self.read_ping(&ping, input, out);
            }
            Packet::Bye { reason, .. } => self.read_bye(reason, input, out),
            Packet::Relayed { connection, from_server, generation, frame } => {
                self.learn_client(from_server, input.direction);
                self.note_server(connection, generation, input.at, out);
                return self.read_frame(frame, input, out);
            }
            Packet::Direct(frame) => {
                self.note_peer(input.at, out);
                return self.read_frame(frame, input, out);
            }
            Packet::PeerProbe { address, port, meeting, participants } => {
                out.media.note(input.at.time, PAUSE_NANOS);
                self.read_peer_probe(SocketText { address, port }, meeting, participants, input.at, out);
            }
        }
        Step::Taken
    }

    fn finish(&mut self, out: &mut Output) {
        if let Some((generation, at)) = self.framing {
            out.facts.state(&keys::FRAMING, generation.name().to_owned(), at);
        }
        if let Some((text, at)) = self.roster.describe() {
            out.facts.state(&keys::ROSTER, text, at);
        }
        for voice in self.voices.running().filter(|voice| voice.seconds >= RUNNING_SECONDS_MIN) {
            let text = format!("{}: {} s", roster::number(voice.participant), voice.seconds);
            out.facts.state(&keys::VOICE_RUNNING, text, voice.first);
        }
        if let Some((millis, at)) = self.reported {
            out.facts.state(&keys::REPORTED_ROUND_TRIP, u64::from(millis), at);
        }
    }
}

/// Whether a single packet suffices: its structure fixes more than four bytes.
fn is_certain(packet: &Packet<'_>) -> bool {
    match packet {
        Packet::Ping(_) => false,
        Packet::Direct(frame) => frame
            .inner
            .and_then(|inner| source_and_timestamp(frame.media, inner))
            .is_some_and(|(source, _)| Source::of(source).is_some()),
        Packet::Relayed { frame, .. } => frame.media != Media::Control || frame.binding.is_some(),
        Packet::Bye { sealed, .. } => *sealed,
        Packet::Hello { .. } | Packet::Reply { .. } | Packet::PeerProbe { .. } => true,
    }
}

/// An address in text with its port.
#[derive(Clone, Copy, Debug)]
struct SocketText<'p> {
    address: &'p [u8],
    port: u16,
}

impl SocketText<'_> {
    fn parse(&self) -> Option<SocketAddr> {
        let address = std::str::from_utf8(self.address).ok()?.parse().ok()?;
        Some(SocketAddr::new(address, self.port))
    }
}

impl Zoom {
    /// Whether a packet fits what came before: a keep-alive goes to a media server's port or has its echo, and media
    /// between peers whose source is none of a participant come densely.
    fn is_confirmed(&mut self, packet: &Packet<'_>, input: &Input<'_>) -> bool {
        match packet {
            Packet::Ping(ping) if ping.generation != Generation::Y2019 => {
                let asked = self.asked.replace((ping.token, ping.echo, input.direction));
                let on_port = [input.source, input.destination].iter().any(|side| SERVER_PORTS.contains(&side.port()));
                on_port || asked == Some((ping.token, !ping.echo, input.direction.reversed()))
            }
            Packet::Direct(_) => {
                let before = self.direct.replace(input.at.time);
                before.is_some_and(|before| input.at.time.since(before) <= DIRECT_PAUSE_NANOS)
            }
            _ => false,
        }
    }

    fn read_hello(&mut self, id: [u8; 16], clock: u32, input: &Input<'_>, out: &mut Output) {
        self.client = Some(input.direction);
        self.opened = true;
        let again = self.hello.is_some_and(|(known, ..)| known == id);
        self.hello = Some((id, input.direction, Some(input.at.time).filter(|_| !again)));
        self.note_clock(true, clock, input.at, out);
    }

    fn read_reply(&mut self, id: [u8; 16], connection: u32, input: &Input<'_>, out: &mut Output) {
        self.opened = true;
        let hello = self.hello.take_if(|(known, way, _)| *known == id && *way != input.direction);
        if let Some((_, way, Some(sent))) = hello {
            add_round_trip(sent, input.at.time, way, out);
        }
        self.note_connection(connection, input.at, out);
    }

    /// Keep-alives of the client measure the path; those of the server are answered on the spot.
    fn read_ping(&mut self, ping: &Ping, input: &Input<'_>, out: &mut Output) {
        out.media.note(input.at.time, PAUSE_NANOS);
        let of_client = self.is_client(input);
        if ping.echo {
            self.read_echo(ping, input, out);
            return;
        }
        if of_client {
            self.ping = Some((ping.token, input.direction, input.at.time));
        }
        self.note_clock(of_client, ping.clock, input.at, out);
        self.note_running(clock::connection_seconds(ping.counter, of_client), input.at, out);
    }

    fn read_echo(&mut self, ping: &Ping, input: &Input<'_>, out: &mut Output) {
        let asked = self.ping.take_if(|(known, way, _)| *known == ping.token && *way != input.direction);
        if let Some((_, way, sent)) = asked {
            add_round_trip(sent, input.at.time, way, out);
        }
        if let Some(millis) = ping.reported.filter(|millis| self.reported.is_none_or(|(least, _)| *millis < least)) {
            self.reported = Some((millis, input.at));
        }
    }

    /// A client leaves; a server answers what comes late.
    fn read_bye(&mut self, reason: u32, input: &Input<'_>, out: &mut Output) {
        let of_client = self.is_client(input);
        let stated = &mut self.closed_stated[usize::from(!of_client)];
        if !std::mem::replace(stated, true) {
            let text = if of_client { "client".to_owned() } else { format!("server {reason}") };
            out.facts.state(&keys::CLOSED, text, input.at);
        }
    }

    fn read_frame<'p>(&mut self, frame: Frame<'p>, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let bit = 1 << frame.media as u32;
        if self.media_stated & bit == 0 {
            self.media_stated |= bit;
            out.facts.state(&keys::MEDIA_TYPE, frame.media.name().to_owned(), input.at);
        }
        if let Some(binding) = frame.binding {
            self.note_binding(binding, input.at, out);
        }
        if frame.media != Media::Control {
            out.media.note(input.at.time, PAUSE_NANOS);
        }
        let Some(inner) = frame.inner else { return Step::Taken };
        self.note_source(frame.media, inner, input, out);
        if frame.media == Media::Audio {
            self.note_speech(inner, input.at, out);
        }
        Step::Inner(inner, Tunnel::Framing(tunnel_name(frame.media)))
    }

    fn read_peer_probe(
        &mut self,
        socket: SocketText<'_>,
        meeting: &[u8],
        participants: [u32; 2],
        at: Evidence,
        out: &mut Output,
    ) {
        self.note_peer(at, out);
        if self.peer_probes >= PEER_PROBES_MAX {
            return;
        }
        self.peer_probes += 1;
        if let Some(address) = socket.parse() {
            out.facts.state(&keys::PEER_ADDRESS, address, at);
        }
        out.facts.state(&keys::MEETING, String::from_utf8_lossy(meeting).into_owned(), at);
        for participant in participants.into_iter().filter(|id| *id != 0) {
            out.facts.state(&keys::PARTICIPANT, u64::from(participant), at);
        }
    }

    fn note_server(&mut self, connection: Option<u32>, generation: Generation, at: Evidence, out: &mut Output) {
        if !self.server_stated {
            self.server_stated = true;
            out.facts.state(&keys::SFU, true, at);
        }
        if self.framing.is_none_or(|(known, _)| known < generation) {
            self.framing = Some((generation, at));
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

    /// The server repeats the client's binding, so both ways name the client's own source.
    fn note_binding(&mut self, binding: Binding, at: Evidence, out: &mut Output) {
        if self.binding == Some(binding) {
            return;
        }
        self.binding = Some(binding);
        out.facts.state(&keys::MEETING, binding.meeting_text(), at);
        if let Some(source) = Source::of(binding.source) {
            self.note_own(source.participant, at, out);
        }
    }

    fn note_own(&mut self, participant: u32, at: Evidence, out: &mut Output) {
        if self.own != Some(participant) {
            self.own = Some(participant);
            out.facts.state(&keys::OWN_NUMBER, u64::from(roster::number(participant)), at);
        }
    }

    /// Notes the participant of RTP, or of the sender report that a muted client goes on with.
    fn note_source(&mut self, media: Media, inner: &[u8], input: &Input<'_>, out: &mut Output) {
        let Some((source, timestamp)) = source_and_timestamp(media, inner) else { return };
        let Some(source) = Source::of(source) else { return };
        if self.roster.note(source, input.at) {
            out.facts.state(&keys::PARTICIPANT, u64::from(source.participant), input.at);
        }
        if self.client == Some(input.direction) {
            self.note_own(source.participant, input.at, out);
        }
        if let Some(timestamp) = timestamp.filter(|_| source.is_audio()) {
            self.voices.note(source.participant, timestamp, input.at);
        }
    }

    fn note_speech(&mut self, inner: &[u8], at: Evidence, out: &mut Output) {
        let Some(payload_type) = inner.get(1).map(|byte| byte & 0x7f) else { return };
        let marks = [(SPOKEN_BY_TYPE, "payload-type"), (SPOKEN_BY_SIZE, "packet-size")];
        for (stated, (types, name)) in self.speech_stated.iter_mut().zip(marks) {
            if !*stated && types.contains(&payload_type) {
                *stated = true;
                out.facts.state(&keys::SPEECH, name.to_owned(), at);
            }
        }
    }

    fn note_clock(&mut self, of_client: bool, clock: u32, at: Evidence, out: &mut Output) {
        let stated = &mut self.clocks_stated[usize::from(!of_client)];
        if !std::mem::replace(stated, true) {
            let key = if of_client { &keys::CLIENT_CLOCK } else { &keys::SERVER_CLOCK };
            out.facts.state(key, clock::zero(clock, at.time).to_string(), at);
        }
    }

    fn note_running(&mut self, seconds: u64, at: Evidence, out: &mut Output) {
        if self.running_stated || self.opened {
            return;
        }
        self.running_stated = true;
        if seconds >= RUNNING_SECONDS_MIN {
            out.facts.state(&keys::RUNNING, seconds, at);
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

/// Source of RTP (RFC 3550 section 5.1) or of a report (section 6.4), and the time stamp where it has one.
fn source_and_timestamp(media: Media, inner: &[u8]) -> Option<(u32, Option<u32>)> {
    let mut reader = Reader::new(inner);
    if media != Media::Report {
        reader.take(4)?;
        let timestamp = reader.u32()?;
        return Some((reader.u32()?, Some(timestamp)));
    }
    let is_sender = reader.u32()? >> 16 & 0xff == SENDER_REPORT;
    let source = reader.u32()?;
    let timestamp = reader.u64().and_then(|_| reader.u32()).filter(|_| is_sender);
    Some((source, timestamp))
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
