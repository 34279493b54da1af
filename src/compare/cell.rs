//! The content of a cell: an answer, why, and where it can be checked.

use super::contract::{Endpoint, Evidence, Exposure};
use crate::exposure::Bilingual;
use serde::Serialize;

/// Most places listed where a cell can be checked.
const RESTS_MAX: usize = 4;

/// What a cell says. Absence of evidence is never `No` unless it is known that the thing would have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is so: seen in the packets or inferred from them.
    Yes,
    /// It would have been seen if it were so.
    No,
    /// The evidence contradicts itself or does not decide it.
    Unclear,
    /// This capture or report cannot show it.
    NotStated,
    /// The question does not arise.
    NotApplicable,
    /// A quantity or a list.
    Given,
}

/// All answers, in the order of the legend.
pub const ANSWERS: [Answer; 6] =
    [Answer::Yes, Answer::No, Answer::Unclear, Answer::NotStated, Answer::NotApplicable, Answer::Given];

impl Answer {
    /// Name in data.
    pub const fn name(self) -> &'static str {
        match self {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Unclear => "unclear",
            Answer::NotStated => "not-stated",
            Answer::NotApplicable => "not-applicable",
            Answer::Given => "given",
        }
    }

    /// The word in German or English; `Given` has none, because its quantity stands in its place.
    pub const fn word(self, german: bool) -> &'static str {
        let (de, en) = match self {
            Answer::Yes => ("ja", "yes"),
            Answer::No => ("nein", "no"),
            Answer::Unclear => ("unklar", "unclear"),
            Answer::NotStated => ("keine Angabe", "not stated"),
            Answer::NotApplicable => ("entfällt", "not applicable"),
            Answer::Given => ("", ""),
        };
        if german { de } else { en }
    }

    /// A sign beside the word, so that a column can be read at a glance without colour.
    pub const fn sign(self) -> &'static str {
        match self {
            Answer::Yes => "●",
            Answer::No => "○",
            Answer::Unclear => "◐",
            Answer::NotStated => "?",
            Answer::NotApplicable => "–",
            Answer::Given => "",
        }
    }

    /// What the answer means, for the legend.
    pub const fn meaning(self, german: bool) -> &'static str {
        let (de, en) = match self {
            Answer::Yes => {
                ("in den Paketen gesehen oder daraus gefolgert", "seen in the packets or inferred from them")
            }
            Answer::No => (
                "wäre zu sehen gewesen, wenn es so wäre; die Begründung sagt, woran",
                "would have been seen if it were so; the reason says by what",
            ),
            Answer::Unclear => (
                "die Hinweise widersprechen sich oder entscheiden es nicht",
                "the evidence contradicts itself or does not decide it",
            ),
            Answer::NotStated => (
                "dieser Mitschnitt kann es nicht zeigen, etwa weil es verschlüsselt ist oder fehlt",
                "this capture cannot show it, because it is encrypted or missing",
            ),
            Answer::NotApplicable => ("die Frage stellt sich hier nicht", "the question does not arise here"),
            Answer::Given => ("", ""),
        };
        if german { de } else { en }
    }
}

/// How a `Yes` or a quantity is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Seen in the packets.
    Observed,
    /// Follows from what was seen.
    Inferred,
}

impl Certainty {
    /// Name in data.
    pub const fn name(self) -> &'static str {
        match self {
            Certainty::Observed => "observed",
            Certainty::Inferred => "inferred",
        }
    }

    /// The word in German or English.
    pub const fn word(self, german: bool) -> &'static str {
        match (self, german) {
            (Certainty::Observed, true) => "gesehen",
            (Certainty::Observed, false) => "seen",
            (Certainty::Inferred, true) => "gefolgert",
            (Certainty::Inferred, false) => "inferred",
        }
    }
}

/// Where a cell can be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rest {
    /// Exposure (`x3`) or endpoint (`e1`) of the column's report.
    pub id: Option<String>,
    /// Index into the column's captures.
    pub capture: Option<u16>,
    /// Frame number, 1-based.
    pub frame: Option<u64>,
    /// Wireshark display filter that shows the frame.
    pub filter: Option<String>,
}

