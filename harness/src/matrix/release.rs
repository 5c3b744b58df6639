//! Releases as people name them: `hub=2026.06,fl=0.1.8`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use camino::Utf8PathBuf;
use contract::edition::Edition;
use contract::fl_line::FlLine;
use serde::{Deserialize, Serialize};

use super::axes::{Axes, AxisError};
use super::pairing::{FlServer, Pairing};
use crate::engine::nearest;
use crate::fl_package::{FlServerSpec, Package, PackageError};
use crate::oracle::hub::pairing::line_of;

/// The four parts by name; a [`Pairing`] once its package is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// Edition of the hub.
    pub hub: &'static Edition,
    /// Edition of the trusts.
    pub trust: &'static Edition,
    /// FL server on the hub side.
    pub fl_server: FlServerSpec,
    /// FL client on the trust side.
    pub fl_client: &'static FlLine,
}

/// A part that is released apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The hub API.
    Hub,
    /// The trusts.
    Trust,
    /// The FL server on the hub side.
    FlServer,
    /// The FL clients on the trust side.
    FlClient,
}

/// A text that names no release.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// Not KEY=VALUE.
    #[error("{0:?} is not KEY=VALUE: write hub=2026.06,fl=0.1.8")]
    NoPair(String),
    /// No such part.
    #[error("no part is called {0:?}{near}; parts: {KEYS}", near = near(.0))]
    NoPart(String),
    /// A part was named twice.
    #[error("{0} is named twice")]
    Twice(&'static str),
    /// A value that does not exist.
    #[error(transparent)]
    Value(#[from] AxisError),
    /// Neither hub nor trust is named.
    #[error("what is live needs hub=EDITION or trust=EDITION")]
    Bare,
    /// No FL line fits the hub.
    #[error("no FL line fits hub {0} by itself: name one with fl=LINE")]
    NoLine(String),
    /// The candidate is what is live.
    #[error("the candidate changes nothing of what is live ({0})")]
    Same(String),
}

impl Release {
    /// What is live: a trust as old as its hub and the newest FL line that fits, unless named.
    pub fn live(text: &str) -> Result<Self, ReleaseError> {
        let named = Named::read(text)?;
        let hub = named.hub.or(named.trust).ok_or(ReleaseError::Bare)?;
        let line = || line_of(hub).ok_or_else(|| ReleaseError::NoLine(hub.id.to_string()));
        let fl_server = match named.server {
            Some(server) => server,
            None => FlServerSpec::Line(line()?.id),
        };
        let fl_client = named.client.unwrap_or_else(|| fl_server.line());
        Ok(Self { hub, trust: named.trust.unwrap_or(hub), fl_server, fl_client })
    }

    /// A candidate: what it does not name stays as it is live.
    pub fn candidate(text: &str, live: &Self) -> Result<Self, ReleaseError> {
        let named = Named::read(text)?;
        let candidate = Self {
            hub: named.hub.unwrap_or(live.hub),
            trust: named.trust.unwrap_or(live.trust),
            fl_server: named.server.unwrap_or_else(|| live.fl_server.clone()),
            fl_client: named.client.unwrap_or(live.fl_client),
        };
        if candidate == *live {
            return Err(ReleaseError::Same(live.to_string()));
        }
        Ok(candidate)
    }

    /// The same release with some parts of another.
    #[must_use]
    pub fn with(&self, parts: &[Part], of: &Self) -> Self {
        let pick = |part: Part| parts.contains(&part);
        Self {
            hub: if pick(Part::Hub) { of.hub } else { self.hub },
            trust: if pick(Part::Trust) { of.trust } else { self.trust },
            fl_server: if pick(Part::FlServer) { &of.fl_server } else { &self.fl_server }.clone(),
            fl_client: if pick(Part::FlClient) { of.fl_client } else { self.fl_client },
        }
    }

    /// The parts in which two releases differ.
    pub fn differs_from(&self, other: &Self) -> Vec<Part> {
        [
            (Part::Hub, self.hub != other.hub),
            (Part::Trust, self.trust != other.trust),
            (Part::FlServer, self.fl_server != other.fl_server),
            (Part::FlClient, self.fl_client != other.fl_client),
        ]
        .into_iter()
        .filter_map(|(part, differs)| differs.then_some(part))
        .collect()
    }

    /// The pairing, with its package made ready.
    pub async fn ready(&self, packages: &mut Packages) -> Result<Pairing, PackageError> {
        let fl_server = match &self.fl_server {
            FlServerSpec::Line(id) => FlServer::Line(id.row()),
            FlServerSpec::Package(spec) => {
                FlServer::Package(packages.get(&spec.to_string()).await?)
            }
        };
        Ok(Pairing { hub: self.hub, trust: self.trust, fl_server, fl_client: self.fl_client })
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hub, trust) = (self.hub.id, self.trust.id);
        let (server, client) = (&self.fl_server, self.fl_client.id);
        write!(f, "hub={hub},trust={trust},fl-server={server},fl-client={client}")
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Hub => "hub",
            Self::Trust => "trust",
            Self::FlServer => "fl-server",
            Self::FlClient => "fl-client",
        })
    }
}

