//! What this capture cannot show, and why.

use super::Observed;
use super::endpoint::is_remote;
use super::findings::{Bilingual, Endpoint, Meeting, NotDeterminable};
use super::statement::resolver;
use super::view::View;

/// Questions that stay open for this capture.
pub(super) fn not_determinable(
    views: &[View<'_>],
    meetings: &[Meeting],
    endpoints: &[Endpoint],
    observed: &Observed,
) -> Vec<NotDeterminable> {
    let tls = views.iter().any(|view| view.flow.protocols.iter().any(|name| ["tls", "quic", "dtls"].contains(name)));
    let hidden_names = views.iter().any(|view| view.flow.facts.has("tls.ech") || view.flow.facts.has("quic.ech"));
    let asked_in_secret = views.iter().any(|view| resolver::asks_encrypted(view).is_some());
    let relayed = meetings.iter().any(|meeting| meeting.topology != "peer-to-peer");
    let placeless = endpoints.iter().any(|endpoint| is_remote(endpoint) && endpoint.place.verdict == "undecidable");
    let cut = observed.captures.iter().any(|capture| capture.damage.is_some());
    let shortened = observed.captures.iter().any(|capture| capture.cut_packets > 0);
    let open = [
        (tls, "content", &CONTENT),
        (!meetings.is_empty(), "identity", &IDENTITY),
        (relayed, "participants-behind-relay", &BEHIND_RELAY),
        (!meetings.is_empty(), "stored-at-provider", &STORED),
        (placeless, "place-of-endpoints", &PLACE),
        (hidden_names, "server-names", &HIDDEN_NAMES),
        (asked_in_secret, "names-asked-for", &ASKED_IN_SECRET),
        (meetings.is_empty(), "meeting", &NO_MEETING),
        (cut, "rest-of-capture", &CUT),
        (shortened, "rest-of-packets", &SHORTENED),
    ];
    let entry = |(_, what, why): (bool, &str, &(&str, &str))| NotDeterminable {
        what: what.into(),
        why: Bilingual { de: why.0.into(), en: why.1.into() },
    };
    open.into_iter().filter(|(holds, ..)| *holds).map(entry).collect()
}

static CONTENT: (&str, &str) = (
    "Inhalte sind verschlüsselt; was der Anbieter entschlüsseln kann, zeigt der Mitschnitt nicht.",
    "Content is encrypted; what the provider can decrypt does not show in the capture.",
);
static IDENTITY: (&str, &str) = (
    "Namen und Konten der Teilnehmenden werden verschlüsselt übertragen, soweit sie nicht eigens aufgeführt sind.",
    "Names and accounts of participants travel encrypted, except where they are listed.",
);
static BEHIND_RELAY: (&str, &str) = (
    "Wer über einen Server teilnimmt, ist von hier aus nicht zu sehen; der Betreiber des Servers sieht es.",
    "Who takes part through a server cannot be seen from here; the server's operator sees it.",
);
static STORED: (&str, &str) = (
    "Was der Anbieter speichert, wie lange und an wen er es weitergibt, steht nicht in den Paketen.",
    "What the provider stores, for how long and to whom it passes it on is not in the packets.",
);
static PLACE: (&str, &str) = (
    "Von einigen Gegenstellen ist der Standort nicht zu bestimmen (widersprüchliche oder fehlende Angaben, Adressen, die an vielen Orten bedient werden).",
    "The place of some endpoints cannot be determined (contradicting or missing data, addresses served from many places).",
);
static HIDDEN_NAMES: (&str, &str) = (
    "Manche Verbindungen bieten verschlüsselte Servernamen an (ECH); der sichtbare Name muss nicht der wirkliche sein.",
    "Some connections offer encrypted server names (ECH); the visible name need not be the real one.",
);
static ASKED_IN_SECRET: (&str, &str) = (
    "Namen wurden auch verschlüsselt erfragt; nach welchen Diensten dabei gefragt wurde, sieht nur der Betreiber der Namensauflösung.",
    "Names were also asked for in encrypted form; only the operator of the name resolver sees which services that was about.",
);
static NO_MEETING: (&str, &str) = (
    "Es wurden keine Medien einer Konferenz gefunden; Anmeldung, Chat oder vergebliche Anrufe zählen nicht als Konferenz.",
    "No media of a call were found; login, chat or unanswered calls do not count as one.",
);
static CUT: (&str, &str) = (
    "Die Aufzeichnung ist beschädigt oder abgeschnitten; was danach kam, fehlt.",
    "The capture is damaged or cut; what came after is missing.",
);
static SHORTENED: (&str, &str) = (
    "Pakete wurden gekürzt aufgezeichnet; was hinter dem gespeicherten Teil stand, fehlt.",
    "Packets were recorded in part; what stood behind the part that is stored is missing.",
);

#[cfg(test)]
mod tests {
    use crate::exposure::samples::Scene;

    fn open(scene: Scene) -> Vec<String> {
        scene.findings().not_determinable.into_iter().map(|entry| entry.what).collect()
    }

    #[test]
    fn what_stays_open_depends_on_what_was_seen() {
        assert_eq!(open(Scene::default()), ["meeting"]);
        let mut direct = Scene::default().host("10.1.0.1", 1, 64).host("10.2.0.2", 9, 62);
        direct.call("10.1.0.1:6000", "10.2.0.2:7000", 5);
        assert_eq!(open(direct), ["identity", "stored-at-provider"], "nothing was encrypted, nobody is behind a relay");
        let mut tls = Scene::default();
        tls.tcp("10.1.0.1:6000", "198.51.100.7:443", 0, 2, b"");
        let hello = include_bytes!("../dissect/tls/samples/client_hello.bin");
        tls.tcp("10.1.0.1:6000", "198.51.100.7:443", 1, 16, hello);
        let what = open(tls);
        assert!(what.contains(&"content".to_owned()) && what.contains(&"meeting".to_owned()), "{what:?}");
    }
}
