//! What STUN and TURN say in the captures of `MEETSCOPE_CAPTURES`, against what another program read.
//!
//! Where that program is wrong the packets decide, and the rule says why: MS-TURN has the numbers and the plain
//! addresses of the draft that it comes from, and Zoom hides ports and turns a mask around. Each rule recomputes what
//! the other program printed from what we read, so that a value of ours that is wrong satisfies none.

use super::corpus::{analyse, files, in_parallel, read_json, root, with_truth};
use super::program::{items, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Mutex;

/// The magic cookie (RFC 8489 section 5).
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// Values that we read, by key.
struct Read(BTreeMap<String, BTreeSet<String>>);

/// How a value of the other program stands to ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Same,
    /// Another than ours for this reason.
    Explained(&'static str),
    Missed,
}

#[test]
fn stun_values_are_those_of_the_reference_where_it_is_right() {
    let Some(root) = root() else { return };
    let tally: Mutex<BTreeMap<(&str, Standing), usize>> = Mutex::default();
    let bad = in_parallel(&with_truth(&root), |(path, truth)| {
        let truth = &truth["stun"];
        if truth.as_object().is_none_or(serde_json::Map::is_empty) {
            return Vec::new();
        }
        let read = Read::of(&analyse(path).report());
        let mut bad = Vec::new();
        for (what, value, standing) in compare(truth, &read) {
            if let Ok(mut tally) = tally.lock() {
                *tally.entry((what, standing)).or_default() += 1;
            }
            if standing == Standing::Missed {
                bad.push(format!("{}: {what} not read: {value:?}", path.display()));
            }
        }
        bad
    });
    let tally = tally.into_inner().expect("no thread failed");
    for ((what, standing), count) in &tally {
        println!("{what}: {count} {standing:?}");
    }
    let same: usize =
        tally.iter().filter(|((_, standing), _)| *standing == Standing::Same).map(|(_, count)| count).sum();
    assert!(same > 0 && bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn no_address_is_made_up() {
    let Some(root) = root() else { return };
    let count = Mutex::new(0usize);
    let bad = in_parallel(&with_truth(&root), |(path, truth)| {
        let truth = &truth["stun"];
        let lists = ["xor_mapped", "mapped", "xor_peer", "xor_relayed", "ms_turn_remote_address_plain"]
            .map(|list| &truth[list]);
        let others = truth["other_addr"].as_object().into_iter().flat_map(|lists| lists.values());
        let keys = lists.into_iter().chain(others).filter_map(Value::as_object).flat_map(|counts| counts.keys());
        let known: BTreeSet<String> =
            keys.filter_map(|value| address_of(value)).map(|address| address.to_string()).collect();
        let report = analyse(path).report();
        // The other program does not look for STUN in streams, and Zoom's dialects it cannot read.
        let flows = items(&report, "flows").iter().filter(|flow| text(flow, "transport") == "udp");
        let mut bad = Vec::new();
        for flow in flows.filter(|flow| !says(flow, "stun.dialect", "zoom")) {
            let told: Vec<&str> = items(flow, "facts")
                .iter()
                .filter(|fact| is_address(text(fact, "key")))
                .map(|fact| text(fact, "value"))
                .collect();
            if let Ok(mut count) = count.lock() {
                *count += told.len();
            }
            let made_up = told.iter().filter(|address| !known.contains(**address));
            bad.extend(made_up.map(|address| format!("{}: only ours: {address} in {}", path.display(), flow["id"])));
        }
        bad
    });
    let count = count.into_inner().expect("no thread failed");
    println!("{count} addresses told, {} of them that nobody else read", bad.len());
    assert!(count > 0 && bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn recorded_calls_took_the_path_that_we_say_was_chosen() {
    let Some(root) = root() else { return };
    let mut count = 0;
    for path in files(&root.join("lab")).into_iter().filter(|path| path.to_string_lossy().ends_with(".truth.json")) {
        let truth = read_json(&path);
        let report = analyse(&root.join("lab").join(text(&truth["capture"], "file"))).report();
        let read = Read::of(&report);
        let chosen: Vec<&String> = read.all(&["stun.nominated-pair"]).collect();
        let selected = items(&truth["ice"], "selected_pairs");
        assert!(chosen.len() >= selected.len(), "{}: {chosen:?}", path.display());
        for pair in selected {
            assert!(chosen.iter().any(|chosen| is_path(chosen, pair)), "{}: {chosen:?}, truth {pair}", path.display());
            count += 1;
        }
        assert!(!selected.is_empty() || chosen.is_empty(), "{}: {chosen:?}, truth none", path.display());
    }
    println!("{count} chosen paths");
    assert!(count > 0, "no recorded calls under {}", root.display());
}

/// Whether a path has the ends of a pair; where we asked a relay, its end on the relay is the middle.
fn is_path(path: &str, pair: &Value) -> bool {
    let ends: Vec<SocketAddr> = path.split(" -> ").filter_map(|end| end.parse().ok()).collect();
    let end = |side: &str| {
        let address: Option<IpAddr> = text(&pair[side], "ip").parse().ok();
        let port = pair[side]["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        Some(SocketAddr::new(address?, port?))
    };
    let (Some(local), Some(remote)) = (end("local"), end("remote")) else { return false };
    match *ends.as_slice() {
        [one, other] => [one, other] == [local, remote] || [other, one] == [local, remote],
        [one, relay, other] => relay.ip() == local.ip() && [one, other].contains(&remote),
        _ => false,
    }
}

fn says(flow: &Value, key: &str, value: &str) -> bool {
    items(flow, "facts").iter().any(|fact| text(fact, "key") == key && text(fact, "value") == value)
}

/// Keys of addresses that stand in messages of the flow itself, not in what a relay carries.
fn is_address(key: &str) -> bool {
    let names = ["mapped", "relayed", "peer", "other"].map(|name| format!("stun.{name}-address"));
    names.iter().any(|name| name == key) || ["stun.relay-asked", "stun.response-origin"].contains(&key)
}

/// Every value of the other program and how it stands to ours.
fn compare(truth: &Value, read: &Read) -> Vec<(&'static str, String, Standing)> {
    let mut all = Vec::new();
    let mut each = |what: &'static str, list: &Value, judge: &dyn Fn(&str) -> Standing| {
        let values = list.as_object().into_iter().flat_map(|counts| counts.keys());
        all.extend(values.map(|value| (what, value.clone(), judge(value))));
    };
    let other = &truth["other_addr"];
    each("software", &truth["software"], &|value| read.plainly(&["stun.software"], value));
    each("user name", &truth["username"], &|value| user_name(value, read));
    each("realm", &truth["realm"], &|value| realm(value, read));
    each("mapped address", &truth["xor_mapped"], &|value| mapped(value, read));
    each("mapped address", &truth["mapped"], &|value| mapped(value, read));
    each("relayed address", &truth["xor_relayed"], &|value| {
        read.address(&["stun.relayed-address", "stun.relay-asked"], value)
    });
    each("peer address", &truth["xor_peer"], &|value| peer(value, read));
    for list in [&truth["ms_turn_remote_address_plain"], &other["DESTINATION-ADDRESS"], &other["REMOTE_ADDRESS"]] {
        each("peer address", list, &|value| read.address(&["stun.peer-address"], value));
    }
    each("response origin", &other["RESPONSE-ORIGIN"], &|value| read.address(&["stun.response-origin"], value));
    each("other address", &other["OTHER-ADDRESS"], &|value| read.address(&["stun.other-address"], value));
    each("error", &truth["error_codes"], &|value| read.error(value));
    all
}

fn user_name(value: &str, read: &Read) -> Standing {
    let tokens = || read.all(&["stun.username"]).filter_map(|name| bytes_of(name));
    match read.plainly(&["stun.username"], value) {
        Standing::Missed if tokens().any(|token| printed(&token) == ascii(value)) => {
            Standing::Explained("a binary token, printed up to its first zero byte")
        }
        standing => standing,
    }
}

fn realm(value: &str, read: &Read) -> Standing {
    let nonces = || read.all(&["stun.nonce"]).map(|nonce| bytes_of(nonce).unwrap_or_else(|| nonce.as_bytes().to_vec()));
    match read.plainly(&["stun.realm"], value) {
        Standing::Missed if read.speaks("ms-turn") && nonces().any(|nonce| printed(&nonce) == ascii(value)) => {
            Standing::Explained("0x0014 is the nonce of MS-TURN")
        }
        standing => standing,
    }
}

fn mapped(value: &str, read: &Read) -> Standing {
    let standing = read.address(&["stun.mapped-address", "stun.inner-mapped-address"], value);
    let Some(address) = address_of(value).filter(|_| standing == Standing::Missed) else { return standing };
    if read.speaks("ms-turn") && read.has(&["stun.relayed-address"], &address.to_string()) {
        Standing::Explained("MAPPED-ADDRESS of MS-TURN's Allocate response is the relay's")
    } else if read.speaks("zoom") && read.has(&["stun.mapped-address"], &as_zoom_means(address).to_string()) {
        Standing::Explained("Zoom hides the port and turns the mask of IPv6 around")
    } else {
        standing
    }
}

fn peer(value: &str, read: &Read) -> Standing {
    let standing = read.address(&["stun.peer-address"], value);
    let Some(address) = address_of(value).filter(|_| standing == Standing::Missed) else { return standing };
    if read.speaks("ms-turn") && read.has(&["stun.peer-address"], &masked(address).to_string()) {
        Standing::Explained("0x0012 of MS-TURN is plain, not masked")
    } else {
        standing
    }
}

impl Read {
    fn of(report: &Value) -> Read {
        let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for fact in items(report, "flows").iter().flat_map(|flow| items(flow, "facts")) {
            let value = match &fact["value"] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            values.entry(text(fact, "key").to_owned()).or_default().insert(value);
        }
        Read(values)
    }

    fn all<'r>(&'r self, keys: &'r [&str]) -> impl Iterator<Item = &'r String> {
        keys.iter().filter_map(|key| self.0.get(*key)).flatten()
    }

    fn has(&self, keys: &[&str], value: &str) -> bool {
        self.all(keys).any(|known| known == value)
    }

    fn speaks(&self, dialect: &str) -> bool {
        self.has(&["stun.dialect"], dialect)
    }

    fn plainly(&self, keys: &[&str], value: &str) -> Standing {
        if self.has(keys, value) { Standing::Same } else { Standing::Missed }
    }

    fn address(&self, keys: &[&str], value: &str) -> Standing {
        let address = address_of(value);
        // An address of zeros names nobody, and we state none.
        match address {
            Some(address) if address.ip().is_unspecified() => Standing::Explained("no address"),
            Some(address) => self.plainly(keys, &address.to_string()),
            None => Standing::Missed,
        }
    }

    /// The other program lists the number without its hundreds.
    fn error(&self, value: &str) -> Standing {
        let same = self
            .all(&["stun.error"])
            .any(|code| code.get(1..).and_then(|code| code.parse().ok()) == value.parse::<u16>().ok());
        if same { Standing::Same } else { Standing::Missed }
    }
}

/// `address|port`
fn address_of(value: &str) -> Option<SocketAddr> {
    let (address, port) = value.rsplit_once('|')?;
    Some(SocketAddr::new(address.parse().ok()?, port.parse().ok()?))
}

/// An IPv4 address masked by the cookie.
fn masked(address: SocketAddr) -> SocketAddr {
    let IpAddr::V4(v4) = address.ip() else { return address };
    let octets: Vec<u8> = v4.octets().iter().zip(COOKIE).map(|(byte, mask)| byte ^ mask).collect();
    let octets: [u8; 4] = octets.try_into().unwrap_or_default();
    SocketAddr::new(Ipv4Addr::from(octets).into(), address.port() ^ 0x2112)
}

/// What Zoom means where others read `address`: no port, and for IPv6 the first four bytes masked by the cookie turned
/// around.
fn as_zoom_means(address: SocketAddr) -> SocketAddr {
    let IpAddr::V6(v6) = address.ip() else { return SocketAddr::new(address.ip(), address.port() ^ 0x2112) };
    let mut octets = v6.octets();
    for (at, byte) in octets.iter_mut().take(4).enumerate() {
        *byte ^= COOKIE[at] ^ COOKIE[3 - at];
    }
    SocketAddr::new(Ipv6Addr::from(octets).into(), address.port() ^ 0x2112)
}

/// The bytes of a value shown as `0x` and digits.
fn bytes_of(value: &str) -> Option<Vec<u8>> {
    let digits = value.strip_prefix("0x")?;
    (0..digits.len() / 2).map(|at| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()).collect()
}

/// Bytes as the other program prints them: up to the first zero, controls escaped but for tabs and ends of lines; what it
/// makes of bytes beyond ASCII is left out.
fn printed(bytes: &[u8]) -> String {
    let text = bytes.iter().take_while(|byte| **byte != 0).filter(|byte| byte.is_ascii());
    text.map(|byte| match byte {
        b'\t' | b'\n' | b'\r' => " ".to_owned(),
        0x01..0x20 | 0x7f => format!("\\x{byte:x}"),
        _ => char::from(*byte).to_string(),
    })
    .collect()
}

/// The ASCII of a text of the other program.
fn ascii(text: &str) -> String {
    text.chars().filter(char::is_ascii).collect()
}

#[test]
fn rules_undo_what_others_did() {
    let address = address_of("192.0.2.1|8466").expect("an address");
    assert_eq!(masked(masked(address)), address);
    assert_eq!(as_zoom_means(address).to_string(), "192.0.2.1:0");
    assert_eq!((printed(b"\x02\0ab"), printed(b"\x19c\tH8\xff\x7f\x0e")), ("\\x2".into(), "\\x19c H8\\x7f\\xe".into()));
    assert_eq!(ascii("\\x19c H8\u{fffd}\\x7f\\xe"), printed(b"\x19c\tH8\xff\x7f\x0e"));
    assert_eq!(bytes_of("0x0224"), Some(vec![2, 0x24]));
}
