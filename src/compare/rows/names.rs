//! Short names of what an exposure shows. The sentences of a report name addresses and accounts; a table that is handed
//! out must not, so it says what kind of thing shows and leads to the report for the rest.

use super::super::cell::{both, same};
use super::listed;
use crate::exposure::Bilingual;

/// Kinds named in one reason.
const NAMED_MAX: usize = 3;

/// (key, German, English).
const NAMES: &[(&str, &str, &str)] = &[
    ("address", "Adresse", "address"),
    ("browser.host", "Gerätename", "device's name"),
    ("browser.system", "Systemversion", "version of the system"),
    ("call-age", "bisherige Dauer", "how long it had run"),
    ("call-count", "Zahl der Konferenzen", "number of calls"),
    ("call-duration", "Dauer der Teilnahme", "length of participation"),
    ("call-time", "Beginn und Ende", "beginning and end"),
    ("camera-off", "Kamera aus", "camera off"),
    ("chat", "Nachrichtenverbindung", "connection for messages"),
    ("device-address", "Geräteadresse", "device's address"),
    ("dhcp.client-id", "Gerätekennung (DHCP)", "device's identifier (DHCP)"),
    ("dhcp.fqdn", "Gerätename", "device's name"),
    ("dhcp.host-name", "Gerätename", "device's name"),
    ("dhcp.parameters", "Systemmerkmal (DHCP)", "mark of the system (DHCP)"),
    ("dhcp.requested-address", "frühere Adresse (DHCP)", "earlier address (DHCP)"),
    ("dhcp.vendor-class", "Systemkennung (DHCP)", "name of the system (DHCP)"),
    ("dhcpv6.duid", "Gerätekennung (DHCPv6)", "device's identifier (DHCPv6)"),
    ("dhcpv6.fqdn", "Gerätename", "device's name"),
    ("dhcpv6.vendor-class", "Systemkennung (DHCPv6)", "name of the system (DHCPv6)"),
    ("discord.own-source", "eigene Medienkennung", "own identifier of media"),
    ("discord.public-address", "öffentliche Adresse (Discord)", "public address (Discord)"),
    ("discord.running", "bisherige Dauer (Discord)", "how long it had run (Discord)"),
    ("dns.query", "erfragte Servernamen", "server names asked for"),
    ("dtls.alpn", "Anwendungsprotokoll", "application protocol"),
    ("dtls.certificate-issuer", "Aussteller des Zertifikats", "issuer of the certificate"),
    ("dtls.certificate-name", "Name im Zertifikat", "name in a certificate"),
    ("dtls.certificate-not-before", "Uhrzeit des Geräts im Zertifikat", "device's clock in the certificate"),
    ("dtls.certificate-subject", "Name im Zertifikat", "name in a certificate"),
    ("dtls.data", "Datenkanal", "data channel"),
    ("dtls.data-channel", "Datenkanal", "data channel"),
    ("dtls.fingerprint", "Schlüsselkennung", "key fingerprint"),
    ("dtls.ja3", "DTLS-Fingerabdruck", "DTLS fingerprint"),
    ("dtls.ja4", "DTLS-Fingerabdruck", "DTLS fingerprint"),
    ("dtls.media-inside", "Medien im Datenkanal", "media inside the data channel"),
    ("dtls.sni", "Servername (DTLS)", "server name (DTLS)"),
    ("dtls.srtp-profile", "Art der Verschlüsselung", "kind of encryption"),
    ("encrypted-name-resolution", "Anfragen zur Namensauflösung", "queries to a name resolver"),
    ("file-transfer", "Dateiablage", "file store"),
    ("hop-limit", "Lebensdauer der Pakete", "hop limit"),
    ("http.cookie", "Cookie im Klartext", "cookie in clear"),
    ("http.device", "Gerätekennung (HTTP)", "device's identifier (HTTP)"),
    ("http.host", "Servername (HTTP)", "server name (HTTP)"),
    ("http.meeting", "Kennung der Konferenz (HTTP)", "identifier of the call (HTTP)"),
    ("http.path", "Adresse der Seite (HTTP)", "address of the page (HTTP)"),
    ("http.person", "Kennung einer Person (HTTP)", "identifier of a person (HTTP)"),
    ("http.user-agent", "Programmkennung (HTTP)", "name of the program (HTTP)"),
    ("link-address", "Kennung der Netzwerkkarte", "network card's identifier"),
    ("llmnr.host", "Gerätename", "device's name"),
    ("llmnr.name", "Namen im lokalen Netz", "names in the local network"),
    ("local-address", "lokale Adresse", "local address"),
    ("mdns.display-name", "angezeigter Gerätename", "device's display name"),
    ("mdns.host", "Gerätename", "device's name"),
    ("mdns.ice-name", "Vorbereitung eines Gesprächs", "preparation of a call"),
    ("mdns.model", "Gerätemodell", "device's model"),
    ("mdns.name", "Namen im lokalen Netz", "names in the local network"),
    ("mdns.service", "angebotene Dienste", "services offered"),
    ("mdns.system", "Systemversion", "version of the system"),
    ("media-sent", "Mikrofon und Kamera in Betrieb", "microphone and camera in use"),
    ("media-stack", "Folge der Protokolle", "order of protocols"),
    ("nbns.group", "Arbeitsgruppe", "workgroup"),
    ("nbns.host", "Gerätename", "device's name"),
    ("nbns.name", "Namen im lokalen Netz", "names in the local network"),
    ("nbns.user", "Benutzername (Windows)", "user name (Windows)"),
    ("netbios.sender", "Gerätename", "device's name"),
    ("ntp.clock-offset", "Abweichung der Uhr", "offset of the clock"),
    ("ntp.version", "Zeitabfrage", "query of the time"),
    ("participants", "Zahl der Beteiligten", "number of participants"),
    ("peer-address", "Adresse der Gegenstelle", "other side's address"),
    ("peer-candidate", "Adresse anderer Beteiligter", "other participant's address"),
    ("presence", "Anwesenheit Einzelner", "presence of single people"),
    ("provider", "Anbieter", "provider"),
    ("public-address", "öffentliche Adresse", "public address"),
    ("quic.alpn", "Anwendungsprotokoll", "application protocol"),
    ("quic.ech", "Angebot verschlüsselter Servernamen", "offer of encrypted server names"),
    ("quic.gquic-sni", "Servername (QUIC)", "server name (QUIC)"),
    ("quic.ja3", "QUIC-Fingerabdruck", "QUIC fingerprint"),
    ("quic.ja4", "QUIC-Fingerabdruck", "QUIC fingerprint"),
    ("quic.sni", "Servername (QUIC)", "server name (QUIC)"),
    ("quic.user-agent", "Programmkennung (QUIC)", "name of the program (QUIC)"),
    ("quic.version", "QUIC-Version", "version of QUIC"),
    ("recording", "Server für Aufzeichnungen", "server for recordings"),
    ("rtcp.age", "bisherige Dauer (RTCP)", "how long it had run (RTCP)"),
    ("rtcp.bye", "Abschied Einzelner (RTCP)", "leaving of single people (RTCP)"),
    ("rtcp.clock-offset", "Abweichung der Uhr", "offset of the clock"),
    ("rtcp.cname", "Kennung je Teilnehmenden (RTCP)", "identifier of each participant (RTCP)"),
    ("rtcp.email", "E-Mail-Adresse (RTCP)", "e-mail address (RTCP)"),
    ("rtcp.feedback", "Rückmeldungen (RTCP)", "feedback (RTCP)"),
    ("rtcp.location", "Ortsangabe (RTCP)", "location (RTCP)"),
    ("rtcp.name", "Anzeigename (RTCP)", "display name (RTCP)"),
    ("rtcp.phone", "Rufnummer (RTCP)", "telephone number (RTCP)"),
    ("rtcp.report", "wer wessen Medien empfängt (RTCP)", "who receives whose media (RTCP)"),
    ("rtcp.round-trip", "Antwortzeit", "round trip"),
    ("rtcp.sender-packets", "Zählwerte der Sender (RTCP)", "counters of senders (RTCP)"),
    ("rtcp.tool", "Programm (RTCP)", "program (RTCP)"),
    ("rtp.audio-level", "Lautstärke je Paket", "loudness of each packet"),
    ("rtp.clear-speech", "Sprache im Klartext", "speech in clear"),
    ("rtp.clock-offset", "Abweichung der Uhr", "offset of the clock"),
    ("rtp.csrc", "Sprechende (RTP)", "speakers (RTP)"),
    ("rtp.extension", "Kopfangaben der Medien", "headers of the media"),
    ("rtp.jitter", "Laufzeitschwankung", "jitter"),
    ("rtp.loss", "Paketverluste", "lost packets"),
    ("rtp.screen-share", "Bildschirmfreigabe", "screen share"),
    ("screen-share", "Bildschirmfreigabe", "screen share"),
    ("server-voice", "Ansage eines Servers", "announcement of a server"),
    ("silent-or-muted", "Stummschaltung", "muting"),
    ("sip.asserted-identity", "bestätigte SIP-Identität", "asserted SIP identity"),
    ("sip.auth-user", "Benutzername (SIP)", "user name (SIP)"),
    ("sip.call-id", "Kennung des Anrufs (SIP)", "identifier of the call (SIP)"),
    ("sip.contact", "Kontaktadresse (SIP)", "contact address (SIP)"),
    ("sip.diversion", "Umleitung (SIP)", "diversion (SIP)"),
    ("sip.from", "SIP-Adresse", "SIP address"),
    ("sip.message-bytes", "Nachricht im Klartext (SIP)", "message in clear (SIP)"),
    ("sip.method", "Schritte des Anrufs (SIP)", "steps of the call (SIP)"),
    ("sip.organisation", "Name der Einrichtung (SIP)", "organisation's name (SIP)"),
    ("sip.sdp-address", "Adresse für Medien (SDP)", "address for media (SDP)"),
    ("sip.subject", "Betreff (SIP)", "subject (SIP)"),
    ("sip.target", "gewählte SIP-Adresse", "SIP address called"),
    ("sip.to", "SIP-Adresse der Gegenseite", "other side's SIP address"),
    ("sip.user-agent", "Programm (SIP)", "program (SIP)"),
    ("sip.via", "Weg der Anrufsteuerung (SIP)", "path of the signalling (SIP)"),
    ("ssdp.location", "Gerätebeschreibung", "device's description"),
    ("ssdp.server", "Gerät und System (SSDP)", "device and system (SSDP)"),
    ("ssdp.target", "gesuchte Geräte", "devices sought"),
    ("ssdp.unique-name", "Gerätekennung (UPnP)", "device's identifier (UPnP)"),
    ("ssdp.user-agent", "Programmkennung (SSDP)", "name of the program (SSDP)"),
    ("stun.alternate-server", "weitere Relays", "further relays"),
    ("stun.inner-mapped-address", "Adresse hinter dem Relay", "address behind the relay"),
    ("stun.inner-peer-address", "innere Adresse der Gegenstelle", "other side's inner address"),
    ("stun.mapped-address", "öffentliche Adresse (STUN)", "public address (STUN)"),
    ("stun.ms-implementation-version", "Version (STUN)", "version (STUN)"),
    ("stun.ms-session-id", "Kennung der Sitzung (STUN)", "identifier of the session (STUN)"),
    ("stun.ms-stream-type", "Art der Medien (STUN)", "kind of media (STUN)"),
    ("stun.ms-version", "Version (STUN)", "version (STUN)"),
    ("stun.network-cost", "Art des Netzzugangs", "kind of network access"),
    ("stun.origin", "Herkunft der Webseite (STUN)", "origin of the web page (STUN)"),
    ("stun.peer-address", "dem Relay genannte Gegenstelle", "other side told to the relay"),
    ("stun.realm", "Name des Relay-Betreibers", "name of the relay's operator"),
    ("stun.relayed-address", "Adresse am Relay", "address at the relay"),
    ("stun.software", "Programm (STUN)", "program (STUN)"),
    ("stun.turn-user-time", "Ablauf des Kontos am Relay", "expiry of the account at the relay"),
    ("stun.turn-username", "Konto am Relay", "account at the relay"),
    ("stun.username", "Kennung der Verbindung (ICE)", "identifier of the connection (ICE)"),
    ("talk", "Sprechzeiten", "times of speech"),
    ("tcp.opening", "Art des Verbindungsaufbaus", "way of opening connections"),
    ("telegram.peer-address", "Adresse der Gegenstelle (Telegram)", "other side's address (Telegram)"),
    ("telegram.public-address", "öffentliche Adresse (Telegram)", "public address (Telegram)"),
    ("tenant-name", "Name der Einrichtung", "organisation's name"),
    ("tencent.media", "Art der Medien", "kind of media"),
    ("tls.alpn", "Anwendungsprotokoll", "application protocol"),
    ("tls.certificate-issuer", "Aussteller des Zertifikats", "issuer of the certificate"),
    ("tls.certificate-name", "Name im Zertifikat", "name in a certificate"),
    ("tls.ech", "Angebot verschlüsselter Servernamen", "offer of encrypted server names"),
    ("tls.ja3", "TLS-Fingerabdruck", "TLS fingerprint"),
    ("tls.ja4", "TLS-Fingerabdruck", "TLS fingerprint"),
    ("tls.session-resumed", "Wiederkehr zum selben Server", "return to the same server"),
    ("tls.sni", "Servername (TLS)", "server name (TLS)"),
    ("viber.public-address", "öffentliche Adresse (Viber)", "public address (Viber)"),
    ("wechat.uin", "Kontonummer (WeChat)", "account number (WeChat)"),
    ("wechat.voice", "Sprachnachricht oder Anruf (WeChat)", "voice (WeChat)"),
    ("zoom.client-clock-zero", "Uhr des Geräts", "device's clock"),
    ("zoom.connection-id", "Kennung der Verbindung (Zoom)", "identifier of the connection (Zoom)"),
    ("zoom.media-type", "Art der Medien", "kind of media"),
    ("zoom.meeting-id", "Kennung der Konferenz", "identifier of the call"),
    ("zoom.own-number", "eigene Nummer in der Konferenz", "own number in the call"),
    ("zoom.p2p", "unmittelbarer Weg (Zoom)", "direct path (Zoom)"),
    ("zoom.p2p-address", "Adresse der Gegenstelle (Zoom)", "other side's address (Zoom)"),
    ("zoom.participant", "Beteiligte (Zoom)", "participant (Zoom)"),
    ("zoom.participants", "Zahl der Beteiligten", "number of participants"),
    ("zoom.reported-round-trip", "Antwortzeit", "round trip"),
    ("zoom.running", "bisherige Dauer (Zoom)", "how long it had run (Zoom)"),
    ("zoom.server-clock-zero", "Uhr des Servers", "server's clock"),
    ("zoom.sfu", "Server von Zoom", "Zoom's server"),
    ("zoom.speech-shown-by", "Sprechzeiten (Zoom)", "times of speech (Zoom)"),
];

/// `Zu sehen: Adresse, Gerätename und 2 weitere.`, in the order of the keys.
pub(super) fn shown<'k>(keys: impl IntoIterator<Item = &'k str>) -> Bilingual {
    let mut kinds: Vec<Bilingual> = Vec::new();
    for key in keys {
        let kind = name(key);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let list = listed(&kinds, NAMED_MAX);
    both(format!("Zu sehen: {}.", list.de), format!("Visible: {}.", list.en))
}

/// The short name of a key, or the key.
pub(super) fn name(key: &str) -> Bilingual {
    let known = NAMES.binary_search_by(|(known, ..)| (*known).cmp(key)).ok().and_then(|index| NAMES.get(index));
    known.map_or_else(|| same(key), |(_, de, en)| both(*de, *en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_and_found() {
        assert!(NAMES.is_sorted_by(|one, other| one.0 < other.0));
        assert_eq!(name("talk").de, "Sprechzeiten");
        assert_eq!(name("rtp.unheard-of").en, "rtp.unheard-of");
    }
}
