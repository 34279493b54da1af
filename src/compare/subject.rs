//! One column: a report, the call in it that is compared, and what the rows look up again and again.

use super::contract::{Capture, Endpoint, Exposure, Flow, Meeting, Report};
use crate::exposure::is_private;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

/// What a host is to the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// In the own or a neighbouring network.
    Near,
    /// Another participant.
    Participant,
    /// The provider's, or one that a purpose is known of, or that took part in the call.
    Service,
    /// Anything else: perhaps the system, perhaps another program.
    Other,
}

/// A report with the call that is compared.
pub(super) struct Subject<'r> {
    pub(super) report: &'r Report,
    pub(super) meeting: Option<&'r Meeting>,
    standings: Vec<Standing>,
    /// The provider's signature id: of the call, else of the hosts with most bytes.
    provider: Option<&'r str>,
    flows: BTreeMap<IpAddr, Vec<&'r Flow>>,
}

impl<'r> Subject<'r> {
    pub(super) fn new(report: &'r Report, meeting: Option<&'r Meeting>) -> Subject<'r> {
        let mut flows: BTreeMap<IpAddr, Vec<&Flow>> = BTreeMap::new();
        for flow in &report.flows {
            flows.entry(host_of(&flow.remote)).or_default().push(flow);
        }
        let mut subject = Subject { report, meeting, standings: Vec::new(), provider: None, flows };
        subject.provider = match meeting {
            Some(meeting) => meeting.provider.as_deref(),
            None => report.endpoints.iter().find_map(|endpoint| endpoint.provider.as_deref()),
        };
        subject.standings = subject.classified();
        subject
    }

    fn classified(&self) -> Vec<Standing> {
        let peers = || self.report.meetings.iter().flat_map(|meeting| &meeting.peers);
        let addresses: BTreeSet<&str> = peers().map(|peer| peer.address.as_str()).collect();
        let ids: BTreeSet<&str> = peers().filter_map(|peer| peer.endpoint.as_deref()).collect();
        let in_calls: BTreeSet<&str> =
            self.report.meetings.iter().flat_map(|meeting| &meeting.flows).map(String::as_str).collect();
        let standing = |endpoint: &Endpoint| {
            let address = endpoint.address.parse::<IpAddr>().ok();
            let of_call = || self.flows_to(endpoint).any(|flow| in_calls.contains(flow.id.as_str()));
            let names = || self.flows_to(endpoint).any(|flow| flow.protocols.iter().any(|name| name == "dns"));
            if addresses.contains(endpoint.address.as_str()) || ids.contains(endpoint.id.as_str()) {
                Standing::Participant
            } else if address.is_some_and(is_private) {
                Standing::Near
            } else if endpoint.provider.is_some() || !endpoint.purpose.is_empty() || of_call() || names() {
                Standing::Service
            } else {
                Standing::Other
            }
        };
        self.report.endpoints.iter().map(standing).collect()
    }

    /// Hosts of a standing, most bytes first.
    pub(super) fn hosts(&self, standing: Standing) -> impl Iterator<Item = &'r Endpoint> + '_ {
        let all = self.report.endpoints.iter().zip(&self.standings);
        all.filter(move |(_, own)| **own == standing).map(|(endpoint, _)| endpoint)
    }

    pub(super) fn count(&self, standing: Standing) -> usize {
        self.hosts(standing).count()
    }

    /// Whether only hosts of the own or a neighbouring network show, behind which a proxy may hide others.
    pub(super) fn is_near_only(&self) -> bool {
        self.count(Standing::Service) + self.count(Standing::Other) == 0
    }

    pub(super) fn provider(&self) -> Option<&'r str> {
        self.provider
    }

    /// Flows to a host.
    pub(super) fn flows_to(&self, endpoint: &Endpoint) -> impl Iterator<Item = &'r Flow> + '_ {
        let address = endpoint.address.parse::<IpAddr>().ok();
        address.and_then(|address| self.flows.get(&address)).into_iter().flatten().copied()
    }

    /// Flows of the call.
    pub(super) fn flows(&self) -> impl Iterator<Item = &'r Flow> + '_ {
        let own = self.meeting.map(|meeting| meeting.flows.as_slice()).unwrap_or_default();
        let own: BTreeSet<&str> = own.iter().map(String::as_str).collect();
        self.report.flows.iter().filter(move |flow| own.contains(flow.id.as_str()))
    }

    /// Exposures of the call, and those of the device as a whole.
    pub(super) fn exposures(&self) -> impl Iterator<Item = &'r Exposure> + '_ {
        let own = self.meeting.map(|meeting| meeting.id.as_str());
        self.report.exposures.iter().filter(move |exposure| match exposure.meeting.as_deref() {
            Some(of) => own.is_none_or(|own| own == of),
            None => true,
        })
    }

    /// Exposures of these keys.
    pub(super) fn of_keys<'s>(&'s self, keys: &'s [&str]) -> Vec<&'r Exposure> {
        self.exposures().filter(|exposure| keys.contains(&exposure.key.as_str())).collect()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.exposures().any(|exposure| exposure.key == key)
    }

    /// Whether details of what participants did were left out on demand.
    pub(super) fn is_minimised(&self) -> bool {
        !self.report.handling.left_out.is_empty()
    }

    pub(super) fn is_pseudonymised(&self) -> bool {
        self.report.handling.pseudonyms.is_some()
    }

    /// Whether nothing of the capture is missing, as far as can be told: not cut, not damaged, nothing dropped, begun
    /// before the call, and not media alone, as a filter leaves them.
    pub(super) fn is_whole(&self) -> bool {
        let whole = |capture: &Capture| {
            capture.damage.is_none() && capture.cut_packets == 0 && capture.dropped.unwrap_or_default() == 0
        };
        let beside_media = |flow: &Flow| flow.protocols.iter().any(|name| BESIDE_MEDIA.contains(&name.as_str()));
        self.report.captures.iter().all(whole)
            && self.report.flows.iter().any(beside_media)
            && self.meeting.is_none_or(|meeting| meeting.began_before_capture.is_none())
    }

    /// Whether a host belongs to the provider of the call: by its signature, or by the first word of its operator's
    /// name, which is that of the provider's company.
    pub(super) fn is_of_provider(&self, endpoint: &Endpoint) -> bool {
        let Some(provider) = self.provider else { return false };
        let entity = |endpoint: &'r Endpoint| endpoint.jurisdiction.as_ref()?.entity.as_deref();
        let of_provider = |endpoint: &&Endpoint| endpoint.provider.as_deref() == Some(provider);
        let company = self.report.endpoints.iter().filter(of_provider).find_map(entity);
        let same = first_word(endpoint.operator.name.as_deref()).zip(first_word(company));
        endpoint.provider.as_deref() == Some(provider)
            || same.is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
    }
}

/// The first word of a company's name, where it is long enough to be one.
fn first_word(name: Option<&str>) -> Option<&str> {
    let word = name?.split(|character: char| !character.is_alphanumeric()).next()?;
    (word.chars().count() >= COMPANY_CHARS_MIN).then_some(word)
}

/// Protocols that run before or beside the media of every call.
const BESIDE_MEDIA: [&str; 3] = ["tls", "quic", "sip"];
/// Shortest first word of a company's name that tells it from others.
const COMPANY_CHARS_MIN: usize = 4;

/// The host of an address with or without a port; one that is none belongs to no host.
fn host_of(text: &str) -> IpAddr {
    let socket = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    text.parse().ok().or_else(socket).unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED))
}

/// The host that a value such as `192.0.2.1:50000` names.
pub(super) fn address_in(value: &str) -> Option<IpAddr> {
    Some(host_of(value)).filter(|address| !address.is_unspecified())
}
