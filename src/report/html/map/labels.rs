//! Names beside the marks of a map, set so that none covers another.

use super::marks::{Mark, Sure};
use crate::report::html::both::Both;
use crate::report::html::digest::round;
use maud::{Markup, html};

/// Most countries with a name beside their mark, by bytes.
const NAMES_MAX: usize = 12;
/// Width of a character in parts of the size of the letters.
const CHARACTER_WIDTH: f64 = 0.58;
/// Height of a line in parts of that size.
const LINE_HEIGHT: f64 = 1.2;
/// Lines that a name may move up or down to find room, the nearest first.
const LINES: [f64; 11] = [0.0, -1.0, 1.0, -2.0, 2.0, -3.0, 3.0, -4.0, 4.0, -5.5, 5.5];

/// A mark with its place in the picture.
pub(super) struct Placed<'m> {
    pub(super) mark: &'m Mark<'m>,
    pub(super) at: (f64, f64),
    pub(super) radius: f64,
    pub(super) named: bool,
}

/// Left, top, right and bottom.
#[derive(Clone, Copy, Debug)]
struct Box4([f64; 4]);

impl Box4 {
    fn meets(&self, other: &Box4) -> bool {
        let ([left, top, right, bottom], [l, t, r, b]) = (self.0, other.0);
        left < r && l < right && top < b && t < bottom
    }

    fn is_within(&self, other: &Box4) -> bool {
        let ([left, top, right, bottom], [l, t, r, b]) = (self.0, other.0);
        left >= l && top >= t && right <= r && bottom <= b
    }
}

/// Names in letters of `size` units, inside the frame of left, top, width and height; `class` says on which screens.
pub(super) fn names(placed: &[Placed<'_>], frame: [f64; 4], size: f64, class: &str) -> Markup {
    let [left, top, width, height] = frame;
    let edge = size * 0.4;
    // The view's own name stands at the top left.
    let title = Box4([left, top, left + size * 7.0, top + size * 2.2]);
    let within = Box4([left + edge, top + edge, left + width - edge, top + height - edge]);
    let mut taken: Vec<Box4> = vec![title];
    taken.extend(placed.iter().map(disc));
    html! {
        g class={ "names " (class) } font-size=(round(size)) stroke-width=(round(size * 0.26)) {
            @for it in placed.iter().filter(|it| it.named).take(NAMES_MAX) {
                @let words = words(it.mark);
                @if let Some((found, ends, moved)) = room(it, &words, size, &within, &taken) {
                    (name(it, &words, found, ends, moved, size))
                    @let () = taken.push(found);
                }
            }
        }
    }
}

fn disc(placed: &Placed<'_>) -> Box4 {
    let ((x, y), r) = (placed.at, placed.radius * 0.8);
    Box4([x - r, y - r, x + r, y + r])
}

/// Where a name has room: its box, whether it stands to the left of its mark, and whether it moved away from it.
fn room(it: &Placed<'_>, words: &[Both], size: f64, within: &Box4, taken: &[Box4]) -> Option<(Box4, bool, bool)> {
    let chars = words.iter().flat_map(|line| [&line.de, &line.en]).map(|text| text.chars().count()).max()?;
    let (wide, high) = (chars as f64 * size * CHARACTER_WIDTH, words.len() as f64 * size * LINE_HEIGHT);
    let away = it.radius + size * 0.45;
    for lines in LINES {
        let top = it.at.1 - high / 2.0 + lines * size * LINE_HEIGHT;
        for ends in [false, true] {
            let x = if ends { it.at.0 - away - wide } else { it.at.0 + away };
            let found = Box4([x, top, x + wide, top + high]);
            if found.is_within(within) && !taken.iter().any(|other| other.meets(&found)) {
                return Some((found, ends, lines != 0.0));
            }
        }
    }
    None
}

/// A name, with a line to its mark where it moved away from it.
fn name(
    it: &Placed<'_>,
    words: &[Both],
    Box4([left, top, right, bottom]): Box4,
    ends: bool,
    moved: bool,
    size: f64,
) -> Markup {
    let x = if ends { right } else { left };
    let place = if ends { "end" } else { "start" };
    html! {
        @if moved {
            line.leader x1=(round(it.at.0)) y1=(round(it.at.1)) x2=(round(x)) y2=(round((top + bottom) / 2.0)) {}
        }
        @for (index, line) in words.iter().enumerate() {
            @let y = top + size * (LINE_HEIGHT * index as f64 + 0.95);
            (line.drawn(&round(x).to_string(), round(y), if index == 0 { place.to_owned() } else { format!("{place} place") }.as_str()))
        }
    }
}

/// The country with its bytes, and the places in it; a question mark where only a database claims it, a cross where
/// other evidence contradicts.
fn words(mark: &Mark<'_>) -> Vec<Both> {
    let country = Both::country(mark.code);
    let first = match mark.sure {
        Sure::Against => Both::join(&[country, Both::same("✕")], " "),
        Sure::Claimed => Both::join(&[Both::join(&[country, Both::same("?")], ""), Both::bytes(mark.bytes)], " · "),
        Sure::Proven | Sure::Plausible => Both::join(&[country, Both::bytes(mark.bytes)], " · "),
    };
    let mut lines = vec![first];
    if !mark.places.is_empty() {
        lines.push(Both::same(mark.places.join(", ")).cut(28));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_neighbours_do_not_cover_each_other() {
        let mark = |code| Mark { code, status: "eu", bytes: 7, sure: Sure::Proven, places: Vec::new(), at: (0.0, 0.0) };
        let marks = ["DE", "NL", "BE", "LU"].map(mark);
        let at = [(500.0, 500.0), (504.0, 497.0), (498.0, 503.0), (501.0, 505.0)];
        let placed: Vec<Placed<'_>> =
            marks.iter().zip(at).map(|(mark, at)| Placed { mark, at, radius: 6.0, named: true }).collect();
        let within = Box4([0.0, 0.0, 1000.0, 1000.0]);
        let mut taken: Vec<Box4> = Vec::new();
        for it in &placed {
            let (found, ..) = room(it, &words(it.mark), 12.0, &within, &taken).expect("room");
            assert!(found.is_within(&within) && !taken.iter().any(|other| other.meets(&found)));
            taken.push(found);
        }
        assert!(room(&placed[0], &words(&marks[0]), 400.0, &within, &[]).is_none(), "too large for the frame");
    }
}
