//! Sentences of the report in both languages. `{0}`, `{1}` stand for values.

use super::findings::Bilingual;
use crate::model::text::moment;
use crate::model::{Sentence, Timestamp};

/// A sentence with places for values.
pub(super) struct Words {
    pub(super) de: &'static str,
    pub(super) en: &'static str,
}

impl Words {
    /// Filled in with values that read the same in both languages.
    pub(super) fn both(&self, values: &[&str]) -> Bilingual {
        self.fill(values, values)
    }

    /// Filled in with values for each language.
    pub(super) fn fill(&self, de: &[&str], en: &[&str]) -> Bilingual {
        Bilingual { de: fill(self.de, de), en: fill(self.en, en) }
    }
}

/// The sentence of a fact key with its value as each language shows it.
pub(super) fn of_fact(sentence: &Sentence, value: &Bilingual) -> Bilingual {
    Bilingual { de: sentence.de.replace("{value}", &value.de), en: sentence.en.replace("{value}", &value.en) }
}

/// Puts values in; text inside a value is never read as a place for another.
pub(super) fn fill(pattern: &str, values: &[&str]) -> String {
    let mut filled = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}') {
            Some((number, tail)) => {
                let value = number.parse().ok().and_then(|number: usize| values.get(number));
                filled.push_str(value.copied().unwrap_or_default());
                rest = tail;
            }
            None => rest = after,
        }
    }
    filled + rest
}

/// A time for German readers: `23.11.2026, 05:33:56 UTC`.
pub(super) fn time_de(time: Timestamp) -> String {
    moment(&time.to_string(), true)
}

/// A time for English readers: `2026-11-23 05:33:56 UTC`.
pub(super) fn time_en(time: Timestamp) -> String {
    moment(&time.to_string(), false)
}

macro_rules! words {
    ($($name:ident: $de:literal, $en:literal;)*) => {
        $(pub(super) static $name: Words = Words { de: $de, en: $en };)*
    };
}

