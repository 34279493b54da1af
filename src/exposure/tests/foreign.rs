//! Traffic that is nobody's meeting: no framing of a provider may claim it, and no meeting may come out.

use crate::engine::Engine;
use crate::exposure::samples::knowledge;
use crate::exposure::{Caller, Findings, Observed, assess};
use crate::model::{Packet, Problems, Timestamp, Transport};
use std::net::{IpAddr, Ipv4Addr};

/// Protocols that name a provider.
const PROVIDERS: [&str; 9] =
    ["zoom", "tencent", "wechat-voice", "discord", "imo", "viber", "telegram", "goto", "webex"];
/// Ports that those protocols use, and common others.
const PORTS: [u16; 16] =
    [8801, 8805, 3478, 9000, 5004, 8200, 443, 19_302, 50_000, 8000, 1400, 6881, 1194, 51_820, 27_015, 40_404];
/// Seconds since 1970 at which the traffic begins.
const BEGIN: i64 = 1_795_412_000;

/// Numbers that look random and are the same each time (xorshift, Marsaglia 2003).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 11) as usize % limit
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| (self.next() >> 24) as u8).collect()
    }
}

/// Datagrams of a client that come 20 ms apart, both ways.
#[derive(Default)]
struct Wire {
    engine: Engine,
    frame: u64,
}

impl Wire {
    /// Sends `bytes` in flow number `flow`, from the client when `out`.
    fn send(&mut self, flow: usize, out: bool, bytes: &[u8]) {
        self.frame += 1;
        let port = PORTS[flow % PORTS.len()];
        let client = (IpAddr::V4(Ipv4Addr::new(192, 168, 1, 5)), 20_000 + (flow % 40_000) as u16);
        let server = (IpAddr::V4(Ipv4Addr::new(198, 51, 100, (flow % 250) as u8 + 1)), port);
        let (from, to) = if out { (client, server) } else { (server, client) };
        self.engine.packet(&Packet {
            capture: 0,
            frame: self.frame,
            time: Timestamp::new(BEGIN, 0).plus(self.frame as i64 * 20_000_000),
            source: from.0,
            destination: to.0,
            transport: Transport::Udp(from.1, to.1),
            payload: bytes,
            payload_length: bytes.len() as u32,
            ip_length: bytes.len() as u32 + 28,
            hop_limit: 64,
            source_mac: None,
            destination_mac: None,
            outgoing: None,
            tunnels: 0,
            duplicate: false,
            reassembled: false,
        });
    }

    fn findings(self) -> Findings {
        let observed = Observed {
            traffic: self.engine.finish(),
            captures: Vec::new(),
            duplicates: Vec::new(),
            problems: Problems::default(),
        };
        assess(&observed, knowledge(), &Caller::default())
    }

    /// No flow is claimed by a provider's framing; `meetings` only where plain RTP makes one, and nobody's.
    fn assert_foreign(self, what: &str, meetings: bool) {
        let findings = self.findings();
        for flow in &findings.flows {
            let claimed = flow.protocols.iter().find(|name| PROVIDERS.contains(&name.as_str()));
            assert_eq!(claimed, None, "{what}: {} {}", flow.local, flow.remote);
        }
        for meeting in &findings.meetings {
            assert!(meetings, "{what}: a meeting of {:?} {}", meeting.provider, meeting.topology);
            assert_eq!(meeting.provider, None, "{what}");
        }
    }
}

#[test]
fn random_datagrams_are_nobodys() {
    let (mut random, mut wire) = (Random(0x9e37_79b9_7f4a_7c15), Wire::default());
    for number in 0..100_000 {
        let length = if number % 3 == 0 { random.below(1_500) } else { random.below(120) };
        let bytes = random.bytes(length);
        wire.send(random.below(400), number % 2 == 0, &bytes);
    }
    wire.assert_foreign("random", false);
}

