//! A report about people that spares them: pseudonyms in the place of addresses and names, the behaviour of single
//! participants left out, the purpose stated. It works on the findings, before any format writes them, so that all
//! formats say the same.

mod address;
mod behaviour;
mod keys;
mod names;
mod people;
mod sweep;
#[cfg(test)]
mod tests;

pub use address::{KEY_BYTES_MIN, KeyTooShort, Pseudonyms};
pub use keys::{Treatment, is_behaviour, treatment};

use super::findings::{Bilingual, Findings, Handling};
use crate::catalogue::Catalogue;

/// Where the key for pseudonyms is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOrigin {
    /// Made for this run and forgotten after it.
    Random,
    /// Given, so that other runs make the same pseudonyms.
    Given,
}

impl KeyOrigin {
    /// Name in the JSON report.
    pub const fn name(self) -> &'static str {
        match self {
            KeyOrigin::Random => "random",
            KeyOrigin::Given => "given",
        }
    }
}

/// How to treat the people that a report tells of.
#[derive(Default)]
pub struct Discretion {
    /// What the report is made for.
    pub purpose: Option<String>,
    /// Leave out what single participants did.
    pub minimise: bool,
    /// Replace addresses and names with these pseudonyms.
    pub pseudonyms: Option<(Pseudonyms, KeyOrigin)>,
}

/// The findings as they may be passed on: less where less is asked for, then under pseudonyms.
pub fn discreet(mut findings: Findings, wish: &Discretion, catalogue: &Catalogue) -> Findings {
    if wish.minimise {
        behaviour::minimise(&mut findings);
    }
    if let Some((pseudonyms, origin)) = &wish.pseudonyms {
        people::pseudonymise(&mut findings, origin.name(), pseudonyms, catalogue);
    }
    findings.handling.purpose = wish.purpose.clone();
    findings.handling.notes = notes(&findings.handling);
    findings
}

/// How a report is that nothing was asked for.
pub(super) fn plain() -> Handling {
    Handling { notes: notes(&Handling::default()), ..Handling::default() }
}

fn notes(handling: &Handling) -> Vec<Bilingual> {
    let mut notes = vec![both(PERSONAL)];
    notes.push(match &handling.purpose {
        Some(purpose) => Bilingual { de: format!("Zweck: {purpose}"), en: format!("Purpose: {purpose}") },
        None => both(NO_PURPOSE),
    });
    if let Some(pseudonyms) = &handling.pseudonyms {
        notes.push(both(PSEUDONYMS));
        notes.push(both(if pseudonyms.key == KeyOrigin::Given.name() { KEY_GIVEN } else { KEY_RANDOM }));
    }
    if !handling.left_out.is_empty() {
        let (de, en) = MINIMISED;
        let names = handling.left_out.join(", ");
        notes.push(Bilingual { de: format!("{de} {names}."), en: format!("{en} {names}.") });
    }
    notes
}

fn both((de, en): (&str, &str)) -> Bilingual {
    Bilingual { de: de.to_owned(), en: en.to_owned() }
}

const PERSONAL: (&str, &str) = (
    "Dieser Bericht enthält selbst personenbezogene Daten und ist keine Rechtsberatung. Er ist nur für seinen Zweck zu verwenden, vor unbefugtem Zugriff zu schützen und zu löschen, sobald der Zweck erreicht ist (Art. 5 Abs. 1 Buchst. b, e und f DSGVO).",
    "This report itself contains personal data and is no legal advice. Use it for its purpose only, protect it from unauthorised access, and delete it once the purpose is reached (Art. 5 (1) b, e and f GDPR).",
);
const NO_PURPOSE: (&str, &str) = ("Ein Zweck wurde nicht angegeben (--purpose).", "No purpose was stated (--purpose).");
const PSEUDONYMS: (&str, &str) = (
    "Adressen der erfassten Seite und anderer Teilnehmender, Hardware-Adressen und Namen, die Personen, Geräte, Konten oder Einrichtungen bezeichnen, sind durch Pseudonyme ersetzt. Adressen und Namen von Servern sowie Namen von Anbietern stehen unverändert. Netze bleiben als solche erkennbar; öffentliche Adressen von Personen liegen in 240.0.0.0/4 und 3fff::/20, Bereichen ohne Inhaber. Filter mit ersetzten Adressen finden im Mitschnitt nichts, solche mit Paketnummern schon.",
    "Addresses of the captured side and of other participants, hardware addresses, and names that identify people, devices, accounts or organisations are replaced with pseudonyms. Addresses and names of servers and names of providers are unchanged. Networks stay recognisable as such; public addresses of people lie in 240.0.0.0/4 and 3fff::/20, which belong to nobody. Filters with replaced addresses find nothing in the capture, those with frame numbers do.",
);
const KEY_RANDOM: (&str, &str) = (
    "Der Schlüssel der Pseudonyme war zufällig und wurde nicht aufbewahrt; wer den Mitschnitt hat, kann sie trotzdem zuordnen, und damit bleiben sie personenbezogene Daten (Art. 4 Nr. 5 DSGVO).",
    "The key of the pseudonyms was random and was not kept; whoever has the capture can still resolve them, and so they remain personal data (Art. 4 (5) GDPR).",
);
const KEY_GIVEN: (&str, &str) = (
    "Der Schlüssel der Pseudonyme ist aus einer Datei; wer ihn oder den Mitschnitt hat, kann sie zuordnen, und damit bleiben sie personenbezogene Daten (Art. 4 Nr. 5 DSGVO). Er ist getrennt aufzubewahren.",
    "The key of the pseudonyms is from a file; whoever has it or the capture can resolve them, and so they remain personal data (Art. 4 (5) GDPR). Keep it apart.",
);
const MINIMISED: (&str, &str) = (
    "Das Verhalten einzelner Teilnehmender ist auf Wunsch weggelassen (--minimise): wann jemand sprach oder stummgeschaltet war, Bild oder Bildschirm zeigte, kam und ging, und die einzelnen Medienströme. Die weggelassenen Angaben heißen im JSON-Bericht:",
    "The behaviour of single participants is left out on demand (--minimise): when somebody spoke or was muted, showed a picture or a screen, came and left, and the single media streams. In the JSON report, what is left out is named:",
);
