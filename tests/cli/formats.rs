//! All formats say the same: what one of them states stands in the JSON report, and what that states stands in them.

use super::program::{FIXTURES, Folder, Ran, fixture, report, run};
use serde_json::Value;
use std::collections::BTreeMap;

/// Most exposures of a question that the text report lists.
const TEXT_EXPOSURES_MAX: usize = 8;
const TABLES: [&str; 5] = ["meetings", "streams", "endpoints", "exposures", "transfers"];

#[test]
fn text_says_what_json_says() {
    for_each_language(|name, lang, facts| {
        let text = flat(&analysed(name, "text", lang).out);
        for fact in facts.shown_in_text() {
            assert!(text.contains(&flat(&fact)), "{name} {lang}: {fact:?} is not in\n{text}");
        }
        for (question, count) in facts.questions() {
            let more = count.saturating_sub(TEXT_EXPOSURES_MAX);
            let said = format!("{more} {}", if lang == "de" { "weitere im JSON" } else { "more in the JSON" });
            assert!(more == 0 || text.contains(&said), "{name} {lang} {question}: {said}");
        }
    });
}

#[test]
fn markdown_says_what_json_says() {
    for_each_language(|name, lang, facts| {
        let page = analysed(name, "markdown", lang).out;
        let text = read_markdown(&page);
        for fact in facts.all() {
            assert!(text.contains(&flat(&fact)), "{name} {lang}: {fact:?} is not in\n{text}");
        }
        let is_statement = |line: &&str| {
            line.strip_prefix("| x").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
        };
        assert_eq!(page.lines().filter(is_statement).count(), facts.list("/exposures").len(), "{name}: statements");
    });
}

#[test]
fn the_page_says_what_json_says() {
    for name in FIXTURES {
        let json = report(&[&fixture(name)]);
        let folder = Folder::new();
        run(&["analyse", &fixture(name), "-o", &folder.path("r.html")]).done();
        let page = read_page(&folder.read("r.html"));
        for lang in ["de", "en"] {
            let facts = Facts { report: &json, lang };
            for fact in facts.on_the_page() {
                assert!(page.contains(&flat(&fact)), "{name} {lang}: {fact:?} is not in\n{page}");
            }
        }
    }
}

#[test]
fn tables_say_what_json_says() {
    for name in FIXTURES {
        let json = report(&[&fixture(name)]);
        let folder = Folder::new();
        run(&["analyse", &fixture(name), "-o", &folder.path("r.csv")]).done();
        let table = |table: &str| read_csv(&folder.read(&format!("r.{table}.csv")));
        let all = |pointer: &str| list(&json, pointer).to_vec();
        let streams: Vec<Value> =
            all("/meetings").iter().flat_map(|meeting| list(meeting, "/streams").to_vec()).collect();
        let lists = [all("/meetings"), streams, all("/endpoints"), all("/exposures"), all("/transfers")];
        for (title, expected) in TABLES.into_iter().zip(lists) {
            let rows = table(title);
            assert_eq!(rows.len(), expected.len(), "{name} {title}");
            rows.iter().zip(&expected).for_each(|(row, item)| agrees(row, item, &format!("{name} {title}")));
        }
    }
}

#[test]
fn all_tables_go_to_standard_output_too() {
    let out = run(&["analyse", &fixture("sip-call"), "--format", "csv"]).done().out;
    assert_eq!(out.split("\r\n\r\n").count(), TABLES.len());
    assert!(out.replace("\r\n", "").chars().all(|character| !character.is_control()));
}

#[test]
fn no_colour_is_ever_written() {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_meetscope"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1");
    let output = command.args(["analyse", &fixture("sip-call")]).output().expect("the program runs");
    assert!(output.status.success() && !output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
}

#[test]
fn what_is_lacking_is_found() {
    let row = BTreeMap::from([("id".to_owned(), "x1".to_owned()), ("bytes_sent".to_owned(), "7".to_owned())]);
    let wrong = [serde_json::json!({"id": "x2"}), serde_json::json!({"id": "x1", "bytes_sent": 8})];
    for item in wrong {
        assert!(std::panic::catch_unwind(|| agrees(&row, &item, "")).is_err(), "{item}");
    }
    agrees(&row, &serde_json::json!({"id": "x1", "bytes_sent": 7}), "");
}

fn for_each_language(check: impl Fn(&str, &str, &Facts)) {
    for name in FIXTURES {
        let json = report(&[&fixture(name)]);
        for lang in ["de", "en"] {
            check(name, lang, &Facts { report: &json, lang });
        }
    }
}

