//! The bound that a round trip sets to a distance.

use super::verdict::{EvidenceKind, PlaceEvidence, Says};

/// Farthest that a packet gets and comes back from in one millisecond, in kilometres: light in glass covers 200 km in
/// that time, there and back.
pub const KM_PER_MS_MAX: f64 = 100.0;

/// How far away the answering machine can be at most, by the shortest round trip in milliseconds. A small one proves
/// nearness, a large one proves nothing. `None` for times that no round trip has.
pub fn bound(rtt_min_ms: f64) -> Option<PlaceEvidence> {
    if !rtt_min_ms.is_finite() || rtt_min_ms <= 0.0 {
        return None;
    }
    let says = Says::WithinKm(rtt_min_ms * KM_PER_MS_MAX);
    Some(PlaceEvidence {
        kind: EvidenceKind::RoundTrip,
        says,
        detail: format!("shortest round trip {rtt_min_ms:.3} ms"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_millisecond_is_a_hundred_kilometres() {
        let found = bound(4.25).expect("a bound");
        assert_eq!((found.says, found.detail.as_str()), (Says::WithinKm(425.0), "shortest round trip 4.250 ms"));
        for never in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(bound(never), None);
        }
    }
}
