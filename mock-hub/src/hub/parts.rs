//! The parts behind the listeners, and the threads between them.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::http::HeaderName;
use contract::capture::Connection;
use tokio_rustls::TlsAcceptor;
use wiretap::{
    FaultBook, FaultNames, FaultOrder, Journal, JournalOptions, ListenError, ServeOptions, Server,
    Tls,
};

use super::StartError;
use super::ca_file::CaFile;
use crate::api::{self, Api, Sessions};
use crate::domain::{Domain, DomainOptions, Settings};
use crate::faults;
use crate::faults::routes::{FL_JOIN_MOMENT, UPKEEP_MOMENT};
use crate::fl::endpoint::{Behind, FlEndpoint, Recorder, Sighting, TLS_HELLO, TlsSource};
use crate::fl::provisioning::Provisioning;
use crate::fl::server::FlServer;
use crate::habits::Manners;
use crate::options::{Environment, HubOptions};
use crate::store::OpenStateError;

/// What the listeners of one hub share.
pub(super) struct Parts {
    pub(super) journal: Journal,
    pub(super) book: FaultBook,
    pub(super) tls: Option<Tls>,
    pub(super) ca_file: Option<CaFile>,
    pub(super) api: Arc<Api>,
}

impl Parts {
    pub(super) async fn make(options: &HubOptions) -> Result<Self, StartError> {
        let journal = journal(options)?;
        let book = fault_book(options)?;
        let tls = options.tls.then(|| Tls::mint(&options.certified_names())).transpose()?;
        let ca_file = tls.as_ref().map(|tls| CaFile::create(tls.ca_pem())).transpose();
        let ca_file = ca_file.map_err(StartError::CaFile)?;
        let standing = options.conduct.habits(options.edition.row());
        let manners = Manners::new(standing, book.clone());
        let domain = Arc::new(domain(options, &manners).await?);
        let api = Arc::new(Api { domain, manners, sessions: Sessions::default() });
        Ok(Self { journal, book, tls, ca_file, api })
    }

    /// The hub API, bound and not yet served.
    pub(super) fn bind_api(&self, address: SocketAddr) -> Result<Server, StartError> {
        let options = ServeOptions {
            tls: self.tls.clone(),
            journal: Some(self.journal.clone()),
            faults: Some(self.book.clone()),
            classify: Some(api::classify(Arc::clone(&self.api))),
            ..ServeOptions::named(API_LISTENER)
        };
        bind("hub API", address, options)
    }

    /// The FL endpoint, serving.
    pub(super) fn serve_fl(
        &self,
        options: &HubOptions,
        server: &Arc<FlServer>,
        provisioning: &Arc<Provisioning>,
    ) -> Result<FlEndpoint, StartError> {
        let behind = match options.fl_upstream {
            Some(address) => Behind::Upstream(address),
            None => Behind::Stub {
                server: Arc::clone(server),
                tls: tls_source(
                    self.tls.as_ref(),
                    options.certified_names(),
                    provisioning,
                    &self.api.manners,
                ),
                provisioning: Arc::clone(provisioning),
            },
        };
        let address = options.fl_listen;
        FlEndpoint::start(address, behind, recorder(&self.journal))
            .map_err(|source| StartError::Bind { listener: "FL endpoint", address, source })
    }
}

/// A listener, bound and not yet served.
pub(super) fn bind(
    listener: &'static str,
    address: SocketAddr,
    options: ServeOptions,
) -> Result<Server, StartError> {
    Server::bind(address, options).map_err(|error| match error {
        ListenError::Bind { source, .. } => StartError::Bind { listener, address, source },
        other => StartError::Listen(other),
    })
}

fn journal(options: &HubOptions) -> Result<Journal, StartError> {
    let sink = options.journal_file.clone();
    let journal =
        Journal::new(JournalOptions { sink, ..JournalOptions::starting(Instant::now()) })?;
    let header = &options.trust_api_key_header;
    let name: HeaderName = header.parse().map_err(|_| StartError::Header(header.clone()))?;
    journal.secret_headers().add(name);
    Ok(journal)
}

