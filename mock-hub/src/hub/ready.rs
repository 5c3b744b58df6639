//! The line a hub prints when it can be used.

use std::fmt;
use std::path::PathBuf;

use contract::edition::EditionId;
use serde::Serialize;

use crate::habits::Conduct;

/// What whoever started a hub needs to know. `Display` is the line: JSON, without a line end.
///
/// The control token is in it on purpose: the line is the only way to learn it.
#[derive(Clone, Serialize)]
pub struct Ready {
    /// Always true.
    pub ready: bool,
    /// `mock-hub`.
    pub kind: &'static str,
    /// The release of the contract.
    pub edition: EditionId,
    /// `as-built` or `ideal`.
    pub conduct: Conduct,
    /// The seed of every random choice.
    pub seed: u64,
    /// Release tag the hub reports.
    pub version: Option<String>,
    /// Base URL of the hub API, `/api` included.
    pub api_url: String,
    /// Address of the FL endpoint.
    pub fl_addr: String,
    /// Base URL of the control API.
    pub control_url: String,
    /// Token for the control API.
    pub control_token: String,
    /// File that holds the certificate of the private CA, with TLS.
    pub ca_path: Option<PathBuf>,
}

impl fmt::Display for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").field("api_url", &self.api_url).finish_non_exhaustive()
    }
}
