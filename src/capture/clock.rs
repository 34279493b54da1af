//! The only place that asks for the time: a capture happens now, what is told of it happens in the capture's time.

use meetscope::model::Timestamp;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Wall-clock time, of the kind that the packets are stamped with.
#[expect(clippy::disallowed_methods, reason = "a capture is made now")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// Time that never steps.
#[expect(clippy::disallowed_methods, reason = "--for and the pace of displays are measured on the computer")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}
