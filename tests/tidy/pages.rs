//! Pages that are made from the program: the list of all facts, and what the README shows of a report.

use super::source::{root, text};
use meetscope::dissect;
use meetscope::model::KeyInfo;
use std::fmt::Write;
use std::process::Command;

/// The page of all facts.
const FACTS: &str = "docs/facts.md";
/// The page that shows how a report begins.
const README: &str = "README.md";
const REPORT_BEGINS: &str = "<!-- report of fixtures/p2p-call -->\n```text\n";
const REPORT_ENDS: &str = "```\n<!-- end of report -->";
/// The README shows the report up to this line.
const SHOWN_UNTIL: &str = "With whom\n";
/// Set to write the pages anew.
const UPDATE: &str = "MEETSCOPE_UPDATE_PAGES";

#[test]
fn the_page_of_facts_is_of_today() {
    is_of_today(FACTS, &facts());
}

#[test]
fn the_report_in_the_readme_is_of_today() {
    let report = run(&["analyse", "fixtures/p2p-call/capture.pcap", "--lang", "en"]);
    let shown = report.split_once(SHOWN_UNTIL).map(|(shown, _)| shown).expect("the report has the question");
    let readme = text(README);
    let (before, rest) = readme.split_once(REPORT_BEGINS).expect("the mark before the report");
    let (_, behind) = rest.split_once(REPORT_ENDS).expect("the mark behind the report");
    is_of_today(README, &format!("{before}{REPORT_BEGINS}{shown}{REPORT_ENDS}{behind}"));
}

#[test]
fn the_readme_lists_every_command() {
    let help = run(&["--help"]);
    let commands = help.split_once("Commands:\n").and_then(|(_, rest)| rest.split_once("\n\n")).expect("commands").0;
    let readme = text(README);
    for command in commands.lines().filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        let row = format!("| `meetscope {command}");
        assert!(readme.lines().any(|line| line.starts_with(&row)), "{README} has no row {row}");
    }
    for line in readme.lines().filter_map(|line| line.strip_prefix("| `meetscope ")) {
        let command = line.split([' ', '`']).next().unwrap_or_default();
        assert!(commands.lines().any(|line| line.trim_start().starts_with(command)), "there is no command {command}");
    }
}

/// Compares a page with what it should be, or writes it when asked to.
fn is_of_today(path: &str, page: &str) {
    let file = root().join(path);
    if std::env::var_os(UPDATE).is_some() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, page).expect("a page");
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    let first = written.lines().zip(page.lines()).find(|(old, new)| old != new);
    assert!(written == page, "{path} is not of today ({first:?}): {UPDATE}=1 cargo test --test tidy");
}

/// What the program prints on standard output.
fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_meetscope")).args(arguments).current_dir(root()).output();
    let output = output.expect("the program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn facts() -> String {
    let mut page = String::from(
        "# Facts\n\n\
         Everything that a dissector can state, by protocol, in the order in which payloads are offered to them.\n\
         `meetscope facts` prints the same. The page is made from the definitions:\n\
         `MEETSCOPE_UPDATE_PAGES=1 cargo test --test tidy` writes it anew, and `cargo test` fails when it is old.\n",
    );
    for protocol in dissect::ALL {
        write!(page, "\n## {}\n\n{} ({}).\n", protocol.name, protocol.summary, protocol.source).expect("text");
        if protocol.keys.is_empty() {
            page += "\nIt states no facts of its own.\n";
            continue;
        }
        page +=
            "\n| fact | answers | seen by | what it is | source | Wireshark |\n| --- | --- | --- | --- | --- | --- |\n";
        for key in protocol.keys {
            page += &row(key);
        }
    }
    page
}

fn row(key: &KeyInfo) -> String {
    let observers: Vec<_> = key.observers.iter().map(|observer| observer.name()).collect();
    let field = if key.wireshark.is_empty() { String::new() } else { format!("`{}`", key.wireshark) };
    let cells = [
        format!("`{}`", key.name),
        key.question.name().to_owned(),
        observers.join(", "),
        key.doc.to_owned(),
        key.source.to_owned(),
        field,
    ];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}