fn fault_book(options: &HubOptions) -> Result<FaultBook, StartError> {
    let names = FaultNames { semantic: faults::names(), routes: faults::routes::NAMES.to_vec() };
    let book = FaultBook::new(options.seed.unwrap_or_default(), names);
    for name in &options.faults {
        book.arm(FaultOrder::named(name.as_str()))
            .map_err(|error| StartError::Fault { name: name.clone(), reason: error.to_string() })?;
    }
    Ok(book)
}

async fn domain(options: &HubOptions, manners: &Manners) -> Result<Domain, StartError> {
    let settings = Settings {
        hub_version: Some(options.hub_version.clone()).filter(|version| !version.is_empty()),
        trust_api_key_header: options.trust_api_key_header.clone(),
        slot_names: options.slots.clone(),
        production: options.environment == Environment::Production,
        behind_edge: options.behind_edge,
        ..Settings::default()
    };
    let domain = DomainOptions {
        edition: Some(options.edition),
        seed: options.seed,
        settings,
        payload_key: options.aes_key_base64.clone(),
        internal_key: options.internal_key.clone(),
        state: options.state.as_ref().map(|path| path.as_std_path().to_owned()),
        acknowledge: options.acknowledge,
        ..DomainOptions::default()
    };
    let habits = manners.habits_at(UPKEEP_MOMENT);
    if options.state.is_none() {
        return Ok(Domain::open(domain, &habits)?);
    }
    // Reading a file may take a while.
    let opened = tokio::task::spawn_blocking(move || Domain::open(domain, &habits)).await;
    let domain = opened.map_err(|error| StartError::Engine(error.to_string()))??;
    let kept = domain.settled().await;
    match (kept, &options.state) {
        (Err(reason), Some(path)) => Err(StartError::State(OpenStateError::Unwritable {
            path: path.as_std_path().to_owned(),
            reason: reason.to_string(),
        })),
        _ => Ok(domain),
    }
}

/// The stub's TLS: that of its provisioning where it asks clients for certificates; else the hub's
/// own CA, or one made when the first client says hello in TLS.
fn tls_source(
    tls: Option<&Tls>,
    names: Vec<String>,
    provisioning: &Arc<Provisioning>,
    manners: &Manners,
) -> TlsSource {
    let made = tls.map_or_else(OnceLock::new, |tls| OnceLock::from(tls.clone()));
    let (provisioning, manners) = (Arc::clone(provisioning), manners.clone());
    Arc::new(move |kind| {
        if provisioning.is_mutual() {
            let habits = manners.habits_at(FL_JOIN_MOMENT).credentials;
            return Ok(provisioning.acceptor(habits.refuse_former.broken(), kind)?);
        }
        if made.get().is_none() {
            let fresh = Tls::mint(&names).map_err(io::Error::other)?;
            // Another hello may have been faster.
            let _ = made.set(fresh);
        }
        let tls = made.get().expect("set above");
        Ok(TlsAcceptor::from(tls.server_config(kind)))
    })
}

fn recorder(journal: &Journal) -> Recorder {
    let journal = journal.clone();
    Arc::new(move |seen: Sighting| {
        let at = seen.at.saturating_duration_since(journal.started());
        journal.record_connection(Connection {
            seq: 0,
            listener: FL_LISTENER.to_owned(),
            peer: seen.peer.to_string(),
            at_ms: at.as_secs_f64() * 1000.0,
            outcome: seen.outcome,
            bytes_in: seen.bytes_in,
            first_bytes_hex: hex::encode(&seen.first_bytes),
            tls_hello: seen.first_bytes.starts_with(TLS_HELLO),
        });
    })
}

/// Name of the hub API in records and in the control API.
const API_LISTENER: &str = "hub-api";

/// Name of the FL endpoint in records.
const FL_LISTENER: &str = "fl";
