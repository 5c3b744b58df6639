//! A hub without our control API: what people gave us for it, and what they allow us to do there.

use std::time::Duration;

use contract::key::Secret;
use reqwest::Method;
use serde_json::Value;

use super::{Ask, HubStage, REGISTRATION, Reply, TRUST_LIST, send};
use crate::finding::{Judged, Stop};
use crate::wait::{Probe, eventually};

impl HubStage {
    /// Lets the next trust of the given kits play that part of the scenario.
    pub(super) fn adopt_given(&mut self, name: &str) -> Judged {
        if self.trusts.contains_key(name) {
            return Ok(());
        }
        let at = self.trusts.len();
        let given = self.access.as_ref().and_then(|access| access.trust(at)).cloned();
        let given = given.ok_or_else(|| {
            Stop::not_applicable(format!(
                "needs {} kits of trusts on this hub (--hub-access)",
                at + 1
            ))
        })?;
        self.adopt(name, given);
        Ok(())
    }

    /// Remembers when the hub last heard of a given trust, where we may ask.
    pub(super) async fn note_last_heartbeat(&mut self, name: &str) -> Judged {
        if self.access.as_ref().is_none_or(|access| access.token(ADMIN).is_none()) {
            return Ok(());
        }
        let given = self.trust(name)?;
        let (id, called) = (given.id.clone(), given.name.clone());
        let ask = self.as_user(ADMIN, Ask::get(TRUST_LIST)).await?;
        let list = self.ask(ask).await?.json();
        let rows = list.as_array().map(Vec::as_slice).unwrap_or_default();
        // Kits of editions without EXPECTED_TRUST_ID say who they are by name alone.
        let own = |row: &&Value| match id.as_str() {
            "" => row["name"] == called.as_str(),
            id => row["id"] == id,
        };
        let Some(row) = rows.iter().find(own) else { return Ok(()) };
        if let Some(heard) = row.get("last_heartbeat") {
            self.heard_before.insert(name.to_owned(), heard.clone());
        }
        if let (Some(id), Some(trust)) = (row["id"].as_str(), self.trusts.get_mut(name)) {
            id.clone_into(&mut trust.id);
        }
        Ok(())
    }

    /// A user's token that was given.
    pub(super) fn given_token(&self, meaning: &str) -> Judged<Secret> {
        let token = self.access.as_ref().and_then(|access| access.token(meaning));
        token.cloned().ok_or_else(|| {
            Stop::not_applicable(format!("needs a token of the kind {meaning:?} (--hub-access)"))
        })
    }

    /// The hub-internal key that was given.
    pub(super) fn given_internal_key(&self) -> Judged<Secret> {
        let key = self.access.as_ref().and_then(|access| access.internal_key());
        key.cloned()
            .ok_or_else(|| Stop::not_applicable("needs the hub-internal key (--hub-access)"))
    }

    /// Whether a call may be made of this hub: one we control takes any; elsewhere a call that a right
    /// key makes effective needs to be allowed.
    pub(super) fn may_ask(&self, ask: &Ask) -> Judged {
        if self.control.is_some()
            || self.access.as_ref().is_some_and(|given| given.allows_changes())
        {
            return Ok(());
        }
        let known = |text: &str| self.secrets.iter().any(|(_, key)| text.contains(key.expose()));
        let proven = ask.headers.iter().any(|(_, value)| known(value));
        match effect(ask) {
            Some(effect) if proven || effect == REGISTERS => {
                Err(Stop::not_applicable(format!("{effect}: not allowed here (allow_changes)")))
            }
            _ => Ok(()),
        }
    }

    /// Sends one request. The rate limits of a hub we do not control stay on, and our own calls are no
    /// finding: what they refuse is asked again in the next window.
    pub(super) async fn answered(&self, ask: &Ask) -> Judged<Reply> {
        let first = send(&self.hub.api_url, ask).await?;
        if self.control.is_some() || first.status != 429 {
            return Ok(first);
        }
        let free = eventually(RATE_WINDOW + SPARE, "a call within the rate limit", || async {
            match send(&self.hub.api_url, ask).await {
                Ok(reply) if reply.status == 429 => Probe::Pending("429".to_owned()),
                done => Probe::Done(done),
            }
        });
        free.await.map_err(Stop::not_verified)?
    }
}

/// What a call with the right key leaves behind, if anything.
fn effect(ask: &Ask) -> Option<&'static str> {
    let path = ask.path.split('?').next().unwrap_or_default();
    if ask.method == Method::POST && path.ends_with("/heartbeat") {
        Some("it records a heartbeat")
    } else if ask.method == Method::GET && path.ends_with("/pending") {
        Some("it takes tasks away from the trust")
    } else if ask.method == Method::POST && path == REGISTRATION {
        Some(REGISTERS)
    } else {
        None
    }
}

/// Whose token lists trusts.
const ADMIN: &str = "admin";
const REGISTERS: &str = "it may register a trust";
/// Length of a hub's rate window.
const RATE_WINDOW: Duration = Duration::from_secs(60);
/// What a busy hub may add.
const SPARE: Duration = Duration::from_secs(15);
