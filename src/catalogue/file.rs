//! Reading one signature file, and the errors that its author sees.

use super::provider::{Europe, Identity, Operator, Provider, Source};
use super::purpose;
use super::rule::{AsnRule, NameRule, PortRule, PrefixRule, Rule, TraitRule};
use super::self_hosted::SelfHostedRule;
use super::tenant::TenantRule;
use ipnet::IpNet;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::collections::BTreeMap;
use std::fmt;

/// The version of the file format that this program reads.
pub const SCHEMA: u32 = 1;

/// A signature or law file that cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueError {
    /// File name as given.
    pub file: String,
    /// Line, 1-based; 0 where no line is at fault.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for CatalogueError {}

/// Reads one file into a provider and checks what can be checked without the others.
pub(super) fn read(file: &str, text: &str) -> Result<Provider, CatalogueError> {
    let parsed: Parsed = parse(file, text)?;
    if parsed.schema != SCHEMA {
        return Err(at(file, text, "schema", format!("schema {} is not known, only {SCHEMA}", parsed.schema)));
    }
    let provider = Provider {
        file: file.to_owned(),
        identity: parsed.provider,
        operator: parsed.operator,
        sources: parsed.sources,
        names: parsed.names,
        prefixes: parsed.prefixes,
        traits: parsed.traits,
        ports: parsed.ports,
        asns: parsed.asns,
        tenants: parsed.tenants,
        self_hosted: parsed.self_hosted,
        europe: parsed.europe,
    };
    check_rules(&provider, text)?;
    Ok(provider)
}

/// Parses TOML of any of the knowledge files.
pub(super) fn parse<'de, T: Deserialize<'de>>(file: &str, text: &'de str) -> Result<T, CatalogueError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| line_at(text, span.start));
        CatalogueError { file: file.to_owned(), line, message: error.message().to_owned() }
    })
}

/// An error at the first line that holds `word`.
pub(super) fn at(file: &str, text: &str, word: &str, message: String) -> CatalogueError {
    let line = text.find(word).map_or(0, |offset| line_at(text, offset));
    CatalogueError { file: file.to_owned(), line, message }
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parsed {
    schema: u32,
    provider: Identity,
    #[serde(default)]
    operator: Option<Operator>,
    sources: BTreeMap<String, Source>,
    #[serde(default, rename = "name")]
    names: Vec<NameRule>,
    #[serde(default, rename = "prefix")]
    prefixes: Vec<PrefixRule>,
    #[serde(default, rename = "trait")]
    traits: Vec<TraitRule>,
    #[serde(default, rename = "port")]
    ports: Vec<PortRule>,
    #[serde(default, rename = "asn")]
    asns: Vec<AsnRule>,
    #[serde(default, rename = "tenant")]
    tenants: Vec<TenantRule>,
    #[serde(default)]
    self_hosted: Vec<SelfHostedRule>,
    #[serde(default)]
    europe: Option<Europe>,
}

fn check_rules(provider: &Provider, text: &str) -> Result<(), CatalogueError> {
    let error = |word: &str, message: String| Err(at(&provider.file, text, word, message));
    let id = provider.id();
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return error("id =", format!("id {id:?} is not lower case letters, digits and dashes"));
    }
    let operator = provider.operator.as_ref().map(|operator| ("[operator]", &operator.source));
    let europe = provider.europe.as_ref().map(|europe| ("[europe]", &europe.source));
    let mut tables = operator.into_iter().chain(europe);
    if let Some((table, key)) = tables.find(|(_, key)| !provider.sources.contains_key(*key)) {
        return error(table, format!("source {key:?} is not among [sources]: add it there"));
    }
    provider.tenants.iter().try_for_each(|rule| rule.check(provider, text))?;
    provider.self_hosted.iter().try_for_each(|rule| rule.check(provider, text))?;
    for rule in rules(provider) {
        if !provider.sources.contains_key(rule.source()) {
            return error(rule.why(), format!("source {:?} is not among [sources]: add it there", rule.source()));
        }
        if let Some(unknown) = rule.purposes().iter().find(|purpose| !purpose::is_known(purpose)) {
            let known = purpose::ALL.map(|purpose| purpose.id).join(", ");
            return error(rule.why(), format!("purpose {unknown:?} is not known; known are {known}"));
        }
    }
    let conditionless = provider.traits.iter().find(|rule| rule.when.is_empty());
    match conditionless {
        Some(rule) => error(&rule.why, "a [[trait]] without conditions would match every flow".to_owned()),
        None => Ok(()),
    }
}

/// All rules of a provider, of every kind.
pub(super) fn rules(provider: &Provider) -> impl Iterator<Item = &dyn Rule> {
    let names = provider.names.iter().map(|rule| rule as &dyn Rule);
    let prefixes = provider.prefixes.iter().map(|rule| rule as &dyn Rule);
    let traits = provider.traits.iter().map(|rule| rule as &dyn Rule);
    let ports = provider.ports.iter().map(|rule| rule as &dyn Rule);
    let asns = provider.asns.iter().map(|rule| rule as &dyn Rule);
    let self_hosted = provider.self_hosted.iter().map(|rule| rule as &dyn Rule);
    names.chain(prefixes).chain(traits).chain(ports).chain(asns).chain(self_hosted)
}

/// Address ranges, written as text in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nets(pub Vec<IpNet>);

impl<'de> Deserialize<'de> for Nets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let nets = texts.iter().map(|text| net(text)).collect::<Result<_, _>>();
        nets.map(Nets).map_err(D::Error::custom)
    }
}

fn net(text: &str) -> Result<IpNet, String> {
    let net: IpNet = text.parse().map_err(|_| format!("{text:?} is no address prefix"))?;
    if net.trunc() == net {
        Ok(net)
    } else {
        Err(format!("{text:?} has bits behind its length; {} is meant?", net.trunc()))
    }
}

/// TOML dates as calendar days.
pub(super) mod dates {
    use super::{Date, Deserialize, Deserializer};
    use serde::de::Error;

    pub(in super::super) fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        let date = written.date.ok_or_else(|| D::Error::custom("a date such as 2026-10-01 is needed"))?;
        let [year, month, day] = [i32::from(date.year), i32::from(date.month), i32::from(date.day)];
        let fits = |number: i32| i8::try_from(number).unwrap_or_default();
        Date::new(i16::try_from(year).unwrap_or_default(), fits(month), fits(day)).map_err(D::Error::custom)
    }

    pub(in super::super) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        required(deserializer).map(Some)
    }
}
