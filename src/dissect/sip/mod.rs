//! SIP in clear text over UDP and TCP (RFC 3261), and the session descriptions in it (RFC 8866).

mod keys;
mod sdp;

use super::head::{self, HEAD_BYTES_MAX, Head};
use super::needs::{Needs, WHOLE};
use super::{Carrier, Dissector, Protocol};
use crate::model::{Evidence, Input, Key, Output, Piece, Step};
use keys::{
    ASSERTED, AUTH_USER, CALL_ID, CONTACT, DIVERSION, FROM, MESSAGE, METHOD, ORGANISATION, STATUS, SUBJECT, TARGET, TO,
    USER_AGENT, VIA,
};

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "sip",
    summary: "SIP calls in clear text: who calls whom, with which program, where the media go",
    source: "RFC 3261, RFC 8866",
    carrier: Carrier::Both,
    recognise,
    needs,
    create: || Box::new(Sip::default()),
    keys: keys::ALL,
};

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
/// Most stations read of one message.
const VIAS_MAX: usize = 16;
/// Fields whose parameters change from call to call and tell nothing.
const ADDRESSES: [(&Key<String>, &[&str]); 5] = [
    (&FROM, &["from", "f"]),
    (&TO, &["to", "t"]),
    (&CONTACT, &["contact", "m"]),
    (&ASSERTED, &["p-asserted-identity", "p-preferred-identity", "remote-party-id"]),
    (&DIVERSION, &["diversion", "history-info", "referred-by"]),
];
/// Fields that are stated as they stand.
const PLAIN: [(&Key<String>, &[&str]); 5] = [
    (&CALL_ID, &["call-id", "i"]),
    (&USER_AGENT, &["user-agent"]),
    (&USER_AGENT, &["server"]),
    (&SUBJECT, &["subject", "s"]),
    (&ORGANISATION, &["organization"]),
];
/// Longest body kept of a message on a stream, in bytes.
const BODY_BYTES_MAX: usize = 65_536;

fn recognise(input: &Input<'_>) -> bool {
    !matches!(input.piece, Piece::Gap { .. }) && begins_message(without_keep_alive(input.bytes))
}

/// The head, and a body that describes the session; any other body is what somebody wrote.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    let message = without_keep_alive(input.bytes);
    let skipped = input.bytes.len() - message.len();
    let is_datagram = input.piece == Piece::Datagram;
    if !begins_message(message) {
        return Needs::First(0);
    }
    let Some(length) = head::length(message) else {
        return match message.len() < HEAD_BYTES_MAX && !is_datagram {
            true => Needs::More,
            false if is_datagram => Needs::First(WHOLE),
            false => Needs::Message { needed: input.bytes.len(), length: input.bytes.len() },
        };
    };
    let head = Head::new(message);
    let (behind, whole) = (skipped + length, skipped + length + stated_body(&head).unwrap_or(0));
    match (is_datagram, describes(&head)) {
        (true, true) => Needs::First(WHOLE),
        (true, false) => Needs::First(behind),
        (false, true) => Needs::Message { needed: whole, length: whole },
        (false, false) => Needs::Message { needed: behind, length: whole },
    }
}

/// Whether the body may hold a description of the session (RFC 8866), alone or among others.
fn describes(head: &Head<'_>) -> bool {
    let kind = head.value(&["content-type", "c"]).unwrap_or_default().to_ascii_lowercase();
    kind.contains("sdp") || kind.contains("multipart")
}

/// Bytes of the body as the head states them, at most those that are kept of one.
fn stated_body(head: &Head<'_>) -> Option<usize> {
    let length = head.value(&["content-length", "l"])?.parse::<usize>().ok()?;
    Some(length.min(BODY_BYTES_MAX))
}

fn begins_message(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_graphic) && (bytes.starts_with(b"SIP/2.0 ") || method(bytes).is_some())
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
#[derive(Clone, Debug, Default)]
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
                let lost = self.streams.get_mut(input.direction.index()).map(std::mem::take).unwrap_or_default();
                let bytes = without_keep_alive(&lost);
                // Of a message whose body is not stored, the head is there.
                if begins_message(bytes) && head::length(bytes).is_some() {
                    message(bytes, input.at, out);
                }
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
    let length = head + stated_body(&Head::new(bytes)).unwrap_or(0);
    (bytes.len() >= length).then_some(length)
}

fn message(bytes: &[u8], at: Evidence, out: &mut Output) {
    let head = Head::new(bytes);
    match method(bytes) {
        Some(method) => state_request(method, &head, at, out),
        None => state_answer(&head, at, out),
    }
    for (key, names) in ADDRESSES {
        if let Some(value) = head.value(names).map(|value| without_parameters(&value).to_owned()) {
            state(key, value, at, out);
        }
    }
    for (key, names) in PLAIN {
        if let Some(value) = head.value(names) {
            state(key, value, at, out);
        }
    }
    state_ways(&head, at, out);
    if let Some(user) = head.value(&["authorization", "proxy-authorization"]).as_deref().and_then(digest_user) {
        state(&AUTH_USER, user.to_owned(), at, out);
    }
    let body = head::length(bytes).and_then(|length| bytes.get(length..)).unwrap_or_default();
    if let Some(description) = description(body) {
        sdp::Description::default().read(description, at, out);
    } else if method(bytes) == Some(b"MESSAGE") {
        // The text itself may not be stored.
        let length = body.len().max(stated_body(&head).unwrap_or(0));
        Some(length as u64)
            .filter(|length| *length > 0)
            .into_iter()
            .for_each(|length| out.facts.state(&MESSAGE, length, at));
    }
}

