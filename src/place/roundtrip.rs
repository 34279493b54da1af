//! What round trips tell: which of them count, and how far away the answering machine can be.

use super::evidence::{EvidenceKind, PlaceEvidence, Says, Told, milliseconds};

/// Farthest that a packet gets and comes back from in one millisecond, in kilometres: light in glass covers 200 km in
/// that time, there and back.
pub const KM_PER_MS_MAX: f64 = 100.0;
/// A round trip this short, in milliseconds, is more often the answer of a box in the house than of a near server.
pub const BOX_MS_MAX: f64 = 1.0;
/// A round trip that is shorter than the next one by more than this factor does not fit: a clock was set, or an answer
/// belonged to an earlier copy of the question.
const OUTLIER_FACTOR: f64 = 2.0;
/// A handshake that a box can answer, shorter by more than this factor than what only the server can answer: a box did.
const BOX_FACTOR: f64 = 4.0;

/// What was asked and answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoundTripKind {
    /// SYN and its answer.
    TcpHandshake,
    /// A STUN request and its answer.
    Stun,
    /// The first packet of a QUIC client and the first of its server, whose computing time is in it.
    Quic,
    /// The hello of a DTLS client and the first flight of its server, whose computing time is in it.
    Dtls,
    /// Hello or keep-alive of a Zoom client.
    Zoom,
    /// A question to a name server; what the server had to ask others is in it.
    Dns,
    /// ICMP echo.
    Echo,
    /// Another protocol, or several in one flow.
    Mixed,
    /// The user's own measurement.
    Given,
}

impl RoundTripKind {
    /// Name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            RoundTripKind::TcpHandshake => "TCP handshake",
            RoundTripKind::Stun => "STUN",
            RoundTripKind::Quic => "QUIC",
            RoundTripKind::Dtls => "DTLS hello",
            RoundTripKind::Zoom => "Zoom",
            RoundTripKind::Dns => "DNS",
            RoundTripKind::Echo => "ICMP echo",
            RoundTripKind::Mixed => "several protocols",
            RoundTripKind::Given => "given",
        }
    }

    /// German name in reports.
    const fn name_de(self) -> &'static str {
        match self {
            RoundTripKind::TcpHandshake => "TCP-Verbindungsaufbau",
            RoundTripKind::Dtls => "DTLS-Begrüßung",
            RoundTripKind::Echo => "ICMP-Echo",
            RoundTripKind::Mixed => "mehrere Protokolle",
            RoundTripKind::Given => "eigene Messung",
            other => other.name(),
        }
    }

    /// Whether proxies, NAT boxes, firewalls and VPN clients are known to answer in the server's place.
    pub const fn is_answered_by_boxes(self) -> bool {
        matches!(self, RoundTripKind::TcpHandshake | RoundTripKind::Dns | RoundTripKind::Echo)
    }
}

/// Round trips of one kind to one address, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundTrip {
    /// What was measured.
    pub kind: RoundTripKind,
    /// The shortest.
    pub min_ms: f64,
    /// The shortest but one.
    pub next_ms: Option<f64>,
    /// How many.
    pub samples: u64,
}

/// What the round trips of an address tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Measured {
    /// One piece for each kind, the shortest first, then those that do not count.
    pub(super) evidence: Vec<PlaceEvidence>,
    /// The shortest that counts: its kind and milliseconds.
    pub(super) shortest: Option<(RoundTripKind, f64)>,
}

impl Measured {
    /// The greatest possible distance in kilometres.
    pub(super) fn km(&self) -> Option<f64> {
        self.shortest.map(|(_, ms)| kilometres(ms))
    }

    /// Whether the answer may be that of a box in the house.
    pub(super) fn may_be_box(&self) -> bool {
        self.shortest.is_some_and(|(kind, ms)| kind.is_answered_by_boxes() && ms < BOX_MS_MAX)
    }
}

/// Takes the shortest clean round trip of all kinds. Leaving a short one out is always safe: a bound becomes wider by it,
/// never narrower.
pub(super) fn measure(trips: &[RoundTrip]) -> Measured {
    let mut trips: Vec<RoundTrip> = trips.iter().copied().filter(|trip| is_time(trip.min_ms)).collect();
    trips.sort_by(|one, other| one.min_ms.total_cmp(&other.min_ms).then(one.kind.cmp(&other.kind)));
    let boxed = take_boxed(&mut trips);
    let outlier = take_outlier(&mut trips);
    let shortest = trips.first().map(|trip| (trip.kind, trip.min_ms));
    let mut evidence: Vec<PlaceEvidence> = trips.iter().map(counted).collect();
    evidence.extend(boxed);
    evidence.extend(outlier);
    Measured { evidence, shortest }
}

/// How far a packet comes, rounded up to 100 m.
fn kilometres(ms: f64) -> f64 {
    (ms * KM_PER_MS_MAX * 10.0).ceil() / 10.0
}

fn is_time(ms: f64) -> bool {
    ms.is_finite() && ms > 0.0
}

/// Answers of boxes: far shorter than what only the server itself can answer.
fn take_boxed(trips: &mut Vec<RoundTrip>) -> Vec<PlaceEvidence> {
    let Some(own) = trips.iter().find(|trip| !trip.kind.is_answered_by_boxes()).copied() else { return Vec::new() };
    let is_boxed = |trip: &RoundTrip| trip.kind.is_answered_by_boxes() && trip.min_ms * BOX_FACTOR < own.min_ms;
    let says = |trip: &RoundTrip| {
        let takes = milliseconds(own.min_ms);
        let why = Told::new(
            format!(
                "{} dauert {}: Ein Gerät auf dem Weg (Proxy, NAT, VPN) hat geantwortet",
                own.kind.name_de(),
                takes.de
            ),
            format!("{} takes {}: a box on the way (proxy, NAT, VPN) answered", own.kind.name(), takes.en),
        );
        not_counted(trip.kind, trip.min_ms, &why)
    };
    let boxed = trips.iter().filter(|trip| is_boxed(trip)).map(says).collect();
    trips.retain(|trip| !is_boxed(trip));
    boxed
}

