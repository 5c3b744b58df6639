//! [`Domain`]: what the hub holds, and the parts that are not one theme's alone.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use contract::edition::{Edition, EditionId};
use contract::key::Secret;
use contract::limits::{KEY_CACHE_SECS, RECOVERY_EVERY_MINUTES};
use parking_lot::{Mutex, RwLock};
use uuid::Uuid;

use super::cohort::Cohorts;
use super::keys::UserTokens;
use super::models::Models;
use super::registry::Registry;
use super::restoring::{Environment, INTERNAL_KEY, PAYLOAD_KEY, Restored, STARTS, TRUST_KEY};
use super::{
    Audit, AuditRow, Clock, Dice, HubTime, InternalKey, KeyHash, PayloadKeys, Settings, Trust,
    UserToken, WindowMap,
};
use crate::habits::Habits;
use crate::store::{Acknowledge, Change, OpenStateError, Store};

/// The hub's state.
#[derive(Debug)]
pub struct Domain {
    /// The row of capabilities it speaks.
    pub edition: &'static Edition,
    /// Its clock.
    pub clock: Clock,
    /// Calls with unknown keys, by address.
    pub bad_key_windows: WindowMap<IpAddr>,
    /// Heartbeats (true) and polls (false) by address.
    pub peer_windows: WindowMap<(IpAddr, bool)>,
    /// Reports by caller and task id.
    pub report_windows: WindowMap<(Uuid, Uuid)>,
    /// Heartbeats (true) and polls by the trust named in the path.
    pub path_windows: WindowMap<(String, bool)>,
    /// Reports by the trust named in the path and task.
    pub report_path_windows: WindowMap<(String, Uuid)>,
    pub(super) dice: Dice,
    pub(super) registry: RwLock<Registry>,
    pub(super) task_owners: RwLock<HashMap<Uuid, Arc<Trust>>>,
    pub(super) cohorts: Mutex<Cohorts>,
    pub(super) models: Mutex<Models>,
    pub(super) payload_keys: RwLock<Arc<PayloadKeys>>,
    pub(super) internal_key: RwLock<InternalKey>,
    pub(super) audit: Mutex<Audit>,
    settings: RwLock<Arc<Settings>>,
    tokens: RwLock<UserTokens>,
    admin_token: Secret,
    recovery_due: AtomicI64,
    pub(super) store: Option<Store>,
}

/// How a domain starts.
#[derive(Clone, Debug, Default)]
pub struct DomainOptions {
    /// Which edition it speaks; absent: the default.
    pub edition: Option<EditionId>,
    /// Seed of ids, keys and ivs; absent: the system's randomness.
    pub seed: Option<u64>,
    /// Where the clock stands at start; absent: it runs with the machine's.
    pub frozen_at: Option<HubTime>,
    /// Settings.
    pub settings: Settings,
    /// Payload key as base64; absent: a new one.
    pub payload_key: Option<Secret>,
    /// Hub-internal key; absent: a new one.
    pub internal_key: Option<Secret>,
    /// No hub-internal key at all.
    pub internal_key_unset: bool,
    /// User tokens and what they stand for.
    pub user_tokens: Vec<(Secret, UserToken)>,
    /// Trusts' own payload keys by key id, as base64 (edition trust-keys).
    pub trust_payload_keys: BTreeMap<String, Secret>,
    /// File that keeps the state over the end of the process; absent: memory alone.
    pub state: Option<PathBuf>,
    /// When a reply leaves, with a state file.
    pub acknowledge: Acknowledge,
}

/// Who presents a trust key.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A registered trust.
    Known(Arc<Trust>),
    /// Nobody.
    Unknown {
        /// Whether the key was a deleted trust's.
        was_deleted: bool,
    },
}

