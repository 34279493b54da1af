//! Starts a process for each task and compares what it says.

use super::TASK;
use nix::unistd::{Gid, Uid};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A user and a group that the system gives nobody.
pub const STRANGER: u32 = 54_321;

type Check = (&'static str, fn());

const CHECKS: &[Check] = &[
    ("nothing_can_be_opened", nothing_can_be_opened),
    ("what_is_open_goes_on", what_is_open_goes_on),
    ("root_becomes_nobody", root_becomes_nobody),
    ("root_becomes_the_caller", root_becomes_the_caller),
    ("one_capability_is_given_up", one_capability_is_given_up),
    ("an_ordinary_user_is_confined", an_ordinary_user_is_confined),
    ("a_rotation_makes_files_in_its_folder_alone", a_rotation_makes_files_in_its_folder_alone),
    ("root_becomes_the_owner_of_the_folder", root_becomes_the_owner_of_the_folder),
    ("the_caller_owns_what_is_made_for_them", the_caller_owns_what_is_made_for_them),
    ("an_older_thread_is_told_of", an_older_thread_is_told_of),
    ("a_kernel_without_landlock_is_told_of", a_kernel_without_landlock_is_told_of),
    ("a_kernel_without_seccomp_is_told_of", a_kernel_without_seccomp_is_told_of),
    ("the_sandbox_can_be_switched_off", the_sandbox_can_be_switched_off),
    ("a_device_goes_on", a_device_goes_on),
];

/// Runs the checks whose names hold one of the words, all without words.
pub fn run(arguments: &[String]) {
    let words: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    let chosen: Vec<_> = CHECKS.iter().filter(|(name, _)| wanted(name)).collect();
    for (name, check) in &chosen {
        println!("check {name} ...");
        check();
    }
    println!("{} checks hold, as {}", chosen.len(), if is_root() { "root" } else { "an ordinary user" });
}

fn nothing_can_be_opened() {
    let said = Task::new("default").said();
    said.in_force(["true", "true", "true"]);
    let refused = [
        "open /etc/passwd",
        "open self",
        "open /proc/self/mem",
        "open /dev/null",
        "list /",
        "make a file",
        "make a folder",
        "remove a file",
        "rename a file",
        "socket inet",
        "socket inet6",
        "socket unix",
        "socket packet",
        "socket netlink",
        "socket pair",
        "start a program",
        "signal the parent",
        "become root",
    ];
    refused.iter().for_each(|what| assert_eq!(said.of(what), "EPERM", "{what}"));
    assert_eq!(said.of("name lookup"), "refused");
    assert_eq!(said.of("detail seccomp"), "can open no file, make no connection, start no program (tried)");
    if has_landlock() {
        assert!(said.of("detail landlock").starts_with("cannot read, make or run any file"), "{said:?}");
    }
}

fn what_is_open_goes_on() {
    let said = Task::new("default").said();
    let goes = [
        "write what is open",
        "length of what is open",
        "second descriptor",
        "thread",
        "threads of threads",
        "memory",
        "sleep",
        "random",
        "panic is caught",
        "signal to itself",
        "pipe",
        "flush to disk",
    ];
    goes.iter().for_each(|what| assert_eq!(said.of(what), "done", "{what}"));
}

fn root_becomes_nobody() {
    let said = Task::new("default").said();
    said.has_no_capability();
    let (user, group) = if is_root() { (65_534, 65_534) } else { (Uid::current().as_raw(), Gid::current().as_raw()) };
    said.is(user, group);
    if is_root() {
        assert_eq!(said.of("Groups"), "");
        assert!(said.of("detail privileges").contains("(65534) without any capability"), "{said:?}");
    }
}

/// The environment is believed only by who is root.
fn root_becomes_the_caller() {
    let number = STRANGER.to_string();
    for name in ["SUDO_UID", "PKEXEC_UID"] {
        let said = Task::new("default").set(name, &number).set("SUDO_GID", &number).said();
        said.has_no_capability();
        said.in_force(["true", "true", "true"]);
        let (user, group) =
            if is_root() { (STRANGER, STRANGER) } else { (Uid::current().as_raw(), Gid::current().as_raw()) };
        said.is(user, group);
    }
}

fn one_capability_is_given_up() {
    let said = Task::new("one capability").said();
    assert_eq!(said.of("before"), if is_root() { "0000000000002000" } else { "0000000000000000" });
    said.has_no_capability();
    said.in_force(["true", "true", "true"]);
    said.is(stranger(), stranger());
}

fn an_ordinary_user_is_confined() {
    let said = Task::new("stranger").said();
    said.has_no_capability();
    said.in_force(["true", "true", "true"]);
    said.is(stranger(), stranger());
    assert_eq!((said.of("open /etc/passwd"), said.of("socket inet")), ("EPERM", "EPERM"));
}

fn a_rotation_makes_files_in_its_folder_alone() {
    for task in ["rotation", "rotation of a stranger"] {
        let said = Task::new(task).said();
        said.in_force(["true", "true", "true"]);
        for what in ["make in the folder", "write in the folder", "replace in the folder", "remove in the folder"] {
            assert_eq!(said.of(what), "done", "{task}: {what}");
        }
        // The filter lets opening to write pass, and Landlock says where.
        assert_eq!(said.of("make a file"), if has_landlock() { "EACCES" } else { "done" });
        assert_eq!(said.of("open /etc/passwd"), "EPERM");
        assert_eq!(said.of("read in the folder"), "EPERM");
        assert_eq!(said.of("socket inet"), "EPERM");
        assert_eq!(said.of("detail seccomp"), "can open no file to read, make no connection, start no program (tried)");
    }
}

/// Root keeps its number in a folder of its own, and no capability with it.
fn root_becomes_the_owner_of_the_folder() {
    let said = Task::new("rotation").said();
    said.has_no_capability();
    said.is(Uid::current().as_raw(), Gid::current().as_raw());
    let said = Task::new("rotation in the folder of a stranger").said();
    said.has_no_capability();
    said.is(stranger(), stranger());
    assert_eq!(said.of("make in the folder"), "done");
}

fn the_caller_owns_what_is_made_for_them() {
    let number = STRANGER.to_string();
    let said = Task::new("made for the caller").set("SUDO_UID", &number).set("SUDO_GID", &number).said();
    let owner = if is_root() { STRANGER } else { Uid::current().as_raw() };
    assert_eq!(said.of("owner"), owner.to_string());
    assert_eq!(said.of("afterwards"), Uid::effective().to_string());
    assert_eq!(said.of("where only root may"), if is_root() { "EACCES" } else { "done" });
}

fn an_older_thread_is_told_of() {
    let said = Task::new("older thread").said();
    // Kernels that restrict all threads at once need no such remark.
    match said.of("landlock") {
        "true" => {}
        _ => assert_eq!(said.of("detail landlock"), "holds for one of the program's 2 threads only"),
    }
    assert_eq!((said.of("seccomp"), said.of("older thread")), ("true", "EPERM"));
}

fn a_kernel_without_landlock_is_told_of() {
    let said = Task::new("no landlock").said();
    said.in_force(["true", "false", "true"]);
    assert_eq!(said.of("detail landlock"), "this kernel does not offer Landlock");
    assert_eq!(said.of("open /etc/passwd"), "EPERM");
}

fn a_kernel_without_seccomp_is_told_of() {
    let said = Task::new("no seccomp").said();
    said.in_force(["true", "true", "false"]);
    assert!(said.of("detail seccomp").starts_with("this kernel does not offer seccomp"), "{said:?}");
    let refused = if has_landlock() { "EACCES" } else { "done" };
    for what in ["open /etc/passwd", "make a file", "start a program"] {
        assert_eq!(said.of(what), refused, "{what}");
    }
    assert_eq!(said.of("socket inet"), "done");
}

fn the_sandbox_can_be_switched_off() {
    let said = Task::new("off").said();
    said.in_force(["true", "false", "false"]);
    said.has_no_capability();
    assert_eq!(said.of("detail landlock"), "switched off with --no-sandbox");
    assert_eq!((said.of("open /etc/passwd"), said.of("socket inet")), ("done", "done"));
}

/// A device that is open goes on: packets, counters, the end from another thread, and letting go.
fn a_device_goes_on() {
    let mut task = Task::new("device").start();
    let mut lines = BufReader::new(task.child.stdout.take().expect("its output"));
    let mut first = String::new();
    while !first.contains("ready=") {
        assert!(lines.read_line(&mut first).expect("a line") > 0, "it ended: {first}");
    }
    if is_root() {
        assert!(first.ends_with("ready=true\n"), "{first}");
        let sender = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        (0..20).for_each(|_| assert_eq!(sender.send_to(b"frame", "127.0.0.1:40009").expect("sent"), 5));
    }
    let said = task.finish(&first, lines);
    if !is_root() {
        assert_eq!(said.of("ready"), "false", "opening a device needs a right");
        return;
    }
    said.in_force(["true", "true", "true"]);
    said.has_no_capability();
    assert_eq!(said.of("frames"), "20");
    assert_eq!(said.of("counted"), "true");
    assert_eq!(said.of("ended"), "NoMorePackets");
    assert_eq!(said.of("send on the device"), "EPERM");
    assert_eq!(said.of("socket packet"), "EPERM");
    assert!(said.of("detail seccomp").contains("send nothing on the device"), "{said:?}");
}

fn is_root() -> bool {
    Uid::effective().is_root()
}

/// Who a process is that asked to be the stranger.
fn stranger() -> u32 {
    if is_root() { STRANGER } else { Uid::current().as_raw() }
}

struct Task {
    command: Command,
    folder: TempDir,
}

struct Started {
    child: Child,
    _folder: TempDir,
}

impl Task {
    fn new(name: &str) -> Task {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.env_clear().env(TASK, name).env("FOLDER", folder.path()).stdout(Stdio::piped());
        // Whoever the process becomes finds what the task may want: only the guard is in its way.
        everyone(folder.path());
        for name in ["made", "spare"] {
            std::fs::write(folder.path().join(name), "x").expect("a file");
            everyone(&folder.path().join(name));
        }
        Task { command, folder }
    }

    fn set(mut self, name: &str, value: &str) -> Task {
        self.command.env(name, value);
        self
    }

    fn start(mut self) -> Started {
        Started { child: self.command.spawn().expect("this program starts"), _folder: self.folder }
    }

    fn said(self) -> Said {
        let mut started = self.start();
        let lines = BufReader::new(started.child.stdout.take().expect("its output"));
        started.finish("", lines)
    }
}

fn everyone(path: &Path) {
    let mode = if path.metadata().expect("it is there").mode() & 0o040_000 == 0 { 0o666 } else { 0o777 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("own file");
}

impl Started {
    fn finish(mut self, first: &str, lines: BufReader<std::process::ChildStdout>) -> Said {
        let lines = lines.lines().map(|line| line.expect("text"));
        let pairs = first.lines().map(str::to_owned).chain(lines);
        let said: BTreeMap<_, _> = pairs
            .map(|line| line.split_once('=').map(|(what, came)| (what.to_owned(), came.to_owned())).expect("a pair"))
            .collect();
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}: {said:#?}");
        Said(said)
    }
}

/// What a process said of its attempts.
#[derive(Debug)]
struct Said(BTreeMap<String, String>);

impl Said {
    fn of(&self, what: &str) -> &str {
        self.0.get(what).unwrap_or_else(|| panic!("nothing said of {what}: {self:#?}"))
    }

    /// Privileges, Landlock, seccomp. Where the kernel has no Landlock, that is what has to be said.
    fn in_force(&self, expected: [&str; 3]) {
        let landlock = if has_landlock() { expected[1] } else { "false" };
        let expected = [expected[0], landlock, expected[2]];
        assert_eq!(["privileges", "landlock", "seccomp"].map(|name| self.of(name)), expected, "{self:#?}");
    }

    fn has_no_capability(&self) {
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            assert_eq!(self.of(set), "0000000000000000", "{set}");
        }
        assert_eq!(self.of("NoNewPrivs"), "1");
    }

    /// Real, effective, saved, and that of files.
    fn is(&self, user: u32, group: u32) {
        assert_eq!(self.of("Uid"), [user.to_string(), user.to_string(), user.to_string(), user.to_string()].join(" "));
        assert_eq!(
            self.of("Gid"),
            [group.to_string(), group.to_string(), group.to_string(), group.to_string()].join(" ")
        );
    }
}

/// Whether the kernel offers Landlock, asked in another way than the guard does.
fn has_landlock() -> bool {
    use landlock::{ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};
    let strict = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    strict.handle_access(AccessFs::from_all(ABI::V1)).and_then(Ruleset::create).is_ok()
}
