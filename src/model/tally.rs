//! Counting the frames of a capture, read or written.

use super::frame::{Capture, LinkType};
use super::time::Timestamp;

/// Most link types listed of one capture.
pub const LINK_TYPES_MAX: usize = 64;

/// The counters of one capture. What reads a file and what writes one count alike, so that they say the same of it.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    packets: u64,
    bytes: u64,
    cut_packets: u64,
    out_of_order: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    latest: Timestamp,
    link_types: Vec<LinkType>,
}

impl Tally {
    /// Counts a frame of which `stored` bytes are there and gives what is sane of it: never stored longer than on the
    /// wire, and never without a time. One that tells none gets that of the frame before it.
    #[inline]
    pub fn add(
        &mut self,
        link: LinkType,
        stored: usize,
        wire_length: u32,
        time: Option<Timestamp>,
    ) -> (u32, Timestamp) {
        let stored = u32::try_from(stored).unwrap_or(u32::MAX);
        let wire_length = wire_length.max(stored);
        self.packets += 1;
        self.bytes += u64::from(wire_length);
        self.cut_packets += u64::from(stored < wire_length);
        if let Some(time) = time {
            self.clock(time);
        }
        if self.link_types.last() != Some(&link) {
            self.add_link(link);
        }
        (wire_length, self.latest)
    }

    /// Frames counted.
    #[inline]
    pub const fn packets(&self) -> u64 {
        self.packets
    }

    /// Bytes on the wire of the frames counted.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What the counters say of the capture; the caller adds what it knows besides.
    pub fn capture(&self, path: String, format: String) -> Capture {
        Capture {
            path,
            sha256: String::new(),
            format,
            link_types: self.link_types.clone(),
            packets: self.packets,
            bytes: self.bytes,
            first: self.first,
            last: self.last,
            cut_packets: self.cut_packets,
            out_of_order: self.out_of_order,
            dropped: None,
            comments: Vec::new(),
            names: Vec::new(),
            own_addresses: Vec::new(),
            has_secrets: false,
            damage: None,
        }
    }

    #[inline]
    fn clock(&mut self, time: Timestamp) {
        match (self.first, self.last) {
            (Some(first), Some(last)) => {
                self.out_of_order += u64::from(time < self.latest);
                self.first = Some(first.min(time));
                self.last = Some(last.max(time));
            }
            _ => (self.first, self.last) = (Some(time), Some(time)),
        }
        self.latest = time;
    }

    #[cold]
    fn add_link(&mut self, link: LinkType) {
        if !self.link_types.contains(&link) && self.link_types.len() < LINK_TYPES_MAX {
            self.link_types.push(link);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_cut_and_what_runs_backwards() {
        let mut tally = Tally::default();
        let at = Timestamp::from_nanos;
        assert_eq!(tally.add(LinkType::ETHERNET, 60, 100, Some(at(5))), (100, at(5)));
        assert_eq!(tally.add(LinkType::RAW, 60, 20, Some(at(3))), (60, at(3)));
        assert_eq!(tally.add(LinkType::ETHERNET, 60, 60, None), (60, at(3)));
        let capture = tally.capture("call.pcapng".into(), "pcapng".into());
        assert_eq!((capture.packets, capture.bytes, capture.cut_packets, capture.out_of_order), (3, 220, 1, 1));
        assert_eq!((capture.first, capture.last), (Some(at(3)), Some(at(5))));
        assert_eq!(capture.link_types, [LinkType::ETHERNET, LinkType::RAW]);
    }
}
