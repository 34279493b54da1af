//! Streams of TLS as captures show them.

use super::samples::{
    CLIENT_HELLO, TLS12_CLIENT_HELLO, TLS12_SERVER_FLIGHT, input, problems, states_listed_keys, survives, texts,
};
use super::*;

/// A flow under test, with the offset of each direction.
#[derive(Clone, Default)]
struct Flow {
    tls: Tls,
    out: Output,
    offsets: [u64; 2],
    frame: u64,
}

impl Flow {
    fn send(&mut self, bytes: &[u8], direction: Direction) -> Step<'static> {
        self.frame += 1;
        let offset = &mut self.offsets[direction.index()];
        let piece = Piece::Stream { offset: *offset, from_start: true };
        *offset += bytes.len() as u64;
        match self.tls.read(&input(bytes, piece, direction, self.frame), &mut self.out) {
            Step::Foreign => Step::Foreign,
            Step::Finished => Step::Finished,
            _ => Step::Taken,
        }
    }

    fn lose(&mut self, length: u64, direction: Direction) {
        self.frame += 1;
        self.offsets[direction.index()] += length;
        self.tls.read(&input(&[], Piece::Gap { length }, direction, self.frame), &mut self.out);
    }

    fn texts(&self, key: &str) -> Vec<String> {
        texts(&self.out, key)
    }
}

fn stream(bytes: &[u8], offset: u64) -> Input<'_> {
    input(bytes, Piece::Stream { offset, from_start: true }, Direction::Forward, 1)
}

/// An application data record of `length` bytes.
fn data(length: u16) -> Vec<u8> {
    let mut record = vec![23, 3, 3];
    record.extend_from_slice(&length.to_be_bytes());
    record.resize(usize::from(length) + 5, 0xda);
    record
}

#[test]
fn a_hello_names_service_protocols_and_program() {
    let mut flow = Flow::default();
    assert!(matches!(flow.send(CLIENT_HELLO, Direction::Forward), Step::Taken));
    assert_eq!(flow.texts("tls.sni"), ["meet.example.test"]);
    assert_eq!(flow.texts("tls.alpn"), ["h2", "http/1.1"]);
    assert_eq!(flow.texts("tls.ech"), ["true"]);
    assert_eq!(flow.texts("tls.ja3"), ["43e466358cce8afedcdcc8f4595195b2"]);
    assert_eq!(flow.texts("tls.ja4"), ["t13d1517h2_8daaf6152771_cb7bf5808d99"]);
    assert!(flow.out.problems.is_empty());
    assert!(states_listed_keys(&flow.out, &PROTOCOL));
}

#[test]
fn any_split_into_pieces_gives_the_same_facts() {
    for size in [1, 2, 3, 5, 7, 100, 1000] {
        let mut flow = Flow::default();
        for piece in CLIENT_HELLO.chunks(size) {
            assert!(!matches!(flow.send(piece, Direction::Forward), Step::Foreign));
        }
        assert_eq!(flow.texts("tls.sni"), ["meet.example.test"]);
        assert_eq!(flow.texts("tls.ja4"), ["t13d1517h2_8daaf6152771_cb7bf5808d99"]);
    }
}

#[test]
fn a_message_spread_over_many_records_is_put_together() {
    let mut flow = Flow::default();
    for part in CLIENT_HELLO[5..].chunks(50) {
        let mut record = vec![22, 3, 1, 0, part.len() as u8];
        record.extend_from_slice(part);
        flow.send(&record, Direction::Forward);
    }
    assert_eq!(flow.texts("tls.sni"), ["meet.example.test"]);
}

#[test]
fn a_certificate_in_clear_names_the_server() {
    let mut flow = Flow::default();
    flow.send(TLS12_CLIENT_HELLO, Direction::Forward);
    flow.send(TLS12_SERVER_FLIGHT, Direction::Backward);
    assert_eq!(flow.texts("tls.version"), ["TLS 1.2"]);
    assert_eq!(flow.texts("tls.ja3s"), ["abade5a4a7f42baf54766e5d108283b6"]);
    assert_eq!(flow.texts("tls.certificate-issuer"), ["O=Example Lab, CN=Example Lab CA"]);
    let names = ["meet", "api", "eu", "turn", "sfu", "stun"].map(|name| format!("{name}.example.test"));
    assert_eq!(flow.texts("tls.certificate-name"), names);
    assert!(flow.texts("tls.client-certificate-name").is_empty());
}

#[test]
fn a_certificate_that_the_client_sends_is_the_clients() {
    let mut flow = Flow::default();
    flow.send(TLS12_CLIENT_HELLO, Direction::Backward);
    // The server's flight less its ServerHello, sent by the client.
    flow.send(&TLS12_SERVER_FLIGHT[70..], Direction::Backward);
    assert_eq!(flow.texts("tls.client-certificate-name").len(), 1);
    assert!(flow.texts("tls.certificate-name").is_empty());
}

#[test]
fn without_hellos_nobody_can_say_whose_certificate_it_is() {
    let mut flow = Flow::default();
    flow.send(&TLS12_SERVER_FLIGHT[70..], Direction::Backward);
    assert!(flow.out.facts.is_empty());
}

#[test]
fn a_hello_behind_starttls_or_connect_is_found() {
    let mut flow = Flow::default();
    assert!(matches!(flow.send(b"STARTTLS\r\n", Direction::Forward), Step::Foreign));
    assert!(!recognise(&stream(b"STARTTLS\r\n", 0)));
    assert!(recognise(&stream(CLIENT_HELLO, 10)));
    flow.send(CLIENT_HELLO, Direction::Forward);
    assert!(matches!(flow.send(b"220 ready\r\n", Direction::Backward), Step::Foreign));
    flow.send(TLS12_SERVER_FLIGHT, Direction::Backward);
    assert_eq!(flow.texts("tls.sni"), ["meet.example.test"]);
    assert_eq!(flow.texts("tls.version"), ["TLS 1.2"]);
}

