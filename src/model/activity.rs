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

    /// Adds an interval that begins behind the last one; past the limit the last one is stretched.
    pub fn push(&mut self, span: Span) {
        let full = self.spans.len() >= SPANS_MAX;
        match self.spans.last_mut().filter(|_| full) {
            Some(last) => {
                last.to = last.to.max(span.to);
                last.packets += span.packets;
            }
            None => self.spans.push(span),
        }
    }

    /// The intervals in time order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Adds whole intervals of another part; order is restored.
    pub fn merge(&mut self, other: &Activity) {
        self.spans.extend_from_slice(&other.spans);
        self.spans.sort_by_key(|span| (span.from, span.to));
        self.spans.truncate(SPANS_MAX);
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}
