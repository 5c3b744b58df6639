//! The FL endpoint: an L4 listener with an allow-list, in front of the FL server stub or any other
//! server.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use contract::capture::ConnectionOutcome;
use parking_lot::Mutex;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use wiretap::TlsKind;

use super::allow_list::{AllowList, Gate, Verdict};
use super::port::Port;
use super::provisioning::Provisioning;
use super::server::FlServer;

/// What became of one connection attempt that reached the endpoint.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// Caller.
    pub peer: SocketAddr,
    /// When it connected.
    pub at: Instant,
    /// What became of it.
    pub outcome: ConnectionOutcome,
    /// Bytes it had sent when this was noted.
    pub bytes_in: u64,
    /// The first of them.
    pub first_bytes: Vec<u8>,
}

/// Takes note of a connection.
pub type Recorder = Arc<dyn Fn(Sighting) + Send + Sync>;

/// Makes the TLS side of the stub when the first client says hello in TLS.
pub type TlsSource = Arc<dyn Fn(TlsKind) -> io::Result<TlsAcceptor> + Send + Sync>;

/// Where connections go that are let through.
#[derive(Clone)]
pub enum Behind {
    /// The stub of this process.
    Stub {
        /// The server.
        server: Arc<FlServer>,
        /// Its certificate, made on demand.
        tls: TlsSource,
        /// Whose certificates it asks for, if it does.
        provisioning: Arc<Provisioning>,
    },
    /// Another server; bytes pass untouched.
    Upstream(SocketAddr),
}

/// A running endpoint. Dropping it ends its task and every connection.
pub struct FlEndpoint {
    address: SocketAddr,
    up: AtomicBool,
    gates: mpsc::Sender<Command>,
    shared: Arc<Shared>,
    tasks: Mutex<JoinSet<()>>,
}

struct Shared {
    list: Mutex<AllowList>,
    certificate: Mutex<TlsKind>,
    behind: Behind,
    recorder: Recorder,
}

impl FlEndpoint {
    /// Binds `address` and serves it with an open list.
    pub fn start(address: SocketAddr, behind: Behind, recorder: Recorder) -> io::Result<Self> {
        let port = Port::bind(address)?;
        let shared = Arc::new(Shared {
            list: Mutex::new(AllowList::open()),
            certificate: Mutex::new(TlsKind::Good),
            behind,
            recorder,
        });
        let (gates, commands) = mpsc::channel(1);
        let mut tasks = JoinSet::new();
        let address = port.address();
        tasks.spawn(accept(port, commands, Arc::clone(&shared)));
        Ok(Self { address, up: AtomicBool::new(true), gates, shared, tasks: Mutex::new(tasks) })
    }

    /// Where it listens, in every state.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The rules in force.
    pub fn allow_list(&self) -> AllowList {
        self.shared.list.lock().clone()
    }

    /// Puts rules into force; they hold when this returns. Connections that stand stay.
    pub async fn set_allow_list(&self, list: AllowList) -> io::Result<()> {
        *self.shared.list.lock() = list;
        self.apply().await
    }

    /// The kind of certificate the stub shows.
    pub fn certificate(&self) -> TlsKind {
        *self.shared.certificate.lock()
    }

    /// Lets the stub show another kind of certificate, to connections to come.
    pub fn show_certificate(&self, kind: TlsKind) {
        *self.shared.certificate.lock() = kind;
    }

    /// Whether the server is there.
    pub fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// Takes the server away (connections are refused) or brings it back on the same port.
    pub async fn set_up(&self, up: bool) -> io::Result<()> {
        self.up.store(up, Ordering::Relaxed);
        self.apply().await
    }

    /// Closes the port, cuts every connection and waits until all is gone.
    pub async fn stop(&self) {
        let mut tasks = std::mem::take(&mut *self.tasks.lock());
        tasks.shutdown().await;
    }

    async fn apply(&self) -> io::Result<()> {
        let up = self.up.load(Ordering::Relaxed);
        let (gate, heard) = {
            let list = self.shared.list.lock();
            (if up { list.gate() } else { Gate::Closed }, list.heard())
        };
        let (done, wait) = oneshot::channel();
        self.gates.send((gate, heard, done)).await.map_err(|_| stopped())?;
        match wait.await.map_err(|_| stopped())? {
            // Callers are then accepted and never answered, which is the nearest this system offers.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
            other => other,
        }
    }
}

fn stopped() -> io::Error {
    io::Error::other("the FL endpoint has stopped")
}

/// The gate, and the only sources whose packets are heard, if not all are.
type Command = (Gate, Option<BTreeSet<IpAddr>>, oneshot::Sender<io::Result<()>>);

