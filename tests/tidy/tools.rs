//! Format, lints and documentation, so that `cargo test` is the gate for them too.

use super::source::root;
use std::process::Command;

#[test]
fn sources_are_formatted() {
    passes(&["fmt", "--all", "--check"], &[]);
}

/// One test for both, because they would wait for each other's lock on the target folder.
#[test]
fn lints_and_documentation_give_no_warning() {
    passes(&["clippy", "--quiet", "--all-targets", "--", "-D", "warnings"], &[]);
    passes(&["doc", "--quiet", "--no-deps"], &[("RUSTDOCFLAGS", "-D warnings")]);
}

#[test]
#[should_panic(expected = "cargo no-such-command")]
fn a_missing_tool_is_a_failure() {
    passes(&["no-such-command"], &[]);
}

/// Runs a cargo command from the root; a missing tool is a failure, because a check that is left out checks nothing.
fn passes(arguments: &[&str], environment: &[(&str, &str)]) {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).envs(environment.iter().copied()).current_dir(root());
    let output = command.output().unwrap_or_else(|error| panic!("cargo {}: {error}", arguments.join(" ")));
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let called = arguments.join(" ");
    let hint = "hint: scripts/setup.sh installs rustfmt and clippy";
    assert!(output.status.success(), "cargo {called} failed\n{said}\n{complained}\n{hint}");
}
