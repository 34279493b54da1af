//! The interfaces of this host, and which of them to capture from.

use anyhow::{Context, Result, bail};
use ipnet::IpNet;
use meetscope::model::text::for_terminal;
use std::io::Write;

/// The device that stands for all interfaces.
const ANY: &str = "any";
/// Longest name or description shown, in characters.
const TEXT_CHARS_MAX: usize = 100;

/// An interface as the system tells of it.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) up: bool,
    pub(crate) addresses: Vec<IpNet>,
    pub(crate) mac: Option<[u8; 6]>,
    /// The default route leads over it.
    pub(crate) is_default: bool,
}

impl Device {
    pub(crate) fn is_any(&self) -> bool {
        self.name == ANY
    }

    fn line(&self) -> String {
        let state = if self.up { "up" } else { "down" };
        let mark = if self.is_default { "*" } else { " " };
        let addresses: Vec<_> = self.addresses.iter().map(|net| net.addr().to_string()).collect();
        let mut line = format!("{mark} {:<16} {state:<5} {}", self.name, addresses.join(", "));
        if let Some(description) = &self.description {
            line = format!("{} ({description})", line.trim_end());
        }
        for_terminal(line.trim_end(), TEXT_CHARS_MAX * 4).to_string()
    }
}

/// All interfaces, the one with the default route first. Needs no rights.
pub(crate) fn all() -> Result<Vec<Device>> {
    let known = pcap::Device::list().context("libpcap cannot list the interfaces")?;
    let interfaces = netdev::get_interfaces();
    let default = default_name();
    let device = |known: pcap::Device| {
        let about = interfaces.iter().find(|interface| interface.name == known.name);
        // Libpcap also offers devices that carry no network, such as USB and message buses.
        about.is_some().then_some(()).or((known.name == ANY).then_some(()))?;
        Some(Device {
            up: known.name == ANY || known.flags.is_up(),
            addresses: known.addresses.iter().filter_map(network).collect(),
            mac: about.and_then(|about| about.mac_addr).map(|mac| mac.octets()).filter(|mac| *mac != [0; 6]),
            is_default: default.as_ref() == Some(&known.name),
            description: known.desc,
            name: known.name,
        })
    };
    let mut devices: Vec<_> = known.into_iter().filter_map(device).collect();
    devices.sort_by_key(|device| (!device.is_default, device.is_any(), !device.up, device.name.clone()));
    Ok(devices)
}

fn default_name() -> Option<String> {
    netdev::get_default_interface().ok().map(|interface| interface.name)
}

fn network(address: &pcap::Address) -> Option<IpNet> {
    match address.netmask {
        Some(mask) => IpNet::with_netmask(address.addr, mask).ok(),
        None => Some(IpNet::from(address.addr)),
    }
}

/// The interfaces to capture from: those of these names, each once, or the one with the default route.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<Device>> {
    let devices = all()?;
    if names.is_empty() {
        return match devices.iter().find(|device| device.is_default) {
            Some(device) => Ok(vec![device.clone()]),
            None => bail!("no interface has a default route: name one with -i\n{}", lines(&devices)),
        };
    }
    let mut chosen: Vec<Device> = Vec::new();
    for name in names {
        let Some(device) = devices.iter().find(|device| device.name == *name) else {
            bail!("there is no interface {name:?}; these can be captured from:\n{}", lines(&devices));
        };
        if !chosen.iter().any(|known| known.name == *name) {
            chosen.push(device.clone());
        }
    }
    if chosen.len() > 1 && chosen.iter().any(Device::is_any) {
        bail!("{ANY:?} stands for all interfaces: name it alone, or name the others");
    }
    Ok(chosen)
}

/// Prints the interfaces.
pub(crate) fn list(out: &mut dyn Write) -> Result<()> {
    let devices = all()?;
    writeln!(out, "{}", lines(&devices))?;
    match devices.iter().any(|device| device.is_default) {
        true => writeln!(out, "* captured from when none is named: the default route leads over it")?,
        false => writeln!(out, "No interface has a default route: name one with -i")?,
    }
    Ok(())
}

fn lines(devices: &[Device]) -> String {
    devices.iter().map(Device::line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_is_listed_and_can_be_chosen() {
        let devices = all().expect("interfaces");
        let loopback = devices.iter().find(|device| device.name.starts_with("lo")).expect("a loopback");
        assert!(loopback.addresses.iter().any(|net| net.addr().is_loopback()), "{loopback:?}");
        let twice = [loopback.name.clone(), loopback.name.clone()];
        assert_eq!(chosen(&twice).expect("it is there").len(), 1);
        let mut out = Vec::new();
        list(&mut out).expect("written");
        assert!(String::from_utf8(out).expect("text").contains("127.0.0.1"));
    }

    #[test]
    fn an_unknown_interface_is_answered_with_the_known_ones() {
        let error = chosen(&["nosuch0".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("nosuch0") && error.contains("127.0.0.1"), "{error}");
    }
}