#[test]
fn constant_bytes_of_every_length_are_nobodys() {
    let mut wire = Wire::default();
    for byte in 0..=255u8 {
        for length in 0..=1_500 {
            wire.send(usize::from(byte), length % 2 == 0, &vec![byte; length]);
        }
    }
    wire.assert_foreign("constant, all lengths", false);
    // The same length again and again.
    for byte in [0, 1, 2, 3, 4, 5, 8, 9, 0x0d, 0x28, 0x41, 0x51, 0x7f, 0x80, 0xa3, 0xd5, 0xd6, 0xed, 0xfe, 0xff] {
        let mut wire = Wire::default();
        for length in 0..=260 {
            for again in 0..24 {
                wire.send(length, again % 2 == 0, &vec![byte; length]);
            }
        }
        wire.assert_foreign(&format!("constant {byte:#x}"), false);
    }
}

#[test]
fn sound_of_other_programs_is_no_providers() {
    let mut wire = Wire::default();
    let mut flow = 0;
    for silence in [0x00, 0xff, 0x7f, 0xd5, 0x55, 0xfe] {
        for payload_type in [0u8, 8, 9, 13, 18, 96, 97, 101, 111, 120] {
            for length in [1, 2, 4, 10, 20, 24, 32, 33, 40, 63, 80, 92, 160, 245, 320] {
                flow += 1;
                for number in 0..40u16 {
                    let mut bytes = vec![0x80, payload_type];
                    bytes.extend(number.to_be_bytes());
                    bytes.extend((u32::from(number) * 160).to_be_bytes());
                    bytes.extend(if silence == 0xff { [0xff; 4] } else { [1, 2, (flow >> 8) as u8, flow as u8] });
                    bytes.resize(12 + length, silence);
                    wire.send(flow, number % 2 == 0, &bytes);
                }
            }
        }
    }
    wire.assert_foreign("silence in RTP", true);
}

/// First bytes, then as many random ones as the length is greater.
type Opening = fn(u32, &mut Random) -> Vec<u8>;

/// Headers of protocols that are no meetings, by the number of the packet.
const FRAMINGS: [(&str, Opening, &[usize]); 14] = [
    ("QUIC short header", |_, random| [&[0x40 | random.below(64) as u8][..], b"peerconn"].concat(), &[40, 300, 1_350]),
    ("QUIC without the fixed bit", |_, random| [&[random.below(128) as u8][..], b"peerconn"].concat(), &[36, 1_350]),
    ("WireGuard handshake", |number, _| [&[1, 0, 0, 0][..], &number.to_le_bytes()].concat(), &[148]),
    ("WireGuard response", |number, _| [&[2, 0, 0, 0][..], &number.to_le_bytes(), &[9; 4]].concat(), &[92]),
    ("WireGuard cookie", |_, _| vec![3, 0, 0, 0, 7, 7, 7, 7], &[64]),
    (
        "WireGuard data",
        |number, _| [&[4, 0, 0, 0, 7, 1, 9, 3][..], &u64::from(number).to_le_bytes()].concat(),
        &[32, 96, 1_452],
    ),
    ("OpenVPN data", |number, _| [&[0x48, 0, 0, 1][..], &number.to_be_bytes()].concat(), &[60, 1_400]),
    ("OpenVPN old data", |_, _| vec![0x30], &[60, 1_400]),
    ("OpenVPN acknowledgement", |number, _| [&[0x28][..], b"sessionA", &[1], &number.to_be_bytes()].concat(), &[22]),
    (
        "uTP data",
        |number, _| {
            let [high, low] = (number as u16).to_be_bytes();
            let clock = (number * 20_000).to_be_bytes();
            [&[1, 0, 0x12, 0x34][..], &clock, &[0, 0, 9, 9, 0, 0x10, 0, 0, high, low, 0, 7]].concat()
        },
        &[20, 320, 1_402],
    ),
    (
        "uTP state",
        |number, _| {
            let [high, low] = (number as u16).to_be_bytes();
            let clock = (number * 20_000).to_be_bytes();
            [&[0x21, 0, 0x12, 0x34][..], &clock, &[0, 0, 9, 9, 0, 0x10, 0, 0, 0, 7, high, low]].concat()
        },
        &[20],
    ),
    ("BitTorrent DHT", |_, _| b"d1:ad2:id20:".to_vec(), &[104]),
    ("game without connection", |_, _| vec![0xff, 0xff, 0xff, 0xff, 0x54], &[25, 53]),
    ("game of numbers", |number, _| [&number.to_le_bytes()[..], &number.to_le_bytes(), &[0; 24]].concat(), &[44, 72]),
];

