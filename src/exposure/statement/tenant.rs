//! The name of an organisation inside a host name: many services give each customer a host of its own, and whoever
//! sees the name of the host learns which organisation meets.

use super::{Exposed, Material, inferred};
use crate::exposure::entries::fact_evidence;
use crate::exposure::findings::ExposureEntry;
use crate::exposure::words;
use crate::model::{Fact, Observer, Question, Value};
use std::collections::BTreeSet;

/// Fact keys whose values are names that the local side asked for.
const NAME_KEYS: [&str; 5] = ["dns.query", "tls.sni", "quic.sni", "dtls.sni", "http.host"];
/// Most organisations stated.
const TENANTS_MAX: usize = 32;
/// Key of the exposure.
const KEY: &str = "tenant-name";

/// Adds each organisation once for each service, with the first name that told it.
pub(super) fn tell(material: &Material<'_>, exposed: &mut Exposed) {
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for fact in material.views.iter().flat_map(|view| view.flow.facts.iter()) {
        let Some((service, tenant, entry)) = exposure(fact, material) else { continue };
        if told.len() < TENANTS_MAX && told.insert((service, tenant)) {
            exposed.list.push((Question::Who, entry));
        }
    }
}

/// Service, organisation, and what to say of them.
fn exposure(fact: &Fact, material: &Material<'_>) -> Option<(String, String, ExposureEntry)> {
    let Value::Text(host) = &fact.value else { return None };
    let hit = NAME_KEYS.contains(&fact.key.name).then(|| material.catalogue.tenant(host)).flatten()?;
    let operator = material.catalogue.name(host).and_then(|known| known.provider.operator_of(known.rule));
    let third = hit.provider.operator.is_none();
    let service = operator.filter(|_| third).map_or(hit.provider.name(), |(operator, _)| operator);
    let statement = words::TENANT.both(&[host, &hit.tenant, service]);
    let observers = [Observer::Network, Observer::NameResolver];
    let entry =
        ExposureEntry { evidence: fact_evidence(fact), ..inferred(KEY, hit.tenant.clone(), &observers, statement) };
    Some((service.to_owned(), hit.tenant, entry))
}

#[cfg(test)]
mod tests {
    use crate::exposure::samples::Scene;

    #[test]
    fn an_organisation_in_a_host_name_is_told_once_with_its_frame() {
        let mut scene = Scene::default();
        let ask = |scene: &mut Scene, name| scene.name("192.168.1.1:53", "192.168.1.5:5300", name, [198, 51, 100, 7]);
        ask(&mut scene, "www.webex.com");
        ask(&mut scene, "stadt-beispiel.webex.com");
        ask(&mut scene, "stadt-beispiel.webex.com");
        ask(&mut scene, "beispiel.sharepoint.com");
        ask(&mut scene, "beispiel-my.sharepoint.com");
        ask(&mut scene, "beispiel.okta.com");
        let findings = scene.findings();
        let told: Vec<_> = findings.exposures.iter().filter(|exposure| exposure.key == "tenant-name").collect();
        let values: Vec<_> =
            told.iter().map(|exposure| (exposure.question.as_str(), exposure.value.as_str())).collect();
        assert_eq!(values, [("who", "stadt-beispiel"), ("who", "beispiel"), ("who", "beispiel")]);
        assert_eq!(told[0].observers, ["network", "name-resolver"]);
        assert_eq!((told[0].certainty.as_str(), told[0].evidence[0].frame), ("inferred", 2));
        assert!(told[0].statement.de.contains("stadt-beispiel.webex.com") && told[0].statement.de.contains("Webex"));
        assert!(told[2].statement.en.contains("beispiel.okta.com") && told[2].statement.en.contains("Okta"));
    }
}
