//! Page one: the verdict, the meeting, what left the EU and EEA, what weighs most, and what to do.

use super::both::{Both, say};
use super::digest::{Digest, status};
use super::transfers::sum;
use super::words::{CERTAINTY, CONFIDENCE, QUESTION, STATUS, TOPOLOGY, word};
use crate::exposure::{ExposureEntry, Findings, Meeting};
use maud::{Markup, html};

/// Exposures on page one.
const EXPOSURES_MAX: usize = 5;
/// Recipients on page one.
const RECIPIENTS_MAX: usize = 4;
/// Pieces of advice on page one.
const ADVICE_MAX: usize = 4;
/// Bytes of a piece of advice on page one that are not exceeded unless its first sentence is longer.
const ADVICE_BYTES_MAX: usize = 260;
/// Short forms that a full stop follows within a sentence.
const SHORT_FORMS: [&str; 16] =
    ["Abs", "Art", "Buchst", "Inc", "Nr", "bzw", "et", "etc", "ff", "lit", "no", "para", "seq", "usw", "vgl", "Ltd"];
/// Longest statement on page one, in characters.
const STATEMENT_CHARS_MAX: usize = 180;
/// Longest name of a provider on page one, in characters.
const PROVIDER_CHARS_MAX: usize = 48;

/// Keys of exposures that matter most to the people concerned, the gravest first: conduct, contacts, identity, place.
const WEIGHTY: &[&str] = &[
    "talk",
    "peer-address",
    "screen-share",
    "silent-or-muted",
    "tenant-name",
    "sip.user",
    "peer-candidate",
    "presence",
    "camera-off",
    "participants",
    "public-address",
    "call-time",
    "recording",
    "file-transfer",
    "how-long",
    "provider",
    "call-duration",
    "dns.query",
    "tls.sni",
    "link-address",
    "names-asked-for",
    "media-sent",
    "address",
];

pub(super) fn section(digest: &Digest<'_>) -> Markup {
    html! {
        section.decide id="decide" aria-labelledby="decide-title" {
            p.eyebrow { (eyebrow(digest)) }
            h1 id="decide-title" { (heading(digest)) }
            div.verdict { @for sentence in verdict(digest) { p { (sentence) } } }
            (handling(digest))
            @if let Some(meeting) = digest.main() { (facts(digest, meeting)) }
            (more_calls(digest.findings))
            div.halves {
                (left_europe(digest))
                (weightiest(digest))
            }
            (to_do(digest))
        }
    }
}

fn eyebrow(digest: &Digest<'_>) -> Both {
    match digest.main() {
        Some(_) => say("Bericht über Rahmendaten einer Videokonferenz", "Report on the metadata of a video conference"),
        None => say("Bericht über Rahmendaten im Netzverkehr", "Report on the metadata of network traffic"),
    }
}

fn heading(digest: &Digest<'_>) -> Both {
    let Some(meeting) = digest.main() else { return say("Keine Konferenz erkannt", "No call found") };
    let many = digest.findings.meetings.len() > 1;
    match provider(meeting).as_deref() {
        Some(name) => {
            Both::new(format!("Was {name} und andere erfahren haben"), format!("What {name} and others have learnt"))
        }
        None if many => {
            say("Was andere über die Konferenzen erfahren haben", "What others have learnt about the calls")
        }
        None => say("Was andere über die Konferenz erfahren haben", "What others have learnt about the call"),
    }
}

/// The provider's name, cut.
fn provider(meeting: &Meeting) -> Option<String> {
    meeting.provider_name.as_deref().map(|name| Both::same(name).cut(PROVIDER_CHARS_MAX).de)
}

/// How the report treats people, in a line: what it is for, and what is replaced or left out.
fn handling(digest: &Digest<'_>) -> Markup {
    let handling = &digest.findings.handling;
    html! {
        ul.handling {
            li { (say("Enthält personenbezogene Daten", "Contains personal data")) }
            @match &handling.purpose {
                Some(purpose) => li { (say("Zweck: ", "Purpose: ")) (Both::same(purpose.as_str()).cut(STATEMENT_CHARS_MAX)) },
                None => li { (say("Zweck nicht angegeben", "Purpose not stated")) },
            }
            @if handling.pseudonyms.is_some() { li { (say("Adressen und Namen von Personen pseudonymisiert", "Addresses and names of people pseudonymised")) } }
            @if !handling.left_out.is_empty() { li { (say("Verhalten Einzelner weggelassen", "What individuals did is left out")) } }
        }
    }
}

