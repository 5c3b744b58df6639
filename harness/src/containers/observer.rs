//! A container of this very program that holds a network namespace and tells every packet in it. A trust
//! is started into that namespace, as containers of one pod are.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _};
use parking_lot::Mutex;
use testcontainers::bollard::exec::StartExecResults;
use testcontainers::bollard::models::{ExecConfig, HostConfig, HostConfigLogConfig};
use testcontainers::bollard::query_parameters::{
    LogsOptionsBuilder, RemoveContainerOptionsBuilder,
};
use testcontainers::core::{Host, WaitFor};
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{ContainerAsync, GenericImage, ImageExt as _};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use super::docker::{Docker, DockerError};
use super::followed::Lines;
use super::self_image::PROGRAM;
use super::yard::Yard;
use crate::oracle::reach::Reach;
use crate::packets::{Ledger, MARK, READY, Seen};
use crate::target::{Lookout, LookoutOrder, Namespace, ProbeOrder, TargetError};
use crate::wait::{Probe, eventually};

/// A running observer. Whoever does not end it has it removed with the run.
#[derive(Debug)]
pub struct Observer {
    docker: Docker,
    namespace: Namespace,
    ledger: Arc<Mutex<Ledger>>,
    marks: AtomicU64,
    held: Mutex<Option<ContainerAsync<GenericImage>>>,
    reading: Mutex<JoinSet<()>>,
}

impl Observer {
    /// Starts one, and waits until it sees everything.
    ///
    /// # Errors
    /// When the engine refuses, or the observer does not say within a minute that it is ready.
    pub async fn start(yard: &Yard, order: &LookoutOrder) -> Result<Self, DockerError> {
        let image = yard.self_image().await?;
        let network = if order.elsewhere { yard.elsewhere().await? } else { yard.network() };
        let gateway = network.gateway;
        let mut words = vec!["observe".to_owned()];
        words.extend(["--route-via".to_owned(), network.gateway.to_string()]);
        if order.elsewhere {
            words.extend(["--listen".to_owned(), CANARY_PORT.to_string()]);
        }
        let role = if order.elsewhere { "canary" } else { "observer" };
        let mut request = GenericImage::new(&image.name, &image.tag)
            .with_wait_for(WaitFor::message_on_stdout(READY))
            .with_container_name(yard.name_for(role))
            .with_labels(yard.mark().labels(role))
            .with_network(&network.name)
            .with_cmd(words)
            .with_host_config_modifier(move |host| confine(host, gateway));
        for (name, address) in &order.hosts {
            request = request.with_host(name, Host::Addr(*address));
        }
        let started = request.start().await.map_err(|error| DockerError::Refused {
            what: format!("start an {role}"),
            reason: error.to_string(),
        })?;
        let docker = yard.docker().clone();
        let shown = docker.client().inspect_container(started.id(), None).await;
        let shown = shown.map_err(DockerError::refused("show an observer"))?;
        let networks = shown.network_settings.and_then(|settings| settings.networks);
        let ip = networks.unwrap_or_default().remove(&network.name);
        let ip = ip.and_then(|place| place.ip_address?.parse().ok());
        let ip: IpAddr = ip.ok_or_else(|| DockerError::Refused {
            what: "give an observer an address".to_owned(),
            reason: "it has none".to_owned(),
        })?;
        let observer = Self {
            namespace: Namespace { container: started.id().to_owned(), ip },
            docker,
            ledger: Arc::default(),
            marks: AtomicU64::new(0),
            held: Mutex::new(Some(started)),
            reading: Mutex::new(JoinSet::new()),
        };
        observer.read();
        Ok(observer)
    }

    /// What the engine calls it.
    pub fn id(&self) -> &str {
        &self.namespace.container
    }

    /// Its address.
    pub fn ip(&self) -> IpAddr {
        self.namespace.ip
    }

    /// Everything seen up to now: a mark is sent, and seen, first.
    ///
    /// # Errors
    /// When the mark is not seen in time: then nothing else would be either.
    pub async fn ledger(&self) -> Result<Ledger, TargetError> {
        let number = self.marks.fetch_add(1, Ordering::Relaxed) + 1;
        let socket = UdpSocket::bind((UNSPECIFIED, 0)).await.map_err(|error| blind(&error))?;
        let mark = [MARK, number.to_string().as_bytes()].concat();
        let to = SocketAddr::new(self.ip(), MARK_PORT);
        let seen = eventually(PATIENCE, "a mark in the observer's output", || async {
            // A refusal of the last one may come back first.
            let _ = socket.send_to(&mark, to).await;
            let ledger = self.ledger.lock();
            let found = (ledger.mark >= number).then(|| ledger.clone());
            Probe::found(found, format!("mark {}", ledger.mark))
        });
        seen.await.map_err(|overdue| blind(&overdue))
    }

    /// Tries a way from inside the namespace.
    ///
    /// # Errors
    /// When the attempt could not be made, whatever would have come of it.
    pub async fn probe(&self, order: ProbeOrder) -> Result<Reach, TargetError> {
        let limit_ms = order.limit.as_millis().to_string();
        let mut words = vec![PROGRAM.to_owned(), "probe".to_owned(), order.target];
        words.extend(["--limit-ms".to_owned(), limit_ms]);
        for (flag, value) in [("--name", order.name), ("--ca-pem", order.ca_pem)] {
            // A certificate begins with hyphens, as flags do.
            words.extend(value.map(|value| format!("{flag}={value}")));
        }
        let asked = tokio::time::timeout(order.limit * 3 + PATIENCE, self.execute(words)).await;
        let said = asked.map_err(|error| blind(&error))?.map_err(|error| blind(&error))?;
        serde_json::from_str(said.trim()).map_err(|_| blind(&format!("a probe said {said:?}")))
    }

