//! Running one task: recognise the type, open the payload, validate it, call the site, say how it
//! went (trust 6).

mod cohort;
mod entry;
mod form;
mod imaging;
mod payload;
pub(crate) mod python_json;
mod python_repr;
mod replay;
mod site_calls;
mod unproven;

use std::sync::Arc;

use contract::edition::TaskType;
use serde_json::{Value, json};

use crate::habits::{FailureReason, Habits};
use crate::hub_client::HubClient;
use crate::log::Log;
use crate::settings::Settings;
pub(crate) use entry::Task;
use form::Quoting;
pub(crate) use payload::PayloadKeys;
use payload::{Opened, PayloadError};
pub(crate) use replay::Replays;
pub(crate) use site_calls::{SiteCalls, SiteUrls};

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done; the text to report, or null.
    Done(Option<String>),
    /// Not done, and why.
    Failed(Failure),
    /// Dropped without a report, as only a misbehaving trust does.
    Vanished,
}

/// Why a task was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) text: String,
    pub(crate) status_code: Option<u16>,
    pub(crate) unauthentic: bool,
}

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), status_code: None, unauthentic: false }
    }

    /// ` with status <n>`, where the text starts with one.
    fn status_note(&self) -> String {
        let status = self.text.split(':').next().filter(|word| word.parse::<u16>().is_ok());
        status.map(|status| format!(" with status {status}")).unwrap_or_default()
    }
}

impl Outcome {
    /// The body of the report; `None` for a task that vanished.
    pub(crate) fn report(&self, habits: &Habits) -> Option<Value> {
        let mut body = match self {
            Self::Done(result) => json!({"success": true, "result": result}),
            Self::Failed(failure) => json!({"success": false, "result": reason(failure, habits)}),
            Self::Vanished => return None,
        };
        if !habits.report.two_members_only {
            body["reported_by"] = "trust-api".into();
        }
        Some(body)
    }
}

fn reason(failure: &Failure, habits: &Habits) -> Option<String> {
    let stated = match habits.report.reason {
        FailureReason::Always => true,
        FailureReason::NotAfterAuthentication => !failure.unauthentic,
        FailureReason::Never => false,
    };
    let mut reason = json!({"error": failure.text});
    if let (Some(code), true) = (failure.status_code, habits.report.states_status_code) {
        reason["status_code"] = code.into();
    }
    stated.then(|| python_json::dumps(&reason))
}

/// What running a task needs.
pub(crate) struct Runner {
    pub(crate) settings: Arc<Settings>,
    pub(crate) habits: Habits,
    pub(crate) log: Log,
    pub(crate) keys: PayloadKeys,
    pub(crate) replays: Replays,
    pub(crate) site: SiteCalls,
    pub(crate) hub: Arc<HubClient>,
}

impl Runner {
    /// Runs one task to its end.
    pub(crate) async fn run(&self, task: &Task) -> Outcome {
        let known = TaskType::parse(&task.kind)
            .filter(|kind| self.settings.edition.row().trust_task_types.contains(kind));
        let Some(kind) = known else { return self.refuse_type(task) };
        self.log.info(format_args!("Processing {kind} task {}", task.id));
        if self.has_expired(task) {
            return Outcome::Failed(Failure::new("Task expired"));
        }
        match self.open(task, kind) {
            Ok(payload) => self.execute(kind, &payload).await,
            Err(outcome) => outcome,
        }
    }

    fn refuse_type(&self, task: &Task) -> Outcome {
        let text = format!("Unknown task type: {}", task.kind);
        self.log.error(&text);
        if self.habits.task.fails_unknown_type {
            Outcome::Failed(Failure::new(text))
        } else {
            Outcome::Done(None)
        }
    }

