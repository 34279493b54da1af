//! Zoom's UDP framing, byte by byte. Two layers: one of the media server (left out between peers) and a media header.
//!
//! Facts from Michel et al., "Enabling Passive Measurement of Zoom Performance in Production Networks" (IMC 2022), and
//! from captures of 2019 to 2025.

use super::binding::Binding;
use crate::model::wire::Reader;

/// STUN's magic cookie (RFC 8489 section 5): its message types open like Zoom's server framing.
const STUN_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
/// Length of the token behind a hello.
const TOKEN_BYTES: u32 = 64;
/// Most type-length-value blocks in a packet.
const BLOCKS_MAX: usize = 16;
/// Type and length in bytes of the block in which a client reports the path that it measured.
const REPORT_BLOCK: (u8, usize) = (0x01, 26);
/// Offset of the round trip in that block.
const REPORT_ROUND_TRIP_AT: usize = 14;

/// Generation of the server framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Generation {
    /// One byte before the media header.
    Y2019,
    /// Eight bytes.
    Y2022,
    /// Eight bytes and blocks of type, length and value.
    Y2023,
}

impl Generation {
    /// The year in which it was first seen.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Generation::Y2019 => "2019",
            Generation::Y2022 => "2022",
            Generation::Y2023 => "2023",
        }
    }
}

/// What a media header announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// Speech.
    Audio,
    /// Camera.
    Video,
    /// Shared screen.
    Screen,
    /// RTCP about one of them.
    Report,
    /// Bandwidth probe and feedback on it.
    Probe,
    /// Signalling of the connection.
    Control,
}

impl Media {
    /// Name in facts.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Media::Audio => "audio",
            Media::Video => "video",
            Media::Screen => "screen",
            Media::Report => "report",
            Media::Probe => "probe",
            Media::Control => "control",
        }
    }

    fn of_type(number: u8) -> Option<Media> {
        match number {
            0x0f => Some(Media::Audio),
            0x10 => Some(Media::Video),
            0x1e => Some(Media::Screen),
            0x21..=0x23 => Some(Media::Report),
            0x15 | 0x20 => Some(Media::Probe),
            0x0a | 0x0c | 0x0d => Some(Media::Control),
            _ => None,
        }
    }
}

/// A datagram of Zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packet<'p> {
    /// A client greets a media server.
    Hello {
        /// Random id that the reply repeats.
        id: [u8; 16],
        /// The client's clock in milliseconds.
        clock: u32,
    },
    /// The server's reply.
    Reply {
        /// The hello's id.
        id: [u8; 16],
        /// Number of this connection.
        connection: u32,
    },
    /// Keep-alive or its echo.
    Ping(Ping),
    /// One side closes the connection, or refuses a packet of one that it does not know.
    Bye {
        /// Why: 0 for a client that leaves, 509 for a server that knows no such connection.
        reason: u32,
        /// Whether its structure fixes enough bytes to be nothing else.
        sealed: bool,
    },
    /// Media through a server.
    Relayed {
        /// Number of this connection; 2019's framing has none.
        connection: Option<u32>,
        /// Whether the server sent it; 2019's framing does not tell.
        from_server: Option<bool>,
        /// Generation of the framing.
        generation: Generation,
        /// What is inside.
        frame: Frame<'p>,
    },
    /// Media between peers.
    Direct(Frame<'p>),
    /// A peer's address probed.
    PeerProbe {
        /// Address in text.
        address: &'p [u8],
        /// Port.
        port: u16,
        /// Id of the meeting in text.
        meeting: &'p [u8],
        /// Receiver and sender: their media sources without the medium.
        participants: [u32; 2],
    },
}

/// A keep-alive, or the echo that repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ping {
    /// Counter, clock and connection, which the echo repeats.
    pub(super) token: [u8; 12],
    /// Which keep-alive of its sender on this connection.
    pub(super) counter: u32,
    /// Clock of the one who asked, in milliseconds.
    pub(super) clock: u32,
    /// Number of this connection.
    pub(super) connection: u32,
    /// Whether it answers one.
    pub(super) echo: bool,
    /// Generation of the framing.
    pub(super) generation: Generation,
    /// Round trip in milliseconds that a client says it measured.
    pub(super) reported: Option<u32>,
}

/// A media header and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<'p> {
    /// What it announces.
    pub(super) media: Media,
    /// RTP or RTCP inside.
    pub(super) inner: Option<&'p [u8]>,
    /// What a control message binds to the connection.
    pub(super) binding: Option<Binding>,
}