#[test]
fn tunnels_games_and_downloads_are_nobodys() {
    let mut random = Random(7);
    for (name, opening, lengths) in FRAMINGS {
        let mut wire = Wire::default();
        for (flow, number) in (0..PORTS.len() * 3).flat_map(|flow| (0..400u32).map(move |number| (flow, number))) {
            let mut bytes = opening(number / 2, &mut random);
            let length = lengths[random.below(lengths.len())];
            let rest = random.bytes(length.saturating_sub(bytes.len()));
            bytes.extend(rest);
            wire.send(flow, number % 2 == 0, &bytes);
        }
        wire.assert_foreign(name, false);
    }
}

#[test]
fn long_connections_and_calls_fit_no_framing_by_chance() {
    let (mut random, mut wire) = (Random(23), Wire::default());
    for number in 0..200_000u32 {
        let mut bytes = [&[0x40 | random.below(64) as u8][..], b"peerconn"].concat();
        bytes.extend(random.bytes(24));
        wire.send(6, number % 4 > 0, &bytes);
    }
    wire.assert_foreign("QUIC download", false);
    // Lengths of short messages, the number running through all their types.
    for length in [12, 20, 34, 76, 257] {
        let mut wire = Wire::default();
        for number in 0..140_000u32 {
            let mut bytes = vec![0x80, 97];
            bytes.extend(((number / 2) as u16).to_be_bytes());
            bytes.extend((number / 2 * 160).to_be_bytes());
            bytes.extend([1, 2, 3, (number % 2) as u8]);
            bytes.extend(random.bytes(length - 12));
            wire.send(8, number % 2 == 0, &bytes);
        }
        wire.assert_foreign("RTP of one length", true);
    }
}

#[test]
fn counters_in_short_packets_are_no_keep_alives() {
    for (kind, last) in [(3u8, &[0u8][..]), (4, &[0]), (3, &[1, 0]), (4, &[1, 0])] {
        let mut wire = Wire::default();
        for number in 0..2_000u32 {
            let mut bytes = vec![kind, 0];
            bytes.extend(&number.to_be_bytes()[1..]);
            bytes.extend([0, 0, 0, 7, 0, 0, 0, 9]);
            bytes.extend(last);
            wire.send(15, number % 2 == 0, &bytes);
        }
        wire.assert_foreign("short packets", false);
    }
}

#[test]
fn encrypted_sound_of_other_programs_is_no_providers() {
    let (mut random, mut wire) = (Random(11), Wire::default());
    for (flow, number) in (0..400usize).flat_map(|flow| (0..60u16).map(move |number| (flow, number))) {
        let mut bytes = vec![0x80 | ((flow % 7 == 0) as u8 * 0x10), 96 + (flow % 32) as u8];
        bytes.extend((number / 2).to_be_bytes());
        bytes.extend((u32::from(number / 2) * 960).to_be_bytes());
        bytes.extend((flow as u32 * 1_001 + u32::from(number % 2)).to_be_bytes());
        let length = [20, 60, 63, 75, 80, 83, 84, 92, 160, 188, 200, 1_100][random.below(12)];
        bytes.extend(random.bytes(length));
        wire.send(flow, number % 2 == 0, &bytes);
    }
    wire.assert_foreign("SRTP", true);
}
