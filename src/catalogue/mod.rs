//! What is known of providers and of the law, as data: `signatures/` beside the source.
//!
//! A signature file describes one provider: who runs it, and by which host names, address ranges and marks in the
//! packets it is recognised. Rank 1: knows `model` only, and fact keys by their names only. Adding a provider is
//! adding a file. Beside them stands what is known of devices: makers of network parts and traits of systems
//! (`signatures/hardware`).

mod advice;
mod ambiguity;
mod check;
mod classify;
mod condition;
mod country;
mod file;
mod hardware;
mod law;
mod name;
mod prefix;
mod provider;
mod purpose;
mod rule;
mod self_hosted;
mod settle;
mod system;
mod tally;
mod tenant;

pub use advice::{Advice, When};
pub use check::CheckFailure;
pub use classify::{Candidate, Observation, Reason, RuleKind, RuleRef, SeenName, Verdict, Weight};
pub use country::{COUNTRIES, country_name};
pub use file::{CatalogueError, Nets, SCHEMA};
pub use hardware::{LinkAddress, link_address};
pub use law::{AccessLaw, Guidance, Instrument, Law, Organisation, Standing, Status};
pub use name::{HOST_BYTES_MAX, NameHit};
pub use prefix::PrefixHit;
pub use provider::{Certainty, Europe, Identity, Kind, Operator, Provider, Serves, Source};
pub use purpose::{ALL as PURPOSES, Purpose, purpose_of};
pub use rule::{AsnRule, Condition, Confidence, NameRule, PortRule, PortTransport, PrefixRule, Rule, TraitRule};
pub use self_hosted::SelfHostedRule;
pub use settle::Settled;
pub use system::{
    SystemFamily, initial_hop_limit, system_by_announcement, system_by_dhcp_class, system_by_dhcp_parameters,
    system_by_opening,
};
pub use tenant::{TenantHit, TenantRule};

use jiff::civil::Date;
use name::NameIndex;
use prefix::PrefixIndex;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// The files that are built in: (name, text), in order of names.
static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/signatures.rs"));

/// Files of advice that are built in: (name, text), in order of names.
static ADVICE: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/advice.rs"));

/// All providers, with what is needed to find them by name, address and fact.
#[derive(Clone, Debug)]
pub struct Catalogue {
    providers: Vec<Provider>,
    by_id: BTreeMap<String, usize>,
    names: NameIndex,
    prefixes: PrefixIndex,
    advice: Vec<Advice>,
    version: String,
    sha256: String,
}

/// The text of a built-in signature file, by the provider's id. The file is named after it; an underscore before the
/// name only sorts files that describe no service to the top.
pub fn builtin_file(id: &str) -> Option<&'static str> {
    let is_named = |file: &str| file.trim_start_matches('_').strip_suffix(".toml") == Some(id);
    BUILT_IN.iter().find(|(file, _)| is_named(file)).map(|(_, text)| *text)
}

impl Catalogue {
    /// The files that are built in.
    ///
    /// # Errors
    /// None for a released program: a test loads them all.
    pub fn builtin() -> Result<Catalogue, CatalogueError> {
        Catalogue::from_files(true, [])
    }

    /// Files given as (name, text), behind the built-in ones if wished. A file with the id of a built-in provider
    /// takes its place; a file in a folder `advice` holds advice.
    ///
    /// # Errors
    /// The first file that cannot be read, names something unknown, or claims what another has claimed.
    pub fn from_files<'a>(
        builtin_first: bool,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Catalogue, CatalogueError> {
        Catalogue::load(builtin_first, files).map_err(|errors| match errors.into_iter().next() {
            Some(first) => first,
            None => CatalogueError { file: String::new(), line: 0, message: "no file could be used".into() },
        })
    }

    /// The same with every file's first error, for authors who want to mend all at once.
    ///
    /// # Errors
    /// What is wrong with the files, in their order; never empty.
    pub fn load<'a>(
        builtin_first: bool,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Catalogue, Vec<CatalogueError>> {
        let mut loader = Loader::default();
        for (file, text) in BUILT_IN.iter().chain(ADVICE).filter(|_| builtin_first) {
            loader.take(file, text);
        }
        loader.replaceable = loader.providers.len();
        for (file, text) in files {
            loader.take(file, text);
        }
        loader.finish()
    }

    /// How much the catalogue holds.
    pub fn size(&self) -> Size {
        let mut size = Size { advice: self.advice.len(), ..Size::default() };
        for provider in &self.providers {
            size.files += 1;
            size.rules += file::rules(provider).count() + provider.tenants.len();
            let names = provider.names.iter().map(|rule| [rule.examples.len(), rule.near_misses.len()]);
            let prefixes = provider.prefixes.iter().map(|rule| [rule.examples.len(), rule.near_misses.len()]);
            let traits = provider.traits.iter().map(|rule| [rule.examples.len(), rule.near_misses.len()]);
            let tenants = provider.tenants.iter().map(|rule| [rule.examples.len(), rule.near_misses.len()]);
            let servers = provider.self_hosted.iter().map(|rule| [rule.examples.len(), rule.near_misses.len()]);
            for [examples, near_misses] in names.chain(prefixes).chain(traits).chain(tenants).chain(servers) {
                size.examples += examples;
                size.near_misses += near_misses;
            }
        }
        size
    }

