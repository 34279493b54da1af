//! Captures as they happen, on hosts in network namespaces that each test makes and removes.
//!
//! They need root and other programs: `scripts/live-test.sh` sees to both and sets `MEETSCOPE_LIVE` to a word that marks
//! what belongs to this run. Without it each test says that it was left out.
#![cfg(all(feature = "live", target_os = "linux"))]
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::disallowed_methods)]

#[path = "live/call.rs"]
mod call;
#[path = "live/callers.rs"]
mod callers;
#[path = "live/confined.rs"]
mod confined;
#[path = "live/ends.rs"]
mod ends;
#[path = "live/flood.rs"]
mod flood;
#[path = "live/lab.rs"]
mod lab;
#[path = "live/program.rs"]
mod program;
#[path = "live/records.rs"]
mod records;
#[path = "live/rights.rs"]
mod rights;
