//! The callers we play: where each request goes, and with which key, in the hub's edition.

use contract::edition::TrustPaths;
use contract::wire::INTERNAL_KEY_HEADER;
use serde_json::{Value, json};

use super::{Ask, HubStage};
use crate::finding::{Judged, Stop};

impl HubStage {
    /// A heartbeat of that trust, without body.
    pub fn heartbeat(&self, trust: &str) -> Judged<Ask> {
        self.as_trust(trust, Ask::post(self.heartbeat_path(trust)))
    }

    /// A poll of that trust.
    pub fn poll(&self, trust: &str) -> Judged<Ask> {
        self.as_trust(trust, Ask::get(self.poll_path(trust)))
    }

    /// A report of that trust about a task.
    pub fn report(&self, trust: &str, task_id: &str, body: &Value) -> Judged<Ask> {
        let path = self.report_path(trust, task_id);
        Ok(self.as_trust(trust, Ask::post(path))?.json(body))
    }

    /// Counts of that trust for a cohort query.
    pub fn counts(&self, trust: &str, body: &Value) -> Judged<Ask> {
        Ok(self.as_trust(trust, Ask::post(COUNTS))?.json(body))
    }

    /// The request with that trust's key.
    pub fn as_trust(&self, trust: &str, ask: Ask) -> Judged<Ask> {
        let key = self.trust(trust)?.trust_api_key.clone();
        Ok(ask.header(&self.key_header, key.expose()))
    }

    /// Path of a trust's heartbeats.
    pub fn heartbeat_path(&self, trust: &str) -> String {
        match self.edition.paths {
            TrustPaths::Named => format!("/trust/{}/heartbeat", self.path_name(trust)),
            TrustPaths::Plain => "/trust/heartbeat".to_owned(),
        }
    }

    /// Path of a trust's polls.
    pub fn poll_path(&self, trust: &str) -> String {
        match self.edition.paths {
            TrustPaths::Named => format!("/tasks/{}/pending", self.path_name(trust)),
            TrustPaths::Plain => "/tasks/pending".to_owned(),
        }
    }

    /// Path of a trust's report about a task.
    pub fn report_path(&self, trust: &str, task_id: &str) -> String {
        match self.edition.paths {
            TrustPaths::Named => format!("/tasks/{}/{task_id}/result", self.path_name(trust)),
            TrustPaths::Plain => format!("/tasks/{task_id}/result"),
        }
    }

    /// A post of the FL server about a model; `what` is `metrics` or `logs`.
    pub async fn ingest(&mut self, model: &str, what: &str, body: &Value) -> Judged<Ask> {
        let ask = Ask::post(format!("/model/{}/{what}", self.model(model)?)).json(body);
        self.as_fl_server(ask).await
    }

    /// A status word of the FL server for a model.
    pub async fn status_word(&mut self, model_id: &str, word: &str) -> Judged<Ask> {
        self.as_fl_server(Ask::put(format!("/model/{model_id}/status/{word}"))).await
    }

    /// The request with the hub-internal key.
    pub async fn as_fl_server(&mut self, ask: Ask) -> Judged<Ask> {
        let key = self.internal_key().await?;
        Ok(ask.header(self.ingest_header(), key.expose()))
    }

    /// The request with a user's token.
    pub async fn as_user(&mut self, meaning: &str, ask: Ask) -> Judged<Ask> {
        let token = self.token(meaning).await?;
        Ok(ask.header("Authorization", &format!("Bearer {}", token.expose())))
    }

    /// The header in which the edition's FL server shows its key.
    pub fn ingest_header(&self) -> &'static str {
        self.edition.ingest_key_headers.last().copied().unwrap_or(INTERNAL_KEY_HEADER)
    }

    /// What the FL server calls a trust's FL client: the trust's display name in editions whose hub knows
    /// it by that, its slot in the others.
    pub fn client(&self, trust: &str) -> Judged<String> {
        let trust = self.trust(trust)?;
        let by_name = self.edition.clients_are_trust_names();
        Ok(if by_name { trust.name.clone() } else { trust.slot.clone() })
    }

    /// A trust that is not registered is called what it would be called.
    fn path_name(&self, trust: &str) -> String {
        let known = self.trusts.get(trust).map(|trust| trust.name.clone());
        path_segment(&known.unwrap_or_else(|| display_name(trust)))
    }
}

/// A registration body with name and code.
pub fn registration_body(name: &str, code: &str) -> Value {
    json!({"name": name, "code": code})
}

/// The member of a Registration's name in tests of ours: what `"Alpha"` is called on the hub.
pub fn display_name(trust: &str) -> String {
    format!("{trust} Hospital")
}

/// Where trusts post counts.
pub const COUNTS: &str = "/cohort/results";
/// Where admins register trusts.
pub const REGISTRATION: &str = "/admin/trusts";
/// Where users list trusts.
pub const TRUST_LIST: &str = "/trust";
/// Where users see who is Online.
pub const ONLINE_LIST: &str = "/trust/health";

/// Text as one segment of a path.
fn path_segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            segment.push_str(&format!("%{byte:02X}"));
        }
    }
    segment
}

/// Names the missing thing of a stage.
pub(super) fn missing(what: &str, name: &str) -> Stop {
    Stop::not_verified(format!("no {what} {name:?} in this scenario"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_is_one_segment_of_a_path() {
        assert_eq!(path_segment("St Mary's é"), "St%20Mary%27s%20%C3%A9");
    }
}