words! {
    NEAR: "Adresse im eigenen oder benachbarten Netz; keine Übermittlung ableitbar",
        "Address in the own or a neighbouring network; no transfer can be derived";
    NO_PLACE: "Standort nicht ermittelbar; die Zulässigkeit lässt sich aus der Adresse nicht beurteilen",
        "Place cannot be determined; lawfulness cannot be judged from the address";
    WITHIN_EEA: "Das Land steht nicht fest; nach der kürzesten Antwortzeit kommen nur Länder der EU und des EWR in Frage",
        "The country is not certain; by the shortest round trip only countries of the EU and EEA are possible";
    REASON_NAME: "Servername der Domain {0} {1}", "Server name of the domain {0} {1}";
    REASON_NAME_FORM: "Servername der Form {0} {1}", "Server name of the form {0} {1}";
    REASON_PREFIX: "Adressbereich {0}, aufgeführt für {1} (Stand der Liste {2})",
        "Address range {0}, listed for {1} (list of {2})";
    REASON_PORT: "Port {0}/{1} der Gegenstelle, üblich für {2}", "Port {0}/{1} of the other side, usual for {2}";
    REASON_SYSTEM: "Netz {0} ({1}), in dem auch andere Dienste laufen", "Network {0} ({1}), in which other services run too";
    REASON_SYSTEM_OWN: "Netz {0} ({1}), in dem nur dieser Dienst läuft", "Network {0} ({1}), in which this service alone runs";
    REASON_OWN_HOST: "Webseite und Medien kommen vom selben Rechner {0}; Medien an Port {1}/{2}",
        "Web page and media come from the same host {0}; media at port {1}/{2}";
    PROVIDER_BY_CONTEXT: "Gleichzeitige Signalisierung desselben Geräts: {0}", "Signalling of the same device at that time: {0}";
    PROVIDER_OPEN: "Nicht eindeutig: {0} kommen in Frage", "Ambiguous: {0} are possible";
    PROVIDER_NONE: "Echtzeitmedien ohne Merkmal eines bekannten Anbieters", "Real-time media without a mark of a known provider";

    WHEN: "Die Verbindung der Konferenz bestand von {0} bis {1}.", "The call lasted from {0} to {1}.";
    WHEN_CUT: "Die Verbindung der Konferenz ist von {0} bis {1} zu sehen; sie reicht über die Aufzeichnung hinaus.",
        "The call is seen from {0} to {1}; it goes beyond the capture.";
    HOW_LONG: "Die Teilnahme dauerte {0}.", "Participation lasted {0}.";
    HOW_LONG_CUT: "Die Teilnahme dauerte mindestens {0}.", "Participation lasted at least {0}.";
    HOW_OFTEN: "Die Aufzeichnung enthält {0} dieses Dienstes{1}; wer länger mitschneidet, erkennt Regelmäßigkeit und Arbeitszeiten.",
        "The capture holds {0} of this service{1}; who records longer sees regularity and working hours.";
    HOW_OFTEN_UNKNOWN: "Die Aufzeichnung enthält {0} ohne erkannten Anbieter{1}; wer länger mitschneidet, erkennt Regelmäßigkeit und Arbeitszeiten.",
        "The capture holds {0} of no recognised provider{1}; who records longer sees regularity and working hours.";
    PROVIDER: "Die Konferenz läuft über {0}; der Anbieter erfährt Zeitpunkt, Dauer, Adresse und Geräteangaben.",
        "The call runs over {0}; the provider learns time, duration, address and device details.";
    PROVIDER_UNKNOWN: "Eine Echtzeitverbindung ohne erkennbaren Anbieter; die Gegenstelle {0} erfährt Zeitpunkt, Dauer und Adresse.",
        "A real-time call of no recognisable provider; the other side {0} learns time, duration and address.";
    WITH_WHOM_PEER: "Mit der Adresse {0}, die keinem bekannten Server gehört, wurden Ton oder Bild unmittelbar ausgetauscht, vermutlich mit einer anderen teilnehmenden Person; beide Seiten kennen damit die Adresse der jeweils anderen.",
        "Sound or picture was exchanged directly with the address {0}, which belongs to no known server, presumably with another participant; each side so knows the other's address.";
    WITH_WHOM_RELAY: "Die Medien laufen über {0}; nur der Betreiber weiß, wer mit wem spricht. Mindestens {1} Beteiligte sind zu erkennen.",
        "Media run over {0}; only its operator knows who speaks with whom. At least {1} participants can be told.";
    WITH_WHOM_NOBODY: "Die Medien laufen über {0}; nur der Betreiber weiß, wer mit wem spricht. Von anderen Beteiligten kam hier nichts Erkennbares an.",
        "Media run over {0}; only its operator knows who speaks with whom. Nothing that can be told arrived from other participants.";
    WITH_WHOM_SERVER: "Der Ton kommt von einem Server von {0} (Ansage, Mailbox oder Konferenzbrücke); eine Gegenstelle mit eigenem Gerät ist nicht zu erkennen.",
        "The sound comes from a server of {0} (announcement, voicemail or conference bridge); no other side with a device of its own can be told.";
    PEER_IN_NETWORK: "Die Gegenstelle {0} steht im selben lokalen Netz; ihre Adresse ist dort ohnehin bekannt.",
        "The other side {0} is in the same local network, where its address is known anyway.";
    PEER_ON_LINE: "Die Gegenstelle {0} nutzt denselben Internetanschluss wie die erfasste Seite.",
        "The other side {0} uses the same internet line as the captured side.";
    PEER_NAMED: "Die Adresse {0} einer anderen teilnehmenden Person wurde dem Relay oder der Gegenseite genannt; Daten flossen nicht direkt dorthin.",
        "The address {0} of another participant was told to the relay or the other side; no data went there directly.";
    PEER_TRIED: "An die Adresse {0} einer anderen teilnehmenden Person wurden Verbindungsversuche gesendet; sie erfährt damit die Adresse der erfassten Seite.",
        "Attempts to connect went to the address {0} of another participant, which so learns the captured side's address.";
    NETWORK_OF_PEER: "Die Gegenseite teilt lesbar mit, welchen Netzzugang sie hat: {0}.",
        "The other side tells in clear what kind of network access it has: {0}.";
    HOW_LONG_ALREADY: "Zählwerte in den Paketen zeigen, dass das Gespräch schon etwa {0} lief, als die Aufzeichnung begann.",
        "Counters in the packets show that the call had been running for about {0} when the capture began.";
    WHERE_PUBLIC: "Der Anschluss ist von außen unter der Adresse {0} sichtbar; daraus folgen Zugangsanbieter und ungefährer Ort.",
        "The line is visible from outside under the address {0}; it tells the access provider and the rough place.";
    WHERE_LOCAL: "Im lokalen Netz hat das Gerät die Adresse {0}.", "In the local network the device has the address {0}.";
    WHO: "Die Adresse {0} kennzeichnet den Anschluss; sein Betreiber kann sie einer Person zuordnen.",
        "The address {0} identifies the line; its operator can assign it to a person.";
    TENANT: "Im Servernamen {0} steht nach dem Namensmuster von {2} mit „{1}“ der Name der Organisation. Er ist für die Namensauflösung und für jeden auf dem Weg durch das Netz lesbar und verrät, welche Einrichtung den Dienst nutzt.",
        "By the naming of {2}, the server name {0} holds the organisation's name, “{1}”. The name resolver and everybody on the path through the network can read it and learn which organisation uses the service.";
    WHO_PRIVATE: "Die private Adresse {0} kennzeichnet das Gerät im eigenen Netz; wer das Netz betreibt, kann sie einer Person zuordnen. Die öffentliche Adresse des Anschlusses ist in diesem Mitschnitt nicht zu sehen.",
        "The private address {0} identifies the device in its own network; whoever runs that network can assign it to a person. The public address of the line does not show in this capture.";
    MAPPED_OF_PEER: "Die Antwort an die Gegenstelle nennt deren öffentliche Adresse {0} unverschlüsselt; sie verrät Anschluss und ungefähren Ort.",
        "The answer to the other side states its public address {0} in clear; it tells the line and the rough place.";
    DEVICE_MAC_SELF_ASSIGNED: "Die Netzwerkkarte verwendet im lokalen Netz die von Software vergebene Adresse {0}; sie unterscheidet das Gerät, solange sie nicht wechselt.",
        "In the local network the network card uses the address {0}, self-assigned by software; it tells the device apart until it changes.";
    DEVICE_MAC: "Die Netzwerkkarte {0} kennzeichnet das Gerät dauerhaft, sichtbar im lokalen Netz.",
        "The network card {0} identifies the device permanently, visible in the local network.";
    DEVICE_MAC_OF_VENDOR: "Die Netzwerkkarte {0} (laut IEEE von {1}) kennzeichnet das Gerät dauerhaft, sichtbar im lokalen Netz.",
        "The network card {0} (by {1}, says the IEEE) identifies the device permanently, visible in the local network.";
    DEVICE_OPENING: "Fenster und Reihenfolge der Optionen, mit denen das Gerät Verbindungen öffnet ({0}), sind üblich für {1}.",
        "Window and order of the options with which the device opens connections ({0}) are usual for {1}.";
    DEVICE_SAYS: "Was das Gerät im lokalen Netz von sich sagt ({0}), ist üblich für {1}.",
        "What the device says of itself on the local network ({0}) is usual for {1}.";
    ENCRYPTED_NAMES: "Namen wurden verschlüsselt bei {0} erfragt: Dessen Betreiber erfährt, welche; dieser Mitschnitt zeigt es nicht.",
        "Names were asked of {0} in encrypted form: its operator learns which; this capture does not show them.";
    DEVICE_SYSTEM: "Die Pakete beginnen mit der Lebensdauer {0}; das ist üblich für {1}.",
        "Packets start with a hop limit of {0}, as is usual for {1}.";
    DEVICE_ADDRESS: "Das Gerät ist über seine Adresse {0} von anderen im selben Netz zu unterscheiden.",
        "The device can be told from others in the same network by its address {0}.";
    SOFTWARE_STACK: "Protokolle und Reihenfolge ({0}) lassen die Art des Programms erkennen: {1}.",
        "Protocols and their order ({0}) show the kind of program: {1}.";
    SOFTWARE_OPEN: "Zu erkennen ist, welche Protokolle laufen ({0}); welches Programm sie verwendet, lässt sich daraus allein nicht bestimmen.",
        "It shows which protocols run ({0}); which program uses them cannot be told from that alone.";
    TALK: "Wann {0} spricht, ist ohne Entschlüsselung abzulesen: {2} in {3}, {4}.",
        "When {0} speaks can be read without decryption: {2} in {3}, {4}.";
    MUTED: "Von {1} kam kein Ton: {2}; das Mikrofon war stummgeschaltet oder ohne Signal.",
        "No sound came from {1}: {2}; the microphone was muted or without signal.";
    CAMERA_OFF: "Von {1} kam kein Kamerabild: {2}; die Kamera war ausgeschaltet oder angehalten.",
        "No camera picture came from {1}: {2}; the camera was off or paused.";
    SCREEN: "Von {1} wurde der Bildschirm geteilt: {2}.", "A screen was shared from {1}: {2}.";
    PRESENCE: "An den Medien ist zu erkennen, wann {0} dabei war: {2} bis {3}.",
        "The media show when {0} was there: {2} to {3}.";
    FILE: "Während der Konferenz flossen größere Datenmengen von und zu {0}, einer Dateiablage (gesendet {1}, empfangen {2}); das deutet auf geteilte Dateien hin.",
        "During the call larger amounts of data went to and from {0}, a file store (sent {1}, received {2}); this suggests shared files.";
    CHAT: "Während der Konferenz bestand eine Verbindung für Nachrichten mit {0} (gesendet {1}, empfangen {2}); das kann auf Chatnachrichten und ihre Zeitpunkte hindeuten, aber auch bloßer Abgleich sein.",
        "During the call a connection for messages with {0} was in use (sent {1}, received {2}); this may point to chat messages and their times, or to mere synchronisation.";
    RECORDING: "Während der Konferenz war {0} in Gebrauch, ein Server für Aufzeichnungen (gesendet {1}, empfangen {2}); das deutet auf eine Aufzeichnung hin.",
        "During the call {0} was in use, a server for recordings (sent {1}, received {2}); this suggests a recording.";
    ACTIVITY: "Gesendet wurden: {0}. Damit ist erkennbar, wann Mikrofon und Kamera in Betrieb waren.",
        "Sent: {0}. So it shows when microphone and camera were in use.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_by_number_and_never_read_as_places() {
        assert_eq!(fill("{0} and {1}, {0}", &["a", "b"]), "a and b, a");
        assert_eq!(fill("x {0} y", &["{1} {0} }{"]), "x {1} {0} }{ y");
        assert_eq!(fill("{0}{1}", &["{", "}"]), "{}");
        assert_eq!(fill("no places", &["a"]), "no places");
        assert_eq!(fill("a{7}b{x}c{0}", &["d"]), "abcd", "a place without a value stays empty");
        assert_eq!(fill("open {0", &["a"]), "open 0");
        let both = Words { de: "{0} und {1}", en: "{1} before {0}" }.both(&["{1}", "a}b{0}"]);
        assert_eq!((both.de.as_str(), both.en.as_str()), ("{1} und a}b{0}", "a}b{0} before {1}"));
    }

    #[test]
    fn the_sentence_of_a_fact_takes_any_value() {
        let sentence = Sentence { de: "Wert: {value}.", en: "{value}" };
        let told = of_fact(&sentence, &Bilingual { de: "{value} {0}".into(), en: "{value} {0}".into() });
        assert_eq!((told.de.as_str(), told.en.as_str()), ("Wert: {value} {0}.", "{value} {0}"));
    }

    #[test]
    fn each_language_has_its_own_time() {
        let time = Timestamp::new(1_795_412_036, 791_273_999);
        assert_eq!(time_de(time), "23.11.2026, 05:33:56 UTC");
        assert_eq!(time_en(time), "2026-11-23 05:33:56 UTC");
    }
}
