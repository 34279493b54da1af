//! Finds the SRTCP index (RFC 3711 section 3.4) behind an authentication tag of unknown length.

use crate::model::wire::Reader;
use crate::model::{Evidence, Timestamp};

/// Bytes from the index to the packet's end: none behind it with AES-GCM (RFC 7714 section 9.2), a tag of ten bytes,
/// a tag and a key identifier of one byte, a tag of four.
const TRAILERS_BYTES: [usize; 4] = [4, 14, 15, 8];
/// Largest step from one packet to the next.
const STEP_MAX: u32 = 256;
/// Steps forward in a row that prove a place.
const STEPS_MIN: u32 = 4;

/// The index of one sender, while its place is unknown and after.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    places: [Place; TRAILERS_BYTES.len()],
    first: Option<Evidence>,
    last: Timestamp,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    first: u32,
    last: u32,
    steps: u32,
    refuted: bool,
}

impl Index {
    /// Takes in an encrypted datagram; gives the first index once, when its place is proven.
    pub(super) fn note(&mut self, bytes: &[u8], at: Evidence) -> Option<(u64, Evidence)> {
        let opening = self.first.is_none();
        let first = *self.first.get_or_insert(at);
        self.last = at.time;
        let mut proven = None;
        for (place, trailer) in self.places.iter_mut().zip(TRAILERS_BYTES) {
            if let Some(word) = read_word(bytes, trailer) {
                place.note(word, opening);
            }
            if place.steps == STEPS_MIN && !place.refuted && proven.is_none() {
                proven = Some((u64::from(place.first & 0x7fff_ffff), first));
            }
        }
        proven
    }

    /// First and last index with their times, when their place is proven.
    pub(super) fn span(&self) -> Option<((u64, Evidence), (u64, Timestamp))> {
        let place = self.places.iter().find(|place| place.steps >= STEPS_MIN && !place.refuted)?;
        let index = |word: u32| u64::from(word & 0x7fff_ffff);
        Some(((index(place.first), self.first?), (index(place.last), self.last)))
    }
}

/// Whether the first index of a session, 0 or 1, stands at one of the places, marked as encrypted.
pub(super) fn begins(bytes: &[u8]) -> bool {
    let words = TRAILERS_BYTES.iter().filter_map(|trailer| read_word(bytes, *trailer));
    words.into_iter().any(|word| word & !1 == 1 << 31)
}

impl Place {
    fn note(&mut self, word: u32, opening: bool) {
        if opening {
            (self.first, self.last) = (word, word);
            return;
        }
        let step = word.wrapping_sub(self.last);
        self.refuted |= !(1..=STEP_MAX).contains(&step) || word >> 31 == 0;
        self.steps = self.steps.saturating_add(1);
        self.last = word;
    }
}

fn read_word(bytes: &[u8], trailer: usize) -> Option<u32> {
    let start = bytes.len().checked_sub(trailer)?;
    Reader::new(bytes.get(start..)?).u32()
}