#[test]
fn a_hello_cut_by_a_gap_still_names_the_service_but_has_no_fingerprint() {
    let mut flow = Flow::default();
    let name_at = CLIENT_HELLO.windows(17).position(|bytes| bytes == b"meet.example.test").unwrap();
    let (head, tail) = CLIENT_HELLO.split_at(name_at + 40);
    flow.send(head, Direction::Forward);
    flow.lose(tail.len() as u64, Direction::Forward);
    assert_eq!(flow.texts("tls.sni"), ["meet.example.test"]);
    assert!(flow.texts("tls.ja3").is_empty() && flow.texts("tls.ja4").is_empty());
    assert_eq!(problems(&flow.out), ["tls.client-hello-cut"]);
    // The gap ended with the record, so what follows is read without a new start.
    flow.send(CLIENT_HELLO, Direction::Forward);
    assert_eq!(flow.texts("tls.ja3").len(), 1);
}

#[test]
fn a_hello_cut_by_the_end_of_the_capture_is_stated_at_the_end() {
    let mut flow = Flow::default();
    let name_at = CLIENT_HELLO.windows(17).position(|bytes| bytes == b"meet.example.test").unwrap();
    flow.send(&CLIENT_HELLO[..name_at + 16], Direction::Forward);
    flow.tls.finish(&mut flow.out);
    assert!(flow.texts("tls.sni").is_empty(), "half a name is no name");
    let mut flow = Flow::default();
    flow.send(&CLIENT_HELLO[..name_at + 17], Direction::Forward);
    flow.tls.finish(&mut flow.out);
    assert_eq!(flow.texts("tls.sni"), ["meet.example.test"]);
}

#[test]
fn reading_goes_on_at_a_record_behind_a_gap() {
    let mut flow = Flow::default();
    flow.send(&data(900)[..400], Direction::Forward);
    flow.lose(10_000, Direction::Forward);
    assert!(matches!(flow.send(&[0xab; 200], Direction::Forward), Step::Foreign));
    flow.send(CLIENT_HELLO, Direction::Forward);
    assert_eq!(flow.texts("tls.sni"), ["meet.example.test"]);
}

#[test]
fn two_handshakes_on_one_connection_are_both_read() {
    let mut flow = Flow::default();
    flow.send(CLIENT_HELLO, Direction::Forward);
    flow.send(&[20, 3, 3, 0, 1, 1], Direction::Forward);
    flow.send(TLS12_CLIENT_HELLO, Direction::Forward);
    assert_eq!(flow.texts("tls.ja3").len(), 2);
}

#[test]
fn encrypted_handshake_records_are_not_taken_for_messages() {
    let mut flow = Flow::default();
    flow.send(TLS12_CLIENT_HELLO, Direction::Forward);
    let before = flow.out.facts.iter().count();
    flow.send(&[20, 3, 3, 0, 1, 1], Direction::Forward);
    flow.send(&[22, 3, 3, 0, 8, 11, 0, 0, 4, 0, 0, 1, 0], Direction::Forward);
    flow.send(&[22, 3, 3, 0, 8, 1, 9, 9, 9, 3, 3, 1, 0], Direction::Forward);
    assert_eq!(flow.out.facts.iter().count(), before);
    assert!(flow.out.problems.is_empty());
}

#[test]
fn it_is_over_when_data_went_both_ways_or_the_limit_is_passed() {
    let mut flow = Flow::default();
    flow.send(CLIENT_HELLO, Direction::Forward);
    assert!(matches!(flow.send(&data(100), Direction::Forward), Step::Taken));
    assert!(matches!(flow.send(&data(100), Direction::Backward), Step::Finished));
    let mut flow = Flow::default();
    assert!((0..5).any(|_| matches!(flow.send(&data(16_000), Direction::Forward), Step::Finished)));
}

#[test]
fn a_protocol_behind_a_hello_for_show_is_left_to_others() {
    let mut flow = Flow::default();
    flow.send(TLS12_CLIENT_HELLO, Direction::Forward);
    assert!(matches!(
        flow.send(&[2, 0, 0, 68, 0, 3, 0, 48, 0x21, 0x12, 0xa4, 0x42], Direction::Forward),
        Step::Foreign
    ));
}

#[test]
fn recognition_is_strict() {
    assert!(recognise(&stream(&data(40), 700)));
    assert!(recognise(&stream(&[22, 3], 0)), "the start of a stream may be a short piece");
    assert!(!recognise(&stream(&[22, 3], 9)));
    assert!(!recognise(&stream(&[22, 3, 9, 0, 50, 1, 0, 0], 0)));
    assert!(!recognise(&stream(&[25, 3, 3, 0, 50, 1, 0, 0], 0)));
    assert!(!recognise(&stream(&[23, 3, 3, 0xff, 0xff, 1, 0, 0], 0)));
    assert!(!recognise(&stream(&[21, 3, 3, 0, 2, 1, 0, 9, 9, 9, 9, 9], 0)), "a record must follow a record");
    assert!(!recognise(&stream(b"", 0)));
}

#[test]
fn hostile_bytes_do_no_harm() {
    let piece = Piece::Stream { offset: 0, from_start: true };
    for sample in [TLS12_CLIENT_HELLO, &CLIENT_HELLO[..700], TLS12_SERVER_FLIGHT] {
        survives(sample, piece, PROTOCOL.create, PROTOCOL.recognise);
    }
}
