//! Puts pseudonyms in the place of addresses and names, in every text of the report.
//!
//! First the names where they stand by themselves: facts and exposures by their keys, names of hosts, devices, files.
//! Then every text is searched for addresses and for the names found, so that a sentence, a filter or a field that is
//! added later holds none that was replaced elsewhere.

use super::address::{Pseudonyms, SCHEME, is_of_host};
use super::keys::{Treatment, treatment};
use super::names::{Names, Search};
use super::sweep::{Replace, host_of, sweep};
use crate::catalogue::Catalogue;
use crate::exposure::findings::{
    CaptureFile, Endpoint, ExposureEntry, FactEntry, Findings, FlowEntry, Name, PseudonymNote, Texts,
};
use crate::exposure::is_private;
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Highest port that stands for a service by itself (RFC 6335 section 6).
const SERVICE_PORT_MAX: u16 = 1023;
/// Most domains above a host name that are kept with it.
const LABELS_MAX: usize = 8;
/// Fields of the report's own vocabulary, numbers and times: they hold nothing from packets.
const OWN_FIELDS: [&str; 22] = [
    "audience",
    "basis",
    "because",
    "built",
    "certainty",
    "confidence",
    "direction",
    "end",
    "flows",
    "format",
    "id",
    "key",
    "kind",
    "meeting",
    "observers",
    "participant",
    "question",
    "sha256",
    "start",
    "status",
    "time",
    "version",
];

/// Replaces addresses and names in all of `findings`.
pub(super) fn pseudonymise(findings: &mut Findings, key: &str, pseudonyms: &Pseudonyms, catalogue: &Catalogue) {
    let (servers, homes) = (servers(findings), home_domains(findings));
    let hosts = server_names(findings, &servers);
    let mut people = People {
        pseudonyms,
        catalogue,
        servers,
        hosts,
        homes,
        names: Names::default(),
        search: None,
        replaced: BTreeSet::new(),
    };
    people.learn(findings);
    people.named(findings);
    people.search = Some(people.names.search());
    findings.texts("", &mut |field, text| people.searched(field, text));
    findings.handling.pseudonyms = Some(PseudonymNote {
        key: key.to_owned(),
        scheme: SCHEME.to_owned(),
        addresses: people.replaced.len() as u64,
        names: people.names.count() as u64,
    });
}

/// Public addresses of machines that serve: with a provider, a name or a service port, and nobody's own.
fn servers(findings: &Findings) -> BTreeSet<IpAddr> {
    let own = findings.local.addresses.iter().chain(&findings.local.public_addresses);
    let peers = findings.meetings.iter().flat_map(|meeting| &meeting.peers).map(|peer| &peer.address);
    let people: BTreeSet<IpAddr> = own.chain(peers).filter_map(|address| address.parse().ok()).collect();
    let serves = |endpoint: &&Endpoint| {
        let by_port = endpoint.ports.iter().any(|port| (1..=SERVICE_PORT_MAX).contains(port));
        endpoint.provider.is_some() || !endpoint.names.is_empty() || by_port
    };
    let told = findings.endpoints.iter().filter(serves).filter_map(|endpoint| endpoint.address.parse().ok());
    let facts = findings.flows.iter().flat_map(|flow| &flow.facts);
    let stated = facts.filter(|fact| treatment(&fact.key) == Treatment::Server).filter_map(|fact| host_of(&fact.value));
    told.chain(stated).filter(|address| !is_private(*address) && !people.contains(address)).collect()
}

/// Names of those servers, and the domains that they are in.
fn server_names(findings: &Findings, servers: &BTreeSet<IpAddr>) -> BTreeSet<String> {
    let is_server = |address: &str| host_of(address).is_some_and(|address| servers.contains(&address));
    let of_endpoints = findings.endpoints.iter().filter(|endpoint| is_server(&endpoint.address));
    let of_flows = findings.flows.iter().filter(|flow| is_server(&flow.remote));
    let names = of_endpoints.flat_map(|endpoint| &endpoint.names).chain(of_flows.flat_map(|flow| &flow.names));
    let mut hosts = BTreeSet::new();
    for name in names.map(|name| name.name.to_lowercase()) {
        let dots = name.match_indices('.').filter_map(|(at, _)| name.get(at + 1..));
        hosts.extend(dots.take(LABELS_MAX).filter(|domain| domain.contains('.')).map(str::to_owned));
        hosts.insert(name);
    }
    hosts
}

/// Domains that the captured side's network gives its devices.
fn home_domains(findings: &Findings) -> Vec<String> {
    let facts = findings.flows.iter().flat_map(|flow| &flow.facts);
    let domains = facts.filter(|fact| matches!(fact.key.as_str(), "dhcp.domain" | "dhcpv6.domain"));
    domains.map(|fact| format!(".{}", fact.value.trim_matches('.').to_lowercase())).collect()
}

struct People<'a> {
    pseudonyms: &'a Pseudonyms,
    catalogue: &'a Catalogue,
    servers: BTreeSet<IpAddr>,
    /// Names of servers and the domains above them, lower case.
    hosts: BTreeSet<String>,
    /// Domains of the captured side, with a dot before them.
    homes: Vec<String>,
    names: Names,
    /// Finds the names inside texts, once all are known.
    search: Option<Search>,
    replaced: BTreeSet<String>,
}

