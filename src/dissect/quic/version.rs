//! Versions of QUIC: how they are called, and by which salt and labels their Initial packets are protected.

/// RFC 9000.
pub(super) const V1: u32 = 0x0000_0001;
/// RFC 9369.
pub(super) const V2: u32 = 0x6b33_43cf;
/// The number that RFC 9369 had as a draft.
const V2_DRAFT: u32 = 0x709a_50c4;

/// What protects the Initial packets of a version (RFC 9001 section 5.2).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scheme {
    /// Salt of the initial secret.
    pub(super) salt: [u8; 20],
    /// Label of the packet protection key.
    pub(super) key: &'static str,
    /// Label of the initialisation vector.
    pub(super) iv: &'static str,
    /// Label of the header protection key.
    pub(super) header: &'static str,
}

impl Scheme {
    const fn new(salt: [u8; 20]) -> Self {
        Scheme { salt, key: "quic key", iv: "quic iv", header: "quic hp" }
    }

    const fn second(salt: [u8; 20]) -> Self {
        Scheme { salt, key: "quicv2 key", iv: "quicv2 iv", header: "quicv2 hp" }
    }
}

/// RFC 9001 section 5.2; the same since draft-ietf-quic-tls-33.
const RFC_9001: Scheme = Scheme::new([
    0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f,
    0x0a,
]);
/// RFC 9369 section 3.3.1.
const RFC_9369: Scheme = Scheme::second([
    0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e,
    0xd9,
]);
/// draft-ietf-quic-v2-01 section 3.3.1.
const DRAFT_V2: Scheme = Scheme::second([
    0xa7, 0x07, 0xc2, 0x03, 0xa5, 0x9b, 0x47, 0x18, 0x4a, 0x1d, 0x62, 0xca, 0x57, 0x04, 0x06, 0xea, 0x7a, 0xe3, 0xe5,
    0xd3,
]);
/// draft-ietf-quic-tls-29 section 5.2, up to draft 32.
const DRAFT_29: Scheme = Scheme::new([
    0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8,
    0x99,
]);
/// draft-ietf-quic-tls-23 section 5.2, up to draft 28.
const DRAFT_23: Scheme = Scheme::new([
    0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5,
    0x02,
]);
/// draft-ietf-quic-tls-21 section 5.2, and draft 22.
const DRAFT_21: Scheme = Scheme::new([
    0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64,
    0x4a,
]);
/// Google's Q050, QUIC crypto in IETF packets (QUICHE source, `crypto_utils.cc`).
const Q050: Scheme = Scheme::new([
    0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94, 0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0, 0xd3, 0xb5, 0x6b,
    0x45,
]);
/// Google's T050, TLS in Google's frames (QUICHE source, `crypto_utils.cc`).
const T050: Scheme = Scheme::new([
    0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83,
    0x10,
]);
/// Google's T051, TLS in Google's frames (QUICHE source, `crypto_utils.cc`).
const T051: Scheme = Scheme::new([
    0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50, 0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03,
    0x3d,
]);

/// The schemes to try for a version, the likeliest first. Versions of vendors follow a draft that their number does
/// not tell, so authentication has to decide.
pub(super) fn schemes(version: u32) -> &'static [&'static Scheme] {
    match version {
        V1 | 0xff00_0021..=0xff00_0022 => &[&RFC_9001],
        V2 => &[&RFC_9369],
        V2_DRAFT => &[&DRAFT_V2],
        0xff00_001d..=0xff00_0020 => &[&DRAFT_29],
        0xff00_0017..=0xff00_001c => &[&DRAFT_23],
        0xff00_0015..=0xff00_0016 => &[&DRAFT_21],
        0x5130_3530 => &[&Q050],
        0x5430_3530 => &[&T050],
        0x5430_3531 => &[&T051],
        0xface_b001 => &[&DRAFT_21, &DRAFT_23],
        0xface_b002 => &[&DRAFT_23, &DRAFT_29, &RFC_9001],
        _ => &[&RFC_9001, &DRAFT_29, &DRAFT_23],
    }
}

/// Whether the long packet types are numbered as in RFC 9369 section 3.2.
pub(super) const fn has_shifted_types(version: u32) -> bool {
    matches!(version, V2 | V2_DRAFT)
}

/// Whether a number can be that of a version in use: standard, draft, vendor, or one that provokes version
/// negotiation (RFC 9000 section 15).
pub(super) fn is_known(version: u32) -> bool {
    matches!(version, V1 | V2 | V2_DRAFT | 0xff00_0015..=0xff00_0022 | 0x5043_5130..=0x5043_5139)
        || is_mvfst(version)
        || is_google(version)
        || is_negotiation_probe(version)
}

/// Versions with the letters Q0 or T0 and two digits, by Google.
pub(super) const fn is_google(version: u32) -> bool {
    let [letter, zero, tens, ones] = version.to_be_bytes();
    matches!(letter, b'Q' | b'T') && zero == b'0' && tens.is_ascii_digit() && ones.is_ascii_digit()
}

/// What a version is called: `1`, `2`, `draft-29`, `Q050`, or its number in hexadecimal digits.
pub(super) fn name(version: u32) -> String {
    match version {
        V1 => "1".to_owned(),
        V2 => "2".to_owned(),
        V2_DRAFT => "2 (draft)".to_owned(),
        0xff00_0000..=0xff00_00ff => format!("draft-{}", version & 0xff),
        _ if is_google(version) => version.to_be_bytes().map(char::from).iter().collect(),
        _ if is_mvfst(version) => format!("mvfst {version:#010x}"),
        _ => format!("{version:#010x}"),
    }
}

const fn is_mvfst(version: u32) -> bool {
    version >> 8 == 0x00fa_ceb0
}

const fn is_negotiation_probe(version: u32) -> bool {
    version & 0x0f0f_0f0f == 0x0a0a_0a0a
}
