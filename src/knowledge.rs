//! The commands that print what is built in: signatures, facts, law.

use crate::cli::{SignatureAction, TableFormat};
use anyhow::{Context, Result, anyhow, bail};
use jiff::civil::Date;
use meetscope::catalogue::{Catalogue, CatalogueError, Certainty, Law, Standing, Status, country_name};
use meetscope::report::Language;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::Path;

/// A signature file with its name.
type Named = (String, String);

/// The built-in signatures, with those of a folder beside them.
pub(crate) fn catalogue(folder: Option<&Path>) -> Result<Catalogue> {
    let files = folder.map(signature_files).transpose()?.unwrap_or_default();
    Ok(Catalogue::from_files(true, texts(&files))?)
}

fn texts(files: &[Named]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str()))
}

/// The TOML files of a folder and of its folder `advice`, in order of names.
fn signature_files(folder: &Path) -> Result<Vec<Named>> {
    let mut files = toml_files(folder)?;
    let advice = folder.join("advice");
    if advice.is_dir() {
        files.extend(toml_files(&advice)?);
    }
    files.sort();
    Ok(files)
}

fn toml_files(folder: &Path) -> Result<Vec<Named>> {
    let mut files = Vec::new();
    let entries = folder.read_dir().with_context(|| format!("cannot read the folder of signatures {folder:?}"))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path:?}"))?;
            files.push((path.display().to_string(), text));
        }
    }
    Ok(files)
}

/// `meetscope signatures`; whether all is well.
pub(crate) fn signatures(action: &SignatureAction, out: &mut dyn Write) -> Result<bool> {
    match action {
        SignatureAction::List => {
            for provider in Catalogue::builtin()?.providers() {
                writeln!(out, "{:<22} {}", provider.id(), provider.name())?;
            }
        }
        SignatureAction::Show { id } => {
            let text = meetscope::catalogue::builtin_file(id)
                .with_context(|| format!("no signature {id:?}; `meetscope signatures list` names them"))?;
            out.write_all(text.as_bytes())?;
        }
        SignatureAction::Check { folder } => return check(folder.as_deref(), out),
    }
    Ok(true)
}

/// Says everything that is wrong with the signatures, file by file, and how much was looked at.
fn check(folder: Option<&Path>, out: &mut dyn Write) -> Result<bool> {
    let files = folder.map(signature_files).transpose()?.unwrap_or_default();
    if let Some(folder) = folder.filter(|_| files.is_empty()) {
        bail!("no file in {folder:?} ends in .toml: name a folder that holds signature files");
    }
    let catalogue = Catalogue::load(true, texts(&files)).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(CatalogueError::to_string).collect();
        anyhow!("{}\n{}", lines.join("\n"), count_of_failures(lines.len()))
    })?;
    let failures = catalogue.check();
    for failure in &failures {
        writeln!(out, "{failure}")?;
    }
    let size = catalogue.size();
    match failures.len() {
        0 => writeln!(
            out,
            "no failure: {} files, {} rules, {} examples, {} near misses, {} rules of advice",
            size.files, size.rules, size.examples, size.near_misses, size.advice
        )?,
        count => writeln!(out, "{}", count_of_failures(count))?,
    }
    Ok(failures.is_empty())
}

fn count_of_failures(count: usize) -> String {
    if count == 1 { "1 failure".to_owned() } else { format!("{count} failures") }
}

/// `meetscope facts`
pub(crate) fn facts(out: &mut dyn Write) -> Result<()> {
    for protocol in meetscope::dissect::ALL {
        writeln!(out, "{}: {} ({})", protocol.name, protocol.summary, protocol.source)?;
        for key in protocol.keys {
            let seen: Vec<_> = key.observers.iter().map(|observer| observer.name()).collect();
            writeln!(out, "  {}  [{}; seen by {}]", key.name, key.question.name(), seen.join(", "))?;
            writeln!(out, "      {}\n      {}", key.doc, key.source)?;
            if !key.wireshark.is_empty() {
                writeln!(out, "      Wireshark: {}", key.wireshark)?;
            }
        }
    }
    Ok(())
}

/// `meetscope law`
pub(crate) fn law(on: Option<Date>, format: TableFormat, language: Language, out: &mut dyn Write) -> Result<()> {
    let law = Law::builtin()?;
    let day = on.unwrap_or_else(|| law.as_of());
    match format {
        TableFormat::Json => writeln!(out, "{:#}", law_json(&law, day))?,
        TableFormat::Text => LawPage { law: &law, day, german: language == Language::German }.write(out)?,
    }
    Ok(())
}

