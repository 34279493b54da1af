//! Text in columns: cut, filled up and broken by the width that it takes on a terminal.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    Span::raw(text).width()
}

/// The text, cut to so many columns, with an ellipsis where it was cut.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (mut kept, mut used) = (String::new(), 0);
    for character in text.chars() {
        used += width(character.encode_utf8(&mut [0; 4]));
        if used >= columns {
            break;
        }
        kept.push(character);
    }
    if columns > 0 { kept + "…" } else { kept }
}

/// The text in exactly so many columns.
pub(super) fn fit(text: &str, columns: usize) -> String {
    let cut = cut(text, columns);
    let missing = columns.saturating_sub(width(&cut));
    cut + &" ".repeat(missing)
}

/// The same, with the text at the right.
pub(super) fn fit_right(text: &str, columns: usize) -> String {
    let cut = cut(text, columns);
    " ".repeat(columns.saturating_sub(width(&cut))) + &cut
}

/// Breaks a text at spaces into lines of at most so many columns; a longer word is broken where it must be.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let size = width(word);
        if used > 0 && used + 1 + size <= columns {
            push(&mut lines, " ");
            used += 1;
        } else if used > 0 {
            lines.push(String::new());
            used = 0;
        }
        if size <= columns {
            push(&mut lines, word);
            used += size;
            continue;
        }
        for character in word.chars() {
            let character = character.to_string();
            let size = width(&character);
            if used + size > columns {
                lines.push(String::new());
                used = 0;
            }
            push(&mut lines, &character);
            used += size;
        }
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

/// A line made of cells.
#[derive(Default)]
pub(super) struct Row {
    spans: Vec<Span<'static>>,
    columns: usize,
}

impl Row {
    /// Adds a text as it is.
    pub(super) fn text(mut self, text: impl Into<String>, style: Style) -> Row {
        let text = text.into();
        self.columns += width(&text);
        self.spans.push(Span::styled(text, style));
        self
    }

    /// Adds a text in exactly so many columns.
    pub(super) fn cell(self, text: &str, columns: usize, style: Style) -> Row {
        self.text(fit(text, columns), style)
    }

    /// Adds a text in exactly so many columns, at their right.
    pub(super) fn right(self, text: &str, columns: usize, style: Style) -> Row {
        self.text(fit_right(text, columns), style)
    }

    /// Columns taken until now.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn line(self) -> Line<'static> {
        Line::from(self.spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(
            (cut("会议室", 6), cut("会议室", 5), cut("会议室", 4)),
            ("会议室".into(), "会议…".into(), "会…".into())
        );
        assert_eq!((fit("ab", 4), fit_right("ab", 4), fit("abc", 2)), ("ab  ".into(), "  ab".into(), "a…".into()));
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn lines_are_broken_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrap("ein Wort und noch eines", 9), ["ein Wort", "und noch", "eines"]);
        assert_eq!(wrap("a abcdefgh b", 3), ["a", "abc", "def", "gh", "b"]);
        assert_eq!(wrap("", 3), [""]);
        assert_eq!(wrap("ab", 0), ["a", "b"]);
    }
}
