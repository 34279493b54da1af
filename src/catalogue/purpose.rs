//! What a host is for: a closed vocabulary, so that reports can say it in both languages.

use crate::model::Sentence;

/// A purpose of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Word in signature files and in the JSON report.
    pub id: &'static str,
    /// Words for readers.
    pub words: Sentence,
}

const fn purpose(id: &'static str, de: &'static str, en: &'static str) -> Purpose {
    Purpose { id, words: Sentence { de, en } }
}

/// Every purpose that a signature file may name.
pub const ALL: [Purpose; 36] = [
    purpose("signalling", "Anrufsteuerung", "call signalling"),
    purpose("media", "Ton und Bild", "audio and video"),
    purpose("turn", "Vermittlung (STUN/TURN)", "relay (STUN/TURN)"),
    purpose("web-client", "Webanwendung", "web client"),
    purpose("api", "Schnittstelle", "programming interface"),
    purpose("auth", "Anmeldung", "sign-in"),
    purpose("messaging", "Nachrichten", "messages"),
    purpose("file-store", "Dateiablage", "file store"),
    purpose("cdn", "Verteilnetz", "content delivery"),
    purpose("static", "Programmdateien", "static files"),
    purpose("config", "Konfiguration", "configuration"),
    purpose("presence", "Anwesenheitsstatus", "presence"),
    purpose("push", "Push-Benachrichtigung", "push notification"),
    purpose("telemetry", "Telemetrie", "telemetry"),
    purpose("crash", "Absturzberichte", "crash reports"),
    purpose("analytics", "Nutzungsanalyse", "usage analytics"),
    purpose("advertising", "Werbung", "advertising"),
    purpose("experimentation", "Versuche mit Funktionen", "feature experiments"),
    purpose("customer-interaction", "Kundenansprache", "customer interaction"),
    purpose("consent-banner", "Einwilligungsbanner", "consent banner"),
    purpose("captcha", "Prüfung auf Roboter", "captcha"),
    purpose("feedback", "Rückmeldungen", "feedback"),
    purpose("avatars", "Profilbilder", "profile pictures"),
    purpose("recording", "Aufzeichnung", "recording"),
    purpose("live-stream", "Übertragung an Zuschauer", "live stream"),
    purpose("calendar", "Kalender und Einladungen", "calendar and invitations"),
    purpose("update", "Aktualisierung", "software update"),
    purpose("crl-ocsp", "Prüfung von Zertifikaten", "certificate status"),
    purpose("status", "Störungsmeldungen", "service status"),
    purpose("marketing-site", "Werbeseite", "marketing site"),
    purpose("telephony", "Telefonie", "telephony"),
    purpose("fonts", "Schriften", "fonts"),
    purpose("third-party-content", "Inhalte Dritter", "third-party content"),
    purpose("contacts", "Kontaktabgleich", "contact discovery"),
    purpose("name-resolution", "Namensauflösung", "name resolution"),
    purpose("staging", "Testbetrieb des Anbieters", "staging"),
];

/// The purpose of this id.
pub fn purpose_of(id: &str) -> Option<&'static Purpose> {
    ALL.iter().find(|purpose| purpose.id == id)
}

pub(super) fn is_known(id: &str) -> bool {
    purpose_of(id).is_some()
}