impl Rest {
    pub(super) fn exposure(exposure: &Exposure) -> Rest {
        Rest { id: Some(exposure.id.clone()), ..Rest::of(exposure.evidence.first()) }
    }

    pub(super) fn endpoint(endpoint: &Endpoint) -> Rest {
        Rest { id: Some(endpoint.id.clone()), ..Rest::of(None) }
    }

    /// The filter is made from the number: a report may come from anybody.
    pub(super) fn of(evidence: Option<&Evidence>) -> Rest {
        Rest {
            id: None,
            capture: evidence.map(|evidence| evidence.capture),
            frame: evidence.map(|evidence| evidence.frame),
            filter: evidence.map(|evidence| format!("frame.number == {}", evidence.frame)),
        }
    }
}

/// What a row says of a column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// The answer.
    pub answer: Answer,
    /// The quantity or list, or what belongs to the answer.
    pub detail: Option<Bilingual>,
    /// How a `Yes` or a quantity is known.
    pub certainty: Option<Certainty>,
    /// Why.
    pub reason: Bilingual,
    /// Where it can be checked in the column's report and capture.
    pub rests_on: Vec<Rest>,
}

impl Cell {
    fn new(answer: Answer, reason: Bilingual) -> Cell {
        Cell { answer, detail: None, certainty: None, reason, rests_on: Vec::new() }
    }

    /// Seen in the packets.
    pub(super) fn seen(reason: Bilingual) -> Cell {
        Cell { certainty: Some(Certainty::Observed), ..Cell::new(Answer::Yes, reason) }
    }

    /// Inferred from what was seen.
    pub(super) fn inferred(reason: Bilingual) -> Cell {
        Cell { certainty: Some(Certainty::Inferred), ..Cell::new(Answer::Yes, reason) }
    }

    pub(super) fn no(reason: Bilingual) -> Cell {
        Cell::new(Answer::No, reason)
    }

    pub(super) fn unclear(reason: Bilingual) -> Cell {
        Cell::new(Answer::Unclear, reason)
    }

    pub(super) fn not_stated(reason: Bilingual) -> Cell {
        Cell::new(Answer::NotStated, reason)
    }

    pub(super) fn not_applicable(reason: Bilingual) -> Cell {
        Cell::new(Answer::NotApplicable, reason)
    }

    /// A quantity or a list.
    pub(super) fn given(detail: Bilingual, reason: Bilingual) -> Cell {
        let certainty = Some(Certainty::Observed);
        Cell { detail: Some(detail), certainty, ..Cell::new(Answer::Given, reason) }
    }

    pub(super) fn with(self, detail: Bilingual) -> Cell {
        Cell { detail: Some(detail), ..self }
    }

    /// The same, known in another way.
    pub(super) fn known(self, certainty: Certainty) -> Cell {
        Cell { certainty: Some(certainty), ..self }
    }

    pub(super) fn on(self, rests: impl IntoIterator<Item = Rest>) -> Cell {
        Cell { rests_on: rests.into_iter().take(RESTS_MAX).collect(), ..self }
    }

    /// The answer and what belongs to it, for readers.
    pub fn shown(&self, german: bool) -> String {
        let word = self.answer.word(german);
        match self.detail.as_ref().map(|detail| if german { &detail.de } else { &detail.en }) {
            None => word.to_owned(),
            Some(detail) if word.is_empty() => detail.clone(),
            Some(detail) => format!("{word}: {detail}"),
        }
    }
}

/// German and English of the same.
pub(super) fn both(de: impl Into<String>, en: impl Into<String>) -> Bilingual {
    Bilingual { de: de.into(), en: en.into() }
}

/// What `of` gives for German (`true`) and English.
pub(super) fn each(of: impl Fn(bool) -> String) -> Bilingual {
    both(of(true), of(false))
}

/// Text that reads the same in both languages.
pub(super) fn same(text: impl Into<String>) -> Bilingual {
    let text = text.into();
    both(text.clone(), text)
}