impl<'p> Packet<'p> {
    /// Reads a datagram, of which the capture `cut` so many bytes; `None` when the structure does not fit.
    pub(super) fn read(bytes: &'p [u8], cut: u32) -> Option<Packet<'p>> {
        if bytes.get(4..8) == Some(&STUN_COOKIE[..]) {
            return None;
        }
        match bytes.first()? {
            0x01 => read_hello(bytes),
            0x02 => read_reply(bytes),
            0x03 | 0x04 => read_ping(bytes, cut),
            0x05 => read_relayed(bytes, cut),
            0x07 => read_bye(bytes, cut),
            0x1f => read_peer_probe(bytes),
            _ => Frame::read_media(bytes, cut).filter(|frame| frame.inner.is_some()).map(Packet::Direct),
        }
    }
}

fn read_hello(bytes: &[u8]) -> Option<Packet<'_>> {
    let mut reader = Reader::new(bytes);
    let opened = matches!(reader.array()?, [0x01, 0x00, 0x02 | 0x03]);
    let id = reader.array()?;
    reader.take(8)?;
    let (clock, _) = (reader.u32()?, reader.u32()?);
    (reader.u32()? == TOKEN_BYTES && opened).then_some(Packet::Hello { id, clock })
}

fn read_reply(bytes: &[u8]) -> Option<Packet<'_>> {
    let mut reader = Reader::new(bytes);
    let opened = matches!(reader.array()?, [0x02, 0x00, 0x01..=0x03]);
    let (id, connection) = (reader.array()?, reader.u32()?);
    reader.take(4)?;
    (opened && reader.u64()? == 0 && connection != 0).then_some(Packet::Reply { id, connection })
}

/// Type, counter, clock, connection, and since 2022 flags that announce blocks.
fn read_ping(bytes: &[u8], cut: u32) -> Option<Packet<'_>> {
    let mut reader = Reader::new(bytes);
    let echo = reader.u8()? == 0x04;
    let token: [u8; 12] = reader.array()?;
    let mut words = Reader::new(&token);
    let (counter, clock, connection) = (words.u32()?, words.u32()?, words.u32()?);
    if token.first() != Some(&0) || connection == 0 {
        return None;
    }
    let (generation, reported) = match reader.u8() {
        None => (Generation::Y2019, None),
        Some(0) if reader.is_empty() => (Generation::Y2022, None),
        Some(1) => (Generation::Y2023, read_last_blocks(&mut reader, cut)?),
        Some(_) => return None,
    };
    Some(Packet::Ping(Ping { token, counter, clock, connection, echo, generation, reported }))
}

/// Type, reason, connection, flags.
fn read_bye(bytes: &[u8], cut: u32) -> Option<Packet<'_>> {
    let mut reader = Reader::new(bytes.get(1..)?);
    let (reason, connection, flags) = (reader.u32()?, reader.u32()?, reader.u8()?);
    let sealed = flags == 1 && read_last_blocks(&mut reader, cut).is_some();
    let plain = flags == 0 && reader.is_empty();
    (connection != 0 && reason <= u32::from(u16::MAX) && (sealed || plain)).then_some(Packet::Bye { reason, sealed })
}

/// Blocks that fill the rest of a packet; what a client reports in them.
fn read_last_blocks(reader: &mut Reader<'_>, cut: u32) -> Option<Option<u32>> {
    match read_blocks(reader) {
        Some(reported) => reader.is_empty().then_some(reported),
        None => (cut > 0).then_some(None),
    }
}

/// Blocks of type, length and value up to a zero: the round trip that a client reports in them.
fn read_blocks(reader: &mut Reader<'_>) -> Option<Option<u32>> {
    let mut reported = None;
    for _ in 0..BLOCKS_MAX {
        let number = reader.u8()?;
        if number == 0 {
            return Some(reported);
        }
        let value = reader.vector8()?;
        if (number, value.len()) == REPORT_BLOCK {
            reported = Reader::new(value.get(REPORT_ROUND_TRIP_AT..)?).u32().filter(|millis| *millis != u32::MAX);
        }
    }
    None
}

fn read_relayed(bytes: &[u8], cut: u32) -> Option<Packet<'_>> {
    read_relayed_2022(bytes, cut).or_else(|| {
        let frame = Frame::read_2019(bytes.get(1..)?, cut)?;
        Some(Packet::Relayed { connection: None, from_server: None, generation: Generation::Y2019, frame })
    })
}

