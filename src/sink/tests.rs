use super::*;
use crate::model::LinkType;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Files in memory that take so many bytes all together.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    files: BTreeMap<String, Vec<u8>>,
    left: usize,
}

impl Disk {
    fn of(bytes: usize) -> Disk {
        Disk(Arc::new(Mutex::new(Inside { files: BTreeMap::new(), left: bytes })))
    }

    fn names(&self) -> Vec<String> {
        self.0.lock().unwrap().files.keys().cloned().collect()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        self.0.lock().unwrap().files[name].clone()
    }
}

struct Handle(Disk, String);

impl Write for Handle {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.0.0.lock().unwrap();
        let count = bytes.len().min(disk.left);
        if count == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        disk.left -= count;
        disk.files.entry(self.1.clone()).or_default().extend(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Store for Disk {
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        self.0.lock().unwrap().files.insert(path.to_owned(), Vec::new());
        Ok(Box::new(Handle(self.clone(), path.to_owned())))
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        self.0.lock().unwrap().files.remove(path).map(drop).ok_or(io::ErrorKind::NotFound.into())
    }
}

fn sink(disk: &Disk, rotation: Rotation) -> Sink {
    let interface = Interface {
        name: "eth0".into(),
        description: None,
        link: LinkType::ETHERNET,
        snapshot_length: 0,
        filter: None,
        addresses: Vec::new(),
        mac: None,
    };
    let description = Description { interfaces: vec![interface], ..Description::default() };
    Sink::new("call.pcapng", rotation, description, Box::new(disk.clone()), Timestamp::default()).unwrap()
}

fn frame(seconds: i64, data: &[u8]) -> Frame<'_> {
    let wire_length = data.len() as u32;
    let time = Timestamp::new(seconds, 0);
    Frame { capture: 0, number: 0, time, link: LinkType::ETHERNET, interface: 0, wire_length, data }
}

fn feed(sink: &mut Sink, seconds: i64, data: &[u8]) -> Place {
    let frame = frame(seconds, data);
    if sink.is_full(frame.time, data.len()) {
        sink.rotate(frame.time, &[Statistics::default()]);
    }
    sink.frame(&frame)
}

#[test]
fn a_file_begins_as_pcapng_does_at_once() {
    let disk = Disk::of(usize::MAX);
    let sink = sink(&disk, Rotation::default());
    let bytes = disk.bytes("call.pcapng");
    assert!(bytes.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]));
    assert_eq!(bytes.len() as u64, sink.written_bytes());
    assert_eq!(bytes.len() % 4, 0);
    assert_eq!(block::packets_in(&bytes), 0);
}

#[test]
fn a_full_disk_ends_the_writing_and_not_the_counting() {
    let disk = Disk::of(4_000);
    let mut sink = sink(&disk, Rotation::default());
    for second in 0..50 {
        assert_eq!(feed(&mut sink, second, &[7; 100]).number, second as u64 + 1);
    }
    assert_eq!(sink.failure(), None);
    sink.flush();
    let failure = sink.failure().unwrap().to_owned();
    feed(&mut sink, 50, &[7; 100]);
    sink.flush();
    let bytes = disk.bytes("call.pcapng");
    let whole = block::packets_in(&bytes);
    assert!(bytes.len() == 4_000 && whole > 20 && whole < 40, "{whole}");
    assert!(failure.contains(&format!("the first {whole} frames")), "{failure}");
    let captures = sink.finish(&[Statistics::default()], Timestamp::default());
    assert_eq!((captures[0].packets, captures[0].damage.as_deref()), (51, Some(failure.as_str())));
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(captures[0].sha256, hash, "of what is in the file");
}

#[test]
fn the_oldest_files_are_deleted() {
    let disk = Disk::of(usize::MAX);
    let mut sink = sink(&disk, Rotation { bytes: None, nanos: Some(10_000_000_000), keep: Some(2) });
    let mut places = Vec::new();
    for second in (0..35).step_by(5) {
        places.push(feed(&mut sink, second, &[1; 10]));
    }
    assert_eq!(disk.names(), ["call_00003_19700101000020.pcapng", "call_00004_19700101000030.pcapng"]);
    let places: Vec<_> = places.iter().map(|place| (place.capture, place.number)).collect();
    assert_eq!(places, [(0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]);
    let captures = sink.finish(&[Statistics::default()], Timestamp::new(40, 0));
    assert_eq!(captures.iter().map(|capture| capture.packets).collect::<Vec<_>>(), [2, 2, 2, 1]);
}

#[test]
fn a_frame_that_is_larger_than_a_file_has_one_of_its_own() {
    let disk = Disk::of(usize::MAX);
    let mut sink = sink(&disk, Rotation { bytes: Some(100), nanos: None, keep: None });
    let places: Vec<_> = (0..3).map(|second| feed(&mut sink, second, &[1; 500]).capture).collect();
    assert_eq!(places, [0, 1, 2]);
    assert_eq!(disk.names().len(), 3);
}

#[test]
fn past_the_limit_the_last_entry_stands_for_the_rest() {
    let disk = Disk::of(usize::MAX);
    let mut sink = sink(&disk, Rotation { bytes: None, nanos: Some(1), keep: Some(1) });
    for second in 0..FILES_TOLD_MAX as i64 + 3 {
        feed(&mut sink, second, &[1; 10]);
    }
    assert_eq!(disk.names().len(), 1);
    let captures = sink.finish(&[Statistics::default()], Timestamp::default());
    assert_eq!((captures.len(), captures.last().unwrap().packets), (FILES_TOLD_MAX, 4));
}

#[test]
fn without_a_file_frames_are_counted_all_the_same() {
    let mut sink = Sink::nowhere("eth0", Description::default());
    assert_eq!(feed(&mut sink, 1, &[1; 10]), Place { capture: 0, number: 1 });
    let captures = sink.finish(&[], Timestamp::default());
    assert_eq!((captures[0].format.as_str(), captures[0].path.as_str(), captures[0].packets), ("live", "eth0", 1));
    assert_eq!(captures[0].sha256, "");
}
