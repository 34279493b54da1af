//! RTP header extension elements (RFC 8285), told apart by shape: their ids are negotiated where nobody can look.

use super::element::{Around, Element, Shape};
use super::header::Header;
use crate::model::Timestamp;

/// Profile of one-byte element headers (RFC 8285 section 4.2).
pub(super) const ONE_BYTE: u16 = 0xbede;
/// Profiles of two-byte element headers, last four bits free (RFC 8285 section 4.3).
const TWO_BYTE: u16 = 0x1000;
/// Profile that WhatsApp puts in place of [`ONE_BYTE`]; its elements have the one-byte form. Seen in captures.
pub(super) const WHATSAPP: u16 = 0xdebe;
/// Profiles of encrypted elements (RFC 9335 section 4).
const CRYPTEX: [u16; 2] = [0xc0de, 0xc2de];

/// Ids followed in one stream.
const IDS_MAX: usize = 16;
/// Ids of uneven length from which on elements are bytes without meaning: some clients encrypt them and leave the
/// profile as it is.
const UNEVEN_IDS_MIN: usize = 6;

/// What the extension elements of one stream look like.
#[derive(Clone, Debug, Default)]
pub(super) struct Extensions {
    /// In the order in which their ids were first seen.
    elements: Vec<Element>,
    profile: Option<u16>,
    packets: u32,
    /// The byte of the latest packet that most packets carry, with how many did.
    level: Option<(u32, u8)>,
}

/// What a byte on the last packet of few frames says of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameFlag {
    /// A shared screen (video content type 1).
    Screen,
    /// How the camera is held: bits for the camera on the back, mirrored, and quarter turns (3GPP TS 26.114
    /// section 7.4.5).
    Orientation(u8),
}

impl Extensions {
    /// Takes in the extension of one packet.
    pub(super) fn note(&mut self, header: &Header<'_>, time: Timestamp) {
        let Some((profile, elements)) = header.extension else { return };
        self.profile = Some(profile);
        self.packets = self.packets.saturating_add(1);
        self.level = None;
        let around = Around { time, marker: header.marker, contributors: header.contributors.len() / 4 };
        if profile == ONE_BYTE || profile == WHATSAPP {
            self.read_one_byte(elements, around);
        } else if profile & 0xfff0 == TWO_BYTE {
            self.read_two_byte(elements, around);
        }
    }

    /// What the latest packet says of its loudness, in -dBov: the one byte that most packets carry and that is no
    /// constant letter, as names are. Whether it was loudness at all is known at the end ([`Self::has_audio_level`]).
    pub(super) fn level(&self) -> Option<u8> {
        self.level.map(|(_, byte)| byte & 0x7f)
    }

    /// Profile of the last extension.
    pub(super) fn profile(&self) -> Option<u16> {
        self.profile
    }

    /// Whether a loudness value stands in clear on most of `packets` packets (RFC 6464).
    pub(super) fn has_audio_level(&self, packets: u64) -> bool {
        !self.is_sealed() && self.elements.iter().any(|element| element.is_audio_level(packets))
    }