    fn open(&self, task: &Task, kind: TaskType) -> Result<Value, Outcome> {
        let opened = payload::read(&self.keys, &self.habits, kind, task.payload.as_ref());
        let hides = self.habits.log.hides_refused_payload;
        let quoting = if hides { Quoting::Nothing } else { Quoting::Excerpt };
        let checked = opened.and_then(|opened| match opened {
            Opened::Text(_) if !self.is_fresh(task) => Err(PayloadError::Replayed),
            Opened::Text(text) => form::parse(kind, &text, quoting).map(Some),
            Opened::ClaimedDone => Ok(None),
        });
        let error = match checked {
            Ok(Some(payload)) => {
                if !self.habits.log.hides_payload {
                    self.log.info(format_args!("Opened payload: {payload}"));
                }
                return Ok(payload);
            }
            Ok(None) => return Err(Outcome::Done(None)),
            Err(error) => error,
        };
        let unauthentic = error.is_authentication();
        if unauthentic {
            self.log.error(format_args!("Payload for task {} failed authentication", task.id));
        } else {
            self.log.error(format_args!(
                "Failed to decrypt or parse payload for task {}: {error}",
                task.id
            ));
        }
        if error.is_foreign_format() && !self.habits.payload.reports_foreign_format {
            return Err(Outcome::Vanished);
        }
        let text = format!("Invalid payload: {error}");
        Err(Outcome::Failed(Failure { unauthentic, ..Failure::new(text) }))
    }

    fn is_fresh(&self, task: &Task) -> bool {
        let sealed = task.payload.as_ref().and_then(Value::as_str).unwrap_or_default();
        !self.habits.payload.refuses_replayed || self.replays.is_fresh(sealed, &task.id)
    }

    fn has_expired(&self, task: &Task) -> bool {
        !self.habits.cycle.ignores_dates
            && task.age_secs().is_some_and(|age| age.abs() > EXPIRY_SECS)
    }

    async fn execute(&self, kind: TaskType, payload: &Value) -> Outcome {
        let ended = match kind {
            TaskType::CohortQuery => self.cohort_query(payload).await,
            TaskType::CreateImaging => self.create_imaging(payload).await,
            TaskType::DeleteImaging => self.delete_imaging(payload).await,
            TaskType::GetImagingStatus => self.imaging_status(payload).await,
            TaskType::ReimportStudies => self.reimport_studies(payload).await,
            TaskType::UpdateUserProfile => self.update_user_profile(payload).await,
            TaskType::PersistCohort => self.persist_cohort(payload).await,
        };
        match ended {
            Ok(result) => Outcome::Done(result),
            Err(failure) => {
                // Not the text: a service may have quoted the payload in it.
                self.log.error(format_args!("{kind} task failed{}", failure.status_note()));
                Outcome::Failed(failure)
            }
        }
    }

    /// The reply as the text to report.
    fn returned(&self, reply: &Value) -> Option<String> {
        self.habits.task.returns_reply.then(|| python_json::dumps(reply))
    }
}

/// What a task returns when it ends: a text or null, or why it failed.
type Ended = Result<Option<String>, Failure>;

const EXPIRY_SECS: f64 = 3600.0;

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;

    use super::*;
    use crate::habits::Conduct;
    use crate::mutants;

    fn failed() -> Outcome {
        Outcome::Failed(Failure {
            text: "404: Project not found".into(),
            status_code: Some(404),
            unauthentic: true,
        })
    }

    fn result_of(outcome: &Outcome, habits: &Habits) -> Value {
        outcome.report(habits).expect("reported")["result"].clone()
    }

    #[test]
    fn a_report_holds_success_and_a_text_or_null() {
        let ideal = Conduct::Ideal.habits(EditionId::DEFAULT);
        let done = Outcome::Done(None).report(&ideal).expect("reported");
        assert_eq!(done, json!({"success": true, "result": null}));
        assert_eq!(
            result_of(&failed(), &ideal),
            r#"{"error": "404: Project not found", "status_code": 404}"#
        );
    }

    #[test]
    fn mutants_hide_reason_or_code() {
        let ideal = Conduct::Ideal.habits(EditionId::DEFAULT);
        let with = |name| ideal.with(mutants::find(name).expect("listed"));
        assert_eq!(result_of(&failed(), &with("fails-without-reason")), Value::Null);
        let keyed = with("fails-without-reason-after-authentication");
        assert_eq!(result_of(&failed(), &keyed), Value::Null);
        let other = Outcome::Failed(Failure::new("x"));
        assert_eq!(result_of(&other, &keyed), r#"{"error": "x"}"#);
        assert_eq!(
            result_of(&failed(), &with("omits-status-code")),
            r#"{"error": "404: Project not found"}"#
        );
        let report = Outcome::Done(None).report(&with("adds-member-to-report"));
        assert_eq!(report.expect("reported").as_object().map(serde_json::Map::len), Some(3));
    }
}
