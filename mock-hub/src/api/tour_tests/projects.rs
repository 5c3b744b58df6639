//! Approved projects, decisions, the drain check, the waiting event.

use uuid::Uuid;

use super::guide::{ADMIN, Guide, INTERNAL, JSON, USER};
use crate::domain::NewProject;

pub(super) async fn visit(guide: &mut Guide) {
    let one = guide.register("Five");
    let (key, trust) = (one.api_key.expose().to_owned(), one.trust.id);
    let own = [("X-Key", key.as_str()), JSON];
    for (at, imaging) in [(1_u128, true), (2, false)] {
        let project = Uuid::from_u128(at);
        let query = Some("SELECT person_id FROM omop.person".to_owned());
        let new = NewProject { id: Some(project), trust_ids: vec![trust], query, imaging };
        let approved = guide.domain.approve(&new, &guide.habits.tasks);
        guide.note(&approved);
        guide.ask(("GET", "/api/tasks/pending", &own, "")).await;
        let told = if imaging {
            r#"{"success":true,"result":"done"}"#
        } else {
            r#"{"success":false,"result":"{\"error\":\"403: x\",\"status_code\":403}"}"#
        };
        for task in approved.map(|approved| approved.freezes).unwrap_or_default() {
            guide.ask(("POST", &format!("/api/tasks/{task}/result"), &own, told)).await;
            guide.note(guide.domain.task(task));
        }
        let path = format!("/api/projects/{project}/cohort-snapshots");
        guide.ask(("GET", &path, &[USER], "")).await;
    }
    guide.ask(("GET", &format!("/api/trust/{trust}/decisions"), &[ADMIN], "")).await;
    trainings(guide, trust).await;
    let report = guide.domain.delete(trust, &guide.habits);
    guide.note(report);
}

async fn trainings(guide: &mut Guide, trust: Uuid) {
    let model = Uuid::from_u128(0x70_u128);
    guide.domain.add_model(Some(model), [trust]);
    // The tour of the ingest has ended behind the edge, which drops the header.
    guide.domain.change_settings(|settings| settings.behind_edge = false);
    let internal = [("X-Internal-Service-Key", INTERNAL), JSON];
    let status = |word: &str| format!("/api/model/{model}/status/{word}");
    guide.ask(("GET", "/api/fl/quiesce", &[], "")).await;
    guide.ask(("PUT", &status("PREPARED"), &internal, "")).await;
    guide.ask(("GET", "/api/fl/quiesce", &[USER], "")).await;
    let event = r#"{"event_type":"JOB_WAITING_FOR_RESOURCES","details":{"attempt":1}}"#;
    guide.ask(("POST", &format!("/api/model/{model}/logs"), &internal, event)).await;
    guide.note(guide.domain.model(model));
    guide.ask(("PUT", &status("STOPPED"), &internal, "")).await;
}
