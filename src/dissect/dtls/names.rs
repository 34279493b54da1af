//! Names of the IANA registries for numbers in handshakes.

use tls_parser::TlsCipherSuite;

/// Name of a DTLS-SRTP protection profile (RFC 5764 section 4.1.2, RFC 7714, RFC 8269, RFC 8723).
pub(super) fn profile_text(profile: u16) -> String {
    let name = match profile {
        0x0001 => "SRTP_AES128_CM_HMAC_SHA1_80",
        0x0002 => "SRTP_AES128_CM_HMAC_SHA1_32",
        0x0005 => "SRTP_NULL_HMAC_SHA1_80",
        0x0006 => "SRTP_NULL_HMAC_SHA1_32",
        0x0007 => "SRTP_AEAD_AES_128_GCM",
        0x0008 => "SRTP_AEAD_AES_256_GCM",
        0x0009 => "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM",
        0x000a => "DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM",
        0x000b => "SRTP_ARIA_128_CTR_HMAC_SHA1_80",
        0x000c => "SRTP_ARIA_128_CTR_HMAC_SHA1_32",
        0x000d => "SRTP_ARIA_256_CTR_HMAC_SHA1_80",
        0x000e => "SRTP_ARIA_256_CTR_HMAC_SHA1_32",
        0x000f => "SRTP_AEAD_ARIA_128_GCM",
        0x0010 => "SRTP_AEAD_ARIA_256_GCM",
        _ => return format!("{profile:#06x}"),
    };
    name.to_owned()
}

/// Name of a cipher suite, or its number as `0xc0fe`.
pub(super) fn cipher_text(suite: u16) -> String {
    TlsCipherSuite::from_id(suite).map_or_else(|| format!("{suite:#06x}"), |suite| suite.name.to_owned())
}

/// An alert that is not encrypted: its level and what it says (RFC 8446 section 6); `None` when it is none.
pub(super) fn alert(body: &[u8]) -> Option<String> {
    let &[level, description] = body else { return None };
    let level = match level {
        1 => "warning",
        2 => "fatal",
        _ => return None,
    };
    let text = match description {
        0 => "close-notify",
        10 => "unexpected-message",
        20 => "bad-record-mac",
        22 => "record-overflow",
        40 => "handshake-failure",
        42 => "bad-certificate",
        43 => "unsupported-certificate",
        44 => "certificate-revoked",
        45 => "certificate-expired",
        46 => "certificate-unknown",
        47 => "illegal-parameter",
        48 => "unknown-ca",
        49 => "access-denied",
        50 => "decode-error",
        51 => "decrypt-error",
        70 => "protocol-version",
        71 => "insufficient-security",
        80 => "internal-error",
        86 => "inappropriate-fallback",
        90 => "user-canceled",
        100 => "no-renegotiation",
        109 => "missing-extension",
        110 => "unsupported-extension",
        112 => "unrecognized-name",
        115 => "unknown-psk-identity",
        116 => "certificate-required",
        120 => "no-application-protocol",
        _ => return Some(format!("{level} {description}")),
    };
    Some(format!("{level} {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_names() {
        assert_eq!(cipher_text(0xc02b), "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
        assert_eq!(cipher_text(0xfffe), "0xfffe");
        assert_eq!(profile_text(7), "SRTP_AEAD_AES_128_GCM");
        assert_eq!(profile_text(0x1234), "0x1234");
    }

    #[test]
    fn alerts_have_two_bytes_and_a_level() {
        assert_eq!(alert(&[2, 40]).as_deref(), Some("fatal handshake-failure"));
        assert_eq!(alert(&[1, 0]).as_deref(), Some("warning close-notify"));
        assert_eq!(alert(&[2, 250]).as_deref(), Some("fatal 250"));
        assert_eq!((alert(&[3, 0]), alert(&[2]), alert(&[2, 0, 0])), (None, None, None));
    }
}
