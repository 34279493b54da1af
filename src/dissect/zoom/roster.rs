//! Who takes part, as the media sources tell: participant in the upper bits, medium in the lowest ten.

use crate::model::Evidence;
use std::fmt::Write;

/// Participants told apart in one flow.
const PARTICIPANTS_MAX: usize = 64;
/// Bits of a media source that tell the medium, not the participant.
const MEDIUM_BITS: u32 = 0x3ff;
/// Place and width of the number by which participants came in.
const NUMBER_SHIFT: u32 = 10;
const NUMBER_BITS: u32 = 0x3fff;
/// Media by their number in a source, from 1.
const MEDIA: [&str; 3] = ["video", "audio", "screen"];

/// A media source taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// Id of the participant: the source without its medium.
    pub(super) participant: u32,
    /// Index into [`MEDIA`].
    medium: usize,
}

impl Source {
    /// `None` where the source is none of a participant: the server's own, or a layout not seen yet.
    pub(super) fn of(source: u32) -> Option<Source> {
        let participant = source & !MEDIUM_BITS;
        let medium = usize::try_from(source & MEDIUM_BITS).ok()?.checked_sub(1)?;
        (medium < MEDIA.len() && participant != 0).then_some(Source { participant, medium })
    }

    /// Whether it is a voice.
    pub(super) fn is_audio(self) -> bool {
        MEDIA.get(self.medium) == Some(&"audio")
    }
}

/// The number of a participant in the order of coming in.
pub(super) const fn number(participant: u32) -> u32 {
    participant >> NUMBER_SHIFT & NUMBER_BITS
}

/// Participants of one flow in order of sighting.
#[derive(Clone, Debug, Default)]
pub(super) struct Roster {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    participant: u32,
    media: [bool; 3],
    first: Evidence,
}

impl Roster {
    /// Notes a sighting; true for a participant not seen before.
    pub(super) fn note(&mut self, source: Source, at: Evidence) -> bool {
        let known = self.entries.iter_mut().find(|entry| entry.participant == source.participant);
        if let Some(entry) = known {
            entry.mark(source.medium);
            return false;
        }
        let room = self.entries.len() < PARTICIPANTS_MAX;
        if room {
            let mut entry = Entry { participant: source.participant, media: [false; 3], first: at };
            entry.mark(source.medium);
            self.entries.push(entry);
        }
        room
    }

    /// Number and media of each participant, and where the first was seen: `1: audio, 3: audio+video`.
    pub(super) fn describe(&self) -> Option<(String, Evidence)> {
        let mut entries: Vec<&Entry> = self.entries.iter().collect();
        entries.sort_by_key(|entry| number(entry.participant));
        let mut text = String::new();
        for entry in entries {
            let separator = if text.is_empty() { "" } else { ", " };
            let media = MEDIA.iter().zip(entry.media).filter(|(_, sent)| *sent).map(|(name, _)| *name);
            let media = media.collect::<Vec<_>>().join("+");
            let _ = write!(text, "{separator}{}: {media}", number(entry.participant));
        }
        self.entries.first().map(|entry| (text, entry.first))
    }
}

impl Entry {
    fn mark(&mut self, medium: usize) {
        if let Some(sent) = self.media.get_mut(medium) {
            *sent = true;
        }
    }
}
