//! Bodies of the posts to the hub, by FL client line (fl 2).

use contract::fl_line::{
    ClientReading, FlLine, LogBody, MetricBody, SendCheck, TypedEvents, WaitingReport,
};
use contract::limits::{X_LABEL_CHARS_MAX, X_LABEL_DEFAULT};
use serde_json::{Value, json};

use super::python_json::Object;

/// One point of a chart, as the FL server is about to post it.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Name of the FL client, as the server knows it.
    pub client: String,
    /// Round of the row.
    pub round: i64,
    /// Name of the curve.
    pub label: String,
    /// Value.
    pub value: f64,
    /// Place on the axis, where the client gave one that the server kept; else the round.
    pub x_value: Option<f64>,
    /// Name of the axis, under the same condition; else that of the rounds.
    pub x_label: Option<String>,
}

/// Why the library does not even send a point. Nobody but its own log is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// NaN or an infinity.
    #[error("refused before sending: the value is no number")]
    Value,
    /// Below 0.
    #[error("refused before sending: the round is below 0")]
    Round,
    /// Longer than the hub takes.
    #[error("refused before sending: the axis name is too long")]
    AxisName,
}

/// One event of the progress feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// FL client it is about, `None` for the server's own.
    pub client: Option<String>,
    /// Event word.
    pub word: &'static str,
    /// Round, absent only in the waiting report.
    pub round: Option<i64>,
    /// Further facts.
    pub details: Option<Object>,
    /// Whether it marks a healthy step.
    pub success: bool,
}

/// The word of the waiting report.
pub const WAITING: &str = "JOB_WAITING_FOR_RESOURCES";

/// The body of a metric, unless the library refuses it by itself.
pub fn metric(line: &FlLine, point: &Point) -> Result<Object, Unsendable> {
    check(line, point)?;
    let names = match line.metric_body {
        MetricBody::Trust => ("trust", "globalRound"),
        MetricBody::Client | MetricBody::ClientWithAxis => ("fl_client_name", "global_round"),
    };
    let body = Object::of([
        (names.0, json!(point.client)),
        (names.1, json!(point.round)),
        ("label", json!(point.label)),
        ("result", json!(point.value)),
    ]);
    Ok(match line.metric_body {
        MetricBody::Trust | MetricBody::Client => body,
        MetricBody::ClientWithAxis => {
            #[expect(clippy::cast_precision_loss, reason = "rounds are small numbers")]
            let x_value = point.x_value.unwrap_or(point.round as f64);
            body.with("x_value", x_value).with("x_label", axis_name(point))
        }
    })
}

fn check(line: &FlLine, point: &Point) -> Result<(), Unsendable> {
    let schema = line.send_check == SendCheck::Schema;
    if !point.value.is_finite() {
        return Err(Unsendable::Value);
    }
    if schema && point.round < 0 {
        return Err(Unsendable::Round);
    }
    if schema && axis_name(point).chars().count() > X_LABEL_CHARS_MAX {
        return Err(Unsendable::AxisName);
    }
    Ok(())
}

/// An empty name counts as none.
fn axis_name(point: &Point) -> &str {
    let name = point.x_label.as_deref().filter(|name| !name.is_empty());
    name.unwrap_or(X_LABEL_DEFAULT)
}

/// The body of a log that reports an exception; `client` is `None` when nobody knows whose it was.
pub fn exception(line: &FlLine, client: Option<&str>, text: &str) -> Object {
    let client = match (client, line.in_band_read.client) {
        (Some(name), _) => json!(name),
        (None, ClientReading::Rewritten) => json!(UNKNOWN_CLIENT),
        (None, ClientReading::AsGiven) => Value::Null,
    };
    match line.log_body {
        LogBody::Trust => Object::of([("trust", client), ("log", json!(text))]),
        LogBody::Client => Object::of([("fl_client_name", client), ("log", json!(text))]),
        LogBody::SixKeys => six_keys(client, json!(text), None, false),
    }
}

/// The body of an event, `None` when the line sends no such event.
pub fn event(line: &FlLine, event: &Event) -> Option<Object> {
    let sent = match (line.typed_events, event.round) {
        (TypedEvents::None, _) => false,
        (TypedEvents::Sent, Some(_)) => true,
        (TypedEvents::Sent, None) => line.waiting_report != WaitingReport::None,
    };
    sent.then(|| six_keys(json!(event.client), Value::Null, Some(event), event.success))
}

fn six_keys(client: Value, log: Value, event: Option<&Event>, success: bool) -> Object {
    let body = Object::of([
        ("fl_client_name", client),
        ("log", log),
        ("event_type", json!(event.map(|event| event.word))),
        ("global_round", json!(event.and_then(|event| event.round))),
    ]);
    let body = match event.and_then(|event| event.details.clone()) {
        Some(details) => body.with_object("details", details),
        None => body.with("details", Value::Null),
    };
    body.with("success", success)
}

/// What the older server halves call a client whose reply names no site.
pub const UNKNOWN_CLIENT: &str = "unknown_42";

