//! Honest task payloads, as the hub queues them (trust 6), with texts planted that must not show.

use contract::edition::{Edition, TaskType};
use contract::envelope::{Cipher, PROJECT_ID_CONTEXT, SealRequest, key_bytes, seal};
use contract::key::Secret;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::finding::{Judged, Stop};
use crate::stage::Stage;

/// A text in planted queries that no output and no plain wire may show. It begins and ends in a way
/// nothing else does: a value that is cut in the middle, or after some characters, is known again.
pub const PLANTED_SQL: &str = "SELECT 7193056 AS planted, person_id, year_of_birth FROM omop.person \
     WHERE 'flipcheck_planted_sql' <> '71'";
/// An address in planted user tasks.
pub const PLANTED_EMAIL: &str = "planted.person@flipcheck.example";

/// Task types of an edition for scenes that need work of each kind but judge something else. Trusts
/// that name the project of a deletion in the wrong place (TRUST-TASK-08) fail that one whatever the
/// scene is about, so it is left out.
pub fn scene_kinds(kinds: &[TaskType]) -> impl Iterator<Item = TaskType> {
    kinds.iter().copied().filter(|kind| *kind != TaskType::DeleteImaging)
}

/// A payload that an honest trust runs successfully against our site services, which are brought
/// into the state it needs.
pub async fn honest(kind: TaskType, stage: &Stage) -> Judged<Value> {
    let trust_id = stage.registration.id.clone();
    Ok(match kind {
        TaskType::CohortQuery => cohort_query(stage, PLANTED_SQL).await?,
        TaskType::CreateImaging => json!({
            "project_id": Uuid::new_v4(),
            "trust_id": trust_id,
            "project_name": format!("Planted {}", Uuid::new_v4()),
            "query": PLANTED_SQL,
            "users": [{"id": USER_ID, "email": PLANTED_EMAIL, "is_disabled": false}],
            "dicom_to_nifti": true,
        }),
        TaskType::DeleteImaging => {
            json!({"imaging_project_id": stage.imaging_project(PLANTED_SQL).await?})
        }
        TaskType::GetImagingStatus | TaskType::ReimportStudies => json!({
            "imaging_project_id": stage.imaging_project(PLANTED_SQL).await?,
            "encoded_query": base64_url(PLANTED_SQL),
        }),
        TaskType::UpdateUserProfile => {
            // The stand-ins know the user from the start; a fault may be armed on their route by now.
            if stage.own_site {
                stage.imaging_user(PLANTED_EMAIL).await?;
            }
            json!({"email": PLANTED_EMAIL, "enabled": true})
        }
        TaskType::PersistCohort => json!({
            "project_id": PROJECT_ID,
            "trust_id": trust_id,
            "encrypted_project_id": sealed_project_id(stage)?,
            "query": PLANTED_SQL,
            "query_id": QUERY_ID,
        }),
    })
}

/// A cohort query over that SQL, registered at the hub for this trust.
pub async fn cohort_query(stage: &Stage, sql: &str) -> Judged<Value> {
    let trust_id = stage.registration.id.clone();
    let query_id = stage.hub_control.query(&[&trust_id]).await?;
    Ok(json!({
        "encrypted_project_id": sealed_project_id(stage)?,
        "query_id": query_id,
        "query_name": "planted",
        "query": sql,
        "trust_id": trust_id,
    }))
}

/// A project id sealed as the hub seals it for site services.
pub fn sealed_project_id(stage: &Stage) -> Judged<String> {
    let key = stage.registration.hub_shared.get("AES_KEY_BASE64").cloned().unwrap_or_default();
    project_id_sealed_with(stage.hub_edition, &Secret::from(key))
}

/// The same under a key the trust need not hold.
pub fn project_id_sealed_with(edition: &Edition, key: &Secret) -> Judged<String> {
    project_sealed_with(edition, key, PROJECT_ID)
}

/// Another project's id, sealed as the hub seals it for site services.
pub fn sealed_project(stage: &Stage, project: &str) -> Judged<String> {
    let key = stage.registration.hub_shared.get("AES_KEY_BASE64").cloned().unwrap_or_default();
    project_sealed_with(stage.hub_edition, &Secret::from(key), project)
}

fn project_sealed_with(edition: &Edition, key: &Secret, project: &str) -> Judged<String> {
    let cipher = edition.cipher;
    let context = if cipher == Cipher::GcmContext { PROJECT_ID_CONTEXT } else { "" };
    let key = key_bytes(key.expose()).map_err(Stop::not_verified)?;
    let request = SealRequest::new(cipher, &key, project.as_bytes()).context(context);
    seal(request, &mut rand::rng()).map_err(Stop::not_verified)
}

/// The payload key hub and trust share, decoded.
pub fn payload_key(stage: &Stage) -> Judged<Vec<u8>> {
    let text = stage.registration.hub_shared.get("AES_KEY_BASE64").cloned().unwrap_or_default();
    key_bytes(&text).map(|bytes| bytes.to_vec()).map_err(Stop::not_verified)
}

/// Text as URL-safe base64, the form of `encoded_query`.
pub fn base64_url(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE.encode(text)
}

/// Project every sealed project id names.
pub const PROJECT_ID: &str = "33333333-3333-4333-8333-333333333333";
/// An imaging project nobody made.
pub const IMAGING_ID: &str = "44444444-4444-4444-8444-444444444444";
const USER_ID: &str = "55555555-5555-4555-8555-555555555555";
const QUERY_ID: &str = "66666666-6666-4666-8666-666666666666";
