//! `image:REF`: a container of its own for every trust that is started, on the run's private network.
//!
//! Hub and site stand-ins stay in this process and listen on the network's gateway, which containers
//! reach without any further image. The trust finds the services under the names a site's compose file
//! gives them; their ports come through the trust's own variables.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use testcontainers::bollard::models::HostConfig;
use testcontainers::core::{ContainerRequest, Host};
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{ContainerAsync, CopyTargetOptions, GenericImage, ImageExt as _};

use super::child::cannot;
use super::{
    Capability, Exit, Grip, LogBook, Lookout, LookoutOrder, RunningTrust, TargetError, TrustOrder,
    TrustTarget,
};
use crate::containers::image::{find, split};
use crate::containers::{DockerError, Followed, Observer, Pull, Yard};
use crate::event::ImageInfo;

/// A trust that is an image.
#[derive(Debug)]
pub struct ImageTrust {
    yard: Arc<Yard>,
    image: ImageInfo,
    limits: Limits,
    time_scale: f64,
}

/// How an image is to be run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageOptions {
    /// When it is fetched.
    pub pull: Pull,
    /// What each container may use.
    pub limits: Limits,
    /// Factor on its waits; unset = the usual one of an image that can scale them, else 1.
    pub time_scale: Option<f64>,
}

/// What a container may use; unset = everything.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Processors, such as 0.5.
    pub cpus: Option<f64>,
    /// Memory in bytes.
    pub memory_bytes: Option<i64>,
}

impl ImageTrust {
    /// Finds the image.
    ///
    /// # Errors
    /// When it is not here and cannot be fetched.
    pub async fn new(
        yard: Arc<Yard>,
        reference: &str,
        options: ImageOptions,
    ) -> Result<Self, DockerError> {
        let image = find(yard.docker(), reference, options.pull).await?;
        let usual = if offers(&image, "time-scale") { QUICK } else { 1.0 };
        let time_scale = options.time_scale.unwrap_or(usual);
        Ok(Self { yard, image, limits: options.limits, time_scale })
    }

    /// What reports say of the image.
    pub fn image(&self) -> &ImageInfo {
        &self.image
    }

    fn request(&self, order: &TrustOrder) -> std::io::Result<ContainerRequest<GenericImage>> {
        let network = self.yard.network();
        // A digest is no tag; what the engine calls the image is as exact.
        let pinned = self.image.id.split_once(':').filter(|_| self.image.reference.contains('@'));
        let (name, tag) = pinned.unwrap_or_else(|| split(&self.image.reference));
        let (limits, disk_full) = (self.limits, order.disk_full);
        let mut request = GenericImage::new(name, tag)
            .with_container_name(self.yard.name_for("trust"))
            .with_labels(self.yard.mark().labels("trust"));
        request = match order.namespace.clone() {
            // Its names are those of the namespace it shares.
            Some(shared) => request.with_host_config_modifier(move |host| {
                limits.apply(host);
                host.tmpfs = disk_full.then(full_disk);
                host.network_mode = Some(format!("container:{}", shared.container));
            }),
            None => self.named(request.with_network(&network.name).with_host_config_modifier(
                move |host| {
                    limits.apply(host);
                    host.tmpfs = disk_full.then(full_disk);
                },
            )),
        };
        for (name, value) in environment(&order.env, network.gateway) {
            request = carried(request, Path::new(&value))?.with_env_var(name, value);
        }
        Ok(request)
    }

    fn named(&self, request: ContainerRequest<GenericImage>) -> ContainerRequest<GenericImage> {
        let gateway = self.yard.network().gateway;
        SERVICES
            .into_iter()
            .fold(request, |request, name| request.with_host(name, Host::Addr(gateway)))
    }
}

