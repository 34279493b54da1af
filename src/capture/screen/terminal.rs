//! The terminal that the screen is drawn on: what it can, its size, and how it is put back.

use crossterm::cursor::{Hide, Show};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use std::env;
use std::io::{self, BufWriter, IsTerminal, Stderr, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Size of a terminal that says none.
const SIZE_UNKNOWN: Size = Size { width: 80, height: 24 };

/// Whether the screen has the terminal.
static ACTIVE: AtomicBool = AtomicBool::new(false);
/// The hook for panics is set once, whatever is opened and closed.
static HOOK: Once = Once::new();

/// What a terminal can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) colour: bool,
    pub(super) unicode: bool,
}

impl Look {
    /// As the environment has it: no colour where `NO_COLOR` is set, plain signs where the terminal or the locale has
    /// no others.
    pub(super) fn of_environment() -> Look {
        let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default().to_ascii_lowercase();
        let term = set("TERM").unwrap_or_default();
        Look {
            colour: set("NO_COLOR").is_none() && !term.starts_with("vt"),
            unicode: (locale.contains("utf-8") || locale.contains("utf8"))
                && term != "linux"
                && !term.starts_with("vt"),
        }
    }
}

/// Whether there is a terminal to draw on, and one to read keys from.
pub(crate) fn is_possible() -> bool {
    let able = env::var("TERM").is_ok_and(|term| !term.is_empty() && term != "dumb");
    able && io::stderr().is_terminal() && io::stdin().is_terminal()
}

/// Takes the terminal over. Whatever happens, [`leave`] puts it back.
pub(super) fn enter() -> io::Result<()> {
    HOOK.call_once(|| {
        let earlier = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // The message of the earlier hook must not be lost with the screen.
            let _ = leave();
            earlier(panic);
        }));
    });
    enable_raw_mode()?;
    ACTIVE.store(true, Ordering::SeqCst);
    crossterm::execute!(io::stderr(), EnterAlternateScreen, Hide)
}

/// Puts the terminal back, once.
pub(super) fn leave() -> io::Result<()> {
    if !ACTIVE.swap(false, Ordering::SeqCst) {
        return Ok(());
    }
    let drawn = crossterm::execute!(io::stderr(), LeaveAlternateScreen, Show);
    disable_raw_mode().and(drawn)
}

/// Whether the screen still has the terminal; a panic in another thread takes it away.
pub(super) fn is_active() -> bool {
    ACTIVE.load(Ordering::SeqCst)
}

/// Standard error as a terminal. It asks that descriptor for its size, where crossterm would open `/dev/tty` or run a
/// program, which a confined process can neither.
pub(super) struct Tty {
    inner: CrosstermBackend<BufWriter<Stderr>>,
}

impl Tty {
    pub(super) fn new() -> Tty {
        Tty { inner: CrosstermBackend::new(BufWriter::with_capacity(1 << 16, io::stderr())) }
    }
}

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.inner)
    }
}

impl Backend for Tty {
    type Error = io::Error;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> io::Result<()> {
        self.inner.draw(content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        let size = console::Term::stderr().size_checked().filter(|(rows, columns)| *rows > 0 && *columns > 0);
        Ok(size.map_or(SIZE_UNKNOWN, |(height, width)| Size { width, height }))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.inner)
    }
}
