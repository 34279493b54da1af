//! Text in both languages. The page holds both, marked with `lang`; a rule of its style sheet hides the other one.

use crate::exposure::{Bilingual, country_words, purpose_words};
use crate::model::text::{bytes, day, duration, grouped, moment};
use maud::{Markup, Render, html};

/// German and English of the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report::html) struct Both {
    pub(in crate::report::html) de: String,
    pub(in crate::report::html) en: String,
}

impl Both {
    pub(in crate::report::html) fn new(de: impl Into<String>, en: impl Into<String>) -> Both {
        Both { de: de.into(), en: en.into() }
    }

    /// Text that reads the same in both languages.
    pub(in crate::report::html) fn same(text: impl Into<String>) -> Both {
        let text = text.into();
        Both { de: text.clone(), en: text }
    }

    /// What `of` gives for German (`true`) and English.
    pub(in crate::report::html) fn of(of: impl Fn(bool) -> String) -> Both {
        Both { de: of(true), en: of(false) }
    }

    pub(in crate::report::html) fn bytes(count: u64) -> Both {
        Both::of(|german| bytes(count, german))
    }

    pub(in crate::report::html) fn number(count: u64) -> Both {
        Both::of(|german| grouped(count, german))
    }

    /// `1 Gegenstelle`, `12 Gegenstellen`; words as German one, German many, English one, English many.
    pub(in crate::report::html) fn count(count: usize, words: [&str; 4]) -> Both {
        let [de_one, de_many, en_one, en_many] = words;
        let number = Both::number(count as u64);
        let (de, en) = if count == 1 { (de_one, en_one) } else { (de_many, en_many) };
        Both::new(format!("{} {de}", number.de), format!("{} {en}", number.en))
    }

    pub(in crate::report::html) fn duration(seconds: f64) -> Both {
        Both::of(|german| duration(seconds, german))
    }

    pub(in crate::report::html) fn moment(time: &str) -> Both {
        Both::of(|german| moment(time, german))
    }

    pub(in crate::report::html) fn day(date: &str) -> Both {
        Both::of(|german| day(date, german))
    }

    pub(in crate::report::html) fn country(code: &str) -> Both {
        Both::of(|german| country_words(code, german).to_owned())
    }

    pub(in crate::report::html) fn purposes(ids: &[String]) -> Both {
        Both::of(|german| ids.iter().map(|id| purpose_words(id, german)).collect::<Vec<_>>().join(", "))
    }

    /// The texts one behind the other, each apart by `between`.
    pub(in crate::report::html) fn join(parts: &[Both], between: &str) -> Both {
        let join = |texts: Vec<&str>| texts.join(between);
        Both::new(
            join(parts.iter().map(|part| part.de.as_str()).collect()),
            join(parts.iter().map(|part| part.en.as_str()).collect()),
        )
    }

    /// With a capital letter, for the beginning of a line or cell.
    pub(in crate::report::html) fn capitalised(self) -> Both {
        let capitalised = |text: String| {
            let mut chars = text.chars();
            chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
        };
        Both::new(capitalised(self.de), capitalised(self.en))
    }

    pub(in crate::report::html) fn is_empty(&self) -> bool {
        self.de.is_empty() && self.en.is_empty()
    }

    /// Cut to a number of characters, with an ellipsis.
    pub(in crate::report::html) fn cut(&self, chars_max: usize) -> Both {
        let cut = |text: &str| match text.char_indices().nth(chars_max) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
            None => text.to_owned(),
        };
        Both::new(cut(&self.de), cut(&self.en))
    }

    /// As `text` elements of a picture. `x` may be in percent; `place` is the class that says how it is set.
    pub(in crate::report::html) fn drawn(&self, x: &str, y: f64, place: &str) -> Markup {
        html! {
            @if self.de == self.en {
                text class=(place) x=(x) y=(y) { (self.de) }
            } @else {
                text class=(place) x=(x) y=(y) lang="de" { (self.de) }
                text class=(place) x=(x) y=(y) lang="en" { (self.en) }
            }
        }
    }
}

impl From<&Bilingual> for Both {
    fn from(words: &Bilingual) -> Self {
        Both::new(words.de.as_str(), words.en.as_str())
    }
}

impl From<(&str, &str)> for Both {
    fn from((de, en): (&str, &str)) -> Self {
        Both::new(de, en)
    }
}

impl Render for Both {
    fn render(&self) -> Markup {
        html! {
            @if self.de == self.en { (self.de) } @else { span lang="de" { (self.de) } span lang="en" { (self.en) } }
        }
    }
}

/// German and English, ready to be put into the page.
pub(in crate::report::html) fn say(de: &str, en: &str) -> Both {
    Both::new(de, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_are_marked_and_escaped() {
        let page = say("<b>", "\"x\"").render().into_string();
        assert_eq!(page, "<span lang=\"de\">&lt;b&gt;</span><span lang=\"en\">&quot;x&quot;</span>");
        assert_eq!(Both::same("a&b").render().into_string(), "a&amp;b");
    }

    #[test]
    fn numbers_have_the_form_of_their_language() {
        assert_eq!(Both::count(1, ["Ort", "Orte", "place", "places"]), say("1 Ort", "1 place"));
        assert_eq!(Both::count(1234, ["Ort", "Orte", "place", "places"]), say("1.234 Orte", "1,234 places"));
        assert_eq!(Both::bytes(1_540_926), say("1,5 MB", "1.5 MB"));
        assert_eq!(Both::country("DE"), say("Deutschland", "Germany"));
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(Both::same("Grüße aus Rostock").cut(5).de, "Grüße…");
        assert_eq!(Both::same("Grüße").cut(5).de, "Grüße");
    }
}
