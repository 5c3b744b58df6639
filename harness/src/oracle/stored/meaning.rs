//! What a post and a row mean, whatever line wrote it and whatever edition holds it.

use serde_json::Value;

/// One metric, posted or stored.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) client: Option<String>,
    /// Trust the row belongs to; none in a post.
    pub(super) trust: Option<String>,
    pub(super) round: Option<i64>,
    pub(super) label: String,
    pub(super) value: Option<f64>,
    /// Place and name of the axis, where there is one.
    pub(super) axis: Option<(f64, String)>,
    pub(super) redirected: bool,
}

/// One log or event, posted or stored.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) client: Option<String>,
    pub(super) trust: Option<String>,
    pub(super) text: Option<String>,
    pub(super) event: Option<String>,
    pub(super) round: Option<i64>,
    pub(super) details: Value,
    pub(super) success: bool,
    pub(super) redirected: bool,
}

/// What training code gave and its line sent in band.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Given {
    client: String,
    label: String,
    value: Option<f64>,
    round: Option<i64>,
    axis: Option<f64>,
}

impl Point {
    /// Equal but for client and axis.
    pub(super) fn same(&self, row: &Self) -> bool {
        self.round == row.round && self.label == row.label && self.value == row.value
    }

    /// Likely the same point, changed on its way.
    pub(super) fn about_the_same(&self, row: &Self) -> bool {
        self.label == row.label && (self.value == row.value || self.round == row.round)
    }
}

impl Said {
    /// Equal but for client and success.
    pub(super) fn same(&self, row: &Self) -> bool {
        let details = self.details.is_null() || self.details == row.details;
        self.about_the_same(row) && self.round == row.round && details
    }

    /// Likely the same, changed on its way.
    pub(super) fn about_the_same(&self, row: &Self) -> bool {
        self.text == row.text && self.event == row.event
    }
}

impl Given {
    /// Whether the server posted the point and nothing of it says what the client gave.
    pub(super) fn lost_in(&self, posted: &[Point]) -> bool {
        let same = |point: &&Point| {
            point.client.as_ref() == Some(&self.client)
                && point.value == self.value
                && point.label.eq_ignore_ascii_case(&self.label)
        };
        #[allow(clippy::cast_precision_loss)] // rounds are small numbers
        let as_place = self.axis.or(self.round.map(|round| round as f64));
        let says = |point: &Point| {
            let place = point.axis.as_ref().map(|(place, _)| *place);
            (self.round.is_some() && self.round == point.round) || place == as_place
        };
        let mut points = posted.iter().filter(same).peekable();
        as_place.is_some() && points.peek().is_some() && !points.any(says)
    }
}

/// The metrics a run posted.
pub(super) fn posted_points(report: &Value) -> Vec<Point> {
    let bodies = posted(report, |what| what == "metric");
    bodies.map(|(body, redirected)| Point { redirected, ..point(&body) }).collect()
}

/// The metrics a hub holds.
pub(super) fn points(model: &Value) -> Vec<Point> {
    rows(model, "metrics").iter().map(point).collect()
}

/// The logs and events a run posted.
pub(super) fn posted_words(report: &Value) -> Vec<Said> {
    let bodies = posted(report, |what| what == "log" || what.starts_with("event"));
    bodies
        .map(|(body, redirected)| {
            // A line without a word for it writes here only when a client fails.
            let success = body["success"].as_bool().unwrap_or(false);
            Said { success, redirected, ..said(&body) }
        })
        .collect()
}

/// The logs and events a hub holds.
pub(super) fn words(model: &Value) -> Vec<Said> {
    rows(model, "logs").iter().map(said).collect()
}

/// What clients sent in band, where the report tells it.
pub(super) fn given_points(report: &Value) -> Vec<Given> {
    let given = |received: &Value| {
        let metric = &received["metric"];
        Given {
            client: text(&received["client"]).unwrap_or_default(),
            label: text(&metric["label"]).unwrap_or_default(),
            value: metric["value"].as_f64(),
            round: metric["round"].as_i64(),
            axis: metric["x_value"].as_f64(),
        }
    };
    rows(report, "received").iter().map(given).collect()
}

fn point(body: &Value) -> Point {
    let label = text(&body["x_label"]).unwrap_or_default();
    Point {
        client: client(body),
        trust: text(&body["trust_id"]),
        round: body["global_round"].as_i64().or_else(|| body["globalRound"].as_i64()),
        label: text(&body["label"]).unwrap_or_default(),
        value: body["result"].as_f64(),
        axis: body["x_value"].as_f64().map(|place| (place, label)),
        redirected: false,
    }
}

fn said(body: &Value) -> Said {
    Said {
        client: client(body),
        trust: text(&body["trust_id"]),
        text: text(&body["log"]),
        event: text(&body["event_type"]),
        round: body["global_round"].as_i64(),
        details: body["details"].clone(),
        success: body["success"].as_bool().unwrap_or(true),
        redirected: false,
    }
}

fn client(body: &Value) -> Option<String> {
    text(&body["fl_client_name"]).or_else(|| text(&body["trust"]))
}

/// Bodies of the posts of that kind, and whether a redirect led them elsewhere.
fn posted(report: &Value, of_kind: fn(&str) -> bool) -> impl Iterator<Item = (Value, bool)> {
    rows(report, "answers").iter().filter_map(move |post| {
        of_kind(post["what"].as_str()?).then_some(())?;
        let body = serde_json::from_str(post["body"].as_str()?).ok()?;
        Some((body, post["redirects"].as_u64().unwrap_or_default() > 0))
    })
}

pub(super) fn rows<'v>(value: &'v Value, member: &str) -> &'v [Value] {
    value[member].as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