fn analysed(name: &str, format: &str, lang: &str) -> Ran {
    run(&["analyse", &fixture(name), "--format", format, "--lang", lang]).done()
}

/// What the JSON report states.
struct Facts<'r> {
    report: &'r Value,
    lang: &'r str,
}

impl Facts<'_> {
    fn list(&self, pointer: &str) -> &[Value] {
        list(self.report, pointer)
    }

    /// How often each question is answered, in order.
    fn questions(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for exposure in self.list("/exposures") {
            *counts.entry(exposure["question"].as_str().expect("a question")).or_default() += 1;
        }
        counts
    }

    /// What both formats for reading show whole: ids, addresses, names, places, purposes, statements.
    fn common(&self) -> Vec<String> {
        let mut facts = Vec::new();
        for meeting in self.list("/meetings") {
            facts.extend(["/id", "/provider_name"].iter().filter_map(|at| text(meeting, at)));
            facts.extend(list(meeting, "/peers").iter().filter_map(|peer| text(peer, "/address")));
            facts.extend(list(meeting, "/streams").iter().filter_map(|stream| text(stream, "/id")));
            facts.extend(list(meeting, "/streams").iter().map(|stream| self.number(&stream["packets"])));
            facts.extend(list(meeting, "/because").iter().filter_map(|reason| self.said(reason, "/says")));
            facts.push(meeting["participants"]["at_least"].to_string());
        }
        let detail = if self.lang == "de" { "/detail_de" } else { "/detail" };
        for endpoint in self.list("/endpoints") {
            let fields = ["/id", "/address", "/names/0/name", "/provider", "/operator/name", "/place/country"];
            facts.extend(fields.iter().filter_map(|at| text(endpoint, at)));
            facts.extend(self.said(endpoint, "/transfer/basis"));
            facts.extend(list(endpoint, "/place/evidence").iter().filter_map(|proof| text(proof, detail)));
        }
        facts.extend(self.list("/recommendations").iter().filter_map(|advice| self.said(advice, "/text")));
        facts.extend(self.list("/not_determinable").iter().filter_map(|open| self.said(open, "/why")));
        facts.extend(self.list("/self_test").iter().filter_map(|check| self.said(check, "/says")));
        facts.extend(self.list("/handling/notes").iter().filter_map(|note| self.said(note, "")));
        facts.extend(self.list("/captures").iter().filter_map(|capture| text(capture, "/sha256")));
        facts.extend(self.list("/transfers").iter().filter_map(|total| text(total, "/country")));
        facts.extend(self.list("/problems").iter().filter_map(|problem| text(problem, "/what")));
        facts
    }

    /// The text report lists the first exposures of each question.
    fn shown_in_text(&self) -> Vec<String> {
        let mut facts = self.common();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for exposure in self.list("/exposures") {
            let count = seen.entry(exposure["question"].as_str().expect("a question")).or_default();
            *count += 1;
            facts.extend(self.said(exposure, "/statement").filter(|_| *count <= TEXT_EXPOSURES_MAX));
        }
        facts
    }

    /// Markdown shows all of them, with numbers, filters, and what is known of the captured side.
    fn all(&self) -> Vec<String> {
        let mut facts = self.common();
        for exposure in self.list("/exposures") {
            facts.extend(text(exposure, "/id"));
            facts.extend(self.said(exposure, "/statement"));
            facts.extend(list(exposure, "/evidence").iter().filter_map(|proof| text(proof, "/filter")));
        }
        for endpoint in self.list("/endpoints") {
            facts.extend(list(endpoint, "/names").iter().filter_map(|name| text(name, "/name")));
        }
        facts.extend(self.list("/local/addresses").iter().filter_map(Value::as_str).map(str::to_owned));
        for device in self.list("/local/devices") {
            facts.extend(["/mac", "/vendor", "/system"].iter().filter_map(|at| text(device, at)));
        }
        facts
    }

    /// The page has all statements, calls, recipients, advice and limits in both languages.
    fn on_the_page(&self) -> Vec<String> {
        let mut facts = Vec::new();
        for meeting in self.list("/meetings") {
            facts.extend(text(meeting, "/provider_name"));
            facts.extend(list(meeting, "/because").iter().filter_map(|reason| self.said(reason, "/says")));
            facts.extend(list(meeting, "/streams").iter().map(|stream| self.number(&stream["packets"])));
            facts.push(meeting["participants"]["at_least"].to_string());
        }
        let detail = if self.lang == "de" { "/detail_de" } else { "/detail" };
        let far: Vec<&Value> = self.list("/transfers").iter().flat_map(|total| list(total, "/endpoints")).collect();
        for endpoint in self.list("/endpoints").iter().filter(|endpoint| far.contains(&&endpoint["id"])) {
            facts.extend(["/address", "/names/0/name", "/operator/name"].iter().filter_map(|at| text(endpoint, at)));
            facts.extend(self.said(endpoint, "/transfer/basis"));
            facts.extend(list(endpoint, "/place/evidence").iter().filter_map(|proof| text(proof, detail)));
        }
        for exposure in self.list("/exposures") {
            facts.extend(text(exposure, "/id"));
            facts.extend(self.said(exposure, "/statement"));
            facts.extend(list(exposure, "/evidence").iter().filter_map(|proof| text(proof, "/filter")));
        }
        facts.extend(self.list("/recommendations").iter().filter_map(|advice| self.said(advice, "/text")));
        facts.extend(self.list("/not_determinable").iter().filter_map(|open| self.said(open, "/why")));
        facts.extend(self.list("/handling/notes").iter().filter_map(|note| self.said(note, "")));
        facts.extend(self.list("/captures").iter().filter_map(|capture| text(capture, "/sha256")));
        facts.extend(self.list("/problems").iter().filter_map(|problem| text(problem, "/what")));
        facts
    }

    fn said(&self, item: &Value, at: &str) -> Option<String> {
        text(item, &format!("{at}/{}", self.lang))
    }

    fn number(&self, number: &Value) -> String {
        let digits = number.to_string();
        let groups: Vec<&str> =
            digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
        groups.join(if self.lang == "de" { "." } else { "," })
    }
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}

