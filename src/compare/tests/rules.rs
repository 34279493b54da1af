//! Each answer, and what leads to it.

use super::*;
use crate::compare::{ANSWERS, ROWS};

#[test]
fn recorded_calls_are_answered_as_they_were() {
    let (p2p, turn, sip, nat) = (recorded("p2p"), recorded("turn"), recorded("sip"), recorded("nat"));
    for (key, of_p2p, of_turn, of_sip, of_nat) in [
        ("service", Answer::Unclear, Answer::Unclear, Answer::Unclear, Answer::NotStated),
        ("duration", Answer::Given, Answer::Given, Answer::Given, Answer::NotStated),
        ("content.network", Answer::No, Answer::No, Answer::Yes, Answer::NotStated),
        ("content.peer", Answer::NotApplicable, Answer::NotApplicable, Answer::NotApplicable, Answer::NotStated),
        ("when.network", Answer::Yes, Answer::Yes, Answer::Yes, Answer::NotStated),
        ("who.peer", Answer::Yes, Answer::NotStated, Answer::Yes, Answer::NotStated),
        ("who.provider", Answer::NotStated, Answer::Yes, Answer::NotStated, Answer::NotStated),
        ("name-resolver", Answer::Yes, Answer::Yes, Answer::NotStated, Answer::Yes),
        ("third-country", Answer::NotStated, Answer::NotStated, Answer::NotStated, Answer::NotStated),
        ("peer-addresses", Answer::Yes, Answer::No, Answer::Yes, Answer::NotStated),
        ("talk", Answer::Yes, Answer::Yes, Answer::Yes, Answer::NotStated),
        ("camera", Answer::Yes, Answer::Yes, Answer::NotApplicable, Answer::NotStated),
        ("screen", Answer::Yes, Answer::NotStated, Answer::NotApplicable, Answer::NotStated),
        ("signalling-encryption", Answer::Yes, Answer::Yes, Answer::No, Answer::NotStated),
        ("media-encryption", Answer::Yes, Answer::Yes, Answer::No, Answer::NotStated),
        ("end-to-end", Answer::Yes, Answer::NotStated, Answer::No, Answer::NotStated),
        ("person-names", Answer::No, Answer::Unclear, Answer::Yes, Answer::NotStated),
    ] {
        let found = [&p2p, &turn, &sip, &nat].map(|report| answer(report, key));
        assert_eq!(found, [of_p2p, of_turn, of_sip, of_nat], "{key}");
    }
}

#[test]
fn every_cell_has_a_reason_in_both_languages_and_every_answer_occurs() {
    let table = table(&["p2p", "turn", "sip", "nat", "lan"].map(recorded));
    assert!(ROWS.len() > 40 && table.lines.len() > ROWS.len());
    let mut seen = Vec::new();
    for line in &table.lines {
        assert_eq!(line.cells.len(), 5, "{}", line.key);
        for cell in &line.cells {
            assert!(!cell.reason.de.is_empty() && !cell.reason.en.is_empty(), "{}", line.key);
            assert_eq!(cell.answer == Answer::Given, cell.answer.word(true).is_empty());
            assert!(cell.answer != Answer::Given || cell.detail.is_some(), "{}", line.key);
            seen.push(cell.answer);
        }
    }
    assert!(ANSWERS.iter().all(|answer| seen.contains(answer)));
    let mut keys: Vec<_> = table.lines.iter().map(|line| line.key.as_str()).collect();
    keys.sort_unstable();
    assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "no key twice");
}

#[test]
fn addresses_and_accounts_of_people_are_not_in_the_table() {
    let table = serde_json::to_string(&table(&["p2p", "turn", "sip", "nat", "lan"].map(recorded))).expect("JSON");
    for address in ["10.77.", "fd77:", "02:77:00", "sip:"] {
        assert!(!table.contains(address), "{address}");
    }
}

