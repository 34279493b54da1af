//! ClientHello and ServerHello (RFC 8446 section 4.1, RFC 5246 section 7.4.1, RFC 9147 section 5.3), for TLS, QUIC
//! and DTLS alike.
//!
//! The walk is lenient: a hello that the capture cut gives what stands before the cut, and `whole` says so, because
//! a fingerprint of half a hello would be the fingerprint of nobody.

use crate::model::wire::Reader;
use tls_parser::{
    TlsExtension, TlsExtensionType, parse_tls_extension_alpn_content, parse_tls_extension_ec_point_formats_content,
    parse_tls_extension_elliptic_curves_content, parse_tls_extension_signature_algorithms_content,
    parse_tls_extension_sni_content,
};

/// What carries the handshake: it decides on the cookie field and on the first letter of a JA4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// TLS over a stream.
    Tls,
    /// TLS in QUIC CRYPTO frames.
    Quic,
    /// TLS over datagrams.
    Dtls,
}

/// Encrypted ClientHello (RFC 9849): real or made up, an observer cannot tell.
const ENCRYPTED_CLIENT_HELLO: TlsExtensionType = TlsExtensionType(0xfe0d);
/// QUIC transport parameters (RFC 9001 section 8.2).
const QUIC_TRANSPORT_PARAMETERS: TlsExtensionType = TlsExtensionType(0x39);
/// QUIC transport parameters of the drafts.
const QUIC_TRANSPORT_PARAMETERS_DRAFT: TlsExtensionType = TlsExtensionType(0xffa5);
/// The random value that turns a ServerHello into a HelloRetryRequest (RFC 8446 section 4.1.3).
const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// A ClientHello as an observer reads it. Lists are in the order of the wire, GREASE values included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClientHello<'a> {
    /// `legacy_version`.
    pub(crate) version: u16,
    /// Session identifier, possibly empty.
    pub(crate) session: &'a [u8],
    /// Cipher suites.
    pub(crate) ciphers: Vec<u16>,
    /// Types of all extensions.
    pub(crate) extensions: Vec<u16>,
    /// Host names of the server_name extension (RFC 6066 section 3).
    pub(crate) names: Vec<&'a [u8]>,
    /// Application protocols offered (RFC 7301).
    pub(crate) protocols: Vec<&'a [u8]>,
    /// Versions of the supported_versions extension.
    pub(crate) versions: Vec<u16>,
    /// Groups of the supported_groups extension.
    pub(crate) groups: Vec<u16>,
    /// Elliptic curve point formats.
    pub(crate) formats: &'a [u8],
    /// Signature algorithms.
    pub(crate) signatures: Vec<u16>,
    /// SRTP protection profiles (RFC 5764).
    pub(crate) srtp: Vec<u16>,
    /// QUIC transport parameters, not decoded.
    pub(crate) transport_parameters: &'a [u8],
    /// Whether an Encrypted ClientHello, or its draft predecessor ESNI, is offered.
    pub(crate) encrypted: bool,
    /// Whether everything up to the last extension was there.
    pub(crate) whole: bool,
}

/// A ServerHello, or a HelloRetryRequest in its shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerHello<'a> {
    /// `legacy_version`.
    pub(crate) version: u16,
    /// Session identifier, possibly empty.
    pub(crate) session: &'a [u8],
    /// The cipher suite chosen.
    pub(crate) cipher: u16,
    /// Types of all extensions.
    pub(crate) extensions: Vec<u16>,
    /// The version of the supported_versions extension.
    pub(crate) selected: Option<u16>,
    /// The application protocol chosen, where it is not encrypted.
    pub(crate) protocol: Option<&'a [u8]>,
    /// The SRTP protection profile chosen.
    pub(crate) srtp: Option<u16>,
    /// Whether it is a HelloRetryRequest.
    pub(crate) retry: bool,
    /// Whether everything up to the last extension was there.
    pub(crate) whole: bool,
}

/// Whether a value is one of those that clients throw in to keep servers tolerant (RFC 8701).
pub(crate) const fn is_grease(value: u16) -> bool {
    value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
}

/// Reads the body of a ClientHello; `None` when it cannot be one.
pub(crate) fn client_hello(body: &[u8], variant: Variant) -> Option<ClientHello<'_>> {
    let mut reader = Reader::new(body);
    let version = reader.u16().filter(|version| is_version(*version, variant))?;
    let mut hello = ClientHello { version, ..ClientHello::default() };
    hello.whole = read_client(&mut reader, &mut hello, variant).is_some();
    Some(hello)
}

/// Reads the body of a ServerHello; `None` when it cannot be one.
pub(crate) fn server_hello(body: &[u8], variant: Variant) -> Option<ServerHello<'_>> {
    let mut reader = Reader::new(body);
    let version = reader.u16().filter(|version| is_version(*version, variant) || is_draft(*version))?;
    let mut hello = ServerHello { version, ..ServerHello::default() };
    hello.retry = reader.take(RETRY_RANDOM.len())? == RETRY_RANDOM;
    hello.whole = read_server(&mut reader, &mut hello).is_some();
    Some(hello)
}

impl ServerHello<'_> {
    /// The version that both sides speak from here on.
    pub(crate) fn negotiated(&self) -> u16 {
        self.selected.unwrap_or(self.version)
    }

    /// Whether the server accepted a key or session from an earlier connection (RFC 8446 section 4.2.11, RFC 5246
    /// section 7.4.1.3), given the session identifier that the client sent.
    pub(crate) fn resumes(&self, session: &[u8]) -> bool {
        let is_new_style = matches!(self.negotiated(), 0x0304 | 0xfefc | 0x7f00..=0x7fff);
        if is_new_style {
            self.extensions.contains(&TlsExtensionType::PreSharedKey.0)
        } else {
            !session.is_empty() && session == self.session
        }
    }
}

