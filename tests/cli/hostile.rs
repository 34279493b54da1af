//! Names in packets are the sender's choice: none may move the cursor, turn the line or break the data.

use super::program::{Folder, Ran, run};

/// Escapes, a bell, a C1 control, a right-to-left override, an isolate, a zero-width space, quotes, a line feed.
const EVIL: &str = "atk\x1b[2J\x1b]0;t\x07\u{9b}31m\u{202e}\u{2066}\u{200b}\"'\\<b>&\u{feff}";
/// A formula and markup, as a program's name.
const AGENT: &str = "=HYPERLINK(1);+2,@3;-4 <script>alert(1)</script> [a](javascript:b) `c` |d|";
/// Where formulas begin.
const FORMULAS: [char; 4] = ['=', '+', '-', '@'];
const HOST: &str = "evil-host";
const CLIENT: [u8; 4] = [192, 168, 7, 10];
const SERVER: [u8; 4] = [198, 51, 100, 7];
const RESOLVER: [u8; 4] = [192, 168, 7, 1];

#[test]
fn names_from_packets_are_shown_harmless() {
    let folder = Folder::new();
    let path = folder.write("hostile.pcap", capture());
    for lang in ["de", "en"] {
        let ran = run(&["analyse", &path, "--lang", lang]).done();
        assert!(ran.out.contains("atk"), "the names are not shown: {}", ran.out);
        harmless(&ran);
    }
}

#[test]
fn names_from_packets_are_whole_in_the_data() {
    let folder = Folder::new();
    let path = folder.write("hostile.pcap", capture());
    let ran = run(&["analyse", &path, "--format", "json"]).done();
    let report = ran.json();
    let facts = report["flows"].as_array().expect("flows").iter().flat_map(|flow| flow["facts"].as_array());
    let values: Vec<_> = facts.flatten().map(|fact| (fact["key"].as_str(), fact["value"].to_string())).collect();
    for key in ["dns.query", "http.host", "http.user-agent"] {
        assert!(values.iter().any(|(name, value)| *name == Some(key) && value.contains("atk")), "{key}: {values:?}");
    }
    assert!(ran.out.chars().all(|character| character == '\n' || !character.is_ascii_control()));
}

#[test]
fn names_from_packets_are_no_markup_and_no_formula() {
    let folder = Folder::new();
    let path = folder.write("hostile.pcap", capture());
    for lang in ["de", "en"] {
        let page = run(&["analyse", &path, "--lang", lang, "--format", "markdown"]).done();
        harmless(&page);
        assert!(page.out.contains("atk"));
        for line in page.out.lines() {
            let tags = outside_code(line).replace("<br>", "");
            assert!(!tags.contains(['<', '>', '[', ']']) && !tags.contains("://"), "{line}");
        }
    }
    run(&["analyse", &path, "-o", &folder.path("r.csv")]).done();
    for table in ["meetings", "streams", "endpoints", "exposures", "transfers"] {
        let text = folder.read(&format!("r.{table}.csv"));
        assert!(text.replace("\r\n", "\n").lines().all(is_harmless), "{text}");
        let starts = text.split("\r\n").flat_map(|line| line.split([',', ';']));
        let formula =
            starts.map(|start| start.trim_start_matches([' ', '"'])).find(|start| start.starts_with(FORMULAS));
        assert_eq!(formula, None);
    }
    assert!(folder.read("r.exposures.csv").contains("'=HYPERLINK"), "the formula is there as text");
}

