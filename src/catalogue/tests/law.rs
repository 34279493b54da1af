//! Days and countries with known answers.

use super::super::{COUNTRIES, Certainty, Law, Status};
use jiff::civil::{Date, date};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn standing_by_day() {
    use Status::{Adequate, Eea, Eu, ThirdCountry, Unknown};
    let law = Law::builtin().unwrap();
    let cases = [
        ("DE", "2024-08-01", Eu, "2016/679"),
        ("de", "2018-05-24", Eu, "95/46"),
        ("DE", "2018-05-25", Eu, "2016/679"),
        ("HR", "2013-06-30", ThirdCountry, "no adequacy"),
        ("HR", "2013-07-01", Eu, "95/46"),
        ("NO", "2018-07-19", Eea, "95/46"),
        ("NO", "2018-07-20", Eea, "2016/679"),
        ("GB", "2020-01-31", Eu, "EU member"),
        ("GB", "2020-02-01", Eu, "transition"),
        ("GB", "2020-12-31", Eu, "transition"),
        ("GB", "2021-01-01", Adequate, "FINPROV.10A"),
        ("GB", "2021-06-27", Adequate, "FINPROV.10A"),
        ("GB", "2021-06-28", Adequate, "2021/1772"),
        ("GB", "2025-10-01", Adequate, "2025/1226"),
        ("GB", "2026-01-01", Adequate, "2025/2574"),
        ("GB", "2032-01-01", ThirdCountry, "ran until 2031-12-27"),
        ("US", "2000-07-25", ThirdCountry, "no adequacy decision"),
        ("US", "2015-10-05", ThirdCountry, "Safe Harbour"),
        ("US", "2015-10-06", ThirdCountry, "C-362/14"),
        ("US", "2016-07-11", ThirdCountry, "C-362/14"),
        ("US", "2016-07-12", ThirdCountry, "Privacy Shield"),
        ("US", "2020-07-16", ThirdCountry, "declared invalid on 2020-07-16 (CJEU C-311/18"),
        ("US", "2020-08-10", ThirdCountry, "C-311/18"),
        ("US", "2023-07-09", ThirdCountry, "C-311/18"),
        ("US", "2023-07-10", ThirdCountry, "2023/1795"),
        ("US", "2024-08-10", ThirdCountry, "2023/1795"),
        ("CH", "2020-08-10", Adequate, "2000/518"),
        ("JP", "2019-01-22", ThirdCountry, "no adequacy"),
        ("JP", "2019-01-23", Adequate, "2019/419"),
        ("CA", "2024-01-01", Adequate, "2002/2"),
        ("KR", "2021-12-16", ThirdCountry, "no adequacy"),
        ("KR", "2022-01-01", Adequate, "2022/254"),
        ("IL", "2022-01-01", Adequate, "2011/61"),
        ("BR", "2026-01-25", ThirdCountry, "no adequacy"),
        ("BR", "2026-01-26", Adequate, "2026/179"),
        ("FO", "2024-01-01", Adequate, "2010/146"),
        ("GL", "2024-01-01", ThirdCountry, "no adequacy"),
        ("RE", "2024-01-01", Eu, "outermost"),
        ("YT", "2013-12-31", Unknown, "special position"),
        ("SJ", "2024-01-01", Unknown, "special position"),
        ("CN", "2024-01-01", ThirdCountry, "Article 46"),
        ("CN", "2017-01-01", ThirdCountry, "Article 26"),
        ("HK", "2024-01-01", ThirdCountry, "no adequacy"),
        ("XK", "2024-01-01", ThirdCountry, "no adequacy"),
        ("EU", "2024-01-01", Unknown, "ISO 3166"),
        ("", "2024-01-01", Unknown, "ISO 3166"),
        ("\u{1f1e9}", "2024-01-01", Unknown, "ISO 3166"),
    ];
    for (country, on, status, basis) in cases {
        let standing = law.status(country, day(on));
        assert_eq!(standing.status, status, "{country} {on}: {}", standing.basis_en);
        assert!(standing.basis_en.contains(basis), "{country} {on}: {}", standing.basis_en);
        assert!(!standing.basis_de.is_empty());
    }
}

