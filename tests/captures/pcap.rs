//! Classic captures read, changed and written by a few lines, for tests that need a fixture with something done to it.

use std::fs;
use std::path::{Path, PathBuf};

/// A capture in memory.
#[derive(Clone)]
pub struct Pcap {
    /// The 24 bytes of the file header, little endian.
    header: Vec<u8>,
    pub frames: Vec<Stored>,
}

/// A frame as it is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stored {
    pub seconds: u32,
    /// In the unit of the file.
    pub fraction: u32,
    pub wire: u32,
    pub data: Vec<u8>,
}

impl Pcap {
    /// Reads the capture of a fixture.
    pub fn of_fixture(name: &str) -> Pcap {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).join("capture.pcap");
        Pcap::read(&fs::read(path).expect("the fixture"))
    }

    /// Reads a classic capture of little-endian numbers; `None` where it is none.
    pub fn of_file(path: &Path) -> Option<Pcap> {
        let bytes = fs::read(path).ok()?;
        [&[0xd4, 0xc3, 0xb2, 0xa1][..], &[0x4d, 0x3c, 0xb2, 0xa1]]
            .contains(&bytes.get(..4)?)
            .then(|| Pcap::read(&bytes))
    }

    /// Number of its link type.
    pub fn link(&self) -> u32 {
        u32::from_le_bytes(self.header[20..24].try_into().expect("four bytes"))
    }

    fn read(bytes: &[u8]) -> Pcap {
        let (header, mut rest) = bytes.split_at(24);
        let mut frames = Vec::new();
        while rest.len() >= 16 {
            let number = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().expect("four bytes"));
            let (seconds, fraction, stored, wire) = (number(0), number(4), number(8) as usize, number(12));
            frames.push(Stored { seconds, fraction, wire, data: rest[16..16 + stored].to_vec() });
            rest = &rest[16 + stored..];
        }
        Pcap { header: header.to_vec(), frames }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.header.clone();
        for frame in &self.frames {
            for number in [frame.seconds, frame.fraction, frame.data.len() as u32, frame.wire] {
                bytes.extend(number.to_le_bytes());
            }
            bytes.extend(&frame.data);
        }
        bytes
    }

    /// Writes it as `name` into `folder`.
    pub fn write(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, self.bytes()).expect("a file is written");
        path
    }

    /// The same frames in a pcapng of one Ethernet interface, with microseconds and a counter of dropped packets.
    pub fn write_counted(&self, folder: &Path, name: &str, dropped: u64) -> PathBuf {
        let mut bytes = block(0x0a0d_0d0a, &[&0x1a2b_3c4du32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat());
        bytes.extend(block(1, &[1, 0, 0, 0, 0, 0, 4, 0]));
        for frame in &self.frames {
            let time = u64::from(frame.seconds) * 1_000_000 + u64::from(frame.fraction);
            let numbers = [0, (time >> 32) as u32, time as u32, frame.data.len() as u32, frame.wire];
            let mut body: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            body.extend(&frame.data);
            body.resize(body.len().next_multiple_of(4), 0);
            bytes.extend(block(6, &body));
        }
        let mut counters = vec![0; 12];
        counters.extend([5, 0, 8, 0]);
        counters.extend(dropped.to_le_bytes());
        counters.extend([0; 4]);
        bytes.extend(block(5, &counters));
        let path = folder.join(name);
        fs::write(&path, bytes).expect("a file is written");
        path
    }
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32 + 12).to_le_bytes();
    [&kind.to_le_bytes()[..], &length, body, &length].concat()
}

impl Stored {
    /// The IPv4 header in Ethernet; empty where there is none.
    pub fn ipv4(&self) -> &[u8] {
        if self.data.get(12..14) == Some(&[8, 0]) { &self.data[14..] } else { &[] }
    }

    /// IP protocol and the sender's address, of IPv4.
    pub fn sender(&self) -> Option<(u8, [u8; 4])> {
        let ip = self.ipv4();
        Some((*ip.get(9)?, ip.get(12..16)?.try_into().ok()?))
    }

    /// Moves its time.
    pub fn shift(&mut self, seconds: i32) {
        self.seconds = self.seconds.wrapping_add_signed(seconds);
    }

    /// Cuts what is stored.
    pub fn cut(&mut self, bytes: usize) {
        self.data.truncate(bytes);
    }
}
