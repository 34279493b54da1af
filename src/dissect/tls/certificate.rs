//! Certificates that pass in clear: TLS up to 1.2 and DTLS up to 1.2 (RFC 5246 section 7.4.2, RFC 5280).

use super::fingerprint::hex;
use crate::model::wire::Reader;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Name};

/// Most names kept of one certificate; content networks put hundreds into one.
pub(crate) const CERTIFICATE_NAMES_MAX: usize = 16;

/// What an end-entity certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// Common name of the subject, then the DNS names, each once, at most [`CERTIFICATE_NAMES_MAX`].
    pub(crate) names: Vec<String>,
    /// How many names did not fit.
    pub(crate) names_left_out: usize,
    /// The whole subject, for example `CN=Jane, O=Example`.
    pub(crate) subject: String,
    /// The whole issuer.
    pub(crate) issuer: String,
    /// SHA-256 of the DER form in lower-case hexadecimal.
    pub(crate) fingerprint: String,
    /// Start of validity in seconds since 1970; `None` before that.
    pub(crate) not_before: Option<u64>,
}

/// The first certificate of the body of a Certificate message in the form before TLS 1.3; `None` when the client
/// sent an empty list or the bytes are cut.
pub(crate) fn first_of_chain(body: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(body);
    let length = usize::try_from(reader.u24()?).ok()?;
    let mut chain = Reader::new(reader.take_up_to(length));
    let length = usize::try_from(chain.u24()?).ok()?;
    chain.take(length).filter(|certificate| !certificate.is_empty())
}

/// Reads a certificate; `None` when it is none.
pub(crate) fn leaf(der: &[u8]) -> Option<Leaf> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let mut names: Vec<String> = common_name(certificate.subject()).into_iter().collect();
    for name in alternative_names(&certificate) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let names_left_out = names.len().saturating_sub(CERTIFICATE_NAMES_MAX);
    names.truncate(CERTIFICATE_NAMES_MAX);
    Some(Leaf {
        names,
        names_left_out,
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        fingerprint: hex(&Sha256::digest(der)),
        not_before: u64::try_from(certificate.validity().not_before.timestamp()).ok(),
    })
}

fn common_name(subject: &X509Name<'_>) -> Option<String> {
    let name = subject.iter_common_name().next()?.as_str().ok()?;
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

fn alternative_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    let dns = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) if !name.is_empty() => Some(name.to_ascii_lowercase()),
        _ => None,
    };
    extension.value.general_names.iter().filter_map(dns).collect()
}
