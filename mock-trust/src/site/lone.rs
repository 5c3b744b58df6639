//! One service of a site by itself, on a fixed address: what a container of a compose file holds.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::ValueEnum;
use tokio_util::sync::DropGuard;
use wiretap::{FaultBook, FaultNames, Listener, ServeOptions, Server};

use super::options::SiteOptions;
use super::premises::Premises;
use super::routes::{self, ROUTES};
use super::running::{Ports, SiteError, journal};
use super::{data_access, imaging, omop, xnat};

/// A service of a site, called as in the compose file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Service {
    /// Counts, rows and snapshots.
    DataAccessApi,
    /// Imaging projects and studies.
    ImagingApi,
    /// The imaging archive.
    XnatWeb,
    /// The cohort database.
    OmopDb,
}

impl Service {
    /// Its name on the site's network.
    pub fn name(self) -> &'static str {
        match self {
            Self::DataAccessApi => "data-access-api",
            Self::ImagingApi => "imaging-api",
            Self::XnatWeb => "xnat-web",
            Self::OmopDb => "omop-db",
        }
    }

    /// Whether it asks for the site key and opens what is sealed.
    pub fn is_keyed(self) -> bool {
        matches!(self, Self::DataAccessApi | Self::ImagingApi)
    }

    /// The port its callers expect it on.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::DataAccessApi | Self::ImagingApi => 8000,
            Self::XnatWeb => 8080,
            Self::OmopDb => 5432,
        }
    }
}

/// A running service without its neighbours. Services of one edition, seed and keys agree with one
/// another, wherever each of them runs.
pub struct LoneService {
    listener: Listener,
    premises: Arc<Premises>,
    ended: DropGuard,
}

impl LoneService {
    /// Binds `listen` and serves. `data_access_url` is where imaging-api looks for its neighbour. Must
    /// be called inside a runtime.
    ///
    /// # Errors
    /// As [`super::Site::start`].
    pub fn start(
        service: Service,
        listen: SocketAddr,
        data_access_url: String,
        options: SiteOptions,
    ) -> Result<Self, SiteError> {
        let journal = journal(&options)?;
        let names = FaultNames { semantic: Vec::new(), routes: ROUTES.to_vec() };
        let faults = FaultBook::new(options.seed, names);
        let premises = Arc::new(Premises::furnish(options)?);
        let _ = premises.data_access_url.set(data_access_url);
        let ports = Ports { at: listen, journal: &journal, faults: &faults };
        let name = service.name();
        let router = |of: fn(Arc<Premises>) -> axum::Router| of(Arc::clone(&premises));
        let listener = match service {
            Service::DataAccessApi => {
                ports.service(name, router(data_access::router), routes::data_access)?
            }
            Service::ImagingApi => ports.service(name, router(imaging::router), routes::imaging)?,
            Service::XnatWeb => ports.service(name, xnat::router(), routes::xnat)?,
            Service::OmopDb => Server::bind(listen, ServeOptions::named(name))?
                .serve_raw(omop::handler(journal.clone())),
        };
        let ended = premises.ended.clone().drop_guard();
        Ok(Self { listener, premises, ended })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// Closes its port and waits until nothing of it runs.
    pub async fn stop(self) {
        drop(self.ended);
        self.premises.end_background().await;
        self.listener.stop().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_on_the_command_line_is_the_name_on_the_network() {
        for service in Service::value_variants() {
            let word = service.to_possible_value().expect("none is hidden");
            assert_eq!(word.get_name(), service.name());
        }
    }
}
