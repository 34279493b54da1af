//! Codecs of streams, from session descriptions in clear: a stream belongs to the one that offered the address and port
//! to which it goes (RFC 3264 section 5.1).

use super::streams::Part;
use super::view::View;
use crate::model::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Names of payload types by the address that takes them.
pub(super) struct Offers<'v>(BTreeMap<SocketAddr, BTreeMap<u8, &'v str>>);

impl<'v> Offers<'v> {
    /// Gathers what all flows offer, as `192.0.2.7:4000 audio RTP/AVP 0=PCMU/8000 101=telephone-event/8000`.
    pub(super) fn new(views: &'v [View<'v>]) -> Offers<'v> {
        let mut offers: BTreeMap<SocketAddr, BTreeMap<u8, &'v str>> = BTreeMap::new();
        for fact in views.iter().flat_map(|view| view.flow.facts.of("sip.sdp-media")) {
            let Value::Text(text) = &fact.value else { continue };
            let mut words = text.split(' ');
            let Some(address) = words.next().and_then(|word| word.parse().ok()) else { continue };
            let named = words
                .filter_map(|word| word.split_once('='))
                .filter_map(|(number, name)| Some((number.parse().ok()?, name.split('/').next()?)));
            offers.entry(address).or_default().extend(named);
        }
        Offers(offers)
    }

    /// The codec of a stream: of the payload type that most of its packets have.
    pub(super) fn codec(&self, part: &Part<'_>) -> Option<&'v str> {
        let taker = if part.way() == "sent" { part.view.sides.remote } else { part.view.sides.local };
        let (number, _) =
            part.stream.payload_types.iter().max_by_key(|(number, count)| (**count, u8::MAX - **number))?;
        self.0.get(&taker)?.get(number).copied()
    }
}
