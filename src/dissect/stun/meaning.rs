//! What an address in a message means: it depends on the attribute, on the message and on the dialect.

use super::message::{Attribute, Class, Message};
use super::{address, keys};
use crate::model::Key;
use std::net::SocketAddr;

/// Whether an attribute holds an address.
pub(super) const fn is_address(kind: u16) -> bool {
    matches!(
        kind,
        0x0001
            | 0x0004
            | 0x0005
            | 0x000e
            | 0x0011
            | 0x0012
            | 0x0016
            | 0x0020
            | 0x0103
            | 0x8020
            | 0x8023
            | 0x802b
            | 0x802c
    )
}

/// The address in an attribute, and the key that tells what it is; `None` where it tells nothing. `tunnelled`: the
/// message ran through a relay. `zoom`: the message may be of Zoom's dialect, which hides the port.
///
/// Only answers tell the asker about itself. In MS-TURN's Allocate response MAPPED-ADDRESS is the relay's (MS-TURN
/// section 3.2.5.1), and a plain address stands where TURN has XOR-PEER-ADDRESS.
pub(super) fn of(
    message: &Message<'_>,
    attribute: Attribute<'_>,
    tunnelled: bool,
    zoom: bool,
) -> Option<(&'static Key<SocketAddr>, SocketAddr)> {
    let Attribute { kind, value } = attribute;
    let answer = message.kind.class() == Class::Success;
    let mapped = if tunnelled { &keys::INNER_MAPPED_ADDRESS } else { &keys::MAPPED_ADDRESS };
    let (key, is_masked) = match (kind, message.microsoft) {
        (0x0001, true) if message.kind.0 == 0x0103 => (&keys::RELAYED_ADDRESS, false),
        (0x0001, _) if answer => (mapped, false),
        (0x0020 | 0x8020, _) if answer => (mapped, true),
        (0x0103, _) if message.is_zoom_answer() => (mapped, false),
        (0x0016, _) if answer => (&keys::RELAYED_ADDRESS, true),
        (0x0016, _) => (&keys::RELAY_ASKED, true),
        (0x0011 | 0x0012, true) => (&keys::PEER_ADDRESS, false),
        (0x0012, false) => (&keys::PEER_ADDRESS, true),
        (0x000e, true) | (0x8023, _) => (&keys::ALTERNATE_SERVER, false),
        (0x0004, false) | (0x802b, _) if answer => (&keys::RESPONSE_ORIGIN, false),
        (0x0005, false) | (0x802c, _) if answer => (&keys::OTHER_ADDRESS, false),
        _ => return None,
    };
    let hidden = || address::zoom(value, &message.id).filter(|_| zoom && kind == 0x0020);
    let masked = || hidden().or_else(|| address::masked(value, &message.id));
    Some((key, if is_masked { masked() } else { address::plain(value) }?))
}
