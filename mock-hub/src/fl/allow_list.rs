//! Which source addresses the FL endpoint lets through (network 2, 3).

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// The rules in front of the FL endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowList {
    /// Whether the addresses are asked at all.
    pub mode: Mode,
    /// Listed source addresses.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub addresses: BTreeSet<IpAddr>,
    /// What a source that is not listed sees.
    #[serde(default)]
    pub otherwise: Otherwise,
    /// Keeps one address only: adding a second replaces the first, as the oldest deployment did.
    #[serde(default)]
    pub scalar: bool,
}

/// Whether the list is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Everybody may connect.
    Open,
    /// Listed sources only.
    Listed,
}

/// What a source that is not listed sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    /// Nothing at all, as behind a security group.
    #[default]
    Drop,
    /// A closed port, as behind a rejecting firewall.
    Refuse,
}

/// What the list says of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Forward it.
    Forward,
    /// Never answer.
    Drop,
    /// Close at once.
    Refuse,
}

/// What the list says of the port as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Connections are taken and judged one by one.
    Open,
    /// Nobody is listed: connection attempts find no answer.
    Silent,
    /// Nobody is listed: the port is closed.
    Closed,
}

impl AllowList {
    /// A list that lets everybody through.
    pub fn open() -> Self {
        Self {
            mode: Mode::Open,
            addresses: BTreeSet::new(),
            otherwise: Otherwise::Drop,
            scalar: false,
        }
    }

    /// Adds a source and demands listing from now on. A scalar list forgets the others.
    pub fn add(&mut self, address: IpAddr) {
        if self.scalar {
            self.addresses.clear();
        }
        self.addresses.insert(address);
        self.mode = Mode::Listed;
    }

    /// What this source sees.
    pub fn verdict(&self, source: IpAddr) -> Verdict {
        if self.mode == Mode::Open || self.addresses.contains(&source.to_canonical()) {
            return Verdict::Forward;
        }
        match self.otherwise {
            Otherwise::Drop => Verdict::Drop,
            Otherwise::Refuse => Verdict::Refuse,
        }
    }

    /// The only sources whose packets need to arrive at all, where others are to see nothing.
    pub fn heard(&self) -> Option<BTreeSet<IpAddr>> {
        let drops = self.mode == Mode::Listed && self.otherwise == Otherwise::Drop;
        (drops && !self.addresses.is_empty()).then(|| self.addresses.clone())
    }

    /// What everybody sees before anything is said.
    pub fn gate(&self) -> Gate {
        match (self.mode, self.addresses.is_empty(), self.otherwise) {
            (Mode::Listed, true, Otherwise::Drop) => Gate::Silent,
            (Mode::Listed, true, Otherwise::Refuse) => Gate::Closed,
            _ => Gate::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));
    const B: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 3));

    #[test]
    fn a_second_site_leaves_the_first_connected() {
        let mut list = AllowList::open();
        list.add(A);
        list.add(B);
        assert_eq!([list.verdict(A), list.verdict(B)], [Verdict::Forward; 2]);
    }

    #[test]
    fn a_scalar_list_forgets_the_first_site() {
        let mut list = AllowList { scalar: true, ..AllowList::open() };
        list.add(A);
        list.add(B);
        assert_eq!([list.verdict(A), list.verdict(B)], [Verdict::Drop, Verdict::Forward]);
    }

    #[test]
    fn an_empty_list_shuts_the_whole_port() {
        let listed = |otherwise| AllowList { mode: Mode::Listed, otherwise, ..AllowList::open() };
        assert_eq!(listed(Otherwise::Drop).gate(), Gate::Silent);
        assert_eq!(listed(Otherwise::Refuse).gate(), Gate::Closed);
        assert_eq!(AllowList::open().gate(), Gate::Open);
    }
}
