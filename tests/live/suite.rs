//! The tests, and how they are run: one after the other, because they measure time and loss.

#[path = "call.rs"]
mod call;
#[path = "callers.rs"]
mod callers;
#[path = "confined.rs"]
mod confined;
#[path = "ends.rs"]
mod ends;
#[path = "flood.rs"]
mod flood;
#[path = "lab.rs"]
mod lab;
#[path = "program.rs"]
mod program;
#[path = "records.rs"]
mod records;
#[path = "rights.rs"]
mod rights;

use lab::{Lab, Test};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

/// Tests of each file.
const ALL: [&[Test]; 6] = [records::TESTS, rights::TESTS, ends::TESTS, confined::TESTS, flood::TESTS, call::TESTS];

/// Runs the tests whose names hold one of `names`, or all.
pub fn run(mark: &str, names: &[String]) -> ExitCode {
    assert!(nix::unistd::geteuid().is_root(), "live tests need root");
    let asked = |name: &str| names.is_empty() || names.iter().any(|part| name.contains(part.as_str()));
    let tests: Vec<_> = ALL.concat().into_iter().filter(|(name, _)| asked(name)).collect();
    let failed: Vec<_> = tests.iter().filter(|test| !passes(mark, test)).map(|(name, _)| *name).collect();
    println!("\n{} of {} live tests passed", tests.len() - failed.len(), tests.len());
    for name in &failed {
        println!("FAILED: {name}");
    }
    if failed.is_empty() && !tests.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a test measures stands below its name; why it fails goes to standard error.
fn passes(mark: &str, (name, test): &Test) -> bool {
    println!("\n{name}");
    let began = Instant::now();
    let passed = catch_unwind(AssertUnwindSafe(|| test(&mut Lab::open(mark)))).is_ok();
    println!("  {} after {:.1} s", if passed { "ok" } else { "FAILED" }, began.elapsed().as_secs_f64());
    passed
}
