//! Facts about the machine, however they were found out.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use camino::{Utf8Path, Utf8PathBuf};

use super::check::Unseen;
use super::{Container, Directory};

/// Something known, or why it is not.
pub type Fact<T> = Result<T, Unseen>;

/// The machine. Everything starts unseen.
#[derive(Clone, Debug)]
pub struct HostFacts {
    /// What docker says of its swarm.
    pub swarm: Fact<Swarm>,
    /// Names of docker's networks.
    pub networks: Fact<BTreeSet<String>>,
    /// GPUs a container could be given.
    pub gpus: Fact<u32>,
    /// Containers of this trust that run.
    pub containers: Fact<Vec<Container>>,
    /// User id the FL client's image runs as.
    pub client_user: Fact<u32>,
    /// User id the imaging service's image runs as, who downloads images.
    pub imaging_user: Fact<u32>,
    /// Directories the kit names, by path.
    pub directories: BTreeMap<Utf8PathBuf, Directory>,
    /// What a name resolves to; nobody when it does not.
    pub names: BTreeMap<String, Fact<Vec<IpAddr>>>,
}

/// State of docker's swarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Swarm {
    /// As needed.
    Active,
    /// Docker responds, and says this of its swarm.
    Inactive(String),
    /// Docker does not respond.
    Unreachable,
    /// Docker does not talk to us.
    NoPermission,
}

impl Default for HostFacts {
    fn default() -> Self {
        Self {
            swarm: Err(Unseen::default()),
            networks: Err(Unseen::default()),
            gpus: Err(Unseen::default()),
            containers: Err(Unseen::default()),
            client_user: Err(Unseen::default()),
            imaging_user: Err(Unseen::default()),
            directories: BTreeMap::new(),
            names: BTreeMap::new(),
        }
    }
}

impl HostFacts {
    /// Looks at these directories now, in addition to those already known.
    pub fn look_at<P: AsRef<Utf8Path>>(&mut self, paths: impl IntoIterator<Item = P>) {
        for path in paths {
            let path = path.as_ref();
            self.directories.insert(path.to_owned(), Directory::look(path));
        }
    }

    pub(super) fn directory(&self, path: &str) -> Fact<&Directory> {
        let found = self.directories.get(Utf8Path::new(path));
        found.ok_or_else(Unseen::default)
    }
}
