//! Flows of DTLS recorded in the laboratory: Janus 1.1.2 with Chromium 156 (1.2), Chromium with Chromium (1.3).

use super::*;
use crate::dissect::tls::samples::{input, problems, states_listed_keys, survives, texts};
use crate::model::Piece;

/// ClientHello of Janus.
const CLIENT_HELLO: &[u8] = include_bytes!("samples/client_hello.bin");
/// Chromium's answer with its certificate.
const SERVER_FLIGHT: &[u8] = include_bytes!("samples/server_flight.bin");
/// Janus's certificate and what follows.
const CLIENT_FLIGHT: &[u8] = include_bytes!("samples/client_flight.bin");
/// A ClientHello of Chromium that offers DTLS 1.3, in two fragments.
const NEW_CLIENT_HELLO: [&[u8]; 2] =
    [include_bytes!("samples/dtls13_client_hello_1.bin"), include_bytes!("samples/dtls13_client_hello_2.bin")];
/// The answer in DTLS 1.3.
const NEW_SERVER_HELLO: &[u8] = include_bytes!("samples/dtls13_server_hello.bin");

#[derive(Clone, Default)]
struct Flow {
    dtls: Dtls,
    out: Output,
    frame: u64,
}

impl Flow {
    fn send(&mut self, bytes: &[u8], direction: Direction) -> bool {
        self.frame += 1;
        let input = input(bytes, Piece::Datagram, direction, self.frame);
        !matches!(self.dtls.read(&input, &mut self.out), Step::Foreign)
    }

    fn texts(&self, key: &str) -> Vec<String> {
        texts(&self.out, key)
    }
}

/// An application data record of `length` bytes.
fn data(length: u16) -> Vec<u8> {
    let mut record = vec![23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9];
    record.extend_from_slice(&length.to_be_bytes());
    record.resize(usize::from(length) + 13, 0xda);
    record
}

#[test]
fn a_handshake_of_1_2_shows_both_certificates() {
    let mut flow = Flow::default();
    assert!(recognise(&input(CLIENT_HELLO, Piece::Datagram, Direction::Forward, 1)));
    flow.send(CLIENT_HELLO, Direction::Forward);
    flow.send(SERVER_FLIGHT, Direction::Backward);
    flow.send(CLIENT_FLIGHT, Direction::Forward);
    assert_eq!(flow.texts("dtls.version"), ["DTLS 1.2"]);
    assert_eq!((flow.out.hellos.samples, flow.out.hellos.asked), (1, Some(Direction::Forward)));
    assert_eq!(flow.out.round_trips.samples, 0);
    assert_eq!(flow.texts("dtls.ja3"), ["86b3c312e13364855d754160516cc38f"]);
    assert_eq!(flow.texts("dtls.ja4"), ["dd2i160700_7c8d7d5e37b2_20344ea827a4"]);
    assert_eq!(flow.texts("dtls.srtp-profile").len(), 4);
    assert_eq!(flow.texts("dtls.srtp-profile-chosen"), ["SRTP_AES128_CM_HMAC_SHA1_80"]);
    assert_eq!(flow.texts("dtls.certificate-name"), ["WebRTC", "Janus"]);
    // 2026-11-22T06:10:10Z, a day before the call by the clock of the browser, and 2025-11-23T06:09:59Z.
    assert_eq!(flow.texts("dtls.certificate-not-before"), ["1795327810", "1763878199"]);
    assert_eq!(flow.texts("dtls.certificate-subject"), ["CN=WebRTC", "O=Janus, CN=Janus"]);
    assert_eq!(flow.texts("dtls.certificate-issuer"), ["CN=WebRTC", "O=Janus, CN=Janus"]);
    assert_eq!(flow.texts("dtls.cipher"), ["TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"]);
    assert_eq!(flow.texts("dtls.fingerprint").len(), 2);
    assert!(flow.out.problems.is_empty() && states_listed_keys(&flow.out, &PROTOCOL));
}

#[test]
fn of_1_3_only_the_hellos_can_be_read() {
    let mut flow = Flow::default();
    for order in [[1, 0], [0, 1]] {
        for index in order {
            flow.send(NEW_CLIENT_HELLO[index], Direction::Backward);
        }
        assert_eq!(flow.texts("dtls.ja4"), ["dd2i140900_fa23b50283d1_01b4b87481e4"]);
    }
    assert!(flow.send(NEW_SERVER_HELLO, Direction::Forward));
    assert_eq!(flow.texts("dtls.version"), ["DTLS 1.3"]);
    assert!(flow.send(&[0x2e, 1, 2, 3, 4, 5], Direction::Forward));
    assert!(flow.texts("dtls.certificate-name").is_empty() && flow.out.problems.is_empty());
}

