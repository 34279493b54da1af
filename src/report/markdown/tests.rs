use super::*;
use crate::exposure::{
    Because, CaptureFile, Device, Endpoint, ExposureEntry, Handling, Meeting, Name, Peer, PlaceEntry, PlaceProof,
    Stream, TransferTotal,
};

fn both(de: &str, en: &str) -> Bilingual {
    Bilingual { de: de.into(), en: en.into() }
}

fn text(findings: &Findings, language: Language) -> String {
    let mut out = Vec::new();
    write(findings, Layout { language, columns: 80 }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A report whose every text from outside is `evil`.
fn sample(evil: &str) -> Findings {
    let mut findings = Findings::default();
    let because = Because { says: both(evil, evil), frame: 3, ..Because::default() };
    let peer = Peer { address: evil.into(), via: "media".into(), direct: true, ..Peer::default() };
    let stream = Stream { id: "s1".into(), codec: Some(evil.into()), packets: 12_345, ..Stream::default() };
    findings.meetings.push(Meeting {
        id: "m1".into(),
        provider_name: Some(evil.into()),
        local: evil.into(),
        because: vec![because],
        streams: vec![stream],
        peers: vec![peer],
        ..Meeting::default()
    });
    let proof = EvidenceEntry { frame: 7, filter: "frame.number == 7".into(), ..EvidenceEntry::default() };
    findings.exposures.push(ExposureEntry {
        id: "x1".into(),
        question: "who".into(),
        statement: both(evil, evil),
        evidence: vec![proof.clone(), EvidenceEntry { filter: format!("{evil} || x"), ..proof }],
        ..ExposureEntry::default()
    });
    let place = PlaceProof { kind: "database".into(), says: "DE".into(), detail: evil.into(), detail_de: evil.into() };
    findings.endpoints.push(Endpoint {
        id: "e1".into(),
        address: "192.0.2.1".into(),
        names: vec![Name { name: evil.into(), source: "dns".into() }],
        place: PlaceEntry { verdict: "undecidable".into(), evidence: vec![place], ..PlaceEntry::default() },
        ..Endpoint::default()
    });
    findings.transfers.push(TransferTotal { country: Some("CN".into()), bytes_sent: 1500, ..TransferTotal::default() });
    findings.local.devices.push(Device { names: vec![evil.into()], vendor: Some(evil.into()), ..Device::default() });
    findings.captures.push(CaptureFile { path: evil.into(), damage: Some(evil.into()), ..CaptureFile::default() });
    findings.handling = Handling { notes: vec![both(evil, evil)], ..Handling::default() };
    findings
}

#[test]
fn the_whole_report_is_there_in_both_languages() {
    let german = text(&sample("Beispiel"), Language::German);
    for part in [
        "### m1 · Beispiel\n",
        "| s1 |",
        "| 12.345 |",
        "| `Beispiel` | Medien | direkt |",
        "| x1 | Beispiel |",
        "| e1 | `192.0.2.1` | `Beispiel` |",
        "| e1 | Datenbank | DE | Beispiel |",
        "| CN |",
        "| 1,5 kB |",
        "- Beispiel\n",
    ] {
        assert!(german.contains(part), "{part:?} is not in\n{german}");
    }
    let english = text(&sample("example"), Language::English);
    assert!(english.contains("## What this") == german.contains("## Was dieser"));
    assert!(english.contains("| 12,345 |") && english.contains("## Endpoints"));
}

#[test]
fn every_row_has_the_cells_of_its_table() {
    let report = text(&sample("a|b\\|c `|` \\"), Language::German);
    let mut columns = 0;
    for line in report.lines() {
        let cells = line.matches('|').count();
        match line.starts_with('|') {
            true if columns == 0 => columns = cells,
            true => assert_eq!(cells, columns, "{line}"),
            false => columns = 0,
        }
    }
}

#[test]
fn nothing_from_outside_is_markup() {
    let evil = "<script>x</script> [a](javascript:b) ![i](h) *b* https://evil.example # \x1b[2J\n## x \u{202e}";
    let report = text(&sample(evil), Language::English);
    let outside_code = |line: &str| line.split('`').step_by(2).collect::<String>();
    for line in report.lines().map(outside_code) {
        for bad in ["<script", "https://", "\u{202e}", "\u{1b}"] {
            assert!(!line.contains(bad), "{bad:?} in {line}");
        }
        assert!(!line.replace("\\[", "").contains("[a"), "{line}");
    }
    assert!(!report.lines().any(|line| line.starts_with("## x")));
}
