//! Streams of made packets, shaped as browsers and telephones send them.

use super::*;
use crate::model::{Evidence, MediaKind, Timestamp, Tunnel};

/// One made packet and when it came.
#[derive(Clone, Copy)]
struct Made {
    millis: i64,
    payload_type: u8,
    marker: bool,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    payload: usize,
    level: Option<u8>,
}

fn bytes(made: &Made) -> Vec<u8> {
    let second = made.payload_type | if made.marker { 0x80 } else { 0 };
    let mut bytes = vec![if made.level.is_some() { 0x90 } else { 0x80 }, second];
    bytes.extend(made.sequence.to_be_bytes());
    bytes.extend(made.timestamp.to_be_bytes());
    bytes.extend(made.ssrc.to_be_bytes());
    if let Some(level) = made.level {
        bytes.extend([0xbe, 0xde, 0, 1, 0x10, level, 0, 0]);
    }
    bytes.resize(bytes.len() + made.payload, 0x5a);
    bytes
}

fn offer(rtp: &mut Rtp, bytes: &[u8], millis: i64, tunnel: Option<Tunnel>, out: &mut Output) -> bool {
    let at = Evidence {
        capture: 0,
        frame: millis.unsigned_abs() + 1,
        time: Timestamp::from_nanos(millis * 1_000_000),
        direction: Direction::Forward,
    };
    let (source, destination) = ("10.0.0.1:5004".parse().unwrap(), "10.0.0.2:5004".parse().unwrap());
    let (piece, direction) = (Piece::Datagram, Direction::Forward);
    let input = Input { bytes, piece, direction, at, source, destination, cut: 0, tunnel };
    recognise(&input) && matches!(rtp.read(&input, out), Step::Taken)
}

fn analysed(packets: impl IntoIterator<Item = Made>, tunnel: Option<Tunnel>) -> Output {
    let (mut rtp, mut out) = (Rtp::default(), Output::default());
    for made in packets {
        offer(&mut rtp, &bytes(&made), made.millis, tunnel, &mut out);
    }
    rtp.finish(&mut out);
    out
}

fn audio(number: u16, payload_type: u8, step: u32, level: Option<u8>) -> Made {
    Made {
        millis: i64::from(number) * 20,
        payload_type,
        marker: number == 0,
        sequence: 65_500u16.wrapping_add(number),
        timestamp: u32::from(number) * step,
        ssrc: 0x1111_2222,
        payload: 80,
        level,
    }
}

/// Three packets a frame, 25 frames a second.
fn video(number: u16) -> Made {
    Made {
        millis: i64::from(number / 3) * 40 + i64::from(number % 3),
        payload_type: 96,
        marker: number % 3 == 2,
        sequence: number,
        timestamp: 7_000 + u32::from(number / 3) * 3_600,
        ssrc: 0x3333_4444,
        payload: 1_100,
        level: None,
    }
}

#[test]
fn opus_with_levels_is_audio_at_48_kilohertz() {
    let out = analysed((0..200).map(|number| audio(number, 111, 960, Some(0x80 | number as u8 & 0x3f))), None);
    let [stream] = &out.streams[..] else { panic!("{:?}", out.streams) };
    assert_eq!((stream.packets, stream.lost, stream.bytes), (200, 0, 16_000));
    assert_eq!((stream.kind, stream.clock_rate), (MediaKind::Audio, Some(48_000)));
    assert_eq!(stream.payload_types.get(&111), Some(&200));
    assert_eq!(out.facts.text("rtp.stream"), Some("audio ssrc 0x11112222 pt 111"));
    assert!(out.facts.has("rtp.audio-level"));
}

#[test]
fn telephone_audio_has_its_codec_and_counts_loss_and_repetition() {
    let packets = (0..100).filter(|number| number % 10 != 5).map(|number| audio(number, 0, 160, None));
    let out = analysed(packets.flat_map(|made| [made, made]), None);
    let [stream] = &out.streams[..] else { panic!("{:?}", out.streams) };
    assert_eq!((stream.packets, stream.lost), (90, 10));
    assert_eq!((stream.kind, stream.codec.as_deref()), (MediaKind::Audio, Some("PCMU")));
}

