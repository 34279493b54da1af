//! Snapshots to findings, beside the packets.

use super::clock;
use super::worker::{Progress, Snapshot};
use crate::Expert;
use meetscope::Findings;
use meetscope::exposure::{Discretion, discreet};
use meetscope::model::Timestamp;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What is needed to tell findings from packets.
#[derive(Clone, Copy)]
pub(crate) struct Assessor<'a> {
    pub(crate) expert: &'a Expert,
    pub(crate) discretion: &'a Discretion,
}

/// The newest findings.
#[derive(Clone, Default)]
pub(crate) struct Newest {
    pub(crate) findings: Option<Arc<Findings>>,
    pub(crate) edition: u64,
    /// When the last call ended, or was last seen, and the time that this is known of.
    call: Option<(Timestamp, Timestamp)>,
}

impl Newest {
    /// Whether a call was seen and none for `wait`.
    pub(crate) fn call_is_over(&self, wait: Duration) -> bool {
        let nanos = i64::try_from(wait.as_nanos()).unwrap_or(i64::MAX);
        self.call.is_some_and(|(last, taken)| taken.since(last) >= nanos)
    }
}

impl Assessor<'_> {
    /// Assesses snapshots until no more can come.
    pub(crate) fn run(&self, snapshots: &Receiver<Snapshot>, progress: &Progress, newest: &Mutex<Newest>) {
        for snapshot in snapshots {
            let (taken, begun) = (snapshot.taken, clock::instant());
            let findings = self.expert.assess(&snapshot.observed());
            let call = last_call(&findings).map(|last| (last, taken));
            let findings = discreet(findings, self.discretion, &self.expert.catalogue);
            let mut newest = newest.lock().unwrap_or_else(PoisonError::into_inner);
            newest.findings = Some(Arc::new(findings));
            newest.edition += 1;
            newest.call = call;
            progress.assessed(clock::instant().duration_since(begun));
        }
    }
}

/// The last packet of the last call.
fn last_call(findings: &Findings) -> Option<Timestamp> {
    let end = |text: &String| text.parse::<jiff::Timestamp>().ok();
    let last = findings.meetings.iter().filter_map(|meeting| end(&meeting.end)).max()?;
    i64::try_from(last.as_nanosecond()).ok().map(Timestamp::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_over_when_none_was_seen_for_the_time() {
        let at = |seconds| Timestamp::new(seconds, 0);
        let newest = |call| Newest { call, ..Newest::default() };
        let wait = Duration::from_secs(15);
        assert!(!newest(None).call_is_over(wait));
        assert!(!newest(Some((at(100), at(114)))).call_is_over(wait));
        assert!(newest(Some((at(100), at(115)))).call_is_over(wait));
    }
}
