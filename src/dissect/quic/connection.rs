//! One QUIC connection within a flow: its Initial keys and the handshake bytes of both sides.

use super::frames::crypto_frames;
use super::initial::Keys;
use super::packet::LongPacket;
use super::version::{Scheme, schemes};
use crate::dissect::tls::{Assembly, Inserted};
use crate::model::wire::Reader;
use crate::model::{Direction, Timestamp};

/// Most versions of one connection: the client's first, the one agreed on (RFC 9368), and one more.
const VERSIONS_PER_CONNECTION_MAX: usize = 3;

/// What an Initial packet did for its connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// It brought handshake bytes that were not there before.
    pub(super) brought_bytes: bool,
    /// It carried handshake bytes that did not fit.
    pub(super) overflowed: bool,
}

/// A connection of which an Initial packet of the client could be opened.
#[derive(Clone)]
pub(super) struct Connection {
    /// Which way the client sends.
    pub(super) client: Direction,
    /// Destination identifier of the client's first Initial packet: the keys come from it.
    origin: Vec<u8>,
    /// Identifiers by which the two sides are addressed, as far as known: client, server.
    ids: [Vec<u8>; 2],
    keys: Vec<(u32, Keys)>,
    /// Handshake bytes: client, server.
    streams: [Assembly; 2],
    /// How far the messages in them were read: client, server.
    read_to: [usize; 2],
    /// When the client's first Initial packet passed, while it can still measure a round trip.
    pub(super) asked: Option<Timestamp>,
    /// Whether both hellos were read and nothing more is expected.
    is_done: bool,
}

impl Connection {
    /// A connection from a client's packet; `None` when no keys for its version open it.
    pub(super) fn open(packet: &LongPacket<'_>, client: Direction, at: Timestamp) -> Option<(Connection, Vec<u8>)> {
        schemes(packet.version).iter().find_map(|scheme| {
            let keys = Keys::new(scheme, packet.destination)?;
            let payload = keys.client.open(packet)?;
            Some((Connection::new(packet, client, keys, at), payload))
        })
    }

    /// A connection from a client's packet that the capture cut. That the keys are right shows only by the hello
    /// that stands at its start.
    pub(super) fn open_cut(packet: &LongPacket<'_>, client: Direction, at: Timestamp) -> Option<(Connection, Vec<u8>)> {
        schemes(packet.version).iter().find_map(|scheme| {
            let keys = Keys::new(scheme, packet.destination)?;
            let payload = keys.client.open_cut(packet).filter(|payload| begins_hello(payload))?;
            Some((Connection::new(packet, client, keys, at), payload))
        })
    }

    fn new(packet: &LongPacket<'_>, client: Direction, keys: Keys, at: Timestamp) -> Connection {
        Connection {
            client,
            origin: packet.destination.to_vec(),
            ids: [packet.source.to_vec(), Vec::new()],
            keys: vec![(packet.version, keys)],
            streams: Default::default(),
            read_to: [0; 2],
            asked: Some(at),
            is_done: false,
        }
    }

    /// The frames of a packet of this connection; `None` when it is of another one.
    pub(super) fn decrypt(&mut self, packet: &LongPacket<'_>, direction: Direction) -> Option<Vec<u8>> {
        let is_client = direction == self.client;
        let version = packet.version;
        let pick = |keys: &Keys| if is_client { keys.client.open(packet) } else { keys.server.open(packet) };
        if let Some((_, keys)) = self.keys.iter().find(|(known, _)| *known == version) {
            return pick(keys);
        }
        if self.keys.len() >= VERSIONS_PER_CONNECTION_MAX {
            return None;
        }
        let derive = |scheme: &&Scheme| {
            let keys = Keys::new(scheme, &self.origin)?;
            pick(&keys).map(|payload| (keys, payload))
        };
        let (keys, payload) = schemes(version).iter().find_map(derive)?;
        self.keys.push((version, keys));
        Some(payload)
    }

    /// Whether the connection is over with and a packet is addressed as its packets are.
    pub(super) fn is_done_with(&self, packet: &LongPacket<'_>, direction: Direction) -> bool {
        let [client, server] = &self.ids;
        let destinations = if direction == self.client { [server, &self.origin] } else { [client, client] };
        self.is_done && destinations.iter().any(|id| *id == packet.destination)
    }

    /// Whether the client's first packet was addressed to this identifier.
    pub(super) fn began_with(&self, destination: &[u8]) -> bool {
        self.origin == destination
    }

    /// Whether a short header packet that went in `direction` is addressed to the other side of this connection.
    pub(super) fn is_addressed(&self, bytes: &[u8], direction: Direction) -> bool {
        let [client, server] = &self.ids;
        let id = if direction == self.client { server } else { client };
        !id.is_empty() && bytes.get(1..).is_some_and(|rest| rest.starts_with(id))
    }

    /// Takes in the frames of a packet that went in `direction`.
    pub(super) fn take_in(&mut self, packet: &LongPacket<'_>, payload: &[u8], direction: Direction) -> Progress {
        let is_client = direction == self.client;
        let ([client_id, server_id], [client, server]) = (&mut self.ids, &mut self.streams);
        let (id, stream) = if is_client { (client_id, client) } else { (server_id, server) };
        if *id != packet.source {
            *id = packet.source.to_vec();
        }
        let mut progress = Progress::default();
        for frame in crypto_frames(payload) {
            match stream.insert(frame.offset, frame.bytes) {
                Inserted::New => progress.brought_bytes = true,
                Inserted::Known => {}
                Inserted::Refused => progress.overflowed = true,
            }
        }
        progress
    }

    /// The next handshake message of the side that sends in `direction`, type and body, once it is complete.
    pub(super) fn next_message(&mut self, direction: Direction) -> Option<(u8, &[u8])> {
        let ([client, server], [client_at, server_at]) = (&self.streams, &mut self.read_to);
        let (stream, at) = if direction == self.client { (client, client_at) } else { (server, server_at) };
        let mut reader = Reader::new(stream.prefix().get(*at..)?);
        let kind = reader.u8()?;
        let length = usize::try_from(reader.u24()?).ok()?;
        let body = reader.take(length)?;
        *at = at.saturating_add(reader.offset());
        Some((kind, body))
    }

    /// What came of a message of the client that never became complete, without its header.
    pub(super) fn cut_message(&self) -> Option<(u8, &[u8])> {
        let ([client, _], [at, _]) = (&self.streams, self.read_to);
        let mut reader = Reader::new(client.prefix().get(at..)?);
        let kind = reader.u8()?;
        reader.u24()?;
        Some((kind, reader.rest()))
    }

    /// Nothing more is expected: frees keys and bytes.
    pub(super) fn close(&mut self) {
        self.is_done = true;
        self.keys = Vec::new();
        self.streams = Default::default();
    }

    /// Whether it was closed.
    pub(super) const fn is_closed(&self) -> bool {
        self.is_done
    }
}

/// Whether the first bytes of the handshake stream are here and those of a ClientHello of TLS 1.3: type, a length
/// below 2^16, and the version of old.
fn begins_hello(payload: &[u8]) -> bool {
    let first = crypto_frames(payload).into_iter().find(|frame| frame.offset == 0);
    first.is_some_and(|frame| matches!(frame.bytes, [1, 0, _, _, 3, 3, ..]))
}
