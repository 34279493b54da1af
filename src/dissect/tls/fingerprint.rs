//! Fingerprints of TLS software: JA3 and JA3S (Salesforce, 2017) and the client part of JA4 (FoxIO, 2023).
//!
//! They are digests of what a program offers, not of who uses it; the same program gives the same digest again on
//! every network.

use super::hello::{ClientHello, ServerHello, Variant, is_grease};
use md5::Md5;
use sha2::{Digest, Sha256};
use tls_parser::TlsExtensionType;

/// Hexadecimal digits kept of each digest in a JA4.
const JA4_DIGEST_DIGITS: usize = 12;
/// Stands in a JA4 where there is nothing to digest.
const JA4_EMPTY_DIGEST: &str = "000000000000";
/// The largest number that the two digits of a JA4 count can show.
const JA4_COUNT_MAX: usize = 99;

/// JA3 of a client: MD5 over version, ciphers, extensions, groups and point formats without GREASE. `None` for a
/// hello that was cut.
pub(crate) fn ja3(hello: &ClientHello<'_>) -> Option<String> {
    let formats: Vec<u16> = hello.formats.iter().map(|format| u16::from(*format)).collect();
    let text = format!(
        "{},{},{},{},{}",
        hello.version,
        dashed(&hello.ciphers),
        dashed(&hello.extensions),
        dashed(&hello.groups),
        dashed(&formats)
    );
    hello.whole.then(|| hex(&Md5::digest(text)))
}

/// JA3S of a server: MD5 over version, cipher and extensions. `None` for a hello that was cut.
pub(crate) fn ja3s(hello: &ServerHello<'_>) -> Option<String> {
    let text = format!("{},{},{}", hello.version, hello.cipher, dashed(&hello.extensions));
    hello.whole.then(|| hex(&Md5::digest(text)))
}

/// JA4 of a client, for example `t13d1516h2_8daaf6152771_e5627efa2ab1`. `None` for a hello that was cut.
pub(crate) fn ja4(hello: &ClientHello<'_>, variant: Variant) -> Option<String> {
    let ciphers = without_grease(&hello.ciphers);
    let extensions = without_grease(&hello.extensions);
    let letter = match variant {
        Variant::Tls => 't',
        Variant::Quic => 'q',
        Variant::Dtls => 'd',
    };
    let text = format!(
        "{letter}{}{}{:02}{:02}{}_{}_{}",
        version_code(hello),
        if extensions.contains(&TlsExtensionType::ServerName.0) { 'd' } else { 'i' },
        ciphers.len().min(JA4_COUNT_MAX),
        extensions.len().min(JA4_COUNT_MAX),
        protocol_code(hello.protocols.first().copied().unwrap_or_default()),
        ciphers_digest(ciphers),
        extensions_digest(extensions, &without_grease(&hello.signatures)),
    );
    hello.whole.then_some(text)
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0')
}

fn without_grease(values: &[u16]) -> Vec<u16> {
    values.iter().copied().filter(|value| !is_grease(*value)).collect()
}

fn dashed(values: &[u16]) -> String {
    let parts: Vec<String> = without_grease(values).iter().map(u16::to_string).collect();
    parts.join("-")
}

fn comma_hex(values: &[u16]) -> String {
    let parts: Vec<String> = values.iter().map(|value| format!("{value:04x}")).collect();
    parts.join(",")
}

/// The highest version that the client offers. The specification compares the numbers, though those of DTLS count
/// downwards: a client with DTLS 1.3 and 1.2 has `d2`, and so other programs have it.
fn version_code(hello: &ClientHello<'_>) -> &'static str {
    match without_grease(&hello.versions).into_iter().max().unwrap_or(hello.version) {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        0x0100 => "s1",
        0xfeff => "d1",
        0xfefd => "d2",
        0xfefc => "d3",
        _ => "00",
    }
}

/// First and last character of the first protocol; of its hexadecimal form when one of them is neither letter nor
/// digit.
fn protocol_code(protocol: &[u8]) -> String {
    let (Some(first), Some(last)) = (protocol.first(), protocol.last()) else {
        return "00".to_owned();
    };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        [char::from(*first), char::from(*last)].iter().collect()
    } else {
        [digit(first >> 4), digit(last & 0x0f)].iter().collect()
    }
}

