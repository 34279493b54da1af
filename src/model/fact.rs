//! Facts: a key, a value, and the frame that shows it.
//!
//! A key is one constant. From it come the reference page (`meetscope facts`), the JSON names, the check that a
//! signature names real keys, and the grouping of exposures: whoever adds a dissector decides on the line that
//! defines a fact what it reveals about a person.

use super::input::Direction;
use super::time::Timestamp;
use std::fmt;
use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};

/// The question about a person that a fact answers (DSK *Rahmendaten*: who, with whom, when, how long, from where).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// Identity or account.
    Who,
    /// Other participants and contacts.
    WithWhom,
    /// Point in time.
    When,
    /// Frequency.
    HowOften,
    /// Duration.
    HowLong,
    /// Place or network of the person.
    Where,
    /// Device.
    Device,
    /// Companies and operators involved.
    Provider,
    /// Programs and versions.
    Software,
    /// What is done in the call: speaking, camera, screen, files.
    Activity,
    /// Content in clear.
    Content,
}

impl Question {
    /// Name in the JSON report.
    pub const fn name(self) -> &'static str {
        match self {
            Question::Who => "who",
            Question::WithWhom => "with-whom",
            Question::When => "when",
            Question::HowOften => "how-often",
            Question::HowLong => "how-long",
            Question::Where => "where",
            Question::Device => "device",
            Question::Provider => "provider",
            Question::Software => "software",
            Question::Activity => "activity",
            Question::Content => "content",
        }
    }
}

/// Who can see a piece of metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Observer {
    /// Everybody on the path: WLAN and company network, access provider, transit.
    Network,
    /// The operator of the DNS resolver.
    NameResolver,
    /// The provider of the meeting.
    Provider,
    /// The operator of a STUN or TURN server, where it is not the provider.
    Relay,
    /// Other participants.
    Peer,
    /// A company contacted besides.
    ThirdParty,
}

impl Observer {
    /// Name in the JSON report.
    pub const fn name(self) -> &'static str {
        match self {
            Observer::Network => "network",
            Observer::NameResolver => "name-resolver",
            Observer::Provider => "provider",
            Observer::Relay => "relay",
            Observer::Peer => "peer",
            Observer::ThirdParty => "third-party",
        }
    }
}

/// A sentence in both report languages; `{value}` stands for the value, already made safe by the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// German.
    pub de: &'static str,
    /// English.
    pub en: &'static str,
}

/// All that is known of a key before any packet is read.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// `protocol.thing`, lower case with dots and dashes.
    pub name: &'static str,
    /// Which question it answers.
    pub question: Question,
    /// Who can see it where it is seen at all.
    pub observers: &'static [Observer],
    /// One line: what the value is, with its unit.
    pub doc: &'static str,
    /// RFC and section, or the document that defines it.
    pub source: &'static str,
    /// Wireshark display-filter field that shows it; empty when there is none.
    pub wireshark: &'static str,
    /// What it means for a person; `None` for technical facts that are no exposure by themselves.
    pub sentence: Option<Sentence>,
}

/// A typed key. Define it as a `static`, name it in the `keys` of its protocol.
#[derive(Debug)]
pub struct Key<T: 'static> {
    /// The description.
    pub info: KeyInfo,
    kind: PhantomData<fn(T)>,
}

impl<T> Key<T> {
    /// A key from its description.
    pub const fn new(info: KeyInfo) -> Self {
        Key { info, kind: PhantomData }
    }
}

/// The value of a fact. Text comes from packets and is untrusted: reports make it safe, nothing else prints it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Text, at most [`TEXT_BYTES_MAX`] bytes.
    Text(Box<str>),
    /// A number in the unit that the key's documentation states.
    Number(u64),
    /// An address.
    Address(IpAddr),
    /// An address with port.
    Socket(SocketAddr),
    /// Present or not.
    Flag(bool),
}

/// Longest text kept of one value in bytes; longer text is shortened.
pub const TEXT_BYTES_MAX: usize = 512;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => f.write_str(text),
            Value::Number(number) => number.fmt(f),
            Value::Address(address) => address.fmt(f),
            Value::Socket(socket) => socket.fmt(f),
            Value::Flag(flag) => flag.fmt(f),
        }
    }
}

/// Types that a key can carry.
pub trait FactValue {
    /// The value as stored.
    fn into_value(self) -> Value;
}

impl FactValue for String {
    fn into_value(self) -> Value {
        let mut text = self;
        if text.len() > TEXT_BYTES_MAX {
            let boundary = (0..=TEXT_BYTES_MAX).rev().find(|length| text.is_char_boundary(*length));
            text.truncate(boundary.unwrap_or_default());
        }
        Value::Text(text.into_boxed_str())
    }
}

impl FactValue for u64 {
    fn into_value(self) -> Value {
        Value::Number(self)
    }
}

impl FactValue for IpAddr {
    fn into_value(self) -> Value {
        Value::Address(self)
    }
}

impl FactValue for SocketAddr {
    fn into_value(self) -> Value {
        Value::Socket(self)
    }
}

impl FactValue for bool {
    fn into_value(self) -> Value {
        Value::Flag(self)
    }
}

/// Where a statement can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// Which capture, counted from 0.
    pub capture: u16,
    /// Frame number, 1-based, as Wireshark counts.
    pub frame: u64,
    /// When.
    pub time: Timestamp,
    /// Which way the packet went.
    pub direction: Direction,
}

impl Evidence {
    /// The later of both, by capture time.
    fn max_by_time(self, other: Evidence) -> Evidence {
        if other.time >= self.time { other } else { self }
    }
}

