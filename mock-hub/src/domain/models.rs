//! Models in training: status, metric rows, log rows (hub 8).

use std::collections::{BTreeSet, HashMap};

use contract::edition::{EDITIONS, Edition};
use contract::limits::STALE_MINUTES;
use serde::Serialize;
use uuid::Uuid;

use super::HubTime;
use crate::habits::{FlHabits, MetricRows};
use crate::store::ModelRecord;

/// One stored metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricRow {
    /// The client as it was named.
    pub fl_client_name: Option<String>,
    /// The trust behind it.
    pub trust_id: Option<Uuid>,
    /// The round.
    pub global_round: i64,
    /// What was measured.
    pub label: String,
    /// The value.
    pub result: f64,
    /// Place on the x axis (2026.07+).
    pub x_value: Option<f64>,
    /// Name of the x axis (2026.07+).
    pub x_label: Option<String>,
    /// When it arrived.
    pub created_at: HubTime,
}

/// One stored log line or event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogRow {
    /// The client as it was named; absent: the hub.
    pub fl_client_name: Option<String>,
    /// The trust behind it.
    pub trust_id: Option<Uuid>,
    /// Free text.
    pub log: Option<String>,
    /// Word of an event.
    pub event_type: Option<String>,
    /// Round of an event.
    pub global_round: Option<i64>,
    /// Details of an event.
    pub details: Option<serde_json::Value>,
    /// Whether it tells of a success.
    pub success: bool,
    /// When it arrived.
    pub created_at: HubTime,
}

/// One model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Model {
    /// Its status word.
    pub status: &'static str,
    /// Trusts that take part.
    pub trust_ids: BTreeSet<Uuid>,
    /// Metric rows in order of arrival.
    pub metrics: Vec<MetricRow>,
    /// Log rows in order of arrival.
    pub logs: Vec<LogRow>,
    /// When the FL server was heard last.
    pub heard_at: HubTime,
}

/// What became of a status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusOutcome {
    /// Stored.
    Set,
    /// Answered like a stored one, but the model is stopped and stays so.
    Ignored,
    /// There is no such model.
    UnknownModel,
}

/// Rows and links removed with a trust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ForgottenRows {
    /// Metric rows.
    pub metrics: usize,
    /// Log rows.
    pub logs: usize,
    /// Models it took part in.
    pub links: usize,
}

/// All models.
#[derive(Debug, Default)]
pub(super) struct Models(HashMap<Uuid, Model>);

impl Models {
    /// Adds a model, or trusts to one that exists.
    pub(super) fn add(&mut self, id: Uuid, trusts: impl IntoIterator<Item = Uuid>, now: HubTime) {
        let model = self.0.entry(id).or_insert_with(|| Model {
            status: FIRST_STATUS,
            trust_ids: BTreeSet::new(),
            metrics: Vec::new(),
            logs: Vec::new(),
            heard_at: now,
        });
        model.trust_ids.extend(trusts);
    }

    /// Takes a model back in that was kept.
    pub(super) fn restore(&mut self, model: ModelRecord) {
        let ModelRecord { id, status, heard_at } = model;
        let empty = Model {
            status,
            trust_ids: BTreeSet::new(),
            metrics: Vec::new(),
            logs: Vec::new(),
            heard_at,
        };
        self.0.insert(id, empty);
    }

    /// Takes a trust back in that takes part; so with rows. Those of a model that is gone are left.
    pub(super) fn restore_member(&mut self, id: Uuid, trust: Uuid) {
        if let Some(model) = self.0.get_mut(&id) {
            model.trust_ids.insert(trust);
        }
    }

    /// Takes a metric row back in.
    pub(super) fn restore_metric(&mut self, id: Uuid, row: MetricRow) {
        if let Some(model) = self.0.get_mut(&id) {
            model.metrics.push(row);
        }
    }

    /// Takes a log row back in.
    pub(super) fn restore_log(&mut self, id: Uuid, row: LogRow) {
        if let Some(model) = self.0.get_mut(&id) {
            model.logs.push(row);
        }
    }

    /// The model of this id.
    pub(super) fn model(&self, id: Uuid) -> Option<&Model> {
        self.0.get(&id)
    }

    /// Whether a trust takes part in a model.
    pub(super) fn has_member(&self, id: Uuid, trust: Uuid) -> bool {
        self.0.get(&id).is_some_and(|model| model.trust_ids.contains(&trust))
    }

    /// Stores a metric; a model nobody added is ignored. Tells whether it was stored.
    pub(super) fn add_metric(&mut self, id: Uuid, row: MetricRow, habits: &FlHabits) -> bool {
        let Some(model) = self.0.get_mut(&id) else { return false };
        model.heard_at = row.created_at;
        match habits.metric_rows {
            MetricRows::Each => {}
            MetricRows::None => return false,
            MetricRows::LastOfRound => model.metrics.retain(|old| {
                (&old.fl_client_name, &old.label, old.global_round)
                    != (&row.fl_client_name, &row.label, row.global_round)
            }),
        }
        model.metrics.push(row);
        true
    }

    /// Stores a log row; false when there is no such model.
    pub(super) fn add_log(&mut self, id: Uuid, row: LogRow) -> bool {
        let Some(model) = self.0.get_mut(&id) else { return false };
        model.heard_at = row.created_at;
        model.logs.push(row);
        true
    }

