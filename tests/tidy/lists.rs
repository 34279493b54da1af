//! What is added as a file is also on its list: modules, protocols, formats, signatures; dependencies have reasons.

use super::paths::module_of;
use super::source::{code_only, root, rust_files, text};
use meetscope::catalogue::{Catalogue, builtin_file};
use std::collections::BTreeMap;

#[test]
fn every_file_is_compiled() {
    let mut files: BTreeMap<_, _> =
        rust_files("src").into_iter().map(|file| (module_of(&file), code_only(&text(&file)))).collect();
    // The binary has a root of its own, beside that of the library.
    let main = files.remove(&vec!["main".to_owned()]).expect("the root of the binary");
    files.entry(Vec::new()).or_default().push_str(&main);
    assert_eq!(undeclared(&files), [""; 0]);
}

#[test]
fn every_protocol_is_on_the_list() {
    let list = code_only(&text("src/dissect/mod.rs"));
    let files = rust_files("src/dissect").into_iter();
    let protocols: Vec<_> =
        files.filter(|file| code_only(&text(file)).contains("static PROTOCOL")).map(|file| module_of(&file)).collect();
    assert_eq!(unlisted(&protocols, &list, "PROTOCOL"), [""; 0]);
    assert_eq!(protocols.len(), meetscope::dissect::ALL.len());
}

#[test]
fn every_format_is_on_the_list() {
    let list = code_only(&text("src/report/mod.rs"));
    let files = rust_files("src/report").into_iter();
    let formats: Vec<_> =
        files.filter(|file| code_only(&text(file)).contains("static FORMAT")).map(|file| module_of(&file)).collect();
    assert_eq!(unlisted(&formats, &list, "FORMAT"), [""; 0]);
    assert_eq!(formats.len(), meetscope::report::ALL.len());
}

#[test]
fn every_signature_is_built_in() {
    let mut files = 0;
    for entry in root().join("signatures").read_dir().expect("signatures") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let id = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("a text");
            assert!(builtin_file(id.trim_start_matches('_')) == Some(text.as_str()), "{id} is another than built in");
            files += 1;
        }
    }
    assert!(files > 10, "{files}");
    assert_eq!(Catalogue::builtin().expect("the signatures").providers().count(), files);
}

#[test]
fn every_example_of_a_signature_holds() {
    let failures = Catalogue::builtin().expect("the signatures").check();
    let failures: Vec<_> = failures.iter().map(ToString::to_string).collect();
    assert_eq!(failures, [""; 0]);
}

#[test]
fn every_dependency_has_a_reason() {
    assert_eq!(without_reason(&text("Cargo.toml")), [""; 0]);
}

/// Modules whose file is there and that their parent does not declare.
fn undeclared(files: &BTreeMap<Vec<String>, String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for path in files.keys() {
        let Some((name, parent)) = path.split_last() else { continue };
        let declaration = format!("mod {name};");
        if !files.get(parent).is_some_and(|code| code.contains(&declaration)) {
            wrong.push(path.join("::"));
        }
    }
    wrong
}

/// Modules, below the one that has the list, whose `name` is not on it.
fn unlisted(modules: &[Vec<String>], list: &str, name: &str) -> Vec<String> {
    let entries = modules.iter().map(|module| format!("&{}::{name},", module[1..].join("::")));
    let without_spaces: String = list.split_whitespace().collect();
    let bracketed = without_spaces.replace(']', ",");
    entries.filter(|entry| !bracketed.contains(entry.as_str())).collect()
}

/// Lines of dependencies that have no comment behind them.
fn without_reason(manifest: &str) -> Vec<String> {
    let mut inside = false;
    let mut wrong = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with("[target.") || line.starts_with('[') && !line.contains('=') {
            inside = line.trim_matches(['[', ']']).contains("dependencies");
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            let reason = line.rsplit_once(" # ").map_or("", |(_, reason)| reason);
            wrong.extend(reason.trim().is_empty().then(|| line.to_owned()));
        }
    }
    wrong
}

#[test]
fn a_file_that_nobody_declares_is_found() {
    let module = |path: &[&str]| path.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    let files = BTreeMap::from([
        (module(&[]), "pub mod dissect;".to_owned()),
        (module(&["dissect"]), "mod tls;".to_owned()),
        (module(&["dissect", "tls"]), String::new()),
        (module(&["dissect", "ftp"]), String::new()),
    ]);
    assert_eq!(undeclared(&files), ["dissect::ftp"]);
}

#[test]
fn a_protocol_that_is_not_on_the_list_is_found() {
    let modules = [module_of("src/dissect/tls/mod.rs"), module_of("src/dissect/rtp/rtcp/mod.rs")];
    assert_eq!(unlisted(&modules, "ALL = &[\n&tls::PROTOCOL,\n&rtp::rtcp::PROTOCOL]", "PROTOCOL"), [""; 0]);
    assert_eq!(unlisted(&modules, "ALL = &[&dtls::PROTOCOL, &tls::PROTOCOL]", "PROTOCOL"), ["&rtp::rtcp::PROTOCOL,"]);
}

#[test]
fn a_dependency_without_reason_is_found() {
    let manifest = "[package]\nname = \"a\"\n[dependencies]\n# Reading\nb = \"1\" # reads\nc = \"2\"\n[dev-dependencies]\nd = \"3\" #\n[lints.rust]\ne = 1";
    assert_eq!(without_reason(manifest), ["c = \"2\"", "d = \"3\" #"]);
}
