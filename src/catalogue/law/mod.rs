//! Under which data-protection law a country stood on a day, seen from the EU: `signatures/law/law.toml`.
//!
//! A country is called adequate only where an adequacy decision speaks for it as a whole or for a class of
//! recipients that the condition names. Where a decision holds only for companies on a list (Safe Harbour, Privacy
//! Shield, Data Privacy Framework) no address can show that the recipient is on it: the country stays a third
//! country, and the condition says what would make the transfer adequate.

mod table;

pub use table::{AccessLaw, Guidance, Instrument, Law, Organisation};

use super::country::{COUNTRIES, country_name};
use super::file::{CatalogueError, SCHEMA, at, parse};
use super::provider::Certainty;
use jiff::civil::Date;
use serde::Deserialize;
use table::{Adequacy, Class, Membership};

pub(super) static BUILT_IN: &str = include_str!("../../../signatures/law/law.toml");
const FILE: &str = "law/law.toml";

/// What a country was on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// In the EU, or EU law applied as in it.
    Eu,
    /// In the European Economic Area, but not in the EU.
    Eea,
    /// Judged adequate, perhaps under a condition.
    Adequate,
    /// Neither.
    ThirdCountry,
    /// Cannot be told from the code.
    Unknown,
}

impl Status {
    /// Name in the JSON report.
    pub const fn name(self) -> &'static str {
        match self {
            Status::Eu => "eu",
            Status::Eea => "eea",
            Status::Adequate => "adequate",
            Status::ThirdCountry => "third-country",
            Status::Unknown => "unknown",
        }
    }
}

/// What a country was on a day, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The answer.
    pub status: Status,
    /// Why, in German.
    pub basis_de: String,
    /// Why, in English.
    pub basis_en: String,
    /// The act that decides, as cited in English; none where the absence of an act decides.
    pub act: Option<String>,
    /// What an address cannot show, in German.
    pub condition_de: Option<String>,
    /// What an address cannot show, in English.
    pub condition_en: Option<String>,
    /// How well the table entry is founded.
    pub certainty: Certainty,
    /// Where it is from, with its day; none where the absence of an entry decides.
    pub source: Option<String>,
}

/// Standing of a country while its text is put together.
struct Entry<'a> {
    status: Status,
    de: String,
    en: String,
    certainty: Certainty,
    source: &'a str,
}

impl Law {
    /// The tables that are built in.
    ///
    /// # Errors
    /// None for a released program: a test loads them.
    pub fn builtin() -> Result<Law, CatalogueError> {
        Law::read(BUILT_IN)
    }

    pub(super) fn read(text: &str) -> Result<Law, CatalogueError> {
        let law: Law = parse(FILE, text)?;
        if law.schema != SCHEMA {
            return Err(at(FILE, text, "schema", format!("schema {} is not known, only {SCHEMA}", law.schema)));
        }
        let missing = law.sources_named().find(|key| !law.sources.contains_key(*key)).map(|key| format!("{key:?}"));
        match missing {
            Some(key) => Err(at(FILE, text, &key, format!("source {key} is not among [sources]"))),
            None => Ok(law),
        }
    }

    /// The day on which the tables were true. A later day is judged by them all the same, and the basis says so.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// What a country (ISO 3166 alpha-2, any letter case) was on a day. What was not verified is said to be so.
    pub fn status(&self, country: &str, day: Date) -> Standing {
        let iso = country.to_ascii_uppercase();
        let standing = self
            .interim(&iso, day)
            .or_else(|| self.member(&iso, day))
            .or_else(|| self.territory(&iso, day))
            .or_else(|| self.adequate(&iso, day))
            .unwrap_or_else(|| self.without_decision(&iso, day));
        let standing = if standing.certainty == Certainty::Unverified { unverified(standing) } else { standing };
        if day > self.as_of { self.dated(standing) } else { standing }
    }

    /// Every country with its standing on a day, in order of codes.
    pub fn table(&self, day: Date) -> Vec<(&'static str, Standing)> {
        COUNTRIES.iter().map(|(iso, ..)| (*iso, self.status(iso, day))).collect()
    }

    /// The access laws of a country that were in force on a day, in the order of the table.
    pub fn access(&self, country: &str, day: Date) -> Vec<&AccessLaw> {
        let of_country = self.access.iter().filter(|law| law.country.eq_ignore_ascii_case(country));
        of_country.filter(|law| law.covers(day)).collect()
    }

    /// Countries of which the table knows access laws in force on a day, in order of codes.
    pub fn access_countries(&self, day: Date) -> Vec<&str> {
        let in_force = self.access.iter().filter(|law| law.covers(day));
        let mut countries: Vec<&str> = in_force.map(|law| law.country.as_str()).collect();
        countries.sort_unstable();
        countries.dedup();
        countries
    }

