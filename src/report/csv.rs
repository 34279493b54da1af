//! Tables for spreadsheets and other programs: RFC 4180 in UTF-8, one row an item, columns that stay the same in both
//! languages. The names of columns are those of the JSON report.
//!
//! Text from packets is made harmless first: what could move a cursor is escaped, and where a spreadsheet would take
//! text for a formula, at the start of a cell or of what it might split off, an apostrophe stands before it.

use super::{Format, Layout, Table};
use crate::exposure::{Endpoint, EvidenceEntry, ExposureEntry, Findings, Interval, Meeting, Name, Stream};
use crate::model::text::for_spreadsheet;
use std::io::{self, Write};

/// `--format csv`, `-o report.csv`.
pub(super) static FORMAT: Format = Format {
    name: "csv",
    extension: "csv",
    about: "tables for spreadsheets: -o report.csv writes report.meetings.csv, .streams, .endpoints, .exposures, .transfers",
    write,
};

/// The tables, each a file of its own.
pub(super) static TABLES: &[Table] = &[
    Table { name: "meetings", write: meetings },
    Table { name: "streams", write: streams },
    Table { name: "endpoints", write: endpoints },
    Table { name: "exposures", write: exposures },
    Table { name: "transfers", write: transfers },
];

/// Between the entries of a list in one cell.
const SEPARATOR: &str = "; ";

/// All tables one below the other, an empty line between them, for standard output.
fn write(findings: &Findings, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    for (index, table) in TABLES.iter().enumerate() {
        if index > 0 {
            out.write_all(b"\r\n")?;
        }
        (table.write)(findings, layout, out)?;
    }
    Ok(())
}

fn meetings(findings: &Findings, _layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let head = "id,provider,provider_name,confidence,start,end,duration_s,began_before_capture_seconds,\
                began_before_capture_basis,ended_after_capture,\
                topology,local,participants_at_least,participants_basis,participants_seen,peers,because_de,because_en";
    table(head, findings.meetings.iter().map(meeting), out)
}

fn meeting(meeting: &Meeting) -> Row {
    let because = |german: bool| {
        let says = meeting.because.iter().map(|reason| if german { &reason.says.de } else { &reason.says.en });
        says.cloned().collect::<Vec<_>>().join(SEPARATOR)
    };
    Row::default()
        .text(&meeting.id)
        .maybe(meeting.provider.as_deref())
        .maybe(meeting.provider_name.as_deref())
        .text(&meeting.confidence)
        .text(&meeting.start)
        .text(&meeting.end)
        .data(meeting.duration_s)
        .number(meeting.began_before_capture.as_ref().and_then(|before| before.seconds))
        .maybe(meeting.began_before_capture.as_ref().map(|before| before.basis.as_str()))
        .data(meeting.ended_after_capture)
        .text(&meeting.topology)
        .text(&meeting.local)
        .data(meeting.participants.at_least)
        .text(&meeting.participants.basis)
        .list(meeting.participants_seen.iter().map(|person| person.label.as_str()))
        .list(meeting.peers.iter().map(|peer| peer.address.as_str()))
        .text(&because(true))
        .text(&because(false))
}

fn streams(findings: &Findings, _layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let head = "meeting,id,ssrc,kind,direction,payload_types,codec,start,end,packets,bytes,mean_bitrate_bps,\
                lost_packets,flow,participant,repair_of,talk,talk_basis,silent_or_muted,paused";
    let all = findings.meetings.iter().flat_map(|meeting| meeting.streams.iter().map(move |stream| (meeting, stream)));
    table(head, all.map(|(meeting, entry)| stream(meeting, entry)), out)
}

fn stream(meeting: &Meeting, stream: &Stream) -> Row {
    let types: Vec<_> = stream.payload_types.iter().map(ToString::to_string).collect();
    Row::default()
        .text(&meeting.id)
        .text(&stream.id)
        .data(stream.ssrc)
        .text(&stream.kind)
        .text(&stream.direction)
        .list(types.iter().map(String::as_str))
        .maybe(stream.codec.as_deref())
        .text(&stream.start)
        .text(&stream.end)
        .data(stream.packets)
        .data(stream.bytes)
        .data(stream.mean_bitrate_bps)
        .data(stream.lost_packets)
        .text(&stream.flow)
        .maybe(stream.participant.as_deref())
        .maybe(stream.repair_of.as_deref())
        .text(&stream.talk.as_deref().map(intervals).unwrap_or_default())
        .maybe(stream.talk_basis.as_deref())
        .text(&intervals(&stream.silent_or_muted))
        .text(&intervals(&stream.paused))
}

/// `from/to` each (ISO 8601-1 section 5.5).
fn intervals(list: &[Interval]) -> String {
    list.iter().map(|interval| format!("{}/{}", interval.from, interval.to)).collect::<Vec<_>>().join(SEPARATOR)
}

fn endpoints(findings: &Findings, _layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let head = "id,address,ports,names,provider,purpose,operator_asn,operator_name,operator_country,\
                jurisdiction_entity,jurisdiction_country,jurisdiction_parent_country,anycast,place_country,\
                place_verdict,place_evidence,place_max_distance_km,transfer_status,transfer_basis_de,\
                transfer_basis_en,transfer_on,bytes_sent,bytes_received,packets_sent,packets_received";
    table(head, findings.endpoints.iter().map(endpoint), out)
}

