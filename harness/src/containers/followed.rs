//! A container of a run, watched: its output line by line, its end, its address, and what can be done
//! to it from outside.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _};
use parking_lot::Mutex;
use testcontainers::bollard::container::LogOutput;
use testcontainers::bollard::models::{
    EndpointIpamConfig, EndpointSettings, NetworkConnectRequest, NetworkDisconnectRequest,
};
use testcontainers::bollard::query_parameters::{
    KillContainerOptionsBuilder, LogsOptionsBuilder, RemoveContainerOptionsBuilder,
    RestartContainerOptionsBuilder, StopContainerOptionsBuilder,
};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::docker::{Docker, DockerError};
use crate::target::{Exit, Grip, LogBook, TargetError};

/// A running container that is watched until it is dropped.
#[derive(Debug)]
pub struct Followed {
    docker: Docker,
    id: String,
    network: String,
    ip: IpAddr,
    exit: Arc<watch::Sender<Option<Exit>>>,
    log: Arc<LogBook>,
    prefix: String,
    /// How many of its lines were taken: others may write into the same book.
    lines: Arc<AtomicU64>,
    tasks: Mutex<JoinSet<()>>,
}

impl Followed {
    /// Watches a container that was just started. Its lines go to `log`, each after `prefix`.
    ///
    /// # Errors
    /// When the engine does not show it, or it has no address on that network.
    pub async fn new(
        docker: &Docker,
        id: &str,
        network: &str,
        log: Arc<LogBook>,
        prefix: &str,
    ) -> Result<Self, DockerError> {
        Self::since(docker, id, network, (log, prefix), 0).await
    }

    /// Watches a container that may have run for long: only what it says from now on is taken.
    ///
    /// # Errors
    /// When the engine does not show it.
    pub async fn from_now(
        docker: &Docker,
        id: &str,
        network: &str,
        log: Arc<LogBook>,
        prefix: &str,
    ) -> Result<Self, DockerError> {
        let now = i32::try_from(jiff::Timestamp::now().as_second()).unwrap_or(i32::MAX);
        Self::since(docker, id, network, (log, prefix), now).await
    }

