//! Blocks of addresses as the API server reads them.

use core::net::IpAddr;

use ipnet::IpNet;

/// An address and the length of a prefix, `10.0.0.0/8` say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cidr {
    written: IpNet,
    has_leading_zeros: bool,
}

impl Cidr {
    /// Reads what `ParseCIDRSloppy` in `k8s.io/utils/net` reads: octets may begin with zeros, which are
    /// decimal all the same.
    ///
    /// ```
    /// use kube_lint_core::model::Cidr;
    ///
    /// let cidr = Cidr::parse("192.168.010.7/24").expect("a block");
    /// assert_eq!(cidr.network().to_string(), "192.168.10.0/24");
    /// assert!(cidr.has_leading_zeros() && cidr.has_host_bits());
    /// assert_eq!(Cidr::parse("10.0.0.1"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        if length.is_empty() || !length.bytes().all(|it| it.is_ascii_digit()) {
            return None;
        }
        let plain = without_leading_zeros(address);
        let address_read: IpAddr = plain.as_deref().unwrap_or(address).parse().ok()?;
        Some(Self {
            written: IpNet::new(address_read, length.parse().ok()?).ok()?,
            has_leading_zeros: plain.is_some(),
        })
    }

    /// The block, its first address in front.
    pub fn network(&self) -> IpNet {
        self.written.trunc()
    }

    /// Whether the address written is not the first of the block.
    pub fn has_host_bits(&self) -> bool {
        self.written != self.network()
    }

    /// Whether an octet begins with a zero, which others read as octal.
    pub fn has_leading_zeros(&self) -> bool {
        self.has_leading_zeros
    }

    /// Whether all of `other` lies in it, and more besides.
    pub fn strictly_contains(&self, other: &Self) -> bool {
        let (outer, inner) = (self.network(), other.network());
        outer.contains(&inner) && outer.prefix_len() < inner.prefix_len()
    }
}

/// An IPv4 address with leading zeros, without them; `None` for any other.
fn without_leading_zeros(address: &str) -> Option<String> {
    let octets = address.split('.');
    let has_any =
        octets.clone().count() == 4 && octets.clone().any(|it| it.len() > 1 && it.starts_with('0'));
    let trimmed = octets.map(|it| match it.trim_start_matches('0') {
        "" if !it.is_empty() => "0",
        rest => rest,
    });
    has_any.then(|| trimmed.collect::<Vec<_>>().join("."))
}
