//! The program as its users meet it: arguments, files, messages, exit codes, reports.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong and stops")]

#[cfg(feature = "live")]
#[path = "cli/capture.rs"]
mod capture;
#[path = "cli/codes.rs"]
mod codes;
#[path = "cli/compare.rs"]
mod compare;
#[path = "cli/conforms.rs"]
mod conforms;
#[path = "cli/contract.rs"]
mod contract;
#[path = "cli/discretion.rs"]
mod discretion;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/hostile.rs"]
mod hostile;
#[path = "cli/inputs.rs"]
mod inputs;
#[path = "cli/knowledge.rs"]
mod knowledge;
#[path = "cli/options.rs"]
mod options;
#[path = "cli/place.rs"]
mod place;
#[path = "cli/program.rs"]
mod program;
#[path = "cli/transfer.rs"]
mod transfer;
