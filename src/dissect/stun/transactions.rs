//! Requests that wait for their answers, and the round trips that answers give.

use super::address::is_inner;
use crate::model::input::RoundTrips;
use crate::model::{Direction, Timestamp};
use std::net::IpAddr;

/// Requests remembered of one flow.
const OUTSTANDING_MAX: usize = 32;

#[derive(Clone, Debug)]
struct Request {
    id: [u8; 16],
    direction: Direction,
    at: Timestamp,
    /// Sent once, not answered yet, and not through a tunnel: its answer measures the way to the other side.
    measures: bool,
    check: bool,
    nominates: bool,
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answered {
    /// It was a connectivity check.
    pub(super) check: bool,
    /// It chose the path (USE-CANDIDATE).
    pub(super) nominates: bool,
}

/// Table of requests; the oldest gives way.
#[derive(Clone, Debug, Default)]
pub(super) struct Transactions {
    requests: Vec<Request>,
    next: usize,
    trips: [RoundTrips; 2],
    /// Whether this side asked from an inner network and was answered from outside.
    from_inner: [bool; 2],
}

/// A request as the table needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Header bytes 4 to 20.
    pub(super) id: [u8; 16],
    /// Which way it went.
    pub(super) direction: Direction,
    /// When.
    pub(super) at: Timestamp,
    /// Whether it ran through a relay, so that its time is not that of this flow's other end.
    pub(super) tunnelled: bool,
    /// Whether it is a connectivity check.
    pub(super) check: bool,
    /// Whether it chooses the path (USE-CANDIDATE).
    pub(super) nominates: bool,
}

impl Transactions {
    /// Notes a request. A repeated id is a retransmission: its answer could belong to either copy, so it measures
    /// nothing.
    pub(super) fn ask(&mut self, asked: Asked) {
        let Asked { id, direction, at, tunnelled, check, nominates } = asked;
        if let Some(known) = self.requests.iter_mut().find(|known| known.id == id && known.direction == direction) {
            known.measures = false;
            return;
        }
        let request = Request { id, direction, at, measures: !tunnelled, check, nominates };
        if self.requests.len() < OUTSTANDING_MAX {
            self.requests.push(request);
        } else if let Some(oldest) = self.requests.get_mut(self.next) {
            *oldest = request;
            self.next = (self.next + 1) % OUTSTANDING_MAX;
        }
    }

    /// Notes an answer that went `direction` from `answerer` to `asker`; says what it answers, if that was seen.
    pub(super) fn answer(
        &mut self,
        id: [u8; 16],
        direction: Direction,
        at: Timestamp,
        answerer: IpAddr,
        asker: IpAddr,
    ) -> Option<Answered> {
        let asked = direction.reversed();
        let request = self.requests.iter_mut().find(|known| known.id == id && known.direction == asked)?;
        if std::mem::replace(&mut request.measures, false) {
            if let Some(trips) = self.trips.get_mut(asked.index()) {
                trips.add_asked(at.since(request.at), asked);
            }
            if let Some(from_inner) = self.from_inner.get_mut(asked.index()) {
                *from_inner = is_inner(asker) && !is_inner(answerer);
            }
        }
        Some(Answered { check: request.check, nominates: request.nominates })
    }

    /// The round trips between the capture and the far end.
    ///
    /// Where both sides ask, one of them is next to the capture and its answers to the far side take almost no time.
    /// A side that asked from an inner network and was answered from outside is the near one. Otherwise the larger
    /// minimum is taken: a bound on distance made from it can be too wide, never too narrow. What only the side that
    /// did not open the flow asked, with nothing to tell where the capture stood, measures nothing.
    pub(super) fn round_trips(&self) -> RoundTrips {
        let [forward, backward] = self.trips;
        match (self.from_inner, forward.min, backward.min) {
            ([true, false], ..) => forward,
            ([false, true], ..) => backward,
            (_, Some(there), Some(back)) if back > there => RoundTrips { asked: None, ..backward },
            (_, Some(_), Some(_)) => RoundTrips { asked: None, ..forward },
            _ => forward,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSIDE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const OUTSIDE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn ask(table: &mut Transactions, number: u8, direction: Direction, nanos: i64) {
        let at = Timestamp::from_nanos(nanos);
        table.ask(Asked { id: [number; 16], direction, at, tunnelled: false, check: true, nominates: false });
    }

    fn answer(table: &mut Transactions, number: u8, direction: Direction, nanos: i64, from: IpAddr, to: IpAddr) {
        assert!(table.answer([number; 16], direction, Timestamp::from_nanos(nanos), from, to).is_some());
    }

    #[test]
    fn retransmissions_and_second_answers_measure_nothing() {
        let mut table = Transactions::default();
        ask(&mut table, 1, Direction::Forward, 0);
        ask(&mut table, 1, Direction::Forward, 50);
        answer(&mut table, 1, Direction::Backward, 60, OUTSIDE, OUTSIDE);
        assert_eq!(table.round_trips().samples, 0);
        ask(&mut table, 2, Direction::Forward, 100);
        answer(&mut table, 2, Direction::Backward, 130, OUTSIDE, OUTSIDE);
        answer(&mut table, 2, Direction::Backward, 190, OUTSIDE, OUTSIDE);
        let asked = Some(Direction::Forward);
        assert_eq!(table.round_trips(), RoundTrips { min: Some(30), second: None, samples: 1, asked });
    }

    #[test]
    fn the_near_side_is_not_measured() {
        let mut table = Transactions::default();
        ask(&mut table, 1, Direction::Backward, 0);
        answer(&mut table, 1, Direction::Forward, 1, INSIDE, INSIDE);
        assert_eq!(table.round_trips().min, None);
        ask(&mut table, 2, Direction::Forward, 10);
        answer(&mut table, 2, Direction::Backward, 34, INSIDE, INSIDE);
        assert_eq!(table.round_trips().min, Some(24));
    }

    #[test]
    fn a_capture_that_began_with_an_answer_still_measures_from_an_inner_network() {
        let mut table = Transactions::default();
        ask(&mut table, 1, Direction::Backward, 0);
        answer(&mut table, 1, Direction::Forward, 17, OUTSIDE, INSIDE);
        assert_eq!(table.round_trips().min, Some(17));
    }

    #[test]
    fn the_table_does_not_grow() {
        let mut table = Transactions::default();
        for number in 0..=255 {
            ask(&mut table, number, Direction::Forward, i64::from(number));
        }
        assert_eq!(table.requests.len(), OUTSTANDING_MAX);
        assert!(table.answer([0; 16], Direction::Backward, Timestamp::from_nanos(999), OUTSIDE, INSIDE).is_none());
        answer(&mut table, 255, Direction::Backward, 999, OUTSIDE, INSIDE);
    }
}
