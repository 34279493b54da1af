//! Colours and signs. Only the sixteen colours of the terminal's own palette, and never a background, so that it reads
//! well on light and dark; everything that a colour says is said by a sign and a word too.

use super::super::terminal::Look;
use super::super::view::Reach;
use ratatui::style::{Color, Modifier, Style};

/// Signs of the screen.
pub(super) struct Signs {
    pub(super) on: &'static str,
    pub(super) off: &'static str,
    pub(super) over: &'static str,
    pub(super) sent: &'static str,
    pub(super) received: &'static str,
    pub(super) rule: &'static str,
    pub(super) warning: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,
    pub(super) eu: &'static str,
    pub(super) adequate: &'static str,
    pub(super) third: &'static str,
    pub(super) focus: &'static str,
    pub(super) between: &'static str,
    pub(super) to: &'static str,
    /// From empty to full.
    pub(super) bars: [&'static str; 9],
}

const UNICODE: Signs = Signs {
    on: "●",
    off: "○",
    over: "■",
    sent: "↑",
    received: "↓",
    rule: "─",
    warning: "▲",
    yes: "✓",
    no: "✗",
    eu: "✓",
    adequate: "◆",
    third: "▲",
    focus: "▶",
    between: "·",
    to: "→",
    bars: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
};

const PLAIN: Signs = Signs {
    on: "*",
    off: "o",
    over: "#",
    sent: "^",
    received: "v",
    rule: "-",
    warning: "!",
    yes: "+",
    no: "x",
    eu: "+",
    adequate: "=",
    third: "!",
    focus: ">",
    between: "-",
    to: "->",
    bars: [" ", "_", ".", ":", "-", "=", "+", "*", "#"],
};

impl Look {
    pub(super) fn signs(self) -> &'static Signs {
        if self.unicode { &UNICODE } else { &PLAIN }
    }

    fn coloured(self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }

    /// What goes well.
    pub(super) fn good(self) -> Style {
        self.coloured(Color::Green)
    }

    /// What asks for attention.
    pub(super) fn warn(self) -> Style {
        self.coloured(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    /// What is bad.
    pub(super) fn bad(self) -> Style {
        self.coloured(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// What leads the eye.
    pub(super) fn accent(self) -> Style {
        self.coloured(Color::Cyan)
    }

    pub(super) fn plain(self) -> Style {
        Style::new()
    }

    pub(super) fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What stands behind.
    pub(super) fn faint(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// Sign and colour of a host by the law of its place.
    pub(super) fn reach(self, reach: Reach) -> (&'static str, Style) {
        let signs = self.signs();
        match reach {
            Reach::Near => (signs.between, self.faint()),
            Reach::Eu | Reach::Eea => (signs.eu, self.good()),
            Reach::Adequate => (signs.adequate, self.warn()),
            Reach::ThirdCountry => (signs.third, self.bad()),
            Reach::Unknown => ("?", self.warn()),
        }
    }
}
