//! seccomp: of some four hundred system calls those that the work goes on to need.
//!
//! Others fail with `EPERM` instead of ending the process: a call that a library makes now and then, and that was not
//! foreseen, then costs what it asked for and not the recording.

use super::attempts::{self, Chances, Try};
use super::{Guard, Needs, SECCOMP, allowed, not, words};
use nix::errno::Errno;
use nix::libc;
use seccompiler::{BackendError, BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter_all_threads};
use std::collections::BTreeMap;

/// The filter refuses with it.
const REFUSAL: Errno = Errno::EPERM;

/// Filters the calls of all threads and tries what should be refused.
pub(super) fn confine(needs: &Needs, chances: &Chances) -> Guard {
    match filter(needs) {
        Ok(()) => judge(needs, chances),
        Err(error) => not(SECCOMP, words::kernel_without("seccomp", &error.to_string())),
    }
}

fn filter(needs: &Needs) -> Result<(), seccompiler::Error> {
    let processor = TargetArch::try_from(std::env::consts::ARCH)?;
    let (fallback, list) = (fallback(processor)?, list(needs, processor)?);
    apply_filter_all_threads(&fallback)?;
    apply_filter_all_threads(&list)
}

/// `clone3` takes its flags from memory, where a filter cannot look. Told that the kernel has no such call, the C
/// library makes threads with `clone`.
fn fallback(processor: TargetArch) -> Result<BpfProgram, BackendError> {
    let rules = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    let missing = SeccompAction::Errno(libc::ENOSYS as u32);
    SeccompFilter::new(rules, SeccompAction::Allow, missing, processor)?.try_into()
}

fn list(needs: &Needs, processor: TargetArch) -> Result<BpfProgram, BackendError> {
    let refused = SeccompAction::Errno(REFUSAL as u32);
    SeccompFilter::new(allowed::rules(needs)?, refused, SeccompAction::Allow, processor)?.try_into()
}

fn judge(needs: &Needs, chances: &Chances) -> Guard {
    let (folders, devices) = (!needs.folders_written.is_empty(), !needs.devices.is_empty());
    let mut tries = vec![
        Try::must("read a file", chances.read(REFUSAL)),
        Try::must("make a socket", attempts::sockets(REFUSAL)),
        Try::should("start a program", chances.start(REFUSAL)),
        Try::should("signal a process", attempts::signal(REFUSAL)),
    ];
    // Where files may be made in a folder, the filter lets them be made, and Landlock says where.
    tries.extend((!folders).then(|| Try::should("make a file", chances.make(REFUSAL))));
    tries.extend(devices.then(|| Try::must("send on the device", attempts::send(&needs.devices, REFUSAL))));
    match attempts::failed(&tries) {
        failed if failed.is_empty() => {
            Guard { name: SECCOMP, in_force: true, detail: words::no_calls(devices, folders) }
        }
        failed => not(SECCOMP, words::not_refused(&failed)),
    }
}
