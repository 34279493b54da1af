//! The rules of the cells over reports of recorded and made calls.

mod formats;
mod rules;

use super::{Answer, Cell, Comparison, Input, SourceKind, compare};
use serde_json::{Value, json};

/// The report of a fixture.
fn recorded(name: &str) -> Value {
    let text = match name {
        "p2p" => include_str!("../../../fixtures/p2p-call/report.json"),
        "turn" => include_str!("../../../fixtures/turn-call/report.json"),
        "sip" => include_str!("../../../fixtures/sip-call/report.json"),
        "nat" => include_str!("../../../fixtures/nat-failed/report.json"),
        _ => include_str!("../../../fixtures/lan-call-ipv6/report.json"),
    };
    serde_json::from_str(text).expect("a report")
}

/// A relayed call of a known provider whose only host is `host`.
fn made(host: Value) -> Value {
    json!({
        "schema_version": 1,
        "captures": [{"sha256": "ab", "first": "2026-11-23T05:00:00Z"}],
        "meetings": [{
            "id": "m1", "provider": "zoom", "provider_name": "Zoom", "confidence": "certain", "topology": "relayed",
            "start": "2026-11-23T05:00:00Z", "duration_s": 600.0, "flows": ["f1"], "participants": {"at_least": 2},
        }],
        "flows": [
            {"id": "f1", "remote": "198.51.100.7:8801", "protocols": ["zoom"], "packets_sent": 9, "packets_received": 9},
            {"id": "f2", "remote": "198.51.100.7:443", "protocols": ["tls"], "provider": "zoom"},
        ],
        "endpoints": [host],
        "exposures": [],
    })
}

/// A host of the provider with a place and status.
fn host(verdict: &str, status: &str, country: Value) -> Value {
    json!({
        "id": "e1", "address": "198.51.100.7", "provider": "zoom", "purpose": ["media"],
        "operator": {"name": "Example Corporation"}, "place": {"country": country, "verdict": verdict},
        "transfer": {"status": status, "basis": {"de": "am Tag geltender Akt", "en": "act of the day"}, "on": "2026-11-23"},
    })
}

/// Adds an item to the list at `path`.
fn add(report: &mut Value, path: &str, item: Value) {
    report.pointer_mut(path).and_then(Value::as_array_mut).expect("a list").push(item);
}

fn input(path: &str, report: &Value) -> Input {
    let json = serde_json::to_vec(report).expect("JSON");
    Input { path: path.into(), kind: SourceKind::Report, json, meeting: None, label: None }
}

fn table(reports: &[Value]) -> Comparison {
    let inputs: Vec<_> = reports.iter().enumerate().map(|(index, it)| input(&format!("{index}.json"), it)).collect();
    compare(&inputs).expect("a comparison")
}

/// The cell of a row in the column of one report.
fn cell(report: &Value, key: &str) -> Cell {
    let table = table(&[report.clone(), report.clone()]);
    let line = table.lines.into_iter().find(|line| line.key == key).expect("a row");
    line.cells.into_iter().next().expect("a cell")
}

fn answer(report: &Value, key: &str) -> Answer {
    cell(report, key).answer
}
