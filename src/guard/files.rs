//! Landlock: no file, no TCP, no signal and no abstract socket of others.

use super::attempts::{self, Chances, Outcome, Try};
use super::{Guard, LANDLOCK, Needs, not, words};
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, PathBeneath, PathFd,
    RestrictSelfAttr, RestrictionStatus, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, Scope, make_bitflags,
};
use nix::errno::Errno;
use std::path::PathBuf;

/// Newest rights that this was written for; the kernel takes those that it knows.
const NEWEST: ABI = ABI::V10;
/// Landlock refuses with it.
const REFUSAL: Errno = Errno::EACCES;

/// Restricts the process and tries what should be refused.
pub(super) fn confine(needs: &Needs, chances: &Chances) -> Guard {
    let threads = threads();
    match restrict(&needs.folders_written) {
        Ok(status) if !is_available(&status) => not(LANDLOCK, words::kernel_without("Landlock", "")),
        Ok(status) if threads > 1 && !status.all_threads => not(LANDLOCK, words::one_thread_only(threads)),
        Ok(_) => judge(needs, chances),
        Err(error) => not(LANDLOCK, words::kernel_without("Landlock", &error.to_string())),
    }
}

fn restrict(folders: &[PathBuf]) -> Result<RestrictionStatus, RulesetError> {
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    for folder in folders.iter().filter_map(|folder| PathFd::new(folder).ok()) {
        ruleset = ruleset.add_rule(PathBeneath::new(folder, written()))?;
    }
    ruleset.all_threads(true)?.restrict_self()
}

/// What a rotation does in its folder: files are made, written and, where only the last ones are kept, removed.
fn written() -> BitFlags<AccessFs> {
    make_bitflags!(AccessFs::{WriteFile | MakeReg | Truncate | RemoveFile})
}

fn is_available(status: &RestrictionStatus) -> bool {
    matches!(status.landlock, LandlockStatus::Available { .. })
}

fn judge(needs: &Needs, chances: &Chances) -> Guard {
    let tries = [
        Try::must("read a file", chances.read(REFUSAL)),
        Try::should("make a file", chances.make(REFUSAL)),
        Try::should("start a program", chances.start(REFUSAL)),
    ];
    let failed = attempts::failed(&tries);
    if !failed.is_empty() {
        return not(LANDLOCK, words::not_refused(&failed));
    }
    let tcp = attempts::tcp(REFUSAL) == Outcome::Refused;
    Guard { name: LANDLOCK, in_force: true, detail: words::no_files(tcp, !needs.folders_written.is_empty()) }
}

/// Threads of this process; one where the system does not say.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(1, |threads| threads.count().max(1))
}
