//! The accept loop, owner of every connection.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use contract::capture::ConnectionOutcome;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::exchange::exchange;
use super::gate::Gate;
use super::handle::{Command, ListenerHandle, ListenerState, Shared};
use super::io::FaultIo;
use super::stream::Tap;
use super::{ConnectionControl, RawConnection, RawHandler, ServeOptions, Stream};

/// A listener could not do what was asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ListenError {
    /// The address cannot be bound.
    #[error("listener {name} cannot bind {addr}")]
    Bind {
        /// The listener.
        name: String,
        /// The address.
        addr: SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The listener does not speak TLS.
    #[error("listener {name} has no TLS")]
    NoTls {
        /// The listener.
        name: String,
    },
    /// The listener has ended.
    #[error("listener {name} has ended")]
    Stopped {
        /// The listener.
        name: String,
    },
}

/// A bound address that is not served yet. Callers are let in, and wait.
pub struct Server {
    gate: Gate,
    addr: SocketAddr,
    options: ServeOptions,
}

impl Server {
    /// Binds an address; port 0 takes a free one. Needs a Tokio runtime around it.
    pub fn bind(addr: SocketAddr, options: ServeOptions) -> Result<Self, ListenError> {
        let (gate, addr) = Gate::open(addr).map_err(|source| ListenError::Bind {
            name: options.name.clone(),
            addr,
            source,
        })?;
        Ok(Self { gate, addr, options })
    }

    /// The bound address.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Serves HTTP/1.1 with the router.
    pub fn serve(self, router: Router) -> Listener {
        self.start(Service::Http(router))
    }

    /// Gives every connection to a handler as it is, after the TLS handshake if there is one. The
    /// handler records it.
    pub fn serve_raw(self, handler: RawHandler) -> Listener {
        self.start(Service::Raw(handler))
    }

    fn start(self, service: Service) -> Listener {
        let Self { gate, addr, mut options } = self;
        let shared = Arc::new(Shared::new(options.name.clone(), addr, options.tls.take()));
        let (commands, inbox) = mpsc::channel(COMMANDS_MAX);
        let handle = ListenerHandle { shared: Arc::clone(&shared), commands };
        let stop = CancellationToken::new();
        let accept_loop = AcceptLoop {
            gate,
            inbox,
            stop: stop.clone(),
            connections: JoinSet::new(),
            connections_max: options.connections_max,
            accepted: 0,
            host: Arc::new(Host { shared, options, service }),
        };
        Listener { handle, stop, task: Some(tokio::spawn(accept_loop.run())) }
    }
}

/// Where a listener can be called from this machine: one that listens on all addresses is called on
/// loopback, because "all" is no address.
pub fn callable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}

/// A running listener; dropping it ends it and its connections.
pub struct Listener {
    handle: ListenerHandle,
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Listener {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.handle.addr()
    }

    /// `http://` or `https://` and an address to call: see [`callable`].
    pub fn url(&self) -> String {
        let scheme = if self.handle.shared.is_tls() { "https" } else { "http" };
        format!("{scheme}://{}", callable(self.addr()))
    }

    /// A lever on it for others.
    pub fn handle(&self) -> ListenerHandle {
        self.handle.clone()
    }

    /// Closes the port, cuts every connection and waits until all their tasks have ended.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take() {
            // A panic in the loop has been printed; there is nothing left to stop then.
            let _ = task.await;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// What every connection needs to know.
pub(super) struct Host {
    pub(super) shared: Arc<Shared>,
    pub(super) options: ServeOptions,
    service: Service,
}

enum Service {
    Http(Router),
    Raw(RawHandler),
}

struct AcceptLoop {
    gate: Gate,
    inbox: mpsc::Receiver<Command>,
    stop: CancellationToken,
    connections: JoinSet<()>,
    connections_max: usize,
    accepted: u64,
    host: Arc<Host>,
}

impl AcceptLoop {
    async fn run(mut self) {
        let stop = self.stop.clone();
        loop {
            let room = self.connections.len() < self.connections_max;
            tokio::select! {
                () = stop.cancelled() => break,
                command = self.inbox.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => break,
                },
                accepted = self.gate.accept(), if room => self.admit(accepted).await,
                Some(ended) = self.connections.join_next() => {
                    if let Err(error) = ended && error.is_panic() {
                        tracing::error!(listener = &*self.host.shared.name, "a handler panicked");
                    }
                }
            }
        }
        drop(self.gate);
        self.connections.shutdown().await;
    }

