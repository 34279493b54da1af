//! Each stage over the call of `fixtures/p2p-call`: `cargo bench`. A stage takes the earlier ones' results ready made,
//! so that a slower figure points at one module. A missing capture is a failure, not a reason to measure nothing.
#![allow(clippy::expect_used, reason = "a benchmark that cannot run must say so")]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use jiff::civil::date;
use meetscope::catalogue::{Observation, SeenName};
use meetscope::engine::Traffic;
use meetscope::exposure::{Caller, Knowledge, Observed};
use meetscope::model::{Direction, Evidence, Facts, Frame, Timestamp};
use meetscope::place::{Country, Databases, Origin, Seen};
use meetscope::report::{self, Language, Layout};
use meetscope::{Atlas, Catalogue, Decoder, Engine, Findings, Law, Merged, assess};
use std::net::IpAddr;
use std::sync::LazyLock;

fn main() {
    divan::main();
}

const CAPTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/p2p-call/capture.pcap");

/// Databases, regions, host codes.
static ATLAS: LazyLock<Atlas> =
    LazyLock::new(|| Atlas::new(Databases::embedded().expect("the database")).expect("the lists"));
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::builtin().expect("the signatures"));

/// A frame that owns its bytes.
struct Stored {
    frame: Frame<'static>,
    data: Vec<u8>,
}

impl Stored {
    fn frame(&self) -> Frame<'_> {
        Frame { data: &self.data, ..self.frame }
    }
}

fn open() -> Merged {
    Merged::open(&[CAPTURE.to_owned()]).expect(CAPTURE)
}

fn frames() -> Vec<Stored> {
    let mut source = open();
    let mut frames = Vec::new();
    while let Some(frame) = source.next() {
        frames.push(Stored { frame: Frame { data: &[], ..frame }, data: frame.data.to_vec() });
    }
    frames
}

fn traffic(frames: &[Stored]) -> Traffic {
    let (mut decoder, mut engine) = (Decoder::new(), Engine::default());
    for stored in frames {
        if let Some(packet) = decoder.decode(&stored.frame()) {
            engine.packet(&packet);
        }
    }
    engine.finish()
}

fn observed() -> Observed {
    let mut source = open();
    while source.next().is_some() {}
    Observed {
        traffic: traffic(&frames()),
        captures: source.captures(),
        duplicates: vec![0],
        problems: source.problems(),
    }
}

fn judge(observed: &Observed, law: &Law) -> Findings {
    let knowledge = Knowledge { catalogue: &CATALOGUE, law, atlas: &ATLAS };
    assess(observed, &knowledge, &Caller::default())
}

#[divan::bench]
fn read_frames(bencher: Bencher<'_, '_>) {
    let size = std::fs::metadata(CAPTURE).expect(CAPTURE).len();
    bencher.counter(BytesCount::new(size)).bench(|| {
        let mut source = open();
        let mut bytes = 0;
        while let Some(frame) = source.next() {
            bytes += black_box(frame).data.len();
        }
        bytes
    });
}

#[divan::bench]
fn decode_frames(bencher: Bencher<'_, '_>) {
    let frames = frames();
    bencher.counter(ItemsCount::new(frames.len())).bench(|| {
        let mut decoder = Decoder::new();
        frames.iter().filter(|stored| black_box(decoder.decode(&stored.frame())).is_some()).count()
    });
}

#[divan::bench]
fn decode_and_run_engine(bencher: Bencher<'_, '_>) {
    let frames = frames();
    bencher.counter(ItemsCount::new(frames.len())).bench(|| traffic(&frames));
}

#[divan::bench]
fn assess_exposures(bencher: Bencher<'_, '_>) {
    let (observed, law) = (observed(), Law::builtin().expect("the law"));
    bencher.bench(|| judge(&observed, &law));
}

#[divan::bench(args = report::ALL.iter().map(|format| format.name))]
fn write_report(bencher: Bencher<'_, '_>, name: &str) {
    let format = report::by_name(name).expect("a format");
    let findings = judge(&observed(), &Law::builtin().expect("the law"));
    let layout = Layout { language: Language::English, columns: 100 };
    bencher.bench(|| {
        let mut out = Vec::new();
        (format.write)(&findings, layout, &mut out).expect("a report");
        out
    });
}

#[divan::bench]
fn load_signatures() -> Catalogue {
    Catalogue::builtin().expect("the signatures")
}

#[divan::bench]
fn load_databases() -> Databases {
    Databases::embedded().expect("the database")
}

/// Everything that a start loads: it must stay below 30 ms of CPU.
#[divan::bench]
fn load_all_knowledge() -> (Catalogue, Law, Atlas) {
    let atlas = Atlas::new(Databases::embedded().expect("the database")).expect("the lists");
    (Catalogue::builtin().expect("the signatures"), Law::builtin().expect("the law"), atlas)
}

/// Distances of all countries from where the caller is; once in an analysis, if that is known.
#[divan::bench(args = ["DE", "RU", "LU"])]
fn measure_from_country(bencher: Bencher<'_, '_>, code: &str) {
    let country = Country::parse(code).expect("a country");
    bencher.bench(|| ATLAS.vantage(Origin::Country(black_box(country))));
}

#[divan::bench(args = ["1.1.1.1", "193.0.6.139", "2001:67c:2e8:22::c100:68b", "10.77.1.11"])]
fn look_up_place(bencher: Bencher<'_, '_>, address: &str) {
    let address: IpAddr = address.parse().expect("an address");
    bencher.bench(|| ATLAS.locate(black_box(address), Seen::default(), &|_| None));
}

#[divan::bench(args = ["us04web.zoom.us", "meet.example.test"])]
fn classify_flow(bencher: Bencher<'_, '_>, name: &str) {
    let evidence = Evidence { capture: 0, frame: 1, time: Timestamp::MIN, direction: Direction::Forward };
    let names = [SeenName { name, source: "tls.sni", evidence }];
    let facts = Facts::default();
    let seen = Observation {
        remote: IpAddr::from([192, 0, 2, 1]),
        remote_port: 443,
        udp: false,
        names: &names,
        near_names: &[],
        facts: &facts,
        asn: Some(64_496),
        day: date(2026, 11, 23),
        media: false,
    };
    bencher.bench(|| CATALOGUE.classify(black_box(&seen)));
}
