//! The HTML report over recorded and made findings. Each test also writes its report below cargo's folder for tests
//! (`html-reports`), where `scripts/browser-test.sh` opens them in a browser.
#![allow(clippy::expect_used, reason = "a test says what is wrong and stops")]

#[path = "html/compare.rs"]
mod compare;

use meetscope::exposure::{
    Bilingual, Caller, Endpoint, EvidenceEntry, ExposureEntry, Findings, Interval, Jurisdiction,
};
use meetscope::exposure::{Knowledge, Location, Name, Observed, Operator, PlaceEntry, PlaceProof, TransferEntry};
use meetscope::exposure::{TransferTotal, assess};
use meetscope::place::Databases;
use meetscope::report::{Language, Layout, by_name};
use meetscope::{Atlas, Catalogue, Decoder, Engine, Law, Merged};
use std::path::{Path, PathBuf};

/// Most bytes of a report of a long call.
const BYTES_MAX: usize = 2_000_000;
/// What somebody may put into a name: markup, quotes, a comment, terminal controls, marks that turn the line, formulas.
const EVIL: &str = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'--><svg/onload=alert(3)>\u{1b}[2J\u{202e}\u{2066}\u{200b}=cmd()&amp;{{x}}javascript:alert(4)";

#[test]
fn a_recorded_call_is_one_page_that_asks_for_nothing() {
    let page = written("p2p-call", &recorded(), Language::German);
    for word in ["http://", "https://", "src=", "@import", "url(", " style=", "onclick"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("default-src 'none'"));
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page, text(&recorded(), Language::German), "the same findings give the same bytes");
}

#[test]
fn every_exposure_and_its_evidence_is_on_the_page() {
    let findings = recorded();
    let page = text(&findings, Language::English);
    for exposure in &findings.exposures {
        assert!(page.contains(&format!("id=\"{}\"", exposure.id)), "{}", exposure.id);
        for entry in exposure.evidence.iter().take(1) {
            assert!(page.contains(&format!("data-copy=\"{}\"", entry.filter)), "{}", entry.filter);
        }
    }
    for capture in &findings.captures {
        assert!(page.contains(&capture.sha256));
    }
}

#[test]
fn both_languages_are_in_the_page_and_one_is_chosen() {
    let findings = recorded();
    let (german, english) = (text(&findings, Language::German), text(&findings, Language::English));
    assert!(german.contains("<html lang=\"de\"") && english.contains("<html lang=\"en\""));
    for page in [&german, &english] {
        assert!(page.contains("Wer was sehen konnte") && page.contains("Who could see what"));
    }
}

#[test]
fn hostile_names_leave_nothing_active() {
    let page = written("hostile", &hostile(), Language::German);
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script").count(), 1);
    for word in ["<img", "<svg/", "onerror=alert(2)>", "--><"] {
        assert!(!page.replace("&gt;", "").contains(word), "{word}");
    }
    let turned =
        |character: char| character.is_control() && character != '\n' || "\u{202e}\u{2066}\u{200b}".contains(character);
    assert!(!page.contains(turned));
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("\\u{1b}[2J\\u{202e}"));
    // Every tag of the page is one that the report knows.
    let known = "!DOCTYPE a b body br button caption circle code dd defs details div dl dt figcaption figure footer g h1 h2 \
                 h3 h4 head header html i li line main meta nav ol p path pre rect script section span style summary svg \
                 table tbody td text th thead title tr ul use";
    for tag in page.split('<').skip(1).map(|rest| rest.trim_start_matches('/')) {
        let name: String =
            tag.chars().take_while(|character| character.is_alphanumeric() || *character == '!').collect();
        assert!(known.split_whitespace().any(|known| known == name), "<{tag:.40}");
    }
}

#[test]
fn an_hour_with_twenty_people_stays_small_and_says_how_it_is_thinned_out() {
    let findings = long_call();
    let intervals: usize =
        findings.meetings[0].streams.iter().flat_map(|stream| stream.talk.as_ref()).map(Vec::len).sum();
    assert!(intervals > 5_000, "{intervals}");
    let page = written("long-call", &findings, Language::German);
    assert!(page.len() < BYTES_MAX, "{} bytes", page.len());
    assert!(page.contains("Sekunden auseinanderliegen, sind im Bild zusammengezogen"));
    assert!(page.contains("Person 20"));
}

