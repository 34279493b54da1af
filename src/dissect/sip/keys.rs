//! What SIP and session descriptions can state.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};
use std::net::SocketAddr;

/// Every key of SIP.
pub(super) static ALL: &[&KeyInfo] = &[
    &METHOD.info,
    &TARGET.info,
    &STATUS.info,
    &FROM.info,
    &TO.info,
    &CONTACT.info,
    &VIA.info,
    &ASSERTED.info,
    &DIVERSION.info,
    &AUTH_USER.info,
    &USER_AGENT.info,
    &CALL_ID.info,
    &SUBJECT.info,
    &ORGANISATION.info,
    &MESSAGE.info,
    &SDP_MEDIA.info,
    &SDP_ADDRESS.info,
    &SDP_CODEC.info,
    &SDP_TOOL.info,
    &SDP_KEY.info,
    &SDP_SESSION.info,
    &SDP_OWNER.info,
];

const ON_THE_WAY: &[Observer] = &[Observer::Network, Observer::Provider, Observer::Peer];

/// Method.
pub(super) static METHOD: Key<String> = Key::new(KeyInfo {
    name: "sip.method",
    question: Question::Activity,
    observers: ON_THE_WAY,
    doc: "Method of a request: `INVITE`, `REGISTER`, `BYE`, ...",
    source: "RFC 3261 section 7.1",
    wireshark: "sip.Method",
    sentence: None,
});

/// Caller.
pub(super) static FROM: Key<String> = Key::new(KeyInfo {
    name: "sip.from",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "From without its parameters: display name and address of record",
    source: "RFC 3261 section 20.20",
    wireshark: "sip.From",
    sentence: Some(Sentence {
        de: "Name und Adresse der anrufenden Seite sind unverschlüsselt: {value}.",
        en: "Name and address of the calling side are in clear: {value}.",
    }),
});

/// Callee.
pub(super) static TO: Key<String> = Key::new(KeyInfo {
    name: "sip.to",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "To without its parameters: display name and address of record",
    source: "RFC 3261 section 20.39",
    wireshark: "sip.To",
    sentence: Some(Sentence {
        de: "Name und Adresse der angerufenen Seite sind unverschlüsselt: {value}.",
        en: "Name and address of the called side are in clear: {value}.",
    }),
});

/// Device.
pub(super) static CONTACT: Key<String> = Key::new(KeyInfo {
    name: "sip.contact",
    question: Question::Where,
    observers: ON_THE_WAY,
    doc: "Contact of the sender without its parameters: where its device can be reached",
    source: "RFC 3261 section 20.10",
    wireshark: "sip.Contact",
    sentence: Some(Sentence {
        de: "Die Adresse, unter der das Gerät erreichbar ist, steht unverschlüsselt im Paket: {value}.",
        en: "The address at which the device can be reached is in clear: {value}.",
    }),
});

/// Program.
pub(super) static USER_AGENT: Key<String> = Key::new(KeyInfo {
    name: "sip.user-agent",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "User-Agent or Server of the sender",
    source: "RFC 3261 sections 20.35 and 20.41",
    wireshark: "sip.User-Agent || sip.Server",
    sentence: Some(Sentence {
        de: "Programm oder Gerät des Absenders stehen unverschlüsselt im Paket: {value}.",
        en: "Program or device of the sender are named in clear: {value}.",
    }),
});

/// Call.
pub(super) static CALL_ID: Key<String> = Key::new(KeyInfo {
    name: "sip.call-id",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Identifier of a call or registration, the same on its whole way",
    source: "RFC 3261 section 20.8",
    wireshark: "sip.Call-ID",
    sentence: None,
});

/// Media address.
pub(super) static SDP_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
    name: "sip.sdp-address",
    question: Question::Where,
    observers: ON_THE_WAY,
    doc: "Address at which the sender takes media, or an ICE candidate of it",
    source: "RFC 8866 sections 5.7 and 5.14, RFC 8839 section 5.1",
    wireshark: "sdp.connection_info.address",
    sentence: Some(Sentence {
        de: "Die Adresse {value} für Ton und Bild wird der Gegenstelle unverschlüsselt mitgeteilt.",
        en: "The address {value} for sound and picture is told to the other side in clear.",
    }),
});

/// Codec.
pub(super) static SDP_CODEC: Key<String> = Key::new(KeyInfo {
    name: "sip.sdp-codec",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Offered codec as `audio 8 PCMA/8000`: medium, payload type, encoding and clock rate",
    source: "RFC 8866 section 6.6",
    wireshark: "sdp.mime.type",
    sentence: None,
});

/// Program that wrote the description.
pub(super) static SDP_TOOL: Key<String> = Key::new(KeyInfo {
    name: "sip.sdp-tool",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Program that wrote the session description",
    source: "RFC 8866 section 6.3",
    wireshark: "sdp.media_attr",
    sentence: None,
});

/// Dialled number or address.
pub(super) static TARGET: Key<String> = Key::new(KeyInfo {
    name: "sip.target",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Address or number to which a call is put through, without its parameters",
    source: "RFC 3261 section 8.1.1.1",
    wireshark: "sip.r-uri",
    sentence: Some(Sentence {
        de: "Die gewählte Nummer oder Adresse ist unverschlüsselt: {value}.",
        en: "The dialled number or address is in clear: {value}.",
    }),
});

/// Answer.
pub(super) static STATUS: Key<String> = Key::new(KeyInfo {
    name: "sip.status",
    question: Question::Activity,
    observers: ON_THE_WAY,
    doc: "Answer with the method that it answers: `486 Busy Here (INVITE)` tells that a call was refused",
    source: "RFC 3261 section 7.2",
    wireshark: "sip.Status-Line",
    sentence: None,
});

