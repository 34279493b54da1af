//! Applies the rules of advice (`signatures/advice/`) to what was found.

use super::Knowledge;
use super::endpoint::is_remote;
use super::findings::{Bilingual, Endpoint, ExposureEntry, Meeting, Recommendation};
use crate::catalogue::{Advice, Catalogue, Certainty, Provider, Serves, When, country_name};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Most ids listed as reasons for one piece of advice.
const REASONS_MAX: usize = 12;
/// Key of the exposure that says over whom a call runs.
const PROVIDER_KEY: &str = "provider";

/// What the rules are applied to.
struct Case<'a> {
    exposures: &'a [ExposureEntry],
    /// Endpoints that have to do with a call.
    endpoints: Vec<&'a Endpoint>,
    /// Provider of each meeting, by id.
    providers: BTreeMap<&'a str, Option<&'a str>>,
    knowledge: &'a Knowledge<'a>,
}

/// What met a condition.
#[derive(Default)]
struct Met<'a> {
    exposures: Vec<&'a ExposureEntry>,
    endpoints: Vec<&'a Endpoint>,
}

/// Advice for what was found, in the order of the rules. Endpoints count when a meeting was found at all: advice on
/// places concerns the call, not the rest of what a computer does.
pub(super) fn recommendations(
    exposures: &[ExposureEntry],
    endpoints: &[Endpoint],
    meetings: &[Meeting],
    knowledge: &Knowledge<'_>,
) -> Vec<Recommendation> {
    let providers = meetings.iter().map(|meeting| (meeting.id.as_str(), meeting.provider.as_deref())).collect();
    let case = Case { exposures, endpoints: concerned(endpoints, meetings), providers, knowledge };
    knowledge.catalogue.advice().iter().filter_map(|advice| case.recommendation(advice)).collect()
}

/// Endpoints that have to do with a call: its provider's, those that a purpose is known of, and its peers.
fn concerned<'a>(endpoints: &'a [Endpoint], meetings: &'a [Meeting]) -> Vec<&'a Endpoint> {
    let providers: BTreeSet<&str> = meetings.iter().filter_map(|meeting| meeting.provider.as_deref()).collect();
    let peers = meetings.iter().flat_map(|meeting| &meeting.peers).map(|peer| peer.address.as_str());
    let peers: BTreeSet<&str> = peers.collect();
    let concerns = |endpoint: &&Endpoint| {
        let of_provider = endpoint.provider.as_deref().is_some_and(|id| providers.contains(id));
        let of_call = of_provider || peers.contains(endpoint.address.as_str()) || !endpoint.purpose.is_empty();
        is_remote(endpoint) && !meetings.is_empty() && of_call
    };
    endpoints.iter().filter(concerns).collect()
}

impl<'a> Case<'a> {
    fn recommendation(&self, advice: &Advice) -> Option<Recommendation> {
        let mut met = Met::default();
        for when in &advice.when {
            self.meet(when, &mut met);
        }
        let because = met.ids();
        (!because.is_empty()).then(|| Recommendation {
            id: advice.id.clone(),
            audience: advice.audience.clone(),
            because,
            text: Bilingual { de: self.text(advice, &met, true), en: self.text(advice, &met, false) },
            source: advice.citation().to_owned(),
        })
    }

    fn meet(&self, when: &When, met: &mut Met<'a>) {
        if when.asks_for_hosts() {
            met.endpoints.extend(self.endpoints.iter().copied().filter(|endpoint| self.host_fits(when, endpoint)));
        } else {
            met.exposures.extend(self.exposures.iter().filter(|exposure| self.exposure_fits(when, exposure)));
        }
    }

    /// Without keys, the exposures that say over whom a call runs.
    fn exposure_fits(&self, when: &When, exposure: &ExposureEntry) -> bool {
        let key = match when.keys.is_empty() {
            true => exposure.key == PROVIDER_KEY && exposure.meeting.is_some(),
            false => when.keys.contains(&exposure.key),
        };
        let value = when.values.is_empty() || when.values.iter().any(|start| exposure.value.starts_with(start));
        let provider = || exposure.meeting.as_deref().and_then(|id| self.providers.get(id).copied().flatten());
        key && value && self.provider_fits(when, provider())
    }

    fn host_fits(&self, when: &When, endpoint: &Endpoint) -> bool {
        let any = |wanted: &[String], value: &str| wanted.is_empty() || wanted.iter().any(|one| one == value);
        let purpose = when.purposes.is_empty() || endpoint.purpose.iter().any(|one| when.purposes.contains(one));
        let name = |domain: &String| endpoint.names.iter().any(|name| is_below(&name.name, domain));
        any(&when.transfers, &endpoint.transfer.status)
            && any(&when.verdicts, &endpoint.place.verdict)
            && purpose
            && (when.names.is_empty() || when.names.iter().any(name))
            && (when.reached_by.is_empty() || !self.reaching(when, endpoint).is_empty())
            && when.anycast.is_none_or(|wanted| wanted == endpoint.anycast)
            && self.provider_fits(when, endpoint.provider.as_deref())
    }

