//! The header of Mars, on which WeChat kept its connection before MMTLS: length of the message, length of the header
//! (16), version (1), command, number. Command 6 keeps the connection alive and is a header alone.

use crate::dissect::needs::Needs;
use crate::dissect::{Carrier, Dissector, Protocol};
use crate::model::wire::Reader;
use crate::model::{Input, Key, KeyInfo, Observer, Output, Piece, Question, Step};

/// The kept connection of older clients.
pub static PROTOCOL: Protocol = Protocol {
    name: "mars",
    summary: "WeChat's kept connection before MMTLS: that it is there",
    source: SOURCE,
    carrier: Carrier::Stream,
    recognise,
    needs,
    create: || Box::new(Longlink),
    keys: &[&SEEN.info],
};

const SOURCE: &str = "public descriptions of the header, up to 2016; no capture at hand";

static SEEN: Key<bool> = Key::new(KeyInfo {
    name: "wechat.longlink",
    question: Question::Software,
    observers: &[Observer::Network, Observer::Provider],
    doc: "A keep-alive of Mars alone in its piece, or two messages in a row",
    source: SOURCE,
    wireshark: "tcp.payload[4:4] == 00:10:00:01",
    sentence: None,
});

/// Length of the header in bytes.
const HEADER_BYTES: u32 = 16;
/// Longest message in bytes.
const MESSAGE_BYTES_MAX: u32 = 1 << 20;
/// Command that keeps a connection alive.
const KEEP_ALIVE: u32 = 6;
/// Largest command number.
const COMMAND_MAX: u32 = 0xffff;

fn recognise(input: &Input<'_>) -> bool {
    matches!(input.piece, Piece::Stream { .. }) && fits(input.bytes)
}

/// The first piece that fits is all that is read.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    Needs::Content { header: input.bytes.len(), length: input.bytes.len() }
}

fn fits(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    match message(&mut reader) {
        Some(KEEP_ALIVE) if reader.is_empty() => bytes.len() == HEADER_BYTES as usize,
        Some(_) => message(&mut reader).is_some(),
        None => false,
    }
}

/// The command of a message, which is passed over.
fn message(reader: &mut Reader<'_>) -> Option<u32> {
    let length = reader.u32().filter(|length| (HEADER_BYTES..=MESSAGE_BYTES_MAX).contains(length))?;
    let header_fits = reader.u16()? == 16 && reader.u16()? == 1;
    let command = reader.u32().filter(|command| header_fits && (1..=COMMAND_MAX).contains(command))?;
    reader.u32()?;
    reader.take_up_to(usize::try_from(length - HEADER_BYTES).ok()?);
    Some(command)
}

/// States it once; the rest is encrypted.
#[derive(Clone, Debug)]
struct Longlink;

impl Dissector for Longlink {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        if !fits(input.bytes) {
            return Step::Foreign;
        }
        out.facts.state(&SEEN, true, input.at);
        Step::Finished
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(length: u8, command: u8) -> Vec<u8> {
        vec![0, 0, 0, length, 0, 16, 0, 1, 0, 0, 0, command, 0xff, 0xff, 0xff, 0xff]
    }

    #[test]
    fn a_keep_alive_alone_or_two_messages_in_a_row() {
        assert!(fits(&header(16, 6)));
        assert!(fits(&[header(20, 19), vec![9; 4], header(16, 6)].concat()));
        assert!(!fits(&header(20, 19)));
        assert!(!fits(&header(16, 7)));
        assert!(!fits(&[header(16, 6), vec![1]].concat()));
        assert!(!fits(&[0; 16]));
    }

    #[test]
    fn every_prefix_and_every_flipped_byte_is_survived() {
        let whole = [header(20, 19), vec![9; 4], header(16, 6)].concat();
        for index in 0..whole.len() {
            fits(&whole[..index]);
            let mut flipped = whole.clone();
            flipped[index] ^= 0xff;
            fits(&flipped);
        }
    }
}
