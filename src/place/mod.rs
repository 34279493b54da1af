//! Where an address is, with each piece of evidence. Rank 1: knows `model` only; opens database files and nothing else.

mod country;
mod database;
mod load;
mod record;
mod special;

pub use country::Country;
pub use database::{DATABASES_FOUND_MAX, Databases, Finding, Located, Operator};
pub use load::{DATABASE_BYTES_MAX, DatabaseError, DatabaseInfo};
pub use record::NAME_CHARS_MAX;
pub use special::{Special, carried, special};
