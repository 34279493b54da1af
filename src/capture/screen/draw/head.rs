//! Head, foot and help.

use super::super::view::Call;
use super::super::words::{clock, clock_of, confidence, drops, say, time_of_day};
use super::super::{Controls, Status};
use super::Picture;
use super::text::{Row, cut, width};
use meetscope::model::text::{bytes, grouped};
use ratatui::style::Style;
use ratatui::text::Line;

/// The call and its clock; below, the capture.
pub(super) fn head(picture: &Picture<'_>, controls: &Controls, columns: usize) -> Vec<Line<'static>> {
    let first = match picture.view.call() {
        Some(call) => of_call(picture, call, columns),
        None => {
            let look = picture.look;
            let none = picture.say("noch kein Gespräch erkannt", "no call recognised yet");
            Row::default().text(format!("{} ", look.signs().off), look.faint()).text(none, look.strong())
        }
    };
    vec![first.line(), capture(picture, controls, columns)]
}

fn of_call(picture: &Picture<'_>, call: &Call, columns: usize) -> Row {
    let (look, signs) = (picture.look, picture.look.signs());
    let (sign, state, style) = match call.live {
        true => (signs.on, picture.say("Gespräch läuft", "call in progress"), look.good()),
        false => (signs.over, picture.say("Gespräch beendet", "call has ended"), look.plain()),
    };
    let provider = match &call.provider {
        Some(name) => format!("{} ({})", cut(name, columns / 4), confidence(&call.confidence, picture.german)),
        None => picture.say("unbekannter Anbieter", "unknown provider").to_owned(),
    };
    let between = format!(" {} ", signs.between);
    let since = match call.live {
        true => format!("{} {}", picture.say("seit", "since"), time_of_day(call.start)),
        false => format!("{}–{}", time_of_day(call.start), time_of_day(call.end)),
    };
    let more = match picture.view.calls.len() {
        0 | 1 => String::new(),
        calls => format!(" (+{})", calls - 1),
    };
    Row::default()
        .text(format!("{sign} "), style)
        .text(state, look.strong())
        .text(between.clone(), look.faint())
        .text(provider, look.accent())
        .text(format!("{between}{since} UTC{between}"), look.plain())
        .text(clock_of(call.seconds(picture.status.now)), look.strong())
        .text(more, look.faint())
}

/// What is captured from and into, how much, what was lost, and at the right since when.
fn capture(picture: &Picture<'_>, controls: &Controls, columns: usize) -> Line<'static> {
    let (look, status) = (picture.look, picture.status);
    let (since, since_style) = match controls.paused {
        true => (picture.say("ANGEHALTEN", "PAUSED").to_owned(), look.warn()),
        false => (format!("{} {}", picture.say("Mitschnitt", "capture"), clock(status.elapsed)), look.faint()),
    };
    let packets = match status.counters.packets {
        1 => picture.say("Paket", "packet"),
        _ => picture.say("Pakete", "packets"),
    };
    let size = bytes(status.counters.bytes, picture.german);
    let counted = format!("{} {packets}   {size}", grouped(status.counters.packets, picture.german));
    let (lost, style) = lost(picture);
    let room = columns.saturating_sub(width(&counted) + width(&lost) + width(&since) + 10);
    let row = Row::default()
        .text("  ", look.plain())
        .text(cut(&source(picture), room.max(4)), look.plain())
        .text(format!("   {counted}   "), look.plain())
        .text(lost, style);
    let free = columns.saturating_sub(row.columns());
    row.right(&since, free, since_style).line()
}

fn source(picture: &Picture<'_>) -> String {
    let status = picture.status;
    match &status.file {
        Some(file) => format!("{} {} {file}", status.interfaces, picture.look.signs().to),
        None => format!("{} ({})", status.interfaces, picture.say("ohne Datei", "no file")),
    }
}

fn lost(picture: &Picture<'_>) -> (String, Style) {
    let look = picture.look;
    let lost = drops(&picture.status.counters, picture.german);
    match lost.is_empty() {
        true => (picture.say("nichts verworfen", "none dropped").to_owned(), look.good()),
        false => (format!("{} {}: {lost}", look.signs().warning, picture.say("VERWORFEN", "DROPPED")), look.bad()),
    }
}

/// What confines the program; below, the keys.
pub(super) fn foot(picture: &Picture<'_>, controls: &Controls, columns: usize) -> Vec<Line<'static>> {
    let pause = match controls.paused {
        true => picture.say("Weiter", "resume"),
        false => picture.say("Anhalten", "pause"),
    };
    let language = if picture.german { ("e", "English") } else { ("d", "Deutsch") };
    let arrows = if picture.look.unicode { "↑↓" } else { picture.say("Pfeile", "arrows") };
    let keys = [
        ("q", picture.say("Ende", "end")),
        ("p", pause),
        ("Tab", picture.say("Bereich", "pane")),
        (arrows, picture.say("blättern", "scroll")),
        language,
        ("?", picture.say("Hilfe", "help")),
    ];
    let mut row = Row::default().text(" ", picture.look.plain());
    for (key, means) in keys {
        row = row.text(key.to_owned(), picture.look.accent()).text(format!(" {means}   "), picture.look.plain());
    }
    vec![guards(picture, picture.status, columns), row.line()]
}

fn guards(picture: &Picture<'_>, status: &Status, columns: usize) -> Line<'static> {
    let (look, signs) = (picture.look, picture.look.signs());
    let mut row = Row::default().text(format!(" {}: ", picture.say("Schutz", "Guards")), look.faint());
    if status.guards.is_empty() {
        return row.text(picture.say("keiner in Kraft", "none in force"), look.warn()).line();
    }
    for (name, in_force) in &status.guards {
        let name = guard(name, picture.german);
        let (sign, word, style) = match in_force {
            true => (signs.yes, "", look.good()),
            false => (signs.no, picture.say(" nicht in Kraft", " not in force"), look.warn()),
        };
        if row.columns() + width(name) + width(word) + 5 <= columns {
            row = row.text(format!("{sign} "), style).text(format!("{name}{word}   "), look.faint());
        }
    }
    row.line()
}

fn guard(name: &'static str, german: bool) -> &'static str {
    match name {
        "privileges" => say(german, "Rechte abgegeben", "privileges given up"),
        "landlock" => "Landlock",
        other => other,
    }
}

/// Keys and signs in words.
pub(super) fn help(picture: &Picture<'_>) -> Vec<Line<'static>> {
    let (look, signs) = (picture.look, picture.look.signs());
    let arrows = if look.unicode { "↑ ↓" } else { picture.say("Pfeile", "arrows") };
    let page = picture.say("Bild auf/ab", "PgUp PgDn");
    let keys = [
        ("q, Strg-C", "q, Ctrl-C", "Mitschnitt beenden, Bericht ausgeben", "end the capture, print the report"),
        ("p", "p", "Anzeige anhalten; der Mitschnitt läuft weiter", "pause the display; the capture goes on"),
        ("Tab", "Tab", "nächster Bereich", "next pane"),
        (arrows, arrows, "im Bereich blättern", "scroll in the pane"),
        (page, page, "seitenweise blättern", "scroll by pages"),
        ("d, e", "d, e", "Deutsch, Englisch", "German, English"),
        ("?, Esc", "?, Esc", "Hilfe öffnen und schließen", "open and close the help"),
    ];
    let marks = [
        (signs.on, look.good(), "spricht gerade", "speaks now"),
        (signs.sent, look.accent(), "gesendet von dieser Seite", "sent by this side"),
        (signs.received, look.accent(), "empfangen", "received"),
        (signs.eu, look.good(), "EU oder EWR", "EU or EEA"),
        (
            signs.adequate,
            look.warn(),
            "Drittland mit Angemessenheitsbeschluss",
            "third country with an adequacy decision",
        ),
        (signs.third, look.bad(), "Drittland ohne Angemessenheitsbeschluss", "third country without one"),
        ("?", look.warn(), "Ort nicht bestimmbar", "place not determinable"),
    ];
    let key = |(de, en, means_de, means_en): (&str, &str, &str, &str)| {
        let row = Row::default().cell(picture.say(de, en), 13, look.accent());
        row.text(picture.say(means_de, means_en).to_owned(), look.plain()).line()
    };
    let mark = |(sign, style, de, en): (&'static str, _, &str, &str)| {
        Row::default().cell(sign, 13, style).text(picture.say(de, en).to_owned(), look.plain()).line()
    };
    keys.into_iter().map(key).chain([Line::default()]).chain(marks.into_iter().map(mark)).collect()
}