#[test]
fn the_same_server_in_2020_and_in_2024() {
    let law = Law::builtin().unwrap();
    let (between, under_framework) = (law.status("US", date(2020, 8, 10)), law.status("US", date(2024, 8, 10)));
    assert_eq!(between.act, None);
    assert_eq!(between.condition_en, None);
    assert!(between.basis_de.contains("am 16.07.2020 für ungültig erklärt (EuGH C-311/18"), "{}", between.basis_de);
    assert!(under_framework.act.unwrap().contains("Data Privacy Framework"));
    assert!(under_framework.condition_en.unwrap().contains("only if the importer is on the DPF list"));
    assert!(under_framework.condition_de.unwrap().contains("nur, wenn der Empfänger auf der DPF-Liste steht"));
}

#[test]
fn partial_decisions_carry_their_condition() {
    let law = Law::builtin().unwrap();
    for country in ["CA", "JP", "KR", "IL", "BR"] {
        let standing = law.status(country, date(2026, 6, 1));
        assert_eq!(standing.status, Status::Adequate, "{country}");
        assert!(standing.condition_de.is_some() && standing.condition_en.is_some(), "{country}");
    }
    assert_eq!(law.status("CH", date(2026, 6, 1)).condition_en, None);
    assert!(law.status("GB", date(2022, 1, 1)).condition_en.is_some());
    assert_eq!(law.status("GB", date(2026, 1, 1)).condition_en, None);
}

#[test]
fn no_american_day_is_ever_plainly_adequate() {
    let law = Law::builtin().unwrap();
    let mut on = date(1999, 1, 1);
    while on < date(2030, 1, 1) {
        assert_eq!(law.status("US", on).status, Status::ThirdCountry, "{on}");
        on = on.checked_add(jiff::Span::new().days(9)).unwrap();
    }
}

#[test]
fn a_day_behind_the_tables_is_marked() {
    let law = Law::builtin().unwrap();
    assert_eq!(law.as_of(), date(2026, 11, 23));
    assert!(law.status("FR", date(2027, 1, 1)).basis_en.contains("tables as of 2026-11-23"));
    assert!(!law.status("FR", law.as_of()).basis_en.contains("tables as of"));
}

#[test]
fn the_table_has_every_country_and_27_members() {
    let law = Law::builtin().unwrap();
    let members = |on: Date| {
        let territories = ["AX", "GF", "GP", "MQ", "RE", "MF", "YT"];
        let table = law.table(on);
        assert_eq!(table.len(), COUNTRIES.len());
        table.iter().filter(|(iso, s)| s.status == Status::Eu && !territories.contains(iso)).count()
    };
    assert_eq!(members(date(2026, 6, 1)), 27);
    assert_eq!(members(date(2020, 1, 31)), 28);
    assert_eq!(members(date(1957, 1, 1)), 0);
}

#[test]
fn every_access_law_that_an_operator_names_is_in_the_table() {
    let law = Law::builtin().unwrap();
    for provider in super::super::Catalogue::builtin().unwrap().providers() {
        for country in provider.operator.iter().flat_map(|operator| &operator.access) {
            assert!(!law.access(country, law.as_of()).is_empty(), "{} {country}", provider.id());
        }
        for country in provider.operator.iter().flat_map(|operator| [&operator.country, &operator.parent_country]) {
            let known = |iso: &String| super::super::country_name(iso, false).is_some();
            assert!(country.as_ref().is_none_or(known), "{} {country:?}", provider.id());
        }
    }
}

