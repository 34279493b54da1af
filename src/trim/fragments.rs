//! Fragments: the first one tells whether the rest of its datagram is needed.

use crate::decode::Fragment;
use crate::model::Packet;
use std::collections::VecDeque;
use std::net::IpAddr;

/// Datagrams remembered, the latest of which the rest is needed.
const DATAGRAMS_MAX: usize = 64;

/// The latest datagrams that are needed whole.
#[derive(Debug, Default)]
pub(super) struct Fragments(VecDeque<(IpAddr, IpAddr, u32)>);

impl Fragments {
    /// Notes a first fragment, of which `whole` says that all of its payload is needed.
    pub(super) fn first(&mut self, packet: &Packet<'_>, fragment: Fragment, whole: bool) {
        if !whole {
            return;
        }
        if self.0.len() >= DATAGRAMS_MAX {
            self.0.pop_front();
        }
        self.0.push_back((packet.source, packet.destination, fragment.identification));
    }

    /// Bytes needed of a later fragment. One that comes before the first is not kept.
    pub(super) fn rest(&self, packet: &Packet<'_>, fragment: Fragment) -> usize {
        let datagram = (packet.source, packet.destination, fragment.identification);
        if self.0.contains(&datagram) { usize::MAX } else { 0 }
    }
}