/// Type, number, connection, flags: 4 from the server, 1 blocks before the media header, 2 two bytes before it.
fn read_relayed_2022(bytes: &[u8], cut: u32) -> Option<Packet<'_>> {
    let mut reader = Reader::new(bytes.get(3..)?);
    let (connection, flags) = (reader.u32()?, reader.u8()?);
    if flags & !0x07 != 0 || connection == 0 {
        return None;
    }
    if flags & 0x01 != 0 {
        read_blocks(&mut reader)?;
    }
    if flags & 0x02 != 0 && reader.u16()? != 0x0100 {
        return None;
    }
    let generation = if flags & 0x03 != 0 { Generation::Y2023 } else { Generation::Y2022 };
    let frame = Frame::read(reader.rest(), cut)?;
    Some(Packet::Relayed { connection: Some(connection), from_server: Some(flags & 0x04 != 0), generation, frame })
}

/// `1f 02`, both ids, counters, a port, then address and meeting as text behind their lengths.
fn read_peer_probe(bytes: &[u8]) -> Option<Packet<'_>> {
    let mut reader = Reader::new(bytes);
    let opened = reader.u16()? == 0x1f02;
    let participants = [reader.u32()?, reader.u32()?];
    reader.take(12)?;
    let port = reader.u16()?;
    let address = text_behind_length(&mut reader)?;
    let meeting = text_behind_length(&mut reader)?;
    opened.then_some(Packet::PeerProbe { address, port, meeting, participants })
}

fn text_behind_length<'p>(reader: &mut Reader<'p>) -> Option<&'p [u8]> {
    let length = usize::try_from(reader.u32()?).ok()?;
    reader.take(length).filter(|text| !text.is_empty() && text.iter().all(u8::is_ascii_graphic))
}

impl<'p> Frame<'p> {
    /// Reads a media header or a control message.
    fn read(bytes: &'p [u8], cut: u32) -> Option<Frame<'p>> {
        Frame::read_media(bytes, cut).or_else(|| Frame::read_screen(bytes)).or_else(|| {
            let control = matches!(bytes, [0x0a, 0x06, 0x00, ..] | [0x0c, 0x01, ..] | [0x0d, ..]);
            control.then(|| Frame { media: Media::Control, inner: None, binding: Binding::find(bytes) })
        })
    }

    /// The same behind a single byte, which fixes nothing: a control message must bind, or be an empty receipt.
    fn read_2019(bytes: &'p [u8], cut: u32) -> Option<Frame<'p>> {
        let receipt =
            matches!(bytes, [0x0a, 0x06, rest @ ..] if rest.len() == 12 && rest.iter().all(|byte| *byte == 0));
        Frame::read(bytes, cut).filter(|frame| frame.media != Media::Control || frame.binding.is_some() || receipt)
    }

    /// A screen that a server passes on hides behind the type of a control message.
    fn read_screen(bytes: &'p [u8]) -> Option<Frame<'p>> {
        let [0x0d, _, _, _, _, _, _, 0x1e, ..] = *bytes else { return None };
        rtp_at(bytes, 27).map(|inner| Frame { media: Media::Screen, inner: Some(inner), binding: None })
    }

    /// Reads a media header: type, 01 00, then at offset 6 its own length.
    fn read_media(bytes: &'p [u8], cut: u32) -> Option<Frame<'p>> {
        let [number, 0x01, 0x00, _, _, _, length, ..] = *bytes else { return None };
        let media = Media::of_type(number).filter(|media| *media != Media::Control)?;
        let inner = match media {
            Media::Audio => [usize::from(length) + 2, 19].into_iter().find_map(|at| audio_at(bytes, at, cut)),
            Media::Video => [usize::from(length), 24, 20].into_iter().find_map(|at| rtp_at(bytes, at)),
            Media::Screen => [20, usize::from(length), 27].into_iter().find_map(|at| rtp_at(bytes, at)),
            Media::Report => rtcp_at(bytes, 16),
            Media::Probe | Media::Control => None,
        };
        Some(Frame { media, inner, binding: None })
    }
}

/// RTP behind its length in two bytes.
fn audio_at(bytes: &[u8], at: usize, cut: u32) -> Option<&[u8]> {
    let inner = rtp_at(bytes, at)?;
    let length = Reader::new(bytes.get(at.checked_sub(2)?..)?).u16()?;
    let stored = inner.len();
    let fits = usize::from(length) <= stored + cut as usize;
    fits.then(|| inner.get(..usize::from(length).min(stored)).unwrap_or(inner))
}

fn rtp_at(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let inner = bytes.get(at..).filter(|inner| at >= 12 && inner.len() >= 12)?;
    matches!(inner, [first, second, ..] if first >> 6 == 2 && !(192..=223).contains(second)).then_some(inner)
}

fn rtcp_at(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let inner = bytes.get(at..)?;
    matches!(inner, [first, 192..=223, _, _, _, _, _, _, ..] if first >> 6 == 2).then_some(inner)
}
