//! When something went on: a few intervals instead of one entry a packet.

use super::time::Timestamp;

/// Disjoint intervals in time order; sightings closer than a given gap are joined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    spans: Vec<Span>,
}

/// An interval with the number of packets in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First sighting.
    pub from: Timestamp,
    /// Last sighting.
    pub to: Timestamp,
    /// Sightings.
    pub packets: u64,
}

/// Most intervals kept; past it the last one is stretched.
pub const SPANS_MAX: usize = 512;

impl Activity {
    /// Notes a sighting at `time`; it joins the last interval if that ended at most `gap` nanoseconds before.
    pub fn note(&mut self, time: Timestamp, gap: i64) {
        let full = self.spans.len() >= SPANS_MAX;
        match self.spans.last_mut() {
            Some(last) if time.since(last.to) <= gap || full => {
                last.to = last.to.max(time);
                last.packets += 1;
            }
            _ => self.spans.push(Span { from: time, to: time, packets: 1 }),
        }
    }

    /// Adds an interval that does not begin before the last one; it joins that one if they touch or none has room.
    pub fn push(&mut self, span: Span) {
        let full = self.spans.len() >= SPANS_MAX;
        match self.spans.last_mut() {
            Some(last) if span.from <= last.to || full => {
                last.to = last.to.max(span.to);
                last.packets += span.packets;
            }
            _ => self.spans.push(span),
        }
    }

    /// The intervals in time order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Adds the intervals of another part; those that overlap become one.
    pub fn merge(&mut self, other: &Activity) {
        let mut all = std::mem::take(&mut self.spans);
        all.extend_from_slice(&other.spans);
        all.sort_by_key(|span| (span.from, span.to));
        all.into_iter().for_each(|span| self.push(span));
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::new(second, 0)
    }

    fn activity(seconds: &[i64]) -> Activity {
        let mut activity = Activity::default();
        seconds.iter().for_each(|second| activity.note(at(*second), 1_000_000_000));
        activity
    }

    fn spans(activity: &Activity) -> Vec<(i64, i64, u64)> {
        activity.spans().iter().map(|span| (span.from.seconds(), span.to.seconds(), span.packets)).collect()
    }

    #[test]
    fn sightings_join_up_to_the_gap() {
        assert_eq!(spans(&activity(&[1, 2, 3, 5, 5, 4])), [(1, 3, 3), (5, 5, 3)]);
    }

    #[test]
    fn merged_parts_stay_disjoint_and_in_order() {
        let mut one = activity(&[1, 2, 3, 20]);
        one.merge(&activity(&[3, 4, 10, 11]));
        assert_eq!(spans(&one), [(1, 4, 5), (10, 11, 2), (20, 20, 1)]);
    }

    #[test]
    fn past_the_limit_the_last_interval_is_stretched() {
        let seconds: Vec<i64> = (0..2 * SPANS_MAX as i64).map(|index| index * 10).collect();
        let mut long = activity(&seconds);
        assert_eq!(long.spans().len(), SPANS_MAX);
        long.merge(&activity(&[100_000]));
        assert_eq!(long.spans().len(), SPANS_MAX);
        let last = long.spans().last().unwrap();
        assert_eq!(last.to, at(100_000));
        assert_eq!(long.spans().iter().map(|span| span.packets).sum::<u64>(), seconds.len() as u64 + 1);
    }
}