/// Three sentences: the call, the transfers, the exposure.
fn verdict(digest: &Digest<'_>) -> [Both; 3] {
    [call(digest.findings, digest.main()), transfer(digest), exposed(digest.findings)]
}

fn call(findings: &Findings, main: Option<&Meeting>) -> Both {
    let Some(meeting) = main else {
        return say("Im Mitschnitt ist keine Konferenz zu erkennen.", "No call is found in the capture.");
    };
    let (long, with) = (length(meeting), participants(meeting));
    let (de, en) = match provider(meeting).as_deref() {
        Some(name) => (format!("über {name}"), format!("over {name}")),
        None => ("eines nicht erkannten Anbieters".to_owned(), "of an unrecognised provider".to_owned()),
    };
    match findings.meetings.len() {
        1 => Both::new(
            format!("Erfasst wurde eine Konferenz {de}; sie dauerte {} und hatte {}.", long.de, with.de),
            format!("Captured was one call {en}; it lasted {} and had {}.", long.en, with.en),
        ),
        count => Both::new(
            format!("Erfasst wurden {count} Konferenzen; die längste {de} dauerte {} und hatte {}.", long.de, with.de),
            format!("Captured were {count} calls; the longest, {en}, lasted {} and had {}.", long.en, with.en),
        ),
    }
}

/// How long the call was, at least where the capture cuts it.
fn length(meeting: &Meeting) -> Both {
    let long = Both::duration(meeting.duration_s);
    match meeting.began_before_capture.is_some() || meeting.ended_after_capture {
        true => Both::new(format!("mindestens {}", long.de), format!("at least {}", long.en)),
        false => long,
    }
}

fn participants(meeting: &Meeting) -> Both {
    match meeting.participants.at_least {
        0 | 1 => say("mindestens eine beteiligte Person", "at least one participant"),
        least => Both::new(format!("mindestens {least} Beteiligte"), format!("at least {least} participants")),
    }
}

fn transfer(digest: &Digest<'_>) -> Both {
    let (third, bytes) = sum(digest, "third-country");
    let (open, open_bytes) = sum(digest, "unknown");
    let (adequate, _) = sum(digest, "adequate");
    let many = ["Gegenstelle", "Gegenstellen", "endpoint", "endpoints"];
    if third > 0 {
        let (count, bytes, names) = (Both::count(third, many), Both::bytes(bytes), countries(digest, "third-country"));
        let places = digest.findings.transfers.iter().filter(|total| total.status == "third-country").count();
        let (de, en) = match places {
            1 => ("einem Drittland", "a third country"),
            _ => ("Drittländern", "third countries"),
        };
        return Both::new(
            format!(
                "Mit {} in {de} ohne allgemeinen Angemessenheitsbeschluss ({}) wurden {} ausgetauscht.",
                count.de, names.de, bytes.de
            ),
            format!(
                "{} were exchanged with {} in {en} without a general adequacy decision ({}).",
                bytes.en, count.en, names.en
            ),
        );
    }
    if open > 0 {
        let (count, bytes) = (Both::count(open, many), Both::bytes(open_bytes));
        return Both::new(
            format!(
                "Ein Drittland ohne allgemeinen Angemessenheitsbeschluss ist nicht belegt; bei {} ({}) ist der Standort offen.",
                count.de, bytes.de
            ),
            format!(
                "No third country without a general adequacy decision is shown; the place of {} ({}) is open.",
                count.en, bytes.en
            ),
        );
    }
    if adequate > 0 {
        let countries = countries(digest, "adequate");
        return Both::new(
            format!("Die Daten blieben im EWR oder gingen in Länder mit Angemessenheitsbeschluss: {}.", countries.de),
            format!("The data stayed in the EEA or went to countries with an adequacy decision: {}.", countries.en),
        );
    }
    match digest.far().is_empty() {
        true => say(
            "Eine Übermittlung in andere Länder lässt sich aus diesem Mitschnitt nicht ableiten.",
            "No transfer to other countries can be derived from this capture.",
        ),
        false => say(
            "Alle Gegenstellen stehen nach den vorliegenden Belegen in der EU oder im EWR.",
            "By the evidence at hand all endpoints are in the EU or EEA.",
        ),
    }
}

