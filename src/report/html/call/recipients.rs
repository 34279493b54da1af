//! Who got data, with the lane of each.

use super::lane::{Bars, Scale, Span, lane, span};
use crate::exposure::{Endpoint, FlowEntry, Meeting};
use crate::report::html::both::{Both, say};
use crate::report::html::digest::{Digest, NAME_CHARS_MAX, operator};
use maud::Markup;
use std::collections::BTreeMap;

/// Most recipients with a lane of their own, by bytes.
pub(super) const RECIPIENTS_MAX: usize = 12;

/// Who got data: a provider or an operator with all its addresses, or another participant.
pub(super) struct Recipient<'f> {
    pub(super) name: Both,
    pub(super) hosts: Vec<&'f str>,
    pub(super) flows: Vec<(&'static str, Span)>,
    pub(super) bytes: u64,
}

/// Looks of flows, from the top of a lane to the bottom.
const LOOKS: [&str; 5] = ["signalling", "media", "peer", "telemetry", "other"];

/// How to draw a flow by its purpose.
fn look(flow: &FlowEntry, is_peer: bool) -> &'static str {
    match flow.purpose.as_deref() {
        _ if is_peer => "peer",
        Some("telemetry" | "analytics" | "crash" | "advertising" | "experimentation") => "telemetry",
        Some("media" | "turn") => "media",
        Some("signalling" | "web-client" | "api" | "auth" | "messaging" | "presence" | "push") => "signalling",
        _ => "other",
    }
}

pub(super) fn recipients<'f>(digest: &Digest<'f>, meeting: &Meeting, scale: Scale) -> Vec<Recipient<'f>> {
    let endpoints: BTreeMap<&str, &Endpoint> =
        digest.findings.endpoints.iter().map(|endpoint| (endpoint.address.as_str(), endpoint)).collect();
    let mut by_name: BTreeMap<(Both, Option<&str>), Recipient<'f>> = BTreeMap::new();
    for flow in &digest.findings.flows {
        let address = host_of(&flow.remote);
        let is_peer = meeting.peers.iter().any(|peer| peer.address == address);
        let of_call = meeting.flows.contains(&flow.id) || flow.provider.is_some() || flow.purpose.is_some() || is_peer;
        let times = span(&flow.start, &flow.end).filter(|(from, to)| *to >= scale.from && *from <= scale.to);
        let Some(times) = times.filter(|_| of_call) else { continue };
        let name = recipient_name(digest, flow, endpoints.get(address).copied(), is_peer);
        let new = || Recipient { name: name.clone(), hosts: Vec::new(), flows: Vec::new(), bytes: 0 };
        let recipient = by_name.entry((name.clone(), is_peer.then_some(address))).or_insert_with(new);
        if !recipient.hosts.contains(&address) {
            recipient.hosts.push(address);
        }
        recipient.flows.push((look(flow, is_peer), times));
        recipient.bytes = recipient.bytes.saturating_add(flow.bytes_sent).saturating_add(flow.bytes_received);
    }
    let mut all: Vec<_> = by_name.into_values().collect();
    all.sort_by_key(|recipient| std::cmp::Reverse(recipient.bytes));
    summed_up(all)
}

/// The largest recipients, and the others as one.
fn summed_up(mut all: Vec<Recipient<'_>>) -> Vec<Recipient<'_>> {
    let rest = all.split_off(all.len().min(RECIPIENTS_MAX));
    if !rest.is_empty() {
        let words = ["weiterer Empfänger", "weitere Empfänger", "more recipient", "more recipients"];
        let flows = rest.iter().flat_map(|recipient| recipient.flows.iter().copied()).collect();
        let hosts = rest.iter().flat_map(|recipient| recipient.hosts.iter().copied()).collect();
        let bytes = rest.iter().map(|recipient| recipient.bytes).fold(0, u64::saturating_add);
        all.push(Recipient { name: Both::count(rest.len(), words), hosts, flows, bytes });
    }
    all
}

/// Another participant by the address; else the provider, the operator of the network, or the host.
fn recipient_name(digest: &Digest<'_>, flow: &FlowEntry, endpoint: Option<&Endpoint>, is_peer: bool) -> Both {
    let address = host_of(&flow.remote);
    if is_peer {
        return say("Andere Person", "Other participant");
    }
    let provider = flow.provider.as_deref().or_else(|| endpoint?.provider.as_deref());
    let run_by = || endpoint.map(operator).filter(|name| name != address);
    let host = || endpoint.and_then(|endpoint| endpoint.names.first()).map(|name| name.name.clone());
    let name = provider.map(|id| digest.provider_name(id)).or_else(run_by).or_else(host);
    Both::same(name.unwrap_or_else(|| address.to_owned())).cut(NAME_CHARS_MAX)
}

/// The host of `198.51.100.7:443` or `[2001:db8::7]:443`.
fn host_of(remote: &str) -> &str {
    let host = remote.rsplit_once(':').map_or(remote, |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']')
}

pub(super) fn recipient_lane(scale: Scale, recipient: &Recipient<'_>) -> Markup {
    let mut bars: Vec<Bars> = Vec::new();
    for class in LOOKS {
        let of_class = recipient.flows.iter().filter(|(look, _)| *look == class);
        let spans: Vec<Span> = of_class.map(|(_, span)| *span).collect();
        if !spans.is_empty() {
            bars.push(Bars { class, top: 6.0 + 11.0 * bars.len() as f64, height: 9.0, spans });
        }
    }
    let note = match recipient.hosts.as_slice() {
        [host] if !recipient.name.de.contains(*host) => Both::same(*host),
        [] | [_] => Both::default(),
        hosts => Both::count(hosts.len(), ["Adresse", "Adressen", "address", "addresses"]),
    };
    lane(scale, &recipient.name, &note, 10.0 + 11.0 * bars.len() as f64, &bars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_both_families() {
        assert_eq!(host_of("198.51.100.7:443"), "198.51.100.7");
        assert_eq!(host_of("[2001:db8::7]:443"), "2001:db8::7");
        assert_eq!(host_of("x"), "x");
    }
}
