//! How a mock hub is set up.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use camino::Utf8PathBuf;
use contract::edition::EditionId;
use contract::key::Secret;
use contract::wire::TRUST_KEY_HEADER;

use crate::habits::Conduct;
use crate::store::Acknowledge;

mod args;

pub use args::HubArgs;

/// Settings of one hub. The default is a plain 2026.09 hub as built, on free loopback ports.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "switches an operator sets one by one")]
pub struct HubOptions {
    /// The release of the contract it speaks.
    pub edition: EditionId,
    /// Address of the hub API.
    pub listen: SocketAddr,
    /// Address of the FL endpoint.
    pub fl_listen: SocketAddr,
    /// Address of the control API.
    pub control_listen: SocketAddr,
    /// Binding other than loopback is refused without this: it is a mock, and its control API hands
    /// out keys.
    pub allow_non_loopback: bool,
    /// Serve the hub API over TLS from a private CA made at start.
    pub tls: bool,
    /// Names its certificates are made for, hub API and FL server alike, besides those of this machine
    /// and the addresses it listens on.
    pub tls_names: Vec<String>,
    /// Seed of every random choice; `None` takes one from the system and tells it.
    pub seed: Option<u64>,
    /// The hub of the contract, or the hub that exists.
    pub conduct: Conduct,
    /// Names of faults that are armed from the start.
    pub faults: Vec<String>,
    /// Release tag in heartbeat replies and `/api/health`.
    pub hub_version: String,
    /// Header for a trust's key.
    pub trust_api_key_header: String,
    /// Names of the FL slots.
    pub slots: Vec<String>,
    /// Development or production.
    pub environment: Environment,
    /// Hub-internal key; `None` mints one.
    pub internal_key: Option<Secret>,
    /// Payload key as base64; `None` mints one.
    pub aes_key_base64: Option<Secret>,
    /// Values of Hub-shared kit keys that differ from what the hub works out itself.
    pub hub_shared: BTreeMap<String, String>,
    /// Whether the FL server speaks TLS only and asks each client for a certificate of its
    /// provisioning.
    pub fl_mutual_tls: bool,
    /// Server behind the FL endpoint instead of the built-in stub.
    pub fl_upstream: Option<SocketAddr>,
    /// File that keeps the hub's state; `None` keeps it in memory.
    pub state: Option<Utf8PathBuf>,
    /// When replies leave, with a state file.
    pub acknowledge: Acknowledge,
    /// File that also gets every captured exchange as a line of JSON.
    pub journal_file: Option<PathBuf>,
    /// Whether the public edge stands in front: UI at `/`, hub-internal header dropped.
    pub behind_edge: bool,
}

/// What kind of deployment the hub is.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Documents are served.
    #[default]
    Development,
    /// Documents are not served.
    Production,
}

impl Default for HubOptions {
    fn default() -> Self {
        Self {
            edition: EditionId::DEFAULT,
            listen: LOOPBACK,
            fl_listen: LOOPBACK,
            control_listen: LOOPBACK,
            allow_non_loopback: false,
            tls: false,
            tls_names: Vec::new(),
            seed: None,
            conduct: Conduct::AsBuilt,
            faults: Vec::new(),
            hub_version: HUB_VERSION.to_owned(),
            trust_api_key_header: TRUST_KEY_HEADER.to_owned(),
            slots: (1..=SLOTS).map(|number| format!("Trust_{number}")).collect(),
            environment: Environment::Development,
            internal_key: None,
            aes_key_base64: None,
            hub_shared: BTreeMap::new(),
            fl_mutual_tls: false,
            fl_upstream: None,
            state: None,
            acknowledge: Acknowledge::AfterWriting,
            journal_file: None,
            behind_edge: false,
        }
    }
}

impl HubOptions {
    /// Names for certificates: those configured, and addresses that are no loopback.
    pub(crate) fn certified_names(&self) -> Vec<String> {
        let listens = [self.listen, self.fl_listen].map(|address| address.ip());
        let outside = listens.iter().filter(|ip| !ip.is_loopback() && !ip.is_unspecified());
        self.tls_names.iter().cloned().chain(outside.map(ToString::to_string)).collect()
    }

    /// The Hub-shared block of a kit: what the hub works out itself, then what was configured. A key
    /// without a value stays out, as from the real hub.
    pub(crate) fn shared_block(&self, api_url: &str, fl: SocketAddr) -> BTreeMap<String, String> {
        let own = [
            ("CENTRAL_HUB_API_URL", api_url.to_owned()),
            ("FL_BACKEND", "nvflare".to_owned()),
            ("FLARE_KIT_DATE", KIT_DATE.to_owned()),
            ("FLOWER_KIT_DATE", KIT_DATE.to_owned()),
            ("DOCKER_TAG", self.hub_version.clone()),
            ("DOCKER_FL_TAG", self.hub_version.clone()),
            ("DOCKER_REGISTRY", REGISTRY.to_owned()),
            ("DOCKER_FL_REGISTRY", REGISTRY.to_owned()),
            ("NLB_SUBDOMAIN", fl.ip().to_string()),
            ("FL_SERVER_PORT", fl.port().to_string()),
        ];
        let mut block: BTreeMap<String, String> =
            own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        block.extend(self.hub_shared.clone());
        block.retain(|_, value| !value.is_empty());
        block
    }
}

/// A free port on loopback.
pub const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Release tag a hub reports unless told otherwise.
pub const HUB_VERSION: &str = "v0.8.0";

/// FL slots a hub has unless told otherwise: `Trust_1` and on.
pub const SLOTS: usize = 16;

/// Date of the FL kits a mock hub says it handed out.
const KIT_DATE: &str = "20260101";

/// Where images are said to come from; a name that resolves nowhere.
const REGISTRY: &str = "registry.invalid/";