    async fn obey(&mut self, command: Command) {
        let shared = Arc::clone(&self.host.shared);
        let (done, result) = match command {
            Command::Down(done) => {
                self.gate.shut(shared.addr);
                shared.set_state(ListenerState::Down);
                self.connections.shutdown().await;
                (done, Ok(()))
            }
            Command::Up(done) => match self.gate.reopen(shared.addr) {
                Ok(()) => {
                    shared.set_state(ListenerState::Up);
                    (done, Ok(()))
                }
                Err(source) => {
                    let (name, addr) = (shared.name.to_string(), shared.addr);
                    (done, Err(ListenError::Bind { name, addr, source }))
                }
            },
        };
        // Whoever asked may have gone meanwhile.
        let _ = done.send(result);
    }

    async fn admit(&mut self, accepted: io::Result<(TcpStream, SocketAddr)>) {
        match accepted {
            Ok((tcp, peer)) => {
                self.accepted += 1;
                self.connections.spawn(Arc::clone(&self.host).connection(tcp, peer, self.accepted));
            }
            Err(error) => {
                tracing::warn!(listener = &*self.host.shared.name, %error, "cannot accept");
                // Out of descriptors, most likely: let some connection end first.
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

impl Host {
    async fn connection(self: Arc<Self>, tcp: TcpStream, peer: SocketAddr, number: u64) {
        // Only latency is lost when the option cannot be set.
        let _ = tcp.set_nodelay(true);
        let (tls, era) = self.shared.terms();
        let control = ConnectionControl::new(Arc::clone(&self.shared.name), number, peer);
        let tap = Tap::new(tcp, control.intake());
        let stream = match tls {
            None => Stream::Plain(tap),
            Some(config) => {
                let handshake = TlsAcceptor::from(config).accept(tap);
                let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_MAX, handshake).await else {
                    return self.record(&control, ConnectionOutcome::TlsFailed);
                };
                Stream::Tls(Box::new(stream))
            }
        };
        match &self.service {
            Service::Raw(handler) => handler(RawConnection { stream, control }).await,
            Service::Http(router) => self.http(stream, &control, router, era).await,
        }
    }

    async fn http(
        &self,
        stream: Stream,
        control: &ConnectionControl,
        router: &Router,
        era: CancellationToken,
    ) {
        let io = TokioIo::new(FaultIo::new(stream, control.clone()));
        let service = service_fn(|request| exchange(self, control, router, request));
        let served = http1::Builder::new().auto_date_header(false).serve_connection(io, service);
        tokio::pin!(served);
        let ended = tokio::select! {
            biased;
            ended = served.as_mut() => ended,
            () = era.cancelled() => {
                served.as_mut().graceful_shutdown();
                served.await
            }
            () = control.idle_too_long() => {
                served.as_mut().graceful_shutdown();
                served.await
            }
        };
        let not_http = ended.is_err_and(|error| error.is_parse());
        if not_http || control.requests() == 0 {
            self.record(control, ConnectionOutcome::Accepted);
        }
    }

    fn record(&self, control: &ConnectionControl, outcome: ConnectionOutcome) {
        if let Some(journal) = &self.options.journal {
            control.record(journal, outcome);
        }
    }
}

const COMMANDS_MAX: usize = 8;
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_all_addresses_is_called_on_loopback() {
        for (bound, called) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("172.18.0.1:8080", "172.18.0.1:8080"),
        ] {
            let addr: SocketAddr = bound.parse().expect("an address");
            assert_eq!(callable(addr).to_string(), called);
        }
    }
}
