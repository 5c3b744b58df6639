//! What a scenario holds at its hub: trusts, models, queries, keys and tokens.

use contract::key::Secret;
use serde_json::json;

use super::{HubStage, callers, display_name};
use crate::control::Registration;
use crate::finding::{Judged, Stop};

impl HubStage {
    /// A trust the scenario registered.
    pub fn trust(&self, name: &str) -> Judged<&Registration> {
        self.trusts.get(name).ok_or_else(|| callers::missing("trust", name))
    }

    /// The trust whose key that is, and the name the scenario uses.
    pub fn trust_by_key(&self, key: &str) -> Option<(&str, &Registration)> {
        self.trusts
            .iter()
            .find(|(_, trust)| trust.trust_api_key.expose() == key)
            .map(|(name, trust)| (name.as_str(), trust))
    }

    /// The id of a model of the scenario; any other name stands for itself.
    pub fn model(&self, name: &str) -> Judged<String> {
        self.models.get(name).cloned().ok_or_else(|| callers::missing("model", name))
    }

    /// The id of a cohort query of the scenario.
    pub fn query(&self, name: &str) -> Judged<String> {
        self.queries.get(name).cloned().ok_or_else(|| callers::missing("query", name))
    }

    /// Registers a trust through the control API, as a step of setting up; on a hub without one, takes
    /// a trust that was given.
    pub async fn register(&mut self, name: &str) -> Judged {
        let Some(control) = &self.control else {
            self.adopt_given(name)?;
            return self.note_last_heartbeat(name).await;
        };
        let registration = control.register(&display_name(name), &name.to_uppercase()).await?;
        self.adopt(name, registration);
        Ok(())
    }

    /// Takes over a registration under a name of the scenario.
    pub fn adopt(&mut self, name: &str, registration: Registration) {
        self.keep_secret(&format!("key of {name}"), &registration.trust_api_key);
        self.keep_secret(&format!("site key of {name}"), &registration.site_key);
        if let Some(key) = registration.hub_shared.get("AES_KEY_BASE64") {
            self.keep_payload_key("shared", &Secret::new(key.as_str()));
        }
        let own = (
            registration.hub_shared.get("TRUST_AES_KID"),
            registration.hub_shared.get("TRUST_AES_KEY_BASE64"),
        );
        if let (Some(kid), Some(key)) = own {
            self.keep_payload_key(kid, &Secret::new(key.as_str()));
        }
        self.trusts.insert(name.to_owned(), registration);
    }

    /// Watches for a secret in every later reply.
    pub fn keep_secret(&mut self, name: &str, secret: &Secret) {
        if secret.is_empty() || self.secrets.iter().any(|(_, known)| known == secret) {
            return;
        }
        self.guard.plant(name, secret.clone());
        self.secrets.push((name.to_owned(), secret.clone()));
    }

    /// Remembers a payload key of the hub.
    pub fn keep_payload_key(&mut self, kid: &str, key: &Secret) {
        let known = |(id, old): &(String, Secret)| id == kid && old == key;
        if !self.payload_keys.iter().any(known) {
            self.payload_keys.push((kid.to_owned(), key.clone()));
            self.keep_secret(&format!("payload key {}", self.payload_keys.len()), key);
        }
    }

    /// The hub-internal key.
    pub async fn internal_key(&mut self) -> Judged<Secret> {
        if let Some(key) = &self.internal_key {
            return Ok(key.clone());
        }
        let Some(control) = &self.control else {
            let key = self.given_internal_key()?;
            return Ok(self.learn_internal_key(&key));
        };
        let reply = control.control.put("/control/keys/internal", json!({})).await?;
        let text = reply["value"].as_str().unwrap_or_default();
        if text.is_empty() {
            return Err(Stop::not_verified("the hub has no hub-internal key"));
        }
        Ok(self.learn_internal_key(&Secret::new(text)))
    }

    /// Takes over a hub-internal key; returns it.
    pub fn learn_internal_key(&mut self, key: &Secret) -> Secret {
        self.keep_secret("hub-internal key", key);
        self.internal_key = Some(key.clone());
        key.clone()
    }

    /// Makes a token of the admin of a trust; returns the meaning it can be asked for by.
    pub async fn trust_admin(&mut self, trust: &str) -> Judged<String> {
        let meaning = format!("trust-admin-{trust}");
        let text = format!("made.up-{meaning}.token");
        let body = json!({"token": text, "meaning": {"trust-admin": self.trust(trust)?.id}});
        self.control()?.control.put("/control/tokens", body).await?;
        self.tokens.insert(meaning.clone(), Secret::new(text));
        Ok(meaning)
    }

    /// A user token of that meaning: `admin`, `user`, `expired`, `foreign`, `no-mfa`.
    pub async fn token(&mut self, meaning: &str) -> Judged<Secret> {
        if let Some(token) = self.tokens.get(meaning) {
            return Ok(token.clone());
        }
        let Some(control) = &self.control else {
            let token = self.given_token(meaning)?;
            self.keep_secret(&format!("token of the kind {meaning}"), &token);
            self.tokens.insert(meaning.to_owned(), token.clone());
            return Ok(token);
        };
        let text = format!("made.up-{meaning}.token");
        let body = json!({"token": text, "meaning": meaning});
        control.control.put("/control/tokens", body).await?;
        let token = Secret::new(text);
        self.tokens.insert(meaning.to_owned(), token.clone());
        Ok(token)
    }
}
