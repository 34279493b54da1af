//! Keys from standard input.
//!
//! A thread of its own reads, because nothing else may wait for the terminal. Crossterm's reader is not used: once the
//! terminal is gone, each read of it gives nothing or an error, and it reads on for ever without returning, so that
//! the capture could not end on SIGHUP. It also opens files and asks for the size by running a program.

use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, SyncSender};

/// Most keys that wait to be looked at; a key held down longer is not worth more.
const KEYS_WAITING_MAX: usize = 64;

/// What a key means on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    End,
    Pause,
    German,
    English,
    Help,
    Next,
    Previous,
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Escape,
    Redraw,
}

/// Keys that were pressed.
pub(super) struct Keys {
    pressed: Receiver<Key>,
}

impl Keys {
    /// Begins to read. Threads inherit what confines the one that starts them, so this is called after the process
    /// has confined itself.
    pub(super) fn read() -> io::Result<Keys> {
        let (sender, pressed) = mpsc::sync_channel(KEYS_WAITING_MAX);
        std::thread::Builder::new().name("keys".into()).spawn(move || forward(io::stdin().lock(), &sender))?;
        Ok(Keys { pressed })
    }

    #[cfg(test)]
    pub(super) fn of(keys: &[Key]) -> Keys {
        let (sender, pressed) = mpsc::sync_channel(KEYS_WAITING_MAX);
        keys.iter().for_each(|key| sender.send(*key).unwrap());
        Keys { pressed }
    }

    /// The next key that waits.
    pub(super) fn next(&self) -> Option<Key> {
        self.pressed.try_recv().ok()
    }
}

/// Reads until the terminal is gone or nobody listens.
fn forward(mut input: impl Read, keys: &SyncSender<Key>) {
    let mut buffer = [0; 256];
    loop {
        let read = match input.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        for key in keys_in(buffer.get(..read).unwrap_or_default()) {
            if let Err(mpsc::TrySendError::Disconnected(_)) = keys.try_send(key) {
                return;
            }
        }
    }
}

/// The keys in what was read at once. A terminal sends the bytes of a key together.
fn keys_in(mut bytes: &[u8]) -> Vec<Key> {
    let mut keys = Vec::new();
    while let Some((first, rest)) = bytes.split_first() {
        let (key, rest) = match (first, rest) {
            (0x1b, [b'[' | b'O', rest @ ..]) => sequence(rest),
            (0x1b, rest) => (Some(Key::Escape), rest),
            (byte, rest) => (single(*byte), rest),
        };
        keys.extend(key);
        bytes = rest;
    }
    keys
}

fn single(byte: u8) -> Option<Key> {
    Some(match byte {
        b'q' | b'Q' | 0x03 | 0x04 => Key::End,
        b'p' | b'P' | b' ' => Key::Pause,
        b'd' | b'D' => Key::German,
        b'e' | b'E' => Key::English,
        b'?' | b'h' | b'H' => Key::Help,
        b'\t' => Key::Next,
        b'k' => Key::Up,
        b'j' => Key::Down,
        b'g' => Key::Top,
        b'G' => Key::Bottom,
        0x0c => Key::Redraw,
        _ => return None,
    })
}

/// What follows `ESC [` or `ESC O`: parameters up to a final byte (ECMA-48, 5.4).
fn sequence(bytes: &[u8]) -> (Option<Key>, &[u8]) {
    let end = bytes.iter().position(|byte| (0x40..=0x7e).contains(byte)).unwrap_or(bytes.len());
    let (parameters, rest) = bytes.split_at(end);
    let Some((last, rest)) = rest.split_first() else { return (None, rest) };
    let key = match (last, parameters) {
        (b'A', _) => Key::Up,
        (b'B', _) => Key::Down,
        (b'C', _) => Key::Next,
        (b'D' | b'Z', _) => Key::Previous,
        (b'H', _) | (b'~', b"1" | b"7") => Key::Top,
        (b'F', _) | (b'~', b"4" | b"8") => Key::Bottom,
        (b'~', b"5") => Key::PageUp,
        (b'~', b"6") => Key::PageDown,
        _ => return (None, rest),
    };
    (Some(key), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart() {
        let keys = keys_in(b"q\x03p\t\x1b[A\x1bOB\x1b[5~\x1b[6~\x1b[Z\x1b[1;5C\x1b[H\x1b[4~?x");
        let expected = [
            Key::End,
            Key::End,
            Key::Pause,
            Key::Next,
            Key::Up,
            Key::Down,
            Key::PageUp,
            Key::PageDown,
            Key::Previous,
            Key::Next,
            Key::Top,
            Key::Bottom,
            Key::Help,
        ];
        assert_eq!(keys, expected);
    }

    #[test]
    fn any_bytes_can_be_typed() {
        assert_eq!(keys_in(b"\x1b"), [Key::Escape]);
        for bytes in [&b"\x1b["[..], b"\x1b[1;", b"\x1bO", b"\xff\xfe\x80", b"\x1b[200~", b"\x1b[\x1b[\x1b["] {
            assert_eq!(keys_in(bytes), [], "{bytes:?}");
        }
    }

    #[test]
    fn the_reader_ends_with_its_input() {
        let (sender, receiver) = mpsc::sync_channel(8);
        forward(&b"pq"[..], &sender);
        drop(sender);
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [Key::Pause, Key::End]);
    }
}
