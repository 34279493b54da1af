//! meetscope
#![forbid(unsafe_code)]
pub mod dissect;
pub mod model;
pub mod place;
