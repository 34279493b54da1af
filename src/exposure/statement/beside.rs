//! What went on beside the media of a call: files, chat, recording, as far as the purposes and sizes of flows show.

use super::{Exposed, Material, inferred};
use crate::exposure::entries::evidence;
use crate::exposure::findings::{ExposureEntry, Meeting};
use crate::exposure::meeting::Call;
use crate::exposure::view::View;
use crate::exposure::words::{self, Words};
use crate::model::{Observer, Question, text};

/// Bytes one way from which on a file may have been passed: more than a page needs.
const FILE_BYTES_MIN: u64 = 200_000;
/// Bytes one way from which on messages may have been passed.
const CHAT_BYTES_MIN: u64 = 4_000;
/// Most statements of one kind and call.
const STATEMENTS_MAX: usize = 4;

/// Adds what flows beside the media suggest.
pub(super) fn tell(call: &Call, meeting: &Meeting, material: &Material<'_>, out: &mut Exposed) {
    let kinds: [(&str, &str, u64, &Words); 3] = [
        ("file-transfer", "file-store", FILE_BYTES_MIN, &words::FILE),
        ("chat", "messaging", CHAT_BYTES_MIN, &words::CHAT),
        ("recording", "recording", 0, &words::RECORDING),
    ];
    let near = material.timeline.around(call.from, call.to).filter_map(|index| material.views.get(index));
    let of_call: Vec<&View<'_>> = near.filter(|view| is_of(view, call)).collect();
    for (key, purpose, least, words) in kinds {
        let serves = |view: &&&View<'_>| view.verdict.purposes.first() == Some(&purpose) && most(view) >= least;
        for view in of_call.iter().filter(serves).take(STATEMENTS_MAX) {
            let [sent, received] = view.sent_received();
            let server =
                view.names.first().map_or_else(|| view.sides.remote.ip().to_string(), |name| name.name.to_owned());
            let amount = |bytes, german| text::bytes(bytes, german);
            let statement = words.fill(
                &[&server, &amount(sent.bytes, true), &amount(received.bytes, true)],
                &[&server, &amount(sent.bytes, false), &amount(received.bytes, false)],
            );
            let value = format!("{server} {} {}", sent.bytes, received.bytes);
            let entry = inferred(key, value, &[Observer::Network, Observer::Provider], statement);
            let proof = vec![evidence(view.flow.first)];
            out.list.push((
                Question::Activity,
                ExposureEntry { meeting: Some(meeting.id.clone()), evidence: proof, ..entry },
            ));
        }
    }
}

/// Whether a flow of the call's device and provider ran while the call did.
fn is_of(view: &View<'_>, call: &Call) -> bool {
    let during = || view.flow.last >= call.from && view.flow.first.time <= call.to;
    let provider = view.verdict.provider.map(|provider| provider.id());
    let of_provider = || provider.is_some() && provider == call.provider.as_deref();
    view.sides.local.ip() == call.local && of_provider() && during()
}

fn most(view: &View<'_>) -> u64 {
    view.sent_received().map(|counters| counters.bytes).into_iter().max().unwrap_or_default()
}
