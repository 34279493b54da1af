//! Session descriptions (RFC 8866): where media go and how they are coded.

use super::super::head;
use super::keys::{SDP_ADDRESS, SDP_CODEC, SDP_KEY, SDP_MEDIA, SDP_OWNER, SDP_SESSION, SDP_TOOL};
use super::state;
use crate::model::{Evidence, Output};
use std::net::{IpAddr, SocketAddr};

/// Most lines read of a session description.
const LINES_MAX: usize = 256;
/// Most payload types read of a medium.
const FORMATS_MAX: usize = 32;
/// Session names that are fillers (RFC 8866 section 5.3), and those that programs put there.
const FILLERS: [&str; 6] = ["", "-", " ", "session", "call", "sip call"];

/// The lines of a session description that tell addresses and codecs.
#[derive(Debug, Default)]
pub(super) struct Description<'a> {
    session: Option<IpAddr>,
    way: Option<&'a str>,
    medium: Option<Medium<'a>>,
}

/// One `m=` section.
#[derive(Debug, Default)]
struct Medium<'a> {
    name: &'a str,
    port: u16,
    transport: &'a str,
    /// Payload types with their codecs.
    formats: Vec<(&'a str, Option<&'a str>)>,
    own: Option<IpAddr>,
    way: Option<&'a str>,
}

impl<'a> Medium<'a> {
    /// Reads `audio 4000/2 RTP/AVP 0 8`.
    fn read(value: &'a str) -> Medium<'a> {
        let mut parts = value.split(' ').filter(|part| !part.is_empty());
        let (name, port) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let port = port.split('/').next().unwrap_or_default().parse().unwrap_or(0);
        let transport = parts.next().unwrap_or_default();
        let formats = parts.take(FORMATS_MAX).map(|format| (format, None)).collect();
        Medium { name, port, transport, formats, own: None, way: None }
    }

    /// Takes in `96 opus/48000/2`.
    fn note_codec(&mut self, value: &'a str) {
        if let Some((number, codec)) = value.split_once(' ')
            && let Some((_, known)) = self.formats.iter_mut().find(|(format, _)| *format == number)
        {
            *known = Some(codec.trim());
        }
    }

    fn text(&self, at: SocketAddr, way: Option<&str>) -> String {
        let mut text = format!("{at} {} {}", self.name, self.transport);
        for (number, codec) in &self.formats {
            text.push(' ');
            text.push_str(number);
            if let Some(codec) = codec {
                text.push('=');
                text.push_str(codec);
            }
        }
        if let Some(way) = self.way.or(way).filter(|way| *way != "sendrecv") {
            text.push(' ');
            text.push_str(way);
        }
        text
    }
}

impl<'a> Description<'a> {
    /// Reads a whole description and states what it tells.
    pub(super) fn read(mut self, body: &'a [u8], at: Evidence, out: &mut Output) {
        let mut rest = body;
        for _ in 0..LINES_MAX {
            if rest.is_empty() {
                break;
            }
            let (line, behind) = head::split_line(rest);
            rest = behind;
            if let Some((kind, value)) = std::str::from_utf8(line).ok().and_then(|line| line.split_once('=')) {
                self.line(kind, value, at, out);
            }
        }
        self.end_medium(at, out);
    }

    fn line(&mut self, kind: &str, value: &'a str, at: Evidence, out: &mut Output) {
        match kind {
            "c" => {
                let address = value.split(' ').nth(2).and_then(|text| text.split('/').next()?.parse().ok());
                match &mut self.medium {
                    Some(medium) => medium.own = address,
                    None => self.session = address,
                }
            }
            "m" => {
                self.end_medium(at, out);
                self.medium = Some(Medium::read(value));
            }
            "a" => self.attribute(value, at, out),
            "o" => state_owner(value, at, out),
            "s" if !FILLERS.contains(&value.to_ascii_lowercase().as_str()) => {
                state(&SDP_SESSION, value.to_owned(), at, out);
            }
            _ => {}
        }
    }

    fn attribute(&mut self, value: &'a str, at: Evidence, out: &mut Output) {
        match (value.split_once(':'), &mut self.medium) {
            (Some(("rtpmap", codec)), Some(medium)) => {
                medium.note_codec(codec);
                state(&SDP_CODEC, format!("{} {codec}", medium.name), at, out);
            }
            (Some(("tool", tool)), _) => state(&SDP_TOOL, tool.to_owned(), at, out),
            (Some(("crypto", crypto)), _) => {
                let suite = crypto.split(' ').nth(1).unwrap_or_default();
                state(&SDP_KEY, suite.to_owned(), at, out);
            }
            (Some(("candidate", candidate)), _) => {
                let mut parts = candidate.split(' ').skip(4);
                let address = parts.next().and_then(|text| text.parse().ok());
                let port = parts.next().and_then(|text| text.parse().ok());
                state_address(address, port.unwrap_or(0), at, out);
            }
            (None, medium) if matches!(value, "sendrecv" | "sendonly" | "recvonly" | "inactive") => match medium {
                Some(medium) => medium.way = Some(value),
                None => self.way = Some(value),
            },
            _ => {}
        }
    }

    fn end_medium(&mut self, at: Evidence, out: &mut Output) {
        let Some(medium) = self.medium.take() else { return };
        let address = medium.own.or(self.session);
        state_address(address, medium.port, at, out);
        if let Some(address) = address.filter(|_| medium.port != 0) {
            state(&SDP_MEDIA, medium.text(SocketAddr::new(address, medium.port), self.way), at, out);
        }
    }
}

/// `alice 2890844526 2890842807 IN IP4 192.0.2.7`; a dash is nobody's name.
fn state_owner(value: &str, at: Evidence, out: &mut Output) {
    let mut parts = value.split(' ');
    let (Some(user), Some(address)) = (parts.next(), parts.nth(4)) else { return };
    if user != "-" {
        state(&SDP_OWNER, format!("{user} {address}"), at, out);
    }
}

/// Port 0 refuses a medium, and an unspecified address holds the call: neither is where anybody is.
fn state_address(address: Option<IpAddr>, port: u16, at: Evidence, out: &mut Output) {
    if let Some(address) = address.filter(|address| port != 0 && !address.is_unspecified()) {
        out.facts.state(&SDP_ADDRESS, SocketAddr::new(address, port), at);
    }
}
