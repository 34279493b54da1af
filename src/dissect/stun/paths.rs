//! The ends of a path: who asks a relay, and whom its channels lead to.

use super::address;
use super::message::{Class, Message};
use super::reading::Place;
use crate::model::Tunnel;
use crate::model::wire::Reader;
use std::net::SocketAddr;

/// Channels remembered of one flow.
const CHANNELS_MAX: usize = 64;
/// Methods that only a relay is asked: Allocate, Refresh, CreatePermission, ChannelBind.
const RELAY_METHODS: [u16; 4] = [3, 4, 8, 9];
/// Type of a Send indication.
const SEND_INDICATION: u16 = 0x0016;

/// What one flow told of the relay on it.
#[derive(Clone, Debug, Default)]
pub(super) struct Paths {
    client_and_relay: Option<(SocketAddr, SocketAddr)>,
    channels: Vec<(u16, SocketAddr)>,
}

impl Paths {
    /// Learns from a message who is the client, who the relay, and which peer a channel leads to.
    pub(super) fn learn(&mut self, message: &Message<'_>, place: &Place) {
        let asks = message.kind.class() == Class::Request && RELAY_METHODS.contains(&message.kind.method());
        if place.tunnelled || !(asks || message.kind.0 == SEND_INDICATION) {
            return;
        }
        self.client_and_relay = Some((place.source, place.destination));
        if let Some((number, peer)) = channel(message) {
            self.bind(number, peer);
        }
    }

    /// The peer that a tunnel leads to, where it is known.
    pub(super) fn beyond(&self, tunnel: Option<Tunnel>) -> Option<SocketAddr> {
        match tunnel? {
            Tunnel::Indication(peer) => Some(peer),
            Tunnel::Channel(number) => self.channels.iter().find(|(known, _)| *known == number).map(|(_, peer)| *peer),
            Tunnel::Framing(_) => None,
        }
    }

    /// The path of a check that was answered at `answered`, from its asker to its answerer; `None` where an end of it
    /// lies beyond a relay and is not known.
    pub(super) fn ends(&self, answered: &Place) -> Option<Vec<SocketAddr>> {
        if !answered.tunnelled {
            return Some(vec![answered.destination, answered.source]);
        }
        let ((client, relay), peer) = (self.client_and_relay?, answered.beyond?);
        Some(if answered.source == relay { vec![client, relay, peer] } else { vec![peer, relay, client] })
    }

    fn bind(&mut self, number: u16, peer: SocketAddr) {
        if let Some(known) = self.channels.iter_mut().find(|(known, _)| *known == number) {
            known.1 = peer;
        } else if self.channels.len() < CHANNELS_MAX {
            self.channels.push((number, peer));
        }
    }
}

/// Channel number and peer of a ChannelBind request (RFC 8656 section 12.1).
pub(super) fn channel(message: &Message<'_>) -> Option<(u16, SocketAddr)> {
    let number = message.value(0x000c).filter(|_| message.kind.method() == 9);
    let peer = address::masked(message.value(0x0012)?, &message.id)?;
    Some((Reader::new(number?).u16()?, peer))
}
