//! One header extension element of a stream, told by the shape of its values and by how they behave from packet to
//! packet: the number under which it runs is negotiated where nobody can look.

use crate::model::Timestamp;
use crate::model::time::NANOS_PER_SECOND;

/// Sightings from which on behaviour is trusted.
const SIGHTINGS_MIN: u32 = 4;
/// Bytes kept of the last value: all of the longest shape that is compared.
const VALUE_BYTES: usize = 16;
/// Largest step of a count over all packets of a sender, most of which are of its other sources.
const COUNT_STEP_MAX: u16 = 128;
/// Largest step of a frame's number from packet to packet.
const FRAME_STEP_MAX: u16 = 16;
/// Ticks a second of abs-send-time, which counts 64 seconds in 24 bits.
const SEND_TICKS_PER_SECOND: i64 = 1 << 18;
/// Time by which a sender's clock may depart from the capture's between two packets, in its ticks: a quarter second.
const SEND_SLACK_TICKS: i64 = SEND_TICKS_PER_SECOND / 4;
/// Seconds from 1900, where NTP begins, to 1970.
const NTP_EPOCH_SECONDS: i64 = 2_208_988_800;
/// A clock that is further off tells nothing of its owner.
const CLOCK_OFFSET_NANOS_MAX: i64 = 10 * 366 * 86_400 * NANOS_PER_SECOND;
/// Time by which a clock's distance from the capture's may change within a stream.
const CLOCK_DRIFT_NANOS_MAX: i64 = 2 * NANOS_PER_SECOND;
/// Offset within which a single value is a clock: chance would hit a day in 136 years.
const CLOCK_NEAR_NANOS: i64 = 86_400 * NANOS_PER_SECOND;

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Loudness of the sender (RFC 6464).
    AudioLevel,
    /// Loudness of every contributing source (RFC 6465).
    ContributorLevel,
    /// Time of sending, modulo 64 seconds.
    AbsSendTime,
    /// Number over all packets of a sender.
    TransportCc,
    /// Wall clock of the capturing device.
    AbsCaptureTime,
    /// Name that signalling gave a source or a layer of it (RFC 9143, RFC 8852).
    Name,
    /// Frame number and layer for servers that pass video on (AV1 RTP, appendix A).
    DependencyDescriptor,
    /// Least and greatest delay of playing.
    PlayoutDelay,
    /// Time between capture and sending (RFC 5450).
    TransmissionOffset,
    /// Times of encoding and sending a frame.
    VideoTiming,
    /// Colours of a picture.
    ColorSpace,
    /// A byte on the last packet of few frames: how the camera is held, or that a screen is shown.
    FrameFlag,
}

/// The packet around an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    pub(super) time: Timestamp,
    pub(super) marker: bool,
    pub(super) contributors: usize,
}

/// The values seen under one id.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) id: u8,
    pub(super) count: u32,
    shortest: usize,
    longest: usize,
    /// All bytes of all values were letters, digits or marks.
    text: bool,
    /// Value changed from packet to packet so often.
    changes: u32,
    /// First two bytes rose as a count over all packets does so often.
    counted: u32,
    /// Value kept pace with the capture's clock so often.
    on_clock: u32,
    /// Bytes two and three rose as a frame's number does, and the second bit said when it ends, so often.
    framed: u32,
    /// The packet was the last of its frame so often.
    at_frame_end: u32,
    /// There were as many bytes as contributing sources so often.
    per_contributor: u32,
    /// First eight bytes were a wall clock so often, and its greatest distance from the capture's clock in nanoseconds:
    /// that of the packet least delayed.
    clocks: u32,
    offset: Option<i64>,
    last: [u8; VALUE_BYTES],
    last_time: Timestamp,
}

impl Element {
    pub(super) fn new(id: u8) -> Element {
        Element {
            id,
            count: 0,
            shortest: usize::MAX,
            longest: 0,
            text: true,
            changes: 0,
            counted: 0,
            on_clock: 0,
            framed: 0,
            at_frame_end: 0,
            per_contributor: 0,
            clocks: 0,
            offset: None,
            last: [0; VALUE_BYTES],
            last_time: Timestamp::default(),
        }
    }

