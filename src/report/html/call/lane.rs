//! Lanes of the picture of a call: stretches of time as bars, in percent of the width, so that text keeps its size.

use crate::exposure::Interval;
use crate::report::html::both::Both;
use crate::report::html::digest::seconds;
use maud::{Markup, html};
use std::fmt::Write;

/// Most steps of the time axis.
const TICKS_MAX: f64 = 8.0;
/// Steps of the time axis in seconds.
const STEPS_S: [f64; 18] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0,
    43_200.0, 86_400.0,
];
/// Seconds of a day.
const DAY_S: f64 = 86_400.0;
/// Parts of the width that two stretches must lie apart to be drawn as two.
const APART_PARTS: f64 = 700.0;
/// Units that the width of a lane has, whatever its width on the screen.
const BREADTH: f64 = 2000.0;
/// Least width of a bar in such units.
const WIDTH_MIN: f64 = 4.0;

/// From when to when the picture goes, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) from: f64,
    pub(super) to: f64,
}

/// A stretch of time in seconds since 1970.
pub(super) type Span = (f64, f64);

/// Bars of one look at one height of a lane.
pub(super) struct Bars {
    /// Class of the bars, a word of this program.
    pub(super) class: &'static str,
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) spans: Vec<Span>,
}

impl Scale {
    pub(super) fn new(from: f64, to: f64) -> Scale {
        Scale { from, to: to.max(from + 0.001) }
    }

    /// Where a time is, in percent of the width.
    pub(super) fn percent(&self, time: f64) -> f64 {
        ((time - self.from) / (self.to - self.from) * 100.0).clamp(0.0, 100.0)
    }

    /// Time of day in UTC, with the day before it where the picture is longer than one.
    pub(super) fn clock(&self, time: f64) -> Both {
        let clock = clock(time);
        let date = jiff::Timestamp::from_second(time.round() as i64).map(|at| at.to_string()).unwrap_or_default();
        match (self.to - self.from > DAY_S, date.get(5..7), date.get(8..10)) {
            (true, Some(month), Some(day)) => {
                Both::new(format!("{day}.{month}., {clock}"), format!("{month}-{day} {clock}"))
            }
            _ => Both::same(clock),
        }
    }

    /// Seconds that two stretches must lie apart to be drawn as two.
    pub(super) fn apart_s(&self) -> f64 {
        (self.to - self.from) / APART_PARTS
    }

    /// Times of the axis.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let length = self.to - self.from;
        let step = STEPS_S.into_iter().find(|step| length / step <= TICKS_MAX).unwrap_or(length / TICKS_MAX);
        let first = (self.from / step).ceil();
        (0..=TICKS_MAX as u32).map(|index| (first + f64::from(index)) * step).filter(|time| *time <= self.to).collect()
    }

    /// The stretches that lie within the picture, in order, those that lie close together as one.
    pub(super) fn thinned(&self, spans: &[Span]) -> Vec<Span> {
        let mut spans: Vec<Span> =
            spans.iter().filter(|(from, to)| *to >= self.from && *from <= self.to).copied().collect();
        spans.sort_by(|one, two| one.0.total_cmp(&two.0));
        let mut thinned: Vec<Span> = Vec::new();
        for (from, to) in spans {
            match thinned.last_mut() {
                Some(last) if from - last.1 < self.apart_s() => last.1 = last.1.max(to),
                _ => thinned.push((from, to)),
            }
        }
        thinned
    }
}

/// Stretches of the report in seconds.
pub(super) fn spans(intervals: &[Interval]) -> Vec<Span> {
    intervals.iter().filter_map(|interval| span(&interval.from, &interval.to)).collect()
}

pub(super) fn span(from: &str, to: &str) -> Option<Span> {
    Some((seconds(from)?, seconds(to)?))
}

/// What is left of a stretch when others are taken out.
pub(super) fn without(whole: Span, taken: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    let mut from = whole.0;
    let mut taken = taken.to_vec();
    taken.sort_by(|one, two| one.0.total_cmp(&two.0));
    for (start, end) in taken {
        if start > from {
            left.push((from, start.min(whole.1)));
        }
        from = from.max(end);
    }
    if from < whole.1 {
        left.push((from, whole.1));
    }
    left
}

