//! Media framings of Tencent's real-time services (Tencent Meeting), as seen in captures of 2023 in November 2026; no
//! public document describes them. Two framings, both recognised by structure and continuity:
//!
//! - *prefixed*: `08 02` and a number of seven bytes before RTP or RTCP from the client, or before its key exchange;
//!   the server answers with bare RTP and RTCP;
//! - *tagged*: a datagram that opens with a tag and ends with the next higher byte, `28 .. 29` with two lengths,
//!   `36 .. 37` a key exchange, `51 .. 52` and `41 .. 42` obfuscated messages and media.
//!
//! Behind the two lengths stands a request or its answer with a command, whose answer has the next higher number: the
//! client asks several relays at once, so the pair measures the way to each. In a key exchange stands DTLS.

use super::needs::{Needs, WHOLE};
use super::{Carrier, Dissector, Protocol};
use crate::model::time::NANOS_PER_SECOND;
use crate::model::wire::Reader;
use crate::model::{
    Direction, Evidence, Input, Key, KeyInfo, Observer, Output, Piece, Question, Sentence, Step, Timestamp, Tunnel,
};

/// Tencent's media framings.
pub static PROTOCOL: Protocol = Protocol {
    name: "tencent",
    summary: "Framings of Tencent's real-time media: a number of the client in clear, RTP and RTCP inside",
    source: "captures of 2023, read in November 2026",
    carrier: Carrier::Datagram,
    recognise,
    needs,
    create: || Box::new(Tencent::default()),
    keys: &[&MEDIA.info, &FRAMING.info, &NUMBER.info],
};

const ON_THE_PATH: &[Observer] = &[Observer::Network, Observer::Provider];
const SEEN: &str = "seen in captures of 2023, read in November 2026";

static MEDIA: Key<bool> = Key::new(KeyInfo {
    name: "tencent.media",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "Media in a framing of Tencent's real-time services",
    source: SEEN,
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "An der Paketform ist eine laufende Besprechung über einen Dienst von Tencent zu erkennen.",
        en: "The shape of the packets shows a meeting in progress over a service of Tencent.",
    }),
});

static FRAMING: Key<String> = Key::new(KeyInfo {
    name: "tencent.framing",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Which framing: prefixed (number before RTP and RTCP) or tagged (first byte, and one more as the last)",
    source: SEEN,
    wireshark: "udp.payload",
    sentence: None,
});

static NUMBER: Key<u64> = Key::new(KeyInfo {
    name: "tencent.client-number",
    question: Question::Who,
    observers: ON_THE_PATH,
    doc: "Number of seven bytes in the packets, the same in all flows of a client or its neighbour, and on other days close by",
    source: SEEN,
    wireshark: "udp.payload",
    sentence: Some(Sentence {
        de: "Die Pakete tragen unverschlüsselt eine Nummer, die Verbindungen desselben Endgeräts verknüpfbar macht: {value}.",
        en: "Packets carry a number in clear by which connections of the same device can be linked: {value}.",
    }),
});

