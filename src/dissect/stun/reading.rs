//! From a message to facts.

use super::message::{Attribute, Class, Message};
use super::{address, keys, meaning, paths, vendor};
use crate::model::fact::FactValue;
use crate::model::wire::Reader;
use crate::model::{Direction, Evidence, Key, Output, Timestamp};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;

/// Different statements remembered of one flow.
const TOLD_MAX: usize = 256;
/// Port range of Zoom's media routers, in which a hidden port is believed to be hidden.
const ZOOM_PORTS: std::ops::RangeInclusive<u16> = 8801..=8810;

/// Where a message was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Frame, time, direction.
    pub(super) at: Evidence,
    /// Sender.
    pub(super) source: SocketAddr,
    /// Receiver.
    pub(super) destination: SocketAddr,
    /// Whether it ran through a relay.
    pub(super) tunnelled: bool,
    /// The peer beyond the relay, where it is known.
    pub(super) beyond: Option<SocketAddr>,
}

impl Place {
    /// Both ports.
    pub(super) const fn ports(&self) -> [u16; 2] {
        [self.source.port(), self.destination.port()]
    }
}

/// States facts, each once in a direction, so that keep-alives cost no allocation and so that the same value from
/// both sides shows as first and last sighting with different directions.
#[derive(Clone, Debug, Default)]
pub(super) struct Teller {
    told: BTreeSet<u64>,
    zoom: bool,
}

impl Teller {
    /// States all that a message says.
    pub(super) fn tell(&mut self, message: &Message<'_>, place: &Place, out: &mut Output) {
        if self.is_new("message", place, &(message.kind.0, message.microsoft)) {
            out.facts.state(&keys::MESSAGE, message.name(), place.at);
        }
        for attribute in message.attributes() {
            self.attribute(message, attribute, place, out);
        }
        self.dialect(message, place, out);
    }

    /// The session of multiplexed TURN.
    pub(super) fn session(&mut self, session: &[u8], place: &Place, out: &mut Output) {
        self.text(&keys::MS_SESSION_ID, session, place, out, |bytes| vendor::hexadecimal("", bytes));
    }

    /// A check was answered.
    pub(super) fn connected(&mut self, place: &Place, out: &mut Output) {
        self.state(&keys::CONNECTED, true, place, out);
    }

    /// The path that was chosen and confirmed, its ends in order.
    pub(super) fn nominated(&mut self, path: &[SocketAddr], place: &Place, out: &mut Output) {
        if self.is_new(keys::NOMINATED_PAIR.info.name, &place.one_way(), path) {
            let ends: Vec<String> = path.iter().map(SocketAddr::to_string).collect();
            out.facts.state(&keys::NOMINATED_PAIR, ends.join(" -> "), place.at);
        }
    }

    fn dialect(&mut self, message: &Message<'_>, place: &Place, out: &mut Output) {
        let zoom_classic = !message.cookie && (message.value(0x0101).is_some() || message.value(0x0103).is_some());
        self.zoom |= zoom_classic;
        let meta = matches!(message.kind.0, 0x0800..=0x0805)
            || message.attributes().any(|attribute| matches!(attribute.kind, 0x4000..=0x4007));
        let dialect = match message.cookie {
            _ if message.microsoft => "ms-turn",
            _ if self.zoom => "zoom",
            _ if meta => "meta",
            true => "rfc8489",
            false => "classic",
        };
        if self.is_new("dialect", place, &dialect) {
            out.facts.state(&keys::DIALECT, dialect.to_owned(), place.at);
        }
    }

    fn attribute(&mut self, message: &Message<'_>, attribute: Attribute<'_>, place: &Place, out: &mut Output) {
        let Attribute { kind, value } = attribute;
        match kind {
            _ if meaning::is_address(kind) => self.address(message, attribute, place, out),
            0x0006 => self.username(message, value, place, out),
            // MS-TURN keeps the draft's numbers: 0x0014 is its nonce (sections 2.2.2.11 and 2.2.2.12).
            0x0014 | 0x0015 if message.microsoft == (kind == 0x0015) => {
                self.text(&keys::REALM, value, place, out, realm)
            }
            0x0014 | 0x0015 => self.text(&keys::NONCE, value, place, out, vendor::text),
            0x8022 => self.text(&keys::SOFTWARE, value, place, out, vendor::text),
            0x000c => self.channel(message, value, place, out),
            0xc057 => self.network(value, place, out),
            0x8029 => self.text(&keys::ICE_ROLE, &[], place, out, |_| "controlled".into()),
            0x802a => self.text(&keys::ICE_ROLE, &[0], place, out, |_| "controlling".into()),
            0x0025 => self.state(&keys::NOMINATED, true, place, out),
            _ => self.rarer(message, attribute, place, out),
        }
        if !vendor::is_standard(kind) && self.is_new("attribute", &place.one_way(), &kind) {
            out.facts.state(&keys::ATTRIBUTE, format!("0x{kind:04x}"), place.at);
        }
    }

    fn rarer(&mut self, message: &Message<'_>, attribute: Attribute<'_>, place: &Place, out: &mut Output) {
        let Attribute { kind, value } = attribute;
        match (kind, value) {
            (0x0009, &[_, _, class, number, ref reason @ ..]) if message.kind.class() == Class::Error => {
                self.state(&keys::ERROR, u64::from(class & 7) * 100 + u64::from(number), place, out);
                if !reason.is_empty() {
                    self.text(&keys::ERROR_REASON, reason, place, out, vendor::text);
                }
            }
            (0x000d, _) => self.number(&keys::LIFETIME, value, place, out),
            (0x0024, _) => self.number(&keys::PRIORITY, value, place, out),
            (0x0019, &[protocol, 0, 0, 0]) => {
                self.text(&keys::REQUESTED_TRANSPORT, value, place, out, |_| vendor::transport(protocol));
            }
            (0x8003, _) => self.text(&keys::ALTERNATE_DOMAIN, value, place, out, vendor::text),
            (0x802e, _) => self.text(&keys::THIRD_PARTY, value, place, out, vendor::text),
            (0x802f, _) => self.text(&keys::ORIGIN, value, place, out, vendor::text),
            _ => self.vendors(message, attribute, place, out),
        }
    }

