//! Putting a node together.

use std::net::SocketAddr;
use std::sync::Arc;

use contract::edition::HeartbeatBody;
use contract::envelope::key_bytes;
use contract::limits::PAYLOAD_KEY_BYTES;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::poller::Poller;
use super::supervisor::Supervisor;
use super::{Neighbours, Node, NodeOptions, StartError};
use crate::fl_client::{FlClient, FlClientOptions};
use crate::habits::Habits;
use crate::health::{Collector, Prober, Vitals};
use crate::http::tls_config;
use crate::hub_client::HubClient;
use crate::log::Log;
use crate::settings::Settings;
use crate::site::{Site, SiteOptions};
use crate::tasks::{PayloadKeys, Replays, Runner, SiteCalls, SiteUrls};

pub(super) async fn start(settings: Settings, options: NodeOptions) -> Result<Node, StartError> {
    check_payload_key(&settings, &options)?;
    let habits = options.habits;
    let tls = tls_config(&settings, habits.wire.checks_certificates)?;
    let site = start_site(&settings, &options)?;
    let listener = listen(options.listen).await?;
    let addr = local_addr(&listener, options.listen)?;
    let urls = site_urls(&settings, site.as_ref());
    let settings = Arc::new(settings);
    let log = Log::new(options.log, settings.log_level);
    announce(&settings, &habits, &log);
    let fl_client =
        options.fl_client.map(|told| start_fl_client(told, &settings, &urls, habits, &log));

    let keys = PayloadKeys::new(&settings);
    let vitals = Arc::new(Vitals::new(&settings, habits.health, keys.fingerprint()));
    let hub = Arc::new(HubClient::new(&settings, habits, &tls, &log));
    let collector = Arc::new(Collector {
        prober: Arc::new(Prober::new(&settings, urls.clone(), habits, &tls, &log, &vitals)),
        vitals: Arc::clone(&vitals),
        settings: Arc::clone(&settings),
        habits: habits.health,
        log: log.clone(),
    });
    let runner = Runner {
        settings: Arc::clone(&settings),
        habits,
        log: log.clone(),
        keys,
        replays: Replays::default(),
        site: SiteCalls::new(&settings, urls, habits, &tls, &log),
        hub: Arc::clone(&hub),
    };
    let stop = CancellationToken::new();
    let probes = settings.edition.row().heartbeat_body != HeartbeatBody::None
        && habits.health.probes_beside_loop;
    let supervisor = Supervisor {
        poller: Poller::new(hub, runner, Arc::clone(&collector), stop.clone(), options.seed),
        collector: probes.then_some(collector),
        vitals,
        settings: Arc::clone(&settings),
        habits,
        log,
        listener,
        stop: stop.clone(),
    };
    let (speak, exit) = watch::channel(None);
    let supervisor = AbortOnDropHandle::new(tokio::spawn(supervisor.run(speak)));
    Ok(Node {
        edition: settings.edition,
        conduct: options.conduct,
        addr,
        site,
        stop,
        exit,
        _fl_client: fl_client,
        _supervisor: supervisor,
    })
}

/// A key that was absent is another matter: only a node that starts without required values sees it.
fn check_payload_key(settings: &Settings, options: &NodeOptions) -> Result<(), StartError> {
    let absent = settings.absent.contains(&"AES_KEY_BASE64");
    if absent || !options.habits.start.checks_payload_key {
        return Ok(());
    }
    let got = key_bytes(settings.payload_key.expose()).map_or(0, |bytes| bytes.len());
    if got == PAYLOAD_KEY_BYTES { Ok(()) } else { Err(StartError::PayloadKey { got }) }
}

fn start_site(settings: &Settings, options: &NodeOptions) -> Result<Option<Site>, StartError> {
    let given = settings.data_access_url.is_some() && settings.imaging_url.is_some();
    if given || options.neighbours == Neighbours::Outside {
        return Ok(None);
    }
    let base =
        SiteOptions::new(settings.edition, settings.site_key.clone(), settings.payload_key.clone());
    let site = SiteOptions {
        site_key_header: settings.site_key_header.clone(),
        cohort_admin_header: settings.cohort_admin_header.clone(),
        further_payload_keys: settings.further_payload_keys.clone(),
        seed: options.seed,
        habits: options.habits.site,
        ..base
    };
    Ok(Some(Site::start(site)?))
}

fn site_urls(settings: &Settings, site: Option<&Site>) -> SiteUrls {
    let pick = |given: &Option<String>, built_in: Option<String>, default: &str| {
        given.clone().or(built_in).unwrap_or_else(|| default.to_owned())
    };
    let omop = site.map(Site::omop_addr);
    SiteUrls {
        data_access: pick(
            &settings.data_access_url,
            site.map(Site::data_access_url),
            "http://data-access-api:8000",
        ),
        imaging: pick(
            &settings.imaging_url,
            site.map(Site::imaging_url),
            "http://imaging-api:8000",
        ),
        xnat: pick(&settings.xnat_url, site.map(Site::xnat_url), "http://xnat-web:8080"),
        omop_host: pick(&settings.omop_host, omop.map(|addr| addr.ip().to_string()), "omop-db"),
        omop_port: match omop {
            Some(addr) if settings.omop_host.is_none() => addr.port(),
            _ => settings.omop_port,
        },
    }
}

/// The FL client of the same site: told of the node's neighbours, never of its hub. Only a client
/// that misbehaves finds the hub's address anyway.
fn start_fl_client(
    told: FlClientOptions,
    settings: &Settings,
    urls: &SiteUrls,
    habits: Habits,
    log: &Log,
) -> FlClient {
    let hub = (!habits.fl_client.stays_away_from_hub).then(|| settings.hub_url.clone());
    let log = log.clone();
    FlClient::start(FlClientOptions {
        data_access_url: urls.data_access.clone(),
        imaging_url: urls.imaging.clone(),
        site_key: settings.site_key.clone(),
        site_key_header: settings.site_key_header.clone(),
        time_scale: settings.time_scale,
        habits: habits.fl_client,
        forbidden_hub_url: hub,
        log: Arc::new(move |level, text| log.line(level, FL_CLIENT, text)),
        ..told
    })
}

async fn listen(addr: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(addr).await.map_err(|source| StartError::Listen { addr, source })
}

fn local_addr(listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|source| StartError::Listen { addr: asked, source })
}

fn announce(settings: &Settings, habits: &Habits, log: &Log) {
    log.info(format_args!(
        "Starting trust node for hub {} every {} s",
        settings.hub_url, settings.poll_interval_secs
    ));
    if !habits.log.hides_trust_key {
        log.info(format_args!("Using trust key {}", settings.trust_api_key.expose()));
    }
    if settings.hub_url.starts_with("https:")
        && settings.ca_file.is_none()
        && settings.ca_dir.is_none()
    {
        log.error("No CA certificates given: set SSL_CERT_FILE or SSL_CERT_DIR; the hub cannot be trusted");
    }
}

const FL_CLIENT: &str = "fl_client";