    /// Takes in one value.
    pub(super) fn note(&mut self, value: &[u8], around: Around) {
        let mut bytes = [0; VALUE_BYTES];
        bytes.iter_mut().zip(value).for_each(|(place, byte)| *place = *byte);
        if self.count > 0 {
            self.follow(&bytes, value.len(), around);
        }
        self.text &= !value.is_empty() && value.iter().all(u8::is_ascii_graphic);
        self.shortest = self.shortest.min(value.len());
        self.longest = self.longest.max(value.len());
        self.at_frame_end += u32::from(around.marker);
        self.per_contributor += u32::from(value.len() == around.contributors);
        if matches!(value.len(), 8 | 16) {
            self.note_clock(&bytes, around.time);
        }
        self.count = self.count.saturating_add(1);
        (self.last, self.last_time) = (bytes, around.time);
    }

    /// What it is, in a stream of so many packets; `None` when that cannot be told.
    pub(super) fn shape(&self, packets: u64) -> Option<Shape> {
        let even = self.shortest == self.longest;
        let known = self.count >= SIGHTINGS_MIN;
        match self.longest {
            _ if self.is_text() => Some(Shape::Name),
            2.. if known && self.per_contributor == self.count => Some(Shape::ContributorLevel),
            1 if even && self.is_audio_level(packets) => Some(Shape::AudioLevel),
            1 if even && self.is_frame_flag(packets) => Some(Shape::FrameFlag),
            2 if even && known && self.counted * 4 >= (self.count - 1) * 3 => Some(Shape::TransportCc),
            3 if even && known && self.is_send_time() => Some(Shape::AbsSendTime),
            8 | 16 if even && self.clock_offset().is_some() => Some(Shape::AbsCaptureTime),
            3.. if known && self.on_most(packets) && self.framed * 10 >= (self.count - 1) * 9 && self.changes > 0 => {
                Some(Shape::DependencyDescriptor)
            }
            3 if even && known && self.changes * 4 > self.count => Some(Shape::TransmissionOffset),
            3 if even && self.is_delay_range() => Some(Shape::PlayoutDelay),
            12 | 13 if even && self.at_frame_end == self.count => Some(Shape::VideoTiming),
            4 | 28 if even && self.at_frame_end == self.count => Some(Shape::ColorSpace),
            _ => None,
        }
    }

    /// Whether it is a loudness on nearly every packet. A constant one is the silence of a muted microphone or none.
    pub(super) fn is_audio_level(&self, packets: u64) -> bool {
        let silent = self.last.first().is_some_and(|byte| byte & 0x7f == 0x7f);
        self.is_one_byte() && self.count >= SIGHTINGS_MIN && self.on_most(packets) && (self.changes > 0 || silent)
    }

    /// Whether its values are single bytes.
    pub(super) fn is_one_byte(&self) -> bool {
        self.longest == 1 && self.shortest == 1
    }

    /// The only value, if it never changed.
    pub(super) fn constant(&self) -> Option<&[u8]> {
        if self.changes == 0 { self.last.get(..self.longest) } else { None }
    }

    /// The first byte of the last value.
    pub(super) fn last_byte(&self) -> u8 {
        self.last.first().copied().unwrap_or_default()
    }

    /// Nanoseconds by which the sender's wall clock is ahead of the capture's, less the way that the packet took.
    pub(super) fn clock_offset(&self) -> Option<i64> {
        let near = |offset: &i64| offset.saturating_abs() < CLOCK_NEAR_NANOS || self.count >= SIGHTINGS_MIN;
        self.offset.filter(|_| self.clocks == self.count).filter(near)
    }

    /// Whether values have different lengths, as bytes without meaning do.
    pub(super) fn is_uneven(&self) -> bool {
        self.shortest != self.longest
    }

