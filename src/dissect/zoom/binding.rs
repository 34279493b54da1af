//! The message by which a client binds a medium to a connection, and the server's answer: the meeting's GUID and the
//! sender's own media source stand in it in clear. Seen in captures of 2019, 2021 and 2023; peers' probes of 2023 carry
//! the same GUID as text.

use crate::model::wire::Reader;

/// Bytes before the message: none, or the header of the channel that repeats lost messages. Its length differs by
/// generation and way.
const OFFSETS_BYTES: [usize; 5] = [0, 4, 7, 9, 15];
/// Largest number of a medium: 1 audio, 2 screen, 3 video.
const MEDIUM_MAX: u8 = 3;

/// What a connection was bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    /// GUID that all flows of a meeting share.
    pub(super) meeting: [u8; 16],
    /// Media source of the client that asked.
    pub(super) source: u32,
}

impl Binding {
    /// The binding that a control message holds.
    pub(super) fn find(bytes: &[u8]) -> Option<Binding> {
        OFFSETS_BYTES.into_iter().find_map(|at| read(bytes.get(at..)?))
    }

    /// The GUID as its text form has it (RFC 9562 section 4), in capitals as the peers' probes write it.
    pub(super) fn meeting_text(&self) -> String {
        let mut text = String::with_capacity(36);
        for (index, byte) in self.meeting.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            text.push_str(&format!("{byte:02X}"));
        }
        text
    }
}

/// `0c 01` or `0d 01`, a random GUID (RFC 9562 section 5.4), a media source, a medium.
fn read(bytes: &[u8]) -> Option<Binding> {
    let mut reader = Reader::new(bytes);
    let opened = matches!(reader.array()?, [0x0c | 0x0d, 0x01]);
    let (meeting, source, medium): ([u8; 16], u32, u8) = (reader.array()?, reader.u32()?, reader.u8()?);
    let random = meeting.get(6)? >> 4 == 4 && meeting.get(8)? >> 6 == 2;
    let fits = (1..=MEDIUM_MAX).contains(&medium) && source != 0;
    (opened && random && fits).then_some(Binding { meeting, source })
}
