//! The thread that owns the database, and what it has settled.
//!
//! Whoever changes the state notes the change in the order of the change, under the lock that guards
//! what is changed; the thread takes everything noted so far into one transaction. A reply waits
//! until what was noted before it is committed, so that many replies share one commit.

use std::sync::Arc;

use parking_lot::{Condvar, Mutex, RwLock};
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::change::Change;
use super::layout::Layout;
use super::statement::Statement;
use super::write;
use super::{Acknowledge, schema};

/// What the thread and its clients share.
#[derive(Debug)]
pub(super) struct Shared {
    /// Held for reading while one operation notes changes under several locks: it is committed
    /// whole. Taken before any lock of the domain's.
    pub(super) whole: RwLock<()>,
    queue: Mutex<Queue>,
    filled: Condvar,
    settled: watch::Sender<Settled>,
    /// Columns existing tables lack, as `table.column`.
    pub(super) lacking: RwLock<Vec<String>>,
}

#[derive(Debug, Default)]
struct Queue {
    jobs: Vec<Job>,
    noted: u64,
    closing: bool,
    /// Nobody reads the queue any more.
    closed: bool,
}

#[derive(Debug)]
enum Job {
    Change(Change),
    Try(&'static [Statement], oneshot::Sender<Result<(), String>>),
}

/// How far the file is.
#[derive(Clone, Debug, Default)]
struct Settled {
    through: u64,
    failed: Option<Arc<str>>,
}

impl Shared {
    pub(super) fn new(lacking: Vec<String>) -> Self {
        Self {
            whole: RwLock::new(()),
            queue: Mutex::default(),
            filled: Condvar::new(),
            settled: watch::Sender::new(Settled::default()),
            lacking: RwLock::new(lacking),
        }
    }

    pub(super) fn note(&self, changes: impl IntoIterator<Item = Change>) {
        let mut queue = self.queue.lock();
        if queue.closed {
            return;
        }
        let before = queue.jobs.len();
        queue.jobs.extend(changes.into_iter().map(Job::Change));
        queue.noted += (queue.jobs.len() - before) as u64;
        drop(queue);
        self.filled.notify_one();
    }

    /// Waits until everything noted up to now is on file.
    pub(super) async fn settled(&self) -> Result<(), Arc<str>> {
        let wanted = self.queue.lock().noted;
        let mut settled = self.settled.subscribe();
        let reached = |now: &Settled| now.failed.is_some() || now.through >= wanted;
        let now = settled.wait_for(reached).await.map_err(|_| Arc::<str>::from(CLOSED))?;
        match &now.failed {
            Some(reason) => Err(Arc::clone(reason)),
            None => Ok(()),
        }
    }

    /// Why nothing is written any more, if so.
    pub(super) fn failed(&self) -> Option<Arc<str>> {
        self.settled.borrow().failed.clone()
    }

    /// Runs statements against the file.
    pub(super) async fn attempt(&self, statements: &'static [Statement]) -> Result<(), String> {
        let (answer, outcome) = oneshot::channel();
        {
            let mut queue = self.queue.lock();
            if queue.closed {
                return Err(CLOSED.to_owned());
            }
            queue.jobs.push(Job::Try(statements, answer));
        }
        self.filled.notify_one();
        outcome.await.unwrap_or_else(|_| Err(CLOSED.to_owned()))
    }

    pub(super) fn close(&self) {
        self.queue.lock().closing = true;
        self.filled.notify_one();
    }

    /// Waits for work; nothing when the hub has ended and all is written.
    fn take(&self, acknowledge: Acknowledge) -> Option<(Vec<Job>, u64)> {
        let mut queue = self.queue.lock();
        while queue.jobs.is_empty() && !queue.closing {
            self.filled.wait(&mut queue);
        }
        if queue.jobs.is_empty() {
            queue.closed = true;
            return None;
        }
        drop(queue);
        if acknowledge == Acknowledge::BeforeWriting {
            std::thread::sleep(IDLE);
        }
        let _whole = self.whole.write();
        let mut queue = self.queue.lock();
        Some((std::mem::take(&mut queue.jobs), queue.noted))
    }

    fn publish(&self, through: u64, failed: Option<String>) {
        self.settled.send_modify(|settled| {
            settled.through = through;
            if settled.failed.is_none() {
                settled.failed = failed.map(Into::into);
            }
        });
    }
}

/// The life of the thread.
pub(super) fn run(mut db: Connection, layout: &Layout, shared: &Shared, acknowledge: Acknowledge) {
    while let Some((jobs, through)) = shared.take(acknowledge) {
        let failed = match shared.failed() {
            // What was lost cannot be made up for by what comes after it.
            Some(reason) => Err(reason.to_string()),
            None => commit(&mut db, layout, &jobs).map_err(|error| error.to_string()),
        };
        let recreated = |job: &Job| matches!(job, Job::Change(Change::Recreated));
        if failed.is_ok() && jobs.iter().any(recreated) {
            let found = schema::tables(&db).unwrap_or_default();
            *shared.lacking.write() = schema::lacking(layout, &found);
        }
        for job in jobs {
            if let Job::Try(statements, answer) = job {
                let run = |statement: &Statement| statement.run(&db, layout);
                let outcome = failed.clone().and_then(|()| statements.iter().try_for_each(run));
                // Whoever asked may have gone.
                let _ = answer.send(outcome);
            }
        }
        shared.publish(through, failed.err());
    }
    shared.publish(0, Some(CLOSED.to_owned()));
}

fn commit(db: &mut Connection, layout: &Layout, jobs: &[Job]) -> rusqlite::Result<()> {
    let mut changes = jobs.iter().filter_map(|job| match job {
        Job::Change(change) => Some(change),
        Job::Try(..) => None,
    });
    let Some(first) = changes.next() else { return Ok(()) };
    let transaction = db.transaction()?;
    for change in std::iter::once(first).chain(changes) {
        write::apply(&transaction, layout, change)?;
    }
    transaction.commit()
}

const CLOSED: &str = "the state file is closed";
/// How long a hub that acknowledges first leaves its changes unwritten.
const IDLE: std::time::Duration = std::time::Duration::from_millis(40);
