//! Framings around STUN messages and relayed data: ChannelData, multiplexed TURN, and the three ways on streams.

use super::message::{COOKIE, HEADER_BYTES};
use crate::model::wire::Reader;

/// First two bytes of multiplexed TURN (MS-TURN section 2.2.3).
const MULTIPLEXED: u16 = 0xff10;
/// Bytes of the session identifier behind them and the length.
const SESSION_ID_BYTES: usize = 8;

/// ChannelData that fills a datagram of `wire_bytes`: channel number and data (RFC 8656 section 12.4, the wider range
/// of RFC 5766 section 11.4). Padding to four bytes is allowed.
pub(super) fn channel_data(bytes: &[u8], wire_bytes: usize) -> Option<(u16, &[u8])> {
    let mut reader = Reader::new(bytes);
    let number = reader.u16().filter(|number| (0x4000..0x8000).contains(number))?;
    let length = usize::from(reader.u16()?);
    let fits = wire_bytes == 4 + length || wire_bytes == 4 + length.next_multiple_of(4);
    fits.then(|| (number, reader.take_up_to(length)))
}

/// The data inside multiplexed TURN that fills a datagram of `wire_bytes`, with its session identifier.
pub(super) fn multiplexed(bytes: &[u8], wire_bytes: usize) -> Option<([u8; SESSION_ID_BYTES], &[u8])> {
    let mut reader = Reader::new(bytes);
    reader.u16().filter(|mark| *mark == MULTIPLEXED)?;
    let length = usize::from(reader.u16()?);
    let session = reader.array()?;
    (wire_bytes == 4 + length).then(|| (session, reader.rest()))
}

/// How messages are told apart on a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// By the messages' own lengths; ChannelData padded to four bytes (RFC 8656 section 3.2).
    Own,
    /// A two-byte length before each (RFC 4571, RFC 6544).
    Rfc4571,
    /// A type, a zero and a two-byte length before each (MS-TURN section 2.1).
    Microsoft,
}

/// The framing that the start of a stream shows, by its first message.
pub(super) fn detect(bytes: &[u8]) -> Option<Framing> {
    let message_at = |at: usize| {
        let mut reader = Reader::new(bytes.get(at..).unwrap_or_default());
        let header = (reader.u16(), reader.u16(), reader.u32());
        matches!(header, (Some(kind), Some(length), Some(COOKIE)) if kind >> 14 == 0 && length < 0x4000)
    };
    let [first, second, ..] = *bytes else { return None };
    let framed = usize::from(u16::from_be_bytes([first, second]));
    if message_at(0) || (holds_check(bytes) && message_at(4)) {
        Some(Framing::Own)
    } else if message_at(2) && framed >= HEADER_BYTES {
        Some(Framing::Rfc4571)
    } else if message_at(4) && first == 2 && second == 0 {
        Some(Framing::Microsoft)
    } else {
        None
    }
}

/// Whether ChannelData begins that is as long as the message that it would hold: checks go on through a channel, and
/// show a stream whose beginning was not captured.
fn holds_check(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    let (channel, data, _, message) = (reader.u16(), reader.u16(), reader.u16(), reader.u16());
    channel.is_some_and(|number| number >> 12 == 4)
        && data.zip(message).is_some_and(|(data, message)| usize::from(data) == HEADER_BYTES + usize::from(message))
}

/// What lies at the front of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Front {
    /// A frame: where its payload begins and ends, and where the next frame begins.
    Frame {
        /// First byte of the payload.
        start: usize,
        /// Behind the last byte of the payload.
        end: usize,
        /// First byte of the next frame.
        next: usize,
    },
    /// More bytes are needed.
    Short,
    /// Not of this framing.
    Broken,
}

impl Framing {
    /// The frame at the front of `bytes`.
    pub(super) fn front(self, bytes: &[u8]) -> Front {
        let [a, b, c, d, ..] = *bytes else { return Front::Short };
        let early = usize::from(u16::from_be_bytes([a, b]));
        let late = usize::from(u16::from_be_bytes([c, d]));
        let (start, end, next) = match (self, a) {
            (Framing::Own, 0..0x40) => (0, HEADER_BYTES + late, HEADER_BYTES + late),
            (Framing::Own, 0x40..0x80) => (0, 4 + late, 4 + late.next_multiple_of(4)),
            (Framing::Own, _) => return Front::Broken,
            (Framing::Rfc4571, _) => (2, 2 + early, 2 + early),
            (Framing::Microsoft, 2 | 3) if b == 0 => (4, 4 + late, 4 + late),
            (Framing::Microsoft, _) => return Front::Broken,
        };
        if self == Framing::Own && a < 0x40 && bytes.len() >= 8 && !has_cookie(bytes) {
            Front::Broken
        } else if bytes.len() < next {
            Front::Short
        } else {
            Front::Frame { start, end, next }
        }
    }

    /// Whether `bytes` are whole frames from the first to the last.
    fn fills(self, mut bytes: &[u8]) -> bool {
        while let Front::Frame { next, .. } = self.front(bytes) {
            bytes = bytes.get(next..).unwrap_or_default();
        }
        bytes.is_empty()
    }
}

fn has_cookie(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(&COOKIE.to_be_bytes())
}

/// One direction of a stream: what is not a whole frame yet. It never holds more than one frame's 65,560 bytes and
/// the piece that came last.
#[derive(Clone, Debug, Default)]
pub(super) struct Stream {
    framing: Option<Framing>,
    /// Where the next frame begins is not known.
    lost: bool,
    carry: Vec<u8>,
}