/// Packets closer than this belong to one stay in a meeting.
const PAUSE_NANOS: i64 = 30 * NANOS_PER_SECOND;
/// Slowest answer that still counts as a round trip.
const ROUND_TRIP_NANOS_MAX: i64 = 10 * NANOS_PER_SECOND;
/// Fitting packets from which on a flow is Tencent's.
const CERTAIN_PACKETS: u32 = 3;
/// Fitting packets where the last byte is all that fits.
const CERTAIN_OBFUSCATED_PACKETS: u32 = 8;
/// Packets without fit after which a flow that was never certain is let go.
const FOREIGN_PACKETS_MAX: u32 = 64;
/// First byte of an obfuscated message.
const OBFUSCATED: u8 = 0x41;
/// Shortest tagged message in bytes.
const TAGGED_BYTES_MIN: usize = 16;
/// STUN's magic cookie: message types of some relays open like the prefix.
const STUN_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// A datagram of Tencent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message<'p> {
    /// The client's prefix with its number, then RTP or RTCP.
    Prefixed { number: u64, inner: &'p [u8] },
    /// Key exchange with the client's number, and the DTLS in it.
    KeyExchange { number: u64, inner: &'p [u8] },
    /// Two lengths that fit the datagram, and a command with the client's number.
    Command { command: u64, number: u64 },
    /// Two lengths that fit the datagram.
    Lengths,
    /// Tagged, with the client's number.
    Numbered { number: u64 },
    /// Tagged, all else obfuscated.
    Obfuscated,
}

/// What opens like an obfuscated message is let in whatever it ends with: it must be counted how many do not fit, since
/// of the packets of a long QUIC connection (RFC 9000 section 17.3) some do.
fn recognise(input: &Input<'_>) -> bool {
    let opens = || matches!(input.bytes, [OBFUSCATED, ..]) && input.tunnel.is_none();
    input.piece == Piece::Datagram && (read(input.bytes, input.cut as usize).is_some() || opens())
}

/// The framing and what is inside needs. The last byte of an obfuscated message is all that tells it.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    match read(input.bytes, input.cut as usize) {
        Some(Message::Prefixed { inner, .. } | Message::KeyExchange { inner, .. }) => {
            Needs::Inner(inner, Tunnel::Framing("tencent"))
        }
        Some(Message::Command { .. }) => Needs::First(WHOLE),
        Some(Message::Lengths | Message::Numbered { .. }) => Needs::First(TAGGED_BYTES_MIN),
        Some(Message::Obfuscated) => Needs::Young(1),
        None => Needs::First(1),
    }
}

/// Reads a datagram of which `cut` bytes are not stored.
fn read(bytes: &[u8], cut: usize) -> Option<Message<'_>> {
    match *bytes.first()? {
        0x08 => read_prefixed(bytes),
        0x42 | 0x43 => read_key_exchange(bytes),
        tag @ (0x28 | 0x36 | OBFUSCATED | 0x51) if cut > 0 || bytes.last() == Some(&(tag + 1)) => {
            read_tagged(bytes, cut)
        }
        _ => None,
    }
}

/// `08 02`, the number, then RTP, RTCP or a key exchange.
fn read_prefixed(bytes: &[u8]) -> Option<Message<'_>> {
    let number = number_at(bytes, 1).filter(|_| bytes.get(4..8) != Some(&STUN_COOKIE[..]))?;
    match bytes.get(9..)? {
        [0x42 | 0x43, ..] => read_key_exchange(bytes.get(9..)?),
        inner @ [0x80..=0xbf, _, _, _, _, _, _, _, ..] => Some(Message::Prefixed { number, inner }),
        _ => None,
    }
}

/// A tag, four bytes, the number, then a DTLS record (RFC 6347 section 4.1) of handshake or data.
fn read_key_exchange(bytes: &[u8]) -> Option<Message<'_>> {
    key_exchange(number_at(bytes, 5)?, bytes.get(13..)?)
}

fn key_exchange(number: u64, inner: &[u8]) -> Option<Message<'_>> {
    matches!(inner, [0x14..=0x17, 0xfe, 0xfd | 0xff, ..]).then_some(Message::KeyExchange { number, inner })
}

fn read_tagged(bytes: &[u8], cut: usize) -> Option<Message<'_>> {
    if bytes.len().saturating_add(cut) < TAGGED_BYTES_MIN {
        return None;
    }
    match *bytes {
        [0x28, ..] => lengths_fit(bytes, cut).then(|| read_command(bytes).unwrap_or(Message::Lengths)),
        [0x36, ..] => {
            let closing = usize::from(cut == 0);
            key_exchange(number_at(bytes, 9)?, bytes.get(25..bytes.len().checked_sub(closing)?)?)
        }
        [0x51, 0x00, ..] => number_at(bytes, 5).map(|number| Message::Numbered { number }),
        [OBFUSCATED, ..] => Some(Message::Obfuscated),
        _ => None,
    }
}

