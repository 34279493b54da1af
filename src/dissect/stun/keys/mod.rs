//! What STUN and TURN messages can state.

mod ice;
mod relay;
mod vendor;

pub(super) use ice::*;
pub(super) use relay::*;
pub(super) use vendor::*;

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};
use std::net::SocketAddr;

const ON_THE_WAY: &[Observer] = &[Observer::Network, Observer::Relay, Observer::Provider];
const ALSO_PEERS: &[Observer] = &[Observer::Network, Observer::Relay, Observer::Provider, Observer::Peer];

/// Kinds of messages.
pub(in crate::dissect::stun) static MESSAGE: Key<String> = Key::new(KeyInfo {
    name: "stun.message",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Kind of message, once each: method and class such as `binding-request`, or `0x0801` for an unregistered type",
    source: "RFC 8489 section 5, RFC 8656 section 17, MS-TURN section 2.2.1",
    wireshark: "stun.type",
    sentence: None,
});

/// Public address.
pub(in crate::dissect::stun) static MAPPED_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.mapped-address",
    question: Question::Where,
    observers: ALSO_PEERS,
    doc: "Address under which the asker (the receiver of the packet) is seen; port 0 where the dialect hides it",
    source: "RFC 8489 section 14.2",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: Some(Sentence {
        de: "Die Antwort nennt unverschlüsselt die Adresse {value}, unter der die fragende Seite zu sehen ist; eine öffentliche Adresse verrät Anschluss und ungefähren Ort.",
        en: "The answer names in clear the address {value} under which the asking side is seen; a public address gives away the access line and roughly the place.",
    }),
});

/// Address seen by a check that ran through a relay.
pub(in crate::dissect::stun) static INNER_MAPPED_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.inner-mapped-address",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Address from which a check that ran through a relay arrived: the relay's for the client's check, the other side's for its own",
    source: "RFC 8445 section 7.3.1.3",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: None,
});

/// Software.
pub(in crate::dissect::stun) static SOFTWARE: Key<String> = Key::new(KeyInfo {
    name: "stun.software",
    question: Question::Software,
    observers: ALSO_PEERS,
    doc: "SOFTWARE of the sender of the packet",
    source: "RFC 8489 section 14.14",
    wireshark: "stun.att.software",
    sentence: Some(Sentence {
        de: "Programm und Version des Absenders stehen lesbar im Paket: {value}.",
        en: "Program and version of the sender are readable in the packet: {value}.",
    }),
});

/// Error code.
pub(in crate::dissect::stun) static ERROR: Key<u64> = Key::new(KeyInfo {
    name: "stun.error",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Error code of an error response, 300 to 699",
    source: "RFC 8489 section 14.8",
    wireshark: "stun.att.error",
    sentence: None,
});

/// Dialect.
pub(in crate::dissect::stun) static DIALECT: Key<String> = Key::new(KeyInfo {
    name: "stun.dialect",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "`rfc8489`, `classic` (no magic cookie), `ms-turn`, `zoom` or `meta`",
    source: "RFC 8489 section 5, RFC 3489, MS-TURN",
    wireshark: "stun.cookie",
    sentence: None,
});

/// Reason of an error.
pub(in crate::dissect::stun) static ERROR_REASON: Key<String> = Key::new(KeyInfo {
    name: "stun.error-reason",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Reason phrase of an error response",
    source: "RFC 8489 section 14.8",
    wireshark: "stun.att.error.reason",
    sentence: None,
});

/// Where an answer came from.
pub(in crate::dissect::stun) static RESPONSE_ORIGIN: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.response-origin",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Address from which the server says it answers; SOURCE-ADDRESS in classic STUN",
    source: "RFC 5780 section 7.3, RFC 3489 section 11.2.5",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: None,
});

/// Second address of a server.
pub(in crate::dissect::stun) static OTHER_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.other-address",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Other address and port of the same server, sometimes one of its inner network; CHANGED-ADDRESS in classic STUN",
    source: "RFC 5780 section 7.4, RFC 3489 section 11.2.3",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: None,
});

/// Web page behind the call.
pub(in crate::dissect::stun) static ORIGIN: Key<String> = Key::new(KeyInfo {
    name: "stun.origin",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Origin of the web page that opened the connection, as the browser tells the server",
    source: "draft-johnston-tram-stun-origin section 3",
    wireshark: "stun.att.type == 0x802f",
    sentence: Some(Sentence {
        de: "Der Browser nennt dem Server unverschlüsselt die Webseite, von der aus das Gespräch geführt wird: {value}.",
        en: "The browser names to the server in clear the web page from which the call is made: {value}.",
    }),
});

/// Domain to use instead.
pub(in crate::dissect::stun) static ALTERNATE_DOMAIN: Key<String> = Key::new(KeyInfo {
    name: "stun.alternate-domain",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Domain name of the server to which the asker is sent on",
    source: "RFC 8489 section 14.16",
    wireshark: "stun.att.type == 0x8003",
    sentence: None,
});

/// All keys, for the protocol's list.
pub(super) static ALL: &[&KeyInfo] = &[
    &MESSAGE.info,
    &MAPPED_ADDRESS.info,
    &INNER_MAPPED_ADDRESS.info,
    &RELAYED_ADDRESS.info,
    &PEER_ADDRESS.info,
    &INNER_PEER_ADDRESS.info,
    &RELAY_ASKED.info,
    &USERNAME.info,
    &TURN_USERNAME.info,
    &REALM.info,
    &NONCE.info,
    &LIFETIME.info,
    &REQUESTED_TRANSPORT.info,
    &THIRD_PARTY.info,
    &SOFTWARE.info,
    &ORIGIN.info,
    &RESPONSE_ORIGIN.info,
    &OTHER_ADDRESS.info,
    &ALTERNATE_SERVER.info,
    &ALTERNATE_HOST.info,
    &ALTERNATE_DOMAIN.info,
    &ERROR.info,
    &ERROR_REASON.info,
    &ICE_ROLE.info,
    &NOMINATED.info,
    &NOMINATED_PAIR.info,
    &PRIORITY.info,
    &CONNECTED.info,
    &NETWORK_COST.info,
    &NETWORK_ID.info,
    &ATTRIBUTE.info,
    &DIALECT.info,
    &MS_VERSION.info,
    &MS_IMPLEMENTATION.info,
    &MS_STREAM_TYPE.info,
    &MS_SESSION_ID.info,
    &TURN_USER_TIME.info,
    &SERVER_TIME_MS.info,
    &CHANNEL.info,
];