#[test]
fn transfers_flow_and_map_name_every_country() {
    let page = written("mixed", &mixed(), Language::English);
    for country in ["Vereinigte Staaten", "United States", "Irland", "Ireland", "Japan", "Schweiz", "Switzerland"] {
        assert!(page.contains(country), "{country}");
    }
    assert!(page.contains("class=\"bound\"") && page.contains("Contradiction"));
    assert!(page.matches("class=\"mark ").count() >= 6);
}

fn text(findings: &Findings, language: Language) -> String {
    let mut out = Vec::new();
    let format = by_name("html").expect("the format");
    (format.write)(findings, Layout { language, columns: 100 }, &mut out).expect("memory does not fail");
    String::from_utf8(out).expect("a text")
}

/// The report as text, and as a file for the browser.
fn written(name: &str, findings: &Findings, language: Language) -> String {
    let page = text(findings, language);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("html-reports");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(format!("{name}.html")), &page).expect("a file");
    page
}

fn recorded() -> Findings {
    // The path of the capture is part of the report, so it is given as a user in the repository would.
    assert!(Path::new("fixtures").is_dir(), "tests run in the root of the repository");
    let mut source = Merged::open(&["fixtures/p2p-call/capture.pcap".to_owned()]).expect("the fixture");
    let (mut decoder, mut engine) = (Decoder::new(), Engine::default());
    while let Some(frame) = source.next() {
        if let Some(packet) = decoder.decode(&frame) {
            engine.packet(&packet);
        }
    }
    decoder.finish();
    let captures = source.captures();
    let duplicates = vec![decoder.duplicates(0)];
    let observed = Observed { traffic: engine.finish(), captures, duplicates, problems: decoder.problems().clone() };
    let (catalogue, law) = (Catalogue::builtin().expect("signatures"), Law::builtin().expect("law"));
    let (databases, _) = Databases::with_files(&[], &[]).expect("the database");
    let atlas = Atlas::new(databases).expect("places");
    assess(&observed, &Knowledge { catalogue: &catalogue, law: &law, atlas: &atlas }, &Caller::default())
}

fn both(text: &str) -> Bilingual {
    Bilingual { de: text.into(), en: text.into() }
}

/// Every text of the findings that may come from packets or file names, hostile.
fn hostile() -> Findings {
    let mut findings = mixed();
    for meeting in &mut findings.meetings {
        meeting.provider_name = Some(EVIL.into());
        meeting.local = EVIL.into();
        meeting.participants_seen.iter_mut().for_each(|seen| seen.label = EVIL.into());
        meeting.peers.iter_mut().for_each(|peer| peer.address = EVIL.into());
        meeting.streams.iter_mut().for_each(|stream| stream.codec = Some(EVIL.into()));
        meeting.because.iter_mut().for_each(|reason| {
            reason.says = both(EVIL);
            reason.filter = EVIL.into();
        });
    }
    for endpoint in &mut findings.endpoints {
        endpoint.names = vec![Name { name: EVIL.into(), source: EVIL.into() }];
        endpoint.operator.name = Some(EVIL.into());
        endpoint.transfer.basis = both(EVIL);
        endpoint
            .place
            .evidence
            .iter_mut()
            .for_each(|proof| (proof.detail, proof.detail_de) = (EVIL.into(), EVIL.into()));
        endpoint.purpose.push(EVIL.into());
    }
    for exposure in &mut findings.exposures {
        exposure.statement = both(EVIL);
        exposure.value = EVIL.into();
        exposure.observers.push(EVIL.into());
        exposure.evidence.iter_mut().for_each(|entry| entry.filter = EVIL.into());
    }
    for flow in &mut findings.flows {
        flow.names = vec![Name { name: EVIL.into(), source: EVIL.into() }];
        flow.purpose = Some(EVIL.into());
    }
    for capture in &mut findings.captures {
        capture.path = EVIL.into();
        capture.damage = Some(EVIL.into());
        capture.comments = vec![EVIL.into()];
    }
    findings.recommendations.iter_mut().for_each(|advice| advice.text = both(EVIL));
    findings.not_determinable.iter_mut().for_each(|open| open.why = both(EVIL));
    for check in &mut findings.self_test {
        (check.check, check.outcome, check.says) = (EVIL.into(), EVIL.into(), both(EVIL));
    }
    findings.transfers.iter_mut().for_each(|total| total.status = EVIL.into());
    findings.local.addresses = vec![EVIL.into()];
    findings
}

