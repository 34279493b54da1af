//! HTTP/1 requests in clear text (RFC 9112): which host, which path, which program.

mod identifiers;

use super::head::{self, HEAD_BYTES_MAX, Head};
use super::needs::Needs;
use super::wechat::{self, hello, query};
use super::{Carrier, Dissector, Protocol};
use crate::model::{Direction, Evidence, Input, Key, KeyInfo, Observer, Output, Piece, Question, Sentence, Step};

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "http",
    summary: "HTTP/1 requests in clear text: hosts, paths, programs, and what their queries name",
    source: "RFC 9110, RFC 9112",
    carrier: Carrier::Stream,
    recognise,
    needs,
    create: || Box::new(Http::default()),
    keys: &[
        &HOST.info,
        &PATH.info,
        &USER_AGENT.info,
        &COOKIE.info,
        &identifiers::PERSON.info,
        &identifiers::DEVICE.info,
        &identifiers::MEETING.info,
        &identifiers::SECRET.info,
        &wechat::UIN.info,
        &wechat::CLIENT_VERSION.info,
        &wechat::VERSION.info,
        &wechat::DEVICE_TYPE.info,
        &wechat::LANGUAGE.info,
        &wechat::NETWORK_TYPE.info,
        &wechat::NETWORK_ID.info,
        &wechat::OPERATOR.info,
        &wechat::LAST_ANSWER.info,
        &wechat::AGREEMENT.info,
    ],
};

const ON_THE_WAY: &[Observer] = &[Observer::Network, Observer::Provider];

/// Host.
pub static HOST: Key<String> = Key::new(KeyInfo {
    name: "http.host",
    question: Question::Provider,
    observers: ON_THE_WAY,
    doc: "Host of a request, lower case, without port: from Host, else from the target",
    source: "RFC 9110 section 7.2",
    wireshark: "http.host",
    sentence: Some(Sentence {
        de: "Unverschlüsselter Abruf bei {value}: Inhalt und Adresse sind unterwegs lesbar.",
        en: "Unencrypted request to {value}: content and address are readable on the way.",
    }),
});

/// Path.
pub static PATH: Key<String> = Key::new(KeyInfo {
    name: "http.path",
    question: Question::Content,
    observers: ON_THE_WAY,
    doc: "Method and path of a request without its query: `GET /index.html`",
    source: "RFC 9112 section 3",
    wireshark: "http.request.uri.path",
    sentence: None,
});

/// Program.
pub static USER_AGENT: Key<String> = Key::new(KeyInfo {
    name: "http.user-agent",
    question: Question::Software,
    observers: ON_THE_WAY,
    doc: "User-Agent of a request",
    source: "RFC 9110 section 10.1.5",
    wireshark: "http.user_agent",
    sentence: Some(Sentence {
        de: "Programm und Gerät stehen unverschlüsselt in der Anfrage: {value}.",
        en: "Program and device are named in clear in the request: {value}.",
    }),
});

/// Cookie.
pub static COOKIE: Key<bool> = Key::new(KeyInfo {
    name: "http.cookie",
    question: Question::Who,
    observers: ON_THE_WAY,
    doc: "A request carried a Cookie or an Authorization; the value is not kept",
    source: "RFC 6265 section 5.4, RFC 9110 section 11.6.2",
    wireshark: "http.cookie || http.authorization",
    sentence: Some(Sentence {
        de: "Eine Anfrage trägt unverschlüsselt eine Kennung der Person oder Sitzung (Cookie oder Anmeldung).",
        en: "A request carries an identifier of the person or session in clear (cookie or sign-in).",
    }),
});

/// Methods of requests (RFC 9110 section 9, RFC 5789).
const METHODS: &[&[u8]] = &[b"GET", b"POST", b"HEAD", b"PUT", b"OPTIONS", b"CONNECT", b"DELETE", b"PATCH", b"TRACE"];
/// Longest method with the space behind it, in bytes.
const METHOD_BYTES_MAX: usize = 8;

fn recognise(input: &Input<'_>) -> bool {
    matches!(input.piece, Piece::Stream { .. }) && begins_request(input.bytes)
}

/// The head of a request; bodies and answers are content, but for the opening message of WeChat.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    let behind = if is_shortlink(input.bytes) { hello::BYTES_MAX } else { 0 };
    match head::length(input.bytes) {
        _ if !begins_request(input.bytes) => Needs::First(0),
        Some(length) => Needs::Message { needed: length + behind, length: length + behind },
        None if input.bytes.len() < HEAD_BYTES_MAX => Needs::More,
        None => Needs::Message { needed: HEAD_BYTES_MAX, length: HEAD_BYTES_MAX },
    }
}

