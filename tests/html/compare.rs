//! The comparison as a page for the browser, beside the reports.

use meetscope::compare::{FORMATS, Input, SourceKind, compare};
use meetscope::report::{Language, Layout};
use std::path::PathBuf;

#[test]
fn the_comparison_is_one_page() {
    let input = |name: &str| Input {
        path: format!("{name}.json"),
        kind: SourceKind::Report,
        json: std::fs::read(format!("fixtures/{name}/report.json")).expect("the report of a fixture"),
        meeting: None,
        label: None,
    };
    let table = compare(&["p2p-call", "turn-call", "sip-call"].map(input)).expect("a comparison");
    let format = FORMATS.iter().find(|format| format.name == "html").expect("the format");
    let mut page = Vec::new();
    let layout = Layout { language: Language::German, columns: 100 };
    (format.write)(&table, layout, &mut page).expect("memory does not fail");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("html-reports");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("compare.html"), &page).expect("a file");
    assert!(String::from_utf8(page).expect("a text").contains("data-sections=\"head table notes sources\""));
}
