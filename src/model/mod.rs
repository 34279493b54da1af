//! Rank 0: the nouns that every other module speaks of. Nothing here reads a file, a clock or a packet's meaning.

pub mod activity;
pub mod fact;
pub mod frame;
pub mod input;
pub mod opening;
pub mod problem;
pub mod stream;
pub mod tally;
pub mod text;
pub mod time;
pub mod wire;

pub use activity::Activity;
pub use fact::{Evidence, Fact, Facts, Key, KeyInfo, Observer, Question, Sentence, Value};
pub use frame::{Capture, Frame, LinkType, Packet, TcpHeader, Transport};
pub use input::{Direction, InnerPayload, Input, NameBinding, Output, Piece, Step, Tunnel};
pub use problem::{Problem, Problems};
pub use stream::{MediaKind, MediaStream, Talk, TalkBasis};
pub use tally::Tally;
pub use time::Timestamp;