    /// What else could carry a transfer on a day.
    pub fn instruments(&self, day: Date) -> Vec<&Instrument> {
        self.instrument.iter().filter(|instrument| instrument.covers(day)).collect()
    }

    /// International organisations judged adequate on a day.
    pub fn organisations(&self, day: Date) -> Vec<&Organisation> {
        self.organisation.iter().filter(|organisation| organisation.from <= day).collect()
    }

    /// What authorities had said by a day, oldest first.
    pub fn guidance(&self, day: Date) -> Vec<&Guidance> {
        self.guidance.iter().filter(|guidance| guidance.date <= day).collect()
    }

    /// A source of the table, as `document (day)`.
    pub fn source(&self, key: &str) -> Option<String> {
        self.sources.get(key).map(|source| format!("{} ({})", source.what, source.date))
    }

    /// How many entries the tables hold.
    pub fn entries(&self) -> usize {
        let memberships = self.eu.iter().chain(&self.eea).map(|membership| membership.iso.len()).sum::<usize>();
        let others = [self.interim.len(), self.territory.len(), self.adequacy.len(), self.organisation.len()];
        let more = [self.instrument.len(), self.guidance.len(), self.access.len()];
        memberships + others.iter().chain(&more).sum::<usize>()
    }

    fn interim(&self, iso: &str, day: Date) -> Option<Standing> {
        let rule = self.interim.iter().find(|rule| rule.iso == iso && rule.from <= day && day <= rule.to)?;
        let (de, en) = (format!("{} ({})", rule.de, rule.act_de), format!("{} ({})", rule.en, rule.act));
        let entry = Entry { status: rule.status, de, en, certainty: rule.certainty, source: &rule.source };
        Some(Standing { act: Some(rule.act.clone()), ..self.standing(entry) })
    }

    fn member(&self, iso: &str, day: Date) -> Option<Standing> {
        if let Some(membership) = membership(&self.eu, iso, day) {
            let (act_de, act) = act_of(day, self.gdpr.from);
            let (de, en) = (format!("Mitgliedstaat der EU; {act_de}"), format!("EU member state; {act}"));
            return Some(self.of_membership(membership, Status::Eu, act, de, en));
        }
        let membership = membership(&self.eea, iso, day)?;
        let (act_de, act) = act_of(day, self.gdpr.eea_from);
        let (by_de, by) = match day < self.gdpr.eea_from {
            true => ("das EWR-Abkommen", "the EEA Agreement"),
            false => (self.gdpr.eea_act_de.as_str(), self.gdpr.eea_act.as_str()),
        };
        let de = format!("Staat des Europäischen Wirtschaftsraums; {act_de} durch {by_de}");
        let en = format!("state of the European Economic Area; {act} through {by}");
        Some(self.of_membership(membership, Status::Eea, act, de, en))
    }

    fn of_membership(&self, of: &Membership, status: Status, act: &str, de: String, en: String) -> Standing {
        let entry = Entry { status, de, en, certainty: of.certainty, source: &of.source };
        Standing { act: Some(act.into()), ..self.standing(entry) }
    }

    fn territory(&self, iso: &str, day: Date) -> Option<Standing> {
        let territory = self.territory.iter().find(|territory| territory.iso == iso)?;
        let status = match territory.class {
            Class::Third => return None,
            Class::Check => Status::Unknown,
            Class::Eu if territory.from.is_some_and(|from| day < from) => Status::Unknown,
            Class::Eu => Status::Eu,
        };
        let (de, en) = match status {
            Status::Eu => (territory.de.clone(), territory.en.clone()),
            _ => (
                format!("Sonderstellung, hier nicht entschieden: {}", territory.de),
                format!("special position, not decided here: {}", territory.en),
            ),
        };
        Some(self.standing(Entry { status, de, en, certainty: territory.certainty, source: &territory.source }))
    }

    fn adequate(&self, iso: &str, day: Date) -> Option<Standing> {
        let decision = self.decisions(iso).find(|decision| decision.covers(day))?;
        let status = if decision.listed { Status::ThirdCountry } else { Status::Adequate };
        let (de, en) = decision.basis(day);
        let entry = Entry { status, de, en, certainty: decision.certainty, source: &decision.source };
        Some(Standing {
            act: Some(decision.act.clone()),
            condition_de: decision.condition_de.clone(),
            condition_en: decision.condition_en.clone(),
            ..self.standing(entry)
        })
    }

