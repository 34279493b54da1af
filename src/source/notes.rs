//! What a capture tells about itself besides its frames, bounded.

use crate::model::Problems;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Most comments kept of one capture.
const COMMENTS_MAX: usize = 256;
/// Longest comment kept, in bytes.
const COMMENT_BYTES_MAX: usize = 4096;
/// Most names kept that a capture brings.
const NAMES_MAX: usize = 65_536;
/// Most addresses kept of the interfaces of one capture.
const OWN_ADDRESSES_MAX: usize = 1024;
/// Longest name kept, in bytes (RFC 1035 section 2.3.4).
const NAME_BYTES_MAX: usize = 255;

/// Notes of one capture.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Comments of sections, interfaces and packets.
    pub(super) comments: Vec<String>,
    /// Names of addresses.
    pub(super) names: Vec<(IpAddr, String)>,
    /// Addresses of the interfaces.
    pub(super) own_addresses: Vec<IpAddr>,
    /// Whether decryption secrets are in the file.
    pub(super) has_secrets: bool,
    /// What was left out.
    pub(super) problems: Problems,
    /// Index of the capture.
    pub(super) capture: u16,
    statistics: BTreeMap<u32, u64>,
    between: Option<u64>,
}

impl Notes {
    /// Empty notes of capture number `capture`.
    pub(super) fn new(capture: u16) -> Notes {
        Notes { capture, ..Notes::default() }
    }

    /// Keeps a comment.
    pub(super) fn comment(&mut self, bytes: &[u8], frame: u64) {
        if self.comments.len() >= COMMENTS_MAX {
            return self.problems.count("source.comment-left-out", self.capture, frame);
        }
        self.comments.push(bounded(bytes, COMMENT_BYTES_MAX));
    }

    /// Keeps a name of an address.
    pub(super) fn name(&mut self, address: IpAddr, bytes: &[u8]) {
        if self.names.len() >= NAMES_MAX {
            return self.problems.count("source.name-left-out", self.capture, 0);
        }
        self.names.push((address, bounded(bytes, NAME_BYTES_MAX)));
    }

    /// Keeps an address of an interface.
    pub(super) fn own_address(&mut self, address: IpAddr) {
        if self.own_addresses.len() >= OWN_ADDRESSES_MAX {
            return self.problems.count("source.address-left-out", self.capture, 0);
        }
        self.own_addresses.push(address);
    }

    /// The counters of an interface as its last statistics tell them.
    pub(super) fn dropped_by_interface(&mut self, interface: u32, count: u64) {
        self.statistics.insert(interface, count);
    }

    /// Packets dropped between this frame and the one before.
    pub(super) fn dropped_before_frame(&mut self, count: u64) {
        self.between = Some(self.between.unwrap_or(0).saturating_add(count));
    }

    /// Dropped packets; statistics speak of the whole capture and so go before the sum of the gaps.
    pub(super) fn dropped(&self) -> Option<u64> {
        if self.statistics.is_empty() {
            return self.between;
        }
        Some(self.statistics.values().fold(0, |sum: u64, count| sum.saturating_add(*count)))
    }
}

fn bounded(bytes: &[u8], most: usize) -> String {
    String::from_utf8_lossy(bytes.get(..bytes.len().min(most)).unwrap_or_default()).into_owned()
}
