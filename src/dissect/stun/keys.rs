//! What STUN and TURN messages can state.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};
use std::net::SocketAddr;

const ON_THE_WAY: &[Observer] = &[Observer::Network, Observer::Relay, Observer::Provider];
const ALSO_PEERS: &[Observer] = &[Observer::Network, Observer::Relay, Observer::Provider, Observer::Peer];

/// Kinds of messages.
pub(super) static MESSAGE: Key<String> = Key::new(KeyInfo {
    name: "stun.message",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Kind of message, once each: method and class such as `binding-request`, or `0x0801` for an unregistered type",
    source: "RFC 8489 section 5, RFC 8656 section 17, MS-TURN section 2.2.1",
    wireshark: "stun.type",
    sentence: None,
});

/// Public address.
pub(super) static MAPPED_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
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
pub(super) static INNER_MAPPED_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.inner-mapped-address",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Address from which a check that ran through a relay arrived: the relay's for the client's check, the other side's for its own",
    source: "RFC 8445 section 7.3.1.3",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: None,
});

/// Address that a relay lends.
pub(super) static RELAYED_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.relayed-address",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Address on the relay that was allocated to the asker",
    source: "RFC 8656 section 18.5, MS-TURN section 2.2.2.1",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: None,
});

/// Peer named to a relay.
pub(super) static PEER_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.peer-address",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Address of the other side as told to, or by, the relay; port 0 where only the host matters",
    source: "RFC 8656 section 18.3, MS-TURN sections 2.2.2.9 and 2.2.2.10",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: Some(Sentence {
        de: "Dem Relay wird die Adresse der Gegenstelle {value} unverschlüsselt genannt.",
        en: "The address of the other side, {value}, is told to the relay in clear.",
    }),
});

/// User name or fragments.
pub(super) static USERNAME: Key<String> = Key::new(KeyInfo {
    name: "stun.username",
    question: Question::Who,
    observers: ALSO_PEERS,
    doc: "USERNAME as text, or `0x` and hexadecimal digits when it is binary: ICE fragments `remote:local` or a relay account",
    source: "RFC 8489 section 14.3, RFC 8445 section 7.2.2",
    wireshark: "stun.att.username",
    sentence: Some(Sentence {
        de: "Das Kennungspaar {value} wird unverschlüsselt übertragen und verknüpft alle Verbindungswege zwischen denselben beiden Seiten in diesem Gespräch.",
        en: "The pair of identifiers {value} is sent in clear and links all network paths between the same two ends in this call.",
    }),
});

