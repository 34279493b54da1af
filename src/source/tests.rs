use super::file::READ_BYTES;
use super::stored::Stored;
use super::*;
use crate::model::{LinkType, Timestamp};
use sha2::{Digest, Sha256};
use std::io::{Cursor, Write};

/// Numbers in one byte order.
#[derive(Clone, Copy)]
struct Order {
    big: bool,
}

const LITTLE: Order = Order { big: false };
const BIG: Order = Order { big: true };

impl Order {
    fn n16(self, number: u16) -> Vec<u8> {
        if self.big { number.to_be_bytes().to_vec() } else { number.to_le_bytes().to_vec() }
    }

    fn n32(self, number: u32) -> Vec<u8> {
        if self.big { number.to_be_bytes().to_vec() } else { number.to_le_bytes().to_vec() }
    }

    fn n64(self, number: u64) -> Vec<u8> {
        if self.big { number.to_be_bytes().to_vec() } else { number.to_le_bytes().to_vec() }
    }

    fn pcap_header(self, magic: u32, minor: u16, link: u32) -> Vec<u8> {
        [self.n32(magic), self.n16(2), self.n16(minor), vec![0; 8], self.n32(262_144), self.n32(link)].concat()
    }

    fn pcap_record(self, seconds: u32, ticks: u32, wire: u32, data: &[u8]) -> Vec<u8> {
        let stored = self.n32(data.len() as u32);
        [self.n32(seconds), self.n32(ticks), stored, self.n32(wire), data.to_vec()].concat()
    }

    fn block(self, kind: u32, body: &[u8]) -> Vec<u8> {
        let length = self.n32(12 + body.len().next_multiple_of(4) as u32);
        let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
        [self.n32(kind), length.clone(), body.to_vec(), padding, length].concat()
    }

    fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
        let padding = vec![0; value.len().next_multiple_of(4) - value.len()];
        [self.n16(code), self.n16(value.len() as u16), value.to_vec(), padding].concat()
    }

    fn section(self, options: &[u8]) -> Vec<u8> {
        let body = [self.n32(0x1a2b_3c4d), self.n16(1), self.n16(0), vec![0xff; 8], options.to_vec()].concat();
        self.block(0x0a0d_0d0a, &body)
    }

    fn interface(self, link: u16, snapshot: u32, options: &[u8]) -> Vec<u8> {
        self.block(1, &[self.n16(link), self.n16(0), self.n32(snapshot), options.to_vec()].concat())
    }

    fn enhanced(self, interface: u32, ticks: u64, wire: u32, data: &[u8], options: &[u8]) -> Vec<u8> {
        let mut body = self.n32(interface);
        body.extend(self.n32((ticks >> 32) as u32));
        body.extend(self.n32(ticks as u32));
        body.extend(self.n32(data.len() as u32));
        body.extend(self.n32(wire));
        body.extend_from_slice(data);
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend_from_slice(options);
        self.block(6, &body)
    }
}

/// Number, nanoseconds, link, interface, wire length, bytes.
type Seen = (u64, i64, u32, u32, u32, Vec<u8>);

fn source(bytes: &[u8]) -> Result<FileSource, OpenError> {
    FileSource::of("made.pcap", Stored::new(Box::new(Cursor::new(bytes.to_vec())), None), 0, 64)
}

