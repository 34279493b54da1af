//! Who may name whom: the table of `src/lib.rs`, checked.

use super::paths::{Named, module_of, named};
use super::source::{code_only, rust_files, text};

/// A module of the first level.
struct Module {
    name: &'static str,
    rank: u8,
    /// The modules, or parts of them, that it may name.
    may_name: &'static [&'static str],
}

const fn module(name: &'static str, rank: u8, may_name: &'static [&'static str]) -> Module {
    Module { name, rank, may_name }
}

/// As the crate's documentation has it.
const MODULES: &[Module] = &[
    module("model", 0, &[]),
    module("source", 1, &["model"]),
    module("sink", 1, &["model"]),
    module("decode", 1, &["model"]),
    module("flow", 1, &["model"]),
    module("dissect", 1, &["model"]),
    module("catalogue", 1, &["model"]),
    module("place", 1, &["model"]),
    module("engine", 2, &["model", "flow", "dissect"]),
    module("trim", 2, &["model", "flow", "dissect", "decode"]),
    module("exposure", 3, &["model", "flow", "catalogue", "place", "engine"]),
    module("report", 4, &["exposure", "model::text"]),
    module("compare", 5, &["exposure", "report", "model::text"]),
];

/// The files and folders of the binary and the list of modules: above all ranks.
const ABOVE: &[&str] = &[
    "src/main.rs",
    "src/cli.rs",
    "src/knowledge.rs",
    "src/side_by_side.rs",
    "src/capture/",
    "src/guard/",
    "src/lib.rs",
];

#[test]
fn modules_name_lower_ranks_only() {
    let wrong: Vec<_> = library().iter().flat_map(|file| misplaced(file, &text(file))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn formats_do_not_know_each_other() {
    let files: Vec<_> = library().into_iter().filter(|file| file.starts_with("src/report/")).collect();
    let formats: Vec<_> = files.iter().filter(|file| code_only(&text(file)).contains("static FORMAT")).collect();
    assert!(formats.len() >= 2, "{formats:?}");
    let formats: Vec<_> = formats.iter().map(|file| module_of(file)).collect();
    let wrong: Vec<_> = files.iter().flat_map(|file| entangled(file, &text(file), &formats)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_is_the_crate() {
    let lib = text("src/lib.rs");
    let declared: Vec<_> = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mut names: Vec<_> = MODULES.iter().map(|module| module.name).collect();
    names.sort_unstable();
    assert_eq!(declared, names);
    for module in MODULES {
        let row = format!("//! | {} | [`{}`] |", module.rank, module.name);
        let row = lib.lines().find(|line| line.starts_with(&row)).unwrap_or_else(|| panic!("no row {row}"));
        let named = format!("| {} |", module.may_name.join(", "));
        assert!(row.ends_with(&named) || module.may_name.is_empty(), "{row} should end with {named}");
    }
}

#[test]
fn the_table_goes_one_way() {
    for module in MODULES {
        for name in module.may_name {
            let first = name.split("::").next().unwrap_or_default();
            let named = MODULES.iter().find(|other| other.name == first).expect("a module");
            assert!(named.rank < module.rank, "{} may not name {name}", module.name);
        }
    }
}

fn library() -> Vec<String> {
    let files = rust_files("src").into_iter().filter(|file| !ABOVE.iter().any(|above| file.starts_with(above)));
    let files: Vec<_> = files.collect();
    assert!(files.len() > 50, "the sources were not found");
    files
}

/// Paths in a file that its module may not name.
fn misplaced(file: &str, source: &str) -> Vec<String> {
    let home = module_of(file);
    let Some(module) = MODULES.iter().find(|module| home.first().is_some_and(|first| first == module.name)) else {
        return vec![format!("{file} belongs to no module of the table")];
    };
    let wrong = named(file, source).into_iter().filter(|named| !allowed(module, named));
    wrong
        .map(|named| format!("{file}:{}: {} may not name {}", named.line, module.name, named.path.join("::")))
        .collect()
}

fn allowed(module: &Module, named: &Named) -> bool {
    let path = named.path.join("::");
    let within = |part: &str| path == part || path.strip_prefix(part).is_some_and(|rest| rest.starts_with("::"));
    within(module.name) || module.may_name.iter().any(|part| within(part))
}

/// Paths in a file that lead into a format other than the file's own; the list of formats may name all.
fn entangled(file: &str, source: &str, formats: &[Vec<String>]) -> Vec<String> {
    let home = module_of(file);
    if home.len() < 2 {
        return Vec::new();
    }
    let foreign =
        |named: &Named| formats.iter().any(|format| named.path.starts_with(format) && !home.starts_with(format));
    let wrong = named(file, source).into_iter().filter(|named| foreign(named));
    wrong.map(|named| format!("{file}:{}: names the format {}", named.line, named.path.join("::"))).collect()
}

#[test]
fn a_higher_rank_is_found() {
    assert_eq!(misplaced("src/flow/mod.rs", "use crate::model::Packet;\nuse self::stream::Delivery;"), [""; 0]);
    let bad = [
        ("src/flow/mod.rs", "use crate::engine::Engine;"),
        ("src/flow/stream.rs", "use super::super::dissect::Protocol;"),
        ("src/dissect/tls/mod.rs", "fn f() { mod inner { use super::super::super::super::catalogue; } }"),
        ("src/place/atlas.rs", "use crate::{model::Timestamp, catalogue::Law};"),
        ("src/exposure/view.rs", "use crate::dissect::ALL;"),
        ("src/report/text.rs", "use crate::model::Packet;"),
        ("src/report/text.rs", "use crate::model::texture;"),
        ("src/catalogue/file.rs", "use crate::Findings;"),
        ("src/source/file.rs", "use crate::*;"),
        ("src/helpers.rs", ""),
    ];
    for (file, source) in bad {
        assert_eq!(misplaced(file, source).len(), 1, "{file}: {source}");
    }
}

#[test]
fn a_format_that_names_another_is_found() {
    let formats = [module_of("src/report/json.rs"), module_of("src/report/text.rs")];
    assert_eq!(entangled("src/report/text.rs", "use super::Layout;", &formats), [""; 0]);
    assert_eq!(entangled("src/report/mod.rs", "static ALL: &[&Format] = &[&self::text::FORMAT];", &formats), [""; 0]);
    assert_eq!(entangled("src/report/text.rs", "use super::json::number;", &formats).len(), 1);
    assert_eq!(entangled("src/report/json.rs", "use crate::report::text;", &formats).len(), 1);
}
