//! FL ingest and cohort queries over the registry (hub 7, 8).

use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;

use super::models::{LogRow, MetricRow, Model, Models, StatusOutcome};
use super::trust::Trust;
use super::{Aggregate, CohortCounts, CohortRefusal, Domain, HubTime};
use crate::habits::{CohortHabits, Habits, MetricRows, RowOwner};
use crate::store::Change;

/// Why an FL client's row is refused. `Display` is the hub's text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientRefusal {
    /// The name is no assigned slot.
    #[error("FL client '{name}' could not be resolved to a trust (model: {model})")]
    Unresolved {
        /// The name as it was sent.
        name: String,
        /// The model.
        model: Uuid,
    },
    /// The trust does not take part, or there is no such model.
    #[error("The trust: {trust} is not associated with model: {model}")]
    NotOnModel {
        /// Display name of the trust.
        trust: String,
        /// The model.
        model: Uuid,
    },
}

/// Why a log row is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogRefusal {
    /// Its client.
    Client(ClientRefusal),
    /// A row of the hub's own for a model that does not exist.
    UnknownModel,
}

impl Domain {
    /// Adds a model with its trusts; returns its id.
    pub fn add_model(&self, id: Option<Uuid>, trusts: impl IntoIterator<Item = Uuid>) -> Uuid {
        let id = id.unwrap_or_else(|| self.dice.uuid());
        let trusts: Vec<Uuid> = trusts.into_iter().collect();
        let mut models = self.models.lock();
        models.add(id, trusts.iter().copied(), self.clock.now());
        self.keep(|| {
            model_row(&models, id).into_iter().chain([Change::Members { model: id, trusts }])
        });
        id
    }

    /// Whether a model is in training: past its first status word and before its last.
    pub fn trains(&self) -> bool {
        self.models.lock().any_running()
    }

    /// A model with its rows.
    pub fn model(&self, id: Uuid) -> Option<Model> {
        self.models.lock().model(id).cloned()
    }

    /// The trust behind an FL client's name on a model.
    pub fn resolve_client(
        &self,
        name: &str,
        model: Uuid,
        habits: &Habits,
    ) -> Result<Arc<Trust>, ClientRefusal> {
        let trust = {
            let registry = self.registry.read();
            let by_slot = || registry.slots.holder(name).and_then(|id| registry.by_id(id));
            let by_name = || registry.by_name(name);
            if self.edition.clients_are_trust_names() {
                by_name().cloned()
            } else {
                let too = habits.fl.resolve_by_slot.broken();
                by_slot().or_else(|| by_name().filter(|_| too)).cloned()
            }
        };
        // A hub that knows clients by their trust's name has one refusal for all it does not find.
        let trust = trust.ok_or_else(|| {
            let name = name.to_owned();
            if self.edition.clients_are_trust_names() {
                ClientRefusal::NotOnModel { trust: name, model }
            } else {
                ClientRefusal::Unresolved { name, model }
            }
        })?;
        let member = self.models.lock().has_member(model, trust.id);
        if !member && habits.fl.check_membership.kept() {
            return Err(ClientRefusal::NotOnModel { trust: trust.name.clone(), model });
        }
        Ok(trust)
    }

    /// Under whose slot and trust a row of this client goes into the books.
    pub fn owner_of_row(
        &self,
        model: Uuid,
        client: Option<(&str, Uuid)>,
        habits: &Habits,
    ) -> (Option<String>, Option<Uuid>) {
        let Some((name, trust)) = client else { return (None, None) };
        let own = (Some(name.to_owned()), Some(trust));
        if habits.fl.row_owner == RowOwner::Sender {
            return own;
        }
        let members = self.model(model).map(|model| model.trust_ids).unwrap_or_default();
        let registry = self.registry.read();
        let slot_of = |id: Uuid| registry.by_id(id)?.slot.as_ref().map(|slot| slot.name.clone());
        let mut others = members.into_iter().filter(|id| *id != trust);
        others.find_map(|id| Some((Some(slot_of(id)?), Some(id)))).unwrap_or(own)
    }

