//! Names of columns: the provider and as much of the file's path as tells it from the others.

use super::cell::both;
use super::subject::Subject;
use super::table::Input;
use crate::exposure::Bilingual;

/// Longest name of a file shown, in characters.
const FILE_CHARS_MAX: usize = 40;

/// One name a column, no two alike.
pub(super) fn labels(inputs: &[Input], subjects: &[Subject<'_>]) -> Vec<Bilingual> {
    let files = files(inputs);
    let mut labels: Vec<Bilingual> = Vec::new();
    for ((input, subject), file) in inputs.iter().zip(subjects).zip(files) {
        let label = match &input.label {
            Some(label) => both(label.as_str(), label.as_str()),
            None => of_provider(subject, &file),
        };
        labels.push(unlike(label, &labels));
    }
    labels
}

fn of_provider(subject: &Subject<'_>, file: &str) -> Bilingual {
    let name = subject.meeting.map(|meeting| meeting.provider_name.as_deref());
    match name {
        Some(Some(name)) => both(format!("{name} ({file})"), format!("{name} ({file})")),
        Some(None) => both(format!("Unbekannter Anbieter ({file})"), format!("Unknown provider ({file})")),
        None => both(format!("Ohne Konferenz ({file})"), format!("No call ({file})")),
    }
}

/// With a number behind it where the name is taken.
fn unlike(label: Bilingual, taken: &[Bilingual]) -> Bilingual {
    let is_taken = |label: &Bilingual| taken.iter().any(|other| other.de == label.de || other.en == label.en);
    if !is_taken(&label) {
        return label;
    }
    let numbered = |number: usize| both(format!("{} #{number}", label.de), format!("{} #{number}", label.en));
    (2..).map(numbered).find(|label| !is_taken(label)).unwrap_or(label)
}

/// The last parts of each path: one, or as many more as tell all of them apart.
fn files(inputs: &[Input]) -> Vec<String> {
    const PARTS_MAX: usize = 3;
    let ends = |count: usize| inputs.iter().map(|input| end_of(&input.path, count)).collect::<Vec<_>>();
    let apart = |names: &Vec<String>| {
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.windows(2).all(|pair| pair.first() != pair.last())
    };
    (1..=PARTS_MAX).map(ends).find(apart).unwrap_or_else(|| ends(1))
}

/// The last `count` parts of a path, cut at their front when they are long.
fn end_of(path: &str, count: usize) -> String {
    let mut parts: Vec<&str> = path.rsplit(['/', '\\']).filter(|part| !part.is_empty()).take(count).collect();
    parts.reverse();
    let name = if path == "-" { "stdin".to_owned() } else { parts.join("/") };
    let length = name.chars().count();
    match length.checked_sub(FILE_CHARS_MAX).filter(|more| *more > 0) {
        Some(more) => format!("…{}", name.chars().skip(more + 1).collect::<String>()),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::SourceKind;

    fn inputs(paths: &[&str]) -> Vec<Input> {
        let input = |path: &&str| Input {
            path: (*path).to_owned(),
            kind: SourceKind::Report,
            json: Vec::new(),
            meeting: None,
            label: None,
        };
        paths.iter().map(input).collect()
    }

    #[test]
    fn files_are_told_apart_by_as_much_of_the_path_as_it_takes() {
        assert_eq!(files(&inputs(&["a/zoom.pcap", "b/teams.json"])), ["zoom.pcap", "teams.json"]);
        assert_eq!(files(&inputs(&["a/call.pcap", "b/call.pcap"])), ["a/call.pcap", "b/call.pcap"]);
        assert_eq!(files(&inputs(&["x.pcap", "x.pcap"])), ["x.pcap", "x.pcap"]);
        let long = files(&inputs(&[&"ä".repeat(99), "-"]));
        assert_eq!((long[0].chars().count(), long[1].as_str()), (FILE_CHARS_MAX, "stdin"));
    }

    #[test]
    fn equal_names_are_numbered() {
        let mut labels = Vec::new();
        for _ in 0..3 {
            labels.push(unlike(both("Zoom", "Zoom"), &labels));
        }
        let labels: Vec<_> = labels.into_iter().map(|label| label.de).collect();
        assert_eq!(labels, ["Zoom", "Zoom #2", "Zoom #3"]);
    }
}
