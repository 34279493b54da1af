//! One line a second on standard error, and one at each event, where there is no screen.

use super::moment::{Display, Moment};
use super::screen::view::{Call, Device, Person, Reach, View};
use super::screen::words::{self, say};
use meetscope::exposure::country_words;
use meetscope::model::Timestamp;
use meetscope::model::text::{bytes, for_terminal, grouped};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::time::Duration;

/// Time between two lines of state.
const LINE_EVERY: Duration = Duration::from_secs(1);
/// Longest line, in characters.
const LINE_CHARS_MAX: usize = 400;
/// Most hosts and addresses of peers that are told once.
const TOLD_MAX: usize = 4096;

/// Keys of exposures that are told as an event of their own: the address of another participant.
const PEER_KEYS: [&str; 2] = ["peer-address", "peer-candidate"];

/// Lines for people who read along, or a log.
pub(crate) struct Lines<W> {
    out: W,
    german: bool,
    view: View,
    next: Duration,
    last: String,
    calls: BTreeMap<u32, Told>,
    people: BTreeMap<(u32, String), [Device; 3]>,
    told: BTreeSet<String>,
}

/// What was said of a call.
#[derive(Clone, PartialEq)]
struct Told {
    live: bool,
    provider: Option<String>,
}

impl<W: Write> Lines<W> {
    /// Lines in German or English to `out`.
    pub(crate) fn new(out: W, german: bool) -> Lines<W> {
        Lines {
            out,
            german,
            view: View::default(),
            next: Duration::ZERO,
            last: String::new(),
            calls: BTreeMap::new(),
            people: BTreeMap::new(),
            told: BTreeSet::new(),
        }
    }

    fn say<'t>(&self, de: &'t str, en: &'t str) -> &'t str {
        say(self.german, de, en)
    }

    /// `05:33:56 * Text`. Texts were made safe when they came in; this is for those that did not come that way.
    fn event(&mut self, at: Timestamp, text: &str) -> io::Result<()> {
        let line = format!("{} * {text}", words::time_of_day(at));
        writeln!(self.out, "{}", for_terminal(&line, LINE_CHARS_MAX))
    }

    fn events(&mut self, now: Timestamp) -> io::Result<()> {
        let calls = self.view.calls.clone();
        for call in calls.iter().rev() {
            self.of_call(call, now)?;
            call.people.iter().try_for_each(|person| self.of_person(call.number, person, now))?;
        }
        self.of_hosts(now)?;
        self.of_peers(now)
    }

    fn of_call(&mut self, call: &Call, now: Timestamp) -> io::Result<()> {
        let told = Told { live: call.live, provider: call.provider.clone() };
        let before = self.calls.insert(call.number, told.clone());
        if before.as_ref() == Some(&told) {
            return Ok(());
        }
        let provider = |name: &str| format!("{name} ({})", words::confidence(&call.confidence, self.german));
        let named = call.provider.as_deref().map(provider);
        let known = named.clone().unwrap_or_else(|| self.say("unbekannter Anbieter", "unknown provider").to_owned());
        if before.is_none() {
            let text = format!("{}: {known}", self.say("Gespräch erkannt", "call recognised"));
            self.event(call.start, &text)?;
        } else if let Some(name) = named.filter(|_| before.as_ref().is_some_and(|old| old.provider != told.provider)) {
            let text = format!("{}: {name}", self.say("Anbieter erkannt", "provider recognised"));
            self.event(now, &text)?;
        }
        match (before.map(|old| old.live), call.live) {
            (Some(true) | None, false) => {
                let text = format!(
                    "{} {}",
                    self.say("Gespräch beendet nach", "call has ended after"),
                    words::clock_of(call.seconds(now))
                );
                self.event(call.end, &text)
            }
            (Some(false), true) => self.event(now, self.say("Gespräch geht weiter", "call goes on")),
            _ => Ok(()),
        }
    }

    /// What has changed of somebody's microphone, camera and screen since the last edition.
    fn of_person(&mut self, call: u32, person: &Person, now: Timestamp) -> io::Result<()> {
        let devices = [person.microphone, person.camera, person.screen];
        let before = self.people.insert((call, person.id.clone()), devices).unwrap_or([Device::Unseen; 3]);
        let name = words::person(person, self.german);
        let changed = before.into_iter().zip(devices).zip(DEVICES).filter(|((before, after), _)| before != after);
        for ((before, after), device) in changed {
            if let Some((de, en)) = device.change(before, after) {
                let text = format!("{name}: {}", self.say(de, en));
                self.event(now, &text)?;
            }
        }
        Ok(())
    }

