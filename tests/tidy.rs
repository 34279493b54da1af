//! The repository's own rules, checked by reading its sources: who may name whom, what may not stand anywhere, and
//! that what was added is also registered. Each rule is tried on a bad sample too, so that it can fail.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong and stops")]

#[path = "tidy/discretion.rs"]
mod discretion;
#[path = "tidy/facts.rs"]
mod facts;
#[path = "tidy/lists.rs"]
mod lists;
#[path = "tidy/pages.rs"]
mod pages;
#[path = "tidy/paths.rs"]
mod paths;
#[path = "tidy/ranks.rs"]
mod ranks;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/tools.rs"]
mod tools;
#[path = "tidy/words.rs"]
mod words;
