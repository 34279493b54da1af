//! The words of the screen and of the lines, in both languages, short enough for columns.

use super::view::{Device, Host, Person, Reach};
use meetscope::model::Timestamp;
use meetscope::model::text::grouped;
use std::time::Duration;

/// Picks the text of the language.
pub(crate) fn say<'t>(german: bool, de: &'t str, en: &'t str) -> &'t str {
    if german { de } else { en }
}

/// What to call somebody.
pub(crate) fn person(person: &Person, german: bool) -> String {
    match (person.own, person.server, person.number) {
        (true, ..) => say(german, "diese Seite", "this side").to_owned(),
        (_, true, _) => say(german, "Server", "server").to_owned(),
        (.., 0) => person.id.clone(),
        (.., number) => format!("{} {number}", say(german, "Person", "participant")),
    }
}

/// What can be told of a microphone.
pub(crate) fn microphone(device: Device, german: bool) -> &'static str {
    match device {
        Device::Unseen => "–",
        Device::On => say(german, "an", "on"),
        Device::Silent => say(german, "stumm", "muted"),
        Device::Off => say(german, "aus", "off"),
    }
}

/// What can be told of a camera.
pub(crate) fn camera(device: Device, german: bool) -> &'static str {
    match device {
        Device::Unseen => "–",
        Device::On => say(german, "an", "on"),
        Device::Silent | Device::Off => say(german, "aus", "off"),
    }
}

/// What a stream carries.
pub(crate) fn kind(kind: &str, german: bool) -> &str {
    match kind {
        "audio" => say(german, "Ton", "audio"),
        "video" => say(german, "Bild", "video"),
        "screen" => say(german, "Bildschirm", "screen"),
        "data" => say(german, "Daten", "data"),
        "unknown" => say(german, "unklar", "unknown"),
        other => other,
    }
}

/// Which way the media go.
pub(crate) fn topology(topology: &str, german: bool) -> &str {
    match topology {
        "relayed" => say(german, "über Server", "through servers"),
        "peer-to-peer" => say(german, "direkt zwischen Teilnehmenden", "peer-to-peer"),
        "mixed" => say(german, "teils direkt, teils über Server", "partly direct, partly through servers"),
        other => other,
    }
}

/// How sure the provider is.
pub(crate) fn confidence(confidence: &str, german: bool) -> &str {
    match confidence {
        "certain" => say(german, "sicher", "certain"),
        "strong" => say(german, "gut belegt", "strong"),
        "weak" => say(german, "schwach belegt", "weak"),
        other => other,
    }
}

/// What the law says of the place of a host, and how sure the place is.
pub(crate) fn reach(host: &Host, german: bool) -> String {
    let status = match host.reach {
        Reach::Near => return say(german, "eigenes Netz", "own network").to_owned(),
        Reach::Eu => "EU",
        Reach::Eea => say(german, "EWR", "EEA"),
        Reach::Adequate => say(german, "angemessen", "adequate"),
        Reach::ThirdCountry => say(german, "DRITTLAND", "THIRD COUNTRY"),
        Reach::Unknown => return verdict(&host.verdict, german).to_owned(),
    };
    match host.verdict.split('-').next() {
        Some("proven") => format!("{status}, {}", say(german, "nachweislich", "proven")),
        Some("plausible") => format!("{status}, {}", say(german, "vermutlich", "plausible")),
        _ => format!("{status}, {}", say(german, "Ort unsicher", "place unsure")),
    }
}

fn verdict(verdict: &str, german: bool) -> &'static str {
    match verdict {
        "proven-inside" => say(german, "nachweislich im EWR", "proven inside the EEA"),
        "plausible-inside" => say(german, "vermutlich im EWR", "plausibly inside the EEA"),
        "plausible-outside" => say(german, "vermutlich außerhalb des EWR", "plausibly outside the EEA"),
        "proven-outside" => say(german, "nachweislich außerhalb des EWR", "proven outside the EEA"),
        _ => say(german, "Ort unklar", "place unknown"),
    }
}

/// Packets that were lost on the way to the analysis, by whom.
pub(crate) fn drops(counters: &super::super::moment::Counters, german: bool) -> String {
    let parts = [
        (counters.dropped_kernel, "Kern", "kernel"),
        (counters.dropped_interface, "Schnittstelle", "interface"),
        (counters.dropped_queue, "Programm", "program"),
    ];
    let told: Vec<_> = parts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, de, en)| format!("{} {}", say(german, de, en), grouped(count, german)))
        .collect();
    told.join(", ")
}

/// `3:07` or `1:02:03`.
pub(crate) fn clock(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    match seconds / 3600 {
        0 => format!("{:02}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// The same for seconds that may be anything.
pub(crate) fn clock_of(seconds: f64) -> String {
    clock(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default())
}

/// `05:33:56`, in UTC.
pub(crate) fn time_of_day(time: Timestamp) -> String {
    let text = time.to_string();
    text.get(11..19).unwrap_or_default().to_owned()
}

/// `64 kbit/s`, `1,2 Mbit/s`.
pub(crate) fn bitrate(bits: u64, german: bool) -> String {
    let (value, unit) = match bits {
        0..1_000 => (bits as f64, "bit/s"),
        1_000..1_000_000 => (bits as f64 / 1e3, "kbit/s"),
        1_000_000..1_000_000_000 => (bits as f64 / 1e6, "Mbit/s"),
        _ => (bits as f64 / 1e9, "Gbit/s"),
    };
    let digits = usize::from(bits >= 1_000 && value < 9.95);
    let number = format!("{value:.digits$}");
    format!("{} {unit}", if german { number.replace('.', ",") } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_and_rates_read_well() {
        assert_eq!(clock(Duration::from_millis(59_900)), "00:59");
        assert_eq!(clock(Duration::from_secs(3723)), "1:02:03");
        assert_eq!(clock_of(f64::NAN), "00:00");
        assert_eq!(clock_of(-3.0), "00:00");
        assert_eq!(time_of_day(Timestamp::new(1_795_412_036, 0)), "05:33:56");
        assert_eq!(bitrate(999, true), "999 bit/s");
        assert_eq!(bitrate(1_540, true), "1,5 kbit/s");
        assert_eq!(bitrate(64_051, false), "64 kbit/s");
        assert_eq!(bitrate(2_500_000, false), "2.5 Mbit/s");
    }
}
