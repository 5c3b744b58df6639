//! The line protocol between the FL server stub and an FL client.
//!
//! It stands for the federation's real protocol, which is none of this product's business: what
//! counts is who connects from where, which line each half speaks, and what survives of a metric.
//!
//! UTF-8 JSON objects, one a line, at most [`LINE_BYTES_MAX`] bytes. Unknown types and members are
//! ignored by both sides.
//!
//! ```text
//! client  {"type":"hello","slot":"Trust_1","line":"fl-0.13.1"}
//! server  {"type":"welcome","server":"mock-hub"}          or refused, then closed
//! server  {"type":"job","job_id":"…","model_id":"…","rounds":2,"labels":["TRAIN_LOSS"]}
//! server  {"type":"round","job_id":"…","round":1}
//! client  {"type":"metric","job_id":"…","label":"TRAIN_LOSS","value":0.25}
//! client  {"type":"result","job_id":"…","round":1,"size_bytes":1234}
//! client  {"type":"crash","job_id":"…","log":"ValueError: boom"}   instead of a result
//! server  {"type":"done","job_id":"…"}
//! ```
//!
//! A client may send `ping` and gets `pong`.

use contract::fl_line::FlLineId;
use serde::{Deserialize, Serialize};

use super::in_band::InBand;

/// Longest line either side may send.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// What an FL client says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FromClient {
    /// Who it is; the first line of a connection.
    Hello {
        /// Slot of its certificate.
        slot: String,
        /// Line of its library.
        line: FlLineId,
        /// One of the oldest releases of the line, where they differ.
        #[serde(default)]
        at_first: bool,
    },
    /// One point of a chart.
    Metric {
        /// Job it belongs to.
        job_id: String,
        /// Label, value, and round or axis as the line sends them.
        #[serde(flatten)]
        metric: InBand,
    },
    /// The client's update for this round; no more metrics follow.
    Result {
        /// Job it belongs to.
        job_id: String,
        /// Round it answers.
        round: i64,
        /// Size of the update.
        size_bytes: u64,
    },
    /// Training code raised; the job is over for this client.
    Crash {
        /// Job it belongs to.
        job_id: String,
        /// Text of the exception.
        log: String,
    },
    /// Still there?
    Ping,
    /// Anything newer than this server.
    #[serde(other)]
    Unknown,
}

/// What the FL server stub says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FromServer {
    /// The client joined.
    Welcome {
        /// Who welcomes it.
        server: String,
    },
    /// The client may not join; the connection closes.
    Refused {
        /// Why.
        reason: String,
    },
    /// Training begins.
    Job {
        /// Names the job in every later line.
        job_id: String,
        /// Model to train.
        model_id: String,
        /// Rounds to come.
        rounds: i64,
        /// Curves expected in each round.
        labels: Vec<String>,
        /// Round in which this client shall raise.
        #[serde(skip_serializing_if = "Option::is_none")]
        crash_in_round: Option<i64>,
        /// The project the data belongs to, sealed for the site.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        encrypted_project_id: Option<String>,
        /// The cohort to train on, as SQL.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<String>,
        /// Training code gives its points values, rounds and an axis of its own.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        own_axis: bool,
    },
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
    /// Still here.
    Pong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_as_documented() {
        let hello = r#"{"type":"hello","slot":"Trust_1","line":"fl-0.13.1","extra":1}"#;
        assert_eq!(
            serde_json::from_str::<FromClient>(hello).unwrap(),
            FromClient::Hello { slot: "Trust_1".into(), line: FlLineId::V0_13_1, at_first: false }
        );
        let metric = r#"{"type":"metric","job_id":"j","label":"L","value":1.5,"round":0}"#;
        let FromClient::Metric { metric, .. } = serde_json::from_str(metric).unwrap() else {
            panic!("a metric")
        };
        assert_eq!((metric.value, metric.round, metric.x_value), (1.5, Some(0), None));
        let newer = r#"{"type":"telemetry","x":1}"#;
        assert_eq!(serde_json::from_str::<FromClient>(newer).unwrap(), FromClient::Unknown);
    }

    #[test]
    fn the_server_writes_as_documented() {
        let round = FromServer::Round { job_id: "j".into(), round: 1 };
        let text = serde_json::to_string(&round).unwrap();
        assert_eq!(text, r#"{"type":"round","job_id":"j","round":1}"#);
    }
}
