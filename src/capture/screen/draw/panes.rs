//! The lines of each pane.

use super::super::view::{Call, Device, Host, News, Person, StreamRow};
use super::super::words::{bitrate, camera, clock_of, kind, microphone, person, reach, time_of_day, topology};
use super::Picture;
use super::text::{Row, fit, width, wrap};
use meetscope::exposure::purpose_words;
use meetscope::model::text::{bytes, grouped};
use ratatui::text::Line;

/// Columns from which a host takes two lines, and from which one holds all.
const DETAILED_FROM: usize = 45;
const WIDE_FROM: usize = 100;
/// Most lines of a sentence in a pane that is low.
const SENTENCE_LINES_MAX: usize = 4;
/// Columns of the time before a sentence.
const TIME_COLUMNS: usize = 10;

pub(super) fn title(picture: &Picture<'_>, pane: usize) -> String {
    let call = picture.view.call();
    let counted = |title: &str, count: usize| if count > 0 { format!("{title} ({count})") } else { title.to_owned() };
    match pane {
        0 => picture.say("Teilnehmende", "Participants").to_owned(),
        1 => counted(picture.say("Medienströme", "Streams"), call.map_or(0, |call| call.streams.len())),
        2 => counted(picture.say("Gegenstellen", "Endpoints"), picture.view.hosts.len()),
        _ => counted(picture.say("Was sichtbar wird", "What becomes visible"), picture.view.news.len()),
    }
}