fn state_request(method: &[u8], head: &Head<'_>, at: Evidence, out: &mut Output) {
    out.facts.state(&METHOD, head::text(method), at);
    let line = head::text(head.start);
    let target = line.split(' ').nth(1).unwrap_or_default();
    if method == b"INVITE" {
        state(&TARGET, target.split(';').next().unwrap_or_default().to_owned(), at, out);
    }
}

/// The code and what it is an answer to: `486 Busy Here (INVITE)`.
fn state_answer(head: &Head<'_>, at: Evidence, out: &mut Output) {
    let line = head::text(head.start);
    let (Some((_, status)), Some(sequence)) = (line.split_once(' '), head.value(&["cseq"])) else { return };
    let method = sequence.split(' ').nth(1).unwrap_or_default();
    state(&STATUS, format!("{status} ({method})"), at, out);
}

/// Every station that the message passed wrote its address, and what it saw of the one before.
fn state_ways(head: &Head<'_>, at: Evidence, out: &mut Output) {
    let is_via = |name: &[u8]| name.eq_ignore_ascii_case(b"via") || name == b"v" || name == b"V";
    for (_, value) in head.fields().filter(|(name, _)| is_via(name)).take(VIAS_MAX) {
        let value = head::text(value);
        for station in value.split(',').take(VIAS_MAX) {
            let Some((_, sent_by)) = station.trim().split_once(' ') else { continue };
            let mut parts = sent_by.split(';');
            state(&VIA, parts.next().unwrap_or_default().trim().to_owned(), at, out);
            for received in parts.filter_map(|part| part.trim().strip_prefix("received=")) {
                state(&VIA, received.to_owned(), at, out);
            }
        }
    }
}

/// The user name of digest credentials (RFC 7616 section 3.4).
fn digest_user(credentials: &str) -> Option<&str> {
    let (_, behind) = credentials.split_once("username=\"")?;
    behind.split('"').next()
}

/// The session description in a body: the whole, or a part among others.
fn description(body: &[u8]) -> Option<&[u8]> {
    if body.starts_with(b"v=0") {
        return Some(body);
    }
    let start = body.windows(5).position(|bytes| bytes == b"\nv=0\r" || bytes == b"\nv=0\n")?;
    body.get(start + 1..)
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
            let media = ["192.0.2.7:4000 audio RTP/AVP 0=PCMU/8000", "[2001:db8::7]:4002 video RTP/AVP 99"];
            assert_eq!(values(&out, "sip.sdp-media"), media);
            assert_eq!(values(&out, "sip.target"), ["sip:bob@example.test"]);
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
    fn answers_stations_identities_and_user_names() {
        let out = read(
            &[b"SIP/2.0 486 Busy Here\r\nCSeq: 7 INVITE\r\nVia: SIP/2.0/UDP 192.168.1.2:5060;branch=z9;received=203.0.113.7\r\n\
                v: SIP/2.0/TLS pbx.example.test, SIP/2.0/UDP 10.0.0.9\r\nP-Asserted-Identity: \"Bob\" <tel:+49301234>\r\n\
                Authorization: Digest realm=\"example.test\", username=\"bob\", nonce=\"1\"\r\nSubject: diagnosis\r\n\r\n"],
            false,
        );
        assert_eq!(values(&out, "sip.status"), ["486 Busy Here (INVITE)"]);
        assert_eq!(values(&out, "sip.via"), ["192.168.1.2:5060", "203.0.113.7", "pbx.example.test", "10.0.0.9"]);
        assert_eq!(values(&out, "sip.asserted-identity"), ["\"Bob\" <tel:+49301234>"]);
        assert_eq!(values(&out, "sip.auth-user"), ["bob"]);
        assert_eq!(values(&out, "sip.subject"), ["diagnosis"]);
    }

    #[test]
    fn a_description_among_other_parts_and_keys_in_clear() {
        let out = read(
            &[b"INVITE sip:b SIP/2.0\r\n\r\n--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\ns=Team\r\nc=IN IP4 192.0.2.7\r\n\
                m=audio 4000 RTP/SAVP 96 0\r\na=rtpmap:96 opus/48000/2\r\na=sendonly\r\n\
                a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\n--x--\r\n"],
            false,
        );
        assert_eq!(values(&out, "sip.sdp-media"), ["192.0.2.7:4000 audio RTP/SAVP 96=opus/48000/2 0 sendonly"]);
        assert_eq!(values(&out, "sip.sdp-key"), ["AES_CM_128_HMAC_SHA1_80"]);
        assert_eq!(values(&out, "sip.sdp-session"), ["Team"]);
    }

    #[test]
    fn a_message_is_counted_and_not_quoted() {
        let out = read(&[b"MESSAGE sip:b SIP/2.0\r\nContent-Type: text/plain\r\n\r\nsecret"], false);
        assert_eq!(values(&out, "sip.message-bytes"), ["6"]);
        assert!(!out.facts.iter().any(|fact| fact.value.to_string().contains("secret")));
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
