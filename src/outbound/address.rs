//! The addresses that this service sends to: those of the public internet, and those that the settings allow besides.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use url::{Host, Url};

use crate::domain::error::Invalid;

/// Networks that are no part of the public internet (IANA's registries of special-purpose addresses, RFC 6890).
const REFUSED_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Within the one block that is given out for global unicast, 2000::/3, what is not the public internet: IETF protocol
/// assignments with Teredo and ORCHID, documentation, and 6to4, which carries an IPv4 address.
const REFUSED_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// True if an address may be sent to: it is public, or in one of the `allowed` networks. An IPv6 address that wraps an IPv4
/// one (mapped, NAT64) is judged as that one.
#[must_use]
pub fn is_allowed(address: IpAddr, allowed: &[IpNet]) -> bool {
    let address = unwrapped(address);
    allowed.iter().any(|network| network.contains(&address)) || is_public(address)
}

fn unwrapped(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => match v6.segments() {
            // The well-known prefix of NAT64 (RFC 6052, section 2.1).
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                let [a, b] = high.to_be_bytes();
                let [c, d] = low.to_be_bytes();
                IpAddr::V4(Ipv4Addr::new(a, b, c, d))
            }
            _ => IpAddr::V6(v6),
        },
        v4 => v4,
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let within =
                |(base, length): &(Ipv4Addr, u8)| shares(&v4.octets(), &base.octets(), *length);
            !REFUSED_V4.iter().any(within)
        }
        IpAddr::V6(v6) => {
            let within =
                |(base, length): &(Ipv6Addr, u8)| shares(&v6.octets(), &base.octets(), *length);
            v6.octets()[0] >> 5 == 1 && !REFUSED_V6.iter().any(within)
        }
    }
}

/// True if two addresses have the same first `length` bits.
fn shares(one: &[u8], other: &[u8], length: u8) -> bool {
    let (whole, rest) = (usize::from(length / 8), length % 8);
    let mask = !(0xff_u8.checked_shr(u32::from(rest)).unwrap_or(0));
    one[..whole] == other[..whole] && (rest == 0 || (one[whole] ^ other[whole]) & mask == 0)
}

/// The most bytes of an address that is sent to.
pub const URL_MAX: usize = 2_000;

/// Reads an address to send to: http or https, with a host, without credentials and fragment. A host that is an address
/// which would be refused is refused here already; names are looked at when they are resolved.
pub fn parse_target(text: &str, allowed: &[IpNet]) -> Result<Url, Invalid> {
    let refused = |detail: &str| Invalid::new("invalid_url", detail);
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && text.len() <= URL_MAX)
        .ok_or_else(|| {
            refused("an address such as https://partner.example/hook, at most 2,000 bytes")
        })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("an address without a user and a password"));
    }
    if url.fragment().is_some() {
        return Err(refused("an address without a fragment"));
    }
    let address = match url.host() {
        Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
        Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
        Some(Host::Domain(_)) => None,
        None => return Err(refused("an address with a host")),
    };
    if address.is_some_and(|address| !is_allowed(address, allowed)) {
        return Err(Invalid::new(
            "refused_address",
            "the address is in a network that this service does not send to",
        ));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str, networks: &[&str]) -> bool {
        let networks: Vec<IpNet> = networks.iter().map(|n| n.parse().unwrap()).collect();
        is_allowed(text.parse().unwrap(), &networks)
    }

    #[test]
    fn only_the_public_internet_is_sent_to() {
        for text in [
            "1.1.1.1",
            "93.184.216.34",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "2606:4700::1111",
        ] {
            assert!(allowed(text, &[]), "{text}");
        }
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.1.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "5f00::1",
        ] {
            assert!(!allowed(text, &[]), "{text}");
        }
    }

    #[test]
    fn the_settings_open_networks_also_in_their_ipv6_clothes() {
        assert!(allowed("127.0.0.1", &["127.0.0.0/8"]));
        assert!(allowed("::ffff:127.0.0.1", &["127.0.0.0/8"]));
        assert!(!allowed("127.0.0.1", &["10.0.0.0/8"]));
        assert!(allowed("fd00::5", &["fd00::/8"]));
    }

    #[test]
    fn a_target_is_plain_http_without_secrets_in_it() {
        for text in [
            "https://partner.example/hook?x=1",
            "http://93.184.216.34:8080/",
            "https://[2606:4700::1111]/",
        ] {
            assert!(parse_target(text, &[]).is_ok(), "{text}");
        }
        for text in [
            "",
            "partner.example",
            "ftp://partner.example/",
            "file:///etc/passwd",
            "https://",
            "https://a:b@partner.example/",
            "https://a@partner.example/",
            "https://partner.example/#x",
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "gopher://x/",
        ] {
            assert!(parse_target(text, &[]).is_err(), "{text}");
        }
        assert!(parse_target(&format!("https://x.example/{}", "a".repeat(2_000)), &[]).is_err());
    }
}