/// Without line breaks and runs of spaces.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Markdown as its reader sees it, but for the tables' bars.
fn read_markdown(page: &str) -> String {
    let mut shown = String::new();
    for (index, part) in page.split('`').enumerate() {
        if index % 2 == 1 {
            shown += part;
            continue;
        }
        let mut characters = part.chars().peekable();
        while let Some(character) = characters.next() {
            let escaped = character == '\\' && characters.peek().is_some_and(char::is_ascii_punctuation);
            shown.extend(if escaped { characters.next() } else { Some(character) });
        }
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&#124;", "|"), ("&amp;", "&")];
    flat(&entities.iter().fold(shown, |text, (entity, character)| text.replace(entity, character)))
}

/// The text of a page without its marks, style and script.
fn read_page(page: &str) -> String {
    let mut shown = String::new();
    let body = page.split_once("<body>").expect("a body").1;
    let body = body.split_once("<script>").expect("the script").0;
    for part in body.split('<') {
        shown += part.split_once('>').map_or(part, |(_, text)| text);
        shown.push(' ');
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    flat(&entities.iter().fold(shown, |text, (entity, character)| text.replace(entity, character)))
}

/// Rows of an RFC 4180 table by the names of their columns.
fn read_csv(table: &str) -> Vec<BTreeMap<String, String>> {
    assert!(table.ends_with("\r\n"));
    let mut rows = table.split_terminator("\r\n").map(cells);
    let head = rows.next().expect("a head");
    let named = |row: Vec<String>| {
        assert_eq!(row.len(), head.len(), "{row:?}");
        head.iter().cloned().zip(row).collect()
    };
    rows.map(named).collect()
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let cell = cells.last_mut().expect("a cell");
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => cell.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cell.push(other),
        }
    }
    assert!(!quoted, "{line}");
    cells
}

/// Every column that has a field of its name in the JSON report has its value.
fn agrees(row: &BTreeMap<String, String>, item: &Value, place: &str) {
    let mut compared = 0;
    for (column, cell) in row {
        let path = [
            "began_before_capture",
            "statement",
            "because",
            "place",
            "operator",
            "jurisdiction",
            "transfer",
            "participants",
        ]
        .iter()
        .find_map(|part| Some(format!("/{part}/{}", column.strip_prefix(&format!("{part}_"))?)))
        .unwrap_or_else(|| format!("/{column}"));
        let expected = match item.pointer(&path) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) => String::new(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(truth)) => truth.to_string(),
            Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
            }
            _ => continue,
        };
        compared += 1;
        let numbers = (cell.parse::<f64>(), expected.parse::<f64>());
        let same = *cell == expected || cell.replace('\'', "") == expected.replace('\'', "");
        assert!(same || matches!(numbers, (Ok(one), Ok(other)) if one == other), "{place} {column}: {cell} {expected}");
    }
    assert!(compared > 0, "{place}: nothing to compare in {item}");
}