/// Stations.
pub(super) static VIA: Key<String> = Key::new(KeyInfo {
    name: "sip.via",
    question: Question::Where,
    observers: ON_THE_WAY,
    doc: "Address of a device or server that the message passed, as it wrote it itself or as the next one saw it",
    source: "RFC 3261 sections 18.2.1 and 20.42, RFC 3581",
    wireshark: "sip.Via.sent-by.address || sip.Via.received",
    sentence: Some(Sentence {
        de: "Die Nachricht nennt unverschlüsselt eine Station ihres Weges: {value}.",
        en: "The message names in clear a station on its way: {value}.",
    }),
});

/// Identity that the network vouches for.
pub(super) static ASSERTED: Key<String> = Key::new(KeyInfo {
    name: "sip.asserted-identity",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "Identity of a side as its provider states it, also where the number is withheld",
    source: "RFC 3325 section 9",
    wireshark: "sip.P-Asserted-Identity",
    sentence: Some(Sentence {
        de: "Der Anbieter bestätigt unverschlüsselt, wer spricht, auch bei unterdrückter Nummer: {value}.",
        en: "The provider confirms in clear who is speaking, even where the number is withheld: {value}.",
    }),
});

/// Whom the call was meant for before.
pub(super) static DIVERSION: Key<String> = Key::new(KeyInfo {
    name: "sip.diversion",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Who forwarded or referred the call",
    source: "RFC 5806 section 4, RFC 7044, RFC 3892",
    wireshark: "sip.Diversion",
    sentence: Some(Sentence {
        de: "Wer den Anruf weitergeleitet hat, ist unverschlüsselt: {value}.",
        en: "Who forwarded the call is in clear: {value}.",
    }),
});

/// Account.
pub(super) static AUTH_USER: Key<String> = Key::new(KeyInfo {
    name: "sip.auth-user",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "User name with which a device signs in",
    source: "RFC 7616 section 3.4, RFC 3261 section 22",
    wireshark: "sip.auth.username",
    sentence: Some(Sentence {
        de: "Der Benutzername der Anmeldung ist unverschlüsselt: {value}.",
        en: "The user name of the sign-in is in clear: {value}.",
    }),
});

/// Subject.
pub(super) static SUBJECT: Key<String> = Key::new(KeyInfo {
    name: "sip.subject",
    question: Question::Content,
    observers: ON_THE_WAY,
    doc: "What the call is about, in the caller's words",
    source: "RFC 3261 section 20.36",
    wireshark: "sip.Subject",
    sentence: Some(Sentence {
        de: "Der Betreff des Gesprächs ist unverschlüsselt: {value}.",
        en: "The subject of the call is in clear: {value}.",
    }),
});

/// Organisation.
pub(super) static ORGANISATION: Key<String> = Key::new(KeyInfo {
    name: "sip.organisation",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "Organisation of the sender",
    source: "RFC 3261 section 20.25",
    wireshark: "sip.Organization",
    sentence: Some(Sentence {
        de: "Die Organisation des Absenders ist unverschlüsselt: {value}.",
        en: "The organisation of the sender is in clear: {value}.",
    }),
});

/// Text message.
pub(super) static MESSAGE: Key<u64> = Key::new(KeyInfo {
    name: "sip.message-bytes",
    question: Question::Content,
    observers: ON_THE_WAY,
    doc: "Length in bytes of a text message in clear; the text itself is not kept",
    source: "RFC 3428 section 4",
    wireshark: "sip.msg_body",
    sentence: Some(Sentence {
        de: "Eine Textnachricht von {value} Byte ist unverschlüsselt lesbar.",
        en: "A text message of {value} bytes can be read in clear.",
    }),
});

/// Media with addresses and codecs.
pub(super) static SDP_MEDIA: Key<String> = Key::new(KeyInfo {
    name: "sip.sdp-media",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "A medium as `192.0.2.7:4000 audio RTP/AVP 0=PCMU/8000 101=telephone-event/8000`: where the sender takes it, \
          transport, payload types with their codecs as far as named, and the way it goes unless both",
    source: "RFC 8866 sections 5.14, 6.6 and 6.7",
    wireshark: "sdp.media",
    sentence: None,
});

/// Keys in clear.
pub(super) static SDP_KEY: Key<String> = Key::new(KeyInfo {
    name: "sip.sdp-key",
    question: Question::Content,
    observers: ON_THE_WAY,
    doc: "Suite of a media encryption whose key stands in clear beside it; the key itself is not kept",
    source: "RFC 4568 section 9.1",
    wireshark: "sdp.media_attr",
    sentence: Some(Sentence {
        de: "Der Schlüssel der Medienverschlüsselung ({value}) wird unverschlüsselt übertragen: Wer die Pakete hat, kann mithören.",
        en: "The key of the media encryption ({value}) is sent in clear: whoever has the packets can listen.",
    }),
});

/// Session name.
pub(super) static SDP_SESSION: Key<String> = Key::new(KeyInfo {
    name: "sip.sdp-session",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Name of the session, where it is more than a filler: often the program's",
    source: "RFC 8866 section 5.3",
    wireshark: "sdp.session_name",
    sentence: None,
});

/// Owner of the session.
pub(super) static SDP_OWNER: Key<String> = Key::new(KeyInfo {
    name: "sip.sdp-owner",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "User name and address of who made the session description: `alice 192.0.2.7`",
    source: "RFC 8866 section 5.2",
    wireshark: "sdp.owner",
    sentence: Some(Sentence {
        de: "Die Gesprächsbeschreibung nennt unverschlüsselt, wer sie erzeugt hat: {value}.",
        en: "The session description names in clear who made it: {value}.",
    }),
});