/// A method and the start of a target that HTTP has: other protocols (SIP, RTSP) use the same methods.
fn begins_request(bytes: &[u8]) -> bool {
    let start = bytes.get(..METHOD_BYTES_MAX).unwrap_or(bytes);
    let Some(space) = start.iter().position(|byte| *byte == b' ') else { return false };
    let (method, target) = (bytes.get(..space).unwrap_or_default(), bytes.get(space + 1..).unwrap_or_default());
    METHODS.contains(&method)
        && (method == b"CONNECT" || [b"/".as_slice(), b"*", b"http"].iter().any(|start| target.starts_with(start)))
}

/// Collects the head of each request; bodies and answers pass unread, but for the opening message of WeChat.
#[derive(Clone, Debug, Default)]
struct Http {
    collected: [Vec<u8>; 2],
    /// The direction whose body begins with MMTLS, and what was collected of it.
    shortlink: Option<(Direction, Vec<u8>)>,
    /// A CONNECT was seen: what follows is another protocol.
    tunnel: bool,
}

impl Dissector for Http {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let Some(collected) = self.collected.get_mut(input.direction.index()) else { return Step::Taken };
        let goes_on = !collected.is_empty();
        if matches!(input.piece, Piece::Gap { .. }) {
            collected.clear();
            self.shortlink = None;
        } else if goes_on || begins_request(input.bytes) {
            collected.extend_from_slice(input.bytes);
            let collected = std::mem::take(collected);
            self.requests(&collected, input, out);
        } else if self.shortlink.as_ref().is_some_and(|(way, _)| *way == input.direction) {
            self.read_shortlink(input.bytes, input.at, out);
        } else if self.tunnel && !input.bytes.starts_with(b"HTTP/") {
            return Step::Foreign;
        }
        Step::Taken
    }
}

impl Http {
    /// Reads the heads at the front of `bytes` and keeps one that is not whole yet.
    fn requests(&mut self, bytes: &[u8], input: &Input<'_>, out: &mut Output) {
        let mut rest = bytes;
        while begins_request(rest) {
            match head::length(rest) {
                Some(length) => {
                    let (request, behind) = rest.split_at(length);
                    self.tunnel |= request.starts_with(b"CONNECT ");
                    let head = Head::new(request);
                    state(&head, input.at, out);
                    if is_shortlink(head.start) {
                        self.shortlink = Some((input.direction, Vec::new()));
                        self.read_shortlink(behind, input.at, out);
                        return;
                    }
                    rest = behind;
                }
                None if rest.len() < HEAD_BYTES_MAX => {
                    if let Some(collected) = self.collected.get_mut(input.direction.index()) {
                        *collected = rest.to_vec();
                    }
                    return;
                }
                None => {
                    out.problems.count("http.head-too-long", input.at.capture, input.at.frame);
                    state(&Head::new(rest), input.at, out);
                    return;
                }
            }
        }
    }

    fn read_shortlink(&mut self, bytes: &[u8], at: Evidence, out: &mut Output) {
        let Some((_, body)) = &mut self.shortlink else { return };
        let room = hello::BYTES_MAX.saturating_sub(body.len());
        body.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        match hello::whole(body) {
            Some(record) => hello::state(record, at, out),
            None if body.len() < hello::BYTES_MAX => return,
            None => {}
        }
        self.shortlink = None;
    }
}

/// WeChat sends MMTLS as the body of `POST /mmtls/` and a number.
fn is_shortlink(start: &[u8]) -> bool {
    start.starts_with(b"POST /mmtls/")
}

fn state(head: &Head<'_>, at: Evidence, out: &mut Output) {
    let line = head::text(head.start);
    let mut parts = line.split(' ');
    let (method, target) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let (authority, path) = split_target(method, target);
    let host = head.value(&["host"]).filter(|host| !host.is_empty()).or(authority.map(str::to_owned));
    if let Some(host) = host {
        out.facts.state(&HOST, without_port(&host).to_ascii_lowercase(), at);
    }
    let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
    if !path.is_empty() {
        out.facts.state(&PATH, format!("{method} {path}"), at);
    }
    if let Some(agent) = head.value(&["user-agent"]).filter(|agent| !agent.is_empty()) {
        out.facts.state(&USER_AGENT, agent, at);
    }
    if head.value(&["cookie", "authorization"]).is_some() {
        out.facts.state(&COOKIE, true, at);
    }
    if path.ends_with("/newgetdns") {
        query::newgetdns(parameters, at, out);
    } else {
        identifiers::state(parameters, at, out);
    }
}