    /// Ends and removes it.
    pub async fn end(&self) {
        self.reading.lock().abort_all();
        let how = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
        // Whatever is refused here is removed with the run's other things at its end.
        let _ = self.docker.client().remove_container(self.id(), Some(how)).await;
        drop_quietly(self.held.lock().take());
    }

    async fn execute(&self, words: Vec<String>) -> Result<String, DockerError> {
        let wish =
            ExecConfig { attach_stdout: Some(true), cmd: Some(words), ..ExecConfig::default() };
        let client = self.docker.client();
        let made = client.create_exec(self.id(), wish).await;
        let made = made.map_err(DockerError::refused("prepare a probe"))?;
        let begun = client.start_exec(&made.id, None).await;
        let begun = begun.map_err(DockerError::refused("make a probe"))?;
        let StartExecResults::Attached { mut output, .. } = begun else {
            return Ok(String::new());
        };
        let mut said = String::new();
        while let Some(Ok(frame)) = output.next().await {
            said += &String::from_utf8_lossy(&frame.into_bytes());
        }
        Ok(said)
    }

    fn read(&self) {
        let (client, id) = (self.docker.client().clone(), self.id().to_owned());
        let ledger = Arc::clone(&self.ledger);
        self.reading.lock().spawn(async move {
            let wish = LogsOptionsBuilder::new().follow(true).stdout(true).build();
            let mut frames = Box::pin(client.logs(&id, Some(wish)));
            let mut lines = Lines::default();
            while let Some(Ok(frame)) = frames.next().await {
                take_in(&ledger, &lines.take(&frame));
            }
        });
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.reading.lock().abort_all();
        drop_quietly(self.held.lock().take());
    }
}

/// Its own drop would block this thread.
fn drop_quietly(held: Option<ContainerAsync<GenericImage>>) {
    if let (Some(held), Ok(runtime)) = (held, tokio::runtime::Handle::try_current()) {
        runtime.spawn(async move {
            // It may be gone already.
            let _ = held.rm().await;
        });
    }
}

impl Lookout for Observer {
    fn namespace(&self) -> Namespace {
        self.namespace.clone()
    }

    fn ledger(&self) -> BoxFuture<'_, Result<Ledger, TargetError>> {
        Observer::ledger(self).boxed()
    }

    fn probe(&self, order: ProbeOrder) -> BoxFuture<'_, Result<Reach, TargetError>> {
        Observer::probe(self, order).boxed()
    }

    fn end(&self) -> BoxFuture<'_, ()> {
        Observer::end(self).boxed()
    }
}

fn take_in(ledger: &Mutex<Ledger>, lines: &[String]) {
    let mut ledger = ledger.lock();
    let sightings = lines.iter().filter_map(|line| serde_json::from_str::<Seen>(line).ok());
    sightings.for_each(|seen| ledger.add(&seen));
}

/// It may look at packets and set a route, and nothing else; nothing of it is published.
fn confine(host: &mut HostConfig, gateway: IpAddr) {
    host.publish_all_ports = Some(false);
    host.port_bindings = None;
    host.cap_drop = Some(vec!["ALL".to_owned()]);
    host.cap_add = Some(vec!["NET_RAW".to_owned(), "NET_ADMIN".to_owned()]);
    host.readonly_rootfs = Some(true);
    // What Docker's own resolver does not know is asked of nobody: this machine refuses at once, where a
    // name server behind the way out would keep whoever asks waiting.
    host.dns = Some(vec![gateway.to_string()]);
    // Names are asked for as they are written, not with a domain of this machine behind them.
    host.dns_search = Some(vec![".".to_owned()]);
    // Its output is read through the engine, whatever the engine does by default.
    host.log_config = Some(HostConfigLogConfig {
        typ: Some("json-file".to_owned()),
        config: Some(
            BTreeMap::from([("max-size".to_owned(), "64m".to_owned())]).into_iter().collect(),
        ),
    });
}

fn blind(reason: &dyn std::fmt::Display) -> TargetError {
    TargetError::CannotStart { what: "an observer's look".to_owned(), reason: reason.to_string() }
}

/// Where a canary takes calls.
pub const CANARY_PORT: u16 = 443;
/// Nobody listens there; a mark only has to pass.
const MARK_PORT: u16 = 9;
const UNSPECIFIED: IpAddr = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
const PATIENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_observer_may_look_at_packets_and_nothing_else() {
        let mut host = HostConfig::default();
        confine(&mut host, IpAddr::from([172, 18, 0, 1]));
        assert_eq!(host.cap_drop.as_deref(), Some(&["ALL".to_owned()][..]));
        assert_eq!(host.cap_add.map(|all| all.len()), Some(2));
        assert_eq!((host.publish_all_ports, host.privileged), (Some(false), None));
    }

    #[test]
    fn lines_that_are_no_sighting_are_passed_over() {
        let ledger = Mutex::new(Ledger::default());
        let mark = r#"{"at_ms":1,"saw":"mark","number":4}"#;
        take_in(&ledger, &[READY.to_owned(), "oops".to_owned(), mark.to_owned()]);
        assert_eq!(ledger.into_inner().mark, 4);
    }
}
