//! Remote hosts in the order in which they were found.

use super::NAME_CHARS_MAX;
use meetscope::exposure::{Endpoint, is_private};
use meetscope::model::text::for_terminal;
use std::collections::BTreeMap;

/// Most hosts shown.
const HOSTS_MAX: usize = 256;
/// Most hosts whose order is remembered; later ones stand behind.
const HOSTS_TRACKED_MAX: usize = 8192;

/// A remote host.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) address: String,
    /// The first of its names.
    pub(crate) name: Option<String>,
    /// Signature id of the provider.
    pub(crate) provider: Option<String>,
    pub(crate) purposes: Vec<String>,
    pub(crate) country: Option<String>,
    pub(crate) operator: Option<String>,
    pub(crate) reach: Reach,
    /// `proven-inside`, `plausible-inside`, `undecidable`, `plausible-outside` or `proven-outside`.
    pub(crate) verdict: String,
    /// Bytes of both directions.
    pub(crate) bytes: u64,
}

/// What sending data there means in law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// In the own or a neighbouring network.
    Near,
    Eu,
    Eea,
    /// A third country with an adequacy decision.
    Adequate,
    ThirdCountry,
    Unknown,
}

impl Reach {
    pub(crate) fn of(endpoint: &Endpoint) -> Reach {
        match endpoint.transfer.status.as_str() {
            "eu" => Reach::Eu,
            "eea" => Reach::Eea,
            "adequate" => Reach::Adequate,
            "third-country" => Reach::ThirdCountry,
            _ if endpoint.address.parse().is_ok_and(is_private) => Reach::Near,
            _ => Reach::Unknown,
        }
    }
}

/// The order of hosts.
#[derive(Default)]
pub(super) struct Hosts {
    known: BTreeMap<String, u32>,
}

impl Hosts {
    /// The hosts of the findings, the newest first; of those found at once, the busiest first.
    pub(super) fn take(&mut self, endpoints: &[Endpoint]) -> Vec<Host> {
        for endpoint in endpoints.iter().rev() {
            let order = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
            if self.known.len() < HOSTS_TRACKED_MAX && !self.known.contains_key(&endpoint.address) {
                self.known.insert(endpoint.address.clone(), order.saturating_add(1));
            }
        }
        let order = |endpoint: &Endpoint| self.known.get(&endpoint.address).copied().unwrap_or_default();
        let mut sorted: Vec<_> = endpoints.iter().map(|endpoint| (order(endpoint), endpoint)).collect();
        sorted.sort_by_key(|(order, _)| std::cmp::Reverse(*order));
        sorted.into_iter().take(HOSTS_MAX).map(|(_, endpoint)| Host::new(endpoint)).collect()
    }
}

impl Host {
    fn new(endpoint: &Endpoint) -> Host {
        let safe = |text: &str| for_terminal(text, NAME_CHARS_MAX);
        Host {
            address: safe(&endpoint.address),
            name: endpoint.names.first().map(|name| safe(&name.name)),
            provider: endpoint.provider.as_deref().map(safe),
            purposes: endpoint.purpose.iter().map(|id| safe(id)).collect(),
            country: endpoint.place.country.as_deref().map(safe),
            operator: endpoint.operator.name.as_deref().map(safe),
            reach: Reach::of(endpoint),
            verdict: endpoint.place.verdict.clone(),
            bytes: endpoint.bytes_sent.saturating_add(endpoint.bytes_received),
        }
    }
}
