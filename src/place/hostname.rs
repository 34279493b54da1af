//! Place codes in host names. `signatures/geo/host-codes.toml` holds them and tells how they stand in a name.

use super::country::Country;
use super::region::{EmbeddedError, Regions};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Longest host name that is read, in bytes (RFC 1035, section 2.3.4).
pub const HOST_NAME_BYTES_MAX: usize = 255;

static CODES: &str = include_str!("../../signatures/geo/host-codes.toml");

/// What operators write into their host names.
#[derive(Debug, Deserialize)]
pub struct HostCodes {
    rule: Vec<Rule>,
}

/// A place that a host name names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPlace {
    /// Whose code it is: `Zoom data centre`.
    pub rule: String,
    /// The same in German.
    pub rule_de: String,
    /// The code as it stands in the name.
    pub code: String,
    /// The country.
    pub country: Country,
    /// City or area; empty when only the country is known.
    pub place: String,
}

impl HostCodes {
    /// The rules that are built in.
    ///
    /// # Errors
    /// When the program was built from damaged files.
    pub fn embedded() -> Result<Self, EmbeddedError> {
        let damaged = |error: toml::de::Error| EmbeddedError { what: "list of host codes", reason: error.to_string() };
        toml::from_str(CODES).map_err(damaged)
    }

    /// All places that a host name names, in order of the rules; a name of another operator names none. `regions`
    /// knows the places of cloud regions.
    pub fn look_up(&self, name: &str, regions: &Regions) -> Vec<NamedPlace> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if name.len() > HOST_NAME_BYTES_MAX {
            return Vec::new();
        }
        let found = |rule: &Rule| rule.code_in(rule.left_of_suffix(&name)?, regions);
        self.rule.iter().filter_map(found).collect()
    }
}

/// Where codes stand in the names of one operator.
#[derive(Debug, Deserialize)]
struct Rule {
    name: String,
    name_de: String,
    suffixes: Vec<String>,
    form: Form,
    #[serde(default)]
    before: String,
    #[serde(default)]
    letters_max: usize,
    #[serde(default)]
    regions: String,
    #[serde(default)]
    code: BTreeMap<String, Code>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    /// A whole label; of several the rightmost, because what stands further left is often the customer's choice.
    Label,
    /// Between hyphens, digits at its end dropped.
    Part,
    /// At the start of the first label, followed by a few letters and a digit.
    Start,
}

#[derive(Debug, Deserialize)]
struct Code {
    country: String,
    #[serde(default)]
    place: String,
}

impl Rule {
    /// What stands before the suffix, without the dot between them.
    fn left_of_suffix<'a>(&self, name: &'a str) -> Option<&'a str> {
        let left = |suffix: &String| name.strip_suffix(suffix.as_str())?.strip_suffix('.');
        self.suffixes.iter().find_map(left)
    }

    fn code_in(&self, left: &str, regions: &Regions) -> Option<NamedPlace> {
        match self.form {
            Form::Label => left.rsplit('.').find_map(|label| self.meaning(label, regions)),
            Form::Part => left.split(['.', '-']).find_map(|part| self.meaning(without_number(part), regions)),
            Form::Start => {
                let codes = self.code.keys().filter(|code| self.starts_with(left, code));
                self.meaning(codes.max_by_key(|code| code.len())?, regions)
            }
        }
    }

    /// Whether `name` starts with `before` and `code`, then at most `letters_max` letters, then a digit.
    fn starts_with(&self, name: &str, code: &str) -> bool {
        let rest = name.strip_prefix(self.before.as_str()).and_then(|rest| rest.strip_prefix(code));
        rest.is_some_and(|rest| {
            let after = rest.trim_start_matches(|character: char| character.is_ascii_lowercase());
            rest.len() - after.len() <= self.letters_max && after.starts_with(|digit: char| digit.is_ascii_digit())
        })
    }

    fn meaning(&self, code: &str, regions: &Regions) -> Option<NamedPlace> {
        let of_rule = || {
            let meaning = self.code.get(code)?;
            Some((Country::parse(&meaning.country)?, meaning.place.as_str()))
        };
        let (country, place) = of_rule().or_else(|| regions.named(&self.regions, code))?;
        Some(NamedPlace {
            rule: self.name.clone(),
            rule_de: self.name_de.clone(),
            code: code.to_owned(),
            country,
            place: place.to_owned(),
        })
    }
}

fn without_number(part: &str) -> &str {
    part.trim_end_matches(|digit: char| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn countries(name: &str) -> Vec<String> {
        let regions = Regions::embedded().expect("embedded");
        let codes = HostCodes::embedded().expect("embedded");
        codes.look_up(name, &regions).iter().map(|found| found.country.to_string()).collect()
    }

    #[test]
    fn codes_of_each_form() {
        let table = [
            ("ec2-192-0-2-1.eu-central-1.compute.amazonaws.com", "DE"),
            ("us-east-1.s3.eu-west-1.amazonaws.com", "IE"),
            ("a-b-euno-07.northeurope.cloudapp.azure.com.", "IE"),
            ("x.francecentral.cloudapp.azure.com", "FR"),
            ("iaas.eu-jovanovac-1.oraclecloud.com", "RS"),
            ("relay9-asse-q.trouter.teams.microsoft.com", "SG"),
            ("zoomfrq7mmr.zoom.us", "DE"),
            ("ZOOMAM3ZC.zoom.us", "NL"),
            ("rotterdam1.discord.media", "NL"),
            ("c-fra07-00000000.discord.media", "DE"),
            ("otokyo1a.turn.livekit.cloud", "JP"),
        ];
        for (name, country) in table {
            assert_eq!(countries(name), [country], "{name}");
        }
        assert_eq!(countries("zoomsjcxy1mmr.sjc.zoom.us"), ["US", "US"], "two rules, one place");
    }

    #[test]
    fn names_of_others_and_names_without_a_code() {
        let table = [
            "",
            ".",
            "zoom.us",
            "zoomfamily1.zoom.us.example",
            "notzoom.us",
            "zoomframework1.zoom.us",
            "zoomfr.zoom.us",
            "us04web.zoom.us",
            "teams.microsoft.com",
            "euno.example",
            "northeurope.westeurope.example",
            "rotterdam.discord.media",
            "xeu-central-1.amazonaws.com",
            "eu-central-1amazonaws.com",
        ];
        for name in table {
            assert!(countries(name).is_empty(), "{name}");
        }
        assert!(countries(&format!("{}.sjc.zoom.us", "a".repeat(300))).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_name_panics(left in ".{0,40}", suffix in 0..8_usize) {
            let suffixes =
                ["zoom.us", "zoom.com", "discord.media", "skype.com", "amazonaws.com", "cloudapp.azure.com", "livekit.cloud", ""];
            let codes = HostCodes::embedded().expect("embedded");
            let regions = Regions::embedded().expect("embedded");
            codes.look_up(&format!("{left}.{}", suffixes[suffix]), &regions);
            codes.look_up(&format!("zoomfr{left}{}", suffixes[suffix]), &regions);
        }
    }

    #[test]
    fn every_rule_is_whole() {
        let codes = HostCodes::embedded().expect("embedded");
        let regions = Regions::embedded().expect("embedded");
        for rule in &codes.rule {
            assert!(rule.code.is_empty() != rule.regions.is_empty(), "{}: codes or regions", rule.name);
            assert!(rule.code.keys().all(|code| rule.meaning(code, &regions).is_some()), "{}", rule.name);
            assert!(!rule.suffixes.is_empty() && rule.suffixes.iter().all(|suffix| suffix.contains('.')));
        }
    }
}
