//! Where single addresses are, as `meetscope place` prints it.

use super::super::{Layout, words};
use super::Page;
use crate::exposure::{AddressAnswer, PlaceProof};
use crate::model::text::{for_terminal, grouped};
use std::io::{self, Write};

/// Longest text of an entry, in characters.
const TEXT_CHARS_MAX: usize = 600;
/// How far lines below an address are indented.
const INDENT: &str = "  ";

/// Writes the answers one below the other: the place with its evidence, then whose the address is, then the law.
///
/// # Errors
/// Those of `out`.
pub fn write_places(answers: &[AddressAnswer], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, layout, captures: 0 };
    for (index, answer) in answers.iter().enumerate() {
        if index > 0 {
            writeln!(page.out)?;
        }
        page.answer(answer)?;
    }
    Ok(())
}

impl Page<'_> {
    fn answer(&mut self, answer: &AddressAnswer) -> io::Result<()> {
        let name = answer.name.as_deref().map(|name| format!(" · {}", for_terminal(name, TEXT_CHARS_MAX)));
        self.paragraph("", &format!("{}{}", answer.address, name.unwrap_or_default()))?;
        let country = answer.place.country.as_deref().unwrap_or("–");
        let verdict = self.word(words::PLACE, &answer.place.verdict).to_owned();
        self.labelled("Standort", "Place", &format!("{country}, {verdict}"))?;
        if let Some(km) = answer.place.max_distance_km {
            let line = format!("{} {} km", self.say("höchstens", "at most"), grouped(km.round() as u64, self.german()));
            self.labelled("Entfernung", "Distance", &line)?;
        }
        answer.place.evidence.iter().try_for_each(|proof| self.proof(&format!("{INDENT}- "), proof))?;
        self.owner(answer)?;
        let on = answer.transfer.on.as_deref().unwrap_or_default();
        let status = self.word(words::STATUS, &answer.transfer.status).to_owned();
        let law = format!("{status}: {} ({on})", self.words(&answer.transfer.basis));
        self.labelled("Recht am Standort", "Law of the place", &law)
    }

    /// One piece of evidence of a place, with what it contradicts.
    pub(super) fn proof(&mut self, mark: &str, proof: &PlaceProof) -> io::Result<()> {
        let kind = self.word(words::EVIDENCE, &proof.kind);
        let says = words::says(&proof.says, self.layout.language);
        let line = format!("{kind}: {says} ({})", words::detail(proof, self.layout.language));
        self.paragraph(mark, &for_terminal(&line, TEXT_CHARS_MAX))
    }

    fn owner(&mut self, answer: &AddressAnswer) -> io::Result<()> {
        if let Some(asn) = answer.operator.asn {
            let name = answer.operator.name.as_deref().unwrap_or_default();
            self.labelled("Netzbetreiber", "Network operator", format!("{name} (AS{asn})").trim_start())?;
        }
        if let Some(provider) = &answer.provider {
            self.labelled("Anbieter", "Provider", provider)?;
        }
        let Some(jurisdiction) = &answer.jurisdiction else { return Ok(()) };
        let entity = jurisdiction.entity.clone().unwrap_or_default();
        let country = jurisdiction.country.as_deref().unwrap_or("–");
        let parent = jurisdiction.parent_country.as_deref();
        let parent = parent.map(|parent| format!(", {} {parent}", self.say("Mutterunternehmen:", "parent company:")));
        let line = format!("{entity} ({country}{})", parent.unwrap_or_default());
        self.labelled("Vertragspartner", "Legal entity", &line)
    }

    fn labelled(&mut self, de: &str, en: &str, text: &str) -> io::Result<()> {
        let line = format!("{}: {}", self.say(de, en), for_terminal(text, TEXT_CHARS_MAX));
        self.paragraph(INDENT, &line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::{Jurisdiction, Operator, PlaceEntry};
    use crate::report::Language;

    fn text(language: Language) -> String {
        let proof = |kind: &str, says: &str, detail: &str| PlaceProof {
            kind: kind.into(),
            says: says.into(),
            detail: detail.into(),
            detail_de: detail.into(),
        };
        let answer = AddressAnswer {
            address: "192.0.2.1".into(),
            name: Some("a\u{1b}[2J.example".into()),
            operator: Operator { asn: Some(64_496), name: Some("Example".into()), country: None },
            jurisdiction: Some(Jurisdiction {
                entity: Some("Example GmbH".into()),
                country: Some("DE".into()),
                parent_country: Some("US".into()),
            }),
            place: PlaceEntry {
                country: Some("DE".into()),
                verdict: "plausible-inside".into(),
                evidence: vec![proof("round-trip", "at most 300 km", "STUN"), proof("anycast", "many places", "list")],
                max_distance_km: Some(300.4),
            },
            ..AddressAnswer::default()
        };
        let mut out = Vec::new();
        write_places(&[answer.clone(), answer], Layout { language, columns: 100 }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_answer_has_place_evidence_owner_and_law() {
        let german = text(Language::German);
        for line in [
            "  Standort: DE, vermutlich im EWR\n",
            "  Entfernung: höchstens 300 km\n",
            "  - Antwortzeit: höchstens 300 km (STUN)\n",
            "  - Viele Standorte (Anycast): viele Orte (list)\n",
            "  Netzbetreiber: Example (AS64496)\n",
            "  Vertragspartner: Example GmbH (DE, Mutterunternehmen: US)\n",
        ] {
            assert!(german.contains(line), "{line} {german}");
        }
        let english = text(Language::English);
        assert!(english.contains("  - round trip: at most 300 km (STUN)\n"), "{english}");
        assert!(english.contains("\n\n192.0.2.1") && !english.contains('\u{1b}'), "{english}");
    }
}
