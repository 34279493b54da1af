//! Words that sources may not hold, and how long a file may be.

use super::source::{code_only, lines_with, rust_files, text};

/// Most lines of a source file; style asks for 70 to 400.
const FILE_LINES_MAX: usize = 600;

/// A word that may not stand in the code below some folders.
struct Banned {
    word: &'static str,
    /// Beginnings of paths.
    below: &'static [&'static str],
    /// Beginnings of paths where it may stand after all.
    but: &'static [&'static str],
    why: &'static str,
}

const PROGRAM: &[&str] = &["src/", "build.rs"];
const LIBRARY: &[&str] = &["src/"];
const BINARY: &[&str] =
    &["src/main.rs", "src/cli.rs", "src/knowledge.rs", "src/side_by_side.rs", "src/capture/", "src/guard/"];
const FILES: &[&str] = &[
    "src/main.rs",
    "src/knowledge.rs",
    "src/side_by_side.rs",
    "src/capture/",
    "src/guard/",
    "src/source/",
    "src/place/",
];
const CLOCK: &[&str] = &["src/capture/clock.rs"];

const fn banned(word: &'static str, below: &'static [&'static str], why: &'static str) -> Banned {
    Banned { word, below, but: &[], why }
}

const CODE: &[Banned] = &[
    Banned { word: "SystemTime::now", below: PROGRAM, but: CLOCK, why: "time is the capture's" },
    Banned { word: "Instant::now", below: PROGRAM, but: CLOCK, why: "time is the capture's" },
    banned("TcpStream", PROGRAM, "an analysis tells nobody what is analysed"),
    banned("TcpListener", PROGRAM, "an analysis tells nobody what is analysed"),
    banned("UdpSocket", PROGRAM, "an analysis tells nobody what is analysed"),
    banned("ToSocketAddrs", PROGRAM, "an analysis asks no name server"),
    banned("unsafe ", &[""], "unsafe code is forbidden"),
    banned("todo!", &[""], "nothing is left for later"),
    banned("unimplemented!", &[""], "nothing is left for later"),
    banned("#[ignore", &[""], "a test that does not run tests nothing"),
    Banned { word: "env::", below: LIBRARY, but: BINARY, why: "the same input gives the same output" },
    Banned { word: "File::", below: LIBRARY, but: FILES, why: "only sources and databases are files" },
    Banned { word: "fs::", below: LIBRARY, but: FILES, why: "only sources and databases are files" },
    Banned { word: "anyhow", below: LIBRARY, but: BINARY, why: "the library's errors have types" },
];

/// Words that may not even stand in a comment.
const ANYWHERE: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

#[test]
fn sources_hold_no_banned_word() {
    let wrong: Vec<_> = sources().iter().flat_map(|file| banned_words(file, &text(file))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short_enough_to_read() {
    let wrong: Vec<_> = sources().iter().filter_map(|file| too_long(file, &text(file))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sources() -> Vec<String> {
    let folders = ["src", "tests", "benches", "examples", "fuzz"];
    let mut files: Vec<_> = folders.iter().flat_map(|folder| rust_files(folder)).collect();
    files.push("build.rs".to_owned());
    files
}

fn banned_words(file: &str, source: &str) -> Vec<String> {
    let code = code_only(source);
    let mut wrong = Vec::new();
    for banned in CODE.iter().filter(|banned| applies(banned, file)) {
        let lines = code.lines().enumerate().filter(|(_, line)| has_word(line, banned.word));
        wrong.extend(lines.map(|(index, _)| format!("{file}:{}: {}: {}", index + 1, banned.word, banned.why)));
    }
    for word in ANYWHERE {
        wrong.extend(lines_with(source, word).iter().map(|line| format!("{file}:{line}: {word}")));
    }
    wrong
}

fn applies(banned: &Banned, file: &str) -> bool {
    let below = |folders: &[&str]| folders.iter().any(|folder| file.starts_with(folder));
    below(banned.below) && !below(banned.but)
}

/// Whether `word` stands in a line and is not the end of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let begins = |at: usize| !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
    line.match_indices(word).any(|(at, _)| begins(at))
}

fn too_long(file: &str, source: &str) -> Option<String> {
    let lines = source.lines().count();
    (lines > FILE_LINES_MAX).then(|| format!("{file}: {lines} lines, at most {FILE_LINES_MAX}: split it by meaning"))
}

#[test]
fn a_banned_word_is_found() {
    let bad = [
        ("src/flow/mod.rs", "let now = std::time::Instant::now();"),
        ("src/main.rs", "let stream = TcpStream::connect(address);"),
        ("src/capture/worker.rs", "let now = Instant::now();"),
        ("src/exposure/mod.rs", "let home = std::env::var(name);"),
        ("src/exposure/mod.rs", "let file = File::open(path);"),
        ("src/decode/ip.rs", "fn f() { unsafe { g() } }"),
        ("tests/words.rs", "#[test] #[ignore] fn f() {}"),
        ("build.rs", concat!("// TO", "DO: later")),
    ];
    for (file, source) in bad {
        assert_eq!(banned_words(file, source).len(), 1, "{file}: {source}");
    }
}

#[test]
fn words_that_are_allowed_pass() {
    let good = [
        ("src/flow/mod.rs", "// no Instant::now here\nlet text = \"TcpStream\";"),
        ("src/source/stored.rs", "let file = File::open(path);"),
        ("src/source/file.rs", "pub struct ProfileFile; let x = ProfileFile::new();"),
        ("tests/captures.rs", "let started = Instant::now();"),
        ("src/capture/clock.rs", "Instant::now()"),
        ("src/lib.rs", "#![forbid(unsafe_code)]"),
    ];
    for (file, source) in good {
        assert_eq!(banned_words(file, source), [""; 0], "{file}: {source}");
    }
}

#[test]
fn a_long_file_is_found() {
    assert_eq!(too_long("a.rs", &"x\n".repeat(FILE_LINES_MAX)), None);
    assert!(too_long("a.rs", &"x\n".repeat(FILE_LINES_MAX + 1)).is_some());
}
