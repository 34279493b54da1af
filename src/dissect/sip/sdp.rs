//! Session descriptions (RFC 8866): where media go and how they are coded.

use super::super::head;
use super::{SDP_ADDRESS, SDP_CODEC, SDP_TOOL, state};
use crate::model::{Evidence, Output};
use std::net::{IpAddr, SocketAddr};

/// Most lines read of a session description.
const LINES_MAX: usize = 256;

/// The lines of a session description that tell addresses and codecs.
#[derive(Debug, Default)]
pub(super) struct Description<'a> {
    session: Option<IpAddr>,
    /// Medium, port and own address of the current `m=` section.
    medium: Option<(&'a str, u16, Option<IpAddr>)>,
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
                    Some((_, _, own)) => *own = address,
                    None => self.session = address,
                }
            }
            "m" => {
                self.end_medium(at, out);
                let mut parts = value.split(' ');
                let (medium, port) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                let port = port.split('/').next().unwrap_or_default().parse().unwrap_or(0);
                self.medium = Some((medium, port, None));
            }
            "a" => self.attribute(value, at, out),
            _ => {}
        }
    }

    fn attribute(&self, value: &str, at: Evidence, out: &mut Output) {
        match (value.split_once(':'), self.medium) {
            (Some(("rtpmap", codec)), Some((medium, ..))) => {
                state(&SDP_CODEC, format!("{medium} {codec}"), at, out);
            }
            (Some(("tool", tool)), _) => state(&SDP_TOOL, tool.to_owned(), at, out),
            (Some(("candidate", candidate)), _) => {
                let mut parts = candidate.split(' ').skip(4);
                let address = parts.next().and_then(|text| text.parse().ok());
                let port = parts.next().and_then(|text| text.parse().ok());
                state_address(address, port.unwrap_or(0), at, out);
            }
            _ => {}
        }
    }

    fn end_medium(&mut self, at: Evidence, out: &mut Output) {
        if let Some((_, port, own)) = self.medium.take() {
            state_address(own.or(self.session), port, at, out);
        }
    }
}

/// Port 0 refuses a medium, and an unspecified address holds the call: neither is where anybody is.
fn state_address(address: Option<IpAddr>, port: u16, at: Evidence, out: &mut Output) {
    if let Some(address) = address.filter(|address| port != 0 && !address.is_unspecified()) {
        out.facts.state(&SDP_ADDRESS, SocketAddr::new(address, port), at);
    }
}
