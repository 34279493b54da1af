//! What the started processes do: some get ready in a way, all are confined and then try things.

use super::checks::STRANGER;
use super::guard::{self, Needs};
use caps::{CapSet, Capability, CapsHashSet};
use meetscope::report::Language;
use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill, raise};
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, send, socket, socketpair};
use nix::unistd::{Gid, Uid, getppid, setgroups, setresgid, setresuid};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::net::ToSocketAddrs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Does the task and says what came of it, a pair a line.
pub fn run(task: &str) {
    let folder = PathBuf::from(std::env::var("FOLDER").expect("a folder"));
    let rotation = Needs { folders_written: vec![folder.join("calls")], ..Needs::default() };
    match task {
        "default" => confined(&Needs::default(), &folder),
        "stranger" => {
            become_stranger();
            confined(&Needs::default(), &folder);
        }
        "one capability" => {
            keep_one_capability();
            say("before", capabilities());
            confined(&Needs::default(), &folder);
        }
        "rotation" => rotate(&rotation, &folder, made),
        "rotation of a stranger" => rotate(&rotation, &folder, |calls| {
            become_stranger();
            made(calls);
        }),
        "rotation in the folder of a stranger" => rotate(&rotation, &folder, |calls| {
            made(calls);
            // Only root may give things away.
            assert_eq!(chown(calls, Some(STRANGER), Some(STRANGER)).is_ok(), Uid::effective().is_root());
        }),
        "made for the caller" => made_for_the_caller(&folder),
        "older thread" => older_thread(&folder),
        "no landlock" => {
            forbid(nix::libc::SYS_landlock_create_ruleset, Errno::ENOSYS);
            confined(&Needs::default(), &folder);
        }
        "no seccomp" => {
            forbid(nix::libc::SYS_seccomp, Errno::EINVAL);
            confined(&Needs::default(), &folder);
        }
        "off" => confined(&Needs { sandbox: false, ..Needs::default() }, &folder),
        "device" => device(&folder),
        _ => panic!("no task {task}"),
    }
}

fn confined(needs: &Needs, folder: &Path) {
    let (mut own, status) = (File::create(folder.join("open")).expect("a file"), status());
    confine(needs);
    tell_of(status);
    forbidden(folder);
    allowed(&mut own);
}

fn confine(needs: &Needs) {
    for guard in guard::confine(needs) {
        say(guard.name, guard.in_force);
        say(&format!("detail {}", guard.name), guard.says(Language::English));
        assert!(!guard.says(Language::German).is_empty());
    }
}

fn forbidden(folder: &Path) {
    tried_io("open /etc/passwd", File::open("/etc/passwd"));
    tried_io("open self", File::open("/proc/self/exe"));
    tried_io("open /proc/self/mem", File::options().read(true).write(true).open("/proc/self/mem"));
    tried_io("open /dev/null", File::options().write(true).open("/dev/null"));
    tried_io("list /", fs::read_dir("/"));
    tried_io("make a file", File::create(folder.join("new")));
    tried_io("make a folder", fs::create_dir(folder.join("inside")));
    tried_io("remove a file", fs::remove_file(folder.join("spare")));
    tried_io("rename a file", fs::rename(folder.join("made"), folder.join("renamed")));
    sockets();
    say("name lookup", if "localhost:80".to_socket_addrs().is_err() { "refused" } else { "done" });
    tried_io("start a program", Command::new("/bin/sh").args(["-c", ":"]).status());
    tried("signal the parent", kill(getppid(), None));
    tried("become root", setresuid(Uid::from_raw(0), Uid::from_raw(0), Uid::from_raw(0)));
}

fn sockets() {
    let made = |family, kind| socket(family, kind, SockFlag::empty(), None);
    tried("socket inet", made(AddressFamily::Inet, SockType::Datagram));
    tried("socket inet6", made(AddressFamily::Inet6, SockType::Stream));
    tried("socket unix", made(AddressFamily::Unix, SockType::Stream));
    tried("socket packet", made(AddressFamily::Packet, SockType::Raw));
    tried("socket netlink", made(AddressFamily::Netlink, SockType::Raw));
    tried("socket pair", socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::empty()));
}

fn allowed(own: &mut File) {
    tried_io("write what is open", own.write_all(b"more"));
    tried_io("length of what is open", own.metadata().map(|metadata| assert_eq!(metadata.len(), 4)));
    tried_io("second descriptor", own.try_clone());
    tried_io("flush to disk", own.sync_all());
    tried_io("thread", named_thread(|| ()));
    tried_io("threads of threads", named_thread(|| named_thread(|| ()).expect("a thread")));
    let memory: Vec<u8> = vec![7; 64 << 20];
    say("memory", if memory.iter().step_by(4096).all(|byte| *byte == 7) { "done" } else { "lost" });
    thread::sleep(Duration::from_millis(5));
    say("sleep", "done");
    say("random", getrandom::fill(&mut [0; 16]).map_or("failed", |()| "done"));
    let caught = std::panic::catch_unwind(|| std::panic::resume_unwind(Box::new(())));
    say("panic is caught", if caught.is_err() { "done" } else { "missed" });
    tried("signal to itself", raise(Signal::SIGWINCH));
    tried_io("pipe", io::pipe());
}

fn named_thread(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let thread = thread::Builder::new().name("a thread".to_owned()).spawn(work)?;
    thread.join().map_err(|_| io::Error::other("it panicked"))
}

