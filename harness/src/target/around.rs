//! What stands around a target: hubs opposite a trust, site services beside it.

use std::any::Any;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use contract::edition::EditionId;
use contract::key::Secret;
use futures::future::BoxFuture;

use super::{Capability, TargetError};
use crate::hub_access::HubAccess;

/// What stands opposite a trust: a hub we control.
#[derive(Clone, Debug)]
pub struct HubOrder {
    /// Edition it speaks.
    pub edition: EditionId,
    /// Seed of its keys and ids.
    pub seed: u64,
    /// Conduct: `as-built` or `ideal`.
    pub conduct: String,
    /// Semantic faults armed from the start.
    pub faults: Vec<String>,
    /// Whether its API speaks TLS from a private CA.
    pub tls: bool,
    /// Slots in its pool, if other than usual.
    pub slots: Option<Vec<String>>,
    /// File it keeps its state in, if any.
    pub state: Option<camino::Utf8PathBuf>,
    /// Address of its API and its FL endpoint; the control API stays on loopback.
    pub listen: IpAddr,
    /// Whether it should listen on the ports of a deployment, 443 and 8002 (network 1), where this user
    /// may and nobody else does; other ports will do.
    pub usual_ports: bool,
}

/// Starts hubs.
pub trait HubSource: Send + Sync {
    /// Word for reports.
    fn kind(&self) -> &'static str;
    /// Whether the hub can do that for a scenario.
    fn can(&self, capability: Capability) -> bool;
    /// What we may show to a hub without our control API.
    fn access(&self) -> Option<Arc<HubAccess>> {
        None
    }
    /// Starts one.
    fn start(&self, order: HubOrder) -> BoxFuture<'_, Result<HubHandle, TargetError>>;
}

/// A running hub; ends when dropped.
pub struct HubHandle {
    /// Base URL of its API, `/api` included.
    pub api_url: String,
    /// Its FL endpoint.
    pub fl_addr: Option<SocketAddr>,
    /// Its control API, if it has ours.
    pub control: Option<ControlAddress>,
    /// PEM of the CA behind its certificate.
    pub ca_pem: Option<String>,
    /// Keeps it alive.
    pub guard: Box<dyn Any + Send + Sync>,
}

/// Where a control API listens, and what it asks for.
#[derive(Clone, Debug)]
pub struct ControlAddress {
    /// Base URL.
    pub url: String,
    /// Bearer token.
    pub token: String,
}

/// How to start the stand-ins of a site's services.
#[derive(Clone, Debug)]
pub struct SiteOrder {
    /// Edition they speak.
    pub edition: EditionId,
    /// Key they demand.
    pub site_key: Secret,
    /// Payload key, base64 text, for the cohort proof and sealed values.
    pub payload_key: Secret,
    /// Key id and payload key of the trust's own, where the edition has them.
    pub own_payload_key: Option<(String, Secret)>,
    /// Seed of their synthetic hospital.
    pub seed: u64,
    /// Address of the services; the control API stays on loopback.
    pub listen: IpAddr,
}

/// Starts site services.
pub trait SiteSource: Send + Sync {
    /// Starts a set.
    fn start(&self, order: SiteOrder) -> BoxFuture<'_, Result<SiteHandle, TargetError>>;
}

/// Running site services; end when the last clone of the guard is dropped.
#[derive(Clone)]
pub struct SiteHandle {
    /// Base URL of data-access-api.
    pub data_access_url: String,
    /// Base URL of imaging-api.
    pub imaging_url: String,
    /// Base URL of XNAT.
    pub xnat_url: String,
    /// The OMOP database.
    pub omop_addr: SocketAddr,
    /// Their control API.
    pub control: ControlAddress,
    /// Keeps them alive.
    pub guard: Arc<dyn Any + Send + Sync>,
}

/// Everything around a target.
#[derive(Clone)]
pub struct Surroundings {
    /// Hubs that stand opposite a trust.
    pub hubs: Arc<dyn HubSource>,
    /// Site services that stand beside a trust.
    pub sites: Arc<dyn SiteSource>,
}
