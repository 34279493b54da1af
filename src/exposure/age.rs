//! How long a call had been running when the capture began: from counters that run from its start.

use super::findings::BeganBefore;
use super::meeting::Call;
use super::view::View;
use crate::model::{Fact, Timestamp, Value};

/// Media this close to the first packet of the capture were cut by it, in nanoseconds.
const EDGE_NANOS: i64 = 500_000_000;
/// Seconds before the capture from which on a counter is believed against media that begin later.
const COUNTED_SECONDS_MIN: f64 = 20.0;
/// Longest call, in seconds: a counter that says more counts something else.
const CALL_SECONDS_MAX: f64 = 7.0 * 86_400.0;
/// Keys whose value is a number of seconds, first in a text or alone, for which the call had run when it was stated.
const RUNNING_KEYS: [&str; 4] = ["rtcp.age", "zoom.running", "zoom.voice-running", "discord.running"];

/// Whether the call was running when the capture began at `first`, and for how long, as far as counters tell.
pub(super) fn began_before(call: &Call, views: &[View<'_>], first: Timestamp) -> Option<BeganBefore> {
    let flows = call.media.iter().chain(&call.paths).filter_map(|index| views.get(*index));
    let facts = flows.flat_map(|view| RUNNING_KEYS.into_iter().flat_map(|key| view.flow.facts.of(key)));
    let counted = facts.filter_map(|fact| {
        let before = seconds(fact)? - fact.first.time.seconds_since(first);
        (before > 0.0 && before < CALL_SECONDS_MAX).then_some((before, fact.key.name))
    });
    let longest = counted.max_by(|one, other| one.0.total_cmp(&other.0));
    let cut = call.heard.0.since(first) < EDGE_NANOS;
    match longest {
        Some((before, key)) if cut || before >= COUNTED_SECONDS_MIN => {
            Some(BeganBefore { seconds: Some(before.round()), basis: key.into() })
        }
        _ if cut => Some(BeganBefore { seconds: None, basis: "media-at-capture-start".into() }),
        _ => None,
    }
}

/// Whether the call was still running when the capture ended at `last`.
pub(super) fn ended_after(call: &Call, last: Timestamp) -> bool {
    last.since(call.heard.1) < EDGE_NANOS
}

fn seconds(fact: &Fact) -> Option<f64> {
    match &fact.value {
        Value::Number(number) => Some(*number as f64),
        Value::Text(text) => text.split([' ', ':']).find_map(|word| word.parse().ok()),
        _ => None,
    }
}