fn rotate(needs: &Needs, folder: &Path, prepare: impl FnOnce(&Path)) {
    let calls = folder.join("calls");
    prepare(&calls);
    let status = status();
    confine(needs);
    tell_of(status);
    let file = calls.join("a.pcapng");
    let mut first = File::options().write(true).create_new(true).open(&file);
    tried_io("write in the folder", first.as_mut().map_or(Ok(()), |first| first.write_all(b"frames")));
    tried_io("make in the folder", first);
    tried_io("replace in the folder", File::create(&file));
    tried_io("read in the folder", File::open(&file));
    tried_io("remove in the folder", fs::remove_file(&file));
    forbidden(folder);
}

fn made(folder: &Path) {
    fs::create_dir(folder).expect("a folder");
}

fn made_for_the_caller(folder: &Path) {
    let own = guard::as_invoking_user(|| File::create(folder.join("report")));
    say("owner", own.expect("a file").metadata().expect("it is open").uid());
    made(&folder.join("private"));
    tried_io("where only root may", guard::as_invoking_user(|| File::create(folder.join("private/report"))));
    say("afterwards", Uid::effective());
}

/// A thread from before the guard opens a file when it is told to.
fn older_thread(folder: &Path) {
    let (tell, told) = mpsc::channel();
    let older = thread::spawn(move || told.recv().map(|()| File::open("/etc/passwd")).expect("it is told"));
    confine(&Needs::default());
    tell.send(()).expect("it waits");
    tried_io("older thread", older.join().expect("no panic"));
    forbidden(folder);
}

fn device(folder: &Path) {
    let opened = pcap::Capture::from_device("lo").and_then(|lo| lo.promisc(false).timeout(100).open());
    let Ok(mut device) = opened else { return say("ready", false) };
    device.filter("udp dst port 40009", true).expect("a filter");
    let (descriptor, status) = (device.as_raw_fd(), status());
    confine(&Needs { devices: vec![descriptor], ..Needs::default() });
    let handle = device.breakloop_handle();
    let (done, seen) = mpsc::channel();
    let receiver = thread::spawn(move || receive(device, &done));
    say("ready", true);
    say("frames", if seen.recv_timeout(Duration::from_secs(10)).is_ok() { 20 } else { 0 });
    handle.breakloop();
    receiver.join().expect("no panic");
    tell_of(status);
    tried("send on the device", send(descriptor, &[0; 60], MsgFlags::empty()));
    forbidden(folder);
}

/// Reads until the end is asked for; tells when twenty frames were there.
fn receive(mut device: pcap::Capture<pcap::Active>, done: &mpsc::Sender<()>) {
    let mut frames = 0;
    loop {
        match device.next_packet() {
            Ok(_) => frames += 1,
            Err(pcap::Error::TimeoutExpired) => {}
            Err(end) => {
                say("ended", format!("{end:?}"));
                break;
            }
        }
        if frames == 20 {
            let _ = done.send(());
        }
    }
    say("counted", device.stats().is_ok_and(|counters| counters.received >= 20));
}

/// Only root can become another.
fn become_stranger() {
    if Uid::effective().is_root() {
        let (user, group) = (Uid::from_raw(STRANGER), Gid::from_raw(STRANGER));
        setgroups(&[]).expect("no groups");
        setresgid(group, group, group).expect("a group");
        setresuid(user, user, user).expect("a user");
    }
}

/// The state of a program with `setcap cap_net_raw=ep`, but with the capability in every set.
fn keep_one_capability() {
    if Uid::effective().is_root() {
        prctl::set_keepcaps(true).expect("capabilities stay");
        become_stranger();
        let one = CapsHashSet::from([Capability::CAP_NET_RAW]);
        for set in [CapSet::Effective, CapSet::Permitted, CapSet::Inheritable, CapSet::Ambient] {
            caps::set(None, set, &one).expect("a capability");
        }
    }
}

/// From here on a call fails, as on a kernel that does not have it.
fn forbid(call: i64, errno: Errno) {
    prctl::set_no_new_privs().expect("a promise");
    let processor = TargetArch::try_from(std::env::consts::ARCH).expect("a known processor");
    let rules = BTreeMap::from([(call, Vec::new())]);
    let missing = SeccompAction::Errno(errno as u32);
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, missing, processor).expect("a filter");
    let program = BpfProgram::try_from(filter).expect("a program");
    apply_filter(&program).expect("applied");
}

/// What the kernel tells of this process, read as it will be when the file is read.
fn status() -> File {
    File::open("/proc/self/status").expect("the system tells of processes")
}

/// Users, groups and capabilities, as the kernel has them now.
fn tell_of(mut status: File) {
    let mut text = String::new();
    status.rewind().and_then(|()| status.read_to_string(&mut text)).expect("a text");
    for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
        let wanted = ["Uid", "Gid", "Groups", "NoNewPrivs", "Seccomp"].contains(&name) || name.starts_with("Cap");
        if wanted {
            say(name, value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
}

/// Effective ones, as the kernel writes them.
fn capabilities() -> String {
    let text = fs::read_to_string("/proc/self/status").expect("the system tells of processes");
    text.lines().find_map(|line| line.strip_prefix("CapEff:")).expect("a line").trim().to_owned()
}

fn tried_io<T>(what: &str, result: io::Result<T>) {
    tried(what, result.map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or_default())));
}

fn tried<T>(what: &str, result: nix::Result<T>) {
    match result {
        Ok(_) => say(what, "done"),
        Err(errno) => say(what, format!("{errno:?}")),
    }
}

fn say(what: &str, came: impl Display) {
    println!("{what}={came}");
}
