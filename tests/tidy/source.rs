//! Source files, and their code without comments and texts.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder that holds `Cargo.toml`.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file, by its path from the root.
pub fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust file below a folder, as paths from the root with `/`, in order.
pub fn rust_files(folder: &str) -> Vec<String> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    let mut names: Vec<_> = files.iter().map(|file| from_root(file)).filter(|name| name.ends_with(".rs")).collect();
    names.sort();
    names
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.expect("a readable folder").path()) {
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

fn from_root(file: &Path) -> String {
    let path = file.strip_prefix(root()).expect("a path below the root");
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// `source` with comments and the insides of texts blanked out; lines keep their numbers.
pub fn code_only(source: &str) -> String {
    let mut scanner = Scanner { rest: source, code: String::with_capacity(source.len()) };
    while !scanner.rest.is_empty() {
        scanner.step();
    }
    scanner.code
}

struct Scanner<'s> {
    rest: &'s str,
    code: String,
}

impl Scanner<'_> {
    fn step(&mut self) {
        let in_word = self.code.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        if self.rest.starts_with("//") {
            self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment(self.rest));
        } else if let Some(length) = raw_text(self.rest).filter(|_| !in_word) {
            self.blank(length);
        } else if self.rest.starts_with('"') {
            self.blank(quoted(self.rest, '"'));
        } else if is_character(self.rest) {
            self.blank(quoted(self.rest, '\''));
        } else {
            let first = self.rest.chars().next().map_or(0, char::len_utf8);
            let (kept, rest) = self.rest.split_at(first);
            self.code.push_str(kept);
            self.rest = rest;
        }
    }

    fn blank(&mut self, length: usize) {
        let (gone, rest) = self.rest.split_at(length);
        self.code.extend(gone.chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
        self.rest = rest;
    }
}

/// Length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let open = rest.starts_with("/*");
        let close = rest.starts_with("*/");
        depth = depth + usize::from(open) - usize::from(close);
        at += if open || close { 2 } else { rest.chars().next().map_or(1, char::len_utf8) };
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Length of a raw text such as `r#"…"#` or `br"…"`.
fn raw_text(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = inside.len() - inside.trim_start_matches('#').len();
    let body = inside.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(text.len() - body.len() + length)
}

/// Length of a text or character in `quote`s, escapes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + character.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// Whether a `'` begins a character and no lifetime.
fn is_character(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('\'') else { return false };
    let mut characters = inside.chars();
    characters.next().is_some_and(|first| first == '\\' || characters.next() == Some('\''))
}

/// The places of `word` in `text`, as line numbers from 1.
pub fn lines_with(text: &str, word: &str) -> Vec<usize> {
    text.lines().enumerate().filter(|(_, line)| line.contains(word)).map(|(index, _)| index + 1).collect()
}

#[test]
fn comments_and_texts_are_no_code() {
    let code = code_only("a // crate::x\nb /* c /* d */ e */ f \"g \\\" h\" i 'j' 'k r#\"l \" m\"# n '\\'' o");
    let words: Vec<_> = code.split_whitespace().collect();
    assert_eq!(words, ["a", "b", "f", "i", "'k", "n", "o"]);
    assert_eq!(code.lines().count(), 2);
}

#[test]
fn texts_that_never_end_end_with_the_file() {
    for text in ["\"a", "r#\"a\"", "/* a", "'\\", "// ä"] {
        assert_eq!(code_only(text).trim(), "", "{text}");
    }
}
