//! What is known of one connection, and the lever on it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use contract::capture::{Connection, ConnectionOutcome};
use parking_lot::Mutex;
use tokio::sync::watch;

use super::{Stream, WireFault};
use crate::capture::{Caller, TokenCache, Verdict};
use crate::journal::Journal;

/// A handler's hold on the connection its request came by. It is in the extensions of every request.
#[derive(Clone)]
pub struct ConnectionControl(Arc<Shared>);

struct Shared {
    listener: Arc<str>,
    number: u64,
    peer: SocketAddr,
    peer_text: Arc<str>,
    accepted: Instant,
    intake: Arc<Intake>,
    tokens: TokenCache,
    requests: AtomicU64,
    fault_in_force: AtomicBool,
    fault: Mutex<Option<WireFault>>,
    note: Mutex<Option<Verdict>>,
    idle_limit: watch::Sender<Option<(u64, Duration)>>,
}

impl ConnectionControl {
    pub(super) fn new(listener: Arc<str>, number: u64, peer: SocketAddr) -> Self {
        Self(Arc::new(Shared {
            listener,
            number,
            peer,
            peer_text: peer.to_string().into(),
            accepted: Instant::now(),
            intake: Arc::default(),
            tokens: TokenCache::default(),
            requests: AtomicU64::new(0),
            fault_in_force: AtomicBool::new(false),
            fault: Mutex::new(None),
            note: Mutex::new(None),
            idle_limit: watch::Sender::new(None),
        }))
    }

    /// Address of the caller.
    pub fn peer(&self) -> SocketAddr {
        self.0.peer
    }

    /// Number of the connection on its listener, from 1.
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// Name of the listener.
    pub fn listener(&self) -> &str {
        &self.0.listener
    }

    /// Makes the connection misbehave when the reply to the present request is written. With a fault
    /// that sends no reply the handler's response is thrown away and the record has status 0.
    pub fn inject(&self, fault: WireFault) {
        *self.0.fault.lock() = Some(fault);
        self.0.fault_in_force.store(true, Ordering::Release);
    }

    /// Tells the journal early what is known of the present request, for the case that it never gets a
    /// reply.
    pub fn note(&self, verdict: Verdict) {
        *self.0.note.lock() = Some(verdict);
    }

    /// Closes the connection when nothing was asked on it for so long after the present request.
    pub(crate) fn close_when_idle_for(&self, after: Duration) {
        self.0.idle_limit.send_replace(Some((self.requests(), after)));
    }

    /// Ends when the connection has been unused for as long as it may be.
    pub(super) async fn idle_too_long(&self) {
        let mut limits = self.0.idle_limit.subscribe();
        loop {
            let limit = *limits.borrow_and_update();
            let passed = async {
                match limit {
                    Some((_, after)) => tokio::time::sleep(after).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = passed => {
                    if limit.is_some_and(|(request, _)| request == self.requests()) {
                        return;
                    }
                    self.0.idle_limit.send_replace(None);
                }
                // The sender lives as long as this connection.
                _ = limits.changed() => {}
            }
        }
    }

    pub(super) fn begin_request(&self) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        if self.0.fault_in_force.swap(false, Ordering::AcqRel) {
            *self.0.fault.lock() = None;
        }
    }

    /// Requests so far, the present one included.
    pub(crate) fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::Relaxed)
    }

    pub(super) fn fault_in_force(&self) -> bool {
        self.0.fault_in_force.load(Ordering::Acquire)
    }

    pub(super) fn fault(&self) -> Option<WireFault> {
        if self.fault_in_force() { self.0.fault.lock().clone() } else { None }
    }

    pub(super) fn take_note(&self) -> Option<Verdict> {
        self.0.note.lock().take()
    }

    pub(super) fn intake(&self) -> Arc<Intake> {
        Arc::clone(&self.0.intake)
    }

    pub(super) fn tokens(&self) -> &TokenCache {
        &self.0.tokens
    }

    pub(super) fn caller(&self) -> Caller<'_> {
        Caller {
            listener: &self.0.listener,
            connection: self.0.number,
            peer: &self.0.peer_text,
            tokens: &self.0.tokens,
        }
    }

    /// Records the connection itself, with what has come in until now.
    pub fn record(&self, journal: &Journal, outcome: ConnectionOutcome) -> u64 {
        let first = self.0.intake.first.lock().clone();
        let at = self.0.accepted.saturating_duration_since(journal.started());
        journal.record_connection(Connection {
            seq: 0,
            listener: self.0.listener.to_string(),
            peer: self.0.peer_text.to_string(),
            at_ms: at.as_secs_f64() * 1e3,
            outcome,
            bytes_in: self.0.intake.bytes.load(Ordering::Relaxed),
            tls_hello: first.starts_with(&TLS_HANDSHAKE),
            first_bytes_hex: hex::encode(&first),
        })
    }
}

/// A connection given to a raw handler. Dropping it closes the connection.
pub struct RawConnection {
    /// Its bytes.
    pub stream: Stream,
    /// Who called; `record` puts it into a journal.
    pub control: ConnectionControl,
}

/// What came in on a connection, below TLS.
#[derive(Default)]
pub(super) struct Intake {
    bytes: AtomicU64,
    first: Mutex<Vec<u8>>,
}

impl Intake {
    pub(super) fn saw(&self, bytes: &[u8]) {
        let before = self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if before < FIRST_BYTES_MAX as u64 {
            let mut first = self.first.lock();
            let room = FIRST_BYTES_MAX - first.len();
            first.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }
}

const FIRST_BYTES_MAX: usize = 32;
/// Record type handshake, major version 3.
const TLS_HANDSHAKE: [u8; 2] = [0x16, 0x03];
