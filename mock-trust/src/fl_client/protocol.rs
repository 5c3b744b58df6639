//! What the FL client and the FL endpoint say to each other.
//!
//! It stands for the framework's own protocol, which neither side of the contract judges: UTF-8 JSON
//! objects, one a line, at most [`LINE_BYTES_MAX`] bytes. Both sides ignore types and members they do
//! not know.
//!
//! ```text
//! client  {"type":"hello","slot":"Trust_1","line":"fl-0.13.1","at_first":false}
//! server  {"type":"welcome","server":"..."}               or refused, then closed
//! server  {"type":"job","job_id":"..","model_id":"..","rounds":2,"labels":["TRAIN_LOSS"]}
//! server  {"type":"round","job_id":"..","round":1}
//! client  {"type":"metric","job_id":"..","label":"TRAIN_LOSS","value":0.25}
//! client  {"type":"result","job_id":"..","round":1,"size_bytes":1234}
//! client  {"type":"crash","job_id":"..","log":"HTTPError: 401 .."}   instead of a result
//! server  {"type":"done","job_id":".."}
//! ```
//!
//! A job may name the sealed project id and the SQL of its cohort (`encrypted_project_id`, `query`); the
//! client hands both to the site services as they are. A client that gets no `welcome` in time counts the
//! endpoint as unreachable: a filter that takes connections and forwards nothing looks exactly so.

use contract::fl_line::{FlLineId, InBandSent};
use serde::{Deserialize, Serialize};

/// Longest line either side may send.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// A line from the client.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FromClient {
    /// First line of a connection.
    Hello {
        /// FL identity, such as `Trust_1`.
        slot: String,
        /// Line of the library in the client's image.
        line: FlLineId,
        /// One of the oldest releases of the line, where they differ.
        at_first: bool,
    },
    /// One point of a chart.
    Metric {
        /// Job it belongs to.
        job_id: String,
        /// Label, value, and round or axis as the line sends them.
        #[serde(flatten)]
        metric: InBandMetric,
    },
    /// The round is trained; no more metrics of it follow.
    Result {
        /// Job it belongs to.
        job_id: String,
        /// Round it answers, from 1.
        round: i64,
        /// Size of the update.
        size_bytes: u64,
    },
    /// The training code raised; the job is over for this client.
    Crash {
        /// Job it belongs to.
        job_id: String,
        /// What it raised.
        log: String,
    },
}

/// A line from the server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FromServer {
    /// The client joined.
    Welcome {},
    /// The client may not join.
    Refused {
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Training begins.
    Job(Job),
    /// Train this round.
    Round {
        /// Job it belongs to.
        job_id: String,
        /// Round, from 1.
        round: i64,
    },
    /// Training is over.
    Done {
        /// Job it belongs to.
        job_id: String,
    },
    /// Anything newer than this client.
    #[serde(other)]
    Unknown,
}

/// One training.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct Job {
    /// Names the job in every later line.
    pub job_id: String,
    /// The model being trained.
    pub model_id: String,
    /// Curves expected in each round.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Round in which the training code raises.
    #[serde(default)]
    pub crash_in_round: Option<i64>,
    /// The hub's sealed project id.
    #[serde(default)]
    pub encrypted_project_id: Option<String>,
    /// The cohort's SQL.
    #[serde(default)]
    pub query: Option<String>,
    /// The training code gives every point a value of the client's own, its round, and a place on an
    /// axis of its own; the line decides what of that travels.
    #[serde(default)]
    pub own_axis: bool,
}

/// A metric on its way from the trust half to the server half (fl contract section 6).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InBandMetric {
    /// Name of the curve.
    pub label: String,
    /// Value.
    pub value: f64,
    /// Round the training code gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<i64>,
    /// Place on an axis of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x_value: Option<f64>,
    /// Name of that axis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x_label: Option<String>,
}

impl InBandMetric {
    /// A metric as training code hands it over that names neither round nor axis.
    pub fn bare(label: impl Into<String>, value: f64) -> Self {
        Self { label: label.into(), value, round: None, x_value: None, x_label: None }
    }

    /// What the trust half of a line sends of a metric its training code handed over.
    pub fn sent(self, habit: InBandSent) -> Self {
        match habit {
            InBandSent::RoundAlways => {
                Self { round: Some(self.round.unwrap_or(0)), x_value: None, x_label: None, ..self }
            }
            InBandSent::RoundWhenGiven => Self { x_value: None, x_label: None, ..self },
            InBandSent::Axis => Self { round: None, ..self },
        }
    }
}