fn read(bytes: &[u8]) -> (Vec<Seen>, Capture) {
    let mut source = source(bytes).expect("a capture");
    let mut seen = Vec::new();
    while let Some(frame) = source.next() {
        let link = frame.link.0;
        seen.push((frame.number, frame.time.nanos(), link, frame.interface, frame.wire_length, frame.data.to_vec()));
    }
    assert!(source.next().is_none());
    (seen, source.capture())
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn small_pcap(order: Order, magic: u32) -> Vec<u8> {
    let records =
        [order.pcap_record(7, 5, 60, b"abc"), order.pcap_record(8, 0, 0, b""), order.pcap_record(6, 1, 2, b"wxyz")];
    [order.pcap_header(magic, 4, 113), records.concat()].concat()
}

#[test]
fn pcap_in_both_byte_orders_with_micro_and_nanoseconds() {
    for order in [LITTLE, BIG] {
        for (magic, nanos) in [(0xa1b2_c3d4, 5_000), (0xa1b2_3c4d, 5)] {
            let bytes = small_pcap(order, magic);
            let (seen, capture) = read(&bytes);
            assert_eq!(seen[0], (1, 7_000_000_000 + nanos, 113, 0, 60, b"abc".to_vec()));
            assert_eq!(seen[1], (2, 8_000_000_000, 113, 0, 0, Vec::new()));
            // A frame is never shorter on the wire than what is stored of it.
            assert_eq!((seen[2].4, seen.len()), (4, 3));
            assert_eq!((capture.packets, capture.bytes, capture.cut_packets, capture.out_of_order), (3, 64, 1, 1));
            assert_eq!(capture.first.map(Timestamp::seconds), Some(6));
            assert_eq!(capture.last.map(Timestamp::nanos), Some(8_000_000_000));
            assert_eq!((capture.format.as_str(), &capture.damage), ("pcap", &None));
            assert_eq!((capture.sha256, capture.link_types), (sha256(&bytes), vec![LinkType::LINUX_SLL]));
        }
    }
}

#[test]
fn pcap_of_the_old_linux_patch_has_longer_record_headers() {
    for order in [LITTLE, BIG] {
        let mut bytes = order.pcap_header(0xa1b2_cd34, 4, 1);
        for data in [b"abc".as_slice(), b"de"] {
            let record = order.pcap_record(7, 5, 60, data);
            bytes.extend_from_slice(&[&record[..16], &[0; 8], &record[16..]].concat());
        }
        let (seen, _) = read(&bytes);
        assert_eq!((seen.len(), seen[1].5.as_slice()), (2, b"de".as_slice()));
    }
}

#[test]
fn old_versions_tell_the_two_lengths_the_other_way_round() {
    for minor in [2, 3] {
        let record = [LITTLE.n32(1), LITTLE.n32(0), LITTLE.n32(99), LITTLE.n32(3), b"abc".to_vec()].concat();
        let (seen, _) = read(&[LITTLE.pcap_header(0xa1b2_c3d4, minor, 1), record].concat());
        assert_eq!((seen[0].4, seen[0].5.as_slice()), (99, b"abc".as_slice()));
    }
}

#[test]
fn bits_of_the_frame_check_sequence_are_no_part_of_the_link_type() {
    let bytes = LITTLE.pcap_header(0xa1b2_c3d4, 4, 0x2400_0001);
    let (seen, _) = read(&[bytes, LITTLE.pcap_record(1, 1, 1, b"a")].concat());
    assert_eq!(seen[0].2, 1);
}

/// Two sections in different byte orders, three interfaces, every kind of block.
fn rich_pcapng() -> Vec<u8> {
    let mut bytes = LITTLE.section(&LITTLE.option(1, b"of the file"));
    bytes.extend(LITTLE.interface(1, 4, &[]));
    let options = [LITTLE.option(9, &[9]), LITTLE.option(14, &LITTLE.n64(100))].concat();
    bytes.extend(LITTLE.interface(276, 0, &options));
    bytes.extend(LITTLE.enhanced(0, 3_000_001, 99, b"first", &LITTLE.option(1, b"of a packet")));
    bytes.extend(LITTLE.block(0x0bad, &LITTLE.n32(7)));
    bytes.extend(LITTLE.block(0x8000_0001, &[0; 16]));
    bytes.extend(LITTLE.enhanced(1, 42, 3, b"abc", &LITTLE.option(4, &LITTLE.n64(2))));
    bytes.extend(LITTLE.block(3, &[LITTLE.n32(6), b"simp".to_vec()].concat()));
    let old =
        [LITTLE.n16(1), LITTLE.n16(3), LITTLE.n32(0), LITTLE.n32(7), LITTLE.n32(2), LITTLE.n32(5), b"ob".to_vec()];
    bytes.extend(LITTLE.block(2, &old.concat()));
    let names = [LITTLE.n16(1), LITTLE.n16(11), [192, 0, 2, 1].to_vec(), b"a.test\0".to_vec(), vec![0], vec![0; 4]];
    bytes.extend(LITTLE.block(4, &names.concat()));
    bytes.extend(LITTLE.block(10, &[LITTLE.n32(0x544c_534b), LITTLE.n32(4), b"keys".to_vec()].concat()));
    bytes.extend(BIG.section(&[]));
    bytes.extend(BIG.interface(101, 0, &[BIG.option(9, &[0x8a]), BIG.option(14, &BIG.n64(5))].concat()));
    bytes.extend(BIG.enhanced(0, 1536, 4, b"last", &[]));
    bytes.extend(BIG.block(5, &[vec![0; 12], BIG.option(5, &BIG.n64(11)), BIG.option(7, &BIG.n64(1))].concat()));
    bytes
}

#[test]
fn pcapng_with_sections_interfaces_and_every_block() {
    let bytes = rich_pcapng();
    let (seen, capture) = read(&bytes);
    assert_eq!(seen[0], (1, 3_000_001_000, 1, 0, 99, b"first".to_vec()));
    assert_eq!(seen[1], (2, 100_000_000_042, 276, 1, 3, b"abc".to_vec()));
    // A simple block tells no time and is cut to the interface's snapshot length.
    assert_eq!(seen[2], (3, 100_000_000_042, 1, 0, 6, b"simp".to_vec()));
    assert_eq!(seen[3], (4, 100_000_000_007, 276, 1, 5, b"ob".to_vec()));
    assert_eq!(seen[4], (5, 6_500_000_000, 101, 2, 4, b"last".to_vec()));
    assert_eq!(seen.len(), 5);
    assert_eq!(capture.link_types, [LinkType::ETHERNET, LinkType::LINUX_SLL2, LinkType::RAW]);
    assert_eq!(capture.comments, ["of the file", "of a packet"]);
    assert_eq!(capture.names, [("192.0.2.1".parse().expect("an address"), "a.test".to_owned())]);
    assert_eq!((capture.has_secrets, capture.dropped), (true, Some(12)));
    assert_eq!((capture.format.as_str(), capture.damage), ("pcapng", None));
    assert_eq!(capture.sha256, sha256(&bytes));
}

#[test]
fn cut_at_every_byte_all_frames_before_the_cut_are_there() {
    // Frames in the longest cut, and lengths at which a cut falls between two blocks and cannot be seen.
    for (whole, most, between) in [(rich_pcapng(), 5, 14), (small_pcap(BIG, 0xa1b2_3c4d), 2, 3)] {
        let (all, _) = read(&whole);
        let (mut last, mut unseen) = (0, 0);
        for length in 0..whole.len() {
            let Ok(_) = source(&whole[..length]) else { continue };
            let (seen, capture) = read(&whole[..length]);
            assert_eq!(seen, all[..seen.len()]);
            assert!(seen.len() >= last, "a longer file has not fewer frames");
            last = seen.len();
            unseen += usize::from(capture.damage.is_none());
            assert_eq!(capture.sha256, sha256(&whole[..length]));
        }
        assert_eq!((last, unseen), (most, between));
    }
}

#[test]
fn a_cut_says_what_where_and_what_to_do() {
    let whole = small_pcap(LITTLE, 0xa1b2_c3d4);
    let (seen, capture) = read(&whole[..24 + 19 + 10]);
    assert_eq!(seen.len(), 1);
    let damage = capture.damage.expect("damage");
    assert!(damage.starts_with("made.pcap: the file ends within a block at byte 43 (behind frame 1); "), "{damage}");
}

#[test]
fn what_cannot_be_ends_reading_and_the_hash_is_of_the_whole_file() {
    let mut bytes = small_pcap(LITTLE, 0xa1b2_c3d4);
    bytes.extend(LITTLE.n32(0xffff_ffff).repeat(4));
    bytes.extend(vec![7; 3 * READ_BYTES]);
    let (seen, capture) = read(&bytes);
    assert_eq!((seen.len(), capture.sha256), (3, sha256(&bytes)));
    assert!(capture.damage.expect("damage").contains("a frame of 4294967295 bytes"));
    let unknown = [LITTLE.section(&[]), LITTLE.enhanced(0, 0, 1, b"a", &[])].concat();
    assert!(read(&unknown).1.damage.expect("damage").contains("interface 0, which is not described"));
}

#[test]
fn no_flipped_byte_panics() {
    for whole in [rich_pcapng(), small_pcap(LITTLE, 0xa1b2_c3d4)] {
        for at in 0..whole.len() {
            for value in [0, 0xff, whole[at] ^ 1, whole[at] ^ 0x80] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                if source(&bytes).is_ok() {
                    read(&bytes);
                }
            }
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("memory")
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn compressed_files_also_in_several_parts_and_twice() {
    let plain = rich_pcapng();
    let (all, _) = read(&plain);
    let (head, tail) = plain.split_at(101);
    for pack in [gzip, zstd, lz4] {
        for packed in [pack(&plain), [pack(head), pack(tail)].concat(), gzip(&pack(&plain))] {
            let (seen, capture) = read(&packed);
            assert_eq!((&seen, capture.damage), (&all, None));
            assert_eq!(capture.sha256, sha256(&packed));
        }
    }
    assert_eq!(read(&gzip(&zstd(&plain))).1.format, "pcapng.zst.gz");
    assert_eq!(read(&lz4(&plain)).1.format, "pcapng.lz4");
    assert!(matches!(source(&gzip(&gzip(&gzip(&plain)))), Err(OpenError::Nested { layers: 2, .. })));
}

#[test]
fn a_compressed_file_that_is_cut_gives_the_frames_before() {
    let data: Vec<u8> = (0..60_000_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let records: Vec<u8> = data.chunks(1000).flat_map(|chunk| LITTLE.pcap_record(1, 2, 1000, chunk)).collect();
    let plain = [LITTLE.pcap_header(0xa1b2_c3d4, 4, 1), records].concat();
    for pack in [gzip, zstd, lz4] {
        let packed = [pack(&plain), pack(&plain[24..])].concat();
        let (seen, capture) = read(&packed[..packed.len() - 20]);
        let damage = capture.damage.expect("damage");
        assert!(seen.len() >= 60, "{} frames", seen.len());
        assert!(damage.contains("reading failed") && damage.contains("of the unpacked data"), "{damage}");
    }
}

#[test]
fn what_is_no_capture_is_named() {
    let message = |bytes: &[u8]| source(bytes).err().map(|error| error.to_string()).unwrap_or_default();
    assert_eq!(message(b""), "made.pcap is empty; was the capture stopped before anything was written?");
    assert!(message(b"snoop\0\0\0\0\0\0\x02").contains("it is a Solaris snoop capture; convert it"));
    assert!(message(&gzip(b"hello, world\n")).contains("it is text"));
    assert!(message(&gzip(b"")).contains("is empty"));
    assert!(message(&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0]).contains("its header of 24 bytes is cut"));
    assert!(message(&LITTLE.section(&[])[..20]).contains("its section header is cut"));
    assert!(message(&[0x1f, 0x8b, 8, 0, 0, 0]).contains("cannot read made.pcap"));
    let missing = open("/nowhere/at-all.pcap", 0).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(missing.starts_with("cannot open /nowhere/at-all.pcap: No such file"), "{missing}");
    let directory = tempfile::tempdir().expect("a directory");
    assert!(matches!(open(&directory.path().to_string_lossy(), 0), Err(OpenError::Directory { .. })));
}

fn at_seconds(seconds: &[u32]) -> Vec<u8> {
    let records = seconds.iter().map(|second| LITTLE.pcap_record(*second, 0, 1, b"a"));
    [LITTLE.pcap_header(0xa1b2_c3d4, 4, 1), records.collect::<Vec<_>>().concat()].concat()
}

#[test]
fn several_captures_are_one_in_time_order() {
    let directory = tempfile::tempdir().expect("a directory");
    let lists: [&[u32]; 4] = [&[1, 4, 4, 9], &[2, 4, 3, 8], &[], &[0, 4]];
    let mut paths = Vec::new();
    for (index, list) in lists.iter().enumerate() {
        let path = directory.path().join(format!("{index}.bin"));
        std::fs::write(&path, at_seconds(list)).expect("a file");
        paths.push(path.to_string_lossy().into_owned());
    }
    let mut merged = Merged::open(&paths).expect("captures");
    let mut order = Vec::new();
    while let Some(frame) = merged.next() {
        order.push((frame.time.seconds(), frame.capture, frame.number));
    }
    let expected =
        [(0, 3, 1), (1, 0, 1), (2, 1, 1), (4, 0, 2), (4, 0, 3), (4, 1, 2), (3, 1, 3), (4, 3, 2), (8, 1, 4), (9, 0, 4)];
    assert_eq!(order, expected);
    let captures = merged.captures();
    assert_eq!(captures.iter().map(|capture| capture.packets).collect::<Vec<_>>(), [4, 4, 0, 2]);
    assert!(captures.iter().all(|capture| capture.sha256.len() == 64 && capture.damage.is_none()));
    assert_eq!(Some(merged.bytes_read()), merged.bytes_total());
    assert!(merged.next().is_none());
}

#[test]
fn one_capture_passes_through_in_its_own_order() {
    let bytes = at_seconds(&[5, 3, 4]);
    let mut merged = Merged::of(vec![source(&bytes).expect("a capture")]);
    let mut order = Vec::new();
    while let Some(frame) = merged.next() {
        order.push(frame.time.seconds());
    }
    assert_eq!(order, [5, 3, 4]);
    assert_eq!(merged.captures().first().map(|capture| capture.out_of_order), Some(1));
    assert!(Merged::open(&[]).expect("nothing").next().is_none());
}

#[test]
fn a_frame_larger_than_the_buffer_and_names_without_end_are_bounded() {
    let large = vec![9; 200_000];
    let bytes = [LITTLE.pcap_header(0xa1b2_c3d4, 4, 1), LITTLE.pcap_record(1, 0, 200_000, &large)].concat();
    assert_eq!(read(&bytes).0[0].5, large);
    let comments: Vec<u8> = (0..300).flat_map(|_| LITTLE.interface(1, 0, &LITTLE.option(1, &[b'c'; 9000]))).collect();
    let bytes = [LITTLE.section(&[]), comments].concat();
    let mut source = source(&bytes).expect("a capture");
    assert!(source.next().is_none());
    let (kept, left_out) = (source.capture().comments, source.problems().iter().next());
    assert_eq!((kept.len(), kept[0].len()), (256, 4096));
    assert_eq!(left_out.map(|(what, problem)| (what, problem.count)), Some(("source.comment-left-out", 44)));
}
