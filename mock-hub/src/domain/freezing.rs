//! Frozen cohorts: for an approved project every trust freezes the cohort of its query, and the hub
//! judges what it says about it (newer releases 2).

use contract::edition::TaskType;
use contract::envelope::{GCM_IV_BYTES, PROJECT_ID_CONTEXT, SHARED_KID, SealRequest, seal};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::Serialize;
use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

use super::tasks::{NewTask, Sealing, TaskStatus};
use super::{Domain, TaskView};
use crate::fl::python_json;
use crate::habits::{Duty, TaskHabits};

/// A project that was approved.
#[derive(Clone, Debug)]
pub struct NewProject {
    /// The id to use; absent: a new one.
    pub id: Option<Uuid>,
    /// Trusts that take part.
    pub trust_ids: Vec<Uuid>,
    /// The query of its cohort.
    pub query: Option<String>,
    /// Whether it has imaging.
    pub imaging: bool,
}

/// What approving queued.
#[derive(Clone, Debug, Serialize)]
pub struct ApprovedProject {
    /// The project.
    pub id: Uuid,
    /// Tasks that freeze its cohort, by trust in the order given.
    pub freezes: Vec<Uuid>,
    /// Tasks that make its imaging project, likewise.
    pub imaging: Vec<Uuid>,
}

/// Why a project is not approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ApprovalRefusal {
    /// There is no such trust.
    #[error("no trust has the id {0}")]
    UnknownTrust(Uuid),
    /// Nothing says whom its cohort holds.
    #[error("the project has no query: there is no cohort to freeze")]
    NoQuery,
    /// The hub's key seals nothing.
    #[error("the project id could not be sealed")]
    NotSealed,
}

/// How far a trust is with freezing the cohort of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CohortFreeze {
    /// The trust.
    pub trust_id: Uuid,
    /// `frozen`, `pending` or `failed`.
    pub state: &'static str,
    /// Why it failed.
    pub reason: Option<&'static str>,
}

impl Domain {
    /// Queues what an approved project needs of its trusts. The freeze is the older of a trust's two
    /// tasks, and comes without imaging too.
    pub fn approve(
        &self,
        new: &NewProject,
        habits: &TaskHabits,
    ) -> Result<ApprovedProject, ApprovalRefusal> {
        if let Some(unknown) = new.trust_ids.iter().find(|id| self.trust(**id).is_none()) {
            return Err(ApprovalRefusal::UnknownTrust(*unknown));
        }
        let id = new.id.unwrap_or_else(|| self.dice.uuid());
        let freezes =
            self.edition.freezes_cohorts() && (new.imaging || habits.freeze_every_project.kept());
        let freeze = match (&new.query, freezes) {
            (Some(query), true) => Some(self.freeze_payload(id, query)?),
            (None, true) => return Err(ApprovalRefusal::NoQuery),
            (_, false) => None,
        };
        let _whole = self.whole();
        let mut approved = ApprovedProject { id, freezes: Vec::new(), imaging: Vec::new() };
        for trust in &new.trust_ids {
            let imaging = || {
                let payload = json!({"project_id": id, "trust_id": trust,
                    "project_name": format!("Project {id}"), "query": new.query, "users": []});
                self.queue_for_project(*trust, TaskType::CreateImaging, &payload)
            };
            let before = habits.freeze_first == Duty::Broken && new.imaging;
            approved.imaging.extend(before.then(imaging).flatten());
            if let Some(mut payload) = freeze.clone() {
                payload["trust_id"] = json!(trust);
                let task = self.queue_for_project(*trust, TaskType::PersistCohort, &payload);
                approved.freezes.extend(task);
            }
            approved.imaging.extend((new.imaging && !before).then(imaging).flatten());
        }
        Ok(approved)
    }

    fn freeze_payload(&self, project: Uuid, query: &str) -> Result<Value, ApprovalRefusal> {
        let keys = self.payload_keys();
        let key = keys.key(SHARED_KID).ok_or(ApprovalRefusal::NotSealed)?;
        let text = project.to_string();
        let iv = self.dice.iv();
        let request = SealRequest::new(self.edition.cipher, key, text.as_bytes())
            .context(PROJECT_ID_CONTEXT)
            .iv(&iv[..GCM_IV_BYTES]);
        // The iv is given, so the generator is not drawn from.
        let sealed = seal(request, &mut rand::rng()).map_err(|_| ApprovalRefusal::NotSealed)?;
        Ok(json!({"project_id": project, "encrypted_project_id": sealed, "query": query,
            "query_id": self.dice.uuid()}))
    }

    fn queue_for_project(&self, trust: Uuid, kind: TaskType, payload: &Value) -> Option<Uuid> {
        let task = NewTask {
            id: None,
            task_type: kind.name().to_owned(),
            plaintext: python_json::text(payload).into(),
            sealing: Sealing::Edition,
        };
        self.queue_task(trust, task).ok()
    }

