//! What the services of one site share: the hospital, its keys, the knobs of the control API.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use contract::edition::Edition;
use parking_lot::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::data_access::Snapshot;
use super::habits::SiteHabits;
use super::hospital::{Archive, Database, Person, people, studies};
use super::keys::Door;
use super::loopback::{LoopbackError, plain_client};
use super::options::SiteOptions;
use super::running::SiteError;
use super::sealing::Seals;

/// Everything behind the listeners.
pub(super) struct Premises {
    pub(super) edition: &'static Edition,
    pub(super) habits: SiteHabits,
    pub(super) release: String,
    pub(super) seed: u64,
    pub(super) people: Vec<Person>,
    pub(super) database: Database,
    pub(super) archive: Mutex<Archive>,
    pub(super) snapshots: Mutex<BTreeMap<String, Snapshot>>,
    pub(super) seals: Seals,
    pub(super) data_access_door: Arc<Door>,
    pub(super) imaging_door: Arc<Door>,
    pub(super) knobs: Mutex<Knobs>,
    /// Base URL of data-access-api, known once it listens.
    pub(super) data_access_url: OnceLock<String>,
    pub(super) http: reqwest::Client,
    /// Cancelled when the site ends.
    pub(super) ended: CancellationToken,
    background: Mutex<JoinSet<()>>,
}

/// What the control API may turn while the site runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Knobs {
    pub(super) cohort_threshold: u64,
    pub(super) pacs_answers: bool,
    pub(super) reimport_enabled: bool,
    pub(super) snapshot_required: bool,
}

/// The site could not be furnished.
#[derive(Debug, thiserror::Error)]
pub(super) enum FurnishError {
    #[error("cohort database")]
    Database(#[from] rusqlite::Error),
    #[error("HTTP client between the services")]
    Http(#[from] LoopbackError),
}

impl Premises {
    /// Everything behind the listeners of these options; a threshold of 0 is refused.
    pub(super) fn furnish(options: SiteOptions) -> Result<Self, SiteError> {
        if options.cohort_threshold == 0 {
            return Err(SiteError::Threshold);
        }
        Self::new(options).map_err(|error| SiteError::Hospital(error.into()))
    }

    fn new(options: SiteOptions) -> Result<Self, FurnishError> {
        let people = people(options.seed, options.persons);
        let database = Database::open(&people, &studies(options.seed, &people))?;
        Ok(Self {
            edition: options.edition.row(),
            habits: options.habits,
            seed: options.seed,
            people,
            database,
            archive: Mutex::new(Archive::new(options.seed)),
            snapshots: Mutex::new(BTreeMap::new()),
            seals: Seals::new(&options),
            data_access_door: Arc::new(Door::new(&options, options.data_access_key.as_ref())),
            imaging_door: Arc::new(Door::new(&options, options.imaging_key.as_ref())),
            knobs: Mutex::new(Knobs {
                cohort_threshold: options.cohort_threshold,
                pacs_answers: true,
                reimport_enabled: true,
                snapshot_required: false,
            }),
            release: options.release,
            data_access_url: OnceLock::new(),
            http: plain_client()?,
            ended: CancellationToken::new(),
            background: Mutex::new(JoinSet::new()),
        })
    }

    /// Runs work beside the requests; it ends with the site.
    pub(super) fn in_background(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut background = self.background.lock();
        while background.try_join_next().is_some() {}
        if background.len() < BACKGROUND_TASKS_MAX {
            let ended = self.ended.clone();
            background.spawn(async move {
                ended.run_until_cancelled_owned(work).await;
            });
        }
    }

    /// Ends that work and waits for its end.
    pub(super) async fn end_background(&self) {
        let mut background = std::mem::take(&mut *self.background.lock());
        background.shutdown().await;
    }
}

/// Work beyond this is not begun; retrievals of a mock end within milliseconds.
const BACKGROUND_TASKS_MAX: usize = 256;
