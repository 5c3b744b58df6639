//! Registration and lists of trusts (hub 9).

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use contract::edition::{HeartbeatBody, TrustList};
use serde::Serialize;
use uuid::Uuid;

use super::access;
use super::body;
use super::context::{Call, Step, path_uuid};
use super::fields::{Fields, Presence};
use super::issue::{Issue, at};
use super::json::Json;
use super::reply::{self, Reply, refusal, unprocessable};
use crate::domain::{HubTime, NewTrust, RegisterError, Registered, ServiceHealth, Trust};
use crate::habits::NameCheck;

/// `POST /api/admin/trusts`.
pub(super) async fn create(call: &mut Call<'_>) -> Step<Reply> {
    let ((), body) = call.body_and(access::admin)?;
    call.database()?;
    let errors = call.habits.errors;
    let mut issues = Vec::new();
    let new = read(body.as_ref(), &mut issues);
    let (Some(new), true) = (new, issues.is_empty()) else {
        return Err(unprocessable(&issues, &errors));
    };
    let domain = call.domain();
    let refused = |error: RegisterError| {
        let status = match error {
            RegisterError::NameBlank | RegisterError::CodeBlank => StatusCode::BAD_REQUEST,
            _ => StatusCode::CONFLICT,
        };
        refusal(status, &error.to_string(), &errors)
    };
    let vetted = domain.vet(new, &call.habits).map_err(refused)?;
    if call.habits.registry.name_check == NameCheck::BeforeLock {
        tokio::time::sleep(UNLOCKED).await;
    }
    let done = domain.enrol(vetted, &call.habits).map_err(refused)?;
    Ok(reply::json(StatusCode::CREATED, written(&RegistrationReply::of(&done))))
}

/// `GET /api/trust`.
pub(super) fn list(call: &mut Call<'_>) -> Step<Reply> {
    access::user(call)?;
    call.database()?;
    let trusts = call.domain().trusts();
    let rows: Vec<TrustRow<'_>> = trusts.iter().map(|trust| TrustRow::of(trust, call)).collect();
    Ok(reply::json(StatusCode::OK, written(&rows)))
}

/// `GET /api/admin/trusts`, in editions that serve it.
pub(super) fn admin_list(call: &mut Call<'_>) -> Step<Reply> {
    access::admin(call)?;
    call.database()?;
    let trusts = call.domain().trusts();
    let rows: Vec<AdminRow<'_>> = trusts.iter().map(|trust| AdminRow::of(trust, call)).collect();
    Ok(reply::json(StatusCode::OK, written(&rows)))
}

/// `GET /api/trust/health`.
pub(super) fn online(call: &mut Call<'_>) -> Step<Reply> {
    if call.habits.errors.guard_trust_health.kept() {
        access::user(call)?;
    }
    call.database()?;
    let domain = call.domain();
    let trusts = domain.trusts();
    if trusts.is_empty() {
        return Err(refusal(StatusCode::NOT_FOUND, "No trusts found", &call.habits.errors));
    }
    let now = domain.clock.now();
    let row = |trust: &'_ Trust| OnlineRow {
        trust_id: trust.id,
        trust_name: trust.name.clone(),
        online: trust.is_online(now, &call.habits.heartbeat),
    };
    let rows: Vec<OnlineRow> = trusts.iter().map(|trust| row(trust)).collect();
    Ok(reply::json(StatusCode::OK, written(&rows)))
}

/// `PUT /api/trust/{trust_id}/model/{model_id}/status/{status}`.
pub(super) fn model_status(call: &mut Call<'_>, trust: &str, model: &str) -> Step<Reply> {
    let (_, body) = call.body_and(access::user)?;
    call.database()?;
    let errors = call.habits.errors;
    let mut issues = Vec::new();
    let model = path_uuid(model, "model_id", &mut issues);
    if let Some(whole) = body.as_ref().filter(|body| **body != Json::Null)
        && let Some(mut fields) = Fields::of(whole, at(["body"]), &mut issues)
    {
        let _ = fields.text("fl_client_endpoint", Presence::Required, 1..=usize::MAX);
    }
    let (Some(model), true) = (model, issues.is_empty()) else {
        return Err(unprocessable(&issues, &errors));
    };
    let domain = call.domain();
    let known = Uuid::try_parse(trust).ok().and_then(|id| domain.trust(id));
    let missing = match known {
        None => format!("Trust ID: {trust} does not exist"),
        Some(_) if domain.model(model).is_none() => format!("Model ID: {model} does not exist"),
        Some(_) => return Ok(reply::json(StatusCode::OK, r#"{"success":"status set"}"#)),
    };
    Err(refusal(StatusCode::NOT_FOUND, &missing, &errors))
}

fn read<'b>(body: Option<&'b Json>, issues: &mut Vec<Issue<'b>>) -> Option<NewTrust> {
    let whole = body::required(body, issues)?;
    let mut fields = Fields::of(whole, at(["body"]), issues)?;
    let name = fields.text("name", Presence::Required, 0..=usize::MAX);
    let code = fields.text("code", Presence::Required, 1..=usize::MAX);
    let region = fields.text("region", Presence::Nullable, 0..=usize::MAX);
    Some(NewTrust {
        name: name?.to_owned(),
        code: code?.to_owned(),
        region: region.map(str::to_owned),
        ..NewTrust::default()
    })
}

/// Members in the order the hub writes them.
fn written(reply: &impl Serialize) -> String {
    serde_json::to_string(reply).expect("texts and numbers always serialise")
}

#[derive(Serialize)]
struct RegistrationReply<'d> {
    id: Uuid,
    name: &'d str,
    code: Option<&'d str>,
    region: Option<&'d str>,
    created_at: HubTime,
    trust_api_key: &'d str,
    trust_internal_service_key: &'d str,
    fl_kit_slot: Option<&'d str>,
    fl_kit_slot_number: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust_aes_key: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust_aes_kid: Option<&'d str>,
}