    /// Takes a status word of the edition.
    pub(super) fn set_status(
        &mut self,
        id: Uuid,
        word: &'static str,
        now: HubTime,
        habits: &FlHabits,
    ) -> StatusOutcome {
        let Some(model) = self.0.get_mut(&id) else { return StatusOutcome::UnknownModel };
        model.heard_at = now;
        if model.status == STOPPED && LATE_WORDS.contains(&word) && habits.keep_stopped.kept() {
            return StatusOutcome::Ignored;
        }
        model.change_status(word, format!("Model status set to {word}"), now);
        StatusOutcome::Set
    }

    /// Ends models whose FL server was silent too long in mid-run; tells which.
    pub(super) fn end_silent(&mut self, now: HubTime) -> Vec<Uuid> {
        let cutoff = now.plus_minutes(-STALE_MINUTES);
        let mut ended = Vec::new();
        for (id, model) in &mut self.0 {
            if RUNNING_WORDS.contains(&model.status) && model.heard_at < cutoff {
                model.change_status("ERROR", "The FL server fell silent".into(), now);
                ended.push(*id);
            }
        }
        ended
    }

    /// Whether one is past its first word and before its last.
    pub(super) fn any_running(&self) -> bool {
        self.0.values().any(|model| RUNNING_WORDS.contains(&model.status))
    }

    /// Removes a deleted trust's rows and links.
    pub(super) fn forget_trust(&mut self, trust: Uuid) -> ForgottenRows {
        let mut gone = ForgottenRows::default();
        for model in self.0.values_mut() {
            let (metrics, logs) = (model.metrics.len(), model.logs.len());
            model.metrics.retain(|row| row.trust_id != Some(trust));
            model.logs.retain(|row| row.trust_id != Some(trust));
            gone.metrics += metrics - model.metrics.len();
            gone.logs += logs - model.logs.len();
            gone.links += usize::from(model.trust_ids.remove(&trust));
        }
        gone
    }

    /// How many models there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Model {
    fn change_status(&mut self, word: &'static str, text: String, now: HubTime) {
        self.status = word;
        self.logs.push(LogRow {
            fl_client_name: None,
            trust_id: None,
            log: Some(text),
            event_type: None,
            global_round: None,
            details: None,
            success: !FAILED_WORDS.contains(&word),
            created_at: now,
        });
    }
}

/// The stored word behind a word in a path, if the edition knows it.
pub fn status_word(
    edition: &'static Edition,
    sent: &str,
    habits: &FlHabits,
) -> Option<&'static str> {
    let same =
        |word: &str| word == sent || habits.status_case.broken() && word.eq_ignore_ascii_case(sent);
    let direct = edition.status_words.iter().copied().find(|word| same(word));
    direct.or_else(|| {
        let mut aliases = edition.status_aliases.iter();
        let alias = aliases.find(|(alias, _)| habits.status_alias.kept() && same(alias))?;
        Some(alias.1)
    })
}

/// A stored word as this program spells it, whichever release stored it.
pub(crate) fn status_word_known(edition: &'static Edition, stored: &str) -> Option<&'static str> {
    let words = std::iter::once(edition).chain(&EDITIONS).flat_map(|row| row.status_words);
    words.copied().find(|word| *word == stored)
}

const FIRST_STATUS: &str = "PENDING";
const STOPPED: &str = "STOPPED";
const LATE_WORDS: [&str; 5] =
    ["PREPARED", "RUNNING", "ERROR", "RESULTS_UPLOADED", "RESULTS_UPLOAD_FAILED"];
const FAILED_WORDS: [&str; 3] = ["ERROR", "STOPPED", "RESULTS_UPLOAD_FAILED"];
const RUNNING_WORDS: [&str; 3] = ["PREPARED", "RUNNING", "TRAINING_STARTED"];

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;

    use super::*;
    use crate::habits::Habits;

    #[test]
    fn no_late_word_changes_a_stopped_model() {
        let habits = Habits::ideal(EditionId::DEFAULT.row()).fl;
        let (id, now) = (Uuid::from_u128(1), HubTime::from_micros(0));
        let mut models = Models::default();
        models.add(id, [], now);
        assert_eq!(models.set_status(id, STOPPED, now, &habits), StatusOutcome::Set);
        for word in LATE_WORDS {
            assert_eq!(models.set_status(id, word, now, &habits), StatusOutcome::Ignored);
        }
        let model = models.model(id).expect("it was added");
        assert_eq!((model.status, model.logs.len()), (STOPPED, 1));
        assert_eq!(models.set_status(id, "PENDING", now, &habits), StatusOutcome::Set);
    }

    #[test]
    fn a_model_left_running_is_ended_after_half_an_hour_of_silence() {
        let habits = Habits::ideal(EditionId::DEFAULT.row()).fl;
        let (id, now) = (Uuid::from_u128(1), HubTime::from_micros(0));
        let mut models = Models::default();
        models.add(id, [], now);
        models.set_status(id, "RUNNING", now, &habits);
        models.end_silent(now.plus_minutes(29));
        assert_eq!(models.model(id).map(|model| model.status), Some("RUNNING"));
        models.end_silent(now.plus_minutes(31));
        assert_eq!(models.model(id).map(|model| model.status), Some("ERROR"));
    }

    #[test]
    fn status_words_are_those_of_the_edition() {
        let habits = Habits::ideal(EditionId::DEFAULT.row()).fl;
        let newest = EditionId::DEFAULT.row();
        assert_eq!(status_word(newest, "TRAINING_STARTED", &habits), Some("RUNNING"));
        assert_eq!(status_word(newest, "running", &habits), None);
        let older = EditionId::V2026_06.row();
        assert_eq!(status_word(older, "RUNNING", &habits), None);
    }
}