pub(super) fn lines(picture: &Picture<'_>, pane: usize, columns: usize) -> Vec<Line<'static>> {
    let lines: Vec<_> = match (pane, picture.view.call()) {
        (0, Some(call)) => people(picture, call, columns),
        (1, Some(call)) => call.streams.iter().map(|row| stream(picture, call, row, columns)).collect(),
        (2, _) => hosts(picture, columns),
        (3, _) => picture.view.news.iter().flat_map(|news| sentence(picture, news, columns)).collect(),
        _ => Vec::new(),
    };
    if lines.is_empty() { vec![empty(picture, pane)] } else { lines }
}

fn empty(picture: &Picture<'_>, pane: usize) -> Line<'static> {
    let text = match pane {
        0 => picture.say("noch niemand zu erkennen", "nobody can be told yet"),
        1 => picture.say("noch keine Medien", "no media yet"),
        2 => picture.say("noch keine", "none yet"),
        _ => picture.say("noch nichts", "nothing yet"),
    };
    Row::default().text(format!("  {text}"), picture.look.faint()).line()
}

/// Columns of the longest name of a participant.
fn who_columns(german: bool) -> usize {
    if german { 12 } else { 14 }
}

fn people(picture: &Picture<'_>, call: &Call, columns: usize) -> Vec<Line<'static>> {
    let at_least = format!(
        "  {} {} {} {}",
        picture.say("mindestens", "at least"),
        call.at_least,
        picture.look.signs().between,
        topology(&call.topology, picture.german)
    );
    let first = Row::default().text(at_least, picture.look.faint()).line();
    let people = call.people.iter().map(|one| one_person(picture, one, columns));
    let pictures = (call.pictures > 0).then(|| {
        let what = match call.pictures {
            1 => picture.say("Bild, nicht zuzuordnen", "picture, of nobody known"),
            _ => picture.say("Bilder, nicht zuzuordnen", "pictures, of nobody known"),
        };
        Row::default().text(format!("  {} {what}", call.pictures), picture.look.faint()).line()
    });
    std::iter::once(first).chain(people).chain(pictures).collect()
}

fn one_person(picture: &Picture<'_>, one: &Person, columns: usize) -> Line<'static> {
    let (look, signs, german) = (picture.look, picture.look.signs(), picture.german);
    let (sign, word, style) = match one.speaking {
        true => (signs.on, picture.say("spricht", "speaks"), look.good()),
        false => (signs.off, "", look.faint()),
    };
    let seen = |device| if device == Device::Unseen { look.faint() } else { look.plain() };
    let muted = if one.microphone == Device::Silent { look.warn() } else { seen(one.microphone) };
    let name = if one.speaking { look.strong() } else { look.plain() };
    let mut row = Row::default()
        .text(format!("{sign} "), style)
        .cell(&person(one, german), who_columns(german), name)
        .cell(word, if german { 8 } else { 7 }, style)
        .cell(
            &format!("{} {}", picture.say("Mikro", "mic"), microphone(one.microphone, german)),
            if german { 12 } else { 10 },
            muted,
        )
        .cell(&format!("{} {}", picture.say("Kamera", "camera"), camera(one.camera, german)), 11, seen(one.camera));
    if one.screen == Device::On {
        row = row.cell(picture.say("Schirm an", "screen on"), 11, look.warn());
    } else if row.columns() + 22 <= columns {
        row = row.cell("", 11, look.plain());
    }
    if one.talk_s >= 1.0 && row.columns() + 10 <= columns {
        row = row.text(format!("{} {}", picture.say("Rede", "talk"), clock_of(one.talk_s)), look.faint());
    }
    row.line()
}

fn stream(picture: &Picture<'_>, call: &Call, row: &StreamRow, columns: usize) -> Line<'static> {
    let (look, signs, german) = (picture.look, picture.look.signs(), picture.german);
    let (style, arrow_style) =
        if row.live && !row.repair { (look.plain(), look.accent()) } else { (look.faint(), look.faint()) };
    let arrow = if row.sent { signs.sent } else { signs.received };
    let what = match row.repair {
        true => picture.say("Reparatur", "repair").to_owned(),
        false => kind(&row.kind, german).to_owned(),
    };
    let who = row.who.and_then(|index| call.people.get(index)).map(|one| person(one, german));
    let mut line = Row::default().text(format!("{arrow} "), arrow_style).cell(&what, 12, style);
    if columns >= 56 {
        line = line.cell(row.codec.as_deref().unwrap_or_default(), 7, look.faint());
    }
    line = line.cell(&who.unwrap_or_default(), who_columns(german), style);
    let lost_columns = if columns >= 70 { 13 } else { 0 };
    let bars = columns.saturating_sub(line.columns() + 12 + lost_columns);
    line = line.text(sparkline(&row.history, bars, signs.bars), if row.live { look.accent() } else { look.faint() });
    let rate = match row.live {
        true => bitrate(row.bitrate, german),
        false => picture.say("ruht", "rests").to_owned(),
    };
    line = line.right(&rate, 12, style);
    if lost_columns > 0 && row.lost > 0 {
        let lost = format!("{} {}", grouped(row.lost, german), picture.say("fehlen", "lost"));
        line = line.right(&lost, lost_columns, look.warn());
    }
    line.line()
}

/// The newest points at the right, each a bar by the greatest of those shown.
fn sparkline(history: &[u64], columns: usize, bars: [&'static str; 9]) -> String {
    let from = history.len().saturating_sub(columns);
    let shown = history.get(from..).unwrap_or_default();
    let most = shown.iter().copied().max().unwrap_or_default();
    let bar = |value: &u64| {
        let eighths = value.saturating_mul(8).div_ceil(most.max(1));
        bars.get(usize::try_from(eighths).unwrap_or(8)).copied().unwrap_or_default()
    };
    " ".repeat(columns - shown.len()) + &shown.iter().map(bar).collect::<String>()
}

fn hosts(picture: &Picture<'_>, columns: usize) -> Vec<Line<'static>> {
    let widest = picture.view.hosts.iter().map(|host| width(&host.address)).max().unwrap_or_default();
    let address = widest.clamp(9, columns / 2);
    picture.view.hosts.iter().flat_map(|host| one_host(picture, host, address, columns)).collect()
}

/// Sign, country, address, operator, and what the law says; where there is room, its name, purpose and size below.
fn one_host(picture: &Picture<'_>, host: &Host, address: usize, columns: usize) -> Vec<Line<'static>> {
    let (look, german) = (picture.look, picture.german);
    let (sign, style) = look.reach(host.reach);
    let country = host.country.as_deref().unwrap_or("–");
    let law = reach(host, german);
    let head = Row::default()
        .text(format!("{sign} "), style)
        .cell(country, 3, style)
        .text(fit(&host.address, address), look.plain())
        .text("  ", look.plain());
    let name = host.name.as_deref().or(host.provider.as_deref()).unwrap_or_default();
    let operator = host.operator.as_deref().unwrap_or_default();
    if !(DETAILED_FROM..WIDE_FROM).contains(&columns) || picture.status.low {
        let left = columns.saturating_sub(head.columns() + 2);
        let law_columns = (left * 2 / 5).clamp(12, 32).min(left);
        let who =
            if operator.is_empty() || columns >= WIDE_FROM { join(&[operator, name]) } else { operator.to_owned() };
        let line = head.cell(&law, law_columns, style).text("  ", look.plain());
        return vec![line.cell(&who, left.saturating_sub(law_columns), look.plain()).line()];
    }
    let left = columns.saturating_sub(head.columns());
    let first = head.cell(&law, left, style).line();
    let purpose: Vec<_> = host.purposes.iter().map(|id| purpose_words(id, german)).collect();
    let below = join(&[operator, name, &purpose.join(", "), &bytes(host.bytes, german)]);
    let second = Row::default().text("     ", look.plain()).cell(&below, columns.saturating_sub(5), look.faint());
    vec![first, second.line()]
}

fn join(parts: &[&str]) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The time, and the sentence behind it.
fn sentence(picture: &Picture<'_>, news: &News, columns: usize) -> Vec<Line<'static>> {
    let look = picture.look;
    let text = picture.say(&news.sentence.de, &news.sentence.en);
    let mut lines = wrap(text, columns.saturating_sub(TIME_COLUMNS));
    let most = if picture.status.low { 2 } else { SENTENCE_LINES_MAX };
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push_str(" …");
        }
    }
    let at = time_of_day(news.at);
    let line = |(index, text): (usize, String)| {
        let time = if index == 0 { at.as_str() } else { "" };
        Row::default().cell(time, TIME_COLUMNS, look.faint()).text(text, look.plain()).line()
    };
    lines.into_iter().enumerate().map(line).collect()
}