fn endpoint(endpoint: &Endpoint) -> Row {
    let ports: Vec<_> = endpoint.ports.iter().map(ToString::to_string).collect();
    let proofs = endpoint.place.evidence.iter();
    let proofs: Vec<_> = proofs.map(|proof| format!("{}: {} ({})", proof.kind, proof.says, proof.detail)).collect();
    let law = endpoint.jurisdiction.clone().unwrap_or_default();
    Row::default()
        .text(&endpoint.id)
        .text(&endpoint.address)
        .list(ports.iter().map(String::as_str))
        .list(endpoint.names.iter().map(|Name { name, .. }| name.as_str()))
        .maybe(endpoint.provider.as_deref())
        .list(endpoint.purpose.iter().map(String::as_str))
        .number(endpoint.operator.asn)
        .maybe(endpoint.operator.name.as_deref())
        .maybe(endpoint.operator.country.as_deref())
        .maybe(law.entity.as_deref())
        .maybe(law.country.as_deref())
        .maybe(law.parent_country.as_deref())
        .data(endpoint.anycast)
        .maybe(endpoint.place.country.as_deref())
        .text(&endpoint.place.verdict)
        .list(proofs.iter().map(String::as_str))
        .number(endpoint.place.max_distance_km)
        .text(&endpoint.transfer.status)
        .text(&endpoint.transfer.basis.de)
        .text(&endpoint.transfer.basis.en)
        .maybe(endpoint.transfer.on.as_deref())
        .data(endpoint.bytes_sent)
        .data(endpoint.bytes_received)
        .data(endpoint.packets_sent)
        .data(endpoint.packets_received)
}

fn exposures(findings: &Findings, _layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let head = "id,question,key,value,meeting,observers,certainty,statement_de,statement_en,frames,filters";
    table(head, findings.exposures.iter().map(exposure), out)
}

fn exposure(exposure: &ExposureEntry) -> Row {
    let frames: Vec<_> = exposure.evidence.iter().map(frame).collect();
    Row::default()
        .text(&exposure.id)
        .text(&exposure.question)
        .text(&exposure.key)
        .text(&exposure.value)
        .maybe(exposure.meeting.as_deref())
        .list(exposure.observers.iter().map(String::as_str))
        .text(&exposure.certainty)
        .text(&exposure.statement.de)
        .text(&exposure.statement.en)
        .list(frames.iter().map(String::as_str))
        .list(exposure.evidence.iter().map(|evidence| evidence.filter.as_str()))
}

/// Capture, counted from 0 as in the JSON report, and frame.
fn frame(evidence: &EvidenceEntry) -> String {
    format!("{}:{}", evidence.capture, evidence.frame)
}

fn transfers(findings: &Findings, _layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let rows = findings.transfers.iter().map(|total| {
        Row::default()
            .maybe(total.country.as_deref())
            .text(&total.status)
            .list(total.endpoints.iter().map(String::as_str))
            .list(total.purposes.iter().map(String::as_str))
            .data(total.bytes_sent)
            .data(total.bytes_received)
    });
    table("country,status,endpoints,purposes,bytes_sent,bytes_received", rows, out)
}

fn table(head: &str, rows: impl Iterator<Item = Row>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{head}\r\n")?;
    for Row(cells) in rows {
        write!(out, "{}\r\n", cells.join(","))?;
    }
    Ok(())
}

/// The cells of a row, as they are written.
#[derive(Default)]
struct Row(Vec<String>);

impl Row {
    /// A number or a truth value of our own.
    fn data(mut self, value: impl ToString) -> Row {
        self.0.push(value.to_string());
        self
    }

    fn number(self, value: Option<impl ToString>) -> Row {
        self.data(value.map(|value| value.to_string()).unwrap_or_default())
    }

    fn text(mut self, text: &str) -> Row {
        self.0.push(for_spreadsheet(text));
        self
    }

    fn maybe(self, text: Option<&str>) -> Row {
        self.text(text.unwrap_or_default())
    }

    fn list<'t>(self, items: impl Iterator<Item = &'t str>) -> Row {
        self.text(&items.collect::<Vec<_>>().join(SEPARATOR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Language;

    #[test]
    fn every_row_has_the_columns_of_its_head() {
        let mut findings = Findings::default();
        let meeting = Meeting { streams: vec![Stream::default()], ..Meeting::default() };
        findings.meetings.push(meeting);
        findings.endpoints.push(Endpoint::default());
        findings.exposures.push(ExposureEntry::default());
        findings.transfers.push(Default::default());
        for table in TABLES {
            let mut out = Vec::new();
            (table.write)(&findings, Layout { language: Language::German, columns: 80 }, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let lines: Vec<_> = text.split_terminator("\r\n").map(|line| line.split(',').count()).collect();
            assert_eq!(lines.len(), 2, "{}", table.name);
            assert_eq!(lines[0], lines[1], "{}", table.name);
        }
    }
}
