//! Advice as data: `signatures/advice/`. When a report holds this, say that. The exposure applies the rules; here they
//! are read and checked.

use super::file::{CatalogueError, SCHEMA, at, parse};
use super::provider::{Certainty, Serves, Source};
use super::purpose;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Places in texts that the report fills in.
pub const PLACES: [&str; 3] = ["{countries}", "{laws}", "{alternatives}"];
const AUDIENCES: [&str; 2] = ["controller", "participant"];
const TRANSFERS: [&str; 5] = ["eu", "eea", "adequate", "third-country", "unknown"];
const VERDICTS: [&str; 5] = ["proven-inside", "plausible-inside", "undecidable", "plausible-outside", "proven-outside"];

/// `[[advice]]`: one rule.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// Stable name.
    pub id: String,
    /// `controller` or `participant`.
    pub audience: String,
    /// One of these must hold; inside one, every field that is given.
    pub when: Vec<When>,
    /// What to do, in German.
    pub de: String,
    /// What to do, in English.
    pub en: String,
    /// Provisions that it rests on, as cited; the same in both languages.
    pub law: String,
    /// Key of its source; [`Advice::source`] has it spelled out.
    source: String,
    /// How well it is founded.
    #[serde(default)]
    pub certainty: Certainty,
    /// Which alternatives `{alternatives}` lists.
    #[serde(default)]
    pub alternatives: Option<Serves>,
    #[serde(skip)]
    cited: String,
}

impl Advice {
    /// Whose advice it is: provisions, then the document with its day.
    pub fn cited(&self) -> &str {
        &self.cited
    }
}

/// A condition. `keys` and `values` ask for exposures; `purposes`, `transfers`, `verdicts`, `names`, `reached_by`,
/// `anycast` and `inside` for remote hosts that have to do with a call; the other fields narrow either.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// Keys of exposures, any of them.
    pub keys: Vec<String>,
    /// Beginnings of their values, any of them.
    pub values: Vec<String>,
    /// What a host is for, any of them.
    pub purposes: Vec<String>,
    /// Transfer status of a host, any of them.
    pub transfers: Vec<String>,
    /// Verdict on its place, any of them.
    pub verdicts: Vec<String>,
    /// Domains of which one is among its names or above one.
    pub names: Vec<String>,
    /// Countries whose access laws reach its provider, any of them.
    pub reached_by: Vec<String>,
    /// Whether it is served from many places.
    pub anycast: Option<bool>,
    /// Providers, by id: of the host, or of the exposure's call.
    pub providers: Vec<String>,
    /// Whether that provider processes in Europe, by its own file (`[europe]`).
    pub europe: Option<bool>,
}

impl When {
    /// Whether it asks for remote hosts.
    pub fn asks_for_hosts(&self) -> bool {
        let lists = [&self.purposes, &self.transfers, &self.verdicts, &self.names, &self.reached_by];
        lists.iter().any(|list| !list.is_empty()) || self.anycast.is_some()
    }

    fn is_empty(&self) -> bool {
        *self == When::default()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parsed {
    schema: u32,
    sources: BTreeMap<String, Source>,
    advice: Vec<Advice>,
}

/// Whether a file of this name holds advice: it stands in a folder `advice`.
pub(super) fn is_advice(file: &str) -> bool {
    file.rsplit(['/', '\\']).nth(1) == Some("advice")
}

/// Reads a file of advice and checks what can be checked without the providers.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Advice>, CatalogueError> {
    let mut parsed: Parsed = parse(file, text)?;
    if parsed.schema != SCHEMA {
        return Err(at(file, text, "schema", format!("schema {} is not known, only {SCHEMA}", parsed.schema)));
    }
    for advice in &mut parsed.advice {
        let Some(source) = parsed.sources.get(&advice.source) else {
            let message = format!("source {:?} is not among [sources]: add it there", advice.source);
            return Err(at(file, text, &quoted(&advice.id), message));
        };
        advice.cited = format!("{}; {} ({})", advice.law, source.what, source.date);
        check(advice).map_err(|message| at(file, text, &quoted(&advice.id), message))?;
    }
    Ok(parsed.advice)
}

/// Providers that a rule names must exist.
pub(super) fn check_providers(
    file: &str,
    text: &str,
    advice: &[Advice],
    known: impl Fn(&str) -> bool,
) -> Result<(), CatalogueError> {
    let named = advice.iter().flat_map(|advice| &advice.when).flat_map(|when| &when.providers);
    match named.into_iter().find(|id| !known(id)) {
        Some(id) => Err(at(file, text, &quoted(id), format!("no provider has the id {id:?}"))),
        None => Ok(()),
    }
}

fn quoted(word: &str) -> String {
    format!("{word:?}")
}

fn check(advice: &Advice) -> Result<(), String> {
    let unknown = |what: &str, word: &str, known: &[&str]| Err(format!("{what} {word:?} is not one of {known:?}"));
    if !AUDIENCES.contains(&advice.audience.as_str()) {
        return unknown("audience", &advice.audience, &AUDIENCES);
    }
    if advice.when.is_empty() || advice.when.iter().any(When::is_empty) {
        return Err("advice without a condition would always be given: say when".to_owned());
    }
    for when in &advice.when {
        let wrong = |list: &[String], known: &[&str]| list.iter().find(|one| !known.contains(&one.as_str())).cloned();
        if let Some(word) = wrong(&when.transfers, &TRANSFERS) {
            return unknown("transfer", &word, &TRANSFERS);
        }
        if let Some(word) = wrong(&when.verdicts, &VERDICTS) {
            return unknown("verdict", &word, &VERDICTS);
        }
        if let Some(word) = when.purposes.iter().find(|purpose| !purpose::is_known(purpose)) {
            return Err(format!("purpose {word:?} is not known"));
        }
        if !when.keys.is_empty() && when.asks_for_hosts() {
            return Err("one condition asks for exposures (keys) and for hosts: write two".to_owned());
        }
    }
    check_texts(advice)
}

fn check_texts(advice: &Advice) -> Result<(), String> {
    if advice.de.is_empty() || advice.en.is_empty() {
        return Err("advice needs both languages".to_owned());
    }
    let used = |place: &str| [advice.de.contains(place), advice.en.contains(place)];
    if let Some(place) = PLACES.iter().find(|place| used(place)[0] != used(place)[1]) {
        return Err(format!("{place} stands in one language only"));
    }
    if used("{alternatives}")[0] != advice.alternatives.is_some() {
        return Err("{alternatives} and the field `alternatives` go together".to_owned());
    }
    let reached = advice.when.iter().all(|when| !when.reached_by.is_empty());
    if used("{laws}")[0] && !reached { Err("{laws} needs `reached_by` in every condition".to_owned()) } else { Ok(()) }
}
