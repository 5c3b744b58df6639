//! The event stream on disk, written as it happens.

use std::io::{self, Write};
use std::sync::Arc;

use camino::Utf8Path;

use super::guard::Guard;
use crate::event::Event;

/// Writes every event as one line of NDJSON and flushes it at once, so that of a killed run every
/// event that happened is there.
#[derive(Debug)]
pub struct Ledger<W: Write> {
    out: W,
    guard: Arc<Guard>,
    broken: bool,
}

/// A file to write from its beginning; an older file of that name is emptied, missing folders are made.
pub fn new_file(path: &Utf8Path) -> io::Result<std::fs::File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::File::create(path)
}

impl<W: Write> Ledger<W> {
    /// A ledger that writes there.
    pub fn new(out: W, guard: Arc<Guard>) -> Self {
        Self { out, guard, broken: false }
    }

    /// Writes one event, secrets in it masked.
    ///
    /// After a failed write nothing more is written: half a line in the middle would spoil the
    /// stream, half a line at its end does not.
    pub fn record(&mut self, event: &Event) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier event could not be written"));
        }
        let mut line = serde_json::to_vec(&self.guard.masked_event(event))?;
        line.push(b'\n');
        let written = self.out.write_all(&line).and_then(|()| self.out.flush());
        self.broken = written.is_err();
        written
    }
}
