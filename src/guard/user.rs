//! Whose rights the process keeps when it was started with those of root.

use nix::unistd::{Gid, Uid, User, getgroups, getresgid, getresuid, setegid, seteuid, setgroups};
use std::env;
use std::ffi::CString;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A user to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) uid: Uid,
    pub(super) gid: Gid,
    /// Supplementary groups; `None` where the process could not change them anyway.
    pub(super) groups: Option<Vec<Gid>>,
}

impl Target {
    /// The name that the system knows, and the number.
    pub(super) fn shown(&self) -> String {
        match User::from_uid(self.uid) {
            Ok(Some(user)) => format!("{} ({})", user.name, self.uid),
            _ => self.uid.to_string(),
        }
    }
}

/// Whom to become. Who is not root stays who called. Root becomes who called through sudo and its like; without such a
/// caller the owner of the folder that files are made in, which may be root itself, then without capabilities; without
/// a folder `nobody`, as all files are open already.
pub(super) fn target(folders: &[PathBuf]) -> Target {
    if !Uid::effective().is_root() {
        return Target { uid: Uid::current(), gid: Gid::current(), groups: None };
    }
    let caller = invoking().or_else(|| folders.first().and_then(|folder| owner(folder)));
    let mut target = caller.unwrap_or_else(nobody);
    // Groups may be what lets a user write in a folder; they are needed for nothing else.
    target.groups = Some(if folders.is_empty() { Vec::new() } else { groups(&target) });
    target
}

/// Runs `open` with the caller's rights, then with those from before.
pub(super) fn as_invoking<T>(open: impl FnOnce() -> T) -> T {
    let caller = if Uid::effective().is_root() { invoking() } else { None };
    let before = caller.and_then(|caller| borrow(&caller));
    let opened = open();
    if let Some((gid, groups)) = before {
        // Where these fail, fewer rights are left than before, and what comes next says which it lacks.
        let _ = seteuid(Uid::from_raw(0)).and_then(|()| setegid(gid)).and_then(|()| setgroups(&groups));
    }
    opened
}

/// Takes on the caller's rights; the group and groups from before, or nothing where that was refused.
fn borrow(caller: &Target) -> Option<(Gid, Vec<Gid>)> {
    let before = (Gid::effective(), getgroups().ok()?);
    let taken = setgroups(&groups(caller)).and_then(|()| setegid(caller.gid)).and_then(|()| seteuid(caller.uid));
    if taken.is_err() {
        let _ = setegid(before.0).and_then(|()| setgroups(&before.1));
        return None;
    }
    Some(before)
}

/// Who called a process that has root's rights; `None` where that is root.
fn invoking() -> Option<Target> {
    let (users, groups) = (getresuid().ok()?, getresgid().ok()?);
    if !users.real.is_root() {
        // A setuid program: the environment is the caller's word, the real user is the kernel's.
        return Some(Target { uid: users.real, gid: groups.real, groups: None });
    }
    let number = |name| env::var(name).ok()?.parse().ok();
    let named = |name| User::from_name(&env::var(name).ok()?).ok()?;
    let uid = number("SUDO_UID").or_else(|| number("PKEXEC_UID")).map(Uid::from_raw);
    let uid = uid.or_else(|| Some(named("DOAS_USER")?.uid)).filter(|uid| !uid.is_root())?;
    let known = User::from_uid(uid).ok().flatten().map(|user| user.gid);
    let gid = known.or_else(|| number("SUDO_GID").map(Gid::from_raw)).unwrap_or_else(|| nobody().gid);
    Some(Target { uid, gid, groups: None })
}

fn owner(folder: &Path) -> Option<Target> {
    let folder = folder.metadata().ok()?;
    Some(Target { uid: Uid::from_raw(folder.uid()), gid: Gid::from_raw(folder.gid()), groups: None })
}

/// The user that owns nothing, by the number that Linux gives it where it has no name.
fn nobody() -> Target {
    /// `fs.overflowuid` of Linux.
    const NOBODY: u32 = 65_534;
    let known = User::from_name("nobody").ok().flatten().filter(|user| !user.uid.is_root());
    let (uid, gid) = known.map_or((Uid::from_raw(NOBODY), Gid::from_raw(NOBODY)), |user| (user.uid, user.gid));
    Target { uid, gid, groups: None }
}

/// The groups that the system gives a user; the own one alone where it does not know the user.
fn groups(target: &Target) -> Vec<Gid> {
    let name = User::from_uid(target.uid).ok().flatten().and_then(|user| CString::new(user.name).ok());
    let known = name.and_then(|name| nix::unistd::getgrouplist(&name, target.gid).ok());
    known.unwrap_or_else(|| vec![target.gid])
}
