//! The whole program over captures.
//!
//! `fixtures/*` always: against what is true of each (`truth.toml`) and against the report that was read and accepted
//! last (`report.*`; `MEETSCOPE_BLESS=1 cargo test --test captures` writes them anew, then read the difference).
//! The folder in `MEETSCOPE_CAPTURES` as well, when that is set: every capture under it, and the truth of other
//! programs beside them.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "captures/around.rs"]
mod around;
#[path = "captures/calls.rs"]
mod calls;
#[path = "captures/corpus.rs"]
mod corpus;
#[path = "captures/dialect.rs"]
mod dialect;
#[path = "captures/fingerprints.rs"]
mod fingerprints;
#[path = "captures/fixtures.rs"]
mod fixtures;
#[path = "captures/lab.rs"]
mod lab;
#[path = "captures/pcap.rs"]
mod pcap;
#[path = "captures/program.rs"]
mod program;
#[path = "captures/relay.rs"]
mod relay;
#[path = "captures/rtp.rs"]
mod rtp;
#[path = "captures/selftest.rs"]
mod selftest;
#[path = "captures/sink.rs"]
mod sink;
#[path = "captures/snapshot.rs"]
mod snapshot;
#[path = "captures/stun.rs"]
mod stun;
#[path = "captures/trim.rs"]
mod trim;