impl Domain {
    /// A hub with an empty registry and a seeded slot pool, or as its state file left it. Blocks
    /// while it reads that.
    pub fn open(mut options: DomainOptions, habits: &Habits) -> Result<Self, OpenStateError> {
        let edition = options.edition.unwrap_or(EditionId::DEFAULT).row();
        let mut environment = Environment::default();
        let (mut store, mut restored) = (None, Restored::default());
        if let Some(path) = &options.state {
            let acknowledge = options.acknowledge;
            let opened = Store::open(path, edition, &habits.registry, acknowledge)?;
            let (opened, mut loaded) = opened;
            environment = Environment::of(&mut loaded);
            restored = Restored::from(loaded, habits.registry.hold_freed_slots.kept());
            store = Some(opened);
            environment.complete(&mut options);
        }
        let dice = Dice::new(options.seed);
        let clock = options.frozen_at.map_or_else(Clock::real, Clock::frozen_at);
        if let Some(latest) = restored.latest {
            clock.not_before(latest);
        }
        let mut keys =
            PayloadKeys::shared(options.payload_key.unwrap_or_else(|| dice.payload_key()));
        for (kid, text) in &options.trust_payload_keys {
            keys.insert(kid, text);
        }
        let internal = options.internal_key.unwrap_or_else(|| dice.key());
        let internal = (!options.internal_key_unset).then_some(internal);
        let admin_token = dice.key();
        let mut tokens = UserTokens::default();
        tokens.insert(&admin_token, UserToken::Admin);
        for (text, meaning) in &options.user_tokens {
            tokens.insert(text, *meaning);
        }
        let slots = options.settings.slot_names.iter().map(String::as_str);
        restored.registry.slots.seed(slots);
        let recovery_due = clock.now().plus_minutes(RECOVERY_EVERY_MINUTES).micros();
        let domain = Self {
            edition,
            clock,
            bad_key_windows: WindowMap::default(),
            peer_windows: WindowMap::default(),
            report_windows: WindowMap::default(),
            path_windows: WindowMap::default(),
            report_path_windows: WindowMap::default(),
            dice,
            registry: RwLock::new(restored.registry),
            task_owners: RwLock::new(restored.task_owners),
            cohorts: Mutex::new(restored.cohorts),
            models: Mutex::new(restored.models),
            payload_keys: RwLock::new(Arc::new(keys)),
            internal_key: RwLock::new(InternalKey::new(internal)),
            audit: Mutex::new(restored.audit),
            settings: RwLock::new(Arc::new(options.settings)),
            tokens: RwLock::new(tokens),
            admin_token,
            recovery_due: AtomicI64::new(recovery_due),
            store,
        };
        domain.keep_beginning(environment.starts() + 1, &options.trust_payload_keys);
        Ok(domain)
    }

    /// Keeps what this start made up: keys of the hub and slots.
    fn keep_beginning(&self, starts: u64, trust_keys: &BTreeMap<String, Secret>) {
        let mut registry = self.registry.write();
        let slots = self.slot_changes(&mut registry);
        let platform = self.payload_keys();
        let internal = self.internal_key();
        self.keep(|| {
            let shared = (PAYLOAD_KEY.to_owned(), platform.text().expose().to_owned());
            let internal = internal.value();
            let internal = internal.map(|key| (INTERNAL_KEY.to_owned(), key.expose().to_owned()));
            let own = trust_keys.iter();
            let own = own.map(|(kid, key)| (format!("{TRUST_KEY}{kid}"), key.expose().to_owned()));
            let values = [(STARTS.to_owned(), starts.to_string()), shared];
            let values = values.into_iter().chain(internal).chain(own);
            let changes = values.map(|(name, value)| Change::Environment { name, value });
            changes.collect::<Vec<_>>().into_iter().chain(slots)
        });
    }

