//! One open device: its thread does no more than copy what the kernel has.

use super::devices::Device;
use super::queue::{Batch, Ending, Queue};
use anyhow::{Result, anyhow};
use meetscope::model::{LinkType, Timestamp};
use meetscope::sink::{Interface, Statistics};
use pcap::{Active, BreakLoop, Capture, Linktype, Packet, Precision};
use std::fs::File;
use std::io::{Read, Seek};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// After this time the kernel hands over what it has gathered, in milliseconds.
pub(crate) const BATCH_MILLIS: i32 = 50;
/// Cooked headers that name the interface, of which the older kind says nothing.
const COOKED: Linktype = Linktype(LinkType::LINUX_SLL2.0 as i32);
/// libpcap's number for raw IP where it differs from the files' (Linux, BSD).
const RAW_OF_DEVICES: [i32; 2] = [12, 14];
/// Finer time stamps than this are to be had from libpcap on Linux in any case.
const NANOS_PER_TICK: i64 = if cfg!(target_os = "linux") { 1 } else { 1_000 };

/// How devices are opened.
pub(crate) struct Settings<'s> {
    pub(crate) snapshot_length: u32,
    pub(crate) buffer_bytes: u64,
    pub(crate) promiscuous: bool,
    pub(crate) filter: Option<&'s str>,
}

/// An open device.
pub(crate) struct Link {
    capture: Capture<Active>,
    /// What a file says of it.
    pub(crate) interface: Interface,
    losses: Losses,
}

impl Link {
    pub(crate) fn open(device: &Device, settings: &Settings<'_>) -> Result<Link> {
        let cannot = |cause: pcap::Error| refused(device, &words(&cause));
        let inactive = Capture::from_device(device.name.as_str()).map_err(cannot)?;
        let inactive = inactive
            .snaplen(i32::try_from(settings.snapshot_length).unwrap_or(i32::MAX))
            .buffer_size(i32::try_from(settings.buffer_bytes).unwrap_or(i32::MAX))
            .promisc(settings.promiscuous && !device.is_any())
            .timeout(BATCH_MILLIS);
        let inactive = if NANOS_PER_TICK == 1 { inactive.precision(Precision::Nano) } else { inactive };
        let mut capture = inactive.open().map_err(cannot)?;
        if device.is_any() {
            // Where it is not to be had, the older header does.
            let _older = capture.set_datalink(COOKED);
        }
        if let Some(filter) = settings.filter {
            let wrong = |cause: pcap::Error| anyhow!("the filter {filter:?} is wrong: {}", words(&cause));
            capture.filter(filter, true).map_err(wrong)?;
        }
        let interface = Interface {
            name: device.name.clone(),
            description: device.description.clone(),
            link: link_type(capture.get_datalink()),
            snapshot_length: settings.snapshot_length,
            filter: settings.filter.map(str::to_owned),
            addresses: device.addresses.clone(),
            mac: device.mac,
        };
        Ok(Link { capture, interface, losses: Losses::open(&device.name) })
    }

    /// The open device, as the system numbers it.
    pub(crate) fn descriptor(&self) -> Option<i32> {
        #[cfg(unix)]
        return Some(std::os::fd::AsRawFd::as_raw_fd(&self.capture));
        #[cfg(not(unix))]
        return None;
    }

    /// Runs on a thread of its own until it is broken off or the device is gone.
    pub(crate) fn start(mut self, lane: usize, queue: Arc<Queue>, stop: Arc<AtomicBool>) -> Result<BreakLoop> {
        let handle = self.capture.breakloop_handle();
        let thread = thread::Builder::new().name(format!("device {lane}"));
        thread.spawn(move || {
            let ending = self.run(lane, &queue, &stop);
            let statistics = self.statistics();
            statistics.into_iter().for_each(|statistics| queue.tell(lane, statistics));
            queue.end(lane, ending);
        })?;
        Ok(handle)
    }

    fn run(&mut self, lane: usize, queue: &Queue, stop: &AtomicBool) -> Ending {
        let mut batch = Some(Batch::new());
        while !stop.load(Ordering::Acquire) {
            let taken = self.capture.dispatch(None, |packet| take(&packet, &mut batch, lane, queue));
            let statistics = self.statistics();
            if let Some(full) = batch.take_if(|batch| !batch.is_empty()) {
                batch = Some(queue.push(lane, full, statistics));
            }
            match taken {
                Ok(_) => {}
                Err(_) if stop.load(Ordering::Acquire) => break,
                Err(cause) => return Ending::Failed(words(&cause)),
            }
        }
        Ending::Asked
    }

    fn statistics(&mut self) -> Option<Statistics> {
        let counted = self.capture.stats().ok()?;
        let dropped_interface = self.losses.count().unwrap_or_else(|| sane(counted.if_dropped));
        Some(Statistics {
            received: u64::from(counted.received),
            dropped_interface,
            dropped_system: u64::from(counted.dropped),
        })
    }
}

