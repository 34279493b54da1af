//! What is agreed on with a relay: accounts, addresses, peers.

use super::ON_THE_WAY;
use crate::model::{Key, KeyInfo, Question, Sentence};
use std::net::SocketAddr;

/// Address that a relay lends.
pub(in crate::dissect::stun) static RELAYED_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.relayed-address",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Address on the relay that was allocated to the asker",
    source: "RFC 8656 section 18.5, MS-TURN section 2.2.2.1",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: None,
});

/// Peer named to a relay.
pub(in crate::dissect::stun) static PEER_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.peer-address",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Address of the other side as told to, or by, the relay; port 0 where only the host matters",
    source: "RFC 8656 section 18.3, MS-TURN sections 2.2.2.9 and 2.2.2.10",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: Some(Sentence {
        de: "Dem Relay wird unverschlüsselt die Adresse einer Gegenstelle genannt: {value}.",
        en: "The address of the other side, {value}, is told to the relay in clear.",
    }),
});

/// Account at a relay.
pub(in crate::dissect::stun) static TURN_USERNAME: Key<String> = Key::new(KeyInfo {
    name: "stun.turn-username",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "USERNAME of a message other than a connectivity check: the account at the relay, as text or `0x` and hexadecimal digits",
    source: "RFC 8656 section 5, RFC 8489 section 9.2",
    wireshark: "stun.att.username",
    sentence: Some(Sentence {
        de: "Beim Relay meldet sich das Gerät lesbar als {value} an; damit lassen sich Gespräche desselben Kontos verknüpfen.",
        en: "The device signs in to the relay readably as {value}; calls of the same account can be linked by it.",
    }),
});

/// Time in a relay's user name.
pub(in crate::dissect::stun) static TURN_USER_TIME: Key<u64> = Key::new(KeyInfo {
    name: "stun.turn-user-time",
    question: Question::When,
    observers: ON_THE_WAY,
    doc: "Time in the relay user name in seconds since 1970: of `time:identifier` (issue or expiry, as the service chose) or the end of validity of Microsoft's token",
    source: "draft-uberti-behave-turn-rest section 2.2; Microsoft's token as observed",
    wireshark: "stun.att.username",
    sentence: Some(Sentence {
        de: "Im Anmeldenamen am Relay steht ein lesbarer Zeitstempel ({value}): wann die Zugangsdaten ausgestellt wurden oder ablaufen.",
        en: "The user name at the relay holds a readable time ({value}): when the credentials were issued or expire.",
    }),
});

/// Realm.
pub(in crate::dissect::stun) static REALM: Key<String> = Key::new(KeyInfo {
    name: "stun.realm",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "REALM without quotation marks: the operator of the relay in its own words",
    source: "RFC 8489 section 14.9",
    wireshark: "stun.att.realm",
    sentence: Some(Sentence {
        de: "Das Relay nennt sich „{value}“; wer mitliest, erkennt daran den Dienst.",
        en: "The relay calls itself \"{value}\"; a reader on the path recognises the service by it.",
    }),
});

/// Server to use instead.
pub(in crate::dissect::stun) static ALTERNATE_SERVER: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.alternate-server",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Server to which the asker is sent on",
    source: "RFC 8489 section 14.15, MS-TURN section 2.2.2.8",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: None,
});

/// Name of the server to use instead.
pub(in crate::dissect::stun) static ALTERNATE_HOST: Key<String> = Key::new(KeyInfo {
    name: "stun.alternate-host",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Host name of the server to which the asker is sent on",
    source: "MS-TURN section 2.2.2.20",
    wireshark: "stun.att.type == 0x8032",
    sentence: None,
});

/// Channel.
pub(in crate::dissect::stun) static CHANNEL: Key<String> = Key::new(KeyInfo {
    name: "stun.channel",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Channel number and the peer bound to it: `0x4000 192.0.2.1:5000`",
    source: "RFC 8656 section 12",
    wireshark: "stun.att.channelnum",
    sentence: None,
});

/// Inner address told outside.
pub(in crate::dissect::stun) static INNER_PEER_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.inner-peer-address",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Address of an inner network that was named as a peer to a relay outside; port 0 where only the host matters",
    source: "RFC 8656 section 9, RFC 8828 section 3; RFC 1918, RFC 6598, RFC 4193",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: Some(Sentence {
        de: "Dem Relay außerhalb des Hauses wird die Adresse {value} aus einem inneren Netz genannt; sie zeigt, wie das Netz einer Seite aufgebaut ist, und lässt ein Gerät darin wiedererkennen.",
        en: "The relay outside is told the address {value} of an inner network; it shows how the network of one side is built and lets a device in it be recognised.",
    }),
});

/// Relay that the asker names.
pub(in crate::dissect::stun) static RELAY_ASKED: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.relay-asked",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "XOR-RELAYED-ADDRESS in a request: the relay that the asker wants, named by itself",
    source: "RFC 8656 section 18.5 for the attribute; its use in requests of Meta clients as observed",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: None,
});

/// Nonce.
pub(in crate::dissect::stun) static NONCE: Key<String> = Key::new(KeyInfo {
    name: "stun.nonce",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "NONCE as text, or `0x` and hexadecimal digits when it is binary: the same one in several flows means the same session at the relay",
    source: "RFC 8489 section 14.10, MS-TURN section 2.2.2.11",
    wireshark: "stun.att.nonce",
    sentence: None,
});

/// Lifetime of an allocation.
pub(in crate::dissect::stun) static LIFETIME: Key<u64> = Key::new(KeyInfo {
    name: "stun.lifetime",
    question: Question::HowLong,
    observers: ON_THE_WAY,
    doc: "LIFETIME in seconds, asked for or granted; 0 ends the allocation",
    source: "RFC 8656 sections 7.2 and 18.2",
    wireshark: "stun.att.lifetime",
    sentence: None,
});

/// Transport behind the relay.
pub(in crate::dissect::stun) static REQUESTED_TRANSPORT: Key<String> = Key::new(KeyInfo {
    name: "stun.requested-transport",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Transport that the asker wants from the relay to its peers: `udp`, `tcp`, or the number of the IP protocol",
    source: "RFC 8656 section 18.8, RFC 6062 section 4.1",
    wireshark: "stun.att.transp",
    sentence: None,
});

/// Server that authorises.
pub(in crate::dissect::stun) static THIRD_PARTY: Key<String> = Key::new(KeyInfo {
    name: "stun.third-party-authorization",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Name of the server whose tokens the relay accepts",
    source: "RFC 7635 section 6.1",
    wireshark: "stun.att.type == 0x802e",
    sentence: None,
});