    /// Names of the shapes seen among `packets` packets, in order of their ids, each once.
    pub(super) fn shapes(&self, packets: u64) -> Vec<&'static str> {
        let mut shapes = Vec::new();
        if self.profile.is_some_and(|profile| CRYPTEX.contains(&profile)) {
            shapes.push("cryptex");
        } else if self.is_sealed() {
            shapes.push("encrypted");
        }
        for (element, shape) in self.told(packets) {
            let name = match shape {
                Shape::Name => self.name_of_text(element),
                Shape::FrameFlag => name_of_flag(self.frame_flag(packets)),
                shape => name_of(shape),
            };
            if !name.is_empty() && !shapes.contains(&name) {
                shapes.push(name);
            }
        }
        shapes
    }

    /// The names of the source and of its layer, where signalling gave it one.
    pub(super) fn names(&self, packets: u64) -> [Option<&str>; 2] {
        let mut texts = self.told(packets).filter(|(_, shape)| *shape == Shape::Name);
        let mut next = || texts.next().and_then(|(element, _)| std::str::from_utf8(element.constant()?).ok());
        [next(), next()]
    }

    /// The name of the source and the id of its element.
    pub(super) fn media_name(&self, packets: u64) -> Option<(u8, &str)> {
        let (element, _) = self.told(packets).find(|(_, shape)| *shape == Shape::Name)?;
        Some((element.id, std::str::from_utf8(element.constant()?).ok()?))
    }

    /// The text under an id that means a name in another stream of the same sender.
    pub(super) fn text_under(&self, id: u8) -> Option<&str> {
        let element = self.elements.iter().find(|element| element.id == id)?;
        std::str::from_utf8(element.constant()?).ok()
    }

    /// What the picture is, where two such bytes stand beside each other in the order in which browsers write them
    /// (orientation, content type), or one that cannot be a content type.
    pub(super) fn frame_flag(&self, packets: u64) -> Option<FrameFlag> {
        let mut flags = self.told(packets).filter(|(_, shape)| *shape == Shape::FrameFlag).map(|(element, _)| element);
        match (flags.next()?, flags.next()) {
            (_, Some(second)) if second.constant() == Some(&[1]) => Some(FrameFlag::Screen),
            (first, _) if first.constant() != Some(&[1]) => Some(FrameFlag::Orientation(first.last_byte())),
            _ => None,
        }
    }

    /// Nanoseconds by which the sender's wall clock is ahead of the capture's.
    pub(super) fn clock_offset(&self, packets: u64) -> Option<i64> {
        let clock = self.told(packets).find(|(_, shape)| *shape == Shape::AbsCaptureTime);
        clock.and_then(|(element, _)| element.clock_offset())
    }

    /// Elements with their shapes. One that is told by its form alone needs another beside it that behaves, so that
    /// bytes without meaning tell nothing.
    fn told(&self, packets: u64) -> impl Iterator<Item = (&Element, Shape)> {
        let behaves = |element: &Element| {
            matches!(
                element.shape(packets),
                Some(Shape::AudioLevel | Shape::TransportCc | Shape::AbsSendTime | Shape::DependencyDescriptor)
            )
        };
        let trusted = !self.is_sealed() && self.elements.iter().any(behaves);
        let shape = move |element| Element::shape(element, packets).map(|shape| (element, shape));
        self.elements.iter().filter_map(shape).filter(move |(element, _)| trusted || element.count >= 4)
    }

    fn is_sealed(&self) -> bool {
        self.elements.iter().filter(|element| element.is_uneven()).count() >= UNEVEN_IDS_MIN
    }

    /// The source's name comes first, then that of its layer.
    fn name_of_text(&self, element: &Element) -> &'static str {
        let first = self.elements.iter().find(|other| other.constant().is_some() && other.is_text());
        if first.is_some_and(|first| first.id == element.id) { "mid" } else { "rid" }
    }

    fn read_one_byte(&mut self, mut rest: &[u8], around: Around) {
        while let [head, tail @ ..] = rest {
            let (id, length) = (head >> 4, usize::from(head & 0x0f) + 1);
            rest = match (id, tail.get(..length)) {
                (0, _) => tail,
                (15, _) | (_, None) => return,
                (_, Some(value)) => {
                    self.note_element(id, value, around);
                    tail.get(length..).unwrap_or_default()
                }
            };
        }
    }

    fn read_two_byte(&mut self, mut rest: &[u8], around: Around) {
        while let [id, tail @ ..] = rest {
            if *id == 0 {
                rest = tail;
                continue;
            }
            let Some((length, tail)) = tail.split_first() else { return };
            let Some(value) = tail.get(..usize::from(*length)) else { return };
            self.note_element(*id, value, around);
            rest = tail.get(value.len()..).unwrap_or_default();
        }
    }

    fn note_element(&mut self, id: u8, value: &[u8], around: Around) {
        if let Some(element) = self.elements.iter_mut().find(|element| element.id == id) {
            element.note(value, around);
            if let [byte] = value
                && element.is_one_byte()
                && (element.constant().is_none() || !byte.is_ascii_graphic())
                && self.level.is_none_or(|(count, _)| element.count > count)
            {
                self.level = Some((element.count, *byte));
            }
        } else if self.elements.len() < IDS_MAX {
            let mut element = Element::new(id);
            element.note(value, around);
            self.elements.push(element);
        }
    }
}

const fn name_of(shape: Shape) -> &'static str {
    match shape {
        Shape::AudioLevel => "audio-level",
        Shape::ContributorLevel => "csrc-audio-level",
        Shape::AbsSendTime => "abs-send-time",
        Shape::TransportCc => "transport-cc",
        Shape::AbsCaptureTime => "abs-capture-time",
        Shape::DependencyDescriptor => "dependency-descriptor",
        Shape::PlayoutDelay => "playout-delay",
        Shape::TransmissionOffset => "transmission-offset",
        Shape::VideoTiming => "video-timing",
        Shape::ColorSpace => "color-space",
        Shape::Name | Shape::FrameFlag => "",
    }
}

const fn name_of_flag(flag: Option<FrameFlag>) -> &'static str {
    match flag {
        Some(FrameFlag::Screen) => "content-type",
        Some(FrameFlag::Orientation(_)) => "video-orientation",
        None => "",
    }
}

#[cfg(test)]
mod tests;
