//! The report's content: one definition for the JSON report, its schema, and every other format.
//!
//! Names of fields are a contract (report version 1). Times are RFC 3339 in UTC with microseconds, durations end in
//! `_s`, countries are ISO 3166 alpha-2. What is not known is `null`, never a guess. Text that came from packets is
//! untrusted: each format makes it safe in its own way.

use schemars::JsonSchema;
use serde::Serialize;

/// Version of the JSON report.
pub const SCHEMA_VERSION: u32 = 1;

macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, Serialize, JsonSchema, PartialEq)]
        #[schemars(deny_unknown_fields)]
        pub struct $name { $($(#[$field_meta])* pub $field: $kind,)* }

        impl $crate::exposure::findings::Texts for $name {
            fn texts(&mut self, _field: &'static str, visit: $crate::exposure::findings::Visit<'_>) {
                $(self.$field.texts(stringify!($field), visit);)*
            }
        }
    };
}

mod answer;
mod handling;
mod meeting;
mod texts;
mod traffic;

pub use answer::*;
pub use handling::*;
pub use meeting::*;
pub(super) use texts::{Texts, Visit};
pub use traffic::*;

record! {
    /// Who learnt what from the captured traffic.
    Findings {
        /// Version of this structure.
        schema_version: u32,
        /// What made the report.
        tool: Tool,
        /// The captures read, in the order given.
        captures: Vec<CaptureFile>,
        /// The side that was captured.
        local: Local,
        /// Calls found, in order of their start.
        meetings: Vec<Meeting>,
        /// Flows in order of their first packet.
        flows: Vec<FlowEntry>,
        /// Remote hosts, most bytes first.
        endpoints: Vec<Endpoint>,
        /// What became visible, by question.
        exposures: Vec<ExposureEntry>,
        /// Bytes and endpoints by country.
        transfers: Vec<TransferTotal>,
        /// What to do about it.
        recommendations: Vec<Recommendation>,
        /// What this capture cannot show.
        not_determinable: Vec<NotDeterminable>,
        /// What would make the evidence of the captures weak: every check, also those that found nothing.
        self_test: Vec<SelfCheck>,
        /// What could not be read.
        problems: Vec<ProblemEntry>,
        /// How the report treats the people that it tells of.
        handling: Handling,
    }
}

record! {
    /// Program and knowledge that made the report.
    Tool {
        /// Program name.
        name: String,
        /// Program version.
        version: String,
        /// Signatures in force.
        signatures: SignatureSet,
        /// Law table in force.
        law: LawTable,
        /// Databases of place, in order of precedence.
        geo: Vec<GeoDatabase>,
    }
}

record! {
    /// The set of signatures.
    SignatureSet {
        /// Its version.
        version: String,
        /// SHA-256 over all files.
        sha256: String,
    }
}

record! {
    /// The law table.
    LawTable {
        /// Day up to which changes are known.
        as_of: String,
    }
}

record! {
    /// A database of countries and operators.
    GeoDatabase {
        /// Its name.
        name: String,
        /// Day or time it was built.
        built: Option<String>,
        /// Licence and attribution.
        licence: Option<String>,
        /// SHA-256 of the file.
        sha256: String,
    }
}

record! {
    /// A capture file.
    CaptureFile {
        /// As given on the command line.
        path: String,
        /// SHA-256 of the stored bytes.
        sha256: String,
        /// `pcap`, `pcapng`, with compression.
        format: String,
        /// Link-layer types by name, in order of first use.
        link_types: Vec<String>,
        /// Frames.
        packets: u64,
        /// Bytes on the wire.
        bytes: u64,
        /// Earliest time stamp.
        first: Option<String>,
        /// Latest time stamp.
        last: Option<String>,
        /// Frames stored shorter than on the wire.
        cut_packets: u64,
        /// Packets that were seen twice and counted once.
        duplicates: u64,
        /// Packets dropped, as the capturing program states.
        dropped: Option<u64>,
        /// Why reading ended early.
        damage: Option<String>,
        /// Comments stored in the file.
        comments: Vec<String>,
    }
}

record! {
    /// The side that was captured.
    Local {
        /// Its addresses, the busiest first.
        addresses: Vec<String>,
        /// How they were told from the remote ones.
        basis: String,
        /// Devices on this side.
        devices: Vec<Device>,
        /// Public addresses of this side, as servers saw them.
        public_addresses: Vec<String>,
        /// Where this side is.
        location: Location,
    }
}

record! {
    /// A device on the captured side.
    Device {
        /// Its addresses.
        addresses: Vec<String>,
        /// Link address.
        mac: Option<String>,
        /// Maker, by the link address.
        vendor: Option<String>,
        /// Names that it gave itself.
        names: Vec<String>,
        /// Operating-system family, inferred.
        system: Option<String>,
        /// Programs that showed themselves.
        software: Vec<String>,
    }
}

record! {
    /// The place of the captured side.
    Location {
        /// Country.
        country: Option<String>,
        /// Latitude in degrees.
        lat: Option<f64>,
        /// Longitude in degrees.
        lon: Option<f64>,
        /// How it is known: `given`, `database-of-public-address`, `public-addresses-disagree` (several countries); or why
        /// round trips leave no country out: `public-address-of-data-centre`, `public-address-behind-vpn`.
        basis: Option<String>,
    }
}
