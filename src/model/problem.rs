//! What could not be read: counted, never dropped in silence.

use std::collections::BTreeMap;

/// One kind of trouble with its count and where it was first seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How often.
    pub count: u64,
    /// Index of the capture of the first sighting.
    pub capture: u16,
    /// Frame number of the first sighting, 1-based; 0 when no frame is at fault.
    pub first_frame: u64,
}

/// Problems by name. Names are constants of the program (`decode.ipv4-header-cut`), never text from packets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(BTreeMap<&'static str, Problem>);

impl Problems {
    /// Counts one more `what`, seen in `frame` of `capture`.
    pub fn count(&mut self, what: &'static str, capture: u16, frame: u64) {
        self.0.entry(what).or_insert(Problem { count: 0, capture, first_frame: frame }).count += 1;
    }

    /// Adds what another part counted; the earlier first sighting stays.
    pub fn merge(&mut self, other: &Problems) {
        for (what, theirs) in &other.0 {
            let mine = self.0.entry(what).or_insert(Problem { count: 0, ..*theirs });
            mine.count += theirs.count;
            if (theirs.capture, theirs.first_frame) < (mine.capture, mine.first_frame) {
                (mine.capture, mine.first_frame) = (theirs.capture, theirs.first_frame);
            }
        }
    }

    /// All kinds in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Problem)> + '_ {
        self.0.iter().map(|(what, problem)| (*what, *problem))
    }

    /// Whether nothing went wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
