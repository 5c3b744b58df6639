//! The mock hub's control API, call by call.

use std::collections::BTreeMap;

use contract::key::Secret;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, ControlError};

/// Control of a mock hub.
#[derive(Clone, Debug)]
pub struct HubControl {
    /// The plain client below.
    pub control: Control,
}

/// What registering a trust returned: everything its kit needs.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Registry id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// FL slot.
    pub slot: String,
    /// Number of the slot.
    pub slot_number: i64,
    /// The key the trust proves itself with.
    pub trust_api_key: Secret,
    /// The key between the site's own services.
    pub site_key: Secret,
    /// Hub-shared settings by kit key.
    pub hub_shared: BTreeMap<String, String>,
}

/// A task to queue.
#[derive(Clone, Debug, Default)]
pub struct TaskOrder {
    /// Task type word, known or not.
    pub task_type: String,
    /// Payload as JSON.
    pub payload: Option<Value>,
    /// Payload as raw text.
    pub payload_text: Option<String>,
    /// Deliver exactly this instead of sealing anything.
    pub sealed: Option<String>,
    /// Seal with other parameters: `cipher`, `key_base64`, `kid`, `context`.
    pub seal: Option<Value>,
    /// How many of it.
    pub count: usize,
}

/// A task as the hub holds it.
#[derive(Clone, Debug, Deserialize)]
pub struct TaskView {
    /// Task id.
    pub id: String,
    /// Task type word.
    pub task_type: String,
    /// PENDING, IN_PROGRESS, COMPLETED, FAILED or CANCELLED.
    pub status: String,
    /// How often it was handed out.
    pub deliveries: u32,
    /// What the trust reported.
    #[serde(default)]
    pub result: Option<String>,
    /// How many reports were accepted or refused.
    #[serde(default)]
    pub reports: u32,
}

impl HubControl {
    /// Control of the hub behind that client.
    pub fn new(control: Control) -> Self {
        Self { control }
    }

    /// Registers a trust.
    pub async fn register(&self, name: &str, code: &str) -> Result<Registration, ControlError> {
        let reply =
            self.control.post("/control/trusts", json!({"name": name, "code": code})).await?;
        registration(&reply)
    }

    /// Deletes and registers again: the only rotation there is.
    pub async fn rotate(&self, trust_id: &str) -> Result<Registration, ControlError> {
        let path = format!("/control/trusts/{trust_id}/rotate");
        registration(&self.control.post(&path, json!({})).await?)
    }

    /// Deletes a trust; returns the report.
    pub async fn delete_trust(&self, trust_id: &str) -> Result<Value, ControlError> {
        self.control.delete(&format!("/control/trusts/{trust_id}")).await
    }

    /// One trust as the hub sees it: `online`, `last_heartbeat`, `services`, `slot`.
    pub async fn trust(&self, trust_id: &str) -> Result<Option<Value>, ControlError> {
        let list = self.control.get("/control/trusts").await?;
        let found = list.as_array().and_then(|all| all.iter().find(|t| t["id"] == trust_id));
        Ok(found.cloned())
    }