/// Account at a relay.
pub(super) static TURN_USERNAME: Key<String> = Key::new(KeyInfo {
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

/// Realm.
pub(super) static REALM: Key<String> = Key::new(KeyInfo {
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

/// Software.
pub(super) static SOFTWARE: Key<String> = Key::new(KeyInfo {
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

/// Server to use instead.
pub(super) static ALTERNATE_SERVER: Key<SocketAddr> = Key::new(KeyInfo {
    name: "stun.alternate-server",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Server to which the asker is sent on",
    source: "RFC 8489 section 14.15, MS-TURN section 2.2.2.8",
    wireshark: "stun.att.ipv4 || stun.att.ipv6",
    sentence: None,
});

/// Name of the server to use instead.
pub(super) static ALTERNATE_HOST: Key<String> = Key::new(KeyInfo {
    name: "stun.alternate-host",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Host name of the server to which the asker is sent on",
    source: "MS-TURN section 2.2.2.20",
    wireshark: "stun.att.type == 0x8032",
    sentence: None,
});

/// Error code.
pub(super) static ERROR: Key<u64> = Key::new(KeyInfo {
    name: "stun.error",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Error code of an error response, 300 to 699",
    source: "RFC 8489 section 14.8",
    wireshark: "stun.att.error",
    sentence: None,
});

/// ICE role.
pub(super) static ICE_ROLE: Key<String> = Key::new(KeyInfo {
    name: "stun.ice-role",
    question: Question::WithWhom,
    observers: ALSO_PEERS,
    doc: "`controlling` (as a rule the side that called) or `controlled`, of the sender; stated once for each direction",
    source: "RFC 8445 sections 6.1.1 and 16.1",
    wireshark: "stun.att.type == 0x802a || stun.att.type == 0x8029",
    sentence: None,
});

/// Nomination.
pub(super) static NOMINATED: Key<bool> = Key::new(KeyInfo {
    name: "stun.nominated",
    question: Question::WithWhom,
    observers: ALSO_PEERS,
    doc: "The controlling side chose this path (USE-CANDIDATE)",
    source: "RFC 8445 section 16.1",
    wireshark: "stun.att.type == 0x0025",
    sentence: None,
});

/// A check was answered.
pub(super) static CONNECTED: Key<bool> = Key::new(KeyInfo {
    name: "stun.connected",
    question: Question::WithWhom,
    observers: ALSO_PEERS,
    doc: "A connectivity check (Binding request with USERNAME) was answered with success",
    source: "RFC 8445 section 7.2.5.3",
    wireshark: "stun.type == 0x0101",
    sentence: None,
});

/// Access network.
pub(super) static NETWORK_COST: Key<String> = Key::new(KeyInfo {
    name: "stun.network-cost",
    question: Question::Where,
    observers: ALSO_PEERS,
    doc: "Access network of the sender: `ethernet`, `wifi`, `cellular-4g`, ..., with `+vpn` inside a VPN; stated once for each direction",
    source: "libwebrtc rtc_base/network_constants.h, attribute 0xC057",
    wireshark: "stun.att.type == 0xc057",
    sentence: Some(Sentence {
        de: "Die Art des Netzzugangs wird lesbar mitgeteilt: {value}. Sie lässt darauf schließen, ob jemand zu Hause, im Büro oder unterwegs ist.",
        en: "The kind of network access is told readably: {value}. It hints whether somebody is at home, in the office or on the move.",
    }),
});

/// Network number.
pub(super) static NETWORK_ID: Key<u64> = Key::new(KeyInfo {
    name: "stun.network-id",
    question: Question::Device,
    observers: ALSO_PEERS,
    doc: "Number that the sender's WebRTC stack gave to its network interface; stated once for each direction",
    source: "libwebrtc p2p/base/stun_dictionary.h, attribute 0xC057",
    wireshark: "stun.att.type == 0xc057",
    sentence: None,
});

/// Vendor attributes.
pub(super) static ATTRIBUTE: Key<String> = Key::new(KeyInfo {
    name: "stun.attribute",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Attribute type outside the standards as `0x8070`, once for each flow",
    source: "IANA STUN Parameters",
    wireshark: "stun.att.type",
    sentence: None,
});

/// Dialect.
pub(super) static DIALECT: Key<String> = Key::new(KeyInfo {
    name: "stun.dialect",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "`rfc8489`, `classic` (no magic cookie), `ms-turn`, `zoom` or `meta`",
    source: "RFC 8489 section 5, RFC 3489, MS-TURN",
    wireshark: "stun.cookie",
    sentence: None,
});

/// Version of the MS-TURN dialect.
pub(super) static MS_VERSION: Key<u64> = Key::new(KeyInfo {
    name: "stun.ms-version",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Version of the MS-TURN protocol that the sender speaks",
    source: "MS-TURN section 2.2.2.17",
    wireshark: "stun.att.type == 0x8008",
    sentence: None,
});

/// Declared kind of media.
pub(super) static MS_STREAM_TYPE: Key<String> = Key::new(KeyInfo {
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
pub(super) static MS_SESSION_ID: Key<String> = Key::new(KeyInfo {
    name: "stun.ms-session-id",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Session identifier of multiplexed TURN, 16 hexadecimal digits: the same on both sides of the relay",
    source: "MS-TURN sections 2.2.2.26 and 2.2.3",
    wireshark: "stun.att.type == 0x8095",
    sentence: None,
});

/// Time in a relay's user name.
pub(super) static TURN_USER_TIME: Key<u64> = Key::new(KeyInfo {
    name: "stun.turn-user-time",
    question: Question::When,
    observers: ON_THE_WAY,
    doc: "Time in the relay user name in seconds since 1970: of `time:identifier` (issue or expiry, as the service chose) or the end of validity of Microsoft's token",
    source: "draft-uberti-behave-turn-rest section 2.2; Microsoft's token as observed",
    wireshark: "stun.att.username",
    sentence: Some(Sentence {
        de: "Im Anmeldenamen am Relay steht ein lesbarer Zeitstempel ({value} Sekunden seit 1970): wann die Zugangsdaten ausgestellt wurden oder ablaufen.",
        en: "The user name at the relay holds a readable time ({value} seconds since 1970): when the credentials were issued or expire.",
    }),
});

/// Clock of a relay.
pub(super) static SERVER_TIME_MS: Key<u64> = Key::new(KeyInfo {
    name: "stun.server-time-ms",
    question: Question::When,
    observers: ON_THE_WAY,
    doc: "First time that the server told, in milliseconds since 1970: a check of the capture's clock",
    source: "attribute 0x4002 of Meta relays as observed, no public document",
    wireshark: "stun.att.type == 0x4002",
    sentence: None,
});

/// Channel.
pub(super) static CHANNEL: Key<String> = Key::new(KeyInfo {
    name: "stun.channel",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Channel number and the peer bound to it: `0x4000 192.0.2.1:5000`",
    source: "RFC 8656 section 12",
    wireshark: "stun.att.channelnum",
    sentence: None,
});

/// All keys, for the protocol's list.
pub(super) static ALL: &[&KeyInfo] = &[
    &MESSAGE.info,
    &MAPPED_ADDRESS.info,
    &INNER_MAPPED_ADDRESS.info,
    &RELAYED_ADDRESS.info,
    &PEER_ADDRESS.info,
    &USERNAME.info,
    &TURN_USERNAME.info,
    &REALM.info,
    &SOFTWARE.info,
    &ALTERNATE_SERVER.info,
    &ALTERNATE_HOST.info,
    &ERROR.info,
    &ICE_ROLE.info,
    &NOMINATED.info,
    &CONNECTED.info,
    &NETWORK_COST.info,
    &NETWORK_ID.info,
    &ATTRIBUTE.info,
    &DIALECT.info,
    &MS_VERSION.info,
    &MS_STREAM_TYPE.info,
    &MS_SESSION_ID.info,
    &TURN_USER_TIME.info,
    &SERVER_TIME_MS.info,
    &CHANNEL.info,
];
