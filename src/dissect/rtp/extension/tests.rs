//! Streams with the elements of browsers, telephones and encrypting clients.

use super::*;

const SECOND: i64 = 1_000_000_000;

/// Packet `number` of one every 20 ms.
fn note(extensions: &mut Extensions, number: u32, profile: u16, elements: &[u8], marker: bool, contributors: &[u8]) {
    let header = Header {
        padding: false,
        marker,
        payload_type: 111,
        sequence: number as u16,
        timestamp: number * 960,
        ssrc: 1,
        contributors,
        extension: Some((profile, elements)),
        payload_bytes: 80,
    };
    extensions.note(&header, Timestamp::new(1_795_412_036, i64::from(number) * SECOND / 50));
}

/// abs-send-time of packet `number`.
fn send_time(number: u32) -> [u8; 3] {
    let [_, high, middle, low] = (0xff_f000u32 + number * (1 << 18) / 50).to_be_bytes();
    [high, middle, low]
}

#[test]
fn shapes_of_a_browser_audio_stream() {
    let mut extensions = Extensions::default();
    for number in 0..50u32 {
        let [high, middle, low] = send_time(number);
        let level = 0x80 | number as u8;
        let elements = [0x10, level, 0x22, high, middle, low, 0x31, 9, 250u8.wrapping_add(number as u8), 0x40, b'0', 0];
        note(&mut extensions, number, ONE_BYTE, &elements, false, &[]);
    }
    assert!(extensions.has_audio_level(50));
    assert_eq!(extensions.shapes(50)[..2], ["audio-level", "abs-send-time"]);
    assert_eq!(extensions.names(50), [Some("0"), None]);
}

#[test]
fn a_shared_screen_says_so_on_one_packet() {
    for (content, expected) in [(1, Some(FrameFlag::Screen)), (0, Some(FrameFlag::Orientation(0)))] {
        let mut extensions = Extensions::default();
        for number in 0..50u32 {
            let [high, middle, low] = send_time(number);
            let plain = [0x22, high, middle, low];
            let flagged = [0x22, high, middle, low, 0xd0, 0, 0x60, content];
            let elements = if number == 9 { &flagged[..] } else { &plain[..] };
            note(&mut extensions, number, ONE_BYTE, elements, number % 3 == 0, &[]);
        }
        assert_eq!(extensions.frame_flag(50), expected);
    }
}

#[test]
fn a_turned_camera_is_no_screen() {
    let mut extensions = Extensions::default();
    for number in 0..50u32 {
        let [high, middle, low] = send_time(number);
        let flagged = [0x22, high, middle, low, 0xd0, 1];
        let elements = if number % 10 == 0 { &flagged[..] } else { &flagged[..4] };
        note(&mut extensions, number, ONE_BYTE, elements, number % 2 == 0, &[]);
    }
    assert_eq!(extensions.frame_flag(50), None);
}

#[test]
fn a_capture_clock_tells_its_offset() {
    let mut extensions = Extensions::default();
    for number in 0..50u32 {
        let mut elements = vec![0x47];
        let ntp = (2_208_988_800u64 + 1_795_412_036) << 32;
        elements.extend((ntp + (u64::from(number) << 32) / 50 + (3 << 31)).to_be_bytes());
        note(&mut extensions, number, ONE_BYTE, &elements, false, &[]);
    }
    assert_eq!(extensions.shapes(50), ["abs-capture-time"]);
    assert!(extensions.clock_offset(50).is_some_and(|offset| (offset - 3 * SECOND / 2).abs() < 1000));
}

#[test]
fn contributors_have_a_level_each() {
    let mut extensions = Extensions::default();
    for number in 0..20u8 {
        let (elements, sources) = ([0x91, number, 2 * number], [1, 1, 1, 1, 2, 2, 2, 2]);
        let one = number % 2 == 0;
        let (elements, sources) =
            if one { (&[0x90, number][..], &sources[..4]) } else { (&elements[..], &sources[..]) };
        note(&mut extensions, number.into(), ONE_BYTE, elements, false, sources);
    }
    assert_eq!(extensions.shapes(20), ["csrc-audio-level"]);
}

#[test]
fn dependency_descriptors_count_frames_and_say_where_they_end() {
    let mut extensions = Extensions::default();
    for number in 0..60u32 {
        let ends = number % 3 == 2;
        let first = if number % 3 == 0 { 0x80 } else { 0 } | if ends { 0x40 } else { 0 } | (number % 5) as u8;
        let [high, low] = ((number / 3 + 65_530) as u16).to_be_bytes();
        note(&mut extensions, number, ONE_BYTE, &[0xb2, first, high, low], ends, &[]);
    }
    assert_eq!(extensions.shapes(60), ["dependency-descriptor"]);
}

#[test]
fn muted_level_is_a_level_and_rare_or_constant_bytes_are_not() {
    let mut extensions = Extensions::default();
    (0..9).for_each(|number| note(&mut extensions, number, ONE_BYTE, &[0x10, 0xff], false, &[]));
    assert!(extensions.has_audio_level(9));
    assert!(!extensions.has_audio_level(90));
    let mut extensions = Extensions::default();
    (0..9).for_each(|number| note(&mut extensions, number, ONE_BYTE, &[0x10, 0xe4], false, &[]));
    assert!(!extensions.has_audio_level(9));
}

#[test]
fn high_ids_of_the_two_byte_form_are_read() {
    let mut extensions = Extensions::default();
    (0..9u8).for_each(|number| note(&mut extensions, number.into(), TWO_BYTE, &[58, 2, 0, number, 0], false, &[]));
    assert_eq!(extensions.shapes(9), ["transport-cc"]);
}

#[test]
fn encrypted_elements_are_named_and_not_read() {
    let mut extensions = Extensions::default();
    (0..9).for_each(|number| note(&mut extensions, number, 0xc0de, &[0x10, 0xff], false, &[]));
    assert_eq!(extensions.shapes(9), ["cryptex"]);
    let (mut extensions, mut state) = (Extensions::default(), 0x2545_f491u32);
    for number in 0..400 {
        let bytes: Vec<u8> = (0..8)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state as u8
            })
            .collect();
        note(&mut extensions, number, ONE_BYTE, &bytes, false, &[]);
    }
    assert_eq!(extensions.shapes(400), ["encrypted"]);
}

#[test]
fn broken_elements_do_no_harm() {
    let mut extensions = Extensions::default();
    for first in 0..=255u8 {
        for profile in [ONE_BYTE, TWO_BYTE, TWO_BYTE | 7, WHATSAPP] {
            note(&mut extensions, first.into(), profile, &[first], false, &[]);
            note(&mut extensions, first.into(), profile, &[first, 255], true, &[first; 4]);
            note(&mut extensions, first.into(), profile, &[first, 0, first], false, &[]);
        }
    }
    assert_eq!(extensions.profile(), Some(WHATSAPP));
}