/// The law of a day for readers.
struct LawPage<'a> {
    law: &'a Law,
    day: Date,
    german: bool,
}

impl LawPage<'_> {
    fn write(&self, out: &mut dyn Write) -> Result<()> {
        let of = self.say("Datenübermittlung aus der EU: Rechtsstand am", "Transfers from the EU: the law of");
        let tables = self.say("Tabelle vom", "tables as of");
        writeln!(out, "{of} {} ({tables} {})", self.date(self.day), self.date(self.law.as_of()))?;
        self.countries(out)?;
        self.organisations(out)?;
        self.instruments(out)?;
        self.access(out)?;
        self.guidance(out)
    }

    fn say<'t>(&self, de: &'t str, en: &'t str) -> &'t str {
        if self.german { de } else { en }
    }

    fn date(&self, day: Date) -> String {
        if self.german { format!("{:02}.{:02}.{}", day.day(), day.month(), day.year()) } else { day.to_string() }
    }

    fn title(&self, out: &mut dyn Write, de: &str, en: &str) -> Result<()> {
        Ok(writeln!(out, "\n# {}", self.say(de, en))?)
    }

    /// Mark of what was not read in the act itself.
    fn mark(&self, certainty: Certainty) -> &'static str {
        match (certainty, self.german) {
            (Certainty::Primary, _) => "",
            (Certainty::Secondary, true) => " [aus zweiter Hand]",
            (Certainty::Secondary, false) => " [secondary source]",
            (Certainty::Unverified, true) => " [nicht geprüft]",
            (Certainty::Unverified, false) => " [not verified]",
        }
    }

    /// Mark and source behind an entry; general knowledge has no source to name.
    fn founded(&self, certainty: Certainty, key: &str) -> String {
        let mark = self.mark(certainty);
        let source = self.law.source(key).filter(|_| certainty != Certainty::Unverified);
        let word = self.say("Quelle", "source");
        source.map_or_else(|| mark.to_owned(), |source| format!("{mark}; {word}: {source}"))
    }

    fn countries(&self, out: &mut dyn Write) -> Result<()> {
        let groups = [
            (
                Status::Eu,
                "Europäische Union, oder EU-Recht gilt wie in ihr",
                "European Union, or EU law applies as in it",
            ),
            (Status::Eea, "Europäischer Wirtschaftsraum", "European Economic Area"),
            (Status::Adequate, "Angemessenes Schutzniveau", "Adequate level of protection"),
            (Status::Unknown, "Aus dem Ländercode nicht zu entscheiden", "Cannot be decided from the country code"),
            (Status::ThirdCountry, "Drittländer", "Third countries"),
        ];
        let table = self.law.table(self.day);
        for (status, de, en) in groups {
            self.title(out, de, en)?;
            for (country, standing) in table.iter().filter(|(_, standing)| standing.status == status) {
                self.country(country, standing, out)?;
            }
        }
        Ok(())
    }

    fn country(&self, country: &str, standing: &Standing, out: &mut dyn Write) -> Result<()> {
        let name = country_name(country, self.german).unwrap_or_default();
        let basis = self.say(&standing.basis_de, &standing.basis_en);
        // What nobody verified is said in the basis itself, as in a report.
        let mark = if standing.certainty == Certainty::Secondary { self.mark(standing.certainty) } else { "" };
        writeln!(out, "{country}  {:<14} {name}: {basis}{mark}", standing.status.name())?;
        let condition = if self.german { &standing.condition_de } else { &standing.condition_en };
        if let Some(condition) = condition {
            writeln!(out, "    {}: {condition}", self.say("Bedingung", "condition"))?;
        }
        let decided = standing.act.as_ref().filter(|_| !matches!(standing.status, Status::Eu | Status::Eea));
        if let (Some(_), Some(source)) = (decided, &standing.source) {
            writeln!(out, "    {}: {source}", self.say("Quelle", "source"))?;
        }
        Ok(())
    }

    fn organisations(&self, out: &mut dyn Write) -> Result<()> {
        let organisations = self.law.organisations(self.day);
        if !organisations.is_empty() {
            self.title(out, "Internationale Organisationen mit angemessenem Schutzniveau", "Adequate organisations")?;
        }
        for it in organisations {
            let (name, act) = (self.say(&it.name_de, &it.name), self.say(&it.act_de, &it.act));
            let founded = self.founded(it.certainty, &it.source);
            writeln!(out, "- {name}: {act}, {}{founded}", self.date(it.from))?;
        }
        Ok(())
    }

    fn instruments(&self, out: &mut dyn Write) -> Result<()> {
        self.title(out, "Sonst tragende Instrumente", "What else can carry a transfer")?;
        for it in self.law.instruments(self.day) {
            let (act, note) = (self.say(&it.act_de, &it.act), self.say(&it.note_de, &it.note_en));
            writeln!(out, "- {act}: {note}{}", self.founded(it.certainty, &it.source))?;
        }
        Ok(())
    }

    fn access(&self, out: &mut dyn Write) -> Result<()> {
        let (de, en) = ("Zugriffsrechte von Behörden dritter Länder", "Access laws of third countries");
        self.title(out, de, en)?;
        for country in self.law.access_countries(self.day) {
            for it in self.law.access(country, self.day) {
                let (act, says) = (self.say(it.act_de(), &it.act), it.says(self.day, self.german));
                let since = self.say("seit", "since");
                let founded = self.founded(it.certainty, &it.source);
                writeln!(out, "{country}  {act} ({since} {}): {says}{founded}", self.date(it.from))?;
            }
        }
        Ok(())
    }

    fn guidance(&self, out: &mut dyn Write) -> Result<()> {
        self.title(out, "Äußerungen von Aufsichtsbehörden bis zu diesem Tag", "What authorities had said by that day")?;
        for it in self.law.guidance(self.day) {
            writeln!(
                out,
                "- {} {}: {}{}",
                it.date,
                it.body,
                self.say(&it.title_de, &it.title),
                self.mark(it.certainty)
            )?;
        }
        Ok(())
    }
}

