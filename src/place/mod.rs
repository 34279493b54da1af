//! Where an address is, with each piece of evidence. Rank 1: knows `model` only; opens database files and nothing else.
//!
//! [`Atlas::locate`] gathers the evidence: the provider's own region lists, place codes in host names, lists of front
//! doors that answer everywhere, round trips, and country databases. [`judge`] weighs it; the order of weight and its
//! reasons stand there.

mod anycast;
mod atlas;
mod country;
mod database;
mod evidence;
mod hostname;
mod load;
mod outline;
mod reach;
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
pub use evidence::{EvidenceKind, PlaceEvidence, Says, Told};
pub use hostname::{HOST_NAME_BYTES_MAX, HostCodes, NamedPlace};
pub use load::{DATABASE_BYTES_MAX, DatabaseError, DatabaseInfo};
pub use outline::{OUTLINE_KM_MAX, Outlines};
pub use reach::Reach;
pub use record::NAME_CHARS_MAX;
pub use region::{EmbeddedError, Region, Regions};
pub use roundtrip::{BOX_MS_MAX, KM_PER_MS_MAX, RoundTrip, RoundTripKind};
pub use special::{Special, carried, special};
pub use vantage::{Origin, Vantage};
pub use verdict::{IsEea, Place, PlaceVerdict, judge};
