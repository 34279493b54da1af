//! Flows of QUIC: real ones of the laboratory (Chromium 156 and aioquic 1.7), and made ones.

use super::initial::Keys;
use super::initial::tests::seal;
use super::version::{V1, V2, schemes};
use super::*;
use crate::dissect::tls::samples::{CLIENT_HELLO, input, problems, states_listed_keys, survives, texts};
use crate::model::{Direction, Piece};

/// Two Initial packets of Chromium: the hello in many frames, shuffled, over both.
const CLIENT_INITIALS: [&[u8]; 2] =
    [include_bytes!("samples/client_initial_1.bin"), include_bytes!("samples/client_initial_2.bin")];
/// The server's Initial packet with its ServerHello.
const SERVER_INITIAL: &[u8] = include_bytes!("samples/server_initial.bin");

#[derive(Clone, Default)]
struct Flow {
    quic: Quic,
    out: Output,
    frame: u64,
}

impl Flow {
    fn send(&mut self, bytes: &[u8], direction: Direction) -> bool {
        self.frame += 10;
        let input = input(bytes, Piece::Datagram, direction, self.frame);
        !matches!(self.quic.read(&input, &mut self.out), Step::Foreign)
    }

    fn texts(&self, key: &str) -> Vec<String> {
        texts(&self.out, key)
    }
}

fn is_recognised(bytes: &[u8]) -> bool {
    recognise(&input(bytes, Piece::Datagram, Direction::Forward, 1))
}

/// A CRYPTO frame.
fn crypto(offset: usize, bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![6];
    for number in [offset, bytes.len()] {
        frame.extend_from_slice(&(0x4000 | number as u16).to_be_bytes());
    }
    frame.extend_from_slice(bytes);
    frame
}

/// The sample hello of TLS without its record header.
fn hello() -> &'static [u8] {
    &CLIENT_HELLO[5..]
}

fn client_packet(version: u32, id: &[u8], number: u8, frames: &[u8]) -> Vec<u8> {
    let keys = Keys::new(schemes(version)[0], id).unwrap();
    seal(&keys.client, version, [id, b"client"], number, frames)
}

fn server_packet(version: u32, id: &[u8], number: u8, frames: &[u8]) -> Vec<u8> {
    let keys = Keys::new(schemes(version)[0], id).unwrap();
    seal(&keys.server, version, [b"client", b"server"], number, frames)
}

#[test]
fn a_shuffled_hello_over_two_datagrams_is_read_in_either_order() {
    for order in [[0, 1], [1, 0]] {
        let mut flow = Flow::default();
        assert!(is_recognised(CLIENT_INITIALS[order[0]]));
        for index in order {
            assert!(flow.send(CLIENT_INITIALS[index], Direction::Forward));
        }
        assert_eq!(flow.texts("quic.version"), ["1"]);
        assert_eq!(flow.texts("quic.sni"), ["api.example.test"]);
        assert_eq!(flow.texts("quic.alpn"), ["h3"]);
        assert_eq!(flow.texts("quic.ech"), ["true"]);
        assert_eq!(flow.texts("quic.ja3"), ["fec9a9f6edc54664e21c55e46d44d064"]);
        assert_eq!(flow.texts("quic.ja4"), ["q13d0312h3_55b375c5d22e_178839b6cec1"]);
        assert!(flow.out.problems.is_empty() && states_listed_keys(&flow.out, &PROTOCOL));
    }
}

#[test]
fn the_answer_to_the_first_packet_is_a_round_trip() {
    let mut flow = Flow::default();
    for packet in CLIENT_INITIALS {
        flow.send(packet, Direction::Forward);
    }
    flow.send(SERVER_INITIAL, Direction::Backward);
    assert_eq!(flow.out.round_trips.min, Some(20_000_000));
    assert!(flow.quic.connections[0].is_closed());
    assert!(flow.send(&[0x40, 1, 2, 3], Direction::Forward));
    assert!(flow.out.problems.is_empty());
}

#[test]
fn a_client_that_repeats_itself_gives_no_round_trip() {
    let mut flow = Flow::default();
    for packet in [CLIENT_INITIALS[0], CLIENT_INITIALS[1], CLIENT_INITIALS[0]] {
        flow.send(packet, Direction::Forward);
    }
    flow.send(SERVER_INITIAL, Direction::Backward);
    assert_eq!(flow.out.round_trips.samples, 0);
}

