//! What the routes act on.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use contract::edition::EditionId;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use uuid::Uuid;
use wiretap::{FaultBook, Journal};

use crate::domain::Domain;
use crate::fl::endpoint::FlEndpoint;
use crate::fl::provisioning::Provisioning;
use crate::fl::server::FlServer;
use crate::habits::{Conduct, Habits, Manners};

/// Shared by all routes; cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The hub itself.
    pub domain: Arc<Domain>,
    /// How the hub behaves.
    pub manners: Manners,
    /// Captured exchanges.
    pub journal: Journal,
    /// Armed faults.
    pub faults: FaultBook,
    /// The FL endpoint.
    pub fl: Arc<FlEndpoint>,
    /// The server stub behind it.
    pub fl_server: Arc<FlServer>,
    /// Credentials of FL clients.
    pub provisioning: Arc<Provisioning>,
    /// What never changes.
    pub facts: Arc<Facts>,
}

/// What never changes while a hub runs.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The release of the contract.
    pub edition: EditionId,
    /// The conduct.
    pub conduct: Conduct,
    /// The seed of every random choice.
    pub seed: u64,
    /// Base URL of the hub API, `/api` included.
    pub api_url: String,
    /// Address of the FL endpoint.
    pub fl_addr: String,
    /// Certificate of the private CA, with TLS.
    pub ca_pem: Option<String>,
    /// File that holds it.
    pub ca_path: Option<PathBuf>,
}

impl Context {
    /// The habits at a moment that concerns the hub as a whole.
    pub fn habits(&self, moment: &'static str) -> Habits {
        self.manners.habits_at(moment)
    }

    /// The habits at a moment that concerns one trust.
    pub fn habits_for(&self, moment: &'static str, trust: Uuid) -> Habits {
        self.manners.at(moment, Some(&trust.to_string())).habits
    }

    /// The habits of the conduct alone: looking at the hub uses up no fault.
    pub fn conduct_habits(&self) -> &Habits {
        self.manners.standing()
    }

    /// How the FL server trusts this hub's TLS; `None` without TLS.
    pub fn client_tls(&self) -> io::Result<Option<Arc<rustls::ClientConfig>>> {
        let Some(pem) = &self.facts.ca_pem else { return Ok(None) };
        let mut roots = rustls::RootCertStore::empty();
        let ca = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(io::Error::other)?;
        roots.add(ca).map_err(io::Error::other)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Some(Arc::new(config)))
    }
}
