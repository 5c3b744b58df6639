//! The form of a task's report (trust 4.3, hub 5).

use contract::capture::Exchange;
use serde_json::Value;

/// What is wrong with the form of a report; nothing when its record was cut.
pub fn malformed(report: &Exchange) -> Option<String> {
    if (report.request_body.len() as u64) < report.request_body_bytes {
        return None;
    }
    let body: Value = match serde_json::from_str(&report.request_body) {
        Ok(body) => body,
        Err(_) => return Some("a body that is no JSON".to_owned()),
    };
    let Some(members) = body.as_object() else {
        return Some("a body that is no object".to_owned());
    };
    for name in members.keys() {
        if !["success", "result"].contains(&name.as_str()) {
            return Some(format!("the member {name:?}"));
        }
    }
    if !members.get("success").is_some_and(Value::is_boolean) {
        return Some("no bool in `success`".to_owned());
    }
    match members.get("result") {
        Some(Value::Null) => None,
        Some(Value::String(text)) if serde_json::from_str::<Value>(text).is_ok() => None,
        Some(Value::String(_)) => Some("text that is no JSON in `result`".to_owned()),
        Some(_) => Some("`result` neither text nor null".to_owned()),
        None => Some("no `result`".to_owned()),
    }
}

/// `success` of a report, if it has one.
pub fn success(report: &Exchange) -> Option<bool> {
    serde_json::from_str::<Value>(&report.request_body).ok()?.get("success")?.as_bool()
}

/// What a failed report says: the text of `error` and the `status_code` beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// Its text, if it is one.
    pub error: Option<String>,
    /// The code beside it.
    pub status_code: Option<u64>,
}

/// Reads the `result` of a failed task.
pub fn reason(result: Option<&str>) -> Reason {
    let value: Value = result.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    Reason {
        error: value["error"].as_str().map(str::to_owned),
        status_code: value["status_code"].as_u64(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::exchange;
    use super::*;

    fn report(body: &str) -> Exchange {
        Exchange {
            request_body: body.to_owned(),
            request_body_bytes: body.len() as u64,
            ..exchange("result", 200)
        }
    }

    #[test]
    fn a_report_is_a_bool_and_a_json_text_or_null() {
        for good in [
            r#"{"success":true,"result":null}"#,
            r#"{"result":"{\"error\": \"x\"}","success":false}"#,
        ] {
            assert_eq!(malformed(&report(good)), None, "{good}");
        }
        for bad in [
            "",
            "[]",
            r#"{"success":true}"#,
            r#"{"success":1,"result":null}"#,
            r#"{"success":true,"result":{}}"#,
            r#"{"success":true,"result":"plain words"}"#,
            r#"{"success":true,"result":null,"by":"me"}"#,
        ] {
            assert!(malformed(&report(bad)).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_record_that_was_cut_is_not_judged() {
        let cut = Exchange { request_body_bytes: 10, ..report("{") };
        assert_eq!(malformed(&cut), None);
    }

    #[test]
    fn a_reason_is_read_and_its_absence_seen() {
        let stated = reason(Some(r#"{"error": "404: gone", "status_code": 404}"#));
        assert_eq!(stated.error.as_deref(), Some("404: gone"));
        assert_eq!(stated.status_code, Some(404));
        assert_eq!(reason(None), Reason::default());
        assert_eq!(reason(Some(r#"{"error": 7}"#)).error, None);
    }
}
