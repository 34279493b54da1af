//! Packets as fast as they can be sent: up to the rate at which tcpdump begins to lose some, the program loses none.

use super::lab::{Lab, Test, run_well, signal, wait_for};
use super::program::{Capture, text};
use super::records;
use nix::sys::signal::Signal;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

pub const TESTS: &[Test] = &[(
    "flood::nothing_is_lost_up_to_the_rate_at_which_tcpdump_loses",
    nothing_is_lost_up_to_the_rate_at_which_tcpdump_loses,
)];

/// A recorded call, repeated.
const LOAD: &str = "fixtures/p2p-call/capture.pcap";
const LOAD_PACKETS: u64 = 9926;
/// One that loses packets may try so often, because this machine may be busy with other things at the time.
const TRIES_MAX: usize = 3;
/// Until the kernel has handed over its last buffer; tcpdump asks it to wait for up to a second.
const SETTLING: Duration = Duration::from_millis(1500);

/// How a load is sent.
struct Load {
    name: &'static str,
    /// `None` as fast as can be.
    packets_per_s: Option<u64>,
    senders: u64,
    repeats: u64,
}

const LOADS: [Load; 5] = [
    Load { name: "100,000 a second", packets_per_s: Some(100_000), senders: 1, repeats: 25 },
    Load { name: "200,000 a second", packets_per_s: Some(200_000), senders: 1, repeats: 50 },
    Load { name: "300,000 a second", packets_per_s: Some(300_000), senders: 1, repeats: 80 },
    Load { name: "top speed", packets_per_s: None, senders: 1, repeats: 150 },
    Load { name: "top speed, two senders", packets_per_s: None, senders: 2, repeats: 100 },
];

/// A program that writes what it captures.
#[derive(Clone, Copy)]
enum Writer {
    Tcpdump,
    Meetscope,
}

/// One load, taken by one program.
#[derive(Clone, Copy)]
struct Run {
    sent: u64,
    lost: u64,
    packets_per_s: f64,
}

fn nothing_is_lost_up_to_the_rate_at_which_tcpdump_loses(lab: &mut Lab) {
    lab.two_hosts();
    println!(
        "{:<24} {:>10} {:>14} {:>14} {:>16}",
        "load", "packets", "tcpdump lost", "meetscope lost", "packets a second"
    );
    for load in &LOADS {
        let (tcpdump, meetscope) = best_of_both(lab, load);
        let rate = format!("{:.0} / {:.0}", tcpdump.packets_per_s, meetscope.packets_per_s);
        println!("  {:<24} {:>10} {:>14} {:>14} {rate:>16}", load.name, tcpdump.sent, tcpdump.lost, meetscope.lost);
        assert!(tcpdump.lost > 0 || meetscope.lost == 0, "{}: meetscope lost {}", load.name, meetscope.lost);
    }
}

/// The best run of each program. One that lost packets where the other lost none tries again.
fn best_of_both(lab: &Lab, load: &Load) -> (Run, Run) {
    let mut best = [Writer::Tcpdump, Writer::Meetscope].map(|writer| writer.takes(lab, load));
    for _ in 1..TRIES_MAX {
        if best.iter().all(|run| run.lost > 0) {
            break;
        }
        for (run, writer) in best.iter_mut().zip([Writer::Tcpdump, Writer::Meetscope]) {
            if run.lost > 0 {
                let again = writer.takes(lab, load);
                *run = if again.lost < run.lost { again } else { *run };
            }
        }
    }
    best.into()
}

impl Writer {
    fn takes(self, lab: &Lab, load: &Load) -> Run {
        let file = lab.path("flood");
        let run = match self {
            Writer::Tcpdump => tcpdump(lab, load, &file),
            Writer::Meetscope => meetscope(lab, load, &file),
        };
        fs::remove_file(&file).expect("the file that was written");
        run
    }
}

fn tcpdump(lab: &Lab, load: &Load, file: &Path) -> Run {
    let said = lab.path("tcpdump.log");
    let mut command = lab.command("there", "tcpdump");
    command.args(["-n", "-i", "eth0", "-w"]).arg(file).args(["-Z", "root"]).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(File::create(&said).expect("a log"));
    let mut child = command.spawn().expect("tcpdump");
    let listens = || fs::read_to_string(&said).is_ok_and(|said| said.contains("listening on"));
    wait_for(|| "tcpdump that listens".to_owned(), Duration::from_secs(10), listens);
    let seconds = load.send(lab);
    signal(&child, Signal::SIGINT);
    let status = child.wait().expect("the end of tcpdump");
    assert!(status.success(), "{}", fs::read_to_string(&said).unwrap_or_default());
    load.run(records::packets(file), seconds)
}

fn meetscope(lab: &Lab, load: &Load, file: &Path) -> Run {
    let capture = Capture::start(lab, "there", &["-w", text(file)]);
    let seconds = load.send(lab);
    capture.signal(Signal::SIGINT);
    let ended = capture.end_at_most(Duration::from_secs(60)).well();
    let run = load.run(records::packets(file), seconds);
    let told = &ended.event("end").value["drops"];
    let told: u64 = ["kernel", "interface", "queue"].iter().filter_map(|part| told[part].as_u64()).sum();
    assert_eq!(told, run.lost, "losses are told as they are");
    run
}

impl Load {
    /// Sends the load, and gives the seconds that it took.
    fn send(&self, lab: &Lab) -> f64 {
        let seconds = std::thread::scope(|scope| {
            let senders: Vec<_> = (0..self.senders).map(|_| scope.spawn(|| self.send_once(lab))).collect();
            senders.into_iter().map(|sender| sender.join().expect("a sender")).collect::<Vec<_>>()
        });
        let longest = seconds.into_iter().fold(0.0, f64::max);
        std::thread::sleep(SETTLING);
        longest
    }

    fn send_once(&self, lab: &Lab) -> f64 {
        let load: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(LOAD);
        // Ahead of all others, so that who captures cannot slow down who sends.
        let mut command = lab.command("here", "chrt");
        command.args(["--fifo", "5", "tcpreplay", "-i", "eth0", "--preload-pcap", "--loop", &self.repeats.to_string()]);
        match self.packets_per_s {
            Some(rate) => command.arg(format!("--pps={rate}")),
            None => command.arg("--topspeed"),
        };
        let said = run_well(command.arg(load));
        let took = said.split(" sent in ").nth(1).and_then(|rest| rest.split(' ').next());
        took.and_then(|took| took.parse().ok()).unwrap_or_else(|| panic!("no time in {said}"))
    }

    fn run(&self, written: u64, seconds: f64) -> Run {
        let sent = LOAD_PACKETS * self.repeats * self.senders;
        let lost = sent.checked_sub(written).unwrap_or_else(|| panic!("{written} packets of {sent}"));
        Run { sent, lost, packets_per_s: sent as f64 / seconds }
    }
}
