//! The trust's FL client: joins the FL endpoint, trains on the site's data, reports in band.
//!
//! It talks to the FL endpoint and to the site services only; it is told no hub address and no hub
//! key. [`protocol`] is what it says on the endpoint, [`FlClientOptions`] all it knows.

mod client;
mod connection;
mod credentials;
mod environment;
mod options;
pub mod protocol;
mod site_calls;
mod training;

pub use client::FlClient;
pub use environment::FlEnvironmentError;
pub use options::{FlClientOptions, JOIN_SECS, LogSink, RETRY_PAUSE_SECS, SITE_CALL_SECS};
