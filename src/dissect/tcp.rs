//! What the opening of a TCP connection tells of the system. No payload is read: the engine states it when a flow ends.

use super::{Carrier, Dissector, Protocol, needs};
use crate::model::opening::TcpOpening;
use crate::model::{Evidence, Facts, Input, Key, KeyInfo, Observer, Output, Question, Step};

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "tcp",
    summary: "TCP: window and options of the opening segment, by which systems differ",
    source: "RFC 9293, RFC 7323, RFC 2018",
    carrier: Carrier::Stream,
    recognise: |_| false,
    needs: needs::whole,
    create: || Box::new(NoPayload),
    keys: &[&OPENING.info],
};

/// Traits of the system.
pub static OPENING: Key<String> = Key::new(KeyInfo {
    name: "tcp.opening",
    question: Question::Device,
    observers: &[Observer::Network, Observer::Provider],
    doc: "Of the first segment: window in bytes, largest segment in bytes, shift of the window (`-` where absent), and \
          its options in order",
    source: "RFC 9293 section 3.2, RFC 7323 section 2",
    wireshark: "tcp.flags.syn == 1 && tcp.flags.ack == 0",
    sentence: None,
});

/// States the opening of a flow.
pub fn state(opening: &TcpOpening, at: Evidence, facts: &mut Facts) {
    facts.state(&OPENING, opening.to_string(), at);
}

/// Whether nothing is known of a flow but its opening.
pub fn only_opening(facts: &Facts) -> bool {
    facts.iter().all(|fact| fact.key.name == OPENING.info.name)
}

/// Claims no payload.
#[derive(Clone)]
struct NoPayload;

impl Dissector for NoPayload {
    fn read<'p>(&mut self, _input: &Input<'p>, _out: &mut Output) -> Step<'p> {
        Step::Foreign
    }
}
