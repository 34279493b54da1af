//! Under which data-protection law a country stood on a day, seen from the EU: `signatures/law/law.toml`.
//!
//! A country is called adequate only where an adequacy decision speaks for it as a whole or for a class of
//! recipients that the condition names. Where a decision holds only for companies on a list (Safe Harbour, Privacy
//! Shield, Data Privacy Framework) no address can show that the recipient is on it: the country stays a third
//! country, and the condition says what would make the transfer adequate.

use super::country::{COUNTRIES, country_name};
use super::file::{CatalogueError, SCHEMA, at, dates, parse};
use super::provider::Certainty;
use jiff::civil::Date;
use serde::Deserialize;

static BUILT_IN: &str = include_str!("../../signatures/law/law.toml");
const FILE: &str = "law/law.toml";

/// The tables of law.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    schema: u32,
    #[serde(deserialize_with = "dates::required")]
    as_of: Date,
    gdpr: Gdpr,
    eu: Vec<Membership>,
    eea: Vec<Membership>,
    interim: Vec<Interim>,
    territory: Vec<Territory>,
    adequacy: Vec<Adequacy>,
    access: Vec<AccessLaw>,
}

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
}

/// `[[access]]`: by which laws a country's authorities reach data at its companies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessLaw {
    /// Country (ISO 3166 alpha-2).
    pub country: String,
    /// First day on which one of the laws was in force; the text gives the days of the others.
    #[serde(deserialize_with = "dates::required")]
    pub from: Date,
    /// The laws.
    pub laws: String,
    /// What they allow, in German.
    pub de: String,
    /// What they allow, in English.
    pub en: String,
    /// How well this is founded.
    pub certainty: Certainty,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gdpr {
    #[serde(deserialize_with = "dates::required")]
    from: Date,
    #[serde(deserialize_with = "dates::required")]
    eea_from: Date,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Membership {
    iso: Vec<String>,
    #[serde(deserialize_with = "dates::required")]
    from: Date,
    #[serde(default, deserialize_with = "dates::optional")]
    to: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Interim {
    iso: String,
    #[serde(deserialize_with = "dates::required")]
    from: Date,
    #[serde(deserialize_with = "dates::required")]
    to: Date,
    status: Status,
    act: String,
    act_de: String,
    de: String,
    en: String,
    certainty: Certainty,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Territory {
    iso: String,
    #[serde(default)]
    of: Option<String>,
    class: Class,
    #[serde(default, deserialize_with = "dates::optional")]
    from: Option<Date>,
    de: String,
    en: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Class {
    Eu,
    Third,
    Check,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Adequacy {
    iso: String,
    act: String,
    act_de: String,
    #[serde(deserialize_with = "dates::required")]
    from: Date,
    /// Last day on which it could be relied on.
    #[serde(default, deserialize_with = "dates::optional")]
    to: Option<Date>,
    #[serde(default)]
    listed: bool,
    #[serde(default)]
    invalid_by: Option<String>,
    #[serde(default)]
    invalid_by_de: Option<String>,
    #[serde(default)]
    condition_de: Option<String>,
    #[serde(default)]
    condition_en: Option<String>,
    #[serde(default)]
    note_de: Option<String>,
    #[serde(default)]
    note_en: Option<String>,
    certainty: Certainty,
}

impl Law {
    /// The tables that are built in.
    ///
    /// # Errors
    /// None for a released program: a test loads them.
    pub fn builtin() -> Result<Law, CatalogueError> {
        let law: Law = parse(FILE, BUILT_IN)?;
        match law.schema {
            SCHEMA => Ok(law),
            other => Err(at(FILE, BUILT_IN, "schema", format!("schema {other} is not known, only {SCHEMA}"))),
        }
    }

    /// The day on which the tables were true. A later day is judged by them all the same, and the basis says so.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// What a country (ISO 3166 alpha-2, any letter case) was on a day.
    pub fn status(&self, country: &str, day: Date) -> Standing {
        let iso = country.to_ascii_uppercase();
        let standing = self
            .interim(&iso, day)
            .or_else(|| self.member(&iso, day))
            .or_else(|| self.territory(&iso, day))
            .or_else(|| self.adequate(&iso, day))
            .unwrap_or_else(|| self.without_decision(&iso, day));
        if day > self.as_of { self.dated(standing) } else { standing }
    }

    /// Every country with its standing on a day, in order of codes.
    pub fn table(&self, day: Date) -> Vec<(&'static str, Standing)> {
        COUNTRIES.iter().map(|(iso, ..)| (*iso, self.status(iso, day))).collect()
    }

    /// The access laws of a country, if any of them was in force on a day.
    pub fn access(&self, country: &str, day: Date) -> Option<&AccessLaw> {
        self.access.iter().find(|law| law.country.eq_ignore_ascii_case(country) && law.from <= day)
    }

    fn interim(&self, iso: &str, day: Date) -> Option<Standing> {
        let rule = self.interim.iter().find(|rule| rule.iso == iso && rule.from <= day && day <= rule.to)?;
        Some(Standing {
            act: Some(rule.act.clone()),
            certainty: rule.certainty,
            ..standing(rule.status, format!("{} ({})", rule.de, rule.act_de), format!("{} ({})", rule.en, rule.act))
        })
    }

    fn member(&self, iso: &str, day: Date) -> Option<Standing> {
        if is_member(&self.eu, iso, day) {
            let (act_de, act) = act_of(day, self.gdpr.from);
            let basis_de = format!("Mitgliedstaat der EU; {act_de}");
            return Some(Standing {
                act: Some(act.into()),
                ..standing(Status::Eu, basis_de, format!("EU member state; {act}"))
            });
        }
        let (act_de, act) = act_of(day, self.gdpr.eea_from);
        is_member(&self.eea, iso, day).then(|| Standing {
            act: Some(act.into()),
            ..standing(
                Status::Eea,
                format!("Staat des Europäischen Wirtschaftsraums; {act_de} über das EWR-Abkommen"),
                format!("state of the European Economic Area; {act} through the EEA Agreement"),
            )
        })
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
        let certainty = Certainty::Unverified;
        Some(Standing { certainty, ..standing(status, de, en) })
    }

    fn adequate(&self, iso: &str, day: Date) -> Option<Standing> {
        let decision = self.decisions(iso).find(|decision| decision.covers(day))?;
        let status = if decision.listed { Status::ThirdCountry } else { Status::Adequate };
        let (de, en) = decision.basis();
        Some(Standing {
            act: Some(decision.act.clone()),
            condition_de: decision.condition_de.clone(),
            condition_en: decision.condition_en.clone(),
            certainty: decision.certainty,
            ..standing(status, de, en)
        })
    }

    fn without_decision(&self, iso: &str, day: Date) -> Standing {
        if country_name(iso, false).is_none() {
            let (de, en) = ("kein Ländercode nach ISO 3166", "no country code of ISO 3166");
            return Standing { certainty: Certainty::Primary, ..standing(Status::Unknown, de.into(), en.into()) };
        }
        let (tools_de, tools_en) = tools_of(day, self.gdpr.from);
        let (before_de, before_en) = self.before(iso, day);
        standing(
            Status::ThirdCountry,
            format!("am {} ohne Angemessenheitsbeschluss{before_de}; {tools_de}", german(day)),
            format!("no adequacy decision on {day}{before_en}; {tools_en}"),
        )
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

    fn dated(&self, standing: Standing) -> Standing {
        let basis_de = format!("{} (Rechtsstand der Tabelle: {})", standing.basis_de, german(self.as_of));
        let basis_en = format!("{} (tables as of {})", standing.basis_en, self.as_of);
        Standing { basis_de, basis_en, ..standing }
    }
}

impl Adequacy {
    fn covers(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    fn basis(&self) -> (String, String) {
        let from = german(self.from);
        let (mut de, mut en) = if self.listed {
            let de = format!("Drittland; {} (in Kraft seit {from}) gilt nur für Empfänger auf der Liste", self.act_de);
            (de, format!("third country; {} (in force since {}) covers listed recipients only", self.act, self.from))
        } else {
            let de = format!("Angemessenheitsbeschluss der Kommission: {}, gültig seit {from}", self.act_de);
            (de, format!("adequacy decision: {}, valid since {}", self.act, self.from))
        };
        if let (Some(note_de), Some(note_en)) = (&self.note_de, &self.note_en) {
            de = format!("{de}; {note_de}");
            en = format!("{en}; {note_en}");
        }
        (de, en)
    }
}

fn standing(status: Status, basis_de: String, basis_en: String) -> Standing {
    let certainty = Certainty::Primary;
    Standing { status, basis_de, basis_en, act: None, condition_de: None, condition_en: None, certainty }
}

fn is_member(memberships: &[Membership], iso: &str, day: Date) -> bool {
    memberships.iter().any(|membership| {
        membership.from <= day
            && membership.to.is_none_or(|to| day <= to)
            && membership.iso.iter().any(|one| one == iso)
    })
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

fn german(day: Date) -> String {
    format!("{:02}.{:02}.{:04}", day.day(), day.month(), day.year())
}