/// What a made endpoint has: name, provider, purpose, operator, country, verdict, status, kilobytes.
type Made =
    (&'static str, &'static str, &'static str, &'static str, Option<&'static str>, &'static str, &'static str, u64);

const MADE: [Made; 8] = [
    ("media-fra.example.com", "zoom", "media", "Example Media Inc.", Some("DE"), "proven-inside", "eu", 48_210),
    (
        "media-iad.example.com",
        "zoom",
        "media",
        "Example Media Inc.",
        Some("US"),
        "proven-outside",
        "third-country",
        21_480,
    ),
    ("signal.example.com", "zoom", "signalling", "Example Cloud", Some("IE"), "plausible-inside", "eu", 3_411),
    ("log.example.com", "zoom", "telemetry", "Example Cloud", Some("US"), "plausible-outside", "third-country", 2_150),
    ("edge.example.net", "zoom", "web-client", "Example Edge", None, "undecidable", "unknown", 5_920),
    ("push.example.jp", "", "push", "Example Push KK", Some("JP"), "plausible-outside", "adequate", 640),
    ("fonts.example.ch", "", "fonts", "Example Hosting AG", Some("CH"), "plausible-outside", "adequate", 210),
    ("stats.example.no", "", "analytics", "Example Analytics AS", Some("NO"), "plausible-inside", "eea", 120),
];

/// The recorded call as if it had gone over a provider with servers in several countries.
fn mixed() -> Findings {
    let mut findings = recorded();
    findings.local.location =
        Location { country: Some("DE".into()), basis: Some("given".into()), ..Location::default() };
    let made: Vec<Endpoint> = MADE.iter().enumerate().map(|(index, made)| endpoint(index, made)).collect();
    findings.transfers = totals(&made);
    let template = findings.flows.iter().max_by_key(|flow| flow.bytes_sent).cloned().expect("a flow");
    for (index, endpoint) in made.iter().enumerate() {
        let mut flow = template.clone();
        flow.id = format!("f9{index}");
        flow.remote = format!("{}:443", endpoint.address);
        flow.provider = endpoint.provider.clone();
        flow.purpose = endpoint.purpose.first().cloned();
        (flow.bytes_sent, flow.bytes_received) = (endpoint.bytes_sent, endpoint.bytes_received);
        findings.flows.push(flow);
    }
    findings.endpoints.extend(made);
    let meeting = findings.meetings.first_mut().expect("the call");
    (meeting.provider, meeting.provider_name) = (Some("zoom".into()), Some("Zoom".into()));
    meeting.confidence = "certain".into();
    meeting.topology = "mixed".into();
    findings
}

fn endpoint(index: usize, made: &Made) -> Endpoint {
    let (name, provider, purpose, operator, country, verdict, status, kilobytes) = *made;
    let proof = |kind: &str, says: &str, detail: &str| PlaceProof {
        kind: kind.into(),
        says: says.into(),
        detail: detail.into(),
        detail_de: detail.into(),
    };
    let open = country.is_none();
    let mut evidence = vec![proof("database", country.unwrap_or("US"), "example database of 2026-06-17")];
    if open {
        let detail = "TCP handshake 9.1 ms, shortest of 4; from DE as given, possible: 12 countries, some in the EU or EEA, some not; contradicts US, which is at least 5028 km away";
        evidence.insert(0, proof("round-trip", "at most 910 km", detail));
    } else if verdict.starts_with("proven") {
        evidence.insert(0, proof("region", country.unwrap_or_default(), "region list of the operator"));
    }
    Endpoint {
        id: format!("e9{index}"),
        address: format!("203.0.113.{}", index + 10),
        ports: vec![443],
        names: vec![Name { name: name.into(), source: "dns".into() }],
        provider: Some(provider.to_owned()).filter(|id| !id.is_empty()),
        purpose: vec![purpose.into()],
        operator: Operator {
            asn: Some(64_496 + index as u32),
            name: Some(operator.into()),
            country: Some("US".into()),
        },
        jurisdiction: Some(Jurisdiction {
            entity: Some("Example Communications, Inc.".into()),
            country: Some("US".into()),
            parent_country: Some("US".into()),
        }),
        anycast: open,
        place: PlaceEntry {
            country: country.map(Into::into),
            verdict: verdict.into(),
            evidence,
            max_distance_km: open.then_some(910.0),
        },
        transfer: TransferEntry {
            status: status.into(),
            basis: Bilingual { de: "Art. 44 ff. DSGVO".into(), en: "Art. 44 et seq. GDPR".into() },
            on: Some("2026-11-23".into()),
        },
        bytes_sent: kilobytes * 400,
        bytes_received: kilobytes * 600,
        packets_sent: kilobytes,
        packets_received: kilobytes * 2,
    }
}

fn totals(endpoints: &[Endpoint]) -> Vec<TransferTotal> {
    let mut totals: Vec<TransferTotal> = Vec::new();
    for endpoint in endpoints {
        let (country, status) = (&endpoint.place.country, &endpoint.transfer.status);
        let known = totals.iter().position(|total| total.country == *country && total.status == *status);
        let index = known.unwrap_or_else(|| {
            totals.push(TransferTotal { country: country.clone(), status: status.clone(), ..TransferTotal::default() });
            totals.len() - 1
        });
        totals[index].endpoints.push(endpoint.id.clone());
        totals[index].bytes_sent += endpoint.bytes_sent;
        totals[index].bytes_received += endpoint.bytes_received;
    }
    totals
}

/// The recorded streams, repeated for an hour and shifted for each of twenty people.
fn long_call() -> Findings {
    let mut findings = mixed();
    let start = time(&findings.meetings[0].start);
    let length = findings.meetings[0].duration_s;
    let recorded = findings.meetings[0].clone();
    let repeats = (3600.0 / length).ceil() as u32;
    let later = |by: f64| moment(start, by);
    let meeting = &mut findings.meetings[0];
    meeting.end = later(3600.0);
    meeting.duration_s = 3600.0;
    meeting.participants.at_least = 20;
    meeting.participants_seen.clear();
    meeting.streams.clear();
    for person in 1..=20u32 {
        let of = &recorded.participants_seen[usize::from(person > 1)];
        let mut seen = of.clone();
        seen.id = format!("p{person}");
        meeting.participants_seen.push(seen);
        let theirs = recorded.streams.iter().filter(|stream| stream.participant.as_ref() == Some(&of.id));
        for stream in theirs {
            let shifts: Vec<f64> =
                (0..repeats).map(|turn| f64::from(turn) * length + f64::from(person) * 7.3).collect();
            let shifted = |intervals: &[Interval]| -> Vec<Interval> {
                let pairs = shifts.iter().flat_map(|shift| intervals.iter().map(move |it| (shift, it)));
                pairs
                    .map(|(shift, it)| Interval {
                        from: moment(time(&it.from), *shift),
                        to: moment(time(&it.to), *shift),
                    })
                    .collect()
            };
            let mut stream = stream.clone();
            stream.id = format!("s{}", meeting.streams.len() + 1);
            stream.participant = Some(format!("p{person}"));
            stream.repair_of = None;
            (stream.start, stream.end) = (later(f64::from(person) * 11.0), later(3600.0 - f64::from(person) * 5.0));
            stream.talk = stream.talk.as_deref().map(shifted);
            stream.silent_or_muted = shifted(&stream.silent_or_muted);
            stream.paused = shifted(&stream.paused);
            stream.packets *= u64::from(repeats);
            stream.bytes *= u64::from(repeats);
            meeting.streams.push(stream);
        }
    }
    for capture in &mut findings.captures {
        capture.last = Some(later(3600.0));
    }
    for flow in &mut findings.flows {
        flow.end = later(3600.0);
    }
    let activity: Vec<ExposureEntry> =
        findings.exposures.iter().filter(|exposure| exposure.question == "activity").cloned().collect();
    for person in 3..=20 {
        for exposure in &activity {
            let mut exposure = exposure.clone();
            exposure.id = format!("x{}", findings.exposures.len() + 1);
            let proof = exposure.evidence.first().cloned().unwrap_or_default();
            exposure.evidence = (0..4)
                .map(|more| EvidenceEntry { frame: proof.frame + person * 1000 + more, ..proof.clone() })
                .collect();
            findings.exposures.push(exposure);
        }
    }
    findings
}

fn time(text: &str) -> jiff::Timestamp {
    text.parse().expect("a time")
}

fn moment(start: jiff::Timestamp, by: f64) -> String {
    let micros = start.as_microsecond() + (by * 1e6) as i64;
    format!("{:.6}", jiff::Timestamp::from_microsecond(micros).expect("a time"))
}