impl<'d> RegistrationReply<'d> {
    fn of(done: &'d Registered) -> Self {
        let trust = &done.trust;
        Self {
            id: trust.id,
            name: &trust.name,
            code: trust.code.as_deref(),
            region: trust.region.as_deref(),
            created_at: trust.created_at,
            trust_api_key: done.api_key.expose(),
            trust_internal_service_key: done.site_key.expose(),
            fl_kit_slot: trust.slot.as_ref().map(|slot| &*slot.name),
            fl_kit_slot_number: trust.slot.as_ref().map(|slot| slot.number),
            trust_aes_key: done.payload_key.as_ref().map(|key| key.key_base64.expose()),
            trust_aes_kid: done.payload_key.as_ref().map(|key| &*key.kid),
        }
    }
}

#[derive(Serialize)]
struct TrustRow<'t> {
    id: Uuid,
    name: &'t str,
    #[serde(flatten)]
    more: Option<HeartbeatMembers<'t>>,
    #[serde(flatten)]
    snapshot: Option<SnapshotMembers>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key_hash: Option<String>,
}

/// What every edition but the oldest adds.
#[derive(Serialize)]
struct HeartbeatMembers<'t> {
    code: Option<&'t str>,
    region: Option<&'t str>,
    last_heartbeat: Option<String>,
    project_count: u32,
}

/// What editions with health snapshots add.
#[derive(Serialize)]
struct SnapshotMembers {
    services: Option<BTreeMap<String, ServiceHealth>>,
    services_updated_at: Option<String>,
}

impl<'t> TrustRow<'t> {
    fn of(trust: &'t Trust, call: &Call<'_>) -> Self {
        let live = trust.liveness();
        let edition = call.domain().edition;
        let snapshots = edition.heartbeat_body != HeartbeatBody::None;
        let more = edition.trust_list == TrustList::Heartbeats;
        Self {
            id: trust.id,
            name: &trust.name,
            more: more.then(|| HeartbeatMembers {
                code: trust.code.as_deref(),
                region: trust.region.as_deref(),
                last_heartbeat: live.last_heartbeat.map(HubTime::zulu),
                project_count: 0,
            }),
            snapshot: snapshots.then(|| SnapshotMembers {
                services: live.services,
                services_updated_at: live.services_at.map(HubTime::zulu),
            }),
            api_key_hash: shown_hash(trust, call),
        }
    }
}

#[derive(Serialize)]
struct AdminRow<'t> {
    id: Uuid,
    name: &'t str,
    code: Option<&'t str>,
    region: Option<&'t str>,
    created_at: HubTime,
    fl_kit_slot: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key_hash: Option<String>,
}

impl<'t> AdminRow<'t> {
    fn of(trust: &'t Trust, call: &Call<'_>) -> Self {
        Self {
            id: trust.id,
            name: &trust.name,
            code: trust.code.as_deref(),
            region: trust.region.as_deref(),
            created_at: trust.created_at,
            fl_kit_slot: trust.slot.as_ref().map(|slot| &*slot.name),
            api_key_hash: shown_hash(trust, call),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OnlineRow {
    trust_id: Uuid,
    trust_name: String,
    online: bool,
}

fn shown_hash(trust: &Trust, call: &Call<'_>) -> Option<String> {
    call.habits.registry.hide_hashes.broken().then(|| trust.key_hash.hex())
}

/// How long the built hub lets others pass between checking a name and taking it.
const UNLOCKED: Duration = Duration::from_millis(25);