    /// Providers in order of their files.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.iter()
    }

    /// The provider of this id.
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.get(*self.by_id.get(id)?)
    }

    /// Rules of advice, in the order of their files.
    pub fn advice(&self) -> &[Advice] {
        &self.advice
    }

    /// Providers that process in Europe and serve a use, in order of their files.
    pub fn european(&self, serves: Serves) -> impl Iterator<Item = (&Provider, &Europe)> {
        let european = self.providers.iter().filter_map(|provider| Some((provider, provider.europe.as_ref()?)));
        european.filter(move |(_, europe)| europe.serves.contains(&serves))
    }

    /// Day of the youngest source, as `2026-10-26`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// SHA-256 over names and texts of all files in order, as hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The most specific rule for a host name. Letter case and a final dot do not count.
    pub fn name(&self, host: &str) -> Option<NameHit<'_>> {
        self.names.find(host, &self.providers)
    }

    /// The longest range around an address that counts on `day`. A list younger than the day counts too, marked so,
    /// unless it says from when it holds.
    pub fn address(&self, address: IpAddr, day: Date) -> Option<PrefixHit<'_>> {
        self.prefixes.find(address, day, &self.providers)
    }

    /// Every fact key that a trait names; a test compares them with the keys that dissectors state.
    pub fn fact_keys(&self) -> BTreeSet<&str> {
        let traits = self.providers.iter().flat_map(|provider| &provider.traits).flat_map(|rule| &rule.when);
        let servers = self.providers.iter().flat_map(|provider| &provider.self_hosted).flat_map(|rule| &rule.when);
        traits.chain(servers).map(|condition| condition.key.as_str()).collect()
    }
}

/// How much a catalogue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Files: one a provider, and one of third parties.
    pub files: usize,
    /// Rules of all kinds.
    pub rules: usize,
    /// Examples, each run as a test.
    pub examples: usize,
    /// Near misses, each run as a test.
    pub near_misses: usize,
    /// Rules of advice.
    pub advice: usize,
}

/// Files read so far.
#[derive(Debug, Default)]
struct Loader {
    errors: Vec<CatalogueError>,
    providers: Vec<Provider>,
    texts: Vec<String>,
    /// File, text and rules.
    advice: Vec<(String, String, Vec<Advice>)>,
    replaceable: usize,
    digest: Sha256,
}

impl Loader {
    fn take(&mut self, file: &str, text: &str) {
        if let Err(error) = self.read(file, text) {
            self.errors.push(error);
        }
    }

    fn read(&mut self, file: &str, text: &str) -> Result<(), CatalogueError> {
        for part in [file, text] {
            self.digest.update(part.as_bytes());
            self.digest.update([0]);
        }
        if advice::is_advice(file) {
            let rules = advice::read(file, text)?;
            self.advice.push((file.to_owned(), text.to_owned(), rules));
            return Ok(());
        }
        let provider = file::read(file, text)?;
        let same = self.providers.iter().position(|known| known.id() == provider.id());
        match same {
            Some(known) if known < self.replaceable => self.replace(known, provider, text),
            Some(_) => {
                let message = format!("another file has the id {:?} already: choose another", provider.id());
                return Err(file::at(file, text, "id =", message));
            }
            None => {
                self.providers.push(provider);
                self.texts.push(text.to_owned());
            }
        }
        Ok(())
    }

    fn replace(&mut self, known: usize, provider: Provider, text: &str) {
        if let (Some(place), Some(old)) = (self.providers.get_mut(known), self.texts.get_mut(known)) {
            *place = provider;
            *old = text.to_owned();
        }
    }

    fn finish(mut self) -> Result<Catalogue, Vec<CatalogueError>> {
        let (mut names, mut prefixes) = (NameIndex::default(), PrefixIndex::default());
        let by_id: BTreeMap<String, usize> =
            self.providers.iter().enumerate().map(|(number, provider)| (provider.id().to_owned(), number)).collect();
        for (number, (provider, text)) in self.providers.iter().zip(&self.texts).enumerate() {
            let checked = check_references(provider, text, &by_id)
                .and_then(|()| names.add(number, &self.providers, text))
                .and_then(|()| prefixes.add(number, &self.providers, text));
            self.errors.extend(checked.err());
        }
        for (file, text, rules) in &self.advice {
            let checked = advice::check_providers(file, text, rules, |id| by_id.contains_key(id));
            self.errors.extend(checked.err());
        }
        if !self.errors.is_empty() {
            self.errors.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
            return Err(self.errors);
        }
        let advice = self.advice.into_iter().flat_map(|(.., rules)| rules).collect();
        let version = version(&self.providers);
        let sha256 = self.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Catalogue { providers: self.providers, by_id, names, prefixes, advice, version, sha256 })
    }
}

/// Ids that a file names must exist.
fn check_references(provider: &Provider, text: &str, by_id: &BTreeMap<String, usize>) -> Result<(), CatalogueError> {
    let named = file::rules(provider).flat_map(|rule| rule.supports().iter().chain(rule.also()));
    match named.chain(&provider.identity.successor).find(|id| !by_id.contains_key(*id)) {
        Some(id) => {
            let word = format!("{id:?}");
            Err(file::at(
                &provider.file,
                text,
                &word,
                format!("no provider has the id {id:?}; `meetscope signatures list` names those that there are"),
            ))
        }
        None => Ok(()),
    }
}

fn version(providers: &[Provider]) -> String {
    let dates = providers.iter().flat_map(|provider| provider.sources.values().map(|source| source.date));
    dates.max().map_or_else(String::new, |date| date.to_string())
}

#[cfg(test)]
mod tests;