    fn provider_fits(&self, when: &When, provider: Option<&str>) -> bool {
        let listed = when.providers.is_empty() || provider.is_some_and(|id| when.providers.iter().any(|one| one == id));
        let known = provider.and_then(|id| self.knowledge.catalogue.provider(id));
        let europe = |wanted: bool| known.is_some_and(|provider| provider.europe.is_some() == wanted);
        listed && when.europe.is_none_or(europe)
    }

    /// Countries of the condition whose access laws reach the provider of a host, and were in force on its day.
    fn reaching<'w>(&self, when: &'w When, endpoint: &Endpoint) -> Vec<&'w str> {
        let provider = endpoint.provider.as_deref().and_then(|id| self.knowledge.catalogue.provider(id));
        let access = provider.and_then(|provider| provider.operator.as_ref()).map(|operator| &operator.access);
        let reaches = |country: &&String| access.is_some_and(|access| access.contains(country));
        let in_force =
            |country: &&String| day_of(endpoint).is_some_and(|day| !self.knowledge.law.access(country, day).is_empty());
        when.reached_by.iter().filter(reaches).filter(in_force).map(String::as_str).collect()
    }

    fn text(&self, advice: &Advice, met: &Met<'_>, german: bool) -> String {
        let mut text = if german { advice.de.clone() } else { advice.en.clone() };
        for (place, value) in [("{countries}", met.countries(german)), ("{laws}", self.laws(advice, met, german))] {
            text = text.replace(place, &value);
        }
        if let Some(serves) = advice.alternatives {
            text = text.replace("{alternatives}", &alternatives(self.knowledge.catalogue, serves, german));
        }
        match (advice.certainty, german) {
            (Certainty::Unverified, true) => text + " (Einzelheiten nicht geprüft.)",
            (Certainty::Unverified, false) => text + " (Details not verified.)",
            _ => text,
        }
    }

    /// The access laws that reach the providers of the hosts found, as of the days on which they were used.
    fn laws(&self, advice: &Advice, met: &Met<'_>, german: bool) -> String {
        let mut acts: Vec<&str> = Vec::new();
        for endpoint in &met.endpoints {
            let countries: BTreeSet<&str> = advice.when.iter().flat_map(|when| self.reaching(when, endpoint)).collect();
            for (country, day) in countries.iter().zip(std::iter::repeat(day_of(endpoint))) {
                let laws = day.map(|day| self.knowledge.law.access(country, day)).unwrap_or_default();
                for act in laws.iter().map(|law| if german { law.act_de() } else { law.act.as_str() }) {
                    if !acts.contains(&act) {
                        acts.push(act);
                    }
                }
            }
        }
        acts.join("; ")
    }
}

impl Met<'_> {
    /// Ids of what met the conditions, each once.
    fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        let exposures = self.exposures.iter().map(|exposure| &exposure.id);
        for id in exposures.chain(self.endpoints.iter().map(|endpoint| &endpoint.id)) {
            if ids.len() < REASONS_MAX && !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        ids
    }

    /// Names of the countries of the hosts, in order of codes.
    fn countries(&self, german: bool) -> String {
        let codes: BTreeSet<&str> = self.endpoints.iter().filter_map(|it| it.place.country.as_deref()).collect();
        let name = |code: &str| country_name(code, german).map_or_else(|| code.to_owned(), str::to_owned);
        codes.into_iter().map(name).collect::<Vec<_>>().join(", ")
    }
}

/// European services of a use, with who runs them.
fn alternatives(catalogue: &Catalogue, serves: Serves, german: bool) -> String {
    let mut list: Vec<(&Provider, &str)> = Vec::new();
    for (provider, europe) in catalogue.european(serves) {
        list.push((provider, if german { &europe.de } else { &europe.en }));
    }
    let words = list.iter().map(|(provider, hosting)| format!("{} ({hosting})", provider.name()));
    words.collect::<Vec<_>>().join("; ")
}

