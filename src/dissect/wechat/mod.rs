//! What WeChat sends on its own: MMTLS, the request by which it asks for its servers, and the framing of its calls.

pub(super) mod hello;
pub mod longlink;
pub(super) mod query;
pub mod voice;

pub(super) use query::{
    AGREEMENT, CLIENT_VERSION, DEVICE_TYPE, LANGUAGE, LAST_ANSWER, NETWORK_ID, NETWORK_TYPE, OPERATOR, UIN, VERSION,
};

use super::needs::Needs;
use super::{Carrier, Dissector, Protocol};
use crate::model::wire::Reader;
use crate::model::{Input, Output, Piece, Step};

/// MMTLS, a derivative of a TLS 1.3 draft with records of its own.
pub static PROTOCOL: Protocol = Protocol {
    name: "mmtls",
    summary: "MMTLS of WeChat: version, clock and the reused ticket of the opening message in clear",
    source: "records as observed; Citizen Lab, mmtls description of 2024",
    carrier: Carrier::Stream,
    recognise,
    needs,
    create: || Box::new(Mmtls::default()),
    keys: hello::ALL,
};

/// Bytes of a record header.
const MMTLS_HEADER_BYTES: usize = 5;

fn recognise(input: &Input<'_>) -> bool {
    matches!(input.piece, Piece::Stream { .. }) && holds_records(input.bytes)
}

/// The opening messages; what follows them is sealed.
fn needs<'p>(input: &Input<'p>) -> Needs<'p> {
    match *input.bytes {
        [kind, _, _, high, low, ..] => {
            let length = MMTLS_HEADER_BYTES + usize::from(u16::from_be_bytes([high, low]));
            match kind {
                0x17 => Needs::Content { header: MMTLS_HEADER_BYTES, length },
                _ => Needs::Message { needed: length.min(hello::BYTES_MAX), length },
            }
        }
        _ => Needs::More,
    }
}

/// Two records in a row, or one that ends with the bytes or goes beyond them.
fn holds_records(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    record(&mut reader).is_some() && (reader.is_empty() || record(&mut reader).is_some())
}

/// One record: type (alert 15, handshake 16, data 17, early handshake 19), version F103 or F104, length.
fn record(reader: &mut Reader<'_>) -> Option<()> {
    reader.u8().filter(|kind| matches!(kind, 0x15 | 0x16 | 0x17 | 0x19))?;
    reader.u16().filter(|version| matches!(version, 0xf103 | 0xf104))?;
    let length = usize::from(reader.u16().filter(|length| *length > 0)?);
    reader.take_up_to(length);
    Some(())
}

/// Collects the first message of each direction; what follows it is encrypted.
#[derive(Clone, Debug, Default)]
struct Mmtls {
    collected: [Vec<u8>; 2],
    seen: bool,
}

impl Dissector for Mmtls {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        let Some(collected) = self.collected.get_mut(input.direction.index()) else { return Step::Finished };
        if matches!(input.piece, Piece::Gap { .. }) {
            return Step::Finished;
        }
        if collected.is_empty() && !holds_records(input.bytes) {
            return if self.seen { Step::Taken } else { Step::Foreign };
        }
        if !self.seen {
            self.seen = true;
            out.facts.state(&hello::SEEN, true, input.at);
        }
        let room = hello::BYTES_MAX.saturating_sub(collected.len());
        collected.extend_from_slice(input.bytes.get(..room).unwrap_or(input.bytes));
        match hello::whole(collected) {
            Some(record) => hello::state(record, input.at, out),
            None if collected.len() < hello::BYTES_MAX => return Step::Taken,
            None => {}
        }
        Step::Finished
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Evidence, Timestamp};

    fn offer(mmtls: &mut Mmtls, bytes: &[u8], out: &mut Output) -> bool {
        let direction = Direction::Forward;
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction };
        let (source, destination) = ("192.0.2.1:9".parse().unwrap(), "192.0.2.2:80".parse().unwrap());
        let piece = Piece::Stream { offset: 0, from_start: true };
        let input = Input { bytes, piece, direction, at, source, destination, cut: 0, tunnel: None };
        recognise(&input);
        matches!(mmtls.read(&input, out), Step::Finished)
    }

    #[test]
    fn an_opening_message_in_pieces() {
        let bytes = hello::tests::early();
        let (mut mmtls, mut out) = (Mmtls::default(), Output::default());
        assert!(!offer(&mut mmtls, &bytes[..40], &mut out));
        assert!(out.facts.has("mmtls.seen") && !out.facts.has("mmtls.ticket"));
        assert!(offer(&mut mmtls, &bytes[40..], &mut out));
        assert!(out.facts.has("mmtls.ticket"));
    }

    #[test]
    fn every_prefix_and_every_flipped_byte_is_survived() {
        for whole in [hello::tests::early(), hello::tests::full()] {
            for index in 0..whole.len() {
                let mut out = Output::default();
                offer(&mut Mmtls::default(), &whole[..index], &mut out);
                for bit in [0x01, 0x80, 0xff] {
                    let mut flipped = whole.clone();
                    flipped[index] ^= bit;
                    offer(&mut Mmtls::default(), &flipped, &mut out);
                }
            }
        }
    }

    #[test]
    fn records_must_follow_each_other() {
        assert!(holds_records(b"\x16\xf1\x04\0\x02ab\x17\xf1\x04\0\x01c"));
        assert!(holds_records(b"\x19\xf1\x03\0\x20ab"));
        assert!(!holds_records(b"\x16\xf1\x04\0\x02ab\x16\x03\x03\0\x01c"));
        assert!(!holds_records(b"\x16\x03\x01\0\x02ab"));
        assert!(!holds_records(b"\x16\xf1\x04"));
    }
}
