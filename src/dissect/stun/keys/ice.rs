//! What connectivity checks state: which ends try which paths, and from which networks.

use super::ALSO_PEERS;
use crate::model::{Key, KeyInfo, Question, Sentence};

/// User name or fragments.
pub(in crate::dissect::stun) static USERNAME: Key<String> = Key::new(KeyInfo {
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

/// ICE role.
pub(in crate::dissect::stun) static ICE_ROLE: Key<String> = Key::new(KeyInfo {
    name: "stun.ice-role",
    question: Question::WithWhom,
    observers: ALSO_PEERS,
    doc: "`controlling` (as a rule the side that called) or `controlled`, of the sender; stated once for each direction",
    source: "RFC 8445 sections 6.1.1 and 16.1",
    wireshark: "stun.att.type == 0x802a || stun.att.type == 0x8029",
    sentence: None,
});

/// Nomination.
pub(in crate::dissect::stun) static NOMINATED: Key<bool> = Key::new(KeyInfo {
    name: "stun.nominated",
    question: Question::WithWhom,
    observers: ALSO_PEERS,
    doc: "The controlling side chose this path (USE-CANDIDATE)",
    source: "RFC 8445 section 16.1",
    wireshark: "stun.att.type == 0x0025",
    sentence: None,
});

/// A check was answered.
pub(in crate::dissect::stun) static CONNECTED: Key<bool> = Key::new(KeyInfo {
    name: "stun.connected",
    question: Question::WithWhom,
    observers: ALSO_PEERS,
    doc: "A connectivity check (Binding request with USERNAME) was answered with success",
    source: "RFC 8445 section 7.2.5.3",
    wireshark: "stun.type == 0x0101",
    sentence: None,
});

/// Access network.
pub(in crate::dissect::stun) static NETWORK_COST: Key<String> = Key::new(KeyInfo {
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
pub(in crate::dissect::stun) static NETWORK_ID: Key<u64> = Key::new(KeyInfo {
    name: "stun.network-id",
    question: Question::Device,
    observers: ALSO_PEERS,
    doc: "Number that the sender's WebRTC stack gave to its network interface; stated once for each direction",
    source: "libwebrtc p2p/base/stun_dictionary.h, attribute 0xC057",
    wireshark: "stun.att.type == 0xc057",
    sentence: None,
});

/// Path chosen and confirmed.
pub(in crate::dissect::stun) static NOMINATED_PAIR: Key<String> = Key::new(KeyInfo {
    name: "stun.nominated-pair",
    question: Question::WithWhom,
    observers: ALSO_PEERS,
    doc: "Path that the controlling side chose and the other side confirmed, from the controlling end to the other as the packets show them: `192.0.2.1:5000 -> 198.51.100.7:3478`, through a relay `192.0.2.1:5000 -> 198.51.100.7:3478 -> 203.0.113.9:6000`",
    source: "RFC 8445 sections 8.1.1 and 7.3.1.5",
    wireshark: "stun.att.type == 0x0025",
    sentence: None,
});

/// Priority of the path.
pub(in crate::dissect::stun) static PRIORITY: Key<u64> = Key::new(KeyInfo {
    name: "stun.priority",
    question: Question::Device,
    observers: ALSO_PEERS,
    doc: "PRIORITY of a check: type preference (of a peer-reflexive candidate, as a rule 110) times 2^24, local preference (the order of the network interfaces) times 2^8, and 256 less the component",
    source: "RFC 8445 sections 5.1.2 and 7.1.1",
    wireshark: "stun.att.priority",
    sentence: None,
});
