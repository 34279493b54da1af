//! The form of `signatures/law/law.toml`. Days are inclusive.

use super::{Status, german};
use crate::catalogue::file::dates;
use crate::catalogue::provider::{Certainty, Source};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The tables of law.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    pub(super) schema: u32,
    #[serde(deserialize_with = "dates::required")]
    pub(super) as_of: Date,
    pub(super) sources: BTreeMap<String, Source>,
    pub(super) gdpr: Gdpr,
    pub(super) eu: Vec<Membership>,
    pub(super) eea: Vec<Membership>,
    pub(super) interim: Vec<Interim>,
    pub(super) territory: Vec<Territory>,
    pub(in crate::catalogue) adequacy: Vec<Adequacy>,
    pub(super) organisation: Vec<Organisation>,
    pub(super) instrument: Vec<Instrument>,
    pub(super) guidance: Vec<Guidance>,
    pub(super) access: Vec<AccessLaw>,
}

impl Law {
    /// Keys of the sources that entries name.
    pub(in crate::catalogue) fn sources_named(&self) -> impl Iterator<Item = &str> {
        let members = self.eu.iter().chain(&self.eea).map(|entry| &entry.source);
        let places = self.territory.iter().map(|entry| &entry.source);
        let decisions = self.adequacy.iter().map(|entry| &entry.source);
        let others = self.interim.iter().map(|entry| &entry.source);
        let organisations = self.organisation.iter().map(|entry| &entry.source);
        let instruments = self.instrument.iter().map(|entry| &entry.source);
        let guidance = self.guidance.iter().map(|entry| &entry.source);
        let access = self.access.iter().map(|entry| &entry.source);
        let first = [&self.gdpr.source].into_iter().chain(members).chain(places).chain(decisions).chain(others);
        first.chain(organisations).chain(instruments).chain(guidance).chain(access).map(String::as_str)
    }
}

/// `[[access]]`: a law by which a country's authorities reach data at its companies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessLaw {
    /// Country (ISO 3166 alpha-2).
    pub country: String,
    /// The law.
    pub act: String,
    /// Its name in German, where that differs.
    #[serde(default)]
    act_de: Option<String>,
    /// First day.
    #[serde(deserialize_with = "dates::required")]
    pub from: Date,
    /// Last day, if it ended.
    #[serde(default, deserialize_with = "dates::optional")]
    pub to: Option<Date>,
    de: String,
    en: String,
    #[serde(default)]
    note_de: Option<String>,
    #[serde(default)]
    note_en: Option<String>,
    /// First day on which the note holds; without it, that of the law.
    #[serde(default, deserialize_with = "dates::optional")]
    note_from: Option<Date>,
    /// Key of its source, see [`Law::source`].
    pub source: String,
    /// How well this is founded.
    pub certainty: Certainty,
}

impl AccessLaw {
    /// What it allows, as known on a day.
    pub fn says(&self, day: Date, german: bool) -> String {
        let (says, note) = if german { (&self.de, &self.note_de) } else { (&self.en, &self.note_en) };
        let note = note.as_ref().filter(|_| self.note_from.is_none_or(|from| from <= day));
        note.map_or_else(|| says.clone(), |note| format!("{says}; {note}"))
    }

    /// Its name in German.
    pub fn act_de(&self) -> &str {
        self.act_de.as_deref().unwrap_or(&self.act)
    }

    pub(super) fn covers(&self, day: Date) -> bool {
        covers(self.from, self.to, day)
    }
}

/// `[[instrument]]`: what can carry a transfer besides an adequacy decision.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Stable name.
    pub id: String,
    /// The act, in English.
    pub act: String,
    /// The act, in German.
    pub act_de: String,
    /// First day.
    #[serde(deserialize_with = "dates::required")]
    pub from: Date,
    /// Last day on which it could be relied on.
    #[serde(default, deserialize_with = "dates::optional")]
    pub to: Option<Date>,
    /// What to know of it, in German.
    pub note_de: String,
    /// What to know of it, in English.
    pub note_en: String,
    /// Key of its source.
    pub source: String,
    /// How well this is founded.
    pub certainty: Certainty,
}

impl Instrument {
    pub(super) fn covers(&self, day: Date) -> bool {
        covers(self.from, self.to, day)
    }
}

/// `[[organisation]]`: an adequacy decision for an international organisation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its name, in English.
    pub name: String,
    /// Its name, in German.
    pub name_de: String,
    /// The decision, in English.
    pub act: String,
    /// The decision, in German.
    pub act_de: String,
    /// First day.
    #[serde(deserialize_with = "dates::required")]
    pub from: Date,
    /// Key of its source.
    pub source: String,
    /// How well this is founded.
    pub certainty: Certainty,
}

