//! The same number for the same call and stream in every edition. The findings number them in their order, which
//! changes when something that began earlier is recognised later.

use meetscope::exposure::{Meeting, Stream};
use std::collections::{BTreeMap, BTreeSet};

/// Most calls whose number is remembered.
const CALLS_TRACKED_MAX: usize = 1024;
/// Most calls that one with another start is compared with.
const CALLS_COMPARED_MAX: usize = 64;
/// Most streams whose number is remembered.
const STREAMS_TRACKED_MAX: usize = 16_384;

/// Numbers of calls, from 1.
#[derive(Default)]
pub(crate) struct CallNumbers {
    known: Vec<Known>,
    last: u32,
}

struct Known {
    number: u32,
    local: String,
    start: String,
    end: String,
    flows: Vec<String>,
}

impl CallNumbers {
    /// The number of each call, in the order given.
    pub(crate) fn assign(&mut self, meetings: &[Meeting]) -> Vec<u32> {
        let mut taken = BTreeSet::new();
        let mut numbers = Vec::with_capacity(meetings.len());
        for meeting in meetings {
            let number = self.find(meeting, &taken).unwrap_or_else(|| {
                self.last += 1;
                self.last
            });
            self.remember(number, meeting);
            taken.insert(number);
            numbers.push(number);
        }
        numbers
    }

    fn find(&self, meeting: &Meeting, taken: &BTreeSet<u32>) -> Option<u32> {
        let free = |known: &&Known| known.local == meeting.local && !taken.contains(&known.number);
        let exact = self.known.iter().find(|known| known.start == meeting.start && free(known));
        let recent = self.known.iter().rev().take(CALLS_COMPARED_MAX);
        exact.or_else(|| recent.filter(free).find(|known| known.is_part_of(meeting))).map(|known| known.number)
    }

    fn remember(&mut self, number: u32, meeting: &Meeting) {
        self.known.retain(|known| known.number != number);
        if self.known.len() >= CALLS_TRACKED_MAX {
            self.known.remove(0);
        }
        self.known.push(Known {
            number,
            local: meeting.local.clone(),
            start: meeting.start.clone(),
            end: meeting.end.clone(),
            flows: meeting.flows.clone(),
        });
    }
}

impl Known {
    /// Times are texts of one form, so that their order is that of the texts.
    fn is_part_of(&self, meeting: &Meeting) -> bool {
        let overlaps = self.start <= meeting.end && meeting.start <= self.end;
        overlaps && self.flows.iter().any(|flow| meeting.flows.contains(flow))
    }
}

/// Call, source, whether it is sent, and which of several with those.
type StreamKey = (u32, u32, bool, u32);

/// Numbers of streams, from 1 over all calls.
#[derive(Default)]
pub(crate) struct StreamNumbers {
    known: BTreeMap<StreamKey, u32>,
    last: u32,
}

impl StreamNumbers {
    /// The number of each stream of a call, in the order given.
    pub(crate) fn assign(&mut self, call: u32, streams: &[Stream]) -> Vec<u32> {
        if self.known.len() > STREAMS_TRACKED_MAX {
            self.known.clear();
        }
        let mut seen: BTreeMap<(u32, bool), u32> = BTreeMap::new();
        let mut number = |stream: &Stream| {
            let sent = stream.direction == "sent";
            let nth = seen.entry((stream.ssrc, sent)).and_modify(|nth| *nth += 1).or_default();
            *self.known.entry((call, stream.ssrc, sent, *nth)).or_insert_with(|| {
                self.last += 1;
                self.last
            })
        };
        streams.iter().map(&mut number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meeting(local: &str, start: &str, end: &str, flow: &str) -> Meeting {
        let text = str::to_owned;
        Meeting {
            local: text(local),
            start: text(start),
            end: text(end),
            flows: vec![text(flow)],
            ..Meeting::default()
        }
    }

    #[test]
    fn a_call_keeps_its_number_when_an_earlier_one_is_found() {
        let mut numbers = CallNumbers::default();
        let (late, early) = (meeting("a", "05:10", "05:20", "f4"), meeting("a", "05:00", "05:05", "f1"));
        assert_eq!(numbers.assign(std::slice::from_ref(&late)), [1]);
        assert_eq!(numbers.assign(&[early.clone(), late]), [2, 1]);
        let grown = meeting("a", "05:08", "05:30", "f4");
        assert_eq!(numbers.assign(&[early, grown]), [2, 1]);
        assert_eq!(numbers.assign(&[meeting("b", "05:08", "05:30", "f4")]), [3]);
    }

    #[test]
    fn a_stream_keeps_its_number_whatever_its_place() {
        let stream = |ssrc, direction: &str| Stream { ssrc, direction: direction.into(), ..Stream::default() };
        let mut numbers = StreamNumbers::default();
        assert_eq!(numbers.assign(1, &[stream(7, "sent"), stream(9, "received")]), [1, 2]);
        let again = [stream(8, "sent"), stream(9, "received"), stream(7, "sent"), stream(7, "sent")];
        assert_eq!(numbers.assign(1, &again), [3, 2, 1, 4]);
        assert_eq!(numbers.assign(2, &[stream(7, "sent")]), [5]);
    }
}