#[test]
fn access_laws_have_their_day() {
    let law = Law::builtin().unwrap();
    let acts = |country: &str, on: Date| -> Vec<&str> {
        law.access(country, on).iter().map(|access| access.act.as_str()).collect()
    };
    let names = |country: &str, on: Date, word: &str| acts(country, on).iter().any(|act| act.contains(word));
    assert!(names("us", date(2024, 1, 1), "CLOUD Act") && !names("US", date(2018, 3, 22), "CLOUD Act"));
    assert!(names("US", date(2026, 6, 11), "section 702 (50 USC 1881a)"));
    assert!(!names("US", date(2026, 6, 12), "section 702 (50 USC 1881a)"), "the statute lapsed");
    assert!(names("US", date(2026, 6, 12), "after its lapse") && !names("US", date(2026, 6, 11), "after its lapse"));
    assert!(names("CN", date(2021, 9, 1), "Data Security Law") && !names("CN", date(2021, 8, 31), "Data Security"));
    assert!(names("GB", date(2020, 1, 1), "Investigatory Powers"));
    assert!(acts("US", date(1970, 1, 1)).is_empty() && acts("DE", date(2024, 1, 1)).is_empty());
    assert!(law.access_countries(date(2024, 1, 1)).windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn instruments_have_their_day() {
    let law = Law::builtin().unwrap();
    let ids = |on: Date| -> Vec<&str> { law.instruments(on).iter().map(|it| it.id.as_str()).collect() };
    assert_eq!(ids(date(2020, 12, 8)), ["scc-old-assessed", "bcr", "derogations"]);
    assert_eq!(ids(date(2022, 1, 1)), ["scc-old-expiring", "scc", "bcr", "derogations"]);
    assert_eq!(ids(date(2024, 8, 1)), ["scc", "bcr", "derogations"]);
    assert!(law.organisations(date(2025, 7, 14)).is_empty() && law.organisations(date(2025, 7, 15)).len() == 1);
    let guidance = law.guidance(date(2020, 12, 8));
    assert!(guidance.iter().any(|it| it.id == "dsk-video") && !guidance.iter().any(|it| it.id == "berlin-2021"));
    assert!(guidance.windows(2).all(|pair| pair[0].date <= pair[1].date));
}

#[test]
fn what_nobody_verified_is_said_to_be_so() {
    let law = Law::builtin().unwrap();
    for (iso, standing) in law.table(law.as_of()) {
        let (de, en) = (standing.basis_de.contains("nicht geprüft"), standing.basis_en.contains("not verified"));
        assert!(de == en || iso == "GI", "{iso}");
        assert_eq!(standing.certainty == Certainty::Unverified, en, "{iso}: {}", standing.basis_en);
        let decided = standing.status != Status::ThirdCountry || standing.act.is_some();
        assert_eq!(decided, standing.source.is_some(), "{iso} has a source where an entry decides");
    }
    assert!(law.status("RE", law.as_of()).basis_en.ends_with("(not verified)"));
}

#[test]
fn every_entry_has_a_source_in_the_table() {
    let law = Law::builtin().unwrap();
    assert!(law.sources_named().all(|key| law.source(key).is_some()));
    assert!(law.entries() > 100);
    let text = super::super::law::BUILT_IN.replace("source = \"cloud-act\"", "source = \"nowhere\"");
    let error = Law::read(&text).unwrap_err().to_string();
    assert!(error.starts_with("law/law.toml:") && error.contains("\"nowhere\" is not among [sources]"), "{error}");
    let error = Law::read(&text.replace("[[instrument]]", "[[instruments]]")).unwrap_err().to_string();
    assert!(error.contains("unknown field `instruments`"), "{error}");
}

#[test]
fn no_table_knows_what_came_later() {
    let law = Law::builtin().unwrap();
    for on in [date(2016, 1, 1), date(2018, 6, 1), date(2020, 12, 8), date(2022, 6, 1), date(2024, 8, 10)] {
        let standings = law.table(on).into_iter().map(|(_, standing)| standing.basis_en);
        let access = law.access_countries(on).into_iter().flat_map(|country| law.access(country, on));
        let texts: Vec<String> = standings.chain(access.map(|it| it.says(on, false))).collect();
        for year in on.year() + 1..2032 {
            let later = texts.iter().find(|text| text.contains(&format!("{year}-")) && !text.contains("until"));
            assert_eq!(later, None, "{on}");
        }
    }
    assert!(law.status("CH", date(2024, 1, 15)).basis_en.contains("COM(2024) 7"));
    assert!(!law.status("CH", date(2024, 1, 14)).basis_en.contains("COM(2024) 7"));
}

#[test]
fn decisions_of_one_country_do_not_overlap() {
    let law = Law::builtin().unwrap();
    for decision in &law.adequacy {
        for other in law.adequacy.iter().filter(|other| other.iso == decision.iso && other.act != decision.act) {
            assert!(!other.covers(decision.from), "{} and {}", decision.act, other.act);
        }
    }
}
