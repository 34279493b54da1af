//! Name resolution in encrypted form: over TLS (RFC 7858), HTTPS (RFC 8484) or QUIC (RFC 9250). The capture shows who
//! was asked, and not for what.

use super::{Exposed, Material, inferred, observed};
use crate::exposure::entries::evidence;
use crate::exposure::findings::ExposureEntry;
use crate::exposure::view::View;
use crate::exposure::words;
use crate::model::{Observer, Question};

/// Purpose of the catalogue's names of resolvers.
const PURPOSE: &str = "name-resolution";
/// Port of DNS over TLS and over QUIC.
const ENCRYPTED_PORT: u16 = 853;
/// Key of the exposures.
const KEY: &str = "encrypted-name-resolution";
/// Most resolvers stated.
const RESOLVERS_MAX: usize = 32;

/// Whether a flow asks a name resolver in encrypted form, and how that is known to be so: by its own framing, or by the
/// name of a known resolver alone.
pub(in crate::exposure) fn asks_encrypted(view: &View<'_>) -> Option<bool> {
    let encrypted = ["tls", "quic"].iter().any(|name| view.flow.protocols.contains(name));
    if !encrypted {
        return None;
    }
    let offers = |key: &str, wanted: &str| view.flow.facts.of(key).any(|fact| fact.value.to_string() == wanted);
    let framed = view.sides.remote.port() == ENCRYPTED_PORT || offers("tls.alpn", "dot") || offers("quic.alpn", "doq");
    let known = view.verdict.purposes.contains(&PURPOSE);
    (framed || known).then_some(framed)
}

/// Adds an exposure for each resolver.
pub(super) fn tell(material: &Material<'_>, exposed: &mut Exposed) {
    let mut told: Vec<(String, usize)> = Vec::new();
    for view in material.views {
        let Some(certain) = asks_encrypted(view) else { continue };
        let resolver = resolver(view);
        let known = told.iter().any(|(name, _)| *name == resolver);
        if known || told.len() >= RESOLVERS_MAX {
            continue;
        }
        let statement = words::ENCRYPTED_NAMES.both(&[&resolver]);
        let make = if certain { observed } else { inferred };
        let entry = make(KEY, resolver.clone(), &[Observer::NameResolver], statement);
        told.push((resolver, exposed.list.len()));
        exposed.list.push((Question::Provider, ExposureEntry { evidence: vec![evidence(view.flow.first)], ..entry }));
    }
}

/// The resolver's name as the catalogue knows it, else as the flow tells it, else its address.
fn resolver(view: &View<'_>) -> String {
    let of_catalogue = view.verdict.because.iter().find(|reason| reason.rule.provider.id() == "name-resolvers");
    // What matched is written behind the key of the fact that told it.
    let name = of_catalogue
        .and_then(|reason| reason.matched.rsplit(' ').next())
        .or_else(|| view.names.first().map(|name| name.name));
    name.map_or_else(|| view.sides.remote.ip().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::exposure::samples::{Scene, ip};

    /// A ClientHello to a server that DNS gave a name for.
    fn asked(name: &'static str, port: u16) -> (Vec<(String, String)>, bool) {
        let mut scene = Scene::default();
        scene.names.push((ip("198.51.100.7"), name));
        let (local, remote) = ("192.168.1.5:6000", format!("198.51.100.7:{port}"));
        scene.tcp(local, &remote, 0, 2, b"");
        scene.tcp(local, &remote, 1, 16, include_bytes!("../../dissect/tls/samples/client_hello.bin"));
        let findings = scene.findings();
        let of_resolver = findings.exposures.iter().filter(|exposure| exposure.key == super::KEY);
        let stated = of_resolver.map(|exposure| (exposure.value.clone(), exposure.certainty.clone())).collect();
        (stated, findings.not_determinable.iter().any(|open| open.what == "names-asked-for"))
    }

    #[test]
    fn a_known_resolver_is_inferred_and_the_port_is_seen() {
        let (by_port, open) = asked("somewhere.test", 853);
        assert_eq!((by_port.len(), open), (1, true));
        assert_eq!(by_port[0].1, "observed");
        let (elsewhere, open) = asked("somewhere.test", 443);
        assert_eq!((elsewhere.len(), open), (0, false));
    }
}
