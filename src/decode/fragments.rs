//! Fragments of IP datagrams that wait for the others, bounded in number, in bytes and in time.

use super::At;
use super::ip::Ip;
use crate::model::{Problems, Timestamp};
use etherparse::IpFragOffset;
use etherparse::IpNumber;
use etherparse::defrag::IpDefragBuf;
use std::net::IpAddr;

/// Most datagrams that wait at once. Each takes at most 64 KiB, so all take at most 8 MiB.
const DATAGRAMS_MAX: usize = 128;
/// Most fragments of one datagram that are not joined yet: the joining looks at each of them.
const PIECES_MAX: usize = 256;
/// Longest wait in nanoseconds of capture time (RFC 791 section 3.2 suggests 15 s, Linux waits 30 s).
const WAIT_NANOS_MAX: i64 = 30_000_000_000;
/// For so many nanoseconds a datagram that was completed takes repetitions of its fragments.
const REPEAT_NANOS_MAX: i64 = 20_000_000;

/// Datagrams in the making, oldest first.
#[derive(Debug, Default)]
pub(super) struct Fragments(Vec<Datagram>);

#[derive(Clone, Debug)]
struct Datagram {
    key: Key,
    began: Timestamp,
    at: At,
    /// Of the first fragment: in IPv6 only that one's counts (RFC 8200 section 4.5).
    protocol: u8,
    /// `None` when it was completed.
    gathered: Option<IpDefragBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    source: IpAddr,
    destination: IpAddr,
    /// Part of the key in IPv4 only.
    protocol: u8,
    identification: u32,
}

/// What became of a fragment.
pub(super) enum Taken {
    /// It waits, or it repeats what is there.
    Waiting,
    /// It completed a datagram.
    Complete(Done),
    /// It cannot be joined but holds the transport header.
    AsItIs,
}

/// A whole datagram.
pub(super) struct Done {
    /// Of the payload.
    pub(super) protocol: u8,
    /// The payload.
    pub(super) data: Vec<u8>,
}

impl Fragments {
    /// Takes a fragment. One that was not stored to its end cannot be joined.
    pub(super) fn take(&mut self, ip: &Ip<'_>, time: Timestamp, at: At, problems: &mut Problems) -> Taken {
        let Some(piece) = ip.fragment else { return Taken::AsItIs };
        if ip.payload.stored.len() < ip.payload.wire {
            problems.count("decode.fragment-cut", at.capture, at.frame);
            return if piece.offset == 0 { Taken::AsItIs } else { Taken::Waiting };
        }
        self.expire(time, problems);
        let index = self.place(ip, piece.identification, time, at, problems);
        let Some(datagram) = self.0.get_mut(index) else { return Taken::Waiting };
        let Some(gathered) = &mut datagram.gathered else { return Taken::Waiting };
        if piece.offset == 0 {
            datagram.protocol = ip.protocol;
        }
        let offset = IpFragOffset::try_new(piece.offset).unwrap_or(IpFragOffset::ZERO);
        if gathered.sections().len() >= PIECES_MAX || gathered.add(offset, piece.more, ip.payload.stored).is_err() {
            problems.count("decode.fragment-impossible", at.capture, at.frame);
            return Taken::Waiting;
        }
        if !gathered.is_complete() {
            return Taken::Waiting;
        }
        datagram.began = time;
        let protocol = datagram.protocol;
        match datagram.gathered.take() {
            Some(gathered) => Taken::Complete(Done { protocol, data: gathered.take_bufs().0 }),
            None => Taken::Waiting,
        }
    }

    /// Gives up what still waits.
    pub(super) fn abandon_all(&mut self, problems: &mut Problems) {
        for datagram in self.0.drain(..) {
            datagram.abandon(problems);
        }
    }

    fn place(&mut self, ip: &Ip<'_>, identification: u32, time: Timestamp, at: At, problems: &mut Problems) -> usize {
        let protocol = if ip.source.is_ipv4() { ip.protocol } else { 0 };
        let key = Key { source: ip.source, destination: ip.destination, protocol, identification };
        if let Some(index) = self.0.iter().position(|datagram| datagram.key == key) {
            return index;
        }
        if self.0.len() >= DATAGRAMS_MAX {
            self.0.remove(0).abandon(problems);
        }
        let gathered = Some(IpDefragBuf::new(IpNumber(ip.protocol), Vec::new(), Vec::new()));
        self.0.push(Datagram { key, began: time, at, protocol: ip.protocol, gathered });
        self.0.len() - 1
    }

    fn expire(&mut self, now: Timestamp, problems: &mut Problems) {
        let old = self.0.extract_if(.., |datagram| {
            let longest = if datagram.gathered.is_some() { WAIT_NANOS_MAX } else { REPEAT_NANOS_MAX };
            now.since(datagram.began).saturating_abs() > longest
        });
        for datagram in old {
            datagram.abandon(problems);
        }
    }
}

impl Datagram {
    fn abandon(self, problems: &mut Problems) {
        if self.gathered.is_some() {
            problems.count("decode.fragments-incomplete", self.at.capture, self.at.frame);
        }
    }
}
