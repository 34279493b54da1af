//! What is written is what is read again: frames, and all that is said of the capture.

use super::fixtures::folders;
use meetscope::Merged;
use meetscope::model::{Capture, Frame, LinkType, Timestamp};
use meetscope::sink::{Description, Interface, Rotation, Sink, Statistics, Store};
use meetscope::source::{FileSource, Source};
use std::fs::File;
use std::io::{self, Write};

/// Number, interface, nanoseconds, wire length, bytes.
type Seen = (u64, u32, i64, u32, Vec<u8>);

struct Folder;

impl Store for Folder {
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        Ok(Box::new(File::create(path)?))
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        std::fs::remove_file(path)
    }
}

fn interface(name: &str, link: LinkType) -> Interface {
    Interface {
        name: name.to_owned(),
        description: Some("made — for a test".to_owned()),
        link,
        snapshot_length: 262_144,
        filter: Some("udp or tcp".to_owned()),
        addresses: vec!["10.77.1.11/24".parse().expect("a net"), "2001:db8::5/64".parse().expect("a net")],
        mac: Some([2, 0, 0, 0, 0, 1]),
    }
}

fn description(interfaces: Vec<Interface>) -> Description {
    Description {
        application: "meetscope test".to_owned(),
        hardware: "x86_64".to_owned(),
        system: "linux".to_owned(),
        comment: Some("a test call".to_owned()),
        interfaces,
    }
}

fn seen(frame: &Frame<'_>) -> Seen {
    (frame.number, frame.interface, frame.time.nanos(), frame.wire_length, frame.data.to_vec())
}

fn read(path: &str) -> (Vec<Seen>, Capture) {
    let mut source = FileSource::open(path, 0).expect("a capture");
    let mut frames = Vec::new();
    while let Some(frame) = source.next() {
        frames.push(seen(&frame));
    }
    assert!(source.problems().is_empty());
    (frames, source.capture())
}

fn temporary() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("call.pcapng").to_str().expect("UTF-8").to_owned();
    (folder, path)
}

#[test]
fn fixtures_are_read_again_as_they_were_written() {
    for fixture in folders() {
        let (_folder, path) = temporary();
        let original = fixture.join("capture.pcap").to_str().expect("UTF-8").to_owned();
        let description = description(vec![interface("eth0", LinkType::ETHERNET)]);
        let mut sink = Sink::new(&path, Rotation::default(), description, Box::new(Folder), Timestamp::default());
        let sink = sink.as_mut().expect("a file");
        let mut source = Merged::open(&[original]).expect("a capture");
        let mut given = Vec::new();
        while let Some(frame) = source.next() {
            let place = sink.frame(&frame);
            assert_eq!((place.capture, place.number), (0, frame.number));
            given.push(seen(&frame));
        }
        let counted = Statistics { received: given.len() as u64 + 7, dropped_interface: 3, dropped_system: 4 };
        let written = std::mem::replace(sink, Sink::nowhere("", Description::default()));
        let said = written.finish(&[counted], Timestamp::new(1_800_000_000, 0));
        let (frames, capture) = read(&path);
        assert!(frames == given, "{}", fixture.display());
        assert_eq!(said.as_slice(), std::slice::from_ref(&capture));
        assert_eq!((capture.dropped, capture.damage), (Some(7), None));
        assert_eq!(capture.comments, ["a test call"]);
        assert_eq!(capture.own_addresses.len(), 2);
    }
}

#[test]
fn frames_of_two_interfaces_cut_ones_and_empty_ones_survive() {
    let (_folder, path) = temporary();
    let interfaces = vec![interface("eth0", LinkType::ETHERNET), interface("tun0", LinkType::RAW)];
    let mut sink =
        Sink::new(&path, Rotation::default(), description(interfaces), Box::new(Folder), Timestamp::default())
            .expect("a file");
    let bytes: Vec<u8> = (0..=255).collect();
    let frame = |number: u64, link, interface, length: usize, wire_length| Frame {
        capture: 9,
        number: 77,
        time: Timestamp::new(1_795_442_700, 1_000_000_000 - number as i64),
        link,
        interface,
        wire_length,
        data: &bytes[..length],
    };
    let frames = [
        frame(1, LinkType::ETHERNET, 0, 61, 61),
        frame(2, LinkType::RAW, 1, 62, 1500),
        frame(3, LinkType::RAW, 1, 0, 40),
        frame(4, LinkType::ETHERNET, 0, 63, 10),
    ];
    for frame in &frames {
        sink.frame(frame);
    }
    let said = sink.finish(&[Statistics::default(); 2], Timestamp::new(1_795_442_701, 0));
    let (read, capture) = read(&path);
    assert_eq!(said, [capture]);
    let expected = |(index, frame): (usize, &Frame<'_>)| {
        (
            index as u64 + 1,
            frame.interface,
            frame.time.nanos(),
            frame.wire_length.max(frame.data.len() as u32),
            frame.data.to_vec(),
        )
    };
    assert_eq!(read, frames.iter().enumerate().map(expected).collect::<Vec<_>>());
    assert_eq!((said[0].cut_packets, said[0].out_of_order), (2, 3));
}

#[test]
fn files_in_turns_hold_all_frames_and_their_own_drops() {
    let (folder, path) = temporary();
    let rotation = Rotation { bytes: Some(100_000), nanos: None, keep: None };
    let description = description(vec![interface("eth0", LinkType::ETHERNET)]);
    let mut sink = Sink::new(&path, rotation, description, Box::new(Folder), Timestamp::new(1_795_442_700, 0));
    let sink = sink.as_mut().expect("a file");
    let mut source = Merged::open(&["fixtures/sip-call/capture.pcap".to_owned()]).expect("a capture");
    let (mut given, mut drops) = (Vec::new(), 0);
    while let Some(frame) = source.next() {
        if sink.is_full(frame.time, frame.data.len()) {
            drops += 2;
            sink.rotate(frame.time, &[Statistics { dropped_system: drops, ..Statistics::default() }]);
        }
        let place = sink.frame(&frame);
        given.push((place.number, 0, frame.time.nanos(), frame.wire_length, frame.data.to_vec()));
    }
    let written = std::mem::replace(sink, Sink::nowhere("", Description::default()));
    let captures = written
        .finish(&[Statistics { dropped_system: drops, ..Statistics::default() }], Timestamp::new(1_800_000_000, 0));
    let mut names: Vec<_> =
        std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|file| file.path()).collect();
    names.sort();
    assert!(captures.len() > 5 && names.len() == captures.len(), "{names:?}");
    let mut again = Vec::new();
    for (name, said) in names.iter().zip(&captures) {
        let (frames, capture) = read(name.to_str().expect("UTF-8"));
        assert_eq!(capture, *said);
        assert!(std::fs::metadata(name).expect("a file").len() < 101_000);
        again.extend(frames);
    }
    assert!(again == given);
    assert_eq!(captures.iter().filter_map(|capture| capture.dropped).sum::<u64>(), drops);
    assert_eq!(captures.last().and_then(|capture| capture.dropped), Some(0));
}
