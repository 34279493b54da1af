//! SIP in clear text over UDP and TCP (RFC 3261), and the session descriptions in it (RFC 8866).

mod sdp;

use super::head::{self, HEAD_BYTES_MAX, Head};
use super::{Carrier, Dissector, Protocol};
use crate::model::{Evidence, Input, Key, KeyInfo, Observer, Output, Piece, Question, Sentence, Step};
use std::net::SocketAddr;

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "sip",
    summary: "SIP calls in clear text: who calls whom, with which program, where the media go",
    source: "RFC 3261, RFC 8866",
    carrier: Carrier::Both,
    recognise,
    create: || Box::new(Sip::default()),
    keys: &[
        &METHOD.info,
        &FROM.info,
        &TO.info,
        &CONTACT.info,
        &USER_AGENT.info,
        &CALL_ID.info,
        &SDP_ADDRESS.info,
        &SDP_CODEC.info,
        &SDP_TOOL.info,
    ],
};

const ON_THE_WAY: &[Observer] = &[Observer::Network, Observer::Provider, Observer::Peer];

/// Method.
pub static METHOD: Key<String> = Key::new(KeyInfo {
    name: "sip.method",
    question: Question::Activity,
    observers: ON_THE_WAY,
    doc: "Method of a request: `INVITE`, `REGISTER`, `BYE`, ...",
    source: "RFC 3261 section 7.1",
    wireshark: "sip.Method",
    sentence: None,
});

