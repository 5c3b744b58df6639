//! Starting and stopping.

use std::sync::Arc;

use tokio::task::JoinSet;
use wiretap::control::{ControlToken, Fragments, guarded};
use wiretap::{Listener, ServeOptions, TlsKind, callable};

use super::ca_file::CaFile;
use super::parts::{Parts, bind};
use super::{Ready, StartError, recovery};
use crate::api;
use crate::control::{self, Context, Facts};
use crate::domain::Domain;
use crate::faults::routes;
use crate::fl::endpoint::FlEndpoint;
use crate::fl::provisioning::Provisioning;
use crate::fl::server::FlServer;
use crate::habits::Certificate;
use crate::options::HubOptions;

/// A running hub. Dropping it ends every task and closes every port.
pub struct Hub {
    ready: Ready,
    api: Listener,
    control: Listener,
    fl: Arc<FlEndpoint>,
    domain: Arc<Domain>,
    _file: FileGuard,
    _tasks: JoinSet<()>,
    _ca_file: Option<CaFile>,
}

impl Hub {
    /// Binds all listeners and serves. When this returns the hub can be used.
    pub async fn start(mut options: HubOptions) -> Result<Self, StartError> {
        check_addresses(&options)?;
        // A seed nobody chose is told too, so that every run can be repeated.
        let seed = *options.seed.get_or_insert_with(|| rand::random::<u32>().into());
        let parts = Parts::make(&options).await?;
        let server = parts.bind_api(options.listen)?;
        let control = bind("control API", options.control_listen, ServeOptions::named("control"))?;
        let scheme = if options.tls { "https" } else { "http" };
        let api_url = format!("{scheme}://{}/api", callable(server.addr()));
        let context = context(&options, seed, &parts, api_url)?;

        let api = server.serve(api::router(Arc::clone(&parts.api)));
        if options.tls {
            let shown = parts.api.manners.habits_at(routes::UPKEEP_MOMENT).edge.certificate;
            api.handle().set_tls(kind_of(shown)).map_err(StartError::Listen)?;
        }
        let (domain, fl) = (Arc::clone(&context.domain), Arc::clone(&context.fl));
        let mut tasks = JoinSet::new();
        tasks.spawn(recovery::run(Arc::clone(&domain), context.manners.clone()));

        let token = ControlToken::from_os();
        let Parts { journal, book: faults, ca_file, .. } = parts;
        let fragments = Fragments { journal, faults, listeners: vec![api.handle()] };
        let facts = Arc::clone(&context.facts);
        let routes = control::router(context).merge(wiretap::control::router(fragments));
        let control = control.serve(guarded(routes, &token, control::document()));
        let ready = ready(&options, &facts, &control, &token);
        let file = FileGuard(Arc::clone(&domain));
        Ok(Self { ready, api, control, fl, domain, _file: file, _tasks: tasks, _ca_file: ca_file })
    }

    /// What a starter needs to know.
    pub fn ready(&self) -> Ready {
        self.ready.clone()
    }

    /// Base URL of the control API.
    pub fn control_url(&self) -> &str {
        &self.ready.control_url
    }

    /// Token for the control API.
    pub fn control_token(&self) -> &str {
        &self.ready.control_token
    }

    /// The hub's state, for code in the same process.
    pub fn domain(&self) -> &Arc<Domain> {
        &self.domain
    }

    /// Closes every port and waits for the connections to end.
    pub async fn stop(self) {
        self.control.stop().await;
        self.api.stop().await;
        self.fl.stop().await;
    }
}

/// Lets go of the state file when the hub ends, whoever still holds its state.
struct FileGuard(Arc<Domain>);

impl Drop for FileGuard {
    fn drop(&mut self) {
        self.0.close_file();
    }
}

fn kind_of(certificate: Certificate) -> TlsKind {
    match certificate {
        Certificate::Right => TlsKind::Good,
        Certificate::Expired => TlsKind::Expired,
        Certificate::OfAnotherName => TlsKind::WrongName,
        Certificate::OfUnknownIssuer => TlsKind::UnknownIssuer,
    }
}

fn check_addresses(options: &HubOptions) -> Result<(), StartError> {
    let listeners = [
        ("hub API", options.listen),
        ("FL endpoint", options.fl_listen),
        ("control API", options.control_listen),
    ];
    for (listener, address) in listeners {
        if !address.ip().is_loopback() && !options.allow_non_loopback {
            return Err(StartError::NotLoopback { listener, address });
        }
    }
    Ok(())
}

fn context(
    options: &HubOptions,
    seed: u64,
    parts: &Parts,
    api_url: String,
) -> Result<Context, StartError> {
    let slots = options.slots.clone();
    let provisioned = Arc::new(move |slot: &str| slots.iter().any(|name| name == slot));
    let fl_server = FlServer::new(provisioned);
    let provisioning = Arc::new(Provisioning::for_names(options.certified_names()));
    provisioning.set_mutual(options.fl_mutual_tls);
    let fl = parts.serve_fl(options, &fl_server, &provisioning)?;
    let domain = Arc::clone(&parts.api.domain);
    let fl_addr = callable(fl.address());
    let block = options.shared_block(&api_url, fl_addr);
    domain.change_settings(|settings| settings.hub_shared = block);
    let facts = Facts {
        edition: options.edition,
        conduct: options.conduct,
        seed,
        api_url,
        fl_addr: fl_addr.to_string(),
        ca_pem: parts.tls.as_ref().map(|tls| tls.ca_pem().to_owned()),
        ca_path: parts.ca_file.as_ref().map(|file| file.path().to_owned()),
    };
    Ok(Context {
        domain,
        manners: parts.api.manners.clone(),
        journal: parts.journal.clone(),
        faults: parts.book.clone(),
        fl: Arc::new(fl),
        fl_server,
        provisioning,
        facts: Arc::new(facts),
    })
}

fn ready(options: &HubOptions, facts: &Facts, control: &Listener, token: &ControlToken) -> Ready {
    Ready {
        ready: true,
        kind: "mock-hub",
        edition: options.edition,
        conduct: options.conduct,
        seed: facts.seed,
        version: Some(options.hub_version.clone()).filter(|version| !version.is_empty()),
        api_url: facts.api_url.clone(),
        fl_addr: facts.fl_addr.clone(),
        control_url: control.url(),
        control_token: token.expose().to_owned(),
        ca_path: facts.ca_path.clone(),
    }
}
