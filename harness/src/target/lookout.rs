//! A place beside a trust from which its packets are seen, and from which its own ways can be tried.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use futures::future::BoxFuture;

use super::TargetError;
use crate::oracle::reach::Reach;
use crate::packets::Ledger;

/// How a lookout is to be set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookoutOrder {
    /// Names that are known there without asking a name server.
    pub hosts: BTreeMap<String, IpAddr>,
    /// Whether it stands on another network, where the trust must not come, and takes calls there.
    pub elsewhere: bool,
}

/// A network namespace a trust can be started in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// The container that holds it.
    pub container: String,
    /// Its address on the run's network.
    pub ip: IpAddr,
}

/// One attempt from a trust's own egress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeOrder {
    /// `host:port`.
    pub target: String,
    /// Name the certificate must be for; the host when absent.
    pub name: Option<String>,
    /// CA as PEM; any certificate will do when absent.
    pub ca_pem: Option<String>,
    /// How long connecting, and then the handshake, may take.
    pub limit: Duration,
}

/// Sees every packet of a namespace of its own, which a trust may share.
pub trait Lookout: Send + Sync {
    /// Its namespace.
    fn namespace(&self) -> Namespace;
    /// Everything seen up to now.
    fn ledger(&self) -> BoxFuture<'_, Result<Ledger, TargetError>>;
    /// Tries a way from inside the namespace.
    fn probe(&self, order: ProbeOrder) -> BoxFuture<'_, Result<Reach, TargetError>>;
    /// Takes it down.
    fn end(&self) -> BoxFuture<'_, ()>;
}
