//! Captures as they happen, on hosts in network namespaces that each test makes and removes.
//!
//! They need root and other programs: `scripts/live-test.sh` sees to both and sets `MEETSCOPE_LIVE` to a word that marks
//! what belongs to this run. Without it they say that they were left out; that they are no tests of the usual kind is
//! because those could only claim to have passed.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::disallowed_methods)]

#[cfg(target_os = "linux")]
#[path = "live/suite.rs"]
mod suite;

fn main() -> std::process::ExitCode {
    #[cfg(target_os = "linux")]
    if let Ok(mark) = std::env::var("MEETSCOPE_LIVE") {
        let names: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
        return suite::run(&mark, &names);
    }
    println!("live tests are left out: scripts/live-test.sh runs them, as root, on Linux");
    std::process::ExitCode::SUCCESS
}