    fn without_decision(&self, iso: &str, day: Date) -> Standing {
        let certainty = Certainty::Primary;
        if country_name(iso, false).is_none() {
            let (de, en) = ("kein Ländercode nach ISO 3166".to_owned(), "no country code of ISO 3166".to_owned());
            return self.standing(Entry { status: Status::Unknown, de, en, certainty, source: "" });
        }
        let (tools_de, tools_en) = tools_of(day, self.gdpr.from);
        let (before_de, before_en) = self.before(iso, day);
        let (place_de, place_en) = self.third_territory(iso);
        let de = format!("am {} ohne Angemessenheitsbeschluss{place_de}{before_de}; {tools_de}", german(day));
        let en = format!("no adequacy decision on {day}{place_en}{before_en}; {tools_en}");
        self.standing(Entry { status: Status::ThirdCountry, de, en, certainty, source: "" })
    }

    /// What is particular about a territory that is a third country.
    fn third_territory(&self, iso: &str) -> (String, String) {
        let is_third = |territory: &&table::Territory| territory.iso == iso && territory.class == Class::Third;
        let territory = self.territory.iter().find(is_third);
        territory.map_or_else(Default::default, |it| (format!(" ({})", it.de), format!(" ({})", it.en)))
    }

    /// The last decision before the day, and why it no longer counts.
    fn before(&self, iso: &str, day: Date) -> (String, String) {
        let ended = self.decisions(iso).filter(|decision| decision.to.is_some_and(|to| to < day)).max_by_key(|d| d.to);
        let Some(Adequacy { act, act_de, to: Some(to), invalid_by, invalid_by_de, .. }) = ended else {
            return (String::new(), String::new());
        };
        match (invalid_by_de, invalid_by) {
            (Some(by_de), Some(by)) => {
                let on = to.tomorrow().unwrap_or(*to);
                let de = format!("; {act_de} wurde am {} für ungültig erklärt ({by_de})", german(on));
                (de, format!("; {act} was declared invalid on {on} ({by})"))
            }
            _ => (format!("; {act_de} galt bis {}", german(*to)), format!("; {act} ran until {to}")),
        }
    }

    fn decisions<'a>(&'a self, iso: &'a str) -> impl Iterator<Item = &'a Adequacy> {
        self.adequacy.iter().filter(move |decision| decision.iso == iso)
    }

    fn standing(&self, entry: Entry<'_>) -> Standing {
        Standing {
            status: entry.status,
            basis_de: entry.de,
            basis_en: entry.en,
            act: None,
            condition_de: None,
            condition_en: None,
            certainty: entry.certainty,
            source: self.source(entry.source),
        }
    }

    fn dated(&self, standing: Standing) -> Standing {
        let basis_de = format!("{} (Rechtsstand der Tabelle: {})", standing.basis_de, german(self.as_of));
        let basis_en = format!("{} (tables as of {})", standing.basis_en, self.as_of);
        Standing { basis_de, basis_en, ..standing }
    }
}

/// The same, saying that nobody verified it.
fn unverified(standing: Standing) -> Standing {
    let basis_de = format!("{} (Angabe nicht geprüft)", standing.basis_de);
    let basis_en = format!("{} (not verified)", standing.basis_en);
    Standing { basis_de, basis_en, ..standing }
}

fn membership<'a>(memberships: &'a [Membership], iso: &str, day: Date) -> Option<&'a Membership> {
    memberships.iter().find(|membership| membership.covers(day) && membership.iso.iter().any(|one| one == iso))
}

/// The act on data protection that applied on a day, in German and English.
fn act_of(day: Date, gdpr: Date) -> (&'static str, &'static str) {
    if day < gdpr {
        ("Richtlinie 95/46/EG", "Directive 95/46/EC")
    } else {
        ("Verordnung (EU) 2016/679 (DSGVO)", "Regulation (EU) 2016/679 (GDPR)")
    }
}

/// What a transfer without a decision needs.
fn tools_of(day: Date, gdpr: Date) -> (&'static str, &'static str) {
    if day < gdpr {
        (
            "nötig waren Garantien nach Art. 26 der Richtlinie 95/46/EG",
            "safeguards under Article 26 of Directive 95/46/EC were needed",
        )
    } else {
        (
            "nötig sind Garantien nach Art. 46 DSGVO und eine Prüfung des Einzelfalls",
            "safeguards under Article 46 GDPR and a transfer impact assessment are needed",
        )
    }
}

/// A day as German readers write it: `23.11.2026`.
fn german(day: Date) -> String {
    format!("{:02}.{:02}.{:04}", day.day(), day.month(), day.year())
}
