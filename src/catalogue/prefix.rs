//! Addresses to rules: for each length of prefix a sorted list, longest first.

use super::file::{CatalogueError, at};
use super::provider::Provider;
use super::rule::PrefixRule;
use ipnet::IpNet;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A rule that covers an address on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrefixHit<'a> {
    /// Whose rule.
    pub provider: &'a Provider,
    /// The rule.
    pub rule: &'a PrefixRule,
    /// Which of the provider's prefix rules, from 0.
    pub index: usize,
    /// The range that covers the address.
    pub net: IpNet,
    /// Whether the list is younger than the capture: that the range was in use then already is an assumption.
    pub newer_than_capture: bool,
}

impl PrefixHit<'_> {
    /// Whether others use the range as well, so that it names no provider.
    pub fn shared(&self) -> bool {
        self.rule.shared
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    bits: u128,
    net: IpNet,
    provider: usize,
    rule: usize,
}

/// All ranges of all providers, by family and length.
#[derive(Clone, Debug, Default)]
pub(super) struct PrefixIndex {
    /// Key: IPv6, length. Sorted by first address.
    lengths: BTreeMap<(bool, u8), Vec<Entry>>,
}

impl PrefixIndex {
    /// Adds the ranges of a provider. The same range for two providers on the same day is an error, unless both
    /// say that it is shared.
    pub(super) fn add(&mut self, number: usize, providers: &[Provider], text: &str) -> Result<(), CatalogueError> {
        let Some(provider) = providers.get(number) else { return Ok(()) };
        for (rule_number, rule) in provider.prefixes.iter().enumerate() {
            for net in &rule.nets.0 {
                let entry = Entry { bits: bits(net.network()), net: *net, provider: number, rule: rule_number };
                self.claim(entry, rule, providers)
                    .map_err(|problem| at(&provider.file, text, &net.to_string(), problem))?;
            }
        }
        Ok(())
    }

    fn claim(&mut self, entry: Entry, rule: &PrefixRule, providers: &[Provider]) -> Result<(), String> {
        let entries = self.lengths.entry(length(&entry.net)).or_default();
        let start = entries.partition_point(|known| known.bits < entry.bits);
        for known in entries.iter().skip(start).take_while(|known| known.bits == entry.bits) {
            let Some((holder, other)) = rule_of(known, providers) else { continue };
            if overlap(rule, other) && !(rule.shared && other.shared) {
                let advice =
                    "keep it in one file, part the days with valid_from and valid_to, or say `shared = true` in both";
                return Err(format!("{} is claimed already by {} for the same days: {advice}", entry.net, holder.file));
            }
        }
        let end = entries.partition_point(|known| known.bits <= entry.bits);
        entries.insert(end, entry);
        Ok(())
    }

    /// The longest range around an address that counts on a day.
    pub(super) fn find<'a>(&self, address: IpAddr, day: Date, providers: &'a [Provider]) -> Option<PrefixHit<'a>> {
        let address = address.to_canonical();
        let family = (address.is_ipv6(), 0)..=(address.is_ipv6(), 128);
        self.lengths.range(family).rev().find_map(|((_, length), entries)| {
            let bits = masked(address, *length);
            let start = entries.partition_point(|entry| entry.bits < bits);
            let same = entries.iter().skip(start).take_while(|entry| entry.bits == bits);
            same.filter_map(|entry| hit(entry, day, providers)).next()
        })
    }
}

fn hit<'a>(entry: &Entry, day: Date, providers: &'a [Provider]) -> Option<PrefixHit<'a>> {
    let (provider, rule) = rule_of(entry, providers)?;
    let newer_than_capture = rule.list_date > day;
    rule.counts_on(day).then_some(PrefixHit { provider, rule, index: entry.rule, net: entry.net, newer_than_capture })
}

fn rule_of<'a>(entry: &Entry, providers: &'a [Provider]) -> Option<(&'a Provider, &'a PrefixRule)> {
    let provider = providers.get(entry.provider)?;
    Some((provider, provider.prefixes.get(entry.rule)?))
}

fn overlap(one: &PrefixRule, other: &PrefixRule) -> bool {
    let before = |first: &PrefixRule, second: &PrefixRule| {
        first.valid_to.zip(second.valid_from).is_some_and(|(to, from)| to < from)
    };
    !before(one, other) && !before(other, one)
}

fn length(net: &IpNet) -> (bool, u8) {
    (matches!(net, IpNet::V6(_)), net.prefix_len())
}

/// The address as a number; IPv4 in the high 32 bits, so that one mask serves both.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)) << 96,
        IpAddr::V6(address) => u128::from(address),
    }
}

fn masked(address: IpAddr, length: u8) -> u128 {
    let host_bits = 128_u32.saturating_sub(u32::from(length));
    bits(address) & u128::MAX.checked_shl(host_bits).unwrap_or(0)
}