async fn accept(mut port: Port, mut commands: mpsc::Receiver<Command>, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        tokio::select! {
            command = commands.recv() => {
                let Some((gate, heard, done)) = command else { return };
                // Whoever fills the queue of a silent port must be heard.
                port.hear_all();
                let moved = port.set_gate(gate).await;
                let _ = done.send(moved.and_then(|()| port.hear_only(heard.as_ref())));
            }
            Some(_) = connections.join_next() => {}
            accepted = port.accept(), if connections.len() < CONNECTIONS_MAX => {
                if let Ok((stream, peer)) = accepted {
                    number += 1;
                    connections.spawn(connection(stream, peer, number, Arc::clone(&shared)));
                }
            }
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, number: u64, shared: Arc<Shared>) {
    let at = Instant::now();
    let verdict = shared.list.lock().verdict(peer.ip());
    let note = |outcome, bytes: &[u8]| {
        (shared.recorder)(Sighting {
            peer,
            at,
            outcome,
            bytes_in: bytes.len() as u64,
            first_bytes: bytes[..bytes.len().min(FIRST_BYTES_MAX)].to_vec(),
        });
    };
    if verdict == Verdict::Refuse {
        note(ConnectionOutcome::Refused, &[]);
        let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
        return;
    }
    let mut buffer = [0; 1024];
    let seen = timeout(NOTE_PATIENCE, stream.peek(&mut buffer)).await;
    let bytes = &buffer[..seen.unwrap_or(Ok(0)).unwrap_or(0)];
    if verdict == Verdict::Drop {
        note(ConnectionOutcome::Dropped, bytes);
        return stay_silent(stream).await;
    }
    if !bytes.starts_with(TLS_HELLO) {
        if shared.behind.is_mutual() {
            return note(ConnectionOutcome::TlsFailed, bytes);
        }
        note(ConnectionOutcome::Accepted, bytes);
        return forward(stream, number, &shared.behind).await;
    }
    let kind = *shared.certificate.lock();
    match handshake(stream, &shared.behind, kind).await {
        Ok(Inner::Passed(stream)) => {
            note(ConnectionOutcome::Accepted, bytes);
            forward(stream, number, &shared.behind).await;
        }
        Ok(Inner::Tls(stream, server, certified)) => {
            note(ConnectionOutcome::Accepted, bytes);
            let _ = server.serve(stream, number, certified).await;
        }
        Err(_) => note(ConnectionOutcome::TlsFailed, bytes),
    }
}

enum Inner {
    Passed(TcpStream),
    Tls(Box<tokio_rustls::server::TlsStream<TcpStream>>, Arc<FlServer>, Option<String>),
}

impl Behind {
    fn is_mutual(&self) -> bool {
        match self {
            Self::Upstream(_) => false,
            Self::Stub { provisioning, .. } => provisioning.is_mutual(),
        }
    }
}

async fn handshake(stream: TcpStream, behind: &Behind, kind: TlsKind) -> io::Result<Inner> {
    match behind {
        Behind::Upstream(_) => Ok(Inner::Passed(stream)),
        Behind::Stub { server, tls, provisioning } => {
            let stream = timeout(HANDSHAKE_PATIENCE, tls(kind)?.accept(stream)).await??;
            let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
            let certified = shown.map(|shown| provisioning.slot_of(shown).unwrap_or_default());
            Ok(Inner::Tls(Box::new(stream), Arc::clone(server), certified))
        }
    }
}

async fn forward(mut stream: TcpStream, number: u64, behind: &Behind) {
    match behind {
        Behind::Stub { server, .. } => {
            let _ = server.serve(stream, number, None).await;
        }
        Behind::Upstream(address) => {
            if let Ok(mut upstream) = TcpStream::connect(address).await {
                let _ = copy_bidirectional(&mut stream, &mut upstream).await;
            }
        }
    }
}

/// Reads on without a word until the caller goes.
async fn stay_silent(mut stream: TcpStream) {
    let mut sink = [0; 4096];
    while !matches!(stream.read(&mut sink).await, Ok(0) | Err(_)) {}
}

/// Connections served at a time; more wait in the listen queue.
const CONNECTIONS_MAX: usize = 1024;

/// Bytes kept of a connection.
const FIRST_BYTES_MAX: usize = 32;

/// How a TLS handshake begins: record type and major version.
pub const TLS_HELLO: &[u8] = &[0x16, 0x03];

/// A caller that says nothing is noted after this long, so that a bare probe is seen too.
const NOTE_PATIENCE: Duration = Duration::from_millis(500);

/// A TLS handshake may take so long.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(10);