fn countries(digest: &Digest<'_>, status: &str) -> Both {
    let of = digest.findings.transfers.iter().filter(|total| total.status == status);
    let names: Vec<Both> = of.filter_map(|total| total.country.as_deref()).map(Both::country).collect();
    Both::join(&names, ", ")
}

/// What of conduct and contacts was readable without decryption.
fn exposed(findings: &Findings) -> Both {
    let has = |keys: &[&str]| findings.exposures.iter().any(|exposure| keys.contains(&exposure.key.as_str()));
    let table: [(&[&str], (&str, &str)); 5] = [
        (&["talk"], ("wann wer sprach", "who spoke when")),
        (
            &["silent-or-muted", "camera-off", "screen-share"],
            (
                "wann Mikrofon, Kamera oder Bildschirm an und aus waren",
                "when microphone, camera or screen were on and off",
            ),
        ),
        (
            &["peer-address", "peer-candidate"],
            ("welche Adressen andere Teilnehmende haben", "which addresses other participants have"),
        ),
        (&["tenant-name"], ("welche Organisation den Dienst nutzt", "which organisation uses the service")),
        (&["call-time"], ("wann die Konferenz begann und endete", "when the call began and ended")),
    ];
    let found: Vec<Both> = table.iter().filter(|(keys, _)| has(keys)).map(|(_, words)| Both::from(*words)).collect();
    if found.is_empty() {
        let count = Both::count(findings.exposures.len(), ["Angabe", "Angaben", "statement", "statements"]);
        return Both::new(
            format!("Sichtbar wurden {} zu den Fragen dieses Berichts.", count.de),
            format!("{} on the questions of this report became visible.", count.en),
        );
    }
    let listed = Both::new(
        listed(found.iter().map(|it| it.de.as_str()), "und"),
        listed(found.iter().map(|it| it.en.as_str()), "and"),
    );
    Both::new(
        format!("Ohne jede Entschlüsselung war zu erkennen, {}.", listed.de),
        format!("Without any decryption it could be seen {}.", listed.en),
    )
}

/// `a, b und c`.
fn listed<'t>(parts: impl Iterator<Item = &'t str>, and: &str) -> String {
    let parts: Vec<_> = parts.collect();
    match parts.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} {and} {last}", before.join(", ")),
        _ => parts.concat(),
    }
}

fn facts(digest: &Digest<'_>, meeting: &Meeting) -> Markup {
    let unknown = say("nicht erkannt", "not recognised");
    let least = meeting.participants.at_least;
    html! {
        dl.facts {
            div {
                dt { (say("Anbieter", "Provider")) }
                dd {
                    b { (provider(meeting).as_deref().map_or(unknown, Both::same)) }
                    p.fine { (word(CONFIDENCE, &meeting.confidence)) ", " (word(TOPOLOGY, &meeting.topology)) }
                }
            }
            div { dt { (say("Wann", "When")) } dd { b { (Both::moment(&meeting.start)) } p.fine { (say("bis ", "until ")) (Both::moment(&meeting.end)) } } }
            div { dt { (say("Wie lange", "How long")) } dd { b { (Both::duration(meeting.duration_s)) } p.fine { (cut(meeting)) } } }
            div {
                dt { (say("Beteiligte", "Participants")) }
                dd { b { (say("mindestens ", "at least ")) (least) } p.fine { (say("erfasste Seite ", "captured side ")) (Both::same(meeting.local.as_str()).cut(PROVIDER_CHARS_MAX)) } }
            }
        }
        @if let Some(reason) = meeting.because.first() {
            div.reason {
                b { (say("Woran der Anbieter zu erkennen ist: ", "What names the provider: ")) } (Both::from(&reason.says).cut(STATEMENT_CHARS_MAX))
                (digest.evidence(&[reason.evidence()]))
            }
        }
    }
}

