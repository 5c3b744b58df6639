//! Streaming the journal to a file of JSON lines, without ever holding up a request.
//!
//! Each line has one member: `{"exchange":{..}}`, `{"connection":{..}}` or `{"dropped":n}`, the number
//! of records that were left out at that place because the queue was full.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

use contract::capture::Connection;
use serde_json::json;
use thiserror::Error;

use super::entry::Entry;
use super::ring::Weigh;

/// The file for the journal's lines could not be made.
#[derive(Debug, Error)]
#[error("cannot write the journal to {path}")]
pub struct SinkError {
    /// The file.
    pub path: PathBuf,
    /// Why not.
    #[source]
    pub source: io::Error,
}

/// Queue to the writer thread; dropping it writes what is queued and ends the thread.
pub(super) struct Sink {
    queue: Option<SyncSender<Line>>,
    counters: Arc<Counters>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Counters {
    queued_bytes: AtomicUsize,
    dropped: AtomicU64,
}

enum Line {
    Exchange(u64, Arc<Entry>),
    Connection(Arc<Connection>),
}

impl Sink {
    pub(super) fn create(path: PathBuf) -> Result<Self, SinkError> {
        let file = match File::create(&path) {
            Ok(file) => file,
            Err(source) => return Err(SinkError { path, source }),
        };
        Self::start(file, LINES_MAX).map_err(|source| SinkError { path, source })
    }

    fn start(out: impl Write + Send + 'static, lines_max: usize) -> io::Result<Self> {
        let (queue, lines) = sync_channel(lines_max);
        let counters = Arc::new(Counters::default());
        let shared = Arc::clone(&counters);
        let writer = std::thread::Builder::new().name("journal-sink".into()).spawn(move || {
            if let Err(error) = write_lines(&lines, BufWriter::new(out), &shared) {
                tracing::error!(%error, "the journal's file ends here");
            }
        })?;
        Ok(Self { queue: Some(queue), counters, writer: Some(writer) })
    }

    pub(super) fn exchange(&self, seq: u64, entry: Arc<Entry>) {
        self.offer(Line::Exchange(seq, entry));
    }

    pub(super) fn connection(&self, connection: Arc<Connection>) {
        self.offer(Line::Connection(connection));
    }

    pub(super) fn dropped(&self) -> u64 {
        self.counters.dropped.load(Ordering::Relaxed)
    }

    fn offer(&self, line: Line) {
        let weight = line.weight_bytes();
        let queued = self.counters.queued_bytes.fetch_add(weight, Ordering::Relaxed);
        let room = queued + weight <= QUEUE_BYTES_MAX || queued == 0;
        let taken = room && self.queue.as_ref().is_some_and(|queue| queue.try_send(line).is_ok());
        if !taken {
            self.counters.queued_bytes.fetch_sub(weight, Ordering::Relaxed);
            self.counters.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(writer) = self.writer.take() {
            // The thread reports its own errors; a panic in it has been printed.
            let _ = writer.join();
        }
    }
}

impl Weigh for Line {
    fn weight_bytes(&self) -> usize {
        match self {
            Self::Exchange(_, entry) => entry.weight_bytes(),
            Self::Connection(connection) => connection.weight_bytes(),
        }
    }
}

fn write_lines(lines: &Receiver<Line>, mut out: impl Write, counters: &Counters) -> io::Result<()> {
    let mut told_dropped = 0;
    loop {
        let line = match lines.try_recv() {
            Ok(line) => line,
            Err(TryRecvError::Empty) => {
                out.flush()?;
                let Ok(line) = lines.recv() else { break };
                line
            }
            Err(TryRecvError::Disconnected) => break,
        };
        counters.queued_bytes.fetch_sub(line.weight_bytes(), Ordering::Relaxed);
        match line {
            Line::Exchange(seq, entry) => {
                write_line(&mut out, &json!({ "exchange": entry.exchange(seq) }))?;
            }
            Line::Connection(connection) => {
                write_line(&mut out, &json!({ "connection": *connection }))?;
            }
        }
        tell_dropped(&mut out, counters, &mut told_dropped)?;
    }
    tell_dropped(&mut out, counters, &mut told_dropped)?;
    out.flush()
}

fn tell_dropped(out: &mut impl Write, counters: &Counters, told: &mut u64) -> io::Result<()> {
    let dropped = counters.dropped.load(Ordering::Relaxed);
    if dropped > *told {
        write_line(out, &json!({ "dropped": dropped - *told }))?;
        *told = dropped;
    }
    Ok(())
}

fn write_line(out: &mut impl Write, line: &serde_json::Value) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

const LINES_MAX: usize = 8192;
const QUEUE_BYTES_MAX: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;

    use super::*;
    use crate::journal::blank_exchange;
    use crate::journal::entry::Draft;

    /// A file that takes nothing while the test holds the lock.
    #[derive(Clone, Default)]
    struct SlowFile(Arc<Mutex<Vec<u8>>>);

    impl Write for SlowFile {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_queue_drops_counts_and_says_so_in_the_file() {
        let file = SlowFile::default();
        let held = file.0.lock();
        let sink = Sink::start(file.clone(), 3).unwrap();
        let long =
            contract::capture::Exchange { request_body: "x".repeat(10_000), ..blank_exchange() };
        for seq in 1..=20 {
            sink.exchange(seq, Arc::new(Entry::from(Draft::from(long.clone()))));
        }
        let dropped = sink.dropped();
        // Three are queued and one is being written, or nothing has been taken yet.
        assert!((16..=17).contains(&dropped), "{dropped}");
        drop(held);
        drop(sink);
        let text = String::from_utf8(file.0.lock().clone()).unwrap();
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let written = lines.iter().filter(|line| line.get("exchange").is_some()).count() as u64;
        let told: u64 = lines.iter().filter_map(|line| line["dropped"].as_u64()).sum();
        assert_eq!((written, told), (20 - dropped, dropped));
    }
}