#[test]
fn transfers_follow_place_and_status() {
    for (verdict, status, country, third, adequate) in [
        ("proven-outside", "third-country", json!("JP"), Answer::Yes, Answer::No),
        ("plausible-outside", "third-country", json!("US"), Answer::Yes, Answer::No),
        ("plausible-outside", "adequate", json!("CH"), Answer::No, Answer::Yes),
        ("proven-inside", "eu", json!("IE"), Answer::No, Answer::No),
        ("undecidable", "unknown", json!(null), Answer::Unclear, Answer::Unclear),
    ] {
        let report = made(host(verdict, status, country));
        assert_eq!(
            (answer(&report, "third-country"), answer(&report, "adequate-country")),
            (third, adequate),
            "{status}"
        );
    }
    let proven = cell(&made(host("proven-outside", "third-country", json!("JP"))), "third-country");
    assert_eq!(proven.shown(true), "ja: Japan, nachweislich");
    assert_eq!(proven.reason.de, "Am Tag geltender Akt.");
    let weak = cell(&made(host("plausible-outside", "third-country", json!("JP"))), "third-country");
    assert_eq!(weak.shown(false), "yes: Japan, presumably");
    let near = made(json!({"id": "e1", "address": "10.0.0.1"}));
    assert_eq!(answer(&near, "third-country"), Answer::NotStated, "a proxy may hide who is behind it");
    let mut other = made(host("proven-inside", "eu", json!("IE")));
    add(
        &mut other,
        "/endpoints",
        json!({"id": "e2", "address": "203.0.113.9", "transfer": {"status": "third-country"}}),
    );
    assert_eq!(answer(&other, "third-country"), Answer::Unclear, "a host of no known relation");
}

#[test]
fn absence_of_others_is_no_only_where_all_is_known() {
    let whole = made(host("proven-inside", "eu", json!("IE")));
    assert_eq!((answer(&whole, "companies"), answer(&whole, "advertising")), (Answer::No, Answer::No));
    assert_eq!(answer(&whole, "when.third-party"), Answer::No);
    assert_eq!(answer(&whole, "telemetry"), Answer::NotStated, "it may run inside other connections");
    let mut stranger = whole.clone();
    add(&mut stranger, "/endpoints", json!({"id": "e2", "address": "203.0.113.9"}));
    assert_eq!(answer(&stranger, "companies"), Answer::NotStated);
    for (field, value) in [("cut_packets", json!(3)), ("damage", json!("cut")), ("dropped", json!(1))] {
        let mut cut = whole.clone();
        cut["captures"][0][field] = value;
        assert_eq!(answer(&cut, "companies"), Answer::NotStated, "{field}");
    }
    let mut media_alone = whole.clone();
    media_alone["flows"].as_array_mut().expect("flows").truncate(1);
    assert_eq!(answer(&media_alone, "companies"), Answer::NotStated, "a filter left the media alone");
    let mut tracked = whole;
    add(
        &mut tracked,
        "/endpoints",
        json!({"id": "e2", "address": "203.0.113.9", "purpose": ["analytics"],
        "names": [{"name": "t.tracker.example", "source": "tls.sni"}]}),
    );
    add(
        &mut tracked,
        "/flows",
        json!({"id": "f3", "remote": "203.0.113.9:443", "purpose": "analytics", "bytes_sent": 5000}),
    );
    assert_eq!(cell(&tracked, "advertising").shown(true), "ja: tracker.example");
    assert_eq!(answer(&tracked, "where.third-party"), Answer::Yes);
    assert!(cell(&tracked, "telemetry-bytes").shown(true).starts_with("5,0 kB (100,0 %"));
}

#[test]
fn talk_depends_on_what_the_packets_of_sound_tell() {
    let stream = |packets: u64, talk: Value| {
        let mut report = made(host("proven-inside", "eu", json!("IE")));
        report["meetings"][0]["streams"] =
            json!([{"kind": "audio", "direction": "sent", "packets": packets, "flow": "f1", "talk": talk}]);
        report
    };
    assert_eq!(answer(&stream(30_000, json!(null)), "talk"), Answer::No);
    assert_eq!(answer(&stream(20, json!(null)), "talk"), Answer::NotStated);
    assert_eq!(answer(&stream(30_000, json!([])), "talk"), Answer::NotApplicable);
    assert_eq!(answer(&stream(30_000, json!(null)), "camera"), Answer::NotApplicable);
    let mut hidden = stream(30_000, json!(null));
    hidden["flows"][0]["bytes_sent"] = json!(900_000);
    hidden["meetings"][0]["streams"][0]["flow"] = json!("f9");
    assert_eq!(answer(&hidden, "camera"), Answer::NotStated, "a picture may be in what is no stream");
    let mut minimised = stream(30_000, json!(null));
    minimised["meetings"][0]["streams"] = json!([]);
    minimised["handling"] = json!({"left_out": ["meetings.streams"]});
    assert!(cell(&minimised, "talk").reason.en.contains("--minimise"));
}

