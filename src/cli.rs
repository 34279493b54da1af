//! What the user typed, and from it what the program needs.

#[cfg(feature = "live")]
use crate::capture::CaptureArguments;
use crate::side_by_side::CompareArguments;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use ipnet::IpNet;
use meetscope::catalogue::country_name;
use meetscope::exposure::{AddressQuery, Caller, GivenPlace};
use meetscope::report::{self, Format, Language};
use std::net::IpAddr;
use std::path::PathBuf;

/// What a meeting tells others besides its content.
///
/// Reads captures of a test call and reports which metadata became visible, who could see it, where it went and what
/// the law of that day said of the place. It contacts nobody.
#[derive(Debug, Parser)]
#[command(name = "meetscope", version, max_term_width = 100)]
pub(crate) struct Typed {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Analyse captures (pcap, pcapng; also .gz, .zst, .lz4; `-` is standard input)
    Analyse(Analyse),
    /// Put captures or JSON reports of the same test call side by side
    Compare(CompareArguments),
    /// Say where addresses are, with each piece of evidence, and whose they are
    Place(PlaceArguments),
    /// Capture a call while it happens, and report at its end as `analyse` does
    #[cfg(feature = "live")]
    Capture(Box<CaptureArguments>),
    /// Capture a call while it happens: left out of this build
    #[cfg(not(feature = "live"))]
    Capture {
        /// Whatever it would have been asked to do
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        words: Vec<String>,
    },
    /// Print the signatures of meeting services, or check a folder of them
    Signatures {
        #[command(subcommand)]
        action: Option<SignatureAction>,
    },
    /// Print every fact that a dissector can state, with its question and source
    Facts,
    /// Print the table of transfer law as of a day
    Law {
        /// Day, such as 2020-12-08; without it the newest day that the table knows
        #[arg(long, value_name = "DATE")]
        on: Option<jiff::civil::Date>,
        /// Format
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
        /// Language
        #[arg(long, value_enum, default_value_t)]
        lang: Lang,
    },
    /// Print the JSON schema of the JSON report
    Schema {
        /// Of the lines of `capture --jsonl` instead
        #[cfg(feature = "live")]
        #[arg(long)]
        live: bool,
    },
    /// Print completions for a shell
    Completions {
        /// Shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct Analyse {
    /// Captures; several are read as one in time order
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<String>,
    #[command(flatten)]
    pub(crate) outputs: OutputOptions,
    #[command(flatten)]
    pub(crate) analysis: AnalysisOptions,
    #[command(flatten)]
    pub(crate) people: DiscretionOptions,
}

/// Where reports go, and how they look.
#[derive(Debug, Args)]
pub(crate) struct OutputOptions {
    /// Write the report here; the extension chooses the format (.csv: report.csv becomes report.meetings.csv,
    /// report.streams.csv and so on, one file a table). Repeat for several
    #[arg(short, long = "output", value_name = "OUT")]
    pub(crate) output: Vec<String>,
    /// Format on standard output
    #[arg(long, value_name = "NAME", value_parser = format_names())]
    pub(crate) format: Option<String>,
    /// Language of the report
    #[arg(long, value_enum, default_value_t)]
    pub(crate) lang: Lang,
}

/// What an analysis may know besides the packets.
#[derive(Debug, Args)]
pub(crate) struct AnalysisOptions {
    /// Where the captured device is: a country (DE) or latitude and longitude (53.79,12.17)
    #[arg(long, value_name = "PLACE", value_parser = place, allow_hyphen_values = true)]
    pub(crate) from: Option<GivenPlace>,
    /// Address or network of the captured side. Repeat for several
    #[arg(long, value_name = "CIDR", value_parser = network)]
    pub(crate) local: Vec<IpNet>,
    /// MaxMind DB file (GeoLite2, GeoIP2, DB-IP, IPinfo), asked before the built-in one. Repeat for several
    #[arg(long, value_name = "FILE")]
    pub(crate) geo_db: Vec<PathBuf>,
    /// Folder with signature files to use besides the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) signatures: Option<PathBuf>,
}

/// How the report treats the people that it tells of.
#[derive(Debug, Args)]
pub(crate) struct DiscretionOptions {
    /// Replace local and peer addresses, hardware addresses and names of people, devices and organisations with
    /// pseudonyms, the same in every format; addresses and names of servers stay
    #[arg(long)]
    pub(crate) pseudonymise: bool,
    /// Make the pseudonyms from this secret file of at least 16 bytes, the same for the same file and capture; without
    /// it the key is random and not kept
    #[arg(long, value_name = "FILE", requires = "pseudonymise")]
    pub(crate) pseudonym_key: Option<PathBuf>,
    /// Leave out what single participants did: who spoke, was silent, showed a picture or a screen, came and went
    #[arg(long)]
    pub(crate) minimise: bool,
    /// What the report is made for; the report states it
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) purpose: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PlaceArguments {
    /// IPv4 or IPv6 addresses
    #[arg(required = true, value_name = "ADDRESS")]
    pub(crate) addresses: Vec<IpAddr>,
    /// Day whose law counts, such as 2020-12-08; without it the newest day that the table of law knows
    #[arg(long, value_name = "DATE")]
    pub(crate) on: Option<jiff::civil::Date>,
    /// Shortest round trip that was measured to the addresses, in milliseconds
    #[arg(long, value_name = "MS", value_parser = milliseconds, allow_hyphen_values = true)]
    pub(crate) rtt: Option<f64>,
    /// Where it was measured: a country (DE) or latitude and longitude (53.79,12.17)
    #[arg(long, value_name = "PLACE", value_parser = place, allow_hyphen_values = true)]
    pub(crate) from: Option<GivenPlace>,
    /// Name that the addresses were reached by
    #[arg(long, value_name = "HOST")]
    pub(crate) name: Option<String>,
    /// Format: an array of answers in JSON, or text
    #[arg(long, value_name = "NAME", value_enum, default_value_t)]
    pub(crate) format: PlaceFormat,
    /// Language of the text
    #[arg(long, value_enum, default_value_t)]
    pub(crate) lang: Lang,
    /// MaxMind DB file (GeoLite2, GeoIP2, DB-IP, IPinfo), asked before the built-in one. Repeat for several
    #[arg(long, value_name = "FILE")]
    pub(crate) geo_db: Vec<PathBuf>,
    /// Folder with signature files to use besides the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) signatures: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlaceFormat {
    /// For reading
    #[default]
    Text,
    /// For programs
    Json,
}

impl PlaceArguments {
    /// One question for each address.
    pub(crate) fn queries(&self, newest: jiff::civil::Date) -> Vec<AddressQuery> {
        let query = |address: &IpAddr| AddressQuery {
            address: *address,
            name: self.name.clone(),
            day: self.on.unwrap_or(newest),
            rtt_ms: self.rtt,
            from: self.from.clone(),
        };
        self.addresses.iter().map(query).collect()
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum SignatureAction {
    /// List the services
    List,
    /// Check all signatures, with those of a folder: form, claims, examples, near misses
    Check {
        /// Folder with signature files; advice stands in its folder `advice`
        folder: Option<PathBuf>,
    },
    /// Print one signature file
    Show {
        /// Identifier, as `list` prints it
        id: String,
    },
}

/// How a table is printed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum TableFormat {
    /// For readers
    #[default]
    Text,
    /// For programs; both languages
    Json,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Lang {
    /// German
    #[default]
    De,
    /// English
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::De => Language::German,
            Lang::En => Language::English,
        }
    }
}

/// Where one report, or one table of it, goes.
pub(crate) struct Target {
    /// File, or `None` for standard output.
    pub(crate) path: Option<String>,
    pub(crate) format: &'static Format,
    /// Writes the report or the table.
    pub(crate) write: report::WriteReport,
}

impl Target {
    fn whole(path: Option<String>, format: &'static Format) -> Target {
        Target { path, format, write: format.write }
    }

