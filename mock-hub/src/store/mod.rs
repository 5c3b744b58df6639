//! The state on file: a SQLite database under the domain, which alone knows rules.
//!
//! A hub without a state file has none of this. With one, every change the domain makes is noted
//! here and committed before the reply that tells of it leaves; at the next start the domain is made
//! from the file. Tables are those of the edition, made the way the edition makes them.

mod change;
mod error;
mod file;
mod layout;
mod load;
mod migrate;
mod schema;
mod sealing;
pub mod statement;
mod write;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use contract::edition::Edition;
use parking_lot::{Mutex, RwLockReadGuard};

pub use change::{Change, Loaded, ModelRecord, SlotRecord, TrustRecord};
pub use error::OpenStateError;
pub use statement::Statement;

use crate::habits::RegistryHabits;
use layout::Layout;
use writer::Shared;

/// When a reply leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Acknowledge {
    /// When what it tells of is on file.
    #[default]
    AfterWriting,
    /// At once. Loses work, which is what tests of the test want to see.
    BeforeWriting,
}

/// A state file in use. Dropping it ends the use, with everything written.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    shared: Arc<Shared>,
    acknowledge: Acknowledge,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Store {
    /// Opens or makes the file, brings its tables to the edition, and reads it whole. Blocks.
    pub fn open(
        path: &Path,
        edition: &'static Edition,
        habits: &RegistryHabits,
        acknowledge: Acknowledge,
    ) -> Result<(Self, Loaded), OpenStateError> {
        let layout = Layout::of(edition);
        let mut db = file::hold(path)?;
        schema::fit(path, &mut db, &layout, habits)?;
        file::settle(path, &db)?;
        let found = schema::tables(&db).map_err(|error| OpenStateError::of(path, &error))?;
        let lacking = schema::lacking(&layout, &found);
        let loaded = load::everything(path, &db, &layout, &lacking)?;
        let shared = Arc::new(Shared::new(lacking));
        let behind = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("hub-state".to_owned())
            .spawn(move || writer::run(db, &layout, &behind, acknowledge))
            .map_err(|source| OpenStateError::Unreachable { path: path.to_owned(), source })?;
        let thread = Mutex::new(Some(thread));
        Ok((Self { path: path.to_owned(), shared, acknowledge, thread }, loaded))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Notes changes that belong together. To be called under the lock that guards what changed.
    pub fn note(&self, changes: impl IntoIterator<Item = Change>) {
        self.shared.note(changes);
    }

    /// While this is held nothing is committed: what is noted meanwhile is committed together. To be
    /// taken before any lock of the domain's.
    pub fn whole(&self) -> RwLockReadGuard<'_, ()> {
        self.shared.whole.read_recursive()
    }

    /// Waits until everything noted up to now is on file.
    pub async fn settled(&self) -> Result<(), Arc<str>> {
        match self.acknowledge {
            Acknowledge::AfterWriting => self.shared.settled().await,
            Acknowledge::BeforeWriting => Ok(()),
        }
    }

    /// Why nothing is written any more, if so: then nothing may be acknowledged either.
    pub fn failed(&self) -> Option<Arc<str>> {
        self.shared.failed()
    }

    /// Columns the tables lack, as `table.column`.
    pub fn lacking(&self) -> Vec<String> {
        self.shared.lacking.read().clone()
    }

    /// Runs statements against the file where it lacks columns; where it does not, none can fail for
    /// want of one.
    pub async fn attempt(&self, statements: &'static [Statement]) -> Result<(), String> {
        if self.shared.lacking.read().is_empty() {
            return Ok(());
        }
        self.shared.attempt(statements).await
    }

    /// Writes what is left and lets go of the file. Nothing is written afterwards.
    pub fn close(&self) {
        self.shared.close();
        if let Some(thread) = self.thread.lock().take() {
            // A writer that panicked has let go of the file too.
            let _ = thread.join();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests;