    async fn since(
        docker: &Docker,
        id: &str,
        network: &str,
        (log, prefix): (Arc<LogBook>, &str),
        since: i32,
    ) -> Result<Self, DockerError> {
        let shown = docker.client().inspect_container(id, None).await;
        let shown = shown.map_err(DockerError::refused("show a container"))?;
        let networks = shown.network_settings.and_then(|settings| settings.networks);
        let mut networks = networks.unwrap_or_default();
        let ip = networks.remove(network).and_then(|place| place.ip_address);
        let ip = ip.and_then(|text| text.parse().ok());
        let followed = Self {
            docker: docker.clone(),
            id: id.to_owned(),
            network: network.to_owned(),
            // A container that ended at once has none any more; its end is what counts then.
            ip: ip.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)),
            exit: Arc::new(watch::channel(None).0),
            log,
            prefix: prefix.to_owned(),
            lines: Arc::default(),
            tasks: Mutex::new(JoinSet::new()),
        };
        followed.watch(since);
        Ok(followed)
    }

    /// The same, known by the address of the namespace it shares.
    #[must_use]
    pub fn at(mut self, ip: IpAddr) -> Self {
        self.ip = ip;
        self
    }

    /// What the engine calls it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its address on the run's network.
    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// Its output.
    pub fn log(&self) -> Arc<LogBook> {
        Arc::clone(&self.log)
    }

    /// How it ended, if it has.
    pub fn exited(&self) -> Option<Exit> {
        *self.exit.borrow()
    }

    /// Waits for its end.
    pub async fn wait(&self) -> Exit {
        let mut exit = self.exit.subscribe();
        let ended = exit.wait_for(Option::is_some).await;
        ended.ok().and_then(|exit| *exit).unwrap_or(Exit::Signal(SIGKILL))
    }

    /// Sends SIGTERM, without waiting for what comes of it.
    pub fn terminate(&self) {
        let (client, id) = (self.docker.client().clone(), self.id.clone());
        self.tasks.lock().spawn(async move {
            let how = KillContainerOptionsBuilder::new().signal("SIGTERM").build();
            // It may have ended by itself meanwhile.
            let _ = client.kill_container(&id, Some(how)).await;
        });
    }

    /// Watches it no longer, and leaves it as it is.
    pub fn let_go(&self) {
        self.tasks.lock().abort_all();
    }

    /// Ends and removes it.
    pub async fn remove(&self) {
        let client = self.docker.client();
        let gently = StopContainerOptionsBuilder::new().t(GRACE_SECS).build();
        // Whatever is refused here is removed with the run's other things at its end.
        if self.exited().is_none() {
            let _ = client.unpause_container(&self.id).await;
            let _ = client.stop_container(&self.id, Some(gently)).await;
            let _ = tokio::time::timeout(LAST_LINES, self.wait()).await;
        }
        let how = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
        let _ = client.remove_container(&self.id, Some(how)).await;
        self.tasks.lock().abort_all();
    }

    /// Reads on behind the lines that were taken already, from that second on, and notes the end.
    fn watch(&self, since: i32) {
        let (client, id) = (self.docker.client().clone(), self.id.clone());
        let (log, prefix) = (Arc::clone(&self.log), self.prefix.clone());
        let (exit, taken) = (Arc::clone(&self.exit), Arc::clone(&self.lines));
        self.tasks.lock().spawn(async move {
            let mut ended = Box::pin(client.wait_container(&id, None));
            let wish = LogsOptionsBuilder::new().follow(true).stdout(true).stderr(true);
            let wish = wish.since(since).build();
            let mut frames = Box::pin(client.logs(&id, Some(wish)));
            let reading = async {
                let (mut lines, mut skip) = (Lines::default(), taken.load(Ordering::Relaxed));
                while let Some(Ok(frame)) = frames.next().await {
                    for line in lines.take(&frame) {
                        if skip > 0 {
                            skip -= 1;
                        } else {
                            log.push(&format!("{prefix}{line}"));
                            taken.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            };
            // Its last lines count as said before its end.
            let (ended, ()) = futures::join!(ended.next(), reading);
            exit.send_replace(Some(code_of(ended)));
        });
    }

    async fn ask<T>(
        &self,
        what: &str,
        asked: impl Future<Output = Result<T, testcontainers::bollard::errors::Error>>,
    ) -> Result<T, TargetError> {
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(answered) => answered.map_err(|error| {
                let told = DockerError::refused(what)(error);
                TargetError::CannotStart {
                    what: "a container".to_owned(),
                    reason: told.to_string(),
                }
            }),
            Err(_) => Err(TargetError::CannotStart {
                what: "a container".to_owned(),
                reason: format!("Docker did not {what} within {} s", PATIENCE.as_secs()),
            }),
        }
    }

    async fn begin_again(
        &self,
        what: &str,
        asked: impl Future<Output = Result<(), testcontainers::bollard::errors::Error>>,
    ) -> Result<(), TargetError> {
        self.exit.send_replace(None);
        self.ask(what, asked).await?;
        self.watch(0);
        Ok(())
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.tasks.lock().abort_all();
    }
}

impl Grip for Followed {
    fn pause(&self) -> BoxFuture<'_, Result<(), TargetError>> {
        self.ask("pause it", self.docker.client().pause_container(&self.id)).boxed()
    }

    fn go_on(&self) -> BoxFuture<'_, Result<(), TargetError>> {
        self.ask("let it go on", self.docker.client().unpause_container(&self.id)).boxed()
    }

    fn kill(&self) -> BoxFuture<'_, Result<(), TargetError>> {
        async move {
            let how = KillContainerOptionsBuilder::new().signal("SIGKILL").build();
            self.ask("kill it", self.docker.client().kill_container(&self.id, Some(how))).await?;
            let ended = tokio::time::timeout(PATIENCE, self.wait()).await;
            ended.map(drop).map_err(|_| TargetError::Unable("be killed"))
        }
        .boxed()
    }

    fn start_again(&self) -> BoxFuture<'_, Result<(), TargetError>> {
        self.begin_again("start it again", self.docker.client().start_container(&self.id, None))
            .boxed()
    }

    fn restart(&self) -> BoxFuture<'_, Result<(), TargetError>> {
        async move {
            let how = RestartContainerOptionsBuilder::new().t(GRACE_SECS).build();
            let again = self.docker.client().restart_container(&self.id, Some(how));
            self.begin_again("restart it", again).await
        }
        .boxed()
    }

    fn cut_off(&self) -> BoxFuture<'_, Result<(), TargetError>> {
        async move {
            let what = NetworkDisconnectRequest { container: self.id.clone(), force: Some(true) };
            let client = self.docker.client();
            self.ask("cut it off", client.disconnect_network(&self.network, what)).await
        }
        .boxed()
    }

    /// With the address it had: what the allow-list knows it by.
    fn heal(&self) -> BoxFuture<'_, Result<(), TargetError>> {
        async move {
            let place = EndpointIpamConfig {
                ipv4_address: Some(self.ip.to_string()),
                ..EndpointIpamConfig::default()
            };
            let what = NetworkConnectRequest {
                container: self.id.clone(),
                endpoint_config: Some(EndpointSettings {
                    ipam_config: Some(place),
                    ..EndpointSettings::default()
                }),
            };
            let client = self.docker.client();
            self.ask("connect it again", client.connect_network(&self.network, what)).await
        }
        .boxed()
    }
}

