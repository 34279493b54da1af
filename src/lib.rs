//! meetscope
#![forbid(unsafe_code)]
pub mod catalogue;
pub mod decode;
pub mod dissect;
pub mod engine;
pub mod exposure;
pub mod flow;
pub mod model;
pub mod place;
pub mod report;
pub mod source;
