//! What the signs and colours of the lanes mean.

use super::events::sign;
use super::lane::Scale;
use crate::report::html::both::{Both, say};
use maud::{Markup, html};

pub(super) fn legend(scale: Scale) -> Markup {
    let apart = scale.apart_s();
    let apart = Both::of(|german| {
        let text = if apart < 1.0 { format!("{apart:.2}") } else { format!("{apart:.0}") };
        if german { text.replace('.', ",") } else { text }
    });
    let key = |class: &'static str, words: Both| html! { li { svg.key width="22" height="12" aria-hidden="true" focusable="false" { rect class=(class) x="0" y="1" width="22" height="10" rx="1.5" {} } (words) } };
    let mark = |kind: &'static str, words: Both| html! { li { svg.key width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true" focusable="false" { (sign(kind)) } (words) } };
    html! {
        div.legends {
            ul.legend {
                li.what { (say("Personen", "People")) }
                (key("talk", say("spricht", "speaks")))
                (key("audio", say("Ton", "audio")))
                (key("muted", say("stumm oder still", "muted or silent")))
                (key("video", say("Kamera", "camera")))
                (key("screen", say("Bildschirm", "screen")))
            }
            ul.legend {
                li.what { (say("Empfänger", "Recipients")) }
                (key("signalling", say("Steuerung", "signalling")))
                (key("media", say("Medien", "media")))
                (key("peer", say("direkt zu Teilnehmenden", "direct to participants")))
                (key("telemetry", say("Telemetrie", "telemetry")))
                (key("other", say("Sonstiges", "other")))
            }
            ul.legend {
                li.what { (say("Ereignisse", "Events")) }
                (mark("join", say("kommt", "joins")))
                (mark("leave", say("geht", "leaves")))
                (mark("mute", say("stumm", "muted")))
                (mark("unmute", say("wieder zu hören", "heard again")))
                (mark("share", say("teilt", "shares")))
                (mark("unshare", say("Ende des Teilens", "sharing ends")))
                (mark("several", say("mehrere, mit Anzahl", "several, with their number")))
            }
        }
        p.fine {
            (Both::new(
                format!("Abschnitte, die weniger als {} Sekunden auseinanderliegen, sind im Bild zusammengezogen.", apart.de),
                format!("Intervals less than {} seconds apart are drawn as one.", apart.en),
            ))
        }
    }
}
