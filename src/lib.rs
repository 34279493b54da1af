//! meetscope
#![forbid(unsafe_code)]
pub mod decode;
pub mod dissect;
pub mod model;
pub mod source;
