//! A running trust node: its loop, its health collector, its one port.

mod batch;
mod heartbeat;
mod pace;
mod poll;
mod poller;
mod report;
mod start;
mod supervisor;

use std::net::SocketAddr;

use contract::edition::EditionId;
use serde::Serialize;
use thiserror::Error;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use wiretap::callable;

use crate::fl_client::{FlClient, FlClientOptions, FlEnvironmentError};
use crate::habits::{Conduct, Habits};
use crate::http::TrustRootsError;
use crate::log::Sink;
use crate::settings::{ConfigError, Settings};
use crate::site::{Site, SiteError};

/// A trust node on its sockets. Dropping it ends everything it started.
pub struct Node {
    edition: EditionId,
    conduct: Conduct,
    addr: SocketAddr,
    site: Option<Site>,
    stop: CancellationToken,
    exit: watch::Receiver<Option<Exit>>,
    _fl_client: Option<FlClient>,
    _supervisor: AbortOnDropHandle<()>,
}

/// What a node is besides its settings.
pub struct NodeOptions {
    /// What it does by habit.
    pub habits: Habits,
    /// What those habits are called in the ready line.
    pub conduct: Conduct,
    /// Where `/health` listens; port 0 is the system's choice.
    pub listen: SocketAddr,
    /// Whether it brings its own neighbours.
    pub neighbours: Neighbours,
    /// What its FL client is told; site services, site key, habits and pace are the node's own.
    /// [`Node::from_env`] reads it where nobody set it.
    pub fl_client: Option<FlClientOptions>,
    /// Decides jitter, and the hospital of built-in neighbours.
    pub seed: u64,
    /// Takes the log, a line at a time.
    pub log: Sink,
}

impl NodeOptions {
    /// A node of this conduct on a free loopback port, with neighbours of its own.
    pub fn new(edition: EditionId, conduct: Conduct, log: Sink) -> Self {
        Self {
            habits: conduct.habits(edition),
            conduct,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            neighbours: Neighbours::WhereUnset,
            fl_client: None,
            seed: 0,
            log,
        }
    }
}

/// Who answers for the site services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// A built-in site, unless the settings name both data-access-api and imaging-api.
    WhereUnset,
    /// Whoever is at the addresses of the settings, or at the real node's default addresses.
    Outside,
}

/// How a node ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// It was asked to.
    Stopped,
    /// Its configuration is invalid.
    Configuration,
    /// The hub means another trust.
    WrongIdentity,
}

impl Exit {
    /// The exit code of the process (trust 10).
    pub fn code(self) -> u8 {
        match self {
            Self::Stopped => 0,
            Self::Configuration => 1,
            Self::WrongIdentity => 2,
        }
    }
}

/// The node did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The environment does not make a node.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The payload key cannot open anything.
    #[error("AES_KEY_BASE64 must be base64 of 32 bytes, it holds {got}")]
    PayloadKey {
        /// Bytes it decodes to; 0 when it is no base64.
        got: usize,
    },
    /// The CA certificates cannot be read.
    #[error(transparent)]
    TrustRoots(#[from] TrustRootsError),
    /// The environment does not make an FL client, although it names an FL endpoint.
    #[error(transparent)]
    FlClient(#[from] FlEnvironmentError),
    /// The built-in neighbours did not start.
    #[error("failed to start the built-in site")]
    Site(#[from] SiteError),
    /// The health port could not be had.
    #[error("failed to listen on {addr}")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}

impl StartError {
    /// The exit code of the process: 1 where the real node refuses its configuration, else 2.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::PayloadKey { .. } | Self::TrustRoots(_) | Self::FlClient(_) => {
                Exit::Configuration.code()
            }
            Self::Site(_) | Self::Listen { .. } => EXIT_USAGE,
        }
    }
}

/// The ready line of a trust process.
#[derive(Clone, Debug, Serialize)]
pub struct Ready {
    /// Always true.
    pub ready: bool,
    /// `mock-trust`.
    pub kind: &'static str,
    /// Whose contract the node keeps.
    pub edition: EditionId,
    /// `ideal` or `as-built`.
    pub conduct: &'static str,
    /// URL of the node's `/health`.
    pub health_url: String,
    /// The built-in neighbours, if there are any.
    pub site: Option<SiteReady>,
}

/// Where the built-in neighbours are.
#[derive(Clone, Debug, Serialize)]
pub struct SiteReady {
    /// Base URL of data-access-api.
    pub data_access_url: String,
    /// Base URL of imaging-api.
    pub imaging_url: String,
    /// Base URL of XNAT.
    pub xnat_url: String,
    /// `host:port` of the OMOP database.
    pub omop_addr: String,
    /// Base URL of the site's control API.
    pub control_url: String,
    /// Token for it.
    pub control_token: String,
}

impl Node {
    /// Reads the settings as a node of these habits does, and starts it.
    pub async fn from_env<I>(
        variables: I,
        edition: EditionId,
        mut options: NodeOptions,
    ) -> Result<Self, StartError>
    where
        I: IntoIterator<Item = (String, String)>,
    {
        let variables: Vec<(String, String)> = variables.into_iter().collect();
        let settings = Settings::read(variables.iter().cloned(), edition, &options.habits)?;
        if options.fl_client.is_none() {
            options.fl_client = FlClientOptions::from_env(variables)?;
        }
        Self::start(settings, options).await
    }

    /// Starts the node; its first heartbeat follows at once.
    pub async fn start(settings: Settings, options: NodeOptions) -> Result<Self, StartError> {
        start::start(settings, options).await
    }

    /// URL of the node's `/health`, to be asked from this machine.
    pub fn health_url(&self) -> String {
        format!("http://{}/health", callable(self.addr))
    }

    /// The built-in neighbours, if there are any.
    pub fn site(&self) -> Option<&Site> {
        self.site.as_ref()
    }

    /// What the process says when it is ready.
    pub fn ready(&self) -> Ready {
        Ready {
            ready: true,
            kind: "mock-trust",
            edition: self.edition,
            conduct: self.conduct.name(),
            health_url: self.health_url(),
            site: self.site.as_ref().map(|site| SiteReady {
                data_access_url: site.data_access_url(),
                imaging_url: site.imaging_url(),
                xnat_url: site.xnat_url(),
                omop_addr: site.omop_addr().to_string(),
                control_url: site.control_url(),
                control_token: site.control_token().to_owned(),
            }),
        }
    }

    /// Asks the node to end, as SIGTERM does.
    pub fn terminate(&self) {
        self.stop.cancel();
    }

    /// How the node ended, if it did.
    pub fn exit(&self) -> Option<Exit> {
        *self.exit.borrow()
    }

    /// Waits for the end.
    pub async fn wait(&self) -> Exit {
        let mut exit = self.exit.clone();
        // The sender lives in the supervisor, which speaks before it ends unless it is aborted.
        exit.wait_for(Option::is_some).await.ok().and_then(|exit| *exit).unwrap_or(Exit::Stopped)
    }
}

const EXIT_USAGE: u8 = 2;