/// Two lengths of four bytes, then as many bytes, then the closing tag.
fn lengths_fit(bytes: &[u8], cut: usize) -> bool {
    let mut reader = Reader::new(bytes.get(1..).unwrap_or_default());
    let (Some(head), Some(body)) = (reader.u32(), reader.u32()) else { return false };
    u64::from(head) + u64::from(body) + 1 == reader.left().saturating_add(cut) as u64
}

/// Protocol buffers behind the lengths: 1, then a message with 1, the command in 2, the number in 3.
fn read_command(bytes: &[u8]) -> Option<Message<'_>> {
    let mut reader = Reader::new(bytes.get(9..)?);
    if reader.array()? != [0x08, 0x01, 0x12] {
        return None;
    }
    let _length = read_varint(&mut reader)?;
    let mut values = [0; 3];
    for (index, value) in values.iter_mut().enumerate() {
        reader.u8().filter(|tag| usize::from(*tag) == (index + 1) << 3)?;
        *value = read_varint(&mut reader)?;
    }
    let [_, command, word] = values;
    number_of(word).map(|number| Message::Command { command, number })
}

/// Seven bits a byte, least first; the highest bit says that another follows.
fn read_varint(reader: &mut Reader<'_>) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = reader.u8()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// `02` and a number of seven bytes, of which the first two are zero.
fn number_at(bytes: &[u8], at: usize) -> Option<u64> {
    number_of(Reader::new(bytes.get(at..)?).u64()?)
}

fn number_of(word: u64) -> Option<u64> {
    let number = word & 0x00ff_ffff_ffff_ffff;
    (word >> 40 == 0x02_0000 && number >> 24 != 0).then_some(number)
}

/// Both directions of one flow.
#[derive(Clone, Default)]
struct Tencent {
    fitting: u32,
    obfuscated: u32,
    foreign: u32,
    certain: bool,
    numbers: [Option<u64>; 2],
    /// Command, direction and time of a request not answered yet.
    request: Option<(u64, Direction, Timestamp)>,
    numbers_stated: [Option<u64>; 2],
    media_stated: bool,
    prefixed_stated: bool,
    tagged_stated: bool,
}

impl Dissector for Tencent {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let message = Some(input).filter(|input| input.piece == Piece::Datagram && self.foreign < FOREIGN_PACKETS_MAX);
        let cut = input.cut as usize;
        let message = message.and_then(|input| read(input.bytes, cut));
        // Without its last byte an obfuscated message is one only on a flow that is known.
        let Some(message) = message.filter(|message| self.certain || cut == 0 || *message != Message::Obfuscated)
        else {
            self.foreign = self.foreign.saturating_add(u32::from(!self.certain));
            return Step::Foreign;
        };
        self.weigh(&message);
        if !self.certain {
            return Step::Foreign;
        }
        self.state(&message, input.at, out);
        if let Message::Command { command, .. } = message {
            self.time(command, input, out);
            return Step::Taken;
        }
        out.media.note(input.at.time, PAUSE_NANOS);
        match message {
            Message::Prefixed { inner, .. } | Message::KeyExchange { inner, .. } => {
                Step::Inner(inner, Tunnel::Framing("tencent"))
            }
            _ => Step::Taken,
        }
    }
}

impl Tencent {
    /// A number must stay the same or close by; obfuscated messages need more of their kind.
    fn weigh(&mut self, message: &Message<'_>) {
        match *message {
            Message::KeyExchange { .. } | Message::Command { .. } => self.certain = true,
            Message::Prefixed { number, .. } | Message::Numbered { number } => {
                let near = self.numbers.iter().flatten().any(|known| known.abs_diff(number) <= u64::from(u16::MAX));
                self.fitting = if near || self.numbers[0].is_none() { self.fitting.saturating_add(1) } else { 1 };
            }
            Message::Lengths => self.fitting = self.fitting.saturating_add(1),
            Message::Obfuscated => self.obfuscated = self.obfuscated.saturating_add(1),
        }
        self.certain |= self.fitting >= CERTAIN_PACKETS
            || self.obfuscated >= CERTAIN_OBFUSCATED_PACKETS && self.foreign < self.obfuscated;
        self.remember(message);
    }

