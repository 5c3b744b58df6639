//! Limits and settings of a journal.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use axum::http::HeaderName;
use contract::wire::SECRET_HEADERS;
use parking_lot::RwLock;

/// How a [`super::Journal`] is set up.
#[derive(Clone, Debug)]
pub struct JournalOptions {
    /// The instant that is 0 ms in every record.
    pub started: Instant,
    /// Exchanges kept, most; the oldest go first.
    pub entries_max: usize,
    /// Memory of the kept exchanges, most, bytes; the newest is always kept.
    pub bytes_max: usize,
    /// Connections kept, most.
    pub connections_max: usize,
    /// File that also gets every record as a line of JSON.
    pub sink: Option<PathBuf>,
}

impl JournalOptions {
    /// The usual limits, no sink.
    pub fn starting(started: Instant) -> Self {
        Self {
            started,
            entries_max: ENTRIES_MAX,
            bytes_max: BYTES_MAX,
            connections_max: CONNECTIONS_MAX,
            sink: None,
        }
    }
}

/// Names of the headers whose values are tokenised at capture: the contract's, and what was added.
#[derive(Clone, Debug)]
pub struct SecretHeaders(Arc<RwLock<Vec<HeaderName>>>);

impl SecretHeaders {
    /// Adds a name, such as the configured header for a trust's key. Nothing ever leaves the set.
    pub fn add(&self, name: HeaderName) {
        let mut names = self.0.write();
        if !names.contains(&name) {
            names.push(name);
        }
    }

    /// Whether the values of that header are secrets.
    pub fn contains(&self, name: &HeaderName) -> bool {
        self.0.read().contains(name)
    }

    pub(crate) fn read(&self) -> impl std::ops::Deref<Target = Vec<HeaderName>> + '_ {
        self.0.read()
    }
}

impl Default for SecretHeaders {
    fn default() -> Self {
        let names = SECRET_HEADERS.iter().chain(["proxy-authorization"].iter());
        Self(Arc::new(RwLock::new(names.map(|name| HeaderName::from_static(name)).collect())))
    }
}

const ENTRIES_MAX: usize = 8192;
const BYTES_MAX: usize = 16 * 1024 * 1024;
const CONNECTIONS_MAX: usize = 4096;
