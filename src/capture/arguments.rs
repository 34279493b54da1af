//! What `meetscope capture` is asked to do.

use crate::cli::{AnalysisOptions, DiscretionOptions, OutputOptions};
use clap::Args;
use std::time::Duration;

/// Longest time that can be asked for.
const SECONDS_MAX: u64 = 366 * 24 * 3600;
/// Largest buffer in the kernel that can be asked for: libpcap takes a 32-bit number.
const BUFFER_BYTES_MAX: u64 = 1 << 30;
/// Smallest size of a file, so that a typing error does not make a million of them.
const FILE_BYTES_MIN: u64 = 100_000;
/// Most bytes of a frame that libpcap gives.
const FRAME_BYTES_MAX: i64 = 262_144;

#[derive(Debug, Args)]
pub(crate) struct CaptureArguments {
    /// Interface to capture from; without it the one with the default route. `any` stands for all. Repeat for several
    #[arg(short, long, value_name = "IF")]
    pub(crate) interface: Vec<String>,
    /// Print the interfaces with their addresses and end
    #[arg(long)]
    pub(crate) list: bool,
    /// Write the packets to this file (pcapng)
    #[arg(short, long = "write", value_name = "FILE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) write: Option<String>,
    /// Begin another file when this one is so large, such as 100M: FILE becomes FILE_00001_20261123140500
    #[arg(long, value_name = "SIZE", value_parser = file_size, requires = "write")]
    pub(crate) rotate_size: Option<u64>,
    /// Begin another file after this time, such as 10m
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "write")]
    pub(crate) rotate_time: Option<Duration>,
    /// Keep this many files and delete older ones
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), requires = "write")]
    pub(crate) rotate_keep: Option<u32>,
    /// End after this time, such as 90s, 10m or 1h30m
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(crate) duration: Option<Duration>,
    /// End when a call was seen and is over
    #[arg(long)]
    pub(crate) until_call_ends: bool,
    /// How long no call must be seen before it is taken to be over
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "15s")]
    pub(crate) call_end_wait: Duration,
    /// Keep and analyse of each packet only what tells of the call, not what was said, shown or typed
    #[arg(long)]
    pub(crate) headers_only: bool,
    /// Most bytes kept of a packet
    #[arg(long, value_name = "BYTES", default_value_t = FRAME_BYTES_MAX, value_parser = clap::value_parser!(i64).range(64..=FRAME_BYTES_MAX))]
    pub(crate) snaplen: i64,
    /// Capture only packets that match, in the language of tcpdump: `host 192.0.2.7 and udp`
    #[arg(long, value_name = "BPF")]
    pub(crate) filter: Option<String>,
    /// Buffer in the kernel for each interface
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = buffer_size)]
    pub(crate) buffer: u64,
    /// Capture also what is meant for other hosts. Without it only this host's own traffic is seen, which is enough for
    /// a test call and spares everybody else
    #[arg(long)]
    pub(crate) promiscuous: bool,
    /// Print a line a second instead of the screen
    #[arg(long)]
    pub(crate) no_screen: bool,
    /// Print JSON lines for programs on standard output; the report goes to the files of -o only
    #[arg(long, conflicts_with = "format")]
    pub(crate) jsonl: bool,
    /// Do not have the system refuse files, connections and programs to this program, where that makes trouble; rights
    /// are given up in any case
    #[arg(long)]
    pub(crate) no_sandbox: bool,
    #[command(flatten)]
    pub(crate) outputs: OutputOptions,
    #[command(flatten)]
    pub(crate) analysis: AnalysisOptions,
    #[command(flatten)]
    pub(crate) people: DiscretionOptions,
}

/// Reads `90s`, `10m`, `1h30m`, `1d`; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "not a time such as 90s, 10m or 1h30m".to_owned();
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, unit) = leading_number(rest).ok_or_else(wrong)?;
        let letters = unit.len() - unit.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).len();
        let (unit, behind) = unit.split_at(letters);
        let seconds = match unit {
            "s" => 1,
            "" if rest == text => 1,
            "m" | "min" => 60,
            "h" => 3600,
            "d" => 24 * 3600,
            _ => return Err(wrong()),
        };
        total = number.checked_mul(seconds).and_then(|more| total.checked_add(more)).ok_or_else(wrong)?;
        rest = behind;
    }
    match total {
        0 => Err(wrong()),
        1..=SECONDS_MAX => Ok(Duration::from_secs(total)),
        _ => Err("longer than a year".to_owned()),
    }
}

/// Reads `100M`, `64K`, `1G` (powers of 1024, `MB` and `MiB` alike); a bare number is bytes.
fn size(text: &str) -> Result<u64, String> {
    let wrong = || "not a size such as 100M or 1G".to_owned();
    let (number, unit) = leading_number(text).ok_or_else(wrong)?;
    let unit = unit.to_ascii_lowercase();
    let shift = match unit.trim_end_matches("ib").trim_end_matches('b') {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => return Err(wrong()),
    };
    number.checked_mul(1 << shift).filter(|bytes| *bytes > 0).ok_or_else(wrong)
}

fn file_size(text: &str) -> Result<u64, String> {
    let bytes = size(text)?;
    if bytes < FILE_BYTES_MIN {
        Err(format!("less than {FILE_BYTES_MIN} bytes, too small for a file"))
    } else {
        Ok(bytes)
    }
}

fn buffer_size(text: &str) -> Result<u64, String> {
    let bytes = size(text)?;
    if bytes > BUFFER_BYTES_MAX { Err("more than 1G".to_owned()) } else { Ok(bytes) }
}

fn leading_number(text: &str) -> Option<(u64, &str)> {
    let digits = text.len() - text.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
    let (number, rest) = text.split_at(digits);
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let seconds = |text| duration(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("2s"), Ok(2));
        assert_eq!(seconds("90"), Ok(90));
        assert_eq!(seconds("10m"), Ok(600));
        assert_eq!(seconds("1h30m"), Ok(5400));
        assert_eq!(seconds("1d2h3m4s"), Ok(93_784));
        for wrong in ["", "0", "0s", "-1s", "1.5h", "10x", "m", "1h30", "400d", "99999999999999999999s", "ä", "1sä"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_read() {
        assert_eq!(size("100M"), Ok(100 << 20));
        assert_eq!(size("64k"), Ok(64 << 10));
        assert_eq!((size("1GiB"), size("1GB"), size("1g")), (Ok(1 << 30), Ok(1 << 30), Ok(1 << 30)));
        assert_eq!(size("1500"), Ok(1500));
        for wrong in ["", "M", "0", "1.5M", "1T", "-1", "99999999999G"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        assert!(file_size("10k").is_err() && buffer_size("2G").is_err());
    }
}