    fn of_hosts(&mut self, now: Timestamp) -> io::Result<()> {
        let third = self.view.hosts.iter().rev().filter(|host| host.reach == Reach::ThirdCountry);
        let new: Vec<_> = third.filter(|host| !self.told.contains(&host.address)).cloned().collect();
        for host in new {
            if !self.tell_once(host.address.clone()) {
                continue;
            }
            let country = host.country.as_deref().map_or("–", |code| country_words(code, self.german));
            let operator = host.operator.as_deref().or(host.name.as_deref()).unwrap_or_default();
            let text = format!(
                "{}: {country}, {} {operator}",
                self.say("Gegenstelle im DRITTLAND", "endpoint in a THIRD COUNTRY"),
                host.address
            );
            self.event(now, &text)?;
        }
        Ok(())
    }

    fn of_peers(&mut self, now: Timestamp) -> io::Result<()> {
        let peers = self.view.news.iter().rev().filter(|news| PEER_KEYS.contains(&news.key.as_str()));
        let peers: Vec<_> = peers.map(|news| (news.order, news.sentence.clone())).collect();
        for (order, sentence) in peers {
            if self.tell_once(format!("peer {order}")) {
                self.event(now, say(self.german, &sentence.de, &sentence.en))?;
            }
        }
        Ok(())
    }

    fn tell_once(&mut self, what: String) -> bool {
        self.told.len() < TOLD_MAX && self.told.insert(what)
    }

    /// `00:53  9.926 Pakete  3,1 MB  …`
    fn state(&mut self, moment: &Moment) -> io::Result<()> {
        let counters = &moment.counters;
        let lost = words::drops(counters, self.german);
        let lost =
            if lost.is_empty() { String::new() } else { format!("{}: {lost}", self.say("VERWORFEN", "DROPPED")) };
        let parts = [
            words::clock(moment.elapsed),
            format!("{} {}", grouped(counters.packets, self.german), self.say("Pakete", "packets")),
            bytes(counters.bytes, self.german),
            lost,
            self.call(moment.now),
            self.newest(),
        ];
        let told: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let line = for_terminal(&told.join(" | "), LINE_CHARS_MAX);
        // The end comes when the newest line may have told all of it already.
        if line == self.last {
            return Ok(());
        }
        writeln!(self.out, "{line}")?;
        self.last = line;
        Ok(())
    }

    fn call(&self, now: Timestamp) -> String {
        let Some(call) = self.view.call() else {
            return self.say("noch kein Gespräch erkannt", "no call recognised yet").to_owned();
        };
        let provider = call.provider.as_deref().unwrap_or(self.say("unbekannter Anbieter", "unknown provider"));
        let state = if call.live { self.say("Gespräch", "call") } else { self.say("beendet", "ended") };
        let clock = words::clock_of(call.seconds(now));
        let speakers: Vec<_> = call.speakers().map(|person| words::person(person, self.german)).collect();
        match speakers.is_empty() {
            true => format!("{state} {clock} {provider}"),
            false => format!("{state} {clock} {provider} | {} {}", speakers.join(", "), self.say("spricht", "speaks")),
        }
    }

    fn newest(&self) -> String {
        self.view
            .news
            .first()
            .map(|news| say(self.german, &news.sentence.de, &news.sentence.en))
            .unwrap_or_default()
            .to_owned()
    }
}

impl<W: Write> Display for Lines<W> {
    fn show(&mut self, moment: &Moment) -> io::Result<()> {
        if self.view.update(moment) {
            self.events(moment.now)?;
        }
        if moment.elapsed >= self.next {
            self.next = Duration::from_secs(moment.elapsed.as_secs()) + LINE_EVERY;
            self.state(moment)?;
        }
        self.out.flush()
    }

    /// The last edition may have told of something that no line has shown.
    fn end(&mut self, moment: &Moment, _reason: &str) -> io::Result<()> {
        if self.view.update(moment) {
            self.events(moment.now)?;
        }
        self.state(moment)?;
        self.out.flush()
    }
}