    fn remember(&mut self, message: &Message<'_>) {
        if let Message::Prefixed { number, .. }
        | Message::KeyExchange { number, .. }
        | Message::Command { number, .. }
        | Message::Numbered { number } = *message
            && !self.numbers.contains(&Some(number))
        {
            self.numbers = [Some(number), self.numbers[0]];
        }
    }

    /// A request and the answer with the next higher command.
    fn time(&mut self, command: u64, input: &Input<'_>, out: &mut Output) {
        let answered = |(asked, way, _): &mut (u64, Direction, Timestamp)| {
            asked.checked_add(1) == Some(command) && *way != input.direction
        };
        match self.request.take_if(answered) {
            Some((_, _, sent)) => {
                let nanos = input.at.time.since(sent);
                if nanos <= ROUND_TRIP_NANOS_MAX {
                    out.round_trips.add(nanos);
                }
            }
            None => self.request = Some((command, input.direction, input.at.time)),
        }
    }

    fn state(&mut self, message: &Message<'_>, at: Evidence, out: &mut Output) {
        if !self.media_stated && !matches!(message, Message::Command { .. }) {
            self.media_stated = true;
            out.facts.state(&MEDIA, true, at);
        }
        let prefixed = matches!(message, Message::Prefixed { .. });
        let stated = if prefixed { &mut self.prefixed_stated } else { &mut self.tagged_stated };
        if !std::mem::replace(stated, true) {
            out.facts.state(&FRAMING, if prefixed { "prefixed" } else { "tagged" }.to_owned(), at);
        }
        if self.numbers != self.numbers_stated {
            self.numbers_stated = self.numbers;
            for number in self.numbers.into_iter().flatten() {
                out.facts.state(&NUMBER, number, at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Value;

    const NUMBER_BYTES: [u8; 8] = [2, 0, 0, 5, 0x11, 0x22, 0x33, 0x44];
    const RTP: [u8; 12] = [0x80, 100, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4];

    fn prefixed() -> Vec<u8> {
        [&[8][..], &NUMBER_BYTES, &RTP].concat()
    }

    fn lengths() -> Vec<u8> {
        [&[0x28, 0, 0, 0, 3, 0, 0, 0, 5][..], &[9; 8], &[0x29]].concat()
    }

    fn numbered() -> Vec<u8> {
        [&[0x51, 0, 0x11, 1, 0x19][..], &NUMBER_BYTES, &[0xe7; 20], &[0x52]].concat()
    }

    fn command(number: u8) -> Vec<u8> {
        let body =
            [8, 1, 0x12, 15, 8, 0, 16, number, 0x0f, 24, 0xc4, 0xe6, 0x88, 0x89, 0xd1, 0x80, 0x80, 0x80, 2, 32, 0];
        [&[0x28, 0, 0, 0, body.len() as u8 - 4, 0, 0, 0, 4][..], &body, &[0x29]].concat()
    }

    fn key_exchange() -> Vec<u8> {
        let dtls = [0x16, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0];
        [&[0x36, 0, 41, 0, 0, 0, 0, 3, 0xa1][..], &NUMBER_BYTES, &[0x33, 0, 0, 1, 0, 0, 0, 0], &dtls, &[0x37]].concat()
    }

    fn obfuscated(seed: u8) -> Vec<u8> {
        [&[0x41, seed][..], &[seed; 24], &[0x42]].concat()
    }

    fn offer<'p>(tencent: &mut Tencent, bytes: &'p [u8], out: &mut Output) -> Step<'p> {
        offer_at(tencent, bytes, Direction::Forward, 0, out)
    }

    fn offer_at<'p>(t: &mut Tencent, bytes: &'p [u8], direction: Direction, nanos: i64, out: &mut Output) -> Step<'p> {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::from_nanos(nanos), direction };
        let (source, destination) = ("10.0.0.1:50000".parse().unwrap(), "192.0.2.1:8000".parse().unwrap());
        let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
        if recognise(&input) { t.read(&input, out) } else { Step::Foreign }
    }