/// A key with a value and where it was first seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The key's description.
    pub key: &'static KeyInfo,
    /// The value.
    pub value: Value,
    /// First sighting.
    pub first: Evidence,
    /// Last sighting.
    pub last: Evidence,
    /// How often it was stated.
    pub count: u64,
}

/// The facts of one flow, in order of first sighting, each (key, value) once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    items: Vec<Fact>,
    overflow: u64,
}

/// Most facts kept of one flow.
pub const FACTS_PER_FLOW_MAX: usize = 192;
/// Most different values kept of one key in one flow.
pub const VALUES_PER_KEY_MAX: usize = 24;

impl Facts {
    /// States a fact. A repetition moves its last sighting; past the limits it is only counted as overflow.
    pub fn state<T: FactValue>(&mut self, key: &'static Key<T>, value: T, at: Evidence) {
        self.keep(Fact { key: &key.info, value: value.into_value(), first: at, last: at, count: 1 });
    }

    /// States a text that packets repeat again and again: only the first is stored, so that no other costs an
    /// allocation.
    pub fn state_text(&mut self, key: &'static Key<String>, text: &str, at: Evidence) {
        let same = |known: &&mut Fact| {
            std::ptr::eq(known.key, &key.info) && matches!(&known.value, Value::Text(known) if known.as_ref() == text)
        };
        match self.items.iter_mut().find(same) {
            Some(known) => {
                known.last = known.last.max_by_time(at);
                known.count += 1;
            }
            None => self.state(key, text.to_owned(), at),
        }
    }

    fn keep(&mut self, fact: Fact) {
        let mut values = 0;
        // A key is one static: where it lies tells it apart, faster than its name.
        for known in self.items.iter_mut().filter(|known| std::ptr::eq(known.key, fact.key)) {
            if known.value == fact.value {
                known.last = known.last.max_by_time(fact.last);
                known.count += fact.count;
                return;
            }
            values += 1;
        }
        if values >= VALUES_PER_KEY_MAX || self.items.len() >= FACTS_PER_FLOW_MAX {
            self.overflow += fact.count;
        } else {
            self.items.push(fact);
        }
    }

    /// Adds the facts of another flow, within the same limits.
    pub fn absorb(&mut self, other: &Facts) {
        for fact in &other.items {
            self.keep(fact.clone());
        }
        self.overflow += other.overflow;
    }

    /// All facts in order of first sighting.
    pub fn iter(&self) -> std::slice::Iter<'_, Fact> {
        self.items.iter()
    }

    /// The facts of one key.
    pub fn of(&self, name: &str) -> impl Iterator<Item = &Fact> {
        self.items.iter().filter(move |fact| fact.key.name == name)
    }

    /// Whether any fact of this key was stated.
    pub fn has(&self, name: &str) -> bool {
        self.of(name).next().is_some()
    }

    /// The first text of a key.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.of(name).find_map(|fact| match &fact.value {
            Value::Text(text) => Some(text.as_ref()),
            _ => None,
        })
    }

    /// Statements not kept because of the limits.
    pub fn overflow(&self) -> u64 {
        self.overflow
    }

    /// Whether nothing was stated.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Frees what growing left over.
    pub fn shrink(&mut self) {
        self.items.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static NUMBER: Key<u64> = Key::new(info("test.number"));
    static TEXT: Key<String> = Key::new(info("test.text"));

    const fn info(name: &'static str) -> KeyInfo {
        KeyInfo { name, question: Question::Who, observers: &[], doc: "", source: "", wireshark: "", sentence: None }
    }

    fn at(frame: u64) -> Evidence {
        let time = Timestamp::new(frame as i64, 0);
        Evidence { capture: 0, frame, time, direction: Direction::Forward }
    }

    #[test]
    fn a_repetition_moves_the_last_sighting_and_counts() {
        let mut facts = Facts::default();
        for frame in [4, 9, 7] {
            facts.state(&NUMBER, 5, at(frame));
        }
        let fact = facts.of("test.number").next().unwrap();
        assert_eq!((fact.first.frame, fact.last.frame, fact.count), (4, 9, 3));
        assert!(facts.has("test.number") && !facts.has("test.text"));
    }

    #[test]
    fn values_of_a_key_and_facts_of_a_flow_are_limited_and_the_rest_is_counted() {
        let mut facts = Facts::default();
        for value in 0..=VALUES_PER_KEY_MAX as u64 {
            facts.state(&NUMBER, value, at(1));
        }
        assert_eq!((facts.iter().count(), facts.overflow()), (VALUES_PER_KEY_MAX, 1));
        facts.state(&NUMBER, 0, at(2));
        facts.state(&TEXT, "other key".to_owned(), at(2));
        assert_eq!((facts.iter().count(), facts.overflow()), (VALUES_PER_KEY_MAX + 1, 1));
    }

    #[test]
    fn absorbing_keeps_first_and_last_sightings() {
        let (mut one, mut two) = (Facts::default(), Facts::default());
        one.state(&TEXT, "a".to_owned(), at(1));
        two.state(&TEXT, "a".to_owned(), at(5));
        two.state(&TEXT, "b".to_owned(), at(6));
        one.absorb(&two);
        let all: Vec<_> = one.iter().map(|fact| (fact.value.to_string(), fact.first.frame, fact.last.frame)).collect();
        assert_eq!(all, [("a".to_owned(), 1, 5), ("b".to_owned(), 6, 6)]);
        assert_eq!(one.text("test.text"), Some("a"));
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let Value::Text(text) = ("x".repeat(TEXT_BYTES_MAX - 1) + "ü").into_value() else { panic!("no text") };
        assert_eq!(text.len(), TEXT_BYTES_MAX - 1);
    }
}