    fn follow(&mut self, bytes: &[u8; VALUE_BYTES], length: usize, around: Around) {
        self.changes += u32::from(*bytes != self.last || length != self.longest);
        let counted = word(bytes, 0).wrapping_sub(word(&self.last, 0));
        self.counted += u32::from((1..=COUNT_STEP_MAX).contains(&counted));
        let frames = word(bytes, 1).wrapping_sub(word(&self.last, 1));
        let ends = bytes.first().is_some_and(|byte| byte & 0x40 != 0);
        self.framed += u32::from(frames <= FRAME_STEP_MAX && ends == around.marker);
        self.on_clock += u32::from(*bytes != self.last && self.keeps_pace(bytes, around.time));
    }

    fn keeps_pace(&self, bytes: &[u8; VALUE_BYTES], time: Timestamp) -> bool {
        let ticks = |value: &[u8; VALUE_BYTES]| i64::from(word(value, 0)) << 8 | i64::from(value[2]);
        let passed = i128::from(time.since(self.last_time)) * i128::from(SEND_TICKS_PER_SECOND);
        let passed = i64::try_from(passed / i128::from(NANOS_PER_SECOND)).unwrap_or(0);
        let apart = (ticks(bytes) - ticks(&self.last)).wrapping_sub(passed).rem_euclid(1 << 24);
        apart.min((1 << 24) - apart) <= SEND_SLACK_TICKS
    }

    fn note_clock(&mut self, bytes: &[u8; VALUE_BYTES], time: Timestamp) {
        let ntp = bytes.iter().take(8).fold(0u64, |ntp, byte| ntp << 8 | u64::from(*byte));
        let Some(offset) = ntp_offset(ntp, time) else { return };
        let known = *self.offset.get_or_insert(offset);
        if offset.saturating_sub(known).saturating_abs() <= CLOCK_DRIFT_NANOS_MAX {
            self.clocks += 1;
            self.offset = Some(known.max(offset));
        }
    }

    fn on_most(&self, packets: u64) -> bool {
        u64::from(self.count) * 10 >= packets * 8
    }

    /// Whether it is a name that never changes.
    pub(super) fn is_text(&self) -> bool {
        self.text && self.changes == 0 && self.count >= 2
    }

    fn is_send_time(&self) -> bool {
        self.changes * 4 > self.count && self.on_clock * 2 > self.changes
    }

    fn is_frame_flag(&self, packets: u64) -> bool {
        self.at_frame_end == self.count && !self.on_most(packets) && self.last_byte() & 0xf0 == 0
    }

    /// Twelve bits for the least, twelve for the greatest.
    fn is_delay_range(&self) -> bool {
        let number = u32::from(word(&self.last, 0)) << 8 | u32::from(self.last[2]);
        number >> 12 <= number & 0xfff
    }
}

/// Nanoseconds by which a wall clock in NTP's format (32 bits seconds since 1900, 32 bits fraction) is ahead of
/// `time`; `None` when it is no clock that is set.
pub(super) fn ntp_offset(ntp: u64, time: Timestamp) -> Option<i64> {
    let seconds = i64::try_from(ntp >> 32).ok()?.checked_sub(NTP_EPOCH_SECONDS)?;
    let fraction = i64::try_from((u128::from(ntp & 0xffff_ffff) * 1_000_000_000) >> 32).ok()?;
    let nanos = seconds.checked_mul(NANOS_PER_SECOND)?.checked_add(fraction)?;
    let offset = Timestamp::from_nanos(nanos).since(time);
    (offset.saturating_abs() <= CLOCK_OFFSET_NANOS_MAX).then_some(offset)
}

/// Two bytes at `at` as a number.
fn word(bytes: &[u8; VALUE_BYTES], at: usize) -> u16 {
    match bytes.get(at..) {
        Some([high, low, ..]) => u16::from_be_bytes([*high, *low]),
        _ => 0,
    }
}
