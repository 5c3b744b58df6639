//! Images for training and results of it; the project id in these bodies is sealed.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::site::answers::{Body, Refusal};
use crate::site::premises::Premises;

/// What to download.
#[derive(Deserialize)]
pub(super) struct Wanted {
    assessor_type: Option<String>,
    resource_type: Option<String>,
}

/// Lays the images of one study out for the FL client and tells where.
pub(super) async fn download(
    State(premises): State<Arc<Premises>>,
    Path(net_id): Path<String>,
    Query(wanted): Query<Wanted>,
    bytes: Bytes,
) -> Result<Json<Value>, Refusal> {
    one_of("assessor_type", wanted.assessor_type.as_deref(), &ASSESSOR_TYPES)?;
    one_of("resource_type", wanted.resource_type.as_deref(), &RESOURCE_TYPES)?;
    let mut body = Body::parse(&bytes)?;
    let sealed = body.text("encrypted_central_hub_project_id");
    let accession_id = body.text("accession_id");
    body.done()?;
    let project = premises.seals.project_id(&sealed)?;
    Ok(Json(json!({"path": format!("/images/{net_id}/{project}/{accession_id}")})))
}

/// Files results with a study of the project and tells their addresses.
pub(super) async fn upload(
    State(premises): State<Arc<Premises>>,
    Path(_net_id): Path<String>,
    bytes: Bytes,
) -> Result<Json<Value>, Refusal> {
    let mut body = Body::parse(&bytes)?;
    let sealed = body.text("encrypted_central_hub_project_id");
    let accession_id = body.text("accession_id");
    let scan_id = body.text("scan_id");
    let resource_id = body.text("resource_id");
    let files = body.list("files", false);
    body.done()?;
    let project = premises.seals.project_id(&sealed)?;
    let project = premises.archive.lock().project_of(&project)?.id;
    let urls = files.iter().map(|file| {
        let name = file.as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        format!(
            "/data/projects/{project}/experiments/{accession_id}/scans/{scan_id}/resources/{resource_id}/files/{name}"
        )
    });
    Ok(Json(urls.collect()))
}

fn one_of(name: &str, given: Option<&str>, known: &[&str]) -> Result<(), Refusal> {
    match given {
        None => Err(Refusal::parameter("query", name, "missing", "Field required")),
        Some(word) if known.contains(&word) => Ok(()),
        Some(_) => {
            let message = format!("Input should be one of: {}", known.join(", "));
            Err(Refusal::parameter("query", name, "enum", &message))
        }
    }
}

const ASSESSOR_TYPES: [&str; 2] = ["scan", "assessor"];
const RESOURCE_TYPES: [&str; 4] = ["NIFTI", "DICOM", "SEG", "ALL"];
