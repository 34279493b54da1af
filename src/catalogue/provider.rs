//! What a signature file says. The types are the file format: `signatures/README.md` explains them to authors.

use super::file::{Nets, dates};
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

/// What every rule says besides its condition.
pub trait Rule {
    /// Providers that the rule speaks for equally; empty means the file's own.
    fn supports(&self) -> &[String];
    /// Providers that are compatible with it, but that it does not point to.
    fn also(&self) -> &[String] {
        &[]
    }
    /// Why it holds.
    fn why(&self) -> &str;
    /// Key of its source.
    fn source(&self) -> &str;
    /// What a flow that it matches is for.
    fn purposes(&self) -> &[String];
    /// How sure it is.
    fn certainty(&self) -> Certainty;
}

macro_rules! rule {
    ($type:ty $(, $also:ident)?) => {
        impl Rule for $type {
            fn supports(&self) -> &[String] {
                &self.supports
            }
            $(fn also(&self) -> &[String] {
                &self.$also
            })?
            fn why(&self) -> &str {
                &self.why
            }
            fn source(&self) -> &str {
                &self.source
            }
            fn purposes(&self) -> &[String] {
                &self.purposes
            }
            fn certainty(&self) -> Certainty {
                self.certainty
            }
        }
    };
}

/// `[[name]]`: host names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameRule {
    /// Domains with everything below them.
    #[serde(default)]
    pub suffix: Vec<String>,
    /// Single host names.
    #[serde(default)]
    pub exact: Vec<String>,
    /// `pre*post.domain`: hosts below the domain whose first label begins and ends so.
    #[serde(default)]
    pub first_label: Vec<String>,
    /// What hosts of these names are for.
    pub purposes: Vec<String>,
    /// Whether other products use them as well, so that they name no provider.
    #[serde(default)]
    pub shared: bool,
    /// The company behind, where it is not the file's operator.
    #[serde(default)]
    pub operator: Option<String>,
    /// That company's country.
    #[serde(default)]
    pub country: Option<String>,
    /// See [`Rule::supports`].
    #[serde(default)]
    pub supports: Vec<String>,
    /// See [`Rule::also`].
    #[serde(default)]
    pub also: Vec<String>,
    /// See [`Rule::why`].
    pub why: String,
    /// See [`Rule::source`].
    pub source: String,
    /// See [`Rule::certainty`].
    #[serde(default)]
    pub certainty: Certainty,
    /// Hosts that the rule must match.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Hosts that it must not match.
    #[serde(default)]
    pub near_misses: Vec<String>,
}
rule!(NameRule, also);

/// `[[prefix]]`: address ranges of one list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrefixRule {
    /// The ranges.
    pub nets: Nets,
    /// What hosts in them are for.
    pub purposes: Vec<String>,
    /// Whether others use them as well, so that they name no provider.
    #[serde(default)]
    pub shared: bool,
    /// Day of the list.
    #[serde(deserialize_with = "dates::required")]
    pub list_date: Date,
    /// First day on which the ranges count; without it they count for any earlier capture.
    #[serde(default, deserialize_with = "dates::optional")]
    pub valid_from: Option<Date>,
    /// Last day on which the ranges count.
    #[serde(default, deserialize_with = "dates::optional")]
    pub valid_to: Option<Date>,
    /// See [`Rule::supports`].
    #[serde(default)]
    pub supports: Vec<String>,
    /// See [`Rule::why`].
    pub why: String,
    /// See [`Rule::source`].
    pub source: String,
    /// See [`Rule::certainty`].
    #[serde(default)]
    pub certainty: Certainty,
    /// Addresses that the rule must match.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Addresses that it must not match.
    #[serde(default)]
    pub near_misses: Vec<String>,
}
rule!(PrefixRule);

impl PrefixRule {
    /// Whether the ranges count for a capture of this day.
    pub fn counts_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// `[[trait]]`: marks in packets, as facts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraitRule {
    /// Conditions; all must hold on one flow.
    pub when: Vec<Condition>,
    /// How much it counts.
    pub weight: Confidence,
    /// What a flow with this mark is for.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// See [`Rule::supports`].
    #[serde(default)]
    pub supports: Vec<String>,
    /// See [`Rule::also`].
    #[serde(default)]
    pub also: Vec<String>,
    /// See [`Rule::why`].
    pub why: String,
    /// See [`Rule::source`].
    pub source: String,
    /// See [`Rule::certainty`].
    #[serde(default)]
    pub certainty: Certainty,
    /// Sets of facts (`key=value`) that the rule must match.
    #[serde(default)]
    pub examples: Vec<Vec<String>>,
    /// Sets of facts that it must not match.
    #[serde(default)]
    pub near_misses: Vec<Vec<String>>,
}
rule!(TraitRule, also);

/// A condition on the facts of a flow: the key is stated, with one of the values if any are given. Letter case does
/// not count.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Fact key.
    pub key: String,
    /// Whole values.
    #[serde(default)]
    pub equals: Vec<String>,
    /// Beginnings of values.
    #[serde(default)]
    pub prefix: Vec<String>,
    /// Parts of values.
    #[serde(default)]
    pub contains: Vec<String>,
}

/// How sure a provider is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Several hints that only together point there, or one that others could give as well.
    #[default]
    Weak,
    /// The provider's own address range, a name learnt for the address, or the vendor's own attribute.
    Strong,
    /// A name seen on this very flow, or a framing that nobody else uses.
    Certain,
}

impl Confidence {
    /// Name in the JSON report.
    pub const fn name(self) -> &'static str {
        match self {
            Confidence::Weak => "weak",
            Confidence::Strong => "strong",
            Confidence::Certain => "certain",
        }
    }
}

/// `[[port]]`: remote ports.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortRule {
    /// Transport.
    pub transport: PortTransport,
    /// First port.
    pub from: u16,
    /// Last port; absent for a single one.
    #[serde(default)]
    pub to: Option<u16>,
    /// What they are for.
    pub purposes: Vec<String>,
    /// See [`Rule::supports`].
    #[serde(default)]
    pub supports: Vec<String>,
    /// See [`Rule::why`].
    pub why: String,
    /// See [`Rule::source`].
    pub source: String,
    /// See [`Rule::certainty`].
    #[serde(default)]
    pub certainty: Certainty,
}
rule!(PortRule);

impl PortRule {
    /// Whether a remote port is among them.
    pub fn covers(&self, udp: bool, port: u16) -> bool {
        udp == (self.transport == PortTransport::Udp) && (self.from..=self.to.unwrap_or(self.from)).contains(&port)
    }
}

/// Transport of a port rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PortTransport {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
}

/// `[[asn]]`: an autonomous system.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsnRule {
    /// Its number.
    pub asn: u32,
    /// Who holds it.
    pub holder: String,
    /// Whether nothing but this provider's service is in it.
    #[serde(default)]
    pub exclusive: bool,
    /// Whether one address of it serves many customers' names (content delivery networks).
    #[serde(default)]
    pub many_names: bool,
    /// What hosts in it are for.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// See [`Rule::supports`].
    #[serde(default)]
    pub supports: Vec<String>,
    /// See [`Rule::why`].
    pub why: String,
    /// See [`Rule::source`].
    pub source: String,
    /// See [`Rule::certainty`].
    #[serde(default)]
    pub certainty: Certainty,
}
rule!(AsnRule);
