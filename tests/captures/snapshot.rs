//! A capture that still runs can be told as it stands, and is none the worse for it.

use meetscope::{Decoder, Engine, Merged};

use super::fixtures::folders;

/// Where a copy is taken, as parts of all frames.
const POINTS: [u64; 5] = [0, 1, 3, 7, 10];
const PARTS: u64 = 10;

#[test]
fn a_snapshot_is_the_end_of_a_shorter_capture_and_changes_nothing() {
    for folder in folders() {
        let path = folder.join("capture.pcap").to_str().expect("UTF-8").to_owned();
        let total = read(&path, u64::MAX, &[]).0;
        let points = POINTS.map(|point| total * point / PARTS);
        let (_, snapshots, whole) = read(&path, u64::MAX, &points);
        assert_eq!(snapshots.len(), points.len(), "{path}");
        for (point, snapshot) in points.into_iter().zip(snapshots) {
            let (_, _, shorter) = read(&path, point, &[]);
            assert!(snapshot == shorter, "{path} differs at frame {point}");
        }
        let (_, _, undisturbed) = read(&path, u64::MAX, &[]);
        assert!(whole == undisturbed, "{path} is changed by copies");
    }
}

/// Reads at most `frames`: how many there were, what copies behind the frames `points` say, and what the end says.
fn read(path: &str, frames: u64, points: &[u64]) -> (u64, Vec<String>, String) {
    let mut source = Merged::open(&[path.to_owned()]).expect("a capture");
    let (mut decoder, mut engine) = (Decoder::new(), Engine::default());
    let (mut count, mut snapshots) = (0, Vec::new());
    loop {
        let copies = points.iter().filter(|point| **point == count);
        snapshots.extend(copies.map(|_| format!("{:?}", engine.snapshot())));
        let Some(frame) = source.next().filter(|_| count < frames) else { break };
        if let Some(packet) = decoder.decode(&frame) {
            engine.packet(&packet);
        }
        count += 1;
    }
    (count, snapshots, format!("{:?}", engine.finish()))
}
