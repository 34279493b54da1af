//! The report for a terminal: readable without colour, on narrow and wide screens.

use super::{Format, Language, Layout};
use crate::exposure::{Bilingual, Endpoint, EvidenceEntry, ExposureEntry, Findings, Meeting};
use crate::model::text::{bytes, duration, for_terminal, grouped};
use std::io::{self, Write};

/// `--format text`, `-o report.txt`.
pub(super) static FORMAT: Format =
    Format { name: "text", extension: "txt", about: "readable report for a terminal", write };

/// Most endpoints listed; the JSON report has all.
const ENDPOINTS_SHOWN_MAX: usize = 30;
/// Most exposures listed of one question; the JSON report has all.
const EXPOSURES_SHOWN_MAX: usize = 8;
/// Longest piece of untrusted text shown, in characters.
const TEXT_CHARS_MAX: usize = 120;

fn write(findings: &Findings, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, layout };
    page.head(findings)?;
    page.meetings(findings)?;
    page.exposures(findings)?;
    page.endpoints(findings)?;
    page.transfers(findings)?;
    page.recommendations(findings)?;
    page.not_determinable(findings)?;
    page.method(findings)
}

struct Page<'o> {
    out: &'o mut dyn Write,
    layout: Layout,
}

impl Page<'_> {
    fn german(&self) -> bool {
        self.layout.language == Language::German
    }

    /// Picks the text of the report's language.
    fn say<'t>(&self, de: &'t str, en: &'t str) -> &'t str {
        if self.german() { de } else { en }
    }

    fn words<'t>(&self, text: &'t Bilingual) -> &'t str {
        self.say(&text.de, &text.en)
    }

    fn title(&mut self, de: &str, en: &str) -> io::Result<()> {
        let title = self.say(de, en);
        let line = "─".repeat(title.chars().count());
        writeln!(self.out, "\n{title}\n{line}")
    }

    /// Writes text wrapped to the page, the first line behind `mark`, the others indented as far.
    fn paragraph(&mut self, mark: &str, text: &str) -> io::Result<()> {
        let indent = mark.chars().count();
        let width = self.layout.columns.saturating_sub(indent).max(20);
        for (index, line) in wrap(text, width).iter().enumerate() {
            let lead = if index == 0 { mark.to_owned() } else { " ".repeat(indent) };
            writeln!(self.out, "{lead}{line}")?;
        }
        Ok(())
    }

    fn head(&mut self, findings: &Findings) -> io::Result<()> {
        let title = self.say(
            "meetscope: Was die Konferenz über Beteiligte verrät",
            "meetscope: what the call tells about those who take part",
        );
        writeln!(self.out, "{title}\n{}", "═".repeat(title.chars().count()))?;
        let verdict = verdict(findings, self.german());
        self.paragraph("", &verdict)
    }

    fn meetings(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.meetings.is_empty() {
            return Ok(());
        }
        self.title("Konferenzen", "Calls")?;
        for meeting in &findings.meetings {
            self.meeting(meeting)?;
        }
        Ok(())
    }

    fn meeting(&mut self, meeting: &Meeting) -> io::Result<()> {
        let unknown = self.say("nicht erkannter Anbieter", "unrecognised provider").to_owned();
        let name = meeting.provider_name.as_deref().unwrap_or(&unknown).to_owned();
        let sure = confidence(&meeting.confidence, self.german());
        self.paragraph(
            &format!("{}  ", meeting.id),
            &format!("{name} ({sure}), {}", topology(&meeting.topology, self.german())),
        )?;
        let times = format!(
            "{} – {} ({})",
            clock(&meeting.start),
            clock(&meeting.end),
            duration(meeting.duration_s, self.german())
        );
        self.paragraph("    ", &times)?;
        let least = format!(
            "{} {}",
            self.say("Beteiligte: mindestens", "participants: at least"),
            meeting.participants.at_least
        );
        self.paragraph("    ", &least)?;
        for reason in &meeting.because {
            let text =
                format!("{} {}", for_terminal(self.words(&reason.says), 300), frames(&reason.evidence, self.german()));
            self.paragraph("    · ", &text)?;
        }
        for stream in &meeting.streams {
            let repair = stream.repair_of.as_ref().map(|id| format!(", {} {id}", self.say("Reparatur von", "repairs")));
            let line = format!(
                "{:>4} {:<8} {:<8} {} {}, {}{}",
                stream.id,
                direction(&stream.direction, self.german()),
                kind(&stream.kind, self.german()),
                grouped(stream.packets, self.german()),
                self.say("Pakete", "packets"),
                bytes(stream.bytes, self.german()),
                repair.unwrap_or_default()
            );
            self.paragraph("    ", &line)?;
        }
        for peer in &meeting.peers {
            let how =
                if peer.direct { self.say("direkt", "direct") } else { self.say("über Relay", "through a relay") };
            let line = format!("{} {} ({how})", self.say("Gegenstelle", "peer"), for_terminal(&peer.address, 60));
            self.paragraph("    ", &line)?;
        }
        Ok(())
    }

    fn exposures(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.exposures.is_empty() {
            return Ok(());
        }
        self.title("Was sichtbar wurde", "What became visible")?;
        let mut question = "";
        let mut shown = 0;
        for exposure in &findings.exposures {
            if exposure.question != question {
                question = &exposure.question;
                shown = 0;
                let name = question_name(question, self.german());
                writeln!(self.out, "{name}")?;
            }
            shown += 1;
            if shown <= EXPOSURES_SHOWN_MAX {
                self.exposure(exposure)?;
            } else if shown == EXPOSURES_SHOWN_MAX + 1 {
                let count = findings.exposures.iter().filter(|other| other.question == *question).count();
                let more = format!(
                    "{} {}",
                    count - EXPOSURES_SHOWN_MAX,
                    self.say("weitere im JSON-Bericht", "more in the JSON report")
                );
                self.paragraph("  … ", &more)?;
            }
        }
        Ok(())
    }

    fn exposure(&mut self, exposure: &ExposureEntry) -> io::Result<()> {
        let statement = for_terminal(self.words(&exposure.statement), 600);
        let seen: Vec<_> = exposure.observers.iter().map(|name| observer(name, self.german())).collect();
        let certainty = match exposure.certainty.as_str() {
            "inferred" => self.say("gefolgert", "inferred"),
            _ => self.say("gesehen", "seen"),
        };
        let tail = format!(
            "[{certainty}; {}: {}; {}]",
            self.say("sichtbar für", "visible to"),
            seen.join(", "),
            frames(&exposure.evidence, self.german())
        );
        self.paragraph("  - ", &format!("{statement} {tail}"))
    }

    fn endpoints(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.endpoints.is_empty() {
            return Ok(());
        }
        self.title("Gegenstellen", "Endpoints")?;
        for endpoint in findings.endpoints.iter().take(ENDPOINTS_SHOWN_MAX) {
            self.endpoint(endpoint)?;
        }
        if findings.endpoints.len() > ENDPOINTS_SHOWN_MAX {
            let rest = findings.endpoints.len() - ENDPOINTS_SHOWN_MAX;
            writeln!(self.out, "… {rest} {}", self.say("weitere im JSON-Bericht", "more in the JSON report"))?;
        }
        Ok(())
    }

    fn endpoint(&mut self, endpoint: &Endpoint) -> io::Result<()> {
        let name = endpoint.names.first().map(|name| for_terminal(&name.name, TEXT_CHARS_MAX)).unwrap_or_default();
        let provider = endpoint.provider.clone().unwrap_or_default();
        let operator = endpoint.operator.name.as_deref().map(|name| for_terminal(name, 60)).unwrap_or_default();
        let parts = [endpoint.address.clone(), name, provider, endpoint.purpose.join("/"), operator];
        let told: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        self.paragraph(&format!("{:<4} ", endpoint.id), &told.join(" · "))?;
        let country = endpoint.place.country.as_deref().unwrap_or("–");
        let basis = for_terminal(self.words(&endpoint.transfer.basis), 400);
        let line = format!(
            "{country}, {}: {basis} ({} {}, {} {})",
            place(&endpoint.place.verdict, self.german()),
            self.say("gesendet", "sent"),
            bytes(endpoint.bytes_sent, self.german()),
            self.say("empfangen", "received"),
            bytes(endpoint.bytes_received, self.german())
        );
        self.paragraph("     ", &line)
    }

    fn transfers(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.transfers.is_empty() {
            return Ok(());
        }
        self.title("Nach Ländern", "By country")?;
        for total in &findings.transfers {
            let country = total.country.as_deref().unwrap_or(self.say("unbekannt", "unknown"));
            let line = format!(
                "{country:<10} {:<14} {:>3} {}, {} {}",
                status(&total.status, self.german()),
                total.endpoints.len(),
                self.say("Gegenstellen", "endpoints"),
                bytes(total.bytes_sent + total.bytes_received, self.german()),
                total.purposes.join(", ")
            );
            self.paragraph("", line.trim_end())?;
        }
        Ok(())
    }

    fn recommendations(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.recommendations.is_empty() {
            return Ok(());
        }
        self.title("Was zu tun ist", "What to do")?;
        for advice in &findings.recommendations {
            let audience = match advice.audience.as_str() {
                "participant" => self.say("Teilnehmende", "participants"),
                _ => self.say("Verantwortliche", "controllers"),
            };
            let text =
                format!("{audience}: {} [{}; {}]", self.words(&advice.text), advice.because.join(", "), advice.source);
            self.paragraph("- ", &text)?;
        }
        Ok(())
    }

    fn not_determinable(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.not_determinable.is_empty() {
            return Ok(());
        }
        self.title("Was dieser Mitschnitt nicht zeigen kann", "What this capture cannot show")?;
        for open in &findings.not_determinable {
            self.paragraph("- ", self.words(&open.why))?;
        }
        Ok(())
    }

    fn method(&mut self, findings: &Findings) -> io::Result<()> {
        self.title("Grundlage", "Method")?;
        for capture in &findings.captures {
            let line = format!(
                "{} ({}), {} {}, {}, SHA-256 {}",
                for_terminal(&capture.path, TEXT_CHARS_MAX),
                capture.format,
                grouped(capture.packets, self.german()),
                self.say("Pakete", "packets"),
                bytes(capture.bytes, self.german()),
                capture.sha256
            );
            self.paragraph("", &line)?;
            if let Some(damage) = &capture.damage {
                self.paragraph("! ", &for_terminal(damage, 400))?;
            }
        }
        let tool = &findings.tool;
        let line = format!(
            "{} {}, {} {}, {} {}",
            tool.name,
            tool.version,
            self.say("Signaturen", "signatures"),
            tool.signatures.version,
            self.say("Rechtsstand", "law as of"),
            tool.law.as_of
        );
        self.paragraph("", &line)?;
        for database in &tool.geo {
            let built = database.built.as_deref().unwrap_or_default();
            let licence = database.licence.as_deref().unwrap_or_default();
            self.paragraph("", &format!("{} {built}: {licence}", for_terminal(&database.name, 80)))?;
        }
        for problem in &findings.problems {
            let line = format!("{}: {}", problem.what, grouped(problem.count, self.german()));
            self.paragraph(self.say("nicht gelesen: ", "not read: "), &line)?;
        }
        let note = self.say(
            "Dieser Bericht enthält selbst personenbezogene Daten und ist keine Rechtsberatung.",
            "This report itself contains personal data and is no legal advice.",
        );
        self.paragraph("", note)
    }
}

