//! The signs of life that loop, collector and `/health` share.

use std::collections::BTreeSet;
use std::time::Duration;

use contract::edition::TrustHealth;
use contract::key::Secret;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::habits::HealthHabits;
use crate::settings::Settings;

/// Shared state; every lock is held for a few instructions.
pub(crate) struct Vitals {
    state: Mutex<State>,
    version: String,
    shape: TrustHealth,
    habits: HealthHabits,
    /// Longer without a step of the loop is stuck.
    stuck_after: Duration,
    /// Fingerprint of the own key; `None` when the key is unusable.
    own_fingerprint: Option<String>,
}

#[derive(Default)]
struct State {
    dead_tasks: BTreeSet<&'static str>,
    hub_version: Option<String>,
    hub_fingerprint: Option<String>,
    hub_key_match: Option<bool>,
    warned_of_key: bool,
    hub_refuses: bool,
    last_step: Option<Instant>,
    snapshot: Option<Value>,
}

/// What a heartbeat reply says about the hub's payload key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyNews {
    /// Nothing to tell.
    Nothing,
    /// Differs for the first time since it last matched.
    Differs,
    /// The own key cannot be fingerprinted.
    OwnUnusable,
}

impl Vitals {
    pub(crate) fn new(
        settings: &Settings,
        habits: HealthHabits,
        own_fingerprint: Option<String>,
    ) -> Self {
        let stuck_after =
            settings.time_scale.secs(STUCK_SECS.max(settings.poll_interval_secs * 3.0));
        Self {
            state: Mutex::default(),
            version: settings.release.clone().unwrap_or_else(|| PACKAGE_VERSION.into()),
            shape: settings.edition.row().trust_health,
            habits,
            stuck_after,
            own_fingerprint,
        }
    }

    /// The node's own version.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The loop made a step: it is not stuck.
    pub(crate) fn note_step(&self) {
        self.state.lock().last_step = Some(Instant::now());
    }

    /// The hub did not accept a call, or did not answer.
    pub(crate) fn note_refusal(&self) {
        self.state.lock().hub_refuses = true;
    }

    /// A heartbeat was not accepted: what was known about the hub is void.
    pub(crate) fn forget_hub(&self) {
        let mut state = self.state.lock();
        state.hub_refuses = true;
        state.hub_version = None;
        state.hub_fingerprint = None;
        state.hub_key_match = None;
    }

    /// A heartbeat was accepted; takes in what its reply says about the hub.
    pub(crate) fn note_hub(&self, reply: &Value) -> KeyNews {
        let text = |name: &str| reply.get(name).and_then(Value::as_str).map(str::to_owned);
        let mut state = self.state.lock();
        state.hub_refuses = false;
        if self.shape < TrustHealth::HubKey {
            return KeyNews::Nothing;
        }
        state.hub_version = text("hub_version");
        state.hub_fingerprint = text("aes_key_fingerprint");
        state.hub_key_match = None;
        let Some(own) = &self.own_fingerprint else { return KeyNews::OwnUnusable };
        if !self.habits.compares_fingerprint {
            return KeyNews::Nothing;
        }
        state.hub_key_match = state.hub_fingerprint.as_ref().map(|hubs| hubs == own);
        match state.hub_key_match {
            Some(false) if !state.warned_of_key => {
                state.warned_of_key = true;
                KeyNews::Differs
            }
            Some(true) => {
                state.warned_of_key = false;
                KeyNews::Nothing
            }
            _ => KeyNews::Nothing,
        }
    }

    /// A background task ended.
    pub(crate) fn note_death(&self, task: &'static str) {
        self.state.lock().dead_tasks.insert(task);
    }

    /// The newest snapshot; `None` makes heartbeats bodyless.
    pub(crate) fn set_snapshot(&self, snapshot: Option<Value>) {
        self.state.lock().snapshot = snapshot;
    }

    pub(crate) fn snapshot(&self) -> Option<Value> {
        self.state.lock().snapshot.clone()
    }

    /// The reply of `/health` (trust 9).
    pub(crate) fn health(&self) -> Value {
        let state = self.state.lock();
        let stuck = state.last_step.is_some_and(|step| step.elapsed() > self.stuck_after);
        let trouble = self.habits.tells_trouble
            && (state.hub_refuses || stuck || self.own_fingerprint.is_none());
        let status = if trouble || !state.dead_tasks.is_empty() { "degraded" } else { "ok" };
        let mut health = json!({ "status": status });
        if self.shape >= TrustHealth::Version {
            health["version"] = self.version.as_str().into();
            health["dead_tasks"] = state.dead_tasks.iter().copied().collect();
        }
        if self.shape >= TrustHealth::HubKey {
            health["hub_version"] = state.hub_version.clone().into();
            health["hub_key_match"] = state.hub_key_match.into();
            health["hub_key_fingerprint"] = state.hub_fingerprint.clone().into();
        }
        health
    }
}

