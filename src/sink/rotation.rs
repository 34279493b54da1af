//! When a file ends and the next begins, and what they are called.

use crate::model::Timestamp;

/// When to begin another file. As it is by default there is one, of any size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Most bytes of a file. A file holds at least one frame.
    pub bytes: Option<u64>,
    /// Longest time of a file in nanoseconds.
    pub nanos: Option<i64>,
    /// Most files that are kept; the oldest is deleted for the next.
    pub keep: Option<usize>,
}

impl Rotation {
    /// Whether there may be more than one file.
    #[inline]
    pub const fn is_asked_for(&self) -> bool {
        self.bytes.is_some() || self.nanos.is_some()
    }

    /// Whether a file of `bytes` that lasts for `nanos` is too large.
    #[inline]
    pub(super) fn is_full(&self, bytes: u64, nanos: i64) -> bool {
        self.bytes.is_some_and(|most| bytes > most) || self.nanos.is_some_and(|most| nanos >= most)
    }

    /// Name of file `number`, from 1, that begins at `time`: `call.pcapng` becomes `call_00001_20261123140500.pcapng`,
    /// as dumpcap names its files but with the time in UTC. Without rotation it stays.
    pub(super) fn name(&self, base: &str, number: u32, time: Timestamp) -> String {
        if !self.is_asked_for() {
            return base.to_owned();
        }
        let (stem, extension) = split(base);
        let stamp: String = time.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
        format!("{stem}_{number:05}_{stamp}{extension}")
    }
}

/// A path before the extension of its last part, and the extension with its dot.
fn split(path: &str) -> (&str, &str) {
    let folder = path.rfind(['/', '\\']).map_or(0, |at| at + 1);
    match path.rfind('.').filter(|dot| *dot > folder) {
        Some(dot) => path.split_at(dot),
        None => (path, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_dumpcap_in_utc() {
        let time = Timestamp::new(1_795_442_700, 0);
        let rotation = Rotation { bytes: Some(1), ..Rotation::default() };
        let name = |base| rotation.name(base, 1, time);
        assert_eq!(name("call.pcapng"), "call_00001_20261123140500.pcapng");
        assert_eq!(name("a.b/call"), "a.b/call_00001_20261123140500");
        assert_eq!(name("a/.hidden"), "a/.hidden_00001_20261123140500");
        assert_eq!(rotation.name("x.y.pcapng", 100_000, time), "x.y_100000_20261123140500.pcapng");
        assert_eq!(Rotation::default().name("call.pcapng", 1, time), "call.pcapng");
    }

    #[test]
    fn a_file_is_full_by_size_or_by_time() {
        let rotation = Rotation { bytes: Some(100), nanos: Some(10), keep: None };
        assert!(!rotation.is_full(100, 9) && rotation.is_full(101, 0) && rotation.is_full(0, 10));
        assert!(!Rotation::default().is_full(u64::MAX, i64::MAX) && !Rotation::default().is_asked_for());
    }
}