#[test]
fn a_stream_that_copies_video_time_stamps_repairs_it() {
    let repair =
        |made: Made| Made { payload_type: 97, ssrc: 9, sequence: made.sequence / 10, millis: made.millis + 90, ..made };
    let media: Vec<Made> = (0..300).map(video).collect();
    let mut packets: Vec<Made> = media.iter().copied().chain(media.iter().step_by(10).copied().map(repair)).collect();
    packets.sort_by_key(|made| made.millis);
    let out = analysed(packets, None);
    let found: Vec<_> = out.streams.iter().map(|stream| (stream.ssrc, stream.kind, stream.repair_of)).collect();
    assert_eq!(found, [(0x3333_4444, MediaKind::Video, None), (9, MediaKind::Video, Some(0x3333_4444))]);
}

#[test]
fn pauses_split_activity() {
    let late = |made: Made| Made { millis: made.millis + if made.millis >= 1_000 { 5_000 } else { 0 }, ..made };
    let out = analysed((0..100).map(|number| late(audio(number, 111, 960, None))), None);
    assert_eq!(out.streams[0].activity.spans().len(), 2);
}

#[test]
fn probes_without_source_are_data() {
    let probe = |number| Made { ssrc: 0, payload: 240, ..audio(number, 99, 0, None) };
    let out = analysed((0..50).map(probe), None);
    assert_eq!(out.streams[0].kind, MediaKind::Data);
}

#[test]
fn a_framing_that_names_the_medium_decides() {
    let out = analysed((0..50).map(|number| audio(number, 99, 960, Some(0x64))), Some(Tunnel::Framing("zoom-screen")));
    assert_eq!(out.streams[0].kind, MediaKind::Screen);
    assert!(!out.facts.has("rtp.audio-level"));
}

/// A generator of bytes without pattern (xorshift), the same in every run.
fn noise() -> impl FnMut() -> u32 {
    let mut state = 0x2545_f491u32;
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    }
}

#[test]
fn random_payload_becomes_no_stream_and_is_given_up() {
    let (mut rtp, mut out, mut noise) = (Rtp::default(), Output::default(), noise());
    for millis in 0..20_000 {
        let packet: Vec<u8> = (0..64).map(|_| noise() as u8).collect();
        assert!(!offer(&mut rtp, &packet, millis, None, &mut out));
    }
    assert!(rtp.ways[0].gave_up());
    rtp.finish(&mut out);
    assert!(out.streams.is_empty() && out.facts.is_empty());
}

#[test]
fn a_constant_source_with_random_numbers_is_no_stream() {
    let mut noise = noise();
    let packets: Vec<Made> = (0..500)
        .map(|number| Made { sequence: noise() as u16, timestamp: noise(), ..audio(number, 111, 960, None) })
        .collect();
    assert!(analysed(packets, None).streams.is_empty());
}

#[test]
fn streams_among_noise_are_found() {
    let mut noise = noise();
    let noisy = |made: Made| [made, Made { ssrc: noise(), sequence: noise() as u16, ..made }];
    let out = analysed((0..300).map(|number| audio(number, 111, 960, None)).flat_map(noisy), None);
    assert_eq!(out.streams.iter().map(|stream| stream.packets).collect::<Vec<_>>(), [300]);
}

#[test]
fn streams_beyond_the_limit_are_counted() {
    let of = |ssrc: u32| (0..8).map(move |number| Made { ssrc: ssrc + 1, ..audio(number, 111, 960, None) });
    let out = analysed((0..80).flat_map(of), None);
    assert_eq!(out.streams.len(), 64);
    assert!(out.problems.iter().any(|(what, _)| what == TOO_MANY_STREAMS));
}

#[test]
fn every_prefix_and_every_flipped_byte_is_survived() {
    let whole = bytes(&audio(1, 111, 960, Some(7)));
    let (mut rtp, mut out) = (Rtp::default(), Output::default());
    for index in 0..whole.len() {
        offer(&mut rtp, &whole[..index], 0, None, &mut out);
        for bit in [0x01, 0x80, 0xff] {
            let mut flipped = whole.clone();
            flipped[index] ^= bit;
            offer(&mut rtp, &flipped, 0, None, &mut out);
        }
    }
    rtp.finish(&mut out);
}