/// The line that warns of a foreign key; it shows fingerprints, never keys.
pub(crate) fn key_warning(reply: &Value, own: &Secret) -> String {
    let hubs = reply.get("aes_key_fingerprint").and_then(Value::as_str).unwrap_or_default();
    let own = contract::envelope::key_bytes(own.expose())
        .map(|bytes| contract::key::fingerprint(&bytes))
        .unwrap_or_default();
    format!(
        "{} (hub {hubs}, trust {own}): every task payload will fail to open. \
         Ask the hub admin for a current kit and recreate the containers.",
        contract::wire::phrase::KEY_DIFFERS
    )
}

const STUCK_SECS: f64 = 70.0;
const PACKAGE_VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;

    use super::*;
    use crate::habits::Conduct;

    const OWN: &str = "4bb06f8e4e3a";

    fn vitals(edition: EditionId, conduct: Conduct, own: Option<&str>) -> Vitals {
        let variables = [
            ("CENTRAL_HUB_API_URL", "http://hub/api"),
            ("TRUST_API_KEY", "k"),
            ("TRUST_API_KEY_HEADER", "Authorization"),
            ("AES_KEY_BASE64", "k"),
            ("TRUST_NAME", "Alpha"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings = Settings::from_env(variables, edition).expect("complete");
        Vitals::new(&settings, conduct.habits(edition).health, own.map(str::to_owned))
    }

    fn names(health: &Value) -> Vec<&str> {
        health.as_object().expect("an object").keys().map(String::as_str).collect()
    }

    #[test]
    fn members_are_those_of_the_edition() {
        let of = |edition| vitals(edition, Conduct::Ideal, Some(OWN)).health();
        assert_eq!(names(&of(EditionId::V2026_06)), ["status"]);
        assert_eq!(names(&of(EditionId::V2026_07)), ["dead_tasks", "status", "version"]);
        let newest = of(EditionId::V2026_09);
        assert_eq!(names(&newest).len(), 6);
        assert_eq!(newest["hub_key_match"], Value::Null);
        assert_eq!(newest["status"], "ok");
    }

    #[test]
    fn a_mismatch_is_told_once_and_again_after_a_match() {
        let vitals = vitals(EditionId::V2026_09, Conduct::Ideal, Some(OWN));
        let reply = |print: Value| json!({"hub_version": "v1", "aes_key_fingerprint": print});
        let foreign = reply("000000000000".into());
        assert_eq!(vitals.note_hub(&foreign), KeyNews::Differs);
        assert_eq!(vitals.note_hub(&foreign), KeyNews::Nothing);
        assert_eq!(vitals.health()["hub_key_match"], false);
        assert_eq!(vitals.note_hub(&reply(OWN.into())), KeyNews::Nothing);
        assert_eq!(vitals.health()["hub_key_match"], true);
        assert_eq!(vitals.note_hub(&foreign), KeyNews::Differs);
        vitals.note_hub(&reply(Value::Null));
        assert_eq!(vitals.health()["hub_key_match"], Value::Null);
        vitals.note_hub(&foreign);
        vitals.forget_hub();
        assert_eq!(vitals.health()["hub_version"], Value::Null);
    }

    #[test]
    fn trouble_shows_in_ideal_conduct_only() {
        for (conduct, status) in [(Conduct::Ideal, "degraded"), (Conduct::AsBuilt, "ok")] {
            let refused = vitals(EditionId::V2026_09, conduct, Some(OWN));
            refused.forget_hub();
            assert_eq!(refused.health()["status"], status, "{conduct}");
            let keyless = vitals(EditionId::V2026_09, conduct, None);
            assert_eq!(keyless.health()["status"], status, "{conduct}");
            assert_eq!(keyless.note_hub(&json!({})), KeyNews::OwnUnusable);
        }
        let dead = vitals(EditionId::V2026_09, Conduct::AsBuilt, Some(OWN));
        dead.note_death("task_poller");
        assert_eq!(dead.health()["status"], "degraded");
        assert_eq!(dead.health()["dead_tasks"], json!(["task_poller"]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_loop_without_steps_is_stuck() {
        let vitals = vitals(EditionId::V2026_09, Conduct::Ideal, Some(OWN));
        vitals.note_step();
        assert_eq!(vitals.health()["status"], "ok");
        tokio::time::advance(Duration::from_secs(71)).await;
        assert_eq!(vitals.health()["status"], "degraded");
    }
}