/// Whether the capture holds the whole call.
fn cut(meeting: &Meeting) -> Both {
    match (&meeting.began_before_capture, meeting.ended_after_capture) {
        (Some(_), true) => say("lief vorher und nachher weiter", "ran before and after the capture"),
        (Some(_), false) => say("lief schon vor der Aufzeichnung", "ran before the capture began"),
        (None, true) => say("lief nach der Aufzeichnung weiter", "ran on after the capture"),
        (None, false) => say("vollständig aufgezeichnet", "captured as a whole"),
    }
}

fn more_calls(findings: &Findings) -> Markup {
    html! {
        @if findings.meetings.len() > 1 {
            ul.calls { @for meeting in &findings.meetings {
                li {
                    b { (provider(meeting).as_deref().map_or(say("nicht erkannter Anbieter", "unrecognised provider"), Both::same)) }
                    ", " (Both::moment(&meeting.start)) ", " (Both::duration(meeting.duration_s))
                }
            } }
        }
    }
}

/// What left the EU and EEA, and on what evidence.
fn left_europe(digest: &Digest<'_>) -> Markup {
    let rows: Vec<_> =
        STATUS.iter().map(|(name, ..)| (*name, sum(digest, name))).filter(|(_, (count, _))| *count > 0).collect();
    let total: u64 = rows.iter().map(|(_, (_, bytes))| *bytes).fold(0, u64::saturating_add).max(1);
    let proven = |name: &str| {
        let of = digest.far().into_iter().filter(|endpoint| endpoint.transfer.status == name);
        of.filter(|endpoint| endpoint.place.verdict.starts_with("proven")).count()
    };
    html! {
        div.card {
            h2 { (say("Was die EU und den EWR verlassen hat", "What left the EU and EEA")) }
            @if rows.is_empty() {
                p { (say("Alle Gegenstellen liegen im eigenen oder einem benachbarten Netz.", "All endpoints are in the own or a neighbouring network.")) }
            } @else {
                svg.stack width="100%" height="14" aria-hidden="true" focusable="false" {
                    @for (index, (name, (_, bytes))) in rows.iter().enumerate() {
                        @let before: u64 = rows.iter().take(index).map(|(_, (_, bytes))| *bytes).sum();
                        rect class={ "s-" (name) } x=(part(before, total)) y="0" width=(part(*bytes, total)) height="14" {}
                    }
                }
                ul.statuses { @for (name, (count, bytes)) in &rows {
                    li {
                        (status(name))
                        span.amount { (Both::bytes(*bytes)) }
                        p.fine {
                            (Both::count(*count, ["Gegenstelle", "Gegenstellen", "endpoint", "endpoints"]))
                            @let countries = countries(digest, name);
                            @if !countries.is_empty() { " · " (countries) }
                            @if *name != "unknown" {
                                " · "
                                @let sure = proven(name);
                                @if sure == *count { (say("Standort nachgewiesen", "place proven")) }
                                @else if sure == 0 { (say("Standort nur plausibel", "place plausible only")) }
                                @else { (Both::new(format!("Standort bei {sure} nachgewiesen, sonst plausibel"), format!("place of {sure} proven, else plausible"))) }
                            }
                        }
                    }
                } }
                (largest(digest))
                p.fine { a href="#places" { (say("Belege für jeden Standort", "Evidence of each place")) } }
            }
        }
    }
}

/// Who got or sent most.
fn largest(digest: &Digest<'_>) -> Markup {
    let recipients = super::flow::recipients(digest);
    html! {
        div.largest {
            h3 { (say("Größte Empfänger", "Largest recipients")) }
            ul { @for (name, countries, bytes) in recipients.iter().take(RECIPIENTS_MAX) {
                li { span { (name.cut(60)) span.fine { ", " (countries) } } span.amount { (Both::bytes(*bytes)) } }
            } }
        }
    }
}

fn part(bytes: u64, total: u64) -> String {
    format!("{:.2}%", bytes as f64 / total as f64 * 100.0)
}