/// A lane with its name, a note below it, and its bars.
pub(super) fn lane(scale: Scale, name: &Both, note: &Both, height: f64, bars: &[Bars]) -> Markup {
    html! {
        div.lane {
            div.who { b { (name) } @if !note.is_empty() { span.fine { (note) } } }
            svg.track width="100%" height=(height) aria-hidden="true" focusable="false" {
                (grid(scale, height))
                svg viewBox={ "0 0 " (BREADTH) " " (height) } preserveAspectRatio="none" width="100%" height=(height) {
                    @for bars in bars { path class=(bars.class) d=(outline(scale, bars)) {} }
                }
            }
        }
    }
}

/// All bars of one look as one path, which is the shortest way to write them.
fn outline(scale: Scale, bars: &Bars) -> String {
    let mut path = String::new();
    for (from, to) in scale.thinned(&bars.spans) {
        let left = (scale.percent(from) / 100.0 * BREADTH).round();
        let width = (scale.percent(to) / 100.0 * BREADTH - left).round().max(WIDTH_MIN);
        let _ = write!(path, "M{left} {}h{width}v{}h-{width}z", bars.top, bars.height);
    }
    path
}

/// Lines of the time axis.
pub(super) fn grid(scale: Scale, height: f64) -> Markup {
    html! {
        @for time in scale.ticks() {
            @let at = percent(scale.percent(time));
            line.tick x1=(at) x2=(at) y1="0" y2=(height) {}
        }
    }
}

/// The time axis.
pub(super) fn axis(scale: Scale, name: &Both) -> Markup {
    html! {
        div.lane.axis {
            div.who { span.fine { (name) } }
            svg.track width="100%" height="20" aria-hidden="true" focusable="false" {
                @for (index, time) in scale.ticks().into_iter().enumerate() {
                    @let at = scale.percent(time);
                    @let place = match at {
                        at if at > 93.0 => "clock end",
                        at if at < 4.0 => "clock start",
                        _ => "clock",
                    };
                    @let class = if index % 2 == 1 { format!("{place} odd") } else { place.to_owned() };
                    (scale.clock(time).drawn(&percent(at), 14.0, &class))
                }
            }
        }
    }
}

pub(super) fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

/// Time of day in UTC.
fn clock(time: f64) -> String {
    let second = time.max(0.0).round() as u64 % 86_400;
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_that_lie_closer_than_a_pixel_become_one() {
        let scale = Scale::new(0.0, 700.0);
        assert_eq!(
            scale.thinned(&[(10.0, 11.0), (0.0, 5.0), (11.5, 12.0), (13.5, 14.0), (800.0, 900.0)]),
            [(0.0, 5.0), (10.0, 12.0), (13.5, 14.0)]
        );
    }

    #[test]
    fn a_call_of_any_length_has_few_ticks() {
        for length in [0.0, 0.5, 33.0, 61.0, 3600.0, 90_000.0, 1e7] {
            let ticks = Scale::new(1_700_000_000.0, 1_700_000_000.0 + length).ticks();
            assert!(ticks.len() <= 9, "{length}: {ticks:?}");
        }
        assert_eq!(Scale::new(3.0, 33.0).ticks(), [5.0, 10.0, 15.0, 20.0, 25.0, 30.0]);
    }

    #[test]
    fn what_is_taken_out_is_not_left() {
        assert_eq!(without((0.0, 10.0), &[(6.0, 7.0), (2.0, 3.0)]), [(0.0, 2.0), (3.0, 6.0), (7.0, 10.0)]);
        assert_eq!(without((0.0, 10.0), &[(-1.0, 11.0)]), []);
        assert_eq!(clock(86_399.6), "00:00:00");
        assert_eq!(Scale::new(0.0, 60.0).clock(30.0), Both::same("00:00:30"));
        assert_eq!(Scale::new(0.0, 90_000.0).clock(86_400.0), Both::new("02.01., 00:00:00", "01-02 00:00:00"));
    }
}