/// The law of a day for programs.
fn law_json(law: &Law, day: Date) -> Value {
    let countries = law.table(day).into_iter().map(|(country, standing)| country_json(country, &standing));
    let access = law.access_countries(day).into_iter().flat_map(|country| law.access(country, day));
    let access = access.map(|it| {
        json!({
            "country": it.country, "act": { "de": it.act_de(), "en": it.act }, "from": it.from.to_string(),
            "to": it.to.map(|to| to.to_string()), "says": { "de": it.says(day, true), "en": it.says(day, false) },
            "certainty": it.certainty.name(), "source": law.source(&it.source),
        })
    });
    let instruments = law.instruments(day).into_iter().map(|it| {
        json!({
            "id": it.id, "act": { "de": it.act_de, "en": it.act }, "from": it.from.to_string(),
            "to": it.to.map(|to| to.to_string()), "note": { "de": it.note_de, "en": it.note_en },
            "certainty": it.certainty.name(), "source": law.source(&it.source),
        })
    });
    let organisations = law.organisations(day).into_iter().map(|it| {
        json!({
            "name": { "de": it.name_de, "en": it.name }, "act": { "de": it.act_de, "en": it.act },
            "from": it.from.to_string(), "certainty": it.certainty.name(), "source": law.source(&it.source),
        })
    });
    let guidance = law.guidance(day).into_iter().map(|it| {
        json!({
            "id": it.id, "body": it.body, "title": { "de": it.title_de, "en": it.title }, "date": it.date.to_string(),
            "certainty": it.certainty.name(), "source": law.source(&it.source),
        })
    });
    json!({
        "on": day.to_string(), "as_of": law.as_of().to_string(),
        "countries": countries.collect::<Vec<_>>(), "organisations": organisations.collect::<Vec<_>>(),
        "instruments": instruments.collect::<Vec<_>>(), "access": access.collect::<Vec<_>>(),
        "guidance": guidance.collect::<Vec<_>>(),
    })
}

fn country_json(country: &str, standing: &Standing) -> Value {
    let condition = standing.condition_de.as_ref().zip(standing.condition_en.as_ref());
    json!({
        "country": country,
        "name": { "de": country_name(country, true), "en": country_name(country, false) },
        "status": standing.status.name(),
        "act": standing.act,
        "basis": { "de": standing.basis_de, "en": standing.basis_en },
        "condition": condition.map(|(de, en)| json!({ "de": de, "en": en })),
        "certainty": standing.certainty.name(),
        "source": standing.source,
    })
}
