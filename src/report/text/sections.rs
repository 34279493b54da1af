//! What became visible, to which endpoints, in which countries, what to do, what stays open, and the method.

use super::Page;
use crate::exposure::{CaptureFile, Endpoint, ExposureEntry, Findings, purpose_words};
use crate::model::text::{bytes, for_terminal, grouped};
use crate::report::words;
use std::io;

/// Most endpoints listed; the JSON report has all.
const ENDPOINTS_SHOWN_MAX: usize = 30;
/// Most pieces of evidence listed of one place.
const PROOFS_SHOWN_MAX: usize = 8;
/// Most exposures listed of one question; the JSON report has all.
const EXPOSURES_SHOWN_MAX: usize = 8;
/// Longest name or path shown, in characters.
const NAME_CHARS_MAX: usize = 120;
/// Longest statement shown, in characters.
const STATEMENT_CHARS_MAX: usize = 1000;

impl Page<'_> {
    pub(super) fn exposures(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.exposures.is_empty() {
            return Ok(());
        }
        self.title("Rahmendaten: was sichtbar wurde", "Metadata: what became visible")?;
        for group in findings.exposures.chunk_by(|one, next| one.question == next.question) {
            let question = group.first().map(|first| first.question.as_str()).unwrap_or_default();
            writeln!(self.out, "{}", self.word(words::QUESTION, question))?;
            group.iter().take(EXPOSURES_SHOWN_MAX).try_for_each(|exposure| self.exposure(exposure))?;
            if group.len() > EXPOSURES_SHOWN_MAX {
                self.more("  … ", group.len() - EXPOSURES_SHOWN_MAX)?;
            }
        }
        Ok(())
    }

    fn exposure(&mut self, exposure: &ExposureEntry) -> io::Result<()> {
        let statement = for_terminal(self.words(&exposure.statement), STATEMENT_CHARS_MAX);
        let seen: Vec<_> = exposure.observers.iter().map(|name| self.word(words::OBSERVER, name)).collect();
        let visible = format!("{} {}", self.say("sichtbar für:", "visible to:"), seen.join(", "));
        let certainty = self.word(words::CERTAINTY, &exposure.certainty).to_owned();
        let parts = [certainty, visible, self.frames(&exposure.evidence)];
        let tail: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        self.paragraph("  - ", &format!("{statement} [{}]", tail.join("; ")))
    }

    pub(super) fn endpoints(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.endpoints.is_empty() {
            return Ok(());
        }
        self.title("Gegenstellen", "Endpoints")?;
        findings.endpoints.iter().take(ENDPOINTS_SHOWN_MAX).try_for_each(|endpoint| self.endpoint(endpoint))?;
        if findings.endpoints.len() > ENDPOINTS_SHOWN_MAX {
            self.more("… ", findings.endpoints.len() - ENDPOINTS_SHOWN_MAX)?;
        }
        Ok(())
    }

    fn endpoint(&mut self, endpoint: &Endpoint) -> io::Result<()> {
        let name = endpoint.names.first().map(|name| for_terminal(&name.name, NAME_CHARS_MAX)).unwrap_or_default();
        let provider = endpoint.provider.clone().unwrap_or_default();
        let operator = endpoint.operator.name.as_deref().map(|name| for_terminal(name, 60)).unwrap_or_default();
        let parts = [endpoint.address.clone(), name, provider, self.purposes(&endpoint.purpose), operator];
        let told: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        self.paragraph(&format!("{:<4} ", endpoint.id), &told.join(" · "))?;
        let line = format!(
            "{}, {}: {} ({} {}, {} {})",
            endpoint.place.country.as_deref().unwrap_or("–"),
            self.word(words::PLACE, &endpoint.place.verdict),
            for_terminal(self.words(&endpoint.transfer.basis), STATEMENT_CHARS_MAX),
            self.say("gesendet", "sent"),
            bytes(endpoint.bytes_sent, self.german()),
            self.say("empfangen", "received"),
            bytes(endpoint.bytes_received, self.german())
        );
        self.paragraph("     ", &line)?;
        if let Some(km) = endpoint.place.max_distance_km {
            let line = format!(
                "{} {} km",
                self.say("Entfernung höchstens", "distance at most"),
                grouped(km.round() as u64, self.german())
            );
            self.paragraph("     · ", &line)?;
        }
        let evidence = &endpoint.place.evidence;
        evidence.iter().take(PROOFS_SHOWN_MAX).try_for_each(|proof| self.proof("     · ", proof))?;
        match evidence.len().saturating_sub(PROOFS_SHOWN_MAX) {
            0 => Ok(()),
            more => self.more("     … ", more),
        }
    }

    fn purposes(&self, ids: &[String]) -> String {
        ids.iter().map(|id| purpose_words(id, self.german())).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn transfers(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.transfers.is_empty() {
            return Ok(());
        }
        self.title("Nach Ländern", "By country")?;
        for total in &findings.transfers {
            let count = total.endpoints.len();
            let one = self.say("Gegenstelle", "endpoint");
            let many = self.say("Gegenstellen", "endpoints");
            let line = format!(
                "{}: {count} {}, {} {}, {} {}",
                self.word(words::STATUS, &total.status),
                if count == 1 { one } else { many },
                self.say("gesendet", "sent"),
                bytes(total.bytes_sent, self.german()),
                self.say("empfangen", "received"),
                bytes(total.bytes_received, self.german()),
            );
            let purposes = self.purposes(&total.purposes);
            let line = if purposes.is_empty() { line } else { format!("{line}; {purposes}") };
            self.paragraph(&format!("{:<3} ", total.country.as_deref().unwrap_or("–")), &line)?;
        }
        Ok(())
    }

    pub(super) fn recommendations(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.recommendations.is_empty() {
            return Ok(());
        }
        self.title("Was zu tun ist", "What to do")?;
        for advice in &findings.recommendations {
            let audience = self.word(words::AUDIENCE, &advice.audience);
            let (text, because) = (self.words(&advice.text), advice.because.join(", "));
            let line = format!("{audience}: {text} [{because}; {}]", advice.source);
            self.paragraph("- ", &line)?;
        }
        Ok(())
    }

    pub(super) fn not_determinable(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.not_determinable.is_empty() {
            return Ok(());
        }
        self.title("Was dieser Mitschnitt nicht zeigen kann", "What this capture cannot show")?;
        findings.not_determinable.iter().try_for_each(|open| {
            let why = self.words(&open.why).to_owned();
            self.paragraph("- ", &why)
        })
    }

    pub(super) fn self_test(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.self_test.is_empty() {
            return Ok(());
        }
        self.title("Selbsttest des Mitschnitts", "Self-test of the capture")?;
        findings.self_test.iter().try_for_each(|check| {
            let mark = match check.outcome.as_str() {
                "good" => "+ ",
                "weak" => "! ",
                _ => "? ",
            };
            let name = self.word(words::CHECK, &check.check);
            let frame =
                check.first_frame.map(|frame| format!(" [{} {frame}]", self.say("zuerst in Paket", "first in frame")));
            let line = format!("{name}: {}{}", self.words(&check.says), frame.unwrap_or_default());
            self.paragraph(mark, &line)
        })
    }

    pub(super) fn method(&mut self, findings: &Findings) -> io::Result<()> {
        self.title("Grundlage", "Method")?;
        findings.captures.iter().try_for_each(|capture| self.capture(capture))?;
        let tool = &findings.tool;
        let signatures = format!("{} {}", self.say("Signaturen", "signatures"), tool.signatures.version);
        let law = format!("{} {}", self.say("Rechtsstand", "law as of"), tool.law.as_of);
        self.paragraph("", &format!("{} {}, {signatures}, {law}", tool.name, tool.version))?;
        for database in &tool.geo {
            let built = database.built.as_deref().unwrap_or_default();
            let licence = database.licence.as_deref().unwrap_or_default();
            let line = format!("{} {built}: {licence}", database.name);
            self.paragraph("", &for_terminal(&line, STATEMENT_CHARS_MAX))?;
        }
        for problem in &findings.problems {
            let line = format!("{}: {}", problem.what, grouped(problem.count, self.german()));
            self.paragraph(self.say("nicht gelesen: ", "not read: "), &line)?;
        }
        Ok(())
    }

    /// Purpose, what was replaced or left out, and that the report itself tells of people.
    pub(super) fn handling(&mut self, findings: &Findings) -> io::Result<()> {
        self.title("Umgang mit diesem Bericht", "How to treat this report")?;
        findings.handling.notes.iter().try_for_each(|note| {
            let text = for_terminal(self.words(note), STATEMENT_CHARS_MAX);
            self.paragraph("- ", &text)
        })
    }

    fn capture(&mut self, capture: &CaptureFile) -> io::Result<()> {
        let line = format!(
            "{} ({}), {} {}, {}, SHA-256 {}",
            for_terminal(&capture.path, NAME_CHARS_MAX),
            capture.format,
            grouped(capture.packets, self.german()),
            self.say("Pakete", "packets"),
            bytes(capture.bytes, self.german()),
            capture.sha256
        );
        self.paragraph("", &line)?;
        match &capture.damage {
            Some(damage) => self.paragraph("! ", &for_terminal(damage, STATEMENT_CHARS_MAX)),
            None => Ok(()),
        }
    }
}