impl Job {
    /// The metrics of one round as the training code hands them over: one a label, falling with the
    /// round, without round or axis of their own.
    pub fn metrics_of(&self, round: i64) -> Vec<InBandMetric> {
        let round = u32::try_from(round.max(1)).unwrap_or(u32::MAX);
        let value = 1.0 / f64::from(round);
        let labels = self.labels.iter().map(String::as_str);
        let metrics: Vec<_> = labels.map(|label| InBandMetric::bare(label, value)).collect();
        if metrics.is_empty() { vec![InBandMetric::bare(LABEL_DEFAULT, value)] } else { metrics }
    }

    /// The same with a value no other client has, the round, and half of it as place on an axis.
    pub fn own_metrics_of(&self, round: i64, slot: &str) -> Vec<InBandMetric> {
        let place = f64::from(u32::try_from(round.max(1)).unwrap_or(u32::MAX)) / 2.0;
        let own = |metric: InBandMetric| InBandMetric {
            value: metric.value + share_of(slot),
            round: Some(round),
            x_value: Some(place),
            x_label: Some(OWN_AXIS.to_owned()),
            ..metric
        };
        self.metrics_of(round).into_iter().map(own).collect()
    }
}

/// A small part of a value that only this slot has, exact in binary.
fn share_of(slot: &str) -> f64 {
    let digits: String = slot.chars().filter(char::is_ascii_digit).collect();
    f64::from(digits.parse::<u16>().unwrap_or_default()) / 65_536.0
}

const LABEL_DEFAULT: &str = "TRAIN_LOSS";
const OWN_AXIS: &str = "epoch";

#[cfg(test)]
mod tests {
    use super::*;

    fn form(line: &FromClient) -> String {
        serde_json::to_string(line).expect("plain data")
    }

    #[test]
    fn lines_have_the_documented_form() {
        let hello =
            FromClient::Hello { slot: "Trust_1".into(), line: FlLineId::DEFAULT, at_first: false };
        assert_eq!(
            form(&hello),
            r#"{"type":"hello","slot":"Trust_1","line":"fl-0.13.1","at_first":false}"#
        );
        let metric =
            FromClient::Metric { job_id: "j".into(), metric: InBandMetric::bare("L", 0.25) };
        assert_eq!(form(&metric), r#"{"type":"metric","job_id":"j","label":"L","value":0.25}"#);
    }

    #[test]
    fn a_job_is_read_with_few_members_and_with_unknown_ones() {
        let text = r#"{"type":"job","job_id":"j","model_id":"m","rounds":2,"later":true}"#;
        let FromServer::Job(job) = serde_json::from_str(text).expect("tolerant") else {
            panic!("no job");
        };
        assert_eq!((job.model_id.as_str(), job.crash_in_round), ("m", None));
        assert_eq!(job.metrics_of(2), [InBandMetric::bare(LABEL_DEFAULT, 0.5)]);
        let own = |slot| job.own_metrics_of(2, slot).remove(0);
        assert_eq!((own("Trust_1").round, own("Trust_1").x_value), (Some(2), Some(1.0)));
        assert!(own("Trust_1").value < own("Trust_2").value);
        let newer = serde_json::from_str::<FromServer>(r#"{"type":"pong","x":1}"#);
        assert_eq!(newer.expect("tolerant"), FromServer::Unknown);
        let welcome = serde_json::from_str(r#"{"type":"welcome","server":"s"}"#);
        assert_eq!(welcome.ok(), Some(FromServer::Welcome {}));
    }

    #[test]
    fn a_line_decides_what_of_a_metric_travels() {
        let given = InBandMetric {
            round: Some(7),
            x_value: Some(1.5),
            x_label: Some("epoch".into()),
            ..InBandMetric::bare("loss", 0.5)
        };
        let rounds = given.clone().sent(InBandSent::RoundWhenGiven);
        assert_eq!((rounds.round, rounds.x_value), (Some(7), None));
        let axis = given.sent(InBandSent::Axis);
        assert_eq!((axis.round, axis.x_value), (None, Some(1.5)));
        let always = InBandMetric::bare("loss", 0.5).sent(InBandSent::RoundAlways);
        assert_eq!(always.round, Some(0));
    }
}
