//! Counts packets by their sequence numbers (RFC 3550 appendices A.1 and A.3).

/// Largest step forward that is loss and not another numbering (RFC 3550 appendix A.1: `MAX_DROPOUT`).
const STEP_FORWARD_PACKETS_MAX: i16 = 3000;
/// Largest step back that is disorder or repetition.
const STEP_BACK_PACKETS_MAX: i16 = 128;
/// Numberings kept at once. Some senders number each payload type on its own under one SSRC.
const NUMBERINGS_MAX: usize = 4;

/// What a sequence number says of its packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// Opens a numbering of its own.
    New,
    /// So many after the newest packet; 1 when nothing is missing.
    Ahead(u16),
    /// A late packet that fills a hole.
    Late,
    /// Seen before.
    Repeated,
}

/// The numberings of one stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Sequence {
    /// At most [`NUMBERINGS_MAX`], and one nearly always.
    numberings: Vec<Numbering>,
    packets: u64,
    lost_before: u64,
    arrivals: u64,
    late: u64,
    repeated: u64,
}

/// One run of sequence numbers.
#[derive(Clone, Copy, Debug)]
struct Numbering {
    newest: u16,
    /// Distance of the newest from the first, so that wraps count.
    span: u64,
    received: u64,
    /// Bit n: the packet n before the newest was seen.
    window: u128,
    used: u64,
}

impl Sequence {
    /// Takes in a sequence number.
    pub(super) fn note(&mut self, sequence: u16) -> Arrival {
        self.arrivals += 1;
        let known = self.numberings.iter_mut().find(|numbering| numbering.step_to(sequence).is_some());
        let arrival = match known {
            Some(numbering) => numbering.note(sequence, self.arrivals),
            None => self.open(sequence),
        };
        self.packets += u64::from(arrival != Arrival::Repeated);
        self.late += u64::from(arrival == Arrival::Late);
        self.repeated += u64::from(arrival == Arrival::Repeated);
        arrival
    }

    /// Packets without repetitions.
    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    /// Sequence numbers that never came.
    pub(super) fn lost(&self) -> u64 {
        self.numberings.iter().fold(self.lost_before, |lost, numbering| lost + numbering.lost())
    }

    /// Packets that came behind a later one.
    pub(super) fn late(&self) -> u64 {
        self.late
    }

    /// Packets that came again: sent twice, or captured twice.
    pub(super) fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Opens a numbering in a free place or that of the one unused longest.
    fn open(&mut self, sequence: u16) -> Arrival {
        let opened = Numbering { newest: sequence, span: 0, received: 1, window: 1, used: self.arrivals };
        if self.numberings.len() < NUMBERINGS_MAX {
            self.numberings.reserve_exact(1);
            self.numberings.push(opened);
        } else if let Some(oldest) = self.numberings.iter_mut().min_by_key(|numbering| numbering.used) {
            self.lost_before += oldest.lost();
            *oldest = opened;
        }
        Arrival::New
    }
}

impl Numbering {
    /// Steps from the newest packet, if near enough to belong here.
    fn step_to(&self, sequence: u16) -> Option<i16> {
        let step = sequence.wrapping_sub(self.newest) as i16;
        (-STEP_BACK_PACKETS_MAX < step && step <= STEP_FORWARD_PACKETS_MAX).then_some(step)
    }

    fn note(&mut self, sequence: u16, arrivals: u64) -> Arrival {
        let step = sequence.wrapping_sub(self.newest) as i16;
        self.used = arrivals;
        let arrival = match u16::try_from(step) {
            Ok(0) => return Arrival::Repeated,
            Ok(ahead) => self.advance(sequence, ahead),
            Err(_) => self.fill(step.unsigned_abs()),
        };
        self.received += u64::from(arrival != Arrival::Repeated);
        arrival
    }

    fn advance(&mut self, sequence: u16, ahead: u16) -> Arrival {
        self.newest = sequence;
        self.span += u64::from(ahead);
        self.window = self.window.checked_shl(u32::from(ahead)).unwrap_or(0) | 1;
        Arrival::Ahead(ahead)
    }

    fn fill(&mut self, back: u16) -> Arrival {
        let bit = 1u128.checked_shl(u32::from(back)).unwrap_or(0);
        if self.window & bit != 0 {
            return Arrival::Repeated;
        }
        self.window |= bit;
        self.span = self.span.max(u64::from(back));
        Arrival::Late
    }

    fn lost(&self) -> u64 {
        (self.span + 1).saturating_sub(self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(numbers: impl IntoIterator<Item = u16>) -> (u64, u64) {
        let mut sequence = Sequence::default();
        for number in numbers {
            sequence.note(number);
        }
        (sequence.packets(), sequence.lost())
    }

    #[test]
    fn loss_disorder_and_repetition() {
        assert_eq!(counted(10..20), (10, 0));
        assert_eq!(counted([1, 2, 2, 3, 5, 4, 4, 7]), (6, 1));
        assert_eq!(counted([5, 3, 4]), (3, 0));
    }

    #[test]
    fn late_and_repeated_packets_are_counted() {
        let mut sequence = Sequence::default();
        for number in [65534u16, 0, 65535, 65535, 1, 3, 2, 2] {
            sequence.note(number);
        }
        assert_eq!((sequence.packets(), sequence.late(), sequence.repeated(), sequence.lost()), (6, 2, 2, 0));
    }

    #[test]
    fn wraps_are_no_loss() {
        assert_eq!(counted((0..200_000u32).map(|number| number as u16)), (200_000, 0));
        assert_eq!(counted([65534, 65535, 1]), (3, 1));
    }

    #[test]
    fn a_second_numbering_beside_the_first_is_no_loss() {
        let mixed = (0..100u16).flat_map(|number| [number, 40_000 + number]);
        assert_eq!(counted(mixed), (200, 0));
    }

    #[test]
    fn restarts_keep_what_was_lost_before() {
        let restarts = (0..10u16).flat_map(|run| [run * 6000, run * 6000 + 2]);
        assert_eq!(counted(restarts), (20, 10));
    }
}
