//! What every page of this program has around its content: head, what it may load and run, bar, script. The comparison
//! is one of them.

use super::both::say;
use crate::model::text::for_terminal;
use crate::report::Language;
use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};
use std::io::{self, Write};

const SCRIPT: &str = include_str!("assets/report.js");

/// A page without its content.
pub(crate) struct Shell<'s> {
    /// Language that it opens in.
    pub(crate) language: Language,
    /// German and English.
    pub(crate) title: (&'s str, &'s str),
    pub(crate) style: &'s str,
    /// What the bar leads to: anchor, German, English.
    pub(crate) links: &'s [(&'s str, &'s str, &'s str)],
    /// Sections as the body names them for whoever checks it; not needed of a report.
    pub(crate) sections: Option<&'s str>,
    /// Class of the content.
    pub(crate) class: Option<&'s str>,
}

impl Shell<'_> {
    /// Writes the page around `content` and what stands `behind` it, with control and bidirectional characters made
    /// visible.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn write(&self, content: &Markup, behind: &Markup, out: &mut dyn Write) -> io::Result<()> {
        for line in self.page(content, behind).into_string().lines() {
            writeln!(out, "{}", for_terminal(line, usize::MAX))?;
        }
        Ok(())
    }

    fn page(&self, content: &Markup, behind: &Markup) -> Markup {
        let (de, en) = self.title;
        let (lang, shown) = if self.language == Language::German { ("de", de) } else { ("en", en) };
        html! {
            (DOCTYPE)
            html lang=(lang) data-title-de=(de) data-title-en=(en) {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(self.policy());
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="referrer" content="no-referrer";
                    title { (shown) }
                    style { (PreEscaped(self.style)) }
                }
                body data-sections=[self.sections] {
                    (self.bar(lang))
                    main class=[self.class] id="top" tabindex="-1" { (content) }
                    (behind)
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    }

    /// What the page may do: nothing but its own style sheet and script.
    fn policy(&self) -> String {
        let hash = |text: &str| BASE64.encode(&Sha256::digest(text.as_bytes()));
        format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            hash(self.style),
            hash(SCRIPT)
        )
    }

    /// The bar at the top: the way to each section, and the language.
    fn bar(&self, lang: &str) -> Markup {
        html! {
            a.skip href="#top" { (say("Zum Inhalt", "Skip to content")) }
            header.bar {
                p.brand { "meetscope" }
                nav aria-labelledby="contents" {
                    span.unseen id="contents" { (say("Abschnitte", "Sections")) }
                    ul { @for (id, de, en) in self.links { li { a href={ "#" (id) } { (say(de, en)) } } } }
                }
                div.language role="group" aria-labelledby="language" {
                    span.unseen id="language" { "Sprache / Language" }
                    button type="button" data-lang="de" aria-pressed=(lang == "de") { "Deutsch" }
                    button type="button" data-lang="en" aria-pressed=(lang == "en") { "English" }
                }
                p.unseen id="spoken" role="status" {}
            }
        }
    }
}
