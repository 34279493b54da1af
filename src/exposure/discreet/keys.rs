//! Which facts name people, devices or hosts, and which tell what somebody did. A test holds these lists against all
//! keys that dissectors state.

/// What pseudonyms do to the value of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// The value names a person, a device, an account, a conversation or a home network: it is replaced.
    Name,
    /// The value is a host name: it stays where a server is known to have it.
    Host,
    /// The value is an address of a server, which stays if it is a public one.
    Server,
    /// Only addresses within the value are replaced.
    Technical,
}

/// Facts that name people, devices, accounts, conversations and home networks.
const NAMES: &[&str] = &[
    "browser.comment",
    "browser.host",
    "dhcp.client",
    "dhcp.client-id",
    "dhcp.domain",
    "dhcp.fqdn",
    "dhcp.host-name",
    "dhcpv6.domain",
    "dhcpv6.duid",
    "dhcpv6.fqdn",
    "dtls.certificate-name",
    "dtls.certificate-subject",
    "dtls.fingerprint",
    "http.cookie",
    "http.device",
    "http.meeting",
    "http.path",
    "http.person",
    "http.secret",
    "llmnr.host",
    "llmnr.name",
    "mdns.display-name",
    "mdns.host",
    "mdns.ice-name",
    "mdns.name",
    "mmtls.ticket",
    "nbns.group",
    "nbns.host",
    "nbns.name",
    "nbns.user",
    "netbios.sender",
    "rtcp.bye",
    "rtcp.cname",
    "rtcp.email",
    "rtcp.location",
    "rtcp.name",
    "rtcp.phone",
    "sip.asserted-identity",
    "sip.auth-user",
    "sip.call-id",
    "sip.contact",
    "sip.diversion",
    "sip.from",
    "sip.organisation",
    "sip.sdp-key",
    "sip.sdp-owner",
    "sip.sdp-session",
    "sip.subject",
    "sip.target",
    "sip.to",
    "sip.via",
    "ssdp.location",
    "ssdp.unique-name",
    "stun.ms-session-id",
    "stun.nonce",
    "stun.turn-username",
    "stun.username",
    "telegram.path",
    "tencent.client-number",
    "tls.client-certificate-name",
    "wechat.agreement",
    "wechat.network-id",
    "wechat.uin",
    "zoom.connection-id",
    "zoom.meeting-id",
];

/// Facts that are host names.
const HOSTS: &[&str] = &[
    "dns.query",
    "dtls.inner-sni",
    "dtls.sni",
    "http.host",
    "quic.gquic-sni",
    "quic.sni",
    "stun.alternate-domain",
    "stun.alternate-host",
    "stun.origin",
    "stun.realm",
    "stun.third-party-authorization",
    "tls.certificate-name",
    "tls.sni",
];

/// Facts that are addresses of servers.
const SERVERS: &[&str] = &[
    "dhcp.name-server",
    "dhcpv6.name-server",
    "ntp.reference",
    "stun.alternate-server",
    "stun.other-address",
    "stun.relay-asked",
    "stun.relayed-address",
    "stun.response-origin",
];

/// What single participants did: when they spoke, were silent, showed themselves or a screen, came and went; and what
/// single streams carried.
const BEHAVIOUR: &[&str] = &[
    "camera-off",
    "chat",
    "dtls.closed",
    "file-transfer",
    "media-sent",
    "presence",
    "recording",
    "rtcp.bye",
    "rtcp.extended-report",
    "rtcp.report",
    "rtcp.sender-bytes",
    "rtcp.sender-packets",
    "rtp.csrc",
    "rtp.jitter",
    "rtp.loss",
    "rtp.media-id",
    "rtp.orientation",
    "rtp.repair",
    "rtp.screen-share",
    "rtp.stream",
    "screen-share",
    "silent-or-muted",
    "talk",
    "tencent.media",
    "wechat.last-answer",
    "zoom.closed",
    "zoom.media-type",
    "zoom.participant",
    "zoom.voice-running",
];

/// What pseudonyms do to the value of a fact of this key.
pub fn treatment(key: &str) -> Treatment {
    match key {
        _ if NAMES.contains(&key) => Treatment::Name,
        _ if HOSTS.contains(&key) => Treatment::Host,
        _ if SERVERS.contains(&key) => Treatment::Server,
        _ => Treatment::Technical,
    }
}

/// Whether a fact or inference of this key tells what a single participant did.
pub fn is_behaviour(key: &str) -> bool {
    BEHAVIOUR.contains(&key)
}