/// A device in words.
struct Words {
    on: (&'static str, &'static str),
    silent: (&'static str, &'static str),
    off: (&'static str, &'static str),
}

/// Microphone, camera, screen.
const DEVICES: [Words; 3] = [
    Words {
        on: ("Mikrofon an", "microphone on"),
        silent: ("Mikrofon stumm", "microphone muted"),
        off: ("Mikrofon aus", "microphone off"),
    },
    Words { on: ("Kamera an", "camera on"), silent: ("Kamera aus", "camera off"), off: ("Kamera aus", "camera off") },
    Words {
        on: ("teilt den Bildschirm", "shares the screen"),
        silent: ("teilt den Bildschirm nicht mehr", "no longer shares the screen"),
        off: ("teilt den Bildschirm nicht mehr", "no longer shares the screen"),
    },
];

impl Words {
    fn of(&self, device: Device) -> Option<(&'static str, &'static str)> {
        match device {
            Device::Unseen => None,
            Device::On => Some(self.on),
            Device::Silent => Some(self.silent),
            Device::Off => Some(self.off),
        }
    }

    /// What to say of a change; nothing when it reads the same as before.
    fn change(&self, before: Device, after: Device) -> Option<(&'static str, &'static str)> {
        self.of(after).filter(|words| self.of(before) != Some(*words))
    }
}

#[cfg(test)]
mod tests {
    use super::super::screen::tests::{hostile, replay, third_country};
    use super::*;

    fn lines(moments: &[Moment], german: bool) -> String {
        let mut lines = Lines::new(Vec::new(), german);
        for moment in moments {
            lines.show(moment).unwrap();
        }
        lines.end(moments.last().unwrap(), "stopped").unwrap();
        String::from_utf8(lines.out).unwrap()
    }

    #[test]
    fn a_call_is_told_line_by_line() {
        let said = lines(&replay("p2p-call"), true);
        for part in [
            " | noch kein Gespräch erkannt",
            "05:33:56 * Gespräch erkannt: unbekannter Anbieter\n",
            " * diese Seite: Kamera aus\n",
            " * diese Seite: teilt den Bildschirm\n",
            " * Mit der Adresse 10.77.2.12, ",
            " | diese Seite spricht | ",
            " | Person 2 spricht | ",
        ] {
            assert!(said.contains(part), "{part}\n{said}");
        }
        assert_eq!(said.matches("Gespräch erkannt: ").count(), 1);
        assert_eq!(said.matches("Mit der Adresse 10.77.2.12, ").count(), 1 + said.matches("| Mit der Adresse").count());
        let english = lines(&replay("p2p-call"), false);
        assert!(english.contains("this side: camera off") && !english.contains("Kamera"), "{english}");
    }

    #[test]
    fn a_third_country_is_told_once() {
        let moments = third_country();
        let said = lines(&moments, true);
        let told = "* Gegenstelle im DRITTLAND: Vereinigte Staaten, 10.77.8.8 Example Networks\n";
        assert_eq!(said.matches(told).count(), 1, "{said}");
        assert!(
            lines(&moments, false)
                .contains("* endpoint in a THIRD COUNTRY: United States, 10.77.8.8 Example Networks\n")
        );
    }

    #[test]
    fn the_last_line_is_not_said_twice() {
        let said = lines(&replay("sip-call"), true);
        let all: Vec<_> = said.lines().collect();
        assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{said}");
    }

    #[test]
    fn names_leave_no_trace() {
        let said = lines(&hostile(), true);
        assert!(said.contains("\\u{1b}"), "{said}");
        assert!(said.chars().all(|character| character == '\n' || !character.is_control()), "{said}");
        assert!(!said.contains('\u{202e}'));
    }

    #[test]
    fn the_end_of_a_call_is_told() {
        let mut moments = replay("sip-call");
        let last = moments.pop().unwrap();
        let later = |seconds: u64| Moment {
            findings: last.findings.clone(),
            edition: last.edition,
            counters: last.counters,
            elapsed: last.elapsed + Duration::from_secs(seconds),
            now: last.now.plus(seconds as i64 * 1_000_000_000),
            interfaces: Vec::new(),
            file: None,
            guards: Vec::new(),
        };
        moments.extend((0..15).map(later));
        let said = lines(&moments, false);
        assert_eq!(said.matches("call has ended after 00:29").count(), 1, "{said}");
    }
}