impl People<'_> {
    /// Words that the report uses for providers and operators.
    fn learn(&mut self, findings: &Findings) {
        self.names.speak("name");
        let meetings = findings.meetings.iter().flat_map(|meeting| [&meeting.provider, &meeting.provider_name]);
        let endpoints = findings.endpoints.iter().flat_map(|endpoint| [&endpoint.provider, &endpoint.operator.name]);
        for text in meetings.chain(endpoints).flatten() {
            self.names.speak(text);
        }
    }

    /// Names where they stand by themselves.
    fn named(&mut self, findings: &mut Findings) {
        for (index, capture) in findings.captures.iter_mut().enumerate() {
            file(index, capture);
        }
        findings.local.location.lat = None;
        findings.local.location.lon = None;
        for device in &mut findings.local.devices {
            device.names.iter_mut().for_each(|name| *name = self.names.of(name));
        }
        findings.exposures.iter_mut().for_each(|exposure| self.exposure(exposure));
        findings.endpoints.iter_mut().for_each(|endpoint| self.endpoint(endpoint));
        findings.flows.iter_mut().for_each(|flow| self.flow(flow));
    }

    fn exposure(&mut self, exposure: &mut ExposureEntry) {
        let new = match exposure.key.as_str() {
            "tenant-name" => self.names.of(&exposure.value),
            key => self.value(key, &exposure.value),
        };
        if new != exposure.value && !exposure.value.is_empty() {
            for text in [&mut exposure.statement.de, &mut exposure.statement.en] {
                *text = text.replace(&exposure.value, &new);
            }
        }
        exposure.value = new;
    }

    fn endpoint(&mut self, endpoint: &mut Endpoint) {
        let serves = host_of(&endpoint.address).is_some_and(|address| self.servers.contains(&address));
        endpoint.names.iter_mut().for_each(|name| self.name(name, serves));
    }

    fn flow(&mut self, flow: &mut FlowEntry) {
        let serves = host_of(&flow.remote).is_some_and(|address| self.servers.contains(&address));
        flow.names.iter_mut().for_each(|name| self.name(name, serves));
        flow.facts.iter_mut().for_each(|fact| self.fact(fact));
    }

    fn fact(&mut self, fact: &mut FactEntry) {
        fact.value = self.value(&fact.key, &fact.value);
    }

    fn name(&mut self, name: &mut Name, serves: bool) {
        name.name = match serves {
            true => self.host(&name.name),
            false => self.names.of(&name.name),
        };
    }

    fn value(&mut self, key: &str, value: &str) -> String {
        match treatment(key) {
            Treatment::Name => self.names.of_value(value),
            Treatment::Host => self.host(value),
            Treatment::Server | Treatment::Technical => value.to_owned(),
        }
    }

    /// A host name: without the name of an organisation that is the provider's customer; whole where it is that of a
    /// known service or of a server; otherwise a name.
    fn host(&mut self, host: &str) -> String {
        let lower = host.to_lowercase();
        if host_of(host).is_some() {
            return host.to_owned();
        }
        if let Some(tenant) = self.catalogue.tenant(&lower).map(|hit| hit.tenant) {
            let pseudonym = self.names.of(&tenant);
            return lower.replacen(&tenant, &pseudonym, 1);
        }
        let bare = lower.rsplit("//").next().unwrap_or_default().split([':', '/']).next().unwrap_or_default();
        let at_home = self.homes.iter().any(|home| bare.ends_with(home.as_str()) || home.get(1..) == Some(bare));
        let known = self.catalogue.name(bare).is_some() || self.hosts.contains(bare) && !at_home;
        if known { host.to_owned() } else { self.names.of(host) }
    }

    /// What is left inside any text.
    fn searched(&mut self, field: &'static str, text: &mut String) {
        if OWN_FIELDS.contains(&field) {
            return;
        }
        if let Some(new) = self.search.as_ref().and_then(|search| search.within(text)) {
            *text = new;
        }
        if text.contains(['.', ':']) {
            *text = sweep(text, self);
        }
    }
}

impl Replace for People<'_> {
    fn ip(&mut self, address: IpAddr) -> Option<IpAddr> {
        if !is_of_host(address) || self.servers.contains(&address) {
            return None;
        }
        self.replaced.insert(address.to_string());
        Some(self.pseudonyms.ip(address))
    }

    /// A network that holds a server's address says where that stands, and stays.
    fn network(&mut self, address: IpAddr, bits: u8) -> Option<IpAddr> {
        let Ok(net) = IpNet::new(address, bits) else { return self.ip(address) };
        if self.servers.range(net.network()..=net.broadcast()).next().is_some() {
            return None;
        }
        let hidden = IpNet::new(self.ip(address)?, bits).ok()?;
        Some(hidden.network())
    }

    fn link(&mut self, address: [u8; 6]) -> [u8; 6] {
        let hidden = self.pseudonyms.link(address);
        if hidden != address {
            self.replaced.insert(format!("{address:x?}"));
        }
        hidden
    }
}

/// A file name and comments are the words of whoever made the capture.
fn file(index: usize, capture: &mut CaptureFile) {
    let name = format!("capture-{}", index + 1);
    capture.damage = capture.damage.take().map(|damage| damage.replace(&capture.path, &name));
    capture.path = name;
    capture.comments.clear();
}
