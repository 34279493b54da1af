//! Flows and remote hosts, where those are, and what went to which country.

use super::{Bilingual, EvidenceEntry};
use schemars::JsonSchema;
use serde::Serialize;

record! {
    /// A flow.
    FlowEntry {
        /// `f1`, `f2`, ...
        id: String,
        /// `udp`, `tcp` or `ip-N`.
        transport: String,
        /// Local address and port.
        local: String,
        /// Remote address and port.
        remote: String,
        /// First packet.
        start: String,
        /// Last packet.
        end: String,
        /// Packets sent by the local side.
        packets_sent: u64,
        /// Packets received.
        packets_received: u64,
        /// IP bytes sent.
        bytes_sent: u64,
        /// IP bytes received.
        bytes_received: u64,
        /// Protocols read.
        protocols: Vec<String>,
        /// Signature id.
        provider: Option<String>,
        /// What it was for, in the first place.
        purpose: Option<String>,
        /// Names seen on it or learnt for its remote address.
        names: Vec<Name>,
        /// Smallest round trip in milliseconds.
        rtt_min_ms: Option<f64>,
        /// Number of round trips measured.
        rtt_samples: u64,
        /// What the dissectors stated.
        facts: Vec<FactEntry>,
    }
}

record! {
    /// A name with its source.
    Name {
        /// Untrusted text.
        name: String,
        /// Fact key or protocol that told it.
        source: String,
    }
}

record! {
    /// A fact.
    FactEntry {
        /// Key, as `meetscope facts` lists it.
        key: String,
        /// Value as text.
        value: String,
        /// First and last sighting.
        evidence: Vec<EvidenceEntry>,
    }
}

record! {
    /// A remote host.
    Endpoint {
        /// `e1`, `e2`, ...
        id: String,
        /// Address.
        address: String,
        /// Remote ports used.
        ports: Vec<u16>,
        /// Names.
        names: Vec<Name>,
        /// Signature id.
        provider: Option<String>,
        /// What it was for.
        purpose: Vec<String>,
        /// Who announces the address.
        operator: Operator,
        /// Whose law the provider obeys.
        jurisdiction: Option<Jurisdiction>,
        /// Whether the address is known to be served from many places.
        anycast: bool,
        /// Where it stands.
        place: PlaceEntry,
        /// What the law of the day says of that place.
        transfer: TransferEntry,
        /// IP bytes sent to it.
        bytes_sent: u64,
        /// IP bytes received from it.
        bytes_received: u64,
        /// Packets sent to it.
        packets_sent: u64,
        /// Packets received from it.
        packets_received: u64,
    }
}

record! {
    /// Where an address is, whose it is, and what the law of a day says of it.
    AddressAnswer {
        /// Address.
        address: String,
        /// Name that was given for it, untrusted text.
        name: Option<String>,
        /// Signature id, by name or published prefix.
        provider: Option<String>,
        /// Who announces the address.
        operator: Operator,
        /// Whose law the provider obeys.
        jurisdiction: Option<Jurisdiction>,
        /// Whether the address is known to be served from many places.
        anycast: bool,
        /// Where it stands.
        place: PlaceEntry,
        /// What the law of the day says of that place.
        transfer: TransferEntry,
    }
}

record! {
    /// Network operator.
    Operator {
        /// Autonomous system number.
        asn: Option<u32>,
        /// Its name.
        name: Option<String>,
        /// Country that the number is registered in.
        country: Option<String>,
    }
}

record! {
    /// The provider's legal seat.
    Jurisdiction {
        /// Contracting entity.
        entity: Option<String>,
        /// Its country.
        country: Option<String>,
        /// Country of the parent company.
        parent_country: Option<String>,
    }
}

record! {
    /// Where an endpoint stands, seen from the EU/EEA.
    PlaceEntry {
        /// Country.
        country: Option<String>,
        /// `proven-inside`, `plausible-inside`, `undecidable`, `plausible-outside` or `proven-outside`.
        verdict: String,
        /// What speaks for it.
        evidence: Vec<PlaceProof>,
        /// Bound from the smallest round trip.
        max_distance_km: Option<f64>,
    }
}

record! {
    /// A piece of evidence of place.
    PlaceProof {
        /// `database`, `region`, `host-name`, `round-trip`, `anycast` or `hop-limit`.
        kind: String,
        /// Country or statement.
        says: String,
        /// Source and detail, in English.
        detail: String,
        /// The same in German.
        detail_de: String,
    }
}

record! {
    /// Status under Chapter V GDPR on the day of the capture.
    TransferEntry {
        /// `eu`, `eea`, `adequate`, `third-country` or `unknown`.
        status: String,
        /// Act and condition.
        basis: Bilingual,
        /// The day.
        on: Option<String>,
    }
}

record! {
    /// What went to a country.
    TransferTotal {
        /// Country; `null` when the place is not known.
        country: Option<String>,
        /// As in `transfer.status`.
        status: String,
        /// Endpoint ids.
        endpoints: Vec<String>,
        /// Purposes.
        purposes: Vec<String>,
        /// IP bytes sent.
        bytes_sent: u64,
        /// IP bytes received.
        bytes_received: u64,
    }
}
