//! The HTTP client for calls between the services of one site.

use std::sync::Arc;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

/// A client without proxy (containers get no proxy variables) that trusts no certificate: a site
/// speaks plain HTTP inside.
pub(crate) fn plain_client() -> Result<Client, LoopbackError> {
    Ok(builder()?.build()?)
}

/// The same with the habits of the FL library: no connection is used twice, headers are spelled as
/// people write them, and redirects are the caller's own affair.
pub(crate) fn library_client() -> Result<Client, LoopbackError> {
    let builder = builder()?.redirect(Policy::none()).pool_max_idle_per_host(0);
    Ok(builder.http1_title_case_headers().build()?)
}

fn builder() -> Result<ClientBuilder, LoopbackError> {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(Client::builder().no_proxy().tls_backend_preconfigured(tls))
}

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoopbackError {
    /// Its TLS half, which is never used.
    #[error("TLS settings")]
    Tls(#[from] rustls::Error),
    /// The client itself.
    #[error("HTTP client")]
    Http(#[from] reqwest::Error),
}
