//! How the report treats the people that it tells of.

use super::Bilingual;
use schemars::JsonSchema;
use serde::Serialize;

record! {
    /// Purpose, pseudonyms, and what was left out on demand.
    Handling {
        /// What the report is made for, in the words of who asked for it; `null` when it was not said.
        purpose: Option<String>,
        /// Set when addresses and names of people were replaced.
        pseudonyms: Option<PseudonymNote>,
        /// What is left out of the behaviour of single participants, by key or field; empty when nothing is.
        left_out: Vec<String>,
        /// The same in sentences, for readers.
        notes: Vec<Bilingual>,
    }
}

record! {
    /// How pseudonyms were made.
    PseudonymNote {
        /// `random` for a key of this run that nobody has, `given` for one from a file.
        key: String,
        /// Scheme for addresses.
        scheme: String,
        /// Addresses replaced, hardware addresses included.
        addresses: u64,
        /// Names replaced.
        names: u64,
    }
}
