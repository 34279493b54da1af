//! The flow diagram: bands as wide as their bytes, and below each name a bar as long as its share of the packets.

use super::Band;
use crate::report::html::both::{Both, say};
use crate::report::html::digest::{Digest, round};
use maud::{Markup, html};

/// Height of all bands together in units of the picture.
const BANDS_HEIGHT: f64 = 230.0;
/// Least height that a bar has for itself, so that its label has room, and the least gap between two bars.
const SLOT_HEIGHT_MIN: f64 = 46.0;
const GAP_HEIGHT_MIN: f64 = 14.0;
/// Least height of a band, so that a small one is still seen.
const BAND_HEIGHT_MIN: f64 = 2.5;
/// Width of the bar at which bands meet.
const BAR_WIDTH: f64 = 9.0;
/// Length of the bar of packets for all packets.
const PACKETS_WIDTH: f64 = 96.0;
/// Height of the column heads.
const HEAD_HEIGHT: f64 = 30.0;
/// Width of a character of a label, for the plate behind it.
const CHARACTER_WIDTH: f64 = 7.4;

/// Widths of the picture: for wide screens and paper, and for narrow ones.
#[derive(Clone, Copy)]
struct Shape {
    class: &'static str,
    width: f64,
    /// Left edges of the bars of device, operators and countries.
    bars: [f64; 3],
    name_chars_max: usize,
}

const SHAPES: [Shape; 2] = [
    Shape { class: "wide", width: 960.0, bars: [150.0, 410.0, 730.0], name_chars_max: 33 },
    Shape { class: "narrow", width: 360.0, bars: [0.0, 118.0, 258.0], name_chars_max: 13 },
];

pub(super) fn figure(bands: &[Band], digest: &Digest<'_>) -> Markup {
    html! {
        figure.sankey {
            @for shape in SHAPES { (picture(bands, shape, digest)) }
            figcaption.unseen id="sankey" { (say(
                "Flussdiagramm vom Gerät über Anbieter oder Netzbetreiber zu Ländern; die Werte stehen in der Tabelle darunter.",
                "Flow diagram from the device over providers or operators to countries; the values are in the table below.",
            )) }
        }
        ul.legend {
            li { span.key.band-key aria-hidden="true" {} (say("Höhe der Bänder: Datenmenge", "height of the bands: bytes")) }
            li { span.key.packets-key aria-hidden="true" {} (say("Balken unter dem Namen: Anteil an allen Paketen", "bar below the name: share of all packets")) }
        }
    }
}

/// A bar where bands meet.
struct Node {
    name: Both,
    bytes: u64,
    packets: u64,
    status: Option<&'static str>,
    top: f64,
    height: f64,
    /// Where the next band from the left ends.
    arrives: f64,
    /// Where the next band to the right begins.
    leaves: f64,
}

/// The bars of a column, one for each name and status.
fn column<'b>(bands: &'b [Band], of: impl Fn(&'b Band) -> (&'b Both, Option<&'static str>), scale: f64) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for band in bands {
        let (name, status) = of(band);
        let known = nodes.iter().position(|node| node.name == *name && node.status == status);
        let new = || Node {
            name: name.clone(),
            bytes: 0,
            packets: 0,
            status,
            top: 0.0,
            height: 0.0,
            arrives: 0.0,
            leaves: 0.0,
        };
        if known.is_none() {
            nodes.push(new());
        }
        if let Some(node) =
            known.map_or_else(|| nodes.len().checked_sub(1), Some).and_then(|index| nodes.get_mut(index))
        {
            node.bytes = node.bytes.saturating_add(band.bytes);
            node.packets = node.packets.saturating_add(band.packets);
            node.height += thick(band, scale);
        }
    }
    nodes
}

fn thick(band: &Band, scale: f64) -> f64 {
    (band.bytes as f64 * scale).max(BAND_HEIGHT_MIN)
}

/// Height that a bar needs with its label.
fn slot(node: &Node) -> f64 {
    (node.height + GAP_HEIGHT_MIN).max(SLOT_HEIGHT_MIN)
}