/// The verdict in up to three sentences.
fn verdict(findings: &Findings, german: bool) -> String {
    let mut sentences = Vec::new();
    sentences.push(match findings.meetings.as_slice() {
        [] if german => "Im Mitschnitt ist keine Konferenz zu erkennen.".to_owned(),
        [] => "No call is found in the capture.".to_owned(),
        [one] => {
            let name = one.provider_name.clone();
            let long = duration(one.duration_s, german);
            match (german, name) {
                (true, Some(name)) => format!("Eine Konferenz über {name}, Dauer {long}."),
                (true, None) => format!("Eine Echtzeitverbindung eines nicht erkannten Anbieters, Dauer {long}."),
                (false, Some(name)) => format!("One call over {name}, lasting {long}."),
                (false, None) => format!("One real-time call of an unrecognised provider, lasting {long}."),
            }
        }
        many if german => format!("{} Konferenzen.", many.len()),
        many => format!("{} calls.", many.len()),
    });
    let third: Vec<_> = countries(findings, "third-country");
    let adequate: Vec<_> = countries(findings, "adequate");
    sentences.push(match (third.is_empty(), german) {
        (true, true) => {
            "Keine Gegenstelle steht nach den vorliegenden Angaben in einem Drittland ohne Angemessenheitsbeschluss."
                .to_owned()
        }
        (true, false) => {
            "No endpoint stands, by the data at hand, in a third country without an adequacy decision.".to_owned()
        }
        (false, true) => format!("Daten gingen auch an Gegenstellen in Drittländern: {}.", third.join(", ")),
        (false, false) => format!("Data also went to endpoints in third countries: {}.", third.join(", ")),
    });
    if !adequate.is_empty() {
        let list = adequate.join(", ");
        sentences.push(if german {
            format!("Länder mit Angemessenheitsbeschluss: {list}.")
        } else {
            format!("Countries with an adequacy decision: {list}.")
        });
    }
    sentences.join(" ")
}