#[test]
fn an_address_told_to_a_relay_is_unclear_unless_it_is_a_relay() {
    let told = |address: &str| {
        let mut report = made(host("proven-inside", "eu", json!("IE")));
        report["flows"][0] = json!({"id": "f1", "remote": "198.51.100.7:3478", "protocols": ["stun"], "facts": [
            {"key": "stun.message", "value": "binding-request"}, {"key": "stun.peer-address", "value": address}]});
        answer(&report, "peer-addresses")
    };
    assert_eq!(told("203.0.113.9:5000"), Answer::Unclear);
    assert_eq!(told("198.51.100.7:5000"), Answer::No);
}

#[test]
fn what_makes_columns_unlike_is_said_first() {
    let base = made(host("proven-inside", "eu", json!("IE")));
    let change = |path: &str, value: Value| {
        let mut report = base.clone();
        *report.pointer_mut(path).unwrap_or(&mut Value::Null) = value;
        let table = table(&[base.clone(), report]);
        table.remarks.into_iter().map(|remark| remark.key).collect::<Vec<_>>()
    };
    assert_eq!(change("/none", json!(0)), ["same-capture"]);
    assert_eq!(change("/captures/0", json!({"sha256": "cd", "first": "2026-11-24T05:00:00Z"})), ["days"]);
    for (path, value, key) in [
        ("/meetings/0/duration_s", json!(100.0), "durations"),
        ("/meetings/0/participants", json!({"at_least": 3}), "participants"),
        ("/meetings", json!([]), "no-call"),
        ("/flows/0/packets_received", json!(0), "one-sided"),
        ("/captures/0", json!({"cut_packets": 2}), "damaged"),
    ] {
        assert!(change(path, value).contains(&key), "{key}");
    }
    let with = |field: &str, value: Value| {
        let mut report = base.clone();
        report[field] = value;
        table(&[base.clone(), report]).remarks.into_iter().map(|remark| remark.key).collect::<Vec<_>>()
    };
    assert!(with("tool", json!({"version": "9.9"})).contains(&"versions"));
    assert!(with("handling", json!({"pseudonyms": {"key": "given"}})).contains(&"pseudonymised"));
}

#[test]
fn the_longest_call_is_taken_unless_another_is_asked_for() {
    let mut report = made(host("proven-inside", "eu", json!("IE")));
    let mut second = report["meetings"][0].clone();
    (second["id"], second["duration_s"]) = (json!("m2"), json!(900.0));
    add(&mut report, "/meetings", second);
    let wanted = |meeting: Option<&str>| {
        let mut inputs = [input("a", &report), input("b", &report)];
        inputs[0].meeting = meeting.map(str::to_owned);
        compare(&inputs).map(|table| table.columns[0].meeting.clone().unwrap_or_default())
    };
    assert_eq!(wanted(None).expect("a table"), "m2");
    assert_eq!(wanted(Some("m1")).expect("a table"), "m1");
    assert!(wanted(Some("m7")).unwrap_err().to_string().contains("has no meeting m7; it has m1, m2"));
    assert!(compare(&[input("a", &report)]).unwrap_err().to_string().contains("name 2 to 12"));
}

#[test]
fn the_description_of_the_test_call_names_every_row_and_no_other() {
    let page = include_str!("../../../docs/test-call.md");
    let (german, english) = page.split_once("\n## English").expect("both languages");
    let other = ["eth0", "zoom", "teams", "jitsi"];
    for part in [german, english] {
        for row in ROWS {
            assert!(part.contains(&format!("`{}`", row.key)), "{}", row.key);
        }
        let steps = part.lines().filter(|line| line.starts_with("| 0") || line.starts_with("| 1"));
        for step in steps {
            let keys = step.rsplit('|').nth(1).unwrap_or_default().split(',').map(|key| key.trim().trim_matches('`'));
            for key in keys {
                assert!(ROWS.iter().any(|row| row.key == key) || other.contains(&key), "{key}");
            }
        }
    }
    let clocks = |part: &str| {
        part.lines()
            .filter_map(|line| line.get(2..7).map(str::to_owned))
            .filter(|clock| clock.contains(':'))
            .collect::<Vec<_>>()
    };
    assert_eq!(clocks(german), clocks(english), "both languages have the same steps");
}