/// Authority and path of a target in any of its four forms (RFC 9112 section 3.2).
fn split_target<'t>(method: &str, target: &'t str) -> (Option<&'t str>, &'t str) {
    if method == "CONNECT" {
        return (Some(target), "");
    }
    match target.split_once("://") {
        Some((scheme, rest)) if scheme.starts_with("http") => {
            let slash = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at(slash);
            (Some(authority), path)
        }
        _ => (None, target),
    }
}

/// A host without its port; the brackets of an IPv6 address go too.
fn without_port(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.contains(':') => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Timestamp};

    fn read(pieces: &[&[u8]]) -> (Output, bool) {
        let (mut http, mut out, mut offset, mut foreign) = (Http::default(), Output::default(), 0, false);
        for bytes in pieces {
            let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
            let (source, destination) = ("192.0.2.1:9".parse().unwrap(), "192.0.2.2:80".parse().unwrap());
            let piece = Piece::Stream { offset, from_start: true };
            let direction = Direction::Forward;
            let input = Input { bytes, piece, direction, at, source, destination, cut: 0, tunnel: None };
            offset += u64::try_from(bytes.len()).unwrap();
            recognise(&input);
            foreign |= matches!(http.read(&input, &mut out), Step::Foreign);
        }
        (out, foreign)
    }

    fn values(out: &Output, key: &str) -> Vec<String> {
        out.facts.of(key).map(|fact| fact.value.to_string()).collect()
    }

    const REQUEST: &[u8] =
        b"GET /a/b?secret=1 HTTP/1.1\r\nHost: Example.test:8080\r\nUser-Agent: Some Client/1.0\r\nCookie: id=7\r\n\r\n";

    #[test]
    fn a_request_in_any_pieces() {
        let whole = read(&[REQUEST]).0;
        let bytes: Vec<&[u8]> = REQUEST.chunks(6).collect();
        for out in [whole, read(&bytes).0] {
            assert_eq!(values(&out, "http.host"), ["example.test"]);
            assert_eq!(values(&out, "http.path"), ["GET /a/b"]);
            assert_eq!(values(&out, "http.user-agent"), ["Some Client/1.0"]);
            assert_eq!(values(&out, "http.cookie"), ["true"]);
        }
    }

    #[test]
    fn pipelined_requests_and_other_targets() {
        let out = read(&[b"GET http://one.test/x HTTP/1.0\r\n\r\nHEAD / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n"]).0;
        assert_eq!(values(&out, "http.host"), ["one.test", "2001:db8::1"]);
        assert_eq!(values(&out, "http.path"), ["GET /x", "HEAD /"]);
    }

    #[test]
    fn a_query_names_a_person() {
        let out = read(&[b"GET /status?uin=12345&lang=de HTTP/1.1\r\nHost: one.test\r\n\r\n"]).0;
        assert_eq!(values(&out, "http.person"), ["uin=12345"]);
        assert_eq!(values(&out, "http.path"), ["GET /status"]);
    }

    #[test]
    fn the_body_of_a_shortlink_shows_its_ticket() {
        let head = b"POST /mmtls/00a1b2c3 HTTP/1.1\r\nHost: short.test\r\nUser-Agent: MicroMessenger Client\r\n\r\n";
        let whole = [&head[..], &hello::tests::early()].concat();
        for size in [7, 100, whole.len()] {
            let out = read(&whole.chunks(size).collect::<Vec<_>>()).0;
            assert_eq!(values(&out, "mmtls.handshake"), ["early-data"]);
            assert_eq!(values(&out, "mmtls.ticket").len(), 1);
            assert_eq!(values(&out, "http.path"), ["POST /mmtls/00a1b2c3"]);
        }
    }

    #[test]
    fn what_follows_connect_is_foreign() {
        let (out, foreign) = read(&[b"CONNECT two.test:443 HTTP/1.1\r\n\r\n", b"\x16\x03\x01\0\0"]);
        assert_eq!(values(&out, "http.host"), ["two.test"]);
        assert!(foreign);
    }

    #[test]
    fn sip_and_rtsp_are_not_http() {
        assert!(!begins_request(b"OPTIONS sip:bob@example.test SIP/2.0\r\n"));
        assert!(!begins_request(b"OPTIONS rtsp://example.test RTSP/1.0\r\n"));
        assert!(!begins_request(b"GETTY /"));
        assert!(begins_request(b"OPTIONS * HTTP/1.1\r\n"));
    }

    #[test]
    fn no_prefix_and_no_flipped_byte_panics() {
        for length in 0..=REQUEST.len() {
            read(&[&REQUEST[..length]]);
        }
        for at in 0..REQUEST.len() {
            let mut bytes = REQUEST.to_vec();
            bytes[at] ^= 0xff;
            read(&[&bytes]);
            bytes[at] = b'\n';
            read(&[&bytes]);
        }
    }
}