#[inline]
#[allow(clippy::useless_conversion, reason = "these are narrower on other systems")]
fn take(packet: &Packet<'_>, batch: &mut Option<Batch>, lane: usize, queue: &Queue) {
    let mut room = batch.take().unwrap_or_else(Batch::new);
    if !room.has_room(packet.data.len()) {
        room = queue.push(lane, room, None);
    }
    let time = Timestamp::new(i64::from(packet.header.ts.tv_sec), i64::from(packet.header.ts.tv_usec) * NANOS_PER_TICK);
    room.push(time, packet.header.len, packet.data);
    *batch = Some(room);
}

/// What the interface itself loses, as Linux counts it. The files are opened with the device, for later nothing may be.
struct Losses {
    files: Vec<File>,
    before: u64,
}

impl Losses {
    fn open(name: &str) -> Losses {
        let counters = ["rx_missed_errors", "rx_fifo_errors"];
        let paths = counters.iter().map(|counter| format!("/sys/class/net/{name}/statistics/{counter}"));
        let files = paths.filter_map(|path| File::open(path).ok()).collect();
        let mut losses = Losses { files, before: 0 };
        losses.before = losses.total().unwrap_or(0);
        losses
    }

    /// Since the device was opened; `None` where the system has no such files.
    fn count(&mut self) -> Option<u64> {
        Some(self.total()?.saturating_sub(self.before))
    }

    fn total(&mut self) -> Option<u64> {
        let counts: Option<Vec<u64>> = self.files.iter_mut().map(read_number).collect();
        counts.filter(|counts| !counts.is_empty()).map(|counts| counts.iter().sum())
    }
}

fn read_number(file: &mut File) -> Option<u64> {
    let mut text = [0; 24];
    file.rewind().ok()?;
    let length = file.read(&mut text).ok()?;
    std::str::from_utf8(text.get(..length)?).ok()?.trim().parse().ok()
}

/// libpcap subtracts what it read at the beginning, and may then be below zero.
fn sane(dropped: u32) -> u64 {
    if dropped > i32::MAX.cast_unsigned() { 0 } else { u64::from(dropped) }
}

fn link_type(of_device: Linktype) -> LinkType {
    if RAW_OF_DEVICES.contains(&of_device.0) { LinkType::RAW } else { LinkType(of_device.0.cast_unsigned()) }
}

/// libpcap's own words, without the wrapper's.
fn words(cause: &pcap::Error) -> String {
    match cause {
        pcap::Error::PcapError(words) => words.clone(),
        other => other.to_string(),
    }
}

/// Says what to do.
fn refused(device: &Device, cause: &str) -> anyhow::Error {
    let name = &device.name;
    let lower = cause.to_lowercase();
    if ["permission", "permitted", "cap_net_raw"].iter().any(|word| lower.contains(word)) {
        return anyhow!("may not capture from {name}: {cause}\n{RIGHTS}");
    }
    if lower.contains("not up") || lower.contains("is down") {
        return anyhow!("cannot capture from {name}: {cause}; bring it up first, as with `ip link set {name} up`");
    }
    anyhow!("cannot capture from {name}: {cause}; `meetscope capture --list` names the interfaces")
}

const RIGHTS: &str = "Capturing needs rights that this program does not have. Give it the one it needs, once:\n  \
    sudo setcap cap_net_raw=ep \"$(command -v meetscope)\"\n\
    or run it as `sudo meetscope capture ...`: it gives up all rights as soon as the interface is open.";

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str) -> Device {
        Device {
            name: name.to_owned(),
            description: None,
            up: true,
            addresses: Vec::new(),
            mac: None,
            is_default: false,
        }
    }

    #[test]
    fn a_refusal_says_what_to_run() {
        let words = "Attempt to create packet socket failed - CAP_NET_RAW may be required";
        for words in [words, "socket: Operation not permitted"] {
            let error = refused(&device("eth7"), words).to_string();
            assert!(error.contains("sudo setcap cap_net_raw=ep \"$(command -v meetscope)\""), "{error}");
        }
        assert!(refused(&device("eth7"), "That device is not up").to_string().contains("ip link set eth7 up"));
        assert!(refused(&device("eth7"), "No such device").to_string().contains("--list"));
    }

    #[test]
    fn numbers_of_link_types_are_those_of_files() {
        assert_eq!(link_type(Linktype(12)), LinkType::RAW);
        assert_eq!(link_type(Linktype(1)), LinkType::ETHERNET);
        assert_eq!(link_type(COOKED), LinkType::LINUX_SLL2);
        assert_eq!((sane(3), sane(u32::MAX - 5)), (3, 0));
    }
}