    /// The settings of the moment.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read())
    }

    /// Changes settings. New slot names reach the pool at once only where `reseed_slots` is called
    /// or an empty pool reads them.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.settings.write();
        let mut changed = Settings::clone(&settings);
        change(&mut changed);
        *settings = Arc::new(changed);
    }

    /// Adds the configured slot names the pool lacks, as a start of the hub does.
    pub fn reseed_slots(&self) -> usize {
        let settings = self.settings();
        let mut registry = self.registry.write();
        let added = registry.slots.seed(settings.slot_names.iter().map(String::as_str));
        let slots = self.slot_changes(&mut registry);
        self.keep(|| slots);
        added
    }

    /// Who presents the key with this digest.
    pub fn caller(&self, hash: KeyHash, habits: &Habits) -> Caller {
        let registry = self.registry.read();
        if let Some(trust) = registry.by_key(hash) {
            let waits = habits.registry.admit_new_key.broken()
                && self.clock.now() < trust.created_at.plus_secs(KEY_CACHE_SECS.cast_signed());
            return if waits {
                Caller::Unknown { was_deleted: false }
            } else {
                Caller::Known(Arc::clone(trust))
            };
        }
        let Some(gone) = registry.retired_by_key(hash) else {
            return Caller::Unknown { was_deleted: false };
        };
        let cached = habits.registry.refuse_deleted_key.broken()
            && self.clock.now() < gone.at.plus_secs(KEY_CACHE_SECS.cast_signed());
        if cached {
            Caller::Known(Arc::clone(&gone.trust))
        } else {
            Caller::Unknown { was_deleted: true }
        }
    }

    /// Whose key has this digest, or had, whatever the habits: only to tell for which trust an
    /// armed fault is.
    pub fn holder(&self, hash: KeyHash) -> Option<Arc<Trust>> {
        let registry = self.registry.read();
        let gone = || registry.retired_by_key(hash).map(|gone| Arc::clone(&gone.trust));
        registry.by_key(hash).cloned().or_else(gone)
    }

    /// Who holds an FL slot.
    pub fn slot_holder(&self, slot: &str) -> Option<Uuid> {
        self.registry.read().slots.holder(slot)
    }

    /// The payload keys of the moment.
    pub fn payload_keys(&self) -> Arc<PayloadKeys> {
        Arc::clone(&self.payload_keys.read())
    }

    /// Replaces the payload key; absent: a new one. A bad length is allowed: it is a fault.
    pub fn rotate_payload_key(&self, text: Option<Secret>) -> Arc<PayloadKeys> {
        let text = text.unwrap_or_else(|| self.dice.payload_key());
        let mut keys = self.payload_keys.write();
        let mut changed = PayloadKeys::clone(&keys);
        changed.replace_shared(text);
        *keys = Arc::new(changed);
        self.keep_key(PAYLOAD_KEY.to_owned(), keys.text());
        Arc::clone(&keys)
    }

    /// Gives the hub a trust's own payload key (edition trust-keys).
    pub fn hold_trust_key(&self, kid: &str, text: &Secret) {
        let mut keys = self.payload_keys.write();
        let mut changed = PayloadKeys::clone(&keys);
        changed.insert(kid, text);
        *keys = Arc::new(changed);
        self.keep_key(format!("{TRUST_KEY}{kid}"), text);
    }

    fn keep_key(&self, name: String, key: &Secret) {
        self.keep(|| [Change::Environment { name, value: key.expose().to_owned() }]);
    }

    /// The hub-internal key.
    pub fn internal_key(&self) -> InternalKey {
        self.internal_key.read().clone()
    }

    /// Makes the hub-internal key anew: only when there is none or `force` is set. Returns the key
    /// in force.
    pub fn rotate_internal_key(
        &self,
        value: Option<Secret>,
        force: bool,
        habits: &Habits,
    ) -> Option<Secret> {
        let mut key = self.internal_key.write();
        if key.value().is_none() || force || habits.auth.keep_internal_key.broken() {
            let fresh = value.unwrap_or_else(|| self.dice.key());
            self.keep_key(INTERNAL_KEY.to_owned(), &fresh);
            key.rotate(fresh);
        }
        key.value().cloned()
    }

    /// Whether a hub-internal key is configured at all.
    pub fn internal_key_is_set(&self) -> bool {
        self.internal_key.read().hash().is_some()
    }

    /// Whether the key with this digest opens FL ingest.
    pub fn internal_key_fits(&self, hash: KeyHash, habits: &Habits) -> bool {
        if habits.auth.check_internal_key.broken() {
            return true;
        }
        let key = self.internal_key.read();
        let admitted = habits.auth.admit_new_internal_key.kept() || !key.is_rotated();
        let former = habits.auth.one_internal_key.broken() || !admitted;
        admitted && key.hash() == Some(hash) || former && key.was(hash)
    }

    /// The token of the admin made at start.
    pub fn admin_token(&self) -> &Secret {
        &self.admin_token
    }

    /// Makes a token text stand for something.
    pub fn set_user_token(&self, text: &Secret, meaning: UserToken) {
        self.tokens.write().insert(text, meaning);
    }

    /// What a token text stands for.
    pub fn user_token(&self, text: &[u8]) -> Option<UserToken> {
        self.tokens.read().meaning(text)
    }

    /// The 12 Hub-shared keys of a kit (14 or so in other editions): those that have a value.
    pub fn hub_shared(&self) -> BTreeMap<String, String> {
        let settings = self.settings();
        let mut shared = settings.hub_shared.clone();
        let key = self.payload_keys();
        shared.insert("AES_KEY_BASE64".into(), key.text().expose().to_owned());
        shared.insert("TRUST_API_KEY_HEADER".into(), settings.trust_api_key_header.clone());
        shared.retain(|name, _| self.edition.hub_shared_keys().any(|key| key == name));
        shared
    }

    /// Rows of the audit log, oldest first.
    pub fn audit(&self) -> Vec<AuditRow> {
        self.audit.lock().rows().cloned().collect()
    }

    /// Moves the clock and runs what fell due on the way, as often as its schedule says.
    pub fn advance_ms(&self, ms: i64, habits: &Habits) {
        self.clock.advance_ms(ms);
        self.catch_up(habits);
    }

    /// Whether the recovery job is due; cheap.
    pub fn recovery_is_due(&self) -> bool {
        self.recovery_due.load(Ordering::Acquire) <= self.clock.now().micros()
    }

    /// Runs the recovery job for every due time that has passed.
    pub fn catch_up(&self, habits: &Habits) {
        let now = self.clock.now();
        loop {
            let due = self.recovery_due.load(Ordering::Acquire);
            if due > now.micros() {
                return;
            }
            let at = HubTime::from_micros(due);
            let next = if self.recovery_has_work() {
                at.plus_minutes(RECOVERY_EVERY_MINUTES)
            } else {
                first_after(at, now)
            };
            let swapped = self.recovery_due.compare_exchange(
                due,
                next.micros(),
                Ordering::AcqRel,
                Ordering::Relaxed,
            );
            if swapped.is_ok() {
                self.recover_at(at, habits);
            }
        }
    }

    /// Runs the recovery job now, whatever its schedule says.
    pub fn recover(&self, habits: &Habits) {
        self.recover_at(self.clock.now(), habits);
    }

    fn recovery_has_work(&self) -> bool {
        !self.models.lock().is_empty()
            || self.registry.read().all().any(|trust| trust.has_work_in_flight())
    }

    fn recover_at(&self, at: HubTime, habits: &Habits) {
        if self.lacks_columns() {
            // The job's statements fail as those of the routes do.
            return;
        }
        let busy: Vec<Arc<Trust>> = {
            let registry = self.registry.read();
            registry.all().filter(|trust| trust.has_work_in_flight()).cloned().collect()
        };
        for trust in busy {
            self.change_tasks(&trust, |book| book.recover(at, &habits.tasks));
        }
        if habits.fl.end_silent_models.kept() {
            self.end_silent_models(at);
        }
    }

    /// Recreates the database: no trust, task, query, model or audit row is left; keys of the hub,
    /// settings and clock stay. The one place where several locks are held, as nobody else waits for
    /// one while holding another.
    pub fn reset(&self, habits: &Habits) {
        let settings = self.settings();
        let mut registry = self.registry.write();
        let (mut owners, mut cohorts) = (self.task_owners.write(), self.cohorts.lock());
        let (mut models, mut audit) = (self.models.lock(), self.audit.lock());
        registry.clear(habits.registry.forget_on_reset.broken());
        registry.slots.seed(settings.slot_names.iter().map(String::as_str));
        owners.clear();
        *cohorts = Cohorts::default();
        *models = Models::default();
        *audit = Audit::default();
        let slots = self.slot_changes(&mut registry);
        self.keep(|| std::iter::once(Change::Recreated).chain(slots));
    }
}

/// The first due time after `now`, in steps of the schedule from `at`.
fn first_after(at: HubTime, now: HubTime) -> HubTime {
    let step = RECOVERY_EVERY_MINUTES * 60 * 1_000_000;
    let behind = now.micros_since(at).div_euclid(step) + 1;
    HubTime::from_micros(at.micros().saturating_add(behind.saturating_mul(step)))
}
