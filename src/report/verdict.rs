//! The verdict in a few sentences, the same in every format for reading.

use crate::exposure::{Findings, Meeting, TransferTotal};
use crate::model::text::{duration, for_terminal};

/// Longest name shown, in characters.
const NAME_CHARS_MAX: usize = 300;

/// How many calls, over whom, how long; and which countries data went to. Names are safe for a terminal.
pub(super) fn verdict(findings: &Findings, german: bool) -> String {
    let mut sentences = vec![calls(&findings.meetings, german)];
    sentences.extend(transfers(&findings.transfers).map(|(de, en)| if german { de } else { en }));
    sentences.join(" ")
}

/// German and English sentences about third countries, adequate ones, and places that are not known.
fn transfers(totals: &[TransferTotal]) -> impl Iterator<Item = (String, String)> {
    let countries = |status: &str| {
        let of_status = totals.iter().filter(|total| total.status == status);
        of_status.filter_map(|total| total.country.as_deref()).collect::<Vec<_>>().join(", ")
    };
    let (third, adequate) = (countries("third-country"), countries("adequate"));
    let known = totals.iter().any(|total| total.status != "unknown");
    let open: usize = totals.iter().filter(|total| total.status == "unknown").map(|total| total.endpoints.len()).sum();
    let third = match third.is_empty() {
        true => known.then(|| NO_THIRD_COUNTRY.map(str::to_owned).into()),
        false => Some((
            format!(
                "Daten gingen auch an Gegenstellen in Drittländern ohne allgemeinen Angemessenheitsbeschluss: {third}."
            ),
            format!("Data also went to endpoints in third countries without a general adequacy decision: {third}."),
        )),
    };
    let adequate = (!adequate.is_empty()).then(|| {
        let de = format!("Länder mit Angemessenheitsbeschluss: {adequate}.");
        (de, format!("Countries with an adequacy decision: {adequate}."))
    });
    let open = (open > 0).then(|| {
        let de = format!("Standort nicht bestimmbar: {open} Gegenstelle{}.", if open == 1 { "" } else { "n" });
        (de, format!("Place not determinable: {open} endpoint{}.", if open == 1 { "" } else { "s" }))
    });
    [third, adequate, open].into_iter().flatten()
}

const NO_THIRD_COUNTRY: [&str; 2] = [
    "Keine Gegenstelle steht nach den vorliegenden Angaben in einem Drittland ohne allgemeinen Angemessenheitsbeschluss.",
    "No endpoint stands, by the data at hand, in a third country without a general adequacy decision.",
];

fn calls(meetings: &[Meeting], german: bool) -> String {
    match meetings {
        [] if german => "Im Mitschnitt ist keine Konferenz zu erkennen.".to_owned(),
        [] => "No call is found in the capture.".to_owned(),
        [one] => {
            let long = duration(one.duration_s, german);
            match (german, one.provider_name.as_deref().map(|name| for_terminal(name, NAME_CHARS_MAX))) {
                (true, Some(name)) => format!("Eine Konferenz über {name}, Dauer {long}."),
                (true, None) => format!("Eine Echtzeitverbindung eines nicht erkannten Anbieters, Dauer {long}."),
                (false, Some(name)) => format!("One call over {name}, lasting {long}."),
                (false, None) => format!("One real-time call of an unrecognised provider, lasting {long}."),
            }
        }
        many if german => format!("{} Konferenzen.", many.len()),
        many => format!("{} calls.", many.len()),
    }
}
