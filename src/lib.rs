//! meetscope
#![forbid(unsafe_code)]
pub mod catalogue;
pub mod dissect;
pub mod model;
