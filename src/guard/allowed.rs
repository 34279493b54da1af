//! The system calls that an analysis, a capture, its screen, threads and memory need once everything is open.
//!
//! Found by tracing runs with libpcap and glibc, and from what musl, ratatui, signal-hook and the standard library do
//! on other paths.

// With musl the constants of `ioctl` have another type.
#![allow(clippy::unnecessary_cast)]

use super::Needs;
use nix::libc;
use seccompiler::{
    BackendError, SeccompCmpArgLen as Length, SeccompCmpOp as Is, SeccompCondition as Condition, SeccompRule as Rule,
};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, BackendError>;

/// Calls that are harmless with any argument: they work on what is open, on memory, on time, or tell of this process.
const ANY: &[i64] = &[
    // What is open
    libc::SYS_fallocate,
    libc::SYS_fdatasync,
    libc::SYS_fstat,
    libc::SYS_fsync,
    libc::SYS_ftruncate,
    libc::SYS_getsockname,
    libc::SYS_lseek,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_pwrite64,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_recvfrom,
    // Waiting, and waking who waits
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2,
    libc::SYS_eventfd2,
    libc::SYS_pipe2,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    // Memory
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    // Threads
    libc::SYS_clone3,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_get_robust_list,
    libc::SYS_membarrier,
    libc::SYS_rseq,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    // Signals of this process
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigpending,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_sigaltstack,
    // Time
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_nanosleep,
    // Who this is, and where
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_sysinfo,
    libc::SYS_uname,
];

/// Older calls that newer processors never had.
#[cfg(target_arch = "x86_64")]
const OLD: &[i64] =
    &[libc::SYS_epoll_wait, libc::SYS_getrlimit, libc::SYS_pipe, libc::SYS_poll, libc::SYS_select, libc::SYS_time];
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[i64] = &[];

/// What removing a file by its path comes down to.
#[cfg(target_arch = "x86_64")]
const REMOVE: &[i64] = &[libc::SYS_unlink, libc::SYS_unlinkat];
#[cfg(not(target_arch = "x86_64"))]
const REMOVE: &[i64] = &[libc::SYS_unlinkat];

/// Settings of a terminal that are read: size, and modes in the old and the new form.
const TERMINAL_READ: [u64; 3] = [libc::TIOCGWINSZ as u64, libc::TCGETS as u64, libc::TCGETS2 as u64];
/// Modes of a terminal that are set at once, after output, and with what was typed thrown away. Not among them:
/// `TIOCSTI` and `TIOCLINUX`, which type for the user.
const TERMINAL_SET: [u64; 6] = [
    libc::TCSETS as u64,
    libc::TCSETSW as u64,
    libc::TCSETSF as u64,
    libc::TCSETS2 as u64,
    libc::TCSETSW2 as u64,
    libc::TCSETSF2 as u64,
];

/// The calls with their conditions; a call passes if one of its rules holds, or has none.
pub(super) fn rules(needs: &Needs) -> Result<BTreeMap<i64, Vec<Rule>>> {
    let mut rules: BTreeMap<_, _> = ANY.iter().chain(OLD).map(|call| (*call, Vec::new())).collect();
    rules.extend(memory()?);
    rules.extend(threads()?);
    rules.extend(descriptors(needs)?);
    rules.extend(capture()?);
    if !needs.folders_written.is_empty() {
        rules.insert(libc::SYS_openat, vec![Rule::new(vec![written()?])?]);
        rules.extend(REMOVE.iter().map(|call| (*call, Vec::new())));
    }
    Ok(rules)
}

/// No memory becomes code.
fn memory() -> Result<Vec<(i64, Vec<Rule>)>> {
    let data = || rule(vec![Condition::new(2, Length::Dword, Is::MaskedEq(libc::PROT_EXEC as u64), 0)?]);
    Ok(vec![(libc::SYS_mmap, vec![data()?]), (libc::SYS_mprotect, vec![data()?])])
}

/// Threads, but no processes; signals, but to this process alone.
fn threads() -> Result<Vec<(i64, Vec<Rule>)>> {
    let thread = (libc::CLONE_VM | libc::CLONE_SIGHAND | libc::CLONE_THREAD) as u64;
    let own = || rule(vec![is(0, u64::from(std::process::id()))?]);
    // Setting limits is another argument of the call that reads them.
    let only_read = Condition::new(2, Length::Qword, Is::Eq, 0)?;
    Ok(vec![
        (libc::SYS_clone, vec![rule(vec![Condition::new(0, Length::Qword, Is::MaskedEq(thread), thread)?])?]),
        (libc::SYS_kill, vec![own()?]),
        (libc::SYS_tgkill, vec![own()?]),
        (libc::SYS_prlimit64, vec![rule(vec![only_read])?]),
        (libc::SYS_prctl, one_of(0, &[libc::PR_SET_NAME as u64, libc::PR_SET_VMA as u64])?),
    ])
}

