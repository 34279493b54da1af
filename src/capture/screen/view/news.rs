//! What became visible, in the order in which it did, each thing once.

use meetscope::exposure::{Bilingual, ExposureEntry};
use meetscope::model::Timestamp;
use meetscope::model::text::for_terminal;
use std::collections::{BTreeMap, BTreeSet};

/// Most things shown.
const NEWS_MAX: usize = 256;
/// Most things whose order is remembered; later ones are left to the report.
pub(crate) const IDENTITIES_MAX: usize = 8192;
/// Longest sentence, in characters.
const SENTENCE_CHARS_MAX: usize = 600;
/// Told at the top of the screen already.
const SHOWN_ELSEWHERE: [&str; 3] = ["call-count", "call-duration", "call-time"];

/// Something that became visible.
#[derive(Clone, Debug)]
pub(crate) struct News {
    /// Rises in the order in which things were found.
    pub(crate) order: u32,
    /// Fact key or the name of the inference.
    pub(crate) key: String,
    /// Time of the newest packet when it was found.
    pub(crate) at: Timestamp,
    /// As the newest findings word it.
    pub(crate) sentence: Bilingual,
}

/// What makes each exposure the same in the next edition, although its value may have grown: its key and the frame
/// that shows it first; several of one frame are counted.
pub(crate) fn identities(exposures: &[ExposureEntry]) -> Vec<String> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut identity = |exposure: &ExposureEntry| {
        let at = match exposure.evidence.first() {
            Some(first) => format!("{}@{}:{}", exposure.key, first.capture, first.frame),
            None => format!("{}@{}", exposure.key, exposure.meeting.as_deref().unwrap_or_default()),
        };
        let nth = seen.entry(at.clone()).and_modify(|nth| *nth += 1).or_default();
        format!("{at}#{nth}")
    };
    exposures.iter().map(&mut identity).collect()
}

/// The order of things.
#[derive(Default)]
pub(super) struct Feed {
    known: BTreeMap<String, Found>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    order: u32,
    at: Timestamp,
}

impl Feed {
    /// What the findings say, the newest first; of what was found at once, by its first packet. No sentence twice.
    pub(super) fn take(&mut self, exposures: &[ExposureEntry], now: Timestamp) -> Vec<News> {
        let mut all: Vec<_> = identities(exposures).into_iter().zip(exposures).collect();
        all.retain(|(_, exposure)| !SHOWN_ELSEWHERE.contains(&exposure.key.as_str()));
        all.sort_by_cached_key(|(_, exposure)| exposure.evidence.first().map(|first| first.time.clone()));
        let mut ordered: Vec<_> =
            all.into_iter().filter_map(|(identity, exposure)| Some((self.found(identity, now)?, exposure))).collect();
        ordered.sort_by_key(|(found, _)| *found);
        let mut told = BTreeSet::new();
        ordered.retain(|(_, exposure)| told.insert(&exposure.statement.de));
        ordered.into_iter().rev().take(NEWS_MAX).map(|(found, exposure)| News::new(exposure, found)).collect()
    }

    fn found(&mut self, identity: String, now: Timestamp) -> Option<Found> {
        if let Some(found) = self.known.get(&identity) {
            return Some(*found);
        }
        let order = u32::try_from(self.known.len()).ok()?;
        let found = Found { order, at: now };
        (self.known.len() < IDENTITIES_MAX).then(|| self.known.insert(identity, found))?;
        Some(found)
    }
}

impl News {
    fn new(exposure: &ExposureEntry, found: Found) -> News {
        let safe = |text: &str| for_terminal(text, SENTENCE_CHARS_MAX);
        News {
            order: found.order,
            key: exposure.key.clone(),
            at: found.at,
            sentence: Bilingual { de: safe(&exposure.statement.de), en: safe(&exposure.statement.en) },
        }
    }
}
