//! What meets in a window: the four parts of a pairing, and where they come from.

use std::fmt;
use std::sync::Arc;

use contract::edition::Edition;
use contract::fl_line::FlLine;

use super::cell::Cell;
use crate::fl_package::Package;
use crate::target::{Surroundings, TargetError, TrustTarget};

/// One combination of the four parts that are released apart.
#[derive(Clone, Debug)]
pub struct Pairing {
    /// Edition of the hub API.
    pub hub: &'static Edition,
    /// Edition of the trusts.
    pub trust: &'static Edition,
    /// FL server on the hub side.
    pub fl_server: FlServer,
    /// FL client on the trust side.
    pub fl_client: &'static FlLine,
}

/// What posts metrics, logs and status words to the hub.
#[derive(Clone, Debug)]
pub enum FlServer {
    /// The stand-in, as that line of the library.
    Line(&'static FlLine),
    /// A release of the published library.
    Package(Arc<Package>),
}

impl FlServer {
    /// The line it speaks.
    pub fn line(&self) -> &'static FlLine {
        match self {
            Self::Line(line) => line,
            Self::Package(package) => package.line(),
        }
    }
}

impl fmt::Display for FlServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => f.pad(line.id.name()),
            Self::Package(package) => f.pad(&format!("pip:{}", package.spec())),
        }
    }
}

impl PartialEq for FlServer {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Pairing {
    /// An empty cell of that name.
    pub(super) fn cell(&self) -> Cell {
        let server = self.fl_server.to_string();
        Cell::new((self.hub.id, self.trust.id, server, self.fl_client.id))
    }

    /// The name, the same in every run; what distinguishes one pairing from all others.
    pub fn name(&self) -> String {
        self.cell().name()
    }
}

/// Makes a kind of trust for an edition.
pub type TrustsByEdition =
    Arc<dyn Fn(&'static Edition) -> Result<Arc<dyn TrustTarget>, TargetError> + Send + Sync>;

/// Where the parts of a pairing come from.
#[derive(Clone)]
pub struct Parts {
    /// Hubs and site services.
    pub around: Surroundings,
    /// Trusts.
    pub trusts: TrustsByEdition,
    /// Conduct of the hubs: the window is about those that exist, so `as-built` unless asked.
    pub hub_conduct: String,
    /// Faults of the hubs, armed from the start.
    pub hub_faults: Vec<String>,
}
