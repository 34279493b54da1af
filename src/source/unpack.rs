//! Takes compression off, found by its first bytes.

use super::error::OpenError;
use super::stored::Stored;
use std::io::{self, BufReader, Cursor, Read};

/// Most compressions around one capture.
const LAYERS_MAX: usize = 2;
/// Bytes looked at to tell formats apart.
const MAGIC_BYTES: usize = 32;
/// Bytes that a decompressor asks of the file at once.
const COMPRESSED_BUFFER_BYTES: usize = 256 << 10;

/// An unpacked stream of bytes.
pub(super) type Unpacked = Box<dyn Read + Send>;

/// What was found under the compression.
pub(super) struct Opened {
    /// The capture's bytes from the first on.
    pub(super) reader: Unpacked,
    /// Its first bytes.
    pub(super) magic: Vec<u8>,
    /// `.gz`, `.zst.gz`: names of the compressions, the innermost first.
    pub(super) suffix: String,
}

/// Takes off at most [`LAYERS_MAX`] compressions.
pub(super) fn unpack(path: &str, stored: Stored) -> Result<Opened, OpenError> {
    let unreadable = |cause| OpenError::Unreadable { path: path.to_owned(), cause };
    let (mut magic, mut reader) = peek(Box::new(stored)).map_err(unreadable)?;
    let mut suffix = String::new();
    for layer in 0.. {
        let Some(compression) = Compression::of(&magic) else { break };
        if layer == LAYERS_MAX {
            return Err(OpenError::Nested { path: path.to_owned(), layers: LAYERS_MAX });
        }
        suffix.insert_str(0, compression.suffix());
        (magic, reader) = compression.decoder(reader).and_then(peek).map_err(unreadable)?;
    }
    Ok(Opened { reader, magic, suffix })
}

/// The first bytes of a stream, and the stream with them still in it.
fn peek(mut reader: Unpacked) -> io::Result<(Vec<u8>, Unpacked)> {
    let mut magic = Vec::with_capacity(MAGIC_BYTES);
    let read = reader.by_ref().take(MAGIC_BYTES as u64).read_to_end(&mut magic);
    // A stream that breaks after a few bytes still has those; the break shows again when they are used up.
    if magic.is_empty() {
        read?;
    }
    Ok((magic.clone(), Box::new(Cursor::new(magic).chain(reader))))
}

#[derive(Clone, Copy)]
enum Compression {
    Gzip,
    Zstd,
    Lz4,
}

impl Compression {
    /// RFC 1952 section 2.3.1, RFC 8878 sections 3.1.1 and 3.1.2, LZ4 frame format.
    fn of(magic: &[u8]) -> Option<Compression> {
        match magic {
            [0x1f, 0x8b, 8, ..] => Some(Compression::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Compression::Zstd),
            // A skippable frame may stand before the first frame of zstd; pzstd and seekable zstd write it.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Compression::Zstd),
            [0x04, 0x22, 0x4d, 0x18, ..] | [0x02, 0x21, 0x4c, 0x18, ..] => Some(Compression::Lz4),
            _ => None,
        }
    }

    const fn suffix(self) -> &'static str {
        match self {
            Compression::Gzip => ".gz",
            Compression::Zstd => ".zst",
            Compression::Lz4 => ".lz4",
        }
    }

    fn decoder(self, packed: Unpacked) -> io::Result<Unpacked> {
        let packed = BufReader::with_capacity(COMPRESSED_BUFFER_BYTES, packed);
        Ok(match self {
            Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
            Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(packed)?),
            Compression::Lz4 => Box::new(Lz4Frames::new(packed)),
        })
    }
}

/// All lz4 frames of a stream. The decoder reads one and says of a cut one that it ended; so what lies below it
/// remembers whether the end came in the middle.
struct Lz4Frames<R: Read>(Option<lz4_flex::frame::FrameDecoder<Ended<R>>>);

/// A reader that remembers whether it was asked for more than there is, and what it gave.
struct Ended<R> {
    reader: R,
    at_end: bool,
    given: u64,
}

impl<R: Read> Read for Ended<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.at_end |= count == 0 && !buffer.is_empty();
        self.given += count as u64;
        Ok(count)
    }
}

impl<R: Read> Lz4Frames<R> {
    fn new(reader: R) -> Self {
        Lz4Frames(Some(lz4_flex::frame::FrameDecoder::new(Ended { reader, at_end: false, given: 0 })))
    }
}

impl<R: Read> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(frame) = &mut self.0 {
            let count = frame.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let below = frame.get_ref();
            match (below.at_end, below.given) {
                (true, 0) => self.0 = None,
                (true, _) => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the last lz4 frame is cut")),
                // A new decoder for each frame: one decoder expects all to have the first one's block size.
                (false, _) => self.0 = self.0.take().map(|frame| next_frame(frame.into_inner())),
            }
        }
        Ok(0)
    }
}

fn next_frame<R: Read>(below: Ended<R>) -> lz4_flex::frame::FrameDecoder<Ended<R>> {
    lz4_flex::frame::FrameDecoder::new(Ended { reader: below.reader, at_end: false, given: 0 })
}
