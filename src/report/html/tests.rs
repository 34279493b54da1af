use super::*;
use crate::exposure::{Findings, Meeting};
use crate::report::Language;
use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

fn text(findings: &Findings, language: Language) -> String {
    let mut out = Vec::new();
    write(findings, Layout { language, columns: 80 }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn an_empty_report_has_every_section_in_both_languages() {
    let page = text(&Findings::default(), Language::English);
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\""));
    for (id, de, en) in SECTIONS {
        assert!(page.contains(&format!("<section id=\"{id}\"")) || page.contains(&format!(" id=\"{id}\"")), "{id}");
        assert!(page.contains(de) && page.contains(en));
    }
}

#[test]
fn the_policy_names_what_stands_in_the_page() {
    let page = text(&Findings::default(), Language::German);
    let inside =
        |tag: &str| page.split_once(&format!("<{tag}>")).unwrap().1.split_once(&format!("</{tag}>")).unwrap().0;
    for tag in ["style", "script"] {
        let hash = BASE64.encode(&Sha256::digest(inside(tag).as_bytes()));
        assert!(page.contains(&format!("{tag}-src 'sha256-{hash}'")), "{tag}");
        assert_eq!(page.matches(&format!("<{tag}")).count(), 1);
    }
    for word in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(!page.contains(" style=") && !page.contains(" onclick="));
}

#[test]
fn names_of_packets_are_escaped() {
    let evil = "\"><script>alert(1)</script><img src=x onerror=alert(1)>' \u{202e}\u{1b}[2J";
    let meeting = Meeting { id: "m1".into(), provider_name: Some(evil.into()), ..Meeting::default() };
    let page = text(&Findings { meetings: vec![meeting], ..Findings::default() }, Language::German);
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<img") && !page.contains('\u{202e}') && !page.contains('\u{1b}'));
    assert!(page.contains("&lt;script&gt;alert(1)"));
}