#[test]
fn frames_overlapping_between_pings_and_acknowledgements() {
    let mut frames = vec![1, 0, 0, 2, 5, 0, 1, 0, 2, 3];
    frames.extend(crypto(900, &hello()[900..1100]));
    frames.extend(crypto(0, &hello()[..300]));
    let mut flow = Flow::default();
    flow.send(&client_packet(V1, b"eight888", 0, &frames), Direction::Backward);
    flow.send(&client_packet(V1, b"eight888", 1, &crypto(1000, &hello()[1000..])), Direction::Backward);
    assert!(flow.texts("quic.sni").is_empty());
    flow.send(&client_packet(V1, b"eight888", 2, &crypto(200, &hello()[200..950])), Direction::Backward);
    assert_eq!(flow.texts("quic.sni"), ["meet.example.test"]);
}

#[test]
fn packets_coalesced_in_one_datagram_are_all_read() {
    let mut datagram = client_packet(V1, b"eight888", 0, &crypto(0, &hello()[..900]));
    datagram.extend(client_packet(V1, b"eight888", 1, &crypto(900, &hello()[900..])));
    let mut flow = Flow::default();
    flow.send(&datagram, Direction::Forward);
    assert_eq!(flow.texts("quic.sni"), ["meet.example.test"]);
}

#[test]
fn the_keys_stay_when_the_client_takes_up_the_servers_identifier_and_version() {
    let mut flow = Flow::default();
    flow.send(&client_packet(V1, b"eight888", 0, &crypto(0, &hello()[..900])), Direction::Forward);
    flow.send(&server_packet(V2, b"eight888", 0, &[2, 0, 0, 0, 0]), Direction::Backward);
    let keys = Keys::new(schemes(V2)[0], b"eight888").unwrap();
    let rest = seal(&keys.client, V2, [b"server", b"client"], 1, &crypto(900, &hello()[900..]));
    flow.send(&rest, Direction::Forward);
    assert_eq!(flow.texts("quic.sni"), ["meet.example.test"]);
    assert_eq!(flow.texts("quic.version"), ["1", "2"]);
    assert!(flow.out.problems.is_empty());
}

#[test]
fn a_retry_begins_anew_under_another_identifier() {
    let mut flow = Flow::default();
    let retry = [&[0xf0, 0, 0, 0, 1, 0, 3][..], b"new", &[0xaa; 40]].concat();
    flow.send(&client_packet(V1, b"eight888", 0, &crypto(0, &hello()[..900])), Direction::Forward);
    assert!(flow.send(&retry, Direction::Backward));
    flow.send(&client_packet(V1, b"new", 1, &crypto(0, hello())), Direction::Forward);
    assert_eq!(flow.texts("quic.sni"), ["meet.example.test"]);
}

#[test]
fn connections_of_one_flow_are_kept_apart_and_limited() {
    let mut flow = Flow::default();
    for id in 0..10u8 {
        flow.send(&client_packet(V1, &[id; 8], 0, &crypto(0, &hello()[..900])), Direction::Forward);
    }
    assert_eq!(flow.quic.connections.len(), CONNECTIONS_PER_FLOW_MAX);
    flow.send(&client_packet(V1, &[8; 8], 1, &crypto(900, &hello()[900..])), Direction::Forward);
    assert_eq!(flow.texts("quic.sni"), ["meet.example.test"]);
    assert_eq!(problems(&flow.out), ["quic.connections-overflow"]);
}

#[test]
fn a_hello_of_which_the_end_never_came_names_the_service_at_the_end() {
    let mut flow = Flow::default();
    let name_at = hello().windows(17).position(|bytes| bytes == b"meet.example.test").unwrap();
    flow.send(&client_packet(V1, b"eight888", 0, &crypto(0, &hello()[..name_at + 17])), Direction::Forward);
    assert!(flow.texts("quic.sni").is_empty());
    flow.quic.finish(&mut flow.out);
    assert_eq!(flow.texts("quic.sni"), ["meet.example.test"]);
    assert!(flow.texts("quic.ja4").is_empty());
}

#[test]
fn a_packet_cut_by_the_capture_names_the_service_if_the_name_is_there() {
    let name_at = hello().windows(17).position(|bytes| bytes == b"meet.example.test").unwrap();
    let packet = client_packet(V1, b"eight888", 0, &crypto(0, &hello()[..1000]));
    let cut = packet.len() - (name_at + 60);
    let read = |destroyed: u8| {
        let mut bytes = packet[..packet.len() - cut].to_vec();
        bytes[7] ^= destroyed;
        let mut flow = Flow::default();
        let input = Input { cut: cut as u32, ..input(&bytes, Piece::Datagram, Direction::Forward, 1) };
        flow.quic.read(&input, &mut flow.out);
        flow.quic.finish(&mut flow.out);
        assert!(problems(&flow.out).contains(&"quic.initial-cut"));
        flow.texts("quic.sni")
    };
    assert_eq!(read(0), ["meet.example.test"]);
    assert!(read(1).is_empty(), "wrong keys give nothing");
}

