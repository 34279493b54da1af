//! What several sections look up in the findings.

use super::both::{Both, say};
use super::words::{STATUS, word};
use crate::exposure::{Endpoint, EvidenceEntry, Findings, Meeting};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// Most characters of a name that came from packets.
pub(super) const NAME_CHARS_MAX: usize = 120;
/// Most evidence shown of one statement; the JSON report has all.
pub(super) const EVIDENCE_SHOWN_MAX: usize = 6;

/// The findings with ways to look into them.
pub(super) struct Digest<'f> {
    pub(super) findings: &'f Findings,
    endpoints: BTreeMap<&'f str, &'f Endpoint>,
}

impl<'f> Digest<'f> {
    pub(super) fn new(findings: &'f Findings) -> Self {
        let by_id = |endpoint: &'f Endpoint| (endpoint.id.as_str(), endpoint);
        Digest { findings, endpoints: findings.endpoints.iter().map(by_id).collect() }
    }

    /// The call that the report is about in the first place: the longest one.
    pub(super) fn main(&self) -> Option<&'f Meeting> {
        self.findings.meetings.iter().max_by(|one, two| one.duration_s.total_cmp(&two.duration_s))
    }

    /// The name of a provider by its signature id.
    pub(super) fn provider_name(&self, id: &str) -> String {
        let named = self.findings.meetings.iter().find(|meeting| meeting.provider.as_deref() == Some(id));
        named.and_then(|meeting| meeting.provider_name.clone()).unwrap_or_else(|| capitalised(id))
    }

    /// The endpoints that count for a transfer: those listed by country.
    pub(super) fn far(&self) -> Vec<&'f Endpoint> {
        let ids = self.findings.transfers.iter().flat_map(|total| &total.endpoints);
        let mut far: Vec<_> = ids.filter_map(|id| self.endpoints.get(id.as_str()).copied()).collect();
        far.sort_by_key(|endpoint| std::cmp::Reverse(weight(endpoint)));
        far
    }

    /// Frames where a statement can be checked, folded: number, time, filter and a button that copies it.
    pub(super) fn evidence(&self, evidence: &[EvidenceEntry]) -> Markup {
        let shown = distinct(evidence);
        let more = shown.len().saturating_sub(EVIDENCE_SHOWN_MAX);
        html! {
            @if !shown.is_empty() {
                details.proofs {
                    summary { (self.frames(&shown)) }
                    ul {
                        @for entry in shown.iter().take(EVIDENCE_SHOWN_MAX) { li { (self.proof(entry)) } }
                        @if more > 0 { li { (Both::count(more, ["weitere Fundstelle", "weitere Fundstellen", "more", "more"])) } }
                    }
                }
            }
        }
    }

    /// `Paket 12 und 2 weitere`.
    fn frames(&self, shown: &[&EvidenceEntry]) -> Both {
        let first = shown.first().map(|entry| entry.frame).unwrap_or_default();
        let number = Both::number(first);
        let frames: BTreeSet<_> = shown.iter().map(|entry| (entry.capture, entry.frame)).collect();
        match frames.len().saturating_sub(1) {
            0 => Both::new(format!("Beleg: Paket {}", number.de), format!("Evidence: frame {}", number.en)),
            1 => Both::new(
                format!("Belege: Paket {} und 1 weiteres", number.de),
                format!("Evidence: frame {} and 1 more", number.en),
            ),
            more => Both::new(
                format!("Belege: Paket {} und {more} weitere", number.de),
                format!("Evidence: frame {} and {more} more", number.en),
            ),
        }
    }

    fn proof(&self, entry: &EvidenceEntry) -> Markup {
        html! {
            span.frame { (self.frame(entry)) @if !entry.time.is_empty() { ", " (Both::moment(&entry.time)) } }
            (filter(&entry.filter))
        }
    }

    /// `Paket 12`, with the file where there are several.
    pub(super) fn frame(&self, entry: &EvidenceEntry) -> Both {
        let number = Both::number(entry.frame);
        match (self.findings.captures.len() > 1).then(|| u32::from(entry.capture) + 1) {
            Some(file) => {
                Both::new(format!("Paket {} (Datei {file})", number.de), format!("Frame {} (file {file})", number.en))
            }
            None => Both::new(format!("Paket {}", number.de), format!("Frame {}", number.en)),
        }
    }
}

/// Each frame once, and again where another filter shows it.
pub(super) fn distinct(evidence: &[EvidenceEntry]) -> Vec<&EvidenceEntry> {
    let mut shown: Vec<&EvidenceEntry> = Vec::new();
    for entry in evidence {
        if !shown
            .iter()
            .any(|known| (known.capture, known.frame, &known.filter) == (entry.capture, entry.frame, &entry.filter))
        {
            shown.push(entry);
        }
    }
    shown
}

/// A Wireshark filter with a button that copies it.
pub(super) fn filter(filter: &str) -> Markup {
    html! {
        @if !filter.is_empty() {
            span.filter {
                code { (filter) }
                button.copy type="button" data-copy=(filter) {
                    (say("Filter kopieren", "Copy filter"))
                }
            }
        }
    }
}

/// Bytes of both directions.
pub(super) fn weight(endpoint: &Endpoint) -> u64 {
    endpoint.bytes_sent.saturating_add(endpoint.bytes_received)
}

/// Who runs an endpoint, as far as it is known: the operator of its network, or its address.
pub(super) fn operator(endpoint: &Endpoint) -> String {
    let named = endpoint.operator.name.clone().filter(|name| !name.is_empty());
    let numbered = || endpoint.operator.asn.map(|number| format!("AS{number}"));
    named.or_else(numbered).unwrap_or_else(|| endpoint.address.clone())
}

/// A status with a sign of its own, so that it is told without colour.
pub(super) fn status(name: &str) -> Markup {
    html! { span class={ "status s-" (known_status(name)) } { i.sign aria-hidden="true" {} (word(STATUS, name).capitalised()) } }
}

/// The name of a status when it is one, so that nothing else becomes a class.
pub(super) fn known_status(name: &str) -> &'static str {
    STATUS.iter().map(|(known, ..)| *known).find(|known| *known == name).unwrap_or("unknown")
}

/// Seconds since 1970 of a time of the report.
pub(super) fn seconds(time: &str) -> Option<f64> {
    let time: jiff::Timestamp = time.parse().ok()?;
    Some(time.as_microsecond() as f64 / 1e6)
}

/// A number for a picture, with two digits behind the point.
pub(super) fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn capitalised(id: &str) -> String {
    let mut chars = id.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_that_is_none_becomes_no_class() {
        assert_eq!(known_status("x\" onload=\"y"), "unknown");
        assert!(!status("<b>").into_string().contains("<b>"));
    }

    #[test]
    fn times_are_seconds() {
        assert_eq!(seconds("1970-01-01T00:01:00.500000Z"), Some(60.5));
        assert_eq!(seconds("never"), None);
    }
}