fn ciphers_digest(mut ciphers: Vec<u16>) -> String {
    ciphers.sort_unstable();
    short_digest(&comma_hex(&ciphers))
}

/// Extensions sorted, without server name and ALPN, which vary with the site; signature algorithms as they came.
fn extensions_digest(mut extensions: Vec<u16>, signatures: &[u16]) -> String {
    let varying = [TlsExtensionType::ServerName.0, TlsExtensionType::ApplicationLayerProtocolNegotiation.0];
    extensions.retain(|kind| !varying.contains(kind));
    extensions.sort_unstable();
    let list = comma_hex(&extensions);
    let separator = if signatures.is_empty() || list.is_empty() { "" } else { "_" };
    let signed = if list.is_empty() { String::new() } else { comma_hex(signatures) };
    short_digest(&format!("{list}{separator}{signed}"))
}

fn short_digest(text: &str) -> String {
    if text.is_empty() {
        return JA4_EMPTY_DIGEST.to_owned();
    }
    let mut digits = hex(&Sha256::digest(text));
    digits.truncate(JA4_DIGEST_DIGITS);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello() -> ClientHello<'static> {
        ClientHello { version: 0x0303, whole: true, ..ClientHello::default() }
    }

    #[test]
    fn first_and_last_character_of_the_protocol() {
        let code = |protocol: &[u8]| protocol_code(protocol);
        assert_eq!(code(b""), "00");
        assert_eq!(code(b"h2"), "h2");
        assert_eq!(code(b"http/1.1"), "h1");
        assert_eq!(code(b"x"), "xx");
        assert_eq!(code(&[0xab]), "ab");
        assert_eq!(code(&[0xab, 0xcd]), "ad");
        assert_eq!(code(&[0x30, 0xab]), "3b");
        assert_eq!(code(&[0x30, 0xab, 0xcd, 0x31]), "01");
    }

    #[test]
    fn the_worked_example_of_the_specification() {
        let ciphers = vec![
            0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d,
            0x002f, 0x0035,
        ];
        let extensions = vec![
            0x2a2a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b,
            0xff01, 0x000b, 0x000a, 0x0015,
        ];
        let signatures = vec![0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
        let versions = vec![0x5a5a, 0x0304, 0x0303];
        let protocols: Vec<&[u8]> = vec![b"h2", b"http/1.1"];
        let hello = ClientHello { ciphers, extensions, signatures, versions, protocols, ..hello() };
        assert_eq!(ja4(&hello, Variant::Tls).unwrap(), "t13d1516h2_8daaf6152771_e5627efa2ab1");
        assert!(ja4(&hello, Variant::Quic).unwrap().starts_with("q13d"));
        assert_eq!(ja4(&ClientHello { whole: false, ..hello }, Variant::Tls), None);
    }

    #[test]
    fn nothing_to_digest_is_told_by_zeros() {
        assert_eq!(ja4(&hello(), Variant::Tls).unwrap(), "t12i000000_000000000000_000000000000");
        let named = ClientHello { extensions: vec![0], ..hello() };
        assert_eq!(ja4(&named, Variant::Tls).unwrap(), "t12d000100_000000000000_000000000000");
    }

    #[test]
    fn versions_of_dtls_have_codes_of_their_own() {
        let code = |version, versions| version_code(&ClientHello { version, versions, ..hello() });
        assert_eq!(code(0xfeff, vec![]), "d1");
        assert_eq!(code(0xfefd, vec![0xfefc, 0xfefd]), "d2");
        assert_eq!(code(0xfefd, vec![0xfefc]), "d3");
        assert_eq!(code(0x9999, vec![]), "00");
    }

    #[test]
    fn digests_of_the_empty_ja3() {
        assert_eq!(ja3(&hello()).unwrap(), hex(&Md5::digest("771,,,,")));
        assert_eq!(hex(&[0x0f, 0xa0]), "0fa0");
    }
}
