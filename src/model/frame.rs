//! What a source hands out (`Frame`) and what decoding makes of it (`Packet`).

use super::opening::TcpOpening;
use super::time::Timestamp;
use std::net::{IpAddr, SocketAddr};

/// Link-layer header type of a frame: the number of <https://www.tcpdump.org/linktypes.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(pub u32);

impl LinkType {
    /// BSD loopback, host byte order.
    pub const NULL: LinkType = LinkType(0);
    /// Ethernet.
    pub const ETHERNET: LinkType = LinkType(1);
    /// PPP (RFC 1661).
    pub const PPP: LinkType = LinkType(9);
    /// PPP in HDLC framing (RFC 1662).
    pub const PPP_HDLC: LinkType = LinkType(50);
    /// PPPoE session without Ethernet (RFC 2516).
    pub const PPP_ETHER: LinkType = LinkType(51);
    /// Raw IP, version from the first nibble.
    pub const RAW: LinkType = LinkType(101);
    /// Raw IP as some BSDs number it.
    pub const RAW_BSD: LinkType = LinkType(12);
    /// Raw IP as OpenBSD numbers it.
    pub const RAW_OPENBSD: LinkType = LinkType(14);
    /// IEEE 802.11.
    pub const IEEE802_11: LinkType = LinkType(105);
    /// OpenBSD loopback, network byte order.
    pub const LOOP: LinkType = LinkType(108);
    /// Linux cooked capture v1 ("any" device).
    pub const LINUX_SLL: LinkType = LinkType(113);
    /// IEEE 802.11 behind a radiotap header.
    pub const IEEE802_11_RADIOTAP: LinkType = LinkType(127);
    /// Raw IPv4.
    pub const IPV4: LinkType = LinkType(228);
    /// Raw IPv6.
    pub const IPV6: LinkType = LinkType(229);
    /// Linux cooked capture v2.
    pub const LINUX_SLL2: LinkType = LinkType(276);
}

/// One frame as a capture stores it.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Which of the captures given, counted from 0.
    pub capture: u16,
    /// Number in its capture, counted from 1 as Wireshark does.
    pub number: u64,
    /// When, by the capture's clock.
    pub time: Timestamp,
    /// Link-layer header type of the interface that saw it.
    pub link: LinkType,
    /// Interface in its capture (pcapng), else 0.
    pub interface: u32,
    /// Length on the wire in bytes.
    pub wire_length: u32,
    /// The bytes stored, at most `wire_length`.
    pub data: &'a [u8],
}

/// What is known of a capture as a whole when reading ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Path as the user gave it, or `-`.
    pub path: String,
    /// SHA-256 of the file's bytes as stored (compressed if it is), lower-case hexadecimal.
    pub sha256: String,
    /// `pcap`, `pcapng`, with the compression: `pcap.gz`.
    pub format: String,
    /// Link types in order of first use.
    pub link_types: Vec<LinkType>,
    /// Frames read.
    pub packets: u64,
    /// Bytes on the wire of the frames read.
    pub bytes: u64,
    /// Earliest time stamp.
    pub first: Option<Timestamp>,
    /// Latest time stamp.
    pub last: Option<Timestamp>,
    /// Frames stored shorter than they were on the wire.
    pub cut_packets: u64,
    /// Whether time stamps ever ran backwards.
    pub out_of_order: u64,
    /// Packets that the capturing program says it dropped.
    pub dropped: Option<u64>,
    /// Comments of the file and its packets (pcapng), untrusted text, bounded.
    pub comments: Vec<String>,
    /// Names that the file itself brings (pcapng name resolution block), untrusted, bounded.
    pub names: Vec<(IpAddr, String)>,
    /// Addresses of the interfaces that it was captured on, where it tells them.
    pub own_addresses: Vec<IpAddr>,
    /// Whether the file brings decryption secrets.
    pub has_secrets: bool,
    /// Why reading ended before the end of the file: what, where, and what to do.
    pub damage: Option<String>,
}

/// An IP packet with its transport header read.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Which capture.
    pub capture: u16,
    /// Frame number, 1-based; for reassembled fragments the one that completed the packet.
    pub frame: u64,
    /// When.
    pub time: Timestamp,
    /// Sender.
    pub source: IpAddr,
    /// Receiver.
    pub destination: IpAddr,
    /// Transport header.
    pub transport: Transport,
    /// Transport payload as far as it was stored.
    pub payload: &'a [u8],
    /// Transport payload length on the wire in bytes, as the IP header tells it.
    pub payload_length: u32,
    /// IP packet length on the wire in bytes, header included.
    pub ip_length: u32,
    /// Time to live or hop limit.
    pub hop_limit: u8,
    /// Ethernet-like sender and receiver, where the link has them.
    pub source_mac: Option<[u8; 6]>,
    /// Receiver's address on the link.
    pub destination_mac: Option<[u8; 6]>,
    /// Said by a cooked header or the interface: the capturing host sent this packet itself.
    pub outgoing: Option<bool>,
    /// Number of tunnels around the packet.
    pub tunnels: u8,
    /// Same packet as one seen just before, on another interface or tap.
    pub duplicate: bool,
    /// Put together from fragments: never on a wire in one piece.
    pub reassembled: bool,
}

/// The transport header of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// UDP with source and destination port.
    Udp(u16, u16),
    /// TCP.
    Tcp(TcpHeader),
    /// ICMP or ICMPv6: type and code. Quoted packets are no traffic.
    Icmp(u8, u8),
    /// Any other IP protocol by its number.
    Other(u8),
}

/// What an observer needs of a TCP header (RFC 9293).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpHeader {
    /// Source port.
    pub source: u16,
    /// Destination port.
    pub destination: u16,
    /// Sequence number of the first payload byte (of SYN itself, if set).
    pub sequence: u32,
    /// Acknowledgement number.
    pub acknowledgement: u32,
    /// Control bits: FIN 1, SYN 2, RST 4, PSH 8, ACK 16.
    pub flags: u8,
    /// Window and options of a SYN.
    pub opening: Option<TcpOpening>,
}

impl TcpHeader {
    /// Last segment of its sender.
    pub const fn fin(&self) -> bool {
        self.flags & 1 != 0
    }
    /// Opens a connection.
    pub const fn syn(&self) -> bool {
        self.flags & 2 != 0
    }
    /// Aborts a connection.
    pub const fn rst(&self) -> bool {
        self.flags & 4 != 0
    }
    /// Carries an acknowledgement.
    pub const fn ack(&self) -> bool {
        self.flags & 16 != 0
    }
}

impl Packet<'_> {
    /// Sender and receiver with ports; port 0 where the transport has none.
    pub fn endpoints(&self) -> (SocketAddr, SocketAddr) {
        let (from, to) = match self.transport {
            Transport::Udp(from, to) => (from, to),
            Transport::Tcp(header) => (header.source, header.destination),
            Transport::Icmp(..) | Transport::Other(_) => (0, 0),
        };
        (SocketAddr::new(self.source, from), SocketAddr::new(self.destination, to))
    }
}