impl Stream {
    /// Appends a piece and hands each whole frame's payload to `each`. Says `false` when the bytes follow no framing;
    /// the stream then waits for a piece that begins with a message, or that is made of whole frames.
    pub(super) fn feed(&mut self, piece: &[u8], mut each: impl FnMut(&[u8])) -> bool {
        let Some(framing) = self.framing_of(piece) else { return false };
        self.carry.extend_from_slice(piece);
        let mut at = 0;
        loop {
            let rest = self.carry.get(at..).unwrap_or_default();
            match framing.front(rest) {
                Front::Frame { start, end, next } => {
                    each(rest.get(start..end).unwrap_or_default());
                    at += next;
                }
                Front::Short => break,
                Front::Broken => {
                    self.lose();
                    return false;
                }
            }
        }
        self.carry.drain(..at.min(self.carry.len()));
        true
    }

    /// The framing, once it is known where a frame begins.
    fn framing_of(&mut self, piece: &[u8]) -> Option<Framing> {
        if self.framing.is_none() || self.lost {
            self.framing = detect(piece).or(self.framing);
            self.lost = !self.framing.is_some_and(|framing| detect(piece).is_some() || framing.fills(piece));
        }
        self.framing.filter(|_| !self.lost)
    }

    /// Bytes are missing: what was begun cannot be finished.
    pub(super) fn lose(&mut self) {
        (self.lost, self.carry) = (true, Vec::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"\0\x01\0\0\x21\x12\xa4\x42abcdefghijkl";

    fn frames(pieces: &[&[u8]]) -> (Vec<Vec<u8>>, bool) {
        let (mut stream, mut found, mut good) = (Stream::default(), Vec::new(), true);
        for piece in pieces {
            good &= stream.feed(piece, |frame| found.push(frame.to_vec()));
        }
        (found, good)
    }

    #[test]
    fn channel_data_must_fit_the_datagram() {
        assert_eq!(channel_data(b"\x40\x01\0\x03abc", 7), Some((0x4001, b"abc".as_slice())));
        assert_eq!(channel_data(b"\x40\x01\0\x03abc\0", 8), Some((0x4001, b"abc".as_slice())));
        assert_eq!(channel_data(b"\x40\x01\0\x03abc\0\0", 9), None);
        assert_eq!(channel_data(b"\x40\x01\0\x30abc", 52), Some((0x4001, b"abc".as_slice())));
        assert_eq!(channel_data(b"\x80\x01\0\x03abc", 7), None);
    }

    #[test]
    fn multiplexed_turn_has_a_session() {
        let bytes = b"\xff\x10\0\x0bSESSION!abc";
        assert_eq!(multiplexed(bytes, bytes.len()), Some((*b"SESSION!", b"abc".as_slice())));
        assert_eq!(multiplexed(bytes, bytes.len() + 1), None);
    }

    #[test]
    fn streams_in_one_byte_pieces_give_the_same_frames() {
        let own = [MESSAGE, b"\x40\0\0\x05hello\0\0\0", MESSAGE].concat();
        let (first, rest) = own.split_at(8);
        let pieces: Vec<&[u8]> = std::iter::once(first).chain(rest.chunks(1)).collect();
        let expected = vec![MESSAGE.to_vec(), b"\x40\0\0\x05hello".to_vec(), MESSAGE.to_vec()];
        assert_eq!(frames(&pieces), (expected.clone(), true));
        assert_eq!(frames(&[&own]), (expected, true));
    }

    #[test]
    fn each_framing_is_found_by_its_first_message() {
        let rfc4571 = [b"\0\x14".as_slice(), MESSAGE, b"\0\x03rtp"].concat();
        assert_eq!(frames(&[&rfc4571]), (vec![MESSAGE.to_vec(), b"rtp".to_vec()], true));
        let microsoft = [b"\x02\0\0\x14".as_slice(), MESSAGE, b"\x03\0\0\x03rtp"].concat();
        assert_eq!(frames(&[&microsoft]), (vec![MESSAGE.to_vec(), b"rtp".to_vec()], true));
        assert_eq!(frames(&[b"GET / HTTP/1.1\r\n"]), (vec![], false));
    }

    #[test]
    fn behind_a_gap_whole_frames_are_enough() {
        let (mut stream, mut found) = (Stream::default(), Vec::new());
        let data = b"\x40\x01\0\x04abcd".as_slice();
        assert!(stream.feed(MESSAGE, |_| ()) && stream.feed(&data[..6], |_| ()));
        stream.lose();
        for (piece, followed) in [(&data[4..], false), (&data[..6], false), (data, true), (&data[..6], true)] {
            assert_eq!(stream.feed(piece, |frame| found.push(frame.to_vec())), followed, "{piece:?}");
        }
        assert_eq!(found, [data]);
    }

    #[test]
    fn a_check_in_a_channel_shows_a_stream_that_had_begun() {
        let check = [b"\x40\0\0\x14".as_slice(), MESSAGE].concat();
        assert_eq!(frames(&[&check]), (vec![check.clone()], true));
        assert_eq!(frames(&[&[b"\x40\0\0\x15".as_slice(), MESSAGE].concat()]), (vec![], false));
    }

    #[test]
    fn a_broken_stream_starts_again_at_the_next_message() {
        assert_eq!(frames(&[MESSAGE, b"\xffgarbage", MESSAGE]), (vec![MESSAGE.to_vec(); 2], false));
    }
}
