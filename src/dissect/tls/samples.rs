//! Bytes and helpers for the tests of TLS, QUIC and DTLS. The samples were recorded in this project's laboratory
//! between Chromium 156, OpenSSL and Janus 1.1.2, under names of example.test.

use crate::dissect::Dissector;
use crate::model::{Direction, Evidence, Input, Output, Piece, Step, Timestamp};
use std::net::{Ipv4Addr, SocketAddr};

/// A ClientHello of Chromium in one record; it offers TLS 1.3 and Encrypted ClientHello.
pub(crate) const CLIENT_HELLO: &[u8] = include_bytes!("samples/client_hello.bin");
/// A ClientHello of OpenSSL that offers TLS 1.2 alone.
pub(crate) const TLS12_CLIENT_HELLO: &[u8] = include_bytes!("samples/tls12_client_hello.bin");
/// The answer to it: ServerHello, Certificate, ServerKeyExchange, ServerHelloDone, each in its own record.
pub(crate) const TLS12_SERVER_FLIGHT: &[u8] = include_bytes!("samples/tls12_server_flight.bin");

/// One input at frame `frame`, `frame` milliseconds after the epoch.
pub(crate) fn input(bytes: &[u8], piece: Piece, direction: Direction, frame: u64) -> Input<'_> {
    let time = Timestamp::from_nanos(i64::try_from(frame).unwrap() * 1_000_000);
    let host = |last| SocketAddr::from((Ipv4Addr::new(192, 0, 2, last), 443));
    Input {
        bytes,
        piece,
        direction,
        at: Evidence { capture: 0, frame, time, direction },
        source: host(1),
        destination: host(2),
        cut: 0,
        tunnel: None,
    }
}

/// All values of a key in order.
pub(crate) fn texts(out: &Output, key: &str) -> Vec<String> {
    out.facts.of(key).map(|fact| fact.value.to_string()).collect()
}

/// Names of all problems.
pub(crate) fn problems(out: &Output) -> Vec<&'static str> {
    out.problems.iter().map(|(name, _)| name).collect()
}

/// Every key stated is one that the protocol lists.
pub(crate) fn states_listed_keys(out: &Output, protocol: &crate::dissect::Protocol) -> bool {
    out.facts.iter().all(|fact| protocol.keys.iter().any(|key| key.name == fact.key.name))
}

/// Reads every prefix and every copy with one byte changed, to the end of the flow. It is enough not to panic.
pub(crate) fn survives(
    bytes: &[u8],
    piece: Piece,
    create: fn() -> Box<dyn Dissector>,
    recognise: fn(&Input<'_>) -> bool,
) {
    let read = |bytes: &[u8], cut: u32| {
        let (mut reader, mut out) = (create(), Output::default());
        for (frame, direction) in [(1, Direction::Forward), (2, Direction::Backward)] {
            let input = Input { cut, ..input(bytes, piece, direction, frame) };
            recognise(&input);
            let _: Step<'_> = reader.read(&input, &mut out);
        }
        reader.finish(&mut out);
    };
    for length in 0..bytes.len() {
        read(&bytes[..length], 0);
        read(&bytes[..length], u32::try_from(bytes.len() - length).unwrap());
        for change in [0xff, 0x01, 0x80] {
            let mut changed = bytes.to_vec();
            changed[length] ^= change;
            read(&changed, 0);
        }
    }
}

/// Bytes from hexadecimal digits.
pub(crate) fn hex_bytes(digits: &str) -> Vec<u8> {
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
