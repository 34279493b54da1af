//! Doing what a confined process must not be able to do. Each attempt is harmless where it succeeds.

use nix::errno::Errno;
use nix::sys::socket::{self, AddressFamily, MsgFlags, SockFlag, SockType, SockaddrIn};
use nix::unistd::{AccessFlags, access, getppid};
use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Refused with the errno that the guard refuses with.
    Refused,
    /// It was done.
    Done,
    /// It failed for another reason, or there was nothing to try it on: shows nothing.
    Unclear,
}

impl Outcome {
    fn of<T, E: Into<Errno>>(result: Result<T, E>, refusal: Errno) -> Outcome {
        match result.map_err(Into::into) {
            Ok(_) => Outcome::Done,
            Err(errno) if errno == refusal => Outcome::Refused,
            Err(_) => Outcome::Unclear,
        }
    }

    fn of_io<T>(result: io::Result<T>, refusal: Errno) -> Outcome {
        Outcome::of(result.map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or_default())), refusal)
    }

    /// `Done` if one of them was done, else `Refused` if one of them was refused.
    fn worst(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
        outcomes.fold(Outcome::Unclear, |worst, outcome| match (worst, outcome) {
            (Outcome::Done, _) | (_, Outcome::Done) => Outcome::Done,
            (Outcome::Refused, _) | (_, Outcome::Refused) => Outcome::Refused,
            _ => Outcome::Unclear,
        })
    }
}

/// An attempt and what came of it.
#[derive(Debug)]
pub(super) struct Try {
    what: &'static str,
    outcome: Outcome,
    /// Whether only a refusal will do.
    must: bool,
}

impl Try {
    /// The guard is in force only if this was refused.
    pub(super) fn must(what: &'static str, outcome: Outcome) -> Try {
        Try { what, outcome, must: true }
    }

    /// The guard is not in force if this was done; there may be nothing here to try it on.
    pub(super) fn should(what: &'static str, outcome: Outcome) -> Try {
        Try { what, outcome, must: false }
    }
}

/// Names of attempts that show that a guard is not in force.
pub(super) fn failed(tries: &[Try]) -> Vec<&'static str> {
    let fails = |made: &&Try| made.outcome == Outcome::Done || (made.must && made.outcome != Outcome::Refused);
    tries.iter().filter(fails).map(|made| made.what).collect()
}

/// What was possible before the process was confined, so that a refusal afterwards shows something.
#[derive(Debug)]
pub(super) struct Chances {
    /// Files and folders that it could open.
    readable: Vec<PathBuf>,
    /// Folders that it might have made files in.
    writable: Vec<PathBuf>,
    /// A program that does nothing.
    program: Option<PathBuf>,
}

impl Chances {
    /// Looks what the process can do now; nothing is made in `folders`, where it may go on to make files.
    pub(super) fn look(folders: &[PathBuf]) -> Chances {
        let readable = ["/", "/etc/passwd", "/proc/self/status", "/dev/zero"].map(PathBuf::from);
        let writable =
            [env::temp_dir(), "/tmp".into(), "/var/tmp".into(), "/dev/shm".into(), "/".into(), "/root".into()];
        let programs = ["/bin/sh", "/bin/true", "/usr/bin/true"].map(PathBuf::from);
        let within = |path: &Path| folders.iter().any(|folder| path.starts_with(real(folder)));
        Chances {
            readable: readable.into_iter().filter(|path| File::open(path).is_ok()).collect(),
            writable: writable
                .into_iter()
                .filter(|path| may(path, AccessFlags::W_OK) && !within(&real(path)))
                .collect(),
            program: programs.into_iter().find(|path| may(path, AccessFlags::X_OK)),
        }
    }

    /// Opens what could be opened.
    pub(super) fn read(&self, refusal: Errno) -> Outcome {
        Outcome::worst(self.readable.iter().map(|path| Outcome::of_io(File::open(path), refusal)))
    }

    /// Makes a file and removes it.
    pub(super) fn make(&self, refusal: Errno) -> Outcome {
        Outcome::worst(self.writable.iter().map(|folder| make(folder, refusal)))
    }

    /// Starts a program that does nothing.
    pub(super) fn start(&self, refusal: Errno) -> Outcome {
        let Some(program) = &self.program else { return Outcome::Unclear };
        // Standard streams are passed on as they are: opening others would be refused before the start is.
        Outcome::of_io(Command::new(program).args(["-c", ":"]).status(), refusal)
    }
}

/// Makes sockets of several kinds.
pub(super) fn sockets(refusal: Errno) -> Outcome {
    let kinds = [
        (AddressFamily::Inet, SockType::Datagram),
        (AddressFamily::Inet, SockType::Stream),
        (AddressFamily::Inet6, SockType::Datagram),
        (AddressFamily::Unix, SockType::Stream),
        (AddressFamily::Netlink, SockType::Raw),
        (AddressFamily::Packet, SockType::Raw),
    ];
    let made = |(family, kind)| socket::socket(family, kind, SockFlag::SOCK_CLOEXEC, None);
    Outcome::worst(kinds.into_iter().map(|kind| Outcome::of(made(kind), refusal)))
}

/// Takes a TCP port that the kernel chooses; nobody is told of it.
pub(super) fn tcp(refusal: Errno) -> Outcome {
    let made = socket::socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None);
    let Ok(made) = made else { return Outcome::Unclear };
    let bound = socket::bind(std::os::fd::AsRawFd::as_raw_fd(&made), &SockaddrIn::new(0, 0, 0, 0, 0));
    Outcome::of(bound, refusal)
}

/// Sends an empty frame, which devices do not take, on each descriptor.
pub(super) fn send(devices: &[i32], refusal: Errno) -> Outcome {
    let sent = |device: &i32| socket::send(*device, &[], MsgFlags::MSG_DONTWAIT);
    Outcome::worst(devices.iter().map(|device| Outcome::of(sent(device), refusal)))
}

/// Asks whether the parent could be sent a signal; none is sent.
pub(super) fn signal(refusal: Errno) -> Outcome {
    Outcome::of(nix::sys::signal::kill(getppid(), None), refusal)
}

fn make(folder: &Path, refusal: Errno) -> Outcome {
    let path = folder.join(format!(".meetscope-{}-attempt", process::id()));
    let made = File::options().write(true).create_new(true).open(&path);
    if made.is_ok() {
        let _ = fs::remove_file(&path);
    }
    Outcome::of_io(made, refusal)
}

fn may(path: &Path, what: AccessFlags) -> bool {
    access(path, what).is_ok()
}

/// The path without links; as it is where it cannot be followed.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