/// Docker says 128 + n of an end by signal n.
fn code_of(
    ended: Option<
        Result<
            testcontainers::bollard::models::ContainerWaitResponse,
            testcontainers::bollard::errors::Error,
        >,
    >,
) -> Exit {
    use testcontainers::bollard::errors::Error;
    let code = match ended {
        Some(Ok(told)) => told.status_code,
        Some(Err(Error::DockerContainerWaitError { code, .. })) => code,
        _ => -1,
    };
    let code = i32::try_from(code).unwrap_or(-1);
    match code - SIGNAL_BASE {
        SIGKILL | SIGTERM => Exit::Signal(code - SIGNAL_BASE),
        _ => Exit::Code(code),
    }
}

/// Puts frames together into lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    begun: [Vec<u8>; 2],
}

impl Lines {
    pub(super) fn take(&mut self, frame: &LogOutput) -> Vec<String> {
        let (stream, bytes) = match frame {
            LogOutput::StdErr { message } => (1, message),
            LogOutput::StdOut { message }
            | LogOutput::StdIn { message }
            | LogOutput::Console { message } => (0, message),
        };
        let begun = &mut self.begun[stream];
        let mut whole = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            begun.extend_from_slice(part);
            if begun.ends_with(b"\n") || begun.len() > LINE_BYTES_MAX {
                let line = String::from_utf8_lossy(begun).trim_end().to_owned();
                whole.push(line);
                begun.clear();
            }
        }
        whole
    }
}

/// What Docker adds to the number of a signal.
const SIGNAL_BASE: i32 = 128;
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;
/// Seconds between SIGTERM and SIGKILL when a container is ended.
const GRACE_SECS: i32 = 10;
/// What an engine on a busy machine may need for anything.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the last lines of a container that has ended may take.
const LAST_LINES: Duration = Duration::from_secs(3);
const LINE_BYTES_MAX: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_together_from_frames_of_each_stream() {
        let mut lines = Lines::default();
        let out = |text: &'static str| LogOutput::StdOut { message: text.into() };
        let err = |text: &'static str| LogOutput::StdErr { message: text.into() };
        assert_eq!(lines.take(&out("one\ntw")), ["one"]);
        assert_eq!(lines.take(&err("oops\r\n")), ["oops"]);
        assert_eq!(lines.take(&out("o\n\nthree\n")), ["two", "", "three"]);
    }
}