    /// Stores a metric whose client was resolved.
    pub fn add_metric(&self, model: Uuid, row: MetricRow, habits: &Habits) {
        let kept = self.keeps().then(|| {
            let name = self.old_client_name(row.fl_client_name.as_deref(), row.trust_id);
            (row.clone(), name)
        });
        let mut models = self.models.lock();
        if !models.add_metric(model, row, &habits.fl) {
            return;
        }
        let replaces = habits.fl.metric_rows == MetricRows::LastOfRound;
        self.keep(|| {
            kept.map(|(row, trust_name)| Change::Metric { model, row, trust_name, replaces })
        });
    }

    /// Stores a log row whose client, if any, was resolved.
    pub fn add_log(&self, model: Uuid, row: LogRow) -> Result<(), LogRefusal> {
        let kept = self.keeps().then(|| {
            let name = self.old_client_name(row.fl_client_name.as_deref(), row.trust_id);
            (row.clone(), name)
        });
        let mut models = self.models.lock();
        if !models.add_log(model, row) {
            return Err(LogRefusal::UnknownModel);
        }
        self.keep(|| kept.map(|(row, trust_name)| Change::Log { model, row, trust_name }));
        Ok(())
    }

    /// Takes a status word of the edition for a model.
    pub fn set_model_status(
        &self,
        model: Uuid,
        word: &'static str,
        habits: &Habits,
    ) -> StatusOutcome {
        let mut models = self.models.lock();
        let outcome = models.set_status(model, word, self.clock.now(), &habits.fl);
        let log = outcome == StatusOutcome::Set;
        self.keep(|| status_rows(&models, model, log));
        outcome
    }

    /// Ends models whose FL server was silent too long in mid-run.
    pub(super) fn end_silent_models(&self, now: HubTime) {
        let mut models = self.models.lock();
        let ended = models.end_silent(now);
        self.keep(|| {
            ended.iter().flat_map(|id| status_rows(&models, *id, true)).collect::<Vec<_>>()
        });
    }

    /// Puts a cohort query to trusts; returns its id.
    pub fn ask_query(&self, id: Option<Uuid>, trusts: impl IntoIterator<Item = Uuid>) -> Uuid {
        let id = id.unwrap_or_else(|| self.dice.uuid());
        let trusts: Vec<Uuid> = trusts.into_iter().collect();
        let mut cohorts = self.cohorts.lock();
        cohorts.ask(id, trusts.iter().copied());
        self.keep(|| [Change::Asked { id, trusts }]);
        id
    }

    /// Takes a trust's counts.
    pub fn record_counts(
        &self,
        counts: CohortCounts,
        habits: &CohortHabits,
    ) -> Result<(), CohortRefusal> {
        let (query, trust) = (counts.query_id, counts.trust_id);
        let mut cohorts = self.cohorts.lock();
        cohorts.record(counts, *habits)?;
        self.keep(|| cohorts.row(query, trust).cloned().map(Change::Counted));
        Ok(())
    }

    /// The aggregate of a query.
    pub fn aggregate(&self, query: Uuid, habits: &CohortHabits) -> Option<Aggregate> {
        self.cohorts.lock().aggregate(query, *habits)
    }
}

/// A model's own row as it is now.
fn model_row(models: &Models, id: Uuid) -> Option<Change> {
    let model = models.model(id)?;
    Some(Change::Model { id, status: model.status, heard_at: model.heard_at })
}

/// A model's own row, and the log row that a new status left.
fn status_rows(models: &Models, id: Uuid, with_log: bool) -> Vec<Change> {
    let log = models.model(id).filter(|_| with_log).and_then(|model| model.logs.last());
    let log = log.cloned().map(|row| Change::Log { model: id, row, trust_name: None });
    // The model's row last: it tells when the FL server was heard, which a log of the hub's does not.
    log.into_iter().chain(model_row(models, id)).collect()
}
