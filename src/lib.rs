//! Reads captures of meeting traffic and says what they tell about the people in the call: which metadata left the
//! house, who could see it, where it was processed, and under whose law.
//!
//! This page is the architecture. `tests/tidy.rs` reads the sources and fails where they depart from it.
//!
//! # One way
//!
//! Data flow from the left to the right and never back. A module may name modules of a lower rank, and of those only
//! the ones in the last column.
//!
//! ```text
//!  source --Frame--> decode --Packet--> engine( flow --Input--> dissect ) --Flow<Facts>--> exposure --Findings--> report
//!                                                        catalogue --Verdict--^      ^--Place-- place
//! ```
//!
//! | rank | module | does | may name |
//! | --- | --- | --- | --- |
//! | 0 | [`model`] | the nouns; [`model::wire`] reads untrusted bytes, [`model::text`] makes untrusted text safe to show | |
//! | 1 | [`source`] | capture files and standard input to frames; opens files | model |
//! | 1 | [`sink`] | frames to pcapng files, in turns if asked; opens none itself | model |
//! | 1 | [`decode`] | frame to packet, through link layers, tunnels and fragments | model |
//! | 1 | [`flow`] | flows of both directions, expiry by capture time, the start of a TCP stream in order | model |
//! | 1 | [`dissect`] | the list of protocols, one file or folder for each: payload to facts | model |
//! | 1 | [`catalogue`] | signatures of providers and tables of law: load, check, classify | model |
//! | 1 | [`place`] | where an address is, with each piece of evidence; opens database files | model |
//! | 2 | [`engine`] | runs flows and dissectors over packets; the only one that knows dissectors | model, flow, dissect |
//! | 2 | [`trim`] | how much of a frame the dissectors need, for captures of headers only | model, flow, dissect, decode |
//! | 3 | [`exposure`] | flows, catalogue and places to meetings, and to who learnt what | model, flow, catalogue, place, engine |
//! | 4 | [`report`] | the list of formats: findings to text, HTML, Markdown, CSV and JSON | exposure, model::text |
//! | 5 | [`compare`] | JSON reports side by side: the list of rows, and the table in each format | exposure, report, model::text |
//!
//! The binary (`src/main.rs`, `src/cli.rs`, `src/capture`) stands above all of them and joins them. It alone prints,
//! chooses exit codes, looks at the environment, and captures from devices (feature `live`).
//!
//! # Two ideas that carry it
//!
//! **The fact key.** A dissector states facts: a key, a value, and the packet that shows it. A key is one constant,
//! [`model::Key`], with its name, the question about a person that it answers, who can see it, one line of
//! documentation, its source, the Wireshark field, and a sentence in both languages. The reference page of all facts,
//! the check that a signature names real keys, the sentences of the report and their grouping come from that
//! constant. So whoever adds a dissector decides, on the lines that define a fact, what it reveals. And every fact
//! carries [`model::Evidence`], so that each sentence of a report can be checked in Wireshark with the filter printed
//! beside it.
//!
//! **Facts are rare, packets are not.** Facts are stated at handshakes and first sightings. The work per packet is
//! plain counters in a dissector, turned into facts and media streams once, when the flow ends. A packet of a media
//! flow that is already recognised costs a look-up in the flow table and a few field reads.
//!
//! # More than one protocol in a flow
//!
//! STUN, DTLS, RTP and RTCP share the ports of a WebRTC call (RFC 7983, RFC 9443), and TURN or a vendor's framing may
//! wrap them all. So each payload is offered to the protocols in the order of [`dissect::ALL`] behind a test of its
//! first bytes, state is kept for each flow and protocol, and a dissector may hand an inner payload back to be
//! offered again, to a bounded depth ([`model::Input`], [`model::Step`]). A capture may begin in the middle of
//! anything.
//!
//! # What is absent, on purpose
//!
//! - No clock. Time is the capture's; there is no `now()`. Otherwise a replayed capture would measure the computer.
//!   `src/capture/clock.rs` of the binary has the only one, for a capture is made now.
//! - No socket. An analysis must not tell anybody what is being analysed, and a look-up on the network would give
//!   other bytes tomorrow. The same input gives the same bytes of output.
//! - No file but in [`source`], in the loading of databases by [`place`], and in the binary.
//! - No failure in the middle: decoding, flows, dissectors, [`Catalogue::classify`] and [`assess`] cannot fail. What
//!   they could not read is counted in [`model::Problems`], and the report shows it.
//! - No provider in a dissector. A vendor's framing is a protocol like any other; *that it means Zoom* is the
//!   catalogue's word.
//! - No protocol in the catalogue: it knows facts by the names of their keys. No packets in a report; no format knows
//!   another.
//! - No name of a person in a report: it names what identifies one, and who could see it.
//! - No pseudonym in a format: [`exposure::discreet`] replaces and leaves out before any format writes, so that all of
//!   them say the same.
//! - No `unsafe`, no panic on input.
//!
//! # How each thing is added
//!
//! - A protocol: one file or folder in `src/dissect`, named as its RFC names it, and its two lines in
//!   `src/dissect/mod.rs` (`mod` and the entry in [`dissect::ALL`]).
//! - A provider: one TOML file in `signatures`, with examples and near misses; no code. `signatures/README.md`
//!   describes it.
//! - A law or an adequacy decision: an entry with its days in `signatures/law/law.toml`.
//! - A report format: one file in `src/report` and its two lines in `src/report/mod.rs` (`mod` and the entry in
//!   [`report::ALL`]). The command line takes names, extensions and help from the list.
//! - A row of the comparison: a constant in the file of its group in `src/compare/rows` and its line in
//!   [`compare::ROWS`].
//! - A capture test: one folder in `fixtures`, with the capture, where it is from, what is true of it, and what the
//!   program says.
//! - A dependency: one line in `Cargo.toml` with its reason behind it.
//!
//! If a third place must be touched, the design is to be mended first.
//!
//! # Limits
//!
//! Every table, buffer and depth has a limit, a constant with its unit in the name, and every overflow is counted and
//! shown. Memory grows with the live flows and with what is told of finished ones, never with the length of the
//! capture. The largest are [`flow::FLOWS_MAX`] live flows, [`flow::STREAM_PENDING_BYTES_MAX`] that wait for a gap in
//! one stream, [`decode::TUNNELS_MAX`] tunnels around a packet, [`model::fact::FACTS_PER_FLOW_MAX`] facts of a flow,
//! and [`engine::MEDIA_RECORDS_MAX`], [`engine::TOLD_RECORDS_MAX`] and [`engine::PLAIN_RECORDS_MAX`] finished flows,
//! behind which flows between the same hosts and service are folded into one.
//!
//! # Choices that a reader may wonder about
//!
//! - **The window over a file and the frame of a pcapng block are code of our own.** The library's reader has one word
//!   for a failing disk, a damaged archive and a short read, and says no place; a capture that was cut must be read as
//!   far as it goes, and the report must say where it ends. What is inside a block is read by `pcap-parser`.
//! - **QUIC Initial packets are opened by code of our own** on the RustCrypto primitives. Libraries of endpoints keep
//!   connections; an observer needs the keys of RFC 9001 section 5.2, the drafts' salts and the vendors' variants,
//!   and CRYPTO frames that arrive in any order, over several packets and datagrams.
//! - **STUN, TURN, RTP and RTCP too**: endpoints may reject what is cut or unusual, an observer may not.
//! - **Files are read, not memory-mapped.** Reading was measured faster, and a file that shrinks while it is mapped
//!   kills the process.
//! - **The flow table hashes with `foldhash`**, seeded at random: fast, and nobody can prepare a capture that makes
//!   all flows collide. No order of a hash table reaches the output.
//! - **The default language of reports is German**; `--lang en` asks for English. The authorities' tests that the
//!   report serves are German. Data keep the same names in both.
//! - **A country database is embedded**, so that the first report needs no registration anywhere. It is unpacked when
//!   the program is built. A file of the user's own is asked first.
//! - **Four ranks became six.** [`exposure`] uses the records that [`engine`] leaves behind, so the two are not of
//!   one rank; a total order leaves no question. [`compare`] stands above [`report`]: it reads what that wrote, so that
//!   captures and reports of other days come in the same way.
//! - **Rust 1.88 is the oldest compiler** that builds it: let chains of edition 2024.
//!
//! - **Names become numbers in the order of the report, addresses are encrypted.** A name has no structure that is worth
//!   keeping; an address has its network, which `ipcrypt-pfx` keeps. The library has no code of its own for ranges, so
//!   private addresses are put back into theirs, and public ones of people into a range that belongs to nobody.
//!
//! # Example
//!
//! What the binary does, without its arguments:
//!
//! ```no_run
//! use meetscope::exposure::{Caller, Knowledge, Observed};
//! use meetscope::place::Databases;
//! use meetscope::{Atlas, Catalogue, Decoder, Engine, Law, Merged, assess};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut source = Merged::open(&["call.pcapng".to_owned()])?;
//! let (mut decoder, mut engine) = (Decoder::new(), Engine::default());
//! while let Some(frame) = source.next() {
//!     if let Some(packet) = decoder.decode(&frame) {
//!         engine.packet(&packet);
//!     }
//! }
//! decoder.finish();
//! let observed = Observed {
//!     traffic: engine.finish(),
//!     captures: source.captures(),
//!     duplicates: vec![decoder.duplicates(0)],
//!     problems: decoder.problems().clone(),
//! };
//! let (catalogue, law) = (Catalogue::builtin()?, Law::builtin()?);
//! let (databases, _warnings) = Databases::with_files(&[], &[])?;
//! let atlas = Atlas::new(databases)?;
//! let knowledge = Knowledge { catalogue: &catalogue, law: &law, atlas: &atlas };
//! let findings = assess(&observed, &knowledge, &Caller::default());
//! for meeting in &findings.meetings {
//!     println!("{} {}", meeting.start, meeting.provider_name.as_deref().unwrap_or("unrecognised"));
//! }
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod catalogue;
pub mod compare;
pub mod decode;
pub mod dissect;
pub mod engine;
pub mod exposure;
pub mod flow;
pub mod model;
pub mod place;
pub mod report;
pub mod sink;
pub mod source;
pub mod trim;

pub use catalogue::{Catalogue, Law};
pub use decode::Decoder;
pub use engine::Engine;
pub use exposure::{Findings, assess};
pub use place::Atlas;
pub use sink::Sink;
pub use source::Merged;
pub use trim::Trim;
