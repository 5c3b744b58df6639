//! Which tasks a captured poll handed out, and which task a captured report is about.

use contract::capture::Exchange;
use serde_json::Value;

/// The entries of a poll's reply, whatever they are; a list itself in the oldest edition.
pub fn entries(poll: &Exchange) -> Vec<Value> {
    if poll.route != "pending" || poll.status != 200 {
        return Vec::new();
    }
    match serde_json::from_str(&poll.response_body) {
        Ok(Value::Array(entries)) => entries,
        Ok(Value::Object(mut reply)) => match reply.remove("tasks") {
            Some(Value::Array(entries)) => entries,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Ids of the tasks a poll handed out, in order.
pub fn delivered(poll: &Exchange) -> Vec<String> {
    entries(poll).iter().filter_map(|task| task["id"].as_str().map(str::to_owned)).collect()
}

/// The task a report is about, from its path.
pub fn reported(report: &Exchange) -> Option<&str> {
    if report.route != "result" {
        return None;
    }
    report.path.strip_suffix("/result")?.rsplit('/').next()
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::exchange;
    use super::*;

    #[test]
    fn both_shapes_of_a_poll_reply_are_read_and_others_are_empty() {
        for (body, ids) in [
            (r#"{"tasks":[{"id":"a"},7,{"id":"b"}]}"#, vec!["a", "b"]),
            (r#"[{"id":"a"}]"#, vec!["a"]),
            (r#"{"tasks":null}"#, vec![]),
            ("garbage", vec![]),
        ] {
            let poll = Exchange { response_body: body.to_owned(), ..exchange("pending", 200) };
            assert_eq!(delivered(&poll), ids, "{body}");
        }
        let refused =
            Exchange { response_body: r#"[{"id":"a"}]"#.to_owned(), ..exchange("pending", 500) };
        assert!(delivered(&refused).is_empty());
    }

    #[test]
    fn a_report_names_its_task_in_both_kinds_of_path() {
        for path in ["/api/tasks/a-1/result", "/api/tasks/Alpha/a-1/result"] {
            let report = Exchange { path: path.to_owned(), ..exchange("result", 200) };
            assert_eq!(reported(&report), Some("a-1"));
        }
    }
}
