//! The law of the day on which packets were captured: the same call to the same server, at different times.

use super::program::{Folder, run};
use serde_json::Value;

/// Of a range that Zoom publishes as its own, registered in the United States.
const SERVER: [u8; 4] = [170, 114, 10, 20];
const CLIENT: [u8; 4] = [192, 168, 1, 5];
/// Noon of these days in seconds since 1970.
const AUGUST_2020: u32 = 1_597_060_800;
const AUGUST_2024: u32 = 1_723_291_200;
/// Link type of raw IP (LINKTYPE_RAW).
const RAW_IP: u32 = 101;

#[test]
fn the_same_call_in_2020_and_in_2024_gets_the_law_of_its_day() {
    let folder = Folder::new();
    let capture = call(AUGUST_2020);
    let before = assess(&folder.write("2020.pcap", &capture));
    let after = assess(&folder.write("2024.pcap", shifted(&capture, AUGUST_2024 - AUGUST_2020)));
    for (report, on) in [(&before, "2020-08-10"), (&after, "2024-08-10")] {
        let transfer = &server(report)["transfer"];
        assert_eq!((&transfer["status"], &transfer["on"]), (&"third-country".into(), &on.into()));
    }
    let basis = |report: &Value, lang: &str| server(report)["transfer"]["basis"][lang].as_str().map(str::to_owned);
    let (old_de, new_de) = (basis(&before, "de").expect("a basis"), basis(&after, "de").expect("a basis"));
    assert!(old_de.contains("am 16.07.2020 für ungültig erklärt (EuGH C-311/18"), "{old_de}");
    assert!(old_de.contains("Garantien nach Art. 46 DSGVO") && !old_de.contains("DPF"), "{old_de}");
    assert!(
        new_de.contains("2023/1795") && new_de.contains("nur, wenn der Empfänger auf der DPF-Liste steht"),
        "{new_de}"
    );
    let (old_en, new_en) = (basis(&before, "en").expect("a basis"), basis(&after, "en").expect("a basis"));
    assert!(
        old_en.contains("declared invalid on 2020-07-16") && new_en.contains("only if the importer is on the DPF list")
    );
}

#[test]
fn nothing_but_time_and_law_differs() {
    let folder = Folder::new();
    let capture = call(AUGUST_2020);
    let reports =
        [&capture, &shifted(&capture, AUGUST_2024 - AUGUST_2020)].map(|bytes| assess(&folder.write("a", bytes)));
    let of = |report: &Value| {
        let meeting = &report["meetings"][0];
        (meeting["provider"].clone(), meeting["duration_s"].clone(), server(report)["place"].clone())
    };
    assert_eq!(of(&reports[0]), of(&reports[1]));
    assert!(reports[0]["meetings"][0]["duration_s"].as_f64().is_some_and(|seconds| seconds > 25.0));
}

fn assess(path: &str) -> Value {
    run(&["analyse", "--format", "json", path]).done().json()
}

fn server(report: &Value) -> &Value {
    let address = SERVER.map(|byte| byte.to_string()).join(".");
    let endpoints = report["endpoints"].as_array().expect("endpoints");
    endpoints.iter().find(|endpoint| endpoint["address"] == address.as_str()).expect("the server")
}

/// A capture of half a minute of sound both ways.
fn call(begin: u32) -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0];
    file.extend(RAW_IP.to_le_bytes());
    for number in 0..1500u32 {
        for (from, to, ssrc) in [(CLIENT, SERVER, 1), (SERVER, CLIENT, 2)] {
            let packet = datagram(from, to, &rtp(ssrc, number));
            file.extend((begin + number / 50).to_le_bytes());
            file.extend((number % 50 * 20_000 + ssrc).to_le_bytes());
            file.extend((packet.len() as u32).to_le_bytes());
            file.extend((packet.len() as u32).to_le_bytes());
            file.extend(packet);
        }
    }
    file
}

/// The same capture, so many seconds later.
fn shifted(capture: &[u8], seconds: u32) -> Vec<u8> {
    let mut later = capture.to_vec();
    let word = |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    let mut at = 24;
    while at < later.len() {
        let time = word(&later, at) + seconds;
        later[at..at + 4].copy_from_slice(&time.to_le_bytes());
        at += 16 + word(&later, at + 8) as usize;
    }
    later
}

fn datagram(from: [u8; 4], to: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let port = |address| if address == SERVER { 8801u16 } else { 50_000 };
    let length = payload.len() as u16 + 8;
    let mut packet = vec![0x45, 0];
    packet.extend((length + 20).to_be_bytes());
    packet.extend([0, 0, 0x40, 0, 64, 17, 0, 0]);
    packet.extend(from);
    packet.extend(to);
    packet.extend(port(from).to_be_bytes());
    packet.extend(port(to).to_be_bytes());
    packet.extend(length.to_be_bytes());
    packet.extend([0, 0]);
    packet.extend(payload);
    packet
}

/// PCMU in RTP (RFC 3550, RFC 3551).
fn rtp(ssrc: u32, number: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 0];
    packet.extend((number as u16).to_be_bytes());
    packet.extend((number * 160).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend((0..160u32).map(|index| (index * 7 + number) as u8));
    packet
}