    /// Queues tasks; returns their ids in order.
    pub async fn queue(
        &self,
        trust_id: &str,
        order: &TaskOrder,
    ) -> Result<Vec<String>, ControlError> {
        let mut body = json!({"trust_id": trust_id, "task_type": order.task_type});
        let members = [
            ("payload", order.payload.clone()),
            ("payload_text", order.payload_text.clone().map(Value::String)),
            ("sealed", order.sealed.clone().map(Value::String)),
            ("seal", order.seal.clone()),
            ("count", (order.count > 1).then(|| json!(order.count))),
        ];
        for (member, value) in members {
            if let Some(value) = value {
                body[member] = value;
            }
        }
        let reply = self.control.post("/control/tasks", body).await?;
        let ids = reply["ids"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(ids.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect())
    }

    /// One task.
    pub async fn task(&self, id: &str) -> Result<TaskView, ControlError> {
        let reply = self.control.get(&format!("/control/tasks/{id}")).await?;
        view(reply)
    }

    /// Every task of a trust.
    pub async fn tasks(&self, trust_id: &str) -> Result<Vec<TaskView>, ControlError> {
        let reply = self.control.get(&format!("/control/tasks?trust_id={trust_id}")).await?;
        reply.as_array().cloned().unwrap_or_default().into_iter().map(view).collect()
    }

    /// Registers a cohort query addressed to these trusts; returns its id.
    pub async fn query(&self, trust_ids: &[&str]) -> Result<String, ControlError> {
        let reply = self.control.post("/control/queries", json!({"trust_ids": trust_ids})).await?;
        Ok(text(&reply, "id"))
    }

    /// The aggregate of a cohort query.
    pub async fn aggregate(&self, query_id: &str) -> Result<Value, ControlError> {
        self.control.get(&format!("/control/queries/{query_id}")).await
    }

    /// Makes a model with these trusts; returns its id.
    pub async fn model(&self, trust_ids: &[&str]) -> Result<String, ControlError> {
        let reply = self.control.post("/control/models", json!({"trust_ids": trust_ids})).await?;
        Ok(text(&reply, "id"))
    }

    /// Status, metric rows and log rows of a model.
    pub async fn model_rows(&self, model_id: &str) -> Result<Value, ControlError> {
        self.control.get(&format!("/control/models/{model_id}")).await
    }

    /// Changes the payload key; returns `{base64, fingerprint}`.
    pub async fn payload_key(&self, base64: Option<&str>) -> Result<Value, ControlError> {
        let body = base64.map_or_else(|| json!({}), |key| json!({"base64": key}));
        self.control.put("/control/keys/aes", body).await
    }

    /// Moves the virtual clock forward; due recovery jobs run.
    pub async fn advance(&self, by: std::time::Duration) -> Result<(), ControlError> {
        let body = json!({"advance_ms": u64::try_from(by.as_millis()).unwrap_or(u64::MAX)});
        self.control.put("/control/clock", body).await.map(drop)
    }

    /// Switches the rate limits on or off.
    pub async fn rate_limits(&self, enforced: bool) -> Result<(), ControlError> {
        self.control.put("/control/limits", json!({"enforced": enforced})).await.map(drop)
    }

    /// Changes settings such as `hub_version`, `trust_api_key_header`, `identity`.
    pub async fn settings(&self, settings: Value) -> Result<(), ControlError> {
        self.control.put("/control/settings", settings).await.map(drop)
    }

    /// Lets the FL server stand-in run a training.
    pub async fn training(&self, order: Value) -> Result<Value, ControlError> {
        self.control.call(Method::POST, "/control/training", Some(order)).await
    }
}

fn registration(reply: &Value) -> Result<Registration, ControlError> {
    let mut shared = reply["hub_shared"].as_object().cloned().unwrap_or_default();
    // A trust's own payload key is minted with the registration and travels beside the shared block.
    for (member, key) in
        [("trust_aes_kid", "TRUST_AES_KID"), ("trust_aes_key", "TRUST_AES_KEY_BASE64")]
    {
        if reply[member].is_string() {
            shared.insert(key.to_owned(), reply[member].clone());
        }
    }
    let registration = Registration {
        id: text(reply, "id"),
        name: text(reply, "name"),
        slot: text(reply, "fl_kit_slot"),
        slot_number: reply["fl_kit_slot_number"].as_i64().unwrap_or_default(),
        trust_api_key: Secret::from(text(reply, "trust_api_key")),
        site_key: Secret::from(text(reply, "trust_internal_service_key")),
        hub_shared: shared
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.as_str()?.to_owned())))
            .collect(),
    };
    if registration.id.is_empty() {
        return Err(ControlError::Unreachable {
            what: "read the registration".to_owned(),
            reason: "it has no id".to_owned(),
        });
    }
    Ok(registration)
}

fn view(value: Value) -> Result<TaskView, ControlError> {
    serde_json::from_value(value).map_err(|error| ControlError::Unreachable {
        what: "read a task".to_owned(),
        reason: error.to_string(),
    })
}

fn text(reply: &Value, member: &str) -> String {
    reply[member].as_str().unwrap_or_default().to_owned()
}
