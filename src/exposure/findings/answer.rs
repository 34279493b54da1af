//! What became visible, what to do, what stays open, and where each can be checked.

use schemars::JsonSchema;
use serde::Serialize;

record! {
    /// Something that became visible.
    ExposureEntry {
        /// `x1`, `x2`, ...
        id: String,
        /// `who`, `with-whom`, `when`, ...
        question: String,
        /// Fact key or the name of the inference.
        key: String,
        /// Value as text.
        value: String,
        /// Meeting id.
        meeting: Option<String>,
        /// Who can see it.
        observers: Vec<String>,
        /// `observed` or `inferred`.
        certainty: String,
        /// In words.
        statement: Bilingual,
        /// Where it can be checked.
        evidence: Vec<EvidenceEntry>,
    }
}

record! {
    /// German and English.
    Bilingual {
        /// German.
        de: String,
        /// English.
        en: String,
    }
}

record! {
    /// Advice.
    Recommendation {
        /// Stable name.
        id: String,
        /// `controller` or `participant`.
        audience: String,
        /// Ids of exposures or endpoints.
        because: Vec<String>,
        /// In words.
        text: Bilingual,
        /// Whose advice.
        source: String,
    }
}

record! {
    /// A question that stays open.
    NotDeterminable {
        /// Which.
        what: String,
        /// Why.
        why: Bilingual,
    }
}

record! {
    /// A check of the quality of the captures.
    SelfCheck {
        /// Which: `capture-drops`, `lost-packets`, `whole-packets`, `both-directions`, `wire-size`, `duplicates`, `clock`,
        /// `whole-call`, `whole-flows`, `server-names`, `link-addresses`.
        check: String,
        /// `good`, `weak`, or `unknown` where the capture holds nothing to check.
        outcome: String,
        /// In words.
        says: Bilingual,
        /// How often what is at fault was seen.
        count: u64,
        /// Frame of the first sighting; `null` when there is none or no frame is at fault.
        first_frame: Option<u64>,
    }
}

record! {
    /// What could not be read.
    ProblemEntry {
        /// Name.
        what: String,
        /// How often.
        count: u64,
        /// Frame of the first sighting; `null` when no frame is at fault.
        first_frame: Option<u64>,
    }
}

record! {
    /// Where a statement can be checked.
    EvidenceEntry {
        /// Index into `captures`.
        capture: u16,
        /// Frame number, 1-based.
        frame: u64,
        /// Time of the frame.
        time: String,
        /// Wireshark display filter.
        filter: String,
    }
}
