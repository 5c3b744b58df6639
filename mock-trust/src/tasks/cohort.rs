//! Cohort queries: counts go to the hub by their own route, the task reports whether that went well
//! (trust 6.1).

use contract::limits;
use hyper::Method;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::site_calls::{Call, SiteError};
use super::{Ended, Failure, Runner};
use crate::habits::CohortError;

impl Runner {
    pub(super) async fn cohort_query(&self, payload: &Value) -> Ended {
        match self.ask_for_counts(payload).await {
            Ok(reply) => self.pass_counts_on(payload, reply).await,
            Err(error) if !self.habits.task.fails_with_local_call => {
                self.log.warning(format_args!("Ignored {}", error.status));
                Ok(None)
            }
            Err(error) => {
                let text = match self.habits.task.cohort_error {
                    CohortError::Category => error.category(),
                    CohortError::RawText => error.describe(),
                };
                self.post_cohort_error(payload, &text).await;
                Err(error.failure(&self.habits))
            }
        }
    }

    /// Freezes the cohort of a query.
    pub(super) async fn persist_cohort(&self, payload: &Value) -> Ended {
        let body = json!({
            "encrypted_project_id": payload["encrypted_project_id"],
            "query": payload["query"],
        });
        let url = format!("{}/cohort/snapshot", self.site.urls.data_access);
        let reply = self
            .site
            .call(Call {
                limit_secs: self.settings.cohort_timeout_secs,
                proves_admin: true,
                ..Call::new(Method::POST, url, Some(&body))
            })
            .await;
        let status = reply.as_ref().err().map(|error| error.status);
        let states =
            self.settings.edition.row().freezes_cohorts() && self.habits.report.states_freeze_code;
        let ended = self.returned_or_failed(reply);
        ended.map_err(|failure| Failure { status_code: status.filter(|_| states), ..failure })
    }

    async fn ask_for_counts(&self, payload: &Value) -> Result<Value, SiteError> {
        let body = if self.habits.task.forwards_unknown_members {
            payload.clone()
        } else {
            known_members(payload)
        };
        let url = format!("{}/cohort", self.site.urls.data_access);
        self.site
            .call(Call {
                limit_secs: self.settings.cohort_timeout_secs,
                ..Call::new(Method::POST, url, Some(&body))
            })
            .await
    }

    async fn pass_counts_on(&self, payload: &Value, mut reply: Value) -> Ended {
        if self.habits.task.sends_values_as_text {
            values_to_text(&mut reply);
        }
        if !self.habits.task.passes_suppressed_mark
            && let Some(members) = reply.as_object_mut()
        {
            members.remove("suppressed");
        }
        let Err(text) = self.post_counts(&reply).await else { return Ok(None) };
        if !self.habits.task.awaits_hub_for_counts {
            return Ok(None);
        }
        if self.habits.task.cohort_error == CohortError::RawText {
            self.post_cohort_error(payload, &text).await;
        }
        Err(Failure::new(text))
    }

    /// Accepted is a status below 400 with a JSON body.
    async fn post_counts(&self, counts: &Value) -> Result<(), String> {
        let reply = self.hub.cohort_results(counts).await;
        let reply =
            reply.map_err(|error| format!("502: Failed to connect to remote service: {error}"))?;
        if reply.status >= 400 {
            let text = reply.text_start(limits::SITE_ERROR_CHARS_MAX);
            let text = if text.is_empty() { "External API error".into() } else { text };
            return Err(format!("{}: {text}", reply.status));
        }
        match reply.json() {
            Ok(_) => Ok(()),
            Err(_) => Err("502: External API returned non-JSON response".into()),
        }
    }

    async fn post_cohort_error(&self, payload: &Value, text: &str) {
        let id = |name: &str| payload[name].as_str().filter(|id| !id.is_empty());
        let (Some(query_id), Some(trust_id)) = (id("query_id"), id("trust_id")) else { return };
        if !self.habits.task.posts_cohort_error {
            return;
        }
        let zone =
            if self.habits.task.dates_in_utc { TimeZone::UTC } else { self.settings.zone.clone() };
        let today = Timestamp::now().to_zoned(zone).date();
        let record = json!({
            "query_id": query_id,
            "trust_id": trust_id,
            "created": today.to_string(),
            "record_count": 0,
            "data": [],
            "error": text,
        });
        if let Err(text) = self.post_counts(&record).await {
            self.log.warning(format_args!(
                "Failed to report cohort error to hub{}",
                Failure::new(text).status_note()
            ));
        }
    }
}

fn known_members(payload: &Value) -> Value {
    ["encrypted_project_id", "query_id", "query_name", "query", "trust_id"]
        .into_iter()
        .map(|name| (name.to_owned(), payload[name].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Every `data[].results[].value` as the text the hub demands.
fn values_to_text(reply: &mut Value) {
    let groups = reply.get_mut("data").and_then(Value::as_array_mut);
    let results = groups
        .into_iter()
        .flatten()
        .filter_map(|group| group.get_mut("results")?.as_array_mut())
        .flatten();
    for value in results.filter_map(|result| result.get_mut("value")) {
        let text = match &*value {
            Value::String(_) => continue,
            Value::Null => "None".to_owned(),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            other => other.to_string(),
        };
        *value = text.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_text_and_nothing_else_changes() {
        let mut reply = json!({"record_count": 30, "data": [
            {"name": "Age", "results": [{"value": 30, "count": 2}, {"value": null, "count": 1}]},
            {"name": "Odd"},
            {"name": "Sex", "results": [{"value": "F", "count": 3}, {"value": 1.5, "count": 1}]},
        ]});
        values_to_text(&mut reply);
        assert_eq!(
            reply,
            json!({"record_count": 30, "data": [
                {"name": "Age", "results": [
                    {"value": "30", "count": 2}, {"value": "None", "count": 1}]},
                {"name": "Odd"},
                {"name": "Sex", "results": [
                    {"value": "F", "count": 3}, {"value": "1.5", "count": 1}]},
            ]})
        );
    }
}
