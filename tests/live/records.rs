//! Packets in capture files, counted by the lengths of records alone, so that a loss is not judged by its maker.

use super::lab::{Lab, Test};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

pub const TESTS: &[Test] = &[("records::fixtures_are_counted", fixtures_are_counted)];

const PCAPNG_SECTION: u32 = 0x0a0d_0d0a;
const PCAPNG_PACKET: u32 = 6;
const PCAPNG_HEAD_BYTES: u32 = 8;
const PCAP_HEAD_BYTES: u32 = 24;
const PCAP_RECORD_HEAD_BYTES: usize = 16;

/// How many packets a file of this machine's byte order holds. A record that is cut off at the end counts for none.
pub fn packets(path: &Path) -> u64 {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut file = BufReader::with_capacity(1 << 20, file);
    let Some(first) = word(&mut file) else { return 0 };
    if first == PCAPNG_SECTION { pcapng(&mut file, first) } else { pcap(&mut file) }
}

fn pcapng(file: &mut impl Read, first: u32) -> u64 {
    let (mut kind, mut count) = (first, 0);
    loop {
        let Some(length) = word(file) else { return count };
        let body = length.checked_sub(PCAPNG_HEAD_BYTES).expect("the length of a block");
        if !skip(file, body) {
            return count;
        }
        count += u64::from(kind == PCAPNG_PACKET);
        let Some(next) = word(file) else { return count };
        kind = next;
    }
}

fn pcap(file: &mut impl Read) -> u64 {
    let mut count = 0;
    if !skip(file, PCAP_HEAD_BYTES - 4) {
        return 0;
    }
    let mut head = [0; PCAP_RECORD_HEAD_BYTES];
    while file.read_exact(&mut head).is_ok() {
        let [.., a, b, c, d, _, _, _, _] = head;
        if !skip(file, u32::from_ne_bytes([a, b, c, d])) {
            break;
        }
        count += 1;
    }
    count
}

fn word(file: &mut impl Read) -> Option<u32> {
    let mut bytes = [0; 4];
    file.read_exact(&mut bytes).ok().map(|()| u32::from_ne_bytes(bytes))
}

/// Passes over bytes; whether all were there.
fn skip(file: &mut impl Read, bytes: u32) -> bool {
    let passed = std::io::copy(&mut file.take(u64::from(bytes)), &mut std::io::sink());
    passed.is_ok_and(|passed| passed == u64::from(bytes))
}

fn fixtures_are_counted(_: &mut Lab) {
    let of = |name: &str| packets(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name));
    assert_eq!(of("p2p-call/capture.pcap"), 9926);
}
