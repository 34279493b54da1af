//! Hosts in network namespaces, the cables between them, and an end of both whatever happens.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What checksums and sizes look like on a real cable: the sender's kernel completes and cuts them.
const OFFLOADS: [&str; 7] = ["tx", "rx", "sg", "tso", "gso", "gro", "lro"];

/// A test by its name; it gets a lab of its own.
pub type Test = (&'static str, fn(&mut Lab));

/// Hosts and cables of one test. What was started in it ends with it.
pub struct Lab {
    mark: String,
    spaces: Vec<String>,
    children: Mutex<Vec<Child>>,
    folder: TempDir,
}

impl Lab {
    /// An empty lab; its namespaces and its folder begin with a word that marks the run.
    pub fn open(run: &str) -> Lab {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mark = format!("meetscope-{run}-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = tempfile::Builder::new().prefix(&format!("{mark}-")).tempdir().expect("a temporary folder");
        run_well(Command::new("chmod").arg("0755").arg(folder.path()));
        Lab { mark, spaces: Vec::new(), children: Mutex::default(), folder }
    }

    /// Makes two hosts `here` and `there` with a cable between their `eth0`, on which nothing is sent by itself.
    pub fn two_hosts(&mut self) {
        self.host("here");
        self.host("there");
        self.cable(("here", "eth0"), ("there", "eth0"));
        self.address("here", "eth0", "10.77.1.11/24");
        self.address("there", "eth0", "10.77.1.12/24");
    }

    /// The folder of this lab, which all may read.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A path in the lab's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new folder in the lab's, of a user.
    pub fn folder_of(&self, user: u32) -> PathBuf {
        let folder = self.path(&format!("of-{user}"));
        fs::create_dir(&folder).expect("a folder");
        chown(&folder, Some(user), Some(user)).expect("a folder of a user");
        folder
    }

    /// Makes a host without IPv6, so that its links are silent.
    pub fn host(&mut self, host: &str) {
        let space = self.space(host);
        run_well(Command::new("ip").args(["netns", "add", &space]));
        self.spaces.push(space);
        for name in ["all", "default"] {
            let setting = format!("net.ipv6.conf.{name}.disable_ipv6=1");
            run_well(self.command(host, "sysctl").args(["-q", "-w", &setting]));
        }
        self.ip(host, &["link", "set", "dev", "lo", "up"]);
    }

    /// Joins two interfaces by a cable.
    pub fn cable(&self, (host, interface): (&str, &str), (far_host, far): (&str, &str)) {
        let far_space = self.space(far_host);
        let pair = ["link", "add", interface, "type", "veth", "peer", "name", far, "netns", &far_space];
        self.ip(host, &pair);
        for (host, interface) in [(host, interface), (far_host, far)] {
            for offload in OFFLOADS {
                // Some are fixed, which is as good.
                let _ = self.command(host, "ethtool").args(["-K", interface, offload, "off"]).output();
            }
            self.ip(host, &["link", "set", "dev", interface, "up"]);
        }
    }

    pub fn address(&self, host: &str, interface: &str, address: &str) {
        self.ip(host, &["address", "add", address, "dev", interface]);
    }

    pub fn ip(&self, host: &str, arguments: &[&str]) {
        run_well(Command::new("ip").args(["-n", &self.space(host)]).args(arguments));
    }

    /// Name server of a host.
    pub fn resolver(&self, host: &str, address: &str) {
        let folder = settings(&self.space(host));
        fs::create_dir_all(&folder).expect("a folder for settings");
        fs::write(folder.join("resolv.conf"), format!("nameserver {address}\n")).expect("resolv.conf");
    }

    /// A command on a host. Its process is the program itself, so that signals reach it.
    pub fn command(&self, host: &str, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.space(host)]).arg(program);
        command
    }

    /// Starts a program that says `ready`, and waits for that.
    pub fn service(&self, command: &mut Command) {
        let log = tempfile::NamedTempFile::new_in(self.folder()).expect("a log").into_temp_path();
        let log = log.keep().expect("a log");
        let out = fs::File::create(&log).expect("a log");
        command.stdin(Stdio::null()).stderr(out.try_clone().expect("a log")).stdout(out);
        self.spawn(command);
        let said = || fs::read_to_string(&log).unwrap_or_default();
        let what = || format!("{command:?} that is ready: {}", said());
        wait_for(what, Duration::from_secs(10), || said().contains("ready"));
    }

    /// Starts a program that ends with the lab.
    pub fn spawn(&self, command: &mut Command) {
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        self.children.lock().expect("a lock").push(child);
    }

    fn space(&self, host: &str) -> String {
        format!("{}-{host}", self.mark)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let inside = self.spaces.iter().flat_map(|space| processes(space)).collect::<Vec<_>>();
        for process in inside {
            let _ = kill(process, Signal::SIGKILL);
        }
        for child in self.children.get_mut().into_iter().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
        for space in &self.spaces {
            let _ = Command::new("ip").args(["netns", "delete", space]).output();
            let _ = fs::remove_dir_all(settings(space));
        }
    }
}

/// Where a namespace finds its own files of `/etc`.
fn settings(space: &str) -> PathBuf {
    Path::new("/etc/netns").join(space)
}

/// The processes of a namespace.
fn processes(space: &str) -> Vec<Pid> {
    let output = Command::new("ip").args(["netns", "pids", space]).output();
    let listed = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    listed.lines().filter_map(|line| line.trim().parse().ok()).map(Pid::from_raw).collect()
}

/// Runs a command that must succeed, and gives what it printed.
pub fn run_well(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {complained}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Asks until something is so.
pub fn wait_for(what: impl Fn() -> String, at_most: Duration, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < at_most, "after {at_most:?} no {}", what());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Ends a process by a signal.
pub fn signal(child: &Child, signal: Signal) {
    let process = i32::try_from(child.id()).expect("a process number");
    kill(Pid::from_raw(process), signal).expect("a signal that is delivered");
}