/// A single time that is far shorter than all others.
fn take_outlier(trips: &mut Vec<RoundTrip>) -> Option<PlaceEvidence> {
    let first = *trips.first()?;
    let others = trips.iter().skip(1).map(|trip| trip.min_ms).chain(first.next_ms);
    let next = others.filter(|ms| is_time(*ms)).min_by(f64::total_cmp)?;
    if first.min_ms * OUTLIER_FACTOR >= next {
        return None;
    }
    let next = milliseconds(next);
    let why = Told::new(
        format!("passt nicht zu den anderen, die {} und länger dauern", next.de),
        format!("does not fit the others, which take {} and longer", next.en),
    );
    match first.next_ms.filter(|ms| is_time(*ms)).zip(trips.first_mut()) {
        Some((ms, trip)) => {
            *trip = RoundTrip { min_ms: ms, next_ms: None, samples: trip.samples.saturating_sub(1), ..first }
        }
        None => drop(trips.remove(0)),
    }
    trips.sort_by(|one, other| one.min_ms.total_cmp(&other.min_ms));
    Some(not_counted(first.kind, first.min_ms, &why))
}

fn counted(trip: &RoundTrip) -> PlaceEvidence {
    let mut detail = timed(trip.kind, trip.min_ms);
    if trip.samples > 1 {
        detail.add(&format!(", kürzeste von {}", trip.samples), &format!(", shortest of {}", trip.samples));
    }
    PlaceEvidence { kind: EvidenceKind::RoundTrip, says: Says::WithinKm(kilometres(trip.min_ms)), detail }
}

fn timed(kind: RoundTripKind, ms: f64) -> Told {
    let took = milliseconds(ms);
    Told::new(format!("{} {}", kind.name_de(), took.de), format!("{} {}", kind.name(), took.en))
}

fn not_counted(kind: RoundTripKind, ms: f64, why: &Told) -> PlaceEvidence {
    let mut detail = timed(kind, ms);
    detail.add(&format!(": {}", why.de), &format!(": {}", why.en));
    PlaceEvidence { kind: EvidenceKind::RoundTrip, says: Says::NotCounted, detail }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RoundTripKind::{Dns, Quic, Stun, TcpHandshake};

    fn trip(kind: RoundTripKind, min_ms: f64, next_ms: Option<f64>) -> RoundTrip {
        RoundTrip { kind, min_ms, next_ms, samples: 1 + u64::from(next_ms.is_some()) }
    }

    fn told(trips: &[RoundTrip]) -> (Option<f64>, Vec<String>) {
        let measured = measure(trips);
        let text = |piece: &PlaceEvidence| format!("{}: {}", piece.says, piece.detail.en);
        (measured.km(), measured.evidence.iter().map(text).collect())
    }

    #[test]
    fn a_millisecond_is_a_hundred_kilometres() {
        let (km, told) = told(&[trip(Stun, 4.25, Some(4.5)), trip(TcpHandshake, 5.0, None)]);
        assert_eq!(km, Some(425.0));
        assert_eq!(told, ["at most 425 km: STUN 4.250 ms, shortest of 2", "at most 500 km: TCP handshake 5.000 ms"]);
        assert_eq!(measure(&[trip(Stun, 17.4, None)]).km(), Some(1740.0));
        assert_eq!(measure(&[trip(Stun, 17.4001, None)]).km(), Some(1740.1));
        for never in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(measure(&[trip(Stun, never, None)]), Measured::default());
        }
        assert_eq!(measure(&[]), Measured::default());
    }

    #[test]
    fn a_time_that_does_not_fit_is_told_and_not_counted() {
        let (km, all) = told(&[trip(Stun, 2.0, Some(24.0))]);
        assert_eq!(km, Some(2400.0));
        let odd = "not counted: STUN 2.000 ms: does not fit the others, which take 24.000 ms and longer";
        assert_eq!(all, ["at most 2400 km: STUN 24.000 ms", odd]);
        let (km, all) = told(&[trip(Quic, 2.0, None), trip(Stun, 24.0, Some(25.0))]);
        assert_eq!((km, all.len()), (Some(2400.0), 2));
        let (km, all) = told(&[trip(Quic, 13.0, None), trip(Stun, 24.0, Some(25.0))]);
        assert_eq!((km, all.len()), (Some(1300.0), 2), "a difference that paths and servers make");
    }

    #[test]
    fn a_handshake_that_a_box_answered_is_told_and_not_counted() {
        let (km, all) = told(&[trip(TcpHandshake, 0.4, Some(0.5)), trip(Stun, 20.0, Some(20.5))]);
        assert_eq!(km, Some(2000.0));
        assert!(all[1].starts_with("not counted: TCP handshake 0.400 ms: STUN takes 20.000 ms: a box"), "{all:?}");
        let measured = measure(&[trip(TcpHandshake, 0.4, None)]);
        assert!(measured.may_be_box() && !measure(&[trip(Stun, 0.4, None)]).may_be_box());
        assert!(!measure(&[trip(Dns, 3.0, None)]).may_be_box());
    }
}