impl Limits {
    fn apply(self, host: &mut HostConfig) {
        // A trust is called by nobody: nothing of it is published (network 1).
        host.publish_all_ports = Some(false);
        host.port_bindings = None;
        host.memory = self.memory_bytes;
        #[allow(clippy::cast_possible_truncation)] // a few processors
        let billionths = |cpus: f64| (cpus * 1e9) as i64;
        host.nano_cpus = self.cpus.map(billionths);
    }
}

/// File systems without room for a single file, where programs write.
fn full_disk() -> HashMap<String, String> {
    WRITTEN.map(|place| (place.to_owned(), NO_ROOM.to_owned())).into()
}

/// Whether an image says of itself that it can do more than it must.
fn offers(image: &ImageInfo, what: &str) -> bool {
    let offers = image.labels.get(OFFERS).map(String::as_str).unwrap_or_default();
    offers.split(',').any(|word| word.trim() == what)
}

/// The trust's variables, with the services under the names of a site's compose file.
fn environment(env: &BTreeMap<String, String>, gateway: IpAddr) -> BTreeMap<String, String> {
    let mut env = env.clone();
    let gateway = gateway.to_string();
    for (variable, name) in NAMED {
        if let Some(value) = env.get_mut(variable) {
            *value = value.replace(&gateway, name);
        }
    }
    if let Some(value) = env.get_mut("NO_PROXY") {
        *value = format!("{value},{}", SERVICES.join(","));
    }
    env
}

/// Takes along the file or folder a variable names, to the same place in the container.
fn carried(
    request: ContainerRequest<GenericImage>,
    path: &Path,
) -> std::io::Result<ContainerRequest<GenericImage>> {
    // Only what we made ourselves: a variable that happens to name a file of this machine is no order.
    if !path.is_absolute() || !path.starts_with(std::env::temp_dir()) || !path.exists() {
        return Ok(request);
    }
    if path.is_dir() {
        return std::fs::read_dir(path)?
            .try_fold(request, |request, entry| carried(request, &entry?.path()));
    }
    let target = CopyTargetOptions::new(path.to_string_lossy()).with_mode(READABLE);
    Ok(request.with_copy_to(target, std::fs::read(path)?))
}

impl TrustTarget for ImageTrust {
    fn kind(&self) -> &'static str {
        "image"
    }

    fn can(&self, capability: Capability) -> bool {
        match capability {
            Capability::Restart
            | Capability::Logs
            | Capability::ExitCode
            | Capability::Signals
            | Capability::Health
            | Capability::Container
            | Capability::Packets => true,
            Capability::FlClient => offers(&self.image, capability.word()),
            Capability::Process
            | Capability::SiteServices
            | Capability::Control
            | Capability::Compose
            | Capability::Loopback => false,
        }
    }

    fn time_scale(&self) -> f64 {
        self.time_scale
    }

    fn listen_ip(&self) -> IpAddr {
        self.yard.network().gateway
    }

    fn lanes(&self) -> usize {
        LANES
    }

    fn look_out(
        &self,
        mut order: LookoutOrder,
    ) -> BoxFuture<'_, Result<Arc<dyn Lookout>, TargetError>> {
        async move {
            if !order.elsewhere {
                let gateway = self.yard.network().gateway;
                order.hosts.extend(SERVICES.map(|name| (name.to_owned(), gateway)));
            }
            let observer = Observer::start(&self.yard, &order).await;
            let observer = observer.map_err(|error| cannot("an observer", &error))?;
            Ok(Arc::new(observer) as Arc<dyn Lookout>)
        }
        .boxed()
    }

    fn start(
        &self,
        order: TrustOrder,
    ) -> BoxFuture<'_, Result<Box<dyn RunningTrust>, TargetError>> {
        async move {
            let what = format!("a container of {}", self.image.reference);
            let request = self.request(&order).map_err(|error| cannot(&what, &error))?;
            let started = request.start().await.map_err(|error| cannot(&what, &error))?;
            let log = Arc::new(LogBook::new(order.secrets));
            let network = &self.yard.network().name;
            let followed = Followed::new(self.yard.docker(), started.id(), network, log, "").await;
            let followed = followed.map_err(|error| cannot(&what, &error))?;
            let followed = match order.namespace {
                Some(shared) => followed.at(shared.ip),
                None => followed,
            };
            let held = Some(started);
            Ok(Box::new(RunningContainer { followed, held }) as Box<dyn RunningTrust>)
        }
        .boxed()
    }
}