/// `[[guidance]]`: what an authority said.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guidance {
    /// Stable name.
    pub id: String,
    /// Title, in English.
    pub title: String,
    /// Title, in German.
    pub title_de: String,
    /// The authority.
    pub body: String,
    /// Its day.
    #[serde(deserialize_with = "dates::required")]
    pub date: Date,
    /// Key of its source.
    pub source: String,
    /// How well this is founded.
    pub certainty: Certainty,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gdpr {
    #[serde(deserialize_with = "dates::required")]
    pub(super) from: Date,
    #[serde(deserialize_with = "dates::required")]
    pub(super) eea_from: Date,
    pub(super) eea_act: String,
    pub(super) eea_act_de: String,
    pub(super) source: String,
    #[serde(rename = "certainty")]
    _certainty: Certainty,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Membership {
    pub(super) iso: Vec<String>,
    #[serde(deserialize_with = "dates::required")]
    from: Date,
    #[serde(default, deserialize_with = "dates::optional")]
    to: Option<Date>,
    pub(super) source: String,
    pub(super) certainty: Certainty,
}

impl Membership {
    pub(super) fn covers(&self, day: Date) -> bool {
        covers(self.from, self.to, day)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Interim {
    pub(super) iso: String,
    #[serde(deserialize_with = "dates::required")]
    pub(super) from: Date,
    #[serde(deserialize_with = "dates::required")]
    pub(super) to: Date,
    pub(super) status: Status,
    pub(super) act: String,
    pub(super) act_de: String,
    pub(super) de: String,
    pub(super) en: String,
    pub(super) source: String,
    pub(super) certainty: Certainty,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Territory {
    pub(super) iso: String,
    #[serde(default, rename = "of")]
    _of: Option<String>,
    pub(super) class: Class,
    #[serde(default, deserialize_with = "dates::optional")]
    pub(super) from: Option<Date>,
    pub(super) de: String,
    pub(super) en: String,
    pub(super) source: String,
    pub(super) certainty: Certainty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Class {
    Eu,
    Third,
    Check,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::catalogue) struct Adequacy {
    pub(in crate::catalogue) iso: String,
    pub(in crate::catalogue) act: String,
    pub(super) act_de: String,
    #[serde(deserialize_with = "dates::required")]
    pub(in crate::catalogue) from: Date,
    /// Last day on which it could be relied on.
    #[serde(default, deserialize_with = "dates::optional")]
    pub(super) to: Option<Date>,
    /// Whether it holds only for recipients on a list, which no address shows.
    #[serde(default)]
    pub(super) listed: bool,
    #[serde(default)]
    pub(super) invalid_by: Option<String>,
    #[serde(default)]
    pub(super) invalid_by_de: Option<String>,
    #[serde(default)]
    pub(super) condition_de: Option<String>,
    #[serde(default)]
    pub(super) condition_en: Option<String>,
    #[serde(default)]
    note_de: Option<String>,
    #[serde(default)]
    note_en: Option<String>,
    /// First day on which the note holds; without it, that of the decision.
    #[serde(default, deserialize_with = "dates::optional")]
    note_from: Option<Date>,
    pub(super) source: String,
    pub(super) certainty: Certainty,
}

impl Adequacy {
    pub(in crate::catalogue) fn covers(&self, day: Date) -> bool {
        covers(self.from, self.to, day)
    }

    /// Why the country counts as it does on a day, in German and English.
    pub(super) fn basis(&self, day: Date) -> (String, String) {
        let from = german(self.from);
        let (mut de, mut en) = if self.listed {
            let de = format!("Drittland; {} (in Kraft seit {from}) gilt nur für Empfänger auf der Liste", self.act_de);
            (de, format!("third country; {} (in force since {}) covers listed recipients only", self.act, self.from))
        } else {
            let de = format!("Angemessenheitsbeschluss der Kommission: {}, gültig seit {from}", self.act_de);
            (de, format!("adequacy decision: {}, valid since {}", self.act, self.from))
        };
        if let (Some(note_de), Some(note_en)) = (&self.note_de, &self.note_en)
            && self.note_from.is_none_or(|from| from <= day)
        {
            de = format!("{de}; {note_de}");
            en = format!("{en}; {note_en}");
        }
        (de, en)
    }
}

fn covers(from: Date, to: Option<Date>, day: Date) -> bool {
    from <= day && to.is_none_or(|to| day <= to)
}
