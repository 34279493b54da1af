//! A line a second.

use super::moment::{Display, Moment};
use std::io;

#[derive(Default)]
pub(crate) struct Plain {
    shown: Option<u64>,
}

impl Display for Plain {
    fn show(&mut self, moment: &Moment) -> io::Result<()> {
        let second = moment.elapsed.as_secs();
        if self.shown.replace(second) != Some(second) {
            let counters = &moment.counters;
            eprintln!(
                "{} {:>6} s  {} packets  {} dropped  {} meetings",
                moment.interfaces.join(","),
                second,
                counters.packets,
                counters.dropped_kernel + counters.dropped_interface + counters.dropped_queue,
                moment.findings.as_ref().map_or(0, |findings| findings.meetings.len()),
            );
        }
        Ok(())
    }
}