fn countries(findings: &Findings, status: &str) -> Vec<String> {
    let mut list: Vec<String> = findings
        .transfers
        .iter()
        .filter(|total| total.status == status)
        .filter_map(|total| total.country.clone())
        .collect();
    list.dedup();
    list
}

fn frames(evidence: &[EvidenceEntry], german: bool) -> String {
    let mut numbers: Vec<String> = Vec::new();
    for entry in evidence {
        let number = entry.frame.to_string();
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    let word = if german { "Paket" } else { "frame" };
    if numbers.is_empty() { String::new() } else { format!("{word} {}", numbers.join(", ")) }
}

fn clock(time: &str) -> String {
    let day = time.get(..10).unwrap_or(time);
    format!("{day} {} UTC", time.get(11..19).unwrap_or_default())
}

fn confidence(name: &str, german: bool) -> &str {
    match (name, german) {
        ("certain", true) => "sicher",
        ("strong", true) => "gut belegt",
        ("weak", true) => "schwach belegt",
        _ => name,
    }
}

fn topology(name: &str, german: bool) -> &str {
    match (name, german) {
        ("relayed", true) => "über Server",
        ("peer-to-peer", true) => "direkt zwischen Teilnehmenden",
        ("mixed", true) => "teils über Server, teils direkt",
        ("relayed", false) => "through servers",
        _ => name,
    }
}

fn direction(name: &str, german: bool) -> &str {
    match (name, german) {
        ("sent", true) => "gesendet",
        ("received", true) => "erhalten",
        _ => name,
    }
}

fn kind(name: &str, german: bool) -> &str {
    match (name, german) {
        ("audio", true) => "Ton",
        ("video", true) => "Bild",
        ("screen", true) => "Bildschirm",
        ("data", true) => "Daten",
        ("unknown", true) => "unklar",
        _ => name,
    }
}

fn observer(name: &str, german: bool) -> &str {
    match (name, german) {
        ("network", true) => "Netzbetreiber",
        ("name-resolver", true) => "Namensauflöser",
        ("provider", true) => "Anbieter",
        ("relay", true) => "Relay-Betreiber",
        ("peer", true) => "andere Teilnehmende",
        ("third-party", true) => "Dritte",
        _ => name,
    }
}

fn place(name: &str, german: bool) -> &str {
    match (name, german) {
        ("proven-inside", true) => "nachweislich im EWR",
        ("plausible-inside", true) => "vermutlich im EWR",
        ("undecidable", true) => "Standort unentscheidbar",
        ("plausible-outside", true) => "vermutlich außerhalb des EWR",
        ("proven-outside", true) => "nachweislich außerhalb des EWR",
        ("undecidable", false) => "place undecidable",
        ("plausible-inside", false) => "plausibly inside the EEA",
        ("plausible-outside", false) => "plausibly outside the EEA",
        ("proven-inside", false) => "proven inside the EEA",
        ("proven-outside", false) => "proven outside the EEA",
        _ => name,
    }
}

fn status(name: &str, german: bool) -> &str {
    match (name, german) {
        ("eu", _) => "EU",
        ("eea", true) => "EWR",
        ("eea", false) => "EEA",
        ("adequate", true) => "angemessen",
        ("third-country", true) => "Drittland",
        ("third-country", false) => "third country",
        ("unknown", true) => "unbekannt",
        _ => name,
    }
}

fn question_name(name: &str, german: bool) -> &str {
    match (name, german) {
        ("who", true) => "Wer",
        ("with-whom", true) => "Mit wem",
        ("when", true) => "Wann",
        ("how-often", true) => "Wie oft",
        ("how-long", true) => "Wie lange",
        ("where", true) => "Von wo",
        ("device", true) => "Mit welchem Gerät",
        ("provider", true) => "Über welche Provider",
        ("software", true) => "Mit welcher Software",
        ("activity", true) => "Aktivität",
        ("content", true) => "Inhalt",
        ("who", false) => "Who",
        ("with-whom", false) => "With whom",
        ("when", false) => "When",
        ("how-often", false) => "How often",
        ("how-long", false) => "How long",
        ("where", false) => "From where",
        ("device", false) => "With which device",
        ("provider", false) => "Over which providers",
        ("software", false) => "With which software",
        ("activity", false) => "Activity",
        ("content", false) => "Content",
        _ => name,
    }
}

/// Breaks text at spaces into lines of at most `width` characters; a longer word stands on its own line, unbroken, so
/// that addresses and filters can be copied.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut length = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let size = word.chars().count();
        if length > 0 && length + 1 + size > width {
            lines.push(String::new());
            length = 0;
        }
        if let Some(line) = lines.last_mut() {
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += size;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_spaces_and_leaves_long_words_whole() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a 0123456789 b", 4), ["a", "0123456789", "b"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn an_empty_report_says_so_in_both_languages() {
        for (language, expected) in [(Language::German, "keine Konferenz"), (Language::English, "No call")] {
            let mut out = Vec::new();
            write(&Findings::default(), Layout { language, columns: 60 }, &mut out).unwrap();
            assert!(String::from_utf8(out).unwrap().contains(expected));
        }
    }
}
