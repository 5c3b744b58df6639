//! The journal itself: recording, reading on, and waiting for what is not there yet.

use std::sync::Arc;
use std::time::Instant;

use contract::capture::{Connection, Exchange};
use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::Notify;

use super::entry::{Draft, Entry, ms};
use super::ring::{Ring, Weigh};
use super::sink::Sink;
use super::{Filter, JournalOptions, SecretHeaders, SinkError};

/// Bounded record of exchanges and connections. Clones share it.
#[derive(Clone)]
pub struct Journal(Arc<Inner>);

struct Inner {
    started: Instant,
    secret_headers: SecretHeaders,
    exchanges: Mutex<Ring<Entry>>,
    connections: Mutex<Ring<Connection>>,
    recorded: Notify,
    sink: Option<Sink>,
}

/// Exchanges read from a journal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExchangePage {
    /// Those that match, oldest first.
    pub exchanges: Vec<Exchange>,
    /// Pass this as `after` to read on.
    pub next: u64,
    /// Exchanges that were let go since the start because the journal is bounded.
    pub dropped: u64,
}

/// Connections read from a journal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConnectionPage {
    /// Those that match, oldest first.
    pub connections: Vec<Connection>,
    /// Pass this as `after` to read on.
    pub next: u64,
}

impl Journal {
    /// An empty journal. Fails when the sink's file cannot be made.
    pub fn new(options: JournalOptions) -> Result<Self, SinkError> {
        let sink = options.sink.map(Sink::create).transpose()?;
        Ok(Self(Arc::new(Inner {
            started: options.started,
            secret_headers: SecretHeaders::default(),
            exchanges: Mutex::new(Ring::new(options.entries_max, options.bytes_max)),
            connections: Mutex::new(Ring::new(options.connections_max, usize::MAX)),
            recorded: Notify::new(),
            sink,
        })))
    }

    /// The instant that is 0 ms in every record.
    pub fn started(&self) -> Instant {
        self.0.started
    }

    /// Milliseconds since the start, as records count them.
    pub fn elapsed_ms(&self) -> f64 {
        ms(self.0.started.elapsed())
    }

    /// The headers whose values are tokenised at capture.
    pub fn secret_headers(&self) -> &SecretHeaders {
        &self.0.secret_headers
    }

    /// Stores an exchange that was captured elsewhere; its secrets must be tokens already and its `seq`
    /// is not kept. Returns its number.
    pub fn record(&self, exchange: Exchange) -> u64 {
        self.store(Draft::from(exchange))
    }

    pub(crate) fn store(&self, draft: Draft) -> u64 {
        let entry = Arc::new(Entry::from(draft));
        let (seq, evicted) = {
            let mut ring = self.0.exchanges.lock();
            let (seq, evicted) = ring.push(Arc::clone(&entry));
            if let Some(sink) = &self.0.sink {
                sink.exchange(seq, entry);
            }
            (seq, evicted)
        };
        drop(evicted);
        self.0.recorded.notify_waiters();
        seq
    }

    /// Stores a connection; its `seq` is not kept. Returns its number.
    pub fn record_connection(&self, connection: Connection) -> u64 {
        let mut ring = self.0.connections.lock();
        let seq = ring.last_seq() + 1;
        let connection = Arc::new(Connection { seq, ..connection });
        ring.push(Arc::clone(&connection));
        if let Some(sink) = &self.0.sink {
            sink.connection(connection);
        }
        drop(ring);
        self.0.recorded.notify_waiters();
        seq
    }

    /// Up to `limit` matching exchanges numbered above `seq`.
    pub fn after(&self, seq: u64, filter: &Filter, limit: usize) -> ExchangePage {
        let ring = self.0.exchanges.lock();
        let mut found: Vec<(u64, Arc<Entry>)> = Vec::new();
        let mut next = seq.max(ring.last_seq());
        for (seq, entry) in ring.after(seq) {
            let meta = &entry.meta;
            if !filter.matches(&meta.route, meta.trust_id.as_deref(), &meta.listener) {
                continue;
            }
            if found.len() == limit.max(1) {
                next = found.last().map_or(next, |(seq, _)| *seq);
                break;
            }
            found.push((seq, Arc::clone(entry)));
        }
        let dropped = ring.dropped();
        drop(ring);
        let exchanges = found.into_iter().map(|(seq, entry)| entry.exchange(seq)).collect();
        ExchangePage { exchanges, next, dropped }
    }

    /// As [`Journal::after`], but when nothing matches it waits for the first one that does, until
    /// `deadline`; the page is empty then.
    pub async fn wait(
        &self,
        mut seq: u64,
        filter: &Filter,
        limit: usize,
        deadline: Instant,
    ) -> ExchangePage {
        loop {
            let recorded = self.0.recorded.notified();
            tokio::pin!(recorded);
            recorded.as_mut().enable();
            let page = self.after(seq, filter, limit);
            if !page.exchanges.is_empty() {
                return page;
            }
            seq = page.next;
            if tokio::time::timeout_at(deadline.into(), recorded).await.is_err() {
                return self.after(seq, filter, limit);
            }
        }
    }

    /// Up to `limit` connections numbered above `seq`, of one listener when it is named.
    pub fn connections_after(
        &self,
        seq: u64,
        listener: Option<&str>,
        limit: usize,
    ) -> ConnectionPage {
        let ring = self.0.connections.lock();
        let matching = |c: &Connection| listener.is_none_or(|wanted| wanted == c.listener);
        let mut connections: Vec<Connection> = Vec::new();
        let mut next = seq.max(ring.last_seq());
        for (_, connection) in ring.after(seq).filter(|(_, c)| matching(c)) {
            if connections.len() == limit.max(1) {
                next = connections.last().map_or(next, |c| c.seq);
                break;
            }
            connections.push(Connection::clone(connection));
        }
        ConnectionPage { connections, next }
    }

    /// As [`Journal::connections_after`], waiting for the first match until `deadline`.
    pub async fn wait_connections(
        &self,
        mut seq: u64,
        listener: Option<&str>,
        limit: usize,
        deadline: Instant,
    ) -> ConnectionPage {
        loop {
            let recorded = self.0.recorded.notified();
            tokio::pin!(recorded);
            recorded.as_mut().enable();
            let page = self.connections_after(seq, listener, limit);
            if !page.connections.is_empty() {
                return page;
            }
            seq = page.next;
            if tokio::time::timeout_at(deadline.into(), recorded).await.is_err() {
                return self.connections_after(seq, listener, limit);
            }
        }
    }

    /// Exchanges that were let go since the start because the journal is bounded.
    pub fn dropped(&self) -> u64 {
        self.0.exchanges.lock().dropped()
    }

    /// Records the sink could not take because its queue was full; it says so in the file too.
    pub fn sink_dropped(&self) -> u64 {
        self.0.sink.as_ref().map_or(0, Sink::dropped)
    }

    /// Number of the newest exchange; 0 before the first.
    pub fn last_seq(&self) -> u64 {
        self.0.exchanges.lock().last_seq()
    }
}

impl Weigh for Connection {
    fn weight_bytes(&self) -> usize {
        size_of::<Self>() + self.listener.len() + self.peer.len() + self.first_bytes_hex.len()
    }
}