/// Whether a host name is a domain or below it.
fn is_below(host: &str, domain: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

fn day_of(endpoint: &Endpoint) -> Option<Date> {
    endpoint.transfer.on.as_ref()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::samples::knowledge;
    use crate::exposure::{PlaceEntry, TransferEntry};

    fn exposure(id: &str, key: &str, meeting: Option<&str>) -> ExposureEntry {
        ExposureEntry { id: id.into(), key: key.into(), meeting: meeting.map(Into::into), ..ExposureEntry::default() }
    }

    fn call(provider: &str) -> Meeting {
        Meeting { id: "m1".into(), provider: Some(provider.into()), ..Meeting::default() }
    }

    /// A media server of a provider in a country on a day.
    fn server(provider: &str, country: &str, status: &str, on: &str) -> Endpoint {
        Endpoint {
            id: "e1".into(),
            address: "198.51.100.7".into(),
            provider: Some(provider.into()),
            purpose: vec!["media".into()],
            place: PlaceEntry {
                country: Some(country.into()),
                verdict: "plausible-outside".into(),
                ..Default::default()
            },
            transfer: TransferEntry { status: status.into(), on: Some(on.into()), ..Default::default() },
            ..Endpoint::default()
        }
    }

    fn of<'r>(list: &'r [Recommendation], id: &str) -> Option<&'r Recommendation> {
        list.iter().find(|advice| advice.id == id)
    }

    #[test]
    fn advice_names_what_it_rests_on() {
        let advice = recommendations(&[exposure("x7", "peer-address", None)], &[], &[], knowledge());
        let ids: Vec<_> = advice.iter().map(|advice| (advice.id.as_str(), advice.because.as_slice())).collect();
        let reason = ["x7".to_owned()];
        assert_eq!(ids, [("peer-address", &reason[..]), ("peer-address-participant", &reason[..])]);
        assert!(advice.iter().all(|advice| advice.source.contains("DSGVO") && advice.source.contains("(20")));
    }

    #[test]
    fn a_server_outside_brings_countries_and_alternatives() {
        let calls = [call("zoom")];
        let provider = exposure("x1", "provider", Some("m1"));
        let hosts = [server("zoom", "US", "third-country", "2024-08-10")];
        let list = recommendations(&[provider], &hosts, &calls, knowledge());
        let transfer = of(&list, "third-country-endpoint").expect("advice on the transfer");
        assert_eq!(transfer.because, ["e1"]);
        assert!(transfer.text.de.contains("Vereinigte Staaten") && transfer.text.en.contains("United States"));
        let other = of(&list, "european-alternatives").expect("alternatives");
        for name in ["BigBlueButton", "Jitsi", "OpenTalk", "alfaview", "Nextcloud Talk", "mailbox.org", "edudip"] {
            assert!(other.text.de.contains(name), "{name}: {}", other.text.de);
        }
        assert!(!other.text.de.contains("Zoom") && !other.text.de.contains("Threema"), "{}", other.text.de);
        assert!(of(&list, "zoom-data-centres").is_some(), "advice of the provider");
        assert!(list.iter().all(|advice| !advice.text.de.contains('{') && !advice.text.en.contains('{')));
    }

    #[test]
    fn who_processes_in_europe_gets_no_alternatives() {
        let provider = exposure("x1", "provider", Some("m1"));
        let hosts = [server("alfaview", "DE", "eu", "2024-08-10")];
        let list = recommendations(&[provider], &hosts, &[call("alfaview")], knowledge());
        assert!(of(&list, "european-alternatives").is_none());
        assert!(of(&list, "third-country-endpoint").is_none() && of(&list, "reach-us").is_none());
        assert!(of(&list, "european-operator").is_some());
    }

    #[test]
    fn access_laws_are_those_of_the_day() {
        let laws = |provider: &str, on: &str| {
            let list = recommendations(&[], &[server(provider, "DE", "eu", on)], &[call(provider)], knowledge());
            of(&list, "reach-us").or(of(&list, "reach-cn")).map(|advice| advice.text.en.clone()).unwrap_or_default()
        };
        assert!(laws("teams", "2018-01-01").contains("section 702") && !laws("teams", "2018-01-01").contains("CLOUD"));
        assert!(laws("teams", "2024-08-10").contains("CLOUD Act"));
        assert!(laws("teams", "2026-10-01").contains("after its lapse"));
        assert!(laws("wechat", "2024-08-10").contains("National Intelligence Law"));
        assert_eq!(laws("alfaview", "2024-08-10"), "");
    }

    #[test]
    fn without_a_call_hosts_bring_no_advice() {
        let hosts = [server("zoom", "US", "third-country", "2024-08-10")];
        assert_eq!(recommendations(&[], &hosts, &[], knowledge()), []);
    }

    #[test]
    fn domains_cover_what_is_below_them() {
        assert!(is_below("a.Example.org.", "example.org") && is_below("example.org", "example.org"));
        assert!(!is_below("notexample.org", "example.org") && !is_below("example.org.net", "example.org"));
    }
}
