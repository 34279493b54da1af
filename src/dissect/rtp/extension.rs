//! RTP header extension elements (RFC 8285), told apart by shape: their ids are negotiated where nobody can look.

/// Profile of one-byte element headers (RFC 8285 section 4.2).
pub(super) const ONE_BYTE: u16 = 0xbede;
/// Profiles of two-byte element headers, last four bits free (RFC 8285 section 4.3).
const TWO_BYTE: u16 = 0x1000;
/// Profile that WhatsApp puts in place of [`ONE_BYTE`]; seen in captures.
#[cfg(test)]
pub(super) const WHATSAPP: u16 = 0xdebe;
/// Profiles of encrypted elements (RFC 9335 section 4).
const CRYPTEX: [u16; 2] = [0xc0de, 0xc2de];

/// Ids followed in one stream: all of the one-byte form.
const IDS: usize = 15;
/// Sightings from which on a shape is trusted.
const SIGHTINGS_MIN: u32 = 4;

/// What the extension elements of one stream look like.
#[derive(Clone, Debug, Default)]
pub(super) struct Extensions {
    elements: [Element; IDS],
    profile: Option<u16>,
    packets: u32,
}

/// One element id.
#[derive(Clone, Copy, Debug, Default)]
struct Element {
    count: u32,
    length: u8,
    /// Another length was seen.
    uneven: bool,
    /// All bytes were letters, digits or marks.
    text: bool,
    /// Value changed from packet to packet so often.
    changes: u32,
    /// Value rose by one so often.
    counted_up: u32,
    last: u64,
    /// Number of the latest packet that carried it.
    seen_in: u32,
}

impl Extensions {
    /// Takes in the extension of one packet.
    pub(super) fn note(&mut self, profile: u16, elements: &[u8]) {
        self.profile = Some(profile);
        self.packets = self.packets.saturating_add(1);
        if profile == ONE_BYTE {
            self.read_one_byte(elements);
        } else if profile & 0xfff0 == TWO_BYTE {
            self.read_two_byte(elements);
        }
    }

    /// What the latest packet says of its loudness, in -dBov: the one byte that most packets carry. Whether it was
    /// loudness at all is known at the end ([`Self::has_audio_level`]).
    pub(super) fn level(&self) -> Option<u8> {
        let candidates =
            self.elements.iter().filter(|element| element.seen_in == self.packets && element.is_one_byte());
        let most = candidates.reduce(|most, next| if next.count > most.count { next } else { most })?;
        Some(most.last as u8 & 0x7f)
    }

    /// Profile of the last extension.
    pub(super) fn profile(&self) -> Option<u16> {
        self.profile
    }

    /// Whether a loudness value stands in clear on most of `packets` packets (RFC 6464).
    pub(super) fn has_audio_level(&self, packets: u64) -> bool {
        self.elements.iter().any(|element| element.is_audio_level(packets))
    }

    /// Names of the shapes seen among `packets` packets, in order of their ids, each once.
    pub(super) fn shapes(&self, packets: u64) -> Vec<&'static str> {
        let mut shapes = Vec::new();
        if self.profile.is_some_and(|profile| CRYPTEX.contains(&profile)) {
            shapes.push("cryptex");
        }
        for shape in self.elements.iter().filter_map(|element| element.shape(packets)) {
            if !shapes.contains(&shape) {
                shapes.push(shape);
            }
        }
        shapes
    }

    fn read_one_byte(&mut self, mut rest: &[u8]) {
        while let [head, tail @ ..] = rest {
            let (id, length) = (usize::from(head >> 4), usize::from(head & 0x0f) + 1);
            rest = match (id, tail.get(..length)) {
                (0, _) => tail,
                (15, _) | (_, None) => return,
                (_, Some(value)) => {
                    self.note_element(id, value);
                    tail.get(length..).unwrap_or_default()
                }
            };
        }
    }

    fn read_two_byte(&mut self, mut rest: &[u8]) {
        while let [id, tail @ ..] = rest {
            if *id == 0 {
                rest = tail;
                continue;
            }
            let Some((length, tail)) = tail.split_first() else { return };
            let Some(value) = tail.get(..usize::from(*length)) else { return };
            self.note_element(usize::from(*id), value);
            rest = tail.get(value.len()..).unwrap_or_default();
        }
    }

    fn note_element(&mut self, id: usize, value: &[u8]) {
        let packet = self.packets;
        if let Some(element) = self.elements.get_mut(id) {
            element.note(value);
            element.seen_in = packet;
        }
    }
}

impl Element {
    fn note(&mut self, value: &[u8]) {
        let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
        let number = value.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
        let text = !value.is_empty() && value.iter().all(u8::is_ascii_graphic);
        if self.count == 0 {
            (self.length, self.text) = (length, text);
        } else {
            self.uneven |= length != self.length;
            self.text &= text;
            self.changes = self.changes.saturating_add(u32::from(number != self.last));
            self.counted_up = self.counted_up.saturating_add(u32::from(number == self.last.wrapping_add(1)));
        }
        self.count = self.count.saturating_add(1);
        self.last = number;
    }

    fn is_one_byte(&self) -> bool {
        self.length == 1 && !self.uneven
    }

    /// One byte on nearly every packet, that is no constant name such as the media id `0`.
    fn is_audio_level(&self, packets: u64) -> bool {
        let on_most = u64::from(self.count) * 10 >= packets * 8;
        let constant_name = self.text && self.changes == 0;
        self.count >= SIGHTINGS_MIN && on_most && self.is_one_byte() && !constant_name
    }

    fn shape(&self, packets: u64) -> Option<&'static str> {
        if self.is_audio_level(packets) {
            return Some("audio-level");
        }
        if self.count < SIGHTINGS_MIN {
            return None;
        }
        let steady = !self.uneven;
        match self.length {
            _ if self.text && self.changes == 0 => Some("mid"),
            2 if steady && self.counted_up * 4 > self.count => Some("transport-cc"),
            3 if steady && self.changes * 4 > self.count => Some("abs-send-time"),
            8 | 16 if steady => Some("abs-capture-time"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_a_browser_audio_stream() {
        let mut extensions = Extensions::default();
        for number in 0..50u8 {
            let elements = [0x10, 0x80 | number, 0x22, 1, number, 7, 0x31, 9, number, 0x40, b'0', 0];
            extensions.note(ONE_BYTE, &elements);
        }
        assert!(extensions.has_audio_level(50));
        assert_eq!(extensions.shapes(50), ["audio-level", "abs-send-time", "transport-cc", "mid"]);
    }

    #[test]
    fn muted_level_is_a_level_and_rare_single_bytes_are_not() {
        let mut extensions = Extensions::default();
        (0..9).for_each(|_| extensions.note(ONE_BYTE, &[0x10, 0xff]));
        assert!(extensions.has_audio_level(9));
        assert!(!extensions.has_audio_level(90));
    }

    #[test]
    fn encrypted_elements_are_named_and_not_read() {
        let mut extensions = Extensions::default();
        (0..9).for_each(|_| extensions.note(0xc0de, &[0x10, 0xff]));
        assert_eq!(extensions.shapes(9), ["cryptex"]);
    }

    #[test]
    fn broken_elements_do_no_harm() {
        let mut extensions = Extensions::default();
        for first in 0..=255u8 {
            for profile in [ONE_BYTE, TWO_BYTE, TWO_BYTE | 7, WHATSAPP] {
                extensions.note(profile, &[first]);
                extensions.note(profile, &[first, 255]);
                extensions.note(profile, &[first, 0, first]);
            }
        }
        assert_eq!(extensions.profile(), Some(WHATSAPP));
    }
}
