//! The sections of the page, in the order of the other formats for reading.

use super::escape::{code, plain};
use super::{Page, codes, or_dash, words};
use crate::exposure::{Endpoint, ExposureEntry, Findings, Interval, Meeting, Peer, SelfCheck, Stream};
use crate::model::text::{bytes, duration, grouped, moment};
use crate::report::verdict::verdict;
use std::io;

impl Page<'_> {
    pub(super) fn head(&mut self, findings: &Findings) -> io::Result<()> {
        let title = self.say(
            "meetscope: Was die Konferenz über Teilnehmende verrät",
            "meetscope: what the call tells about those who take part",
        );
        writeln!(self.out, "# {title}\n\n{}\n", plain(&verdict(findings, self.german())))?;
        findings.handling.notes.iter().try_for_each(|note| writeln!(self.out, "- {}", self.words(note)))
    }

    pub(super) fn meetings(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.meetings.is_empty() {
            return Ok(());
        }
        self.title("Konferenzen", "Calls")?;
        findings.meetings.iter().try_for_each(|meeting| self.meeting(meeting))
    }

    fn meeting(&mut self, meeting: &Meeting) -> io::Result<()> {
        let german = self.german();
        let unknown = self.say("nicht erkannter Anbieter", "unrecognised provider");
        let name = plain(meeting.provider_name.as_deref().unwrap_or(unknown));
        writeln!(self.out, "### {} · {name}\n", meeting.id)?;
        let (start, end) = (moment(&meeting.start, german), moment(&meeting.end, german));
        let facts = [
            ("Anbieter erkannt", "Provider recognised", self.word(words::CONFIDENCE, &meeting.confidence)),
            ("Wege", "Ways", self.word(words::TOPOLOGY, &meeting.topology)),
            ("Zeit", "Time", format!("{start} – {end} ({})", duration(meeting.duration_s, german))),
            ("Erfasste Seite", "Captured side", code(&meeting.local)),
            ("Teilnehmende mindestens", "Participants at least", meeting.participants.at_least.to_string()),
        ];
        for (de, en, fact) in facts {
            let label = self.say(de, en);
            writeln!(self.out, "- {label}: {fact}")?;
        }
        for reason in &meeting.because {
            let (says, frames) = (self.words(&reason.says), self.frames([&reason.evidence()]));
            let (because, frame) = (self.say("Beleg", "Evidence"), self.say("Paket", "frame"));
            writeln!(self.out, "- {because}: {says} ({frame} {frames})")?;
        }
        writeln!(self.out)?;
        self.streams(meeting)?;
        self.peers(meeting)
    }

    fn streams(&mut self, meeting: &Meeting) -> io::Result<()> {
        let head = [
            ("Strom", "Stream"),
            ("Art", "Kind"),
            ("Richtung", "Direction"),
            ("Codec", "Codec"),
            ("Zeit", "Time"),
            ("Pakete", "Packets"),
            ("Umfang", "Volume"),
            ("Teilnehmende", "Participant"),
            ("repariert", "repairs"),
            ("Sprechzeiten", "Talk"),
        ];
        let rows: Vec<_> = meeting.streams.iter().map(|stream| self.stream(stream)).collect();
        self.table(&head, rows.into_iter())
    }

    fn stream(&self, stream: &Stream) -> Vec<String> {
        let german = self.german();
        vec![
            stream.id.clone(),
            self.word(words::KIND, &stream.kind),
            self.word(words::DIRECTION, &stream.direction),
            or_dash(stream.codec.as_deref()),
            format!("{} – {}", moment(&stream.start, german), moment(&stream.end, german)),
            grouped(stream.packets, german),
            bytes(stream.bytes, german),
            or_dash(stream.participant.as_deref()),
            or_dash(stream.repair_of.as_deref()),
            stream.talk.as_deref().map_or_else(|| "–".to_owned(), clocks),
        ]
    }

    fn peers(&mut self, meeting: &Meeting) -> io::Result<()> {
        let head = [("Gegenstelle", "Peer"), ("bekannt durch", "known by"), ("Weg", "way")];
        let (direct, indirect) = (self.say("direkt", "direct"), self.say("über Relay", "through a relay"));
        let row = |peer: &Peer| {
            let way = if peer.direct { direct } else { indirect };
            vec![code(&peer.address), self.word(words::VIA, &peer.via), way.to_owned()]
        };
        let rows: Vec<_> = meeting.peers.iter().map(row).collect();
        self.table(&head, rows.into_iter())
    }

    pub(super) fn exposures(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.exposures.is_empty() {
            return Ok(());
        }
        self.title("Rahmendaten: was sichtbar wurde", "Metadata: what became visible")?;
        for group in findings.exposures.chunk_by(|one, next| one.question == next.question) {
            let question = group.first().map(|first| first.question.as_str()).unwrap_or_default();
            let question = self.word(words::QUESTION, question);
            writeln!(self.out, "### {question}\n")?;
            let rows: Vec<_> = group.iter().map(|exposure| self.exposure(exposure)).collect();
            let head = [
                ("Nr.", "No."),
                ("Aussage", "Statement"),
                ("Gewissheit", "Certainty"),
                ("sichtbar für", "visible to"),
                ("Paket", "Frame"),
                ("Wireshark-Filter", "Wireshark filter"),
            ];
            self.table(&head, rows.into_iter())?;
        }
        Ok(())
    }

    fn exposure(&self, exposure: &ExposureEntry) -> Vec<String> {
        let seen: Vec<_> = exposure.observers.iter().map(|name| self.word(words::OBSERVER, name)).collect();
        vec![
            exposure.id.clone(),
            self.words(&exposure.statement),
            self.word(words::CERTAINTY, &exposure.certainty),
            seen.join(", "),
            self.frames(&exposure.evidence),
            self.filters(&exposure.evidence),
        ]
    }

    pub(super) fn endpoints(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.endpoints.is_empty() {
            return Ok(());
        }
        self.title("Gegenstellen", "Endpoints")?;
        let head = [
            ("Nr.", "No."),
            ("Adresse", "Address"),
            ("Namen", "Names"),
            ("Anbieter", "Provider"),
            ("Zweck", "Purpose"),
            ("Netzbetreiber", "Network operator"),
            ("Recht des Anbieters", "Provider’s law"),
            ("Land", "Country"),
            ("Standort", "Place"),
            ("Recht am Standort", "Law of the place"),
            ("gesendet", "sent"),
            ("empfangen", "received"),
        ];
        let rows: Vec<_> = findings.endpoints.iter().map(|endpoint| self.endpoint(endpoint)).collect();
        self.table(&head, rows.into_iter())?;
        self.proofs(findings)
    }

    fn endpoint(&self, endpoint: &Endpoint) -> Vec<String> {
        let german = self.german();
        let law = endpoint.jurisdiction.clone().unwrap_or_default();
        let countries = [law.entity, law.country, law.parent_country].into_iter().flatten();
        let status = self.word(words::STATUS, &endpoint.transfer.status);
        vec![
            endpoint.id.clone(),
            code(&endpoint.address),
            codes(endpoint.names.iter().map(|name| name.name.as_str())),
            or_dash(endpoint.provider.as_deref()),
            self.purposes(&endpoint.purpose),
            or_dash(endpoint.operator.name.as_deref()),
            countries.map(|part| plain(&part)).collect::<Vec<_>>().join(", "),
            or_dash(endpoint.place.country.as_deref()),
            self.word(words::PLACE, &endpoint.place.verdict),
            format!("{status}: {}", self.words(&endpoint.transfer.basis)),
            bytes(endpoint.bytes_sent, german),
            bytes(endpoint.bytes_received, german),
        ]
    }

    /// What speaks for the places, and what contradicts it.
    fn proofs(&mut self, findings: &Findings) -> io::Result<()> {
        let head = [
            ("Nr.", "No."),
            ("Beleg für den Standort", "Evidence of the place"),
            ("sagt", "says"),
            ("Quelle", "Source"),
        ];
        let mut rows = Vec::new();
        for endpoint in &findings.endpoints {
            for proof in &endpoint.place.evidence {
                rows.push(vec![
                    endpoint.id.clone(),
                    self.word(words::EVIDENCE, &proof.kind),
                    plain(&words::says(&proof.says, self.language)),
                    plain(words::detail(proof, self.language)),
                ]);
            }
        }
        self.table(&head, rows.into_iter())
    }

    pub(super) fn transfers(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.transfers.is_empty() {
            return Ok(());
        }
        self.title("Nach Ländern", "By country")?;
        let head = [
            ("Land", "Country"),
            ("Status", "Status"),
            ("Gegenstellen", "Endpoints"),
            ("Zwecke", "Purposes"),
            ("gesendet", "sent"),
            ("empfangen", "received"),
        ];
        let german = self.german();
        let row = |total: &crate::exposure::TransferTotal| {
            vec![
                or_dash(total.country.as_deref()),
                self.word(words::STATUS, &total.status),
                total.endpoints.join(", "),
                self.purposes(&total.purposes),
                bytes(total.bytes_sent, german),
                bytes(total.bytes_received, german),
            ]
        };
        let rows: Vec<_> = findings.transfers.iter().map(row).collect();
        self.table(&head, rows.into_iter())
    }

    pub(super) fn local(&mut self, findings: &Findings) -> io::Result<()> {
        self.title("Erfasste Seite", "Captured side")?;
        let local = &findings.local;
        let lists = [
            ("Adressen", "Addresses", &local.addresses),
            ("Öffentliche Adressen", "Public addresses", &local.public_addresses),
        ];
        for (de, en, list) in lists.into_iter().filter(|(.., list)| !list.is_empty()) {
            let label = self.say(de, en);
            writeln!(self.out, "- {label}: {}", codes(list.iter().map(String::as_str)))?;
        }
        writeln!(self.out)?;
        let head = [
            ("Gerät", "Device"),
            ("Hardware-Adresse", "Hardware address"),
            ("Hersteller", "Maker"),
            ("Namen", "Names"),
            ("System", "System"),
            ("Programme", "Programs"),
        ];
        let rows = local.devices.iter().map(|device| {
            vec![
                codes(device.addresses.iter().map(String::as_str)),
                device.mac.as_deref().map_or_else(|| "–".to_owned(), code),
                or_dash(device.vendor.as_deref()),
                codes(device.names.iter().map(String::as_str)),
                or_dash(device.system.as_deref()),
                codes(device.software.iter().map(String::as_str)),
            ]
        });
        self.table(&head, rows)
    }

    pub(super) fn recommendations(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.recommendations.is_empty() {
            return Ok(());
        }
        self.title("Was zu tun ist", "What to do")?;
        let head = [("Für", "For"), ("Empfehlung", "Advice"), ("wegen", "because of"), ("Quelle", "Source")];
        let rows: Vec<_> = findings
            .recommendations
            .iter()
            .map(|advice| {
                let audience = self.word(words::AUDIENCE, &advice.audience);
                vec![audience, self.words(&advice.text), advice.because.join(", "), plain(&advice.source)]
            })
            .collect();
        self.table(&head, rows.into_iter())
    }

    pub(super) fn not_determinable(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.not_determinable.is_empty() {
            return Ok(());
        }
        self.title("Was dieser Mitschnitt nicht zeigen kann", "What this capture cannot show")?;
        findings.not_determinable.iter().try_for_each(|open| {
            let why = self.words(&open.why);
            writeln!(self.out, "- {why}")
        })
    }

    pub(super) fn self_test(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.self_test.is_empty() {
            return Ok(());
        }
        self.title("Selbsttest des Mitschnitts", "Self-test of the capture")?;
        let head = [
            ("Prüfung", "Check"),
            ("Ergebnis", "Outcome"),
            ("Befund", "Finding"),
            ("zuerst in Paket", "First in frame"),
        ];
        let row = |check: &SelfCheck| {
            vec![
                self.word(words::CHECK, &check.check),
                self.word(words::OUTCOME, &check.outcome),
                self.words(&check.says),
                check.first_frame.map_or_else(|| "–".to_owned(), |frame| frame.to_string()),
            ]
        };
        let rows: Vec<_> = findings.self_test.iter().map(row).collect();
        self.table(&head, rows.into_iter())
    }

    pub(super) fn method(&mut self, findings: &Findings) -> io::Result<()> {
        self.title("Grundlage", "Method")?;
        let german = self.german();
        let head = [
            ("Datei", "File"),
            ("Format", "Format"),
            ("Pakete", "Packets"),
            ("Umfang", "Volume"),
            ("SHA-256", "SHA-256"),
            ("Schaden", "Damage"),
        ];
        let rows: Vec<_> = findings
            .captures
            .iter()
            .map(|capture| {
                vec![
                    code(&capture.path),
                    plain(&capture.format),
                    grouped(capture.packets, german),
                    bytes(capture.bytes, german),
                    code(&capture.sha256),
                    or_dash(capture.damage.as_deref()),
                ]
            })
            .collect();
        self.table(&head, rows.into_iter())?;
        let tool = &findings.tool;
        let (signatures, law) = (self.say("Signaturen", "signatures"), self.say("Rechtsstand", "law as of"));
        let (version, set, day) = (plain(&tool.version), plain(&tool.signatures.version), plain(&tool.law.as_of));
        writeln!(self.out, "- {} {version}, {signatures} {set}, {law} {day}", plain(&tool.name))?;
        for database in &tool.geo {
            let licence = plain(database.licence.as_deref().unwrap_or_default());
            writeln!(self.out, "- {} {}: {licence}", plain(&database.name), or_dash(database.built.as_deref()))?;
        }
        let unread = self.say("nicht gelesen", "not read").to_owned();
        for problem in &findings.problems {
            writeln!(self.out, "- {unread}: {} {}", code(&problem.what), grouped(problem.count, german))?;
        }
        Ok(())
    }
}

/// `05:34:34–05:34:40, ...`, the times of day of the intervals.
fn clocks(intervals: &[Interval]) -> String {
    let clock = |time: &str| time.get(11..19).unwrap_or_default().to_owned();
    let list: Vec<_> = intervals.iter().map(|one| format!("{}–{}", clock(&one.from), clock(&one.to))).collect();
    if list.is_empty() { "–".to_owned() } else { list.join(", ") }
}
