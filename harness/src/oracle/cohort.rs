//! Counts and error records at `/cohort/results` (trust 6.1).

use serde_json::Value;

use super::local_calls::changed_member;

/// How counts differ from the local service's reply with every value as text; nothing when they are
/// just that.
pub fn counts_difference(reply: &Value, counts: &Value) -> Option<String> {
    let values = counts["data"].as_array().into_iter().flatten();
    let values = values.filter_map(|group| group["results"].as_array()).flatten();
    for result in values {
        if !result["value"].is_string() {
            return Some("a `value` that is no text".to_owned());
        }
    }
    let mut wanted = reply.clone();
    values_as_text(&mut wanted);
    changed_member(&wanted, counts)
}

fn values_as_text(reply: &mut Value) {
    let groups = reply.get_mut("data").and_then(Value::as_array_mut).into_iter().flatten();
    let results = groups.filter_map(|group| group.get_mut("results")?.as_array_mut()).flatten();
    for value in results.filter_map(|result| result.get_mut("value")) {
        let text = match &*value {
            Value::String(text) => text.clone(),
            Value::Null => "None".to_owned(),
            other => other.to_string(),
        };
        *value = text.into();
    }
}

/// What keeps a body from being the error record of that query and trust.
pub fn error_record_flaw(body: &Value, query_id: &str, trust_id: &str) -> Option<String> {
    if body["query_id"] != query_id {
        return Some("another query_id".to_owned());
    }
    if body["trust_id"] != trust_id {
        return Some("another trust_id".to_owned());
    }
    if body["record_count"] != 0 {
        return Some("a record_count other than 0".to_owned());
    }
    if !body["data"].as_array().is_some_and(Vec::is_empty) {
        return Some("data that is not []".to_owned());
    }
    let date = body["created"].as_str().and_then(|text| text.parse::<jiff::civil::Date>().ok());
    if date.is_none() {
        return Some("no date in `created`".to_owned());
    }
    (!is_error_record(body)).then(|| "no text in `error`".to_owned())
}

/// Whether a body says that the query failed.
pub fn is_error_record(body: &Value) -> bool {
    body["error"].as_str().is_some_and(|text| !text.is_empty())
}

/// The category behind the status of an error text, if it has that form.
pub fn category(error: &str) -> Option<&'static str> {
    let (status, word) = error.split_once(": ")?;
    let is_status = status.len() == 3 && status.bytes().all(|digit| digit.is_ascii_digit());
    CATEGORIES.into_iter().find(|known| is_status && *known == word)
}

/// Whether counts are those of a cohort too small to tell.
pub fn is_suppressed(body: &Value) -> bool {
    body["record_count"] == 0
        && body["data"].as_array().is_some_and(Vec::is_empty)
        && body["suppressed"] == true
}

const CATEGORIES: [&str; 3] = ["query_failed", "query_timeout", "internal_error"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record() -> Value {
        json!({"query_id": "q", "trust_id": "t", "created": "2026-11-21", "record_count": 0,
            "data": [], "error": "500: query_failed"})
    }

    #[test]
    fn values_are_text_and_the_rest_is_as_it_was() {
        let group = |value: Value| {
            json!({"record_count": 30, "data": [{"name": "Age",
                "results": [{"value": value, "count": 30}]}]})
        };
        assert_eq!(counts_difference(&group(json!(30)), &group(json!("30"))), None);
        assert_eq!(counts_difference(&group(json!(null)), &group(json!("None"))), None);
        assert!(counts_difference(&group(json!(30)), &group(json!(30))).is_some());
        assert!(counts_difference(&group(json!(30)), &group(json!("31"))).is_some());
        assert!(counts_difference(&group(json!(30)), &json!({"record_count": 30})).is_some());
    }

    #[test]
    fn an_error_record_has_its_ids_no_counts_and_a_reason() {
        assert_eq!(error_record_flaw(&record(), "q", "t"), None);
        for (member, value) in [
            ("query_id", json!("other")),
            ("trust_id", json!(null)),
            ("record_count", json!(3)),
            ("data", json!([{"name": "x"}])),
            ("created", json!("yesterday")),
            ("error", json!("")),
        ] {
            let mut bad = record();
            bad[member] = value;
            assert!(error_record_flaw(&bad, "q", "t").is_some(), "{member}");
        }
    }

    #[test]
    fn a_category_stands_alone_behind_the_status() {
        assert_eq!(category("500: query_failed"), Some("query_failed"));
        assert_eq!(category(r#"500: {"detail": "query_failed"}"#), None);
        assert_eq!(category("query_failed"), None);
        assert_eq!(category("abc: query_failed"), None);
    }

    #[test]
    fn only_nothing_with_the_mark_is_suppressed() {
        assert!(is_suppressed(&json!({"record_count": 0, "data": [], "suppressed": true})));
        assert!(!is_suppressed(&json!({"record_count": 0, "data": []})));
        assert!(!is_suppressed(&json!({"record_count": 9, "data": [], "suppressed": true})));
    }
}