#[cfg(unix)]
#[test]
fn names_of_files_are_shown_harmless_too() {
    let folder = Folder::new();
    let name = "a\x1b[2J\u{202e}b\x07.pcap";
    let whole = capture();
    let path = folder.write(name, &whole[..whole.len() - 5]);
    let ran = run(&["analyse", &path]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    harmless(&ran);
    let missing = run(&["analyse", &folder.path("none\x1b[2J\u{202e}")]);
    missing.failed(&["none"]);
    harmless(&missing);
}

#[test]
fn the_check_finds_what_is_not_harmless() {
    for text in ["a\x1b[2J", "a\u{202e}", "a\u{9b}", "a\r", "a\t", "\u{feff}", "\u{200b}"] {
        assert!(!is_harmless(text), "{text:?}");
    }
    assert!(is_harmless("Grüße „x“ – …\n·"));
}

/// A line of Markdown without its code spans and escaped characters (CommonMark 0.31 sections 2.4 and 6.1).
fn outside_code(line: &str) -> String {
    let ticks = |text: &str| text.len() - text.trim_start_matches('`').len();
    let (mut left, mut rest) = (String::new(), line);
    while let Some(first) = rest.chars().next() {
        let escaped = rest.get(1..).and_then(|next| next.chars().next()).filter(|_| first == '\\');
        let length = match (first, escaped) {
            (_, Some(next)) => 1 + next.len_utf8(),
            ('`', _) => code_span(rest, ticks(rest)),
            _ => {
                left.push(first);
                first.len_utf8()
            }
        };
        rest = rest.get(length..).expect("a bound of characters");
    }
    left
}

/// Bytes of the code span that begins here; only those of its mark where it is never closed.
fn code_span(text: &str, mark: usize) -> usize {
    let mut at = mark;
    while let Some(found) = text[at..].find('`') {
        let run = text[at + found..].len() - text[at + found..].trim_start_matches('`').len();
        at += found + run;
        if run == mark {
            return at;
        }
    }
    mark
}

#[test]
fn code_spans_are_told_from_text() {
    assert_eq!(outside_code("a `b<` c ``d`e<`` f"), "a  c  f");
    assert_eq!(outside_code("\\` <b> `"), " <b> ", "an escaped mark begins nothing, one that is not closed neither");
}

fn harmless(ran: &Ran) {
    for text in [&ran.out, &ran.err] {
        let bad = text.lines().find(|line| !is_harmless(line));
        assert_eq!(bad, None);
        assert!(is_harmless(text));
    }
}

fn is_harmless(text: &str) -> bool {
    let invisible = |character| matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    text.chars().all(|character| character == '\n' || !(character.is_control() || invisible(character)))
}

/// A name is asked for and answered, then a page is fetched from its address.
fn capture() -> Vec<u8> {
    let name = dns_name();
    let query = [&[0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], &name, &[0, 1, 0, 1]].concat();
    let record = [&[0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 0, 0, 4][..], &SERVER].concat();
    let answer = [&[0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0][..], &name, &[0, 1, 0, 1], &record].concat();
    let get = format!(
        "GET /{HOST} HTTP/1.1\r\nHost: {EVIL}.example\r\nUser-Agent: {EVIL} agent\r\n\r\n\
                       GET / HTTP/1.1\r\nHost: {EVIL}.example\r\nUser-Agent: {AGENT}\r\n\r\n"
    );
    let frames = [
        udp(CLIENT, 40_000, RESOLVER, 53, &query),
        udp(RESOLVER, 53, CLIENT, 40_000, &answer),
        tcp(true, 99, 0, 0x02, b""),
        tcp(false, 499, 100, 0x12, b""),
        tcp(true, 100, 500, 0x10, b""),
        tcp(true, 100, 500, 0x18, get.as_bytes()),
        tcp(false, 500, 100 + get.len() as u32, 0x10, b""),
    ];
    let header = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1];
    let mut file: Vec<u8> = header.iter().flat_map(|word| word.to_le_bytes()).collect();
    for (index, frame) in frames.iter().enumerate() {
        let length = frame.len() as u32;
        let record = [1_700_000_000, index as u32 * 1000, length, length];
        file.extend(record.iter().flat_map(|word| word.to_le_bytes()));
        file.extend(frame);
    }
    file
}

/// The hostile text with a line feed as one label, then `example`.
fn dns_name() -> Vec<u8> {
    let label = format!("{EVIL}\n");
    let mut name = vec![u8::try_from(label.len()).expect("a label")];
    assert!(label.len() < 64);
    name.extend(label.as_bytes());
    name.extend(b"\x07example\0");
    name
}

fn udp(from: [u8; 4], from_port: u16, to: [u8; 4], to_port: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + payload.len()).expect("short");
    let ports = [from_port.to_be_bytes(), to_port.to_be_bytes(), length.to_be_bytes(), [0, 0]].concat();
    ethernet(17, from, to, &[&ports, payload].concat())
}

fn tcp(sent: bool, sequence: u32, acknowledged: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let ends = [(CLIENT, 50_000_u16), (SERVER, 80)];
    let [(from, from_port), (to, to_port)] = if sent { ends } else { [ends[1], ends[0]] };
    let ports = [from_port.to_be_bytes(), to_port.to_be_bytes()].concat();
    let numbers = [sequence.to_be_bytes(), acknowledged.to_be_bytes()].concat();
    ethernet(6, from, to, &[&ports[..], &numbers, &[0x50, flags, 0xff, 0xff, 0, 0, 0, 0], payload].concat())
}

fn ethernet(protocol: u8, from: [u8; 4], to: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + content.len()).expect("short").to_be_bytes();
    let start = [0x45, 0, length[0], length[1], 0, 0, 0x40, 0, 64, protocol, 0, 0];
    let mut header = [&start[..], &from, &to].concat();
    let sum: u32 = header.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    let checksum = (!folded as u16).to_be_bytes();
    header[10..12].copy_from_slice(&checksum);
    let link = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    [&link[..], &header, content].concat()
}
