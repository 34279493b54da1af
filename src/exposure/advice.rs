//! Advice from rules: when a report holds this, say that (`signatures/advice/general.toml`).

use super::endpoint::is_remote;
use super::findings::{Bilingual, Endpoint, ExposureEntry, Meeting, Recommendation};
use serde::Deserialize;

const RULES: &str = include_str!("../../signatures/advice/general.toml");
/// Most ids listed as reasons for one piece of advice.
const REASONS_MAX: usize = 12;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "schema")]
    _schema: u32,
    advice: Vec<Rule>,
}

/// `[[advice]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    audience: String,
    when: Condition,
    de: String,
    en: String,
    source: String,
}

/// What must hold; every field given must.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Condition {
    /// An exposure with this key.
    key: Option<String>,
    /// A remote endpoint with this transfer status.
    transfer: Option<String>,
    /// A remote endpoint with this verdict of place.
    verdict: Option<String>,
    /// A remote endpoint that serves this purpose.
    purpose: Option<String>,
}

/// Advice for what was found, in the order of the rules. Endpoints count when a meeting was found at all: advice on
/// places concerns the call, not the rest of what a computer does.
pub(super) fn recommendations(
    exposures: &[ExposureEntry],
    endpoints: &[Endpoint],
    meetings: &[Meeting],
) -> Vec<Recommendation> {
    let file: File = match toml::from_str(RULES) {
        Ok(file) => file,
        Err(_) => return Vec::new(),
    };
    let advice = |rule: Rule| {
        let because = met(&rule.when, exposures, endpoints, meetings);
        (!because.is_empty()).then_some(Recommendation {
            id: rule.id,
            audience: rule.audience,
            because,
            text: Bilingual { de: rule.de, en: rule.en },
            source: rule.source,
        })
    };
    file.advice.into_iter().filter_map(advice).collect()
}

fn met(when: &Condition, exposures: &[ExposureEntry], endpoints: &[Endpoint], meetings: &[Meeting]) -> Vec<String> {
    if let Some(key) = &when.key {
        let fits = |exposure: &&ExposureEntry| exposure.key == *key;
        return exposures.iter().filter(fits).map(|exposure| exposure.id.clone()).take(REASONS_MAX).collect();
    }
    let equals = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
    let fits = |endpoint: &&Endpoint| {
        is_remote(endpoint)
            && concerns(endpoint, meetings)
            && equals(&when.transfer, &endpoint.transfer.status)
            && equals(&when.verdict, &endpoint.place.verdict)
            && when.purpose.as_ref().is_none_or(|wanted| endpoint.purpose.contains(wanted))
    };
    endpoints.iter().filter(fits).map(|endpoint| endpoint.id.clone()).take(REASONS_MAX).collect()
}

/// Whether an endpoint has to do with a call: its provider's, one that a purpose is known of, or a peer.
fn concerns(endpoint: &Endpoint, meetings: &[Meeting]) -> bool {
    let of_provider =
        endpoint.provider.is_some() && meetings.iter().any(|meeting| meeting.provider == endpoint.provider);
    let is_peer = meetings.iter().flat_map(|meeting| &meeting.peers).any(|peer| peer.address == endpoint.address);
    !meetings.is_empty() && (of_provider || is_peer || !endpoint.purpose.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_loads_and_has_a_condition_both_languages_and_a_source() {
        let file: File = toml::from_str(RULES).unwrap();
        assert!(file.advice.len() >= 8);
        for rule in file.advice {
            let when = &rule.when;
            assert!(when.key.is_some() || when.transfer.is_some() || when.verdict.is_some() || when.purpose.is_some());
            assert!(["controller", "participant"].contains(&rule.audience.as_str()), "{}", rule.id);
            assert!(!rule.de.is_empty() && !rule.en.is_empty() && !rule.source.is_empty(), "{}", rule.id);
        }
    }

    #[test]
    fn advice_names_what_it_rests_on() {
        let exposure = ExposureEntry { id: "x7".into(), key: "peer-address".into(), ..ExposureEntry::default() };
        let advice = recommendations(&[exposure], &[], &[]);
        let ids: Vec<_> = advice.iter().map(|advice| (advice.id.as_str(), advice.because.as_slice())).collect();
        let reason = ["x7".to_owned()];
        assert_eq!(ids, [("peer-address", &reason[..]), ("peer-address-participant", &reason[..])]);
    }
}