/// Headers with their extensions of the first packets of a screen that a browser shared in a recorded call:
/// microseconds since the first, bytes of the datagram, and the header in hexadecimal.
const SCREEN: [(i64, u32, &str); 12] = [
    (0, 993, "90761d50c9f099398c0cd4b5bede0003229117bb3108234032000000"),
    (8309, 993, "90761d51c9f099398c0cd4b5bede0003229120203108244032000000"),
    (14807, 994, "90761d52c9f099398c0cd4b5bede0003229126c63108254032000000"),
    (25255, 994, "90f61d53c9f099398c0cd4b5bede00082291319631082840328306060610d00060017c01002400410042005b00000000"),
    (47911, 799, "90761d54c9f0bc618c0cd4b5bede0003229148b531082a4032000000"),
    (48267, 799, "90761d55c9f0bc618c0cd4b5bede0003229148c731082b4032000000"),
    (48443, 799, "90f61d56c9f0bc618c0cd4b5bede0003229148ca31082c4032000000"),
    (191881, 1047, "90761d57c9f0f11d8c0cd4b5bede00032291dc283108364032000000"),
    (191939, 1048, "90f61d58c9f0f11d8c0cd4b5bede00062291dc3e31083740327c0100020008000800080000000000"),
    (289948, 1114, "90761d59c9f114458c0cd4b5bede00032292408631083e4032000000"),
    (290068, 1115, "90f61d5ac9f114458c0cd4b5bede0003229240c931083f4032000000"),
    (443718, 1068, "90761d5bc9f149018c0cd4b5bede00022292de1731084a00"),
];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

/// Offers the recorded headers, the payload cut off, each changed by `change`.
fn recorded(change: impl Fn(usize, &mut Vec<u8>)) -> Output {
    let (mut rtp, mut out) = (Rtp::default(), Output::default());
    for (index, (micros, length, header)) in SCREEN.iter().enumerate() {
        let mut bytes = unhex(header);
        change(index, &mut bytes);
        let time = Timestamp::new(1_795_412_068, micros * 1_000);
        let at = Evidence { capture: 0, frame: index as u64 + 1, time, direction: Direction::Forward };
        let (source, destination) = ("10.77.1.11:54655".parse().unwrap(), "10.77.2.12:47523".parse().unwrap());
        let (piece, direction, cut) = (Piece::Datagram, Direction::Forward, length - header.len() as u32 / 2);
        let input = Input { bytes: &bytes, piece, direction, at, source, destination, cut, tunnel: None };
        if recognise(&input) {
            rtp.read(&input, &mut out);
        }
    }
    rtp.finish(&mut out);
    out
}

#[test]
fn a_recorded_screen_is_one() {
    let out = recorded(|_, _| {});
    let [stream] = &out.streams[..] else { panic!("{:?}", out.streams) };
    assert_eq!((stream.kind, stream.packets, stream.lost), (MediaKind::Screen, 12, 0));
    let extensions: Vec<_> = out.facts.of("rtp.extension").map(|fact| fact.value.to_string()).collect();
    assert_eq!(extensions, ["abs-send-time", "transport-cc", "mid", "color-space", "content-type", "video-timing"]);
    assert_eq!(out.facts.text("rtp.media-id"), Some("0x8c0cd4b5: 2"));
    assert!(out.facts.has("rtp.screen-share"));
}

#[test]
fn recorded_packets_cut_or_changed_anywhere_are_survived() {
    for (index, (_, _, header)) in SCREEN.iter().enumerate() {
        for at in 0..header.len() / 2 {
            recorded(|packet, bytes| {
                if packet == index {
                    bytes.truncate(at);
                }
            });
            for bits in [0x01, 0x80, 0xff] {
                recorded(|packet, bytes| {
                    if packet == index {
                        bytes[at] ^= bits;
                    }
                });
            }
        }
    }
}

#[test]
fn a_candidate_is_small() {
    // A flow of another protocol holds up to twenty of them each way.
    let bytes = std::mem::size_of::<super::track::Track>();
    assert!(bytes <= 640, "{bytes} bytes");
}
