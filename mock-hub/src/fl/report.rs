//! What a training came to.

use serde::Serialize;

use super::bodies::Unsendable;
use super::in_band::InBand;
use super::post::{Answer, PostError};

/// What was sent, what was answered, how it ended in the eyes of the FL server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Report {
    /// Posts by kind.
    pub sent: Sent,
    /// Every post in order.
    pub answers: Vec<Posted>,
    /// The last word, `BLOCKED` when a call never returned, `RAISED` when a refusal stopped the run.
    pub ended: String,
    /// Each client and how it took part.
    pub clients: Vec<Took>,
    /// Every metric that reached the server in band, as its client sent it.
    pub received: Vec<Received>,
}

/// One metric in band.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Received {
    /// Slot of its client.
    pub client: String,
    /// The server's round when it came.
    pub server_round: i64,
    /// Label, value, and round or axis as the line of the client sends them.
    #[schema(value_type = Object)]
    pub metric: InBand,
}

/// Numbers of posts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Sent {
    /// Metrics.
    pub metrics: u64,
    /// Exception logs.
    pub logs: u64,
    /// Typed events.
    pub events: u64,
    /// Status words.
    pub statuses: u64,
}

/// One post and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Posted {
    /// `metric`, `log`, `event <word>` or `status <word>`.
    pub what: String,
    /// The body, as sent; null for a status word and for what was never sent.
    pub body: Option<String>,
    /// Status of the last answer; 0 when there was none.
    pub status: u16,
    /// Redirects that were followed.
    pub redirects: u8,
    /// Why there was no answer.
    pub error: Option<String>,
}

/// How a client took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Took {
    /// Name of the client.
    pub slot: String,
    /// `joined` through the FL endpoint, or `simulated` inside the server.
    pub part: String,
}

impl Posted {
    /// Something the library refused to send.
    pub fn kept_back(what: &str, refused: &Unsendable) -> Self {
        let (what, error) = (what.to_owned(), Some(refused.to_string()));
        Self { what, body: None, status: 0, redirects: 0, error }
    }

    /// A post and what it came to.
    pub fn new(what: String, body: Option<String>, outcome: Result<Answer, PostError>) -> Self {
        match outcome {
            Ok(Answer { status, redirects }) => Self { what, body, status, redirects, error: None },
            Err(error) => {
                Self { what, body, status: 0, redirects: 0, error: Some(error.to_string()) }
            }
        }
    }
}
