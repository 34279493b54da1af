//! The picture: a head, panes side by side or below each other as the terminal is wide, and a foot with the keys.

mod head;
mod look;
mod panes;
mod text;

use super::terminal::Look;
use super::view::View;
use super::words::say;
use super::{Controls, Status};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Text};
use ratatui::widgets::{Block, Clear, Paragraph};
use text::{Row, width};

/// Fewest columns and rows that anything can be shown in.
const COLUMNS_MIN: u16 = 40;
const ROWS_MIN: u16 = 12;
/// Columns from which panes stand in two columns.
const TWO_COLUMNS_FROM: u16 = 100;
/// Columns from which they stand in three.
const THREE_COLUMNS_FROM: u16 = 140;
/// Number of panes that can be scrolled.
pub(super) const PANES: usize = 4;

/// What is drawn.
pub(super) struct Picture<'p> {
    pub(super) view: &'p View,
    pub(super) status: &'p Status,
    pub(super) look: Look,
    pub(super) german: bool,
}

impl Picture<'_> {
    fn say<'t>(&self, de: &'t str, en: &'t str) -> &'t str {
        say(self.german, de, en)
    }
}

/// Draws all, and keeps the scrolling of `controls` within what there is.
pub(super) fn draw(frame: &mut Frame<'_>, picture: &Picture<'_>, controls: &mut Controls) {
    let area = frame.area();
    if area.width < COLUMNS_MIN || area.height < ROWS_MIN {
        let hint = picture.say("Fenster zu klein (40×12)", "window too small (40×12)");
        frame.render_widget(Paragraph::new(hint), area);
        return;
    }
    let [head, body, foot] =
        Layout::vertical([Constraint::Length(2), Constraint::Min(1), Constraint::Length(2)]).areas(area);
    let width = usize::from(area.width);
    frame.render_widget(Text::from(head::head(picture, controls, width)), head);
    frame.render_widget(Text::from(head::foot(picture, controls, width)), foot);
    for column in columns(body) {
        pile(frame, picture, controls, &column);
    }
    if controls.help {
        help(frame, picture, area);
    }
}

/// An area and the panes that stand in it, from above.
struct Column {
    area: Rect,
    panes: &'static [usize],
}

fn columns(body: Rect) -> Vec<Column> {
    let fill = |weights: &[u16]| {
        let parts = weights.iter().map(|weight| Constraint::Fill(*weight));
        Layout::horizontal(parts).spacing(2).split(body).to_vec()
    };
    let (areas, panes): (Vec<Rect>, &[&'static [usize]]) = match body.width {
        THREE_COLUMNS_FROM.. => (fill(&[5, 5, 6]), &[&[0, 1], &[2], &[3]]),
        TWO_COLUMNS_FROM.. => (fill(&[1, 1]), &[&[0, 1], &[2, 3]]),
        _ => (vec![body], &[&[0, 1, 2, 3]]),
    };
    areas.into_iter().zip(panes).map(|(area, panes)| Column { area, panes }).collect()
}

/// Draws panes below each other, with rows for each as it needs them.
fn pile(frame: &mut Frame<'_>, picture: &Picture<'_>, controls: &mut Controls, column: &Column) {
    let columns = usize::from(column.area.width);
    let panes: Vec<_> = column.panes.iter().map(|pane| (*pane, panes::lines(picture, *pane, columns))).collect();
    // Each pane has a title; the gap below it is its last row unless the terminal is low.
    let gap = usize::from(column.area.height >= 30);
    let titles = panes.len() * (1 + gap);
    let wants: Vec<_> = panes.iter().map(|(_, lines)| lines.len().max(1)).collect();
    let mut top = column.area.y;
    for ((pane, lines), rows) in panes.into_iter().zip(share(usize::from(column.area.height) - titles, &wants)) {
        let height = u16::try_from(rows + 1).unwrap_or(u16::MAX);
        let area = Rect { y: top, height, ..column.area }.intersection(column.area);
        one_pane(frame, picture, controls, pane, lines, area);
        top = top.saturating_add(height).saturating_add(gap as u16);
    }
}

/// Shares rows fairly: nobody gets more than wanted while another wants for some; the last takes what is left.
fn share(rows: usize, wants: &[usize]) -> Vec<usize> {
    let mut shares = vec![0; wants.len()];
    let mut left = rows;
    while left > 0 {
        let before = left;
        for (share, want) in shares.iter_mut().zip(wants) {
            if left > 0 && *share < *want {
                *share += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    if let Some(last) = shares.last_mut() {
        *last += left;
    }
    shares
}

fn one_pane(
    frame: &mut Frame<'_>,
    picture: &Picture<'_>,
    controls: &mut Controls,
    pane: usize,
    lines: Vec<Line<'static>>,
    area: Rect,
) {
    let rows = usize::from(area.height.saturating_sub(1));
    let total = lines.len();
    let Some(scroll) = controls.scroll.get_mut(pane) else { return };
    *scroll = (*scroll).min(total.saturating_sub(rows));
    let from = *scroll;
    let shown = match total > rows {
        true => format!("{}–{}/{total}", (from + 1).min(total), (from + rows).min(total)),
        false => String::new(),
    };
    let title = title(picture, pane, controls.focus == pane, &shown, usize::from(area.width));
    let page: Vec<_> = std::iter::once(title).chain(lines.into_iter().skip(from).take(rows)).collect();
    frame.render_widget(Text::from(page), area);
}

/// `─ Title ───────── 1–4/9 ─`
fn title(picture: &Picture<'_>, pane: usize, focused: bool, shown: &str, columns: usize) -> Line<'static> {
    let (look, signs) = (picture.look, picture.look.signs());
    let name = panes::title(picture, pane);
    let lead = if focused { signs.focus } else { signs.rule };
    let style = if focused { look.accent() } else { look.faint() };
    let tail = if shown.is_empty() { String::new() } else { format!(" {shown} {}", signs.rule) };
    let used = 3 + width(&name) + width(&tail);
    Row::default()
        .text(lead, style)
        .text(" ", style)
        .text(name, look.strong())
        .text(" ", style)
        .text(signs.rule.repeat(columns.saturating_sub(used)), look.faint())
        .text(tail, look.faint())
        .line()
}

/// Keys and signs, over everything else.
fn help(frame: &mut Frame<'_>, picture: &Picture<'_>, area: Rect) {
    let lines = head::help(picture);
    let width = lines.iter().map(Line::width).max().unwrap_or_default() + 4;
    let (width, height) =
        (u16::try_from(width).unwrap_or(u16::MAX), u16::try_from(lines.len() + 2).unwrap_or(u16::MAX));
    let (width, height) = (width.min(area.width), height.min(area.height));
    let popup = Rect { x: (area.width - width) / 2, y: (area.height - height) / 2, width, height };
    frame.render_widget(Clear, popup);
    let mut block = Block::bordered().title(picture.say(" Hilfe ", " Help ")).border_style(picture.look.accent());
    if !picture.look.unicode {
        block = block.border_set(PLAIN_BORDER);
    }
    frame.render_widget(Paragraph::new(lines).block(block.padding(ratatui::widgets::Padding::horizontal(1))), popup);
}

const PLAIN_BORDER: ratatui::symbols::border::Set<'static> = ratatui::symbols::border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn rows_are_shared_fairly() {
        assert_eq!(share(16, &[2, 8, 2, 60]), [2, 6, 2, 6]);
        assert_eq!(share(16, &[1, 1, 1, 1]), [1, 1, 1, 13]);
        assert_eq!(share(2, &[5, 5, 5]), [1, 1, 0]);
        assert_eq!(share(0, &[1]), [0]);
    }
}
