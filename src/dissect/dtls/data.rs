//! Application data: what passes inside the association can only be told by its amount and its pace.
//!
//! WebRTC puts SCTP with data channels inside (RFC 8261); some programs send sound and picture there as well, where no
//! RTP header can be seen. Where keys for SRTP were agreed on, media pass outside, and the data are a data channel.

use super::keys;
use crate::model::time::NANOS_PER_SECOND;
use crate::model::{Evidence, Output};

/// Records of this length on can be media; shorter ones are heartbeats and acknowledgements.
const MEDIA_RECORD_BYTES_MIN: usize = 60;
/// Such records that must have passed before they count as media.
const MEDIA_RECORDS_MIN: u64 = 20;
/// Such records in a second, both directions together, from which on they can be media: sound alone is 16 and more,
/// messages that people write or click are far fewer.
const MEDIA_RECORDS_PER_SECOND_MIN: u32 = 8;
/// Pause that ends an interval with media, in nanoseconds.
const MEDIA_PAUSE_NANOS: i64 = 10 * NANOS_PER_SECOND;

/// The application data of both directions.
#[derive(Clone, Debug, Default)]
pub(super) struct Data {
    carried: [bool; 2],
    /// Records long enough for media, forward and backward.
    long: [u64; 2],
    /// The second at hand, and such records in it.
    pace: (i64, u32),
    is_media: bool,
}

impl Data {
    /// Notes a record of `length` bytes. `srtp`: the server agreed on an SRTP profile.
    pub(super) fn note(&mut self, length: usize, srtp: bool, at: Evidence, out: &mut Output) {
        self.note_first(srtp, at, out);
        if length < MEDIA_RECORD_BYTES_MIN || srtp {
            return;
        }
        if let Some(count) = self.long.get_mut(at.direction.index()) {
            *count = count.saturating_add(1);
        }
        if !self.is_dense(at) {
            return;
        }
        out.media.note(at.time, MEDIA_PAUSE_NANOS);
        if !std::mem::replace(&mut self.is_media, true) {
            out.facts.state(&keys::MEDIA_INSIDE, true, at);
        }
    }

    /// States once that both sides have sent application data.
    fn note_first(&mut self, srtp: bool, at: Evidence, out: &mut Output) {
        let before = self.carried;
        if let Some(mine) = self.carried.get_mut(at.direction.index()) {
            *mine = true;
        }
        if self.carried == [true; 2] && before != [true; 2] {
            out.facts.state(&keys::DATA, true, at);
            if srtp {
                out.facts.state(&keys::DATA_CHANNEL, true, at);
            }
        }
    }

    /// Whether records run both ways, are many, and are as dense as media at the moment.
    fn is_dense(&mut self, at: Evidence) -> bool {
        let (second, records) = &mut self.pace;
        *records = if *second == at.time.seconds() { records.saturating_add(1) } else { 1 };
        *second = at.time.seconds();
        let [forward, backward] = self.long;
        forward > 0
            && backward > 0
            && forward.saturating_add(backward) >= MEDIA_RECORDS_MIN
            && *records >= MEDIA_RECORDS_PER_SECOND_MIN
    }
}
