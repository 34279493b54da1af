//! Customers' own names inside host names: `company.webex.com` tells everybody who sees the name which organisation
//! meets.

use super::Catalogue;
use super::file::{CatalogueError, at};
use super::name;
use super::provider::{Certainty, Provider};
use serde::Deserialize;

/// `[[tenant]]`: host names whose first label holds the name of a customer of the service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantRule {
    /// `*.domain` or `*-suffix.domain`: the star stands for the customer's name.
    pub pattern: Vec<String>,
    /// First labels that are the provider's own. `*` stands for any characters, `#` for a run of digits.
    #[serde(default)]
    pub not: Vec<String>,
    /// Why it holds.
    pub why: String,
    /// Key of its source.
    pub source: String,
    /// How sure it is.
    #[serde(default)]
    pub certainty: Certainty,
    /// `host=customer` that the rule must find.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Hosts without a customer's name.
    #[serde(default)]
    pub near_misses: Vec<String>,
}

/// A customer's name in a host name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantHit<'a> {
    /// Whose host it is.
    pub provider: &'a Provider,
    /// The rule.
    pub rule: &'a TenantRule,
    /// Which of the provider's tenant rules, from 0.
    pub index: usize,
    /// The customer's name, lower case.
    pub tenant: String,
    /// The pattern that matched.
    pub pattern: &'a str,
}

impl Catalogue {
    /// The customer whose name stands in a host name. A host that a name rule describes more closely than by the
    /// pattern's domain is the provider's own.
    pub fn tenant(&self, host: &str) -> Option<TenantHit<'_>> {
        let host = name::plain(host).filter(|host| host.contains('.'))?;
        for provider in &self.providers {
            for (index, rule) in provider.tenants.iter().enumerate() {
                if let Some((pattern, tenant)) = rule.find(&host)
                    && !self.describes(&host, pattern)
                {
                    return Some(TenantHit { provider, rule, index, tenant: tenant.to_owned(), pattern });
                }
            }
        }
        None
    }

    /// Whether a name rule knows the host by more than the pattern's domain or what is above it.
    fn describes(&self, host: &str, pattern: &str) -> bool {
        let domain = pattern.split_once('.').map_or(pattern, |(_, domain)| domain);
        let known = self.name(host).map(|hit| hit.matched);
        known.is_some_and(|known| known != domain && !domain.ends_with(&format!(".{known}")))
    }
}

impl TenantRule {
    /// The pattern that fits and the part of the host that the star stands for.
    fn find<'r, 'h>(&'r self, host: &'h str) -> Option<(&'r str, &'h str)> {
        let (label, domain) = host.split_once('.')?;
        let fitting = self.pattern.iter().find_map(|pattern| {
            let (first, rest) = pattern.split_once('.')?;
            let tenant = label.strip_suffix(first.strip_prefix('*')?).filter(|_| rest == domain)?;
            Some((pattern.as_str(), tenant))
        });
        fitting.filter(|(_, tenant)| !tenant.is_empty() && !self.not.iter().any(|own| glob(own, label)))
    }

    /// What is wrong with the rule by itself.
    pub(super) fn check(&self, provider: &Provider, text: &str) -> Result<(), CatalogueError> {
        let refuse = |word: &str, message: String| Err(at(&provider.file, text, word, message));
        if !provider.sources.contains_key(&self.source) {
            return refuse(&self.why, format!("source {:?} is not among [sources]: add it there", self.source));
        }
        if self.pattern.is_empty() {
            return refuse(&self.why, "a [[tenant]] without a pattern: write one such as \"*.example.org\"".to_owned());
        }
        let fits = |pattern: &String| {
            let rest = pattern.strip_prefix('*').and_then(|rest| rest.split_once('.'));
            rest.is_some_and(|(after, domain)| !after.contains('*') && name::check_domain(domain).is_ok())
        };
        match self.pattern.iter().find(|pattern| !fits(pattern)) {
            Some(pattern) => refuse(pattern, format!("{pattern:?} is no pattern such as \"*.example.org\"")),
            None => Ok(()),
        }
    }
}

/// Whether a label fits a pattern with `*` for any characters and `#` for at least one digit.
pub(super) fn glob(pattern: &str, label: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return label.is_empty() };
    let rest = pattern.get(first.len_utf8()..).unwrap_or_default();
    match first {
        '*' => label.char_indices().map(|(at, _)| at).chain([label.len()]).any(|at| glob_from(rest, label, at)),
        '#' => {
            let digits = label.bytes().take_while(u8::is_ascii_digit).count();
            digits > 0 && glob_from(rest, label, digits)
        }
        _ => label.strip_prefix(first).is_some_and(|left| glob(rest, left)),
    }
}

fn glob_from(pattern: &str, label: &str, at: usize) -> bool {
    label.get(at..).is_some_and(|rest| glob(pattern, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_digits_in_labels() {
        for (pattern, label) in [("www", "www"), ("us#web", "us02web"), ("us#*", "us6www4"), ("*-edge", "a-edge")] {
            assert!(glob(pattern, label), "{pattern} {label}");
        }
        for (pattern, label) in [("www", "www1"), ("us#web", "usweb"), ("us#*", "ustc"), ("*-edge", "edge"), ("", "a")]
        {
            assert!(!glob(pattern, label), "{pattern} {label}");
        }
    }

    #[test]
    fn a_customers_name_is_found_and_the_providers_own_hosts_are_not() {
        let catalogue = Catalogue::builtin().unwrap();
        let found = |host: &str| catalogue.tenant(host).map(|hit| (hit.provider.id().to_owned(), hit.tenant));
        let is = |id: &str, tenant: &str| Some((id.to_owned(), tenant.to_owned()));
        assert_eq!(found("company.webex.com"), is("webex", "company"));
        assert_eq!(found("Stadt-Beispiel.Zoom.us."), is("zoom", "stadt-beispiel"));
        assert_eq!(found("contoso-my.sharepoint.com"), is("teams", "contoso"));
        assert_eq!(found("contoso.sharepoint.com"), is("teams", "contoso"));
        assert_eq!(found("team.enterprise.slack.com"), is("slack", "team"));
        for own in ["www.webex.com", "us02web.zoom.us", "zoom.us", "www.zoom.us", "app.slack.com", "a.b.zoom.us", ""] {
            assert_eq!(found(own), None, "{own}");
        }
    }
}
