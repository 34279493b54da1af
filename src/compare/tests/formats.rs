//! The formats: the same cells in each, and nothing active.

use super::*;
use crate::compare::FORMATS;
use crate::report::{Language, Layout};

/// What somebody may put into a name.
const EVIL: &str = "=1+1\"><script>alert(1)</script><img src=x onerror=alert(2)>\u{1b}[2J\u{202e}\u{200b},;|x";

fn written(name: &str, table: &Comparison, language: Language, columns: usize) -> String {
    let format = FORMATS.iter().find(|format| format.name == name).expect("a format");
    let mut out = Vec::new();
    (format.write)(table, Layout { language, columns }, &mut out).expect("memory does not fail");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn every_reason_is_in_every_format_and_language() {
    let table = table(&["p2p", "turn", "sip"].map(recorded));
    for language in [Language::German, Language::English] {
        let text = written("text", &table, language, 10_000);
        let (page, csv) = (written("html", &table, language, 80), written("csv", &table, language, 80));
        for cell in table.lines.iter().flat_map(|line| &line.cells) {
            let reason = if language == Language::German { &cell.reason.de } else { &cell.reason.en };
            assert!(text.contains(reason), "{reason}");
            assert!(csv.contains(&reason.replace('"', "\"\"")), "{reason}");
            assert!(page.contains(&reason.replace('\'', "&#39;")) || page.contains(reason), "{reason}");
        }
    }
    let csv = written("csv", &table, Language::German, 80);
    assert_eq!(csv.split_terminator("\r\n").count(), 1 + table.lines.len() * table.columns.len());
    let json: Value = serde_json::from_str(&written("json", &table, Language::German, 80)).expect("JSON");
    assert_eq!(json["lines"].as_array().map(Vec::len), Some(table.lines.len()));
}

#[test]
fn text_keeps_to_narrow_and_wide_screens() {
    let table = table(&["p2p", "turn", "sip"].map(recorded));
    for columns in [60, 80, 120, 160] {
        let text = written("text", &table, Language::German, columns);
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        assert!(widest <= columns.max(64), "{widest} in {columns}");
    }
    let wide = written("text", &table, Language::English, 160);
    assert!(wide.lines().any(|line| line.contains("yes") && line.contains("no [")), "answers stand side by side");
}

#[test]
fn hostile_names_leave_nothing_active() {
    let mut report = made(host("proven-outside", "third-country", json!(EVIL)));
    report["meetings"][0]["provider_name"] = json!(EVIL);
    report["endpoints"][0]["operator"]["name"] = json!(EVIL);
    add(
        &mut report,
        "/endpoints",
        json!({"id": EVIL, "address": "203.0.113.9", "purpose": ["analytics"],
        "names": [{"name": EVIL, "source": "tls.sni"}], "jurisdiction": {"parent_country": EVIL}}),
    );
    report["local"] = json!({"devices": [{"system": EVIL}]});
    report["tool"] = json!({"name": EVIL, "version": EVIL});
    let mut inputs = [input(EVIL, &report), input("b", &report)];
    inputs[1].label = Some(EVIL.into());
    let table = compare(&inputs).expect("a table");
    for language in [Language::German, Language::English] {
        let page = written("html", &table, language, 80);
        assert_eq!(page.matches("<script").count(), 1);
        assert!(!page.contains("<img") && page.contains("&lt;script&gt;alert(1)"));
        for text in [page, written("text", &table, language, 80), written("csv", &table, language, 80)] {
            let active = |character: char| {
                character.is_control() && !matches!(character, '\n' | '\r') || "\u{202e}\u{200b}".contains(character)
            };
            assert!(!text.contains(active));
        }
    }
    let csv = written("csv", &table, Language::German, 80);
    let starts = csv.split("\r\n").flat_map(|line| line.split([',', ';', '|']));
    let formula = starts.map(|start| start.trim_start_matches([' ', '"'])).find(|start| start.starts_with('='));
    assert_eq!(formula, None);
}

#[test]
fn the_page_asks_for_nothing_and_shows_both_languages() {
    let page = written("html", &table(&["p2p", "turn"].map(recorded)), Language::English, 80);
    for word in ["http://", "https://", "src=", "@import", "url(", " style=", "onclick"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\"") && page.contains("default-src 'none'"));
    assert!(page.contains("Wer was sehen kann") && page.contains("Who can see what"));
}
