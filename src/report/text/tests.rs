use super::*;
use crate::exposure::{Endpoint, ExposureEntry, Meeting, Name, PlaceEntry, ProblemEntry, Stream, TransferTotal};

fn both(de: &str, en: &str) -> Bilingual {
    Bilingual { de: de.into(), en: en.into() }
}

fn text(findings: &Findings, language: Language, columns: usize) -> String {
    let mut out = Vec::new();
    write(findings, Layout { language, columns }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn proof(capture: u16, frame: u64) -> EvidenceEntry {
    EvidenceEntry { capture, frame, ..EvidenceEntry::default() }
}

fn sample() -> Findings {
    let stream = |kind: &str| Stream {
        id: "s1".into(),
        kind: kind.into(),
        direction: "sent".into(),
        packets: 12_345,
        bytes: 1_540_926,
        ..Stream::default()
    };
    let meeting = Meeting {
        id: "m1".into(),
        provider_name: Some("Example Meet".into()),
        confidence: "strong".into(),
        topology: "relayed".into(),
        start: "2026-11-23T05:33:56.791273Z".into(),
        end: "2026-11-23T05:38:03.000000Z".into(),
        duration_s: 246.2,
        streams: vec![stream("audio"), stream("screen")],
        ..Meeting::default()
    };
    let exposure = |number: usize| ExposureEntry {
        question: "provider".into(),
        observers: vec!["network".into(), "name-resolver".into()],
        certainty: "inferred".into(),
        statement: both(&format!("Aussage {number}."), &format!("Statement {number}.")),
        evidence: vec![proof(0, 7), proof(0, 7), proof(0, 9)],
        ..ExposureEntry::default()
    };
    let total = |country: Option<&str>, status: &str| TransferTotal {
        country: country.map(Into::into),
        status: status.into(),
        endpoints: vec!["e1".into()],
        purposes: vec!["telemetry".into()],
        bytes_sent: 1_500,
        ..TransferTotal::default()
    };
    Findings {
        meetings: vec![meeting],
        exposures: (0..10).map(exposure).collect(),
        transfers: vec![total(Some("CN"), "third-country"), total(Some("JP"), "adequate"), total(None, "unknown")],
        handling: crate::exposure::Handling {
            notes: vec![both("Zweck: Prüfung", "Purpose: review")],
            ..Default::default()
        },
        problems: vec![ProblemEntry { what: "decode.cut".into(), count: 1_000, first_frame: None }],
        ..Findings::default()
    }
}

#[test]
fn wraps_at_spaces_and_leaves_long_words_whole() {
    assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    assert_eq!(wrap("a 0123456789 b", 4), ["a", "0123456789", "b"]);
    assert_eq!(wrap("", 4), [""]);
}

#[test]
fn an_empty_report_says_so_in_both_languages() {
    assert!(text(&Findings::default(), Language::German, 60).contains("keine Konferenz"));
    assert!(text(&Findings::default(), Language::English, 60).contains("No call"));
}

#[test]
fn german_has_german_words_numbers_times_and_durations() {
    let report = text(&sample(), Language::German, 400);
    for part in [
        "Eine Konferenz über Example Meet, Dauer 4 Minuten 6 Sekunden.",
        "Daten gingen auch an Gegenstellen in Drittländern ohne allgemeinen Angemessenheitsbeschluss: CN.",
        "Länder mit Angemessenheitsbeschluss: JP.",
        "Standort nicht bestimmbar: 1 Gegenstelle.",
        "Example Meet (gut belegt), über Server",
        "23.11.2026, 05:33:56 UTC – 23.11.2026, 05:38:03 UTC (4 Minuten 6 Sekunden)",
        "Ton gesendet, 12.345 Pakete, 1,5 MB",
        "Über welche Provider\n  - Aussage 0. [gefolgert; sichtbar für: Netzbetreiber, Betreiber der Namensauflösung; Paket 7, 9]",
        "  … 2 weitere im JSON-Bericht",
        "CN  Drittland ohne allgemeinen Angemessenheitsbeschluss: 1 Gegenstelle, gesendet 1,5 kB, empfangen 0 B; Telemetrie",
        "nicht gelesen: decode.cut: 1.000",
        "- Zweck: Prüfung",
    ] {
        assert!(report.contains(part), "{part:?} is not in\n{report}");
    }
    assert!(!report.contains("Aussage 8"));
}

#[test]
fn english_has_english_ones() {
    let report = text(&sample(), Language::English, 200);
    for part in [
        "One call over Example Meet, lasting 4 min 6 s.",
        "2026-11-23 05:33:56 UTC – 2026-11-23 05:38:03 UTC (4 min 6 s)",
        "audio sent, 12,345 packets, 1.5 MB",
        "Statement 0. [inferred; visible to: network operator, name resolver; frame 7, 9]",
        "- Purpose: review",
    ] {
        assert!(report.contains(part), "{part:?} is not in\n{report}");
    }
}

#[test]
fn every_word_of_the_json_report_is_known_in_both_languages() {
    let vocabularies =
        [words::CONFIDENCE, words::TOPOLOGY, words::DIRECTION, words::KIND, words::OBSERVER, words::CERTAINTY];
    for (name, de, en) in vocabularies.into_iter().flatten() {
        assert!(!name.is_empty() && !de.is_empty() && !en.is_empty());
    }
    let questions: Vec<_> = words::QUESTION.iter().map(|(name, ..)| *name).collect();
    let all = ["who", "with-whom", "when", "how-often", "how-long", "where", "device", "provider", "software"];
    assert_eq!(questions[..9], all);
}

#[test]
fn text_from_packets_cannot_move_the_cursor_or_turn_a_line() {
    let hostile = "a\x1b[2J\r\n\u{202e}b\u{0}";
    let mut findings = sample();
    findings.exposures[0].statement = both(hostile, hostile);
    findings.meetings[0].provider_name = Some(hostile.into());
    let reason = crate::exposure::Because { says: both(hostile, hostile), frame: 3, ..Default::default() };
    findings.meetings[0].because.push(reason);
    findings.captures.push(crate::exposure::CaptureFile {
        path: hostile.into(),
        damage: Some(hostile.into()),
        ..Default::default()
    });
    findings.tool.geo.push(crate::exposure::GeoDatabase { name: hostile.into(), ..Default::default() });
    findings.endpoints.push(Endpoint {
        names: vec![Name { name: hostile.into(), source: "dns".into() }],
        operator: crate::exposure::Operator { name: Some(hostile.into()), ..Default::default() },
        place: PlaceEntry { verdict: "undecidable".into(), ..PlaceEntry::default() },
        ..Endpoint::default()
    });
    for language in [Language::German, Language::English] {
        let report = text(&findings, language, 80);
        let bad = |character: char| character.is_control() && character != '\n' || character == '\u{202e}';
        assert!(!report.contains(bad), "{report:?}");
        assert!(report.contains("\\u{1b}[2J"));
    }
}

#[test]
fn narrow_pages_wrap_and_break_no_word() {
    let mut findings = sample();
    findings.exposures[0].statement = both(&"wort ".repeat(60), "");
    for columns in [0, 1, 20, 40] {
        let report = text(&findings, Language::German, columns);
        let lines = report.lines().filter(|line| line.contains("wort wort"));
        assert!(lines.clone().count() > 5);
        assert!(lines.into_iter().all(|line| line.chars().count() <= columns.max(24)), "{columns} columns");
    }
}

#[test]
fn frames_of_several_captures_say_in_which() {
    let mut findings = sample();
    findings.captures = vec![Default::default(), Default::default()];
    findings.exposures[0].evidence = vec![proof(0, 7), proof(1, 7)];
    assert!(text(&findings, Language::German, 200).contains("Paket 7 (Datei 1), 7 (Datei 2)"));
}

#[test]
fn places_stand_with_all_that_speaks_for_and_against_them() {
    let proof = |kind: &str, says: &str, detail: &str| crate::exposure::PlaceProof {
        kind: kind.into(),
        says: says.into(),
        detail: detail.into(),
        detail_de: detail.into(),
    };
    let place = PlaceEntry {
        country: Some("DE".into()),
        verdict: "plausible-inside".into(),
        evidence: vec![
            proof("database", "US", "Example list 2026-06; contradicts DE (region)"),
            proof("round-trip", "at most 300 km", "STUN 3.1 ms\u{1b}[2J"),
        ],
        max_distance_km: Some(300.4),
    };
    let mut findings = sample();
    findings.endpoints.push(Endpoint { id: "e1".into(), place, ..Endpoint::default() });
    let report = text(&findings, Language::German, 120);
    for part in [
        "     · Entfernung höchstens 300 km\n",
        "     · Datenbank: US (Example list 2026-06; contradicts DE (region))\n",
        "     · Antwortzeit: höchstens 300 km (STUN 3.1 ms\\u{1b}[2J)\n",
    ] {
        assert!(report.contains(part), "{part:?} is not in\n{report}");
    }
}

#[test]
fn narrow_and_wide_terminals_show_the_same_words() {
    let words = |columns| -> Vec<String> {
        let report = text(&sample(), Language::English, columns);
        assert!(report.lines().all(|line| line.chars().count() <= columns), "{report}");
        report.split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(words(60), words(160));
}