/// Puts the bars of a column below each other, each in the middle of its slot, and the column in the middle of `height`.
fn stack(nodes: &mut [Node], height: f64) {
    let needed: f64 = nodes.iter().map(slot).sum();
    let mut top = ((height - needed) / 2.0).max(0.0);
    for node in nodes {
        let slot = slot(node);
        node.top = top + (slot - node.height) / 2.0;
        node.arrives = node.top;
        node.leaves = node.top;
        top += slot;
    }
}

fn picture(bands: &[Band], shape: Shape, digest: &Digest<'_>) -> Markup {
    let sum = |of: fn(&Band) -> u64| bands.iter().map(of).fold(0, u64::saturating_add);
    let (bytes, packets) = (sum(|band| band.bytes), sum(|band| band.packets));
    let scale = BANDS_HEIGHT / (bytes.max(1) as f64);
    let mut operators = column(bands, |band| (&band.operator, None), scale);
    let mut countries = column(bands, |band| (&band.country, Some(band.status)), scale);
    let whole: f64 = operators.iter().map(|node| node.height).sum();
    let needed = |nodes: &[Node]| nodes.iter().map(slot).sum::<f64>();
    let height = needed(&operators).max(needed(&countries)).max(whole);
    stack(&mut operators, height);
    stack(&mut countries, height);
    let [left, middle, right] = shape.bars;
    let device = (height - whole) / 2.0;
    let ribbons = ribbons(bands, scale, shape.bars, device, &mut operators, &mut countries);
    let local = digest.findings.local.addresses.first().cloned().unwrap_or_default();
    let narrow = shape.class == "narrow";
    html! {
        svg class=(shape.class) viewBox={ "0 " (-HEAD_HEIGHT) " " (shape.width) " " (round(height + HEAD_HEIGHT + 6.0)) } role="img" aria-labelledby="sankey" {
            (say("Gerät", "Device").drawn(&round(if narrow { left } else { left + BAR_WIDTH }).to_string(), -14.0, if narrow { "title" } else { "title end" }))
            (say("Anbieter, Betreiber", "Provider, operator").drawn(&middle.to_string(), -14.0, "title"))
            (say("Land", "Country").drawn(&right.to_string(), -14.0, "title"))
            @for (status, ribbon) in &ribbons { path class={ "band s-" (status) } d=(ribbon) {} }
            rect.bar x=(left) y=(round(device)) width=(BAR_WIDTH) height=(round(whole)) {}
            @if !narrow {
                @let at = round(left - 10.0).to_string();
                (Both::same(local).cut(20).drawn(&at, round(height / 2.0 - 2.0), "label end"))
                (Both::bytes(bytes).drawn(&at, round(height / 2.0 + 13.0), "amount end"))
                (packet_count(packets).drawn(&at, round(height / 2.0 + 27.0), "amount end"))
            }
            @for node in &operators { (bar(node, middle, shape, packets, true)) }
            @for node in &countries { (bar(node, right, shape, packets, false)) }
        }
    }
}

fn packet_count(packets: u64) -> Both {
    Both::count(usize::try_from(packets).unwrap_or(usize::MAX), ["Paket", "Pakete", "packet", "packets"])
}

/// The bands from the device at `xs[0]` over the operators to the countries, each with its status.
fn ribbons(
    bands: &[Band],
    scale: f64,
    xs: [f64; 3],
    mut device: f64,
    operators: &mut [Node],
    countries: &mut [Node],
) -> Vec<(&'static str, String)> {
    let [left, middle, right] = xs;
    let mut ribbons = Vec::new();
    for band in bands {
        let thick = thick(band, scale);
        let ends = (find(operators, &band.operator, None), find(countries, &band.country, Some(band.status)));
        let (Some(operator), Some(country)) = ends else { continue };
        ribbons.push((band.status, ribbon(left + BAR_WIDTH, device, middle, operator.arrives, thick)));
        ribbons.push((band.status, ribbon(middle + BAR_WIDTH, operator.leaves, right, country.arrives, thick)));
        device += thick;
        operator.arrives += thick;
        operator.leaves += thick;
        country.arrives += thick;
    }
    ribbons
}

