//! One entry of a poll reply.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// A task as the hub handed it out. Only `id`, `task_type` and `payload` matter to an honest node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) payload: Option<Value>,
    created_at: Option<String>,
}

impl Task {
    /// `None` when the entry is no object.
    pub(crate) fn from_entry(entry: &Value) -> Option<Self> {
        let members = entry.as_object()?;
        let text = |name: &str| match members.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        Some(Self {
            id: text("id").filter(|id| !id.is_empty()).unwrap_or_else(|| "unknown".into()),
            kind: text("task_type").unwrap_or_else(|| "None".into()),
            payload: members.get("payload").cloned(),
            created_at: text("created_at"),
        })
    }

    /// Seconds since the hub says it made the task, by this host's clock.
    pub(crate) fn age_secs(&self) -> Option<f64> {
        let text = self.created_at.as_ref()?;
        let made: Timestamp = text.parse().ok().or_else(|| {
            let naive: DateTime = text.parse().ok()?;
            Some(naive.to_zoned(TimeZone::UTC).ok()?.timestamp())
        })?;
        Some(Timestamp::now().duration_since(made).as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_object_is_no_task() {
        for entry in [json!(1), json!("x"), json!(null), json!([])] {
            assert_eq!(Task::from_entry(&entry), None);
        }
    }

    #[test]
    fn a_task_without_id_reports_to_unknown() {
        let task = Task::from_entry(&json!({"task_type": "x"})).expect("an object");
        assert_eq!((task.id.as_str(), task.kind.as_str()), ("unknown", "x"));
    }

    #[test]
    fn dates_without_zone_are_utc() {
        let hour_ago = Timestamp::now() - jiff::SignedDuration::from_hours(1);
        let naive = hour_ago.to_zoned(TimeZone::UTC).datetime().to_string();
        let task = Task::from_entry(&json!({"id": "1", "created_at": naive})).expect("an object");
        let age = task.age_secs().expect("a date");
        assert!((age - 3600.0).abs() < 60.0, "{age}");
    }
}