/// Packages that were made ready, each once.
#[derive(Debug, Default)]
pub struct Packages {
    python: Option<Utf8PathBuf>,
    ready: BTreeMap<String, Arc<Package>>,
}

impl Packages {
    /// With this Python; otherwise the first that is new enough.
    pub fn with_python(python: Option<Utf8PathBuf>) -> Self {
        Self { python, ready: BTreeMap::new() }
    }

    async fn get(&mut self, spec: &str) -> Result<Arc<Package>, PackageError> {
        if let Some(package) = self.ready.get(spec) {
            return Ok(Arc::clone(package));
        }
        let package = Arc::new(Package::prepare(spec, self.python.as_deref()).await?);
        self.ready.insert(spec.to_owned(), Arc::clone(&package));
        Ok(package)
    }
}

/// What a text names.
#[derive(Default)]
struct Named {
    hub: Option<&'static Edition>,
    trust: Option<&'static Edition>,
    server: Option<FlServerSpec>,
    client: Option<&'static FlLine>,
}

impl Named {
    fn read(text: &str) -> Result<Self, ReleaseError> {
        let mut named = Self::default();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (key, value) =
                pair.split_once('=').ok_or_else(|| ReleaseError::NoPair(pair.to_owned()))?;
            match key.trim() {
                "hub" => once("hub", &mut named.hub, Axes::edition(value)?)?,
                "trust" => once("trust", &mut named.trust, Axes::edition(value)?)?,
                "fl-server" => once("fl-server", &mut named.server, Axes::server(value)?)?,
                "fl-client" => once("fl-client", &mut named.client, Axes::line(value)?)?,
                "fl" => {
                    let server = Axes::server(value)?;
                    once("fl-client", &mut named.client, server.line())?;
                    once("fl-server", &mut named.server, server)?;
                }
                other => return Err(ReleaseError::NoPart(other.to_owned())),
            }
        }
        Ok(named)
    }
}

fn once<T>(part: &'static str, slot: &mut Option<T>, value: T) -> Result<(), ReleaseError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(ReleaseError::Twice(part)),
    }
}

fn near(key: &str) -> String {
    let near = nearest(key, KEYS.split(", "));
    near.map_or_else(String::new, |near| format!(" (did you mean {near}?)"))
}

const KEYS: &str = "hub, trust, fl, fl-server, fl-client";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_follows_the_hub_or_stays_live() {
        let live = Release::live("hub=2026.06,fl=0.1.8").expect("a release");
        let text = "hub=2026.06,trust=2026.06,fl-server=fl-0.1.8,fl-client=fl-0.1.8";
        assert_eq!(live.to_string(), text);
        assert_eq!(Release::live(text), Ok(live.clone()));
        let candidate = Release::candidate("hub=2026.09", &live).expect("a candidate");
        assert_eq!(candidate.differs_from(&live), [Part::Hub]);
        let bare = Release::live("trust=2026.09").expect("a release");
        assert_eq!(bare.fl_server.to_string(), "fl-0.13.1");
    }

    #[test]
    fn what_cannot_be_read_says_where_and_what_to_write() {
        let live = Release::live("hub=2026.06").expect("a release");
        for (text, word) in [
            ("hub", "KEY=VALUE"),
            ("hup=2026.06", "did you mean hub?"),
            ("hub=2026.6", "2026.06"),
            ("fl=0.1.9", "did you mean"),
            ("fl=0.1.8,fl-client=0.1.8", "named twice"),
            ("hub=2026.06", "changes nothing"),
        ] {
            let error = Release::candidate(text, &live).expect_err(text).to_string();
            assert!(error.contains(word) && !error.contains('\n'), "{text}: {error}");
        }
        assert_eq!(Release::live("fl=0.1.8"), Err(ReleaseError::Bare));
    }
}
