//! Text from packets inside Markdown: shown as it is, never read as markup (CommonMark 0.31, GitHub's tables and
//! links).

use crate::model::text::for_terminal;

/// Text as running text. What programs make links of without being asked stands as code, since no other form keeps
/// them from it.
pub(super) fn plain(text: &str) -> String {
    let safe = for_terminal(text, usize::MAX);
    let word = |word: &str| if is_link(word) { code_of_safe(word) } else { escaped(word) };
    safe.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Text as code, for addresses, names and filters.
pub(super) fn code(text: &str) -> String {
    code_of_safe(&for_terminal(text, usize::MAX))
}

/// Whether a program may take a word for the address of a page or a person.
fn is_link(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    lower.contains("://") || lower.contains("www.") || lower.contains('@')
}

fn escaped(word: &str) -> String {
    let mut safe = String::with_capacity(word.len() + 8);
    for (index, character) in word.char_indices() {
        match character {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // A backslash before it would end a cell of a table all the same if another stood before that.
            '|' => safe.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' => safe.extend(['\\', character]),
            '-' | '+' | '#' | '=' if index == 0 => safe.extend(['\\', character]),
            '.' | ')' if is_number_of_list(word, index) => safe.extend(['\\', character]),
            other => safe.push(other),
        }
    }
    safe
}

/// Whether the word is `1.` or `1)` and the mark stands at `index`.
fn is_number_of_list(word: &str, index: usize) -> bool {
    index > 0 && index + 1 == word.len() && word.bytes().take(index).all(|byte| byte.is_ascii_digit())
}

/// Between marks longer than any inside. In a table a pipe ends the cell even in code, so it stands outside.
fn code_of_safe(text: &str) -> String {
    text.split('|').map(fenced).collect::<Vec<_>>().join("&#124;")
}

fn fenced(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let blank = text.bytes().all(|byte| byte == b' ');
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    if blank { String::new() } else { format!("{fence}{pad}{text}{pad}{fence}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        for (text, expected) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("[a](b) ![c](d)", "\\[a\\](b) !\\[c\\](d)"),
            ("a|b\\|c", "a&#124;b\\\\&#124;c"),
            ("*b* _u_ ~s~ `c` $m$", "\\*b\\* \\_u\\_ \\~s\\~ \\`c\\` \\$m\\$"),
            ("# h - i + j === k", "\\# h \\- i \\+ j \\=== k"),
            ("1. x 2) y 3.4 z", "1\\. x 2\\) y 3.4 z"),
            ("10.1.2.3 a-b", "10.1.2.3 a-b"),
            ("&amp;", "&amp;amp;"),
            ("a\nb\u{202e}", "a\\\\u{a}b\\\\u{202e}"),
            ("Grüße: 5 %", "Grüße: 5 %"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn nothing_becomes_a_link() {
        assert_eq!(plain("see https://a.example/?x now"), "see `https://a.example/?x` now");
        assert_eq!(plain("WWW.a.example a@b.example"), "`WWW.a.example` `a@b.example`");
        assert_eq!(plain("http://a|b"), "`http://a`&#124;`b`");
        assert_eq!(plain("http://`a``"), "``` http://`a`` ```");
    }

    #[test]
    fn code_is_closed_where_it_ends() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a|b"), "`a`&#124;`b`");
        assert_eq!(code(""), "");
        assert_eq!(code("\\"), "`\\`");
    }
}
