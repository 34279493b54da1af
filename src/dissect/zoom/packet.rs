//! Zoom's UDP framing, byte by byte. Two layers: one of the media server (left out between peers) and a media header.
//!
//! Facts from Michel et al., "Enabling Passive Measurement of Zoom Performance in Production Networks" (IMC 2022), and
//! from captures of 2019 to 2025.

use crate::model::wire::Reader;

/// STUN's magic cookie (RFC 8489 section 5): its message types open like Zoom's server framing.
const STUN_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
/// Length of the token behind a hello.
const TOKEN_BYTES: u32 = 64;
/// Most type-length-value blocks behind a keep-alive.
const BLOCKS_MAX: usize = 16;

/// Generation of the server framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Generation {
    /// One byte before the media header.
    Y2019,
    /// Eight bytes.
    Y2022,
    /// Eight bytes and blocks of type, length and value.
    Y2025,
}

impl Generation {
    /// The year in which it was first seen.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Generation::Y2019 => "2019",
            Generation::Y2022 => "2022",
            Generation::Y2025 => "2025",
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
    },
    /// The server's reply.
    Reply {
        /// The hello's id.
        id: [u8; 16],
        /// Number of this connection.
        connection: u32,
    },
    /// Keep-alive or its echo.
    Ping {
        /// Counter, clock and connection, which the echo repeats.
        token: [u8; 12],
        /// Number of this connection.
        connection: u32,
        /// Whether it answers one.
        echo: bool,
        /// Generation of the framing.
        generation: Generation,
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
        /// Id of the peers' connection in text.
        id: &'p [u8],
    },
}

/// A media header and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<'p> {
    /// What it announces.
    pub(super) media: Media,
    /// RTP or RTCP inside.
    pub(super) inner: Option<&'p [u8]>,
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
            0x1f => read_peer_probe(bytes),
            _ => Frame::read_media(bytes, cut).filter(|frame| frame.inner.is_some()).map(Packet::Direct),
        }
    }
}

fn read_hello(bytes: &[u8]) -> Option<Packet<'_>> {
    let mut reader = Reader::new(bytes);
    let opened = matches!(reader.array()?, [0x01, 0x00, 0x02 | 0x03]);
    let id = reader.array()?;
    reader.take(16)?;
    (reader.u32()? == TOKEN_BYTES && opened).then_some(Packet::Hello { id })
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
    let connection = Reader::new(token.get(8..)?).u32()?;
    if token.first() != Some(&0) || connection == 0 {
        return None;
    }
    let generation = match reader.u8() {
        None => Generation::Y2019,
        Some(0) if reader.is_empty() => Generation::Y2022,
        Some(1) if blocks_fit(&mut reader, cut > 0) => Generation::Y2025,
        Some(_) => return None,
    };
    Some(Packet::Ping { token, connection, echo, generation })
}

/// Whether blocks of type, length and value fill the rest up to a closing zero.
fn blocks_fit(reader: &mut Reader<'_>, cut: bool) -> bool {
    for _ in 0..BLOCKS_MAX {
        match reader.u8() {
            Some(0) => return reader.is_empty(),
            Some(_) if reader.vector8().is_some() => {}
            _ => return cut,
        }
    }
    false
}

fn read_relayed(bytes: &[u8], cut: u32) -> Option<Packet<'_>> {
    read_relayed_2022(bytes, cut).or_else(|| {
        let frame = Frame::read(bytes.get(1..)?, cut)?;
        Some(Packet::Relayed { connection: None, from_server: None, generation: Generation::Y2019, frame })
    })
}

/// Type, number, connection, flags: 4 from the server, 1 a clock block (07 04, four bytes, 00) before the media header.
fn read_relayed_2022(bytes: &[u8], cut: u32) -> Option<Packet<'_>> {
    let mut reader = Reader::new(bytes.get(3..)?);
    let (connection, flags) = (reader.u32()?, reader.u8()?);
    if flags & !0x05 != 0 || connection == 0 {
        return None;
    }
    if flags & 0x01 != 0 && !matches!(reader.array()?, [0x07, 0x04, _, _, _, _, 0x00]) {
        return None;
    }
    let generation = if flags & 0x01 != 0 { Generation::Y2025 } else { Generation::Y2022 };
    let frame = Frame::read(reader.rest(), cut)?;
    Some(Packet::Relayed { connection: Some(connection), from_server: Some(flags & 0x04 != 0), generation, frame })
}

/// `1f 02`, both ids, counters, a port, then address and connection id as text behind their lengths.
fn read_peer_probe(bytes: &[u8]) -> Option<Packet<'_>> {
    let mut reader = Reader::new(bytes);
    let opened = reader.u16()? == 0x1f02;
    reader.take(20)?;
    let port = reader.u16()?;
    let address = text_behind_length(&mut reader)?;
    let id = text_behind_length(&mut reader)?;
    opened.then_some(Packet::PeerProbe { address, port, id })
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
            control.then_some(Frame { media: Media::Control, inner: None })
        })
    }

    /// A screen that a server passes on hides behind the type of a control message.
    fn read_screen(bytes: &'p [u8]) -> Option<Frame<'p>> {
        let [0x0d, _, _, _, _, _, _, 0x1e, ..] = *bytes else { return None };
        rtp_at(bytes, 27).map(|inner| Frame { media: Media::Screen, inner: Some(inner) })
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
        Some(Frame { media, inner })
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
