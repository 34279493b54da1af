//! A call between two browsers, each on a host of its own, with a provider's server and lines of known delay.
//!
//! Alice (10.77.1.11), Bob (10.77.2.12) and the server (10.77.9.2) are joined by a router; Bob's and the server's lines
//! are delayed. What was true of the call is told by the page in each browser, which knows nothing of the capture.

use super::lab::{Lab, run_well, wait_for};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

pub const ALICE: &str = "10.77.1.11";
pub const BOB: &str = "10.77.2.12";
const SERVER: &str = "10.77.9.2";
/// Delays of Bob's and of the server's line, one way.
pub const BOB_MS: f64 = 12.0;
const SERVER_MS: f64 = 5.0;
/// What a voice's sound lasts; longer than the call.
const SOUND_S: &str = "60";
/// From the first browser's start to what the last one tells.
const CALL_AT_MOST: Duration = Duration::from_secs(75);

/// The hosts of a call, their servers running.
pub struct Hosts<'l> {
    pub lab: &'l Lab,
}

impl<'l> Hosts<'l> {
    pub fn of(lab: &'l mut Lab) -> Hosts<'l> {
        for host in ["alice", "bob", "server", "router", "line"] {
            lab.host(host);
        }
        lab.cable(("alice", "eth0"), ("router", "alice"));
        for host in ["bob", "server"] {
            lab.cable((host, "eth0"), ("line", &near(host)));
            lab.cable(("line", &far(host)), ("router", host));
        }
        for (host, address) in [("alice", ALICE), ("bob", BOB), ("server", SERVER)] {
            let (network, _) = address.rsplit_once('.').expect("an address");
            let gateway = format!("{network}.1");
            lab.address(host, "eth0", &format!("{address}/24"));
            lab.address("router", host, &format!("{gateway}/24"));
            lab.ip(host, &["route", "add", "default", "via", &gateway]);
            lab.resolver(host, SERVER);
        }
        run_well(lab.command("router", "sysctl").args(["-q", "-w", "net.ipv4.ip_forward=1"]));
        let hosts = Hosts { lab };
        hosts.serve();
        hosts
    }

    fn serve(&self) {
        let lines = [("bob", BOB_MS), ("server", SERVER_MS)];
        let lines = lines.map(|(host, delay)| format!("{}:{}:{delay}", near(host), far(host)));
        let mut line = self.lab.command("line", "python3");
        self.lab.service(line.arg(script("line.py")).args(lines));
        let mut server = self.lab.command("server", "python3");
        self.lab.service(server.arg(script("server.py")).arg(SERVER).arg(self.lab.folder()));
        let mut stun = self.lab.command("server", "turnserver");
        stun.args(["-n", "--stun-only", "--no-tls", "--no-dtls", "--no-cli", "--log-file=stdout", "--simple-log"]);
        stun.arg(format!("--listening-ip={SERVER}")).arg(format!("--pidfile={}", self.lab.path("stun.pid").display()));
        let log = fs::File::create(self.lab.path("stun.log")).expect("a log");
        self.lab.spawn(stun.stdin(Stdio::null()).stdout(log).stderr(Stdio::null()));
    }

    /// The least round-trip time to Bob that ping measures, in milliseconds.
    pub fn ping_ms(&self) -> f64 {
        let said = run_well(self.lab.command("alice", "ping").args(["-q", "-c", "20", "-i", "0.05", BOB]));
        let least = said.split(" = ").nth(1).and_then(|figures| figures.split('/').next());
        least.and_then(|figure| figure.parse().ok()).unwrap_or_else(|| panic!("no time in {said}"))
    }

    /// Lets a person speak into a browser's microphone, on the page of the provider.
    pub fn caller(&self, host: &str, noise_dbfs: &str, plan: &str) -> Caller {
        let (sound, profile) = (self.lab.path(&format!("{host}.wav")), self.lab.path(host));
        let mut speech = Command::new("python3");
        run_well(speech.arg(script("speech.py")).arg(&sound).args([host, SOUND_S, noise_dbfs]));
        let chromium = std::env::var_os("CHROMIUM").unwrap_or_else(|| "chromium".into());
        let mut command = self.lab.command(host, chromium);
        command.args(BROWSER).arg(format!("--user-data-dir={}", profile.display()));
        command.arg(format!("--use-file-for-fake-audio-capture={}", sound.display()));
        command.arg(format!("https://meet.example.test/?me={host}&{plan}")).env("HOME", self.lab.folder());
        Caller { command, truth: self.lab.path(&format!("truth-{host}.json")) }
    }
}

/// Arguments of a browser without screen, sound card, camera, or wish to tell its maker anything.
const BROWSER: [&str; 15] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-breakpad",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--ignore-certificate-errors",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
];

/// A browser that calls by itself.
pub struct Caller {
    command: Command,
    truth: PathBuf,
}

impl Caller {
    pub fn call(&mut self, hosts: &Hosts<'_>) {
        self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        hosts.lab.spawn(&mut self.command);
    }

    /// What the caller says was true, once he has left.
    pub fn truth(&self) -> Value {
        wait_for(|| "caller that has left".to_owned(), CALL_AT_MOST, || self.truth.exists());
        let text = fs::read(&self.truth).expect("what a caller tells");
        let truth: Value = serde_json::from_slice(&text).expect("JSON");
        assert_eq!(truth["error"], Value::Null, "{truth}");
        truth
    }
}

fn near(host: &str) -> String {
    format!("{host}-near")
}

fn far(host: &str) -> String {
    format!("{host}-far")
}

/// A script of the hosts.
fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/hosts").join(name)
}
