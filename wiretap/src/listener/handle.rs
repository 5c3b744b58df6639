//! Steering a listener from elsewhere.

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::ListenError;
use crate::tls::{Tls, TlsKind};

/// Whether a listener takes connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListenerState {
    /// Connections are taken.
    Up,
    /// Connections are refused; the port stays reserved.
    Down,
}

/// A lever on a running listener. It does not keep the listener alive.
#[derive(Clone)]
pub struct ListenerHandle {
    pub(super) shared: Arc<Shared>,
    pub(super) commands: mpsc::Sender<Command>,
}

/// What the accept loop is asked to do.
pub(super) enum Command {
    Down(oneshot::Sender<Result<(), ListenError>>),
    Up(oneshot::Sender<Result<(), ListenError>>),
}

/// What the accept loop, its connections and its handles share.
pub(super) struct Shared {
    pub(super) name: Arc<str>,
    pub(super) addr: SocketAddr,
    tls: Option<Tls>,
    status: Mutex<Status>,
}

struct Status {
    state: ListenerState,
    tls: TlsKind,
    /// Cancelled when connections made so far should end after their present request.
    era: CancellationToken,
}

impl Shared {
    pub(super) fn new(name: String, addr: SocketAddr, tls: Option<Tls>) -> Self {
        let status =
            Status { state: ListenerState::Up, tls: TlsKind::Good, era: CancellationToken::new() };
        Self { name: name.into(), addr, tls, status: Mutex::new(status) }
    }

    pub(super) fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    pub(super) fn set_state(&self, state: ListenerState) {
        self.status.lock().state = state;
    }

    /// How a connection that comes now is served, and when it should end.
    pub(super) fn terms(&self) -> (Option<Arc<ServerConfig>>, CancellationToken) {
        let status = self.status.lock();
        (self.tls.as_ref().map(|tls| tls.server_config(status.tls)), status.era.clone())
    }
}

impl ListenerHandle {
    /// The listener's name.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Where it listens, also while it is down.
    pub fn addr(&self) -> SocketAddr {
        self.shared.addr
    }

    /// Whether connections are taken.
    pub fn state(&self) -> ListenerState {
        self.shared.status.lock().state
    }

    /// The certificate in use; `None` without TLS.
    pub fn tls(&self) -> Option<TlsKind> {
        self.shared.tls.as_ref().map(|_| self.shared.status.lock().tls)
    }

    /// Refuses connections from now on and cuts the open ones. Nothing happens when it is down.
    pub async fn down(&self) -> Result<(), ListenError> {
        self.ask(Command::Down).await
    }

    /// Takes connections again on the same port. Nothing happens when it is up.
    pub async fn up(&self) -> Result<(), ListenError> {
        self.ask(Command::Up).await
    }

    /// Shows another certificate from now on. Open connections end after their present request, so
    /// that the next request meets it.
    pub fn set_tls(&self, kind: TlsKind) -> Result<(), ListenError> {
        if !self.shared.is_tls() {
            return Err(ListenError::NoTls { name: self.name().to_owned() });
        }
        let mut status = self.shared.status.lock();
        status.tls = kind;
        std::mem::take(&mut status.era).cancel();
        Ok(())
    }

    async fn ask(
        &self,
        command: fn(oneshot::Sender<Result<(), ListenError>>) -> Command,
    ) -> Result<(), ListenError> {
        let stopped = || ListenError::Stopped { name: self.name().to_owned() };
        let (done, answer) = oneshot::channel();
        self.commands.send(command(done)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}