#[test]
fn a_hello_cut_by_the_capture_is_stated_at_the_end_without_fingerprint() {
    let mut flow = Flow::default();
    let cut = 30;
    let bytes = &CLIENT_HELLO[..CLIENT_HELLO.len() - cut];
    let input = Input { cut: cut as u32, ..input(bytes, Piece::Datagram, Direction::Forward, 1) };
    assert!(recognise(&input));
    flow.dtls.read(&input, &mut flow.out);
    flow.dtls.finish(&mut flow.out);
    assert_eq!(problems(&flow.out), ["dtls.client-hello-cut"]);
    assert!(flow.texts("dtls.ja4").is_empty());
}

#[test]
fn data_in_both_directions_are_media_when_they_are_many() {
    let mut flow = Flow::default();
    for _ in 0..30 {
        flow.send(&data(500), Direction::Forward);
    }
    assert!(flow.out.media.is_empty(), "one direction alone");
    flow.send(&data(59), Direction::Backward);
    assert!(flow.out.media.is_empty(), "short ones do not count");
    flow.send(&data(60), Direction::Backward);
    assert_eq!(flow.out.media.spans().len(), 1);
    assert_eq!((flow.texts("dtls.media-inside"), flow.texts("dtls.data")), (vec!["true".into()], vec!["true".into()]));
    let mut flow = Flow::default();
    flow.send(NEW_SERVER_HELLO, Direction::Forward);
    for direction in [Direction::Forward, Direction::Backward].repeat(15) {
        assert!(flow.send(&[0x2f; 100], direction));
    }
    assert_eq!(flow.out.media.spans()[0].packets, 11);
}

#[test]
fn a_few_records_a_second_are_a_data_channel_and_no_media() {
    let mut flow = Flow::default();
    for direction in [Direction::Forward, Direction::Backward].repeat(100) {
        flow.frame += 200;
        flow.send(&data(500), direction);
    }
    assert!(flow.out.media.is_empty() && flow.texts("dtls.media-inside").is_empty());
    assert_eq!(flow.texts("dtls.data"), ["true"]);
}

#[test]
fn beside_srtp_data_are_a_data_channel() {
    let mut flow = Flow::default();
    flow.send(CLIENT_HELLO, Direction::Forward);
    flow.send(SERVER_FLIGHT, Direction::Backward);
    for direction in [Direction::Forward, Direction::Backward].repeat(50) {
        flow.send(&data(900), direction);
    }
    assert!(flow.out.media.is_empty());
    assert_eq!(flow.texts("dtls.data-channel"), ["true"]);
}

#[test]
fn alerts_say_why_in_clear_and_that_it_ended_when_encrypted() {
    let mut flow = Flow::default();
    flow.send(&[21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 2, 40], Direction::Backward);
    assert_eq!(
        (flow.texts("dtls.alert"), flow.texts("dtls.closed").len()),
        (vec!["fatal handshake-failure".into()], 0)
    );
    let closing = [&[21, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 2, 0, 26][..], &[0xda; 26]].concat();
    flow.send(&closing, Direction::Backward);
    let closed = flow.out.facts.of("dtls.closed").next().unwrap();
    assert_eq!(closed.first.direction, Direction::Backward);
    assert_eq!(flow.texts("dtls.alert").len(), 1);
}

#[test]
fn other_protocols_of_the_flow_pass() {
    let mut flow = Flow::default();
    assert!(!flow.send(&[0x2f; 100], Direction::Forward), "a unified header alone is no DTLS");
    flow.send(CLIENT_HELLO, Direction::Forward);
    assert!(!flow.send(&[0x80; 40], Direction::Forward));
    assert!(!flow.send(&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42], Direction::Forward));
}

#[test]
fn recognition_is_strict() {
    let is_recognised = |bytes: &[u8]| recognise(&input(bytes, Piece::Datagram, Direction::Forward, 1));
    assert!(is_recognised(&data(40)));
    assert!(!is_recognised(&data(40)[..40]), "shorter than it says");
    assert!(!is_recognised(&[22, 0xfe, 0xfd]));
    assert!(!is_recognised(&[27; 60]) && !is_recognised(&[22; 60]) && !is_recognised(&[]));
}

#[test]
fn fragments_are_bounded() {
    let mut flow = Flow::default();
    for sequence in 0..50u8 {
        let fragment = [&[11, 0, 0xff, 0xff, 0, sequence, 0, 0x70, 0, 0, 0, 9][..], &[1; 9]].concat();
        let record = [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, fragment.len() as u8][..], &fragment].concat();
        assert!(flow.send(&record, Direction::Forward));
    }
    assert!(flow.out.facts.is_empty());
}

#[test]
fn hostile_bytes_do_no_harm() {
    let closing = [&[21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 2, 40][..], &data(70)].concat();
    let new = [NEW_CLIENT_HELLO[0], NEW_CLIENT_HELLO[1], NEW_SERVER_HELLO];
    for sample in [CLIENT_HELLO, SERVER_FLIGHT, CLIENT_FLIGHT, &closing].into_iter().chain(new) {
        survives(sample, Piece::Datagram, PROTOCOL.create, PROTOCOL.recognise);
    }
}
