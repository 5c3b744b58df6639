//! How long an edge keeps a connection: closed while idle, at the moment of use, after one answer.

use std::time::Duration;

use serde::Deserialize;

use super::plan::Plan;
use super::{TransportFault, TransportFaultRow, read};

/// Closes a connection that has been unused for a while, without a word.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseIdle {
    /// How long it may be unused, milliseconds.
    #[serde(default = "half_a_second")]
    pub after_ms: u64,
}

impl CloseIdle {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.close_idle(Duration::from_millis(self.after_ms));
    }
}

/// Closes a connection when a further request arrives on it; the handler never sees that request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseAtUse {
    /// How many requests a connection may carry before.
    #[serde(default = "one")]
    pub requests: u64,
}

impl CloseAtUse {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.close_at_use(self.requests);
    }
}

/// Says `Connection: close` with so many requests answered, and closes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseAfter {
    /// How many requests a connection carries.
    #[serde(default = "one")]
    pub requests: u64,
}

impl CloseAfter {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.close_after(self.requests);
    }
}

fn half_a_second() -> u64 {
    500
}

fn one() -> u64 {
    1
}

pub(super) const CLOSE_IDLE: TransportFaultRow = TransportFaultRow {
    name: "close-idle",
    sentence: "A connection that is unused for a while is closed without a word.",
    example: r#"{"after_ms": 500}"#,
    read: |params| read(params, TransportFault::CloseIdle),
};

pub(super) const CLOSE_AT_USE: TransportFaultRow = TransportFaultRow {
    name: "close-at-use",
    sentence: "A connection is closed, unanswered, when it is used once more.",
    example: r#"{"requests": 1}"#,
    read: |params| read(params, TransportFault::CloseAtUse),
};

pub(super) const CLOSE_AFTER: TransportFaultRow = TransportFaultRow {
    name: "close-after",
    sentence: "A connection carries so many requests; the last answer says that it closes.",
    example: r#"{"requests": 1}"#,
    read: |params| read(params, TransportFault::CloseAfter),
};