    fn vendors(&mut self, message: &Message<'_>, attribute: Attribute<'_>, place: &Place, out: &mut Output) {
        let Attribute { kind, value } = attribute;
        match (kind, value) {
            (0x4002, _) if message.is_answer() => self.server_time(value, place, out),
            (0x8008, _) if message.microsoft => self.number(&keys::MS_VERSION, value, place, out),
            (0x8070, _) => self.number(&keys::MS_IMPLEMENTATION, value, place, out),
            (0x8055, &[high, low, ..]) => {
                let number = u16::from_be_bytes([high, low]);
                self.text(&keys::MS_STREAM_TYPE, value, place, out, |_| vendor::stream_type(number));
            }
            (0x8095, value) => self.session(value, place, out),
            (0x8032, value) if message.microsoft => {
                self.text(&keys::ALTERNATE_HOST, value, place, out, vendor::text);
            }
            _ => {}
        }
    }

    fn address(&mut self, message: &Message<'_>, attribute: Attribute<'_>, place: &Place, out: &mut Output) {
        let zoom = self.zoom || place.ports().iter().any(|port| ZOOM_PORTS.contains(port));
        let Some((key, address)) = meaning::of(message, attribute, place.tunnelled, zoom) else { return };
        if !address::is_meant(&address) {
            return;
        }
        self.state(key, address, place, out);
        let leaves = key.info.name == keys::PEER_ADDRESS.info.name && !address::is_inner(place.destination.ip());
        if leaves && address::is_inner(address.ip()) {
            self.state(&keys::INNER_PEER_ADDRESS, address, place, out);
        }
    }

    fn username(&mut self, message: &Message<'_>, value: &[u8], place: &Place, out: &mut Output) {
        self.zoom |= vendor::is_guid_pair(value);
        self.text(&keys::USERNAME, value, place, out, vendor::text);
        if message.kind.method() == 1 {
            return;
        }
        self.text(&keys::TURN_USERNAME, value, place, out, vendor::text);
        if let Some(seconds) = vendor::token_time(value).or_else(|| vendor::user_time(&vendor::text(value))) {
            self.state(&keys::TURN_USER_TIME, seconds, place, out);
        }
    }

    fn channel(&mut self, message: &Message<'_>, value: &[u8], place: &Place, out: &mut Output) {
        if let Some((number, peer)) = paths::channel(message) {
            self.text(&keys::CHANNEL, value, place, out, |_| format!("0x{number:04x} {peer}"));
        }
    }

    fn network(&mut self, value: &[u8], place: &Place, out: &mut Output) {
        let &[a, b, c, d] = value else { return };
        self.state(&keys::NETWORK_ID, u64::from(u16::from_be_bytes([a, b])), place, out);
        let cost = [c, d];
        self.text(&keys::NETWORK_COST, &cost, place, out, |_| vendor::network_class(u16::from_be_bytes(cost)));
    }

    /// A value of four bytes.
    fn number(&mut self, key: &'static Key<u64>, value: &[u8], place: &Place, out: &mut Output) {
        if let &[a, b, c, d] = value {
            self.state(key, u64::from(u32::from_be_bytes([a, b, c, d])), place, out);
        }
    }

    /// Milliseconds since 1970, if they are a time between 2001 and 2100; only the first is stated.
    fn server_time(&mut self, value: &[u8], place: &Place, out: &mut Output) {
        let time = Reader::new(value).u64().filter(|_| value.len() == 8);
        let time = time.filter(|time| (1_000_000_000_000..4_102_444_800_000).contains(time));
        if let Some(time) = time.filter(|_| self.is_new("server-time", &place.one_way(), &())) {
            out.facts.state(&keys::SERVER_TIME_MS, time, place.at);
        }
    }

    fn state<T: FactValue + Hash>(&mut self, key: &'static Key<T>, value: T, place: &Place, out: &mut Output) {
        if self.is_new(key.info.name, place, &value) {
            out.facts.state(key, value, place.at);
        }
    }

    fn text(
        &mut self,
        key: &'static Key<String>,
        value: &[u8],
        place: &Place,
        out: &mut Output,
        show: impl FnOnce(&[u8]) -> String,
    ) {
        if self.is_new(key.info.name, place, value) {
            out.facts.state(key, show(value), place.at);
        }
    }

    /// Whether this was not told yet in this direction. When the memory is full everything counts as new: the facts
    /// then count their overflow themselves.
    fn is_new<V: Hash + ?Sized>(&mut self, what: &str, place: &Place, value: &V) -> bool {
        let mut hasher = DefaultHasher::new();
        (what, place.at.direction).hash(&mut hasher);
        value.hash(&mut hasher);
        let mark = hasher.finish();
        !self.told.contains(&mark) && (self.told.len() >= TOLD_MAX || self.told.insert(mark))
    }
}

impl Place {
    /// The same place as if all packets went one way, for what is stated once for a flow.
    fn one_way(&self) -> Place {
        Place { at: Evidence { direction: Direction::Forward, ..self.at }, ..*self }
    }

    /// When.
    pub(super) const fn time(&self) -> Timestamp {
        self.at.time
    }
}

/// A realm without the quotation marks that some send along.
fn realm(value: &[u8]) -> String {
    let text = vendor::text(value);
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).map_or(text.clone(), str::to_owned)
}