    #[test]
    fn prefixed_media_are_unwrapped_and_show_the_number() {
        let (mut tencent, mut out, packet) = (Tencent::default(), Output::default(), prefixed());
        assert!(matches!(offer(&mut tencent, &packet, &mut out), Step::Foreign));
        offer(&mut tencent, &packet, &mut out);
        let step = offer(&mut tencent, &packet, &mut out);
        assert!(matches!(step, Step::Inner(inner, Tunnel::Framing("tencent")) if inner == RTP));
        let number = out.facts.of("tencent.client-number").next().map(|fact| fact.value.clone());
        assert_eq!(number, Some(Value::Number(0x05_1122_3344)));
        assert_eq!(out.facts.text("tencent.framing"), Some("prefixed"));
    }

    #[test]
    fn tagged_messages_are_recognised_by_tag_lengths_and_number() {
        let (mut tencent, mut out) = (Tencent::default(), Output::default());
        for packet in [lengths(), numbered(), numbered()] {
            offer(&mut tencent, &packet, &mut out);
        }
        assert!(matches!(offer(&mut tencent, &obfuscated(7), &mut out), Step::Taken));
        assert!(out.facts.has("tencent.media") && out.media.spans().len() == 1);
        assert_eq!(out.facts.text("tencent.framing"), Some("tagged"));
    }

    #[test]
    fn a_request_to_a_relay_and_its_answer_measure_the_way() {
        let (mut tencent, mut out) = (Tencent::default(), Output::default());
        let (request, answer) = (command(0xbb), command(0xbc));
        assert!(matches!(offer_at(&mut tencent, &request, Direction::Forward, 10, &mut out), Step::Taken));
        assert!(matches!(offer_at(&mut tencent, &answer, Direction::Backward, 40, &mut out), Step::Taken));
        assert_eq!((out.round_trips.min, out.round_trips.samples), (Some(30), 1));
        let number = out.facts.of("tencent.client-number").next().map(|fact| fact.value.clone());
        assert_eq!(number, Some(Value::Number(0x05_1122_3344)));
        assert!(out.media.is_empty());
    }

    #[test]
    fn a_key_exchange_hands_on_its_dtls() {
        let (mut tencent, mut out, packet) = (Tencent::default(), Output::default(), key_exchange());
        let step = offer(&mut tencent, &packet, &mut out);
        assert!(matches!(step, Step::Inner([0x16, 0xfe, 0xff, .., 1, 0], Tunnel::Framing("tencent"))));
    }

    #[test]
    fn numbers_that_jump_and_stun_are_no_tencent() {
        let (mut tencent, mut out) = (Tencent::default(), Output::default());
        for high in 0..60u8 {
            let mut packet = prefixed();
            packet[5] = high.wrapping_mul(4);
            assert!(matches!(offer(&mut tencent, &packet, &mut out), Step::Foreign));
        }
        let stun = [&[8, 2, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0][..], &RTP].concat();
        assert_eq!(read(&stun, 0), None);
        assert!(out.facts.is_empty());
    }

    #[test]
    fn every_prefix_and_every_flipped_byte_is_survived() {
        let (mut tencent, mut out) = (Tencent::default(), Output::default());
        for whole in [prefixed(), lengths(), numbered(), obfuscated(1), command(0xbb), key_exchange()] {
            for index in 0..whole.len() {
                offer(&mut tencent, &whole[..index], &mut out);
                for bit in [0x01, 0x80, 0xff] {
                    let mut flipped = whole.clone();
                    flipped[index] ^= bit;
                    offer(&mut tencent, &flipped, &mut out);
                }
            }
        }
    }
}