#[cfg(test)]
mod tests {
    use contract::fl_line::FlLineId;

    use super::*;

    fn point() -> Point {
        Point {
            client: "Trust_1".into(),
            round: 3,
            label: "TRAIN_LOSS".into(),
            value: 0.25,
            x_value: None,
            x_label: None,
        }
    }

    #[test]
    fn metrics_are_the_bytes_of_their_line() {
        let text = |id: FlLineId| metric(id.row(), &point()).expect("sent").to_text();
        let old =
            r#"{"trust": "Trust_1", "globalRound": 3, "label": "TRAIN_LOSS", "result": 0.25}"#;
        let mid = r#"{"fl_client_name": "Trust_1", "global_round": 3, "label": "TRAIN_LOSS", "result": 0.25}"#;
        let new = r#"{"fl_client_name": "Trust_1", "global_round": 3, "label": "TRAIN_LOSS", "result": 0.25, "x_value": 3.0, "x_label": "Global Rounds"}"#;
        assert_eq!(text(FlLineId::V0_1_4), old);
        assert_eq!(text(FlLineId::V0_1_8), old);
        assert_eq!(text(FlLineId::MidA), mid);
        assert_eq!(text(FlLineId::MidB), new);
        assert_eq!(text(FlLineId::V0_4_1), new);
        assert_eq!(text(FlLineId::V0_13_1), new);
    }

    #[test]
    fn what_a_line_refuses_to_send_is_the_schema_it_was_released_with() {
        let refused = |id: FlLineId, point: &Point| metric(id.row(), point).err();
        let nan = Point { value: f64::NAN, ..point() };
        let before = Point { round: -1, ..point() };
        let long = Point { x_label: Some("x".repeat(65)), ..point() };
        let fits = Point { x_label: Some("é".repeat(64)), ..point() };
        let (old, new) = (FlLineId::V0_1_8, FlLineId::V0_4_1);
        assert_eq!(
            (refused(old, &nan), refused(new, &nan)),
            (Some(Unsendable::Value), Some(Unsendable::Value))
        );
        assert_eq!((refused(old, &before), refused(new, &before)), (None, Some(Unsendable::Round)));
        assert_eq!((refused(old, &long), refused(new, &long)), (None, Some(Unsendable::AxisName)));
        assert_eq!(refused(new, &fits), None);
    }

    #[test]
    fn an_axis_without_a_name_or_without_a_place_is_filled_from_the_rounds() {
        let text = |point: &Point| metric(FlLineId::V0_13_1.row(), point).expect("sent").to_text();
        let unnamed = Point { x_value: Some(1.5), x_label: Some(String::new()), ..point() };
        assert!(text(&unnamed).ends_with(r#""x_value": 1.5, "x_label": "Global Rounds"}"#));
        let unplaced = Point { x_label: Some("epoch".into()), ..point() };
        assert!(text(&unplaced).ends_with(r#""x_value": 3.0, "x_label": "epoch"}"#));
    }

    #[test]
    fn exceptions_are_the_bytes_of_their_line() {
        let text = |id: FlLineId, client| exception(id.row(), client, "ValueError: boom").to_text();
        assert_eq!(
            text(FlLineId::V0_1_8, Some("Trust_1")),
            r#"{"trust": "Trust_1", "log": "ValueError: boom"}"#
        );
        assert_eq!(
            text(FlLineId::V0_1_8, None),
            r#"{"trust": "unknown_42", "log": "ValueError: boom"}"#
        );
        assert_eq!(
            text(FlLineId::V0_13_1, None),
            r#"{"fl_client_name": null, "log": "ValueError: boom", "event_type": null, "global_round": null, "details": null, "success": false}"#
        );
    }

    #[test]
    fn only_the_newest_line_sends_an_event_without_a_round() {
        let waiting = Event {
            client: Some("Trust_1".into()),
            word: WAITING,
            round: None,
            details: Some(Object::of([("max_attempts", json!(10)), ("final", json!(true))])),
            success: false,
        };
        let result = Event {
            client: Some("Trust_1".into()),
            word: "CLIENT_RESULT_RECEIVED",
            round: Some(1),
            details: Some(Object::of([("size_bytes", json!(1234))])),
            success: true,
        };
        assert_eq!(event(FlLineId::V0_1_8.row(), &result), None);
        assert_eq!(event(FlLineId::V0_4_1.row(), &waiting), None);
        assert_eq!(
            event(FlLineId::V0_13_1.row(), &waiting).expect("waiting is reported").to_text(),
            r#"{"fl_client_name": "Trust_1", "log": null, "event_type": "JOB_WAITING_FOR_RESOURCES", "global_round": null, "details": {"max_attempts": 10, "final": true}, "success": false}"#
        );
        assert_eq!(
            event(FlLineId::V0_4_1.row(), &result).expect("typed events").to_text(),
            r#"{"fl_client_name": "Trust_1", "log": null, "event_type": "CLIENT_RESULT_RECEIVED", "global_round": 1, "details": {"size_bytes": 1234}, "success": true}"#
        );
    }
}