/// What is open is written and closed, but for devices: on these nothing is sent, and their numbers are not given to
/// files opened later, to which these rules would then apply.
fn descriptors(needs: &Needs) -> Result<Vec<(i64, Vec<Rule>)>> {
    let no_device = || needs.devices.iter().map(|device| not(0, *device as u64)).collect::<Result<Vec<_>>>();
    let with = |mut more: Vec<Condition>| {
        more.extend(no_device()?);
        rule(more)
    };
    let terminal = if needs.terminal { &TERMINAL_SET[..] } else { &[] };
    let terminal: Vec<_> = TERMINAL_READ.iter().chain(terminal).copied().collect();
    let about = [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL, libc::F_SETFL].map(|command| command as u64);
    let mut control = one_of(1, &about)?;
    control.push(with(vec![is(1, libc::F_DUPFD_CLOEXEC as u64)?])?);
    let mut settings = one_of(1, &terminal)?;
    for device in &needs.devices {
        // When a device stops, libpcap asks whether it went down or away.
        settings.push(rule(vec![is(0, *device as u64)?, is(1, libc::SIOCGIFFLAGS as u64)?])?);
    }
    // Metadata of what is open; a path would be given without this flag.
    let open = |argument| Condition::new(argument, Length::Dword, Is::MaskedEq(EMPTY_PATH), EMPTY_PATH);
    // To whom the other end of the socket is, and nobody else.
    let connected = Condition::new(4, Length::Qword, Is::Eq, 0)?;
    let plain = |call| if needs.devices.is_empty() { Ok((call, Vec::new())) } else { Ok((call, vec![with(vec![])?])) };
    Ok(vec![
        plain(libc::SYS_write)?,
        plain(libc::SYS_writev)?,
        plain(libc::SYS_close)?,
        (libc::SYS_sendto, vec![with(vec![connected])?]),
        (libc::SYS_fcntl, control),
        (libc::SYS_ioctl, settings),
        (libc::SYS_newfstatat, vec![rule(vec![open(3)?])?]),
        (libc::SYS_statx, vec![rule(vec![open(2)?])?]),
    ])
}

/// `AT_EMPTY_PATH`: the descriptor itself is meant.
const EMPTY_PATH: u64 = libc::AT_EMPTY_PATH as u64;

/// What libpcap asks of a device while it runs, and how it lets go of its ring.
fn capture() -> Result<Vec<(i64, Vec<Rule>)>> {
    let option = |level: i32, name: i32| rule(vec![is(1, level as u64)?, is(2, name as u64)?]);
    let asked = vec![
        option(libc::SOL_PACKET, libc::PACKET_STATISTICS)?,
        option(libc::SOL_SOCKET, libc::SO_ERROR)?,
        option(libc::SOL_SOCKET, libc::SO_TYPE)?,
    ];
    Ok(vec![
        (libc::SYS_getsockopt, asked),
        (libc::SYS_setsockopt, vec![option(libc::SOL_PACKET, libc::PACKET_RX_RING)?]),
    ])
}

/// Opened to write into a file that is made if it is not there; nothing is read. Landlock says where.
fn written() -> Result<Condition> {
    let looked_at = libc::O_ACCMODE | libc::O_CREAT | libc::O_PATH | libc::O_DIRECTORY;
    let wanted = libc::O_WRONLY | libc::O_CREAT;
    Condition::new(2, Length::Dword, Is::MaskedEq(looked_at as u64), wanted as u64)
}

fn one_of(argument: u8, values: &[u64]) -> Result<Vec<Rule>> {
    values.iter().map(|value| rule(vec![is(argument, *value)?])).collect()
}

fn is(argument: u8, value: u64) -> Result<Condition> {
    Condition::new(argument, Length::Dword, Is::Eq, value)
}

fn not(argument: u8, value: u64) -> Result<Condition> {
    Condition::new(argument, Length::Dword, Is::Ne, value)
}

fn rule(conditions: Vec<Condition>) -> Result<Rule> {
    Rule::new(conditions)
}
