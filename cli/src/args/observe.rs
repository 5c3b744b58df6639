//! Arguments of what a container of this program does beside a trust.

use std::net::Ipv4Addr;

use camino::Utf8PathBuf;
use clap::Args;

/// `flipcheck observe`.
#[derive(Clone, Debug, Args)]
pub struct ObserveArgs {
    /// Send what has no other way to this gateway
    #[arg(long, env = "FLIPCHECK_ROUTE_VIA", value_name = "ADDR")]
    pub route_via: Option<Ipv4Addr>,
    /// Take calls on this TCP port as well; may be repeated
    #[arg(long, env = "FLIPCHECK_OBSERVE_LISTEN", value_name = "PORT", value_delimiter = ',')]
    pub listen: Vec<u16>,
}

/// `flipcheck probe`.
#[derive(Clone, Debug, Args)]
pub struct ProbeArgs {
    /// What to try, host:port
    pub target: String,
    /// Name the certificate must be for, if other than the host
    #[arg(long, env = "FLIPCHECK_PROBE_NAME", value_name = "NAME")]
    pub name: Option<String>,
    /// CA the certificate must be of (PEM file); any certificate will do without
    #[arg(long, env = "FLIPCHECK_PROBE_CA", value_name = "FILE", conflicts_with = "ca_pem")]
    pub ca: Option<Utf8PathBuf>,
    /// The same as text
    #[arg(long, env = "FLIPCHECK_PROBE_CA_PEM", value_name = "PEM")]
    pub ca_pem: Option<String>,
    /// How long connecting, and then the handshake, may take, milliseconds
    #[arg(long, env = "FLIPCHECK_PROBE_LIMIT_MS", value_name = "N", default_value_t = 10_000)]
    pub limit_ms: u64,
}
