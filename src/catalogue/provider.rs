//! What a signature file says of a provider; its rules are in `rule`. The types are the file format:
//! `signatures/README.md` explains them to authors.

use super::file::dates;
use super::rule::{AsnRule, NameRule, PortRule, PrefixRule, TraitRule};
use super::self_hosted::SelfHostedRule;
use super::tenant::TenantRule;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One provider, or the collected third parties, as its file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Name of the file that it came from.
    pub file: String,
    /// Who it is.
    pub identity: Identity,
    /// Who runs it and whose law reaches it; absent for software that anybody may run and for third parties.
    pub operator: Option<Operator>,
    /// Where the knowledge comes from, by key.
    pub sources: BTreeMap<String, Source>,
    /// Host names.
    pub names: Vec<NameRule>,
    /// Address ranges.
    pub prefixes: Vec<PrefixRule>,
    /// Marks in the packets.
    pub traits: Vec<TraitRule>,
    /// Ports; only ever in support of something else.
    pub ports: Vec<PortRule>,
    /// Autonomous systems.
    pub asns: Vec<AsnRule>,
    /// Customers' names in host names.
    pub tenants: Vec<TenantRule>,
    /// What servers that anybody runs are recognised by.
    pub self_hosted: Vec<SelfHostedRule>,
    /// That it processes in Europe; absent where it does not or nobody says so.
    pub europe: Option<Europe>,
}

impl Provider {
    /// Stable id, lower case with dashes.
    pub fn id(&self) -> &str {
        &self.identity.id
    }

    /// Name for readers.
    pub fn name(&self) -> &str {
        &self.identity.name
    }

    /// The sources that a rule names; the loader made sure that they exist.
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.sources.get(key)
    }

    /// The operator's name and country behind a name rule: its own for third parties, else the provider's.
    pub fn operator_of<'a>(&'a self, rule: &'a NameRule) -> Option<(&'a str, Option<&'a str>)> {
        let own = rule.operator.as_deref().map(|entity| (entity, rule.country.as_deref()));
        own.or_else(|| self.operator.as_ref().map(|operator| (operator.entity.as_str(), operator.country.as_deref())))
    }
}

/// `[provider]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Stable id, lower case with dashes.
    pub id: String,
    /// Name for readers.
    pub name: String,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Other names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether a client carries its media inside DTLS data channels: then a channel in use with the provider's media
    /// servers is a call, whatever its packets look like.
    #[serde(default)]
    pub media_in_dtls: bool,
    /// Whether nobody can tell its media from anything else: then a path to its media servers or relays, or to a peer
    /// that they speak of, that is in use both ways as densely as media is a call.
    #[serde(default)]
    pub opaque_media: bool,
    /// First and last RTP source (SSRC) of the provider's own servers: announcements, voicemail, mixed sound.
    #[serde(default)]
    pub server_sources: Option<[u32; 2]>,
    /// Last day of the service. Later its rules speak for the successor.
    #[serde(default, deserialize_with = "dates::optional")]
    pub ended: Option<Date>,
    /// Id of the provider that took its servers over.
    #[serde(default)]
    pub successor: Option<String>,
    /// What a reader of the file should know.
    #[serde(default)]
    pub note: String,
}

/// Kinds of providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A meeting service that its vendor runs.
    Service,
    /// A messenger with calls.
    Messenger,
    /// Software that anybody may run.
    Software,
    /// Companies contacted besides a meeting; never the provider of one.
    ThirdParties,
}

/// `[operator]`: the company behind the service and the reach of foreign law.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// Legal entity that customers in the EEA contract with, as far as known.
    pub entity: String,
    /// Its country (ISO 3166 alpha-2).
    #[serde(default)]
    pub country: Option<String>,
    /// Parent company.
    #[serde(default)]
    pub parent: Option<String>,
    /// The parent's country (ISO 3166 alpha-2).
    #[serde(default)]
    pub parent_country: Option<String>,
    /// Countries whose access laws reach the operator, as keys of the law table.
    #[serde(default)]
    pub access: Vec<String>,
    /// What is known of an entry on the Data Privacy Framework list, with its day.
    #[serde(default)]
    pub framework: Option<String>,
    /// What the vendor says about the place of processing.
    #[serde(default)]
    pub residency: Option<String>,
    /// Key of the source.
    pub source: String,
    /// Day of the statement.
    #[serde(deserialize_with = "dates::required")]
    pub date: Date,
    /// How sure it is.
    pub certainty: Certainty,
}

/// `[europe]`: the service is run, or can be run, by European operators in Europe, and so is an alternative.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Europe {
    /// What it is an alternative for.
    pub serves: Vec<Serves>,
    /// Who runs it and where, in German; stands in brackets behind the name.
    pub de: String,
    /// The same in English.
    pub en: String,
    /// Key of the source.
    pub source: String,
    /// How sure it is.
    pub certainty: Certainty,
}

/// Uses that a service can serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Serves {
    /// Meetings of many.
    Meetings,
    /// Messages with calls.
    Messages,
    /// Consultations, as with a doctor.
    Consultations,
}

/// How well a statement is founded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Read in the primary text: the vendor's or an authority's own publication, or seen in packets.
    #[default]
    Primary,
    /// Read in somebody else's account.
    Secondary,
    /// General knowledge, not verified.
    Unverified,
}

impl Certainty {
    /// Name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Certainty::Primary => "primary",
            Certainty::Secondary => "secondary",
            Certainty::Unverified => "unverified",
        }
    }
}

/// `[sources.KEY]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Document, address or collection.
    pub what: String,
    /// Its day.
    #[serde(deserialize_with = "dates::required")]
    pub date: Date,
}
