//! One request on its way through a handler.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use bytes::Bytes;
use uuid::Uuid;
use wiretap::{Auth, Verdict};

use super::Api;
use super::body;
use super::fields;
use super::issue::{Input, Issue, at};
use super::json::Json;
use super::reply::{Refusal, crash};
use crate::domain::{Domain, Settings, Trust, identity_json};
use crate::faults::routes::RECOVERY_MOMENT;
use crate::habits::{Database, Habits, Identity};

/// A request, how to behave to it, and what the record will say of it.
pub(super) struct Call<'a> {
    pub(super) api: &'a Api,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a Bytes,
    pub(super) peer: IpAddr,
    pub(super) settings: Arc<Settings>,
    pub(super) habits: Habits,
    pub(super) verdict: Verdict,
    /// Whether the file refused a statement of this route's for want of a column.
    pub(super) refused_by_file: bool,
}

/// The outcome of a step: go on, or answer now.
pub(super) type Step<T> = Result<T, Refusal>;

impl<'a> Call<'a> {
    pub(super) fn domain(&self) -> &'a Domain {
        &self.api.domain
    }

    /// A header's value, empty ones included.
    pub(super) fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers.get(name).map(axum::http::HeaderValue::as_bytes)
    }

    /// Body and key in the order of the habits: the built hub parses first.
    pub(super) fn body_and<T>(
        &mut self,
        guard: impl FnOnce(&mut Self) -> Step<T>,
    ) -> Step<(T, Option<Json>)> {
        let errors = self.habits.errors;
        if self.habits.auth.key_before_body.kept() {
            let proven = guard(self)?;
            return Ok((proven, body::read(self.headers, self.body, &errors)?));
        }
        let body = body::read(self.headers, self.body, &errors)?;
        Ok((guard(self)?, body))
    }

    /// Refuses when the database does not answer, as a route refuses that has no words for it.
    pub(super) fn database(&self) -> Step<()> {
        if self.database_fails() { Err(crash(&self.habits.errors)) } else { Ok(()) }
    }

    pub(super) fn database_fails(&self) -> bool {
        self.habits.conditions.database == Database::Away
            || self.refused_by_file
            || self.domain().lost_its_file()
    }

    /// Runs the recovery job if it is due.
    pub(super) fn catch_up(&self) {
        if self.domain().recovery_is_due() {
            self.domain().catch_up(&self.api.manners.habits_at(RECOVERY_MOMENT));
        }
    }

    pub(super) fn known_to_be(&mut self, trust: &Trust) {
        self.verdict.auth = Auth::Ok;
        self.verdict.trust_id = Some(Arc::clone(&trust.id_text));
    }

    /// The identity block of a reply with a comma behind it, or nothing.
    pub(super) fn identity<'t>(&self, trust: &'t Trust) -> Cow<'t, str> {
        if !self.domain().edition.identity || self.habits.tasks.identity == Identity::Omitted {
            return Cow::Borrowed("");
        }
        let other = &self.settings.identity;
        if other.is_empty() && self.habits.tasks.identity == Identity::Own {
            return Cow::Borrowed(trust.identity_json());
        }
        let foreign = Uuid::from_u128(trust.id.as_u128() ^ 1).to_string();
        let own = match self.habits.tasks.identity {
            Identity::Foreign => foreign.as_str(),
            _ => &trust.id_text,
        };
        let id = other.trust_id.as_deref().unwrap_or(own);
        let name = other.trust_name.as_deref().unwrap_or(&trust.name);
        Cow::Owned(identity_json(id, name))
    }
}

/// A path parameter that must be a UUID.
pub(super) fn path_uuid<'b>(
    text: &'b str,
    name: &'static str,
    issues: &mut Vec<Issue<'b>>,
) -> Option<Uuid> {
    let read = fields::uuid(text, at(["path", name]), Input::Text(text.into()));
    read.map_err(|issue| issues.push(issue)).ok()
}
