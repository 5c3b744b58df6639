//! imaging-api's own call to data-access-api: which studies does a cohort have?

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::site::answers::Refusal;
use crate::site::hospital::Project;
use crate::site::premises::Premises;

/// Asks for the accession ids of a project's cohort, with the key imaging-api holds.
///
/// A refusal of the key is passed on, because a site with mixed keys must say so. Whatever else goes
/// wrong means that no study is known: a project may be made before its query makes sense.
pub(super) async fn wanted(
    premises: &Premises,
    central_id: &str,
    query: &str,
) -> Result<Vec<String>, Refusal> {
    let sealed = premises.seals.seal_project_id(central_id)?;
    let Some(base) = premises.data_access_url.get() else { return Ok(Vec::new()) };
    let door = &premises.imaging_door;
    let answer = premises
        .http
        .post(format!("{base}/cohort/accession-ids"))
        .header("User-Agent", IMAGING_USER_AGENT)
        .header(door.header(), door.key().expose())
        .timeout(ACCESSION_CALL_MAX)
        .json(&json!({"encrypted_project_id": sealed, "query": query}))
        .send()
        .await;
    let Ok(answer) = answer else { return Ok(Vec::new()) };
    let status = answer.status();
    if status.as_u16() == 401 {
        let detail = answer.json::<Detail>().await.map(|body| body.detail);
        return Err(Refusal::new(status, detail.unwrap_or_default()));
    }
    let ids = answer.json::<AccessionIds>().await.map(|body| body.accession_ids);
    Ok(ids.unwrap_or_default())
}

/// Fetches the studies of a cohort into a project.
pub(super) async fn retrieve(premises: Arc<Premises>, project: Project, query: String) {
    if let Ok(ids) = wanted(&premises, &project.central_id, &query).await {
        premises.archive.lock().import(project.id, ids);
    }
}

#[derive(Deserialize)]
struct AccessionIds {
    accession_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Detail {
    detail: String,
}

/// Tells this call apart from those of the trust in captures.
const IMAGING_USER_AGENT: &str = "imaging-api";
const ACCESSION_CALL_MAX: Duration = Duration::from_secs(10);