fn find<'n>(nodes: &'n mut [Node], name: &Both, status: Option<&'static str>) -> Option<&'n mut Node> {
    nodes.iter_mut().find(|node| node.name == *name && node.status == status)
}

/// A band between two heights.
fn ribbon(left: f64, from: f64, right: f64, to: f64, thick: f64) -> String {
    let half = (left + right) / 2.0;
    let [from_end, to_end] = [from + thick, to + thick];
    format!(
        "M{left:.1} {from:.1}C{half:.1} {from:.1} {half:.1} {to:.1} {right:.1} {to:.1}V{to_end:.1}\
         C{half:.1} {to_end:.1} {half:.1} {from_end:.1} {left:.1} {from_end:.1}z"
    )
}

/// A bar with its name, bytes and packets to the right; on a plate where bands run behind it.
fn bar(node: &Node, x: f64, shape: Shape, packets: u64, on_bands: bool) -> Markup {
    let narrow = shape.class == "narrow";
    let at = round(x + BAR_WIDTH + 8.0);
    let middle = node.top + node.height / 2.0;
    let status = node.status.map(|status| format!(" s-{status}")).unwrap_or_default();
    let name = node.name.cut(shape.name_chars_max);
    let amount = match narrow {
        true => Both::bytes(node.bytes),
        false => Both::join(&[Both::bytes(node.bytes), packet_count(node.packets)], " · "),
    };
    let chars = [&name.de, &name.en, &amount.de].map(|text| text.chars().count()).into_iter().max().unwrap_or(0);
    let share = node.packets as f64 / packets.max(1) as f64;
    let length = if narrow { PACKETS_WIDTH / 2.0 } else { PACKETS_WIDTH };
    html! {
        rect class={ "bar" (status) } x=(round(x)) y=(round(node.top)) width=(BAR_WIDTH) height=(round(node.height)) {}
        @if on_bands && !narrow {
            rect.plate x=(round(at - 4.0)) y=(round(middle - 18.0)) width=(round(chars as f64 * CHARACTER_WIDTH + 8.0)) height="41" rx="3" {}
        }
        (name.drawn(&at.to_string(), round(middle - 4.0), "label"))
        (amount.drawn(&at.to_string(), round(middle + 10.0), "amount"))
        rect.packets-track x=(at) y=(round(middle + 15.5)) width=(length) height="3" {}
        rect.packets x=(at) y=(round(middle + 15.5)) width=(round((share * length).max(1.0))) height="3" {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(operator: &str, country: &str, bytes: u64) -> Band {
        Band { operator: Both::same(operator), country: Both::same(country), status: "eu", bytes, packets: bytes / 10 }
    }

    #[test]
    fn bars_do_not_touch_and_bands_meet_them() {
        let bands = [band("a", "x", 9000), band("b", "x", 10), band("c", "y", 1), band("a", "y", 5)];
        let scale = BANDS_HEIGHT / 9016.0;
        let mut nodes = column(&bands, |band| (&band.operator, None), scale);
        assert_eq!(nodes.iter().map(|node| node.bytes).collect::<Vec<_>>(), [9005, 10, 1]);
        stack(&mut nodes, 400.0);
        for pair in nodes.windows(2) {
            assert!(pair[0].top + pair[0].height + GAP_HEIGHT_MIN <= pair[1].top + 0.01);
        }
        let mut countries = column(&bands, |band| (&band.country, Some(band.status)), scale);
        assert_eq!(ribbons(&bands, scale, [0.0, 1.0, 2.0], 0.0, &mut nodes, &mut countries).len(), 8);
        for node in nodes.iter().chain(&countries) {
            assert!((node.arrives - node.top - node.height).abs() < 0.01);
        }
    }
}
