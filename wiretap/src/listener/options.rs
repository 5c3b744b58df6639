//! How a listener serves.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::request::Parts;
use futures::future::BoxFuture;

use super::RawConnection;
use crate::faults::FaultBook;
use crate::journal::Journal;
use crate::tls::Tls;

/// Settings of one listener.
#[derive(Clone)]
pub struct ServeOptions {
    /// Its name in records and in the control API, such as `hub-api`.
    pub name: String,
    /// Serve TLS, at first with a good certificate.
    pub tls: Option<Tls>,
    /// Record every exchange here, and every connection that never became HTTP.
    pub journal: Option<Journal>,
    /// Let the transport faults of this book happen around the router.
    pub faults: Option<FaultBook>,
    /// Finds out for which route and trust a request is, before its handler. Asked only while a fault
    /// is armed; without it only faults for every route and trust fire.
    pub classify: Option<Classify>,
    /// Larger request bodies are refused with 413, bytes.
    pub request_body_bytes_max: usize,
    /// Open connections, most; more of them wait to be accepted.
    pub connections_max: usize,
}

impl ServeOptions {
    /// A plain listener that records nothing and has no faults.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            tls: None,
            journal: None,
            faults: None,
            classify: None,
            request_body_bytes_max: REQUEST_BODY_BYTES_MAX,
            connections_max: CONNECTIONS_MAX,
        }
    }
}

/// The owner's function from a request's head to its [`Class`].
pub type Classify = Arc<dyn Fn(&Parts) -> Class + Send + Sync>;

/// For which route and trust a request is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// Short route name.
    pub route: Option<Cow<'static, str>>,
    /// Trust the caller proved to be.
    pub trust_id: Option<Arc<str>>,
}

/// Serves connections that are not HTTP. The connection's task ends with the future.
pub type RawHandler = Arc<dyn Fn(RawConnection) -> BoxFuture<'static, ()> + Send + Sync>;

const REQUEST_BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
const CONNECTIONS_MAX: usize = 4096;
