//! The site on its sockets.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::http::HeaderName;
use thiserror::Error;
use tokio_util::sync::DropGuard;
use wiretap::control::ControlToken;
use wiretap::{
    FaultBook, FaultNames, Journal, JournalOptions, ListenError, Listener, ServeOptions, Server,
};

use super::control::{self, Office};
use super::options::SiteOptions;
use super::premises::Premises;
use super::routes::{self, ROUTES, RouteOf};
use super::{data_access, imaging, omop, xnat};

/// A running site: data-access-api, imaging-api, XNAT, the OMOP port and the control API. Dropping it
/// ends every task it has.
pub struct Site {
    data_access: Listener,
    imaging: Listener,
    xnat: Listener,
    omop: Listener,
    control: Listener,
    token: ControlToken,
    premises: Arc<Premises>,
    journal: Journal,
    ended: DropGuard,
}

/// The site could not be started.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SiteError {
    /// The hospital behind the services could not be made.
    #[error("hospital of the site")]
    Hospital(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A threshold of 0: the real service refuses to start as well.
    #[error("the cohort threshold is 0")]
    Threshold,
    /// A header name that HTTP does not allow.
    #[error("`{0}` is no header name")]
    HeaderName(String),
    /// The journal could not be made.
    #[error("journal of the site")]
    Journal(#[from] wiretap::SinkError),
    /// A port could not be had.
    #[error(transparent)]
    Listen(#[from] ListenError),
}

impl Site {
    /// Binds every listener and serves. Must be called inside a runtime.
    pub fn start(options: SiteOptions) -> Result<Self, SiteError> {
        let journal = journal(&options)?;
        let names = FaultNames { semantic: Vec::new(), routes: ROUTES.to_vec() };
        let faults = FaultBook::new(options.seed, names);
        let at = SocketAddr::new(options.address, 0);
        let premises = Arc::new(Premises::furnish(options)?);
        let ports = Ports { at, journal: &journal, faults: &faults };

        let router = data_access::router(Arc::clone(&premises));
        let data_access = ports.service("data-access-api", router, routes::data_access)?;
        let _ = premises.data_access_url.set(data_access.url());
        let router = imaging::router(Arc::clone(&premises));
        let imaging = ports.service("imaging-api", router, routes::imaging)?;
        let xnat = ports.service("xnat", xnat::router(), routes::xnat)?;
        let omop = Server::bind(ports.at, ServeOptions::named("omop"))?;
        let omop = omop.serve_raw(omop::handler(journal.clone()));

        let token = ControlToken::from_os();
        let office = Office {
            premises: Arc::clone(&premises),
            journal: journal.clone(),
            faults: faults.clone(),
            listeners: [&data_access, &imaging, &xnat, &omop].map(Listener::handle).to_vec(),
        };
        let control = Server::bind(CONTROL, ServeOptions::named("site-control"))?;
        let control = control.serve(control::router(office, &token));
        let ended = premises.ended.clone().drop_guard();
        Ok(Self { data_access, imaging, xnat, omop, control, token, premises, journal, ended })
    }

    /// Base URL of data-access-api.
    pub fn data_access_url(&self) -> String {
        self.data_access.url()
    }

    /// Base URL of imaging-api.
    pub fn imaging_url(&self) -> String {
        self.imaging.url()
    }

    /// Base URL of XNAT.
    pub fn xnat_url(&self) -> String {
        self.xnat.url()
    }

    /// Where the OMOP database listens.
    pub fn omop_addr(&self) -> SocketAddr {
        self.omop.addr()
    }

    /// Base URL of the control API.
    pub fn control_url(&self) -> String {
        self.control.url()
    }

    /// Token of the control API.
    pub fn control_token(&self) -> &str {
        self.token.expose()
    }

    /// Everything the services were asked.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Closes every port and waits until nothing of the site runs.
    pub async fn stop(self) {
        drop(self.ended);
        self.premises.end_background().await;
        for listener in [self.control, self.data_access, self.imaging, self.xnat, self.omop] {
            listener.stop().await;
        }
    }
}

/// A journal in which the site's keys are secrets.
pub(super) fn journal(options: &SiteOptions) -> Result<Journal, SiteError> {
    let journal = Journal::new(JournalOptions::starting(Instant::now()))?;
    for name in [&options.site_key_header, &options.cohort_admin_header] {
        let parsed = HeaderName::try_from(name).map_err(|_| SiteError::HeaderName(name.clone()))?;
        journal.secret_headers().add(parsed);
    }
    Ok(journal)
}

/// Where and how the services of one site listen.
pub(super) struct Ports<'a> {
    pub(super) at: SocketAddr,
    pub(super) journal: &'a Journal,
    pub(super) faults: &'a FaultBook,
}

impl Ports<'_> {
    pub(super) fn service(
        &self,
        name: &str,
        router: Router,
        route_of: RouteOf,
    ) -> Result<Listener, ListenError> {
        let options = ServeOptions {
            journal: Some(self.journal.clone()),
            faults: Some(self.faults.clone()),
            classify: Some(routes::classify(route_of)),
            request_body_bytes_max: REQUEST_BODY_BYTES_MAX,
            ..ServeOptions::named(name)
        };
        Ok(Server::bind(self.at, options)?.serve(routes::named(router, route_of)))
    }
}

/// Wherever the services listen: its token opens everything.
const CONTROL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const REQUEST_BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
