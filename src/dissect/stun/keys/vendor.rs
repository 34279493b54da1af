//! What only some vendors state.

use super::{ALSO_PEERS, ON_THE_WAY};
use crate::model::{Key, KeyInfo, Question, Sentence};

/// Version of the MS-TURN dialect.
pub(in crate::dissect::stun) static MS_VERSION: Key<u64> = Key::new(KeyInfo {
    name: "stun.ms-version",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Version of the MS-TURN protocol that the sender speaks",
    source: "MS-TURN section 2.2.2.17",
    wireshark: "stun.att.type == 0x8008",
    sentence: None,
});

/// Declared kind of media.
pub(in crate::dissect::stun) static MS_STREAM_TYPE: Key<String> = Key::new(KeyInfo {
    name: "stun.ms-stream-type",
    question: Question::Activity,
    observers: ON_THE_WAY,
    doc: "What the allocation is for: `audio`, `video`, `supplemental-video` or `data`",
    source: "MS-TURN section 2.2.2.21",
    wireshark: "stun.att.type == 0x8055",
    sentence: Some(Sentence {
        de: "Wofür die Verbindung bestimmt ist, wird dem Relay unverschlüsselt mitgeteilt: {value}.",
        en: "What the connection is for is told to the relay in clear: {value}.",
    }),
});

/// Session of multiplexed TURN.
pub(in crate::dissect::stun) static MS_SESSION_ID: Key<String> = Key::new(KeyInfo {
    name: "stun.ms-session-id",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Session identifier of multiplexed TURN, 16 hexadecimal digits: the same on both sides of the relay",
    source: "MS-TURN sections 2.2.2.26 and 2.2.3",
    wireshark: "stun.att.type == 0x8095",
    sentence: None,
});

/// Clock of a relay.
pub(in crate::dissect::stun) static SERVER_TIME_MS: Key<u64> = Key::new(KeyInfo {
    name: "stun.server-time-ms",
    question: Question::When,
    observers: ON_THE_WAY,
    doc: "First time that the server told, in milliseconds since 1970: a check of the capture's clock",
    source: "attribute 0x4002 of Meta relays as observed, no public document",
    wireshark: "stun.att.type == 0x4002",
    sentence: None,
});

/// Vendor attributes.
pub(in crate::dissect::stun) static ATTRIBUTE: Key<String> = Key::new(KeyInfo {
    name: "stun.attribute",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Attribute type outside the standards as `0x8070`, once for each flow",
    source: "IANA STUN Parameters",
    wireshark: "stun.att.type",
    sentence: None,
});

/// Version of the ICE implementation.
pub(in crate::dissect::stun) static MS_IMPLEMENTATION: Key<u64> = Key::new(KeyInfo {
    name: "stun.ms-implementation-version",
    question: Question::Software,
    observers: ALSO_PEERS,
    doc: "Version of the sender's implementation of the ICE extensions",
    source: "MS-ICE2 section 2.2.1.2, attribute 0x8070",
    wireshark: "stun.att.type == 0x8070",
    sentence: None,
});
