//! Short names of what an exposure shows. The sentences of a report name addresses and accounts; a table that is handed
//! out must not, so it says what kind of thing shows and leads to the report for the rest.

use super::super::cell::{both, same};
use super::super::contract::Exposure;
use super::listed;
use crate::exposure::Bilingual;

/// Kinds named in one reason.
const NAMED_MAX: usize = 3;

/// (key, German, English).
const NAMES: &[(&str, &str, &str)] = &[
    ("address", "Adresse", "address"),
    ("call-age", "bisherige Dauer", "how long it had run"),
    ("call-count", "Zahl der Konferenzen", "number of calls"),
    ("call-duration", "Dauer der Teilnahme", "length of participation"),
    ("call-time", "Beginn und Ende", "beginning and end"),
    ("camera-off", "Kamera aus", "camera off"),
    ("chat", "Nachrichtenverbindung", "connection for messages"),
    ("device-address", "Geräteadresse", "device's address"),
    ("dhcp.host-name", "Gerätename", "device's name"),
    ("dns.query", "erfragte Servernamen", "server names asked for"),
    ("dtls.certificate-name", "Name im Zertifikat", "name in a certificate"),
    ("dtls.fingerprint", "Schlüsselkennung", "key fingerprint"),
    ("dtls.ja3", "DTLS-Fingerabdruck", "DTLS fingerprint"),
    ("dtls.ja4", "DTLS-Fingerabdruck", "DTLS fingerprint"),
    ("dtls.srtp-profile", "Art der Verschlüsselung", "kind of encryption"),
    ("encrypted-name-resolution", "Anfragen zur Namensauflösung", "queries to a name resolver"),
    ("file-transfer", "Dateiablage", "file store"),
    ("hop-limit", "Lebensdauer der Pakete", "hop limit"),
    ("http.host", "Servername (HTTP)", "server name (HTTP)"),
    ("http.user-agent", "Programmkennung (HTTP)", "name of the program (HTTP)"),
    ("link-address", "Kennung der Netzwerkkarte", "network card's identifier"),
    ("local-address", "lokale Adresse", "local address"),
    ("media-sent", "Mikrofon und Kamera in Betrieb", "microphone and camera in use"),
    ("media-stack", "Folge der Protokolle", "order of protocols"),
    ("participants", "Zahl der Beteiligten", "number of participants"),
    ("peer-address", "Adresse der Gegenstelle", "other side's address"),
    ("peer-candidate", "Adresse anderer Beteiligter", "other participant's address"),
    ("presence", "Anwesenheit Einzelner", "presence of single people"),
    ("provider", "Anbieter", "provider"),
    ("public-address", "öffentliche Adresse", "public address"),
    ("quic.sni", "Servername (QUIC)", "server name (QUIC)"),
    ("recording", "Server für Aufzeichnungen", "server for recordings"),
    ("rtcp.clock-offset", "Abweichung der Uhr", "offset of the clock"),
    ("rtcp.cname", "Kennung je Teilnehmenden (RTCP)", "identifier of each participant (RTCP)"),
    ("rtp.audio-level", "Lautstärke je Paket", "loudness of each packet"),
    ("rtp.clear-speech", "Sprache im Klartext", "speech in clear"),
    ("rtp.screen-share", "Bildschirmfreigabe", "screen share"),
    ("screen-share", "Bildschirmfreigabe", "screen share"),
    ("silent-or-muted", "Stummschaltung", "muting"),
    ("sip.from", "SIP-Adresse", "SIP address"),
    ("sip.to", "SIP-Adresse der Gegenseite", "other side's SIP address"),
    ("sip.user-agent", "Programm (SIP)", "program (SIP)"),
    ("stun.mapped-address", "öffentliche Adresse (STUN)", "public address (STUN)"),
    ("stun.ms-stream-type", "Art der Medien (STUN)", "kind of media (STUN)"),
    ("stun.network-cost", "Art des Netzzugangs", "kind of network access"),
    ("stun.peer-address", "dem Relay genannte Gegenstelle", "other side told to the relay"),
    ("stun.realm", "Name des Relay-Betreibers", "name of the relay's operator"),
    ("stun.software", "Programm (STUN)", "program (STUN)"),
    ("stun.turn-username", "Konto am Relay", "account at the relay"),
    ("stun.username", "Kennung der Verbindung (ICE)", "identifier of the connection (ICE)"),
    ("talk", "Sprechzeiten", "times of speech"),
    ("tcp.opening", "Art des Verbindungsaufbaus", "way of opening connections"),
    ("tenant-name", "Name der Einrichtung", "organisation's name"),
    ("tls.alpn", "Anwendungsprotokoll", "application protocol"),
    ("tls.certificate-name", "Name im Zertifikat", "name in a certificate"),
    ("tls.ja3", "TLS-Fingerabdruck", "TLS fingerprint"),
    ("tls.ja4", "TLS-Fingerabdruck", "TLS fingerprint"),
    ("tls.session-resumed", "Wiederkehr zum selben Server", "return to the same server"),
    ("tls.sni", "Servername (TLS)", "server name (TLS)"),
    ("zoom.meeting-id", "Kennung der Konferenz", "identifier of the call"),
    ("zoom.media-type", "Art der Medien", "kind of media"),
    ("zoom.participants", "Zahl der Beteiligten", "number of participants"),
];

/// `Zu sehen: Adresse, Gerätename und 2 weitere.`; the exposures of the call first, as they are in the report.
pub(super) fn shown(exposures: &[&Exposure]) -> Bilingual {
    let mut kinds: Vec<Bilingual> = Vec::new();
    for exposure in exposures {
        let kind = name(&exposure.key);
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