struct RunningContainer {
    followed: Followed,
    held: Option<ContainerAsync<GenericImage>>,
}

impl Drop for RunningContainer {
    /// Its own drop would block this thread; whoever is not asked to stop is removed with the run.
    fn drop(&mut self) {
        if let (Some(held), Ok(runtime)) = (self.held.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(async move {
                // It may be gone already.
                let _ = held.rm().await;
            });
        }
    }
}

impl RunningTrust for RunningContainer {
    fn health_url(&self) -> Option<String> {
        Some(format!("http://{}:{HEALTH_PORT}/health", self.followed.ip()))
    }

    fn log(&self) -> Arc<LogBook> {
        self.followed.log()
    }

    fn grip(&self) -> Option<&dyn Grip> {
        Some(&self.followed)
    }

    fn exited(&self) -> Option<Exit> {
        self.followed.exited()
    }

    fn wait(&self) -> BoxFuture<'_, Exit> {
        self.followed.wait().boxed()
    }

    fn terminate(&self) -> Result<(), TargetError> {
        self.followed.terminate();
        Ok(())
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        self.followed.remove().boxed()
    }
}

/// Names of the services around a trust, as a site's compose file has them (kit 7).
const SERVICES: [&str; 4] = ["data-access-api", "imaging-api", "xnat-web", "omop-db"];
/// Variables that say where they are (trust 1).
const NAMED: [(&str, &str); 4] = [
    ("DATA_ACCESS_API_URL", "data-access-api"),
    ("IMAGING_API_URL", "imaging-api"),
    ("XNAT_URL", "xnat-web"),
    ("OMOP_DB_HOST", "omop-db"),
];
/// Label of an image: what it can do beyond what it must, comma-separated.
const OFFERS: &str = "org.flipcheck.offers";
/// Port of `/health` in the container (trust 1).
const HEALTH_PORT: u16 = 8000;
/// Where programs write.
const WRITTEN: [&str; 3] = ["/tmp", "/var/tmp", "/run"];
/// The one node of such a file system is its root: the next file finds no space left.
const NO_ROOM: &str = "size=4k,nr_inodes=1";
/// Containers that scenarios share.
const LANES: usize = 3;
/// Waits of the contract are this much shorter in an image that can shorten them.
const QUICK: f64 = 0.05;
/// Whoever the image runs as.
const READABLE: u32 = 0o644;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trust_finds_the_services_by_the_names_of_a_compose_file() {
        let env = [
            ("DATA_ACCESS_API_URL", "http://172.18.0.1:4001"),
            ("OMOP_DB_HOST", "172.18.0.1"),
            ("CENTRAL_HUB_API_URL", "http://172.18.0.1:4000/api"),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let named = environment(&env, IpAddr::from([172, 18, 0, 1]));
        assert_eq!(named["DATA_ACCESS_API_URL"], "http://data-access-api:4001");
        assert_eq!(named["OMOP_DB_HOST"], "omop-db");
        assert_eq!(named["CENTRAL_HUB_API_URL"], env["CENTRAL_HUB_API_URL"]);
    }

    #[test]
    fn an_image_offers_what_its_label_says() {
        let label = ("org.flipcheck.offers".to_owned(), "fl-client, time-scale".to_owned());
        let image = ImageInfo { labels: [label].into(), ..ImageInfo::default() };
        assert!(offers(&image, "fl-client") && offers(&image, "time-scale"));
        assert!(!offers(&image, "fl") && !offers(&ImageInfo::default(), "fl-client"));
    }
}
