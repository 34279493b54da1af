//! Tests of the built-in knowledge and of the rules by which it is applied.

mod classify;
mod honest;
mod law;
mod loading;
mod lookup;
