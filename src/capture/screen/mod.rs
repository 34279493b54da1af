//! The screen of a capture: who speaks, what goes where, and what everybody can see of it, while it happens.

mod draw;
mod keys;
mod terminal;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod view;
pub(crate) mod words;

pub(crate) use terminal::is_possible;

use super::moment::{Counters, Display, Moment};
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use draw::{PANES, Picture};
use keys::{Key, Keys};
use meetscope::model::Timestamp;
use meetscope::model::text::for_terminal;
use ratatui::Terminal;
use std::io;
use std::time::Duration;
use terminal::{Look, Tty};
use view::View;

/// Rows below which the screen shows the essential parts only.
const ROWS_FOR_DETAIL: u16 = 30;
/// Lines that a page key scrolls.
const PAGE_LINES: usize = 10;
/// Longest name of an interface or file shown, in characters.
const SOURCE_CHARS_MAX: usize = 200;

/// The screen on a terminal.
pub(crate) struct Screen {
    terminal: Terminal<Tty>,
    keys: Option<Keys>,
    scene: Scene,
}

impl Screen {
    /// Takes the terminal over. Call it before the process confines itself, and only if [`is_possible`].
    ///
    /// # Errors
    /// When standard input is no terminal, or standard error cannot be written.
    pub(crate) fn open(german: bool) -> io::Result<Screen> {
        terminal::enter()?;
        let terminal = Terminal::new(Tty::new()).inspect_err(|_| drop(terminal::leave()))?;
        Ok(Screen { terminal, keys: None, scene: Scene::new(german, Look::of_environment()) })
    }

    fn draw(&mut self) -> io::Result<()> {
        if !terminal::is_active() {
            return Ok(());
        }
        if std::mem::take(&mut self.scene.redraw) {
            self.terminal.clear()?;
        }
        crossterm::queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| self.scene.draw(frame))?;
        crossterm::execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }
}

impl Display for Screen {
    fn show(&mut self, moment: &Moment) -> io::Result<()> {
        self.scene.update(moment);
        self.draw()
    }

    /// Keys show their effect at once.
    fn wants_end(&mut self) -> bool {
        if self.keys.is_none() {
            self.keys = Keys::read().ok();
        }
        let Some(keys) = &self.keys else { return false };
        let mut pressed = false;
        while let Some(key) = keys.next() {
            self.scene.press(key);
            pressed = true;
        }
        // A picture that cannot be drawn now is no reason to end; the next moment says why.
        let _drawn = if pressed { self.draw() } else { Ok(()) };
        self.scene.ended
    }

    fn close(&mut self) -> io::Result<()> {
        terminal::leave()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // There is nobody left to tell.
        let _ = terminal::leave();
    }
}

/// All that the picture depends on.
struct Scene {
    view: View,
    status: Status,
    controls: Controls,
    look: Look,
    german: bool,
    ended: bool,
    redraw: bool,
}

/// What changes with every moment.
#[derive(Default)]
struct Status {
    counters: Counters,
    elapsed: Duration,
    now: Timestamp,
    interfaces: String,
    file: Option<String>,
    /// Name, and whether it is in force.
    guards: Vec<(&'static str, bool)>,
    /// Whether there is room for the essential parts only.
    low: bool,
}

/// What the user has chosen.
#[derive(Default)]
struct Controls {
    paused: bool,
    help: bool,
    focus: usize,
    scroll: [usize; PANES],
}

impl Scene {
    fn new(german: bool, look: Look) -> Scene {
        let (view, status) = (View::default(), Status::default());
        // News need scrolling first.
        let controls = Controls { focus: PANES - 1, ..Controls::default() };
        Scene { view, status, controls, look, german, ended: false, redraw: false }
    }

    fn update(&mut self, moment: &Moment) {
        if self.controls.paused {
            return;
        }
        self.view.update(moment);
        self.status = Status::new(moment);
    }

    fn draw(&mut self, frame: &mut ratatui::Frame<'_>) {
        self.status.low = frame.area().height < ROWS_FOR_DETAIL;
        let picture = Picture { view: &self.view, status: &self.status, look: self.look, german: self.german };
        draw::draw(frame, &picture, &mut self.controls);
    }

    fn press(&mut self, key: Key) {
        let controls = &mut self.controls;
        match key {
            Key::End => self.ended = true,
            Key::Pause => controls.paused = !controls.paused,
            Key::German => self.german = true,
            Key::English => self.german = false,
            Key::Help => controls.help = !controls.help,
            Key::Escape => controls.help = false,
            Key::Next => controls.focus = (controls.focus + 1) % PANES,
            Key::Previous => controls.focus = (controls.focus + PANES - 1) % PANES,
            Key::Redraw => self.redraw = true,
            Key::Up => controls.scroll(|at| at.saturating_sub(1)),
            Key::Down => controls.scroll(|at| at.saturating_add(1)),
            Key::PageUp => controls.scroll(|at| at.saturating_sub(PAGE_LINES)),
            Key::PageDown => controls.scroll(|at| at.saturating_add(PAGE_LINES)),
            Key::Top => controls.scroll(|_| 0),
            Key::Bottom => controls.scroll(|_| usize::MAX),
        }
    }
}

impl Controls {
    /// Scrolls the pane in focus; drawing keeps it within what there is.
    fn scroll(&mut self, to: impl Fn(usize) -> usize) {
        if let Some(at) = self.scroll.get_mut(self.focus) {
            *at = to(*at);
        }
    }
}

impl Status {
    fn new(moment: &Moment) -> Status {
        let safe = |text: &str| for_terminal(text, SOURCE_CHARS_MAX);
        Status {
            counters: moment.counters,
            elapsed: moment.elapsed,
            now: moment.now,
            interfaces: safe(&moment.interfaces.join(", ")),
            file: moment.file.as_deref().map(safe),
            guards: moment.guards.iter().map(|guard| (guard.name, guard.in_force)).collect(),
            low: false,
        }
    }
}
