//! Where an address is, with each piece of evidence. Rank 1: knows `model` only; opens database files and nothing else.
//!
//! [`Atlas::locate`] asks in this order of strength: the provider's own region lists, place codes in host names, lists of
//! front doors that answer everywhere, the round trip, and country databases. [`judge`] combines what they say.

mod anycast;
mod atlas;
mod country;
mod database;
mod hostname;
mod load;
mod outline;
mod record;
mod region;
mod roundtrip;
mod special;
mod sphere;
mod vantage;
mod verdict;

pub use anycast::{FrontDoor, FrontDoors};
pub use atlas::{Atlas, HOST_NAMES_MAX, Seen, Whereabouts};
pub use country::Country;
pub use database::{DATABASES_FOUND_MAX, Databases, Finding, Located, Operator};
pub use hostname::{HOST_NAME_BYTES_MAX, HostCodes, NamedPlace};
pub use load::{DATABASE_BYTES_MAX, DatabaseError, DatabaseInfo};
pub use outline::{OUTLINE_KM_MAX, Outlines};
pub use record::NAME_CHARS_MAX;
pub use region::{EmbeddedError, Region, Regions};
pub use roundtrip::{KM_PER_MS_MAX, bound};
pub use special::{Special, carried, special};
pub use vantage::{Origin, Vantage};
pub use verdict::{EvidenceKind, Place, PlaceEvidence, PlaceVerdict, Says, judge};
