//! Untrusted text made safe to show, and numbers for readers.

/// Makes text from packets safe for a terminal: control characters, bidirectional overrides and other invisible
/// characters become `\u{..}`; longer than `most` characters is cut with an ellipsis.
pub fn for_terminal(text: &str, most: usize) -> String {
    let mut safe = String::with_capacity(text.len());
    for (index, character) in text.chars().enumerate() {
        if index == most {
            safe.push('…');
            break;
        }
        if is_plain(character) {
            safe.push(character);
        } else {
            safe.extend(character.escape_unicode());
        }
    }
    safe
}

/// Whether a character shows as itself and changes nothing around it.
fn is_plain(character: char) -> bool {
    !character.is_control()
        && !matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Makes text from packets safe as a cell of a table for spreadsheets: control characters are escaped, where a formula
/// could begin stands an apostrophe, and the cell is in quotes where RFC 4180 section 2 asks for them.
pub fn for_spreadsheet(text: &str) -> String {
    let safe = defused(&for_terminal(text, usize::MAX));
    match safe.contains([',', '"', '\'', ';', ' ']) {
        true => format!("\"{}\"", safe.replace('"', "\"\"")),
        false => safe,
    }
}

/// With an apostrophe wherever a formula could begin: at the start, and behind what programs may split cells at.
fn defused(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 1);
    let mut at_start = true;
    for character in text.chars() {
        if at_start && begins_formula(character) {
            safe.push('\'');
        }
        safe.push(character);
        at_start = matches!(character, ';' | ',' | '|') || at_start && matches!(character, ' ' | '"' | '\u{a0}');
    }
    safe
}

/// What spreadsheets take for a formula, the wide forms of East Asian input too. Tabs and line ends are escaped before.
fn begins_formula(character: char) -> bool {
    matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

/// Breaks text at spaces into lines of at most `width` characters; a longer word stands on its own line, unbroken, so
/// that addresses and filters can be copied.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut length = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let size = word.chars().count();
        if length > 0 && length + 1 + size > width {
            lines.push(String::new());
            length = 0;
        }
        if let Some(line) = lines.last_mut() {
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += size;
        }
    }
    lines
}

/// A number of bytes in the reader's unit: `12 B`, `3.4 kB`, `1.2 MB`; `comma` for German decimals.
pub fn bytes(count: u64, comma: bool) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let (mut value, mut unit) = (count as f64, 0);
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && value < 99.95);
    let number = format!("{value:.digits$}");
    let number = if comma { number.replace('.', ",") } else { number };
    format!("{number} {}", units.get(unit).unwrap_or(&"B"))
}

/// A whole number with its thousands grouped: `1,234,567`, in German `1.234.567`.
pub fn grouped(number: u64, german: bool) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(if german { '.' } else { ',' });
        }
        grouped.push(digit);
    }
    grouped
}

/// A duration for readers: `53 s`, `4 min 7 s`, `2 h 5 min`, in German `53 Sekunden`, `4 Minuten 7 Sekunden`.
pub fn duration(seconds: f64, german: bool) -> String {
    let whole = seconds.max(0.0).round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    let parts = match whole {
        0..60 => [(seconds, "s", "Sekunde"), (0, "", "")],
        60..3600 => [(minutes, "min", "Minute"), (seconds, "s", "Sekunde")],
        _ => [(hours, "h", "Stunde"), (minutes, "min", "Minute")],
    };
    let part = |(index, (count, sign, word)): (usize, (u64, &str, &str))| match (german, count) {
        (_, 0) if index > 0 => None,
        (false, _) => Some(format!("{count} {sign}")),
        (true, 1) => Some(format!("1 {word}")),
        (true, _) => Some(format!("{count} {word}n")),
    };
    parts.into_iter().enumerate().filter_map(part).collect::<Vec<_>>().join(" ")
}

/// A day of the form `2026-11-23` for readers: in German `23.11.2026`. Text of another form stays as it is.
pub fn day(date: &str, german: bool) -> String {
    let mut parts = date.rsplitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(day), Some(month), Some(year)) if german => format!("{day}.{month}.{year}"),
        _ => date.to_owned(),
    }
}

/// A time of the form `2026-11-23T05:33:56.791273Z` for readers: `2026-11-23 05:33:56 UTC`, in German
/// `23.11.2026, 05:33:56 UTC`. Text of another form stays as it is.
pub fn moment(time: &str, german: bool) -> String {
    let Some((date, clock)) = time.split_once('T') else { return time.to_owned() };
    let clock = clock.get(..8).unwrap_or(clock);
    let day = day(date, german);
    if german && day != date { format!("{day}, {clock} UTC") } else { format!("{day} {clock} UTC") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_could_move_the_cursor_or_turn_the_line() {
        assert_eq!(for_terminal("a\x1b[2Jb\u{202e}c\r\n", 99), "a\\u{1b}[2Jb\\u{202e}c\\u{d}\\u{a}");
        assert_eq!(for_terminal("Grüße", 3), "Grü…");
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(for_spreadsheet("plain"), "plain");
        assert_eq!(for_spreadsheet("a,b"), "\"a,b\"");
        assert_eq!(for_spreadsheet("say \"x\""), "\"say \"\"x\"\"\"");
        assert_eq!(for_spreadsheet("a\r\nb"), "a\\u{d}\\u{a}b");
        assert_eq!(for_spreadsheet(""), "");
    }

    #[test]
    fn formulas_begin_nowhere() {
        for evil in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", " =1", "\"=1", "x;=1", "x,  =1", "x|=1"] {
            let safe = for_spreadsheet(evil);
            let sign = safe.find(begins_formula).unwrap();
            assert!(safe[..sign].ends_with('\''), "{evil} gives {safe}");
        }
        assert_eq!(for_spreadsheet("\t=1"), "\\u{9}=1", "a tab is no tab any more");
        assert_eq!(for_spreadsheet("2026-11-23"), "2026-11-23");
        assert_eq!(for_spreadsheet("audio-level"), "audio-level");
    }

    #[test]
    fn numbers_for_readers() {
        assert_eq!(bytes(999, true), "999 B");
        assert_eq!(bytes(1_540_926, true), "1,5 MB");
        assert_eq!(grouped(1_234_567, true), "1.234.567");
        assert_eq!(grouped(12, false), "12");
    }

    #[test]
    fn moments_in_both_languages() {
        assert_eq!(moment("2026-11-23T05:33:56.791273Z", true), "23.11.2026, 05:33:56 UTC");
        assert_eq!(moment("2026-11-23T05:33:56.791273Z", false), "2026-11-23 05:33:56 UTC");
        assert_eq!(moment("", true), "");
        assert_eq!((day("2026-11-23", true), day("2026-11-23", false)), ("23.11.2026".into(), "2026-11-23".into()));
        assert_eq!(day("unknown", true), "unknown");
    }

    #[test]
    fn durations_in_both_languages() {
        let both = |seconds| (duration(seconds, true), duration(seconds, false));
        let pair = |de: &str, en: &str| (de.to_owned(), en.to_owned());
        assert_eq!(both(0.4), pair("0 Sekunden", "0 s"));
        assert_eq!(both(59.6), pair("1 Minute", "1 min"));
        assert_eq!(both(247.0), pair("4 Minuten 7 Sekunden", "4 min 7 s"));
        assert_eq!(both(3661.0), pair("1 Stunde 1 Minute", "1 h 1 min"));
        assert_eq!(both(7513.0), pair("2 Stunden 5 Minuten", "2 h 5 min"));
        assert_eq!(both(-1.0), pair("0 Sekunden", "0 s"));
    }
}
