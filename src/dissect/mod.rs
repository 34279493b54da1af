//! Protocols as an observer on the path can read them. Rank 1: knows `model` only, and no provider's meaning.
//!
//! Add a protocol: one file or folder named as its RFC names it, and its two lines below.

pub mod dhcp;
pub mod dhcpv6;
pub mod discord;
pub mod dns;
pub mod dtls;
pub mod goto;
mod head;
pub mod http;
pub mod imo;
pub mod needs;
pub mod netbios;
pub mod ntp;
pub mod quic;
pub mod rtp;
pub mod sip;
pub mod ssdp;
pub mod stun;
pub mod tcp;
pub mod telegram;
pub mod tencent;
pub mod tls;
pub mod viber;
pub mod webex;
pub mod wechat;
pub mod zoom;

use crate::model::{Input, KeyInfo, Output, Step};
use needs::Needs;

/// What a protocol runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// UDP datagrams.
    Datagram,
    /// TCP streams.
    Stream,
    /// Both.
    Both,
}

/// A protocol: how to recognise it, how to read it, what it can state.
#[derive(Debug)]
pub struct Protocol {
    /// Name in reports, lower case: `tls`, `stun`.
    pub name: &'static str,
    /// One line for the reference page.
    pub summary: &'static str,
    /// The documents that define it.
    pub source: &'static str,
    /// What it runs on.
    pub carrier: Carrier,
    /// Whether a payload can be of this protocol. Cheap and without state: first bytes, lengths, ports; it runs on
    /// every packet of flows that nobody has claimed yet, and on every packet that its claimants call foreign.
    pub recognise: fn(&Input<'_>) -> bool,
    /// How much of a payload that it recognises is read: the rest need not be stored.
    pub needs: for<'p> fn(&Input<'p>) -> Needs<'p>,
    /// A reader for one flow.
    pub create: fn() -> Box<dyn Dissector>,
    /// Every key that the reader may state.
    pub keys: &'static [&'static KeyInfo],
}

/// Reads one protocol of one flow, both directions. Its state can be copied, so that a capture that still runs can be
/// told as it stands.
pub trait Dissector: Send + Copied {
    /// Reads one piece. Must not panic, must not grow without limit, and does no per-packet allocation once a flow
    /// runs steadily.
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p>;

    /// The flow ended: state what was counted.
    fn finish(&mut self, _out: &mut Output) {}
}

/// A copy of a dissector whose type is forgotten; every one that is `Clone` has it.
pub trait Copied {
    /// The copy.
    fn copied(&self) -> Box<dyn Dissector>;
}

impl<D: Dissector + Clone + 'static> Copied for D {
    fn copied(&self) -> Box<dyn Dissector> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Dissector> {
    fn clone(&self) -> Self {
        // Not of the box itself, which would ask for a copy of its own for ever.
        (**self).copied()
    }
}

/// All protocols, in the order in which a payload is offered to them.
pub static ALL: &[&Protocol] = &[
    &dns::PROTOCOL,
    &dhcp::PROTOCOL,
    &dhcpv6::PROTOCOL,
    &netbios::PROTOCOL,
    &netbios::datagram::PROTOCOL,
    &ssdp::PROTOCOL,
    &ntp::PROTOCOL,
    &tcp::PROTOCOL,
    &stun::PROTOCOL,
    &zoom::PROTOCOL,
    &tencent::PROTOCOL,
    &dtls::PROTOCOL,
    &tls::PROTOCOL,
    &quic::PROTOCOL,
    &sip::PROTOCOL,
    &http::PROTOCOL,
    &wechat::PROTOCOL,
    &wechat::longlink::PROTOCOL,
    &discord::PROTOCOL,
    &viber::PROTOCOL,
    &telegram::PROTOCOL,
    &goto::PROTOCOL,
    &webex::PROTOCOL,
    &rtp::rtcp::PROTOCOL,
    &rtp::PROTOCOL,
    &wechat::voice::PROTOCOL,
    &imo::PROTOCOL,
];