/// Versions that a hello may name in its first field.
fn is_version(version: u16, variant: Variant) -> bool {
    match variant {
        Variant::Tls => matches!(version, 0x0300..=0x0304),
        Variant::Quic => version == 0x0303,
        Variant::Dtls => matches!(version, 0xfefc..=0xfeff | 0x0100),
    }
}

/// Drafts of TLS 1.3 that named themselves in the ServerHello (up to draft 21).
const fn is_draft(version: u16) -> bool {
    version >> 8 == 0x7f
}

fn read_client<'a>(reader: &mut Reader<'a>, hello: &mut ClientHello<'a>, variant: Variant) -> Option<()> {
    reader.take(RETRY_RANDOM.len())?;
    hello.session = reader.vector8().filter(|session| session.len() <= 32)?;
    if variant == Variant::Dtls {
        reader.vector8()?;
    }
    hello.ciphers = numbers(reader.vector16()?);
    reader.vector8()?;
    each_extension(reader, |kind, content| {
        hello.extensions.push(kind.0);
        client_extension(hello, kind, content);
    })
}

fn read_server<'a>(reader: &mut Reader<'a>, hello: &mut ServerHello<'a>) -> Option<()> {
    // Drafts 18 to 21 of TLS 1.3 had neither session nor compression.
    let is_short = is_draft(hello.version);
    if !is_short {
        hello.session = reader.vector8().filter(|session| session.len() <= 32)?;
    }
    hello.cipher = reader.u16()?;
    if !is_short {
        reader.u8()?;
    }
    each_extension(reader, |kind, content| {
        hello.extensions.push(kind.0);
        server_extension(hello, kind, content);
    })
}

/// Calls `each` for every extension that is there in full; `None` when the list is cut. A hello without any list is
/// whole (RFC 5246 section 7.4.1.2).
fn each_extension<'a>(reader: &mut Reader<'a>, mut each: impl FnMut(TlsExtensionType, &'a [u8])) -> Option<()> {
    if reader.is_empty() {
        return Some(());
    }
    let length = usize::from(reader.u16()?);
    let is_cut = reader.left() < length;
    let mut list = Reader::new(reader.take_up_to(length));
    while !list.is_empty() {
        let kind = TlsExtensionType(list.u16()?);
        each(kind, list.vector16()?);
    }
    (!is_cut).then_some(())
}

fn client_extension<'a>(hello: &mut ClientHello<'a>, kind: TlsExtensionType, content: &'a [u8]) {
    match kind {
        TlsExtensionType::ServerName => hello.names = host_names(content),
        TlsExtensionType::ApplicationLayerProtocolNegotiation => hello.protocols = protocols(content),
        TlsExtensionType::SupportedVersions => hello.versions = content.get(1..).map(numbers).unwrap_or_default(),
        TlsExtensionType::SupportedGroups => hello.groups = groups(content),
        TlsExtensionType::EcPointFormats => hello.formats = point_formats(content),
        TlsExtensionType::SignatureAlgorithms => hello.signatures = signatures(content),
        TlsExtensionType::UseSrtp => hello.srtp = Reader::new(content).vector16().map(numbers).unwrap_or_default(),
        QUIC_TRANSPORT_PARAMETERS | QUIC_TRANSPORT_PARAMETERS_DRAFT => hello.transport_parameters = content,
        ENCRYPTED_CLIENT_HELLO | TlsExtensionType::EncryptedServerName => hello.encrypted = true,
        _ => {}
    }
}

fn server_extension<'a>(hello: &mut ServerHello<'a>, kind: TlsExtensionType, content: &'a [u8]) {
    match kind {
        TlsExtensionType::SupportedVersions => hello.selected = Reader::new(content).u16(),
        TlsExtensionType::ApplicationLayerProtocolNegotiation => hello.protocol = protocols(content).first().copied(),
        TlsExtensionType::UseSrtp => {
            hello.srtp = Reader::new(content).vector16().and_then(|list| Reader::new(list).u16());
        }
        _ => {}
    }
}

/// Big-endian pairs of bytes; an odd last byte is left out.
fn numbers(bytes: &[u8]) -> Vec<u16> {
    bytes.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect()
}

fn host_names(content: &[u8]) -> Vec<&[u8]> {
    match parse_tls_extension_sni_content(content) {
        Ok((_, TlsExtension::SNI(names))) => {
            names.into_iter().filter(|(kind, _)| kind.0 == 0).map(|(_, name)| name).collect()
        }
        _ => Vec::new(),
    }
}

fn protocols(content: &[u8]) -> Vec<&[u8]> {
    match parse_tls_extension_alpn_content(content) {
        Ok((_, TlsExtension::ALPN(names))) => names,
        _ => Vec::new(),
    }
}

fn groups(content: &[u8]) -> Vec<u16> {
    match parse_tls_extension_elliptic_curves_content(content) {
        Ok((_, TlsExtension::EllipticCurves(groups))) => groups.into_iter().map(|group| group.0).collect(),
        _ => Vec::new(),
    }
}

fn point_formats(content: &[u8]) -> &[u8] {
    match parse_tls_extension_ec_point_formats_content(content) {
        Ok((_, TlsExtension::EcPointFormats(formats))) => formats,
        _ => &[],
    }
}

fn signatures(content: &[u8]) -> Vec<u16> {
    match parse_tls_extension_signature_algorithms_content(content) {
        Ok((_, TlsExtension::SignatureAlgorithms(algorithms))) => algorithms,
        _ => Vec::new(),
    }
}