    /// One file, or one for each table of a format that has tables.
    fn files(path: &str, format: &'static Format) -> Vec<Target> {
        let tables = report::tables(format);
        if tables.is_empty() {
            return vec![Target::whole(Some(path.to_owned()), format)];
        }
        let (stem, extension) = path.rsplit_once('.').unwrap_or((path, format.extension));
        let name = |table: &report::Table| Some(format!("{stem}.{}.{extension}", table.name));
        tables.iter().map(|table| Target { path: name(table), format, write: table.write }).collect()
    }
}

impl OutputOptions {
    /// The reports wanted: each `-o` by its extension; standard output when there is none, or when `--format` asks.
    pub(crate) fn targets(&self) -> Result<Vec<Target>, String> {
        let mut targets = Vec::new();
        for path in &self.output {
            let format = report::by_path(path).ok_or_else(|| unknown_extension(path))?;
            targets.extend(Target::files(path, format));
        }
        let named = self.format.as_deref().and_then(report::by_name);
        if let Some(format) = named.or(report::ALL.first().copied().filter(|_| targets.is_empty())) {
            targets.push(Target::whole(None, format));
        }
        Ok(targets)
    }
}

impl AnalysisOptions {
    pub(crate) fn caller(&self) -> Caller {
        Caller { local: self.local.clone(), from: self.from.clone() }
    }
}

pub(crate) fn command() -> clap::Command {
    Typed::command()
}

fn format_names() -> clap::builder::PossibleValuesParser {
    let values = report::ALL.iter().map(|format| clap::builder::PossibleValue::new(format.name).help(format.about));
    clap::builder::PossibleValuesParser::new(values)
}

fn unknown_extension(path: &str) -> String {
    let known: Vec<_> = report::ALL.iter().map(|format| format!(".{}", format.extension)).collect();
    format!("cannot tell the format of the report {path:?} from its extension: use one of {}", known.join(", "))
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<std::net::IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| address()).map_err(|_| "not an address or network such as 192.168.1.0/24".to_owned())
}

