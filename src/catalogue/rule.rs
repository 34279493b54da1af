//! The rules of a signature file, by which a provider is recognised.

use super::file::{Nets, dates};
use super::provider::Certainty;
use jiff::civil::Date;
use serde::Deserialize;

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
    /// Whether one address of them serves many customers' names (content delivery networks).
    #[serde(default)]
    pub many_names: bool,
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
    /// Ends of values.
    #[serde(default)]
    pub suffix: Vec<String>,
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
