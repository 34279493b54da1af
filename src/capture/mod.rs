//! Capturing from devices while a call runs.
#![allow(dead_code)]

mod guard;
mod jsonl;
mod lines;
mod moment;
mod screen;