/// The exposures that matter most, of each kind one.
fn weightiest(digest: &Digest<'_>) -> Markup {
    let mut chosen: Vec<&ExposureEntry> = Vec::new();
    let rank = |exposure: &ExposureEntry| WEIGHTY.iter().position(|key| *key == exposure.key).unwrap_or(WEIGHTY.len());
    let mut all: Vec<_> = digest.findings.exposures.iter().collect();
    all.sort_by_key(|exposure| (rank(exposure), exposure.certainty != "observed"));
    for exposure in all {
        if chosen.len() < EXPOSURES_MAX && !chosen.iter().any(|known| known.key == exposure.key) {
            chosen.push(exposure);
        }
    }
    html! {
        div.card {
            h2 { (say("Was am schwersten wiegt", "What weighs most")) }
            @if chosen.is_empty() { p { (say("Keine Angabe.", "Nothing to state.")) } }
            ol.weighty { @for exposure in chosen {
                li {
                    p.fine { (word(QUESTION, &exposure.question)) " · " (word(CERTAINTY, &exposure.certainty)) }
                    p { (Both::from(&exposure.statement).cut(STATEMENT_CHARS_MAX)) " " a href={ "#" (exposure.id) } { (say("Beleg", "Evidence")) } }
                }
            } }
        }
    }
}

fn to_do(digest: &Digest<'_>) -> Markup {
    let list = &digest.findings.recommendations;
    html! {
        @if !list.is_empty() {
            div.todo {
                h2 { (say("Was zu tun ist", "What to do")) }
                ol { @for advice in list.iter().filter(|advice| advice.audience == "controller").take(ADVICE_MAX) {
                    li { (first_sentences(&Both::from(&advice.text))) }
                } }
                p.fine { a href="#advice" { (Both::count(list.len(), ["Empfehlung mit Begründung", "Empfehlungen mit Begründung", "recommendation with reasons", "recommendations with reasons"])) } }
            }
        }
    }
}

/// As many sentences of each language as page one has room for, at least one; the section of advice has the rest.
fn first_sentences(text: &Both) -> Both {
    let first = |text: &str| {
        let ends = text.match_indices(". ").map(|(at, _)| at + 1).filter(|end| is_sentence_end(text, *end));
        let ends: Vec<usize> = ends.chain([text.len()]).collect();
        let fits = ends.iter().rfind(|end| **end <= ADVICE_BYTES_MAX).or(ends.first());
        text.get(..fits.copied().unwrap_or(text.len())).unwrap_or(text).to_owned()
    };
    Both::new(first(&text.de), first(&text.en))
}

/// Whether a full stop ends a sentence, and not a short form or a number: `Art. 28 Abs. 1`, `z. B.`
fn is_sentence_end(text: &str, end: usize) -> bool {
    let before = text.get(..end).unwrap_or_default().trim_end_matches('.');
    let word = before.rsplit([' ', '(']).next().unwrap_or_default();
    let behind = text.get(end..).unwrap_or_default().trim_start();
    let is_short = SHORT_FORMS.contains(&word) || word.chars().count() < 2 || word.parse::<u32>().is_ok();
    !is_short && behind.starts_with(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(listed(["a", "b", "c"].into_iter(), "und"), "a, b und c");
        assert_eq!(listed(["a"].into_iter(), "und"), "a");
        assert_eq!(listed(std::iter::empty(), "und"), "");
    }

    #[test]
    fn page_one_has_whole_sentences() {
        let long = "Es folgt noch mehr. ".repeat(20);
        let text = Both::new(format!("Wo es geht, abschalten. Dann weiter. {long}"), "Only one");
        let short = first_sentences(&text);
        assert!(short.de.starts_with("Wo es geht, abschalten. Dann weiter.") && short.de.ends_with("mehr."));
        assert!(short.de.len() <= ADVICE_BYTES_MAX);
        assert_eq!(short.en, "Only one");
        let law = Both::same(format!("Prüfen, ob Garantien bestehen (Art. 28 Abs. 1 DSGVO). {long}"));
        assert!(first_sentences(&law).de.starts_with("Prüfen, ob Garantien bestehen (Art. 28 Abs. 1 DSGVO). Es"));
    }
}