/// Caller.
pub static FROM: Key<String> = Key::new(KeyInfo {
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
pub static TO: Key<String> = Key::new(KeyInfo {
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
pub static CONTACT: Key<String> = Key::new(KeyInfo {
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
pub static USER_AGENT: Key<String> = Key::new(KeyInfo {
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
pub static CALL_ID: Key<String> = Key::new(KeyInfo {
    name: "sip.call-id",
    question: Question::WithWhom,
    observers: ON_THE_WAY,
    doc: "Identifier of a call or registration, the same on its whole way",
    source: "RFC 3261 section 20.8",
    wireshark: "sip.Call-ID",
    sentence: None,
});

/// Media address.
pub static SDP_ADDRESS: Key<SocketAddr> = Key::new(KeyInfo {
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
pub static SDP_CODEC: Key<String> = Key::new(KeyInfo {
    name: "sip.sdp-codec",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Offered codec as `audio 8 PCMA/8000`: medium, payload type, encoding and clock rate",
    source: "RFC 8866 section 6.6",
    wireshark: "sdp.mime.type",
    sentence: None,
});

/// Program that wrote the description.
pub static SDP_TOOL: Key<String> = Key::new(KeyInfo {
    name: "sip.sdp-tool",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "Program that wrote the session description",
    source: "RFC 8866 section 6.3",
    wireshark: "sdp.media_attr",
    sentence: None,
});

/// Methods (IANA Session Initiation Protocol Parameters).
const METHODS: &[&[u8]] = &[
    b"INVITE",
    b"ACK",
    b"BYE",
    b"CANCEL",
    b"REGISTER",
    b"OPTIONS",
    b"SUBSCRIBE",
    b"NOTIFY",
    b"PUBLISH",
    b"INFO",
    b"REFER",
    b"MESSAGE",
    b"UPDATE",
    b"PRACK",
];
/// Longest method with the space behind it, in bytes.
const METHOD_BYTES_MAX: usize = 10;
/// Longest body kept of a message on a stream, in bytes.
const BODY_BYTES_MAX: usize = 65_536;

fn recognise(input: &Input<'_>) -> bool {
    !matches!(input.piece, Piece::Gap { .. }) && begins_message(without_keep_alive(input.bytes))
}

fn begins_message(bytes: &[u8]) -> bool {
    bytes.starts_with(b"SIP/2.0 ") || method(bytes).is_some()
}

/// The method of a request, if its target is one of SIP.
fn method(bytes: &[u8]) -> Option<&[u8]> {
    let start = bytes.get(..METHOD_BYTES_MAX).unwrap_or(bytes);
    let space = start.iter().position(|byte| *byte == b' ')?;
    let (method, target) = (bytes.get(..space)?, bytes.get(space + 1..)?);
    let scheme = [b"sip:".as_slice(), b"sips:", b"tel:"]
        .iter()
        .any(|scheme| target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    (scheme && METHODS.contains(&method)).then_some(method)
}

/// Empty lines before a message are allowed and keep connections open (RFC 3261 section 7.5, RFC 5626 section 3.5.1).
fn without_keep_alive(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len());
    bytes.get(start..).unwrap_or_default()
}

/// Bytes of each direction of a stream that are no whole message yet: at most one head and one body.
#[derive(Debug, Default)]
struct Sip {
    streams: [Vec<u8>; 2],
}

impl Dissector for Sip {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        match input.piece {
            Piece::Datagram => {
                let bytes = without_keep_alive(input.bytes);
                if !begins_message(bytes) {
                    return Step::Foreign;
                }
                message(bytes, input.at, out);
            }
            Piece::Stream { .. } => self.stream(input, out),
            Piece::Gap { .. } => {
                self.streams.get_mut(input.direction.index()).map(Vec::clear);
            }
        }
        Step::Taken
    }
}

impl Sip {
    fn stream(&mut self, input: &Input<'_>, out: &mut Output) {
        let Some(carry) = self.streams.get_mut(input.direction.index()) else { return };
        carry.extend_from_slice(input.bytes);
        loop {
            let bytes = without_keep_alive(carry);
            if !begins_message(bytes) && bytes.len() > METHOD_BYTES_MAX {
                carry.clear();
                return;
            }
            let Some(length) = message_length(bytes) else { break };
            let (first, rest) = bytes.split_at(length.min(bytes.len()));
            message(first, input.at, out);
            *carry = rest.to_vec();
        }
        if carry.len() > HEAD_BYTES_MAX + BODY_BYTES_MAX {
            out.problems.count("sip.message-too-long", input.at.capture, input.at.frame);
            carry.clear();
        }
    }
}

/// Bytes of the message at the front of a stream (RFC 3261 section 18.3); `None` while it is not whole. A head that
/// does not end is given up as a message of its own.
fn message_length(bytes: &[u8]) -> Option<usize> {
    let Some(head) = head::length(bytes) else { return (bytes.len() >= HEAD_BYTES_MAX).then_some(bytes.len()) };
    let body = Head::new(bytes).value(&["content-length", "l"]).and_then(|length| length.parse::<usize>().ok());
    let length = head + body.unwrap_or(0).min(BODY_BYTES_MAX);
    (bytes.len() >= length).then_some(length)
}

fn message(bytes: &[u8], at: Evidence, out: &mut Output) {
    let head = Head::new(bytes);
    if let Some(method) = method(bytes) {
        out.facts.state(&METHOD, head::text(method), at);
    }
    let named: [(&'static Key<String>, &[&str]); 3] =
        [(&FROM, &["from", "f"]), (&TO, &["to", "t"]), (&CONTACT, &["contact", "m"])];
    for (key, names) in named {
        if let Some(value) = head.value(names).map(|value| without_parameters(&value).to_owned()) {
            state(key, value, at, out);
        }
    }
    let plain: [(&'static Key<String>, &[&str]); 3] =
        [(&CALL_ID, &["call-id", "i"]), (&USER_AGENT, &["user-agent"]), (&USER_AGENT, &["server"])];
    for (key, names) in plain {
        if let Some(value) = head.value(names) {
            state(key, value, at, out);
        }
    }
    let body = head::length(bytes).and_then(|length| bytes.get(length..)).unwrap_or_default();
    if body.starts_with(b"v=0") {
        sdp::Description::default().read(body, at, out);
    }
}

fn state(key: &'static Key<String>, value: String, at: Evidence, out: &mut Output) {
    if !value.is_empty() {
        out.facts.state(key, value, at);
    }
}

/// An address without the parameters behind it (`;tag=...`), which change from call to call. A semicolon inside
/// quotation marks or angle brackets belongs to the address.
fn without_parameters(value: &str) -> &str {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for (at, character) in value.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            ';' | ',' if !quoted && !bracketed => return value.get(..at).unwrap_or(value).trim_end(),
            _ => {}
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Timestamp};

    const INVITE: &[u8] =
        b"INVITE sip:bob@example.test SIP/2.0\r\nf: \"Alice; Example\" <sip:alice@example.test;x=y>;tag=3\r\n\
        To: <sip:bob@example.test>\r\nContact: <sip:alice@192.0.2.7:5060>;expires=5\r\nCall-ID: abc@192.0.2.7\r\n\
        User-Agent: phone 1.0\r\nContent-Type: application/sdp\r\nl: 199\r\n\r\n\
        v=0\r\no=- 1 2 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\na=tool:baresip 1.0.0\r\n\
        m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\nm=video 4002 RTP/AVP 99\r\nc=IN IP6 2001:db8::7\r\n\
        m=text 0 RTP/AVP 98\r\n";

    fn read(pieces: &[&[u8]], stream: bool) -> Output {
        let (mut sip, mut out) = (Sip::default(), Output::default());
        for bytes in pieces {
            let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
            let piece = if stream { Piece::Stream { offset: 0, from_start: true } } else { Piece::Datagram };
            let (source, destination) = ("192.0.2.1:9".parse().unwrap(), "192.0.2.2:80".parse().unwrap());
            let direction = Direction::Forward;
            let input = Input { bytes, piece, direction, at, source, destination, cut: 0, tunnel: None };
            recognise(&input);
            sip.read(&input, &mut out);
        }
        out
    }

    fn values(out: &Output, key: &str) -> Vec<String> {
        out.facts.of(key).map(|fact| fact.value.to_string()).collect()
    }

    #[test]
    fn an_invitation_tells_people_programs_and_addresses() {
        let bytes: Vec<&[u8]> = INVITE.chunks(7).collect();
        for out in [read(&[INVITE], false), read(&bytes, true)] {
            assert_eq!(values(&out, "sip.method"), ["INVITE"]);
            assert_eq!(values(&out, "sip.from"), ["\"Alice; Example\" <sip:alice@example.test;x=y>"]);
            assert_eq!(values(&out, "sip.to"), ["<sip:bob@example.test>"]);
            assert_eq!(values(&out, "sip.contact"), ["<sip:alice@192.0.2.7:5060>"]);
            assert_eq!(values(&out, "sip.user-agent"), ["phone 1.0"]);
            assert_eq!(values(&out, "sip.sdp-codec"), ["audio 0 PCMU/8000"]);
            assert_eq!(values(&out, "sip.sdp-tool"), ["baresip 1.0.0"]);
            assert_eq!(values(&out, "sip.sdp-address"), ["192.0.2.7:4000", "[2001:db8::7]:4002"]);
        }
    }

    #[test]
    fn keep_alives_and_two_messages_in_one_piece() {
        let out = read(&[b"\r\n\r\nBYE sip:b SIP/2.0\r\nt: x\r\n\r\nSIP/2.0 200 OK\r\nServer: s\r\n\r\n"], true);
        assert_eq!(values(&out, "sip.method"), ["BYE"]);
        assert_eq!(values(&out, "sip.user-agent"), ["s"]);
    }

    #[test]
    fn http_is_not_sip() {
        assert!(!begins_message(b"OPTIONS * HTTP/1.1\r\n"));
        assert!(begins_message(b"OPTIONS SIP:b SIP/2.0\r\n"));
    }

    #[test]
    fn no_prefix_and_no_flipped_byte_panics() {
        for length in 0..=INVITE.len() {
            read(&[&INVITE[..length]], false);
            read(&[&INVITE[..length], INVITE], true);
        }
        for at in 0..INVITE.len() {
            let mut bytes = INVITE.to_vec();
            for value in [bytes[at] ^ 0xff, b'\n', b'='] {
                bytes[at] = value;
                read(&[&bytes], false);
                read(&[&bytes], true);
            }
        }
    }
}