#[test]
fn a_packet_that_no_key_opens_is_a_problem_and_no_fact_but_its_version() {
    let mut packet = CLIENT_INITIALS[0].to_vec();
    *packet.last_mut().unwrap() ^= 1;
    let mut flow = Flow::default();
    assert!(flow.send(&packet, Direction::Forward));
    assert_eq!(problems(&flow.out), ["quic.initial-unopened"]);
    assert_eq!(flow.out.facts.iter().count(), 1);
    for _ in 0..UNOPENED_PACKETS_MAX {
        flow.send(&packet, Direction::Forward);
    }
    assert_eq!(problems(&flow.out), ["quic.initial-not-tried", "quic.initial-unopened"]);
}

#[test]
fn other_protocols_of_the_flow_pass() {
    let mut flow = Flow::default();
    assert!(!flow.send(&[0x40; 30], Direction::Forward), "short headers alone are no QUIC");
    flow.send(CLIENT_INITIALS[0], Direction::Forward);
    let stun = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    let rtp = [0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 9, 9];
    assert!(!flow.send(&stun, Direction::Forward) && !flow.send(&rtp, Direction::Forward));
    assert!(flow.send(&[0x51; 30], Direction::Forward) && flow.send(&[0xe1; 30], Direction::Backward));
}

#[test]
fn recognition_is_strict() {
    assert!(is_recognised(SERVER_INITIAL));
    assert!(!is_recognised(&CLIENT_INITIALS[0][..600]), "cut though nothing says so");
    let cut = Input { cut: 650, ..input(&CLIENT_INITIALS[0][..600], Piece::Datagram, Direction::Forward, 1) };
    assert!(recognise(&cut));
    assert!(is_recognised(&[0x80, 0, 0, 0, 0, 0, 1, 9, 0, 0, 0, 1]), "version negotiation");
    assert!(!is_recognised(&[0x80, 0, 0, 0, 0, 0, 1, 9, 0, 0, 9, 1]), "the first packet of an RTP stream");
    assert!(!is_recognised(&[0xc0, 0, 0, 0, 9, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0]));
    assert!(!is_recognised(&[0x40; 40]) && !is_recognised(&[]));
}

#[test]
fn googles_hello_before_tls() {
    let tags: [(&[u8; 4], &[u8]); 2] = [(b"SNI\0", b"Clients.Example.test"), (b"UAID", b"Chrome/1 Linux")];
    let mut message = b"CHLO\x02\0\0\0".to_vec();
    let mut end = 0u32;
    for (tag, value) in tags {
        end += value.len() as u32;
        message.extend_from_slice(tag);
        message.extend_from_slice(&end.to_le_bytes());
    }
    tags.iter().for_each(|(_, value)| message.extend_from_slice(value));
    let datagram = [&[0x0d, 1, 2, 3, 4, 5, 6, 7, 8][..], b"Q043", &[1; 13], &message].concat();
    assert!(is_recognised(&datagram));
    let mut flow = Flow::default();
    flow.send(&datagram, Direction::Forward);
    assert_eq!(flow.texts("quic.version"), ["Q043"]);
    assert_eq!(flow.texts("quic.gquic-sni"), ["clients.example.test"]);
    assert_eq!(flow.texts("quic.user-agent"), ["Chrome/1 Linux"]);
    assert!(flow.texts("quic.sni").is_empty());
    survives(&datagram, Piece::Datagram, PROTOCOL.create, PROTOCOL.recognise);
}

#[test]
fn hostile_bytes_do_no_harm() {
    survives(&CLIENT_INITIALS[0][..400], Piece::Datagram, PROTOCOL.create, PROTOCOL.recognise);
    // Frames behind valid protection, which flipped bits cannot reach.
    let mut frames = vec![2, 5, 0, 1, 0, 2, 3];
    frames.extend(crypto(0, &hello()[..200]));
    frames.extend([0x1c, 0, 6, 2, b'n', b'o']);
    for index in 0..frames.len() {
        for change in [0xff, 0x80, 0x01] {
            let mut changed = frames.clone();
            changed[index] ^= change;
            let mut flow = Flow::default();
            flow.send(&client_packet(V1, b"eight888", 0, &changed), Direction::Forward);
            flow.quic.finish(&mut flow.out);
        }
    }
}