fn place(text: &str) -> Result<GivenPlace, String> {
    let is_known = |place: &GivenPlace| match place {
        GivenPlace::Country(code) => country_name(code, false).is_some(),
        GivenPlace::Point(..) => true,
    };
    GivenPlace::parse(text)
        .filter(is_known)
        .ok_or_else(|| "neither a country code such as DE nor a place such as 53.79,12.17".to_owned())
}

fn milliseconds(text: &str) -> Result<f64, String> {
    let ms = text.parse().ok().filter(|ms: &f64| ms.is_finite() && *ms > 0.0);
    ms.ok_or_else(|| "not a time in milliseconds such as 17.4".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(words: &[&str]) -> Result<Vec<(Option<String>, &'static str)>, String> {
        let all = ["meetscope", "analyse", "call.pcap"].iter().chain(words);
        let typed = Typed::try_parse_from(all).map_err(|error| error.to_string())?;
        let Command::Analyse(analyse) = typed.command else { return Err("another command".into()) };
        let targets = analyse.outputs.targets()?;
        Ok(targets.into_iter().map(|target| (target.path, target.format.name)).collect())
    }

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn reports_go_where_they_are_asked_for() {
        let file = |path: &str| Some(path.to_owned());
        assert_eq!(targets(&[]), Ok(vec![(None, "text")]));
        assert_eq!(targets(&["--format", "json"]), Ok(vec![(None, "json")]));
        assert_eq!(
            targets(&["-o", "a.JSON", "-o", "b.txt"]),
            Ok(vec![(file("a.JSON"), "json"), (file("b.txt"), "text")])
        );
        assert_eq!(targets(&["-o", "a.json", "--format", "text"]), Ok(vec![(file("a.json"), "json"), (None, "text")]));
    }

    #[test]
    fn tables_go_to_files_of_their_own() {
        let files: Vec<_> = targets(&["-o", "out/a.b.csv"]).unwrap().into_iter().filter_map(|(path, _)| path).collect();
        assert_eq!(
            files,
            ["meetings", "streams", "endpoints", "exposures", "transfers"].map(|name| format!("out/a.b.{name}.csv"))
        );
        assert_eq!(targets(&["--format", "csv"]), Ok(vec![(None, "csv")]));
    }

    #[test]
    fn an_unknown_format_names_the_known_ones() {
        for words in [["-o", "report.doc"], ["-o", "report"]] {
            let error = targets(&words).unwrap_err();
            assert!(error.contains(".txt") && error.contains(".json"), "{error}");
        }
        assert!(targets(&["--format", "doc"]).unwrap_err().contains("possible values"));
    }

    #[test]
    fn addresses_and_networks_are_both_networks() {
        assert_eq!(network("10.0.0.0/8").unwrap().to_string(), "10.0.0.0/8");
        assert_eq!(network("2001:db8::5").unwrap().to_string(), "2001:db8::5/128");
        assert!(network("example").is_err());
        assert!(
            place("-33.9,18.4").is_ok() && place("de").is_ok() && place("Germany").is_err() && place("UK").is_err()
        );
        assert!(milliseconds("17.4").is_ok() && milliseconds("0").is_err() && milliseconds("inf").is_err());
    }
}