    /// How far each trust is with a project; empty for a project nobody froze.
    pub fn cohort_freezes(&self, project: Uuid, habits: &TaskHabits) -> Vec<CohortFreeze> {
        let newest = self.newest_freezes(project);
        newest.iter().map(|task| CohortFreeze::of(task, habits)).collect()
    }

    /// Queues the freeze again where it failed; how many.
    pub fn freeze_again(&self, project: Uuid) -> usize {
        let failed = |task: &TaskView| task.status == TaskStatus::Failed;
        let newest = self.newest_freezes(project);
        let again = newest.iter().filter(|task| failed(task)).filter_map(|task| {
            let payload = serde_json::from_str(&task.plaintext).ok()?;
            self.queue_for_project(task.trust_id, TaskType::PersistCohort, &payload)
        });
        again.count()
    }

    /// Projects a trust was asked to freeze a cohort for, oldest first.
    pub fn projects_of(&self, trust: Uuid) -> Vec<Uuid> {
        let mut projects = Vec::new();
        for project in self.tasks(Some(trust), None).iter().filter_map(project_of) {
            if !projects.contains(&project) {
                projects.push(project);
            }
        }
        projects
    }

    fn newest_freezes(&self, project: Uuid) -> Vec<TaskView> {
        let mut newest: Vec<TaskView> = Vec::new();
        for task in self.tasks(None, None) {
            if project_of(&task) == Some(project) {
                newest.retain(|other| other.trust_id != task.trust_id);
                newest.push(task);
            }
        }
        newest
    }
}

impl CohortFreeze {
    fn of(task: &TaskView, habits: &TaskHabits) -> Self {
        let (state, reason) = match task.status {
            TaskStatus::Pending | TaskStatus::InProgress => ("pending", None),
            TaskStatus::Completed => ("frozen", None),
            TaskStatus::Failed | TaskStatus::Cancelled => {
                let told = task.result.as_deref().unwrap_or_default();
                (
                    "failed",
                    Some(if habits.read_status_code.kept() { reason(told) } else { "failed" }),
                )
            }
        };
        Self { trust_id: task.trust_id, state, reason }
    }
}

/// What a failed freeze failed by.
fn reason(result: &str) -> &'static str {
    let told: Value = serde_json::from_str(result).unwrap_or_default();
    match told["status_code"].as_u64() {
        Some(403) => "refused",
        Some(400 | 422) => "rejected",
        _ if told["error"].as_str().is_some_and(|text| text.starts_with(RETRIES_SPENT)) => {
            "timed_out"
        }
        _ => "failed",
    }
}

/// Whether the `result` of a success tells of a frozen cohort. Further members are ignored.
pub(super) fn is_snapshot(result: Option<&str>) -> bool {
    let told: Value = result.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let moment = |text: &str| text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok();
    told["row_count"].as_u64().is_some()
        && told["has_accessions"].is_boolean()
        && told["query_hash"].is_string()
        && told["snapshot_at"].as_str().is_some_and(moment)
}

fn project_of(task: &TaskView) -> Option<Uuid> {
    if task.task_type != TaskType::PersistCohort.name() {
        return None;
    }
    let payload: Value = serde_json::from_str(&task.plaintext).ok()?;
    payload["project_id"].as_str()?.parse().ok()
}

/// The result of a task whose success told of no frozen cohort.
pub(super) const MALFORMED: &str = r#"{"error": "Malformed cohort snapshot result"}"#;
const RETRIES_SPENT: &str = "Exceeded maximum retries";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_cohort_is_told_strictly_and_further_members_are_ignored() {
        let good = r#"{"row_count": 0, "has_accessions": false, "query_hash": "a",
            "snapshot_at": "2026-11-01T10:00:00+00:00", "columns": ["a"]}"#;
        assert!(is_snapshot(Some(good)));
        assert!(is_snapshot(Some(&good.replace("+00:00", ""))));
        for (from, to) in [
            ("\"row_count\": 0", "\"row_count\": -1"),
            ("\"row_count\": 0", "\"row_count\": true"),
            ("\"row_count\": 0", "\"rows\": 0"),
            ("false", "\"false\""),
            ("false", "0"),
            ("\"a\",", "7,"),
            ("2026-11-01T10:00:00+00:00", "yesterday"),
        ] {
            assert!(!is_snapshot(Some(&good.replacen(from, to, 1))), "{to}");
        }
        for text in [None, Some("null"), Some("[]"), Some("{"), Some("done")] {
            assert!(!is_snapshot(text), "{text:?}");
        }
    }

    #[test]
    fn a_failed_freeze_is_told_by_its_status_code() {
        for (result, told) in [
            (r#"{"error": "403: x", "status_code": 403}"#, "refused"),
            (r#"{"error": "400: x", "status_code": 400}"#, "rejected"),
            (r#"{"error": "x", "status_code": 422}"#, "rejected"),
            (r#"{"error": "Exceeded maximum retries (3)"}"#, "timed_out"),
            (r#"{"error": "403: x"}"#, "failed"),
            (MALFORMED, "failed"),
            ("", "failed"),
        ] {
            assert_eq!(reason(result), told, "{result}");
        }
    }
}
