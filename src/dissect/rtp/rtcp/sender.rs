//! What the reports of one source tell over time: how fast it sends, and so how long it had sent before.

use super::index::Index;
use super::packet::SenderInfo;
use crate::model::time::NANOS_PER_SECOND;
use crate::model::{Evidence, Timestamp};

/// Shortest time between two reports from which a rate is told.
const RATE_NANOS_MIN: i64 = 2 * NANOS_PER_SECOND;
/// Fewest packets sent in that time.
const RATE_PACKETS_MIN: u64 = 20;

/// One source in one direction.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    /// Source, and index of the direction.
    pub(super) source: (u32, usize),
    /// Encrypted packets of it.
    pub(super) sealed: u32,
    /// Place and first value of its SRTCP index.
    pub(super) index: Index,
    sent: Option<Count>,
    /// Wall clock of the last report, its middle 32 bits, and when that passed.
    report: Option<(u32, Timestamp)>,
}

/// A number that rises, where it was first and last seen.
#[derive(Clone, Copy, Debug)]
struct Count {
    first: (u64, Evidence),
    last: (u64, Timestamp),
}

impl Sender {
    /// A source of which nothing was read.
    pub(super) fn new(source: (u32, usize)) -> Sender {
        Sender { source, sealed: 0, index: Index::default(), sent: None, report: None }
    }

    /// Takes in a report; true when it is the first.
    pub(super) fn note_report(&mut self, info: &SenderInfo, at: Evidence) -> bool {
        self.report = Some(((info.ntp >> 16) as u32, at.time));
        let packets = u64::from(info.packets);
        match &mut self.sent {
            Some(count) => {
                count.last = (packets, at.time);
                false
            }
            None => {
                self.sent = Some(Count { first: (packets, at), last: (packets, at.time) });
                true
            }
        }
    }

    /// When the report with this middle of its wall clock passed, if that was the last one.
    pub(super) fn passed(&self, middle: u32) -> Option<Timestamp> {
        self.report.filter(|(known, _)| *known == middle).map(|(_, time)| time)
    }

    /// Seconds for which the source had sent when it was first heard, from what it had sent by then and how fast it
    /// went on: its packets in clear reports, or the index of encrypted ones.
    pub(super) fn age_seconds(&self) -> Option<(u64, Evidence)> {
        let count = self.sent.or_else(|| {
            let (first, last) = self.index.span()?;
            Some(Count { first, last })
        })?;
        let (sent, nanos) = (count.last.0.checked_sub(count.first.0)?, count.last.1.since(count.first.1.time));
        if nanos < RATE_NANOS_MIN || (self.sent.is_some() && sent < RATE_PACKETS_MIN) || sent == 0 {
            return None;
        }
        let age = i128::from(count.first.0) * i128::from(nanos) / i128::from(sent) / i128::from(NANOS_PER_SECOND);
        Some((u64::try_from(age).ok()?, count.first.1))
    }
}
