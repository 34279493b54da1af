//! From root, or from single capabilities, to an ordinary user, without a way back.

use super::user::{self, Target};
use super::{Guard, PRIVILEGES, not, words};
use caps::{CapSet, Capability};
use nix::sys::prctl;
use nix::unistd::{Gid, Uid, getgroups, getresgid, getresuid, setgroups, setresgid, setresuid};
use std::path::PathBuf;

/// Sets that a thread can draw rights from. The bounding set only limits what a started program gets.
const SETS: [(CapSet, &str); 4] = [
    (CapSet::Effective, "effective"),
    (CapSet::Permitted, "permitted"),
    (CapSet::Inheritable, "inheritable"),
    (CapSet::Ambient, "ambient"),
];

/// Becomes the user of [`user::target`] and drops every capability; says by looking and trying what came of it.
pub(super) fn give_up(folders: &[PathBuf]) -> Guard {
    let mut target = user::target(folders);
    // Only who has the right may narrow the bounding set; without capabilities and with the promise of
    // `no_new_privs` it limits nothing more.
    let _ = caps::clear(None, CapSet::Bounding);
    let changed = become_user(&target);
    if changed.is_err() {
        // A namespace may not know the user. Then the process stays who it is, and loses what it could do.
        target = Target { uid: Uid::effective(), gid: Gid::effective(), groups: None };
    }
    drop_capabilities();
    // A process that cannot be inspected by others of the same user; refused nowhere.
    let _ = prctl::set_dumpable(false);
    let _ = prctl::set_no_new_privs();
    let mut left = left(&target);
    left.extend(regained(&target));
    match left.is_empty() {
        true => Guard { name: PRIVILEGES, in_force: true, detail: words::without_privileges(&target.shown()) },
        false => not(PRIVILEGES, words::privileges_left(&left.join(", "))),
    }
}

/// Groups first: a user without rights cannot change them any more.
fn become_user(target: &Target) -> nix::Result<()> {
    if let Some(groups) = &target.groups {
        // A user namespace can forbid this and yet allow the rest; what is left over is seen afterwards.
        let _ = setgroups(groups);
    }
    setresgid(target.gid, target.gid, target.gid)?;
    setresuid(target.uid, target.uid, target.uid)
}

/// What is refused here is found by [`left`].
fn drop_capabilities() {
    for set in [CapSet::Ambient, CapSet::Inheritable, CapSet::Effective, CapSet::Permitted] {
        let _ = caps::clear(None, set);
    }
}

/// What the kernel says that the process still has.
fn left(target: &Target) -> Vec<String> {
    let mut left = Vec::new();
    for (set, name) in SETS {
        match caps::read(None, set) {
            Ok(capabilities) if capabilities.is_empty() => {}
            Ok(capabilities) => left.push(format!("{} {name}", capabilities.len())),
            // Kernels before 4.3 have no ambient set.
            Err(_) if matches!(set, CapSet::Ambient) => {}
            Err(error) => left.push(error.to_string()),
        }
    }
    let all = |numbers: [u32; 3], wanted: u32| numbers.iter().all(|number| *number == wanted);
    let users = getresuid().map(|ids| [ids.real, ids.effective, ids.saved].map(Uid::as_raw));
    let groups = getresgid().map(|ids| [ids.real, ids.effective, ids.saved].map(Gid::as_raw));
    left.extend((!users.is_ok_and(|ids| all(ids, target.uid.as_raw()))).then(|| "user".to_owned()));
    left.extend((!groups.is_ok_and(|ids| all(ids, target.gid.as_raw()))).then(|| "group".to_owned()));
    left.extend(foreign_groups(target).then(|| "groups".to_owned()));
    left.extend((prctl::get_no_new_privs() != Ok(true)).then(|| "no_new_privs".to_owned()));
    left
}

/// Whether a supplementary group is left that the user should not have.
fn foreign_groups(target: &Target) -> bool {
    let Some(wanted) = &target.groups else { return false };
    !getgroups().is_ok_and(|groups| groups.iter().all(|group| wanted.contains(group) || *group == target.gid))
}

/// What the process could get back when it tried.
fn regained(target: &Target) -> Vec<String> {
    let (root, wheel) = (Uid::from_raw(0), Gid::from_raw(0));
    let mut regained = Vec::new();
    let mut tried = |name: &str, got: bool| regained.extend(got.then(|| format!("{name} regained")));
    if !target.uid.is_root() {
        tried("user root", setresuid(root, root, root).is_ok());
    }
    if target.gid != wheel {
        tried("group root", setresgid(wheel, wheel, wheel).is_ok());
    }
    tried("groups", setgroups(&[wheel]).is_ok());
    for set in [CapSet::Permitted, CapSet::Effective, CapSet::Ambient] {
        tried("capability", caps::raise(None, set, Capability::CAP_NET_RAW).is_ok());
    }
    regained
}
