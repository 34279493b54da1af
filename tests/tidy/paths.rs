//! Modules, and which others they name.

use super::source::code_only;

/// A path in code, made absolute: `crate::model::wire::Reader` is `[model, wire, Reader]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Line, from 1.
    pub line: usize,
    /// Segments below the crate.
    pub path: Vec<String>,
}

/// The module that a file is: `src/dissect/rtp/mod.rs` is `[dissect, rtp]`.
pub fn module_of(file: &str) -> Vec<String> {
    let inside = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
    let parts = inside.split('/').filter(|part| !matches!(*part, "mod" | "lib"));
    parts.map(str::to_owned).collect()
}

/// Every path that begins with `crate`, `self` or `super`, groups taken apart, `mod name { … }` counted in.
pub fn named(file: &str, source: &str) -> Vec<Named> {
    let code = code_only(source);
    let tokens = tokens(&code);
    let mut walk = Walk { tokens: &tokens, at: 0, open: Vec::new(), modules: module_of(file), named: Vec::new() };
    while walk.at < tokens.len() {
        walk.step();
    }
    walk.named
}

/// A word, `::`, or one other character; with its line.
type Token<'c> = (usize, &'c str);

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if is_word(first) {
                rest.find(|character| !is_word(character)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            tokens.push((index + 1, &rest[..length]));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

struct Walk<'t> {
    tokens: &'t [Token<'t>],
    at: usize,
    /// For each open brace, whether it is a module's.
    open: Vec<bool>,
    modules: Vec<String>,
    named: Vec<Named>,
}

impl Walk<'_> {
    fn step(&mut self) {
        match self.word(0) {
            "mod" if self.word(2) == "{" => {
                self.modules.push(self.word(1).to_owned());
                self.open.push(true);
                self.at += 3;
            }
            "crate" | "self" | "super" if self.word(1) == "::" && !self.continues() => self.path(),
            "{" => self.brace(),
            "}" => self.unbrace(),
            _ => self.at += 1,
        }
    }

    fn brace(&mut self) {
        self.open.push(false);
        self.at += 1;
    }

    fn unbrace(&mut self) {
        if self.open.pop() == Some(true) {
            self.modules.pop();
        }
        self.at += 1;
    }

    /// Whether the word before is part of the same path, as in `a::self`.
    fn continues(&self) -> bool {
        self.at > 0 && self.tokens[self.at - 1].1 == "::"
    }

    fn path(&mut self) {
        let mut prefix = if self.word(0) == "crate" { Vec::new() } else { self.modules.clone() };
        while matches!(self.word(0), "crate" | "self" | "super") && self.word(1) == "::" {
            if self.word(0) == "super" {
                prefix.pop();
            }
            self.at += 2;
        }
        self.tree(prefix);
    }

    /// The rest of a path behind `prefix::`, a group in braces included.
    fn tree(&mut self, mut prefix: Vec<String>) {
        loop {
            if self.word(0) == "{" {
                return self.group(&prefix);
            }
            let (line, word) = self.tokens.get(self.at).copied().unwrap_or_default();
            self.at += 1;
            // Words and the star of a glob belong to the path; `self` in a group is the prefix itself.
            if word != "self" {
                prefix.push(word.to_owned());
            }
            if self.word(0) != "::" || self.word(1) == "<" {
                return self.named.push(Named { line, path: prefix });
            }
            self.at += 1;
        }
    }

    fn group(&mut self, prefix: &[String]) {
        self.at += 1;
        while !matches!(self.word(0), "}" | "") {
            match self.word(0) {
                "," => self.at += 1,
                "as" => self.at += 2,
                _ => self.tree(prefix.to_vec()),
            }
        }
        self.at += 1;
    }

    fn word(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |(_, word)| word)
    }
}

#[test]
fn a_file_is_a_module() {
    assert_eq!(module_of("src/lib.rs"), [""; 0]);
    assert_eq!(module_of("src/engine/mod.rs"), ["engine"]);
    assert_eq!(module_of("src/dissect/rtp/rtcp/keys.rs"), ["dissect", "rtp", "rtcp", "keys"]);
}

#[test]
fn paths_are_found_wherever_they_stand() {
    let source = "
        use crate::model::{Key, wire::{self, Reader}, time as t};
        use super::super::flow;
        use super::other::X;
        fn f() -> crate::engine::Traffic { crate::place::judge::<u8>() }
        mod tests { use super::super::keys; fn g() { { crate::report::schema() } } }
        const X: super::Y = self::Z;
        // crate::exposure is only spoken of
        const T: &str = \"crate::exposure\";
    ";
    let found = named("src/dissect/stun/mod.rs", source);
    let found: Vec<_> = found.iter().map(|named| named.path.join("::")).collect();
    let expected = [
        "model::Key",
        "model::wire",
        "model::wire::Reader",
        "model::time",
        "flow",
        "dissect::other::X",
        "engine::Traffic",
        "place::judge",
        "dissect::keys",
        "report::schema",
        "dissect::Y",
        "dissect::stun::Z",
    ];
    assert_eq!(found, expected);
}

#[test]
fn lines_are_told() {
    let found = named("src/flow/mod.rs", "\n\nuse crate::{\n  model::Key,\n  place,\n};");
    let lines: Vec<_> = found.iter().map(|named| (named.line, named.path[0].as_str())).collect();
    assert_eq!(lines, [(4, "model"), (5, "place")]);
}
