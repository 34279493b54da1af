//! What there is to show, apart from how it is drawn: calls, people, streams, hosts and news out of the findings, the
//! same thing under the same name in every edition. Texts are safe for a terminal.

mod call;
mod host;
mod news;
mod track;

pub(crate) use call::{Call, Device, Person, StreamRow, people, runs};
pub(crate) use host::{Host, Reach};
pub(crate) use news::{IDENTITIES_MAX, News, identities};
pub(crate) use track::{CallNumbers, StreamNumbers};

use super::super::moment::Moment;
use call::Rates;
use host::Hosts;
use meetscope::Findings;
use meetscope::exposure::Meeting;
use meetscope::model::Timestamp;
use meetscope::model::time::NANOS_PER_SECOND;
use news::Feed;

/// A call without packets for longer is over, in nanoseconds.
const LIVE_NANOS: i64 = 10 * NANOS_PER_SECOND;
/// Who was heard so shortly before the newest packet speaks now, in nanoseconds.
const SPEAKING_NANOS: i64 = 1_500_000_000;
/// Most calls shown.
const CALLS_MAX: usize = 32;
/// Longest name of a host, provider or operator shown, in characters.
const NAME_CHARS_MAX: usize = 120;

/// Where the findings stand in time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    /// Time of the newest packet that the findings know.
    pub(crate) newest: Timestamp,
    /// Set when no packet at all has come for so long that nothing can be running any more.
    pub(crate) quiet: bool,
}

impl Clock {
    /// Whether what had its last packet at `end` still goes on.
    pub(crate) fn is_live(&self, end: Timestamp) -> bool {
        !self.quiet && self.newest.since(end) <= LIVE_NANOS
    }

    /// Whether who was last heard at `to` still speaks.
    pub(crate) fn speaks(&self, to: Timestamp) -> bool {
        !self.quiet && self.newest.since(to) <= SPEAKING_NANOS
    }
}

/// Watches when packets came last, and what the newest of them is.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    packets: u64,
    last_came: Option<Timestamp>,
    newest: Timestamp,
    edition: u64,
}

impl Watch {
    /// The clock of this moment, and whether the findings are new or the link has just fallen quiet or come back.
    pub(crate) fn tick(&mut self, moment: &Moment, before: Clock) -> (Clock, bool) {
        if self.last_came.is_none() || moment.counters.packets != self.packets {
            self.last_came = Some(moment.now);
            self.packets = moment.counters.packets;
        }
        let new = moment.edition != self.edition && moment.findings.is_some();
        if let Some(findings) = moment.findings.as_deref().filter(|_| new) {
            self.edition = moment.edition;
            self.newest = newest(findings);
        }
        let quiet = self.last_came.is_some_and(|came| moment.now.since(came) > LIVE_NANOS);
        (Clock { newest: self.newest, quiet }, new || quiet != before.quiet)
    }
}

/// Reads a time of the findings.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    let instant: jiff::Timestamp = text.parse().ok()?;
    i64::try_from(instant.as_nanosecond()).ok().map(Timestamp::from_nanos)
}

/// The newest packet. Times are texts of one form, so that their order is that of the texts.
fn newest(findings: &Findings) -> Timestamp {
    let packets = findings.captures.iter().filter_map(|capture| capture.last.as_deref());
    let calls = findings.meetings.iter().map(|meeting| meeting.end.as_str());
    packets.chain(calls).max().and_then(time).unwrap_or_default()
}

/// What there is to show. It is made anew only when the findings are.
#[derive(Default)]
pub(crate) struct View {
    /// Those that go on first, then by their end, the latest first.
    pub(crate) calls: Vec<Call>,
    /// In the order in which they were found, the newest first.
    pub(crate) hosts: Vec<Host>,
    /// What became visible, the newest first.
    pub(crate) news: Vec<News>,
    clock: Clock,
    watch: Watch,
    numbers: CallNumbers,
    streams: StreamNumbers,
    rates: Rates,
    known_hosts: Hosts,
    feed: Feed,
}

impl View {
    /// Takes in a moment; says whether anything but the counters may have changed.
    pub(crate) fn update(&mut self, moment: &Moment) -> bool {
        let (clock, changed) = self.watch.tick(moment, self.clock);
        self.clock = clock;
        if let Some(findings) = moment.findings.as_deref().filter(|_| changed) {
            self.rebuild(findings);
        }
        changed
    }

    fn rebuild(&mut self, findings: &Findings) {
        let numbers = self.numbers.assign(&findings.meetings);
        let mut latest: Vec<_> = numbers.into_iter().zip(&findings.meetings).collect();
        // Times are texts of one form, so that their order is that of the texts.
        latest.sort_by(|(one, a), (other, b)| (&b.end, other).cmp(&(&a.end, one)));
        latest.truncate(CALLS_MAX);
        let streams = latest.iter().map(|(_, meeting)| meeting.streams.len()).sum();
        self.calls = latest.into_iter().map(|(number, meeting)| self.new_call(number, meeting)).collect();
        self.calls.sort_by_key(|call| !call.live);
        self.rates.forget(streams);
        self.hosts = self.known_hosts.take(&findings.endpoints);
        self.news = self.feed.take(&findings.exposures, self.clock.newest);
    }

    fn new_call(&mut self, number: u32, meeting: &Meeting) -> Call {
        let ids = self.streams.assign(number, &meeting.streams);
        Call::new(number, meeting, &ids, self.clock, &mut self.rates)
    }

    /// The call to show: the one that goes on, or the latest.
    pub(crate) fn call(&self) -> Option<&Call> {
        self.calls.first()
    }
}
